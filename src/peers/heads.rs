//! Heads of the two ledgers of a link: our own signed, the other end's verified, and the cosignatures
//! that each makes for the other.
//!
//! Never here: a decision whether a head adds up (`domain/board/decide_link.rs`). Here only signatures and
//! origins are looked at.

use bytes::Bytes;

use crate::codec::event;
use crate::domain::board::Board;
use crate::domain::event::Head;
use crate::domain::keys::Purpose;
use crate::domain::ledger::Edge;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::evidence::keys::{KeyRing, PublicKey};
use crate::evidence::names;
use crate::evidence::note::{NoteAlgorithm, NoteKey};
use crate::registrar::own_key;

/// Why a head of the other end's, or a cosignature, is not taken. Stable words for both ends' logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeadFault {
    #[error("this Party is not known, or has no key for it")]
    NoKey,
    #[error("it is not a checkpoint of this link's ledger that its keeper signed")]
    NotSigned,
    #[error("it lacks a valid cosignature of the other end")]
    NotCosigned,
    #[error("it can't be read")]
    Unreadable,
}

/// Our checkpoint of the ledger that we keep for the link with `peer`, at this edge of its tree.
pub fn sign_own(board: &Board, ring: &KeyRing, peer: Party, edge: &Edge) -> Result<Bytes, HeadFault> {
    let own = board.own.ok_or(HeadFault::NoKey)?;
    let newest =
        board.roster.parties.get(&own.party).and_then(|known| known.newest()).ok_or(HeadFault::NoKey)?;
    let key = own_key(board, ring, newest.list.number, Purpose::Ledger).map_err(|_| HeadFault::NoKey)?;
    let origin = origin(board, own.party, peer).ok_or(HeadFault::NoKey)?;
    let checkpoint = Checkpoint::new(origin, edge.size(), edge.root());
    let signed = SignedCheckpoint::sign(checkpoint, &names::ledger_key_name(&own.party), key)
        .map_err(|_| HeadFault::Unreadable)?;
    Ok(signed.note().to_string().into())
}

/// A head of the ledger that `peer` keeps for its link with us, signed by its ledger key in force.
pub fn verify_theirs(board: &Board, peer: Party, note: &Bytes) -> Result<Head, HeadFault> {
    open_theirs(board, peer, note)?;
    event::head(peer.as_str(), note.clone()).map_err(|_| HeadFault::Unreadable)
}

fn open_theirs(board: &Board, peer: Party, note: &[u8]) -> Result<SignedCheckpoint, HeadFault> {
    let own = board.own.ok_or(HeadFault::NoKey)?;
    let origin = origin(board, peer, own.party).ok_or(HeadFault::NoKey)?;
    let key = note_key(board, peer, Purpose::Ledger).ok_or(HeadFault::NoKey)?;
    SignedCheckpoint::open(note, &origin, &key).map_err(|_| HeadFault::NotSigned)
}

/// The newest head of theirs that we followed, with our cosignature as of the record that says so. The
/// same bytes each time.
pub fn cosign_theirs(board: &Board, ring: &KeyRing, peer: Party) -> Option<Bytes> {
    let own = board.own?;
    let followed = board.link(peer)?.theirs.followed.as_ref()?;
    // It was verified before it was followed; a later key list of theirs does not undo that.
    let known = board.roster.parties.get(&peer)?;
    let origin = origin(board, peer, own.party)?;
    let mut signed = known.key_lists.iter().rev().find_map(|accepted| {
        let key = PublicKey::from_bytes(accepted.list.key_for(Purpose::Ledger)?).ok()?;
        let key = NoteKey::new(&names::ledger_key_name(&peer), NoteAlgorithm::Ed25519, key).ok()?;
        SignedCheckpoint::open(&followed.head.note, &origin, &key).ok()
    })?;
    let newest = board.roster.parties.get(&own.party)?.newest()?.list.number;
    let key = own_key(board, ring, newest, Purpose::Witness).ok()?;
    let name = names::witness_key_name(&own.party);
    let line = signed.cosign(&name, key, Instant::from_seconds(followed.at_seconds)).ok()?;
    let witness = NoteKey::new(&name, NoteAlgorithm::Cosignature, key.public_key()).ok()?;
    signed.add_cosignature(&witness, line).ok()?;
    Some(signed.note().to_string().into())
}

/// A head of our own ledger that `peer` cosigned. Our own signature on it is checked as well: nobody can
/// tell us that we signed more than we did.
pub fn verify_cosigned(board: &Board, peer: Party, note: &Bytes) -> Result<Head, HeadFault> {
    let own = board.own.ok_or(HeadFault::NoKey)?;
    let origin = origin(board, own.party, peer).ok_or(HeadFault::NoKey)?;
    let known = board.roster.parties.get(&own.party).ok_or(HeadFault::NoKey)?;
    let signed = known
        .key_lists
        .iter()
        .rev()
        .find_map(|accepted| {
            let key = PublicKey::from_bytes(accepted.list.key_for(Purpose::Ledger)?).ok()?;
            let key = NoteKey::new(&names::ledger_key_name(&own.party), NoteAlgorithm::Ed25519, key).ok()?;
            SignedCheckpoint::open(note, &origin, &key).ok()
        })
        .ok_or(HeadFault::NotSigned)?;
    let witness = note_key(board, peer, Purpose::Witness).ok_or(HeadFault::NoKey)?;
    let cosigned_at = signed.cosigned_at(&witness).map_err(|_| HeadFault::NotCosigned)?;
    let head = event::head(peer.as_str(), note.clone()).map_err(|_| HeadFault::Unreadable)?;
    // The record keeps the earliest time under the witness's name, whatever key a line names: a line beside the
    // verified one must not bring a time that nobody signed.
    if head.cosigned_at != Some(cosigned_at.seconds()) {
        return Err(HeadFault::NotCosigned);
    }
    Ok(head)
}

/// Whether our own signature on a head of ours is by the key in force, and not by one that a later list replaced.
pub fn is_by_key_in_force(board: &Board, peer: Party, note: &[u8]) -> bool {
    let Some(own) = board.own else { return false };
    let signer = origin(board, own.party, peer).zip(note_key(board, own.party, Purpose::Ledger));
    signer.is_some_and(|(origin, key)| SignedCheckpoint::open(note, &origin, &key).is_ok())
}

fn origin(board: &Board, keeper: Party, other: Party) -> Option<String> {
    Some(names::ledger_origin(board.ledger_end(keeper)?, board.ledger_end(other)?))
}

/// The note key of a Party's newest key list.
fn note_key(board: &Board, party: Party, purpose: Purpose) -> Option<NoteKey> {
    let list = &board.roster.parties.get(&party)?.newest()?.list;
    let key = PublicKey::from_bytes(list.key_for(purpose)?).ok()?;
    match purpose {
        Purpose::Witness => {
            NoteKey::new(&names::witness_key_name(&party), NoteAlgorithm::Cosignature, key).ok()
        }
        Purpose::Ledger => NoteKey::new(&names::ledger_key_name(&party), NoteAlgorithm::Ed25519, key).ok(),
        Purpose::List | Purpose::Tls | Purpose::Message | Purpose::Record => None,
    }
}
