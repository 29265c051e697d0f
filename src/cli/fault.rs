//! Why a command did not do what was asked: one clear sentence for whoever typed it.
//!
//! Never here: a rule, or text from outside that was not made safe to show.

use std::fmt;

use crate::domain::text::shown;
use crate::peers::dial;

/// One sentence. Every error of the rooms below has one of its own.
#[derive(Debug)]
pub struct Fault(String);

impl Fault {
    pub fn new(sentence: impl Into<String>) -> Fault {
        Fault(sentence.into())
    }

    /// What the node answered other than yes; or, where no connection came about, why.
    pub fn of_call(status: &tonic::Status) -> Fault {
        match dial::fault_under(status) {
            Some(fault) => Fault(format!("the node can't be reached: {}", shown(&fault.to_string()))),
            None => Fault(shown(status.message())),
        }
    }
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Fault {
        Fault(error.to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
