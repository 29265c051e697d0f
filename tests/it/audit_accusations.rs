//! Accusations on record: the audit reports those that prove nothing of the other end.

use bytes::Bytes;
use detente::domain::board::Denied;
use detente::domain::command::{Command, Origin};
use detente::domain::event::{Contradiction, Event, Record};
use detente::domain::message::Dispatch;
use detente::domain::refusal::NotNow;

use crate::audit::{THREAD, accuser, audit, reports};
use crate::audit_rewritten::{in_first, rewritten, spoilt};
use crate::pair::pair;

fn accusation(event: &mut Event) -> Option<&mut Contradiction> {
    if let Event::Equivocated { proof, .. } = event { Some(proof) } else { None }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accusation_on_record_that_proves_nothing_is_reported() {
    let (by, pl, first) = accuser().await;
    let entries = pl.entries().await;
    let report = audit(&entries, pl.fingerprint, Some(&pl.checkpoint()));
    assert_eq!(report.faults, [], "both accusations are proven");

    let told = |sentence, alter: &dyn Fn(&mut Contradiction) -> Option<()>| {
        let altered = rewritten(&pl, &entries, |record| {
            record.events.iter_mut().find_map(|event| alter(accusation(event)?)).is_some()
        });
        let (index, altered) = altered.expect(sentence);
        reports(&pl, &altered, index, sentence);
    };
    // The dispatch that was taken accuses nobody, nor one that its sender did not sign.
    told("contradicts nothing", &|proof| {
        let Contradiction::Dispatch { signed, .. } = proof else { return None };
        *signed = first.clone();
        Some(())
    });
    told("the dispatch that contradicts an earlier one", &|proof| {
        let Contradiction::Dispatch { signed, .. } = proof else { return None };
        *signed = spoilt(signed);
        Some(())
    });
    // Another Party's dispatch, or one to somebody else, contradicts nothing of this link.
    let elsewhere = |proof: &mut Contradiction| {
        let Contradiction::Dispatch { dispatch, signed, .. } = proof else { return None };
        *signed = by.sign(&Dispatch { to: "OSCE".parse().unwrap(), ..dispatch.clone() });
        Some(())
    };
    told("contradicts nothing", &elsewhere);
    let to_namesake = |proof: &mut Contradiction| {
        let Contradiction::Dispatch { dispatch, signed, .. } = proof else { return None };
        *signed = by.sign(&Dispatch { to_fingerprint: by.fingerprint, ..dispatch.clone() });
        Some(())
    };
    told("contradicts nothing", &to_namesake);

    told("the leaf that contradicts an earlier one", &|proof| {
        let Contradiction::Leaf { inclusion_path, .. } = proof else { return None };
        inclusion_path[0].0[0] ^= 1;
        Some(())
    });
    told("the leaf that contradicts an earlier one", &|proof| {
        let Contradiction::Leaf { inclusion_path, .. } = proof else { return None };
        inclusion_path.clear();
        Some(())
    });
    told("the leaf that contradicts an earlier one", &|proof| {
        let Contradiction::Leaf { checkpoint, .. } = proof else { return None };
        let note = String::from_utf8(checkpoint.to_vec()).unwrap();
        *checkpoint = note.replacen("/ledger/", "/other/", 1).into();
        Some(())
    });
    told("contradicts nothing", &|proof| {
        let Contradiction::Leaf { leaf, .. } = proof else { return None };
        leaf.index = 1;
        Some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_put_on_record_as_not_verifying_must_not_verify() {
    let (by, pl) = pair("BY", "PL").await;
    by.send(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let (first, first_signed, message_signed) = by.owed(&pl).await.remove(0);
    let proven = pl.receive(&by, first_signed, message_signed).await;
    let dispute = |receipt: Bytes, judged_by_key_list| Command::DisputeReceipt {
        party: pl.party,
        lane: first.lane,
        serial: first.serial,
        receipt,
        reason: "it does not verify".into(),
        judged_by_key_list,
    };
    // By another list than the newest it may verify: not now.
    let refused = by.registrar.give(dispute(spoilt(&proven), 2), Origin::Node).await;
    assert_eq!(refused.unwrap_err(), Denied::NotNow(NotNow::KeyList));
    by.registrar.give(dispute(spoilt(&proven), 1), Origin::Node).await.unwrap();
    let entries = by.entries().await;
    assert_eq!(audit(&entries, by.fingerprint, Some(&by.checkpoint())).faults, []);
    for receipt in [Bytes::new(), Bytes::from_static(b"anything")] {
        let (_, altered) = rewritten(&by, &entries, |record| disputed_as(record, &receipt)).unwrap();
        assert_eq!(audit(&altered, by.fingerprint, None).faults, []);
    }
    let (index, altered) = rewritten(&by, &entries, |record| disputed_as(record, &proven)).unwrap();
    reports(&by, &altered, index, "and it verifies");
}

fn disputed_as(record: &mut Record, bytes: &Bytes) -> bool {
    in_first(record, |event| {
        let Event::ReceiptDisputed { receipt, .. } = event else { return None };
        *receipt = bytes.clone();
        Some(())
    })
}
