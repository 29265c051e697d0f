//! Parts in carry files: put in as far as there is room, and taken by the same rules as those that are fetched.
//!
//! A part is known by its digest alone, which stands in a signed message: whoever brings a file can leave parts out, and
//! can add or change none. Never here: a part that no message on record names.

use std::time::Duration;

use bytes::Bytes;

use super::carry_in::{Stopped, Taken};
use super::exchange::{Exchange, Link};
use super::taking::{self, Try, Wants};
use crate::domain::digest::Digest;
use crate::domain::part::PartState;
use crate::domain::party::Party;
use crate::journal::parts::{PartFault, SALT_BYTES};
use crate::limits;
use crate::registrar::Head;

const PARTS: &str = "carry.parts";

/// A part that does not go with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartLeft {
    pub part: Digest,
    pub why: Left,
}

/// Why a part does not go with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Left {
    #[error("it would not have fitted: name it for a file of its own, or it goes over the link")]
    Full,
    #[error("it is not kept here: it was erased, or its file is damaged")]
    NotKept,
    #[error("no message to that Party names it")]
    NotNamed,
}

impl Exchange {
    /// Puts parts into a file, in their order, as far as there is room; those that stay out.
    pub(super) async fn add_parts(
        &self,
        head: &Head,
        peer: Party,
        parts: Vec<Digest>,
        room: &mut usize,
        file: &mut Vec<Bytes>,
    ) -> Vec<PartLeft> {
        let mut left = Vec::new();
        for part in parts {
            match self.part_to_carry(head, peer, part, *room, file.len()).await {
                Ok(whole) => {
                    *room = room.saturating_sub(whole.len());
                    file.push(whole);
                }
                Err(why) => left.push(PartLeft { part, why }),
            }
        }
        left
    }

    async fn part_to_carry(
        &self,
        head: &Head,
        peer: Party,
        part: Digest,
        room: usize,
        before: usize,
    ) -> Result<Bytes, Left> {
        if !head.board.link(peer).is_some_and(|link| link.parts.given.contains(&part)) {
            return Err(Left::NotNamed);
        }
        let Some(PartState::Kept { bytes }) = head.board.part(&part) else { return Err(Left::NotKept) };
        let fits = usize::try_from(SALT_BYTES.saturating_add(bytes)).is_ok_and(|whole| whole <= room);
        if !fits || before >= limits::CARRY_PARTS_MAX {
            return Err(Left::Full);
        }
        self.whole(part, bytes).await.map_err(|fault| {
            tracing::error!(part = %part.short(), %fault, "a part that is on record as kept can't be carried");
            Left::NotKept
        })
    }

    async fn whole(&self, part: Digest, bytes: u64) -> Result<Bytes, PartFault> {
        let mut reading = self.parts.read_kept(&part, bytes).await?;
        let mut whole = Vec::new();
        while let Some(chunk) = reading.next().await? {
            whole.extend_from_slice(&chunk);
        }
        // It may have been changed since it was opened.
        if Digest::of(&whole) == part { Ok(whole.into()) } else { Err(PartFault::Damaged) }
    }
}

/// Keeps those that messages on record name, and says what is wrong with the others.
pub(super) async fn take(link: &Link, parts: Vec<Bytes>, taken: &mut Taken) {
    let stop = |rule: String| Stopped { at: None, field: PARTS, rule };
    if !parts.is_empty() {
        // One at a time on each link, those that are fetched among them. Who gives one byte by byte holds up no file.
        let patience = Duration::from_millis(limits::PART_CHUNK_MS_MAX);
        match tokio::time::timeout(patience, link.state.wants.lock()).await {
            Ok(mut wants) => {
                for whole in parts {
                    match take_one(link, &mut wants, whole).await {
                        Ok(One::Kept) => {
                            taken.parts.put_on_record = taken.parts.put_on_record.saturating_add(1);
                        }
                        Ok(One::Before) => taken.parts.before = taken.parts.before.saturating_add(1),
                        Err(rule) => taken.stopped.push(stop(rule)),
                    }
                }
            }
            Err(_) => taken.stopped.push(stop(format!("another part is under way over the link; {AGAIN}"))),
        }
    }
    let head = link.head();
    taken.parts_missing = head.board.link(link.peer).map_or(0, |one| one.parts.wanted.len());
}

enum One {
    Kept,
    Before,
}

const AGAIN: &str = "give the file again later";

async fn take_one(link: &Link, wants: &mut Wants, whole: Bytes) -> Result<One, String> {
    let Some(bytes) = (whole.len() as u64).checked_sub(SALT_BYTES) else {
        return Err(format!("a part begins with its salt, {SALT_BYTES} bytes"));
    };
    let part = Digest::of(&whole);
    let not_now = |why: &str| format!("part {} is not taken now: {why}; {AGAIN}", part.short());
    let parts = &link.exchange.parts;
    let board = link.head().board.clone();
    match board.part(&part) {
        Some(PartState::Kept { bytes }) => match parts.read_kept(&part, bytes).await {
            Ok(_) => return Ok(One::Before),
            Err(PartFault::Absent | PartFault::Damaged) => {
                parts.keep(&part, &whole).await.map_err(|fault| not_now(&fault.to_string()))?;
                return kept(link, wants, part).await;
            }
            Err(fault) => return Err(not_now(&fault.to_string())),
        },
        Some(PartState::Erased) => return Err(erased(part)),
        None => {}
    }
    let known = board.link(link.peer).map(|one| &one.parts);
    let Some(known) = known.filter(|known| known.wanted.get(&part) == Some(&bytes)) else {
        return Err(format!(
            "part {} is not waited for: no message of that Party on record here names it in this size, or as many are \
             waited for as may be; it may have been changed on its way",
            part.short()
        ));
    };
    if !known.has_room_for(bytes) {
        return Err(not_now("that Party's parts take all that they may"));
    }
    parts.keep(&part, &whole).await.map_err(|fault| not_now(&fault.to_string()))?;
    match taking::put_on_record(link, part, bytes).await {
        Try::Done => kept(link, wants, part).await,
        Try::Later | Try::Cut => Err(not_now("it could not be put on record")),
    }
}

/// Whose file is there. Meanwhile it may have been erased, or taken over another link.
async fn kept(link: &Link, wants: &mut Wants, part: Digest) -> Result<One, String> {
    if let Some(PartState::Kept { .. }) = link.head().board.part(&part) {
        wants.came_otherwise(link, part);
        return Ok(One::Kept);
    }
    // Where it can't be removed, the next start tries again.
    let _ = link.exchange.parts.erase(&part).await;
    Err(erased(part))
}

fn erased(part: Digest) -> String {
    format!("part {} was erased here, and is not taken again", part.short())
}
