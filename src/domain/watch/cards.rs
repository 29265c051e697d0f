//! Instruction cards: what the officer on watch does when something comes in, and the words of a holding reply. All
//! of it is what two custodians agreed on.
//!
//! Never here: a word of our own. Of the message that came in, a holding reply repeats number and date-time
//! group alone.

use std::sync::Arc;

use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::office::{OfficeKey, key_of};
use crate::domain::official::wrap::columns;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::domain::roster::Roster;
use crate::domain::text::{hides, shown};
use crate::domain::time::Instant;
use crate::limits;

/// Stands for the official number of the message that came in.
const REFERENCE: &str = "{reference}";
/// Stands for its date-time group.
const GROUP: &str = "{date_time_group}";

/// The first that fits a message is its card.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WatchCards {
    pub cards: Vec<Card>,
}

/// What an officer does when a message of these kinds comes in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// By this it is listed and shown.
    pub name: String,
    /// Kinds of messages (`incident.report`) or their nouns (`incident`); none: for every kind.
    pub kinds: Vec<String>,
    /// None: for every precedence.
    pub precedences: Vec<Precedence>,
    /// For what went to this office of ours; empty: wherever it went.
    pub office: String,
    /// What to do, one after the other.
    pub steps: Vec<String>,
    /// Whom to telephone, in words.
    pub telephones: Vec<String>,
    /// Which languages can be read and written, and by whom, in words.
    pub languages: Vec<String>,
    /// One for each language; in the first where none is in the message's. None: no holding reply is sent.
    pub holding: Vec<HoldingReply>,
}

/// "Received, being passed on": no answer, and no duty is met by it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HoldingReply {
    /// BCP 47.
    pub language: String,
    pub subject: String,
    /// With `{reference}` and `{date_time_group}` in the place of the message's.
    pub lines: Vec<String>,
}

/// The cards that count, and since when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardsInForce {
    pub cards: Arc<WatchCards>,
    pub since: Instant,
}

impl WatchCards {
    /// The card for a message of this kind and precedence that went to these offices.
    pub fn card_for(&self, kind: &str, precedence: Precedence, offices: &[OfficeKey]) -> Option<&Card> {
        self.cards.iter().find(|card| card.fits(kind, precedence, offices))
    }

    /// # Errors
    /// A name twice, an office that is not listed, a kind that nobody knows, a placeholder that stands for
    /// nothing, or more than an officer sees at one look.
    pub fn check(&self, roster: &Roster) -> Result<(), Refusal> {
        if self.cards.len() > limits::WATCH_CARDS_MAX {
            return Err(Refusal::TooMany { what: "instruction cards", most: limits::WATCH_CARDS_MAX });
        }
        for (place, card) in self.cards.iter().enumerate() {
            if self.cards.iter().take(place).any(|other| other.name == card.name) {
                return Err(field("watch_cards.card.name", "one for each card"));
            }
            card.check(roster)?;
        }
        Ok(())
    }
}

impl Card {
    fn fits(&self, kind: &str, precedence: Precedence, offices: &[OfficeKey]) -> bool {
        let is_of = |one: &String| one == kind || noun_of(kind) == one;
        (self.kinds.is_empty() || self.kinds.iter().any(is_of))
            && (self.precedences.is_empty() || self.precedences.contains(&precedence))
            && (self.office.is_empty() || offices.contains(&key_of(&self.office)))
    }

    /// The holding reply to a message in this language.
    pub fn holding_in(&self, language: &str) -> Option<&HoldingReply> {
        let same = |one: &&HoldingReply| one.language.eq_ignore_ascii_case(language);
        self.holding.iter().find(same).or_else(|| self.holding.first())
    }

    fn check(&self, roster: &Roster) -> Result<(), Refusal> {
        check_line("watch_cards.card.name", &self.name)?;
        if self.name.trim().is_empty() {
            return Err(field("watch_cards.card.name", "must be given"));
        }
        if self.kinds.len() > Kind::ALL.len() || self.kinds.iter().any(|one| !is_known(one)) {
            let rule = "each is a kind of message, such as incident.report, or a noun, such as incident";
            return Err(field("watch_cards.card.for", rule));
        }
        if self.precedences.len() > Precedence::FASTEST_FIRST.len() {
            return Err(field("watch_cards.card.precedence", "each precedence once"));
        }
        if !self.office.is_empty() && roster.offices.get(&self.office).is_none() {
            return Err(field("watch_cards.card.office", "an office that is listed (`office list`)"));
        }
        if self.steps.is_empty() {
            return Err(field("watch_cards.card.steps", "at least one"));
        }
        let parts = [
            ("watch_cards.card.steps", &self.steps),
            ("watch_cards.card.telephone", &self.telephones),
            ("watch_cards.card.languages", &self.languages),
        ];
        for (name, lines) in parts {
            lines.iter().try_for_each(|line| check_line(name, line))?;
        }
        let lines = parts.iter().fold(0_usize, |sum, (_, lines)| sum.saturating_add(lines.len()));
        if lines > limits::WATCH_CARD_LINES_MAX {
            let rule = format!(
                "steps, telephones and languages take {} lines together at most, to be seen at one look",
                limits::WATCH_CARD_LINES_MAX
            );
            return Err(field("watch_cards.card.steps", &rule));
        }
        for (place, one) in self.holding.iter().enumerate() {
            let same = |other: &HoldingReply| other.language.eq_ignore_ascii_case(&one.language);
            if self.holding.iter().take(place).any(same) {
                return Err(field("watch_cards.card.holding_reply.language", "one for each language"));
            }
            one.check()?;
        }
        Ok(())
    }
}

impl HoldingReply {
    /// The words, for a message with this number of this date-time group. A number is another Party's: what
    /// hides in it is written out.
    pub fn text(&self, number: &str, released_at: Instant) -> String {
        let (number, group) = (shown(number), released_at.date_time_group().to_string());
        let filled = |line: &String| {
            let mut out = String::new();
            let mut left = line.as_str();
            while let Some((before, word, after)) = next_placeholder(left) {
                out.push_str(before);
                out.push_str(if word == REFERENCE { &number } else { &group });
                left = after;
            }
            out.push_str(left);
            out
        };
        self.lines.iter().map(filled).collect::<Vec<_>>().join("\n")
    }

    fn check(&self) -> Result<(), Refusal> {
        if let Err(fault) = self.language.parse::<Language>() {
            return Err(field("watch_cards.card.holding_reply.language", &fault.to_string()));
        }
        check_line("watch_cards.card.holding_reply.subject", &self.subject)?;
        if self.subject.trim().is_empty() {
            return Err(field("watch_cards.card.holding_reply.subject", "must be given"));
        }
        const LINES: &str = "watch_cards.card.holding_reply.lines";
        if self.lines.is_empty() || self.lines.len() > limits::HOLDING_REPLY_LINES_MAX {
            return Err(field(LINES, "at least one, and within the limit"));
        }
        for line in &self.lines {
            check_line(LINES, line)?;
            if line.replace(REFERENCE, "").replace(GROUP, "").contains(['{', '}']) {
                let rule = format!("braces stand for {REFERENCE} or {GROUP} alone");
                return Err(field(LINES, &rule));
            }
        }
        Ok(())
    }
}

/// What stands before the next placeholder, the placeholder, and what follows.
fn next_placeholder(text: &str) -> Option<(&str, &'static str, &str)> {
    let (at, word) =
        [REFERENCE, GROUP].into_iter().filter_map(|word| Some((text.find(word)?, word))).min()?;
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, word, rest.strip_prefix(word)?))
}

fn noun_of(kind: &str) -> &str {
    kind.split_once('.').map_or(kind, |(noun, _)| noun)
}

fn is_known(one: &str) -> bool {
    Kind::ALL.into_iter().any(|kind| kind.name() == one || kind.noun() == one)
}

fn field(field: &'static str, rule: &str) -> Refusal {
    Refusal::Field { field, rule: rule.into() }
}

fn check_line(name: &'static str, text: &str) -> Result<(), Refusal> {
    if columns(text) > limits::WATCH_CARD_COLUMNS_MAX || text.len() > limits::LINE_BYTES_MAX || hides(text) {
        let rule = format!(
            "one line of at most {} columns, without control characters",
            limits::WATCH_CARD_COLUMNS_MAX
        );
        return Err(field(name, &rule));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, kinds: &[&str], precedences: &[Precedence], office: &str) -> Card {
        Card {
            name: name.into(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            precedences: precedences.to_vec(),
            office: office.into(),
            steps: vec!["Read it.".into()],
            telephones: Vec::new(),
            languages: Vec::new(),
            holding: Vec::new(),
        }
    }

    #[test]
    fn the_first_card_that_fits_is_the_one() {
        let cards = WatchCards {
            cards: vec![
                card("staff", &[], &[Precedence::Flash], "General  Staff"),
                card("report", &["incident.report"], &[], ""),
                card("incident", &["incident"], &[Precedence::Flash, Precedence::Immediate], ""),
                card("any", &[], &[], ""),
            ],
        };
        let staff = [key_of("general staff")];
        let named = |kind: &str, precedence, offices: &[OfficeKey]| {
            cards.card_for(kind, precedence, offices).map(|card| card.name.clone()).unwrap()
        };
        assert_eq!(named("message.text", Precedence::Flash, &staff), "staff");
        assert_eq!(named("message.text", Precedence::Flash, &[]), "any");
        assert_eq!(named("incident.report", Precedence::Routine, &staff), "report");
        assert_eq!(named("incident.update", Precedence::Immediate, &[]), "incident");
        assert_eq!(named("incident.update", Precedence::Routine, &[]), "any");
        assert_eq!(named("incidental.update", Precedence::Flash, &[]), "any");
        assert_eq!(WatchCards::default().card_for("incident.report", Precedence::Flash, &[]), None);
    }

    #[test]
    fn a_holding_reply_repeats_number_and_group_and_nothing_that_hides_in_a_number() {
        let reply = HoldingReply {
            language: "en".into(),
            subject: "Received".into(),
            lines: vec!["Your {reference} of {date_time_group}.".into(), "{reference}{reference}".into()],
        };
        assert_eq!(reply.check(), Ok(()));
        assert_eq!(
            reply.text("A{date_time_group}\u{202e}", Instant(1_700_000_000_000)),
            "Your A{date_time_group}\\u{202e} of 142213Z NOV 2023.\n\
             A{date_time_group}\\u{202e}A{date_time_group}\\u{202e}"
        );
        for wrong in ["{subject}", "{reference", "}", "{reference }"] {
            let reply = HoldingReply { lines: vec![wrong.into()], ..reply.clone() };
            assert!(reply.check().is_err(), "{wrong}");
        }
    }
}
