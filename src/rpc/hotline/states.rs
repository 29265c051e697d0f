//! What became of a text at each of its addressees.
//!
//! Never here: one sign for two things. On record there, shown there, read there and answered are told apart.

use std::collections::BTreeMap;

use super::lines::name;
use super::told::Told;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::hotline::session::{Session, Spoken};
use crate::domain::party::Party;

/// What became of it at each addressee: what is about it is gone through once for all of them.
pub(super) fn of(told: &Told, session: &Session, spoken: &Spoken) -> Vec<calls::TextState> {
    let digest = &spoken.said.message;
    let (mut read, mut answered) = (BTreeMap::new(), BTreeMap::new());
    for (by, one) in told.reads_of(digest) {
        read.entry(by).or_insert(one);
    }
    for said in session.answers_to(digest).map(|one| &one.said) {
        answered.entry(said.author).or_insert(said.message);
    }
    let shown = told.shown(digest);
    let state = |party: &Party| {
        let not_known_here = spoken.said.author != told.own && *party != told.own;
        let mut state = calls::TextState { party: party.to_string(), not_known_here, ..Default::default() };
        if *party == told.own {
            state.on_record = true;
            state.on_record_ms = told.envelopes.get(digest).map_or(0, |(_, at)| at.0);
        }
        if let Some(receipt) = told.receipts.get(&(*digest, *party)) {
            receipt.tell(&mut state);
        }
        if let Some((console, at)) = shown.get(party) {
            state.shown_to = name(console);
            state.shown_at_ms = at.0;
        }
        if let Some(read) = read.get(party) {
            state.read_by = name(&read.officer.name);
            state.read_at_ms = read.read_at.0;
        }
        if let Some(answer) = answered.get(party) {
            state.answered_by = answer.0.to_vec().into();
        }
        state
    };
    spoken.to.iter().map(state).collect()
}
