//! What was read of a session as it adds up: folded once for each state of it, for all consoles and calls that look.
//!
//! Never here: anything that turns on who looks. What is let go is folded again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::lines::{self, Place, count};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::hotline::Difference;
use crate::domain::hotline::session::{Line, Session, Spoken};
use crate::domain::party::Party;

/// Some messages of a thread, and what they add up to.
#[derive(Default)]
pub(super) struct Folded {
    /// These, in this order, without what nothing turns on.
    of: Vec<Arc<Spoken>>,
    pub session: Option<Session>,
    /// How each stands, in the order of `lines::places`.
    stood: Vec<Stood>,
}

/// What other messages of a session change of the line of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stood {
    pub place: u32,
    pub unseen: u32,
    /// Of those that it was written without sight of, as far as they are named, and of those that are missing.
    pub names: Digest,
    /// What it answers is not here.
    pub lacks_answered: bool,
    /// It was held against those before it.
    pub is_compared: bool,
}

/// About what is kept of each message, beside itself and the digests that its line names.
const EACH_BYTES: usize = size_of::<Line>() + size_of::<Stood>() + 2 * size_of::<Digest>();

impl Folded {
    pub fn of(thread: ThreadId, own: Party, spoken: &[Arc<Spoken>]) -> Folded {
        let of: Vec<Arc<Spoken>> = spoken.iter().filter(|one| one.counts()).cloned().collect();
        let session = Session::of(thread, &of, own);
        let stood = session.iter().flat_map(lines::places).map(|place| Stood::of(&place)).collect();
        Folded { of, session, stood }
    }

    /// Whether it is what these very messages add up to.
    fn is_of(&self, spoken: &[Arc<Spoken>]) -> bool {
        let others = spoken.iter().filter(|one| one.counts());
        self.of.iter().map(Arc::as_ptr).eq(others.map(Arc::as_ptr))
    }

    /// Each message where it stands, and how; `is_here` says whether what one answers is here.
    pub fn standing(&self, is_here: impl Fn(&Digest) -> bool) -> impl Iterator<Item = (Place<'_>, Stood)> {
        let places = self.session.iter().flat_map(lines::places);
        places.zip(&self.stood).map(move |(place, stood)| {
            let answers = lines::answers(&place.spoken.said.content);
            let lacks_answered = answers.is_some_and(|digest| !is_here(&digest));
            (place, Stood { lacks_answered, ..*stood })
        })
    }

    /// About what it takes in memory, beside the messages.
    fn bytes(&self) -> usize {
        let Some(session) = &self.session else { return 0 };
        let named =
            session.lines.iter().map(|line| line.missing.len().saturating_add(line.unseen_first.len()));
        let named = named.fold(0, usize::saturating_add).saturating_mul(size_of::<Digest>());
        let differences = session.pairs.iter().map(|pair| pair.differences.len());
        let differences = differences.fold(0, usize::saturating_add).saturating_mul(size_of::<Difference>());
        self.of.len().saturating_mul(EACH_BYTES).saturating_add(named).saturating_add(differences)
    }
}

/// As a session stands, and as it stood for those who were told all but what is new.
#[derive(Default)]
pub(super) struct Folds {
    pub now: Arc<Folded>,
    before: Mutex<Arc<Folded>>,
}

impl Folds {
    /// Folds all of it, unless that was done.
    pub fn fold(&mut self, thread: ThreadId, own: Party, spoken: &[Arc<Spoken>]) {
        if !self.now.is_of(spoken) {
            let now = Arc::new(Folded::of(thread, own, spoken));
            let before = std::mem::replace(&mut self.now, now);
            *self.before() = before;
        }
    }

    /// What a part of it adds up to. The last one that was asked for is kept: all consoles that follow ask for the same.
    pub fn of(&self, thread: ThreadId, own: Party, part: &[Arc<Spoken>]) -> Arc<Folded> {
        if self.now.is_of(part) {
            return self.now.clone();
        }
        let before = self.before().clone();
        if before.is_of(part) {
            return before;
        }
        let folded = Arc::new(Folded::of(thread, own, part));
        *self.before() = folded.clone();
        folded
    }

    /// About what both take in memory: neither is more than all of it.
    pub fn bytes(&self) -> usize {
        self.now.bytes().saturating_mul(2)
    }

    fn before(&self) -> MutexGuard<'_, Arc<Folded>> {
        // Nothing can be half done under this lock.
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stood {
    /// Whether what it answers is here, who looks says.
    fn of(place: &Place<'_>) -> Stood {
        let line = place.line();
        Stood {
            place: place.position(),
            unseen: line.map_or(0, |line| count(line.unseen)),
            names: line.map_or(Digest::ZERO, names),
            lacks_answered: false,
            is_compared: line.is_none_or(|line| line.is_compared),
        }
    }
}

fn names(line: &Line) -> Digest {
    if line.unseen_first.is_empty() && line.missing.is_empty() {
        return Digest::ZERO;
    }
    // So many of them are of the first kind.
    let first = count(line.unseen_first.len()).to_be_bytes();
    let mut chunks: Vec<&[u8]> = vec![&first[..]];
    chunks.extend(line.unseen_first.iter().chain(&line.missing).map(|digest| &digest.0[..]));
    Digest::of_all(&chunks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::Content;
    use crate::domain::form::{MessageDigest, MessageReference, Prose};
    use crate::domain::hotline::made::{digest, party, spoken};
    use crate::domain::hotline::{SeenLast, SessionOpening, SessionShown, SessionText};

    const THREAD: ThreadId = ThreadId([7; 16]);

    /// Random numbers by Marsaglia's xorshift, always the same of one seed.
    struct Random(u64);

    impl Random {
        fn below(&mut self, most: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % most
        }
    }

    fn shown(at: u64, of: u64) -> Spoken {
        let shown =
            MessageReference { message_digest: Some(MessageDigest(digest(of))), ..Default::default() };
        spoken(at, "PL", &["BY"], Content::SessionShown(SessionShown { shown, ..SessionShown::default() }))
    }

    /// What is put on record next: mostly a text that names some before it, one of them perhaps not here yet.
    fn next(all: &[Arc<Spoken>], at: u64, random: &mut Random) -> Spoken {
        let (author, other) = if random.below(2) == 0 { ("BY", "PL") } else { ("PL", "BY") };
        let to = ["LT", other];
        let to = &to[random.below(2) as usize..];
        match (all.len(), random.below(12)) {
            (0, _) => spoken(at, "BY", &["LT", "PL"], Content::SessionOpening(SessionOpening::default())),
            (_, 0) => shown(at, random.below(at)),
            (_, 1) => {
                let session = Session::of(THREAD, all, party(author)).unwrap();
                spoken(
                    at,
                    author,
                    &["LT", other],
                    Content::SessionClose(session.close_by(THREAD, party(author))),
                )
            }
            (_, _) => {
                let named = (0..random.below(3)).map(|_| digest(random.below(at + 2)));
                let seen = named.map(|message| SeenLast {
                    author: other.into(),
                    message: Some(MessageDigest(message)),
                    ..SeenLast::default()
                });
                let form =
                    SessionText { text: Prose("Stop.".into()), seen: seen.collect(), ..Default::default() };
                spoken(at, author, to, Content::SessionText(form))
            }
        }
    }

    #[test]
    fn what_is_shared_is_what_a_fresh_fold_gives_after_each_message_and_no_second_look_folds_anew() {
        for seed in 1..=20 {
            let mut random = Random(seed);
            let (mut all, mut folds): (Vec<Arc<Spoken>>, Folds) = Default::default();
            for at in 0..40 {
                let stood = all.clone();
                let one = Arc::new(next(&all, at, &mut random));
                // What came may stand before what was there.
                let place = if at == 0 { 0 } else { all.len() - random.below(2) as usize };
                all.insert(place.max(usize::from(at > 0)), one.clone());
                let before = folds.now.clone();
                folds.fold(THREAD, party("PL"), &all);
                assert_eq!(folds.now.session, Session::of(THREAD, &all, party("PL")), "seed {seed}, {at}");
                assert_eq!(Arc::ptr_eq(&before, &folds.now), !one.counts(), "seed {seed}, {at}");

                let now = folds.now.clone();
                folds.fold(THREAD, party("PL"), &all);
                assert!(Arc::ptr_eq(&now, &folds.of(THREAD, party("PL"), &all)), "seed {seed}, {at}");
                assert!(Arc::ptr_eq(&now, &folds.now), "seed {seed}, {at}");
                // For who was told all but that one.
                assert!(Arc::ptr_eq(&before, &folds.of(THREAD, party("PL"), &stood)), "seed {seed}, {at}");
            }
        }
    }

    #[test]
    fn what_a_console_was_told_amid_a_session_is_folded_once_for_all_that_were_told_so_much() {
        let mut random = Random(7);
        let mut all: Vec<Arc<Spoken>> = Vec::new();
        for at in 0..30 {
            all.push(Arc::new(next(&all, at, &mut random)));
        }
        let mut folds = Folds::default();
        folds.fold(THREAD, party("PL"), &all);
        let part = &all[..10];
        let first = folds.of(THREAD, party("PL"), part);
        assert_eq!(first.session, Session::of(THREAD, part, party("PL")));
        assert!(Arc::ptr_eq(&first, &folds.of(THREAD, party("PL"), part)));
    }

    #[test]
    fn what_a_fold_takes_in_memory_is_counted() {
        let text = |at: u64| {
            let missing = (0..8).map(|one| SeenLast {
                message: Some(MessageDigest(digest(1_000 * at + one + 100))),
                ..SeenLast::default()
            });
            let form = SessionText { seen: missing.collect(), ..SessionText::default() };
            spoken(at, "BY", &["PL"], Content::SessionText(form))
        };
        let opening = spoken(0, "BY", &["PL"], Content::SessionOpening(SessionOpening::default()));
        let all: Vec<Arc<Spoken>> = [opening].into_iter().chain((1..=10).map(text)).map(Arc::new).collect();
        let mut folds = Folds::default();
        assert_eq!(folds.bytes(), 0);
        folds.fold(THREAD, party("PL"), &all);
        assert_eq!(folds.bytes(), 2 * (11 * EACH_BYTES + 10 * 8 * 32));
    }
}
