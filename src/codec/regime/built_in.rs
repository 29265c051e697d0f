//! The regime files that come with the program.
//!
//! Never here: what is in them. They are read like any other.

use crate::domain::digest::Digest;

/// Each file's text, under its name.
pub const FILES: [(&str, &str); 3] = [
    ("vienna-document-2011", include_str!("../../regimes/vienna-document-2011.toml")),
    ("india-pakistan-1991", include_str!("../../regimes/india-pakistan-1991.toml")),
    ("open-skies", include_str!("../../regimes/open-skies.toml")),
];

/// `None` if no file of that name comes with the program.
pub fn file(name: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_bytes())
}

/// As a regime names those that it inherits from.
pub fn parent(name: &str, digest: Digest) -> Option<Vec<u8>> {
    file(name).filter(|bytes| Digest::of(bytes) == digest).map(<[u8]>::to_vec)
}

/// The digest of the built-in text whose name another text bears.
pub fn namesake(name: &str, digest: &Digest) -> Option<Digest> {
    file(name).map(Digest::of).filter(|built_in| built_in != digest)
}
