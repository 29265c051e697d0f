//! Who has the watch of which desk. It goes from one officer to another by the word of both on one digest of
//! what is open.
//!
//! Never here: who may have it (the roster).

use imbl::OrdMap;

use crate::domain::digest::Digest;
use crate::domain::duty::{Duty, DutyNumber, State};
use crate::domain::office::OfficeKey;
use crate::domain::people::Person;
use crate::domain::time::Instant;

/// By desk; the central one is empty.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HoldersOfWatch {
    pub holders: OrdMap<OfficeKey, Holder>,
    pub offers: OrdMap<OfficeKey, Offer>,
}

/// Who has the watch, and since when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    pub person: Person,
    pub since: Instant,
    /// The record by which it was offered.
    pub offered: u64,
}

/// A hand-over that waits for the second officer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub by: Person,
    pub to: Person,
    pub digest: Digest,
    pub at: Instant,
    /// The record that holds it: what comes after was not named by who leaves.
    pub index: u64,
}

/// What the first officer puts on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferedOnRecord {
    pub desk: String,
    pub to: Person,
    pub digest: Digest,
    /// What is open, by digest.
    pub open: Vec<Digest>,
    /// How much more is open than is named.
    pub open_more: u64,
    /// How many steps of the plan were on record for each of `open`. An older fold named none, and no duties.
    pub steps: Vec<u32>,
    /// What this Party owes, in the order in which the digest covers it.
    pub duties: Vec<HandedDuty>,
    /// How many more duties there are than are named.
    pub duties_more: u64,
}

/// A duty of this Party, as a hand-over names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HandedDuty {
    pub number: DutyNumber,
    pub due: Instant,
    pub owed_as: OwedAs,
}

/// How what is owed and was not given, or not so that it suffices, stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwedAs {
    /// Not past due; or answered, with no receipt yet.
    Awaited,
    /// Whether it lapsed can't be known here.
    Unknown,
    /// It can be met late: until it is, or is owed no more, each hand-over names it, however long ago it fell due.
    Lapsed,
    /// It can't lapse: an alarm.
    PastDue,
    Suspended,
    /// What met it was judged insufficient, and nothing was given since.
    JudgedInsufficient,
}

impl OwedAs {
    /// `None` where it was given, or is owed no more.
    pub fn of(duty: &Duty) -> Option<OwedAs> {
        match duty.state() {
            State::Open | State::Answered => Some(OwedAs::Awaited),
            State::Unknown => Some(OwedAs::Unknown),
            State::Lapsed => Some(OwedAs::Lapsed),
            State::Alarmed => Some(OwedAs::PastDue),
            State::Lifted if duty.is_suspended() => Some(OwedAs::Suspended),
            State::Insufficient => Some(OwedAs::JudgedInsufficient),
            State::Lifted | State::Met(_) => None,
        }
    }

    /// For a person to read, and for programs: it never changes.
    pub fn word(self) -> &'static str {
        match self {
            OwedAs::Awaited => "awaited",
            OwedAs::Unknown => "unknown",
            OwedAs::Lapsed => "lapsed",
            OwedAs::PastDue => "past due, an alarm",
            OwedAs::Suspended => "suspended",
            OwedAs::JudgedInsufficient => "judged insufficient",
        }
    }

    /// In the digest, and on record: it never changes.
    pub fn number(self) -> u8 {
        match self {
            OwedAs::Awaited => 1,
            OwedAs::Unknown => 2,
            OwedAs::Lapsed => 3,
            OwedAs::PastDue => 4,
            OwedAs::Suspended => 5,
            OwedAs::JudgedInsufficient => 6,
        }
    }
}

impl HandedDuty {
    /// `None` where it was given, or is owed no more.
    pub fn of(duty: &Duty) -> Option<HandedDuty> {
        let owed_as = OwedAs::of(duty)?;
        Some(HandedDuty { number: duty.number, due: duty.opened.due, owed_as })
    }
}

impl OfferedOnRecord {
    /// The digest as it follows from what is named; `None` where more is open or owed than is named.
    pub fn digest_of_named(&self) -> Option<Digest> {
        let is_all = (self.open_more, self.duties_more) == (0, 0) && self.open.len() == self.steps.len();
        let open = self.open.iter().copied().zip(self.steps.iter().copied());
        is_all.then(|| digest_of(&self.desk, open, self.duties.iter().copied()))
    }
}

/// What both officers name: the desk, the messages that are open for it with the steps on record, and what this Party
/// owes with when it falls due and how it stands.
pub fn digest_of(
    desk: &str,
    open: impl Iterator<Item = (Digest, u32)>,
    owed: impl Iterator<Item = HandedDuty>,
) -> Digest {
    let mut all = b"detente watch hand-over 3\0".to_vec();
    all.extend_from_slice(desk.as_bytes());
    all.push(0);
    for (message, steps) in open {
        all.extend_from_slice(&message.0);
        all.extend_from_slice(&steps.to_be_bytes());
    }
    let mut duties = Vec::new();
    for duty in owed {
        duties.extend_from_slice(&duty.number.0.to_be_bytes());
        duties.extend_from_slice(&duty.due.0.to_be_bytes());
        duties.push(duty.owed_as.number());
    }
    // Apart, so that none of it is read as a message.
    all.extend_from_slice(&Digest::of(&duties).0);
    Digest::of(&all)
}
