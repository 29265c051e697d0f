//! The form within a transcription: that of any kind but of a message about a message, as a field of its own.
//! In a form for people it is a table called by the kind: `[form.notification]`.
//!
//! Never here: any effect of what it states.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::domain::content::{Content, Kind};
use crate::domain::form::faults::{Faults, Refused};
use crate::domain::form::outline::{Entry, Part, Path, Shape, Value};

/// What was filled in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Filled {
    #[default]
    Nothing,
    Form(Box<Content>),
    /// Content of a kind that this program does not know; never written by a form.
    Unknown(Bytes),
}

/// The kind whose form may be filled in under this word, or its whole name.
fn kind_called(word: &str) -> Option<Kind> {
    kinds().find(|kind| kind.word() == word || kind.name() == word)
}

fn kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| may_be_filled(*kind))
}

/// Not a message about a message: what comes on paper encloses nothing that was signed. Nor one of a session, of
/// which each names those before it by their digests.
pub fn may_be_filled(kind: Kind) -> bool {
    !matches!(kind, Kind::Transcription | Kind::Translation | Kind::Forwarded | Kind::MessageWithdrawal)
        && !kind.is_of_the_hotline()
}

impl Entry for Filled {
    const SHAPE: Shape = Shape::OfFormat;

    fn value(&self) -> Value {
        match self {
            Filled::Nothing => Value::Absent,
            Filled::Form(content) => {
                let value = Value::Group(content.form().parts());
                Value::Group(vec![Part { name: content.kind().word().into(), value }])
            }
            Filled::Unknown(bytes) => {
                Value::Leaf(format!("{} bytes of a kind that this program does not know", bytes.len()))
            }
        }
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        match self {
            Filled::Nothing => {}
            Filled::Form(content) => {
                for fault in crate::domain::form::faults(content) {
                    faults.add(&at.field(&fault.field), fault.rule);
                }
            }
            Filled::Unknown(_) => faults.add(at, "is of a kind that this program does not know"),
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        match self {
            Filled::Nothing | Filled::Unknown(_) => Ok(()),
            Filled::Form(content) if !may_be_filled(content.kind()) => {
                let rule = "a message about a message is not transcribed".to_owned();
                Err(Refused { field: at.to_string(), rule })
            }
            Filled::Form(content) => content.bound().map_err(|refused| Refused {
                field: at.field(&refused.field).to_string(),
                rule: refused.rule,
            }),
        }
    }

    fn is_absent(&self) -> bool {
        *self == Filled::Nothing
    }
}

impl Serialize for Filled {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Filled::Form(content) = self else { return serializer.serialize_map(Some(0))?.end() };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_key(content.kind().word())?;
        match content.as_ref() {
            Content::Calendar(form) => map.serialize_value(form)?,
            Content::Notification(form) => map.serialize_value(form)?,
            Content::Amendment(form) => map.serialize_value(form)?,
            Content::Invitation(form) => map.serialize_value(form)?,
            Content::Conclusion(form) => map.serialize_value(form)?,
            Content::Statement(form) => map.serialize_value(form)?,
            Content::Cancellation(form) => map.serialize_value(form)?,
            Content::SameActivity(form) => map.serialize_value(form)?,
            Content::Adoption(form) => map.serialize_value(form)?,
            Content::Suspension(form) => map.serialize_value(form)?,
            Content::Resumption(form) => map.serialize_value(form)?,
            Content::Withdrawal(form) => map.serialize_value(form)?,
            Content::Formatted(form) => map.serialize_value(form)?,
            Content::Transcription(form) => map.serialize_value(form)?,
            Content::Translation(form) => map.serialize_value(form)?,
            Content::Forwarded(form) => map.serialize_value(form)?,
            Content::Report(form) => map.serialize_value(form)?,
            Content::Update(form) => map.serialize_value(form)?,
            Content::Finding(form) => map.serialize_value(form)?,
            Content::Closing(form) => map.serialize_value(form)?,
            Content::SameIncident(form) => map.serialize_value(form)?,
            Content::Question(form) => map.serialize_value(form)?,
            Content::Answer(form) => map.serialize_value(form)?,
            Content::Text(form) => map.serialize_value(form)?,
            Content::ServiceMessage(form) => map.serialize_value(form)?,
            Content::MessageWithdrawal(form) => map.serialize_value(form)?,
            Content::Request(form) => map.serialize_value(form)?,
            Content::Joining(form) => map.serialize_value(form)?,
            Content::Reply(form) => map.serialize_value(form)?,
            Content::Judgement(form) => map.serialize_value(form)?,
            Content::MeetingRequest(form) => map.serialize_value(form)?,
            Content::Convening(form) => map.serialize_value(form)?,
            Content::Meeting(form) => map.serialize_value(form)?,
            Content::MeetingReport(form) => map.serialize_value(form)?,
            Content::Observers(form) => map.serialize_value(form)?,
            Content::ObserverReport(form) => map.serialize_value(form)?,
            Content::SessionOpening(form) => map.serialize_value(form)?,
            Content::SessionAcceptance(form) => map.serialize_value(form)?,
            Content::SessionText(form) => map.serialize_value(form)?,
            Content::SessionAddition(form) => map.serialize_value(form)?,
            Content::SessionClose(form) => map.serialize_value(form)?,
            Content::SessionShown(form) => map.serialize_value(form)?,
            Content::Check(form) => map.serialize_value(form)?,
            Content::CheckAnswer(form) => map.serialize_value(form)?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Filled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Filled, D::Error> {
        struct OfKind;
        impl<'de> Visitor<'de> for OfKind {
            type Value = Filled;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a form under the name of its kind, such as form.notification")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Filled, A::Error> {
                let Some(word) = map.next_key::<String>()? else { return Ok(Filled::Nothing) };
                let Some(kind) = kind_called(&word) else {
                    let words: Vec<_> = kinds().map(Kind::word).collect();
                    return Err(A::Error::custom(format!("a form is one of: {}", words.join(", "))));
                };
                let content = match kind {
                    Kind::Calendar => Content::Calendar(map.next_value()?),
                    Kind::Notification => Content::Notification(map.next_value()?),
                    Kind::Amendment => Content::Amendment(map.next_value()?),
                    Kind::Invitation => Content::Invitation(map.next_value()?),
                    Kind::Conclusion => Content::Conclusion(map.next_value()?),
                    Kind::Statement => Content::Statement(map.next_value()?),
                    Kind::Cancellation => Content::Cancellation(map.next_value()?),
                    Kind::SameActivity => Content::SameActivity(map.next_value()?),
                    Kind::Adoption => Content::Adoption(map.next_value()?),
                    Kind::Suspension => Content::Suspension(map.next_value()?),
                    Kind::Resumption => Content::Resumption(map.next_value()?),
                    Kind::Withdrawal => Content::Withdrawal(map.next_value()?),
                    Kind::Formatted => Content::Formatted(map.next_value()?),
                    Kind::Transcription => Content::Transcription(map.next_value()?),
                    Kind::Translation => Content::Translation(map.next_value()?),
                    Kind::Forwarded => Content::Forwarded(map.next_value()?),
                    Kind::Report => Content::Report(map.next_value()?),
                    Kind::Update => Content::Update(map.next_value()?),
                    Kind::Finding => Content::Finding(map.next_value()?),
                    Kind::Closing => Content::Closing(map.next_value()?),
                    Kind::SameIncident => Content::SameIncident(map.next_value()?),
                    Kind::Question => Content::Question(map.next_value()?),
                    Kind::Answer => Content::Answer(map.next_value()?),
                    Kind::Text => Content::Text(map.next_value()?),
                    Kind::ServiceMessage => Content::ServiceMessage(map.next_value()?),
                    Kind::MessageWithdrawal => Content::MessageWithdrawal(map.next_value()?),
                    Kind::Request => Content::Request(map.next_value()?),
                    Kind::Joining => Content::Joining(map.next_value()?),
                    Kind::Reply => Content::Reply(map.next_value()?),
                    Kind::Judgement => Content::Judgement(map.next_value()?),
                    Kind::MeetingRequest => Content::MeetingRequest(map.next_value()?),
                    Kind::Convening => Content::Convening(map.next_value()?),
                    Kind::Meeting => Content::Meeting(map.next_value()?),
                    Kind::MeetingReport => Content::MeetingReport(map.next_value()?),
                    Kind::Observers => Content::Observers(map.next_value()?),
                    Kind::ObserverReport => Content::ObserverReport(map.next_value()?),
                    Kind::SessionOpening => Content::SessionOpening(map.next_value()?),
                    Kind::SessionAcceptance => Content::SessionAcceptance(map.next_value()?),
                    Kind::SessionText => Content::SessionText(map.next_value()?),
                    Kind::SessionAddition => Content::SessionAddition(map.next_value()?),
                    Kind::SessionClose => Content::SessionClose(map.next_value()?),
                    Kind::SessionShown => Content::SessionShown(map.next_value()?),
                    Kind::Check => Content::Check(map.next_value()?),
                    Kind::CheckAnswer => Content::CheckAnswer(map.next_value()?),
                };
                match map.next_key::<String>()? {
                    None => Ok(Filled::Form(Box::new(content))),
                    Some(_) => Err(A::Error::custom("a transcription holds one form, of one kind")),
                }
            }
        }
        deserializer.deserialize_map(OfKind)
    }
}
