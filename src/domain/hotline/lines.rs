//! The messages of a session where they stand: for what each waits, and without sight of which it was written.
//!
//! Never here: the order itself (`order.rs`), or a part in what is signed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::forms::SeenLast;
use super::session::{Spoken, seen_in};
use super::unseen::unseen;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::party::Party;

/// One message where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub spoken: Arc<Spoken>,
    /// What it names as seen, could be here, and is not: it waits for that.
    pub missing: Vec<Digest>,
    /// How many stand before it that its writer had not seen when it was written, another officer's of the same Party as
    /// well, and the first of them.
    pub unseen: usize,
    pub unseen_first: Vec<Digest>,
    /// Whether that was looked at: of a very long session it is only of those that stand first.
    pub is_compared: bool,
}

/// Of messages in their order, as `own` reads them.
pub(super) fn lines(order: &[&Arc<Spoken>], own: Party) -> Vec<Line> {
    let here: BTreeSet<Digest> = order.iter().map(|one| one.said.message).collect();
    let mut incomplete = BTreeSet::new();
    let waits = |spoken: &&Arc<Spoken>| {
        let came_in = matches!(&spoken.said.content, Content::SessionAddition(form)
            if form.party == own.as_str());
        let seen = if came_in { &[][..] } else { seen_in(&spoken.said.content) };
        let missing = missing(seen, own, |digest| here.contains(digest));
        if !missing.is_empty() || spoken.seen().any(|seen| incomplete.contains(&seen)) {
            incomplete.insert(spoken.said.message);
        }
        missing
    };
    let missing: Vec<Vec<Digest>> = order.iter().map(waits).collect();
    // Where these stand, and what their authors had seen, rests on what is not here.
    let whole = order.iter().copied().filter(|one| !incomplete.contains(&one.said.message));
    let mut unseen = unseen(&whole.collect::<Vec<_>>()).into_iter();
    let line = |(spoken, missing): (&&Arc<Spoken>, Vec<Digest>)| {
        let spoken = (*spoken).clone();
        let is_whole = !incomplete.contains(&spoken.said.message);
        let unseen = if is_whole { unseen.next() } else { Some((0, Vec::new())) };
        let is_compared = unseen.is_some();
        let (unseen, unseen_first) = unseen.unwrap_or_default();
        Line { spoken, missing, unseen, unseen_first, is_compared }
    };
    order.iter().zip(missing).map(line).collect()
}

/// What is named as seen, may be had by the reader, and is not here.
fn missing(seen: &[SeenLast], reader: Party, is_here: impl Fn(&Digest) -> bool) -> Vec<Digest> {
    let could_be = seen.iter().filter(|one| may_be_had(one, reader));
    could_be.filter_map(|one| Some(one.message?.0)).filter(|digest| !is_here(digest)).collect()
}

/// Whether a reader may have it, by who names it.
pub fn may_be_had(seen: &SeenLast, by: Party) -> bool {
    seen.not_to.iter().all(|party| party != by.as_str())
}

/// The lines that answer each message, by their places.
pub(super) fn answered(lines: &[Line]) -> BTreeMap<Digest, Vec<usize>> {
    let mut answered: BTreeMap<Digest, Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        if let Content::SessionText(form) = &line.spoken.said.content
            && let Some(digest) = form.answers.message_digest
        {
            answered.entry(digest.0).or_default().push(at);
        }
    }
    answered
}
