//! What is wrong with bytes that can't be decoded.
//!
//! Never here: the bytes themselves, or anything that a Party wrote.

/// The field that can't be read, by its name in the proto, and the rule that it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct DecodeFault {
    pub field: &'static str,
    pub rule: &'static str,
}

impl DecodeFault {
    pub fn new(field: &'static str, rule: &'static str) -> DecodeFault {
        DecodeFault { field, rule }
    }
}
