//! An account of a delivery by hand as a sentence: what its maker states, and that nobody signs it.
//!
//! Never here: a judgement whether it was so.

use super::thread::person;
use crate::codec::by_hand::AccountByHand;
use crate::domain::by_hand::Says;
use crate::domain::party::Party;
use crate::domain::text::shown;

/// Safe to show.
pub(super) fn sentence(maker: Party, one: &AccountByHand) -> String {
    let said = &one.account;
    let id = hex::encode(one.id.0);
    let corrects = said.corrects.map(|id| format!(", in place of account {}", hex::encode(id.0)));
    let corrects = corrects.unwrap_or_default();
    let recorded = format!(
        "account {id}, put on record at {} by {}{corrects}",
        one.recorded_at,
        person(&one.recorded_by.name, &one.recorded_by.office)
    );
    match &said.says {
        Says::HandedOver(handed) => {
            let mut how = shown(&handed.means);
            if !handed.note_number.is_empty() {
                how.push_str(&format!(", note {}", shown(&handed.note_number)));
            }
            if !handed.channel.is_empty() {
                how.push_str(&format!(", channel {}", shown(&handed.channel)));
            }
            let scan =
                handed.scan.map_or_else(|| "no scan".into(), |scan| format!("scan {scan}, not in here"));
            format!(
                "by {maker}, and no receipt: that it was handed over to {}, to \"{}\" by \"{}\", at {} ({}): {how}; \
                 {scan} ({recorded})",
                said.party,
                shown(&handed.to),
                shown(&handed.by),
                handed.at,
                shown(&handed.zone),
            )
        }
        Says::TakenBack { reason } => format!(
            "by {maker}: that by an earlier account nothing was handed over to {}: {} ({recorded})",
            said.party,
            shown(reason)
        ),
    }
}
