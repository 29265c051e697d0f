//! What is released of one officer's as FLASH in an hour: a desk gone wild is stopped at a number that the refusal names,
//! and nobody else is; nor by the drafts that it leaves lying.

use std::fmt::Debug;

use bytes::Bytes;
use detente::codec::message::encode_draft;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change as Wire;
use detente::domain::board::Denied;
use detente::domain::command::{AsIs, Command};
use detente::domain::digest::{Digest, DraftId, ThreadId};
use detente::domain::event::{Change, Event};
use detente::domain::message::Outgoing;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::limits;

use crate::duty::audited::{audited, rewritten};
use crate::hotline_nodes::{accept, officer, officers, open, say_call};
use crate::office::change;
use crate::officer::{hotlines, reason};
use crate::officer_program::{object, printed, refused};
use crate::pair::pair;
use crate::party::{Folded, anna, at, by, id, jan, outgoing};
use crate::world::{Medium, World};

const FLASH: Precedence = Precedence::Flash;

/// Their draft of this number, as it is to be released.
fn drafts(
    folded: &mut Folded,
    who: &Person,
    lane: Precedence,
    number: u64,
    second: i64,
) -> Result<Command, Denied> {
    let outgoing = Outgoing { drafter: who.clone(), ..outgoing(lane, &format!("{number}")) };
    let bytes = encode_draft(&outgoing);
    let (draft, digest) = (DraftId(id(number).0), Digest::of(&bytes));
    let command = Command::Draft { draft, outgoing: outgoing.clone(), bytes };
    folded.given(command, by(who, 10_000 + number, "draft", at(second)), at(second))?;
    Ok(Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults })
}

/// By the other officer, as another person has to.
fn release(
    folded: &mut Folded,
    drafter: &Person,
    command: Command,
    number: u64,
    second: i64,
) -> Result<(), Denied> {
    let other = if *drafter == anna() { jan() } else { anna() };
    folded.given(command, by(&other, 500_000 + number, "release", at(second)), at(second)).map(|_| ())
}

/// Drafted by one officer and released by the other.
fn says(folded: &mut Folded, who: &Person, lane: Precedence, number: u64, second: i64) -> Result<(), Denied> {
    let command = drafts(folded, who, lane, number, second)?;
    release(folded, who, command, number, second)
}

fn most<T: Debug>(answer: Result<T, Denied>) -> u64 {
    match answer {
        Err(Denied::Refused(Refusal::FlashDrafts { most })) => most,
        other => panic!("{other:?}"),
    }
}

#[test]
fn so_many_flash_drafts_of_one_officer_are_released_in_an_hour_and_others_lanes_and_hours_are_free() {
    let mut folded = Folded::with_peer();
    let bound = limits::FLASH_DRAFTS_PER_HOUR;
    for number in 0..bound {
        says(&mut folded, &anna(), FLASH, number, 60).unwrap();
    }
    let digest = folded.board.digest();
    assert_eq!(most(drafts(&mut folded, &anna(), FLASH, bound, 61)), bound);
    assert_eq!(folded.board.digest(), digest, "nothing was changed");
    // The same command again has its answer, and is none more.
    assert!(matches!(drafts(&mut folded, &anna(), FLASH, 0, 61), Err(Denied::AlreadyDone { .. })));
    says(&mut folded, &anna(), Precedence::Immediate, bound + 1, 62).unwrap();
    says(&mut folded, &jan(), FLASH, bound + 2, 62).unwrap();
    says(&mut folded, &anna(), FLASH, bound + 3, 3_600).unwrap();
}

#[test]
fn a_stock_of_flash_drafts_leaves_no_faster_than_what_is_written_and_released_at_once() {
    let mut folded = Folded::with_peer();
    change(&mut folded, 10, Change::FlashDrafts(Some(60))).unwrap();
    let stock: Vec<Command> =
        (0..121).map(|number| drafts(&mut folded, &anna(), FLASH, number, 60).unwrap()).collect();
    let mut left = (0..).zip(stock);
    for (number, command) in left.by_ref().take(60) {
        release(&mut folded, &anna(), command, number, 3_600).unwrap();
    }
    let (number, next) = left.next().unwrap();
    assert_eq!(most(release(&mut folded, &anna(), next.clone(), number, 3_601)), 60);
    assert_eq!(most(drafts(&mut folded, &anna(), FLASH, 500, 3_601)), 60);
    release(&mut folded, &anna(), next, number, 7_200).unwrap();
    for (number, command) in left.by_ref().take(59) {
        release(&mut folded, &anna(), command, number, 7_201).unwrap();
    }
    let (number, last) = left.next().unwrap();
    assert_eq!(most(release(&mut folded, &anna(), last, number, 7_202)), 60);
}

#[test]
fn two_custodians_set_the_bound_within_what_leaves_an_emergency_its_first_texts() {
    let mut folded = Folded::with_peer();
    change(&mut folded, 10, Change::FlashDrafts(Some(limits::FLASH_DRAFTS_PER_HOUR_MIN))).unwrap();
    for number in 100..160 {
        says(&mut folded, &anna(), FLASH, number, 60).unwrap();
    }
    assert_eq!(most(says(&mut folded, &anna(), FLASH, 160, 61)), 60);
    change(&mut folded, 20, Change::FlashDrafts(Some(61))).unwrap();
    says(&mut folded, &anna(), FLASH, 161, 62).unwrap();
    assert_eq!(most(says(&mut folded, &anna(), FLASH, 162, 63)), 61);
    change(&mut folded, 30, Change::FlashDrafts(None)).unwrap();
    says(&mut folded, &anna(), FLASH, 163, 64).unwrap();
    for (number, set) in [(40, 0), (41, 59), (42, limits::LINK_FLASH_RECORDS_PER_HOUR_MAX + 1)] {
        let denied = change(&mut folded, number, Change::FlashDrafts(Some(set))).unwrap_err();
        assert!(denied.to_string().contains("60 an hour at least"), "{denied}");
    }
}

#[test]
fn what_one_officer_leaves_lying_as_drafts_keeps_no_other_from_a_text() {
    let mut folded = Folded::with_peer();
    let most = limits::DRAFTS_OPEN_PER_OFFICER_MAX as u64;
    for number in 0..most {
        drafts(&mut folded, &anna(), Precedence::Routine, number, 1).unwrap();
    }
    let denied = drafts(&mut folded, &anna(), Precedence::Routine, most, 1).unwrap_err();
    assert_eq!(denied.to_string(), "at most 250 drafts of one officer are allowed");
    says(&mut folded, &jan(), FLASH, most + 1, 2).unwrap();
    // What Jan revises is Jan's, and Anna has room for one more.
    let revised = Outgoing { drafter: jan(), ..outgoing(Precedence::Routine, "revised") };
    let (draft, bytes) = (DraftId(id(0).0), encode_draft(&revised));
    let revise = Command::Draft { draft, outgoing: revised, bytes };
    folded.given(revise, by(&jan(), 900_001, "revise", at(3)), at(3)).unwrap();
    drafts(&mut folded, &anna(), Precedence::Routine, most + 2, 4).unwrap();
    let back = Outgoing { drafter: anna(), ..outgoing(Precedence::Routine, "and back") };
    let bytes = encode_draft(&back);
    let back = Command::Draft { draft, outgoing: back, bytes };
    let denied = folded.given(back, by(&anna(), 900_002, "back", at(5)), at(5)).unwrap_err();
    assert!(denied.to_string().contains("drafts of one officer"), "{denied}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_holds_what_was_released_against_the_number_of_the_custodians() {
    let (by, pl) = pair("BY", "PL").await;
    by.change(Change::FlashDrafts(Some(90))).await;
    for number in 0..61 {
        let text = by.outgoing(ThreadId([7; 16]), &[&pl], &format!("text {number}"));
        by.send(Outgoing { precedence: FLASH, ..text }).await;
    }
    let set = |most| {
        move |event: &mut Event| {
            if let Event::ChangeProposed(Change::FlashDrafts(set)) = event {
                *set = Some(most);
            }
        }
    };
    assert_eq!(audited(&by, &rewritten(&by, set(61), Vec::new()).await).faults, []);
    let fewer = audited(&by, &rewritten(&by, set(60), Vec::new()).await).faults;
    // The draft, and its release.
    assert_eq!(fewer.len(), 2, "{fewer:?}");
    assert!(fewer[0].sentence.contains("60 FLASH drafts of this hour are used up"), "{fewer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_gone_wild_hears_the_number_and_another_officer_is_heard_at_once() {
    let mut world = officers(&["BY", "PL"]).await;
    let set = calls::FlashDrafts { per_officer_per_hour: Some(60) };
    let set = Wire::FlashDrafts(set);
    world.state("BY").change(set, Bytes::new()).await;
    let roles = [Role::Drafter, Role::Releaser];
    world.state_mut("BY").take_person("other", "Other of BY", &roles).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    accept(&world, "PL", &thread).await;
    let wild = officer(&world, "BY");
    let first = say_call(&wild, &thread, "we are here").await;
    let mut said = 0;
    let status = loop {
        let command = wild.command(None).ok();
        let asked = calls::SayRequest { command, ..first.clone() };
        match hotlines(&wild).say(asked).await {
            Ok(_) => said += 1,
            Err(status) => break status,
        }
        assert!(said < 200, "two hours may have begun, and no more");
    };
    assert!(said >= 59, "{said}: the opening is one");
    assert_eq!(reason(&status), "FLASH_DRAFTS");
    assert!(
        status.message().contains("60 FLASH drafts of this hour are used up (`proposal flash-limit`)"),
        "{}",
        status.message()
    );
    let drafts = world.node("BY").registrar.head().board.drafts.len();
    assert_eq!(drafts, 0, "nothing half said is left");
    let other = world.desk("BY", "other");
    let asked = calls::SayRequest { command: other.command(None).ok(), ..first };
    assert!(hotlines(&other).say(asked).await.unwrap().into_inner().spoken.unwrap().released);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bound_is_proposed_confirmed_shown_and_lifted_by_command() {
    let world = World::on_real_time(Medium::Embedded, &["PL"]).await;
    let desk = |role: &str| world.state("PL").desk_directory(role).display().to_string();
    let (one, other) = (desk("custodian"), desk("second custodian"));
    let confirmed = async |words: &[&str]| {
        let proposed =
            object(&[&["proposal", "flash-limit"][..], words, &["--as", one.as_str()]].concat()).await;
        let proposal = proposed["proposal"].as_str().unwrap().to_owned();
        let open = printed(&["proposal", "list", "--as", &other]).await;
        object(&["proposal", "confirm", &proposal, "--as", &other]).await;
        open
    };
    let listed = async || printed(&["party", "list", "--as", &one]).await;
    assert!(listed().await.contains("of each officer at most 600 FLASH drafts released an hour"));
    let read = confirmed(&["--an-hour", "90"]).await;
    assert!(read.contains("let at most 90 FLASH drafts of each officer be released in an hour"), "{read}");
    assert!(listed().await.contains("of each officer at most 90 FLASH drafts released an hour"));
    let why = refused(&["proposal", "flash-limit", "--an-hour", "5", "--as", &one]).await;
    assert!(why.contains("flash_drafts.per_officer_per_hour: 60 an hour at least"), "{why}");
    let read = confirmed(&["--lift"]).await;
    assert!(read.contains("the program's own number of FLASH drafts"), "{read}");
    assert!(listed().await.contains("at most 600 FLASH drafts released an hour"));
}
