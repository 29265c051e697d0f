//! One piece of a line set in type: its characters in the order in which they stand on paper (Unicode
//! Standard Annex 9), each in a font that has it, shaped by the rules of its script.
//!
//! Readers of a PDF take what runs from right to left glyph by glyph from the left, and turn it around. A glyph
//! of several characters, such as lam with alef, some turn around with the rest, others not. So there it is
//! drawn as a shape, and its characters stand one by one in its place to be read.
//!
//! Never here: a break of lines (`domain/official/`), a character left out.

use std::ops::Range;

use harfrust::Script;
use krilla::text::{GlyphId, KrillaGlyph};
use unicode_bidi::{BidiInfo, Level};

use super::fonts::{self, Face, Fonts, Order, Shaped};
use crate::domain::official::{Direction, Piece};

/// The room of a mark that is read by itself, in parts of the font's size. pdftotext takes what stands closer
/// for the same character drawn twice, and what stands further apart for another word (a tenth each).
const MARK: f32 = 0.1;

/// Runs in logical order, in which a reader takes them out of the PDF again.
pub struct Setting {
    pub runs: Vec<Run>,
    /// In parts of the font's size.
    pub width: f32,
}

/// Characters of one font, one script and one direction.
pub struct Run {
    pub face: usize,
    pub text: String,
    /// From left to right; what is read in the place of a shape comes after it.
    pub parts: Vec<Part>,
    /// Where it begins on paper, from the left, in parts of the font's size.
    pub left: f32,
    /// Where it begins in the piece (bytes).
    start: usize,
    width: f32,
}

/// Glyphs that are put into the PDF at once.
pub struct Part {
    pub glyphs: Vec<KrillaGlyph>,
    pub ink: Ink,
    /// Where it begins in its run, from the left, in parts of the font's size.
    pub left: f32,
}

/// Whether it is seen, and whether it is read.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Ink {
    Text,
    /// Seen only.
    Shape,
    /// Read only, this many times as wide as the font has it.
    Letter(f32),
}

/// Sets a piece. What no font has was written out before.
pub fn set(piece: &Piece, fonts: &mut Fonts<'_>) -> Setting {
    let base = match piece.direction {
        Direction::LeftToRight => Level::ltr(),
        Direction::RightToLeft => Level::rtl(),
    };
    let bidi = BidiInfo::new(&piece.text, Some(base));
    let (mut runs, mut width) = (Vec::new(), 0.0);
    for paragraph in &bidi.paragraphs {
        let (levels, ranges) = bidi.visual_runs(paragraph, paragraph.range.clone());
        for range in ranges {
            let backwards = levels.get(range.start).is_some_and(Level::is_rtl);
            let order = if backwards { Order::RightToLeft } else { piece.weight.into() };
            let start = range.start;
            let Some(text) = piece.text.get(range) else { continue };
            let mut stretches = stretches(text, order, fonts);
            if backwards {
                stretches.reverse();
            }
            let direction =
                if backwards { harfrust::Direction::RightToLeft } else { harfrust::Direction::LeftToRight };
            for stretch in stretches {
                if let Some(mut run) = run(text, &stretch, direction, fonts) {
                    run.left = width;
                    run.start = run.start.saturating_add(start);
                    width += run.width;
                    runs.push(run);
                }
            }
        }
    }
    runs.sort_by_key(|run: &Run| run.start);
    Setting { runs, width }
}

/// A part of a text that is shaped at once.
struct Stretch {
    range: Range<usize>,
    face: usize,
    script: Option<Script>,
}

/// In logical order. Marks stay with what they stand on, spaces and signs with what is before them. From
/// right to left each word is one of its own: glyphs stand in the PDF from left to right, words in order.
fn stretches(text: &str, order: Order, fonts: &mut Fonts<'_>) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    let mut word_ended = false;
    for (at, character) in text.char_indices() {
        let end = at.saturating_add(character.len_utf8());
        let script = fonts::script(character);
        let face = fonts.with(order, character).unwrap_or_default();
        match all.last_mut() {
            Some(last) if !word_ended && goes_with(last, face, script, character, fonts) => {
                last.range.end = end;
                last.script = last.script.or(script);
            }
            Some(_) | None => all.push(Stretch { range: at..end, face, script }),
        }
        word_ended = order == Order::RightToLeft && character == ' ';
    }
    all
}

fn goes_with(
    last: &Stretch,
    face: usize,
    script: Option<Script>,
    character: char,
    fonts: &Fonts<'_>,
) -> bool {
    let same_script = script.is_none() || last.script.is_none() || script == last.script;
    let stands_on_it = unicode_width::UnicodeWidthChar::width(character) == Some(0);
    let in_its_font = || fonts.face(last.face).is_some_and(|face| face.has(character));
    same_script && (last.face == face || (stands_on_it && in_its_font()))
}

fn run(text: &str, stretch: &Stretch, direction: harfrust::Direction, fonts: &Fonts<'_>) -> Option<Run> {
    let text = text.get(stretch.range.clone())?;
    let face = fonts.face(stretch.face)?;
    let shaped = face.shape(text, direction, stretch.script);
    let width = shaped.iter().map(|shaped| shaped.advance).sum();
    let mut starts: Vec<usize> = shaped.iter().map(|shaped| shaped.cluster).collect();
    starts.sort_unstable();
    if direction == harfrust::Direction::RightToLeft {
        starts.retain(|start| *start == 0 || !text.get(*start..).is_some_and(is_joiner));
    }
    let glyph = |shaped: &Shaped| {
        let place = starts.partition_point(|start| *start <= shaped.cluster);
        let start = place.checked_sub(1).and_then(|before| starts.get(before)).copied();
        let end = starts.get(place).copied().unwrap_or(text.len());
        glyph(shaped, start.unwrap_or(shaped.cluster)..end)
    };
    let glyphs: Vec<KrillaGlyph> = shaped.iter().map(glyph).collect();
    let parts = match direction {
        harfrust::Direction::RightToLeft => read_one_by_one(text, glyphs, face),
        _ => vec![Part { glyphs, ink: Ink::Text, left: 0.0 }],
    };
    Some(Run {
        face: stretch.face,
        text: text.to_owned(),
        parts,
        left: 0.0,
        start: stretch.range.start,
        width,
    })
}

/// Of no width, and no mark: it says how the characters beside it are joined, and is read with that before it.
fn is_joiner(text: &str) -> bool {
    text.starts_with(['\u{200c}', '\u{200d}'])
}

fn glyph(shaped: &Shaped, text_range: Range<usize>) -> KrillaGlyph {
    KrillaGlyph {
        glyph_id: GlyphId::new(shaped.glyph),
        text_range,
        x_advance: shaped.advance,
        x_offset: shaped.right,
        y_offset: shaped.up,
        y_advance: 0.0,
        location: None,
    }
}

fn width(glyphs: &[KrillaGlyph]) -> f32 {
    glyphs.iter().map(|glyph| glyph.x_advance).sum()
}

/// Glyphs of several characters become shapes, with their characters in their place.
fn read_one_by_one(text: &str, glyphs: Vec<KrillaGlyph>, face: &Face<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut left = 0.0;
    for together in glyphs.chunk_by(|one, next| one.text_range == next.text_range) {
        let letters =
            together.first().map(|glyph| letters(text, &glyph.text_range, face)).unwrap_or_default();
        let room = width(together);
        if letters.len() > 1 {
            parts.push(Part { glyphs: together.to_vec(), ink: Ink::Shape, left });
            set_letters(letters, left, room, &mut parts);
        } else {
            match parts.last_mut() {
                Some(Part { glyphs, ink: Ink::Text, .. }) => glyphs.extend_from_slice(together),
                Some(_) | None => parts.push(Part { glyphs: together.to_vec(), ink: Ink::Text, left }),
            }
        }
        left += room;
    }
    parts
}

/// The characters, each by the glyph that it has alone, in logical order. One that has none in this font, such
/// as a joiner, is read with the one before it.
fn letters(text: &str, range: &Range<usize>, face: &Face<'_>) -> Vec<KrillaGlyph> {
    let mut all: Vec<KrillaGlyph> = Vec::new();
    let within = text.get(range.clone()).unwrap_or_default();
    for (at, character) in within.char_indices() {
        let start = range.start.saturating_add(at);
        let end = start.saturating_add(character.len_utf8());
        match (face.letter(character), all.last_mut()) {
            (None, Some(before)) => before.text_range.end = end,
            (None, None) => {}
            (Some(shaped), _) => all.push(glyph(&shaped, start..end)),
        }
    }
    all
}

/// From the right of the room to its left. Marks get a little of it, so that they stand behind each other.
fn set_letters(letters: Vec<KrillaGlyph>, left: f32, room: f32, parts: &mut Vec<Part>) {
    let is_mark = |letter: &KrillaGlyph| letter.x_advance <= 0.0;
    let (count, marks) = (count(letters.len()), count(letters.iter().filter(|one| is_mark(one)).count()));
    let of_mark = MARK.min(room / count);
    let of_other = (room - of_mark * marks) / (count - marks).max(1.0);
    let mut right = left + room;
    let mut from_the_right = Vec::new();
    for mut letter in letters {
        let (own, wider) =
            if is_mark(&letter) { (of_mark, 1.0) } else { (of_other, of_other / letter.x_advance) };
        right -= own;
        (letter.x_offset, letter.y_offset) = (0.0, 0.0);
        let wider = if wider > 0.0 { wider } else { 1.0 };
        from_the_right.push(Part { glyphs: vec![letter], ink: Ink::Letter(wider), left: right });
    }
    parts.extend(from_the_right.into_iter().rev());
}

fn count(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
