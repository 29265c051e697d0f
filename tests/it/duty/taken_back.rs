//! What its own author takes back by `message.withdrawal` counts no more, at both ends: an answer meets nothing, a
//! judgement judges nothing, and the duty stands as without it.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::duty::{
    Back, Duty, GivenBy, InTime, Lifting, Settled, Settling, State, Stated, Step, TakenBack, settle,
};
use detente::domain::time::Instant;
use proptest::prelude::*;

use super::nodes::{
    all_open, answer, answer_to, ask, bind, both_hear_until, both_until, bound, citing, hold, is, later,
    list, same_at_both_ends, state, to,
};
use super::{DUNES, at, code, dunes, duty, notification, opened, question, stated, told};
use crate::officer::{filled, form, send};
use crate::talk::both_settled;
use crate::world::World;

const GIVEN: &str = "2031-03-02T10:00:00Z";

fn asked() -> Duty {
    duty(opened("answer", &question(), at("2031-03-01T10:00:00Z")))
}

fn met(by: &str) -> Step {
    let message = Digest::of(by.as_bytes());
    Step::Met { message, given: at(GIVEN), by: GivenBy::Receipt, in_time: InTime::InTime }
}

fn judged(by: &str) -> Step {
    Step::JudgedInsufficient { by: Digest::of(by.as_bytes()) }
}

fn withdrawn(message: &str) -> Step {
    let by = Digest::of(b"withdrawal");
    Step::TakenBack { message: Digest::of(message.as_bytes()), why: TakenBack::Withdrawn { by } }
}

fn after(steps: &[Step]) -> Duty {
    let mut duty = asked();
    for step in steps {
        told(&mut duty, step.clone());
    }
    duty
}

#[test]
fn a_duty_stands_as_without_what_was_taken_back() {
    for (steps, wanted) in [
        (vec![met("answer"), withdrawn("answer")], State::Open),
        (vec![met("answer"), judged("no"), withdrawn("answer")], State::Open),
        (vec![met("answer"), judged("no"), withdrawn("no")], State::Met(InTime::InTime)),
        (vec![met("answer"), judged("no"), met("second"), withdrawn("second")], State::Insufficient),
        (vec![met("answer"), judged("no"), met("second"), withdrawn("answer")], State::Met(InTime::InTime)),
        (vec![Step::Lapsed, met("answer"), withdrawn("answer")], State::Lapsed),
        (vec![Step::Answered { message: Digest::of(b"answer") }, withdrawn("answer")], State::Open),
        (vec![Step::Lifted(Lifting::Cancelled { by: Digest::of(b"off") }), withdrawn("off")], State::Open),
    ] {
        assert_eq!(after(&steps).state(), wanted, "{steps:?}");
    }
    // Once, and nothing that the duty does not rest on.
    assert!(!after(&[met("answer"), withdrawn("answer")]).may(&withdrawn("answer")));
    assert!(!after(&[met("answer")]).may(&withdrawn("other")));
    assert!(after(&[met("answer"), withdrawn("answer")]).may(&Step::Lapsed));
}

fn does(duty: &Duty, content: &Content, takes_back: Option<&str>, taken_back: Option<Back>) -> Settled {
    let regime = dunes();
    let stated = Stated {
        author: code("PL"),
        addressees: vec![code("BY")],
        action: vec![code("BY")],
        refers_to: vec![Digest::of(b"cause")],
        ..stated("answer", content, at(GIVEN))
    };
    let message = Settling {
        regime: &regime,
        rule: &regime.duties["answer"],
        stated: &stated,
        is_in_place_of_cause: false,
        takes_back: takes_back.map(|message| Digest::of(message.as_bytes())),
        taken_back,
        given: Some((at(GIVEN), GivenBy::Receipt)),
    };
    settle(duty, &message)
}

#[test]
fn an_answer_that_was_taken_back_meets_nothing_whichever_of_the_two_is_considered_first() {
    let content = filled(Kind::Answer);
    let back = Some(Back { by: Digest::of(b"withdrawal"), given: None });
    assert!(matches!(does(&asked(), &content, None, None), Settled::Step(Step::Met { .. })));
    assert_eq!(does(&asked(), &content, None, back), Settled::Nothing);
    assert_eq!(does(&after(&[met("answer")]), &content, None, back), Settled::Step(withdrawn("answer")));
    let freed = after(&[met("answer"), withdrawn("answer")]);
    assert_eq!(does(&freed, &content, None, None), Settled::Nothing);
    let withdrawal = filled(Kind::MessageWithdrawal);
    let by = TakenBack::Withdrawn { by: Digest::of(b"answer") };
    let taken_back = Step::TakenBack { message: Digest::of(b"first"), why: by };
    assert_eq!(does(&after(&[met("first")]), &withdrawal, Some("first"), None), Settled::Step(taken_back));
    assert_eq!(does(&after(&[met("first")]), &withdrawal, None, None), Settled::Nothing);
}

#[test]
fn where_something_was_taken_back_the_sentence_says_first_where_the_duty_stands() {
    for (steps, word) in [
        (vec![met("answer"), withdrawn("answer")], "open: message "),
        (vec![Step::Lapsed, met("answer"), withdrawn("answer")], "lapsed: message "),
    ] {
        let duty = after(&steps);
        let sentence = duty.sentence(duty.state(), steps.last());
        assert!(sentence.starts_with(word) && sentence.contains("was taken back"), "{sentence}");
    }
    assert_eq!(asked().sentence(State::Open, None), "open");
}

proptest! {
    /// Whatever met it and whichever of it is taken back, what is left says where it stands.
    #[test]
    fn what_is_left_says_where_it_stands(answers in 1..5_usize, gone in prop::collection::btree_set(0..5_usize, 0..5)) {
        let mut steps = Vec::new();
        for number in 0..answers {
            steps.extend([met(&format!("answer {number}")), judged(&format!("no {number}"))]);
        }
        let gone: Vec<usize> = gone.into_iter().filter(|number| *number < answers).collect();
        let mut duty = after(&steps);
        for number in &gone {
            told(&mut duty, withdrawn(&format!("answer {number}")));
        }
        let wanted = if gone.len() == answers { State::Open } else { State::Insufficient };
        prop_assert_eq!(duty.state(), wanted);
    }
}

async fn withdraw(world: &World, message: &Bytes, number: u8) {
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(message));
    send(world, "PL", number, to("BY", 1), &form(Kind::MessageWithdrawal, &text)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_answer_leaves_the_duty_open_and_it_lapses_unless_another_one_meets_it() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    later(&world, 1);
    let first = answer(&world, &question, 2, 1).await;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    withdraw(&world, &first, 3).await;
    both_until(&world, all_open).await;
    let open = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(state(&open, "prompt answer", "PL"), State::Open);

    later(&world, 48);
    both_hear_until(&world, is("answer", State::Lapsed)).await;
    both_hear_until(&world, is("unchecked answer", State::Alarmed)).await;
    same_at_both_ends(&world, "BY", "PL");
    answer(&world, &question, 4, 1).await;
    both_until(&world, is("answer", State::Met(InTime::Late))).await;
    both_until(&world, is("unchecked answer", State::Met(InTime::Late))).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_one_of_two_answers_is_withdrawn_the_other_meets_it() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    let first = answer(&world, &question, 2, 1).await;
    let second = answer(&world, &question, 3, 1).await;
    let met_by = |message: &Bytes| {
        let message = Digest::from_slice(message).unwrap();
        move |duties: &detente::domain::duty::Duties| {
            let owed = duties.all().filter(|duty| duty.opened.rule.name.ends_with("answer"));
            owed.filter(|duty| duty.state() == State::Met(InTime::InTime) && duty.answer() == Some(message))
                .count()
                == 3
        }
    };
    both_until(&world, met_by(&first)).await;
    withdraw(&world, &first, 4).await;
    both_until(&world, met_by(&second)).await;
    same_at_both_ends(&world, "BY", "PL");
}

/// A rule whose duty is met by the very message that brings it about.
const NOTICE: &str = r#"
[[duty]]
name = "notice"
for = ["notification"]
owed_by = "author"
owed_to = "addressees"
met_by = ["notification"]
joined = "by itself"
before = 42
unit = "calendar days"
zone = "of the anchor"
anchor = "start"
paragraph = "para 11"
checked = true
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_meets_itself_is_owed_no_more_once_its_author_takes_it_back() {
    let world = World::new(&["BY", "PL"]).await;
    let text = format!("{DUNES}{NOTICE}");
    let digest = hold(&world, "BY", &text).await;
    hold(&world, "PL", &text).await;
    bind(&world, "dunes", digest, "").await;
    let notice = notification("2031-09-15 Z", "2031-09-20 Z", "voluntary");
    let sent = send(&world, "BY", 1, citing("dunes", digest, to("PL", 1)), &notice).await;
    both_until(&world, is("notice", State::Met(InTime::InTime))).await;
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&sent.message_digest));
    send(&world, "BY", 2, to("PL", 1), &form(Kind::MessageWithdrawal, &text)).await;
    both_until(&world, is("notice", State::Lifted)).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_in_another_thread_is_withdrawn_by_its_number_alone() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    let relation = evidence::Relation::Answers as i32;
    let names = evidence::Reference { message_digest: question.clone(), relation, ..Default::default() };
    let elsewhere = calls::Heading { references: vec![names], ..to("BY", 5) };
    let sent = send(&world, "PL", 2, elsewhere, &answer_to(&question)).await;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    let text = format!("[withdraws]\nnumber = \"{}\"\n", sent.number);
    send(&world, "PL", 3, to("BY", 5), &form(Kind::MessageWithdrawal, &text)).await;
    both_until(&world, all_open).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[test]
fn a_cancellation_by_whom_it_is_owed_to_is_withdrawn_only_until_it_is_due() {
    let regime = dunes();
    let withdrawal = filled(Kind::MessageWithdrawal);
    let by = Digest::of(b"off");
    let mut duty = asked();
    told(&mut duty, Step::Lifted(Lifting::Cancelled { by }));
    let does = |given: Option<Instant>| {
        let message = Settling {
            regime: &regime,
            rule: &regime.duties["answer"],
            stated: &stated("withdrawal", &withdrawal, at(GIVEN)),
            is_in_place_of_cause: false,
            takes_back: Some(by),
            taken_back: None,
            given: given.map(|given| (given, GivenBy::Receipt)),
        };
        settle(&duty, &message)
    };
    assert_eq!(does(None), Settled::AwaitsReceipt(None));
    assert_eq!(does(Some(duty.opened.due)), Settled::Step(withdrawn("off")));
    assert_eq!(does(Some(duty.opened.due.plus_ms(1))), Settled::Nothing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_in_another_thread_that_names_its_question_in_its_form_alone_meets_it() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    let elsewhere = send(&world, "PL", 2, to("BY", 5), &answer_to(&question)).await;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    same_at_both_ends(&world, "BY", "PL");
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&elsewhere.message_digest));
    send(&world, "PL", 3, to("BY", 5), &form(Kind::MessageWithdrawal, &text)).await;
    both_until(&world, all_open).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duty_whose_question_was_taken_back_and_that_no_rule_lifts_is_marked_at_both_ends() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    let marks = async |code: &str| {
        let lines = list(&world, code, calls::DutiesThat::Unspecified, 0).await;
        let of_question: Vec<_> = lines.iter().filter(|line| line.message_digest == question).collect();
        assert!(!of_question.is_empty());
        of_question.iter().map(|line| line.withdrawn_by.clone()).collect::<Vec<_>>()
    };
    assert!(marks("PL").await.iter().all(String::is_empty));
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&question));
    let word = send(&world, "BY", 2, to("PL", 1), &form(Kind::MessageWithdrawal, &text)).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        assert!(marks(code).await.iter().all(|by| *by == word.number), "{code}");
    }
    both_until(&world, all_open).await;
}
