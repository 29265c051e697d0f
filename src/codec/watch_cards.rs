//! Instruction cards as two custodians write them: TOML to cards and back.
//!
//! Never here: whether their offices and kinds are known (the Board).

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::watch_plan::{NotAPlan, line_at, line_of, unplaced, wrong_at};
use crate::domain::precedence::Precedence;
use crate::domain::watch::{Card, HoldingReply, WatchCards};
use crate::limits;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardsFile {
    #[serde(default, rename = "card")]
    cards: Vec<CardFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardFile {
    name: String,
    #[serde(default, rename = "for", skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    precedence: Vec<Spanned<String>>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    office: String,
    steps: Vec<String>,
    #[serde(default, rename = "telephone", skip_serializing_if = "Vec::is_empty")]
    telephones: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
    #[serde(default, rename = "holding_reply", skip_serializing_if = "Vec::is_empty")]
    holding: Vec<HoldingFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldingFile {
    language: String,
    subject: String,
    lines: Vec<String>,
}

/// Reads cards.
///
/// # Errors
/// The first thing that is wrong, with its line; of a text that is too long, the line that is too much.
pub fn read(text: &str) -> Result<WatchCards, NotAPlan> {
    if text.len() > limits::WATCH_CARDS_BYTES_MAX {
        let what = format!("the cards take at most {} bytes", limits::WATCH_CARDS_BYTES_MAX);
        return Err(NotAPlan { line: line_at(text, limits::WATCH_CARDS_BYTES_MAX), what });
    }
    let file: CardsFile = toml::from_str(text).map_err(|fault| line_of(text, &fault))?;
    let precedence = |name: &Spanned<String>| {
        Precedence::from_name(name.get_ref())
            .ok_or_else(|| wrong_at(text, name, "precedence: of flash, immediate, priority, routine"))
    };
    let holding = |file: HoldingFile| HoldingReply {
        language: file.language,
        subject: file.subject,
        lines: file.lines,
    };
    let card = |file: CardFile| {
        Ok(Card {
            name: file.name,
            kinds: file.kinds,
            precedences: file.precedence.iter().map(precedence).collect::<Result<_, _>>()?,
            office: file.office,
            steps: file.steps,
            telephones: file.telephones,
            languages: file.languages,
            holding: file.holding.into_iter().map(holding).collect(),
        })
    };
    Ok(WatchCards { cards: file.cards.into_iter().map(card).collect::<Result<_, _>>()? })
}

/// The cards as a text that reads as the same cards.
pub fn write(cards: &WatchCards) -> String {
    let holding = |one: &HoldingReply| HoldingFile {
        language: one.language.clone(),
        subject: one.subject.clone(),
        lines: one.lines.clone(),
    };
    let card = |card: &Card| CardFile {
        name: card.name.clone(),
        kinds: card.kinds.clone(),
        precedence: card.precedences.iter().map(|one| unplaced(one.name().to_lowercase())).collect(),
        office: card.office.clone(),
        steps: card.steps.clone(),
        telephones: card.telephones.clone(),
        languages: card.languages.clone(),
        holding: card.holding.iter().map(holding).collect(),
    };
    let file = CardsFile { cards: cards.cards.iter().map(card).collect() };
    toml::to_string(&file).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(".{0,12}", 0..3)
    }

    fn any_card() -> impl Strategy<Value = Card> {
        let holding = (".{0,5}", ".{0,9}", texts()).prop_map(|(language, subject, lines)| HoldingReply {
            language,
            subject,
            lines,
        });
        let precedences = prop::sample::subsequence(Precedence::FASTEST_FIRST.to_vec(), 0..=4);
        let holding = prop::collection::vec(holding, 0..3);
        (".{0,9}", texts(), precedences, ".{0,5}", texts(), texts(), texts(), holding).prop_map(
            |(name, kinds, precedences, office, steps, telephones, languages, holding)| Card {
                name,
                kinds,
                precedences,
                office,
                steps,
                telephones,
                languages,
                holding,
            },
        )
    }

    proptest! {
        #[test]
        fn cards_written_read_as_the_same_cards(cards in prop::collection::vec(any_card(), 0..4)) {
            let cards = WatchCards { cards };
            prop_assert_eq!(read(&write(&cards)), Ok(cards));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(\\[\\[card\\]\\]|name = |steps = |\"|\\[|\\]|\n|\\PC){0,40}") {
            let _ = read(&text);
        }
    }

    #[test]
    fn what_is_wrong_in_a_card_is_told_with_its_line() {
        let line = |text: &str| read(text).unwrap_err().line;
        assert_eq!(line("[[card]]\nname = \"a\"\nsteps = [\"b\"]\nminutes = 3\n"), 4);
        assert_eq!(line("[[card]]\nname = \"a\"\nsteps = \"b\"\n"), 3);
        let precedence =
            "[[card]]\nname = \"a\"\nsteps = []\nprecedence = [\n    \"flash\",\n    \"fast\",\n]\n";
        assert_eq!(line(precedence), 6);
    }
}
