//! The program as officers use it, on forms in files: what it prints, and what it refuses.

use std::path::Path;
use std::process::{Command, Output};

use detente::cli::form;
use detente::domain::content::Kind;
use detente::domain::people::Role;
use serde_json::Value;

use crate::officer::{PATIENCE, arrived};
use crate::world::{Medium, World};

async fn detente(words: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_detente"));
    program.args(words);
    let running = tokio::task::spawn_blocking(move || program.output());
    tokio::time::timeout(PATIENCE, running).await.expect("it ends").unwrap().unwrap()
}

/// What it printed, where it must succeed.
pub async fn printed(words: &[&str]) -> String {
    let output = detente(words).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The last object it printed.
pub async fn object(words: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().copied().chain(["--json"]).collect();
    serde_json::from_str(printed(&words).await.lines().last().expect("a line")).unwrap()
}

pub async fn refused(words: &[&str]) -> String {
    let output = detente(words).await;
    assert!(!output.status.success(), "{words:?}");
    String::from_utf8(output.stderr).unwrap()
}

pub fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[tokio::test]
async fn a_notice_is_drafted_released_read_acknowledged_amended_and_shown() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let (drafter, releaser, watch) = (at("BY", "drafter"), at("BY", "releaser"), at("PL", "watch"));

    // A name that would clear the screen and turn the line about, if a terminal got it.
    let named = form::example(Kind::Notification).replace("Autumn Harvest 2031", "Autumn\\u001b[2J\\u202e");
    let file = written(folder.path(), "notice.toml", &named);
    let drafted = object(&["exercise", "draft", &file, "--as", &drafter, "--to", "PL"]).await;
    assert_eq!(drafted["faults"][0]["field"], "heading.subject", "{drafted}");
    let draft = drafted["draft"].as_str().unwrap();
    let digest = drafted["digest"].as_str().unwrap();

    let shown = printed(&["message", "show-draft", &draft[..8], "--as", &releaser]).await;
    assert!(shown.contains("Autumn\\u{1b}[2J\\u{202e}") && shown.contains(digest), "{shown}");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'));

    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser];
    let why = refused(&release).await;
    assert!(why.contains("heading.subject: ") && why.contains("designation: "), "{why}");
    let part: Vec<&str> =
        release.iter().map(|word| if *word == digest { &digest[..16] } else { word }).collect();
    assert!(refused(&part).await.contains("64 hexadecimal digits"));
    let as_is: Vec<&str> = release.iter().copied().chain(["--as-is"]).collect();
    let released = object(&as_is).await;
    let (message, thread) = (released["message"].as_str().unwrap(), released["thread"].as_str().unwrap());
    arrived(&world, "PL", &hex::decode(message).unwrap().into()).await;

    let notice = object(&["watch", "follow", "--as", &watch, "--once"]).await;
    assert_eq!((&notice["message"], &notice["acknowledged"]), (&released["message"], &false.into()));
    let read = printed(&["watch", "read", &message[..10], "--as", &watch]).await;
    assert!(read.contains(message) && !read.contains('\u{1b}'), "{read}");
    let acknowledged = object(&["watch", "acknowledge", &message[..10], "--as", &watch]).await;
    let acknowledgement = acknowledged["acknowledgement"].as_str().unwrap();
    arrived(&world, "BY", &hex::decode(acknowledgement).unwrap().into()).await;

    let example = form::example(Kind::Amendment);
    let (before, after) = example.split_once("message_digest = \"").unwrap();
    let amendment = format!("{before}message_digest = \"{message}{}", &after[64..]);
    let file = written(folder.path(), "change.toml", &amendment);
    let amend = ["exercise", "draft", &file, "--as", &drafter, "--to", "PL"];
    let drafted = object(&amend).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    object(&["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"]).await;

    let shown = object(&["exercise", "show", &thread[..8], "--as", &drafter]).await;
    let account = &shown["picture"]["accounts"][0];
    assert_eq!(account["notice"]["earlier"][0], message);
    let changes = account["notice"]["differences"][0]["changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["field"] == "designation").unwrap();
    assert_eq!((&change["old_by"], &change["new_by"]), (&"BY".into(), &"BY".into()));
    assert!(change["old_released_at_ms"].as_i64() < change["new_released_at_ms"].as_i64(), "{change}");
    assert_eq!(shown["messages"][0]["delivered"][0]["outcome"], "taken");
    assert_eq!(shown["messages"][0]["acknowledged"][0]["officer"]["name"], "watch of PL");
    let text = printed(&["exercise", "show", thread, "--as", &drafter]).await;
    assert!(text.contains("Acknowledged by PL") && !text.contains('\u{1b}'), "{text}");
    let line = text.lines().rfind(|line| line.trim_start().starts_with("designation")).unwrap();
    assert_eq!(line.matches("(BY, ").count(), 2, "each side of a change says who and when: {line}");
    let then = ["exercise", "show", thread, "--as", &drafter, "--as-of", "2000-01-01T00:00:00Z"];
    assert!(printed(&then).await.contains("nothing of it was on record"));
}

#[tokio::test]
async fn two_custodians_let_one_person_draft_and_release_flash_by_command() {
    let mut world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let both = [Role::Drafter, Role::Releaser];
    world.state_mut("BY").take_person("both", "Both of BY", &both).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |role: &str| world.state("BY").desk_directory(role).display().to_string();
    let rule = ["proposal", "release-rule", "--one-person", "flash,immediate", "--as"];
    let proposed = object(&[&rule[..], &[&at("custodian")]].concat()).await;
    let proposal = proposed["proposal"].as_str().unwrap();
    let listed = printed(&["proposal", "list", "--as", &at("custodian")]).await;
    assert!(listed.to_lowercase().contains("flash"), "{listed}");
    printed(&["proposal", "confirm", proposal, "--as", &at("second custodian")]).await;
    let file = written(folder.path(), "notice.toml", form::example(Kind::Notification));
    let both = at("both");
    let draft = ["exercise", "draft", &file, "--as", &both, "--to", "PL", "--precedence", "flash"];
    let drafted = object(&draft).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    object(&["message", "release", draft, "--digest", digest, "--as", &both, "--as-is"]).await;
}

#[tokio::test]
async fn a_file_is_attached_read_at_the_other_end_proven_from_a_bundle_and_erased() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (drafter, releaser, watch) = (at("BY", "drafter"), at("BY", "releaser"), at("PL", "watch"));
    let form = written(folder.path(), "notification.toml", form::example(Kind::Notification));
    let map = written(folder.path(), "map.pdf", "a map");
    let names = written(folder.path(), "observers.txt", "Anna, passport 1");

    let id = "00112233445566778899aabbccddeeff";
    let draft = ["exercise", "draft", &form, "--as", &drafter, "--to", "PL", "--command-id", id];
    let draft: Vec<&str> =
        draft.iter().copied().chain(["--attach", &map, "--attach-personal", &names]).collect();
    let drafted = object(&draft).await;
    assert_eq!(object(&draft).await, drafted, "the same command again is the same draft");
    assert_eq!(drafted["faults"].as_array().unwrap().len(), 0, "{drafted}");
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let shown = object(&["message", "show-draft", draft, "--as", &releaser]).await;
    assert_eq!(
        (&shown["parts"][0]["name"], &shown["parts"][0]["personal"]),
        (&"map.pdf".into(), &false.into())
    );
    assert_eq!(shown["parts"][1]["personal"], true);
    assert_eq!(shown["parts_held"][1]["state"], "kept here");
    let part = shown["parts"][1]["part"].as_str().unwrap();
    let released =
        object(&["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"]).await;
    let (message, thread) = (released["message"].as_str().unwrap(), released["thread"].as_str().unwrap());
    arrived(&world, "PL", &hex::decode(message).unwrap().into()).await;
    let named = detente::domain::digest::Digest::from_hex(part).unwrap();
    crate::talk::until(world.node("PL"), "the part is kept", |board| board.part(&named).is_some()).await;

    printed(&["part", "read", &part[..8], "--out", &path("got"), "--as", &watch]).await;
    assert_eq!(std::fs::read(path("got")).unwrap(), b"Anna, passport 1");
    assert!(
        refused(&["part", "read", part, "--out", &path("got"), "--as", &watch]).await.contains("already")
    );
    printed(&["part", "read", part, "--with-salt", "--out", &path("salted"), "--as", &watch]).await;
    let auditor = at("PL", "auditor");
    printed(&["audit", "export", "--as", &auditor, "--out", &path("bundle"), "--thread", thread]).await;
    let fingerprint = |party: &str| format!("{party}={}", world.node(party).settings.fingerprint);
    let (by, pl) = (fingerprint("BY"), fingerprint("PL"));
    let verify = ["verify", &path("bundle"), "--trust", &by, "--trust", &pl, "--part"];
    let proven = printed(&[&verify[..], &[&path("salted")]].concat()).await;
    assert!(proven.contains("names as \"observers.txt\""), "{proven}");
    assert!(refused(&[&verify[..], &[&path("got")]].concat()).await.contains("is false"));

    let erase = ["part", "erase", part, "--reason", "done with", "--as", &at("PL", "custodian")];
    let erased = object(&erase).await;
    assert_eq!(erased["part"], part);
    assert!(
        refused(&["part", "read", part, "--out", &path("late"), "--as", &watch]).await.contains("erased")
    );
    assert_eq!(
        object(&["watch", "read", message, "--as", &watch]).await["parts_held"][1]["state"],
        "erased here"
    );
    printed(&["part", "read", part, "--out", &path("theirs"), "--as", &drafter]).await;
}

#[tokio::test]
async fn templates_are_printed_and_a_form_that_can_not_be_read_is_refused_by_its_place() {
    let empty = printed(&["exercise", "template", "notification"]).await;
    assert!(empty.contains("designation"));
    assert!(printed(&["exercise", "template", "--help"]).await.contains("exercise.notification, filled in"));
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "notification.toml", "designation = \"A\"\nnumber_of_ships = 1\n");
    let why = refused(&["exercise", "draft", &file, "--as", "/nowhere", "--to", "PL"]).await;
    assert!(why.contains("line 2"), "{why}");
    let file = written(folder.path(), "form.toml", "designation = \"A\"\n");
    let why = refused(&["exercise", "draft", &file, "--as", "/nowhere", "--to", "PL"]).await;
    assert!(why.contains("--kind"), "{why}");
    let file = written(folder.path(), "calendar.toml", "year = 99999999999999999999999\n");
    let why = refused(&["exercise", "draft", &file, "--as", "/nowhere", "--to", "PL"]).await;
    let told = "year: expected a whole number from 0 to 999999999999, not the number 99999999999999999999999";
    assert!(why.contains(told) && !why.contains("i128"), "{why}");
    let file = written(folder.path(), "statement.toml", " \n");
    let why = refused(&["exercise", "draft", &file, "--as", "/nowhere", "--to", "PL"]).await;
    assert!(why.contains("the file is empty"), "{why}");
    let file = folder.path().join("invitation.toml");
    std::fs::write(&file, b"# one\ntext = \"\xff\"\n").unwrap();
    let file = file.display().to_string();
    let why = refused(&["exercise", "draft", &file, "--as", "/nowhere", "--to", "PL"]).await;
    assert!(why.contains("line 2: not a text (UTF-8)"), "{why}");
    // Whose noun or command is for a single kind need not say which.
    let file = written(folder.path(), "it.toml", "nothing = 1\n");
    for words in [["transcription", "draft"], ["message", "translate"]] {
        let why = refused(&[words[0], words[1], &file, "--as", "/nowhere", "--to", "PL"]).await;
        assert!(why.contains("there is no field nothing here"), "{why}");
    }
}
