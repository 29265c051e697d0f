//! What two who closed agree on, whatever comes late, twice, or names what nobody has.

use detente::domain::content::Content;
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, Prose};
use detente::domain::hotline::session::{State, seen_in};
use detente::domain::hotline::{Difference, Names, SeenLast, SessionClose, SessionText, heads, past};
use detente::limits;
use proptest::prelude::*;

use crate::hotline::{THREAD, exchange, graph, party, two};

fn named(author: &str, message: Digest) -> SeenLast {
    SeenLast { author: author.into(), message: Some(MessageDigest(message)), not_to: Vec::new() }
}

fn text(text: &str, seen: Vec<SeenLast>) -> Content {
    Content::SessionText(SessionText { text: Prose(text.into()), seen, ..SessionText::default() })
}

#[test]
fn an_opening_that_comes_after_the_closes_is_covered_by_neither_and_contradicts_none() {
    let (mut one, mut other) = two();
    one.say("a");
    exchange(&mut one, &mut other);
    for desk in [&mut one, &mut other] {
        desk.close();
    }
    exchange(&mut one, &mut other);
    let signed = one.session().pairs[0].agreed;
    assert!(signed.is_some() && one.session().state == State::Closed);
    other.open(&["BY"]);
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        let session = desk.session();
        let pair = &session.pairs[0];
        assert_eq!((session.state, pair.since, pair.agreed), (State::Closing, 1, None), "{}", desk.own);
        assert!(pair.differences.is_empty(), "{:?}", pair.differences);
        // The text that stands behind it was written without sight of it.
        assert_eq!(session.lines.last().unwrap().unseen, 1);
    }
    // Who has seen it covers it, and both close again.
    for desk in [&mut one, &mut other] {
        desk.close();
    }
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        let session = desk.session();
        assert_eq!(session.state, State::Closed, "{}: {:?}", desk.own, session.pairs);
        assert_ne!(session.pairs[0].agreed, signed);
    }
}

#[test]
fn of_what_a_message_names_as_seen_the_first_are_read_and_of_what_is_not_here_no_more_is_told_than_of_all() {
    let (mut one, mut other) = two();
    let invented = |salt: usize| {
        let all = 0..limits::HOTLINE_SEEN_MAX + 8;
        all.map(move |number| named("BY", Digest::of(format!("{salt} {number}").as_bytes())))
    };
    let mut last = Vec::new();
    for salt in 0..3 {
        let seen = last.into_iter().chain(invented(salt)).collect();
        let said = one.put(&[party("PL")], text("it names what nobody has", seen));
        assert_eq!(seen_in(&said.said.content).len(), limits::HOTLINE_SEEN_MAX);
        last = vec![named("BY", said.said.message)];
    }
    let close = SessionClose { seen: last, ..one.session().close_by(THREAD, one.own) };
    one.put(&[party("PL")], Content::SessionClose(close));
    exchange(&mut one, &mut other);
    other.close();
    let session = other.session();
    let differences = &session.pairs[0].differences;
    assert_eq!(differences.len(), limits::HOTLINE_DIFFERENCES_TOLD);
    assert!(differences.iter().all(|one| matches!(one, Difference::NotHere { .. })), "{differences:?}");
    assert_eq!(session.state, State::Closing);
}

proptest! {
    #[test]
    fn an_opening_that_nobody_named_is_covered_by_who_names_it_and_by_nobody_else(all in graph()) {
        let seen = heads(&all);
        let late = Names { message: Digest::of(b"late"), is_opening: true, seen: Vec::new() };
        let with: Vec<Names> = all.iter().cloned().chain([late.clone()]).collect();
        prop_assert_eq!(past(&with, &seen), past(&all, &seen));
        prop_assert!(heads(&with).contains(&late.message));
        prop_assert_eq!(past(&with, &heads(&with)).len(), with.len());
    }
}
