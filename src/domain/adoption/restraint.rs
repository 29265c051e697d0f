//! What one Party does not apply towards another, of a text that binds the two: what it reserved or suspended,
//! by its own word.
//!
//! A provision is known by its text alone, letter by letter as the regime writes the paragraph, and names what
//! stands below it as well: the same as for duties (`regime/paragraphs.rs`). Never here: whether the other Party
//! need not apply it either. No word on record says so.

use std::collections::BTreeMap;

use super::{Addressees, Adopted, Bond, Seen};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::regime::Regime;
use crate::domain::regime::paragraphs::covers;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// One provision that a Party does not apply as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restraint {
    /// Whom it does not bind.
    pub by: Party,
    /// The paragraph, as its author wrote it: not safe to show. `None` for the text as a whole.
    pub provision: Option<String>,
    pub how: How,
    /// `None` where it is said by hand, with no node.
    pub spoken: Option<Spoken>,
    /// The regime's text was at hand, and no rule of it stands in that paragraph.
    pub names_none: bool,
}

/// In which way a paragraph does not bind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum How {
    /// For a time.
    Suspended,
    /// In the adoption itself: does not bind, or otherwise than written.
    Reserved,
}

/// The word that a restraint stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spoken {
    /// As far as it is seen: of a word of which we know only that it was told to us, whom it would be towards.
    pub towards: Party,
    pub since: Instant,
    /// `None` until it is resumed; of a reservation, as long as the adoption is in force.
    pub until: Option<Instant>,
    /// The message that says so.
    pub message: Digest,
    pub seen: Seen,
}

impl Restraint {
    /// Whether a rule on this paragraph is one of those that it is about.
    pub fn is_of(&self, paragraph: &str) -> bool {
        self.provision.as_ref().is_none_or(|provision| covers(provision, paragraph))
    }

    /// The same, held against the text that it is about.
    pub fn held_against(self, regime: &Regime) -> Restraint {
        let names_none = self.provision.as_deref().is_some_and(|provision| !regime.has_below(provision));
        Restraint { names_none, ..self }
    }

    /// What is said behind a line that rests on the paragraph. Safe to show.
    pub fn mark(&self) -> String {
        let Restraint { by, how, .. } = self;
        let whole = if self.provision.is_none() { "with the whole text " } else { "" };
        let (towards, until) = self.towards();
        format!("{whole}{} by {by}{towards}{until}: {}", how.word(), how.effect(*by))
    }

    /// What is said of it beside the regime. Safe to show.
    pub fn sentence(&self) -> String {
        let Restraint { by, how, .. } = self;
        let what = self.what();
        let (towards, until) = self.towards();
        let told = match self.spoken {
            Some(Spoken { seen: Seen::ToldEachOther, .. }) => ", as it told this Party".to_owned(),
            Some(Spoken { seen: Seen::AsToldHere, towards, .. }) => {
                format!(", as it told this Party, and not known here whether {towards} as well")
            }
            Some(Spoken { seen: Seen::AtBothEnds, .. }) | None => String::new(),
        };
        let none =
            if self.names_none { "; names no paragraph of this regime, so no line is marked" } else { "" };
        format!("{what} {} by {by}{towards}{until}{told}: {}{none}", how.word(), how.effect(*by))
    }

    /// Which provision, safe to show.
    pub fn what(&self) -> String {
        self.provision.as_ref().map_or_else(|| "the whole text".to_owned(), |text| shown(text))
    }

    fn towards(&self) -> (String, String) {
        let Some(spoken) = self.spoken else { return (String::new(), String::new()) };
        let until = match (self.how, spoken.until) {
            (How::Suspended, Some(until)) => format!(" until {until}"),
            (How::Suspended, None) | (How::Reserved, _) => String::new(),
        };
        // Of what it told this Party it is not known to whom else.
        let towards = match spoken.seen {
            Seen::AsToldHere => String::new(),
            Seen::AtBothEnds | Seen::ToldEachOther => format!(" towards {}", spoken.towards),
        };
        (towards, format!(" since {}{until}", spoken.since))
    }
}

impl How {
    pub fn word(self) -> &'static str {
        match self {
            How::Suspended => "suspended",
            How::Reserved => "reserved",
        }
    }

    fn effect(self, by: Party) -> String {
        match self {
            How::Suspended => format!("does not bind {by}"),
            How::Reserved => format!("does not bind {by}, or otherwise than written"),
        }
    }
}

impl Bond {
    /// What either of the two, named as they were when it was asked, does not apply towards the other: of each
    /// the whole text first, then by the text of the provision. Between two others each word is towards the other as far
    /// as it was read that it went there.
    pub fn restraints(&self, one: Party, other: Party, addressees: &Addressees) -> Vec<Restraint> {
        let seen = |message: &Digest, towards: Party| match self.seen {
            Seen::AtBothEnds => Seen::AtBothEnds,
            _ if addressees.name(message, towards) => Seen::ToldEachOther,
            Seen::ToldEachOther | Seen::AsToldHere => Seen::AsToldHere,
        };
        let mut all = self.one.restraints(one, other, seen);
        all.extend(self.other.restraints(other, one, seen));
        all
    }
}

impl Adopted {
    /// Each once: of several suspensions of one provision that which lasts longest counts, and of those the first.
    fn restraints(&self, by: Party, towards: Party, seen: impl Fn(&Digest, Party) -> Seen) -> Vec<Restraint> {
        let mut found: BTreeMap<(Option<String>, How), Spoken> = BTreeMap::new();
        for provision in &self.reservations {
            let (message, seen) = (self.message, seen(&self.message, towards));
            let spoken = Spoken { towards, since: self.since, until: None, message, seen };
            found.insert((Some(provision.clone()), How::Reserved), spoken);
        }
        for one in &self.suspended {
            let (message, seen) = (one.message, seen(&one.message, towards));
            let spoken = Spoken { towards, since: one.since, until: one.until, message, seen };
            let whole = one.provisions.is_empty().then_some(None);
            for provision in whole.into_iter().chain(one.provisions.iter().cloned().map(Some)) {
                found
                    .entry((provision, How::Suspended))
                    .and_modify(|known| {
                        if spoken.outlasts(known) {
                            *known = spoken;
                        }
                    })
                    .or_insert(spoken);
            }
        }
        let restraint = |((provision, how), spoken)| Restraint {
            by,
            provision,
            how,
            spoken: Some(spoken),
            names_none: false,
        };
        found.into_iter().map(restraint).collect()
    }
}

impl Spoken {
    fn outlasts(&self, other: &Spoken) -> bool {
        let key = |one: &Spoken| {
            let until = one.until.map_or(i64::MAX, |until| until.0);
            (std::cmp::Reverse(until), one.since, one.message)
        };
        key(self) < key(other)
    }
}
