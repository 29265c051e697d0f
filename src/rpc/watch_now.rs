//! What waits for an officer, what must be done first before the rest.
//!
//! Never here: which step is due (the Board), or what stands as one (`domain/watch/listed.rs`).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use tonic::Status;

use super::command::not_what_was_asked;
use super::hotline::{check_waiting, open_drafts};
use super::thread::{marks_of, waits_too_long};
use super::watch::offices_of;
use super::watch_card::{card_of, id_of, open_draft};
use super::{alarms, became, came_by_file, status, watch_hand_over, webhooks};
use crate::codec::content::{self, Said};
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::became::WITHDRAWN;
use crate::domain::board::Board;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::duty::OfAuthor;
use crate::domain::event::Record;
use crate::domain::message::Traffic;
use crate::domain::people::Person;
use crate::domain::thread::Acknowledged;
use crate::domain::watch::{Alerted, Item, Listed, Reach, listed};
use crate::journal::Journal;
use crate::limits;
use crate::peers::exchange::Exchange;
use crate::peers::links::Links;
use crate::registrar::{Head, Registrar};
use crate::replay::records::{RecordFault, Records};

/// All that is open for whoever is told of it, as far as one answer lists it.
pub(super) async fn page(
    exchange: &Exchange,
    head: &Head,
    caller: &Person,
    skip: u32,
    is_told: impl Fn(&Digest) -> bool,
) -> Result<calls::NowResponse, Status> {
    let (board, registrar) = (&head.board, &exchange.registrar);
    let own = exchange.dialler.certificate.borrow().clone();
    let now = registrar.clock.now();
    let all: Vec<_> = board.watch.open.items().filter(|(message, _)| is_told(message)).collect();
    let open = listed(all.iter().copied(), &taken_back(registrar, head, &all).await?);
    let (items, more) = lines(exchange, head, open.get(skip as usize..).unwrap_or_default()).await?;
    let desk = board.roster.offices.desk_of(caller);
    let plan = board.watch_plan();
    let past_due = alarms::raised(registrar, head, &is_told).await?;
    let (checks, checks_more) = check_waiting::waiting(board, now);
    Ok(calls::NowResponse {
        items,
        more,
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
            ..Default::default()
        }),
        open: open.len() as u64,
        escalated: open.iter().filter(|one| one.is_escalated).count() as u64,
        webhooks_failing: webhooks::failing(board),
        expiring: alarms::expiring(board, &own, now),
        alarms: past_due.lines,
        alarms_more: past_due.more,
        since_offered: watch_hand_over::since_offered(exchange, head, caller).await?,
        checks,
        checks_more,
        messages: board.open_for(caller).count() as u64,
        session_drafts: Some(open_drafts::of_sessions(board)),
        ..Default::default()
    })
}

/// Those of these messages that their authors took back. Only where an author took anything back in a thread is what
/// it said there read, the gravest first; what is beyond the limit counts as standing.
pub(super) async fn taken_back(
    registrar: &Registrar,
    head: &Head,
    open: &[(&Digest, &Item)],
) -> Result<BTreeSet<Digest>, Status> {
    let records = head.records(&registrar.journal);
    let may_be = |item: &Item| {
        let of = OfAuthor { thread: item.thread, author: item.from, traffic: item.traffic };
        head.board.duties.withdrawals.are_any(of)
    };
    let mut looked_at: Vec<(&Digest, &Item)> =
        open.iter().copied().filter(|(_, item)| may_be(item)).collect();
    looked_at.sort_by_key(|(_, item)| Reverse(item.precedence));
    let mut all = BTreeSet::new();
    for (message, item) in looked_at.into_iter().take(limits::NOW_TAKEN_BACK_READ_MAX) {
        let stored = records.message(item.index, message).await.map_err(status::record)?;
        if head.board.is_taken_back_before(u64::MAX, message, &stored.message) {
            all.insert(*message);
        }
    }
    Ok(all)
}

/// As many of them as one answer lists, and how many more there are.
pub(super) async fn lines(
    exchange: &Exchange,
    head: &Head,
    open: &[Listed<'_>],
) -> Result<(Vec<calls::NowItem>, u64), Status> {
    let mut items = Vec::new();
    let many = open.len().min(limits::NOW_ITEMS_MAX);
    let mut room = limits::NOW_LATER_WORDS_READ_MAX;
    for (at, one) in open.iter().take(many).enumerate() {
        let share = room.checked_div(many.saturating_sub(at)).unwrap_or(room);
        let (line, read) = line(&exchange.registrar, head, &exchange.links, (one, share)).await?;
        room = room.saturating_sub(read);
        items.push(line);
    }
    let more = open.len().saturating_sub(items.len()) as u64;
    Ok((items, more))
}

/// An item, and of how many later words of its author it was read what became of it: no more than its share.
async fn line(
    registrar: &Registrar,
    head: &Head,
    links: &Links,
    (listed, share): (&Listed<'_>, usize),
) -> Result<(calls::NowItem, usize), Status> {
    let (message, item) = (listed.message, listed.item);
    let board: &Board = &head.board;
    let records = head.records(&registrar.journal);
    let stored = records.message(item.index, message).await.map_err(status::record)?;
    let draft = &stored.message.draft;
    let said = content::said(&draft.kind, &draft.content);
    let mut marks = marks_of(board, &stored.message, &said, None);
    marks.extend(waits_too_long(board, message, &stored.message));
    let most = share.min(limits::LATER_WORDS_READ_MAX);
    let this = (message, &stored.message);
    marks.extend(became::marks(head, &records, this, most).await.map_err(status::record)?);
    let read = became::later_words(head, message, &stored.message).min(most);
    let (next, telephones) = board.next_step(listed.due_of).unwrap_or_default();
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
    let author = board.roster.parties.get(&item.from);
    let known = author.and_then(|known| known.newest());
    let introducer = author.and_then(|known| known.unconfirmed(None));
    let seen = links.of(item.from).seen();
    let (withdraws_number, withdraws_subject) =
        withdraws(head, &records, &said).await.map_err(status::record)?;
    let came = came_by_file::mark(&records, &stored.record, message).await.map_err(status::record)?;
    let item = calls::NowItem {
        digest: message.0.to_vec().into(),
        thread: draft.thread.0.to_vec().into(),
        from: item.from.to_string(),
        number: stored.message.number.clone(),
        kind: draft.kind.clone(),
        subject: draft.subject.clone(),
        language: draft.language.clone(),
        precedence: precedence_to_proto(item.precedence),
        traffic: traffic_to_proto(item.traffic),
        since_ms: listed.since.0,
        offices: offices_of(board, message),
        alerted: item.alerted,
        everyone: listed.is_over,
        next_due_ms: listed.due.map_or(0, |due| due.0),
        next: owned(next),
        next_telephones: owned(telephones),
        alerted_telephones: owned(board.alerted_telephones(listed.due_of)),
        contacts: known.map(|newest| newest.list.contacts.clone()).unwrap_or_default(),
        heard_at_ms: seen.heard_at.map_or(0, |at| at.0),
        unanswered: seen.unanswered,
        marks,
        card: card_of(board, message, &stored.message).map(|card| card.name.clone()).unwrap_or_default(),
        holding_draft: id_of(open_draft(registrar, head, message, &stored.message).await?),
        unconfirmed_by: introducer.map(|by| by.to_string()).unwrap_or_default(),
        session_waiting: listed.of_session as u64,
        session_withdrawn: listed.session_taken_back as u64,
        withdraws_number,
        withdraws_subject,
        came_by_file: came.unwrap_or_default(),
    };
    Ok((item, read))
}

/// Number and subject of the message that a withdrawal takes back; of one that is not held here the number that the
/// withdrawal gives. Empty for all else.
async fn withdraws(head: &Head, records: &Records, said: &Said) -> Result<(String, String), RecordFault> {
    let Some(Content::MessageWithdrawal(form)) = said.content() else { return Ok(Default::default()) };
    let digest = form.withdraws.message_digest.map(|digest| digest.0);
    let there = digest.and_then(|digest| head.board.messages.get(&digest).map(|there| (there.index, digest)));
    let Some((index, digest)) = there else { return Ok((form.withdraws.number.clone(), String::new())) };
    let message = records.message(index, &digest).await?.message;
    Ok((message.number, message.draft.subject))
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
    let records = head.records(journal);
    let stored = records.message(there.index, &alerted.message).await.map_err(status::record)?;
    let came = came_by_file::mark(&records, &stored.record, &alerted.message).await;
    let (message, draft) = (&stored.message, &stored.message.draft);
    let is_taken_back = head.board.is_taken_back_before(record.index, &alerted.message, message);
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
        acknowledgement_owed: there.acknowledged != Acknowledged::NotOwed,
        offices: offices_of(&head.board, &alerted.message),
        marks: is_taken_back.then(|| format!("{WITHDRAWN} before this step")).into_iter().collect(),
        alert: Some(calls::Alert {
            step: alerted.step,
            persons: alerted.persons.iter().map(|person| person.name.clone()).collect(),
            everyone: alerted.reach == Reach::Everyone,
            due_ms: alerted.due.0,
            next_due_ms: alerted.next.map_or(0, |next| next.0),
        }),
        came_by_file: came.map_err(status::record)?.unwrap_or_default(),
        ..Default::default()
    })
}

/// That what a message refers to did not come, as a watch that follows is told of it.
pub(super) async fn missing(
    record: &Record,
    (message, missing): (&Digest, &Digest),
    head: &Head,
    journal: &Journal,
) -> Result<calls::FollowResponse, Status> {
    let there = head.board.messages.get(message).ok_or_else(not_what_was_asked)?;
    let stored = head.records(journal).message(there.index, message).await.map_err(status::record)?;
    let mark = if stored.message.draft.traffic == Traffic::Drill { "DRILL " } else { "" };
    let since = stored.record.at;
    let news = match head.board.messages.get(missing) {
        None => format!("has not come since {since}"),
        Some(_) => format!("did not come for long after {since}; it has come by now"),
    };
    Ok(calls::FollowResponse {
        position: record.index.saturating_add(1),
        from: stored.message.author.to_string(),
        recorded_at_ms: record.at.0,
        news: format!("{mark}ALARM: message {message} refers to message {missing}, which {news}"),
        ..Default::default()
    })
}
