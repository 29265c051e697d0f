//! detente: messages between States that must not be lost, misread or denied.
//!
//! # The rooms
//!
//! Each may import only from those to its right (`tests/it/rooms.rs` checks it):
//!
//! ```text
//! main ─ cli ─ rpc ─ alerts ─ peers ─ registrar ─ replay ─ journal ─ codec ─ evidence ─ clock ─ domain ─ limits
//! ```
//!
//! | Room | Its one job | Never |
//! |---|---|---|
//! | [`cli`] | `detente …`: command lines, pages, the hotline console; how a node starts; the custody | a rule |
//! | [`rpc`] | calls of persons and peers: who calls, the access table, from a call to a command | making an Event |
//! | [`alerts`] | webhooks, what comes to its end, the Party's own alarms: told, and put on record | a message's text |
//! | [`peers`] | dial other nodes, deliver by lane, gather receipts, exchange heads, lists and parts | a decision |
//! | [`registrar`] | the one writer: has commands decided, appends, reads back, applies, answers | a call to a peer |
//! | [`replay`] | records in, Board and trees out, every link checked: live, in audits, of bundles | a write, forgiveness |
//! | [`journal`] | append bytes durably, read them in order: SQLite or Kafka, under one contract | what they mean |
//! | [`codec`] | the stored and the signed schemas: bytes to domain types and back, a file a noun | a decision |
//! | [`evidence`] | what proves something to a third person: keys, signatures, trees, checkpoints | a network, a journal |
//! | [`clock`] | what time it is, asked in one place | what a time means |
//! | [`domain`] | decide and fold: commands in, events out; the Board is what the events add up to | I/O, a clock, chance |
//! | [`limits`] | every bound, with the sentence that says what happens there | a treaty's number |
//!
//! Commands go down: `rpc`, `peers` and the node's own clocks give them to the Registrar, and nobody else writes.
//! Heads come up: a head is a copy of the Board at one record, announced once that record was read back, and whoever
//! wants more than the Board keeps reads the records of that head.
//!
//! # One notification, file by file
//!
//! 1. **Drafted.** `cli/exercise/` and `cli/message/compose.rs` read the form in a file (`cli/form/`) and call the
//!    node. There `rpc/accept.rs`, `rpc/caller.rs` and `rpc/access.rs` say who calls, and whether they may;
//!    `rpc/exercise.rs` and `rpc/draft.rs` make it a command (`codec/heading.rs`), and tell what is wrong with its
//!    heading (`domain/heading.rs`) and its form (`domain/form/`).
//! 2. **Released** by another person: `rpc/message.rs`. The command waits in `registrar/inbox.rs`.
//! 3. **Decided.** `registrar/writer.rs` asks `domain/board/decide.rs`, on a copy of the Board;
//!    `domain/board/decide_release.rs` fixes number, date-time group, places and serials; `registrar/seal.rs` signs
//!    the message (`codec/message.rs`, `evidence/signed.rs`), and `codec/record.rs` makes the record.
//! 4. **On record.** `journal/embedded.rs` or `journal/kafka.rs` appends it, and it is read back: it counts by
//!    `domain/chain.rs`, which `replay/mod.rs` asks, and `domain/board/apply.rs` folds it. Only now the caller has
//!    its answer, and the new head is announced.
//! 5. **Delivered.** `peers/deliver.rs`, a task for each lane of each link, sees the head; `peers/owed.rs` makes and
//!    signs the dispatch from the record, the same bytes each time; `peers/dial.rs` makes the connection.
//! 6. **Taken** at the other end: `rpc/exchange.rs`, `peers/serve.rs`; `peers/receive.rs` verifies it; the Registrar
//!    there has it decided (`domain/board/decide_link.rs`) and puts it on its own record, as in 3 and 4;
//!    `peers/receipts.rs` proves the receipt, which goes back as the answer, is verified, and put on record here.
//! 7. **Read.** The watch there follows `rpc/watch.rs` and acknowledges by name: a signed message
//!    (`rpc/acknowledgement.rs`) that comes back in the same way. What is owed from then on by the rules that both
//!    adopted, `rpc/duties/` puts on record at both ends.
//! 8. **Compared.** `peers/beat.rs` carries each end's signed head; `peers/follow.rs` holds it against the leaves,
//!    and `peers/heads.rs` cosigns what adds up.

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
