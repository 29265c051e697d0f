//! Calls about checks of links: what is scheduled and what came of it, one that an officer makes or answers, one that
//! was by telephone, and a link tried now.
//!
//! Never here: when a check is due (`domain/check/`), or what is put on record of it by the clock (`check_keeper.rs`).

use tonic::Status;

use super::check_messages::part;
use super::{Desk, HotlineCalls};
use crate::codec::content;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::check::{
    Account, CheckNoted, CheckPlan, ChecksInForce, LinkPlan, Of, Part, Rule, Times, Turn, What,
    not_on_record, to_be_sent,
};
use crate::domain::command::Command;
use crate::domain::content::Content;
use crate::domain::event::{Event, Record};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::beat::{interval_ms, silent_after_ms};
use crate::peers::links::Heard;
use crate::peers::ping::Pinged;
use crate::registrar::Head;
use crate::rpc::command::{self, give, not_what_was_asked};
use crate::rpc::status;

impl HotlineCalls {
    pub(super) fn checks(
        &self,
        asked: &calls::ListChecksRequest,
    ) -> Result<calls::ListChecksResponse, Status> {
        let head = self.registrar.head();
        let mut parties: Vec<Party> = head.board.links.keys().copied().collect();
        let scheduled = head.board.check_schedule().map(|known| &known.plan.links[..]).unwrap_or_default();
        parties
            .extend(scheduled.iter().map(|link| link.with).filter(|with| head.board.link(*with).is_none()));
        if !asked.party.is_empty() {
            let party = party_in(&asked.party)?;
            if !parties.contains(&party) {
                return Err(status::field("party", "no link with this Party, and no check by the schedule"));
            }
            parties = vec![party];
        }
        let links = parties.into_iter().map(|party| self.checked_link(&head.board, party)).collect();
        Ok(calls::ListChecksResponse { links })
    }

    /// A session as it is told, with who is present in it and not heard: nothing on record says that.
    pub(super) fn with_links(&self, session: calls::Session) -> calls::Session {
        let (head, now) = (self.registrar.head(), self.registrar.clock.now());
        let not_heard = |party: &String| {
            let other = party.parse::<Party>().ok()?;
            head.board.link(other)?;
            let seen = self.exchange.links.of(other).seen();
            let since = match seen.heard(now, silent_after_ms(&head.board, other)) {
                Heard::Up { .. } => return None,
                Heard::Silent { since } => since,
            };
            Some(calls::NotHeard { party: party.clone(), heard_at_ms: since.map_or(0, |at| at.0) })
        };
        let not_heard = session.present.iter().filter_map(not_heard).collect();
        calls::Session { not_heard, ..session }
    }

    fn checked_link(&self, board: &Board, party: Party) -> calls::CheckedLink {
        let now = self.registrar.clock.now();
        let silent_after = silent_after_ms(board, party);
        let seen = self.exchange.links.of(party).seen();
        let mut line = calls::CheckedLink {
            party: party.to_string(),
            heartbeat_seconds: seconds(interval_ms(board, party)),
            silent_after_seconds: seconds(silent_after),
            up: matches!(seen.heard(now, silent_after), Heard::Up { .. }),
            heard_at_ms: seen.heard_at.map_or(0, |at| at.0),
            ..calls::CheckedLink::default()
        };
        let known = board.check_schedule();
        if let Some((known, link)) = known.and_then(|known| Some((known, known.plan.with(party)?))) {
            line.officer.clone_from(&link.officer);
            line.within_minutes = link.within_minutes;
            line.scheduled =
                link.checks.iter().map(|rule| scheduled(rule, known.since_with(party).max(now))).collect();
            let due = not_on_record(link, known.since_with(party), board.checks.of(party), now);
            line.due = due
                .into_iter()
                .map(|(rule, due)| calls::DueCheck {
                    check: rule.name.clone(),
                    due_ms: due.at.0,
                    asks: due.asks.to_string(),
                    until_ms: link.deadline(due.at).0,
                    made_here: board
                        .own
                        .map(|own| Of { own: own.party, link, rule, due })
                        .is_some_and(|of| is_made_here(board, &of)),
                })
                .collect();
        }
        if let Some(checks) = board.checks.of(party) {
            let newest = checks.states.iter().rev().take(limits::CHECKS_LISTED_MAX);
            let noted = newest.map(|((due, check), state)| calls::NotedCheck {
                check: check.clone(),
                due_ms: due.0,
                asks: state.asks.to_string(),
                steps: state.noted.iter().map(step).collect(),
            });
            line.last = noted.collect();
        }
        line
    }

    pub(super) async fn ping(
        &self,
        asked: calls::PingLinksRequest,
    ) -> Result<calls::PingLinksResponse, Status> {
        let board = self.registrar.head().board.clone();
        let mut parties: Vec<Party> = board.links.keys().copied().collect();
        if !asked.parties.is_empty() {
            let wanted = asked.parties.iter().map(|code| party_in(code)).collect::<Result<Vec<_>, _>>()?;
            if wanted.iter().any(|party| !parties.contains(party)) {
                return Err(status::field("parties", "each is a Party that this node has a link with"));
            }
            parties.retain(|party| wanted.contains(party));
        }
        let mut pings = tokio::task::JoinSet::new();
        for party in parties {
            let exchange = self.exchange.clone();
            pings.spawn(async move { (party, exchange.ping(party).await) });
        }
        let mut all = pings.join_all().await;
        all.sort_by_key(|(party, _)| *party);
        let links = all.into_iter().map(|(party, pinged)| {
            let heard_at_ms = self.exchange.links.of(party).seen().heard_at.map_or(0, |at| at.0);
            let (up, round_trip_ms, fault) = match pinged {
                Pinged::Answered { round_trip_ms } => (true, round_trip_ms, String::new()),
                Pinged::Silent(why) => (false, 0, why),
            };
            calls::PingedLink { party: party.to_string(), up, round_trip_ms, heard_at_ms, fault }
        });
        Ok(calls::PingLinksResponse { links: links.collect() })
    }
}

impl Desk {
    pub(super) async fn send_check(
        &self,
        asked: calls::SendCheckRequest,
    ) -> Result<calls::SendCheckResponse, Status> {
        let origin =
            command::origin("HotlineService/SendCheck", asked.command.as_ref(), &asked, &self.caller)?;
        let head = self.registrar.head();
        // The same command again has the same answer: what it sent is on record.
        if let Some(record) = command::answered_before(&self.registrar, &head, &origin).await? {
            return sent(&record);
        }
        let party = party_in(&asked.party)?;
        let of = only(&head, party, self.registrar.clock.now(), &asked)?;
        let person = self.caller.person();
        let check = part(&self.registrar, &head, &of, person, Some(person)).await?;
        sent(&*give(&self.registrar, Command::SendCheck(Box::new(check)), origin).await?)
    }

    pub(super) async fn record_check(
        &self,
        asked: calls::RecordCheckRequest,
    ) -> Result<calls::RecordCheckResponse, Status> {
        let origin =
            command::origin("HotlineService/RecordCheck", asked.command.as_ref(), &asked, &self.caller)?;
        let (with, due) = (party_in(&asked.party)?, Instant(asked.due_ms));
        let board = self.registrar.head().board.clone();
        let rule = board.check_schedule().and_then(|known| known.plan.with(with)?.rule(&asked.check));
        let due_then = rule.and_then(|rule| rule.due_at(due));
        let asks = due_then.map(|due| due.asks).ok_or_else(|| {
            status::field("check", "no check of this name is due with this Party at this instant")
        })?;
        // The Board asks no zone: what it decides is recomputed by programs with other rules of one.
        if rule.is_some_and(Rule::asks_zone) && !board.is_next_by_hand(with, &asked.check, due) {
            return Err(status::field("due", "the oldest of this name of which nothing is on record"));
        }
        let account = Account { answered: asked.answered, at: Instant(asked.at_ms), note: asked.note };
        let noted = CheckNoted { with, check: asked.check, due, asks, what: What::ByHand(account) };
        give(&self.registrar, Command::NoteCheck(Box::new(noted)), origin).await?;
        Ok(calls::RecordCheckResponse {})
    }
}

/// The check that is asked for, of those that wait for us.
fn only<'h>(
    head: &'h Head,
    party: Party,
    now: Instant,
    asked: &calls::SendCheckRequest,
) -> Result<Of<'h>, Status> {
    let plan = head.board.check_schedule().and_then(|known| Some((known, known.plan.with(party)?)));
    let (own, (known, link)) =
        head.board.own.zip(plan).ok_or_else(|| {
            status::field("party", "the check schedule in force says nothing of this Party")
        })?;
    let checks = head.board.checks.of(party);
    let mut waiting = to_be_sent(own.party, link, known.since_with(party), checks, now);
    waiting.retain(|of| {
        (asked.check.is_empty() || of.rule.name == asked.check)
            && (asked.due_ms == 0 || of.due.at.0 == asked.due_ms)
    });
    match &waiting[..] {
        [only] => Ok(*only),
        [] => Err(status::field("check", "none waits to be made or answered by us now")),
        [..] => Err(status::field("check", "several wait: name the check, and when it was due")),
    }
}

fn sent(record: &Record) -> Result<calls::SendCheckResponse, Status> {
    let released = record.events.iter().find_map(|event| match event {
        Event::Released(released) => Some(released),
        _ => None,
    });
    let released = released.ok_or_else(not_what_was_asked)?;
    let draft = &released.message.draft;
    let (part, check, due) = match content::said(&draft.kind, &draft.content).content() {
        Some(Content::Check(form)) => (Part::Check, form.check.clone(), form.due.instant()),
        Some(Content::CheckAnswer(form)) => (Part::Answer, form.check.clone(), form.due.instant()),
        _ => return Err(not_what_was_asked()),
    };
    Ok(calls::SendCheckResponse {
        message_digest: released.digest.0.to_vec().into(),
        number: released.message.number.clone(),
        is_answer: part == Part::Answer,
        check,
        due_ms: due.map_or(0, |due| due.0),
    })
}

fn scheduled(rule: &Rule, after: Instant) -> calls::ScheduledCheck {
    let next = rule.due_after(after);
    calls::ScheduledCheck {
        check: rule.name.clone(),
        line: rule.line.name().into(),
        when: words(rule),
        next_due_ms: next.map_or(0, |due| due.at.0),
        next_asks: next.map(|due| due.asks.to_string()).unwrap_or_default(),
    }
}

fn step(what: &What) -> calls::NotedStep {
    let words = match what {
        What::Missed(known) => known.to_string(),
        What::ByHand(account) => account.note.clone(),
        What::Made { .. } | What::Answered { .. } | What::Late { .. } => String::new(),
    };
    calls::NotedStep { what: what.word().into(), at_ms: what.at().map_or(0, |at| at.0), words }
}

/// When, and whose turn.
fn words(rule: &Rule) -> String {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let times = match &rule.times {
        Times::OfDay { at, days, zone } => {
            let at: Vec<String> = at.iter().map(|at| format!("{:02}:{:02}", at / 60, at % 60)).collect();
            let days: Vec<&str> = DAYS.iter().zip(days).filter(|(_, on)| **on).map(|(day, _)| *day).collect();
            let days = if days.len() == DAYS.len() { "every day".into() } else { days.join(" ") };
            format!("{} {zone}, {days}", at.join(" "))
        }
        Times::Every { minutes, from } => format!("every {minutes} min from {from}"),
    };
    let turn = match &rule.turn {
        Turn::Always(party) => format!("{party} asks"),
        Turn::ByDay([first, second]) => format!("{first} and {second} ask by turns, day by day"),
        Turn::ByCheck([first, second]) => format!("{first} and {second} ask by turns, check by check"),
    };
    format!("{times}; {turn}")
}

/// A schedule as a custodian reads it before confirming: all of it, in one line. What somebody wrote stands in
/// quotation marks.
pub(in crate::rpc) fn sentence(plan: &CheckPlan) -> String {
    let link = |link: &LinkPlan| {
        let by =
            if link.officer.is_empty() { "the node by itself".into() } else { format!("{:?}", link.officer) };
        let mut parts = vec![format!(
            "with {}: answers within {} min, made and answered here by {by}",
            link.with, link.within_minutes
        )];
        parts.extend(link.heartbeat_seconds.map(|seconds| format!("a heartbeat every {seconds} s")));
        parts.extend(
            link.checks
                .iter()
                .map(|rule| format!("check {:?} by {}: {:?}", rule.name, rule.line.name(), words(rule))),
        );
        if !link.texts.is_empty() {
            let texts: Vec<String> = link.texts.iter().map(|text| format!("{text:?}")).collect();
            parts.push(format!("texts {}", texts.join(", ")));
        }
        parts.join(", ")
    };
    let mut all = vec!["put a check schedule in force, in the place of the one before".to_owned()];
    all.extend(plan.links.iter().map(link));
    if plan.links.is_empty() {
        all.push("without any check".into());
    }
    all.join("; ")
}

/// What a watch that follows is told: of a check that waits for an officer here, of one that was missed, and of one
/// that came late after all.
pub(in crate::rpc) fn news(
    record: &Record,
    noted: &CheckNoted,
    board: &Board,
) -> Option<calls::FollowResponse> {
    let (own, known) = board.own.zip(board.check_schedule())?;
    let (check, with, due) = (&noted.check, noted.with, noted.due);
    let news = match &noted.what {
        What::Made { .. } if noted.asks != own.party && waits_for_officer(known, with) => {
            format!("CHECK {check} of {with}, due {due}: to be answered, `detente hotline check {with}`")
        }
        What::Missed(words) => format!("ALARM: check {check} with {with}, due {due}, was missed: {words}"),
        What::Late { at } => format!("check {check} with {with}, due {due}, was answered late, at {at}"),
        What::Made { .. } | What::Answered { .. } | What::ByHand(_) => return None,
    };
    Some(calls::FollowResponse {
        position: record.index.saturating_add(1),
        from: with.to_string(),
        recorded_at_ms: record.at.0,
        news,
        ..Default::default()
    })
}

/// Whether the check is one of our own that is on record here; the other end's receipt may be missing.
fn is_made_here(board: &Board, of: &Of<'_>) -> bool {
    of.said_by_us(board.checks.of(of.link.with)).is_some_and(|said| said.part == Part::Check)
}

fn waits_for_officer(known: &ChecksInForce, with: Party) -> bool {
    known.plan.with(with).is_some_and(|link| !link.officer.is_empty())
}

fn seconds(ms: i64) -> u32 {
    u32::try_from(ms.max(0) / 1_000).unwrap_or(u32::MAX)
}

fn party_in(code: &str) -> Result<Party, Status> {
    code.parse().map_err(|fault| status::field("party", fault))
}
