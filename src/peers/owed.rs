//! What is owed on a lane, made from the records that fixed it: the same bytes each time.
//!
//! Never here: whether and when it is sent (`deliver.rs`, or `serve.rs` for a Party that collects).

use crate::codec::proto::detente::v1::Delivery;
use crate::codec::{dispatch as dispatch_codec, signed};
use crate::domain::event::Event;
use crate::domain::keys::Purpose;
use crate::domain::message::Dispatch;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::evidence::keys::KeyRing;
use crate::evidence::signed::{PayloadType, Signed};
use crate::limits;
use crate::registrar::{Head, own_key};
use crate::replay::records::{RecordFault, Records};

/// Makes the deliveries that are owed on a lane behind the serial `after`, as many as one call takes: the
/// same bytes each time.
pub(super) async fn make(
    head: &Head,
    records: &Records,
    ring: &KeyRing,
    peer: Party,
    lane: Precedence,
    after: u64,
) -> Result<Vec<(Dispatch, Delivery)>, OwedFault> {
    let mut made = Vec::new();
    let mut bytes = 0_usize;
    let Some(link) = head.board.link(peer) else { return Ok(made) };
    let owed = link.lane(lane).owed.range(after.saturating_add(1)..);
    for (serial, index) in owed.take(limits::DELIVERIES_PER_CALL_MAX) {
        match make_one(head, records, ring, peer, lane, *serial, *index).await {
            Ok(one) => {
                bytes = bytes.saturating_add(one.1.dispatch.len()).saturating_add(one.1.message.len());
                made.push(one);
            }
            // Those before it go their way all the same.
            Err(_) if !made.is_empty() => break,
            Err(fault) => return Err(fault),
        }
        if bytes >= limits::DELIVERIES_BYTES_PER_CALL {
            break;
        }
    }
    Ok(made)
}

async fn make_one(
    head: &Head,
    records: &Records,
    ring: &KeyRing,
    peer: Party,
    lane: Precedence,
    serial: u64,
    index: u64,
) -> Result<(Dispatch, Delivery), OwedFault> {
    let record = records.record(index).await?;
    let found = record.events.iter().find_map(|event| match event {
        Event::Released(released) => released
            .dispatches
            .iter()
            .find(|(one, _)| one.to == peer && one.lane == lane && one.serial == serial)
            .map(|(dispatch, _)| (dispatch.clone(), released.signed.clone())),
        _ => None,
    });
    let (dispatch, message) = found.ok_or(RecordFault::NoSuchMessage { index })?;
    // Of the list that it names: a key that was replaced since is kept in the ring for this.
    let key = own_key(&head.board, ring, dispatch.key_list, Purpose::Message)?;
    let payload = dispatch_codec::encode_dispatch(&dispatch);
    let dispatch_signed = signed::encode(&Signed::sign(PayloadType::Dispatch, payload, &[key]));
    Ok((dispatch, Delivery { dispatch: dispatch_signed, message }))
}

/// Why what is owed can't be made. It stays owed.
#[derive(Debug, thiserror::Error)]
pub(super) enum OwedFault {
    #[error(transparent)]
    Record(#[from] RecordFault),
    #[error(transparent)]
    Key(#[from] crate::registrar::KeyMissing),
}
