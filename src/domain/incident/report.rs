//! The first report of an incident, and each later one in its place.
//!
//! Never here: more that must be stated than what, when and where. A thin report goes out at once.

use crate::domain::form::MessageReference;
use crate::domain::form::area::{Area, Place};
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::figures::{Figure, Formation, check_sums};
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Path, Rules};
use crate::domain::form::when::{When, check_order};

choice! {
    /// By what it speaks: its own word, that nobody else confirms.
    pub enum SpeaksAs {
        Affected = 1, "affected";
        ForcesInvolved = 2, "forces involved";
        Witness = 3, "witness";
    }
}

form! {
    /// What happened, by its author's account.
    pub struct Report {
        what: Prose, Always, "What", "what happened, in your own words";
        when: When, Always, "When", "the day or the minute at which it happened or began, with the zone";
        place: Place, Always, "Where", "where it happened";
        designation: String, IfAny, "Designation", "what the incident is to be called, in a few words";
        speaks_as: Option<SpeaksAs>, IfAny, "Speaks as", "\"affected\": it happened to you; \"forces involved\": your forces did it; \"witness\": you saw it";
        until: When, IfAny, "Until", "when it was over; where it goes on, \"until\" among what is not known";
        areas: Vec<Area>, IfAny, "Area", "the area that it concerns, or that is to be kept clear";
        forces: Vec<Formation>, IfAny, "Forces", "forces, ships or aircraft that took part";
        figures: Vec<Figure>, IfAny, "Figure", "persons hurt or missing, weapons, vehicles: one entry for each number";
        harm: Prose, IfAny, "Harm", "to persons, property and environment";
        cause: Prose, IfAny, "Cause", "why it happened";
        measures: Prose, IfAny, "Measures", "what you have done about it";
        danger: Prose, IfAny, "Danger", "the danger that remains, and to whom";
        help: Prose, IfAny, "Help", "what help you ask for or offer";
        source: String, IfAny, "Source", "how you know: radar, wreckage, a crew, the press";
        contact: String, IfAny, "Contact", "the desk that answers questions, and its telephone; never a person's own";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// The whole report as it now stands, and which one's place it takes.
    pub struct Update {
        updates: MessageReference, Always, "Takes the place of", "your own report or update whose place it takes";
        why: Prose, IfAny, "Why", "what is new, or what was wrong before";
        report: Report, Always, "Report", "the whole report as it now stands";
        remarks: Prose, IfAny, "Remarks", "anything else about the update itself";
        to_follow: Vec<String>, IfAny, "To follow", "paths of the update's own fields that will follow; those of the report stand in the report";
        not_known: Vec<String>, IfAny, "Not known", "paths of the update's own fields that are not known to you";
    }
}

impl Rules for Report {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_order(&self.when, &self.until, &at.field("until"), faults);
        check_sums(&self.figures, &at.field("figures"), faults);
    }
}

impl Rules for Update {}
