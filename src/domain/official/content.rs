//! What a message says, as lettered paragraphs under the one that is called content.
//!
//! Never here: content left out. What can't be read is said so, with its size and digest.

use bytes::Bytes;

use super::labels::{self, Label};
use super::numbering::Numbering;
use super::{Body, Region, Row, stated};
use crate::domain::digest::Digest;
use crate::domain::form::{Line, Whose};
use crate::domain::text::shown;

/// Puts the rows of the content behind those that are there.
pub fn put(rows: &mut Vec<Row>, body: Body<'_>, content: &Bytes, marks: &[String]) {
    let mut out = Paragraphs { rows, numbering: Numbering::default() };
    match body {
        Body::Form(lines) | Body::Transcription { lines, .. } => {
            for line in lines {
                // A line without a label goes on with the text before it.
                match out.rows.last_mut() {
                    Some(row) if line.label.is_empty() => row.text.push(line.value.clone()),
                    Some(_) | None => {
                        let text = if line.value.is_empty() { Vec::new() } else { vec![line.value.clone()] };
                        out.line(line, text);
                    }
                }
            }
            for mark in marks {
                out.said(0, labels::NOTE, mark);
            }
        }
        Body::Acknowledgement(read) => {
            out.said(0, labels::READ, &read.message.to_string());
            out.said(0, labels::READ_BY, stated(&read.officer.name));
            out.said(1, labels::PERSON_OFFICE, stated(&read.officer.office));
            out.said(1, labels::PERSON_KEY, &read.officer.key_digest.to_string());
            out.said(0, labels::READ_AT, &read.read_at.to_string());
        }
        Body::NotShown => {
            for mark in marks {
                out.said(0, labels::NOT_SHOWN, mark);
            }
            out.said(0, labels::CONTENT_DIGEST, &Digest::of(content).to_string());
        }
    }
}

struct Paragraphs<'r> {
    rows: &'r mut Vec<Row>,
    numbering: Numbering,
}

impl Paragraphs<'_> {
    fn put(&mut self, depth: usize, label: String, text: Vec<String>) {
        let mark = self.numbering.next(depth);
        let field = labels::CONTENT.field;
        self.rows.push(Row { field, region: Region::Content, depth, mark, label, text });
    }

    /// Only what the author says is numbered: what stands beside it changes no paragraph's mark.
    fn line(&mut self, line: &Line, text: Vec<String>) {
        let field = match line.whose {
            Whose::Author => return self.put(line.depth, line.label.clone(), text),
            Whose::Translator => labels::TRANSLATION.field,
            Whose::Another => labels::HANDED_ON.field,
        };
        let (mark, label) = (String::new(), line.label.clone());
        self.rows.push(Row { field, region: Region::Content, depth: line.depth, mark, label, text });
    }

    fn said(&mut self, depth: usize, label: Label, text: &str) {
        self.put(depth, label.words.to_owned(), vec![shown(text)]);
    }
}
