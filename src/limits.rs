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

// ---- journal -----------------------------------------------------------------------------------

/// A record larger than this is refused before it is appended (bytes).
pub const RECORD_BYTES_MAX: usize = 900 * 1024;
/// No batch given to the journal holds more records; the rest waits for the next one.
pub const BATCH_RECORDS_MAX: usize = 512;

// ---- registrar ---------------------------------------------------------------------------------

// ---- peers -------------------------------------------------------------------------------------

// ---- rpc and TLS -------------------------------------------------------------------------------

// ---- cli ---------------------------------------------------------------------------------------
