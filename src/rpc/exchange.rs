//! What peers call. The calling Party comes from the certificate; everything else is `peers/serve.rs`.

use bytes::Bytes;
use tokio_stream::StreamExt as _;
use tonic::{Request, Response, Status, Streaming};

use super::access;
use super::caller::Caller;
use super::part::{self, Pieces, next_piece};
use super::status;
use crate::codec::message::precedence_from_proto;
use crate::codec::proto::detente::v1::exchange_service_server::{ExchangeService, ExchangeServiceServer};
use crate::codec::proto::detente::v1::hand_in_part_request::Piece;
use crate::codec::proto::detente::v1::{
    BeatRequest, BeatResponse, CollectRequest, CollectResponse, DeliverRequest, DeliverResponse,
    FetchPartRequest, FetchPartResponse, HandInKeyListsRequest, HandInKeyListsResponse, HandInLeavesRequest,
    HandInLeavesResponse, HandInPartRequest, HandInPartResponse, HandInReceiptsRequest,
    HandInReceiptsResponse, HandInRevocationListRequest, HandInRevocationListResponse, KeyListsRequest,
    KeyListsResponse, LeavesRequest, LeavesResponse, WantedPartRequest, WantedPartResponse,
};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::limits;
use crate::peers::exchange::Exchange;

pub struct ExchangeCalls(pub Exchange);

impl ExchangeCalls {
    pub fn service(self) -> ExchangeServiceServer<ExchangeCalls> {
        ExchangeServiceServer::new(self)
            .max_decoding_message_size(limits::EXCHANGE_BYTES_MAX)
            .max_encoding_message_size(limits::EXCHANGE_BYTES_MAX)
    }
}

/// The calling Party. The table lets nobody else in; this is where it becomes a type.
fn peer<T>(call: &Request<T>) -> Result<Party, Status> {
    let caller = access::caller(call)?;
    match caller {
        Caller::Peer(peer) | Caller::PeerWithStaleList(peer) | Caller::PeerWithUnlistedKey(peer) => {
            Ok(*peer.party())
        }
        Caller::Person(_) | Caller::PersonWithStaleList(_) => Err(status::not_permitted(caller, &[])),
    }
}

#[tonic::async_trait]
impl ExchangeService for ExchangeCalls {
    type FetchPartStream = Pieces<FetchPartResponse>;

    async fn deliver(&self, call: Request<DeliverRequest>) -> Result<Response<DeliverResponse>, Status> {
        let peer = peer(&call)?;
        let answers = self.0.take_deliveries(peer, call.into_inner().deliveries).await;
        Ok(Response::new(DeliverResponse { answers }))
    }

    async fn beat(&self, call: Request<BeatRequest>) -> Result<Response<BeatResponse>, Status> {
        let peer = peer(&call)?;
        let theirs = call.into_inner().beat.ok_or_else(|| status::field("beat", "must be given"))?;
        let ours = self.0.take_beat(peer, theirs).await.map_err(status::serve)?;
        Ok(Response::new(BeatResponse { beat: Some(ours) }))
    }

    async fn leaves(&self, call: Request<LeavesRequest>) -> Result<Response<LeavesResponse>, Status> {
        let peer = peer(&call)?;
        let leaves = self.0.leaves(peer, call.into_inner().from).await.map_err(status::serve)?;
        Ok(Response::new(leaves))
    }

    async fn hand_in_leaves(
        &self,
        call: Request<HandInLeavesRequest>,
    ) -> Result<Response<HandInLeavesResponse>, Status> {
        let peer = peer(&call)?;
        let handed = call.into_inner();
        self.0.take_leaves(peer, handed.from, handed.leaves, &handed.checkpoint).await;
        Ok(Response::new(HandInLeavesResponse {}))
    }

    async fn key_lists(&self, call: Request<KeyListsRequest>) -> Result<Response<KeyListsResponse>, Status> {
        let peer = peer(&call)?;
        let key_lists = self.0.key_lists(peer, call.into_inner().from).map_err(status::serve)?;
        Ok(Response::new(KeyListsResponse { key_lists }))
    }

    async fn hand_in_key_lists(
        &self,
        call: Request<HandInKeyListsRequest>,
    ) -> Result<Response<HandInKeyListsResponse>, Status> {
        let peer = peer(&call)?;
        self.0.take_key_lists(peer, call.into_inner().key_lists).await.map_err(status::serve)?;
        Ok(Response::new(HandInKeyListsResponse {}))
    }

    async fn hand_in_revocation_list(
        &self,
        call: Request<HandInRevocationListRequest>,
    ) -> Result<Response<HandInRevocationListResponse>, Status> {
        let peer = peer(&call)?;
        let list = call.into_inner().revocation_list;
        let revocation_list = self.0.take_revocation_list(peer, list).await.map_err(status::serve)?;
        Ok(Response::new(HandInRevocationListResponse { revocation_list }))
    }

    async fn collect(&self, call: Request<CollectRequest>) -> Result<Response<CollectResponse>, Status> {
        let peer = peer(&call)?;
        let lanes = call.into_inner().lanes.into_iter().take(Precedence::FASTEST_FIRST.len());
        let lanes: Result<Vec<Precedence>, _> =
            lanes.map(|lane| precedence_from_proto(lane, "lanes")).collect();
        let lanes = lanes.map_err(status::decode)?;
        let deliveries = self.0.owed_to(peer, &lanes).await.map_err(status::serve)?;
        Ok(Response::new(CollectResponse { deliveries }))
    }

    async fn hand_in_receipts(
        &self,
        call: Request<HandInReceiptsRequest>,
    ) -> Result<Response<HandInReceiptsResponse>, Status> {
        let peer = peer(&call)?;
        let handed = call.into_inner();
        let lane = precedence_from_proto(handed.lane, "lane").map_err(status::decode)?;
        self.0
            .take_handed_in(peer, lane, handed.first_serial, handed.answers)
            .await
            .map_err(status::serve)?;
        Ok(Response::new(HandInReceiptsResponse {}))
    }

    async fn fetch_part(
        &self,
        call: Request<FetchPartRequest>,
    ) -> Result<Response<Self::FetchPartStream>, Status> {
        let peer = peer(&call)?;
        let asked = call.into_inner();
        let turn = self.0.links.of(peer).try_give().ok_or_else(status::parts_busy)?;
        // One answer for what is not there, what was erased, and what is not for this Party.
        let digest = Digest::from_slice(&asked.salted_digest).ok_or_else(|| status::not_found("part"))?;
        let reading = self.0.part_for(peer, &digest, asked.from_byte).await;
        let reading = reading.ok_or_else(|| status::not_found("part"))?;
        Ok(part::give(reading, turn, |chunk| FetchPartResponse { chunk }))
    }

    async fn wanted_part(
        &self,
        call: Request<WantedPartRequest>,
    ) -> Result<Response<WantedPartResponse>, Status> {
        let wanted = self.0.part_wanted_of(peer(&call)?).await.map_err(status::serve)?;
        let wanted = wanted.map(|(part, from_byte)| WantedPartResponse {
            salted_digest: Bytes::copy_from_slice(&part.0),
            from_byte,
        });
        Ok(Response::new(wanted.unwrap_or_default()))
    }

    async fn hand_in_part(
        &self,
        call: Request<Streaming<HandInPartRequest>>,
    ) -> Result<Response<HandInPartResponse>, Status> {
        let peer = peer(&call)?;
        let mut pieces = call.into_inner();
        let header = match next_piece(&mut pieces, |one| one.piece, status::part_stalled).await? {
            Some(Piece::Header(header)) => header,
            Some(Piece::Chunk(_)) | None => return Err(status::field("header", "must come first")),
        };
        let part = Digest::from_slice(&header.salted_digest);
        let part = part.ok_or_else(|| status::field("header.salted_digest", "must be 32 bytes"))?;
        let chunks = pieces.map(|piece| match piece?.piece {
            Some(Piece::Chunk(chunk)) => Ok(chunk),
            Some(Piece::Header(_)) => Err(status::field("header", "must come once")),
            None => Err(status::field("piece", "must be given")),
        });
        self.0.take_part(peer, part, header.from_byte, chunks).await.map_err(status::serve)?;
        Ok(Response::new(HandInPartResponse {}))
    }
}
