//! The template of a regime file: the program takes it, and every key that the reader knows is in it.

use std::collections::BTreeSet;

use detente::cli::regime::words::REGIME_FILE;
use detente::codec::regime::keys::{self, Keys};
use detente::codec::regime::{built_in, read};
use detente::domain::digest::Digest;
use detente::domain::regime::Nature;
use detente::domain::regime::condition::Over;
use detente::domain::regime::rules::{CountedFor, Period};
use toml::{Table, Value};

/// A regime to inherit from.
const PARENT: &str = "regime = \"NAME\"\nedition = 1\nsource = \"-\"\nnature = \"legal\"\n";

/// With each key that stands behind a `#`.
fn with_all_keys() -> String {
    let digest = Digest::of(PARENT.as_bytes()).to_string();
    let line = |line: &str| match line.strip_prefix('#') {
        Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase()) => {
            key.replace("DIGEST", &digest) + "\n"
        }
        _ => format!("{line}\n"),
    };
    REGIME_FILE.lines().map(line).collect()
}

/// What stands under a key of a table; `None` for what is no table, or one whose keys are names.
fn below(table: Keys, key: &str) -> Option<Keys> {
    match (table, key) {
        (keys::REGIME, key) => keys::ALL.into_iter().find(|keys| keys.what == key),
        (keys::FIGURE, "counts") => Some(keys::COUNT),
        (keys::FACT, "yes" | "no") => Some(keys::TEST),
        (keys::CONDITION, "all" | "any" | "none") | (_, "when") => Some(keys::CONDITION),
        (keys::NUMBER, "mark") => Some(keys::MARK),
        (keys::FORMAT | keys::FIELD, "field") => Some(keys::FIELD),
        (keys::FIELD, "choices") => Some(keys::CHOICE),
        (keys::FORMAT, "reply") => Some(keys::REPLY),
        (_, _) => None,
    }
}

fn walk(table: &Table, keys: Keys, seen: &mut BTreeSet<(&'static str, String)>) {
    for (key, value) in table {
        seen.insert((keys.what, key.clone()));
        // Its keys are fields of entries, and what is asked of one may be a table.
        if keys == keys::COUNT && (key == "where" || key == "others") {
            for of_field in value.as_table().into_iter().flat_map(|fields| fields.values()) {
                of_field.as_table().into_iter().for_each(|words| walk(words, keys::WORDS, seen));
            }
        }
        let Some(below) = below(keys, key) else { continue };
        match value {
            Value::Table(table) => walk(table, below, seen),
            Value::Array(all) => {
                all.iter().filter_map(Value::as_table).for_each(|table| walk(table, below, seen));
            }
            _ => {}
        }
    }
}

#[test]
fn the_template_is_a_regime_and_holds_every_key_that_is_read() {
    read(REGIME_FILE.as_bytes(), &built_in::parent).unwrap_or_else(|fault| panic!("as printed: {fault}"));
    let text = with_all_keys();
    let parent = |name: &str, _: Digest| (name == "NAME").then(|| PARENT.as_bytes().to_vec());
    read(text.as_bytes(), &parent).unwrap_or_else(|fault| panic!("{fault}"));
    let mut seen = BTreeSet::new();
    walk(&toml::from_str(&text).expect("TOML"), keys::REGIME, &mut seen);
    let known = keys::ALL.into_iter().flat_map(|keys| keys.keys.iter().map(move |key| (keys.what, *key)));
    let missing: Vec<_> = known.filter(|(what, key)| !seen.contains(&(*what, (*key).to_owned()))).collect();
    assert!(missing.is_empty(), "keys that the template does not have: {missing:?}");
}

#[test]
fn the_template_names_every_word_that_may_stand_for_a_choice() {
    let words = Over::ALL.map(Over::word).into_iter();
    let words = words.chain(Period::ALL.map(Period::word)).chain(CountedFor::ALL.map(CountedFor::word));
    let quoted =
        ["hours", "calendar days", "working days", "of the anchor", "at the start", "issue", "receipt"];
    for word in words.chain(quoted) {
        assert!(REGIME_FILE.contains(&format!("\"{word}\"")), "{word}");
    }
    assert!(
        REGIME_FILE
            .contains(&Nature::ALL.map(Nature::word).join(", ").replace(", voluntary", " or voluntary"))
    );
}
