//! Reads to whom other Parties' adoptions went: by that two others are known to have told each other.
//!
//! Never here: who is bound to whom (`domain/adoption/bond.rs`).

use crate::domain::adoption::Addressees;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// Puts to those that are known what a regime's adoptions in force at an instant name.
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
        for adopted in board.adopted(party, regime, at).iter().take(limits::ADOPTIONS_READ_PER_PARTY_MAX) {
            if known.knows(&adopted.message) {
                continue;
            }
            if let Some(there) = board.messages.get(&adopted.message) {
                let stored = records.message(there.index, &adopted.message).await?;
                known.put(adopted.message, stored.message.draft.parties());
            }
        }
    }
    Ok(())
}
