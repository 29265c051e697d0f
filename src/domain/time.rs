//! Instants and date-time groups. The clock itself is outside: here time is an argument.

use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Instant(pub i64);

impl Instant {
    pub fn from_seconds(seconds: i64) -> Instant {
        Instant(seconds.saturating_mul(1000))
    }

    /// Whole seconds, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Hours since 1970-01-01T00:00Z, by which budgets are kept.
    pub fn hour(self) -> i64 {
        self.seconds().div_euclid(3600)
    }

    pub fn plus_ms(self, ms: i64) -> Instant {
        Instant(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant; negative if this one comes first.
    pub fn ms_since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// `None` where no calendar has it: another Party may state any number of milliseconds.
    fn civil(self) -> Option<jiff::civil::DateTime> {
        let timestamp = jiff::Timestamp::from_millisecond(self.0).ok()?;
        Some(jiff::tz::Offset::UTC.to_datetime(timestamp))
    }

    fn no_date(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms (no date)", self.0)
    }

    /// RFC 3339 in UTC with whole seconds, for what was never known more exactly, such as the time of a cosignature.
    pub fn to_the_second(self) -> String {
        let shown = self.civil().map(|civil| civil.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        shown.unwrap_or_else(|| self.to_string())
    }

    /// Reads RFC 3339, such as `2025-07-31T09:00:00Z` or with an offset. `None` if it is not that.
    pub fn from_rfc3339(text: &str) -> Option<Instant> {
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Some(Instant(timestamp.as_millisecond()))
    }

    /// What a clock on a wall shows there; `None` if the zone is neither `Z` nor an IANA name that the built-in
    /// edition of the database has.
    pub fn wall_clock(self, zone: &str) -> Option<jiff::civil::DateTime> {
        let zone = match zone {
            "Z" => jiff::tz::TimeZone::UTC,
            name => jiff::tz::db().get(name).ok()?,
        };
        Some(zone.to_datetime(jiff::Timestamp::from_millisecond(self.0).ok()?))
    }

    /// The year in UTC, for official numbers; 1970 for what no calendar has, as every fold has it.
    pub fn year(self) -> i16 {
        self.civil().map_or(1970, |civil| civil.year())
    }

    /// The date-time group, `DDHHMMZ MON YYYY`. Source: ACP 121 practice, with the year in full so
    /// that it can be read a century later.
    pub fn date_time_group(self) -> DateTimeGroup {
        DateTimeGroup(self)
    }

    /// As it stands in marks on record, which every audit makes again: what no calendar has is there the first of 1970.
    pub fn date_time_group_on_record(self) -> DateTimeGroup {
        DateTimeGroup(self.civil().map_or(Instant(0), |_| self))
    }
}

/// RFC 3339 in UTC to the millisecond; what no calendar has, as that.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(c) = self.civil() else { return self.no_date(f) };
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            c.year(),
            c.month(),
            c.day(),
            c.hour(),
            c.minute(),
            c.second(),
            self.0.rem_euclid(1000)
        )
    }
}

/// An instant written as signal officers write it, always in Zulu: `310900Z JUL 2025`; what no calendar has, as that.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DateTimeGroup(pub Instant);

impl fmt::Display for DateTimeGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [&str; 12] =
            ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
        let Some(c) = self.0.civil() else { return self.0.no_date(f) };
        let place = usize::from(c.month().unsigned_abs()).saturating_sub(1);
        let month = MONTHS.get(place).copied().unwrap_or_default();
        write!(f, "{:02}{:02}{:02}Z {} {:04}", c.day(), c.hour(), c.minute(), month, c.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_calendar_has_is_shown_as_no_date_and_never_as_a_day_that_somebody_could_mean() {
        for ms in [i64::MAX, i64::MIN, 9_467_085_600_000_000] {
            let at = Instant(ms);
            let shown = [at.to_string(), at.to_the_second(), at.date_time_group().to_string()];
            assert_eq!(shown, [(); 3].map(|()| format!("{ms} ms (no date)")));
        }
        let last = Instant::from_rfc3339("9999-12-30T21:59:59.999Z").unwrap();
        assert_eq!(last.to_string(), "9999-12-30T21:59:59.999Z");
        assert_eq!(last.date_time_group().to_string(), "302159Z DEC 9999");
        assert_eq!(Instant(0).date_time_group().to_string(), "010000Z JAN 1970");
    }

    #[test]
    fn what_the_fold_makes_of_an_instant_that_no_calendar_has_stays_as_it_stands_on_record() {
        let at = Instant(i64::MAX);
        assert_eq!(
            (at.year(), at.date_time_group_on_record().to_string().as_str()),
            (1970, "010000Z JAN 1970")
        );
        let known = Instant::from_rfc3339("2025-07-31T09:00:00Z").unwrap();
        assert_eq!(known.date_time_group_on_record(), known.date_time_group());
    }
}
