//! The check schedule: for each link when checks are due, whose turn it is to ask, with which texts, and within how
//! many minutes an answer counts as in time. All of it is what two custodians agreed on; a schedule says the same at
//! both ends, for it names Parties by their codes.
//!
//! Never here: a clock, or an hour that stands in the program.

use std::sync::Arc;

use imbl::OrdMap;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::domain::party::Party;
use crate::domain::refusal::Refusal;
use crate::domain::roster::Roster;
use crate::domain::text::is_unsafe_to_show;
use crate::domain::time::Instant;
use crate::domain::watch::ON_WATCH;
use crate::limits;

/// A minute (ms).
pub const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// When checks of links are due, as two custodians agreed: a schedule for each link.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckPlan {
    pub links: Vec<LinkPlan>,
}

/// The schedule of the link with one other Party.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkPlan {
    pub with: Party,
    /// How often this end sends a heartbeat; `None`: as often as the program does by itself.
    pub heartbeat_seconds: Option<u32>,
    /// The agreed check texts, number 1 first.
    pub texts: Vec<String>,
    /// An answer that is on record at the end that asked so many minutes after the check was due is in time.
    pub within_minutes: u32,
    /// Who makes and answers checks at this end: a name, or [`ON_WATCH`]; empty: the node by itself.
    pub officer: String,
    pub checks: Vec<Rule>,
}

/// One check that comes again and again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// By which both ends know it.
    pub name: String,
    pub line: Line,
    pub turn: Turn,
    pub times: Times,
}

/// What carries a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line {
    /// The link between the two nodes.
    Link,
    /// These are recorded by hand.
    Telephone,
    Fax,
}

/// Whose turn it is to ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    Always(Party),
    /// The first on days whose number since 1970-01-01 is even, in the zone of the times.
    ByDay([Party; 2]),
    /// The first where the check's number is even.
    ByCheck([Party; 2]),
}

/// When a check is due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Times {
    OfDay {
        /// Minutes since midnight, in ascending order.
        at: Vec<u16>,
        /// On which days of the week, Monday first.
        days: [bool; 7],
        /// IANA name, or `Z`. An hour that clocks leap over is taken an hour later, one that they show twice the
        /// first time.
        zone: String,
    },
    /// At `from`, and so many minutes later again and again.
    Every { minutes: u32, from: Instant },
}

/// The schedule that counts, and since when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChecksInForce {
    pub plan: Arc<CheckPlan>,
    pub since: Instant,
    /// Since when a link has its plan, where that is earlier: a schedule that changes others leaves it as it was.
    pub unchanged_since: OrdMap<Party, Instant>,
}

impl ChecksInForce {
    /// A schedule that takes the place of another.
    pub fn after(before: Option<&ChecksInForce>, plan: Arc<CheckPlan>, at: Instant) -> ChecksInForce {
        let unchanged = |link: &LinkPlan| {
            let before = before.filter(|before| before.plan.with(link.with) == Some(link))?;
            Some((link.with, before.since_with(link.with)))
        };
        let unchanged_since = plan.links.iter().filter_map(unchanged).collect();
        ChecksInForce { plan, since: at, unchanged_since }
    }

    /// Since when checks with a Party are due by it.
    pub fn since_with(&self, party: Party) -> Instant {
        self.unchanged_since.get(&party).copied().unwrap_or(self.since)
    }
}

/// One check that is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    pub at: Instant,
    /// Counts all checks of its rule, without a gap, the same at both ends.
    pub number: i64,
    pub asks: Party,
}

impl Line {
    pub const ALL: [Line; 3] = [Line::Link, Line::Telephone, Line::Fax];

    pub fn name(self) -> &'static str {
        match self {
            Line::Link => "link",
            Line::Telephone => "telephone",
            Line::Fax => "fax",
        }
    }
}

impl CheckPlan {
    pub fn with(&self, party: Party) -> Option<&LinkPlan> {
        self.links.iter().find(|link| link.with == party)
    }

    /// # Errors
    /// A Party twice or unknown, a text or name that can't be shown, an officer whom the roster does not have, a rule
    /// without times, or something over a limit.
    pub fn check(&self, roster: &Roster) -> Result<(), Refusal> {
        if self.links.len() > limits::CHECK_LINKS_MAX {
            return Err(Refusal::TooMany {
                what: "links of a check schedule",
                most: limits::CHECK_LINKS_MAX,
            });
        }
        for (place, link) in self.links.iter().enumerate() {
            if self.links.iter().take(place).any(|other| other.with == link.with) {
                return Err(field("check_schedule.link.with", "one for each Party"));
            }
            link.check(roster)?;
        }
        Ok(())
    }

    /// # Errors
    /// A turn is that of neither end of its link.
    pub fn check_turns(&self, own: Party) -> Result<(), Refusal> {
        let wrong = "the code of this Party or of the other one, or both of them";
        for link in &self.links {
            let ends = |party: &Party| *party == own || *party == link.with;
            let fits = |rule: &Rule| match &rule.turn {
                Turn::Always(party) => ends(party),
                Turn::ByDay(both) | Turn::ByCheck(both) => both.iter().all(ends) && both[0] != both[1],
            };
            if link.with == own {
                return Err(field("check_schedule.link.with", "there is no link with oneself"));
            }
            if !link.checks.iter().all(fits) {
                return Err(field("check_schedule.link.check.asks", wrong));
            }
        }
        Ok(())
    }
}

impl LinkPlan {
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.checks.iter().find(|rule| rule.name == name)
    }

    /// When an answer is not in time any more.
    pub fn deadline(&self, due: Instant) -> Instant {
        due.plus_ms(i64::from(self.within_minutes).saturating_mul(MINUTE_MS))
    }

    /// The agreed text of a check, with its number.
    pub fn text(&self, due: &Due) -> Option<(u64, &str)> {
        let count = i64::try_from(self.texts.len()).ok().filter(|count| *count > 0)?;
        let place = usize::try_from(due.number.rem_euclid(count)).ok()?;
        Some((u64::try_from(place).ok()?.saturating_add(1), self.texts.get(place)?))
    }

    fn check(&self, roster: &Roster) -> Result<(), Refusal> {
        if !roster.parties.contains_key(&self.with) && !roster.without_node.contains_key(&self.with) {
            return Err(Refusal::NoSuchParty(self.with));
        }
        let within = |number: u32, most: u32| (1..=most).contains(&number);
        if self.heartbeat_seconds.is_some_and(|seconds| !within(seconds, limits::HEARTBEAT_SECONDS_MAX)) {
            let rule = format!("one at least, at most {}", limits::HEARTBEAT_SECONDS_MAX);
            return Err(field("check_schedule.link.heartbeat_seconds", &rule));
        }
        if !within(self.within_minutes, limits::CHECK_WITHIN_MINUTES_MAX) {
            let rule = format!("one at least, at most {}", limits::CHECK_WITHIN_MINUTES_MAX);
            return Err(field("check_schedule.link.within_minutes", &rule));
        }
        if !self.officer.is_empty()
            && self.officer != ON_WATCH
            && roster.on_watch_by_name(&self.officer).is_none()
        {
            let rule = "\"watch\", or the name of somebody whom the roster has with that role; left out, the node \
                        makes and answers checks by itself";
            return Err(field("check_schedule.link.officer", rule));
        }
        if self.texts.len() > limits::CHECK_TEXTS_MAX || !self.texts.iter().all(|text| is_line(text)) {
            let (most, bytes) = (limits::CHECK_TEXTS_MAX, limits::LINE_BYTES_MAX);
            let rule = format!("at most {most}, each one line of at most {bytes} bytes that can be shown");
            return Err(field("check_schedule.link.texts", &rule));
        }
        if self.texts.is_empty() && self.checks.iter().any(|rule| rule.line == Line::Link) {
            return Err(field("check_schedule.link.texts", "a check over the link has an agreed text"));
        }
        if self.checks.len() > limits::CHECKS_PER_LINK_MAX {
            return Err(Refusal::TooMany { what: "checks of a link", most: limits::CHECKS_PER_LINK_MAX });
        }
        for (place, rule) in self.checks.iter().enumerate() {
            if self.checks.iter().take(place).any(|other| other.name == rule.name) {
                return Err(field("check_schedule.link.check.name", "one for each check of a link"));
            }
            rule.check()?;
        }
        let a_day: usize = self.checks.iter().map(Rule::most_a_day).sum();
        if a_day > limits::CHECKS_A_DAY_MAX {
            return Err(Refusal::TooMany {
                what: "checks of a link in one day",
                most: limits::CHECKS_A_DAY_MAX,
            });
        }
        Ok(())
    }
}

impl Rule {
    /// Of a rule that stands by `check`.
    fn most_a_day(&self) -> usize {
        match &self.times {
            Times::OfDay { at, .. } => at.len(),
            Times::Every { minutes, .. } => {
                (24 * 60_usize).div_ceil(usize::try_from(*minutes).unwrap_or(usize::MAX).max(1))
            }
        }
    }

    /// The first check that is due after an instant. `None` where its zone is not known to this program, or no time
    /// that can be written comes after.
    pub fn due_after(&self, after: Instant) -> Option<Due> {
        let (at, number, day) = match &self.times {
            Times::OfDay { at, days, zone } => of_day(at, days, &zone_of(zone)?, after)?,
            Times::Every { minutes, from } => {
                let step = i64::from(*minutes).saturating_mul(MINUTE_MS);
                let number = after.ms_since(*from).checked_div_euclid(step)?.saturating_add(1).max(0);
                let at = from.plus_ms(number.saturating_mul(step));
                // Where the numbers end, so do the checks.
                if at <= after {
                    return None;
                }
                (at, number, at.0.div_euclid(DAY_MS))
            }
        };
        let of = |[even, odd]: &[Party; 2], number: i64| if number.rem_euclid(2) == 0 { *even } else { *odd };
        let asks = match &self.turn {
            Turn::Always(party) => *party,
            Turn::ByDay(both) => of(both, day),
            Turn::ByCheck(both) => of(both, number),
        };
        Some(Due { at, number, asks })
    }

    /// The check that is due at this very instant.
    pub fn due_at(&self, at: Instant) -> Option<Due> {
        self.due_after(at.plus_ms(-1)).filter(|due| due.at == at)
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.name.trim().is_empty() || !is_line(&self.name) {
            let most = limits::LINE_BYTES_MAX;
            let rule = format!("one line of at most {most} bytes that can be shown");
            return Err(field("check_schedule.link.check.name", &rule));
        }
        match &self.times {
            Times::OfDay { at, days, zone } => {
                let most = limits::CHECK_TIMES_MAX;
                let rises = at.is_sorted_by(|one, next| one < next);
                if at.is_empty() || at.len() > most || !rises || at.iter().any(|minute| *minute >= 24 * 60) {
                    let rule = format!("at least one time of the day, such as \"09:00\", and at most {most}");
                    return Err(field("check_schedule.link.check.at", &rule));
                }
                if !days.contains(&true) {
                    return Err(field("check_schedule.link.check.days", "at least one day of the week"));
                }
                if zone.len() > limits::LINE_BYTES_MAX || zone_of(zone).is_none() {
                    return Err(field("check_schedule.link.check.zone", "an IANA name, or Z"));
                }
            }
            Times::Every { minutes, from } => {
                let (least, most) = (limits::CHECK_INTERVAL_MINUTES_MIN, limits::CHECK_INTERVAL_MINUTES_MAX);
                if !(least..=most).contains(minutes) {
                    let rule = format!("at least {least}, at most {most}");
                    return Err(field("check_schedule.link.check.every_minutes", &rule));
                }
                if from.0 < 0 || from.0 % MINUTE_MS != 0 {
                    return Err(field("check_schedule.link.check.from", "a whole minute since 1970"));
                }
            }
        }
        Ok(())
    }
}

fn zone_of(zone: &str) -> Option<TimeZone> {
    match zone {
        "Z" => Some(TimeZone::UTC),
        name => jiff::tz::db().get(name).ok(),
    }
}

/// The instant, the check's number, and the number of its day since 1970-01-01. Clocks that leap can bring two times
/// of one day out of their order: the earliest instant is taken.
fn of_day(at: &[u16], days: &[bool; 7], zone: &TimeZone, after: Instant) -> Option<(Instant, i64, i64)> {
    let shown = zone.to_datetime(jiff::Timestamp::from_millisecond(after.0).ok()?).date();
    let mut next: Option<(Instant, i64, i64)> = None;
    let mut day = shown.yesterday().ok()?;
    // The day before, since an hour leapt over may end in the next one; and a whole week, for one day of it counts.
    for _ in 0..=9 {
        let number = day_number(day)?;
        let weekday = usize::try_from(number.saturating_sub(FIRST_MONDAY).rem_euclid(7)).ok()?;
        if days.get(weekday) == Some(&true) {
            for (place, minute) in at.iter().enumerate() {
                let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
                let Ok(shows) = zone.to_timestamp(day.at(hour, minute, 0, 0)) else { continue };
                let instant = Instant(shows.as_millisecond());
                if instant > after && next.is_none_or(|(earliest, ..)| instant < earliest) {
                    next = Some((instant, check_number(number, days, at.len(), place), number));
                }
            }
        }
        let Ok(tomorrow) = day.tomorrow() else { break };
        day = tomorrow;
    }
    next
}

/// The number of 1970-01-05.
const FIRST_MONDAY: i64 = 4;

fn day_number(day: Date) -> Option<i64> {
    Some(i64::from(day.since((jiff::Unit::Day, date(1970, 1, 1))).ok()?.get_days()))
}

/// Days that do not count are not counted: who takes turns by check does so over a week-end, too.
fn check_number(day: i64, days: &[bool; 7], times: usize, place: usize) -> i64 {
    let since = day.saturating_sub(FIRST_MONDAY);
    let number = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    let counts = |up_to: usize| number(days.iter().take(up_to).filter(|counts| **counts).count());
    let of_week = counts(usize::try_from(since.rem_euclid(7)).unwrap_or_default());
    let before = since.div_euclid(7).saturating_mul(counts(days.len())).saturating_add(of_week);
    before.saturating_mul(number(times)).saturating_add(number(place))
}

fn is_line(text: &str) -> bool {
    text.len() <= limits::LINE_BYTES_MAX && !text.trim().is_empty() && !text.chars().any(is_unsafe_to_show)
}

fn field(field: &'static str, rule: &str) -> Refusal {
    Refusal::Field { field, rule: rule.into() }
}
