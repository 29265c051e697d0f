//! The cells of a form's figures, by Party and territory, of which nothing is declared: what would have to be stated
//! for a part to be known.
//!
//! Never here: a count. What the form's own lists do not name is not asked for.

use std::collections::BTreeSet;

use super::figure::{Axis, Count};
use super::lack::Lack;
use super::measure::{Divided, Measuring, grouped};
use super::rows::{Row, Rows};
use crate::domain::form::outline::Value;

impl<'a> Measuring<'_, 'a> {
    /// Names the cells that keep a part from being known: what the form's own lists name, and no entry is of.
    pub(super) fn cells(&mut self, count: &Count, rows: &Rows, axis: Axis, divided: &Divided) {
        let other = match axis {
            Axis::Party => Axis::Territory,
            Axis::Territory => Axis::Party,
            Axis::Kind => return,
        };
        let all: Vec<&Row> = rows.rows.iter().collect();
        let groups = grouped(&all, axis);
        let others = self.listed(count, other);
        let (figure, on) = (self.name.to_owned(), self.listed(count, axis));
        let names: BTreeSet<&str> = on.into_iter().chain(groups.keys().copied()).collect();
        for name in names {
            let open: Vec<&str> = match groups.get(name) {
                None => vec![""],
                Some(_) if divided.parts.get(name).is_some_and(|part| part.high.is_some()) => Vec::new(),
                Some(rows) => {
                    let declared = grouped(rows, other);
                    others.iter().copied().filter(|other| !declared.contains_key(other)).collect()
                }
            };
            for cell in open {
                let (party, territory) = if axis == Axis::Party { (name, cell) } else { (cell, name) };
                let (party, territory) = (party.to_owned(), territory.to_owned());
                self.add(Lack::NoCell { figure: figure.clone(), party, territory });
            }
        }
    }

    /// All Parties or all territories, as the form lists them.
    fn listed(&self, count: &Count, axis: Axis) -> BTreeSet<&'a str> {
        let list = match axis {
            Axis::Party => count.all_parties.as_ref(),
            Axis::Territory => count.all_territories.as_ref(),
            Axis::Kind => None,
        };
        let mut names = BTreeSet::new();
        for found in list.and_then(|list| self.subject.find(list)).unwrap_or_default() {
            let Value::List(items) = found.value else { continue };
            names.extend(items.iter().filter_map(|item| match &item.value {
                Value::Leaf(name) => Some(name.trim()),
                Value::Absent | Value::Group(_) | Value::List(_) => None,
            }));
        }
        names
    }
}
