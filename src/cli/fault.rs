//! Why a command did not do what was asked: one clear sentence for whoever typed it.
//!
//! Never here: a rule, or text from outside that was not made safe to show.

use std::fmt;
use std::process::ExitCode;

use tonic_types::StatusExt as _;

use crate::domain::text::{Safety, shown, with_safety};
use crate::peers::dial;

/// One sentence. Every error of the rooms below has one of its own.
#[derive(Debug)]
pub struct Fault {
    sentence: String,
    exit_code: u8,
}

/// What went wrong is in the sentence alone. Clap ends with 2 where a command line can't be read.
const EXIT_CODE: u8 = 1;

impl Fault {
    /// What is in the sentence goes to a terminal: a path, or what another program said, is not to drive it.
    pub fn new(sentence: impl Into<String>) -> Fault {
        Fault { sentence: safe(&sentence.into()), exit_code: EXIT_CODE }
    }

    /// For an outcome that programs must tell from every fault.
    pub fn with_exit_code(self, exit_code: u8) -> Fault {
        Fault { exit_code, ..self }
    }

    /// Where the node names a field that is an argument under the same name: by the argument, as it was to be typed.
    pub fn of_argument(self, name: &str) -> Fault {
        let field = format!("field {name}: ");
        match self.sentence.strip_prefix(field.as_str()) {
            Some(rule) => Fault { sentence: format!("--{name}: {rule}"), exit_code: self.exit_code },
            None => self,
        }
    }

    /// What the program ends with.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.exit_code)
    }

    /// What the node answered other than yes; or, where no connection came about, why.
    pub fn of_call(status: &tonic::Status) -> Fault {
        match dial::fault_under(status) {
            Some(fault) => Fault::new(format!("the node can't be reached: {}", shown(&fault.to_string()))),
            None if was_cut(status) => Fault::new(
                "the node ended the connection before it answered: it does not take this certificate (not on \
                 the roster, revoked, or out of date), or it was stopped; a command may be given again with \
                 the same --command-id",
            ),
            None if was_cut_off(status) => Fault::new(
                "the node ended the connection while it answered: the certificate was revoked, the roster \
                 changed, or the node was stopped; see whether the node runs and whether you are still on its \
                 roster, then ask again",
            ),
            None => Fault::new(shown(status.message()) + &all_faults(status)),
        }
    }
}

/// Lines stay lines, and a backslash one backslash: what was made safe before stays as it is.
fn safe(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len());
    for (character, safety) in with_safety(sentence) {
        match (character, safety) {
            ('\n', _) | (_, Safety::Safe) => out.push(character),
            (_, Safety::Unsafe) => out.extend(character.escape_unicode()),
        }
    }
    out
}

/// Under TLS 1.3 a caller that is not taken learns it only after its first words: no status of ours
/// reaches it, the connection just ends.
fn was_cut(status: &tonic::Status) -> bool {
    use std::error::Error as _;
    status.source().is_some_and(|source| source.is::<tonic::transport::Error>())
}

/// A connection that ended in the middle of an answer: this status was made here, by the transport.
fn was_cut_off(status: &tonic::Status) -> bool {
    use std::error::Error as _;
    let mut source = status.source();
    while let Some(one) = source {
        if one.is::<std::io::Error>() {
            return true;
        }
        source = one.source();
    }
    status.message().starts_with("h2 protocol error")
}

/// Where a draft was refused for its faults: each on a line of its own.
fn all_faults(status: &tonic::Status) -> String {
    let details = status.get_error_details();
    if details.error_info().is_none_or(|info| info.reason != "FAULTS") {
        return String::new();
    }
    let violations = details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default();
    violations
        .iter()
        .map(|fault| format!("\n  {}: {}", shown(&fault.field), shown(&fault.description)))
        .collect()
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Fault {
        Fault::new(error.to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_an_argument_is_named_as_it_is_typed_and_what_else_went_wrong_stays_as_it_is() {
        let told = |sentence: &str| Fault::of_call(&tonic::Status::invalid_argument(sentence));
        let named = told("field with: is required").of_argument("with");
        assert_eq!(named.to_string(), "--with: is required");
        let another = told("field thread: no such").of_argument("with");
        assert_eq!(another.to_string(), "field thread: no such");
    }
}
