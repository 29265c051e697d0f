//! Parts in carry files between two real nodes whose line is cut: there with their messages, left out where they do not
//! fit, and nothing taken that a courier added or changed.

use bytes::Bytes;
use detente::codec::carry::{self, Carry};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::message::{Outgoing, Part};
use detente::domain::precedence::Precedence;
use detente::limits;
use detente::peers::carry::{Made, NotCompared};
use detente::peers::carry_parts::Left;

use crate::carry::{count, cut_apart, made, read, taken};
use crate::officer::size;
use crate::parts::{self, erase, file, holds_on_replay, is_kept, kept_at, store};
use crate::talk::{both_settled, fresh, outgoing, release};
use crate::world::World;

/// BY's message to PL that names these parts.
async fn tell(world: &World, parts: &[&Part]) -> Digest {
    let parts = parts.iter().map(|part| (*part).clone()).collect();
    let to = world.state("PL").party;
    let outgoing = outgoing(ThreadId(fresh()), &[to], Precedence::Routine, "attached");
    let outgoing = Outgoing { parts, ..outgoing };
    release(&world.node("BY").registrar, outgoing).await
}

fn has(world: &World, at: &str, part: &Part) -> bool {
    is_kept(&world.node(at).registrar.head().board, part)
}

/// The bytes that lie there, salts among them. A fetch over the cut line leaves an empty beginning.
pub fn bytes_at(world: &World, at: &str) -> u64 {
    let files = std::fs::read_dir(world.state(at).directory.join("parts")).unwrap();
    files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).sum()
}

async fn out(world: &World, parts: &[&Part]) -> Made {
    let parts: Vec<Digest> = parts.iter().map(|part| part.salted_digest).collect();
    let to = world.state("PL").party;
    world.node("BY").exchange.carry_out(to, &parts, NotCompared::Refused).await.unwrap()
}

fn with(file: &Bytes, change: impl FnOnce(&mut Carry)) -> Bytes {
    let mut carry = read(file);
    change(&mut carry);
    carry::encode(&carry)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_attached_comes_with_the_file_and_is_not_fetched_again() {
    let (world, line) = cut_apart().await;
    let (map, list) = (store(&world, "BY", b"a map").await, store(&world, "BY", b"a list of names").await);
    tell(&world, &[&map, &list]).await;
    tell(&world, &[&map]).await;
    let there = out(&world, &[]).await;
    assert_eq!((there.holds.parts, &there.parts_left[..]), (2, &[][..]), "each once");

    let first = taken(&world, "PL", &there.file).await;
    assert_eq!((first.dispatches, first.parts, first.parts_missing), (count(2, 0), count(2, 0), 0));
    assert_eq!(first.stopped, []);
    assert_eq!(parts::read(&world, "PL", "watch", &map).await.unwrap()[32..], *b"a map");
    let again = taken(&world, "PL", &there.file).await;
    assert_eq!((again.dispatches, again.parts, &again.stopped[..]), (count(0, 2), count(0, 2), &[][..]));
    let home = taken(&world, "BY", &first.back.unwrap()).await;
    assert_eq!((home.receipts, home.parts), (count(2, 0), count(0, 0)));

    line.restore();
    both_settled(&world, "BY", "PL").await;
    assert_eq!(bytes_at(&world, "PL"), 2 * 32 + map.bytes + list.bytes);
    // Of what was being fetched meanwhile no beginning stays.
    assert_eq!(parts::files(&world, "PL"), 2);
    for code in ["BY", "PL"] {
        holds_on_replay(world.node(code)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_for_which_there_is_no_room_is_named_and_comes_with_a_file_of_its_own() {
    let (world, _line) = cut_apart().await;
    let large = vec![7; limits::PART_BYTES_MAX as usize];
    let (map, film) = (store(&world, "BY", &large).await, store(&world, "BY", &large).await);
    let small = store(&world, "BY", b"a list of names").await;
    tell(&world, &[&map, &film, &small]).await;
    let there = out(&world, &[]).await;
    assert!(there.file.len() <= limits::CARRY_BYTES_MAX);
    let [left] = &there.parts_left[..] else { panic!("{:?}", there.parts_left) };
    assert_eq!((left.part, left.why, there.holds.parts), (film.salted_digest, Left::Full, 2));
    // Named by hand it comes before all else, and what is left out for it is told too.
    let by_hand = out(&world, &[&film]).await;
    let [left] = &by_hand.parts_left[..] else { panic!("{:?}", by_hand.parts_left) };
    assert_eq!((left.part, left.why, by_hand.holds.parts), (map.salted_digest, Left::Full, 2));
    let first = taken(&world, "PL", &there.file).await;
    assert_eq!((first.parts, first.parts_missing), (count(2, 0), 1));
    assert_eq!(taken(&world, "BY", &first.back.unwrap()).await.receipts, count(1, 0));

    // Its message is receipted, and it is named by hand.
    let other = out(&world, &[&film]).await;
    assert_eq!((other.holds.dispatches, other.holds.parts), (0, 1));
    let second = taken(&world, "PL", &other.file).await;
    assert_eq!((second.parts, second.parts_missing, second.back), (count(1, 0), 0, None));
    assert!(has(&world, "PL", &film));
    // One that no message to that Party names does not go to it.
    let own = store(&world, "BY", b"for ourselves").await;
    assert_eq!(out(&world, &[&own]).await.parts_left[0].why, Left::NotNamed);
    erase(&world, "BY", &small).await.unwrap();
    assert_eq!(out(&world, &[&small]).await.parts_left[0].why, Left::NotKept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_is_damaged_or_gone_here_is_here_again_with_a_file_that_holds_it() {
    let (world, _line) = cut_apart().await;
    let (map, list) = (store(&world, "BY", b"a map").await, store(&world, "BY", b"a list of names").await);
    tell(&world, &[&map, &list]).await;
    let carried = made(&world, "BY", "PL").await;
    assert_eq!(taken(&world, "PL", &carried).await.parts, count(2, 0));
    let mut damaged = std::fs::read(file(&world, "PL", &map)).unwrap();
    damaged[32] ^= 1;
    std::fs::write(file(&world, "PL", &map), damaged).unwrap();
    std::fs::remove_file(file(&world, "PL", &list)).unwrap();
    let told = taken(&world, "PL", &carried).await;
    assert_eq!((told.parts, &told.stopped[..]), (count(2, 0), &[][..]));
    for (part, content) in [(&map, &b"a map"[..]), (&list, b"a list of names")] {
        assert_eq!(parts::read(&world, "PL", "watch", part).await.unwrap()[32..], *content);
    }
    assert_eq!(taken(&world, "PL", &carried).await.parts, count(0, 2));
    holds_on_replay(world.node("PL")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courier_adds_changes_and_swells_no_part() {
    let (world, line) = cut_apart().await;
    let (map, list) = (store(&world, "BY", b"a map").await, store(&world, "BY", b"a list of names").await);
    tell(&world, &[&map, &list]).await;
    let file = made(&world, "BY", "PL").await;
    let [first, second] = &read(&file).parts[..] else { panic!("two parts") };
    let flipped = {
        let mut bytes = first.to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        Bytes::from(bytes)
    };
    let longer = Bytes::from([&first[..], b" "].concat());
    let strange = Bytes::from(vec![9; 1024 * 1024]);
    let rubbish = vec![flipped, longer, strange, Bytes::from("no salt"), Bytes::new()];
    let told = taken(&world, "PL", &with(&file, |carry| carry.parts.clone_from(&rubbish))).await;
    assert_eq!((told.dispatches, told.parts, told.parts_missing), (count(1, 0), count(0, 0), 2));
    assert_eq!(told.stopped.len(), rubbish.len());
    assert!(told.stopped.iter().all(|one| one.field == "carry.parts"), "{:?}", told.stopped);
    assert_eq!(bytes_at(&world, "PL"), 0, "nothing of it is kept");

    // The same one a thousand times is one; what was left out is only missing.
    let told = taken(&world, "PL", &with(&file, |carry| carry.parts = vec![first.clone(); 1_000])).await;
    assert_eq!((told.parts, told.parts_missing, &told.stopped[..]), (count(1, 999), 1, &[][..]));
    // Parts alone, without the message that names them, as with another file of the same link.
    let alone = with(&file, |carry| {
        carry.dispatches.clear();
        carry.parts = vec![second.clone()];
    });
    // Cut short in the middle of one, it is not there.
    let told = taken(&world, "PL", &alone.slice(..alone.len() - 40)).await;
    assert_eq!((told.parts, told.stopped[0].rule.as_str()), (count(0, 0), "cut short"));
    assert_eq!(taken(&world, "PL", &alone).await.parts, count(1, 0));
    assert!(has(&world, "PL", &map) && has(&world, "PL", &list));

    // What was erased is not brought back by an old file.
    erase(&world, "PL", &map).await.unwrap();
    let told = taken(&world, "PL", &file).await;
    assert_eq!((told.parts, told.stopped.len()), (count(0, 1), 1));
    assert!(told.stopped[0].rule.contains("was erased here"), "{}", told.stopped[0].rule);
    assert_eq!(bytes_at(&world, "PL"), 32 + list.bytes);
    let before = size(&world, "PL");
    line.restore();
    both_settled(&world, "BY", "PL").await;
    assert!(!has(&world, "PL", &map) && size(&world, "PL") >= before);
    holds_on_replay(world.node("PL")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_come_with_the_first_file_in_which_there_is_room_on_the_disk_for_them() {
    let (world, line) = cut_apart().await;
    let map = store(&world, "BY", b"a map").await;
    tell(&world, &[&map]).await;
    let file = made(&world, "BY", "PL").await;
    let free = world.node("PL").exchange.parts.free();
    free.set(limits::PARTS_LEAVE_FREE_BYTES);
    let told = taken(&world, "PL", &file).await;
    assert_eq!((told.dispatches, told.parts, told.parts_missing), (count(1, 0), count(0, 0), 1));
    assert!(told.stopped[0].rule.contains("no room"), "{}", told.stopped[0].rule);
    assert_eq!(bytes_at(&world, "PL"), 0);
    free.set(u64::MAX);
    assert_eq!(taken(&world, "PL", &file).await.parts, count(1, 0));
    line.restore();
    kept_at(&world, "PL", &map).await;
}
