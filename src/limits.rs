//! Every bound of the program, each with the sentence that says what happens there.
//!
//! Never a treaty's number: those are regime data. A bound that is not named here does not exist.

// ---- domain ------------------------------------------------------------------------------------

/// A shorter Party code is refused.
pub const PARTY_CODE_CHARS_MIN: usize = 2;
/// A longer Party code is refused.
pub const PARTY_CODE_CHARS_MAX: usize = 12;

// ---- forms: what a person may write in a form --------------------------------------------------

/// Signed content larger than this is refused, at the sender and at the receiver (bytes).
pub const CONTENT_BYTES_MAX: usize = 256 * 1024;
/// Content with more fields at its top level is refused before it is taken apart, so that a small
/// message can't unfold into much memory.
pub const CONTENT_FIELDS_MAX: usize = 4096;
/// A text larger than this is refused (bytes).
pub const FORM_TEXT_BYTES_MAX: usize = 16 * 1024;
/// A list with more entries is refused.
pub const FORM_LIST_ENTRIES_MAX: usize = 500;
/// A document with more entries in all its lists together is refused.
pub const FORM_ENTRIES_MAX: usize = 5000;
/// No more faults of one document are listed; the last one says so.
pub const FAULTS_MAX: usize = 500;
/// A greater number is refused, so that sums stay far from the edge and every format can hold it.
pub const FORM_NUMBER_MAX: u64 = 999_999_999_999;
/// A name or other short text with more characters is marked as a fault.
pub const FORM_NAME_CHARS: usize = 300;
/// A longer text with more characters is marked as a fault.
pub const FORM_PROSE_CHARS: usize = 4000;
/// A polygon with fewer corners is marked as a fault.
pub const POLYGON_CORNERS_MIN: usize = 3;
/// A calendar for a year outside is marked as a fault.
pub const CALENDAR_YEARS: std::ops::RangeInclusive<u64> = 1900..=9999;
/// A longer text is not taken for the name of a zone, and marked as a fault (bytes).
pub const ZONE_NAME_BYTES: usize = 64;
/// A form file larger than this is not read (bytes).
pub const FORM_FILE_BYTES_MAX: usize = 1024 * 1024;

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
