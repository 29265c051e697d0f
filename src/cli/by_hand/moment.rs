//! When something was handed over, as an officer writes it: what a clock on a wall showed, and the zone of that
//! wall.
//!
//! Never here: a guess. What that clock showed twice, or never, is asked for again.

use crate::cli::given;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// An instant and the zone that it was written in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    pub at: Instant,
    pub zone: String,
}

/// What a wall clock showed, with the zone of that wall, or RFC 3339.
///
/// # Errors
/// It is neither, the zone is not known, or that clock showed it twice or never.
pub fn moment(text: &str) -> Result<Moment, String> {
    let text = text.trim();
    let Some((civil, zone)) = text.rsplit_once(char::is_whitespace) else {
        let at = given::instant(text)?;
        return Ok(Moment { at, zone: "Z".into() });
    };
    let shape = "write 2025-08-01T10:00 Europe/Minsk, or 2025-08-01T07:00Z";
    let civil: jiff::civil::DateTime = civil.trim_end().parse().map_err(|_| shape.to_owned())?;
    let known = if zone == "Z" {
        jiff::tz::TimeZone::UTC
    } else {
        jiff::tz::db().get(zone).map_err(|_| {
            format!("{} is not a known time zone: write an IANA name such as Europe/Minsk, or Z", shown(zone))
        })?
    };
    let timestamp = known
        .to_ambiguous_timestamp(civil)
        .unambiguous()
        .map_err(|_| "the clocks there showed this twice or never: write the instant with Z".to_owned())?;
    Ok(Moment { at: Instant(timestamp.as_millisecond()), zone: zone.into() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_instant_is_read_in_its_zone_and_what_is_unclear_is_refused() {
        let table = [
            ("2025-08-01T10:00 Europe/Minsk", "2025-08-01T07:00:00.000Z", "Europe/Minsk"),
            (" 2025-08-01T10:00   Europe/Rome ", "2025-08-01T08:00:00.000Z", "Europe/Rome"),
            ("2025-08-01T10:00 Z", "2025-08-01T10:00:00.000Z", "Z"),
            ("2025-08-01T10:00:00Z", "2025-08-01T10:00:00.000Z", "Z"),
            ("2025-08-01T10:00:00+02:00", "2025-08-01T08:00:00.000Z", "Z"),
        ];
        for (text, at, zone) in table {
            let read = moment(text).unwrap();
            assert_eq!((read.at.to_string().as_str(), read.zone.as_str()), (at, zone), "{text}");
        }
        // In the nights of summer time's beginning and end; dates that are none; zones that are none.
        for text in [
            "2025-03-30T02:30 Europe/Rome",
            "2025-10-26T02:30 Europe/Rome",
            "2025-02-30T10:00 Z",
            "2025-08-01T10:00",
            "2025-08-01T10:00 Europe/Nowhere",
            "yesterday",
            "",
        ] {
            moment(text).unwrap_err();
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>(), civil in "[-0-9T: ]{0,20}", zone in "[A-Za-z/]{0,16}") {
            let _ = moment(&text);
            let _ = moment(&format!("{civil} {zone}"));
        }
    }
}
