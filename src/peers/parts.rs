//! Parts between nodes: those that a peer's messages name are fetched from it over the dialled link,
//! and those that our messages to it name are given to it.
//!
//! One fetch at a time on each link, over a connection of its own, so that no message waits for it; the
//! message itself is on record and readable long before. One that was kept and is found damaged or gone
//! when somebody asks for it is fetched once more from where it came. A peer that can't be dialled hands
//! its parts in (`serve_parts.rs`). Never here: the order to a peer to erase anything.

use std::path::Path;
use std::time::Duration;

use tokio_stream::StreamExt as _;
use tonic::Request;

use super::exchange::{Exchange, Link, Peer};
use super::links::Patience;
use super::taking::{self, Short, Try};
use crate::codec::proto::detente::v1::FetchPartRequest;
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

/// Runs until the Registrar ends.
pub(super) async fn run(link: Link) {
    let mut heads = link.exchange.registrar.heads();
    let mut missed = link.exchange.parts.missed();
    let (mut failures, mut turn) = (0, 0_usize);
    link.state.until_compared().await;
    loop {
        let head = heads.borrow_and_update().clone();
        let missing = missed.borrow_and_update().clone();
        let mut wants = link.state.wants.lock().await;
        // From who can't be dialled nothing is fetched.
        let wanted = if link.can_be_dialled() { wants.next(&link, &head, &missing) } else { Err(None) };
        let dialled = wanted.ok().and_then(|wanted| Some((wanted, link.dial(turn, Reach::Everything)?)));
        let Some(((part, bytes), mut peer)) = dialled else {
            drop(wants);
            if !taking::until_news(&mut heads, &mut missed, wanted.err().flatten()).await {
                return;
            }
            continue;
        };
        let tried = match wants.begin(&link, part, bytes).await {
            Ok(mut arriving) => {
                let received = fetch(&mut peer, part, &mut arriving).await;
                taking::end(&link, part, bytes, arriving, received).await
            }
            Err(tried) => tried,
        };
        wants.note(part, tried);
        drop(wants);
        match tried {
            Try::Done => failures = 0,
            Try::Later => {}
            Try::Cut => {
                link.state.back_off(failures, Patience::UntilHeard).await;
                failures = failures.saturating_add(1);
                turn = turn.wrapping_add(1);
            }
        }
        if heads.has_changed().is_err() {
            return;
        }
    }
}

async fn fetch(peer: &mut Peer, part: Digest, arriving: &mut Arriving) -> Result<(), Short> {
    let asked = FetchPartRequest { salted_digest: part.0.to_vec().into(), from_byte: arriving.length() };
    let patience = Duration::from_millis(limits::PART_CHUNK_MS_MAX);
    let calling = tokio::time::timeout(patience, peer.fetch_part(Request::new(asked))).await;
    let answer = calling.map_err(|_| Short::Cut)?.map_err(|status| taking::short(&status))?;
    let chunks = answer.into_inner().map(|piece| piece.map(|piece| piece.chunk));
    taking::receive(chunks, arriving).await
}
