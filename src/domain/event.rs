//! What happened, for ever, and what two custodians may change. The same nouns as in
//! `proto/detente/journal/v1/record.proto`, which says what each means.
//!
//! Events hold exact bytes where something was signed, and beside them what `codec/` read from those
//! bytes, so that the fold never parses.

use std::sync::Arc;

use bytes::Bytes;

use super::alarm::{Noted, OwnAlarm, Webhook};
use super::allowance::LinkAllowance;
use super::by_hand::DeliveredByHand;
use super::carry::CarryNoted;
use super::check::{CheckNoted, CheckPlan};
use super::digest::{CommandId, Digest, DraftId};
use super::duty::DutiesNoted;
use super::function::Term;
use super::hotline::phrases::LinkPhrases;
use super::keys::KeyList;
use super::message::{Dispatch, Message, Outgoing, Receipt};
use super::named::NamedInForm;
use super::office::Office;
use super::party::{Incarnation, Party};
use super::people::{Person, Roles};
use super::precedence::Precedence;
use super::regime::numbering::Numbering;
use super::time::Instant;
use super::watch::{Alerted, OfferedOnRecord, WatchCards, WatchPlan};

/// All the events of one command, and when they were decided.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    pub index: u64,
    pub at: Instant,
    pub command: Option<Stamp>,
    pub events: Vec<Event>,
}

/// The command of a person that stands behind a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stamp {
    pub id: CommandId,
    /// Digest of the command as the caller gave it.
    pub content: Digest,
    /// When the caller says they gave it.
    pub at: Instant,
    pub by: Person,
}

/// One thing that happened, as a record holds it.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    JournalOpened { party: Party, incarnation: Incarnation, members: Vec<Member>, left_behind: Vec<Bytes> },
    EpochOpened { number: u64, fold_version: u32 },
    KeyListAccepted(AcceptedKeyList),
    RevocationListAccepted(RevocationList),
    ChangeProposed(Change),
    ChangeConfirmed { proposal: CommandId },
    ChangeDropped { proposal: CommandId },
    Drafted { draft: DraftId, outgoing: Outgoing, bytes: Bytes },
    DraftReturned { draft: DraftId, digest: Digest, reason: String },
    DraftWithdrawn { draft: DraftId },
    Released(Released),
    Received(Box<Received>),
    Receipted(Receipted),
    ReceiptDisputed { party: Party, lane: Precedence, serial: u64, receipt: Bytes, reason: String },
    HeadFollowed(Head, Vec<Leaf>),
    HeadCosigned(Head),
    HeadRejected { head: Head, reason: String },
    Equivocated { party: Party, proof: Contradiction },
    TurnedAway { party: Party, hour: i64 },
    ReferenceMissing { message: Digest, missing: Digest },
    AuditRead { what: String },
    PartStored { salted_digest: Digest, bytes: u64 },
    PartErased { salted_digest: Digest, reason: String },
    RegimeHeld(RegimeHeld),
    DeliveredByHand(DeliveredByHand),
    Alerted(Alerted),
    WatchOffered(OfferedOnRecord),
    WatchTaken { desk: String, digest: Digest },
    DutiesNoted(Box<DutiesNoted>),
    AlarmNoted(Noted),
    CheckNoted(Box<CheckNoted>),
    CarryNoted(Box<CarryNoted>),
}

/// The exact text of a regime, put on record here. It binds nobody: that takes an adoption.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegimeHeld {
    /// As the text says.
    pub name: String,
    pub edition: u64,
    /// SHA-256 of the text.
    pub digest: Digest,
    pub text: Bytes,
    /// How it numbers messages, as the text or one that it inherits from says.
    pub numbering: Option<Numbering>,
    pub duties: LaysDown,
}

/// Whether a text, or one that it inherits from, lays down duties.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LaysDown {
    Duties,
    NoDuties,
}

/// A person and what they may do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    pub person: Person,
    pub roles: Roles,
}

/// A key list that verified under the one before it, or the first.
#[derive(Clone, PartialEq, Debug)]
pub struct AcceptedKeyList {
    /// The exact bytes of the Signed.
    pub signed: Bytes,
    /// SHA-256 of its payload.
    pub digest: Digest,
    pub list: KeyList,
}

/// A certificate revocation list as its authority signed it (RFC 5280, DER).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevocationList {
    pub party: Party,
    pub der: Bytes,
}

/// What takes two custodians.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    MemberAdded(Member),
    /// By the digest of the person's public key.
    MemberRemoved(Digest),
    /// Key lists from number 1 on, and the newest revocation list, as the party file held them.
    PartyAdded {
        key_lists: Vec<AcceptedKeyList>,
        revocation_list: RevocationList,
    },
    /// As `PartyAdded`, but handed over by a Party that is known here, and not compared with what the Party
    /// itself says: it counts as unconfirmed.
    PartyIntroduced {
        by: Party,
        key_lists: Vec<AcceptedKeyList>,
        revocation_list: RevocationList,
    },
    /// The fingerprint of a Party that was introduced, as its own people read it out.
    PartyConfirmed {
        party: Party,
        fingerprint: Digest,
    },
    /// For which precedences one person may both draft and release.
    ReleaseRule {
        one_person: Vec<Precedence>,
    },
    OwnKeyList(AcceptedKeyList),
    /// A Party that runs no node: known from now on, or under another name or other contacts.
    PartyWithoutNode(PartyWithoutNode),
    /// Such a Party known no more: it was a mistake.
    PartyTakenBack(Party),
    /// Also in the place of one with the same code.
    OfficeAdded(Office),
    /// By its code.
    OfficeRemoved(String),
    /// Who holds a function of a regime.
    FunctionTerm(Term),
    /// How much a link may bring from now on.
    LinkAllowance(LinkAllowance),
    /// In the place of the one before, as a whole.
    WatchPlan(Arc<WatchPlan>),
    /// Also in the place of one with the same name.
    WebhookAdded(Webhook),
    /// By its name.
    WebhookRemoved(String),
    /// Also in the place of one with the same name.
    OwnAlarmSet(OwnAlarm),
    /// By its name.
    OwnAlarmRemoved(String),
    /// In the place of all those before.
    WatchCards(Arc<WatchCards>),
    /// What is agreed on a link, in the place of the list before.
    LinkPhrases(Arc<LinkPhrases>),
    /// In the place of the one before, as a whole.
    CheckSchedule(Arc<CheckPlan>),
    /// How many FLASH drafts of each officer may be released in an hour. `None`: as many as the program leaves.
    FlashDrafts(Option<u64>),
}

/// A Party to which nothing but what is delivered by hand can go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyWithoutNode {
    pub party: Party,
    pub name: String,
    /// How to reach it, in words.
    pub contacts: Vec<String>,
}

/// A message that was released, with one dispatch for each addressee.
#[derive(Clone, PartialEq, Debug)]
pub struct Released {
    /// `None` where no draft came before, as with an acknowledgement.
    pub draft: Option<DraftId>,
    pub message: Message,
    pub digest: Digest,
    /// The exact bytes of the Signed.
    pub signed: Bytes,
    /// Each with the leaf hash of its exact bytes.
    pub dispatches: Vec<(Dispatch, Digest)>,
    /// Read from the message's content, never written.
    pub named: Box<NamedInForm>,
}

/// A dispatch that a peer validly signed, with what came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Received {
    pub dispatch: Dispatch,
    /// The exact bytes of the Signed that holds the dispatch, and the leaf hash of its payload.
    pub dispatch_signed: Bytes,
    pub dispatch_leaf: Digest,
    /// `None` where it was refused: what does not verify is never read.
    pub message: Option<Message>,
    /// Read from the message's content, never written; nothing where it was refused.
    pub named: NamedInForm,
    pub message_signed: Bytes,
    pub receipt: Receipt,
    /// The exact bytes of the receipt, and their leaf hash in our ledger.
    pub receipt_bytes: Bytes,
    pub receipt_leaf: Digest,
    pub marks: Vec<String>,
    /// The record that says who took the carry file by which it came; `None` where it came over the link.
    pub carried_by: Option<u64>,
}

/// A proven receipt from the other end.
#[derive(Clone, PartialEq, Debug)]
pub struct Receipted {
    pub party: Party,
    pub receipt: Receipt,
    /// The leaf hash of the receipt's exact bytes, in the other end's ledger.
    pub leaf: Digest,
    /// The exact bytes of the ProvenReceipt.
    pub proven: Bytes,
}

/// A head of one of the two ledgers of a link: ours where it was cosigned, theirs where we follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The other end of the link.
    pub party: Party,
    pub size: u64,
    pub root: Digest,
    /// The signed note, exact bytes (C2SP tlog-checkpoint, with a cosignature where one was given).
    pub note: Bytes,
    /// Seconds since 1970: the earliest time stamp of the other end's cosignature in the note, if it is there.
    pub cosigned_at: Option<i64>,
}

/// A leaf of the other end's ledger that we asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leaf {
    pub index: u64,
    pub body: Bytes,
    pub hash: Digest,
}

/// What the other end signed against what it had signed before.
#[derive(Clone, PartialEq, Debug)]
pub enum Contradiction {
    /// A second dispatch under one serial or one leaf: the exact bytes of the Signed, with digest and leaf
    /// hash of its payload.
    Dispatch { dispatch: Dispatch, digest: Digest, leaf: Digest, signed: Bytes },
    /// A leaf that differs from what it had signed for the same index, and the path by which it stands
    /// under a checkpoint that it signed as well: nearest sibling first (RFC 6962 section 2.1.1).
    Leaf { leaf: Leaf, inclusion_path: Vec<Digest>, checkpoint: Bytes },
}

impl Contradiction {
    /// By which the same contradiction is known again.
    pub fn digest(&self) -> Digest {
        match self {
            Contradiction::Dispatch { signed, .. } => Digest::of(signed),
            Contradiction::Leaf { leaf, checkpoint, .. } => Digest::of_all(&[&leaf.hash.0, checkpoint]),
        }
    }
}
