//! `duty export`: open duties, and the exercises that are notified, as an iCalendar file.
//!
//! Never here: what stands, which is the picture's to say, or the format (`calendar.rs`).

use std::path::PathBuf;

use bytes::Bytes;

use super::{Calendar, Entry, Span, all, title};
use crate::cli::desk::{As, Desk};
use crate::cli::fault::Fault;
use crate::cli::files::{self, Readers};
use crate::cli::message::History;
use crate::cli::message::known::all_threads;
use crate::cli::out::say;
use crate::clock::Clock;
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::exercise::Notification;
use crate::domain::exercise::picture::Picture;
use crate::domain::form::When;
use crate::domain::message::Traffic;
use crate::domain::time::Instant;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Where to write it; a file that is there is replaced
    #[arg(long, value_name = "FILE")]
    ics: PathBuf,
    /// The language of labels, such as fr
    #[arg(long, default_value = "en")]
    language: String,
    #[command(flatten)]
    person: As,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let asked =
        calls::ListDutiesRequest { language: args.language, from: Bytes::new(), ..Default::default() };
    let duties = all(&desk, asked).await?.duties;
    let mut calendar = Calendar { entries: duties.iter().map(duty).collect() };
    let owed = calendar.entries.len();
    calendar.entries.extend(exercises(&desk).await?);
    let file = calendar.write(Clock::system().now());
    files::replace(&args.ics, file.as_bytes(), Readers::OwnerOnly)?;
    say!(
        "{}: {owed} open duties, {} exercises",
        args.ics.display(),
        calendar.entries.len().saturating_sub(owed)
    );
    Ok(())
}

fn duty(line: &calls::DutyLine) -> Entry {
    let mut lines = vec![
        line.sentence.clone(),
        format!("{}, {}", line.regime, line.paragraph),
        format!("met by: {}", line.met_by),
    ];
    lines.extend((!line.alarm.is_empty()).then(|| line.alarm.clone()));
    lines.extend((!line.follows.is_empty()).then(|| format!("if it lapses: {}", line.follows)));
    Entry {
        uid: uid(line),
        summary: title(line),
        description: lines.join("\n"),
        category: "DUTY",
        traffic: traffic(line.traffic),
        span: Span::At(Instant(line.due_ms)),
    }
}

/// From what both ends hold alike: what brought it about, the rule by the digest of its text, who owes it to whom. Two
/// calendars that take in the files of both ends show it once.
pub fn uid(line: &calls::DutyLine) -> String {
    let cause = if line.message_digest.is_empty() {
        format!("year {}", line.year)
    } else {
        format!("message {}", hex::encode(&line.message_digest))
    };
    let entry = line.entry.map(|entry| format!("{entry} of {}", line.entry_of.unwrap_or_default()));
    let rule = [&line.regime_digest[..], line.rule.as_bytes()].map(Digest::of);
    let parts = [&cause, &line.owed_by, &line.owed_to, &entry.unwrap_or_default()]
        .map(|part| Digest::of(part.as_bytes()));
    let all: Vec<&[u8]> = rule.iter().chain(&parts).map(|digest| &digest.0[..]).collect();
    format!("duty-{}@detente", Digest::of_all(&all))
}

fn traffic(wire: i32) -> Traffic {
    if wire == evidence::Traffic::Drill as i32 { Traffic::Drill } else { Traffic::Real }
}

/// Those that are notified and not cancelled, drills marked, by the days that their authors state.
async fn exercises(desk: &Desk) -> Result<Vec<Entry>, Fault> {
    let mut entries = Vec::new();
    for thread in all_threads(desk).await? {
        if thread.kind.split_once('.').is_none_or(|(noun, _)| noun != "exercise") {
            continue;
        }
        let Some(id) = ThreadId::from_slice(&thread.thread) else { continue };
        let said = History::ask(desk, id, None, None).await?.said();
        for account in Picture::of(&said).accounts {
            let (Some(notice), None) = (&account.notice, &account.cancellation) else { continue };
            let drill = match account.traffic {
                Traffic::Real => "",
                Traffic::Drill => "-drill",
            };
            let present = notice.present();
            entries.extend(form_of(&present.content).and_then(|form| {
                let (first, last) = (day(&form.start)?, day(&form.end)?);
                Some(Entry {
                    uid: format!("exercise-{}-{}{drill}@detente", hex::encode(id.0), account.author),
                    summary: format!("{}: {}", account.author, form.designation),
                    description: format!("notified in {}", present.number),
                    category: "EXERCISE",
                    traffic: account.traffic,
                    span: Span::Days { first, last },
                })
            }));
        }
    }
    Ok(entries)
}

fn form_of(content: &Content) -> Option<&Notification> {
    match content {
        Content::Notification(form) => Some(form),
        Content::Amendment(form) => Some(&form.notification),
        _ => None,
    }
}

/// The day of its own wall; `None` where only a month is stated.
fn day(when: &When) -> Option<String> {
    let date = when.civil.split(['T', ' ']).next()?;
    date.parse::<jiff::civil::Date>().ok().map(|date| date.to_string())
}
