//! Parts between real nodes: attached, fetched and verified at the other end, refused to whom they were
//! not sent, erased while all proofs hold.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use detente::cli::desk::fresh_id;
use detente::cli::node::Node;
use detente::cli::part;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::exchange_service_client::ExchangeServiceClient;
use detente::codec::proto::detente::v1::part_service_client::PartServiceClient;
use detente::domain::board::Board;
use detente::domain::content::Kind;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::message::{Holds, Part};
use detente::domain::part::PartState;
use detente::peers::trust::Reach;
use detente::registrar::{Trusted, replay_to_end};
use detente::replay::TrustRoot;
use detente::replay::audit::Audit;
use detente::replay::bundle::{Source, make};
use detente::replay::verify::verify;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tonic::{Code, Status};

use crate::officer::{PATIENCE, arrived, filled, heading, reason, send, show, watches};
use crate::talk::until;
use crate::world::World;

/// Kept by the drafter's node.
pub async fn store(world: &World, party: &str, content: &[u8]) -> Part {
    let desk = world.desk(party, "drafter");
    part::store(&desk, fresh_id().unwrap(), "observers.pdf", true, content.to_vec()).await.unwrap()
}

pub fn wire(part: &Part) -> evidence::Part {
    evidence::Part {
        salted_digest: part.salted_digest.0.to_vec().into(),
        bytes: part.bytes,
        media_type: part.media_type.clone(),
        name: part.name.clone(),
        personal: part.holds == Holds::PersonalData,
    }
}

/// A notification of BY to PL that names the part.
pub async fn notify(world: &World, part: &Part) -> calls::ReleaseResponse {
    let heading = calls::Heading { parts: vec![wire(part)], ..heading(1) };
    send(world, "BY", 1, heading, &filled(Kind::Notification)).await
}

pub fn is_kept(board: &Board, part: &Part) -> bool {
    board.part(&part.salted_digest) == Some(PartState::Kept { bytes: part.bytes })
}

pub async fn kept_at(world: &World, party: &str, part: &Part) {
    until(world.node(party), "the part is kept", |board| is_kept(board, part)).await;
}

pub fn file(world: &World, party: &str, part: &Part) -> PathBuf {
    world.state(party).directory.join("parts").join(part.salted_digest.to_string())
}

pub fn files(world: &World, party: &str) -> usize {
    std::fs::read_dir(world.state(party).directory.join("parts")).unwrap().count()
}

/// The stream of one reading, to its end.
pub async fn read(world: &World, party: &str, role: &str, part: &Part) -> Result<Vec<u8>, Status> {
    let desk = world.desk(party, role);
    let asked = calls::PartServiceReadRequest { beginning: part.salted_digest.to_string() };
    let mut pieces = PartServiceClient::new(desk.channel).read(asked).await?.into_inner();
    let mut whole = Vec::new();
    while let Some(piece) = pieces.message().await? {
        whole.extend_from_slice(&piece.chunk);
    }
    Ok(whole)
}

pub async fn erase(world: &World, party: &str, part: &Part) -> Result<(), Status> {
    let desk = world.desk(party, "custodian");
    let asked = calls::EraseRequest {
        command: Some(desk.command(None).unwrap()),
        salted_digest: part.salted_digest.0.to_vec().into(),
        reason: "The observers have gone home.".into(),
    };
    PartServiceClient::new(desk.channel).erase(asked).await.map(|_| ())
}

/// As another Party's node asks for it.
async fn fetch(world: &World, by: &str, of: &str, part: &[u8], from_byte: u64) -> Result<Vec<u8>, Status> {
    let (of, address) = (world.state(of).party, world.state(of).address.clone());
    let channel = world.node(by).dialler.dial(of, address, Reach::Everything);
    let asked = calls::FetchPartRequest { salted_digest: part.to_vec().into(), from_byte };
    let mut pieces = ExchangeServiceClient::new(channel).fetch_part(asked).await?.into_inner();
    let mut whole = Vec::new();
    while let Some(piece) = pieces.message().await? {
        whole.extend_from_slice(&piece.chunk);
    }
    Ok(whole)
}

/// A node's journal replayed from nothing comes to the Board that it shows, and the audit finds no fault.
pub async fn holds_on_replay(node: &Node) {
    let root = TrustRoot::FirstKeyList(node.settings.fingerprint.0);
    let (fold, _) = replay_to_end(&node.registrar.journal, root, Trusted::Nothing, 0).await.unwrap();
    let mut audit = Audit::new(root);
    let mut reader = node.registrar.journal.reader(0).unwrap();
    while let Some(entries) = reader.next_or_end().await.unwrap() {
        audit.take(entries.into_iter().map(|entry| (entry.position, entry.bytes)));
    }
    let report = audit.finish(None);
    assert!(report.holds(), "{:?}", report.faults);
    let mut heads = node.registrar.heads();
    let same = heads.wait_for(|head| head.chain.size >= fold.chain.size);
    let head = tokio::time::timeout(PATIENCE, same).await.unwrap().unwrap().clone();
    if head.chain.size == fold.chain.size {
        assert_eq!(head.board.digest(), fold.board.digest());
    }
}

fn held(parts: &[calls::PartHeld]) -> Vec<calls::PartState> {
    parts.iter().map(calls::PartHeld::state).collect()
}

#[tokio::test]
async fn what_is_attached_is_at_the_other_node_too_and_verified() {
    let world = World::new(&["BY", "PL"]).await;
    let content = vec![7; 300_000];
    let part = store(&world, "BY", &content).await;
    assert_eq!((part.bytes, part.holds), (300_000, Holds::PersonalData));
    let sent = notify(&world, &part).await;
    arrived(&world, "PL", &sent.message_digest).await;
    kept_at(&world, "PL", &part).await;

    for (party, role) in [("BY", "drafter"), ("BY", "releaser"), ("PL", "watch")] {
        let whole = read(&world, party, role, &part).await.unwrap();
        assert_eq!(Digest::of(&whole), part.salted_digest);
        assert_eq!(whole[32..], content);
    }
    let desk = world.desk("PL", "watch");
    let whole = part.salted_digest.to_string();
    for beginning in [&whole[..], &whole[..8]] {
        let (found, read) = part::ask(&desk, beginning).await.unwrap();
        assert_eq!((found, &read[32..]), (part.salted_digest, &content[..]));
    }
    let unknown = if whole.starts_with('0') { "1" } else { "0" }.repeat(8);
    assert!(part::ask(&desk, &unknown).await.unwrap_err().to_string().contains("part"));
    assert!(part::ask(&desk, &whole[..7]).await.unwrap_err().to_string().contains("the first 8 at least"));
    let asked = calls::ReadRequest { digest: sent.message_digest.clone(), ..Default::default() };
    let shown = watches(&desk).read(asked).await.unwrap().into_inner();
    assert_eq!(held(&shown.parts), [calls::PartState::Kept]);
    for party in ["BY", "PL"] {
        holds_on_replay(world.node(party)).await;
    }
}

#[tokio::test]
async fn a_message_is_read_before_its_parts_come_and_they_come_when_the_author_has_them() {
    let mut world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", b"names").await;
    // The author can't give it for now: its file is not what was kept.
    let path = file(&world, "BY", &part);
    let right = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"else").unwrap();
    let sent = notify(&world, &part).await;
    arrived(&world, "PL", &sent.message_digest).await;
    let thread = show(&world, "PL", &sent.thread, 0).await;
    assert_eq!(held(&thread.messages[0].parts), [calls::PartState::NotHere]);
    world.state_mut("PL").stop().await;
    std::fs::write(&path, right).unwrap();
    world.state_mut("PL").start().await;
    kept_at(&world, "PL", &part).await;
}

#[tokio::test]
async fn a_flipped_byte_in_the_file_is_noticed_whenever_it_is_read() {
    let world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", b"a list of names").await;
    let path = file(&world, "BY", &part);
    let right = std::fs::read(&path).unwrap();
    for at in 0..right.len() {
        let mut wrong = right.clone();
        wrong[at] ^= 1;
        std::fs::write(&path, wrong).unwrap();
        let refused = read(&world, "BY", "drafter", &part).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::DataLoss, "PART_DAMAGED"),
            "byte {at}"
        );
    }
    for wrong in [&right[..right.len() - 1], &[&right, b"x".as_slice()].concat()] {
        std::fs::write(&path, wrong).unwrap();
        assert_eq!(reason(&read(&world, "BY", "drafter", &part).await.unwrap_err()), "PART_DAMAGED");
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(reason(&read(&world, "BY", "drafter", &part).await.unwrap_err()), "PART_DAMAGED");
    std::fs::write(&path, &right).unwrap();
    assert_eq!(read(&world, "BY", "drafter", &part).await.unwrap(), right);
}

#[tokio::test]
async fn a_part_found_damaged_or_gone_is_fetched_once_more_from_where_it_came() {
    let world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", b"a list of names").await;
    notify(&world, &part).await;
    kept_at(&world, "PL", &part).await;
    let path = file(&world, "PL", &part);
    let right = std::fs::read(&path).unwrap();
    for damage in [Some(b"other bytes, and more of them than were kept".as_slice()), None] {
        match damage {
            Some(wrong) => std::fs::write(&path, wrong).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        assert_eq!(reason(&read(&world, "PL", "drafter", &part).await.unwrap_err()), "PART_DAMAGED");
        let mut missed = world.node("PL").exchange.parts.missed();
        let back = missed.wait_for(std::collections::BTreeSet::is_empty);
        tokio::time::timeout(std::time::Duration::from_secs(60), back).await.expect("it comes").unwrap();
        assert_eq!(read(&world, "PL", "drafter", &part).await.unwrap(), right);
    }
    // It was on record as kept, and nothing about that has changed.
    assert!(is_kept(&world.node("PL").registrar.head().board, &part));
    let stored = |event: &_| matches!(event, detente::domain::event::Event::PartStored { .. });
    assert_eq!(crate::hostile::count(world.node("PL"), stored).await, 1);
}

#[tokio::test]
async fn whom_no_message_with_it_was_sent_gets_the_answer_for_what_is_not_there() {
    let world = World::new(&["BY", "LT", "PL"]).await;
    let part = store(&world, "BY", b"names").await;
    let digest = part.salted_digest.0;
    // Not even the later addressee, before a message was dispatched to it.
    let absent = fetch(&world, "PL", "BY", &[9; 32], 0).await.unwrap_err();
    assert_eq!((absent.code(), reason(&absent).as_str()), (Code::NotFound, "NOT_FOUND"));
    let early = fetch(&world, "PL", "BY", &digest, 0).await.unwrap_err();
    let sent = notify(&world, &part).await;
    arrived(&world, "PL", &sent.message_digest).await;
    kept_at(&world, "PL", &part).await;
    let whole = fetch(&world, "PL", "BY", &digest, 0).await.unwrap();
    assert_eq!(Digest::of(&whole).0, digest);
    assert_eq!(fetch(&world, "PL", "BY", &digest, 30).await.unwrap(), whole[30..]);
    let beyond = fetch(&world, "PL", "BY", &digest, 10_000).await.unwrap_err();
    let short = fetch(&world, "PL", "BY", &digest[..31], 0).await.unwrap_err();

    let others = fetch(&world, "LT", "BY", &digest, 0).await.unwrap_err();
    // Nor does the addressee give it to the author's other peers, or back to the author.
    let second_hand = fetch(&world, "LT", "PL", &digest, 0).await.unwrap_err();
    let back = fetch(&world, "BY", "PL", &digest, 0).await.unwrap_err();
    erase(&world, "BY", &part).await.unwrap();
    let erased = fetch(&world, "PL", "BY", &digest, 0).await.unwrap_err();
    for same in [early, beyond, short, others, second_hand, back, erased] {
        let told = |status: &Status| (status.code(), status.message().to_owned(), status.details().to_vec());
        assert_eq!(told(&same), told(&absent));
    }
}

#[tokio::test]
async fn what_is_erased_is_gone_here_and_all_proofs_hold_and_nobody_else_is_told() {
    let mut world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", b"passport numbers").await;
    let sent = notify(&world, &part).await;
    arrived(&world, "PL", &sent.message_digest).await;
    kept_at(&world, "PL", &part).await;

    erase(&world, "BY", &part).await.unwrap();
    assert!(!file(&world, "BY", &part).exists());
    let refused = read(&world, "BY", "drafter", &part).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "PART_ERASED"));
    assert_eq!(reason(&erase(&world, "BY", &part).await.unwrap_err()), "FIELD");
    let thread = show(&world, "BY", &sent.thread, 0).await;
    assert_eq!(held(&thread.messages[0].parts), [calls::PartState::Erased]);
    assert_eq!(thread.messages[0].digest, sent.message_digest);

    let node = world.node("BY");
    holds_on_replay(node).await;
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal);
    let source = Source { records: &records, board: &head.board, ring: &node.ring };
    let thread = ThreadId::from_slice(&sent.thread).unwrap();
    let bundle = make(&source, thread, world.clock.now()).await.unwrap();
    assert!(verify(bundle, &[(node.settings.party, node.settings.fingerprint.0)].into()).unwrap().holds());

    // The other Party keeps what it has; and what was erased here does not come back by a start.
    assert_eq!(read(&world, "PL", "watch", &part).await.unwrap()[32..], *b"passport numbers");
    // As if the erasing node had been killed between the record and the file.
    std::fs::copy(file(&world, "PL", &part), file(&world, "BY", &part)).unwrap();
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    assert!(!file(&world, "BY", &part).exists());
    assert!(is_kept(&world.node("PL").registrar.head().board, &part));
}

#[tokio::test]
async fn what_was_erased_before_it_came_is_never_taken() {
    let world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", b"names").await;
    let path = file(&world, "BY", &part);
    let right = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"else").unwrap();
    let sent = notify(&world, &part).await;
    arrived(&world, "PL", &sent.message_digest).await;
    erase(&world, "PL", &part).await.unwrap();
    std::fs::write(&path, right).unwrap();
    let link = world.node("PL").registrar.head().board.link(world.state("BY").party).unwrap().clone();
    assert!(link.parts.wanted.is_empty());
    assert_eq!(
        reason(&erase(&world, "PL", &store(&world, "BY", b"other").await).await.unwrap_err()),
        "FIELD"
    );
}

/// Hands bytes on both ways; the first connection over which more than `cut_after` bytes go the one way ends
/// there. What later large connections brought is counted.
pub struct Proxy {
    pub address: SocketAddr,
    pub largest_after: Arc<AtomicU64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    There,
    Back,
}

impl Proxy {
    pub async fn start(at: &str, to: SocketAddr, way: Way, cut_after: u64) -> Proxy {
        let listener = TcpListener::bind(at).await.unwrap();
        let address = listener.local_addr().unwrap();
        let largest_after = Arc::new(AtomicU64::new(0));
        let counted = largest_after.clone();
        tokio::spawn(async move {
            let cuts_left = Arc::new(AtomicU64::new(1));
            loop {
                let Ok((near, _)) = listener.accept().await else { return };
                let Ok(far) = TcpStream::connect(to).await else { continue };
                let (counted, cuts_left) = (counted.clone(), cuts_left.clone());
                tokio::spawn(async move {
                    let (near_in, near_out) = near.into_split();
                    let (far_in, far_out) = far.into_split();
                    let (mut from, mut to, mut other_from, mut other_to) = match way {
                        Way::There => (near_in, far_out, far_in, near_out),
                        Way::Back => (far_in, near_out, near_in, far_out),
                    };
                    let other =
                        tokio::spawn(async move { tokio::io::copy(&mut other_from, &mut other_to).await });
                    let (mut passed, mut chunk) = (0_u64, vec![0; 16 * 1024]);
                    while let Ok(read @ 1..) = from.read(&mut chunk).await {
                        passed += read as u64;
                        let take = |left: u64| left.checked_sub(1);
                        let cut = passed > cut_after
                            && cuts_left.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).is_ok();
                        if cut {
                            break;
                        }
                        if cuts_left.load(Ordering::Acquire) == 0 {
                            counted.fetch_max(passed, Ordering::AcqRel);
                        }
                        if to.write_all(&chunk[..read]).await.is_err() {
                            break;
                        }
                    }
                    other.abort();
                });
            }
        });
        Proxy { address, largest_after }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_was_cut_in_the_middle_goes_on_where_it_was() {
    const BYTES: u64 = 8 * 1024 * 1024;
    const CUT_AFTER: u64 = 4 * 1024 * 1024;
    let mut world = World::new(&["BY", "PL"]).await;
    // The author behind a proxy that stands where its key list says the node is.
    let (directory, address) = (world.state("BY").directory.clone(), world.state("BY").address.clone());
    world.state_mut("BY").stop().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let by = Node::start(&directory, world.clock.clone(), Some(listener)).await.unwrap();
    let proxy = Proxy::start(&address, by.address, Way::Back, CUT_AFTER).await;
    assert_eq!(proxy.address.to_string(), address);

    let content: Vec<u8> = (0..BYTES).map(|at| (at % 251) as u8).collect();
    let part = store(&world, "BY", &content).await;
    let sent = notify(&world, &part).await;
    arrived(&world, "PL", &sent.message_digest).await;
    kept_at(&world, "PL", &part).await;
    let second = proxy.largest_after.load(Ordering::Acquire);
    assert!(second > 0, "it was cut");
    assert!(second < BYTES - CUT_AFTER / 2, "the second time {second} bytes came");
    assert_eq!(read(&world, "PL", "watch", &part).await.unwrap()[32..], content);
    holds_on_replay(world.node("PL")).await;
    holds_on_replay(&by).await;
    by.shutdown().await;
}

#[tokio::test]
async fn a_part_that_came_wholly_before_a_crash_is_put_on_record_by_the_next_start() {
    let mut world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", b"names").await;
    let path = file(&world, "BY", &part);
    let whole = Bytes::from(std::fs::read(&path).unwrap());
    std::fs::write(&path, b"else").unwrap();
    let sent = notify(&world, &part).await;
    arrived(&world, "PL", &sent.message_digest).await;
    world.state_mut("PL").stop().await;
    let beginning = world.state("PL").directory.join(format!("parts/{}.beginning", part.salted_digest));
    std::fs::write(beginning, &whole).unwrap();
    world.state_mut("PL").start().await;
    kept_at(&world, "PL", &part).await;
    assert_eq!(read(&world, "PL", "watch", &part).await.unwrap(), whole);
    assert_eq!(files(&world, "PL"), 1);
}
