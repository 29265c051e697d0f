//! What the messages of a thread add up to as a session: who is present, what was said in which order, and whether
//! both sides hold the same to have been said.
//!
//! Never here: a choice between transcripts. Where they differ, what differs is told, and the session stays open.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::close::{Difference, Pair, said_since};
use super::consent::{Consent, word};
use super::forms::{SeenLast, Sees, SessionAddition};
pub use super::lines::{Line, may_be_had};
use super::lines::{answered, lines};
use super::order::{Names, heads, heads_among, ordered};
use super::readers::{Has, Readers};
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::form::MessageDigest;
use crate::domain::party::Party;
use crate::domain::said::Said;
use crate::limits;

/// One message of the thread, and to whom it went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spoken {
    pub said: Said,
    /// Its addressees, each Party once.
    pub to: Vec<Party>,
    /// The record that holds it here. By it the reader goes by the first of several openings, and its own closes cover
    /// what stands before them.
    pub recorded: u64,
    /// Within a message of another Party, and so without a place among its author's own.
    pub came_by_way: bool,
}

impl Spoken {
    /// Whether this Party has it, by what the message itself says.
    pub fn is_had_by(&self, party: Party) -> bool {
        self.said.author == party || self.to.contains(&party)
    }

    /// Whether it stands in the order of a session.
    pub fn is_ordered(&self) -> bool {
        self.said.content.kind().has_place_in_session()
    }

    /// Whether how a session stands turns on it: that a console shows a text changes nothing of that.
    pub fn counts(&self) -> bool {
        !matches!(self.said.content, Content::SessionShown(_))
    }

    /// What it names as seen.
    pub fn seen(&self) -> impl Iterator<Item = Digest> {
        seen_in(&self.said.content).iter().filter_map(|one| Some(one.message?.0))
    }

    /// How it stands to the others: it builds on those that it names.
    pub fn names(&self) -> Names {
        let is_opening = matches!(self.said.content, Content::SessionOpening(_));
        Names { message: self.said.message, is_opening, seen: self.seen().collect() }
    }
}

/// What a message of a session says that its author had seen.
pub fn seen_in(content: &Content) -> &[SeenLast] {
    match content {
        Content::SessionAcceptance(form) => first(&form.seen),
        Content::SessionText(form) => first(&form.seen),
        Content::SessionAddition(form) => first(&form.seen),
        Content::SessionClose(form) => first(&form.seen),
        _ => &[],
    }
}

/// No writer names more, and of whoever does no more is read: neither for the order nor for what a close covers.
pub(super) fn first(seen: &[SeenLast]) -> &[SeenLast] {
    seen.get(..limits::HOTLINE_SEEN_MAX).unwrap_or(seen)
}

/// How a session stands, for all who are present.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Nobody but who opened it takes part yet.
    Offered,
    Open,
    /// Some regard it as over, others have not said so, or something was said since.
    Closing,
    /// Two hold different things to have been said: it stays open.
    Disputed,
    /// All who are present have closed, and with each of the others this Party signed the same transcript of all
    /// that both have. What two others signed between them is not looked at.
    Closed,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Offered => "offered",
            State::Open => "open",
            State::Closing => "closing",
            State::Disputed => "disputed",
            State::Closed => "closed",
        }
    }
}

/// A session. It shares the messages that it was folded of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// With which it begins for who reads: the opening, or the addition by which the reader came in.
    pub begins: Arc<Spoken>,
    /// Who opened it, and everybody who came in; by code.
    pub present: Vec<Party>,
    /// By which addition each of those came in who did so later.
    pub came_in: BTreeMap<Party, Arc<Spoken>>,
    /// The last word of each that takes part.
    pub on: BTreeMap<Party, Arc<Spoken>>,
    /// In their order.
    pub lines: Vec<Line>,
    /// By the message that they answer, the lines that do: their places.
    pub(super) answered: BTreeMap<Digest, Vec<usize>>,
    /// Of those present and of the other traffic, and what is said to the reader by who is not in it here: shown, and no
    /// part of the session.
    pub apart: Vec<Arc<Spoken>>,
    /// The last close of each.
    pub closes: BTreeMap<Party, Arc<Spoken>>,
    /// What its author said after its own last close, by the places that it gave them; what has none counts as that.
    pub(super) said_since: BTreeSet<Digest>,
    pub pairs: Vec<Pair>,
    pub state: State,
}

impl Session {
    /// Folds the messages of one thread, each author's own in the order of their places, what came by way of another
    /// behind them, as `own` reads them. A thread is one session: that which begins first on record here, and real or a
    /// drill as that says. `None` where none begins in it.
    pub fn of<S>(thread: ThreadId, spoken: &[S], own: Party) -> Option<Session>
    where
        S: Clone + Into<Arc<Spoken>>,
    {
        let spoken: Vec<Arc<Spoken>> = spoken.iter().cloned().map(Into::into).collect();
        let begins = begins(&spoken, own)?.clone();
        let here = spoken.iter().filter(|one| one.said.traffic == begins.said.traffic);
        let here: Vec<&Arc<Spoken>> = here.collect();
        let said: Vec<&Arc<Spoken>> = here.iter().filter(|one| one.is_ordered()).copied().collect();
        let mut order = in_order(&said);
        let (present, came_in) = present(&begins, &order, own);
        let is_in = |one: &&Arc<Spoken>| present.contains(&one.said.author);
        // Whoever else writes into the thread is no part of the session.
        if !order.iter().all(is_in) {
            order.retain(is_in);
            order = in_order(&order);
        }
        let lines = lines(&order, own);
        let is_apart = |one: &&Arc<Spoken>| {
            let is_in = present.contains(&one.said.author);
            let is_of_it = is_in && one.said.traffic == begins.said.traffic;
            one.is_ordered() && !is_of_it && (is_in || one.to.contains(&own))
        };
        let apart = spoken.iter().filter(is_apart).cloned().collect();
        let mut on = BTreeMap::new();
        let mut closes = BTreeMap::new();
        // What has no place may be older than what has one: by it nobody is on in the place of another.
        let (by_way, placed): (Vec<_>, Vec<_>) =
            here.iter().copied().filter(is_in).partition(|one| one.came_by_way);
        for one in by_way.into_iter().chain(placed) {
            match one.said.content {
                Content::SessionAcceptance(_) => on.insert(one.said.author, one.clone()),
                Content::SessionClose(_) => closes.insert(one.said.author, one.clone()),
                _ => None,
            };
        }
        let (answered, said_since) = (answered(&lines), said_since(&here));
        let (pairs, state) = (Vec::new(), State::Offered);
        let mut session = Session {
            begins,
            present,
            came_in,
            on,
            lines,
            answered,
            apart,
            closes,
            said_since,
            pairs,
            state,
        };
        session.pairs = session.pairs_of(thread, own);
        session.state = session.state_now();
        Some(session)
    }

    /// Whether a Party, by its code, is in it.
    pub fn is_present(&self, code: &str) -> bool {
        self.present.iter().any(|party| party.as_str() == code)
    }

    /// Its messages in their order.
    pub(super) fn said(&self) -> Vec<&Arc<Spoken>> {
        self.lines.iter().map(|line| &line.spoken).collect()
    }

    /// Those that answer this one, in their order.
    pub fn answers_to(&self, message: &Digest) -> impl Iterator<Item = &Spoken> {
        let places = self.answered.get(message).into_iter().flatten();
        places.filter_map(move |at| self.lines.get(*at)).map(|line| &*line.spoken)
    }

    /// Messages that two Parties both have, in their order.
    pub fn common(&self, one: Party, other: Party) -> Vec<&Arc<Spoken>> {
        in_order(&common(&self.said(), one, other))
    }

    /// What a message of `own` to these says that it had seen: all that is here.
    pub fn seen_by(&self, own: Party, to: &[Party]) -> Vec<SeenLast> {
        self.seen_but(|_| false, own, to)
    }

    /// The same, without what its writer was not shown, and without all that builds on that.
    pub fn seen_but(
        &self,
        is_not_shown: impl Fn(&Spoken) -> bool,
        own: Party,
        to: &[Party],
    ) -> Vec<SeenLast> {
        let whole = self.whole(is_not_shown);
        let (who_has, mut found): (Readers, BTreeMap<Has, Vec<&Arc<Spoken>>>) =
            (Readers::of(&whole, own), BTreeMap::new());
        let of_reader = |reader: Party| {
            let last = found.entry(who_has.has(reader)).or_insert_with(|| last_of(&whole, own, reader));
            last.clone()
        };
        let readers: Vec<Vec<&Arc<Spoken>>> = to.iter().copied().chain([own]).map(of_reader).collect();
        // Whoever writes many at once takes no room from what two others said to each other.
        let share = limits::HOTLINE_SEEN_MAX.checked_div(readers.len()).unwrap_or_default().max(1);
        let mut found: Vec<SeenLast> = Vec::new();
        for most in [share, limits::HOTLINE_SEEN_MAX] {
            for spoken in readers.iter().flat_map(|heads| heads.iter().take(most)) {
                let message = Some(MessageDigest(spoken.said.message));
                if found.len() >= limits::HOTLINE_SEEN_MAX {
                    break;
                }
                if found.iter().any(|one| one.message == message) {
                    continue;
                }
                let not_to = to.iter().filter(|party| !spoken.is_had_by(**party)).map(Party::to_string);
                let author = spoken.said.author.to_string();
                found.push(SeenLast { author, message, not_to: not_to.collect() });
            }
        }
        found
    }

    /// Whether every present Party but this one agrees, its last word on it being these, that a further one comes in: its
    /// last of those on which the addition builds, for by these all others let that Party in or not.
    pub fn others_agree(
        &self,
        own: Party,
        addition: &SessionAddition,
        is_not_shown: impl Fn(&Spoken) -> bool,
    ) -> bool {
        let whole = self.whole(is_not_shown);
        let agrees = |party: &Party| {
            let mut words = whole.iter().rev().filter_map(|one| word(one, *party, addition));
            words.next().is_some_and(|last| last.sees == addition.sees)
        };
        self.present.iter().filter(|party| **party != own).all(agrees)
    }

    /// The Parties that are to come in and are not in, each with the last word of everybody present who said so.
    pub fn not_in(&self) -> BTreeMap<Party, BTreeMap<Party, Sees>> {
        let mut all: BTreeMap<Party, BTreeMap<Party, Sees>> = BTreeMap::new();
        for said in self.lines.iter().map(|line| &line.spoken.said) {
            let Content::SessionAddition(form) = &said.content else { continue };
            let (Ok(party), Some(sees)) = (form.party.parse::<Party>(), form.sees) else { continue };
            if !self.present.contains(&party) {
                all.entry(party).or_default().insert(said.author, sees);
            }
        }
        all
    }

    /// What is here as a whole, in order, without what its writer was not shown, and without all that builds on that.
    fn whole(&self, is_not_shown: impl Fn(&Spoken) -> bool) -> Vec<&Arc<Spoken>> {
        let incomplete = self.incomplete(is_not_shown);
        let all = self.lines.iter().map(|line| &line.spoken);
        all.filter(|one| !incomplete.contains(&one.said.message)).collect()
    }

    /// What is not here as a whole, or came too late, and all that builds on such.
    pub fn incomplete(&self, is_later: impl Fn(&Spoken) -> bool) -> BTreeSet<Digest> {
        let mut incomplete = BTreeSet::new();
        // In their order, so that whatever one builds on was looked at before.
        for line in &self.lines {
            let is_whole = line.missing.is_empty() && !is_later(&line.spoken);
            if !is_whole || line.spoken.seen().any(|one| incomplete.contains(&one)) {
                incomplete.insert(line.spoken.said.message);
            }
        }
        incomplete
    }

    pub(super) fn state_now(&self) -> State {
        // What is not here yet is no contradiction.
        let is_held = |one: &Difference| !matches!(one, Difference::NotHere { .. });
        if self.pairs.iter().any(|pair| pair.differences.iter().any(is_held)) {
            return State::Disputed;
        }
        let all_closed = self.present.iter().all(|party| self.closes.contains_key(party));
        if all_closed && self.pairs.iter().all(|pair| pair.agreed.is_some()) && !self.pairs.is_empty() {
            return State::Closed;
        }
        if !self.closes.is_empty() {
            return State::Closing;
        }
        let opener = self.begins.said.author;
        if self.on.keys().any(|party| *party != opener) { State::Open } else { State::Offered }
    }
}

/// Who is in the session of a thread, as `Session::of` has it: nobody where none begins in it.
pub fn parties(spoken: &[Arc<Spoken>], own: Party) -> Vec<Party> {
    let Some(begins) = begins(spoken, own) else { return Vec::new() };
    let here = spoken.iter().filter(|one| one.said.traffic == begins.said.traffic && one.is_ordered());
    present(begins, &in_order(&here.collect::<Vec<_>>()), own).0
}

/// The opening, or for a Party that came in later the addition by which it did: whichever was on record here first,
/// so that nothing that is said later takes its place.
pub fn begins<S: Borrow<Spoken>>(spoken: &[S], own: Party) -> Option<&S> {
    let may_begin = |one: &Spoken| match &one.said.content {
        Content::SessionOpening(_) => true,
        Content::SessionAddition(form) => form.party == own.as_str() && one.to.contains(&own),
        _ => false,
    };
    let all = spoken.iter().map(|one| (one, <S as Borrow<Spoken>>::borrow(one)));
    let first = all.filter(|(_, one)| may_begin(one)).min_by_key(|(_, one)| one.recorded);
    first.map(|(one, _)| one)
}

/// Of what two both have, those to be named as seen. What they said to each other stands in what they sign by their own
/// messages alone: of these the last come first, also where a third went on from them; then the others.
fn last_of<'s>(said: &[&'s Arc<Spoken>], own: Party, reader: Party) -> Vec<&'s Arc<Spoken>> {
    let had = common(said, own, reader);
    let names: Vec<Names> = had.iter().map(|one| one.names()).collect();
    let by_digest: BTreeMap<Digest, &Arc<Spoken>> = had.iter().map(|one| (one.said.message, *one)).collect();
    // For itself it names whatever nothing builds on.
    let is_of_two = |message: &Digest| {
        let is_theirs = |one: &&Arc<Spoken>| [own, reader].contains(&one.said.author);
        reader == own || by_digest.get(message).is_some_and(is_theirs)
    };
    let mut last = heads_among(&names, is_of_two);
    last.extend(heads(&names).into_iter().filter(|message| !is_of_two(message)));
    last.iter().filter_map(|message| by_digest.get(message).copied()).collect()
}

/// Who opened it and to whom, and who came in since; these each with the addition by which it did.
fn present(
    begins: &Spoken,
    order: &[&Arc<Spoken>],
    own: Party,
) -> (Vec<Party>, BTreeMap<Party, Arc<Spoken>>) {
    let mut present: BTreeSet<Party> = begins.to.iter().copied().chain([begins.said.author]).collect();
    let mut came_in = BTreeMap::new();
    let mut consent = Consent::new(order);
    for (at, spoken) in order.iter().copied().enumerate() {
        let Content::SessionAddition(form) = &spoken.said.content else { continue };
        let Ok(party) = form.party.parse::<Party>() else { continue };
        let is_in = present.contains(&party);
        if is_in || !spoken.to.contains(&party) || !present.contains(&spoken.said.author) {
            continue;
        }
        // Who came in by it has not seen what the others said to each other before.
        if party == own || consent.is_given(at, form, &present) {
            present.insert(party);
            came_in.insert(party, spoken.clone());
        }
    }
    (present.into_iter().collect(), came_in)
}

pub(super) fn common<'s>(said: &[&'s Arc<Spoken>], one: Party, other: Party) -> Vec<&'s Arc<Spoken>> {
    said.iter().filter(|spoken| spoken.is_had_by(one) && spoken.is_had_by(other)).copied().collect()
}

pub(super) fn in_order<'s>(said: &[&'s Arc<Spoken>]) -> Vec<&'s Arc<Spoken>> {
    let names: Vec<Names> = said.iter().map(|one| one.names()).collect();
    let by_digest: BTreeMap<Digest, &Arc<Spoken>> = said.iter().map(|one| (one.said.message, *one)).collect();
    ordered(&names).iter().filter_map(|placed| by_digest.get(&placed.message).copied()).collect()
}
