//! A session as a caller is told it, whole or as it stands between this Party and another one.
//!
//! Never here: on what is told of two, anything that the other one has not.

use std::collections::BTreeSet;

use tonic::Status;

use super::handed_on::HandedOn;
use super::told::Told;
use super::{beside, handed_on, heard, lines, translations};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::duty::OfAuthor;
use crate::domain::hotline::session::Session;
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::domain::said::{Said, takes_back};
use crate::rpc::{originals, status};

/// With which Party a transcript is: where there is only one other, it need not be named.
pub(super) fn other(told: &Told, session: &Session, with: &str) -> Result<Party, Status> {
    let others: Vec<Party> = session.present.iter().filter(|one| **one != told.own).copied().collect();
    match &others[..] {
        [only] if with.is_empty() => Ok(*only),
        all => all
            .iter()
            .find(|party| party.as_str() == with)
            .copied()
            .ok_or_else(|| status::field("with", "is required: the code of another Party in the session")),
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
        return Ok(lines::shown(told, session, board, (asked.from, caller)));
    }
    let other = other(told, session, &asked.with)?;
    let both =
        session.between(told.own, other).ok_or_else(|| status::not_found("transcript of these two"))?;
    let mut page = lines::shown(told, &both, board, (asked.from, caller));
    Two { told, board, both: &both, other }.keep(&mut page, asked.from);
    Ok(page)
}

/// What two of those who are present have of a session.
struct Two<'t> {
    told: &'t Told,
    board: &'t Board,
    both: &'t Session,
    other: Party,
}

impl Two<'_> {
    /// Without what is told of third Parties or comes from them. Of what only the first ones are told they are the first
    /// of what these two have: a third's take no room among them, or by that it would be known that there are such.
    fn keep(&self, page: &mut calls::ShowSessionResponse, from: u32) {
        let (own, other) = (self.told.own.as_str(), self.other.as_str());
        if let Some(head) = &mut page.session {
            self.head(head);
        }
        // They come with the first page.
        if from == 0 {
            (page.heard, page.more_heard) = heard::without_original(self.told, Some(self.other));
            (page.handed_on, page.more_handed_on) = handed_on::of(self.told, self.board, Some(self.other));
        }
        for one in page.handed_on.iter_mut().filter(|one| !one.withdrawn_by.is_empty()) {
            one.withdrawn_by = self.handed_on_taken_back(one);
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
            if line.author != own && line.author != other {
                without_own_account(line);
            }
            if line.author != other {
                (line.heard, line.more_heard) = (Vec::new(), 0);
            }
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
        head.heard_alone = lines::count(heard::count_alone(told, Some(self.other)));
        head.handed_on = lines::count(told.handed_on_alone().filter(|one| one.by == self.other).count());
        head.not_read_of.retain(|party| party == self.other.as_str());
        head.not_read = 0;
        if !head.not_read_of.is_empty() {
            let read: BTreeSet<&Digest> = told.order.iter().collect();
            let all = told.here.entries_of(self.other);
            head.not_read = lines::count(all.filter(|entry| !read.contains(&entry.digest)).count());
        }
    }

    /// With those translations and words that take back which the other one has, and with what it answers as far as both
    /// have that.
    fn line(&self, line: &mut calls::SessionLine) {
        let Some(digest) = Digest::from_slice(&line.digest) else { return };
        line.came_by_way = self.told.came_by_way(&digest, Some(self.other));
        // Which is between this Party and whoever handed it on.
        line.read_as_handed_on.clear();
        let mut said = self.both.lines.iter().map(|line| &line.spoken.said);
        if !line.answers.is_empty() {
            line.answers_not_here = !said.clone().any(|said| said.message.0[..] == line.answers[..]);
        }
        if !line.withdrawn_by.is_empty() {
            (line.withdrawn_by, line.withdrawal_reason, line.withdrawal_came_by_file) =
                self.taken_back(said.find(|said| said.message == digest));
        }
        (line.translations, line.more_translations) =
            translations::of(self.told, &digest, |said| self.has(said));
        for one in line.translations.iter_mut().filter(|one| !one.withdrawn_by.is_empty()) {
            let mut all = self.told.translations_of(&digest).map(|(said, _)| said);
            (one.withdrawn_by, one.withdrawal_reason, one.withdrawal_came_by_file) =
                self.taken_back(all.find(|said| said.message.0[..] == one.digest[..]));
        }
    }

    /// Whether the other one has a translation, as far as this node can tell.
    fn has(&self, said: &Said) -> bool {
        let is_ours = said.author == self.told.own;
        said.author == self.other || (is_ours && self.told.went_to(&said.message, self.other))
    }

    /// By which word that the other one has its author took it back, why, and whether that came by file.
    fn taken_back(&self, said: Option<&Said>) -> (String, String, String) {
        let Some(word) = said.and_then(|said| self.word(said)) else { return Default::default() };
        (word.number.clone(), beside::reason(Some(word)), self.told.came_by_file(&word.message))
    }

    /// By which word that the other one has, be it handed on by that one, its author took back what that one handed on.
    fn handed_on_taken_back(&self, one: &calls::HandedOn) -> String {
        let is_it = |there: &&HandedOn| there.in_message.0[..] == one.in_message[..];
        let Some(there) = self.told.handed_on.iter().find(is_it) else { return String::new() };
        let in_thread = there.said().and_then(|said| self.word(&said)).map(|word| word.number.clone());
        let handed_on = || {
            let mut words = self.told.words_handed_on(there).filter(|word| word.by == self.other);
            let word = words.find(|word| originals::is_signed(self.board, &word.original))?;
            Some(word.original.message.number.clone())
        };
        in_thread.or_else(handed_on).unwrap_or_default()
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

/// Of a third's message: what this Party alone knows of its coming and of who here read it, which went to its author alone.
fn without_own_account(line: &mut calls::SessionLine) {
    line.states.clear();
    line.came_by_file.clear();
    line.withdrawal_came_by_file.clear();
}
