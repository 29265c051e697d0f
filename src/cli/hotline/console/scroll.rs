//! Where a reader is in a list of things of several rows each: what is selected, and what stands on the screen.
//!
//! Never here: a selection that moves by itself once the reader has one.

/// What is looked at: so many things, each of so many rows, through so many rows of the screen.
pub struct Window<'w> {
    pub things: usize,
    pub height: usize,
    pub rows: &'w dyn Fn(usize) -> usize,
}

/// The row at the top of the screen is the `row`th of the thing `top`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scroll {
    pub selected: usize,
    pub top: usize,
    pub row: usize,
}

impl Scroll {
    /// Selects a thing and moves the screen as little as shows all of it, or its beginning.
    pub fn select(&mut self, thing: usize, window: &Window<'_>) {
        self.selected = thing.min(window.things.saturating_sub(1));
        self.reveal(window);
    }

    pub fn up(&mut self, window: &Window<'_>) {
        self.select(self.selected.saturating_sub(1), window);
    }

    pub fn down(&mut self, window: &Window<'_>) {
        self.select(self.selected.saturating_add(1), window);
    }

    pub fn page_up(&mut self, window: &Window<'_>) {
        self.back(page(window), window);
        self.take_visible(window);
    }

    pub fn page_down(&mut self, window: &Window<'_>) {
        self.forth(page(window), window);
        self.settle(window);
        self.take_visible(window);
    }

    /// After anything changed, also the size of the screen: the bottom is not left empty where more is above it, and
    /// the selected thing is in sight.
    pub fn settle(&mut self, window: &Window<'_>) {
        let last = window.things.saturating_sub(1);
        self.selected = self.selected.min(last);
        self.top = self.top.min(last);
        self.row = self.row.min((window.rows)(self.top).saturating_sub(1));
        let mut end = Scroll { selected: self.selected, top: window.things, row: 0 };
        end.back(window.height, window);
        if (end.top, end.row) < (self.top, self.row) {
            (self.top, self.row) = (end.top, end.row);
        }
    }

    /// What stands on the screen: the thing and the row of it, for each row of the screen.
    pub fn visible(&self, window: &Window<'_>) -> Vec<(usize, usize)> {
        let mut visible = Vec::new();
        let (mut thing, mut row) = (self.top, self.row);
        while visible.len() < window.height && thing < window.things {
            let rows = (window.rows)(thing);
            while visible.len() < window.height && row < rows {
                visible.push((thing, row));
                row = row.saturating_add(1);
            }
            (thing, row) = (thing.saturating_add(1), 0);
        }
        visible
    }

    /// Whether all of a thing, or as much as the screen holds, stands on it.
    fn reveal(&mut self, window: &Window<'_>) {
        if (self.selected, 0) < (self.top, self.row) {
            (self.top, self.row) = (self.selected, 0);
        }
        // The lowest top from which the end of it is still on the screen.
        let mut lowest = Scroll { selected: 0, top: self.selected.saturating_add(1), row: 0 };
        lowest.back(window.height, window);
        if (lowest.top, lowest.row) > (self.top, self.row) {
            (self.top, self.row) = (lowest.top, lowest.row).min((self.selected, 0));
        }
        self.settle(window);
    }

    fn back(&mut self, rows: usize, window: &Window<'_>) {
        let mut left = rows;
        while left > 0 {
            if self.row >= left {
                self.row = self.row.saturating_sub(left);
                return;
            }
            left = left.saturating_sub(self.row);
            if self.top == 0 {
                self.row = 0;
                return;
            }
            self.top = self.top.saturating_sub(1);
            self.row = (window.rows)(self.top);
        }
    }

    fn forth(&mut self, rows: usize, window: &Window<'_>) {
        let mut left = rows;
        while self.top < window.things {
            let here = (window.rows)(self.top).saturating_sub(self.row);
            if left < here {
                self.row = self.row.saturating_add(left);
                return;
            }
            left = left.saturating_sub(here);
            (self.top, self.row) = (self.top.saturating_add(1), 0);
        }
    }

    fn take_visible(&mut self, window: &Window<'_>) {
        let visible = self.visible(window);
        let is_there = visible.iter().any(|(thing, _)| *thing == self.selected);
        if !is_there && let Some((thing, _)) = visible.iter().find(|(_, row)| *row == 0).or(visible.first()) {
            self.selected = *thing;
        }
    }
}

/// One row stays on the screen, where it has more than one.
fn page(window: &Window<'_>) -> usize {
    window.height.saturating_sub(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window<'w>(rows: &'w dyn Fn(usize) -> usize, things: usize, height: usize) -> Window<'w> {
        Window { things, height, rows }
    }

    #[test]
    fn what_is_selected_is_shown_whole_and_the_screen_moves_no_more_than_it_must() {
        let three = |_| 3;
        let look = window(&three, 10, 7);
        let mut scroll = Scroll::default();
        for _ in 0..2 {
            scroll.down(&look);
        }
        assert_eq!((scroll.selected, scroll.top, scroll.row), (2, 0, 2));
        scroll.up(&look);
        assert_eq!((scroll.selected, scroll.top, scroll.row), (1, 0, 2), "all of it is there");
        scroll.up(&look);
        assert_eq!((scroll.selected, scroll.top, scroll.row), (0, 0, 0));
        scroll.select(99, &look);
        assert_eq!((scroll.selected, scroll.top, scroll.row), (9, 7, 2));
        assert_eq!(scroll.visible(&look).last(), Some(&(9, 2)));
    }

    #[test]
    fn a_thing_higher_than_the_screen_is_gone_through_page_by_page() {
        let rows = |thing: usize| if thing == 1 { 20 } else { 1 };
        let look = window(&rows, 3, 5);
        let mut scroll = Scroll::default();
        scroll.down(&look);
        assert_eq!((scroll.top, scroll.row), (1, 0), "its beginning");
        scroll.page_down(&look);
        assert_eq!((scroll.selected, scroll.top, scroll.row), (1, 1, 4));
        for _ in 0..9 {
            scroll.page_down(&look);
        }
        assert_eq!(scroll.visible(&look), [(1, 16), (1, 17), (1, 18), (1, 19), (2, 0)]);
        for _ in 0..9 {
            scroll.page_up(&look);
        }
        assert_eq!((scroll.top, scroll.row), (0, 0));
    }

    #[test]
    fn a_screen_of_one_row_is_gone_through_as_well() {
        let two = |_| 2;
        let look = window(&two, 2, 1);
        let mut scroll = Scroll::default();
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.extend(scroll.visible(&look));
            scroll.page_down(&look);
        }
        assert_eq!(seen, [(0, 0), (0, 1), (1, 0), (1, 1)]);
        for _ in 0..4 {
            scroll.page_up(&look);
        }
        assert_eq!((scroll.selected, scroll.top, scroll.row), (0, 0, 0));
    }

    #[test]
    fn nothing_and_a_screen_without_rows_are_no_fault() {
        let none = |_| 0;
        for (things, height) in [(0, 5), (0, 0), (3, 0), (3, 5)] {
            let look = window(&none, things, height);
            let mut scroll = Scroll { selected: 7, top: 7, row: 7 };
            scroll.settle(&look);
            scroll.down(&look);
            scroll.page_down(&look);
            scroll.page_up(&look);
            scroll.up(&look);
            assert!(scroll.visible(&look).is_empty());
        }
    }
}
