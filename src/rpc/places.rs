//! How many calls of each peer are under way at once: from before a call's body is read until its answer
//! has gone out, so that what one peer holds open, sends and leaves unread is bounded whatever it does.
//!
//! Never here: who may call what (`access.rs`). Persons are of the own Party, and bounded by their
//! connections.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use tonic::body::Body;

use super::caller::Caller;
use super::status;
use crate::domain::party::Party;
use crate::domain::refusal::NotNow;
use crate::limits;

/// The places of all peers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Arc<Mutex<All>>);

type All = BTreeMap<(Party, Kept), Arc<Semaphore>>;

/// For which of a Party's callers places are kept, apart from those of the others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kept {
    ForItsNode,
    /// Whoever has such a key takes none of the node's own.
    ForUnlistedKeys,
}

/// A place for one call, given back when dropped. Persons need none.
pub(super) struct Place(Option<OwnedSemaphorePermit>);

impl Places {
    /// # Errors
    /// "Not now", if all places of the peer are taken.
    pub fn take(&self, caller: &Caller) -> Result<Place, Status> {
        let (peer, kept, most) = match caller {
            Caller::Person(_) | Caller::PersonWithStaleList(_) => return Ok(Place(None)),
            Caller::Peer(peer) | Caller::PeerWithStaleList(peer) => {
                (peer, Kept::ForItsNode, limits::CALLS_PER_PEER_MAX)
            }
            Caller::PeerWithUnlistedKey(peer) => {
                (peer, Kept::ForUnlistedKeys, limits::CALLS_WITH_UNLISTED_KEY_MAX)
            }
        };
        let places = {
            // Nothing can be half done under this lock.
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let all = all.entry((*peer.party(), kept));
            all.or_insert_with(|| Arc::new(Semaphore::new(most))).clone()
        };
        let place = places.try_acquire_owned().map_err(|_| status::denied(NotNow::Inbox.into()))?;
        Ok(Place(Some(place)))
    }
}

impl Place {
    /// The answer's body, which keeps the place until it has gone out or was let go.
    pub fn until_sent(self, answer: Body) -> Body {
        match self.0 {
            Some(place) => Body::new(Sent { answer, _place: place }),
            None => answer,
        }
    }
}

struct Sent {
    answer: Body,
    _place: OwnedSemaphorePermit,
}

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.answer).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.answer.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.answer.size_hint()
    }
}
