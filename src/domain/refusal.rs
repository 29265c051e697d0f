//! "You may not, because …" and "not now": every answer other than yes, each with its sentence.
//!
//! Never here: what a Party wrote. A refusal names the field and the rule, not the content.

use super::party::Party;
use super::precedence::Precedence;

/// One thing that is wrong in a form, or unusual enough that the releaser must see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaultNamed {
    pub field: String,
    pub rule: String,
    pub stops: Stops,
}

/// Which releases a fault stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stops {
    /// Those that are not meant as the draft is.
    UnlessAsIs,
    /// Every one, until it is mended.
    Always,
}

impl FaultNamed {
    pub fn new(field: impl Into<String>, rule: impl Into<String>) -> FaultNamed {
        FaultNamed { field: field.into(), rule: rule.into(), stops: Stops::UnlessAsIs }
    }

    pub fn that_stops(field: impl Into<String>, rule: impl Into<String>) -> FaultNamed {
        FaultNamed { stops: Stops::Always, ..FaultNamed::new(field, rule) }
    }
}

fn faults_told(faults: &[FaultNamed]) -> String {
    let count = faults.len();
    if faults.iter().any(|fault| fault.stops == Stops::Always) {
        return format!(
            "the draft has {count} fault(s) that stop every release, as it is or not: mend them first"
        );
    }
    format!(
        "the draft has {count} fault(s); mend them, or release it as it is (`as_is`, on the command line `--as-is`)"
    )
}

/// Final: the caller's mistake, or the caller may not. Nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("field {field}: {rule}")]
    Field { field: &'static str, rule: String },
    #[error(
        "this command id was used before for other content, or by another person; choose a fresh id for a new intent"
    )]
    IdReused,
    #[error("this command is older than the days for which ids are kept; give it again with a fresh id")]
    IdTooOld,
    #[error("this command lies in the future by more than the clocks may differ")]
    IdFromTheFuture,
    #[error("no draft with this id is open")]
    NoSuchDraft,
    #[error("the draft has changed since it was shown: its digest is not the one named")]
    DraftChanged,
    #[error("the draft was returned to its drafter and is not ready for release")]
    DraftReturned,
    #[error(
        "who wrote a draft, or an earlier version of it, may not release it: {0} takes two persons at this Party"
    )]
    SamePerson(Precedence),
    #[error("{}", faults_told(.0))]
    Faults(Vec<FaultNamed>),
    #[error("no proposal with this id is open")]
    NoSuchProposal,
    #[error("a change needs two custodians: who proposed it may not confirm it")]
    SameCustodian,
    #[error("a change needs two custodians: who proposed it is none any more")]
    ProposerNoCustodian,
    #[error("the roster on record does not have this person in a role that includes this")]
    NotPermitted,
    #[error("no message with this digest is on record here")]
    NoSuchMessage,
    #[error("this message was sent by this Party; only what came from others is acknowledged")]
    OwnMessage,
    /// `index` is that of the record; its number is told to the officer (`rpc/acknowledgement.rs`).
    #[error(
        "you acknowledged this message before, in record {index}: that stands; another officer may acknowledge it \
         too"
    )]
    AcknowledgedBefore { index: u64 },
    #[error("no Party with the code {0} is known here")]
    NoSuchParty(Party),
    #[error("this Party is known here already")]
    PartyKnown,
    #[error(
        "this Party is known here by introduction: have its fingerprint compared with that (`party confirm`)"
    )]
    PartyIntroduced,
    #[error(
        "this is not the fingerprint of the Party that was introduced here under this code: the two are not \
         the same, and it stays unconfirmed; taking the right one's party file puts that in its place, while \
         the two have exchanged nothing signed"
    )]
    OtherFingerprint,
    #[error(
        "another one was introduced here under this code, and signed words were exchanged with it: within one \
         incarnation no second Party can take the code"
    )]
    CodeSpokenFor,
    #[error("the key list does not follow the newest one on record")]
    KeyListDoesNotFollow,
    #[error(
        "the dispatch is not from this peer to this Party, named by code and fingerprint, in their present \
         incarnations"
    )]
    NotThisLink,
    #[error("serial {expected} comes next on this lane")]
    SerialNotNext { expected: u64 },
    #[error("this contradicts what the peer signed before; both are on record")]
    Equivocation,
    #[error("this contradicts nothing that the peer is known to have signed before")]
    NoContradiction,
    #[error("nothing is owed under this lane and serial")]
    NotOwed,
    #[error("the head is not larger than the one on record")]
    HeadNotNew,
    #[error("the leaves do not add up to the head")]
    HeadDoesNotAddUp,
    /// `office` is of our own list, or of our own certificates.
    #[error(
        "this {what} belongs to another office ({office}): a person of that office, or one whose \
         certificate names no office, can do this"
    )]
    OtherOffice { what: &'static str, office: String },
    #[error("this message waits for no officer: it was acknowledged, or is not watched")]
    NotOpen,
    #[error("no such step of the watch plan is due for this message")]
    AlertNotDue,
    #[error("another officer has the watch of this desk: only who has it hands it over")]
    NotOnWatch,
    #[error("what is open has changed since it was shown: its digest is not the one named")]
    WatchChanged,
    #[error("no hand-over of the watch with this digest is offered to you")]
    NoSuchOffer,
    #[error("this is on record already, or is not so by what is on record")]
    NothingToNote,
    #[error("two custodians at least must remain")]
    TooFewCustodians,
    #[error("there are as many {what} as can be open at once ({most})")]
    TooMany { what: &'static str, most: usize },
    #[error(
        "as many FLASH drafts of this drafter were released in this hour as may be of one officer ({most}, \
         `proposal flash-limit`): nothing was done; the next hour, another drafter and every lower precedence are free"
    )]
    FlashDrafts { most: u64 },
}

impl Refusal {
    /// A stable word for programs; it never changes once it was released.
    pub fn reason(&self) -> &'static str {
        match self {
            Refusal::Field { .. } => "FIELD",
            Refusal::IdReused => "ID_REUSED",
            Refusal::IdTooOld => "ID_TOO_OLD",
            Refusal::IdFromTheFuture => "ID_FROM_THE_FUTURE",
            Refusal::NoSuchDraft => "NO_SUCH_DRAFT",
            Refusal::DraftChanged => "DRAFT_CHANGED",
            Refusal::DraftReturned => "DRAFT_RETURNED",
            Refusal::SamePerson(_) => "SAME_PERSON",
            Refusal::Faults(_) => "FAULTS",
            Refusal::NoSuchProposal => "NO_SUCH_PROPOSAL",
            Refusal::SameCustodian => "SAME_CUSTODIAN",
            Refusal::ProposerNoCustodian => "PROPOSER_NO_CUSTODIAN",
            Refusal::NotPermitted => "NOT_PERMITTED",
            Refusal::NoSuchMessage => "NO_SUCH_MESSAGE",
            Refusal::OwnMessage => "OWN_MESSAGE",
            Refusal::AcknowledgedBefore { .. } => "ACKNOWLEDGED_BEFORE",
            Refusal::NoSuchParty(_) => "NO_SUCH_PARTY",
            Refusal::PartyKnown => "PARTY_KNOWN",
            Refusal::PartyIntroduced => "PARTY_INTRODUCED",
            Refusal::OtherFingerprint => "OTHER_FINGERPRINT",
            Refusal::CodeSpokenFor => "CODE_SPOKEN_FOR",
            Refusal::KeyListDoesNotFollow => "KEY_LIST_DOES_NOT_FOLLOW",
            Refusal::NotThisLink => "NOT_THIS_LINK",
            Refusal::SerialNotNext { .. } => "SERIAL_NOT_NEXT",
            Refusal::Equivocation => "EQUIVOCATION",
            Refusal::NoContradiction => "NO_CONTRADICTION",
            Refusal::NotOwed => "NOT_OWED",
            Refusal::HeadNotNew => "HEAD_NOT_NEW",
            Refusal::HeadDoesNotAddUp => "HEAD_DOES_NOT_ADD_UP",
            Refusal::OtherOffice { .. } => "OTHER_OFFICE",
            Refusal::NotOpen => "NOT_OPEN",
            Refusal::AlertNotDue => "ALERT_NOT_DUE",
            Refusal::NotOnWatch => "NOT_ON_WATCH",
            Refusal::WatchChanged => "WATCH_CHANGED",
            Refusal::NoSuchOffer => "NO_SUCH_OFFER",
            Refusal::NothingToNote => "NOTHING_TO_NOTE",
            Refusal::TooFewCustodians => "TOO_FEW_CUSTODIANS",
            Refusal::TooMany { .. } => "TOO_MANY",
            Refusal::FlashDrafts { .. } => "FLASH_DRAFTS",
        }
    }
}

/// Safe to try again: nothing was changed, and the serial waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotNow {
    #[error("the budget of this link for the hour is spent")]
    Budget,
    #[error("the key list that this was signed under has not come yet")]
    KeyList,
    #[error("this node has just started, and the two ends have not compared their ledgers yet")]
    NotCompared,
    #[error("not on record, or not yet: safe to send again with the same id")]
    Journal,
    /// The Registrar has ended for good in this process: only a start can mend it.
    #[error(
        "nothing was done: this node no longer writes, because it ends or because its journal is not what it \
         was; whoever runs it sees which with `detente doctor DIRECTORY`"
    )]
    Stopped,
    #[error("too many commands are waiting")]
    Inbox,
    #[error(
        "another process writes this journal and this one stands by: nothing was put on record here; reading is safe, \
         and the same command with the same id may be given to the one that writes"
    )]
    StandsBy,
    #[error("a key that the key list in force calls for is not in this node's key directory")]
    KeyMissing,
    #[error("there is no room for this part now; nothing of it was kept")]
    Space,
}

impl NotNow {
    pub fn reason(&self) -> &'static str {
        match self {
            NotNow::Budget => "BUDGET",
            NotNow::KeyList => "KEY_LIST",
            NotNow::NotCompared => "NOT_COMPARED",
            NotNow::Journal => "JOURNAL",
            NotNow::Stopped => "STOPPED",
            NotNow::Inbox => "INBOX",
            NotNow::StandsBy => "STANDS_BY",
            NotNow::KeyMissing => "KEY_MISSING",
            NotNow::Space => "SPACE",
        }
    }
}
