//! The phases of a form: the most in one of them, and those that are declared to be more than the whole is.
//!
//! Never here: a sum of phases. What is in one may be in the next as well, and need not come to the whole.

use std::collections::BTreeMap;

use super::account::{Account, By};
use super::condition::Over;
use super::figure::{Axis, Count};
use super::lack::Lack;
use super::measure::Measuring;
use super::place::Place;
use super::quantity::Quantity;
use super::rows::Rows;
use crate::domain::form::outline::{Item, Path, Value};

impl Measuring<'_, '_> {
    /// The whole with its phases beside it: what takes part in one takes part. One that is declared to be more is one
    /// more account of the whole, and so is one in which a part is declared to be more than that part of the whole.
    pub(super) fn beside_phases(&mut self, count: &Count, rows: &Rows, whole: Quantity) -> Quantity {
        let phases = self.of_each_phase(count, |phase, rows| phase.whole(count, rows));
        let Some(stated) = whole.high else {
            let least = phases.iter().map(|phase| phase.low).max().unwrap_or(0);
            return Quantity::at_least(whole.low.max(least));
        };
        let in_one = phases.into_iter().map(Quantity::most_stated).max().unwrap_or(0);
        let most = in_one.max(self.by_parts_of_phases(count, rows));
        if most <= stated {
            return whole;
        }
        if in_one > stated {
            self.accounts.push(Account { by: By::Phase, quantity: Quantity::at_least(in_one) });
        }
        self.add(Lack::Contradiction { figure: self.name.to_owned(), least: whole.low, most });
        Quantity { low: whole.low, high: Some(most) }
    }

    /// What the parts of the whole come to on one axis, each taken for the most that it is declared to be in a phase:
    /// of the axes the most. Where a part may be any number more, no phase adds to it.
    fn by_parts_of_phases(&mut self, count: &Count, rows: &Rows) -> u64 {
        let (accounts, lacking) = (self.accounts.clone(), self.lacking.clone());
        let mut most = 0;
        for account in accounts {
            let By::Parts(axis) = account.by else { continue };
            let parts = self.parts(count, rows, axis);
            let phases = self.of_each_phase(count, |phase, rows| phase.parts(count, rows, axis));
            let mut beyond: BTreeMap<String, u64> = BTreeMap::new();
            for (name, in_phase) in phases.into_iter().flatten() {
                let Some(high) = parts.get(&name).and_then(|part| part.high) else { continue };
                let more = in_phase.most_stated().saturating_sub(high);
                let known = beyond.entry(name).or_insert(0);
                *known = more.max(*known);
            }
            let beyond = beyond.into_values().fold(0, u64::saturating_add);
            most = most.max(account.quantity.most_stated().saturating_add(beyond));
        }
        self.lacking = lacking;
        most
    }

    /// The same of what each name on an axis comes to, where these are all that the form names.
    pub(super) fn parts_beside_phases(
        &mut self,
        count: &Count,
        axis: Axis,
        parts: &mut BTreeMap<String, Quantity>,
    ) {
        let phases = self.of_each_phase(count, |phase, rows| phase.parts(count, rows, axis));
        for (name, in_phase) in phases.into_iter().flatten() {
            let most = in_phase.most_stated();
            let part = parts.entry(name).or_insert(Quantity::NONE);
            let least = part.low;
            if part.high.is_some_and(|high| most > high) {
                part.high = Some(most);
                self.add(Lack::Contradiction { figure: self.name.to_owned(), least, most });
            }
        }
    }

    /// The most in one phase.
    pub(super) fn peak(&mut self, count: &Count, whole: Quantity) -> (Quantity, String) {
        let mut peak = Quantity::NONE;
        let mut of = String::new();
        let (mut all_told, mut is_said) = (false, false);
        let accounts = std::mem::take(&mut self.accounts);
        if let Some((phases, inside)) = &count.phases {
            for found in self.subject.find(phases).unwrap_or_default() {
                let given = if let Value::List(items) = found.value { items.len() } else { 0 };
                let following = self.subject.following;
                let instead = following.said(&found.at).or_else(|| following.behind(&found.at, given));
                if let Some(instead) = instead {
                    is_said = true;
                    self.said(&found.at, instead);
                }
                let Value::List(items) = found.value else { continue };
                all_told = instead.is_none();
                for (index, item) in items.iter().enumerate() {
                    let part = match self.phase(count, inside, item, &found.at.item(index)) {
                        Some(rows) => self.whole(count, &rows),
                        None => Quantity::UNKNOWN,
                    };
                    if part.low > peak.low || of.is_empty() {
                        of.clone_from(&item.key);
                    }
                    peak = peak.greater(part);
                }
            }
            if !all_told && !is_said {
                self.lacks(|figure, at| Lack::NotDeclared { figure, at }, &phases.to_string());
            }
        } else {
            self.add(Lack::NotDivided { figure: self.name.to_owned(), over: Over::PeakOfPhases });
        }
        let mut peak = if all_told { peak } else { peak.unbounded() };
        // Those of a phase are not those of the whole.
        self.accounts.clear();
        if whole.contradicts() {
            // By one account of the whole it may be less.
            peak.low = peak.low.min(whole.low);
            self.accounts = accounts;
        }
        (peak.within(whole.high), of)
    }

    /// Something of each phase. What is lacking there is not lacking of the whole.
    fn of_each_phase<T>(&mut self, count: &Count, of: impl Fn(&mut Self, &Rows) -> T) -> Vec<T> {
        let Some((phases, inside)) = &count.phases else { return Vec::new() };
        let (lacking, accounts) = (self.lacking.clone(), std::mem::take(&mut self.accounts));
        let mut all = Vec::new();
        for found in self.subject.find(phases).unwrap_or_default() {
            let Value::List(items) = found.value else { continue };
            for (index, item) in items.iter().enumerate() {
                if let Some(rows) = self.phase(count, inside, item, &found.at.item(index)) {
                    all.push(of(self, &rows));
                }
            }
        }
        self.lacking = lacking;
        self.accounts = accounts;
        all
    }

    /// The entries of one phase that are meant.
    fn phase<'v>(&mut self, count: &Count, inside: &Place, item: &'v Item, at: &Path) -> Option<Rows<'v>> {
        let Value::Group(parts) = &item.value else { return None };
        let mut rows = Rows { rows: Vec::new(), all_there: true, at: at.to_string() };
        for found in inside.find(parts, at) {
            rows.at = found.at.to_string();
            self.collect(count, found.value, &found.at, &mut rows);
        }
        Some(rows)
    }
}
