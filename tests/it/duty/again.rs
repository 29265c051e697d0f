//! A message that was considered before the duty was there meets it all the same.

use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::duty::{Duties, InTime, State};

use super::nodes::{adopts, answer, both_until, citing, hold, is, same_at_both_ends, to};
use super::{DUNES, code};
use crate::officer::{filled, send};
use crate::talk::both_settled;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_came_before_the_text_was_held_here_meets_what_is_owed_once_it_is() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", DUNES).await;
    send(&world, "BY", 201, to("PL", 201), &adopts("dunes", digest, "political", "")).await;
    send(&world, "PL", 202, to("BY", 202), &adopts("dunes", digest, "political", "")).await;
    both_settled(&world, "BY", "PL").await;
    let heading = citing("dunes", digest, to("PL", 1));
    let question = send(&world, "BY", 1, heading, &filled(Kind::Question)).await.message_digest;
    both_settled(&world, "BY", "PL").await;
    answer(&world, &question, 2, 1).await;
    both_settled(&world, "BY", "PL").await;
    // Both are considered at once here.
    hold(&world, "PL", DUNES).await;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[test]
fn a_party_that_sends_much_keeps_no_other_waiting() {
    let mut duties = Duties::default();
    for number in 0..100_u64 {
        duties.consider((code("BY"), number, Digest::of(&number.to_be_bytes())));
    }
    duties.consider((code("PL"), 100, Digest::of(b"late")));
    let turns = duties.pending_by_turns(64);
    assert_eq!(turns.len(), 33);
    assert!(turns.iter().any(|(author, ..)| *author == code("PL")));
}
