//! Meetings about an activity: asked for, convened, held or not, reported on.
//!
//! Never here: an absence or an empty outcome that nobody stated. Both are said, and so is who was there.

use crate::domain::form::area::Place;
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Entry as _, Path, Rules};
use crate::domain::form::when::{When, check_order};
use crate::domain::form::{Fault, MessageReference};
use crate::domain::time::Instant;

choice! {
    /// Who meets.
    pub enum MeetingScope {
        Bilateral = 1, "bilateral";
        AllParties = 2, "all Parties";
    }
}

form! {
    /// That a meeting is asked for.
    pub struct MeetingRequest {
        request: MessageReference, Always, "Follows", "the request for explanation that it follows";
        scope: Option<MeetingScope>, Always, "Scope", "\"bilateral\": with one Party; \"all Parties\": of all";
        with: String, IfAny, "With", "with whom, if it is bilateral";
        grounds: Prose, IfAny, "Grounds", "why you ask for it";
        hold_by: When, IfAny, "Asked by", "by when you ask that it be held, with the zone; no rule follows from it";
        place: Place, IfAny, "Place", "where you would have it held";
        invited: Vec<String>, IfAny, "Invited", "others whom you would have there";
        in_place_of: MessageReference, IfAny, "In place of", "your own message whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That a meeting will be held, where and when.
    pub struct Convening {
        meeting_request: MessageReference, Always, "Convenes on", "the message that asks for the meeting";
        scope: Option<MeetingScope>, Always, "Scope", "\"bilateral\": of two Parties; \"all Parties\": of all";
        convened_as: String, IfAny, "Convened as", "the function by which you convene it, in words";
        start: When, Always, "Start", "when it begins, with the zone";
        place: Place, Always, "Place", "where it is held";
        invited: Vec<String>, IfAny, "Invited", "who is invited, where more are meant than the addressees";
        agenda: Prose, IfAny, "Agenda", "what it is to deal with";
        in_place_of: MessageReference, IfAny, "In place of", "your own message whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

choice! {
    /// Whether a meeting took place.
    pub enum MeetingHeld {
        Held = 1, "held";
        NotHeld = 2, "not held";
    }
}

choice! {
    /// Whether anything came of it.
    pub enum MeetingOutcome {
        Something = 1, "something";
        Nothing = 2, "nothing";
    }
}

form! {
    /// The record of a meeting, by its author's account.
    pub struct Meeting {
        meeting: MessageReference, Always, "Meeting", "the message that convened it, or the one that asked for it";
        held: Option<MeetingHeld>, Always, "Held", "\"held\" or \"not held\"";
        start: When, IfAny, "Start", "when it began, with the zone";
        end: When, IfAny, "End", "when it ended, with the zone";
        place: Place, IfAny, "Place", "where it was held";
        attended: Vec<String>, IfAny, "Attended", "the Parties that were there";
        absent: Vec<String>, IfAny, "Absent", "the Parties that were invited or awaited, and were not there";
        outcome: Option<MeetingOutcome>, Always, "Outcome", "\"something\" or \"nothing\" came of it";
        came_of_it: Prose, IfAny, "What came of it", "what was explained, agreed or refused, by your account";
        in_place_of: MessageReference, IfAny, "In place of", "your own record whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// The report of a meeting.
    pub struct MeetingReport {
        meeting: MessageReference, Always, "Meeting", "the record of the meeting, the message that convened it, or the one that asked for it";
        report: Prose, Always, "Report", "what was said at it, and by whom";
        recommendations: Prose, IfAny, "Recommendations", "measures that the meeting recommends";
        with: Vec<String>, IfAny, "Together with", "in whose names it is given beside your own, as you say";
        in_place_of: MessageReference, IfAny, "In place of", "your own report whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for MeetingRequest {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        match (self.scope, self.with.is_absent()) {
            (Some(MeetingScope::Bilateral), true) => faults.missing(&[at.field("with")]),
            (Some(MeetingScope::AllParties), false) => {
                faults.add(&at.field("with"), "names one Party, beside a meeting of all");
            }
            (_, _) => {}
        }
    }
}

impl Rules for Convening {}

impl Rules for Meeting {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_order(&self.start, &self.end, &at.field("end"), faults);
        for (index, party) in self.absent.iter().enumerate() {
            if self.attended.contains(party) {
                faults.add(&at.field("absent").item(index), "is among those that attended as well");
            }
        }
        if self.held == Some(MeetingHeld::Held) && self.attended.is_absent() {
            faults.missing(&[at.field("attended")]);
        }
        if self.held == Some(MeetingHeld::NotHeld) && !self.attended.is_absent() {
            faults.add(&at.field("attended"), "names who attended, beside the word that it was not held");
        }
        if self.outcome == Some(MeetingOutcome::Something) && self.came_of_it.is_absent() {
            faults.missing(&[at.field("came_of_it")]);
        }
    }
}

impl Meeting {
    /// Dates of a meeting that it reports as held, and that come after the instant of its release, whatever the zones'
    /// rules are: so both ends find the same.
    pub fn ahead(&self, released_at: Instant) -> Vec<Fault> {
        if self.held != Some(MeetingHeld::Held) {
            return Vec::new();
        }
        let released = When::at(released_at);
        let dates = [("start", &self.start), ("end", &self.end)];
        let ahead = dates.into_iter().filter(|(_, date)| released.is_certainly_before(date));
        let fault = |(field, _): (&str, &When)| Fault {
            field: field.into(),
            rule: "is after the release of the message, which reports the meeting as held".into(),
        };
        ahead.map(fault).collect()
    }
}

impl Rules for MeetingReport {}
