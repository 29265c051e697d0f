//! What stands below the list or the session: what is written or filled in, what the officer is told, and the keys.
//!
//! Never here: a key that is not named where it does something.

use super::dialogue::Purpose;
use super::head::{HEAD_ROWS, too_small};
use super::notices::notices;
use super::read_over::Typed;
use super::rows::{Row, Weight};
use super::scroll::{Scroll, Window};
use super::state::{State, View};
use super::typed::{Input, filled_in, title, writing};
use super::words::{Noted, noted};
use crate::domain::official::wrap::{columns, cut};

const KEY_ROWS_MAX: usize = 3;
/// What is typed has these before the keys are named: what it is, and two rows of it.
const INPUT_ROWS_MIN: usize = 3;
/// On a lower screen the keys have one row.
const KEYS_WHOLE_ROWS_MIN: usize = 12;

const LIST_KEYS: &[&str] = &[
    "Enter look",
    "n next unread",
    "o open a session",
    "w write",
    "Up Down PgUp PgDn Home End",
    "Ctrl-L redraw",
    "q leave",
];
const SESSION_KEYS: &[&str] = &[
    "r read",
    "Enter answer",
    "w write",
    "t translate",
    "p phrase",
    "a accept",
    "+ add",
    "c close",
    "n next unread",
    "o open another",
    "Up Down PgUp PgDn Home End",
    "Esc list",
    "q leave",
];
const WRITING_KEYS: &[&str] = &[
    "Ctrl-S send",
    "Esc keep",
    "Ctrl-P precedence",
    "Ctrl-N language",
    "Ctrl-U cut",
    "Up Down",
    "PgUp PgDn",
];
const DIALOGUE_KEYS: &[&str] =
    &["Ctrl-S send", "Enter Up Down other field", "Ctrl-U cut", "PgUp PgDn", "Esc back"];
const TRANSLATE_KEYS: &[&str] =
    &["Ctrl-S write it", "Enter Up Down other field", "Ctrl-U cut", "PgUp PgDn", "Esc back"];

/// The rows below.
pub struct Below {
    pub rows: Vec<Row>,
    /// Where the cursor stands in them: row and column.
    pub cursor: Option<(usize, usize)>,
    /// What is to be seen beside the fields, where something of it is among them.
    pub notes: Vec<Noted>,
    /// The pieces of what is typed that are among them.
    pub typed: Vec<Typed>,
    /// The first row of what the officer is told and has no room among them; `None` where it all has.
    pub told_next: Option<usize>,
    /// What of a dialogue is among them.
    pub part: Part,
}

/// Which rows of what is typed stand there.
pub struct Part {
    /// The first one, which says what it is: none or one.
    firsts: usize,
    /// Of those behind it, how many there are, which is the first that stands there, and how many do.
    pub things: usize,
    pub top: usize,
    pub height: usize,
}

/// On a low screen what is typed comes first, then what the officer is told, then the keys.
pub fn below(state: &State) -> Below {
    let wide = usize::from(state.size.0);
    let input = match &state.dialogue {
        Some(dialogue) => filled_in(state, dialogue, wide),
        None => writing(state, wide),
    };
    let taken = input.rows.len().min(input.most);
    // Where nothing is typed, a row of what is looked at stays.
    let room = usize::from(state.size.1).saturating_sub(HEAD_ROWS);
    let room = room.saturating_sub(usize::from(input.follows.is_none()));
    let told = notices(state, room.saturating_sub(taken.min(1)), wide);
    let room = room.saturating_sub(told.rows.len());
    let keys = match (&state.dialogue, state.view) {
        (Some(dialogue), _) if dialogue.purpose == Purpose::Translate => TRANSLATE_KEYS,
        (Some(_), _) => DIALOGUE_KEYS,
        (None, View::List) => LIST_KEYS,
        (None, View::Session) => SESSION_KEYS,
        (None, View::Writing) => WRITING_KEYS,
    };
    let most = if usize::from(state.size.1) < KEYS_WHOLE_ROWS_MIN { 1 } else { KEY_ROWS_MAX };
    let most = most.min(room.saturating_sub(taken.min(INPUT_ROWS_MIN)));
    let keys = named(keys, wide, most);
    let room = room.saturating_sub(keys.len());
    let part = part(&input, room, state.dialogue.as_ref().and_then(|dialogue| dialogue.scroll));
    let first = part.top.saturating_add(1);
    let there = first..first.saturating_add(part.height);
    let (mut notes, mut typed) = (noted(&input.rows, there.clone(), wide), Vec::new());
    typed.extend(input.typed.into_iter().filter(|(row, _)| there.contains(row)).map(|(_, piece)| piece));
    // So that nothing passes for what was shown.
    if too_small(state.size).is_some() {
        (notes, typed) = (Vec::new(), Vec::new());
    }
    let cursor = input.cursor.filter(|(row, _)| there.contains(row));
    let moved =
        |(row, column): (usize, usize)| (row.saturating_sub(first).saturating_add(part.firsts), column);
    let cursor = cursor.map(moved);
    let mut rows = Vec::new();
    for (at, (row, _)) in input.rows.into_iter().enumerate() {
        if at < part.firsts || there.contains(&at) {
            rows.push(row);
        }
    }
    let is_cut = part.firsts > 0 && part.height < part.things;
    if let (Some(dialogue), Some(first)) = (&state.dialogue, rows.first_mut().filter(|_| is_cut)) {
        *first = Row::of(titled(&title(state, dialogue), &part, wide), Weight::Reverse);
    }
    rows.extend(told.rows);
    rows.extend(keys);
    Below { rows, cursor, notes, typed, told_next: told.next, part }
}

/// No more rows than have room: the first one, and behind it those up to the cursor or, where the officer went through
/// them by pages, those that were gone to.
fn part(input: &Input, room: usize, scroll: Option<Scroll>) -> Part {
    let most = room.min(input.most);
    let things = input.rows.len().saturating_sub(1);
    if input.rows.len() <= most {
        return Part { firsts: input.rows.len().min(1), things, top: 0, height: things };
    }
    let firsts = usize::from(most > 1);
    let height = most.saturating_sub(firsts);
    let top = match scroll {
        Some(mut scroll) => {
            let one = |_: usize| 1_usize;
            scroll.settle(&Window { things, height, rows: &one });
            scroll.top
        }
        None => input.follows.unwrap_or(0).saturating_sub(height),
    };
    Part { firsts, things, top, height }
}

/// As many on a row as it takes, none of them broken, and no more rows than these: that there are more keys is told by
/// their end.
fn named(keys: &[&str], wide: usize, most: usize) -> Vec<Row> {
    let mut lines: Vec<String> = Vec::new();
    for key in keys {
        let more = columns(key).saturating_add(2);
        match lines.last_mut().filter(|line| columns(line).saturating_add(more) <= wide) {
            Some(line) => line.extend(["  ", *key]),
            None => lines.push((*key).to_owned()),
        }
    }
    let is_cut = lines.len() > most;
    lines.truncate(most);
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        last.push_str(" …");
    }
    lines.into_iter().map(|line| Row::of(cut(&line, wide), Weight::Bold)).collect()
}

/// With how many rows stand above and below those that are there, and the key that goes to them.
fn titled(title: &str, part: &Part, wide: usize) -> String {
    let end = part.top.saturating_add(part.height).min(part.things);
    let more = [(part.top, "above: PgUp"), (part.things.saturating_sub(end), "below: PgDn")];
    let more = more.iter().filter(|(rows, _)| *rows > 0);
    let whole = more.map(|(rows, way)| format!("{rows} {way}")).collect::<Vec<_>>().join(", ");
    // A narrow screen has room for how far it is.
    let more = if columns(&whole).saturating_mul(2) <= wide {
        whole
    } else {
        format!("{end}/{} {}", part.things, if end < part.things { "PgDn" } else { "PgUp" })
    };
    let room = wide.saturating_sub(columns(&more)).saturating_sub(1);
    cut(&format!("{} {more}", cut(title, room)), wide)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hotline::console::keys::{At, Key};
    use crate::cli::hotline::console::screen::{console, text};
    use crate::codec::proto::detente::v1 as calls;
    use crate::domain::digest::CommandId;
    use crate::domain::time::Instant;

    fn press(state: &mut State, key: Key) {
        state.press(key, At { now: Instant(1), id: CommandId([1; 16]) });
    }

    #[test]
    fn a_draft_says_in_which_language_it_goes_out_also_where_those_of_the_session_are_not_told() {
        let begins = calls::SessionLine { language: "ru".into(), ..text(1, "BY", "") };
        let mut state = console(&[begins]);
        let bar = |state: &State| below(state).rows[0].pieces[0].text.clone();
        for key in [Key::Enter, Key::Character('w')] {
            press(&mut state, key);
        }
        assert!(bar(&state).contains("  [en]  0/"), "the first of the session's: {}", bar(&state));
        let session = state.sessions.get_mut(&state.thread).unwrap();
        session.stands.opening = vec![1; 32].into();
        assert!(bar(&state).contains("  [ru]  0/"), "{}", bar(&state));
        state.sessions.get_mut(&state.thread).unwrap().stands.languages.clear();
        assert!(bar(&state).contains("  [ru]  0/"), "{}", bar(&state));
    }

    #[test]
    fn what_is_told_and_has_no_room_on_a_low_screen_says_that_there_is_more_of_it() {
        let mut state = console(&[text(1, "BY", "one")]);
        state.size = (20, 5);
        press(&mut state, Key::Enter);
        state.notice = "it was given before this console ended".into();
        let rows = below(&state).rows;
        assert_eq!((rows.len(), rows[0].pieces[0].text.as_str()), (1, "it was given before…"));
    }

    #[test]
    fn every_key_is_named_on_rows_of_80_columns_and_none_is_broken() {
        for keys in [LIST_KEYS, SESSION_KEYS, WRITING_KEYS, DIALOGUE_KEYS, TRANSLATE_KEYS] {
            let rows = named(keys, 80, KEY_ROWS_MAX);
            assert!(rows.len() <= 2, "{rows:?}");
            let all: Vec<&str> = rows.iter().map(|row| row.pieces[0].text.as_str()).collect();
            assert!(keys.iter().all(|key| all.iter().any(|row| row.contains(key) && columns(row) <= 80)));
        }
        assert_eq!(named(LIST_KEYS, 3, 99).len(), LIST_KEYS.len());
        let one = named(SESSION_KEYS, 40, 1);
        assert_eq!(one[0].pieces[0].text, "r read  Enter answer  w write …");
    }
}
