//! Alarms as persons see them: what comes to its end, and what this Party set for itself, running or past due.
//!
//! Never here: a duty, or whether something is past due (the Board).

use tonic::Status;

use super::status;
use crate::alerts;
use crate::codec::message::traffic_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::alarm::own::Key;
use crate::domain::alarm::{Noted, Outcome, OwnAlarm, Running};
use crate::domain::board::Board;
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::event::Record;
use crate::domain::message::Traffic;
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::tls::OwnCertificate;
use crate::registrar::{Head, Registrar};

pub(super) fn from_proto(wire: &calls::OwnAlarm) -> Result<OwnAlarm, Status> {
    let kind = Kind::from_name(&wire.kind);
    Ok(OwnAlarm {
        name: wire.name.clone(),
        kind: kind.ok_or_else(|| status::field("own_alarm.kind", "a kind that this program knows"))?,
        hours: wire.hours,
        label: wire.label.clone(),
    })
}

/// What decides comes first, and what somebody wrote last and in quotation marks.
pub(super) fn sentence(alarm: &OwnAlarm) -> String {
    format!(
        "raise an alarm, which is nobody's duty, where within {} hours of a message of kind {} the other side has \
         said nothing in its thread: {:?}, for {:?}",
        alarm.hours,
        alarm.kind.name(),
        alarm.name,
        alarm.label
    )
}

/// Those that are set, by name.
pub(super) fn set(board: &Board) -> calls::ListOwnAlarmsResponse {
    let alarm = |alarm: &OwnAlarm| calls::OwnAlarm {
        name: alarm.name.clone(),
        kind: alarm.kind.name().to_owned(),
        hours: alarm.hours,
        label: alarm.label.clone(),
    };
    calls::ListOwnAlarmsResponse {
        alarms: board.roster.own_alarms.values().map(alarm).collect(),
        not_begun: board.own_alarms.not_begun,
    }
}

/// Those that end first before the others.
pub(super) fn expiring(board: &Board, own: &OwnCertificate, now: Instant) -> Vec<calls::Expiring> {
    let near = alerts::near(board, Some(own), now);
    near.iter().map(|near| calls::Expiring { what: near.thing.words(), ends_ms: near.ends.0 }).collect()
}

/// As many as one answer lists, what is real before drills, of each those that are due first before the others; and how
/// many more there are.
pub(super) struct Listed {
    pub lines: Vec<calls::AlarmLine>,
    pub more: u64,
}

/// Those past due for messages of which somebody is told.
pub(super) async fn raised(
    registrar: &Registrar,
    head: &Head,
    is_told: impl Fn(&Digest) -> bool,
) -> Result<Listed, Status> {
    lines(registrar, head, |(_, message, _), running| running.raised.is_some() && is_told(message)).await
}

pub(super) async fn lines(
    registrar: &Registrar,
    head: &Head,
    wants: impl Fn(&Key, &Running) -> bool,
) -> Result<Listed, Status> {
    let wanted = head.board.own_alarms.iter().filter(|(key, running)| wants(key, running));
    let mut wanted: Vec<(&Key, &Running)> = wanted.collect();
    wanted.sort_unstable_by_key(|(key, running)| (running.traffic, running.due, *key));
    let listed = wanted.iter().take(limits::OWN_ALARMS_AT_ONCE_MAX);
    let mut lines = Vec::with_capacity(listed.len());
    for (key, running) in listed {
        lines.push(line(registrar, head, key, running).await?);
    }
    let more = wanted.len().saturating_sub(lines.len()) as u64;
    Ok(Listed { lines, more })
}

async fn line(
    registrar: &Registrar,
    head: &Head,
    (thread, message, name): &Key,
    running: &Running,
) -> Result<calls::AlarmLine, Status> {
    let mut line = calls::AlarmLine {
        alarm: name.clone(),
        label: label(&head.board, name),
        message_digest: message.0.to_vec().into(),
        thread: thread.0.to_vec().into(),
        from: running.author.to_string(),
        traffic: traffic_to_proto(running.traffic),
        since_ms: running.since.0,
        due_ms: running.due.0,
        past_due: running.raised.is_some(),
        ..Default::default()
    };
    if let Some(there) = head.board.messages.get(message) {
        let records = head.records(&registrar.journal);
        let stored = records.message(there.index, message).await.map_err(status::record)?;
        line.number = stored.message.number;
        line.kind = stored.message.draft.kind;
    }
    Ok(line)
}

fn label(board: &Board, name: &str) -> String {
    board.roster.own_alarms.get(name).map(|alarm| alarm.label.clone()).unwrap_or_default()
}

/// What a watch that follows is told. Of a webhook only that it fails, or that alerts wait for it.
pub(super) fn news(record: &Record, noted: &Noted, board: &Board) -> Option<calls::FollowResponse> {
    let own = board.own?.party;
    let (from, news) = match noted {
        Noted::Expires(near) => (own, format!("ALARM: {}", near.words())),
        Noted::PastDue { thread, message, alarm } => {
            let running = board.own_alarms.get(&(*thread, *message, alarm.clone()));
            let drill = running.is_some_and(|running| running.traffic == Traffic::Drill);
            let mark = if drill { "DRILL " } else { "" };
            let from = running.map_or(own, |running| running.author);
            let label = label(board, alarm);
            (from, format!("{mark}ALARM {alarm}, {label}: nothing was said after message {message}"))
        }
        Noted::Told { webhook, outcome: Outcome::Failed(why), .. } => {
            (own, format!("ALARM: webhook {webhook} is not told of alerts: {why}"))
        }
        Noted::Held { webhook, waiting, .. } => {
            let hour = "its calls of this hour are spent";
            (own, format!("ALARM: {waiting} alerts wait for webhook {webhook}: {hour}"))
        }
        Noted::Told { outcome: Outcome::Delivered | Outcome::GivenUp(_), .. } => return None,
    };
    Some(calls::FollowResponse {
        position: record.index.saturating_add(1),
        from: from.to_string(),
        recorded_at_ms: record.at.0,
        news,
        ..Default::default()
    })
}
