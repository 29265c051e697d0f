//! Keys and key lists as they were on record when a record was written.
//!
//! Never here: a signature over anything but a key list.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::events::Seen;
use crate::codec::{key_list, signed};
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::event::{AcceptedKeyList, Change};
use crate::domain::keys::Purpose;
use crate::domain::party::Party;
use crate::evidence::keys::PublicKey;
use crate::evidence::names;
use crate::evidence::note::{NoteAlgorithm, NoteKey};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NoteUse {
    Ledger,
    Witness,
}

/// Note keys made once for each Party, and again when its newest list is another.
#[derive(Default)]
pub(super) struct NoteKeys(BTreeMap<(Party, NoteUse), Made>);

/// The digest of the newest list that the keys were made of, and the keys.
type Made = (Option<Digest>, Arc<[NoteKey]>);

impl NoteKeys {
    /// The keys under all lists of a Party on record, the newest first.
    pub fn of(&mut self, board: &Board, party: Party, used: NoteUse) -> Arc<[NoteKey]> {
        let lists = board.roster.parties.get(&party).map_or(&[][..], |known| &known.key_lists);
        let newest = lists.last().map(|newest| newest.digest);
        let (made_of, keys) = self.0.entry((party, used)).or_default();
        if *made_of != newest {
            *made_of = newest;
            *keys = lists.iter().rev().filter_map(|accepted| note_key(accepted, used)).collect();
        }
        keys.clone()
    }
}

/// The key under the newest list of a Party on record.
pub(super) fn newest(board: &Board, party: Party, used: NoteUse) -> Option<NoteKey> {
    note_key(board.roster.parties.get(&party)?.newest()?, used)
}

/// The origin of the ledger that one end of a link keeps for the other; `None` if either is not known.
pub(super) fn origin(board: &Board, keeper: Party, other: Party) -> Option<String> {
    Some(names::ledger_origin(board.ledger_end(keeper)?, board.ledger_end(other)?))
}

fn note_key(accepted: &AcceptedKeyList, used: NoteUse) -> Option<NoteKey> {
    let party = accepted.list.party;
    let (name, algorithm, purpose) = match used {
        NoteUse::Ledger => (names::ledger_key_name(&party), NoteAlgorithm::Ed25519, Purpose::Ledger),
        NoteUse::Witness => (names::witness_key_name(&party), NoteAlgorithm::Cosignature, Purpose::Witness),
    };
    let key = PublicKey::from_bytes(accepted.list.key_for(purpose)?).ok()?;
    NoteKey::new(&name, algorithm, key).ok()
}

pub(super) fn key_in(board: &Board, party: Party, list: u32, purpose: Purpose) -> Option<PublicKey> {
    let accepted = board.roster.parties.get(&party)?.numbered(list)?;
    PublicKey::from_bytes(accepted.list.key_for(purpose)?).ok()
}

/// The first list of our own stands in the first record; each later one, of any Party, must follow.
pub(super) fn next_list(board: &Board, index: u64, list: &AcceptedKeyList, seen: &mut Seen) {
    let Ok(wrapping) = signed::decode(list.signed.clone()) else {
        return seen.fault("a key list on record is no signed wrapping");
    };
    let newest = board.roster.parties.get(&list.list.party).and_then(|known| known.newest());
    let opened = match newest {
        Some(before) => {
            key_list::open_successor(&before.list, &before.digest, &wrapping).map(|(opened, _)| opened)
        }
        None if index == 0 => key_list::open_first(&wrapping),
        None => return seen.fault("a key list was accepted of a Party that was not known here"),
    };
    if let Err(fault) = opened {
        seen.fault(format!("a key list on record does not hold: {fault}"));
    }
}

pub(super) fn proposed(change: &Change, seen: &mut Seen) {
    let (Change::PartyAdded { key_lists, .. } | Change::PartyIntroduced { key_lists, .. }) = change else {
        return;
    };
    let mut before: Option<&AcceptedKeyList> = None;
    for list in key_lists {
        let opened = match (signed::decode(list.signed.clone()), before) {
            (Err(fault), _) => Err(fault.into()),
            (Ok(wrapping), None) => key_list::open_first(&wrapping),
            (Ok(wrapping), Some(before)) => {
                key_list::open_successor(&before.list, &before.digest, &wrapping).map(|(list, _)| list)
            }
        };
        if let Err(fault) = opened {
            seen.fault(format!("a key list in a proposed Party does not hold: {fault}"));
        }
        before = Some(list);
    }
}
