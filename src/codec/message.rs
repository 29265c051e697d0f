//! Messages and drafts from and to their signed bytes.
//!
//! A draft's bytes are those of a message that lacks number, date-time group and releaser; their digest
//! is what a releaser names. Never here: the content of a kind, which stays bytes.

use bytes::Bytes;
use prost::Message as _;

use super::content;
use super::dispatch::{digest, party, thread};
use super::evidence_v1 as proto;
use super::fault::DecodeFault;
use super::told_more::Told;
use crate::domain::check::OfLink;
use crate::domain::message::{
    Acknowledgement, Addressee, Holds, Message, Outgoing, Part, Reference, RegimeCitation, Relation, Traffic,
};
use crate::domain::party::{Incarnation, Party};
use crate::domain::people::Person;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::limits;

/// The payload that is signed.
pub fn encode(message: &Message) -> Bytes {
    let mut wire = outgoing_to_proto(&message.draft);
    wire.author = message.author.to_string();
    wire.incarnation = message.incarnation.0;
    wire.number.clone_from(&message.number);
    wire.date_time_group =
        Some(proto::DateTimeGroup { instant_ms: message.released_at.0, zone: message.draft.zone.clone() });
    wire.releaser = Some(person_to_proto(&message.releaser));
    wire.encode_to_vec().into()
}

/// Reads a message's payload. It says nothing about whether the message is signed.
pub fn decode(payload: &Bytes) -> Result<Message, DecodeFault> {
    let wire = wire(payload)?;
    let read = wire.encoded_len();
    let group =
        wire.date_time_group.clone().ok_or(DecodeFault::new("message.date_time_group", "must be given"))?;
    Ok(Message {
        author: party(&wire.author, "message.author")?,
        incarnation: Incarnation(wire.incarnation),
        number: text(wire.number.clone(), "message.number", limits::LINE_BYTES_MAX)?,
        released_at: Instant(group.instant_ms),
        releaser: person_from_proto(wire.releaser.clone(), "message.releaser")?,
        draft: with_the_rest(outgoing_from_proto(wire, group.zone)?, payload, read),
    })
}

/// Of a check of a link, or of what only tells what became of another message, that its bytes are more than those that
/// were read: what stands in a field that this program does not know is nothing that was agreed on.
fn with_the_rest(mut outgoing: Outgoing, bytes: &Bytes, read: usize) -> Outgoing {
    let has_unknown = read != bytes.len();
    if has_unknown && let Some(OfLink::Check(words)) = outgoing.of_link.as_deref_mut() {
        words.more = words.more.or(Some("message"));
    }
    outgoing.says_more = Told::of(&outgoing, has_unknown).says_more();
    outgoing
}

/// The bytes of a draft.
pub fn encode_draft(outgoing: &Outgoing) -> Bytes {
    let mut wire = outgoing_to_proto(outgoing);
    wire.date_time_group = Some(proto::DateTimeGroup { instant_ms: 0, zone: outgoing.zone.clone() });
    wire.encode_to_vec().into()
}

/// A draft from the bytes by whose digest a releaser names it.
pub fn decode_draft(bytes: &Bytes) -> Result<Outgoing, DecodeFault> {
    let wire = wire(bytes)?;
    let read = wire.encoded_len();
    let zone = wire.date_time_group.clone().unwrap_or_default().zone;
    Ok(with_the_rest(outgoing_from_proto(wire, zone)?, bytes, read))
}

/// The kind alone, so that whoever goes no deeper need not.
pub(super) fn kind_of(payload: &Bytes) -> Option<String> {
    wire(payload).ok().map(|wire| wire.kind)
}

fn wire(payload: &Bytes) -> Result<proto::Message, DecodeFault> {
    if payload.len() > limits::MESSAGE_BYTES_MAX {
        return Err(DecodeFault::at_most("message", limits::MESSAGE_BYTES_MAX, "bytes"));
    }
    proto::Message::decode(payload.clone()).map_err(|_| DecodeFault::new("message", "not a message at all"))
}

pub(super) fn outgoing_to_proto(outgoing: &Outgoing) -> proto::Message {
    proto::Message {
        thread: Bytes::copy_from_slice(&outgoing.thread.0),
        kind: outgoing.kind.clone(),
        content: outgoing.content.clone(),
        action: outgoing.action.iter().map(addressee_to_proto).collect(),
        information: outgoing.information.iter().map(addressee_to_proto).collect(),
        precedence: precedence_to_proto(outgoing.precedence),
        drafter: Some(person_to_proto(&outgoing.drafter)),
        regime: outgoing.regime.as_ref().map(|regime| proto::RegimeCitation {
            name: regime.name.clone(),
            digest: Bytes::copy_from_slice(&regime.digest.0),
            provision: regime.provision.clone(),
        }),
        marking: outgoing.marking.clone(),
        language: outgoing.language.clone(),
        references: outgoing.references.iter().map(reference_to_proto).collect(),
        traffic: traffic_to_proto(outgoing.traffic),
        parts: outgoing.parts.iter().map(part_to_proto).collect(),
        subject: outgoing.subject.clone(),
        remarks: outgoing.remarks.clone(),
        releasable_to: outgoing.releasable_to.iter().map(Party::to_string).collect(),
        ..proto::Message::default()
    }
}

pub(super) fn outgoing_from_proto(wire: proto::Message, zone: String) -> Result<Outgoing, DecodeFault> {
    let of_link = content::of_link(&wire).map(Box::new);
    let regime = wire.regime.map(|regime| {
        Ok(RegimeCitation {
            name: text(regime.name, "message.regime.name", limits::LINE_BYTES_MAX)?,
            digest: digest(&regime.digest, "message.regime.digest")?,
            provision: text(regime.provision, "message.regime.provision", limits::LINE_BYTES_MAX)?,
        })
    });
    let kind = kind(wire.kind)?;
    Ok(Outgoing {
        word: content::word(&kind, &wire.content).map(Box::new),
        format: content::format_code(&kind, &wire.content),
        forwards: content::forwards(&kind, &wire.content).map(Box::new),
        of_link,
        // What reads all of its bytes says it.
        says_more: false,
        thread: thread(&wire.thread, "message.thread")?,
        kind,
        content: wire.content,
        action: addressees(wire.action, "message.action")?,
        information: addressees(wire.information, "message.information")?,
        precedence: precedence_from_proto(wire.precedence, "message.precedence")?,
        zone: text(zone, "message.date_time_group.zone", limits::LINE_BYTES_MAX)?,
        drafter: person_from_proto(wire.drafter, "message.drafter")?,
        regime: regime.transpose()?,
        marking: text(wire.marking, "message.marking", limits::LINE_BYTES_MAX)?,
        language: text(wire.language, "message.language", limits::LINE_BYTES_MAX)?,
        references: few(wire.references, "message.references", limits::REFERENCES_MAX)?
            .into_iter()
            .map(reference_from_proto)
            .collect::<Result<_, _>>()?,
        traffic: match proto::Traffic::try_from(wire.traffic) {
            Ok(proto::Traffic::Real) => Traffic::Real,
            Ok(proto::Traffic::Drill) => Traffic::Drill,
            Ok(proto::Traffic::Unspecified) | Err(_) => {
                return Err(DecodeFault::new("message.traffic", "real or drill"));
            }
        },
        parts: few(wire.parts, "message.parts", limits::PARTS_MAX)?
            .into_iter()
            .map(part_from_proto)
            .collect::<Result<_, _>>()?,
        subject: text(wire.subject, "message.subject", limits::LINE_BYTES_MAX)?,
        remarks: text(wire.remarks, "message.remarks", limits::REMARKS_BYTES_MAX)?,
        releasable_to: few(wire.releasable_to, "message.releasable_to", limits::RELEASABLE_TO_MAX)?
            .iter()
            .map(|code| party(code, "message.releasable_to"))
            .collect::<Result<_, _>>()?,
    })
}

/// Lower-case words joined by dots and hyphens, so that a kind can be shown without care.
pub(super) fn is_kind(kind: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'.' | b'-');
    !kind.is_empty() && kind.len() <= limits::KIND_BYTES_MAX && kind.bytes().all(allowed)
}

fn kind(kind: String) -> Result<String, DecodeFault> {
    let rule = "lower-case words joined by dots";
    if is_kind(&kind) { Ok(kind) } else { Err(DecodeFault::new("message.kind", rule)) }
}

fn text(text: String, field: &'static str, bytes_max: usize) -> Result<String, DecodeFault> {
    if text.len() <= bytes_max { Ok(text) } else { Err(DecodeFault::at_most(field, bytes_max, "bytes")) }
}

fn few<T>(items: Vec<T>, field: &'static str, most: usize) -> Result<Vec<T>, DecodeFault> {
    if items.len() <= most { Ok(items) } else { Err(DecodeFault::at_most(field, most, "entries")) }
}

fn addressees(wire: Vec<proto::Addressee>, field: &'static str) -> Result<Vec<Addressee>, DecodeFault> {
    let read = |addressee: proto::Addressee| {
        Ok(Addressee {
            party: party(&addressee.party, field)?,
            office: text(addressee.office, field, limits::LINE_BYTES_MAX)?,
        })
    };
    few(wire, field, limits::ADDRESSEES_MAX)?.into_iter().map(read).collect()
}

fn addressee_to_proto(addressee: &Addressee) -> proto::Addressee {
    proto::Addressee { party: addressee.party.to_string(), office: addressee.office.clone() }
}

pub(crate) fn person_to_proto(person: &Person) -> proto::Person {
    proto::Person {
        name: person.name.clone(),
        office: person.office.clone(),
        key_digest: Bytes::copy_from_slice(&person.key_digest.0),
    }
}

pub(crate) fn person_from_proto(
    person: Option<proto::Person>,
    field: &'static str,
) -> Result<Person, DecodeFault> {
    let person = person.ok_or(DecodeFault::new(field, "must be given"))?;
    Ok(Person {
        name: text(person.name, field, limits::LINE_BYTES_MAX)?,
        office: text(person.office, field, limits::LINE_BYTES_MAX)?,
        key_digest: digest(&person.key_digest, field)?,
    })
}

fn reference_to_proto(reference: &Reference) -> proto::Reference {
    let relation = match reference.relation {
        Relation::RefersTo => proto::Relation::RefersTo,
        Relation::Amends => proto::Relation::Amends,
        Relation::Answers => proto::Relation::Answers,
        Relation::Acknowledges => proto::Relation::Acknowledges,
    };
    proto::Reference {
        message_digest: reference.message.map(|digest| Bytes::copy_from_slice(&digest.0)).unwrap_or_default(),
        number: reference.number.clone(),
        author: reference.author.clone(),
        relation: relation as i32,
    }
}

fn reference_from_proto(wire: proto::Reference) -> Result<Reference, DecodeFault> {
    let message = if wire.message_digest.is_empty() {
        None
    } else {
        Some(digest(&wire.message_digest, "message.references.message_digest")?)
    };
    Ok(Reference {
        message,
        number: text(wire.number, "message.references.number", limits::LINE_BYTES_MAX)?,
        author: text(wire.author, "message.references.author", limits::LINE_BYTES_MAX)?,
        relation: relation_from_proto(wire.relation),
    })
}

/// A relation that a newer peer knows is at least a mention.
pub(super) fn relation_from_proto(wire: i32) -> Relation {
    match proto::Relation::try_from(wire) {
        Ok(proto::Relation::Amends) => Relation::Amends,
        Ok(proto::Relation::Answers) => Relation::Answers,
        Ok(proto::Relation::Acknowledges) => Relation::Acknowledges,
        Ok(proto::Relation::RefersTo | proto::Relation::Unspecified) | Err(_) => Relation::RefersTo,
    }
}

fn part_to_proto(part: &Part) -> proto::Part {
    proto::Part {
        salted_digest: Bytes::copy_from_slice(&part.salted_digest.0),
        bytes: part.bytes,
        media_type: part.media_type.clone(),
        name: part.name.clone(),
        personal: match part.holds {
            Holds::PersonalData => true,
            Holds::NoPersonalData => false,
        },
    }
}

/// A part as a message names it.
///
/// # Errors
/// A digest that is none, a text over its limit.
pub fn part_from_proto(wire: proto::Part) -> Result<Part, DecodeFault> {
    Ok(Part {
        salted_digest: digest(&wire.salted_digest, "message.parts.salted_digest")?,
        bytes: wire.bytes,
        media_type: text(wire.media_type, "message.parts.media_type", limits::LINE_BYTES_MAX)?,
        name: text(wire.name, "message.parts.name", limits::LINE_BYTES_MAX)?,
        holds: if wire.personal { Holds::PersonalData } else { Holds::NoPersonalData },
    })
}

pub(crate) fn precedence_to_proto(precedence: Precedence) -> i32 {
    (match precedence {
        Precedence::Routine => proto::Precedence::Routine,
        Precedence::Priority => proto::Precedence::Priority,
        Precedence::Immediate => proto::Precedence::Immediate,
        Precedence::Flash => proto::Precedence::Flash,
    }) as i32
}

pub(crate) fn traffic_to_proto(traffic: Traffic) -> i32 {
    (match traffic {
        Traffic::Real => proto::Traffic::Real,
        Traffic::Drill => proto::Traffic::Drill,
    }) as i32
}

pub(crate) fn precedence_from_proto(wire: i32, field: &'static str) -> Result<Precedence, DecodeFault> {
    match proto::Precedence::try_from(wire) {
        Ok(proto::Precedence::Routine) => Ok(Precedence::Routine),
        Ok(proto::Precedence::Priority) => Ok(Precedence::Priority),
        Ok(proto::Precedence::Immediate) => Ok(Precedence::Immediate),
        Ok(proto::Precedence::Flash) => Ok(Precedence::Flash),
        Ok(proto::Precedence::Unspecified) | Err(_) => Err(DecodeFault::new(field, "one of the four grades")),
    }
}

/// The grade that a call names, for showing.
pub fn precedence_name(wire: i32) -> String {
    precedence_from_proto(wire, "precedence")
        .map_or_else(|_| "no known precedence".into(), |one| one.to_string())
}

/// Real or drill, as a mark on each line and page: a drill must not be read as anything else.
pub fn traffic_mark(wire: i32) -> &'static str {
    match proto::Traffic::try_from(wire) {
        Ok(proto::Traffic::Real) => "REAL",
        Ok(proto::Traffic::Drill) => "DRILL",
        Ok(proto::Traffic::Unspecified) | Err(_) => "REAL?",
    }
}

/// Real or drill, for programs.
pub fn traffic_name(wire: i32) -> &'static str {
    match proto::Traffic::try_from(wire) {
        Ok(proto::Traffic::Real) => "real",
        Ok(proto::Traffic::Drill) => "drill",
        Ok(proto::Traffic::Unspecified) | Err(_) => "real or drill not known",
    }
}

/// The content of an acknowledgement.
pub fn encode_acknowledgement(acknowledgement: &Acknowledgement) -> Bytes {
    let wire = proto::Acknowledgement {
        message_digest: Bytes::copy_from_slice(&acknowledgement.message.0),
        officer: Some(person_to_proto(&acknowledgement.officer)),
        read_at_ms: acknowledgement.read_at.0,
    };
    wire.encode_to_vec().into()
}

/// What an acknowledgement says, from the content of its message.
pub fn decode_acknowledgement(content: &Bytes) -> Result<Acknowledgement, DecodeFault> {
    let wire = proto::Acknowledgement::decode(content.clone())
        .map_err(|_| DecodeFault::new("acknowledgement", "not an acknowledgement at all"))?;
    Ok(Acknowledgement {
        message: digest(&wire.message_digest, "acknowledgement.message_digest")?,
        officer: person_from_proto(wire.officer, "acknowledgement.officer")?,
        read_at: Instant(wire.read_at_ms),
    })
}
