//! The message within a forwarding, as a person reads it: by whom it is, who hands it on, then its own official
//! form.
//!
//! Never here: whether its signature verifies. That is the node's to say, by the key lists on record there.

use super::message_form_beside;
use crate::cli::regime::labels::Labelling;
use crate::codec::content::Said;
use crate::codec::forwarded::{self, Opened, Original};
use crate::domain::content::Content;
use crate::domain::form::outline::Path;
use crate::domain::form::{Line, Whose};
use crate::domain::official::{Row, labels as words};
use crate::domain::party::Party;
use crate::domain::translation::Beside;

/// The message that is handed on, if any is and it can be opened.
pub(super) fn original(said: &Said) -> Option<Box<Original>> {
    match said {
        Said::Form(content) => within(content),
        Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => None,
    }
}

fn within(content: &Content) -> Option<Box<Original>> {
    let Content::Forwarded(form) = content else { return None };
    match forwarded::open(form) {
        Opened::Message(original) => Some(original),
        Opened::Forwarding | Opened::Unreadable => None,
    }
}

/// The translations that are of what this hands on, and those that are of itself.
pub(super) fn parted(content: &Content, translations: &[Beside]) -> (Vec<Beside>, Vec<Beside>) {
    let original = within(content).map(|original| original.digest);
    translations.iter().cloned().partition(|one| original.is_some_and(|digest| one.is_of(&digest)))
}

/// Empty for content that hands nothing on, and where that can't be opened: it is marked then. `by`: who hands
/// it on, `None` if that is not known; `labelling`: by the regime that the original cites; `translations` are those
/// of the original.
pub(super) fn lines(
    content: &Content,
    by: Option<Party>,
    labelling: Labelling<'_>,
    translations: &[Beside],
) -> Vec<Line> {
    let Some(original) = within(content) else { return Vec::new() };
    let by = by.map_or_else(|| words::NOT_IN_A_DRAFT.to_owned(), |party| party.to_string());
    let mut lines = vec![line(0, "FROM", original.message.author.to_string()), line(0, "FORWARDED BY", by)];
    let document = message_form_beside(&original.message, original.digest, labelling, translations);
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
