//! Texts that came by telephone: written down as heard, and shown beside their signed originals.
//!
//! Never here: one made of the two. What was written down is this Party's own word, and the original is what counts.

use prost::Message as _;
use tonic::Status;

use super::speak::Wanted;
use super::told::Told;
use super::{Desk, opening_in, thread_in};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::form::{Prose, When};
use crate::domain::hotline::session::Spoken;
use crate::domain::hotline::{beginning, misheard, too_long};
use crate::domain::party::Party;
use crate::domain::text::shown;
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
        let came_at: When = asked.at.parse().map_err(|_| status::field("at", "must be a date and time"))?;
        let latest = self.registrar.clock.now().plus_ms(limits::CLOCKS_MAY_DIFFER_MS);
        if came_at.bounds().is_some_and(|(first, _)| first > latest) {
            return Err(status::field("at", "has not come yet, by this node's clock"));
        }
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

/// Whose text it is said to be: somebody whom the session or this node knows.
pub(super) fn check_from(form: &Transcription, is_known: impl Fn(&Party) -> bool) -> Result<(), Status> {
    let from = &form.origin_party;
    if from.parse::<Party>().is_ok_and(|party| is_known(&party)) {
        return Ok(());
    }
    let rule = format!("{} is not in the session, and no Party that this node knows", shown(from));
    Err(status::field("from", rule))
}

/// What was written down, and in which message.
type Heard = (Digest, Box<Transcription>);

/// What was written down of this text, by its author and its check words; and how much more there is.
pub(super) fn of(told: &Told, spoken: &Spoken) -> (Vec<calls::HeardText>, u32) {
    let Content::SessionText(form) = &spoken.said.content else { return (Vec::new(), 0) };
    let (author, digest) = (spoken.said.author, &spoken.said.message);
    let all = told.heard.iter().zip(&told.about.heard).filter(|(one, words)| {
        one.1.origin_party == author.as_str() && words.is_some_and(|words| digest.0.starts_with(&words))
    });
    as_many(all.map(|(one, _)| one), |one| beside(one, &form.text.0))
}

/// What was written down and has no signed original here, of whatever Party or of one alone; and how much more there is.
pub(super) fn without_original(told: &Told, from: Option<Party>) -> (Vec<calls::HeardText>, u32) {
    as_many(alone(told, from), line)
}

/// How a session stands, with that: as a console is told it.
pub(super) fn beside_session(stands: calls::Session, told: &Told) -> calls::Session {
    let (heard, more_heard) = without_original(told, None);
    calls::Session { heard, more_heard, ..stands }
}

/// How much that is.
pub(super) fn count_alone(told: &Told, from: Option<Party>) -> usize {
    alone(told, from).count()
}

fn alone(told: &Told, from: Option<Party>) -> impl Iterator<Item = &Heard> {
    let is_from = move |form: &Transcription| from.is_none_or(|from| form.origin_party == from.as_str());
    told.heard.iter().filter(move |(_, form)| is_from(form) && told.original_of(form).is_none())
}

/// The first ones, as many as there is room for.
fn as_many<'h>(
    all: impl Iterator<Item = &'h Heard>,
    told: impl Fn(&Heard) -> calls::HeardText,
) -> (Vec<calls::HeardText>, u32) {
    let (mut given, mut bytes, mut more) = (Vec::new(), 0_usize, 0_u32);
    for one in all {
        // One that was put in the thread in another way may be longer than any that is taken here.
        if more == 0 && given.len() < limits::HOTLINE_HEARD_TOLD && too_long(&one.1.text.0).is_none() {
            let next = told(one);
            bytes = bytes.saturating_add(next.encoded_len());
            if bytes <= limits::HOTLINE_HEARD_BYTES {
                given.push(next);
                continue;
            }
        }
        more = more.saturating_add(1);
    }
    (given, more)
}

fn beside(one: &Heard, original: &str) -> calls::HeardText {
    // A text of another program may be longer than any here.
    let differences = match too_long(original) {
        None => misheard(original, &one.1.text.0),
        Some(_) => None,
    };
    let not_compared = differences.is_none();
    let differences = differences.unwrap_or_default();
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
        not_compared,
        ..line(one)
    }
}

fn line((digest, form): &Heard) -> calls::HeardText {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: String) -> Heard {
        let form = Transcription { text: Prose(text), ..Transcription::default() };
        (Digest::of(b"where it was written down"), Box::new(form))
    }

    #[test]
    fn of_what_was_heard_the_first_is_told_and_how_much_more_there_is() {
        let short: Vec<Heard> = (0..20).map(|_| heard("Stop.".into())).collect();
        let (told, more) = as_many(short.iter(), line);
        assert_eq!((told.len(), more), (8, 12));
        let long: Vec<Heard> = (0..20).map(|_| heard("x".repeat(limits::HOTLINE_TEXT_BYTES_MAX))).collect();
        let (told, more) = as_many(long.iter(), |one| beside(one, "Stop."));
        assert!(told.iter().map(|one| one.encoded_len()).sum::<usize>() <= limits::HOTLINE_HEARD_BYTES);
        assert_eq!(told.len() + more as usize, 20);
        let too_long = [heard("x".repeat(limits::HOTLINE_TEXT_BYTES_MAX + 1))];
        assert_eq!(as_many(too_long.iter(), line), (Vec::new(), 1));
    }

    #[test]
    fn what_was_heard_of_an_original_that_is_too_long_is_told_as_not_compared() {
        let told = beside(&heard("Stop.".into()), &"x".repeat(limits::HOTLINE_TEXT_BYTES_MAX + 1));
        assert!(told.not_compared && told.differences.is_empty(), "{told:?}");
        assert!(!beside(&heard("Stop.".into()), "Stop.").not_compared);
    }
}
