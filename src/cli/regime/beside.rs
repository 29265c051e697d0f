//! What was counted, and what belongs together, as JSON.
//!
//! Never here: a judgement.

use serde_json::{Value, json};

use super::findings::lack;
use crate::domain::party::Party;
use crate::domain::regime::account::{Account, By};
use crate::domain::regime::figure::Axis;
use crate::domain::regime::group::{Gone, Pair};
use crate::domain::regime::quantity::Quantity;
use crate::domain::regime::tally::{Kept, Tally, TallyOf, Window};

pub(super) fn quantity(quantity: Quantity) -> Value {
    json!({ "least": quantity.low, "most": quantity.high })
}

/// A name with a number; this notice has an empty one.
pub(super) fn of(name: &str, number: Quantity) -> Value {
    json!({ "of": name, "least": number.low, "most": number.high })
}

pub(super) fn account(account: &Account) -> Value {
    let by = match account.by {
        By::Total => "total",
        By::Parts(Axis::Party) => "Party",
        By::Parts(Axis::Territory) => "territory",
        By::Parts(Axis::Kind) => "kind",
        By::Phase => "phase",
    };
    json!({ "by": by, "least": account.quantity.low, "most": account.quantity.high })
}

pub(super) fn gone(gone: &Gone) -> Value {
    match gone {
        Gone::Replaced(by) => json!({ "replaced_by": by }),
        Gone::Cancelled(by) => json!({ "cancelled_by": by }),
        Gone::Withdrawn(by) => json!({ "withdrawn_by": by }),
    }
}

pub(super) fn pair(pair: &Pair) -> Value {
    let codes = |all: &std::collections::BTreeSet<Party>| -> Vec<String> {
        all.iter().map(Party::to_string).collect()
    };
    let withdrew = pair.withdrew.iter().map(|(party, by)| json!({ "party": party.to_string(), "by": by }));
    json!({
        "threads": [pair.one.to_string(), pair.other.to_string()],
        "stated_by": codes(&pair.stated_by),
        "without_notice_of_their_own": codes(&pair.not_theirs),
        "withdrew_their_notice": withdrew.collect::<Vec<_>>(),
        "contested_by": codes(&pair.contested_by),
    })
}

pub(super) fn tally(tally: &Tally) -> Value {
    let (sender, receiver) = match tally.of {
        TallyOf::Sender(sender) => (Some(sender), None),
        TallyOf::Receiver(receiver) => (None, Some(receiver)),
        TallyOf::Pair(sender, receiver) => (Some(sender), Some(receiver)),
    };
    let window = match &tally.window {
        Window::Years { first, last } => json!({ "first": first, "last": last }),
        Window::Days { first, last } => json!({ "first": first, "last": last }),
        Window::AtOneTime => json!("at one time"),
        Window::Unknown(lacking) => json!({ "lacking": lack(lacking) }),
    };
    let kept = match tally.kept {
        Kept::Within => "within",
        Kept::Exceeded => "exceeded",
        Kept::CantBeJudged => "can't be judged",
    };
    json!({
        "sender": sender.map(|party| party.to_string()),
        "receiver": receiver.map(|party| party.to_string()),
        "window": window,
        "together": quantity(tally.together),
        "kept": kept,
        "others": tally.numbers,
        "more": tally.more,
    })
}
