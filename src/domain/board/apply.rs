//! What has happened: events in, Board out. Never refuses, never looks at a clock: what counts was
//! decided before it was written.

use std::sync::Arc;

use super::{Answered, Board, Draft, Noted, Own, Waiting};
use crate::domain::digest::{CommandId, Digest};
use crate::domain::event::{Change, Event, Head, Leaf, Received, Record, Released};
use crate::domain::link::Link;
use crate::domain::message::{ACKNOWLEDGEMENT, Message, Relation};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::roster::Proposal;
use crate::domain::thread::{Acknowledged, Entry, Whereabouts};
use crate::domain::time::Instant;
use crate::limits;

impl Board {
    /// Folds one record that counts.
    pub fn apply(&mut self, record: &Record) {
        if record.at < self.at {
            self.times_run_backwards += 1;
        }
        self.at = record.at;
        for event in &record.events {
            self.apply_event(record, event);
        }
        if let Some(stamp) = &record.command {
            let answered = Answered { content: stamp.content, index: record.index, at: stamp.at };
            self.commands.insert(stamp.id, answered);
            self.commands_by_age.insert((stamp.at, stamp.id));
            self.forget_old_commands(record.at);
        }
        self.size = record.index.saturating_add(1);
    }

    fn forget_old_commands(&mut self, now: Instant) {
        let oldest_kept = now.plus_ms(-limits::COMMAND_IDS_KEPT_MS);
        while let Some((at, id)) = self.commands_by_age.get_min().copied().filter(|(at, _)| *at < oldest_kept)
        {
            self.commands_by_age.remove(&(at, id));
            self.commands.remove(&id);
            self.forgotten = self.forgotten.max(Some(at));
        }
    }

    fn apply_event(&mut self, record: &Record, event: &Event) {
        match event {
            Event::JournalOpened { party, incarnation, members, .. } => {
                self.own = Some(Own { party: *party, incarnation: *incarnation });
                for member in members {
                    self.roster.members.insert(member.person.key_digest, member.clone());
                }
            }
            Event::EpochOpened { .. } | Event::AuditRead { .. } => {}
            Event::KeyListAccepted(next) => {
                self.roster.accept(next);
                self.oddity(next.list.party, record.at);
            }
            Event::RevocationListAccepted(list) => {
                self.roster.accept_revocation_list(list);
                self.oddity(list.party, record.at);
            }
            Event::ChangeProposed(change) => {
                if let Some(stamp) = &record.command {
                    let proposal = Proposal { change: change.clone(), by: stamp.by.clone() };
                    self.roster.proposals.insert(stamp.id, proposal);
                }
            }
            Event::ChangeConfirmed { proposal } => self.confirm(*proposal),
            Event::ChangeDropped { proposal } => {
                self.roster.proposals.remove(proposal);
            }
            Event::Drafted { draft, outgoing, bytes } => {
                let draft_on_board = Draft {
                    index: record.index,
                    digest: Digest::of(bytes),
                    drafter: outgoing.drafter.clone(),
                    thread: outgoing.thread,
                    returned: None,
                };
                self.drafts.insert(*draft, Arc::new(draft_on_board));
            }
            Event::DraftReturned { draft, reason, .. } => {
                if let Some(open) = self.drafts.get_mut(draft) {
                    Arc::make_mut(open).returned = Some(reason.clone());
                }
            }
            Event::DraftWithdrawn { draft } => {
                self.drafts.remove(draft);
            }
            Event::Released(released) => self.released(record, released),
            Event::Received(received) => self.received(record, received),
            Event::Receipted(receipted) => {
                self.link_mut(receipted.party, |link| {
                    link.receipted(&receipted.receipt, receipted.leaf, record.index);
                });
                self.word_receipted(receipted.party, &receipted.receipt);
            }
            Event::ReceiptDisputed { party, lane, serial, .. } => {
                self.link_mut(*party, |link| link.disputed(*lane, *serial, record.index));
                self.oddity(*party, record.at);
            }
            Event::Equivocated { party, proof } => {
                self.link_mut(*party, |link| link.contradicted(proof.digest()));
                self.oddity(*party, record.at);
            }
            Event::HeadFollowed(head, leaves) => {
                self.link_mut(head.party, |link| {
                    link.spend(hour_of(record.at), Precedence::Routine, head_bytes(head, leaves));
                    link.followed(head, leaves, record.at.seconds());
                });
            }
            Event::HeadCosigned(head) => self.link_mut(head.party, |link| link.cosigned(head)),
            Event::HeadRejected { head, .. } => {
                self.link_mut(head.party, |link| link.rejected(head));
                self.oddity(head.party, record.at);
            }
            Event::TurnedAway { party, hour } => self.link_mut(*party, |link| link.turned_away(*hour)),
            Event::ReferenceMissing { message, missing } => {
                if let Some(waiting) = self.waiting.get_mut(missing) {
                    for one in waiting.iter_mut().filter(|one| one.message == *message) {
                        one.noted = Noted::OnRecord;
                    }
                }
            }
            Event::PartStored { salted_digest, bytes } => self.part_stored(*salted_digest, *bytes),
            Event::PartErased { salted_digest, .. } => self.part_erased(*salted_digest),
            Event::RegimeHeld(held) => self.regime_held(record, held),
        }
    }

    fn confirm(&mut self, proposal: CommandId) {
        let Some(open) = self.roster.proposals.remove(&proposal) else { return };
        self.roster.take(&open.change);
        if let Change::PartyAdded { key_lists, .. } = &open.change
            && let Some(newest) = key_lists.last()
        {
            self.links.insert(newest.list.party, Arc::new(Link::new(newest.list.incarnation)));
        }
    }

    fn link_mut(&mut self, party: Party, change: impl FnOnce(&mut Link)) {
        if let Some(link) = self.links.get_mut(&party) {
            change(Arc::make_mut(link));
        }
    }

    fn oddity(&mut self, party: Party, at: Instant) {
        self.link_mut(party, |link| link.note_oddity(hour_of(at)));
    }

    fn released(&mut self, record: &Record, released: &Released) {
        if let Some(draft) = &released.draft {
            self.drafts.remove(draft);
        }
        let message = &released.message;
        let year = message.released_at.year();
        let series = (year, message.draft.audience());
        let last = self.numbers.get(&series).copied().unwrap_or(0);
        self.numbers.insert(series, last.saturating_add(1));
        let place =
            self.thread(message.draft.thread).map_or(1, |thread| thread.next_place_of(message.author));
        self.add_to_thread(record, message, released.digest, place, Acknowledged::NotOwed);
        for (dispatch, leaf) in &released.dispatches {
            self.link_mut(dispatch.to, |link| link.dispatched(dispatch, *leaf, record.index));
            let thread = self.threads.entry(message.draft.thread).or_default();
            Arc::make_mut(thread).dispatched_to(dispatch.to, dispatch.place);
        }
        self.parts_given(released);
        self.word_released(record, released);
    }

    fn received(&mut self, record: &Record, received: &Received) {
        let dispatch = &received.dispatch;
        self.link_mut(dispatch.from, |link| {
            let bytes = received.dispatch_signed.len() + received.message_signed.len();
            link.spend(hour_of(record.at), dispatch.lane, bytes as u64);
            link.received(
                received.dispatch_leaf,
                dispatch.leaf_index,
                &received.receipt,
                received.receipt_leaf,
                record.index,
            );
        });
        self.parts_named(received);
        let Some(message) = &received.message else { return };
        self.word_received(record, received, message);
        if self.messages.contains_key(&dispatch.message) {
            // The same message under a second serial is a dispatch more, not a message more. Of its places
            // the lowest holds, whichever came first.
            if let Some(thread) = self.threads.get_mut(&message.draft.thread) {
                Arc::make_mut(thread).lower_place(message.author, &dispatch.message, dispatch.place);
            }
        } else {
            let owed = if message.draft.kind == ACKNOWLEDGEMENT {
                Acknowledged::NotOwed
            } else {
                Acknowledged::NotYet
            };
            self.add_to_thread(record, message, dispatch.message, dispatch.place, owed);
        }
    }

    fn add_to_thread(
        &mut self,
        record: &Record,
        message: &Message,
        digest: Digest,
        place: u64,
        owed: Acknowledged,
    ) {
        let entry = Entry {
            author: message.author,
            place,
            digest,
            index: record.index,
            precedence: message.draft.precedence,
            released_at: message.released_at,
            recorded_at: record.at,
        };
        let thread = self.threads.entry(message.draft.thread).or_default();
        Arc::make_mut(thread).add(entry);
        self.messages.insert(digest, Whereabouts { index: record.index, acknowledged: owed });
        for one in self.waiting.remove(&digest).unwrap_or_default() {
            if let Some(count) = self.waiting_of.get_mut(&one.author) {
                *count = count.saturating_sub(1);
            }
        }
        let own = self.own.map(|own| own.party);
        for reference in &message.draft.references {
            let Some(referred) = reference.message else { continue };
            match self.messages.get_mut(&referred) {
                Some(there)
                    if reference.relation == Relation::Acknowledges && own == Some(message.author) =>
                {
                    if there.acknowledged == Acknowledged::NotYet {
                        there.acknowledged = Acknowledged::InRecord(record.index);
                    }
                }
                Some(_) => {}
                None => self.wait_for(referred, digest, message.author, record.at),
            }
        }
    }

    fn wait_for(&mut self, missing: Digest, message: Digest, author: Party, since: Instant) {
        let count = self.waiting_of.entry(author).or_default();
        if *count >= limits::REFERENCES_WAITING_PER_PARTY_MAX {
            return;
        }
        let waiting = self.waiting.entry(missing).or_default();
        if !waiting.iter().any(|one| one.message == message) {
            *count += 1;
            waiting.push(Waiting { message, author, since, noted: Noted::NotYet });
        }
    }
}

/// What one followed head adds to the journal, about.
pub(super) fn head_bytes(head: &Head, leaves: &[Leaf]) -> u64 {
    let bytes: usize = leaves.iter().map(|leaf| leaf.body.len()).sum();
    bytes.saturating_add(head.note.len()) as u64
}

/// Hours since 1970-01-01T00:00Z.
pub(super) fn hour_of(at: Instant) -> i64 {
    at.seconds().div_euclid(3600)
}
