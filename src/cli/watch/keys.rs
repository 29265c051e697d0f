//! `detente watch now` at a terminal: page by page, and by one key an item's instruction card, or its holding reply made
//! ready. A key and Enter: lines of text work on any terminal and over any connection.
//!
//! Never here: a rule. Whoever may not release is told who may; what is on the page is the node's.

use std::io::{IsTerminal as _, Write as _};

use super::card_page::{card_page, holding_page, sent_page};
use super::page::{self, Keys};
use super::{card, holding, now};
use crate::cli::desk::{Desk, answer_command, fresh_id};
use crate::cli::fault::Fault;
use crate::cli::message::known;
use crate::cli::out;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::official::{self, Page};
use crate::domain::text::shown;

/// To an empty screen, the cursor at its top left (ECMA-48: ED, CUP).
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

/// Whether somebody looks, and can answer.
pub(super) fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// What was asked for by a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Key {
    Again,
    Next,
    Back,
    Card(usize),
    Holding(usize),
    End,
}

/// Until the officer ends it; the first page stands behind so many items.
pub(super) async fn look(desk: &Desk, all_offices: bool, mut before: u32) -> Result<(), Fault> {
    loop {
        let now = now::ask(desk, all_offices, before).await?;
        if now.items.is_empty() && before > 0 {
            // Officers were there first: nothing waits so far down any more.
            before = 0;
            continue;
        }
        draw(page::page(&now, Keys::Shown, before.into()));
        let (here, room) = (page::items_shown(&now), page::room(&now));
        let digest = |place: usize| {
            let item = now.items.iter().take(here).nth(place.checked_sub(1)?)?;
            Digest::from_slice(&item.digest)
        };
        match key(read().await.as_deref()) {
            Key::End => return Ok(()),
            Key::Next if here < now.items.len() || now.more > 0 => {
                before = before.saturating_add(u32::try_from(here).unwrap_or(u32::MAX));
            }
            Key::Back => before = before.saturating_sub(u32::try_from(room).unwrap_or(u32::MAX)),
            Key::Again | Key::Next => {}
            Key::Card(place) => {
                if let Some(digest) = digest(place) {
                    show_card(desk, digest).await?;
                }
            }
            Key::Holding(place) => {
                if let Some(digest) = digest(place) {
                    hold(desk, digest).await?;
                }
            }
        }
    }
}

async fn show_card(desk: &Desk, digest: Digest) -> Result<(), Fault> {
    let answered = card::ask(desk, digest).await?;
    let may_hold = answered.holding.is_some() && answered.holding_draft.is_empty();
    let keys = if may_hold { "h: draft the holding reply   Enter: back" } else { "Enter: back" };
    draw(card_page(digest, &answered, &[keys]));
    match read().await.as_deref() {
        Some("h") if may_hold => hold(desk, digest).await,
        Some(_) | None => Ok(()),
    }
}

/// A refusal is shown, and the page comes again.
async fn hold(desk: &Desk, digest: Digest) -> Result<(), Fault> {
    let item = card::ask(desk, digest).await?;
    if let Some(why) = no_reply(&item) {
        return told(why).await;
    }
    let again = item.holding_sent.is_some();
    if let Some(sent) = &item.holding_sent {
        let keys = "y: draft a further one all the same   Enter: back";
        draw(sent_page(digest, &item, sent, &[keys]));
        if read().await.as_deref() != Some("y") {
            return Ok(());
        }
    }
    let id = fresh_id()?;
    let drafted = match holding::draft(desk, desk.command(Some(id))?, id, (digest, again)).await {
        Ok(drafted) => drafted,
        Err(fault) => return told(&fault.to_string()).await,
    };
    let [who, command] = holding::next(&drafted);
    let ready = format!("ready: {who}, shows it, then releases it:");
    let below: &[&str] = if drafted.may_release {
        &[
            "ready: your Party lets you release it by yourself",
            "r: release it now   Enter: leave it for release",
        ]
    } else {
        &[&ready, &command, "Enter: back"]
    };
    draw(holding_page(digest, &item, &drafted, below));
    match read().await.as_deref() {
        Some("r") if drafted.may_release => release(desk, &drafted).await,
        Some(_) | None => Ok(()),
    }
}

/// Why there is nothing to draft for an item.
fn no_reply(item: &calls::CardResponse) -> Option<&'static str> {
    if item.holding.is_some() || !item.holding_draft.is_empty() {
        return None;
    }
    Some(match (&item.card, item.has_cards) {
        (Some(_), _) => "its instruction card has no holding reply",
        (None, true) => "no instruction card is for it, and so it has no holding reply",
        (None, false) => "no instruction cards are in force, and so it has no holding reply",
    })
}

async fn release(desk: &Desk, drafted: &calls::DraftHoldingReplyResponse) -> Result<(), Fault> {
    let id = fresh_id()?;
    let asked = calls::ReleaseRequest {
        command: Some(desk.command(Some(id))?),
        draft: drafted.draft.clone(),
        digest: drafted.draft_digest.clone(),
        as_is: false,
    };
    let told_text = match answer_command(id, known::service(desk).release(asked)).await {
        Ok(released) => format!("released {}", shown(&released.number)),
        Err(fault) => fault.to_string(),
    };
    told(&told_text).await
}

async fn told(text: &str) -> Result<(), Fault> {
    out::text(&format!("{CLEAR}{}\nEnter: back\n", official::wrap::wrapped(text, 80, 80).join("\n")));
    read().await;
    Ok(())
}

fn draw(page: Page) {
    out::text(&format!("{CLEAR}{}", official::text(&[page])));
}

/// The line that was given; `None` where no more will come.
async fn read() -> Option<String> {
    let line = tokio::task::spawn_blocking(|| {
        let mut out = std::io::stdout();
        // Who does not see the prompt sees the page.
        let _ = out.write_all(b"> ").and_then(|()| out.flush());
        let mut line = String::new();
        match std::io::stdin().read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim().to_lowercase()),
        }
    });
    line.await.ok().flatten()
}

fn key(line: Option<&str>) -> Key {
    let place = |text: &str| text.trim().parse().ok().filter(|place| (1..=page::fits(0)).contains(place));
    match line {
        None | Some("q") => Key::End,
        Some("n") => Key::Next,
        Some("p") => Key::Back,
        Some(line) => match (line.strip_prefix('h').and_then(place), place(line)) {
            (Some(of), _) => Key::Holding(of),
            (None, Some(of)) => Key::Card(of),
            (None, None) => Key::Again,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::official::wrap::columns;

    #[test]
    fn the_command_that_shows_a_holding_reply_stands_whole_on_its_line() {
        let drafted = calls::DraftHoldingReplyResponse { draft: vec![0xab; 16].into(), ..Default::default() };
        let below = holding::next(&drafted);
        let page = holding_page(Digest::ZERO, &calls::CardResponse::default(), &drafted, &[&below[1]]);
        let shown = official::text(&[page]);
        assert!(columns(&below[1]) <= 80 && shown.lines().any(|line| line == below[1]), "{shown}");
        assert!(below[1].ends_with(&"ab".repeat(16)), "{below:?}");
    }

    #[test]
    fn an_item_whose_card_has_no_holding_reply_says_so() {
        let card = Some(calls::InstructionCard::default());
        let none = calls::CardResponse { card, has_cards: true, ..Default::default() };
        assert_eq!(no_reply(&none), Some("its instruction card has no holding reply"));
        let one = calls::CardResponse { holding: Some(calls::FilledHoldingReply::default()), ..none };
        assert_eq!(no_reply(&one), None);
    }

    #[test]
    fn a_key_is_a_number_a_number_behind_h_a_page_or_the_end_and_all_else_draws_the_page_again() {
        let table = [
            (None, Key::End),
            (Some("q"), Key::End),
            (Some("n"), Key::Next),
            (Some("p"), Key::Back),
            (Some("1"), Key::Card(1)),
            (Some("5"), Key::Card(5)),
            (Some("h2"), Key::Holding(2)),
            (Some("h 2"), Key::Holding(2)),
            (Some(""), Key::Again),
            (Some("6"), Key::Again),
            (Some("0"), Key::Again),
            (Some("h"), Key::Again),
            (Some("h9"), Key::Again),
            (Some("\u{1b}[a"), Key::Again),
        ];
        for (line, expected) in table {
            assert_eq!(key(line), expected, "{line:?}");
        }
    }
}
