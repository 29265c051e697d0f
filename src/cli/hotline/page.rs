//! A session for a person to read, at 80 columns: the originals at the left, translations at the right.
//!
//! Never here: a text from outside that was not made safe to show, or one that was cut.

use std::fmt::Write as _;

use crate::codec::message::{precedence_name, traffic_mark};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::official::wrap::{columns, wrapped};
use crate::domain::text::{shown, shown_lines};
use crate::domain::time::Instant;
use crate::limits::OFFICIAL_FORM_COLUMNS as PAGE;

/// Before each line of what a Party wrote, so that none of it can pass for a line of the page.
const MARGIN: &str = "     | ";
/// Between a text and its translation.
const GAP: &str = " | ";
/// Of each of the two columns of a text.
const HALF: usize = (PAGE - MARGIN.len() - GAP.len()) / 2;

/// The session, and what became of each text.
pub(super) fn session(whole: &calls::ShowSessionResponse) -> String {
    let mut out = head(whole);
    for line in &whole.lines {
        out.push('\n');
        said(&mut out, line);
        for state in &line.states {
            put(&mut out, &format!("  {}", self::state(state)));
        }
    }
    heard_alone(&mut out, whole);
    closed(&mut out, whole);
    out
}

/// What was said, and the digest that is signed of it.
pub(super) fn transcript(whole: &calls::ShowSessionResponse, digest: &Digest) -> String {
    let mut out = head(whole);
    for line in &whole.lines {
        out.push('\n');
        said(&mut out, line);
    }
    out.push('\n');
    put(&mut out, &format!("Transcript {digest}"));
    closed(&mut out, whole);
    out
}

fn head(whole: &calls::ShowSessionResponse) -> String {
    let mut out = String::new();
    let Some(session) = &whole.session else { return out };
    let mark = traffic_mark(session.traffic);
    put(&mut out, &format!("HOTLINE SESSION  {mark}  {}", precedence_name(session.precedence)));
    put(&mut out, &format!("Subject   {}", shown(&session.subject)));
    put(&mut out, &format!("Thread    {}", hex::encode(&session.thread)));
    let present: Vec<String> = session.present.iter().map(|party| shown(party)).collect();
    put(&mut out, &format!("Present   {}, opened by {}", present.join(", "), shown(&session.opened_by)));
    for on in &session.on {
        let (party, officer) = (shown(&on.party), shown(&on.officer));
        put(&mut out, &format!("On        {party}: {officer} since {}", Instant(on.since_ms)));
    }
    if !session.about.is_empty() {
        put(&mut out, &format!("About     thread {}", hex::encode(&session.about)));
    }
    put(&mut out, &format!("State     {}", session.state));
    out
}

fn said(out: &mut String, line: &calls::SessionLine) {
    let digest = hex::encode(&line.digest);
    let mark = traffic_mark(line.traffic);
    let first = digest.get(..12).unwrap_or_default();
    let (author, number) = (shown(&line.author), shown(&line.number));
    let at = Instant(line.released_at_ms);
    put(
        out,
        &format!(
            "{:>3}  {mark}  {author}  {at}  {}  {number}  {first}",
            line.position,
            precedence_name(line.precedence)
        ),
    );
    put(out, &format!("     drafted by {}, released by {}", shown(&line.drafter), shown(&line.releaser)));
    if !line.not_taken.is_empty() {
        put(out, &format!("     not taken: {}", shown(&line.not_taken)));
    }
    if !line.answers.is_empty() {
        let answers = hex::encode(&line.answers);
        put(out, &format!("     answers {}", answers.get(..12).unwrap_or_default()));
    }
    if line.unseen > 0 {
        put(
            out,
            &format!(
                "     written without sight of {} text(s) above: which comes first means nothing",
                line.unseen
            ),
        );
    }
    for missing in &line.missing {
        put(
            out,
            &format!("     waits for the message {}, which is not on record here", hex::encode(missing)),
        );
    }
    if line.translations.is_empty() {
        for text in shown_lines(&line.text) {
            put_wrapped(out, &format!("[{}] {text}", shown(&line.language)));
        }
    }
    for one in &line.translations {
        beside(
            out,
            &[format!("[{}]", shown(&line.language))],
            &[format!(
                "[{}] by {}, given by {}; the original counts",
                shown(&one.language),
                shown(&one.translator),
                shown(&one.by)
            )],
        );
        beside(out, &shown_lines(&line.text), &shown_lines(&one.text));
    }
    if line.more_translations > 0 {
        put(out, &format!("     and {} more translation(s)", line.more_translations));
    }
    for heard in &line.heard {
        as_heard(out, heard);
    }
}

/// What was written down of a text, beside the text itself.
fn as_heard(out: &mut String, heard: &calls::HeardText) {
    let how = taken_down(heard);
    if heard.differences.is_empty() {
        put(out, &format!("     as heard: same; {how}"));
        return;
    }
    put(out, &format!("     as heard: not the same; {how}; the original counts"));
    for one in &heard.differences {
        let (original, heard) = (shown(&one.original), shown(&one.heard));
        put_wrapped(out, &format!("word {}: \"{original}\" was heard as \"{heard}\"", one.word));
    }
    if heard.more_differences > 0 {
        put(out, &format!("     and {} more", heard.more_differences));
    }
}

/// What was written down, and has no original beside it.
fn heard_alone(out: &mut String, whole: &calls::ShowSessionResponse) {
    for heard in &whole.heard {
        let words = if heard.check_words.is_empty() { "no check words" } else { &heard.check_words };
        out.push('\n');
        put(
            out,
            &format!("     heard by telephone, said to be of {}; {}", shown(&heard.from), taken_down(heard)),
        );
        put(out, &format!("     {}; no signed original of it is here", shown(words)));
        for text in shown_lines(&heard.text) {
            put_wrapped(out, &text);
        }
    }
}

fn taken_down(heard: &calls::HeardText) -> String {
    let (read, written, at) = (shown(&heard.read_by), shown(&heard.written_by), shown(&heard.at));
    format!("read out by {read}, written down by {written} at {at}")
}

/// Each on its own half, line by line.
fn beside(out: &mut String, left: &[String], right: &[String]) {
    let narrow = |lines: &[String]| -> Vec<String> {
        lines.iter().flat_map(|line| wrapped(line, HALF, HALF)).map(str::to_owned).collect()
    };
    let (left, right) = (narrow(left), narrow(right));
    for at in 0..left.len().max(right.len()) {
        let text = left.get(at).map(String::as_str).unwrap_or_default();
        let blank = HALF.saturating_sub(columns(text));
        let other = right.get(at).map(String::as_str).unwrap_or_default();
        let line = format!("{MARGIN}{text}{}{GAP}{other}", " ".repeat(blank));
        // Writing to a String does not fail.
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// What became of a text at one Party: each thing by itself.
fn state(state: &calls::TextState) -> String {
    let party = shown(&state.party);
    let mut words = Vec::new();
    if state.refused.is_empty() {
        words.push(match state.on_record_ms {
            0 => "not on record there".to_owned(),
            at => format!("on record at {}", Instant(at)),
        });
    } else {
        words.push(state.refused.clone());
    }
    if state.shown_at_ms != 0 {
        words.push(format!("shown to {} at {}", shown(&state.shown_to), Instant(state.shown_at_ms)));
    }
    if state.read_at_ms != 0 {
        words.push(format!("read by {} at {}", shown(&state.read_by), Instant(state.read_at_ms)));
    }
    if !state.answered_by.is_empty() {
        let answer = hex::encode(&state.answered_by);
        words.push(format!("answered in {}", answer.get(..12).unwrap_or_default()));
    }
    format!("   {party}: {}", words.join("; "))
}

fn closed(out: &mut String, whole: &calls::ShowSessionResponse) {
    for one in &whole.closed {
        let party = shown(&one.party);
        if !one.agreed.is_empty() {
            put(out, &format!("Both signed this transcript with {party}: {}", hex::encode(&one.agreed)));
            continue;
        }
        for difference in &one.differences {
            put(out, &format!("Disputed with {party}: {}", shown(difference)));
        }
        if one.since > 0 {
            put(
                out,
                &format!(
                    "With {party}: {} message(s) that one of you had not seen when it closed",
                    one.since
                ),
            );
        }
    }
}

fn put_wrapped(out: &mut String, text: &str) {
    let width = PAGE.saturating_sub(MARGIN.len());
    for line in wrapped(text, width, width) {
        // Writing to a String does not fail.
        let _ = writeln!(out, "{}", format!("{MARGIN}{line}").trim_end());
    }
}

/// A line, gone on in further ones where it is too wide.
fn put(out: &mut String, text: &str) {
    let rest = PAGE.saturating_sub(10);
    for (at, line) in wrapped(text, PAGE, rest).into_iter().enumerate() {
        let indent = if at == 0 { "" } else { "          " };
        // Writing to a String does not fail.
        let _ = writeln!(out, "{indent}{line}");
    }
}
