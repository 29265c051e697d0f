//! Who calls, as a type: made only from a certificate that was verified, by the trust in force now.
//!
//! Never here: what a caller may do (`access.rs`). A handler that needs to know who calls takes a
//! `Caller`; there is no other way to learn it.

use crate::domain::party::Party;
use crate::domain::people::{Person, Role, Roles};
use crate::domain::time::Instant;
use crate::peers::certificate::PeerCertificate;
use crate::peers::identity::Identity;
use crate::peers::stranger::Stranger;
use crate::peers::trust::Trust;

/// One call's caller. It is not kept: the next call is judged anew.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Caller {
    Person(PersonCaller),
    /// Our own revocation list is absent or expired: for submitting a fresh one, and nothing else.
    PersonWithStaleList(PersonCaller),
    Peer(PeerCaller),
    /// Its revocation list is absent or expired: for handing in lists, and nothing else.
    PeerWithStaleList(PeerCaller),
    /// Its key is in no key list held here: for handing in lists, and nothing else. Nothing that it says
    /// of itself counts.
    PeerWithUnlistedKey(PeerCaller),
}

/// A person of the own Party, as the roster has them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonCaller {
    person: Person,
    roles: Roles,
}

impl PersonCaller {
    pub fn person(&self) -> &Person {
        &self.person
    }

    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// A peer's node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeerCaller {
    party: Party,
}

impl PeerCaller {
    pub fn party(&self) -> &Party {
        &self.party
    }
}

impl Caller {
    /// Judges the certificate again, however long ago the connection was made.
    pub fn judge(certificate: &PeerCertificate, trust: &Trust, now: Instant) -> Result<Caller, Stranger> {
        Ok(match trust.judge_caller(certificate, now)? {
            Identity::Person { person, roles } => Caller::Person(PersonCaller { person, roles }),
            Identity::PersonWithStaleList { person, roles } => {
                Caller::PersonWithStaleList(PersonCaller { person, roles })
            }
            Identity::Peer { party } => Caller::Peer(PeerCaller { party }),
            Identity::PeerWithStaleList { party } => Caller::PeerWithStaleList(PeerCaller { party }),
            Identity::PeerWithUnlistedKey { party } => Caller::PeerWithUnlistedKey(PeerCaller { party }),
        })
    }
}
