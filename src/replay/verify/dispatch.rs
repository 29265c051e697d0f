//! One dispatch of a bundle: its place in the sender's ledger, its receipt, the time that counts.
//!
//! Never here: what the message says (`thread.rs`).

use bytes::Bytes;

use super::Weight::{False, NotProven, Proven, Stated};
use super::thread::{Checker, name};
use crate::codec::bundle::{BundleDispatch, DispatchBytes};
use crate::codec::party_file::Fingerprint;
use crate::codec::{dispatch, signed};
use crate::domain::digest::Digest;
use crate::domain::ledger::leaf_hash;
use crate::domain::message::{Dispatch, Outcome, Receipt};
use crate::domain::time::Instant;
use crate::evidence::merkle;
use crate::evidence::proof::Proof;
use crate::evidence::signed::PayloadType;

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
        let signed = matches!(one.dispatch, DispatchBytes::Signed(_));
        let place = dispatch.place;
        match self.places.entry((from, to)).or_default().insert(place, signed) {
            None => {}
            Some(true) if signed => {
                let sentence = format!("{from} gave place {place} of this thread twice to {to}");
                self.signed(&about, Proven, &[from], sentence);
            }
            Some(_) => self.add(&about, NotProven, format!(
                "which of two dispatches is {from}'s in place {place} of this thread to {to}: one in here is bare"
            )),
        }
        self.dispatched.insert((dispatch.message, to));
        match self.messages.get(&dispatch.message).map(|message| message.author) {
            Some(author) if author != from => {
                self.add(&about, False, format!("its author is {author}, and the dispatch is {from}'s"));
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
            DispatchBytes::Signed(_) => {
                self.signed(&about, Proven, &[from], format!("{from} dispatched it to {to}: {slot}"));
            }
            DispatchBytes::Bare(_) => self.add(&about, NotProven, format!(
                "by {from}'s signature, that it dispatched it to {to} ({slot}): the dispatch in here is bare"
            )),
        }
        let covered = self.covered(&about, dispatch, one);
        let received = self.receipt(&about, dispatch, one);
        self.oddities(&about, dispatch, one);
        self.other_leaves(&about, dispatch, one, received.as_ref());
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
        let Some(proof) = proof(text) else {
            self.add(about, False, "the proof that a head covers it can't be read");
            return None;
        };
        let (keeper, other) = ((from, dispatch.from_incarnation), (to, dispatch.to_incarnation));
        let Some(head) = self.keys.checkpoint(proof.checkpoint.as_bytes(), keeper, other) else {
            let sentence = format!("the head that is said to cover it is not signed by {from}");
            self.signed(about, False, &[from], sentence);
            return None;
        };
        let (size, root) = (head.checkpoint().size, head.checkpoint().root);
        let leaf = leaf_hash(&payload(&one.dispatch));
        let proves = proof.index == dispatch.leaf_index
            && merkle::verify_inclusion(&leaf, proof.index, size, &proof.path, &root).is_ok();
        if !proves {
            let sentence = format!("it is not in the ledger of {from} as the proof says");
            self.signed(about, False, &[from], sentence);
            return None;
        }
        match self.keys.cosigned_at(&head, to) {
            Ok(Some(at)) => {
                self.signed(
                    about,
                    Proven,
                    &[to, from],
                    format!(
                        "{to} cosigned at {}, to the second, a head of {from}'s ledger that covers it (leaf {} of {size})",
                        at.to_the_second(),
                        proof.index
                    ),
                );
                Some(at)
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
        let read = dispatch::decode_proven(proven.clone())
            .and_then(|proven| Ok((dispatch::decode_receipt(proven.receipt.clone())?, proven)));
        let (receipt, proven) = match read {
            Ok(read) => read,
            Err(fault) => {
                self.add(about, False, format!("the receipt can't be read: {fault}"));
                return None;
            }
        };
        let fits = (receipt.from, receipt.from_incarnation) == (to, dispatch.to_incarnation)
            && (receipt.to, receipt.to_incarnation) == (from, dispatch.from_incarnation)
            && (receipt.lane, receipt.serial) == (dispatch.lane, dispatch.serial)
            && receipt.message == dispatch.message
            && receipt.dispatch == Digest::of(&payload(&one.dispatch));
        if !fits {
            self.add(about, False, "the receipt is for another dispatch");
            return None;
        }
        let (keeper, other) = ((to, dispatch.to_incarnation), (from, dispatch.from_incarnation));
        let Some(head) = self.keys.checkpoint(&proven.checkpoint, keeper, other) else {
            self.signed(about, False, &[to], format!("the receipt's head is not signed by {to}"));
            return None;
        };
        let (size, root) = (head.checkpoint().size, head.checkpoint().root);
        let leaf = leaf_hash(&proven.receipt);
        if merkle::verify_inclusion(&leaf, receipt.leaf_index, size, &proven.inclusion_path, &root).is_err() {
            let sentence = format!("the receipt is not in the ledger of {to} as it says");
            self.signed(about, False, &[to], sentence);
            return None;
        }
        self.signed(
            about,
            Proven,
            &[to],
            format!(
                "{to} states in its ledger (leaf {} of {size}) that it received it at {}, and: {}",
                receipt.leaf_index,
                receipt.received_at,
                receipt.outcome.sentence()
            ),
        );
        let heard = match self.keys.cosigned_at(&head, from) {
            Ok(Some(at)) => {
                let second = at.to_the_second();
                let sentence =
                    format!("{from} cosigned at {second}, to the second, the head with this receipt");
                self.signed(about, Proven, &[from, to], sentence);
                Some(at)
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
                let sentence = format!("{to} refused it for {from}'s signature, which verifies");
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

pub(super) fn payload(dispatch: &DispatchBytes) -> Bytes {
    match dispatch {
        DispatchBytes::Signed(bytes) => {
            signed::decode(bytes.clone()).map(|one| one.payload).unwrap_or_default()
        }
        DispatchBytes::Bare(bytes) => bytes.clone(),
    }
}

/// A proof whose text says nothing beside it.
pub(super) fn proof(text: &Bytes) -> Option<Proof> {
    let text = std::str::from_utf8(text).ok()?;
    Proof::from_text(text).ok().filter(|proof| proof.to_text() == text)
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
