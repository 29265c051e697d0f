//! What is said once a notification stands: amendment, conclusion, later statement, cancellation, and
//! that two threads are about the same activity.
//!
//! Never here: a choice which account is right. Each stands beside the others with its source.

use super::notification::Notification;
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::figures::{Figure, check_sums};
use crate::domain::form::leaf::{OtherThread, Prose};
use crate::domain::form::outline::{Path, Rules};
use crate::domain::form::when::{When, check_order};
use crate::domain::form::{ActivityReference, FigureBasis, MessageReference};

form! {
    /// The whole form as it now stands, what it amends and why.
    pub struct Amendment {
        amends: MessageReference, Always, "Amends", "the notification or amendment whose place it takes";
        why: Prose, Always, "Reason", "why it is amended";
        notification: Notification, Always, "Form", "the whole form as it now stands";
        remarks: Prose, IfAny, "Remarks", "anything else about the amendment itself";
        to_follow: Vec<String>, IfAny, "To follow", "paths of the amendment's own fields that will follow; those of the form stand in the form";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That the exercise is over.
    pub struct Conclusion {
        exercise: MessageReference, Always, "Exercise", "the notification that it concludes";
        actual_start: When, Always, "Actual start", "when it really began";
        actual_end: When, Always, "Actual end", "when it really ended";
        figures: Vec<Figure>, IfAny, "Figure", "what really took part, by your account: one entry for each number";
        source: String, Always, "Source", "whose figures these are, and from when";
        differences: Prose, IfAny, "Differences", "what was different from what had been notified";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"figures\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// Figures said later. They stand beside what was notified and never take its place.
    pub struct Statement {
        exercise: MessageReference, Always, "Exercise", "the notification that it stands beside";
        figures: Vec<Figure>, IfAny, "Figure", "the figures as stated: one entry for each number";
        source: String, Always, "Source", "who said so and where";
        stated_on: When, Always, "Stated on", "when it was said";
        statement: Prose, IfAny, "Statement", "the words of the statement";
        basis: Option<FigureBasis>, IfAny, "Basis", "\"declared\": told by whoever carries it out; \"observed\": counted by whoever saw it; \"estimated\": worked out or supposed";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"source\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That it will not take place, or is broken off.
    pub struct Cancellation {
        cancels: MessageReference, Always, "Cancels", "the notification, or the message that holds the calendar";
        reason: Prose, Always, "Reason", "why";
        references: Vec<ActivityReference>, IfAny, "Reference", "calendar entries that fall away with it";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"reason\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

choice! {
    /// What a Party says about another thread.
    pub enum SameActivityPosition {
        Stated = 1, "stated";
        /// Another said that they are the same, and this Party denies it.
        Contested = 2, "contested";
    }
}

form! {
    /// That another Party's thread is about the same activity or incident as this one, or that it is not.
    pub struct SameActivity {
        position: Option<SameActivityPosition>, Always, "Position", "\"stated\": both are about the same; \"contested\": they are not, although it was said";
        other_party: String, Always, "Other Party", "whose thread it is";
        other_thread: Option<OtherThread>, Always, "Other thread", "that thread, 32 hexadecimal digits";
        other_message: MessageReference, IfAny, "Other message", "a message of that thread";
        reason: Prose, IfAny, "Reason", "why you say so";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow, such as \"other_message\"";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for Amendment {}

impl Rules for Conclusion {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_order(&self.actual_start, &self.actual_end, &at.field("actual_end"), faults);
        check_sums(&self.figures, &at.field("figures"), faults);
    }
}

impl Rules for Statement {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_sums(&self.figures, &at.field("figures"), faults);
        if self.figures.is_empty() && self.statement.0.is_empty() {
            faults.missing(&[at.field("figures"), at.field("statement")]);
        }
    }
}

impl Rules for Cancellation {}

impl Rules for SameActivity {}
