//! What an officer says and reads in sessions, by a call of its own or over a console's stream.
//!
//! Never here: how what is said becomes a message of a session (`speak.rs`).

use bytes::Bytes;
use tonic::Status;

use super::kept::Kept;
use super::speak::{Speaker, Wanted};
use crate::codec::message::precedence_from_proto;
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::command::Origin;
use crate::domain::digest::{Digest, DraftId, ThreadId};
use crate::domain::hotline::{Sees, SessionAddition};
use crate::domain::party::Party;
use crate::domain::people::Role;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::registrar::Registrar;
use crate::rpc::caller::{Caller, PersonCaller};
use crate::rpc::command::{self, digest_in, not_what_was_asked, refused};
use crate::rpc::{acknowledgement, status};

/// An officer at the hotline, by call or by stream.
#[derive(Clone)]
pub(super) struct Desk {
    pub registrar: Registrar,
    pub kept: Kept,
    pub caller: PersonCaller,
}

impl Desk {
    pub async fn open(&self, asked: calls::OpenSessionRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/OpenSession", asked.command.as_ref(), &asked, &self.caller)?;
        let Origin::Person(stamp) = &origin else { return Err(not_what_was_asked()) };
        // The same command opens the same session.
        let Digest(bytes) = Digest::of_all(&[b"hotline thread", &stamp.id.0]);
        let thread = thread_in(&bytes[..16])?;
        if !asked.about.is_empty() {
            thread_in(&asked.about).map_err(|_| status::field("about", "16 bytes, or none"))?;
        }
        self.speak(origin, (thread, None), asked.precedence)?.say(Wanted::Open(asked)).await
    }

    pub async fn accept(&self, asked: calls::AcceptSessionRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/AcceptSession", asked.command.as_ref(), &asked, &self.caller)?;
        let session = (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?));
        let speaker = self.speak(origin, session, asked.precedence)?;
        let (reopen, seen_before) = (asked.reopen, shown_before(asked.seen_before));
        Speaker { reopen, seen_before, ..speaker }.say(Wanted::Accept).await
    }

    pub async fn say(&self, asked: calls::SayRequest) -> Result<calls::Spoken, Status> {
        let origin = command::origin("HotlineService/Say", asked.command.as_ref(), &asked, &self.caller)?;
        let answers = match &asked.answers[..] {
            [] => None,
            given => Some(digest_in(given).map_err(|_| status::field("answers", "32 bytes, or none"))?),
        };
        let speaker = self.speak(
            origin,
            (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?)),
            asked.precedence,
        )?;
        let (reopen, seen_before) = (asked.reopen, shown_before(asked.seen_before));
        let speaker = Speaker { reopen, seen_before, replaces: replaced_in(&asked.replaces)?, ..speaker };
        let (text, language, phrase) = (asked.text, asked.language, asked.phrase);
        speaker.say(Wanted::Say { text, language, answers, phrase }).await
    }

    pub async fn add(&self, asked: calls::AddPartyRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/AddParty", asked.command.as_ref(), &asked, &self.caller)?;
        let sees = match Sees::from_number(asked.sees) {
            Some(sees @ (Sees::FromNowOn | Sees::All)) => sees,
            Some(Sees::Other(_)) | None => {
                return Err(status::field("sees", "from now on, or all"));
            }
        };
        let form = SessionAddition { party: asked.party, sees: Some(sees), ..SessionAddition::default() };
        let speaker = self.speak(
            origin,
            (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?)),
            asked.precedence,
        )?;
        let (reopen, seen_before) = (asked.reopen, shown_before(asked.seen_before));
        Speaker { reopen, seen_before, ..speaker }.say(Wanted::Add(form)).await
    }

    pub async fn translate(&self, asked: calls::TranslateTextRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/TranslateText", asked.command.as_ref(), &asked, &self.caller)?;
        let of = digest_in(&asked.text).map_err(|_| status::field("text", "32 bytes"))?;
        let opening = opening_in(&asked.opening)?;
        let head = self.registrar.head();
        // What came by way of another Party is in the thread of its session, and no message of its own here.
        let there = |one: Digest| Some((one, head.board.messages.get(&one)?.index));
        let there = there(of).or_else(|| there(opening)).ok_or(Refusal::NoSuchMessage).map_err(refused)?;
        let records = head.records(&self.registrar.journal);
        let stored = records.message(there.1, &there.0).await.map_err(status::record)?;
        let thread = stored.message.draft.thread;
        let (language, translation, translator) = (asked.language, asked.translation, asked.translator);
        let speaker = self.speak(origin, (thread, Some(opening)), asked.precedence)?;
        let speaker = Speaker { replaces: replaced_in(&asked.replaces)?, ..speaker };
        speaker.say(Wanted::Translate { of, language, translation, translator }).await
    }

    pub async fn close(&self, asked: calls::CloseSessionRequest) -> Result<calls::Spoken, Status> {
        let origin =
            command::origin("HotlineService/CloseSession", asked.command.as_ref(), &asked, &self.caller)?;
        let speaker = self.speak(
            origin,
            (thread_in(&asked.thread)?, Some(opening_in(&asked.opening)?)),
            asked.precedence,
        )?;
        let shown = asked
            .shown
            .iter()
            .map(|one| Some((one.party.parse::<Party>().ok()?, Digest::from_slice(&one.digest)?)));
        let shown: Option<Vec<(Party, Digest)>> = shown.collect();
        let shown = shown.ok_or_else(|| status::field("shown", "each with a Party's code, and 32 bytes"))?;
        speaker.say(Wanted::Close { remarks: asked.remarks, shown }).await
    }

    pub async fn read(&self, asked: calls::ReadTextRequest) -> Result<calls::ReadTextResponse, Status> {
        let origin =
            command::origin("HotlineService/ReadText", asked.command.as_ref(), &asked, &self.caller)?;
        let of = digest_in(&asked.digest)?;
        let (digest, number) =
            acknowledgement::acknowledge(&self.registrar, &self.caller, origin, of).await?;
        let acknowledgement_digest: Bytes = digest.0.to_vec().into();
        Ok(calls::ReadTextResponse { acknowledgement_digest, number })
    }

    pub fn speak(
        &self,
        origin: Origin,
        (thread, opening): (ThreadId, Option<Digest>),
        wire: i32,
    ) -> Result<Speaker<'_>, Status> {
        let precedence = precedence(wire)?;
        let Desk { registrar, kept, caller } = self;
        // Over a console's stream the table has not been asked: whoever has the watch alone is told what it takes.
        let drafters = &[Role::Drafter];
        if registrar.head().board.roster.permits(caller.person(), drafters).is_err() {
            return Err(status::not_permitted(&Caller::Person(caller.clone()), drafters));
        }
        Ok(Speaker {
            registrar,
            kept,
            caller,
            origin,
            thread,
            opening,
            precedence,
            reopen: false,
            seen_before: u64::MAX,
            replaces: None,
        })
    }
}

fn replaced_in(bytes: &[u8]) -> Result<Option<DraftId>, Status> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let rule = || status::field("replaces", "16 bytes, or none");
    DraftId::from_slice(bytes).map(Some).ok_or_else(rule)
}

/// Who does not say how far it was shown what is on record was shown all.
fn shown_before(record: u64) -> u64 {
    if record == 0 { u64::MAX } else { record }
}

pub(super) fn opening_in(bytes: &[u8]) -> Result<Digest, Status> {
    digest_in(bytes).map_err(|_| status::field("opening", "32 bytes: the digest that Session.opening tells"))
}

pub(super) fn thread_in(bytes: &[u8]) -> Result<ThreadId, Status> {
    ThreadId::from_slice(bytes).ok_or_else(|| status::field("thread", "16 bytes"))
}

/// The precedence that a call names.
fn precedence(wire: i32) -> Result<Option<Precedence>, Status> {
    if wire == evidence::Precedence::Unspecified as i32 {
        return Ok(None);
    }
    precedence_from_proto(wire, "precedence").map(Some).map_err(status::decode)
}
