//! People, Parties, keys: calls to proposals and confirmations of custodians, and what the node says of
//! itself.
//!
//! Never here: whether a change makes sense or who may confirm it (the Board). What is signed is
//! verified at this door (`changes.rs`), before anything is proposed.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use tonic::{Request, Response, Status};

use crate::codec::message::person_to_proto;
use crate::codec::party_file::PartyFile;
use crate::codec::proto::detente::v1::party_service_server::{PartyService, PartyServiceServer};
use crate::codec::proto::detente::v1::{
    CommandHeader, ConfirmRequest, ConfirmResponse, DropProposalRequest, DropProposalResponse,
    ExportPartyRequest, ExportPartyResponse, LinkAllowance, ListMembersRequest, ListMembersResponse,
    ListOfficesRequest, ListOfficesResponse, ListOwnAlarmsRequest, ListOwnAlarmsResponse, ListPartiesRequest,
    ListPartiesResponse, ListProposalsRequest, ListProposalsResponse, ListWebhooksRequest,
    ListWebhooksResponse, Member as WireMember, Office as WireOffice, PartyLine, ProposalLine,
    ProposeRequest, ProposeResponse, ShowCheckScheduleRequest, ShowCheckScheduleResponse,
    ShowWatchCardsRequest, ShowWatchCardsResponse, ShowWatchPlanRequest, ShowWatchPlanResponse,
    SubmitRevocationListRequest, SubmitRevocationListResponse,
};
use crate::codec::{change, check_schedule, signed, watch_cards, watch_plan};
use crate::domain::allowance::Allowance;
use crate::domain::board::Board;
use crate::domain::command::{Command, Origin, ShownChange};
use crate::domain::digest::{CommandId, Digest};
use crate::domain::event::RevocationList;
use crate::domain::link::Link;
use crate::domain::office::Office;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::roster::KnownParty;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::limits;
use crate::peers::beat::silent_after_ms;
use crate::peers::certificate;
use crate::peers::links::{Heard, Links, Seen};
use crate::peers::trust_of_board::trust_of;
use crate::registrar::Registrar;
use crate::rpc::caller::{Caller, PersonCaller};
use crate::rpc::held::HeldRegimes;
use crate::rpc::{access, alarms, by_hand_open, change_marks, changes, command, status, webhooks};

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
        command::give(&self.registrar, what, origin).await.map(|_| ())
    }

    fn own(&self) -> Result<(Party, KnownParty), Status> {
        changes::own(&self.registrar)
    }
}

#[tonic::async_trait]
impl PartyService for PartyCalls {
    async fn propose(&self, call: Request<ProposeRequest>) -> Result<Response<ProposeResponse>, Status> {
        let person = person(&call)?;
        let asked = call.into_inner();
        let change = changes::asked(&self.registrar, &self.ring, &asked).await?;
        let marks = change_marks::marks(&self.registrar.head().board, &change);
        self.give("PartyService/Propose", Command::Propose(change), asked.command.as_ref(), &asked, &person)
            .await?;
        Ok(Response::new(ProposeResponse { marks }))
    }

    async fn confirm(&self, call: Request<ConfirmRequest>) -> Result<Response<ConfirmResponse>, Status> {
        let person = person(&call)?;
        let asked = call.into_inner();
        let proposal = proposal_id(&asked.proposal)?;
        let shown = shown_change(&self.registrar.head().board, proposal, &asked.change_digest)?;
        let confirm = Command::Confirm { proposal, shown };
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
            change: change_marks::sentence_with_marks(&board, &open.change),
            by: Some(person_to_proto(&open.by)),
            change_digest: Bytes::copy_from_slice(&change::digest_of(&open.change).0),
        });
        Ok(Response::new(ListProposalsResponse { proposals: proposals.collect() }))
    }

    async fn list_parties(
        &self,
        _: Request<ListPartiesRequest>,
    ) -> Result<Response<ListPartiesResponse>, Status> {
        let head = self.registrar.head();
        let board = head.board.clone();
        let regimes = HeldRegimes::at(&head, &self.registrar.journal);
        let all =
            by_hand_open::still_open(&board, &regimes, None, usize::MAX).await.map_err(status::record)?;
        let mut open: BTreeMap<Party, u64> = BTreeMap::new();
        for (_, party, _) in all {
            let open = open.entry(party).or_default();
            *open = open.saturating_add(1);
        }
        let hour = self.registrar.clock.now().hour();
        let open_for = |party: &Party| open.get(party).copied().unwrap_or(0);
        let parties = board.roster.parties.iter().filter_map(|(party, known)| {
            let owed = board.link(*party).map_or(0, |link| {
                Precedence::FASTEST_FIRST.iter().map(|lane| link.lane(*lane).owed.len()).sum::<usize>()
            });
            let seen = self.links.of(*party).seen();
            let line = party_line(party, known, owed as u64, seen.heard_at)?;
            let allowance = board.link(*party).and_then(|link| allowance_line(party, link));
            let (up, silent_after_seconds) = self.liveness(&board, *party);
            let is_own = board.own.is_some_and(|own| own.party == *party);
            Some(PartyLine {
                open_by_hand: open_for(party),
                allowance,
                up,
                silent_after_seconds,
                told_not_now_since_ms: board.link(*party).map_or(0, |link| not_now_since(link, &seen)),
                over_bounds: seen.over_bounds_in(hour),
                flash_drafts_per_hour: if is_own { board.flash.most() } else { 0 },
                ..line
            })
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

    async fn list_offices(
        &self,
        _: Request<ListOfficesRequest>,
    ) -> Result<Response<ListOfficesResponse>, Status> {
        let board = self.registrar.head().board.clone();
        let office = |one: &Office| WireOffice { code: one.code.clone(), purpose: one.purpose.clone() };
        Ok(Response::new(ListOfficesResponse { offices: board.roster.offices.iter().map(office).collect() }))
    }

    async fn show_watch_plan(
        &self,
        _: Request<ShowWatchPlanRequest>,
    ) -> Result<Response<ShowWatchPlanResponse>, Status> {
        let board = self.registrar.head().board.clone();
        let shown = board.watch_plan().map(|known| ShowWatchPlanResponse {
            plan: watch_plan::write(&known.plan),
            since_ms: known.since.0,
        });
        Ok(Response::new(shown.unwrap_or_default()))
    }

    async fn list_webhooks(
        &self,
        _: Request<ListWebhooksRequest>,
    ) -> Result<Response<ListWebhooksResponse>, Status> {
        let board = self.registrar.head().board.clone();
        Ok(Response::new(ListWebhooksResponse { webhooks: webhooks::lines(&board) }))
    }

    async fn list_own_alarms(
        &self,
        _: Request<ListOwnAlarmsRequest>,
    ) -> Result<Response<ListOwnAlarmsResponse>, Status> {
        Ok(Response::new(alarms::set(&self.registrar.head().board)))
    }

    async fn show_watch_cards(
        &self,
        _: Request<ShowWatchCardsRequest>,
    ) -> Result<Response<ShowWatchCardsResponse>, Status> {
        let board = self.registrar.head().board.clone();
        let shown = board.roster.watch_cards.as_ref().map(|known| ShowWatchCardsResponse {
            cards: watch_cards::write(&known.cards),
            since_ms: known.since.0,
        });
        Ok(Response::new(shown.unwrap_or_default()))
    }

    async fn show_check_schedule(
        &self,
        _: Request<ShowCheckScheduleRequest>,
    ) -> Result<Response<ShowCheckScheduleResponse>, Status> {
        let board = self.registrar.head().board.clone();
        let shown = board.check_schedule().map(|known| ShowCheckScheduleResponse {
            schedule: check_schedule::write(&known.plan),
            since_ms: known.since.0,
        });
        Ok(Response::new(shown.unwrap_or_default()))
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

impl PartyCalls {
    /// Whether the other end of a link is heard, and after how many seconds without a word it is called down.
    fn liveness(&self, board: &Board, party: Party) -> (bool, u32) {
        if board.link(party).is_none() {
            return (false, 0);
        }
        let silent_after_ms = silent_after_ms(board, party);
        let heard = self.links.of(party).seen().heard(self.registrar.clock.now(), silent_after_ms);
        (matches!(heard, Heard::Up { .. }), u32::try_from(silent_after_ms / 1_000).unwrap_or(u32::MAX))
    }
}

fn person<T>(call: &Request<T>) -> Result<PersonCaller, Status> {
    match access::caller(call)? {
        // The table lets one with a stale list in to nothing but a fresh list.
        Caller::Person(person) | Caller::PersonWithStaleList(person) => Ok(person.clone()),
        caller @ (Caller::Peer(_) | Caller::PeerWithStaleList(_) | Caller::PeerWithUnlistedKey(_)) => {
            Err(status::not_permitted(caller, &[]))
        }
    }
}

fn proposal_id(bytes: &[u8]) -> Result<CommandId, Status> {
    CommandId::from_slice(bytes).ok_or_else(|| status::field("proposal", "16 bytes"))
}

/// The change whose digest the caller names. Whether it is the one that is open, the Board decides.
fn shown_change(board: &Board, proposal: CommandId, digest: &[u8]) -> Result<ShownChange, Status> {
    if digest.is_empty() {
        return Ok(ShownChange::NotSaid);
    }
    let digest = Digest::from_slice(digest).ok_or_else(|| status::field("change_digest", "32 bytes"))?;
    let open = board.roster.proposals.get(&proposal).map(|open| &open.change);
    let named = open.filter(|change| change::digest_of(change) == digest);
    Ok(named.map_or(ShownChange::IsAnother, |change| ShownChange::Is(Box::new(change.clone()))))
}

/// Since when something that is owed waits at the other end's word; 0 where nothing does.
fn not_now_since(link: &Link, seen: &Seen) -> i64 {
    let owing = Precedence::FASTEST_FIRST.into_iter().filter(|lane| !link.lane(*lane).owed.is_empty());
    owing.filter_map(|lane| seen.told_not_now_since(lane)).min().map_or(0, |since| since.0)
}

/// As two custodians set it; `None` where nothing is other than on any link.
fn allowance_line(party: &Party, link: &Link) -> Option<LinkAllowance> {
    let Allowance { records, bytes } = link.allowance;
    let line = LinkAllowance { party: party.to_string(), records_per_hour: records, bytes_per_hour: bytes };
    (link.allowance != Allowance::default()).then_some(line)
}

fn party_line(party: &Party, known: &KnownParty, owed: u64, heard_at: Option<Instant>) -> Option<PartyLine> {
    let newest = known.newest()?;
    let changed = known.before_newest().map_or(Vec::new(), |before| newest.list.changes_since(&before.list));
    let list_until = known.revocation_list.as_ref().and_then(|list| certificate::list_until(&list.der));
    let introducer = known.unconfirmed(None);
    let first = known.numbered(1)?.digest;
    Some(PartyLine {
        party: party.as_str().into(),
        name: newest.list.name.clone(),
        key_list: newest.list.number,
        // Whoever reads what was handed over compares it with itself.
        fingerprint: if introducer.is_none() { Bytes::copy_from_slice(&first.0) } else { Bytes::new() },
        addresses: newest.list.addresses.clone(),
        contacts: newest.list.contacts.clone(),
        owed,
        heard_at_ms: heard_at.map_or(0, |at| at.0),
        revocation_list_until_ms: list_until.map_or(0, |until| until.0),
        without_node: false,
        open_by_hand: 0,
        allowance: None,
        up: false,
        silent_after_seconds: 0,
        flash_drafts_per_hour: 0,
        told_not_now_since_ms: 0,
        over_bounds: 0,
        unconfirmed_by: introducer.map(|by| by.to_string()).unwrap_or_default(),
        list_since_ms: known.list_since.0,
        list_changed: changed.iter().map(|what| (*what).into()).collect(),
    })
}
