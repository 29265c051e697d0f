//! What stands in a bundle more than once: of each copy what it brings beside the others.
//!
//! Never here: a reproach. Whoever has the file may have put a copy into it, before the others or behind them.

use bytes::Bytes;

use super::keys::Keys;
use crate::codec::bundle::{BundleDispatch, DispatchBytes};
use crate::domain::message::Dispatch;

impl Keys {
    /// Of two copies of one dispatch the signature, and the receipt and the cover that prove more.
    pub(super) fn both(
        &self,
        dispatch: &Dispatch,
        one: &BundleDispatch,
        other: &BundleDispatch,
    ) -> BundleDispatch {
        let signed = match one.dispatch {
            DispatchBytes::Signed(_) => one,
            DispatchBytes::Bare(_) => other,
        };
        BundleDispatch {
            dispatch: signed.dispatch.clone(),
            receipt: better(&one.receipt, &other.receipt, |(proven, _)| {
                self.by_receipt(dispatch, one, proven)
            }),
            covered: better(&one.covered, &other.covered, |text| self.by_cover(dispatch, one, text)),
            refused: one.refused.clone().or_else(|| other.refused.clone()),
            disputed: either(&one.disputed, &other.disputed),
            contradicted_by: either(&one.contradicted_by, &other.contradicted_by),
            other_leaves: either(&one.other_leaves, &other.other_leaves),
        }
    }

    /// Whether a receipt holds, is proven, and bears its sender's cosignature.
    fn by_receipt(&self, dispatch: &Dispatch, one: &BundleDispatch, proven: &Bytes) -> [bool; 3] {
        let (from, to) = (dispatch.from, dispatch.to);
        let Ok((_, head)) = self.receipt(dispatch, one, proven) else { return [false; 3] };
        let is_heard = matches!(self.cosigned(&head, from), Ok(Some(cosigned)) if cosigned.is_newest);
        [true, self.weigh_head(&head, (to, from)).is_proven(), is_heard]
    }

    /// Whether a cover holds, is cosigned, and under its keeper's newest key.
    fn by_cover(&self, dispatch: &Dispatch, one: &BundleDispatch, text: &Bytes) -> [bool; 3] {
        let Ok((head, _)) = self.cover(dispatch, one, text) else { return [false; 3] };
        let is_cosigned =
            matches!(self.cosigned(&head, dispatch.to), Ok(Some(cosigned)) if cosigned.is_newest);
        [true, is_cosigned, head.is_newest]
    }
}

/// The one that is worth more, and of equals the first.
fn better<T: Clone, W: Ord>(one: &Option<T>, other: &Option<T>, worth: impl Fn(&T) -> W) -> Option<T> {
    [other, one].into_iter().flatten().max_by_key(|of| worth(of)).cloned()
}

/// What the first of the two shows that shows any.
fn either<T: Clone>(one: &[T], other: &[T]) -> Vec<T> {
    if one.is_empty() { other.to_vec() } else { one.to_vec() }
}
