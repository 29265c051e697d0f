//! Carry files on the Board: that one was made or taken here, and by which records that is found again.
//!
//! Never here: what a file brings. Each dispatch and receipt of it is decided like one that came over the link.

use super::Board;
use super::decide::{Decision, happened};
use crate::domain::carry::CarryNoted;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::text::is_unsafe_to_show;
use crate::limits;

impl Board {
    pub(super) fn note_carry(&self, noted: &CarryNoted) -> Decision {
        self.known_link(noted.with)?;
        let most = limits::CARRY_WAY_BYTES_MAX;
        if noted.way.len() > most || noted.way.chars().any(is_unsafe_to_show) {
            let rule = format!("one line of at most {most} bytes, without control characters");
            return Err(Refusal::Field { field: "way", rule }.into());
        }
        happened(Event::CarryNoted(Box::new(noted.clone())))
    }

    pub(super) fn carry_noted(&mut self, index: u64) {
        self.carried.insert(index);
        if self.carried.len() > limits::CARRIED_KEPT_MAX {
            self.carried.remove_min();
        }
    }
}
