//! A session as a caller is told it, whole or as it stands between this Party and another one.
//!
//! Never here: on what is told of two, anything that the other one has not.

use std::collections::BTreeSet;

use tonic::Status;

use super::told::Told;
use super::{beside, lines};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::duty::OfAuthor;
use crate::domain::hotline::session::Session;
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::domain::said::{Said, takes_back};
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
        Two { told, board, both: &both, other }.keep(&mut page, asked.from);
    }
    Ok(page)
}

/// What two of several have of a session.
struct Two<'t> {
    told: &'t Told,
    board: &'t Board,
    both: &'t Session<'t>,
    other: Party,
}

impl Two<'_> {
    /// Without what is told of third Parties or comes from them.
    fn keep(&self, page: &mut calls::ShowSessionResponse, from: u32) {
        let (own, other) = (self.told.own.as_str(), self.other.as_str());
        if let Some(head) = &mut page.session {
            self.head(head);
        }
        page.heard.retain(|one| one.from == other);
        page.handed_on.retain(|one| one.by == other);
        // They come with the first page.
        if from == 0 {
            page.more_heard = lines::count(self.heard_alone().saturating_sub(page.heard.len()));
            page.more_handed_on = lines::count(self.handed_on().saturating_sub(page.handed_on.len()));
        }
        for close in &mut page.closes {
            close.signed.retain(|with| with.party == own || with.party == other);
        }
        for line in &mut page.lines {
            line.states.retain(|state| state.party == own || state.party == other);
            line.agreed_words.retain(|one| one.party == other);
            line.phrase_differs.retain(|party| party == other);
            line.not_to.clear();
            line.read_as.clear();
            self.line(line);
        }
    }

    /// What the lines do not say of it already.
    fn head(&self, head: &mut calls::Session) {
        let told = self.told;
        let (_, all_beside) = beside::waiting(told, &told.read_here());
        head.beside.clear();
        head.to_acknowledge = head.to_acknowledge.saturating_sub(lines::count(all_beside));
        let both = self.both.lines.iter();
        let recorded = both.filter_map(|line| told.envelopes.get(&line.spoken.said.message));
        head.newest_at_ms = recorded.map(|(_, at)| at.0).max().unwrap_or(0);
        head.heard_alone = lines::count(self.heard_alone());
        head.handed_on = lines::count(self.handed_on());
        head.not_read_of.retain(|party| party == self.other.as_str());
        head.not_read = 0;
        if !head.not_read_of.is_empty() {
            let read: BTreeSet<&Digest> = told.order.iter().collect();
            let all = told.here.entries_of(self.other);
            head.not_read = lines::count(all.filter(|entry| !read.contains(&entry.digest)).count());
        }
    }

    /// How many texts of the other one were written down as heard and have no original here.
    fn heard_alone(&self) -> usize {
        let all = self.told.heard.iter().filter(|(_, form)| form.origin_party == self.other.as_str());
        all.filter(|(_, form)| self.told.original_of(form).is_none()).count()
    }

    fn handed_on(&self) -> usize {
        self.told.handed_on_alone().filter(|one| one.by == self.other).count()
    }

    /// With those translations and words that take back which the other one has.
    fn line(&self, line: &mut calls::SessionLine) {
        let Some(digest) = Digest::from_slice(&line.digest) else { return };
        line.came_by_way = self.told.came_by_way(&digest, Some(self.other));
        if !line.withdrawn_by.is_empty() {
            let said = self.both.lines.iter().map(|line| &line.spoken.said);
            let mut said = said.filter(|said| said.message == digest);
            (line.withdrawn_by, line.withdrawal_came_by_file) = self.taken_back(said.next());
        }
        let all = self.told.translations_of(&digest);
        let all = all.filter(|(_, form)| form.lines.iter().any(|line| line.path == super::TEXT));
        let had: Vec<&Said> = all.map(|(said, _)| said).filter(|said| self.has(said)).collect();
        let had_as = |one: &calls::TextTranslation| {
            had.iter().copied().find(|said| said.message.0[..] == one.digest[..])
        };
        line.translations.retain(|one| had_as(one).is_some());
        line.more_translations = lines::count(had.len().saturating_sub(line.translations.len()));
        for one in line.translations.iter_mut().filter(|one| !one.withdrawn_by.is_empty()) {
            (one.withdrawn_by, one.withdrawal_came_by_file) = self.taken_back(had_as(one));
        }
    }

    /// Whether the other one has a translation, as far as this node can tell.
    fn has(&self, said: &Said) -> bool {
        let is_ours = said.author == self.told.own;
        said.author == self.other || (is_ours && self.told.went_to(&said.message, self.other))
    }

    /// By which word that the other one has its author took it back, and whether that came by file.
    fn taken_back(&self, said: Option<&Said>) -> (String, String) {
        let Some(word) = said.and_then(|said| self.word(said)) else { return (String::new(), String::new()) };
        (word.number.clone(), self.told.came_by_file(&word.message))
    }

    fn word(&self, said: &Said) -> Option<&Said> {
        let of = OfAuthor { thread: self.told.thread, author: said.author, traffic: said.traffic };
        let had = self.board.duties.withdrawals.of(of, &said.message, &said.number, Some(self.other));
        self.told.withdrawals.iter().find(|word| {
            let is_had = said.author == self.other || had.iter().any(|(_, digest)| *digest == word.message);
            is_had && takes_back(word, said)
        })
    }
}
