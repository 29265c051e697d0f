//! One piece of a line set in type: its characters in the order in which they stand on paper (Unicode
//! Standard Annex 9), each in a font that has it, shaped by the rules of its script.
//!
//! Never here: a break of lines (`domain/official/`), a character left out.

use std::ops::Range;

use harfrust::Script;
use krilla::text::{GlyphId, KrillaGlyph};
use unicode_bidi::{BidiInfo, Level};

use super::fonts::{self, Fonts, Order, Shaped};
use crate::domain::official::{Direction, Piece};

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
    pub glyphs: Vec<KrillaGlyph>,
    /// Where it begins on paper, from the left, in parts of the font's size.
    pub left: f32,
    /// Where it begins in the piece (bytes).
    start: usize,
    width: f32,
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
    let shaped = fonts.face(stretch.face)?.shape(text, direction, stretch.script);
    let mut starts: Vec<usize> = shaped.iter().map(|shaped| shaped.cluster).collect();
    starts.sort_unstable();
    let glyph = |shaped: &Shaped| {
        let after = starts.get(starts.partition_point(|start| *start <= shaped.cluster)).copied();
        KrillaGlyph {
            glyph_id: GlyphId::new(shaped.glyph),
            text_range: shaped.cluster..after.unwrap_or(text.len()),
            x_advance: shaped.advance,
            x_offset: shaped.right,
            y_offset: shaped.up,
            y_advance: 0.0,
            location: None,
        }
    };
    let glyphs: Vec<KrillaGlyph> = shaped.iter().map(glyph).collect();
    let width = shaped.iter().map(|shaped| shaped.advance).sum();
    let (face, start) = (stretch.face, stretch.range.start);
    Some(Run { face, text: text.to_owned(), glyphs, left: 0.0, start, width })
}
