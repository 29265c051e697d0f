//! What a bundle proves, by whose signature, and what it does not: for a third person with no node and
//! no network.
//!
//! It stands in this room because it decides, which `codec` never does, and reads signed content, which
//! `evidence` never does. Never here: trust. Fingerprints come from whoever verifies; without one, an
//! identity is unproven, and said to be.

mod by_hand;
mod dispatch;
mod oddities;
mod thread;

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::codec::bundle::{self, Bundle, BundleParty};
use crate::codec::fault::DecodeFault;
use crate::codec::party_file::Fingerprint;
use crate::codec::{key_list as key_list_codec, signed};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::keys::{KeyList, Purpose};
use crate::domain::message::Part;
use crate::domain::party::{Incarnation, Party};
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::evidence::checkpoint::SignedCheckpoint;
use crate::evidence::keys::PublicKey;
use crate::evidence::names;
use crate::evidence::note::{NoteAlgorithm, NoteKey};

/// How much weight a finding has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Weight {
    /// Signatures in the bundle prove it, if the keys are whose they are said to be.
    Proven,
    /// Somebody only says so.
    Stated,
    /// Nothing in the bundle proves it.
    NotProven,
    /// Something in the bundle does not hold.
    False,
}

impl Weight {
    pub fn name(self) -> &'static str {
        match self {
            Weight::Proven => "proven",
            Weight::Stated => "stated",
            Weight::NotProven => "not proven",
            Weight::False => "FALSE",
        }
    }
}

/// One thing found. What Parties wrote is made safe to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// "the keys", or which message or dispatch it is about.
    pub about: String,
    pub weight: Weight,
    pub sentence: String,
}

/// All that was found, in the order in which it is to be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    pub thread: ThreadId,
    pub made_by: Party,
    pub made_at: Instant,
    pub findings: Vec<Finding>,
    /// The parts that messages with a verified signature name, each with its message.
    pub parts: Vec<(String, Part)>,
}

impl Verification {
    /// Whether nothing in the bundle is false. It does not say that everything is proven.
    pub fn holds(&self) -> bool {
        self.findings.iter().all(|finding| finding.weight != Weight::False)
    }

    /// Holds a file (salt, then content) against the parts that the messages name.
    pub fn hold_part(&mut self, file: &str, salt_and_content: &[u8]) {
        let (about, digest) = (format!("the part in {}", shown(file)), Digest::of(salt_and_content));
        let named = self.parts.iter().filter(|(_, part)| part.salted_digest == digest);
        let mut found: Vec<Finding> = named
            .map(|(message, part)| Finding {
                about: about.clone(),
                weight: Weight::Proven,
                sentence: format!("it is what {message} names as \"{}\"", shown(&part.name)),
            })
            .collect();
        if found.is_empty() {
            let sentence = "no message in the bundle whose signature verifies names it; was it written with \
                            its salt?"
                .into();
            found.push(Finding { about, weight: Weight::False, sentence });
        }
        self.findings.extend(found);
    }
}

/// Checks a bundle file. `trusted` are the fingerprints that whoever verifies got from elsewhere.
///
/// `Err` names why it can't be read as a bundle at all.
pub fn verify(file: Bytes, trusted: &BTreeMap<Party, Digest>) -> Result<Verification, DecodeFault> {
    let bundle = bundle::decode(file)?;
    let mut findings = Findings::default();
    let keys = Keys::open(&bundle, trusted, &mut findings);
    let parts = thread::check(&bundle, &keys, &mut findings);
    Ok(Verification {
        thread: bundle.thread,
        made_by: bundle.made_by,
        made_at: bundle.made_at,
        findings: findings.0,
        parts,
    })
}

#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, about: &str, weight: Weight, sentence: impl Into<String>) {
        self.0.push(Finding { about: about.into(), weight, sentence: sentence.into() });
    }
}

/// The verified key lists of the Parties in a bundle, number 1 first.
pub(super) struct Keys(BTreeMap<Party, Vec<KeyList>>);

const KEYS: &str = "the keys";

impl Keys {
    fn open(bundle: &Bundle, trusted: &BTreeMap<Party, Digest>, findings: &mut Findings) -> Keys {
        let mut keys = BTreeMap::new();
        for party in &bundle.parties {
            if keys.contains_key(&party.party) {
                findings.add(KEYS, Weight::False, format!("{} stands in the bundle twice", party.party));
                continue;
            }
            keys.insert(party.party, open_lists(party, trusted, findings));
        }
        for party in trusted.keys().filter(|party| !keys.contains_key(*party)) {
            let sentence = format!("anything about {party}: it is not in the bundle");
            findings.add(KEYS, Weight::NotProven, sentence);
        }
        Keys(keys)
    }

    /// The key for a purpose under the list with this number.
    pub(super) fn key(&self, party: Party, number: u32, purpose: Purpose) -> Option<PublicKey> {
        let lists = self.0.get(&party)?;
        let list = lists.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        PublicKey::from_bytes(list.key_for(purpose)?).ok()
    }

    /// The numbers of a Party's lists.
    pub(super) fn numbers(&self, party: Party) -> impl Iterator<Item = u32> + use<> {
        1..=u32::try_from(self.0.get(&party).map_or(0, Vec::len)).unwrap_or(u32::MAX)
    }

    /// A checkpoint of the ledger that `keeper` keeps with `other`, signed under one of its lists.
    pub(super) fn checkpoint(
        &self,
        note: &[u8],
        keeper: (Party, Incarnation),
        other: (Party, Incarnation),
    ) -> Option<SignedCheckpoint> {
        let origin = names::ledger_origin((&keeper.0, keeper.1), (&other.0, other.1));
        let name = names::ledger_key_name(&keeper.0);
        self.numbers(keeper.0).find_map(|number| {
            let key = self.key(keeper.0, number, Purpose::Ledger)?;
            let key = NoteKey::new(&name, NoteAlgorithm::Ed25519, key).ok()?;
            SignedCheckpoint::open(note, &origin, &key).ok()
        })
    }

    /// When a Party's witness key cosigned a checkpoint. `Err` if a line that says so does not verify.
    pub(super) fn cosigned_at(&self, head: &SignedCheckpoint, witness: Party) -> Result<Option<Instant>, ()> {
        let name = names::witness_key_name(&witness);
        let by_name = head.note().signatures().iter().any(|line| line.name() == name);
        let at = self.numbers(witness).find_map(|number| {
            let key = self.key(witness, number, Purpose::Witness)?;
            let key = NoteKey::new(&name, NoteAlgorithm::Cosignature, key).ok()?;
            head.cosigned_at(&key).ok()
        });
        match at {
            Some(at) => Ok(Some(at)),
            None if by_name => Err(()),
            None => Ok(None),
        }
    }
}

fn open_lists(
    party: &BundleParty,
    trusted: &BTreeMap<Party, Digest>,
    findings: &mut Findings,
) -> Vec<KeyList> {
    let code = party.party;
    let mut lists: Vec<KeyList> = Vec::new();
    let mut before = Digest::ZERO;
    for (place, bytes) in (1..).zip(&party.key_lists) {
        let opened = signed::decode(bytes.clone()).map_err(key_list_codec::OpenFault::from).and_then(|one| {
            let list = match lists.last() {
                None => key_list_codec::open_first(&one)?,
                Some(last) => key_list_codec::open_successor(last, &before, &one)?.0,
            };
            Ok((list, one.digest()))
        });
        match opened {
            Ok((list, digest)) if list.party == code => {
                if place == 1 {
                    identity(code, digest, trusted.get(&code), findings);
                }
                before = digest;
                lists.push(list);
            }
            Ok(_) => {
                findings.add(KEYS, Weight::False, format!("list {place} of {code} is of another Party"));
                return lists;
            }
            Err(fault) => {
                let sentence = format!("list {place} of {code} does not hold: {fault}");
                findings.add(KEYS, Weight::False, sentence);
                return lists;
            }
        }
    }
    match lists.len() {
        0 => findings.add(KEYS, Weight::False, format!("no key list of {code} is in the bundle")),
        1 => {}
        more => {
            let sentence = format!("{code} has {more} key lists here, each signed under the one before");
            findings.add(KEYS, Weight::Proven, sentence);
        }
    }
    lists
}

fn identity(party: Party, found: Digest, trusted: Option<&Digest>, findings: &mut Findings) {
    match trusted {
        Some(given) if *given == found => {
            let sentence = format!("the keys called {party}'s are those whose fingerprint you gave");
            findings.add(KEYS, Weight::Proven, sentence);
        }
        Some(_) => {
            let sentence = format!(
                "the keys called {party}'s are not those whose fingerprint you gave: theirs is {}",
                Fingerprint(found)
            );
            findings.add(KEYS, Weight::False, sentence);
        }
        None => {
            let sentence = format!(
                "that the keys called {party}'s are {party}'s. Their fingerprint, to be compared with {party} over \
                 another channel, is {}",
                Fingerprint(found)
            );
            findings.add(KEYS, Weight::NotProven, sentence);
        }
    }
}
