//! What stands beside a text of a session: agreed words and translations, each with whose word it is.
//!
//! Never here: one that passes for the original. Whose word it is was made safe to show; what it says is where it is set.

use crate::codec::proto::detente::v1 as calls;
use crate::domain::official::wrap::cut;
use crate::domain::text::{shown, shown_lines};

/// So much is shown of why a translation was taken back: it stands among the words that tell whose it is.
const REASON_COLUMNS: usize = 60;

/// What stands at the right of a text, each with whose word it is: agreed words first, which need no translator.
pub(super) fn beside(line: &calls::SessionLine) -> Vec<(String, &str)> {
    let mut words: Vec<(&calls::AgreedText, Vec<String>)> = Vec::new();
    for agreed in &line.agreed_words {
        for text in &agreed.texts {
            match words.iter_mut().find(|(known, _)| *known == text) {
                Some((_, with)) => with.push(shown(&agreed.party)),
                None => words.push((text, vec![shown(&agreed.party)])),
            }
        }
    }
    let agreed = words.into_iter().map(|(text, with)| {
        let (language, number, with) = (shown(&text.language), line.phrase, with.join(" and with "));
        (format!("[{language}] agreed phrase {number} with {with}; the original counts"), text.text.as_str())
    });
    let translated = line.translations.iter().map(|one| {
        let (language, translator, by) = (shown(&one.language), shown(&one.translator), shown(&one.by));
        let withdrawn = match one.withdrawn_by.as_str() {
            "" => String::new(),
            word => format!("WITHDRAWN by {}{}; ", shown(word), by_file(&one.withdrawal_came_by_file)),
        };
        let came = match one.came_by_file.as_str() {
            "" => String::new(),
            mark => format!("; {}", shown(mark)),
        };
        // What its author says stands last.
        let because = match one.withdrawal_reason.as_str() {
            "" => String::new(),
            reason => format!("; taken back because \"{}\"", cut(&shown(reason), REASON_COLUMNS)),
        };
        let whose = format!(
            "[{language}] {withdrawn}by {translator}, given by {by}; the original counts{came}{because}"
        );
        (whose, one.text.as_str())
    });
    agreed.chain(translated).collect()
}

/// That its author took it back; it stays readable. Below it stands why, where the word says so.
pub(super) fn withdrawn(line: &calls::SessionLine) -> Option<String> {
    let came = by_file(&line.withdrawal_came_by_file);
    let says = if line.withdrawal_reason.is_empty() { "" } else { ", and says why:" };
    (!line.withdrawn_by.is_empty()).then(|| format!("WITHDRAWN by {}{came}{says}", shown(&line.withdrawn_by)))
}

/// What a Party wrote in lines that are safe to show; none where it wrote nothing.
pub(super) fn shown_given(text: &str) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { shown_lines(text) }
}

/// Behind a word that takes something back: that the word came by file.
fn by_file(mark: &str) -> String {
    if mark.is_empty() { String::new() } else { format!(" ({})", shown(mark)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_translation_was_taken_back_stands_last_beside_it_and_what_is_cut_of_it_says_so() {
        let whose = |reason: &str| {
            let one = calls::TextTranslation {
                language: "ru".into(),
                translator: "Anna".into(),
                by: "BY".into(),
                withdrawn_by: "BY/31/0009".into(),
                withdrawal_reason: reason.into(),
                ..Default::default()
            };
            let line = calls::SessionLine { translations: vec![one], ..Default::default() };
            beside(&line).remove(0).0
        };
        let said = "[ru] WITHDRAWN by BY/31/0009; by Anna, given by BY; the original counts";
        assert_eq!(whose(""), said);
        assert_eq!(whose("A slip."), format!("{said}; taken back because \"A slip.\""));
        let long = whose(&"\u{202e}".repeat(100));
        assert!(long.ends_with("…\"") && !long.contains('\u{202e}'), "{long}");
    }

    #[test]
    fn a_text_that_was_taken_back_says_by_what_and_leads_to_why_where_that_is_said() {
        let line = |reason: &str| calls::SessionLine {
            withdrawn_by: "BY/31/0009".into(),
            withdrawal_reason: reason.into(),
            ..Default::default()
        };
        assert_eq!(withdrawn(&line("")).as_deref(), Some("WITHDRAWN by BY/31/0009"));
        assert_eq!(withdrawn(&line("A slip.")).as_deref(), Some("WITHDRAWN by BY/31/0009, and says why:"));
        assert_eq!(withdrawn(&calls::SessionLine::default()), None);
        assert_eq!(shown_given("one\ntwo\u{7}"), ["one", "two\\u{7}"]);
        assert!(shown_given("").is_empty());
    }
}
