//! What two custodians leave a link of the hour: what is beyond waits at the other end, FLASH comes, and nothing
//! that came before is touched.

use bytes::Bytes;
use detente::codec::dispatch::{decode_proven, decode_receipt};
use detente::codec::message;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::Delivery;
use detente::codec::proto::detente::v1::delivery_answer::Answer;
use detente::codec::proto::detente::v1::propose_request::Change as Wire;
use detente::domain::allowance::{Allowance, LinkAllowance};
use detente::domain::board::Denied;
use detente::domain::command::Command;
use detente::domain::digest::Digest;
use detente::domain::event::{Change, Event, Record};
use detente::domain::message::Outcome;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::NotNow;
use detente::limits;

use crate::board::{change_link, head_over};
use crate::hostile::{Hostile, count};
use crate::office::change;
use crate::officer_program::{object, printed, refused};
use crate::party::{Folded, at, delivery, peer, receive, theirs, thread, us};
use crate::talk::{both_settled, outgoing, release};
use crate::world::{Medium, World};

fn limited(party: Party, records: Option<u64>, bytes: Option<u64>) -> Change {
    Change::LinkAllowance(LinkAllowance { party, allowance: Allowance { records, bytes } })
}

/// The peer's next message on a lane, at a minute.
fn brought(
    folded: &mut Folded,
    lane: Precedence,
    (serial, place): (u64, u64),
    minute: i64,
) -> Result<Record, Denied> {
    let message = theirs(lane, thread(1), &format!("{lane} {serial}"), &[]);
    let command = receive(delivery(&message, serial, place, 2 * (place - 1)));
    folded.given(command, detente::domain::command::Origin::Node, at(minute * 60))
}

fn waits(answer: Result<Record, Denied>) {
    assert!(matches!(answer, Err(Denied::NotNow(NotNow::Budget))), "{answer:?}");
}

#[test]
fn a_link_brings_no_more_in_an_hour_than_two_custodians_leave_it_and_flash_apart() {
    let mut folded = Folded::with_peer();
    let routine = Precedence::Routine;
    change(&mut folded, 10, limited(peer(), Some(2), None)).unwrap();
    brought(&mut folded, routine, (1, 1), 1).unwrap();
    brought(&mut folded, routine, (2, 2), 2).unwrap();
    waits(brought(&mut folded, routine, (3, 3), 3));
    brought(&mut folded, Precedence::Flash, (1, 3), 3).unwrap();
    brought(&mut folded, routine, (3, 4), 61).unwrap();

    // Nothing at all, from the first of an hour on; and bytes.
    change(&mut folded, 20, limited(peer(), Some(0), None)).unwrap();
    waits(brought(&mut folded, routine, (4, 5), 200));
    brought(&mut folded, Precedence::Flash, (2, 5), 201).unwrap();
    change(&mut folded, 30, limited(peer(), None, Some(10))).unwrap();
    waits(brought(&mut folded, routine, (4, 6), 202));

    // Never more than any link has, and lifted again.
    change(&mut folded, 40, limited(peer(), Some(u64::MAX), Some(u64::MAX))).unwrap();
    let link = folded.board.link(peer()).unwrap();
    assert_eq!(link.allowance.records_max(), limits::LINK_RECORDS_PER_HOUR_MAX);
    assert_eq!(link.allowance.bytes_max(), limits::LINK_BYTES_PER_HOUR_MAX);
    change(&mut folded, 50, limited(peer(), None, None)).unwrap();
    assert_eq!(folded.board.link(peer()).unwrap().allowance, Allowance::default());
    brought(&mut folded, routine, (4, 6), 203).unwrap();
}

#[test]
fn heads_of_a_link_that_may_bring_nothing_are_followed_within_the_programs_own_bound() {
    let mut folded = Folded::with_peer();
    change(&mut folded, 10, limited(peer(), Some(0), Some(0))).unwrap();
    let flash = delivery(&theirs(Precedence::Flash, thread(1), "flash", &[]), 1, 1, 0);
    folded.node(receive(flash.clone())).unwrap();
    let follow = || Command::FollowHead(head_over(&[flash.dispatch_leaf]), Vec::new());
    change_link(&mut folded, |link| link.budget.records = limits::LINK_RECORDS_PER_HOUR_MAX);
    waits(folded.node(follow()));
    change_link(&mut folded, |link| link.budget.records = 1);
    folded.node(follow()).unwrap();
    assert_eq!(folded.board.link(peer()).unwrap().theirs.edge.size(), 1);
}

#[test]
fn a_limit_stands_on_the_board_and_is_of_a_link_that_there_is() {
    let mut folded = Folded::with_peer();
    let before = folded.board.digest();
    change(&mut folded, 10, limited(peer(), Some(0), None)).unwrap();
    let mut other = folded.board.clone();
    assert_ne!(other.digest(), before);
    std::sync::Arc::make_mut(other.links.get_mut(&peer()).unwrap()).allowance = Allowance::default();
    assert_ne!(other.digest(), folded.board.digest());
    for (number, party, words) in [(20, us(), "oneself"), (21, "XX".parse().unwrap(), "no Party")] {
        let denied = change(&mut folded, number, limited(party, Some(0), None)).unwrap_err();
        assert!(denied.to_string().contains(words), "{denied}");
    }
}

fn outcome(answer: &Answer) -> Outcome {
    let Answer::Receipt(proven) = answer else { panic!("no receipt: {answer:?}") };
    decode_receipt(decode_proven(proven.clone()).unwrap().receipt).unwrap().outcome
}

fn allowance(records: Option<u64>) -> Wire {
    Wire::LinkAllowance(calls::LinkAllowance {
        party: "BY".into(),
        records_per_hour: records,
        bytes_per_hour: None,
    })
}

#[tokio::test]
async fn a_peer_that_fills_its_link_is_let_in_no_more_and_what_it_said_stays() {
    let mut world = World::new(&["BY", "PL"]).await;
    let mut by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let routine = Precedence::Routine;
    let (_, first) = by.good(&by.text(routine, "first"));
    assert_eq!(outcome(&by.deliver_one(&first).await), Outcome::Taken);

    world.state("PL").change(allowance(Some(0)), Bytes::new()).await;
    let next = by.text(routine, "next");
    let payload = message::encode(&next);
    let mut dispatch = by.next(routine, Digest::of(&payload));
    dispatch.thread = next.draft.thread;
    let waiting = Delivery { dispatch: by.sign_dispatch(&dispatch), message: by.sign_message(payload) };
    for _ in 0..3 {
        assert_eq!(by.deliver_one(&waiting).await, Answer::NotNow("BUDGET".into()));
    }
    // What was taken has its receipt for ever, FLASH comes, and all of it is on record.
    assert_eq!(outcome(&by.deliver_one(&first).await), Outcome::Taken);
    let flash = by.text(Precedence::Flash, "flash");
    let mut beside = by.next(Precedence::Flash, Digest::of(&message::encode(&flash)));
    beside.thread = flash.draft.thread;
    let delivery =
        Delivery { dispatch: by.sign_dispatch(&beside), message: by.sign_message(message::encode(&flash)) };
    by.spend(&beside);
    assert_eq!(outcome(&by.deliver_one(&delivery).await), Outcome::Taken);
    let pl = world.node("PL");
    assert_eq!(count(pl, |event| matches!(event, Event::TurnedAway { .. })).await, 1, "once an hour");
    assert_eq!(pl.registrar.head().board.messages.iter().count(), 2);
    // What comes is covered by a head that both hold.
    by.beat(&by.edge.clone()).await;
    let followed = pl.registrar.head().board.link(by.me).unwrap().theirs.edge.clone();
    assert_eq!((followed.size(), followed), (2, by.edge.clone()));

    world.state("PL").change(allowance(None), Bytes::new()).await;
    dispatch.leaf_index = by.edge.size();
    let waiting = Delivery { dispatch: by.sign_dispatch(&dispatch), ..waiting };
    by.spend(&dispatch);
    assert_eq!(outcome(&by.deliver_one(&waiting).await), Outcome::Taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_proposed_confirmed_shown_and_lifted_by_command() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let at = |role: &str| world.state("PL").desk_directory(role).display().to_string();
    let (one, other) = (at("custodian"), at("second custodian"));
    let confirmed = async |words: &[&str]| {
        let proposed =
            object(&[&["party", "limit", "BY"][..], words, &["--as", one.as_str()]].concat()).await;
        let proposal = proposed["proposal"].as_str().unwrap().to_owned();
        let open = printed(&["proposal", "list", "--as", &other]).await;
        object(&["proposal", "confirm", &proposal, "--as", &other]).await;
        open
    };
    let why = refused(&["party", "limit", "BY", "--as", &one]).await;
    assert!(["--records", "--mebibytes", "--lift"].iter().all(|one| why.contains(one)), "{why}");
    for over in [["--records", "360001"], ["--mebibytes", "2049"]] {
        let why = refused(&[&["party", "limit", "BY", "--as", &one][..], &over].concat()).await;
        assert!(why.contains(over[0]) && why.contains(over[1]), "{why}");
    }
    let over = calls::LinkAllowance {
        party: "BY".into(),
        records_per_hour: Some(limits::LINK_RECORDS_PER_HOUR_MAX + 1),
        bytes_per_hour: None,
    };
    let refused = world.state("PL").try_propose(Wire::LinkAllowance(over)).await.unwrap_err();
    assert!(refused.message().contains("link_allowance.records_per_hour: at most 360000"), "{refused:?}");
    let read = confirmed(&["--records", "600", "--mebibytes", "20"]).await;
    let words = "below FLASH at most 600 records and 20971520 bytes an hour";
    assert!(read.contains(&format!("let the link with BY bring {words}")), "{read}");
    let listed = printed(&["party", "list", "--as", &one]).await;
    assert!(listed.contains(&format!("LIMITED by two custodians: {words}")), "{listed}");
    confirmed(&["--lift"]).await;
    let listed = printed(&["party", "list", "--as", &one]).await;
    assert!(!listed.contains("LIMITED"), "{listed}");
    let lines = printed(&["party", "list", "--as", &one, "--json"]).await;
    assert!(lines.lines().all(|line| line.contains("\"allowance\":null")), "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn that_something_waits_because_of_a_limit_is_read_at_either_end() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let (by, pl) = (world.state("BY").party, world.state("PL").party);
    let listed = async |code: &str| {
        let desk = world.state(code).desk_directory("operator").display().to_string();
        printed(&["party", "list", "--as", &desk]).await
    };
    world.state("PL").change(allowance(Some(0)), Bytes::new()).await;
    let draft = outgoing(thread(1), &[pl], Precedence::Routine, "it waits");
    release(&world.node("BY").registrar, draft).await;
    let links = (&world.node("BY").exchange.links, &world.node("PL").exchange.links);
    let routine = Precedence::Routine;
    let told = async {
        while links.0.of(pl).seen().told_not_now_since(routine).is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(120), told).await.expect("an answer");
    let (there, here) = (listed("BY").await, listed("PL").await);
    assert!(there.contains("says \"not now\" since 2"), "{there}");
    assert!(here.contains("time(s) in this hour, over its limit: something waits there"), "{here}");

    world.state("PL").change(allowance(None), Bytes::new()).await;
    both_settled(&world, "BY", "PL").await;
    let there = listed("BY").await;
    assert!(!there.contains("not now"), "{there}");
    assert!(links.1.of(by).seen().told_not_now_since(routine).is_none());
}
