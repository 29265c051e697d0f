//! A draft as a drafter's call gives it: heading and typed content to what the Board takes.
//!
//! Never here: what is merely wrong (`domain/heading.rs`, `domain/form`). What can't be put into a
//! message, or is over a limit, is refused before anything is recorded.

use bytes::Bytes;
use prost::Message as _;

pub use super::asked::{Asked, given};
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

impl From<calls::hotline_service_draft_request::Content> for Given {
    fn from(content: calls::hotline_service_draft_request::Content) -> Given {
        use calls::hotline_service_draft_request::Content as Form;
        let (kind, bytes) = match content {
            Form::Opening(form) => (Kind::SessionOpening, form.encode_to_vec()),
            Form::Acceptance(form) => (Kind::SessionAcceptance, form.encode_to_vec()),
            Form::Text(form) => (Kind::SessionText, form.encode_to_vec()),
            Form::Addition(form) => (Kind::SessionAddition, form.encode_to_vec()),
            Form::Close(form) => (Kind::SessionClose, form.encode_to_vec()),
            Form::Shown(form) => (Kind::SessionShown, form.encode_to_vec()),
            Form::Check(form) => (Kind::Check, form.encode_to_vec()),
            Form::CheckAnswer(form) => (Kind::CheckAnswer, form.encode_to_vec()),
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
