//! What the Board's digest (`digest.rs`) takes of checks of links: the schedule, and what is on record of each check.
//!
//! Never here: what follows from these. A Board without any adds nothing, so that it has the digest that it had before
//! there were checks.

use super::Board;
use super::digest::Sum;
use crate::domain::check::{
    CheckPlan, Checks, Kept, Known, Line, Outages, Part, Rule, State, Times, Turn, What,
};
use crate::domain::party::Party;

pub(super) fn of(sum: &mut Sum, board: &Board) {
    let schedule = board.roster.check_schedule.as_ref();
    if schedule.is_none() && board.checks.0.is_empty() {
        return;
    }
    sum.optional(schedule, |sum, known| {
        sum.check_plan(&known.plan);
        sum.signed_number(known.since.0);
        sum.list(known.unchanged_since.iter(), |sum, (party, since)| {
            sum.party(*party);
            sum.signed_number(since.0);
        });
    });
    checks(sum, &board.checks);
}

fn checks(sum: &mut Sum, checks: &Checks) {
    sum.list(checks.0.iter(), |sum, (party, link)| {
        sum.party(*party);
        sum.list(link.states.iter(), |sum, ((due, check), one)| {
            sum.signed_number(due.0);
            sum.bytes(check.as_bytes());
            state(sum, one);
        });
        sum.list(link.settled.iter(), |sum, (check, until)| {
            sum.bytes(check.as_bytes());
            sum.signed_number(until.0);
        });
        kept(sum, &link.ours);
        kept(sum, &link.theirs);
        sum.list(link.unreceipted.iter(), |sum, ((lane, serial), (thread, part))| {
            sum.precedence(*lane);
            sum.number(*serial);
            sum.bytes(&thread.0);
            sum.number(number_of(*part));
        });
        outages(sum, &link.our_outages);
        outages(sum, &link.their_outages);
    });
}

fn outages(sum: &mut Sum, outages: &Outages) {
    sum.list(outages.iter(), |sum, one| {
        sum.number(one.index);
        sum.signed_number(one.at.0);
        sum.bytes(&one.message.0);
        sum.signed_number(one.outage.from.0);
        sum.signed_number(one.outage.until.0);
        sum.optional(one.taken_back.as_ref(), |sum, at| sum.signed_number(at.0));
    });
}

fn kept(sum: &mut Sum, kept: &Kept) {
    sum.list(kept.by_thread.iter(), |sum, ((thread, part), said)| {
        sum.bytes(&thread.0);
        sum.number(number_of(*part));
        sum.signed_number(said.due.0);
        sum.bytes(&said.message.0);
        sum.number(said.index);
        sum.optional(said.there.as_ref(), |sum, at| sum.signed_number(at.0));
    });
}

fn number_of(part: Part) -> u64 {
    match part {
        Part::Check => 0,
        Part::Answer => 1,
    }
}

fn state(sum: &mut Sum, state: &State) {
    sum.party(state.asks);
    sum.list(state.noted.iter(), |sum, what| match what {
        What::Made { at } => {
            sum.number(0);
            sum.signed_number(at.0);
        }
        What::Answered { at } => {
            sum.number(1);
            sum.signed_number(at.0);
        }
        What::Late { at } => {
            sum.number(2);
            sum.signed_number(at.0);
        }
        What::Missed(known) => {
            sum.number(3);
            missed(sum, known);
        }
        What::ByHand(account) => {
            sum.number(4);
            sum.number(u64::from(account.answered));
            sum.signed_number(account.at.0);
            sum.bytes(account.note.as_bytes());
        }
    });
}

fn missed(sum: &mut Sum, known: &Known) {
    match known {
        Known::LinkDown { since } => {
            sum.number(0);
            sum.optional(since.as_ref(), |sum, since| sum.signed_number(since.0));
        }
        Known::Unanswered => sum.number(1),
        Known::NotSentByUs => sum.number(2),
        Known::PlannedOutage { message } => {
            sum.number(3);
            sum.bytes(&message.0);
        }
        Known::NotRecorded => sum.number(4),
        Known::NotRunning => sum.number(5),
        Known::AnswerNotProven => sum.number(6),
        Known::NoCheckCame => sum.number(7),
    }
}

impl Sum {
    pub(super) fn check_plan(&mut self, plan: &CheckPlan) {
        self.list(plan.links.iter(), |sum, link| {
            sum.party(link.with);
            sum.optional(link.heartbeat_seconds.as_ref(), |sum, seconds| sum.number(u64::from(*seconds)));
            sum.list(link.texts.iter(), |sum, text| sum.bytes(text.as_bytes()));
            sum.number(u64::from(link.within_minutes));
            sum.bytes(link.officer.as_bytes());
            sum.list(link.checks.iter(), rule);
        });
    }
}

fn rule(sum: &mut Sum, rule: &Rule) {
    sum.bytes(rule.name.as_bytes());
    sum.number(match rule.line {
        Line::Link => 0,
        Line::Telephone => 1,
        Line::Fax => 2,
    });
    let both = |sum: &mut Sum, kind: u64, parties: &[Party]| {
        sum.number(kind);
        sum.list(parties.iter(), |sum, party| sum.party(*party));
    };
    match &rule.turn {
        Turn::Always(party) => both(sum, 0, &[*party]),
        Turn::ByDay(parties) => both(sum, 1, parties),
        Turn::ByCheck(parties) => both(sum, 2, parties),
    }
    match &rule.times {
        Times::OfDay { at, days, zone } => {
            sum.number(0);
            sum.list(at.iter(), |sum, minute| sum.number(u64::from(*minute)));
            sum.list(days.iter(), |sum, day| sum.number(u64::from(*day)));
            sum.bytes(zone.as_bytes());
        }
        Times::Every { minutes, from } => {
            sum.number(1);
            sum.number(u64::from(*minutes));
            sum.signed_number(from.0);
        }
    }
}
