//! Whether those whom a rule names have their copy.
//!
//! Never here: which rule names them (`check.rs`, `formatted.rs`).

use std::collections::BTreeSet;

use super::asked::Asked;
use super::finding::{CopyAs, CopyState};
use super::rules::Addressed;
use crate::domain::party::Party;

pub(super) fn copy(who: &Addressed, how: CopyAs, asked: &Asked) -> CopyState {
    let wanted = match who {
        Addressed::Party(party) => Some(BTreeSet::from([*party])),
        Addressed::Function(name) => match asked.held.get(name) {
            // Nobody sends a copy to themselves.
            Some(holder) if asked.author == Some(*holder) => return CopyState::Held,
            Some(holder) => Some(BTreeSet::from([*holder])),
            None => return CopyState::NoHolder,
        },
        Addressed::EveryBoundParty => asked.bound.clone(),
    };
    let (Some(wanted), Some(addressed)) = (wanted, &asked.addressed) else { return CopyState::Unknown };
    if wanted.is_empty() {
        return CopyState::NobodyBound;
    }
    let has = |party: &Party| match how {
        CopyAs::Action => addressed.action.contains(party),
        // Who is asked to act is told as well.
        CopyAs::Information => addressed.information.contains(party) || addressed.action.contains(party),
    };
    let lacking = wanted.into_iter().filter(|party| !has(party));
    // A Party that the rule names is owed a copy whoever is bound.
    let may_be_owed = |party: &Party| *who == Addressed::EveryBoundParty && asked.uncertain.contains(party);
    let (uncertain, lacking): (BTreeSet<Party>, BTreeSet<Party>) = lacking.partition(may_be_owed);
    match (lacking.is_empty(), uncertain.is_empty()) {
        (true, true) => CopyState::Held,
        (true, false) => CopyState::MayLack(uncertain),
        (false, _) => CopyState::Lacking(lacking),
    }
}
