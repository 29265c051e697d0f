//! `Signed` from and to its wrapping.
//!
//! Never here: a look into the payload, whose bytes are kept as they are. Fields of the wrapping that
//! this program does not know are dropped: nothing in the wrapping but the payload is signed.

use bytes::Bytes;
use prost::Message as _;

use super::evidence_v1 as proto;
use super::fault::DecodeFault;
use super::repeated::check_count;
use crate::domain::digest::Digest;
use crate::evidence::signed::{Algorithm, PayloadType, Signature, Signed};
use crate::limits;

/// Reads a wrapping. It says nothing about whether the signatures verify.
pub fn decode(bytes: Bytes) -> Result<Signed, DecodeFault> {
    if bytes.len() > limits::SIGNED_BYTES_MAX {
        return Err(DecodeFault::at_most("signed", limits::SIGNED_BYTES_MAX, "bytes"));
    }
    let too_many = DecodeFault::at_most("signed.signatures", limits::SIGNATURES_MAX, "signatures");
    check_count(bytes.clone(), 3, limits::SIGNATURES_MAX, too_many)?;
    let wrapping =
        proto::Signed::decode(bytes).map_err(|_| DecodeFault::new("signed", "not a wrapping at all"))?;
    from_proto(wrapping)
}

/// The wrapping with the payload and its signatures, as it is stored and sent.
pub fn encode(signed: &Signed) -> Bytes {
    to_proto(signed).encode_to_vec().into()
}

pub(crate) fn from_proto(wrapping: proto::Signed) -> Result<Signed, DecodeFault> {
    let payload_type = PayloadType::from_name(&wrapping.payload_type)
        .ok_or(DecodeFault::new("signed.payload_type", "none of the known types"))?;
    if wrapping.payload.len() > limits::SIGNED_PAYLOAD_BYTES_MAX {
        return Err(DecodeFault::at_most("signed.payload", limits::SIGNED_PAYLOAD_BYTES_MAX, "bytes"));
    }
    if wrapping.signatures.is_empty() {
        return Err(DecodeFault::new("signed.signatures", "at least one"));
    }
    if wrapping.signatures.len() > limits::SIGNATURES_MAX {
        return Err(DecodeFault::at_most("signed.signatures", limits::SIGNATURES_MAX, "signatures"));
    }
    let signatures = wrapping.signatures.into_iter().map(signature_from_proto).collect::<Result<_, _>>()?;
    Ok(Signed { payload: wrapping.payload, payload_type, signatures })
}

pub(crate) fn to_proto(signed: &Signed) -> proto::Signed {
    proto::Signed {
        payload: signed.payload.clone(),
        payload_type: signed.payload_type.as_str().into(),
        signatures: signed.signatures.iter().map(signature_to_proto).collect(),
    }
}

fn signature_from_proto(signature: proto::Signature) -> Result<Signature, DecodeFault> {
    let key_digest = Digest::from_slice(&signature.key_digest)
        .ok_or(DecodeFault::new("signed.signatures.key_digest", "32 bytes"))?;
    let ed25519 = proto::Algorithm::Ed25519 as i32;
    let algorithm = match signature.algorithm {
        0 => return Err(DecodeFault::new("signed.signatures.algorithm", "not stated")),
        known if known == ed25519 => Algorithm::Ed25519,
        unknown => Algorithm::Unknown(unknown),
    };
    if algorithm == Algorithm::Ed25519 && signature.value.len() != 64 {
        return Err(DecodeFault::new("signed.signatures.value", "64 bytes for Ed25519"));
    }
    if signature.value.len() > limits::SIGNATURE_BYTES_MAX {
        return Err(DecodeFault::at_most("signed.signatures.value", limits::SIGNATURE_BYTES_MAX, "bytes"));
    }
    Ok(Signature { key_digest, algorithm, value: signature.value })
}

fn signature_to_proto(signature: &Signature) -> proto::Signature {
    proto::Signature {
        key_digest: Bytes::copy_from_slice(&signature.key_digest.0),
        algorithm: match signature.algorithm {
            Algorithm::Ed25519 => proto::Algorithm::Ed25519 as i32,
            Algorithm::Unknown(number) => number,
        },
        value: signature.value.clone(),
    }
}
