//! `message forward`: a message that the node holds, drafted to be handed on.
//!
//! Never here: another encoding of it. The bytes that were signed go on as they are.

use super::compose::{self, blank};
use super::heading::{HeadingArgs, derived};
use super::known::{Known, known_message};
use crate::cli::desk::{AsCommand, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::given;
use crate::codec::content;
use crate::codec::content::Said;
use crate::codec::forwarded::{self, Opened};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::hotline_service_client::HotlineServiceClient;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{DraftId, ThreadId};
use crate::domain::forwarded::{Enclosed, Forwarded};
use crate::domain::message::{Message, Outgoing};
use crate::domain::party::Party;

#[derive(clap::Args, Debug)]
pub struct ForwardArgs {
    /// The message's digest, or its first digits; if it was forwarded to us, its original goes on. A withdrawal marks
    /// the copy of what it takes back only in the thread of that copy: give that with --thread
    #[arg(value_parser = given::beginning)]
    message: String,
    #[command(flatten)]
    person: AsCommand,
    #[command(flatten)]
    heading: HeadingArgs,
    /// Hand on its attachments too, as far as they are kept here: they are named once more, and can be fetched from us
    #[arg(long)]
    with_parts: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn forward(args: ForwardArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    let Known { signed, message, .. } = known_message(&desk, &args.message).await?;
    let (original, message) = match content::said(&message.draft.kind, &message.draft.content) {
        Said::Form(Content::Forwarded(form)) => match (forwarded::open(&form), form.original) {
            (Opened::Message(inner), Some(original)) => (original, inner.message),
            (Opened::Message(_) | Opened::Forwarding | Opened::Unreadable, _) => {
                return Err(Fault::new(
                    "what this message hands on can't be opened, and so not be handed on",
                ));
            }
        },
        Said::Form(_) | Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => {
            (Enclosed(signed), message)
        }
    };
    let content = Content::Forwarded(Forwarded { original: Some(original), ..Forwarded::default() });
    let thread = args.heading.thread.unwrap_or(ThreadId(derived("thread", id)));
    let mut outgoing = blank(thread, &content);
    outgoing.subject = format!("Forwarded: {} of {}", message.number, message.author);
    outgoing.traffic = message.draft.traffic;
    outgoing.marking.clone_from(&message.draft.marking);
    args.heading.put_into(&mut outgoing, &content);
    if args.heading.thread.is_none() && is_within_session(&desk, &message, &outgoing).await {
        outgoing.thread = message.draft.thread;
        outgoing.precedence = args.heading.precedence.unwrap_or(message.draft.precedence);
    }
    args.heading.put_parts(&desk, id, &mut outgoing).await?;
    if args.with_parts {
        outgoing.parts.extend(message.draft.parts);
    }
    compose::put(&desk, header, id, DraftId(derived("draft", id)), &outgoing, &content, args.json).await
}

/// Whether it is a message of a hotline session, or takes one back, handed on to Parties that are in it: they find it
/// there.
async fn is_within_session(desk: &Desk, original: &Message, outgoing: &Outgoing) -> bool {
    let may_be = |kind: Kind| kind.has_place_in_session() || kind == Kind::MessageWithdrawal;
    if !Kind::from_name(&original.draft.kind).is_some_and(may_be) {
        return false;
    }
    // Of the lines none is asked for. Where the node tells of no session, it goes as any other does.
    let thread = original.draft.thread.0.to_vec().into();
    let asked = calls::ShowSessionRequest { thread, from: u32::MAX, ..Default::default() };
    let told = answer(HotlineServiceClient::new(desk.channel.clone()).show_session(asked)).await;
    let session = told.ok().and_then(|told| told.session).unwrap_or_default();
    let (parties, is_in) = (outgoing.parties(), |party: &Party| session.present.contains(&party.to_string()));
    !parties.is_empty() && parties.iter().all(is_in)
}
