//! What the node costs, each figure as a ratio to a floor measured in the same run on the same machine:
//! `cargo bench -- [send] [throughput] [audit] [start] [memory] [check] [loaded] [duties] [hotline] [--kafka HOST:PORT] [--quick]`.
//!
//! Never here: a figure that is expected. The aims are printed beside what was measured, and a bench that
//! misses its aim does not fail.

mod audit;
mod broker;
mod check;
mod duties;
mod figures;
mod floor;
mod hotline;
#[path = "../it/in_time.rs"]
mod in_time;
mod loaded;
mod made;
mod memory;
mod messages;
mod send;
mod start;
mod throughput;
#[path = "../it/world.rs"]
#[expect(dead_code, reason = "the integration tests use the rest of it")]
mod world;

use world::Medium;

/// What is asked for on the command line.
pub struct Asked {
    benches: Vec<String>,
    pub media: Vec<Medium>,
    /// A tenth of everything.
    pub quick: bool,
}

impl Asked {
    fn wants(&self, bench: &str) -> bool {
        self.benches.is_empty() || self.benches.iter().any(|one| one == bench)
    }

    /// `full`, or a tenth of it.
    pub fn sized(&self, full: u64) -> u64 {
        if self.quick { full / 10 } else { full }
    }
}

const BENCHES: [&str; 9] =
    ["send", "throughput", "audit", "start", "memory", "check", "loaded", "duties", "hotline"];

fn asked() -> Result<Asked, String> {
    let mut asked = Asked { benches: Vec::new(), media: vec![Medium::Embedded], quick: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            // From cargo.
            "--bench" => {}
            "--quick" => asked.quick = true,
            "--kafka" => {
                broker::set(words.next().ok_or("--kafka needs HOST:PORT")?);
                asked.media.push(Medium::Kafka);
            }
            bench if BENCHES.contains(&bench) => asked.benches.push(word),
            other => {
                return Err(format!("{other}: one of {}, --kafka HOST:PORT, --quick", BENCHES.join(", ")));
            }
        }
    }
    Ok(asked)
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let asked = match asked() {
        Ok(asked) => asked,
        Err(fault) => {
            eprintln!("bench: {fault}");
            return std::process::ExitCode::FAILURE;
        }
    };
    figures::machine();
    if asked.wants("send") {
        send::run(&asked).await;
    }
    if asked.wants("throughput") {
        throughput::run(&asked).await;
    }
    if asked.wants("audit") {
        audit::run(&asked).await;
    }
    if asked.wants("start") {
        start::run(&asked).await;
    }
    if asked.wants("memory") {
        memory::run(&asked).await;
    }
    if asked.wants("check") {
        check::run(&asked);
    }
    if asked.wants("loaded") {
        loaded::run().await;
    }
    if asked.wants("duties") {
        duties::run(&asked).await;
    }
    if asked.wants("hotline") {
        hotline::run(&asked).await;
    }
    std::process::ExitCode::SUCCESS
}
