//! What a hundred thousand open duties cost: one tick of the clock by which one lapses and one new message that opens
//! one, beside the same with a thousand; what each duty takes in memory; and the list of the next to fall due.

use std::time::{Duration, Instant as Stopwatch};

use detente::cli::node::Node;
use detente::clock::Clock;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::duty_service_server::DutyService as _;
use detente::domain::board::Board;
use detente::domain::command::{Command, Origin};
use detente::domain::digest::ThreadId;
use detente::domain::duty::{DutiesNoted, Step};
use detente::domain::event::Record;
use detente::domain::message::Traffic;
use detente::domain::party::Party;
use detente::registrar::seal;
use detente::rpc::duty::DutyCalls;

use crate::figures::{Aim, Ratio, median, print};
use crate::made::Made;
use crate::made::owed::{Rules, owed, question};
use crate::{Asked, memory, messages};

const FEW: u64 = 1_000;
const MANY: u64 = 100_000;
const RUNS: usize = 7;
/// Steps of one run, of which the middle one counts.
const STEPS: usize = 15;
const LISTS: usize = 1_000;

pub async fn run(asked: &Asked) {
    let many = asked.sized(MANY);
    let made = (owed(FEW, Rules::WithDuty).await, owed(many, Rules::WithDuty).await);
    let plain = owed(many, Rules::WithNone).await;
    let few = Running::start(&made.0).await;
    let many = Running::start(&made.1).await;
    let (mut ticks, mut events, mut folds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let [mut tick, mut event, mut fold]: [[Vec<Duration>; 2]; 3] = Default::default();
        // The two take turns.
        for _ in 0..STEPS {
            for (at, node) in [&few, &many].into_iter().enumerate() {
                fold[at].push(node.fold());
                tick[at].push(node.tick().await);
                event[at].push(node.event().await);
            }
        }
        ticks.push(over(tick));
        events.push(over(event));
        folds.push(over(fold));
    }
    let aim = Aim::AtMost("2.00");
    print("one tick, to a lapse on record, over that with 1,000", ticks, &aim);
    print("one release, to its duty on record, over the same", events, &aim);
    print("one step decided and folded, over the same", folds, &aim);
    list(&many).await;
    for node in [few, many] {
        node.node.shutdown().await;
    }
    in_memory(&made, &plain, asked.sized(MANY));
}

/// The middle with many over the middle with few.
fn over([few, many]: [Vec<Duration>; 2]) -> Ratio {
    Ratio::of(median(many).as_nanos(), median(few).as_nanos())
}

/// A node on a journal, its clock at a moment before the first duty falls due.
struct Running {
    node: Node,
    clock: Clock,
    peer: Party,
}

impl Running {
    async fn start(made: &Made) -> Running {
        let began = Stopwatch::now();
        let clock = Clock::standing_at(Clock::system().now());
        let root = made.directory.root().to_owned();
        let node = Node::start(&root, clock.clone(), None).await.unwrap_or_else(|fault| panic!("{fault}"));
        let running = Running { node, clock, peer: "PL".parse().expect("a code") };
        // On a journal that was just made it works out first what each message brings about.
        running.until(|board| board.duties.is_idle()).await;
        println!("{} duties are open {} ms after the start", running.open(), began.elapsed().as_millis());
        let due = running.board().duties.next_due().expect("duties are open");
        running.clock.set(due.plus_ms(-1));
        running
    }

    fn board(&self) -> std::sync::Arc<Board> {
        self.node.registrar.head().board.clone()
    }

    fn open(&self) -> u64 {
        self.board().duties.open_with(self.peer, Traffic::Real)
    }

    async fn until(&self, holds: impl Fn(&Board) -> bool) {
        let mut heads = self.node.registrar.heads();
        heads.wait_for(|head| holds(&head.board)).await.expect("the node runs");
    }

    /// From the clock's going on, until it is on record that the next duty lapsed.
    async fn tick(&self) -> Duration {
        let due = self.board().duties.next_due().expect("duties are open");
        let start = Stopwatch::now();
        self.clock.set(due.plus_ms(1));
        self.until(|board| board.duties.next_due().is_none_or(|next| next > due)).await;
        start.elapsed()
    }

    /// From the release of a question, until it is on record what is owed by it.
    async fn event(&self) -> Duration {
        let (registrar, before) = (&self.node.registrar, self.open());
        let asked = question(ThreadId(messages::fresh()), self.peer, Rules::WithDuty);
        let release = messages::drafted(registrar, asked).await;
        let releaser = messages::releaser(registrar);
        let start = Stopwatch::now();
        registrar.give(release, releaser).await.expect("released");
        self.until(|board| {
            board.duties.open_with(self.peer, Traffic::Real) > before && board.duties.is_idle()
        })
        .await;
        start.elapsed()
    }

    /// The same step as a tick's, decided and folded by the Board alone, with no journal.
    fn fold(&self) -> Duration {
        let board = self.board();
        let due = board.duties.running().next().expect("duties are open");
        let at = due.opened.due.plus_ms(1);
        let noted = DutiesNoted { steps: vec![(due.number, Step::Lapsed)], ..DutiesNoted::default() };
        let command = Command::NoteDuties(Box::new(noted));
        let mut after = Board::clone(&board);
        let start = Stopwatch::now();
        let Ok(decided) = board.decide(&command, &Origin::Node, at) else { panic!("refused") };
        let sealed = decided.into_iter().map(|one| seal(one, &board, &self.node.ring).expect("keys"));
        let events = sealed.collect();
        after.apply(&Record { index: self.node.registrar.head().chain.size, at, command: None, events });
        let took = start.elapsed();
        assert!(after.duties.next_due() != board.duties.next_due(), "it is folded");
        took
    }
}

/// The call that an officer's list is, without the network.
async fn list(node: &Running) {
    let service = DutyCalls(node.node.exchange.clone());
    let mut took = Vec::new();
    for _ in 0..LISTS {
        let asked = tonic::Request::new(calls::ListDutiesRequest::default());
        let start = Stopwatch::now();
        let page = service.list_duties(asked).await.expect("a page").into_inner();
        took.push(start.elapsed());
        assert_eq!(page.duties.len(), detente::limits::DUTIES_PER_PAGE);
    }
    took.sort();
    println!(
        "the next {} to fall due, of {}: min {} us, median {} us, max {} us (aim at most 1000; {LISTS} calls)",
        detente::limits::DUTIES_PER_PAGE,
        node.open(),
        took[0].as_micros(),
        took[LISTS / 2].as_micros(),
        took[LISTS - 1].as_micros(),
    );
}

/// A node at rest with so many threads with a duty each, beside one with the same threads and none.
fn in_memory((few, many): &(Made, Made), plain: &Made, threads: u64) {
    let (mut each, mut seen) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let [few, many, plain] = [few, many, plain].map(|made| memory::at_rest(made).kib);
        each.push(many.saturating_sub(plain) * 1024 / threads);
        seen.push([few, plain, many].map(|kib| kib * 1024 / 1_000_000));
    }
    each.sort_unstable();
    println!(
        "memory of one open duty beside that of its thread: min {}, median {}, max {} bytes (3 runs)",
        each[0], each[1], each[2]
    );
    println!(
        "  MB at rest with {FEW} duties, {threads} threads and no duty, {threads} with one each: {seen:?}"
    );
}
