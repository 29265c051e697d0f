//! The key lists in a bundle: whose they are called, whether they follow from the first, and who vouches.
//!
//! Never here: what was signed under them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bytes::Bytes;

use super::leaves::payload;
use super::{Named, Weight, file_of};
use crate::codec::bundle::{Bundle, BundleDispatch, BundleParty};
use crate::codec::{dispatch as dispatch_codec, key_list as key_list_codec, signed};
use crate::domain::digest::Digest;
use crate::domain::keys::{KeyList, Purpose};
use crate::domain::party::{Incarnation, LedgerEnd, Party};
use crate::domain::time::Instant;
use crate::evidence::checkpoint::SignedCheckpoint;
use crate::evidence::keys::PublicKey;
use crate::evidence::names;
use crate::evidence::note::{Note, NoteAlgorithm, NoteKey};

/// What findings about key lists are about.
pub(super) const KEYS: &str = "the keys";

/// Something to be said, once it is known who is vouched for.
pub(super) struct Said {
    pub(super) weight: Weight,
    /// Whose signatures it rests on.
    pub(super) on: Vec<Party>,
    pub(super) sentence: String,
}

impl Said {
    /// By nobody's signature.
    pub(super) fn wrong(sentence: impl Into<String>) -> Said {
        Said { weight: Weight::False, on: Vec::new(), sentence: sentence.into() }
    }

    /// By the keys of this Party.
    pub(super) fn wrong_by(party: Party, sentence: impl Into<String>) -> Said {
        Said { on: vec![party], ..Said::wrong(sentence) }
    }

    /// Nothing in here shows it, and nobody is to blame for that.
    pub(super) fn not_proven(sentence: impl Into<String>) -> Said {
        Said { weight: Weight::NotProven, ..Said::wrong(sentence) }
    }
}

/// A head of a ledger whose keeper's signature verified.
pub(super) struct Head {
    pub(super) signed: SignedCheckpoint,
    /// Whether by a key that its keeper did not replace since.
    pub(super) is_newest: bool,
}

/// A cosignature that verified.
pub(super) struct Cosigned {
    pub(super) at: Instant,
    /// Whether by a key that its witness did not replace since.
    pub(super) is_newest: bool,
}

/// Checks each Party's lists, and holds the first against what whoever verifies got from elsewhere.
pub(super) fn open(bundle: &Bundle, trusted: &BTreeMap<Party, Digest>) -> (Keys, Vec<Named>, Vec<Said>) {
    let (mut keys, mut parties, mut said) = (BTreeMap::new(), Vec::new(), Vec::new());
    for BundleParty { party, key_lists, .. } in &bundle.parties {
        if keys.contains_key(party) {
            said.push(Said::wrong(format!("{party} stands in the bundle twice")));
            continue;
        }
        let (lists, first) = open_lists(*party, key_lists, &mut said);
        keys.insert(*party, Opened { fingerprint: first, lists });
        let vouched = first.is_some() && trusted.get(party) == first.as_ref();
        parties.push(Named { party: *party, fingerprint: first, vouched });
    }
    said.extend(introductions(bundle));
    said.extend(lists_left_out(bundle, &keys));
    // No signature shows that a list has no successor.
    let sentence = format!(
        "by {}: that the newest key list of each Party is in here; where one is left out, a key that it replaced is \
         taken for one in force",
        file_of(bundle)
    );
    said.push(Said { weight: Weight::Stated, on: Vec::new(), sentence });
    (Keys(keys), parties, said)
}

/// Whose fingerprint the maker itself had not compared.
fn introductions(bundle: &Bundle) -> impl Iterator<Item = Said> {
    bundle.parties.iter().filter_map(|party| {
        let (code, by, maker) = (party.party, party.introduced_by?, bundle.made_by);
        let sentence = format!(
            "{code} is unconfirmed: introduced by {by}, and {maker} had not compared its fingerprint with it"
        );
        Some(Said { weight: Weight::Stated, on: Vec::new(), sentence })
    })
}

/// Lists that dispatches or receipts name and that are not in here, or do not hold.
fn lists_left_out(bundle: &Bundle, keys: &BTreeMap<Party, Opened>) -> Vec<Said> {
    let mut named: BTreeMap<Party, u32> = BTreeMap::new();
    for (party, list) in bundle.dispatches.iter().filter_map(names_list) {
        let last = named.entry(party).or_default();
        *last = list.max(*last);
    }
    let is_here = |(party, list): &(Party, u32)| {
        let lists = keys.get(party).map_or(0, |opened| opened.lists.len());
        usize::try_from(*list).is_ok_and(|list| list <= lists)
    };
    let left_out = named.into_iter().filter(|named| !is_here(named));
    let said = left_out.map(|(party, list)| {
        Said::not_proven(format!(
            "what is signed under {party}'s key list {list}: a dispatch or a receipt in here names it, and it is not in \
             here; a key that it replaced may be taken for one in force"
        ))
    });
    said.collect()
}

/// The last list of its sender's that a dispatch or its receipt names.
fn names_list(one: &BundleDispatch) -> Option<(Party, u32)> {
    let dispatch = dispatch_codec::decode_dispatch(payload(&one.dispatch)).ok()?;
    let receipt = one.receipt.as_ref().and_then(|(proven, _)| {
        let proven = dispatch_codec::decode_proven(proven.clone()).ok()?;
        dispatch_codec::decode_receipt(proven.receipt).ok()
    });
    let judged = receipt.filter(|receipt| receipt.to == dispatch.from).map(|one| one.judged_by_key_list);
    Some((dispatch.from, dispatch.key_list.max(judged.unwrap_or_default())))
}

/// The verified key lists of the Parties in a bundle.
pub(super) struct Keys(BTreeMap<Party, Opened>);

/// What holds of one Party's.
struct Opened {
    /// Of its first list; `None` if that does not hold.
    fingerprint: Option<Digest>,
    /// Number 1 first.
    lists: Vec<KeyList>,
}

impl Keys {
    /// The key for a purpose under the list with this number.
    pub(super) fn key(&self, party: Party, number: u32, purpose: Purpose) -> Option<PublicKey> {
        let lists = &self.0.get(&party)?.lists;
        let list = lists.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        PublicKey::from_bytes(list.key_for(purpose)?).ok()
    }

    /// A Party's fingerprint, by the key lists in here.
    pub(super) fn fingerprint(&self, party: Party) -> Option<Digest> {
        self.0.get(&party)?.fingerprint
    }

    /// The numbers of a Party's lists.
    pub(super) fn numbers(&self, party: Party) -> RangeInclusive<u32> {
        1..=u32::try_from(self.0.get(&party).map_or(0, |opened| opened.lists.len())).unwrap_or(u32::MAX)
    }

    /// Whether a list has the message key that the newest one in here has: it was not replaced since.
    pub(super) fn is_newest(&self, party: Party, number: u32) -> bool {
        let key = |number| self.key(party, number, Purpose::Message);
        let newest = key(*self.numbers(party).end());
        newest.is_some() && key(number) == newest
    }

    /// A checkpoint of the ledger that `keeper` keeps with `other`, signed under one of its lists, the newest first.
    /// `None` also where no key list of the other is in here that says which of those with its code it is.
    pub(super) fn checkpoint(
        &self,
        note: &[u8],
        keeper: (Party, Incarnation),
        other: (Party, Incarnation),
    ) -> Option<Head> {
        let origin = names::ledger_origin(self.end(keeper)?, self.end(other)?);
        let name = names::ledger_key_name(&keeper.0);
        let numbers = self.numbers(keeper.0);
        numbers.clone().rev().find_map(|number| {
            let key = self.note_key(keeper.0, number, Purpose::Ledger, &name)?;
            let signed = SignedCheckpoint::open(note, &origin, &key).ok()?;
            Some(Head { signed, is_newest: number == *numbers.end() })
        })
    }

    fn end(&self, (party, incarnation): (Party, Incarnation)) -> Option<LedgerEnd> {
        Some(LedgerEnd { party, incarnation, fingerprint: self.fingerprint(party)? })
    }

    /// When a Party's witness key cosigned a checkpoint. `Err` if a line that says so does not verify: with what weight
    /// that is to be said.
    pub(super) fn cosigned(&self, head: &Head, witness: Party) -> Result<Option<Cosigned>, Weight> {
        let name = names::witness_key_name(&witness);
        let note = head.signed.note();
        let by_name = note.signatures().iter().any(|line| line.name() == name);
        let numbers = self.numbers(witness);
        let cosigned = numbers.clone().rev().find_map(|number| {
            let key = self.note_key(witness, number, Purpose::Witness, &name)?;
            let at = head.signed.cosigned_at(&key).ok()?;
            Some(Cosigned { at, is_newest: number == *numbers.end() })
        });
        match cosigned {
            Some(cosigned) => Ok(Some(cosigned)),
            None if self.is_by_no_list(note, witness, Purpose::Witness, &name) => Err(Weight::NotProven),
            None if by_name => Err(Weight::False),
            None => Ok(None),
        }
    }

    /// Whether a head bears a line under the name of its keeper's ledger key, and none by a key of a list in here.
    pub(super) fn is_head_by_no_list(&self, note: &[u8], keeper: Party) -> bool {
        let name = names::ledger_key_name(&keeper);
        Note::parse(note).is_ok_and(|note| self.is_by_no_list(&note, keeper, Purpose::Ledger, &name))
    }

    fn is_by_no_list(&self, note: &Note, party: Party, purpose: Purpose, name: &str) -> bool {
        let numbers = self.numbers(party);
        let keys: Vec<NoteKey> =
            numbers.filter_map(|number| self.note_key(party, number, purpose, name)).collect();
        let mut lines = note.signatures().iter().filter(|line| line.name() == name).peekable();
        lines.peek().is_some() && lines.all(|line| !keys.iter().any(|key| key.is_named_by(line)))
    }

    fn note_key(&self, party: Party, number: u32, purpose: Purpose, name: &str) -> Option<NoteKey> {
        let algorithm = match purpose {
            Purpose::Ledger => NoteAlgorithm::Ed25519,
            Purpose::Witness => NoteAlgorithm::Cosignature,
            Purpose::List | Purpose::Tls | Purpose::Message | Purpose::Record => return None,
        };
        NoteKey::new(name, algorithm, self.key(party, number, purpose)?).ok()
    }
}

/// A Party's lists that hold, and the fingerprint of the first.
fn open_lists(code: Party, bytes: &[Bytes], said: &mut Vec<Said>) -> (Vec<KeyList>, Option<Digest>) {
    let mut lists: Vec<KeyList> = Vec::new();
    let (mut first, mut before) = (None, Digest::ZERO);
    for (place, bytes) in (1..).zip(bytes) {
        let opened = signed::decode(bytes.clone()).map_err(key_list_codec::OpenFault::from).and_then(|one| {
            let list = match lists.last() {
                None => key_list_codec::open_first(&one)?,
                Some(last) => key_list_codec::open_successor(last, &before, &one)?.0,
            };
            Ok((list, one.digest()))
        });
        match opened {
            Ok((list, digest)) if list.party == code => {
                first.get_or_insert(digest);
                before = digest;
                lists.push(list);
            }
            Ok(_) => {
                said.push(Said::wrong(format!("list {place} of {code} is of another Party")));
                return (lists, first);
            }
            Err(fault) => {
                said.push(Said::wrong(format!("list {place} of {code} does not hold: {fault}")));
                return (lists, first);
            }
        }
    }
    match lists.len() {
        0 => said.push(Said::wrong(format!("no key list of {code} is in the bundle"))),
        1 => {}
        more => {
            let sentence = format!("{code} has {more} key lists here, each signed under the one before");
            said.push(Said { weight: Weight::Proven, on: vec![code], sentence });
        }
    }
    (lists, first)
}
