//! What a message costs at least: its durable appends, one call between two nodes over real TLS, and its
//! Ed25519 signatures, with the sizes that the real ones have. Nothing is decided, folded or decoded.
//!
//! One message from release to receipt takes three appends (released, received, receipted), one call
//! (deliver), six signatures (message, dispatch, receipt's checkpoint, three records) and three
//! verifications (dispatch, message, receipt's checkpoint).

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use detente::cli::node::Node;
use detente::codec::proto::detente::v1::exchange_service_client::ExchangeServiceClient;
use detente::codec::proto::detente::v1::{DeliverRequest, Delivery};
use detente::domain::event::{Event, Record};
use detente::domain::party::Party;
use detente::evidence::keys::SigningKey;
use detente::journal::{Journal, Reader};
use detente::limits;
use detente::peers::trust::Reach;
use tonic::transport::Channel;

use crate::world::{Medium, plan};

/// The exact bytes of one real message's way.
#[derive(Clone)]
pub struct Sample {
    pub released: Bytes,
    pub received: Bytes,
    pub receipted: Bytes,
    message: Bytes,
    dispatch: Bytes,
    checkpoint: Bytes,
}

impl Sample {
    /// From the journals of both ends, after at least one message with its receipt.
    pub async fn of(sender: &Node, receiver: &Node) -> Sample {
        let released = newest(sender, |event| matches!(event, Event::Released(_))).await;
        let received = newest(receiver, |event| matches!(event, Event::Received(_))).await;
        let receipted = newest(sender, |event| matches!(event, Event::Receipted(_))).await;
        let (message, dispatch) = match &received.1.events[0] {
            Event::Received(one) => (one.message_signed.clone(), one.dispatch_signed.clone()),
            other => panic!("not a received message: {other:?}"),
        };
        let checkpoint = match &receipted.1.events[0] {
            Event::Receipted(one) => one.proven.slice(..200.min(one.proven.len())),
            other => panic!("not a receipt: {other:?}"),
        };
        Sample {
            released: released.0,
            received: received.0,
            receipted: receipted.0,
            message,
            dispatch,
            checkpoint,
        }
    }

    fn signed(&self) -> [&Bytes; 6] {
        [&self.message, &self.released, &self.dispatch, &self.received, &self.checkpoint, &self.receipted]
    }

    fn verified(&self) -> [&Bytes; 3] {
        [&self.dispatch, &self.message, &self.checkpoint]
    }
}

async fn newest(node: &Node, is_it: impl Fn(&Event) -> bool) -> (Bytes, Record) {
    let head = node.registrar.head();
    for index in (0..head.chain.size).rev() {
        let record = head.records(&node.registrar.journal).record(index).await.expect("readable");
        if record.events.iter().any(&is_it) {
            let position = head.positions.of(index).expect("it counts");
            let entry = node.registrar.journal.read_at(position).await.expect("readable").expect("there");
            return (entry.bytes, record);
        }
    }
    panic!("no such record yet")
}

/// Signatures over given bytes, and their verification.
pub struct Signatures {
    key: SigningKey,
    of_verified: [[u8; 64]; 3],
}

impl Signatures {
    pub fn new(sample: &Sample) -> Signatures {
        let key = SigningKey::from_seed(&[7; 32]);
        let of_verified = sample.verified().map(|bytes| key.sign(bytes));
        Signatures { key, of_verified }
    }

    pub fn sign(&self, bytes: &[u8]) {
        std::hint::black_box(self.key.sign(std::hint::black_box(bytes)));
    }

    fn verify(&self, sample: &Sample, which: usize) {
        let good = self.key.public_key().verify(sample.verified()[which], &self.of_verified[which]);
        assert!(good.is_ok());
    }

    /// What it takes until it is on record at the other end, with one more record before it: its draft.
    pub fn until_received(&self, sample: &Sample) {
        let signed =
            [&sample.released, &sample.released, &sample.message, &sample.dispatch, &sample.received];
        signed.into_iter().for_each(|bytes| self.sign(bytes));
        (0..2).for_each(|which| self.verify(sample, which));
    }

    /// All that one message takes.
    pub fn whole(&self, sample: &Sample) {
        sample.signed().into_iter().for_each(|bytes| self.sign(bytes));
        (0..3).for_each(|which| self.verify(sample, which));
    }
}

/// A journal of the same medium, to which nothing but the floor is written.
pub struct Appends {
    journal: Journal,
    /// On Kafka the floor of "done" is the acknowledgement and the read-back.
    reader: Option<Reader>,
}

impl Appends {
    pub async fn new(folder: &Path, name: &str, medium: Medium) -> Appends {
        let plan = plan(name, folder, "127.0.0.1:1", medium);
        let directory = detente::cli::node_directory::NodeDirectory::at(&plan.directory);
        std::fs::create_dir_all(directory.journal()).expect("a folder");
        let journal = plan.journal.create(&directory).await.expect("a journal");
        let reader = match medium {
            Medium::Embedded => None,
            Medium::Kafka | Medium::KafkaAt(_) => Some(journal.reader(0).expect("a reader")),
        };
        Appends { journal, reader }
    }

    /// Durable, and on Kafka read back.
    pub async fn append(&mut self, batch: Vec<Bytes>) {
        let count = batch.len();
        let read_back = async {
            let mut read = 0;
            while let Some(reader) = &mut self.reader
                && read < count
            {
                read += reader.next().await.expect("read").len();
            }
        };
        let (appended, ()) = tokio::join!(self.journal.append(batch), read_back);
        appended.expect("appended");
    }
}

/// Calls to a real node that it answers at once: deliveries of the right size that are no dispatch.
#[derive(Clone)]
pub struct Calls(ExchangeServiceClient<Channel>);

impl Calls {
    pub fn new(from: &Node, to: Party, address: &str) -> Calls {
        let channel = from.dialler.dial(to, address.into(), Reach::Everything);
        let client =
            ExchangeServiceClient::new(channel).max_encoding_message_size(limits::EXCHANGE_BYTES_MAX);
        Calls(client)
    }

    pub async fn call(&mut self, sample: &Sample, deliveries: usize) {
        let no_dispatch = Bytes::from(vec![0xff; sample.dispatch.len()]);
        let one = Delivery { dispatch: no_dispatch, message: sample.message.clone() };
        let request = DeliverRequest { deliveries: vec![one; deliveries] };
        let answered = self.0.deliver(request).await.expect("the node answers");
        assert_eq!(answered.into_inner().answers.len(), 1, "the first that is no dispatch ends it");
    }
}

/// What one message cost on the floor.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    pub appends: Duration,
    pub calls: Duration,
    pub signing: Duration,
    pub verifying: Duration,
}

impl Cost {
    pub fn whole(&self) -> Duration {
        self.appends + self.calls + self.signing + self.verifying
    }
}

/// All of it, one after the other, as one message needs it.
pub struct Floor {
    pub sample: Sample,
    pub signatures: Signatures,
    pub sender: Appends,
    pub receiver: Appends,
    pub calls: Calls,
}

impl Floor {
    pub async fn one(&mut self) -> Cost {
        let mut cost = Cost::default();
        let sample = &self.sample;
        let start = Instant::now();
        sample.signed().into_iter().for_each(|bytes| self.signatures.sign(bytes));
        cost.signing = start.elapsed();

        let start = Instant::now();
        self.sender.append(vec![sample.released.clone()]).await;
        cost.appends = start.elapsed();

        let start = Instant::now();
        self.calls.call(sample, 1).await;
        cost.calls = start.elapsed();

        let start = Instant::now();
        (0..3).for_each(|which| self.signatures.verify(sample, which));
        cost.verifying = start.elapsed();

        let start = Instant::now();
        self.receiver.append(vec![sample.received.clone()]).await;
        self.sender.append(vec![sample.receipted.clone()]).await;
        cost.appends += start.elapsed();
        cost
    }
}
