//! A row put into the cells of the screen.
//!
//! Never here: text that was not made safe to show, or a direction of writing that reaches beyond its piece.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Modifier, Style};

use super::rows::{Row, Weight};
use crate::domain::official::wrap::columns;
use crate::domain::official::{Direction, isolates};

/// On line `y`, which is then the next one; below the screen nothing is put. The pieces stand from left to right.
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
        if let Some((before, after)) = isolates(&piece.text, piece.direction)
            && let Some(outside) = outside(buffer, x, end, at, piece.direction)
        {
            // A terminal hangs what has no width on the cell before, and drops it with what stands there: both marks
            // belong to the cell behind which they go out. The cell behind the piece may be written by another one.
            let last = begins(buffer, x, end, at).last().copied().unwrap_or(x);
            mark(buffer, outside, at, before);
            mark(buffer, last, at, after);
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

/// The cell before the first one that is turned. `None` where nothing is, or where it stands in the first column: then
/// nothing is marked, since no cell is there for it.
fn outside(buffer: &Buffer, x: u16, end: u16, y: u16, direction: Direction) -> Option<u16> {
    let turns = |at: &u16| {
        let cell = buffer.cell((*at, y));
        cell.is_some_and(|cell| isolates(cell.symbol(), Direction::LeftToRight).is_some())
    };
    let first = match direction {
        Direction::RightToLeft => x,
        // What stands before that goes from left to right as it is.
        Direction::LeftToRight => begins(buffer, x, end, y).into_iter().find(turns)?,
    };
    begins(buffer, buffer.area().x, first, y).last().copied()
}

/// Where the characters begin that stand from `x` up to `end`: one may take two cells.
fn begins(buffer: &Buffer, x: u16, end: u16, y: u16) -> Vec<u16> {
    let (mut begins, mut next) = (Vec::new(), x);
    while next < end {
        begins.push(next);
        let wide = buffer.cell((next, y)).map_or(1, |cell| columns(cell.symbol()).max(1));
        next = next.saturating_add(u16::try_from(wide).unwrap_or(u16::MAX));
    }
    begins
}

fn mark(buffer: &mut Buffer, x: u16, y: u16, mark: char) {
    if let Some(cell) = buffer.cell_mut((x, y)) {
        let marked = format!("{}{mark}", cell.symbol());
        cell.set_symbol(&marked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::rows::Piece;
    use crate::domain::official::direction;

    fn buffer(texts: &[(usize, &str)]) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
        let piece = |(column, text): &(usize, &str)| Piece {
            column: *column,
            direction: direction(text),
            text: (*text).to_owned(),
        };
        put(&mut buffer, &mut 0, &Row { pieces: texts.iter().map(piece).collect(), weight: Weight::Plain });
        buffer
    }

    fn drawn(texts: &[(usize, &str)]) -> String {
        let buffer = buffer(texts);
        (0..20).filter_map(|x| buffer.cell((x, 0))).map(|cell| cell.symbol()).collect::<String>()
    }

    #[test]
    fn a_direction_ends_with_its_piece_whatever_stands_right_behind_it() {
        assert_eq!(drawn(&[(1, "שלום"), (5, "| shin")]).trim_end(), " \u{2067}שלום\u{2069}| shin");
        // A wide character at the very edge, and a mark that stands on another.
        let edge = format!("{}大", "ש".repeat(17));
        assert!(drawn(&[(1, &edge)]).contains("大\u{2069}"));
        assert_eq!(drawn(&[(1, "שָׁ"), (2, "|")]).trim_end(), " \u{2067}שָׁ\u{2069}|");
        // Two of them side by side, behind a wide one.
        let beside = drawn(&[(0, "大"), (2, "של"), (4, "של")]);
        assert!(beside.starts_with("大\u{2067}"), "{beside:?}");
        assert!(beside.contains("של\u{2069}\u{2067}של\u{2069}"), "{beside:?}");
        // From the first column on it is turned where it turns.
        assert_eq!(drawn(&[(0, "of של")]).trim_end(), "of \u{2066}של\u{2069}");
        assert_eq!(drawn(&[(0, "של")]).trim_end(), "של");
    }

    /// What stands in the cells of a terminal, which hangs what has no width on the cell before.
    fn redrawn(cells: &mut [String], before: &Buffer, after: &Buffer) {
        for (x, _, cell) in before.diff(after) {
            let mut at = usize::from(x);
            for character in cell.symbol().chars() {
                match columns(&character.to_string()) {
                    0 => cells[at.checked_sub(1).expect("a cell before it")].push(character),
                    wide => {
                        cells[at] = character.to_string();
                        at += wide;
                    }
                }
            }
        }
    }

    #[test]
    fn no_mark_of_a_direction_stays_on_the_screen_once_its_text_was_overwritten() {
        let screens = [
            buffer(&[]),
            buffer(&[(2, "|"), (4, "שלום")]),
            buffer(&[(2, "|"), (4, "abcd")]),
            // The first letter is another one, and the mark stays.
            buffer(&[(2, "|"), (4, "לשום")]),
            buffer(&[(0, "של of"), (10, "a של")]),
            buffer(&[(0, "מל of"), (10, "של a")]),
            buffer(&[]),
        ];
        let mut cells = vec![" ".to_owned(); 20];
        for two in screens.windows(2) {
            redrawn(&mut cells, &two[0], &two[1]);
            let meant: Vec<&str> =
                (0..20).filter_map(|x| two[1].cell((x, 0))).map(|cell| cell.symbol()).collect();
            assert_eq!(cells, meant);
        }
    }
}
