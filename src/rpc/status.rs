//! The only file that makes a gRPC status: one kind of refusal, one code, one stable reason.
//!
//! Never here: a rule. Reasons (`google.rpc.ErrorInfo`, domain "detente") are for programs and never
//! change; sentences are for people. Nothing that a Party wrote is quoted.

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::peers::stranger::Stranger;
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

/// Known, but the method is not for this caller. Whether the method exists is not told.
pub fn not_permitted(caller: &Caller) -> Status {
    match caller {
        Caller::Person(_) => refusal(
            Code::PermissionDenied,
            "NOT_PERMITTED",
            "your roles on this node's roster do not include this; two custodians can change the roster",
        ),
        Caller::Peer(_) => {
            refusal(Code::PermissionDenied, "NOT_PERMITTED", "this is not for another Party's node")
        }
        Caller::PeerWithStaleList(_) => refusal(
            Code::PermissionDenied,
            "STALE_REVOCATION_LIST",
            "your authority's revocation list is absent here or expired; hand in a fresh one first",
        ),
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
