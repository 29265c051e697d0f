//! Messages that are considered for duties once more, because what they may be about was put on record after them.
//!
//! A reply, a judgement or a cancellation may be considered before the duty is there: in one burst, or where the
//! receipt, the bond or the text by which it is owed comes later. Each duty does this once as it is opened, and once
//! more with each message that meets it: so it ends. Never here: what a message says.

use std::collections::BTreeSet;

use super::Board;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::duty::{Cause, Duties, DutiesNoted, Opened, Step, There};
use crate::domain::party::Party;
use crate::domain::thread::Entry;
use crate::domain::time::Instant;

impl Board {
    /// `duties` after what was noted.
    pub(super) fn consider_again(&self, duties: &mut Duties, own: Party, noted: &DutiesNoted) {
        let mut again: BTreeSet<There> = BTreeSet::new();
        let mut causes: BTreeSet<(Cause, Party)> = BTreeSet::new();
        let mut lists: BTreeSet<(&str, Party, Instant)> = BTreeSet::new();
        for opened in &noted.opened {
            let pair = [opened.owed_by, opened.owed_to];
            causes.extend(pair.map(|party| (opened.cause, party)));
            // What names an entry or a year stands in threads of its own.
            let since = self.named_since(opened);
            lists.extend(pair.into_iter().filter_map(|party| Some((&*opened.rule.regime, party, since?))));
        }
        for (cause, party) in &causes {
            let Cause::Message { digest, thread } = *cause else { continue };
            again.extend(self.after(&digest, thread, *party));
            again.extend(duties.referring_to(&digest));
        }
        for (regime, party, since) in lists {
            for (_, thread) in self.cited_in(regime, Some(party)) {
                let entries = self.threads.get(&thread).into_iter().flat_map(|thread| thread.entries());
                let since = entries.filter(|entry| entry.author == party && entry.released_at >= since);
                again.extend(since.map(there));
            }
        }
        for (number, step) in &noted.steps {
            let (Step::Met { message, .. }, Some(duty)) = (step, duties.get(*number)) else { continue };
            let judges = duty.opened.owed_to;
            if let Some(thread) = duty.opened.cause.thread() {
                again.extend(self.after(message, thread, judges));
            }
            again.extend(duties.referring_to(message));
        }
        // What brings a duty about was considered with it.
        let about = noted.about;
        for there in again.into_iter().filter(|(_, _, digest)| Some(*digest) != about) {
            // Of others there is nothing between us.
            if there.0 == own || self.links.contains_key(&there.0) {
                duties.consider(there);
            }
        }
    }

    /// From when on what names its entry, or its year, may have been said.
    fn named_since(&self, opened: &Opened) -> Option<Instant> {
        match (opened.cause, opened.entry) {
            (Cause::Message { digest, thread }, Some(_)) => {
                Some(self.thread(thread)?.entry(&digest)?.released_at)
            }
            (Cause::Message { .. }, None) => None,
            (Cause::Year(_), _) => Some(opened.from),
        }
    }

    /// What one Party says in a thread after a message: by our records, or by when it was released, where another
    /// lane overtook.
    fn after(&self, message: &Digest, thread: ThreadId, author: Party) -> Vec<There> {
        let Some(thread) = self.threads.get(&thread) else { return Vec::new() };
        let first = self.messages.get(message).map_or(0, |there| there.index);
        let released_at = thread.entry(message).map(|entry| entry.released_at);
        let is_after = |entry: &&Entry| {
            entry.author == author
                && (entry.index > first || released_at.is_some_and(|at| entry.released_at > at))
        };
        thread.entries().filter(is_after).map(there).collect()
    }
}

fn there(entry: &Entry) -> There {
    (entry.author, entry.index, entry.digest)
}
