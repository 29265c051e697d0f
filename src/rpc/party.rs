//! People, Parties, keys: calls to proposals and confirmations of custodians, and what the node says of
//! itself.
//!
//! Never here: whether a change makes sense or who may confirm it (the Board). What is signed is
//! verified at this door (`party_checks.rs`), before anything is proposed.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use tonic::{Request, Response, Status};

use crate::codec::message::{person_from_proto, person_to_proto, precedence_from_proto};
use crate::codec::party_file::PartyFile;
use crate::codec::proto::detente::v1::party_service_server::{PartyService, PartyServiceServer};
use crate::codec::proto::detente::v1::{
    CommandHeader, ConfirmRequest, ConfirmResponse, DropProposalRequest, DropProposalResponse,
    ExportPartyRequest, ExportPartyResponse, ListMembersRequest, ListMembersResponse, ListPartiesRequest,
    ListPartiesResponse, ListProposalsRequest, ListProposalsResponse, Member as WireMember, PartyLine,
    ProposalLine, ProposeRequest, ProposeResponse, SubmitRevocationListRequest, SubmitRevocationListResponse,
    propose_request,
};
use crate::codec::signed;
use crate::domain::command::{Command, Origin};
use crate::domain::digest::{CommandId, Digest};
use crate::domain::event::{Change, Member, RevocationList};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::roster::KnownParty;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::limits;
use crate::peers::certificate;
use crate::peers::links::Links;
use crate::peers::trust_of_board::trust_of;
use crate::registrar::Registrar;
use crate::rpc::caller::{Caller, PersonCaller};
use crate::rpc::{access, command, party_checks, status};

/// The service.
pub struct PartyCalls {
    pub registrar: Registrar,
    /// The keys that this node can sign with: a key list that calls for others would stop it.
    pub ring: Arc<KeyRing>,
    /// When each peer was last heard.
    pub links: Links,
}

impl PartyCalls {
    /// With its bounds, to be added to the routes.
    pub fn service(self) -> PartyServiceServer<PartyCalls> {
        PartyServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }

    async fn give<M: prost::Message>(
        &self,
        call: &'static str,
        what: Command,
        header: Option<&CommandHeader>,
        whole: &M,
        person: &PersonCaller,
    ) -> Result<(), Status> {
        let origin = command::origin(call, header, whole, person)?;
        self.registrar.give(what, origin).await.map(|_| ()).map_err(status::denied)
    }

    fn change(&self, asked: &ProposeRequest) -> Result<Change, Status> {
        use propose_request::Change as Wire;
        let wire = asked.change.as_ref().ok_or_else(|| status::field("change", "must be given"))?;
        Ok(match wire {
            Wire::MemberAdded(member) => Change::MemberAdded(member_from_proto(member)?),
            Wire::MemberRemoved(key) => Change::MemberRemoved(
                Digest::from_slice(key).ok_or_else(|| status::field("member_removed", "32 bytes"))?,
            ),
            Wire::PartyFile(text) => {
                party_checks::party_added(text, &asked.fingerprint, self.registrar.clock.now())?
            }
            Wire::ReleaseRule(rule) if rule.one_person.len() > Precedence::FASTEST_FIRST.len() => {
                return Err(status::field("release_rule.one_person", "each precedence once"));
            }
            Wire::ReleaseRule(rule) => Change::ReleaseRule {
                one_person: rule
                    .one_person
                    .iter()
                    .map(|one| precedence_from_proto(*one, "release_rule.one_person"))
                    .collect::<Result<_, _>>()
                    .map_err(status::decode)?,
            },
            Wire::PartyWithoutNode(act) => party_checks::party_without_node(act)?,
            Wire::OwnKeyList(bytes) => {
                let (_, known) = self.own()?;
                Change::OwnKeyList(party_checks::own_key_list(bytes, &known, &self.ring)?)
            }
        })
    }

    fn own(&self) -> Result<(Party, KnownParty), Status> {
        let board = self.registrar.head().board.clone();
        let own = board.own.map(|own| own.party);
        own.and_then(|party| Some((party, board.roster.parties.get(&party)?.clone()))).ok_or_else(|| {
            status::ours("NO_OWN_PARTY", "the journal does not name its Party; nothing was done")
        })
    }
}

#[tonic::async_trait]
impl PartyService for PartyCalls {
    async fn propose(&self, call: Request<ProposeRequest>) -> Result<Response<ProposeResponse>, Status> {
        let person = person(&call)?;
        let asked = call.into_inner();
        let change = self.change(&asked)?;
        self.give("PartyService/Propose", Command::Propose(change), asked.command.as_ref(), &asked, &person)
            .await?;
        Ok(Response::new(ProposeResponse {}))
    }

    async fn confirm(&self, call: Request<ConfirmRequest>) -> Result<Response<ConfirmResponse>, Status> {
        let person = person(&call)?;
        let asked = call.into_inner();
        let confirm = Command::Confirm(proposal_id(&asked.proposal)?);
        self.give("PartyService/Confirm", confirm, asked.command.as_ref(), &asked, &person).await?;
        Ok(Response::new(ConfirmResponse {}))
    }

    async fn drop_proposal(
        &self,
        call: Request<DropProposalRequest>,
    ) -> Result<Response<DropProposalResponse>, Status> {
        let person = person(&call)?;
        let asked = call.into_inner();
        let drop = Command::Drop(proposal_id(&asked.proposal)?);
        self.give("PartyService/DropProposal", drop, asked.command.as_ref(), &asked, &person).await?;
        Ok(Response::new(DropProposalResponse {}))
    }

    async fn list_proposals(
        &self,
        _: Request<ListProposalsRequest>,
    ) -> Result<Response<ListProposalsResponse>, Status> {
        let board = self.registrar.head().board.clone();
        let proposals = board.roster.proposals.iter().map(|(id, open)| ProposalLine {
            proposal: Bytes::copy_from_slice(&id.0),
            change: sentence(&open.change),
            by: Some(person_to_proto(&open.by)),
        });
        Ok(Response::new(ListProposalsResponse { proposals: proposals.collect() }))
    }

    async fn list_parties(
        &self,
        _: Request<ListPartiesRequest>,
    ) -> Result<Response<ListPartiesResponse>, Status> {
        let board = self.registrar.head().board.clone();
        let mut open: BTreeMap<Party, u64> = BTreeMap::new();
        for (_, party, _) in board.by_hand.open() {
            *open.entry(party).or_default() += 1;
        }
        let open_for = |party: &Party| open.get(party).copied().unwrap_or(0);
        let parties = board.roster.parties.iter().filter_map(|(party, known)| {
            let owed = board.link(*party).map_or(0, |link| {
                Precedence::FASTEST_FIRST.iter().map(|lane| link.lane(*lane).owed.len()).sum::<usize>()
            });
            let heard_at = self.links.of(*party).seen().heard_at;
            let line = party_line(party, known, owed as u64, heard_at)?;
            Some(PartyLine { open_by_hand: open_for(party), ..line })
        });
        let without_node = board.roster.without_node.values().map(|known| PartyLine {
            party: known.party.to_string(),
            name: known.name.clone(),
            contacts: known.contacts.clone(),
            without_node: true,
            open_by_hand: open_for(&known.party),
            ..PartyLine::default()
        });
        Ok(Response::new(ListPartiesResponse { parties: parties.chain(without_node).collect() }))
    }

    async fn list_members(
        &self,
        _: Request<ListMembersRequest>,
    ) -> Result<Response<ListMembersResponse>, Status> {
        let board = self.registrar.head().board.clone();
        let members = board.roster.members.values().map(|member| WireMember {
            person: Some(person_to_proto(&member.person)),
            roles: member.roles.iter().map(|role| role.name().into()).collect(),
        });
        Ok(Response::new(ListMembersResponse { members: members.collect() }))
    }

    async fn export_party(
        &self,
        _: Request<ExportPartyRequest>,
    ) -> Result<Response<ExportPartyResponse>, Status> {
        let (_, known) = self.own()?;
        let mut lists = known.key_lists.iter().map(|accepted| signed::decode(accepted.signed.clone()));
        let unreadable = || {
            status::ours(
                "OWN_KEY_LISTS",
                "the own key lists on record can't be read; `detente doctor DIRECTORY`, at the node, says more",
            )
        };
        let first = lists.next().and_then(Result::ok).ok_or_else(unreadable)?;
        let later = lists.collect::<Result<_, _>>().map_err(|_| unreadable())?;
        let revocation_list = known.revocation_list.map(|list| list.der).unwrap_or_default();
        let party_file = PartyFile::new(first, later, revocation_list).to_string();
        Ok(Response::new(ExportPartyResponse { party_file }))
    }

    async fn submit_revocation_list(
        &self,
        call: Request<SubmitRevocationListRequest>,
    ) -> Result<Response<SubmitRevocationListResponse>, Status> {
        let der = call.into_inner().revocation_list;
        let (party, known) = self.own()?;
        let done = Ok(Response::new(SubmitRevocationListResponse {}));
        if known.revocation_list.is_some_and(|held| held.der == der) {
            return done;
        }
        let trust = trust_of(&self.registrar.head().board)
            .ok_or_else(|| status::ours("NO_OWN_PARTY", "the journal does not name its Party"))?;
        trust
            .check_list(&party, &der, self.registrar.clock.now())
            .map_err(|bad| status::field("revocation_list", bad))?;
        let accept = Command::AcceptRevocationList(RevocationList { party, der });
        self.registrar.give(accept, Origin::Node).await.map_err(status::denied)?;
        done
    }
}

fn person<T>(call: &Request<T>) -> Result<PersonCaller, Status> {
    match access::caller(call)? {
        // The table lets one with a stale list in to nothing but a fresh list.
        Caller::Person(person) | Caller::PersonWithStaleList(person) => Ok(person.clone()),
        caller @ (Caller::Peer(_) | Caller::PeerWithStaleList(_) | Caller::PeerWithUnlistedKey(_)) => {
            Err(status::not_permitted(caller))
        }
    }
}

fn proposal_id(bytes: &[u8]) -> Result<CommandId, Status> {
    CommandId::from_slice(bytes).ok_or_else(|| status::field("proposal", "16 bytes"))
}

fn member_from_proto(wire: &WireMember) -> Result<Member, Status> {
    let person = person_from_proto(wire.person.clone(), "member_added.person").map_err(status::decode)?;
    party_checks::member(person, &wire.roles)
}

fn party_line(party: &Party, known: &KnownParty, owed: u64, heard_at: Option<Instant>) -> Option<PartyLine> {
    let newest = known.newest()?;
    let list_until = known.revocation_list.as_ref().and_then(|list| certificate::list_until(&list.der));
    Some(PartyLine {
        party: party.as_str().into(),
        name: newest.list.name.clone(),
        key_list: newest.list.number,
        fingerprint: Bytes::copy_from_slice(&known.numbered(1)?.digest.0),
        addresses: newest.list.addresses.clone(),
        contacts: newest.list.contacts.clone(),
        owed,
        heard_at_ms: heard_at.map_or(0, |at| at.0),
        revocation_list_until_ms: list_until.map_or(0, |until| until.0),
        without_node: false,
        open_by_hand: 0,
    })
}

/// A proposal as a custodian reads it before confirming: all that would take force. What decides comes
/// first, and what somebody else wrote last and in quotation marks, so that no name can pass for a key or
/// a fingerprint.
fn sentence(change: &Change) -> String {
    match change {
        Change::MemberAdded(member) => {
            let roles: Vec<_> = member.roles.iter().map(|role| role.name()).collect();
            let (name, office) = (&member.person.name, &member.person.office);
            let key = member.person.key_digest;
            format!("add a person with key {key} as {}: name {name:?}, office {office:?}", roles.join(", "))
        }
        Change::MemberRemoved(key) => format!("remove the person with key {key}"),
        Change::PartyAdded { key_lists, .. } => match (key_lists.first(), key_lists.last()) {
            (Some(first), Some(newest)) => format!(
                "take {} as a Party: fingerprint {}, {} key list(s), called {:?}, at {:?}, contacts {:?}",
                newest.list.party,
                crate::codec::party_file::Fingerprint(first.digest),
                key_lists.len(),
                newest.list.name,
                newest.list.addresses,
                newest.list.contacts
            ),
            (None, _) | (_, None) => "take a Party without key lists".into(),
        },
        Change::ReleaseRule { one_person } if one_person.is_empty() => {
            "let no precedence be drafted and released by one person".into()
        }
        Change::ReleaseRule { one_person } => {
            let names: Vec<_> = one_person.iter().map(|grade| grade.name()).collect();
            format!("let one person both draft and release: {}", names.join(", "))
        }
        Change::OwnKeyList(next) => {
            format!(
                "put the own key list {} in force: digest {}, addresses {}",
                next.list.number,
                next.digest,
                next.list.addresses.join(", ")
            )
        }
        Change::PartyWithoutNode(new) => format!(
            "take {} as a Party without a node, to which messages are delivered by hand: called {:?}, contacts \
             {:?}",
            new.party, new.name, new.contacts
        ),
        Change::PartyTakenBack(party) => format!("know {party}, a Party without a node, no more"),
    }
}
