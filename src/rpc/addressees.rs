//! Reads to whom other Parties' adoptions went, and what suspends them: by that two others are known to have told each
//! other.
//!
//! Never here: who is bound to whom (`domain/adoption/bond.rs`).

use crate::domain::adoption::Addressees;
use crate::domain::digest::Digest;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// Puts to those that are known what a regime's adoptions in force at an instant name, and what suspends these.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub async fn read(
    head: &Head,
    records: &Records,
    regime: &str,
    at: Instant,
    known: &mut Addressees,
) -> Result<(), RecordFault> {
    let board = &head.board;
    let own = board.own.map(|own| own.party);
    for party in board.words.keys().copied().filter(|party| own != Some(*party)) {
        let adopted = board.adopted(party, regime, at);
        let most = limits::ADOPTIONS_READ_PER_PARTY_MAX;
        let suspending = adopted.iter().flat_map(|one| &one.suspended).map(|one| one.message);
        let adopting = adopted.iter().map(|one| one.message);
        let messages: Vec<Digest> = adopting.take(most).chain(suspending.take(most)).collect();
        for message in messages {
            if known.knows(&message) {
                continue;
            }
            if let Some(there) = board.messages.get(&message) {
                let stored = records.message(there.index, &message).await?;
                known.put(message, stored.message.draft.parties());
            }
        }
    }
    Ok(())
}
