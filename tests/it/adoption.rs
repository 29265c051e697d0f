//! Who is bound by which rules: by their own signed word, towards those who took it, from the last of their dates and
//! receipts.

use detente::codec::form;
use detente::domain::adoption::{Addressees, Bond, Heard, How, Nature, Said, Seen, Since, Told, Word, Words};
use detente::domain::command::{Command, Origin};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::message::Outgoing;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use proptest::prelude::*;

use crate::adoption_nodes::adoption;
use crate::board::receipt_at;
use crate::officer;
use crate::party::{self, Folded};

const RIVER: &str = "river-line";

pub fn at(day: i64) -> Instant {
    Instant::from_seconds(day * 86_400)
}

fn code(code: &str) -> Party {
    code.parse().unwrap()
}

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn adopts(edition: u64, from: i64) -> Word {
    Word::Adopts {
        regime: RIVER.into(),
        edition,
        digest: digest(&format!("edition {edition}")),
        from: at(from),
        nature: Nature::Political,
        reservations: vec!["4.2".into()],
    }
}

/// A word with its message's name, and the day on which each reader's receipt took it.
type Spoken<'a> = (&'a str, Word, &'a [(&'a str, i64)]);

fn words(said: &[Spoken]) -> Words {
    let mut words = Words::default();
    for (name, word, told) in said {
        words.hear(digest(name), word, at(0), 0);
        for (reader, day) in *told {
            words.taken(&digest(name), code(reader), on(*day));
        }
    }
    words
}

/// A receipt of that day, of which nothing is odd.
fn on(day: i64) -> Told {
    Told { at: at(day), heard: Heard::Later }
}

/// As BY knows it: its own words by PL's receipts, PL's by its own.
fn all_bonds(by: &Words, pl: &Words, day: i64) -> Vec<Bond> {
    let nobody = Addressees::default();
    Bond::all_between(code("BY"), (code("BY"), by), (code("PL"), pl), RIVER, at(day), &nobody)
}

/// The one that came last.
fn bond(by: &Words, pl: &Words, day: i64) -> Option<Bond> {
    all_bonds(by, pl, day).pop()
}

#[test]
fn two_are_bound_from_the_last_of_their_dates_and_receipts() {
    let by = words(&[("by", adopts(1, 10), &[("PL", 5)])]);
    let pl = words(&[("pl", adopts(1, 3), &[("BY", 12)])]);
    assert_eq!(bond(&by, &pl, 11), None);
    let bound = bond(&by, &pl, 12).unwrap();
    assert_eq!((bound.since, bound.edition, bound.seen), (at(12), 1, Seen::AtBothEnds));
    assert_eq!(bound.one.reservations, ["4.2"]);
}

#[test]
fn of_two_receipts_for_one_word_the_earliest_counts_in_whichever_order_they_come() {
    let pl = words(&[("pl", adopts(1, 1), &[("BY", 1)])]);
    for told in [[("PL", 5), ("PL", 9)], [("PL", 9), ("PL", 5)]] {
        let by = words(&[("by", adopts(1, 1), &told)]);
        assert_eq!(bond(&by, &pl, 20).unwrap().since, at(5));
    }
}

/// By a day; both ends hold both times, and say the same.
#[test]
fn a_receipt_from_before_the_release_brings_nothing_forward_and_is_shown_as_disputed() {
    let said = |told: Told| {
        let mut words = Words::default();
        words.hear(digest("by"), &adopts(1, 1), at(10), 0);
        words.taken(&digest("by"), code("PL"), told);
        words.adopted(RIVER, code("PL"), at(20)).remove(0)
    };
    let honest = said(on(10));
    assert_eq!((honest.since, honest.by_receipt), (at(10), Since::Undisputed));
    let back_dated = said(on(9));
    assert_eq!((back_dated.since, back_dated.by_receipt), (at(10), Since::Disputed));
}

/// Across the fold: what a peer says of the time of its receipt, against the record that holds the receipt.
#[test]
fn a_receipt_from_after_it_was_heard_puts_a_word_off_as_none_would_and_is_shown_as_disputed() {
    for (days, disputed) in [(0, Since::Undisputed), (1, Since::Disputed)] {
        let mut folded = Folded::with_peer();
        let heard = party::at(3_600);
        let received_at = heard.plus_ms(days * 86_400_000);
        let receipted = receipt_at(&mut folded, 1, 0, says(&adoption()), received_at);
        folded.given(Command::TakeReceipt(receipted), Origin::Node, heard).unwrap();
        let adopted = |at| folded.board.adopted(party::us(), "river-line-2031", at);
        assert!(adopted(received_at.plus_ms(-1)).is_empty());
        let [adopted] = &adopted(received_at)[..] else { panic!("it was taken") };
        assert_eq!((adopted.since, adopted.by_receipt), (received_at, disputed));
    }
}

pub fn says(content: &Content) -> Outgoing {
    let kind = Kind::Adoption.name().to_owned();
    let content_bytes = form::encode(content).unwrap().into();
    let word = Word::of(content).map(Box::new);
    Outgoing { kind, content: content_bytes, word, ..party::outgoing(Precedence::Routine, "ours") }
}

#[test]
fn a_word_that_no_receipt_took_binds_nobody() {
    let by = words(&[("by", adopts(1, 1), &[("OSCE", 1)])]);
    let pl = words(&[("pl", adopts(1, 1), &[("BY", 1)])]);
    assert_eq!(bond(&by, &pl, 100), None);
}

#[test]
fn of_two_editions_both_bind_and_the_one_that_came_to_bind_last_counts_where_one_can() {
    let both = [("one", adopts(1, 1), [("PL", 1)]), ("two", adopts(2, 20), [("PL", 20)])];
    let by = words(&both.each_ref().map(|(name, word, told)| (*name, word.clone(), told.as_slice())));
    let only_first = words(&[("pl", adopts(1, 1), &[("BY", 1)])]);
    assert_eq!(
        bond(&by, &only_first, 30).unwrap().edition,
        1,
        "a new edition binds none who has not adopted it"
    );
    let both = words(&[("pl", adopts(1, 1), &[("BY", 1)]), ("pl2", adopts(2, 25), &[("BY", 2)])]);
    let editions = |day| all_bonds(&by, &both, day).iter().map(|bond| bond.edition).collect::<Vec<_>>();
    assert_eq!(editions(24), [1]);
    assert_eq!(editions(25), [1, 2], "the first is left by nobody");
    assert_eq!(bond(&by, &both, 25).unwrap().edition, 2);
    let leaves = [
        ("one", adopts(1, 1), [("PL", 1)]),
        ("two", adopts(2, 20), [("PL", 20)]),
        ("leaves", Word::Withdraws { adoption: digest("one"), from: at(30) }, [("PL", 21)]),
    ];
    let by = words(&leaves.each_ref().map(|(name, word, told)| (*name, word.clone(), told.as_slice())));
    assert_eq!(all_bonds(&by, &both, 30).iter().map(|bond| bond.edition).collect::<Vec<_>>(), [2]);
}

/// Of one edition number, and from one day: whichever of the texts has the greater digest.
#[test]
fn of_two_texts_that_bind_from_the_same_instant_the_one_that_was_released_last_counts() {
    for (first, second) in [("draft", "corrected"), ("corrected", "draft")] {
        let adopts = |text: &str| Word::Adopts {
            regime: RIVER.into(),
            edition: 2,
            digest: digest(text),
            from: at(20),
            nature: Nature::Political,
            reservations: Vec::new(),
        };
        let said = |reader: &str| {
            let mut words = Words::default();
            for (text, released) in [(first, 1), (second, 3)] {
                let message = digest(&format!("{text}, for {reader}"));
                words.hear(message, &adopts(text), at(released), 0);
                words.taken(&message, code(reader), on(released));
            }
            words
        };
        let texts: Vec<Digest> =
            all_bonds(&said("PL"), &said("BY"), 30).iter().map(|bond| bond.regime).collect();
        assert_eq!(texts, [digest(first), digest(second)]);
    }
}

#[test]
fn the_same_edition_number_of_another_text_binds_nobody() {
    let by = words(&[("by", adopts(1, 1), &[("PL", 1)])]);
    let Word::Adopts { regime, edition, from, nature, reservations, .. } = adopts(1, 1) else { panic!() };
    let other = Word::Adopts { regime, edition, digest: digest("forged"), from, nature, reservations };
    let pl = words(&[("pl", other, &[("BY", 1)])]);
    assert_eq!(bond(&by, &pl, 30), None);
}

#[test]
fn what_is_suspended_is_so_from_its_day_until_its_end_or_its_resumption() {
    let provisions = vec!["5.1".to_owned()];
    let suspends = |until| Word::Suspends {
        adoption: digest("by"),
        provisions: provisions.clone(),
        from: at(10),
        until,
    };
    let resumes = Word::Resumes { suspension: digest("for now"), from: at(15) };
    let by = words(&[
        ("by", adopts(1, 1), &[("PL", 1)]),
        ("for now", suspends(None), &[("PL", 2)]),
        ("again", resumes, &[("PL", 12)]),
        ("for a time", suspends(Some(at(20))), &[("PL", 17)]),
    ]);
    let suspended = |day| by.adopted(RIVER, code("PL"), at(day))[0].suspended.len();
    let seen: Vec<usize> = [9, 10, 14, 15, 16, 17, 19, 20].map(suspended).to_vec();
    assert_eq!(seen, [0, 1, 1, 0, 0, 1, 1, 0]);
}

#[test]
fn a_bond_names_what_either_does_not_apply_towards_the_other_each_once() {
    let suspends = |provisions: &[&str], until: Option<i64>| Word::Suspends {
        adoption: digest("by"),
        provisions: provisions.iter().map(|one| (*one).to_owned()).collect(),
        from: at(10),
        until: until.map(at),
    };
    let by = words(&[
        ("by", adopts(1, 1), &[("PL", 1)]),
        ("for a time", suspends(&["5.1"], Some(20)), &[("PL", 2)]),
        ("for good", suspends(&["5.1", "4.2"], None), &[("PL", 12)]),
        ("all of it", suspends(&[], Some(30)), &[("PL", 12)]),
    ]);
    let pl = words(&[("pl", adopts(1, 3), &[("BY", 5)])]);
    let named = |day: i64| -> Vec<(String, Option<String>, How, i64, Digest)> {
        let nobody = Addressees::default();
        let restraints = bond(&by, &pl, day).unwrap().restraints(code("BY"), code("PL"), &nobody);
        restraints
            .into_iter()
            .map(|one| {
                let spoken = one.spoken.unwrap();
                let name = format!("{} towards {}", one.by, spoken.towards);
                (name, one.provision, one.how, spoken.since.seconds() / 86_400, spoken.message)
            })
            .collect()
    };
    let (ours, theirs) = ("BY towards PL", "PL towards BY");
    let line = |who: &str, what: Option<&str>, how, day, message: &str| {
        (who.to_owned(), what.map(str::to_owned), how, day, digest(message))
    };
    assert_eq!(
        named(9),
        [line(ours, Some("4.2"), How::Reserved, 1, "by"), line(theirs, Some("4.2"), How::Reserved, 5, "pl")]
    );
    assert_eq!(named(11)[1], line(ours, Some("5.1"), How::Suspended, 10, "for a time"));
    assert_eq!(
        named(12),
        [
            line(ours, None, How::Suspended, 12, "all of it"),
            line(ours, Some("4.2"), How::Suspended, 12, "for good"),
            line(ours, Some("4.2"), How::Reserved, 1, "by"),
            line(ours, Some("5.1"), How::Suspended, 12, "for good"),
            line(theirs, Some("4.2"), How::Reserved, 5, "pl"),
        ]
    );
}

#[test]
fn of_the_same_text_adopted_twice_only_the_earliest_counts_whoever_is_named_first() {
    let by = words(&[("first", adopts(1, 1), &[("PL", 1)]), ("again", adopts(1, 1), &[("PL", 7)])]);
    let pl = words(&[("pl", adopts(1, 1), &[("BY", 2)])]);
    let nobody = Addressees::default();
    let (one, other) = ((code("BY"), &by), (code("PL"), &pl));
    let from_one = Bond::all_between(code("BY"), one, other, RIVER, at(9), &nobody).remove(0);
    let from_other = Bond::all_between(code("BY"), other, one, RIVER, at(9), &nobody).remove(0);
    assert_eq!((from_one.since, from_one.one.message), (at(2), digest("first")));
    assert_eq!((from_other.since, from_other.other.message), (at(2), digest("first")));
}

/// Adoptions, each with its message's name, the day of its release, and that of PL's receipt.
fn released(said: &[(&str, Word, i64, i64)]) -> Words {
    let mut words = Words::default();
    for (name, word, released, taken) in said {
        words.hear(digest(name), word, at(*released), 0);
        words.taken(&digest(name), code("PL"), on(*taken));
    }
    words
}

#[test]
fn of_two_adoptions_of_one_text_the_later_replaces_the_first_that_is_not_in_force_and_no_other() {
    let pl = words(&[("pl", adopts(1, 1), &[("BY", 1)])]);
    let counts = |by: &Words, day: i64| bond(by, &pl, day).map(|bond| bond.one.message);
    let replaced =
        |by: &Words, day: i64| by.replaced(RIVER, code("PL"), at(day)).into_iter().collect::<Vec<_>>();
    let twice = |first_taken: i64, from: i64, taken: i64| {
        released(&[("first", adopts(1, 20), 1, first_taken), ("second", adopts(1, from), 3, taken)])
    };
    // The lanes may bring the second before the first.
    for (first_taken, from) in [(2, 10), (2, 20), (2, 30), (9, 10), (9, 20)] {
        let by = twice(first_taken, from, 4);
        assert!(replaced(&by, 3).is_empty());
        assert_eq!(replaced(&by, 9), [(digest("first"), digest("second"))]);
        let announced: Vec<Digest> =
            by.announced(RIVER, code("PL"), at(9)).into_iter().map(|one| one.message).collect();
        assert_eq!(announced, [digest("second")]);
        assert_eq!((counts(&by, from - 1), counts(&by, from)), (None, Some(digest("second"))));
        assert_eq!(counts(&by, 40), Some(digest("second")), "from {from}");
    }
    for from in [10, 30] {
        let by = twice(2, from, 21);
        assert!(replaced(&by, 40).is_empty());
        assert_eq!(counts(&by, 40), Some(digest("first")), "from {from}");
    }
}

#[test]
fn who_leaves_is_bound_until_the_day_and_may_come_back() {
    let by = words(&[
        ("by", adopts(1, 1), &[("PL", 1)]),
        ("leaves", Word::Withdraws { adoption: digest("by"), from: at(10) }, &[("PL", 4)]),
        ("comes back", adopts(1, 20), &[("PL", 11)]),
    ]);
    let pl = words(&[("pl", adopts(1, 1), &[("BY", 1)])]);
    assert!(bond(&by, &pl, 9).is_some());
    assert!(bond(&by, &pl, 10).is_none() && bond(&by, &pl, 19).is_none());
    assert_eq!(bond(&by, &pl, 20).unwrap().since, at(20));
}

#[test]
fn of_two_others_only_what_they_told_us_is_known() {
    let by = words(&[("by", adopts(1, 1), &[("OSCE", 3)])]);
    let pl = words(&[("pl", adopts(1, 1), &[("OSCE", 4)]), ("pl again", adopts(1, 1), &[("OSCE", 6)])]);
    let seen = |named: &[(&str, &str)]| {
        let mut addressees = Addressees::default();
        for (message, to) in named {
            addressees.put(digest(message), [code("OSCE"), code(to)]);
        }
        let (by, pl) = ((code("BY"), &by), (code("PL"), &pl));
        let bond = Bond::all_between(code("OSCE"), by, pl, RIVER, at(9), &addressees).remove(0);
        (bond.seen, bond.since)
    };
    assert_eq!(seen(&[]), (Seen::AsToldHere, at(4)));
    assert_eq!(seen(&[("by", "PL")]), (Seen::AsToldHere, at(4)), "one of the two told the other");
    assert_eq!(seen(&[("by", "PL"), ("pl", "LT")]), (Seen::AsToldHere, at(4)));
    assert_eq!(seen(&[("by", "PL"), ("pl", "BY")]), (Seen::ToldEachOther, at(4)));
    assert_eq!(seen(&[("by", "PL"), ("pl again", "BY")]), (Seen::ToldEachOther, at(6)));
}

#[test]
fn a_word_whose_instant_two_readers_might_read_differently_has_no_effect() {
    let with = |from: &str| {
        let toml = detente::cli::form::example(Kind::Adoption).replace("2031-07-01T00:00 Z", from);
        Word::of(&officer::form(Kind::Adoption, &toml))
    };
    assert!(with("2031-07-01T00:00 Z").is_some() && with("2031-07-01 +03:00").is_some());
    assert_eq!(with("2031-07-01T00:00 Europe/Minsk"), None);
    assert_eq!(with("soon"), None);
}

proptest! {
    /// In whatever order words and receipts come, the same are bound.
    #[test]
    fn the_order_of_arrival_makes_no_difference(
        days in proptest::collection::vec((0..40i64, 0..40i64, 0..5u8), 1..12),
        day in 0..60i64,
    ) {
        let said: Vec<(String, Word, i64)> = days
            .iter()
            .enumerate()
            .map(|(nth, (from, told, kind))| {
                let earlier = format!("{}", nth / 2);
                let word = match kind {
                    0 | 1 => adopts(1 + u64::from(*kind), *from),
                    2 => Word::Withdraws { adoption: digest(&earlier), from: at(*from) },
                    3 => Word::Suspends { adoption: digest(&earlier), provisions: Vec::new(), from: at(*from), until: None },
                    _ => Word::Resumes { suspension: digest(&earlier), from: at(*from) },
                };
                (format!("{nth}"), word, *told)
            })
            .collect();
        let fold = |order: Vec<&(String, Word, i64)>| {
            let mut words = Words::default();
            for (name, word, told) in order {
                words.hear(digest(name), word, at(0), 0);
                words.taken(&digest(name), code("PL"), on(*told));
            }
            words.adopted(RIVER, code("PL"), at(day))
        };
        prop_assert_eq!(fold(said.iter().collect()), fold(said.iter().rev().collect()));
    }
}

/// What is in force of a suspension or withdrawal, each word held against each other one.
fn plainly(words: &Words, day: i64) -> Vec<(Digest, Vec<Digest>)> {
    let holds = |said: &Said, from: Instant| {
        let since = said.told.get(&code("PL")).map(|told| told.at.max(from).max(said.released_at));
        since.is_some_and(|since| since <= at(day))
    };
    let says = |is: &dyn Fn(&Word) -> Option<Instant>| {
        words.said().any(|(_, said)| is(&said.word).is_some_and(|from| holds(said, from)))
    };
    let withdrawn = |of: &Digest| {
        says(&|word| match word {
            Word::Withdraws { adoption, from } if adoption == of => Some(*from),
            _ => None,
        })
    };
    let resumed = |of: &Digest| {
        says(&|word| match word {
            Word::Resumes { suspension, from } if suspension == of => Some(*from),
            _ => None,
        })
    };
    let suspended = |of: &Digest| {
        let counts = |(message, said): (&Digest, &Said)| match &said.word {
            Word::Suspends { adoption, from, until, .. } if adoption == of && holds(said, *from) => {
                (until.is_none_or(|until| at(day) < until) && !resumed(message)).then_some(*message)
            }
            _ => None,
        };
        words.said().filter_map(counts).collect()
    };
    let mut found: Vec<(Digest, Vec<Digest>)> = words
        .said()
        .filter(|(message, said)| match &said.word {
            Word::Adopts { from, .. } => holds(said, *from) && !withdrawn(message),
            _ => false,
        })
        .map(|(message, _)| (*message, suspended(message)))
        .collect();
    found.sort();
    found
}

proptest! {
    /// Each word is about an earlier one: an adoption, or a suspension.
    #[test]
    fn what_is_suspended_and_withdrawn_is_the_same_as_where_each_word_is_held_against_each_other(
        drawn in proptest::collection::vec((0..40i64, 0..40i64, 0..6u8, 0..24usize, 1..30i64), 1..24),
        day in 0..60i64,
    ) {
        let mut words = Words::default();
        for (nth, (from, told, kind, about, lasts)) in drawn.iter().enumerate() {
            let about = digest(&format!("{}", about % (nth + 1)));
            let word = match kind {
                0 | 1 => adopts(1 + u64::from(*kind), *from),
                2 => Word::Withdraws { adoption: about, from: at(*from) },
                3 | 4 => {
                    let until = (*kind == 4).then_some(at(from + lasts));
                    Word::Suspends { adoption: about, provisions: Vec::new(), from: at(*from), until }
                }
                _ => Word::Resumes { suspension: about, from: at(*from) },
            };
            words.hear(digest(&format!("{nth}")), &word, at(0), 0);
            words.taken(&digest(&format!("{nth}")), code("PL"), on(*told));
        }
        let mut found: Vec<(Digest, Vec<Digest>)> = words
            .adopted(RIVER, code("PL"), at(day))
            .into_iter()
            .map(|adopted| (adopted.message, adopted.suspended.iter().map(|one| one.message).collect()))
            .collect();
        found.sort();
        prop_assert_eq!(found, plainly(&words, day));
    }
}
