//! What a peer delivered, looked at before the Registrar is asked: is the dispatch the peer's own word,
//! and what becomes of the message.
//!
//! Two faults are told apart. What the peer did not validly sign is only counted, and spends no serial.
//! A fault in a message that it validly dispatched is final: it is put on record and receipted as such.

use bytes::Bytes;

use crate::codec::{dispatch as dispatch_codec, message as message_codec, signed};
use crate::domain::board::Board;
use crate::domain::command::Delivery;
use crate::domain::digest::Digest;
use crate::domain::keys::Purpose;
use crate::domain::ledger::leaf_hash;
use crate::domain::message::{Dispatch, Message, Outcome};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::NotNow;
use crate::evidence::keys::PublicKey;
use crate::evidence::signed::PayloadType;
use crate::limits;

/// Why a delivery is not even a dispatch of this peer's. Nothing is put on record but a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("the dispatch can't be decoded")]
    UnreadableDispatch,
    #[error("the dispatch is not from the calling Party to this one")]
    NotThisLink,
    #[error("the dispatch is made out to another Party under this one's code: the fingerprint is not ours")]
    OtherFingerprint,
    #[error("the dispatch's signature does not verify")]
    DispatchSignature,
    #[error("the message is not the one that the dispatch names")]
    OtherMessage,
    #[error("the two ends contradict each other about this serial")]
    Equivocation,
    #[error("with all that is around dispatch and message, and nobody signed, a record has no room for it")]
    NoRoomInRecord,
    /// Only of a file. Over the link it is refused for good; but whoever brought the file may have changed it.
    #[error(
        "the message's signature does not verify, it is over a limit, or what is around it or its dispatch is not as \
         its author makes it: the file may have been changed on its way"
    )]
    ChangedMessage,
}

impl NotTaken {
    pub fn reason(self) -> &'static str {
        match self {
            NotTaken::UnreadableDispatch => "UNREADABLE_DISPATCH",
            NotTaken::NotThisLink => "NOT_THIS_LINK",
            NotTaken::OtherFingerprint => "OTHER_FINGERPRINT",
            NotTaken::DispatchSignature => "DISPATCH_SIGNATURE",
            NotTaken::OtherMessage => "OTHER_MESSAGE",
            NotTaken::Equivocation => "EQUIVOCATION",
            NotTaken::NoRoomInRecord => "NO_ROOM_IN_RECORD",
            NotTaken::ChangedMessage => "CHANGED_MESSAGE",
        }
    }
}

/// Why a delivery does not become a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    NotTaken(NotTaken),
    NotNow(NotNow),
}

impl From<NotTaken> for Unfit {
    fn from(fault: NotTaken) -> Unfit {
        Unfit::NotTaken(fault)
    }
}

/// The lane and serial that a dispatch claims, unverified: they only say behind whom the call waits, and
/// what its answers are about.
pub fn claimed(dispatch_signed: &Bytes) -> Option<(Precedence, u64)> {
    let payload = signed::decode(dispatch_signed.clone()).ok()?.payload;
    let claimed = dispatch_codec::decode_dispatch(payload).ok()?;
    Some((claimed.lane, claimed.serial))
}

/// Looks at one delivery from `peer`, in a call of deliveries on one lane.
pub fn look(
    board: &Board,
    peer: Party,
    lane: Precedence,
    dispatch_signed: Bytes,
    message_signed: Bytes,
) -> Result<Delivery, Unfit> {
    let own = board.own.ok_or(Unfit::NotNow(NotNow::Journal))?;
    let wrapping = signed::decode(dispatch_signed.clone()).map_err(|_| NotTaken::UnreadableDispatch)?;
    let claimed = dispatch_codec::decode_dispatch(wrapping.payload.clone())
        .map_err(|_| NotTaken::UnreadableDispatch)?;
    if claimed.from != peer || claimed.to != own.party || claimed.lane != lane {
        return Err(NotTaken::NotThisLink.into());
    }
    if board.roster.fingerprint_of(own.party) != Some(claimed.to_fingerprint) {
        return Err(NotTaken::OtherFingerprint.into());
    }
    let leaf = leaf_hash(&wrapping.payload);
    let key = message_key(board, peer, &claimed, &leaf)?;
    // From here on only the verified bytes are used.
    let payload =
        wrapping.verify(PayloadType::Dispatch, &key).map_err(|_| NotTaken::DispatchSignature)?.clone();
    let dispatch =
        dispatch_codec::decode_dispatch(payload.clone()).map_err(|_| NotTaken::UnreadableDispatch)?;
    // A second dispatch under a serial already receipted speaks for itself, whatever comes with it: it is
    // put on record as a contradiction, and gets no receipt.
    let given = board.link(peer).and_then(|link| link.lane(dispatch.lane).given.get(&dispatch.serial));
    let message = if given.is_some_and(|given| given.dispatch != Digest::of(&payload)) {
        Err(Outcome::RefusedUnreadable)
    } else {
        message_of(board, peer, &dispatch, &message_signed, &key)?
    };
    let kept =
        if message_signed.len() > limits::MESSAGE_SIGNED_BYTES_MAX { Bytes::new() } else { message_signed };
    Ok(Delivery {
        peer,
        judged_by_key_list: dispatch.key_list,
        dispatch,
        dispatch_digest: Digest::of(&payload),
        dispatch_signed,
        dispatch_leaf: leaf,
        message_signed: kept,
        message,
        carried_by: None,
    })
}

/// Whether whoever handed it on may be why it would be refused, or may have written what would be put on record with
/// it: a wrapping is signed by nobody.
pub fn may_be_changed(delivery: &Delivery) -> bool {
    matches!(delivery.message, Err(Outcome::RefusedSignature | Outcome::RefusedLimit))
        || !is_as_made(&delivery.dispatch_signed)
        || !is_as_made(&delivery.message_signed)
}

/// Whether a wrapping holds its payload, one signature and nothing else, as nodes write them.
fn is_as_made(wrapping: &Bytes) -> bool {
    signed::decode(wrapping.clone())
        .is_ok_and(|one| one.signatures.len() == 1 && signed::encode(&one) == *wrapping)
}

/// The message key of the list that the dispatch names.
///
/// A list that was replaced still counts where its message key did not change, or where the dispatch's
/// leaf stands under a head that was followed: it was owed before the change. Otherwise a thief of the
/// old key could go on writing under the old number; such a dispatch waits until a head announces it.
fn message_key(board: &Board, peer: Party, dispatch: &Dispatch, leaf: &Digest) -> Result<PublicKey, Unfit> {
    let waits = Unfit::NotNow(NotNow::KeyList);
    let known = board.roster.parties.get(&peer).ok_or(NotTaken::NotThisLink)?;
    let named = &known.numbered(dispatch.key_list).ok_or(waits)?.list;
    let newest = &known.newest().ok_or(waits)?.list;
    let key = named.key_for(Purpose::Message).ok_or(waits)?;
    let in_force = newest.key_for(Purpose::Message) == Some(key);
    let announced = board
        .link(peer)
        .and_then(|link| link.theirs.announced.get(&dispatch.leaf_index))
        .is_some_and(|announced| announced.leaf == *leaf);
    if !in_force && !announced {
        return Err(waits);
    }
    PublicKey::from_bytes(key).map_err(|_| NotTaken::DispatchSignature.into())
}

fn message_of(
    board: &Board,
    peer: Party,
    dispatch: &Dispatch,
    message_signed: &Bytes,
    key: &PublicKey,
) -> Result<Result<Message, Outcome>, NotTaken> {
    // Only of the very message that the dispatch names may our receipt say anything, also when it says
    // why it is refused: otherwise a peer could send other bytes and show the receipt beside the message.
    let wrapping = signed::decode(message_signed.clone()).map_err(|_| NotTaken::OtherMessage)?;
    if wrapping.digest() != dispatch.message {
        return Err(NotTaken::OtherMessage);
    }
    if message_signed.len() > limits::MESSAGE_SIGNED_BYTES_MAX {
        return Ok(Err(Outcome::RefusedLimit));
    }
    let Ok(payload) = wrapping.verify(PayloadType::Message, key) else {
        return Ok(Err(Outcome::RefusedSignature));
    };
    let Ok(message) = message_codec::decode(payload) else {
        return Ok(Err(Outcome::RefusedUnreadable));
    };
    let ours = board.own.is_some_and(|own| message.draft.parties().contains(&own.party));
    if message.author != peer || !ours {
        return Ok(Err(Outcome::RefusedAddressee));
    }
    Ok(Ok(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::signed::{Algorithm, Signature, Signed};

    #[test]
    fn a_wrapping_with_anything_beside_one_signature_is_not_as_its_author_made_it() {
        let signature = Signature {
            key_digest: Digest::of(b"a key"),
            algorithm: Algorithm::Ed25519,
            value: vec![7; 64].into(),
        };
        let with = |signatures: Vec<Signature>| {
            let payload_type = PayloadType::Message;
            signed::encode(&Signed { payload: Bytes::from_static(b"said"), payload_type, signatures })
        };
        let made = with(vec![signature.clone()]);
        assert!(is_as_made(&made));
        assert!(!is_as_made(&with(vec![signature.clone(), signature])));
        // A field that nobody knows.
        let added = Bytes::from([&made[..], &[0x7a, 1, b'x']].concat());
        assert!(signed::decode(added.clone()).is_ok() && !is_as_made(&added));
        assert!(!is_as_made(&Bytes::new()));
    }
}
