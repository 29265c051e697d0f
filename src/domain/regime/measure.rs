//! Counts a declared figure: the stated total, else its parts, with what is lacking for certainty.
//!
//! Parts are the whole only where they cover a list of the form (all Parties, all territories). Else they
//! say what there is at the least. Two whole accounts that differ are both kept: on a question to which
//! they give one answer, they do not stand in its way. Whose part is meant that the one has and the other has not is
//! told by neither.
//!
//! Never here: a guess. An entry that is silent, or said to follow, leaves the upper end open.

use std::collections::{BTreeMap, BTreeSet};

use super::account::{Account, By};
use super::condition::Over;
use super::figure::{Axis, Count, Entries, FigureRule};
use super::lack::Lack;
use super::quantity::Quantity;
use super::rows::{Extent, Row, Rows};
use super::subject::Subject;
use crate::domain::form::Instead;
use crate::domain::form::outline::{Path, Value};
use crate::limits;

/// A figure as far as it is declared.
#[derive(Clone)]
pub struct Measured {
    pub quantity: Quantity,
    /// Which Party, territory, kind or phase has the most for certain.
    pub of: String,
    /// The ways in which the whole is declared, if it is.
    pub accounts: Vec<Account>,
    /// What keeps it from being certain.
    pub lacking: BTreeSet<Lack>,
}

/// What a figure comes to by each name on one axis.
#[derive(Clone, Default)]
pub struct Divided {
    pub parts: BTreeMap<String, Quantity>,
    /// Whether these are all that the form names.
    pub all_told: bool,
    /// By how much the parts are more than the whole is by another account: any part may be so much less.
    pub less: u64,
    /// By how much the whole is more by another account than all parts are: any part may be so much more.
    pub more: u64,
}

/// Counts a figure of a form, as a whole or in the part that `over` asks for.
pub fn measure(name: &str, rule: &FigureRule, over: Over, subject: &Subject) -> Measured {
    let mut measuring = Measuring::new(name, subject);
    let mut total: Option<Measured> = None;
    for count in &rule.counts {
        let Some((quantity, of)) = measuring.place(count, over) else { continue };
        let accounts = std::mem::take(&mut measuring.accounts);
        total = Some(match total {
            None => Measured { quantity, of, accounts, lacking: BTreeSet::new() },
            // Of two places together neither's accounts are the whole.
            Some(before) => {
                if falls_apart(over, before.quantity, quantity) {
                    measuring.add(Lack::NotTogether { figure: name.to_owned(), over });
                }
                Measured { quantity: added(over, before.quantity, quantity), accounts: Vec::new(), ..before }
            }
        });
    }
    let mut measured = total.unwrap_or_else(|| {
        measuring.lacking.insert(Lack::NoPlaceFor { figure: name.to_owned() });
        Measured {
            quantity: Quantity::UNKNOWN,
            of: String::new(),
            accounts: Vec::new(),
            lacking: BTreeSet::new(),
        }
    });
    measured.lacking = measuring.lacking;
    measured
}

/// The same, told apart by the names on one axis.
pub fn divided(name: &str, rule: &FigureRule, axis: Axis, subject: &Subject) -> Divided {
    let mut measuring = Measuring::new(name, subject);
    let mut all = Divided { all_told: true, ..Divided::default() };
    let mut is_any = false;
    for count in &rule.counts {
        let Some(rows) = measuring.rows(count) else { continue };
        is_any = true;
        let whole = measuring.whole(count, &rows);
        measuring.beside_phases(count, &rows, whole);
        let one = measuring.on(count, &rows, axis);
        measuring.accounts.clear();
        all.all_told &= one.all_told;
        all.less = all.less.saturating_add(one.less);
        all.more = all.more.saturating_add(one.more);
        for (name, part) in one.parts {
            let known = all.parts.entry(name).or_insert(Quantity::NONE);
            *known = known.plus(part);
        }
    }
    all.all_told &= is_any;
    all
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

/// Whether the greatest of two numbers may be of different phases or names: what they come to together is not told.
pub fn falls_apart(over: Over, one: Quantity, two: Quantity) -> bool {
    over != Over::Whole && one.low > 0 && two.low > 0
}

pub(super) struct Measuring<'s, 'a> {
    pub(super) name: &'s str,
    pub(super) subject: &'s Subject<'a>,
    pub(super) lacking: BTreeSet<Lack>,
    pub(super) accounts: Vec<Account>,
}

impl<'s, 'a> Measuring<'s, 'a> {
    fn new(name: &'s str, subject: &'s Subject<'a>) -> Measuring<'s, 'a> {
        Measuring { name, subject, lacking: BTreeSet::new(), accounts: Vec::new() }
    }

    /// The entries of one place that are meant; `None` if the form has no such place.
    fn rows(&mut self, count: &Count) -> Option<Rows<'a>> {
        let found = self.subject.find(&count.list)?;
        let mut rows = Rows { rows: Vec::new(), all_there: true, at: count.list.to_string() };
        for found in found {
            rows.at = found.at.to_string();
            self.collect(count, found.value, &found.at, &mut rows);
        }
        Some(rows)
    }

    /// What one place comes to; `None` if the form has no such place.
    fn place(&mut self, count: &Count, over: Over) -> Option<(Quantity, String)> {
        let rows = self.rows(count)?;
        let whole = self.whole(count, &rows);
        let whole = self.beside_phases(count, &rows, whole);
        Some(match over {
            Over::Whole => (whole, String::new()),
            Over::AnyParty => self.greatest(count, &rows, Axis::Party, (over, whole)),
            Over::AnyTerritory => self.greatest(count, &rows, Axis::Territory, (over, whole)),
            Over::AnyKind => self.greatest(count, &rows, Axis::Kind, (over, whole)),
            Over::PeakOfPhases => self.peak(count, whole),
        })
    }

    pub(super) fn lacks(&mut self, lack: fn(String, String) -> Lack, at: &str) {
        self.add(lack(self.name.to_owned(), at.to_owned()));
    }

    pub(super) fn said(&mut self, at: &Path, instead: Instead) {
        self.add(Lack::Said { figure: self.name.to_owned(), at: at.to_string(), instead });
    }

    pub(super) fn add(&mut self, lack: Lack) {
        if self.lacking.len() < limits::LACKS_PER_FIGURE_MAX {
            self.lacking.insert(lack);
        }
    }

    /// All of it together.
    pub(super) fn whole(&mut self, count: &Count, rows: &Rows) -> Quantity {
        if rows.rows.is_empty() && (count.entries == Entries::Figures || !rows.all_there) {
            let is_told = |lack: &Lack| match lack {
                Lack::Said { at, .. } => *at == rows.at,
                Lack::Unclear { at, .. } => at.starts_with(rows.at.as_str()),
                _ => false,
            };
            if !self.lacking.iter().any(is_told) {
                self.lacks(|figure, at| Lack::NotDeclared { figure, at }, &rows.at);
            }
            return Quantity::UNKNOWN;
        }
        let all: Vec<&Row> = rows.rows.iter().collect();
        let whole = match &count.entries {
            Entries::Figures => {
                let whole = self.divided(count, &all, &Axis::ALL);
                let is_total = |row: &&Row| {
                    row.extent == Extent::All && Axis::ALL.into_iter().all(|axis| row.on(axis).is_empty())
                };
                // What is not there yet may be more of a part; of a total nothing more is to come.
                if rows.all_there || all.iter().any(is_total) { whole } else { whole.unbounded() }
            }
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
        // All together, and not a part of it.
        let is_whole = axes.len() == Axis::ALL.len();
        let stated = |row: &&Row| Account { by: By::Total, quantity: row.number };
        let mut told: Vec<Account> = totals.iter().map(stated).collect();
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
            let sum = if self.covers_all(count, *axis, &groups) { sum } else { sum.unbounded() };
            accounts.push(sum);
            told.push(Account { by: By::Parts(*axis), quantity: sum });
        }
        if is_whole {
            self.accounts = told;
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

    /// What each name on this axis comes to by these entries.
    pub(super) fn parts(&mut self, count: &Count, rows: &Rows, axis: Axis) -> BTreeMap<String, Quantity> {
        let all: Vec<&Row> = rows.rows.iter().collect();
        let rest: Vec<Axis> = Axis::ALL.into_iter().filter(|other| *other != axis).collect();
        let mut parts = BTreeMap::new();
        for (name, rows) in grouped(&all, axis) {
            let part = match &count.entries {
                Entries::Figures => self.divided(count, &rows, &rest),
                Entries::Things { .. } => rows.iter().fold(Quantity::NONE, |sum, row| sum.plus(row.number)),
            };
            parts.insert(name.to_owned(), part);
        }
        parts
    }

    /// The same, with its phases beside it. The accounts of the whole were taken before.
    fn on(&mut self, count: &Count, rows: &Rows, axis: Axis) -> Divided {
        let mut parts = self.parts(count, rows, axis);
        let all: Vec<&Row> = rows.rows.iter().collect();
        let groups = grouped(&all, axis);
        let all_told = match &count.entries {
            Entries::Figures => rows.all_there && !groups.is_empty() && self.covers_all(count, axis, &groups),
            Entries::Things { .. } => rows.all_there && rows.rows.iter().all(|row| !row.on(axis).is_empty()),
        };
        if all_told {
            self.parts_beside_phases(count, axis, &mut parts);
        }
        let (less, more) = apart(&self.accounts, axis);
        Divided { parts, all_told, less, more }
    }

    /// The greatest part, of those that are told apart on this axis.
    fn greatest(
        &mut self,
        count: &Count,
        rows: &Rows,
        axis: Axis,
        (over, whole): (Over, Quantity),
    ) -> (Quantity, String) {
        let divided = self.on(count, rows, axis);
        if !divided.all_told && !rows.rows.is_empty() {
            self.add(Lack::NotDivided { figure: self.name.to_owned(), over });
        }
        if !rows.rows.is_empty() {
            self.cells(count, rows, axis, &divided);
        }
        // Of accounts that agree a part has none of its own.
        if divided.less == 0 && divided.more == 0 {
            self.accounts.clear();
        }
        divided.greatest(whole)
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
            let following = self.subject.following;
            if following.said(&found.at).is_some() || following.behind(&found.at, items.len()).is_some() {
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

impl Divided {
    /// The greatest part, and whose that is for certain; no more than the whole.
    pub fn greatest(&self, whole: Quantity) -> (Quantity, String) {
        let mut greatest = Quantity::NONE;
        let mut of = "";
        for (name, part) in &self.parts {
            if part.low > greatest.low || of.is_empty() {
                of = name;
            }
            greatest = greatest.greater(*part);
        }
        // Another one may have more by one of the accounts of it.
        let of_greatest = self.parts.get(of).map_or(0, |part| part.low);
        let may_be_it = |(name, part): &(&String, &Quantity)| {
            name.as_str() != of && part.high.is_some_and(|high| high > of_greatest)
        };
        let others = self.parts.iter().filter(may_be_it).map(|(name, _)| name.as_str());
        let of = std::iter::once(of).chain(others).collect::<Vec<_>>().join(" or ");
        let high = greatest.high.filter(|_| self.all_told).map(|high| high.saturating_add(self.more));
        let greatest = Quantity { low: greatest.low.saturating_sub(self.less), high };
        (greatest.within(whole.high), of)
    }
}

/// By how much the parts on an axis are more, and less, than the whole is by its other accounts.
fn apart(accounts: &[Account], axis: Axis) -> (u64, u64) {
    let (own, others): (Vec<&Account>, Vec<&Account>) =
        accounts.iter().partition(|account| account.by == By::Parts(axis));
    let Some(sum) = own.first().map(|account| account.quantity) else { return (0, 0) };
    let others = || others.iter().map(|account| account.quantity);
    let least = others().filter(|one| one.high.is_some()).map(|one| one.low).min();
    let most = others().map(|one| one.high.unwrap_or(one.low)).max().unwrap_or(0);
    let less = least.map_or(0, |least| sum.low.saturating_sub(least));
    (less, sum.high.map_or(0, |high| most.saturating_sub(high)))
}

pub(super) fn grouped<'r, 'v>(rows: &[&'r Row<'v>], axis: Axis) -> BTreeMap<&'r str, Vec<&'r Row<'v>>> {
    let mut groups: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.on(axis).is_empty()) {
        groups.entry(row.on(axis)).or_default().push(row);
    }
    groups
}
