//! A text of a session that came by file, or was heard by telephone as well: marked so wherever its session is shown at
//! the end that knows it, and nowhere in what both ends sign.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::Kind;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::carry_line::Line;
use crate::carry_program::opened;
use crate::hotline_console::{CONTROL_C, ENTER, console};
use crate::hotline_nodes::officers;
use crate::officer::{draft, form, heading, release};
use crate::officer_program::{object, printed};
use crate::print_pdf::{read_file_by, squeezed};
use crate::talk::both_settled;

const MARK: &str = "came by file: Officer of PL";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_came_by_file_is_marked_in_every_form_of_its_session_and_in_nothing_that_both_ends_sign() {
    let mut world = officers(&["BY", "PL"]).await;
    let line = Line::between(&mut world, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let desk = |code: &str| world.state(code).desk_directory("officer").display().to_string();
    let (by, pl) = (desk("BY"), desk("PL"));
    let opened = opened(&by).await;
    let thread = opened["thread"].as_str().unwrap();
    both_settled(&world, "BY", "PL").await;
    object(&["hotline", "accept", thread, "--as", &pl]).await;
    both_settled(&world, "BY", "PL").await;
    line.cut();

    let mut seat = console(&world, "PL");
    block_in_place(|| {
        seat.until_it_says(">REAL  FLASH     open");
        seat.press(ENTER);
        seat.until_it_says("takes part; on: Officer of PL");
        seat.until_it_says("linked to the node");
    });
    let said = object(&["hotline", "say", thread, "Two persons are on board.", "--as", &by]).await;
    let digest = said["message"].as_str().unwrap();
    let there = path("there");
    object(&["hotline", "carry", "--to", "PL", "--out", &there, "--as", &by]).await;
    object(&["hotline", "carry", "--in", &there, "--as", &pl]).await;
    // It is told so from the first on.
    block_in_place(|| {
        seat.until_it_says("Two persons are on board.");
        seat.until_it_says(MARK);
        seat.press(CONTROL_C);
        seat.ended();
    });
    let taken = object(&["hotline", "carry", "--list", "--as", &pl]).await;

    // What stands beside a text has a mark of its own.
    let russian = ["hotline", "translate", &digest[..12], "На борту двое.", "--language", "ru", "--as", &by];
    object(&russian).await;
    let later = path("later");
    object(&["hotline", "carry", "--to", "PL", "--out", &later, "--as", &by]).await;
    object(&["hotline", "carry", "--in", &later, "--as", &pl]).await;
    // The same text was read out as well.
    let words = printed(&["hotline", "words", digest]).await.trim().to_owned();
    let heard =
        ["hotline", "heard", "--thread", thread, "--from", "BY", "--text", "two persons are on board"];
    let who = ["--read-by", "Officer of BY", "--written-by", "Officer of PL", "--at", "2025-09-12T06:00Z"];
    object(&[&heard[..], &who, &["--words", &words, "--as", &pl]].concat()).await;

    line.restore();
    both_settled(&world, "BY", "PL").await;
    let mut came = String::new();
    for form in ["show", "transcript"] {
        let whole = object(&["hotline", form, thread, "--as", &pl]).await;
        let text = &whole["lines"][2];
        came = text["came_by_file"].as_str().unwrap().to_owned();
        assert!(came.starts_with(MARK) && came.contains("took the carry file here at "), "{came}");
        assert!(came.ends_with(taken["recorded_at"].as_str().unwrap()), "{came}: {taken}");
        let beside = text["translations"][0]["came_by_file"].as_str().unwrap();
        assert!(beside.starts_with(MARK) && beside != came, "{beside}");
        assert_eq!(text["heard"][0]["read_by"], "Officer of BY", "{text}");
        assert_eq!(whole["lines"][0]["came_by_file"], Value::Null, "{whole}");
        assert!(!whole["transcript"].as_str().unwrap_or_default().contains("file"), "{whole}");

        let page = printed(&["hotline", form, thread, "--as", &pl]).await;
        assert_eq!(squeezed(&page).matches(&squeezed(&came)).count(), 1, "{page}");
        assert!(page.contains("as heard: same; read out by Officer of BY"), "{page}");
        // Whoever sent it knows no such thing.
        let page = printed(&["hotline", form, thread, "--as", &by]).await;
        assert!(!page.contains("came by file") && !page.contains("as heard"), "{page}");
    }
    let paper = path("transcript.pdf");
    object(&["hotline", "transcript", thread, "--pdf", &paper, "--as", &pl]).await;
    let found = read_file_by("-layout", &folder.path().join("transcript.pdf"));
    assert!(squeezed(&found).contains(&squeezed(&came)), "{found}");
    assert!(squeezed(&found).contains(&squeezed("as heard: same")), "{found}");
    let bytes = async |desk: &str| printed(&["hotline", "transcript", thread, "--bytes", "--as", desk]).await;
    assert_eq!(bytes(&by).await, bytes(&pl).await);

    // The watch is told as well: who and when where there is room, else that it did.
    let now = object(&["watch", "now", "--as", &pl]).await;
    let item = now["items"].as_array().unwrap().iter().find(|one| one["message"] == digest);
    assert_eq!(item.unwrap_or_else(|| panic!("{now}"))["came_by_file"], came, "{now}");
    for of in ["now", "hand-over"] {
        let page = printed(&["watch", of, "--as", &pl]).await;
        assert!(page.contains(" waiting: came by file: \"Air"), "{page}");
    }
    let follow = ["watch", "follow", "--once", "--as", &pl];
    let told = printed(&follow).await;
    assert_eq!(told.matches(&came).count(), 1, "{told}");
    let told = printed(&[&follow[..], &["--json"]].concat()).await;
    let notices: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_text = notices.iter().filter(|one| one["message"] == digest);
    assert_eq!(of_text.map(|one| &one["came_by_file"]).collect::<Vec<_>>(), [&came], "{told}");
    let opening = notices.iter().find(|one| one["message"] == opened["message"]);
    assert_eq!(opening.map(|one| &one["came_by_file"]), Some(&Value::Null), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_word_that_takes_a_text_back_and_a_close_that_came_by_file_say_so_where_they_are_told() {
    let mut world = officers(&["BY", "PL"]).await;
    let line = Line::between(&mut world, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("there").display().to_string();
    let desk = |code: &str| world.state(code).desk_directory("officer").display().to_string();
    let (by, pl) = (desk("BY"), desk("PL"));
    let opened = opened(&by).await;
    let thread = opened["thread"].as_str().unwrap();
    both_settled(&world, "BY", "PL").await;
    object(&["hotline", "accept", thread, "--as", &pl]).await;
    let said = object(&["hotline", "say", thread, "It is not armed.", "--as", &by]).await;
    both_settled(&world, "BY", "PL").await;
    line.cut();

    let digest = said["message"].as_str().unwrap();
    let withdraws = form(Kind::MessageWithdrawal, &format!("[withdraws]\nmessage_digest = \"{digest}\"\n"));
    let heading = calls::Heading { thread: hex::decode(thread).unwrap().into(), ..heading(9) };
    let drafted = draft(&world, "BY", 9, heading, &withdraws).await.unwrap();
    let word = release(&world.desk("BY", "officer"), 9, &drafted.digest, true).await.unwrap().number;
    object(&["hotline", "close", thread, "--as", &by]).await;
    object(&["hotline", "carry", "--to", "PL", "--out", &there, "--as", &by]).await;
    object(&["hotline", "carry", "--in", &there, "--as", &pl]).await;
    object(&["hotline", "close", thread, "--with-unread", "--as", &pl]).await;

    let whole = object(&["hotline", "show", thread, "--as", &pl]).await;
    let text = &whole["lines"][2];
    assert_eq!((&text["withdrawn_by"], &text["came_by_file"]), (&word.clone().into(), &Value::Null));
    let came = text["withdrawal_came_by_file"].as_str().unwrap();
    assert!(came.starts_with(MARK), "{whole}");
    assert_eq!(whole["closed"][0]["came_by_file"], came, "{whole}");
    for form in ["show", "transcript"] {
        let page = squeezed(&printed(&["hotline", form, thread, "--as", &pl]).await);
        assert!(page.contains(&squeezed(&format!("WITHDRAWN by {word} ({came})"))), "{page}");
        assert!(page.contains(&squeezed(&format!("The close of BY {came}"))), "{page}");
    }

    line.restore();
    both_settled(&world, "BY", "PL").await;
    let page = printed(&["hotline", "show", thread, "--as", &by]).await;
    assert!(page.contains("WITHDRAWN by") && !page.contains("came by file"), "{page}");
}
