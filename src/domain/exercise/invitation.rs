//! An invitation to observe an exercise, with its programme.
//!
//! Never here: whether the host owes one; that it says itself. Observers' names travel as parts of the
//! message, which can be erased; they never stand in the content.

use super::notification::Basis;
use crate::domain::form::ActivityReference;
use crate::domain::form::area::Place;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Path, Rules};
use crate::domain::form::when::{When, check_order};

form! {
    /// The invitation.
    pub struct Invitation {
        designation: String, Always, "Designation", "what is to be observed";
        references: Vec<ActivityReference>, IfAny, "Reference", "its notification or calendar entry";
        basis: Option<Basis>, Always, "Basis", "whether you owe this invitation or give it of your own will";
        invited: Vec<String>, IfAny, "Invited", "who is invited, in words, where more are meant than the addressees";
        answer_by: When, Always, "Answer asked by", "the day by which you ask for an answer, with the zone";
        answer_to: String, IfAny, "Answer to", "where the answer goes";
        observers_per_party: Option<u64>, Always, "Observers for each Party", "how many each may send";
        exercise_start: When, Always, "Exercise starts", "the first day of the exercise itself";
        exercise_end: When, Always, "Exercise ends", "the last day of the exercise itself";
        assembly_time: When, Always, "Assembly, time", "when observers assemble";
        assembly_place: Place, Always, "Assembly, place", "where observers assemble";
        programme_start: When, IfAny, "Programme starts", "the first day of the programme";
        programme_end: When, IfAny, "Programme ends", "the last day of the programme";
        planned_duration: String, Always, "Planned duration", "how long the programme takes, in words";
        languages: Vec<String>, Always, "Languages", "into which it is interpreted";
        board_and_lodging: Prose, Always, "Board and lodging", "what the host provides";
        transport: Prose, Always, "Transport", "how observers are brought there and back";
        equipment_issued: Prose, IfAny, "Equipment issued", "observation equipment that the host gives out";
        own_equipment: Prose, Always, "Own equipment", "what observers may bring and use";
        special_clothing: Prose, IfAny, "Special clothing", "what they need to wear";
        map: Prose, IfAny, "Map", "the map that they are given";
        briefings: Prose, IfAny, "Briefings", "when they are briefed, and on what";
        observation_plan: Prose, Always, "Observation plan", "what they see directly, when and where";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"observation_plan\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for Invitation {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_order(&self.exercise_start, &self.exercise_end, &at.field("exercise_end"), faults);
        check_order(&self.programme_start, &self.programme_end, &at.field("programme_end"), faults);
        if self.exercise_start.is_certainly_before(&self.answer_by) {
            faults.add(&at.field("answer_by"), "the answer is asked after the exercise has started");
        }
        if self.assembly_time.is_certainly_before(&self.answer_by) {
            faults.add(&at.field("answer_by"), "the answer is asked after the observers assemble");
        }
    }
}
