//! detente: messages between States that must not be lost, misread or denied.
//!
//! The rooms, each of which may import only from those to its right (`tests/it/rooms.rs` checks it):
//!
//! ```text
//! main ─ cli ─ rpc ─ alerts ─ peers ─ registrar ─ replay ─ journal ─ codec ─ evidence ─ clock ─ domain ─ limits
//! ```
//!
//! A command goes down from `rpc` to `registrar`, which asks `domain` to decide, lets `codec` and
//! `evidence` make the bytes, appends them to `journal`, reads them back, and only then answers.
//! `alerts` tells webhooks what the watch is alerted of, and reads heads as `rpc` does.
//! `replay` is the one way from records to a Board: at start, in operation, for the auditor.

#![forbid(unsafe_code)]
// No panic on any input, and no number that silently becomes another: clippy holds it. Unit tests may.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

pub mod alerts;
pub mod cli;
pub mod clock;
pub mod codec;
pub mod domain;
pub mod evidence;
pub mod journal;
pub mod limits;
pub mod peers;
pub mod registrar;
pub mod replay;
pub mod rpc;
