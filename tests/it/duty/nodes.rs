//! Duties between real nodes: both ends hold the same ones, due at the same instant, and tell the same story.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::duty_service_client::DutyServiceClient;
use detente::domain::board::Board;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::duty::{Cause, Duties, Duty, Force, RunsFrom, State};
use detente::domain::message::Traffic;
use detente::domain::party::Party;
use detente::domain::time::Instant;

use super::DUNES;
use crate::by_hand::audited;
use crate::officer::{
    PATIENCE, addressee, arrived, filled, form, heading, receipted, regimes, send, watches,
};
use crate::talk::both_settled;
use crate::world::{World, beginning};

const HOUR: i64 = 3_600_000;

/// What both ends hold of a duty.
pub type Known = (String, Party, Party, Cause, Instant, Instant, Force, Traffic);

fn known(duty: &Duty) -> Known {
    let opened = &duty.opened;
    let by_hand = opened.runs_from == RunsFrom::ByHand;
    assert!(!by_hand, "only one end holds that");
    (
        opened.rule.name.clone(),
        opened.owed_by,
        opened.owed_to,
        opened.cause,
        opened.from,
        opened.due,
        opened.rule.force,
        opened.traffic,
    )
}

/// All duties between two Parties at one of them, with where they stand.
pub fn all_between(world: &World, here: &str, there: &str) -> BTreeMap<Known, State> {
    let (here, there) = (world.state(here).party, world.state(there).party);
    let board = world.node(here.as_str()).registrar.head().board.clone();
    let between = |duty: &&std::sync::Arc<Duty>| duty.other_than(here) == there;
    board.duties.all().filter(between).map(|duty| (known(duty), duty.state())).collect()
}

/// Both ends hold the same duties, and say the same of each.
#[track_caller]
pub fn same_at_both_ends(world: &World, one: &str, other: &str) -> BTreeMap<Known, State> {
    let (here, there) = (all_between(world, one, other), all_between(world, other, one));
    assert_eq!(here, there);
    here
}

pub async fn until(world: &World, code: &str, what: impl Fn(&Duties) -> bool) {
    let mut heads = world.node(code).registrar.heads();
    let wait = heads.wait_for(|head| head.board.duties.is_idle() && what(&head.board.duties));
    if tokio::time::timeout(PATIENCE, wait).await.is_err() {
        let duties = world.node(code).registrar.head().board.duties.clone();
        let all: Vec<_> = duties.all().map(|duty| (&duty.opened.rule.name, duty.state())).collect();
        panic!("{code} never got there: {all:?}, pending {:?}", duties.pending().collect::<Vec<_>>());
    }
}

pub fn is(name: &'static str, state: State) -> impl Fn(&Duties) -> bool {
    move |duties| duties.all().any(|duty| duty.opened.rule.name == name && duty.state() == state)
}

/// What a question brings about, and the days of the year each way, which nothing that came in brings about.
pub fn all_open(duties: &Duties) -> bool {
    is("answer", State::Open)(duties) && duties.all().count() == 3 + 4
}

/// So many duties, whatever brought them about.
pub fn are(many: usize) -> impl Fn(&Duties) -> bool {
    move |duties| duties.all().count() == many
}

/// After two days without an answer, each by its own rule.
pub fn all_past_due(duties: &Duties) -> bool {
    is("answer", State::Lapsed)(duties) && is("unchecked answer", State::Alarmed)(duties)
}

pub async fn both_until(world: &World, what: impl Fn(&Duties) -> bool) {
    until(world, "BY", &what).await;
    until(world, "PL", &what).await;
}

/// As `until`, of what the two must hear each other for: the clock goes on meanwhile, as it does.
pub async fn hear_until(world: &World, code: &str, what: impl Fn(&Duties) -> bool) {
    let mut heads = world.node(code).registrar.heads();
    for _ in 0..PATIENCE.as_secs() {
        let wait = heads.wait_for(|head| head.board.duties.is_idle() && what(&head.board.duties));
        if tokio::time::timeout(std::time::Duration::from_secs(1), wait).await.is_ok() {
            return;
        }
        world.clock.set(world.clock.now().plus_ms(11_000));
    }
    until(world, code, &what).await;
}

pub async fn both_hear_until(world: &World, what: impl Fn(&Duties) -> bool) {
    hear_until(world, "BY", &what).await;
    hear_until(world, "PL", &what).await;
}

pub async fn hold(world: &World, code: &str, text: &str) -> Digest {
    let desk = world.desk(code, "drafter");
    let text = Bytes::from(text.to_owned());
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text };
    let held = regimes(&desk).hold(asked).await.unwrap().into_inner();
    Digest::from_slice(&held.digest).unwrap()
}

pub fn adopts(name: &str, digest: Digest, nature: &str, reserves: &str) -> Content {
    let reservation = match reserves {
        "" => String::new(),
        provision => format!("[[reservations]]\nprovision = \"{provision}\"\ntext = \"not by us\"\n"),
    };
    form(
        Kind::Adoption,
        &format!(
            "regime = \"{name}\"\nedition = 1\nregime_digest = \"{digest}\"\nfrom = \"2020-01-01T00:00 Z\"\n\
             nature = \"{nature}\"\n{reservation}"
        ),
    )
}

pub fn to(code: &str, thread: u8) -> calls::Heading {
    calls::Heading { action: vec![addressee(code)], ..heading(thread) }
}

pub fn citing(name: &str, digest: Digest, heading: calls::Heading) -> calls::Heading {
    let regime = evidence::RegimeCitation {
        name: name.into(),
        digest: digest.0.to_vec().into(),
        provision: "all of it".into(),
    };
    calls::Heading { regime: Some(regime), ..heading }
}

/// BY and PL hold the regime and are bound by it.
pub async fn bound() -> (World, Digest) {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", DUNES).await;
    hold(&world, "PL", DUNES).await;
    bind(&world, "dunes", digest, "").await;
    (world, digest)
}

pub async fn bind(world: &World, name: &str, digest: Digest, reserves: &str) {
    send(world, "BY", 201, to("PL", 201), &adopts(name, digest, "political", reserves)).await;
    send(world, "PL", 202, to("BY", 202), &adopts(name, digest, "political", "")).await;
    both_settled(world, "BY", "PL").await;
}

pub async fn ask(world: &World, digest: Digest, number: u8) -> Bytes {
    let heading = citing("dunes", digest, to("PL", number));
    send(world, "BY", number, heading, &filled(Kind::Question)).await.message_digest
}

pub fn answer_to(question: &Bytes) -> Content {
    let question = hex::encode(question);
    form(
        Kind::Answer,
        &format!(
            "[to]\nmessage_digest = \"{question}\"\n[[answers]]\nnumber = 1\nhow = \"answered\"\ntext = \"No.\"\n"
        ),
    )
}

pub async fn answer(world: &World, question: &Bytes, number: u8, thread: u8) -> Bytes {
    send(world, "PL", number, to("BY", thread), &answer_to(question)).await.message_digest
}

pub fn later(world: &World, hours: i64) {
    world.clock.set(world.clock.now().plus_ms(hours * HOUR));
}

pub fn state(all: &BTreeMap<Known, State>, name: &str, by: &str) -> State {
    let by: Party = by.parse().unwrap();
    let found: Vec<State> =
        all.iter().filter(|(known, _)| known.0 == name && known.1 == by).map(|(_, state)| *state).collect();
    let [state] = found[..] else { panic!("{name} by {by}: {found:?}") };
    state
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hand_over_of_the_watch_lists_what_this_party_owes_and_its_digest_covers_that() {
    let (world, digest) = bound().await;
    ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    let asked = calls::NowRequest { hand_over: true, ..Default::default() };
    let shown = watches(&world.desk("PL", "watch")).now(asked).await.unwrap().into_inner();
    assert!(shown.duties.iter().any(|duty| duty.rule == "answer"), "{:?}", shown.duties);
    assert!(shown.duties.iter().all(|duty| duty.owed_by == "PL"), "{:?}", shown.duties);
    assert_eq!((shown.duties_more, shown.messages), (0, shown.open));
    let board = world.node("PL").registrar.head().board.clone();
    let mut without = Board::clone(&board);
    without.duties = Duties::default();
    let by = crate::party::anna();
    assert_ne!(board.hand_over_digest(&by), without.hand_over_digest(&by));
}

/// What binds is the text: another name for it takes a message out of no rule.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_message_calls_a_text_that_both_ends_hold_evades_no_duty() {
    let (world, digest) = bound().await;
    let heading = citing("no such rules", digest, to("PL", 1));
    send(&world, "BY", 1, heading, &filled(Kind::Question)).await;
    both_until(&world, all_open).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_owed_an_answer_at_both_ends_and_the_answer_meets_it() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    let open = same_at_both_ends(&world, "BY", "PL");
    for name in ["answer", "unchecked answer", "prompt answer"] {
        assert_eq!(state(&open, name, "PL"), State::Open);
    }
    // The days of the year, each way.
    assert_eq!(open.len(), 3 + 4, "{open:?}");
    later(&world, 1);
    answer(&world, &question, 2, 1).await;
    use detente::domain::duty::InTime;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    let met = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(state(&met, "unchecked answer", "PL"), State::Met(InTime::InTime));

    // It does not suffice, BY says.
    let text = form(Kind::Text, "text = \"This answers nothing.\"\n");
    send(&world, "BY", 3, to("PL", 1), &text).await;
    both_until(&world, is("answer", State::Insufficient)).await;
    same_at_both_ends(&world, "BY", "PL");
    for code in ["BY", "PL"] {
        // Heads may still be followed while it is read.
        loop {
            let report = audited(&world, code).await;
            assert_eq!(report.faults, []);
            let head = world.node(code).registrar.head();
            if report.size == head.chain.size {
                assert_eq!(report.board, head.board.digest());
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_answers_lapses_at_both_ends_and_what_is_unchecked_raises_an_alarm() {
    let (world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, is("answer", State::Open)).await;
    later(&world, 47);
    both_hear_until(&world, is("unchecked answer", State::Alarmed)).await;
    let due = same_at_both_ends(&world, "BY", "PL").into_keys().find(|known| known.0 == "answer").unwrap().5;
    world.clock.set(due);
    // To the last instant: what is said of the others is on record by then.
    both_until(&world, |_| true).await;
    assert_eq!(state(&same_at_both_ends(&world, "BY", "PL"), "answer", "PL"), State::Open);
    world.clock.set(due.plus_ms(1));
    both_hear_until(&world, is("answer", State::Lapsed)).await;
    same_at_both_ends(&world, "BY", "PL");
    // As it was before.
    let lapsed = list(&world, "BY", calls::DutiesThat::Lapsed, 0).await;
    assert_eq!(lapsed.iter().map(|duty| duty.rule.as_str()).collect::<Vec<_>>(), ["answer"]);
    let before = list(&world, "BY", calls::DutiesThat::Lapsed, due.0).await;
    assert!(before.is_empty());
    // 1970 is an instant like any other; of one that has not come, nobody can tell.
    let as_of = async |at_ms| {
        let that = calls::DutiesThat::AreAny as i32;
        let asked = calls::ListDutiesRequest { that, as_of_ms: Some(at_ms), ..Default::default() };
        DutyServiceClient::new(world.desk("BY", "watch").channel).list_duties(asked).await
    };
    assert!(as_of(0).await.unwrap().into_inner().duties.is_empty());
    let refused = as_of(world.clock.now().plus_ms(1).0).await.unwrap_err();
    assert!(refused.message().starts_with("field as_of_ms: has not come yet"), "{refused:?}");
    later(&world, 1);
    answer(&world, &question, 2, 1).await;
    use detente::domain::duty::InTime;
    both_until(&world, is("answer", State::Met(InTime::Late))).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duty_has_the_same_name_in_the_calendars_of_both_ends_though_each_numbers_its_own() {
    let (world, digest) = bound().await;
    for number in 1..=2 {
        ask(&world, digest, number).await;
    }
    let asked_twice = |duties: &Duties| {
        duties.all().filter(|duty| duty.opened.rule.name == "answer" && duty.state() == State::Open).count()
            == 2
    };
    both_until(&world, asked_twice).await;
    let mut at: Vec<Vec<String>> = Vec::new();
    for code in ["BY", "PL"] {
        let lines = list(&world, code, calls::DutiesThat::Unspecified, 0).await;
        let mut names: Vec<String> = lines.iter().map(detente::cli::duty::uid).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "each duty has its own");
        at.push(names);
    }
    assert_eq!(at[0], at[1]);
}

/// As of an instant, 0 for now.
pub async fn list(world: &World, code: &str, that: calls::DutiesThat, as_of_ms: i64) -> Vec<calls::DutyLine> {
    let as_of_ms = (as_of_ms != 0).then_some(as_of_ms);
    let asked = calls::ListDutiesRequest { that: that as i32, as_of_ms, ..Default::default() };
    let mut service = DutyServiceClient::new(world.desk(code, "watch").channel);
    service.list_duties(asked).await.unwrap().into_inner().duties
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_link_is_down_nothing_is_called_lapsed_and_it_is_settled_when_it_is_back() {
    let (mut world, digest) = bound().await;
    ask(&world, digest, 1).await;
    both_until(&world, is("answer", State::Open)).await;
    receipted(&world, "BY", "PL").await;
    world.state_mut("PL").stop().await;
    later(&world, 60);
    until(&world, "BY", is("answer", State::Unknown)).await;
    let unknown = list(&world, "BY", calls::DutiesThat::Unspecified, 0).await;
    let unknown = unknown.iter().find(|duty| duty.rule == "answer").unwrap();
    assert!(unknown.sentence.starts_with("unknown: link down since 2024-11-01T"), "{}", unknown.sentence);
    assert!(unknown.beside.iter().any(|line| line.starts_with("PL was reached at")), "{:?}", unknown.beside);
    world.state_mut("PL").start().await;
    both_hear_until(&world, all_past_due).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_on_the_way_is_in_time_by_its_senders_account() {
    let (mut world, digest) = bound().await;
    let question = ask(&world, digest, 1).await;
    both_until(&world, is("answer", State::Open)).await;
    receipted(&world, "BY", "PL").await;
    world.state_mut("BY").stop().await;
    later(&world, 1);
    answer(&world, &question, 2, 1).await;
    until(&world, "PL", is("answer", State::Answered)).await;
    later(&world, 60);
    until(&world, "PL", is("answer", State::Unknown)).await;
    world.state_mut("BY").start().await;
    use detente::domain::duty::InTime;
    both_until(&world, is("answer", State::Met(InTime::BySendersAccount))).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_came_after_its_answer_was_due_is_held_against_nobody() {
    let (mut world, digest) = bound().await;
    world.state_mut("PL").stop().await;
    ask(&world, digest, 1).await;
    until(&world, "BY", is("unchecked answer", State::Open)).await;
    later(&world, 30);
    until(&world, "BY", is("unchecked answer", State::Unknown)).await;
    let unknown = list(&world, "BY", calls::DutiesThat::Unspecified, 0).await;
    let unknown = unknown.iter().find(|duty| duty.rule == "unchecked answer").unwrap();
    assert!(unknown.sentence.ends_with("has not reached PL"), "{}", unknown.sentence);
    world.state_mut("PL").start().await;
    both_hear_until(&world, is("unchecked answer", State::Lifted)).await;
    // The one that runs from its receipt runs from now.
    let all = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(state(&all, "answer", "PL"), State::Open);
    let due = all.keys().find(|known| known.0 == "answer").unwrap().5;
    assert_eq!(due, world.clock.now().plus_ms(48 * HOUR));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_owed_where_one_alone_adopted_or_reserved_it() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    let digest = hold(&world, "BY", DUNES).await;
    hold(&world, "PL", DUNES).await;
    hold(&world, "OSCE", DUNES).await;
    // OSCE has not adopted it, and PL reserves what BY asks by.
    bind(&world, "dunes", digest, "para 1").await;
    let everybody = calls::Heading { action: vec![addressee("PL"), addressee("OSCE")], ..heading(1) };
    let asked = send(&world, "BY", 1, citing("dunes", digest, everybody), &filled(Kind::Question)).await;
    arrived(&world, "OSCE", &asked.message_digest).await;
    both_until(&world, is("prompt answer", State::Open)).await;
    both_until(&world, are(2 + 4)).await;
    until(&world, "OSCE", |_| true).await;
    let all = same_at_both_ends(&world, "BY", "PL");
    let names: Vec<&str> =
        all.keys().map(|known| known.0.as_str()).filter(|name| name.ends_with("answer")).collect();
    assert_eq!(names, ["prompt answer", "unchecked answer"]);
    assert!(same_at_both_ends(&world, "BY", "OSCE").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_to_be_bound_owes_only_what_was_asked_since() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", DUNES).await;
    hold(&world, "PL", DUNES).await;
    ask(&world, digest, 1).await;
    both_settled(&world, "BY", "PL").await;
    later(&world, 1);
    bind(&world, "dunes", digest, "").await;
    later(&world, 1);
    ask(&world, digest, 2).await;
    both_until(&world, all_open).await;
    let all = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(all.keys().filter(|known| known.0 == "answer").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_calendar_is_owed_by_a_day_of_the_year_and_a_nil_one_meets_it_and_the_next_is_owed_then() {
    let (world, digest) = bound().await;
    both_until(&world, is("calendar", State::Open)).await;
    let nil = form(Kind::Calendar, "year = 2025\nholds = \"nil\"\n");
    send(&world, "BY", 1, citing("dunes", digest, to("PL", 1)), &nil).await;
    use detente::domain::duty::InTime;
    both_until(&world, is("calendar", State::Met(InTime::InTime))).await;
    let met = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(state(&met, "calendar", "BY"), State::Met(InTime::InTime));
    assert_eq!(state(&met, "calendar", "PL"), State::Open);
    let due = Instant::from_rfc3339("2024-11-15T22:59:59.999Z").unwrap();
    assert!(beginning() < due);
    world.clock.set(due.plus_ms(1));
    both_hear_until(&world, is("calendar", State::Lapsed)).await;
    both_until(&world, |duties| duties.all().any(|duty| duty.opened.cause == Cause::Year(2025))).await;
    let all = same_at_both_ends(&world, "BY", "PL");
    let next = all.keys().filter(|known| known.0 == "calendar" && known.3 == Cause::Year(2025));
    assert_eq!(next.count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_starts_again_holds_the_same_duties_and_goes_on() {
    let (mut world, digest) = bound().await;
    ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    let before = all_between(&world, "BY", "PL");
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    assert_eq!(all_between(&world, "BY", "PL"), before);
    later(&world, 49);
    both_hear_until(&world, all_past_due).await;
    same_at_both_ends(&world, "BY", "PL");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_in_pages_and_a_stream_tell_of_every_duty() {
    let (world, digest) = bound().await;
    for number in 1..=20 {
        ask(&world, digest, number).await;
    }
    until(&world, "BY", |duties| duties.all().count() == 64).await;
    let mut service = DutyServiceClient::new(world.desk("BY", "watch").channel);
    let (mut from, mut listed) = (Bytes::new(), Vec::new());
    loop {
        let asked = calls::ListDutiesRequest { from, party: "PL".into(), ..Default::default() };
        let page = service.list_duties(asked).await.unwrap().into_inner();
        listed.extend(page.duties.iter().map(|duty| (duty.due_ms, duty.number)));
        from = page.next;
        if from.is_empty() {
            break;
        }
    }
    assert_eq!(listed.len(), 64);
    assert!(listed.is_sorted() && listed.iter().collect::<std::collections::BTreeSet<_>>().len() == 64);
    let asked = calls::FollowDutiesRequest { after: 0, once: true, language: String::new() };
    let mut stream = service.follow_duties(asked).await.unwrap().into_inner();
    let mut told = std::collections::BTreeSet::new();
    while let Some(one) = stream.message().await.unwrap() {
        let duty = one.duty.unwrap();
        assert_eq!((duty.state.as_str(), duty.regime.as_str()), ("open", "dunes"));
        told.insert(duty.number);
    }
    assert_eq!(told.len(), 64);
    let wrong = calls::ListDutiesRequest { from: vec![1].into(), ..Default::default() };
    assert_eq!(service.list_duties(wrong).await.unwrap_err().code(), tonic::Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_holds_the_text_only_later_comes_to_the_same_duties() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", DUNES).await;
    bind(&world, "dunes", digest, "").await;
    ask(&world, digest, 1).await;
    until(&world, "BY", is("answer", State::Open)).await;
    assert!(all_between(&world, "PL", "BY").is_empty());
    hold(&world, "PL", DUNES).await;
    both_until(&world, all_open).await;
    same_at_both_ends(&world, "BY", "PL");
}
