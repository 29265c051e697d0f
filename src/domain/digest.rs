//! SHA-256 digests and the few identifiers that are random bytes chosen outside.
//!
//! Never here: a choice of bytes to digest. What is signed and stored is laid down in `codec/`.

use std::cmp::Ordering;
use std::fmt;

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest (FIPS 180-4), 32 bytes. A message's identity is the digest of its signed bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

/// Byte by byte, the first first. By numbers, since a Board is looked through by digests all the time.
impl Ord for Digest {
    fn cmp(&self, other: &Digest) -> Ordering {
        self.halves().cmp(&other.halves())
    }
}

impl PartialOrd for Digest {
    fn partial_cmp(&self, other: &Digest) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Digest {
    /// The predecessor of the first record, and the placeholder where nothing precedes.
    pub const ZERO: Digest = Digest([0; 32]);
    /// The end of a range over all digests.
    pub const HIGHEST: Digest = Digest([0xff; 32]);

    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest of several byte strings, one after the other.
    pub fn of_all(chunks: &[&[u8]]) -> Digest {
        let mut hasher = Sha256::new();
        for chunk in chunks {
            hasher.update(chunk);
        }
        Digest(hasher.finalize().into())
    }

    /// `None` unless exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Digest> {
        Some(Digest(bytes.try_into().ok()?))
    }

    /// `None` unless exactly 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Digest> {
        Digest::from_slice(&hex::decode(text).ok()?)
    }

    fn halves(&self) -> (u128, u128) {
        let number = |half: Option<&[u8; 16]>| half.map_or(0, |half| u128::from_be_bytes(*half));
        (number(self.0.first_chunk()), number(self.0.last_chunk()))
    }

    /// The first twelve hexadecimal digits: for a line that a person reads, never for comparing.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..6])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub [u8; 16]);

        /// As of a [`Digest`].
        impl Ord for $name {
            fn cmp(&self, other: &$name) -> Ordering {
                u128::from_be_bytes(self.0).cmp(&u128::from_be_bytes(other.0))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &$name) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $name {
            /// `None` unless exactly 16 bytes.
            pub fn from_slice(bytes: &[u8]) -> Option<$name> {
                Some($name(bytes.try_into().ok()?))
            }

            /// `None` unless exactly 32 hexadecimal digits.
            pub fn from_hex(text: &str) -> Option<$name> {
                $name::from_slice(&hex::decode(text).ok()?)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}

identifier! {
    /// Chosen by the caller, once for one intent: the same id again gives the same answer.
    CommandId
}
identifier! {
    /// A thread: messages joined by reference. Chosen by the Party that opens it.
    ThreadId
}
identifier! {
    /// One running process that may write to a journal. Fresh at each start.
    WriterId
}
identifier! {
    /// A draft, in the drafting Party's own journal only.
    DraftId
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digests_and_identifiers_are_in_the_order_of_their_bytes(
            one in any::<[u8; 32]>(), other in any::<[u8; 32]>(), common in 0..33usize,
        ) {
            let mut other = other;
            other[..common].copy_from_slice(&one[..common]);
            prop_assert_eq!(Digest(one).cmp(&Digest(other)), one.cmp(&other));
            let [one, other] = [one, other].map(|bytes| *bytes.first_chunk::<16>().unwrap());
            prop_assert_eq!(ThreadId(one).cmp(&ThreadId(other)), one.cmp(&other));
        }
    }
}
