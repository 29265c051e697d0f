//! Nodes as processes, killed with SIGKILL at random points of a running exchange: nothing that was
//! acknowledged is lost, nothing is doubled, and both ends agree afterwards.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use detente::cli::desk::Desk;
use detente::cli::form::{self, Syntax};
use detente::codec::heading::{Asked, given};
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::exercise_service_client::ExerciseServiceClient;
use detente::codec::proto::detente::v1::message_service_client::MessageServiceClient;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::event::Event;
use detente::domain::precedence::Precedence;
use tonic::{Code, Status};

use crate::in_time::in_time;
use crate::talk::{both_settled, fresh, outgoing, release};
use crate::world::{Medium, World};

const KILLS: usize = 50;
/// From one kill to the next, at most.
const LIFE_MS_MAX: u64 = 1_200;
/// After so many kills both nodes live until each has acknowledged something more, however long a
/// start takes on this machine.
const KILLS_BETWEEN_PROGRESS: usize = 5;
pub const LIMIT: Duration = Duration::from_secs(120);

/// `detente serve` on a directory.
pub struct Serving(Child);

impl Serving {
    pub fn start(directory: &Path) -> Serving {
        let said = File::options().append(true).create(true).open(directory.join("said")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_detente"))
            .arg("serve")
            .arg(directory)
            .env("DETENTE_DIAGNOSTICS", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .unwrap();
        Serving(child)
    }

    /// It answers nothing, and keeps its connections.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.0.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have been killed by the test.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A node that is away, or not sure: the same command may be given again.
fn may_be_given_again(fault: &Status) -> bool {
    matches!(
        fault.code(),
        Code::Unavailable
            | Code::Unknown
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
    )
}

/// Gives a command until it has an answer: the same one each time. For a node that is down again and again.
pub async fn insist<T, F>(mut call: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<tonic::Response<T>, Status>>,
{
    in_time("a command that is insisted on", async {
        loop {
            match tokio::time::timeout(Duration::from_secs(5), call()).await {
                Ok(Ok(answer)) => return answer.into_inner(),
                Ok(Err(fault)) => assert!(may_be_given_again(&fault), "{fault:?}"),
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    })
    .await
}

/// Drafts and releases until told to stop, and counts. The digests of what was acknowledged.
async fn officers(
    drafter: Desk,
    releaser: Desk,
    to: &'static str,
    stop: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
) -> Vec<Digest> {
    let content = form::read(Kind::Notification, Syntax::Toml, form::example(Kind::Notification)).unwrap();
    let lanes = [evidence::Precedence::Flash, evidence::Precedence::Routine, evidence::Precedence::Priority];
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let draft = fresh().to_vec();
        let drafting = calls::DraftRequest {
            command: Some(drafter.command(None).unwrap()),
            draft: draft.clone().into(),
            heading: Some(calls::Heading {
                thread: fresh().to_vec().into(),
                action: vec![evidence::Addressee { party: to.into(), office: String::new() }],
                precedence: lanes[acknowledged.len() % lanes.len()] as i32,
                zone: "Z".into(),
                language: "en".into(),
                traffic: evidence::Traffic::Drill as i32,
                subject: format!("number {}", acknowledged.len()),
                ..Default::default()
            }),
            content: Some(match given(&content).unwrap() {
                Asked::Exercise(form) => form,
                Asked::Incident(_)
                | Asked::Activity(_)
                | Asked::Regime(_)
                | Asked::Formatted(_)
                | Asked::Message(_)
                | Asked::Hotline(_)
                | Asked::Transcription(_) => {
                    panic!("a form of another service")
                }
            }),
        };
        let drafted = insist(|| {
            let mut exercises = ExerciseServiceClient::new(drafter.channel.clone());
            let drafting = drafting.clone();
            async move { exercises.draft(drafting).await }
        })
        .await;
        let releasing = calls::ReleaseRequest {
            command: Some(releaser.command(None).unwrap()),
            draft: draft.into(),
            digest: drafted.digest,
            as_is: true,
        };
        let released = insist(|| {
            let mut messages = MessageServiceClient::new(releaser.channel.clone());
            let releasing = releasing.clone();
            async move { messages.release(releasing).await }
        })
        .await;
        acknowledged.push(Digest::from_slice(&released.message_digest).unwrap());
        count.store(acknowledged.len(), Ordering::Relaxed);
    }
    acknowledged
}

/// Waits until each count is more than it was.
async fn more_than(counts: &[Arc<AtomicUsize>; 2], before: [usize; 2]) {
    while counts.iter().zip(before).any(|(count, before)| count.load(Ordering::Relaxed) <= before) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn owes_nothing(desk: &Desk) {
    loop {
        let lines = insist(|| {
            let mut parties = PartyServiceClient::new(desk.channel.clone());
            async move { parties.list_parties(calls::ListPartiesRequest {}).await }
        })
        .await
        .parties;
        if lines.iter().all(|line| line.owed == 0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What a node has released and received: messages with their serials.
async fn told(world: &World, code: &str) -> (Vec<Digest>, Vec<(Precedence, u64, Digest)>) {
    let node = world.node(code);
    let head = node.registrar.head();
    let (mut released, mut received, mut next) = (Vec::new(), Vec::new(), 0);
    while next < head.chain.size {
        for record in head.records(&node.registrar.journal).range(next, head.chain.size).await.unwrap() {
            for event in &record.events {
                match event {
                    Event::Released(one) => released.push(one.digest),
                    Event::Received(one) => {
                        received.push((one.receipt.lane, one.receipt.serial, one.receipt.message));
                    }
                    _ => {}
                }
            }
            next = record.index + 1;
        }
    }
    (released, received)
}

async fn killed_many_times(medium: Medium) {
    let seed = getrandom::u64().unwrap();
    println!("seed {seed}");
    // SplitMix64: chance that can be had again from its seed.
    let mut state = seed;
    let mut chance = move |below: u64| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    };
    let mut world = World::on_real_time(medium, &["BY", "PL"]).await;
    let mut serving = Vec::new();
    let mut directories = Vec::new();
    for code in ["BY", "PL"] {
        world.state_mut(code).stop().await;
        let directory = world.state(code).directory.clone();
        serving.push(Serving::start(&directory));
        directories.push(directory);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let counts = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
    let talking: Vec<_> = [("BY", "PL"), ("PL", "BY")]
        .into_iter()
        .zip(&counts)
        .map(|((from, to), count)| {
            let (drafter, releaser) = (world.desk(from, "drafter"), world.desk(from, "releaser"));
            tokio::spawn(officers(drafter, releaser, to, stop.clone(), count.clone()))
        })
        .collect();
    let mut before = [0, 0];
    for kill in 0..KILLS {
        if kill % KILLS_BETWEEN_PROGRESS == 0 {
            let progress = tokio::time::timeout(LIMIT, more_than(&counts, before)).await;
            progress.expect("both go on after each kill");
            before = [0, 1].map(|of: usize| counts[of].load(Ordering::Relaxed));
        }
        tokio::time::sleep(Duration::from_millis(chance(LIFE_MS_MAX))).await;
        let whom = usize::try_from(chance(2)).unwrap();
        serving[whom].kill();
        serving[whom] = Serving::start(&directories[whom]);
    }
    stop.store(true, Ordering::Relaxed);
    let mut acknowledged = Vec::new();
    for officers in talking {
        acknowledged.push(tokio::time::timeout(LIMIT, officers).await.expect("they get through").unwrap());
    }
    for code in ["BY", "PL"] {
        let desk = world.desk(code, "watch");
        tokio::time::timeout(LIMIT, owes_nothing(&desk)).await.expect("every receipt comes");
    }
    // The same directories once more, to look at what is on record.
    serving.clear();
    for code in ["BY", "PL"] {
        world.state_mut(code).start().await;
    }
    let (by_code, pl_code) = (world.state("BY").party, world.state("PL").party);
    both_settled(&world, "BY", "PL").await;

    let (by_released, by_received) = told(&world, "BY").await;
    let (pl_released, pl_received) = told(&world, "PL").await;
    println!("{} and {} messages", by_released.len(), pl_released.len());
    assert!(
        by_released.len().min(pl_released.len()) >= KILLS / KILLS_BETWEEN_PROGRESS,
        "something went on all the while"
    );
    for (acknowledged, released, received) in
        [(&acknowledged[0], &by_released, &pl_received), (&acknowledged[1], &pl_released, &by_received)]
    {
        // Given until acknowledged, and once: what is on record is just that.
        assert_eq!(acknowledged, released);
        let messages: BTreeSet<_> = received.iter().map(|(_, _, message)| *message).collect();
        assert_eq!(messages.len(), received.len(), "nothing came twice");
        assert_eq!(messages, acknowledged.iter().copied().collect());
        for lane in Precedence::FASTEST_FIRST {
            let serials: Vec<_> =
                received.iter().filter(|one| one.0 == lane).map(|(_, serial, _)| *serial).collect();
            assert!(serials.iter().copied().eq(1..=serials.len() as u64), "{lane}: {serials:?}");
        }
    }
    let (at_by, at_pl) =
        (world.node("BY").registrar.head().board.clone(), world.node("PL").registrar.head().board.clone());
    let (by, pl) = (at_by.link(pl_code).unwrap(), at_pl.link(by_code).unwrap());
    assert_eq!(by.ours.edge, pl.theirs.edge);
    assert_eq!(pl.ours.edge, by.theirs.edge);
    let receipted = |link: &detente::domain::link::Link| -> usize {
        Precedence::FASTEST_FIRST.iter().map(|lane| link.lane(*lane).receipted.len()).sum()
    };
    assert_eq!((receipted(by), receipted(pl)), (by_released.len(), pl_released.len()));
    nobody_is_blamed(&world).await;
}

async fn nobody_is_blamed(world: &World) {
    let odd = |event: &Event| {
        matches!(
            event,
            Event::Equivocated { .. } | Event::ReceiptDisputed { .. } | Event::HeadRejected { .. }
        )
    };
    for code in ["BY", "PL"] {
        assert_eq!(crate::hostile::count(world.node(code), odd).await, 0, "nobody blames anybody");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_killed_fifty_times_lose_and_double_nothing() {
    killed_many_times(Medium::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_on_kafka_killed_fifty_times_lose_and_double_nothing() {
    killed_many_times(Medium::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_vanishes_without_closing_is_noticed_and_nobody_is_blamed_when_it_is_back() {
    let mut world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let pl = world.state("PL").party;
    world.state_mut("PL").stop().await;
    let serving = Serving::start(&world.state("PL").directory);
    let links = world.node("BY").exchange.links.clone();
    let first = release(
        &world.node("BY").registrar,
        outgoing(detente::domain::digest::ThreadId(fresh()), &[pl], Precedence::Routine, "before"),
    )
    .await;
    let receipted = |board: &detente::domain::board::Board, serial| {
        board.link(pl).unwrap().lane(Precedence::Routine).receipted.contains_key(&serial)
    };
    crate::talk::until(world.node("BY"), "the first receipt", |board| receipted(board, 1)).await;

    serving.freeze();
    release(
        &world.node("BY").registrar,
        outgoing(detente::domain::digest::ThreadId(fresh()), &[pl], Precedence::Routine, "meanwhile"),
    )
    .await;
    let noticed = async {
        while links.of(pl).seen().unanswered == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(LIMIT, noticed).await.expect("it is noticed");
    serving.thaw();
    crate::talk::until(world.node("BY"), "the second receipt", |board| receipted(board, 2)).await;
    drop(serving);
    world.state_mut("PL").start().await;
    both_settled(&world, "BY", "PL").await;
    assert!(world.node("PL").registrar.head().board.messages.contains_key(&first));
    nobody_is_blamed(&world).await;
}
