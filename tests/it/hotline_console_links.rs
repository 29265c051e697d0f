//! The link to the other State, at a real pseudo-terminal: `hotline join` says since when it is dead, though no record
//! does, and so do the list and the session by a call.

use detente::codec::proto::detente::v1 as calls;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::hotline_console::{CONTROL_C, ENTER, accepted, console};
use crate::hotline_nodes::{officer, show};
use crate::officer::hotlines;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn since_when_the_other_node_is_not_heard_stands_above_the_session_until_it_is_heard_again() {
    let (mut world, thread) = accepted().await;
    assert!(show(&world, "PL", &thread).await.session.unwrap().not_heard.is_empty());
    // What was heard by a node before it started again is not known to it.
    world.state_mut("BY").stop().await;
    world.state_mut("PL").stop().await;
    world.state_mut("PL").start().await;
    let silent = calls::NotHeard { party: "BY".into(), heard_at_ms: 0 };
    let not_heard = show(&world, "PL", &thread).await.session.unwrap().not_heard;
    assert_eq!(not_heard, std::slice::from_ref(&silent));
    let asked = calls::ListSessionsRequest::default();
    let listed = hotlines(&officer(&world, "PL")).list_sessions(asked).await.unwrap().into_inner();
    assert_eq!(listed.sessions[0].not_heard, [silent]);
    block_in_place(|| {
        let mut pl = console(&world, "PL");
        pl.until_it_says(">REAL  FLASH     open");
        pl.until("above the list", |rows| rows[1].starts_with("BY NOT HEARD since this node started"));
        pl.press(ENTER);
        let rows = pl.until_it_says("r read  Enter answer");
        assert!(rows[1].starts_with("BY NOT HEARD since this node started  on: "), "{rows:#?}");
        Handle::current().block_on(world.state_mut("BY").start());
        pl.until("it is heard", |rows| rows[1].starts_with("on: "));
        // And gone silent while the console runs: since a time by the clock.
        Handle::current().block_on(world.state_mut("BY").stop());
        pl.until("since when", |rows| rows[1].starts_with("BY NOT HEARD since 20"));
        pl.press(CONTROL_C);
        pl.ended();
    });
}
