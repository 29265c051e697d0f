//! Golden bytes of records, messages and digests of Boards: what is signed and stored stays.

use bytes::Bytes;
use detente::codec::dispatch;
use detente::codec::message;
use detente::domain::digest::Digest;
use detente::domain::event::{Head, Record, Stamp};
use detente::domain::message::Acknowledgement;
use detente::domain::precedence::Precedence;

use crate::party::{self, Folded, anna, at, delivery, jan, peer, receive};
use crate::records::{KINDS, full, kind, leaf, proven, receipt, sealed};

const GOLDEN_RECORDS: &str = include_str!("golden/records.hex");
const GOLDEN_EVIDENCE: &str = include_str!("golden/evidence.hex");
const GOLDEN_BOARDS: &str = include_str!("golden/boards.hex");

/// Each line by itself, so that what has changed is named.
fn assert_golden(found: impl IntoIterator<Item = (String, Bytes)>, golden: &str) {
    let line = |(name, bytes): (String, Bytes)| format!("{name} {}\n", hex::encode(bytes));
    let found = found.into_iter().map(line).collect::<String>();
    assert_eq!(found, golden);
}

#[test]
fn every_kind_of_record_has_golden_bytes() {
    let stamp = Stamp { id: party::id(5), content: Digest::of(b"content"), at: at(3), by: anna() };
    let all = (0..KINDS).map(|one| {
        let (name, event) = kind(one, 42, "a text, naïve and ” quoted");
        let record = Record { index: 8, at: at(4), command: Some(stamp.clone()), events: vec![event] };
        (format!("{one:02}-{name}"), sealed(&record))
    });
    assert_golden(all, GOLDEN_RECORDS);
}

#[test]
fn messages_dispatches_and_receipts_have_golden_bytes() {
    let message = full("golden");
    let delivery = delivery(&message, 2, 3, 4);
    let receipt = receipt(6, "golden");
    let acknowledgement =
        Acknowledgement { message: Digest::of(b"message"), officer: anna(), read_at: at(9) };
    let all = [
        ("message", message::encode(&message)),
        ("message_signed", delivery.message_signed.clone()),
        ("draft", message::encode_draft(&message.draft)),
        ("acknowledgement", message::encode_acknowledgement(&acknowledgement)),
        ("dispatch", dispatch::encode_dispatch(&delivery.dispatch)),
        ("dispatch_signed", delivery.dispatch_signed.clone()),
        ("receipt", dispatch::encode_receipt(&receipt)),
        ("proven_receipt", dispatch::encode_proven(&proven(&receipt))),
        ("first_record", party::first_entry()),
    ];
    assert_golden(all.map(|(name, bytes)| (name.to_owned(), bytes)), GOLDEN_EVIDENCE);
    assert_eq!(message::decode(&message::encode(&message)), Ok(message.clone()));
    assert_eq!(message::decode_draft(&message::encode_draft(&message.draft)), Ok(message.draft));
    assert_eq!(
        message::decode_acknowledgement(&message::encode_acknowledgement(&acknowledgement)),
        Ok(acknowledgement)
    );
    assert_eq!(
        dispatch::decode_dispatch(dispatch::encode_dispatch(&delivery.dispatch)),
        Ok(delivery.dispatch)
    );
    assert_eq!(dispatch::decode_receipt(dispatch::encode_receipt(&receipt)), Ok(receipt.clone()));
    assert_eq!(dispatch::decode_proven(dispatch::encode_proven(&proven(&receipt))), Ok(proven(&receipt)));
}

/// A Board's digest is a promise between machines: it changes only with the fold version.
#[test]
fn the_board_of_a_small_journal_has_a_golden_digest_at_every_step() {
    let mut folded = Folded::with_peer();
    let mut steps = vec![("begun", Folded::begun().board.digest()), ("peer", folded.board.digest())];
    let outgoing = party::outgoing(Precedence::Immediate, "one");
    folded.given(party::draft(1, outgoing.clone()), party::by(&anna(), 1, "", at(1)), at(1)).unwrap();
    steps.push(("draft", folded.board.digest()));
    folded.given(party::release(1, outgoing), party::by(&jan(), 2, "", at(2)), at(2)).unwrap();
    steps.push(("release", folded.board.digest()));
    folded.node(receive(delivery(&full("theirs"), 1, 1, 3))).unwrap();
    steps.push(("received", folded.board.digest()));
    let asked = [leaf(0, "a"), leaf(1, "b"), leaf(2, "c")];
    let mut edge = detente::domain::ledger::Edge::new();
    for one in &asked {
        edge.push(one.hash);
    }
    let note = Bytes::from_static(b"note");
    let head = Head { party: peer(), size: 3, root: edge.root(), note, cosigned_at: Some(4) };
    folded.node(detente::domain::command::Command::FollowHead(head, asked.to_vec())).unwrap();
    steps.push(("followed", folded.board.digest()));
    let all = steps.iter().map(|(name, digest)| ((*name).to_owned(), Bytes::copy_from_slice(&digest.0)));
    assert_golden(all, GOLDEN_BOARDS);
}
