//! The pages of an instruction card and of a holding reply: as narrow and as short as that of `watch now`, so that
//! all of it is seen at one look.
//!
//! Every line about a message begins with REAL or DRILL. Never here: which card is for a message (the node's).

use super::page::{TEXT, line, marked};
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::official::wrap::wrapped;
use crate::domain::official::{Line, Page};
use crate::domain::text::{shown, shown_lines};
use crate::domain::time::Instant;
use crate::domain::watch::Card;
use crate::limits;

/// Lines above the prompt.
const LINES: usize = limits::TERMINAL_LINES - 1;
/// Columns behind REAL or DRILL.
const ROOM: usize = limits::OFFICIAL_FORM_COLUMNS - TEXT;

/// The card for a message, and under it what can be done.
pub(super) fn card_page(digest: Digest, answered: &calls::CardResponse, below: &[&str]) -> Page {
    let mark = message::traffic_mark(answered.traffic);
    let mut lines = head(mark, digest, answered);
    match &answered.card {
        Some(card) => {
            lines.push(marked(mark, &format!("card: {}", shown(&card.name))));
            let parts = of_card(&card.steps, &card.telephones, &card.languages);
            lines.extend(parts.iter().map(|text| marked(mark, text)));
        }
        None if answered.has_cards => lines.push(marked(mark, "no instruction card is for it")),
        None => lines.push(marked(mark, "no instruction cards are in force: detente watch card set")),
    }
    let draft = hex::encode(&answered.holding_draft);
    let holding = match (&answered.holding, &answered.holding_sent, draft.is_empty()) {
        (_, None, false) => format!("holding reply: draft {draft} waits for release"),
        (_, Some(_), false) => format!("a further holding reply: draft {draft} waits"),
        (_, Some(sent), true) => went_out(sent),
        (Some(reply), None, true) => format!("holding reply in {}: not drafted", shown(&reply.language)),
        (None, None, true) => "holding reply: the card lays down none".into(),
    };
    let texts = wrapped(&holding, ROOM, ROOM);
    if lines.len().saturating_add(texts.len()).saturating_add(below.len()) <= LINES {
        lines.extend(texts.into_iter().map(|text| marked(mark, text)));
    } else {
        // One line, so that a card as long as one may be is seen whole.
        lines.push(marked(mark, &holding));
    }
    finished(lines, below)
}

/// That a holding reply went out, before a further one is drafted.
pub(super) fn sent_page(
    digest: Digest,
    item: &calls::CardResponse,
    sent: &calls::HoldingReplySent,
    below: &[&str],
) -> Page {
    let mark = message::traffic_mark(item.traffic);
    let mut lines = head(mark, digest, item);
    for text in wrapped(&went_out(sent), ROOM, ROOM) {
        lines.push(marked(mark, text));
    }
    finished(lines, below)
}

/// By whom and when; last the number, which is the longest.
pub(super) fn went_out(sent: &calls::HoldingReplySent) -> String {
    let at = Instant(sent.released_at_ms).date_time_group();
    let (drafter, releaser) = (shown(&sent.drafter), shown(&sent.releaser));
    format!("holding reply went out {at}, by {drafter}, released by {releaser}: {}", shown(&sent.number))
}

/// A card by itself.
pub(super) fn listed_page(card: &Card) -> Page {
    let mut lines = vec![line(0, &format!("card: {}", shown(&card.name)))];
    lines.extend(of_card(&card.steps, &card.telephones, &card.languages).iter().map(|text| line(0, text)));
    for reply in &card.holding {
        lines.push(line(
            0,
            &format!("holding reply in {}: {}", shown(&reply.language), shown(&reply.subject)),
        ));
        lines.extend(reply.lines.iter().map(|text| line(TEXT, &shown(text))));
    }
    Page(lines)
}

/// What was drafted, and under it what can be done.
pub(super) fn holding_page(
    digest: Digest,
    item: &calls::CardResponse,
    drafted: &calls::DraftHoldingReplyResponse,
    below: &[&str],
) -> Page {
    let mark = message::traffic_mark(item.traffic);
    let mut lines = head(mark, digest, item);
    let reply = drafted.holding.clone().unwrap_or_default();
    lines.push(marked(mark, &format!("draft {}", hex::encode(&drafted.draft))));
    lines.push(marked(
        mark,
        &format!("to {} in {}: {}", shown(&drafted.to), shown(&reply.language), shown(&reply.subject)),
    ));
    for text in shown_lines(&reply.text) {
        lines.extend(wrapped(&text, ROOM, ROOM).into_iter().map(|text| marked(mark, text)));
    }
    for fault in &drafted.faults {
        lines.push(marked(mark, &format!("fault: {}: {}", shown(&fault.field), shown(&fault.rule))));
    }
    finished(lines, below)
}

fn head(mark: &str, digest: Digest, item: &calls::CardResponse) -> Vec<Line> {
    let digest = digest.to_string();
    let digest = digest.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default();
    let precedence = message::precedence_name(item.precedence);
    vec![
        marked(mark, &format!("{precedence} from {}  {}", shown(&item.from), shown(&item.number))),
        marked(mark, &format!("{digest}  {}", shown(&item.subject))),
    ]
}

fn of_card(steps: &[String], telephones: &[String], languages: &[String]) -> Vec<String> {
    let steps = (1_usize..).zip(steps).map(|(number, step)| format!("{number:>2}. {}", shown(step)));
    let telephones = telephones.iter().map(|text| format!("telephone: {}", shown(text)));
    steps
        .chain(telephones)
        .chain(languages.iter().map(|text| format!("languages: {}", shown(text))))
        .collect()
}

/// No longer than the terminal: what another Party's number made too long is cut above what can be done.
fn finished(mut lines: Vec<Line>, below: &[&str]) -> Page {
    lines.truncate(LINES.saturating_sub(below.len()));
    lines.extend(below.iter().map(|text| line(0, text)));
    Page(lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::proto::detente::evidence::v1 as evidence;
    use crate::domain::official;
    use crate::domain::official::wrap::columns;

    fn answered(texts: &[String], lines: usize) -> calls::CardResponse {
        calls::CardResponse {
            card: Some(calls::InstructionCard {
                name: texts[0].clone(),
                steps: vec![texts[1].clone(); lines],
                telephones: vec![texts[2].clone()],
                languages: vec![texts[3].clone()],
            }),
            holding: Some(calls::FilledHoldingReply { language: texts[0].clone(), ..Default::default() }),
            from: texts[1].clone(),
            number: texts[2].clone(),
            subject: texts[3].clone(),
            precedence: evidence::Precedence::Flash as i32,
            traffic: evidence::Traffic::Drill as i32,
            has_cards: true,
            ..Default::default()
        }
    }

    #[test]
    fn a_card_says_that_a_holding_reply_went_out_by_whom_and_when() {
        let sent = calls::HoldingReplySent {
            number: "PL/2026/BY/0007".into(),
            drafter: "Ewa".into(),
            releaser: "Lt. Jan Kowalski of the night watch".into(),
            released_at_ms: 1_700_000_000_000,
            ..Default::default()
        };
        let card =
            calls::CardResponse { holding_sent: Some(sent.clone()), ..answered(&vec!["x".into(); 4], 1) };
        let page = official::text(&[card_page(Digest::ZERO, &card, &[])]);
        let says = "DRILL holding reply went out 142213Z NOV 2023, by Ewa, released by Lt. Jan\n\
            DRILL Kowalski of the night watch: PL/2026/BY/0007\n";
        assert!(page.ends_with(says), "{page}");
        // One that is as long as a card may be leaves it one line.
        let long = answered(&vec!["x".into(); 4], limits::WATCH_CARD_LINES_MAX - 2);
        let long = calls::CardResponse { holding_sent: Some(sent.clone()), ..long };
        let page = official::text(&[card_page(Digest::ZERO, &long, &["keys"])]);
        let last: Vec<&str> = page.lines().rev().take(2).collect();
        assert_eq!(last[0], "keys");
        assert!(last[1].starts_with("DRILL holding reply went out 142213Z NOV 2023, by Ewa, "), "{page}");
        let asked = official::text(&[sent_page(Digest::ZERO, &card, &sent, &["y: a further one"])]);
        assert!(
            asked.contains("DRILL holding reply went out 142213Z NOV 2023") && asked.contains("0007"),
            "{asked}"
        );
        assert_eq!(asked.lines().last(), Some("y: a further one"));
    }

    #[test]
    fn a_card_as_long_as_one_may_be_is_seen_whole_with_the_keys_below() {
        let widest = "w".repeat(limits::WATCH_CARD_COLUMNS_MAX);
        let card = answered(&vec![widest.clone(); 4], limits::WATCH_CARD_LINES_MAX - 2);
        let text = official::text(&[card_page(Digest::ZERO, &card, &["keys"])]);
        let all: Vec<&str> = text.lines().collect();
        assert_eq!(all.len(), LINES, "{text}");
        assert_eq!(all.last(), Some(&"keys"));
        assert_eq!(all[3], format!("DRILL  1. {widest}"));
        assert_eq!(all[19], format!("DRILL telephone: {widest}"));
        assert_eq!(all[20], format!("DRILL languages: {widest}"));
        assert!(all[..22].iter().all(|line| line.starts_with("DRILL ")), "{text}");
    }

    proptest! {
        /// Whatever a Party writes, in whatever script.
        #[test]
        fn no_text_makes_a_page_longer_or_wider_or_drives_the_terminal(
            texts in prop::collection::vec("(\\PC|\\p{Han}|\\p{Hebrew}|[\u{1b}\r\n\u{202e}]){0,120}", 4),
            lines in 0..40usize,
        ) {
            let card = answered(&texts, lines);
            let drafted = calls::DraftHoldingReplyResponse {
                holding: Some(calls::FilledHoldingReply {
                    text: texts.join("\n").repeat(6),
                    subject: texts[1].clone(),
                    language: texts[2].clone(),
                }),
                to: texts[3].clone(),
                ..Default::default()
            };
            let pages = [
                card_page(Digest::ZERO, &card, &["keys"]),
                holding_page(Digest::ZERO, &card, &drafted, &["keys"]),
            ];
            for page in pages {
                let text = official::text(&[page]);
                let all: Vec<&str> = text.split_terminator('\n').collect();
                prop_assert!(all.len() <= LINES);
                prop_assert_eq!(all.last(), Some(&"keys"));
                for line in all {
                    let bare = line.replace(['\u{2066}', '\u{2069}'], "");
                    prop_assert!(columns(&bare) <= limits::OFFICIAL_FORM_COLUMNS, "{bare}");
                    prop_assert!(!bare.chars().any(crate::domain::text::is_unsafe_to_show), "{bare:?}");
                }
            }
        }
    }
}
