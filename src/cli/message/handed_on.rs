//! The message within a forwarding, as a person reads it: by whom it is, who hands it on, then its own official
//! form.
//!
//! Never here: whether its signature verifies. That is the node's to say, by the key lists on record there.

use super::message_form;
use crate::cli::regime::labels::{self, Labelling};
use crate::codec::forwarded::{self, Opened};
use crate::domain::content::Content;
use crate::domain::form::outline::Path;
use crate::domain::form::{Line, Whose};
use crate::domain::language::Language;
use crate::domain::official::{Row, labels as words};
use crate::domain::party::Party;

/// Empty for content that hands nothing on, and where that can't be opened: it is marked then. `by`: who hands
/// it on, `None` if that is not known; `reader`: in whose language labels are looked for first.
pub(super) fn lines(content: &Content, by: Option<Party>, reader: Option<&Language>) -> Vec<Line> {
    let Content::Forwarded(form) = content else { return Vec::new() };
    let Opened::Message(original) = forwarded::open(form) else { return Vec::new() };
    let by = by.map_or_else(|| words::NOT_IN_A_DRAFT.to_owned(), |party| party.to_string());
    let mut lines = vec![line(0, "FROM", original.message.author.to_string()), line(0, "FORWARDED BY", by)];
    let regime = labels::built_in(&original.message.draft);
    let document = message_form(&original.message, original.digest, Labelling::of(regime.as_ref(), reader));
    lines.extend(document.rows.iter().flat_map(of_row));
    lines
}

/// A row of the inner form, with the mark that it has there.
fn of_row(row: &Row) -> Vec<Line> {
    let depth = row.depth.saturating_add(1);
    let label = if row.mark.is_empty() { row.label.clone() } else { format!("{} {}", row.mark, row.label) };
    let mut text = row.text.iter().cloned();
    let mut lines = vec![line(depth, &label, text.next().unwrap_or_default())];
    lines.extend(text.map(|text| line(depth, "", text)));
    lines
}

fn line(depth: usize, label: &str, value: String) -> Line {
    Line { depth, label: label.to_owned(), value, path: Path::root(), whose: Whose::Another }
}
