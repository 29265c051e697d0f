//! A session as officers hold it with the program, on two nodes, and its transcript at 80 columns in both languages.

use std::path::Path;

use detente::domain::digest::Digest;
use unicode_width::UnicodeWidthStr as _;

use crate::hotline_nodes::officers;
use crate::officer::arrived;
use crate::officer_program::{object, printed, refused};
use crate::print_pdf::{read_file_by, squeezed};

const ARABIC: &str = "انحرفت إحدى طائراتنا عن مسارها.";

/// The PDF holds every line of the plain text, both languages beside each other, and the lines that both sign.
async fn printed_on_paper(folder: &Path, thread: &str, desk: &str) {
    let plain = printed(&["hotline", "transcript", thread, "--as", desk]).await;
    let signed = printed(&["hotline", "transcript", thread, "--bytes", "--as", desk]).await;
    let file = folder.join("transcript.pdf");
    let path = file.display().to_string();
    let words = ["hotline", "transcript", thread, "--pdf", &path, "--as", desk];
    let made = object(&words).await;
    assert_eq!(
        (&made["kind"], &made["characters_written_out"], made["digest"].as_str()),
        (&"pdf".into(), &0.into(), Some(Digest::of(signed.as_bytes()).to_string().as_str()))
    );
    let found = read_file_by("-layout", &file);
    let lines: Vec<String> = found.split(['\n', '\u{c}']).map(squeezed).collect();
    let is_turned = |line: &&str| line.contains(['\u{2066}', '\u{2067}']);
    for line in plain.lines().chain(signed.lines()).filter(|line| !is_turned(line)) {
        assert!(lines.contains(&squeezed(line)), "{line:?} is not in\n{found}");
    }
    let raw = read_file_by("-raw", &file);
    let turned: Vec<String> = raw.split_whitespace().map(squeezed).collect();
    for word in ARABIC.split([' ', '.']).filter(|word| !word.is_empty()) {
        assert!(turned.iter().any(|one| one.trim_matches('.') == word), "{word:?} is not in\n{raw}");
    }
    let pages = made["pages"].as_u64().unwrap();
    assert_eq!(found.matches(&format!("of {pages}")).count() as u64, pages);
    // What is there already is not written over.
    let why = refused(&words).await;
    assert!(why.contains("transcript.pdf"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_talk_translate_and_print_one_transcript_in_both_languages() {
    let world = officers(&["BY", "PL"]).await;
    let desk = |code: &str| world.state(code).desk_directory("officer").display().to_string();
    let (by, pl) = (desk("BY"), desk("PL"));
    let text = |spoken: &serde_json::Value| spoken["message"].as_str().unwrap().to_owned();
    let came = async |at: &str, spoken: &serde_json::Value| {
        let digest = hex::decode(spoken["message"].as_str().unwrap()).unwrap();
        arrived(&world, at, &digest.into()).await;
    };
    let none = printed(&["hotline", "list", "--as", &by]).await;
    assert_eq!(none.trim(), "no hotline session is on record");
    let words = ["hotline", "open", "--to", "PL", "--subject", "Aircraft off course", "--language", "en"];
    let more = ["--language", "ru", "--precedence", "flash", "--as", &by];
    let opened = object(&[&words[..], &more[..]].concat()).await;
    assert_eq!(opened["released"], true, "{opened}");
    let thread = opened["thread"].as_str().unwrap();
    came("PL", &opened).await;
    let accepted = object(&["hotline", "accept", thread, "--as", &pl]).await;
    came("BY", &accepted).await;

    let hostile = "One of our aircraft has left its course. \u{1b}[2J\u{202e}It does not answer.\nTwo persons are on board, and it is not armed.";
    // What could mislead a reader is not released at once: its writer sees why, and may mean it as it is.
    let drafted = object(&["hotline", "say", thread, hostile, "--as", &by]).await;
    assert_eq!((&drafted["released"], &drafted["faults"][0]["field"]), (&false.into(), &"text".into()));
    assert_eq!(drafted["may_release_as_is"], true, "one person is enough for FLASH");
    let (draft, shown) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let said = object(&["message", "release", draft, "--digest", shown, "--as-is", "--as", &by]).await;
    came("PL", &said).await;
    let digest = text(&said);
    let russian = "Один из наших самолётов отклонился от курса.\nНа борту два человека, он не вооружён.";
    let translated =
        object(&["hotline", "translate", &digest[..12], russian, "--language", "ru", "--as", &pl]).await;
    came("BY", &translated).await;
    let more = ["--language", "ar", "--as", &pl];
    let arabic = object(&[&["hotline", "translate", &digest[..12], ARABIC][..], &more[..]].concat()).await;
    came("BY", &arabic).await;
    object(&["hotline", "read", &digest[..12], "--as", &pl]).await;
    let answer = object(&["hotline", "say", thread, "We see it.", "--answers", &digest, "--as", &pl]).await;
    came("BY", &answer).await;

    for (at, desk) in [("BY", &by), ("PL", &pl)] {
        let shown = printed(&["hotline", "transcript", thread, "--as", desk]).await;
        for line in shown.lines() {
            assert!(line.width() <= 80, "{at}: {line}");
            // What a Party wrote stands behind a margin in each of its lines, and can't pass for a row of the page.
            assert!(!line.contains("Two persons") || line.starts_with("     | "), "{at}: {line}");
        }
        assert!(shown.contains("Two persons"), "{at}: {shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
        for words in ["\\u{1b}", "Один из наших", "original counts", "We see it.", "answers"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        // Side by side: the same line holds both.
        assert!(shown.lines().any(|line| line.contains("One of our") && line.contains("Один")), "{shown}");
    }
    let folder = tempfile::tempdir().unwrap();
    printed_on_paper(folder.path(), thread, &by).await;
    let bytes = |desk: &str| {
        let desk = desk.to_owned();
        async move { printed(&["hotline", "transcript", thread, "--bytes", "--as", &desk]).await }
    };
    assert_eq!(bytes(&by).await, bytes(&pl).await);
    let whole = object(&["hotline", "transcript", thread, "--as", &by]).await;
    assert_eq!(whole["lines"][2]["text"], hostile);
    assert_eq!(whole["lines"][2]["states"][0]["answered_by"], text(&answer));

    // Nobody signs over what nobody read without a word for it; and what is signed is told.
    let why = refused(&["hotline", "close", thread, "--as", &by]).await;
    assert!(
        why.contains("1 of 2 text(s) no officer of yours has read") && why.contains("--with-unread"),
        "{why}"
    );
    let closed = object(&["hotline", "close", thread, "--with-unread", "--as", &by]).await;
    assert_eq!(closed["signs"][0]["with"], "PL", "{closed}");
    assert_eq!(closed["signs"][0]["transcript"], whole["transcript_digest"], "{closed}");
    assert_eq!((&closed["texts"], &closed["unread"]), (&2.into(), &serde_json::json!([text(&answer)])));
    came("PL", &closed).await;
    came("BY", &object(&["hotline", "close", thread, "--as", &pl]).await).await;
    let shown = printed(&["hotline", "show", thread, "--as", &pl]).await;
    assert!(shown.contains("Both signed this transcript with BY"), "{shown}");
    let listed = printed(&["hotline", "list", "--as", &by]).await;
    assert!(listed.contains("closed") && listed.contains("Aircraft off course"), "{listed}");
    let why = refused(&["hotline", "show", &"00".repeat(16), "--as", &by]).await;
    assert!(why.contains("session"), "{why}");
}

#[tokio::test]
async fn an_argument_that_is_given_empty_is_refused_by_its_name_and_not_taken_for_one_that_is_left_out() {
    let thread = "00".repeat(16);
    let heard = ["hotline", "heard", "--thread", &thread, "--from", "BY", "--text", "Stop."];
    let by = ["--read-by", "A", "--written-by", "B", "--at", "2025-09-12T06:00Z", "--words", ""];
    for (argument, words) in [
        ("--command-id", &["hotline", "say", &thread, "Stop.", "--command-id", ""][..]),
        ("--with", &["hotline", "transcript", &thread, "--with", ""][..]),
        (
            "--translator",
            &["hotline", "translate", &thread, "Стой.", "--language", "ru", "--translator", ""][..],
        ),
        ("--words", &[&heard[..], &by[..]].concat()[..]),
        ("--check", &["hotline", "check", "BY", "--check", ""][..]),
    ] {
        let why = refused(&[words, &["--as", "desk"]].concat()).await;
        assert!(why.contains(&format!("'{argument} <")), "{argument}: {why}");
    }
}
