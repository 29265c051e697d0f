//! Message formats that a regime lays down: code, fields in order, who sends to whom, what must come
//! before, and the reply that is owed.
//!
//! Never here: a message of such a format.

use std::collections::BTreeSet;

use super::lead::{Unit, Zone};
use super::rules::Addressed;
use super::{Ground, Labels};

/// One format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Format {
    pub title: Labels,
    /// Empty if the regime names the format and does not lay down its content.
    pub fields: Vec<FormatField>,
    /// Who may send it; anybody, if none is named.
    pub sent_by: BTreeSet<Addressed>,
    pub to: BTreeSet<Addressed>,
    /// Codes of formats of which a message must have gone before, and is referred to.
    pub after: BTreeSet<String>,
    pub reply: Option<Reply>,
    pub ground: Ground,
}

/// One field, in the order in which it is printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FormatField {
    pub name: String,
    pub label: Labels,
    pub holds: Holds,
    pub owed: Owed,
}

/// When a field is owed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owed {
    Always,
    IfAny,
}

/// What a field holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Holds {
    Text,
    Number,
    /// One of these, each with its label.
    Choice(Vec<(String, Labels)>),
    /// With its zone.
    Date,
    Area,
    Party,
    /// Several short ones.
    Texts,
    Figures,
    /// Another message.
    Reference,
    /// Entries with fields of their own.
    List(Vec<FormatField>),
}

impl Holds {
    pub fn word(&self) -> &'static str {
        match self {
            Holds::Text => "text",
            Holds::Number => "number",
            Holds::Choice(_) => "choice",
            Holds::Date => "date",
            Holds::Area => "area",
            Holds::Party => "Party",
            Holds::Texts => "texts",
            Holds::Figures => "figures",
            Holds::Reference => "reference",
            Holds::List(_) => "list",
        }
    }
}

/// The answer that is owed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// Its code.
    pub format: String,
    pub within: u64,
    pub unit: Unit,
    /// By whose wall days are counted; hours go by none.
    pub zone: Zone,
    pub anchor: ReplyAnchor,
    pub ground: Ground,
}

/// From when the reply's time runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplyAnchor {
    /// The release of what is replied to.
    Issue,
    Receipt,
    /// A date in the format, by the field's name.
    Field(String),
}
