//! The messages that a form itself names: a draft's envelope refers to them as well.
//!
//! Never here: a search for them.

use crate::domain::content::Content;
use crate::domain::form::MessageReference;
use crate::domain::message::Relation;

/// Each with what joins the draft to it.
pub(super) fn named(content: &Content) -> Vec<(&MessageReference, Relation)> {
    let mut all: Vec<(&MessageReference, Relation)> = main_reference(content).into_iter().collect();
    if let Content::Formatted(form) = content {
        all.extend(form.references().into_iter().map(|(_, reference)| (reference, Relation::RefersTo)));
    }
    all
}

/// The message that a form is about.
fn main_reference(content: &Content) -> Option<(&MessageReference, Relation)> {
    match content {
        Content::Amendment(form) => Some((&form.amends, Relation::Amends)),
        Content::Conclusion(form) => Some((&form.exercise, Relation::RefersTo)),
        Content::Statement(form) => Some((&form.exercise, Relation::RefersTo)),
        Content::Cancellation(form) => Some((&form.cancels, Relation::RefersTo)),
        Content::SameActivity(form) => Some((&form.other_message, Relation::RefersTo)),
        Content::Suspension(form) => Some((&form.adoption, Relation::RefersTo)),
        Content::Resumption(form) => Some((&form.suspension, Relation::RefersTo)),
        Content::Withdrawal(form) => Some((&form.adoption, Relation::RefersTo)),
        Content::Calendar(_)
        | Content::Notification(_)
        | Content::Invitation(_)
        | Content::Adoption(_)
        | Content::Formatted(_)
        | Content::Transcription(_) => None,
    }
}
