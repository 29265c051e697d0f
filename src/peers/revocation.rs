//! Revocation lists that come from elsewhere: whether one may take the place of the one on record.

use bytes::Bytes;

use super::certificate::{Authority, RevocationList};
use crate::domain::party::Party;

/// Whether `der` is a whole list that one of the Party's authorities signed, and newer than `held`.
/// A list that can't be read, or is of somebody else, is never newer.
pub fn is_newer_list(party: Party, authorities: &[Bytes], held: Option<&[u8]>, der: &[u8]) -> bool {
    authorities.iter().any(|authority| {
        let Ok(authority) = Authority::parse(authority, &party) else { return false };
        let Some(offered) = RevocationList::parse(der, &authority) else { return false };
        let held = held.and_then(|held| RevocationList::parse(held, &authority));
        held.is_none_or(|held| offered.age > held.age)
    })
}
