//! The last row above a session or the list: what waits for an officer, and how it stands with the own node.
//!
//! Never here: which of it comes next (`waits.rs`), or a word that is cut where fewer words have room.

use super::rows::{Row, Weight, seconds};
use super::state::{Link, State};
use crate::domain::official::wrap::{columns, cut};

/// What waits for an officer, in all sessions together.
pub struct Waits {
    /// Sessions in which something asks for one at once.
    flashes: usize,
    unread: usize,
    to_acknowledge: u32,
}

impl Waits {
    pub fn of(state: &State) -> Waits {
        let to_acknowledge = state.sessions.values().map(|one| one.stands.to_acknowledge);
        Waits {
            flashes: state.sessions.values().filter(|one| state.alarms_in(one)).count(),
            unread: state.sessions.values().map(|one| state.unread(one)).fold(0, usize::saturating_add),
            to_acknowledge: to_acknowledge.fold(0, u32::saturating_add),
        }
    }

    fn whole(&self) -> String {
        match (self.flashes, self.unread, self.to_acknowledge) {
            (0, 0, 0) => String::new(),
            (0, 0, left) => format!("TO ACKNOWLEDGE {left}"),
            (0, unread, _) => format!("UNREAD {unread}"),
            (flashes, unread, _) => format!("FLASH in {flashes} session(s), UNREAD {unread}"),
        }
    }

    /// The same in fewer words.
    pub fn narrow(&self) -> String {
        match self.flashes {
            0 => self.whole(),
            flashes => format!("FLASH {flashes} UNREAD {}", self.unread),
        }
    }

    /// By which keys it is gone to, behind either.
    fn keys(&self, state: &State) -> (&'static str, &'static str) {
        let is_only_left = (self.flashes, self.unread) == (0, 0) && self.to_acknowledge > 0;
        match (self.flashes > 0 || is_only_left, state.is_typed_in()) {
            (false, _) => ("", ""),
            (true, true) => (": Esc, then n", ": Esc n"),
            (true, false) => (": press n", ": n"),
        }
    }

    pub fn weight(&self, otherwise: Weight) -> Weight {
        if self.flashes > 0 { Weight::Reverse } else { otherwise }
    }
}

/// How it stands with the own node.
struct Linked {
    whole: String,
    /// The same in fewer words.
    narrow: String,
    /// What is told of it where there is room.
    more: String,
    weight: Weight,
}

impl Linked {
    fn of(link: &Link) -> Linked {
        let said = |whole: &str, narrow: &str, weight| Linked {
            whole: whole.into(),
            narrow: narrow.into(),
            more: String::new(),
            weight,
        };
        match link {
            Link::Joining => said("joining the node", "joining", Weight::Bold),
            Link::Live => said("linked to the node", "linked", Weight::Plain),
            Link::Lost(since, why) => {
                let since = seconds(since.0);
                // The hour first: a link is seldom lost for days.
                let (day, hour) = since.split_once('T').unwrap_or(("", since.as_str()));
                Linked {
                    whole: format!("LINK TO NODE LOST since {hour}"),
                    narrow: format!("LINK LOST {hour}"),
                    more: format!(" {day}, trying again: {why}"),
                    weight: Weight::Reverse,
                }
            }
        }
    }
}

/// The last row of the head and, where the link is lost and has no room in it, that for a row of its own. What waits
/// comes first.
pub fn waits_and_link(state: &State, wide: usize) -> (Row, Option<Row>) {
    let (waits, link) = (Waits::of(state), Linked::of(&state.link));
    let (keys, keys_narrow) = waits.keys(state);
    let (whole, narrow) = (waits.whole(), waits.narrow());
    let joined = |[waits, keys, link]: [&str; 3]| {
        let gap = if waits.is_empty() { "" } else { "  " };
        [waits, keys, gap, link].concat()
    };
    let forms = [
        joined([&whole, keys, &link.whole]),
        // Where the two have no room together, since when the node is lost comes before the keys.
        joined([&whole, "", &link.whole]),
        joined([&narrow, keys_narrow, &link.narrow]),
        joined([&narrow, "", &link.narrow]),
    ];
    // That there is more of it is told by its end, which takes a column.
    let room = wide.saturating_sub(usize::from(!link.more.is_empty()));
    let row = |text: &str, weight| Row::of(cut(text, wide), weight);
    let told = |text: &str| [text, link.more.as_str()].concat();
    if let Some(form) = forms.iter().find(|form| columns(form) <= room) {
        return (row(&told(form), waits.weight(link.weight)), None);
    }
    let alone = matches!(state.link, Link::Lost(..));
    let alone = alone.then(|| row(&told(&link.narrow), link.weight));
    let keyed = [narrow.as_str(), keys_narrow].concat();
    let last = match alone {
        Some(_) if columns(&keyed) <= wide => keyed,
        Some(_) => narrow,
        None => joined([&narrow, keys_narrow, &link.narrow]),
    };
    (row(&last, waits.weight(link.weight)), alone)
}

#[cfg(test)]
mod tests {
    use crate::cli::hotline::console::head::head;
    use crate::cli::hotline::console::screen::{console, text};
    use crate::cli::hotline::console::state::View;
    use crate::codec::proto::detente::v1 as calls;
    use crate::domain::time::Instant;

    #[test]
    fn since_when_the_node_is_lost_stands_whole_at_80_columns_while_a_flash_is_unread() {
        for unread in [1, 200] {
            let lines: Vec<calls::SessionLine> = (1..=unread).map(|place| text(place, "BY", "one")).collect();
            let mut state = console(&lines);
            state.lost("it is away".into(), Instant(45_154_000));
            for view in [View::List, View::Session, View::Writing] {
                state.view = view;
                let [_, _, last] = head(&state, 80);
                let row = &last.pieces[0].text;
                assert!(row.starts_with(&format!("FLASH in 1 session(s), UNREAD {unread}")), "{row}");
                assert!(row.contains("  LINK TO NODE LOST since 12:32:34Z"), "{row}");
                assert_eq!(row.contains("then n"), unread == 1 && view == View::Writing, "{row}");
            }
        }
    }
}
