//! Regimes that were read before, so that a thread of many messages under one regime reads it once.
//!
//! What a text says follows from its bytes and from those that it inherits from, which it names by digest:
//! one answer for all who ask in this process. Whether it is on record at the head that somebody reads is
//! asked each time. Never here: a text, or one that could not be read.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::digest::Digest;
use crate::domain::regime::Regime;
use crate::limits;

/// A regime with the texts that it inherits from and that are not built in.
#[derive(Clone)]
pub(super) struct Read {
    pub regime: Arc<Regime>,
    pub parents: Arc<[Digest]>,
}

/// Those asked for last come last.
static READ: Mutex<VecDeque<(Digest, Read)>> = Mutex::new(VecDeque::new());

/// What the text with this digest says, if it was read not long ago.
pub(super) fn known(digest: &Digest) -> Option<Read> {
    // Under the lock entries only change places: a panic elsewhere leaves nothing half done.
    let mut all = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let at = all.iter().position(|(other, _)| other == digest)?;
    let one = all.remove(at)?;
    let read = one.1.clone();
    all.push_back(one);
    Some(read)
}

pub(super) fn keep(digest: Digest, read: Read) {
    let mut all = READ.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|(other, _)| *other != digest);
    while all.len() >= limits::REGIMES_READ_KEPT_MAX {
        all.pop_front();
    }
    all.push_back((digest, read));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::regime::{self, built_in};

    #[test]
    fn the_one_that_was_asked_for_longest_ago_makes_room() {
        let text = built_in::file("vienna-document-2011").unwrap();
        let regime = Arc::new(regime::read(text, &built_in::parent).unwrap());
        let digest = |number: usize| Digest::of(&number.to_be_bytes());
        for number in 0..limits::REGIMES_READ_KEPT_MAX {
            keep(digest(number), Read { regime: regime.clone(), parents: Arc::default() });
        }
        assert!(known(&digest(0)).is_some());
        keep(digest(usize::MAX), Read { regime: regime.clone(), parents: Arc::default() });
        assert!(known(&digest(0)).is_some() && known(&digest(usize::MAX)).is_some());
        assert!(known(&digest(1)).is_none());
        assert_eq!(Arc::strong_count(&regime), 1 + limits::REGIMES_READ_KEPT_MAX);
    }
}
