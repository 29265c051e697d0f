//! Drafts, and what is released of them: who may, and the numbers, places and serials that a release fixes.
//!
//! Never here: what is wrong with a form. That comes with the command, from whoever read the draft.

use super::decide::Decision;
use super::{Board, Draft, Own};
use crate::domain::command::{AsIs, Decided, ReleasePlan, Slot};
use crate::domain::content::Kind;
use crate::domain::digest::{Digest, DraftId};
use crate::domain::forwarded::NOT_TO_BE_HANDED_ON;
use crate::domain::message::{ACKNOWLEDGEMENT, Message, Outgoing, Reference, Relation};
use crate::domain::people::{Person, Role};
use crate::domain::precedence::Precedence;
use crate::domain::refusal::{FaultNamed, NotNow, Refusal, Stops};
use crate::domain::regime::numbering::Numbered;
use crate::domain::time::Instant;
use crate::limits;

impl Board {
    pub(super) fn check_addressees(&self, own: Own, outgoing: &Outgoing) -> Result<(), Refusal> {
        // Who writes down what came asks nobody to act, and may do so for its own record alone.
        if outgoing.action.is_empty() && outgoing.kind != Kind::Transcription.name() {
            return Err(Refusal::Field { field: "action", rule: "somebody must be asked to act".into() });
        }
        for party in outgoing.parties() {
            if party == own.party {
                let acts = outgoing.action.iter().any(|addressee| addressee.party == party);
                let field = if acts { "action" } else { "information" };
                return Err(Refusal::Field { field, rule: "a Party does not address itself".into() });
            }
            if !self.roster.without_node.contains_key(&party) {
                self.known_link(party)?;
            }
        }
        Ok(())
    }

    pub(super) fn check_drafter(&self, outgoing: &Outgoing, by: &Person) -> Result<(), Refusal> {
        if outgoing.drafter == *by {
            Ok(())
        } else {
            Err(Refusal::Field { field: "drafter", rule: "the drafter is who gives the command".into() })
        }
    }

    /// Who has the watch and is no drafter puts no word of their own into a draft: a plain text to the author of a
    /// message that came in, in its thread, that takes no other draft's place. What it says are the words that two
    /// custodians laid down (`rpc/watch_card.rs`).
    pub(super) fn may_draft(&self, draft: &DraftId, outgoing: &Outgoing, by: &Person) -> Result<(), Refusal> {
        let is_drafter = self.roster.permits(by, &[Role::Drafter]).is_ok();
        if is_drafter || (self.draft(*draft).is_none() && self.is_holding_reply(outgoing)) {
            Ok(())
        } else {
            Err(Refusal::NotPermitted)
        }
    }

    fn is_holding_reply(&self, outgoing: &Outgoing) -> bool {
        let ([to], [], [about], []) =
            (&outgoing.action[..], &outgoing.information[..], &outgoing.references[..], &outgoing.parts[..])
        else {
            return false;
        };
        let Some(message) = about.message else { return false };
        let mut entries = self.thread(outgoing.thread).into_iter().flat_map(|thread| thread.entries());
        self.roster.watch_cards.is_some()
            && outgoing.kind == Kind::Text.name()
            && outgoing.regime.is_none()
            && about.relation == Relation::RefersTo
            && entries.any(|entry| entry.digest == message && entry.author == to.party)
    }

    /// One officer fills no other's place: nobody is kept from a text, at any precedence, by what somebody else wrote.
    pub(super) fn has_room_for_draft(&self, draft: &DraftId, by: &Person) -> Result<(), Refusal> {
        let is_theirs = |open: &Draft| open.drafter.key_digest == by.key_digest;
        let before = self.draft(*draft);
        if before.is_none() && self.drafts.len() >= limits::DRAFTS_OPEN_MAX {
            return Err(Refusal::TooMany { what: "drafts", most: limits::DRAFTS_OPEN_MAX });
        }
        let most = limits::DRAFTS_OPEN_PER_OFFICER_MAX;
        let theirs = || self.drafts.values().filter(|open| is_theirs(open)).count();
        // Who revises another's takes it over.
        if !before.is_some_and(is_theirs) && theirs() >= most {
            return Err(Refusal::TooMany { what: "drafts of one officer", most });
        }
        Ok(())
    }

    /// Whose words they are counts, whoever releases them: so nobody writes a stock and has it released in one hour.
    pub(super) fn check_flash(
        &self,
        draft: &DraftId,
        outgoing: &Outgoing,
        now: Instant,
    ) -> Result<(), Refusal> {
        match self.draft(*draft).filter(|_| outgoing.precedence == Precedence::Flash) {
            Some(open) => self.flash.check(now.hour(), &open.drafter.key_digest),
            None => Ok(()),
        }
    }

    pub(super) fn open_draft(&self, draft: &DraftId, digest: &Digest) -> Result<(), Refusal> {
        let open = self.draft(*draft).ok_or(Refusal::NoSuchDraft)?;
        if open.digest != *digest {
            return Err(Refusal::DraftChanged);
        }
        if open.returned.is_some() { Err(Refusal::DraftReturned) } else { Ok(()) }
    }

    /// A draft of an office is that office's: of another one nobody releases, returns, withdraws or
    /// replaces it.
    pub(super) fn may_handle(&self, draft: &DraftId, by: &Person) -> Result<(), Refusal> {
        match self.draft(*draft) {
            Some(open) => self.roster.offices.may_handle_draft(&open.drafter, by),
            None => Ok(()),
        }
    }

    pub(super) fn may_release(
        &self,
        draft: &DraftId,
        digest: &Digest,
        outgoing: &Outgoing,
        by: &Person,
        faults: &[FaultNamed],
        as_is: AsIs,
    ) -> Result<(), Refusal> {
        self.open_draft(draft, digest)?;
        self.may_handle(draft, by)?;
        check_releasable(outgoing)?;
        let one_person = self.roster.one_person.contains(&outgoing.precedence);
        let wrote = self.draft(*draft).is_some_and(|open| open.is_written_by(by));
        if (wrote || outgoing.drafter.is_same_person(by)) && !one_person {
            return Err(Refusal::SamePerson(outgoing.precedence));
        }
        let stopping: Vec<FaultNamed> =
            faults.iter().filter(|one| one.stops == Stops::Always).cloned().collect();
        if !stopping.is_empty() {
            return Err(Refusal::Faults(stopping));
        }
        match as_is {
            AsIs::AsItIs => Ok(()),
            AsIs::OnlyWithoutFaults if faults.is_empty() => Ok(()),
            AsIs::OnlyWithoutFaults => Err(Refusal::Faults(faults.to_vec())),
        }
    }

    pub(super) fn release(
        &self,
        own: Own,
        draft: Option<DraftId>,
        outgoing: &Outgoing,
        by: &Person,
        now: Instant,
    ) -> Decision {
        self.check_addressees(own, outgoing)?;
        check_releasable(outgoing)?;
        let known = self.roster.parties.get(&own.party).and_then(|known| known.newest());
        let key_list = known.ok_or(NotNow::KeyList)?.list.number;
        let thread = self.thread(outgoing.thread);
        let mut slots = Vec::new();
        for party in outgoing.parties() {
            // To a Party without a node it is delivered by hand.
            let Some(link) = self.link(party) else { continue };
            let last_place = thread.map_or(0, |thread| thread.last_place_for(party));
            let fingerprint = self.roster.fingerprint_of(party).ok_or(Refusal::NoSuchParty(party))?;
            slots.push(Slot {
                to: party,
                to_fingerprint: fingerprint,
                to_incarnation: link.incarnation,
                serial: link.lane(outgoing.precedence).sent.saturating_add(1),
                place: last_place.saturating_add(1),
                leaf_index: link.ours.edge.size(),
            });
        }
        let year = now.year();
        let series = (year, outgoing.audience());
        let number = self.numbers.get(&series).copied().unwrap_or(0).saturating_add(1);
        let (author, incarnation) = (own.party, own.incarnation);
        let numbered =
            Numbered { author, incarnation, year, audience: &series.1, serial: number, document: None };
        let message = Message {
            author: own.party,
            incarnation: own.incarnation,
            number: self.official_number(outgoing, numbered),
            released_at: now,
            releaser: by.clone(),
            draft: outgoing.clone(),
        };
        Ok(vec![Decided::Release(ReleasePlan { draft, message, key_list, slots })])
    }
}

/// The author's own word against its own act: a release as it is does not override it.
fn check_releasable(outgoing: &Outgoing) -> Result<(), Refusal> {
    if !outgoing.may_be_handed_on() {
        return Err(Refusal::Field { field: "original", rule: NOT_TO_BE_HANDED_ON.into() });
    }
    match outgoing.not_releasable() {
        Some(rule) => Err(Refusal::Field { field: "releasable_to", rule }),
        None => Ok(()),
    }
}

/// The release without a second person is for what tells of another message alone.
pub(super) fn check_acknowledges(of: &Digest, outgoing: &Outgoing) -> Result<(), Refusal> {
    let acknowledges = |reference: &Reference| {
        reference.relation == Relation::Acknowledges && reference.message == Some(*of)
    };
    if outgoing.kind != ACKNOWLEDGEMENT {
        Err(Refusal::Field { field: "kind", rule: "an acknowledgement is of that kind".into() })
    } else if !outgoing.references.iter().any(acknowledges) {
        Err(Refusal::Field {
            field: "references",
            rule: "an acknowledgement names what it acknowledges".into(),
        })
    } else {
        Ok(())
    }
}

/// As `check_acknowledges`, that a console shows a text.
pub(super) fn check_shown(of: &Digest, outgoing: &Outgoing) -> Result<(), Refusal> {
    let names =
        |reference: &Reference| reference.relation == Relation::RefersTo && reference.message == Some(*of);
    if outgoing.kind != Kind::SessionShown.name() {
        Err(Refusal::Field { field: "kind", rule: "that a console shows a text is of that kind".into() })
    } else if !outgoing.references.iter().any(names) {
        Err(Refusal::Field { field: "references", rule: "it names what is shown".into() })
    } else {
        Ok(())
    }
}
