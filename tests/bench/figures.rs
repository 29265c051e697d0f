//! Ratios of several runs, and how they are printed. Counted in thousandths: no floats.

use std::fmt;
use std::time::Duration;

/// A ratio in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ratio(u64);

impl Ratio {
    /// `over` divided by `under`.
    pub fn of(over: u128, under: u128) -> Ratio {
        Ratio(u64::try_from(over.saturating_mul(1000) / under.max(1)).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 1000, self.0 % 1000 / 10)
    }
}

/// Where a ratio should lie.
pub enum Aim {
    AtMost(&'static str),
    AtLeast(&'static str),
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Aim::AtMost(bound) => write!(f, "aim at most {bound}"),
            Aim::AtLeast(bound) => write!(f, "aim at least {bound}"),
        }
    }
}

/// One line for a ratio that was measured in several runs.
pub fn print(what: &str, mut ratios: Vec<Ratio>, aim: &Aim) {
    ratios.sort();
    let (Some(min), Some(max)) = (ratios.first(), ratios.last()) else { return };
    let median = ratios[ratios.len() / 2];
    println!("{what:<52} min {min}  median {median}  max {max}  ({aim}; {} runs)", ratios.len());
}

/// The middle one.
pub fn median(mut of: Vec<Duration>) -> Duration {
    of.sort();
    of.get(of.len() / 2).copied().unwrap_or_default()
}

/// The one that so many in a hundred do not exceed.
pub fn percentile(mut of: Vec<Duration>, hundredths: usize) -> Duration {
    of.sort();
    let at = (of.len() * hundredths).div_ceil(100);
    of.get(at.saturating_sub(1)).copied().unwrap_or_default()
}

/// How many in a second.
pub fn per_second(count: u64, took: Duration) -> u128 {
    u128::from(count).saturating_mul(1_000_000) / took.as_micros().max(1)
}

/// On what this was measured.
pub fn machine() {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let profile = if cfg!(debug_assertions) { "NOT OPTIMISED: of no use" } else { "optimised" };
    println!(
        "machine: {cores} cores,{} load before {load}; {profile}",
        model.trim_start_matches([':', '\t'])
    );
}
