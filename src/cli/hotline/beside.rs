//! What stands beside a text of a session: agreed words and translations, each with whose word it is.
//!
//! Never here: one that passes for the original. Whose word it is was made safe to show; what it says is where it is set.

use crate::codec::proto::detente::v1 as calls;
use crate::domain::text::shown;

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
        let whose =
            format!("[{language}] {withdrawn}by {translator}, given by {by}; the original counts{came}");
        (whose, one.text.as_str())
    });
    agreed.chain(translated).collect()
}

/// Behind a word that takes something back: that the word came by file.
pub(super) fn by_file(mark: &str) -> String {
    if mark.is_empty() { String::new() } else { format!(" ({})", shown(mark)) }
}
