//! The instruction card for a message that came in, and the draft of its holding reply.
//!
//! Never here: a word of the reply. Two custodians laid it down, and of the message it repeats number and
//! date-time group alone.

use bytes::Bytes;
use tonic::{Request, Response, Status};

use super::command::{self, digest_in, give, not_what_was_asked, person, refused};
use super::{draft, faults, status};
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::{content, form, heading};
use crate::domain::board::Board;
use crate::domain::command::{Command, Origin};
use crate::domain::content::{Content, Kind};
use crate::domain::correspondence::Text;
use crate::domain::digest::{Digest, DraftId};
use crate::domain::form::Prose;
use crate::domain::message::{Message, Outgoing, Reference, Relation};
use crate::domain::people::{Person, Role};
use crate::domain::refusal::Refusal;
use crate::domain::text::shown;
use crate::domain::thread::{Acknowledged, Entry};
use crate::domain::watch::{Card, HoldingReply};
use crate::limits;
use crate::registrar::{Head, Registrar};

/// The card for a message of ours to read: the first that fits it.
pub(super) fn card_of<'b>(board: &'b Board, digest: &Digest, message: &Message) -> Option<&'b Card> {
    let known = board.roster.watch_cards.as_ref()?;
    let offices = board.roster.offices.still_listed(board.offices_of(digest));
    known.cards.card_for(&message.draft.kind, message.draft.precedence, offices)
}

/// The draft of a holding reply to a message, while it is open: one at a time. Anybody who drafts can find its id and
/// put another text there: that is none.
pub(super) async fn open_draft(
    registrar: &Registrar,
    head: &Head,
    digest: &Digest,
    message: &Message,
) -> Result<Option<DraftId>, Status> {
    let id = draft_for(digest);
    let Some(open) = head.board.draft(id) else { return Ok(None) };
    let outgoing = draft::body(registrar, head, id, open.index).await?.outgoing;
    let card = card_of(&head.board, digest, message);
    let as_laid_down = |reply: &HoldingReply| {
        reply_to(*digest, message, reply, &outgoing.drafter).is_ok_and(|laid_down| laid_down == outgoing)
    };
    Ok(card.filter(|card| card.holding.iter().any(as_laid_down)).map(|_| id))
}

fn draft_for(digest: &Digest) -> DraftId {
    let named = Digest::of_all(&[b"detente holding reply 1\0", &digest.0]);
    let mut id = [0; 16];
    id.iter_mut().zip(named.0).for_each(|(place, byte)| *place = byte);
    DraftId(id)
}

/// The first holding reply to a message that went out: a text of ours that refers to it and answers nothing. Whatever
/// cards were in force then.
async fn sent(
    registrar: &Registrar,
    head: &Head,
    digest: &Digest,
    message: &Message,
) -> Result<Option<(Digest, Message)>, Status> {
    let (Some(own), Some(thread)) = (head.board.own, head.board.thread(message.draft.thread)) else {
        return Ok(None);
    };
    let since = head.board.messages.get(digest).map_or(0, |there| there.index);
    let ours = |entry: &&Entry| entry.author == own.party && entry.index > since;
    let ours: Vec<Entry> =
        thread.entries().filter(ours).take(limits::HOLDING_REPLY_LOOKED_MAX).copied().collect();
    let records = head.records(&registrar.journal);
    for entry in ours {
        let sent = records.message(entry.index, &entry.digest).await.map_err(status::record)?.message;
        if is_holding_reply(&sent, digest) {
            return Ok(Some((entry.digest, sent)));
        }
    }
    Ok(None)
}

/// As `reply_to` makes one.
fn is_holding_reply(sent: &Message, of: &Digest) -> bool {
    let refers = |one: &Reference| one.message == Some(*of) && one.relation == Relation::RefersTo;
    sent.draft.kind == Kind::Text.name()
        && sent.draft.references.iter().any(refers)
        && match content::said(&sent.draft.kind, &sent.draft.content).content() {
            Some(Content::Text(form)) => {
                form.is_to_follow() && form.to_follow.iter().any(|path| path == "text")
            }
            _ => false,
        }
}

/// A message that came from another Party.
async fn came_in(registrar: &Registrar, head: &Head, digest: &Digest) -> Result<Message, Status> {
    let there = head.board.messages.get(digest).ok_or(Refusal::NoSuchMessage).map_err(refused)?;
    if there.acknowledged == Acknowledged::NotOwed {
        return Err(status::field(
            "digest",
            "a message that came from another Party, and no acknowledgement",
        ));
    }
    let stored = head.records(&registrar.journal).message(there.index, digest).await;
    Ok(stored.map_err(status::record)?.message)
}

pub(super) async fn card(
    registrar: &Registrar,
    call: Request<calls::CardRequest>,
) -> Result<Response<calls::CardResponse>, Status> {
    let digest = digest_in(&call.get_ref().digest)?;
    let head = registrar.head();
    let message = came_in(registrar, &head, &digest).await?;
    let card = card_of(&head.board, &digest, &message);
    let reply = card.and_then(|card| card.holding_in(&message.draft.language));
    let open = open_draft(registrar, &head, &digest, &message).await?;
    let sent = sent(registrar, &head, &digest, &message).await?;
    Ok(Response::new(calls::CardResponse {
        card: card.map(|card| calls::InstructionCard {
            name: card.name.clone(),
            steps: card.steps.clone(),
            telephones: card.telephones.clone(),
            languages: card.languages.clone(),
        }),
        holding: reply.map(|reply| filled(reply, &message)),
        holding_draft: id_of(open),
        has_cards: head.board.roster.watch_cards.as_ref().is_some_and(|known| !known.cards.cards.is_empty()),
        from: message.author.to_string(),
        number: message.number.clone(),
        subject: message.draft.subject.clone(),
        precedence: precedence_to_proto(message.draft.precedence),
        traffic: traffic_to_proto(message.draft.traffic),
        holding_sent: sent.map(|(digest, sent)| calls::HoldingReplySent {
            digest: digest.0.to_vec().into(),
            number: sent.number,
            drafter: sent.draft.drafter.name,
            releaser: sent.releaser.name,
            released_at_ms: sent.released_at.0,
        }),
    }))
}

pub(super) fn id_of(draft: Option<DraftId>) -> Bytes {
    draft.map(|draft| draft.0.to_vec().into()).unwrap_or_default()
}

fn filled(reply: &HoldingReply, message: &Message) -> calls::FilledHoldingReply {
    calls::FilledHoldingReply {
        language: reply.language.clone(),
        subject: reply.subject.clone(),
        text: reply.text(&message.number, message.released_at),
    }
}

pub(super) async fn draft_holding_reply(
    registrar: &Registrar,
    call: Request<calls::DraftHoldingReplyRequest>,
) -> Result<Response<calls::DraftHoldingReplyResponse>, Status> {
    let caller = person(&call)?.clone();
    let asked = call.into_inner();
    let origin = command::origin("WatchService/DraftHoldingReply", asked.command.as_ref(), &asked, &caller)?;
    let digest = digest_in(&asked.digest)?;
    let head = registrar.head();
    let message = came_in(registrar, &head, &digest).await?;
    let given_before =
        matches!(&origin, Origin::Person(stamp) if head.board.commands.contains_key(&stamp.id));
    let id = draft_for(&digest);
    if !given_before && head.board.draft(id).is_some() {
        let rule = match open_draft(registrar, &head, &digest, &message).await? {
            Some(id) => format!("a holding reply to this message waits for release already, as draft {id}"),
            None => format!(
                "draft {id} stands where its holding reply would, and says something else than the card: withdraw it \
                 first"
            ),
        };
        return Err(status::field("digest", rule));
    }
    if !given_before
        && !asked.again
        && let Some((_, sent)) = sent(registrar, &head, &digest, &message).await?
    {
        let rule = format!(
            "a holding reply to this message went out already, as {}: {} drafted it, and {} released it at {}; say that a \
             further one is meant (`--again`)",
            shown(&sent.number),
            shown(&sent.draft.drafter.name),
            shown(&sent.releaser.name),
            sent.released_at.date_time_group(),
        );
        return Err(status::field("again", rule));
    }
    let card = card_of(&head.board, &digest, &message);
    let reply = card.and_then(|card| card.holding_in(&message.draft.language));
    let reply = reply.ok_or_else(|| {
        status::field("digest", "no instruction card lays down a holding reply to this message")
    })?;
    let (to, precedence) = (message.author, message.draft.precedence);
    let outgoing = reply_to(digest, &message, reply, caller.person())?;
    // What can't be read again must not be put on record.
    let bytes = heading::whole(&outgoing).map_err(status::decode)?;
    let record = give(registrar, Command::Draft { draft: id, outgoing, bytes }, origin).await?;
    let body = draft::drafted_in(&record, id).ok_or_else(not_what_was_asked)?;
    let holding = calls::FilledHoldingReply {
        language: body.outgoing.language.clone(),
        subject: body.outgoing.subject.clone(),
        text: match body.said.content() {
            Some(Content::Text(form)) => form.remarks.0.clone(),
            _ => return Err(not_what_was_asked()),
        },
    };
    let head = registrar.head();
    let found = draft::faults(registrar, &head, &body).await?;
    let roster = &head.board.roster;
    let may_release = roster.permits(caller.person(), &[Role::Releaser]).is_ok();
    Ok(Response::new(calls::DraftHoldingReplyResponse {
        draft: id.0.to_vec().into(),
        draft_digest: body.digest.0.to_vec().into(),
        holding: Some(holding),
        to: to.to_string(),
        faults: faults::to_proto(found),
        may_release: may_release && roster.one_person.contains(&precedence),
    }))
}

/// To its author, in its thread, on its lane; handled with no less care than what it answers.
fn reply_to(of: Digest, message: &Message, reply: &HoldingReply, by: &Person) -> Result<Outgoing, Status> {
    // What answers is to follow, and is said to be: so that no rule under which a text answers takes this for one.
    let words = Prose(reply.text(&message.number, message.released_at));
    let text = Text { remarks: words, to_follow: vec!["text".into()], ..Text::default() };
    let content = form::encode(&Content::Text(text)).map_err(|fault| status::field("digest", fault))?;
    Ok(Outgoing {
        content: content.into(),
        marking: message.draft.marking.clone(),
        language: reply.language.clone(),
        subject: reply.subject.clone(),
        ..Outgoing::to_author(Kind::Text.name(), of, message, Relation::RefersTo, by)
    })
}
