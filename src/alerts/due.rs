//! What the clock brings about: steps of what comes to its end, and alarms of the Party's own that are past due.
//!
//! Which are due follows from the journal, the node's certificate and the clock: whatever ended the process between
//! two of them, the next one finds the same. Never here: whom they are told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::alarm::expiry::next_step;
use crate::domain::alarm::{Near, Noted, Thing};
use crate::domain::board::{Board, Denied};
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::refusal::NotNow;
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::certificate;
use crate::peers::tls::OwnCertificate;
use crate::registrar::{Head, Registrar, Standing};

/// When each thing ends of which a Board and the node's certificate tell. What can't be read has no end here: it
/// counts nowhere.
pub(super) fn endings(board: &Board, own: Option<&OwnCertificate>) -> BTreeMap<Thing, Instant> {
    let mut found = BTreeMap::new();
    let mut add = |thing, ends: Option<Instant>| {
        if let Some(ends) = ends {
            found.insert(thing, ends);
        }
    };
    if let Some(own) = own {
        let leaf = own.certified();
        add(Thing::NodeCertificate, leaf.cert.first().and_then(|leaf| certificate::valid_until(leaf)));
    }
    for (party, known) in &board.roster.parties {
        let newest = known.newest().map(|newest| &newest.list.ca_certificates);
        for der in newest.into_iter().flatten() {
            add(Thing::Authority(*party, Digest::of(der)), certificate::valid_until(der));
        }
        let list = known.revocation_list.as_ref();
        add(Thing::RevocationList(*party), list.and_then(|list| certificate::list_until(&list.der)));
    }
    found
}

/// What is near its end, by when it ends.
pub fn near(board: &Board, own: Option<&OwnCertificate>, now: Instant) -> Vec<Near> {
    let all = endings(board, own);
    let mut near: Vec<Near> =
        all.into_iter().filter_map(|(thing, ends)| Near::at(thing, ends, now)).collect();
    near.sort_by_key(|near| (near.ends, near.thing));
    near
}

/// Runs until the Registrar ends.
pub(super) async fn keep(registrar: Registrar, mut certificate: watch::Receiver<Arc<OwnCertificate>>) {
    let mut heads = registrar.heads();
    loop {
        let head = heads.borrow_and_update().clone();
        let own = certificate.borrow_and_update().clone();
        let endings = endings(&head.board, Some(&own));
        if keep_until_other(&registrar, &mut heads, &mut certificate, &head, &endings).await.is_err() {
            return;
        }
    }
}

/// The Registrar has ended.
struct Ended;

/// Until the Parties known, or the node's certificate, are other than these ends were read from.
async fn keep_until_other(
    registrar: &Registrar,
    heads: &mut watch::Receiver<Arc<Head>>,
    certificate: &mut watch::Receiver<Arc<OwnCertificate>>,
    read_from: &Head,
    endings: &BTreeMap<Thing, Instant>,
) -> Result<(), Ended> {
    loop {
        let head = heads.borrow_and_update().clone();
        if !head.board.roster.parties.ptr_eq(&read_from.board.roster.parties) {
            return Ok(());
        }
        let now = registrar.clock.now();
        let due = match head.standing {
            Standing::Writes => due(&head.board, endings, now),
            Standing::StandsBy => Vec::new(),
        };
        if !due.is_empty() {
            let commands = due.into_iter().map(Command::NoteAlarm).collect();
            let answers = registrar.give_all(commands, Origin::Node).await;
            if answers.iter().any(|answer| matches!(answer, Err(Denied::NotNow(NotNow::Stopped)))) {
                return Err(Ended);
            }
            // What was refused was settled meanwhile: the new head says so.
            if !answers.iter().any(Result::is_ok) {
                let rest = Duration::from_millis(limits::ALERT_REST_MS);
                if let Ok(Err(_)) = tokio::time::timeout(rest, heads.changed()).await {
                    return Err(Ended);
                }
            }
            continue;
        }
        let next = endings.values().filter_map(|ends| next_step(*ends, now));
        let next = next.chain(head.board.own_alarms.next_due().filter(|due| *due > now)).min();
        let clock = async {
            match next {
                Some(next) => registrar.clock.wait_until(next).await,
                None => std::future::pending().await,
            }
        };
        let is_other = |other: &Arc<Head>| {
            other.standing != head.standing
                || !other.board.roster.parties.ptr_eq(&head.board.roster.parties)
                || other.board.own_alarms.next_due() != head.board.own_alarms.next_due()
        };
        tokio::select! {
            changed = heads.wait_for(is_other) => changed.map(|_| ()).map_err(|_| Ended)?,
            changed = certificate.changed() => return changed.map_err(|_| Ended),
            () = clock => {}
        }
    }
}

/// What is due and not on record, no more at once than the limit.
fn due(board: &Board, endings: &BTreeMap<Thing, Instant>, now: Instant) -> Vec<Noted> {
    let near = endings.iter().filter_map(|(thing, ends)| Near::at(*thing, *ends, now));
    let expires = near.filter(|near| board.expiries.is_news(near)).map(Noted::Expires);
    let past_due = board.own_alarms.due(now).map(|(thread, message, alarm)| Noted::PastDue {
        thread: *thread,
        message: *message,
        alarm: alarm.clone(),
    });
    expires.chain(past_due).take(limits::OWN_ALARMS_AT_ONCE_MAX).collect()
}
