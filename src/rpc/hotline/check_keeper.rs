//! The clock of checks: each is made and answered by the node where no officer is to do so, and each of its steps is
//! put on record, once.
//!
//! What is due follows from the journal, the schedule and the clock: whatever ended the process between two steps,
//! the next one finds the same. What is known of a check that was missed is what this process saw of the link. Never
//! here: why it was missed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::Status;

use super::check_messages::part;
use crate::domain::check::{
    CheckNoted, Checks, Due, Known, Line, LinkPlan, Of, Part, Rule, State, Step, What, to_be_sent,
};
use crate::domain::command::{Command, Origin};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::beat::silent_after_ms;
use crate::peers::exchange::Exchange;
use crate::peers::links::Heard;
use crate::peers::ping::Pinged;
use crate::registrar::{Head, Standing};

/// Makes, answers and notes checks.
pub struct CheckKeeper {
    exchange: Exchange,
    /// By the node's clock.
    started: Instant,
}

/// What is to be done now, and when to look again.
#[derive(Default)]
struct Work {
    commands: Vec<Command>,
    next: Option<Instant>,
    /// Of whom it can't be told yet whether they were heard since then, when the time of a check was over. Once they
    /// are, it can.
    unheard: Vec<(Party, Instant)>,
}

impl Work {
    fn look_at(&mut self, at: Instant) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }

    fn note(&mut self, of: &Of<'_>, what: What) {
        let noted = CheckNoted {
            with: of.link.with,
            check: of.rule.name.clone(),
            due: of.due.at,
            asks: of.due.asks,
            what,
        };
        self.commands.push(Command::NoteCheck(Box::new(noted)));
    }
}

impl CheckKeeper {
    /// Until somebody stops, or the Registrar ends.
    pub fn start<S: Send + Sync + 'static>(exchange: Exchange, mut stopped: watch::Receiver<Option<S>>) {
        let started = exchange.registrar.clock.now();
        let keeper = CheckKeeper { exchange, started };
        tokio::spawn(async move {
            tokio::select! {
                () = keeper.run() => {}
                // An error means that the node is gone, which is a stop too.
                _ = stopped.wait_for(Option::is_some) => {}
            }
        });
    }

    async fn run(self) {
        let registrar = &self.exchange.registrar;
        let mut heads = registrar.heads();
        loop {
            let head = heads.borrow_and_update().clone();
            let work = match head.standing {
                Standing::Writes => self.work(&head, registrar.clock.now()).await,
                Standing::StandsBy => Work::default(),
            };
            let given = registrar.give_all(work.commands, Origin::Node).await;
            // Whatever came of it shows in the next head.
            if given.iter().any(Result::is_ok) {
                continue;
            }
            let again = !given.is_empty();
            if !self.wait(&mut heads, &head, (work.next, work.unheard), again).await {
                return;
            }
        }
    }

    async fn work(&self, head: &Head, now: Instant) -> Work {
        let mut work = Work::default();
        let (Some(own), Some(known)) = (head.board.own, head.board.check_schedule()) else { return work };
        for link in &known.plan.links {
            let since = known.since_with(link.with);
            if link.officer.is_empty() && head.board.link(link.with).is_some() {
                let checks = head.board.checks.of(link.with);
                for of in to_be_sent(own.party, link, since, checks, now) {
                    match self.send(head, &of).await {
                        Ok(command) => work.commands.extend(command),
                        Err(fault) => tracing::warn!(code = ?fault.code(), "a check can't be sent for now"),
                    }
                }
            }
            self.earlier(head, (own.party, since), link, now, &mut work).await;
            for rule in &link.checks {
                self.rule(head, (own.party, since), (link, rule), now, &mut work).await;
            }
        }
        work
    }

    async fn send(&self, head: &Head, of: &Of<'_>) -> Result<Option<Command>, Status> {
        let Some(by) = head.board.automatic_check_by() else { return Ok(None) };
        let sent = part(&self.exchange.registrar, head, of, &by, None).await?;
        Ok(Some(Command::SendCheck(Box::new(sent))))
    }

    /// What is still to be said of checks that were missed, and of those that were under way when the schedule changed:
    /// no more in one go than the limit. Each message of the other end that counts has all that are on record looked
    /// at, so that the zone of a check is asked only where there is something to say.
    async fn earlier(
        &self,
        head: &Head,
        (own, since): (Party, Instant),
        link: &LinkPlan,
        now: Instant,
        work: &mut Work,
    ) {
        let checks = head.board.checks.of(link.with);
        let mut notes = 0_usize;
        let open = |((due, check), state): (&(Instant, String), &State)| {
            if state.is_over() || (state.missed().is_none() && *due > since) {
                return None;
            }
            let rule = link.rule(check)?;
            // As it stands on record.
            let due = Due { at: *due, number: 0, asks: state.asks };
            let of = Of { own, link, rule, due };
            let step = of.step(checks, now);
            let is_news = step.is_some();
            let is_for_later = is_news && notes >= limits::CHECKS_AT_ONCE_MAX;
            if is_for_later || (!is_news && state.is_settled()) {
                return None;
            }
            rule.due_at(due.at).filter(|by_rule| by_rule.asks == due.asks)?;
            notes = notes.saturating_add(usize::from(is_news));
            Some((of, step))
        };
        let states = checks.map(|checks| checks.states.iter()).into_iter().flatten();
        let open: Vec<(Of<'_>, Option<Step>)> = states.filter_map(open).collect();
        for (of, step) in open {
            match step {
                Some(Step::Note(what)) => work.note(&of, what),
                Some(Step::Miss) => {
                    self.miss(head, &of, now, work).await;
                }
                None => work.look_at(of.over_at().plus_ms(1)),
            }
        }
    }

    /// Checks of one rule come to an end in their order: only then is it known up to which all did.
    async fn rule(
        &self,
        head: &Head,
        (own, since): (Party, Instant),
        (link, rule): (&LinkPlan, &Rule),
        now: Instant,
        work: &mut Work,
    ) {
        let checks = head.board.checks.of(link.with);
        let mut after = checks.map_or(since, |checks| checks.after(&rule.name, since));
        let mut in_order = true;
        for _ in 0..limits::CHECKS_AT_ONCE_MAX {
            let Some(due) = rule.due_after(after) else { return };
            after = due.at;
            if due.at > now {
                return work.look_at(due.at);
            }
            let of = Of { own, link, rule, due };
            match of.step(checks, now) {
                Some(Step::Note(what @ What::Made { .. })) => {
                    work.note(&of, what);
                    in_order = false;
                }
                Some(Step::Note(what)) if in_order => work.note(&of, what),
                Some(Step::Miss) if in_order => in_order = self.miss(head, &of, now, work).await,
                Some(Step::Note(_) | Step::Miss) => {}
                None => {
                    let state = checks.and_then(|checks| checks.state(&rule.name, due.at));
                    if !state.is_some_and(State::is_settled) {
                        in_order = false;
                        work.look_at(of.over_at().plus_ms(1));
                    }
                }
            }
        }
    }

    /// Whether what is known of it was noted; otherwise it is looked at again when that can be told.
    async fn miss(&self, head: &Head, of: &Of<'_>, now: Instant, work: &mut Work) -> bool {
        match self.known(head, of, now).await {
            Ok(known) => {
                work.note(of, What::Missed(known));
                true
            }
            Err(told_by) => {
                work.look_at(told_by);
                work.unheard.push((of.link.with, of.link.deadline(of.due.at)));
                false
            }
        }
    }

    /// What is known of one that was missed; or by when that can be told.
    async fn known(&self, head: &Head, of: &Of<'_>, now: Instant) -> Result<Known, Instant> {
        if of.rule.line != Line::Link {
            return Ok(Known::NotRecorded);
        }
        let checks = head.board.checks.of(of.link.with);
        let is_ours = of.our_part() == Part::Check || of.said_by_them(checks).is_some();
        if is_ours && of.said_by_us(checks).is_none() {
            return Ok(Known::NotSentByUs);
        }
        // Whoever did not see the answer's time end can't say that the link was up then.
        let deadline = of.link.deadline(of.due.at);
        if deadline < self.started {
            return Ok(Known::NotRunning);
        }
        if let Some(message) = of.planned_outage(checks) {
            return Ok(Known::PlannedOutage { message });
        }
        Ok(match self.heard_since(head, of.link.with, deadline, now).await? {
            Heard::Up { .. } if of.answer_is_not_proven(checks) => Known::AnswerNotProven,
            // Whose turn it was did not ask: nobody here left anything unanswered.
            Heard::Up { .. } if of.no_check_came(checks) => Known::NoCheckCame,
            Heard::Up { .. } => Known::Unanswered,
            Heard::Silent { since } => Known::LinkDown { since },
        })
    }

    /// Whether the other end was heard since a check's time was over; or by when that can be told. After a clock that
    /// leapt, or a machine that slept, nobody could have been heard: then it is asked. One heartbeat that came to
    /// nothing is no silence yet: it may have been heard, and been of no use.
    async fn heard_since(
        &self,
        head: &Head,
        party: Party,
        deadline: Instant,
        now: Instant,
    ) -> Result<Heard, Instant> {
        let silent_after = silent_after_ms(&head.board, party);
        let link = self.exchange.links.of(party);
        let seen = link.seen();
        // Whenever it is put on record: the journal may have been away meanwhile, and the other end is heard again.
        if let Some(down) = seen.down_at(deadline) {
            return Ok(down);
        }
        match seen.heard_since(deadline, now, silent_after) {
            Ok(Heard::Silent { .. }) if seen.unanswered < limits::HEARTBEATS_MISSED_FOR_SURE => {
                match self.exchange.ping(party).await {
                    Pinged::Answered { .. } => Ok(Heard::Up { at: now }),
                    // It may have called meanwhile.
                    Pinged::Silent(_) => link.seen().heard_since(deadline, now, silent_after),
                }
            }
            Err(told_by) => {
                // One that is there need not be waited for.
                link.ask_for_beat();
                Err(told_by)
            }
            heard => heard,
        }
    }

    /// Until the clock says so, what is on record of checks, or the schedule, is another, or one is heard that was not.
    async fn wait(
        &self,
        heads: &mut watch::Receiver<Arc<Head>>,
        before: &Head,
        (next, unheard): (Option<Instant>, Vec<(Party, Instant)>),
        again: bool,
    ) -> bool {
        let clock = &self.exchange.registrar.clock;
        let changed = async {
            loop {
                if heads.changed().await.is_err() {
                    return false;
                }
                let head = heads.borrow_and_update().clone();
                if !is_same(&head, before) {
                    return true;
                }
            }
        };
        let due = async {
            match next {
                Some(next) => clock.wait_until(next).await,
                None => std::future::pending().await,
            }
        };
        let rest = async {
            if again {
                tokio::time::sleep(Duration::from_millis(limits::CHECK_REST_MS)).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        let mut heard = JoinSet::new();
        for (party, since) in unheard {
            let link = self.exchange.links.of(party);
            heard.spawn(async move { link.until_heard_since(since).await });
        }
        tokio::select! {
            changed = changed => changed,
            () = due => true,
            () = rest => true,
            Some(_) = heard.join_next() => true,
        }
    }
}

/// Whether nothing is other for checks.
fn is_same(head: &Head, before: &Head) -> bool {
    let (Checks(now), Checks(then)) = (&head.board.checks, &before.board.checks);
    let plan = |head: &Head| head.board.check_schedule().map(|known| (known.plan.clone(), known.since));
    let same_plan = match (plan(head), plan(before)) {
        (Some((now, since)), Some((then, before))) => Arc::ptr_eq(&now, &then) && since == before,
        (now, then) => now.is_none() && then.is_none(),
    };
    now.ptr_eq(then) && same_plan && head.standing == before.standing
}
