//! The content of a transcription, and the content of another kind that it may hold.
//!
//! Never here: more than one step inwards. A transcription within a transcription is refused before it is
//! taken apart.

use bytes::Bytes;

use super::fields::Wire;
use super::{Unreadable, decode, encode};
use crate::codec::evidence_v1 as v1;
use crate::domain::content::Kind;
use crate::domain::form::Refused;
use crate::domain::form::outline::Path;
use crate::domain::transcription::{Filled, Transcription, may_be_filled};

impl Wire<v1::Transcription> for Transcription {
    fn to_wire(&self) -> v1::Transcription {
        v1::Transcription {
            origin_party: self.origin_party.to_wire(),
            origin_name: self.origin_name.to_wire(),
            came_at: self.came_at.to_wire(),
            came_by: self.came_by.to_wire(),
            channel: self.channel.to_wire(),
            note_number: self.note_number.to_wire(),
            note_date: self.note_date.to_wire(),
            kind: self.kind.to_wire(),
            content: match &self.form {
                Filled::Nothing => None,
                // What is over a limit was refused before it came here.
                Filled::Form(content) => Some(encode(content).unwrap_or_default().into()),
                Filled::Unknown(bytes) => Some(bytes.clone()),
            },
            text: self.text.to_wire(),
            read_by: self.read_by.to_wire(),
            written_by: self.written_by.to_wire(),
            check_words: self.check_words.to_wire(),
            remarks: self.remarks.to_wire(),
            to_follow: self.to_follow.to_wire(),
            not_known: self.not_known.to_wire(),
        }
    }

    fn from_wire(wire: v1::Transcription, at: &Path) -> Result<Transcription, Unreadable> {
        let form = match wire.content {
            None => Filled::Nothing,
            Some(content) => filled(&wire.kind, content, &at.field("form"))?,
        };
        Ok(Transcription {
            origin_party: wire.origin_party,
            origin_name: wire.origin_name,
            came_at: Wire::from_wire(wire.came_at, &at.field("came_at"))?,
            came_by: wire.came_by,
            channel: wire.channel,
            note_number: wire.note_number,
            note_date: Wire::from_wire(wire.note_date, &at.field("note_date"))?,
            kind: wire.kind,
            form,
            text: Wire::from_wire(wire.text, &at.field("text"))?,
            read_by: wire.read_by,
            written_by: wire.written_by,
            check_words: wire.check_words,
            remarks: Wire::from_wire(wire.remarks, &at.field("remarks"))?,
            to_follow: wire.to_follow,
            not_known: wire.not_known,
        })
    }
}

fn filled(kind: &str, content: Bytes, at: &Path) -> Result<Filled, Unreadable> {
    match Kind::from_name(kind) {
        None => Ok(Filled::Unknown(content)),
        Some(kind) if !may_be_filled(kind) => {
            let rule = "a message about a message is not transcribed".to_owned();
            Err(Refused { field: at.to_string(), rule }.into())
        }
        Some(kind) => match decode(kind, &content) {
            Ok(content) => Ok(Filled::Form(Box::new(content))),
            Err(Unreadable::Field { field, rule }) => {
                Err(Unreadable::Field { field: at.field(&field).to_string(), rule })
            }
            Err(Unreadable::Limit(Refused { field, rule })) => {
                Err(Refused { field: at.field(&field).to_string(), rule }.into())
            }
            Err(Unreadable::Malformed { kind, what }) => Err(Unreadable::Malformed { kind, what }),
        },
    }
}
