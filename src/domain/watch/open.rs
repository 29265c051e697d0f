//! What came in and waits for an officer, with the steps of the plan that are on record for it.
//!
//! Never here: which step is due (`board/watch.rs`), or a message's text.

use imbl::{OrdMap, OrdSet};

use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::limits;

/// One message that nobody has acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item {
    pub from: Party,
    pub precedence: Precedence,
    pub traffic: Traffic,
    /// The record that holds it.
    pub index: u64,
    pub since: Instant,
    /// How many steps are on record.
    pub alerted: u32,
    /// What the newest of them says.
    pub stage: Stage,
    /// When the next is due by the plan in force, if any.
    pub due: Option<Instant>,
    pub thread: ThreadId,
    pub part: Part,
}

/// What a message has to do with a hotline session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    None,
    /// It is one of a session's, and no text: an opening, an acceptance, an addition, a close, a translation.
    OfSession,
    Text,
}

/// Where the escalation of an item stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// No step is on record.
    Begins,
    /// The next is due then.
    Next(Instant),
    /// Everyone was alerted.
    Over,
}

/// A step that is due: what the Registrar is asked to put on record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AlertDue {
    pub message: Digest,
    pub step: u32,
    /// FLASH overtakes.
    pub precedence: Precedence,
}

/// Of one author no more are watched than the limits say, FLASH apart, and drills apart: none of them hides what is real.
type Share = (Party, bool, Traffic);

/// The items, and those that have a step to come by when it is due.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Open {
    items: OrdMap<Digest, Item>,
    /// What follows from items, plan and offices: kept so that nobody has to look through all.
    by_due: OrdSet<(Instant, Digest)>,
    shares: OrdMap<Share, usize>,
    /// How many came while their author's share was full, and are not acknowledged.
    pub unwatched: u64,
}

fn share(item: &Item) -> Share {
    (item.from, item.precedence == Precedence::Flash, item.traffic)
}

impl Open {
    pub fn get(&self, message: &Digest) -> Option<&Item> {
        self.items.get(message)
    }

    /// By digest.
    pub fn items(&self) -> impl Iterator<Item = (&Digest, &Item)> {
        self.items.iter()
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether it is watched from now on.
    pub(in crate::domain) fn add(&mut self, message: Digest, item: Item) -> bool {
        let held = self.shares.entry(share(&item)).or_default();
        if *held >= limits::WATCHED_PER_PARTY_MAX {
            self.unwatched = self.unwatched.saturating_add(1);
            return false;
        }
        *held = held.saturating_add(1);
        self.items.insert(message, item);
        true
    }

    /// An officer acknowledged it.
    pub(in crate::domain) fn close(&mut self, message: &Digest) {
        self.set_due(*message, None);
        let Some(item) = self.items.remove(message) else {
            self.unwatched = self.unwatched.saturating_sub(1);
            return;
        };
        if let Some(held) = self.shares.get_mut(&share(&item)) {
            *held = held.saturating_sub(1);
            if *held == 0 {
                self.shares.remove(&share(&item));
            }
        }
    }

    /// A step is on record.
    pub(in crate::domain) fn alerted(&mut self, message: &Digest, step: u32, next: Option<Instant>) {
        if let Some(item) = self.items.get_mut(message) {
            item.alerted = step.saturating_add(1);
            item.stage = next.map_or(Stage::Over, Stage::Next);
        }
    }

    /// When the next step of a message is due from now on.
    pub(in crate::domain) fn set_due(&mut self, message: Digest, due: Option<Instant>) {
        let Some(item) = self.items.get_mut(&message).filter(|item| item.due != due) else { return };
        if let Some(before) = std::mem::replace(&mut item.due, due) {
            self.by_due.remove(&(before, message));
        }
        if let Some(due) = due {
            self.by_due.insert((due, message));
        }
    }

    /// When the first step is due.
    pub fn next_due(&self) -> Option<Instant> {
        self.by_due.get_min().map(|(at, _)| *at)
    }

    /// The steps that are due by `now`, FLASH first and then those due longest; no more at once than the limit.
    pub fn due(&self, now: Instant) -> Vec<AlertDue> {
        let mut due: Vec<(AlertDue, Instant)> = self
            .by_due
            .iter()
            .take_while(|(at, _)| *at <= now)
            .filter_map(|(at, message)| {
                let item = self.items.get(message)?;
                let (step, precedence) = (item.alerted, item.precedence);
                Some((AlertDue { message: *message, step, precedence }, *at))
            })
            .collect();
        due.sort_by_key(|(one, at)| (std::cmp::Reverse(one.precedence), *at));
        due.into_iter().map(|(one, _)| one).take(limits::ALERTS_AT_ONCE_MAX).collect()
    }
}
