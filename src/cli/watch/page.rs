//! The page of `watch now`: no wider and no longer than a terminal of 80 columns and 24 lines, with room left for
//! the prompt below it.
//!
//! Every line of an item begins with REAL or DRILL. What somebody else wrote stands last on its line, safe to
//! show, and is cut by its width. Never here: the order of the items (the node's).

use super::around::{above, last};
use super::item::{LINES_OF_ITEM, of_item};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::official::wrap::{columns, cut};
use crate::domain::official::{Direction, Line, Page, Piece, Weight};
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

const COLUMNS: usize = limits::OFFICIAL_FORM_COLUMNS;
/// Head, and the one line below the items.
const LINES_AROUND: usize = 3;
/// Where what stands behind REAL or DRILL begins.
pub(super) const TEXT: usize = 6;

/// Whether the officer is told which keys there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Keys {
    Shown,
    None,
}

/// The page behind so many items.
pub(super) fn page(now: &calls::NowResponse, keys: Keys, before: u64) -> Page {
    let mut lines = head(now);
    let above = above(now);
    let items = fits(above.len());
    lines.extend(above);
    for (place, item) in (1..).zip(now.items.iter().take(items)) {
        let key = if keys == Keys::Shown { format!("{place}: ") } else { String::new() };
        lines.extend(of_item(now, item, &key));
    }
    lines.push(line(0, &last(now, keys, before)));
    Page(lines)
}

/// How many items the page shows.
pub(super) fn items_shown(now: &calls::NowResponse) -> usize {
    room(now).min(now.items.len())
}

/// How many it has room for.
pub(super) fn room(now: &calls::NowResponse) -> usize {
    fits(above(now).len())
}

/// How many items fit above the prompt, below so many lines of what stands above them.
pub(super) fn fits(above: usize) -> usize {
    limits::TERMINAL_LINES.saturating_sub(above.saturating_add(1 + LINES_AROUND)) / LINES_OF_ITEM
}

fn head(now: &calls::NowResponse) -> Vec<Line> {
    let at = Instant(now.now_ms);
    let local = match at.wall_clock(&now.zone) {
        _ if !now.has_plan => "NO WATCH PLAN: nobody alerted".into(),
        Some(wall) => format!("{:02}:{:02} {}", wall.hour(), wall.minute(), shown(&now.zone)),
        None => "no local time: the watch plan names no zone".into(),
    };
    let first = format!(
        "{}: {} OPEN, {} ESCALATED  {}  {local}",
        shown(&now.party),
        now.open.saturating_add(now.unwatched),
        now.escalated,
        at.date_time_group()
    );
    let second = match (&now.offered, &now.on_watch) {
        (Some(offer), _) => {
            let digest = hex::encode(&offer.digest);
            let digest = digest.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default();
            format!("hand-over {digest} waits for {}, by {}", shown(&offer.to), shown(&offer.by))
        }
        (None, Some(one)) => {
            format!("on watch since {}: {}", Instant(one.since_ms).date_time_group(), shown(&one.name))
        }
        (None, None) => "on watch: nobody took it over, so \"watch\" is all of the watch".into(),
    };
    vec![line(0, &first), line(0, &second)]
}

/// A line about a message, behind REAL or DRILL.
pub(super) fn marked(traffic: &str, text: &str) -> Line {
    let mut whole = line(TEXT, text);
    whole.0.insert(0, piece(0, traffic));
    whole
}

/// Zulu, and the clock on the wall; with its day where that is another.
pub(super) fn both(now: &calls::NowResponse, ms: i64) -> String {
    let at = Instant(ms);
    let group = at.date_time_group();
    let (Some(wall), Some(zulu)) = (at.wall_clock(&now.zone), at.wall_clock("Z")) else {
        return group.to_string();
    };
    let day = if wall.day() == zulu.day() { String::new() } else { format!(" on the {}", wall.day()) };
    format!("{group} = {:02}:{:02}{day}", wall.hour(), wall.minute())
}

pub(super) fn line(column: usize, text: &str) -> Line {
    Line(vec![piece(column, text)])
}

fn piece(column: usize, text: &str) -> Piece {
    let room = COLUMNS.saturating_sub(column);
    let text = cut(text, room);
    Piece { column, columns: columns(&text), direction: Direction::LeftToRight, weight: Weight::Value, text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::proto::detente::evidence::v1 as evidence;
    use crate::domain::official;

    fn item(subject: &str) -> calls::NowItem {
        calls::NowItem {
            digest: vec![0xab; 32].into(),
            from: "BY".into(),
            subject: subject.into(),
            language: "ru".into(),
            precedence: evidence::Precedence::Flash as i32,
            traffic: evidence::Traffic::Drill as i32,
            since_ms: 1_700_000_000_000,
            next_due_ms: 1_700_000_090_000,
            next: vec!["Col. Anna Maj".into()],
            next_telephones: vec!["+48 1".into()],
            contacts: vec!["Watch of BY, +00 000".into()],
            heard_at_ms: 1_699_999_999_000,
            ..Default::default()
        }
    }

    fn response(items: Vec<calls::NowItem>, more: u64) -> calls::NowResponse {
        let open = (items.len() as u64).saturating_add(more);
        calls::NowResponse {
            items,
            more,
            open,
            party: "PL".into(),
            now_ms: 1_700_000_000_000,
            zone: "Europe/Warsaw".into(),
            has_plan: true,
            ..Default::default()
        }
    }

    fn lines(now: &calls::NowResponse) -> Vec<String> {
        official::text(&[page(now, Keys::None, 0)]).lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_item_says_what_an_officer_needs_and_is_marked_on_every_line() {
        assert_eq!(
            lines(&response(vec![item("Autumn Harvest")], 0)),
            [
                "PL: 1 OPEN, 0 ESCALATED  142213Z NOV 2023  23:13 Europe/Warsaw",
                "on watch: nobody took it over, so \"watch\" is all of the watch",
                "DRILL FLASH from BY since 142213Z NOV 2023 = 23:13 in ru",
                "DRILL abababab  \"Autumn Harvest\"",
                "DRILL next: 142214Z NOV 2023 = 23:14, in 2 min: +48 1, Col. Anna Maj",
                "DRILL link: heard 1 s ago; telephone: Watch of BY, +00 000",
                "read: detente watch read DIGITS   acknowledge: detente watch acknowledge DIGITS",
            ]
        );
        assert_eq!(lines(&response(Vec::new(), 0)).last().unwrap(), "nothing waits for an officer");
    }

    #[test]
    fn an_item_of_a_party_that_nobody_compared_says_so_beside_its_name_and_before_its_telephone() {
        let one = calls::NowItem { unconfirmed_by: "LT".into(), ..item("Autumn Harvest") };
        let all = lines(&response(vec![one], 0));
        assert_eq!(all[2], "DRILL FLASH from BY (unconfirmed) since 142213Z NOV 2023 = 23:13 in ru");
        assert_eq!(all[5], "DRILL link: heard 1 s ago; telephone (uncompared file): Watch of BY, +00 000");
    }

    #[test]
    fn a_link_that_is_down_leaves_room_for_the_whole_telephone_number() {
        let contacts = vec!["Watch of BY, +00 000 000 000 ext 4411".into()];
        let one = calls::NowItem { unanswered: 128, contacts, ..item("Autumn Harvest") };
        assert_eq!(
            lines(&response(vec![one.clone()], 0))[5],
            "DRILL link: DOWN since 142213Z; telephone: Watch of BY, +00 000 000 000 ext 4411"
        );
        let never = calls::NowItem { heard_at_ms: 0, ..one };
        assert_eq!(
            lines(&response(vec![never], 0))[5],
            "DRILL link: not heard yet; telephone: Watch of BY, +00 000 000 000 ext 4411"
        );
    }

    #[test]
    fn the_number_is_whole_and_who_is_alerted_is_named_whatever_words_stand_around_a_number() {
        let desk = "desk of the watch, building 4, room 112, the second floor, +375 17 222 33 44";
        let contact = "Watch of BY, the ministry, Lenin street 19, +375 17 222 33 44 ext 4411";
        let one = calls::NowItem {
            next_telephones: vec![desk.into()],
            contacts: vec![contact.into()],
            ..item("Autumn Harvest")
        };
        let all = lines(&response(vec![one], 0));
        assert_eq!(all[4], "DRILL next: 142214Z = 23:14, in 2 min: … +375 17 222 33 44, Col. Anna Maj");
        assert_eq!(all[5], "DRILL link: heard 1 s ago; telephone: … +375 17 222 33 44 ext 4411");
    }

    #[test]
    fn the_telephone_of_a_step_is_still_shown_where_the_next_one_names_none() {
        let next = |next: &str, everyone| {
            let one = calls::NowItem {
                next: vec![next.into()],
                next_telephones: Vec::new(),
                alerted_telephones: vec!["+48 1".into()],
                everyone,
                ..item("Autumn Harvest")
            };
            lines(&response(vec![one], 0)).remove(4)
        };
        let due = "DRILL next: 142214Z NOV 2023 = 23:14, in 2 min: alerted: +48 1; then everyone";
        assert_eq!(next("everyone", false), due);
        assert_eq!(next("", true), "DRILL next: nobody is left, all were alerted: +48 1");
    }

    #[test]
    fn what_does_not_fit_is_counted_on_the_last_line() {
        let all = lines(&response(vec![item("one"); fits(0) + 2], 5));
        assert_eq!(all.len(), limits::TERMINAL_LINES - 1);
        assert_eq!(all.last().unwrap(), "and 7 more: detente watch now --from 6");
        let now = response(vec![item("one"); 7], 5);
        let last =
            |keys, before| official::text(&[page(&now, keys, before)]).lines().last().unwrap().to_owned();
        assert_eq!(last(Keys::None, 5), "5 before, 7 more: detente watch now --from 11");
        for before in [0, 5, 1_000] {
            let keys = last(Keys::Shown, before);
            assert!(columns(&keys) <= COLUMNS && keys.ends_with("7 more"), "{keys}");
            assert!(keys.contains("n: next"), "{keys}");
        }
        let now = response(vec![item("one")], 0);
        assert!(
            official::text(&[page(&now, Keys::Shown, 5)]).contains("p: back  Enter: again  q: end  5 before")
        );
    }

    #[test]
    fn a_session_stands_as_one_item_with_how_many_wait_before_its_subject() {
        let one = calls::NowItem {
            session_waiting: 3,
            thread: vec![0x1f; 16].into(),
            ..item(&"Harvest ".repeat(20))
        };
        let all = lines(&response(vec![one], 0));
        assert!(
            all[3].starts_with("DRILL abababab  hotline session 1f1f1f1f, 3 waiting: \"Harvest "),
            "{}",
            all[3]
        );
    }

    #[test]
    fn a_text_of_a_session_that_its_author_took_back_says_so() {
        let mark = "WITHDRAWN by BY/25/0002";
        let one = calls::NowItem { session_waiting: 3, marks: vec![mark.into()], ..item("Harvest") };
        let second = |one: &calls::NowItem| lines(&response(vec![one.clone()], 0)).remove(3);
        assert!(second(&one).ends_with(", 3 waiting: WITHDRAWN by BY/25/0002: \"Harvest\""));
        let some = calls::NowItem { session_withdrawn: 1, marks: Vec::new(), ..one };
        assert!(second(&some).ends_with(", 3 waiting, 1 withdrawn: \"Harvest\""));
    }

    #[test]
    fn no_subject_looks_like_what_the_node_says_and_what_it_hands_on_is_marked_too() {
        let second = |one: calls::NowItem| lines(&response(vec![one], 0)).remove(3);
        let typed = "WITHDRAWN by BY/25/0002: nothing happened";
        assert_eq!(second(item(typed)), format!("DRILL abababab  \"{typed}\""));
        let mark = "the message that it hands on: WITHDRAWN by BY/25/0002";
        let one = calls::NowItem { marks: vec![mark.into()], ..item("Harvest") };
        assert_eq!(second(one), format!("DRILL abababab  {mark}: \"Harvest\""));
    }

    #[test]
    fn without_a_watch_plan_the_head_says_that_nobody_is_alerted_also_where_nothing_waits() {
        for items in [Vec::new(), vec![item("one")]] {
            let now = calls::NowResponse { has_plan: false, zone: String::new(), ..response(items, 0) };
            assert!(
                lines(&now)[0].ends_with("  142213Z NOV 2023  NO WATCH PLAN: nobody alerted"),
                "{:?}",
                lines(&now)
            );
        }
    }

    #[test]
    fn what_is_amiss_more_than_once_names_the_command_that_lists_it_and_nothing_else() {
        let alarm =
            calls::AlarmLine { alarm: "prompt".into(), due_ms: 1_700_000_000_000, ..Default::default() };
        let expiring =
            calls::Expiring { what: "the revocation list of PL".into(), ends_ms: 1_700_000_000_000 };
        let now = calls::NowResponse {
            unwatched: 3,
            alarms: vec![alarm; 2],
            expiring: vec![expiring; 2],
            ..response(vec![item("one")], 0)
        };
        let all = lines(&now);
        assert!(all[2].contains("2 end (detente watch now --json), the revocation list of PL"), "{all:?}");
        assert!(
            all[3].contains("2 are past due (detente duty list), prompt since 142213Z NOV 2023"),
            "{all:?}"
        );
        assert_eq!(all[4], "ALARM 3 came beyond the limit, nobody alerted: detente watch follow --once");
    }

    #[test]
    fn a_webhook_that_fails_is_told_above_the_items_and_the_page_stays_as_long() {
        let failing = |name: &str| calls::WebhookFailing {
            name: name.into(),
            since_ms: 1_700_000_000_000,
            failure: "CERTIFICATE".into(),
            waiting: 3,
        };
        let webhooks_failing = vec![failing("pager"), failing("other")];
        let now = calls::NowResponse { webhooks_failing, ..response(vec![item("one"); 9], 0) };
        let all = lines(&now);
        assert_eq!(
            all[2],
            "ALARM 2 webhooks fail (detente watch webhook list), pager since 142213Z NOV 202…"
        );
        assert!(all.len() < limits::TERMINAL_LINES);
        assert_eq!(all.last().unwrap(), "and 5 more: detente watch now --from 5");
    }

    proptest! {
        /// Whatever a Party writes, in whatever script.
        #[test]
        fn no_text_makes_the_page_longer_or_wider_or_drives_the_terminal(
            texts in prop::collection::vec("(\\PC|\\p{Han}|\\p{Hebrew}|[\u{1b}\r\n\u{202e}]){0,120}", 6),
            count in 0..40usize, more in 0..3u64, waiting in 0..2u64,
        ) {
            let one = calls::NowItem {
                from: texts[0].clone(),
                language: texts[1].clone(),
                next: vec![texts[2].clone()],
                next_telephones: vec![texts[3].clone()],
                contacts: vec![texts[4].clone()],
                session_waiting: waiting,
                ..item(&texts[5])
            };
            let now = calls::NowResponse {
                offered: Some(calls::HandOverOffered {
                    by: texts[5].clone(),
                    to: texts[2].clone(),
                    ..Default::default()
                }),
                webhooks_failing: vec![calls::WebhookFailing { name: texts[0].clone(), ..Default::default() }],
                expiring: vec![calls::Expiring { what: texts[1].clone(), ends_ms: 0 }; 2],
                alarms: vec![calls::AlarmLine {
                    alarm: texts[2].clone(),
                    label: texts[3].clone(),
                    number: texts[4].clone(),
                    from: texts[5].clone(),
                    ..Default::default()
                }],
                checks: vec![calls::CheckWaiting {
                    party: texts[1].clone(),
                    check: texts[2].clone(),
                    line: texts[3].clone(),
                    officer: texts[4].clone(),
                    ..Default::default()
                }; count],
                ..response(vec![one; count], more)
            };
            for keys in [Keys::None, Keys::Shown] {
                let text = official::text(&[page(&now, keys, more)]);
                let all: Vec<&str> = text.split_terminator('\n').collect();
                prop_assert!(all.len() < limits::TERMINAL_LINES);
                for line in all {
                    // Isolates take no column, and are the page's own.
                    let bare = line.replace(['\u{2066}', '\u{2069}'], "");
                    prop_assert!(columns(&bare) <= COLUMNS, "{bare}");
                    prop_assert!(!bare.chars().any(crate::domain::text::is_unsafe_to_show), "{bare:?}");
                }
            }
        }
    }
}
