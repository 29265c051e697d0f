//! Somebody between a node and its broker, who loses, holds back or hides what passes.
//!
//! Requests of the Kafka protocol are told apart by their first number (kafka.apache.org/protocol): 0 writes,
//! 1 reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicI16, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const WRITES: i16 = 0;
const READS: i16 = 1;

/// What is done to what comes from now on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passage {
    Free,
    /// Writes never reach the broker.
    WritesLost,
    /// Writes reach the broker once `release` was called, whatever has happened until then.
    WritesHeld,
    /// Writes reach the broker, and nobody hears of it.
    AnswersLost,
    /// What is read never reaches the node.
    ReadsHidden,
}

pub struct Between {
    port: u16,
    listener: Option<TcpListener>,
    passage: watch::Sender<Passage>,
    released: watch::Sender<u64>,
    held: Arc<watch::Sender<u64>>,
}

impl Between {
    /// Its port is known before the broker is.
    pub async fn new() -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Between {
            port: listener.local_addr().unwrap().port(),
            listener: Some(listener),
            passage: watch::Sender::new(Passage::Free),
            released: watch::Sender::new(0),
            held: Arc::new(watch::Sender::new(0)),
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn serve(&mut self, broker: u16) {
        let listener = self.listener.take().expect("it serves once");
        let (passage, released) = (self.passage.subscribe(), self.released.subscribe());
        let held = self.held.clone();
        tokio::spawn(async move {
            while let Ok((node, _)) = listener.accept().await {
                let Ok(broker) = TcpStream::connect(("127.0.0.1", broker)).await else { continue };
                let _ = (node.set_nodelay(true), broker.set_nodelay(true));
                let (from_node, to_node) = node.into_split();
                let (from_broker, to_broker) = broker.into_split();
                let kind = Arc::new(AtomicI16::new(-1));
                let gate = (released.clone(), held.clone());
                tokio::spawn(up(from_node, to_broker, kind.clone(), passage.clone(), gate));
                tokio::spawn(down(from_broker, to_node, kind, passage.clone()));
            }
        });
    }

    pub fn set(&self, passage: Passage) {
        self.passage.send_replace(passage);
    }

    /// Until something is held back.
    pub async fn until_held(&self) {
        self.held.subscribe().wait_for(|held| *held > 0).await.unwrap();
    }

    /// Lets go what was held back.
    pub fn release(&self) {
        self.released.send_modify(|times| *times += 1);
    }
}

async fn up(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    kind: Arc<AtomicI16>,
    passage: watch::Receiver<Passage>,
    (mut released, held): (watch::Receiver<u64>, Arc<watch::Sender<u64>>),
) -> std::io::Result<()> {
    loop {
        let length = from.read_u32().await?;
        let mut request = vec![0; length as usize];
        from.read_exact(&mut request).await?;
        let asked = i16::from_be_bytes([request[0], request[1]]);
        if asked == WRITES || asked == READS {
            kind.store(asked, Ordering::SeqCst);
        }
        let now = *passage.borrow();
        match (asked, now) {
            (WRITES, Passage::WritesLost) => continue,
            (WRITES, Passage::WritesHeld) => {
                let times = *released.borrow();
                held.send_modify(|held| *held += 1);
                let _ = released.wait_for(|now| *now > times).await;
            }
            _ => {}
        }
        to.write_u32(length).await?;
        to.write_all(&request).await?;
    }
}

async fn down(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    kind: Arc<AtomicI16>,
    passage: watch::Receiver<Passage>,
) -> std::io::Result<()> {
    // Once something was left out, nothing after it can be understood any more.
    let mut deaf = false;
    loop {
        let length = from.read_u32().await?;
        let mut answer = vec![0; length as usize];
        from.read_exact(&mut answer).await?;
        let now = *passage.borrow();
        deaf |= match kind.load(Ordering::SeqCst) {
            WRITES => now == Passage::AnswersLost,
            READS => now == Passage::ReadsHidden,
            _ => false,
        };
        if !deaf {
            to.write_u32(length).await?;
            to.write_all(&answer).await?;
        }
    }
}
