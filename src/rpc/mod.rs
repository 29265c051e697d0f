//! Calls: TLS identity, the access table, calls to commands, status codes.
//!
//! Never here: touching a Board or making an Event.
//!
//! What stands where:
//!
//! - at the door: `accept.rs`, `places.rs`, `caller.rs`, `access.rs`; on the way in and out: `command.rs`,
//!   `status.rs`
//! - what peers call: `exchange.rs`
//! - drafts and messages: `message.rs`, `draft.rs`, `part.rs`, and the nouns: `exercise.rs`, `incident.rs`,
//!   `activity.rs`, `hotline/`, `by_hand.rs` with `by_hand_open.rs`
//! - threads as they are read: `thread.rs`, `thread_list.rs`, `beginning.rs`, `became.rs`, `became_copies.rs`,
//!   `came_by_file.rs`, `translated.rs`
//! - what is wrong with a message: `faults.rs`, and beside others `originals.rs`, `originals_exercise.rs`,
//!   `originals_named.rs`, `originals_releasable.rs`, `originals_traffic.rs`, `originals_withdrawn.rs`
//! - rules: `regime.rs`, `held.rs`, `regimes_read.rs`, and what is read for a check: `beside.rs`, `replies.rs`,
//!   `addressees.rs`, `editions.rs`, `provisions.rs`
//! - duties: `duty.rs`, worked out in `duties/`
//! - the watch: `watch.rs`, `watch_now.rs`, `watch_card.rs`, `watch_hand_over.rs`, `acknowledgement.rs`, `alarms.rs`,
//!   `webhooks.rs`
//! - custodians and auditors: `party.rs`, `changes.rs`, `own_list.rs`, `party_checks.rs`, `audit.rs`

pub mod accept;
pub mod access;
mod acknowledgement;
pub mod activity;
mod addressees;
mod alarms;
pub mod audit;
mod became;
mod became_copies;
mod beginning;
mod beside;
pub mod by_hand;
mod by_hand_open;
pub mod caller;
mod came_by_file;
mod changes;
pub mod command;
mod draft;
mod duties;
pub mod duty;
mod editions;
pub mod exchange;
pub mod exercise;
pub mod faults;
pub mod held;
pub mod hotline;
pub mod incident;
pub mod message;
mod originals;
mod originals_exercise;
mod originals_named;
mod originals_releasable;
mod originals_traffic;
mod originals_withdrawn;
mod own_list;
pub mod part;
pub mod party;
mod party_checks;
mod places;
mod provisions;
pub mod regime;
mod regimes_read;
mod replies;
pub mod status;
pub mod thread;
pub mod thread_list;
mod translated;
pub mod watch;
mod watch_card;
mod watch_hand_over;
mod watch_now;
mod webhooks;

/// The compiled protos (a `google.protobuf.FileDescriptorSet`), for reflection and for the test that
/// no method is without a row in the access table.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
