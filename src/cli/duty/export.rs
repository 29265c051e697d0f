//! `duty export`: open duties, and the exercises that were notified, as an iCalendar file. An exercise that is called
//! off stays in it, as cancelled: whoever took in an earlier file learns of it.
//!
//! Never here: what stands, which is the picture's to say, or the format (`calendar.rs`).

use std::collections::BTreeSet;
use std::path::PathBuf;

use bytes::Bytes;

use super::{Calendar, Entry, Span, Standing, all, cause_mark, grounds, title};
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
use crate::domain::said::Said;
use crate::domain::time::Instant;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Where to write it; an existing file is replaced
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
    if calendar.entries.is_empty() {
        // RFC 5545 3.6 asks for an entry at least: readers take a calendar without any for damaged.
        let file = args.ics.display();
        say!("{file}: nothing is open, and no exercise was notified: not written; a file there is as it was");
        return Ok(());
    }
    let file = calendar.write(Clock::system().now());
    files::replace(&args.ics, file.as_bytes(), Readers::OwnerOnly)?;
    let exercises = calendar.entries.iter().skip(owed);
    let cancelled = exercises.clone().filter(|entry| entry.standing == Standing::Cancelled).count();
    let file = args.ics.display();
    say!("{file}: {owed} open duties, {} exercises, {cancelled} of them cancelled", exercises.count());
    Ok(())
}

pub(super) fn duty(line: &calls::DutyLine) -> Entry {
    let mut lines = vec![
        line.sentence.clone(),
        format!("{}, {}", line.regime, line.paragraph),
        format!("by {}", grounds(line)),
        format!("met by: {}", line.met_by),
    ];
    lines.extend(cause_mark(line).map(|mark| format!("what brought it about: {mark}")));
    lines.extend((!line.alarm.is_empty()).then(|| line.alarm.clone()));
    lines.extend((!line.follows.is_empty()).then(|| format!("if it lapses: {}", line.follows)));
    Entry {
        uid: uid(line),
        sequence: line.story_before.saturating_add(line.story.len() as u64),
        standing: Standing::Stands,
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

async fn exercises(desk: &Desk) -> Result<Vec<Entry>, Fault> {
    let mut entries = Vec::new();
    for thread in all_threads(desk).await? {
        if thread.kind.split_once('.').is_none_or(|(noun, _)| noun != "exercise") {
            continue;
        }
        let Some(id) = ThreadId::from_slice(&thread.thread) else { continue };
        entries.extend(exercises_of(id, &History::ask(desk, id, None, None).await?.said()));
    }
    Ok(entries)
}

/// Those of a thread that were notified, drills marked, by the days that their authors state: as cancelled where their
/// author cancelled them, or took back all notice of them, and the word that does so stands.
pub fn exercises_of(thread: ThreadId, said: &[Said]) -> Vec<Entry> {
    let picture = Picture::of(said);
    let (mut entries, mut known) = (Vec::new(), BTreeSet::new());
    for account in &picture.accounts {
        let Some(notice) = &account.notice else { continue };
        known.insert((account.author, account.traffic));
        let called_off = account.cancellation.map(|word| ("cancelled", word));
        entries.extend(exercise(thread, said, notice.present(), called_off));
    }
    // Of what was taken back whole, the last version is what others know.
    for notice in said.iter().rev().filter(|one| form_of(&one.content).is_some()) {
        let Some(word) = picture.withdrawn.get(&notice.message) else { continue };
        if known.insert((notice.author, notice.traffic)) {
            entries.extend(exercise(thread, said, notice, Some(("taken back", *word))));
        }
    }
    entries
}

/// By a notice of it, and the word that called it off, if one did.
fn exercise(
    thread: ThreadId,
    said: &[Said],
    notice: &Said,
    called_off: Option<(&str, &Said)>,
) -> Option<Entry> {
    let form = form_of(&notice.content)?;
    let (first, last) = (day(&form.start)?, day(&form.end)?);
    let drill = match notice.traffic {
        Traffic::Real => "",
        Traffic::Drill => "-drill",
    };
    // Each word of the author's on it, whatever became of it, moves it on.
    let is_theirs = |one: &&Said| (one.author, one.traffic) == (notice.author, notice.traffic);
    let mut summary = format!("{}: {}", notice.author, form.designation);
    let mut description = format!("notified in {}", notice.number);
    if let Some((how, word)) = called_off {
        // Not every calendar program shows the status.
        summary = format!("Cancelled: {summary}");
        description = format!("{description}\n{how} in {}", word.number);
    }
    Some(Entry {
        uid: format!("exercise-{}-{}{drill}@detente", hex::encode(thread.0), notice.author),
        sequence: said.iter().filter(is_theirs).count() as u64,
        standing: if called_off.is_some() { Standing::Cancelled } else { Standing::Stands },
        summary,
        description,
        category: "EXERCISE",
        traffic: notice.traffic,
        span: Span::Days { first, last },
    })
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
