//! What a message's content says, by its kind.
//!
//! Never here: a refusal. Content of a kind that this program does not know, or that it can't read, is
//! kept as it is and named as such.

use bytes::Bytes;

use super::evidence_v1 as proto;
use super::form;
use super::forwarded::{self, Opened};
use super::message::{decode_acknowledgement, precedence_to_proto};
use crate::domain::adoption::Word;
use crate::domain::check::{Called, CheckWords, OfLink, Outage, PRECEDENCE};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::forwarded::Forwards;
use crate::domain::heading::{Is, Named, named};
use crate::domain::language::Language;
use crate::domain::message::{ACKNOWLEDGEMENT, Acknowledgement};
use crate::domain::transcription::UNREAD_ORIGIN;
use crate::limits;

/// What was read from a message's content.
#[derive(Clone, PartialEq, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are forms")]
pub enum Said {
    Form(Content),
    Acknowledgement(Acknowledgement),
    /// Of a kind that this program does not know.
    Unknown,
    /// Of a kind that it knows, but not what that kind promises. The sentence quotes nothing.
    Unreadable(String),
}

impl Said {
    /// The form, where it is one that was read.
    pub fn content(&self) -> Option<&Content> {
        match self {
            Said::Form(content) => Some(content),
            Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => None,
        }
    }
}

/// Reads what can be read.
pub fn said(kind: &str, content: &Bytes) -> Said {
    if kind == ACKNOWLEDGEMENT {
        return match decode_acknowledgement(content) {
            Ok(acknowledgement) => Said::Acknowledgement(acknowledgement),
            Err(fault) => Said::Unreadable(fault.to_string()),
        };
    }
    match Kind::from_name(kind).map(|kind| form::decode(kind, content)) {
        Some(Ok(content)) => Said::Form(content),
        Some(Err(fault)) => Said::Unreadable(fault.to_string()),
        None => Said::Unknown,
    }
}

/// Whether content of this kind may do anything to who is bound by which rules.
pub(super) fn may_be_word(kind: &str) -> bool {
    match Kind::from_name(kind) {
        Some(Kind::Adoption | Kind::Suspension | Kind::Resumption | Kind::Withdrawal) => true,
        Some(
            Kind::Calendar
            | Kind::Notification
            | Kind::Amendment
            | Kind::Invitation
            | Kind::Conclusion
            | Kind::Statement
            | Kind::Cancellation
            | Kind::SameActivity
            | Kind::Formatted
            // What is transcribed binds nobody.
            | Kind::Transcription
            | Kind::Translation
            | Kind::Forwarded
            | Kind::Report
            | Kind::Update
            | Kind::Finding
            | Kind::Closing
            | Kind::SameIncident
            | Kind::Question
            | Kind::Answer
            | Kind::Text
            | Kind::ServiceMessage
            | Kind::MessageWithdrawal
            | Kind::Request
            | Kind::Joining
            | Kind::Reply
            | Kind::Judgement
            | Kind::MeetingRequest
            | Kind::Convening
            | Kind::Meeting
            | Kind::MeetingReport
            | Kind::Observers
            | Kind::ObserverReport
            | Kind::SessionOpening
            | Kind::SessionAcceptance
            | Kind::SessionText
            | Kind::SessionAddition
            | Kind::SessionClose
            | Kind::SessionShown
            | Kind::Check
            | Kind::CheckAnswer,
        )
        | None => false,
    }
}

/// What the content does to who is bound by which rules. `None` for most kinds, and where it lacks what it
/// would take effect by.
pub(super) fn word(kind: &str, content: &Bytes) -> Option<Word> {
    let known = Kind::from_name(kind).filter(|_| may_be_word(kind))?;
    Word::of(&form::decode(known, content).ok()?)
}

/// Whether content of this kind may say anything of a check of a link, or of an outage.
pub(super) fn may_be_of_link(kind: &str) -> bool {
    matches!(Kind::from_name(kind), Some(Kind::Check | Kind::CheckAnswer | Kind::ServiceMessage))
}

/// What a message says of a check of a link, or of an outage. `None` for other kinds, and where its content can't be
/// read.
pub(super) fn of_link(message: &proto::Message) -> Option<OfLink> {
    let known = Kind::from_name(&message.kind).filter(|_| may_be_of_link(&message.kind))?;
    let read = form::decode(known, &message.content).ok()?;
    let zone = message.date_time_group.as_ref().map_or("", |group| group.zone.as_str());
    // One lane keeps its order at both ends: on two, another check could be the first.
    let around = [
        ("heading.precedence", message.precedence != precedence_to_proto(PRECEDENCE)),
        ("heading.remarks", !message.remarks.is_empty()),
        ("heading.parts", !message.parts.is_empty()),
        ("heading.marking", !message.marking.is_empty()),
        ("heading.regime", message.regime.is_some()),
        ("heading.releasable_to", !message.releasable_to.is_empty()),
        ("heading.action", message.action.iter().any(|to| !to.office.is_empty())),
        ("heading.information", !message.information.is_empty()),
        ("heading.zone", !may_name_zone(zone)),
        ("heading.language", message.language.parse::<Language>().is_err()),
        // What an answer refers to is held against what it answers.
        ("heading.references", known == Kind::Check && !message.references.is_empty()),
        ("content", form::may_hold_more(&read, &message.content)),
    ];
    let called = |reference: &proto::Reference| Called {
        field: "heading.references",
        message: Digest::from_slice(&reference.message_digest),
        number: reference.number.clone(),
        author: reference.author.clone(),
    };
    let under = |mut words: CheckWords| {
        words.called.extend(message.references.iter().map(called));
        words.drafter = message.drafter.as_ref().map(|drafter| drafter.name.clone()).unwrap_or_default();
        OfLink::Check(words.under(&message.subject, &around))
    };
    match read {
        Content::Check(form) => Some(under(form.words())),
        Content::CheckAnswer(form) => Some(under(form.words())),
        Content::ServiceMessage(form) => Outage::of(&form).map(OfLink::Outage),
        _ => None,
    }
}

/// By its shape alone: whether there is such a zone, other editions of the rules of time zones say otherwise.
fn may_name_zone(text: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+');
    text.len() <= limits::ZONE_NAME_BYTES && text.bytes().all(is_of_name)
}

/// Whose word a transcription is said to be, safe to show. `None` for every other kind.
pub fn origin(kind: &str, said: &Said) -> Option<String> {
    match said {
        Said::Form(Content::Transcription(form)) => Some(form.origin()),
        Said::Form(_) | Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => {
            (kind == Kind::Transcription.name()).then(|| UNREAD_ORIGIN.into())
        }
    }
}

/// The code of the format that the content is of. Empty for other kinds, and where it can't be read.
pub(super) fn format_code(kind: &str, content: &Bytes) -> String {
    let formatted = Kind::from_name(kind).filter(|kind| *kind == Kind::Formatted);
    match formatted.map(|kind| form::decode(kind, content)) {
        Some(Ok(Content::Formatted(form))) => form.format,
        Some(Ok(_) | Err(_)) | None => String::new(),
    }
}

/// The message that the content hands on. `None` for other kinds, and where it can't be read: that is marked,
/// and no draft of ours.
pub(super) fn forwards(kind: &str, content: &Bytes) -> Option<Forwards> {
    let forwarded = Kind::from_name(kind).filter(|kind| *kind == Kind::Forwarded)?;
    let Ok(Content::Forwarded(form)) = form::decode(forwarded, content) else { return None };
    match forwarded::open(&form) {
        Opened::Message(opened) => Some(opened.forwards()),
        Opened::Forwarding | Opened::Unreadable => None,
    }
}

/// What a reader must be told about the content beside what it says. Holds nothing that a Party wrote.
pub fn marks(said: &Said, content: &Bytes) -> Vec<String> {
    match said {
        Said::Form(read) => {
            let mut marks = Vec::new();
            if read.is_incomplete() {
                marks.push("incomplete: its author says that more will follow".into());
            }
            if let Content::Forwarded(form) = read {
                marks.extend(forwarded::open(form).mark().map(str::to_owned));
            }
            marks.extend(by_number_alone(read));
            if form::may_hold_more(read, content) {
                marks.push("it may state more than this program can show".into());
            }
            marks
        }
        Said::Acknowledgement(_) => Vec::new(),
        Said::Unknown => vec![format!("unknown kind: kept as it is, {} bytes", content.len())],
        Said::Unreadable(why) => {
            vec![format!("kept as it is, {} bytes, but not shown: {why}", content.len())]
        }
    }
}

/// Where it names messages of which it gives no digest. No index leads from a number to a message.
fn by_number_alone(content: &Content) -> Option<String> {
    let is_alone = |one: &Named<'_>| {
        one.is != Is::OwnWord && one.reference.message_digest.is_none() && !one.reference.number.is_empty()
    };
    let fields: Vec<String> = named(content)
        .into_iter()
        .filter(is_alone)
        .map(|one| one.field)
        .take(limits::NAMED_LOOKED_FOR_MAX)
        .collect();
    let told = "named by number alone, so looked for in this thread and nowhere else; with its message_digest it is \
                found wherever it stands";
    (!fields.is_empty()).then(|| format!("{told}: {}", fields.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_that_cannot_be_read_is_kept_and_named_never_guessed() {
        let junk = Bytes::from_static(&[0xff, 0xff, 0xff]);
        assert_eq!(said("hotline.video", &junk), Said::Unknown);
        assert_eq!(marks(&Said::Unknown, &junk), ["unknown kind: kept as it is, 3 bytes"]);
        for kind in ["exercise.notification", ACKNOWLEDGEMENT] {
            let read = said(kind, &junk);
            assert!(matches!(read, Said::Unreadable(_)), "{read:?}");
            assert_eq!(marks(&read, &junk).len(), 1);
        }
    }
}
