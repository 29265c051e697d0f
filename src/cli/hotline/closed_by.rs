//! Who regards a session as over, since when and with which remarks, and what each signs with whom, in words.
//!
//! Never here: whether two signed the same, which `page.rs` tells of both.

use serde_json::{Value, json};

use super::page::Sheet;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::text::{shown, shown_lines};
use crate::domain::time::Instant;

/// The last close of each.
pub(super) fn closes(sheet: &mut Sheet<'_>, whole: &calls::ShowSessionResponse) {
    for one in &whole.closes {
        let (party, number, at) = (shown(&one.party), shown(&one.number), Instant(one.released_at_ms));
        let (drafter, releaser) = (shown(&one.drafter), shown(&one.releaser));
        sheet.put(&format!(
            "Closed by {party} at {at}: {number}, drafted by {drafter}, released by {releaser}"
        ));
        if !one.came_by_file.is_empty() {
            sheet.put(&format!("     {}", shown(&one.came_by_file)));
        }
        for with in &one.signed {
            let party = shown(&with.party);
            let signs = match &with.transcript[..] {
                [] => "no transcript".to_owned(),
                digest => format!("{} of {} message(s)", hex::encode(digest), with.messages),
            };
            sheet.put(&format!("     signs with {party}: {signs}"));
        }
        if !one.remarks.is_empty() {
            sheet.put("     and says:");
            for text in shown_lines(&one.remarks) {
                sheet.quote(&text);
            }
        }
    }
}

pub(super) fn closes_json(whole: &calls::ShowSessionResponse) -> Value {
    let one = |one: &calls::ClosedBy| {
        let signed = one.signed.iter().map(|with| {
            json!({
                "party": with.party,
                "transcript": hex::encode(&with.transcript),
                "messages": with.messages,
            })
        });
        json!({
            "party": one.party,
            "message": hex::encode(&one.digest),
            "number": one.number,
            "drafter": one.drafter,
            "releaser": one.releaser,
            "released_at": Instant(one.released_at_ms).to_string(),
            "recorded_at": Instant(one.recorded_at_ms).to_string(),
            "remarks": one.remarks,
            "came_by_file": (!one.came_by_file.is_empty()).then_some(&one.came_by_file),
            "signed": signed.collect::<Vec<Value>>(),
        })
    };
    whole.closes.iter().map(one).collect()
}
