//! Two texts of one regime that both bind two Parties: what a message brings about is owed by the text that it cites,
//! whichever of the two came last, and whatever is reserved or suspended of the other.

use bytes::Bytes;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::duty::{Duties, State};

use super::DUNES;
use super::nodes::{adopts, ask, both_hear_until, both_until, bound, hold, later, to, until};
use crate::officer::{form, send};
use crate::talk::both_settled;
use crate::world::World;

/// By which text each answer is owed, and where it stands.
fn answers(duties: &Duties) -> Vec<(Digest, State)> {
    let answers = duties.all().filter(|duty| duty.opened.rule.name == "answer");
    answers.map(|duty| (duty.opened.rule.digest, duty.state())).collect()
}

fn texts(duties: &Duties) -> Vec<Digest> {
    answers(duties).into_iter().map(|(text, _)| text).collect()
}

/// A second text, by which an answer is due sooner.
fn sooner() -> String {
    DUNES.replacen("within = 48", "within = 5", 1)
}

/// Both hold it.
async fn second(world: &World) -> Digest {
    let digest = hold(world, "BY", &sooner()).await;
    hold(world, "PL", &sooner()).await;
    digest
}

/// Both adopt it: PL's adoption.
async fn adopt(world: &World, text: Digest, reserves: &str) -> Bytes {
    later(world, 1);
    send(world, "BY", 203, to("PL", 203), &adopts("dunes", text, "political", "")).await;
    let adopted = send(world, "PL", 204, to("BY", 204), &adopts("dunes", text, "political", reserves)).await;
    both_settled(world, "BY", "PL").await;
    later(world, 1);
    adopted.message_digest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_owed_an_answer_once_by_the_text_that_it_cites_whichever_came_last() {
    let (world, first) = bound().await;
    ask(&world, first, 1).await;
    both_until(&world, |duties| texts(duties) == [first]).await;
    let second = second(&world).await;
    adopt(&world, second, "").await;
    ask(&world, first, 2).await;
    both_until(&world, |duties| texts(duties) == [first, first]).await;
    ask(&world, second, 3).await;
    both_until(&world, |duties| texts(duties) == [first, first, second]).await;
    later(&world, 6);
    let (open, lapsed) = (State::Open, State::Lapsed);
    both_hear_until(&world, |duties| answers(duties) == [(first, open), (first, open), (second, lapsed)])
        .await;
    later(&world, 49);
    both_hear_until(&world, |duties| answers(duties).iter().all(|(_, state)| *state == lapsed)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_reserved_to_the_text_that_came_last_is_owed_by_the_other_where_that_is_cited() {
    let (world, first) = bound().await;
    let second = second(&world).await;
    adopt(&world, second, "para 1").await;
    ask(&world, second, 1).await;
    ask(&world, first, 2).await;
    both_until(&world, |duties| texts(duties) == [first]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspension_of_one_text_lifts_nothing_that_is_owed_by_the_other() {
    let (world, first) = bound().await;
    let second = second(&world).await;
    let adopted = adopt(&world, second, "").await;
    ask(&world, first, 1).await;
    both_until(&world, |duties| texts(duties) == [first]).await;
    ask(&world, second, 2).await;
    both_until(&world, |duties| texts(duties) == [first, second]).await;
    let suspends = format!(
        "provisions = [\"para 1\"]\nfrom = \"2020-01-01T00:00 Z\"\nreason = \"for now\"\n\
         [adoption]\nmessage_digest = \"{}\"\n",
        hex::encode(&adopted)
    );
    send(&world, "PL", 205, to("BY", 204), &form(Kind::Suspension, &suspends)).await;
    let (open, lifted) = (State::Open, State::Lifted);
    both_until(&world, |duties| answers(duties) == [(first, open), (second, lifted)]).await;
    later(&world, 1);
    ask(&world, second, 3).await;
    ask(&world, first, 4).await;
    both_until(&world, |duties| answers(duties) == [(first, open), (second, lifted), (first, open)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cites_a_text_that_does_not_bind_the_two_brings_about_nothing_though_another_text_does() {
    let (world, first) = bound().await;
    let second = second(&world).await;
    ask(&world, second, 1).await;
    ask(&world, first, 2).await;
    both_until(&world, |duties| texts(duties) == [first]).await;
    adopt(&world, second, "").await;
    ask(&world, second, 3).await;
    both_until(&world, |duties| texts(duties) == [first, second]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_under_a_text_that_is_not_held_here_yet_is_owed_by_that_one_once_it_is() {
    let (world, _) = bound().await;
    let second = hold(&world, "BY", &sooner()).await;
    adopt(&world, second, "").await;
    ask(&world, second, 1).await;
    both_settled(&world, "BY", "PL").await;
    until(&world, "BY", |duties| texts(duties) == [second]).await;
    until(&world, "PL", |duties| texts(duties).is_empty()).await;
    hold(&world, "PL", &sooner()).await;
    both_until(&world, |duties| texts(duties) == [second]).await;
}
