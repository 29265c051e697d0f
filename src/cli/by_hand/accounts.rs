//! What was stated of a delivery by hand, as a person reads it and as a program does.
//!
//! Never here: anything that could be taken for a receipt. Each line says that it is our own account.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::cli::json;
use crate::cli::message::rows;
use crate::codec::by_hand::{AccountByHand, recorded_from_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::by_hand::Says;
use crate::domain::text::shown;

/// What was stated of one addressee, in lines.
pub fn print_accounts(depth: usize, by_hand: &[calls::ByHand]) {
    for one in by_hand {
        let to = shown(&one.party);
        if one.accounts.is_empty() {
            rows::row(depth, &format!("To {to}"), "TO BE DELIVERED BY HAND, nothing on record yet");
        }
        for account in &one.accounts {
            match account.account.clone().map(recorded_from_proto) {
                Some(Ok(read)) => print_account(depth, &to, account, &read),
                Some(Err(_)) | None => rows::row(depth, &format!("To {to}"), "an account that can't be read"),
            }
        }
    }
}

fn print_account(depth: usize, to: &str, account: &calls::HandAccount, read: &AccountByHand) {
    let within = depth.saturating_add(1);
    match &read.account.says {
        Says::HandedOver(handed) => {
            let when = format!("{} ({})", handed.at.date_time_group(), shown(&handed.zone));
            rows::row(depth, &format!("To {to}"), &format!("BY HAND, by our own account, {when}"));
            rows::row(within, "Means", &shown(&handed.means));
            for (label, text) in [("Channel", &handed.channel), ("Note number", &handed.note_number)] {
                if !text.is_empty() {
                    rows::row(within, label, &shown(text));
                }
            }
            rows::row(within, "Handed over by", &shown(&handed.by));
            rows::row(within, "To", &shown(&handed.to));
            let scan = handed.scan.map_or_else(|| "none".to_owned(), |scan| scan.to_string());
            rows::row(within, "Scan", &scan);
        }
        Says::TakenBack { reason } => {
            rows::row(depth, &format!("To {to}"), "NOT BY HAND: an account was a mistake");
            rows::row(within, "Reason", &shown(reason));
        }
    }
    rows::row(within, "Account", &hex::encode(read.id.0));
    if let Some(corrects) = read.account.corrects {
        rows::row(within, "In place of", &hex::encode(corrects.0));
    }
    let by = rows::person(&read.recorded_by);
    rows::row(within, "On record", &format!("{} by {by}", read.recorded_at));
    if !account.corrected_by.is_empty() {
        rows::row(within, "CORRECTED", &format!("by account {}", hex::encode(&account.corrected_by)));
    }
    for line in &account.lines {
        rows::row(within, "", &shown(line));
    }
}

/// The same for programs.
pub fn accounts_json(by_hand: &[calls::ByHand]) -> Value {
    by_hand
        .iter()
        .map(|one| {
            let accounts: Vec<Value> = one.accounts.iter().map(account_json).collect();
            json!({"party": one.party, "owed": one.owed, "accounts": accounts})
        })
        .collect()
}

fn account_json(account: &calls::HandAccount) -> Value {
    let Some(Ok(read)) = account.account.clone().map(recorded_from_proto) else { return Value::Null };
    let hexed = |bytes: &Bytes| (!bytes.is_empty()).then(|| hex::encode(bytes));
    let object = json!({
        "account": hex::encode(read.id.0),
        "corrects": read.account.corrects.map(|id| hex::encode(id.0)),
        "corrected_by": hexed(&account.corrected_by),
        "recorded_at_ms": read.recorded_at.0,
        "recorded_by": rows::person_json(&read.recorded_by),
        "lines": account.lines,
    });
    let says = match &read.account.says {
        Says::HandedOver(handed) => json!({"handed_over": {
            "means": handed.means, "channel": handed.channel, "note_number": handed.note_number,
            "by": handed.by, "to": handed.to, "at_ms": handed.at.0, "zone": handed.zone,
            "scan": handed.scan.map(|scan| scan.to_string()),
        }}),
        Says::TakenBack { reason } => json!({"taken_back": {"reason": reason}}),
    };
    json::with(object, says)
}
