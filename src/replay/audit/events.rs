//! What each record must satisfy, seen with the Board as it was just before it.
//!
//! What can be compared at once is compared here; what takes a signature or a proof is handed out as a
//! check. Never here: the chain of records (the fold judges it), revocation lists (their authority signs
//! them as X.509, which the door checks), or a limit by which an older program refused a message.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::checks::Check;
use super::decided;
use super::keys::{NoteKeys, key_in, next_list, proposed};
use crate::codec::regime::{self, built_in};
use crate::codec::{message, signed};
use crate::domain::board::{Board, Own};
use crate::domain::digest::Digest;
use crate::domain::event::{Change, Event, Received, Record, RegimeHeld, Released};
use crate::domain::keys::Purpose;
use crate::domain::ledger::Edge;
use crate::domain::message::Outcome;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::evidence::keys::PublicKey;
use crate::evidence::signed::PayloadType;

/// What came of looking at one record: what is wrong, and what is still to be checked.
#[derive(Default)]
pub(super) struct Seen {
    pub faults: Vec<String>,
    pub checks: Vec<Check>,
    /// An older fold decided it, and this one would have decided otherwise.
    pub is_by_older_rules: bool,
}

impl Seen {
    pub fn fault(&mut self, sentence: impl Into<String>) {
        self.faults.push(sentence.into());
    }

    pub fn must(&mut self, holds: bool, sentence: &'static str) {
        if !holds {
            self.faults.push(sentence.into());
        }
    }
}

/// Which dispatch of ours a receipt must be about.
pub(super) type Sent = (Party, Precedence, u64);

/// What has to be remembered beside the Board, which keeps no digests of what is owed and no older roots.
#[derive(Default)]
pub(super) struct Inspector {
    pub(super) owed: BTreeMap<Sent, (Digest, Digest)>,
    pub(super) own_ledgers: BTreeMap<Party, OwnLedger>,
    pub(super) keys: NoteKeys,
    /// The texts of regimes on record so far: others may inherit from them.
    regimes: BTreeMap<Digest, Bytes>,
    /// By which the open epoch decides.
    fold_version: u32,
}

/// Our ledger of one link: its edge at the newest cosigned head, and the leaves since.
#[derive(Default)]
pub(super) struct OwnLedger {
    pub cosigned: Edge,
    pub since: VecDeque<Digest>,
}

impl Inspector {
    pub(super) fn see(&mut self, board: &Board, record: &Record) -> Seen {
        let mut seen = Seen::default();
        decided::record(board, record, self.fold_version, &mut seen);
        for event in &record.events {
            self.event(board, record, event, &mut seen);
        }
        seen
    }

    fn event(&mut self, board: &Board, record: &Record, event: &Event, seen: &mut Seen) {
        match event {
            Event::KeyListAccepted(list) => next_list(board, record.index, list, seen),
            Event::ChangeProposed(change) => proposed(change, seen),
            Event::ChangeConfirmed { proposal } => {
                match board.roster.proposals.get(proposal).map(|open| &open.change) {
                    Some(Change::OwnKeyList(list)) => next_list(board, record.index, list, seen),
                    Some(
                        Change::MemberAdded(_)
                        | Change::MemberRemoved(_)
                        | Change::PartyAdded { .. }
                        | Change::PartyWithoutNode(_)
                        | Change::PartyTakenBack(_)
                        | Change::PartyIntroduced { .. }
                        | Change::PartyConfirmed { .. }
                        | Change::ReleaseRule { .. }
                        | Change::OfficeAdded(_)
                        | Change::OfficeRemoved(_)
                        | Change::FunctionTerm(_)
                        | Change::LinkAllowance(_)
                        | Change::WatchPlan(_)
                        | Change::WebhookAdded(_)
                        | Change::WebhookRemoved(_)
                        | Change::OwnAlarmSet(_)
                        | Change::OwnAlarmRemoved(_)
                        | Change::WatchCards(_)
                        | Change::LinkPhrases(_)
                        | Change::CheckSchedule(_)
                        | Change::FlashDrafts(_),
                    )
                    | None => {}
                }
            }
            Event::Released(released) => self.released(board, released, seen),
            Event::Received(received) => self.received(board, record, received, seen),
            Event::Receipted(receipted) => self.receipted(board, receipted, seen),
            Event::HeadFollowed(head, leaves) => self.followed(board, head, leaves, seen),
            Event::HeadCosigned(head) => self.cosigned(board, head, seen),
            Event::HeadRejected { head, .. } => {
                if let Some(check) = self.their_head(board, head) {
                    seen.checks.push(check);
                }
            }
            Event::ReceiptDisputed { party, lane, serial, receipt, .. } => {
                self.disputed(board, (*party, *lane, *serial), receipt, seen);
            }
            Event::Equivocated { party, proof } => self.equivocated(board, *party, proof, seen),
            Event::EpochOpened { fold_version, .. } => {
                seen.must(
                    *fold_version >= self.fold_version,
                    "an epoch was opened under an older fold version than one before it",
                );
                self.fold_version = *fold_version;
            }
            Event::JournalOpened { .. }
            | Event::RevocationListAccepted(_)
            | Event::ChangeDropped { .. }
            | Event::Drafted { .. }
            | Event::DraftReturned { .. }
            | Event::DraftWithdrawn { .. }
            | Event::TurnedAway { .. }
            | Event::ReferenceMissing { .. }
            | Event::AuditRead { .. }
            | Event::PartStored { .. }
            | Event::PartErased { .. }
            | Event::DeliveredByHand(_)
            | Event::DutiesNoted(_)
            | Event::Alerted(_)
            | Event::WatchOffered(_)
            | Event::WatchTaken { .. }
            | Event::AlarmNoted(_)
            | Event::CheckNoted(_)
            | Event::CarryNoted(_) => {}
            Event::RegimeHeld(held) => self.regime_held(held, seen),
        }
    }

    fn regime_held(&mut self, held: &RegimeHeld, seen: &mut Seen) {
        seen.must(
            regime::named(&held.text) == Some((held.name.clone(), held.edition)),
            "a regime is on record under another name or edition than its text states",
        );
        let here = |digest| self.regimes.get(&digest).map(|text| text.to_vec());
        let find = |name: &str, digest| here(digest).or_else(|| built_in::parent(name, digest));
        // A text that came with an older program may not be at hand: then nobody can tell.
        let stated = regime::numbering(&held.text, &find);
        seen.must(
            stated.is_none_or(|stated| stated == held.numbering),
            "a regime is on record with other official numbers than its text lays down",
        );
        let stated = regime::duties(&held.text, &find);
        seen.must(
            stated.is_none_or(|stated| stated == held.duties),
            "a regime is on record as laying down duties where its text lays down none, or the other way round",
        );
        self.regimes.insert(held.digest, held.text.clone());
    }

    fn released(&mut self, board: &Board, released: &Released, seen: &mut Seen) {
        let Some(own) = board.own else {
            return seen.fault("something was released before the journal was opened");
        };
        let message = &released.message;
        let addressees: Vec<Party> = released.dispatches.iter().map(|(dispatch, _)| dispatch.to).collect();
        let has_node = |party: &Party| board.link(*party).is_some();
        let expected: Vec<Party> = message.draft.parties().into_iter().filter(has_node).collect();
        seen.must(addressees == expected, "the dispatches are not one for each addressee that has a node");
        let newest = board.roster.newest_list_of(own.party);
        let list = released.dispatches.first().map_or(newest, |(dispatch, _)| dispatch.key_list);
        match key_in(board, own.party, list, Purpose::Message) {
            Some(key) => seen.checks.push(Check::Signed {
                what: "the message",
                wrapping: released.signed.clone(),
                kind: PayloadType::Message,
                key,
            }),
            None => seen.fault(NO_SUCH_LIST),
        }
        for (dispatch, leaf) in &released.dispatches {
            let Some(link) = board.link(dispatch.to) else {
                seen.fault("a dispatch names a Party that was not known here");
                continue;
            };
            let this_link = (dispatch.from, dispatch.from_incarnation) == (own.party, own.incarnation)
                && dispatch.to_incarnation == link.incarnation;
            seen.must(this_link, "a dispatch is not of this link");
            seen.must(
                board.roster.fingerprint_of(dispatch.to) == Some(dispatch.to_fingerprint),
                "a dispatch is made out to another Party under the addressee's code",
            );
            seen.must(
                dispatch.lane == message.draft.precedence
                    && dispatch.thread == message.draft.thread
                    && dispatch.message == released.digest
                    && dispatch.key_list == list,
                "a dispatch does not fit its message",
            );
            let serial = link.lane(dispatch.lane).sent.saturating_add(1);
            seen.must(dispatch.serial == serial, "the serial of a dispatch is not the next of its lane");
            seen.must(
                dispatch.leaf_index == link.ours.edge.size(),
                "the leaf index of a dispatch is not the next of its ledger",
            );
            let place = board.thread(dispatch.thread).map_or(0, |thread| thread.last_place_for(dispatch.to));
            seen.must(
                dispatch.place == place.saturating_add(1),
                "the place of a dispatch is not the next of its thread",
            );
            let digest = Digest::of(&crate::codec::dispatch::encode_dispatch(dispatch));
            self.owed.insert((dispatch.to, dispatch.lane, dispatch.serial), (digest, released.digest));
            self.own_ledgers.entry(dispatch.to).or_default().since.push_back(*leaf);
        }
    }

    fn received(&mut self, board: &Board, record: &Record, received: &Received, seen: &mut Seen) {
        let (dispatch, receipt) = (&received.dispatch, &received.receipt);
        self.own_ledgers.entry(dispatch.from).or_default().since.push_back(received.receipt_leaf);
        let (Some(own), Some(link)) = (board.own, board.link(dispatch.from)) else {
            return seen.fault("a dispatch was received from a Party that was not known here");
        };
        let this_link = (dispatch.to, dispatch.to_incarnation) == (own.party, own.incarnation)
            && dispatch.from_incarnation == link.incarnation;
        seen.must(this_link, "a dispatch that was received is not of this link");
        seen.must(
            board.roster.fingerprint_of(own.party) == Some(dispatch.to_fingerprint),
            "a dispatch that was received is made out to another Party under this one's code",
        );
        let serial = link.lane(dispatch.lane).taken.saturating_add(1);
        seen.must(dispatch.serial == serial, "the serial of a dispatch received is not the next of its lane");
        let wrapping = signed::decode(received.dispatch_signed.clone());
        let digest = wrapping.map_or(Digest::ZERO, |wrapping| wrapping.digest());
        let answers = (receipt.from, receipt.from_incarnation) == (own.party, own.incarnation)
            && (receipt.to, receipt.to_incarnation) == (dispatch.from, dispatch.from_incarnation)
            && (receipt.lane, receipt.serial) == (dispatch.lane, dispatch.serial)
            && (receipt.dispatch, receipt.message) == (digest, dispatch.message);
        seen.must(answers, "a receipt of ours is not for the dispatch beside it");
        seen.must(receipt.received_at == record.at, "a receipt of ours states another time than its record");
        seen.must(
            receipt.leaf_index == link.ours.edge.size(),
            "the leaf index of a receipt of ours is not the next of its ledger",
        );
        seen.must(
            receipt.judged_by_key_list == dispatch.key_list,
            "a message was judged by another key list than its dispatch names",
        );
        let Some(key) = key_in(board, dispatch.from, dispatch.key_list, Purpose::Message) else {
            return seen.fault(NO_SUCH_LIST);
        };
        seen.checks.push(Check::Signed {
            what: "the dispatch",
            wrapping: received.dispatch_signed.clone(),
            kind: PayloadType::Dispatch,
            key,
        });
        outcome(own, received, key, seen);
    }
}

pub(super) const NO_SUCH_LIST: &str = "a key list is named that was not on record";

/// What was taken must verify; what was refused for its signature must not; what was refused for its
/// addressees must not be addressed to us by its sender.
fn outcome(own: Own, received: &Received, key: PublicKey, seen: &mut Seen) {
    match received.receipt.outcome {
        Outcome::Taken => {
            let Some(message) = &received.message else {
                return seen.fault("a message was taken that can't be read");
            };
            let digest = signed::decode(received.message_signed.clone()).map(|wrapping| wrapping.digest());
            seen.must(
                digest == Ok(received.dispatch.message),
                "a message was taken that is not the one its dispatch names",
            );
            seen.must(
                message.author == received.dispatch.from && message.draft.parties().contains(&own.party),
                "a message was taken that is not to this Party by the sender of its dispatch",
            );
            seen.checks.push(Check::Signed {
                what: "the message taken",
                wrapping: received.message_signed.clone(),
                kind: PayloadType::Message,
                key,
            });
        }
        Outcome::RefusedSignature => seen.checks.push(Check::RefusedSignature {
            wrapping: received.message_signed.clone(),
            key,
            digest: received.dispatch.message,
        }),
        Outcome::RefusedAddressee => {
            let wrapping = signed::decode(received.message_signed.clone());
            let good =
                wrapping.and_then(|wrapping| message::decode(&wrapping.payload)).is_ok_and(|message| {
                    message.author == received.dispatch.from && message.draft.parties().contains(&own.party)
                });
            seen.must(!good, "a message was refused for its addressees, which include this Party");
        }
        Outcome::RefusedUnreadable | Outcome::RefusedLimit => {}
    }
}
