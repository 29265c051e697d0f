//! `hotline close`: what is signed is told before it is, with how much of it nobody here has read.
//!
//! Never here: a signature over a transcript other than the one that was told, or over a text that nobody has read
//! where nobody said that it is meant so.

use bytes::Bytes;
use clap::Args;
use serde_json::{Value, json};

use super::console::{is_text, is_unread_here};
use super::speak::{How, Open};
use super::{open_drafts, service, show, way};
use crate::cli::desk::{answer, answer_command};
use crate::cli::fault::Fault;
use crate::cli::out::say;
use crate::cli::{given, json};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::text::shown;

#[derive(Args, Debug)]
pub struct CloseArgs {
    /// The session's thread, or its first digits
    #[arg(value_parser = given::beginning)]
    thread: String,
    /// Why, or what remains to be said
    #[arg(long, default_value = "")]
    remarks: String,
    /// Sign although some texts are unread by this Party; otherwise refused
    #[arg(long)]
    with_unread: bool,
    #[command(flatten)]
    how: How,
}

/// What a close signs, as it stands now.
struct Signs {
    transcripts: Vec<Signed>,
    texts: usize,
    /// Digests of those that nobody here has read, as `hotline read` takes them, in the order of the session.
    unread: Vec<Bytes>,
    /// Drafts of the session that are not released: what they say is no part of it.
    drafts: Option<calls::OpenDrafts>,
}

/// A transcript with one other Party.
struct Signed {
    with: String,
    digest: Digest,
    /// How many messages that both have wait for one that is not on record here, or are a third's from which neither went
    /// on: the close does not cover them.
    without: usize,
}

/// The exact bytes of which a close signs the digest.
pub(super) fn signed_by_close(answered: &calls::TranscriptResponse) -> &Bytes {
    if answered.closes.is_empty() { &answered.transcript } else { &answered.closes }
}

pub async fn close(args: CloseArgs) -> Result<(), Fault> {
    let open = args.how.open()?;
    let session = open.session(open.thread(&args.thread).await?).await?;
    let signs = Signs::asked(&open, &session).await?;
    if let Some(first) = signs.unread.first().filter(|_| !args.with_unread) {
        let first = hex::encode(first);
        let first = first.get(..12).unwrap_or_default();
        return Err(Fault::new(format!(
            "{} of {} text(s) no officer of yours has read, {first} first: `detente hotline read {first}`, or \
             --with-unread, if they are to be signed unread; nothing was sent",
            signs.unread.len(),
            signs.texts
        )));
    }
    if !open.json {
        signs.print();
    }
    let asked = calls::CloseSessionRequest {
        command: Some(open.header.clone()),
        thread: session.thread,
        opening: session.opening,
        remarks: args.remarks,
        precedence: open.precedence,
        shown: signs.shown(),
    };
    let said = answer_command(open.id, service(&open.desk).close_session(asked)).await?;
    match said.spoken {
        Some(spoken) if open.json => {
            say!("{}", json::line(&json::with(open.as_json(&spoken), signs.as_json())));
            Ok(())
        }
        spoken => open.told(spoken),
    }
}

impl Signs {
    /// The transcripts first: what comes after them is counted, and the node signs no other than these.
    async fn asked(open: &Open, session: &calls::Session) -> Result<Signs, Fault> {
        let (own, thread) = (open.desk.party.to_string(), &session.thread);
        let mut transcripts = Vec::new();
        for party in session.present.iter().filter(|party| **party != own) {
            let asked = calls::TranscriptRequest { thread: thread.clone(), with: party.clone() };
            let answered = answer(service(&open.desk).transcript(asked)).await?;
            let signed = signed_by_close(&answered);
            transcripts.push(Signed {
                with: party.clone(),
                digest: Digest::of(signed),
                without: messages_in(&answered.transcript).saturating_sub(messages_in(signed)),
            });
        }
        let calls::ShowSessionResponse { lines, drafts, .. } =
            show::whole(&open.desk, thread.clone()).await?;
        // What has no place in the session is no part of what is signed.
        let of_it = || lines.iter().filter(|line| line.position > 0);
        let unread = of_it().filter(|line| is_unread_here(line, &own));
        Ok(Signs {
            transcripts,
            texts: of_it().filter(|line| is_text(line)).count(),
            unread: unread.map(|line| way::to_read(line).clone()).collect(),
            drafts,
        })
    }

    fn print(&self) {
        for Signed { with, digest, without } in &self.transcripts {
            say!("signs     {digest} with {}", shown(with));
            if *without > 0 {
                say!(
                    "without   {without} message(s) that wait for others, or of a third Party and neither of the two went \
                     on from them: the close does not cover them"
                );
            }
        }
        say!("texts     {}, of which no officer of yours has read {}", self.texts, self.unread.len());
        if let Some(counted) = open_drafts::counted(self.drafts.as_ref()) {
            say!("without   {counted}");
        }
    }

    /// For the node to compare.
    fn shown(&self) -> Vec<calls::TranscriptShown> {
        let one = |signed: &Signed| calls::TranscriptShown {
            party: signed.with.clone(),
            digest: signed.digest.0.to_vec().into(),
        };
        self.transcripts.iter().map(one).collect()
    }

    fn as_json(&self) -> Value {
        let one = |Signed { with, digest, without }: &Signed| {
            let digest = digest.to_string();
            json!({ "with": with, "transcript": digest, "without": without })
        };
        json!({
            "signs": self.transcripts.iter().map(one).collect::<Vec<_>>(),
            "texts": self.texts,
            "unread": self.unread.iter().map(hex::encode).collect::<Vec<_>>(),
            "drafts": open_drafts::as_json(self.drafts.as_ref()),
        })
    }
}

/// How many, and as many more as its head has lines.
fn messages_in(transcript: &[u8]) -> usize {
    transcript.iter().filter(|byte| **byte == b'\n').count()
}
