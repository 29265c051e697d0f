//! What one officer drafts as FLASH in an hour: a desk gone wild is stopped at a number that the refusal names, and
//! nobody else is.

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change as Wire;
use detente::domain::board::Denied;
use detente::domain::event::Change;
use detente::domain::message::Outgoing;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::limits;

use crate::hotline_nodes::{accept, officer, officers, open, say_call};
use crate::office::change;
use crate::officer::{hotlines, reason};
use crate::officer_program::{object, printed, refused};
use crate::party::{Folded, anna, at, by, draft, jan, outgoing};
use crate::world::{Medium, World};

const FLASH: Precedence = Precedence::Flash;

/// Their next draft, or another version of the first.
fn drafts(
    folded: &mut Folded,
    who: &Person,
    lane: Precedence,
    number: u64,
    second: i64,
) -> Result<(), Denied> {
    let text = Outgoing { drafter: who.clone(), ..outgoing(lane, &format!("{number}")) };
    let origin = by(who, 10_000 + number, "draft", at(second));
    folded.given(draft(1, text), origin, at(second)).map(|_| ())
}

fn most(answer: Result<(), Denied>) -> u64 {
    match answer {
        Err(Denied::Refused(Refusal::FlashDrafts { most })) => most,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_officer_puts_so_many_flash_drafts_on_record_in_an_hour_and_others_lanes_and_hours_are_free() {
    let mut folded = Folded::with_peer();
    let bound = limits::FLASH_DRAFTS_PER_HOUR;
    for number in 0..bound {
        drafts(&mut folded, &anna(), FLASH, number, 60).unwrap();
    }
    let digest = folded.board.digest();
    assert_eq!(most(drafts(&mut folded, &anna(), FLASH, bound, 61)), bound);
    assert_eq!(folded.board.digest(), digest, "nothing was changed");
    // The same command again has its answer, and is none more.
    assert!(matches!(drafts(&mut folded, &anna(), FLASH, 0, 61), Err(Denied::AlreadyDone { .. })));
    drafts(&mut folded, &anna(), Precedence::Immediate, bound + 1, 62).unwrap();
    drafts(&mut folded, &jan(), FLASH, bound + 2, 62).unwrap();
    drafts(&mut folded, &anna(), FLASH, bound + 3, 3_600).unwrap();
}

#[test]
fn two_custodians_set_the_bound_within_what_leaves_an_emergency_its_first_texts() {
    let mut folded = Folded::with_peer();
    change(&mut folded, 10, Change::FlashDrafts(Some(limits::FLASH_DRAFTS_PER_HOUR_MIN))).unwrap();
    for number in 0..60 {
        drafts(&mut folded, &anna(), FLASH, number, 60).unwrap();
    }
    assert_eq!(most(drafts(&mut folded, &anna(), FLASH, 60, 61)), 60);
    change(&mut folded, 20, Change::FlashDrafts(Some(61))).unwrap();
    drafts(&mut folded, &anna(), FLASH, 61, 62).unwrap();
    assert_eq!(most(drafts(&mut folded, &anna(), FLASH, 62, 63)), 61);
    change(&mut folded, 30, Change::FlashDrafts(None)).unwrap();
    drafts(&mut folded, &anna(), FLASH, 63, 64).unwrap();
    for (number, set) in [(40, 0), (41, 59), (42, limits::LINK_FLASH_RECORDS_PER_HOUR_MAX + 1)] {
        let denied = change(&mut folded, number, Change::FlashDrafts(Some(set))).unwrap_err();
        assert!(denied.to_string().contains("60 an hour at least"), "{denied}");
    }
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
        status.message().contains("as one officer may (60, `proposal flash-limit`)"),
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
    assert!(listed().await.contains("each officer at most 600 FLASH drafts an hour"));
    let read = confirmed(&["--an-hour", "90"]).await;
    assert!(read.contains("let each officer put at most 90 FLASH drafts on record in an hour"), "{read}");
    assert!(listed().await.contains("each officer at most 90 FLASH drafts an hour"));
    let why = refused(&["proposal", "flash-limit", "--an-hour", "5", "--as", &one]).await;
    assert!(why.contains("flash_drafts.per_officer_per_hour: 60 an hour at least"), "{why}");
    let read = confirmed(&["--lift"]).await;
    assert!(read.contains("as many FLASH drafts as the program leaves"), "{read}");
    assert!(listed().await.contains("at most 600 FLASH drafts an hour"));
}
