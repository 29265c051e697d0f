//! FLASH overtakes: what is lower on the same link, whatever there is of it, stands behind it on record, and a disk
//! that is full takes texts before parts.

use detente::codec::proto::detente::evidence::v1::Precedence as Lane;
use detente::domain::digest::ThreadId;
use detente::domain::precedence::Precedence;

use crate::hostile::Hostile;
use crate::links_down::received;
use crate::parts::{file, files, holds_on_replay, kept_at, notify, store};
use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn flash_released_behind_a_long_queue_is_on_record_there_before_half_of_it() {
    // Of so many bytes no call of deliveries holds more than a few.
    const LONG: usize = 96;
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("PL").stop().await;
    let (by, pl) = (world.state("BY").party, world.state("PL").party);
    let registrar = &world.node("BY").registrar;
    let thread = ThreadId(fresh());
    for number in 0..LONG {
        let mut long = outgoing(thread, &[pl], Precedence::Routine, &number.to_string());
        long.content = vec![b'x'; 100_000].into();
        release(registrar, long).await;
    }
    let flash = release(registrar, outgoing(thread, &[pl], Precedence::Flash, "now")).await;
    world.state_mut("PL").start().await;
    both_settled(&world, "BY", "PL").await;
    let all = received(&world, "PL", by).await;
    assert_eq!(all.len(), LONG + 1);
    let at = all.iter().position(|(_, _, message, _)| *message == flash).unwrap();
    assert!(at < LONG / 2, "{at} lower ones stand before it");
    // And the lower lane has lost nothing, nor its order.
    let routine: Vec<u64> =
        all.iter().filter(|one| one.0 == Precedence::Routine).map(|(_, serial, ..)| *serial).collect();
    assert_eq!(routine, (1..=LONG as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_can_not_be_dialled_asks_for_flash_apart_and_is_given_nothing_lower_in_its_place() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let registrar = &world.node("PL").registrar;
    release(registrar, outgoing(ThreadId(fresh()), &[by.me], Precedence::Routine, "later")).await;
    let lower = [Lane::Immediate, Lane::Priority, Lane::Routine];
    assert_eq!(by.collect_on(&lower).await[0].lane, Precedence::Routine);
    let party = by.me;
    // All the while ROUTINE is owed.
    let (owed, flash) = tokio::join!(
        by.collect_on(&[Lane::Flash]),
        release(registrar, outgoing(ThreadId(fresh()), &[party], Precedence::Flash, "now"))
    );
    assert_eq!(owed.iter().map(|one| one.message).collect::<Vec<_>>(), [flash]);
    assert_eq!(by.collect().await[0].lane, Precedence::Flash, "of all lanes it is the first");
}

#[tokio::test]
async fn a_full_disk_refuses_a_part_and_no_text_and_the_part_comes_once_there_is_room() {
    let world = World::new(&["BY", "PL"]).await;
    let pl = world.state("PL").party;
    let part = store(&world, "BY", &[7; 200_000]).await;
    // Where the part would be written there is no room for a single byte.
    let named = file(&world, "PL", &part);
    std::os::unix::fs::symlink("/dev/full", named.with_extension("beginning")).unwrap();
    let sent = notify(&world, &part).await;
    crate::officer::arrived(&world, "PL", &sent.message_digest).await;
    let registrar = &world.node("BY").registrar;
    let text =
        release(registrar, outgoing(ThreadId(fresh()), &[pl], Precedence::Routine, "it is read")).await;
    until(world.node("PL"), "the text", |board| board.messages.contains_key(&text)).await;
    // What it held of the disk was given back, so there is room again.
    kept_at(&world, "PL", &part).await;
    assert_eq!(files(&world, "PL"), 1);
    assert_eq!(std::fs::read(named).unwrap().len(), 200_032);
    holds_on_replay(world.node("PL")).await;
}
