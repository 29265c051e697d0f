//! What the messages of one thread say, for pictures of it: who said what and when, versions of a document, what
//! was taken back, and what is said of two threads.
//!
//! Never here: a choice between accounts. An author's word takes the place only of that author's own, a drill's
//! only of a drill's.

use std::collections::BTreeMap;

use super::content::Content;
use super::digest::Digest;
use super::exercise::SameActivity;
use super::form::{Change, MessageReference, difference};
use super::kind::Kind;
use super::message::Traffic;
use super::party::Party;
use super::time::Instant;

/// One message of the thread with what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    pub message: Digest,
    /// Not safe to show.
    pub number: String,
    pub author: Party,
    pub traffic: Traffic,
    /// The author's own statement of when it was released.
    pub released_at: Instant,
    pub content: Content,
}

impl Said {
    /// Whether this reference, in a document of `by`, means this message.
    pub fn is_meant(&self, reference: &MessageReference, by: Party) -> bool {
        reference.means(&self.message, &self.number, self.author, by)
    }
}

/// A document in all its versions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Versions<'s> {
    earlier: Vec<&'s Said>,
    present: &'s Said,
}

/// From one version to the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step<'s> {
    pub from: &'s Said,
    pub to: &'s Said,
    /// Field by field; all of it is safe to show.
    pub changes: Vec<Change>,
}

impl<'s> Versions<'s> {
    pub(super) fn of(first: &'s Said) -> Versions<'s> {
        Versions { earlier: Vec::new(), present: first }
    }

    pub(super) fn add(&mut self, next: &'s Said) {
        self.earlier.push(std::mem::replace(&mut self.present, next));
    }

    /// Puts a version in the place of the one that stands, if one does.
    pub(super) fn replace(versions: &mut Option<Versions<'s>>, said: &'s Said) {
        match versions {
            Some(versions) => versions.add(said),
            None => *versions = Some(Versions::of(said)),
        }
    }

    /// The one that stands.
    pub fn present(&self) -> &'s Said {
        self.present
    }

    /// Those whose place was taken, oldest first.
    pub fn earlier(&self) -> &[&'s Said] {
        &self.earlier
    }

    /// What changed with each version, and so who said it and when.
    pub fn steps(&self) -> Vec<Step<'s>> {
        let all: Vec<&'s Said> = self.earlier.iter().copied().chain([self.present]).collect();
        all.iter()
            .zip(all.iter().skip(1))
            .map(|(from, to)| Step { from, to, changes: difference(&from.content, &to.content) })
            .collect()
    }
}

/// What its own author took back, by digest, each with the first word that does so. A drill takes back nothing
/// that is real, and a withdrawal is not taken back itself; a word on rules is by its own kinds alone.
pub fn withdrawn(said: &[Said]) -> BTreeMap<Digest, &Said> {
    // Each is looked up: a peer may send as many withdrawals as messages, and all of them under one number.
    let (mut by_digest, mut by_number) = (BTreeMap::new(), BTreeMap::new());
    for one in said.iter().filter(|one| one.content.kind().may_be_taken_back()) {
        by_digest.entry(one.message).or_insert(one);
        by_number.entry((one.author, one.traffic, one.number.as_str())).or_insert(one);
    }
    let mut all = BTreeMap::new();
    for word in said {
        let Content::MessageWithdrawal(form) = &word.content else { continue };
        let named = match &form.withdraws.message_digest {
            Some(digest) => by_digest.get(&digest.0),
            None => by_number.get(&(word.author, word.traffic, form.withdraws.number.as_str())),
        };
        if let Some(one) = named.filter(|one| takes_back(word, one)) {
            all.entry(one.message).or_insert(word);
        }
    }
    all
}

/// Whether this word takes that message back.
pub fn takes_back(word: &Said, one: &Said) -> bool {
    let Content::MessageWithdrawal(form) = &word.content else { return false };
    (one.author, one.traffic) == (word.author, word.traffic)
        && one.is_meant(&form.withdraws, word.author)
        && one.content.kind().may_be_taken_back()
}

/// In whose place its own author put another of the same kind, by digest, each with the first that does so. What is
/// itself taken back takes nobody's place.
pub fn corrected(said: &[Said]) -> BTreeMap<Digest, &Said> {
    let withdrawn = withdrawn(said);
    let mut by_digest = BTreeMap::new();
    // The first two of each, for none takes its own place.
    let mut by_number: BTreeMap<(Party, Traffic, Kind, &str), Vec<&Said>> = BTreeMap::new();
    for one in said {
        by_digest.entry(one.message).or_insert(one);
        let key = (one.author, one.traffic, one.content.kind(), one.number.as_str());
        let first = by_number.entry(key).or_default();
        if first.len() < 2 && first.iter().all(|other| other.message != one.message) {
            first.push(one);
        }
    }
    let mut all = BTreeMap::new();
    for word in said.iter().filter(|word| !withdrawn.contains_key(&word.message)) {
        let Some(named) = word.content.in_place_of() else { continue };
        let kind = word.content.kind();
        let by_name = match &named.message_digest {
            Some(digest) => by_digest.get(&digest.0).copied(),
            None => {
                let key = (word.author, word.traffic, kind, named.number.as_str());
                let first = by_number.get(&key);
                first.and_then(|first| first.iter().copied().find(|one| one.message != word.message))
            }
        };
        let earlier = by_name.filter(|one| {
            one.message != word.message
                && (one.author, one.traffic, one.content.kind()) == (word.author, word.traffic, kind)
                && one.is_meant(named, word.author)
        });
        if let Some(earlier) = earlier {
            all.entry(earlier.message).or_insert(word);
        }
    }
    all
}

/// What is said of this thread and another one, whatever the threads are about.
pub fn same(content: &Content) -> Option<&SameActivity> {
    if let Content::SameActivity(form) | Content::SameIncident(form) = content { Some(form) } else { None }
}

/// Puts an author's word on another thread in the place of its earlier one on the same.
pub(super) fn newest_of_same<'s>(words: &mut Vec<&'s Said>, said: &'s Said, form: &SameActivity) {
    words.retain(|one| {
        let about = same(&one.content).is_some_and(|other| {
            (&other.other_party, &other.other_thread) == (&form.other_party, &form.other_thread)
        });
        !(about && (one.author, one.traffic) == (said.author, said.traffic))
    });
    words.push(said);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::activity::Joining;
    use crate::domain::correspondence::MessageWithdrawal;
    use crate::domain::form::MessageDigest;

    /// Whether it takes another back or puts itself in its place, whose it is, whether a drill, under which number;
    /// and the digest, number and author of what it names.
    type Word = (bool, bool, bool, u8, Option<u8>, u8, usize);

    fn word_of(place: u8, (takes_back, is_ours, is_drill, number, digest, named, author): Word) -> Said {
        let reference = MessageReference {
            message_digest: digest.map(|digest| MessageDigest(Digest([digest; 32]))),
            number: if named == 0 { String::new() } else { named.to_string() },
            author: ["", "PL", "BY"][author].into(),
        };
        let by = if is_ours { "PL" } else { "BY" };
        let content = if takes_back {
            let form = MessageWithdrawal { withdraws: reference, ..MessageWithdrawal::default() };
            Content::MessageWithdrawal(form)
        } else {
            Content::Joining(Joining { in_place_of: reference, ..Joining::default() })
        };
        Said {
            message: Digest([place; 32]),
            number: number.to_string(),
            author: by.parse().unwrap(),
            traffic: if is_drill { Traffic::Drill } else { Traffic::Real },
            released_at: Instant(i64::from(place)),
            content,
        }
    }

    proptest! {
        /// Each word is about the first message that it means, however many bear one number.
        #[test]
        fn what_is_looked_up_is_what_is_found_by_going_through_all_of_it(
            words in prop::collection::vec(
                (
                    any::<bool>(), any::<bool>(), any::<bool>(), 1..3u8, prop::option::of(0..12u8), 0..3u8,
                    0..3usize,
                ),
                0..12,
            ),
        ) {
            let said: Vec<Said> = (0_u8..).zip(words).map(|(place, word)| word_of(place, word)).collect();
            let (withdrawn, corrected) = (withdrawn(&said), corrected(&said));
            let takes_place = |word: &Said, one: &Said| {
                let is_named = |named| one.is_meant(named, word.author);
                let is_alike = (one.author, one.traffic, one.content.kind())
                    == (word.author, word.traffic, word.content.kind());
                !withdrawn.contains_key(&word.message)
                    && one.message != word.message
                    && is_alike
                    && word.content.in_place_of().is_some_and(is_named)
            };
            for one in &said {
                let is_it = |found: Option<&Said>| found.is_some_and(|found| found.message == one.message);
                let back = said.iter().find(|word| is_it(said.iter().find(|one| takes_back(word, one))));
                prop_assert_eq!(withdrawn.get(&one.message).copied(), back);
                let place = said.iter().find(|word| is_it(said.iter().find(|one| takes_place(word, one))));
                prop_assert_eq!(corrected.get(&one.message).copied(), place);
            }
        }
    }
}
