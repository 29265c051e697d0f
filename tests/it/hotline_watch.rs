//! The watch and a running session: texts that nobody acknowledges escalate by the plan, each at its precedence; and
//! whoever takes the watch over is told of the session, and is seen from the other side once they say that they are on.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_answer::How;
use detente::codec::proto::detente::v1::join_request::What as Said;
use detente::codec::proto::detente::v1::join_response::What;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::digest::Digest;
use detente::domain::people::Role;
use detente::domain::watch::Reach;

use crate::hotline_nodes::{
    Console, accept, command, officer, officers, open, opening, say, say_call, show, until,
};
use crate::officer::{arrived, hotlines, watches};
use crate::officer_program::{object, printed};
use crate::watch_nodes::alerts;
use crate::world::World;

const PLAN: &str = r#"
zone = "Europe/Warsaw"

[[rule]]
precedence = "flash"

    [[rule.step]]
    alert = ["watch"]
    acknowledge_within_minutes = 2

    [[rule.step]]
    alert = ["Night officer of PL"]
    acknowledge_within_minutes = 3

[[rule]]
precedence = "immediate"

    [[rule.step]]
    alert = ["watch"]
    acknowledge_within_minutes = 10

    [[rule.step]]
    alert = ["Night officer of PL"]
    acknowledge_within_minutes = 20
"#;

const MINUTE_MS: i64 = 60_000;

/// BY and PL, each with an officer who may say something alone; a second one at PL.
async fn watched() -> World {
    let mut world = officers(&["BY", "PL"]).await;
    let roles = [Role::Drafter, Role::Releaser, Role::Watch];
    world.state_mut("PL").take_person("night officer", "Night officer of PL", &roles).await;
    let alone = [evidence::Precedence::Flash as i32, evidence::Precedence::Immediate as i32];
    let rule = calls::ReleaseRule { one_person: alone.to_vec() };
    world.state("BY").change(Change::ReleaseRule(rule), Bytes::new()).await;
    world
}

async fn read(world: &World, digest: &Bytes) {
    let desk = officer(world, "PL");
    let asked = calls::ReadTextRequest { command: command(&desk), digest: digest.clone() };
    hotlines(&desk).read_text(asked).await.unwrap();
}

/// Once so many steps are on record for a text.
async fn stepped(world: &World, text: &Bytes, steps: u32) {
    let digest = Digest::from_slice(text).unwrap();
    crate::talk::until(world.node("PL"), "a step is on record", |board| {
        board.watch.open.get(&digest).is_some_and(|item| item.alerted >= steps)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_a_session_that_nobody_acknowledges_escalate_by_the_watch_plan_each_at_its_precedence() {
    let world = watched().await;
    world.state("PL").change(Change::WatchPlan(PLAN.into()), Bytes::new()).await;
    let begun = world.clock.now();
    let after = |minutes: i64| begun.plus_ms(minutes * MINUTE_MS);
    world.clock.set(begun);
    let opened = open(&world, "BY", &["PL"]).await;
    let thread = opened.thread.clone();
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    read(&world, &opened.message_digest).await;
    let flash = say(&world, "BY", &thread, "Do you see it?").await.message_digest;
    let desk = officer(&world, "BY");
    let precedence = evidence::Precedence::Immediate as i32;
    let slower = calls::SayRequest { precedence, ..say_call(&desk, &thread, "It is not armed.").await };
    let immediate = hotlines(&desk).say(slower).await.unwrap().into_inner().spoken.unwrap();
    assert!(immediate.released, "{immediate:?}");
    let immediate = immediate.message_digest;
    for text in [&flash, &immediate] {
        arrived(&world, "PL", text).await;
        stepped(&world, text, 1).await;
    }
    for (minutes, text, steps) in [(2, &flash, 2), (5, &flash, 3), (10, &immediate, 2)] {
        world.clock.set(after(minutes));
        stepped(&world, text, steps).await;
    }
    let now = watches(&officer(&world, "PL")).now(calls::NowRequest::default()).await.unwrap().into_inner();
    assert_eq!((now.open, now.escalated, now.items[0].session_waiting), (1, 1, 2), "{now:#?}");
    let one = &now.items[0];
    assert_eq!((one.everyone, one.next_due_ms), (false, after(30).0), "of all that waits of the session");
    // One is acknowledged, and goes no further.
    read(&world, &immediate).await;
    world.clock.set(after(60));
    let last = say(&world, "BY", &thread, "Are you there?").await.message_digest;
    arrived(&world, "PL", &last).await;
    stepped(&world, &last, 1).await;

    let all = alerts(&world).await;
    let steps = |text: &Bytes| {
        let of = all.iter().filter(|one| one.message.0[..] == text[..]);
        of.map(|one| (one.step, one.due, one.reach)).collect::<Vec<_>>()
    };
    let named = Reach::Named;
    assert_eq!(steps(&flash), [(0, begun, named), (1, after(2), named), (2, after(5), Reach::Everyone)]);
    assert_eq!(steps(&immediate), [(0, begun, named), (1, after(10), named)]);
    assert_eq!(steps(&last), [(0, after(60), named)]);
    let second = all.iter().find(|one| one.message.0[..] == flash[..] && one.step == 1).unwrap();
    assert_eq!(second.persons.iter().map(|one| &one.name[..]).collect::<Vec<_>>(), ["Night officer of PL"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_the_watch_over_is_told_of_a_running_session_and_the_other_side_sees_who_is_on() {
    let world = watched().await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    arrived(&world, "PL", &say(&world, "BY", &thread, "Do you see it?").await.message_digest).await;
    let on = |session: &calls::ShowSessionResponse| -> Vec<String> {
        session.session.as_ref().unwrap().on.iter().map(|one| one.officer.clone()).collect()
    };
    let at = |role: &str| world.state("PL").desk_directory(role).display().to_string();
    let (leaves, takes) = (at("officer"), at("night officer"));
    let offered = object(&["watch", "hand-over", "--as", &leaves]).await;
    let digest = offered["hand_over_digest"].as_str().unwrap();
    let to = ["watch", "hand-over", "--to", "Night officer of PL", "--digest", digest, "--as", &leaves];
    printed(&to).await;
    let taken = printed(&["watch", "take-over", "--digest", digest, "--as", &takes]).await;
    let short = &hex::encode(&thread)[..8];
    let told = format!(
        "session   REAL {short} with BY: Officer of PL is on, as they see; you by: detente hotline accept {short}\n"
    );
    assert!(taken.contains(&told), "{taken}");
    assert_eq!(on(&show(&world, "BY", &thread).await), ["Officer of PL"]);

    printed(&["hotline", "accept", short, "--as", &takes]).await;
    let seen = until(&world, "BY", &thread, |session| on(session) == ["Night officer of PL"]).await;
    // The session goes on where it was.
    assert!(seen.lines.iter().any(|line| line.text == "Do you see it?"), "{seen:?}");
    let page = printed(&[
        "hotline",
        "show",
        short,
        "--as",
        &world.state("BY").desk_directory("officer").display().to_string(),
    ])
    .await;
    assert!(page.contains("Night officer of PL"), "{page}");
    // Given again, nothing is left to be said.
    let offered = object(&["watch", "hand-over", "--as", &takes]).await;
    let digest = offered["hand_over_digest"].as_str().unwrap();
    printed(&["watch", "hand-over", "--to", "Officer of PL", "--digest", digest, "--as", &takes]).await;
    let back = object(&["watch", "take-over", "--digest", digest, "--as", &leaves]).await;
    assert_eq!(back["sessions"][0]["on"], "Night officer of PL", "{back}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_we_opened_belongs_to_the_hand_over_though_nothing_in_it_waits_and_nobody_is_on() {
    let world = watched().await;
    let thread = open(&world, "PL", &["BY"]).await.thread;
    let short = &hex::encode(&thread)[..8];
    let at = |role: &str| world.state("PL").desk_directory(role).display().to_string();
    let (leaves, takes) = (at("officer"), at("night officer"));
    let head = format!("session   REAL {short} with BY: ");
    let goes_on = format!("{head}offered, 0 unread for you, nobody of yours is on, as they see\n");
    let shown = printed(&["watch", "hand-over", "--as", &leaves]).await;
    assert!(shown.contains(&goes_on), "{shown}");
    let offered = object(&["watch", "hand-over", "--as", &leaves]).await;
    assert_eq!(offered["sessions"][0]["state"], "offered", "{offered}");
    let digest = offered["hand_over_digest"].as_str().unwrap();
    let to = ["watch", "hand-over", "--to", "Night officer of PL", "--digest", digest, "--as", &leaves];
    printed(&to).await;
    let waiting = printed(&["watch", "take-over", "--as", &takes]).await;
    assert!(waiting.contains(&goes_on), "{waiting}");
    let taken = printed(&["watch", "take-over", "--digest", digest, "--as", &takes]).await;
    let told = format!("{head}they see nobody of yours on; you by: detente hotline accept {short}\n");
    assert!(taken.contains(&told), "{taken}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_translation_stands_in_the_list_of_the_watch_with_its_session() {
    let world = watched().await;
    let opened = open(&world, "BY", &["PL"]).await;
    let thread = opened.thread.clone();
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let said = say(&world, "BY", &thread, "Do you see it?").await.message_digest;
    let desk = officer(&world, "BY");
    let asked = calls::TranslateTextRequest {
        command: command(&desk),
        text: said.clone(),
        language: "ru".into(),
        translation: "Вы его видите?".into(),
        opening: opening(&desk, &thread).await,
        ..Default::default()
    };
    let translated = hotlines(&desk).translate_text(asked).await.unwrap().into_inner().spoken.unwrap();
    assert!(translated.released, "{translated:?}");
    for message in [&said, &translated.message_digest] {
        arrived(&world, "PL", message).await;
    }
    let now = watches(&officer(&world, "PL")).now(calls::NowRequest::default()).await.unwrap().into_inner();
    // The opening, the text and its translation.
    assert_eq!((now.open, now.items[0].session_waiting), (1, 3), "{now:#?}");
    assert_eq!(now.items[0].digest, said);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_the_watch_alone_is_told_at_the_console_which_role_a_text_takes() {
    let world = watched().await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let desk = world.desk("PL", "watch");
    let mut console = Console::begin(&desk, 0).await;
    console.say(Said::Say(say_call(&desk, &thread, "We see it.").await)).await;
    let refused = |told: &calls::JoinResponse| match &told.what {
        Some(What::Answer(calls::JoinAnswer { how: Some(How::Refused(refused)), .. })) => {
            Some(refused.sentence.clone())
        }
        _ => None,
    };
    let sentence = console.told_of(refused).await;
    assert!(sentence.contains("it takes drafter"), "{sentence}");
}
