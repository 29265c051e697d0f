//! What the Board's digest (`digest.rs`) takes of the hotline: how much FLASH was released of each officer, and carry
//! files.
//!
//! Never here: sessions, which are threads like any other. A Board without any of it adds nothing, so that it has the
//! digest that it had before there was such a thing.

use super::Board;
use super::digest::Sum;
use crate::domain::flash::FlashDrafts;

pub(super) fn of(sum: &mut Sum, board: &Board) {
    if board.flash != FlashDrafts::default() {
        sum.bytes(b"flash drafts");
        sum.optional(board.flash.set.as_ref(), |sum, set| sum.number(*set));
        sum.signed_number(board.flash.hour);
        sum.list(board.flash.spent.iter(), |sum, (officer, spent)| {
            sum.bytes(&officer.0);
            sum.number(*spent);
        });
    }
    if !board.carried.is_empty() {
        sum.bytes(b"carried");
        sum.list(board.carried.iter(), |sum, index| sum.number(*index));
    }
}
