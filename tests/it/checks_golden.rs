//! Golden bytes of records of checks: what is stored stays.

use std::sync::Arc;

use detente::codec::check_schedule::read;
use detente::domain::check::{Account, CheckNoted, Known, What};
use detente::domain::digest::Digest;
use detente::domain::event::{self, Event, Record};

use crate::hotline_checks::{TWICE_A_DAY, hour, party, schedule};
use crate::records::{opened, sealed};

/// The records that hold checks, one of each kind.
fn records() -> Vec<(&'static str, Event)> {
    let noted = |what| {
        let (with, asks) = (party("BY"), party("PL"));
        Event::CheckNoted(Box::new(CheckNoted { with, check: "Ćwik".into(), due: hour(1), asks, what }))
    };
    let account = Account { answered: true, at: hour(2), note: "Cpt. Ivanova".into() };
    let message = Digest::of(b"message");
    let plan = read(&schedule("BY", "heartbeat_seconds = 5\nofficer = \"watch\"", TWICE_A_DAY)).unwrap();
    vec![
        ("schedule", Event::ChangeProposed(event::Change::CheckSchedule(Arc::new(plan)))),
        ("made", noted(What::Made { at: hour(2) })),
        ("answered", noted(What::Answered { at: hour(2) })),
        ("late", noted(What::Late { at: hour(2) })),
        ("link_down", noted(What::Missed(Known::LinkDown { since: Some(hour(0)) }))),
        ("never_heard", noted(What::Missed(Known::LinkDown { since: None }))),
        ("unanswered", noted(What::Missed(Known::Unanswered))),
        ("not_sent_by_us", noted(What::Missed(Known::NotSentByUs))),
        ("planned_outage", noted(What::Missed(Known::PlannedOutage { message }))),
        ("not_recorded", noted(What::Missed(Known::NotRecorded))),
        ("not_running", noted(What::Missed(Known::NotRunning))),
        ("answer_not_proven", noted(What::Missed(Known::AnswerNotProven))),
        ("no_check_came", noted(What::Missed(Known::NoCheckCame))),
        ("by_hand", noted(What::ByHand(account))),
    ]
}

#[test]
fn records_of_checks_have_golden_bytes_and_come_back_the_same() {
    let mut golden = String::new();
    for (name, event) in records() {
        let record = Record { index: 8, at: hour(3), command: None, events: vec![event] };
        let sealed = sealed(&record);
        assert_eq!(opened(&sealed).record(), Ok(record), "{name}");
        golden.push_str(&format!("{name} {}\n", hex::encode(&sealed)));
    }
    assert_eq!(golden, include_str!("golden/checks.hex"));
}
