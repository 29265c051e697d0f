//! An iCalendar file (RFC 5545), so that any calendar program shows what is due and what is planned.
//!
//! Never here: a rule, or a zone's: instants stand in UTC, and whole days as days.

use crate::domain::message::Traffic;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// Entries of a calendar.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Calendar {
    pub entries: Vec<Entry>,
}

/// One entry. Its texts need not be safe to show: they are made so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The same in each file, so that a calendar program knows it again.
    pub uid: String,
    /// Never less in a later file (RFC 5545 3.8.7.4): how much was put on record of it.
    pub sequence: u64,
    pub standing: Standing,
    pub summary: String,
    pub description: String,
    pub category: &'static str,
    /// A drill says so at the head of each text, and is of the category `DRILL` too.
    pub traffic: Traffic,
    pub span: Span,
}

/// Whether it takes place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Stands,
    /// Called off: a calendar that took it in earlier learns of it (RFC 5545 3.8.1.11).
    Cancelled,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Span {
    /// At an instant.
    At(Instant),
    /// Whole days by whatever wall, such as `2025-09-12` to `2025-09-16`, the last one included. Only dates.
    Days { first: String, last: String },
}

impl Calendar {
    /// The file, made at `now`.
    pub fn write(&self, now: Instant) -> String {
        let mut file = String::new();
        for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//detente//duties//EN", "CALSCALE:GREGORIAN"]
        {
            line(&mut file, text);
        }
        for entry in &self.entries {
            line(&mut file, "BEGIN:VEVENT");
            line(&mut file, &format!("UID:{}", escaped(&entry.uid)));
            line(&mut file, &format!("DTSTAMP:{}", instant(now)));
            line(&mut file, &format!("SEQUENCE:{}", entry.sequence));
            line(
                &mut file,
                match entry.standing {
                    Standing::Stands => "STATUS:CONFIRMED",
                    Standing::Cancelled => "STATUS:CANCELLED",
                },
            );
            match &entry.span {
                // Without an end it ends when it begins (RFC 5545 3.6.1): an end would have to be later.
                Span::At(at) => line(&mut file, &format!("DTSTART:{}", instant(*at))),
                Span::Days { first, last } => {
                    line(&mut file, &format!("DTSTART;VALUE=DATE:{}", compact(first)));
                    line(&mut file, &format!("DTEND;VALUE=DATE:{}", compact(&day_after(last))));
                }
            }
            let (drill, also) = match entry.traffic {
                Traffic::Real => ("", ""),
                Traffic::Drill => ("DRILL ", ",DRILL"),
            };
            line(&mut file, &format!("SUMMARY:{drill}{}", escaped(&entry.summary)));
            line(&mut file, &format!("DESCRIPTION:{drill}{}", escaped(&entry.description)));
            line(&mut file, &format!("CATEGORIES:{}{also}", entry.category));
            // It takes nobody's time.
            line(&mut file, "TRANSP:TRANSPARENT");
            line(&mut file, "END:VEVENT");
        }
        line(&mut file, "END:VCALENDAR");
        file
    }
}

/// In UTC, to the second: `20250801T205959Z`. What no calendar has stands at that end of time to which it lies.
fn instant(at: Instant) -> String {
    let text = at.to_string();
    let seconds = match text.split_once('.') {
        Some((seconds, _)) => seconds,
        None if at < Instant(0) => "0001-01-01T00:00:00",
        None => "9999-12-30T21:59:59",
    };
    format!("{}Z", compact(&seconds.replace(':', "")))
}

fn compact(text: &str) -> String {
    text.replace('-', "")
}

/// RFC 5545 gives the day after the last one.
fn day_after(day: &str) -> String {
    let date: Result<jiff::civil::Date, _> = day.parse();
    date.and_then(|date| date.tomorrow()).map_or_else(|_| day.to_owned(), |next| next.to_string())
}

/// RFC 5545 section 3.3.11. What could drive a terminal is made harmless first; lines stay lines.
fn escaped(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(shown).collect();
    let mut out = String::new();
    for character in lines.join("\n").chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out
}

/// Lines of 75 octets at the most, each further one beginning with a space (RFC 5545 section 3.1).
fn line(file: &mut String, text: &str) {
    const OCTETS_MAX: usize = 75;
    let mut octets = 0_usize;
    for character in text.chars() {
        if octets.saturating_add(character.len_utf8()) > OCTETS_MAX {
            file.push_str("\r\n ");
            octets = 1;
        }
        file.push(character);
        octets = octets.saturating_add(character.len_utf8());
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_that_no_calendar_has_leaves_a_file_that_calendars_read() {
        assert_eq!(instant(Instant::from_rfc3339("2025-08-01T20:59:59.5Z").unwrap()), "20250801T205959Z");
        assert_eq!(instant(Instant(i64::MAX)), "99991230T215959Z");
        assert_eq!(instant(Instant(i64::MIN)), "00010101T000000Z");
    }
}
