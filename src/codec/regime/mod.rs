//! Regime files: TOML bytes to a regime. What is not known, does not hold together, or states a number
//! without its paragraph is refused, with the line.
//!
//! Never here: what a rule means (`domain/regime`), or a file's place on a disk.

pub mod built_in;
mod common;
mod condition;
mod duty;
mod format;
pub mod keys;
mod known;
mod rules;
mod table;

use std::collections::BTreeMap;

use toml::de::DeTable;

use self::common::{Reading, checked_name, labels, name};
pub use self::table::NotARegime;
use self::table::{At, HIDES, Table, Text, quoted};
use crate::domain::digest::Digest;
use crate::domain::event::LaysDown;
use crate::domain::regime::numbering::Numbering;
use crate::domain::regime::{Head, Inherits, Nature, Regime};
use crate::domain::text::{lines_hide, shown};
use crate::limits;

/// Finds the file of a regime that is inherited from. What is found is held against the digest.
pub type Parents<'a> = &'a dyn Fn(&str, Digest) -> Option<Vec<u8>>;

/// Reads a regime file.
///
/// # Errors
/// The first thing that is wrong, with its line. What is wrong in a regime that it inherits from is told
/// at the line that names it.
pub fn read(bytes: &[u8], parents: Parents) -> Result<Regime, NotARegime> {
    generation(bytes, parents, 1)
}

/// The name and edition that a text states, whatever else is in it. `None` where it states none.
pub fn named(bytes: &[u8]) -> Option<(String, u64)> {
    let whole = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= limits::REGIME_FILE_BYTES_MAX)?;
    let tree = DeTable::parse(whole).ok()?;
    let (head, _) = head(&mut Table::whole(tree.get_ref(), Text(whole)), Digest::of(bytes)).ok()?;
    Some((head.name, head.edition))
}

/// The numbering that a text states or inherits, whatever else is in it. The outer `None` where a text that
/// it inherits from is not at hand.
pub fn numbering(bytes: &[u8], parents: Parents) -> Option<Option<Numbering>> {
    let own = |table: &mut Table| {
        let value = table.take("number")?;
        let own = value
            .table_with_others(keys::NUMBER)
            .and_then(|mut rule| rules::number(&mut rule, &mut Reading::default()));
        Some(own.ok().map(|number| number.numbering))
    };
    Some(nearest(bytes, parents, own)?.flatten())
}

/// Whether a text states or inherits duties, whatever else is in it. `None` where a text that it inherits from
/// is not at hand.
pub fn duties(bytes: &[u8], parents: Parents) -> Option<LaysDown> {
    let own = |table: &mut Table| table.has("duty").then_some(LaysDown::Duties);
    Some(nearest(bytes, parents, own)?.unwrap_or(LaysDown::NoDuties))
}

/// What the first text says, of this one and those that it inherits from, that says anything.
fn nearest<T>(bytes: &[u8], parents: Parents, own: impl Fn(&mut Table) -> Option<T>) -> Option<Option<T>> {
    let mut bytes = bytes.to_vec();
    for _ in 0..limits::REGIME_GENERATIONS_MAX {
        let whole = std::str::from_utf8(&bytes).ok();
        let Some(whole) = whole.filter(|text| text.len() <= limits::REGIME_FILE_BYTES_MAX) else {
            return Some(None);
        };
        let Ok(tree) = DeTable::parse(whole) else { return Some(None) };
        let mut table = Table::whole(tree.get_ref(), Text(whole));
        if let Some(said) = own(&mut table) {
            return Some(Some(said));
        }
        let Ok((head, _)) = head(&mut table, Digest::of(&bytes)) else { return Some(None) };
        let Some(from) = head.inherits else { return Some(None) };
        bytes = parents(&from.regime, from.digest).filter(|found| Digest::of(found) == from.digest)?;
    }
    Some(None)
}

fn generation(bytes: &[u8], parents: Parents, depth: usize) -> Result<Regime, NotARegime> {
    let first = |what: String| NotARegime { line: 1, what };
    if bytes.len() > limits::REGIME_FILE_BYTES_MAX {
        return Err(first(format!("a regime file takes at most {} bytes", limits::REGIME_FILE_BYTES_MAX)));
    }
    let whole = std::str::from_utf8(bytes).map_err(|fault| {
        let before = bytes.get(..fault.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        NotARegime { line, what: "it is not a text (UTF-8)".into() }
    })?;
    let text = Text(whole);
    if let Some(line) = whole.split('\n').position(lines_hide) {
        return Err(NotARegime { line: line.saturating_add(1), what: format!("the line {HIDES}") });
    }
    let tree = DeTable::parse(whole)
        .map_err(|fault| text.fault(At(fault.span().map_or(0, |span| span.start)), shown(fault.message())))?;
    let mut table = Table::whole(tree.get_ref(), text).without_unknown()?;
    let mut reading = Reading::default();
    let (head, inherits) = head(&mut table, Digest::of(bytes))?;
    let mut regime = match &head.inherits {
        None => empty(head),
        Some(from) => {
            let parent = parent(from, parents, depth).map_err(|what| text.fault(inherits, what))?;
            if (&parent.head.name, parent.head.edition) == (&head.name, head.edition) {
                let what = "a regime inherits from another one, or from another edition of its own, and not from its own \
                            edition";
                return Err(text.fault(inherits, what));
            }
            Regime { head, ..parent }
        }
    };
    own_rules(&mut table, &mut regime, &mut reading)?;
    table.end()?;
    known::check(&regime, &reading, inherits, text)?;
    Ok(regime)
}

fn parent(from: &Inherits, parents: Parents, depth: usize) -> Result<Regime, String> {
    let named = quoted(&from.regime);
    if depth >= limits::REGIME_GENERATIONS_MAX {
        return Err(format!("a regime inherits over at most {} generations", limits::REGIME_GENERATIONS_MAX));
    }
    let bytes = parents(&from.regime, from.digest)
        .ok_or_else(|| format!("regime {named} with that digest is not here"))?;
    if Digest::of(&bytes) != from.digest {
        return Err(format!("regime {named} is here with another digest"));
    }
    let parent = generation(&bytes, parents, depth.saturating_add(1))
        .map_err(|fault| format!("regime {named} can't be read: {fault}"))?;
    if parent.head.name != from.regime {
        return Err(format!("the regime with that digest is not called {named}"));
    }
    Ok(parent)
}

fn head(table: &mut Table, digest: Digest) -> Result<(Head, At), NotARegime> {
    let (name, at) = name(table, "regime")?;
    let value = table.need("edition")?;
    let edition = value.number("edition", limits::FORM_NUMBER_MAX)?;
    if edition == 0 {
        return Err(value.fault("edition is at least 1"));
    }
    let title = labels(table, "title")?;
    let source = table.text("source")?.to_owned();
    let word = table.need("nature")?;
    let nature = Nature::from_word(word.text("nature")?).ok_or_else(|| {
        word.fault(format!("nature is one of: {}", Nature::ALL.map(Nature::word).join(", ")))
    })?;
    let (inherits, inherits_at) = match table.take("inherits") {
        None => (None, at),
        Some(value) => {
            let mut from = value.table(keys::INHERITS)?;
            let regime = checked_name(&from.need("regime")?, "regime")?;
            let digest = from.need("digest")?;
            let digest = Digest::from_hex(digest.text("digest")?)
                .ok_or_else(|| digest.fault("digest is 64 hexadecimal digits"))?;
            from.end()?;
            (Some(Inherits { regime, digest }), value.at)
        }
    };
    Ok((Head { name, edition, title, source, nature, inherits, digest }, inherits_at))
}

/// Each rule takes the place of one of the same name that was inherited.
fn own_rules(table: &mut Table, regime: &mut Regime, reading: &mut Reading) -> Result<(), NotARegime> {
    each(table, reading, keys::FIGURE, "name", &mut regime.figures, |table, _| condition::figure(table))?;
    each(table, reading, keys::FACT, "name", &mut regime.facts, |table, _| condition::fact(table))?;
    each(table, reading, keys::CLASS, "name", &mut regime.classes, rules::class)?;
    each(table, reading, keys::THRESHOLD, "name", &mut regime.thresholds, rules::threshold)?;
    each(table, reading, keys::LEAD, "name", &mut regime.leads, rules::lead)?;
    each(table, reading, keys::CALENDAR, "name", &mut regime.calendars, |table, _| rules::calendar(table))?;
    each(table, reading, keys::REQUIRED, "name", &mut regime.required, rules::required)?;
    each(table, reading, keys::ADDRESSEES, "name", &mut regime.addressees, rules::addressees)?;
    each(table, reading, keys::SENDER, "name", &mut regime.senders, rules::sender)?;
    each(table, reading, keys::SILENCE, "name", &mut regime.silences, rules::silence)?;
    each(table, reading, keys::CHANNEL, "name", &mut regime.channels, |table, _| rules::channel(table))?;
    each(table, reading, keys::QUOTA, "name", &mut regime.quotas, rules::quota)?;
    each(table, reading, keys::FUNCTION, "name", &mut regime.functions, |table, _| rules::function(table))?;
    each(table, reading, keys::DUTY, "name", &mut regime.duties, duty::duty)?;
    each(table, reading, keys::FORMAT, "code", &mut regime.formats, format::format)?;
    if let Some(value) = table.take("confidentiality") {
        let mut rule = value.table(keys::CONFIDENTIALITY)?;
        regime.confidentiality = Some(rules::confidentiality(&mut rule)?);
        rule.end()?;
    }
    if let Some(value) = table.take("number") {
        let mut rule = value.table(keys::NUMBER)?;
        regime.number = Some(rules::number(&mut rule, reading)?);
        rule.end()?;
    }
    Ok(())
}

fn each<T>(
    table: &mut Table,
    reading: &mut Reading,
    keys: keys::Keys,
    name_key: &str,
    all: &mut BTreeMap<String, T>,
    read: impl Fn(&mut Table, &mut Reading) -> Result<T, NotARegime>,
) -> Result<(), NotARegime> {
    let key = keys.what;
    for entry in table.list(key)? {
        let mut rule = entry.table(keys)?;
        let (name, at) = name(&mut rule, name_key)?;
        if reading.rules.insert((key, name.clone()), at).is_some() {
            return Err(rule.fault(at, format!("there is a {key} {} before it", quoted(&name))));
        }
        let value = read(&mut rule, reading)?;
        rule.end()?;
        all.insert(name, value);
    }
    Ok(())
}

fn empty(head: Head) -> Regime {
    Regime {
        head,
        figures: BTreeMap::new(),
        facts: BTreeMap::new(),
        classes: BTreeMap::new(),
        thresholds: BTreeMap::new(),
        leads: BTreeMap::new(),
        calendars: BTreeMap::new(),
        required: BTreeMap::new(),
        addressees: BTreeMap::new(),
        senders: BTreeMap::new(),
        silences: BTreeMap::new(),
        confidentiality: None,
        channels: BTreeMap::new(),
        number: None,
        quotas: BTreeMap::new(),
        functions: BTreeMap::new(),
        duties: BTreeMap::new(),
        formats: BTreeMap::new(),
    }
}
