//! Where: points, areas and places, by words and by fixed-point coordinates.
//!
//! Never here: floating point, maps, or a judgement where a border runs.

use std::fmt;
use std::str::FromStr;

use super::declare::form;
use super::faults::{Faults, Refused};
use super::leaf::{Expected, Single, as_text};
use super::outline::{Entry, Item, Leaf, Path, Rules, Shape, Value, bound_len, check_len};
use crate::limits;

/// A point on the globe (WGS 84), in millionths of a degree, north and east positive. In a form:
/// `53.902300 N 27.561900 E`, or with signs `53.9023, 27.5619`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GeoPoint {
    pub latitude_microdegrees: i32,
    pub longitude_microdegrees: i32,
}

const A_POINT: &str = "a point in quotation marks, such as \"53.9023 N 27.5619 E\", at most six decimals";
const MICRO: i64 = 1_000_000;

form! {
    /// An area, by geographic features, by coordinates, or both.
    pub struct Area {
        name: String, IfAny, "Name", "what the area is called, such as a training ground";
        features: super::Prose, IfAny, "Geographic features", "the area in words: places, rivers, roads that bound it";
        territory: String, IfAny, "Territory", "on whose territory it lies, as you state it";
        outline: Vec<GeoPoint>, IfAny, "Outline", "the corners of a polygon in order, at least three; the last is joined to the first";
        centre: Option<GeoPoint>, IfAny, "Centre", "or the centre of a circle";
        radius_metres: Option<u64>, IfAny, "Radius (m)", "and its radius in metres";
    }
}

form! {
    /// A place: a point of embarkation, arrival or concentration, or where observers assemble.
    pub struct Place {
        name: String, IfAny, "Name", "the name of the place";
        territory: String, IfAny, "Territory", "on whose territory it lies, as you state it";
        position: Option<GeoPoint>, IfAny, "Position", "its coordinates";
    }
}

impl Rules for Area {
    fn key(&self) -> String {
        self.name.clone()
    }

    fn rules(&self, at: &Path, faults: &mut Faults) {
        let corners = self.outline.len();
        if corners > 0 && corners < limits::POLYGON_CORNERS_MIN {
            faults.add(&at.field("outline"), "a polygon needs at least three corners");
        }
        let repeats = self.outline.iter().zip(self.outline.iter().skip(1)).any(|(one, next)| one == next);
        if repeats || corners > 1 && self.outline.first() == self.outline.last() {
            faults
                .add(&at.field("outline"), "a corner stands twice in a row; the last is joined to the first");
        }
        match (self.centre, self.radius_metres) {
            (Some(_), None) => faults.missing(&[at.field("radius_metres")]),
            (None, Some(_)) => faults.missing(&[at.field("centre")]),
            (Some(_), Some(0)) => faults.add(&at.field("radius_metres"), "a circle has a radius above zero"),
            (Some(_), Some(_)) | (None, None) => {}
        }
        if self.radius_metres.is_some_and(|metres| metres > limits::RADIUS_METRES_MAX) {
            let rule = "the radius is more than half the Earth's circumference";
            faults.add(&at.field("radius_metres"), rule);
        }
        if self.features.is_absent()
            && self.outline.is_empty()
            && self.centre.is_none()
            && self.radius_metres.is_none()
        {
            faults.missing(&[at.field("features"), at.field("outline"), at.field("centre")]);
        }
    }
}

impl Rules for Place {
    fn key(&self) -> String {
        self.name.clone()
    }

    fn rules(&self, at: &Path, faults: &mut Faults) {
        if self.name.is_empty() && self.position.is_none() {
            faults.missing(&[at.field("name"), at.field("position")]);
        }
    }
}

impl FromStr for GeoPoint {
    type Err = Expected;

    fn from_str(text: &str) -> Result<GeoPoint, Expected> {
        read_point(text).ok_or(Expected(A_POINT))
    }
}

fn read_point(text: &str) -> Option<GeoPoint> {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let first = words.next()?;
    let second = words.next()?;
    let (latitude, longitude) = match (words.next(), words.next(), words.next()) {
        (None, None, None) => (microdegrees(first)?, microdegrees(second)?),
        (Some(third), Some(fourth), None) => {
            (towards(first, second, "N", "S")?, towards(third, fourth, "E", "W")?)
        }
        (Some(_), _, _) | (None, Some(_), _) | (None, None, Some(_)) => return None,
    };
    Some(GeoPoint {
        latitude_microdegrees: i32::try_from(latitude).ok()?,
        longitude_microdegrees: i32::try_from(longitude).ok()?,
    })
}

/// Degrees without a sign, and the letter of the direction.
fn towards(degrees: &str, letter: &str, positive: &str, negative: &str) -> Option<i64> {
    if degrees.starts_with(['-', '+']) {
        return None;
    }
    let size = microdegrees(degrees)?;
    if letter == positive {
        Some(size)
    } else if letter == negative {
        size.checked_neg()
    } else {
        None
    }
}

/// Decimal degrees, in whole numbers all the way: no rounding, so more than six decimals are refused.
fn microdegrees(text: &str) -> Option<i64> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let is_number =
        |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole, 4) || !is_number(fraction, 6) {
        return None;
    }
    let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(MICRO)?.checked_add(fraction)?.checked_mul(sign)
}

impl fmt::Display for GeoPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut write = |value: i32, positive: char, negative: char, end: &str| {
            let size = i64::from(value).abs();
            let letter = if value < 0 { negative } else { positive };
            write!(f, "{}.{:06} {letter}{end}", size / MICRO, size % MICRO)
        };
        write(self.latitude_microdegrees, 'N', 'S', " ")?;
        write(self.longitude_microdegrees, 'E', 'W', "")
    }
}

as_text!(GeoPoint, A_POINT);

impl Single for GeoPoint {
    const LEAF: Leaf = Leaf::Point;

    fn check(&self, at: &Path, faults: &mut Faults) {
        if i64::from(self.latitude_microdegrees).abs() > 90 * MICRO {
            faults.add(at, "the latitude is beyond 90 degrees");
        }
        if i64::from(self.longitude_microdegrees).abs() > 180 * MICRO {
            faults.add(at, "the longitude is beyond 180 degrees");
        }
    }
}

impl Entry for Vec<GeoPoint> {
    const SHAPE: Shape = Shape::Leaves(Leaf::Point);

    fn value(&self) -> Value {
        if self.is_empty() {
            return Value::Absent;
        }
        // Corners have no names: their order is what they mean.
        let item =
            |point: &GeoPoint| Item { key: String::new(), line: None, value: Value::Leaf(point.to_string()) };
        Value::List(self.iter().map(item).collect())
    }

    fn check(&self, at: &Path, faults: &mut Faults) {
        check_len(self.len(), at, faults);
        for (index, point) in self.iter().enumerate() {
            Single::check(point, &at.item(index), faults);
        }
    }

    fn bound(&self, at: &Path) -> Result<(), Refused> {
        bound_len(self.len(), at)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
