//! The messages that a form itself names: a draft's envelope refers to them as well, and a draft that is
//! about one belongs to its thread.
//!
//! Never here: a guess. A message that is not on record at the node leads to no thread.

use tonic::{Code, Response};

use super::known::service;
use super::translations::within_copies;
use crate::cli::desk::{Desk, answer};
use crate::cli::fault::Fault;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::{message, signed};
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::form::MessageReference;
use crate::domain::message::{Message, Outgoing, Relation};

/// Each with what joins the draft to it.
pub fn named(content: &Content) -> Vec<(&MessageReference, Relation)> {
    let mut all: Vec<(&MessageReference, Relation)> = main_reference(content).into_iter().collect();
    if let Some(earlier) = content.in_place_of()
        && !matches!(content, Content::Request(_))
    {
        all.push((earlier, Relation::Amends));
    }
    if let Content::Text(form) = content {
        all.extend(form.references.iter().map(|reference| (reference, Relation::RefersTo)));
    }
    if let Content::Formatted(form) = content {
        all.extend(form.references().into_iter().map(|(_, reference)| (reference, Relation::RefersTo)));
    }
    all
}

/// The message that a form is about.
fn main_reference(content: &Content) -> Option<(&MessageReference, Relation)> {
    match content {
        Content::Amendment(form) => Some((&form.amends, Relation::Amends)),
        Content::Conclusion(form) => Some((&form.exercise, Relation::RefersTo)),
        Content::Statement(form) => Some((&form.exercise, Relation::RefersTo)),
        Content::Cancellation(form) => Some((&form.cancels, Relation::RefersTo)),
        Content::SameActivity(form) => Some((&form.other_message, Relation::RefersTo)),
        Content::Suspension(form) => Some((&form.adoption, Relation::RefersTo)),
        Content::Resumption(form) => Some((&form.suspension, Relation::RefersTo)),
        Content::Withdrawal(form) => Some((&form.adoption, Relation::RefersTo)),
        Content::Translation(form) => Some((&form.of, Relation::RefersTo)),
        Content::Update(form) => Some((&form.updates, Relation::Amends)),
        Content::Finding(form) => Some((&form.incident, Relation::RefersTo)),
        Content::Closing(form) => Some((&form.incident, Relation::RefersTo)),
        Content::SameIncident(form) => Some((&form.other_message, Relation::RefersTo)),
        Content::Question(form) => Some((&form.about, Relation::RefersTo)),
        Content::Answer(form) => Some((&form.to, Relation::Answers)),
        Content::MessageWithdrawal(form) => Some((&form.withdraws, Relation::RefersTo)),
        Content::Joining(form) => Some((&form.request, Relation::RefersTo)),
        Content::Reply(form) => Some((&form.request, Relation::Answers)),
        Content::Judgement(form) => Some((&form.reply, Relation::RefersTo)),
        Content::MeetingRequest(form) => Some((&form.request, Relation::RefersTo)),
        Content::Convening(form) => Some((&form.meeting_request, Relation::Answers)),
        Content::Meeting(form) => Some((&form.meeting, Relation::RefersTo)),
        Content::MeetingReport(form) => Some((&form.meeting, Relation::RefersTo)),
        Content::Observers(form) => Some((&form.invitation, Relation::Answers)),
        Content::ObserverReport(form) => Some((&form.exercise, Relation::RefersTo)),
        // A request belongs to the thread of what it corrects.
        Content::Request(_) => content.in_place_of().map(|earlier| (earlier, Relation::Amends)),
        Content::SessionText(form) => {
            (form.answers != MessageReference::default()).then_some((&form.answers, Relation::Answers))
        }
        Content::SessionShown(form) => Some((&form.shown, Relation::RefersTo)),
        Content::CheckAnswer(form) => Some((&form.answers, Relation::Answers)),
        Content::Calendar(_)
        | Content::Notification(_)
        | Content::Invitation(_)
        | Content::Adoption(_)
        | Content::Formatted(_)
        | Content::Report(_)
        | Content::Text(_)
        | Content::ServiceMessage(_)
        | Content::SessionOpening(_)
        | Content::SessionAcceptance(_)
        | Content::SessionAddition(_)
        | Content::SessionClose(_)
        | Content::Check(_)
        | Content::Transcription(_)
        // What is handed on need not come to the receiver in any other way: nobody waits for it.
        | Content::Forwarded(_) => None,
    }
}

/// The thread that a form's draft belongs to: the one asked for, else that of the message that it is about.
/// `None` where nothing says which.
///
/// # Errors
/// The message is of another thread than the one asked for; none is asked for and the message is not here.
pub(super) async fn thread_of(
    desk: &Desk,
    content: &Content,
    asked: Option<ThreadId>,
) -> Result<Option<ThreadId>, Fault> {
    let Some(digest) = in_its_thread(content) else { return Ok(asked) };
    let there = on_record(desk, digest).await?.map(|message| message.draft.thread);
    match (there, asked) {
        (Some(there), Some(asked)) if there != asked => Err(Fault::new(format!(
            "the message that the form is about is of the thread {there}, and the draft of {asked}: name the \
             right message, or the right thread with --thread"
        ))),
        (Some(there), _) => Ok(Some(there)),
        // Carried all the same, and marked.
        (None, Some(asked)) => Ok(Some(asked)),
        (None, None) => match of_copy(desk, content, &digest).await {
            Some(thread) => Ok(Some(thread)),
            None => Err(Fault::new(
                "the message that the form is about is not on record here: correct its digest in the form, or give \
                 the thread with --thread",
            )),
        },
    }
}

/// A translation of what lies here only within a copy belongs to the thread in which that was handed on.
async fn of_copy(desk: &Desk, content: &Content, original: &Digest) -> Option<ThreadId> {
    let is_translation = matches!(content, Content::Translation(_));
    let found = if is_translation { within_copies(desk, original).await } else { None };
    found.map(|(thread, ..)| thread)
}

/// The thread of the messages that a draft answers; `None` where it answers none that has a digest.
///
/// # Errors
/// One of them is not on record here, or two are of different threads.
pub(super) async fn answered_in(desk: &Desk, answered: &[Digest]) -> Result<Option<ThreadId>, Fault> {
    let mut thread = None;
    for digest in answered {
        let Some(message) = on_record(desk, *digest).await? else {
            return Err(Fault::new(format!(
                "the message {digest} that --answers names is not on record here: correct the digest, or give \
                 the thread with --thread"
            )));
        };
        let there = message.draft.thread;
        if thread.is_some_and(|known| known != there) {
            return Err(Fault::new(
                "the messages that --answers names are of different threads: give the thread with --thread",
            ));
        }
        thread = Some(there);
    }
    Ok(thread)
}

/// The message that a form is about, or else the first that flags say it answers, if that is on record at the node.
pub(super) async fn about(
    desk: &Desk,
    content: &Content,
    answered: &[Digest],
) -> Result<Option<Message>, Fault> {
    let named = main_reference(content).and_then(|(reference, _)| reference.message_digest);
    match named.map(|digest| digest.0).or(answered.first().copied()) {
        Some(digest) => on_record(desk, digest).await,
        None => Ok(None),
    }
}

/// The message that a form is about, if what is said of it belongs to its thread.
fn in_its_thread(content: &Content) -> Option<Digest> {
    // What it names is of the other Party's thread.
    if matches!(content, Content::SameActivity(_) | Content::SameIncident(_)) {
        return None;
    }
    main_reference(content)?.0.message_digest.map(|digest| digest.0)
}

/// Gives each reference by digest alone the number and author of its message, if that is on record at the node:
/// that is how a reader knows it.
pub(super) async fn number_references(desk: &Desk, outgoing: &mut Outgoing) -> Result<(), Fault> {
    for reference in &mut outgoing.references {
        let Some(digest) = reference.message.filter(|_| reference.number.is_empty()) else { continue };
        if let Some(found) = on_record(desk, digest).await? {
            reference.number = found.number;
            reference.author = found.author.to_string();
        }
    }
    Ok(())
}

async fn on_record(desk: &Desk, digest: Digest) -> Result<Option<Message>, Fault> {
    let asked = calls::ShowMessageRequest { beginning: digest.to_string() };
    let mut service = service(desk);
    let found = answer(async {
        match service.show_message(asked).await {
            Ok(answered) => Ok(answered.map(Some)),
            Err(status) if status.code() == Code::NotFound => Ok(Response::new(None)),
            Err(status) => Err(status),
        }
    });
    let Some(found) = found.await? else { return Ok(None) };
    let wrapping = signed::decode(found.message)?;
    if wrapping.digest() != digest {
        return Err(Fault::new("the node gave another message than the one asked for"));
    }
    Ok(Some(message::decode(&wrapping.payload)?))
}
