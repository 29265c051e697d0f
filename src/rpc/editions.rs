//! Of a message that cites a regime, what keeps an addressee and the author from being bound by that very text: that
//! the one adopted another text, or the other did not adopt this one.
//!
//! Never here: who is bound (`domain/adoption/bond.rs`), a refusal.

use std::collections::BTreeSet;

use crate::codec::proto::detente::v1 as calls;
use crate::domain::adoption::Adopted;
use crate::domain::board::Board;
use crate::domain::party::Party;
use crate::domain::regime::Regime;
use crate::domain::time::Instant;

/// Of addressees that are not bound.
#[derive(Default)]
pub struct Unbound {
    /// Those that adopted another text, and not this one.
    pub others: Vec<calls::OtherEdition>,
    /// Those that adopted this one, as the author did not.
    pub not_by_author: Vec<String>,
    /// Of these, those towards which the author had it in force, and left it.
    pub left_by_author: Vec<String>,
}

/// By what is in force between each and the author, as far as it is known here: of what two others told each other
/// only what they told us.
pub fn unbound(
    board: &Board,
    regime: &Regime,
    author: Party,
    addressed: impl IntoIterator<Item = Party>,
    bound: &BTreeSet<Party>,
    at: Instant,
) -> Unbound {
    let mut found = Unbound::default();
    let Some(own) = board.own.map(|own| own.party) else { return found };
    let name = regime.head.name.as_str();
    let told = |party: Party, towards: Party| if party == own { towards } else { own };
    let adopted = |party: Party, towards: Party| -> Vec<Adopted> {
        let words = board.words.get(&party);
        words.map(|words| words.adopted(name, told(party, towards), at)).unwrap_or_default()
    };
    let left_by_author = |towards: Party| {
        let words = board.words.get(&author);
        words.is_some_and(|words| words.left((name, &regime.head.digest), told(author, towards), at))
    };
    let is_cited = |adopted: &Adopted| adopted.regime == regime.head.digest;
    for party in addressed.into_iter().filter(|party| *party != author && !bound.contains(party)) {
        let theirs = adopted(party, author);
        if !theirs.iter().any(is_cited) {
            let latest = theirs.iter().map(|one| one.edition).max();
            found
                .others
                .extend(latest.map(|edition| calls::OtherEdition { party: party.to_string(), edition }));
        } else if !adopted(author, party).iter().any(is_cited) {
            found.not_by_author.push(party.to_string());
            if left_by_author(party) {
                found.left_by_author.push(party.to_string());
            }
        }
    }
    found
}
