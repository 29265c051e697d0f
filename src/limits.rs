//! Every bound of the program, each with the sentence that says what happens there.
//!
//! Never a treaty's number: those are regime data. A bound that is not named here does not exist.

// ---- domain ------------------------------------------------------------------------------------

/// A shorter Party code is refused.
pub const PARTY_CODE_CHARS_MIN: usize = 2;
/// A longer Party code is refused.
pub const PARTY_CODE_CHARS_MAX: usize = 12;

// ---- clock -------------------------------------------------------------------------------------

/// Whoever waits on the system clock looks at it again at least this often, so that a clock set
/// forward or back is noticed (milliseconds).
pub const CLOCK_RECHECK_MS: u64 = 1_000;

// ---- forms: what a person may write in a form --------------------------------------------------

// ---- evidence ----------------------------------------------------------------------------------

// ---- journal -----------------------------------------------------------------------------------

/// A record larger than this is refused before it is appended (bytes).
pub const RECORD_BYTES_MAX: usize = 900 * 1024;
/// No batch given to the journal holds more records; the rest waits for the next one.
pub const BATCH_RECORDS_MAX: usize = 512;

// ---- registrar ---------------------------------------------------------------------------------

// ---- peers -------------------------------------------------------------------------------------

/// A larger certificate is refused before it is parsed (bytes).
pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1024;
/// A larger revocation list is passed over, and the Party counts as having none (bytes).
pub const REVOCATION_LIST_BYTES_MAX: usize = 256 * 1024;
/// A Party's certification authorities beyond this many are passed over: one in force, one coming,
/// and as many again.
pub const AUTHORITIES_PER_PARTY_MAX: usize = 4;
/// A Party's revocation lists beyond this many are passed over.
pub const REVOCATION_LISTS_PER_PARTY_MAX: usize = 4;
/// A live connection's certificate is judged again at least this often, beside every change of
/// trust; what no longer stands is cut (milliseconds).
pub const STANDING_RECHECK_MS: u64 = 1_000;
/// A dialled connection that has not finished TCP and TLS by then is given up (milliseconds).
pub const DIAL_MS_MAX: u64 = 10_000;
/// A connection on which nothing was heard for this long is pinged, also when idle (milliseconds).
pub const KEEPALIVE_INTERVAL_MS: u64 = 10_000;
/// A ping unanswered for this long ends the connection (milliseconds).
pub const KEEPALIVE_TIMEOUT_MS: u64 = 5_000;

// ---- rpc and TLS -------------------------------------------------------------------------------

/// A caller that has not finished the TLS handshake by then is dropped (milliseconds).
pub const HANDSHAKE_MS_MAX: u64 = 5_000;
/// When this many handshakes are under way, the oldest is dropped for each that comes: a good one is
/// done in milliseconds, and only silent ones grow old.
pub const HANDSHAKES_MAX: usize = 256;
/// Connections held open in all. A caller beyond is dropped after its handshake.
pub const CONNECTIONS_MAX: usize = 2_048;
/// Connections held open by the persons of the own Party. One beyond is dropped.
pub const CONNECTIONS_OWN_MAX: usize = 512;
/// Connections held open by one peer: more than 57 Parties at this bound leave room for our own.
pub const CONNECTIONS_PER_PEER_MAX: usize = 16;
/// Accepted connections that wait to be served; the next handshake waits with its own limit running.
pub const ACCEPTED_WAITING_MAX: usize = 64;
/// After a failed accept (no descriptors left) the acceptor rests this long (milliseconds).
pub const ACCEPT_REST_MS: u64 = 50;
/// A connection this old is asked to finish what it does and come again (milliseconds).
pub const CONNECTION_AGE_MS_MAX: u64 = 60 * 60 * 1_000;
/// A connection that was asked and is still there after this long is cut (milliseconds).
pub const CONNECTION_GRACE_MS: u64 = 60 * 1_000;
/// Calls under way at once on one connection; further ones wait at the caller.
pub const CALLS_PER_CONNECTION_MAX: u32 = 128;
/// A call with longer headers is refused by HTTP/2 (bytes).
pub const HEADER_BYTES_MAX: u32 = 16 * 1024;
/// An answer with longer headers and trailers fails at whoever dialled (bytes). A refusal names all
/// faults of a form at once, in the trailers.
pub const ANSWER_HEADER_BYTES_MAX: u32 = 256 * 1024;
/// Silence on the TCP connection before the kernel probes it (milliseconds).
pub const TCP_KEEPALIVE_MS: u64 = 15_000;

// ---- cli ---------------------------------------------------------------------------------------

/// A longer name, office or Party name is not put into a certificate (RFC 5280, ub-common-name).
pub const CERTIFICATE_NAME_CHARS_MAX: usize = 64;
/// A certification authority made here is valid for ten years (milliseconds).
pub const AUTHORITY_LIFE_MS: i64 = 3_652 * 24 * 60 * 60 * 1_000;
/// A key, certificate or register file larger than this is refused unread (bytes).
pub const KEY_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
