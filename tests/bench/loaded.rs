//! What rules and neighbours cost a node at rest: start-up and memory with 200 regimes and 193 Parties on
//! record, beside a node that has none.

use std::time::Duration;

use crate::figures::{Ratio, median};
use crate::made::loaded;
use crate::memory;

const RUNS: usize = 5;
const REGIMES: usize = 200;
const PARTIES: usize = 193;

pub async fn run() {
    let none = measure(&loaded(0, 0).await);
    let all = measure(&loaded(REGIMES, PARTIES).await);
    println!(
        "start with {REGIMES} regimes and {PARTIES} Parties: {} ms, {} times that with none ({} ms)",
        all.0.as_millis(),
        Ratio::of(all.0.as_nanos(), none.0.as_nanos()),
        none.0.as_millis(),
    );
    println!(
        "memory with them: {} MB, {} times that with none ({} MB)",
        all.1 * 1024 / 1_000_000,
        Ratio::of(u128::from(all.1), u128::from(none.1)),
        none.1 * 1024 / 1_000_000,
    );
}

/// The middle of several starts, and the middle of the resident KiB at rest.
fn measure(made: &crate::made::Made) -> (Duration, u64) {
    let (mut starts, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let rest = memory::at_rest(made);
        starts.push(rest.started);
        sizes.push(rest.kib);
    }
    sizes.sort_unstable();
    (median(starts), sizes.get(RUNS / 2).copied().unwrap_or_default())
}
