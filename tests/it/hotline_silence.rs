//! A link that goes silent, between real nodes: noticed within the stated seconds, and so is its return.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Reading};

use detente::cli::node::Node;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::check::Known;
use detente::domain::time::Instant;
use detente::limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::hotline_checks::{EVERY_HOUR, OVER_MS, holds_on_replay, hour, known, noted, scheduled};
use crate::officer::{PATIENCE, hotlines};
use crate::world::World;

/// Silence takes longer to tell than a check is waited for.
const SELDOM: &str = "heartbeat_seconds = 3600";
const SILENT_AFTER_MS: i64 = 3_600_000 + limits::HEARTBEAT_ANSWER_MS_MAX;

/// Passes everything on, until it is frozen: then it takes connections and bytes, and says nothing.
async fn freezable(at: &str, to: std::net::SocketAddr, frozen: Arc<AtomicBool>) {
    let listener = TcpListener::bind(at).await.unwrap();
    tokio::spawn(async move {
        loop {
            let Ok((near, _)) = listener.accept().await else { return };
            let frozen = frozen.clone();
            tokio::spawn(async move {
                // One that came while it was frozen stays without an answer for ever.
                if frozen.load(Ordering::Acquire) {
                    std::future::pending::<()>().await;
                }
                let Ok(far) = TcpStream::connect(to).await else { return };
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                let there = pass(near_in, far_out, frozen.clone());
                let back = pass(far_in, near_out, frozen);
                tokio::join!(there, back);
            });
        }
    });
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    frozen: Arc<AtomicBool>,
) {
    let mut chunk = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        if frozen.load(Ordering::Acquire) {
            std::future::pending::<()>().await;
        }
        if to.write_all(&chunk[..read]).await.is_err() {
            return;
        }
    }
}

async fn link(world: &World) -> calls::CheckedLink {
    let asked = calls::ListChecksRequest { party: "BY".into() };
    let desk = world.desk("PL", "watch");
    hotlines(&desk).list_checks(asked).await.unwrap().into_inner().links.remove(0)
}

/// Until the link is told to be so. Whenever it is asked for, it is up as long as the other end was heard within the
/// stated seconds, and no longer.
async fn becomes(world: &World, up: bool) {
    let told = async {
        loop {
            let before = world.clock.now();
            let link = link(world).await;
            let (heard, stated) = (Instant(link.heard_at_ms), i64::from(link.silent_after_seconds) * 1_000);
            match link.up {
                true => assert!(before.ms_since(heard) <= stated, "{link:?}"),
                false => assert!(world.clock.now().ms_since(heard) > stated, "{link:?}"),
            }
            if link.up == up {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let never = if up { "the link is up" } else { "the link is down" };
    tokio::time::timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("never: {never}"));
}

async fn ping(world: &World) -> (calls::PingedLink, Duration) {
    let since = Reading::now();
    let desk = world.desk("PL", "watch");
    let pinged = hotlines(&desk).ping_links(calls::PingLinksRequest::default()).await.unwrap().into_inner();
    (pinged.links[0].clone(), since.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_vanishes_without_a_word_is_noticed_within_the_stated_seconds_and_so_is_its_return() {
    let mut world = World::with_one_unreachable("BY", "PL").await;
    // BY behind a proxy that stands where its key list says the node is; PL alone calls.
    let (directory, address) = (world.state("BY").directory.clone(), world.state("BY").address.clone());
    world.state_mut("BY").stop().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let by = Node::start(&directory, world.clock.clone(), Some(listener)).await.unwrap();
    let frozen = Arc::new(AtomicBool::new(false));
    freezable(&address, by.address, frozen.clone()).await;
    scheduled(&world, "PL", "BY", "heartbeat_seconds = 1", "").await;
    world.clock.follow_system();

    becomes(&world, true).await;
    let stated = link(&world).await.silent_after_seconds;
    assert_eq!(stated, 6);
    let (pinged, _) = ping(&world).await;
    assert!(pinged.up && pinged.fault.is_empty(), "{pinged:?}");

    frozen.store(true, Ordering::Release);
    becomes(&world, false).await;
    let (pinged, took) = ping(&world).await;
    assert!(!pinged.up && !pinged.fault.is_empty() && pinged.heard_at_ms > 0, "{pinged:?}");
    assert!(took < Duration::from_millis(limits::PING_MS_MAX + 20_000), "{took:?}");

    frozen.store(false, Ordering::Release);
    becomes(&world, true).await;
    by.shutdown().await;
    let (pinged, _) = ping(&world).await;
    assert!(!pinged.up, "{pinged:?}");
}

/// PL makes checks by itself; at BY nobody answers any. At PL others by telephone are due at the same instants, and are
/// looked at after them.
async fn with_seldom_heartbeats() -> World {
    let world = World::new(&["BY", "PL"]).await;
    let spoken = EVERY_HOUR.replace("\"hourly\"", "\"spoken\"");
    let checks = format!("{EVERY_HOUR}{spoken}    line = \"telephone\"\n");
    scheduled(&world, "PL", "BY", SELDOM, &checks).await;
    scheduled(&world, "BY", "PL", &format!("{SELDOM}\nofficer = \"watch\""), EVERY_HOUR).await;
    world
}

/// Once the check of this hour is on record at both ends, BY is gone.
async fn gone_after_the_check(world: &mut World, due: Instant) {
    noted(world.node("PL"), "BY", due, "hourly", "MADE").await;
    world.state_mut("BY").stop().await;
    let (pinged, _) = ping(world).await;
    assert!(!pinged.up, "{pinged:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_link_that_may_have_gone_before_a_checks_deadline_nothing_is_said_until_its_heartbeats_tell() {
    let mut world = with_seldom_heartbeats().await;
    world.clock.set(hour(0));
    gone_after_the_check(&mut world, hour(0)).await;
    world.clock.set(hour(0).plus_ms(OVER_MS));
    noted(world.node("PL"), "BY", hour(0), "spoken", "MISSED").await;
    assert_eq!(known(&world, "PL", "BY", hour(0)), None);
    world.clock.set(hour(0).plus_ms(SILENT_AFTER_MS + 1));
    noted(world.node("PL"), "BY", hour(0), "hourly", "MISSED").await;
    let since = Some(hour(0));
    assert_eq!(known(&world, "PL", "BY", hour(0)), Some(Known::LinkDown { since }));

    // One that is there says so when it is tried: nothing is put off.
    world.state_mut("BY").start().await;
    noted(world.node("PL"), "BY", hour(1), "hourly", "MADE").await;
    world.clock.set(hour(1).plus_ms(OVER_MS));
    noted(world.node("PL"), "BY", hour(1), "hourly", "MISSED").await;
    assert_eq!(known(&world, "PL", "BY", hour(1)), Some(Known::Unanswered));
    holds_on_replay(world.node("PL")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_did_not_see_the_time_of_a_check_end_does_not_say_that_the_link_was_up_then() {
    let mut world = with_seldom_heartbeats().await;
    // It is down at the deadline, and is back before the check is put on record as missed.
    world.clock.set(hour(0));
    noted(world.node("PL"), "BY", hour(0), "hourly", "MADE").await;
    world.state_mut("PL").stop().await;
    world.clock.set(hour(0).plus_ms(OVER_MS - limits::CHECK_GRACE_MS));
    world.state_mut("PL").start().await;
    world.clock.set(hour(0).plus_ms(OVER_MS));
    noted(world.node("PL"), "BY", hour(0), "hourly", "MISSED").await;
    assert_eq!(known(&world, "PL", "BY", hour(0)), Some(Known::NotRunning));

    // It starts again while it waits for the heartbeats to tell.
    world.clock.set(hour(1));
    gone_after_the_check(&mut world, hour(1)).await;
    world.clock.set(hour(1).plus_ms(OVER_MS));
    noted(world.node("PL"), "BY", hour(1), "spoken", "MISSED").await;
    assert_eq!(known(&world, "PL", "BY", hour(1)), None);
    world.state_mut("PL").stop().await;
    world.state_mut("PL").start().await;
    noted(world.node("PL"), "BY", hour(1), "hourly", "MISSED").await;
    assert_eq!(known(&world, "PL", "BY", hour(1)), Some(Known::NotRunning));
    assert_eq!(Known::NotRunning.to_string(), "this node was started after its time was over");
    holds_on_replay(world.node("PL")).await;
}
