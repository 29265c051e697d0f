//! The present picture of a thread, as a person reads it and as a program does.
//!
//! Never here: what stands (`domain/exercise/picture.rs`).

use serde_json::{Value, json};

use crate::cli::message::rows::{content_json, form_lines, row, traffic};
use crate::cli::out::say;
use crate::domain::exercise::SameActivityPosition;
use crate::domain::exercise::picture::{Account, Picture, Said, SameActivityAs, Versions};
use crate::domain::message::Traffic;
use crate::domain::text::shown;
use crate::domain::transcription::mark;

/// Who said it, and when; and whether it is only a drill.
fn by(said: &Said) -> String {
    let drill = match said.traffic {
        Traffic::Real => "",
        Traffic::Drill => "DRILL, ",
    };
    format!("{drill}{}, {}, {}", said.author, shown(&said.number), said.released_at.date_time_group())
}

pub fn print(picture: &Picture) {
    for account in &picture.accounts {
        print_account(account);
    }
    for said in &picture.statements {
        say!("Stated beside it: {}", by(said));
        form_lines(1, &said.content);
    }
    for same in picture.same_activity_as() {
        let other = same.other_thread.map(|thread| thread.to_string()).unwrap_or_default();
        say!("{} {} {other}: {}", sentence(&same), shown(same.other_party), by(same.said));
        form_lines(1, &same.said.content);
    }
    // What they hold stands with each in the history: here it could be taken for an account.
    for (said, form) in &picture.transcribed {
        say!("{}: {}", mark(&form.origin(), said.author.as_str()), by(said));
    }
    if picture.accounts.is_empty() && picture.statements.is_empty() && picture.same_activity.is_empty() {
        say!("nothing that this program can read as an exercise");
    }
}

fn sentence(same: &SameActivityAs) -> &'static str {
    match same.position {
        Some(SameActivityPosition::Stated) => "Stated to be the same activity as",
        Some(SameActivityPosition::Contested) => "Contested to be the same activity as",
        Some(SameActivityPosition::Other(_)) | None => "Said, unclear how, about",
    }
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
    let mut any = false;
    for versions in all_versions(picture) {
        for step in versions.steps() {
            any = true;
            say!("{}  against  {}", by(step.to), by(step.from));
            for change in &step.changes {
                let old = side(&change.old, step.from);
                let new = side(&change.new, step.to);
                row(1, &change.field, &format!("{old} -> {new}"));
            }
            if step.changes.is_empty() {
                row(1, "nothing", "");
            }
        }
    }
    if !any {
        say!("nothing: every document stands as first given");
    }
}

/// What one version states, with who said so and when: a reader of one line needs no other.
fn side(value: &Option<String>, said: &Said) -> String {
    let by = format!("{}, {}", said.author, said.released_at.date_time_group());
    match value {
        Some(value) => format!("\"{value}\" ({by})"),
        None => format!("not stated ({by})"),
    }
}

fn all_versions<'a, 's>(picture: &'a Picture<'s>) -> impl Iterator<Item = &'a Versions<'s>> {
    picture
        .accounts
        .iter()
        .flat_map(|account| account.calendars.iter().chain(&account.notice).chain(&account.conclusion))
}

fn said_json(said: &Said) -> Value {
    json!({
        "message": said.message.to_string(),
        "number": said.number,
        "author": said.author.as_str(),
        "traffic": traffic(said.traffic),
        "released_at_ms": said.released_at.0,
        "content": content_json(&said.content),
    })
}

fn versions_json(versions: &Versions) -> Value {
    let steps: Vec<Value> = versions
        .steps()
        .iter()
        .map(|step| {
            json!({
                "from": step.from.message.to_string(),
                "to": step.to.message.to_string(),
                "by": step.to.author.as_str(),
                "released_at_ms": step.to.released_at.0,
                "changes": step.changes.iter().map(|change| json!({
                    "field": change.field,
                    "old": change.old,
                    "old_by": step.from.author.as_str(),
                    "old_released_at_ms": step.from.released_at.0,
                    "new": change.new,
                    "new_by": step.to.author.as_str(),
                    "new_released_at_ms": step.to.released_at.0,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "present": said_json(versions.present()),
        "earlier": versions.earlier().iter().map(|said| said.message.to_string()).collect::<Vec<_>>(),
        "differences": steps,
    })
}

pub fn to_json(picture: &Picture) -> Value {
    let accounts: Vec<Value> = picture
        .accounts
        .iter()
        .map(|account| {
            json!({
                "author": account.author.as_str(),
                "traffic": traffic(account.traffic),
                "calendars": account.calendars.iter().map(versions_json).collect::<Vec<_>>(),
                "notice": account.notice.as_ref().map(versions_json),
                "invitations": account.invitations.iter().map(|said| said_json(said)).collect::<Vec<_>>(),
                "conclusion": account.conclusion.as_ref().map(versions_json),
                "cancellation": account.cancellation.map(said_json),
            })
        })
        .collect();
    let same: Vec<Value> = picture
        .same_activity_as()
        .iter()
        .map(|same| {
            json!({
                "by": same.said.author.as_str(),
                "position": same.position.map(|position| position.to_string()),
                "other_party": same.other_party,
                "other_thread": same.other_thread.map(|thread| thread.to_string()),
                "message": same.said.message.to_string(),
            })
        })
        .collect();
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
        "statements": picture.statements.iter().map(|said| said_json(said)).collect::<Vec<_>>(),
        "same_activity": same,
        "transcribed": transcribed,
    })
}
