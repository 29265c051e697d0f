//! A figure of several notices of one activity, taken together: each notice's own is added to the others'.
//!
//! Never here: which notices belong together (`group.rs`). Who stands in two of them is counted twice: what
//! a Party declares is not corrected.

use std::collections::BTreeSet;

use super::condition::Over;
use super::figure::{Axis, FigureRule};
use super::lack::Lack;
use super::measure::{self, Divided, Measured, added, falls_apart};
use super::quantity::Quantity;
use super::subject::Subject;

/// Each notice with its name.
pub fn measure(name: &str, rule: &FigureRule, over: Over, notices: &[(String, &Subject)]) -> Measured {
    let mut lacking = BTreeSet::new();
    let mut contradicts = false;
    let mut sum = |over: Over| {
        let mut sum: Option<Quantity> = None;
        for (notice, subject) in notices {
            let measured = measure::measure(name, rule, over, subject);
            let one = measured.quantity;
            if one.high != Some(one.low) {
                let is_contradiction = |lack: &Lack| matches!(lack, Lack::Contradiction { .. });
                contradicts |= measured.lacking.iter().any(is_contradiction);
                // Where both its ends are known, something may be silent all the same.
                if one.high.is_none() || !measured.lacking.iter().all(is_contradiction) {
                    lacking.insert(Lack::InNotice { figure: name.to_owned(), notice: notice.clone() });
                }
            }
            if let Some(before) = sum
                && falls_apart(over, before, one)
            {
                lacking.insert(Lack::NotTogether { figure: name.to_owned(), over });
            }
            sum = Some(sum.map_or(one, |before| added(over, before, one)));
        }
        sum.unwrap_or(Quantity::UNKNOWN)
    };
    let axis = match over {
        Over::Whole | Over::PeakOfPhases => None,
        Over::AnyParty => Some(Axis::Party),
        Over::AnyTerritory => Some(Axis::Territory),
        Over::AnyKind => Some(Axis::Kind),
    };
    let (quantity, of) = match axis {
        None => (sum(over), String::new()),
        Some(axis) => {
            let whole = sum(Over::Whole);
            let divided = divided(name, rule, axis, notices);
            if !divided.all_told {
                lacking.insert(Lack::NotDivided { figure: name.to_owned(), over });
            }
            divided.greatest(whole)
        }
    };
    if let Some(most) = quantity.high
        && contradicts
    {
        lacking.insert(Lack::Contradiction { figure: name.to_owned(), least: quantity.low, most });
    }
    Measured { quantity, of, accounts: Vec::new(), lacking }
}

/// By the names on one axis, added up over all notices.
pub fn divided(name: &str, rule: &FigureRule, axis: Axis, notices: &[(String, &Subject)]) -> Divided {
    let each: Vec<Divided> =
        notices.iter().map(|(_, subject)| measure::divided(name, rule, axis, subject)).collect();
    let names: BTreeSet<&String> = each.iter().flat_map(|one| one.parts.keys()).collect();
    let part = |name: &String| {
        each.iter().fold(Quantity::NONE, |sum, one| {
            let silent = if one.all_told { Quantity::NONE } else { Quantity::UNKNOWN };
            sum.plus(one.parts.get(name).copied().unwrap_or(silent))
        })
    };
    Divided {
        parts: names.into_iter().map(|name| (name.clone(), part(name))).collect(),
        all_told: !each.is_empty() && each.iter().all(|one| one.all_told),
        less: each.iter().fold(0, |sum, one| sum.saturating_add(one.less)),
        more: each.iter().fold(0, |sum, one| sum.saturating_add(one.more)),
    }
}
