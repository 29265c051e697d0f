//! What a check finds of a formatted message under its format.
//!
//! Never here: sentences (`format_lines.rs`), or a decision.

use std::collections::BTreeSet;

use super::Ground;
use super::reply::Clock;
use crate::domain::form::Instead;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// What the regime has of the format that a message names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormatState {
    LaidDown,
    /// The regime names the format, and no fields of it.
    NotLaidDown,
    NotInRegime,
}

/// What is wrong with a field under its format. Never stops the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldFault {
    Missing,
    /// To follow, or not to be known.
    Said(Instead),
    NotInFormat,
    /// Nothing, or of a type that this program does not know.
    NotKnown,
    WrongType {
        asked: &'static str,
        given: &'static str,
    },
    NotAChoice {
        words: Vec<String>,
    },
    OutOfOrder,
    /// Of the type that is asked for, and wrong by itself: no Party's code, no date.
    Unfit {
        /// To be read after the field's name.
        rule: String,
    },
}

/// Whether the author may send a message of this format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SenderState {
    May,
    MayNot,
    /// Those whom the regime binds may, and it binds the author to nobody who is known here.
    NotBound,
    Unknown,
}

/// Whether a message of a format is among those that are referred to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrecedentState {
    Here,
    /// One of the references is not held here: it may be the one.
    NotHere,
    /// One of the references is by a number alone: it may be the one.
    ByNumber,
    NotReferredTo,
    /// Nobody looked.
    Unknown,
}

/// The reply that is owed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    pub rule: super::format::Reply,
    /// The instant at which its time ends, where the message alone says it.
    pub by: Option<Instant>,
    /// How it stands with each that is asked, as far as it is known here.
    pub clocks: Vec<Clock>,
    /// Those asked to act who are not bound to the author by the regime, as far as it is known here: they are asked,
    /// and owe nothing.
    pub not_bound: BTreeSet<Party>,
    /// Nobody else is asked.
    pub is_owed_by_nobody: bool,
}

/// That the message is the reply that another one asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RepliesTo {
    /// The official number of what it replies to: not safe to show.
    pub number: String,
    /// The code of its format.
    pub format: String,
    pub clock: Clock,
    /// Whether its author is bound to whoever asks, as far as it is known here: else nothing is owed, and no time runs.
    pub is_owed: bool,
    /// The official number of the message by which its author took it back: it is no reply any more. Not safe to show.
    pub withdrawn_by: Option<String>,
    pub ground: Ground,
}
