//! After the play: every journal replayed and audited from nothing, every ledger and every duty held against
//! those at the other end, and each case proven offline from a bundle; the transcripts
//! of a hotline session compared.
//!
//! Never here: what is checked by the node itself. All goes by its journal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;

use super::hotline;
use super::say::Say;
use super::speak::Played;
use super::stage::{Actor, Stage};
use crate::codec::bundle::decode;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::duty::Cause;
use crate::domain::event::Event;
use crate::domain::message::ACKNOWLEDGEMENT;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::journal::{Entry, ReadFault};
use crate::registrar::{Head, OpenFault, signed_checkpoint};
use crate::replay::audit::{Audit, Covered};
use crate::replay::bundle::{self, Source};
use crate::replay::{Fold, Look, TrustRoot, verify};

/// What the checks came to.
#[derive(Default)]
pub struct Checked {
    pub nodes: Vec<NodeState>,
    pub messages: u64,
    pub receipts_verified: u64,
    pub acknowledgements: u64,
    /// The first check that failed, by name.
    pub failed: Option<String>,
}

pub struct NodeState {
    pub case: &'static str,
    pub party: Party,
    pub size: u64,
    pub root: Digest,
    pub board: Digest,
    pub replayed_board: Digest,
}

/// What was checked of one stage is told with its case.
struct Checking<'c> {
    case: &'static str,
    checked: &'c mut Checked,
    say: &'c Say,
}

impl Checking<'_> {
    fn hold(&mut self, party: Party, what: &str, holds: bool) {
        self.say.checked(self.case, party.as_str(), what, holds);
        if !holds {
            self.checked.failed.get_or_insert(format!("{}, {party}: {what}", self.case));
        }
    }
}

/// One case, with what was checked of those before.
pub async fn check(stage: &Stage, played: &Played, checked: &mut Checked, say: &Say) {
    let mut checking = Checking { case: stage.case.which.word(), checked, say };
    for actor in &stage.actors {
        journal(actor, &mut checking).await;
    }
    for one in &stage.actors {
        for other in stage.actors.iter().filter(|other| other.party != one.party) {
            let (here, there) = (one.node.registrar.head(), other.node.registrar.head());
            let same = ledgers_agree(&here, &there, one.party, other.party);
            let what = format!("its ledger with {} is recomputed and cosigned at the other end", other.party);
            checking.hold(one.party, &what, same);
            if one.party < other.party {
                let (ours, theirs) = (duties(&here, other.party), duties(&there, one.party));
                let what = format!(
                    "{} duties between it and {} fall due at the same instants at both ends",
                    ours.len(),
                    other.party
                );
                checking.hold(one.party, &what, ours == theirs);
            }
        }
    }
    offline(stage, (played.thread, stage.case.about), &mut checking).await;
    if let Some(session) = played.session {
        offline(stage, (session, "hotline session"), &mut checking).await;
        transcripts(stage, session, &mut checking).await;
    }
}

/// Both ends give the transcript of the session in the same bytes, and both signed the digest of these.
async fn transcripts(stage: &Stage, session: ThreadId, checking: &mut Checking<'_>) {
    let what = "the hotline session's transcript is the same bytes at both ends, and both signed its digest";
    let found = hotline::transcripts(stage, session).await.unwrap_or_default();
    for actor in &stage.actors {
        let own = found.iter().find(|one| one.party == actor.party);
        let same = own.is_some_and(|own| {
            let signed = Digest::of(&own.bytes);
            found.len() == stage.actors.len()
                && found.iter().all(|one| one.bytes == own.bytes && one.agreed == signed.0[..])
        });
        checking.hold(actor.party, what, same);
    }
}

/// What is owed between this Party and another: by which rule, who owes it, what brought it about, when it is due, and
/// where it stands.
fn duties(head: &Head, other: Party) -> BTreeSet<(String, Party, Cause, Instant, &'static str)> {
    let Some(own) = head.board.own.map(|own| own.party) else { return BTreeSet::new() };
    let between = head.board.duties.all().filter(|duty| duty.other_than(own) == other);
    let known = between.map(|duty| {
        let opened = &duty.opened;
        (opened.rule.name.clone(), opened.owed_by, opened.cause, opened.due, duty.state().word())
    });
    known.collect()
}

/// Replays from nothing, compares with what the node holds, and audits every signature and proof.
async fn journal(actor: &Actor, checking: &mut Checking<'_>) {
    let journal = &actor.node.registrar.journal;
    let root = TrustRoot::FirstKeyList(actor.node.settings.fingerprint.0);
    let (head, fold, entries) = match replayed(actor, root).await {
        Ok(replayed) => replayed,
        Err(fault) => return checking.hold(actor.party, &format!("replay: {fault}"), false),
    };
    let (board, replayed_board) = (head.board.digest(), fold.board.digest());
    let same = board == replayed_board;
    checking.hold(actor.party, "replayed from nothing, the Board has the same digest", same);
    checking.hold(actor.party, "and the journal's tree the same root", head.root() == fold.tree.root());
    checking.checked.nodes.push(NodeState {
        case: checking.case,
        party: actor.party,
        size: fold.chain.size,
        root: fold.tree.root(),
        board,
        replayed_board,
    });
    let mut audit = Audit::new(root);
    let mut counted = Counted::default();
    let records = head.records(journal);
    let mut next = 0_u64;
    while next < head.chain.size {
        let Ok(some) = records.range(next, head.chain.size).await else { break };
        next = next.saturating_add(some.len() as u64);
        some.iter().for_each(|record| counted.count(record));
    }
    audit.take(entries.into_iter().map(|entry| (entry.position, entry.bytes)));
    let checkpoint = signed_checkpoint(&head, &actor.node.ring);
    let report = audit.finish(checkpoint.as_deref().map(str::as_bytes));
    let what = format!("{} signatures and proofs verified in {} records", report.checked, report.size);
    let covered = report.covered == Covered::ByCheckpoint { size: head.chain.size };
    checking.hold(actor.party, &what, report.holds() && covered);
    checking.hold(actor.party, "the times of its records run forwards", report.times_run_backwards == 0);
    let checked = &mut *checking.checked;
    checked.messages = checked.messages.saturating_add(counted.messages);
    checked.receipts_verified = checked.receipts_verified.saturating_add(counted.receipts);
    checked.acknowledgements = checked.acknowledgements.saturating_add(counted.acknowledgements);
}

/// A head of the node, and all that led to it, folded from nothing. Nodes at rest still put a head of the
/// other end on record now and then: what is read must be what the head stands for.
async fn replayed(actor: &Actor, root: TrustRoot) -> Result<(Arc<Head>, Fold, Vec<Entry>), OpenFault> {
    let registrar = &actor.node.registrar;
    let mut heads = registrar.heads();
    loop {
        let mut entries = Vec::new();
        let mut reader = registrar.journal.reader(0)?;
        while let Some(more) = reader.next_or_end().await? {
            entries.extend(more);
        }
        let mut fold = Fold::new(root);
        for entry in &entries {
            fold.step(entry.position, &entry.bytes, Look::AtSignature)?;
        }
        let head = registrar.head();
        if head.chain.size == fold.chain.size {
            return Ok((head, fold, entries));
        }
        // Behind what was read, the head is about to follow; beyond it, the journal is read again.
        if head.chain.size < fold.chain.size && heads.changed().await.is_err() {
            return Err(OpenFault::from(ReadFault::ended()));
        }
    }
}

#[derive(Default)]
struct Counted {
    messages: u64,
    receipts: u64,
    acknowledgements: u64,
}

impl Counted {
    fn count(&mut self, record: &crate::domain::event::Record) {
        for event in &record.events {
            let of_its_kind = match event {
                Event::Released(released) if released.message.draft.kind == ACKNOWLEDGEMENT => {
                    &mut self.acknowledgements
                }
                Event::Released(_) => &mut self.messages,
                Event::Receipted(_) => &mut self.receipts,
                _ => continue,
            };
            *of_its_kind = of_its_kind.saturating_add(1);
        }
    }
}

/// Whether what `one` keeps is what `other` recomputed, and `other`'s cosignature of it is on record.
fn ledgers_agree(at_one: &Head, at_other: &Head, one: Party, other: Party) -> bool {
    let (Some(ours), Some(theirs)) = (at_one.board.link(other), at_other.board.link(one)) else {
        return false;
    };
    let cosigned = ours.ours.cosigned.as_ref().map(|head| (head.size, head.root));
    let kept = (ours.ours.edge.size(), ours.ours.edge.root());
    kept == (theirs.theirs.edge.size(), theirs.theirs.edge.root()) && (cosigned == Some(kept) || kept.0 == 0)
}

/// A thread of the case as a file that a third person checks with no node: everything in it must hold.
async fn offline(stage: &Stage, (thread, about): (ThreadId, &str), checking: &mut Checking<'_>) {
    let trusted: BTreeMap<Party, Digest> =
        stage.actors.iter().map(|actor| (actor.party, actor.node.settings.fingerprint.0)).collect();
    for actor in &stage.actors {
        let head = actor.node.registrar.head();
        let source = Source {
            records: &head.records(&actor.node.registrar.journal),
            board: &head.board,
            ring: &actor.node.ring,
        };
        let holds = match bundle::make(&source, thread, stage.clock.now()).await {
            Ok(file) => is_proven(file, &trusted),
            Err(_) => false,
        };
        let what = format!("the {about} is proven offline from its bundle");
        checking.hold(actor.party, &what, holds);
    }
}

/// Whether nothing in a bundle is false, and every Party in it is one whose fingerprint is trusted.
fn is_proven(file: Bytes, trusted: &BTreeMap<Party, Digest>) -> bool {
    let Ok(read) = decode(file.clone()) else { return false };
    let mut trusted = trusted.clone();
    trusted.retain(|party, _| read.parties.iter().any(|named| named.party == *party));
    verify::verify(file, &trusted).is_ok_and(|found| found.holds() && found.unvouched().is_empty())
}
