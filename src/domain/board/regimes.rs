//! Regimes on the Board: which texts are held here, and which words of Parties take effect.
//!
//! Never here: the text of a regime (read by index), what it asks (`domain/regime/`).

use std::sync::Arc;

use imbl::OrdSet;

use super::decide::{Decision, happened};
use super::{Board, Held};
use crate::domain::adoption::{Addressees, Adopted, Announced, Bond, Told};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Event, LaysDown, Record, RegimeHeld};
use crate::domain::fact::Gist;
use crate::domain::message::{Message, Outcome, Outgoing, Receipt};
use crate::domain::party::Party;
use crate::domain::refusal::Refusal;
use crate::domain::regime::numbering::{Numbered, Numbering};
use crate::domain::time::Instant;
use crate::limits;

impl Held {
    /// By which messages that cite it are numbered. Empty for the built-in form.
    pub fn number_pattern(&self) -> String {
        self.numbering.as_ref().map_or_else(String::new, |numbering| numbering.pattern.written())
    }
}

impl Board {
    /// Whether two Parties are bound to each other by a regime at an instant, as it can be known here with
    /// nothing read. Of several texts the one that came to bind them last: what cites none and can't count twice goes
    /// by it.
    pub fn bond(&self, one: Party, other: Party, regime: &str, at: Instant) -> Option<Bond> {
        self.bonds_by(one, other, regime, at, &Addressees::default()).pop()
    }

    /// Whether they are by this very text, whether another of the regime binds them as well or not.
    pub fn bond_by_text(
        &self,
        one: Party,
        other: Party,
        (regime, text): (&str, &Digest),
        at: Instant,
    ) -> Option<Bond> {
        let all = self.bonds_by(one, other, regime, at, &Addressees::default());
        all.into_iter().find(|bond| bond.regime == *text)
    }

    /// All texts of a regime by which they are, the one that came to bind them last at the end, where it was read to
    /// whom adoptions of others went.
    pub fn bonds_by(
        &self,
        one: Party,
        other: Party,
        regime: &str,
        at: Instant,
        addressees: &Addressees,
    ) -> Vec<Bond> {
        let (Some(own), Some(ones), Some(others)) = (self.own, self.words.get(&one), self.words.get(&other))
        else {
            return Vec::new();
        };
        let (one, other) = ((one, ones.as_ref()), (other, others.as_ref()));
        Bond::all_between(own.party, one, other, regime, at, addressees)
    }

    /// A Party's adoptions that are in force: another's towards us, our own towards whoever took it.
    pub fn adopted(&self, party: Party, regime: &str, at: Instant) -> Vec<Adopted> {
        let (Some(own), Some(words)) = (self.own, self.words.get(&party)) else { return Vec::new() };
        if party != own.party {
            return words.adopted(regime, own.party, at);
        }
        let mut adopted: Vec<Adopted> = Vec::new();
        for one in self.links.keys().flat_map(|told| words.adopted(regime, *told, at)) {
            match adopted.iter_mut().find(|known| known.message == one.message) {
                Some(known) if known.since <= one.since => {}
                Some(known) => *known = one,
                None => adopted.push(one),
            }
        }
        adopted.sort_by_key(|one| (one.edition, one.since, one.message));
        adopted
    }

    /// A Party's words that were told and are not yet in force: another's towards us, our own towards whoever is bound
    /// by them first.
    pub fn announced(&self, party: Party, regime: &str, at: Instant) -> Vec<Announced> {
        let (Some(own), Some(words)) = (self.own, self.words.get(&party)) else { return Vec::new() };
        if party != own.party {
            return words.announced(regime, own.party, at);
        }
        let mut all: Vec<Announced> = Vec::new();
        for one in self.links.keys().flat_map(|told| words.announced(regime, *told, at)) {
            match all.iter_mut().find(|known| known.message == one.message) {
                Some(known) if known.from <= one.from => {}
                Some(known) => *known = one,
                None => all.push(one),
            }
        }
        all.sort_by_key(|one| (one.from, one.message));
        all
    }

    /// A Party's adoptions of a regime that have no effect, as another took their place before they were in force:
    /// towards whom, the one, and the other.
    pub fn replaced(&self, party: Party, regime: &str, at: Instant) -> Vec<(Party, Digest, Digest)> {
        let (Some(own), Some(words)) = (self.own, self.words.get(&party)) else { return Vec::new() };
        let towards = |told: Party| {
            words.replaced(regime, told, at).into_iter().map(move |(message, by)| (told, message, by))
        };
        if party == own.party {
            self.links.keys().flat_map(|told| towards(*told)).collect()
        } else {
            towards(own.party).collect()
        }
    }

    /// The name of a regime that is cited: as its text says, where that is on record here; as the message says, where
    /// not. So what a message calls a text that both ends hold takes it out of no rule.
    pub fn name_of_cited<'n>(&'n self, said: &'n str, digest: &Digest) -> &'n str {
        self.regimes.get(digest).map_or(said, |held| &held.name)
    }

    /// Whether a regime's text is on record here, or was at an instant.
    pub fn holds_regime(&self, digest: &Digest, as_of: Option<Instant>) -> bool {
        self.regimes.get(digest).is_some_and(|held| as_of.is_none_or(|as_of| held.at <= as_of))
    }

    pub(super) fn hold_regime(&self, held: &RegimeHeld) -> Decision {
        if self.regimes.contains_key(&held.digest) {
            let rule = "this very text is held here already".into();
            return Err(Refusal::Field { field: "text", rule }.into());
        }
        if self.regimes.len() >= limits::REGIMES_HELD_MAX {
            return Err(Refusal::TooMany { what: "regimes", most: limits::REGIMES_HELD_MAX }.into());
        }
        happened(Event::RegimeHeld(held.clone()))
    }

    pub(super) fn regime_held(&mut self, record: &Record, held: &RegimeHeld) {
        let on_board = Held {
            index: record.index,
            at: record.at,
            name: held.name.clone(),
            edition: held.edition,
            numbering: held.numbering.as_ref().filter(|new| self.numbers_apart(new)).cloned().map(Arc::new),
        };
        self.regimes.insert(held.digest, Arc::new(on_board));
        if held.duties == LaysDown::Duties {
            self.duties_held(&held.name, record.index);
        }
    }

    /// Whether no pattern in use here could give a number of this one.
    fn numbers_apart(&self, new: &Numbering) -> bool {
        let mut in_use = self.regimes.values().filter_map(|held| held.numbering.as_deref());
        !new.pattern.may_clash_with_built_in() && !in_use.any(|used| used.pattern.may_clash(&new.pattern))
    }

    /// By the pattern of the regime that is cited, if its text is held here and has one, and says what stands
    /// in each of its places; else by the built-in form.
    pub(super) fn official_number(&self, outgoing: &Outgoing, of: Numbered) -> String {
        let document = outgoing.document();
        let of = Numbered { document: document.as_ref(), ..of };
        let cited = outgoing.regime.as_ref().and_then(|cited| self.regimes.get(&cited.digest));
        let by_pattern = cited.and_then(|held| held.numbering.as_ref()?.write(&of));
        by_pattern.unwrap_or_else(|| of.built_in())
    }

    /// The pattern of the regime that a message from elsewhere cites, as far as its text was held here at an
    /// instant, where the message's number does not follow it.
    pub fn number_off_pattern(&self, message: &Message, as_of: Option<Instant>) -> Option<&Held> {
        let draft = &message.draft;
        let is_held = |held: &&Arc<Held>| as_of.is_none_or(|as_of| held.at <= as_of);
        let held = self.regimes.get(&draft.regime.as_ref()?.digest).filter(is_held)?;
        let (document, audience) = (draft.document(), draft.audience());
        let of = Numbered {
            author: message.author,
            incarnation: message.incarnation,
            year: message.released_at.year(),
            audience: &audience,
            serial: 0,
            document: document.as_ref(),
        };
        let fits = held.numbering.as_ref()?.fits(&message.number, &of)?;
        let is_from_elsewhere = self.own.is_some_and(|own| own.party != message.author);
        (is_from_elsewhere && !fits).then_some(held)
    }

    /// A message of which nothing takes effect changes nothing.
    pub(super) fn word_heard(&mut self, index: u64, message: &Gist, digest: Digest) {
        if let Some(word) = &message.word {
            let words = self.words.entry(message.author).or_default();
            Arc::make_mut(words).hear(digest, word, message.released_at, index);
        }
    }

    /// Where it is to be found again by whoever counts under a regime, or asks which threads belong together.
    pub(super) fn filed(&mut self, message: &Gist, digest: Digest) {
        if message.is_same_activity {
            self.same_activity.insert(digest);
        }
        // A longer name is none of a regime.
        if let Some((said, text)) = &message.cites
            && said.len() <= limits::REGIME_NAME_BYTES_MAX
        {
            let name = self.name_of_cited(said, text).to_owned();
            let filed = (message.author, message.thread);
            match self.cited.get_mut(&name) {
                Some(threads) if threads.contains(&filed) => {}
                Some(threads) => {
                    threads.insert(filed);
                }
                None => {
                    self.cited.insert(name, OrdSet::unit(filed));
                }
            }
        }
    }

    /// The threads in which a regime is cited, each with who does; of one author, or of all.
    pub fn cited_in(&self, regime: &str, author: Option<Party>) -> Vec<(Party, ThreadId)> {
        let Some(threads) = self.cited.get(regime) else { return Vec::new() };
        match author {
            None => threads.iter().copied().collect(),
            Some(author) => {
                let from = threads.range((author, ThreadId([0; 16]))..).copied();
                from.take_while(|(by, _)| *by == author).collect()
            }
        }
    }

    /// What a peer said counts towards us from our own receipt, what we said towards a peer from its, which was
    /// on record here at `heard`. `record` is the one that says so.
    pub(super) fn word_taken(
        &mut self,
        author: Party,
        by: Party,
        receipt: &Receipt,
        heard: Option<Instant>,
        record: u64,
    ) {
        if receipt.outcome != Outcome::Taken {
            return;
        }
        if let Some(words) = self.words.get_mut(&author)
            && words.holds(&receipt.message)
        {
            Arc::make_mut(words).taken(&receipt.message, by, Told::by(receipt, heard));
            self.now_bound(author, by, record);
        }
    }
}
