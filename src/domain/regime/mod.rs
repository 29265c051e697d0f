//! Rules between States as data: what a regime file says, and how a form stands under it.
//!
//! Never here: a number, a field or a class of any treaty. Those stand in regime files; a file that a
//! treaty office writes today is judged by the same code. Nor bytes and their reading (`codec/regime`),
//! nor who has adopted what. A check never refuses: it says what it finds.
//!
//! What stands where:
//!
//! - rules as data: `rules.rs`, `figure.rs`, `fact.rs`, `condition.rs`, `lead.rs`, `duty.rs`, `format.rs`,
//!   `numbering.rs`, `label.rs`, `place.rs`
//! - the check: `check.rs`, what it is asked about (`asked.rs`, `subject.rs`), its answers (`judge.rs`, `copies.rs`,
//!   `formatted.rs`)
//! - numbers: `measure.rs`, `rows.rs`, `cells.rs`, `peak.rs`, `account.rs`, `quantity.rs`
//! - dates: `moment.rs`, `days.rs`, `timing.rs`, `due.rs`, `reply.rs`
//! - what is held beside the form: `beside.rs`, `group.rs`, `together.rs`, `whose.rs`, `gone.rs`, `tally.rs`
//! - what is found: `finding.rs`, `format_finding.rs`, `lack.rs`
//! - findings in words: `lines.rs`, `format_lines.rs`, `group_lines.rs`, `tally_lines.rs`, `reply_lines.rs`,
//!   `words.rs`
//! - rules in words: `describe.rs`, `difference.rs`, `duty_lines.rs`, `phrases.rs`, `terms.rs`, `paragraphs.rs`,
//!   `channels.rs`

pub mod account;
mod asked;
pub mod beside;
mod cells;
pub mod channels;
pub mod check;
pub mod condition;
mod copies;
mod days;
pub mod describe;
pub mod difference;
pub mod due;
pub mod duty;
mod duty_lines;
pub mod fact;
pub mod figure;
pub mod finding;
pub mod format;
pub mod format_finding;
mod format_lines;
mod formatted;
mod gone;
pub mod group;
mod group_lines;
pub mod judge;
pub mod label;
mod lack;
pub mod lead;
mod lines;
mod measure;
mod moment;
pub mod numbering;
pub mod paragraphs;
mod peak;
mod phrases;
pub mod place;
pub mod quantity;
pub mod reply;
mod reply_lines;
mod rows;
pub mod rules;
pub mod subject;
pub mod tally;
mod tally_lines;
mod terms;
mod timing;
mod together;
mod whose;
mod words;

use std::collections::BTreeMap;
use std::fmt;

pub use asked::{Asked, Recipients, Referred};
pub use beside::{Beside, Held, Looked, Stands};
pub use check::check;
pub use finding::{Answer, Finding, Verdict};
pub use formatted::faults as format_faults;
pub use judge::judge_one;
pub use label::{Labels, Languages};
pub use lack::Lack;
pub use lines::{Line, lines, lines_between, silence};
pub use moment::zone_named;
pub use reply_lines::asked_by;
pub use subject::shape_in;
pub use words::lack as lacking;

use crate::domain::content::Kind;
use crate::domain::digest::Digest;

/// Where a rule or a number stands, and whether anybody read it there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ground {
    /// Such as `chapter V, para 40`. Not safe to show.
    pub paragraph: String,
    pub standing: Standing,
}

/// Whether a number was compared with the source that the regime names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Standing {
    Checked,
    Unchecked,
}

impl Standing {
    /// Unchecked if either is.
    pub fn and(self, other: Standing) -> Standing {
        self.max(other)
    }

    /// What is said on every line that rests on it; empty if it was checked.
    pub fn words(self) -> &'static str {
        match self {
            Standing::Checked => "",
            Standing::Unchecked => "rests on an unchecked number",
        }
    }
}

/// What kind of promise a regime is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    Legal,
    Political,
    Voluntary,
}

impl Nature {
    pub const ALL: [Nature; 3] = [Nature::Legal, Nature::Political, Nature::Voluntary];

    pub fn word(self) -> &'static str {
        match self {
            Nature::Legal => "legal",
            Nature::Political => "political",
            Nature::Voluntary => "voluntary",
        }
    }

    pub fn from_word(word: &str) -> Option<Nature> {
        Nature::ALL.into_iter().find(|nature| nature.word() == word)
    }
}

/// What a rule is for: a kind of exercise form, or a format that the regime itself lays down.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Document {
    Kind(Kind),
    /// By its code.
    Format(String),
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Document::Kind(kind) => f.write_str(kind.word()),
            Document::Format(code) => write!(f, "format {}", crate::domain::text::shown(code)),
        }
    }
}

/// The regime that another one takes its rules from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inherits {
    pub regime: String,
    /// SHA-256 of that regime's exact file.
    pub digest: Digest,
}

/// Who a regime is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    pub name: String,
    pub edition: u64,
    pub title: Labels,
    /// Which text it was written down from, and what was not compared with it.
    pub source: String,
    pub nature: Nature,
    pub inherits: Option<Inherits>,
    /// SHA-256 of the exact bytes of the file: the regime's identity.
    pub digest: Digest,
}

/// A whole regime, its own rules and those that it inherits. Every name in it is known, no rule stands
/// on itself, and everything is within its limits: `codec/regime` lets nothing else through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Regime {
    pub head: Head,
    pub figures: BTreeMap<String, figure::FigureRule>,
    pub facts: BTreeMap<String, fact::FactRule>,
    pub classes: BTreeMap<String, rules::Class>,
    pub thresholds: BTreeMap<String, rules::Threshold>,
    pub leads: BTreeMap<String, lead::Lead>,
    pub calendars: BTreeMap<String, lead::Calendar>,
    pub required: BTreeMap<String, rules::Required>,
    pub addressees: BTreeMap<String, rules::Addressees>,
    pub senders: BTreeMap<String, rules::Sender>,
    pub silences: BTreeMap<String, rules::Silence>,
    pub confidentiality: Option<rules::Confidentiality>,
    pub channels: BTreeMap<String, rules::Channel>,
    pub number: Option<rules::Number>,
    pub quotas: BTreeMap<String, rules::Quota>,
    pub functions: BTreeMap<String, rules::Function>,
    pub duties: BTreeMap<String, duty::DutyRule>,
    /// By code.
    pub formats: BTreeMap<String, format::Format>,
}
