//! A suspension lifts a duty when it comes into force, and no other; once it is over the duty is owed again. Who leaves
//! is not freed of what is owed by then.

use bytes::Bytes;
use detente::domain::adoption::Word;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::duty::{Duty, InTime, Lifting, State, Step};
use detente::domain::time::Instant;

use super::nodes::{
    answer, ask, both_hear_until, both_until, bound, is, later, same_at_both_ends, state, to,
};
use super::{at, duty, opened, question, told};
use crate::officer::{form, send};
use crate::talk::both_settled;
use crate::world::World;

fn asked() -> Duty {
    duty(opened("answer", &question(), at("2031-03-01T10:00:00Z")))
}

fn met(in_time: InTime) -> Step {
    let given = at("2031-03-02T10:00:00Z");
    Step::Met { message: Digest::ZERO, given, by: detente::domain::duty::GivenBy::Receipt, in_time }
}

#[test]
fn what_was_suspended_is_owed_again_as_it_was_and_is_met_meanwhile_too() {
    let suspended = || Step::Lifted(Lifting::Suspended { by: Digest::ZERO });
    let mut open = asked();
    told(&mut open, suspended());
    assert_eq!(open.state(), State::Lifted);
    assert!(!open.may(&Step::Lapsed) && !open.may(&suspended()));
    assert!(
        open.may(&met(InTime::InTime)) && !open.may(&met(InTime::Late)),
        "nothing is late that is not owed"
    );
    assert!(open.may(&Step::Lifted(Lifting::Cancelled { by: Digest::ZERO })));
    told(&mut open, Step::Resumed);
    assert_eq!(open.state(), State::Open);
    assert!(open.may(&Step::Lapsed) && !open.may(&Step::Resumed));

    let mut answered = asked();
    told(&mut answered, Step::Answered { message: Digest::ZERO });
    told(&mut answered, suspended());
    told(&mut answered, Step::Resumed);
    assert_eq!(answered.state(), State::Answered);

    let mut cancelled = asked();
    told(&mut cancelled, Step::Lifted(Lifting::Cancelled { by: Digest::ZERO }));
    assert!(!cancelled.may(&Step::Resumed) && !cancelled.may(&met(InTime::InTime)));
}

/// PL's adoption, as PL's own node has it.
fn adoption(world: &World) -> Digest {
    let board = world.node("PL").registrar.head().board.clone();
    let words = &board.words[&super::code("PL")];
    let adopts = words.said().find(|(_, said)| matches!(said.word, Word::Adopts { .. }));
    *adopts.unwrap().0
}

async fn suspend(world: &World, number: u8, provision: &str, from: Instant, until: Option<Instant>) -> Bytes {
    let until = until.map(|until| format!("until = \"{} Z\"\n", minute(until))).unwrap_or_default();
    let text = format!(
        "provisions = [\"{provision}\"]\nfrom = \"{} Z\"\n{until}reason = \"by our own word\"\n\
         [adoption]\nmessage_digest = \"{}\"\n",
        minute(from),
        adoption(world)
    );
    send(world, "PL", number, to("BY", 202), &form(Kind::Suspension, &text)).await.message_digest
}

/// To the minute, as a form states it.
fn minute(at: Instant) -> String {
    at.to_string()[..16].to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_duty_is_lifted_when_its_suspension_takes_force_and_owed_again_when_it_is_resumed() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, is("answer", State::Open)).await;
    later(&world, 1);
    let suspension = suspend(&world, 11, "para 1", world.clock.now().plus_ms(-60_000), None).await;
    // Long before it is due, with no clock moved.
    both_until(&world, is("answer", State::Lifted)).await;
    let all = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(state(&all, "unchecked answer", "PL"), State::Open);
    let board = world.node("BY").registrar.head().board.clone();
    let lifted = board.duties.all().find(|duty| duty.opened.rule.name == "answer").unwrap();
    let says = lifted.story.last().unwrap().step.says(lifted);
    let by = Digest::from_slice(&suspension).unwrap();
    assert_eq!(says, format!("lifted: suspended, by message {}", by.short()));

    let resumes =
        format!("from = \"{} Z\"\n[suspension]\nmessage_digest = \"{by}\"\n", minute(world.clock.now()));
    send(&world, "PL", 12, to("BY", 202), &form(Kind::Resumption, &resumes)).await;
    both_until(&world, is("answer", State::Open)).await;
    answer(&world, &question, 13, 1).await;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspension_for_a_time_that_is_to_come_lifts_and_resumes_by_the_clock_and_what_falls_due_in_it_stays_lifted()
 {
    let (world, digest) = bound().await;
    ask(&world, digest, 1).await;
    both_until(&world, is("answer", State::Open)).await;
    let begun = world.clock.now();
    let hours = |hours: i64| begun.plus_ms(hours * 3_600_000);
    // "unchecked answer" falls due after 24 hours, "answer" after 48.
    suspend(&world, 11, "para 1", hours(10), Some(hours(30))).await;
    suspend(&world, 12, "para 2", hours(10), Some(hours(30))).await;
    both_settled(&world, "BY", "PL").await;
    world.clock.set(hours(9));
    both_until(&world, is("answer", State::Open)).await;
    world.clock.set(hours(11));
    both_until(&world, is("answer", State::Lifted)).await;
    both_until(&world, is("unchecked answer", State::Lifted)).await;
    world.clock.set(hours(31));
    both_until(&world, is("answer", State::Open)).await;
    let all = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(state(&all, "unchecked answer", "PL"), State::Lifted, "it fell due while it was suspended");
    world.clock.set(hours(49));
    both_hear_until(&world, is("answer", State::Lapsed)).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_owed_when_a_party_leaves_is_owed_still_and_what_is_asked_later_brings_about_nothing() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, is("answer", State::Open)).await;
    later(&world, 1);
    let leaves = format!(
        "from = \"{} Z\"\n[adoption]\nmessage_digest = \"{}\"\n",
        minute(world.clock.now()),
        adoption(&world)
    );
    send(&world, "PL", 11, to("BY", 202), &form(Kind::Withdrawal, &leaves)).await;
    both_settled(&world, "BY", "PL").await;
    later(&world, 1);
    ask(&world, digest, 2).await;
    both_settled(&world, "BY", "PL").await;
    both_until(&world, is("answer", State::Open)).await;
    let owed = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(state(&owed, "answer", "PL"), State::Open, "of the second question there is none");
    answer(&world, &question, 13, 1).await;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    same_at_both_ends(&world, "BY", "PL");
}
