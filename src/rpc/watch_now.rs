//! What waits for an officer, what must be done first before the rest; and the watch from one officer to the
//! other.
//!
//! Never here: which step is due, or who may hand the watch over (the Board).

use std::cmp::Reverse;

use tonic::{Request, Response, Status};

use super::command::{self, digest_in, give, not_what_was_asked, person};
use super::thread::marks_of;
use super::watch::offices_of;
use super::watch_card::{card_of, id_of, open_draft};
use super::{alarms, became, status, webhooks};
use crate::codec::content;
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::command::Command;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record};
use crate::domain::message::Traffic;
use crate::domain::people::Person;
use crate::domain::thread::Acknowledged;
use crate::domain::watch::open::Stage;
use crate::domain::watch::{Alerted, Item, Reach};
use crate::journal::Journal;
use crate::limits;
use crate::peers::exchange::Exchange;
use crate::peers::links::Links;
use crate::registrar::{Head, Registrar};

/// All that is open for whoever is told of it, as far as one answer lists it.
pub(super) async fn page(
    exchange: &Exchange,
    head: &Head,
    caller: &Person,
    is_told: impl Fn(&Digest) -> bool,
) -> Result<calls::NowResponse, Status> {
    let (board, registrar, links) = (&head.board, &exchange.registrar, &exchange.links);
    let own = exchange.dialler.certificate.borrow().clone();
    let now = registrar.clock.now();
    let mut open: Vec<(&Digest, &Item)> =
        board.watch.open.items().filter(|(message, _)| is_told(message)).collect();
    open.sort_by_key(|(message, item)| first_to_do(message, item));
    let mut items = Vec::new();
    for (message, item) in open.iter().take(limits::NOW_ITEMS_MAX) {
        items.push(line(registrar, head, links, message, item).await?);
    }
    let desk = board.roster.offices.desk_of(caller);
    let plan = board.watch_plan();
    let past_due = alarms::raised(registrar, head, &is_told).await?;
    Ok(calls::NowResponse {
        more: open.len().saturating_sub(items.len()) as u64,
        items,
        unwatched: board.watch.open.unwatched,
        party: board.own.map(|own| own.party.to_string()).unwrap_or_default(),
        now_ms: now.0,
        zone: plan.map(|known| known.plan.zone.clone()).unwrap_or_default(),
        has_plan: plan.is_some_and(|known| !known.plan.rules.is_empty()),
        on_watch: board
            .holder(&desk)
            .map(|holder| calls::OnWatch { name: holder.person.name.clone(), since_ms: holder.since.0 }),
        hand_over_digest: board.hand_over_digest(caller).0.to_vec().into(),
        offered: board.watch.holders.offers.get(&desk).map(|offer| calls::HandOverOffered {
            by: offer.by.name.clone(),
            to: offer.to.name.clone(),
            digest: offer.digest.0.to_vec().into(),
            at_ms: offer.at.0,
        }),
        open: open.len() as u64,
        escalated: open.iter().filter(|(_, item)| is_escalated(item)).count() as u64,
        webhooks_failing: webhooks::failing(board),
        expiring: alarms::expiring(board, &own, now),
        alarms: past_due.lines,
        alarms_more: past_due.more,
    })
}

/// Nobody acknowledged it within the minutes of its first step.
fn is_escalated(item: &Item) -> bool {
    item.alerted > 1 || item.stage == Stage::Over
}

/// FLASH before all; of one precedence what is real before what is drill, then what is escalated furthest, then
/// what is due next, and what waits longest.
fn first_to_do(message: &Digest, item: &Item) -> impl Ord + use<> {
    let is_drill = item.traffic == Traffic::Drill;
    let due = item.due.map_or(i64::MAX, |due| due.0);
    let is_over = item.stage == Stage::Over;
    (Reverse(item.precedence), is_drill, !is_over, !is_escalated(item), due, item.since, *message)
}

async fn line(
    registrar: &Registrar,
    head: &Head,
    links: &Links,
    message: &Digest,
    item: &Item,
) -> Result<calls::NowItem, Status> {
    let board: &Board = &head.board;
    let records = head.records(&registrar.journal);
    let stored = records.message(item.index, message).await.map_err(status::record)?;
    let draft = &stored.message.draft;
    let said = content::said(&draft.kind, &draft.content);
    let mut marks = marks_of(board, &stored.message, &said, None);
    marks.extend(became::marks(head, &records, message, &stored.message).await.map_err(status::record)?);
    let (next, telephones) = board.next_step(message).unwrap_or_default();
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
    let author = board.roster.parties.get(&item.from);
    let known = author.and_then(|known| known.newest());
    let introducer = author.and_then(|known| known.unconfirmed(None));
    let seen = links.of(item.from).seen();
    Ok(calls::NowItem {
        digest: message.0.to_vec().into(),
        thread: draft.thread.0.to_vec().into(),
        from: item.from.to_string(),
        number: stored.message.number.clone(),
        kind: draft.kind.clone(),
        subject: draft.subject.clone(),
        language: draft.language.clone(),
        precedence: precedence_to_proto(item.precedence),
        traffic: traffic_to_proto(item.traffic),
        since_ms: item.since.0,
        offices: offices_of(board, message),
        alerted: item.alerted,
        everyone: item.stage == Stage::Over,
        next_due_ms: item.due.map_or(0, |due| due.0),
        next: owned(next),
        next_telephones: owned(telephones),
        contacts: known.map(|newest| newest.list.contacts.clone()).unwrap_or_default(),
        heard_at_ms: seen.heard_at.map_or(0, |at| at.0),
        unanswered: seen.unanswered,
        marks,
        card: card_of(board, message, &stored.message).map(|card| card.name.clone()).unwrap_or_default(),
        holding_draft: id_of(open_draft(registrar, head, message, &stored.message).await?),
        unconfirmed_by: introducer.map(|by| by.to_string()).unwrap_or_default(),
    })
}

/// A step on record, as a watch that follows is told of it.
pub(super) async fn alert(
    record: &Record,
    alerted: &Alerted,
    head: &Head,
    journal: &Journal,
) -> Result<calls::FollowResponse, Status> {
    let there = head.board.messages.get(&alerted.message);
    let there = there.ok_or_else(not_what_was_asked)?;
    let stored =
        head.records(journal).message(there.index, &alerted.message).await.map_err(status::record)?;
    let (message, draft) = (&stored.message, &stored.message.draft);
    Ok(calls::FollowResponse {
        position: record.index.saturating_add(1),
        digest: alerted.message.0.to_vec().into(),
        thread: draft.thread.0.to_vec().into(),
        from: message.author.to_string(),
        number: message.number.clone(),
        kind: draft.kind.clone(),
        subject: draft.subject.clone(),
        precedence: precedence_to_proto(draft.precedence),
        traffic: traffic_to_proto(draft.traffic),
        released_at_ms: message.released_at.0,
        recorded_at_ms: record.at.0,
        acknowledged: matches!(there.acknowledged, Acknowledged::InRecord(_)),
        offices: offices_of(&head.board, &alerted.message),
        alert: Some(calls::Alert {
            step: alerted.step,
            persons: alerted.persons.iter().map(|person| person.name.clone()).collect(),
            everyone: alerted.reach == Reach::Everyone,
            due_ms: alerted.due.0,
            next_due_ms: alerted.next.map_or(0, |next| next.0),
        }),
        ..Default::default()
    })
}

/// The officer who leaves.
pub(super) async fn hand_over(
    registrar: &Registrar,
    call: Request<calls::HandOverRequest>,
) -> Result<Response<calls::HandOverResponse>, Status> {
    let caller = person(&call)?.clone();
    let asked = call.into_inner();
    let origin = command::origin("WatchService/HandOver", asked.command.as_ref(), &asked, &caller)?;
    let digest = digest_in(&asked.digest)?;
    let board = registrar.head().board.clone();
    let to = board.roster.on_watch_by_name(&asked.to).cloned();
    let rule = "nobody whom the roster has with the role watch bears this name";
    let to = to.ok_or_else(|| status::field("to", rule))?;
    let record = give(registrar, Command::OfferWatch { to, digest }, origin).await?;
    let open = record.events.iter().find_map(|event| match event {
        Event::WatchOffered(offered) => Some((offered.open.len() as u64).saturating_add(offered.open_more)),
        _ => None,
    });
    let answer = open.map(|open| Response::new(calls::HandOverResponse { open }));
    answer.ok_or_else(not_what_was_asked)
}

/// The officer to whom it was offered.
pub(super) async fn take_over(
    registrar: &Registrar,
    call: Request<calls::TakeOverRequest>,
) -> Result<Response<calls::TakeOverResponse>, Status> {
    let caller = person(&call)?.clone();
    let asked = call.into_inner();
    let origin = command::origin("WatchService/TakeOver", asked.command.as_ref(), &asked, &caller)?;
    let digest = digest_in(&asked.digest)?;
    give(registrar, Command::TakeWatch { digest }, origin).await?;
    Ok(Response::new(calls::TakeOverResponse {}))
}
