//! Two texts of one regime that both bind two Parties: what the first brought about is owed on, and nothing that a
//! message brings about twice.

use detente::domain::digest::Digest;
use detente::domain::duty::{Duties, State};

use super::DUNES;
use super::nodes::{adopts, ask, both_hear_until, both_until, bound, hold, is, later, to};
use crate::officer::send;
use crate::talk::both_settled;

/// By which text each answer is owed.
fn texts(duties: &Duties) -> Vec<Digest> {
    let answers = duties.all().filter(|duty| duty.opened.rule.name == "answer");
    answers.map(|duty| duty.opened.rule.digest).collect()
}

fn all_lapsed(duties: &Duties) -> bool {
    let mut answers = duties.all().filter(|duty| duty.opened.rule.name == "answer");
    answers.all(|duty| duty.state() == State::Lapsed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_first_text_brought_about_is_owed_on_and_a_new_question_once_by_the_text_that_came_last() {
    let (world, digest) = bound().await;
    ask(&world, digest, 1).await;
    both_until(&world, is("answer", State::Open)).await;
    later(&world, 1);
    let text = format!("# Corrected.\n{DUNES}");
    let corrected = hold(&world, "BY", &text).await;
    hold(&world, "PL", &text).await;
    send(&world, "BY", 203, to("PL", 203), &adopts("dunes", corrected, "political", "")).await;
    send(&world, "PL", 204, to("BY", 204), &adopts("dunes", corrected, "political", "")).await;
    both_settled(&world, "BY", "PL").await;
    later(&world, 1);
    // It cites the first text, which binds as well.
    ask(&world, digest, 2).await;
    both_until(&world, |duties| texts(duties) == [digest, corrected]).await;
    later(&world, 49);
    both_hear_until(&world, all_lapsed).await;
}
