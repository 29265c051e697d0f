//! What was filled in, read: what is given to the node, or the field that is wrong.
//!
//! Never here: a rule that the node knows.

use bytes::Bytes;

use super::dialogue::{
    ABOUT, ALL, Dialogue, FROM_NOW_ON, LANGUAGE, LANGUAGES, NUMBER, PARTY, PRECEDENCE, Purpose, REMARKS,
    SEES, SUBJECT, TO, TRAFFIC, TRANSLATOR,
};
use super::looks::Note;
use super::state::Session;
use crate::cli::given;
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::message::Traffic;

impl Dialogue {
    /// The language and the translator, where they can be read.
    ///
    /// # Errors
    /// The field that can't be, and the rule.
    pub fn translation(&self) -> Result<(String, String), String> {
        let language = given::language(self.text(LANGUAGE)).map_err(wrong(LANGUAGE))?;
        Ok((language.to_string(), self.text(TRANSLATOR).to_owned()))
    }

    /// What has to stand on the screen, all of it, before it goes, and has not: the first of it, by its place in what
    /// the node answered.
    pub fn unseen(&self) -> Option<usize> {
        let Some(Ok(notes)) = &self.seen else { return None };
        let number = self.text(NUMBER).parse::<u64>().ok();
        let language = given::language(self.text(LANGUAGE)).map(|one| one.to_string()).unwrap_or_default();
        let is_needed = |note: &Note| match note {
            Note::Phrase { number: one, text } => {
                number == Some(*one) && text.language.eq_ignore_ascii_case(&language)
            }
            Note::Transcript { .. } => true,
        };
        let places = notes.iter().enumerate().filter(|(_, note)| is_needed(note));
        places.map(|(place, _)| place).find(|place| !self.stood.contains(place))
    }

    /// The transcripts that stand there.
    fn transcripts(&self) -> Result<Vec<calls::TranscriptShown>, String> {
        let unseen = || "what it signs has to stand here first, all of it".to_owned();
        let Some(Ok(notes)) = &self.seen else { return Err(unseen()) };
        if (0..notes.len()).any(|place| !self.stood.contains(&place)) {
            return Err(unseen());
        }
        let shown = notes.iter().filter_map(|note| match note {
            Note::Transcript { with, digest } => {
                Some(calls::TranscriptShown { party: with.clone(), digest: digest.0.to_vec().into() })
            }
            Note::Phrase { .. } => None,
        });
        Ok(shown.collect())
    }

    /// Nobody says by a number what did not stand there in words, all of them.
    fn is_agreed(&self, phrase: u64, language: &str) -> Result<(), String> {
        let Some(Ok(notes)) = &self.seen else {
            return Err("what the phrase says has to stand here first".into());
        };
        let is_it = |note: &Note| match note {
            Note::Phrase { number, text } => {
                *number == phrase && text.language.eq_ignore_ascii_case(language)
            }
            Note::Transcript { .. } => false,
        };
        let place = notes.iter().position(is_it);
        let place = place.ok_or_else(|| format!("{NUMBER}: no phrase {phrase} is agreed in {language}"))?;
        let rule = || format!("{NUMBER}: what phrase {phrase} says has to stand here first, all of it");
        self.stood.contains(&place).then_some(()).ok_or_else(rule)
    }

    /// What is said: in this session or, where one is opened, in none; nothing of a later record is said to be seen.
    ///
    /// # Errors
    /// The field that can't be read, and the rule.
    pub fn said(
        &self,
        session: Option<&Session>,
        command: calls::CommandHeader,
        seen_before: u64,
    ) -> Result<Said, String> {
        let command = Some(command);
        let stands = session.map(|session| &session.stands);
        let thread = stands.map(|stands| stands.thread.clone()).unwrap_or_default();
        let opening = stands.map(|stands| stands.opening.clone()).unwrap_or_default();
        Ok(match self.purpose {
            Purpose::Open => Said::Open(self.opened(command)?),
            Purpose::Add => {
                let sees = match self.text(SEES) {
                    FROM_NOW_ON => evidence::HotlineSees::FromNowOn,
                    ALL => evidence::HotlineSees::All,
                    _ => return Err(format!("{SEES}: `{FROM_NOW_ON}` or `{ALL}`")),
                };
                let party = given::addressee(self.text(PARTY)).map_err(wrong(PARTY))?.party.to_string();
                let sees = sees as i32;
                Said::Add(calls::AddPartyRequest {
                    command,
                    thread,
                    party,
                    sees,
                    opening,
                    seen_before,
                    ..Default::default()
                })
            }
            Purpose::Phrase => {
                let phrase = self.text(NUMBER).parse::<u64>().ok().filter(|number| *number > 0);
                let phrase = phrase.ok_or_else(|| format!("{NUMBER}: that of an agreed phrase"))?;
                let language = given::language(self.text(LANGUAGE)).map_err(wrong(LANGUAGE))?.to_string();
                self.is_agreed(phrase, &language)?;
                Said::Say(calls::SayRequest {
                    command,
                    thread,
                    language,
                    opening,
                    phrase,
                    seen_before,
                    ..Default::default()
                })
            }
            Purpose::Close => Said::Close(calls::CloseSessionRequest {
                command,
                thread,
                remarks: self.text(REMARKS).to_owned(),
                opening,
                shown: self.transcripts()?,
                ..Default::default()
            }),
            Purpose::Translate => return Err("what it says is written next".into()),
        })
    }

    fn opened(&self, command: Option<calls::CommandHeader>) -> Result<calls::OpenSessionRequest, String> {
        let to = self.text(TO).split_whitespace().map(given::addressee);
        let to: Vec<_> = to.collect::<Result<_, _>>().map_err(wrong(TO))?;
        let languages = self.text(LANGUAGES).split_whitespace().map(given::language);
        let languages: Vec<_> = languages.collect::<Result<_, _>>().map_err(wrong(LANGUAGES))?;
        for (label, none) in [(TO, to.is_empty()), (LANGUAGES, languages.is_empty())] {
            if none {
                return Err(format!("{label}: one at least"));
            }
        }
        if self.text(SUBJECT).is_empty() {
            return Err(format!("{SUBJECT}: what it is about, in a few words"));
        }
        let traffic = match self.text(TRAFFIC) {
            "real" => Traffic::Real,
            "drill" => Traffic::Drill,
            _ => return Err(format!("{TRAFFIC}: one of both")),
        };
        let about = match self.text(ABOUT) {
            "" => Bytes::new(),
            digits => given::thread(digits).map_err(wrong(ABOUT))?.0.to_vec().into(),
        };
        let precedence = given::precedence(self.text(PRECEDENCE)).map_err(wrong(PRECEDENCE))?;
        let addressee = |one: crate::domain::message::Addressee| evidence::Addressee {
            party: one.party.to_string(),
            office: one.office,
        };
        Ok(calls::OpenSessionRequest {
            command,
            to: to.into_iter().map(addressee).collect(),
            subject: self.text(SUBJECT).to_owned(),
            languages: languages.iter().map(ToString::to_string).collect(),
            about,
            precedence: precedence_to_proto(precedence),
            traffic: traffic_to_proto(traffic),
            remarks: String::new(),
        })
    }
}

fn wrong(label: &'static str) -> impl Fn(String) -> String {
    move |rule| format!("{label}: {rule}")
}
