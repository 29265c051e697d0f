//! What a check is asked about: all that it needs to know beside the form.
//!
//! Never here: where that comes from, or a judgement.

use std::collections::{BTreeMap, BTreeSet};

use super::beside::Beside;
use super::reply::Replies;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// What a check needs to know beside the form. What is not known leaves its lines unjudged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// When it is released, or was.
    pub released_at: Option<Instant>,
    /// Whom the message goes to; `None` if nobody has said yet.
    pub addressed: Option<Recipients>,
    /// The Parties bound by the regime, without the author; `None` if that is not known here.
    pub bound: Option<BTreeSet<Party>>,
    /// Those of them of which it is not known here whether they and the author are bound to each other.
    pub uncertain: BTreeSet<Party>,
    /// Who holds which function then; one that is not named is held by nobody who is known here.
    pub held: BTreeMap<String, Party>,
    /// Who speaks; `None` if nobody has said yet.
    pub author: Option<Party>,
    /// What the message refers to; `None` if nobody looked.
    pub referred: Option<Vec<Referred>>,
    /// What is held of replies to it, and of what it replies to; `None` if nobody looked.
    pub replies: Option<Replies>,
    /// How it is marked; `None` if nobody has said yet.
    pub marking: Option<String>,
    /// What is held beside it; `None` if nobody looked.
    pub beside: Option<Beside>,
}

/// A message that another one refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Referred {
    /// Of a format, under the name of its regime; empty where that regime is not held here.
    Formatted {
        regime: String,
        format: String,
    },
    Other,
    NotHere,
    /// Named by its number alone: nothing is found by that.
    ByNumber,
}

/// Whom a message goes to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recipients {
    pub action: BTreeSet<Party>,
    pub information: BTreeSet<Party>,
}
