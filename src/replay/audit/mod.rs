//! The audit of a whole journal: the same fold, with every signature and proof in it checked.
//!
//! Near the cost of the signatures alone: while one thread folds a batch, all cores verify the
//! signatures of the next one and what stands in the records of the one before. Never here: a write, a
//! clock, forgiveness; nor what a Party wrote, in any sentence.

mod checks;
mod decided;
mod events;
mod held;
mod keys;
mod links;
mod report;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use super::{Fold, Look, Step, TrustRoot};
use crate::codec::signed;
use crate::domain::board::FOLD_VERSION;
use crate::domain::event::Event;
use crate::evidence::keys::PublicKey;
use crate::evidence::signed::PayloadType;
use crate::limits;
use checks::Check;
use events::Inspector;
use held::Kept;
pub use report::{Covered, Fault, Report, VoidEntry};
use report::{Found, Suspect};

/// An audit under way.
pub struct Audit {
    fold: Fold,
    inspector: Inspector,
    /// Entries whose signatures were verified under `verified_under`, in order.
    next: Vec<Entry>,
    verified_under: Option<PublicKey>,
    /// What stands in the records folded last.
    checks: Vec<(u64, Check)>,
    found: Found,
    /// What was kept beside the journal, if it was copied with no node.
    kept: Option<Kept>,
    stopped: bool,
}

struct Entry {
    position: u64,
    bytes: Bytes,
    /// Whether the record's own signature was found good under the key of the batch.
    signed: bool,
}

impl Audit {
    pub fn new(root: TrustRoot) -> Audit {
        Audit {
            fold: Fold::new(root),
            inspector: Inspector::default(),
            next: Vec::new(),
            verified_under: None,
            checks: Vec::new(),
            found: Found::default(),
            kept: None,
            stopped: false,
        }
    }

    /// What comes was copied with no node, and this note was kept beside the journal; empty if there was
    /// none. It covers a beginning only: it lags behind by design.
    pub fn keep(&mut self, note: Bytes) {
        self.kept = Some(Kept::new(note, &self.fold));
    }

    /// Takes the next entries, in order. Uses all cores until it returns.
    pub fn take(&mut self, entries: impl IntoIterator<Item = (u64, Bytes)>) {
        let mut entries = entries.into_iter();
        // Under which key the rest is to be verified, only the first record says.
        while self.fold.record_key.is_none() && !self.stopped {
            let Some((position, bytes)) = entries.next() else { return };
            self.fold(&Entry { position, bytes, signed: false }, None);
        }
        self.round(entries.map(|(position, bytes)| Entry { position, bytes, signed: false }).collect());
    }

    /// So many positions from `first` on hold nothing that could be read, between what was taken and what comes.
    pub fn nothing_at(&mut self, first: u64, positions: u64) {
        while !self.next.is_empty() {
            self.round(Vec::new());
        }
        if self.stopped {
            return;
        }
        let index = self.fold.chain.size;
        let last = first.saturating_add(positions.saturating_sub(1));
        let positions = if first == last {
            format!("position {first} of the journal, in its place or before it, holds")
        } else {
            format!("positions {first} to {last} of the journal, in its place or before it, hold")
        };
        let sentence = format!("{positions} no entry that could be read: removed, or the medium is failing");
        self.found.fault(index, sentence);
    }

    /// Ends the audit. `checkpoint` is the node's signed note over all that counts, as an export ends
    /// with it.
    pub fn finish(self, checkpoint: Option<&[u8]>) -> Report {
        self.finish_with_fold(checkpoint).0
    }

    /// As `finish`, with what was folded, for whoever reads on in what was audited.
    pub fn finish_with_fold(mut self, checkpoint: Option<&[u8]>) -> (Report, Fold) {
        while !self.next.is_empty() || !self.checks.is_empty() {
            self.round(Vec::new());
        }
        if let Some(index) = self.fold.missing_at_end() {
            self.name_missing(index);
        }
        let covered = match (self.kept.take(), checkpoint) {
            (Some(kept), _) => self.hold_against_kept(&kept),
            (None, Some(note)) => self.compare(note),
            (None, None) => Covered::ByNothing,
        };
        (self.report(covered), self.fold)
    }

    /// A failure that stands outside the entries, such as a file that ends early.
    pub fn broken_off(&mut self, sentence: impl Into<String>) {
        while !self.next.is_empty() {
            self.round(Vec::new());
        }
        self.found.fault(self.fold.chain.size, sentence.into());
    }

    /// As `broken_off`, where what was read ends before it should.
    pub fn cut_short(&mut self, sentence: impl Into<String>) {
        self.found.ends_early = true;
        self.broken_off(sentence);
    }

    /// One round: this thread folds the entries that were verified in the round before; meanwhile all
    /// cores verify those that come next, and what stands in the records folded before.
    fn round(&mut self, coming: Vec<Entry>) {
        let folding = std::mem::replace(&mut self.next, coming);
        let coming = std::mem::take(&mut self.next);
        let checks = std::mem::take(&mut self.checks);
        let under = self.fold.record_key;
        let folding_under = std::mem::replace(&mut self.verified_under, under);
        let work = Work { under, entries: &coming, checks: &checks, taken: AtomicUsize::new(0) };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 1..cores.min(limits::AUDIT_THREADS_MAX) {
                scope.spawn(|| work.until_nothing_is_left(&done));
            }
            for entry in &folding {
                self.fold(entry, folding_under);
            }
            work.until_nothing_is_left(&done);
        });
        self.found.checked = self.found.checked.saturating_add(checks.len() as u64);
        self.next = coming;
        for outcome in done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            match outcome {
                Outcome::Signed(place) => {
                    if let Some(entry) = self.next.get_mut(place) {
                        entry.signed = true;
                    }
                }
                Outcome::Failed(index, sentence) => self.found.fault(index, sentence),
            }
        }
    }

    fn fold(&mut self, entry: &Entry, verified_under: Option<PublicKey>) {
        if self.stopped {
            return;
        }
        // The key may have changed since the batch was verified; then the fold looks for itself.
        let good = entry.signed && verified_under.is_some() && self.fold.record_key == verified_under;
        let look = if good { Look::AtChainOnly } else { Look::AtSignature };
        let (inspector, mut seen) = (&mut self.inspector, None);
        let mut see = |board: &_, record: &_| seen = Some(inspector.see(board, record));
        match self.fold.step_seen(entry.position, &entry.bytes, look, &mut see) {
            Ok(Step::Counted(record)) => {
                self.found.suspect = None;
                self.found.checked = self.found.checked.saturating_add(1);
                for event in &record.events {
                    if let Event::WatchOffered(offered) = event {
                        self.found.hand_over(record.index, offered);
                    }
                }
                if let Some(seen) = seen {
                    let by_older = u64::from(seen.is_by_older_rules);
                    self.found.by_older_rules = self.found.by_older_rules.saturating_add(by_older);
                    self.checks.extend(seen.checks.into_iter().map(|check| (record.index, check)));
                    seen.faults.into_iter().for_each(|fault| self.found.fault(record.index, fault));
                }
                if let Some(kept) = &mut self.kept {
                    kept.look(&self.fold);
                }
            }
            Ok(Step::Void(reason)) => {
                self.found.void(entry.position, &entry.bytes, reason, self.fold.chain.size)
            }
            Err(broken) => {
                self.stopped = true;
                self.found.fault(self.fold.chain.size, broken.to_string());
            }
        }
    }

    /// The end holds signed records that do not link to what is here.
    fn name_missing(&mut self, index: u64) {
        match self.found.suspect {
            Some(Suspect::Spoilt { index: spoilt, position }) if spoilt == index => self.found.fault(
                index,
                format!("it was changed: the entry at position {position} is not as this node signed it"),
            ),
            // Its own signature holds, so the bytes that it names as its predecessor were others.
            Some(Suspect::NamesAnother { index: next }) if next == index => self.found.fault(
                index.saturating_sub(1),
                "it was changed: the signed record after it names another predecessor".into(),
            ),
            Some(_) | None => self.found.fault(
                index,
                "it is missing, or not in its place: signed records follow that link to something not here"
                    .into(),
            ),
        }
    }

    fn report(&mut self, covered: Covered) -> Report {
        let (fold, found) = (&self.fold, std::mem::take(&mut self.found));
        // Behind what is here nothing stands that could be the next record, or that follows on it.
        let stops = found.suspect.is_none() && !self.stopped && fold.missing_at_end().is_none();
        let size = fold.chain.size;
        let missing_from = found.first_failing.filter(|first| found.ends_early && stops && *first == size);
        let vouched = matches!(covered, Covered::ByCheckpoint { .. }) || found.first_failing.is_some();
        Report {
            own: fold.board.own.map(|own| (own.party, own.incarnation)),
            fingerprint: fold.fingerprint(),
            size: fold.chain.size,
            void: fold.voids.count,
            epoch: fold.chain.epoch,
            head: fold.chain.head,
            root: fold.tree.root(),
            board: fold.board.digest(),
            fold_version: FOLD_VERSION,
            times_run_backwards: fold.board.times_run_backwards,
            by_older_rules: found.by_older_rules,
            hand_overs: found.hand_overs.into_iter().collect(),
            checked: found.checked,
            first_failing: found.first_failing,
            missing_from,
            faults: found.faults.into_iter().collect(),
            fault_count: found.fault_count,
            voids: found.voids.into_iter().collect(),
            covered,
            doubtful: found.suspect.and_then(Suspect::position).filter(|_| !vouched),
        }
    }
}

/// What a round verifies, taken piece by piece by every core.
struct Work<'a> {
    under: Option<PublicKey>,
    entries: &'a [Entry],
    checks: &'a [(u64, Check)],
    taken: AtomicUsize,
}

enum Outcome {
    /// The entry at this place of the batch is signed.
    Signed(usize),
    Failed(u64, String),
}

impl Work<'_> {
    fn until_nothing_is_left(&self, done: &Mutex<Vec<Outcome>>) {
        let mut mine = Vec::new();
        loop {
            let piece = self.taken.fetch_add(1, Ordering::Relaxed);
            if let Some((index, check)) = self.checks.get(piece) {
                mine.extend(check.run().err().map(|sentence| Outcome::Failed(*index, sentence)));
                continue;
            }
            let place = piece.saturating_sub(self.checks.len());
            let Some(entry) = self.entries.get(place) else { break };
            mine.extend(self.is_signed(entry).then_some(Outcome::Signed(place)));
        }
        done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).append(&mut mine);
    }

    fn is_signed(&self, entry: &Entry) -> bool {
        let Some(key) = &self.under else { return false };
        signed::decode(entry.bytes.clone())
            .is_ok_and(|wrapping| wrapping.verify(PayloadType::Record, key).is_ok())
    }
}
