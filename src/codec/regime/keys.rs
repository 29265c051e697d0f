//! Every table of a regime file, with all the keys that it may have. A key that stands in none of these lists can't
//! be read: it is refused where its table begins to be read, before anything that is missing.
//!
//! Never here: what a key means, which of them go together, or which must be there.

/// A table: what it is called in refusals, and its keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keys {
    pub what: &'static str,
    pub keys: &'static [&'static str],
}

const fn keys(what: &'static str, keys: &'static [&'static str]) -> Keys {
    Keys { what, keys }
}

pub const REGIME: Keys = keys(
    "a regime",
    &[
        "regime",
        "edition",
        "title",
        "source",
        "nature",
        "inherits",
        "figure",
        "fact",
        "class",
        "threshold",
        "lead",
        "calendar",
        "required",
        "addressees",
        "sender",
        "silence",
        "duty",
        "confidentiality",
        "channel",
        "number",
        "quota",
        "function",
        "format",
    ],
);
pub const INHERITS: Keys = keys("inherits", &["regime", "digest"]);
pub const FIGURE: Keys = keys("figure", &["name", "label", "counts"]);
pub const COUNT: Keys = keys(
    "a place that is counted",
    &[
        "in",
        "where",
        "others",
        "value",
        "entries",
        "else",
        "single",
        "by_party",
        "by_territory",
        "by_kind",
        "all_parties",
        "all_territories",
        "phases",
        "in_phase",
    ],
);
pub const WORDS: Keys = keys("where", &["word", "beside"]);
pub const FACT: Keys = keys("fact", &["name", "label", "yes", "no"]);
pub const TEST: Keys = keys("a test", &["given", "field", "is", "word"]);
pub const CONDITION: Keys = keys(
    "a condition",
    &[
        "all",
        "any",
        "none",
        "fact",
        "class",
        "threshold",
        "figure",
        "sum",
        "over",
        "at_least",
        "more_than",
        "from",
        "to",
        "at_least_hours",
        "more_than_hours",
        "paragraph",
        "checked",
    ],
);
pub const CLASS: Keys = keys("class", &["name", "label", "when", "paragraph", "checked"]);
pub const THRESHOLD: Keys =
    keys("threshold", &["name", "label", "for", "each", "when", "follows", "paragraph", "checked"]);
pub const LEAD: Keys = keys(
    "lead",
    &[
        "name",
        "label",
        "for",
        "when",
        "anchor",
        "at_least",
        "unit",
        "calendar",
        "zone",
        "told",
        "by",
        "year",
        "years_before",
        "agreed",
        "paragraph",
        "checked",
    ],
);
pub const CALENDAR: Keys =
    keys("calendar", &["name", "label", "weekend", "holidays", "paragraph", "checked"]);
pub const REQUIRED: Keys =
    keys("required", &["name", "label", "for", "when", "fields", "paragraph", "checked"]);
pub const ADDRESSEES: Keys =
    keys("addressees", &["name", "label", "for", "when", "action", "information", "paragraph", "checked"]);
pub const SENDER: Keys = keys("sender", &["name", "label", "for", "when", "sent_by", "paragraph", "checked"]);
pub const SILENCE: Keys =
    keys("silence", &["name", "label", "for", "after", "counts_as", "paragraph", "checked"]);
pub const DUTY: Keys = keys(
    "duty",
    &[
        "name",
        "label",
        "for",
        "when",
        "each",
        "entry",
        "entry_of",
        "by",
        "zone",
        "owed_by",
        "owed_to",
        "met_by",
        "met_when",
        "joined",
        "names",
        "names_of",
        "year",
        "years_before",
        "within",
        "before",
        "unit",
        "calendar",
        "anchor",
        "judged_by",
        "judged_when",
        "cancelled_by",
        "force_majeure_by",
        "follows",
        "alarm",
        "paragraph",
        "checked",
    ],
);
pub const CONFIDENTIALITY: Keys = keys("confidentiality", &["label", "marking", "paragraph", "checked"]);
pub const CHANNEL: Keys = keys("channel", &["name", "label", "counts", "from", "paragraph", "checked"]);
pub const NUMBER: Keys = keys("number", &["pattern", "mark", "paragraph", "checked"]);
pub const MARK: Keys = keys("mark", &["for", "format", "kind"]);
pub const QUOTA: Keys = keys(
    "quota",
    &[
        "name",
        "label",
        "for",
        "when",
        "at_most",
        "in",
        "unit",
        "anchor",
        "from",
        "to",
        "counted_for",
        "paragraph",
        "checked",
    ],
);
pub const FUNCTION: Keys = keys("function", &["name", "label", "paragraph", "checked"]);
pub const FORMAT: Keys = keys(
    "format",
    &["code", "title", "sent_by", "to", "after", "laid_down", "field", "reply", "paragraph", "checked"],
);
pub const FIELD: Keys = keys("a field", &["name", "label", "type", "choices", "field", "owed"]);
pub const CHOICE: Keys = keys("a choice", &["word", "label"]);
pub const REPLY: Keys =
    keys("a reply", &["format", "within", "unit", "calendar", "anchor", "zone", "paragraph", "checked"]);

/// All of them.
pub const ALL: [Keys; 27] = [
    REGIME,
    INHERITS,
    FIGURE,
    COUNT,
    WORDS,
    FACT,
    TEST,
    CONDITION,
    CLASS,
    THRESHOLD,
    LEAD,
    CALENDAR,
    REQUIRED,
    ADDRESSEES,
    SENDER,
    SILENCE,
    DUTY,
    CONFIDENTIALITY,
    CHANNEL,
    NUMBER,
    MARK,
    QUOTA,
    FUNCTION,
    FORMAT,
    FIELD,
    CHOICE,
    REPLY,
];
