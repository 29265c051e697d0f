//! The hotline: what is said in a session, in which order it stands, and what both sides sign of it.
//!
//! Never here: a clock, or any use of the order in which messages came. A session is a thread; its messages are
//! signed, dispatched and receipted like all others.
//!
//! What stands where:
//!
//! - what is said: `forms.rs`, `phrases.rs`
//! - a session: `session.rs`, `order.rs`, `lines.rs`, `consent.rs`, `unseen.rs`, `unread.rs`
//! - between two who are in it: `between.rs`, `readers.rs`, `transcript.rs`, `close.rs`
//! - by telephone: `words.rs`, `heard.rs`
//! - for tests: `made.rs`

mod between;
mod close;
mod consent;
mod forms;
mod heard;
mod lines;
#[cfg(test)]
pub(crate) mod made;
mod order;
pub mod phrases;
mod readers;
pub mod session;
mod transcript;
mod unread;
mod unseen;
mod words;

pub use close::{Difference, Pair};
pub use forms::{
    AgreedWith, SeenLast, Sees, SessionAcceptance, SessionAddition, SessionClose, SessionOpening,
    SessionShown, SessionText, too_long,
};
pub use heard::{Misheard, misheard};
pub use order::{Names, Placed, heads, heads_among, ordered, past};
pub use transcript::transcript;
pub use unread::{ReadHere, is_unread};
pub use words::{CHECK_WORDS, beginning, check_words};

use super::form::whole;

whole!(SessionOpening, SessionAcceptance, SessionText, SessionAddition, SessionClose, SessionShown);
