//! The mark of words that mix letters of several scripts, wherever a page of the hotline has what somebody wrote.
//!
//! Never here: which words those are (`domain/mixed.rs`), or a text that is changed for it.

use super::beside::beside;
use super::page::Sheet;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::mixed::mixed_letters;

/// Of a text, and of all that stands beside it.
pub(super) fn of(line: &calls::SessionLine) -> Vec<String> {
    let others = beside(line).into_iter().filter_map(|(_, text)| mixed_letters(text));
    let others = others.map(|mark| format!("beside it: {mark}"));
    mixed_letters(&line.text).into_iter().chain(others).collect()
}

/// Under what somebody wrote.
pub(super) fn under(sheet: &mut Sheet<'_>, text: &str) {
    if let Some(mark) = mixed_letters(text) {
        sheet.put(&format!("     {mark}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{page, show};
    use super::*;

    #[test]
    fn what_was_translated_heard_or_handed_on_is_marked_as_a_text_is() {
        let mixed = || "ask \u{440}\u{430}\u{443}\u{440}\u{430}l".to_owned();
        let translation = calls::TextTranslation { text: mixed(), ..Default::default() };
        let heard = calls::HeardText { text: mixed(), ..Default::default() };
        let whole = calls::ShowSessionResponse {
            session: Some(calls::Session::default()),
            lines: vec![calls::SessionLine {
                text: "ask".into(),
                translations: vec![translation],
                heard: vec![heard.clone()],
                ..Default::default()
            }],
            heard: vec![heard],
            handed_on: vec![calls::HandedOn { text: mixed(), ..Default::default() }],
            ..Default::default()
        };
        let page = page::session(&whole);
        assert_eq!(page.matches("MIXED LETTERS").count(), 4, "{page}");
        assert!(page.contains("beside it: MIXED LETTERS"), "{page}");
        let object = show::whole_json(&whole);
        let line = &object["lines"][0];
        assert!(line["mixed_letters"].is_null(), "{object}");
        for one in [&line["translations"][0], &line["heard"][0], &object["heard"][0], &object["handed_on"][0]]
        {
            assert!(one["mixed_letters"].is_string(), "{object}");
        }
    }
}
