//! The watch between real nodes: steps come on record by the node's own clock, none is lost or doubled across
//! starts, `watch now` lists what is open, and the watch goes from one officer to the other.

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::content::Kind;
use detente::domain::event::Event;
use detente::domain::people::Role;
use detente::domain::watch::{Alerted, Reach};

use tokio_stream::StreamExt as _;

use crate::officer::{arrived, filled, heading, notify, reason, send, watches};
use crate::talk::until;
use crate::world::{Medium, World};

pub const PLAN: &str = r#"
zone = "Europe/Warsaw"

[[rule]]
precedence = "flash"

    [[rule.step]]
    alert = ["watch"]
    acknowledge_within_minutes = 5

    [[rule.step]]
    alert = ["night officer"]
    acknowledge_within_minutes = 3
    telephone = "+48 22 000"
"#;

const MINUTE_MS: i64 = 60_000;

/// BY and PL; PL's plan is in force, and a second officer is on its roster.
async fn watched() -> World {
    watched_on(Medium::Embedded).await
}

pub async fn watched_on(medium: Medium) -> World {
    let mut world = World::on(medium, &["BY", "PL"]).await;
    planned(&mut world).await;
    world
}

/// PL's plan takes force, and a second officer comes on its roster.
pub async fn planned(world: &mut World) {
    let pl = world.state_mut("PL");
    pl.take_person("night officer", "night officer", &[Role::Watch]).await;
    pl.change(Change::WatchPlan(PLAN.into()), Bytes::new()).await;
}

pub fn of_flash(number: u8, subject: &str, traffic: evidence::Traffic) -> calls::Heading {
    calls::Heading {
        precedence: evidence::Precedence::Flash as i32,
        traffic: traffic as i32,
        subject: subject.into(),
        ..heading(number)
    }
}

pub async fn flash(world: &World, number: u8, subject: &str, traffic: evidence::Traffic) -> Bytes {
    let heading = of_flash(number, subject, traffic);
    let sent = send(world, "BY", number, heading, &filled(Kind::Notification)).await;
    arrived(world, "PL", &sent.message_digest).await;
    sent.message_digest
}

pub async fn alerts(world: &World) -> Vec<Alerted> {
    let node = world.node("PL");
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal).range(0, head.chain.size).await.unwrap();
    let events = records.iter().flat_map(|record| record.events.clone());
    let alerted = |event| match event {
        Event::Alerted(alerted) => Some(alerted),
        _ => None,
    };
    events.filter_map(alerted).collect()
}

/// Once so many steps are on record for the one message that is open.
pub async fn steps(world: &World, wanted: u32) {
    until(world.node("PL"), "a step is on record", |board| {
        board.watch.open.items().all(|(_, item)| item.alerted >= wanted)
    })
    .await;
}

async fn now(desk: &Desk) -> calls::NowResponse {
    watches(desk)
        .now(calls::NowRequest { all_offices: false, ..Default::default() })
        .await
        .unwrap()
        .into_inner()
}

pub async fn acknowledge(desk: &Desk, digest: &Bytes) {
    let call =
        calls::AcknowledgeRequest { command: Some(desk.command(None).unwrap()), digest: digest.clone() };
    watches(desk).acknowledge(call).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_comes_on_record_by_the_nodes_clock_once_however_often_it_starts() {
    let mut world = watched().await;
    let begun = world.clock.now();
    let digest = flash(&world, 1, "Autumn Harvest", evidence::Traffic::Real).await;
    steps(&world, 1).await;
    for (wanted, minutes) in [(2, 5), (3, 8)] {
        // A start before the step is due puts nothing on record; one after it, that step alone.
        world.state_mut("PL").stop().await;
        world.state_mut("PL").start().await;
        assert_eq!(alerts(&world).await.len(), wanted as usize - 1);
        world.state_mut("PL").stop().await;
        world.clock.set(begun.plus_ms(minutes * MINUTE_MS));
        world.state_mut("PL").start().await;
        steps(&world, wanted).await;
    }
    world.clock.set(begun.plus_ms(1_000 * MINUTE_MS));
    world.state_mut("PL").stop().await;
    world.state_mut("PL").start().await;

    let all = alerts(&world).await;
    let due = |minutes: i64| begun.plus_ms(minutes * MINUTE_MS);
    let seen: Vec<_> = all.iter().map(|one| (one.step, one.due, one.reach)).collect();
    let expected = [(0, due(0), Reach::Named), (1, due(5), Reach::Named), (2, due(8), Reach::Everyone)];
    assert_eq!(seen, expected);
    assert!(all.iter().all(|one| one.message.0[..] == digest[..]));
    assert_eq!(all[1].persons.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["night officer"]);

    // What an auditor replays comes to the same steps.
    let entries = crate::registrar::entries(&world.node("PL").registrar.journal).await;
    let mut audit = detente::replay::audit::Audit::new(detente::replay::TrustRoot::AsItSays);
    audit.take((0..).zip(entries));
    let report = audit.finish(None);
    assert_eq!(report.first_failing, None, "{:?}", report.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_that_follows_is_told_of_each_step() {
    let world = watched().await;
    let digest = flash(&world, 1, "Autumn Harvest", evidence::Traffic::Drill).await;
    steps(&world, 1).await;
    world.clock.set(world.clock.now().plus_ms(5 * MINUTE_MS));
    steps(&world, 2).await;
    let call = calls::FollowRequest { after: 0, once: true, all_offices: false };
    let stream = watches(&world.desk("PL", "watch")).follow(call).await.unwrap().into_inner();
    let told: Vec<calls::FollowResponse> = stream.map(Result::unwrap).collect().await;
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|one| one.digest == digest && one.traffic == evidence::Traffic::Drill as i32));
    assert!(told[0].alert.is_none());
    let alert = told[2].alert.clone().unwrap();
    assert_eq!((alert.step, alert.persons), (1, vec!["night officer".to_owned()]));
    assert_eq!((alert.everyone, alert.next_due_ms), (false, world.clock.now().0 + 3 * MINUTE_MS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_ends_the_escalation() {
    let world = watched().await;
    let digest = flash(&world, 1, "Autumn Harvest", evidence::Traffic::Real).await;
    steps(&world, 1).await;
    let watch = world.desk("PL", "watch");
    assert_eq!(now(&watch).await.open, 1);
    acknowledge(&watch, &digest).await;
    assert_eq!(now(&watch).await.open, 0);
    world.clock.set(world.clock.now().plus_ms(60 * MINUTE_MS));
    let other = flash(&world, 2, "Another", evidence::Traffic::Real).await;
    steps(&world, 1).await;
    let all = alerts(&world).await;
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(all[1].message.0[..], other[..]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn now_lists_what_must_be_done_first_with_all_that_an_officer_needs() {
    let world = watched().await;
    let routine = notify(&world, 1).await;
    arrived(&world, "PL", &routine.message_digest).await;
    let drill = flash(&world, 2, "Drill of the line", evidence::Traffic::Drill).await;
    steps_of_flash(&world).await;
    let begun = world.clock.now();
    world.clock.set(begun.plus_ms(MINUTE_MS));
    let real = flash(&world, 3, "Autumn Harvest", evidence::Traffic::Real).await;
    steps_of_flash(&world).await;

    let listed = now(&world.desk("PL", "watch")).await;
    let order: Vec<&Bytes> = listed.items.iter().map(|item| &item.digest).collect();
    assert_eq!(order, [&real, &drill, &routine.message_digest]);
    assert_eq!((listed.open, listed.escalated, listed.more, listed.unwatched), (3, 0, 0, 0));
    assert_eq!((listed.party.as_str(), listed.zone.as_str()), ("PL", "Europe/Warsaw"));
    assert!(listed.has_plan && listed.on_watch.is_none() && listed.offered.is_none());
    let item = &listed.items[0];
    assert_eq!(
        (item.from.as_str(), item.subject.as_str(), item.language.as_str()),
        ("BY", "Autumn Harvest", "en")
    );
    assert_eq!(
        (item.traffic, listed.items[1].traffic),
        (evidence::Traffic::Real as i32, evidence::Traffic::Drill as i32)
    );
    assert_eq!((item.since_ms, item.next_due_ms), (begun.0 + MINUTE_MS, begun.0 + 6 * MINUTE_MS));
    assert_eq!(
        (&item.next[..], &item.next_telephones[..]),
        (&["night officer".to_owned()][..], &["+48 22 000".to_owned()][..])
    );
    assert_eq!((item.alerted, item.everyone), (1, false));
    assert_eq!(item.contacts, ["Watch of BY, +00 000"]);
    assert!(item.heard_at_ms > 0);
    let waits = &listed.items[2];
    assert_eq!((waits.next_due_ms, waits.next.len()), (0, 0), "no rule is for ROUTINE");
}

async fn steps_of_flash(world: &World) {
    until(world.node("PL"), "a step is on record", |board| {
        let flash = detente::domain::precedence::Precedence::Flash;
        board.watch.open.items().all(|(_, item)| item.precedence != flash || item.alerted > 0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_watch_goes_over_by_the_word_of_two_officers_and_alerts_follow_it() {
    let world = watched().await;
    let digest = flash(&world, 1, "Autumn Harvest", evidence::Traffic::Real).await;
    steps(&world, 1).await;
    let (leaves, takes) = (world.desk("PL", "watch"), world.desk("PL", "night officer"));
    let shown = now(&leaves).await;
    let offer = |digest: &Bytes, to: &str| calls::HandOverRequest {
        command: Some(leaves.command(None).unwrap()),
        to: to.into(),
        digest: digest.clone(),
    };
    let unknown =
        watches(&leaves).hand_over(offer(&shown.hand_over_digest, "drafter of PL")).await.unwrap_err();
    assert_eq!(reason(&unknown), "FIELD");
    let stale = watches(&leaves).hand_over(offer(&digest, "night officer")).await.unwrap_err();
    assert_eq!(reason(&stale), "WATCH_CHANGED");
    let offered = watches(&leaves).hand_over(offer(&shown.hand_over_digest, "NightOfficer")).await;
    assert!(
        offered.is_err(),
        "the name as the roster has it, but for capitals and how many spaces there are"
    );
    let call = offer(&shown.hand_over_digest, "Night  Officer ");
    let offered = watches(&leaves).hand_over(call.clone()).await.unwrap().into_inner();
    assert_eq!(offered.open, 1);
    assert_eq!(watches(&leaves).hand_over(call).await.unwrap().into_inner(), offered, "given again");
    let waiting = now(&takes).await.offered.unwrap();
    assert_eq!((waiting.by.as_str(), waiting.to.as_str()), ("watch of PL", "night officer"));

    let take = |desk: &Desk| calls::TakeOverRequest {
        command: Some(desk.command(None).unwrap()),
        digest: waiting.digest.clone(),
    };
    let other = watches(&leaves).take_over(take(&leaves)).await.unwrap_err();
    assert_eq!(reason(&other), "NO_SUCH_OFFER");
    // What came in since, before the second word and with it.
    let since = |of: Option<calls::SinceOffered>| {
        let since = of.unwrap();
        let items: Vec<Bytes> = since.items.into_iter().map(|item| item.digest).collect();
        (items, since.items_more, since.duties.len(), since.duties_more)
    };
    assert_eq!(since(now(&takes).await.since_offered), (vec![], 0, 0, 0));
    let between = flash(&world, 3, "In between", evidence::Traffic::Drill).await;
    assert_eq!(since(now(&takes).await.since_offered), (vec![between.clone()], 0, 0, 0));
    let call = take(&takes);
    let taken = watches(&takes).take_over(call.clone()).await.unwrap().into_inner();
    assert_eq!(since(taken.since_offered.clone()), (vec![between.clone()], 0, 0, 0));
    assert_eq!(watches(&takes).take_over(call).await.unwrap().into_inner(), taken, "given again");
    acknowledge(&takes, &between).await;
    let shown = now(&takes).await;
    assert!(shown.since_offered.is_none());
    assert_eq!(shown.on_watch.map(|one| one.name), Some("night officer".into()));
    assert!(shown.offered.is_none());

    flash(&world, 2, "Another", evidence::Traffic::Real).await;
    steps(&world, 1).await;
    let all = alerts(&world).await;
    let names = |alerted: &Alerted| alerted.persons.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&all[0]).len(), 2, "all of the watch");
    assert_eq!(names(all.last().unwrap()), ["night officer"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_shown_to_every_person_as_the_two_custodians_put_it_in_force() {
    let world = watched().await;
    let mut calls_of = PartyServiceClient::new(world.desk("PL", "drafter").channel);
    let shown = calls_of.show_watch_plan(calls::ShowWatchPlanRequest {}).await.unwrap().into_inner();
    let read = |text: &str| detente::codec::watch_plan::read(text).unwrap();
    assert_eq!(read(&shown.plan), read(PLAN));
    assert_eq!(shown.since_ms, world.clock.now().0);
    let pl = world.state("PL");
    let proposal = pl.try_propose(Change::WatchPlan(PLAN.into())).await.unwrap();
    let second = pl.desk("second custodian");
    let mut of_second = PartyServiceClient::new(second.channel.clone());
    let open = of_second.list_proposals(calls::ListProposalsRequest {}).await.unwrap().into_inner();
    let sentence = open.proposals.into_iter().find(|line| line.proposal == proposal).unwrap().change;
    assert_eq!(
        sentence,
        "put a watch plan in force, in the place of the one before; FLASH for all: \"watch\" within 5 min, then \
         \"night officer\" at \"+48 22 000\" within 3 min, then everyone; local times of \"Europe/Warsaw\""
    );
    for (wrong, what) in [
        (PLAN.replace("flash", "fast"), "one of flash"),
        (PLAN.replace("acknowledge_within", "within"), "line"),
        (PLAN.replace("night officer", "nobody"), "that role"),
    ] {
        let refused = pl.try_propose(Change::WatchPlan(wrong)).await.unwrap_err();
        assert_eq!(reason(&refused), "FIELD");
        assert!(refused.message().contains(what), "{}", refused.message());
    }
}
