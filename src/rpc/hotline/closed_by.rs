//! Who regards a session as over, since when and with which remarks, and what each signs with whom.
//!
//! Never here: whether two signed the same (`domain/hotline/close.rs`).

use std::collections::BTreeSet;

use super::beside::whole_or_none;
use super::told::Told;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::Content;
use crate::domain::hotline::session::{Session, Spoken};
use crate::domain::hotline::{AgreedWith, SessionClose};

/// The last close of each Party, by code.
pub(super) fn of(told: &Told, session: &Session) -> Vec<calls::ClosedBy> {
    let closes = session.closes.values().filter_map(|spoken| match &spoken.said.content {
        Content::SessionClose(form) => Some(close(told, session, spoken, form)),
        _ => None,
    });
    closes.collect()
}

/// The same for a console, which is not told what they sign.
pub(super) fn unsigned(told: &Told, session: &Session) -> Vec<calls::ClosedBy> {
    let mut closes = of(told, session);
    closes.iter_mut().for_each(|one| one.signed.clear());
    closes
}

fn close(told: &Told, session: &Session, spoken: &Spoken, form: &SessionClose) -> calls::ClosedBy {
    let said = &spoken.said;
    let envelope = told.envelopes.get(&said.message);
    let signed = once(&form.agreed, |party| session.is_present(party));
    calls::ClosedBy {
        party: said.author.to_string(),
        digest: said.message.0.to_vec().into(),
        number: said.number.clone(),
        drafter: envelope.map(|(message, _)| message.draft.drafter.name.clone()).unwrap_or_default(),
        releaser: envelope.map(|(message, _)| message.releaser.name.clone()).unwrap_or_default(),
        released_at_ms: said.released_at.0,
        recorded_at_ms: envelope.map_or(0, |(_, at)| at.0),
        remarks: whole_or_none(&form.remarks.0),
        signed: signed.into_iter().map(signed_with).collect(),
        came_by_file: told.came_by_file(&said.message),
    }
}

/// With each of these Parties the first, which is what counts: a message from outside may name whom and as many as it
/// likes.
fn once(agreed: &[AgreedWith], is_present: impl Fn(&str) -> bool) -> Vec<&AgreedWith> {
    let mut with = BTreeSet::new();
    agreed.iter().filter(|one| is_present(&one.party) && with.insert(one.party.as_str())).collect()
}

fn signed_with(one: &AgreedWith) -> calls::SignedWith {
    calls::SignedWith {
        party: one.party.clone(),
        transcript: one.transcript.map(|digest| digest.0.0.to_vec().into()).unwrap_or_default(),
        messages: one.messages.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_close_names_again_and_again_pushes_out_nothing_that_it_signs_with_another() {
        let agreed = ["XX", "BY", "BY", "BY", "PL"];
        let agreed = agreed.map(|party| AgreedWith { party: party.into(), ..AgreedWith::default() });
        let told: Vec<&str> =
            once(&agreed, |party| party != "XX").into_iter().map(|one| one.party.as_str()).collect();
        assert_eq!(told, ["BY", "PL"]);
    }
}
