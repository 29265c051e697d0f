//! What an officer says in a session: the message made of it, put on record as a draft, and released at once where
//! one person may.
//!
//! Never here: a release rule (the Board has it), or a text that was cut to fit.

use std::sync::Arc;

use tonic::Status;

use super::kept::Kept;
use super::not_shown::is_not_shown;
use super::references::{reference, references};
use super::rooms::full;
use super::told::Told;
use super::{follows, heard, phrases, releasing};
use crate::codec::heading::{Given, given};
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::command::Origin;
use crate::domain::content::Content;
use crate::domain::digest::{Digest, DraftId, ThreadId};
use crate::domain::event::{Record, Stamp};
use crate::domain::form::{MessageDigest, Prose};
use crate::domain::hotline::session::{Session, Spoken, State};
use crate::domain::hotline::{
    AgreedWith, SessionAcceptance, SessionAddition, SessionClose, SessionOpening, SessionText, too_long,
};
use crate::domain::party::Party;
use crate::domain::people::Role;
use crate::domain::precedence::Precedence;
use crate::domain::transcription::Transcription;
use crate::domain::translation::{TranslatedText, Translation};
use crate::registrar::{Head, Registrar};
use crate::rpc::caller::PersonCaller;
use crate::rpc::command::{answered_before, give, not_what_was_asked};
use crate::rpc::{draft, faults, status};

/// What an officer wants to say, before it is a message.
pub(super) enum Wanted {
    Open(calls::OpenSessionRequest),
    Accept,
    Say {
        text: String,
        language: String,
        answers: Option<Digest>,
        phrase: u64,
    },
    Add(SessionAddition),
    Translate {
        of: Digest,
        language: String,
        translation: String,
        translator: String,
    },
    Close {
        remarks: String,
        /// Transcripts that the officer was shown.
        shown: Vec<(Party, Digest)>,
    },
    /// What came by telephone, for our own record.
    Heard(Box<Transcription>),
}

/// Who says it, in which session, and how fast: `None` for the precedence of the opening. Only who opens one names no
/// opening.
pub(super) struct Speaker<'c> {
    pub registrar: &'c Registrar,
    pub kept: &'c Kept,
    pub caller: &'c PersonCaller,
    pub origin: Origin,
    pub thread: ThreadId,
    pub opening: Option<Digest>,
    pub precedence: Option<Precedence>,
    /// A session that all have closed may be opened again by it.
    pub reopen: bool,
    /// What the writer was shown stands in records before this one.
    pub seen_before: u64,
    /// The speaker's own draft in whose place this one is put.
    pub replaces: Option<DraftId>,
}

/// Why nothing more is said in a session without a word for it.
const CLOSED: &str = "all have closed this session and signed the same transcript of it; what is said now opens it again: \
                      say that this is meant (`--reopen`), or open another session";

impl Speaker<'_> {
    /// Puts it on record and, where one person may, releases it.
    pub async fn say(self, wanted: Wanted) -> Result<calls::Spoken, Status> {
        let Origin::Person(stamp) = &self.origin else { return Err(not_what_was_asked()) };
        let (stamp, id) = (stamp.clone(), stamp.id);
        let draft = DraftId(id.0);
        let mut answer = calls::Spoken {
            thread: self.thread.0.to_vec().into(),
            draft: draft.0.to_vec().into(),
            ..Default::default()
        };
        let head = self.registrar.head();
        // A command that is on record has its answer, whatever was said in the session since.
        let before = answered_before(self.registrar, &head, &self.origin).await?;
        let is_again = before.is_some();
        let (body, released) = match before {
            Some(record) => (draft::drafted_in(&record, draft).ok_or_else(not_what_was_asked)?, None),
            None => self.put(wanted, draft, &stamp).await?,
        };
        answer.draft_digest = body.digest.0.to_vec().into();
        (answer.not_addressed, answer.answered_not_to) = self.not_addressed(&head, &body).await;
        if let Some(record) = released {
            follows::told_released(&record, &mut answer);
            return Ok(answer);
        }
        if let Some(before) = self.replaces {
            follows::replace(self.registrar, &stamp, before).await?;
        }
        let released = follows::stamp_of_release(stamp);
        let head = self.registrar.head();
        if head.board.draft(draft).is_none() {
            // Released, withdrawn, or never ours.
            if let Some(done) = head.board.commands.get(&released.id) {
                let records = head.records(&self.registrar.journal);
                let record = records.record(done.index).await.map_err(status::record)?;
                follows::told_released(&record, &mut answer);
            }
            return Ok(answer);
        }
        let mut found = draft::faults(self.registrar, &head, &body).await?;
        found.extend(releasing::of_again(is_again, &self, &head, &body).await?);
        let alone = self.releases_alone(&head, &body);
        if alone && found.is_empty() {
            let record =
                give(self.registrar, follows::release(draft, &body), Origin::Person(released)).await?;
            follows::told_released(&record, &mut answer);
        }
        answer.may_release_as_is = alone && !found.is_empty();
        answer.faults = faults::to_proto(found);
        Ok(answer)
    }

    /// Puts it on record as a draft; where nothing keeps its writer from releasing it, its release in the same batch:
    /// who talks waits for one append, not for two. The body, as its record holds it, and the record of its release.
    async fn put(
        &self,
        wanted: Wanted,
        draft: DraftId,
        stamp: &Stamp,
    ) -> Result<(draft::Body, Option<Arc<Record>>), Status> {
        let (heading, content) = self.message(wanted).await?;
        let body = self.made(heading, &content)?;
        let drafts = (body.command(draft), self.origin.clone());
        let head = self.registrar.head();
        let is_released = self.replaces.is_none()
            && self.releases_alone(&head, &body)
            && draft::faults(self.registrar, &head, &body).await?.is_empty();
        if !is_released {
            let record = give(self.registrar, drafts.0, drafts.1).await?;
            return Ok((draft::drafted_in(&record, draft).ok_or_else(not_what_was_asked)?, None));
        }
        follows::drafted_and_released(self.registrar, drafts, draft, body, stamp).await
    }

    fn releases_alone(&self, head: &Head, body: &draft::Body) -> bool {
        head.board.roster.one_person.contains(&body.outgoing.precedence) && self.caller.has(Role::Releaser)
    }

    fn made(&self, heading: calls::Heading, content: &Content) -> Result<draft::Body, Status> {
        let given: Given = match given(content).map_err(|fault| status::field("content", fault))? {
            crate::codec::heading::Asked::Hotline(form) => form.into(),
            crate::codec::heading::Asked::Message(form) => form.into(),
            crate::codec::heading::Asked::Transcription(form) => form.into(),
            _ => return Err(not_what_was_asked()),
        };
        draft::made(self.caller, Some(heading), Some(given))
    }

    async fn message(&self, wanted: Wanted) -> Result<(calls::Heading, Content), Status> {
        if let Wanted::Open(asked) = wanted {
            return Ok(self.opening(asked));
        }
        let head = self.registrar.head();
        let look = |told: &Told| self.message_in(&head, wanted, told);
        self.kept.of(&head, &self.registrar.journal, self.thread, look).await?
    }

    fn message_in(
        &self,
        head: &Head,
        wanted: Wanted,
        told: &Told,
    ) -> Result<(calls::Heading, Content), Status> {
        let session = told.some_session()?;
        if self.opening != Some(session.begins.said.message) {
            let rule = format!("the session begins with another message: {}", session.begins.said.message);
            return Err(status::field("opening", rule));
        }
        // What stands in the order of a session changes the transcript that was signed.
        let is_ordered = matches!(wanted, Wanted::Accept | Wanted::Say { .. } | Wanted::Add(_));
        if session.state == State::Closed && is_ordered && !self.reopen {
            return Err(status::field("reopen", CLOSED));
        }
        if !matches!(wanted, Wanted::Close { .. })
            && let Some(rule) = full(session, &told.rooms)
        {
            return Err(status::field("thread", rule));
        }
        let is_known = |party: &Party| knows(head, *party);
        if let Wanted::Add(form) = &wanted
            && let Ok(party) = form.party.parse::<Party>()
            && !session.present.contains(&party)
            && !is_known(&party)
        {
            let rule = format!(
                "{party} is no Party that this node knows, and nothing can be addressed to it: two custodians take it \
                 first (`detente party import`)"
            );
            return Err(status::field("party", rule));
        }
        if let Wanted::Heard(form) = &wanted {
            heard::check_from(form, |party| session.present.contains(party) || is_known(party))?;
        }
        let others = session.present.iter().filter(|party| **party != told.own).copied();
        let others: Vec<Party> = others.filter(is_known).collect();
        if others.is_empty() {
            return Err(status::field("thread", "this node has no link with any other Party of the session"));
        }
        let opening = told.message(&session.begins.said.message).map(|message| message.draft.clone());
        let Some(opening) = opening else { return Err(status::not_found("session")) };
        let mut heading = calls::Heading {
            thread: self.thread.0.to_vec().into(),
            precedence: precedence_to_proto(self.precedence.unwrap_or(opening.precedence)),
            zone: "Z".into(),
            traffic: traffic_to_proto(opening.traffic),
            subject: opening.subject,
            marking: opening.marking,
            language: opening.language,
            ..Default::default()
        };
        let (content, to) = self.content(wanted, told, session, others, &mut heading)?;
        heading.action = to.iter().map(addressee).collect();
        heading.references = references(told, &to, &content);
        Ok((heading, content))
    }

    fn content(
        &self,
        wanted: Wanted,
        told: &Told,
        session: &Session,
        others: Vec<Party>,
        heading: &mut calls::Heading,
    ) -> Result<(Content, Vec<Party>), Status> {
        let officer = &self.caller.person().name;
        let not_shown = |one: &Spoken| is_not_shown(told, self.seen_before, self.caller.person(), one);
        Ok(match wanted {
            Wanted::Open(_) => return Err(not_what_was_asked()),
            Wanted::Accept => {
                let seen = session.seen_but(not_shown, told.own, &others);
                let form =
                    SessionAcceptance { officer: officer.clone(), seen, ..SessionAcceptance::default() };
                (Content::SessionAcceptance(form), others)
            }
            Wanted::Say { text, language, answers, phrase } => {
                if !language.is_empty() {
                    heading.language = language;
                }
                let text = match phrase {
                    0 => text,
                    _ if text.is_empty() => {
                        phrases::words(&self.registrar.head(), &others, phrase, &heading.language)?
                    }
                    _ => {
                        return Err(status::field(
                            "phrase",
                            "stands in the place of a text: leave one of both out",
                        ));
                    }
                };
                if let Some(rule) = too_long(&text) {
                    return Err(status::field("text", rule));
                }
                let phrase = (phrase != 0).then_some(phrase);
                let answers = answers.map(|digest| reference(told, digest)).unwrap_or_default();
                let seen = session.seen_but(not_shown, told.own, &others);
                let form = SessionText { text: Prose(text), seen, answers, phrase, ..SessionText::default() };
                (Content::SessionText(form), others)
            }
            Wanted::Add(form) => {
                let Ok(party) = form.party.parse::<Party>() else {
                    return Err(status::field("party", "is no Party's code"));
                };
                if session.present.contains(&party) {
                    return Err(status::field("party", "is in the session already"));
                }
                let mut to = others;
                if session.others_agree(told.own, &form, not_shown) {
                    to.push(party);
                }
                let seen = session.seen_but(not_shown, told.own, &to);
                (Content::SessionAddition(SessionAddition { seen, ..form }), to)
            }
            Wanted::Translate { of, language, translation, translator } => {
                let original = told.message(&of).map(|message| &message.draft);
                let spoken = session.lines.iter().map(|line| &line.spoken).find(|one| one.said.message == of);
                let (Some(original), Some(spoken)) = (original, spoken) else {
                    return Err(status::field("text", "is no message of the session"));
                };
                // It is given to no others than the original, as a Party that came in later, and is marked as that is.
                let to: Vec<Party> = others.into_iter().filter(|party| spoken.is_had_by(*party)).collect();
                if to.is_empty() {
                    return Err(status::field("text", "no other Party that has it is known to this node"));
                }
                heading.marking.clone_from(&original.marking);
                heading.releasable_to = original.releasable_to.iter().map(Party::to_string).collect();
                let translator = if translator.is_empty() { officer.clone() } else { translator };
                heading.language.clone_from(&language);
                let text = TranslatedText { path: super::TEXT.into(), text: Prose(translation) };
                let of = reference(told, of);
                let lines = vec![text];
                let form = Translation { of, language, translator, lines, ..Translation::default() };
                (Content::Translation(form), to)
            }
            Wanted::Close { remarks, shown } => {
                let form = session.close_by(told.thread, told.own);
                all_was_shown(&form, &shown)?;
                (Content::SessionClose(SessionClose { remarks: Prose(remarks), ..form }), others)
            }
            Wanted::Heard(form) => (Content::Transcription(form), Vec::new()),
        })
    }

    fn opening(&self, asked: calls::OpenSessionRequest) -> (calls::Heading, Content) {
        let about = ThreadId::from_slice(&asked.about).map(crate::domain::form::OtherThread);
        let language = asked.languages.first().cloned().unwrap_or_default();
        let heading = calls::Heading {
            thread: self.thread.0.to_vec().into(),
            action: asked.to,
            precedence: precedence_to_proto(self.precedence.unwrap_or(Precedence::Immediate)),
            zone: "Z".into(),
            traffic: asked.traffic,
            subject: asked.subject,
            language,
            ..Default::default()
        };
        let (languages, remarks) = (asked.languages, Prose(asked.remarks));
        (
            heading,
            Content::SessionOpening(SessionOpening {
                languages,
                about,
                remarks,
                ..SessionOpening::default()
            }),
        )
    }
}

/// Nobody signs what nobody saw: where anything was shown, all that is signed was.
fn all_was_shown(form: &SessionClose, shown: &[(Party, Digest)]) -> Result<(), Status> {
    let was_shown = |with: &AgreedWith| {
        let mut of_it = shown.iter().filter(|(party, _)| party.to_string() == with.party);
        of_it.any(|(_, digest)| with.transcript == Some(MessageDigest(*digest)))
    };
    match form.agreed.iter().find(|with| !was_shown(with)) {
        Some(with) if !shown.is_empty() => {
            let rule =
                format!("what is signed with {} is another by now: look at it, then close", with.party);
            Err(status::field("shown", rule))
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) fn knows(head: &Head, party: Party) -> bool {
    head.board.link(party).is_some() || head.board.roster.without_node.contains_key(&party)
}

fn addressee(party: &Party) -> evidence::Addressee {
    evidence::Addressee { party: party.to_string(), office: String::new() }
}
