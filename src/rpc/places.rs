//! How many calls of each peer, and of each person, are under way at once: from before a call's body is read until
//! its answer has gone out, so that what one of them holds open, sends and leaves unread is bounded whatever it does.
//!
//! Never here: who may call what (`access.rs`).

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
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::refusal::NotNow;
use crate::limits;

/// The places of all callers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Arc<Mutex<All>>);

type All = BTreeMap<Whose, Arc<Semaphore>>;

/// For which callers places are kept, apart from those of the others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Whose {
    /// By the digest of their key, as the roster has it.
    Person(Digest),
    Node(Party),
    /// Whoever has such a key takes none of the node's own.
    UnlistedKeysOf(Party),
}

/// A place for one call, given back when dropped.
pub(super) struct Place(OwnedSemaphorePermit);

impl Places {
    /// # Errors
    /// "Not now", if all places of the caller are taken.
    pub fn take(&self, caller: &Caller) -> Result<Place, Status> {
        let (whose, most) = match caller {
            Caller::Person(person) | Caller::PersonWithStaleList(person) => {
                (Whose::Person(person.person().key_digest), limits::CALLS_PER_PERSON_MAX)
            }
            Caller::Peer(peer) | Caller::PeerWithStaleList(peer) => {
                (Whose::Node(*peer.party()), limits::CALLS_PER_PEER_MAX)
            }
            Caller::PeerWithUnlistedKey(peer) => {
                (Whose::UnlistedKeysOf(*peer.party()), limits::CALLS_WITH_UNLISTED_KEY_MAX)
            }
        };
        let places = {
            // Nothing can be half done under this lock.
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(whose).or_insert_with(|| Arc::new(Semaphore::new(most))).clone()
        };
        let place = places.try_acquire_owned().map_err(|_| status::denied(NotNow::Inbox.into()))?;
        Ok(Place(place))
    }
}

impl Place {
    /// The answer's body, which keeps the place until it has gone out or was let go.
    pub fn until_sent(self, answer: Body) -> Body {
        Body::new(Sent { answer, _place: self.0 })
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
