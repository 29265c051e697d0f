//! Labels of a regime in the reader's language, at real nodes: what is read is told in it as far as the regime
//! has it, and nothing that is signed, digested or the author's own text changes with it.

use bytes::Bytes;
use detente::cli::form;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::MessageDigest;
use detente::domain::formatted::{Field, Fields, Formatted, Stated};
use tonic::Status;

use crate::officer::{
    arrived, commands, draft, heading, messages, reason, regimes, release, violations, watches,
};
use crate::officer_program::{object, printed, refused, written};
use crate::talk::both_settled;
use crate::world::{Medium, World};

const NAME: &str = "ferries-2031";
/// Labels in some languages and not in others.
const FERRIES: &str = r#"
regime = "ferries-2031"
edition = 1
title.en = "Ferries of the border lake"
title.fr = "Bacs du lac frontalier"
source = "Invented."
nature = "voluntary"

[[figure]]
name = "troops"
label.en = "troops aboard"
label.fr = "effectifs à bord"
counts = [{ in = "land.figures", where = { what = ["troops"] }, value = "number" }]

[[threshold]]
name = "notice"
label.en = "notice"
label.fr = "notification"
for = ["notification"]
when = { figure = "troops", at_least = 2000 }
paragraph = "1"
checked = true

[[format]]
code = "F1"
title.en = "Closing of a pier"
title.fr = "Fermeture d'un quai"
paragraph = "2"
checked = true

    [[format.field]]
    name = "pier"
    type = "text"
    label.en = "Pier"
    label.fr = "Quai"
    label.ru = "Причал"

    [[format.field]]
    name = "cause"
    type = "choice"
    label.en = "Cause"
    label.ru = "Причина"
    choices = [{ word = "works", label.en = "building works", label.fr = "travaux" }]

    [[format.field]]
    name = "detour"
    type = "text"
    label.en = "Detour"

    [[format.field]]
    name = "remark"
    type = "text"
"#;

/// What the author wrote stays in its own language.
const OWN_WORDS: &str = "У старой мельницы";

async fn hold(world: &World, code: &str) {
    let desk = world.desk(code, "drafter");
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: FERRIES.into() };
    regimes(&desk).hold(asked).await.unwrap();
}

fn closing() -> Content {
    let field = |name: &str, stated| Field { name: name.into(), stated };
    Content::Formatted(Formatted {
        regime: NAME.into(),
        regime_digest: Some(MessageDigest(Digest::of(FERRIES.as_bytes()))),
        format: "F1".into(),
        fields: Fields(vec![
            field("pier", Stated::Text(OWN_WORDS.into())),
            field("cause", Stated::Choice("works".into())),
        ]),
        ..Formatted::default()
    })
}

fn in_russian(thread: u8) -> calls::Heading {
    calls::Heading {
        language: "ru".into(),
        regime: Some(evidence::RegimeCitation {
            name: NAME.into(),
            digest: Digest::of(FERRIES.as_bytes()).0.to_vec().into(),
            provision: "2".into(),
        }),
        ..heading(thread)
    }
}

async fn show_draft(world: &World, language: &str) -> Result<calls::ShowDraftResponse, Status> {
    let asked = calls::ShowDraftRequest { draft: vec![1; 16].into(), language: language.into() };
    messages(&world.desk("BY", "releaser")).show_draft(asked).await.map(tonic::Response::into_inner)
}

async fn read(world: &World, digest: &Bytes, language: &str) -> Result<calls::ReadResponse, Status> {
    let asked =
        calls::ReadRequest { digest: digest.clone(), language: language.into(), ..Default::default() };
    watches(&world.desk("PL", "watch")).read(asked).await.map(tonic::Response::into_inner)
}

async fn show_thread(world: &World, language: &str) -> Result<calls::ShowThreadResponse, Status> {
    let asked = calls::ShowThreadRequest {
        thread: vec![1; 16].into(),
        language: language.into(),
        ..Default::default()
    };
    messages(&world.desk("PL", "drafter")).show_thread(asked).await.map(tonic::Response::into_inner)
}

fn lines(check: Option<calls::RegimeCheck>) -> String {
    let lines = check.expect("it cites a regime").lines;
    lines.into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_node_tells_the_check_in_the_readers_language_and_every_digest_stays() {
    let world = World::new(&["BY", "PL"]).await;
    hold(&world, "BY").await;
    hold(&world, "PL").await;
    let drafted = draft(&world, "BY", 1, in_russian(1), &closing()).await.unwrap();

    let plain = show_draft(&world, "").await.unwrap();
    let french = show_draft(&world, "fr-CH").await.unwrap();
    // The message's language is Russian, and the format's title is not in it.
    assert!(lines(plain.check.clone()).contains("Format F1, Closing of a pier"));
    assert!(lines(french.check.clone()).contains("Format F1, Fermeture d'un quai"));
    assert_eq!((&plain.digest, &french.digest), (&drafted.digest, &drafted.digest));
    assert_eq!(calls::ShowDraftResponse { check: plain.check.clone(), ..french.clone() }, plain);
    for of_no_label in ["de", "ru", "en", "EN-gb"] {
        assert_eq!(show_draft(&world, of_no_label).await.unwrap(), plain, "{of_no_label}");
    }
    assert_eq!(show_draft(&world, "FR").await.unwrap(), french);

    // Whoever read it in French releases the same.
    let released = release(&world.desk("BY", "releaser"), 1, &french.digest, true).await.unwrap();
    let message = &released.message_digest;
    both_settled(&world, "BY", "PL").await;
    let before = commands(&world, "PL");
    let (plain, french) =
        (read(&world, message, "").await.unwrap(), read(&world, message, "fr").await.unwrap());
    assert!(lines(plain.check.clone()).contains("Closing of a pier"));
    assert!(lines(french.check.clone()).contains("Fermeture d'un quai"));
    assert_eq!(calls::ReadResponse { check: plain.check.clone(), ..french }, plain);
    let (plain, french) = (show_thread(&world, "").await.unwrap(), show_thread(&world, "fr").await.unwrap());
    assert!(lines(plain.messages[0].check.clone()).contains("Closing of a pier"));
    assert!(lines(french.messages[0].check.clone()).contains("Fermeture d'un quai"));
    assert_eq!(plain.messages[0].message, french.messages[0].message);

    let long = format!("fr{}", "-abcdefgh".repeat(4));
    for no_tag in ["fr_CA", "f", "fr-", "fr\u{202e}", "français", &long, &"f".repeat(100_000)] {
        for refused in [
            show_thread(&world, no_tag).await.unwrap_err(),
            read(&world, message, no_tag).await.unwrap_err(),
            // Refused before it is looked for.
            show_draft(&world, no_tag).await.unwrap_err(),
        ] {
            assert_eq!(reason(&refused), "FIELD", "{no_tag:.40}");
            assert_eq!(violations(&refused)[0].0, "language", "{no_tag:.40}");
        }
    }
    assert_eq!(commands(&world, "PL"), before, "reading puts nothing on record");
}

fn assert_labels(text: &str, labels: &[&str]) {
    for label in labels {
        assert!(text.contains(label), "{label:?} is not in\n{text}");
    }
}

#[tokio::test]
async fn the_program_shows_labels_in_the_readers_language_then_the_messages_then_english() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let (drafter, releaser, watch) = (at("BY", "drafter"), at("BY", "releaser"), at("PL", "watch"));
    let regime = written(folder.path(), "ferries.toml", FERRIES);
    hold(&world, "BY").await;
    hold(&world, "PL").await;
    let mut content = closing();
    let Content::Formatted(form) = &mut content else { panic!() };
    form.fields.0.push(Field { name: "detour".into(), stated: Stated::Text("нет".into()) });
    form.fields.0.push(Field { name: "remark".into(), stated: Stated::Text("да".into()) });
    let file = written(folder.path(), "closing.toml", &form::to_toml(&content));
    let drafted =
        object(&["regime", "draft", &file, "--as", &drafter, "--to", "PL", "--language", "ru"]).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());

    let french = ["Quai", "Причина", "Detour", "remark", "works (travaux)", OWN_WORDS];
    let russian = ["Причал", "Причина", "Detour", "remark", "works (building works)", OWN_WORDS];
    let noted = "labels of fields in fr";
    let review = printed(&["message", "show-draft", draft, "--as", &releaser, "--language", "fr"]).await;
    assert_labels(&review, &french);
    assert_labels(&review, &["Format F1, Fermeture d'un quai", noted, digest]);
    let review = printed(&["message", "show-draft", draft, "--as", &releaser]).await;
    assert_labels(&review, &russian);
    assert_labels(&review, &["Format F1, Closing of a pier", digest]);
    assert!(!review.contains("labels of fields"), "{review}");

    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"];
    let released = object(&release).await;
    let (message, thread) = (released["message"].as_str().unwrap(), released["thread"].as_str().unwrap());
    arrived(&world, "PL", &hex::decode(message).unwrap().into()).await;

    // The official form is one and the same for everybody, unless a reader asks for another.
    let ours = printed(&["message", "print", message, "--as", &drafter]).await;
    assert_eq!(ours, printed(&["message", "print", message, "--as", &watch]).await);
    assert_labels(&ours, &russian);
    let theirs = printed(&["message", "print", message, "--as", &watch, "--language", "fr"]).await;
    assert_labels(&theirs, &french);
    assert_labels(&theirs, &[noted, message]);
    let own = printed(&["message", "print", message, "--as", &watch, "--language", "RU"]).await;
    assert_eq!(own, ours, "its own language is no other");

    // Handed on it has its labels all the same, where the regime is held.
    let (handing_on, reviewing) = (at("PL", "drafter"), at("PL", "releaser"));
    let forwarded = object(&["message", "forward", message, "--to", "BY", "--as", &handing_on]).await;
    let copy = forwarded["draft"].as_str().unwrap();
    let shown = printed(&["message", "show-draft", copy, "--as", &reviewing]).await;
    assert_labels(&shown, &russian);
    assert!(!shown.contains("regime not held here"), "{shown}");

    for reading in [
        ["watch", "read", message, "--as", &watch],
        ["message", "show", thread, "--as", &watch],
        ["exercise", "show", thread, "--as", &watch],
    ] {
        assert_labels(&printed(&reading).await, &russian);
        let in_french: Vec<&str> = reading.into_iter().chain(["--language", "fr"]).collect();
        let text = printed(&in_french).await;
        assert_labels(&text, &french);
        assert_labels(&text, &["Format F1, Fermeture d'un quai", message]);
        let no_tag: Vec<&str> = reading.into_iter().chain(["--language", "fr_CA"]).collect();
        assert!(self::refused(&no_tag).await.contains("BCP 47"));
    }
    let (auditor, folder) = (at("BY", "auditor"), tempfile::tempdir().unwrap());
    let file = folder.path().join("by.journal").display().to_string();
    printed(&["audit", "export", "--as", &auditor, "--out", &file]).await;
    let replay = ["audit", "replay", "--thread", thread, "--as", &auditor];
    assert_labels(&printed(&replay).await, &russian);
    let in_french: Vec<&str> = replay.into_iter().chain(["--language", "fr"]).collect();
    let text = printed(&in_french).await;
    assert_labels(&text, &french);
    assert_labels(&text, &["Format F1, Fermeture d'un quai"]);
    // With no node no text but the built-in ones is at hand for fields; the check is by what the journal holds.
    let of_file = ["audit", "replay", "--thread", thread, "--file", &file, "--language", "fr"];
    assert_labels(&printed(&of_file).await, &["Format F1, Fermeture d'un quai"]);
    let rules = printed(&["regime", "show", &regime, "--language", "fr"]).await;
    assert_labels(&rules, &["Bacs du lac frontalier", "effectifs à bord", "Detour"]);
    for refused in [
        ["regime", "show", &regime, "--language", "français"].as_slice(),
        &["message", "print", message, "--as", &watch, "--language", "f"],
        &["message", "show-draft", draft, "--as", &releaser, "--language", "fr_CA"],
    ] {
        assert!(self::refused(refused).await.contains("BCP 47"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_notification_under_a_regime_is_shown_with_the_check_in_the_readers_language() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    hold(&world, "BY").await;
    let file = written(folder.path(), "notification.toml", form::example(Kind::Notification));
    let cited = format!("{NAME}:{}:1", Digest::of(FERRIES.as_bytes()));
    let drafter = at("BY", "drafter");
    let drafting = ["exercise", "draft", &file, "--as", &drafter, "--to", "PL", "--regime", &cited];
    let drafted = object(&drafting).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let releaser = at("BY", "releaser");
    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"];
    let released = object(&release).await;
    let thread = released["thread"].as_str().unwrap();
    let plain = printed(&["exercise", "show", thread, "--as", &drafter]).await;
    let french = printed(&["exercise", "show", thread, "--as", &drafter, "--language", "fr"]).await;
    assert_labels(&plain, &["Threshold, notice", "troops aboard"]);
    assert_labels(&french, &["Threshold, notification", "effectifs à bord"]);
    let reading = ["message", "show", thread, "--as", &drafter, "--language", "fr"];
    assert!(object(&reading).await["messages"][0]["check"].to_string().contains("effectifs à bord"));
}
