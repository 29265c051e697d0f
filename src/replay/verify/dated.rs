//! What a signature proves once its key was replaced: whoever got hold of it since could have made it. So somebody's
//! signature by a key that was not replaced has to show that it was there before: that of the end that took it, by a
//! receipt or a cosignature, or its own Party's, by a head of its ledger.
//!
//! Never here: a clock. No time in a bundle shows which list was in force when.

use super::Weight::{self, NotProven, Proven};
use super::keys::{Head, Keys};
use super::thread::Checker;
use crate::codec::bundle::{BundleDispatch, DispatchBytes};
use crate::domain::message::{Dispatch, Outcome};
use crate::domain::party::Party;
use crate::evidence::signed::{PayloadType, Signed};

/// What a signature proves.
#[derive(Clone)]
pub(super) struct Weighed {
    /// `Proven` or `NotProven`.
    pub(super) weight: Weight,
    /// On whose signatures it rests.
    pub(super) by: Vec<Party>,
    /// What dates it; empty where its key was not replaced, and where nothing does.
    how: String,
}

impl Weighed {
    /// What nobody signed.
    pub(super) fn nothing() -> Weighed {
        Weighed { weight: NotProven, by: Vec::new(), how: String::new() }
    }

    /// A Party's signature, undated.
    pub(super) fn under(party: Party, is_newest: bool) -> Weighed {
        let weight = if is_newest { Proven } else { NotProven };
        Weighed { weight, by: vec![party], ..Weighed::nothing() }
    }

    pub(super) fn is_proven(&self) -> bool {
        self.weight == Proven
    }

    /// Both, which prove no more than the weaker.
    pub(super) fn and(&self, other: &Weighed) -> Weighed {
        Weighed {
            weight: self.weight.max(other.weight),
            by: [&self.by[..], &other.by[..]].concat(),
            how: if self.how.is_empty() { other.how.clone() } else { self.how.clone() },
        }
    }

    /// What dates it, to be read after its key list; empty where its key was not replaced.
    pub(super) fn dated(&self) -> String {
        if self.how.is_empty() { String::new() } else { format!(", {}", self.how) }
    }

    /// The same, to be read after what it is said to prove.
    pub(super) fn told(&self) -> String {
        if self.how.is_empty() {
            return String::new();
        }
        format!("; signed under a key list whose message key was replaced since, {}", self.how)
    }
}

impl Checker<'_> {
    /// What a message proves of its author's word. `list` is one under which it verifies.
    pub(super) fn weigh_message(
        &self,
        wrapping: &Signed,
        (author, list): (Party, u32),
        dispatches: &[(Dispatch, &BundleDispatch)],
    ) -> Weighed {
        let digest = wrapping.digest();
        let holds_it = |dispatch: &Dispatch| {
            (dispatch.message, dispatch.from) == (digest, author)
                && self.is_signed(wrapping, PayloadType::Message, author, dispatch.key_list)
        };
        let dispatches = dispatches.iter().filter(|(dispatch, _)| holds_it(dispatch));
        self.weigh((author, list), dispatches.map(|(dispatch, one)| (dispatch, *one)))
    }

    /// What a dispatch proves of its sender's word: a bare one nothing.
    pub(super) fn weigh_dispatch(&self, dispatch: &Dispatch, one: &BundleDispatch) -> Weighed {
        match one.dispatch {
            DispatchBytes::Signed(_) => {
                self.weigh((dispatch.from, dispatch.key_list), std::iter::once((dispatch, one)))
            }
            DispatchBytes::Bare(_) => Weighed::nothing(),
        }
    }

    /// What is signed by this Party under this list, and stands in these dispatches.
    fn weigh<'d>(
        &self,
        (party, list): (Party, u32),
        dispatches: impl Iterator<Item = (&'d Dispatch, &'d BundleDispatch)>,
    ) -> Weighed {
        if self.keys.is_newest(party, list) {
            return Weighed::under(party, true);
        }
        let words = dispatches.filter_map(|(dispatch, one)| self.dated_by(dispatch, one));
        match words.min_by_key(|by| (*by != party, !self.is_vouched(*by))) {
            Some(by) if by == party => {
                let how = format!("dated by a head of {party}'s ledger under its newest key");
                Weighed { weight: Proven, by: vec![party], how }
            }
            Some(by) => Weighed { weight: Proven, by: vec![party, by], how: format!("dated by {by}'s word") },
            None => Weighed::under(party, false),
        }
    }

    /// Who signed that it had a dispatch: its sender under its newest ledger key, or else its receiver.
    fn dated_by(&self, dispatch: &Dispatch, one: &BundleDispatch) -> Option<Party> {
        // Nobody dispatches to itself; whoever had its replaced keys could make both ends of that.
        let is_to_another = dispatch.from != dispatch.to;
        if !is_to_another || self.keys.fingerprint(dispatch.to) != Some(dispatch.to_fingerprint) {
            return None;
        }
        let cover = one.covered.as_ref().and_then(|text| self.keys.cover(dispatch, one, text).ok());
        if let Some((head, _)) = &cover {
            if head.is_newest {
                return Some(dispatch.from);
            }
            if self.keys.weigh_head(head, (dispatch.from, dispatch.to)).is_proven() {
                return Some(dispatch.to);
            }
        }
        let proven = one.receipt.as_ref().map(|(proven, _)| proven);
        let (receipt, head) = proven.and_then(|proven| self.keys.receipt(dispatch, one, proven).ok())?;
        // By its own word what came was not what its author signed.
        let is_it =
            receipt.outcome != Outcome::RefusedSignature && receipt.judged_by_key_list == dispatch.key_list;
        let is_dated = self.keys.weigh_head(&head, (dispatch.to, dispatch.from)).is_proven();
        (is_it && is_dated).then_some(dispatch.to)
    }
}

impl Keys {
    /// What a head proves of its keeper's word: under a key that was replaced since nothing, unless the other end
    /// cosigned it with one that was not.
    pub(super) fn weigh_head(&self, head: &Head, (keeper, other): (Party, Party)) -> Weighed {
        match self.cosigned(head, other) {
            Ok(Some(cosigned)) if cosigned.is_newest && !head.is_newest => Weighed {
                weight: Proven,
                by: vec![keeper, other],
                how: format!("dated by {other}'s cosignature"),
            },
            Ok(_) | Err(_) => Weighed::under(keeper, head.is_newest),
        }
    }
}
