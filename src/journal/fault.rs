//! What can go wrong with a journal: appending, reading, opening. Each says what is known and what is safe.
//!
//! Never here: bytes of an entry.

use super::kafka_topic::{WrongSetting, list_wrong};

/// Why `append` did not say `Ok`. After `Unknown` and `Stopped` alike, read back before deciding anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendFault {
    /// The caller's mistake: nothing was given to the medium.
    #[error("nothing was appended: {rule}")]
    OverLimit {
        /// The bound that was passed, with its number.
        rule: String,
    },
    /// The medium did not confirm. The batch may be there, may come late, may never be there.
    #[error("not known whether it was appended: {why}")]
    Unknown {
        /// What the medium said; never bytes of an entry.
        why: String,
    },
    /// A write to the disk failed (now or earlier), so that nothing can be trusted to be durable. This
    /// journal writes nothing more until it is opened anew.
    #[error("the journal has stopped writing: {why}; check the disk, then start again")]
    Stopped {
        /// The first failure.
        why: String,
    },
}

/// Why nothing can be read. A broker that is away is no fault of a reader's: it waits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// Damage: entries that were there are not, or the topic itself is not there any more.
    #[error("position {position} is missing from the journal: {why}")]
    Gone {
        /// The first position that can't be read.
        position: u64,
        /// What the medium said.
        why: String,
    },
    /// The medium can't be read, or does not let this node read.
    #[error("the journal can't be read: {why}")]
    Unreadable {
        /// What the medium said.
        why: String,
    },
    /// A single read took too long. Safe to ask again.
    #[error("the journal did not answer: {why}")]
    Unanswered {
        /// What was waited for.
        why: String,
    },
}

impl ReadFault {
    pub(crate) fn ended() -> ReadFault {
        ReadFault::Unreadable { why: "its reading thread has ended".into() }
    }
}

/// Why a journal can't be made or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// Nothing is there: `init` makes a journal, and a missing one is never taken for an empty one.
    #[error("there is no journal at {place}")]
    Absent {
        /// Path or topic.
        place: String,
    },
    /// `create` never writes over anything.
    #[error("something is already at {place}")]
    AlreadyThere {
        /// Path or topic.
        place: String,
    },
    /// What is there is not a journal of this program, or of another version.
    #[error("what is at {place} is not a journal: {why}")]
    NotAJournal {
        /// Path or topic.
        place: String,
        /// What differs.
        why: String,
    },
    /// Its first entries have been removed.
    #[error("the journal at {place} begins at position {first}: what came before has been removed")]
    Beheaded {
        /// Topic.
        place: String,
        /// The first position that is left.
        first: u64,
    },
    /// The topic is set so that it could lose records.
    #[error("the journal at {place} is not set as it must be: {}", list_wrong(.wrong))]
    WrongSettings {
        /// Topic.
        place: String,
        /// Each wrong setting with its right value.
        wrong: Vec<WrongSetting>,
    },
    /// The system does not let whoever runs this read and write there.
    #[error("whoever runs this may not read and write {place}: {why}")]
    NotPermitted {
        /// Path.
        place: String,
        /// What the system said.
        why: String,
    },
    /// The file or the brokers could not be reached or used.
    #[error("the journal at {place} can't be opened: {why}")]
    Unusable {
        /// Path or topic.
        place: String,
        /// What the system said.
        why: String,
    },
}
