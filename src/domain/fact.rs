//! What the fold takes from the records that make up nearly all of a journal: drafts, messages out and in,
//! receipts. Numbers and digests, and of what a Party wrote only a drafter's name.
//!
//! Never here: a second opinion. The same facts are drawn from an event ([`Fact::of`]) and from its bytes
//! (`codec/plain.rs`), and the fold can't tell which it was given.

use super::adoption::Word;
use super::check::OfLink;
use super::command::Answered;
use super::content::Kind;
use super::digest::{CommandId, Digest, DraftId, ThreadId};
use super::event::{Event, Received};
use super::message::{
    ACKNOWLEDGEMENT, Dispatch, Message, Outgoing, Receipt, Relation, Traffic, tells_of_another,
};
use super::named::NamedInForm;
use super::party::Party;
use super::people::Person;
use super::precedence::Precedence;
use super::time::Instant;

/// A record of which the fold needs no more than this.
#[derive(Clone, PartialEq, Debug)]
pub struct Facts {
    pub index: u64,
    pub at: Instant,
    pub command: Option<(CommandId, Answered)>,
    pub facts: Vec<Fact>,
}

/// What the fold takes from one event.
#[derive(Clone, PartialEq, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every record has one fact: a box is an allocation more"
)]
pub enum Fact {
    Drafted {
        draft: DraftId,
        /// SHA-256 of the draft's bytes.
        digest: Digest,
        drafter: Person,
        thread: ThreadId,
    },
    Released {
        draft: Option<DraftId>,
        message: Gist,
        digest: Digest,
        /// Each with the leaf hash of its exact bytes.
        dispatches: Vec<(Dispatch, Digest)>,
    },
    Received(Taken),
    Receipted {
        party: Party,
        receipt: Receipt,
        leaf: Digest,
    },
}

/// A dispatch that came in, as the fold takes it.
#[derive(Clone, PartialEq, Debug)]
pub struct Taken {
    pub dispatch: Dispatch,
    pub dispatch_leaf: Digest,
    pub receipt: Receipt,
    pub receipt_leaf: Digest,
    /// What dispatch and message take of the hour's budget.
    pub bytes: u64,
    /// `None` where it was refused.
    pub message: Option<Gist>,
}

/// A message without what it says.
#[derive(Clone, PartialEq, Debug)]
pub struct Gist {
    pub author: Party,
    pub thread: ThreadId,
    pub released_at: Instant,
    pub precedence: Precedence,
    pub traffic: Traffic,
    /// As `Outgoing::parties`.
    pub parties: Vec<Party>,
    /// Of each addressee, as written; left empty where none names an office.
    pub offices: Vec<(Party, String)>,
    /// Of an acknowledgement: the key of its drafter, who read what it acknowledges.
    pub acknowledged_by: Option<Digest>,
    /// Of a content that this program knows.
    pub kind: Option<Kind>,
    /// It only tells what became of another: that it was read, or is shown.
    pub tells_of_another: bool,
    /// As `Outgoing::says_more`.
    pub says_more: bool,
    /// To messages whose digest is known.
    pub references: Vec<(Digest, Relation)>,
    pub named: NamedInForm,
    /// By salted digest, each with its size as stated.
    pub parts: Vec<(Digest, u64)>,
    /// What it does to who is bound by which rules; never a drill's.
    pub word: Option<Box<Word>>,
    /// The regime that it cites: its name, and the digest of its text.
    pub cites: Option<(String, Digest)>,
    /// It says of two threads whether they are one activity.
    pub is_same_activity: bool,
    /// What it says of a check of a link, or of an outage; never a drill's.
    pub of_link: Option<Box<OfLink>>,
    /// Where it says any such thing: the digest of its official number.
    pub number: Option<Digest>,
}

impl Fact {
    /// `None` for an event that the fold takes as it is.
    pub fn of(event: &Event) -> Option<Fact> {
        match event {
            Event::Drafted { draft, outgoing, bytes } => Some(Fact::Drafted {
                draft: *draft,
                digest: Digest::of(bytes),
                drafter: outgoing.drafter.clone(),
                thread: outgoing.thread,
            }),
            Event::Released(released) => Some(Fact::Released {
                draft: released.draft,
                message: Gist::of(&released.message, &released.named),
                digest: released.digest,
                dispatches: released.dispatches.clone(),
            }),
            Event::Received(received) => Some(Fact::Received(taken(received))),
            Event::Receipted(receipted) => Some(Fact::Receipted {
                party: receipted.party,
                receipt: receipted.receipt.clone(),
                leaf: receipted.leaf,
            }),
            Event::JournalOpened { .. }
            | Event::EpochOpened { .. }
            | Event::KeyListAccepted(_)
            | Event::RevocationListAccepted(_)
            | Event::ChangeProposed(_)
            | Event::ChangeConfirmed { .. }
            | Event::ChangeDropped { .. }
            | Event::DraftReturned { .. }
            | Event::DraftWithdrawn { .. }
            | Event::ReceiptDisputed { .. }
            | Event::HeadFollowed(..)
            | Event::HeadCosigned(_)
            | Event::HeadRejected { .. }
            | Event::Equivocated { .. }
            | Event::TurnedAway { .. }
            | Event::ReferenceMissing { .. }
            | Event::AuditRead { .. }
            | Event::PartStored { .. }
            | Event::PartErased { .. }
            | Event::RegimeHeld(_)
            | Event::DeliveredByHand(_)
            | Event::DutiesNoted(_)
            | Event::Alerted(_)
            | Event::WatchOffered(_)
            | Event::WatchTaken { .. }
            | Event::AlarmNoted(_)
            | Event::CheckNoted(_)
            | Event::CarryNoted(_) => None,
        }
    }
}

fn offices(draft: &Outgoing) -> Vec<(Party, String)> {
    let all = || draft.action.iter().chain(&draft.information);
    if all().all(|addressee| addressee.office.is_empty()) {
        return Vec::new();
    }
    all().map(|addressee| (addressee.party, addressee.office.clone())).collect()
}

fn taken(received: &Received) -> Taken {
    let bytes = received.dispatch_signed.len().saturating_add(received.message_signed.len());
    Taken {
        dispatch: received.dispatch.clone(),
        dispatch_leaf: received.dispatch_leaf,
        receipt: received.receipt.clone(),
        receipt_leaf: received.receipt_leaf,
        bytes: bytes as u64,
        message: received.message.as_ref().map(|message| Gist::of(message, &received.named)),
    }
}

impl Gist {
    fn of(message: &Message, named: &NamedInForm) -> Gist {
        let draft = &message.draft;
        Gist {
            author: message.author,
            thread: draft.thread,
            released_at: message.released_at,
            precedence: draft.precedence,
            traffic: draft.traffic,
            parties: draft.parties(),
            offices: offices(draft),
            acknowledged_by: (draft.kind == ACKNOWLEDGEMENT).then_some(draft.drafter.key_digest),
            kind: Kind::from_name(&draft.kind),
            tells_of_another: tells_of_another(&draft.kind),
            says_more: draft.says_more,
            references: draft
                .references
                .iter()
                .filter_map(|reference| Some((reference.message?, reference.relation)))
                .collect(),
            named: named.clone(),
            parts: draft.parts.iter().map(|part| (part.salted_digest, part.bytes)).collect(),
            word: match draft.traffic {
                Traffic::Real => draft.word.clone(),
                Traffic::Drill => None,
            },
            cites: draft.regime.as_ref().map(|cited| (cited.name.clone(), cited.digest)),
            is_same_activity: draft.kind == Kind::SameActivity.name(),
            of_link: match draft.traffic {
                Traffic::Real => draft.of_link.clone(),
                Traffic::Drill => None,
            },
            number: draft.of_link.is_some().then(|| Digest::of(message.number.as_bytes())),
        }
    }
}
