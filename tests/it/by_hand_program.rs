//! A Party without a node and a transcription, as officers type it: from two custodians to the printed form.

use detente::cli::form;
use detente::domain::content::Kind;
use detente::domain::time::Instant;
use serde_json::Value;

use crate::officer_program::{object, printed, refused, written};
use crate::world::{Medium, World};

/// Proposed by one custodian, confirmed by the other.
async fn agreed(world: &World, words: &[&str]) {
    let at = |role: &str| world.state("BY").desk_directory(role).display().to_string();
    let (first, second) = (at("custodian"), at("second custodian"));
    let proposed = object(&[words, &["--as", &first]].concat()).await;
    let proposal = proposed["proposal"].as_str().unwrap();
    let listed = printed(&["proposal", "list", "--as", &second]).await;
    assert!(listed.contains(proposal) && listed.contains("SM"), "{listed}");
    object(&["proposal", "confirm", proposal, "--as", &second]).await;
}

fn text<'v>(object: &'v Value, field: &str) -> &'v str {
    object[field].as_str().unwrap_or_else(|| panic!("{field}: {object}"))
}

#[tokio::test]
async fn a_message_is_handed_over_and_put_on_record_and_a_note_that_came_is_transcribed() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |role: &str| world.state("BY").desk_directory(role).display().to_string();
    let (drafter, releaser, watch) = (at("drafter"), at("releaser"), at("watch"));
    let name = ["--name", "San Marino", "--contact", "Embassy, +00 000"];
    agreed(&world, &[&["party", "add-without-node", "SM"], &name[..]].concat()).await;
    let parties = printed(&["party", "list", "--as", &watch]).await;
    assert!(
        parties.contains("SM  San Marino\n  runs no node; 0 message(s) to be delivered by hand"),
        "{parties}"
    );

    let notice = written(folder.path(), "notification.toml", form::example(Kind::Notification));
    let draft = ["exercise", "draft", &notice, "--to", "PL", "--info", "SM", "--as", &drafter];
    let drafted = object(&draft).await;
    let (draft, digest) = (text(&drafted, "draft"), text(&drafted, "digest"));
    let shown = printed(&["message", "show-draft", draft, "--as", &releaser]).await;
    assert!(shown.contains("SM: it has no node"), "{shown}");
    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser];
    let told = printed(&release).await;
    assert!(told.contains("by hand  SM: it has no node"), "{told}");
    let open = object(&["by-hand", "list", "--as", &watch]).await;
    assert_eq!((text(&open, "party"), text(&open, "name")), ("SM", "San Marino"));
    let message = text(&open, "message").to_owned();
    let thread = text(&open, "thread").to_owned();

    let scan = written(folder.path(), "note.pdf", "%PDF the note, scanned");
    // A minute of the wall in Minsk, the present one.
    let now = jiff::Timestamp::from_millisecond(world.clock.now().0).unwrap();
    let handed_at = now.in_tz("Europe/Minsk").unwrap().strftime("%Y-%m-%dT%H:%M Europe/Minsk").to_string();
    let record = [
        "by-hand",
        "record",
        &message[..12],
        "--to-party",
        "SM",
        "--means",
        "note verbale",
        "--at",
        &handed_at,
        "--by",
        "I. Ivanova",
        "--handed-to",
        "the duty officer",
        "--note-number",
        "12/25",
        "--scan",
        &scan,
        "--as",
        &watch,
    ];
    let account = object(&record).await;
    let account = text(&account, "account");
    assert_eq!(printed(&["by-hand", "list", "--as", &watch]).await, "nothing has to be delivered by hand\n");
    let history = printed(&["exercise", "show", &thread, "--as", &watch]).await;
    let minute = Instant(now.as_millisecond().div_euclid(60_000) * 60_000).date_time_group();
    for expected in [
        format!("BY HAND, by our own account, {minute} (Europe/Minsk)").as_str(),
        "note verbale",
        "12/25",
        "I. Ivanova",
        "the duty officer",
        account,
    ] {
        assert!(history.contains(expected), "{expected}\n\n{history}");
    }
    let json = object(&["message", "show", &thread, "--as", &watch]).await;
    let one = &json["messages"][0]["by_hand"][0];
    assert_eq!((text(one, "party"), text(&one["accounts"][0], "account")), ("SM", account));
    let part = text(&one["accounts"][0]["handed_over"], "scan").to_owned();
    let out = folder.path().join("scan").display().to_string();
    printed(&["part", "read", &part, "--out", &out, "--as", &watch]).await;
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "%PDF the note, scanned");

    let reason = ["--reason", "it was another note", "--as", &releaser];
    let take_back = ["by-hand", "take-back", account, &message, "--to-party", "SM"];
    printed(&[&take_back[..], &reason].concat()).await;
    let history = printed(&["exercise", "show", &thread, "--as", &watch]).await;
    assert!(history.contains("CORRECTED") && history.contains("it was another note"), "{history}");
    assert_eq!(text(&object(&["by-hand", "list", "--as", &watch]).await, "message"), message);
    let why = refused(&[
        "by-hand",
        "take-back",
        account,
        &message,
        "--to-party",
        "PL",
        "--reason",
        "x",
        "--as",
        &watch,
    ])
    .await;
    assert!(why.contains("corrects"), "{why}");
    let first = at("custodian");
    let why = refused(&["party", "take-back", "SM", "--as", &first]).await;
    assert!(why.contains("it stays known"), "{why}");

    // What came: for our own record alone.
    let came = written(folder.path(), "came.toml", form::example(Kind::Transcription));
    let why = refused(&["exercise", "draft", &came, "--as", &drafter]).await;
    assert!(why.contains("detente transcription draft"), "{why}");
    let draft =
        ["transcription", "draft", &came, "--attach", &scan, "--subject", "What came", "--as", &drafter];
    let drafted = object(&draft).await;
    assert_eq!(drafted["faults"], Value::Array(Vec::new()));
    let (draft, digest) = (text(&drafted, "draft"), text(&drafted, "digest"));
    let mark = "NL (\"Norland\"), TRANSCRIBED BY BY, ORIGIN NOT PROVEN";
    let shown = printed(&["message", "show-draft", draft, "--as", &releaser]).await;
    let as_one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(as_one_line.contains(&format!("FROM {mark}")), "{shown}");
    let toml = printed(&["message", "show-draft", draft, "--toml", "--as", &releaser]).await;
    let again = written(folder.path(), "again.toml", &toml);
    object(&["message", "revise", draft, "--form", &again, "--as", &drafter]).await;
    let released = object(&["message", "release", draft, "--digest", digest, "--as", &releaser]).await;
    let thread = text(&released, "thread");
    let history = printed(&["message", "show", thread, "--as", &watch]).await;
    assert!(history.contains(&format!("FROM {mark}")) && history.contains("Said to be"), "{history}");
    let json = object(&["message", "show", thread, "--as", &watch]).await;
    assert_eq!(text(&json["messages"][0], "transcribed"), format!("FROM {mark}"));
    let print = printed(&["message", "print", text(&released, "message"), "--as", &watch]).await;
    assert!(
        print.split_whitespace().collect::<Vec<_>>().join(" ").contains(&format!("FROM {mark}")),
        "{print}"
    );
    let template = printed(&["transcription", "template"]).await;
    assert!(template.contains("#[form.notification]"), "{template}");
}
