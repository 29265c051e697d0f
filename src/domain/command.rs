//! What is asked of the Registrar, and what the Board decides before bytes are made of it.
//!
//! Commands come from a person through `rpc/`, or from `peers/` and the Registrar's own clock. What a
//! command carries was parsed and, where it was signed, verified at the door.

use bytes::Bytes;

use super::alarm::Noted;
use super::by_hand::DeliveredByHand;
use super::carry::CarryNoted;
use super::check::{CheckNoted, CheckToSend};
use super::digest::{CommandId, Digest, DraftId};
use super::duty::DutiesNoted;
use super::event::{
    AcceptedKeyList, Change, Contradiction, Event, Head, Leaf, Receipted, RegimeHeld, RevocationList, Stamp,
};
use super::message::{Dispatch, Message, Outcome, Outgoing, Receipt};
use super::party::{Incarnation, Party};
use super::people::Person;
use super::precedence::Precedence;
use super::refusal::FaultNamed;
use super::time::Instant;
use super::watch::AlertDue;

/// What is asked of the Registrar. The Board decides whether it happens.
#[derive(Clone, Debug)]
pub enum Command {
    /// With the stamp's id as the proposal's.
    Propose(Change),
    Confirm {
        proposal: CommandId,
        shown: ShownChange,
    },
    Drop(CommandId),
    /// A new draft, or a draft in place of the one with the same id.
    Draft {
        draft: DraftId,
        outgoing: Outgoing,
        bytes: Bytes,
    },
    ReturnDraft {
        draft: DraftId,
        digest: Digest,
        reason: String,
    },
    WithdrawDraft {
        draft: DraftId,
    },
    /// `outgoing` is what the draft's bytes on record say, `digest` what the releaser was shown.
    Release {
        draft: DraftId,
        digest: Digest,
        outgoing: Outgoing,
        faults: Vec<FaultNamed>,
        as_is: AsIs,
    },
    /// `of` is the message on record with the digest that `outgoing` acknowledges.
    Acknowledge {
        of: Digest,
        outgoing: Outgoing,
    },
    /// A console shows the message on record with this digest; `outgoing` tells its author so.
    Shown {
        of: Digest,
        outgoing: Outgoing,
    },
    /// A dispatch whose own signature by the peer was verified.
    Receive(Box<Delivery>),
    /// A proven receipt that was verified.
    TakeReceipt(Receipted),
    /// `judged_by_key_list` is the number of the other end's list under which the receipt did not verify: a
    /// newer one may have come since.
    DisputeReceipt {
        party: Party,
        lane: Precedence,
        serial: u64,
        receipt: Bytes,
        reason: String,
        judged_by_key_list: u32,
    },
    /// A head of the peer's ledger, its signature verified, with the leaves that were asked for.
    FollowHead(Head, Vec<Leaf>),
    /// A head of the peer's ledger, its signature verified, that contradicts the one followed before.
    RejectHead {
        head: Head,
        reason: String,
    },
    /// Our own head with the peer's cosignature, verified.
    TakeCosignature(Head),
    /// What the peer signed, and what contradicts it. The node finds that out as it takes a delivery or follows a head:
    /// an audit alone gives this, to have it judged again.
    Contradict {
        party: Party,
        proof: Contradiction,
    },
    /// A peer's next key list, verified under the one before.
    AcceptKeyList(AcceptedKeyList),
    /// A revocation list, verified under the Party's authority, newer than the one on record.
    AcceptRevocationList(RevocationList),
    /// In this hour something of the peer was not taken since its budget is spent.
    TurnAway {
        party: Party,
        hour: i64,
    },
    /// What a message refers to has not come for longer than `limits::REFERENCE_PATIENCE_MS`.
    NoteMissing {
        message: Digest,
        missing: Digest,
    },
    /// What a message or the clock does to duties, as whoever gives it worked it out.
    NoteDuties(Box<DutiesNoted>),
    ReadForAudit {
        what: String,
    },
    /// A part whose file is kept and was verified. By the node itself only if a peer's message names it.
    StorePart {
        salted_digest: Digest,
        bytes: u64,
    },
    ErasePart {
        salted_digest: Digest,
        reason: String,
    },
    /// The exact text of a regime, which was read without a fault.
    HoldRegime(RegimeHeld),
    /// With the stamp's id as the account's. Whoever gives it has seen that the message addresses the Party.
    RecordByHand(DeliveredByHand),
    /// A step of the watch plan that the clock says is due.
    Alert(AlertDue),
    /// What came of an alert, or an alarm.
    NoteAlarm(Noted),
    /// The officer who gives it leaves; `digest` is what they were shown to be open.
    OfferWatch {
        to: Person,
        digest: Digest,
    },
    /// By the officer to whom it was offered under this digest.
    TakeWatch {
        digest: Digest,
    },
    /// A check of a link, or an answer to one, that it is our turn to send.
    SendCheck(Box<CheckToSend>),
    /// What came of a check: of one by telephone or fax by a person, of all others by the node.
    NoteCheck(Box<CheckNoted>),
    /// A carry file was made, or is taken from here on. Whoever gives it has read the file.
    NoteCarry(Box<CarryNoted>),
}

impl Command {
    /// To confirm whatever is proposed under this id.
    pub fn confirm(proposal: CommandId) -> Command {
        Command::Confirm { proposal, shown: ShownChange::NotSaid }
    }
}

/// What whoever confirms a proposal was shown of it.
#[derive(Clone, PartialEq, Debug)]
pub enum ShownChange {
    /// Nobody says.
    NotSaid,
    /// This change: no other is confirmed.
    Is(Box<Change>),
    /// None that was proposed under this id when the call came in.
    IsAnother,
}

/// Whether a releaser insists on a draft with faults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsIs {
    OnlyWithoutFaults,
    AsItIs,
}

/// What a peer delivered.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub peer: Party,
    pub dispatch: Dispatch,
    pub dispatch_digest: Digest,
    pub dispatch_signed: Bytes,
    pub dispatch_leaf: Digest,
    pub message_signed: Bytes,
    /// The message if it was found good; otherwise why it is refused for good.
    pub message: Result<Message, Outcome>,
    pub judged_by_key_list: u32,
    /// The record that says who took the carry file by which it came; `None` where it came over the link.
    pub carried_by: Option<u64>,
}

/// Who stands behind a command.
#[derive(Clone, Debug)]
pub enum Origin {
    Person(Stamp),
    /// The node itself: peers' traffic and the clock. Such commands need no id: serials, sizes and
    /// numbers already tell a second one from the first.
    Node,
}

/// A command of a person that is on record: what is kept of it, so that the same id again has the same answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answered {
    /// Digest of the command as the caller gave it.
    pub content: Digest,
    /// The record that holds what came of it.
    pub index: u64,
    /// When the caller said they gave it.
    pub at: Instant,
}

/// A decision, before bytes are made of it.
#[derive(Clone, Debug)]
pub enum Decided {
    Event(Event),
    /// To be signed as a message, with one dispatch for each slot.
    Release(ReleasePlan),
    /// To be given a receipt.
    Receive(Box<ReceivePlan>),
}

/// What is released, with all that is fixed before it is signed.
#[derive(Clone, Debug)]
pub struct ReleasePlan {
    pub draft: Option<DraftId>,
    pub message: Message,
    /// The number of our own list under which message and dispatches are signed.
    pub key_list: u32,
    /// One for each addressee that has a node.
    pub slots: Vec<Slot>,
}

/// All of a dispatch that is decided before the message has its digest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    pub to: Party,
    pub to_fingerprint: Digest,
    pub to_incarnation: Incarnation,
    pub serial: u64,
    pub place: u64,
    pub leaf_index: u64,
}

/// A delivery that is taken, with the receipt for it and what it is marked with.
#[derive(Clone, Debug)]
pub struct ReceivePlan {
    pub delivery: Delivery,
    pub receipt: Receipt,
    pub marks: Vec<String>,
}
