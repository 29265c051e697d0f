//! A message handed on to a further Party: its exact bytes, and who handed them on.
//!
//! Never here: a look into those bytes (`codec/forwarded.rs`). They remain the word of who signed them, and are
//! no message of theirs to the receiver: nothing on a Board follows from them.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;

use super::digest::Digest;
use super::form::declare::form;
use super::form::faults::Faults;
use super::form::leaf::{Expected, Prose, Single, as_text};
use super::form::outline::{Leaf, Path, Rules};
use super::form::{Refused, whole};
use super::party::Party;
use crate::limits;

form! {
    /// Another Party's message, or an earlier one of one's own, handed on.
    pub struct Forwarded {
        original: Option<Enclosed>, Always, "Forwarded", "the exact bytes of the signed message, in hexadecimal digits: `detente message forward` puts them in";
        remarks: Prose, IfAny, "Remarks", "anything that you say beside it";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow";
    }
}

whole!(Forwarded);

impl Rules for Forwarded {
    fn rules(&self, _at: &Path, _faults: &mut Faults) {}
}

/// A signed message within another one, byte for byte. In a form, hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enclosed(pub Bytes);

const HEXADECIMAL: &str = "the exact bytes of a signed message: hexadecimal digits, two for each byte";

impl FromStr for Enclosed {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Enclosed, Expected> {
        let bytes = hex::decode(text).ok().filter(|bytes| !bytes.is_empty());
        bytes.map(|bytes| Enclosed(bytes.into())).ok_or(Expected(HEXADECIMAL))
    }
}

impl fmt::Display for Enclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

as_text!(Enclosed, HEXADECIMAL);

impl Single for Enclosed {
    const LEAF: Leaf = Leaf::Enclosed;

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        if self.0.len() <= limits::FORWARDED_BYTES_MAX {
            return Ok(());
        }
        let rule = format!("a message that is forwarded has at most {} bytes", limits::FORWARDED_BYTES_MAX);
        Err(Refused { field: at.to_string(), rule })
    }
}

/// What is forwarded, as far as a release turns on it. Read from the content, never written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forwards {
    pub message: Digest,
    /// As it names itself: whether its signature verifies is another question.
    pub author: Party,
    /// The only ones to whom its author lets it be given; empty: no such list.
    pub releasable_to: Vec<Party>,
}

/// Why a message may not be handed on to an addressee.
pub const NOT_TO_BE_HANDED_ON: &str =
    "the author of the message that is forwarded lets only Parties have it among which an addressee is not";
