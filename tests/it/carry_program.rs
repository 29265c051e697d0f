//! Two officers whose line is cut, with the program: a diskette there and back, and a text by telephone.

use crate::carry_line::Line;
use crate::hotline_nodes::officers;
use crate::officer::arrived;
use crate::officer_program::{object, printed, refused, written};
use crate::print_pdf::{read_file_by, squeezed};
use crate::talk::both_settled;

/// A session with PL, as the program tells of it.
pub async fn opened(by: &str) -> serde_json::Value {
    let words = ["hotline", "open", "--to", "PL", "--subject", "Aircraft off course", "--language", "en"];
    object(&[&words[..], &["--precedence", "flash", "--as", by]].concat()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_whose_line_is_cut_use_a_diskette_and_the_telephone() {
    let mut world = officers(&["BY", "PL"]).await;
    let line = Line::between(&mut world, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let desk = |code: &str| world.state(code).desk_directory("officer").display().to_string();
    let (by, pl) = (desk("BY"), desk("PL"));
    let came = async |at: &str, spoken: &serde_json::Value| {
        let digest = hex::decode(spoken["message"].as_str().unwrap()).unwrap();
        arrived(&world, at, &digest.into()).await;
    };
    let opened = opened(&by).await;
    let thread = opened["thread"].as_str().unwrap();
    came("PL", &opened).await;
    came("BY", &object(&["hotline", "accept", thread, "--as", &pl]).await).await;
    both_settled(&world, "BY", "PL").await;
    line.cut();

    let text = "One of our aircraft has left its course: it does not answer.";
    let said = object(&["hotline", "say", thread, text, "--as", &by]).await;
    let digest = said["message"].as_str().unwrap();
    let words = printed(&["hotline", "words", &digest[..8], "--as", &by]).await.trim().to_owned();
    assert_eq!(words, printed(&["hotline", "words", digest]).await.trim());
    assert_eq!(words.split_whitespace().count(), 6);
    assert!(refused(&["hotline", "words", &digest[..8]]).await.contains("with --as"));

    let heard = |text: &'static str, words: String| {
        let (thread, pl) = (thread.to_owned(), pl.clone());
        async move {
            let who =
                ["--read-by", "Officer of BY", "--written-by", "Officer of PL", "--at", "2025-09-12T06:00Z"];
            let what = ["hotline", "heard", "--thread", &thread, "--from", "BY", "--text", text, "--as", &pl];
            object(&[&what[..], &who, &["--words", &words]].concat()).await
        }
    };
    let entered = heard("one of four aircraft has left its course, it does not answer", words.clone()).await;
    assert_eq!(entered["released"], true, "{entered}");
    let shown = printed(&["hotline", "show", thread, "--as", &pl]).await;
    assert!(shown.contains("said to be of BY") && shown.contains("no signed original"), "{shown}");
    assert!(shown.contains("four aircraft"), "{shown}");

    let (there, back) = (path("there"), path("there.receipts"));
    let made =
        object(&["hotline", "carry", "--to", "PL", "--out", &there, "--way", "by the bag", "--as", &by])
            .await;
    assert_eq!((&made["dispatches"], &made["left"]), (&1.into(), &0.into()), "{made}");
    let again = refused(&["hotline", "carry", "--to", "PL", "--out", &there, "--as", &by]).await;
    assert!(again.contains("is not overwritten"), "{again}");
    // What makes another file has no id to be given again under.
    let (more, id) = (path("more"), "0".repeat(32));
    let given = ["hotline", "carry", "--as", &by, "--command-id", &id, "--to", "PL", "--out", &more];
    assert!(refused(&given).await.contains("cannot be used with"));
    let home = refused(&["hotline", "carry", "--in", &there, "--as", &by]).await;
    assert!(home.contains("carry.header.to"), "{home}");
    let other = written(folder.path(), "other", "no carry file");
    let none = refused(&["hotline", "carry", "--in", &other, "--as", &pl]).await;
    assert!(none.contains("carry: it does not begin"), "{none}");

    let whole = std::fs::read(&there).unwrap();
    std::fs::write(path("short"), &whole[..whole.len() - 40]).unwrap();
    let short = refused(&["hotline", "carry", "--in", &path("short"), "--as", &pl]).await;
    assert!(short.contains("carry: cut short"), "{short}");

    let way = "diskette, from the courier";
    let taken = object(&["hotline", "carry", "--in", &there, "--way", way, "--as", &pl]).await;
    assert_eq!((&taken["put_on_record"], &taken["receipts"]), (&1.into(), &back.clone().into()), "{taken}");
    let taken =
        object(&["hotline", "carry", "--in", &there, "--receipts", &path("again"), "--as", &pl]).await;
    assert_eq!((&taken["put_on_record"], &taken["on_record_before"]), (&0.into(), &1.into()), "{taken}");
    // Once more in the same way: the receipts that stand there are the same, and stay.
    let receipts = std::fs::read(&back).unwrap();
    let taken = object(&["hotline", "carry", "--in", &there, "--as", &pl]).await;
    assert_eq!(
        (&taken["on_record_before"], &taken["receipts"]),
        (&1.into(), &back.clone().into()),
        "{taken}"
    );
    assert_eq!(taken["receipts_were_there"], true, "{taken}");
    assert_eq!(std::fs::read(&back).unwrap(), receipts);
    // Another file of whatever kind is not overwritten; of one that can be no receipts the node is not asked.
    for stands in [&other, &there] {
        let before = std::fs::read(stands).unwrap();
        let words = ["hotline", "carry", "--in", &there, "--receipts", stands, "--as", &pl];
        let why = refused(&words).await;
        assert!(why.contains("is not overwritten: name another file for them with --receipts FILE"), "{why}");
        assert_eq!(std::fs::read(stands).unwrap(), before);
    }
    // The one that was cut short, and the same whole one four times.
    let listed = printed(&["hotline", "carry", "--list", "--as", &pl]).await;
    assert_eq!(listed.matches("taken, said to be of BY by Officer of PL").count(), 5, "{listed}");
    assert_eq!(listed.matches(&format!("  way  {way}")).count(), 1, "{listed}");
    assert!(!listed.contains("NOT COMPARED"), "{listed}");
    assert_eq!(listed.matches("as its header says: nobody signed that").count(), 5, "{listed}");
    let listed = object(&["hotline", "carry", "--list", "--as", &by]).await;
    assert_eq!((&listed["made"], &listed["way"]), (&true.into(), &"by the bag".into()), "{listed}");
    // Where they can't be written it is said that they can be written elsewhere.
    let nowhere = path("absent/receipts");
    let why = refused(&["hotline", "carry", "--in", &there, "--receipts", &nowhere, "--as", &pl]).await;
    assert!(why.contains("what was taken stays on record"), "{why}");
    assert!(why.contains("another file for them with --receipts FILE") && why.contains(&nowhere), "{why}");
    let home = object(&["hotline", "carry", "--in", &back, "--as", &by]).await;
    assert_eq!(home["receipts_put_on_record"], 1, "{home}");
    let shown = object(&["hotline", "show", thread, "--as", &by]).await;
    assert_ne!(shown["lines"][2]["states"][0]["on_record"], serde_json::Value::Null, "{shown}");

    let shown = printed(&["hotline", "show", thread, "--as", &pl]).await;
    assert!(shown.contains("as heard: not the same") && !shown.contains("no signed original"), "{shown}");
    assert!(shown.contains("word 3: \"our\" was heard as \"four\""), "{shown}");
    heard("ONE OF OUR AIRCRAFT HAS LEFT ITS COURSE IT DOES NOT ANSWER", words).await;
    let shown = printed(&["hotline", "show", thread, "--as", &pl]).await;
    assert!(shown.contains("as heard: same"), "{shown}");

    line.restore();
    both_settled(&world, "BY", "PL").await;
    let transcript =
        async |desk: &str| printed(&["hotline", "transcript", thread, "--bytes", "--as", desk]).await;
    assert_eq!(transcript(&by).await, transcript(&pl).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_heard_by_telephone_is_held_against_the_original_that_the_line_brings_later() {
    let mut world = officers(&["BY", "PL"]).await;
    let line = Line::between(&mut world, &["BY", "PL"]).await;
    let desk = |code: &str| world.state(code).desk_directory("officer").display().to_string();
    let (by, pl) = (desk("BY"), desk("PL"));
    let opened = opened(&by).await;
    let thread = opened["thread"].as_str().unwrap();
    both_settled(&world, "BY", "PL").await;
    line.cut();
    let said = object(&["hotline", "say", thread, "Two persons are on board.", "--as", &by]).await;
    let words = printed(&["hotline", "words", said["message"].as_str().unwrap()]).await.trim().to_owned();
    let who = ["--read-by", "Officer of BY", "--written-by", "Officer of PL", "--at", "2025-09-12T06:00Z"];
    let what = ["hotline", "heard", "--thread", thread, "--from", "BY", "--text", "ten persons are on board"];
    let nobody: Vec<&str> = what.iter().map(|word| if *word == "BY" { "ZZ" } else { *word }).collect();
    let why = refused(&[&nobody[..], &who, &["--as", &pl]].concat()).await;
    assert!(why.contains("from: ZZ is not in the session"), "{why}");
    let later = [&who[..5], &["2999-01-01T06:00Z"]].concat();
    let why = refused(&[&what[..], &later[..], &["--as", &pl]].concat()).await;
    assert!(why.contains("at: has not come yet"), "{why}");
    let signed = ["hotline", "transcript", thread, "--bytes", "--as", &pl];
    let before = printed(&signed).await;
    object(&[&what[..], &who, &["--words", &words, "--as", &pl]].concat()).await;
    let shown = printed(&["hotline", "show", thread, "--as", &pl]).await;
    assert!(shown.contains("no signed original"), "{shown}");
    // So in the transcript, behind the digest of what is signed.
    let outside = squeezed("ten persons are on board");
    let transcript = printed(&["hotline", "transcript", thread, "--as", &pl]).await;
    let (_, behind) = transcript.split_once("Transcript ").unwrap();
    assert!(squeezed(behind).contains(&outside), "{transcript}");
    assert!(squeezed(behind).contains(&squeezed("outside of the signed order")), "{transcript}");
    let folder = tempfile::tempdir().unwrap();
    let paper = folder.path().join("transcript.pdf");
    object(&["hotline", "transcript", thread, "--pdf", &paper.display().to_string(), "--as", &pl]).await;
    assert!(squeezed(&read_file_by("-layout", &paper)).contains(&outside), "it is on paper too");
    assert_eq!(printed(&signed).await, before, "nothing of it is in the bytes that are signed");

    line.restore();
    both_settled(&world, "BY", "PL").await;
    let shown = printed(&["hotline", "show", thread, "--as", &pl]).await;
    assert!(shown.contains("as heard: not the same") && !shown.contains("no signed original"), "{shown}");
    assert!(shown.contains("word 1: \"Two\" was heard as \"ten\""), "{shown}");
    assert!(shown.contains("Two persons are on board."), "the original is what counts: {shown}");
    let transcript = printed(&["hotline", "transcript", thread, "--as", &pl]).await;
    assert_eq!(squeezed(&transcript).matches("asheard:notthesame").count(), 1, "{transcript}");
    assert!(!squeezed(&transcript).contains(&squeezed("outside of the signed order")), "{transcript}");
}
