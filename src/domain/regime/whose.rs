//! Who states of two threads that they are the same activity, and has no notice standing in either: it is their word on
//! the notices of others.
//!
//! Never here: whether it counts. It is said, and no more.

use std::collections::{BTreeMap, BTreeSet};

use super::beside::{Stands, Thread};
use super::group::Pair;
use crate::domain::digest::ThreadId;
use crate::domain::party::Party;

/// Asked only where nobody contests it, since else the other thread was not read. Who checks gave notice here.
pub(super) fn without_notice(pairs: &mut [Pair], threads: &[Thread], stands: Stands, author: Party) {
    let mut notified: BTreeSet<(ThreadId, Party)> = BTreeSet::from([(stands.thread, author)]);
    let mut withdrew: BTreeMap<(ThreadId, Party), String> = BTreeMap::new();
    for thread in threads {
        let picture = thread.picture();
        let with_notice = picture.accounts.iter().filter(|account| account.notice.is_some());
        let of_this_traffic = with_notice.filter(|account| account.traffic == stands.traffic);
        notified.extend(of_this_traffic.map(|account| (thread.id, account.author)));
        for (notice, word) in thread.notices_taken_back() {
            if notice.traffic == stands.traffic {
                withdrew.insert((thread.id, notice.author), word.number.clone());
            }
        }
    }
    for pair in pairs.iter_mut().filter(|pair| pair.holds()) {
        let both = [pair.one, pair.other];
        for party in pair.stated_by.clone() {
            if both.iter().any(|thread| notified.contains(&(*thread, party))) {
                continue;
            }
            match both.iter().find_map(|thread| withdrew.get(&(*thread, party))) {
                Some(number) => {
                    pair.withdrew.insert(party, number.clone());
                }
                None => {
                    pair.not_theirs.insert(party);
                }
            }
        }
    }
}
