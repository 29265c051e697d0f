//! The only room that knows the stored and signed schemas: bytes to domain types and back, a file for
//! each noun.
//!
//! Never here: a decision. What can't be decoded is an error that names the field, never a guess.
//!
//! What stands where:
//!
//! - what is signed: `signed.rs`, `message.rs`, `dispatch.rs`, `key_list.rs`; what a message says: `content.rs`,
//!   `form/`, `forwarded.rs`
//! - what is stored: `record.rs`, `event.rs`, and of one noun `change.rs`, `regime_held.rs`, `by_hand.rs`,
//!   `carry_noted.rs`, `watch.rs`, `alarm.rs`, `check.rs`, `duty.rs`
//! - what is read of bytes with nothing built from them: `plain.rs`, `facts.rs`, `gist.rs`, `named.rs`,
//!   `told_more.rs`
//! - files: `party_file.rs`, `bundle.rs`, `carry.rs`, `export.rs`; as custodians write them: `regime/`,
//!   `watch_plan.rs`, `watch_cards.rs`, `check_schedule.rs`, `link_phrases.rs`
//! - calls: `proto.rs`, `heading.rs`, `asked.rs`, `restraint.rs`, `chunks.rs`
//! - what is wrong, and what is too much: `fault.rs`, `repeated.rs`

mod alarm;
mod asked;
pub mod bundle;
pub mod by_hand;
pub mod carry;
mod carry_noted;
pub mod change;
mod check;
pub mod check_schedule;
pub mod chunks;
pub mod content;
pub mod dispatch;
pub mod duty;
pub mod event;
pub mod export;
pub mod facts;
pub mod fault;
pub mod form;
pub mod forwarded;
mod gist;
pub mod heading;
pub mod key_list;
pub mod link_phrases;
pub mod message;
pub mod named;
pub mod party_file;
mod plain;
pub mod proto;
pub mod record;
pub mod regime;
mod regime_held;
pub(crate) mod repeated;
pub mod restraint;
pub mod signed;
mod told_more;
mod watch;
pub mod watch_cards;
pub mod watch_plan;

pub(crate) use self::proto::detente::evidence::v1 as evidence_v1;
pub(crate) use proto::detente::journal::v1 as journal_v1;
