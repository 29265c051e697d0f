//! A session as a caller is told it, whole or as it stands between this Party and another one.
//!
//! Never here: on what is told of two, anything that the other one has not.

use tonic::Status;

use super::lines;
use super::told::Told;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::hotline::session::Session;
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::rpc::status;

/// With which Party a transcript is: where there is only one other, it need not be named.
pub(super) fn other(told: &Told, session: &Session<'_>, with: &str) -> Result<Party, Status> {
    let others: Vec<Party> = session.present.iter().filter(|one| **one != told.own).copied().collect();
    match &others[..] {
        [only] if with.is_empty() => Ok(*only),
        all => all.iter().find(|party| party.as_str() == with).copied().ok_or_else(|| {
            status::field("with", "is asked for: the code of another Party that is in the session")
        }),
    }
}

/// Of it what one answer takes, for this caller.
pub(super) fn shown(
    told: &Told,
    board: &Board,
    asked: &calls::ShowSessionRequest,
    caller: &Person,
) -> Result<calls::ShowSessionResponse, Status> {
    let session = told.some_session()?;
    if asked.with.is_empty() {
        return Ok(lines::shown(told, &session, board, (asked.from, caller)));
    }
    let other = other(told, &session, &asked.with)?;
    let both =
        session.between(told.own, other).ok_or_else(|| status::not_found("transcript of these two"))?;
    let mut page = lines::shown(told, &both, board, (asked.from, caller));
    if session.present.len() > 2 {
        keep(&mut page, told.own.as_str(), other.as_str());
    }
    Ok(page)
}

/// Without what is told of third Parties or comes from them.
fn keep(page: &mut calls::ShowSessionResponse, own: &str, other: &str) {
    if let Some(head) = &mut page.session {
        head.beside.clear();
    }
    page.heard.retain(|one| one.from == other);
    page.handed_on.retain(|one| one.by == other);
    for line in &mut page.lines {
        line.states.retain(|state| state.party == own || state.party == other);
        line.agreed_words.retain(|one| one.party == other);
        line.phrase_differs.retain(|party| party == other);
        line.translations.retain(|one| one.by == own || one.by == other);
    }
}
