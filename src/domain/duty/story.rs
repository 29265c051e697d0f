//! Where a duty stands by its story, and what may come next in it.
//!
//! What was taken back counts as if it had not been told, and stays in the story. Never here: what a message says.

use super::{Duty, Force, GivenBy, InTime, Lifting, RunsFrom, Step, TakenBack, Told};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// Where a duty stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Open,
    Answered,
    Met(InTime),
    Insufficient,
    Lapsed,
    Alarmed,
    Unknown,
    Lifted,
}

impl State {
    /// Whether what is owed is still awaited, in time or not.
    pub fn is_open(self) -> bool {
        match self {
            State::Open | State::Answered | State::Unknown => true,
            State::Met(_) | State::Insufficient | State::Lapsed | State::Alarmed | State::Lifted => false,
        }
    }

    /// For a person to read, and for programs: it never changes.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Answered => "answered, not receipted",
            State::Met(InTime::InTime) => "met in time",
            State::Met(InTime::BySendersAccount) => "met in time by the sender's account",
            State::Met(InTime::Late) => "met late",
            State::Insufficient => "met, judged insufficient",
            State::Lapsed => "lapsed",
            State::Alarmed => "past due, an alarm",
            State::Unknown => "unknown",
            State::Lifted => "lifted",
        }
    }
}

impl Step {
    /// Whether it undoes something: then a duty may be brought about anew, or met otherwise.
    pub fn leaves_more(&self) -> bool {
        matches!(self, Step::TakenBack { .. } | Step::Lifted(Lifting::AccountTakenBack))
    }

    /// Whether both say that the same message met it, or judged what did.
    pub(super) fn is_same_word(&self, other: &Step) -> bool {
        match (self, other) {
            (Step::Met { message: one, .. }, Step::Met { message: other, .. })
            | (Step::JudgedInsufficient { by: one }, Step::JudgedInsufficient { by: other }) => one == other,
            _ => false,
        }
    }
}

impl Duty {
    pub fn state(&self) -> State {
        self.state_after(self.story.iter())
    }

    /// As it was on record here at an instant.
    pub fn state_as_of(&self, at: Instant) -> State {
        self.state_after(self.story.iter().filter(|told| told.at <= at))
    }

    fn state_after<'t>(&self, story: impl Iterator<Item = &'t Told>) -> State {
        let standing = self.standing(story);
        let mut back = standing.into_iter().rev();
        match back.next() {
            None => State::Open,
            // As it was before.
            Some(Step::Resumed) if back.any(|step| matches!(step, Step::Answered { .. })) => State::Answered,
            Some(Step::Resumed) => State::Open,
            Some(Step::Answered { .. }) => State::Answered,
            Some(Step::Met { in_time, .. }) => State::Met(*in_time),
            Some(Step::JudgedInsufficient { .. }) => State::Insufficient,
            Some(Step::Lapsed) => State::Lapsed,
            Some(Step::Alarmed) => State::Alarmed,
            Some(Step::Doubted { .. }) => State::Unknown,
            Some(Step::Lifted(_)) => State::Lifted,
            // Never among those that stand.
            Some(Step::TakenBack { .. }) => State::Open,
        }
    }

    /// The steps that still stand, oldest first.
    fn standing<'t>(&self, story: impl Iterator<Item = &'t Told>) -> Vec<&'t Step> {
        let mut standing: Vec<&Step> = Vec::new();
        for step in story.map(|told| &told.step) {
            let Step::TakenBack { message, why } = step else {
                standing.push(step);
                continue;
            };
            // What was judged goes with what was judged of it.
            let mut is_of_it = false;
            standing.retain(|step| {
                is_of_it = match step {
                    Step::JudgedInsufficient { by } => {
                        is_of_it || by == message && *why != TakenBack::Account
                    }
                    _ => self.rests_on(step, message, *why),
                };
                !is_of_it
            });
        }
        standing
    }

    fn rests_on(&self, step: &Step, message: &Digest, why: TakenBack) -> bool {
        match (why, step) {
            (TakenBack::Withdrawn { .. }, step) => step.message() == Some(*message),
            (TakenBack::Account, Step::Met { message: given, by: GivenBy::ByHand, .. }) => given == message,
            (TakenBack::Account, Step::Lapsed | Step::Alarmed | Step::Lifted(Lifting::CameTooLate)) => {
                self.opened.cause.message() == Some(*message)
            }
            (TakenBack::Account, _) => false,
        }
    }

    fn standing_now(&self) -> Vec<&Step> {
        self.standing(self.story.iter())
    }

    /// The last step that stands.
    pub(super) fn last(&self) -> Option<&Step> {
        self.standing_now().pop()
    }

    /// The messages on which steps that stand rest.
    pub fn rests_on_messages(&self) -> Vec<Digest> {
        self.standing_now().into_iter().filter_map(Step::message).collect()
    }

    /// The message that met it last, with when it was given and what says so.
    pub(super) fn last_met(&self) -> Option<(Digest, (Instant, GivenBy))> {
        self.standing_now().into_iter().rev().find_map(|step| match step {
            Step::Met { message, given, by, .. } => Some((*message, (*given, *by))),
            _ => None,
        })
    }

    /// Whether its author took back this message in the story.
    pub(super) fn is_withdrawn(&self, of: &Digest) -> bool {
        let is_it = |step: &Step| matches!(step, Step::TakenBack { message, why: TakenBack::Withdrawn { .. } } if message == of);
        self.story.iter().any(|told| is_it(&told.step))
    }

    /// Whether it is lifted by this message, as cancelled.
    pub(super) fn is_cancelled_by(&self, message: &Digest) -> bool {
        self.last() == Some(&Step::Lifted(Lifting::Cancelled { by: *message }))
    }

    /// Whether the same word stands in the story.
    pub(super) fn is_told(&self, step: &Step) -> bool {
        self.standing_now().into_iter().any(|told| told.is_same_word(step))
    }

    /// Whether it ran from an account that counts no more: it says nothing, and may be brought about anew.
    pub fn is_void(&self) -> bool {
        self.last() == Some(&Step::Lifted(Lifting::AccountTakenBack))
    }

    /// Whether anything of it rests on our account of how this message was delivered by hand, or on one that came too
    /// late: a receipt that is earlier changes it.
    pub fn rests_on_account(&self, message: &Digest) -> bool {
        let is_cause = self.opened.cause.message() == Some(*message);
        let is_late = self.last() == Some(&Step::Lifted(Lifting::CameTooLate));
        let runs_from_it = self.opened.runs_from == RunsFrom::ByHand && !self.is_void();
        let met = self.last_met().filter(|(met_by, _)| met_by == message);
        let is_given_by_it = met.is_some_and(|(_, (_, by))| by == GivenBy::ByHand);
        (is_cause && (runs_from_it || is_late)) || is_given_by_it
    }

    /// The message that answered it last, whether it was given or not.
    pub fn answer(&self) -> Option<Digest> {
        self.standing_now().into_iter().rev().find_map(|step| match step {
            Step::Answered { message } | Step::Met { message, .. } => Some(*message),
            Step::JudgedInsufficient { .. }
            | Step::Lapsed
            | Step::Alarmed
            | Step::Doubted { .. }
            | Step::Lifted(_)
            | Step::Resumed
            | Step::TakenBack { .. } => None,
        })
    }

    /// Whether this may come next.
    pub fn may(&self, step: &Step) -> bool {
        let state = self.state();
        match step {
            // What comes late is told once it was given.
            Step::Answered { .. } => matches!(state, State::Open | State::Unknown),
            // Nothing is late that is not owed.
            Step::Met { in_time, .. } => self.waits() && !(self.is_suspended() && *in_time == InTime::Late),
            Step::JudgedInsufficient { .. } => matches!(state, State::Met(_)),
            Step::Lapsed => state.is_open() && self.opened.rule.force == Force::Duty,
            Step::Alarmed => state.is_open() && self.opened.rule.force != Force::Duty,
            Step::Doubted { .. } => matches!(state, State::Open | State::Answered),
            Step::Lifted(Lifting::Suspended { .. }) => state.is_open(),
            Step::Lifted(Lifting::AccountTakenBack) => state != State::Lifted || self.is_suspended(),
            // By a word from before it was due, that came after.
            Step::Lifted(Lifting::Cancelled { .. }) if matches!(state, State::Lapsed | State::Alarmed) => {
                true
            }
            Step::Lifted(_) => state.is_open() || self.is_suspended(),
            Step::Resumed => self.is_suspended(),
            Step::TakenBack { message, why } => {
                self.standing_now().into_iter().any(|step| self.rests_on(step, message, *why))
            }
        }
    }

    /// Whether it is lifted only as long as a suspension lasts.
    pub fn is_suspended(&self) -> bool {
        matches!(self.last(), Some(Step::Lifted(Lifting::Suspended { .. })))
    }

    /// Whether what meets it would be told. What is said while it is suspended meets it too.
    pub(super) fn waits(&self) -> bool {
        !matches!(self.state(), State::Met(_) | State::Lifted) || self.is_suspended()
    }

    /// Whichever of the two is not this Party.
    pub fn other_than(&self, own: Party) -> Party {
        if self.opened.owed_by == own { self.opened.owed_to } else { self.opened.owed_by }
    }
}
