//! What a message's content says, by its kind.
//!
//! Never here: a refusal. Content of a kind that this program does not know, or that it can't read, is
//! kept as it is and named as such.

use bytes::Bytes;

use super::form;
use super::message::decode_acknowledgement;
use crate::domain::content::{Content, Kind};
use crate::domain::message::{ACKNOWLEDGEMENT, Acknowledgement};

/// What was read from a message's content.
#[derive(Clone, PartialEq, Debug)]
pub enum Said {
    Form(Content),
    Acknowledgement(Acknowledgement),
    /// Of a kind that this program does not know.
    Unknown,
    /// Of a kind that it knows, but not what that kind promises. The sentence quotes nothing.
    Unreadable(String),
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

/// What a reader must be told about the content beside what it says. Holds nothing that a Party wrote.
pub fn marks(said: &Said, content: &Bytes) -> Vec<String> {
    match said {
        Said::Form(read) => {
            let mut marks = Vec::new();
            if read.is_incomplete() {
                marks.push("incomplete: its author says that more will follow".into());
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_that_cannot_be_read_is_kept_and_named_never_guessed() {
        let junk = Bytes::from_static(&[0xff, 0xff, 0xff]);
        assert_eq!(said("hotline.call", &junk), Said::Unknown);
        assert_eq!(marks(&Said::Unknown, &junk), ["unknown kind: kept as it is, 3 bytes"]);
        for kind in ["exercise.notification", ACKNOWLEDGEMENT] {
            let read = said(kind, &junk);
            assert!(matches!(read, Said::Unreadable(_)), "{read:?}");
            assert_eq!(marks(&read, &junk).len(), 1);
        }
    }
}
