//! What may be said in any thread, under any rules or none: questions about a message and answers to them, plain
//! text, notice of planned outages, and that a message is taken back.
//!
//! Never here: a question's or an answer's worth, a clock for it. Translations and forwardings have rooms of their
//! own (`translation/`, `forwarded.rs`).

pub mod asked;
mod clarification;
mod texts;

pub use clarification::{Answer, Answered, HowAnswered, Question, Questioned};
pub use texts::{MessageWithdrawal, ServiceMessage, Text};

use super::form::whole;

whole!(Question, Answer, Text, ServiceMessage, MessageWithdrawal);
