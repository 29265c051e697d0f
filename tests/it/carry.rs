//! What goes by another path while the line between two real nodes is cut: there and back, in part, twice, late and
//! while the line comes back, and what is wrong with a file.

use bytes::Bytes;
use detente::cli::node::Node;
use detente::codec::carry::{self, CarriedDispatch, Carry};
use detente::codec::proto::detente::v1::SubmitRevocationListRequest;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::message::Outcome;
use detente::domain::party::{Incarnation, Party};
use detente::domain::precedence::Precedence;
use detente::peers::carry::NotCompared;
use detente::peers::carry_in::{CarryFault, Count, Taken};
use detente::peers::serve::ServeFault;
use proptest::prelude::*;

use crate::carry_line::Line;
use crate::links_down::received;
use crate::links_lists::publish;
use crate::parts::holds_on_replay;
use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::{Medium, World, beginning};

const ROUTINE: Precedence = Precedence::Routine;

/// Two nodes that have said something to each other, and the line between them, cut.
pub async fn cut_apart() -> (World, Line) {
    cut_apart_on(Medium::Embedded).await
}

async fn cut_apart_on(medium: Medium) -> (World, Line) {
    let mut world = World::on(medium, &["BY", "PL"]).await;
    let line = Line::between(&mut world, &["BY", "PL"]).await;
    say(&world, "BY", "PL", ThreadId(fresh()), ROUTINE).await;
    say(&world, "PL", "BY", ThreadId(fresh()), ROUTINE).await;
    both_settled(&world, "BY", "PL").await;
    line.cut();
    (world, line)
}

async fn say(world: &World, from: &str, to: &str, thread: ThreadId, lane: Precedence) -> Digest {
    let to = world.state(to).party;
    release(&world.node(from).registrar, outgoing(thread, &[to], lane, "said")).await
}

pub async fn made(world: &World, from: &str, to: &str) -> Bytes {
    let to = world.state(to).party;
    world.node(from).exchange.carry_out(to, &[], NotCompared::Refused).await.unwrap().file
}

/// With no word on record of who took it.
async fn carry_in(node: &Node, file: &Bytes, not_compared: NotCompared) -> Result<Taken, CarryFault> {
    node.exchange.take_carried(node.exchange.open_carried(file.clone(), not_compared).await?, NOT_NOTED).await
}

const NOT_NOTED: u64 = 1;

pub async fn taken(world: &World, at: &str, file: &Bytes) -> Taken {
    carry_in(world.node(at), file, NotCompared::Refused).await.unwrap()
}

pub fn read(file: &Bytes) -> Carry {
    let read = carry::decode(file).unwrap();
    assert_eq!(read.fault, None);
    read.carry
}

pub fn count(put_on_record: usize, before: usize) -> Count {
    Count { put_on_record, before }
}

fn owed(node: &Node, to: Party) -> usize {
    let board = node.registrar.head().board.clone();
    let lanes = board.link(to).unwrap();
    Precedence::FASTEST_FIRST.iter().map(|lane| lanes.lane(*lane).owed.len()).sum()
}

fn places(node: &Node, thread: ThreadId) -> Vec<(Party, u64, Digest)> {
    let board = node.registrar.head().board.clone();
    let all = board.thread(thread).unwrap().entries();
    all.map(|entry| (entry.author, entry.place, entry.digest)).collect()
}

async fn of_lane(world: &World, at: &str, from: &str, lane: Precedence) -> Vec<Digest> {
    let came = received(world, at, world.state(from).party).await;
    came.into_iter().filter(|one| one.0 == lane && one.3 == Outcome::Taken).map(|one| one.2).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_carried_there_and_back_is_on_record_once_at_both_ends_when_the_line_is_restored() {
    there_and_back_on(Medium::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_kafka_what_was_carried_there_and_back_is_on_record_once_when_the_line_is_restored() {
    there_and_back_on(Medium::Kafka).await;
}

async fn there_and_back_on(medium: Medium) {
    let (world, line) = cut_apart_on(medium).await;
    let (by, pl) = (world.state("BY").party, world.state("PL").party);
    let thread = ThreadId(fresh());
    let mut sent = Vec::new();
    for _ in 0..3 {
        for lane in Precedence::FASTEST_FIRST {
            sent.push((lane, say(&world, "BY", "PL", thread, lane).await));
        }
    }
    let theirs = say(&world, "PL", "BY", thread, Precedence::Flash).await;

    let there = made(&world, "BY", "PL").await;
    let other_way = made(&world, "PL", "BY").await;
    let first = taken(&world, "PL", &there).await;
    assert_eq!((first.dispatches, &first.stopped[..]), (count(12, 0), &[][..]));
    let again = taken(&world, "PL", &there).await;
    assert_eq!((again.dispatches, &again.stopped[..]), (count(0, 12), &[][..]));
    let (back, back_again) = (first.back.unwrap(), again.back.unwrap());
    assert_eq!(read(&back).receipts, read(&back_again).receipts, "each has its first receipt");
    assert_eq!(read(&back).receipts.len(), 12);
    assert_eq!(taken(&world, "BY", &other_way).await.dispatches, count(1, 0));

    assert_eq!(owed(world.node("BY"), pl), 12);
    let home = taken(&world, "BY", &back).await;
    assert_eq!((home.receipts, &home.stopped[..], home.back), (count(12, 0), &[][..], None));
    assert_eq!(taken(&world, "BY", &back_again).await.receipts, count(0, 12));
    assert_eq!(owed(world.node("BY"), pl), 0);
    // One receipt is left for the line.
    assert_eq!(owed(world.node("PL"), by), 1);
    // By the heads in the files each end knows, before the line is back, that the other holds all of its ledger.
    let board = world.node("BY").registrar.head().board.clone();
    assert!(board.link(pl).unwrap().ours.cosigned.as_ref().unwrap().size >= 13);

    line.restore();
    both_settled(&world, "BY", "PL").await;
    for lane in Precedence::FASTEST_FIRST {
        let of: Vec<Digest> = sent.iter().filter(|one| one.0 == lane).map(|one| one.1).collect();
        let came = of_lane(&world, "PL", "BY", lane).await;
        assert!(came.ends_with(&of), "{lane}");
        assert_eq!(came.len(), of.len() + usize::from(lane == ROUTINE), "{lane}");
    }
    assert_eq!(of_lane(&world, "BY", "PL", Precedence::Flash).await, [theirs]);
    assert_eq!(places(world.node("BY"), thread), places(world.node("PL"), thread));
    assert_eq!(places(world.node("BY"), thread).len(), 13);
    for code in ["BY", "PL"] {
        holds_on_replay(world.node(code)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_taken_in_part_late_and_while_the_line_comes_back_leave_no_gap_and_double_nothing() {
    let (world, line) = cut_apart().await;
    let thread = ThreadId(fresh());
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(say(&world, "BY", "PL", thread, ROUTINE).await);
    }
    let flash = say(&world, "BY", "PL", thread, Precedence::Flash).await;
    let early = made(&world, "BY", "PL").await;
    sent.push(say(&world, "BY", "PL", thread, ROUTINE).await);
    let late = made(&world, "BY", "PL").await;

    // One in the middle is missing: its lane waits there, the others do not.
    let mut gap = read(&early);
    gap.dispatches.remove(2);
    let part = taken(&world, "PL", &carry::encode(&gap)).await;
    assert_eq!(part.dispatches, count(2, 0));
    assert_eq!(part.stopped[0].at, Some((ROUTINE, 4)));
    assert!(part.stopped[0].rule.starts_with("serial 3 comes next"), "{}", part.stopped[0].rule);
    assert_eq!(of_lane(&world, "PL", "BY", Precedence::Flash).await, [flash]);
    // The later file first, then the earlier.
    assert_eq!(taken(&world, "PL", &late).await.dispatches, count(3, 2));
    assert_eq!(taken(&world, "PL", &early).await.dispatches, count(0, 4));

    // The line is back while a file is taken.
    for _ in 0..40 {
        sent.push(say(&world, "BY", "PL", thread, ROUTINE).await);
    }
    let file = made(&world, "BY", "PL").await;
    line.restore();
    let during = taken(&world, "PL", &file).await;
    assert_eq!(during.stopped, []);
    assert_eq!(during.dispatches.put_on_record + during.dispatches.before, 45);
    let home = taken(&world, "BY", &during.back.unwrap()).await;
    assert_eq!(home.stopped, []);
    both_settled(&world, "BY", "PL").await;
    let came = of_lane(&world, "PL", "BY", ROUTINE).await;
    assert_eq!(came[1..], sent);
    assert_eq!(places(world.node("BY"), thread), places(world.node("PL"), thread));
    for code in ["BY", "PL"] {
        holds_on_replay(world.node(code)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_file_that_was_cut_short_or_damaged_what_is_whole_is_taken_and_the_rest_is_told() {
    let (world, _line) = cut_apart().await;
    let thread = ThreadId(fresh());
    for lane in [Precedence::Flash, ROUTINE, ROUTINE] {
        say(&world, "BY", "PL", thread, lane).await;
    }
    let file = made(&world, "BY", "PL").await;
    let whole = read(&file);
    // Up to the middle of the last dispatch.
    let last = whole.dispatches[2].message.len();
    let short = file.slice(..file.len() - 34 - last / 2);
    let part = taken(&world, "PL", &short).await;
    assert_eq!(part.dispatches, count(2, 0));
    assert_eq!((part.stopped[0].field, part.stopped[0].rule.as_str()), ("carry", "cut short"));
    let back = read(&part.back.unwrap());
    assert_eq!(back.receipts.len(), 2);

    // A signature that was changed on the way is not held against its author: its serial is not spent.
    let damaged = |at: usize| {
        let mut bytes = file.to_vec();
        bytes[at] ^= 1;
        Bytes::from(bytes)
    };
    let part = taken(&world, "PL", &damaged(file.len() - 40)).await;
    assert_eq!(part.dispatches, count(0, 2));
    assert_eq!(part.stopped[0].at, Some((ROUTINE, 3)));
    assert!(part.stopped[0].rule.contains("may have been changed"), "{}", part.stopped[0].rule);
    assert_eq!(part.stopped.last().unwrap().field, "carry.digest");
    assert_eq!(taken(&world, "PL", &file).await.dispatches, count(1, 2));

    for short in [Bytes::new(), file.slice(..10), file.slice(..16), file.slice(..40)] {
        let fault = carry_in(world.node("PL"), &short, NotCompared::Refused).await.unwrap_err();
        assert!(matches!(fault, CarryFault::Field(_)), "{fault}");
    }
    holds_on_replay(world.node("PL")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forged_or_not_for_this_node_is_refused_by_name_and_puts_nothing_on_record() {
    let (world, _line) = cut_apart().await;
    let thread = ThreadId(fresh());
    for _ in 0..2 {
        say(&world, "BY", "PL", thread, ROUTINE).await;
    }
    let file = made(&world, "BY", "PL").await;
    let good = read(&file);
    let size = |code: &str| world.node(code).registrar.head().chain.size;
    let before = size("PL");

    let with = |change: &dyn Fn(&mut Carry)| {
        let mut changed = good.clone();
        change(&mut changed);
        carry::encode(&changed)
    };
    let other = Digest::of(b"another's first key list");
    let heads: [(&str, Bytes); 6] = [
        ("carry.header.to", with(&|file| file.to.party = "LT".parse().unwrap())),
        ("carry.header.to", with(&|file| file.to.fingerprint = other)),
        ("carry.header.to", with(&|file| file.to.incarnation = Incarnation(2))),
        ("carry.header.from", with(&|file| file.from.party = "LT".parse().unwrap())),
        ("carry.header.from", with(&|file| file.from.fingerprint = other)),
        ("carry.header.from", with(&|file| file.from.incarnation = Incarnation(2))),
    ];
    for (field, file) in heads {
        match carry_in(world.node("PL"), &file, NotCompared::Refused).await {
            Err(CarryFault::Field(fault)) => assert_eq!(fault.field, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    // Back at its maker it is for somebody else.
    let home = carry_in(world.node("BY"), &file, NotCompared::Refused).await;
    assert!(matches!(home, Err(CarryFault::Field(fault)) if fault.field == "carry.header.to"));
    assert_eq!(size("PL"), before);

    // Lists, heads and leaves are left out: nothing in the file but what is wrong.
    let bare = |dispatches: Vec<CarriedDispatch>, receipts: Vec<Bytes>| {
        let (revocation_list, cosigned) = (Bytes::new(), Bytes::new());
        let rest = good.clone();
        carry::encode(&Carry { revocation_list, cosigned, leaves: None, dispatches, receipts, ..rest })
    };
    let flipped = |bytes: &Bytes| {
        let mut bytes = bytes.to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        Bytes::from(bytes)
    };
    let first = good.dispatches[0].clone();
    let forged = CarriedDispatch { dispatch: flipped(&first.dispatch), ..first.clone() };
    let other = CarriedDispatch { message: good.dispatches[1].message.clone(), ..first.clone() };
    let nothing = CarriedDispatch { dispatch: Bytes::new(), message: Bytes::new() };
    for (wrong, rule) in [
        (forged, "the dispatch's signature does not verify"),
        (other, "the message is not the one that the dispatch names"),
        (nothing, "the dispatch can't be decoded"),
    ] {
        let told = taken(&world, "PL", &bare(vec![wrong], Vec::new())).await;
        assert_eq!(told.dispatches, count(0, 0));
        assert_eq!((told.stopped[0].field, told.stopped[0].rule.as_str()), ("carry.dispatches", rule));
    }
    // A leaf that was changed on the way is nobody's word: the head is followed all the same once it comes right.
    let mut leaves = good.leaves.clone().unwrap();
    leaves.leaves[0] = flipped(&leaves.leaves[0]);
    let changed =
        Carry { cosigned: Bytes::new(), leaves: Some(leaves), dispatches: Vec::new(), ..good.clone() };
    let told = taken(&world, "PL", &carry::encode(&changed)).await;
    assert_eq!((told.stopped[0].field, size("PL")), ("carry.leaves", before));

    let back = read(&taken(&world, "PL", &file).await.back.unwrap());
    let bare_back = |receipts: Vec<Bytes>| {
        let (revocation_list, cosigned) = (Bytes::new(), Bytes::new());
        carry::encode(&Carry { revocation_list, cosigned, leaves: None, receipts, ..back.clone() })
    };
    let before = size("BY");
    let told =
        taken(&world, "BY", &bare_back(vec![flipped(&back.receipts[0]), Bytes::from("no receipt")])).await;
    assert_eq!(told.receipts, count(0, 0));
    assert!(told.stopped.iter().all(|one| one.field == "carry.receipts"), "{:?}", told.stopped);
    assert_eq!((told.stopped.len(), size("BY")), (2, before));
    // Those beside a forged one are taken.
    let mixed = bare_back(vec![flipped(&back.receipts[0]), back.receipts[1].clone()]);
    let told = taken(&world, "BY", &mixed).await;
    assert_eq!((told.receipts, told.stopped.len()), (count(1, 0), 1));
    assert_eq!(taken(&world, "BY", &carry::encode(&back)).await.receipts, count(1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_started_while_the_line_is_cut_carries_only_where_somebody_says_so() {
    let (mut world, _line) = cut_apart().await;
    let (by, pl) = (world.state("BY").party, world.state("PL").party);
    say(&world, "BY", "PL", ThreadId(fresh()), ROUTINE).await;
    for code in ["BY", "PL"] {
        world.state_mut(code).stop().await;
        world.state_mut(code).start_elsewhere().await;
    }
    let refused = |fault: &ServeFault| fault.to_string().contains("have not compared their ledgers");
    let exchange = |code: &str| world.node(code).exchange.clone();
    assert!(refused(&exchange("BY").carry_out(pl, &[], NotCompared::Refused).await.err().unwrap()));
    let file = exchange("BY").carry_out(pl, &[], NotCompared::Accepted).await.unwrap().file;
    let fault = carry_in(world.node("PL"), &file, NotCompared::Refused).await.unwrap_err();
    assert!(matches!(&fault, CarryFault::Serve(fault) if refused(fault)), "{fault}");
    let told = carry_in(world.node("PL"), &file, NotCompared::Accepted).await.unwrap();
    assert_eq!((told.from, told.dispatches), (by, count(1, 0)));
    let home = carry_in(world.node("BY"), &told.back.unwrap(), NotCompared::Accepted).await.unwrap();
    assert_eq!(home.receipts, count(1, 0));
    // What a file shows is of the day on which it was made: over the line nothing is given for it.
    assert!(!exchange("PL").links.of(by).is_compared());
    // Nobody's word opens a link whose other end says that it has more of ours than we gave.
    exchange("BY").links.of(pl).hold(world.clock.now());
    let fault = exchange("BY").carry_out(pl, &[], NotCompared::Accepted).await.err().unwrap();
    assert!(matches!(fault, ServeFault::Held), "{fault}");
    exchange("PL").links.of(by).hold(world.clock.now());
    let fault = carry_in(world.node("PL"), &file, NotCompared::Accepted).await.unwrap_err();
    assert!(matches!(&fault, CarryFault::Serve(ServeFault::Held)), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_revocation_list_comes_with_the_file() {
    let (world, _line) = cut_apart().await;
    let by = world.state("BY").party;
    let list = publish(&world, "BY", beginning(), beginning().plus_ms(7 * 24 * 3_600_000)).await;
    let call = SubmitRevocationListRequest { revocation_list: list.clone() };
    let desk = world.desk("BY", "operator");
    PartyServiceClient::new(desk.channel).submit_revocation_list(call).await.unwrap();
    let held = |code: &str| {
        let board = world.node(code).registrar.head().board.clone();
        board.roster.parties[&by].revocation_list.clone().unwrap().der
    };
    assert_ne!(held("PL"), held("BY"));
    let told = taken(&world, "PL", &made(&world, "BY", "PL").await).await;
    assert_eq!((told.stopped, told.back), (Vec::new(), None));
    until(world.node("PL"), "the list", |board| {
        board.roster.parties[&by].revocation_list.as_ref().is_some_and(|held| held.der == list)
    })
    .await;
}

fn a_file() -> Carry {
    let end = |code: &str| detente::domain::party::LedgerEnd {
        party: code.parse().unwrap(),
        incarnation: Incarnation(1),
        fingerprint: Digest::of(code.as_bytes()),
    };
    Carry {
        from: end("BY"),
        to: end("PL"),
        made_at: beginning(),
        key_lists: vec![Bytes::from("a list")],
        revocation_list: Bytes::from("another"),
        cosigned: Bytes::from("a note"),
        leaves: Some(carry::CarriedLeaves {
            from: 7,
            leaves: vec![Bytes::from("a leaf")],
            checkpoint: Bytes::from("a checkpoint"),
        }),
        dispatches: vec![
            CarriedDispatch { dispatch: Bytes::from("one"), message: Bytes::from("its message") },
            CarriedDispatch { dispatch: Bytes::from("two"), message: Bytes::from("its message") },
        ],
        receipts: vec![Bytes::from("a receipt")],
        parts: vec![Bytes::from("a part"), Bytes::from("another")],
    }
}

#[test]
fn a_file_reads_back_and_cut_anywhere_what_is_whole_before_is_a_beginning_of_it() {
    let (carry, file) = (a_file(), carry::encode(&a_file()));
    assert_eq!(read(&file), carry);
    for length in 0..file.len() {
        let Ok(read) = carry::decode(&file.slice(..length)) else { continue };
        assert!(read.fault.is_some(), "{length}");
        assert!(carry.dispatches.starts_with(&read.carry.dispatches), "{length}");
        assert!(carry.key_lists.starts_with(&read.carry.key_lists), "{length}");
        assert!(carry.parts.starts_with(&read.carry.parts), "{length}");
    }
    let longer = Bytes::from([&file[..], &[0x3a, 0]].concat());
    assert!(carry::decode(&longer).unwrap().fault.is_some());
    // A part behind the end, and the end before its place, are no part of it.
    let end = file.slice(file.len() - 34..);
    let late = Bytes::from([&file[..], &[0x4a, 1, b'x']].concat());
    let early = Bytes::from([&file[..16], &end[..]].concat());
    assert_eq!(carry::decode(&late).unwrap().fault.unwrap().rule.to_string(), "it goes on after its end");
    assert_eq!(carry::decode(&early).unwrap_err().field, "carry.header");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = carry::decode(&Bytes::from(bytes.clone()));
        let _ = carry::decode(&Bytes::from([b"detente carry 1\n", &bytes[..]].concat()));
    }

    #[test]
    fn a_file_with_some_bytes_changed_never_reads_as_whole(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 1..=255u8), 1..4),
    ) {
        let good = carry::encode(&a_file());
        let mut bytes = good.to_vec();
        for (at, change) in changes {
            let at = at.index(bytes.len());
            bytes[at] ^= change;
        }
        prop_assume!(bytes[..] != good[..]);
        if let Ok(read) = carry::decode(&Bytes::from(bytes)) {
            prop_assert!(read.fault.is_some());
        }
    }
}
