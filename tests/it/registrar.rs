//! The one writer of a journal, on both media: what is done is on record, once, whoever else writes.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use detente::clock::Clock;
use detente::domain::board::Denied;
use detente::domain::chain::Chain;
use detente::domain::command::Command;
use detente::domain::digest::WriterId;
use detente::domain::event::{Change, Event, Record};
use detente::domain::keys::Purpose;
use detente::domain::ledger::leaf_hash;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::{NotNow, Refusal};
use detente::domain::time::Instant;
use detente::journal::Journal;
use detente::limits;
use detente::registrar::{Done, OpenFault, Opening, Registrar, Standing, Trusted, replay_to_end};
use detente::replay::{Broken, Fold, TrustRoot};
use tokio::task::JoinHandle;

use crate::journal::{Place, on_both_media};
use crate::party;

pub const PATIENCE: Duration = Duration::from_secs(120);

pub type Running = (Registrar, JoinHandle<Result<(), Broken>>);

/// A journal that holds its first record.
pub async fn begun(place: &Place) -> Journal {
    let journal = place.create().await.unwrap();
    journal.append(vec![party::first_entry()]).await.unwrap();
    journal
}

pub fn opening(journal: &Journal, writer: u8) -> Opening {
    Opening {
        journal: journal.clone(),
        clock: Clock::standing_at(party::at(100)),
        ring: party::ring(),
        checkpoint: None,
        root: TrustRoot::FirstKeyList(party::first_list(party::us()).digest),
        writer: WriterId([writer; 16]),
    }
}

pub async fn open(journal: &Journal, writer: u8) -> Running {
    opening(journal, writer).open().await.unwrap()
}

/// Anna's command with this number.
pub async fn read(registrar: &Registrar, number: u64) -> Result<Done, Denied> {
    let what = format!("what {number}");
    let origin = party::by(&party::anna(), number, &what, party::at(100));
    registrar.give(Command::ReadForAudit { what }, origin).await
}

pub fn index_of(done: &Done) -> u64 {
    match done {
        Done::Now(record) => record.index,
        Done::Before { index } => *index,
    }
}

/// As often as it is safe to: with the same id.
pub async fn read_until_done(registrars: &[Registrar], number: u64) -> u64 {
    let mut turn = number as usize;
    loop {
        match read(&registrars[turn % registrars.len()], number).await {
            Ok(done) => return index_of(&done),
            Err(Denied::NotNow(_)) => turn += 1,
            Err(denied) => panic!("{denied}"),
        }
        tokio::task::yield_now().await;
    }
}

/// The journal folded from nothing, every signature looked at.
pub async fn folded(journal: &Journal) -> Fold {
    let root = TrustRoot::FirstKeyList(party::first_list(party::us()).digest);
    replay_to_end(journal, root, Trusted::Nothing, 0).await.unwrap().0
}

/// All that counts, by index.
pub async fn records(journal: &Journal) -> Vec<Record> {
    let fold = folded(journal).await;
    let records = detente::replay::records::Records::new(journal.clone(), fold.positions.into());
    let mut all = Vec::new();
    while (all.len() as u64) < fold.chain.size {
        all.extend(records.range(all.len() as u64, fold.chain.size).await.unwrap());
    }
    all
}

pub async fn entries(journal: &Journal) -> Vec<Bytes> {
    let mut reader = journal.reader(0).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = reader.next_or_end().await.unwrap() {
        all.extend(batch.into_iter().map(|entry| entry.bytes));
    }
    all
}

/// Once the head is as it should be.
pub async fn until(registrar: &Registrar, wanted: impl Fn(&detente::registrar::Head) -> bool) {
    let mut heads = registrar.heads();
    let waited = heads.wait_for(|head| wanted(head));
    assert!(tokio::time::timeout(PATIENCE, waited).await.expect("in time").is_ok());
}

fn refused(done: Result<Done, Denied>) -> Refusal {
    match done {
        Err(Denied::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Each number's command is on record exactly once, and where its answer said.
async fn assert_each_once(journal: &Journal, answers: &[(u64, u64)]) {
    let records = records(journal).await;
    for (number, index) in answers {
        let on_record: Vec<u64> = records
            .iter()
            .filter(|record| record.command.as_ref().is_some_and(|stamp| stamp.id == party::id(*number)))
            .map(|record| record.index)
            .collect();
        assert_eq!(on_record, [*index], "command {number}");
    }
}

on_both_media! {
    async fn who_opens_a_journal_opens_an_epoch_and_writes(place: &Place) {
        let journal = begun(place).await;
        let (registrar, _task) = open(&journal, 7).await;
        let head = registrar.head();
        assert_eq!(head.standing, Standing::Writes);
        assert_eq!((head.chain.size, head.chain.epoch), (2, 1));
        assert_eq!(head.chain.writer, Some(WriterId([7; 16])));
        assert_eq!(folded(&journal).await.board, *head.board);
    }

    async fn what_is_answered_is_on_record_and_the_head_holds_it(place: &Place) {
        let journal = begun(place).await;
        let (registrar, _task) = open(&journal, 7).await;
        let done = read(&registrar, 1).await.unwrap();
        assert_eq!(index_of(&done), 2);
        let head = registrar.head();
        assert_eq!(head.chain.size, 3);
        assert_eq!(head.board.digest(), folded(&journal).await.board.digest());
        let record = registrar.record_of(done).await.unwrap();
        assert_eq!(*record, records(&journal).await[2]);
        assert_eq!(head.chain.head, leaf_hash(&entries(&journal).await[2]));
    }

    async fn the_same_id_has_the_same_answer_and_with_other_content_it_is_refused(place: &Place) {
        let journal = begun(place).await;
        let (registrar, _task) = open(&journal, 7).await;
        let first = index_of(&read(&registrar, 1).await.unwrap());
        for _ in 0..2 {
            let again = read(&registrar, 1).await.unwrap();
            assert!(matches!(again, Done::Before { index } if index == first));
        }
        let other = Command::ReadForAudit { what: "something else".into() };
        let origin = party::by(&party::anna(), 1, "something else", party::at(100));
        assert_eq!(refused(registrar.give(other, origin.clone()).await), Refusal::IdReused);
        // Also by the next process, which has nothing but the journal.
        let (next, _task) = open(&journal, 8).await;
        assert!(matches!(read(&next, 1).await.unwrap(), Done::Before { index } if index == first));
        assert_eq!(records(&journal).await.len() as u64, 4);
    }

    async fn commands_from_too_long_ago_or_from_the_future_are_refused(place: &Place) {
        let journal = begun(place).await;
        let (registrar, _task) = open(&journal, 7).await;
        let now = registrar.clock.now();
        let give = |number, at: Instant| {
            let origin = party::by(&party::anna(), number, "", at);
            registrar.give(Command::ReadForAudit { what: String::new() }, origin)
        };
        let oldest = now.plus_ms(-limits::COMMAND_AGE_MS_MAX);
        let latest = now.plus_ms(limits::CLOCKS_MAY_DIFFER_MS);
        assert_eq!(refused(give(1, oldest.plus_ms(-1)).await), Refusal::IdTooOld);
        assert_eq!(refused(give(2, latest.plus_ms(1)).await), Refusal::IdFromTheFuture);
        assert_eq!(refused(give(3, Instant(i64::MIN)).await), Refusal::IdTooOld);
        assert_eq!(refused(give(4, Instant(i64::MAX)).await), Refusal::IdFromTheFuture);
        give(5, oldest).await.unwrap();
        give(6, latest).await.unwrap();
    }

    async fn a_command_sees_those_before_it_in_the_same_batch(place: &Place) {
        let journal = begun(place).await;
        let (registrar, _task) = open(&journal, 7).await;
        let by = |person, number| party::by(&person, number, "", party::at(100));
        let propose = Command::Propose(party::peer_added());
        let (proposed, confirmed, again) = tokio::join!(
            registrar.give(propose, by(party::anna(), 1)),
            registrar.give(Command::confirm(party::id(1)), by(party::jan(), 2)),
            registrar.give(Command::confirm(party::id(1)), by(party::jan(), 3)),
        );
        proposed.unwrap();
        confirmed.unwrap();
        assert_eq!(refused(again), Refusal::NoSuchProposal);
        let outgoing = party::outgoing(Precedence::Routine, "one");
        let (drafted, released, repeated, gone) = tokio::join!(
            registrar.give(party::draft(1, outgoing.clone()), by(party::anna(), 4)),
            registrar.give(party::release(1, outgoing.clone()), by(party::jan(), 5)),
            registrar.give(party::release(1, outgoing.clone()), by(party::jan(), 5)),
            registrar.give(party::release(1, outgoing.clone()), by(party::jan(), 6)),
        );
        drafted.unwrap();
        assert_eq!(index_of(&released.unwrap()), index_of(&repeated.unwrap()));
        assert_eq!(refused(gone), Refusal::NoSuchDraft);
        let fold = folded(&journal).await;
        assert_eq!(fold.board, *registrar.head().board);
        assert_eq!(fold.board.link(party::peer()).unwrap().lane(Precedence::Routine).sent, 1);
    }

    async fn a_new_record_key_signs_from_the_record_after_the_one_that_confirms_it(place: &Place) {
        let journal = begun(place).await;
        let (registrar, _task) = open(&journal, 7).await;
        let by = |person, number| party::by(&person, number, "", party::at(100));
        let propose = Command::Propose(Change::OwnKeyList(party::second_list()));
        let (proposed, confirmed, one, other) = tokio::join!(
            registrar.give(propose, by(party::anna(), 1)),
            registrar.give(Command::confirm(party::id(1)), by(party::jan(), 2)),
            read(&registrar, 3),
            read(&registrar, 4),
        );
        for done in [proposed, confirmed, one, other] {
            done.unwrap();
        }
        let fold = folded(&journal).await;
        assert_eq!((fold.chain.size, fold.voids.count), (6, 0));
        assert_eq!(fold.board, *registrar.head().board);
        // A thief of the old key adds nothing.
        let record = Record { index: 6, at: party::at(0), command: None, events: vec![audit_read()] };
        let old = party::sealed(&fold.chain, fold.chain.writer.unwrap(), fold.chain.epoch, &record);
        journal.append(vec![old]).await.unwrap();
        assert_eq!(index_of(&read(&registrar, 5).await.unwrap()), 6);
        let fold = folded(&journal).await;
        assert_eq!((fold.chain.size, fold.voids.count), (7, 1));
        // And the next process finds its way.
        let (next, _task) = open(&journal, 8).await;
        assert_eq!(next.head().standing, Standing::Writes);
    }

    async fn the_later_opener_writes_and_the_earlier_one_stands_by_and_goes_on_reading(place: &Place) {
        let journal = begun(place).await;
        let (earlier, _task) = open(&journal, 1).await;
        read(&earlier, 1).await.unwrap();
        let (later, _task) = open(&place.open().await.unwrap(), 2).await;
        assert_eq!(later.head().standing, Standing::Writes);
        let at_later = read(&later, 2).await.unwrap();
        until(&earlier, |head| head.standing == Standing::StandsBy && head.chain.size == 5).await;
        assert_eq!(read(&earlier, 3).await.unwrap_err(), NotNow::StandsBy.into());
        assert_eq!(*earlier.head().board, *later.head().board);
        assert_eq!(index_of(&at_later), 4);
        assert_eq!(records(&journal).await.len(), 5);
    }

    async fn of_many_servers_on_one_journal_every_command_is_on_record_exactly_once(place: &Place) {
        let journal = begun(place).await;
        let (one, _one) = open(&journal, 1).await;
        let (two, _two) = open(&place.open().await.unwrap(), 2).await;
        let both = [one, two];
        // The first half may be asked of a third that is not there yet.
        let (later, third) = tokio::sync::watch::channel(None::<Registrar>);
        let commands = |numbers: std::ops::Range<u64>| {
            numbers
                .map(|number| {
                    let (both, third) = (both.clone(), third.clone());
                    tokio::spawn(async move { (number, ask_all(&both, &third, number).await) })
                })
                .collect::<Vec<_>>()
        };
        let mut asked = commands(0..80);
        // One more opens while all of that is under way. Whoever is told "stands by" asks the next.
        let (three, _three) = open(&place.open().await.unwrap(), 3).await;
        later.send_replace(Some(three.clone()));
        let all = [both[0].clone(), both[1].clone(), three];
        asked.extend((80..160).map(|number| {
            let all = all.clone();
            tokio::spawn(async move { (number, read_until_done(&all, number).await) })
        }));
        let mut answers = Vec::new();
        for answer in asked {
            answers.push(tokio::time::timeout(PATIENCE, answer).await.expect("in time").unwrap());
        }
        assert_each_once(&journal, &answers).await;
        let indexes: BTreeSet<u64> = answers.iter().map(|(_, index)| *index).collect();
        assert_eq!(indexes.len(), 160);
        let size = folded(&journal).await.chain.size;
        for registrar in &all {
            until(registrar, |head| head.chain.size == size).await;
            assert_eq!(registrar.head().board, all[2].head().board);
        }
    }

    async fn doubled_late_overtaken_and_forged_entries_change_nothing(place: &Place) {
        let journal = begun(place).await;
        let stranger = place.open().await.unwrap();
        let (registrar, _task) = open(&journal, 1).await;
        for number in 0..5 {
            read(&registrar, number).await.unwrap();
        }
        let saved = entries(&journal).await;
        let fold = folded(&journal).await;
        let record = |chain: &Chain| Record {
            index: chain.size,
            at: party::at(0),
            command: None,
            events: vec![audit_read()],
        };
        let mut older = fold.chain.clone();
        (older.size, older.head) = (3, leaf_hash(&saved[2]));
        let writer = WriterId([1; 16]);
        let forger = party::key(party::PEERS, Purpose::Record);
        let mut strays = saved.clone();
        strays.push(party::sealed(&older, writer, 1, &record(&older)));
        strays.push(party::sealed(&fold.chain, writer, 0, &record(&fold.chain)));
        strays.push(party::sealed(&fold.chain, WriterId([9; 16]), 1, &record(&fold.chain)));
        strays.push(party::sealed_by(&forger, &fold.chain, writer, 1, &record(&fold.chain)));
        strays.push(Bytes::from_static(b"no record at all"));
        let mut empty = record(&fold.chain);
        empty.events.clear();
        strays.push(party::sealed(&fold.chain, writer, 1, &empty));
        let mut mixed = record(&fold.chain);
        mixed.events.push(Event::EpochOpened { number: 2, fold_version: 1 });
        strays.push(party::sealed(&fold.chain, WriterId([9; 16]), 2, &mixed));
        let count = strays.len() as u64;
        stranger.append(strays).await.unwrap();
        until(&registrar, |head| head.void == count).await;
        assert_eq!(index_of(&read(&registrar, 5).await.unwrap()), 7);
        let head = registrar.head();
        assert_eq!(head.standing, Standing::Writes);
        let fold = folded(&journal).await;
        assert_eq!((fold.chain.size, fold.voids.count), (8, count));
        assert_eq!(fold.board.digest(), head.board.digest());
        let answers: Vec<_> = (0..6).map(|number| (number, number + 2)).collect();
        assert_each_once(&journal, &answers).await;
    }

    async fn a_caller_who_left_before_the_answer_finds_it_under_the_same_id(place: &Place) {
        let journal = begun(place).await;
        let (registrar, task) = open(&journal, 1).await;
        let mut heads = registrar.heads();
        let leaves = tokio::spawn({
            let registrar = registrar.clone();
            async move { read(&registrar, 1).await }
        });
        heads.wait_for(|head| head.chain.size == 3).await.unwrap();
        leaves.abort();
        // The process dies as well.
        task.abort();
        drop(registrar);
        let (next, _task) = open(&place.open().await.unwrap(), 2).await;
        assert!(matches!(read(&next, 1).await.unwrap(), Done::Before { index: 2 }));
        assert_each_once(&journal, &[(1, 2)]).await;
    }

    async fn a_command_that_nobody_waits_for_any_more_may_stay_undone_but_is_never_done_twice(place: &Place) {
        let journal = begun(place).await;
        let (registrar, _task) = open(&journal, 1).await;
        for number in 0..50 {
            let left = tokio::time::timeout(Duration::ZERO, read(&registrar, number)).await;
            assert!(left.is_err() || left.is_ok_and(|done| done.is_ok()));
        }
        let mut indexes = BTreeSet::new();
        for number in 0..50 {
            assert!(indexes.insert(index_of(&read(&registrar, number).await.unwrap())));
        }
        assert_eq!(records(&journal).await.len(), 52);
    }

    async fn an_empty_journal_and_a_foreign_one_are_not_opened(place: &Place) {
        let journal = place.create().await.unwrap();
        assert!(matches!(opening(&journal, 1).open().await, Err(OpenFault::Empty)));
        journal.append(vec![party::first_entry()]).await.unwrap();
        let mut foreign = opening(&journal, 1);
        foreign.root = TrustRoot::FirstKeyList(party::first_list(party::peer()).digest);
        let found = party::first_list(party::us()).digest;
        let fault = foreign.open().await.err().unwrap();
        assert!(matches!(fault, OpenFault::Broken(Broken::Foreign { found: named }) if named == found));
        assert_eq!(entries(&journal).await.len(), 1, "nothing was written");
    }
}

fn audit_read() -> Event {
    Event::AuditRead { what: "everything".into() }
}

async fn ask_all(
    both: &[Registrar; 2],
    third: &tokio::sync::watch::Receiver<Option<Registrar>>,
    number: u64,
) -> u64 {
    loop {
        let mut all = both.to_vec();
        all.extend(third.borrow().clone());
        for registrar in &all {
            match read(registrar, number).await {
                Ok(done) => return index_of(&done),
                Err(Denied::NotNow(_)) => tokio::task::yield_now().await,
                Err(denied) => panic!("{denied}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_not_shown_for_a_moment_is_looked_for_again_before_it_counts_as_missing() {
    let place = Place::embedded();
    let journal = begun(&place).await;
    let (registrar, running) = open(&journal, 1).await;
    read(&registrar, 1).await.unwrap();
    let head = registrar.head();
    let position = i64::try_from(head.positions.of(head.chain.size - 1).unwrap()).unwrap();
    let file = rusqlite::Connection::open(place.file()).unwrap();
    let newest: Vec<u8> = file
        .query_row("DELETE FROM entries WHERE position = ?1 RETURNING bytes", [position], |row| row.get(0))
        .unwrap();
    let renewing = registrar.renew();
    tokio::pin!(renewing);
    tokio::select! {
        _ = &mut renewing => panic!("believed after one look"),
        () = tokio::time::sleep(Duration::from_millis(limits::REOPEN_REST_MS)) => {}
    }
    file.execute(
        "INSERT INTO entries (position, bytes) VALUES (?1, ?2)",
        rusqlite::params![position, newest],
    )
    .unwrap();
    let renewed = tokio::time::timeout(PATIENCE, renewing).await.unwrap().expect("a new epoch");
    assert_eq!(renewed.standing, Standing::Writes);
    assert!(renewed.chain.epoch > head.chain.epoch);
    read(&registrar, 2).await.unwrap();

    // One that stays away is missing.
    let gone = registrar.head().chain.size - 1;
    let position = i64::try_from(registrar.head().positions.of(gone).unwrap()).unwrap();
    file.execute("DELETE FROM entries WHERE position = ?1", [position]).unwrap();
    let since = std::time::Instant::now();
    assert!(registrar.renew().await.is_none());
    let broken = tokio::time::timeout(PATIENCE, running).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(broken, Broken::Missing { index } if index == gone), "{broken}");
    let looks = u64::from(limits::HEAD_LOOKS) * limits::REOPEN_REST_MS;
    assert!(since.elapsed() >= Duration::from_millis(looks));
}
