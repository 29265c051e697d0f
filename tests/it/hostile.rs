//! A changed node: a Party's real certificate and keys, saying whatever a test likes.

use std::sync::Arc;

use bytes::Bytes;
use detente::cli::node::Node;
use detente::codec::dispatch::{self, ProvenReceipt, encode_dispatch, encode_receipt};
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1::delivery_answer::Answer;
use detente::codec::proto::detente::v1::exchange_service_client::ExchangeServiceClient;
use detente::codec::proto::detente::v1::{
    Beat, BeatRequest, CollectRequest, DeliverRequest, Delivery, DeliveryAnswer, HandInReceiptsRequest,
    LaneState,
};
use detente::codec::{message, signed};
use detente::domain::board::Board;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::keys::Purpose;
use detente::domain::ledger::{Edge, leaf_hash};
use detente::domain::message::{Dispatch, Message, Outcome, Outgoing, Receipt};
use detente::domain::party::{Incarnation, Party};
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::evidence::keys::{KeyRing, SigningKey};
use detente::evidence::signed::{PayloadType, Signed};
use detente::peers::heads;
use detente::peers::trust::Reach;
use detente::registrar::own_key;
use tonic::transport::Channel;

use crate::talk::{fresh, person};
use crate::world::World;

pub struct Hostile {
    pub calls: ExchangeServiceClient<Channel>,
    pub board: Arc<Board>,
    pub ring: Arc<KeyRing>,
    pub me: Party,
    pub you: Party,
    /// Of the ledger that it keeps for the link.
    pub edge: Edge,
    pub now: Instant,
    serials: [u64; 4],
}

impl Hostile {
    /// Takes the place of a node of the world, which is stopped, and has nothing on record with the other.
    pub async fn in_place_of(world: &mut World, me: &str, you: &str) -> Hostile {
        let node = world.node(me);
        let (dialler, ring) = (node.dialler.clone(), node.ring.clone());
        let board = node.registrar.head().board.clone();
        let (me_code, you_code) = (world.state(me).party, world.state(you).party);
        world.state_mut(me).stop().await;
        let channel = dialler.dial(you_code, world.state(you).address.clone(), Reach::Everything);
        let edge = board.link(you_code).unwrap().ours.edge.clone();
        let mut hostile = Hostile {
            calls: ExchangeServiceClient::new(channel),
            board,
            ring,
            me: me_code,
            you: you_code,
            edge,
            now: world.clock.now(),
            serials: [0; 4],
        };
        hostile.beat(&hostile.edge.clone()).await;
        hostile
    }

    /// A heartbeat with a head of any tree, validly signed.
    pub async fn beat(&mut self, edge: &Edge) -> Beat {
        let checkpoint = heads::sign_own(&self.board, &self.ring, self.you, edge).unwrap();
        self.beat_with(checkpoint, Bytes::new()).await
    }

    /// One that also says that it took so many FLASH messages of the other end's.
    pub async fn beat_that_took(&mut self, taken: u64) -> Beat {
        let checkpoint = heads::sign_own(&self.board, &self.ring, self.you, &self.edge).unwrap();
        let flash = LaneState { lane: 4, sent: 0, taken };
        self.beat_of(checkpoint, Bytes::new(), vec![flash]).await
    }

    pub async fn beat_with(&mut self, checkpoint: Bytes, cosigned: Bytes) -> Beat {
        self.beat_of(checkpoint, cosigned, Vec::new()).await
    }

    async fn beat_of(&mut self, checkpoint: Bytes, cosigned: Bytes, lanes: Vec<LaneState>) -> Beat {
        self.try_beat(checkpoint, cosigned, lanes).await.unwrap()
    }

    /// One that may stop the other end.
    pub async fn try_beat(
        &mut self,
        checkpoint: Bytes,
        cosigned: Bytes,
        lanes: Vec<LaneState>,
    ) -> Result<Beat, tonic::Status> {
        let beat = Beat {
            lanes,
            party: self.me.to_string(),
            incarnation: 1,
            at_ms: self.now.0,
            checkpoint,
            cosigned,
            key_list: 1,
            key_list_held: 1,
            ..Beat::default()
        };
        let answer = self.calls.beat(BeatRequest { beat: Some(beat) }).await?;
        Ok(answer.into_inner().beat.unwrap())
    }

    pub fn key(&self, purpose: Purpose) -> &SigningKey {
        own_key(&self.board, &self.ring, 1, purpose).unwrap()
    }

    pub fn message(&self, outgoing: Outgoing) -> Message {
        Message {
            author: self.me,
            incarnation: Incarnation(1),
            number: format!("{}/24/0001", self.me),
            released_at: self.now,
            releaser: person("Releaser"),
            draft: outgoing,
        }
    }

    pub fn text(&self, lane: Precedence, subject: &str) -> Message {
        self.message(crate::talk::outgoing(ThreadId(fresh()), &[self.you], lane, subject))
    }

    pub fn sign_message(&self, payload: Bytes) -> Bytes {
        signed::encode(&Signed::sign(PayloadType::Message, payload, &[self.key(Purpose::Message)]))
    }

    /// What comes next on the lane, for a message with this digest.
    pub fn next(&self, lane: Precedence, message: Digest) -> Dispatch {
        Dispatch {
            from: self.me,
            from_incarnation: Incarnation(1),
            to: self.you,
            to_incarnation: Incarnation(1),
            lane,
            serial: self.serials[lane as usize] + 1,
            thread: ThreadId(fresh()),
            place: 1,
            leaf_index: self.edge.size(),
            message,
            key_list: 1,
            to_fingerprint: self.board.roster.fingerprint_of(self.you).unwrap(),
        }
    }

    pub fn sign_dispatch(&self, dispatch: &Dispatch) -> Bytes {
        let payload = encode_dispatch(dispatch);
        signed::encode(&Signed::sign(PayloadType::Dispatch, payload, &[self.key(Purpose::Message)]))
    }

    /// A good delivery of a message; serial and leaf are spent.
    pub fn good(&mut self, message: &Message) -> (Dispatch, Delivery) {
        let payload = message::encode(message);
        let mut dispatch = self.next(message.draft.precedence, Digest::of(&payload));
        dispatch.thread = message.draft.thread;
        let delivery =
            Delivery { dispatch: self.sign_dispatch(&dispatch), message: self.sign_message(payload) };
        self.spend(&dispatch);
        (dispatch, delivery)
    }

    pub fn spend(&mut self, dispatch: &Dispatch) {
        self.edge.push(leaf_hash(&encode_dispatch(dispatch)));
        self.serials[dispatch.lane as usize] = dispatch.serial;
    }

    pub async fn deliver(&mut self, deliveries: Vec<Delivery>) -> Vec<Answer> {
        let answer = self.calls.deliver(DeliverRequest { deliveries }).await.unwrap().into_inner();
        answer.answers.into_iter().map(|one| one.answer.unwrap()).collect()
    }

    pub async fn deliver_one(&mut self, delivery: &Delivery) -> Answer {
        self.deliver(vec![delivery.clone()]).await.pop().unwrap()
    }

    /// What the other end owes us on its fastest lane that owes anything.
    pub async fn collect(&mut self) -> Vec<Dispatch> {
        self.collect_on(&[]).await
    }

    /// The same of some lanes; of none named, of all.
    pub async fn collect_on(&mut self, lanes: &[evidence::Precedence]) -> Vec<Dispatch> {
        let lanes = lanes.iter().map(|lane| *lane as i32).collect();
        let owed = self.calls.collect(CollectRequest { lanes }).await.unwrap().into_inner().deliveries;
        owed.into_iter()
            .map(|one| dispatch::decode_dispatch(signed::decode(one.dispatch).unwrap().payload).unwrap())
            .collect()
    }

    /// A receipt of ours, to be changed by a test.
    pub fn receipt(&self, dispatch: &Dispatch) -> Receipt {
        Receipt {
            from: self.me,
            from_incarnation: Incarnation(1),
            to: self.you,
            to_incarnation: Incarnation(1),
            lane: dispatch.lane,
            serial: dispatch.serial,
            dispatch: Digest::of(&encode_dispatch(dispatch)),
            message: dispatch.message,
            outcome: Outcome::Taken,
            received_at: self.now,
            judged_by_key_list: 1,
            leaf_index: self.edge.size(),
        }
    }

    /// With its proof in the ledger, of which it is the next leaf.
    pub fn prove(&mut self, receipt: &Receipt) -> Bytes {
        let bytes = encode_receipt(receipt);
        self.edge.push(leaf_hash(&bytes));
        let checkpoint = heads::sign_own(&self.board, &self.ring, self.you, &self.edge).unwrap();
        dispatch::encode_proven(&ProvenReceipt {
            receipt: bytes,
            inclusion_path: self.edge.newest_leaf_path(),
            checkpoint,
        })
    }

    pub async fn hand_in(&mut self, lane: Precedence, first_serial: u64, receipts: Vec<Bytes>) {
        let answers = receipts
            .into_iter()
            .map(|proven| DeliveryAnswer { answer: Some(Answer::Receipt(proven)) })
            .collect();
        let lane = match lane {
            Precedence::Flash => evidence::Precedence::Flash,
            Precedence::Immediate => evidence::Precedence::Immediate,
            Precedence::Priority => evidence::Precedence::Priority,
            Precedence::Routine => evidence::Precedence::Routine,
        };
        let lane = lane.into();
        let handed = HandInReceiptsRequest { answers, lane, first_serial };
        self.calls.hand_in_receipts(handed).await.unwrap();
    }
}

/// How many records of a kind a node has, and how many in all.
pub async fn count(node: &Node, kind: impl Fn(&detente::domain::event::Event) -> bool) -> usize {
    let head = node.registrar.head();
    let (mut found, mut next) = (0, 0);
    while next < head.chain.size {
        for record in head.records(&node.registrar.journal).range(next, head.chain.size).await.unwrap() {
            found += record.events.iter().filter(|event| kind(event)).count();
            next = record.index + 1;
        }
    }
    found
}
