//! People and what they may do. The certificate says who; the roster on record says what.
//!
//! Never here: certificates. A person is known by the digest of the public key in theirs.

use std::collections::BTreeSet;

use super::digest::Digest;

/// A person as their certificate names them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Person {
    /// The common name in the certificate.
    pub name: String,
    /// The desk, empty if the Party does not divide itself.
    pub office: String,
    /// SHA-256 of the subject public key info in the certificate. Two persons never share one; one
    /// person with two certificates is compared by name as well.
    pub key_digest: Digest,
}

impl Person {
    /// Whether two entries stand for the same human being: same key or same name. Used where two different persons
    /// are required, so it errs towards "the same".
    pub fn is_same_person(&self, other: &Person) -> bool {
        self.key_digest == other.key_digest || is_same_name(&self.name, &other.name)
    }
}

/// Whether two names are one: word by word, whatever their capitals and the spaces around and between the words.
///
/// The one rule for names. They are typed by hand, into certificates, plans and calls, and a space too many makes
/// nobody another person: whom a plan names is whom the rule of two persons takes for the same.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(one) == words(other)
}

/// What a person may do at their own Party's node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Writes drafts.
    Drafter,
    /// Releases what another person drafted.
    Releaser,
    /// Follows what comes in and acknowledges it by name.
    Watch,
    /// Reads everything, on record.
    Auditor,
    /// Runs the node; reads its state and no message.
    Operator,
    /// Changes keys, roster, peers and release rules, never alone.
    Custodian,
}

impl Role {
    pub const ALL: [Role; 6] =
        [Role::Drafter, Role::Releaser, Role::Watch, Role::Auditor, Role::Operator, Role::Custodian];

    pub fn name(self) -> &'static str {
        match self {
            Role::Drafter => "drafter",
            Role::Releaser => "releaser",
            Role::Watch => "watch",
            Role::Auditor => "auditor",
            Role::Operator => "operator",
            Role::Custodian => "custodian",
        }
    }

    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// All that one person may do.
pub type Roles = BTreeSet<Role>;
