//! The content of messages by kind, and what all of them have in common.
//!
//! Never here: which kinds there are (`kind.rs`), a form (`exercise/`), what forms are made of (`form/`), bytes
//! (`codec/form/`).

use super::activity::{
    Convening, Joining, Judgement, Meeting, MeetingReport, MeetingRequest, Reply, Request,
};
use super::adoption::{Adoption, Resumption, Suspension, Withdrawal};
use super::check::{Check, CheckAnswer};
use super::correspondence::{Answer, MessageWithdrawal, Question, ServiceMessage, Text};
use super::exercise::{
    Amendment, Calendar, Cancellation, Conclusion, Invitation, Notification, ObserverReport, Observers,
    SameActivity, Statement,
};
use super::form::{Form, MessageReference, Refused};
use super::formatted::Formatted;
use super::forwarded::Forwarded;
use super::hotline::{
    SessionAcceptance, SessionAddition, SessionClose, SessionOpening, SessionShown, SessionText,
};
use super::incident::{Closing, Finding, Report, Update};
use super::transcription::{Filled, Transcription};
use super::translation::Translation;

pub use super::kind::Kind;

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
    Request(Box<Request>),
    Joining(Joining),
    Reply(Reply),
    Judgement(Judgement),
    MeetingRequest(MeetingRequest),
    Convening(Convening),
    Meeting(Meeting),
    MeetingReport(MeetingReport),
    Observers(Observers),
    ObserverReport(Box<ObserverReport>),
    SessionOpening(SessionOpening),
    SessionAcceptance(SessionAcceptance),
    SessionText(SessionText),
    SessionAddition(SessionAddition),
    SessionClose(SessionClose),
    SessionShown(SessionShown),
    Check(Check),
    CheckAnswer(CheckAnswer),
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
            Content::Request(_) => Kind::Request,
            Content::Joining(_) => Kind::Joining,
            Content::Reply(_) => Kind::Reply,
            Content::Judgement(_) => Kind::Judgement,
            Content::MeetingRequest(_) => Kind::MeetingRequest,
            Content::Convening(_) => Kind::Convening,
            Content::Meeting(_) => Kind::Meeting,
            Content::MeetingReport(_) => Kind::MeetingReport,
            Content::Observers(_) => Kind::Observers,
            Content::ObserverReport(_) => Kind::ObserverReport,
            Content::SessionOpening(_) => Kind::SessionOpening,
            Content::SessionAcceptance(_) => Kind::SessionAcceptance,
            Content::SessionText(_) => Kind::SessionText,
            Content::SessionAddition(_) => Kind::SessionAddition,
            Content::SessionClose(_) => Kind::SessionClose,
            Content::SessionShown(_) => Kind::SessionShown,
            Content::Check(_) => Kind::Check,
            Content::CheckAnswer(_) => Kind::CheckAnswer,
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
            Kind::Request => Content::Request(Box::default()),
            Kind::Joining => Content::Joining(Joining::default()),
            Kind::Reply => Content::Reply(Reply::default()),
            Kind::Judgement => Content::Judgement(Judgement::default()),
            Kind::MeetingRequest => Content::MeetingRequest(MeetingRequest::default()),
            Kind::Convening => Content::Convening(Convening::default()),
            Kind::Meeting => Content::Meeting(Meeting::default()),
            Kind::MeetingReport => Content::MeetingReport(MeetingReport::default()),
            Kind::Observers => Content::Observers(Observers::default()),
            Kind::ObserverReport => Content::ObserverReport(Box::default()),
            Kind::SessionOpening => Content::SessionOpening(SessionOpening::default()),
            Kind::SessionAcceptance => Content::SessionAcceptance(SessionAcceptance::default()),
            Kind::SessionText => Content::SessionText(SessionText::default()),
            Kind::SessionAddition => Content::SessionAddition(SessionAddition::default()),
            Kind::SessionClose => Content::SessionClose(SessionClose::default()),
            Kind::SessionShown => Content::SessionShown(SessionShown::default()),
            Kind::Check => Content::Check(Check::default()),
            Kind::CheckAnswer => Content::CheckAnswer(CheckAnswer::default()),
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
            _ => None,
        }
    }

    /// The name of the exercise, incident or activity, where this kind of document has one. Not safe to show.
    pub fn designation(&self) -> Option<&str> {
        match self {
            Content::Notification(form) => Some(&form.designation),
            Content::Amendment(form) => Some(&form.notification.designation),
            Content::Invitation(form) => Some(&form.designation),
            Content::Report(form) => Some(&form.designation),
            Content::Update(form) => Some(&form.report.designation),
            Content::Request(form) => Some(&form.designation),
            _ => None,
        }
    }

    /// The message of the same kind and author whose place it takes, as it says. `None` where a kind has no such
    /// field, or nothing stands there.
    pub fn in_place_of(&self) -> Option<&MessageReference> {
        let named = match self {
            Content::Request(form) => &form.in_place_of,
            Content::Joining(form) => &form.in_place_of,
            Content::Reply(form) => &form.in_place_of,
            Content::Judgement(form) => &form.in_place_of,
            Content::MeetingRequest(form) => &form.in_place_of,
            Content::Convening(form) => &form.in_place_of,
            Content::Meeting(form) => &form.in_place_of,
            Content::MeetingReport(form) => &form.in_place_of,
            Content::Observers(form) => &form.in_place_of,
            Content::ObserverReport(form) => &form.in_place_of,
            _ => return None,
        };
        Some(named).filter(|named| **named != MessageReference::default())
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
            Content::Request(form) => form.as_ref(),
            Content::Joining(form) => form,
            Content::Reply(form) => form,
            Content::Judgement(form) => form,
            Content::MeetingRequest(form) => form,
            Content::Convening(form) => form,
            Content::Meeting(form) => form,
            Content::MeetingReport(form) => form,
            Content::Observers(form) => form,
            Content::ObserverReport(form) => form.as_ref(),
            Content::SessionOpening(form) => form,
            Content::SessionAcceptance(form) => form,
            Content::SessionText(form) => form,
            Content::SessionAddition(form) => form,
            Content::SessionClose(form) => form,
            Content::SessionShown(form) => form,
            Content::Check(form) => form,
            Content::CheckAnswer(form) => form,
        }
    }
}
