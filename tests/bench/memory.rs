//! Resident memory of `detente serve` at rest: with hardly a record, and with a big journal.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Asked;
use crate::figures::{Aim, Ratio, print};
use crate::made::{Made, made};
use crate::start;

const RUNS: usize = 5;
const FEW: u64 = 100;
/// At rest is who has not grown or shrunk for so long.
const STILL: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(200);
const LOOKS_LIMIT: Duration = Duration::from_secs(60);

pub async fn run(asked: &Asked) {
    let few = made(FEW).await;
    measure(&few, "memory at rest over 40 MB", 40);
    let many = made(asked.sized(start::RECORDS)).await;
    measure(&many, "memory with the big journal over 120 MB", 120);
}

fn measure(made: &Made, what: &str, aim_mb: u64) {
    let (mut ratios, mut seen) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let kib = at_rest(made).kib;
        ratios.push(Ratio::of(u128::from(kib), u128::from(aim_mb * 1_000_000 / 1024)));
        seen.push(kib * 1024 / 1_000_000);
    }
    print(what, ratios, &Aim::AtMost("1.00"));
    println!("  {} records: {seen:?} MB", made.checkpoint.0);
}

/// A node that serves and keeps still.
pub struct AtRest {
    /// From its start to when it writes.
    pub started: Duration,
    /// Resident.
    pub kib: u64,
}

/// Starts it, and waits until it serves and keeps still.
pub fn at_rest(made: &Made) -> AtRest {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_detente"))
        .arg("serve")
        .arg(made.directory.root())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let serving = lines.map_while(Result::ok).any(|line| line.starts_with("standing     writes"));
    assert!(serving, "it does not serve");
    let started = start.elapsed();
    let (began, mut since, mut last) = (Instant::now(), Instant::now(), 0);
    while since.elapsed() < STILL && began.elapsed() < LOOKS_LIMIT {
        std::thread::sleep(LOOK);
        let now = resident_kib(&child);
        if now.abs_diff(last) > 64 {
            (since, last) = (Instant::now(), now);
        }
    }
    let kib = resident_kib(&child);
    let told = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
    assert!(told.success());
    child.wait().expect("it ends");
    AtRest { started, kib }
}

fn resident_kib(child: &Child) -> u64 {
    let path = format!("/proc/{}/smaps_rollup", child.id());
    let rollup = std::fs::read_to_string(path).expect("it runs");
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:")).expect("its resident size");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
}
