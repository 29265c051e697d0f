//! A row put into the cells of the screen.
//!
//! Never here: text that was not made safe to show, or a direction of writing that reaches beyond its piece.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Modifier, Style};

use super::rows::{Row, Weight};
use crate::domain::official::isolates;
use crate::domain::official::wrap::columns;

/// On line `y`, which is then the next one; below the screen nothing is put.
pub fn put(buffer: &mut Buffer, y: &mut usize, row: &Row) {
    let area = *buffer.area();
    let at = u16::try_from(*y).ok().map(|y| area.y.saturating_add(y)).filter(|y| *y < area.bottom());
    *y = y.saturating_add(1);
    let Some(at) = at else { return };
    for piece in &row.pieces {
        let column = u16::try_from(piece.column).unwrap_or(u16::MAX);
        let x = area.x.saturating_add(column);
        if x >= area.right() {
            continue;
        }
        let room = usize::from(area.right().saturating_sub(x));
        let (end, _) = buffer.set_stringn(x, at, &piece.text, room, Style::new());
        // Directions stay within the piece, as everywhere else in print.
        if let Some((before, after)) = isolates(&piece.text, piece.direction) {
            // The cell behind the piece may be written by another one.
            let last = last_cell(buffer, x, end, at);
            mark(buffer, x, at, |symbol| format!("{before}{symbol}"));
            mark(buffer, last, at, |symbol| format!("{symbol}{after}"));
        }
    }
    let modifier = match row.weight {
        Weight::Plain => return,
        Weight::Bold => Modifier::BOLD,
        Weight::Reverse => Modifier::REVERSED,
    };
    let whole = Rect { y: at, height: 1, ..area };
    buffer.set_style(whole, Style::new().add_modifier(modifier));
}

/// Where the last character of what stands from `x` up to `end` begins: it may take two cells.
fn last_cell(buffer: &Buffer, x: u16, end: u16, y: u16) -> u16 {
    let (mut last, mut next) = (x, x);
    while next < end {
        last = next;
        let wide = buffer.cell((next, y)).map_or(1, |cell| columns(cell.symbol()).max(1));
        next = next.saturating_add(u16::try_from(wide).unwrap_or(u16::MAX));
    }
    last
}

fn mark(buffer: &mut Buffer, x: u16, y: u16, change: impl FnOnce(&str) -> String) {
    if let Some(cell) = buffer.cell_mut((x, y)) {
        let changed = change(cell.symbol());
        cell.set_symbol(&changed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::rows::Piece;
    use crate::domain::official::direction;

    fn drawn(texts: &[(usize, &str)]) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
        let piece = |(column, text): &(usize, &str)| Piece {
            column: *column,
            direction: direction(text),
            text: (*text).to_owned(),
        };
        put(&mut buffer, &mut 0, &Row { pieces: texts.iter().map(piece).collect(), weight: Weight::Plain });
        (0..20).filter_map(|x| buffer.cell((x, 0))).map(|cell| cell.symbol()).collect::<String>()
    }

    #[test]
    fn a_direction_ends_with_its_piece_whatever_stands_right_behind_it() {
        assert_eq!(drawn(&[(0, "שלום"), (4, "| shin")]).trim_end(), "\u{2067}שלום\u{2069}| shin");
        // A wide character at the very edge, and a mark that stands on another.
        let edge = format!("{}大", "ש".repeat(18));
        assert!(drawn(&[(0, &edge)]).contains("大\u{2069}"));
        assert_eq!(drawn(&[(0, "שָׁ"), (1, "|")]).trim_end(), "\u{2067}שָׁ\u{2069}|");
    }
}
