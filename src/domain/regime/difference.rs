//! What is different between two regimes, or two editions of one, rule by rule.
//!
//! Never here: which one binds whom.

use std::collections::BTreeMap;

use super::Regime;
use super::describe::{Described, describe};
use crate::domain::text::shown;

/// One rule that is not the same in both. All of it is safe to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    pub table: &'static str,
    pub name: String,
    /// What only the first says, line by line; all of it if the other has no such rule.
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub kind: ChangeKind,
}

/// What became of a rule between the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
}

/// All changes from one to the other, heads first.
pub fn difference(before: &Regime, after: &Regime) -> Vec<Change> {
    let (one, two) = (rules(before), rules(after));
    let mut changes = Vec::new();
    let keys: std::collections::BTreeSet<_> = one.keys().chain(two.keys()).collect();
    for key in keys {
        let (table, name) = (key.1, key.2.clone());
        let (old, new) = (one.get(key), two.get(key));
        let only = |these: Option<&Vec<String>>, others: Option<&Vec<String>>| -> Vec<String> {
            let lines = these.map(Vec::as_slice).unwrap_or_default();
            let others = others.map(Vec::as_slice).unwrap_or_default();
            lines.iter().filter(|line| !others.contains(line)).cloned().collect()
        };
        let kind = match (old, new) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            (Some(old), Some(new)) if old == new => continue,
            (Some(_), Some(_)) => ChangeKind::Changed,
        };
        changes.push(Change { table, name, before: only(old, new), after: only(new, old), kind });
    }
    changes
}

/// By place in the file, table and name.
type Key = (usize, &'static str, String);

fn rules(regime: &Regime) -> BTreeMap<Key, Vec<String>> {
    let mut all = BTreeMap::from([((0, "head", "regime".to_owned()), head(regime))]);
    let mut place = 0_usize;
    let mut table = "head";
    for Described { table: of, name, lines } in describe(regime, None) {
        if of != table {
            place = TABLES.iter().position(|known| *known == of).unwrap_or(0).saturating_add(1);
            table = of;
        }
        all.insert((place, of, name), lines);
    }
    all
}

/// In the order in which they are shown.
const TABLES: &[&str] = &[
    "function",
    "figure",
    "fact",
    "class",
    "threshold",
    "calendar",
    "lead",
    "required",
    "addressees",
    "sender",
    "silence",
    "confidentiality",
    "channel",
    "number",
    "quota",
    "duty",
    "format",
];

/// The head as lines; the digest says that the bytes differ, even where the rules do not.
pub fn head(regime: &Regime) -> Vec<String> {
    let head = &regime.head;
    let mut lines = vec![
        format!("name: {}", shown(&head.name)),
        format!("edition: {}", head.edition),
        format!("digest: {}", head.digest),
        format!("nature: {}", head.nature.word()),
        format!("source: {}", shown(&head.source)),
    ];
    if let Some(from) = &head.inherits {
        lines.push(format!("inherits: {} {}", shown(&from.regime), from.digest));
    }
    for (language, title) in &head.title.0 {
        lines.push(format!("title.{}: {}", shown(language), shown(title)));
    }
    lines
}
