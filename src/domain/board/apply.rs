//! What has happened: events in, Board out. Never refuses, never looks at a clock: what counts was
//! decided before it was written.

use std::sync::Arc;

use super::threads::Listed;
use super::{Board, Draft, Noted, Own, Waiting};
use crate::domain::command::Answered;
use crate::domain::content::Kind;
use crate::domain::digest::{CommandId, Digest};
use crate::domain::duty::Awaited;
use crate::domain::event::{Change, Event, Head, Leaf, Record};
use crate::domain::fact::{Fact, Facts, Gist, Taken};
use crate::domain::link::Link;
use crate::domain::message::{Dispatch, Relation, audience};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::roster::Proposal;
use crate::domain::thread::{Acknowledged, Entry, Whereabouts};
use crate::domain::time::Instant;
use crate::limits;

impl Board {
    /// Folds one record that counts.
    pub fn apply(&mut self, record: &Record) {
        self.begin(record.at);
        for event in &record.events {
            self.apply_event(record, event);
        }
        let answered = record
            .command
            .as_ref()
            .map(|stamp| (stamp.id, Answered { content: stamp.content, index: record.index, at: stamp.at }));
        self.end(record.index, answered);
    }

    /// Folds one record that counts, of which only the facts were read.
    pub fn apply_facts(&mut self, record: &Facts) {
        self.begin(record.at);
        for fact in &record.facts {
            self.apply_fact(record.index, record.at, fact);
        }
        self.end(record.index, record.command);
    }

    fn begin(&mut self, at: Instant) {
        if at < self.at {
            self.times_run_backwards = self.times_run_backwards.saturating_add(1);
        }
        self.at = at;
    }

    fn end(&mut self, index: u64, command: Option<(CommandId, Answered)>) {
        if let Some((id, answered)) = command {
            self.commands.insert(id, answered);
            self.commands_by_age.insert((answered.at, id));
            self.forget_old_commands(self.at);
        }
        self.size = index.saturating_add(1);
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
                self.roster.accept(next, record.at);
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
            Event::ChangeConfirmed { proposal } => self.confirm(*proposal, record.at),
            Event::ChangeDropped { proposal } => {
                self.roster.proposals.remove(proposal);
            }
            Event::DraftReturned { draft, reason, .. } => {
                if let Some(open) = self.drafts.get_mut(draft) {
                    Arc::make_mut(open).returned = Some(reason.clone());
                }
            }
            Event::DraftWithdrawn { draft } => {
                self.drafts.remove(draft);
            }
            Event::Drafted { .. } | Event::Released(_) | Event::Received(_) | Event::Receipted(_) => {
                if let Some(fact) = Fact::of(event) {
                    self.apply_fact(record.index, record.at, &fact);
                }
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
                    link.spend(record.at.hour(), Precedence::Routine, head_bytes(head, leaves));
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
            Event::DeliveredByHand(said) => {
                self.delivered_by_hand(record, said);
                self.account_for_duties(&said.message, said.party, record.index);
            }
            Event::DutiesNoted(noted) => self.duties_noted(record, noted),
            Event::Alerted(alerted) => self.alerted(record, alerted),
            Event::AlarmNoted(noted) => self.alarm_noted(record, noted),
            Event::CheckNoted(noted) => self.check_noted(noted),
            Event::CarryNoted(_) => self.carry_noted(record.index),
            Event::WatchOffered(offered) => {
                if let Some(stamp) = &record.command {
                    self.offered(offered, &stamp.by, (record.index, record.at));
                }
            }
            Event::WatchTaken { desk, .. } => {
                if let Some(stamp) = &record.command {
                    self.taken(desk, &stamp.by, record.at);
                }
            }
        }
    }

    fn apply_fact(&mut self, index: u64, at: Instant, fact: &Fact) {
        match fact {
            Fact::Drafted { draft, digest, drafter, thread } => {
                let (digest, drafter, thread) = (*digest, drafter.clone(), *thread);
                let mut earlier = Vec::new();
                if let Some(before) = self.drafts.get(draft) {
                    earlier.clone_from(&before.earlier);
                    if !earlier.contains(&before.drafter) {
                        earlier.push(before.drafter.clone());
                    }
                }
                let open = Draft { index, digest, drafter, earlier, thread, returned: None };
                self.drafts.insert(*draft, Arc::new(open));
            }
            Fact::Released { draft, message, digest, dispatches } => {
                if let Some(open) = draft.and_then(|draft| self.drafts.remove(&draft))
                    && message.precedence == Precedence::Flash
                {
                    self.flash.count(at.hour(), open.drafter.key_digest);
                }
                self.released(index, at, message, *digest, dispatches);
            }
            Fact::Received(taken) => self.received(index, at, taken),
            Fact::Receipted { party, receipt, leaf } => {
                self.link_mut(*party, |link| link.receipted(receipt, *leaf, index));
                if let Some(own) = self.own {
                    self.word_taken(own.party, *party, receipt, Some(at), index);
                }
                let (lane, serial) = (receipt.lane, receipt.serial);
                self.duties.receipted(Awaited { party: *party, lane, serial }, index);
                self.receipt_for_duties(*party, receipt, index);
                self.checks_receipted(*party, receipt);
            }
        }
    }

    fn confirm(&mut self, proposal: CommandId, at: Instant) {
        let Some(open) = self.roster.proposals.remove(&proposal) else { return };
        self.alarms_before(&open.change);
        self.roster.take(&open.change, at);
        self.plan_anew(&open.change);
        if let Change::PartyAdded { key_lists, .. } | Change::PartyIntroduced { key_lists, .. } = &open.change
            && let Some(newest) = key_lists.last()
        {
            self.links.insert(newest.list.party, Arc::new(Link::new(newest.list.incarnation)));
        }
        if let Change::LinkAllowance(new) = &open.change {
            self.link_mut(new.party, |link| link.allowance = new.allowance);
        }
        if let Change::FlashDrafts(set) = &open.change {
            self.flash.set = *set;
        }
    }

    fn link_mut(&mut self, party: Party, change: impl FnOnce(&mut Link)) {
        if let Some(link) = self.links.get_mut(&party) {
            change(Arc::make_mut(link));
        }
    }

    fn oddity(&mut self, party: Party, at: Instant) {
        self.link_mut(party, |link| link.note_oddity(at.hour()));
    }

    fn released(
        &mut self,
        index: u64,
        at: Instant,
        message: &Gist,
        digest: Digest,
        dispatches: &[(Dispatch, Digest)],
    ) {
        let series = (message.released_at.year(), audience(&message.parties));
        let last = self.numbers.entry(series).or_default();
        *last = last.saturating_add(1);
        let place = self.thread(message.thread).map_or(1, |thread| thread.next_place_of(message.author));
        self.checks_released((index, at), message, digest, dispatches);
        self.add_to_thread(index, at, message, digest, place, Acknowledged::NotOwed);
        for (dispatch, leaf) in dispatches {
            self.link_mut(dispatch.to, |link| link.dispatched(dispatch, *leaf, index));
            let thread = self.threads.entry(message.thread).or_default();
            Arc::make_mut(thread).dispatched_to(dispatch.to, dispatch.place);
        }
        self.owed_by_hand(index, message, digest, dispatches);
        self.word_heard(index, message, digest);
        self.parts_given(message, dispatches);
    }

    fn received(&mut self, index: u64, at: Instant, taken: &Taken) {
        let dispatch = &taken.dispatch;
        self.link_mut(dispatch.from, |link| {
            link.spend(at.hour(), dispatch.lane, taken.bytes);
            let (receipt, leaf) = (&taken.receipt, taken.receipt_leaf);
            link.received(taken.dispatch_leaf, dispatch.leaf_index, receipt, leaf, index);
        });
        self.checks_received((index, at), taken);
        let Some(message) = &taken.message else { return };
        self.parts_named(dispatch.from, message);
        self.word_heard(index, message, dispatch.message);
        self.word_taken(message.author, dispatch.to, &taken.receipt, None, index);
        if self.messages.contains_key(&dispatch.message) {
            // The same message under a second serial is a dispatch more, not a message more. Of its places
            // the lowest holds, whichever came first.
            if let Some(thread) = self.threads.get_mut(&message.thread) {
                Arc::make_mut(thread).lower_place(message.author, &dispatch.message, dispatch.place);
            }
        } else {
            let is_unheard = self.is_unheard(message, dispatch.message);
            let owed = if is_unheard { Acknowledged::NotOwed } else { Acknowledged::NotYet };
            self.add_to_thread(index, at, message, dispatch.message, dispatch.place, owed);
            self.went_to_offices(dispatch, message);
            if owed == Acknowledged::NotYet {
                self.waits_for_officer(dispatch.message, message, index, at);
            }
        }
    }

    /// Whether it is said to nobody who is to read it. What only says that it is a check of the link, or tells more than
    /// what became of another message, is a message like any other. Of our own nobody here is to read anything.
    pub(super) fn is_unheard(&self, message: &Gist, digest: Digest) -> bool {
        let is_ours = self.own.is_some_and(|own| own.party == message.author);
        let is_quiet = message.tells_of_another && (is_ours || !message.says_more);
        is_quiet && (!says_check(message) || self.counts_as_part_of_check(message, digest))
    }

    fn counts_as_part_of_check(&self, message: &Gist, digest: Digest) -> bool {
        let mut ends = message.parties.iter().copied().chain([message.author]);
        self.checks.count(&mut ends, message.thread, digest)
    }

    /// By the offices that are listed now: one listed later changes nothing for what went to all.
    fn went_to_offices(&mut self, dispatch: &Dispatch, message: &Gist) {
        let at_ours = message.offices.iter().filter(|(party, _)| *party == dispatch.to);
        let to = self.roster.offices.to(at_ours.map(|(_, office)| office.as_str()));
        if !to.is_empty() {
            self.to_offices.insert(dispatch.message, to.into());
        }
    }

    fn add_to_thread(
        &mut self,
        index: u64,
        at: Instant,
        message: &Gist,
        digest: Digest,
        place: u64,
        owed: Acknowledged,
    ) {
        let entry = Entry {
            author: message.author,
            place,
            digest,
            index,
            precedence: message.precedence,
            released_at: message.released_at,
            recorded_at: at,
        };
        let is_check = says_check(message) && self.counts_as_part_of_check(message, digest);
        let listed = if is_check { Listed::No } else { Listed::Yes };
        self.add_entry(message.thread, entry, listed);
        if matches!(message.kind, Some(Kind::SessionOpening | Kind::SessionAddition)) {
            Arc::make_mut(self.threads.entry(message.thread).or_default()).begins_session();
        }
        self.messages.insert(digest, Whereabouts { index, acknowledged: owed });
        self.filed(message, digest);
        self.for_duties(index, message, digest);
        self.for_own_alarms(message, digest, at);
        for one in self.waiting.remove(&digest).unwrap_or_default() {
            if let Some(count) = self.waiting_of.get_mut(&one.author) {
                *count = count.saturating_sub(1);
            }
        }
        let own = self.own.map(|own| own.party);
        for (referred, relation) in &message.references {
            match self.messages.get(referred) {
                Some(there) => {
                    let reads = *relation == Relation::Acknowledges && own == Some(message.author);
                    if reads && there.acknowledged == Acknowledged::NotYet {
                        let acknowledged = Acknowledged::InRecord(index);
                        self.messages.insert(*referred, Whereabouts { acknowledged, ..there });
                        self.watch.open.close(referred);
                    }
                    if let Some(officer) = message.acknowledged_by.filter(|_| reads) {
                        self.watch.acknowledged.add(there.index, officer, index);
                    }
                }
                None => self.wait_for(*referred, digest, message.author, at),
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
            *count = count.saturating_add(1);
            waiting.push(Waiting { message, author, since, noted: Noted::NotYet });
        }
    }
}

/// What one followed head adds to the journal, about.
pub(super) fn head_bytes(head: &Head, leaves: &[Leaf]) -> u64 {
    let bytes: usize = leaves.iter().map(|leaf| leaf.body.len()).sum();
    bytes.saturating_add(head.note.len()) as u64
}

fn says_check(message: &Gist) -> bool {
    matches!(message.kind, Some(Kind::Check | Kind::CheckAnswer))
}
