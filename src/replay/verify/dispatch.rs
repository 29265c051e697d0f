//! One dispatch of a bundle: who sent it to whom, its place in the thread, and in the sender's ledger.
//!
//! Never here: what the message says (`thread.rs`), its receipt (`received.rs`), or whether a proof holds (`leaves.rs`).

use std::collections::BTreeMap;

use super::Weight::{self, False, NotProven, Proven};
use super::dated::Weighed;
use super::given::Given;
use super::leaves::payload;
use super::thread::{Checker, TWICE, name};
use crate::codec::bundle::{BundleDispatch, DispatchBytes};
use crate::codec::party_file::Fingerprint;
use crate::codec::{dispatch, signed};
use crate::domain::digest::Digest;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::evidence::signed::PayloadType;

impl Checker<'_> {
    /// Those that can be read, once each with all that any copy of it brings: what stands in a bundle twice is nobody's
    /// doing but its maker's.
    pub(super) fn dispatches(&mut self) -> Vec<(Dispatch, BundleDispatch)> {
        let bundle = self.bundle;
        let mut found: Vec<(Dispatch, BundleDispatch)> = Vec::new();
        let mut seen: BTreeMap<Digest, usize> = BTreeMap::new();
        for (place, one) in (1..).zip(&bundle.dispatches) {
            let Some(dispatch) = self.read_dispatch(place, one) else { continue };
            let digest = Digest::of(&payload(&one.dispatch));
            match seen.get(&digest).and_then(|before| found.get_mut(*before)) {
                Some((_, before)) => {
                    *before = self.keys.both(&dispatch, before, one);
                    self.add(&format!("dispatch {place}"), False, TWICE);
                }
                None => {
                    seen.insert(digest, found.len());
                    found.push((dispatch, one.clone()));
                }
            }
        }
        found
    }

    fn read_dispatch(&mut self, place: usize, one: &BundleDispatch) -> Option<Dispatch> {
        let about = format!("dispatch {place}");
        let read = match &one.dispatch {
            DispatchBytes::Signed(bytes) => signed::decode(bytes.clone())
                .and_then(|one| Ok((dispatch::decode_dispatch(one.payload.clone())?, Some(one)))),
            DispatchBytes::Bare(bytes) => {
                Ok(dispatch::decode_dispatch(bytes.clone()).map(|read| (read, None))).flatten()
            }
        };
        let (read, wrapping) = match read {
            Ok(read) => read,
            Err(fault) => {
                self.add(&about, False, format!("it can't be read: {fault}"));
                return None;
            }
        };
        if read.thread != self.bundle.thread {
            self.add(&about, False, "it is of another thread than the bundle");
        }
        match wrapping {
            Some(_) if !self.keys.numbers(read.from).contains(&read.key_list) => {
                self.under_no_list(&about, &read);
                None
            }
            Some(wrapping) if !self.is_signed(&wrapping, PayloadType::Dispatch, read.from, read.key_list) => {
                let sentence = format!(
                    "{}'s signature on it does not verify under its key list {}",
                    read.from, read.key_list
                );
                self.signed(&about, False, &[read.from], sentence);
                None
            }
            Some(_) | None => Some(read),
        }
    }

    /// It is in here, and whether it is its sender's nothing in here shows.
    fn under_no_list(&mut self, about: &str, dispatch: &Dispatch) {
        let (from, to, list) = (dispatch.from, dispatch.to, dispatch.key_list);
        let sentence = format!(
            "that {from} dispatched message {} to {to}: {from}'s key list {list}, which it names, is not in here",
            dispatch.message.short()
        );
        self.add(about, NotProven, sentence);
        self.lists_left_out.insert((dispatch.message, from), list);
        self.dispatched.insert((dispatch.message, to));
        self.places.entry((from, to)).or_default().insert(dispatch.place, Weighed::nothing());
    }
}

impl Checker<'_> {
    pub(super) fn dispatch(&mut self, dispatch: &Dispatch, one: &BundleDispatch) {
        let about = match self.messages.get(&dispatch.message) {
            Some(message) => name(message),
            None => format!("message {}", dispatch.message.short()),
        };
        let (from, to) = (dispatch.from, dispatch.to);
        if self.is_to_another(&about, dispatch, one) {
            return;
        }
        let (word, place) = (self.weigh_dispatch(dispatch, one), dispatch.place);
        let before = self.places.entry((from, to)).or_default().insert(place, word.clone());
        match before.map(|before| before.and(&word)) {
            None => {}
            Some(both) if both.is_proven() => {
                let sentence =
                    format!("{from} gave place {place} of this thread twice to {to}{}", both.told());
                self.signed(&about, Proven, &both.by, sentence);
            }
            Some(_) => self.add(&about, NotProven, format!(
                "which of two dispatches is {from}'s in place {place} of this thread to {to}: one in here is bare, or \
                 signed with a key that was replaced since, and nothing dates it"
            )),
        }
        self.dispatched.insert((dispatch.message, to));
        match self.messages.get(&dispatch.message).map(|message| message.author) {
            Some(author) if author != from => {
                self.add(
                    &about,
                    False,
                    format!("its author is {author}, and its dispatch names {from} as sender"),
                );
            }
            Some(_) => {}
            None => self.add(&about, NotProven, "what it says: its text is not in here"),
        }
        let slot = format!(
            "lane {}, serial {}, place {}, made out to fingerprint {}",
            dispatch.lane,
            dispatch.serial,
            dispatch.place,
            Fingerprint(dispatch.to_fingerprint)
        );
        match one.dispatch {
            DispatchBytes::Signed(_) if word.is_proven() => {
                let sentence = format!("{from} dispatched it to {to}: {slot}{}", word.told());
                self.signed(&about, Proven, &word.by, sentence);
            }
            DispatchBytes::Signed(_) => self.signed(&about, NotProven, &[from], format!(
                "that {from} dispatched it to {to} ({slot}): that is signed under {from}'s key list {}, whose message \
                 key was replaced since, and nothing in here dates it",
                dispatch.key_list
            )),
            DispatchBytes::Bare(_) => self.add(&about, NotProven, format!(
                "by {from}'s signature, that it dispatched it to {to} ({slot}): the dispatch in here is bare"
            )),
        }
        let covered = self.covered(&about, dispatch, one);
        let received = self.receipt(&about, dispatch, one);
        self.oddities(&about, dispatch, one);
        self.other_leaves(&about, dispatch, one);
        self.given(&about, dispatch, &covered, &received);
    }

    /// Whether it is made out to somebody else under the code of a Party whose key lists are in here. Then
    /// nothing in here says that this Party was told.
    fn is_to_another(&mut self, about: &str, dispatch: &Dispatch, one: &BundleDispatch) -> bool {
        let (from, to) = (dispatch.from, dispatch.to);
        let Some(other) = self.keys.fingerprint(to).filter(|here| *here != dispatch.to_fingerprint) else {
            return false;
        };
        let by = match one.dispatch {
            DispatchBytes::Signed(_) => &[from][..],
            DispatchBytes::Bare(_) => &[],
        };
        let sentence = format!(
            "it is made out to another {to} than the one whose key lists are in here: to fingerprint {}, not {}",
            Fingerprint(dispatch.to_fingerprint),
            Fingerprint(other)
        );
        self.signed(about, False, by, sentence);
        true
    }

    /// Whether, and since when, a head of the sender's ledger that the other end cosigned covers it.
    fn covered(&mut self, about: &str, dispatch: &Dispatch, one: &BundleDispatch) -> Given {
        let (from, to) = (dispatch.from, dispatch.to);
        let Some(text) = one.covered.as_ref() else { return Given::Nothing };
        let (head, index) = match self.keys.cover(dispatch, one, text) {
            Ok(found) => found,
            Err(wrong) => {
                self.say(about, wrong);
                return Given::Nothing;
            }
        };
        let cosigned = match self.keys.cosigned(&head, to) {
            Ok(Some(cosigned)) => cosigned,
            Ok(None) => {
                let sentence =
                    format!("that {to} knew of the head of {from}'s ledger that covers it: no cosignature");
                self.add(about, NotProven, sentence);
                return Given::Nothing;
            }
            Err(weight) => {
                self.cosigned_by_no_key(about, weight, to, "the head that covers it");
                return Given::Nothing;
            }
        };
        let what = format!(
            "{to} cosigned at {}, to the second, a head of {from}'s ledger that covers it (leaf {index} of {})",
            cosigned.at.to_the_second(),
            head.signed.checkpoint().size
        );
        if !cosigned.is_newest {
            self.signed(about, NotProven, &[to, from], format!("that {what}{}", undated(to)));
            return Given::Undated;
        }
        let since = if head.is_newest { String::new() } else { replaced(from) };
        self.signed(about, Proven, &[to, from], format!("{what}{since}"));
        Given::At(cosigned.at, Weighed::under(to, true).and(&Weighed::under(from, true)))
    }

    /// A cosignature that does not verify, by what a witness's key lists in here say.
    pub(super) fn cosigned_by_no_key(&mut self, about: &str, weight: Weight, witness: Party, head: &str) {
        if weight == False {
            let sentence = format!("{witness}'s cosignature of {head} does not verify");
            return self.signed(about, False, &[witness], sentence);
        }
        let sentence = format!(
            "that {witness} cosigned {head}: the witness key that it names is in no key list of {witness}'s in here"
        );
        self.add(about, NotProven, sentence);
    }
}

/// That a Party's key for what was signed there was replaced since, to be read after it: whoever got hold of such a key
/// could have made it later.
pub(super) fn replaced(party: Party) -> String {
    format!("; the key with which {party} signed that was replaced since")
}

/// The same where nothing shows that it was there before.
pub(super) fn undated(party: Party) -> String {
    format!("{}, and nothing in here dates it", replaced(party))
}
