//! An alert as a webhook is told of it: CloudEvents 1.0, JSON, structured mode.
//!
//! Never here: text or subject of a message, or a person's name. Of what another Party wrote only the message's
//! number, safe to show and cut at a bound. The id is made of nothing that a message says, and who holds it learns no
//! index of the journal from it.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::domain::alarm::{Near, Noted};
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record};
use crate::domain::message::Traffic;
use crate::domain::text::shown;
use crate::domain::watch::Reach;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::RecordFault;

/// What to send for the alert that a record holds: the same at each attempt and after each start, while the offices
/// are listed as they are.
///
/// # Errors
/// The journal does not answer, or holds no alert there.
pub(super) async fn of(head: &Head, journal: &Journal, index: u64) -> Result<Bytes, RecordFault> {
    let records = head.records(journal);
    let record = records.record(index).await?;
    let none = || RecordFault::NoSuchRecord { index };
    let (kind, data) = match record.events.first() {
        Some(Event::Alerted(alerted)) => {
            let more = json!({ "step": alerted.step, "everyone": alerted.reach == Reach::Everyone });
            ("detente.alert", about(head, journal, index, &alerted.message, more).await?)
        }
        Some(Event::AlarmNoted(Noted::PastDue { message, alarm, .. })) => {
            ("detente.alarm", about(head, journal, index, message, json!({ "alarm": shown(alarm) })).await?)
        }
        Some(Event::AlarmNoted(Noted::Expires(near))) => ("detente.expiry", expiry(&head.board, near)),
        Some(_) | None => return Err(none()),
    };
    let board = &head.board;
    let event = json!({
        "specversion": "1.0",
        "id": id(&records.digest_of(index).await?),
        "source": format!("urn:detente:{}", board.own.map(|own| own.party.to_string()).unwrap_or_default()),
        "type": kind,
        "time": record.at.to_string(),
        "datacontenttype": "application/json",
        "data": data,
    });
    Ok(event.to_string().into())
}

/// Known again by a receiver, and telling nothing of how much is on record here: of the signed record, which nobody
/// outside can guess, and not of its index, which anybody can.
fn id(record: &Digest) -> String {
    Digest::of_all(&[b"detente alert 2\0", &record.0]).to_string()
}

/// What is told of a message, with more.
async fn about(
    head: &Head,
    journal: &Journal,
    index: u64,
    digest: &Digest,
    more: Value,
) -> Result<Value, RecordFault> {
    let board = &head.board;
    let there = board.messages.get(digest).ok_or(RecordFault::NoSuchRecord { index })?;
    let stored = head.records(journal).message(there.index, digest).await?;
    let (message, draft) = (&stored.message, &stored.message.draft);
    let mut data = json!({
        "originator": message.author.to_string(),
        "reference": number(&message.number),
        "precedence": draft.precedence.name(),
        "traffic": match draft.traffic {
            Traffic::Real => "REAL",
            Traffic::Drill => "DRILL",
        },
        "since": stored.record.at.to_string(),
        "offices": offices(board, digest),
    });
    if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
        if board.is_taken_back_before(index, digest, message) {
            data.insert("withdrawn".into(), true.into());
        }
        if came_by_file(&stored.record, digest) {
            data.insert("came_by_file".into(), true.into());
        }
        data.extend(more);
    }
    Ok(data)
}

/// Whether a message came by file, and not over the link: what it says may be older than its alert.
fn came_by_file(record: &Record, digest: &Digest) -> bool {
    record.events.iter().any(|event| match event {
        Event::Received(received) => received.dispatch.message == *digest && received.carried_by.is_some(),
        _ => false,
    })
}

fn expiry(board: &Board, near: &Near) -> Value {
    json!({
        "originator": board.own.map(|own| own.party.to_string()),
        "reference": near.thing.words(),
        "precedence": near.precedence().name(),
        "traffic": "REAL",
        "ends": near.ends.to_string(),
        "ended": near.is_over(),
        "step": near.step,
    })
}

/// The offices to which alone a message went.
fn offices(board: &Board, message: &Digest) -> Vec<String> {
    let offices = &board.roster.offices;
    let to = offices.still_listed(board.offices_of(message));
    to.iter().filter_map(|key| offices.get(key)).map(|office| shown(&office.code)).collect()
}

fn number(text: &str) -> String {
    shown(text).chars().take(limits::WEBHOOK_NUMBER_CHARS_MAX).collect()
}
