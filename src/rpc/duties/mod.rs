//! What works out duties: it reads messages, rules and the clock, and gives the Registrar what follows to put
//! on record.
//!
//! It decides nothing: the Board holds each step against what it knows, and what came between is worked out
//! again. Nothing of it is kept but on record, so it goes on after a crash where it was. Never here: a person.
//!
//! What stands where:
//!
//! - what a message does: `consider.rs`, `taken_back.rs`, `suspensions.rs`; what the clock does: `past_due.rs`,
//!   `years.rs`
//! - in which order: `queues.rs`, `doubts.rs`; read and put on record: `reading.rs`, `records.rs`; told: `lines.rs`

mod consider;
mod doubts;
pub(super) mod lines;
mod past_due;
mod queues;
mod reading;
mod records;
mod suspensions;
mod taken_back;
mod years;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use self::doubts::Doubts;
use self::queues::{Queues, Seen};
use self::suspensions::Suspensions;
use self::years::Years;
use crate::domain::board::Board;
use crate::domain::command::{Command, Origin};
use crate::domain::duty::{DutiesNoted, DutyNumber, Step};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::exchange::Exchange;
use crate::peers::links::Links;
use crate::registrar::{Head, Registrar, Standing};
use crate::replay::records::RecordFault;

/// Runs beside a node.
pub struct DutyKeeper {
    registrar: Registrar,
    links: Links,
}

/// What is kept from one head to the next, and lost with the process.
#[derive(Default)]
struct Kept {
    years: Years,
    suspensions: Suspensions,
    queues: Queues,
    doubts: Doubts,
}

impl DutyKeeper {
    /// Until somebody stops, or the Registrar ends.
    pub fn start<S: Send + Sync + 'static>(exchange: Exchange, mut stopped: watch::Receiver<Option<S>>) {
        let keeper = DutyKeeper { registrar: exchange.registrar, links: exchange.links };
        tokio::spawn(async move {
            tokio::select! {
                () = keeper.run() => {}
                // An error means that the node is gone, which is a stop too.
                _ = stopped.wait_for(Option::is_some) => {}
            }
        });
    }

    async fn run(self) {
        let mut heads = self.registrar.heads();
        let mut kept = Kept::default();
        loop {
            let head = heads.borrow_and_update().clone();
            let now = self.registrar.clock.now();
            let work = match head.standing {
                Standing::Writes => self.work(&head, now, &mut kept).await,
                Standing::StandsBy => Ok(Vec::new()),
            };
            let commands = work.unwrap_or_else(|fault| {
                tracing::warn!(%fault, "duties are not worked out for now");
                Vec::new()
            });
            let given = self.registrar.give_all(commands, Origin::Node).await;
            // Whatever came of it shows in the next head.
            if given.iter().any(Result::is_ok) {
                continue;
            }
            let again = !given.is_empty() || is_waiting(&head.board, now) || !head.board.duties.is_idle();
            let turns = [kept.years.next(), kept.suspensions.next()].into_iter().flatten().min();
            if !self.wait(&mut heads, (&head.board, now), turns, again).await {
                return;
            }
        }
    }

    async fn work(&self, head: &Head, now: Instant, kept: &mut Kept) -> Result<Vec<Command>, RecordFault> {
        let board = &head.board;
        let Some(own) = board.own.map(|own| own.party) else { return Ok(Vec::new()) };
        let journal = &self.registrar.journal;
        let mut notes = Vec::new();
        // What follows from one message may be what the next one is about: with that Party it waits for the next head.
        let mut moved: BTreeSet<Party> = BTreeSet::new();
        for ((_, index, message), with) in board.duties.pending_by_turns(limits::DUTY_MESSAGES_AT_ONCE) {
            if with.iter().any(|party| moved.contains(party)) {
                continue;
            }
            let noted = consider::consider(head, journal, own, (index, message)).await?;
            if noted.iter().any(DutiesNoted::moves_any) {
                moved.extend(with);
            }
            notes.extend(noted);
        }
        // Of one duty one thing at a time.
        let in_notes = notes.iter().flat_map(|noted| noted.steps.iter().map(|(number, _)| *number));
        let mut taken: BTreeSet<DutyNumber> = in_notes.collect();
        let mut steps = kept.suspensions.look(board, own, now);
        steps.extend(self.past_due(head, own, now, kept).await?);
        steps.retain(|(number, _)| taken.insert(*number));
        // Should one of them be refused, those with other Parties are on record all the same.
        let with = |number| board.duties.get(number).map(|duty| duty.other_than(own));
        steps.sort_by_key(|(number, _)| with(*number));
        for some in steps.chunk_by(|(one, _), (other, _)| with(*one) == with(*other)) {
            notes.extend(records::of_steps(some));
        }
        match kept.years.fall_due(head, journal, own, now).await {
            Ok(fallen_due) => notes.extend(fallen_due),
            // A text that can't be read holds up none of the rest.
            Err(fault) if fault.is_lasting() => tracing::error!(%fault, "days of the year are not looked at"),
            Err(fault) => return Err(fault),
        }
        Ok(notes.into_iter().map(|noted| Command::NoteDuties(Box::new(noted))).collect())
    }

    /// What the clock does, or that the other end was heard: with each Party once what was on record of it then has
    /// been considered.
    async fn past_due(
        &self,
        head: &Head,
        own: Party,
        now: Instant,
        kept: &mut Kept,
    ) -> Result<Vec<(DutyNumber, Step)>, RecordFault> {
        let duties = &head.board.duties;
        let mut seen: BTreeMap<Party, Option<Seen>> = BTreeMap::new();
        let mut steps = Vec::new();
        for duty in duties.running().take_while(|duty| duty.opened.due < now) {
            if steps.len() >= limits::DUTIES_PER_RECORD_MAX {
                break;
            }
            let other = duty.other_than(own);
            let seen = *seen.entry(other).or_insert_with(|| self.considered(head, other, now, kept));
            if let Some(seen) = seen.filter(|seen| seen.covers(duty)) {
                steps.extend(self.step(head, (own, duty.number), now, seen.heard).await?);
            }
        }
        for party in duties.doubted_with() {
            let Some(link) = head.board.links.get(&party) else { continue };
            let seen = *seen.entry(party).or_insert_with(|| self.considered(head, party, now, kept));
            let Some(seen) = seen else { continue };
            let some = kept.doubts.turn(duties, party, (seen.heard.all_came, link.clone()));
            for duty in some.into_iter().filter(|duty| seen.covers(duty)) {
                let step = self.step(head, (own, duty.number), now, seen.heard).await?;
                steps.extend(step.filter(|(_, step)| !matches!(step, Step::Doubted { .. })));
            }
        }
        Ok(steps)
    }

    fn considered(&self, head: &Head, party: Party, now: Instant, kept: &mut Kept) -> Option<Seen> {
        let duties = &head.board.duties;
        let heard = self.heard(&head.board, party);
        let here = Seen { records: head.chain.size, duties: duties.count(), at: now, heard };
        kept.queues.considered(duties, party, here)
    }

    async fn step(
        &self,
        head: &Head,
        (own, number): (Party, DutyNumber),
        now: Instant,
        heard: Heard,
    ) -> Result<Option<(DutyNumber, Step)>, RecordFault> {
        let Some(duty) = head.board.duties.get(number) else { return Ok(None) };
        let step = past_due::past_due(head, &self.registrar.journal, (own, duty), now, heard).await;
        let step = match step {
            // What it rests on can't be read: it stays as it is, and holds up no other.
            Err(fault) if fault.is_lasting() => {
                tracing::error!(%fault, duty = number.0, "it can't be said whether a duty lapsed");
                None
            }
            step => step?,
        };
        Ok(step.filter(|step| duty.may(step)).map(|step| (number, step)))
    }

    fn heard(&self, board: &Board, party: Party) -> Heard {
        let seen = self.links.of(party).seen();
        let taken = |lane: usize| {
            let precedence = Precedence::FASTEST_FIRST.into_iter().find(|one| *one as usize == lane);
            let link = board.link(party).zip(precedence);
            link.map_or(0, |(link, precedence)| link.lane(precedence).taken)
        };
        let all_came = seen.all_came([0, 1, 2, 3].map(taken));
        Heard { last: seen.heard_at, all_came }
    }

    /// Until the head changes, something falls due after `now`, or, where something is waited for, a while. `now` is
    /// when it was looked last: what the clock passed since then is waited for no more, and looked at again.
    async fn wait(
        &self,
        heads: &mut watch::Receiver<Arc<Head>>,
        (board, now): (&Board, Instant),
        turns: Option<Instant>,
        again: bool,
    ) -> bool {
        let clock = &self.registrar.clock;
        let due = board.duties.next_due().filter(|due| *due >= now).map(|due| due.plus_ms(1));
        // What is past already waits for something else.
        let turns = turns.filter(|turn| *turn > now);
        let next = [due, turns].into_iter().flatten().min();
        let due = async {
            match next {
                Some(next) => clock.wait_until(next).await,
                None => std::future::pending().await,
            }
        };
        let while_waiting = async {
            if again {
                tokio::time::sleep(Duration::from_millis(limits::DUTY_LOOK_AGAIN_MS)).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            changed = heads.changed() => changed.is_ok(),
            () = due => true,
            () = while_waiting => true,
        }
    }
}

/// What this process knows of the other end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    last: Option<Instant>,
    /// By when all that was sent from there is known to have come.
    all_came: Option<Instant>,
}

/// Whether anything is past due or in doubt, and waits for the other end.
fn is_waiting(board: &Board, now: Instant) -> bool {
    board.duties.next_due().is_some_and(|due| due < now) || board.duties.doubted().next().is_some()
}
