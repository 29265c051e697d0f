//! A session's transcript on pages of A4: the same lines as in plain text, and at their end the exact lines that both
//! sign, so that a sheet can be held against the other side's.
//!
//! Never here: what was said and what became of it (`page.rs`), fonts (`cli/message/`).

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::page::{self, Sheet};
use crate::cli::fault::Fault;
use crate::cli::message::{Pdf, pdf_of_pages};
use crate::codec::message::traffic_mark;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::official::labels::NO_FONT_HAS;
use crate::domain::official::{Line, Page, escaped, label, on_pages};
use crate::limits::OFFICIAL_FORM_COLUMNS as COLUMNS;

/// Where the name of the paper stands in its head.
const NAME: usize = 22;

/// `signed`: the lines of the transcript as the node gave them, of which `digest` is made.
///
/// # Errors
/// No font, or one that can't be used.
pub(super) fn pdf(
    whole: &calls::ShowSessionResponse,
    signed: &str,
    digest: &Digest,
    fonts: &[PathBuf],
) -> Result<Pdf, Fault> {
    let languages = whole.session.as_ref().map(|session| &session.languages[..]).unwrap_or_default();
    let language = languages.first().map(String::as_str).unwrap_or_default();
    let title = format!("Hotline transcript {digest}");
    pdf_of_pages(|lacking| pages(whole, signed, digest, lacking), (title.as_str(), *digest, language), fonts)
}

fn pages(
    whole: &calls::ShowSessionResponse,
    signed: &str,
    digest: &Digest,
    lacking: &BTreeSet<char>,
) -> Vec<Page> {
    let mut sheet = Sheet::without(lacking);
    page::transcript_on(&mut sheet, whole, signed, digest);
    sheet.gap();
    sheet.put("What both sign, line by line:");
    for line in signed.lines() {
        sheet.put(line);
    }
    if !lacking.is_empty() {
        sheet.gap();
        let named: Vec<String> = lacking.iter().copied().map(escaped).collect();
        sheet.put(NO_FONT_HAS);
        sheet.put(&named.join(" "));
    }
    let mark = whole.session.as_ref().map(|session| traffic_mark(session.traffic)).unwrap_or_default();
    let head = |number: usize, count: usize| {
        let page = format!("Page {number} of {count}");
        let at = COLUMNS.saturating_sub(page.len());
        vec![Line(vec![label(0, mark), label(NAME, "HOTLINE TRANSCRIPT"), label(at, page)])]
    };
    let digest = digest.to_string();
    let foot = [Line(vec![label(0, mark), label(COLUMNS.saturating_sub(digest.len()), digest)])];
    on_pages(&sheet.lines, head, &foot)
}
