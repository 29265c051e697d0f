//! Alerts told to webhooks, with a receiver that we did not write: what it is told and what not, and what comes on
//! record while it is down, slow, or somebody else.

use std::collections::BTreeSet;

use bytes::Bytes;
use detente::cli::doctor::{self, Finding};
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::alarm::{Failure, Hook, Noted, Outcome};
use detente::domain::board::Board;
use detente::domain::content::Kind;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::Event;
use detente::domain::precedence::Precedence;
use detente::limits;
use serde_json::{Value, json};
use tokio_stream::StreamExt as _;

use crate::carried::carried_to_pl;
use crate::carry_line::Line;
use crate::officer::{arrived, filled, heading, reason, send, watches};
use crate::officer_program::{object, printed, refused, written};
use crate::receiver::{Receiver, another_authority};
use crate::talk::{both_settled, fresh, outgoing, release, until};
use crate::world::{Medium, World};

const PLAN: &str = r#"
[[rule]]
precedence = "flash"
    [[rule.step]]
    alert = ["watch"]
    acknowledge_within_minutes = 5

[[rule]]
precedence = "routine"
    [[rule.step]]
    alert = ["watch"]
    acknowledge_within_minutes = 60
"#;

const HOUR_MS: i64 = 3_600_000;

/// BY and PL; PL's plan is in force.
async fn watched() -> World {
    let world = World::new(&["BY", "PL"]).await;
    world.state("PL").change(Change::WatchPlan(PLAN.into()), Bytes::new()).await;
    world
}

async fn agree(world: &World, hook: calls::Webhook) {
    world.state("PL").change(Change::WebhookAdded(hook), Bytes::new()).await;
}

async fn comes_in(world: &World, number: u8, precedence: evidence::Precedence, traffic: evidence::Traffic) {
    let subject = "Secret of the Rhubarb".into();
    let heading = calls::Heading {
        precedence: precedence as i32,
        traffic: traffic as i32,
        subject,
        remarks: "Remark of the Rhubarb".into(),
        ..heading(number)
    };
    let sent = send(world, "BY", number, heading, &filled(Kind::Notification)).await;
    arrived(world, "PL", &sent.message_digest).await;
}

async fn flash(world: &World, number: u8) {
    comes_in(world, number, evidence::Precedence::Flash, evidence::Traffic::Real).await;
}

fn hook(board: &Board) -> Hook {
    board.hooks.get("pager").cloned().unwrap_or_default()
}

async fn once(world: &World, what: &str, holds: impl Fn(&Hook) -> bool) {
    until(world.node("PL"), what, |board| holds(&hook(board))).await;
}

fn fails(hook: &Hook) -> Option<Failure> {
    hook.failing.map(|failing| failing.why)
}

async fn noted(world: &World) -> Vec<Noted> {
    let node = world.node("PL");
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal).range(0, head.chain.size).await.unwrap();
    let events = records.iter().flat_map(|record| record.events.clone());
    let noted = |event| match event {
        Event::AlarmNoted(noted) => Some(noted),
        _ => None,
    };
    events.filter_map(noted).collect()
}

async fn audited(world: &World) {
    let entries = crate::registrar::entries(&world.node("PL").registrar.journal).await;
    let mut audit = detente::replay::audit::Audit::new(detente::replay::TrustRoot::AsItSays);
    audit.take((0..).zip(entries));
    let report = audit.finish(None);
    assert_eq!(report.first_failing, None, "{:?}", report.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stock_receiver_is_told_of_an_alert_in_cloudevents_and_never_what_the_message_says() {
    let world = watched().await;
    let mut receiver = Receiver::new();
    receiver.start().await;
    agree(&world, receiver.hook("pager", "alerts")).await;
    let begun = world.clock.now();
    flash(&world, 1).await;
    comes_in(&world, 2, evidence::Precedence::Flash, evidence::Traffic::Drill).await;
    let told = receiver.told(2).await;
    let (real, drill) = (&told[0], &told[1]);
    for (name, value) in [
        ("specversion", "1.0"),
        ("source", "urn:detente:PL"),
        ("type", "detente.alert"),
        ("datacontenttype", "application/json"),
    ] {
        assert_eq!(real[name], value, "{real}");
    }
    assert_eq!(
        real["data"],
        json!({
            "originator": "BY",
            "reference": "BY/2024/PL/0001",
            "precedence": "FLASH",
            "traffic": "REAL",
            "since": begun.to_string(),
            "offices": [],
            "step": 0,
            "everyone": false,
        })
    );
    assert_eq!(drill["data"]["traffic"], "DRILL");
    assert_ne!(real["id"], drill["id"]);
    for event in &told {
        let text = event.to_string();
        for secret in ["Rhubarb", "Harvest", "Secret", "Remark", "notification"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    once(&world, "both are on record as delivered", |hook| hook.delivered == 2).await;
    assert_eq!(noted(&world).await.len(), 2);
    audited(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_id_of_an_alert_is_of_the_signed_record_and_tells_no_index() {
    let world = watched().await;
    let mut receiver = Receiver::new();
    receiver.start().await;
    agree(&world, receiver.hook("pager", "alerts")).await;
    flash(&world, 1).await;
    let told = receiver.told(1).await;
    let id = told[0]["id"].as_str().unwrap();
    let node = world.node("PL");
    let entries = crate::registrar::entries(&node.registrar.journal).await;
    let of_record = |bytes: &Bytes| Digest::of_all(&[b"detente alert 2\0", &Digest::of(bytes).0]).to_string();
    assert_eq!(entries.iter().filter(|entry| of_record(entry) == id).count(), 1);
    // Whoever knows what is public and what the alert says: no index with these gives the id.
    let board = node.registrar.head().board.clone();
    let own = board.own.unwrap();
    let fingerprint = board.roster.fingerprint_of(own.party).unwrap();
    let life = own.incarnation.0.to_be_bytes();
    let guessed = |index: u64| {
        Digest::of_all(&[b"detente alert 1\0", &fingerprint.0, &life, &index.to_be_bytes()]).to_string()
    };
    assert!((0..entries.len() as u64).all(|index| guessed(index) != id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_was_down_is_told_of_each_alert_whatever_stopped_the_node_between() {
    let mut world = watched().await;
    let mut receiver = Receiver::new();
    agree(&world, receiver.hook("pager", "alerts")).await;
    flash(&world, 1).await;
    once(&world, "it fails", |hook| fails(hook) == Some(Failure::Unreachable)).await;
    let since = hook(&world.node("PL").registrar.head().board).failing.unwrap().since;
    world.clock.set(world.clock.now().plus_ms(HOUR_MS));
    world.state_mut("PL").stop().await;
    let lines = doctor::examine(&world.state("PL").directory, world.clock.now()).await;
    let line = lines.iter().find(|line| line.what == "webhook pager").unwrap();
    let Finding::Warning(why) = &line.finding else { panic!("{line:?}") };
    assert!(why.contains(&format!("it fails since {since}: nobody answers")), "{why}");
    world.state_mut("PL").start().await;
    flash(&world, 2).await;
    let shown = watches(&world.desk("PL", "watch"))
        .now(calls::NowRequest { all_offices: false, ..Default::default() })
        .await;
    let failing = shown.unwrap().into_inner().webhooks_failing;
    assert_eq!((failing[0].since_ms, failing[0].failure.as_str()), (since.0, "UNREACHABLE"));

    receiver.start().await;
    // With the second step for the first, since the clock went on by an hour.
    once(&world, "all are delivered", |hook| hook.waiting.is_empty() && hook.delivered == 3).await;
    world.state_mut("PL").stop().await;
    world.state_mut("PL").start().await;
    flash(&world, 3).await;
    once(&world, "the next is delivered too", |hook| hook.delivered == 4).await;
    assert_eq!(fails(&hook(&world.node("PL").registrar.head().board)), None);
    let ids: Vec<String> = receiver.told(4).await.iter().map(|event| event["id"].to_string()).collect();
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), 4);
    assert!(ids.len() <= distinct.len() + 1, "{ids:?}");
    audited(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_answer_that_is_no_yes_comes_to_is_on_record_once_with_its_reason() {
    let world = watched().await;
    let mut receiver = Receiver::new();
    receiver.start().await;
    let wrong = calls::Webhook { authority: another_authority(), ..receiver.hook("pager", "alerts") };
    agree(&world, wrong).await;
    flash(&world, 1).await;
    once(&world, "a stranger's certificate", |hook| fails(hook) == Some(Failure::Certificate)).await;
    agree(&world, receiver.hook("pager", "elsewhere")).await;
    once(&world, "no redirect is followed", |hook| fails(hook) == Some(Failure::Redirected)).await;
    agree(&world, receiver.hook("pager", "nothing")).await;
    once(&world, "a status", |hook| fails(hook) == Some(Failure::Status(404))).await;
    assert!(receiver.told_so_far().is_empty());
    let failures: Vec<Noted> = noted(&world).await;
    assert_eq!(failures.len(), 3, "{failures:?}");

    // After its time it is given up, on record, with the reason.
    world.clock.set(world.clock.now().plus_ms(limits::WEBHOOK_PATIENCE_MS + 1));
    once(&world, "given up", |hook| hook.given_up > 0).await;
    let given_up = noted(&world)
        .await
        .into_iter()
        .any(|noted| matches!(noted, Noted::Told { outcome: Outcome::GivenUp(Failure::Status(404)), .. }));
    assert!(given_up);
    agree(&world, receiver.hook("pager", "alerts")).await;
    flash(&world, 2).await;
    receiver.told(1).await;
    audited(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_told_to_no_webhook_put_in_place_for_fewer_offices() {
    let world = watched().await;
    let gs = calls::Office { code: "GS".into(), purpose: "general staff".into() };
    world.state("PL").change(Change::OfficeAdded(gs), Bytes::new()).await;
    let receiver = Receiver::new();
    agree(&world, receiver.hook("pager", "alerts")).await;
    flash(&world, 1).await;
    once(&world, "it waits", |hook| hook.waiting.len() == 1).await;
    agree(&world, receiver.hook("pager", "elsewhere")).await;
    once(&world, "for the same offices it waits", |hook| hook.waiting.len() == 1).await;
    let of_one = calls::Webhook { offices: vec!["GS".into()], ..receiver.hook("pager", "alerts") };
    agree(&world, of_one).await;
    once(&world, "nothing waits, and that is counted", |hook| {
        hook.waiting.is_empty() && hook.passed_over == 1
    })
    .await;
    audited(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_does_not_answer_holds_no_watch_and_no_other_webhook_up() {
    let world = watched().await;
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut receiver = Receiver::new();
    receiver.start().await;
    let url = format!("https://{}/", deaf.local_addr().unwrap());
    agree(&world, calls::Webhook { url, ..receiver.hook("deaf", "") }).await;
    agree(&world, receiver.hook("pager", "alerts")).await;
    let desk = world.desk("PL", "watch");
    let call = calls::FollowRequest { after: 0, once: false, all_offices: false };
    let mut notices = watches(&desk).follow(call).await.unwrap().into_inner();
    flash(&world, 1).await;
    receiver.told(1).await;
    let mut alerted = false;
    while !alerted {
        let next = tokio::time::timeout(crate::officer::PATIENCE, notices.next()).await;
        alerted = next.unwrap().unwrap().unwrap().alert.is_some();
    }
    let board = world.node("PL").registrar.head().board.clone();
    let deaf = &board.hooks["deaf"];
    assert_eq!((deaf.waiting.len(), deaf.delivered), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_its_calls_of_the_hour_alerts_wait_for_the_next_and_flash_does_not() {
    let world = watched().await;
    let mut receiver = Receiver::new();
    receiver.start().await;
    agree(&world, calls::Webhook { calls_per_hour: 1, ..receiver.hook("pager", "alerts") }).await;
    let hour = world.clock.now().hour();
    let routine = evidence::Precedence::Routine;
    for number in 1..=3 {
        comes_in(&world, number, routine, evidence::Traffic::Real).await;
    }
    once(&world, "the hour is spent", |hook| hook.delivered == 1 && hook.held == Some(hour)).await;
    flash(&world, 4).await;
    once(&world, "FLASH is told", |hook| hook.delivered == 2).await;
    assert_eq!(receiver.told(2).await[1]["data"]["precedence"], "FLASH");
    until(world.node("PL"), "all are alerted of", |board| hook(board).waiting.len() == 2).await;
    world.clock.set(world.clock.now().plus_ms(HOUR_MS - 1));
    let held = |noted: &[Noted]| noted.iter().filter(|one| matches!(one, Noted::Held { .. })).count();
    assert_eq!(held(&noted(&world).await), 1);
    world.clock.set(world.clock.now().plus_ms(1));
    once(&world, "the next hour", |hook| hook.delivered >= 4).await;
    once(&world, "is spent too", |hook| hook.held == Some(hour + 1)).await;
    audited(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_custodians_agree_on_a_webhook_and_take_it_back() {
    let world = World::on_real_time(Medium::Embedded, &["PL"]).await;
    let pl = world.state("PL");
    let desk = |role: &str| pl.desk_directory(role).display().to_string();
    let (first, second, watch) = (desk("custodian"), desk("second custodian"), desk("watch"));
    let folder = tempfile::tempdir().unwrap();
    let authority = written(folder.path(), "authority.pem", &another_authority());
    let none = printed(&["watch", "webhook", "list", "--as", &watch]).await;
    assert!(none.starts_with("no webhook is known"));
    for (url, what) in [
        ("http://pager.example.pl/", "begins with https"),
        ("https://me:secret@pager.example.pl/", "no credentials"),
    ] {
        let add =
            ["watch", "webhook", "add", "pager", "--url", url, "--authority", &authority, "--as", &first];
        assert!(refused(&add).await.contains(what));
    }
    let no_pem = written(folder.path(), "no.pem", "nothing");
    let url = "https://pager.example.pl/alerts";
    let add = |pem| ["watch", "webhook", "add", "pager", "--url", url, "--authority", pem, "--as", &first];
    assert!(refused(&add(&no_pem)).await.contains("webhook.authority"));
    let of_office = [&add(&authority)[..], &["--office", "GS"]].concat();
    assert!(refused(&of_office).await.contains("webhook.offices"));
    let proposal = object(&add(&authority)).await["proposal"].as_str().unwrap().to_owned();
    let open = printed(&["proposal", "list", "--as", &second]).await;
    assert!(
        open.contains("tell alerts of all offices to a webhook, at most 60 an hour below FLASH"),
        "{open}"
    );
    printed(&["proposal", "confirm", &proposal, "--as", &second]).await;
    let listed = object(&["watch", "webhook", "list", "--as", &watch]).await;
    assert_eq!(
        (&listed["name"], &listed["url"], &listed["waiting"]),
        (&json!("pager"), &json!(url), &json!(0))
    );
    let remove = object(&["watch", "webhook", "remove", "pager", "--as", &first]).await;
    printed(&["proposal", "confirm", remove["proposal"].as_str().unwrap(), "--as", &second]).await;
    assert!(printed(&["watch", "webhook", "list", "--as", &watch]).await.starts_with("no webhook"));
    let unknown = pl.try_propose(Change::WebhookRemoved("pager".into())).await.unwrap_err();
    assert_eq!(reason(&unknown), "FIELD");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_message_that_came_by_file_it_is_told_that_it_did_and_nobodys_name() {
    let mut world = watched().await;
    let mut receiver = Receiver::new();
    receiver.start().await;
    agree(&world, receiver.hook("pager", "alerts")).await;
    let line = Line::between(&mut world, &["BY", "PL"]).await;
    let flash = async |from: &str, to: &str| {
        let text = outgoing(ThreadId(fresh()), &[world.state(to).party], Precedence::Flash, "said");
        release(&world.node(from).registrar, text).await
    };
    flash("BY", "PL").await;
    flash("PL", "BY").await;
    both_settled(&world, "BY", "PL").await;
    receiver.told(1).await;
    line.cut();
    flash("BY", "PL").await;
    carried_to_pl(&world).await;
    let told = receiver.told(2).await;
    let by_file: Vec<&Value> = told.iter().map(|event| &event["data"]["came_by_file"]).collect();
    assert_eq!(by_file, [&Value::Null, &Value::Bool(true)]);
    assert!(!told[1].to_string().contains("watch of PL"), "{}", told[1]);
}
