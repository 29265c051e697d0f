//! What is shown of a text from outside: nothing in it drives, hides or turns, and nothing of it is lost.

use detente::domain::text::{hides, shown};
use proptest::prelude::*;

/// The Bidi_Control property: what turns the direction of writing.
const TURNS: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Persian letters that join both ways, and one that joins only back; Hindi letters; a mark of each.
const JOINS: [char; 3] = ['م', 'ی', 'خ'];
const JOINS_BACK: char = 'ر';
const VIRAMA: char = '\u{94d}';
const MARKS: [char; 2] = ['\u{650}', VIRAMA];

/// As a reader of `\u{…}` would take it back.
fn taken_back(shown: &str) -> String {
    let mut out = String::new();
    let mut rest = shown;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let sign = after.chars().next().unwrap();
        rest = &after[1..];
        match sign {
            '\\' => out.push('\\'),
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'u' => {
                let (code, after) = rest[1..].split_once('}').unwrap();
                out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
                rest = after;
            }
            other => panic!("{other}"),
        }
    }
    out + rest
}

fn any_text() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        4 => prop::sample::select(vec!['م', 'ی', 'خ', 'ر', 'ء', 'क', 'ष', 'a', ' ']),
        3 => prop::sample::select(vec!['\u{200c}', '\u{200d}', VIRAMA, '\u{650}']),
        1 => prop::sample::select(TURNS.to_vec()),
        1 => any::<char>(),
    ];
    prop::collection::vec(one, 0..24).prop_map(|all| all.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_that_turns_direction_is_let_through_and_nothing_is_lost(text in any_text()) {
        let safe = shown(&text);
        prop_assert!(!safe.contains(TURNS), "{:?}", safe);
        prop_assert!(!hides(&safe), "{:?}", safe);
        prop_assert_eq!(taken_back(&safe), text);
    }

    /// By another way than the program goes: what stands beside each joiner that is let through.
    #[test]
    fn a_joiner_stands_only_between_letters_that_join_or_behind_a_virama(text in any_text()) {
        let safe: Vec<char> = shown(&text).chars().collect();
        for (at, joiner) in safe.iter().enumerate().filter(|(_, c)| matches!(c, '\u{200c}' | '\u{200d}')) {
            let marks = |c: &&char| MARKS.contains(c);
            let before = safe[..at].iter().rev().find(|c| !marks(c)).copied();
            let after = safe[at + 1..].iter().find(|c| !marks(c)).copied();
            let known = |c: Option<char>| c.is_none_or(|c| c.is_ascii() || "میخرءकष".contains(c));
            if !known(before) || !known(after) {
                // Another letter, of which only the tables know.
                continue;
            }
            let behind_virama = at > 0 && safe[at - 1] == VIRAMA;
            let parts = before.is_some_and(|c| JOINS.contains(&c))
                && after.is_some_and(|c| JOINS.contains(&c) || c == JOINS_BACK);
            prop_assert!(behind_virama || (*joiner == '\u{200c}' && parts), "{:?}", safe);
        }
    }
}
