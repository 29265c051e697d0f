//! Calls about rules between States: texts held here, words of Parties, who is bound to whom.
//!
//! Never here: what a rule asks (`domain/regime/`), or who is bound (the Board has it).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use bytes::Bytes;
use tonic::{Request, Response, Status};

use super::command::{self, digest_in, draft_id, give, not_what_was_asked, person};
use super::held::{HeldRegimes, held_in};
use super::{addressees, draft, status};
use crate::codec::heading::Given;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::regime_service_server::{RegimeService, RegimeServiceServer};
use crate::codec::regime::built_in;
use crate::codec::restraint;
use crate::domain::adoption::{Addressees, Adopted, Announced, Bond, Nature, Seen, Since, Suspended, Word};
use crate::domain::board::Board;
use crate::domain::command::Command;
use crate::domain::digest::Digest;
use crate::domain::event::{LaysDown, RegimeHeld};
use crate::domain::function::{OnRecord, Term};
use crate::domain::party::Party;
use crate::domain::regime::paragraphs::covers;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::Registrar;

/// Reads from heads, gives commands to the Registrar.
pub struct RegimeCalls {
    pub registrar: Registrar,
}

#[tonic::async_trait]
impl RegimeService for RegimeCalls {
    async fn hold(&self, call: Request<calls::HoldRequest>) -> Result<Response<calls::HoldResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("RegimeService/Hold", asked.command.as_ref(), &asked, &caller)?;
        let head = self.registrar.head();
        let read = HeldRegimes::at(&head, &self.registrar.journal).parse(&asked.text).await;
        let read = read.map_err(status::record)?.map_err(|fault| status::field("text", &fault))?;
        let held = RegimeHeld {
            name: read.head.name,
            edition: read.head.edition,
            digest: Digest::of(&asked.text),
            text: asked.text,
            numbering: read.number.map(|number| number.numbering),
            duties: if read.duties.is_empty() { LaysDown::NoDuties } else { LaysDown::Duties },
        };
        let record = give(&self.registrar, Command::HoldRegime(held), origin).await?;
        let held = held_in(&record).ok_or_else(not_what_was_asked)?;
        let on_board = self.registrar.head().board.regimes.get(&held.digest).cloned();
        Ok(Response::new(calls::HoldResponse {
            digest: held.digest.0.to_vec().into(),
            number_pattern: on_board.map(|held| held.number_pattern()).unwrap_or_default(),
            built_in_namesake: namesake(&held.name, &held.digest),
        }))
    }

    async fn list_held(
        &self,
        _call: Request<calls::ListHeldRequest>,
    ) -> Result<Response<calls::ListHeldResponse>, Status> {
        let head = self.registrar.head();
        let mut regimes: Vec<calls::HeldRegime> = head
            .board
            .regimes
            .iter()
            .map(|(digest, held)| calls::HeldRegime {
                name: held.name.clone(),
                edition: held.edition,
                digest: digest.0.to_vec().into(),
                number_pattern: held.number_pattern(),
                built_in_namesake: namesake(&held.name, digest),
            })
            .collect();
        regimes.sort_by(|a, b| (&a.name, a.edition, &a.digest).cmp(&(&b.name, b.edition, &b.digest)));
        Ok(Response::new(calls::ListHeldResponse { regimes }))
    }

    async fn show_text(
        &self,
        call: Request<calls::ShowTextRequest>,
    ) -> Result<Response<calls::ShowTextResponse>, Status> {
        let digest = digest_in(&call.get_ref().digest)?;
        let head = self.registrar.head();
        let text = HeldRegimes::at(&head, &self.registrar.journal).text(digest).await;
        let text = text.map_err(status::record)?;
        let text = text.ok_or_else(|| {
            status::field(
                "digest",
                "no regime with this digest is held here; `detente regime hold` puts one on record",
            )
        })?;
        Ok(Response::new(calls::ShowTextResponse { text }))
    }

    async fn draft_word(
        &self,
        call: Request<calls::DraftWordRequest>,
    ) -> Result<Response<calls::DraftWordResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("RegimeService/DraftWord", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let id = draft_id(&asked.draft)?;
        let (digest, faults) =
            draft::put(&self.registrar, origin, &caller, id, asked.heading, content).await?;
        Ok(Response::new(calls::DraftWordResponse { digest: digest.0.to_vec().into(), faults }))
    }

    async fn draft_formatted(
        &self,
        call: Request<calls::DraftFormattedRequest>,
    ) -> Result<Response<calls::DraftFormattedResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin =
            command::origin("RegimeService/DraftFormatted", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let id = draft_id(&asked.draft)?;
        let (digest, faults) =
            draft::put(&self.registrar, origin, &caller, id, asked.heading, content).await?;
        Ok(Response::new(calls::DraftFormattedResponse { digest: digest.0.to_vec().into(), faults }))
    }

    async fn list_adopters(
        &self,
        call: Request<calls::ListAdoptersRequest>,
    ) -> Result<Response<calls::ListAdoptersResponse>, Status> {
        let asked = call.into_inner();
        if asked.regime.len() > limits::LINE_BYTES_MAX {
            return Err(status::at_most("regime", limits::LINE_BYTES_MAX, "bytes"));
        }
        let head = self.registrar.head();
        let now = self.registrar.clock.now();
        let at = asked.as_of_ms.map_or(now, Instant);
        let mut addressees = Addressees::default();
        let records = head.records(&self.registrar.journal);
        addressees::read(&head, &records, &asked.regime, at, &mut addressees)
            .await
            .map_err(status::record)?;
        let mut answer = adopters(&head.board, &asked.regime, at, &addressees);
        let held = HeldRegimes::at(&head, &self.registrar.journal);
        for bond in answer.bonds.iter_mut().filter(|bond| !bond.restraints.is_empty()) {
            let Some(digest) = Digest::from_slice(&bond.regime_digest) else { continue };
            let Some(regime) = held.regime(digest).await.map_err(status::record)? else { continue };
            let paragraphs = regime.paragraphs();
            for one in &mut bond.restraints {
                let named = one.provision.as_deref();
                one.names_no_paragraph =
                    named.is_some_and(|named| !paragraphs.iter().any(|paragraph| covers(named, paragraph)));
            }
        }
        let known = names_known(&head.board);
        if !known.contains(asked.regime.as_str()) {
            answer.unknown = true;
            answer.known = most_alike(known, &asked.regime);
        }
        Ok(Response::new(answer))
    }

    async fn list_functions(
        &self,
        call: Request<calls::ListFunctionsRequest>,
    ) -> Result<Response<calls::ListFunctionsResponse>, Status> {
        let asked = call.into_inner();
        let functions = &self.registrar.head().board.roster.functions;
        let at = asked.at_ms.map(Instant);
        let counts = |one: &&OnRecord| {
            let term = &one.term;
            let then = |at| functions.term_at(&term.regime, &term.function, at, None) == Some(term);
            (asked.regime.is_empty() || asked.regime == term.regime) && at.is_none_or(then)
        };
        let line = |one: &OnRecord| calls::FunctionLine {
            term: Some(term_to_proto(&one.term)),
            recorded_at_ms: one.at.0,
            corrected: functions.is_corrected(one),
            counts_until_ms: functions.counts_until(one).map_or(0, |until| until.0),
        };
        let terms = functions.iter().filter(counts).map(line).collect();
        Ok(Response::new(calls::ListFunctionsResponse { terms }))
    }
}

impl RegimeCalls {
    pub fn service(self) -> RegimeServiceServer<RegimeCalls> {
        RegimeServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }
}

fn adopters(
    board: &Board,
    regime: &str,
    at: Instant,
    addressees: &Addressees,
) -> calls::ListAdoptersResponse {
    let mut answer = calls::ListAdoptersResponse::default();
    for party in board.words.keys().copied() {
        let adopted = board.adopted(party, regime, at);
        let adopted = adopted.iter().map(|one| party_to_regime(board, party, one));
        list(adopted, &mut answer.parties, &mut answer.more_parties);
        let announced = board.announced(party, regime, at);
        let announced = announced.iter().map(|one| announced_to_proto(board, party, one));
        list(announced, &mut answer.announced, &mut answer.more_announced);
        let replaced = board.replaced(party, regime, at).into_iter();
        let replaced = replaced.map(|(towards, message, by)| calls::ReplacedAdoption {
            party: party.to_string(),
            towards: towards.to_string(),
            message_digest: message.0.to_vec().into(),
            by_digest: by.0.to_vec().into(),
        });
        list(replaced, &mut answer.replaced, &mut answer.more_replaced);
    }
    let parties: Vec<Party> = board.words.keys().copied().collect();
    for (nth, one) in parties.iter().enumerate() {
        for other in parties.iter().skip(nth.saturating_add(1)) {
            let bonds = board.bonds_by(*one, *other, regime, at, addressees);
            // Of what is not known to bind none is said to count.
            let last = bonds.iter().rposition(|bond| bond.seen != Seen::AsToldHere);
            let days_by = |nth: usize| -> Bytes {
                let later = last.filter(|last| nth < *last).and_then(|last| bonds.get(last));
                later.map(|bond| bond.regime.0.to_vec().into()).unwrap_or_default()
            };
            answer.bonds.extend(bonds.iter().enumerate().map(|(nth, bond)| calls::Bond {
                days_by_text: days_by(nth),
                ..bond_to_proto(board, (*one, *other), bond, addressees)
            }));
        }
    }
    answer
}

/// Of one Party's as many as are listed; the rest is counted. One that is too long hides none of the others.
fn list<T: prost::Message>(all: impl Iterator<Item = T>, listed: &mut Vec<T>, more: &mut u32) {
    let (mut number, mut bytes) = (0_usize, 0_usize);
    for one in all {
        let with = bytes.saturating_add(one.encoded_len());
        if number < limits::REGIME_WORDS_LISTED_PER_PARTY_MAX
            && with <= limits::REGIME_WORDS_LISTED_PER_PARTY_BYTES
        {
            (number, bytes) = (number.saturating_add(1), with);
            listed.push(one);
        } else {
            *more = more.saturating_add(1);
        }
    }
}

fn bond_to_proto(
    board: &Board,
    (one, other): (Party, Party),
    bond: &Bond,
    addressees: &Addressees,
) -> calls::Bond {
    let (restraints, more_restraints) = restraint::to_proto(&bond.restraints(one, other, addressees));
    calls::Bond {
        restraints,
        more_restraints,
        one: one.to_string(),
        other: other.to_string(),
        edition: bond.edition,
        regime_digest: bond.regime.0.to_vec().into(),
        since_ms: bond.since.0,
        as_told_here: bond.seen != Seen::AtBothEnds,
        addressed_to_each_other: bond.seen == Seen::ToldEachOther,
        unconfirmed: [one, other]
            .into_iter()
            .filter(|party| unconfirmed(board, *party).is_some())
            .map(|party| party.to_string())
            .collect(),
        of_own_will: [(one, &bond.one), (other, &bond.other)]
            .into_iter()
            .filter(|(_, adopted)| adopted.nature == Nature::Voluntary)
            .map(|(party, _)| party.to_string())
            .collect(),
        since_disputed: [&bond.one, &bond.other].iter().any(|one| one.by_receipt == Since::Disputed),
        days_by_text: Bytes::new(),
    }
}

/// The names of regimes whose text is held here or comes with the program, or that a Party said it adopts.
fn names_known(board: &Board) -> BTreeSet<&str> {
    let held = board.regimes.values().map(|held| held.name.as_str());
    let built_in = built_in::FILES.iter().map(|(name, _)| *name);
    let said = board.words.values().flat_map(|words| words.said());
    let adopted = said.filter_map(|(_, said)| match &said.word {
        Word::Adopts { regime, .. } => Some(regime.as_str()),
        Word::Suspends { .. } | Word::Resumes { .. } | Word::Withdraws { .. } => None,
    });
    held.chain(built_in).chain(adopted).collect()
}

/// Those that begin as a name does, the longest beginning first; then the others.
fn most_alike(known: BTreeSet<&str>, name: &str) -> Vec<String> {
    let alike = |known: &str| {
        let both = known.chars().zip(name.chars());
        both.take_while(|(known, given)| known.eq_ignore_ascii_case(given)).count()
    };
    let mut all: Vec<&str> = known.into_iter().collect();
    all.sort_by_key(|&known| Reverse(alike(known)));
    all.into_iter().take(limits::REGIME_NAMES_TOLD_MAX).map(str::to_owned).collect()
}

fn term_to_proto(term: &Term) -> calls::FunctionTerm {
    calls::FunctionTerm {
        regime: term.regime.clone(),
        function: term.function.clone(),
        party: term.party.to_string(),
        from_ms: term.from.0,
        until_ms: term.until.map_or(0, |until| until.0),
        source: term.source.clone(),
    }
}

fn unconfirmed(board: &Board, party: Party) -> Option<Party> {
    board.roster.parties.get(&party)?.unconfirmed(None)
}

fn party_to_regime(board: &Board, party: Party, adopted: &Adopted) -> calls::PartyToRegime {
    let suspended = |one: &Suspended| calls::SuspendedProvisions {
        message_digest: one.message.0.to_vec().into(),
        provisions: one.provisions.clone(),
        since_ms: one.since.0,
        until_ms: one.until.map_or(0, |until| until.0),
    };
    calls::PartyToRegime {
        party: party.to_string(),
        message_digest: adopted.message.0.to_vec().into(),
        edition: adopted.edition,
        regime_digest: adopted.regime.0.to_vec().into(),
        since_ms: adopted.since.0,
        nature: adopted.nature.number(),
        reservations: adopted.reservations.clone(),
        suspended: adopted.suspended.iter().map(suspended).collect(),
        unconfirmed_by: unconfirmed(board, party).map(|by| by.to_string()).unwrap_or_default(),
        since_disputed: adopted.by_receipt == Since::Disputed,
    }
}

fn namesake(name: &str, digest: &Digest) -> Bytes {
    built_in::namesake(name, digest).map(|built_in| built_in.0.to_vec().into()).unwrap_or_default()
}

fn announced_to_proto(board: &Board, party: Party, one: &Announced) -> calls::AnnouncedWord {
    calls::AnnouncedWord {
        party: party.to_string(),
        message_digest: one.message.0.to_vec().into(),
        kind: one.kind.name().into(),
        about_digest: one.about.map(|about| about.0.to_vec().into()).unwrap_or_default(),
        edition: one.edition,
        regime_digest: one.regime.0.to_vec().into(),
        provisions: one.provisions.clone(),
        from_ms: one.from.0,
        until_ms: one.until.map_or(0, |until| until.0),
        unconfirmed_by: unconfirmed(board, party).map(|by| by.to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_party_as_many_words_are_listed_as_there_is_room_for_and_the_rest_is_counted() {
        let words = |number: usize, provision: usize| {
            let provisions = vec!["p".repeat(provision)];
            vec![calls::AnnouncedWord { provisions, ..Default::default() }; number].into_iter()
        };
        let most = limits::REGIME_WORDS_LISTED_PER_PARTY_MAX;
        let room = limits::REGIME_WORDS_LISTED_PER_PARTY_BYTES;
        let (mut listed, mut more) = (Vec::new(), 0);
        list(words(most + 3, 8), &mut listed, &mut more);
        assert_eq!((listed.len(), more), (most, 3));
        // Another Party has room of its own; one that is too long takes none of it.
        list(words(1, room).chain(words(2, 8)), &mut listed, &mut more);
        assert_eq!((listed.len(), more), (most + 2, 4));
        list(words(3, room / 2 - 64), &mut listed, &mut more);
        assert_eq!((listed.len(), more), (most + 4, 5));
    }
}
