//! The forms by which a Party takes part in rules between States, suspends a provision, resumes it, or
//! leaves.
//!
//! Never here: who is bound by them (`standing.rs`).

use crate::domain::form::MessageReference;
use crate::domain::form::choice::choice;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::leaf::{MessageDigest, Prose};
use crate::domain::form::outline::{Entry as _, Path, Rules};
use crate::domain::form::when::{When, check_order};

choice! {
    /// As what a Party takes a regime to bind.
    pub enum Nature {
        Legal = 1, "legal";
        Political = 2, "political";
        /// Of its own will: nothing is owed.
        Voluntary = 3, "voluntary";
    }
}

form! {
    /// That a Party takes part.
    pub struct Adoption {
        regime: String, Always, "Regime", "the name that stands in the regime's text";
        edition: Option<u64>, Always, "Edition", "the edition that stands in the regime's text";
        regime_digest: Option<MessageDigest>, Always, "Digest of the regime", "of the regime's exact text, 64 hexadecimal digits: `detente regime show` prints it";
        from: When, Always, "From", "from when it binds you, with Z or an offset: both ends must read the same instant";
        nature: Option<Nature>, Always, "Nature", "as what you take it to bind";
        reservations: Vec<Reservation>, IfAny, "Reservation", "provisions by which you are not bound, or are bound otherwise than written";
        declaration: Prose, IfAny, "Declaration", "any declaration made with it";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow; until then it has no effect";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// A provision by which a Party is not bound, or is bound otherwise than written.
    pub struct Reservation {
        provision: String, Always, "Provision", "the paragraph, letter by letter as the regime's text writes it";
        text: Prose, Always, "Text", "the reservation in your words";
    }
}

form! {
    /// That a Party does not apply provisions for a time.
    pub struct Suspension {
        adoption: MessageReference, Always, "Adoption", "your own adoption, by its digest";
        provisions: Vec<String>, IfAny, "Provisions", "paragraphs, letter by letter as the regime's text writes them; none for the regime as a whole";
        from: When, Always, "From", "from when, with Z or an offset";
        until: When, IfAny, "Until", "until when, with Z or an offset; nothing: until you resume it";
        reason: Prose, Always, "Reason", "why";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow; what it takes effect by can't";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That a Party applies again what it suspended.
    pub struct Resumption {
        suspension: MessageReference, Always, "Suspension", "your own suspension, by its digest";
        from: When, Always, "From", "from when, with Z or an offset";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow; what it takes effect by can't";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That a Party takes part no more.
    pub struct Withdrawal {
        adoption: MessageReference, Always, "Adoption", "your own adoption, by its digest";
        from: When, Always, "From", "from when, with Z or an offset";
        reason: Prose, IfAny, "Reason", "why";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that will follow; what it takes effect by can't";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for Adoption {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_instant(&self.from, &at.field("from"), faults);
    }
}

impl Rules for Reservation {
    fn key(&self) -> String {
        self.provision.clone()
    }
}

impl Rules for Suspension {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_digest(&self.adoption, &at.field("adoption"), faults);
        check_instant(&self.from, &at.field("from"), faults);
        check_instant(&self.until, &at.field("until"), faults);
        check_order(&self.from, &self.until, &at.field("until"), faults);
    }
}

impl Rules for Resumption {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_digest(&self.suspension, &at.field("suspension"), faults);
        check_instant(&self.from, &at.field("from"), faults);
    }
}

impl Rules for Withdrawal {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_digest(&self.adoption, &at.field("adoption"), faults);
        check_instant(&self.from, &at.field("from"), faults);
    }
}

/// Marks a date that two readers might take for two instants.
fn check_instant(when: &When, at: &Path, faults: &mut Faults) {
    if !when.is_absent() && when.instant().is_none() {
        faults.add(
            at,
            "has no effect unless both ends read the same instant: write Z or an offset such as +03:00",
        );
    }
}

/// Marks a reference that a number alone can't carry.
fn check_digest(reference: &MessageReference, at: &Path, faults: &mut Faults) {
    if reference.message_digest.is_none() && !reference.is_absent() {
        faults.add(&at.field("message_digest"), "has no effect unless the message is named by its digest");
    }
}
