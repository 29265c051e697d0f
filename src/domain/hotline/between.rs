//! A session as it stands between two of those who are present: what both have of it, in the order of their transcript.
//!
//! Never here: anything that one of the two has not, not even that there is such.

use std::collections::{BTreeMap, BTreeSet};

use super::session::{Session, Spoken, lines, seen_in};
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::party::Party;

impl<'s> Session<'s> {
    /// As `own` reads it, of what it and the other both have; how the session stands is left as it is. `None` where they
    /// have nothing in common.
    pub fn between(&self, own: Party, other: Party) -> Option<Session<'s>> {
        let both = self.common(own, other);
        let first = both.first().copied()?;
        let comes_in = |one: &&Spoken| matches!(&one.said.content, Content::SessionAddition(form) if form.party == other.as_str());
        let begins = if self.begins.is_had_by(other) {
            self.begins
        } else {
            both.iter().copied().find(comes_in).unwrap_or(first)
        };
        let missing: BTreeMap<Digest, &[Digest]> =
            self.lines.iter().map(|line| (line.spoken.said.message, &line.missing[..])).collect();
        let mut lines = lines(&both, own);
        for line in &mut lines {
            let seen = seen_in(&line.spoken.said.content).iter();
            let may_have = seen.filter(|one| one.not_to.iter().all(|party| party != other.as_str()));
            let may_have: BTreeSet<Digest> = may_have.filter_map(|one| Some(one.message?.0)).collect();
            let missing = missing.get(&line.spoken.said.message).copied().unwrap_or_default();
            line.missing = missing.iter().filter(|digest| may_have.contains(*digest)).copied().collect();
        }
        let mut on = BTreeMap::new();
        for one in both.iter().copied() {
            if matches!(&one.said.content, Content::SessionAcceptance(_)) {
                on.insert(one.said.author, one);
            }
        }
        let closes = self.closes.iter().map(|(party, close)| (*party, *close));
        let closes = closes.filter(|(_, close)| close.is_had_by(own) && close.is_had_by(other)).collect();
        let is_theirs = |one: (Party, Party)| one == (own, other) || one == (other, own);
        let pairs = self.pairs.iter().filter(|pair| is_theirs(pair.between)).cloned().collect();
        Some(Session { begins, on, lines, apart: Vec::new(), closes, pairs, ..self.clone() })
    }
}
