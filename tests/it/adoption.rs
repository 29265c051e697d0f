//! Who is bound by which rules: by their own signed word, towards those who took it, at both ends alike.

use std::sync::Arc;

use detente::codec::form;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::adoption::{Addressees, Bond, Heard, How, Nature, Said, Seen, Since, Told, Word, Words};
use detente::domain::command::{Command, Origin};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::message::Outgoing;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::rpc::held::HeldRegimes;
use proptest::prelude::*;

use crate::board::receipt_at;
use crate::officer;
use crate::officer::{addressee, filled, heading, regimes, send};
use crate::party::{self, Folded};
use crate::talk::both_settled;
use crate::world::{Medium, World};

const RIVER: &str = "river-line";

fn at(day: i64) -> Instant {
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
fn bond(by: &Words, pl: &Words, day: i64) -> Option<Bond> {
    let nobody = Addressees::default();
    Bond::between(code("BY"), (code("BY"), by), (code("PL"), pl), RIVER, at(day), &nobody)
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

fn says(content: &Content) -> Outgoing {
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
fn of_two_editions_the_latest_that_both_adopted_counts() {
    let both = [("one", adopts(1, 1), [("PL", 1)]), ("two", adopts(2, 20), [("PL", 20)])];
    let by = words(&both.each_ref().map(|(name, word, told)| (*name, word.clone(), told.as_slice())));
    let only_first = words(&[("pl", adopts(1, 1), &[("BY", 1)])]);
    assert_eq!(
        bond(&by, &only_first, 30).unwrap().edition,
        1,
        "a new edition binds none who has not adopted it"
    );
    let both = words(&[("pl", adopts(1, 1), &[("BY", 1)]), ("pl2", adopts(2, 25), &[("BY", 2)])]);
    assert_eq!(bond(&by, &both, 24).unwrap().edition, 1);
    assert_eq!(bond(&by, &both, 25).unwrap().edition, 2);
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
        let restraints = bond(&by, &pl, day).unwrap().restraints(code("BY"), code("PL"));
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
    let from_one = Bond::between(code("BY"), one, other, RIVER, at(9), &nobody).unwrap();
    let from_other = Bond::between(code("BY"), other, one, RIVER, at(9), &nobody).unwrap();
    assert_eq!((from_one.since, from_one.one.message), (at(2), digest("first")));
    assert_eq!((from_other.since, from_other.other.message), (at(2), digest("first")));
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
        let bond = Bond::between(code("OSCE"), by, pl, RIVER, at(9), &addressees).unwrap();
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

/// An adoption of the made-up regime, in force at once.
fn adoption() -> detente::domain::content::Content {
    let toml = detente::cli::form::example(Kind::Adoption).replace("2031-07-01", "2024-01-01");
    officer::form(Kind::Adoption, &toml)
}

async fn adopters(world: &World, code: &str) -> calls::ListAdoptersResponse {
    let asked = calls::ListAdoptersRequest { regime: "river-line-2031".into(), as_of_ms: 0 };
    regimes(&world.desk(code, "drafter")).list_adopters(asked).await.unwrap().into_inner()
}

fn bonds(answer: &calls::ListAdoptersResponse) -> Vec<(String, String, i64)> {
    let line = |bond: &calls::Bond| (bond.one.clone(), bond.other.clone(), bond.since_ms);
    answer.bonds.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_ends_say_alike_who_is_bound_and_since_when() {
    let world = World::new(&["BY", "PL"]).await;
    assert!(bonds(&adopters(&world, "BY").await).is_empty());
    send(&world, "BY", 1, heading(1), &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    assert!(bonds(&adopters(&world, "BY").await).is_empty(), "one alone is bound to nobody");
    world.clock.set(world.clock.now().plus_ms(3_600_000));
    let to_by = calls::Heading { action: vec![addressee("BY")], ..heading(2) };
    send(&world, "PL", 2, to_by, &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    let (here, there) = (adopters(&world, "BY").await, adopters(&world, "PL").await);
    assert_eq!(bonds(&here), bonds(&there));
    assert_eq!(bonds(&here), [("BY".into(), "PL".into(), world.clock.now().0)]);
    assert_eq!(here.parties, there.parties);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_and_is_not_yet_in_force_is_listed_with_its_date_at_both_ends() {
    let world = World::new(&["BY", "PL"]).await;
    let (now, hour) = (world.clock.now(), 3_600_000);
    let later = |toml: &str, from: detente::domain::time::Instant| {
        let from = from.to_string().replace(".000Z", "Z");
        toml.lines()
            .map(|line| {
                if line.starts_with("from = ") { format!("from = \"{from}\"\n") } else { format!("{line}\n") }
            })
            .collect::<String>()
    };
    let toml = later(detente::cli::form::example(Kind::Adoption), now.plus_ms(hour));
    let adopted = send(&world, "BY", 1, heading(1), &officer::form(Kind::Adoption, &toml)).await;
    both_settled(&world, "BY", "PL").await;
    let toml = format!(
        "from = \"{}\"\n[adoption]\nmessage_digest = \"{}\"\n",
        now.plus_ms(5 * hour).to_string().replace(".000Z", "Z"),
        hex::encode(&adopted.message_digest)
    );
    let leaving = send(&world, "BY", 2, heading(1), &officer::form(Kind::Withdrawal, &toml)).await;
    both_settled(&world, "BY", "PL").await;
    let told = |answer: &calls::ListAdoptersResponse| {
        let line = |one: &calls::AnnouncedWord| (one.kind.clone(), one.message_digest.clone(), one.from_ms);
        answer.announced.iter().map(line).collect::<Vec<_>>()
    };
    let adoption = ("regime.adoption".to_owned(), adopted.message_digest.clone(), now.plus_ms(hour).0);
    let leaving = ("regime.withdrawal".to_owned(), leaving.message_digest, now.plus_ms(5 * hour).0);
    for code in ["BY", "PL"] {
        let answer = adopters(&world, code).await;
        assert!(answer.parties.is_empty());
        assert_eq!(told(&answer), [adoption.clone(), leaving.clone()], "{code}");
    }
    world.clock.set(now.plus_ms(2 * hour));
    for code in ["BY", "PL"] {
        let answer = adopters(&world, code).await;
        assert_eq!((answer.parties.len(), told(&answer)), (1, vec![leaving.clone()]), "{code}");
    }
    world.clock.set(now.plus_ms(6 * hour));
    assert_eq!(adopters(&world, "PL").await, calls::ListAdoptersResponse::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_lists_what_was_told_and_begins_later_under_who_takes_part_now() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    send(&world, "BY", 1, heading(1), &filled(Kind::Adoption)).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let desk = world.state(code).desk_directory("drafter").display().to_string();
        let words = ["regime", "parties", "river-line-2031", "--as", &desk];
        let shown = crate::officer_program::printed(&words).await;
        let told = "no Party takes part in river-line-2031\nTold, and not yet in force:\n\
            BY takes part in edition 1 from 2031-07-01T00:00:00.000Z, with a reservation to 4.2\n  told by  ";
        assert!(shown.starts_with(told), "{code}: {shown}");
        let told = crate::officer_program::object(&words).await;
        assert_eq!(told["kind"], "announced", "{told}");
        assert_eq!(told["message_kind"], "regime.adoption", "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_binds_nobody() {
    let world = World::new(&["BY", "PL"]).await;
    let drill = calls::Heading {
        traffic: detente::codec::proto::detente::evidence::v1::Traffic::Drill as i32,
        ..heading(1)
    };
    send(&world, "BY", 1, drill, &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    assert!(adopters(&world, "BY").await.parties.is_empty());
    assert!(adopters(&world, "PL").await.parties.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_suspends_what_another_adopted_is_told_that_it_has_no_effect() {
    let world = World::new(&["BY", "PL"]).await;
    let drafted =
        crate::officer::draft(&world, "BY", 1, heading(1), &filled(Kind::Withdrawal)).await.unwrap();
    let fields: Vec<&str> = drafted.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert!(fields.contains(&"adoption.message_digest"), "{fields:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_adopts_a_text_again_or_one_that_is_not_held_or_in_a_drill_is_told_what_it_does() {
    let world = World::new(&["BY", "PL", "LT"]).await;
    let about = |drafted: &calls::DraftResponse, field: &str| -> Vec<String> {
        let faults = drafted.faults.iter().filter(|fault| fault.field == field);
        faults.map(|fault| fault.rule.clone()).collect()
    };
    let draft = async |number: u8, heading: calls::Heading| {
        crate::officer::draft(&world, "BY", number, heading, &adoption()).await.unwrap()
    };
    let first = draft(1, heading(1)).await;
    let not_held = "no text with this digest is held here: nothing can be checked by it until one is";
    assert_eq!(about(&first, "regime_digest"), [not_held]);
    send(&world, "BY", 2, heading(1), &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    let again = draft(3, heading(2)).await;
    let told = about(&again, "regime_digest");
    assert!(told[1].starts_with("this very text is adopted already towards PL: "), "{told:?}");
    // Towards another Party it is the first.
    let to_lt = calls::Heading { action: vec![addressee("LT")], ..heading(3) };
    assert_eq!(about(&draft(4, to_lt).await, "regime_digest"), [not_held]);
    let drill = calls::Heading {
        traffic: detente::codec::proto::detente::evidence::v1::Traffic::Drill as i32,
        ..heading(4)
    };
    let in_a_drill = draft(5, drill).await;
    let no_effect = "is a drill: it has no effect on who is bound, nor on what is applied";
    assert_eq!(about(&in_a_drill, "heading.traffic"), [no_effect]);
    assert_eq!(about(&in_a_drill, "regime_digest"), [not_held]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_on_rules_is_not_taken_back_as_a_message_and_both_ends_say_so() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let adopted = send(&world, "BY", 1, heading(1), &adoption()).await.message_digest;
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&adopted));
    let withdrawal = officer::form(Kind::MessageWithdrawal, &text);
    let drafted = crate::officer::draft(&world, "BY", 2, heading(1), &withdrawal).await.unwrap();
    let told =
        ("withdraws", "is an adoption: this has no effect on what binds; leave by a regime.withdrawal");
    let says = |fault: &calls::Fault| (fault.field.as_str(), fault.rule.as_str()) == told;
    assert!(drafted.faults.iter().any(says), "{:?}", drafted.faults);
    send(&world, "BY", 3, heading(1), &withdrawal).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let thread = officer::show(&world, code, &vec![1; 16].into(), 0).await.messages;
        assert!(thread.last().unwrap().faults.iter().any(says), "{code}");
        assert_eq!(adopters(&world, code).await.parties.len(), 1, "in force as before");
        let desk = world.state(code).desk_directory("drafter").display().to_string();
        let shown =
            crate::officer_program::printed(&["message", "show", &"01".repeat(16), "--as", &desk]).await;
        assert!(!shown.contains("WITHDRAWN"), "{shown}");
        assert!(shown.contains("Not withdrawn") && shown.contains("has no effect on it"), "{shown}");
    }
}

const VIENNA: &str = "vienna-document-2011";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_bears_the_name_of_another_that_is_built_in_is_held_and_marked() {
    use crate::officer_program::{object, printed, written};
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let desk = world.state("BY").desk_directory("drafter").display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let text = detente::codec::regime::built_in::file(VIENNA).unwrap();
    let built_in = Digest::of(text).to_string();
    let theirs = written(folder.path(), "theirs.toml", std::str::from_utf8(text).unwrap());
    let ours =
        written(folder.path(), "ours.toml", &format!("{}# ours\n", std::str::from_utf8(text).unwrap()));
    let held = object(&["regime", "hold", &theirs, "--as", &desk]).await;
    assert!(held["built_in_namesake"].is_null(), "{held}");
    assert!(!printed(&["regime", "held", "--as", &desk]).await.contains("WARNING"));
    let held = object(&["regime", "hold", &ours, "--as", &desk]).await;
    assert_eq!(held["built_in_namesake"], built_in);
    let listed = printed(&["regime", "held", "--as", &desk]).await;
    let told = format!("WARNING: another text than the one that is built in under this name ({built_in})");
    assert_eq!(listed.matches(&told).count(), 1, "{listed}");
}

async fn hold(world: &World, code: &str, text: &'static [u8]) -> Result<Digest, tonic::Status> {
    let desk = world.desk(code, "drafter");
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: text.into() };
    let held = regimes(&desk).hold(asked).await?.into_inner();
    Ok(Digest::from_slice(&held.digest).unwrap())
}

fn citing(digest: Digest) -> calls::Heading {
    let regime = detente::codec::proto::detente::evidence::v1::RegimeCitation {
        name: VIENNA.into(),
        digest: digest.0.to_vec().into(),
        provision: "chapter V".into(),
    };
    calls::Heading { regime: Some(regime), ..heading(7) }
}

async fn checked(world: &World, code: &str) -> calls::RegimeCheck {
    let thread = vec![7; 16].into();
    crate::officer::show(world, code, &thread, 0).await.messages.remove(0).check.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_releaser_and_both_ends_are_told_the_same_of_a_notice() {
    let world = World::new(&["BY", "PL"]).await;
    let text = detente::codec::regime::built_in::file(VIENNA).unwrap();
    let digest = hold(&world, "BY", text).await.unwrap();
    assert_eq!(hold(&world, "PL", text).await.unwrap(), digest);
    let drafted =
        crate::officer::draft(&world, "BY", 1, citing(digest), &filled(Kind::Notification)).await.unwrap();
    let asked = calls::ShowDraftRequest { draft: vec![1; 16].into(), ..Default::default() };
    let releaser = world.desk("BY", "releaser");
    let shown = crate::officer::messages(&releaser).show_draft(asked).await.unwrap().into_inner();
    crate::officer::release(&releaser, 1, &drafted.digest, true).await.unwrap();
    both_settled(&world, "BY", "PL").await;
    let (before, here, there) =
        (shown.check.unwrap(), checked(&world, "BY").await, checked(&world, "PL").await);
    assert_eq!(here, there);
    assert_eq!(before.lines, here.lines);
    assert!(here.held && here.lines.iter().any(|line| line.text.contains("on time by")), "{here:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_regime_that_is_not_held_here_is_said_to_be_so_and_nothing_more() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", detente::codec::regime::built_in::file(VIENNA).unwrap()).await.unwrap();
    send(&world, "BY", 1, citing(digest), &filled(Kind::Notification)).await;
    both_settled(&world, "BY", "PL").await;
    let there = checked(&world, "PL").await;
    assert!(!there.held && there.lines.is_empty() && there.bound.is_empty());
    let asked =
        calls::ShowThreadRequest { thread: vec![7; 16].into(), as_of_ms: 0, from: 0, ..Default::default() };
    let desk = world.desk("PL", "drafter");
    let shown = crate::officer::messages(&desk).show_thread(asked).await.unwrap().into_inner();
    let unheld = |shown: &calls::ShowThreadResponse| {
        let message = &shown.messages[0];
        !message.check.as_ref().unwrap().held
            && message.marks.iter().any(|mark| mark.contains("not held here"))
    };
    assert!(unheld(&shown));
    // Held later, it is checked from then on, and as of before it is still not.
    let before = world.clock.now();
    world.clock.set(before.plus_ms(60_000));
    hold(&world, "PL", detente::codec::regime::built_in::file(VIENNA).unwrap()).await.unwrap();
    let thread = vec![7; 16].into();
    assert!(!unheld(&crate::officer::show(&world, "PL", &thread, 0).await));
    assert!(unheld(&crate::officer::show(&world, "PL", &thread, before.0).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_or_an_edition_that_the_text_contradicts_is_told_to_the_drafter_and_marked_at_both_ends() {
    let world = World::new(&["BY", "PL"]).await;
    let text = detente::codec::regime::built_in::file(VIENNA).unwrap();
    let digest = hold(&world, "BY", text).await.unwrap();
    hold(&world, "PL", text).await.unwrap();
    let mut heading = citing(digest);
    heading.regime.as_mut().unwrap().name = "river-line-2031".into();
    let Content::Adoption(mut form) = adoption() else { panic!("another kind") };
    form.regime_digest = Some(detente::domain::form::MessageDigest(digest));
    form.edition = Some(999);
    let content = Content::Adoption(form);
    let drafted = crate::officer::draft(&world, "BY", 1, heading, &content).await.unwrap();
    let wrong = ["heading.regime.name", "regime", "edition"];
    let fields = |faults: &[calls::Fault]| -> Vec<String> {
        faults.iter().map(|fault| fault.field.clone()).filter(|at| wrong.contains(&at.as_str())).collect()
    };
    assert_eq!(fields(&drafted.faults), wrong, "{:?}", drafted.faults);
    crate::officer::release(&world.desk("BY", "releaser"), 1, &drafted.digest, true).await.unwrap();
    both_settled(&world, "BY", "PL").await;
    for party in ["BY", "PL"] {
        let message = crate::officer::show(&world, party, &vec![7; 16].into(), 0).await.messages.remove(0);
        assert_eq!(fields(&message.faults), wrong, "{party}: {:?}", message.faults);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_regime_is_read_once_and_only_where_it_is_on_record() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", detente::codec::regime::built_in::file(VIENNA).unwrap()).await.unwrap();
    let read = async |code: &str, as_of| {
        let registrar = &world.node(code).registrar;
        let head = registrar.head();
        HeldRegimes::at(&head, &registrar.journal).as_of(as_of).regime(digest).await.unwrap()
    };
    let (first, again) = (read("BY", None).await.unwrap(), read("BY", None).await.unwrap());
    assert!(Arc::ptr_eq(&first, &again));
    assert!(read("BY", Some(world.clock.now().plus_ms(-1))).await.is_none());
    assert!(read("PL", None).await.is_none(), "another node of this process holds it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_no_regime_or_is_held_already_is_refused_and_nothing_recorded() {
    let world = World::new(&["BY"]).await;
    let text = detente::codec::regime::built_in::file(VIENNA).unwrap();
    hold(&world, "BY", text).await.unwrap();
    let size = crate::officer::size(&world, "BY");
    let fields = |status: tonic::Status| -> Vec<String> {
        crate::officer::violations(&status)
            .into_iter()
            .map(|(field, rule)| format!("{field}: {rule}"))
            .collect()
    };
    let refused = fields(hold(&world, "BY", b"regime = 3\n").await.unwrap_err());
    assert!(refused[0].starts_with("text: line 1"), "{refused:?}");
    hold(&world, "BY", text).await.unwrap_err();
    assert_eq!(crate::officer::size(&world, "BY"), size);
}
