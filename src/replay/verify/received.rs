//! The receipt of a dispatch of a bundle: what the other end states in its ledger, and what the sender knew of that.
//!
//! Never here: whether its proof holds (`leaves.rs`), or what dates it (`dated.rs`).

use super::Weight::{False, NotProven, Proven, Stated};
use super::dispatch::{replaced, undated};
use super::given::Given;
use super::keys::Head;
use super::thread::Checker;
use crate::codec::bundle::BundleDispatch;
use crate::codec::signed;
use crate::domain::message::{Dispatch, Outcome, Receipt};
use crate::domain::time::Instant;
use crate::evidence::signed::PayloadType;

impl Checker<'_> {
    pub(super) fn receipt(&mut self, about: &str, dispatch: &Dispatch, one: &BundleDispatch) -> Given {
        let (from, to) = (dispatch.from, dispatch.to);
        let Some((proven, recorded_at)) = &one.receipt else {
            self.add(about, NotProven, format!("that {to} received it: there is no receipt in here"));
            return Given::Nothing;
        };
        let (receipt, head) = match self.keys.receipt(dispatch, one, proven) {
            Ok(found) => found,
            Err(wrong) => {
                self.say(about, wrong);
                return Given::Nothing;
            }
        };
        let word = self.keys.weigh_head(&head, (to, from));
        let what = format!(
            "{to} states in its ledger (leaf {} of {}) that it received it at {}, and: {}",
            receipt.leaf_index,
            head.signed.checkpoint().size,
            receipt.received_at,
            receipt.outcome.sentence()
        );
        if !word.is_proven() {
            // Whoever has the key may have written that: nothing in it speaks against anybody.
            self.signed(about, NotProven, &word.by, format!("that {what}{}", undated(to)));
            return Given::Undated;
        }
        let since = if head.is_newest { String::new() } else { replaced(to) + &word.dated() };
        self.signed(about, Proven, &word.by, format!("{what}{since}"));
        let heard = self.heard(about, &head, &receipt, *recorded_at);
        self.disputed_time(about, &receipt, heard);
        self.refused(about, dispatch, &receipt, one);
        Given::At(receipt.received_at, word)
    }

    /// When the sender of what was received cosigned the head with the receipt, by a key that it did not replace since.
    fn heard(
        &mut self,
        about: &str,
        head: &Head,
        receipt: &Receipt,
        recorded_at: Instant,
    ) -> Option<Instant> {
        let (from, to) = (receipt.to, receipt.from);
        match self.keys.cosigned(head, from) {
            Ok(Some(cosigned)) => {
                let what = format!(
                    "{from} cosigned at {}, to the second, the head with this receipt",
                    cosigned.at.to_the_second()
                );
                if cosigned.is_newest {
                    self.signed(about, Proven, &[from, to], what);
                    return Some(cosigned.at);
                }
                self.signed(about, NotProven, &[from, to], format!("that {what}{}", undated(from)));
                None
            }
            Ok(None) => {
                self.held_before(about, receipt, recorded_at);
                None
            }
            Err(weight) => {
                self.cosigned_by_no_key(about, weight, from, "the receipt's head");
                None
            }
        }
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
}
