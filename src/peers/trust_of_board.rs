//! The picture of trust that a Board gives: whoever is on record, and nobody else.
//!
//! Never here: a file, a default, a second source. What a configuration says about a Party counts
//! nothing until two custodians have put it on record.

use super::trust::{PartyKeys, Roster, Trust};
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::keys::Purpose;
use crate::domain::party::Party;
use crate::domain::roster::KnownParty;

/// `None` until the journal is opened.
pub fn trust_of(board: &Board) -> Option<Trust> {
    let own = board.own?.party;
    let mut peers = Vec::new();
    let mut ours = None;
    for (party, known) in &board.roster.parties {
        let keys = keys_of(*party, known)?;
        if *party == own { ours = Some(keys) } else { peers.push(keys) }
    }
    let roster: Roster = board
        .roster
        .members
        .iter()
        .map(|(key, member)| (*key, (member.person.clone(), member.roles.clone())))
        .collect();
    Some(Trust::new(ours?, peers, roster))
}

fn keys_of(party: Party, known: &KnownParty) -> Option<PartyKeys> {
    let newest = &known.newest()?.list;
    Some(PartyKeys {
        party,
        authorities: newest.ca_certificates.iter().map(|der| der.to_vec()).collect(),
        tls_keys: newest.keys_for(Purpose::Tls).map(|key| Digest(*key)).collect(),
        revocation_lists: known.revocation_list.iter().map(|list| list.der.to_vec()).collect(),
    })
}
