//! The content of messages by kind: which kinds there are, and what all of them have in common.
//!
//! Never here: a form (`exercise/`), what forms are made of (`form/`), bytes (`codec/form/`).

use super::adoption::{Adoption, Resumption, Suspension, Withdrawal};
use super::exercise::{
    Amendment, Calendar, Cancellation, Conclusion, Invitation, Notification, SameActivity, Statement,
};
use super::form::{Form, Refused};
use super::formatted::Formatted;
use super::forwarded::Forwarded;
use super::transcription::{Filled, Transcription};
use super::translation::Translation;

/// The kinds of content, as the envelope names them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    Calendar,
    Notification,
    Amendment,
    Invitation,
    Conclusion,
    Statement,
    Cancellation,
    SameActivity,
    Adoption,
    Suspension,
    Resumption,
    Withdrawal,
    Formatted,
    Transcription,
    Translation,
    Forwarded,
}

impl Kind {
    pub const ALL: [Kind; 16] = [
        Kind::Calendar,
        Kind::Notification,
        Kind::Amendment,
        Kind::Invitation,
        Kind::Conclusion,
        Kind::Statement,
        Kind::Cancellation,
        Kind::SameActivity,
        Kind::Adoption,
        Kind::Suspension,
        Kind::Resumption,
        Kind::Withdrawal,
        Kind::Formatted,
        Kind::Transcription,
        Kind::Translation,
        Kind::Forwarded,
    ];

    /// As it stands in the signed envelope.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Calendar => "exercise.calendar",
            Kind::Notification => "exercise.notification",
            Kind::Amendment => "exercise.amendment",
            Kind::Invitation => "exercise.invitation",
            Kind::Conclusion => "exercise.conclusion",
            Kind::Statement => "exercise.statement",
            Kind::Cancellation => "exercise.cancellation",
            Kind::SameActivity => "exercise.same-activity",
            Kind::Adoption => "regime.adoption",
            Kind::Suspension => "regime.suspension",
            Kind::Resumption => "regime.resumption",
            Kind::Withdrawal => "regime.withdrawal",
            Kind::Formatted => "regime.formatted",
            Kind::Transcription => "transcription",
            Kind::Translation => "message.translation",
            Kind::Forwarded => "message.forwarded",
        }
    }

    /// `None` for a kind that this program does not know.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The first part of the name, for the command line: `exercise`.
    pub fn noun(self) -> &'static str {
        self.name().split_once('.').map_or(self.name(), |(noun, _)| noun)
    }

    /// Whether a message of this kind may be the first of its thread. What is said about another one belongs
    /// where that is.
    pub fn opens_a_thread(self) -> bool {
        match self {
            Kind::Calendar
            | Kind::Notification
            | Kind::Adoption
            | Kind::Formatted
            | Kind::Transcription
            | Kind::Forwarded => true,
            Kind::Amendment
            | Kind::Invitation
            | Kind::Conclusion
            | Kind::Statement
            | Kind::Cancellation
            | Kind::SameActivity
            | Kind::Suspension
            | Kind::Resumption
            | Kind::Withdrawal
            | Kind::Translation => false,
        }
    }

    /// The last part of the name, for the command line: `notification`.
    pub fn word(self) -> &'static str {
        self.name().split_once('.').map_or(self.name(), |(_, word)| word)
    }
}

/// The content of one message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    Calendar(Calendar),
    Notification(Box<Notification>),
    Amendment(Box<Amendment>),
    Invitation(Box<Invitation>),
    Conclusion(Conclusion),
    Statement(Statement),
    Cancellation(Cancellation),
    SameActivity(SameActivity),
    Adoption(Adoption),
    Suspension(Suspension),
    Resumption(Resumption),
    Withdrawal(Withdrawal),
    Formatted(Formatted),
    Transcription(Box<Transcription>),
    Translation(Translation),
    Forwarded(Forwarded),
}

impl Content {
    pub fn kind(&self) -> Kind {
        match self {
            Content::Calendar(_) => Kind::Calendar,
            Content::Notification(_) => Kind::Notification,
            Content::Amendment(_) => Kind::Amendment,
            Content::Invitation(_) => Kind::Invitation,
            Content::Conclusion(_) => Kind::Conclusion,
            Content::Statement(_) => Kind::Statement,
            Content::Cancellation(_) => Kind::Cancellation,
            Content::SameActivity(_) => Kind::SameActivity,
            Content::Adoption(_) => Kind::Adoption,
            Content::Suspension(_) => Kind::Suspension,
            Content::Resumption(_) => Kind::Resumption,
            Content::Withdrawal(_) => Kind::Withdrawal,
            Content::Formatted(_) => Kind::Formatted,
            Content::Transcription(_) => Kind::Transcription,
            Content::Translation(_) => Kind::Translation,
            Content::Forwarded(_) => Kind::Forwarded,
        }
    }

    /// The document with nothing stated.
    pub fn empty(kind: Kind) -> Content {
        match kind {
            Kind::Calendar => Content::Calendar(Calendar::default()),
            Kind::Notification => Content::Notification(Box::default()),
            Kind::Amendment => Content::Amendment(Box::default()),
            Kind::Invitation => Content::Invitation(Box::default()),
            Kind::Conclusion => Content::Conclusion(Conclusion::default()),
            Kind::Statement => Content::Statement(Statement::default()),
            Kind::Cancellation => Content::Cancellation(Cancellation::default()),
            Kind::SameActivity => Content::SameActivity(SameActivity::default()),
            Kind::Adoption => Content::Adoption(Adoption::default()),
            Kind::Suspension => Content::Suspension(Suspension::default()),
            Kind::Resumption => Content::Resumption(Resumption::default()),
            Kind::Withdrawal => Content::Withdrawal(Withdrawal::default()),
            Kind::Formatted => Content::Formatted(Formatted::default()),
            Kind::Transcription => Content::Transcription(Box::default()),
            Kind::Translation => Content::Translation(Translation::default()),
            Kind::Forwarded => Content::Forwarded(Forwarded::default()),
        }
    }

    /// Whether the author says that anything will follow. It is then marked incomplete.
    pub fn is_incomplete(&self) -> bool {
        let within = match self {
            Content::Amendment(amendment) => !amendment.notification.to_follow.is_empty(),
            Content::Transcription(form) => match &form.form {
                Filled::Form(within) => within.is_incomplete(),
                Filled::Nothing | Filled::Unknown(_) => false,
            },
            Content::Calendar(_)
            | Content::Notification(_)
            | Content::Invitation(_)
            | Content::Conclusion(_)
            | Content::Statement(_)
            | Content::Cancellation(_)
            | Content::SameActivity(_)
            | Content::Adoption(_)
            | Content::Suspension(_)
            | Content::Resumption(_)
            | Content::Withdrawal(_)
            | Content::Formatted(_)
            | Content::Translation(_)
            | Content::Forwarded(_) => false,
        };
        within || !self.form().to_follow().is_empty()
    }

    /// The name of the exercise, where this kind of document has one. Not safe to show.
    pub fn designation(&self) -> Option<&str> {
        match self {
            Content::Notification(form) => Some(&form.designation),
            Content::Amendment(form) => Some(&form.notification.designation),
            Content::Invitation(form) => Some(&form.designation),
            Content::Calendar(_)
            | Content::Conclusion(_)
            | Content::Statement(_)
            | Content::Cancellation(_)
            | Content::SameActivity(_)
            | Content::Adoption(_)
            | Content::Suspension(_)
            | Content::Resumption(_)
            | Content::Withdrawal(_)
            | Content::Formatted(_)
            | Content::Transcription(_)
            | Content::Translation(_)
            | Content::Forwarded(_) => None,
        }
    }

    /// Whether it is within the hard limits. Asked on the way out and on the way in alike.
    pub fn bound(&self) -> Result<(), Refused> {
        self.form().bound()
    }

    /// The document without its type: how it is laid out, and what it states.
    pub fn form(&self) -> &dyn Form {
        match self {
            Content::Calendar(form) => form,
            Content::Notification(form) => form.as_ref(),
            Content::Amendment(form) => form.as_ref(),
            Content::Invitation(form) => form.as_ref(),
            Content::Conclusion(form) => form,
            Content::Statement(form) => form,
            Content::Cancellation(form) => form,
            Content::SameActivity(form) => form,
            Content::Adoption(form) => form,
            Content::Suspension(form) => form,
            Content::Resumption(form) => form,
            Content::Withdrawal(form) => form,
            Content::Formatted(form) => form,
            Content::Transcription(form) => form.as_ref(),
            Content::Translation(form) => form,
            Content::Forwarded(form) => form,
        }
    }
}
