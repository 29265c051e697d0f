//! What a journal holds of one thread: its messages, what became of each dispatch, and the heads that cover
//! them.
//!
//! Never here: what is signed anew for a bundle (`maker.rs`), or anything of another thread.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::item::{Cover, Item, Ledgers, ReceiptFound};
use super::maker::Maker;
use crate::codec::bundle::{Bundle, BundleMessage, Disputed, OtherLeaf};
use crate::codec::by_hand::AccountByHand;
use crate::codec::{dispatch, message, signed};
use crate::domain::board::{Board, Own};
use crate::domain::by_hand::DeliveredByHand;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Contradiction, Event, Head, Leaf, Received, Record, Released};
use crate::domain::ledger::leaf_hash;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::taken_by::TakenBy;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::evidence::merkle::Tree;
use crate::evidence::proof::Proof;
use crate::limits;
use crate::replay::ledgers::{LeafPlace, leaves_in};

pub(super) struct Gathered {
    thread: ThreadId,
    own: Own,
    messages: Vec<(Digest, Party, BundleMessage)>,
    items: Vec<Item>,
    by_hand: Vec<AccountByHand>,
    ledgers: BTreeMap<Party, Ledgers>,
    /// Authors of messages that messages of the thread hand on: by their key lists those verify too.
    handed_on: BTreeSet<Party>,
    /// Carry files of others that were taken, by their records: which ones brought messages of the thread these say.
    taken: BTreeMap<u64, (Party, TakenBy)>,
}

impl Gathered {
    pub fn new(thread: ThreadId, own: Own) -> Gathered {
        Gathered {
            thread,
            own,
            messages: Vec::new(),
            items: Vec::new(),
            by_hand: Vec::new(),
            ledgers: BTreeMap::new(),
            handed_on: BTreeSet::new(),
            taken: BTreeMap::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.messages.is_empty()
    }

    /// From here on the ledgers of the links are followed that the thread went over.
    pub fn follow_ledgers(&mut self) {
        self.ledgers = self.items.iter().map(|item| (item.other_end(), Ledgers::default())).collect();
    }

    pub fn take(&mut self, record: &Record) {
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
                | Event::RegimeHeld(_)
                | Event::Alerted(_)
                | Event::WatchOffered(_)
                | Event::WatchTaken { .. }
                | Event::AlarmNoted(_)
                | Event::CheckNoted(_) => {}
                Event::CarryNoted(noted) => {
                    let taken = TakenBy::of(record, noted.with).map(|taken| (noted.with, taken));
                    self.taken.extend(taken.map(|taken| (record.index, taken)));
                }
                Event::DeliveredByHand(said) if said.thread == self.thread => self.by_hand(record, said),
                Event::DeliveredByHand(_) | Event::DutiesNoted(_) => {}
            }
        }
    }

    /// The ledgers of the links concerned, and the first head to cover each dispatch and receipt.
    pub fn cover(&mut self, record: &Record) {
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
        self.handed_on.extend(released.message.draft.forwards.as_ref().map(|forwards| forwards.author));
        let message =
            BundleMessage { message: released.signed.clone(), recorded_at: record.at, taken_by: None };
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
            self.handed_on.extend(message.draft.forwards.as_ref().map(|forwards| forwards.author));
            if self.messages.iter().all(|(digest, ..)| *digest != dispatch.message) {
                let message = received.message_signed.clone();
                let taken = received.carried_by.and_then(|noted| self.taken.get(&noted));
                let taken_by = taken.filter(|(of, _)| *of == dispatch.from).map(|(_, taken)| taken.clone());
                let message = BundleMessage { message, recorded_at: record.at, taken_by };
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

    pub fn bundle(self, board: &Board, ring: &KeyRing, now: Instant) -> Bundle {
        let maker = Maker { own: self.own, board, ring };
        let trees: BTreeMap<Party, (Tree, Tree)> =
            self.ledgers.iter().map(|(party, ledgers)| (*party, ledgers.trees())).collect();
        let mut parties: BTreeSet<Party> = self.messages.iter().map(|(_, author, _)| *author).collect();
        parties.extend(self.items.iter().flat_map(|item| [item.dispatch.from, item.dispatch.to]));
        parties.insert(self.own.party);
        parties.extend(self.handed_on.iter().filter(|party| board.roster.newest_list_of(**party) > 0));
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
