//! Counts a declared figure: the stated total, else its parts, with what is lacking for certainty.
//!
//! Parts are the whole only where they cover a list of the form (all Parties, all territories). Else they
//! say what there is at the least. Two whole accounts that differ are both kept: on a question to which
//! they give one answer, they do not stand in its way.
//!
//! Never here: a guess. An entry that is silent, or said to follow, leaves the upper end open.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::Over;
use super::figure::{Axis, Count, Entries, FigureRule};
use super::finding::Lack;
use super::place::Place;
use super::quantity::Quantity;
use super::rows::{Extent, Row, Rows};
use super::subject::Subject;
use crate::domain::form::outline::{Item, Path, Value};
use crate::limits;

/// A figure as far as it is declared.
#[derive(Clone)]
pub struct Measured {
    pub quantity: Quantity,
    /// Which Party, territory, kind or phase has the most for certain.
    pub of: String,
    /// What keeps it from being certain.
    pub lacking: BTreeSet<Lack>,
}

pub fn measure(name: &str, rule: &FigureRule, over: Over, subject: &Subject) -> Measured {
    let mut measuring = Measuring { name, subject, lacking: BTreeSet::new() };
    let mut total: Option<Measured> = None;
    for count in &rule.counts {
        let Some((quantity, of)) = measuring.place(count, over) else { continue };
        total = Some(match total {
            None => Measured { quantity, of, lacking: BTreeSet::new() },
            Some(before) => Measured { quantity: added(over, before.quantity, quantity), ..before },
        });
    }
    let mut measured = total.unwrap_or_else(|| {
        measuring.lacking.insert(Lack::NoPlaceFor { figure: name.to_owned() });
        Measured { quantity: Quantity::UNKNOWN, of: String::new(), lacking: BTreeSet::new() }
    });
    measured.lacking = measuring.lacking;
    measured
}

/// Two numbers of different things together. The greatest part of both is at least the greatest of
/// either, and at most the two greatest together.
pub fn added(over: Over, one: Quantity, two: Quantity) -> Quantity {
    match over {
        Over::Whole => one.plus(two),
        Over::AnyParty | Over::AnyTerritory | Over::AnyKind | Over::PeakOfPhases => {
            Quantity { low: one.low.max(two.low), high: one.plus(two).high }
        }
    }
}

pub(super) struct Measuring<'s, 'a> {
    pub(super) name: &'s str,
    pub(super) subject: &'s Subject<'a>,
    pub(super) lacking: BTreeSet<Lack>,
}

impl<'a> Measuring<'_, 'a> {
    /// What one place comes to; `None` if the form has no such place.
    fn place(&mut self, count: &Count, over: Over) -> Option<(Quantity, String)> {
        let found = self.subject.find(&count.list)?;
        let mut rows = Rows { rows: Vec::new(), all_there: true, at: count.list.to_string() };
        for found in found {
            rows.at = found.at.to_string();
            self.collect(count, found.value, &found.at, &mut rows);
        }
        let whole = self.whole(count, &rows);
        let mut parts = |axis| self.greatest(count, &rows, axis, whole);
        Some(match over {
            Over::Whole => (whole, String::new()),
            Over::AnyParty => parts(Axis::Party),
            Over::AnyTerritory => parts(Axis::Territory),
            Over::AnyKind => parts(Axis::Kind),
            Over::PeakOfPhases => self.peak(count, whole),
        })
        .inspect(|(quantity, _)| {
            let is_open = quantity.high.is_none() && over != Over::Whole && over != Over::PeakOfPhases;
            if is_open && !rows.rows.is_empty() {
                self.add(Lack::NotDivided { figure: self.name.to_owned(), over });
            }
        })
    }

    pub(super) fn lacks(&mut self, lack: fn(String, String) -> Lack, at: &str) {
        self.add(lack(self.name.to_owned(), at.to_owned()));
    }

    fn add(&mut self, lack: Lack) {
        if self.lacking.len() < limits::LACKS_PER_FIGURE_MAX {
            self.lacking.insert(lack);
        }
    }

    /// All of it together.
    fn whole(&mut self, count: &Count, rows: &Rows) -> Quantity {
        if rows.rows.is_empty() && (count.entries == Entries::Figures || !rows.all_there) {
            self.lacks(|figure, at| Lack::NotDeclared { figure, at }, &rows.at);
            return Quantity::UNKNOWN;
        }
        let all: Vec<&Row> = rows.rows.iter().collect();
        let whole = match &count.entries {
            Entries::Figures => self.divided(count, &all, &Axis::ALL),
            Entries::Things { .. } => {
                let sum = all.iter().fold(Quantity::NONE, |sum, row| sum.plus(row.number));
                if rows.all_there { sum } else { sum.unbounded() }
            }
        };
        if whole.high.is_none() {
            self.lacks(|figure, at| Lack::NoTotal { figure, at }, &rows.at);
        }
        whole
    }

    /// The total, and each way in which it is divided: as many accounts of one thing.
    fn divided(&mut self, count: &Count, rows: &[&Row], axes: &[Axis]) -> Quantity {
        let undivided = |row: &&&Row| axes.iter().all(|axis| row.on(*axis).is_empty());
        let (totals, parts): (Vec<&Row>, Vec<&Row>) =
            rows.iter().filter(undivided).partition(|row| row.extent == Extent::All);
        let total_is_silent = totals.iter().any(|total| total.number.high.is_none());
        let mut accounts: Vec<Quantity> = totals.iter().map(|row| row.number).collect();
        // Of what kind these parts are is not asked, so whether they overlap is not known.
        accounts.extend(parts.iter().map(|row| row.number.unbounded()));
        for axis in axes {
            let rest: Vec<Axis> = axes.iter().copied().filter(|other| other != axis).collect();
            let groups = grouped(rows, *axis);
            if groups.is_empty() {
                continue;
            }
            let sum =
                groups.values().fold(Quantity::NONE, |sum, rows| sum.plus(self.divided(count, rows, &rest)));
            accounts.push(if self.covers_all(count, *axis, &groups) { sum } else { sum.unbounded() });
        }
        let account = Quantity::accounts(&accounts);
        if let Some(most) = account.high
            && account.contradicts()
        {
            let (figure, least) = (self.name.to_owned(), account.low);
            self.add(Lack::Contradiction { figure, least, most });
        }
        // A total that is still to come may be any number.
        if total_is_silent { account.unbounded() } else { account }
    }

    /// The greatest part, of those that are told apart on this axis.
    fn greatest(&mut self, count: &Count, rows: &Rows, axis: Axis, whole: Quantity) -> (Quantity, String) {
        let all: Vec<&Row> = rows.rows.iter().collect();
        let groups = grouped(&all, axis);
        let rest: Vec<Axis> = Axis::ALL.into_iter().filter(|other| *other != axis).collect();
        let mut greatest = Quantity::NONE;
        let mut of = "";
        for (name, rows) in &groups {
            let part = match &count.entries {
                Entries::Figures => self.divided(count, rows, &rest),
                Entries::Things { .. } => rows.iter().fold(Quantity::NONE, |sum, row| sum.plus(row.number)),
            };
            if part.low > greatest.low || of.is_empty() {
                of = name;
            }
            greatest = greatest.greater(part);
        }
        let all_told = match &count.entries {
            Entries::Figures => !groups.is_empty() && self.covers_all(count, axis, &groups),
            Entries::Things { .. } => rows.all_there && rows.rows.iter().all(|row| !row.on(axis).is_empty()),
        };
        let greatest = if all_told { greatest } else { greatest.unbounded() };
        (greatest.within(whole.high), of.to_owned())
    }

    /// The most in one phase.
    fn peak(&mut self, count: &Count, whole: Quantity) -> (Quantity, String) {
        let mut peak = Quantity::NONE;
        let mut of = String::new();
        let mut all_told = false;
        if let Some((phases, inside)) = &count.phases {
            for found in self.subject.find(phases).unwrap_or_default() {
                let Value::List(items) = found.value else { continue };
                all_told = !self.subject.following.covers(&found.at);
                for (index, item) in items.iter().enumerate() {
                    let part = self.phase(count, inside, item, &found.at.item(index));
                    if part.low > peak.low || of.is_empty() {
                        of.clone_from(&item.key);
                    }
                    peak = peak.greater(part);
                }
            }
            if !all_told {
                self.lacks(|figure, at| Lack::NotDeclared { figure, at }, &phases.to_string());
            }
        }
        let peak = if all_told { peak } else { peak.unbounded() };
        (peak.within(whole.high), of)
    }

    fn phase(&mut self, count: &Count, inside: &Place, item: &Item, at: &Path) -> Quantity {
        let Value::Group(parts) = &item.value else { return Quantity::UNKNOWN };
        let mut rows = Rows { rows: Vec::new(), all_there: true, at: at.to_string() };
        for found in inside.find(parts, at) {
            rows.at = found.at.to_string();
            self.collect(count, found.value, &found.at, &mut rows);
        }
        self.whole(count, &rows)
    }

    /// Whether parts by that division are all that the form names.
    fn covers_all(&self, count: &Count, axis: Axis, groups: &BTreeMap<&str, Vec<&Row>>) -> bool {
        let list = match axis {
            Axis::Party => count.all_parties.as_ref(),
            Axis::Territory => count.all_territories.as_ref(),
            Axis::Kind => None,
        };
        let Some(found) = list.and_then(|list| self.subject.find(list)) else { return false };
        let mut named = 0_usize;
        for found in &found {
            let Value::List(items) = found.value else { return false };
            if self.subject.following.covers(&found.at) {
                return false;
            }
            for item in items {
                let Value::Leaf(name) = &item.value else { return false };
                if !groups.contains_key(name.trim()) {
                    return false;
                }
                named = named.saturating_add(1);
            }
        }
        named > 0
    }
}

fn grouped<'r, 'v>(rows: &[&'r Row<'v>], axis: Axis) -> BTreeMap<&'r str, Vec<&'r Row<'v>>> {
    let mut groups: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.on(axis).is_empty()) {
        groups.entry(row.on(axis)).or_default().push(row);
    }
    groups
}
