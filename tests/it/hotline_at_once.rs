//! Texts that were written at once: each says which of those before it its writer had not seen.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::Content;
use detente::domain::form::{MessageDigest, Prose};
use detente::domain::hotline::session::Spoken;
use detente::domain::hotline::{SeenLast, SessionText};
use detente::domain::people::Role;
use detente::limits;

use crate::hotline::{Desk, party, two};
use crate::hotline_nodes::{officer, officers, open, say, say_call, show};
use crate::officer::{arrived, hotlines};

#[test]
fn two_officers_of_one_party_who_write_at_once_are_told_as_without_sight_of_each_other() {
    let (mut by, mut pl) = (Desk::new("BY"), Desk::new("PL"));
    let opened = by.open(&["PL"]);
    pl.take(&opened);
    by.take(&pl.accept());
    let mut beside = Desk { own: by.own, held: by.held.clone() };
    by.say("by one officer");
    let second = beside.say("by the other one");
    let recorded = by.held.len() as u64;
    by.held.push(Spoken { recorded, ..second });
    by.say("by one who saw both");
    let session = by.session();
    let unseen: Vec<usize> = session.lines.iter().map(|line| line.unseen).collect();
    assert_eq!(unseen, [0, 0, 0, 1, 0]);
    assert_eq!(session.lines[3].unseen_first, [session.lines[2].spoken.said.message]);
}

#[test]
fn of_a_very_long_session_the_first_messages_keep_their_marks_and_of_the_rest_it_is_told_that_nobody_looked()
{
    let (mut by, _) = two();
    for number in 0..limits::HOTLINE_COMPARED_MAX {
        let before = by.held.last().unwrap();
        let seen = SeenLast {
            author: before.said.author.to_string(),
            message: Some(MessageDigest(before.said.message)),
            not_to: Vec::new(),
        };
        let text = Prose(number.to_string());
        let form = SessionText { text, seen: vec![seen], ..SessionText::default() };
        by.put(&[party("PL")], Content::SessionText(form));
    }
    let session = by.session();
    let (first, rest) = session.lines.split_at(limits::HOTLINE_COMPARED_MAX);
    assert!(first.iter().all(|line| line.is_compared && line.unseen == 0));
    assert!(!rest.is_empty() && rest.iter().all(|line| !line.is_compared));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_a_colleague_that_its_writer_was_not_shown_is_not_named_as_seen_and_one_of_its_own_is() {
    let mut world = officers(&["BY", "PL"]).await;
    let roles = [Role::Drafter, Role::Releaser, Role::Watch];
    world.state_mut("PL").take_person("second", "Colleague in Warsaw", &roles).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let first = say(&world, "BY", &thread, "Where is it?").await.message_digest;
    arrived(&world, "PL", &first).await;
    let shown = world.node("PL").registrar.head().chain.size;
    let (one, second) = (officer(&world, "PL"), world.desk("PL", "second"));
    let call = say_call(&second, &thread, "by the colleague").await;
    let of_colleague = hotlines(&second).say(call).await.unwrap().into_inner().spoken.unwrap();
    let mut own = Vec::new();
    for text in ["by this one", "and again"] {
        let call = calls::SayRequest { seen_before: shown, ..say_call(&one, &thread, text).await };
        own.push(hotlines(&one).say(call).await.unwrap().into_inner().spoken.unwrap().message_digest);
    }
    let session = show(&world, "PL", &thread).await;
    let last = session.lines.last().unwrap();
    assert_eq!((&last.digest, last.unseen), (&own[1], 1));
    assert_eq!(last.unseen_texts, [of_colleague.message_digest]);
}
