//! Decides and folds: parties, people, drafts, messages, threads, links. Commands go in, events come
//! out, and the Board is what the events add up to.
//!
//! Never here: I/O, async, a clock, randomness, floating point, protobuf. Time and identity are
//! arguments, so that the same journal gives the same Board on any machine, in any year.
//!
//! What stands where:
//!
//! - asked, decided, happened: `command.rs`, `refusal.rs`, `event.rs`, `fact.rs`, `named.rs`, `taken_by.rs`; what
//!   that adds up to: `board/`
//! - which records count, and what proves it: `chain.rs`, `ledger.rs`, `digest.rs`
//! - who: `party.rs`, `people.rs`, `roster.rs`, `keys.rs`, `office.rs`, `function.rs`
//! - messages: `message.rs`, `heading.rs`, `precedence.rs`, `part.rs`, `messages.rs` (where each stands), `runs.rs`;
//!   read together: `thread/`, `said.rs`, `became.rs`; printed: `official/`
//! - what they say: `content.rs`, `kind.rs`, what forms are made of: `form/`, and the nouns: `exercise/`,
//!   `incident/`, `activity/`, `hotline/`, `correspondence/`, `formatted/`, `translation/`, `transcription/`,
//!   `forwarded.rs`
//! - rules between States: `regime/` as data, `adoption/` by whom, `duty/` what is owed
//! - links: `link.rs`, `allowance.rs`, `flash.rs`, `check/`; without one: `by_hand.rs`, `carry.rs`
//! - the watch: `watch/`, `alarm/`
//! - time and text: `time.rs`, `text.rs`, `joiners.rs`, `mixed.rs`, `language.rs`

pub mod activity;
pub mod adoption;
pub mod alarm;
pub mod allowance;
pub mod became;
pub mod board;
pub mod by_hand;
pub mod carry;
pub mod chain;
pub mod check;
pub mod command;
pub mod content;
pub mod correspondence;
pub mod digest;
pub mod duty;
pub mod event;
pub mod exercise;
pub mod fact;
pub mod flash;
pub mod form;
pub mod formatted;
pub mod forwarded;
pub mod function;
pub mod heading;
pub mod hotline;
pub mod incident;
mod joiners;
pub mod keys;
mod kind;
pub mod language;
pub mod ledger;
pub mod link;
pub mod message;
pub mod messages;
pub mod mixed;
pub mod named;
pub mod office;
pub mod official;
pub mod part;
pub mod party;
pub mod people;
pub mod precedence;
pub mod refusal;
pub mod regime;
pub mod roster;
pub mod runs;
pub mod said;
pub mod taken_by;
pub mod text;
pub mod thread;
pub mod time;
pub mod transcription;
pub mod translation;
pub mod watch;
