//! The present picture of a thread, as a person reads it and as a program does.
//!
//! Never here: what stands (`domain/exercise/picture.rs`).

use serde_json::{Value, json};

use crate::cli::json;
use crate::cli::message::rows::{by, form_lines, row, said_by_json, same_json, same_sentence, traffic};
use crate::cli::message::versions;
use crate::cli::out::say;
use crate::domain::digest::ThreadId;
use crate::domain::exercise::picture::{Account, Picture, SameActivityAs, Versions};
use crate::domain::text::shown;
use crate::domain::transcription::mark;

pub fn print(picture: &Picture) {
    for account in &picture.accounts {
        print_account(account);
    }
    for said in &picture.statements {
        say!("Stated beside it: {}", by(said));
        form_lines(1, &said.content);
    }
    for same in picture.same_activity_as() {
        print_same(&same);
        form_lines(1, &same.said.content);
    }
    for said in &picture.over {
        say!("No longer stands, or has no effect: {}", by(said));
        form_lines(1, &said.content);
    }
    // What they hold stands with each in the history: here it could be taken for an account.
    for (said, form) in &picture.transcribed {
        say!("{}: {}", mark(&form.origin(), said.author.as_str()), by(said));
    }
    let is_empty =
        picture.accounts.is_empty() && picture.statements.is_empty() && picture.same_activity.is_empty();
    if is_empty && picture.over.is_empty() && picture.withdrawn.is_empty() {
        say!("nothing that this program can read as an exercise");
    }
}

fn print_same(same: &SameActivityAs) {
    let other = same.other_thread.map(|thread| thread.to_string()).unwrap_or_default();
    let sentence = same_sentence(same.position, "activity");
    say!("{sentence} {} {other}: {}", shown(same.other_party), by(same.said));
}

/// What other threads say of this one: in each its own Parties' words.
pub fn print_same_elsewhere(others: &[(ThreadId, Picture)], thread: ThreadId) {
    for (of, same) in of_this(others, thread) {
        print_same(&same);
        row(1, "in the thread", &of.to_string());
        form_lines(1, &same.said.content);
    }
}

pub fn same_elsewhere_json(others: &[(ThreadId, Picture)], thread: ThreadId) -> Value {
    let one = |(of, same): (ThreadId, SameActivityAs)| {
        Some(json::with(same_json(same.said)?, json!({ "in_thread": of.to_string() })))
    };
    of_this(others, thread).into_iter().filter_map(one).collect()
}

fn of_this<'s>(others: &[(ThreadId, Picture<'s>)], thread: ThreadId) -> Vec<(ThreadId, SameActivityAs<'s>)> {
    let said = others
        .iter()
        .flat_map(|(of, picture)| picture.same_activity_as().into_iter().map(move |same| (*of, same)));
    said.filter(|(_, same)| same.other_thread == Some(thread)).collect()
}

fn print_account(account: &Account) {
    if let Some(said) = account.cancellation {
        say!("Cancelled: {}", by(said));
        form_lines(1, &said.content);
    }
    for versions in &account.calendars {
        print_versions("Calendar", versions);
    }
    if let Some(versions) = &account.notice {
        print_versions("Notice", versions);
    }
    for said in &account.invitations {
        say!("Invitation: {}", by(said));
        form_lines(1, &said.content);
    }
    if let Some(versions) = &account.conclusion {
        print_versions("Conclusion", versions);
    }
}

fn print_versions(what: &str, versions: &Versions) {
    say!("{what}: {}", by(versions.present()));
    for earlier in versions.earlier() {
        row(1, "in place of", &by(earlier));
    }
    form_lines(1, &versions.present().content);
}

pub fn print_differences(picture: &Picture) {
    if !versions::print_changes(all_versions(picture)) {
        say!("nothing: every document stands as first given");
    }
}

fn all_versions<'a, 's>(picture: &'a Picture<'s>) -> impl Iterator<Item = &'a Versions<'s>> {
    picture
        .accounts
        .iter()
        .flat_map(|account| account.calendars.iter().chain(&account.notice).chain(&account.conclusion))
}

pub fn to_json(picture: &Picture) -> Value {
    let accounts: Vec<Value> = picture
        .accounts
        .iter()
        .map(|account| {
            json!({
                "author": account.author.as_str(),
                "traffic": traffic(account.traffic),
                "calendars": account.calendars.iter().map(versions::to_json).collect::<Vec<_>>(),
                "notice": account.notice.as_ref().map(versions::to_json),
                "invitations": account.invitations.iter().map(|said| said_by_json(said)).collect::<Vec<_>>(),
                "conclusion": account.conclusion.as_ref().map(versions::to_json),
                "cancellation": account.cancellation.map(said_by_json),
            })
        })
        .collect();
    let same: Vec<Value> = picture.same_activity.iter().filter_map(|said| same_json(said)).collect();
    let transcribed: Vec<Value> = picture
        .transcribed
        .iter()
        .map(|(said, form)| {
            json!({
                "mark": mark(&form.origin(), said.author.as_str()),
                "message": said.message.to_string(),
                "author": said.author.as_str(),
            })
        })
        .collect();
    json!({
        "accounts": accounts,
        "statements": picture.statements.iter().map(|said| said_by_json(said)).collect::<Vec<_>>(),
        "same_activity": same,
        "transcribed": transcribed,
        "over": picture.over.iter().map(|said| said_by_json(said)).collect::<Vec<_>>(),
    })
}
