//! What a bundle proves, by whose signature, and what it does not: for a third person with no node and
//! no network.
//!
//! It stands in this room because it decides, which `codec` never does, and reads signed content, which
//! `evidence` never does. Never here: trust. Fingerprints come from whoever verifies; what rests on keys
//! that nobody vouched for is proven only if they are whose they are called, and each finding says so.
//!
//! What stands where:
//!
//! - who vouches, and since when: `keys.rs`, `dated.rs`
//! - each message and dispatch: `thread.rs`, `dispatch.rs`, `leaves.rs`, `oddities.rs`
//! - what came in another way: `handed_on.rs`, `by_way.rs`, `by_hand.rs`
//! - what it adds up to: `became.rs`, `session.rs`

mod became;
mod by_hand;
mod by_way;
mod dated;
mod dispatch;
mod handed_on;
mod keys;
mod leaves;
mod oddities;
mod session;
mod thread;

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::codec::bundle::{self, Bundle};
use crate::codec::fault::DecodeFault;
use crate::codec::party_file::Fingerprint;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Part;
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// How much weight a finding has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Weight {
    /// Signatures in the bundle prove it, all under keys that whoever verifies vouched for.
    Proven,
    /// Signatures in the bundle prove it if keys that nobody vouched for are whose they are called.
    OnlyIf,
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
            Weight::OnlyIf => "only if",
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
    /// It rests on signatures of these Parties, for whose keys nobody vouched.
    pub only_if: Vec<Party>,
    /// Begins with that condition, if there is one.
    pub sentence: String,
}

/// A Party of the bundle, and whether whoever verifies vouched for its keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    pub party: Party,
    /// Of its first key list in the bundle; `None` if that does not hold.
    pub fingerprint: Option<Digest>,
    pub vouched: bool,
}

/// A part, and the message that names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedPart {
    pub message: String,
    /// How much weight the message has, and on whose signatures it rests.
    pub weight: Weight,
    pub by: Vec<Party>,
    pub part: Part,
}

/// All that was found, in the order in which it is to be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    pub thread: ThreadId,
    /// Whose the file calls itself. Nobody signs the file as a whole.
    pub made_by: Party,
    pub made_at: Instant,
    pub parties: Vec<Named>,
    pub findings: Vec<Finding>,
    /// The parts that messages with a verified signature name.
    pub parts: Vec<NamedPart>,
}

/// Why nothing is said about a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyFault {
    #[error(transparent)]
    Unreadable(#[from] DecodeFault),
    #[error("the fingerprint that you gave for {party} is of no key list in the bundle: {}", in_it(*.party, .found))]
    NoSuchKeyList { party: Party, found: Option<Digest> },
}

fn in_it(party: Party, found: &Option<Digest>) -> String {
    match found {
        Some(found) => format!("the one that it calls {party}'s has {}", Fingerprint(*found)),
        None => format!("it holds none of {party} that can be checked"),
    }
}

impl Verification {
    /// Whether nothing in the bundle is false. It does not say that everything is proven.
    pub fn holds(&self) -> bool {
        self.findings.iter().all(|finding| finding.weight != Weight::False)
    }

    /// The Parties for whose keys nobody vouched.
    pub fn unvouched(&self) -> Vec<Party> {
        self.parties.iter().filter(|named| !named.vouched).map(|named| named.party).collect()
    }

    /// Holds a file (salt, then content) against the parts that the messages name.
    pub fn hold_part(&mut self, file: &str, salt_and_content: &[u8]) {
        let (about, digest) = (format!("the part in {}", shown(file)), Digest::of(salt_and_content));
        let mut found = Findings::of(&self.parties);
        for named in self.parts.iter().filter(|named| named.part.salted_digest == digest) {
            let sentence = format!("it is what {} names as \"{}\"", named.message, shown(&named.part.name));
            found.signed(&about, named.weight, &named.by, sentence);
        }
        if found.found.is_empty() {
            let sentence = "no message in the bundle whose signature verifies names it; was it written with \
                            its salt?";
            found.add(&about, Weight::False, sentence);
        }
        self.findings.extend(found.found);
    }
}

/// Checks a bundle file. `trusted` are the fingerprints that whoever verifies got from elsewhere.
///
/// # Errors
/// It can't be read as a bundle at all, or has no key list with a fingerprint that is trusted.
pub fn verify(file: Bytes, trusted: &BTreeMap<Party, Digest>) -> Result<Verification, VerifyFault> {
    let bundle = bundle::decode(file)?;
    let (keys, parties, said) = keys::open(&bundle, trusted);
    for party in trusted.keys() {
        let named = parties.iter().find(|named| named.party == *party);
        if !named.is_some_and(|named| named.vouched) {
            let found = named.and_then(|named| named.fingerprint);
            return Err(VerifyFault::NoSuchKeyList { party: *party, found });
        }
    }
    let mut findings = Findings::of(&parties);
    for said in said {
        findings.signed(keys::KEYS, said.weight, &said.on, said.sentence);
    }
    let parts = thread::check(&bundle, &keys, &mut findings);
    Ok(Verification {
        thread: bundle.thread,
        made_by: bundle.made_by,
        made_at: bundle.made_at,
        parties,
        findings: findings.found,
        parts,
    })
}

/// Who says what only the bundle's maker says. Nobody signs a bundle as a whole.
fn file_of(bundle: &Bundle) -> String {
    format!("the file, which is called {}'s and signed by nobody", bundle.made_by)
}

/// What was found so far, and the key lists that nobody vouched for.
struct Findings {
    found: Vec<Finding>,
    unvouched: BTreeMap<Party, Option<Digest>>,
}

impl Findings {
    fn of(parties: &[Named]) -> Findings {
        let unvouched = parties.iter().filter(|named| !named.vouched);
        let unvouched = unvouched.map(|named| (named.party, named.fingerprint)).collect();
        Findings { found: Vec::new(), unvouched }
    }

    /// What rests on nobody's signature.
    fn add(&mut self, about: &str, weight: Weight, sentence: impl Into<String>) {
        self.signed(about, weight, &[], sentence);
    }

    /// What rests on signatures of these Parties.
    fn signed(&mut self, about: &str, weight: Weight, by: &[Party], sentence: impl Into<String>) {
        let mut only_if: Vec<Party> = Vec::new();
        for party in by {
            if self.unvouched.contains_key(party) && !only_if.contains(party) {
                only_if.push(*party);
            }
        }
        let lists: Vec<String> = only_if.iter().map(|party| self.list(*party)).collect();
        let (weight, condition) = match (weight, lists.is_empty()) {
            (_, true) => (weight, String::new()),
            // The word before it is "only if".
            (Weight::Proven | Weight::OnlyIf, false) => {
                (Weight::OnlyIf, format!("{}: ", lists.join(", and ")))
            }
            (Weight::Stated | Weight::NotProven | Weight::False, false) => {
                (weight, format!("if {}: ", lists.join(", and ")))
            }
        };
        let sentence = condition + &sentence.into();
        self.found.push(Finding { about: about.into(), weight, only_if, sentence });
    }

    /// "the key list 0123456789ab is PL's".
    fn list(&self, party: Party) -> String {
        match self.unvouched.get(&party).copied().flatten() {
            Some(fingerprint) => format!("the key list {} is {party}'s", fingerprint.short()),
            None => format!("the key list called {party}'s is {party}'s"),
        }
    }
}
