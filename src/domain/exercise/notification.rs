//! The full form of a notification: A general, B forces, C area and time, D other.
//!
//! Never here: what a regime asks for. "Asked" means that the form has the field; whether a Party owes
//! it is for the regime that it adopted.

use super::phases::{Phase, check_figures, check_within};
use crate::domain::form::ActivityReference;
use crate::domain::form::area::{Area, Place};
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::figures::{Figure, Formation, check_named, check_sums};
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Entry as _, Path, Rules};
use crate::domain::form::when::{When, check_order};

choice! {
    /// Whether a Party says that it owes what it sends.
    pub enum Basis {
        /// Of its own will, below the duty or beside it.
        Voluntary = 1, "voluntary";
        /// As a duty that it says it has.
        Owed = 2, "owed";
    }
}

choice! {
    /// Whether the troops themselves are told beforehand.
    pub enum Notice {
        InAdvance = 1, "in advance";
        /// An alert: the troops learn of it when it begins.
        Short = 2, "short";
    }
}

form! {
    /// The full form.
    pub struct Notification {
        designation: String, Always, "Designation", "group A: the name of the exercise";
        general_purpose: Prose, Always, "General purpose", "group A: what it is for";
        notifying_parties: Vec<String>, Always, "Notifying Parties", "group A: in whose name the notice is given";
        territorial_parties: Vec<String>, Always, "Territorial Parties", "group A: on whose territory it takes place, as you state it";
        commanding_parties: Vec<String>, IfAny, "Commanding Parties", "group A: who commands it";
        participating_parties: Vec<String>, Always, "Participating Parties", "group A: whose forces take part";
        level_of_command_organising: String, Always, "Level of command organising", "group A: such as a ministry, a general staff, a district";
        level_of_command_commanding: String, Always, "Level of command commanding", "group A: the level that commands it";
        start: When, Always, "Start", "group A: its first day or hour, with the zone";
        end: When, Always, "End", "group A: its last day or hour, with the zone";
        basis: Option<Basis>, IfAny, "Basis", "group A: whether you owe this notice or give it of your own will";
        notice: Option<Notice>, IfAny, "Notice to the troops", "group A: whether the troops are told in advance, or alerted at short notice";
        land: LandActivity, IfAny, "Land exercise", "group B1: land forces, with their air and naval parts";
        landing: Landing, IfAny, "Landing", "group B2: from the sea, by helicopter or by parachute";
        transfer: Transfer, IfAny, "Transfer", "group B3: transfer of forces and their concentration";
        areas: Vec<Area>, Always, "Area", "group C: the area, by features, by coordinates, or both; as many as there are";
        phases: Vec<Phase>, Always, "Phase", "group C: each phase with its dates, purpose and area";
        changes_against_calendar: Prose, Always, "Changes against the calendar", "group D: what is different from the yearly calendar, and why";
        relation_to_other_activities: Prose, IfAny, "Relation to other activities", "group D: how it belongs with other notifiable activities";
        references: Vec<ActivityReference>, IfAny, "Reference", "group D: calendar entries and notifications that it belongs with";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"land.formations\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// Group B1.
    pub struct LandActivity {
        figures: Vec<Figure>, Always, "Figure", "troops, tanks, other vehicles, artillery, helicopters, sorties: one entry for each number";
        formations: Vec<Formation>, Always, "Formation", "formations and units of each Party, down to the level that you state";
        purpose_of_air_missions: Prose, IfAny, "Purpose of air missions", "what aircraft are used for";
        categories_of_aircraft: Vec<String>, IfAny, "Categories of aircraft", "such as fighter, ground attack, transport";
        level_of_command_air: String, IfAny, "Level of command, air", "the level that commands the air part";
        naval_gunfire: Prose, IfAny, "Naval gunfire", "ship-to-shore gunfire: whether, by what, with what aim";
        other_ship_support: Prose, IfAny, "Other ship support", "any other ship-to-shore support";
        level_of_command_naval: String, IfAny, "Level of command, naval", "the level that commands the naval part";
    }
}

form! {
    /// Group B2.
    pub struct Landing {
        figures: Vec<Figure>, Always, "Figure", "troops by kind of landing: one entry for each number";
        formations: Vec<Formation>, IfAny, "Formation", "formations and units that land";
        points_of_embarkation: Vec<Place>, IfAny, "Point of embarkation", "where they embark";
    }
}

form! {
    /// Group B3.
    pub struct Transfer {
        figures: Vec<Figure>, Always, "Figure", "troops, tanks, other vehicles, artillery: one entry for each number";
        formations: Vec<Formation>, Always, "Formation", "number and type of formations that are moved";
        arrival_points: Vec<Place>, Always, "Point of arrival", "where they arrive";
        concentration_points: Vec<Place>, IfAny, "Point of concentration", "where they are concentrated";
    }
}

impl Rules for Notification {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_order(&self.start, &self.end, &at.field("end"), faults);
        check_within(&self.phases, &self.start, &self.end, &at.field("phases"), faults);
        let forces = [
            ("land", &self.land.figures),
            ("landing", &self.landing.figures),
            ("transfer", &self.transfer.figures),
        ];
        for (group, figures) in &forces {
            let at = at.field(group).field("figures");
            check_named(figures, &self.participating_parties, &self.territorial_parties, &at, faults);
        }
        let forces = forces.map(|(_, figures)| figures.as_slice());
        check_figures(&self.phases, &forces, &at.field("phases"), faults);
        // A group with anything in it asks for its own figures.
        if self.land.is_absent() && self.landing.is_absent() && self.transfer.is_absent() {
            faults.missing(&["land", "landing", "transfer"].map(|group| at.field(group).field("figures")));
        }
    }
}

impl Rules for LandActivity {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_sums(&self.figures, &at.field("figures"), faults);
    }
}

impl Rules for Landing {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_sums(&self.figures, &at.field("figures"), faults);
    }
}

impl Rules for Transfer {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_sums(&self.figures, &at.field("figures"), faults);
    }
}
