//! Pages of lines of 80 columns, and the plain text of them.
//!
//! Nothing that a Party wrote stands left of the column where values begin, and where its line had to be
//! broken what follows is indented: no text can pass for a label, or for another value. Text that runs from
//! right to left stays in its logical order, isolated (Unicode Standard Annex 9), so that no line turns
//! what stands beside it. Never here: fonts, or the order of characters on paper.

use unicode_bidi::{BidiClass, bidi_class};

use super::labels::{self, Label};
use super::wrap::{columns, wrapped};
use super::{Document, Region, Row, Standing, traffic};
use crate::limits;

/// Where values of the heading begin.
const HEADING_VALUES: usize = 22;
/// Where values of the content begin.
const CONTENT_VALUES: usize = 34;
/// Where a digest begins, which is the whole rest of the line: it is never broken.
const DIGESTS: usize = limits::OFFICIAL_FORM_COLUMNS - 64;
const INDENT_OF_HEADING: usize = 2;
const INDENT_OF_CONTENT: usize = 3;
/// Rows deeper than this are not indented any further, so that labels keep room.
const INDENTED_DEPTH_MAX: usize = 5;
const GAP: usize = 2;
/// A row of more lines goes on on the next page.
const SHORT_ROW_LINES_MAX: usize = 4;

/// Lines of one page, from its head to its foot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page(pub Vec<Line>);

/// Pieces from left to right; none for an empty line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line(pub Vec<Piece>);

/// Text that is set by itself: nothing in it moves what stands beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Where it begins, counted from 0.
    pub column: usize,
    /// How many columns it may take.
    pub columns: usize,
    /// Of the whole text that this is a line of.
    pub direction: Direction,
    pub weight: Weight,
    /// In logical order, safe to show.
    pub text: String,
}

/// In which direction a line is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    LeftToRight,
    RightToLeft,
}

/// Words of the form stand out from what a message states.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    Label,
    Value,
}

/// The whole form on pages, each with head and foot.
pub fn pages(document: &Document) -> Vec<Page> {
    let marking = marking(document);
    let above = |number, count| {
        let mut lines = vec![head(document, number, count)];
        lines.extend(marking.iter().cloned());
        lines
    };
    let mut below = marking.clone();
    below.push(foot(document));
    let body = together(document.rows.iter().map(row), room(&above(1, 1), &below));
    on_pages(&body, above, &below)
}

/// All rows, one below the other, on pages with room for so many lines. A short one is not parted by the end of a page,
/// so that no label is left there with its digest on the next: empty lines stand before it.
fn together(rows: impl Iterator<Item = Vec<Line>>, room: usize) -> Vec<Line> {
    let mut body: Vec<Line> = Vec::new();
    for row in rows {
        let left = room.saturating_sub(body.len().checked_rem(room).unwrap_or_default());
        if row.len() > left && row.len() <= SHORT_ROW_LINES_MAX {
            body.resize(body.len().saturating_add(left), Line::default());
        }
        body.extend(row);
    }
    body
}

/// How many lines a page has between a head and a foot, and a rule beside each.
fn room(head: &[Line], foot: &[Line]) -> usize {
    let around = head.len().saturating_add(foot.len()).saturating_add(2);
    limits::OFFICIAL_FORM_PAGE_LINES.saturating_sub(around).max(limits::OFFICIAL_FORM_BODY_LINES_MIN)
}

/// Lines on pages, each between a head, which is given the page's number and how many there are, and a foot. A rule
/// stands between them and the lines.
pub fn on_pages(body: &[Line], head: impl Fn(usize, usize) -> Vec<Line>, foot: &[Line]) -> Vec<Page> {
    let room = room(&head(1, 1), foot);
    let count = body.len().div_ceil(room).max(1);
    let mut pages = Vec::with_capacity(count);
    for (index, lines) in body.chunks(room).enumerate() {
        let mut page = head(index.saturating_add(1), count);
        page.push(rule());
        page.extend(lines.iter().cloned());
        // The foot stands at the bottom of the last page too.
        page.resize(page.len().saturating_add(room.saturating_sub(lines.len())), Line::default());
        page.push(rule());
        page.extend(foot.iter().cloned());
        pages.push(Page(page));
    }
    pages
}

/// The pages as plain text, a form feed before each but the first.
pub fn text(pages: &[Page]) -> String {
    let pages: Vec<String> = pages.iter().map(Page::text).collect();
    pages.join("\u{c}")
}

impl Page {
    fn text(&self) -> String {
        self.0.iter().map(|line| line.text() + "\n").collect()
    }
}

impl Line {
    /// As plain text, with no line break behind it.
    pub fn text(&self) -> String {
        let (mut out, mut at) = (String::new(), 0_usize);
        for piece in self.0.iter().filter(|piece| !piece.text.is_empty()) {
            let taken = columns(&piece.text);
            let begins = match piece.direction {
                Direction::LeftToRight => piece.column,
                Direction::RightToLeft => {
                    piece.column.saturating_add(piece.columns).saturating_sub(taken).max(piece.column)
                }
            };
            out.extend(std::iter::repeat_n(' ', begins.saturating_sub(at)));
            out.push_str(&isolated(piece));
            at = begins.max(at).saturating_add(taken);
        }
        out
    }
}

/// With marks that keep its directions within it, where it has any but left to right.
fn isolated(piece: &Piece) -> String {
    match isolates(&piece.text, piece.direction) {
        Some((before, after)) => format!("{before}{}{after}", piece.text),
        None => piece.text.clone(),
    }
}

/// What stands before and after a text so that its directions stay within it; `None` where all is left to right.
pub fn isolates(text: &str, direction: Direction) -> Option<(char, char)> {
    let turns = text.chars().any(|c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN));
    match direction {
        Direction::RightToLeft => Some(('\u{2067}', '\u{2069}')),
        Direction::LeftToRight => turns.then_some(('\u{2066}', '\u{2069}')),
    }
}

/// By the first character that has a direction (Unicode Standard Annex 9, P2 and P3). Text that is safe
/// to show holds no isolates.
pub fn direction(text: &str) -> Direction {
    let strong = text
        .chars()
        .map(bidi_class)
        .find(|class| matches!(class, BidiClass::L | BidiClass::R | BidiClass::AL));
    match strong {
        Some(BidiClass::R | BidiClass::AL) => Direction::RightToLeft,
        Some(_) | None => Direction::LeftToRight,
    }
}

/// Words of the form, which no Party wrote.
pub fn label(column: usize, text: impl Into<String>) -> Piece {
    let columns = limits::OFFICIAL_FORM_COLUMNS.saturating_sub(column);
    Piece { column, columns, direction: Direction::LeftToRight, weight: Weight::Label, text: text.into() }
}

fn rule() -> Line {
    Line(vec![label(0, "=".repeat(limits::OFFICIAL_FORM_COLUMNS))])
}

fn head(document: &Document, number: usize, count: usize) -> Line {
    let page = format!("Page {number} of {count}");
    let mut pieces = vec![label(0, traffic(document.traffic))];
    match document.standing {
        Standing::Draft => pieces.push(label(HEADING_VALUES, labels::NOT_RELEASED)),
        Standing::Released => {}
    }
    pieces.push(label(limits::OFFICIAL_FORM_COLUMNS.saturating_sub(page.len()), page));
    Line(pieces)
}

fn foot(document: &Document) -> Line {
    Line(vec![label(0, traffic(document.traffic)), label(DIGESTS, document.digest.to_string())])
}

fn digest_at_the_edge(digest: &str) -> Piece {
    Piece { weight: Weight::Value, ..label(DIGESTS, digest) }
}

fn marking(document: &Document) -> Vec<Line> {
    if document.marking.is_empty() {
        return Vec::new();
    }
    let Label { field, words } = labels::MARKING;
    let marking = Row {
        field,
        region: Region::Heading,
        depth: 0,
        mark: String::new(),
        label: words.to_owned(),
        text: vec![document.marking.clone()],
    };
    row(&marking)
}

/// A row's label and value side by side; a digest on lines of its own, below.
fn row(row: &Row) -> Vec<Line> {
    let (values, indent) = match row.region {
        Region::Heading => (HEADING_VALUES, INDENT_OF_HEADING),
        Region::Content => (CONTENT_VALUES, INDENT_OF_CONTENT),
    };
    let outermost = match row.region {
        Region::Heading => 0,
        Region::Content => INDENT_OF_CONTENT,
    };
    let left = row.depth.min(INDENTED_DEPTH_MAX).saturating_mul(indent).saturating_add(outermost);
    let (texts, digest) = match row.text.split_last() {
        Some((last, before)) if is_digest(last) => (before, Some(last)),
        Some(_) | None => (row.text.as_slice(), None),
    };
    let mut lines: Vec<Line> =
        labelled(row, left, values).into_iter().map(|piece| Line(vec![piece])).collect();
    let stated: Vec<Piece> = texts.iter().flat_map(|text| value(text, values)).collect();
    lines.resize(lines.len().max(stated.len()), Line::default());
    for (line, piece) in lines.iter_mut().zip(stated) {
        line.0.push(piece);
    }
    lines.extend(digest.map(|digest| Line(vec![digest_at_the_edge(digest)])));
    lines
}

fn labelled(row: &Row, left: usize, values: usize) -> Vec<Piece> {
    let after_mark =
        if row.mark.is_empty() { left } else { left.saturating_add(columns(&row.mark)).saturating_add(1) };
    let room = values.saturating_sub(GAP).saturating_sub(after_mark).max(1);
    let mut pieces: Vec<Piece> =
        wrapped(&row.label, room, room).into_iter().map(|text| label(after_mark, text)).collect();
    if let Some(first) = pieces.first_mut().filter(|_| !row.mark.is_empty()) {
        *first = label(left, format!("{} {}", row.mark, first.text));
    }
    pieces
}

/// The lines that one line as written takes. Those after the first are indented, from the side where it
/// begins.
fn value(text: &str, at: usize) -> Vec<Piece> {
    within(text, at, limits::OFFICIAL_FORM_COLUMNS.saturating_sub(at), GAP)
}

/// The same within so many columns from one on, those after the first indented by so many.
pub fn within(text: &str, at: usize, room: usize, indent: usize) -> Vec<Piece> {
    let direction = direction(text);
    let lines = wrapped(text, room, room.saturating_sub(indent));
    let piece = |(index, text): (usize, &str)| {
        let indent = if index > 0 { indent } else { 0 };
        let column = match direction {
            Direction::LeftToRight => at.saturating_add(indent),
            Direction::RightToLeft => at,
        };
        let columns = room.saturating_sub(indent);
        Piece { column, columns, direction, weight: Weight::Value, text: text.to_owned() }
    };
    lines.into_iter().enumerate().map(piece).collect()
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
