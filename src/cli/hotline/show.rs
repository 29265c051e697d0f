//! `hotline list`, `show` and `transcript`: sessions as the node tells them.
//!
//! Never here: a transcript's bytes taken on the node's word: their digest is computed again.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::{Value, json};

use super::closed_by::closes_json;
use super::heard::heard_json;
use super::links::not_heard;
use super::not_in::not_in;
use super::signed::Signed;
use super::{between, open_drafts, page, paper, service, way};
use crate::cli::desk::{As, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::message::keep_pdf;
use crate::cli::message::known::known_thread;
use crate::cli::out::{self, say};
use crate::cli::{given, json};
use crate::codec::message::{precedence_name, traffic_mark, traffic_name};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::mixed::mixed_letters;
use crate::domain::text::shown;
use crate::domain::time::Instant;

#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    person: As,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The session's thread, or its first digits
    #[arg(value_parser = given::beginning)]
    thread: String,
    #[command(flatten)]
    person: As,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct TranscriptArgs {
    /// The session's thread, or its first digits
    #[arg(value_parser = given::beginning)]
    thread: String,
    /// The other Party, where there are several
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    with: Option<String>,
    #[command(flatten)]
    person: As,
    /// Print the exact bytes that are signed, and nothing else
    #[arg(long, conflicts_with_all = ["json", "pdf"])]
    bytes: bool,
    /// Write it as PDF, on A4, to a file that does not exist yet
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// A font for characters that DejaVu lacks; may be given several times, the first that has a character is used
    #[arg(long, value_name = "FILE", requires = "pdf")]
    font: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn list(args: ListArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let (mut from, mut is_none) = (Bytes::new(), true);
    loop {
        let answered = answer(service(&desk).list_sessions(calls::ListSessionsRequest { from })).await?;
        is_none &= answered.sessions.is_empty();
        for session in &answered.sessions {
            if args.json {
                say!("{}", json::line(&session_json(session)));
            } else {
                let left = match session.to_acknowledge {
                    0 => String::new(),
                    left => format!("  {left} to acknowledge"),
                };
                let heard = match session.heard_alone {
                    0 => String::new(),
                    many => format!("{many} heard by telephone, without original  "),
                };
                let links = session.not_heard.iter();
                let links = links.map(|one| format!("  {}", not_heard(&one.party, one.heard_at_ms)));
                let links = links.collect::<String>();
                say!(
                    "{}  {:<5} {:<9} {:<9} {} unread  {}  {heard}{}{left}{links}",
                    hex::encode(&session.thread),
                    traffic_mark(session.traffic),
                    session.state,
                    precedence_name(session.precedence),
                    session.unread,
                    session.present.iter().map(|party| shown(party)).collect::<Vec<_>>().join("+"),
                    shown(&session.subject)
                );
            }
        }
        if answered.next.is_empty() {
            if is_none && !args.json {
                say!("no hotline session is on record");
            }
            return Ok(());
        }
        from = answered.next;
    }
}

pub async fn show(args: ShowArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let thread = known_thread(&desk, &args.thread).await?.0.to_vec().into();
    let shown = whole(&desk, thread).await?;
    if args.json {
        say!("{}", json::line(&whole_json(&shown)));
    } else {
        out::text(&page::session(&shown));
    }
    Ok(())
}

pub async fn transcript(args: TranscriptArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let thread: Bytes = known_thread(&desk, &args.thread).await?.0.to_vec().into();
    let with = args.with.unwrap_or_default();
    if args.bytes {
        out::text(&between::signed(&desk, &thread, &with).await?.text);
        return Ok(());
    }
    let (signed, session) = between::read(&desk, &thread, &with).await?;
    let (text, digest) = (signed.text, signed.digest);
    if let Some(path) = &args.pdf {
        let pdf = paper::pdf(&session, &text, &digest, &args.font)?;
        return keep_pdf(path, &pdf, digest, args.json);
    }
    if args.json {
        let transcript = json!({
            "transcript": text,
            "not_signed": Signed::of(&text).without(&session.lines),
            "transcript_with": signed.with,
            "transcript_digest": digest.to_string(),
        });
        say!("{}", json::line(&json::with(whole_json(&session), transcript)));
    } else {
        out::text(&page::transcript(&session, &text, &digest));
    }
    Ok(())
}

/// All pages of it.
pub(super) async fn whole(desk: &Desk, thread: Bytes) -> Result<calls::ShowSessionResponse, Fault> {
    pages(desk, thread, "").await
}

/// The same; with another Party named only of what both have.
pub(super) async fn pages(
    desk: &Desk,
    thread: Bytes,
    with: &str,
) -> Result<calls::ShowSessionResponse, Fault> {
    let (mut lines, mut heard, mut more_heard) = (Vec::new(), Vec::new(), 0_u32);
    let (mut handed_on, mut more_handed_on) = (Vec::new(), 0_u32);
    let mut from = 0;
    loop {
        let asked = calls::ShowSessionRequest { thread: thread.clone(), from, with: with.to_owned() };
        let mut page = answer(service(desk).show_session(asked)).await?;
        lines.append(&mut page.lines);
        // They come with the first page.
        heard.append(&mut page.heard);
        more_heard = more_heard.saturating_add(page.more_heard);
        handed_on.append(&mut page.handed_on);
        more_handed_on = more_handed_on.saturating_add(page.more_handed_on);
        // A page that does not lead on would be read for ever.
        if page.next <= from {
            return Ok(calls::ShowSessionResponse {
                lines,
                heard,
                more_heard,
                handed_on,
                more_handed_on,
                ..page
            });
        }
        from = page.next;
    }
}

fn session_json(session: &calls::Session) -> Value {
    let on = session.on.iter().map(|one| {
        json!({ "party": one.party, "officer": one.officer, "since": Instant(one.since_ms).to_string() })
    });
    let not_heard = session.not_heard.iter().map(|one| {
        let heard_at = (one.heard_at_ms != 0).then(|| Instant(one.heard_at_ms).to_string());
        json!({ "party": one.party, "heard_at": heard_at })
    });
    json!({
        "thread": hex::encode(&session.thread),
        "subject": session.subject,
        "opened_by": (!session.came_in_later).then_some(&session.opened_by),
        "came_in_later": session.came_in_later,
        "present": session.present,
        "on": on.collect::<Vec<Value>>(),
        "languages": session.languages,
        "about": hex::encode(&session.about),
        "precedence": precedence_name(session.precedence),
        "traffic": traffic_name(session.traffic),
        "opening": hex::encode(&session.opening),
        "state": session.state,
        "messages": session.messages,
        "unread": session.unread,
        "to_acknowledge": session.to_acknowledge,
        "heard_alone": session.heard_alone,
        "not_read": session.not_read,
        "not_read_of": session.not_read_of,
        "not_in": not_in(session),
        "not_heard": not_heard.collect::<Vec<Value>>(),
    })
}

pub(super) fn whole_json(whole: &calls::ShowSessionResponse) -> Value {
    let closed = whole.closed.iter().map(|one| {
        json!({
            "party": one.party,
            "agreed": hex::encode(&one.agreed),
            "differences": one.differences,
            "since": one.since,
            "came_by_file": (!one.came_by_file.is_empty()).then_some(&one.came_by_file),
        })
    });
    let said = json!({
        "lines": whole.lines.iter().map(|line| way::with(line_json(line), line)).collect::<Vec<_>>(),
        "closed": closed.collect::<Vec<_>>(),
        "drafts": open_drafts::as_json(whole.drafts.as_ref()),
        "closes": closes_json(whole),
        "heard": whole.heard.iter().map(heard_json).collect::<Vec<_>>(),
        "more_heard": whole.more_heard,
        "handed_on": whole.handed_on.iter().map(handed_on_json).collect::<Vec<_>>(),
        "more_handed_on": whole.more_handed_on,
    });
    json::with(whole.session.as_ref().map(session_json).unwrap_or_default(), said)
}

fn handed_on_json(one: &calls::HandedOn) -> Value {
    json!({
        "message": hex::encode(&one.digest),
        "in_message": hex::encode(&one.in_message),
        "by": one.by,
        "recorded_at": Instant(one.recorded_at_ms).to_string(),
        "kind": one.kind,
        "author": one.author,
        "number": one.number,
        "text": one.text,
        "mixed_letters": mixed_letters(&one.text),
        "language": one.language,
        "precedence": precedence_name(one.precedence),
        "traffic": traffic_name(one.traffic),
        "released_at": Instant(one.released_at_ms).to_string(),
        "signature": one.signature,
        "withdrawn_by": (!one.withdrawn_by.is_empty()).then_some(&one.withdrawn_by),
        "came_by_file": (!one.came_by_file.is_empty()).then_some(&one.came_by_file),
    })
}

fn line_json(line: &calls::SessionLine) -> Value {
    let at = |ms: i64| if ms == 0 { Value::Null } else { json!(Instant(ms).to_string()) };
    let states = line.states.iter().map(|state| {
        json!({
            "party": state.party,
            "on_record": state.on_record.then(|| Instant(state.on_record_ms).to_string()),
            "on_record_disputed": (!state.on_record_disputed.is_empty()).then_some(&state.on_record_disputed),
            "refused": state.refused,
            "shown_to": state.shown_to,
            "shown_at": at(state.shown_at_ms),
            "read_by": state.read_by,
            "read_at": at(state.read_at_ms),
            "answered_by": hex::encode(&state.answered_by),
            "not_known_here": state.not_known_here,
        })
    });
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let translations = line.translations.iter().map(|one| {
        json!({
            "message": hex::encode(&one.digest),
            "by": one.by,
            "translator": one.translator,
            "language": one.language,
            "text": one.text,
            "mixed_letters": mixed_letters(&one.text),
            "withdrawn_by": some(&one.withdrawn_by),
            "withdrawal_reason": some(&one.withdrawal_reason),
            "withdrawal_came_by_file": some(&one.withdrawal_came_by_file),
            "came_by_file": some(&one.came_by_file),
        })
    });
    let agreed = line.agreed_words.iter().map(|one| {
        let texts = one.texts.iter().map(|text| json!({ "language": text.language, "text": text.text }));
        json!({ "party": one.party, "texts": texts.collect::<Vec<Value>>() })
    });
    json!({
        "position": line.position,
        "message": hex::encode(&line.digest),
        "kind": line.kind,
        "author": line.author,
        "number": line.number,
        "text": line.text,
        "mixed_letters": mixed_letters(&line.text),
        "language": line.language,
        "precedence": precedence_name(line.precedence),
        "traffic": traffic_name(line.traffic),
        "not_taken": line.not_taken,
        "drafter": line.drafter,
        "releaser": line.releaser,
        "released_at": at(line.released_at_ms),
        "recorded_at": at(line.recorded_at_ms),
        "answers": hex::encode(&line.answers),
        "answers_not_here": line.answers_not_here,
        "phrase": (line.phrase > 0).then_some(line.phrase),
        "agreed_words": agreed.collect::<Vec<Value>>(),
        "phrase_differs": line.phrase_differs,
        "unseen": line.unseen,
        "unseen_not_compared": line.unseen_not_compared,
        "unseen_texts": line.unseen_texts.iter().map(hex::encode).collect::<Vec<_>>(),
        "missing": line.missing.iter().map(hex::encode).collect::<Vec<_>>(),
        "not_to": line.not_to,
        "states": states.collect::<Vec<Value>>(),
        "translations": translations.collect::<Vec<Value>>(),
        "more_translations": line.more_translations,
        "heard": line.heard.iter().map(heard_json).collect::<Vec<_>>(),
        "more_heard": line.more_heard,
        "read_by_caller": line.read_by_caller,
        "withdrawn_by": some(&line.withdrawn_by),
        "withdrawal_reason": some(&line.withdrawal_reason),
        "withdrawal_came_by_file": some(&line.withdrawal_came_by_file),
        "came_by_file": some(&line.came_by_file),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_handed_on_and_its_author_took_back_says_so() {
        let one = calls::HandedOn {
            withdrawn_by: "BY/31/0007".into(),
            in_message: vec![0x74; 32].into(),
            ..Default::default()
        };
        assert_eq!(handed_on_json(&one)["withdrawn_by"], "BY/31/0007");
        let whole = calls::ShowSessionResponse { handed_on: vec![one], ..Default::default() };
        let shown = page::session(&whole);
        assert!(shown.contains("WITHDRAWN by BY/31/0007"), "{shown}");
        assert!(shown.contains("within message 747474747474; "), "{shown}");
    }

    #[test]
    fn a_time_of_receipt_that_is_disputed_says_so_beside_it() {
        let mut line = calls::SessionLine::default();
        line.states.push(calls::TextState {
            party: "PL".into(),
            on_record: true,
            on_record_ms: 1,
            ..Default::default()
        });
        let page_of = |line: &calls::SessionLine| {
            let whole = calls::ShowSessionResponse { lines: vec![line.clone()], ..Default::default() };
            page::session(&whole).split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let at = "PL: on record at 1970-01-01T00:00:00.001Z by its own clock";
        assert!(page_of(&line).contains(at) && !page_of(&line).contains("it can't be"));
        assert_eq!(line_json(&line)["states"][0]["on_record_disputed"], Value::Null);
        line.states[0].on_record_disputed = "it can't be".into();
        assert!(page_of(&line).contains(&format!("{at}; it can't be")), "{}", page_of(&line));
        assert_eq!(line_json(&line)["states"][0]["on_record_disputed"], "it can't be");
    }
}
