//! A Party whose node is not heard, as a person is told it.
//!
//! Never here: when a node counts as not heard: the own node says it.

use super::console::seconds;
use crate::domain::text::shown;

/// Since when, by the instant at which it was last heard (ms since 1970); 0 for not since the own node started.
pub(super) fn not_heard(party: &str, heard_at_ms: i64) -> String {
    let since = match heard_at_ms {
        0 => "this node started".to_owned(),
        at => seconds(at),
    };
    format!("{} NOT HEARD since {since}", shown(party))
}
