//! From a release to the verified receipt on record at the sender, one at a time, between two real nodes
//! over real TLS; over the floor of the same appends, call and signatures.

use std::time::{Duration, Instant};

use detente::cli::node::Node;
use detente::domain::command::Command;
use detente::domain::content::Kind;
use detente::domain::digest::ThreadId;
use detente::domain::event::Event;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::registrar::Registrar;

use crate::Asked;
use crate::figures::{Aim, Ratio, median, print};
use crate::floor::{Appends, Calls, Cost, Floor, Sample, Signatures};
use crate::messages::{content, drafted, fresh, outgoing, releaser};
use crate::world::{Medium, World};

const RUNS: usize = 7;
const PAIRS_PER_RUN: u64 = 200;
const LANE: Precedence = Precedence::Routine;

pub async fn run(asked: &Asked) {
    for medium in &asked.media {
        on(asked, *medium).await;
    }
}

async fn on(asked: &Asked, medium: Medium) {
    let pair = Pair::new(medium).await;
    let (by, pl) = (pair.world.node("BY"), pair.other());
    for _ in 0..50 {
        pair.send(by, pl).await;
    }
    let mut floor = pair.floor().await;
    for _ in 0..50 {
        floor.one().await;
    }
    let (mut typical, mut all) = (Vec::new(), Vec::new());
    let mut costs = Vec::new();
    let mut sent_all = Vec::new();
    for _ in 0..RUNS {
        let (mut sent, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..asked.sized(PAIRS_PER_RUN) {
            sent.push(pair.send(by, pl).await);
            let cost = floor.one().await;
            bare.push(cost.whole());
            costs.push(cost);
        }
        let sum = |of: &[Duration]| of.iter().sum::<Duration>().as_nanos();
        all.push(Ratio::of(sum(&sent), sum(&bare)));
        sent_all.extend(sent.clone());
        typical.push(Ratio::of(median(sent).as_nanos(), median(bare).as_nanos()));
    }
    let aim = match medium {
        Medium::Embedded => Aim::AtMost("1.50"),
        Medium::Kafka | Medium::KafkaAt(_) => Aim::AtMost("1.30"),
    };
    print(&format!("send to receipt over its floor, {medium:?}, median"), typical, &aim);
    print(&format!("send to receipt over its floor, {medium:?}, mean"), all, &aim);
    split(&costs, median(sent_all));
}

/// Where the time of one message goes, each by the middle one.
fn split(costs: &[Cost], sent: Duration) {
    let of = |part: fn(&Cost) -> Duration| median(costs.iter().map(part).collect()).as_micros();
    println!(
        "  one message {} µs; floor {} µs = 3 appends {} + 1 call {} + 6 signatures {} + 3 verifications {}",
        sent.as_micros(),
        of(Cost::whole),
        of(|cost| cost.appends),
        of(|cost| cost.calls),
        of(|cost| cost.signing),
        of(|cost| cost.verifying),
    );
}

/// Two nodes that know each other.
pub struct Pair {
    pub world: World,
    medium: Medium,
    content: bytes::Bytes,
    thread: ThreadId,
    folder: tempfile::TempDir,
}

impl Pair {
    pub async fn new(medium: Medium) -> Pair {
        let world = World::on(medium, &["BY", "PL"]).await;
        world.clock.follow_system();
        let folder = tempfile::tempdir().expect("a folder");
        Pair { world, medium, content: content(Kind::Notification), thread: ThreadId(fresh()), folder }
    }

    pub fn other(&self) -> Party {
        self.world.state("PL").party
    }

    /// After at least one message was sent.
    pub async fn floor(&self) -> Floor {
        let (by, pl) = (self.world.node("BY"), self.world.node("PL"));
        let sample = Sample::of(by, pl).await;
        Floor {
            signatures: Signatures::new(&sample),
            sample,
            sender: Appends::new(self.folder.path(), "FBY", self.medium).await,
            receiver: Appends::new(self.folder.path(), "FPL", self.medium).await,
            calls: Calls::new(by, self.other(), &self.world.state("PL").address),
        }
    }

    /// A draft on record, in a thread that is never long.
    pub async fn drafted(&self, registrar: &Registrar, thread: ThreadId, lane: Precedence) -> Command {
        drafted(registrar, outgoing(thread, self.other(), lane, self.content.clone())).await
    }

    /// Drafts, then times the way from the release to the receipt.
    async fn send(&self, by: &Node, to: Party) -> Duration {
        let release = self.drafted(&by.registrar, self.thread, LANE).await;
        let mut heads = by.registrar.heads();
        let start = Instant::now();
        let done = by.registrar.give(release, releaser(&by.registrar)).await.expect("released");
        let record = by.registrar.record_of(done).await.expect("its record");
        let Event::Released(released) = &record.events[0] else { panic!("not released") };
        let serial = released.dispatches[0].0.serial;
        let receipted = |head: &std::sync::Arc<detente::registrar::Head>| {
            head.board.link(to).is_some_and(|link| link.lane(LANE).receipted.contains_key(&serial))
        };
        heads.wait_for(receipted).await.expect("the node runs");
        start.elapsed()
    }
}
