//! What the node did not work out, below a list of duties: so that nobody takes the list for all that is owed.
//!
//! Never here: a duty.

use serde_json::json;

use crate::cli::json;
use crate::cli::out::say;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::text::shown;
use crate::domain::time::Instant;

pub fn show(listed: &calls::ListDutiesResponse, as_json: bool) {
    for one in &listed.left_out {
        let digest = hex::encode(&one.message_digest);
        if as_json {
            let object = json!({
                "kind": "duties left out",
                "message_digest": digest,
                "says": one.says,
                "duties": one.duties,
                "unreadable": one.unreadable,
                "record": one.record,
                "recorded_at_ms": one.recorded_at_ms,
            });
            say!("{}", json::line(&object));
        } else {
            let at = Instant(one.recorded_at_ms);
            say!("LEFT OUT, message {digest}: {}; record {}, {at}", shown(&one.says), one.record);
        }
    }
    for says in &listed.full {
        if as_json {
            say!("{}", json::line(&json!({"kind": "duties full", "says": says})));
        } else {
            say!("LIMIT REACHED: {}", shown(says));
        }
    }
    let more = listed.left_out_more;
    if more > 0 && as_json {
        say!("{}", json::line(&json!({"kind": "duties left out more", "messages": more})));
    } else if more > 0 {
        say!("LEFT OUT: duties of {more} messages more, each on record");
    }
}
