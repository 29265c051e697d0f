//! What an officer is to see before something is said: the agreed phrases with their numbers, the transcript that a
//! close signs. Asked of the node by calls of their own, beside the stream.
//!
//! Never here: a digest taken on the node's word: that of a transcript is computed again.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::cli::desk::{Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::hotline::close::signed_by_close;
use crate::cli::hotline::service;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;

/// What is to be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Look {
    /// The phrases that are agreed with this Party.
    Phrases(String),
    /// What a close of this session signs now, with each of these Parties.
    Transcripts { thread: Bytes, with: Vec<String> },
}

/// One thing of it. No text in it is safe to show.
#[derive(Clone, PartialEq, Debug)]
pub enum Note {
    /// In one of its languages.
    Phrase {
        number: u64,
        text: calls::AgreedText,
    },
    Transcript {
        with: String,
        digest: Digest,
    },
}

/// What was seen or, in one sentence, why not.
pub type Looked = (Look, Result<Vec<Note>, String>);

/// How many answers may wait for the screen.
const AHEAD: usize = 4;

/// Where the answers come.
pub fn channel() -> (mpsc::Sender<Looked>, mpsc::Receiver<Looked>) {
    mpsc::channel(AHEAD)
}

/// Asks the node, and hands over the answer to whoever still listens.
pub fn begin(desk: Desk, look: Look, looked: mpsc::Sender<Looked>) {
    tokio::spawn(async move {
        let seen = match &look {
            Look::Phrases(party) => phrases(&desk, party).await,
            Look::Transcripts { thread, with } => transcripts(&desk, thread, with).await,
        };
        // Nobody listens once the console has ended.
        let _ = looked.send((look, seen.map_err(|fault| fault.to_string()))).await;
    });
}

async fn phrases(desk: &Desk, party: &str) -> Result<Vec<Note>, Fault> {
    let asked = calls::ListPhrasesRequest { party: party.to_owned() };
    let lists = answer(service(desk).list_phrases(asked)).await?.lists;
    let phrases = lists.into_iter().flat_map(|list| list.phrases);
    let notes = phrases.flat_map(|one| {
        let number = one.number;
        one.texts.into_iter().map(move |text| Note::Phrase { number, text })
    });
    Ok(notes.collect())
}

async fn transcripts(desk: &Desk, thread: &Bytes, with: &[String]) -> Result<Vec<Note>, Fault> {
    let mut notes = Vec::new();
    for party in with {
        let asked = calls::TranscriptRequest { thread: thread.clone(), with: party.clone() };
        let answered = answer(service(desk).transcript(asked)).await?;
        let digest = Digest::of(signed_by_close(&answered));
        notes.push(Note::Transcript { with: party.clone(), digest });
    }
    Ok(notes)
}
