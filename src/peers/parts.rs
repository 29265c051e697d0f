//! Parts between nodes: those that a peer's messages name are fetched from it over the dialled link,
//! and those that our messages to it name are given to it.
//!
//! One fetch at a time on each link, over a connection of its own, so that no message waits for it; the
//! message itself is on record and readable long before. One that was kept and is found damaged or gone
//! when somebody asks for it is fetched once more from where it came. A peer that can't be dialled is not
//! asked: its parts are shown as not here. Never here: the order to a peer to erase anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant as Moment;
use tonic::{Code, Request};

use super::exchange::{Exchange, Link, Peer};
use super::links::Patience;
use crate::codec::proto::detente::v1::FetchPartRequest;
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::part::PartState;
use crate::domain::party::Party;
use crate::journal::parts::{Arriving, Lies, PartFault, Parts, Reading, SALT_BYTES};
use crate::limits;
use crate::peers::trust::Reach;
use crate::registrar::{Head, Standing};

/// Opens the directory of parts. Who writes the journal removes what lies there and is not on record: what
/// a crash left half done, also of an erasure.
///
/// # Errors
/// It can't be used.
pub fn open(directory: &Path, head: &Head) -> Result<Parts, PartFault> {
    let board = &head.board;
    Parts::open(directory, |lies| {
        let is_wanted = match lies {
            Lies::Part(part) => matches!(board.part(&part), Some(PartState::Kept { .. })),
            Lies::Beginning(part) => board.links.values().any(|link| link.parts.wanted.contains_key(&part)),
            Lies::Unfinished => false,
        };
        head.standing == Standing::Writes && !is_wanted
    })
}

impl Exchange {
    /// A part for a peer, if a message that was dispatched to it names the part. `None` is the one answer
    /// for whatever it may not have, whether there is such a part or not.
    pub async fn part_for(&self, peer: Party, part: &Digest, from: u64) -> Option<Reading> {
        let state = self.links.of(peer);
        state.hear(self.registrar.clock.now());
        // An older copy of ourselves might give what was erased since.
        if self.is_broken() || !state.is_compared() {
            return None;
        }
        let board = self.registrar.head().board.clone();
        if !board.link(peer)?.parts.given.contains(part) {
            return None;
        }
        let Some(PartState::Kept { bytes }) = board.part(part) else { return None };
        if from > bytes.saturating_add(SALT_BYTES) {
            return None;
        }
        match self.parts.read_kept(part, bytes).await {
            Ok(mut reading) => reading.skip(from).await.ok().map(|()| reading),
            Err(fault) => {
                tracing::error!(part = %part.short(), %fault, "a part that is on record as kept can't be given");
                None
            }
        }
    }
}

/// How one try went.
enum Try {
    /// On record as kept, or not wanted any more.
    Done,
    /// The author does not have it, or not now; or there is no room here.
    Later,
    /// The connection failed, or the author says not now; what came stays.
    Cut,
}

/// When a part that could not be had is tried again.
struct Wait {
    failures: u32,
    until: Moment,
}

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link) {
    let mut heads = link.exchange.registrar.heads();
    let mut missed = link.exchange.parts.missed();
    let mut waits: BTreeMap<Digest, Wait> = BTreeMap::new();
    // The one part of which a beginning may lie here: whoever never ends any fills no disk.
    let mut begun: Option<Digest> = None;
    let (mut failures, mut turn) = (0, 0);
    link.state.until_compared().await;
    loop {
        let head = heads.borrow_and_update().clone();
        let wanted = {
            let missed = missed.borrow_and_update();
            next(&link, &head, &missed, &mut waits, begun)
        };
        let dialled = wanted.ok().and_then(|part| Some((part, link.dial(turn, Reach::Everything)?)));
        let Some(((part, bytes), mut peer)) = dialled else {
            let soonest = wanted.err().flatten();
            let changed = tokio::select! {
                changed = heads.changed() => changed,
                changed = missed.changed() => changed,
                () = sleep_until(soonest) => Ok(()),
            };
            if changed.is_err() {
                return;
            }
            continue;
        };
        if let Some(before) = begun.replace(part).filter(|before| *before != part)
            && let Err(fault) = link.exchange.parts.forget(&before)
        {
            tracing::warn!(%fault, "the beginning of a part can't be removed");
        }
        match fetch(&link, &mut peer, part, bytes).await {
            Try::Done => failures = 0,
            Try::Later => {
                let wait = waits.entry(part).or_insert(Wait { failures: 0, until: Moment::now() });
                let doubled = limits::BACK_OFF_MS_MIN.saturating_mul(1 << wait.failures.min(32));
                wait.until = Moment::now() + Duration::from_millis(doubled.min(limits::PART_RETRY_MS_MAX));
                wait.failures = wait.failures.saturating_add(1);
            }
            Try::Cut => {
                link.state.back_off(failures, Patience::UntilHeard).await;
                failures = failures.saturating_add(1);
                turn += 1;
            }
        }
        if heads.has_changed().is_err() {
            return;
        }
    }
}

async fn sleep_until(moment: Option<Moment>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// The part to fetch next, with its size; or when there may be one.
fn next(
    link: &Link,
    head: &Head,
    missed: &BTreeSet<Digest>,
    waits: &mut BTreeMap<Digest, Wait>,
    begun: Option<Digest>,
) -> Result<(Digest, u64), Option<Moment>> {
    let Some(parts) = head.board.link(link.peer).map(|one| &one.parts) else { return Err(None) };
    // What is fetched once more has its room already.
    let again = |part: &Digest| missed.contains(part).then(|| parts.taken.get(part).copied()).flatten();
    waits.retain(|part, _| parts.wanted.contains_key(part) || again(part).is_some());
    if head.standing != Standing::Writes {
        return Err(None);
    }
    let now = Moment::now();
    let ready = |part: &Digest| waits.get(part).is_none_or(|wait| wait.until <= now);
    let begun = begun.and_then(|part| Some((part, *parts.wanted.get(&part)?)));
    let all = parts.wanted.iter().map(|(part, bytes)| (*part, *bytes));
    let fitting = begun.into_iter().chain(all).filter(|(_, bytes)| parts.has_room_for(*bytes));
    let again = missed.iter().filter_map(|part| Some((*part, again(part)?)));
    match fitting.chain(again).find(|(part, _)| ready(part)) {
        Some(next) => Ok(next),
        None => Err(waits.values().map(|wait| wait.until).filter(|until| *until > now).min()),
    }
}

async fn fetch(link: &Link, peer: &mut Peer, part: Digest, bytes: u64) -> Try {
    let parts = &link.exchange.parts;
    // It may be here and only the record be missing.
    if parts.read(&part, bytes).await.is_ok() {
        return put_on_record(link, part, bytes).await;
    }
    let mut arriving = match parts.resume(&part, bytes).await {
        Ok(arriving) => arriving,
        Err(fault) => return not_kept(link, part, &fault),
    };
    if !arriving.is_whole()
        && let Err(short) = receive(peer, part, &mut arriving).await
    {
        return match short {
            Short::Cut => Try::Cut,
            Short::NotGiven => Try::Later,
            Short::Fault(fault) => {
                if matches!(fault, PartFault::TooLarge) {
                    arriving.discard();
                }
                not_kept(link, part, &fault)
            }
        };
    }
    match arriving.finish(Some(part)).await {
        Ok(_) => put_on_record(link, part, bytes).await,
        Err(fault) => not_kept(link, part, &fault),
    }
}

/// Why a part did not come to its end.
enum Short {
    Cut,
    NotGiven,
    Fault(PartFault),
}

async fn receive(peer: &mut Peer, part: Digest, arriving: &mut Arriving) -> Result<(), Short> {
    let asked = FetchPartRequest { salted_digest: part.0.to_vec().into(), from_byte: arriving.length() };
    let patience = Duration::from_millis(limits::PART_CHUNK_MS_MAX);
    let short = |status: tonic::Status| match status.code() {
        Code::Unavailable
        | Code::Unknown
        | Code::Cancelled
        | Code::Internal
        | Code::Aborted
        | Code::ResourceExhausted => Short::Cut,
        _ => Short::NotGiven,
    };
    let calling = tokio::time::timeout(patience, peer.fetch_part(Request::new(asked))).await;
    let mut chunks = calling.map_err(|_| Short::Cut)?.map_err(short)?.into_inner();
    while !arriving.is_whole() {
        let chunk = tokio::time::timeout(patience, chunks.message()).await.map_err(|_| Short::Cut)?;
        match chunk.map_err(short)? {
            // An empty piece brings nothing on: with it the stream could go on for ever.
            Some(chunk) if chunk.chunk.is_empty() => return Err(Short::NotGiven),
            Some(chunk) => arriving.append(&chunk.chunk).await.map_err(Short::Fault)?,
            None => return Err(Short::NotGiven),
        }
    }
    Ok(())
}

/// Discarded and counted where it is not what the message says, waited with where there is no room.
fn not_kept(link: &Link, part: Digest, fault: &PartFault) -> Try {
    match fault {
        PartFault::Damaged | PartFault::TooLarge => {
            link.state.count_part_discarded();
            tracing::warn!(peer = %link.peer, part = %part.short(), "a part that is not the one named was discarded");
        }
        PartFault::NoRoom | PartFault::Absent | PartFault::Io(_) => {
            tracing::warn!(peer = %link.peer, part = %part.short(), %fault, "a part can't be kept; trying again later");
        }
    }
    Try::Later
}

async fn put_on_record(link: &Link, part: Digest, bytes: u64) -> Try {
    let command = Command::StorePart { salted_digest: part, bytes };
    match link.exchange.registrar.give(command, Origin::Node).await {
        Ok(_) => Try::Done,
        Err(Denied::NotNow(_)) => Try::Later,
        Err(Denied::Refused(_) | Denied::AlreadyDone { .. }) => {
            // Erased in the meantime, or taken from another peer that named it too.
            if link.head().board.part(&part) == Some(PartState::Erased) {
                let _ = link.exchange.parts.erase(&part).await;
            }
            Try::Done
        }
    }
}
