//! The audit of what older folds put on record about duties, checks, alarms and the watch: told, and never held against
//! today's rules.

use bytes::Bytes;
use detente::codec::record;
use detente::domain::alarm::Noted;
use detente::domain::board::FOLD_VERSION;
use detente::domain::check::{CheckNoted, What};
use detente::domain::command::Command;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::duty::DutiesNoted;
use detente::domain::event::{Change, Event, Member, Record};
use detente::domain::keys::Purpose;
use detente::domain::ledger::leaf_hash;
use detente::domain::party::Party;
use detente::domain::people::Role;
use detente::domain::time::Instant;
use detente::registrar::own_key;
use detente::replay::audit::Report;

use crate::audit::{audit, reports, with_forged};
use crate::audit_rewritten::written_again;
use crate::pair::{Side, exchange, pair};

const THREAD: ThreadId = ThreadId([7; 16]);

/// As `rewritten`, with every epoch opened under this fold version.
async fn written_under(side: &Side, fold_version: u32, more: Vec<Event>) -> Vec<Bytes> {
    let under = |event: &mut Event| {
        if let Event::EpochOpened { fold_version: version, .. } = event {
            *version = fold_version;
        }
    };
    rewritten(side, under, more).await
}

/// The journal as its own keeper can write it: with other events, and with these records behind it.
pub async fn rewritten(side: &Side, rewrite: impl Fn(&mut Event), more: Vec<Event>) -> Vec<Bytes> {
    let head = side.registrar.head();
    let mut out =
        written_again(side, &side.entries().await, |record| record.events.iter_mut().for_each(&rewrite));
    let key = own_key(&head.board, &side.ring, 1, Purpose::Record).unwrap();
    let mut epoch = head.chain.epoch;
    for (index, event) in (head.chain.size..).zip(more) {
        if let Event::EpochOpened { number, .. } = &event {
            epoch = *number;
        }
        let (incarnation, writer) = (head.chain.incarnation, head.chain.writer.unwrap());
        let previous = leaf_hash(out.last().unwrap());
        let heading = record::Heading { index, previous, incarnation, epoch, writer };
        let record = Record { index, at: side.clock.now(), command: None, events: vec![event] };
        out.push(record::seal(&heading, &record, key));
    }
    out
}

pub fn audited(side: &Side, entries: &[Bytes]) -> Report {
    audit(entries, side.fingerprint, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_fold_had_considered_for_duties_is_told_and_is_no_fault() {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    let ours = by.board().thread(THREAD).unwrap().entries().next().unwrap().digest;
    // Today no regime with duties is held, and nothing is to be considered.
    let noted = || Event::DutiesNoted(Box::new(DutiesNoted { about: Some(ours), ..Default::default() }));
    // The third has other texts bind, and considers other messages, than those before it.
    for fold_version in 1..3 {
        let older = audited(&by, &written_under(&by, fold_version, vec![noted()]).await);
        assert_eq!((older.faults, older.by_older_rules), (Vec::new(), 1));
    }
    let todays = audited(&by, &written_under(&by, FOLD_VERSION, vec![noted()]).await);
    assert_eq!(todays.by_older_rules, 0);
    assert!(todays.faults[0].sentence.contains("is not to be considered, or was"), "{:?}", todays.faults);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_past_due_by_an_older_fold_that_is_met_by_todays_rules_is_told_and_is_no_fault() {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    let message = by.board().thread(THREAD).unwrap().entries().next().unwrap().digest;
    // Today it does not run: so it is where what only says that it is a check met it.
    let noted = || Event::AlarmNoted(Noted::PastDue { thread: THREAD, message, alarm: "answer".into() });
    let older = audited(&by, &written_under(&by, 2, vec![noted()]).await);
    assert_eq!((older.faults, older.by_older_rules), (Vec::new(), 1));
    let todays = audited(&by, &written_under(&by, 3, vec![noted()]).await);
    assert_eq!(todays.by_older_rules, 0);
    assert!(todays.faults[0].sentence.contains("stands against a rule"), "{:?}", todays.faults);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_fold_noted_of_a_check_that_counts_no_more_is_told_and_is_no_fault() {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    let with: Party = "PL".parse().unwrap();
    let noted = || {
        let (due, what) = (Instant(0), What::Made { at: Instant(1) });
        Event::CheckNoted(Box::new(CheckNoted { with, check: "hourly".into(), due, asks: with, what }))
    };
    let older = audited(&by, &written_under(&by, 2, vec![noted()]).await);
    assert_eq!((older.faults, older.by_older_rules), (Vec::new(), 1));
    let todays = audited(&by, &written_under(&by, 3, vec![noted()]).await);
    assert_eq!(todays.by_older_rules, 0);
    assert!(todays.faults[0].sentence.contains("stands against a rule"), "{:?}", todays.faults);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_of_the_watch_under_an_older_fold_that_named_no_duties_is_told_and_is_no_fault() {
    let (by, pl) = pair("BY", "PL").await;
    exchange(&by, &pl, THREAD, "Exercise").await;
    let next = by.person("next watch");
    by.change(Change::MemberAdded(Member { person: next.clone(), roles: [Role::Watch].into() })).await;
    let digest = by.board().hand_over_digest(&by.person("watch"));
    let otherwise = |event: &mut Event| {
        let Event::WatchOffered(offered) = event else { panic!("the watch is offered") };
        offered.digest = Digest::ZERO;
    };
    let offer = Command::OfferWatch { to: next, digest };
    let (index, todays) = with_forged(&by, offer, "watch", |_| {}, otherwise).await;
    reports(&by, &todays, index, "it stands against a rule");
    let older = written_again(&by, &todays, |record| {
        for event in &mut record.events {
            if let Event::EpochOpened { fold_version, .. } = event {
                *fold_version = 2;
            }
        }
    });
    let older = audited(&by, &older);
    assert_eq!((older.faults, older.by_older_rules), (Vec::new(), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_goes_back_to_an_older_fold_so_that_todays_rules_are_held_against_nothing() {
    let (by, _) = pair("BY", "PL").await;
    let epoch = |number, fold_version| Event::EpochOpened { number, fold_version };
    let next = by.registrar.head().chain.epoch + 1;
    let up = vec![epoch(next, FOLD_VERSION)];
    assert_eq!(audited(&by, &written_under(&by, FOLD_VERSION - 1, up).await).faults, []);
    let down = vec![epoch(next, FOLD_VERSION - 1)];
    let report = audited(&by, &written_under(&by, FOLD_VERSION, down).await);
    let sentence = "an epoch was opened under an older fold version than one before it";
    assert!(report.faults.iter().any(|fault| fault.sentence == sentence), "{:?}", report.faults);
}
