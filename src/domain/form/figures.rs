//! How many of what: figures by Party, by territory and by kind, and the formations.
//!
//! Never here: a threshold, or a category that a treaty lays down. What is counted is free text; the
//! well-known names below are offered to whoever fills in a form, and bind nobody.

use super::choice::choice;
use super::declare::form;
use super::faults::Faults;
use super::outline::{Path, Rules};
use super::when::When;

/// What forms usually count, each with how it is divided into kinds. Data for templates.
pub const WELL_KNOWN: &[(&str, &str)] = &[
    ("troops", "ground, amphibious, airmobile, airborne"),
    ("battle tanks", "types"),
    ("armoured combat vehicles", "types"),
    ("anti-tank guided missile launchers on armoured vehicles", "types"),
    ("artillery, mortars and multiple rocket launchers", "calibres"),
    ("helicopters", "attack, combat support, transport"),
    ("planned sorties", "types of aircraft, helicopters not counted"),
];

form! {
    /// One number, and what it counts. A blank field means "all": the total has only `what`.
    pub struct Figure {
        what: String, Always, "What", "what is counted, such as \"troops\" or \"battle tanks\"";
        kind: String, IfAny, "Kind", "of what kind, type or calibre; blank for all kinds together";
        party: String, IfAny, "Party", "whose; blank for all Parties together";
        territory: String, IfAny, "Territory", "on whose territory; blank for all together";
        number: Option<u64>, Always, "Number", "how many; 0 says that there are none";
    }
}

form! {
    /// A formation or unit, or several of one type.
    pub struct Formation {
        party: String, IfAny, "Party", "whose";
        designation: String, IfAny, "Designation", "its name or number, where a single one is meant";
        subordination: String, IfAny, "Subordination", "the formation or command that it belongs to";
        kind: String, IfAny, "Type", "division, brigade, regiment …, and of what arm";
        number: Option<u64>, IfAny, "Number", "how many of this type";
        remarks: super::Prose, IfAny, "Remarks", "anything else";
    }
}

choice! {
    /// How figures are known. Those that are known in different ways are never put together.
    pub enum FigureBasis {
        /// Told by whoever carries the activity out.
        Declared = 1, "declared";
        /// Counted by whoever saw it.
        Observed = 2, "observed";
        /// Worked out or supposed.
        Estimated = 3, "estimated";
    }
}

form! {
    /// Figures of one source.
    pub struct FigureAccount {
        basis: Option<FigureBasis>, Always, "Basis", "\"declared\": told by whoever carries it out; \"observed\": counted by whoever saw it; \"estimated\": worked out or supposed";
        source: String, Always, "Source", "who says so or counted, and where";
        as_of: When, IfAny, "As of", "the day or hour that they are of, with the zone";
        figures: Vec<Figure>, Always, "Figure", "one entry for each number";
    }
}

impl Rules for FigureAccount {
    fn key(&self) -> String {
        let basis = self.basis.map_or_else(String::new, |basis| basis.to_string());
        let as_of = self.as_of.to_string();
        let parts = [basis, self.source.clone(), as_of];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_sums(&self.figures, &at.field("figures"), faults);
    }
}

impl Rules for Figure {
    fn key(&self) -> String {
        let mut key = self.what.clone();
        for (word, text) in [("kind", &self.kind), ("Party", &self.party), ("territory", &self.territory)] {
            if !text.is_empty() {
                key.push_str("; ");
                key.push_str(word);
                key.push(' ');
                key.push_str(text);
            }
        }
        key
    }

    fn line(&self) -> Option<String> {
        // Text that looks like more than one field is shown field by field.
        let is_plain = |text: &String| !text.contains([';', ':']);
        let plain = [&self.what, &self.kind, &self.party, &self.territory].into_iter().all(is_plain);
        let number = self.number.filter(|_| plain && !self.what.is_empty())?;
        Some(format!("{}: {number}", self.key()))
    }
}

impl Rules for Formation {
    fn key(&self) -> String {
        let of = if self.party.is_empty() { "" } else { " of " };
        let under = if self.subordination.is_empty() { "" } else { " under " };
        match (self.designation.is_empty(), self.kind.is_empty()) {
            (true, true) => String::new(),
            // Without a name of its own it is known by where it belongs.
            (true, false) => format!("{}{of}{}{under}{}", self.kind, self.party, self.subordination),
            (false, _) => format!("{}{of}{}", self.designation, self.party),
        }
    }

    fn rules(&self, at: &Path, faults: &mut Faults) {
        if self.designation.is_empty() && self.kind.is_empty() {
            faults.missing(&[at.field("designation"), at.field("type")]);
        }
    }
}

/// The three ways in which a figure can be divided.
#[derive(Clone, Copy, PartialEq)]
enum Division {
    Kind,
    Party,
    Territory,
}

impl Division {
    const ALL: [Division; 3] = [Division::Kind, Division::Party, Division::Territory];

    fn of(self, figure: &Figure) -> &str {
        match self {
            Division::Kind => &figure.kind,
            Division::Party => &figure.party,
            Division::Territory => &figure.territory,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Division::Kind => "by kind",
            Division::Party => "by Party",
            Division::Territory => "by territory",
        }
    }
}

/// Marks totals that differ from the sum of their parts. More than the total is always marked. Less is
/// marked where there are two parts or more, which look like the whole division: a single one beside a
/// total is an "of whom".
pub(in crate::domain) fn check_sums(figures: &[Figure], at: &Path, faults: &mut Faults) {
    for (index, total) in figures.iter().enumerate() {
        let Some(stated) = total.number else { continue };
        for division in Division::ALL {
            if !division.of(total).is_empty() {
                continue;
            }
            let parts: Vec<&Figure> =
                figures.iter().filter(|figure| is_part(figure, total, division)).collect();
            let sum = parts.iter().filter_map(|part| part.number).fold(0, u64::saturating_add);
            let all_stated = parts.iter().all(|part| part.number.is_some());
            if sum > stated || sum < stated && parts.len() > 1 && all_stated {
                faults.add(
                    &at.item(index).field("number"),
                    format!("the figures {} add up to {sum}, not to the total of {stated}", division.words()),
                );
            }
        }
    }
}

/// Marks figures whose Party or territory is not among those that the form names. A form that names none
/// is not held to any.
pub(in crate::domain) fn check_named(
    figures: &[Figure],
    participating: &[String],
    territorial: &[String],
    at: &Path,
    faults: &mut Faults,
) {
    let is_strange =
        |name: &String, named: &[String]| !name.is_empty() && !named.is_empty() && !named.contains(name);
    for (index, figure) in figures.iter().enumerate() {
        let at = at.item(index);
        if is_strange(&figure.party, participating) {
            faults.add(&at.field("party"), "is not among the participating Parties, by that name");
        }
        if is_strange(&figure.territory, territorial) {
            faults.add(&at.field("territory"), "is not among the territorial Parties, by that name");
        }
    }
}

/// Whether `part` is what `total` is, except that it is divided in this one way.
fn is_part(part: &Figure, total: &Figure, division: Division) -> bool {
    let same_elsewhere = |other: Division| other == division || other.of(part) == other.of(total);
    !division.of(part).is_empty() && part.what == total.what && Division::ALL.into_iter().all(same_elsewhere)
}
