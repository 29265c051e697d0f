//! What is wrong with the draft of a word on rules, beside what is on record here: that it has no effect, or changes
//! nothing for now; and, of a draft and of a message on record, that it states an instant of the past.
//!
//! Never here: a refusal, or what the form says by itself (`forms.rs`). What was in force when a message came is not
//! asked: `regime parties` tells.

use std::collections::{BTreeMap, BTreeSet};

use super::{Adoption, Suspension, Withdrawal, Word, Words};
use crate::domain::board::Board;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::form::MessageReference;
use crate::domain::message::{Outgoing, Traffic};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::FaultNamed;
use crate::domain::time::Instant;

/// What is wrong with a word on rules, by what is on record.
pub fn of_word(board: &Board, outgoing: &Outgoing, content: &Content) -> Vec<FaultNamed> {
    let mut found = Vec::new();
    if outgoing.traffic == Traffic::Drill && content.kind().is_word_on_rules() {
        let rule = "is a drill: it has no effect on who is bound, nor on what is applied";
        found.push(FaultNamed::new("heading.traffic", rule));
    }
    if let Content::Adoption(form) = content {
        found.extend(adoption(board, outgoing, form));
    }
    if let Content::Suspension(Suspension { adoption, .. })
    | Content::Withdrawal(Withdrawal { adoption, .. }) = content
    {
        found.extend(of_replaced(board, outgoing, adoption));
    }
    found
}

/// That a word is about an adoption which has no effect any more.
fn of_replaced(board: &Board, outgoing: &Outgoing, adoption: &MessageReference) -> Option<FaultNamed> {
    let digest = adoption.message_digest?.0;
    let words = board.own.and_then(|own| board.words.get(&own.party))?;
    let Word::Adopts { regime, .. } = &words.get(&digest)?.word else { return None };
    let is_replaced = |party: &Party| words.replaced(regime, *party, board.at).contains_key(&digest);
    let towards: Vec<String> =
        outgoing.parties().into_iter().filter(is_replaced).map(|party| party.to_string()).collect();
    let parties = towards.join(", ");
    let rule =
        format!("towards {parties} another adoption of this text took its place: this has no effect there");
    (!towards.is_empty()).then(|| FaultNamed::new("adoption.message_digest", rule))
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
    let (bound, free): (Vec<Party>, Vec<Party>) = outgoing.parties().into_iter().partition(is_bound);
    if outgoing.traffic == Traffic::Drill {
        return found;
    }
    let replaced: Vec<String> =
        free.into_iter().filter_map(|party| not_in_force(board, words, (form, &digest), party)).collect();
    if !replaced.is_empty() {
        let rule = format!(
            "this very text is adopted already towards {}, and that is not in force: this one replaces it, with all \
             that it reserves, towards each that takes it before then; towards one that takes it later it changes \
             nothing",
            replaced.join(", ")
        );
        found.push(FaultNamed::new("regime_digest", rule));
    }
    let beside = beside(words, outgoing, (form, &digest), board.at);
    if !beside.is_empty() {
        let rule = format!(
            "another text of this regime stands adopted, and is not left by this: {}. Until each is left by a \
             regime.withdrawal of its own, both bind where both ends adopted both, each with what was reserved to it; a \
             message and its duties go by the text that it cites, a day of the year by the one that came to bind the \
             two last",
            beside.join(", ")
        );
        found.push(FaultNamed::new("regime_digest", rule));
    }
    if !bound.is_empty() {
        let rule = format!(
            "this very text is adopted already towards {}: as long as that adoption is in force this one stands \
             beside it, and what it reserves or what is suspended of it changes nothing; each is left by a \
             regime.withdrawal of its own",
            bound.iter().map(Party::to_string).collect::<Vec<_>>().join(", ")
        );
        found.push(FaultNamed::new("regime_digest", rule));
    }
    found
}

/// Other texts of the regime that are adopted already, and towards whom.
fn beside(
    words: &Words,
    outgoing: &Outgoing,
    (form, digest): (&Adoption, &Digest),
    at: Instant,
) -> Vec<String> {
    let mut towards: BTreeMap<(u64, Digest), Vec<String>> = BTreeMap::new();
    for party in outgoing.parties() {
        let in_force =
            words.adopted(&form.regime, party, at).into_iter().map(|one| (one.edition, one.regime));
        let told = words.announced(&form.regime, party, at).into_iter();
        let to_come = told.filter(|one| one.kind == Kind::Adoption).map(|one| (one.edition, one.regime));
        // Of one text adopted twice, once.
        let others: BTreeSet<(u64, Digest)> =
            in_force.chain(to_come).filter(|(_, text)| text != digest).collect();
        for other in others {
            towards.entry(other).or_default().push(party.to_string());
        }
    }
    let line = |((edition, text), parties): ((u64, Digest), Vec<String>)| {
        format!("edition {edition}, digest {}, towards {}", text.short(), parties.join(", "))
    };
    towards.into_iter().map(line).collect()
}

/// A Party towards whom the same text was adopted before and is not in force, and from when it will be.
fn not_in_force(
    board: &Board,
    words: &Words,
    (form, digest): (&Adoption, &Digest),
    party: Party,
) -> Option<String> {
    let announced = words.announced(&form.regime, party, board.at);
    if let Some(one) = announced.iter().find(|one| one.kind == Kind::Adoption && one.regime == *digest) {
        return Some(format!("{party} (from {})", one.from));
    }
    let link = board.link(party)?;
    let is_owed = |index: u64| {
        Precedence::FASTEST_FIRST
            .into_iter()
            .any(|lane| link.lane(lane).owed.values().any(|owed| *owed == index))
    };
    let is_on_its_way = words.said().any(|(_, said)| {
        matches!(&said.word, Word::Adopts { regime, digest: text, .. } if *regime == form.regime && text == digest)
            && is_owed(said.index)
    });
    is_on_its_way.then(|| format!("{party} (not taken there yet)"))
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
