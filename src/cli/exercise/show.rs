//! `exercise list` and `exercise show`: what stands in a thread now, its history, and what changed.
//!
//! Never here: what stands (`domain/exercise/picture.rs`), how it is laid out (`picture.rs`), the history
//! (`cli/message/history/`).

use std::collections::BTreeSet;

use serde_json::json;

use super::{NOUN, observation, picture};
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::message::rows::{by, form_lines, withdrawal};
use crate::cli::message::threads::{self, Asked, ListArgs, ShowArgs};
use crate::cli::message::{Bodies, History, clarification};
use crate::cli::out::say;
use crate::domain::correspondence::asked::Clarification;
use crate::domain::digest::ThreadId;
use crate::domain::exercise::observed::Observation;
use crate::domain::exercise::picture::{Picture, Said};
use crate::domain::time::Instant;
use crate::limits;

pub async fn list(args: ListArgs) -> Result<(), Fault> {
    threads::list_of(args, Some(NOUN)).await
}

pub async fn show(args: ShowArgs) -> Result<(), Fault> {
    let asked = args.ask().await?;
    let elsewhere = said_elsewhere(&args, &asked).await?;
    print_beside(&asked.history, asked.thread, args.as_of, args.json, &elsewhere);
    Ok(())
}

/// What is said in another thread.
pub struct Elsewhere {
    pub thread: ThreadId,
    pub said: Vec<Said>,
}

/// The threads that this one is said to be the same activity as, or not: each Party answers in the thread that is
/// its own.
async fn said_elsewhere(args: &ShowArgs, asked: &Asked) -> Result<Vec<Elsewhere>, Fault> {
    let said = asked.history.said();
    let named = Picture::of(&said).same_activity_as().into_iter().filter_map(|same| same.other_thread);
    let named: BTreeSet<ThreadId> = named.filter(|thread| *thread != asked.thread).collect();
    let mut all = Vec::new();
    for thread in named.into_iter().take(limits::THREADS_BESIDE_MAX) {
        if let Some(history) = args.another(thread).await? {
            all.push(Elsewhere { thread, said: history.said() });
        }
    }
    Ok(all)
}

/// A thread, with the picture of what it says about exercises. Where that is nothing, each message in full.
pub fn print(history: &History, thread: ThreadId, as_of: Option<Instant>, as_json: bool) {
    print_beside(history, thread, as_of, as_json, &[]);
}

fn print_beside(
    history: &History,
    thread: ThreadId,
    as_of: Option<Instant>,
    as_json: bool,
    elsewhere: &[Elsewhere],
) {
    let said = history.said();
    let picture = Picture::of(&said);
    let observed = Observation::of(&said);
    let others: Vec<(ThreadId, Picture)> =
        elsewhere.iter().map(|one| (one.thread, Picture::of(&one.said))).collect();
    if as_json {
        let beside = json!({
            "observed": observation::to_json(&picture, &observed, history),
            "same_activity_elsewhere": picture::same_elsewhere_json(&others, thread),
            "questions": clarification::to_json(&Clarification::of(&said)),
        });
        let more = json!({ "picture": json::with(picture::to_json(&picture), beside) });
        say!("{}", json::line(&json::with(history.to_json(thread, as_of), more)));
        return;
    }
    if !history.print_head(thread, as_of) {
        return;
    }
    if history.forms().all(|(_, _, form)| form.kind().noun() != NOUN) {
        return history.print(Bodies::All);
    }
    say!("\nWHAT STANDS");
    for (message, word) in &picture.withdrawn {
        // What stands beside exercises, such as a translation, is in the history.
        let is_of_exercise = |one: &&Said| one.message == *message && one.content.kind().noun() == NOUN;
        if let Some(taken_back) = said.iter().find(is_of_exercise) {
            say!("Withdrawn: {}", by(taken_back));
            withdrawal("by", word);
            form_lines(1, &taken_back.content);
        }
    }
    picture::print(&picture);
    picture::print_same_elsewhere(&others, thread);
    observation::print(&observed, history);
    observation::print_figures(&picture, &observed);
    clarification::print(&Clarification::of(&said), history);
    say!("\nHISTORY");
    history.print(Bodies::AllBut(NOUN));
    say!("\nWHAT CHANGED");
    picture::print_differences(&picture);
}
