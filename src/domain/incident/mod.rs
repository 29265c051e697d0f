//! What is said about a hazardous incident: its forms, and the picture that the messages of a thread add up to.
//!
//! Never here: a choice between accounts, a clock, whom it concerns. Whoever was hit, whose forces did it, and
//! whoever saw it report each in its own words.

mod findings;
pub mod picture;
mod report;

pub use findings::{Closing, Finding, Measure, Promise};
pub use report::{Report, SpeaksAs, Update};

use super::form::whole;

whole!(Report, Update, Finding, Closing);
