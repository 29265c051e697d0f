//! Drafts in sessions that are not released: told with the session, to each console as it changes, and to the watch.
//!
//! Never here: what a draft says, which whoever releases it reads (`rpc/message.rs`).

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::join::{Answers, PATIENCE, hand_over};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::board::{Board, Draft};
use crate::domain::digest::{DraftId, ThreadId};
use crate::domain::thread::Thread;
use crate::limits;
use crate::registrar::Head;

type Open<'b> = (&'b DraftId, &'b Draft);

/// Those of one thread.
pub(super) fn of(board: &Board, thread: ThreadId) -> calls::OpenDrafts {
    as_many(all(board).filter(|(_, open)| open.thread == thread))
}

/// Those of all sessions.
pub(in crate::rpc) fn of_sessions(board: &Board) -> calls::OpenDrafts {
    as_many(in_sessions(board))
}

/// Tells one console of them, each session by itself: what there is, and then whatever changes. Ends where nobody listens
/// any more, or has not for too long.
pub(super) async fn follow(mut heads: watch::Receiver<Arc<Head>>, answers: Answers) {
    let mut told = BTreeMap::new();
    loop {
        let head = heads.borrow_and_update().clone();
        for (thread, drafts) in news(&mut told, &head.board) {
            let thread = thread.0.to_vec().into();
            let news = calls::JoinResponse { thread, what: Some(What::Drafts(drafts)), ..Default::default() };
            if hand_over(&answers, Ok(news), PATIENCE).await.is_err() {
                return;
            }
        }
        if heads.changed().await.is_err() {
            return;
        }
    }
}

/// The sessions in which there are others than was told.
fn news(
    told: &mut BTreeMap<ThreadId, calls::OpenDrafts>,
    board: &Board,
) -> Vec<(ThreadId, calls::OpenDrafts)> {
    let mut now: BTreeMap<ThreadId, Vec<Open<'_>>> =
        told.keys().map(|thread| (*thread, Vec::new())).collect();
    for one in in_sessions(board) {
        now.entry(one.1.thread).or_default().push(one);
    }
    let now = now.into_iter().map(|(thread, open)| (thread, as_many(open.into_iter())));
    let news: Vec<_> = now.filter(|(thread, drafts)| told.get(thread) != Some(drafts)).collect();
    for (thread, drafts) in &news {
        if drafts.drafts.is_empty() {
            told.remove(thread);
        } else {
            told.insert(*thread, drafts.clone());
        }
    }
    news
}

fn all(board: &Board) -> impl Iterator<Item = Open<'_>> {
    board.drafts.iter().map(|(id, open)| (id, open.as_ref()))
}

fn in_sessions(board: &Board) -> impl Iterator<Item = Open<'_>> {
    all(board).filter(move |(_, open)| board.thread(open.thread).is_some_and(Thread::is_session))
}

fn as_many<'b>(open: impl Iterator<Item = Open<'b>>) -> calls::OpenDrafts {
    let mut told = calls::OpenDrafts::default();
    for (id, open) in open {
        if told.drafts.len() >= limits::HOTLINE_DRAFTS_TOLD {
            told.more = told.more.saturating_add(1);
            continue;
        }
        told.drafts.push(calls::OpenDraft {
            draft: id.0.to_vec().into(),
            thread: open.thread.0.to_vec().into(),
            drafter: open.drafter.name.clone(),
            returned: open.returned.is_some(),
        });
    }
    told
}
