//! What is said about an exercise: its forms, and the picture that the messages of a thread add up to.
//!
//! Never here: envelopes, threads, addressees, duties; what any form is made of (`form/`).

mod afterwards;
mod calendar;
mod invitation;
mod notification;
mod observation;
pub mod observed;
mod phases;
pub mod picture;

pub use afterwards::{Amendment, Cancellation, Conclusion, SameActivity, SameActivityPosition, Statement};
pub use calendar::{Calendar, CalendarEntry, CalendarReturn};
pub use invitation::Invitation;
pub use notification::{Basis, LandActivity, Landing, Notice, Notification, Transfer};
pub use observation::{ObserverReport, Observers, ObserversReply};
pub use phases::Phase;

use super::form::whole;

whole!(
    Calendar,
    Notification,
    Amendment,
    Invitation,
    Conclusion,
    Statement,
    Cancellation,
    SameActivity,
    Observers,
    ObserverReport
);
