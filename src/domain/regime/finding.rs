//! What a check finds: typed, so that every reader says the same of it.
//!
//! Never here: sentences (`lines.rs`), or a decision. Nothing that is found stops a true notice.

use std::collections::BTreeSet;

use super::account::Account;
use super::condition::{Bound, Over};
use super::format_finding::{FieldFault, FormatState, PrecedentState, RepliesTo, Reply, SenderState};
use super::group::{Group, GroupFigure};
use super::lack::Lack;
use super::quantity::Quantity;
use super::rules::Addressed;
use super::tally::Tally;
use super::{Document, Ground, Standing};
use crate::domain::form::Instead;

/// One thing that a regime says of a form. Names are the regime's own; texts are not safe to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// A class that the other rules stand on.
    Class {
        name: String,
        entry: Option<String>,
        verdict: Verdict,
        ground: Ground,
    },
    Threshold {
        name: String,
        entry: Option<String>,
        verdict: Verdict,
        ground: Ground,
    },
    /// A lead rule that applies, or of which that can't be judged.
    Lead {
        name: String,
        applies: Verdict,
        timings: Vec<Timing>,
        ground: Ground,
    },
    /// The regime has no lead rule for such a document.
    NoLead {
        document: Document,
    },
    /// Of the fields that a rule asks for: those that are not given.
    Required {
        name: String,
        applies: Verdict,
        given: usize,
        open: Vec<Open>,
        /// How many more there are that are not listed.
        more: usize,
        ground: Ground,
    },
    Addressees {
        name: String,
        applies: Verdict,
        copies: Vec<Copy>,
        ground: Ground,
    },
    /// What silence about it counts as.
    Silence {
        name: String,
        ground: Ground,
    },
    /// In which format a message is.
    Format {
        code: String,
        state: FormatState,
    },
    /// What is wrong with its fields, by their paths, under their format; all is well if there is none.
    FormatFields {
        faults: Vec<(String, FieldFault)>,
        /// How many more there are that are not listed.
        more: usize,
        ground: Ground,
    },
    /// Whether the author may send it.
    Sender {
        allowed: BTreeSet<Addressed>,
        state: SenderState,
        ground: Ground,
    },
    /// Whether a message that must have gone before is referred to.
    Precedent {
        code: String,
        state: PrecedentState,
        ground: Ground,
    },
    Reply(Reply),
    RepliesTo(RepliesTo),
    Confidentiality {
        marked: Marked,
        ground: Ground,
    },
    /// It counts towards a quota. Informs, and no more.
    Quota {
        name: String,
        applies: Verdict,
        /// `None` if nobody looked at what is held beside it.
        tallies: Option<Vec<Tally>>,
        ground: Ground,
    },
    /// What is stated, or contested, to be the same activity.
    Group(Group),
    /// A figure of several notices of one activity.
    GroupFigure(GroupFigure),
    /// A class that its thresholds stand on, judged likewise.
    GroupClass {
        name: String,
        verdict: Verdict,
        ground: Ground,
    },
    /// A threshold, judged on the sums of several notices of one activity.
    GroupThreshold {
        name: String,
        verdict: Verdict,
        /// Of the single notice.
        alone: Answer,
        ground: Ground,
    },
}

/// How a draft is marked, beside what the regime lays down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Marked {
    /// Or nothing is laid down.
    AsAsked,
    Otherwise,
    /// It bears no marking at all.
    Not,
    /// Nobody said how.
    Unknown,
}

/// Whether a condition holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Answer {
    Reached,
    NotReached,
    CantBeJudged,
}

impl Answer {
    pub fn words(self) -> &'static str {
        match self {
            Answer::Reached => "reached",
            Answer::NotReached => "not reached",
            Answer::CantBeJudged => "can't be judged",
        }
    }
}

/// An answer, and all that it was made from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    pub answer: Answer,
    /// What would have to be stated, or agree, for it to be judged; empty if it was.
    pub lacking: BTreeSet<Lack>,
    /// Each number and fact that was looked at.
    pub points: Vec<Point>,
    /// Whether the answer rests on a number that nobody checked.
    pub standing: Standing,
}

/// One number or fact that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Point {
    Figure {
        figures: Vec<String>,
        over: Over,
        /// Which Party, territory, kind or phase it is of; empty for the whole.
        of: String,
        declared: Quantity,
        bound: Bound,
        number: u64,
        answer: Answer,
        /// The sums that its author states, and ours of the parts, where there are several.
        accounts: Vec<Account>,
        ground: Ground,
    },
    Fact {
        name: String,
        answer: Answer,
    },
    Class {
        name: String,
        answer: Answer,
        standing: Standing,
    },
    Threshold {
        name: String,
        answer: Answer,
        standing: Standing,
    },
    Lasting {
        /// From which place of the form to which.
        from: String,
        to: String,
        bound: Bound,
        hours: u64,
        answer: Answer,
        ground: Ground,
    },
}

/// How a lead rule stands against one date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timing {
    /// The path of the date; empty where none is needed.
    pub at: String,
    /// The phase or entry that it belongs to; empty if it is the form's own.
    pub entry: String,
    /// As the form states it.
    pub stated: String,
    /// By whose wall days were counted; empty for hours.
    pub zone: String,
    pub outcome: Outcome,
}

/// How what is told stands against a lead time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    OnTime {
        spare: Span,
    },
    Late {
        by: Span,
        start: Start,
    },
    CantBeJudged(Lack),
    /// The regime sets no time.
    NoneAgreed,
}

/// Whether what is told of had begun when it was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    Ahead,
    Past,
}

/// A length of time, as far as the form states it to the day or the minute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub least: u64,
    pub most: u64,
    pub of: SpanUnit,
}

/// What a length of time is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpanUnit {
    Minutes,
    Days,
    WorkingDays,
}

/// A field that is owed and not given.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Open {
    pub at: String,
    pub state: OpenState,
}

/// What stands in the place of what is owed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OpenState {
    Missing,
    Said(Instead),
}

/// Whom the regime names, and whether the draft does.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Copy {
    pub who: Addressed,
    pub asked: CopyAs,
    pub state: CopyState,
}

/// For what somebody is to have a copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CopyAs {
    Action,
    Information,
}

/// Whether those whom a rule names have their copy.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CopyState {
    Held,
    /// These are lacking.
    Lacking(BTreeSet<crate::domain::party::Party>),
    /// These, if they and the author are bound to each other, which is not known here.
    MayLack(BTreeSet<crate::domain::party::Party>),
    /// Nobody is known here to hold the function.
    NoHolder,
    /// The regime's text binds nobody to the author.
    NobodyBound,
    /// Nobody said who that is, or whom the draft goes to.
    Unknown,
}
