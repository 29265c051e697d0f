//! What is found out about an incident and done about it, and that a Party regards it as closed.
//!
//! Never here: whether a finding is right, a promise kept, or an incident closed for anybody but its author.

use crate::domain::form::MessageReference;
use crate::domain::form::declare::form;
use crate::domain::form::faults::Faults;
use crate::domain::form::figures::{Figure, check_sums};
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::{Entry as _, Path, Rules};
use crate::domain::form::when::When;

form! {
    /// Cause, harm, what was done and what is promised, by its author's account.
    pub struct Finding {
        incident: MessageReference, Always, "Incident", "the report that it is about, by whomever";
        cause: Prose, IfAny, "Cause", "why it happened, as found";
        harm: Prose, IfAny, "Harm", "to persons, property and environment, as found";
        figures: Vec<Figure>, IfAny, "Figure", "persons hurt, things lost: one entry for each number";
        measures: Vec<Measure>, IfAny, "Measure taken", "one for each thing that was done";
        promises: Vec<Promise>, IfAny, "Promise", "one for each thing that you promise";
        source: String, IfAny, "Source", "whose finding it is, and on what it rests";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// Something that was done.
    pub struct Measure {
        what: Prose, Always, "What", "what was done";
        taken: When, IfAny, "Taken", "when it was done";
    }
}

form! {
    /// Something that is promised.
    pub struct Promise {
        what: Prose, Always, "What", "what is promised";
        by_when: When, Always, "By", "the day by which it will be done, with the zone";
    }
}

form! {
    /// That its author regards the incident as closed.
    pub struct Closing {
        incident: MessageReference, Always, "Incident", "the report that it is about, by whomever";
        grounds: Prose, IfAny, "Grounds", "why you close it";
        open: Prose, IfAny, "Remains open", "what you do not regard as settled by it";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for Finding {
    fn rules(&self, at: &Path, faults: &mut Faults) {
        check_sums(&self.figures, &at.field("figures"), faults);
        let says_nothing = self.cause.is_absent()
            && self.harm.is_absent()
            && self.figures.is_absent()
            && self.measures.is_absent()
            && self.promises.is_absent();
        if says_nothing {
            faults.missing(&["cause", "harm", "figures", "measures", "promises"].map(|name| at.field(name)));
        }
    }
}

impl Rules for Measure {}

impl Rules for Promise {}

impl Rules for Closing {}
