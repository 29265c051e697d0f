//! The content of forms: domain types to signed bytes and back.
//!
//! Never here: a judgement of what is stated (`domain/form/faults.rs`), and never a second encoding
//! of bytes that were received: those are kept as they came.

mod fields;
mod transcription;

use prost::Message as _;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use self::fields::Wire;
use super::evidence_v1 as v1;
use crate::domain::content::{Content, Kind};
use crate::domain::form::Refused;
use crate::domain::form::outline::Path;
use crate::limits;

/// Why content can't be taken. Names the field; holds nothing that the author wrote.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not the protobuf message that its kind promises.
    #[error("the content is not a well-formed {}: {what}", kind.name())]
    Malformed { kind: Kind, what: String },
    /// A field can't hold what it holds.
    #[error("the content's field {field} can't be decoded: {rule}")]
    Field { field: String, rule: &'static str },
    /// It is over a limit.
    #[error("the content is over a limit: {0}")]
    Limit(#[from] Refused),
}

/// The bytes to be signed. The same content always gives the same bytes: fields in the order of their
/// numbers, lists as they stand, nothing that is not stated.
///
/// # Errors
/// Over a hard limit; the field and the limit are named.
pub fn encode(content: &Content) -> Result<Vec<u8>, Refused> {
    content.bound()?;
    let bytes = match content {
        Content::Calendar(form) => Wire::<v1::ExerciseCalendar>::to_wire(form).encode_to_vec(),
        Content::Notification(form) => {
            Wire::<v1::ExerciseNotification>::to_wire(form.as_ref()).encode_to_vec()
        }
        Content::Amendment(form) => Wire::<v1::ExerciseAmendment>::to_wire(form.as_ref()).encode_to_vec(),
        Content::Invitation(form) => Wire::<v1::ExerciseInvitation>::to_wire(form.as_ref()).encode_to_vec(),
        Content::Conclusion(form) => Wire::<v1::ExerciseConclusion>::to_wire(form).encode_to_vec(),
        Content::Statement(form) => Wire::<v1::ExerciseStatement>::to_wire(form).encode_to_vec(),
        Content::Cancellation(form) => Wire::<v1::ExerciseCancellation>::to_wire(form).encode_to_vec(),
        Content::SameActivity(form) => Wire::<v1::SameActivity>::to_wire(form).encode_to_vec(),
        Content::Adoption(form) => Wire::<v1::RegimeAdoption>::to_wire(form).encode_to_vec(),
        Content::Suspension(form) => Wire::<v1::RegimeSuspension>::to_wire(form).encode_to_vec(),
        Content::Resumption(form) => Wire::<v1::RegimeResumption>::to_wire(form).encode_to_vec(),
        Content::Withdrawal(form) => Wire::<v1::RegimeWithdrawal>::to_wire(form).encode_to_vec(),
        Content::Formatted(form) => Wire::<v1::RegimeFormatted>::to_wire(form).encode_to_vec(),
        Content::Transcription(form) => Wire::<v1::Transcription>::to_wire(form.as_ref()).encode_to_vec(),
        Content::Translation(form) => Wire::<v1::MessageTranslation>::to_wire(form).encode_to_vec(),
        Content::Forwarded(form) => Wire::<v1::MessageForwarded>::to_wire(form).encode_to_vec(),
        Content::Report(form) => Wire::<v1::IncidentReport>::to_wire(form.as_ref()).encode_to_vec(),
        Content::Update(form) => Wire::<v1::IncidentUpdate>::to_wire(form.as_ref()).encode_to_vec(),
        Content::Finding(form) => Wire::<v1::IncidentFinding>::to_wire(form).encode_to_vec(),
        Content::Closing(form) => Wire::<v1::IncidentClosing>::to_wire(form).encode_to_vec(),
        Content::SameIncident(form) => Wire::<v1::SameActivity>::to_wire(form).encode_to_vec(),
        Content::Question(form) => Wire::<v1::MessageQuestion>::to_wire(form).encode_to_vec(),
        Content::Answer(form) => Wire::<v1::MessageAnswer>::to_wire(form).encode_to_vec(),
        Content::Text(form) => Wire::<v1::MessageText>::to_wire(form).encode_to_vec(),
        Content::ServiceMessage(form) => Wire::<v1::ServiceMessage>::to_wire(form).encode_to_vec(),
        Content::MessageWithdrawal(form) => Wire::<v1::MessageWithdrawal>::to_wire(form).encode_to_vec(),
        Content::Request(form) => Wire::<v1::ActivityRequest>::to_wire(form.as_ref()).encode_to_vec(),
        Content::Joining(form) => Wire::<v1::ActivityJoining>::to_wire(form).encode_to_vec(),
        Content::Reply(form) => Wire::<v1::ActivityReply>::to_wire(form).encode_to_vec(),
        Content::Judgement(form) => Wire::<v1::ActivityJudgement>::to_wire(form).encode_to_vec(),
        Content::MeetingRequest(form) => Wire::<v1::ActivityMeetingRequest>::to_wire(form).encode_to_vec(),
        Content::Convening(form) => Wire::<v1::ActivityConvening>::to_wire(form).encode_to_vec(),
        Content::Meeting(form) => Wire::<v1::ActivityMeeting>::to_wire(form).encode_to_vec(),
        Content::MeetingReport(form) => Wire::<v1::ActivityMeetingReport>::to_wire(form).encode_to_vec(),
        Content::Observers(form) => Wire::<v1::ExerciseObservers>::to_wire(form).encode_to_vec(),
        Content::ObserverReport(form) => {
            Wire::<v1::ExerciseObserverReport>::to_wire(form.as_ref()).encode_to_vec()
        }
        Content::SessionOpening(form) => Wire::<v1::HotlineOpening>::to_wire(form).encode_to_vec(),
        Content::SessionAcceptance(form) => Wire::<v1::HotlineAcceptance>::to_wire(form).encode_to_vec(),
        Content::SessionText(form) => Wire::<v1::HotlineText>::to_wire(form).encode_to_vec(),
        Content::SessionAddition(form) => Wire::<v1::HotlineAddition>::to_wire(form).encode_to_vec(),
        Content::SessionClose(form) => Wire::<v1::HotlineClose>::to_wire(form).encode_to_vec(),
        Content::SessionShown(form) => Wire::<v1::HotlineShown>::to_wire(form).encode_to_vec(),
        Content::Check(form) => Wire::<v1::HotlineCheck>::to_wire(form).encode_to_vec(),
        Content::CheckAnswer(form) => Wire::<v1::HotlineCheckAnswer>::to_wire(form).encode_to_vec(),
    };
    bound_bytes(&bytes)?;
    Ok(bytes)
}

/// What the signed bytes state. Fields of a newer program are passed over: see [`may_hold_more`].
///
/// # Errors
/// Not decodable, or over a hard limit.
pub fn decode(kind: Kind, bytes: &[u8]) -> Result<Content, Unreadable> {
    bound_bytes(bytes)?;
    bound_fields(kind, bytes)?;
    let content = match kind {
        Kind::Calendar => Content::Calendar(read::<_, v1::ExerciseCalendar>(kind, bytes)?),
        Kind::Notification => {
            Content::Notification(Box::new(read::<_, v1::ExerciseNotification>(kind, bytes)?))
        }
        Kind::Amendment => Content::Amendment(Box::new(read::<_, v1::ExerciseAmendment>(kind, bytes)?)),
        Kind::Invitation => Content::Invitation(Box::new(read::<_, v1::ExerciseInvitation>(kind, bytes)?)),
        Kind::Conclusion => Content::Conclusion(read::<_, v1::ExerciseConclusion>(kind, bytes)?),
        Kind::Statement => Content::Statement(read::<_, v1::ExerciseStatement>(kind, bytes)?),
        Kind::Cancellation => Content::Cancellation(read::<_, v1::ExerciseCancellation>(kind, bytes)?),
        Kind::SameActivity => Content::SameActivity(read::<_, v1::SameActivity>(kind, bytes)?),
        Kind::Adoption => Content::Adoption(read::<_, v1::RegimeAdoption>(kind, bytes)?),
        Kind::Suspension => Content::Suspension(read::<_, v1::RegimeSuspension>(kind, bytes)?),
        Kind::Resumption => Content::Resumption(read::<_, v1::RegimeResumption>(kind, bytes)?),
        Kind::Withdrawal => Content::Withdrawal(read::<_, v1::RegimeWithdrawal>(kind, bytes)?),
        Kind::Formatted => Content::Formatted(read::<_, v1::RegimeFormatted>(kind, bytes)?),
        Kind::Transcription => Content::Transcription(Box::new(read::<_, v1::Transcription>(kind, bytes)?)),
        Kind::Translation => Content::Translation(read::<_, v1::MessageTranslation>(kind, bytes)?),
        Kind::Forwarded => Content::Forwarded(read::<_, v1::MessageForwarded>(kind, bytes)?),
        Kind::Report => Content::Report(Box::new(read::<_, v1::IncidentReport>(kind, bytes)?)),
        Kind::Update => Content::Update(Box::new(read::<_, v1::IncidentUpdate>(kind, bytes)?)),
        Kind::Finding => Content::Finding(read::<_, v1::IncidentFinding>(kind, bytes)?),
        Kind::Closing => Content::Closing(read::<_, v1::IncidentClosing>(kind, bytes)?),
        Kind::SameIncident => Content::SameIncident(read::<_, v1::SameActivity>(kind, bytes)?),
        Kind::Question => Content::Question(read::<_, v1::MessageQuestion>(kind, bytes)?),
        Kind::Answer => Content::Answer(read::<_, v1::MessageAnswer>(kind, bytes)?),
        Kind::Text => Content::Text(read::<_, v1::MessageText>(kind, bytes)?),
        Kind::ServiceMessage => Content::ServiceMessage(read::<_, v1::ServiceMessage>(kind, bytes)?),
        Kind::MessageWithdrawal => Content::MessageWithdrawal(read::<_, v1::MessageWithdrawal>(kind, bytes)?),
        Kind::Request => Content::Request(Box::new(read::<_, v1::ActivityRequest>(kind, bytes)?)),
        Kind::Joining => Content::Joining(read::<_, v1::ActivityJoining>(kind, bytes)?),
        Kind::Reply => Content::Reply(read::<_, v1::ActivityReply>(kind, bytes)?),
        Kind::Judgement => Content::Judgement(read::<_, v1::ActivityJudgement>(kind, bytes)?),
        Kind::MeetingRequest => Content::MeetingRequest(read::<_, v1::ActivityMeetingRequest>(kind, bytes)?),
        Kind::Convening => Content::Convening(read::<_, v1::ActivityConvening>(kind, bytes)?),
        Kind::Meeting => Content::Meeting(read::<_, v1::ActivityMeeting>(kind, bytes)?),
        Kind::MeetingReport => Content::MeetingReport(read::<_, v1::ActivityMeetingReport>(kind, bytes)?),
        Kind::Observers => Content::Observers(read::<_, v1::ExerciseObservers>(kind, bytes)?),
        Kind::ObserverReport => {
            Content::ObserverReport(Box::new(read::<_, v1::ExerciseObserverReport>(kind, bytes)?))
        }
        Kind::SessionOpening => Content::SessionOpening(read::<_, v1::HotlineOpening>(kind, bytes)?),
        Kind::SessionAcceptance => Content::SessionAcceptance(read::<_, v1::HotlineAcceptance>(kind, bytes)?),
        Kind::SessionText => Content::SessionText(read::<_, v1::HotlineText>(kind, bytes)?),
        Kind::SessionAddition => Content::SessionAddition(read::<_, v1::HotlineAddition>(kind, bytes)?),
        Kind::SessionClose => Content::SessionClose(read::<_, v1::HotlineClose>(kind, bytes)?),
        Kind::SessionShown => Content::SessionShown(read::<_, v1::HotlineShown>(kind, bytes)?),
        Kind::Check => Content::Check(read::<_, v1::HotlineCheck>(kind, bytes)?),
        Kind::CheckAnswer => Content::CheckAnswer(read::<_, v1::HotlineCheckAnswer>(kind, bytes)?),
    };
    content.bound()?;
    Ok(content)
}

/// Whether the bytes may state more than this program can show, such as a field of a newer one. True
/// for any bytes that this program would not have written itself.
pub fn may_hold_more(content: &Content, bytes: &[u8]) -> bool {
    encode(content).map_or(true, |own| own != bytes)
}

fn read<T: Wire<P>, P: prost::Message + Default>(kind: Kind, bytes: &[u8]) -> Result<T, Unreadable> {
    let wire = P::decode(bytes).map_err(|error| malformed(kind, &error))?;
    T::from_wire(wire, &Path::root())
}

/// prost names the message, the field and what is wrong with its encoding, never its content.
fn malformed(kind: Kind, error: &prost::DecodeError) -> Unreadable {
    Unreadable::Malformed { kind, what: error.to_string() }
}

fn bound_bytes(bytes: &[u8]) -> Result<(), Refused> {
    if bytes.len() <= limits::CONTENT_BYTES_MAX {
        return Ok(());
    }
    Err(Refused {
        field: "content".to_owned(),
        rule: format!("takes at most {} bytes", limits::CONTENT_BYTES_MAX),
    })
}

/// What stands in a field, as far as fields are counted in it.
#[derive(Clone, Copy)]
enum Within {
    Form,
    Amendment,
    Formatted,
    Field,
    Entries,
    Entry,
}

impl Within {
    fn of(kind: Kind) -> Within {
        if kind == Kind::Amendment || kind == Kind::Update {
            Within::Amendment
        } else if kind == Kind::Formatted {
            Within::Formatted
        } else {
            Within::Form
        }
    }

    /// `None` for a field in which nothing is counted.
    fn field(self, tag: u32) -> Option<Within> {
        match (self, tag) {
            // ExerciseAmendment.notification, IncidentUpdate.report
            (Within::Amendment, 3) => Some(Within::Form),
            // RegimeFormatted.fields, FormattedField.entries, FormattedEntries.entries, FormattedEntry.fields
            (Within::Formatted, 4) | (Within::Entry, 1) => Some(Within::Field),
            (Within::Field, 11) => Some(Within::Entries),
            (Within::Entries, 1) => Some(Within::Entry),
            (Within::Form | Within::Amendment | Within::Formatted, _) => None,
            (Within::Field | Within::Entries | Within::Entry, _) => None,
        }
    }
}

/// Counts the fields at the top level, in the form within an amendment, and in those that a format names,
/// before anything is built from them: an entry of two bytes would become one of hundreds in memory.
fn bound_fields(kind: Kind, bytes: &[u8]) -> Result<(), Unreadable> {
    let mut count: usize = 0;
    let mut open = vec![(bytes, Within::of(kind))];
    while let Some((mut rest, within)) = open.pop() {
        while !rest.is_empty() {
            count = count.saturating_add(1);
            if count > limits::CONTENT_FIELDS_MAX {
                let rule = format!(
                    "has at most {} fields, lists within lists not counted",
                    limits::CONTENT_FIELDS_MAX
                );
                return Err(Unreadable::Limit(Refused { field: "content".to_owned(), rule }));
            }
            let (tag, wire_type) = decode_key(&mut rest).map_err(|error| malformed(kind, &error))?;
            let inner = within.field(tag).filter(|_| wire_type == WireType::LengthDelimited);
            if let Some(inner) = inner {
                let length = decode_varint(&mut rest).map_err(|error| malformed(kind, &error))?;
                let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
                let Some((field, after)) = split else {
                    return Err(Unreadable::Malformed { kind, what: format!("field {tag} ends too early") });
                };
                open.push((field, inner));
                rest = after;
            } else {
                skip_field(wire_type, tag, &mut rest, DecodeContext::default())
                    .map_err(|error| malformed(kind, &error))?;
            }
        }
    }
    Ok(())
}
