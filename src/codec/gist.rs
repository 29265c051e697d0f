//! The gist of a message, read from its signed bytes with nothing copied out.
//!
//! Never here: a refusal, as in `facts.rs`. Every field is looked at by the rules of `message.rs`, also
//! those of which nothing is kept: a message that the one would not read is not plain to the other.

use super::content;
use super::evidence_v1 as proto;
use super::message::{is_kind, precedence_from_proto, relation_from_proto};
use super::named;
use super::plain::Plain;
use super::told_more::{self, Told};
use crate::domain::content::Kind;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::fact::Gist;
use crate::domain::message::{ACKNOWLEDGEMENT, Relation, Traffic, tells_of_another};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::limits;

/// All of a message or a draft that some fact is about.
pub(super) struct Heading<'b> {
    author: &'b str,
    pub thread: ThreadId,
    kind: &'b str,
    content: &'b [u8],
    parties: Vec<Party>,
    offices: Vec<(Party, String)>,
    precedence: Precedence,
    group_ms: Option<i64>,
    /// Name, office, and the digest of the key.
    pub drafter: (&'b str, &'b str, Digest),
    releaser: Option<()>,
    /// The name of a regime, and the digest of its text.
    cites: Option<(&'b str, Digest)>,
    traffic: Traffic,
    references: Vec<(Digest, Relation)>,
    parts: Vec<(Digest, u64)>,
    says_more: bool,
}

pub(super) fn gist(payload: &[u8]) -> Option<Gist> {
    let heading = heading(payload)?;
    heading.releaser?;
    Some(Gist {
        author: party(heading.author)?,
        thread: heading.thread,
        released_at: Instant(heading.group_ms?),
        precedence: heading.precedence,
        traffic: heading.traffic,
        parties: heading.parties,
        offices: heading.offices,
        acknowledged_by: (heading.kind == ACKNOWLEDGEMENT).then_some(heading.drafter.2),
        kind: Kind::from_name(heading.kind),
        tells_of_another: tells_of_another(heading.kind),
        says_more: heading.says_more,
        references: heading.references,
        named: named::in_form(heading.kind, heading.content),
        parts: heading.parts,
        word: None,
        cites: heading.cites.map(|(name, digest)| (name.to_owned(), digest)),
        is_same_activity: heading.kind == Kind::SameActivity.name(),
        of_link: None,
        number: None,
    })
}

pub(super) fn heading(payload: &[u8]) -> Option<Heading<'_>> {
    let mut fields = Plain::of(payload);
    let author = fields.text(1)?;
    fields.u32(2)?;
    let thread = ThreadId::from_slice(fields.bytes(3)?)?;
    line(fields.text(4)?)?;
    let kind = fields.text(5)?;
    // Of these the fold needs what the content says.
    if content::may_be_word(kind) || content::may_be_of_link(kind) {
        return None;
    }
    let content = fields.bytes(6)?;
    let (action, information) = (fields.each(7, addressee)?, fields.each(8, addressee)?);
    if action.len().max(information.len()) > limits::ADDRESSEES_MAX {
        return None;
    }
    let all = || action.iter().chain(&information);
    let mut parties = Vec::with_capacity(action.len());
    for (party, _) in all() {
        if !parties.contains(party) {
            parties.push(*party);
        }
    }
    let names_one = all().any(|(_, office)| !office.is_empty());
    let offices = all().filter(|_| names_one).map(|(party, office)| (*party, (*office).to_owned())).collect();
    let precedence = precedence(fields.choice(9)?)?;
    let (group_ms, zone) = match fields.message(10)? {
        Some(group) => date_time_group(group).map(|(instant_ms, zone)| (Some(instant_ms), zone))?,
        None => (None, ""),
    };
    let drafter = person(fields.message(11)??)?;
    let releaser = match fields.message(12)? {
        Some(releaser) => Some(person(releaser).map(|_| ())?),
        None => None,
    };
    let cites = match fields.message(13)? {
        Some(cited) => Some(regime(cited)?),
        None => None,
    };
    let (marking, language) = (line(fields.text(14)?)?, line(fields.text(15)?)?);
    let references = fields.each(16, reference)?;
    let traffic = match proto::Traffic::try_from(fields.choice(17)?).ok()? {
        proto::Traffic::Real => Traffic::Real,
        proto::Traffic::Drill => Traffic::Drill,
        proto::Traffic::Unspecified => return None,
    };
    let parts = fields.each(18, part)?;
    let subject = line(fields.text(19)?)?;
    let remarks = fields.text(20)?;
    let releasable_to = fields.each(21, |code| party(std::str::from_utf8(code).ok()?))?;
    fields.end()?;
    let within = payload.len() <= limits::MESSAGE_BYTES_MAX
        && references.len() <= limits::REFERENCES_MAX
        && parts.len() <= limits::PARTS_MAX
        && releasable_to.len() <= limits::RELEASABLE_TO_MAX
        && remarks.len() <= limits::REMARKS_BYTES_MAX
        && is_kind(kind);
    let told = Told {
        kind,
        content,
        to: match action.as_slice() {
            [(party, office)] if office.is_empty() && information.is_empty() => Some(*party),
            _ => None,
        },
        drafter,
        subject,
        about: match references.as_slice() {
            [(message, author)] => message.map(|(digest, relation)| (digest, relation, *author)),
            _ => None,
        },
        has_other: !told_more::is_as_written(zone, language)
            || !marking.is_empty()
            || !remarks.is_empty()
            || cites.is_some()
            || !parts.is_empty()
            || !releasable_to.is_empty(),
    };
    let says_more = told.says_more();
    let references = references.into_iter().filter_map(|(message, _)| message).collect();
    within.then_some(Heading {
        author,
        thread,
        kind,
        content,
        parties,
        offices,
        precedence,
        group_ms,
        drafter,
        releaser,
        cites,
        traffic,
        references,
        parts,
        says_more,
    })
}

fn addressee(bytes: &[u8]) -> Option<(Party, &str)> {
    let mut fields = Plain::of(bytes);
    let party = party(fields.text(1)?)?;
    let office = line(fields.text(2)?)?;
    fields.end()?;
    Some((party, office))
}

/// The instant, and the zone that it is written in.
fn date_time_group(bytes: &[u8]) -> Option<(i64, &str)> {
    let mut fields = Plain::of(bytes);
    let group = (fields.i64(1)?, line(fields.text(2)?)?);
    fields.end()?;
    Some(group)
}

pub(super) fn person(bytes: &[u8]) -> Option<(&str, &str, Digest)> {
    let mut fields = Plain::of(bytes);
    let person = (line(fields.text(1)?)?, line(fields.text(2)?)?, Digest::from_slice(fields.bytes(3)?)?);
    fields.end()?;
    Some(person)
}

/// Its name, and the digest of its text.
fn regime(bytes: &[u8]) -> Option<(&str, Digest)> {
    let mut fields = Plain::of(bytes);
    let cited = (line(fields.text(1)?)?, Digest::from_slice(fields.bytes(2)?)?);
    line(fields.text(3)?)?;
    fields.end()?;
    Some(cited)
}

/// The inner `None` is a message of which only the number is known; beside it the author's code, as written.
fn reference(bytes: &[u8]) -> Option<(Option<(Digest, Relation)>, &str)> {
    let mut fields = Plain::of(bytes);
    let message = match fields.bytes(1)? {
        [] => None,
        known => Some(Digest::from_slice(known)?),
    };
    line(fields.text(2)?)?;
    let author = line(fields.text(3)?)?;
    let relation = relation_from_proto(fields.choice(4)?);
    fields.end()?;
    Some((message.map(|message| (message, relation)), author))
}

fn part(bytes: &[u8]) -> Option<(Digest, u64)> {
    let mut fields = Plain::of(bytes);
    let salted_digest = Digest::from_slice(fields.bytes(1)?)?;
    let size = fields.number(2)?;
    line(fields.text(3)?)?;
    line(fields.text(4)?)?;
    let personal = fields.number(5)?;
    fields.end()?;
    (personal <= 1).then_some((salted_digest, size))
}

fn line(text: &str) -> Option<&str> {
    (text.len() <= limits::LINE_BYTES_MAX).then_some(text)
}

pub(super) fn party(code: &str) -> Option<Party> {
    code.parse().ok()
}

pub(super) fn precedence(wire: i32) -> Option<Precedence> {
    precedence_from_proto(wire, "").ok()
}
