//! Regimes whose text is on record here, read again, and what they say of a message.
//!
//! Never here: a rule (`domain/regime/`), a refusal. What is not held here is said to be so.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use tonic::Status;

use super::addressees;
use super::beside::Shelf;
use super::editions;
use super::regimes_read::{self, Read};
use super::replies::{About, Reading};
use super::status;
use crate::codec::content;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::regime::{self, NotARegime, built_in};
use crate::codec::restraint;
use crate::domain::adoption::{Addressees, Bond, Restraint, Seen};
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record, RegimeHeld};
use crate::domain::formatted::Formatted;
use crate::domain::language::Language;
use crate::domain::message::{Addressee, Message, Outgoing};
use crate::domain::party::Party;
use crate::domain::regime::channels::{to_choose_from, weigh};
use crate::domain::regime::{
    Asked, Languages, Line, Recipients, Referred, Regime, Stands, check, lines_between,
};
use crate::domain::time::Instant;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::RecordFault;

/// Reads regimes at one head.
pub struct HeldRegimes<'h> {
    pub(super) head: &'h Head,
    pub(super) journal: &'h Journal,
    pub(super) as_of: Option<Instant>,
    reader: Option<Language>,
    shelf: Shelf<'h>,
    addressees: Addressees,
    /// At which instant a reply that has not come is judged.
    judged_at: Instant,
}

impl<'h> HeldRegimes<'h> {
    pub fn at(head: &'h Head, journal: &'h Journal) -> HeldRegimes<'h> {
        let shelf = Shelf::at(head, journal, None);
        let (addressees, judged_at) = (Addressees::default(), head.board.at);
        HeldRegimes { head, journal, as_of: None, reader: None, shelf, addressees, judged_at }
    }

    /// Only what was on record here by then; `None` for now.
    pub fn as_of(self, as_of: Option<Instant>) -> HeldRegimes<'h> {
        HeldRegimes { as_of, shelf: Shelf::at(self.head, self.journal, as_of), ..self }
    }

    /// With labels in this reader's language as far as a regime has it; `None` for the message's.
    pub fn read_in(self, reader: Option<Language>) -> HeldRegimes<'h> {
        HeldRegimes { reader, ..self }
    }

    /// In which languages labels about a message are looked for.
    pub fn languages<'l>(&'l self, outgoing: &'l Outgoing) -> Languages<'l> {
        Languages::of(self.reader.as_ref(), &outgoing.language)
    }

    /// What has not come by this instant is overdue where it was due before it. Without it, by the newest record.
    pub fn judged_at(self, judged_at: Instant) -> HeldRegimes<'h> {
        HeldRegimes { judged_at, ..self }
    }

    /// What the regime that a draft cites says of it. `None` where none is cited.
    ///
    /// # Errors
    /// The journal does not answer, or is not what it was.
    pub async fn check(
        &mut self,
        outgoing: &Outgoing,
        content: Option<&Content>,
        author: Party,
        released_at: Instant,
    ) -> Result<Option<calls::RegimeCheck>, RecordFault> {
        self.checked(outgoing, content, (author, released_at), None).await
    }

    /// The same of a message that is on record.
    ///
    /// # Errors
    /// As for a draft.
    pub async fn check_message(
        &mut self,
        digest: Digest,
        message: &Message,
        content: Option<&Content>,
    ) -> Result<Option<calls::RegimeCheck>, RecordFault> {
        let released = (message.author, message.released_at);
        self.checked(&message.draft, content, released, Some(digest)).await
    }

    async fn checked(
        &mut self,
        outgoing: &Outgoing,
        content: Option<&Content>,
        (author, released_at): (Party, Instant),
        message: Option<Digest>,
    ) -> Result<Option<calls::RegimeCheck>, RecordFault> {
        let Some(cited) = &outgoing.regime else { return Ok(None) };
        let Some(regime) = self.regime(cited.digest).await? else {
            let digest = cited.digest.0.to_vec().into();
            return Ok(Some(calls::RegimeCheck { regime: cited.name.clone(), digest, ..Default::default() }));
        };
        let stands = Stands { thread: outgoing.thread, message, traffic: outgoing.traffic };
        let beside = match content {
            Some(content) => self.shelf.beside(&regime, content, author, stands).await?,
            None => None,
        };
        let bonds = self.bonds(&regime, author, released_at).await?;
        let bound: BTreeSet<Party> = bonds.iter().map(|(other, _)| *other).collect();
        let as_told = bonds.iter().filter(|(_, bond)| bond.seen == Seen::AsToldHere);
        let uncertain: BTreeSet<Party> = as_told.map(|(other, _)| *other).collect();
        let asked = Asked {
            released_at: Some(released_at),
            addressed: Some(recipients(outgoing)),
            bound: Some(bound.clone()),
            uncertain: uncertain.clone(),
            held: self.holders(&regime, released_at),
            author: Some(author),
            referred: match content {
                Some(Content::Formatted(form)) if comes_after_others(&regime, form) => {
                    Some(self.referred(outgoing, form).await?)
                }
                Some(_) | None => None,
            },
            replies: match content {
                Some(Content::Formatted(form)) => {
                    let about = About { author, outgoing, form, message };
                    let (head, records) = (self.head, self.head.records(self.journal));
                    let reading = Reading { head, records, as_of: self.as_of, at: self.judged_at };
                    Some(reading.replies(&mut self.shelf, &regime, about).await?)
                }
                Some(_) | None => None,
            },
            marking: Some(outgoing.marking.clone()),
            beside,
        };
        let found = content.map(|content| check(&regime, content, &asked)).unwrap_or_default();
        let (restraints, more_restraints) =
            restraint::to_proto(&self::restraints(&bonds, author, &regime, &self.addressees));
        // Of what a Party said to others an addressee is told nothing: what it is told, the author is told too.
        let addressed = outgoing.parties();
        let at_both_ends =
            |(other, bond): &&(Party, Bond)| bond.seen == Seen::AtBothEnds && addressed.contains(other);
        let between = self::restraints(bonds.iter().filter(at_both_ends), author, &regime, &self.addressees);
        let board = &self.head.board;
        let unbound = editions::unbound(board, &regime, author, addressed, &bound, released_at);
        let languages = self.languages(outgoing);
        let said = found.iter().flat_map(|finding| lines_between(&regime, finding, languages, &between));
        let came = match content {
            Some(Content::Transcription(form)) => {
                Some(Line { depth: 0, text: weigh(&regime, &form.channel, languages) })
            }
            Some(_) | None => None,
        };
        Ok(Some(calls::RegimeCheck {
            regime: regime.head.name.clone(),
            edition: regime.head.edition,
            digest: cited.digest.0.to_vec().into(),
            held: true,
            bound: bound.iter().map(Party::to_string).collect(),
            restraints,
            more_restraints,
            as_told_here: uncertain.iter().map(Party::to_string).collect(),
            lines: said.chain(came).map(check_line).collect(),
            other_editions: unbound.others,
            not_adopted_by_author: unbound.not_by_author,
            left_by_author: unbound.left_by_author,
        }))
    }

    /// The Parties to which the author is bound by this very text, as far as it is known here.
    async fn bonds(
        &mut self,
        regime: &Regime,
        author: Party,
        at: Instant,
    ) -> Result<Vec<(Party, Bond)>, RecordFault> {
        let (board, name) = (&self.head.board, &regime.head.name);
        let own = board.own.map(|own| own.party);
        let others: Vec<Party> = board.words.keys().copied().filter(|party| *party != author).collect();
        // Of what was told to us there are receipts; of what others told each other there are none here.
        if own != Some(author) && others.iter().any(|party| own != Some(*party)) {
            let records = self.head.records(self.journal);
            addressees::read(self.head, &records, name, at, &mut self.addressees).await?;
        }
        let bonds = |other: Party| board.bonds_by(author, other, name, at, &self.addressees).into_iter();
        let by_this = |other: Party| bonds(other).find(|bond| bond.regime == regime.head.digest);
        Ok(others.into_iter().filter_map(|other| Some((other, by_this(other)?))).collect())
    }

    /// What the regime cited says of channels, where something will have to be delivered by hand.
    ///
    /// # Errors
    /// The journal does not answer, or is not what it was.
    pub async fn channels(
        &mut self,
        outgoing: &Outgoing,
        by_hand: &[Party],
    ) -> Result<Vec<calls::CheckLine>, RecordFault> {
        let Some(cited) = outgoing.regime.as_ref().filter(|_| !by_hand.is_empty()) else {
            return Ok(Vec::new());
        };
        let Some(regime) = self.regime(cited.digest).await? else { return Ok(Vec::new()) };
        Ok(to_choose_from(&regime, by_hand, self.languages(outgoing)).into_iter().map(check_line).collect())
    }

    /// Who holds each function of a regime at an instant, by what is on record here.
    fn holders(&self, regime: &Regime, at: Instant) -> BTreeMap<String, Party> {
        let functions = &self.head.board.roster.functions;
        let holder = |name: &String| {
            let term = functions.term_at(&regime.head.name, name, at, self.as_of)?;
            Some((name.clone(), term.party))
        };
        regime.functions.keys().filter_map(holder).collect()
    }

    /// What a formatted message refers to, in its envelope and in its fields.
    async fn referred(&self, outgoing: &Outgoing, form: &Formatted) -> Result<Vec<Referred>, RecordFault> {
        let mut named: Vec<Option<Digest>> =
            outgoing.references.iter().map(|reference| reference.message).collect();
        for (_, reference) in form.references() {
            named.push(reference.message_digest.map(|digest| digest.0));
        }
        let digests: BTreeSet<Digest> = named.iter().copied().flatten().collect();
        let mut found = Vec::new();
        // By a number alone nothing is found: what it names may be here or not.
        if named.contains(&None) {
            found.push(Referred::ByNumber);
        }
        if digests.len() > limits::FORMAT_REFERENCES_MAX {
            found.push(Referred::NotHere);
        }
        for digest in digests.into_iter().take(limits::FORMAT_REFERENCES_MAX) {
            found.push(self.referred_to(&digest).await?);
        }
        Ok(found)
    }

    async fn referred_to(&self, digest: &Digest) -> Result<Referred, RecordFault> {
        let Some(there) = self.head.board.messages.get(digest) else { return Ok(Referred::NotHere) };
        let stored = self.head.records(self.journal).message(there.index, digest).await?;
        if self.as_of.is_some_and(|as_of| stored.record.at > as_of) {
            return Ok(Referred::NotHere);
        }
        let draft = &stored.message.draft;
        let read = content::said(&draft.kind, &draft.content);
        let Some(Content::Formatted(form)) = read.content() else { return Ok(Referred::Other) };
        let cited = draft.regime.as_ref().and_then(|cited| self.head.board.regimes.get(&cited.digest));
        let regime = cited.map(|held| held.name.clone()).unwrap_or_default();
        Ok(Referred::Formatted { regime, format: form.format.clone() })
    }

    /// Whether a text of this name that is held here declares a function.
    pub async fn declare(&self, name: &str, function: &str) -> Result<bool, RecordFault> {
        let head = self.head;
        for (digest, _) in head.board.regimes.iter().filter(|(_, held)| held.name == name) {
            let regime = self.regime(*digest).await?;
            if regime.is_some_and(|regime| regime.functions.contains_key(function)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `None` where its text is not on record here.
    pub async fn regime(&self, digest: Digest) -> Result<Option<Arc<Regime>>, RecordFault> {
        let holds = |digest: &Digest| self.head.board.holds_regime(digest, self.as_of);
        if !holds(&digest) {
            return Ok(None);
        }
        if let Some(known) = regimes_read::known(&digest) {
            return Ok(known.parents.iter().all(holds).then_some(known.regime));
        }
        let Some(text) = self.text(digest).await? else { return Ok(None) };
        let Ok((regime, parents)) = self.read(&text).await? else { return Ok(None) };
        let read = Read { regime: Arc::new(regime), parents: parents.into() };
        regimes_read::keep(digest, read.clone());
        Ok(Some(read.regime))
    }

    /// Reads a text; what it inherits from is built in, or held here.
    pub async fn parse(&self, text: &Bytes) -> Result<Result<Regime, NotARegime>, RecordFault> {
        Ok(self.read(text).await?.map(|(regime, _)| regime))
    }

    /// With what it inherits from and that is not built in.
    async fn read(&self, text: &Bytes) -> Result<Result<(Regime, Vec<Digest>), NotARegime>, RecordFault> {
        let mut parents: BTreeMap<Digest, Bytes> = BTreeMap::new();
        loop {
            let (read, missing) = with_parents(text, &parents);
            // Each turn finds one parent more, and a text names no more than a few generations.
            match (read, missing) {
                (Err(fault), Some(digest)) => match self.text(digest).await? {
                    Some(text) => parents.insert(digest, text),
                    None => {
                        let held = "it is neither built in nor held at this node: hold it first";
                        let what = format!("{}; {held} (digest {digest})", fault.what);
                        return Ok(Err(NotARegime { what, ..fault }));
                    }
                },
                (read, _) => return Ok(read.map(|regime| (regime, parents.into_keys().collect()))),
            };
        }
    }

    pub async fn text(&self, digest: Digest) -> Result<Option<Bytes>, RecordFault> {
        let board = &self.head.board;
        let held = board.regimes.get(&digest).filter(|_| board.holds_regime(&digest, self.as_of));
        let Some(held) = held else { return Ok(None) };
        let record = self.head.records(self.journal).record(held.index).await?;
        Ok(held_in(&record).map(|held| held.text.clone()))
    }
}

/// The reader's language, as a call names it; empty for none.
///
/// # Errors
/// It is no language.
pub fn reader_in(language: &str) -> Result<Option<Language>, Status> {
    if language.is_empty() {
        return Ok(None);
    }
    language.parse().map(Some).map_err(|fault| status::field("language", fault))
}

fn check_line(line: Line) -> calls::CheckLine {
    calls::CheckLine { depth: u32::try_from(line.depth).unwrap_or(u32::MAX), text: line.text }
}

/// What is read, and the parent that was not at hand.
fn with_parents(
    text: &Bytes,
    parents: &BTreeMap<Digest, Bytes>,
) -> (Result<Regime, NotARegime>, Option<Digest>) {
    let missing = Cell::new(None);
    let find = |name: &str, digest: Digest| {
        let here = parents.get(&digest).map(|text| text.to_vec());
        let found = here.or_else(|| built_in::parent(name, digest));
        if found.is_none() {
            missing.set(Some(digest));
        }
        found
    };
    let read = regime::read(text, &find);
    (read, missing.get())
}

fn comes_after_others(regime: &Regime, form: &Formatted) -> bool {
    regime.formats.get(&form.format).is_some_and(|format| !format.after.is_empty())
}

pub fn held_in(record: &Record) -> Option<&RegimeHeld> {
    record.events.iter().find_map(|event| match event {
        Event::RegimeHeld(held) => Some(held),
        _ => None,
    })
}

/// What is not applied between the author and those to whom these bonds are.
fn restraints<'b>(
    bonds: impl IntoIterator<Item = &'b (Party, Bond)>,
    author: Party,
    regime: &Regime,
    addressees: &Addressees,
) -> Vec<Restraint> {
    let all = bonds.into_iter().flat_map(|(other, bond)| bond.restraints(author, *other, addressees));
    all.map(|one| one.held_against(regime)).collect()
}

fn recipients(outgoing: &Outgoing) -> Recipients {
    let parties = |all: &[Addressee]| all.iter().map(|addressee| addressee.party).collect();
    Recipients { action: parties(&outgoing.action), information: parties(&outgoing.information) }
}
