//! Hotline sessions that go on while the watch changes: those of which the other side still sees another officer on.
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

/// They are not closed, and the last word of this Party in each names another officer than has the watch.
pub(super) struct Running {
    party: String,
    sessions: Vec<calls::Session>,
    /// There are older threads, which were not looked through.
    pub are_older: bool,
}

/// Of the newest threads.
pub(super) async fn with_another_on(desk: &Desk) -> Result<Running, Fault> {
    let now = now::ask(desk, false, 0).await?;
    let (party, officer) = (now.party, now.on_watch.map(|one| one.name).unwrap_or_default());
    let channel = desk.channel.clone();
    let mut calls_of = HotlineServiceClient::new(channel).max_decoding_message_size(limits::ANSWER_BYTES_MAX);
    let is_one = |session: &calls::Session| {
        session.state != State::Closed.word()
            && on(session, &party).is_some_and(|name| !is_same_name(name, &officer))
    };
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
    Ok(Running { party, sessions, are_older })
}

/// Who of this Party is on.
fn on<'s>(session: &'s calls::Session, party: &str) -> Option<&'s str> {
    session.on.iter().find(|one| one.party == party).map(|one| one.officer.as_str())
}

/// Each with the command that says who is on now.
pub(super) fn print(running: &Running) {
    for session in &running.sessions {
        let thread = hex::encode(&session.thread);
        let thread = thread.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default();
        let others: Vec<String> =
            session.present.iter().filter(|one| **one != running.party).map(|one| shown(one)).collect();
        say!(
            "session   {} {thread} with {}: {} is on, as they see; you by: detente hotline accept {thread}",
            traffic_mark(session.traffic),
            others.join(", "),
            shown(on(session, &running.party).unwrap_or_default()),
        );
    }
    if running.are_older {
        say!("session   older threads were not looked through for sessions that go on: detente hotline list");
    }
}

pub(super) fn as_json(running: &Running) -> Value {
    let one = |session: &calls::Session| {
        json!({ "thread": hex::encode(&session.thread), "present": session.present,
            "subject": session.subject, "on": on(session, &running.party) })
    };
    running.sessions.iter().map(one).collect()
}
