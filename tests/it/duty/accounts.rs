//! Duties that rest on an officer's account of a delivery by hand: what is taken back of it counts no more.

use bytes::Bytes;
use detente::codec::by_hand::account_to_proto;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change as Wire;
use detente::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use detente::domain::content::Kind;
use detente::domain::digest::{CommandId, Digest, ThreadId};
use detente::domain::duty::{Duties, Duty, GivenBy, InTime, Lifting, RunsFrom, State, Step};
use detente::domain::time::Instant;

use super::nodes::{bound, citing, hear_until, is, later, list, to, until};
use crate::officer::{by_hand, form, receipted, send};
use crate::world::World;

/// What one hour may bring from BY.
async fn takes(world: &World, bytes: Option<u64>) {
    let limit = calls::LinkAllowance { party: "BY".into(), records_per_hour: None, bytes_per_hour: bytes };
    world.state("PL").change(Wire::LinkAllowance(limit), Bytes::new()).await;
}

/// Longer than what PL takes.
async fn ask(world: &World, digest: Digest) -> calls::ReleaseResponse {
    let text = format!(
        "[about]\nnumber = \"BL/2031/RE/0007\"\nauthor = \"BL\"\n[[questions]]\nnumber = 1\ntext = \"{}\"\n",
        "Why? ".repeat(3_000)
    );
    send(world, "BY", 1, citing("dunes", digest, to("PL", 1)), &form(Kind::Question, &text)).await
}

fn account(sent: &calls::ReleaseResponse, says: Says, corrects: Option<CommandId>) -> DeliveredByHand {
    DeliveredByHand {
        message: Digest::from_slice(&sent.message_digest).unwrap(),
        thread: ThreadId::from_slice(&sent.thread).unwrap(),
        party: "PL".parse().unwrap(),
        says,
        corrects,
    }
}

fn handed(at: Instant) -> Says {
    Says::HandedOver(HandedOver {
        means: "note verbale".into(),
        channel: "embassy".into(),
        note_number: "7".into(),
        by: "the first secretary".into(),
        to: "the duty officer".into(),
        at,
        zone: "Z".into(),
        scan: None,
    })
}

async fn put(world: &World, said: &DeliveredByHand) -> CommandId {
    let desk = world.desk("BY", "watch");
    let command = desk.command(None).unwrap();
    let id = CommandId::from_slice(&command.id).unwrap();
    let asked = calls::RecordRequest { command: Some(command), account: Some(account_to_proto(said)) };
    by_hand(&desk).record(asked).await.unwrap();
    id
}

fn of<'d>(duties: &'d Duties, name: &str) -> Vec<&'d Duty> {
    let these = duties.all().filter(|duty| duty.opened.rule.name == name);
    these.map(AsRef::as_ref).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lapse_that_rested_on_an_account_is_undone_when_it_is_taken_back_and_the_receipt_starts_the_clock()
{
    let (world, digest) = bound().await;
    receipted(&world, "BY", "PL").await;
    takes(&world, Some(8_000)).await;
    let sent = ask(&world, digest).await;
    until(&world, "BY", is("unchecked answer", State::Open)).await;
    later(&world, 1);
    let id = put(&world, &account(&sent, handed(world.clock.now()), None)).await;
    until(&world, "BY", is("answer", State::Open)).await;
    let lines = list(&world, "BY", calls::DutiesThat::Unspecified, 0).await;
    let line = lines.iter().find(|line| line.rule == "answer").unwrap();
    assert!(line.beside.iter().any(|one| one.contains("counts from its receipt")), "{:?}", line.beside);
    later(&world, 49);
    hear_until(&world, "BY", is("answer", State::Lapsed)).await;
    hear_until(&world, "BY", is("unchecked answer", State::Alarmed)).await;

    let reason = "it was another note".to_owned();
    put(&world, &account(&sent, Says::TakenBack { reason }, Some(id))).await;
    until(&world, "BY", is("answer", State::Lifted)).await;
    // It never reached PL, as far as anybody knows.
    hear_until(&world, "BY", is("unchecked answer", State::Unknown)).await;
    let duties = world.node("BY").registrar.head().board.duties.clone();
    assert!(of(&duties, "answer").into_iter().all(Duty::is_void));

    takes(&world, None).await;
    hear_until(&world, "BY", is("answer", State::Open)).await;
    hear_until(&world, "PL", is("answer", State::Open)).await;
    let mut due = Vec::new();
    for code in ["BY", "PL"] {
        let duties = world.node(code).registrar.head().board.duties.clone();
        let owed = of(&duties, "answer").into_iter().find(|duty| !duty.is_void()).unwrap().clone();
        assert_eq!(owed.opened.runs_from, RunsFrom::Receipt);
        due.push(owed.opened.due);
    }
    assert_eq!(due[0], due[1]);
}

#[test]
fn what_an_account_alone_says_stands_only_as_long_as_the_account_does() {
    use super::{at, code, duty, opened, question, stated, told};
    use detente::domain::duty::{Reached, TakenBack, groundless};
    let (asked, content) = (at("2031-03-01T10:00:00Z"), question());
    let cause = stated("cause", &content, asked);
    let handed = Reached { at: at("2031-03-01T12:00:00Z"), by: RunsFrom::ByHand };
    let mut by_hand = duty(opened("answer", &content, asked));
    (by_hand.opened.runs_from, by_hand.opened.from) = (RunsFrom::ByHand, handed.at);
    let void = Step::Lifted(Lifting::AccountTakenBack);
    assert_eq!(groundless(&by_hand, &cause, Some(handed), None), None);
    assert_eq!(groundless(&by_hand, &cause, None, None), Some(void.clone()));
    let later = Reached { at: at("2031-03-01T13:00:00Z"), ..handed };
    assert_eq!(groundless(&by_hand, &cause, Some(later), None), Some(void.clone()));
    told(&mut by_hand, Step::Lapsed);
    told(&mut by_hand, void);
    assert!(by_hand.is_void());
    assert_eq!(groundless(&by_hand, &cause, None, None), None);

    // From another anchor, by what reached PL.
    let undone =
        |message: &str| Step::TakenBack { message: Digest::of(message.as_bytes()), why: TakenBack::Account };
    let mut owed = duty(opened("unchecked answer", &content, asked));
    told(&mut owed, Step::Alarmed);
    assert_eq!(groundless(&owed, &cause, Some(handed), None), None);
    assert_eq!(groundless(&owed, &cause, None, None), Some(undone("cause")));
    told(&mut owed, undone("cause"));
    assert_eq!(owed.state(), State::Open);

    // Our own answer, given by hand.
    let mut ours = duty(opened("answer", &content, asked));
    let given = (at("2031-03-02T10:00:00Z"), GivenBy::ByHand);
    let message = Digest::of(b"answer");
    told(&mut ours, Step::Met { message, given: given.0, by: given.1, in_time: InTime::InTime });
    let said = detente::domain::duty::Stated { author: code("PL"), ..stated("answer", &content, asked) };
    assert_eq!(groundless(&ours, &said, None, Some(given)), None);
    assert_eq!(groundless(&ours, &said, None, None), Some(undone("answer")));
    told(&mut ours, undone("answer"));
    assert_eq!(ours.state(), State::Open);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_that_is_earlier_than_the_account_starts_the_clock_at_once_and_both_ends_count_from_it() {
    let (world, digest) = bound().await;
    receipted(&world, "BY", "PL").await;
    takes(&world, Some(8_000)).await;
    let sent = ask(&world, digest).await;
    until(&world, "BY", is("unchecked answer", State::Open)).await;
    // By the watch of whoever handed it over, which is fast.
    let fast = world.clock.now().plus_ms(detente::limits::CLOCKS_MAY_DIFFER_MS);
    put(&world, &account(&sent, handed(fast), None)).await;
    let runs_from = |duties: &Duties, wanted| {
        let owed = of(duties, "answer").into_iter().find(|duty| !duty.is_void());
        owed.is_some_and(|duty| duty.opened.runs_from == wanted)
    };
    until(&world, "BY", |duties| runs_from(duties, RunsFrom::ByHand)).await;
    takes(&world, None).await;
    hear_until(&world, "PL", is("answer", State::Open)).await;
    hear_until(&world, "BY", |duties| runs_from(duties, RunsFrom::Receipt)).await;
    let due = ["BY", "PL"].map(|code| {
        let duties = world.node(code).registrar.head().board.duties.clone();
        of(&duties, "answer").into_iter().find(|duty| !duty.is_void()).unwrap().opened.due
    });
    assert_eq!(due[0], due[1]);
    assert!(due[0] < fast.plus_ms(48 * 3_600_000));
}

#[test]
fn what_rests_on_an_account_is_looked_at_again_with_the_receipt_and_nothing_else_is() {
    use super::{at, duty, opened, question, told};
    let (cause, answer) = (Digest::of(b"cause"), Digest::of(b"answer"));
    let owed = || duty(opened("answer", &question(), at("2031-03-01T10:00:00Z")));
    assert!(!owed().rests_on_account(&cause));
    let mut by_hand = owed();
    by_hand.opened.runs_from = RunsFrom::ByHand;
    assert!(by_hand.rests_on_account(&cause) && !by_hand.rests_on_account(&answer));
    told(&mut by_hand, Step::Lifted(Lifting::AccountTakenBack));
    assert!(!by_hand.rests_on_account(&cause));
    let mut too_late = owed();
    told(&mut too_late, Step::Lifted(Lifting::CameTooLate));
    assert!(too_late.rests_on_account(&cause));
    for (by, rests) in [(GivenBy::ByHand, true), (GivenBy::Receipt, false)] {
        let mut met = owed();
        let given = at("2031-03-02T10:00:00Z");
        told(&mut met, Step::Met { message: answer, given, by, in_time: InTime::InTime });
        assert_eq!(met.rests_on_account(&answer), rests);
    }
}
