//! The single values of a form: texts, numbers, choices, and the identities of messages and threads.
//!
//! Never here: dates (`when.rs`) and coordinates (`area.rs`).

use std::fmt;
use std::str::FromStr;

use super::faults::{Faults, Refused};
use super::outline::{Entry, Leaf, Path, Shape, Value, bound_len, check_len};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::text::{hides, lines_hide};
use crate::limits;

/// A text that may run over several lines.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Prose(pub String);

impl From<&str> for Prose {
    fn from(text: &str) -> Prose {
        Prose(text.to_owned())
    }
}

/// The identity of a message: the SHA-256 digest of its signed bytes. In a form, 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageDigest(pub Digest);

/// A thread of another Party. In a form, 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OtherThread(pub ThreadId);

/// What a value in a form should have looked like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected {0}")]
pub struct Expected(pub &'static str);

const A_DIGEST: &str = "a message's digest: 64 hexadecimal digits";
const A_THREAD: &str = "a thread: 32 hexadecimal digits";

impl FromStr for MessageDigest {
    type Err = Expected;

    fn from_str(text: &str) -> Result<MessageDigest, Expected> {
        Digest::from_hex(text).map(MessageDigest).ok_or(Expected(A_DIGEST))
    }
}

impl fmt::Display for MessageDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for OtherThread {
    type Err = Expected;

    fn from_str(text: &str) -> Result<OtherThread, Expected> {
        ThreadId::from_hex(text).map(OtherThread).ok_or(Expected(A_THREAD))
    }
}

impl fmt::Display for OtherThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Lets a type that reads and prints itself stand in a form as a text.
macro_rules! as_text {
    ($type:ty, $expecting:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                struct Visitor;
                impl serde::de::Visitor<'_> for Visitor {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }
    };
}

pub(in crate::domain) use as_text;

as_text!(MessageDigest, A_DIGEST);
as_text!(OtherThread, A_THREAD);

/// A value that an `Option` holds: absent, or exactly one.
pub trait Single: fmt::Display {
    const LEAF: Leaf;

    fn check(&self, _at: &Path, _faults: &mut Faults) {}

    fn bound(&self, _at: &Path) -> Result<(), Refused> {
        Ok(())
    }
}

impl Single for MessageDigest {
    const LEAF: Leaf = Leaf::Digest;
}

impl Single for OtherThread {
    const LEAF: Leaf = Leaf::Thread;
}

impl Single for u64 {
    const LEAF: Leaf = Leaf::Number;

    fn check(&self, at: &Path, faults: &mut Faults) {
        if let Err(over) = Single::bound(self, at) {
            faults.add(at, over.rule);
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        if *self <= limits::FORM_NUMBER_MAX {
            return Ok(());
        }
        Err(Refused {
            field: at.to_string(),
            rule: format!("a number is at most {}", limits::FORM_NUMBER_MAX),
        })
    }
}

impl<S: Single> Entry for Option<S> {
    const SHAPE: Shape = Shape::Leaf(S::LEAF);

    fn value(&self) -> Value {
        match self {
            Some(single) => Value::Leaf(single.to_string()),
            None => Value::Absent,
        }
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        if let Some(single) = self {
            single.check(at, faults);
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        self.as_ref().map_or(Ok(()), |single| single.bound(at))
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// A text within its hard limit.
pub(super) fn bound_text(text: &str, at: &Path) -> Result<(), Refused> {
    if text.len() <= limits::FORM_TEXT_BYTES_MAX {
        return Ok(());
    }
    Err(Refused {
        field: at.to_string(),
        rule: format!("a text takes at most {} bytes", limits::FORM_TEXT_BYTES_MAX),
    })
}

fn check_text(text: &str, chars_max: usize, at: &Path, faults: &mut Faults) {
    if let Err(over) = bound_text(text, at) {
        faults.add(at, over.rule);
    } else if text.chars().count() > chars_max {
        faults.add(at, format!("the text has more than {chars_max} characters"));
    }
    if text.trim().is_empty() {
        faults.add(at, "the text holds nothing but space");
    }
}

fn check_short(text: &str, at: &Path, faults: &mut Faults) {
    check_text(text, limits::FORM_NAME_CHARS, at, faults);
    if hides(text) {
        faults.add(at, "the text holds characters that can't be seen or that turn its direction");
    }
}

impl Entry for String {
    const SHAPE: Shape = Shape::Leaf(Leaf::Text);

    fn value(&self) -> Value {
        if self.is_empty() { Value::Absent } else { Value::Leaf(self.clone()) }
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        check_short(self, at, faults);
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        bound_text(self, at)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Entry for Prose {
    const SHAPE: Shape = Shape::Leaf(Leaf::Prose);

    fn value(&self) -> Value {
        self.0.value()
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        check_text(&self.0, limits::FORM_PROSE_CHARS, at, faults);
        if lines_hide(&self.0) {
            faults.add(at, "the text holds characters that can't be seen or that turn its direction");
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        bound_text(&self.0, at)
    }

    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl Entry for Vec<String> {
    const SHAPE: Shape = Shape::Leaves(Leaf::Text);

    fn value(&self) -> Value {
        if self.is_empty() {
            return Value::Absent;
        }
        let item = |text: &String| super::outline::Item {
            key: text.clone(),
            line: None,
            value: Value::Leaf(text.clone()),
        };
        Value::List(self.iter().map(item).collect())
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        check_len(self.len(), at, faults);
        for (index, text) in self.iter().enumerate() {
            check_short(text, &at.item(index), faults);
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        bound_len(self.len(), at)?;
        self.iter().enumerate().try_for_each(|(index, text)| bound_text(text, &at.item(index)))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
