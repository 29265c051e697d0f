//! Counts the entries of a repeated field before any of it is decoded.
//!
//! Never here: the entries. An empty entry takes two bytes to send and a hundred to hold, so that a
//! limit asked after decoding would come too late.

use bytes::{Buf as _, Bytes};
use prost::encoding::{DecodeContext, decode_key, skip_field};

use super::fault::DecodeFault;

/// Refuses bytes in which the field with this number stands more than `max` times. Bytes that are no
/// protobuf are left to the decoder, which names that fault itself.
pub(crate) fn check_count(
    mut bytes: Bytes,
    field_number: u32,
    max: usize,
    fault: DecodeFault,
) -> Result<(), DecodeFault> {
    let mut count = 0usize;
    while bytes.has_remaining() {
        let Ok((number, wire_type)) = decode_key(&mut bytes) else { return Ok(()) };
        if skip_field(wire_type, number, &mut bytes, DecodeContext::default()).is_err() {
            return Ok(());
        }
        count = count.saturating_add(usize::from(number == field_number));
        if count > max {
            return Err(fault);
        }
    }
    Ok(())
}
