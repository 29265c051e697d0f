//! Every bound of the program, each with the sentence that says what happens there.
//!
//! Never a treaty's number: those are regime data. A bound that is not named here does not exist.

// ---- domain ------------------------------------------------------------------------------------

/// A shorter Party code is refused.
pub const PARTY_CODE_CHARS_MIN: usize = 2;
/// A longer Party code is refused.
pub const PARTY_CODE_CHARS_MAX: usize = 12;

// ---- forms: what a person may write in a form --------------------------------------------------

// ---- evidence ----------------------------------------------------------------------------------

/// What carries more signatures in one wrapping is refused.
pub const SIGNATURES_MAX: usize = 8;
/// A longer signature value is refused (bytes). Ed25519 needs 64, ML-DSA-87 needs 4,627.
pub const SIGNATURE_BYTES_MAX: usize = 5 * 1024;
/// A larger signed payload is refused (bytes): it could not stand in one record.
pub const SIGNED_PAYLOAD_BYTES_MAX: usize = RECORD_BYTES_MAX;
/// A larger wrapping, payload and signatures together, is refused before it is read (bytes).
pub const SIGNED_BYTES_MAX: usize = SIGNED_PAYLOAD_BYTES_MAX + SIGNATURES_MAX * (SIGNATURE_BYTES_MAX + 128);
/// A checkpoint of a larger tree is refused (leaves). Verifiers in other languages count in signed
/// 64-bit numbers.
pub const TREE_LEAVES_MAX: u64 = i64::MAX as u64;
/// A longer inclusion or consistency path is refused before any of it is hashed. No tree within
/// `TREE_LEAVES_MAX` leaves needs more for inclusion; C2SP tlog-witness allows no more for consistency.
pub const PROOF_HASHES_MAX: usize = 63;
/// A larger note is refused before it is read (bytes). Sixteen post-quantum signatures fit.
pub const NOTE_BYTES_MAX: usize = 128 * 1024;
/// A note with more signature lines is refused. C2SP signed-note asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 32;
/// A note key with a longer name is refused (bytes).
pub const NOTE_NAME_BYTES_MAX: usize = 255;
/// A checkpoint with more extension lines is refused. We write none.
pub const CHECKPOINT_EXTENSIONS_MAX: usize = 16;
/// A tlog-proof whose extra data is longer is refused (bytes). We write none.
pub const PROOF_EXTRA_BYTES_MAX: usize = 64 * 1024;
/// A larger tlog-proof is refused before it is read (bytes).
pub const PROOF_FILE_BYTES_MAX: usize = 256 * 1024;
/// A larger key list is refused (bytes).
pub const KEY_LIST_BYTES_MAX: usize = 64 * 1024;
/// A key list with more TLS keys is refused.
pub const KEY_LIST_TLS_KEYS_MAX: usize = 8;
/// A key list with more keys of all purposes together is refused, known to this program or not.
pub const KEY_LIST_KEYS_MAX: usize = 32;
/// A key list with more certificates of its authority is refused.
pub const KEY_LIST_CA_CERTIFICATES_MAX: usize = 4;
/// A key list with a longer certificate is refused (bytes).
pub const CA_CERTIFICATE_BYTES_MAX: usize = 8 * 1024;
/// A key list with more addresses is refused.
pub const KEY_LIST_ADDRESSES_MAX: usize = 8;
/// A key list with more contacts is refused.
pub const KEY_LIST_CONTACTS_MAX: usize = 16;
/// A key list with a longer name, address or contact is refused (bytes).
pub const KEY_LIST_LINE_BYTES_MAX: usize = 256;
/// A party file with more key lists is refused; a Party that changes keys each month reaches it in
/// twenty years, and starts anew with a file compared by hand.
pub const PARTY_FILE_KEY_LISTS_MAX: usize = 256;
/// A party file with a longer revocation list is refused (bytes).
pub const REVOCATION_LIST_BYTES_MAX: usize = 256 * 1024;
/// A larger party file is refused before it is read (bytes, as text or not).
pub const PARTY_FILE_BYTES_MAX: usize = 2 * 1024 * 1024;

// ---- journal -----------------------------------------------------------------------------------

/// A record larger than this is refused before it is appended (bytes).
pub const RECORD_BYTES_MAX: usize = 900 * 1024;
/// No batch given to the journal holds more records; the rest waits for the next one.
pub const BATCH_RECORDS_MAX: usize = 512;

// ---- registrar ---------------------------------------------------------------------------------

// ---- peers -------------------------------------------------------------------------------------

// ---- rpc and TLS -------------------------------------------------------------------------------

// ---- cli ---------------------------------------------------------------------------------------
