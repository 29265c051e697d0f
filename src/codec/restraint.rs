//! What a Party does not apply towards another, as calls tell it.
//!
//! Never here: whose word it is, or a sentence (`domain/adoption/restraint.rs` has both).

use super::proto::detente::v1 as calls;
use crate::domain::adoption::{How, Restraint, Seen, Spoken};
use crate::domain::digest::Digest;
use crate::domain::time::Instant;
use crate::limits;

/// As many as are named, and how many more there are. What is said by hand, with no node, is left out.
pub fn to_proto(all: &[Restraint]) -> (Vec<calls::Restraint>, u32) {
    let named = all.iter().take(limits::RESTRAINTS_NAMED_MAX).filter_map(one).collect();
    let more = all.len().saturating_sub(limits::RESTRAINTS_NAMED_MAX);
    (named, u32::try_from(more).unwrap_or(u32::MAX))
}

fn one(restraint: &Restraint) -> Option<calls::Restraint> {
    let spoken = restraint.spoken?;
    Some(calls::Restraint {
        by: restraint.by.to_string(),
        towards: spoken.towards.to_string(),
        provision: restraint.provision.clone(),
        reserved: restraint.how == How::Reserved,
        since_ms: spoken.since.0,
        until_ms: spoken.until.map_or(0, |until| until.0),
        message_digest: spoken.message.0.to_vec().into(),
        as_told_here: spoken.seen != Seen::AtBothEnds,
        names_no_paragraph: restraint.names_none,
        not_known_towards: spoken.seen == Seen::AsToldHere,
    })
}

/// `None` for what no node says: a code or a digest that is none.
pub fn from_proto(wire: &calls::Restraint) -> Option<Restraint> {
    let spoken = Spoken {
        towards: wire.towards.parse().ok()?,
        since: Instant(wire.since_ms),
        until: (wire.until_ms != 0).then_some(Instant(wire.until_ms)),
        message: Digest::from_slice(&wire.message_digest)?,
        seen: match (wire.as_told_here, wire.not_known_towards) {
            (_, true) => Seen::AsToldHere,
            (true, false) => Seen::ToldEachOther,
            (false, false) => Seen::AtBothEnds,
        },
    };
    Some(Restraint {
        by: wire.by.parse().ok()?,
        provision: wire.provision.clone(),
        how: if wire.reserved { How::Reserved } else { How::Suspended },
        spoken: Some(spoken),
        names_none: wire.names_no_paragraph,
    })
}
