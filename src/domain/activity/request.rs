//! That an activity is to be explained: what one Party asks, and that others join in it.
//!
//! Never here: a requester by somebody else's word. Who is named in a request joins in it by a message of its own.

use crate::domain::correspondence::Questioned;
use crate::domain::form::area::Area;
use crate::domain::form::declare::form;
use crate::domain::form::leaf::Prose;
use crate::domain::form::outline::Rules;
use crate::domain::form::when::When;
use crate::domain::form::{ActivityReference, FigureAccount, MessageReference};

form! {
    /// What gives rise to concern, and what is asked.
    pub struct Request {
        concern: Prose, Always, "Cause of concern", "what you have seen, and why it concerns you";
        responsible: String, Always, "Asked of", "the Party whose forces carry it out";
        designation: String, IfAny, "Designation", "what the activity is called, if you know";
        kind: String, IfAny, "Type", "what sort of activity it is, as far as you know";
        areas: Vec<Area>, IfAny, "Area", "where it takes place, as far as you know";
        since: When, IfAny, "Seen since", "since when you have seen it, with the zone";
        with: Vec<String>, IfAny, "Together with", "in whose names it is made beside your own; each of them joins in it by a message of its own";
        questions: Vec<Questioned>, Always, "Question", "one for each";
        reply_by: When, IfAny, "Reply asked by", "by when you ask for a reply, with the zone; no rule follows from it";
        figure_accounts: Vec<FigureAccount>, IfAny, "Figures", "what you have seen or worked out: one entry for each source";
        references: Vec<ActivityReference>, IfAny, "Reference", "notifications and calendar entries that it belongs with";
        in_place_of: MessageReference, IfAny, "In place of", "your own request whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

form! {
    /// That another Party's request is the author's own as well.
    pub struct Joining {
        request: MessageReference, Always, "Joins in", "the request of another Party that is yours as well from now on";
        concern: Prose, IfAny, "Cause of concern", "what you add in your own name";
        in_place_of: MessageReference, IfAny, "In place of", "your own joining whose place this one takes, where it corrects one";
        remarks: Prose, IfAny, "Remarks", "anything else";
        to_follow: Vec<String>, IfAny, "To follow", "paths of fields that are not available yet and will follow";
        not_known: Vec<String>, IfAny, "Not known", "paths of fields that are not known to you, and are not to follow";
    }
}

impl Rules for Request {}

impl Rules for Joining {}
