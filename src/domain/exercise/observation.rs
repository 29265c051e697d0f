//! The answer to an invitation to observe, and what observers saw.
//!
//! Never here: a person's name. Names and ranks travel as a part of the message, which can be erased. Nor a count
//! of ours: what was declared, observed and estimated stands apart, each with its source.

use crate::domain::form::area::Place;
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Path, Rules};
use crate::domain::form::when::{When, check_order};
use crate::domain::form::{FigureAccount, MessageReference};

choice! {
    /// Whether observers come. That none do is said, and never read from silence.
    pub enum ObserversReply {
        Observers = 1, "observers";
        NoObservers = 2, "no observers";
    }
}

form! {
    /// The answer to an invitation.
    pub struct Observers {
        invitation: MessageReference, Always, "Answers", "the invitation";
        reply: Option<ObserversReply>, Always, "Reply", "\"observers\": you send some; \"no observers\": you send none";
        observers: Option<u64>, IfAny, "Observers", "how many; their names and ranks stand in an attachment about persons, never here";
        languages: Vec<String>, IfAny, "Languages", "the languages that they speak";
        arrival: When, IfAny, "Arrival", "when they arrive, with the zone";
        arrangements: Prose, IfAny, "Arrangements", "by what means they come, and what they bring";
        contact: String, IfAny, "Contact", "the desk that answers questions, and its telephone; never a person's own";
        in_place_of: MessageReference, IfAny, "In place of", "your own answer whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"observers\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// What observers saw, by the account of the Party that sent them.
    pub struct ObserverReport {
        exercise: MessageReference, Always, "Exercise", "the invitation, or the notification";
        observed_from: When, Always, "Observed from", "the first day or hour of observation, with the zone";
        observed_until: When, Always, "Observed until", "the last day or hour of observation, with the zone";
        observers: Option<u64>, IfAny, "Observers", "how many of yours took part";
        places: Vec<Place>, IfAny, "Place", "where they observed";
        observed: Prose, Always, "Observed", "what they saw";
        figure_accounts: Vec<FigureAccount>, IfAny, "Figures", "what was declared to them, what they counted, what they estimate: one entry for each source";
        not_shown: Prose, IfAny, "Not shown", "what the programme said and they were not shown";
        differences: Prose, IfAny, "Differences", "what was different from what had been notified";
        in_place_of: MessageReference, IfAny, "In place of", "your own report whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"figure_accounts\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for Observers {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        match (self.reply, self.observers) {
            (Some(ObserversReply::Observers), None) => faults.missing(&[at.field("observers")]),
            (Some(ObserversReply::Observers), Some(0)) => {
                faults.add(&at.field("observers"), "says that none come: then the reply is \"no observers\"");
            }
            (Some(ObserversReply::NoObservers), Some(1..)) => {
                faults.add(&at.field("observers"), "says how many come, beside \"no observers\"");
            }
            (_, _) => {}
        }
    }
}

impl Rules for ObserverReport {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_order(&self.observed_from, &self.observed_until, &at.field("observed_until"), faults);
    }
}
