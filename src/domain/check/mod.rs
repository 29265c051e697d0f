//! Checks of links: when they are due and whose turn it is (`plan.rs`), what is on record of each (`state.rs`), the
//! messages that make and answer them (`forms.rs`), whether these say what was agreed on (`words.rs`), and which of
//! them wait at this end (`waiting.rs`).
//!
//! Never here: a clock, or a reason why a check was missed. What is on record says what is known at this end.

mod forms;
mod noted;
mod outages;
mod plan;
mod state;
mod waiting;
mod words;

pub use forms::{Check, CheckAnswer};
pub use noted::{Account, CheckNoted, CheckToSend, Known, What};
pub use outages::{Announced, Outages, TakenBack};
pub use plan::{CheckPlan, ChecksInForce, Due, Line, LinkPlan, Rule, Times, Turn};
pub use state::{Checks, Kept, LinkChecks, Of, Part, Said, State, Step};
pub use waiting::{Act, Waiting, not_on_record, to_be_sent, waiting_for_officer};
pub use words::{Called, CheckSaid, CheckWords, NotAgreed, OfLink, Outage, earliest};

use super::digest::{Digest, ThreadId};
use super::form::whole;
use super::party::Party;
use super::precedence::Precedence;
use super::time::Instant;

/// On which lane checks and their answers go.
pub const PRECEDENCE: Precedence = Precedence::Priority;

whole!(Check, CheckAnswer);

/// The thread of one check: the same at both ends, where both have a check of this name that is due at this instant.
/// `proto/detente/evidence/v1/hotline.proto` lays down the bytes.
pub fn thread_of(one: Party, other: Party, check: &str, due: Instant) -> ThreadId {
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    let due = due.0.to_be_bytes();
    let parts: [&[u8]; 8] = [
        b"detente check 1\0",
        low.as_str().as_bytes(),
        b"\0",
        high.as_str().as_bytes(),
        b"\0",
        check.as_bytes(),
        b"\0",
        &due,
    ];
    let Digest(bytes) = Digest::of_all(&parts);
    let mut thread = [0; 16];
    thread.copy_from_slice(&bytes[..16]);
    ThreadId(thread)
}
