//! Notices of an activity that no longer stand, and are not summed: the one that is checked, and those of others.
//!
//! Never here: a sum.

use std::collections::BTreeSet;

use super::beside::{Stands, Thread};
use crate::domain::digest::ThreadId;
use crate::domain::exercise::picture::Account;
use crate::domain::party::Party;
use crate::limits;

/// Why a notice no longer stands: by the official number of the message that says so, which is not safe to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Gone {
    Replaced(String),
    Cancelled(String),
    Withdrawn(String),
}

/// Why the notice that is checked no longer stands. A draft is about to.
pub(super) fn of_this(threads: &[Thread], stands: Stands, author: Party) -> Option<Gone> {
    let message = stands.message?;
    let thread = threads.iter().find(|thread| thread.id == stands.thread)?;
    let picture = thread.picture();
    if let Some(word) = picture.withdrawn.get(&message) {
        return Some(Gone::Withdrawn(word.number.clone()));
    }
    let is_own = |account: &&Account| (account.author, account.traffic) == (author, stands.traffic);
    let account = picture.accounts.iter().find(is_own)?;
    let notice = account.notice.as_ref()?;
    if let Some(cancellation) = account.cancellation {
        return Some(Gone::Cancelled(cancellation.number.clone()));
    }
    let is_replaced = notice.earlier().iter().any(|earlier| earlier.message == message);
    is_replaced.then(|| Gone::Replaced(notice.present().number.clone()))
}

/// Notices of the activity that were cancelled or taken back, by author and official number, not safe to show: of those
/// who have none standing in that thread. What the author of the notice that is checked did in its thread is said of
/// that one.
pub(super) fn of_others(
    joined: &BTreeSet<ThreadId>,
    threads: &[Thread],
    stands: Stands,
    author: Party,
) -> Vec<(String, Gone)> {
    let mut all = Vec::new();
    for thread in threads.iter().filter(|one| one.id == stands.thread || joined.contains(&one.id)) {
        let is_meant = |by: Party| thread.id != stands.thread || by != author;
        let picture = thread.picture();
        let accounts = picture.accounts.iter().filter(|account| account.traffic == stands.traffic);
        let mut with_notice = BTreeSet::new();
        for account in accounts.filter(|account| is_meant(account.author)) {
            let Some(notice) = &account.notice else { continue };
            with_notice.insert(account.author);
            if let Some(cancellation) = account.cancellation {
                let said = notice.present();
                let name = format!("{} {}", said.author, said.number);
                all.push((name, Gone::Cancelled(cancellation.number.clone())));
            }
        }
        for (notice, word) in thread.notices_taken_back() {
            let is_last = notice.traffic == stands.traffic && !with_notice.contains(&notice.author);
            if is_last && is_meant(notice.author) {
                let name = format!("{} {}", notice.author, notice.number);
                all.push((name, Gone::Withdrawn(word.number.clone())));
            }
        }
    }
    all.truncate(limits::GROUP_THREADS_MAX);
    all
}
