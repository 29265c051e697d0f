//! What is held against the answer to a check, and what a missed check says of one.

use detente::codec::message;
use detente::domain::alarm::OwnAlarm;
use detente::domain::board::Denied;
use detente::domain::check::{Check, CheckAnswer, Known, OfLink, PRECEDENCE, Part, What, thread_of};
use detente::domain::command::Command;
use detente::domain::content::{Content, Kind};
use detente::domain::correspondence::MessageWithdrawal;
use detente::domain::digest::Digest;
use detente::domain::event::{Change, Event, Record};
use detente::domain::form::{Fault, MessageDigest, MessageReference, Prose, faults};
use detente::domain::message::{Message, Outgoing, Reference, Relation};
use detente::domain::time::Instant;
use detente::limits;

use crate::check_words::{
    HOUR, Link, NOTHING, agreed, answer_to, due, field_of, from_peer, holding, of_check, outage, read_again,
};
use crate::check_zones::{check_at, daily};
use crate::hotline_checks::{EVERY_HOUR, OVER_MS, asked, holds_on_replay, hour, noted, scheduled};
use crate::party::{self, anna, at, by, id, jan, peer, us};
use crate::world::World;

fn over() -> Instant {
    due().plus_ms(5 * 60_000 + limits::CHECK_GRACE_MS + 1)
}

#[test]
fn of_an_answer_without_a_receipt_a_missed_check_says_that_it_was_given_and_not_that_nobody_answered() {
    let mut link = Link::new("BY", "officer = \"watch\"");
    link.says(agreed(), due());
    assert_eq!(link.note(What::Made { at: due() }, due()), Ok(()));
    assert_eq!(link.note(What::Missed(Known::AnswerNotProven), over()), NOTHING);
    let check = link.theirs(Part::Check).unwrap().message;
    link.we_say(1, &Content::CheckAnswer(answer_to(check)), due());
    assert_eq!(link.note(What::Missed(Known::AnswerNotProven), over()), Ok(()));
    assert_eq!(Known::AnswerNotProven.to_string(), "link up, answered by us, not yet receipted as taken");
}

#[test]
fn of_a_check_that_the_other_end_did_not_make_the_end_that_answers_says_that_none_came() {
    let mut never_made = Link::new("BY", "officer = \"watch\"");
    assert_eq!(never_made.note(What::Missed(Known::NoCheckCame), over()), Ok(()));
    assert_eq!(Known::NoCheckCame.to_string(), "link up, no check that counts came from there");

    // Not of one that is here, nor of one that it is our turn to make.
    let mut made = Link::new("BY", "officer = \"watch\"");
    made.says(agreed(), due());
    assert_eq!(made.note(What::Made { at: due() }, due()), Ok(()));
    assert_eq!(made.note(What::Missed(Known::NoCheckCame), over()), NOTHING);
    let mut ours = Link::new("PL", "");
    assert_eq!(ours.note(What::Missed(Known::NoCheckCame), over()), NOTHING);
}

fn refers(message: Option<Digest>, number: &str, author: &str) -> Vec<Reference> {
    let (number, author) = (number.to_owned(), author.to_owned());
    vec![Reference { message, number, author, relation: Relation::Answers }]
}

/// The peer's message, with references in its heading.
fn with_references(said: &Content, references: Vec<Reference>) -> Message {
    let sent = from_peer(said, of_check(), due());
    let draft = read_again(Outgoing { references, ..sent.draft.clone() });
    Message { draft, ..sent }
}

#[test]
fn an_answer_that_calls_the_check_by_another_number_or_author_or_names_another_officer_does_not_count() {
    let mut link = Link::new("PL", "");
    let made = link.we_say(1, &Content::Check(agreed()), due());
    let Event::Released(released) = &made.events[0] else { panic!("{made:?}") };
    let (check, number) = (released.digest, released.message.number.as_str());
    let named = |number: &str, author: &str, officer: &str| {
        let mut form = CheckAnswer { officer: officer.into(), ..answer_to(check) };
        (form.answers.number, form.answers.author) = (number.into(), author.into());
        Content::CheckAnswer(form)
    };
    let right = refers(Some(check), number, "PL");
    let wrong = [
        (named("PL/25/9999", "", ""), right.clone(), "answers"),
        (named("", "BY", ""), right.clone(), "answers"),
        (named("", "", ""), refers(Some(check), "We fire at dawn.", "PL"), "heading.references"),
        (named("", "", ""), refers(Some(check), number, "BY"), "heading.references"),
        (named("", "", ""), refers(Some(Digest::ZERO), "", ""), "heading.references"),
        // Who drafted it is another.
        (named(number, "PL", "Olga"), right.clone(), "officer"),
    ];
    for (answer, references, field) in wrong {
        assert_eq!(field_of(&link.comes(&with_references(&answer, references), due())), field);
        assert!(link.theirs(Part::Answer).is_none(), "{field}");
    }
    let answer = with_references(&named(number, "PL", "Ivan"), right);
    assert_eq!(link.comes(&answer, due()), Vec::<String>::new());
    assert!(link.theirs(Part::Answer).is_some());
}

#[test]
fn a_check_that_refers_to_any_message_is_marked_and_does_not_count() {
    let mut link = Link::new("BY", "");
    let said = with_references(&Content::Check(agreed()), refers(None, "We fire at dawn.", ""));
    assert_eq!(field_of(&link.comes(&said, due())), "heading.references");
    assert!(link.theirs(Part::Check).is_none());
}

#[test]
fn a_check_that_says_more_in_a_field_that_is_not_known_does_not_count_and_waits_to_be_read() {
    // Field 111, of one byte.
    const MORE: [u8; 4] = [0xfa, 0x06, 0x01, b'x'];
    let said = from_peer(&Content::Check(agreed()), of_check(), due());
    let content = [&said.draft.content[..], &MORE].concat().into();
    let draft = read_again(Outgoing { content, ..said.draft.clone() });
    let mut link = Link::new("BY", "");
    assert_eq!(field_of(&link.comes(&Message { draft, ..said.clone() }, due())), "content");
    assert!(link.theirs(Part::Check).is_none() && link.is_listed(of_check()));
    // Around its content.
    let more = |bytes: Vec<u8>| {
        let of_link = message::decode(&bytes.into()).unwrap().draft.of_link;
        let Some(OfLink::Check(words)) = of_link.as_deref() else { panic!("{of_link:?}") };
        words.more
    };
    let bytes = message::encode(&said);
    assert_eq!(more(bytes.to_vec()), None);
    assert_eq!(more([&bytes[..], &MORE].concat()), Some("message"));
}

#[test]
fn an_alarm_of_our_own_runs_for_what_only_says_that_it_is_a_check_and_for_no_check_that_counts() {
    let mut link = Link::new("BY", "");
    let alarm =
        OwnAlarm { name: "read".into(), kind: Kind::Check, hours: 1, label: "Said as a check.".into() };
    let propose = Command::Propose(Change::OwnAlarmSet(alarm));
    link.folded.given(propose, by(&anna(), 950, "propose", at(1)), at(1)).unwrap();
    link.folded.given(Command::confirm(id(950)), by(&jan(), 951, "confirm", at(1)), at(1)).unwrap();
    link.says(agreed(), due());
    assert_eq!(link.folded.board.own_alarms.iter().count(), 0);
    link.says(Check { text: Prose("We fire at dawn.".into()), number: None, ..agreed() }, due());
    assert_eq!(link.folded.board.own_alarms.iter().count(), 1);
}

fn missed_as_planned(link: &mut Link, message: Digest) -> Result<(), Denied> {
    link.note(What::Missed(Known::PlannedOutage { message }), over())
}

fn digest_of(record: &Record) -> Digest {
    let Event::Released(released) = &record.events[0] else { panic!("{record:?}") };
    released.digest
}

#[test]
fn an_outage_without_an_end_excuses_no_missed_check() {
    let mut link = Link::new("BY", "");
    for (number, until) in [(1, "9999-12-31"), (2, "2025-09-01")] {
        let endless = digest_of(&link.we_say(number, &outage("2025-07-31T09:30", until), at(1)));
        assert_eq!(missed_as_planned(&mut link, endless), NOTHING, "{until}");
    }
    let planned = digest_of(&link.we_say(3, &outage("2025-07-31T09:30", "2025-08-30"), at(1)));
    assert_eq!(missed_as_planned(&mut link, planned), Ok(()));
}

#[test]
fn who_drafts_a_service_message_of_an_outage_that_excuses_nothing_is_told() {
    let rule = "more than 31 days after it begins: then it is no reason for a missed check";
    let fault = Fault { field: "until".into(), rule: rule.into() };
    let is_told = |until: &str| faults(&outage("2025-07-31T09:30", until)).contains(&fault);
    assert!(is_told("2025-09-01") && !is_told("2025-08-30") && !is_told(""));
}

#[test]
fn a_service_message_that_its_author_takes_back_excuses_no_check_that_is_due_after_that() {
    let takes_back = |message| {
        let withdraws =
            MessageReference { message_digest: Some(MessageDigest(message)), ..MessageReference::default() };
        Content::MessageWithdrawal(MessageWithdrawal { withdraws, ..MessageWithdrawal::default() })
    };
    let planned = outage("2025-07-31T09:30", "2025-07-31T10:30");
    // Before it is due, and after.
    for (seconds, wanted) in [(2, NOTHING), (HOUR + 60, Ok(()))] {
        let mut link = Link::new("BY", "");
        let message = digest_of(&link.we_say(1, &planned, at(1)));
        link.we_say(2, &takes_back(message), at(seconds));
        assert_eq!(missed_as_planned(&mut link, message), wanted);
    }
    // The other end's word takes back nothing of ours.
    let mut link = Link::new("BY", "");
    let message = digest_of(&link.we_say(1, &planned, at(1)));
    link.comes(&from_peer(&takes_back(message), of_check(), at(2)), at(2));
    assert_eq!(missed_as_planned(&mut link, message), Ok(()));
}

#[test]
fn a_withdrawal_that_is_here_before_its_service_message_takes_effect() {
    let planned = from_peer(&outage("2025-07-31T09:30", "2025-07-31T10:30"), of_check(), at(1));
    let digest = Digest::of(&message::encode(&planned));
    let by_digest =
        MessageReference { message_digest: Some(MessageDigest(digest)), ..MessageReference::default() };
    let by_number = MessageReference { number: planned.number.clone(), ..MessageReference::default() };
    let another = MessageReference { number: "BY/25/0099".into(), ..MessageReference::default() };
    for (withdraws, wanted) in [(by_digest, NOTHING), (by_number, NOTHING), (another, Ok(()))] {
        let back = MessageWithdrawal { withdraws, ..MessageWithdrawal::default() };
        let mut link = Link::new("BY", "");
        link.comes(&from_peer(&Content::MessageWithdrawal(back), of_check(), at(2)), at(2));
        link.comes(&planned, at(3));
        assert_eq!(missed_as_planned(&mut link, digest), wanted);
    }
}

#[test]
fn of_an_answer_whose_check_made_room_for_later_ones_it_is_known_that_nobody_can_tell_whether_it_counts() {
    let mut link = daily("BY", "Europe/Warsaw");
    let outgoing = Outgoing { thread: of_check(), ..party::outgoing(PRECEDENCE, "check") };
    let answer = holding(outgoing, &Content::CheckAnswer(answer_to(Digest::ZERO)));
    assert!(!link.folded.board.answers_forgotten_check(&answer, peer()));
    for number in 1..=limits::CHECK_MESSAGES_KEPT_MAX as i64 {
        let then = due().plus_ms(number * 15 * 60_000);
        link.comes(&from_peer(&check_at(then), thread_of(us(), peer(), "a", then), then), then);
    }
    assert!(link.folded.board.answers_forgotten_check(&answer, peer()));
    let check = holding(answer.clone(), &Content::Check(agreed()));
    assert!(!link.folded.board.answers_forgotten_check(&check, peer()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_answers_that_come_late_at_once_than_are_noted_in_one_go_are_all_put_on_record() {
    let often = EVERY_HOUR.replace("every_minutes = 60", "every_minutes = 5");
    let mut world = World::new(&["BY", "PL"]).await;
    scheduled(&world, "PL", "BY", "", &often).await;
    scheduled(&world, "BY", "PL", "", &often).await;
    world.state_mut("BY").stop().await;
    let last = limits::CHECKS_AT_ONCE_MAX as i64 + 6;
    let due_of = |number: i64| hour(0).plus_ms(number * 5 * 60_000);
    for number in 0..=last {
        world.clock.set(due_of(number));
        asked(&world, due_of(number), "hourly").await;
    }
    world.clock.set(due_of(last).plus_ms(OVER_MS));
    noted(world.node("PL"), "BY", due_of(last), "hourly", "MISSED").await;
    world.state_mut("BY").start().await;
    for number in 0..=last {
        noted(world.node("PL"), "BY", due_of(number), "hourly", "LATE").await;
    }
    holds_on_replay(world.node("PL")).await;
}
