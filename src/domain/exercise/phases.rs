//! When: the phases of an exercise, each with its own area and dates.
//!
//! Never here: which phases there must be.

use crate::domain::form::area::Area;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::figures::{Figure, check_sums};
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Path, Rules};
use crate::domain::form::when::{When, check_order};

form! {
    /// One phase.
    pub struct Phase {
        name: String, IfAny, "Name", "what the phase is called";
        kind: String, IfAny, "Type", "transfer, deployment, concentration, active, recovery …";
        start: When, Always, "Start", "its first day or hour, with the zone";
        end: When, Always, "End", "its last day or hour, with the zone";
        areas: Vec<Area>, IfAny, "Area", "where it takes place, if not in all of the area of the exercise";
        tactical_purpose: Prose, Always, "Tactical purpose", "what it is to train";
        description: Prose, IfAny, "Description", "a short description";
        figures: Vec<Figure>, IfAny, "Figure", "what takes part in this phase: one entry for each number, so that the most at one time can be told";
    }
}

impl Rules for Phase {
    fn key(&self) -> String {
        if self.name.is_empty() { self.kind.clone() } else { self.name.clone() }
    }

    fn rules(&self, at: &Path, faults: &mut Faults) {
        if self.name.is_empty() && self.kind.is_empty() {
            faults.missing(&[at.field("name"), at.field("type")]);
        }
        check_order(&self.start, &self.end, &at.field("end"), faults);
        check_sums(&self.figures, &at.field("figures"), faults);
    }
}

/// Marks phases that reach outside the exercise.
pub(super) fn check_within(phases: &[Phase], start: &When, end: &When, at: &Path, faults: &mut Faults) {
    for (index, phase) in phases.iter().enumerate() {
        let at = at.item(index);
        if phase.start.is_certainly_before(start) || end.is_certainly_before(&phase.start) {
            faults.add(&at.field("start"), "the phase starts outside the dates of the exercise");
        }
        if end.is_certainly_before(&phase.end) || phase.end.is_certainly_before(start) {
            faults.add(&at.field("end"), "the phase ends outside the dates of the exercise");
        }
    }
}

/// Marks figures of a phase that are more than the total: what takes part in one phase takes part. Phases need not come
/// to the total, nor together to no more.
pub(super) fn check_figures(phases: &[Phase], forces: &[&[Figure]], at: &Path, faults: &mut Faults) {
    for (index, phase) in phases.iter().enumerate() {
        let at = at.item(index).field("figures");
        for (nth, figure) in phase.figures.iter().enumerate() {
            if let Some((number, total)) = figure.number.zip(total(figure, forces))
                && number > total
            {
                let whole =
                    [&figure.party, &figure.territory, &figure.kind].into_iter().all(String::is_empty);
                let of = if whole { "the whole" } else { "the same outside the phases" };
                let rule = format!("is more than the total of {total} that is stated of {of}");
                faults.add(&at.item(nth).field("number"), rule);
            }
        }
    }
}

/// What the same is of all forces that count it; `None` where one of them does not say.
fn total(figure: &Figure, forces: &[&[Figure]]) -> Option<u64> {
    let counting = forces.iter().filter(|figures| figures.iter().any(|one| one.what == figure.what));
    let same = |figures: &&[Figure]| {
        figures.iter().filter(|one| one.key() == figure.key()).filter_map(|one| one.number).max()
    };
    let totals: Vec<u64> = counting.map(same).collect::<Option<_>>()?;
    (!totals.is_empty()).then(|| totals.into_iter().fold(0, u64::saturating_add))
}
