//! Who is at the other end of a connection.
//!
//! Never here: how that is found out (`trust.rs`), or what they may do (`rpc/access.rs`).

use crate::domain::party::Party;
use crate::domain::people::{Person, Roles};

/// Who is at the other end, proven by certificate, and standing by the picture it was judged by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Identity {
    /// A person of the own Party, with the roles that the roster gives.
    Person { person: Person, roles: Roles },
    /// A person of the own Party while our own revocation list is absent or expired. May submit a
    /// fresh one, if the roles allow that, and nothing else: else nobody could ever mend it.
    PersonWithStaleList { person: Person, roles: Roles },
    /// A peer's node.
    Peer { party: Party },
    /// A peer's node whose revocation list is absent or expired, so that nobody can say whether the
    /// certificate was revoked. It may hand in lists and nothing else.
    PeerWithStaleList { party: Party },
    /// A certificate made for a peer's node, whose key is not in the newest key list that we hold: its
    /// Party may have a newer one. It may hand in lists, which prove themselves, and nothing else. Whether
    /// its revocation list is fresh makes no difference.
    PeerWithUnlistedKey { party: Party },
}

impl Identity {
    /// Whether a connection admitted as `earlier` may go on: same person or Party, and nothing lost.
    pub fn covers(&self, earlier: &Identity) -> bool {
        self.rank() >= earlier.rank()
            && match (earlier.person(), self.person()) {
                (Some((then, before)), Some((now, roles))) => then == now && before.is_subset(roles),
                (None, None) => earlier.peer() == self.peer(),
                (Some(_), None) | (None, Some(_)) => false,
            }
    }

    fn rank(&self) -> Rank {
        match self {
            Identity::Person { .. } | Identity::Peer { .. } => Rank::Good,
            Identity::PersonWithStaleList { .. } | Identity::PeerWithStaleList { .. } => Rank::StaleList,
            Identity::PeerWithUnlistedKey { .. } => Rank::UnlistedKey,
        }
    }

    fn person(&self) -> Option<(&Person, &Roles)> {
        match self {
            Identity::Person { person, roles } | Identity::PersonWithStaleList { person, roles } => {
                Some((person, roles))
            }
            Identity::Peer { .. }
            | Identity::PeerWithStaleList { .. }
            | Identity::PeerWithUnlistedKey { .. } => None,
        }
    }

    /// The Party whose authority stands behind this identity, where it isn't a person of our own.
    pub fn peer(&self) -> Option<&Party> {
        match self {
            Identity::Person { .. } | Identity::PersonWithStaleList { .. } => None,
            Identity::Peer { party }
            | Identity::PeerWithStaleList { party }
            | Identity::PeerWithUnlistedKey { party } => Some(party),
        }
    }
}

/// Whether the revocation list behind a certificate can say that it was not revoked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ListState {
    Fresh,
    Stale,
}

/// How far an identity stands, the least first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    UnlistedKey,
    StaleList,
    Good,
}
