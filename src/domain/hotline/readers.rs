//! Who has what of a session: what two have in common is looked at once for all who have the same of it.
//!
//! Never here: an answer that is another one for each of two who have the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::session::Spoken;
use crate::domain::party::Party;

/// What a Party has in common with one: the places of these, and who it is if it wrote any of them.
pub(super) type Has = (Vec<usize>, Option<Party>);

/// Of messages in their order, which of them each Party and that one both have.
pub(super) struct Readers {
    own: Party,
    had: BTreeMap<Party, Vec<usize>>,
    authors: BTreeSet<Party>,
}

impl Readers {
    pub fn of(said: &[&Arc<Spoken>], own: Party) -> Readers {
        let mut had: BTreeMap<Party, Vec<usize>> = BTreeMap::new();
        for (at, one) in said.iter().enumerate().filter(|(_, one)| one.is_had_by(own)) {
            let author = one.said.author;
            for party in one.to.iter().copied().filter(|party| *party != author).chain([author]) {
                had.entry(party).or_default().push(at);
            }
        }
        Readers { own, had, authors: said.iter().map(|one| one.said.author).collect() }
    }

    /// By it those of whom the same holds: very many may be addressed, of whom nobody ever says a word.
    pub fn has(&self, reader: Party) -> Has {
        let places = self.had.get(&reader).cloned().unwrap_or_default();
        // What one alone wrote is its own, also where others have the very same.
        let is_one = reader == self.own || self.authors.contains(&reader);
        (places, is_one.then_some(reader))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::Content;
    use crate::domain::hotline::made::{party, spoken};
    use crate::domain::hotline::{SessionOpening, SessionText};

    #[test]
    fn those_who_have_the_same_and_wrote_none_of_it_are_one_and_whoever_wrote_or_has_other_is_not() {
        let text = || Content::SessionText(SessionText::default());
        let all = [
            spoken(0, "BY", &["EE", "LT", "LV", "PL"], Content::SessionOpening(SessionOpening::default())),
            spoken(1, "PL", &["BY", "EE", "LT", "LV"], text()),
            spoken(2, "BY", &["LV"], text()),
        ]
        .map(Arc::new);
        let said: Vec<&Arc<Spoken>> = all.iter().collect();
        let readers = Readers::of(&said, party("BY"));
        let [by, ee, lt, lv, pl] = ["BY", "EE", "LT", "LV", "PL"].map(|code| readers.has(party(code)));
        assert_eq!((&ee, &lt), (&(vec![0, 1], None), &ee));
        assert_eq!(lv, (vec![0, 1, 2], None));
        assert_eq!(pl, (vec![0, 1], Some(party("PL"))));
        assert_eq!(by, (vec![0, 1, 2], Some(party("BY"))));
    }
}
