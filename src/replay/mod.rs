//! Records in, Board and trees out, every link checked: the one way from a journal to what is true. At
//! start, in operation, for the auditor, on an exported file.
//!
//! Never here: a write, a clock, forgiveness. A record that does not count is void and named as such;
//! counting history that can't be read stops the reader.

pub mod audit;
pub mod bundle;
pub mod ledgers;
pub mod message_keys;
pub mod positions;
pub mod records;
pub mod verify;
mod voids;

use crate::codec::facts::{self, Skimmed};
use crate::codec::fault::DecodeFault;
use crate::codec::record::{self, Check};
use crate::domain::board::{Board, FOLD_VERSION};
use crate::domain::chain::{Chain, Claim, Signature, Void};
use crate::domain::digest::Digest;
use crate::domain::event::{Change, Event, Record};
use crate::domain::keys::{KeyList, Purpose};
use crate::domain::ledger::Edge;
use crate::domain::party::{Incarnation, Party};
use crate::evidence::keys::PublicKey;
use bytes::Bytes;
use message_keys::MessageKeys;
use positions::Positions;
pub use voids::Voids;

/// A journal folded as far as it was read. A clone is cheap.
#[derive(Clone)]
pub struct Fold {
    pub chain: Chain,
    pub board: Board,
    /// Over all records that count.
    pub tree: Edge,
    pub positions: Positions,
    pub message_keys: MessageKeys,
    pub voids: Voids,
    record_key: Option<PublicKey>,
    root: TrustRoot,
}

/// Whose journal it must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrustRoot {
    /// The digest of the Party's first key list: its fingerprint, from whoever verifies.
    FirstKeyList(Digest),
    /// Whatever the journal says of itself. The answer then names the fingerprint for comparing.
    AsItSays,
}

/// What one entry came to.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    Counted(Record),
    Void(Void),
}

/// Why folding stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("record {index} counts but can't be read: {fault}")]
    Unreadable { index: u64, fault: DecodeFault },
    #[error("record {index} was written under fold version {written}; this program knows {FOLD_VERSION}")]
    NewerFold { index: u64, written: u32 },
    #[error("the journal is not of the expected Party: its first key list is {found}")]
    Foreign { found: Digest },
    #[error("record 0 does not open a journal with a key list that verifies: it is missing or changed")]
    NoBeginning,
    #[error(
        "{party} holds a head of our ledger with it, over {size} leaves, which we signed and which the history \
         here does not contain; which record of the journal is missing or changed can't be named, since a peer \
         knows the leaves of its own link and never our indexes"
    )]
    HeldByPeer { party: Party, size: u64 },
    #[error("record {index} is missing or changed: the history here does not contain what was signed before")]
    Missing { index: u64 },
}

impl Fold {
    pub fn new(root: TrustRoot) -> Fold {
        Fold {
            chain: Chain::empty(Incarnation(1)),
            board: Board::default(),
            tree: Edge::new(),
            positions: Positions::default(),
            message_keys: MessageKeys::default(),
            voids: Voids::default(),
            record_key: None,
            root,
        }
    }

    /// Whether the signature of the next entry is to be looked at.
    pub fn step(&mut self, position: u64, entry: &Bytes, look: Look) -> Result<Step, Broken> {
        self.step_seen(position, entry, look, &mut |_, _| {})
    }

    /// As `step`, for an entry of which more may have been read ahead; gives why it does not count, if it
    /// does not.
    pub fn step_ahead(&mut self, ahead: &Ahead, look: Look) -> Result<Option<Void>, Broken> {
        match &ahead.skimmed {
            Some(skimmed) if look == Look::AtChainOnly && self.record_key.is_some() => {
                let judged = self.judge(ahead.position, &skimmed.claim, skimmed.leaf);
                if judged.is_ok() {
                    self.take(ahead.position, &skimmed.claim, skimmed.leaf);
                    self.board.apply_facts(&skimmed.facts);
                }
                Ok(judged.err())
            }
            Some(_) | None => Ok(match self.step(ahead.position, &ahead.entry, look)? {
                Step::Counted(_) => None,
                Step::Void(void) => Some(void),
            }),
        }
    }

    /// As `step`; a record that counts is shown with the Board as it was before it.
    fn step_seen(
        &mut self,
        position: u64,
        entry: &Bytes,
        look: Look,
        see: &mut dyn FnMut(&Board, &Record),
    ) -> Result<Step, Broken> {
        let check = match (&self.record_key, look) {
            (Some(key), Look::AtSignature) => Check::Signature(key),
            (Some(_), Look::AtChainOnly) | (None, _) => Check::CoveredByCheckpoint,
        };
        // What is kept of one record must not hold on to the batch that it was read with.
        let entry = &Bytes::copy_from_slice(entry);
        let Ok(opened) = record::open(entry, check) else {
            self.void(position);
            return Ok(Step::Void(Void::Unreadable));
        };
        if self.record_key.is_none() {
            return self.begin(position, entry, opened, see);
        }
        if let Err(void) = self.judge(position, &opened.claim, opened.leaf) {
            return Ok(Step::Void(void));
        }
        let index = opened.claim.index;
        let (claim, leaf) = (opened.claim.clone(), opened.leaf);
        let record = opened.record().map_err(|fault| Broken::Unreadable { index, fault })?;
        self.count(position, &claim, leaf, &record, see)?;
        Ok(Step::Counted(record))
    }

    /// Whether the entry counts as the next record; notes it if it does not.
    fn judge(&mut self, position: u64, claim: &Claim, leaf: Digest) -> Result<(), Void> {
        self.chain.judge(claim).inspect_err(|void| {
            self.voids.note(*void, claim, leaf, &self.chain);
            self.void(position);
        })
    }

    fn count(
        &mut self,
        position: u64,
        claim: &Claim,
        leaf: Digest,
        record: &Record,
        see: &mut dyn FnMut(&Board, &Record),
    ) -> Result<(), Broken> {
        for event in &record.events {
            if let Event::EpochOpened { fold_version, .. } = event
                && *fold_version > FOLD_VERSION
            {
                return Err(Broken::NewerFold { index: record.index, written: *fold_version });
            }
        }
        see(&self.board, record);
        // A change of our own record key takes force with the record after the one that confirms it.
        let next_key = self.next_record_key(record);
        self.take(position, claim, leaf);
        self.board.apply(record);
        self.message_keys.note(record, &self.board);
        if let Some(key) = next_key {
            self.record_key = Some(key);
        }
        Ok(())
    }

    /// All that the fold keeps of a record that counts, but for what is on the Board.
    fn take(&mut self, position: u64, claim: &Claim, leaf: Digest) {
        self.chain.take(claim, leaf);
        self.tree.push(leaf);
        self.positions.add(claim.index, position);
        self.voids.linked(claim.opens, self.chain.size);
    }

    /// The first record carries the key that signs it; the fingerprint says whether it is the right one.
    fn begin(
        &mut self,
        position: u64,
        entry: &Bytes,
        opened: record::Opened,
        see: &mut dyn FnMut(&Board, &Record),
    ) -> Result<Step, Broken> {
        let (mut claim, leaf) = (opened.claim.clone(), opened.leaf);
        let record = opened.record().map_err(|_| Broken::NoBeginning)?;
        let mut opened_as = None;
        let mut list = None;
        for event in &record.events {
            match event {
                Event::JournalOpened { party, incarnation, .. } => opened_as = Some((*party, *incarnation)),
                Event::KeyListAccepted(accepted) => list = list.or(Some(accepted)),
                _ => {}
            }
        }
        let (Some((party, incarnation)), Some(list)) = (opened_as, list) else {
            return Err(Broken::NoBeginning);
        };
        let signed = crate::codec::signed::decode(list.signed.clone()).map_err(|_| Broken::NoBeginning)?;
        let verified = crate::codec::key_list::open_first(&signed).map_err(|_| Broken::NoBeginning)?;
        if verified.party != party || verified.incarnation != incarnation {
            return Err(Broken::NoBeginning);
        }
        if let TrustRoot::FirstKeyList(expected) = self.root
            && expected != list.digest
        {
            return Err(Broken::Foreign { found: list.digest });
        }
        let key = record_key_of(&verified).ok_or(Broken::NoBeginning)?;
        claim.signature = match record::open(entry, Check::Signature(&key)) {
            Ok(again) => again.claim.signature,
            Err(_) => Signature::NotOurs,
        };
        self.chain = Chain::empty(incarnation);
        self.chain.judge(&claim).map_err(|_| Broken::NoBeginning)?;
        self.record_key = Some(key);
        self.count(position, &claim, leaf, &record, see)?;
        Ok(Step::Counted(record))
    }

    fn next_record_key(&self, record: &Record) -> Option<PublicKey> {
        let own = self.board.own?.party;
        let proposals = &self.board.roster.proposals;
        record.events.iter().find_map(|event| match event {
            Event::ChangeConfirmed { proposal } => match &proposals.get(proposal)?.change {
                Change::OwnKeyList(next) if next.list.party == own => record_key_of(&next.list),
                _ => None,
            },
            _ => None,
        })
    }

    fn void(&mut self, position: u64) {
        self.voids.count = self.voids.count.saturating_add(1);
        self.positions.skip(position);
    }

    /// The fingerprint of the Party whose journal this is.
    pub fn fingerprint(&self) -> Option<Digest> {
        let own = self.board.own?.party;
        Some(self.board.roster.parties.get(&own)?.numbered(1)?.digest)
    }

    /// Whether the end of the journal holds signed records that link to something which is not here.
    /// `Some` names the first index that is missing.
    pub fn missing_at_end(&self) -> Option<u64> {
        self.voids.unlinked().then_some(self.chain.size)
    }
}

/// An entry on its way to the fold, hashed and read as far as it is plain, on whichever core has time. It
/// says nothing about whether the entry counts.
pub struct Ahead {
    position: u64,
    entry: Bytes,
    /// `None` if all of it is left to the fold.
    skimmed: Option<Skimmed>,
}

impl Ahead {
    /// Reads ahead, which is of use only if the fold will not look at the signature.
    pub fn of(position: u64, entry: Bytes, look: Look) -> Ahead {
        let skimmed = match look {
            Look::AtChainOnly => facts::skim(&entry),
            Look::AtSignature => None,
        };
        Ahead { position, entry, skimmed }
    }
}

/// Whether a record's signature is looked at. Without it a record is believed only until the tree was
/// compared with a signed checkpoint that covers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    AtSignature,
    AtChainOnly,
}

fn record_key_of(list: &KeyList) -> Option<PublicKey> {
    PublicKey::from_bytes(list.key_for(Purpose::Record)?).ok()
}
