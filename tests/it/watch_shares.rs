//! What became of the items of `watch now` is read within one bound for the whole page: however much is said after
//! them, the page comes at once, and what was not looked at is marked.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::{Content, Kind};
use detente::limits;

use crate::officer::{filled, form, heading, send, watches};
use crate::talk::both_settled;
use crate::world::World;

/// Of how many later messages it is said that they were not looked at.
fn not_looked_at(item: &calls::NowItem) -> usize {
    let marks = item.marks.iter();
    let many = marks.filter_map(|mark| mark.strip_suffix(" later messages of its author were not looked at"));
    many.map(|many| many.parse::<usize>().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_item_has_its_share_of_what_is_read_and_a_withdrawal_is_found_behind_all_that_was_said_since() {
    let world = World::new(&["BY", "PL"]).await;
    let flash = || calls::Heading { precedence: evidence::Precedence::Flash as i32, ..heading(1) };
    let mut sent: Vec<Bytes> = Vec::new();
    let say = async |number: u8, content: &Content| {
        let sent = send(&world, "BY", number, flash(), content).await;
        sent.message_digest
    };
    sent.push(say(1, &filled(Kind::Notification)).await);
    let back = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&sent[0]));
    sent.push(say(2, &form(Kind::MessageWithdrawal, &back)).await);
    let text = form(Kind::Text, "text = \"We say more.\"\n");
    for number in 3..=68 {
        sent.push(say(number, &text).await);
    }
    both_settled(&world, "BY", "PL").await;
    let asked = calls::NowRequest { all_offices: false, ..Default::default() };
    let page = watches(&world.desk("PL", "watch")).now(asked).await.unwrap().into_inner();
    assert_eq!((page.items.len(), page.more), (limits::NOW_ITEMS_MAX, 18));
    let later: BTreeMap<Bytes, usize> = sent.iter().rev().cloned().zip(0..).collect();
    let mut read = 0;
    for item in &page.items {
        let (later, left) = (later[&item.digest], not_looked_at(item));
        let own = later - left;
        assert!(own >= later.min(limits::NOW_LATER_WORDS_READ_MAX / limits::NOW_ITEMS_MAX) && own <= 64);
        read += own;
    }
    assert!(read <= limits::NOW_LATER_WORDS_READ_MAX, "{read}");
    // What waits as a withdrawal says of what.
    let of = |item: &calls::NowItem| (item.withdraws_number.clone(), item.withdraws_subject.clone());
    let (words, others): (Vec<_>, Vec<_>) = page.items.iter().partition(|item| item.digest == sent[1]);
    assert!(others.into_iter().all(|other| of(other) == (String::new(), String::new())));
    let (number, subject) = of(words[0]);
    // What is taken back comes last; what takes it back is found beyond its share.
    let behind = calls::NowRequest { skip: limits::NOW_ITEMS_MAX as u32, ..asked };
    let page = watches(&world.desk("PL", "watch")).now(behind).await.unwrap().into_inner();
    let first = page.items.last().filter(|item| item.digest == sent[0]).expect("what came first is listed");
    assert_eq!((number, subject.as_str()), (first.number.clone(), "Autumn Harvest 2031"));
    assert!(first.marks.iter().any(|mark| mark.starts_with("WITHDRAWN by")), "{:?}", first.marks);
    assert!(not_looked_at(first) > 0);
}
