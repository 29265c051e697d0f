//! What a message does to a duty: meets it, judges what met it, or lifts it.
//!
//! Never here: a judgement whether an answer suffices. Whoever is owed it says so, by a message of its own.

use super::{Cause, Duty, GivenBy, InTime, Lifting, ListEntry, Reached, RunsFrom, Stated, Step, TakenBack};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::regime::due::{number_at, numbers_by_row};
use crate::domain::regime::duty::{DutyRule, Joined, Side};
use crate::domain::regime::{Answer, Document, Regime, judge_one};
use crate::domain::time::Instant;

/// What a message is held against.
pub struct Settling<'s> {
    pub regime: &'s Regime,
    pub rule: &'s DutyRule,
    pub stated: &'s Stated<'s>,
    /// It is the list anew that brought the duty about by an entry: what stands in it now brings about its own.
    pub is_in_place_of_cause: bool,
    /// Of a withdrawal: the message on which this duty rests that its author takes back by it.
    pub takes_back: Option<Digest>,
    /// The word on record here by which its own author took it back.
    pub taken_back: Option<Back>,
    /// By when it was given to the other end; `None` while its receipt is not here.
    pub given: Option<(Instant, GivenBy)>,
}

/// A word by which a message was taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Back {
    pub by: Digest,
    /// By when it was given to the other end; of several, the earliest. `None` while none is known to be.
    pub given: Option<Instant>,
}

/// What comes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Settled {
    Nothing,
    /// It meets the duty once it is known to be given.
    AwaitsReceipt(Option<Step>),
    Step(Step),
}

/// What a message does to a duty. Only what may come next is said.
pub fn settle(duty: &Duty, message: &Settling) -> Settled {
    let (opened, stated, rule) = (&duty.opened, message.stated, message.rule);
    // A drill never touches what is owed in earnest, nor the other way round.
    if stated.traffic != opened.traffic {
        return Settled::Nothing;
    }
    // What was told once is not told again, however often the message is looked at.
    let may = |step: Step| {
        if duty.may(&step) && !duty.is_told(&step) { Settled::Step(step) } else { Settled::Nothing }
    };
    if let Some(of) = message.takes_back.filter(|of| duty.rests_on_messages().contains(of)) {
        if duty.is_cancelled_by(&of) && stated.author == opened.owed_to {
            match message.given {
                None => return Settled::AwaitsReceipt(None),
                Some((given, _)) if !frees(duty, Some(given)) => return Settled::Nothing,
                Some(_) => {}
            }
        }
        return may(Step::TakenBack { message: of, why: TakenBack::Withdrawn { by: stated.digest } });
    }
    if let Some(back) =
        message.taken_back.filter(|back| !is_for_good(duty, rule, stated) || frees(duty, back.given))
    {
        return if duty.rests_on_messages().contains(&stated.digest) {
            may(Step::TakenBack { message: stated.digest, why: TakenBack::Withdrawn { by: back.by } })
        } else {
            Settled::Nothing
        };
    }
    if duty.is_withdrawn(&stated.digest) {
        return Settled::Nothing;
    }
    // What meets itself is not owed any more once its author takes it back.
    let is_of_cause = message.takes_back.is_some() && message.takes_back == opened.cause.message();
    let is_owed = duty.state().is_open() || duty.is_suspended();
    let cancelled = Step::Lifted(Lifting::Cancelled { by: stated.digest });
    if rule.joined == Joined::ByItself && is_of_cause && stated.author == author_of_cause(duty, rule) {
        return if is_owed { may(cancelled) } else { Settled::Nothing };
    }
    let is_cause = opened.cause.message() == Some(stated.digest);
    if is_cause != (rule.joined == Joined::ByItself) {
        return Settled::Nothing;
    }
    if matches!(stated.content, Content::Text(text) if text.is_to_follow()) {
        return Settled::Nothing;
    }
    let is = |documents: &std::collections::BTreeSet<_>| documents.contains(&stated.document);
    if stated.author == opened.owed_by && is(&rule.met_by) && meets(duty, message) {
        let Some((given, by)) = message.given else {
            let answered = Step::Answered { message: stated.digest };
            return if duty.waits() {
                Settled::AwaitsReceipt(duty.may(&answered).then_some(answered))
            } else {
                Settled::Nothing
            };
        };
        let in_time = InTime::of(given, stated.released_at, opened.due);
        return may(Step::Met { message: stated.digest, given, by, in_time });
    }
    let concerns = match opened.entry {
        None => refers(duty, stated) || opened.cause.thread() == Some(stated.thread),
        Some(entry) => concerns_entry(duty, entry, message),
    };
    if message.is_in_place_of_cause {
        return if is_owed { may(cancelled) } else { Settled::Nothing };
    }
    let stands = message.taken_back.is_none();
    if stated.author == opened.owed_to && is(&rule.judged_by) && stands && is_judged(duty, message) {
        return may(Step::JudgedInsufficient { by: stated.digest });
    }
    if stated.author == opened.owed_by && is(&rule.force_majeure_by) && concerns {
        return may(Step::Lifted(Lifting::ForceMajeure { claimed_in: stated.digest }));
    }
    // What takes a message back is about that one alone, whatever else stands in the thread.
    let takes_back = stated.document == Document::Kind(Kind::MessageWithdrawal);
    let cancels = if takes_back { is_of_cause } else { concerns };
    // What was past due when it was said is cancelled by nothing. Where whoever is owed it said so before, it had not
    // lapsed, whichever came here first.
    let is_in_time = stated.released_at <= opened.due && (is_owed || stated.author == opened.owed_to);
    if stated.author == author_of_cause(duty, rule) && is(&rule.cancelled_by) && cancels && is_in_time {
        return may(cancelled);
    }
    Settled::Nothing
}

/// Whether it is a cancellation by whom the duty is owed to: one that stands until the duty is due lifts it for good.
/// Nobody lapses by a word of the other end's that came too late to be answered.
pub fn is_for_good(duty: &Duty, rule: &DutyRule, stated: &Stated) -> bool {
    stated.author == duty.opened.owed_to && rule.cancelled_by.contains(&stated.document)
}

/// Whether the withdrawal of such a cancellation, given then, leaves time to answer.
fn frees(duty: &Duty, given: Option<Instant>) -> bool {
    given.is_some_and(|given| given <= duty.opened.due)
}

/// What follows for a duty where the accounts of how a message was delivered by hand are others than when it was put
/// on record: `reached` and `given` are by those that stand now. A receipt changes nothing here that is later.
pub fn groundless(
    duty: &Duty,
    stated: &Stated,
    reached: Option<Reached>,
    given: Option<(Instant, GivenBy)>,
) -> Option<Step> {
    let (opened, last, message) = (&duty.opened, duty.last(), stated.digest);
    let may = |step: Step| duty.may(&step).then_some(step);
    let taken_back = Step::TakenBack { message, why: TakenBack::Account };
    // It had to reach whoever owes it.
    if opened.cause.message() == Some(message) && opened.owed_by != stated.author {
        if opened.runs_from == RunsFrom::ByHand {
            let from = reached.map(|reached| (reached.by, reached.at.max(stated.released_at)));
            let is_same = from == Some((RunsFrom::ByHand, opened.from));
            return if is_same { None } else { may(Step::Lifted(Lifting::AccountTakenBack)) };
        }
        let in_time = reached.map(|reached| reached.at <= opened.due);
        return match last {
            Some(Step::Lapsed | Step::Alarmed) if in_time != Some(true) => may(taken_back),
            Some(Step::Lifted(Lifting::CameTooLate)) if in_time != Some(false) => may(taken_back),
            _ => None,
        };
    }
    // What the accounts say now is said anew.
    match duty.last_met() {
        Some((met_by, said)) if met_by == message && said.1 == GivenBy::ByHand && given != Some(said) => {
            may(taken_back)
        }
        _ => None,
    }
}

/// Entries that the message names, where the rule says.
fn named(message: &Settling) -> Vec<ListEntry> {
    entries_named(message.rule, message.stated.content)
}

/// The entries that a form names, where a rule says that it may.
pub fn entries_named(rule: &DutyRule, content: &Content) -> Vec<ListEntry> {
    let Joined::ByEntry { entry, of } = &rule.joined else { return Vec::new() };
    let rows = numbers_by_row(content, (entry, of)).into_iter();
    rows.map(|(number, of)| ListEntry { of, number }).collect()
}

/// Of an entry: by naming it. What names none and refers to the whole list is about each.
fn concerns_entry(duty: &Duty, entry: ListEntry, message: &Settling) -> bool {
    let named = named(message);
    if named.is_empty() { refers(duty, message.stated) } else { named.contains(&entry) }
}

/// Whether it says of what met the duty, and not of something else in the thread, that it does not suffice.
fn is_judged(duty: &Duty, message: &Settling) -> bool {
    let (stated, rule) = (message.stated, message.rule);
    let in_thread = duty.opened.cause.thread() == Some(stated.thread) && stated.refers_to.is_empty();
    let says_so = || {
        let wanted = rule.judged_when.as_ref();
        judge_one(message.regime, wanted, stated.content).answer == Answer::Reached
    };
    (in_thread || refers(duty, stated)) && is_of_last_answer(duty, stated) && says_so()
}

/// By whoever is owed it after it was given, or by its name: what was said of an earlier one says nothing of this.
/// Both instants are by the clock of whoever is owed it; a cosignature states whole seconds.
fn is_of_last_answer(duty: &Duty, stated: &Stated) -> bool {
    let given = duty.last_met().map(|(message, (given, _))| (message, given));
    given.is_none_or(|(message, given)| {
        stated.refers_to.contains(&message) || stated.released_at.seconds() >= given.seconds()
    })
}

fn author_of_cause(duty: &Duty, rule: &DutyRule) -> Party {
    match rule.owed_by {
        Side::Author => duty.opened.owed_by,
        Side::ActionAddressees | Side::Addressees | Side::EveryBoundParty => duty.opened.owed_to,
    }
}

fn meets(duty: &Duty, message: &Settling) -> bool {
    let (opened, stated) = (&duty.opened, message.stated);
    let is_joined = match &message.rule.joined {
        Joined::ByReference => refers(duty, stated),
        Joined::ByThread => opened.cause.thread() == Some(stated.thread),
        Joined::ByEntry { .. } => opened.entry.is_some_and(|entry| named(message).contains(&entry)),
        // Asked before: it is the message that brought it about.
        Joined::ByItself => true,
        Joined::ByYear { year, years_before } => {
            let (Cause::Year(of), Some(stated)) = (opened.cause, number_at(stated.content, year)) else {
                return false;
            };
            let wanted = u64::try_from(of).ok().and_then(|of| of.checked_add(*years_before));
            wanted == Some(stated)
        }
    };
    let is_given = stated.addressees.contains(&opened.owed_to);
    let counts = || {
        judge_one(message.regime, message.rule.met_when.as_ref(), stated.content).answer != Answer::NotReached
    };
    is_joined && is_given && counts()
}

/// To what brought the duty about, or to what answered it.
fn refers(duty: &Duty, stated: &Stated) -> bool {
    let cause = duty.opened.cause.message();
    let answer = duty.answer();
    stated.refers_to.iter().any(|digest| Some(*digest) == cause || Some(*digest) == answer)
}

impl RunsFrom {
    /// For a person to read.
    pub fn words(self) -> &'static str {
        match self {
            RunsFrom::Issue => "its release",
            RunsFrom::Receipt => "its receipt",
            RunsFrom::ByHand => "its delivery by hand, by our own account",
            RunsFrom::Date => "a date that it states",
            RunsFrom::Year => "the day of the year before",
        }
    }
}
