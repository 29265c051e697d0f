//! What two who closed agree on, whatever comes late, twice, or names what nobody has.

use detente::domain::digest::Digest;
use detente::domain::hotline::session::State;
use detente::domain::hotline::{Names, heads, past};
use proptest::prelude::*;

use crate::hotline::{exchange, graph, two};

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
