//! Messages a second with many in flight: drafts released, a hundred at once, until the last one is receipted;
//! over a floor that does the same appends, calls and signatures, all overlapping as much as they can.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use detente::domain::digest::ThreadId;
use detente::domain::precedence::Precedence;
use detente::limits;

use crate::Asked;
use crate::figures::{Aim, Ratio, per_second, print};
use crate::floor::{Appends, Floor, Sample, Signatures};
use crate::hotline::flash_drafts;
use crate::messages::{fresh, releaser};
use crate::send::Pair;
use crate::world::Medium;

const RUNS: usize = 7;
/// As many drafts as one officer may have open.
const MESSAGES: u64 = limits::DRAFTS_OPEN_PER_OFFICER_MAX as u64;
/// Releases under way at once: on one lane or on four, no more than the registrar's inbox has places for of FLASH.
const AT_ONCE: usize = 100;

pub async fn run(asked: &Asked) {
    for medium in &asked.media {
        on(asked, *medium, &[Precedence::Routine], "one lane").await;
        on(asked, *medium, &Precedence::FASTEST_FIRST, "four lanes").await;
    }
}

async fn on(asked: &Asked, medium: Medium, lanes: &[Precedence], what: &str) {
    let pair = Pair::new(medium).await;
    pair.world.state("BY").change(flash_drafts(), Bytes::new()).await;
    flight(&pair, lanes, 64).await;
    let mut floor = pair.floor().await;
    let count = asked.sized(MESSAGES);
    flight(&pair, lanes, count).await;
    floor = bare(floor, count).await.0;
    let mut ratios = Vec::new();
    let (mut fastest, mut floor_fastest) = (0, 0);
    for _ in 0..RUNS {
        let took = flight(&pair, lanes, count).await;
        let (again, floor_took) = bare(floor, count).await;
        floor = again;
        // A rate over a rate: the floor's time stands above.
        ratios.push(Ratio::of(floor_took.as_nanos(), took.as_nanos()));
        fastest = fastest.max(per_second(count, took));
        floor_fastest = floor_fastest.max(per_second(count, floor_took));
    }
    let aim = Aim::AtLeast("0.60");
    print(&format!("messages a second over the floor's, {medium:?}, {what}"), ratios, &aim);
    println!("  best run: {fastest} messages/s; the floor's best: {floor_fastest}");
}

/// Drafts, then times the way from the first release to the last receipt.
async fn flight(pair: &Pair, lanes: &[Precedence], count: u64) -> Duration {
    let registrar = &pair.world.node("BY").registrar;
    let mut releases = Vec::new();
    for number in 0..count {
        // Threads of ten, as exercises have.
        let thread = ThreadId(if number % 10 == 0 { fresh() } else { last_thread(&releases) });
        let lane = lanes[number as usize % lanes.len()];
        releases.push((thread, pair.drafted(registrar, thread, lane).await));
    }
    let start = Instant::now();
    let mut given = tokio::task::JoinSet::new();
    for (_, release) in releases {
        if given.len() == AT_ONCE {
            given.join_next().await.expect("one is under way").expect("released");
        }
        let registrar = registrar.clone();
        given.spawn(async move {
            let by = releaser(&registrar);
            registrar.give(release, by).await.expect("released")
        });
    }
    given.join_all().await;
    let to = pair.other();
    let mut heads = registrar.heads();
    let receipted = |head: &Arc<detente::registrar::Head>| {
        head.board
            .link(to)
            .is_some_and(|link| Precedence::FASTEST_FIRST.iter().all(|lane| link.lane(*lane).owed.is_empty()))
    };
    heads.wait_for(receipted).await.expect("the node runs");
    start.elapsed()
}

fn last_thread(releases: &[(ThreadId, detente::domain::command::Command)]) -> [u8; 16] {
    releases.last().map_or_else(fresh, |(thread, _)| thread.0)
}

/// Signatures on all cores, both journals and the calls, all at the same time.
async fn bare(mut floor: Floor, count: u64) -> (Floor, Duration) {
    let Floor { sample, signatures, mut sender, mut receiver, mut calls } = floor;
    let signatures = Arc::new(signatures);
    let start = Instant::now();
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let mut signing = tokio::task::JoinSet::new();
    for core in 0..cores {
        let (sample, signatures) = (sample.clone(), signatures.clone());
        let share = count / cores + u64::from(core < count % cores);
        signing.spawn_blocking(move || sign(&sample, &signatures, share));
    }
    let per_call = limits::DELIVERIES_PER_CALL_MAX as u64;
    let at_sender = async {
        append(&mut sender, &sample.released, count, limits::BATCH_COMMANDS_MAX as u64).await;
        append(&mut sender, &sample.receipted, count, per_call).await;
    };
    let at_receiver = append(&mut receiver, &sample.received, count, per_call);
    let calling = async {
        let mut left = count;
        while left > 0 {
            let now = left.min(per_call);
            calls.call(&sample, now as usize).await;
            left -= now;
        }
    };
    tokio::join!(at_sender, at_receiver, calling, async { signing.join_all().await });
    let took = start.elapsed();
    let signatures = Arc::into_inner(signatures).expect("all have ended");
    floor = Floor { sample, signatures, sender, receiver, calls };
    (floor, took)
}

fn sign(sample: &Sample, signatures: &Signatures, count: u64) {
    (0..count).for_each(|_| signatures.whole(sample));
}

async fn append(to: &mut Appends, entry: &bytes::Bytes, count: u64, batch: u64) {
    let mut left = count;
    while left > 0 {
        let now = left.min(batch);
        to.append(vec![entry.clone(); now as usize]).await;
        left -= now;
    }
}
