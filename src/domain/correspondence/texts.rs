//! Plain text between Parties, notice of planned outages, and that a message is taken back.
//!
//! Never here: a form that it would have fitted better. It must always be possible to just write.

use crate::domain::check::Outage;
use crate::domain::form::MessageReference;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Path, Rules};
use crate::domain::form::when::{When, check_order};
use crate::limits;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

form! {
    /// A message in free format.
    pub struct Text {
        text: Prose, Always, "Text", "what you say";
        references: Vec<MessageReference>, IfAny, "Reference", "messages that it is about";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That something of the author's will be out of service.
    pub struct ServiceMessage {
        out_of_service: Vec<String>, Always, "Out of service", "what can't be reached or used: the node, a lane, an office, a line";
        from: When, Always, "From", "when it begins, with the zone";
        until: When, Always, "Until", "when it is over, with the zone";
        telephone: String, Always, "Telephone", "the desk to telephone meanwhile, and its number; never a person's own";
        instead: Prose, IfAny, "Instead", "how else messages reach you meanwhile";
        reason: Prose, IfAny, "Reason", "why";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That the author takes back a message of its own.
    pub struct MessageWithdrawal {
        withdraws: MessageReference, Always, "Withdraws", "your own message that you take back";
        reason: Prose, IfAny, "Reason", "why";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for Text {}

impl Text {
    /// Whether what it has to say is yet to follow, as with a holding reply: then it answers and judges nothing.
    pub fn is_to_follow(&self) -> bool {
        self.text.0.trim().is_empty()
    }
}

impl Rules for ServiceMessage {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        let until = at.field("until");
        check_order(&self.from, &self.until, &until, faults);
        if Outage::said(self).is_some_and(|outage| outage.is_too_long()) {
            let days = limits::OUTAGE_MS_MAX / DAY_MS;
            let rule =
                format!("more than {days} days after it begins: then it is no reason for a missed check");
            faults.add(&until, rule);
        }
    }
}

impl Rules for MessageWithdrawal {}
