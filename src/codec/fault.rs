//! What is wrong with bytes that can't be decoded.
//!
//! Never here: the bytes themselves, or anything that a Party wrote.

use std::fmt;

/// The field that can't be read, by its name in the proto, and the rule that it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct DecodeFault {
    pub field: &'static str,
    pub rule: Rule,
}

/// What would be right. A bound is told with its number: who has to keep to it need not look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A sentence.
    Says(&'static str),
    /// No more of these than so many.
    AtMost { most: usize, of: &'static str },
}

impl DecodeFault {
    pub fn new(field: &'static str, rule: &'static str) -> DecodeFault {
        DecodeFault { field, rule: Rule::Says(rule) }
    }

    /// There is more of it, such as `bytes`, than a bound allows.
    pub fn at_most(field: &'static str, most: usize, of: &'static str) -> DecodeFault {
        DecodeFault { field, rule: Rule::AtMost { most, of } }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Says(rule) => f.write_str(rule),
            Rule::AtMost { most, of } => write!(f, "at most {most} {of}"),
        }
    }
}
