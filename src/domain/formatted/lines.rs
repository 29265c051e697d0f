//! The fields of a formatted message as lines that a person reads: by the labels of their format where it
//! is known, else by their names as sent.
//!
//! Never here: an order other than the author's, a field left out because the format lacks it.

use super::fields::{Fields, Stated, is_name};
use crate::domain::form::Line;
use crate::domain::form::faults::Following;
use crate::domain::form::lines::{head, leaf, one};
use crate::domain::form::outline::{Path, Value};
use crate::domain::regime::format::{FormatField, Holds};
use crate::domain::regime::{Labels, Languages};
use crate::domain::text::shown;

/// Puts the lines behind those that are there. All that leaves is safe to show.
pub fn lines(
    fields: &Fields,
    format: Option<&[FormatField]>,
    languages: Languages<'_>,
    following: &Following,
    out: &mut Vec<Line>,
) {
    let page = Page { languages, following };
    page.fields(&Path::root().field("fields"), 0, fields, format, out);
}

struct Page<'a> {
    languages: Languages<'a>,
    following: &'a Following,
}

impl Page<'_> {
    fn fields(
        &self,
        at: &Path,
        depth: usize,
        fields: &Fields,
        format: Option<&[FormatField]>,
        out: &mut Vec<Line>,
    ) {
        let laid_down = |name: &str| format.and_then(|all| all.iter().find(|field| field.name == name));
        for field in &fields.0 {
            let known = laid_down(&field.name);
            let label = known.map_or_else(|| shown(&field.name), |known| self.say(known));
            self.field(&at.field(&field.name), (depth, &label), &field.stated, known, out);
        }
        // What is not there, and said to follow or not to be known.
        let follows = |name: &str, label: String, out: &mut Vec<Line>| {
            let at = at.field(name);
            if fields.get(name).is_none()
                && let Some(word) = self.following.instead_by_name(&at)
            {
                out.push(Line::of(&at, depth, label, word.to_owned()));
            }
        };
        match format {
            Some(format) => format.iter().for_each(|known| follows(&known.name, self.say(known), out)),
            None => {
                let names: Vec<String> = self.following.below(at).filter(|name| is_name(name)).collect();
                names.into_iter().for_each(|name| follows(&name, name.clone(), out));
            }
        }
    }

    fn say(&self, field: &FormatField) -> String {
        field.label.say(self.languages, &field.name)
    }

    fn field(
        &self,
        at: &Path,
        (depth, label): (usize, &str),
        stated: &Stated,
        known: Option<&FormatField>,
        out: &mut Vec<Line>,
    ) {
        match (stated, known.map(|known| &known.holds), stated.shape()) {
            (Stated::Choice(word), Some(Holds::Choice(words)), _) => {
                let of = |labels: &Labels| format!("{word} ({})", labels.say(self.languages, word));
                let labels = words.iter().find(|(known, _)| known == word).map(|(_, labels)| labels);
                let text = labels.filter(|labels| !labels.is_empty()).map_or_else(|| word.clone(), of);
                leaf(at, depth, label, &text, out);
            }
            (Stated::Entries(entries), holds, _) => {
                let inner = match holds {
                    Some(Holds::List(inner)) => Some(inner.as_slice()),
                    Some(_) | None => None,
                };
                for (index, fields) in entries.iter().enumerate() {
                    out.push(head(&at.item(index), depth, &format!("{label} {}", index.saturating_add(1))));
                    self.fields(&at.item(index), depth.saturating_add(1), fields, inner, out);
                }
                if let Some(word) = self.following.instead(at) {
                    out.push(Line::of(at, depth, format!("{label}, the rest"), word.to_owned()));
                }
            }
            (stated, _, Some(shape)) => match stated.value() {
                // Named, and nothing in it: that is said as well.
                Value::Absent if self.following.instead(at).is_none() => out.push(head(at, depth, label)),
                value => one(at, (depth, label), shape, &value, self.following, out),
            },
            (Stated::Nothing | Stated::Text(_) | Stated::Number(_) | Stated::Choice(_), _, None) => {}
            (Stated::Date(_) | Stated::Area(_) | Stated::Party(_) | Stated::Texts(_), _, None) => {}
            (Stated::Figures(_) | Stated::Reference(_), _, None) => {}
        }
    }
}
