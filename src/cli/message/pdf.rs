//! The pages of an official form as PDF, on A4: the same lines as in plain text. The same form and fonts
//! make the same bytes: no date, no random identifier.
//!
//! Never here: what stands on a page (`domain/official/`). The one place that counts in floating point,
//! which PDF does.

use std::collections::BTreeSet;

use krilla::geom::{Point, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;

use super::fonts::{Face, FontFiles, Fonts};
use super::setting::{self, Ink, Part, Setting};
use crate::cli::fault::Fault;
use crate::domain::digest::Digest;
use crate::domain::official::{self, Direction, Document, Page, Piece};
use crate::limits;

/// A4 (ISO 216), in points of 1/72 inch.
const PAGE_WIDTH: f32 = 595.276;
const PAGE_HEIGHT: f32 = 841.89;
const FONT_SIZE: f32 = 10.0;
/// From line to line.
const LEADING: f32 = 12.0;
/// How wide a column is, in parts of the font's size: a character of DejaVu Sans Mono.
const COLUMN: f32 = 0.602_05;
/// From the top of a line to where its characters stand, in parts of the font's size.
const ASCENT: f32 = 0.93;

/// A form as PDF.
pub struct Pdf {
    pub bytes: Vec<u8>,
    pub pages: usize,
    /// Characters that no font has: written out, and named at the end of the form.
    pub lacking: usize,
}

/// # Errors
/// A font that can't be used or embedded.
pub fn of(document: Document, files: &FontFiles) -> Result<Pdf, Fault> {
    let mut fonts = Fonts::of(files)?;
    let lacking = fonts.lacking(document.characters());
    let document = document.without(&lacking);
    let pages = official::pages(&document);
    let metadata = metadata(&format!("Message {}", document.digest), document.digest, &document.language);
    Ok(Pdf { bytes: drawn(&pages, metadata, fonts)?, pages: pages.len(), lacking: lacking.len() })
}

/// Pages that are no message's form, with a title and the digest that they are known by. They are laid out again with
/// the characters that no font has, so that these are written out.
///
/// # Errors
/// A font that can't be used or embedded.
pub fn of_pages(
    laid_out: impl Fn(&BTreeSet<char>) -> Vec<Page>,
    (title, digest, language): (&str, Digest, &str),
    files: &FontFiles,
) -> Result<Pdf, Fault> {
    let mut fonts = Fonts::of(files)?;
    let mut pages = laid_out(&BTreeSet::new());
    let pieces = pages.iter().flat_map(|page| &page.0).flat_map(|line| &line.0);
    let lacking = fonts.lacking(pieces.flat_map(|piece| piece.text.chars()).collect());
    if !lacking.is_empty() {
        pages = laid_out(&lacking);
    }
    let metadata = metadata(title, digest, language);
    Ok(Pdf { bytes: drawn(&pages, metadata, fonts)?, pages: pages.len(), lacking: lacking.len() })
}

fn drawn(pages: &[Page], metadata: Metadata, mut fonts: Fonts<'_>) -> Result<Vec<u8>, Fault> {
    let mut pdf = krilla::Document::new();
    pdf.set_metadata(metadata);
    for page in pages {
        let settings = settings(page).ok_or_else(|| Fault::new("a page of this form has no size"))?;
        let mut paper = pdf.start_page_with(settings);
        let mut surface = paper.surface();
        draw(page, &mut fonts, &mut surface);
        surface.finish();
        paper.finish();
    }
    pdf.finish().map_err(|fault| Fault::new(format!("the PDF was not made: {fault}")))
}

fn metadata(title: &str, digest: Digest, language: &str) -> Metadata {
    let metadata = Metadata::new().title(title.to_owned()).document_id(digest.to_string());
    let is_tag =
        |tag: &str| !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_tag(language) { metadata.language(language.to_owned()) } else { metadata }
}

/// A page of more lines than usual is longer.
fn settings(page: &Page) -> Option<PageSettings> {
    let more = page.0.len().saturating_sub(limits::OFFICIAL_FORM_PAGE_LINES);
    PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT + columns(more) * LEADING)
}

fn draw(page: &Page, fonts: &mut Fonts<'_>, surface: &mut Surface<'_>) {
    let top = (PAGE_HEIGHT - columns(limits::OFFICIAL_FORM_PAGE_LINES) * LEADING) / 2.0;
    let left = (PAGE_WIDTH - columns(limits::OFFICIAL_FORM_COLUMNS) * COLUMN * FONT_SIZE) / 2.0;
    for (number, line) in page.0.iter().enumerate() {
        let y = top + columns(number) * LEADING + ASCENT * FONT_SIZE;
        for piece in &line.0 {
            let setting = setting::set(piece, fonts);
            draw_piece(piece, &setting, Point::from_xy(left, y), fonts, surface);
        }
    }
}

/// Within its columns. Where characters of another font than the typewriter's are wider, all of them are
/// set smaller: nothing runs into what stands beside it, and nothing is cut.
fn draw_piece(piece: &Piece, setting: &Setting, from: Point, fonts: &Fonts<'_>, surface: &mut Surface<'_>) {
    let room = columns(piece.columns) * COLUMN;
    let size = if setting.width > room { FONT_SIZE * room / setting.width } else { FONT_SIZE };
    let mut x = from.x + columns(piece.column) * COLUMN * FONT_SIZE;
    match piece.direction {
        Direction::LeftToRight => {}
        Direction::RightToLeft => x += room * FONT_SIZE - setting.width * size,
    }
    for run in &setting.runs {
        if let Some(face) = fonts.face(run.face) {
            for part in &run.parts {
                let point = Point::from_xy(x + (run.left + part.left) * size, from.y);
                draw_part(part, &run.text, face, (point, size), surface);
            }
        }
    }
}

fn draw_part(part: &Part, text: &str, face: &Face<'_>, (at, size): (Point, f32), surface: &mut Surface<'_>) {
    let font = face.font.clone();
    match part.ink {
        Ink::Text => surface.draw_glyphs(at, &part.glyphs, font, text, size, false),
        Ink::Shape => surface.draw_glyphs(at, &part.glyphs, font, text, size, true),
        Ink::Letter(wider) => {
            surface.set_fill(Some(Fill { opacity: NormalizedF32::ZERO, ..Fill::default() }));
            surface.push_transform(&Transform::from_row(wider, 0.0, 0.0, 1.0, at.x, at.y));
            surface.draw_glyphs(Point::from_xy(0.0, 0.0), &part.glyphs, font, text, size, false);
            surface.pop();
            surface.set_fill(None);
        }
    }
}

fn columns(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
