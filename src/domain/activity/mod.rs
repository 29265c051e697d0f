//! What is said about an unusual military activity: its forms, and the picture that the messages of a thread add up
//! to.
//!
//! Never here: whether an activity is unusual, a reply sufficient, or who may convene a meeting. The first two the
//! Parties say themselves, the third the rules that they cite.

mod meeting;
pub mod meetings;
pub mod picture;
mod reply;
mod request;

pub use meeting::{
    Convening, Meeting, MeetingHeld, MeetingOutcome, MeetingReport, MeetingRequest, MeetingScope,
};
pub use reply::{Judged, Judgement, Reply, Sufficiency};
pub use request::{Joining, Request};

use super::form::whole;

whole!(Request, Joining, Reply, Judgement, MeetingRequest, Convening, Meeting, MeetingReport);
