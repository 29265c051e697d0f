//! The content of messages by kind: which kinds there are, and what all of them have in common.
//!
//! Never here: a form (`exercise/`), what forms are made of (`form/`), bytes (`codec/form/`).

use super::adoption::{Adoption, Resumption, Suspension, Withdrawal};
use super::correspondence::{Answer, MessageWithdrawal, Question, ServiceMessage, Text};
use super::exercise::{
    Amendment, Calendar, Cancellation, Conclusion, Invitation, Notification, SameActivity, Statement,
};
use super::form::{Form, Refused};
use super::formatted::Formatted;
use super::forwarded::Forwarded;
use super::incident::{Closing, Finding, Report, Update};
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
    Report,
    Update,
    Finding,
    Closing,
    SameIncident,
    Question,
    Answer,
    Text,
    ServiceMessage,
    MessageWithdrawal,
}

impl Kind {
    pub const ALL: [Kind; 26] = [
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
        Kind::Report,
        Kind::Update,
        Kind::Finding,
        Kind::Closing,
        Kind::SameIncident,
        Kind::Question,
        Kind::Answer,
        Kind::Text,
        Kind::ServiceMessage,
        Kind::MessageWithdrawal,
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
            Kind::Report => "incident.report",
            Kind::Update => "incident.update",
            Kind::Finding => "incident.finding",
            Kind::Closing => "incident.closing",
            Kind::SameIncident => "incident.same-incident",
            Kind::Question => "message.question",
            Kind::Answer => "message.answer",
            Kind::Text => "message.text",
            Kind::ServiceMessage => "message.service",
            Kind::MessageWithdrawal => "message.withdrawal",
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
            | Kind::Forwarded
            | Kind::Report
            | Kind::Text
            | Kind::ServiceMessage => true,
            Kind::Amendment
            | Kind::Invitation
            | Kind::Conclusion
            | Kind::Statement
            | Kind::Cancellation
            | Kind::SameActivity
            | Kind::Suspension
            | Kind::Resumption
            | Kind::Withdrawal
            | Kind::Translation
            | Kind::Update
            | Kind::Finding
            | Kind::Closing
            | Kind::SameIncident
            | Kind::Question
            | Kind::Answer
            | Kind::MessageWithdrawal => false,
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
    Report(Box<Report>),
    Update(Box<Update>),
    Finding(Finding),
    Closing(Closing),
    SameIncident(SameActivity),
    Question(Question),
    Answer(Answer),
    Text(Text),
    ServiceMessage(ServiceMessage),
    MessageWithdrawal(MessageWithdrawal),
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
            Content::Report(_) => Kind::Report,
            Content::Update(_) => Kind::Update,
            Content::Finding(_) => Kind::Finding,
            Content::Closing(_) => Kind::Closing,
            Content::SameIncident(_) => Kind::SameIncident,
            Content::Question(_) => Kind::Question,
            Content::Answer(_) => Kind::Answer,
            Content::Text(_) => Kind::Text,
            Content::ServiceMessage(_) => Kind::ServiceMessage,
            Content::MessageWithdrawal(_) => Kind::MessageWithdrawal,
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
            Kind::Report => Content::Report(Box::default()),
            Kind::Update => Content::Update(Box::default()),
            Kind::Finding => Content::Finding(Finding::default()),
            Kind::Closing => Content::Closing(Closing::default()),
            Kind::SameIncident => Content::SameIncident(SameActivity::default()),
            Kind::Question => Content::Question(Question::default()),
            Kind::Answer => Content::Answer(Answer::default()),
            Kind::Text => Content::Text(Text::default()),
            Kind::ServiceMessage => Content::ServiceMessage(ServiceMessage::default()),
            Kind::MessageWithdrawal => Content::MessageWithdrawal(MessageWithdrawal::default()),
        }
    }

    /// Whether the author says that anything will follow. It is then marked incomplete.
    pub fn is_incomplete(&self) -> bool {
        let follows = |form: &dyn Form| !form.to_follow().is_empty();
        if let Content::Transcription(form) = self
            && let Filled::Form(filled) = &form.form
            && filled.is_incomplete()
        {
            return true;
        }
        follows(self.form()) || self.within().is_some_and(|(_, inner)| follows(inner))
    }

    /// The whole form that stands within a document which puts it in the place of an earlier one, and the field
    /// that holds it.
    pub fn within(&self) -> Option<(&'static str, &dyn Form)> {
        match self {
            Content::Amendment(form) => Some(("notification", &form.notification)),
            Content::Update(form) => Some(("report", &form.report)),
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
            | Content::Transcription(_)
            | Content::Translation(_)
            | Content::Forwarded(_)
            | Content::Report(_)
            | Content::Finding(_)
            | Content::Closing(_)
            | Content::SameIncident(_)
            | Content::Question(_)
            | Content::Answer(_)
            | Content::Text(_)
            | Content::ServiceMessage(_)
            | Content::MessageWithdrawal(_) => None,
        }
    }

    /// The name of the exercise or incident, where this kind of document has one. Not safe to show.
    pub fn designation(&self) -> Option<&str> {
        match self {
            Content::Notification(form) => Some(&form.designation),
            Content::Amendment(form) => Some(&form.notification.designation),
            Content::Invitation(form) => Some(&form.designation),
            Content::Report(form) => Some(&form.designation),
            Content::Update(form) => Some(&form.report.designation),
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
            | Content::Forwarded(_)
            | Content::Finding(_)
            | Content::Closing(_)
            | Content::SameIncident(_)
            | Content::Question(_)
            | Content::Answer(_)
            | Content::Text(_)
            | Content::ServiceMessage(_)
            | Content::MessageWithdrawal(_) => None,
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
            Content::Report(form) => form.as_ref(),
            Content::Update(form) => form.as_ref(),
            Content::Finding(form) => form,
            Content::Closing(form) => form,
            Content::SameIncident(form) => form,
            Content::Question(form) => form,
            Content::Answer(form) => form,
            Content::Text(form) => form,
            Content::ServiceMessage(form) => form,
            Content::MessageWithdrawal(form) => form,
        }
    }
}
