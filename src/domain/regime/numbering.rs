//! Official numbers by a regime's pattern: what stands in its places, and when two patterns could give the
//! same number.
//!
//! **Why no two messages of one author bear the same number.** Each message has a year, an audience and a
//! serial within these two (`Board::numbers`, one count for all patterns and the built-in form alike), in
//! one incarnation: no two messages have all four in common. What fills a place never holds a sign that
//! parts steps (`SIGNS`), so a number falls apart at its signs into as many steps as its pattern has; no
//! step has more than one place, and what stands before and after it in the step is fixed. So the pattern
//! and its number give back all four: a year of two digits is one of `CENTURY`, an incarnation after the first
//! stands before the serial. Another pattern gives the same number for another message only if
//! it has the same signs, no fixed step that differs, and year, audience or serial elsewhere. Then
//! `may_clash` says so, and the Board uses the one that was held first.
//!
//! Never here: the count itself (`board/`), a pattern's line in a file (`codec/regime`).

use std::collections::BTreeMap;

use unicode_bidi::{BidiClass, bidi_class};

use super::Document;
use crate::domain::content::Kind;
use crate::domain::party::{Incarnation, Party};
use crate::domain::text::is_unsafe_to_show;
use crate::limits;

/// How a regime numbers what is said under it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Numbering {
    pub pattern: Pattern,
    /// What `{format}` and `{kind}` stand for, document by document.
    pub marks: BTreeMap<Document, Mark>,
}

/// Each may be empty: then nothing is laid down.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mark {
    pub format: String,
    pub kind: String,
}

/// A pattern that holds a Party, a year and a serial, so that its numbers are unique.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    /// Stands as it is.
    Words(String),
    Party,
    /// The year in two digits, in four before and after `CENTURY`.
    Yy,
    /// The year in four digits.
    Year,
    /// As `Outgoing::audience`: a serial counts within it, so that it tells nobody how much goes to others.
    Audience,
    /// The incarnation after the first, and the serial.
    Serial,
    Format,
    Kind,
}

/// One message, as its number tells it.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<'a> {
    pub author: Party,
    pub incarnation: Incarnation,
    pub year: i16,
    pub audience: &'a str,
    pub serial: u64,
    /// `None` for what no regime has rules for, such as an acknowledgement.
    pub document: Option<&'a Document>,
}

/// Years that begin with these digits may be written without them.
const CENTURY: i16 = 20;

/// Between these stand the steps of a number.
const SIGNS: &str = "/-_:#()";

const PLACES: [(&str, Piece); 7] = [
    ("party", Piece::Party),
    ("yy", Piece::Yy),
    ("year", Piece::Year),
    ("audience", Piece::Audience),
    ("serial", Piece::Serial),
    ("format", Piece::Format),
    ("kind", Piece::Kind),
];

/// The form of numbers where no regime lays one down.
const BUILT_IN: &str = "{party}/{year}/{audience}/{serial}";

impl Numbering {
    /// `None` where the pattern has a place that nothing is laid down for.
    pub fn write(&self, of: &Numbered) -> Option<String> {
        let (before, after) = self.around_serial(of)?;
        Some(format!("{before}{}{after}", of.serial()))
    }

    /// Whether a number is one that this message could bear, whatever its serial. `None` where the pattern has
    /// a place that nothing is laid down for: then no number could follow it.
    pub fn fits(&self, number: &str, of: &Numbered) -> Option<bool> {
        let (before, after) = self.around_serial(of)?;
        let within = number.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
        Some(within.is_some_and(|serial| of.is_serial(serial)))
    }

    /// What stands before the serial, and behind it.
    fn around_serial(&self, of: &Numbered) -> Option<(String, String)> {
        let stated = of.document.and_then(|document| self.marks.get(document)).cloned().unwrap_or_default();
        let format = match (stated.format.is_empty(), of.document) {
            (false, _) => Some(stated.format),
            (true, Some(Document::Format(code))) => word(code),
            (true, Some(Document::Kind(_)) | None) => None,
        };
        let kind = match (stated.kind.is_empty(), of.document) {
            (false, _) => Some(stated.kind),
            (true, Some(Document::Kind(kind))) => word(kind.word()),
            (true, Some(Document::Format(_))) => word(Kind::Formatted.word()),
            (true, None) => None,
        };
        let (mut before, mut number) = (None, String::new());
        for piece in &self.pattern.0 {
            match piece {
                Piece::Words(words) => number.push_str(words),
                Piece::Party => number.push_str(of.author.as_str()),
                Piece::Yy if of.year / 100 == CENTURY => {
                    number.push_str(&format!("{:02}", of.year % 100));
                }
                Piece::Yy | Piece::Year => number.push_str(&format!("{:04}", of.year)),
                Piece::Audience => number.push_str(of.audience),
                Piece::Serial => before = Some(std::mem::take(&mut number)),
                Piece::Format => number.push_str(format.as_deref()?),
                Piece::Kind => number.push_str(kind.as_deref()?),
            }
        }
        Some((before?, number))
    }
}

impl Numbered<'_> {
    /// The number by the built-in form: `BY/2025/PL/0003`.
    pub fn built_in(&self) -> String {
        format!("{}/{:04}/{}/{}", self.author, self.year, self.audience, self.serial())
    }

    fn serial(&self) -> String {
        format!("{}{:04}", self.life(), self.serial)
    }

    fn life(&self) -> String {
        if self.incarnation.0 > 1 { format!("{}.", self.incarnation) } else { String::new() }
    }

    /// Whether a serial of this incarnation is written so.
    fn is_serial(&self, text: &str) -> bool {
        let digits = text.strip_prefix(self.life().as_str());
        digits.is_some_and(|digits| {
            digits.parse::<u64>().is_ok_and(|serial| serial > 0 && format!("{serial:04}") == digits)
        })
    }
}

impl Pattern {
    /// Reads a pattern such as `CBM/{party}/{yy}/{serial}`. A serial without an audience before it gets one:
    /// `{serial}` alone means `{audience}-{serial}`.
    ///
    /// # Errors
    /// What is wrong, in a sentence that quotes nothing.
    pub fn read(text: &str) -> Result<Pattern, String> {
        let mut pieces = pieces(text)?;
        let count = |wanted: &Piece| pieces.iter().filter(|piece| *piece == wanted).count();
        if let Some((word, _)) = PLACES.iter().find(|(_, place)| count(place) > 1) {
            return Err(format!("a number has its {{{word}}} once"));
        }
        let years = count(&Piece::Yy).saturating_add(count(&Piece::Year));
        if count(&Piece::Party) == 0 || years != 1 || count(&Piece::Serial) == 0 {
            return Err(
                "a number needs its {party}, its {yy} or {year}, and its {serial}: without these two \
                        could be the same"
                    .into(),
            );
        }
        if count(&Piece::Audience) == 0 {
            let audience = |piece| match piece {
                Piece::Serial => vec![Piece::Audience, Piece::Words("-".into()), Piece::Serial],
                other => vec![other],
            };
            pieces = pieces.into_iter().flat_map(audience).collect();
        }
        let pattern = Pattern(pieces);
        if pattern.written().len() > limits::NUMBER_PATTERN_BYTES_MAX {
            let most = limits::NUMBER_PATTERN_BYTES_MAX;
            return Err(format!("a pattern takes at most {most} bytes, its audience among them"));
        }
        if pattern.steps().each.iter().any(|step| step.places.len() > 1) {
            return Err(format!("between two places stands one of the signs {SIGNS}"));
        }
        Ok(pattern)
    }

    /// As a file would have it.
    pub fn written(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            place => PLACES
                .iter()
                .find(|(_, known)| known == place)
                .map_or(String::new(), |(word, _)| format!("{{{word}}}")),
        };
        self.0.iter().map(piece).collect()
    }

    /// Whether the two could give different messages the same number. Yes where it is not certain.
    pub fn may_clash(&self, other: &Pattern) -> bool {
        let (one, two) = (self.steps(), other.steps());
        let pairs = || one.each.iter().zip(&two.each);
        let fixed = |step: &Step| step.places.is_empty();
        one.signs == two.signs
            && !pairs().any(|(one, two)| fixed(one) && fixed(two) && one != two)
            && pairs().any(|(one, two)| one != two && (one.tells() || two.tells()))
    }

    pub fn may_clash_with_built_in(&self) -> bool {
        Pattern::read(BUILT_IN).is_ok_and(|built_in| self.may_clash(&built_in))
    }

    fn steps(&self) -> Steps {
        let mut steps = Steps::default();
        let mut step = Step::default();
        for piece in &self.0 {
            let words = match piece {
                Piece::Words(words) => words.as_str(),
                // How many digits it has does not tell two years apart.
                Piece::Yy => {
                    step.places.push(Piece::Year);
                    continue;
                }
                place => {
                    step.places.push(place.clone());
                    continue;
                }
            };
            for character in words.chars() {
                if SIGNS.contains(character) {
                    steps.signs.push(character);
                    steps.each.push(std::mem::take(&mut step));
                } else if step.places.is_empty() {
                    step.before.push(character);
                } else {
                    step.after.push(character);
                }
            }
        }
        steps.each.push(step);
        steps
    }
}

/// A pattern taken apart at its signs: one step more than there are signs.
#[derive(Default)]
struct Steps {
    signs: String,
    each: Vec<Step>,
}

#[derive(PartialEq, Eq, Default)]
struct Step {
    before: String,
    places: Vec<Piece>,
    after: String,
}

impl Step {
    /// Whether it is one of those that tell two messages apart.
    fn tells(&self) -> bool {
        self.places.iter().any(|place| match place {
            Piece::Yy | Piece::Year | Piece::Audience | Piece::Serial => true,
            Piece::Words(_) | Piece::Party | Piece::Format | Piece::Kind => false,
        })
    }
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (words, place) = match rest.split_once('{') {
            Some((words, place)) => (words, Some(place)),
            None => (rest, None),
        };
        if !words.chars().all(|c| SIGNS.contains(c) || is_in_step(c)) {
            return Err(format!(
                "a pattern holds letters and digits that are written from left to right, stops, the signs \
                 {SIGNS}, and places in braces"
            ));
        }
        if !words.is_empty() {
            pieces.push(Piece::Words(words.to_owned()));
        }
        rest = match place {
            None => "",
            Some(place) => {
                let known = place.split_once('}').and_then(|(word, after)| {
                    PLACES.iter().find(|(known, _)| *known == word).map(|(_, piece)| (piece.clone(), after))
                });
                let Some((piece, after)) = known else {
                    let all: Vec<String> = PLACES.iter().map(|(word, _)| format!("{{{word}}}")).collect();
                    return Err(format!("what stands in braces is one of: {}", all.join(", ")));
                };
                pieces.push(piece);
                after
            }
        };
    }
    Ok(pieces)
}

/// Whether a regime may lay it down for `{format}` or `{kind}`.
pub fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= limits::NUMBER_WORD_BYTES_MAX && text.chars().all(is_in_step)
}

/// A name as it stands in a number. `None` if it is too long for one.
fn word(name: &str) -> Option<String> {
    let word: String = name.chars().map(|c| if is_in_step(c) { c } else { '.' }).collect();
    is_word(&word).then_some(word)
}

/// Nothing in a number is written from right to left: its steps would change places before the reader's
/// eyes.
fn is_in_step(character: char) -> bool {
    let forward = matches!(bidi_class(character), BidiClass::L | BidiClass::EN);
    character == '.' || (character.is_alphanumeric() && forward && !is_unsafe_to_show(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_form_is_a_pattern_like_any_other() {
        let of = |incarnation| Numbered {
            author: "BY".parse().expect("a code"),
            incarnation: Incarnation(incarnation),
            year: 2025,
            audience: "LT+PL",
            serial: 3,
            document: None,
        };
        let pattern = Pattern::read(BUILT_IN).expect("a pattern");
        assert_eq!(pattern.written(), BUILT_IN);
        let numbering = Numbering { pattern, marks: BTreeMap::new() };
        for (incarnation, number) in [(1, "BY/2025/LT+PL/0003"), (2, "BY/2025/LT+PL/2.0003")] {
            assert_eq!(of(incarnation).built_in(), number);
            assert_eq!(numbering.write(&of(incarnation)).as_deref(), Some(number));
        }
    }
}
