//! The watch from one officer to the other, and what came in between the words of both.
//!
//! Never here: who may hand the watch over (the Board).

use tonic::{Request, Response, Status};

use super::command::{self, digest_in, give, not_what_was_asked, person};
use super::duties::lines::Lines;
use super::{status, watch_now};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::command::Command;
use crate::domain::event::{Event, Record};
use crate::domain::people::Person;
use crate::domain::watch::{OfferedOnRecord, listed};
use crate::limits;
use crate::peers::exchange::Exchange;
use crate::registrar::{Head, Registrar};

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
    let offered = offered_in(&record).ok_or_else(not_what_was_asked)?;
    let (open, duties) = (messages_named(offered), duties_named(offered));
    Ok(Response::new(calls::HandOverResponse { open, duties }))
}

fn offered_in(record: &Record) -> Option<&OfferedOnRecord> {
    record.events.iter().find_map(|event| match event {
        Event::WatchOffered(offered) => Some(offered),
        _ => None,
    })
}

fn messages_named(offered: &OfferedOnRecord) -> u64 {
    (offered.open.len() as u64).saturating_add(offered.open_more)
}

fn duties_named(offered: &OfferedOnRecord) -> u64 {
    (offered.duties.len() as u64).saturating_add(offered.duties_more)
}

/// The officer to whom it was offered.
pub(super) async fn take_over(
    exchange: &Exchange,
    call: Request<calls::TakeOverRequest>,
) -> Result<Response<calls::TakeOverResponse>, Status> {
    let caller = person(&call)?.clone();
    let asked = call.into_inner();
    let origin = command::origin("WatchService/TakeOver", asked.command.as_ref(), &asked, &caller)?;
    let digest = digest_in(&asked.digest)?;
    let record = give(&exchange.registrar, Command::TakeWatch { digest }, origin).await?;
    let head = exchange.registrar.head();
    let desk = head.board.roster.offices.desk_of(caller.person());
    // Given again, it is told as far as the desk was not handed over once more since.
    let holder = head.board.watch.holders.holders.get(&desk);
    let taken = holder.filter(|holder| holder.person == *caller.person() && holder.since == record.at);
    let since_offered = match taken {
        Some(holder) => Some(since(exchange, &head, caller.person(), holder.offered, record.index).await?),
        None => None,
    };
    Ok(Response::new(calls::TakeOverResponse { since_offered }))
}

/// What came in since the hand-over of a person's desk was offered. `None` where none waits.
pub(super) async fn since_offered(
    exchange: &Exchange,
    head: &Head,
    caller: &Person,
) -> Result<Option<calls::SinceOffered>, Status> {
    let desk = head.board.roster.offices.desk_of(caller);
    let Some(offer) = head.board.watch.holders.offers.get(&desk) else { return Ok(None) };
    since(exchange, head, caller, offer.index, head.chain.size).await.map(Some)
}

/// What the hand-over of a person's desk that waits names, as its record lists it: who takes over signs for it.
pub(super) async fn list_named(
    exchange: &Exchange,
    head: &Head,
    caller: &Person,
    waiting: &mut calls::HandOverOffered,
) -> Result<(), Status> {
    let desk = head.board.roster.offices.desk_of(caller);
    let Some(offer) = head.board.watch.holders.offers.get(&desk) else { return Ok(()) };
    let journal = &exchange.registrar.journal;
    let record = head.records(journal).record(offer.index).await.map_err(status::record)?;
    let offered = offered_in(&record).ok_or_else(not_what_was_asked)?;
    let lines = Lines::at(head, journal, &exchange.links, "", None);
    waiting.messages = messages_named(offered);
    for named in offered.duties.iter().take(limits::NOW_ITEMS_MAX) {
        let Some(duty) = head.board.duties.get(named.number) else { continue };
        let duty = Some(lines.line(duty).await.map_err(status::record)?);
        waiting.duties.push(calls::OfferedDuty { duty, stood: named.owed_as.word().to_owned() });
    }
    waiting.duties_more = duties_named(offered).saturating_sub(waiting.duties.len() as u64);
    Ok(())
}

/// What this Party owes, as a hand-over names it; and how much more there is.
pub(super) async fn duties(exchange: &Exchange, head: &Head) -> Result<(Vec<calls::DutyLine>, u64), Status> {
    let lines = Lines::at(head, &exchange.registrar.journal, &exchange.links, "", None);
    let mut duties = Vec::new();
    for duty in head.board.duties_to_hand_over().take(limits::NOW_ITEMS_MAX) {
        duties.push(lines.line(duty).await.map_err(status::record)?);
    }
    let more = head.board.duties_to_hand_over().count().saturating_sub(duties.len()) as u64;
    Ok((duties, more))
}

/// What is open of all that came between two records.
async fn since(
    exchange: &Exchange,
    head: &Head,
    caller: &Person,
    after: u64,
    before: u64,
) -> Result<calls::SinceOffered, Status> {
    let board = &head.board;
    let came = |index: u64| index > after && index < before;
    let all: Vec<_> = board.open_for(caller).filter(|(_, item)| came(item.index)).collect();
    let taken_back = watch_now::taken_back(&exchange.registrar, head, &all).await?;
    let open = listed(all.iter().copied(), &taken_back);
    let (items, items_more) = watch_now::lines(exchange, head, &open).await?;
    let opened = board.duties_opened_between(after, before);
    let lines = Lines::at(head, &exchange.registrar.journal, &exchange.links, "", None);
    let mut duties = Vec::new();
    for duty in opened.iter().take(limits::NOW_ITEMS_MAX) {
        duties.push(lines.line(duty).await.map_err(status::record)?);
    }
    let duties_more = opened.len().saturating_sub(duties.len()) as u64;
    Ok(calls::SinceOffered { items, items_more, duties, duties_more })
}
