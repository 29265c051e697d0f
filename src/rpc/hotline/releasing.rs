//! What is wrong with a draft by how the session that it is of stands by now, for whoever releases it: it may have waited
//! for that while the session went on.
//!
//! Never here: what stops a release. Whatever is told here, it is released where it is meant as it is.

use tonic::{Code, Status};

use super::kept::Kept;
use super::speak::{Speaker, knows};
use super::told::Told;
use crate::domain::content::{Content, Kind};
use crate::domain::hotline::session::{Session, State};
use crate::domain::message::Outgoing;
use crate::domain::party::Party;
use crate::domain::refusal::FaultNamed;
use crate::domain::thread::Thread;
use crate::registrar::{Head, Registrar};
use crate::rpc::draft::Body;

const CLOSED: &str =
    "all have closed this session and signed the same transcript of it: a release as it is opens it again";

/// Of a draft that is of no session on record here, or of one that can't be read any more, none.
///
/// # Errors
/// The journal does not answer.
pub(in crate::rpc) async fn faults(
    registrar: &Registrar,
    kept: &Kept,
    head: &Head,
    body: &Body,
) -> Result<Vec<FaultNamed>, Status> {
    let outgoing = &body.outgoing;
    let is_said_in_it = |content: &&Content| {
        let kind = content.kind();
        kind == Kind::SessionClose || kind != Kind::SessionOpening && kind.has_place_in_session()
    };
    let Some(content) = body.said.content().filter(is_said_in_it) else { return Ok(Vec::new()) };
    if !head.board.thread(outgoing.thread).is_some_and(Thread::is_session) {
        return Ok(Vec::new());
    }
    let is_known = |party: &Party| knows(head, *party);
    let look = |told: &Told| {
        let found = told.session().map(|session| beside(session, outgoing, content, told.own, is_known));
        found.unwrap_or_default()
    };
    kept.of(head, &registrar.journal, outgoing.thread, look).await.or_else(unread)
}

/// The same of a writer's own text, where it is given again.
///
/// # Errors
/// As `faults`.
pub(super) async fn of_again(
    is_again: bool,
    speaker: &Speaker<'_>,
    head: &Head,
    body: &Body,
) -> Result<Vec<FaultNamed>, Status> {
    if !is_again {
        return Ok(Vec::new());
    }
    let found = faults(speaker.registrar, speaker.kept, head, body).await?;
    Ok(not_meant(found, speaker.reopen))
}

/// What of that a writer does not mean: one who opens a session again is not told that it is closed.
fn not_meant(mut found: Vec<FaultNamed>, reopen: bool) -> Vec<FaultNamed> {
    found.retain(|fault| !reopen || fault.rule != CLOSED);
    found
}

/// That a session can't be read is no fault of what is said in it; a journal that does not answer is asked again.
fn unread(fault: Status) -> Result<Vec<FaultNamed>, Status> {
    if fault.code() == Code::Unavailable { Err(fault) } else { Ok(Vec::new()) }
}

fn beside(
    session: &Session,
    outgoing: &Outgoing,
    content: &Content,
    own: Party,
    is_known: impl Fn(&Party) -> bool,
) -> Vec<FaultNamed> {
    // What is of the other traffic is no part of it.
    if outgoing.traffic != session.begins.said.traffic {
        return Vec::new();
    }
    let mut found = Vec::new();
    if session.state == State::Closed && content.kind().has_place_in_session() {
        found.push(FaultNamed::new("heading.thread", CLOSED));
    }
    let to = outgoing.parties();
    // To a Party that is not known here nothing can go, however it is written.
    let not_to =
        session.present.iter().filter(|party| **party != own && !to.contains(*party) && is_known(party));
    found.extend(not_to.map(|party| {
        let rule = format!(
            "{party} is in the session by now, and it does not go there: write it anew, or a release as it is \
             leaves {party} out"
        );
        FaultNamed::new("heading.action", rule)
    }));
    // What came since, and stands before something that it names, is not in what it signs.
    if let Content::SessionClose(close) = content {
        let others = session.gives_another_with(outgoing.thread, own, close).into_iter();
        found.extend(others.map(|party| {
            let rule = format!(
                "what it names gives another transcript with {party} by now than it signs: write it anew, or a \
                 release as it is contradicts itself"
            );
            FaultNamed::new("agreed", rule)
        }));
    }
    // A Party comes in by the very message that is addressed to it.
    if content.kind() != Kind::SessionAddition {
        let strangers = to.iter().filter(|party| !session.present.contains(*party));
        found.extend(strangers.map(|party| {
            FaultNamed::new("heading.action", format!("{party} is not in the session, and it goes there"))
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::ThreadId;
    use crate::domain::form::MessageDigest;
    use crate::domain::hotline::made::{digest, party, spoken};
    use crate::domain::hotline::session::Spoken;
    use crate::domain::hotline::{SeenLast, SessionOpening, SessionText};
    use crate::journal::ReadFault;
    use crate::replay::records::RecordFault;
    use crate::rpc::status;

    #[test]
    fn a_session_that_cant_be_read_stops_no_release_and_a_journal_that_does_not_answer_is_asked_again() {
        let lasting = unread(status::record(RecordFault::NoSuchRecord { index: 7 }));
        assert!(lasting.is_ok_and(|found| found.is_empty()));
        let now = ReadFault::Unanswered { why: "no answer in time".into() };
        assert!(unread(status::record(RecordFault::Journal(now))).is_err());
    }

    #[test]
    fn a_close_that_waits_is_told_of_once_what_it_builds_on_has_come_and_not_for_what_is_said_since() {
        fn text(seen: &[(u64, &str, &[&str])]) -> Content {
            let seen = seen.iter().map(|(of, author, not_to)| SeenLast {
                author: (*author).to_owned(),
                message: Some(MessageDigest(digest(*of))),
                not_to: not_to.iter().map(|code| (*code).to_owned()).collect(),
            });
            Content::SessionText(SessionText { seen: seen.collect(), ..SessionText::default() })
        }
        let thread = ThreadId([7; 16]);
        // BY says of LT's text that PL can't have it, and it is addressed to PL.
        let mut all = vec![
            spoken(0, "BY", &["LT", "PL"], Content::SessionOpening(SessionOpening::default())),
            spoken(1, "BY", &["LT", "PL"], text(&[(0, "BY", &[]), (3, "LT", &["PL"])])),
        ];
        let session = |all: &[Spoken]| Session::of(thread, all, party("PL")).unwrap();
        let close = Content::SessionClose(session(&all).close_by(thread, party("PL")));
        let outgoing = Outgoing::blank(close.kind().name(), thread);
        let told = |all: &[Spoken]| {
            let found = beside(&session(all), &outgoing, &close, party("PL"), |_| false);
            found.into_iter().map(|fault| fault.rule).collect::<Vec<_>>()
        };
        assert_eq!(told(&all), Vec::<String>::new());
        all.push(spoken(2, "LT", &["BY", "PL"], text(&[(0, "BY", &[])])));
        assert_eq!(told(&all), Vec::<String>::new(), "it builds on none of that");
        all.push(spoken(3, "LT", &["BY", "PL"], text(&[(0, "BY", &[])])));
        let rules = told(&all);
        // Of what BY said nothing stands in what PL signs with LT: neither of these two went on from it.
        assert!(rules.len() == 1 && rules[0].contains("another transcript with BY by now"), "{rules:?}");
    }

    #[test]
    fn who_opens_a_session_again_is_told_all_but_that_it_is_closed() {
        let found = ["another", CLOSED].map(|rule| FaultNamed::new("heading.thread", rule)).to_vec();
        assert_eq!(not_meant(found.clone(), true), found[..1]);
        assert_eq!(not_meant(found.clone(), false), found);
    }
}
