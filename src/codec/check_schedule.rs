//! A check schedule as two custodians write it: TOML to a schedule and back.
//!
//! Never here: whether its Parties and officers are known (the Board).

use serde::{Deserialize, Serialize};

use super::watch_plan::{NotAPlan, line_of};
use crate::domain::check::{CheckPlan, Line, LinkPlan, Rule, Times, Turn};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScheduleFile {
    #[serde(default, rename = "link")]
    links: Vec<LinkFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkFile {
    with: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heartbeat_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    texts: Vec<String>,
    within_minutes: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    officer: String,
    #[serde(default, rename = "check")]
    checks: Vec<CheckFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    line: String,
    asks: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    turns: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    at: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    days: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every_minutes: Option<u32>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    from: String,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const BY_DAY: &str = "by day";
const BY_CHECK: &str = "by check";

/// Reads a schedule.
///
/// # Errors
/// The first thing that is wrong, with its line; what is wrong beyond a line is told at the first. A text that is too
/// long, or becomes so where a record holds it (`write`).
pub fn read(text: &str) -> Result<CheckPlan, NotAPlan> {
    let most = limits::CHECK_SCHEDULE_BYTES_MAX;
    if text.len() > most {
        return Err(wrong(format!("a check schedule takes at most {most} bytes")));
    }
    let plan = stored(text)?;
    if write(&plan).len() > most {
        return Err(wrong(format!("a check schedule written out in full takes at most {most} bytes")));
    }
    Ok(plan)
}

/// Reads a schedule that a record holds: of any length, for the record has its own bound, and what was once taken on
/// record must be read for ever.
///
/// # Errors
/// As `read`, but for the length.
pub(super) fn stored(text: &str) -> Result<CheckPlan, NotAPlan> {
    let file: ScheduleFile = toml::from_str(text).map_err(|fault| line_of(text, &fault))?;
    Ok(CheckPlan { links: file.links.into_iter().map(link).collect::<Result<_, _>>()? })
}

fn wrong(what: impl Into<String>) -> NotAPlan {
    NotAPlan { line: 1, what: what.into() }
}

fn link(file: LinkFile) -> Result<LinkPlan, NotAPlan> {
    Ok(LinkPlan {
        with: party("with", &file.with)?,
        heartbeat_seconds: file.heartbeat_seconds,
        texts: file.texts,
        within_minutes: file.within_minutes,
        officer: file.officer,
        checks: file.checks.into_iter().map(check).collect::<Result<_, _>>()?,
    })
}

fn check(file: CheckFile) -> Result<Rule, NotAPlan> {
    let line = match file.line.as_str() {
        "" => Line::Link,
        name => Line::ALL
            .into_iter()
            .find(|line| line.name() == name)
            .ok_or_else(|| wrong("line: one of link, telephone, fax"))?,
    };
    let asks = file.asks.iter().map(|code| party("asks", code)).collect::<Result<Vec<Party>, _>>()?;
    let turn = match (&asks[..], file.turns.as_str()) {
        ([one], "") => Turn::Always(*one),
        ([first, second], BY_DAY) => Turn::ByDay([*first, *second]),
        ([first, second], BY_CHECK) => Turn::ByCheck([*first, *second]),
        _ => {
            return Err(wrong(
                "asks: one Party; or two, with turns = \"by day\" or \"by check\" for who asks when",
            ));
        }
    };
    let times = match (file.every_minutes, file.at.is_empty()) {
        (None, false) if file.from.is_empty() => of_day(&file)?,
        (Some(minutes), true) if file.days.is_empty() && file.zone.is_empty() => {
            let from = Instant::from_rfc3339(&file.from)
                .ok_or_else(|| wrong("from: an instant such as 2031-01-01T00:00:00Z"))?;
            Times::Every { minutes, from }
        }
        _ => return Err(wrong("a check has at, days and zone; or every_minutes and from")),
    };
    Ok(Rule { name: file.name, line, turn, times })
}

fn of_day(file: &CheckFile) -> Result<Times, NotAPlan> {
    let mut at = file.at.iter().map(|text| minute_of_day(text)).collect::<Result<Vec<u16>, _>>()?;
    at.sort_unstable();
    let mut days = [file.days.is_empty(); 7];
    for name in &file.days {
        let day = DAYS.iter().zip(&mut days).find(|(day, _)| *day == name);
        let (_, counts) =
            day.ok_or_else(|| wrong("days: of mon, tue, wed, thu, fri, sat, sun; left out, every day"))?;
        *counts = true;
    }
    let zone = if file.zone.is_empty() { "Z".to_owned() } else { file.zone.clone() };
    Ok(Times::OfDay { at, days, zone })
}

fn minute_of_day(text: &str) -> Result<u16, NotAPlan> {
    let number = |digits: &str, below: u16| {
        let digits =
            Some(digits).filter(|digits| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u16>().ok()).filter(|number| *number < below)
    };
    let read = text.split_once(':').and_then(|(hour, minute)| {
        Some(number(hour, 24)?.saturating_mul(60).saturating_add(number(minute, 60)?))
    });
    read.ok_or_else(|| wrong("at: times of the day, such as \"09:00\""))
}

fn party(field: &str, code: &str) -> Result<Party, NotAPlan> {
    code.parse().map_err(|fault| wrong(format!("{field}: {fault}")))
}

/// The schedule as a text that reads as the same schedule.
pub fn write(plan: &CheckPlan) -> String {
    let link = |link: &LinkPlan| LinkFile {
        with: link.with.to_string(),
        heartbeat_seconds: link.heartbeat_seconds,
        texts: link.texts.clone(),
        within_minutes: link.within_minutes,
        officer: link.officer.clone(),
        checks: link.checks.iter().map(rule).collect(),
    };
    toml::to_string(&ScheduleFile { links: plan.links.iter().map(link).collect() }).unwrap_or_default()
}

fn rule(rule: &Rule) -> CheckFile {
    let codes = |parties: &[Party]| parties.iter().map(Party::to_string).collect::<Vec<_>>();
    let (asks, turns) = match &rule.turn {
        Turn::Always(party) => (codes(&[*party]), ""),
        Turn::ByDay(both) => (codes(both), BY_DAY),
        Turn::ByCheck(both) => (codes(both), BY_CHECK),
    };
    let mut file = CheckFile {
        name: rule.name.clone(),
        line: rule.line.name().to_owned(),
        asks,
        turns: turns.to_owned(),
        at: Vec::new(),
        days: Vec::new(),
        zone: String::new(),
        every_minutes: None,
        from: String::new(),
    };
    match &rule.times {
        Times::OfDay { at, days, zone } => {
            file.at = at.iter().map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60)).collect();
            file.days =
                DAYS.iter().zip(days).filter(|(_, on)| **on).map(|(day, _)| (*day).to_owned()).collect();
            file.zone.clone_from(zone);
        }
        Times::Every { minutes, from } => {
            file.every_minutes = Some(*minutes);
            file.from = from.to_string();
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_times() -> impl Strategy<Value = Times> {
        let at = prop::collection::btree_set(0u16..24 * 60, 1..5);
        let days = prop::array::uniform7(any::<bool>()).prop_filter("a day", |days| days.contains(&true));
        let of_day = (at, days, "[A-Z][a-z/]{1,9}").prop_map(|(at, days, zone)| Times::OfDay {
            at: at.into_iter().collect(),
            days,
            zone,
        });
        let every = (1u32.., 0i64..4_000_000_000)
            .prop_map(|(minutes, seconds)| Times::Every { minutes, from: Instant::from_seconds(seconds) });
        prop_oneof![of_day, every]
    }

    fn any_plan() -> impl Strategy<Value = CheckPlan> {
        let party = || "[A-Z][A-Z0-9]{1,5}".prop_map(|code| code.parse::<Party>().unwrap());
        let turn = prop_oneof![
            party().prop_map(Turn::Always),
            (party(), party()).prop_map(|(one, other)| Turn::ByDay([one, other])),
            (party(), party()).prop_map(|(one, other)| Turn::ByCheck([one, other])),
        ];
        let line = prop::sample::select(Line::ALL.to_vec());
        let rule = (".{0,9}", line, turn, any_times()).prop_map(|(name, line, turn, times)| Rule {
            name,
            line,
            turn,
            times,
        });
        let texts = prop::collection::vec(".{0,12}", 0..3);
        let checks = prop::collection::vec(rule, 0..3);
        let link = (party(), any::<Option<u32>>(), texts, any::<u32>(), ".{0,9}", checks).prop_map(
            |(with, heartbeat_seconds, texts, within_minutes, officer, checks)| LinkPlan {
                with,
                heartbeat_seconds,
                texts,
                within_minutes,
                officer,
                checks,
            },
        );
        prop::collection::vec(link, 0..3).prop_map(|links| CheckPlan { links })
    }

    proptest! {
        #[test]
        fn a_schedule_written_reads_as_the_same_schedule(plan in any_plan()) {
            prop_assert_eq!(read(&write(&plan)), Ok(plan));
        }

        #[test]
        fn no_text_makes_the_reader_panic(
            text in "(\\[\\[link\\]\\]|\\[\\[link.check\\]\\]|with = |asks = |at = |\"PL\"|\"24:00\"|\\[|\\]|\n|\\PC){0,40}"
        ) {
            let _ = read(&text);
        }
    }

    /// With so many checks, in fewer words than a record holds them.
    fn terse(checks: usize) -> String {
        let check = "[[link.check]]\nname = \"a\"\nasks = [\"BY\"]\nat = [\"09:00\"]\n";
        format!("[[link]]\nwith = \"BY\"\nwithin_minutes = 5\n{}", check.repeat(checks))
    }

    #[test]
    fn a_schedule_is_as_long_as_it_stands_in_a_record_and_a_record_is_read_whatever_its_length() {
        let most = limits::CHECK_SCHEDULE_BYTES_MAX;
        let written = |checks| write(&stored(&terse(checks)).unwrap()).len();
        let (one, each) = (written(1), written(2) - written(1));
        let fit = (most - one) / each + 1;
        let longest = read(&terse(fit)).unwrap();
        assert!(write(&longest).len() > most - each);
        assert_eq!(stored(&write(&longest)), Ok(longest));

        let over = terse(fit + 1);
        assert!(over.len() < most);
        assert!(read(&over).is_err());
        let over = stored(&over).unwrap();
        assert_eq!(stored(&write(&over)), Ok(over));
    }

    #[test]
    fn what_is_wrong_in_a_schedule_is_told_with_its_line() {
        let line = |text: &str| read(text).unwrap_err().line;
        assert_eq!(line("[[link]]\nwith = \"BY\"\nwithin_minutes = 5\nminutes = 3\n"), 4);
        assert_eq!(line("[[link]]\nwith = \"BY\"\nwithin_minutes = \"5\"\n"), 3);
        let check = |rest: &str| {
            let link = "[[link]]\nwith = \"BY\"\nwithin_minutes = 5\n[[link.check]]\nname = \"a\"\n";
            read(&format!("{link}{rest}"))
        };
        assert!(check("asks = [\"BY\"]\nat = [\"09:00\"]\n").is_ok());
        for rest in [
            "asks = []\nat = [\"09:00\"]\n",
            "asks = [\"by\"]\nat = [\"09:00\"]\n",
            "asks = [\"BY\", \"PL\"]\nat = [\"09:00\"]\n",
            "asks = [\"BY\"]\nturns = \"by day\"\nat = [\"09:00\"]\n",
            "asks = [\"BY\"]\nat = [\"24:00\"]\n",
            "asks = [\"BY\"]\nat = [\"9:00\"]\n",
            "asks = [\"BY\"]\nat = [\"09:00\"]\ndays = [\"monday\"]\n",
            "asks = [\"BY\"]\nat = [\"09:00\"]\nevery_minutes = 60\n",
            "asks = [\"BY\"]\nevery_minutes = 60\n",
            "asks = [\"BY\"]\n",
            "asks = [\"BY\"]\nline = \"pigeon\"\nat = [\"09:00\"]\n",
        ] {
            assert!(check(rest).is_err(), "{rest}");
        }
    }
}
