//! What stands on the page of `watch now` around its items: what is amiss at this Party itself, and below all the keys,
//! or what is not shown and which command lists that and nothing else.
//!
//! Never here: a line longer than the page is wide; what a cut may take stands last.

use super::page::{Keys, both, items_shown, line};
use super::{alarm, waiting_checks};
use crate::cli::hotline::open_drafts;
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::official::Line;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// What stands above the items: what is amiss, checks of links that wait, and drafts of sessions that are not released.
pub(super) fn above(now: &calls::NowResponse) -> Vec<Line> {
    let mut lines = alarms(now);
    lines.extend(waiting_checks::lines(now));
    let drafts = open_drafts::counted(now.session_drafts.as_ref());
    lines.extend(drafts.map(|counted| line(0, &format!("HOTLINE {counted}"))));
    lines
}

/// One line for each kind.
fn alarms(now: &calls::NowResponse) -> Vec<Line> {
    let kinds = [webhooks(now), expiring(now), past_due(now), unwatched(now)];
    kinds.into_iter().flatten().map(|text| line(0, &text)).collect()
}

fn webhooks(now: &calls::NowResponse) -> Option<String> {
    let (first, others) = now.webhooks_failing.split_first()?;
    let (name, since) = (shown(&first.name), both(now, first.since_ms));
    Some(match others.len() {
        0 => format!(
            "ALARM webhook {name} fails since {since}: {}, {} wait",
            shown(&first.failure),
            first.waiting
        ),
        others => format!(
            "ALARM {} webhooks fail (detente watch webhook list), {name} since {since}",
            others.saturating_add(1)
        ),
    })
}

fn expiring(now: &calls::NowResponse) -> Option<String> {
    let (first, others) = now.expiring.split_first()?;
    let how = if first.ends_ms <= now.now_ms { "ended" } else { "ends" };
    let first = format!("{} {how} {}", shown(&first.what), Instant(first.ends_ms).date_time_group());
    Some(match others.len() {
        0 => format!("ALARM {first}"),
        others => format!("ALARM {} end (detente watch now --json), {first}", others.saturating_add(1)),
    })
}

fn past_due(now: &calls::NowResponse) -> Option<String> {
    let (first, others) = now.alarms.split_first()?;
    Some(match (others.len() as u64).saturating_add(now.alarms_more) {
        0 => alarm::words(first),
        others => format!(
            "{} ALARM {} are past due (detente duty list), {} since {}",
            message::traffic_mark(first.traffic),
            others.saturating_add(1),
            shown(&first.alarm),
            Instant(first.due_ms).date_time_group(),
        ),
    })
}

fn unwatched(now: &calls::NowResponse) -> Option<String> {
    (now.unwatched > 0).then(|| {
        format!("ALARM {} came beyond the limit, nobody alerted: detente watch follow --once", now.unwatched)
    })
}

/// The line below the items, on the page that stands behind so many.
pub(super) fn last(now: &calls::NowResponse, keys: Keys, before: u64) -> String {
    let here = items_shown(now) as u64;
    let more = (now.items.len() as u64).saturating_sub(here).saturating_add(now.more);
    let behind = before.saturating_add(here).saturating_add(1);
    let is_none = now.checks.is_empty() && open_drafts::counted(now.session_drafts.as_ref()).is_none();
    let nothing = if is_none { "nothing" } else { "no message" };
    match (keys, here, before, more) {
        (Keys::Shown, 0, ..) => format!("{nothing} waits for an officer   Enter: look again   q: end"),
        (Keys::None, 0, 0, _) => format!("{nothing} waits for an officer"),
        (Keys::None, 0, before, _) => format!("nothing more waits behind the first {before}"),
        (Keys::Shown, _, 0, 0) => "N: card   hN: holding reply   Enter: look again   q: end".into(),
        (Keys::Shown, _, 0, more) => {
            format!("N: card  hN: holding reply  n: next page  Enter: again  q: end  and {more} more")
        }
        (Keys::Shown, _, before, 0) => {
            format!("N: card  hN: holding reply  p: back  Enter: again  q: end  {before} before")
        }
        (Keys::Shown, _, before, more) => {
            format!("N: card  hN: holding reply  n: next  p: back  q: end  {before} before, {more} more")
        }
        (Keys::None, _, 0, 0) => {
            "read: detente watch read DIGITS   acknowledge: detente watch acknowledge DIGITS".into()
        }
        (Keys::None, _, 0, more) => format!("and {more} more: detente watch now --from {behind}"),
        (Keys::None, _, before, 0) => format!("{before} before: detente watch now"),
        (Keys::None, _, before, more) => {
            format!("{before} before, {more} more: detente watch now --from {behind}")
        }
    }
}
