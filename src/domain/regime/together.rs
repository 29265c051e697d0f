//! A figure of several notices of one activity, taken together: each notice's own is added to the others'.
//!
//! Never here: which notices belong together (`group.rs`). Who stands in two of them is counted twice: what
//! a Party declares is not corrected.

use std::collections::BTreeSet;

use super::condition::Over;
use super::figure::{Axis, FigureRule};
use super::finding::Lack;
use super::measure::{self, Divided, Measured, added};
use super::quantity::Quantity;
use super::subject::Subject;

/// Each notice with its name.
pub fn measure(name: &str, rule: &FigureRule, over: Over, notices: &[(String, &Subject)]) -> Measured {
    let mut lacking = BTreeSet::new();
    let mut sum = |over: Over| {
        let mut sum: Option<Quantity> = None;
        for (notice, subject) in notices {
            let one = measure::measure(name, rule, over, subject).quantity;
            if one.high.is_none() {
                lacking.insert(Lack::InNotice { figure: name.to_owned(), notice: notice.clone() });
            }
            sum = Some(sum.map_or(one, |before| added(over, before, one)));
        }
        sum.unwrap_or(Quantity::UNKNOWN)
    };
    let (quantity, of) = match over {
        Over::Whole | Over::PeakOfPhases => (sum(over), String::new()),
        Over::AnyParty => divided(name, rule, Axis::Party, notices).greatest(sum(Over::Whole)),
        Over::AnyTerritory => divided(name, rule, Axis::Territory, notices).greatest(sum(Over::Whole)),
        Over::AnyKind => divided(name, rule, Axis::Kind, notices).greatest(sum(Over::Whole)),
    };
    let is_divided = over != Over::Whole && over != Over::PeakOfPhases;
    if quantity.high.is_none() && is_divided {
        lacking.insert(Lack::NotDivided { figure: name.to_owned(), over });
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
    }
}
