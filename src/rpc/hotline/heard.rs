//! Texts that came by telephone: written down as heard, and shown beside their signed originals.
//!
//! Never here: one made of the two. What was written down is this Party's own word, and the original is what counts.

use tonic::Status;

use super::speak::Wanted;
use super::told::Told;
use super::{Desk, opening_in, thread_in};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::form::Prose;
use crate::domain::hotline::session::Spoken;
use crate::domain::hotline::{beginning, misheard, too_long};
use crate::domain::party::Party;
use crate::domain::transcription::Transcription;
use crate::limits;
use crate::rpc::{command, status};

const CAME_BY: &str = "telephone";

impl Desk {
    pub(super) async fn heard(&self, asked: calls::EnterHeardRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/EnterHeard", asked.command.as_ref(), &asked, &self.caller)?;
        asked.from.parse::<Party>().map_err(|_| status::field("from", "must be a Party's code"))?;
        if let Some(rule) = too_long(&asked.text) {
            return Err(status::field("text", rule));
        }
        for (field, given) in
            [("text", &asked.text), ("read_by", &asked.read_by), ("written_by", &asked.written_by)]
        {
            if given.trim().is_empty() {
                return Err(status::field(field, "must be given"));
            }
        }
        if !asked.check_words.is_empty() {
            beginning(&asked.check_words).map_err(|rule| status::field("check_words", rule))?;
        }
        let came_at = asked.at.parse().map_err(|_| status::field("at", "must be a date and time"))?;
        let form = Transcription {
            origin_party: asked.from,
            came_at,
            came_by: CAME_BY.into(),
            text: Prose(asked.text),
            read_by: asked.read_by,
            written_by: asked.written_by,
            check_words: asked.check_words,
            ..Transcription::default()
        };
        let at = (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?));
        self.speak(origin, at, asked.precedence)?.say(Wanted::Heard(Box::new(form))).await
    }
}

/// What was written down of this text: by its author and its check words.
pub(super) fn of(told: &Told, spoken: &Spoken) -> Vec<calls::HeardText> {
    let Content::SessionText(form) = &spoken.said.content else { return Vec::new() };
    let is_of = |one: &&(Digest, Box<Transcription>)| is_of(&one.1, spoken);
    told.heard.iter().filter(is_of).map(|one| beside(one, &form.text.0)).collect()
}

/// What was written down and has no signed original here.
pub(super) fn without_original(told: &Told) -> Vec<calls::HeardText> {
    let has_none = |one: &&(Digest, Box<Transcription>)| {
        let is_text = |spoken: &&Spoken| matches!(spoken.said.content, Content::SessionText(_));
        !told.spoken.iter().filter(is_text).any(|spoken| is_of(&one.1, spoken))
    };
    told.heard.iter().filter(has_none).map(line).collect()
}

fn is_of(heard: &Transcription, spoken: &Spoken) -> bool {
    heard.origin_party == spoken.said.author.as_str()
        && beginning(&heard.check_words).is_ok_and(|words| spoken.said.message.0.starts_with(&words))
}

fn beside(one: &(Digest, Box<Transcription>), original: &str) -> calls::HeardText {
    // A text of another program may be longer than any here.
    let differences = match too_long(original) {
        None => misheard(original, &one.1.text.0),
        Some(_) => Vec::new(),
    };
    let more = differences.len().saturating_sub(limits::HOTLINE_DIFFERENCES_TOLD);
    let told = differences.into_iter().take(limits::HOTLINE_DIFFERENCES_TOLD);
    let told = told.map(|one| calls::HeardDifference {
        word: u32::try_from(one.word).unwrap_or(u32::MAX),
        original: one.original,
        heard: one.heard,
    });
    calls::HeardText {
        differences: told.collect(),
        more_differences: u32::try_from(more).unwrap_or(u32::MAX),
        ..line(one)
    }
}

fn line((digest, form): &(Digest, Box<Transcription>)) -> calls::HeardText {
    calls::HeardText {
        digest: digest.0.to_vec().into(),
        from: form.origin_party.clone(),
        read_by: form.read_by.clone(),
        written_by: form.written_by.clone(),
        at: form.came_at.to_string(),
        check_words: form.check_words.clone(),
        text: form.text.0.clone(),
        ..Default::default()
    }
}
