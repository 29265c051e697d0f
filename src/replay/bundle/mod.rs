//! Gathers the evidence of one thread from a journal: what a third person needs, and nothing of any
//! other thread.
//!
//! Never here: a record's bytes, or a leaf's body that is not of the thread. What a bundle betrays all
//! the same is said in `bundle.proto`.

mod maker;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::ledgers::{LeafPlace, each_record, leaves_in};
use super::records::{RecordFault, Records};
use crate::codec::bundle::{self, Bundle, BundleMessage, Disputed, OtherLeaf};
use crate::codec::by_hand::AccountByHand;
use crate::codec::{dispatch, message, signed};
use crate::domain::board::{Board, Own};
use crate::domain::by_hand::DeliveredByHand;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Contradiction, Event, Head, Leaf, Received, Record, Released};
use crate::domain::ledger::leaf_hash;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::evidence::merkle::Tree;
use crate::evidence::proof::Proof;
use crate::limits;
use maker::Maker;

/// A journal up to a head, and the keys with which our own dispatches and receipts are made again.
pub struct Source<'a> {
    pub records: &'a Records,
    pub board: &'a Board,
    pub ring: &'a KeyRing,
}

/// Why there is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    #[error("there is no such thread on record here")]
    NoSuchThread,
    #[error("the thread's evidence is over the limit for one bundle")]
    TooLarge,
    #[error(transparent)]
    Record(#[from] RecordFault),
}

/// The bytes of a bundle file. `now` is stated in it.
pub async fn make(source: &Source<'_>, thread: ThreadId, now: Instant) -> Result<Bytes, BundleFault> {
    let own = source.board.own.ok_or(BundleFault::NoSuchThread)?;
    let mut gathered = Gathered {
        thread,
        own,
        messages: Vec::new(),
        items: Vec::new(),
        by_hand: Vec::new(),
        ledgers: BTreeMap::new(),
    };
    let size = source.board.size;
    each_record(source.records, size, |record| gathered.take(&record)).await?;
    if gathered.items.is_empty() && gathered.messages.is_empty() {
        return Err(BundleFault::NoSuchThread);
    }
    // Once more: a head may have covered a dispatch before that came here.
    let concerned: Vec<Party> = gathered.items.iter().map(Item::other_end).collect();
    gathered.ledgers = concerned.into_iter().map(|party| (party, Ledgers::default())).collect();
    each_record(source.records, size, |record| gathered.cover(&record)).await?;
    let bytes = bundle::encode(&gathered.bundle(source.board, source.ring, now));
    if bytes.len() > limits::BUNDLE_BYTES_MAX { Err(BundleFault::TooLarge) } else { Ok(bytes) }
}

struct Gathered {
    thread: ThreadId,
    own: Own,
    messages: Vec<(Digest, Party, BundleMessage)>,
    items: Vec<Item>,
    by_hand: Vec<AccountByHand>,
    ledgers: BTreeMap<Party, Ledgers>,
}

/// Leaf hashes of a link's two ledgers.
#[derive(Default)]
struct Ledgers {
    ours: Vec<Digest>,
    theirs: BTreeMap<u64, Digest>,
}

/// A dispatch of the thread, and what is on record about it.
struct Item {
    dispatch: Dispatch,
    /// As it came; `None` for our own, which are signed when they leave.
    signed: Option<Bytes>,
    /// Theirs, as it came, or ours, still to be proven.
    receipt: Option<ReceiptFound>,
    /// The smallest head that covers the dispatch in its sender's ledger.
    covered: Option<Cover>,
    refused: Option<Bytes>,
    disputed: Vec<Disputed>,
    contradicted_by: Vec<Bytes>,
    other_leaves: Vec<OtherLeaf>,
}

enum ReceiptFound {
    Theirs {
        proven: Bytes,
        at: Instant,
    },
    /// Our receipt, with the smallest head of our ledger that covers it and that they cosigned.
    Ours {
        body: Bytes,
        leaf_index: u64,
        at: Instant,
        covered: Option<Cover>,
    },
}

/// A head that the other end of its ledger vouched for, and when we put that on record.
#[derive(Clone)]
struct Cover {
    note: Bytes,
    size: u64,
    at: Instant,
}

impl Gathered {
    fn take(&mut self, record: &Record) {
        for event in &record.events {
            match event {
                Event::Released(released) if released.message.draft.thread == self.thread => {
                    self.released(record, released);
                }
                Event::Received(received) => self.received(record, received),
                Event::Receipted(receipted) => {
                    let receipt = &receipted.receipt;
                    if let Some(item) = self.sent(receipted.party, receipt.lane, receipt.serial) {
                        let proven = receipted.proven.clone();
                        item.receipt = Some(ReceiptFound::Theirs { proven, at: record.at });
                    }
                }
                Event::ReceiptDisputed { party, lane, serial, receipt, reason } => {
                    let receipt = self.unless_foreign(receipt);
                    if let Some(item) = self.sent(*party, *lane, *serial)
                        && item.disputed.len() < limits::BUNDLE_ODDITIES_MAX
                    {
                        item.disputed.push(Disputed { receipt, reason: reason.clone() });
                    }
                }
                Event::Equivocated { party, proof: Contradiction::Dispatch { signed, .. } } => {
                    self.contradicted(*party, signed);
                }
                Event::Equivocated {
                    party,
                    proof: Contradiction::Leaf { leaf, inclusion_path, checkpoint },
                } => self.displaced(*party, leaf, inclusion_path, checkpoint),
                Event::Released(_)
                | Event::JournalOpened { .. }
                | Event::EpochOpened { .. }
                | Event::KeyListAccepted(_)
                | Event::RevocationListAccepted(_)
                | Event::ChangeProposed(_)
                | Event::ChangeConfirmed { .. }
                | Event::ChangeDropped { .. }
                | Event::Drafted { .. }
                | Event::DraftReturned { .. }
                | Event::DraftWithdrawn { .. }
                | Event::HeadFollowed(..)
                | Event::HeadCosigned(_)
                | Event::HeadRejected { .. }
                | Event::TurnedAway { .. }
                | Event::ReferenceMissing { .. }
                | Event::AuditRead { .. }
                | Event::PartStored { .. }
                | Event::PartErased { .. }
                | Event::RegimeHeld(_) => {}
                Event::DeliveredByHand(said) if said.thread == self.thread => self.by_hand(record, said),
                Event::DeliveredByHand(_) => {}
            }
        }
    }

    /// The ledgers of the links concerned, and the first head to cover each dispatch and receipt.
    fn cover(&mut self, record: &Record) {
        let ledgers = &mut self.ledgers;
        leaves_in(record, |leaf| {
            let Some(ledgers) = ledgers.get_mut(&leaf.party) else { return };
            match leaf.place {
                LeafPlace::OursNext => ledgers.ours.push(leaf_hash(&leaf.body)),
                LeafPlace::Theirs(index) => {
                    ledgers.theirs.insert(index, leaf_hash(&leaf.body));
                }
            }
        });
        for event in &record.events {
            if let Event::HeadCosigned(head) = event {
                self.cosigned(head, record.at);
            }
            if let Event::HeadFollowed(head, _) = event {
                self.followed(head, record.at);
            }
        }
    }

    fn released(&mut self, record: &Record, released: &Released) {
        let message = BundleMessage { message: released.signed.clone(), recorded_at: record.at };
        self.messages.push((released.digest, released.message.author, message));
        self.items.extend(released.dispatches.iter().map(|(dispatch, _)| Item::new(dispatch.clone(), None)));
    }

    /// Its message came before, in the same thread: the Board let no other account on record.
    fn by_hand(&mut self, record: &Record, said: &DeliveredByHand) {
        if let Some(stamp) = &record.command {
            self.by_hand.push(AccountByHand {
                id: stamp.id,
                account: said.clone(),
                recorded_at: record.at,
                recorded_by: stamp.by.clone(),
            });
        }
    }

    fn received(&mut self, record: &Record, received: &Received) {
        let dispatch = &received.dispatch;
        if let Some(message) = &received.message {
            if message.draft.thread != self.thread {
                return;
            }
            if self.messages.iter().all(|(digest, ..)| *digest != dispatch.message) {
                let message = received.message_signed.clone();
                let message = BundleMessage { message, recorded_at: record.at };
                self.messages.push((dispatch.message, dispatch.from, message));
            }
        }
        // Its sender may have named another thread than its message does; that one is not shown.
        if dispatch.thread != self.thread {
            return;
        }
        let mut item = Item::new(dispatch.clone(), Some(received.dispatch_signed.clone()));
        item.receipt = Some(ReceiptFound::Ours {
            body: received.receipt_bytes.clone(),
            leaf_index: received.receipt.leaf_index,
            at: record.at,
            covered: None,
        });
        if received.message.is_none() && !self.is_of_another_thread(&received.message_signed) {
            item.refused = Some(received.message_signed.clone()).filter(|bytes| !bytes.is_empty());
        }
        self.items.push(item);
    }

    /// Whether refused bytes are, or may be, a message of another thread.
    fn is_of_another_thread(&self, bytes: &Bytes) -> bool {
        let read = signed::decode(bytes.clone()).and_then(|wrapping| message::decode(&wrapping.payload));
        !read.is_ok_and(|message| message.draft.thread == self.thread)
    }

    fn sent(&mut self, to: Party, lane: Precedence, serial: u64) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| {
            let one = &item.dispatch;
            item.signed.is_none() && (one.to, one.lane, one.serial) == (to, lane, serial)
        })
    }

    /// A disputed receipt, unless it is about a message that is not of this thread.
    fn unless_foreign(&self, proven: &Bytes) -> Bytes {
        let read = dispatch::decode_proven(proven.clone())
            .and_then(|proven| dispatch::decode_receipt(proven.receipt));
        let ours =
            read.is_ok_and(|receipt| self.messages.iter().any(|(digest, ..)| *digest == receipt.message));
        if ours { proven.clone() } else { Bytes::new() }
    }

    fn contradicted(&mut self, party: Party, wrapping: &Bytes) {
        let read = signed::decode(wrapping.clone()).and_then(|one| dispatch::decode_dispatch(one.payload));
        let Some(other) = read.ok().filter(|other| other.thread == self.thread) else { return };
        let first = self.items.iter_mut().find(|item| {
            let one = &item.dispatch;
            one.from == party
                && ((one.lane, one.serial) == (other.lane, other.serial)
                    || one.leaf_index == other.leaf_index)
        });
        if let Some(item) = first.filter(|item| item.contradicted_by.len() < limits::BUNDLE_ODDITIES_MAX) {
            item.contradicted_by.push(wrapping.clone());
        }
    }

    /// A leaf of theirs in the place of a dispatch of theirs, or of a receipt.
    fn displaced(&mut self, party: Party, leaf: &Leaf, path: &[Digest], checkpoint: &Bytes) {
        let stood_there = |item: &&mut Item| {
            let dispatched = item.signed.is_some().then_some((item.dispatch.from, item.dispatch.leaf_index));
            let receipted = match &item.receipt {
                Some(ReceiptFound::Theirs { proven, .. }) => dispatch::decode_proven(proven.clone())
                    .and_then(|proven| dispatch::decode_receipt(proven.receipt))
                    .ok()
                    .map(|receipt| (receipt.from, receipt.leaf_index)),
                Some(ReceiptFound::Ours { .. }) | None => None,
            };
            [dispatched, receipted].contains(&Some((party, leaf.index)))
        };
        let Ok(checkpoint) = String::from_utf8(checkpoint.to_vec()) else { return };
        if let Some(item) = self.items.iter_mut().find(stood_there)
            && item.other_leaves.len() < limits::BUNDLE_ODDITIES_MAX
        {
            let proof = Proof { index: leaf.index, path: path.to_vec(), extra: None, checkpoint };
            item.other_leaves.push(OtherLeaf { hash: leaf.hash, proof: proof.to_text().into() });
        }
    }

    /// A head of our ledger that the other end cosigned.
    fn cosigned(&mut self, head: &Head, at: Instant) {
        let cover = Cover { note: head.note.clone(), size: head.size, at };
        for item in &mut self.items {
            if item.dispatch.to == head.party && item.dispatch.leaf_index < head.size {
                item.covered.get_or_insert_with(|| cover.clone());
            }
            if let Some(ReceiptFound::Ours { leaf_index, covered, .. }) = &mut item.receipt
                && item.dispatch.from == head.party
                && *leaf_index < head.size
            {
                covered.get_or_insert_with(|| cover.clone());
            }
        }
    }

    /// A head of the other end's ledger that we cosigned.
    fn followed(&mut self, head: &Head, at: Instant) {
        for item in &mut self.items {
            if item.dispatch.from == head.party && item.dispatch.leaf_index < head.size {
                item.covered.get_or_insert_with(|| Cover { note: head.note.clone(), size: head.size, at });
            }
        }
    }

    fn bundle(self, board: &Board, ring: &KeyRing, now: Instant) -> Bundle {
        let maker = Maker { own: self.own, board, ring };
        let trees: BTreeMap<Party, (Tree, Tree)> =
            self.ledgers.iter().map(|(party, ledgers)| (*party, ledgers.trees())).collect();
        let mut parties: BTreeSet<Party> = self.messages.iter().map(|(_, author, _)| *author).collect();
        parties.extend(self.items.iter().flat_map(|item| [item.dispatch.from, item.dispatch.to]));
        parties.insert(self.own.party);
        Bundle {
            thread: self.thread,
            made_by: self.own.party,
            made_at: now,
            parties: parties.into_iter().map(|party| maker.party(party)).collect(),
            messages: self.messages.into_iter().map(|(_, _, message)| message).collect(),
            dispatches: self.items.into_iter().map(|item| maker.dispatch(item, &trees)).collect(),
            by_hand: self.by_hand,
        }
    }
}

impl Ledgers {
    /// Ours, and theirs up to the first leaf that is not here.
    fn trees(&self) -> (Tree, Tree) {
        let unbroken = (0u64..).zip(&self.theirs).take_while(|(expected, (index, _))| expected == *index);
        (self.ours.iter().copied().collect(), unbroken.map(|(_, (_, leaf))| *leaf).collect())
    }
}

impl Item {
    fn new(dispatch: Dispatch, signed: Option<Bytes>) -> Item {
        Item {
            dispatch,
            signed,
            receipt: None,
            covered: None,
            refused: None,
            disputed: Vec::new(),
            contradicted_by: Vec::new(),
            other_leaves: Vec::new(),
        }
    }

    fn other_end(&self) -> Party {
        if self.signed.is_none() { self.dispatch.to } else { self.dispatch.from }
    }
}
