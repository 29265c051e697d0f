//! The Board: what is true now, folded from the journal. It keeps what deciding needs and no bodies.
//!
//! `decide.rs` says what may happen, `apply.rs` what has happened, `digest.rs` what the whole adds up
//! to. All parts are persistent maps: a clone is cheap, so the Registrar decides on one and readers
//! hold another, and nobody ever shares one that changes.
//!
//! What stands where:
//!
//! - what may happen: `decide.rs`, on a link `decide_link.rs`, of drafts and their release `decide_release.rs`;
//!   `roles.rs`, `misnamed.rs`
//! - what has happened: `apply.rs`, `threads.rs`
//! - both, of one noun: `parts.rs`, `regimes.rs`, `by_hand.rs`, `carry.rs`, `watch.rs`, `alarms.rs`, `checks.rs`,
//!   `duties.rs`, with `duties_again.rs` and `duties_bound.rs`
//! - what is digested: `digest.rs`, and of one noun `digest_roster.rs`, `digest_watch.rs`, `digest_duties.rs`,
//!   `digest_checks.rs`, `digest_alarms.rs`, `digest_by_hand.rs`, `digest_hotline.rs`

mod alarms;
mod apply;
mod by_hand;
mod carry;
mod checks;
mod decide;
mod decide_link;
mod decide_release;
mod digest;
mod digest_alarms;
mod digest_by_hand;
mod digest_checks;
mod digest_duties;
mod digest_hotline;
mod digest_roster;
mod digest_watch;
mod duties;
mod duties_again;
mod duties_bound;
mod misnamed;
mod parts;
mod regimes;
mod roles;
mod threads;
mod watch;

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::adoption::Words;
use super::alarm::{Expiries, Hooks, OwnAlarms};
use super::by_hand::ByHand;
use super::check::Checks;
use super::command::Answered;
use super::digest::{CommandId, Digest, DraftId, ThreadId};
use super::duty::Duties;
use super::flash::FlashDrafts;
use super::link::Link;
use super::messages::Messages;
use super::office::OfficeKey;
use super::part::PartState;
use super::party::{Incarnation, LedgerEnd, Party};
use super::people::Person;
use super::regime::numbering::Numbering;
use super::roster::Roster;
use super::thread::Thread;
use super::time::Instant;
use super::watch::Watch;
use crate::limits;
pub use decide::Denied;
pub use threads::{ThreadsFrom, ThreadsPage};

/// The fold that this program knows. A record written under a newer one is refused. It grows when the same records
/// come to another Board, or other steps are taken from one, than in the version before.
///
/// 2: a message is considered for duties by what its form names, whatever takes it back is found however much is taken
/// back beside it, and a receipt has looked at again what rests on a later account of a delivery by hand. A
/// cancellation from before a duty was due lifts it though it was said to have lapsed.
///
/// 3: a check of a link, or the answer to one, is taken for that only where it says what was agreed on, in its time and
/// from whose turn it is; what only says that it is one runs alarms and is considered for duties as any message is.
/// Outages of each end are kept beside the other's, those of a month at most, and one that is taken back excuses nothing
/// from then on. How much FLASH was released of each officer in the hour, and carry files, enter the Board and its
/// digest. Drills have shares of their own of what is watched and of one's own alarms. A hand-over of the watch names the
/// duties that this Party owes. Of several texts of a regime each binds until it is left, an adoption that another
/// replaced before it was in force binds nobody, and what a message brings about is owed once, by whichever text. An
/// acknowledgement, or the word that a console shows a text, is owed a reading and runs alarms as any message where it
/// holds more than a node writes there by itself.
pub const FOLD_VERSION: u32 = 3;

/// What is true now, folded from the records of one journal.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Board {
    /// `None` until the journal is opened.
    pub own: Option<Own>,
    /// How many records were folded.
    pub size: u64,
    /// The time of the newest record.
    pub at: Instant,
    /// How many records carry a time before that of the record before them.
    pub times_run_backwards: u64,
    pub roster: Roster,
    pub links: OrdMap<Party, Arc<Link>>,
    pub threads: OrdMap<ThreadId, Arc<Thread>>,
    /// Each with the index of the record that holds its newest message.
    threads_by_newest: OrdSet<(u64, ThreadId)>,
    pub messages: Messages,
    pub drafts: OrdMap<DraftId, Arc<Draft>>,
    pub commands: OrdMap<CommandId, Answered>,
    commands_by_age: OrdSet<(Instant, CommandId)>,
    /// The newest caller's time among the commands whose ids were forgotten.
    forgotten: Option<Instant>,
    /// The last serial of an official number, by year and audience.
    pub numbers: OrdMap<(i16, String), u64>,
    /// Digests that messages refer to and that are not on record, with who waits for them.
    pub waiting: OrdMap<Digest, Vec<Waiting>>,
    /// How many of these are each author's.
    waiting_of: OrdMap<Party, usize>,
    /// For messages that came in for offices of ours alone, and not for all: these offices.
    pub to_offices: OrdMap<Digest, Arc<[OfficeKey]>>,
    /// Salted digests of the parts that are kept beside the journal, and of those erased.
    pub parts: OrdMap<Digest, PartState>,
    /// The regimes whose text is on record here, by its digest.
    pub regimes: OrdMap<Digest, Arc<Held>>,
    /// What each Party said about rules, and took effect.
    pub words: OrdMap<Party, Arc<Words>>,
    /// Who cited a regime in which threads, by its name. What these messages say is read by whoever counts
    /// them.
    pub cited: OrdMap<String, OrdSet<(Party, ThreadId)>>,
    /// Messages that say of two threads whether they are one activity.
    pub same_activity: OrdSet<Digest>,
    /// What is delivered outside any link, or still has to be.
    pub by_hand: ByHand,
    /// What waits for an officer, and who has the watch.
    pub watch: Watch,
    /// What Parties owe each other by when, as far as this one is concerned.
    pub duties: Duties,
    /// What waits for each webhook.
    pub hooks: Hooks,
    /// What comes to its end, as far as it is on record.
    pub expiries: Expiries,
    /// What runs of the alarms that this Party set for itself.
    pub own_alarms: OwnAlarms,
    /// Checks of links: what came and went of them, and what is on record of each.
    pub checks: Checks,
    /// How much FLASH was released of each officer in this hour.
    pub flash: FlashDrafts,
    /// The newest records of carry files that were made or taken here.
    pub carried: OrdSet<u64>,
}

/// A regime whose text is on record here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// The record that holds the text, and its time.
    pub index: u64,
    pub at: Instant,
    pub name: String,
    pub edition: u64,
    /// How messages that cite it are numbered. `None` for the built-in form: its text lays down no pattern,
    /// or one that could give the number of another held before it.
    pub numbering: Option<Arc<Numbering>>,
}

/// Whose journal this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Own {
    pub party: Party,
    pub incarnation: Incarnation,
}

/// A draft that is neither released nor withdrawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// The record that holds its present bytes.
    pub index: u64,
    /// SHA-256 of those bytes.
    pub digest: Digest,
    /// Who wrote these bytes.
    pub drafter: Person,
    /// Who wrote an earlier version, each once, and whose words may still stand in this one.
    pub earlier: Vec<Person>,
    pub thread: ThreadId,
    /// Why it was returned, if it was.
    pub returned: Option<String>,
}

impl Draft {
    /// Whether this person wrote any version of it: then it takes another one to release it.
    pub fn is_written_by(&self, person: &Person) -> bool {
        self.drafter.is_same_person(person) || self.earlier.iter().any(|one| one.is_same_person(person))
    }
}

/// A message that refers to one which is not here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiting {
    pub message: Digest,
    pub author: Party,
    pub since: Instant,
    pub noted: Noted,
}

impl Waiting {
    /// The first instant at which it has waited longer than `REFERENCE_PATIENCE_MS`.
    fn overdue_at(&self) -> Instant {
        self.since.plus_ms(limits::REFERENCE_PATIENCE_MS.saturating_add(1))
    }
}

/// Whether the missing reference was put on record as such.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noted {
    NotYet,
    OnRecord,
}

impl Board {
    /// The link to a known Party.
    pub fn link(&self, party: Party) -> Option<&Link> {
        self.links.get(&party).map(Arc::as_ref)
    }

    /// How ledgers name a known Party, our own included.
    pub fn ledger_end(&self, party: Party) -> Option<LedgerEnd> {
        let own = self.own?;
        let incarnation = if party == own.party { own.incarnation } else { self.link(party)?.incarnation };
        Some(LedgerEnd { party, incarnation, fingerprint: self.roster.fingerprint_of(party)? })
    }

    pub fn thread(&self, thread: ThreadId) -> Option<&Thread> {
        self.threads.get(&thread).map(Arc::as_ref)
    }

    pub fn draft(&self, draft: DraftId) -> Option<&Draft> {
        self.drafts.get(&draft).map(Arc::as_ref)
    }

    /// The offices of ours to which a message went; none where it is for all.
    pub fn offices_of(&self, message: &Digest) -> &[OfficeKey] {
        self.to_offices.get(message).map_or(&[], |to| to.as_ref())
    }

    /// Messages that have waited longer than `REFERENCE_PATIENCE_MS` for one that they refer to, each with that one,
    /// where this is not yet on record: as many as one batch holds.
    pub fn overdue_references(&self, now: Instant) -> Vec<(Digest, Digest)> {
        let overdue = |waiting: &&Waiting| waiting.noted == Noted::NotYet && waiting.overdue_at() <= now;
        self.waiting
            .iter()
            .flat_map(|(missing, waiting)| waiting.iter().filter(overdue).map(|one| (one.message, *missing)))
            .take(limits::BATCH_RECORDS_MAX)
            .collect()
    }

    /// When the first of those that are not on record yet will have waited for so long. It looks through all that wait.
    pub fn next_overdue_reference(&self) -> Option<Instant> {
        let not_yet = self.waiting.values().flatten().filter(|one| one.noted == Noted::NotYet);
        not_yet.map(Waiting::overdue_at).min()
    }

    /// The Board's digest, canonical: the same journal gives the same digest on any machine.
    pub fn digest(&self) -> Digest {
        digest::of(self)
    }
}
