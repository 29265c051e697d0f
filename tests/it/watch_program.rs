//! The program as officers of the watch use it: the page for one look, the plan, and the watch handed over. Drills
//! are marked wherever a message is listed or shown.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::Kind;
use detente::domain::people::Role;

use crate::officer::{arrived, draft, filled, heading, send};
use crate::officer_program::{object, printed, refused, written};
use crate::world::{Medium, World};

fn desk(world: &World, role: &str) -> String {
    world.state("PL").desk_directory(role).display().to_string()
}

/// From BY to PL, as a drill.
async fn drill(world: &World, number: u8, subject: &str) -> Bytes {
    let drill = evidence::Traffic::Drill as i32;
    let heading = calls::Heading { traffic: drill, subject: subject.into(), ..heading(number) };
    let sent = send(world, "BY", number, heading, &filled(Kind::Notification)).await;
    arrived(world, "PL", &sent.message_digest).await;
    sent.message_digest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_who_is_woken_sees_one_page_and_hands_the_watch_over() {
    let mut world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    world.state_mut("PL").take_person("night officer", "night officer", &[Role::Watch]).await;
    let folder = tempfile::tempdir().unwrap();
    let (watch, night) = (desk(&world, "watch"), desk(&world, "night officer"));
    let (first, second) = (desk(&world, "custodian"), desk(&world, "second custodian"));

    let nothing = printed(&["watch", "now", "--as", &watch]).await;
    assert!(nothing.ends_with("nothing waits for an officer\n"), "{nothing}");
    assert!(nothing.lines().next().unwrap().ends_with("NO WATCH PLAN: nobody alerted"), "{nothing}");
    assert!(printed(&["watch", "plan", "--as", &watch]).await.contains("no watch plan is in force"));
    let template = printed(&["watch", "plan", "--template"]).await;
    let wrong = written(folder.path(), "wrong.toml", &template.replace("alert", "alarm"));
    assert!(refused(&["watch", "plan", &wrong, "--as", &first]).await.contains("line"));
    let file = written(folder.path(), "plan.toml", &template.replace("\"flash\"", "\"routine\""));
    let proposed = object(&["watch", "plan", &file, "--as", &first]).await;
    let proposal = proposed["proposal"].as_str().unwrap();
    printed(&["proposal", "confirm", proposal, "--as", &second]).await;
    let shown = printed(&["watch", "plan", "--as", &watch]).await;
    assert!(shown.starts_with("# in force since ") && shown.contains("precedence = \"routine\""), "{shown}");

    // The subject would clear the screen and turn the line.
    let digest = hex::encode(drill(&world, 1, "Drill \u{1b}[2J \u{202e} 大演習").await);
    for number in 2..9 {
        drill(&world, number, "one more").await;
    }
    let page = printed(&["watch", "now", "--as", &watch]).await;
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines.len() < 24 && lines.iter().all(|line| line.chars().count() <= 80), "{page}");
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'), "{page}");
    assert!(lines[0].starts_with("PL: 8 OPEN, 0 ESCALATED  "), "{page}");
    assert!(lines[2..22].iter().all(|line| line.starts_with("DRILL ")), "{page}");
    assert!(page.contains("Drill \\u{1b}[2J \\u{202e} 大演習"), "{page}");
    assert!(page.contains("telephone: Watch of BY, +00 000"), "{page}");
    assert_eq!(lines.last(), Some(&"and 3 more: detente watch now --from 6"));
    let rest = printed(&["watch", "now", "--from", "6", "--as", &watch]).await;
    assert_eq!(rest.lines().filter(|line| line.starts_with("DRILL next: ")).count(), 3, "{rest}");
    assert!(rest.ends_with("\n5 before: detente watch now\n"), "{rest}");
    let listed = object(&["watch", "now", "--as", &watch]).await;
    assert_eq!((listed["open"].as_u64(), listed["items"].as_array().map(Vec::len)), (Some(8), Some(8)));
    assert_eq!(listed["items"][0]["traffic"], "drill");

    let to_hand_over = printed(&["watch", "hand-over", "--as", &watch]).await;
    let named = to_hand_over.lines().find_map(|line| line.strip_prefix("digest    ")).unwrap().to_owned();
    assert!(
        to_hand_over.contains("\nnames     8 messages that wait, and 0 duties of your Party\n"),
        "{to_hand_over}"
    );
    let offer = ["watch", "hand-over", "--to", "night officer", "--digest", &named, "--as", &watch];
    assert!(printed(&offer).await.starts_with("offered   to night officer, with 8 messages that wait"));
    // What came in since is told before the second word, and with it.
    let between = hex::encode(drill(&world, 10, "In between").await);
    let shown = printed(&["watch", "take-over", "--as", &night]).await;
    assert!(shown.starts_with("offered   by watch of PL to night officer at "), "{shown}");
    assert!(shown.contains("\nnames     8 messages that waited, and 0 duties of your Party\n"), "{shown}");
    assert!(shown.contains("\nsince     1 came in and wait, 0 duties opened\n"), "{shown}");
    assert!(shown.contains(&format!("\nDRILL {}  ROUTINE from BY since ", &between[..8])), "{shown}");
    assert!(shown.contains("In between") && shown.contains(&named), "{shown}");
    let listed = object(&["watch", "take-over", "--as", &night]).await;
    assert_eq!(listed["since_offered"]["items"][0]["message"], between);
    assert_eq!(listed["offered"]["to"], "night officer", "nothing is taken over by looking");
    let taken = printed(&["watch", "take-over", "--digest", &named, "--as", &night]).await;
    assert!(taken.starts_with("since     1 came in and wait") && taken.contains("\ntaken     "), "{taken}");
    let page = printed(&["watch", "now", "--as", &night]).await;
    assert!(page.lines().nth(1).unwrap().starts_with("on watch since "), "{page}");

    // Wherever a drill is listed or shown, it says so.
    let drafted = calls::Heading {
        traffic: evidence::Traffic::Drill as i32,
        action: vec![crate::officer::addressee("BY")],
        ..heading(9)
    };
    draft(&world, "PL", 9, drafted, &filled(Kind::Notification)).await.unwrap();
    let drafter = desk(&world, "drafter");
    let (list, drafts) = (["message", "list", "--as", &watch], ["message", "drafts", "--as", &drafter]);
    for line in printed(&list).await.lines().chain(printed(&drafts).await.lines()) {
        assert!(line.starts_with(' ') || line.contains("  DRILL"), "{line}");
    }
    let followed = printed(&["watch", "follow", "--once", "--as", &watch]).await;
    let heads: Vec<&str> = followed.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(heads.iter().all(|line| line.contains("  DRILL  ")), "{followed}");
    assert_eq!(heads.iter().filter(|line| !line.contains("ALERT")).count(), 9, "{followed}");
    assert!(followed.contains("ALERT, step 1: "), "{followed}");
    let form = printed(&["message", "print", &digest, "--as", &watch]).await;
    assert!(form.lines().next().unwrap().starts_with("DRILL"), "{form}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_found_by_its_first_digits_with_no_look_at_the_rest_of_the_journal() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let digest = hex::encode(drill(&world, 1, "Found by its digits").await);
    let watch = desk(&world, "watch");
    // A record that has nothing to do with it is gone: whoever reads all of them comes upon that.
    let path = world.state("PL").directory.join("journal/journal.sqlite");
    rusqlite::Connection::open(path).unwrap().execute("DELETE FROM entries WHERE position = 3", []).unwrap();
    let by_digits = |words: &[&'static str]| {
        let words: Vec<String> = words.iter().map(|one| (*one).to_owned()).collect();
        let given = [digest[..8].to_owned(), "--as".into(), watch.clone()];
        async move { printed(&words.iter().chain(&given).map(String::as_str).collect::<Vec<_>>()).await }
    };
    assert!(by_digits(&["watch", "read"]).await.contains("Found by its digits"));
    assert!(by_digits(&["watch", "card", "--for"]).await.contains("Found by its digits"));
    assert!(by_digits(&["watch", "acknowledge"]).await.contains("acknowledged as "));
    let missing = refused(&["watch", "read", "00000000", "--as", &watch]).await;
    assert!(missing.contains("no message with this digest"), "{missing}");

    let followed = refused(&["watch", "follow", "--once", "--as", &watch]).await;
    assert!(!followed.is_empty());
    world.state("PL").node().ended().await;
}
