//! What two who closed agree on, whatever comes late, twice, or names what nobody has.

use detente::domain::content::Content;
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, Prose};
use detente::domain::hotline::session::{Session, State, seen_in};
use detente::domain::hotline::{
    AgreedWith, Difference, Names, Pair, SeenLast, SessionClose, SessionText, heads, heads_among, past,
};
use detente::limits;
use proptest::prelude::*;

use crate::hotline::{Desk, THREAD, exchange, graph, party, spoken, two};

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
fn an_opening_that_is_all_there_is_or_that_no_message_names_is_named_by_both_closes() {
    // Closed at once by who opened it, and by the other without a word.
    let (mut one, mut other) = (Desk::new("BY"), Desk::new("PL"));
    other.take(&one.open(&["PL"]));
    for desk in [&mut one, &mut other] {
        desk.close();
    }
    exchange(&mut one, &mut other);
    // Said by a node that names nothing.
    let (mut silent, mut opener) = (Desk::new("PL"), Desk::new("BY"));
    let opened = opener.open(&["PL"]);
    silent.take(&opened);
    silent.put(&[party("BY")], text("names nothing", Vec::new()));
    exchange(&mut opener, &mut silent);
    for desk in [&mut opener, &mut silent] {
        desk.close();
    }
    exchange(&mut opener, &mut silent);
    for (desk, messages) in [(&one, 1), (&other, 1), (&opener, 2), (&silent, 2)] {
        let session = desk.session();
        assert_eq!(session.state, State::Closed, "{}: {:?}", desk.own, session.pairs);
        assert_eq!(session.pairs[0].messages, messages, "{}", desk.own);
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

/// BY, which opened, LT and PL: all take part.
fn three() -> [Desk; 3] {
    let mut desks = ["BY", "LT", "PL"].map(Desk::new);
    desks[0].open(&["LT", "PL"]);
    give_all(&mut desks);
    for at in [1, 2] {
        desks[at].accept();
        give_all(&mut desks);
    }
    desks
}

fn give_all(desks: &mut [Desk; 3]) {
    let all: Vec<_> = desks.iter().flat_map(|desk| desk.held.clone()).collect();
    for desk in desks {
        all.iter().for_each(|said| desk.take(said));
    }
}

fn between<'s>(session: &'s Session, one: &str, other: &str) -> &'s Pair {
    session.pairs.iter().find(|pair| pair.between == (party(one), party(other))).unwrap()
}

#[test]
fn a_text_that_names_what_nobody_has_keeps_no_two_others_from_agreeing_on_the_rest() {
    let mut desks = three();
    desks[0].say("before it");
    give_all(&mut desks);
    let nobody_has = Digest::of(b"nobody has this");
    let content = text("hanging", vec![named("LT", nobody_has)]);
    let hanging = desks[1].put(&[party("BY"), party("PL")], content).said.message;
    give_all(&mut desks);
    desks[2].say("after it");
    give_all(&mut desks);
    for at in [0, 2] {
        desks[at].close();
    }
    give_all(&mut desks);
    let mut agreed = Vec::new();
    for at in [0, 2] {
        let session = desks[at].session();
        let pair = between(&session, "BY", "PL");
        assert_eq!((pair.since, pair.messages), (0, 5), "{}", desks[at].own);
        assert!(pair.differences.is_empty(), "{:?}", pair.differences);
        agreed.push(pair.agreed.expect("both signed the same"));
        // Of its author it is told that it waits, and for what.
        let line = session.lines.iter().find(|line| line.spoken.said.message == hanging).unwrap();
        assert_eq!((line.spoken.said.author, &line.missing[..]), (party("LT"), &[nobody_has][..]));
    }
    assert_eq!(agreed[0], agreed[1]);
    // What is whole and was said since counts as before.
    desks[0].say("since");
    give_all(&mut desks);
    let session = desks[2].session();
    let pair = between(&session, "BY", "PL");
    assert_eq!((pair.since, pair.agreed), (1, None));
}

#[test]
fn who_builds_on_a_text_that_a_third_gave_to_it_alone_is_not_said_to_have_withheld_it() {
    let mut desks = three();
    let given = desks[1].say("to both, by its heading");
    desks[0].take(&given);
    let built_on = desks[0].say("we have seen it");
    let closed = desks[0].close();
    desks[2].close();
    for said in [&built_on, &closed] {
        desks[2].take(said);
    }
    let session = desks[2].session();
    let pair = between(&session, "BY", "PL");
    let message = given.said.message;
    let not_here = Difference::NotHere { party: party("BY"), message, of: Some(party("LT")) };
    assert_eq!(pair.differences, [not_here]);
    let says = pair.differences[0].says(None);
    assert!(says.ends_with("which is not here yet; it is named there as a message of LT"), "{says}");
    assert_eq!(session.state, State::Closing);
}

#[test]
fn a_close_with_two_transcripts_for_one_party_or_another_number_of_messages_agrees_with_nobody_and_says_so() {
    let twice = |close: &mut SessionClose| {
        let again =
            AgreedWith { transcript: Some(MessageDigest(Digest::of(b"another"))), ..close.agreed[0].clone() };
        close.agreed.push(again);
    };
    let counts = |close: &mut SessionClose| close.agreed[0].messages = Some(9);
    let counts_nothing = |close: &mut SessionClose| close.agreed[0].messages = None;
    let by = party("BY");
    type Case<'c> = (&'c dyn Fn(&mut SessionClose), Difference);
    let cases: [Case<'_>; 3] = [
        (&twice, Difference::Several { party: by, transcripts: 2 }),
        (&counts, Difference::OtherCount { party: by, says: Some(9), has: 2 }),
        (&counts_nothing, Difference::OtherCount { party: by, says: None, has: 2 }),
    ];
    for (changed, difference) in cases {
        let (mut one, mut other) = two();
        let mut close = one.session().close_by(THREAD, by);
        changed(&mut close);
        one.put(&[party("PL")], Content::SessionClose(close));
        other.close();
        exchange(&mut one, &mut other);
        for desk in [&one, &other] {
            let session = desk.session();
            assert_eq!(session.pairs[0].differences, std::slice::from_ref(&difference), "{}", desk.own);
            assert_eq!((session.state, session.pairs[0].agreed), (State::Disputed, None));
        }
        // A close that says one thing takes its place.
        one.close();
        exchange(&mut one, &mut other);
        assert_eq!(other.session().state, State::Closed, "{:?}", other.session().pairs);
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

    #[test]
    fn the_last_of_some_cover_all_of_these_and_none_of_them_builds_on_another(all in graph(), salt in any::<u8>()) {
        let is_among = |message: &Digest| (message.0[0] ^ salt).is_multiple_of(2);
        let last = heads_among(&all, is_among);
        let covered = past(&all, &last);
        for one in all.iter().filter(|one| is_among(&one.message)) {
            prop_assert!(covered.contains(&one.message));
        }
        for one in &last {
            prop_assert!(is_among(one));
            let others: Vec<Digest> = last.iter().filter(|other| *other != one).copied().collect();
            prop_assert!(!past(&all, &others).contains(one));
        }
    }
}

#[test]
fn whoever_writes_many_at_once_keeps_no_text_of_two_others_out_of_their_closes() {
    let (mut lt, mut pl) = (Desk::new("LT"), Desk::new("PL"));
    pl.take(&lt.open(&["BY", "PL"]));
    let first = lt.say("is he armed?");
    pl.take(&first);
    // To one of the two alone; all but the first of them stand behind whatever the other one says.
    let mut before = first.said.message;
    for number in 0..2 * limits::HOTLINE_SEEN_MAX as u64 {
        let said = spoken(party("BY"), &[party("PL")], 1_000 + number, text("x", vec![named("BY", before)]));
        pl.take(&said);
        if number == 0 {
            before = said.said.message;
        }
    }
    pl.take(&lt.say("stop"));
    let (one, other) = (lt.close(), pl.close());
    pl.take(&one);
    lt.take(&other);
    for desk in [&lt, &pl] {
        let session = desk.session();
        let [pair] = &session.pairs[..] else { panic!("{:?}", session.pairs) };
        assert!(pair.agreed.is_some(), "{}: {pair:?}", desk.own);
    }
}

#[test]
fn a_third_that_floods_two_neither_makes_them_differ_nor_keeps_them_from_agreeing() {
    const MANY: u64 = limits::HOTLINE_SEEN_MAX as u64 + 8;
    let mut desks = three();
    desks[0].say("before it");
    give_all(&mut desks);
    for number in 0..MANY {
        // To both, and behind each of these one to BY alone.
        let to_both = spoken(party("LT"), &[party("BY"), party("PL")], 1_000 + number, text("x", Vec::new()));
        let seen = vec![named("LT", to_both.said.message)];
        let to_one = spoken(party("LT"), &[party("BY")], 2_000 + number, text("x", seen));
        for at in [0, 2] {
            desks[at].take(&to_both);
            desks[at].take(&to_one);
        }
    }
    for at in [0, 2] {
        desks[at].close();
    }
    give_all(&mut desks);
    for at in [0, 2] {
        let session = desks[at].session();
        let pair = between(&session, "BY", "PL");
        assert!(pair.agreed.is_some() && pair.differences.is_empty(), "{}: {pair:?}", desks[at].own);
        // Opening, two acceptances, and what BY said.
        assert_eq!((pair.since, pair.messages), (0, 4), "{}", desks[at].own);
    }
    // From some of these one of the two goes on: they are covered by both.
    desks[0].say("we have seen that");
    give_all(&mut desks);
    assert_eq!(between(&desks[2].session(), "BY", "PL").agreed, None);
    for at in [0, 2] {
        desks[at].close();
    }
    give_all(&mut desks);
    for at in [0, 2] {
        let session = desks[at].session();
        let pair = between(&session, "BY", "PL");
        assert!(pair.agreed.is_some() && pair.messages > 5, "{}: {pair:?}", desks[at].own);
    }
}

#[test]
fn what_a_party_says_after_its_own_close_is_no_difference_and_that_close_is_out_of_date() {
    let (mut one, mut other) = two();
    other.close();
    other.say("one thing more");
    exchange(&mut one, &mut other);
    one.say("an answer to it");
    one.close();
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        let session = desk.session();
        let pair = &session.pairs[0];
        assert_eq!((session.state, pair.since, pair.agreed), (State::Closing, 2, None), "{}", desk.own);
        assert!(pair.differences.is_empty(), "{}: {pair:?}", desk.own);
    }
    other.close();
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        assert_eq!(desk.session().state, State::Closed, "{}: {:?}", desk.own, desk.session().pairs);
    }
}

#[test]
fn a_text_that_its_author_leaves_out_of_a_later_close_stays_a_difference() {
    let (mut one, mut other) = two();
    let without = other.session().close_by(THREAD, other.own);
    let message = other.say("on second thoughts").said.message;
    other.put(&[party("BY")], Content::SessionClose(without));
    exchange(&mut one, &mut other);
    one.close();
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        let session = desk.session();
        assert_eq!(session.pairs[0].differences, [Difference::OnlyIn { party: party("BY"), message }]);
        assert_eq!(session.state, State::Disputed, "{}", desk.own);
    }
}
