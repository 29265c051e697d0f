//! What is wrong with a form, all at once. A fault never decides: our own officer is told before
//! release and may release all the same; what a peer sends is only marked.
//!
//! Never here: the single rules, which stand with the fields they are about; a regime's rules, which
//! are data.

use std::collections::BTreeSet;

use super::Form;
use super::lines::{NOT_KNOWN, TO_FOLLOW};
use super::outline;
use super::outline::{Field, Path, Shape, Value};
use crate::domain::content::Content;
use crate::limits;

/// One thing that is wrong. Neither part holds anything that the author wrote, but numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The path of the field, such as `phases[2].end`.
    pub field: String,
    /// A sentence.
    pub rule: String,
}

/// Why content can't be signed, or can't be taken: over a hard limit. Final, and the author's.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct Refused {
    pub field: String,
    pub rule: String,
}

/// All faults of a document, in the order of its fields.
pub fn faults(content: &Content) -> Vec<Fault> {
    let form = content.form();
    let mut found = Faults { following: Following::of(content), found: Vec::new(), more: false };
    form.check(&mut found);
    check_said(&Path::root(), form, &mut found);
    if let Some((field, inner)) = content.within() {
        check_said(&Path::root().field(field), inner, &mut found);
    }
    found.all()
}

/// Faults as they are found. What follows is known beforehand, so that it is not missed.
pub struct Faults {
    following: Following,
    found: Vec<Fault>,
    more: bool,
}

impl Faults {
    pub fn add(&mut self, at: &Path, rule: impl Into<String>) {
        if self.found.len() < limits::FAULTS_MAX {
            self.found.push(Fault { field: at.to_string(), rule: rule.into() });
        } else {
            self.more = true;
        }
    }

    /// None of these is stated, and one should be.
    pub fn missing(&mut self, any_of: &[Path]) {
        if let Some(first) = any_of.first()
            && !any_of.iter().any(|path| self.following.instead(path).is_some())
        {
            self.add(first, "is required, and is neither given nor said to follow or not to be known");
        }
    }

    fn all(mut self) -> Vec<Fault> {
        if self.more {
            let rule = format!("has more than {} faults; the rest are not listed", limits::FAULTS_MAX);
            self.found.push(Fault { field: "content".to_owned(), rule });
        }
        self.found
    }
}

/// What an author says of a field that it does not state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Instead {
    ToFollow,
    NotKnown,
}

impl Instead {
    /// For a person to read.
    fn word(self) -> &'static str {
        match self {
            Instead::ToFollow => TO_FOLLOW,
            Instead::NotKnown => NOT_KNOWN,
        }
    }
}

/// The fields that the author says will follow, and those that it says it does not know.
pub struct Following {
    paths: BTreeSet<String>,
    not_known: BTreeSet<String>,
}

impl Following {
    pub fn of(content: &Content) -> Following {
        let (mut paths, mut not_known) = (BTreeSet::new(), BTreeSet::new());
        let mut take = |root: &Path, form: &dyn Form| {
            let under = |path: &String| root.field(path).to_string();
            paths.extend(form.to_follow().iter().map(under));
            not_known.extend(form.not_known().iter().map(under));
        };
        take(&Path::root(), content.form());
        if let Some((field, inner)) = content.within() {
            take(&Path::root().field(field), inner);
        }
        Following { paths, not_known }
    }

    /// What is said in place of this very field, or of one that it stands in, for a person to read.
    pub fn instead(&self, path: &Path) -> Option<&'static str> {
        self.said(path).map(Instead::word)
    }

    /// The same, for a program.
    pub fn said(&self, path: &Path) -> Option<Instead> {
        if covered(&self.paths, path) {
            Some(Instead::ToFollow)
        } else if covered(&self.not_known, path) {
            Some(Instead::NotKnown)
        } else {
            None
        }
    }

    /// The same of this very field alone, by its own path.
    pub fn instead_by_name(&self, path: &Path) -> Option<&'static str> {
        if self.paths.contains(path.as_str()) {
            Some(TO_FOLLOW)
        } else if self.not_known.contains(path.as_str()) {
            Some(NOT_KNOWN)
        } else {
            None
        }
    }

    /// What is said of an entry of a list behind those that are given: the list is not all there.
    pub fn behind(&self, list: &Path, given: usize) -> Option<Instead> {
        let is_said = |paths: &BTreeSet<String>| {
            let entry = |path: &String| {
                let (position, _) = path.strip_prefix(list.as_str())?.strip_prefix('[')?.split_once(']')?;
                position.parse::<usize>().ok()
            };
            paths.iter().filter_map(entry).any(|position| position > given)
        };
        if is_said(&self.paths) {
            Some(Instead::ToFollow)
        } else {
            is_said(&self.not_known).then_some(Instead::NotKnown)
        }
    }

    /// Of what right below a field it is said that it will follow or is not known: its names there, as
    /// written. Not safe to show.
    pub fn below(&self, path: &Path) -> impl Iterator<Item = String> {
        let before = format!("{path}.");
        self.paths.union(&self.not_known).filter_map(move |one| one.strip_prefix(&before).map(str::to_owned))
    }
}

fn covered(paths: &BTreeSet<String>, path: &Path) -> bool {
    let path = path.as_str();
    let ends = path.match_indices(['.', '[']).map(|(end, _)| end).chain([path.len()]);
    ends.filter_map(|end| path.get(..end)).any(|part| paths.contains(part))
}

/// Marks what is said of fields that are not there, or of one that is given, or both of one.
fn check_said(root: &Path, form: &dyn Form, faults: &mut Faults) {
    let (fields, parts) = (form.fields(), form.parts());
    let lists = [
        ("to_follow", form.to_follow(), "names a field that is given: it can't also follow"),
        ("not_known", form.not_known(), "names a field that is given: it can't also be not known"),
    ];
    for (name, paths, given) in lists {
        let list = root.field(name);
        for (index, path) in paths.iter().enumerate() {
            let at = list.item(index);
            match standing(fields, &parts, path) {
                Standing::Unknown => {
                    faults.add(&at, "names no field that this program knows, and no entry of its lists");
                }
                Standing::Given => faults.add(&at, given),
                Standing::Open if name == "not_known" && form.to_follow().contains(path) => {
                    faults.add(&at, "names a field that is said to follow: it is the one or the other");
                }
                Standing::Open => {}
            }
        }
    }
}

enum Standing {
    Unknown,
    Given,
    Open,
}

/// Follows one path through the layout and the content together.
fn standing(fields: &'static [Field], parts: &[outline::Part], path: &str) -> Standing {
    let (name, rest) = match path.find(['.', '[']) {
        Some(end) => path.split_at(end),
        None => (path, ""),
    };
    let Some(field) = fields.iter().find(|field| field.name == name && !field.is_of_fields()) else {
        return Standing::Unknown;
    };
    let value = parts.iter().find(|part| part.name == name).map_or(&Value::Absent, |part| &part.value);
    match field.shape {
        Shape::Leaf(_) | Shape::Leaves(_) if !rest.is_empty() => Standing::Unknown,
        Shape::Leaf(_) => match value {
            Value::Absent => Standing::Open,
            Value::Leaf(_) | Value::Group(_) | Value::List(_) => Standing::Given,
        },
        // Whatever is not in the list or the group yet may follow.
        Shape::Leaves(_) => Standing::Open,
        Shape::Group(_) | Shape::Groups(_) if rest.is_empty() => Standing::Open,
        Shape::Group(inner) => match (rest.strip_prefix('.'), value) {
            (Some(rest), Value::Group(parts)) => standing(inner, parts, rest),
            (Some(rest), Value::Absent) => standing(inner, &[], rest),
            (Some(_), Value::Leaf(_) | Value::List(_)) | (None, _) => Standing::Unknown,
        },
        Shape::Groups(inner) => in_list(inner, value, rest),
        Shape::OfFormat if rest.is_empty() => Standing::Open,
        // The format says what more there is; here only what is given is known.
        Shape::OfFormat => match (rest.strip_prefix('.'), value) {
            (Some(name), Value::Group(parts)) => {
                let is_given =
                    |part: &outline::Part| part.name == name && matches!(part.value, Value::Leaf(_));
                if parts.iter().any(is_given) { Standing::Given } else { Standing::Open }
            }
            (Some(_), Value::Absent | Value::Leaf(_) | Value::List(_)) => Standing::Open,
            (None, _) => Standing::Unknown,
        },
    }
}

/// `rest` is `[n]` or `[n].…`.
fn in_list(inner: &'static [Field], value: &Value, rest: &str) -> Standing {
    let Some((position, rest)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Standing::Unknown;
    };
    // Only the one way of writing a position, so that a path has one spelling.
    let position = position.parse::<usize>().ok().filter(|n| n.to_string() == position);
    let entries = match value {
        Value::List(entries) => entries.as_slice(),
        Value::Absent | Value::Leaf(_) | Value::Group(_) => &[],
    };
    let entry = position.and_then(|n| n.checked_sub(1)).and_then(|index| entries.get(index));
    match (entry.map(|entry| &entry.value), rest.strip_prefix('.')) {
        (Some(_), None) if rest.is_empty() => Standing::Open,
        (Some(Value::Group(parts)), Some(rest)) => standing(inner, parts, rest),
        (Some(_) | None, _) => Standing::Unknown,
    }
}
