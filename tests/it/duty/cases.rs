//! Real cases between real nodes, with figures from the press: at every step both ends hold the same duties, due
//! at the same instants, and say the same of each.

use std::sync::Arc;

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::regime::built_in;
use detente::domain::content::{Content, Kind};
use detente::domain::duty::{Duty, Force, InTime, State};
use detente::domain::party::Party;
use detente::domain::time::Instant;

use super::nodes::{adopts, citing, hear_until, hold, same_at_both_ends, to, until};
use crate::officer::{addressee, arrived, form, heading, send};
use crate::talk::both_settled;
use crate::world::World;

/// Two Parties that are bound by a regime that is built in.
async fn bound(name: &str, [one, other]: [&'static str; 2]) -> (World, detente::domain::digest::Digest) {
    let world = World::new(&[one, other]).await;
    let text = std::str::from_utf8(built_in::file(name).unwrap()).unwrap();
    let digest = hold(&world, one, text).await;
    hold(&world, other, text).await;
    send(&world, one, 201, to(other, 201), &adopts(name, digest, "political", "")).await;
    send(&world, other, 202, to(one, 202), &adopts(name, digest, "political", "")).await;
    both_settled(&world, one, other).await;
    (world, digest)
}

/// A message to these for action, the others for information.
fn heading_to(action: &[&str], information: &[&str], thread: u8) -> calls::Heading {
    let all = |codes: &[&str]| codes.iter().map(|code| addressee(code)).collect();
    calls::Heading { action: all(action), information: all(information), ..heading(thread) }
}

fn naming(field: &str, message: &Bytes) -> String {
    format!("[{field}]\nmessage_digest = \"{}\"\n", hex::encode(message))
}

/// What BY owes for the request and for what was joined to it, by whom it is owed.
async fn owed(world: &World, to: &str) -> State {
    let all = states(world, "BY", to).await;
    let names = ["reply to a request for explanation", "reply to a request that was joined"];
    let found: Vec<State> =
        all.iter().filter(|one| names.contains(&one.0.as_str())).map(|one| one.2).collect();
    let [state] = found[..] else { panic!("{to}: {all:?}") };
    state
}

async fn both_say(world: &World, to: &str, wanted: State) {
    for code in ["BY", to] {
        let other = if code == "BY" { to } else { "BY" };
        let other = other.parse::<Party>().unwrap();
        let own = code.parse::<Party>().unwrap();
        let is_it = |duty: &Arc<Duty>| {
            duty.opened.rule.name.starts_with("reply to a request")
                && duty.other_than(own) == other
                && duty.state() == wanted
        };
        until(world, code, |duties| duties.all().any(is_it)).await;
    }
    assert_eq!(owed(world, to).await, wanted, "towards {to}");
}

/// The days are others than those of 2022, their distances are not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn belarus_replies_to_lithuania_within_48_hours_and_each_of_the_requesters_judges_for_itself() {
    const VIENNA: &str = "vienna-document-2011";
    let world = World::new(&["BY", "LT", "LV"]).await;
    let text = std::str::from_utf8(built_in::file(VIENNA).unwrap()).unwrap();
    let mut digest = detente::domain::digest::Digest::ZERO;
    for code in ["BY", "LT", "LV"] {
        digest = hold(&world, code, text).await;
    }
    for (number, code, others) in
        [(201, "BY", ["LT", "LV"]), (202, "LT", ["BY", "LV"]), (203, "LV", ["BY", "LT"])]
    {
        send(
            &world,
            code,
            number,
            heading_to(&others, &[], number),
            &adopts(VIENNA, digest, "political", ""),
        )
        .await;
    }
    for (one, other) in [("BY", "LT"), ("BY", "LV"), ("LT", "LV")] {
        both_settled(&world, one, other).await;
    }
    let at = |text: &str| world.clock.set(Instant::from_rfc3339(text).unwrap());
    at("2025-02-09T15:00:00Z");
    let cites = |action: &[&str], others: &[&str]| citing(VIENNA, digest, heading_to(action, others, 1));
    let request = form(
        Kind::Request,
        "concern = \"The number of troops.\"\n[[questions]]\nnumber = 1\ntext = \"How many troops?\"\n\
         [[questions]]\nnumber = 2\ntext = \"How many tanks?\"\n",
    );
    let asked = send(&world, "LT", 1, cites(&["BY"], &["LV"]), &request).await.message_digest;
    arrived(&world, "LV", &asked).await;
    let joining = form(Kind::Joining, &naming("request", &asked));
    send(&world, "LV", 2, cites(&["BY"], &["LT"]), &joining).await;
    for to in ["LT", "LV"] {
        both_say(&world, to, State::Open).await;
    }
    let due = same_at_both_ends(&world, "BY", "LT");
    let due = due.keys().find(|known| known.0 == "reply to a request for explanation").unwrap();
    assert_eq!((due.5.to_string(), due.6), ("2025-02-11T15:00:00.000Z".into(), Force::Duty));

    at("2025-02-11T10:00:00Z");
    let reply = naming("request", &asked)
        + "[[answers]]\nnumber = 1\nhow = \"partly\"\ntext = \"Fewer than 13,000.\"\n\
           [[answers]]\nnumber = 2\nhow = \"declined\"\n";
    let replied =
        send(&world, "BY", 3, cites(&["LT", "LV"], &[]), &form(Kind::Reply, &reply)).await.message_digest;
    for to in ["LT", "LV"] {
        both_say(&world, to, State::Met(InTime::InTime)).await;
    }

    at("2025-02-12T10:00:00Z");
    let judged = |words: &str| form(Kind::Judgement, &(naming("reply", &replied) + words));
    let lacking = judged(
        "[[answers]]\nnumber = 1\nhow = \"sufficient\"\n[[answers]]\nnumber = 2\nhow = \"insufficient\"\n",
    );
    send(&world, "LT", 4, cites(&["BY"], &["LV"]), &lacking).await;
    // LV finds the one answer that it judges to be enough.
    let enough = judged("[[answers]]\nnumber = 1\nhow = \"sufficient\"\n");
    send(&world, "LV", 5, cites(&["BY"], &["LT"]), &enough).await;
    both_say(&world, "LT", State::Insufficient).await;
    both_say(&world, "LV", State::Met(InTime::InTime)).await;
    let all = world.node("LT").registrar.head().board.duties.clone();
    let story = all.all().find(|duty| duty.state() == State::Insufficient).unwrap();
    let says: Vec<String> = story.story.iter().map(|told| told.step.says(story)).collect();
    assert!(says.iter().any(|line| line.starts_with("met in time by message")), "{says:?}");
    assert!(says.last().unwrap().starts_with("judged insufficient by LT"), "{says:?}");
}

fn c1(kind: Kind, text: &str) -> Content {
    form(kind, text)
}

/// After the messages have come and all that follows from them is on record.
async fn states(world: &World, one: &str, other: &str) -> Vec<(String, String, State)> {
    both_settled(world, one, other).await;
    let now = world.clock.now();
    for code in [one, other] {
        // Nothing is past due of which nothing was said.
        let is_told = |duties: &detente::domain::duty::Duties| {
            duties.next_due().is_none_or(|due| due >= now) && duties.doubted().next().is_none()
        };
        hear_until(world, code, is_told).await;
    }
    let all = same_at_both_ends(world, one, other);
    all.into_iter().map(|(known, state)| (known.0, known.1.to_string(), state)).collect()
}

#[track_caller]
fn is(states: &[(String, String, State)], name: &str, by: &str, wanted: State) {
    let found: Vec<State> =
        states.iter().filter(|one| one.0 == name && one.1 == by).map(|one| one.2).collect();
    assert!(found.contains(&wanted), "{name} by {by}: {found:?}, not {wanted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zapad_2025_is_notified_in_time_by_a_day_and_its_voluntary_invitation_is_owed_no_reply() {
    const VIENNA: &str = "vienna-document-2011";
    let (world, digest) = bound(VIENNA, ["BY", "PL"]).await;
    let cites = |thread| citing(VIENNA, digest, to("PL", thread));
    let at = |text: &str| world.clock.set(Instant::from_rfc3339(text).unwrap());
    until(&world, "BY", |duties| duties.all().count() == 2).await;
    let begun = states(&world, "BY", "PL").await;
    is(&begun, "annual calendar", "BY", State::Open);

    at("2024-11-12T09:00:00Z");
    let calendar = c1(Kind::Calendar, include_str!("../../../src/cli/demo/c1/calendar.toml"));
    send(&world, "BY", 1, cites(1), &calendar).await;
    until(&world, "PL", |duties| duties.all().any(|duty| duty.state() == State::Met(InTime::InTime))).await;
    at("2024-11-16T00:00:00Z");
    let after = states(&world, "BY", "PL").await;
    is(&after, "annual calendar", "BY", State::Met(InTime::InTime));
    // No number of it is checked.
    is(&after, "annual calendar", "PL", State::Alarmed);

    at("2025-07-31T09:00:00Z");
    let notice = c1(Kind::Notification, include_str!("../../../src/cli/demo/c1/notification.toml"));
    send(&world, "BY", 2, cites(2), &notice).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let is_met = |duty: &std::sync::Arc<detente::domain::duty::Duty>| {
            duty.opened.rule.name == "prior notification" && matches!(duty.state(), State::Met(_))
        };
        until(&world, code, move |duties| duties.all().any(is_met)).await;
    }
    let told = states(&world, "BY", "PL").await;
    is(&told, "prior notification", "BY", State::Met(InTime::InTime));
    is(&told, "invitation of observers", "BY", State::Open);
    let all = same_at_both_ends(&world, "BY", "PL");
    let notice = all.keys().find(|known| known.0 == "prior notification").unwrap();
    // 12 September in Minsk, less 42 days.
    assert_eq!(notice.5.to_string(), "2025-08-01T20:59:59.999Z");
    assert_eq!(notice.6, Force::Unchecked, "42 days are checked, how forces are organised is not");

    at("2025-08-02T00:00:00Z");
    let past = states(&world, "BY", "PL").await;
    is(&past, "invitation of observers", "BY", State::Alarmed);
    at("2025-08-13T09:00:00Z");
    let invitation = c1(Kind::Invitation, include_str!("../../../src/cli/demo/c1/invitation.toml"));
    send(&world, "BY", 3, cites(2), &invitation).await;
    let late = |duties: &detente::domain::duty::Duties| {
        duties.all().any(|duty| duty.state() == State::Met(InTime::Late))
    };
    until(&world, "BY", late).await;
    until(&world, "PL", late).await;
    let invited = states(&world, "BY", "PL").await;
    is(&invited, "invitation of observers", "BY", State::Met(InTime::Late));
    assert!(!invited.iter().any(|one| one.0 == "reply to an invitation"), "{invited:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pakistan_asks_for_more_details_and_india_answers_under_the_agreement_of_1991() {
    const AGREEMENT: &str = "india-pakistan-1991";
    let (world, digest) = bound(AGREEMENT, ["IN", "PK"]).await;
    world.clock.set(Instant::from_rfc3339("2025-09-01T06:00:00Z").unwrap());
    let notice = form(Kind::Notification, include_str!("../cases/c5-notification.toml"));
    let sent = send(&world, "IN", 1, citing(AGREEMENT, digest, to("PK", 1)), &notice).await;
    both_settled(&world, "IN", "PK").await;
    // Only the month of the start is stated: from when a notice is late can't be told.
    assert!(states(&world, "IN", "PK").await.is_empty());

    world.clock.set(Instant::from_rfc3339("2025-11-07T06:00:00Z").unwrap());
    let question = form(
        Kind::Question,
        &format!(
            "[about]\nmessage_digest = \"{}\"\n[[questions]]\nnumber = 1\ntext = \"Which formations?\"\n",
            hex::encode(&sent.message_digest)
        ),
    );
    let asked = send(&world, "PK", 2, citing(AGREEMENT, digest, to("IN", 1)), &question).await;
    for code in ["IN", "PK"] {
        until(&world, code, |duties| duties.all().count() == 1).await;
    }
    is(&states(&world, "IN", "PK").await, "clarification", "IN", State::Open);
    let due = same_at_both_ends(&world, "IN", "PK").into_keys().next().unwrap();
    assert_eq!((due.5.to_string(), due.6), ("2025-11-17T23:59:59.999Z".into(), Force::Alarm));

    let answer = form(
        Kind::Answer,
        &format!(
            "[to]\nmessage_digest = \"{}\"\n[[answers]]\nnumber = 1\nhow = \"partly\"\ntext = \"21 Corps.\"\n",
            hex::encode(&asked.message_digest)
        ),
    );
    send(&world, "IN", 3, to("PK", 1), &answer).await;
    for code in ["IN", "PK"] {
        until(&world, code, |duties| duties.all().any(|duty| matches!(duty.state(), State::Met(_)))).await;
    }
    is(&states(&world, "IN", "PK").await, "clarification", "IN", State::Met(InTime::InTime));
}
