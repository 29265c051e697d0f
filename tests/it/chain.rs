//! The rule which records count: every reason by itself, and an honest chain amid everything else.

use detente::domain::chain::{Chain, Claim, Opens, Signature, Void};
use detente::domain::digest::{Digest, WriterId};
use detente::domain::party::Incarnation;
use proptest::prelude::*;

const LIFE: Incarnation = Incarnation(2);

fn writer(number: u8) -> WriterId {
    WriterId([number; 16])
}

/// What the next record of `chain` claims if `writer` appends it.
fn next(chain: &Chain, writer: WriterId, opens: Opens) -> Claim {
    let epoch = match opens {
        Opens::Epoch(number) => number,
        Opens::Journal | Opens::Nothing | Opens::Misfit => chain.epoch,
    };
    Claim {
        index: chain.size,
        previous: chain.head,
        incarnation: chain.incarnation,
        epoch,
        writer,
        opens,
        signature: Signature::Ours,
    }
}

fn leaf(number: usize) -> Digest {
    Digest::of(&number.to_be_bytes())
}

/// A journal with two records, whose first epoch is writer 1's.
fn opened() -> Chain {
    let mut chain = Chain::empty(LIFE);
    for (number, opens) in [Opens::Journal, Opens::Epoch(1)].into_iter().enumerate() {
        let claim = next(&chain, writer(1), opens);
        assert_eq!(chain.judge(&claim), Ok(()));
        chain.take(&claim, leaf(number));
    }
    chain
}

#[test]
fn every_reason_is_given_for_what_it_says() {
    let chain = opened();
    let judged = |change: fn(&mut Claim)| {
        let mut claim = next(&chain, writer(1), Opens::Nothing);
        change(&mut claim);
        chain.judge(&claim)
    };
    let table: [(fn(&mut Claim), Result<(), Void>); 19] = [
        (|_| (), Ok(())),
        (|c| c.signature = Signature::NotOurs, Err(Void::NotSigned)),
        (|c| c.incarnation = Incarnation(1), Err(Void::OtherIncarnation)),
        (|c| c.incarnation = Incarnation(3), Err(Void::OtherIncarnation)),
        (|c| c.index = 1, Err(Void::Overtaken)),
        (|c| c.index = 0, Err(Void::Overtaken)),
        (|c| c.index = 3, Err(Void::DoesNotLink)),
        (|c| c.index = u64::MAX, Err(Void::DoesNotLink)),
        (|c| c.previous = Digest::ZERO, Err(Void::DoesNotLink)),
        (|c| c.epoch = 0, Err(Void::EpochClosed)),
        (|c| c.epoch = 2, Err(Void::EpochClosed)),
        (|c| c.writer = writer(2), Err(Void::NotTheWriter)),
        (|c| c.opens = Opens::Journal, Err(Void::Misplaced)),
        (|c| c.opens = Opens::Misfit, Err(Void::Misplaced)),
        (|c| c.opens = Opens::Epoch(2), Err(Void::EpochNotNext)),
        (|c| (c.opens, c.epoch) = (Opens::Epoch(3), 3), Err(Void::EpochNotNext)),
        (|c| (c.opens, c.epoch) = (Opens::Epoch(1), 1), Err(Void::EpochNotNext)),
        (|c| (c.opens, c.epoch) = (Opens::Epoch(2), 2), Ok(())),
        (|c| (c.opens, c.epoch, c.writer) = (Opens::Epoch(2), 2, writer(9)), Ok(())),
    ];
    for (row, (change, expected)) in table.into_iter().enumerate() {
        assert_eq!(judged(change), expected, "row {row}");
    }
}

#[test]
fn a_journal_begins_with_its_opening_and_with_nothing_else() {
    let chain = Chain::empty(LIFE);
    let judged = |opens| chain.judge(&next(&chain, writer(1), opens));
    assert_eq!(judged(Opens::Journal), Ok(()));
    assert_eq!(judged(Opens::Nothing), Err(Void::Misplaced));
    assert_eq!(judged(Opens::Misfit), Err(Void::Misplaced));
    assert_eq!(judged(Opens::Epoch(1)), Err(Void::Misplaced));
    let late = Claim { epoch: 1, ..next(&chain, writer(1), Opens::Journal) };
    assert_eq!(chain.judge(&late), Err(Void::Misplaced));
}

#[test]
fn nobody_writes_before_an_epoch_is_opened() {
    let mut chain = Chain::empty(LIFE);
    chain.take(&next(&chain, writer(1), Opens::Journal), leaf(0));
    assert_eq!(chain.judge(&next(&chain, writer(1), Opens::Nothing)), Err(Void::NotTheWriter));
}

#[test]
fn no_epoch_follows_the_highest_number() {
    let mut chain = opened();
    chain.epoch = u64::MAX;
    for number in [0, 1, u64::MAX] {
        let claim = next(&chain, writer(1), Opens::Epoch(number));
        assert_eq!(chain.judge(&claim), Err(Void::EpochNotNext));
    }
}

/// What somebody throws at the journal between two honest records.
#[derive(Clone, Copy, Debug)]
enum Stray {
    Unsigned,
    ForeignIncarnation,
    /// An honest record again.
    Doubled(usize),
    /// Decided on an older head, by whoever wrote then.
    Late(usize),
    /// Right behind a void one.
    BehindVoid,
    Ahead(u64),
    EpochBefore,
    EpochAfter,
    OtherWriter,
    SkippedEpoch(u64),
    EpochAgain,
    EpochThatNamesAnother,
    SecondJournal,
    Misfit,
}

fn stray() -> impl Strategy<Value = Stray> {
    prop_oneof![
        Just(Stray::Unsigned),
        Just(Stray::ForeignIncarnation),
        any::<usize>().prop_map(Stray::Doubled),
        any::<usize>().prop_map(Stray::Late),
        Just(Stray::BehindVoid),
        (1..9u64).prop_map(Stray::Ahead),
        Just(Stray::EpochBefore),
        Just(Stray::EpochAfter),
        Just(Stray::OtherWriter),
        (2..9u64).prop_map(Stray::SkippedEpoch),
        Just(Stray::EpochAgain),
        Just(Stray::EpochThatNamesAnother),
        Just(Stray::SecondJournal),
        Just(Stray::Misfit),
    ]
}

/// The stray's claim after the honest records `before`, each with the chain it was appended to, and the
/// reason for which it is void there.
fn thrown(stray: Stray, chain: &Chain, before: &[(Chain, Claim)]) -> (Claim, Void) {
    let honest_writer = chain.writer.unwrap_or(writer(0));
    let honest = next(chain, honest_writer, Opens::Nothing);
    let in_epoch = |void| if chain.size == 0 { Void::Misplaced } else { void };
    match stray {
        Stray::Unsigned => (Claim { signature: Signature::NotOurs, ..honest }, Void::NotSigned),
        Stray::ForeignIncarnation => {
            (Claim { incarnation: Incarnation(1), ..honest }, Void::OtherIncarnation)
        }
        Stray::Doubled(pick) if !before.is_empty() => {
            (before[pick % before.len()].1.clone(), Void::Overtaken)
        }
        Stray::Late(pick) if !before.is_empty() => {
            let (older, _) = &before[pick % before.len()];
            (next(older, older.writer.unwrap_or(writer(0)), Opens::Nothing), Void::Overtaken)
        }
        Stray::Doubled(_) | Stray::Late(_) | Stray::BehindVoid => {
            (Claim { previous: leaf(usize::MAX), ..honest }, Void::DoesNotLink)
        }
        Stray::Ahead(by) => (Claim { index: chain.size + by, ..honest }, Void::DoesNotLink),
        Stray::EpochBefore => {
            (Claim { epoch: chain.epoch.wrapping_sub(1), ..honest }, in_epoch(Void::EpochClosed))
        }
        Stray::EpochAfter => (Claim { epoch: chain.epoch + 1, ..honest }, in_epoch(Void::EpochClosed)),
        Stray::OtherWriter => (Claim { writer: writer(99), ..honest }, in_epoch(Void::NotTheWriter)),
        Stray::SkippedEpoch(by) => {
            (next(chain, writer(98), Opens::Epoch(chain.epoch + by)), in_epoch(Void::EpochNotNext))
        }
        Stray::EpochAgain => {
            (next(chain, honest_writer, Opens::Epoch(chain.epoch)), in_epoch(Void::EpochNotNext))
        }
        Stray::EpochThatNamesAnother => {
            (Claim { opens: Opens::Epoch(chain.epoch + 1), ..honest }, in_epoch(Void::EpochNotNext))
        }
        Stray::SecondJournal => {
            (Claim { epoch: chain.epoch + 1, opens: Opens::Journal, ..honest }, Void::Misplaced)
        }
        Stray::Misfit => (Claim { opens: Opens::Misfit, ..honest }, Void::Misplaced),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn exactly_the_honest_records_count_whatever_is_thrown_between_them(
        turns in prop::collection::vec((0..4u8, any::<bool>()), 0..16),
        strays in prop::collection::vec((0..18usize, stray()), 0..64),
    ) {
        let mut chain = Chain::empty(LIFE);
        let mut honest: Vec<(Chain, Claim)> = Vec::new();
        let mut leaves = 0;
        for turn in 0..turns.len() + 2 {
            // Between any two honest records, in the order in which they were drawn.
            for (_, stray) in strays.iter().filter(|(at, _)| *at == turn) {
                let before = chain.clone();
                let (claim, void) = thrown(*stray, &chain, &honest);
                prop_assert_eq!(chain.judge(&claim), Err(void), "{:?}", stray);
                prop_assert_eq!(&chain, &before, "a void record changes nothing");
            }
            let claim = match turn {
                0 => next(&chain, writer(0), Opens::Journal),
                1 => next(&chain, writer(1), Opens::Epoch(1)),
                _ => match turns[turn - 2] {
                    (who, true) => next(&chain, writer(who), Opens::Epoch(chain.epoch + 1)),
                    (_, false) => next(&chain, chain.writer.unwrap(), Opens::Nothing),
                },
            };
            prop_assert_eq!(chain.judge(&claim), Ok(()));
            honest.push((chain.clone(), claim.clone()));
            chain.take(&claim, leaf(leaves));
            leaves += 1;
        }
        let epochs = turns.iter().filter(|(_, opens)| *opens).count() as u64 + 1;
        let last_opener = turns.iter().rev().find(|(_, opens)| *opens).map_or(1, |(who, _)| *who);
        prop_assert_eq!(chain.size, turns.len() as u64 + 2);
        prop_assert_eq!(chain.head, leaf(leaves - 1));
        prop_assert_eq!(chain.epoch, epochs);
        prop_assert_eq!(chain.writer, Some(writer(last_opener)));
    }

    /// Any pile of claims at all, in any order: what counts is one unbroken line with one writer an epoch.
    #[test]
    fn whatever_is_thrown_in_any_order_what_counts_is_one_line(
        pile in prop::collection::vec((0..6u64, 0..4u8, 0..4u64, 0..3u8, 0..4usize, any::<bool>()), 0..200),
    ) {
        let mut chain = Chain::empty(LIFE);
        let mut line: Vec<(Claim, Digest)> = Vec::new();
        for (number, (index, who, epoch, opens, previous, signed)) in pile.into_iter().enumerate() {
            let previous = match previous {
                0 => Digest::ZERO,
                1 => chain.head,
                other => line.iter().rev().nth(other - 1).map_or(Digest::ZERO, |(_, leaf)| *leaf),
            };
            let opens = match opens {
                0 => Opens::Nothing,
                1 => Opens::Epoch(epoch),
                _ => Opens::Journal,
            };
            let signature = if signed { Signature::Ours } else { Signature::NotOurs };
            let index = if index == 5 { chain.size } else { index };
            let claim = Claim { index, previous, incarnation: LIFE, epoch, writer: writer(who), opens, signature };
            if chain.judge(&claim).is_ok() {
                chain.take(&claim, leaf(number));
                line.push((claim, leaf(number)));
            }
        }
        let mut head = Digest::ZERO;
        let mut opener = None;
        let mut open = 0;
        for (index, (claim, leaf)) in line.iter().enumerate() {
            prop_assert_eq!(claim.index, index as u64);
            prop_assert_eq!(claim.previous, head);
            prop_assert_eq!(claim.signature, Signature::Ours);
            match claim.opens {
                Opens::Journal => prop_assert_eq!(index, 0),
                Opens::Epoch(number) => {
                    open += 1;
                    prop_assert_eq!(number, open);
                    opener = Some(claim.writer);
                }
                Opens::Nothing => {
                    prop_assert_eq!(Some(claim.writer), opener);
                    prop_assert_eq!(claim.epoch, open);
                }
                Opens::Misfit => prop_assert!(false, "never counts"),
            }
            head = *leaf;
        }
        prop_assert_eq!(chain.head, head);
    }
}
