//! A link that goes silent, between real nodes: noticed within the stated seconds, and so is its return.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Reading};

use detente::cli::node::Node;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::time::Instant;
use detente::limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::hotline_checks::scheduled;
use crate::officer::{PATIENCE, hotlines};
use crate::world::World;

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
