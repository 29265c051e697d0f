//! Messages that are about another one or carry it, held against whether that one is real or a drill.
//!
//! Never here: a refusal of what came. A message that is not here says nothing.

use super::originals::Originals;
use crate::codec::form;
use crate::codec::forwarded::{self, Opened};
use crate::domain::content::{Content, Kind};
use crate::domain::heading::{Is, named};
use crate::domain::message::{Outgoing, Traffic};
use crate::domain::party::Party;
use crate::domain::refusal::FaultNamed;
use crate::limits;
use crate::replay::records::RecordFault;

impl Originals<'_> {
    /// What is a drill says nothing of what is real, and the other way round. Of what a form only mentions it is
    /// not asked.
    ///
    /// # Errors
    /// As for `faults`.
    pub(super) async fn of_other_traffic(
        &self,
        outgoing: &Outgoing,
        content: &Content,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        if let Content::Forwarded(form) = content {
            let Opened::Message(original) = forwarded::open(form) else { return Ok(Vec::new()) };
            let rule = other_than(original.message.draft.traffic, outgoing.traffic, CARRIED);
            return Ok(rule.map(|rule| FaultNamed::that_stops("original", rule)).into_iter().collect());
        }
        let mut found = Vec::new();
        let about = named(content).into_iter().filter(|named| named.is != Is::Mentioned);
        for named in about.take(limits::NAMED_LOOKED_FOR_MAX) {
            let Some(there) = self.named(named.reference).await? else { continue };
            let there = there.message.draft.traffic;
            found.extend(match content {
                Content::Translation(_) => other_than(there, outgoing.traffic, CARRIED)
                    .map(|rule| FaultNamed::that_stops(named.field, rule)),
                _ => {
                    other_than(there, outgoing.traffic, ABOUT).map(|rule| FaultNamed::new(named.field, rule))
                }
            });
        }
        Ok(found)
    }

    /// What is said in a session is real or a drill as that is. What is not has no part in it.
    ///
    /// # Errors
    /// As for `faults`.
    pub(super) async fn faults_with_session(
        &self,
        outgoing: &Outgoing,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let board = &self.head.board;
        let session = board.thread(outgoing.thread).filter(|thread| thread.is_session());
        let (Some(session), Some(own)) = (session, board.own) else { return Ok(Vec::new()) };
        // By what is first on record here: another Party's times and places move nothing.
        let mut entries: Vec<_> = session.entries().map(|entry| (entry.index, entry.digest)).collect();
        entries.sort_unstable();
        for (_, message) in entries.into_iter().take(limits::SESSION_BEGINS_WITHIN_MAX) {
            let Some(there) = self.original(&message).await? else { continue };
            if !begins(&there.message.draft, own.party) {
                continue;
            }
            let rule = other_than(there.message.draft.traffic, outgoing.traffic, SESSION);
            return Ok(rule.map(|rule| FaultNamed::new("heading.traffic", rule)).into_iter().collect());
        }
        Ok(Vec::new())
    }
}

/// Whether a session may begin with it for this Party, as `domain/hotline/session.rs` has it.
fn begins(draft: &Outgoing, own: Party) -> bool {
    match Kind::from_name(&draft.kind) {
        Some(Kind::SessionOpening) => true,
        Some(kind @ Kind::SessionAddition) => {
            matches!(form::decode(kind, &draft.content), Ok(Content::SessionAddition(said)) if said.party == own.as_str())
        }
        _ => false,
    }
}

/// Where that one is real and this a drill, and the other way round.
struct Rules {
    real: &'static str,
    drill: &'static str,
}

const ABOUT: Rules = Rules {
    real: "is real, and this a drill: it would have no effect on that",
    drill: "is a drill, and this is real: it would have no effect on that",
};

/// What says the same once more is read as that.
const CARRIED: Rules = Rules {
    real: "is real, and this a drill: what is handed on or translated stays what it is",
    drill: "is a drill, and this is real: what is handed on or translated stays what it is",
};

const SESSION: Rules = Rules {
    real: "is drill, and the hotline session in this thread is real: this would have no part in it",
    drill: "is real, and the hotline session in this thread is a drill: this would have no part in it",
};

fn other_than(there: Traffic, here: Traffic, rules: Rules) -> Option<&'static str> {
    match (there, here) {
        (Traffic::Real, Traffic::Drill) => Some(rules.real),
        (Traffic::Drill, Traffic::Real) => Some(rules.drill),
        (Traffic::Real, Traffic::Real) | (Traffic::Drill, Traffic::Drill) => None,
    }
}
