//! Messages of sessions that are made up, for tests of what follows from them.
//!
//! Never here: one that a node would sign.

use super::session::Spoken;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::said::Said;
use crate::domain::time::Instant;

pub(crate) fn party(code: &str) -> Party {
    code.parse().expect("a Party's code")
}

/// The digest of the message that stands in this record.
pub(crate) fn digest(recorded: u64) -> Digest {
    Digest::of(&recorded.to_be_bytes())
}

pub(crate) fn spoken(recorded: u64, author: &str, to: &[&str], content: Content) -> Spoken {
    let said = Said {
        message: digest(recorded),
        number: format!("{author}/{recorded}"),
        author: party(author),
        traffic: Traffic::Real,
        released_at: Instant(0),
        content,
    };
    Spoken { said, to: to.iter().map(|code| party(code)).collect(), recorded, came_by_way: false }
}
