//! Messages, drafts and faults as a person reads them, and as a program does.
//!
//! Never here: text from outside that was not made safe to show.

use serde_json::{Value, json};

use super::handed_on;
use crate::cli::out::say;
use crate::cli::regime::labels::Labelling;
use crate::cli::{form, json};
use crate::codec::content::{self, Said};
use crate::codec::forwarded::{self, Opened};
use crate::codec::proto::detente::v1::{self as calls, Fault};
use crate::domain::content::Content;
use crate::domain::exercise::SameActivityPosition;
use crate::domain::form::{lines, lines_under};
use crate::domain::message::{Addressee, Holds, Message, Outgoing, Relation, Traffic};
use crate::domain::official::addressed;
use crate::domain::official::wrap::cut;
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::domain::said::{Said as Stated, same};
use crate::domain::text::{shown, shown_lines};
use crate::domain::transcription;
use crate::domain::translation::{Beside, beside};
use crate::limits;

/// Of a label and what it is about, where the second begins.
const VALUE: usize = 30;
/// Of why a message was taken back so much is shown beside it, between quotation marks: its own message has all.
const REASON_COLUMNS: usize = limits::OFFICIAL_FORM_COLUMNS - VALUE - 2;

/// A label and what it is about, in two columns.
pub fn row(depth: usize, label: &str, value: &str) {
    let label = format!("{}{label}", "  ".repeat(depth));
    if value.is_empty() { say!("{label}") } else { say!("{label:<28}  {value}") }
}

/// By which word a message was taken back, and why, as it says there, on one line.
pub fn withdrawal(label: &str, word: &Stated) {
    row(1, label, &by(word));
    if let Content::MessageWithdrawal(form) = &word.content
        && !form.reason.0.is_empty()
    {
        row(1, "because", &format!("\"{}\"", cut(&shown(&form.reason.0), REASON_COLUMNS)));
    }
}

/// A text from outside, line by line; nothing where it is empty.
pub fn text(depth: usize, label: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    for (index, line) in shown_lines(text).iter().enumerate() {
        row(depth, if index == 0 { label } else { "" }, line);
    }
}

pub fn faults(faults: &[Fault]) {
    let stopping: Vec<String> =
        faults.iter().filter(|fault| fault.stops_release).map(|fault| shown(&fault.field)).collect();
    match (faults.len(), stopping.is_empty()) {
        (0, _) => say!("form: no faults"),
        (all, true) => say!("{all} fault(s); it can be released as it is:"),
        (all, false) => {
            say!(
                "{all} fault(s); it can't be released, as it is or not, before this is mended: {}",
                stopping.join(", ")
            );
        }
    }
    for fault in faults {
        let stops = if fault.stops_release { "STOPS THE RELEASE: " } else { "" };
        row(1, &shown(&fault.field), &format!("{stops}{}", shown(&fault.rule)));
    }
}

pub fn faults_json(faults: &[Fault]) -> Value {
    faults
        .iter()
        .map(|fault| json!({"field": fault.field, "rule": fault.rule, "stops_release": fault.stops_release}))
        .collect()
}

pub fn person(person: &Person) -> String {
    if person.office.is_empty() {
        shown(&person.name)
    } else {
        format!("{} ({})", shown(&person.name), shown(&person.office))
    }
}

fn addressees(all: &[Addressee]) -> String {
    all.iter().map(addressed).collect::<Vec<_>>().join(", ")
}

/// As a mark that nobody overlooks.
pub fn traffic_mark(traffic: Traffic) -> &'static str {
    match traffic {
        Traffic::Real => "REAL",
        Traffic::Drill => "DRILL",
    }
}

pub fn traffic(traffic: Traffic) -> &'static str {
    match traffic {
        Traffic::Real => "real",
        Traffic::Drill => "drill",
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::RefersTo => "refers to",
        Relation::Amends => "amends",
        Relation::Answers => "answers",
        Relation::Acknowledges => "acknowledges",
    }
}

/// All of a released message: heading, then what it says.
pub fn message(message: &Message, said: &Said, labelling: Labelling<'_>) {
    row(0, "Number", &shown(&message.number));
    let author = message.author.as_str();
    let from = match content::origin(&message.draft.kind, said) {
        Some(origin) => transcription::from(&origin, author),
        None => author.to_owned(),
    };
    row(0, "From", &format!("{from}, incarnation {}", message.incarnation));
    row(0, "Date-time group", &message.released_at.date_time_group().to_string());
    row(0, "Released by", &person(&message.releaser));
    heading(&message.draft);
    body(0, (said, Some(message.author)), &message.draft, labelling, &[]);
}

fn heading(outgoing: &Outgoing) {
    row(0, "Drafted by", &person(&outgoing.drafter));
    row(0, "To, for action", &addressees(&outgoing.action));
    if !outgoing.information.is_empty() {
        row(0, "To, for information", &addressees(&outgoing.information));
    }
    row(0, "Precedence", &outgoing.precedence.to_string());
    row(0, "Traffic", traffic_mark(outgoing.traffic));
    row(0, "Kind", &shown(&outgoing.kind));
    row(0, "Thread", &outgoing.thread.to_string());
    row(0, "Subject", &shown(&outgoing.subject));
    circumstances(0, outgoing);
    row(0, "Zone", &shown(&outgoing.zone));
    for part in &outgoing.parts {
        let personal = match part.holds {
            Holds::PersonalData => ", personal data",
            Holds::NoPersonalData => "",
        };
        let (name, media_type) = (shown(&part.name), shown(&part.media_type));
        row(0, "Part", &format!("{name} ({media_type}), {} bytes{personal}", part.bytes));
        row(1, "Salted digest", &part.salted_digest.to_string());
    }
    if !outgoing.remarks.is_empty() {
        for (index, line) in shown_lines(&outgoing.remarks).iter().enumerate() {
            row(0, if index == 0 { "Remarks" } else { "" }, line);
        }
    }
}

/// By what right it is said, who may have it, in which language, and what it is about.
pub fn circumstances(depth: usize, outgoing: &Outgoing) {
    if let Some(regime) = &outgoing.regime {
        let cited = format!("{} ({}), {}", shown(&regime.name), regime.digest, shown(&regime.provision));
        row(depth, "Regime cited", &cited);
    }
    let releasable_to = outgoing.releasable_to.iter().map(Party::as_str).collect::<Vec<_>>().join(", ");
    let texts =
        [("Marking", &outgoing.marking), ("Releasable to", &releasable_to), ("Language", &outgoing.language)];
    for (label, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        row(depth, label, &shown(text));
    }
    for reference in &outgoing.references {
        let digest = reference.message.map(|digest| digest.to_string()).unwrap_or_default();
        let about = [shown(&reference.number), shown(&reference.author), digest];
        let about: Vec<_> = about.into_iter().filter(|part| !part.is_empty()).collect();
        row(depth, "Reference", &format!("{} {}", relation(reference.relation), about.join(" ")));
    }
}

/// What the node holds of the parts that a message names.
pub fn parts(depth: usize, held: &[calls::PartHeld]) {
    for one in held {
        row(depth, "Part held", &format!("{}: {}", hex::encode(&one.salted_digest), state(one)));
    }
}

pub fn parts_json(held: &[calls::PartHeld]) -> Value {
    held.iter().map(|one| json!({"part": hex::encode(&one.salted_digest), "state": state(one)})).collect()
}

fn state(held: &calls::PartHeld) -> &'static str {
    match calls::PartState::try_from(held.state) {
        Ok(calls::PartState::Kept) => "kept here",
        Ok(calls::PartState::NotHere) => "not here, or not yet",
        Ok(calls::PartState::Erased) => "erased here",
        Ok(calls::PartState::Unspecified) | Err(_) => "in a state that this program does not know",
    }
}

/// What the content says, in lines, and in those of the message that it hands on, if it does; with the labels of the
/// regime that it cites, where that is at hand.
pub fn body(
    depth: usize,
    (said, by): (&Said, Option<Party>),
    outgoing: &Outgoing,
    labelling: Labelling<'_>,
    translations: &[Beside],
) {
    match said {
        Said::Form(form) => {
            let mut own = lines_under(form, labelling.regime, labelling.languages(outgoing));
            let (of_original, of_itself) = handed_on::parted(form, translations);
            own.extend(handed_on::lines(form, by, labelling, &of_original));
            for line in beside(own, &of_itself) {
                row(depth.saturating_add(line.depth), &line.label, &line.value);
            }
        }
        Said::Acknowledgement(read) => {
            row(depth, "Read", &read.message.to_string());
            row(depth, "By", &person(&read.officer));
            row(depth, "At", &read.read_at.to_string());
        }
        Said::Unknown | Said::Unreadable(_) => {
            for mark in content::marks(said, &outgoing.content) {
                row(depth, "Content", &shown(&mark));
            }
        }
    }
}

pub fn form_lines(depth: usize, form: &Content) {
    for line in lines(form) {
        row(depth.saturating_add(line.depth), &line.label, &line.value);
    }
}

pub fn person_json(person: &Person) -> Value {
    json!({"name": person.name, "office": person.office, "key_digest": person.key_digest.to_string()})
}

pub fn said_json(said: &Said) -> Value {
    match said {
        Said::Form(content) => match content {
            Content::Forwarded(form) => forwarded_json(content, &forwarded::open(form)),
            _ => content_json(content),
        },
        Said::Acknowledgement(read) => json!({
            "message": read.message.to_string(),
            "officer": person_json(&read.officer),
            "read_at_ms": read.read_at.0,
        }),
        Said::Unknown | Said::Unreadable(_) => Value::Null,
    }
}

/// With what was handed on, as far as it can be opened.
fn forwarded_json(content: &Content, opened: &Opened) -> Value {
    let whole = content_json(content);
    let Opened::Message(original) = opened else { return whole };
    let message = message_json(&original.message, &original.said);
    json::with(whole, json!({ "message": message, "message_digest": original.digest.to_string() }))
}

pub fn content_json(content: &Content) -> Value {
    serde_json::from_str(&form::to_json(content)).unwrap_or(Value::Null)
}

pub fn outgoing_json(outgoing: &Outgoing, said: &Said) -> Value {
    let addressees = |all: &[Addressee]| -> Value {
        all.iter().map(|one| json!({"party": one.party.as_str(), "office": one.office})).collect()
    };
    let references: Value = outgoing
        .references
        .iter()
        .map(|reference| {
            json!({
                "relation": relation(reference.relation),
                "message": reference.message.map(|digest| digest.to_string()),
                "number": reference.number,
                "author": reference.author,
            })
        })
        .collect();
    json!({
        "message_kind": outgoing.kind,
        "thread": outgoing.thread.to_string(),
        "action": addressees(&outgoing.action),
        "information": addressees(&outgoing.information),
        "precedence": outgoing.precedence.to_string(),
        "traffic": traffic(outgoing.traffic),
        "zone": outgoing.zone,
        "drafter": person_json(&outgoing.drafter),
        "regime": outgoing.regime.as_ref().map(|regime| json!({
            "name": regime.name, "digest": regime.digest.to_string(), "provision": regime.provision,
        })),
        "marking": outgoing.marking,
        "releasable_to": outgoing.releasable_to.iter().map(Party::as_str).collect::<Vec<_>>(),
        "language": outgoing.language,
        "references": references,
        "parts": outgoing.parts.iter().map(|part| json!({
            "part": part.salted_digest.to_string(), "name": part.name, "media_type": part.media_type,
            "bytes": part.bytes, "personal": part.holds == Holds::PersonalData,
        })).collect::<Vec<_>>(),
        "subject": outgoing.subject,
        "remarks": outgoing.remarks,
        "content": said_json(said),
    })
}

/// What stands wherever a transcription is shown; null for every other message.
pub fn transcribed_json(outgoing: &Outgoing, said: &Said, author: &str) -> Value {
    content::origin(&outgoing.kind, said).map(|origin| transcription::mark(&origin, author)).into()
}

pub fn message_json(message: &Message, said: &Said) -> Value {
    let mut whole = outgoing_json(&message.draft, said);
    if let Value::Object(fields) = &mut whole {
        let author = message.author.as_str();
        fields.insert("author".into(), author.into());
        fields.insert("transcribed".into(), transcribed_json(&message.draft, said, author));
        fields.insert("incarnation".into(), message.incarnation.0.into());
        fields.insert("number".into(), message.number.clone().into());
        fields.insert("released_at_ms".into(), message.released_at.0.into());
        fields.insert("releaser".into(), person_json(&message.releaser));
    }
    whole
}

/// Who said it, and when; and whether it is only a drill.
pub fn by(said: &Stated) -> String {
    let drill = match said.traffic {
        Traffic::Real => "",
        Traffic::Drill => "DRILL, ",
    };
    format!("{drill}{}, {}, {}", said.author, shown(&said.number), said.released_at.date_time_group())
}

/// A message of a picture: whose it is, and what it says.
pub fn said_by_json(said: &Stated) -> Value {
    json!({
        "message": said.message.to_string(),
        "number": said.number,
        "author": said.author.as_str(),
        "traffic": traffic(said.traffic),
        "released_at_ms": said.released_at.0,
        "content": content_json(&said.content),
    })
}

/// What is said of this thread and another one; `what`: what both would be about.
pub fn same_sentence(position: Option<SameActivityPosition>, what: &str) -> String {
    match position {
        Some(SameActivityPosition::Stated) => format!("Stated to be the same {what} as"),
        Some(SameActivityPosition::Contested) => format!("Contested to be the same {what} as"),
        Some(SameActivityPosition::Other(_)) | None => "Said, unclear how, about".to_owned(),
    }
}

pub fn same_json(said: &Stated) -> Option<Value> {
    let form = same(&said.content)?;
    Some(json!({
        "by": said.author.as_str(),
        "position": form.position.map(|position| position.to_string()),
        "other_party": form.other_party,
        "other_thread": form.other_thread.map(|thread| thread.to_string()),
        "message": said.message.to_string(),
    }))
}
