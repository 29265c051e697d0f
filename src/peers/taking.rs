//! Taking a part of a peer's message, whichever end made the connection: which one is next, from which byte
//! on it is missing, and what came: verified, and put on record as kept.
//!
//! One at a time on each link: whoever takes holds the link's `Wants`. Never here: a connection.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::Instant as Moment;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Code, Status};

use super::exchange::Link;
use crate::clock::moment_after;
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::Digest;
use crate::domain::part::PartState;
use crate::journal::parts::{Arriving, PartFault};
use crate::limits;
use crate::registrar::{Head, Standing};

/// What one link's parts have come to, in this process.
#[derive(Default)]
pub(super) struct Wants {
    /// Those that could not be had.
    waits: BTreeMap<Digest, Wait>,
    /// The one part of which a beginning may lie here: whoever never ends any fills no disk.
    begun: Option<Digest>,
}

/// When a part that could not be had is tried again.
struct Wait {
    failures: u32,
    until: Moment,
}

/// How one try went.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Try {
    /// On record as kept, or not wanted any more.
    Done,
    /// The author does not have it, or not now; or there is no room here.
    Later,
    /// The connection failed, or the author says not now; what came stays.
    Cut,
}

/// Why a part did not come to its end.
pub(super) enum Short {
    Cut,
    NotGiven,
    Fault(PartFault),
}

impl Wants {
    /// The part to take next, with its size; or when there may be one.
    pub fn next(
        &mut self,
        link: &Link,
        head: &Head,
        missed: &BTreeSet<Digest>,
    ) -> Result<(Digest, u64), Option<Moment>> {
        let Some(parts) = head.board.link(link.peer).map(|one| &one.parts) else { return Err(None) };
        // What is taken once more has its room already.
        let again = |part: &Digest| missed.contains(part).then(|| parts.taken.get(part).copied()).flatten();
        self.waits.retain(|part, _| parts.wanted.contains_key(part) || again(part).is_some());
        if head.standing != Standing::Writes {
            return Err(None);
        }
        let now = Moment::now();
        let ready = |part: &Digest| self.waits.get(part).is_none_or(|wait| wait.until <= now);
        let begun = self.begun.and_then(|part| Some((part, *parts.wanted.get(&part)?)));
        let all = parts.wanted.iter().map(|(part, bytes)| (*part, *bytes));
        let fitting = begun.into_iter().chain(all).filter(|(_, bytes)| parts.has_room_for(*bytes));
        let again = missed.iter().filter_map(|part| Some((*part, again(part)?)));
        match fitting.chain(again).find(|(part, _)| ready(part)) {
            Some(next) => Ok(next),
            None => Err(self.waits.values().map(|wait| wait.until).filter(|until| *until > now).min()),
        }
    }

    /// What is here of a part already, to go on with; or how it went where nothing is missing.
    pub async fn begin(&mut self, link: &Link, part: Digest, bytes: u64) -> Result<Arriving, Try> {
        let parts = &link.exchange.parts;
        if let Some(before) = self.begun.replace(part).filter(|before| *before != part)
            && let Err(fault) = parts.forget(&before)
        {
            tracing::warn!(%fault, "the beginning of a part can't be removed");
        }
        // It may be here and only the record be missing.
        if parts.read(&part, bytes).await.is_ok() {
            return Err(put_on_record(link, part, bytes).await);
        }
        match parts.resume(&part, bytes).await {
            Ok(arriving) if arriving.is_whole() => Err(end(link, part, bytes, arriving, Ok(())).await),
            Ok(arriving) => Ok(arriving),
            Err(fault) => Err(not_kept(link, part, &fault)),
        }
    }

    /// It is kept, and came by another way: what lies here of it is gone on with by nobody.
    pub fn came_otherwise(&mut self, link: &Link, part: Digest) {
        if self.begun.take_if(|begun| *begun == part).is_some()
            && let Err(fault) = link.exchange.parts.forget(&part)
        {
            tracing::warn!(%fault, "the beginning of a part can't be removed");
        }
    }

    pub fn note(&mut self, part: Digest, tried: Try) {
        match tried {
            Try::Done | Try::Cut => {}
            Try::Later => {
                let wait = self.waits.entry(part).or_insert(Wait { failures: 0, until: Moment::now() });
                let doubled = limits::BACK_OFF_MS_MIN.saturating_mul(1 << wait.failures.min(32));
                wait.until = moment_after(Duration::from_millis(doubled.min(limits::PART_RETRY_MS_MAX)));
                wait.failures = wait.failures.saturating_add(1);
            }
        }
    }
}

/// Until there may be another part to take. `false` once the Registrar has ended.
pub(super) async fn until_news(
    heads: &mut watch::Receiver<std::sync::Arc<Head>>,
    missed: &mut watch::Receiver<BTreeSet<Digest>>,
    soonest: Option<Moment>,
) -> bool {
    let due = async {
        match soonest {
            Some(moment) => tokio::time::sleep_until(moment).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        changed = heads.changed() => changed.is_ok(),
        changed = missed.changed() => changed.is_ok(),
        () = due => true,
    }
}

/// Whether the connection failed or the other end does not give the part.
pub(super) fn short(status: &Status) -> Short {
    match status.code() {
        Code::Unavailable
        | Code::Unknown
        | Code::Cancelled
        | Code::Internal
        | Code::Aborted
        | Code::ResourceExhausted => Short::Cut,
        _ => Short::NotGiven,
    }
}

/// Piece by piece, until all that was announced has come.
pub(super) async fn receive(
    mut chunks: impl Stream<Item = Result<Bytes, Status>> + Unpin,
    arriving: &mut Arriving,
) -> Result<(), Short> {
    let patience = Duration::from_millis(limits::PART_CHUNK_MS_MAX);
    while !arriving.is_whole() {
        let chunk = tokio::time::timeout(patience, chunks.next()).await.map_err(|_| Short::Cut)?;
        match chunk.transpose().map_err(|status| short(&status))? {
            // An empty piece brings nothing on: with it the stream could go on for ever.
            Some(chunk) if chunk.is_empty() => return Err(Short::NotGiven),
            Some(chunk) => arriving.append(&chunk).await.map_err(Short::Fault)?,
            None => return Err(Short::NotGiven),
        }
    }
    Ok(())
}

/// What came is verified and put on record, or what is to become of it.
pub(super) async fn end(
    link: &Link,
    part: Digest,
    bytes: u64,
    arriving: Arriving,
    received: Result<(), Short>,
) -> Try {
    match received {
        Ok(()) => match arriving.finish(Some(part)).await {
            Ok(_) => put_on_record(link, part, bytes).await,
            Err(fault) => not_kept(link, part, &fault),
        },
        Err(Short::Cut) => Try::Cut,
        Err(Short::NotGiven) => Try::Later,
        Err(Short::Fault(fault)) => {
            if matches!(fault, PartFault::TooLarge) {
                arriving.discard();
            }
            not_kept(link, part, &fault)
        }
    }
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

pub(super) async fn put_on_record(link: &Link, part: Digest, bytes: u64) -> Try {
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
