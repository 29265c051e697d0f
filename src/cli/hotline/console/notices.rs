//! What the officer is told, and how the rest of it is seen where the screen has no room for all of it.
//!
//! Never here: a sentence with an end that no key brings.

use super::below::below;
use super::rows::{Row, Weight};
use super::state::State;
use crate::domain::official::wrap::{cut, wrapped};

/// Of one sentence no more rows stand there at once.
const NOTICE_ROWS_MAX: usize = 4;

/// The rows that stand there.
pub struct Notices {
    pub rows: Vec<Row>,
    /// The first of those that come next; `None` where the last ones stand there.
    pub next: Option<usize>,
}

/// How far the officer went on in what is told: from this row on, of these sentences in so many columns.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GoneOn {
    sentences: Vec<String>,
    wide: usize,
    first: usize,
}

impl State {
    /// What went wrong first.
    fn sentences(&self) -> Vec<String> {
        let all = self.refused.stands(&self.thread).into_iter().chain([self.notice.clone()]);
        all.filter(|one| !one.is_empty()).collect()
    }

    /// Goes on in what is told: whether there is more of it than stands there.
    pub fn goes_on_in_notices(&mut self) -> bool {
        let Some(first) = below(self).told_next else { return false };
        self.gone_on = GoneOn { sentences: self.sentences(), wide: usize::from(self.size.0), first };
        true
    }
}

/// No more than these rows of it; that there is more is told by their end.
pub fn notices(state: &State, most: usize, wide: usize) -> Notices {
    let sentences = state.sentences();
    let most = most.min(sentences.len().saturating_mul(NOTICE_ROWS_MAX));
    let in_rows = |wide: usize| -> Vec<&str> {
        sentences.iter().flat_map(|one| wrapped(one, wide.max(1), wide.max(1))).collect()
    };
    let whole = in_rows(wide);
    if whole.len() <= most {
        let rows = whole.into_iter().map(|row| Row::of(row, Weight::Bold)).collect();
        return Notices { rows, next: None };
    }
    // With a column for the sign that there is more.
    let all = in_rows(wide.saturating_sub(1));
    let gone_on = &state.gone_on;
    let is_same = gone_on.sentences == sentences && gone_on.wide == wide;
    let first = if is_same { gone_on.first } else { 0 };
    let next = Some(first.saturating_add(most)).filter(|next| most > 0 && *next < all.len());
    let mut rows: Vec<String> = all.into_iter().skip(first).take(most).map(str::to_owned).collect();
    if let Some(last) = rows.last_mut().filter(|_| next.is_some()) {
        *last = cut(&format!("{last}…"), wide);
    }
    Notices { rows: rows.into_iter().map(|row| Row::of(row, Weight::Bold)).collect(), next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, text};
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    #[test]
    fn on_a_low_screen_a_key_goes_through_what_is_told_row_by_row_and_only_then_does_what_else_it_does() {
        let at = At { now: Instant(1), id: CommandId([1; 16]) };
        let mut state = console(&[text(1, "BY", "one")]);
        state.size = (20, 5);
        state.press(Key::Enter, at);
        let sentence = "NOT SENT: all have closed this session; the same key again sends it";
        state.notice = sentence.into();
        let mut told = Vec::new();
        while !state.notice.is_empty() && told.len() < sentence.len() {
            let below = below(&state);
            assert_eq!(below.rows.len(), 1);
            let row = below.rows[0].pieces[0].text.clone();
            assert_eq!(row.ends_with('…'), below.told_next.is_some(), "{row}");
            told.push(row.trim_end_matches('…').to_owned());
            state.press(Key::PageDown, at);
        }
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&told.join(" ")), words(sentence));
        // Another sentence begins at its beginning.
        state.notice = format!("anew: {sentence}");
        assert!(below(&state).rows[0].pieces[0].text.starts_with("anew: "));
    }
}
