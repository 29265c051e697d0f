//! The messages and dispatches of a bundle, one after the other: what each proves.
//!
//! Never here: keys and identities (`keys.rs`). Nothing is believed because the bundle's maker put it
//! there: what only the maker says is called stated.

use std::collections::{BTreeMap, BTreeSet};

use super::by_hand;
use super::dated::Weighed;
use super::keys::{Keys, Said};
use super::{Findings, NamedPart, Weight, file_of};
use crate::codec::bundle::{Bundle, BundleDispatch, BundleMessage};
use crate::codec::{content, message, signed};
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::keys::Purpose;
use crate::domain::message::{ACKNOWLEDGEMENT, Dispatch, Message, Traffic, tells_of_another};
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::domain::transcription::mark;
use crate::evidence::signed::{PayloadType, Signed};
use Weight::{False, NotProven, Stated};

/// Nobody's fault but whose file it is, which nobody signs.
pub(super) const TWICE: &str = "it stands in the bundle twice";

/// What was read of a bundle, and what is found on the way.
pub(super) struct Checker<'a> {
    pub(super) bundle: &'a Bundle,
    pub(super) keys: &'a Keys,
    findings: &'a mut Findings,
    /// Those whose author's signature verified.
    pub(super) messages: BTreeMap<Digest, Message>,
    /// What each of them proves of its author's word.
    pub(super) words: BTreeMap<Digest, Weighed>,
    /// Official numbers and addressees of what was dispatched, for what is absent.
    pub(super) dispatched: BTreeSet<(Digest, Party)>,
    acknowledged: BTreeSet<(Digest, Party)>,
    /// For each place of one Party's to another what its dispatch proves.
    pub(super) places: BTreeMap<(Party, Party), BTreeMap<u64, Weighed>>,
    /// Of a message and its sender, the key list that its dispatch names and that is not in here.
    pub(super) lists_left_out: BTreeMap<(Digest, Party), u32>,
}

/// The parts that verified messages name come back.
pub(super) fn check(bundle: &Bundle, keys: &Keys, findings: &mut Findings) -> Vec<NamedPart> {
    let mut checker = Checker {
        bundle,
        keys,
        findings,
        messages: BTreeMap::new(),
        words: BTreeMap::new(),
        dispatched: BTreeSet::new(),
        acknowledged: BTreeSet::new(),
        places: BTreeMap::new(),
        lists_left_out: BTreeMap::new(),
    };
    let dispatches = checker.dispatches();
    let dispatches: Vec<(Dispatch, &BundleDispatch)> =
        dispatches.iter().map(|(dispatch, one)| (dispatch.clone(), one)).collect();
    for (place, one) in (1..).zip(&bundle.messages) {
        checker.message(place, one, &dispatches);
    }
    for (dispatch, one) in &dispatches {
        checker.dispatch(dispatch, one);
    }
    checker.heads();
    checker.acknowledgements();
    checker.by_hand();
    checker.became();
    checker.session(dispatches.iter().map(|(dispatch, _)| dispatch));
    checker.absent();
    let named = |(digest, message): (&Digest, &Message)| {
        let (about, word) = (name(message), checker.word_of(digest));
        let named =
            |part| NamedPart { message: about.clone(), weight: word.weight, by: word.by.clone(), part };
        message.draft.parts.iter().cloned().map(named).collect::<Vec<_>>()
    };
    checker.messages.iter().flat_map(named).collect()
}

impl Checker<'_> {
    pub(super) fn add(&mut self, about: &str, weight: Weight, sentence: impl Into<String>) {
        self.findings.add(about, weight, sentence);
    }

    /// What rests on signatures of these Parties.
    pub(super) fn signed(&mut self, about: &str, weight: Weight, by: &[Party], sentence: impl Into<String>) {
        self.findings.signed(about, weight, by, sentence);
    }

    pub(super) fn say(&mut self, about: &str, said: Said) {
        self.findings.signed(about, said.weight, &said.on, said.sentence);
    }

    pub(super) fn is_vouched(&self, party: Party) -> bool {
        !self.findings.unvouched.contains_key(&party)
    }

    /// What a message in here proves of its author's word: whoever has a key of long ago may have written it since.
    pub(super) fn word_of(&self, message: &Digest) -> Weighed {
        self.words.get(message).cloned().unwrap_or_else(Weighed::nothing)
    }

    pub(super) fn is_signed(&self, wrapping: &Signed, kind: PayloadType, party: Party, list: u32) -> bool {
        let key = self.keys.key(party, list, Purpose::Message);
        key.is_some_and(|key| wrapping.verify(kind, &key).is_ok())
    }

    fn message(&mut self, place: usize, one: &BundleMessage, dispatches: &[(Dispatch, &BundleDispatch)]) {
        let about = format!("message {place}");
        let read = signed::decode(one.message.clone());
        let read = read.and_then(|wrapping| Ok((message::decode(&wrapping.payload)?, wrapping)));
        let (message, wrapping) = match read {
            Ok(read) => read,
            Err(fault) => return self.add(&about, False, format!("it can't be read: {fault}")),
        };
        let (digest, author) = (wrapping.digest(), message.author);
        if self.messages.contains_key(&digest) {
            return self.add(&about, False, TWICE);
        }
        let (named, left_out): (Vec<u32>, Vec<u32>) = dispatches
            .iter()
            .filter(|(dispatch, _)| dispatch.message == digest && dispatch.from == author)
            .map(|(dispatch, _)| dispatch.key_list)
            .chain(self.lists_left_out.get(&(digest, author)).copied())
            .partition(|list| self.keys.numbers(author).contains(list));
        let list = named
            .iter()
            .copied()
            .chain(self.keys.numbers(author).rev())
            .find(|list| self.is_signed(&wrapping, PayloadType::Message, author, *list));
        let Some(list) = list else {
            if let Some(list) = left_out.first() {
                let sentence = format!(
                    "that {author} wrote it: {author}'s key list {list}, which its dispatch names, is not in here"
                );
                return self.add(&about, NotProven, sentence);
            }
            let sentence = format!("{author}'s signature on it does not verify");
            return self.signed(&about, False, &[author], sentence);
        };
        let about = name(&message);
        if !named.is_empty() && !named.contains(&list) {
            self.add(
                &about,
                False,
                "its dispatch names another key list than the one under which it verifies",
            );
        }
        let word = self.weigh_message(&wrapping, (author, list), dispatches);
        self.number_given_before(&message, &word);
        if !word.is_proven() {
            self.signed(
                &about,
                NotProven,
                &[author],
                format!(
                    "that {author} wrote it while its key list {list} was in force: its message key was replaced \
                     since, and nothing in here dates it"
                ),
            );
        }
        if message.draft.thread != self.bundle.thread {
            self.add(&about, False, "it is of another thread than the bundle");
        }
        let draft = &message.draft;
        let traffic = match draft.traffic {
            Traffic::Real => "real",
            Traffic::Drill => "DRILL",
        };
        self.signed(&about, word.weight, &word.by, format!(
            "{author} wrote it: {}, {}, {traffic}, \"{}\"; date-time group {}; signed under {author}'s key list {list}{}",
            draft.kind, draft.precedence, shown(&draft.subject), message.released_at.date_time_group(), word.dated(),
        ));
        if draft.kind == Kind::Transcription.name() {
            let origin = origin(&message);
            let sentence = format!("that it is {origin}'s word: {}", mark(&origin, author.as_str()));
            self.add(&about, NotProven, sentence);
        }
        self.signed(
            &about,
            if word.is_proven() { Stated } else { NotProven },
            &word.by,
            format!(
                "by {author}: {} drafted it and {} released it",
                person(&draft.drafter.name, &draft.drafter.office),
                person(&message.releaser.name, &message.releaser.office),
            ),
        );
        let file = self.file();
        self.add(&about, Stated, format!("by {file}: it was on record there at {}", one.recorded_at));
        if let Some(taken) = &one.taken_by {
            let by = person(&taken.by.name, &taken.by.office);
            let sentence =
                format!("by {file}: it came there by file; {by} took the carry file at {}", taken.at);
            self.add(&about, Stated, sentence);
        }
        self.handed_on(&about, draft, dispatches);
        if !draft.parts.is_empty() {
            self.add(
                &about,
                NotProven,
                format!(
                    "what its {} part(s) hold: they are named by salted digest, and are not in here",
                    draft.parts.len()
                ),
            );
        }
        self.words.insert(digest, word);
        self.messages.insert(digest, message);
    }

    /// One number for two messages is their author's own fault only where both are its own for certain.
    pub(super) fn number_given_before(&mut self, message: &Message, word: &Weighed) {
        let author = message.author;
        let same = self
            .messages
            .iter()
            .filter(|(_, other)| (other.author, &other.number) == (author, &message.number));
        let both = same.map(|(digest, _)| self.word_of(digest).and(word)).min_by_key(|both| both.weight);
        match both {
            None => {}
            Some(both) if both.is_proven() => {
                let sentence = format!("{author} gave this number to more than one message{}", both.told());
                self.signed(&name(message), False, &both.by, sentence);
            }
            Some(_) => {
                let sentence = format!("which of two messages with this number is {author}'s");
                self.signed(&name(message), NotProven, &[author], sentence);
            }
        }
    }

    fn acknowledgements(&mut self) {
        let read: Vec<(Weighed, Message, _)> = self
            .messages
            .iter()
            .filter(|(_, message)| message.draft.kind == ACKNOWLEDGEMENT)
            .map(|(digest, message)| {
                let read = message::decode_acknowledgement(&message.draft.content);
                (self.word_of(digest), message.clone(), read)
            })
            .collect();
        for (word, message, acknowledgement) in read {
            let by = message.author;
            match acknowledgement {
                Ok(of) => {
                    let about = self.messages.get(&of.message).map_or_else(|| name(&message), name);
                    if word.is_proven() {
                        self.acknowledged.insert((of.message, by));
                    }
                    self.signed(
                        &about,
                        word.weight,
                        &word.by,
                        format!(
                            "{by} states, in {}, that {} read it at {}",
                            shown(&message.number),
                            person(&of.officer.name, &of.officer.office),
                            of.read_at
                        ),
                    );
                }
                Err(fault) => self.add(
                    &name(&message),
                    NotProven,
                    format!("what it acknowledges: it can't be read: {fault}"),
                ),
            }
        }
    }

    /// What the bundle's maker says it handed over. Nobody else says so, whatever a regime makes of it.
    fn by_hand(&mut self) {
        let by = self.bundle.made_by;
        for one in &self.bundle.by_hand {
            let said = &one.account;
            let about = match self.messages.get(&said.message) {
                Some(message)
                    if message.author == by
                        && said.thread == self.bundle.thread
                        && message.draft.parties().contains(&said.party) =>
                {
                    name(message)
                }
                Some(_) | None => {
                    let sentence = "an account of a delivery by hand is of no message of its maker's in here to that addressee";
                    self.findings.add("the thread", NotProven, sentence.to_owned());
                    continue;
                }
            };
            self.findings.add(&about, Stated, by_hand::sentence(by, one));
        }
    }

    /// What one might look for in vain.
    fn absent(&mut self) {
        let messages: Vec<(Digest, Message)> =
            self.messages.iter().map(|(digest, message)| (*digest, message.clone())).collect();
        for (digest, message) in &messages {
            let about = name(message);
            for party in message.draft.parties() {
                if !self.dispatched.contains(&(*digest, party)) {
                    self.add(
                        &about,
                        NotProven,
                        format!(
                            "that it was dispatched to {party}, whom it addresses: no dispatch is in here"
                        ),
                    );
                }
                let unread = unread(&message.draft.kind, message.draft.says_more, party);
                if let Some(sentence) = unread.filter(|_| !self.acknowledged.contains(&(*digest, party))) {
                    self.add(&about, NotProven, sentence);
                }
            }
            let absent = message.draft.references.iter().filter_map(|reference| reference.message);
            let absent = absent.filter(|referred| !self.messages.contains_key(referred)).count();
            if absent > 0 {
                self.add(
                    &about,
                    NotProven,
                    format!("what the {absent} message(s) say that it refers to and that are not in here"),
                );
            }
        }
        let places = std::mem::take(&mut self.places);
        for ((from, to), places) in places {
            let missing = (1..).zip(places.keys()).find(|(expected, place)| expected != *place);
            if let Some((missing, _)) = missing {
                self.add(
                    "the thread",
                    NotProven,
                    format!(
                        "that this is all: place {missing} of what {from} dispatched to {to} is not in here"
                    ),
                );
            }
        }
        let (file, at) = (self.file(), self.bundle.made_at);
        self.add(
            "the thread",
            Stated,
            format!("by {file}: that nothing more of it was on record there at {at}"),
        );
    }

    pub(super) fn file(&self) -> String {
        file_of(self.bundle)
    }
}

/// What is not proven where no Party's officer states to have read a message of this kind. A check of the link that
/// counts waits for nobody; whether it counts, the check schedule says, which is not in a bundle. Nobody waits for the
/// reading of what only tells what became of another message, unless it says more.
fn unread(kind: &str, says_more: bool, party: Party) -> Option<String> {
    let sentence = format!("that anybody at {party} read it: no acknowledgement is in here");
    if kind == Kind::Check.name() || kind == Kind::CheckAnswer.name() {
        return Some(format!(
            "{sentence}; none is owed where it counts as a check by the schedule of the link"
        ));
    }
    (says_more || !tells_of_another(kind)).then_some(sentence)
}

/// A number is its author's word: one that does not name the author can't pass for another's.
pub(super) fn name(message: &Message) -> String {
    let own = message.number.split_once(['/', '.']).map(|(code, _)| code) == Some(message.author.as_str());
    if own { shown(&message.number) } else { format!("{}'s \"{}\"", message.author, shown(&message.number)) }
}

fn origin(message: &Message) -> String {
    let said = content::said(&message.draft.kind, &message.draft.content);
    content::origin(&message.draft.kind, &said).unwrap_or_default()
}

pub(super) fn person(name: &str, office: &str) -> String {
    if office.is_empty() { shown(name) } else { format!("{} ({})", shown(name), shown(office)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_says_that_it_is_a_check_it_is_told_that_nobody_is_known_to_have_read_it() {
        let party: Party = "PL".parse().unwrap();
        let unread_of = |kind: &str, says_more| unread(kind, says_more, party).unwrap_or_default();
        let unread = |kind: &str| unread_of(kind, false);
        let wanted = "that anybody at PL read it: no acknowledgement is in here";
        assert_eq!(unread(Kind::Text.name()), wanted);
        for kind in [Kind::Check, Kind::CheckAnswer] {
            let told = unread(kind.name());
            assert!(told.starts_with(wanted) && told.contains("by the schedule of the link"), "{told}");
        }
        assert_eq!(unread(ACKNOWLEDGEMENT), "");
        assert_eq!(unread_of(ACKNOWLEDGEMENT, true), wanted, "it holds more than that");
    }
}
