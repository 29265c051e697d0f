//! Hotline sessions that go on while the watch changes: all of them belong to the hand-over, whoever opened or accepted
//! them, and whether anything in them waits.
//!
//! Never here: a word in anybody's name. Whoever takes the watch over says by a command of their own that they are on.

use bytes::Bytes;
use serde_json::{Value, json};

use super::now;
use crate::cli::desk::{Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::out::say;
use crate::codec::message::traffic_mark;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::hotline_service_client::HotlineServiceClient;
use crate::domain::hotline::session::State;
use crate::domain::people::is_same_name;
use crate::domain::text::shown;
use crate::limits;

/// Those that are not closed.
pub(super) struct Running {
    party: String,
    /// Who has the watch of the desk; empty where nobody took it over.
    officer: String,
    sessions: Vec<calls::Session>,
    /// There are older threads, which were not looked through.
    pub are_older: bool,
}

/// Of the newest threads.
pub(super) async fn running(desk: &Desk) -> Result<Running, Fault> {
    let now = now::ask(desk, false, 0).await?;
    let (party, officer) = (now.party, now.on_watch.map(|one| one.name).unwrap_or_default());
    let channel = desk.channel.clone();
    let mut calls_of = HotlineServiceClient::new(channel).max_decoding_message_size(limits::ANSWER_BYTES_MAX);
    let is_one = |session: &calls::Session| session.state != State::Closed.word();
    let (mut sessions, mut from, mut are_older) = (Vec::new(), Bytes::new(), false);
    for _ in 0..limits::SESSION_PAGES_AT_TAKE_OVER_MAX {
        let page = answer(calls_of.list_sessions(calls::ListSessionsRequest { from })).await?;
        sessions.extend(page.sessions.into_iter().filter(is_one));
        are_older = !page.next.is_empty();
        if !are_older {
            break;
        }
        from = page.next;
    }
    Ok(Running { party, officer, sessions, are_older })
}

/// Who of this Party is on.
fn on<'s>(session: &'s calls::Session, party: &str) -> Option<&'s str> {
    session.on.iter().find(|one| one.party == party).map(|one| one.officer.as_str())
}

/// For whoever took the watch over: each with the command that says who is on now.
pub(super) fn print(running: &Running) {
    for session in &running.sessions {
        let (thread, head) = (short(session), head(running, session));
        let accept = format!("you by: detente hotline accept {thread}");
        match on(session, &running.party) {
            Some(name) if is_same_name(name, &running.officer) => say!("{head}: you are on, as they see"),
            Some(name) => say!("{head}: {} is on, as they see; {accept}", shown(name)),
            None => say!("{head}: they see nobody of yours on; {accept}"),
        }
    }
    print_older(running);
}

/// For a hand-over that is not taken over yet: each with how it stands.
pub(super) fn list(running: &Running) {
    for session in &running.sessions {
        let on = on(session, &running.party).map_or_else(|| "nobody of yours".into(), shown);
        let (head, state, unread) = (head(running, session), shown(&session.state), session.unread);
        say!("{head}: {state}, {unread} unread for you, {on} is on, as they see");
    }
    print_older(running);
}

fn head(running: &Running, session: &calls::Session) -> String {
    let others = session.present.iter().filter(|one| **one != running.party);
    let others = others.map(|one| shown(one)).collect::<Vec<_>>().join(", ");
    format!("session   {} {} with {others}", traffic_mark(session.traffic), short(session))
}

fn short(session: &calls::Session) -> String {
    let thread = hex::encode(&session.thread);
    thread.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default().to_owned()
}

fn print_older(running: &Running) {
    if running.are_older {
        say!("session   older threads were not looked through for sessions that go on: detente hotline list");
    }
}

pub(super) fn as_json(running: &Running) -> Value {
    let one = |session: &calls::Session| {
        json!({ "thread": hex::encode(&session.thread), "present": session.present,
            "subject": session.subject, "state": session.state, "unread": session.unread,
            "on": on(session, &running.party) })
    };
    running.sessions.iter().map(one).collect()
}
