//! One dispatch of a bundle: its place in the sender's ledger, its receipt, the time that counts.
//!
//! Never here: what the message says (`thread.rs`), or whether a proof holds (`leaves.rs`).

use std::collections::BTreeSet;

use super::Weight::{False, NotProven, Proven, Stated};
use super::leaves::payload;
use super::thread::{Checker, TWICE, name};
use crate::codec::bundle::{BundleDispatch, DispatchBytes};
use crate::codec::party_file::Fingerprint;
use crate::codec::{dispatch, signed};
use crate::domain::digest::Digest;
use crate::domain::message::{Dispatch, Outcome, Receipt};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::evidence::signed::PayloadType;

impl<'a> Checker<'a> {
    /// Those that can be read, once each: what stands in a bundle twice is nobody's doing but its maker's.
    pub(super) fn dispatches(&mut self) -> Vec<(Dispatch, &'a BundleDispatch)> {
        let bundle = self.bundle;
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        for (place, one) in (1..).zip(&bundle.dispatches) {
            let Some(dispatch) = self.read_dispatch(place, one) else { continue };
            if seen.insert(Digest::of(&payload(&one.dispatch))) {
                found.push((dispatch, one));
            } else {
                self.add(&format!("dispatch {place}"), False, TWICE);
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
        self.given(&about, dispatch, covered, received);
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
    fn covered(&mut self, about: &str, dispatch: &Dispatch, one: &BundleDispatch) -> Option<Instant> {
        let (from, to) = (dispatch.from, dispatch.to);
        let text = one.covered.as_ref()?;
        let (head, index) = match self.keys.cover(dispatch, one, text) {
            Ok(found) => found,
            Err(wrong) => {
                self.say(about, wrong);
                return None;
            }
        };
        match self.keys.cosigned(&head, to) {
            Ok(Some(cosigned)) => {
                self.signed(
                    about,
                    Proven,
                    &[to, from],
                    format!(
                        "{to} cosigned at {}, to the second, a head of {from}'s ledger that covers it (leaf {index} of \
                         {}){}",
                        cosigned.at.to_the_second(),
                        head.signed.checkpoint().size,
                        replaced([(from, head.is_newest), (to, cosigned.is_newest)])
                    ),
                );
                Some(cosigned.at)
            }
            Ok(None) => {
                self.add(
                    about,
                    NotProven,
                    format!("that {to} knew of the head of {from}'s ledger that covers it: no cosignature"),
                );
                None
            }
            Err(()) => {
                let sentence = format!("{to}'s cosignature of the head that covers it does not verify");
                self.signed(about, False, &[to], sentence);
                None
            }
        }
    }

    fn receipt(&mut self, about: &str, dispatch: &Dispatch, one: &BundleDispatch) -> Option<Receipt> {
        let (from, to) = (dispatch.from, dispatch.to);
        let Some((proven, recorded_at)) = &one.receipt else {
            self.add(about, NotProven, format!("that {to} received it: there is no receipt in here"));
            return None;
        };
        let (receipt, head) = match self.keys.receipt(dispatch, one, proven) {
            Ok(found) => found,
            Err(wrong) => {
                self.say(about, wrong);
                return None;
            }
        };
        self.signed(
            about,
            Proven,
            &[to],
            format!(
                "{to} states in its ledger (leaf {} of {}) that it received it at {}, and: {}{}",
                receipt.leaf_index,
                head.signed.checkpoint().size,
                receipt.received_at,
                receipt.outcome.sentence(),
                replaced([(to, head.is_newest)])
            ),
        );
        let heard = match self.keys.cosigned(&head, from) {
            Ok(Some(cosigned)) => {
                let sentence = format!(
                    "{from} cosigned at {}, to the second, the head with this receipt{}",
                    cosigned.at.to_the_second(),
                    replaced([(from, cosigned.is_newest)])
                );
                self.signed(about, Proven, &[from, to], sentence);
                Some(cosigned.at)
            }
            Ok(None) => {
                self.held_before(about, &receipt, *recorded_at);
                None
            }
            Err(()) => {
                let sentence = format!("{from}'s cosignature of the receipt's head does not verify");
                self.signed(about, False, &[from], sentence);
                None
            }
        };
        self.disputed_time(about, &receipt, heard);
        self.refused(about, dispatch, &receipt, one);
        Some(receipt)
    }

    /// A time of receipt outside sending and hearing is shown as disputed; neither side's clock is right.
    /// Signed times alone decide: `heard` is what the sender cosigned.
    fn disputed_time(&mut self, about: &str, receipt: &Receipt, heard: Option<Instant>) {
        let at = receipt.received_at;
        if let Some(sent) = self.messages.get(&receipt.message).map(|message| message.released_at)
            && at < sent
        {
            self.signed(about, NotProven, &[receipt.from, receipt.to], format!(
                "when it was received: the time is DISPUTED. {} states {at}, before {} released it by its own clock ({sent})",
                receipt.from, receipt.to
            ));
        }
        // Cosignatures are in whole seconds.
        if let Some(heard) = heard.filter(|heard| at.seconds() > heard.seconds()) {
            self.signed(about, NotProven, &[receipt.from, receipt.to], format!(
                "when it was received: the time is DISPUTED. {} states {at}, and {} cosigned the head with this \
                 receipt at {}, to the second",
                receipt.from, receipt.to, heard.to_the_second()
            ));
        }
    }

    /// When the maker says it had the receipt, where that is before the time in it. No signature covers this, so
    /// that it disputes nothing.
    fn held_before(&mut self, about: &str, receipt: &Receipt, recorded_at: Instant) {
        let at = receipt.received_at;
        if at.seconds() > recorded_at.seconds() {
            let file = self.file();
            self.add(about, Stated, format!(
                "by {file}: the receipt was on record there at {recorded_at}, before the time that {} signed, {at}; \
                 whoever has the file can change that",
                receipt.from
            ));
        }
    }

    fn refused(&mut self, about: &str, dispatch: &Dispatch, receipt: &Receipt, one: &BundleDispatch) {
        let (from, to) = (dispatch.from, dispatch.to);
        let wrapping = one.refused.as_ref().map(|bytes| signed::decode(bytes.clone()));
        match (receipt.outcome, wrapping) {
            (Outcome::Taken, None) => {}
            (Outcome::Taken, Some(_)) => {
                self.add(about, False, "it was taken, and yet something is shown as refused")
            }
            (_, None) => self.add(
                about,
                NotProven,
                format!("that {to} was right to refuse: what it refused is not in here"),
            ),
            (Outcome::RefusedSignature, Some(Ok(wrapping)))
                if wrapping.digest() == dispatch.message
                    && self.is_signed(&wrapping, PayloadType::Message, from, dispatch.key_list) =>
            {
                // What came its receipt does not say, but for the message's digest.
                let sentence = format!(
                    "{to} refused it for {from}'s signature, and what is in here as refused bears one that verifies; \
                     that it is what came nobody signed"
                );
                self.signed(about, False, &[to, from], sentence);
            }
            (Outcome::RefusedSignature, Some(_)) => {
                let sentence = format!("by {to}: what came is in here, and is not what {from} signed");
                self.signed(about, Stated, &[to, from], sentence);
            }
            (Outcome::RefusedUnreadable | Outcome::RefusedLimit | Outcome::RefusedAddressee, Some(_)) => {
                self.signed(about, Stated, &[to], format!("by {to}: what it refused is in here"));
            }
        }
    }

    /// The time that counts as giving: the other end's own word, by receipt or by cosignature.
    fn given(
        &mut self,
        about: &str,
        dispatch: &Dispatch,
        covered: Option<Instant>,
        received: Option<Receipt>,
    ) {
        let (from, to) = (dispatch.from, dispatch.to);
        let released = self.messages.get(&dispatch.message).map(|message| message.released_at);
        let covered = covered.map(|second| by_the_end_of(second, released));
        let received = received.map(|receipt| receipt.received_at);
        match (covered, received) {
            (Some(end), received) if received.is_none_or(|at| end < at) => self.signed(
                about,
                Proven,
                &[to, from],
                format!("it counts as given by {end} at the latest, by {to}'s own cosignature"),
            ),
            (_, Some(at)) => {
                let sentence = format!("it counts as given at {at}, by {to}'s own statement");
                self.signed(about, Proven, &[to], sentence);
            }
            (_, None) => self.add(
                about,
                NotProven,
                format!("when it was given to {to}: the time is by {from}'s account alone"),
            ),
        }
    }
}

/// What a cosignature proves: its time is in whole seconds, so that what it covers was there by the end
/// of that second, and never before the release that was stated.
fn by_the_end_of(second: Instant, released: Option<Instant>) -> Instant {
    let end = Instant::from_seconds(second.seconds()).plus_ms(999);
    released.map_or(end, |released| end.max(released))
}

/// Whose key for what was signed there was replaced since, to be read after it: whoever got hold of such a key could
/// have made it later. Nothing where none was.
fn replaced<const N: usize>(signed: [(Party, bool); N]) -> String {
    let since = signed.into_iter().filter(|(_, is_newest)| !is_newest);
    since.map(|(party, _)| format!("; the key with which {party} signed that was replaced since")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosignature_never_proves_that_something_was_given_before_it_was_released() {
        let second = Instant::from_seconds(36);
        assert_eq!(by_the_end_of(second, None), second.plus_ms(999));
        assert_eq!(by_the_end_of(second, Some(second.plus_ms(572))), second.plus_ms(999));
        assert_eq!(by_the_end_of(second, Some(second.plus_ms(1_500))), second.plus_ms(1_500));
    }
}
