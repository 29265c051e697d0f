//! Words that mix letters which look alike: Latin ones with Cyrillic or Greek ones, of which one may pass for another word.
//!
//! The rule is that of Unicode Technical Standard 39, section 5.1 (mixed-script detection), for these three scripts and
//! word by word. It marks, and nothing more: such a word may be meant, as "kΩ" is, and a word all of one script may look
//! like one of another. Never here: a text that is changed or refused.

use std::collections::BTreeSet;

use super::text::shown;

/// More words are not named, nor longer ones: how many there are is.
const WORDS_NAMED: usize = 3;
/// Characters.
const WORD_MAX: usize = 40;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
}

impl Script {
    /// By the blocks of Unicode 16 that hold their letters; `None` of all others.
    fn of(character: char) -> Option<Script> {
        if !character.is_alphabetic() {
            return None;
        }
        match u32::from(character) {
            0x41..=0x5A
            | 0x61..=0x7A
            | 0xAA
            | 0xBA
            | 0xC0..=0x2B8
            | 0x1D00..=0x1D25
            | 0x1E00..=0x1EFF
            | 0x2C60..=0x2C7F
            | 0xA722..=0xA7FF
            | 0xAB30..=0xAB64
            | 0xFB00..=0xFB06
            | 0xFF21..=0xFF3A
            | 0xFF41..=0xFF5A => Some(Script::Latin),
            0x370..=0x3FF | 0x1F00..=0x1FFF => Some(Script::Greek),
            0x400..=0x52F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Some(Script::Cyrillic),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Script::Latin => "Latin",
            Script::Cyrillic => "Cyrillic",
            Script::Greek => "Greek",
        }
    }
}

/// What a reader is told of a text with such words, safe to show; `None` of all others.
pub fn mixed_letters(text: &str) -> Option<String> {
    let is_apart = |c: char| !c.is_alphanumeric() && !is_put_on(c);
    let mixed = text.split(is_apart).filter_map(|word| Some((word, scripts(word)?)));
    let (mut named, mut more) = (Vec::new(), 0_usize);
    for (word, scripts) in mixed {
        if named.len() < WORDS_NAMED && word.chars().count() <= WORD_MAX {
            named.push(format!("\"{}\" ({scripts})", shown(word)));
        } else {
            more = more.saturating_add(1);
        }
    }
    if more > 0 {
        named.push(format!("{more} more word(s)"));
    }
    let all = named.join(", ");
    (!all.is_empty()).then(|| format!("MIXED LETTERS, of more than one script in one word: {all}"))
}

/// Of which scripts the letters of a word are, where they are Latin and others.
fn scripts(word: &str) -> Option<String> {
    let scripts: BTreeSet<Script> = word.chars().filter_map(Script::of).collect();
    if scripts.len() < 2 || !scripts.contains(&Script::Latin) {
        return None;
    }
    let names: Vec<&str> = scripts.into_iter().map(Script::name).collect();
    Some(names.join(" and "))
}

/// Accents that stand over the letter before, and so part no word: Combining Diacritical Marks.
fn is_put_on(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_latin_and_cyrillic_or_greek_letters_is_named_with_its_scripts() {
        for (text, told) in [
            ("pay by \u{440}\u{430}ypal now", "\"\u{440}\u{430}ypal\" (Latin and Cyrillic)"),
            ("the \u{39f}smium is here", "\"\u{39f}smium\" (Latin and Greek)"),
            ("a \u{442}\u{301}ank", "\"\u{442}\u{301}ank\" (Latin and Cyrillic)"),
        ] {
            let said = mixed_letters(text).expect(text);
            assert_eq!(said, format!("MIXED LETTERS, of more than one script in one word: {told}"));
        }
    }

    #[test]
    fn texts_of_several_scripts_whose_words_are_each_of_one_are_not_marked() {
        for text in [
            "Zapad-2025 и Союзная решимость",
            "T-72Б, МиГ-29, GPS-навигатор",
            "Ćwiczenia «Anakonda», 10 °C, 5 \u{b5}m",
            "Άσκηση Ξιφίας",
            "大演習 anakonda تمرين",
            "",
        ] {
            assert_eq!(mixed_letters(text), None, "{text}");
        }
    }

    #[test]
    fn of_many_such_words_the_first_are_named_and_how_many_more_there_are() {
        let long = "\u{430}a".repeat(WORD_MAX);
        let said = mixed_letters(&format!("{long} {}", "\u{430}a ".repeat(5))).expect("they are mixed");
        assert!(said.ends_with("\"\u{430}a\" (Latin and Cyrillic), 3 more word(s)"), "{said}");
        assert_eq!(said.matches("Latin").count(), WORDS_NAMED);
    }
}
