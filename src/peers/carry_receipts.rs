//! Receipts that came in a file, for what went out in one: each is held against the dispatch that it is of, as those
//! that come over the link are.
//!
//! Never here: a dispute. Whoever brings bytes that prove nothing has only brought bytes.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::carry_in::{Stopped, Taken};
use super::exchange::Link;
use super::serve::ServeFault;
use super::{owed, receipts};
use crate::codec::dispatch;
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::message::Receipt;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::limits;

const RECEIPTS: &str = "carry.receipts";

/// Puts on record those that prove what is owed to be there, and says what is wrong with the others.
pub(super) async fn take(link: &Link, proven: Vec<Bytes>, taken: &mut Taken) -> Result<(), ServeFault> {
    let mut lanes: [BTreeMap<u64, Bytes>; 4] = Default::default();
    for bytes in proven {
        match read(&bytes) {
            Some(receipt) => {
                receipt.lane.of_mut(&mut lanes).insert(receipt.serial, bytes);
            }
            None => taken.stopped.push(Stopped {
                at: None,
                field: RECEIPTS,
                rule: "it can't be decoded, or is over a limit".into(),
            }),
        }
    }
    // As those that a Party hands in over the link: one call at a time.
    let _turn = link.state.taking_receipts.lock().await;
    for lane in Precedence::FASTEST_FIRST {
        take_lane(link, lane, std::mem::take(lane.of_mut(&mut lanes)), taken).await?;
    }
    Ok(())
}

fn read(proven: &Bytes) -> Option<Receipt> {
    if proven.len() > limits::PROVEN_RECEIPT_BYTES_MAX {
        return None;
    }
    let proven = dispatch::decode_proven(proven.clone()).ok()?;
    dispatch::decode_receipt(proven.receipt).ok()
}

async fn take_lane(
    link: &Link,
    lane: Precedence,
    mut of_lane: BTreeMap<u64, Bytes>,
    taken: &mut Taken,
) -> Result<(), ServeFault> {
    let head = link.head();
    let Some(here) = head.board.link(link.peer).map(|one| one.lane(lane)) else { return Ok(()) };
    let records = head.records(&link.exchange.registrar.journal);
    let stopped = |serial, rule: String| Stopped { at: Some((lane, serial)), field: RECEIPTS, rule };
    let not_owed: Vec<u64> =
        of_lane.keys().filter(|serial| !here.owed.contains_key(*serial)).copied().collect();
    for serial in not_owed {
        of_lane.remove(&serial);
        if here.receipted.contains_key(&serial) {
            taken.receipts.before = taken.receipts.before.saturating_add(1);
        } else {
            taken.stopped.push(stopped(serial, "nothing was dispatched under this serial".into()));
        }
    }
    while let Some((first, _)) = of_lane.first_key_value() {
        let exchange = &link.exchange;
        let after = first.saturating_sub(1);
        let made = owed::make(&head, &records, &exchange.ring, link.peer, lane, after).await;
        let made = made.map_err(|_| ServeFault::Unusable("journal"))?;
        let left = of_lane.len();
        let (mut serials, mut commands) = (Vec::new(), Vec::new());
        for (dispatch, _) in made {
            let Some(proven) = of_lane.remove(&dispatch.serial) else { continue };
            match receipts::verify(&head.board, &dispatch, &proven) {
                Ok(receipted) => {
                    serials.push(dispatch.serial);
                    commands.push(Command::TakeReceipt(receipted));
                }
                Err(fault) => taken.stopped.push(stopped(dispatch.serial, fault.to_string())),
            }
        }
        if of_lane.len() == left {
            return Err(ServeFault::Unusable("journal"));
        }
        let answers = exchange.registrar.give_all(commands, Origin::Node).await;
        for (serial, answer) in serials.into_iter().zip(answers) {
            match answer {
                Ok(_) => taken.receipts.put_on_record = taken.receipts.put_on_record.saturating_add(1),
                // The link brought it meanwhile.
                Err(Denied::Refused(Refusal::NotOwed) | Denied::AlreadyDone { .. }) => {
                    taken.receipts.before = taken.receipts.before.saturating_add(1);
                }
                Err(Denied::NotNow(not_now)) => {
                    taken.stopped.push(stopped(serial, format!("{not_now}; give the file again later")));
                }
                Err(Denied::Refused(refused)) => taken.stopped.push(stopped(serial, refused.to_string())),
            }
        }
    }
    Ok(())
}
