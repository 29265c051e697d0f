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
/// A larger batch is refused before it is appended (bytes); two records of any size fit.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// So many appends wait for the writing thread; the next caller waits for room, within its own time.
pub const APPENDS_WAITING_MAX: usize = 64;
/// An append that is not confirmed by then is answered "not known" (ms).
pub const JOURNAL_APPEND_MS_MAX: u64 = 10_000;
/// A single read or a short range that is not answered by then is given up; it may be asked again (ms).
pub const JOURNAL_READ_MS_MAX: u64 = 5_000;
/// So many single reads wait for their thread; the next caller waits for room, within its own time.
pub const READS_WAITING_MAX: usize = 64;
/// A batch read from the journal is handed over once it holds so many bytes; one more record may follow.
pub const READ_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A batch read from the journal holds no more entries; the rest comes with the next one.
pub const READ_ENTRIES_MAX: usize = 8_192;
/// A reading thread runs so many batches ahead of who reads, then it waits.
pub const READ_BATCHES_AHEAD_MAX: usize = 2;
/// Another process that holds the embedded journal's write lock is waited for so long (ms).
pub const EMBEDDED_LOCK_MS_MAX: u64 = 3_000;
/// At the end of an embedded journal another process's entries are looked for this often (ms).
pub const EMBEDDED_LOOK_MS: u64 = 20;
/// After so many bytes written ahead, the embedded journal moves them into its main file.
pub const EMBEDDED_AHEAD_BYTES: u64 = 4 * 1024 * 1024;
/// A record that the brokers have not acknowledged by then is given up by the producer (ms); less than
/// `JOURNAL_APPEND_MS_MAX`, so that it does not land after the caller has its answer if that can be helped.
pub const KAFKA_DELIVERY_MS_MAX: u64 = 8_000;
/// A broker that does not answer a question by then is taken to be away, and is dialled anew (ms).
pub const KAFKA_SOCKET_MS_MAX: u64 = 1_500;
/// Opening, making or checking a topic is given up by then (ms).
pub const KAFKA_OPEN_MS_MAX: u64 = 10_000;
/// A fetch is parked at the broker so long when there is nothing new; other questions wait behind it (ms).
pub const KAFKA_PARKED_MS_MAX: u64 = 100;
/// A Kafka reading thread looks this often whether anybody still listens or asks (ms).
pub const KAFKA_POLL_MS: u64 = 50;
/// A reader that waited so long at the end asks the broker whether there really is nothing more (ms).
pub const KAFKA_QUIET_MS_MAX: u64 = 5_000;
/// A topic that brokers do not know for so long is gone; less may be a broker that is just starting (ms).
pub const KAFKA_GONE_MS: u64 = 3_000;
/// The largest Kafka message the topic must take: a record with its key and headers (bytes).
pub const KAFKA_MESSAGE_BYTES_MAX: usize = 1_048_588;
/// The producer holds no more in its queue; an append beyond it is answered "not known" (KiB).
pub const KAFKA_QUEUE_KIB_MAX: usize = 64 * 1024;
/// A Kafka reader fetches no further ahead (KiB).
pub const KAFKA_AHEAD_KIB_MAX: usize = 8 * 1024;

// ---- registrar ---------------------------------------------------------------------------------

// ---- peers -------------------------------------------------------------------------------------

// ---- rpc and TLS -------------------------------------------------------------------------------

// ---- cli ---------------------------------------------------------------------------------------
