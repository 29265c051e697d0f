//! Alarms beside the watch: what comes to its end, weeks before; and what a Party sets for itself, which is never a
//! duty.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente::cli::doctor::{self, Finding};
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::duty_service_client::DutyServiceClient;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::alarm::{Noted, Thing};
use detente::domain::content::Kind;
use detente::domain::event::Event;
use detente::domain::time::Instant;
use detente::limits;
use tokio_stream::StreamExt as _;

use crate::officer::{addressee, arrived, filled, heading, reason, send, watches};
use crate::officer_program::{object, printed, refused};
use crate::receiver::Receiver;
use crate::talk::until;
use crate::world::{Medium, World, beginning, lives};

const DAY_MS: i64 = 24 * 3_600_000;
const HOUR_MS: i64 = 3_600_000;

async fn noted(world: &World, party: &str) -> Vec<Noted> {
    let node = world.node(party);
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal).range(0, head.chain.size).await.unwrap();
    let events = records.iter().flat_map(|record| record.events.clone());
    let noted = |event| match event {
        Event::AlarmNoted(noted) => Some(noted),
        _ => None,
    };
    events.filter_map(noted).collect()
}

async fn now(world: &World, party: &str) -> calls::NowResponse {
    let desk = world.desk(party, "watch");
    watches(&desk)
        .now(calls::NowRequest { all_offices: false, ..Default::default() })
        .await
        .unwrap()
        .into_inner()
}

/// The certificate and the first revocation list end within this second.
fn ends() -> Instant {
    beginning().plus_ms(lives().certificate_ms + 999)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_towards_an_end_alarms_once_however_often_the_node_starts() {
    let mut world = World::new(&["PL"]).await;
    let mut receiver = Receiver::new();
    receiver.start().await;
    world.state("PL").change(Change::WebhookAdded(receiver.hook("pager", "alerts")), Bytes::new()).await;
    assert!(now(&world, "PL").await.expiring.is_empty());
    let party = world.state("PL").party;
    let things = [Thing::NodeCertificate, Thing::RevocationList(party)];
    for (step, before) in limits::EXPIRY_ALARMS_MS.iter().take(3).enumerate() {
        world.clock.set(ends().plus_ms(-before));
        until(world.node("PL"), "the step is on record", |board| {
            board.expiries.iter().filter(|(_, (_, on_record))| *on_record == step as u32).count() == 2
        })
        .await;
        world.state_mut("PL").stop().await;
        world.state_mut("PL").start().await;
        let expires: Vec<Noted> = noted(&world, "PL")
            .await
            .into_iter()
            .filter(|noted| matches!(noted, Noted::Expires(_)))
            .collect();
        assert_eq!(expires.len(), 2 * (step + 1), "{expires:?}");
        for noted in &expires {
            let Noted::Expires(near) = noted else { panic!() };
            assert!(things.contains(&near.thing), "{near:?}");
        }
    }
    let expiring = now(&world, "PL").await.expiring;
    let what: Vec<&str> = expiring.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(what.len(), 2);
    assert!(what.contains(&"the certificate of this node") && what.contains(&"the revocation list of PL"));
    until(world.node("PL"), "all are told", |board| board.hooks["pager"].delivered == 6).await;
    let told = receiver.told_different(6).await;
    // Each of three starts may have told one of them twice.
    assert!(told.len() <= 9, "{told:?}");
    let steps: BTreeMap<&str, u64> = told
        .iter()
        .map(|event| (event["id"].as_str().unwrap(), event["data"]["step"].as_u64().unwrap()))
        .collect();
    let mut steps: Vec<u64> = steps.into_values().collect();
    steps.sort_unstable();
    assert_eq!(steps, [0, 0, 1, 1, 2, 2], "{told:?}");
    assert!(told.iter().all(|event| event["type"] == "detente.expiry"), "{told:?}");
    let desk = world.desk("PL", "watch");
    let call = calls::FollowRequest { after: 0, once: true, all_offices: false };
    let stream = watches(&desk).follow(call).await.unwrap().into_inner();
    let news: Vec<String> = stream.map(|notice| notice.unwrap().news).collect().await;
    let alarms = news.iter().filter(|news| news.starts_with("ALARM: the ") && news.contains(" ends at "));
    assert_eq!(alarms.count(), 6, "{news:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_warns_of_our_own_authority_and_of_what_a_peer_must_renew() {
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("PL").stop().await;
    let directory = world.state("PL").directory.clone();
    let warned = |lines: Vec<doctor::Line>| -> Vec<String> {
        let warning = |line: &doctor::Line| matches!(line.finding, Finding::Warning(_));
        lines.iter().filter(|line| warning(line)).map(|line| line.what.clone()).collect()
    };
    // Nobody is alerted of anything: there is no watch plan.
    assert_eq!(warned(doctor::examine(&directory, world.clock.now()).await), ["watch plan"]);
    let near = ends().plus_ms(1 - limits::EXPIRY_WARNING_MS);
    let found = warned(doctor::examine(&directory, near).await);
    assert_eq!(
        found,
        ["the node's certificate", "revocation list of BY", "revocation list of PL", "watch plan"]
    );
    let near = beginning().plus_ms(limits::AUTHORITY_LIFE_MS - 7 * DAY_MS);
    let found = doctor::examine(&directory, near).await;
    for party in ["BY", "PL"] {
        let is_it = |line: &&doctor::Line| line.what.starts_with(&format!("authority of {party}"));
        let line = found.iter().find(is_it).unwrap();
        assert!(matches!(line.finding, Finding::Warning(_)), "{line:?}");
    }
}

fn prompt(kind: Kind) -> Change {
    Change::OwnAlarmSet(calls::OwnAlarm {
        name: "promptly".into(),
        kind: kind.name().into(),
        hours: 48,
        label: "\"promptly\", para 3".into(),
    })
}

async fn sends(
    world: &World,
    from: &str,
    to: &str,
    number: u8,
    kind: Kind,
    traffic: evidence::Traffic,
) -> Bytes {
    let heading = calls::Heading {
        action: vec![addressee(to)],
        traffic: traffic as i32,
        ..heading(if kind == Kind::Notification { number } else { 1 })
    };
    let sent = send(world, from, number, heading, &filled(kind)).await;
    arrived(world, to, &sent.message_digest).await;
    sent.message_digest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_of_ones_own_runs_until_the_other_side_says_something_and_is_no_duty() {
    let mut world = World::new(&["BY", "PL"]).await;
    let real = evidence::Traffic::Real;
    sends(&world, "BY", "PL", 9, Kind::Notification, real).await;
    world.state("PL").change(prompt(Kind::Notification), Bytes::new()).await;
    let begun = world.clock.now();
    let asked = sends(&world, "BY", "PL", 1, Kind::Notification, real).await;
    let met = sends(&world, "BY", "PL", 2, Kind::Notification, evidence::Traffic::Drill).await;
    let watch = world.desk("PL", "watch");
    let duties = || async {
        let call = calls::ListDutiesRequest::default();
        DutyServiceClient::new(watch.channel.clone()).list_duties(call).await.unwrap().into_inner()
    };
    let listed = duties().await;
    assert!(listed.duties.is_empty());
    let mut running: Vec<&Bytes> = listed.alarms.iter().map(|line| &line.message_digest).collect();
    running.sort();
    let mut expected = vec![&asked, &met];
    expected.sort();
    assert_eq!(running, expected, "what came before it was set begins nothing");
    assert!(listed.alarms.iter().all(|line| line.due_ms == begun.0 + 48 * HOUR_MS && !line.past_due));
    let drill = listed.alarms.iter().find(|line| line.message_digest == met).unwrap();
    assert_eq!((drill.traffic, drill.from.as_str()), (evidence::Traffic::Drill as i32, "BY"));

    // To have read it says nothing.
    let command = Some(watch.command(None).unwrap());
    let call = calls::AcknowledgeRequest { command, digest: asked.clone() };
    watches(&watch).acknowledge(call).await.unwrap();
    assert_eq!(duties().await.alarms.len(), 2);

    world.clock.set(begun.plus_ms(48 * HOUR_MS - 1));
    assert!(now(&world, "PL").await.alarms.is_empty());
    world.state_mut("PL").stop().await;
    world.clock.set(begun.plus_ms(48 * HOUR_MS));
    world.state_mut("PL").start().await;
    until(world.node("PL"), "both are past due", |board| {
        board.own_alarms.iter().all(|(_, running)| running.raised.is_some())
    })
    .await;
    world.state_mut("PL").stop().await;
    world.state_mut("PL").start().await;
    let past_due = noted(&world, "PL").await;
    assert_eq!(past_due.len(), 2, "{past_due:?}");
    let shown = now(&world, "PL").await.alarms;
    assert_eq!(shown.len(), 2);
    assert!(shown.iter().all(|line| line.past_due && line.label == "\"promptly\", para 3"));
    // The page shows the first and its mark: a drill's does not stand for what is real.
    assert_eq!(shown[0].message_digest, asked);

    // An exercise statement of ours in that thread ends it; the drill's goes on.
    sends(&world, "PL", "BY", 3, Kind::Statement, real).await;
    let shown = now(&world, "PL").await.alarms;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].message_digest, met);
    let duty = world.node("PL").registrar.head().board.duties.next_due();
    assert_eq!(duty, None);

    // What entries on record say is what an audit replays.
    let entries = crate::registrar::entries(&world.node("PL").registrar.journal).await;
    let mut audit = detente::replay::audit::Audit::new(detente::replay::TrustRoot::AsItSays);
    audit.take((0..).zip(entries));
    let report = audit.finish(None);
    assert_eq!(report.first_failing, None, "{:?}", report.faults);
    let remove = Change::OwnAlarmRemoved("promptly".into());
    world.state("PL").change(remove, Bytes::new()).await;
    assert!(now(&world, "PL").await.alarms.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_of_ones_own_are_listed_by_when_they_are_due_and_the_rest_is_counted() {
    let world = World::new(&["BY", "PL"]).await;
    let more = 2;
    let all = limits::OWN_ALARMS_AT_ONCE_MAX as u32 + more;
    for number in 0..all {
        let alarm = calls::OwnAlarm {
            name: format!("alarm-{number:02}"),
            kind: Kind::Notification.name().into(),
            hours: all - number,
            label: "sooner the later it was set".into(),
        };
        world.state("PL").change(Change::OwnAlarmSet(alarm), Bytes::new()).await;
    }
    sends(&world, "BY", "PL", 1, Kind::Notification, evidence::Traffic::Real).await;
    let watch = world.desk("PL", "watch");
    let call = calls::ListDutiesRequest::default();
    let listed = DutyServiceClient::new(watch.channel.clone()).list_duties(call).await.unwrap().into_inner();
    assert_eq!(listed.alarms_more, u64::from(more));
    assert!(listed.alarms.is_sorted_by_key(|line| line.due_ms));
    assert_eq!(listed.alarms[0].alarm, format!("alarm-{:02}", all - 1));
    world.clock.set(world.clock.now().plus_ms(i64::from(all) * HOUR_MS));
    until(world.node("PL"), "all are past due", |board| {
        board.own_alarms.iter().all(|(_, running)| running.raised.is_some())
    })
    .await;
    let shown = now(&world, "PL").await;
    assert_eq!((shown.alarms.len() as u32, shown.alarms_more), (all - more, u64::from(more)));
    assert_eq!(shown.alarms[0].alarm, format!("alarm-{:02}", all - 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_custodians_set_an_alarm_and_officers_see_it_as_one() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let pl = world.state("PL");
    let desk = |role: &str| pl.desk_directory(role).display().to_string();
    let (first, second, watch) = (desk("custodian"), desk("second custodian"), desk("watch"));
    let add = |kind| {
        let what = ["watch", "alarm", "add", "promptly", "--kind", kind, "--hours", "48"];
        [&what[..], &["--label", "\"promptly\", para 3", "--as", &first]].concat()
    };
    assert!(refused(&add("exercise.nothing")).await.contains("own_alarm.kind"));
    let proposal = object(&add(Kind::Notification.name())).await;
    printed(&["proposal", "confirm", proposal["proposal"].as_str().unwrap(), "--as", &second]).await;
    let listed = printed(&["watch", "alarm", "list", "--as", &watch]).await;
    assert_eq!(listed, "promptly  48 h after exercise.notification  \"promptly\", para 3\n");
    sends(&world, "BY", "PL", 1, Kind::Notification, evidence::Traffic::Drill).await;
    let duties = printed(&["duty", "list", "--as", &watch]).await;
    assert!(duties.contains("no such duty is on record here"), "{duties}");
    let line = duties.lines().find(|line| line.contains("ALARM")).unwrap();
    assert!(line.starts_with("DRILL ALARM promptly runs until "), "{line}");
    assert!(!printed(&["duty", "list", "--lapsed", "--as", &watch]).await.contains("ALARM"));
    let gone = pl.try_propose(Change::OwnAlarmRemoved("other".into())).await.unwrap_err();
    assert_eq!(reason(&gone), "FIELD");
}
