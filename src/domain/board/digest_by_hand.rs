//! What is delivered outside any link, as the Board's digest takes it in.
//!
//! Never here: another order or width than `digest.rs` has.

use super::digest::Sum;
use crate::domain::by_hand::{ByHand, Carried, Standing};

pub(super) fn of(sum: &mut Sum, by_hand: &ByHand) {
    sum.list(by_hand.items(), |sum, (party, message, item)| {
        sum.party(party);
        sum.bytes(&message.0);
        sum.number(item.message_index);
        sum.number(match item.carried {
            Carried::ByHand => 0,
            Carried::ByLink => 1,
        });
        sum.list(item.accounts.iter(), |sum, account| {
            sum.bytes(&account.id.0);
            sum.number(account.index);
            match account.standing {
                Standing::Stands => sum.number(0),
                Standing::TakesBack => sum.number(1),
                Standing::Corrected(index) => {
                    sum.number(2);
                    sum.number(index);
                }
            }
        });
    });
}
