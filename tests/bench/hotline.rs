//! What an officer at the hotline waits for: from a text that is given to the node, over a console's own stream, until
//! it stands at the other end's console, over the floor of its appends, TLS hops and signatures; the same as FLASH
//! while parts saturate the link, beside an idle one; a text and a console that begins anew in a long session; and many
//! sessions at once on one node.
//!
//! Never here: a rate at which parts are sent. They come as fast as the link takes them.

use std::time::{Duration, Instant};

use bytes::Bytes;
use detente::cli::desk::{Desk, fresh_id};
use detente::cli::part;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::hotline_service_client::HotlineServiceClient;
use detente::codec::proto::detente::v1::join_answer::How;
use detente::codec::proto::detente::v1::join_request::What as Said;
use detente::codec::proto::detente::v1::join_response::What;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::digest::ThreadId;
use detente::domain::people::Role;
use detente::domain::precedence::Precedence;
use detente::limits;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::Asked;
use crate::figures::{Aim, Ratio, median, percentile, print};
use crate::floor::{Appends, Calls, Sample, Signatures};
use crate::messages::{content, drafted, fresh, outgoing, releaser};
use crate::world::{Medium, World};

const RUNS: usize = 5;
const TEXTS_PER_RUN: u64 = 300;
/// A session is closed, and another opened, before it is so long that its length is what is measured.
const TEXTS_PER_SESSION: u64 = 100;
/// So many are said in a long one before anything is measured.
const TEXTS_BEFORE: u64 = 1_000;
/// Each as large as a part may be. As many as it takes for some hundred texts.
const PARTS: u64 = 60;
const SESSIONS: u64 = 200;
const TEXTS_PER_SESSION_AT_ONCE: usize = 5;
const CONSOLES: usize = 8;
/// Calls under way at once of one officer, beside the consoles.
const AT_ONCE: usize = 16;
const TEXT: &str = "One of our aircraft has left its course. It does not answer. Two persons are on board.";

pub async fn run(asked: &Asked) {
    for medium in &asked.media {
        typed_to_shown(asked, *medium).await;
        beside_parts(asked, *medium).await;
        long_session(asked, *medium).await;
        many_sessions(asked, *medium).await;
    }
}

/// Two nodes, with an officer at each who writes and releases FLASH alone.
struct Ends {
    world: World,
    by: Desk,
    pl: Desk,
}

impl Ends {
    async fn new(medium: Medium) -> Ends {
        let mut world = World::on(medium, &["BY", "PL"]).await;
        world.clock.follow_system();
        for code in ["BY", "PL"] {
            let roles = [Role::Drafter, Role::Releaser, Role::Watch];
            world.state_mut(code).take_person("officer", &format!("Officer of {code}"), &roles).await;
            let flash = calls::ReleaseRule { one_person: vec![evidence::Precedence::Flash as i32] };
            world.state(code).change(Change::ReleaseRule(flash), Bytes::new()).await;
            world.state(code).change(flash_drafts(), Bytes::new()).await;
        }
        let (by, pl) = (world.desk("BY", "officer"), world.desk("PL", "officer"));
        Ends { world, by, pl }
    }

    /// A session, as the message with which it begins tells it: its thread, and that message.
    async fn open(&self) -> (Bytes, Bytes) {
        let asked = calls::OpenSessionRequest {
            command: self.by.command(None).ok(),
            to: vec![evidence::Addressee { party: "PL".into(), office: String::new() }],
            subject: "Aircraft off course".into(),
            languages: vec!["en".into()],
            precedence: evidence::Precedence::Flash as i32,
            traffic: evidence::Traffic::Real as i32,
            ..Default::default()
        };
        let opened = hotline(&self.by).open_session(asked).await.expect("opened").into_inner();
        let spoken = opened.spoken.expect("it is said what became of it");
        assert!(spoken.released);
        (spoken.thread, spoken.message_digest)
    }
}

/// As many FLASH drafts of one officer in an hour as may be let go.
pub fn flash_drafts() -> Change {
    let most = limits::LINK_FLASH_RECORDS_PER_HOUR_MAX;
    Change::FlashDrafts(calls::FlashDrafts { per_officer_per_hour: Some(most) })
}

fn hotline(desk: &Desk) -> HotlineServiceClient<Channel> {
    HotlineServiceClient::new(desk.channel.clone())
}

/// A console, from what is live on.
struct Console {
    said: mpsc::Sender<calls::JoinRequest>,
    told: Streaming<calls::JoinResponse>,
}

impl Console {
    async fn join(desk: &Desk) -> Console {
        let (said, stream) = mpsc::channel(4);
        let told = hotline(desk).join(ReceiverStream::new(stream)).await.expect("joined").into_inner();
        let mut console = Console { said, told };
        console.say(Said::Begin(calls::JoinBegin::default())).await;
        while !matches!(console.told().await, What::Live(_)) {}
        console
    }

    async fn say(&self, what: Said) {
        self.said.send(calls::JoinRequest { what: Some(what) }).await.expect("the stream goes on");
    }

    async fn told(&mut self) -> What {
        let told = self.told.message().await.expect("the node runs").expect("the stream goes on");
        told.what.expect("something is told")
    }

    /// Passes over all before the line of this text.
    ///
    /// # Panics
    /// What its officer said was refused, so that no line comes of it.
    async fn shows(&mut self, text: &str) {
        loop {
            match self.told().await {
                What::Line(line) if line.text == text => return,
                What::Answer(calls::JoinAnswer { how: Some(How::Refused(why)), .. }) => panic!("{why:?}"),
                _ => {}
            }
        }
    }
}

/// Officers who talk, one text after the other.
struct Talk<'e> {
    ends: &'e Ends,
    writer: Console,
    reader: Console,
    session: (Bytes, Bytes),
    texts_per_session: u64,
    said: u64,
}

impl<'e> Talk<'e> {
    async fn begin(ends: &'e Ends) -> Talk<'e> {
        let (writer, reader) = (Console::join(&ends.by).await, Console::join(&ends.pl).await);
        let (session, texts_per_session) = (ends.open().await, TEXTS_PER_SESSION);
        Talk { ends, writer, reader, session, texts_per_session, said: 0 }
    }

    /// From the text given to the node until it is shown at the other end.
    async fn say(&mut self) -> Duration {
        self.say_seen().await.1
    }

    /// Until it is shown to its writer, thus on record here, and until it is shown at the other end.
    async fn say_seen(&mut self) -> (Duration, Duration) {
        self.said += 1;
        if self.said.is_multiple_of(self.texts_per_session) {
            self.session = self.ends.open().await;
        }
        let text = format!("{}: {TEXT}", self.said);
        let (thread, opening) = self.session.clone();
        let command = self.ends.by.command(None).ok();
        let asked = calls::SayRequest { command, thread, opening, text: text.clone(), ..Default::default() };
        let start = Instant::now();
        self.writer.say(Said::Say(asked)).await;
        let here = async {
            self.writer.shows(&text).await;
            start.elapsed()
        };
        let there = async {
            self.reader.shows(&text).await;
            start.elapsed()
        };
        tokio::join!(here, there)
    }
}

async fn typed_to_shown(asked: &Asked, medium: Medium) {
    let ends = Ends::new(medium).await;
    let mut talk = Talk::begin(&ends).await;
    for _ in 0..20 {
        talk.say().await;
    }
    let mut floor = Floor::of(&ends, medium).await;
    for _ in 0..20 {
        floor.one().await;
    }
    let (mut typical, mut slowest, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let (mut shown_all, mut here_all, mut bare_all) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (mut shown, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..asked.sized(TEXTS_PER_RUN) {
            let (here, there) = talk.say_seen().await;
            shown.push(there);
            here_all.push(here);
            bare.push(floor.one().await);
        }
        let ratio = |of: fn(Vec<Duration>) -> Duration| {
            Ratio::of(of(shown.clone()).as_nanos(), of(bare.clone()).as_nanos())
        };
        typical.push(ratio(median));
        slowest.push(ratio(|all| percentile(all, 99)));
        let sum = |of: &[Duration]| of.iter().sum::<Duration>().as_nanos();
        all.push(Ratio::of(sum(&shown), sum(&bare)));
        shown_all.extend(shown);
        bare_all.extend(bare);
    }
    let aim = Aim::AtMost("1.50");
    print(&format!("text typed to shown over its floor, {medium:?}, p50"), typical, &aim);
    print(&format!("text typed to shown over its floor, {medium:?}, p99"), slowest, &aim);
    print(&format!("text typed to shown over its floor, {medium:?}, mean"), all, &aim);
    let of = |all: &[Duration], hundredths| percentile(all.to_vec(), hundredths).as_micros();
    println!(
        "  one text p50 {} µs, of them {} until its writer is shown it on record, p99 {} µs; floor p50 {} µs, p99 {} µs = 2 appends of 3 records + 3 hops + 5 signatures + 2 \
         verifications",
        of(&shown_all, 50),
        of(&here_all, 50),
        of(&shown_all, 99),
        of(&bare_all, 50),
        of(&bare_all, 99),
    );
}

/// What a text costs at least until it is shown: drafted and released on record, and then received; from the console
/// to its node, to the other node and to the console there; the signatures of three records, the message and its
/// dispatch, and the two that the other end verifies.
struct Floor {
    sample: Sample,
    signatures: Signatures,
    writer: Appends,
    reader: Appends,
    between: Calls,
    desk: HealthClient<Channel>,
    _folder: tempfile::TempDir,
}

impl Floor {
    /// After at least one text was said.
    async fn of(ends: &Ends, medium: Medium) -> Floor {
        let (by, pl) = (ends.world.node("BY"), ends.world.node("PL"));
        let other = ends.world.state("PL");
        let folder = tempfile::tempdir().expect("a folder");
        let sample = Sample::of(by, pl).await;
        Floor {
            signatures: Signatures::new(&sample),
            writer: Appends::new(folder.path(), "FBY", medium).await,
            reader: Appends::new(folder.path(), "FPL", medium).await,
            between: Calls::new(by, other.party, &other.address),
            desk: HealthClient::new(ends.by.channel.clone()),
            sample,
            _folder: folder,
        }
    }

    async fn one(&mut self) -> Duration {
        let start = Instant::now();
        self.signatures.until_received(&self.sample);
        // A draft's record is about as long as that of its release, and both go in one batch.
        self.writer.append(vec![self.sample.released.clone(); 2]).await;
        self.reader.append(vec![self.sample.received.clone()]).await;
        let else_than_hops = start.elapsed();
        // There and back at the desk: to the node here, and from the node there.
        let start = Instant::now();
        self.desk.check(HealthCheckRequest::default()).await.expect("the node answers");
        let at_desks = start.elapsed();
        // Of the call between the nodes only the way there.
        let start = Instant::now();
        self.between.call(&self.sample, 1).await;
        else_than_hops + at_desks + start.elapsed() / 2
    }
}

async fn beside_parts(asked: &Asked, medium: Medium) {
    let ends = Ends::new(medium).await;
    let mut talk = Talk::begin(&ends).await;
    for _ in 0..20 {
        talk.say().await;
    }
    let (mut idle, mut beside) = (Vec::new(), Vec::new());
    let (mut bytes, mut took) = (0_u128, Duration::ZERO);
    // The two take turns.
    for _ in 0..2 {
        for _ in 0..asked.sized(TEXTS_PER_RUN) {
            idle.push(talk.say().await);
        }
        let parts = stored(&ends, asked.sized(PARTS) / 2).await;
        let digests: Vec<_> = parts.iter().map(|part| part.salted_digest).collect();
        bytes += parts.iter().map(|part| u128::from(part.bytes)).sum::<u128>();
        let start = Instant::now();
        let registrar = &ends.world.node("BY").registrar;
        let mut names = outgoing(
            ThreadId(fresh()),
            ends.world.state("PL").party,
            Precedence::Routine,
            content(detente::domain::content::Kind::Notification),
        );
        names.parts = parts;
        let release = drafted(registrar, names).await;
        registrar.give(release, releaser(registrar)).await.expect("released");
        let there = &ends.world.node("PL").registrar;
        let all_kept = || digests.iter().all(|part| there.head().board.part(part).is_some());
        while !all_kept() {
            beside.push(talk.say().await);
        }
        took += start.elapsed();
    }
    let (idle_count, beside_count) = (idle.len(), beside.len());
    let of = |all: &[Duration], hundredths| percentile(all.to_vec(), hundredths);
    for (name, hundredths, aim) in [("p50", 50, None), ("p99", 99, Some(Aim::AtMost("2.00")))] {
        let (under, over) = (of(&idle, hundredths), of(&beside, hundredths));
        let ratio = Ratio::of(over.as_nanos(), under.as_nanos());
        match aim {
            Some(aim) => {
                print(&format!("FLASH beside parts over idle, {medium:?}, {name}"), vec![ratio], &aim)
            }
            None => println!("FLASH beside parts over idle, {medium:?}, {name}: {ratio}"),
        }
        println!("  idle {} µs, beside parts {} µs", under.as_micros(), over.as_micros());
    }
    println!(
        "  {idle_count} texts idle, {beside_count} beside {} MB of parts, {} MB/s",
        bytes / 1_000_000,
        bytes / took.as_micros().max(1)
    );
}

/// Parts of the greatest size, kept by the sender.
async fn stored(ends: &Ends, many: u64) -> Vec<detente::domain::message::Part> {
    let desk = ends.world.desk("BY", "drafter");
    let mut parts = Vec::new();
    for number in 0..many.max(1) {
        let content = vec![number as u8; limits::PART_BYTES_MAX as usize];
        let id = fresh_id().expect("random numbers");
        let stored = part::store(&desk, id, "map.pdf", false, content).await;
        parts.push(stored.unwrap_or_else(|_| panic!("a part is not kept")));
    }
    parts
}

async fn long_session(asked: &Asked, medium: Medium) {
    let ends = Ends::new(medium).await;
    let mut talk = Talk { texts_per_session: u64::MAX, ..Talk::begin(&ends).await };
    let before = asked.sized(TEXTS_BEFORE);
    for _ in 0..before {
        talk.say().await;
    }
    let mut floor = Floor::of(&ends, medium).await;
    let (mut shown, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..asked.sized(TEXTS_PER_RUN) {
        shown.push(talk.say().await);
        bare.push(floor.one().await);
    }
    let (mut joined, mut read) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let start = Instant::now();
        drop(Console::join(&ends.pl).await);
        joined.push(start.elapsed());
        read.push(read_all(&ends).await);
    }
    for (what, all, floor) in
        [("text typed to shown", shown, bare), ("console from 0 on to live", joined, read)]
    {
        let (took, floor) = (median(all), median(floor));
        let ratio = Ratio::of(took.as_nanos(), floor.as_nanos());
        println!(
            "{what} in a session of {before} texts and more over its floor, {medium:?}, p50: {ratio}; {} µs, floor {} µs",
            took.as_micros(),
            floor.as_micros(),
        );
    }
}

/// What a console that begins anew costs at least: all records of its node, read and decoded.
async fn read_all(ends: &Ends) -> Duration {
    let registrar = &ends.world.node("PL").registrar;
    let start = Instant::now();
    let head = registrar.head();
    let (records, mut next) = (head.records(&registrar.journal), 0);
    while next < head.chain.size {
        let end = head.chain.size.min(next + limits::NOTICE_RECORDS_MAX as u64);
        let read = records.range(next, end).await.expect("readable");
        next = read.last().map_or(end, |record| record.index + 1);
    }
    start.elapsed()
}

async fn many_sessions(asked: &Asked, medium: Medium) {
    let ends = Ends::new(medium).await;
    let sessions_wanted = asked.sized(SESSIONS);
    let mut consoles = Vec::new();
    for _ in 0..CONSOLES {
        consoles.push(Console::join(&ends.pl).await);
    }
    let before = resident_kib();
    let mut sessions = Vec::new();
    for _ in 0..sessions_wanted {
        sessions.push(ends.open().await);
    }
    let texts = sessions.len() * TEXTS_PER_SESSION_AT_ONCE;
    let mut watching = JoinSet::new();
    for mut console in consoles {
        watching.spawn(async move {
            let mut shown = 0;
            while shown < texts {
                shown += usize::from(
                    matches!(console.told().await, What::Line(line) if line.kind == "hotline.text"),
                );
            }
            console
        });
    }
    let start = Instant::now();
    let mut saying = JoinSet::new();
    for round in 0..TEXTS_PER_SESSION_AT_ONCE {
        for (thread, opening) in sessions.clone() {
            while saying.len() >= AT_ONCE {
                saying.join_next().await.expect("some are under way").expect("said");
            }
            let desk = ends.by.clone();
            saying.spawn(async move {
                let command = desk.command(None).ok();
                let text = format!("{round}: {TEXT}");
                let asked = calls::SayRequest { command, thread, opening, text, ..Default::default() };
                hotline(&desk).say(asked).await.expect("said");
            });
        }
    }
    saying.join_all().await;
    let consoles = watching.join_all().await;
    let took = start.elapsed();
    let grown = resident_kib().saturating_sub(before);
    println!(
        "{} sessions at once, {medium:?}: {texts} texts shown at each of {} consoles in {} ms, {} texts/s",
        sessions.len(),
        consoles.len(),
        took.as_millis(),
        crate::figures::per_second(texts as u64, took),
    );
    println!(
        "  memory of both nodes grown by {} KiB: {} bytes an open session of {TEXTS_PER_SESSION_AT_ONCE} texts at each",
        grown,
        grown * 1024 / (2 * sessions_wanted.max(1)),
    );
}

fn resident_kib() -> u64 {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").expect("it runs");
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:")).expect("its resident size");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
}
