//! Sessions between real nodes: texts at once on both sides, a node that was away, what the writer sees of each
//! text, a third Party, a close that both sign and one that is disputed.

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_request::What as Said;
use detente::codec::proto::detente::v1::join_response::What;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::content::Kind;
use detente::domain::people::Role;
use detente::limits;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use crate::auditor::detente;
use crate::officer::{PATIENCE, arrived, commands, hotlines, reason, violations};
use crate::world::{Medium, World};

/// With an officer at each who may write, release and read, and FLASH released by one person.
pub async fn officers(codes: &[&str]) -> World {
    officers_on(Medium::Embedded, codes).await
}

pub async fn officers_on(medium: Medium, codes: &[&str]) -> World {
    let mut world = World::on_real_time(medium, codes).await;
    for code in codes {
        let roles = [Role::Drafter, Role::Releaser, Role::Watch];
        world.state_mut(code).take_person("officer", &format!("Officer of {code}"), &roles).await;
        let flash = calls::ReleaseRule { one_person: vec![evidence::Precedence::Flash as i32] };
        world.state(code).change(Change::ReleaseRule(flash), Bytes::new()).await;
    }
    world
}

pub fn officer(world: &World, code: &str) -> Desk {
    world.desk(code, "officer")
}

pub fn command(desk: &Desk) -> Option<calls::CommandHeader> {
    Some(desk.command(None).unwrap())
}

pub async fn open(world: &World, by: &str, to: &[&str]) -> calls::Spoken {
    let desk = officer(world, by);
    let asked = calls::OpenSessionRequest {
        command: command(&desk),
        to: to.iter().map(|code| crate::officer::addressee(code)).collect(),
        subject: "Aircraft off course".into(),
        languages: vec!["en".into(), "ru".into()],
        precedence: evidence::Precedence::Flash as i32,
        traffic: evidence::Traffic::Real as i32,
        ..Default::default()
    };
    let opened = hotlines(&desk).open_session(asked).await.unwrap().into_inner().spoken.unwrap();
    assert!(opened.released, "{opened:?}");
    for code in to {
        arrived(world, code, &opened.message_digest).await;
    }
    opened
}

pub async fn accept(world: &World, by: &str, thread: &Bytes) -> calls::Spoken {
    let desk = officer(world, by);
    let asked = calls::AcceptSessionRequest {
        command: command(&desk),
        thread: thread.clone(),
        opening: opening(&desk, thread).await,
        ..Default::default()
    };
    hotlines(&desk).accept_session(asked).await.unwrap().into_inner().spoken.unwrap()
}

/// As the node shows it to this desk.
pub async fn opening(desk: &Desk, thread: &Bytes) -> Bytes {
    let asked = calls::ShowSessionRequest { thread: thread.clone(), ..Default::default() };
    hotlines(desk).show_session(asked).await.unwrap().into_inner().session.unwrap().opening
}

pub async fn say_call(desk: &Desk, thread: &Bytes, text: &str) -> calls::SayRequest {
    calls::SayRequest {
        command: command(desk),
        thread: thread.clone(),
        opening: opening(desk, thread).await,
        text: text.into(),
        ..Default::default()
    }
}

pub async fn say(world: &World, by: &str, thread: &Bytes, text: &str) -> calls::Spoken {
    let desk = officer(world, by);
    let said =
        hotlines(&desk).say(say_call(&desk, thread, text).await).await.unwrap().into_inner().spoken.unwrap();
    assert!(said.released, "{said:?}");
    said
}

pub async fn close(world: &World, by: &str, thread: &Bytes) -> calls::Spoken {
    let desk = officer(world, by);
    let asked = calls::CloseSessionRequest {
        command: command(&desk),
        thread: thread.clone(),
        opening: opening(&desk, thread).await,
        ..Default::default()
    };
    hotlines(&desk).close_session(asked).await.unwrap().into_inner().spoken.unwrap()
}

pub async fn show(world: &World, at: &str, thread: &Bytes) -> calls::ShowSessionResponse {
    let asked = calls::ShowSessionRequest { thread: thread.clone(), ..Default::default() };
    hotlines(&officer(world, at)).show_session(asked).await.unwrap().into_inner()
}

/// But for the other Party's code, the same at both ends.
pub async fn transcript(world: &World, at: &str, thread: &Bytes, with: &str) -> calls::TranscriptResponse {
    let asked = calls::TranscriptRequest { thread: thread.clone(), with: with.into() };
    let answered = hotlines(&officer(world, at)).transcript(asked).await.unwrap().into_inner();
    assert!(with.is_empty() || answered.with == with);
    calls::TranscriptResponse { with: String::new(), ..answered }
}

/// As the program shows it.
pub async fn page(world: &World, at: &str, thread: &Bytes) -> String {
    let desk = world.state(at).desk_directory("officer").display().to_string();
    crate::officer_program::printed(&["hotline", "show", &hex::encode(thread), "--as", &desk]).await
}

pub fn digests(session: &calls::ShowSessionResponse) -> Vec<Bytes> {
    session.lines.iter().map(|line| line.digest.clone()).collect()
}

/// Until a session at a node looks so.
pub async fn until(
    world: &World,
    at: &str,
    thread: &Bytes,
    holds: impl Fn(&calls::ShowSessionResponse) -> bool,
) -> calls::ShowSessionResponse {
    let mut heads = world.node(at).registrar.heads();
    let wait = async {
        loop {
            heads.borrow_and_update();
            let session = show(world, at, thread).await;
            if holds(&session) {
                return session;
            }
            heads.changed().await.expect("the node runs");
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it comes to that")
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ends_hold_one_transcript_of_texts_written_at_once_and_sign_it() {
    let world = officers(&["BY", "PL"]).await;
    let opened = open(&world, "BY", &["PL"]).await;
    let thread = opened.thread.clone();
    assert_eq!(show(&world, "PL", &thread).await.session.unwrap().state, "offered");
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let mut said = Vec::new();
    for round in 0..4 {
        let ours = format!("BY {round}: is he armed?");
        let theirs = format!("PL {round}: Союзная решимость");
        let (one, other) =
            tokio::join!(say(&world, "BY", &thread, &ours), say(&world, "PL", &thread, &theirs));
        said.push(("PL", one.message_digest));
        said.push(("BY", other.message_digest));
    }
    for (at, digest) in &said {
        arrived(&world, at, digest).await;
    }
    let (one, other) = (show(&world, "BY", &thread).await, show(&world, "PL", &thread).await);
    assert_eq!(digests(&one), digests(&other));
    assert_eq!(one.lines.len(), 10);
    assert_eq!(one.session.as_ref().unwrap().state, "open");
    assert_eq!(one.session.as_ref().unwrap().on[0].officer, "Officer of PL");
    let bytes = transcript(&world, "BY", &thread, "").await;
    assert_eq!(bytes, transcript(&world, "PL", &thread, "BY").await);

    let closed = close(&world, "BY", &thread).await;
    arrived(&world, "PL", &closed.message_digest).await;
    let closed = close(&world, "PL", &thread).await;
    arrived(&world, "BY", &closed.message_digest).await;
    for (at, other) in [("BY", "PL"), ("PL", "BY")] {
        let session = show(&world, at, &thread).await;
        assert_eq!(session.session.as_ref().unwrap().state, "closed", "{:?}", session.closed);
        assert_eq!((session.closed[0].party.as_str(), &session.closed[0].agreed), (other, &bytes.digest));
        let auditor = world.state(at).desk_directory("auditor").display().to_string();
        detente(&["audit", "verify", "--as", &auditor]).await.unwrap();
    }
    let listed =
        hotlines(&officer(&world, "PL")).list_sessions(calls::ListSessionsRequest::default()).await.unwrap();
    let listed = listed.into_inner();
    assert_eq!(listed.sessions.len(), 1);
    assert_eq!((listed.sessions[0].state.as_str(), listed.sessions[0].unread), ("closed", 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_while_the_other_node_is_away_comes_once_when_it_is_back() {
    let mut world = officers(&["BY", "PL"]).await;
    let opened = open(&world, "BY", &["PL"]).await;
    let thread = opened.thread.clone();
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    world.state_mut("PL").stop().await;
    let mut last = Bytes::new();
    for round in 0..3 {
        last = say(&world, "BY", &thread, &format!("{round}")).await.message_digest;
    }
    let waiting = show(&world, "BY", &thread).await;
    assert_eq!(waiting.lines.last().unwrap().states[0].on_record_ms, 0);
    world.state_mut("PL").start().await;
    arrived(&world, "PL", &last).await;
    let here = until(&world, "BY", &thread, |session| {
        session.lines.last().is_some_and(|line| line.states[0].on_record_ms > 0)
    });
    assert_eq!(digests(&here.await), digests(&show(&world, "PL", &thread).await));
}

/// A console over its own stream.
pub struct Console {
    pub said: mpsc::Sender<calls::JoinRequest>,
    pub told: Streaming<calls::JoinResponse>,
}

impl Console {
    pub async fn begin(desk: &Desk, after: u64) -> Console {
        Console::begin_with(desk, calls::JoinBegin { after, ..Default::default() }).await
    }

    pub async fn begin_with(desk: &Desk, begin: calls::JoinBegin) -> Console {
        let (said, stream) = mpsc::channel(4);
        let told = hotlines(desk).join(ReceiverStream::new(stream)).await.unwrap().into_inner();
        let mut console = Console { said, told };
        console.say(Said::Begin(begin)).await;
        console
    }

    pub async fn say(&mut self, what: Said) {
        self.said.send(calls::JoinRequest { what: Some(what) }).await.unwrap();
    }

    pub async fn told(&mut self) -> calls::JoinResponse {
        let told = tokio::time::timeout(PATIENCE, self.told.message()).await.expect("it is told");
        told.unwrap().expect("the stream goes on")
    }

    /// Passes over all before what is looked for.
    pub async fn told_of<T>(&mut self, wanted: impl Fn(&calls::JoinResponse) -> Option<T>) -> T {
        loop {
            let told = self.told().await;
            if let Some(found) = wanted(&told) {
                return found;
            }
        }
    }
}

pub fn line_of(told: &calls::JoinResponse, text: &str) -> Option<calls::SessionLine> {
    match &told.what {
        Some(What::Line(line)) if line.text == text => Some(line.clone()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writer_sees_a_text_on_record_there_shown_read_and_answered_each_by_itself() {
    let world = officers(&["BY", "PL"]).await;
    let opened = open(&world, "BY", &["PL"]).await;
    let thread = opened.thread.clone();
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let (by, pl) = (officer(&world, "BY"), officer(&world, "PL"));
    let mut writer = Console::begin(&by, 0).await;
    let mut reader = Console::begin(&pl, 0).await;
    writer.say(Said::Say(say_call(&by, &thread, "Do you see it?").await)).await;
    let line = writer.told_of(|told| line_of(told, "Do you see it?")).await;
    let digest = line.digest.clone();
    let changed = |told: &calls::JoinResponse| match &told.what {
        Some(What::Changed(line)) if line.digest == digest => Some(line.states[0].clone()),
        _ => None,
    };
    let until =
        |holds: fn(&calls::TextState) -> bool| move |told: &calls::JoinResponse| changed(told).filter(holds);
    // A proven receipt, and nothing that a person did.
    let state = writer.told_of(until(|state| state.on_record_ms > 0)).await;
    assert_eq!((state.shown_at_ms, state.read_at_ms, state.answered_by.len()), (0, 0, 0));
    let at_reader = reader.told_of(|told| line_of(told, "Do you see it?")).await;
    assert_eq!(at_reader.digest, digest);
    // Shown, twice by two consoles: told once.
    let mut second = Console::begin(&pl, 0).await;
    reader.say(Said::Shown(digest.clone())).await;
    second.say(Said::Shown(digest.clone())).await;
    let state = writer.told_of(until(|state| state.shown_at_ms > 0)).await;
    assert_eq!((state.shown_to.as_str(), state.read_at_ms), ("Officer of PL", 0));
    let read = calls::ReadTextRequest { command: command(&pl), digest: digest.clone() };
    reader.say(Said::Read(read)).await;
    let state = writer.told_of(until(|state| state.read_at_ms > 0)).await;
    assert_eq!((state.read_by.as_str(), state.answered_by.len()), ("Officer of PL", 0));
    let answer = calls::SayRequest { answers: digest.clone(), ..say_call(&pl, &thread, "We see it.").await };
    reader.say(Said::Say(answer)).await;
    let answered = |told: &calls::JoinResponse| {
        changed(told).filter(|state| !state.answered_by.is_empty()).map(|state| (state, told.position))
    };
    let (state, position) = writer.told_of(answered).await;
    assert!(state.shown_at_ms > 0 && state.read_at_ms > 0);
    // What is shown and read is on record there once, and nobody waits for the reading of it.
    let shown = Kind::SessionShown.name();
    let head = world.node("BY").registrar.head();
    let records = head.records(&world.node("BY").registrar.journal);
    let mut told = 0;
    for index in 0..head.chain.size {
        for event in records.record(index).await.unwrap().events {
            if let detente::domain::event::Event::Received(received) = event {
                let Some(message) = received.message else { continue };
                assert!(!message.draft.says_more, "{}", message.draft.kind);
                told += usize::from(message.draft.kind == shown);
            }
        }
    }
    assert_eq!(told, 1);
    for party in ["BY", "PL"] {
        let auditor = world.state(party).desk_directory("auditor").display().to_string();
        detente(&["audit", "verify", "--as", &auditor]).await.unwrap();
    }
    // Resumed from a position, nothing before it comes again.
    let mut again = Console::begin(&by, position).await;
    let first = again.told_of(|told| {
        (!matches!(told.what, Some(What::Changed(_) | What::Session(_)))).then_some(told.what.clone())
    });
    assert_eq!(first.await, Some(What::Live(true)));
    // What can't be done is answered, and the stream goes on.
    again.say(Said::Shown(vec![9; 32].into())).await;
    let refused = again.told_of(|told| match &told.what {
        Some(What::Answer(answer)) => Some(answer.clone()),
        _ => None,
    });
    assert!(matches!(refused.await.how, Some(calls::join_answer::How::Refused(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_shift_takes_over_a_running_session_and_the_other_side_sees_who_is_on() {
    let mut world = officers(&["BY", "PL"]).await;
    let roles = [Role::Drafter, Role::Releaser, Role::Watch];
    world.state_mut("PL").take_person("night officer", "Night officer of PL", &roles).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let asked = say(&world, "BY", &thread, "Do you see it?").await;
    arrived(&world, "PL", &asked.message_digest).await;
    let mut console = Console::begin(&officer(&world, "BY"), 0).await;
    let on = |session: &calls::Session| -> Vec<(String, String)> {
        session.on.iter().map(|one| (one.party.clone(), one.officer.clone())).collect()
    };

    // The one who comes on takes part by name, and goes on with what was left open.
    let night = world.desk("PL", "night officer");
    let asked_for = calls::AcceptSessionRequest {
        command: command(&night),
        thread: thread.clone(),
        opening: opening(&night, &thread).await,
        ..Default::default()
    };
    hotlines(&night).accept_session(asked_for).await.unwrap();
    console.told_of(|told| line_of(told, "takes part; on: Night officer of PL")).await;
    assert_eq!(show(&world, "PL", &thread).await.session.unwrap().unread, 1);
    let answer = calls::SayRequest {
        answers: asked.message_digest.clone(),
        ..say_call(&night, &thread, "We see it.").await
    };
    let answer = hotlines(&night).say(answer).await.unwrap().into_inner().spoken.unwrap();
    arrived(&world, "BY", &answer.message_digest).await;
    for at in ["BY", "PL"] {
        let session = show(&world, at, &thread).await;
        assert_eq!(on(session.session.as_ref().unwrap()), [("PL".into(), "Night officer of PL".into())]);
        assert_eq!(session.lines.last().unwrap().drafter, "Night officer of PL");
        // Who was on before stands in the session, as what was said then.
        assert!(session.lines.iter().any(|line| line.text == "takes part; on: Officer of PL"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_waits_for_a_second_person_where_the_release_rule_asks_for_one() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let desk = officer(&world, "BY");
    let routine = calls::SayRequest {
        precedence: evidence::Precedence::Routine as i32,
        ..say_call(&desk, &thread, "At your convenience").await
    };
    let said = hotlines(&desk).say(routine.clone()).await.unwrap().into_inner().spoken.unwrap();
    assert!(!said.released && said.message_digest.is_empty() && said.faults.is_empty(), "{said:?}");
    let release = |by: &Desk| {
        let (draft, digest) = (said.draft.clone(), said.draft_digest.clone());
        let asked = calls::ReleaseRequest { command: command(by), draft, digest, as_is: false };
        let mut calls = crate::officer::messages(by);
        async move { calls.release(asked).await.map(tonic::Response::into_inner) }
    };
    assert_eq!(reason(&release(&desk).await.unwrap_err()), "SAME_PERSON");
    let released = release(&world.desk("BY", "releaser")).await.unwrap();
    arrived(&world, "PL", &released.message_digest).await;
    // The same command again has the same answer, and says nothing twice.
    let again = hotlines(&desk).say(routine).await.unwrap().into_inner().spoken.unwrap();
    assert_eq!(again.draft_digest, said.draft_digest);
    let flash = say_call(&desk, &thread, "Now").await;
    let once = hotlines(&desk).say(flash.clone()).await.unwrap().into_inner().spoken.unwrap();
    assert_eq!(hotlines(&desk).say(flash).await.unwrap().into_inner().spoken.unwrap(), once);
    assert_eq!(show(&world, "BY", &thread).await.lines.len(), 3);
    // Too long is refused with the rule, and nothing is put on record.
    let before = commands(&world, "BY");
    let long = "word ".repeat(limits::HOTLINE_TEXT_WORDS_MAX + 1);
    let why = hotlines(&desk).say(say_call(&desk, &thread, &long).await).await.unwrap_err();
    assert_eq!(violations(&why)[0].0, "text");
    // Who means another session than the thread's says nothing in it.
    let other = calls::SayRequest { opening: vec![9; 32].into(), ..say_call(&desk, &thread, "Now").await };
    assert_eq!(violations(&hotlines(&desk).say(other).await.unwrap_err())[0].0, "opening");
    assert_eq!(commands(&world, "BY"), before);
    assert_eq!(show(&world, "BY", &thread).await.lines.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_of_a_session_stands_as_one_item_of_the_watch_by_its_oldest_text() {
    let world = officers(&["BY", "PL"]).await;
    let opened = open(&world, "BY", &["PL"]).await;
    let thread = opened.thread.clone();
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let mut said = Vec::new();
    for text in ["first", "second"] {
        said.push(say(&world, "BY", &thread, text).await.message_digest);
        arrived(&world, "PL", said.last().unwrap()).await;
    }
    let desk = officer(&world, "PL");
    let now = || async {
        crate::officer::watches(&desk).now(calls::NowRequest::default()).await.unwrap().into_inner()
    };
    let listed = now().await;
    assert_eq!((listed.items.len(), listed.open, listed.more), (1, 1, 0), "{listed:#?}");
    let item = &listed.items[0];
    assert_eq!((&item.digest, item.session_waiting, &item.thread), (&said[0], 3, &thread));
    // What is decided stays by message: each is acknowledged for itself.
    assert_eq!(world.node("PL").registrar.head().board.watch.open.len(), 3);
    let read = |digest: &Bytes| calls::ReadTextRequest { command: command(&desk), digest: digest.clone() };
    hotlines(&desk).read_text(read(&said[0])).await.unwrap();
    let item = now().await.items.remove(0);
    assert_eq!((&item.digest, item.session_waiting), (&said[1], 2));
    let skipped = calls::NowRequest { skip: 1, ..Default::default() };
    let skipped = crate::officer::watches(&desk).now(skipped).await.unwrap().into_inner();
    assert_eq!((skipped.items.len(), skipped.open, skipped.more), (0, 1, 0));
    let page = crate::officer_program::printed(&[
        "watch",
        "now",
        "--as",
        &world.state("PL").desk_directory("officer").display().to_string(),
    ])
    .await;
    let session =
        format!("hotline session {}, 2 waiting: \"Aircraft off course\"", &hex::encode(&thread)[..8]);
    assert!(page.contains(&session), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_goes_later_than_it_was_sent_names_nothing_as_seen_that_came_meanwhile() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let first = say(&world, "BY", &thread, "Where is it?").await.message_digest;
    arrived(&world, "PL", &first).await;
    let sent_at = world.node("PL").registrar.head().chain.size;
    let meanwhile = say(&world, "BY", &thread, "It has turned back").await.message_digest;
    arrived(&world, "PL", &meanwhile).await;
    let desk = officer(&world, "PL");
    let asked = calls::SayRequest { seen_before: sent_at, ..say_call(&desk, &thread, "It is here").await };
    let said = hotlines(&desk).say(asked).await.unwrap().into_inner().spoken.unwrap();
    let session = show(&world, "PL", &thread).await;
    let line = |digest: &Bytes| session.lines.iter().find(|line| line.digest == *digest).unwrap();
    // Whichever of the two stands first, the other one was written without sight of it.
    let (ours, theirs) = (line(&said.message_digest), line(&meanwhile));
    let (later, earlier) = if ours.position > theirs.position { (ours, theirs) } else { (theirs, ours) };
    assert_eq!((later.unseen, &later.unseen_texts[..]), (1, &[earlier.digest.clone()][..]));
    assert_eq!((line(&first).position, line(&first).unseen), (2, 0));
    assert!(page(&world, "PL", &thread).await.contains("written without sight of "));
    // Who does not say so was shown all.
    say(&world, "PL", &thread, "We see that").await;
    assert_eq!(show(&world, "PL", &thread).await.lines.last().unwrap().unseen, 0);
}
