//! Days of the year by which something is owed: each is put on record once the day before it is over.
//!
//! Never here: what meets them.

use std::sync::Arc;

use imbl::OrdMap;

use super::records::of_opened;
use crate::domain::adoption::Words;
use crate::domain::board::Held;
use crate::domain::digest::Digest;
use crate::domain::duty::{DutiesNoted, Opened, opening_of_year, reserved};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::regime::Regime;
use crate::domain::regime::due::due_next;
use crate::domain::regime::duty::Trigger;
use crate::domain::time::Instant;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::RecordFault;
use crate::rpc::held::HeldRegimes;

type Adopters = OrdMap<Party, Arc<Words>>;
type Texts = OrdMap<Digest, Arc<Held>>;

/// When it was looked last, and what there was to look at.
#[derive(Default)]
pub(super) struct Years {
    seen: Option<(Adopters, Texts)>,
    next: Option<Instant>,
}

impl Years {
    /// When the next day is over.
    pub fn next(&self) -> Option<Instant> {
        self.next
    }

    /// What comes to be owed: nothing while nobody says anything new and no day is over.
    pub async fn fall_due(
        &mut self,
        head: &Head,
        journal: &Journal,
        own: Party,
        now: Instant,
    ) -> Result<Vec<DutiesNoted>, RecordFault> {
        let board = &head.board;
        let same = self
            .seen
            .as_ref()
            .is_some_and(|(words, regimes)| words.ptr_eq(&board.words) && regimes.ptr_eq(&board.regimes));
        if same && self.next.is_none_or(|next| now < next) {
            return Ok(Vec::new());
        }
        let held = HeldRegimes::at(head, journal);
        let mut opened = Vec::new();
        let mut next: Option<Instant> = None;
        for (digest, _) in board.regimes.iter().filter(|(_, held)| board.duties.is_held(&held.name)) {
            let Some(regime) = held.regime(*digest).await? else { continue };
            of_regime(head, (own, &regime), now, &mut opened);
            let days = regime.duties.values().filter_map(|rule| due_next(rule, now));
            let first = days.map(|(_, due)| due.due.plus_ms(1)).min();
            next = next.into_iter().chain(first).min();
        }
        let notes = of_opened(&opened);
        // Once nothing is left to open, this need not be looked at again.
        if notes.is_empty() {
            self.seen = Some((board.words.clone(), board.regimes.clone()));
            self.next = next;
        }
        Ok(notes)
    }
}

fn of_regime(head: &Head, (own, regime): (Party, &Regime), now: Instant, opened: &mut Vec<Opened>) {
    let board = &head.board;
    for other in board.links.keys().copied() {
        let bond = board.bond(own, other, &regime.head.name, now);
        let Some(bond) = bond.filter(|bond| bond.regime == regime.head.digest) else { continue };
        for (name, rule) in regime.duties.iter().filter(|(_, rule)| rule.trigger == Trigger::DayOfYear) {
            if reserved(&bond, &rule.ground.paragraph).is_some() {
                continue;
            }
            // The list of duties says so.
            if board.duties.open_with(other, Traffic::Real) >= limits::DUTIES_OPEN_PER_PARTY_MAX {
                continue;
            }
            for pair in [(own, other), (other, own)] {
                let new = opening_of_year(regime, (name, rule), pair, now);
                opened.extend(new.filter(|new| !board.duties.has(new)));
            }
        }
    }
}
