//! What changed from one version of a document to another, field by field.
//!
//! Entries of lists are matched by their names (designation, number, what is counted), so that one put
//! in at the top does not change all below it; entries without a name, and the corners of an area, by
//! their position. A list whose entries only changed places has not changed, except for corners.
//!
//! Never here: whether a change matters.

use std::collections::{BTreeMap, BTreeSet};

use super::faults::Following;
use super::outline::{Item, Part, Path, Value};
use crate::domain::content::Content;
use crate::domain::text::shown;

/// One field that changed. All of it is safe to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The field's path, entries of lists by their names: `phases["Active"].end`.
    pub field: String,
    /// What it was; `None` if it was not stated.
    pub old: Option<String>,
    /// What it is; `None` if it is not stated any more.
    pub new: Option<String>,
}

/// All changes, in the order of the fields. Empty for documents that state the same. What puts a
/// form in the place of another compares as the form that it holds.
pub fn difference(old: &Content, new: &Content) -> Vec<Change> {
    let mut changes = Vec::new();
    groups("", &parts(old), &parts(new), &mut changes);
    changes
}

/// What a document says in the place of a field that is not stated, by the path of a change: that it is not known, or
/// will follow.
pub fn instead(content: &Content, field: &str) -> Option<&'static str> {
    let root = content.within().map_or_else(Path::root, |(at, _)| Path::root().field(at));
    Following::of(content).instead(&root.field(field))
}

/// Without those that only say that a field is known by now, or not any more, where the field's own change says so.
pub fn told_once(changes: &[Change]) -> impl Iterator<Item = &Change> {
    let is_told = move |field: &str| {
        changes.iter().any(|one| {
            one.field.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    };
    changes.iter().filter(move |change| {
        let is_of_fields = ["not_known[", "to_follow["].iter().any(|list| change.field.starts_with(list));
        !is_of_fields || ![&change.old, &change.new].into_iter().flatten().any(|field| is_told(field))
    })
}

fn parts(content: &Content) -> Vec<Part> {
    content.within().map_or_else(|| content.form().parts(), |(_, form)| form.parts())
}

/// Documents of different kinds have fields of the same name now and then: those are compared, the rest
/// has come or gone.
fn groups(at: &str, old: &[Part], new: &[Part], changes: &mut Vec<Change>) {
    let only_new = new.iter().filter(|part| old.iter().all(|other| other.name != part.name));
    for part in old.iter().chain(only_new) {
        let name = part.name.as_ref();
        let at = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        values(&at, held(old, name), held(new, name), changes);
    }
}

fn held<'p>(parts: &'p [Part], name: &str) -> &'p Value {
    parts.iter().find(|part| part.name == name).map_or(&Value::Absent, |part| &part.value)
}

fn values(at: &str, old: &Value, new: &Value, changes: &mut Vec<Change>) {
    match (old, new) {
        (Value::Absent, Value::Absent) => {}
        (Value::Leaf(old), Value::Leaf(new)) => {
            if old != new {
                changes.push(Change { field: at.to_owned(), old: Some(shown(old)), new: Some(shown(new)) });
            }
        }
        (Value::Group(old), Value::Group(new)) => groups(at, old, new, changes),
        (Value::Group(old), Value::Absent) => groups(at, old, &[], changes),
        (Value::Absent, Value::Group(new)) => groups(at, &[], new, changes),
        (Value::List(old), Value::List(new)) => lists(at, old, new, changes),
        (Value::List(old), Value::Absent) => lists(at, old, &[], changes),
        (Value::Absent, Value::List(new)) => lists(at, &[], new, changes),
        (Value::Leaf(old), other) => {
            changes.push(Change { field: at.to_owned(), old: Some(shown(old)), new: None });
            values(at, &Value::Absent, other, changes);
        }
        (other, Value::Leaf(new)) => {
            values(at, other, &Value::Absent, changes);
            changes.push(Change { field: at.to_owned(), old: None, new: Some(shown(new)) });
        }
        (Value::Group(_), Value::List(_)) | (Value::List(_), Value::Group(_)) => {
            values(at, old, &Value::Absent, changes);
            values(at, &Value::Absent, new, changes);
        }
    }
}

/// First what was there, in its order, then what came.
fn lists(at: &str, old: &[Item], new: &[Item], changes: &mut Vec<Change>) {
    let (old, new) = (named(old), named(new));
    let find: BTreeMap<&(String, usize), &Value> = new.iter().map(|(name, value)| (name, *value)).collect();
    let before: BTreeSet<&(String, usize)> = old.iter().map(|(name, _)| name).collect();
    for (name, value) in &old {
        let path = entry_path(at, name);
        match find.get(name) {
            Some(now) => values(&path, value, now, changes),
            None => whole_entry(&path, value, changes, |old, new| (old, new)),
        }
    }
    for (name, value) in new.iter().filter(|(name, _)| !before.contains(name)) {
        whole_entry(&entry_path(at, name), value, changes, |old, new| (new, old));
    }
}

/// An entry that came or went. One in which nothing is stated is told as well.
fn whole_entry<'v>(
    path: &str,
    value: &'v Value,
    changes: &mut Vec<Change>,
    direction: impl Fn(&'v Value, &'v Value) -> (&'v Value, &'v Value),
) {
    let told = changes.len();
    let (old, new) = direction(value, &Value::Absent);
    values(path, old, new, changes);
    if changes.len() == told {
        let side = |value: &Value| match value {
            Value::Absent => None,
            Value::Leaf(_) | Value::Group(_) | Value::List(_) => Some(String::new()),
        };
        changes.push(Change { field: path.to_owned(), old: side(old), new: side(new) });
    }
}

/// Each entry with its name, and which one of that name it is. Without a name: which one of those.
fn named(items: &[Item]) -> Vec<((String, usize), &Value)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        let count = seen.entry(item.key.as_str()).or_insert(0);
        *count = count.saturating_add(1);
        out.push(((item.key.clone(), *count), &item.value));
    }
    out
}

fn entry_path(at: &str, (name, count): &(String, usize)) -> String {
    match (name.is_empty(), count) {
        (true, count) => format!("{at}[{count}]"),
        (false, 1) => format!("{at}[\"{}\"]", shown(name)),
        (false, count) => format!("{at}[\"{}\", {count}]", shown(name)),
    }
}
