//! The same work on many things, on all cores: signatures of a whole call are verified here, so that they
//! hold up neither each other nor the calls beside them.
//!
//! Never here: work that waits for anything.

use std::sync::Arc;

use crate::limits;

/// What the work makes of each, in order. A few are done at once, where they are.
#[expect(clippy::expect_used, reason = "what panics in the work panics here, as if it were done here")]
pub(super) async fn spread<T, R>(things: Vec<T>, work: impl Fn(T) -> R + Send + Sync + 'static) -> Vec<R>
where
    T: Send + 'static,
    R: Send + 'static,
{
    if things.len() <= limits::SPREAD_PIECE {
        return things.into_iter().map(work).collect();
    }
    let mut made = Vec::with_capacity(things.len());
    let work = Arc::new(work);
    let mut pieces = Vec::new();
    let mut things = things.into_iter();
    loop {
        let piece: Vec<T> = things.by_ref().take(limits::SPREAD_PIECE).collect();
        if piece.is_empty() {
            break;
        }
        let work = work.clone();
        pieces.push(tokio::task::spawn_blocking(move || {
            piece.into_iter().map(|one| work(one)).collect::<Vec<R>>()
        }));
    }
    for piece in pieces {
        made.extend(piece.await.expect("checking what a peer sent panics on no input"));
    }
    made
}
