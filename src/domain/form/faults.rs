//! What is wrong with a form, all at once. A fault never decides: our own officer is told before
//! release and may release all the same; what a peer sends is only marked.
//!
//! Never here: the single rules, which stand with the fields they are about; a regime's rules, which
//! are data.

use std::collections::BTreeSet;

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
    check_to_follow(&Path::root(), form.fields(), &form.parts(), form.to_follow(), &mut found);
    if let Content::Amendment(amendment) = content {
        let root = Path::root().field("notification");
        let inner = &amendment.notification;
        let fields = <crate::domain::exercise::Notification as outline::Group>::FIELDS;
        check_to_follow(&root, fields, &outline::Group::parts(inner), &inner.to_follow, &mut found);
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
            && !any_of.iter().any(|path| self.following.covers(path))
        {
            self.add(first, "is asked for, and is neither given nor said to follow");
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

/// The fields that the author says will follow.
pub struct Following {
    paths: BTreeSet<String>,
}

impl Following {
    pub fn of(content: &Content) -> Following {
        let under = |root: Path, to_follow: &[String]| -> Vec<String> {
            to_follow.iter().map(|path| root.field(path).to_string()).collect()
        };
        let mut paths = under(Path::root(), content.form().to_follow());
        if let Content::Amendment(amendment) = content {
            paths.extend(under(Path::root().field("notification"), &amendment.notification.to_follow));
        }
        Following { paths: paths.into_iter().collect() }
    }

    /// Whether this very field is said to follow, by its own path.
    pub fn names(&self, path: &Path) -> bool {
        self.paths.contains(path.as_str())
    }

    /// What is said to follow right below a field: its names there, as written. Not safe to show.
    pub fn below(&self, path: &Path) -> impl Iterator<Item = String> {
        let before = format!("{path}.");
        self.paths.iter().filter_map(move |one| one.strip_prefix(&before).map(str::to_owned))
    }

    /// Whether this very field, or one that it stands in, is said to follow.
    pub fn covers(&self, path: &Path) -> bool {
        let path = path.as_str();
        let ends = path.match_indices(['.', '[']).map(|(end, _)| end).chain([path.len()]);
        ends.filter_map(|end| path.get(..end)).any(|part| self.paths.contains(part))
    }
}

/// Marks what is said to follow and names nothing, or names something that is given.
fn check_to_follow(
    root: &Path,
    fields: &'static [Field],
    parts: &[outline::Part],
    to_follow: &[String],
    faults: &mut Faults,
) {
    let list = root.field("to_follow");
    for (index, path) in to_follow.iter().enumerate() {
        match standing(fields, parts, path) {
            Standing::Unknown => {
                faults.add(
                    &list.item(index),
                    "names no field that this program knows, and no entry of its lists",
                );
            }
            Standing::Given => {
                faults.add(&list.item(index), "names a field that is given: it can't also follow");
            }
            Standing::Open => {}
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
    let Some(field) = fields.iter().find(|field| field.name == name && name != "to_follow") else {
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
