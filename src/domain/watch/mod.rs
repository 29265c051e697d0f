//! The watch: what waits for an officer (`open.rs`) and how it is listed (`listed.rs`), who is alerted of it and when
//! (`plan.rs`), what an officer then does (`cards.rs`), who has the watch (`hand_over.rs`), and who acknowledged what
//! (`acknowledged.rs`).
//!
//! Never here: a clock. When a step is due follows from what is on record; the Registrar puts it on record
//! once its clock says so.

pub mod acknowledged;
pub mod cards;
pub mod hand_over;
pub mod listed;
pub mod open;
pub mod plan;

pub use acknowledged::AcknowledgedBy;
pub use cards::{Card, CardsInForce, HoldingReply, WatchCards};
pub use hand_over::{HandedDuty, Holder, HoldersOfWatch, Offer, OfferedOnRecord, OwedAs};
pub use listed::{Listed, listed};
pub use open::{AlertDue, Item, Open};
pub use plan::{InForce, ON_WATCH, Rule, Step, WatchPlan};

use super::digest::Digest;
use super::people::Person;
use super::time::Instant;

/// That a step of the plan was due for a message, and whom it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alerted {
    pub message: Digest,
    /// 0, 1, 2 … for each message.
    pub step: u32,
    pub due: Instant,
    pub persons: Vec<Person>,
    pub reach: Reach,
    /// When the next step is due, unless an officer acknowledges before; `None` where no step is left.
    pub next: Option<Instant>,
}

/// How far an alert went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// To whom the step names.
    Named,
    /// To all of the watch: no step is left.
    Everyone,
}

/// What the watch of a Board is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Watch {
    pub open: Open,
    pub holders: HoldersOfWatch,
    pub acknowledged: AcknowledgedBy,
}
