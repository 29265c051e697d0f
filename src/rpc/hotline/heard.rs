//! A session as consoles are told it at one head of the journal, read once for all consoles that are there.
//!
//! Never here: an old reading given for a newer head, or one kept for long: only the last few.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use tonic::Status;

use super::lines;
use super::told::Told;
use crate::codec::message::traffic_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::hotline::session::Spoken;
use crate::domain::party::Party;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;

/// A session as it is on record.
pub(super) struct Heard {
    pub thread: ThreadId,
    pub own: Party,
    pub traffic: i32,
    /// `None` where the thread holds no session yet.
    pub stands: Option<calls::Session>,
    /// In its order.
    pub lines: Vec<HeardLine>,
    /// In the order of the thread.
    pub spoken: Vec<Spoken>,
}

pub(super) struct HeardLine {
    pub message: Digest,
    /// The index of the record that holds it.
    pub recorded: u64,
    pub told: calls::SessionLine,
}

/// The last readings. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Reads(Arc<Mutex<VecDeque<Read>>>);

struct Read {
    thread: ThreadId,
    /// How many records the journal had.
    size: u64,
    heard: Arc<OnceCell<Arc<Heard>>>,
}

impl Reads {
    /// The session of a thread at a head. Consoles that ask for the same one at once wait for one reading.
    ///
    /// # Errors
    /// As `Told::read`.
    pub async fn heard(
        &self,
        head: &Head,
        journal: &Journal,
        thread: ThreadId,
    ) -> Result<Arc<Heard>, Status> {
        let cell = self.cell(thread, head.chain.size);
        let read = async || Ok(Arc::new(heard(Told::read(head, journal, thread).await?)));
        cell.get_or_try_init(read).await.cloned()
    }

    fn cell(&self, thread: ThreadId, size: u64) -> Arc<OnceCell<Arc<Heard>>> {
        // A panic elsewhere leaves a list that is whole.
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = reads.iter().find(|read| (read.thread, read.size) == (thread, size)) {
            return known.heard.clone();
        }
        // Whoever goes on from an older head reads for itself.
        reads.retain(|read| read.size >= size);
        while reads.len() >= limits::HOTLINE_READS_KEPT {
            reads.pop_front();
        }
        let cell = Arc::new(OnceCell::new());
        reads.push_back(Read { thread, size, heard: cell.clone() });
        cell
    }
}

fn heard(told: Told) -> Heard {
    let (thread, own) = (told.thread, told.own);
    let Some(session) = told.session() else {
        return Heard { thread, own, traffic: 0, stands: None, lines: Vec::new(), spoken: told.spoken };
    };
    let places = lines::places(&session).into_iter();
    let lines = places.map(|place| HeardLine {
        message: place.spoken.said.message,
        recorded: place.spoken.recorded,
        told: lines::line(&told, &session, &place),
    });
    let lines = lines.collect();
    let traffic = traffic_to_proto(session.begins.said.traffic);
    let stands = Some(lines::head(&told, &session));
    Heard { thread, own, traffic, stands, lines, spoken: told.spoken }
}
