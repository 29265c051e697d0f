//! What is wrong with the draft of a word on rules, beside what is on record here: that it has no effect, or changes
//! nothing for now; and, of a draft and of a message on record, that it states an instant of the past.
//!
//! Never here: a refusal, or what the form says by itself (`forms.rs`). What was in force when a message came is not
//! asked: `regime parties` tells.

use super::Adoption;
use crate::domain::board::Board;
use crate::domain::content::Content;
use crate::domain::message::{Outgoing, Traffic};
use crate::domain::refusal::FaultNamed;
use crate::domain::time::Instant;

pub fn of_word(board: &Board, outgoing: &Outgoing, content: &Content) -> Vec<FaultNamed> {
    let mut found = Vec::new();
    if outgoing.traffic == Traffic::Drill && content.kind().is_word_on_rules() {
        let rule = "is a drill: it has no effect on who is bound, nor on what is applied";
        found.push(FaultNamed::new("heading.traffic", rule));
    }
    if let Content::Adoption(form) = content {
        found.extend(adoption(board, outgoing, form));
    }
    found
}

fn adoption(board: &Board, outgoing: &Outgoing, form: &Adoption) -> Vec<FaultNamed> {
    let Some(digest) = form.regime_digest.map(|digest| digest.0) else { return Vec::new() };
    let mut found = Vec::new();
    if !board.holds_regime(&digest, None) {
        let rule = "no text with this digest is held here: nothing can be checked by it until one is";
        found.push(FaultNamed::new("regime_digest", rule));
    }
    let Some(words) = board.own.and_then(|own| board.words.get(&own.party)) else { return found };
    let is_bound =
        |party: &_| words.adopted(&form.regime, *party, board.at).iter().any(|known| known.regime == digest);
    let bound: Vec<String> =
        outgoing.parties().into_iter().filter(is_bound).map(|party| party.to_string()).collect();
    if !bound.is_empty() && outgoing.traffic == Traffic::Real {
        let rule = format!(
            "this very text is adopted already towards {}: as long as that adoption is in force this one stands \
             beside it, and what it reserves or what is suspended of it changes nothing; each is left by a \
             regime.withdrawal of its own",
            bound.join(", ")
        );
        found.push(FaultNamed::new("regime_digest", rule));
    }
    found
}

/// That a word states an instant before its own release; of a draft, before now. The same at both ends.
pub fn beside_release(content: &Content, released_at: Instant) -> Option<FaultNamed> {
    let from = match content {
        Content::Adoption(form) => &form.from,
        Content::Suspension(form) => &form.from,
        Content::Resumption(form) => &form.from,
        Content::Withdrawal(form) => &form.from,
        _ => return None,
    };
    let is_past = from.instant().is_some_and(|from| from < released_at);
    is_past.then(|| FaultNamed::new("from", BEGINS_WHEN_TAKEN))
}

const BEGINS_WHEN_TAKEN: &str = "lies before the release: nothing is in force from then, but towards each addressee from \
                                 when its own receipt takes this message; `regime parties` says since when";
