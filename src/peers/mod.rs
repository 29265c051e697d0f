//! Other nodes: whom we trust to be which Party, dialling them, delivering by lane, gathering receipts,
//! exchanging heads.
//!
//! Never here: a decision. What a peer sent is decided by the registrar's Board.
//!
//! What stands where:
//!
//! - who the other end is: `certificate.rs`, `identity.rs`, `trust.rs`, `trust_of_board.rs`, `verify.rs`,
//!   `stranger.rs`
//! - connections: `tls.rs`, `dial.rs`, `guarded.rs`
//! - what all work with: `exchange.rs`, `links.rs` (with `silence.rs`, `under_way.rs`, `turns.rs`); what runs on each
//!   link: `tasks.rs`
//! - heartbeats, and what they show: `beat.rs`, `call.rs`, `heads.rs`, `follow.rs`, `leaves.rs`, `lists.rs`,
//!   `ping.rs`
//! - messages: given by `deliver.rs`, `owed.rs`; taken by `receive.rs`, `outcome.rs`, `receipts.rs`, `spread.rs`
//! - parts: `parts.rs`, `taking.rs`
//! - answers to what peers call: `serve.rs`, `serve_collect.rs`, `serve_parts.rs`
//! - where nobody can call us: `errand.rs`, `errands.rs`, `collect.rs`, `hand_in_parts.rs`
//! - while the line is cut: `carry.rs`, `carry_in.rs`, `carry_parts.rs`, `carry_receipts.rs`

pub mod beat;
mod call;
pub mod carry;
pub mod carry_in;
pub mod carry_parts;
mod carry_receipts;
pub mod certificate;
mod collect;
mod deliver;
pub mod dial;
mod errand;
mod errands;
pub mod exchange;
mod follow;
pub mod guarded;
mod hand_in_parts;
pub mod heads;
pub mod identity;
pub mod leaves;
pub mod links;
mod lists;
mod outcome;
mod owed;
pub mod parts;
pub mod ping;
pub mod receipts;
pub mod receive;
pub mod serve;
mod serve_collect;
mod serve_parts;
mod silence;
mod spread;
pub mod stranger;
mod taking;
mod tasks;
pub mod tls;
pub mod trust;
pub mod trust_of_board;
mod turns;
mod under_way;
pub mod verify;
