//! The official form of a message: heading, numbered paragraphs and trailer, in the order of an Open Skies
//! message (OSCC formats, 1992). A draft has the same form, with words where number, date-time group and
//! releaser will stand.
//!
//! Never here: raw text from outside (all that leaves is safe to show), a look at signatures, a thing that
//! only one end knows, but in a note behind the trailer that says whose it is: both ends print the same form,
//! where both hold the regime whose format a message has.

mod content;
mod heading;
pub mod labels;
mod layout;
mod numbering;
pub mod wrap;

pub use heading::addressed;
pub use layout::{
    Direction, Line, Page, Piece, Weight, direction, isolates, label, on_pages, pages, text, within,
};

use std::collections::BTreeSet;

use heading::Rows;

use super::content::Kind;
use super::digest::Digest;
use super::form::Line as FormLine;
use super::message::{Acknowledgement, Message, Outgoing, Traffic};
use super::party::Party;
use super::text::{shown, shown_lines};
use super::transcription::{self, UNREAD_ORIGIN};
use super::translation::{Beside, REMARKS, SUBJECT};

/// What is printed.
#[derive(Clone, Copy, Debug)]
pub enum Paper<'m> {
    Message(&'m Message),
    /// The author of a draft is the Party that holds it; its bytes don't say.
    Draft {
        author: Option<Party>,
        outgoing: &'m Outgoing,
    },
}

/// What was read from the content.
#[derive(Clone, Copy, Debug)]
pub enum Body<'m> {
    /// A form, by its lines.
    Form(&'m [FormLine]),
    /// The same of what its author wrote down as another's, with the words for that other, safe to show.
    Transcription {
        origin: &'m str,
        lines: &'m [FormLine],
    },
    Acknowledgement(&'m Acknowledgement),
    /// Of an unknown kind, or not readable.
    NotShown,
}

/// An official form before it is laid out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    pub traffic: Traffic,
    pub standing: Standing,
    /// As the heading has it, safe to show; empty if there is none.
    pub marking: String,
    /// As the heading has it, safe to show.
    pub language: String,
    /// Of the message's signed payload, or of the draft's bytes.
    pub digest: Digest,
    pub rows: Vec<Row>,
}

/// Whether the form is that of a message or of a draft.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Released,
    Draft,
}

/// A label and what is stated under it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its name for programs; `content` for every line of the content.
    pub field: &'static str,
    pub region: Region,
    /// How far it is indented: 0 for the outermost.
    pub depth: usize,
    /// `1.`, `A.`, `(1)`; empty where rows are not numbered.
    pub mark: String,
    /// Never anything that a Party wrote, but the names of fields whose format is not known here.
    pub label: String,
    /// The lines as they were written, safe to show; none for the head of a group.
    pub text: Vec<String>,
}

/// Where the value stands on a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Region {
    Heading,
    Content,
}

/// The form of a message or a draft. `digest`: of the message's signed payload, or of the draft's bytes.
/// `marks`: what a reader must be told beside what the content says.
pub fn document(paper: Paper<'_>, digest: Digest, body: Body<'_>, marks: &[String]) -> Document {
    document_beside(paper, digest, body, marks, &[])
}

/// The same with translations beside the texts of the heading; those of the content stand in `body`. All that
/// the original states stands there as it does without them.
pub fn document_beside(
    paper: Paper<'_>,
    digest: Digest,
    body: Body<'_>,
    marks: &[String],
    translations: &[Beside],
) -> Document {
    let (outgoing, author, message) = match paper {
        Paper::Message(message) => (&message.draft, Some(message.author), Some(message)),
        Paper::Draft { author, outgoing } => (outgoing, author, None),
    };
    let mut rows = Rows::default();
    rows.head(labels::PRECEDENCE, outgoing.precedence.name());
    rows.head(labels::TRAFFIC, traffic(outgoing.traffic));
    let author = author.map_or_else(|| labels::NOT_IN_A_DRAFT.to_owned(), |party| party.to_string());
    match body {
        Body::Transcription { origin, .. } => rows.said(labels::FROM, transcription::from(origin, &author)),
        Body::NotShown if outgoing.kind == Kind::Transcription.name() => {
            rows.said(labels::FROM, transcription::from(UNREAD_ORIGIN, &author));
        }
        Body::Form(_) | Body::Acknowledgement(_) | Body::NotShown => rows.head(labels::FROM, &author),
    }
    rows.addressees(labels::TO, &outgoing.action);
    rows.addressees(labels::INFO, &outgoing.information);
    rows.head(labels::SUBJECT, stated(&outgoing.subject));
    rows.translated(translations, SUBJECT);
    rows.head(labels::MARKING, stated(&outgoing.marking));
    rows.releasable(&outgoing.releasable_to);
    rows.head(labels::LANGUAGE, stated(&outgoing.language));
    rows.translations(translations);
    rows.head(labels::KIND, &outgoing.kind);
    rows.head(labels::THREAD, &outgoing.thread.to_string());
    rows.person(labels::DRAFTER, &outgoing.drafter);
    match message {
        Some(message) => rows.person(labels::RELEASER, &message.releaser),
        None => rows.head(labels::RELEASER, labels::NOT_RELEASED),
    }
    rows.parts(&outgoing.parts);
    rows.number(message);
    rows.group(message, &outgoing.zone);
    rows.regime(outgoing.regime.as_ref());
    rows.references(&outgoing.references);
    rows.numbered(labels::CONTENT, Vec::new());
    content::put(&mut rows.rows, body, &outgoing.content, marks);
    rows.numbered(labels::REMARKS, shown_lines(stated(&outgoing.remarks)));
    rows.translated(translations, REMARKS);
    rows.numbered(labels::END, trailer(message, digest));
    Document {
        traffic: outgoing.traffic,
        standing: if message.is_some() { Standing::Released } else { Standing::Draft },
        marking: shown(&outgoing.marking),
        language: shown(&outgoing.language),
        digest,
        rows: rows.rows,
    }
}

impl Document {
    /// Every character that a page of it holds.
    pub fn characters(&self) -> BTreeSet<char> {
        let words = [self.marking.as_str(), labels::NOT_RELEASED, labels::PAGE_OF, "0123456789=abcdef"];
        let rows = self.rows.iter().flat_map(|row| {
            let texts = row.text.iter().map(String::as_str);
            texts.chain([row.mark.as_str(), row.label.as_str()])
        });
        words.into_iter().chain(rows).flat_map(str::chars).collect()
    }

    /// With what the Party that prints it knows beside it, behind the trailer.
    pub fn with_note(mut self, party: Party, notes: &[String]) -> Document {
        if !notes.is_empty() {
            let whose = format!("{} {party}:", labels::NOTED_BY);
            self.note(
                labels::BESIDE,
                std::iter::once(whose).chain(notes.iter().map(|note| shown(note))).collect(),
            );
        }
        self
    }

    /// With the original of what is a translation, behind the trailer: of each line how far it is indented, what it is
    /// called and what it says, safe to show.
    pub fn with_original(mut self, lines: Vec<(usize, String, Vec<String>)>) -> Document {
        let (field, region) = (labels::ORIGINAL.field, Region::Content);
        let row = |(depth, label, text)| Row { field, region, depth, mark: String::new(), label, text };
        self.rows.extend(lines.into_iter().map(row));
        self
    }

    fn note(&mut self, label: labels::Label, text: Vec<String>) {
        self.rows.push(Row {
            field: label.field,
            region: Region::Heading,
            depth: 0,
            mark: String::new(),
            label: label.words.to_owned(),
            text,
        });
    }

    /// The same with these characters written out as they are in `shown`, and a note at the end that names
    /// them: for a medium that can't show them.
    pub fn without(mut self, lacking: &BTreeSet<char>) -> Document {
        if lacking.is_empty() {
            return self;
        }
        let write_out = |text: &mut String| *text = written_out(text, lacking);
        write_out(&mut self.marking);
        self.rows.iter_mut().flat_map(|row| &mut row.text).for_each(write_out);
        let named: Vec<String> = lacking.iter().copied().map(escaped).collect();
        self.note(labels::LACKING, vec![labels::NO_FONT_HAS.to_owned(), named.join(" ")]);
        self
    }
}

/// The text with these characters written as their code points.
pub fn written_out(text: &str, lacking: &BTreeSet<char>) -> String {
    let written = |c: char| if lacking.contains(&c) { escaped(c) } else { c.into() };
    text.chars().map(written).collect()
}

/// As `shown` writes a character that it does not show.
pub fn escaped(character: char) -> String {
    format!("\\u{{{:x}}}", u32::from(character))
}

/// Repeats what the message is known by: a form without it was cut short.
fn trailer(message: Option<&Message>, digest: Digest) -> Vec<String> {
    let known_by = match message {
        Some(message) => {
            let (number, group) = (shown(stated(&message.number)), message.released_at.date_time_group());
            format!("{number} · {group} ·")
        }
        None => format!("{} ·", labels::NOT_RELEASED),
    };
    vec![known_by, digest.to_string()]
}

pub(super) fn traffic(traffic: Traffic) -> &'static str {
    match traffic {
        Traffic::Real => "REAL",
        Traffic::Drill => "DRILL",
    }
}

fn stated(text: &str) -> &str {
    if text.is_empty() { labels::NONE_STATED } else { text }
}
