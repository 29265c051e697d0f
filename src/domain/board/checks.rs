//! Checks of links on the Board: what comes and goes of them, who may send one, and what may be put on record.
//!
//! Never here: whether the other end is heard. Whoever puts on record that a check was missed says what is known.

use super::decide::{Decision, happened};
use super::{Board, Own};
use crate::domain::check::{
    Account, CheckNoted, CheckToSend, ChecksInForce, Kept, Known, Line, LinkPlan, Of, PRECEDENCE, Part, Said,
    Step, What,
};
use crate::domain::command::Origin;
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::fact::{Gist, Taken};
use crate::domain::keys::Purpose;
use crate::domain::message::{Dispatch, Outcome, Receipt, Traffic};
use crate::domain::party::Party;
use crate::domain::people::{Person, is_same_name};
use crate::domain::refusal::{NotNow, Refusal};
use crate::domain::text::is_unsafe_to_show;
use crate::domain::time::Instant;
use crate::domain::watch::ON_WATCH;
use crate::limits;

/// How the node names itself where it makes or answers a check by itself.
const AUTOMATIC: &str = "automatic, by the node";

impl Board {
    // ---- what comes and goes -------------------------------------------------------------------

    /// Of a message that this Party released.
    pub(super) fn checks_released(
        &mut self,
        index: u64,
        message: &Gist,
        digest: Digest,
        dispatches: &[(Dispatch, Digest)],
    ) {
        if message.traffic == Traffic::Drill {
            return;
        }
        for (dispatch, _) in dispatches {
            if message.kind == Some(Kind::ServiceMessage) {
                self.checks.with(dispatch.to).announced(index, digest);
            }
            let asked = self.checks.of(dispatch.to).map(|checks| &checks.theirs);
            if let Some(part) = part_of(message, asked) {
                let said = Said { part, message: digest, index, there: None };
                let on = (dispatch.lane, dispatch.serial);
                self.checks.with(dispatch.to).we_said(message.thread, said, on);
            }
        }
    }

    /// Of a message that another Party sent.
    pub(super) fn checks_received(&mut self, index: u64, taken: &Taken) {
        let Some(message) = taken.message.as_ref().filter(|message| message.traffic == Traffic::Real) else {
            return;
        };
        // What is handed on is nobody's word on this link.
        let (from, digest) = (taken.dispatch.from, taken.dispatch.message);
        if message.author != from {
            return;
        }
        if message.kind == Some(Kind::ServiceMessage) {
            self.checks.with(from).announced(index, digest);
        }
        let asked = self.checks.of(from).map(|checks| &checks.ours);
        if let Some(part) = part_of(message, asked) {
            let said = Said { part, message: digest, index, there: Some(taken.receipt.received_at) };
            self.checks.with(from).they_said(message.thread, said);
        }
    }

    pub(super) fn checks_receipted(&mut self, party: Party, receipt: &Receipt) {
        let on = (receipt.lane, receipt.serial);
        // Nearly no receipt is for one.
        if self.checks.of(party).is_some_and(|checks| checks.unreceipted.contains_key(&on)) {
            let taken_at = (receipt.outcome == Outcome::Taken).then_some(receipt.received_at);
            self.checks.with(party).receipted(on, taken_at);
        }
    }

    pub(super) fn check_noted(&mut self, noted: &CheckNoted) {
        self.checks.with(noted.with).noted(noted);
    }

    // ---- what may be done ----------------------------------------------------------------------

    /// The schedule in force.
    pub fn check_schedule(&self) -> Option<&ChecksInForce> {
        self.roster.check_schedule.as_ref()
    }

    /// The check of this name that is due then, by the schedule in force.
    fn check_of(&self, own: Own, with: Party, check: &str, due: Instant) -> Result<Of<'_>, Refusal> {
        let link = self.check_schedule().and_then(|known| known.plan.with(with)).ok_or(Refusal::Field {
            field: "party",
            rule: "the check schedule in force says nothing of this Party".into(),
        })?;
        let none = |rule: &str| Refusal::Field { field: "check", rule: rule.into() };
        let rule = link.rule(check).ok_or_else(|| none("the check schedule has none of this name"))?;
        let due = rule.due_at(due).ok_or_else(|| none("none of this name is due at this instant"))?;
        Ok(Of { own: own.party, link, rule, due })
    }

    /// A check, or an answer, is released without a second person: its words were agreed on by two custodians.
    pub(super) fn send_check(&self, own: Own, sent: &CheckToSend, origin: &Origin, now: Instant) -> Decision {
        let of = self.check_of(own, sent.with, &sent.check, sent.due)?;
        let by = match origin {
            Origin::Node if of.link.officer.is_empty() => self.automatic(own).ok_or(NotNow::KeyList)?,
            Origin::Node => return Err(Refusal::NotPermitted.into()),
            Origin::Person(stamp) => {
                may_check(of.link, &stamp.by)?;
                stamp.by.clone()
            }
        };
        self.check_drafter(&sent.outgoing, &by)?;
        let outgoing = &sent.outgoing;
        let kind = match of.our_part() {
            Part::Check => Kind::Check,
            Part::Answer => Kind::CheckAnswer,
        };
        let fits = outgoing.kind == kind.name()
            && outgoing.thread == of.thread()
            && outgoing.parties() == [sent.with]
            && outgoing.precedence == PRECEDENCE
            && outgoing.traffic == Traffic::Real
            && outgoing.parts.is_empty();
        if !fits {
            let rule =
                "it is of the kind, the thread, the precedence and to the Party that the schedule gives it";
            return Err(Refusal::Field { field: "check", rule: rule.into() }.into());
        }
        if !of.is_to_be_sent(self.checks.of(sent.with), now) {
            let rule =
                "it is not our turn now: it was sent before, its time is over, or the check is not here";
            return Err(Refusal::Field { field: "check", rule: rule.into() }.into());
        }
        self.release(own, None, outgoing, &by, now)
    }

    /// Under which name this node makes and answers checks by itself: with the key that signs its messages.
    pub fn automatic_check_by(&self) -> Option<Person> {
        self.automatic(self.own?)
    }

    fn automatic(&self, own: Own) -> Option<Person> {
        let newest = self.roster.parties.get(&own.party)?.newest()?;
        let key_digest = Digest::of(newest.list.key_for(Purpose::Message)?);
        Some(Person { name: AUTOMATIC.into(), office: String::new(), key_digest })
    }

    pub(super) fn note_check(&self, own: Own, noted: &CheckNoted, origin: &Origin, now: Instant) -> Decision {
        let of = self.check_of(own, noted.with, &noted.check, noted.due)?;
        let checks = self.checks.of(noted.with);
        let may = of.due.asks == noted.asks
            && match (&noted.what, origin) {
                (What::ByHand(account), Origin::Person(_)) => {
                    check_account(account)?;
                    let state = checks.and_then(|checks| checks.state(&noted.check, noted.due));
                    let since = self.check_schedule().map_or(now, |known| known.since_with(noted.with));
                    let after = checks.map_or(since, |checks| checks.after(&noted.check, since));
                    // In their order: one that came to an end before another hides no earlier one.
                    let is_next = of.rule.due_after(after).is_some_and(|next| next.at == noted.due);
                    of.rule.line != Line::Link
                        && noted.due > since
                        && now >= noted.due
                        && (is_next || state.is_some())
                        && account.at <= now.plus_ms(limits::CLOCKS_MAY_DIFFER_MS)
                        && !state.is_some_and(|state| state.is_over())
                }
                (What::ByHand(_), Origin::Node) | (_, Origin::Person(_)) => false,
                (What::Missed(known), Origin::Node) => {
                    let by_hand = *known == Known::NotRecorded;
                    let fits = by_hand == (of.rule.line != Line::Link) || *known == Known::NotRunning;
                    fits && of.step(checks, now) == Some(Step::Miss)
                }
                (what, Origin::Node) => of.step(checks, now) == Some(Step::Note(what.clone())),
            };
        if !may {
            return Err(Refusal::NothingToNote.into());
        }
        happened(Event::CheckNoted(Box::new(noted.clone())))
    }
}

/// Which part of a check a message is. An answer refers to the check that the other end `asked`: one that names no
/// check, or another, answers none.
fn part_of(message: &Gist, asked: Option<&Kept>) -> Option<Part> {
    match message.kind? {
        Kind::Check => Some(Part::Check),
        Kind::CheckAnswer => {
            let check = asked?.get(message.thread, Part::Check)?.message;
            message.references.iter().any(|(to, _)| *to == check).then_some(Part::Answer)
        }
        _ => None,
    }
}

fn may_check(link: &LinkPlan, by: &Person) -> Result<(), Refusal> {
    if link.officer.is_empty() || link.officer == ON_WATCH || is_same_name(&link.officer, &by.name) {
        return Ok(());
    }
    let rule = "the check schedule names another officer for this link";
    Err(Refusal::Field { field: "officer", rule: rule.into() })
}

fn check_account(account: &Account) -> Result<(), Refusal> {
    let most = limits::CHECK_NOTE_BYTES_MAX;
    if account.note.len() > most || account.note.chars().any(is_unsafe_to_show) {
        let rule = format!("one line of at most {most} bytes, without control characters");
        return Err(Refusal::Field { field: "note", rule });
    }
    Ok(())
}
