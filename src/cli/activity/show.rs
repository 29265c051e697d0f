//! `activity show`: what was asked, answered and judged in a thread, and its history.
//!
//! Never here: what stands (`domain/activity/picture.rs`), how it is laid out (`picture.rs`), the history
//! (`cli/message/history/`).

use serde_json::json;

use super::{NOUN, meetings, picture};
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::message::threads::ShowArgs;
use crate::cli::message::{Bodies, History, clarification};
use crate::cli::out::say;
use crate::domain::activity::picture::Picture;
use crate::domain::digest::ThreadId;
use crate::domain::time::Instant;

pub async fn show(args: ShowArgs) -> Result<(), Fault> {
    let asked = args.ask().await?;
    print(&asked.history, asked.thread, args.as_of, args.json);
    Ok(())
}

/// Whether the first form of a thread is about an unusual activity.
pub fn is_of_an_activity(history: &History) -> bool {
    history.forms().next().is_some_and(|(_, _, form)| form.kind().noun() == NOUN)
}

/// A thread, with the picture of what it says about an activity. Where that is nothing, each message in full.
pub fn print(history: &History, thread: ThreadId, as_of: Option<Instant>, as_json: bool) {
    let said = history.said();
    let picture = Picture::of(&said);
    if as_json {
        let more = json!({
            "picture": picture::to_json(&picture),
            "not_known_here": picture::not_known_here_json(&picture, history),
        });
        say!("{}", json::line(&json::with(history.to_json(thread, as_of), more)));
        return;
    }
    if !history.print_head(thread, as_of) {
        return;
    }
    if picture.is_empty() {
        return history.print(Bodies::All);
    }
    picture::print(&picture, history, &said);
    meetings::print(&picture, history);
    picture::print_elsewhere(&picture);
    clarification::print(&picture.clarification, history);
    say!("\nHISTORY");
    history.print(Bodies::AllBut(NOUN));
}
