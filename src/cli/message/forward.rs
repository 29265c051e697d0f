//! `message forward`: a message that the node holds, drafted to be handed on.
//!
//! Never here: another encoding of it. The bytes that were signed go on as they are.

use super::compose::{self, blank};
use super::heading::{HeadingArgs, derived};
use super::known::{Known, known_message};
use crate::cli::desk::AsCommand;
use crate::cli::fault::Fault;
use crate::cli::given;
use crate::codec::content;
use crate::codec::content::Said;
use crate::codec::forwarded::{self, Opened};
use crate::domain::content::Content;
use crate::domain::digest::{DraftId, ThreadId};
use crate::domain::forwarded::{Enclosed, Forwarded};

#[derive(clap::Args, Debug)]
pub struct ForwardArgs {
    /// The message's digest, or its first digits; of a message that was forwarded to us the original goes on
    #[arg(value_parser = given::beginning)]
    message: String,
    #[command(flatten)]
    person: AsCommand,
    #[command(flatten)]
    heading: HeadingArgs,
    /// Its attachments too, as far as they are kept here: they are named once more, and can be fetched from us
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
    args.heading.put_parts(&desk, id, &mut outgoing).await?;
    if args.with_parts {
        outgoing.parts.extend(message.draft.parts);
    }
    compose::put(&desk, header, id, DraftId(derived("draft", id)), &outgoing, &content, args.json).await
}
