//! The only file that makes a gRPC status: one kind of refusal, one code, one stable reason.
//!
//! Never here: a rule. Reasons (`google.rpc.ErrorInfo`, domain "detente") are for programs and never
//! change; sentences are for people. Nothing that a Party wrote is quoted.

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::codec::fault::{DecodeFault, Rule};
use crate::domain::board::Denied;
use crate::domain::people::Role;
use crate::domain::refusal::{FaultNamed, NotNow, Refusal};
use crate::journal::ReadFault;
use crate::journal::parts::PartFault;
use crate::limits;
use crate::peers::serve::ServeFault;
use crate::peers::stranger::Stranger;
use crate::replay::records::RecordFault;
use crate::rpc::caller::Caller;

/// The domain of every reason.
pub const DOMAIN: &str = "detente";

fn refusal(code: Code, reason: &'static str, sentence: impl Into<String>) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, std::collections::HashMap::new());
    Status::with_error_details(code, sentence, details)
}

/// The certificate does not stand, or no longer.
pub fn stranger(stranger: Stranger) -> Status {
    refusal(Code::Unauthenticated, stranger_reason(stranger), stranger.to_string())
}

/// The call did not come over a connection with a certificate: our own wiring is wrong.
pub fn no_connection() -> Status {
    refusal(
        Code::Unauthenticated,
        "NO_CONNECTION_IDENTITY",
        "the node does not know who calls; nothing was done",
    )
}

/// Known, but the method is not for this caller. A person of our own is told which of `roles` it takes; whether
/// a method exists that is for none, nobody is.
pub fn not_permitted(caller: &Caller, roles: &[Role]) -> Status {
    match caller {
        Caller::Person(_) => {
            let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
            let takes =
                if names.is_empty() { String::new() } else { format!(": it takes {}", names.join(" or ")) };
            refusal(
                Code::PermissionDenied,
                "NOT_PERMITTED",
                format!(
                    "your roles on this node's roster do not include this{takes}; two custodians can change the roster"
                ),
            )
        }
        Caller::Peer(_) => {
            refusal(Code::PermissionDenied, "NOT_PERMITTED", "this is not for another Party's node")
        }
        Caller::PersonWithStaleList(_) => refusal(
            Code::PermissionDenied,
            "STALE_REVOCATION_LIST",
            "this Party's own revocation list is absent or expired; a custodian or operator must submit a \
             fresh one first",
        ),
        Caller::PeerWithStaleList(_) => refusal(
            Code::PermissionDenied,
            "STALE_REVOCATION_LIST",
            "your authority's revocation list is absent here or expired; hand in a fresh one first",
        ),
        Caller::PeerWithUnlistedKey(_) => refusal(
            Code::PermissionDenied,
            "KEY_NOT_LISTED",
            "your TLS key is not in the newest of your key lists held here; hand in the later ones first",
        ),
    }
}

/// What the Board or the Registrar answers other than yes.
pub fn denied(denied: Denied) -> Status {
    match denied {
        Denied::Refused(Refusal::Faults(named)) => faults(&named),
        Denied::Refused(Refusal::Field { field: at, rule }) => field(at, rule),
        Denied::Refused(refused) => refusal(refusal_code(&refused), refused.reason(), refused.to_string()),
        Denied::NotNow(not_now) => refusal(not_now_code(not_now), not_now.reason(), not_now.to_string()),
        Denied::AlreadyDone { .. } => refusal(Code::AlreadyExists, "ALREADY_DONE", denied.to_string()),
    }
}

/// Each fault as a field violation (`google.rpc.BadRequest`), as many as a status can carry.
fn faults(named: &[FaultNamed]) -> Status {
    let refused = Refusal::Faults(named.to_vec());
    let mut details =
        ErrorDetails::with_error_info(refused.reason(), DOMAIN, std::collections::HashMap::new());
    let mut bytes: usize = 0;
    for (told, fault) in named.iter().enumerate() {
        bytes = bytes.saturating_add(fault.field.len()).saturating_add(fault.rule.len());
        if bytes > limits::FAULTS_IN_STATUS_BYTES_MAX {
            let left = named.len().saturating_sub(told);
            details.add_bad_request_violation("", format!("and {left} more: showing the draft lists them"));
            break;
        }
        details.add_bad_request_violation(fault.field.clone(), fault.rule.clone());
    }
    Status::with_error_details(refusal_code(&refused), refused.to_string(), details)
}

/// A field of the call that can't be read, or breaks a rule. Nothing was done.
pub fn field(field: &str, rule: impl std::fmt::Display) -> Status {
    field_with(field, rule, std::collections::HashMap::new())
}

/// More of it than a bound allows. The bound stands in the sentence for people, and for programs as `at_most` and
/// `of` among the metadata of the reason.
pub fn at_most(field: &str, most: usize, of: &'static str) -> Status {
    let told = [("at_most".to_owned(), most.to_string()), ("of".to_owned(), of.to_owned())];
    field_with(field, Rule::AtMost { most, of }, told.into())
}

fn field_with(
    field: &str,
    rule: impl std::fmt::Display,
    told: std::collections::HashMap<String, String>,
) -> Status {
    let mut details = ErrorDetails::with_error_info("FIELD", DOMAIN, told);
    details.add_bad_request_violation(field, rule.to_string());
    Status::with_error_details(Code::InvalidArgument, format!("field {field}: {rule}"), details)
}

pub fn decode(fault: DecodeFault) -> Status {
    match fault.rule {
        Rule::Says(rule) => field(fault.field, rule),
        Rule::AtMost { most, of } => at_most(fault.field, most, of),
    }
}

/// What was asked for is not here.
pub fn not_found(what: &'static str) -> Status {
    refusal(Code::NotFound, "NOT_FOUND", format!("there is no such {what} on record here"))
}

/// It works whether the node still runs or not.
const TELL: &str = "tell whoever runs the node: `detente audit export --from DIRECTORY --out FILE`, then \
                    `detente audit verify --file FILE`, name the first record that fails";

/// The journal can't be read right now, or not as it was. Nothing was done.
pub fn record(fault: RecordFault) -> Status {
    match fault {
        RecordFault::NoSuchRecord { .. } | RecordFault::NoSuchMessage { .. } => not_found("record"),
        RecordFault::Journal(ReadFault::Gone { position, .. }) => refusal(
            Code::DataLoss,
            "RECORD_UNREADABLE",
            format!("the journal's entry at position {position} is no longer there; {TELL}"),
        ),
        RecordFault::Journal(ReadFault::Unreadable { .. }) => refusal(
            Code::Unavailable,
            "JOURNAL",
            "the journal can't be read; tell whoever runs the node: `detente doctor DIRECTORY` says why",
        ),
        RecordFault::Journal(ReadFault::Unanswered { .. }) => {
            refusal(Code::Unavailable, "JOURNAL", "the journal does not answer; ask again")
        }
        RecordFault::Unreadable { index, .. } => {
            refusal(Code::DataLoss, "RECORD_UNREADABLE", format!("record {index} can't be read; {TELL}"))
        }
    }
}

/// A part that is not kept, or can't be given. Nothing was put on record.
pub fn part(fault: &PartFault) -> Status {
    match fault {
        PartFault::Absent => not_found("part"),
        PartFault::TooLarge => field("chunk", fault),
        PartFault::NoRoom => denied(NotNow::Space.into()),
        PartFault::Damaged => refusal(
            Code::DataLoss,
            "PART_DAMAGED",
            "the part's file is not what was kept, and is not given; another Party that has it may send it again",
        ),
        PartFault::Io(_) => {
            refusal(Code::Unavailable, "PARTS", "the directory of parts can't be used now; try again")
        }
    }
}

/// Erased by an act on record here.
pub fn part_erased() -> Status {
    refusal(Code::FailedPrecondition, "PART_ERASED", "this part was erased here, by an act on record")
}

/// The erasure is on record, and the file is still there.
pub fn part_not_removed() -> Status {
    refusal(
        Code::Unavailable,
        "PART_NOT_REMOVED",
        "the erasure is on record, but the file could not be removed yet; give the same command again, or \
         start the node again",
    )
}

/// The call did not come whole in time, or could not be answered in time.
pub fn too_slow() -> Status {
    refusal(
        Code::DeadlineExceeded,
        "CALL_TOO_SLOW",
        "the call did not arrive whole, or could not be answered, in time; safe to send again with the same id",
    )
}

/// As many parts are under way as there may be.
pub fn parts_busy() -> Status {
    refusal(Code::ResourceExhausted, "PARTS_BUSY", "too many parts are under way; try again")
}

/// The next piece of a part did not come in time.
pub fn part_stalled() -> Status {
    refusal(Code::DeadlineExceeded, "PART_STALLED", "the next piece did not come in time; nothing was kept")
}

/// The next piece of a carry file did not come in time.
pub fn carry_stalled() -> Status {
    refusal(Code::DeadlineExceeded, "CARRY_STALLED", "the next piece did not come in time; nothing was taken")
}

/// A carry file was not read to its end in time.
pub fn carry_not_read() -> Status {
    let rule = "the file was not read to its end in time: what came of it is not the whole file";
    refusal(Code::DeadlineExceeded, "CARRY_NOT_READ", rule)
}

/// Over the link it is "not now". A person may know better.
pub fn carry_not_compared() -> Status {
    refusal(
        Code::FailedPrecondition,
        "NOT_COMPARED",
        "nothing was done: since this node started, the other end has not shown what it holds, and an older copy of \
         this node's directory would contradict what was signed before; whoever knows that it is no older copy gives \
         the command with --not-compared",
    )
}

/// Why a peer gets no answer that it could use.
pub fn serve(fault: ServeFault) -> Status {
    match fault {
        // Where it is in our journal is nothing for a peer.
        ServeFault::Record(RecordFault::Unreadable { .. } | RecordFault::Journal(ReadFault::Gone { .. })) => {
            refusal(Code::DataLoss, "RECORD_UNREADABLE", "a record can't be read")
        }
        ServeFault::Record(fault) => record(fault),
        ServeFault::Denied(fault) => denied(fault),
        ServeFault::NoSuchParty => not_found("Party"),
        ServeFault::Unusable(what) => {
            refusal(Code::FailedPrecondition, "UNUSABLE", format!("the {what} can't be used"))
        }
        ServeFault::Held => refusal(Code::FailedPrecondition, "LINK_HELD", fault.to_string()),
    }
}

/// The number is that of the officer's first acknowledgement, one of our own.
pub fn acknowledged_before(number: &str) -> Status {
    let sentence = format!(
        "you acknowledged this message before, as {number}: that stands; another officer may acknowledge it too"
    );
    refusal(Code::FailedPrecondition, "ACKNOWLEDGED_BEFORE", sentence)
}

/// Our own failure: what is safe is in the sentence.
pub fn ours(reason: &'static str, sentence: &'static str) -> Status {
    refusal(Code::Internal, reason, sentence)
}

fn refusal_code(refused: &Refusal) -> Code {
    match refused {
        Refusal::Field { .. } | Refusal::IdTooOld | Refusal::IdFromTheFuture => Code::InvalidArgument,
        Refusal::IdReused | Refusal::PartyKnown => Code::AlreadyExists,
        Refusal::NoSuchDraft
        | Refusal::NoSuchProposal
        | Refusal::NoSuchMessage
        | Refusal::NoSuchParty(_)
        | Refusal::NoSuchOffer => Code::NotFound,
        Refusal::SamePerson(_)
        | Refusal::SameCustodian
        | Refusal::NotPermitted
        | Refusal::NotOnWatch
        | Refusal::OtherOffice { .. } => Code::PermissionDenied,
        Refusal::TooMany { .. } => Code::ResourceExhausted,
        // Not for a console to give again by itself: the officer hears it, and may choose another precedence.
        Refusal::FlashDrafts { .. } => Code::FailedPrecondition,
        Refusal::DraftChanged
        | Refusal::DraftReturned
        | Refusal::Faults(_)
        | Refusal::OwnMessage
        | Refusal::AcknowledgedBefore { .. }
        | Refusal::PartyIntroduced
        | Refusal::OtherFingerprint
        | Refusal::CodeSpokenFor
        | Refusal::KeyListDoesNotFollow
        | Refusal::NotThisLink
        | Refusal::SerialNotNext { .. }
        | Refusal::Equivocation
        | Refusal::NoContradiction
        | Refusal::NotOwed
        | Refusal::HeadNotNew
        | Refusal::HeadDoesNotAddUp
        | Refusal::NotOpen
        | Refusal::AlertNotDue
        | Refusal::WatchChanged
        | Refusal::NothingToNote
        | Refusal::TooFewCustodians
        | Refusal::ProposerNoCustodian => Code::FailedPrecondition,
    }
}

fn not_now_code(not_now: NotNow) -> Code {
    match not_now {
        NotNow::Budget | NotNow::Inbox | NotNow::Space => Code::ResourceExhausted,
        NotNow::KeyList
        | NotNow::NotCompared
        | NotNow::Journal
        | NotNow::Stopped
        | NotNow::StandsBy
        | NotNow::KeyMissing => Code::Unavailable,
    }
}

fn stranger_reason(stranger: Stranger) -> &'static str {
    match stranger {
        Stranger::NoCertificate => "NO_CERTIFICATE",
        Stranger::Unreadable => "CERTIFICATE_UNREADABLE",
        Stranger::UnknownAuthority => "UNKNOWN_AUTHORITY",
        Stranger::OtherParty => "OTHER_PARTY",
        Stranger::Expired => "CERTIFICATE_EXPIRED",
        Stranger::NotYetValid => "CERTIFICATE_NOT_YET_VALID",
        Stranger::WrongPurpose => "CERTIFICATE_WRONG_PURPOSE",
        Stranger::Revoked => "CERTIFICATE_REVOKED",
        Stranger::StaleList => "STALE_REVOCATION_LIST",
        Stranger::NotOnRoster => "NOT_ON_ROSTER",
        Stranger::OtherName => "OTHER_NAME_ON_ROSTER",
        Stranger::NotInKeyList => "NOT_IN_KEY_LIST",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_can_not_be_read_is_named_to_our_own_with_what_to_run_and_to_no_peer() {
        let unreadable = || RecordFault::Unreadable { index: 7, fault: DecodeFault::new("", "x") };
        let gone = || RecordFault::Journal(ReadFault::Gone { position: 7, why: "x".into() });
        for fault in [unreadable(), gone()] {
            let status = record(fault);
            assert_eq!(status.code(), Code::DataLoss);
            assert!(status.message().contains(" 7 "), "{}", status.message());
            assert!(status.message().contains("`detente audit export --from DIRECTORY --out FILE`"));
        }
        for fault in [unreadable(), gone()] {
            let status = serve(ServeFault::Record(fault));
            assert_eq!((status.code(), status.message()), (Code::DataLoss, "a record can't be read"));
        }
    }
}
