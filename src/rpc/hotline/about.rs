//! Which of what was read of a session is about which message, and what was not read: looked up once for each state of it,
//! so that nobody who looks goes through all of it.
//!
//! Never here: a choice among those that are about the same message.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::handed_on::HandedOn;
use super::told::{Told, original};
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::hotline::{CHECK_WORDS, beginning};
use crate::domain::message::{Acknowledgement, Traffic};
use crate::domain::party::Party;
use crate::domain::said::{Said, takes_back};
use crate::domain::thread::Entry;
use crate::domain::time::Instant;
use crate::domain::translation::Translation;
use crate::limits;

/// By the message that each is about: the places of some among all that are like them.
#[derive(Default)]
pub(super) struct About(Vec<(Digest, usize)>);

/// What is about a message of the session, and what is left out of it.
#[derive(Default)]
pub(super) struct LookedUp {
    pub reads: About,
    pub translations: About,
    /// That a console shows it, among all that is spoken.
    pub shown: About,
    /// Words that take it back; those that name it by number alone stand under `of_number`.
    pub words: About,
    /// What was handed on and may count as it, among all that was.
    pub handed_on: About,
    /// The check words of what was written down as heard, of each.
    pub heard: Vec<Option<[u8; CHECK_WORDS]>>,
    /// What others say beyond their room and no officer of ours has acknowledged: those that are told first, as many as
    /// are told, and how many there are.
    pub beyond: (Vec<Entry>, usize),
    /// How many messages of the thread were not read, and whose.
    pub not_read: (usize, Vec<Party>),
}

/// The message that may count as its author's own by what was handed on.
fn may_be(one: &HandedOn) -> Option<Digest> {
    one.may_count.then_some(one.original.digest)
}

impl About {
    /// Of all of a kind, in their order, each with the message that it is about.
    fn of(all: impl Iterator<Item = Option<Digest>>) -> About {
        let places = all.enumerate().filter_map(|(at, of)| Some((of?, at)));
        let mut places: Vec<(Digest, usize)> = places.collect();
        places.sort_unstable();
        About(places)
    }

    /// The places of those that are about this one, in their order.
    pub fn places(&self, of: &Digest) -> impl Iterator<Item = usize> {
        let from = self.0.partition_point(|(one, _)| one < of);
        let rest = self.0.get(from..).unwrap_or_default().iter();
        rest.take_while(move |(one, _)| one == of).map(|(_, at)| *at)
    }

    fn bytes(&self) -> usize {
        self.0.len().saturating_mul(size_of::<(Digest, usize)>())
    }
}

impl LookedUp {
    /// About what it takes in memory.
    pub fn bytes(&self) -> usize {
        let heard = self.heard.len().saturating_mul(size_of::<Option<[u8; CHECK_WORDS]>>());
        let all = [&self.reads, &self.translations, &self.shown, &self.words, &self.handed_on];
        all.iter().map(|one| one.bytes()).fold(heard, usize::saturating_add)
    }
}

impl Told {
    /// Once all that was read stands in its order.
    pub(super) fn look_up(&mut self) {
        self.about = LookedUp {
            reads: About::of(self.reads.iter().map(|(_, _, _, read)| Some(read.message))),
            translations: About::of(self.translations.iter().map(|one| original(&one.content))),
            shown: About::of(self.spoken.iter().map(|one| shown(&one.said.content))),
            words: About::of(self.withdrawals.iter().map(named)),
            handed_on: About::of(self.handed_on.iter().map(may_be)),
            heard: self.heard.iter().map(|(_, form)| beginning(&form.check_words).ok()).collect(),
            beyond: self.beyond(),
            not_read: self.rooms.not_read(&self.here),
        };
    }

    fn beyond(&self) -> (Vec<Entry>, usize) {
        let is_read = self.read_here();
        let (mut first, mut many): (Vec<Entry>, usize) = Default::default();
        // The sort is stable: of one precedence they stay in their order.
        let cut = |first: &mut Vec<Entry>| {
            first.sort_by_key(|entry| Reverse(entry.precedence));
            first.truncate(limits::HOTLINE_BESIDE_TOLD);
        };
        for entry in self.rooms.beyond(&self.here).filter(|entry| !is_read.contains(&entry.digest)) {
            many = many.saturating_add(1);
            first.push(*entry);
            if first.len() > 8 * limits::HOTLINE_BESIDE_TOLD {
                cut(&mut first);
            }
        }
        cut(&mut first);
        (first, many)
    }

    /// Who states that an officer read this one, in traffic like its own; here also the message within which it came.
    pub fn reads_of<'t>(&'t self, of: &'t Digest) -> impl Iterator<Item = (Party, &'t Acknowledgement)> {
        let (traffic, brought_in) = (self.traffic_of(of), self.brought_in(of));
        let itself = self.about.reads.places(of).filter_map(|at| self.reads.get(at));
        let itself = itself.filter(move |(_, as_what, ..)| Some(*as_what) == traffic);
        let within = (brought_in != of).then_some(brought_in).into_iter();
        let within = within.flat_map(|one| self.reads_within(one)).map(|read| (self.own, read));
        itself.map(|(by, _, _, read)| (*by, read)).chain(within)
    }

    /// By which officer of ours this message was read, within which another one came.
    pub fn reads_within<'t>(&'t self, in_message: &'t Digest) -> impl Iterator<Item = &'t Acknowledgement> {
        let all = self.about.reads.places(in_message).filter_map(|at| self.reads.get(at));
        all.filter(|(by, ..)| *by == self.own).map(|(_, _, _, read)| read)
    }

    /// The translations of this one, in traffic like its own, each with the message that gives it.
    pub fn translations_of<'t>(
        &'t self,
        of: &'t Digest,
    ) -> impl Iterator<Item = (&'t Said, &'t Translation)> {
        let traffic = self.traffic_of(of);
        let all = self.about.translations.places(of).filter_map(move |at| self.translations.get(at));
        all.filter_map(move |one| {
            let Content::Translation(form) = &one.content else { return None };
            (Some(one.traffic) == traffic).then_some((one, form))
        })
    }

    /// The first word by which its own author took this one back.
    pub fn withdrawn_by(&self, one: &Said) -> Option<&Said> {
        if self.withdrawals.is_empty() {
            return None;
        }
        let is_it = |at: &usize| self.withdrawals.get(*at).is_some_and(|word| takes_back(word, one));
        let named = [one.message, of_number(one.author, &one.number)];
        let first = named.iter().filter_map(|of| self.about.words.places(of).find(is_it)).min();
        self.withdrawals.get(first?)
    }

    /// By whom, and when, each Party said first that a console of its own shows this one, in traffic like its own.
    pub fn shown(&self, digest: &Digest) -> BTreeMap<Party, (&str, Instant)> {
        let (traffic, mut first) = (self.traffic_of(digest), BTreeMap::new());
        let all = self.about.shown.places(digest).filter_map(|at| self.spoken.get(at));
        for said in all.map(|one| &one.said).filter(|said| Some(said.traffic) == traffic) {
            if let Content::SessionShown(form) = &said.content {
                first.entry(said.author).or_insert((form.console.as_str(), said.released_at));
            }
        }
        first
    }

    /// Whether this Party said that a console of its own shows this one.
    pub fn is_shown_here(&self, message: &Digest) -> bool {
        let mut all = self.about.shown.places(message).filter_map(|at| self.spoken.get(at));
        all.any(|one| one.said.author == self.own)
    }

    fn traffic_of(&self, message: &Digest) -> Option<Traffic> {
        self.message(message).map(|message| message.draft.traffic)
    }
}

fn shown(content: &Content) -> Option<Digest> {
    let Content::SessionShown(form) = content else { return None };
    form.shown.message_digest.map(|digest| digest.0)
}

/// What a word takes back.
fn named(word: &Said) -> Option<Digest> {
    let Content::MessageWithdrawal(form) = &word.content else { return None };
    let by_digest = form.withdraws.message_digest.map(|digest| digest.0);
    Some(by_digest.unwrap_or_else(|| of_number(word.author, &form.withdraws.number)))
}

/// Under what a message stands that is named by its author's number alone.
fn of_number(author: Party, number: &str) -> Digest {
    Digest::of_all(&[author.as_str().as_bytes(), b" ", number.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_about_a_message_are_found_in_their_order_and_of_another_one_none() {
        let [one, other, third] = [1, 2, 3].map(|byte| Digest([byte; 32]));
        let all = [Some(other), None, Some(one), Some(other), Some(one)];
        let about = About::of(all.into_iter());
        let places = |of: Digest| about.places(&of).collect::<Vec<_>>();
        assert_eq!([places(one), places(other), places(third)], [vec![2, 4], vec![0, 3], vec![]]);
    }
}
