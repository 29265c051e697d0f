//! A draft as a drafter's call gives it: heading and typed content to what the Board takes.
//!
//! Never here: what is merely wrong (`domain/heading.rs`, `domain/form`). What can't be put into a
//! message, or is over a limit, is refused before anything is recorded.

use bytes::Bytes;
use prost::Message as _;

use super::evidence_v1 as wire;
use super::fault::DecodeFault;
use super::form;
use super::forwarded::{self, Opened};
use super::message;
use super::proto::detente::v1 as calls;
use crate::domain::content::{Content, Kind};
use crate::domain::forwarded::Forwarded;
use crate::domain::message::Outgoing;
use crate::domain::people::Person;
use crate::limits;

/// Why a draft can't be put on record. Quotes nothing that the caller wrote.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotADraft {
    #[error(transparent)]
    Heading(#[from] DecodeFault),
    #[error(transparent)]
    Content(#[from] form::Unreadable),
}

impl NotADraft {
    /// The field that is at fault, as a caller knows it.
    pub fn field(&self) -> String {
        match self {
            NotADraft::Heading(fault) => fault.field.replace("message.", "heading."),
            NotADraft::Content(
                form::Unreadable::Field { field, .. }
                | form::Unreadable::Limit(crate::domain::form::Refused { field, .. }),
            ) => field.clone(),
            NotADraft::Content(form::Unreadable::Malformed { .. }) => "content".into(),
        }
    }
}

/// A draft that is within every limit, its exact bytes, and what its content says.
#[derive(Clone, Debug)]
pub struct Drafted {
    pub outgoing: Outgoing,
    /// Their SHA-256 digest is what a releaser names.
    pub bytes: Bytes,
    pub content: Content,
}

/// # Errors
/// Content that is not given or not decodable, a field that can't be read, anything over a limit.
pub fn draft(
    heading: Option<calls::Heading>,
    content: Option<Given>,
    drafter: &Person,
) -> Result<Drafted, NotADraft> {
    let heading = heading.ok_or(DecodeFault::new("heading", "must be given"))?;
    let Given { kind, bytes } = content.ok_or(DecodeFault::new("content", "must be given"))?;
    // Read and written again: the bytes to be signed are those of this program, whatever encoded the call.
    let content = form::decode(kind, &bytes)?;
    if let Content::Forwarded(form) = &content
        && let Some(fault) = not_to_forward(form)
    {
        return Err(fault.into());
    }
    let bytes = form::encode(&content).map_err(form::Unreadable::from)?;
    let outgoing = outgoing(heading, kind.name(), bytes.into(), drafter)?;
    Ok(Drafted { bytes: whole(&outgoing)?, outgoing, content })
}

/// Others may hand on what can't be read here; our own word is given for none.
fn not_to_forward(form: &Forwarded) -> Option<DecodeFault> {
    match forwarded::open(form) {
        Opened::Message(_) => None,
        Opened::Forwarding => Some(DecodeFault::new(
            "original",
            "is a forwarding itself: the original that it holds is forwarded",
        )),
        Opened::Unreadable => {
            Some(DecodeFault::new("original", "must be the exact bytes of a signed message"))
        }
    }
}

/// The bytes of a draft, if the message that it would become can be read again.
///
/// # Errors
/// Anything over a limit: nobody could read the record that held it.
pub fn whole(outgoing: &Outgoing) -> Result<Bytes, DecodeFault> {
    let bytes = message::encode_draft(outgoing);
    if bytes.len() > limits::DRAFT_BYTES_MAX {
        return Err(DecodeFault::at_most("message", limits::DRAFT_BYTES_MAX, "bytes, all of it together"));
    }
    message::decode_draft(&bytes)?;
    Ok(bytes)
}

fn outgoing(
    heading: calls::Heading,
    kind: &str,
    content: Bytes,
    drafter: &Person,
) -> Result<Outgoing, DecodeFault> {
    let message = wire::Message {
        thread: heading.thread,
        kind: kind.into(),
        content,
        action: heading.action,
        information: heading.information,
        precedence: heading.precedence,
        drafter: Some(message::person_to_proto(drafter)),
        regime: heading.regime,
        marking: heading.marking,
        language: heading.language,
        references: heading.references,
        parts: heading.parts,
        traffic: heading.traffic,
        subject: heading.subject,
        remarks: heading.remarks,
        releasable_to: heading.releasable_to,
        ..wire::Message::default()
    };
    message::outgoing_from_proto(message, heading.zone)
}

/// Content as a drafter's call gives it: well-formed, and not yet looked at.
#[derive(Clone, Debug)]
pub struct Given {
    kind: Kind,
    bytes: Vec<u8>,
}

impl From<calls::draft_request::Content> for Given {
    fn from(content: calls::draft_request::Content) -> Given {
        use calls::draft_request::Content as Form;
        let (kind, bytes) = match content {
            Form::Calendar(form) => (Kind::Calendar, form.encode_to_vec()),
            Form::Notification(form) => (Kind::Notification, form.encode_to_vec()),
            Form::Amendment(form) => (Kind::Amendment, form.encode_to_vec()),
            Form::Invitation(form) => (Kind::Invitation, form.encode_to_vec()),
            Form::Conclusion(form) => (Kind::Conclusion, form.encode_to_vec()),
            Form::Cancellation(form) => (Kind::Cancellation, form.encode_to_vec()),
            Form::Statement(form) => (Kind::Statement, form.encode_to_vec()),
            Form::SameActivity(form) => (Kind::SameActivity, form.encode_to_vec()),
            Form::Observers(form) => (Kind::Observers, form.encode_to_vec()),
            Form::ObserverReport(form) => (Kind::ObserverReport, form.encode_to_vec()),
        };
        Given { kind, bytes }
    }
}

impl From<calls::draft_word_request::Content> for Given {
    fn from(content: calls::draft_word_request::Content) -> Given {
        use calls::draft_word_request::Content as Form;
        let (kind, bytes) = match content {
            Form::Adoption(form) => (Kind::Adoption, form.encode_to_vec()),
            Form::Suspension(form) => (Kind::Suspension, form.encode_to_vec()),
            Form::Resumption(form) => (Kind::Resumption, form.encode_to_vec()),
            Form::Withdrawal(form) => (Kind::Withdrawal, form.encode_to_vec()),
        };
        Given { kind, bytes }
    }
}

impl From<calls::draft_message_request::Content> for Given {
    fn from(content: calls::draft_message_request::Content) -> Given {
        use calls::draft_message_request::Content as Form;
        let (kind, bytes) = match content {
            Form::Translation(form) => (Kind::Translation, form.encode_to_vec()),
            Form::Forwarded(form) => (Kind::Forwarded, form.encode_to_vec()),
            Form::Question(form) => (Kind::Question, form.encode_to_vec()),
            Form::Answer(form) => (Kind::Answer, form.encode_to_vec()),
            Form::Text(form) => (Kind::Text, form.encode_to_vec()),
            Form::Service(form) => (Kind::ServiceMessage, form.encode_to_vec()),
            Form::Withdrawal(form) => (Kind::MessageWithdrawal, form.encode_to_vec()),
        };
        Given { kind, bytes }
    }
}

impl From<calls::incident_service_draft_request::Content> for Given {
    fn from(content: calls::incident_service_draft_request::Content) -> Given {
        use calls::incident_service_draft_request::Content as Form;
        let (kind, bytes) = match content {
            Form::Report(form) => (Kind::Report, form.encode_to_vec()),
            Form::Update(form) => (Kind::Update, form.encode_to_vec()),
            Form::Finding(form) => (Kind::Finding, form.encode_to_vec()),
            Form::Closing(form) => (Kind::Closing, form.encode_to_vec()),
            Form::SameIncident(form) => (Kind::SameIncident, form.encode_to_vec()),
        };
        Given { kind, bytes }
    }
}

impl From<calls::activity_service_draft_request::Content> for Given {
    fn from(content: calls::activity_service_draft_request::Content) -> Given {
        use calls::activity_service_draft_request::Content as Form;
        let (kind, bytes) = match content {
            Form::Request(form) => (Kind::Request, form.encode_to_vec()),
            Form::Joining(form) => (Kind::Joining, form.encode_to_vec()),
            Form::Reply(form) => (Kind::Reply, form.encode_to_vec()),
            Form::Judgement(form) => (Kind::Judgement, form.encode_to_vec()),
            Form::MeetingRequest(form) => (Kind::MeetingRequest, form.encode_to_vec()),
            Form::Convening(form) => (Kind::Convening, form.encode_to_vec()),
            Form::Meeting(form) => (Kind::Meeting, form.encode_to_vec()),
            Form::MeetingReport(form) => (Kind::MeetingReport, form.encode_to_vec()),
        };
        Given { kind, bytes }
    }
}

impl From<wire::RegimeFormatted> for Given {
    fn from(form: wire::RegimeFormatted) -> Given {
        Given { kind: Kind::Formatted, bytes: form.encode_to_vec() }
    }
}

impl From<wire::Transcription> for Given {
    fn from(form: wire::Transcription) -> Given {
        Given { kind: Kind::Transcription, bytes: form.encode_to_vec() }
    }
}

/// A form as the call for its kind carries it.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, on its way into a call")]
pub enum Asked {
    Exercise(calls::draft_request::Content),
    Incident(calls::incident_service_draft_request::Content),
    Activity(calls::activity_service_draft_request::Content),
    Regime(calls::draft_word_request::Content),
    Formatted(wire::RegimeFormatted),
    Transcription(wire::Transcription),
    Message(calls::draft_message_request::Content),
}

/// # Errors
/// Over a limit.
pub fn given(content: &Content) -> Result<Asked, form::Unreadable> {
    use calls::activity_service_draft_request::Content as Activity;
    use calls::draft_message_request::Content as About;
    use calls::draft_request::Content as Exercise;
    use calls::draft_word_request::Content as Regime;
    use calls::incident_service_draft_request::Content as Incident;
    let bytes = form::encode(content)?;
    let bytes = bytes.as_slice();
    let given = match content.kind() {
        Kind::Calendar => {
            wire::ExerciseCalendar::decode(bytes).map(|form| Asked::Exercise(Exercise::Calendar(form)))
        }
        Kind::Notification => wire::ExerciseNotification::decode(bytes)
            .map(|form| Asked::Exercise(Exercise::Notification(form))),
        Kind::Amendment => {
            wire::ExerciseAmendment::decode(bytes).map(|form| Asked::Exercise(Exercise::Amendment(form)))
        }
        Kind::Invitation => {
            wire::ExerciseInvitation::decode(bytes).map(|form| Asked::Exercise(Exercise::Invitation(form)))
        }
        Kind::Conclusion => {
            wire::ExerciseConclusion::decode(bytes).map(|form| Asked::Exercise(Exercise::Conclusion(form)))
        }
        Kind::Cancellation => wire::ExerciseCancellation::decode(bytes)
            .map(|form| Asked::Exercise(Exercise::Cancellation(form))),
        Kind::Statement => {
            wire::ExerciseStatement::decode(bytes).map(|form| Asked::Exercise(Exercise::Statement(form)))
        }
        Kind::SameActivity => {
            wire::SameActivity::decode(bytes).map(|form| Asked::Exercise(Exercise::SameActivity(form)))
        }
        Kind::Adoption => {
            wire::RegimeAdoption::decode(bytes).map(|form| Asked::Regime(Regime::Adoption(form)))
        }
        Kind::Suspension => {
            wire::RegimeSuspension::decode(bytes).map(|form| Asked::Regime(Regime::Suspension(form)))
        }
        Kind::Resumption => {
            wire::RegimeResumption::decode(bytes).map(|form| Asked::Regime(Regime::Resumption(form)))
        }
        Kind::Withdrawal => {
            wire::RegimeWithdrawal::decode(bytes).map(|form| Asked::Regime(Regime::Withdrawal(form)))
        }
        Kind::Formatted => wire::RegimeFormatted::decode(bytes).map(Asked::Formatted),
        Kind::Transcription => wire::Transcription::decode(bytes).map(Asked::Transcription),
        Kind::Translation => {
            wire::MessageTranslation::decode(bytes).map(|form| Asked::Message(About::Translation(form)))
        }
        Kind::Forwarded => {
            wire::MessageForwarded::decode(bytes).map(|form| Asked::Message(About::Forwarded(form)))
        }
        Kind::Report => {
            wire::IncidentReport::decode(bytes).map(|form| Asked::Incident(Incident::Report(form)))
        }
        Kind::Update => {
            wire::IncidentUpdate::decode(bytes).map(|form| Asked::Incident(Incident::Update(form)))
        }
        Kind::Finding => {
            wire::IncidentFinding::decode(bytes).map(|form| Asked::Incident(Incident::Finding(form)))
        }
        Kind::Closing => {
            wire::IncidentClosing::decode(bytes).map(|form| Asked::Incident(Incident::Closing(form)))
        }
        Kind::SameIncident => {
            wire::SameActivity::decode(bytes).map(|form| Asked::Incident(Incident::SameIncident(form)))
        }
        Kind::Question => {
            wire::MessageQuestion::decode(bytes).map(|form| Asked::Message(About::Question(form)))
        }
        Kind::Answer => wire::MessageAnswer::decode(bytes).map(|form| Asked::Message(About::Answer(form))),
        Kind::Text => wire::MessageText::decode(bytes).map(|form| Asked::Message(About::Text(form))),
        Kind::ServiceMessage => {
            wire::ServiceMessage::decode(bytes).map(|form| Asked::Message(About::Service(form)))
        }
        Kind::MessageWithdrawal => {
            wire::MessageWithdrawal::decode(bytes).map(|form| Asked::Message(About::Withdrawal(form)))
        }
        Kind::Request => {
            wire::ActivityRequest::decode(bytes).map(|form| Asked::Activity(Activity::Request(form)))
        }
        Kind::Joining => {
            wire::ActivityJoining::decode(bytes).map(|form| Asked::Activity(Activity::Joining(form)))
        }
        Kind::Reply => wire::ActivityReply::decode(bytes).map(|form| Asked::Activity(Activity::Reply(form))),
        Kind::Judgement => {
            wire::ActivityJudgement::decode(bytes).map(|form| Asked::Activity(Activity::Judgement(form)))
        }
        Kind::MeetingRequest => wire::ActivityMeetingRequest::decode(bytes)
            .map(|form| Asked::Activity(Activity::MeetingRequest(form))),
        Kind::Convening => {
            wire::ActivityConvening::decode(bytes).map(|form| Asked::Activity(Activity::Convening(form)))
        }
        Kind::Meeting => {
            wire::ActivityMeeting::decode(bytes).map(|form| Asked::Activity(Activity::Meeting(form)))
        }
        Kind::MeetingReport => wire::ActivityMeetingReport::decode(bytes)
            .map(|form| Asked::Activity(Activity::MeetingReport(form))),
        Kind::Observers => {
            wire::ExerciseObservers::decode(bytes).map(|form| Asked::Exercise(Exercise::Observers(form)))
        }
        Kind::ObserverReport => wire::ExerciseObserverReport::decode(bytes)
            .map(|form| Asked::Exercise(Exercise::ObserverReport(form))),
    };
    given.map_err(|error| form::Unreadable::Malformed { kind: content.kind(), what: error.to_string() })
}

/// The heading of a draft as a drafter's call carries it. The drafter is left out: the node knows who
/// calls.
pub fn given_heading(outgoing: &Outgoing) -> calls::Heading {
    let message = message::outgoing_to_proto(outgoing);
    calls::Heading {
        thread: message.thread,
        action: message.action,
        information: message.information,
        precedence: message.precedence,
        zone: outgoing.zone.clone(),
        regime: message.regime,
        marking: message.marking,
        language: message.language,
        references: message.references,
        parts: message.parts,
        traffic: message.traffic,
        subject: message.subject,
        remarks: message.remarks,
        releasable_to: message.releasable_to,
    }
}
