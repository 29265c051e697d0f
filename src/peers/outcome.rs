//! What became of one delivery, by whichever way it came, and how a peer that called is told.
//!
//! Never here: how it is judged (`receive.rs`, and the Board).

use bytes::Bytes;

use super::exchange::Link;
use super::receive::{NotTaken, Unfit};
use crate::codec::proto::detente::v1::DeliveryAnswer;
use crate::codec::proto::detente::v1::delivery_answer::Answer;
use crate::domain::refusal::NotNow;

/// By which way deliveries came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Link,
    /// In a file, by somebody's hand: whether it may be taken was found out before, and the record of this index says
    /// who took it.
    Carried(u64),
}

impl Way {
    /// As it stands on record with what came.
    pub fn carried_by(self) -> Option<u64> {
        match self {
            Way::Link => None,
            Way::Carried(noted) => Some(noted),
        }
    }
}

/// What became of one delivery.
pub(super) enum Outcome {
    /// Exact bytes of a ProvenReceipt.
    Receipt(Bytes),
    NotNow(NotNow),
    /// The serial that comes next on the lane.
    ExpectedSerial(u64),
    NotTaken(NotTaken),
}

impl From<Outcome> for DeliveryAnswer {
    fn from(outcome: Outcome) -> DeliveryAnswer {
        DeliveryAnswer {
            answer: Some(match outcome {
                Outcome::Receipt(proven) => Answer::Receipt(proven),
                Outcome::NotNow(not_now) => Answer::NotNow(not_now.reason().into()),
                Outcome::ExpectedSerial(serial) => Answer::ExpectedSerial(serial),
                Outcome::NotTaken(fault) => Answer::NotTaken(fault.reason().into()),
            }),
        }
    }
}

impl Way {
    /// What the other end sent is counted on the link. What is wrong in a file may be of whoever brought it.
    pub fn count_not_taken(self, link: &Link) {
        if self == Way::Link {
            link.state.count_not_taken();
        }
    }
}

/// Of what did not become a command. It is counted on the link by which it came.
pub(super) fn unfit_outcome(link: &Link, way: Way, fault: Unfit) -> Outcome {
    match fault {
        Unfit::NotTaken(fault) => {
            way.count_not_taken(link);
            Outcome::NotTaken(fault)
        }
        Unfit::NotNow(not_now) => {
            link.state.count_not_now();
            link.state.ask_for_beat();
            Outcome::NotNow(not_now)
        }
    }
}
