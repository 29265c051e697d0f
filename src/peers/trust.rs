//! Whom this node trusts to be whom: an immutable picture taken from the Board, by which every
//! certificate is judged at the handshake and again on every call.
//!
//! Never here: sockets, TLS (`verify.rs`), or what an identity may do (`rpc/access.rs`). A picture is
//! never changed; a new one is published on a watch channel, and reaches live connections.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::people::{Person, Roles};
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::certificate::{Authority, Leaf, NotAnAuthority, PeerCertificate, RevocationList};
use crate::peers::identity::{Identity, ListState};
use crate::peers::stranger::{BadList, Stranger};
use crate::peers::verify::Verifiers;

/// What the Board has on record about one Party's TLS.
#[derive(Clone, Debug)]
pub struct PartyKeys {
    pub party: Party,
    /// The Party's own certification authorities, DER.
    pub authorities: Vec<Vec<u8>>,
    /// SHA-256 digests of the subject public key infos that the Party's node may use.
    pub tls_keys: BTreeSet<Digest>,
    /// Revocation lists, DER, in any order. For each authority the newest that it signed counts.
    pub revocation_lists: Vec<Vec<u8>>,
}

/// Who may be on this node's roster: by SHA-256 of the subject public key info in the certificate.
pub type Roster = BTreeMap<Digest, (Person, Roles)>;

/// The picture. See the head of this file.
pub struct Trust {
    own: Party,
    parties: Vec<KnownParty>,
    roster: Roster,
    faults: Vec<(Party, NotAnAuthority)>,
}

struct KnownParty {
    party: Party,
    authorities: Vec<KnownAuthority>,
    tls_keys: BTreeSet<Digest>,
}

struct KnownAuthority {
    authority: Authority,
    list: Option<RevocationList>,
    verifiers: Verifiers,
}

/// Which end of a connection shows the certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Caller,
    Answerer,
}

/// What a dialler wants to do, and so which answerer will do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Everything that peers tell each other: the answerer's revocation list must be here and fresh.
    Everything,
    /// Only to hand in our lists and to ask for theirs: they prove themselves, and hold nothing that the
    /// party file does not. The answerer's revocation list may be absent or expired, and its key in no list
    /// that we hold: else two nodes that were both away for long, or that both have new keys, could never
    /// reach each other again.
    ListsOnly,
}

impl Trust {
    /// What can't be used of a Party's keys is left out and named in `faults`, so that no peer can
    /// spoil the picture of another.
    pub fn new(own: PartyKeys, peers: Vec<PartyKeys>, roster: Roster) -> Trust {
        let mut trust = Trust { own: own.party, parties: Vec::new(), roster, faults: Vec::new() };
        for keys in std::iter::once(own).chain(peers) {
            trust.add(keys);
        }
        trust
    }

    fn add(&mut self, keys: PartyKeys) {
        let mut authorities = Vec::new();
        for der in keys.authorities.iter().take(limits::AUTHORITIES_PER_PARTY_MAX) {
            match Authority::parse(der, &keys.party).and_then(|authority| known(authority, &keys)) {
                Ok(known) => authorities.push(known),
                Err(fault) => self.faults.push((keys.party, fault)),
            }
        }
        self.parties.push(KnownParty { party: keys.party, authorities, tls_keys: keys.tls_keys });
    }

    pub fn own(&self) -> &Party {
        &self.own
    }

    /// Authorities that were left out, and why.
    pub fn faults(&self) -> &[(Party, NotAnAuthority)] {
        &self.faults
    }

    /// Reads a leaf certificate (DER) and finds the authority that signed it. Once a connection; the
    /// result is judged as often as needed.
    pub fn read(&self, leaf_der: &[u8]) -> Result<PeerCertificate, Stranger> {
        let leaf = Leaf::parse(leaf_der).map_err(|_| Stranger::Unreadable)?;
        self.parties
            .iter()
            .flat_map(|known| known.authorities.iter().map(move |authority| (known, &authority.authority)))
            .find(|(_, authority)| leaf.is_signed_by(authority))
            .ok_or(Stranger::UnknownAuthority)
            .and_then(|(known, authority)| {
                leaf.under(&known.party, authority).map_err(|_| Stranger::Unreadable)
            })
    }

    /// Reads and judges a caller's chain. Only the leaf matters: a Party's authority signs its leaves
    /// itself, there are no intermediates.
    pub fn identify<T: AsRef<[u8]>>(&self, chain: &[T], now: Instant) -> Result<Identity, Stranger> {
        let leaf = chain.first().ok_or(Stranger::NoCertificate)?;
        self.judge_caller(&self.read(leaf.as_ref())?, now)
    }

    /// Who calls, by this picture and at this instant.
    pub fn judge_caller(&self, certificate: &PeerCertificate, now: Instant) -> Result<Identity, Stranger> {
        let (known, list) = self.check(certificate, End::Caller, now)?;
        if known.party == self.own {
            let (person, roles) = self.roster.get(&certificate.key_digest).ok_or(Stranger::NotOnRoster)?;
            if person.name != certificate.common_name {
                return Err(Stranger::OtherName);
            }
            let (person, roles) = (person.clone(), roles.clone());
            return Ok(match list {
                ListState::Fresh => Identity::Person { person, roles },
                ListState::Stale => Identity::PersonWithStaleList { person, roles },
            });
        }
        let party = known.party;
        if !known.tls_keys.contains(&certificate.key_digest) {
            // A node's certificate is made for both uses: a Party's persons are nobody at other nodes.
            return if certificate.may_answer {
                Ok(Identity::PeerWithUnlistedKey { party })
            } else {
                Err(Stranger::NotInKeyList)
            };
        }
        match list {
            ListState::Fresh => Ok(Identity::Peer { party }),
            ListState::Stale => Ok(Identity::PeerWithStaleList { party }),
        }
    }

    /// Whether the node that answers is `party`'s, and stands as well as `reach` needs.
    pub fn judge_answerer(
        &self,
        certificate: &PeerCertificate,
        party: &Party,
        reach: Reach,
        now: Instant,
    ) -> Result<(), Stranger> {
        let (known, list) = self.check(certificate, End::Answerer, now)?;
        if known.party != *party {
            return Err(Stranger::OtherParty);
        }
        match reach {
            Reach::ListsOnly => Ok(()),
            Reach::Everything if !known.tls_keys.contains(&certificate.key_digest) => {
                Err(Stranger::NotInKeyList)
            }
            Reach::Everything => match list {
                ListState::Fresh => Ok(()),
                ListState::Stale => Err(Stranger::StaleList),
            },
        }
    }

    /// Whether a revocation list (DER) that `party` hands in is worth putting on record: signed by one
    /// of its authorities, in force at `now` (clocks may differ), and newer than what is held. An older one, however well
    /// signed, would let in again whom a newer one keeps out.
    pub fn check_list(&self, party: &Party, der: &[u8], now: Instant) -> Result<(), BadList> {
        let known = self.parties.iter().find(|known| known.party == *party).ok_or(BadList::NotTheirs)?;
        let (authority, list) = known
            .authorities
            .iter()
            .find_map(|known| Some((known, usable_list(&known.authority, der)?)))
            .ok_or(BadList::NotTheirs)?;
        if now >= list.next_update {
            return Err(BadList::Expired);
        }
        // Until its time came, nothing made meanwhile could be put in its place.
        if list.from.ms_since(now) > limits::CLOCKS_MAY_DIFFER_MS {
            return Err(BadList::FromTheFuture);
        }
        match &authority.list {
            Some(held) if held.age >= list.age => {
                Err(BadList::NotNewer { number: list.number, held: held.number })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// When the Party's newest revocation list expires; `None` where there is none that can be used.
    /// With several authorities, the first of them to expire.
    pub fn list_until(&self, party: &Party) -> Option<Instant> {
        let known = self.parties.iter().find(|known| known.party == *party)?;
        known.authorities.iter().filter_map(|known| Some(known.list.as_ref()?.next_update)).min()
    }

    fn check(
        &self,
        certificate: &PeerCertificate,
        end: End,
        now: Instant,
    ) -> Result<(&KnownParty, ListState), Stranger> {
        let (party, known) = self.find(certificate).ok_or(Stranger::UnknownAuthority)?;
        for validity in [certificate.validity, known.authority.validity] {
            if now < validity.from {
                return Err(Stranger::NotYetValid);
            }
            if now > validity.until {
                return Err(Stranger::Expired);
            }
        }
        let is_made_for_it = match end {
            End::Caller => certificate.may_call,
            End::Answerer => certificate.may_answer,
        };
        if !is_made_for_it {
            return Err(Stranger::WrongPurpose);
        }
        // An expired list still revokes: it only can't say that anything is *not* revoked.
        match &known.list {
            Some(list) if list.revokes(&certificate.serial) => Err(Stranger::Revoked),
            Some(list) if now < list.next_update => Ok((party, ListState::Fresh)),
            Some(_) | None => Ok((party, ListState::Stale)),
        }
    }

    fn find(&self, certificate: &PeerCertificate) -> Option<(&KnownParty, &KnownAuthority)> {
        let party = self.parties.iter().find(|known| known.party == certificate.party)?;
        let known =
            party.authorities.iter().find(|known| known.authority.key_digest == certificate.authority)?;
        Some((party, known))
    }

    /// The TLS library's own checks for the authority behind a certificate.
    pub(super) fn verifiers(&self, certificate: &PeerCertificate) -> Option<&Verifiers> {
        self.find(certificate).map(|(_, known)| &known.verifiers)
    }

    pub(super) fn authorities_der(&self) -> impl Iterator<Item = &[u8]> {
        self.parties
            .iter()
            .flat_map(|known| known.authorities.iter().map(|known| known.authority.der.as_slice()))
    }
}

fn known(authority: Authority, keys: &PartyKeys) -> Result<KnownAuthority, NotAnAuthority> {
    let list = keys
        .revocation_lists
        .iter()
        .take(limits::REVOCATION_LISTS_PER_PARTY_MAX)
        .filter_map(|der| usable_list(&authority, der))
        .max_by(|a, b| a.age.cmp(&b.age));
    let verifiers = Verifiers::new(&authority.der, list.as_ref().map(|list| list.der.as_slice()))
        .ok_or(NotAnAuthority::Unreadable)?;
    Ok(KnownAuthority { authority, list, verifiers })
}

fn usable_list(authority: &Authority, der: &[u8]) -> Option<RevocationList> {
    RevocationList::parse(der, authority).filter(|list| Verifiers::can_use(&authority.der, &list.der))
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust of {} in {} Parties", self.own, self.parties.len())
    }
}
