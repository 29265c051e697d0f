//! The yearly calendar: one document of entries, or the word that there is nothing to report.
//!
//! Never here: when it is due.

use crate::domain::form::ActivityReference;
use crate::domain::form::area::Area;
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::figures::{Figure, Formation, check_named, check_sums};
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Path, Rules};
use crate::domain::form::when::{When, check_order};
use crate::limits;

choice! {
    /// What a calendar says: a nil return is said, never inferred from an empty list.
    pub enum CalendarReturn {
        Entries = 1, "entries";
        Nil = 2, "nil";
    }
}

form! {
    /// The calendar for one year.
    pub struct Calendar {
        year: Option<u64>, Always, "Year", "the calendar year that it is about";
        holds: Option<CalendarReturn>, Always, "Return", "\"entries\", or \"nil\" if there is nothing to report";
        entries: Vec<CalendarEntry>, IfAny, "Entry", "one for each planned activity";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"entries[1].figures\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// One planned activity.
    pub struct CalendarEntry {
        number: Option<u64>, Always, "Number", "the entry's number in this document";
        kind: String, Always, "Type", "the type of activity";
        designation: String, Always, "Designation", "its name";
        characteristics_and_purpose: Prose, Always, "General characteristics and purpose", "what it is, and what for";
        participating_parties: Vec<String>, Always, "Participating Parties", "whose forces take part";
        areas: Vec<Area>, Always, "Area", "by features, by coordinates, or both";
        planned_duration_days: Option<u64>, Always, "Planned duration (days)", "how many days it lasts";
        start: When, IfAny, "Start", "its first day, with the zone";
        end: When, IfAny, "End", "its last day, with the zone";
        period: String, IfAny, "Period", "the period within which it starts, where no dates can be given";
        figures: Vec<Figure>, Always, "Figure", "troops in all and by Party: one entry for each number";
        types_of_forces: Vec<String>, Always, "Types of forces", "such as ground, air, naval, airborne";
        level_of_command: String, Always, "Level of command", "the level that commands it";
        direct_operational_command: String, IfAny, "Direct operational command", "the command that leads the forces directly";
        formations: Vec<Formation>, IfAny, "Formation", "number and type of divisions or other formations";
        references: Vec<ActivityReference>, IfAny, "Reference", "entries of other calendars and messages that it belongs with";
        remarks: Prose, IfAny, "Remarks", "anything else";
    }
}

impl Rules for Calendar {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        match self.holds {
            Some(CalendarReturn::Nil) if !self.entries.is_empty() => {
                faults.add(&at.field("holds"), "says that there is nothing to report, beside entries");
            }
            Some(CalendarReturn::Entries) if self.entries.is_empty() => {
                faults.missing(&[at.field("entries")])
            }
            Some(CalendarReturn::Nil | CalendarReturn::Entries | CalendarReturn::Other(_)) | None => {}
        }
        let Some(year) = self.year else { return };
        if !limits::CALENDAR_YEARS.contains(&year) {
            faults.add(&at.field("year"), "is not a calendar year in four digits");
            return;
        }
        let (first, last) =
            (When::new(&format!("{year:04}-01-01"), ""), When::new(&format!("{year:04}-12-31"), ""));
        for (index, entry) in self.entries.iter().enumerate() {
            // By the wall's own calendar: the entry's zone is the year's zone.
            let start = When::new(&entry.start.civil, "");
            if start.is_certainly_before(&first) || last.is_certainly_before(&start) {
                let start = at.field("entries").item(index).field("start");
                faults.add(&start, "the entry starts in another year than the calendar is about");
            }
        }
    }
}

impl Rules for CalendarEntry {
    fn key(&self) -> String {
        match self.number {
            Some(number) => number.to_string(),
            None => self.designation.clone(),
        }
    }

    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_order(&self.start, &self.end, &at.field("end"), faults);
        check_sums(&self.figures, &at.field("figures"), faults);
        check_named(&self.figures, &self.participating_parties, &[], &at.field("figures"), faults);
        if self.start == When::default() && self.period.is_empty() {
            faults.missing(&[at.field("start"), at.field("period")]);
        }
        if self.planned_duration_days == Some(0) {
            faults.add(&at.field("planned_duration_days"), "an activity lasts at least one day");
        }
    }
}
