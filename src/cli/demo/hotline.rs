//! After case C4: the watches of both Parties talk about the incident over the hotline. One opens, a named officer of
//! the other accepts; a text with its translation, an agreed phrase by its number, an answer; and both close and sign
//! the same transcript. Synthetic: no such session is public.
//!
//! Never here: an order or a transcript of this program's own. Each end is asked for its own.

use bytes::Bytes;
use tonic::transport::Channel;

use super::say::Say;
use super::speak::{self, deliver, set_clock};
use super::stage::{Actor, Stage};
use crate::cli::desk::{Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::hotline::transcript_page;
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::hotline_service_client::HotlineServiceClient;
use crate::codec::proto::detente::v1::propose_request::Change;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;

/// The desk of the officer at the hotline.
pub const DESK: &str = "hotline";
const OFFICERS: [(&str, &str); 2] = [("IN", "Lt. Cdr. Meera Nair"), ("PK", "Sqn. Ldr. Bilal Khan")];
/// Without the other Party, which each writes for itself.
const PHRASES: &str = include_str!("c4/phrases.toml");
const WE_HEAR_YOU: u64 = 1;
const ASKED: &str = "آپ 19:20 بتاتے ہیں اور ہم 18:43۔ کون سا وقت درست ہے؟";
const ASKED_IN_ENGLISH: &str = "You say 19:20 and we say 18:43. Which time is right?";
const ANSWERED: &str =
    "19:20 is when our unit reported it. The inquiry will settle the time; we do not contest yours.";

/// A transcript as one end gives it.
pub struct Transcript {
    pub party: Party,
    pub bytes: Bytes,
    /// The digest that both signed; empty where they did not.
    pub agreed: Bytes,
}

/// An officer at the hotline, in a session.
struct Watch<'s> {
    stage: &'s Stage,
    actor: &'s Actor,
    other: &'s Actor,
    name: &'static str,
    say: &'s Say,
}

/// The thread of the session, which is about the incident's.
pub async fn hold(stage: &Stage, about: ThreadId, say: &Say) -> Result<ThreadId, Fault> {
    set_clock(stage, "2022-03-16T10:00:00Z")?;
    let india = Watch::take(stage, ("IN", "PK"), say).await?;
    let pakistan = Watch::take(stage, ("PK", "IN"), say).await?;

    set_clock(stage, "2022-03-16T10:30:00Z")?;
    let (opened, session) = pakistan.open(about).await?;
    set_clock(stage, "2022-03-16T10:31:00Z")?;
    india.accept(&session).await?;
    set_clock(stage, "2022-03-16T10:32:00Z")?;
    let asked = pakistan.say(&session, Words::Text { text: ASKED, language: "ur", answers: None }).await?;
    pakistan.translate(&session, &asked).await?;
    set_clock(stage, "2022-03-16T10:33:00Z")?;
    india.read(&asked).await?;
    india.say(&session, Words::Phrase(WE_HEAR_YOU)).await?;
    set_clock(stage, "2022-03-16T10:40:00Z")?;
    let words = Words::Text { text: ANSWERED, language: "en", answers: Some(asked) };
    let answered = india.say(&session, words).await?;
    set_clock(stage, "2022-03-16T10:41:00Z")?;
    pakistan.read(&answered).await?;
    set_clock(stage, "2022-03-16T10:45:00Z")?;
    india.close(&session).await?;
    pakistan.close(&session).await?;
    speak::settle(india.actor, pakistan.actor).await?;

    for watch in [&india, &pakistan] {
        let desk = watch.desk()?;
        let shown = show(&desk, opened).await?;
        let signed = transcript(&desk, opened).await?;
        let digest = Digest::of(&signed);
        let page = transcript_page(&shown, &String::from_utf8_lossy(&signed), &digest);
        say.transcript(stage.clock.now(), watch.actor, &page, &digest);
    }
    Ok(opened)
}

/// The transcripts of a session, as both ends give them now.
pub async fn transcripts(stage: &Stage, thread: ThreadId) -> Result<Vec<Transcript>, Fault> {
    let mut found = Vec::new();
    for actor in &stage.actors {
        let desk = actor.desk(DESK, &stage.clock)?;
        let closed = show(&desk, thread).await?.closed;
        let agreed = closed.first().map(|one| one.agreed.clone()).unwrap_or_default();
        found.push(Transcript { party: actor.party, bytes: transcript(&desk, thread).await?, agreed });
    }
    Ok(found)
}

/// What an officer says in a session.
enum Words {
    Text { text: &'static str, language: &'static str, answers: Option<Bytes> },
    Phrase(u64),
}

/// What names a session in each call.
struct Session {
    thread: Bytes,
    opening: Bytes,
}

impl<'s> Watch<'s> {
    /// Two custodians take an officer for the hotline on the roster, let one person release FLASH, and put the phrases
    /// on record that are agreed with the other Party.
    async fn take(stage: &'s Stage, (code, other): (&str, &str), say: &'s Say) -> Result<Watch<'s>, Fault> {
        let (actor, other) = (stage.actor(code)?, stage.actor(other)?);
        let known = OFFICERS.iter().find(|(theirs, _)| *theirs == code);
        let name = known.map(|(_, name)| *name).ok_or_else(|| Fault::new("no officer for this hotline"))?;
        actor.take_person(DESK, name, &["drafter", "releaser", "watch"], &stage.clock).await?;
        let flash = calls::ReleaseRule { one_person: vec![precedence_to_proto(Precedence::Flash)] };
        actor.change(Change::ReleaseRule(flash), Bytes::new(), &stage.clock).await?;
        let phrases = format!("party = \"{}\"\n{PHRASES}", other.party);
        actor.change(Change::LinkPhrases(phrases), Bytes::new(), &stage.clock).await?;
        let watch = Watch { stage, actor, other, name, say };
        watch.tell(format!(
            "two custodians let one person release FLASH, and agree on phrases with {}; {name} is at the hotline",
            other.party
        ));
        Ok(watch)
    }

    fn desk(&self) -> Result<Desk, Fault> {
        self.actor.desk(DESK, &self.stage.clock)
    }

    fn tell(&self, what: String) {
        self.say.hotline(self.stage.clock.now(), self.actor, what);
    }

    /// On record at both ends.
    async fn said(&self, spoken: Option<calls::Spoken>, what: String) -> Result<Bytes, Fault> {
        let spoken = spoken.filter(|spoken| spoken.released);
        let spoken = spoken.ok_or_else(|| Fault::new("what was said on the hotline was not released"))?;
        let digest = Digest::from_slice(&spoken.message_digest);
        let digest = digest.ok_or_else(|| Fault::new("no digest in the answer"))?;
        self.tell(what);
        deliver(self.stage, self.actor, &[self.other], digest, self.say).await?;
        Ok(spoken.message_digest)
    }

    async fn open(&self, about: ThreadId) -> Result<(ThreadId, Session), Fault> {
        let desk = self.desk()?;
        let asked = calls::OpenSessionRequest {
            command: Some(desk.command(None)?),
            to: vec![evidence::Addressee { party: self.other.party.to_string(), office: String::new() }],
            subject: "Mian Channu: two times for one event".into(),
            languages: vec!["en".into(), "ur".into()],
            about: about.0.to_vec().into(),
            precedence: precedence_to_proto(Precedence::Flash),
            traffic: traffic_to_proto(Traffic::Real),
            remarks: "Synthetic.".into(),
        };
        let opened = answer(service(&desk).open_session(asked)).await?.spoken;
        let thread = opened.as_ref().map(|spoken| spoken.thread.clone()).unwrap_or_default();
        let what = format!("hotline: a session with {} is opened by {}", self.other.party, self.name);
        let opening = self.said(opened, what).await?;
        let id = ThreadId::from_slice(&thread).ok_or_else(|| Fault::new("no thread in the answer"))?;
        Ok((id, Session { thread, opening }))
    }

    async fn accept(&self, session: &Session) -> Result<(), Fault> {
        let desk = self.desk()?;
        let asked = calls::AcceptSessionRequest {
            command: Some(desk.command(None)?),
            thread: session.thread.clone(),
            opening: session.opening.clone(),
            ..Default::default()
        };
        let accepted = answer(service(&desk).accept_session(asked)).await?.spoken;
        self.said(accepted, format!("hotline: accepted by {}", self.name)).await?;
        Ok(())
    }

    async fn say(&self, session: &Session, words: Words) -> Result<Bytes, Fault> {
        let desk = self.desk()?;
        let mut asked = calls::SayRequest {
            command: Some(desk.command(None)?),
            thread: session.thread.clone(),
            opening: session.opening.clone(),
            ..Default::default()
        };
        let what = match words {
            Words::Text { text, language, answers } => {
                (asked.text, asked.language) = (text.into(), language.into());
                asked.answers = answers.unwrap_or_default();
                format!("hotline: {} says [{language}] {text}", self.name)
            }
            Words::Phrase(number) => {
                asked.phrase = number;
                format!("hotline: {} says agreed phrase {number}", self.name)
            }
        };
        let said = answer(service(&desk).say(asked)).await?.spoken;
        self.said(said, what).await
    }

    async fn translate(&self, session: &Session, text: &Bytes) -> Result<(), Fault> {
        let desk = self.desk()?;
        let asked = calls::TranslateTextRequest {
            command: Some(desk.command(None)?),
            text: text.clone(),
            opening: session.opening.clone(),
            language: "en".into(),
            translation: ASKED_IN_ENGLISH.into(),
            ..Default::default()
        };
        let given = answer(service(&desk).translate_text(asked)).await?.spoken;
        self.said(given, format!("hotline: translated [en] {ASKED_IN_ENGLISH}")).await?;
        Ok(())
    }

    async fn read(&self, text: &Bytes) -> Result<(), Fault> {
        let desk = self.desk()?;
        let asked = calls::ReadTextRequest { command: Some(desk.command(None)?), digest: text.clone() };
        let read = answer(service(&desk).read_text(asked)).await?;
        let digest = Digest::from_slice(&read.acknowledgement_digest);
        let digest = digest.ok_or_else(|| Fault::new("no digest in the answer"))?;
        self.tell(format!("hotline: read by {}", self.name));
        deliver(self.stage, self.actor, &[self.other], digest, self.say).await
    }

    async fn close(&self, session: &Session) -> Result<(), Fault> {
        let desk = self.desk()?;
        let asked = calls::CloseSessionRequest {
            command: Some(desk.command(None)?),
            thread: session.thread.clone(),
            opening: session.opening.clone(),
            ..Default::default()
        };
        let closed = answer(service(&desk).close_session(asked)).await?.spoken;
        self.said(closed, format!("hotline: closed by {}, who signs the transcript", self.name)).await?;
        Ok(())
    }
}

async fn show(desk: &Desk, thread: ThreadId) -> Result<calls::ShowSessionResponse, Fault> {
    let asked = calls::ShowSessionRequest { thread: thread.0.to_vec().into(), ..Default::default() };
    answer(service(desk).show_session(asked)).await
}

async fn transcript(desk: &Desk, thread: ThreadId) -> Result<Bytes, Fault> {
    let asked = calls::TranscriptRequest { thread: thread.0.to_vec().into(), with: String::new() };
    Ok(answer(service(desk).transcript(asked)).await?.transcript)
}

fn service(desk: &Desk) -> HotlineServiceClient<Channel> {
    HotlineServiceClient::new(desk.channel.clone())
}
