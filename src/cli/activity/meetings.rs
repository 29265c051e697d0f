//! The meetings of a thread, as a person reads them and as a program does.
//!
//! Never here: which record belongs to which meeting (`domain/activity/meetings.rs`).

use serde_json::{Value, json};

use super::picture::whose;
use crate::cli::message::History;
use crate::cli::message::rows::{form_lines, row};
use crate::cli::out::say;
use crate::domain::activity::meetings::MeetingAsked;
use crate::domain::activity::picture::Picture;
use crate::domain::said::Said;

/// Nothing where none was asked for.
pub fn print(picture: &Picture<'_>, history: &History) {
    for meeting in &picture.meetings {
        say!("\nMEETING");
        let steps = [
            ("Asked for", vec![meeting.said]),
            ("Convened", meeting.convened.clone()),
            ("Record", meeting.records.clone()),
            ("Report", meeting.reports.clone()),
        ];
        for (step, all) in &steps {
            row(0, step, if all.is_empty() { "nobody says so here" } else { "" });
            for said in all {
                whose(1, said, picture, history);
                form_lines(2, &said.content);
            }
        }
    }
}

pub fn to_json(picture: &Picture<'_>, one: &dyn Fn(&Said) -> Value) -> Value {
    let all = |said: &[&Said]| said.iter().map(|said| one(said)).collect::<Vec<_>>();
    let meeting = |meeting: &MeetingAsked<'_>| {
        json!({
            "asked": one(meeting.said),
            "convened": all(&meeting.convened),
            "records": all(&meeting.records),
            "reports": all(&meeting.reports),
        })
    };
    picture.meetings.iter().map(meeting).collect()
}
