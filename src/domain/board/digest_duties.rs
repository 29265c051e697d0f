//! Duties, as the Board's digest takes them in.
//!
//! Never here: another order or width than `digest.rs` has.

use super::digest::Sum;
use crate::domain::duty::{
    Awaited, Cause, Doubt, Duties, Force, GivenBy, InTime, Lifting, Opened, RunsFrom, Step, TakenBack,
};
use crate::domain::message::Traffic;

pub(super) fn of(sum: &mut Sum, duties: &Duties) {
    sum.list(duties.all(), |sum, duty| {
        opened(sum, &duty.opened);
        sum.number(duty.index);
        sum.signed_number(duty.at.0);
        sum.list(duty.story.iter(), |sum, told| {
            sum.number(told.index);
            sum.signed_number(told.at.0);
            step(sum, &told.step);
        });
    });
    sum.list(duties.regimes(), |sum, name| sum.bytes(name.as_bytes()));
    sum.list(duties.pending(), |sum, ((index, message), waits)| {
        sum.number(*index);
        sum.bytes(&message.0);
        sum.number(waits.since);
        sum.number(waits.again);
        sum.list(waits.with.iter(), |sum, party| sum.party(*party));
    });
    sum.list(duties.receipts(), |sum, (of, (_, index, message))| {
        awaited(sum, of);
        sum.number(*index);
        sum.bytes(&message.0);
    });
    sum.list(duties.unbound(), |sum, ((party, index, message), waits)| {
        sum.party(party);
        sum.number(index);
        sum.bytes(&message.0);
        sum.bytes(waits.regime.as_bytes());
        sum.optional(waits.text.as_ref(), |sum, text| sum.bytes(&text.0));
        sum.signed_number(waits.at.0);
    });
    sum.list(duties.left_out.kept(), |sum, (message, left)| {
        sum.bytes(&message.0);
        sum.number(left.index);
        sum.signed_number(left.at.0);
        sum.number(left.duties);
        sum.number(u64::from(left.is_unreadable));
        sum.number(u64::from(left.waits_no_more));
        sum.number(left.not_again);
        sum.number(left.not_read);
    });
    sum.number(duties.left_out.more());
}

fn opened(sum: &mut Sum, opened: &Opened) {
    let rule = &opened.rule;
    sum.bytes(rule.regime.as_bytes());
    sum.bytes(&rule.digest.0);
    sum.bytes(rule.name.as_bytes());
    sum.bytes(rule.paragraph.as_bytes());
    sum.number(match rule.force {
        Force::Duty => 0,
        Force::Unchecked => 1,
        Force::Alarm => 2,
    });
    sum.party(opened.owed_by);
    sum.party(opened.owed_to);
    match opened.cause {
        Cause::Message { digest, thread } => {
            sum.number(0);
            sum.bytes(&digest.0);
            sum.bytes(&thread.0);
        }
        Cause::Year(year) => {
            sum.number(1);
            sum.signed_number(i64::from(year));
        }
    }
    sum.optional(opened.entry.as_ref(), |sum, entry| {
        sum.number(entry.of);
        sum.number(entry.number);
    });
    sum.number(match opened.traffic {
        Traffic::Real => 0,
        Traffic::Drill => 1,
    });
    sum.number(match opened.runs_from {
        RunsFrom::Issue => 0,
        RunsFrom::Receipt => 1,
        RunsFrom::ByHand => 2,
        RunsFrom::Date => 3,
        RunsFrom::Year => 4,
    });
    sum.signed_number(opened.from.0);
    sum.signed_number(opened.due.0);
}

fn step(sum: &mut Sum, step: &Step) {
    match step {
        Step::Answered { message } => {
            sum.number(0);
            sum.bytes(&message.0);
        }
        Step::Met { message, given, by, in_time } => {
            sum.number(1);
            sum.bytes(&message.0);
            sum.signed_number(given.0);
            sum.number(match by {
                GivenBy::Receipt => 0,
                GivenBy::ByHand => 1,
                GivenBy::CosignedHead => 2,
            });
            sum.number(match in_time {
                InTime::InTime => 0,
                InTime::BySendersAccount => 1,
                InTime::Late => 2,
            });
        }
        Step::JudgedInsufficient { by } => {
            sum.number(2);
            sum.bytes(&by.0);
        }
        Step::Lapsed => sum.number(3),
        Step::Alarmed => sum.number(4),
        Step::Doubted { since, doubt } => {
            sum.number(5);
            sum.signed_number(since.0);
            sum.number(match doubt {
                Doubt::NotReached => 0,
                Doubt::MayBeUnderWay => 1,
            });
        }
        Step::Lifted(lifting) => lifted(sum, *lifting),
        Step::Resumed => sum.number(11),
        Step::TakenBack { message, why } => {
            sum.number(12);
            sum.bytes(&message.0);
            let by = match why {
                TakenBack::Withdrawn { by } => Some(by),
                TakenBack::Account => None,
            };
            sum.optional(by, |sum, by| sum.bytes(&by.0));
        }
    }
}

fn lifted(sum: &mut Sum, lifting: Lifting) {
    let (why, message) = match lifting {
        Lifting::Cancelled { by } => (6, Some(by)),
        Lifting::Suspended { by } => (7, Some(by)),
        Lifting::ForceMajeure { claimed_in } => (8, Some(claimed_in)),
        Lifting::NotBound => (9, None),
        Lifting::CameTooLate => (10, None),
        Lifting::AccountTakenBack => (13, None),
    };
    sum.number(why);
    sum.optional(message.as_ref(), |sum, message| sum.bytes(&message.0));
}

fn awaited(sum: &mut Sum, awaited: &Awaited) {
    sum.party(awaited.party);
    sum.precedence(awaited.lane);
    sum.number(awaited.serial);
}
