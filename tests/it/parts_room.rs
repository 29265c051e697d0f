//! A disk that fills: parts are refused before texts are, and come by themselves when there is room again.

use detente::cli::desk::fresh_id;
use detente::cli::part;
use detente::domain::digest::ThreadId;
use detente::domain::precedence::Precedence;
use detente::limits;

use crate::carry_parts::bytes_at;
use crate::officer::{arrived, receipted};
use crate::parts::{is_kept, kept_at, notify, store};
use crate::talk::{both_settled, outgoing, release};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn below_the_stated_room_parts_wait_and_texts_go_on_at_both_ends() {
    let world = World::new(&["BY", "PL"]).await;
    let map = store(&world, "BY", &[7; 300_000]).await;
    let free = world.node("PL").exchange.parts.free();
    // A whole part would just not fit beside what is reserved.
    free.set(limits::PARTS_LEAVE_FREE_BYTES + 300_000);
    let sent = notify(&world, &map).await;
    arrived(&world, "PL", &sent.message_digest).await;
    receipted(&world, "BY", "PL").await;
    let by = world.state("BY").party;
    let text = outgoing(ThreadId([5; 16]), &[by], Precedence::Routine, "and back");
    release(&world.node("PL").registrar, text).await;
    both_settled(&world, "BY", "PL").await;
    assert!(!is_kept(&world.node("PL").registrar.head().board, &map));
    assert_eq!(bytes_at(&world, "PL"), 0);

    // Our own officers too are told "not now", by a word for programs.
    free.set(limits::PARTS_LEAVE_FREE_BYTES - 1);
    let desk = world.desk("PL", "drafter");
    let fault = part::store(&desk, fresh_id().unwrap(), "small.txt", false, b"x".to_vec()).await.unwrap_err();
    assert!(
        fault.to_string().contains("there is no room for this part now; nothing of it was kept"),
        "{fault}"
    );
    assert_eq!(bytes_at(&world, "PL"), 0);

    free.set(u64::MAX);
    kept_at(&world, "PL", &map).await;
    store(&world, "PL", b"x").await;
}
