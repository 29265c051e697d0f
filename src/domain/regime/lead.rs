//! Lead rules and calendars: how long beforehand a thing is told, counted from which date, in which
//! days, by which zone's wall.
//!
//! Never here: the counting (`days.rs`), or an instant of now.

use std::collections::BTreeSet;

use super::condition::Condition;
use super::place::Place;
use super::{Document, Ground, Labels};

/// A lead rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lead {
    pub label: Labels,
    pub documents: BTreeSet<Document>,
    pub when: Option<Condition>,
    pub term: Term,
    pub ground: Ground,
}

/// What is agreed about the time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Term {
    /// So long before the anchors, at the least.
    Before { anchors: Vec<Place>, at_least: u64, unit: Unit, zone: Zone },
    /// For what is not told beforehand to those involved: on time if told no later than the start.
    AtTheStart { anchors: Vec<Place>, zone: Zone },
    /// By a day of a year that the form states, such as the one before the year it is about.
    ByDay { year: Place, years_before: u64, month: u8, day: u8, zone: Zone },
    /// The regime sets no time.
    NoneAgreed,
}

/// What is counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unit {
    Hours,
    /// Civil days of a zone: the day of release is not counted, the anchor's is.
    CalendarDays,
    /// Days that the named calendar has as working days, from the day of release on, up to the day
    /// before the anchor.
    WorkingDays(String),
}

/// By whose wall days are counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Zone {
    OfTheAnchor,
    /// An IANA name or `UTC`; known to this program when the regime was read.
    Named(String),
}

/// Which days are working days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    pub label: Labels,
    /// Monday is 1, Sunday 7.
    pub weekend: BTreeSet<u8>,
    /// Year, month, day.
    pub holidays: BTreeSet<(i16, u8, u8)>,
    pub ground: Ground,
}
