//! Checks of links on the Board: what comes and goes of them, who may send one, and what may be put on record.
//!
//! Never here: whether the other end is heard. Whoever puts on record that a check was missed says what is known.

use super::decide::{Decision, happened};
use super::{Board, Own};
use crate::domain::check::{
    Account, Announced, CheckNoted, CheckSaid, CheckToSend, CheckWords, ChecksInForce, Known, Line, LinkPlan,
    NotAgreed, Of, OfLink, Outage, PRECEDENCE, Part, Said, State, Step, TakenBack, What,
};
use crate::domain::command::Origin;
use crate::domain::content::Kind;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::Event;
use crate::domain::fact::{Gist, Taken};
use crate::domain::keys::Purpose;
use crate::domain::message::{Dispatch, Outcome, Outgoing, Receipt, Traffic};
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
        (index, at): (u64, Instant),
        message: &Gist,
        digest: Digest,
        dispatches: &[(Dispatch, Digest)],
    ) {
        let back = taken_back(message, at);
        for (dispatch, _) in dispatches {
            if let Some(back) = back.as_ref().filter(|_| self.checks.of(dispatch.to).is_some()) {
                self.checks.with(dispatch.to).we_took_back(back);
            }
            match message.of_link.as_deref() {
                Some(OfLink::Outage(outage)) => {
                    let taken_back = self.is_taken_back(message, digest, dispatch.to).then_some(at);
                    let announced = announced((index, at), message, digest, *outage);
                    self.checks.with(dispatch.to).we_announced(Announced { taken_back, ..announced });
                }
                Some(OfLink::Check(words)) => {
                    let ends = (message.author, dispatch.to);
                    let said = self.check_said(words, ends, message.thread, (message.released_at, None));
                    if let Some(due) = self.counts_as_check(dispatch.to, &said) {
                        let number = message.number.unwrap_or(Digest::ZERO);
                        let part = words.part;
                        let said = Said { part, due, message: digest, number, index, there: None };
                        let on = (dispatch.lane, dispatch.serial);
                        self.checks.with(dispatch.to).we_said(message.thread, said, on);
                    }
                }
                None => {}
            }
        }
    }

    /// Of a message that another Party sent.
    pub(super) fn checks_received(&mut self, (index, at): (u64, Instant), taken: &Taken) {
        let Some(message) = &taken.message else { return };
        // What is handed on is nobody's word on this link.
        let (from, to, digest) = (taken.dispatch.from, taken.dispatch.to, taken.dispatch.message);
        if message.author != from {
            return;
        }
        if let Some(back) = taken_back(message, at).filter(|_| self.checks.of(from).is_some()) {
            self.checks.with(from).they_took_back(&back);
        }
        match message.of_link.as_deref() {
            Some(OfLink::Outage(outage)) => {
                // What takes it back may have come before it, on a faster lane.
                let taken_back = self.is_taken_back(message, digest, to).then_some(at);
                let announced = announced((index, at), message, digest, *outage);
                self.checks.with(from).they_announced(Announced { taken_back, ..announced });
            }
            Some(OfLink::Check(words)) => {
                let received_at = Some(taken.receipt.received_at);
                let times = (message.released_at, received_at);
                let said = self.check_said(words, (from, to), message.thread, times);
                if let Some(due) = self.counts_as_check(from, &said) {
                    let (part, number) = (words.part, message.number.unwrap_or(Digest::ZERO));
                    let said = Said { part, due, message: digest, number, index, there: received_at };
                    self.checks.with(from).they_said(message.thread, said);
                }
            }
            None => {}
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

    // ---- what counts ---------------------------------------------------------------------------

    /// When the check is due of which this is a part. `None` where it does not count, by the schedule in force; no time
    /// zone is asked: nothing that is folded hangs on one.
    fn counts_as_check(&self, with: Party, said: &CheckSaid<'_>) -> Option<Instant> {
        self.check_schedule()?.plan.with(with)?.counts(said).ok()
    }

    /// What a message from one end of a link to the other says of a check, beside the one that it may answer.
    fn check_said<'m>(
        &self,
        words: &'m CheckWords,
        (author, to): (Party, Party),
        thread: ThreadId,
        (released_at, received_at): (Instant, Option<Instant>),
    ) -> CheckSaid<'m> {
        let is_ours = self.own.is_some_and(|own| own.party == author);
        let checks = self.checks.of(if is_ours { to } else { author });
        let kept = checks.map(|checks| if is_ours { &checks.theirs } else { &checks.ours });
        let asked = kept.and_then(|kept| kept.get(thread, Part::Check)).copied();
        CheckSaid { words, author, to, thread, released_at, received_at, asked }
    }

    /// Why a message from one end of a link to the other that says it is a check, or the answer to one, does not count
    /// as that, by the schedule in force and what is on record now; no time zone is asked, for the answer goes on
    /// record. `None` of all other messages, and of those of a drill. `message`: its digest, once it is released.
    /// `times`: of its release and, once it is here, of its receipt.
    pub fn why_no_check(
        &self,
        draft: &Outgoing,
        (author, to): (Party, Party),
        message: Option<&Digest>,
        times: (Instant, Option<Instant>),
    ) -> Option<NotAgreed> {
        let Some(OfLink::Check(words)) = draft.of_link.as_deref() else { return None };
        let own = self.own?.party;
        if draft.traffic == Traffic::Drill || author == to {
            return None;
        }
        let with = if author == own { to } else { author };
        let said = self.check_said(words, (author, to), draft.thread, times);
        let Some(link) = self.check_schedule().and_then(|known| known.plan.with(with)) else {
            let rule = "the name of a check over the link in the schedule in force, which says nothing of this Party";
            return Some(NotAgreed { field: "check", rule });
        };
        if let Err(wrong) = link.counts(&said) {
            return Some(wrong);
        }
        let checks = self.checks.of(with)?;
        let kept = if author == own { &checks.ours } else { &checks.theirs };
        let is_second =
            kept.get(draft.thread, words.part).is_some_and(|first| Some(&first.message) != message);
        let rule = "made once, and answered once: an earlier message counts";
        is_second.then_some(NotAgreed { field: "check", rule })
    }

    /// Whether it says that it answers a check of this Party that may have made room for later ones since: then nobody
    /// can tell here whether that counted.
    pub fn answers_forgotten_check(&self, draft: &Outgoing, with: Party) -> bool {
        let Some(OfLink::Check(words)) = draft.of_link.as_deref() else { return false };
        let is_kept = |due| {
            self.checks.of(with).is_none_or(|checks| {
                checks.theirs.get(draft.thread, Part::Check).is_some() || checks.theirs.reaches(due)
            })
        };
        words.part == Part::Answer && words.due.is_some_and(|due| !is_kept(due))
    }

    /// The same of a draft of ours, if it were released now, and by the zone of the schedule.
    pub fn why_draft_is_no_check(&self, draft: &Outgoing, to: Party, now: Instant) -> Option<NotAgreed> {
        let (ends, times) = ((self.own?.party, to), (now, None));
        let by_zone = || {
            let Some(OfLink::Check(words)) = draft.of_link.as_deref() else { return None };
            let link = self.check_schedule()?.plan.with(to).filter(|_| draft.traffic == Traffic::Real)?;
            link.counts_when_due(&self.check_said(words, ends, draft.thread, times)).err()
        };
        self.why_no_check(draft, ends, None, times).or_else(by_zone)
    }

    // ---- what may be done ----------------------------------------------------------------------

    /// The schedule in force.
    pub fn check_schedule(&self) -> Option<&ChecksInForce> {
        self.roster.check_schedule.as_ref()
    }

    /// The check of this name that is due then, by the schedule in force. Whoever asks has asked the zone of its times:
    /// what is decided here is recomputed by programs with other rules of it.
    fn check_of(
        &self,
        own: Own,
        with: Party,
        check: &str,
        (due, asks): (Instant, Party),
    ) -> Result<Of<'_>, Refusal> {
        let link = self.check_schedule().and_then(|known| known.plan.with(with)).ok_or(Refusal::Field {
            field: "party",
            rule: "the check schedule in force says nothing of this Party".into(),
        })?;
        let none = |rule: &str| Refusal::Field { field: "check", rule: rule.into() };
        let rule = link.rule(check).ok_or_else(|| none("the check schedule has none of this name"))?;
        let none_due = "none of this name is due at this instant, with this Party's turn to ask";
        let due = rule.may_be(due, asks).ok_or_else(|| none(none_due))?;
        Ok(Of { own: own.party, link, rule, due })
    }

    /// A check, or an answer, is released without a second person: its words were agreed on by two custodians.
    pub(super) fn send_check(&self, own: Own, sent: &CheckToSend, origin: &Origin, now: Instant) -> Decision {
        let asks = if sent.outgoing.kind == Kind::CheckAnswer.name() { sent.with } else { own.party };
        let of = self.check_of(own, sent.with, &sent.check, (sent.due, asks))?;
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
        self.says_what_was_agreed(own, &of, sent, origin, now)?;
        if !of.is_to_be_sent(self.checks.of(sent.with), now) {
            let rule =
                "it is not our turn now: it was sent before, its time is over, or the check is not here";
            return Err(Refusal::Field { field: "check", rule: rule.into() }.into());
        }
        self.release(own, None, outgoing, &by, now)
    }

    /// The words of what is about to be released: the check and the instant that the call names, and nothing that was
    /// not agreed on.
    fn says_what_was_agreed(
        &self,
        own: Own,
        of: &Of<'_>,
        sent: &CheckToSend,
        origin: &Origin,
        now: Instant,
    ) -> Result<(), Refusal> {
        let wrong = |field, rule: &str| Refusal::Field { field, rule: rule.into() };
        let Some(OfLink::Check(words)) = sent.outgoing.of_link.as_deref() else {
            return Err(wrong("content", "the form of a check, or of the answer to one"));
        };
        if words.check != sent.check {
            return Err(wrong("check", "the one that the call names"));
        }
        if words.due != Some(sent.due) {
            return Err(wrong("due", "the instant that the call names"));
        }
        let ends = (own.party, sent.with);
        let said = self.check_said(words, ends, sent.outgoing.thread, (now, None));
        of.link.counts(&said).map_err(|not| wrong(not.field, not.rule))?;
        let officer = match origin {
            Origin::Person(stamp) => stamp.by.name.as_str(),
            Origin::Node => "",
        };
        if words.part == Part::Answer && words.officer != officer {
            return Err(wrong("officer", "the name of who answers; none where the node does so by itself"));
        }
        Ok(())
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
        let of = self.check_of(own, noted.with, &noted.check, (noted.due, noted.asks))?;
        let checks = self.checks.of(noted.with);
        let may = match (&noted.what, origin) {
            (What::ByHand(account), Origin::Person(_)) => {
                self.may_record(&of, account, now)?;
                true
            }
            (What::ByHand(_), Origin::Node) | (_, Origin::Person(_)) => false,
            (What::Missed(known), Origin::Node) => {
                let by_hand = *known == Known::NotRecorded;
                let fits = by_hand == (of.rule.line != Line::Link) || *known == Known::NotRunning;
                let holds = match known {
                    Known::PlannedOutage { message } => of.planned_outage(checks) == Some(*message),
                    Known::AnswerNotProven => of.answer_is_not_proven(checks),
                    Known::NoCheckCame => of.no_check_came(checks),
                    _ => true,
                };
                fits && holds && of.step(checks, now) == Some(Step::Miss)
            }
            (what, Origin::Node) => of.step(checks, now) == Some(Step::Note(what.clone())),
        };
        if !may {
            return Err(Refusal::NothingToNote.into());
        }
        happened(Event::CheckNoted(Box::new(noted.clone())))
    }

    /// Whether this check, on a line that no node carries, is the oldest of its name of which nothing is on record, by
    /// the zone of its times; or something is.
    pub fn is_next_by_hand(&self, with: Party, check: &str, due: Instant) -> bool {
        let Some(known) = self.check_schedule() else { return false };
        let (since, checks) = (known.since_with(with), self.checks.of(with));
        let after = checks.map_or(since, |checks| checks.after(check, since));
        let rule = known.plan.with(with).and_then(|link| link.rule(check));
        let next = rule.and_then(|rule| rule.due_after(after));
        next.is_some_and(|next| next.at == due)
            || checks.is_some_and(|checks| checks.state(check, due).is_some())
    }

    /// An officer's word on a check by telephone or fax: in their order, so that one that came to an end before another
    /// hides no earlier one, and each once.
    fn may_record(&self, of: &Of<'_>, account: &Account, now: Instant) -> Result<(), Refusal> {
        check_account(account)?;
        let unless = |holds: bool, field: &'static str, rule: &str| {
            if holds { Ok(()) } else { Err(Refusal::Field { field, rule: rule.into() }) }
        };
        let (with, check, due) = (of.link.with, &of.rule.name, of.due.at);
        let checks = self.checks.of(with);
        let state = checks.and_then(|checks| checks.state(check, due));
        let since = self.check_schedule().map_or(now, |known| known.since_with(with));
        let is_next = of.rule.asks_zone() || self.is_next_by_hand(with, check, due);
        unless(of.rule.line != Line::Link, "check", "one by telephone or fax: others are made and answered")?;
        unless(due > since, "due", "after the check schedule took force")?;
        unless(now >= due, "due", "not before it is due")?;
        unless(!state.is_some_and(State::is_over), "check", "recorded once: what came of it is on record")?;
        unless(is_next, "due", "the oldest of this name of which nothing is on record")?;
        let latest = now.plus_ms(limits::CLOCKS_MAY_DIFFER_MS);
        unless(account.at <= latest, "at", "no later than the clock here shows")
    }
}

fn announced((index, at): (u64, Instant), message: &Gist, digest: Digest, outage: Outage) -> Announced {
    let number = message.number.unwrap_or(Digest::ZERO);
    Announced { index, at, message: digest, outage, thread: message.thread, number, taken_back: None }
}

/// What a message withdrawal takes back. `None` for other messages, and where it names another author's; nothing that
/// is real is taken back by a drill.
fn taken_back(message: &Gist, at: Instant) -> Option<TakenBack> {
    let back = message.named.withdraws.as_deref().filter(|_| message.traffic == Traffic::Real)?;
    let is_own = back.author.is_empty() || back.author == message.author.as_str();
    let named = match back.message_digest {
        Some(digest) => digest.0,
        None if is_own && !back.number.is_empty() => Digest::of(back.number.as_bytes()),
        None => return None,
    };
    Some(TakenBack { thread: message.thread, named, at })
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
