//! The present picture of a thread about an incident, as a person reads it and as a program does.
//!
//! Never here: what stands (`domain/incident/picture.rs`).

use serde_json::{Value, json};

use super::columns;
use crate::cli::message::rows::{
    by, form_lines, row, said_by_json, same_json, same_sentence, traffic, withdrawal,
};
use crate::cli::message::{History, clarification, versions};
use crate::cli::out::say;
use crate::domain::incident::picture::{Account, Picture};
use crate::domain::message::Traffic;
use crate::domain::said::{Said, same};
use crate::domain::text::shown;

pub fn print(picture: &Picture<'_>, history: &History) {
    let page = page(picture, history);
    if page.is_empty() {
        say!("nobody's report stands");
    }
    page.iter().for_each(|line| say!("{line}"));
    for account in &picture.accounts {
        for said in &account.taken_back {
            say!("\nWithdrawn: {}", by(said));
            if let Some(word) = picture.withdrawn.get(&said.message) {
                withdrawal("by", word);
            }
            form_lines(1, &said.content);
        }
    }
    for said in &picture.same_incident {
        let Some(form) = same(&said.content) else { continue };
        let other = form.other_thread.map(|thread| thread.to_string()).unwrap_or_default();
        say!("\n{} {} {other}", same_sentence(form.position, "incident"), shown(&form.other_party));
        row(1, "by", &by(said));
        form_lines(1, &said.content);
    }
    for account in &picture.accounts {
        for said in &account.beside {
            say!("\nUpdate of another Party's report, in the place of none: {}", by(said));
            form_lines(1, &said.content);
        }
    }
    for account in &picture.accounts {
        for said in &account.findings {
            say!("\nFinding: {}", by(said));
            form_lines(1, &said.content);
        }
    }
    for account in &picture.accounts {
        if let Some(said) = account.closing {
            say!("\nClosed, for itself: {}", by(said));
            form_lines(1, &said.content);
        }
    }
    for said in &picture.over {
        say!("\nStands no more: {}", by(said));
        if let Some(word) = picture.withdrawn.get(&said.message) {
            withdrawal("withdrawn by", word);
        }
        form_lines(1, &said.content);
    }
}

/// The reports of a thread as `incident show` shows them beside each other, line by line.
pub fn side_by_side(history: &History) -> Vec<String> {
    page(&Picture::of(&history.said()), history)
}

fn page(picture: &Picture<'_>, history: &History) -> Vec<String> {
    let reported = picture.accounts.iter().filter(|account| account.report.is_some());
    let reports: Vec<_> =
        reported.map(|account| columns::Report { head: head(account, history), account }).collect();
    columns::page(&reports)
}

/// Nothing where every report stands as first given.
pub fn print_differences(picture: &Picture<'_>) {
    let reports = || picture.accounts.iter().filter_map(|account| account.report.as_ref());
    if reports().any(|versions| !versions.earlier().is_empty()) {
        say!("\nWHAT CHANGED");
        versions::print_changes(reports());
    }
}

/// Whose report it is, when it was given, and which ones it took the place of.
fn head(account: &Account<'_>, history: &History) -> Vec<String> {
    let Some(versions) = &account.report else { return Vec::new() };
    let said = versions.present();
    let drill = match account.traffic {
        Traffic::Real => "",
        Traffic::Drill => "DRILL ",
    };
    let mut head = vec![
        format!("{drill}{}", account.author),
        shown(&said.number),
        said.released_at.date_time_group().to_string(),
    ];
    if !versions.earlier().is_empty() {
        let earlier: Vec<String> = versions.earlier().iter().map(|one| shown(&one.number)).collect();
        head.push(format!("in place of {}", earlier.join(", ")));
    }
    head.extend(history.unconfirmed(&said.message));
    head
}

pub fn to_json(picture: &Picture<'_>) -> Value {
    let accounts: Vec<Value> = picture
        .accounts
        .iter()
        .map(|account| {
            json!({
                "author": account.author.as_str(),
                "traffic": traffic(account.traffic),
                "report": account.report.as_ref().map(versions::to_json),
                "beside": all(&account.beside),
                "findings": all(&account.findings),
                "closing": account.closing.map(said_by_json),
                "withdrawn": all(&account.taken_back),
            })
        })
        .collect();
    json!({
        "accounts": accounts,
        "questions": clarification::to_json(&picture.clarification),
        "over": all(&picture.over),
        "same_incident": picture.same_incident.iter().filter_map(|said| same_json(said)).collect::<Vec<_>>(),
    })
}

fn all(said: &[&Said]) -> Vec<Value> {
    said.iter().map(|said| said_by_json(said)).collect()
}
