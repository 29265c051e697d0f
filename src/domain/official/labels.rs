//! The words that the official form puts in front of what a message states: one table, in English. Those
//! of a message's content stand with its fields (`exercise/`).
//!
//! Never here: anything that a Party wrote.

/// A line's name for programs, and its words for readers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label {
    pub field: &'static str,
    pub words: &'static str,
}

macro_rules! labels {
    ($($name:ident = $field:literal, $words:literal;)*) => {
        $(pub const $name: Label = Label { field: $field, words: $words };)*
    };
}

labels! {
    PRECEDENCE = "precedence", "PRECEDENCE";
    TRAFFIC = "traffic", "REAL OR DRILL";
    FROM = "from", "FROM";
    TO = "to", "TO";
    INFO = "info", "INFO";
    SUBJECT = "subject", "SUBJECT";
    MARKING = "marking", "MARKING";
    RELEASABLE_TO = "releasable_to", "RELEASABLE TO";
    LANGUAGE = "language", "LANGUAGE";
    TRANSLATION = "translation", "TRANSLATION";
    TRANSLATED_PART = "translated_part", "Part";
    HANDED_ON = "handed_on", "HANDED ON";
    KIND = "kind", "KIND";
    THREAD = "thread", "THREAD";
    DRAFTER = "drafter", "DRAFTER";
    RELEASER = "releaser", "RELEASER";
    PERSON_OFFICE = "office", "Office";
    PERSON_KEY = "key", "Key";
    PARTS = "parts", "PARTS";
    PART_NAME = "part_name", "Name";
    PART_TYPE = "part_type", "Media type";
    PART_BYTES = "part_bytes", "Size";
    PART_HOLDS = "part_holds", "Holds";
    PART_DIGEST = "part_digest", "Salted digest";
    NUMBER = "number", "MESSAGE NUMBER";
    INCARNATION = "incarnation", "Incarnation";
    GROUP = "date_time_group", "DATE-TIME GROUP";
    AS_WRITTEN = "as_written", "As written";
    INSTANT = "instant", "To the millisecond";
    REGIME = "regime", "LEGAL BASIS";
    PROVISION = "provision", "Provision";
    REGIME_DIGEST = "regime_digest", "Digest";
    REFERENCES = "references", "REFERENCES";
    REFERENCE_NUMBER = "reference_number", "Number";
    REFERENCE_AUTHOR = "reference_author", "Author";
    REFERENCE_DIGEST = "reference_digest", "Digest";
    CONTENT = "content", "CONTENT";
    NOTE = "note", "Note";
    NOT_SHOWN = "not_shown", "Not shown";
    CONTENT_DIGEST = "content_digest", "Its digest";
    READ = "read", "Message that was read";
    READ_BY = "read_by", "Read by";
    READ_AT = "read_at", "Read at";
    REMARKS = "remarks", "REMARKS";
    END = "end", "END OF MESSAGE";
    LACKING = "lacking", "NOTE";
    BESIDE = "beside", "NOTE";
    ORIGINAL = "original", "ORIGINAL";
}

/// What stands where nothing is stated.
pub const NONE_STATED: &str = "none stated";
/// What stands where a list is empty.
pub const NONE: &str = "none";
/// What stands where number, date-time group and releaser will.
pub const NOT_RELEASED: &str = "DRAFT, not released";
/// What stands for the author of a draft that came without one.
pub const NOT_IN_A_DRAFT: &str = "not stated in a draft";
/// Which page it is, and of how many.
pub const PAGE_OF: &str = "Page  of ";
/// Whose word the notes behind the trailer are, before its code.
pub const NOTED_BY: &str = "Not of the message, but noted by";
/// What is said before the characters that a medium can't show.
pub const NO_FONT_HAS: &str = "No font at hand has these characters, which are printed as their code points:";
