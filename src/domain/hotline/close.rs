//! The end of a session: what each Party holds to have been said, and where two of them differ.
//!
//! Never here: which of two is right. Both may close again, with more seen, until they sign the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::forms::{AgreedWith, SeenLast, SessionClose};
use super::order::{Names, past};
use super::readers::Readers;
use super::session::{Session, Spoken, common, first, in_order, may_be_had, seen_in};
use super::transcript::transcript;
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::form::MessageDigest;
use crate::domain::kind::Kind;
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::limits;

/// Something in which two transcripts differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    /// Stands in the transcript of the one, and not in that of the other.
    OnlyIn { party: Party, message: Digest },
    /// The Party's transcript builds on it, and it is not on record here yet: while there is one such, no other
    /// difference is stated. Of whom it is stands there as the word of who names it, and that may be a third.
    NotHere { party: Party, message: Digest, of: Option<Party> },
    /// The Party signed this, and the messages that it names give another digest.
    OtherDigest { party: Party, signed: Option<Digest>, gives: Digest },
    /// The Party's close has so many transcripts with the same other one: which of them it means is not said.
    Several { party: Party, transcripts: usize },
    /// The Party signed the right transcript, and says another number of messages than stand in it.
    OtherCount { party: Party, says: Option<u64>, has: u64 },
}

impl Difference {
    /// The message that one has and the other has not.
    pub fn message(&self) -> Option<&Digest> {
        match self {
            Difference::OnlyIn { message, .. } | Difference::NotHere { message, .. } => Some(message),
            Difference::OtherDigest { .. } | Difference::Several { .. } | Difference::OtherCount { .. } => {
                None
            }
        }
    }

    /// In words, with what the message is and whose, where it is known. Quotes nothing that a Party wrote but the digests
    /// that it signed.
    pub fn says(&self, of: Option<&Message>) -> String {
        match self {
            Difference::OnlyIn { party, message } => {
                let what = of.and_then(|of| Kind::from_name(&of.draft.kind)).map_or("message", Kind::word);
                let by = of.map(|of| format!(" of {}", of.author)).unwrap_or_default();
                format!("only {party} counts the {what} {message}{by}")
            }
            Difference::NotHere { party, message, of } => {
                let of = of.map(|of| format!("; it is named there as a message of {of}")).unwrap_or_default();
                format!("{party} counts the message {message}, which is not here yet{of}")
            }
            Difference::OtherDigest { party, signed: Some(signed), gives } => {
                format!("{party} signed the transcript {signed}, and the messages that it names give {gives}")
            }
            Difference::OtherDigest { party, signed: None, gives } => {
                format!("{party} signed no transcript of these messages, which give {gives}")
            }
            Difference::Several { party, transcripts } => {
                format!(
                    "the close of {party} has {transcripts} transcripts with one Party: which it means is not said"
                )
            }
            Difference::OtherCount { party, says, has } => {
                let says = says.map_or_else(|| "no number of".to_owned(), |says| says.to_string());
                format!(
                    "{party} says that the transcript which it signed has {says} messages, and it has {has}"
                )
            }
        }
    }
}

/// The last word of two Parties on what both have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair {
    pub between: (Party, Party),
    /// Both signed this one, of all that both have and that waits for nothing.
    pub agreed: Option<Digest>,
    /// How many messages stand in that one.
    pub messages: usize,
    pub differences: Vec<Difference>,
    /// Messages of the two that the close of one of them does not cover, and what these build on. One that waits for a
    /// message that is not here is none of these, nor is a third's on which neither went on: nobody could name the one,
    /// and by either a third would keep two from ever closing.
    pub since: usize,
}

/// What is looked up once for all pairs: which messages are here, and which of them are not here as a whole.
struct Here {
    all: BTreeSet<Digest>,
    waiting: BTreeSet<Digest>,
}

impl Session {
    /// The bytes of the transcript of two Parties, of all that both have.
    pub fn transcript(&self, thread: ThreadId, one: Party, other: Party) -> String {
        written(thread, (one, other), &self.common(one, other))
    }

    /// The bytes of the transcript that a close of `own` signs now with another Party: without what waits for a message
    /// that is not here.
    pub fn closes_over(&self, thread: ThreadId, own: Party, other: Party) -> String {
        let others: Vec<Party> = self.present.iter().filter(|party| **party != own).copied().collect();
        let close = SessionClose { seen: self.seen_by(own, &others), ..SessionClose::default() };
        written(thread, (own, other), &self.covered(&close, own, other))
    }

    /// What a close of `own` says now: the transcript with each other Party, of what `seen` covers.
    pub fn close_by(&self, thread: ThreadId, own: Party) -> SessionClose {
        let others: Vec<Party> = self.present.iter().filter(|party| **party != own).copied().collect();
        let seen = self.seen_by(own, &others);
        let mut close = SessionClose { seen, ..SessionClose::default() };
        let (who_has, not_followed) = (Readers::of(&self.said(), own), self.not_followed());
        let mut found = BTreeMap::new();
        for other in others {
            let covered = found
                .entry((who_has.has(other), not_followed.get(&other)))
                .or_insert_with(|| self.covered(&close, own, other));
            close.agreed.push(AgreedWith {
                party: other.to_string(),
                transcript: Some(MessageDigest(Digest::of(
                    written(thread, (own, other), covered).as_bytes(),
                ))),
                messages: Some(covered.len() as u64),
            });
        }
        close
    }

    /// What a close of `author` covers of what both it and the other have, in order: what it names of one of the two, and
    /// all on which that builds. What a third says counts as far as one of the two went on from it, so that no third
    /// decides what two of them sign.
    fn covered(&self, close: &SessionClose, author: Party, other: Party) -> Vec<&Arc<Spoken>> {
        let both = common(&self.said(), author, other);
        let names: Vec<Names> = both.iter().map(|one| names_for(one, (author, other))).collect();
        let of_two: BTreeSet<Digest> = of_two(&both, (author, other)).collect();
        let seen = first(&close.seen).iter().filter_map(|one| Some(one.message?.0));
        let seen: Vec<Digest> = seen.filter(|message| of_two.contains(message)).collect();
        let covered = past(&names, &seen);
        let both = both.into_iter().filter(|one| covered.contains(&one.said.message));
        in_order(&both.collect::<Vec<_>>())
    }

    /// By Party, what names which message, and is not followed to it for what this Party signs, though it has that.
    fn not_followed(&self) -> BTreeMap<Party, BTreeSet<(Digest, Digest)>> {
        let mut found: BTreeMap<Party, BTreeSet<(Digest, Digest)>> = BTreeMap::new();
        let said: BTreeMap<Digest, &Spoken> =
            self.lines.iter().map(|line| (line.spoken.said.message, line.spoken.as_ref())).collect();
        for (message, one) in &said {
            for named in seen_in(&one.said.content) {
                let Some(there) = named.message.and_then(|digest| said.get(&digest.0)) else { continue };
                let not_to = named.not_to.iter().filter_map(|code| code.parse::<Party>().ok());
                for party in not_to.filter(|party| there.is_had_by(*party)) {
                    found.entry(party).or_default().insert((*message, there.said.message));
                }
            }
        }
        found
    }

    /// Of what a close covers, in order, all but what the other Party said after its own close, and what builds on that:
    /// its close is out of date, and contradicts none of it.
    fn held(
        &self,
        covers: &[&Arc<Spoken>],
        other: Party,
        others: &BTreeSet<Digest>,
        two: (Party, Party),
    ) -> BTreeSet<Digest> {
        let names: Vec<Names> = covers.iter().map(|one| one.names()).collect();
        let mut since: BTreeSet<Digest> = BTreeSet::new();
        for (one, names) in covers.iter().zip(&names) {
            let is_said_since = one.said.author == other
                && self.said_since.contains(&names.message)
                && !others.contains(&names.message);
            let goes_on = !names.is_opening && names.seen.iter().any(|seen| since.contains(seen));
            if is_said_since || goes_on {
                since.insert(names.message);
            }
        }
        let before: Vec<Digest> = of_two(covers, two).filter(|message| !since.contains(message)).collect();
        past(&names, &before)
    }

    pub(super) fn pairs_of(&self, thread: ThreadId, own: Party) -> Vec<Pair> {
        let mut pairs = Vec::new();
        if self.closes.len() < 2 {
            return pairs;
        }
        let all = self.lines.iter().map(|line| line.spoken.said.message).collect();
        let here = Here { all, waiting: self.incomplete(|_| false) };
        for (at, one) in self.present.iter().enumerate() {
            for other in self.present.iter().skip(at.saturating_add(1)) {
                // Of what two others have between them a third can't tell what is lacking.
                if (*one == own || *other == own)
                    && let (Some(first), Some(second)) = (self.closes.get(one), self.closes.get(other))
                    && let (Content::SessionClose(first), Content::SessionClose(second)) =
                        (&first.said.content, &second.said.content)
                {
                    pairs.push(self.pair(thread, &here, (*one, first), (*other, second)));
                }
            }
        }
        pairs
    }

    fn pair(
        &self,
        thread: ThreadId,
        here: &Here,
        (one, first): (Party, &SessionClose),
        (other, second): (Party, &SessionClose),
    ) -> Pair {
        let first_covers = self.covered(first, one, other);
        let second_covers = self.covered(second, other, one);
        let first_waits = here.lacking(first, &first_covers, (one, other));
        let second_waits = here.lacking(second, &second_covers, (other, one));
        // As long as anything is not here on which one of the two builds, nothing can be held against either.
        if !first_waits.is_empty() || !second_waits.is_empty() {
            let mut differences = Vec::new();
            for (party, waits) in [(one, first_waits), (other, second_waits)] {
                let told =
                    |(message, of): (Digest, Option<Party>)| Difference::NotHere { party, message, of };
                differences.extend(waits.into_iter().map(told));
            }
            differences.truncate(limits::HOTLINE_DIFFERENCES_TOLD);
            return Pair { between: (one, other), agreed: None, messages: 0, differences, since: 0 };
        }
        let mut differences = Vec::new();
        let mut side = |author: Party, reader: Party, close: &SessionClose, covered: &[&Arc<Spoken>]| {
            let gives = Digest::of(written(thread, (author, reader), covered).as_bytes());
            let (with, transcripts) = with(close, reader);
            let signed = with.and_then(|with| with.transcript).map(|digest| digest.0);
            let (says, has) = (with.and_then(|with| with.messages), covered.len() as u64);
            if transcripts > 1 {
                differences.push(Difference::Several { party: author, transcripts });
            }
            if signed != Some(gives) {
                differences.push(Difference::OtherDigest { party: author, signed, gives });
            } else if says != Some(has) {
                differences.push(Difference::OtherCount { party: author, says, has });
            }
            signed
        };
        let first_signed = side(one, other, first, &first_covers);
        let second_signed = side(other, one, second, &second_covers);
        let by_first: BTreeSet<Digest> = first_covers.iter().map(|one| one.said.message).collect();
        let by_second: BTreeSet<Digest> = second_covers.iter().map(|one| one.said.message).collect();
        let two = (one, other);
        let sides = [(one, &first_covers, other, &by_second), (other, &second_covers, one, &by_first)];
        for (party, covers, with, others) in sides {
            let held = self.held(covers, with, others, two);
            let only = covers.iter().map(|one| one.said.message);
            let only = only.filter(|message| held.contains(message) && !others.contains(message));
            differences.extend(only.map(|message| Difference::OnlyIn { party, message }));
        }
        let since =
            self.since(two, here, |message| by_first.contains(message) && by_second.contains(message));
        let same = differences.is_empty() && first_signed == second_signed;
        let agreed = if same && since == 0 { first_signed } else { None };
        Pair { between: (one, other), agreed, messages: first_covers.len(), differences, since }
    }

    /// How many whole messages of the two, with what these build on, are not covered by both.
    fn since(
        &self,
        (one, other): (Party, Party),
        here: &Here,
        is_covered: impl Fn(&Digest) -> bool,
    ) -> usize {
        let both = self.common(one, other);
        let names: Vec<Names> = both.iter().map(|said| names_for(said, (one, other))).collect();
        let whole: Vec<Digest> =
            of_two(&both, (one, other)).filter(|message| !here.waiting.contains(message)).collect();
        past(&names, &whole).iter().filter(|message| !is_covered(message)).count()
    }
}

impl Here {
    /// What a close and all that it covers build on, may be had by both, and is not here: each once, with whose it is
    /// by the word of who names it; no more than are told.
    fn lacking(
        &self,
        close: &SessionClose,
        covered: &[&Arc<Spoken>],
        (author, reader): (Party, Party),
    ) -> BTreeMap<Digest, Option<Party>> {
        let mut found: BTreeMap<Digest, Option<Party>> = BTreeMap::new();
        let mut look = |one: &SeenLast, by: &[Party]| {
            let Some(MessageDigest(digest)) = one.message else { return };
            let is_lacking = !self.all.contains(&digest) && by.iter().all(|party| may_be_had(one, *party));
            if is_lacking && found.len() < limits::HOTLINE_DIFFERENCES_TOLD {
                found.entry(digest).or_insert_with(|| one.author.parse().ok());
            }
        };
        // Of a third's, named by the close alone, nothing is covered.
        let two = [author.as_str(), reader.as_str()];
        let named = first(&close.seen).iter().filter(|one| two.contains(&one.author.as_str()));
        named.for_each(|one| look(one, &[reader]));
        for one in covered {
            // Who came in by it has nothing of what the others saw before.
            let came_in = matches!(&one.said.content, Content::SessionAddition(form)
                if two.contains(&form.party.as_str()));
            if !came_in {
                seen_in(&one.said.content).iter().for_each(|one| look(one, &[author, reader]));
            }
        }
        found
    }
}

/// What one builds on of what two both have, by its own word: what it names as not to be had by one of them is none of
/// that. So nothing that a third brings later, and that others named in such a way, makes another of what the two
/// signed.
fn names_for(one: &Spoken, two: (Party, Party)) -> Names {
    let may_have = |one: &&SeenLast| may_be_had(one, two.0) && may_be_had(one, two.1);
    let seen = seen_in(&one.said.content).iter().filter(may_have);
    Names { seen: seen.filter_map(|one| Some(one.message?.0)).collect(), ..one.names() }
}

/// Those of which one of the two is the author.
fn of_two(messages: &[&Arc<Spoken>], two: (Party, Party)) -> impl Iterator<Item = Digest> {
    let of_two = messages.iter().filter(move |one| one.said.author == two.0 || one.said.author == two.1);
    of_two.map(|one| one.said.message)
}

fn written(thread: ThreadId, between: (Party, Party), messages: &[&Arc<Spoken>]) -> String {
    let lines: Vec<(Party, Digest)> =
        messages.iter().map(|one| (one.said.author, one.said.message)).collect();
    transcript(thread, between, &lines)
}

/// What a close has of a reader, the first; and how many of it there are.
fn with(close: &SessionClose, reader: Party) -> (Option<&AgreedWith>, usize) {
    let mut all = close.agreed.iter().filter(|one| one.party == reader.as_str());
    let first = all.next();
    (first, all.count().saturating_add(usize::from(first.is_some())))
}

/// Of each author what comes behind its last close, in the order of its places.
pub(super) fn said_since(here: &[&Arc<Spoken>]) -> BTreeSet<Digest> {
    let mut closed: BTreeMap<Party, Vec<Digest>> = BTreeMap::new();
    for one in here {
        if matches!(one.said.content, Content::SessionClose(_)) {
            closed.insert(one.said.author, Vec::new());
        } else if let Some(since) = closed.get_mut(&one.said.author).filter(|_| one.counts()) {
            since.push(one.said.message);
        }
    }
    closed.into_values().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hotline::made::{digest, party};
    use crate::domain::message::Outgoing;
    use crate::domain::party::Incarnation;
    use crate::domain::time::Instant;

    #[test]
    fn what_only_one_of_two_counts_is_named_by_what_it_is() {
        let message = digest(1);
        let difference = Difference::OnlyIn { party: party("BY"), message };
        for (kind, what) in [
            ("hotline.opening", "opening"),
            ("hotline.acceptance", "acceptance"),
            ("hotline.text", "text"),
            ("hotline.addition", "addition"),
            // Of a newer program.
            ("hotline.silence", "message"),
        ] {
            let draft = Outgoing::blank(kind, ThreadId([7; 16]));
            let of = Message {
                author: party("PL"),
                incarnation: Incarnation(1),
                number: "PL/2031/BY/0001".into(),
                released_at: Instant(0),
                releaser: draft.drafter.clone(),
                draft,
            };
            assert_eq!(difference.says(Some(&of)), format!("only BY counts the {what} {message} of PL"));
        }
        assert_eq!(difference.says(None), format!("only BY counts the message {message}"));
    }
}
