//! Checks as officers and custodians use them with the program: a schedule that two custodians put in force, a check
//! made and answered from the page of the watch, one missed, one by telephone, and links tried.

use detente::domain::time::Instant;

use crate::officer::commands;
use crate::officer_program::{object, printed, refused, written};
use crate::world::{Medium, World};

const MINUTE_MS: i64 = 60_000;
const OVER_MS: i64 = 10 * MINUTE_MS + detente::limits::CHECK_GRACE_MS + 1;

/// Both nodes on a clock that the test sets, from about now on: the program itself goes by the machine's.
async fn nodes() -> (World, Instant) {
    let now = detente::clock::Clock::system().now();
    let world = World::since(Medium::Embedded, &["BY", "PL"], now).await;
    let due = Instant((now.0 / MINUTE_MS + 60) * MINUTE_MS);
    (world, due)
}

fn at(world: &World, code: &str, role: &str) -> String {
    world.state(code).desk_directory(role).display().to_string()
}

fn schedule(with: &str, due: Instant) -> String {
    let from = due.to_the_second();
    let check = |name: &str, line: &str| {
        format!(
            "[[link.check]]\nname = {name:?}\nline = {line:?}\nevery_minutes = 60\nfrom = {from:?}\nasks = [\"PL\"]\n"
        )
    };
    format!(
        "[[link]]\nwith = {with:?}\nwithin_minutes = 10\nofficer = \"watch\"\ntexts = [\"Nine stones.\"]\n{}{}",
        check("hourly", "link"),
        check("the chief's", "telephone")
    )
}

/// Proposed by one custodian, confirmed by the other.
async fn in_force(world: &World, code: &str, file: &str) {
    let (first, second) = (at(world, code, "custodian"), at(world, code, "second custodian"));
    let proposed = object(&["hotline", "schedule", file, "--as", &first]).await;
    let proposal = proposed["proposal"].as_str().unwrap();
    let listed = printed(&["proposal", "list", "--as", &second]).await;
    assert!(listed.contains("put a check schedule in force") && listed.contains("Nine stones."), "{listed}");
    let alone = refused(&["proposal", "confirm", proposal, "--as", &first]).await;
    assert!(alone.contains("a change needs two custodians"), "{alone}");
    printed(&["proposal", "confirm", proposal, "--as", &second]).await;
}

/// It fails, says all of these, and puts no command on record.
async fn wrong(world: &World, code: &str, words: &[&str], told: &[&str]) {
    let before = commands(world, code);
    let said = refused(words).await;
    for one in told {
        assert!(said.contains(one), "{one:?} is not in {said}");
    }
    assert_eq!(commands(world, code), before, "{words:?}");
}

async fn checks(desk: &str) -> serde_json::Value {
    object(&["hotline", "checks", "--as", desk]).await
}

/// What is on record of the newest check of a name.
fn last<'a>(listed: &'a serde_json::Value, check: &str) -> Vec<&'a str> {
    let all = listed["last"].as_array().unwrap();
    let newest = all.iter().find(|one| one["check"] == check).unwrap_or_else(|| panic!("{listed}"));
    newest["steps"].as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap()).collect()
}

async fn until(desk: &str, check: &str, word: &str) -> serde_json::Value {
    let since = std::time::Instant::now();
    loop {
        let listed = checks(desk).await;
        let is_it = |one: &serde_json::Value| {
            one["check"] == check && one["steps"].as_array().unwrap().iter().any(|step| step["what"] == word)
        };
        if listed["last"].as_array().unwrap().iter().any(is_it) {
            return listed;
        }
        assert!(since.elapsed() < crate::officer::PATIENCE, "never {word}: {listed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_takes_force_by_two_custodians_and_a_wrong_one_is_told_by_field_and_rule() {
    let (world, due) = nodes().await;
    let folder = tempfile::tempdir().unwrap();
    let (custodian, watch) = (at(&world, "PL", "custodian"), at(&world, "PL", "watch"));
    let shown = printed(&["hotline", "schedule", "--as", &watch]).await;
    assert!(shown.contains("no check schedule is in force"), "{shown}");
    let right = schedule("BY", due);
    let propose = async |text: &str, told: &[&str]| {
        let file = written(folder.path(), "wrong.toml", text);
        wrong(&world, "PL", &["hotline", "schedule", &file, "--as", &custodian], told).await;
    };
    propose(&right.replace("= 10", "= 0"), &["check_schedule.link.within_minutes", "one at least"]).await;
    propose(&right.replace("\"watch\"", "\"nobody\""), &["check_schedule.link.officer", "the roster"]).await;
    propose(&right.replace("\"PL\"", "\"LT\""), &["check_schedule.link.check.asks", "the code of"]).await;
    propose(&right.replace("Nine", "\\u001b[2J"), &["check_schedule.link.texts", "can be shown"]).await;
    propose(&right.replace("every_minutes", "every"), &["wrong.toml", "line"]).await;
    let file = written(folder.path(), "checks.toml", &right);
    wrong(&world, "PL", &["hotline", "schedule", &file, "--as", &watch], &["your roles"]).await;
    in_force(&world, "PL", &file).await;
    let shown = printed(&["hotline", "schedule", "--as", &watch]).await;
    assert!(shown.starts_with("# in force since ") && shown.contains("Nine stones."), "{shown}");
    let listed = printed(&["hotline", "checks", "--as", &watch]).await;
    let next = format!("next {due}, PL asks");
    assert!(
        listed.contains("the chief's by telephone: every 60 min from") && listed.contains(&next),
        "{listed}"
    );
    assert!(listed.contains("made and answered here by watch"), "{listed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_is_made_by_one_officer_and_answered_by_the_other_with_the_command_on_the_page_of_the_watch()
{
    let (world, due) = nodes().await;
    let folder = tempfile::tempdir().unwrap();
    for (code, with) in [("PL", "BY"), ("BY", "PL")] {
        in_force(&world, code, &written(folder.path(), code, &schedule(with, due))).await;
    }
    let (pl, by) = (at(&world, "PL", "watch"), at(&world, "BY", "watch"));
    wrong(&world, "PL", &["hotline", "check", "BY", "--as", &pl], &["check", "none waits"]).await;
    let nothing = printed(&["watch", "now", "--as", &pl]).await;
    assert!(nothing.ends_with("nothing waits for an officer\n"), "{nothing}");

    world.clock.set(due);
    let page = printed(&["watch", "now", "--as", &pl]).await;
    assert!(page.contains("CHECK to BY since ") && page.contains(": hourly\n"), "{page}");
    assert!(page.contains("next: make it by ") && page.contains(", in 10 min; then missed"), "{page}");
    assert!(page.contains("CHECK by telephone with BY since "), "{page}");
    assert!(page.contains("\n  telephone: Watch of BY, +00 000\n"), "{page}");
    assert!(page.ends_with("no message waits for an officer\n"), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    let listed = printed(&["hotline", "checks", "BY", "--as", &pl]).await;
    for check in ["hourly", "the chief's"] {
        let waits =
            format!("  {due}  {check}  PL's turn  DUE: nothing is on record of it yet, in time until ");
        assert!(listed.contains(&waits), "{listed}");
    }
    let auditor = at(&world, "PL", "auditor");
    wrong(&world, "PL", &["hotline", "check", "BY", "--as", &auditor], &["your roles"]).await;
    wrong(&world, "PL", &["hotline", "check", "LT", "--as", &pl], &["party", "says nothing of this Party"])
        .await;
    wrong(&world, "BY", &["hotline", "check", "PL", "--as", &by], &["check", "none waits"]).await;
    let made = object(&["hotline", "check", "BY", "--as", &pl]).await;
    assert_eq!((&made["is_answer"], &made["check"]), (&false.into(), &"hourly".into()));
    until(&by, "hourly", "MADE").await;
    let listed = printed(&["hotline", "checks", "PL", "--as", &by]).await;
    assert!(
        listed.contains("hourly  PL's turn  MADE ") && !listed.contains("hourly  PL's turn  DUE"),
        "{listed}"
    );

    // As the page names it.
    world.clock.set(due.plus_ms(2 * MINUTE_MS));
    let page = printed(&["watch", "now", "--as", &by]).await;
    assert!(page.contains("CHECK from PL since ") && page.contains(", in 8 min; then missed"), "{page}");
    let listed = object(&["watch", "now", "--as", &by]).await;
    let waits = listed["checks"].as_array().unwrap().iter().find(|one| one["act"] == "answer").unwrap();
    let until_ms = due.0 + 10 * MINUTE_MS;
    assert_eq!((&waits["since_ms"], &waits["until_ms"]), (&due.0.into(), &until_ms.into()), "{waits}");
    assert_eq!((&waits["missed"], &waits["officer"]), (&false.into(), &"watch".into()), "{waits}");
    let named = page.lines().find_map(|line| line.trim().strip_prefix("detente hotline check ")).unwrap();
    let words: Vec<&str> = ["hotline", "check"].into_iter().chain(named.split(' ')).collect();
    let answered = object(&[&words[..], &["--as", &by]].concat()).await;
    assert_eq!((&answered["is_answer"], &answered["check"]), (&true.into(), &"hourly".into()));
    for desk in [&pl, &by] {
        let listed = until(desk, "hourly", "ANSWERED").await;
        assert_eq!(last(&listed, "hourly"), ["MADE", "ANSWERED"]);
    }
    let again = [&words[..], &["--as", &by]].concat();
    wrong(&world, "BY", &again, &["check", "none waits"]).await;
    let page = printed(&["watch", "now", "--as", &by]).await;
    assert!(!page.contains("CHECK from PL"), "{page}");

    // The next one nobody makes.
    let next = due.plus_ms(60 * MINUTE_MS);
    world.clock.set(next);
    world.clock.set(next.plus_ms(OVER_MS));
    until(&pl, "hourly", "MISSED").await;
    until(&by, "hourly", "MISSED").await;
    let listed = printed(&["hotline", "checks", "BY", "--as", &pl]).await;
    assert!(listed.contains("hourly  PL's turn  MISSED: not sent by us"), "{listed}");
    let listed = printed(&["hotline", "checks", "PL", "--as", &by]).await;
    let nothing_came = "hourly  PL's turn  MISSED: link up, no check that counts came from there";
    assert!(listed.contains(nothing_came) && !listed.contains("nobody answered"), "{listed}");
    let followed = printed(&["watch", "follow", "--once", "--as", &pl]).await;
    assert!(followed.contains("ALARM: check hourly with BY, due "), "{followed}");
    wrong(&world, "PL", &["hotline", "checks", "LT", "--as", &pl], &["party", "no link with this Party"])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_by_telephone_is_recorded_by_hand_and_a_wrong_account_changes_nothing() {
    let (world, due) = nodes().await;
    let folder = tempfile::tempdir().unwrap();
    in_force(&world, "PL", &written(folder.path(), "PL", &schedule("BY", due))).await;
    world.clock.set(due.plus_ms(MINUTE_MS));
    let desk = at(&world, "PL", "watch");
    let (due_text, at_text) = (due.to_the_second(), due.plus_ms(MINUTE_MS).to_the_second());
    let other = due.plus_ms(MINUTE_MS).to_the_second();
    let record = |check: &'static str, due: &str, note: &str| -> Vec<String> {
        let words =
            ["hotline", "checked", "BY", "--check", check, "--due", due, "--at", &at_text, "--note", note];
        words.into_iter().chain(["--as", &desk]).map(str::to_owned).collect()
    };
    let refuse = async |words: Vec<String>, told: &[&str]| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        wrong(&world, "PL", &words, told).await;
    };
    refuse(record("the chief's", &other, ""), &["check", "is due with this Party at this instant"]).await;
    refuse(record("another", &due_text, ""), &["check", "is due with this Party at this instant"]).await;
    refuse(record("the chief's", &due_text, "\u{1b}[2J"), &["note", "control characters"]).await;
    refuse(record("the chief's", &due_text, &"x".repeat(600)), &["note", "512 bytes"]).await;
    refuse(record("hourly", &due_text, ""), &["field check", "by telephone or fax"]).await;
    // The page names the command.
    let page = printed(&["watch", "now", "--as", &desk]).await;
    let named = format!(
        "  detente hotline checked BY --due {due_text} --at TIME \\\n      --check 'the chief'\\''s'\n"
    );
    assert!(page.contains(&named), "{page}");
    let words = record("the chief's", &due_text, "Cpt. Ivanova");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = printed(&words).await;
    assert!(said.starts_with("on record: the check that was due "), "{said}");
    let listed = printed(&["hotline", "checks", "--as", &desk]).await;
    assert!(listed.contains("ANSWERED BY HAND") && listed.contains(": Cpt. Ivanova"), "{listed}");
    refuse(record("the chief's", &due_text, "once more"), &["field check", "recorded once"]).await;
    let page = printed(&["watch", "now", "--as", &desk]).await;
    assert!(!page.contains("by telephone"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_is_tried_at_once_and_one_that_is_down_is_told_with_since_when() {
    let mut world = World::on_real_time(Medium::Embedded, &["BY", "LT", "PL"]).await;
    let desk = at(&world, "PL", "watch");
    let tried = async || {
        let said = printed(&["hotline", "ping", "--all", "--json", "--as", &desk]).await;
        let all: Vec<serde_json::Value> =
            said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        all
    };
    let all = tried().await;
    let parties: Vec<&str> = all.iter().map(|one| one["party"].as_str().unwrap()).collect();
    assert_eq!(parties, ["BY", "LT"]);
    assert!(all.iter().all(|one| one["up"] == true && one["round_trip_ms"].is_u64()), "{all:?}");
    world.state_mut("BY").stop().await;
    let all = tried().await;
    assert_eq!((&all[0]["up"], &all[1]["up"]), (&false.into(), &true.into()), "{all:?}");
    assert!(all[0]["fault"].as_str().is_some_and(|why| !why.is_empty()), "{all:?}");
    let said = printed(&["hotline", "ping", "BY", "--as", &desk]).await;
    assert!(said.starts_with("BY  DOWN, last heard ") && said.lines().count() == 1, "{said}");
    wrong(&world, "PL", &["hotline", "ping", "SE", "--as", &desk], &["parties", "has a link with"]).await;
    for usage in [&["hotline", "ping", "--as", &desk][..], &["hotline", "ping", "BY", "--all", "--as", &desk]]
    {
        assert!(refused(usage).await.contains("PARTIES"), "{usage:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_was_made_on_a_link_that_is_down_is_listed_as_made_and_not_receipted() {
    let (mut world, due) = nodes().await;
    let folder = tempfile::tempdir().unwrap();
    in_force(&world, "PL", &written(folder.path(), "PL", &schedule("BY", due))).await;
    world.state_mut("BY").stop().await;
    world.clock.set(due);
    let desk = at(&world, "PL", "watch");
    printed(&["hotline", "check", "BY", "--as", &desk]).await;
    let listed = printed(&["hotline", "checks", "BY", "--as", &desk]).await;
    assert!(listed.contains("hourly  PL's turn  DUE: made here, not receipted, in time until "), "{listed}");
    let other = "the chief's  PL's turn  DUE: nothing is on record of it yet, in time until ";
    assert!(listed.contains(other), "{listed}");
}
