//! `detente message print` and the call behind it: the same form at both ends, for drafts, and from files
//! far from any node.

use detente::cli::form;
use detente::codec::message::encode_draft;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::Kind;
use serde_json::Value;

use crate::officer::{arrived, messages, notify, reason};
use crate::officer_program::{object, printed, refused, written};
use crate::world::{Medium, World};

async fn ask(
    world: &World,
    party: &str,
    beginning: &str,
) -> Result<calls::ShowMessageResponse, tonic::Status> {
    let asked = calls::ShowMessageRequest { beginning: beginning.into() };
    messages(&world.desk(party, "releaser")).show_message(asked).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_message_is_shown_by_its_digest_or_the_first_digits_of_it_at_either_end() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = notify(&world, 1).await.message_digest;
    arrived(&world, "PL", &digest).await;
    let whole = hex::encode(&digest);
    let ours = ask(&world, "BY", &whole).await.unwrap();
    assert_eq!(ours.digest, digest);
    assert_eq!(ask(&world, "PL", &whole[..8]).await.unwrap(), ours, "the same bytes");
    let other = if whole.starts_with('0') { "1" } else { "0" }.repeat(8);
    let table = [
        (other.as_str(), "NO_SUCH_MESSAGE"),
        (&"f".repeat(64), "NO_SUCH_MESSAGE"),
        (&format!("{whole}0"), "NO_SUCH_MESSAGE"),
        (&"f".repeat(100_000), "NO_SUCH_MESSAGE"),
        (&whole[..7], "FIELD"),
        ("", "FIELD"),
        ("ABCDEF01", "FIELD"),
        ("0123456é", "FIELD"),
    ];
    for (beginning, expected) in table {
        let refused = ask(&world, "BY", beginning).await.unwrap_err();
        assert_eq!(reason(&refused), expected, "{:.70}", beginning);
    }
}

#[tokio::test]
async fn the_same_form_is_printed_at_both_ends_and_from_files() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let (drafter, releaser, watch) = (at("BY", "drafter"), at("BY", "releaser"), at("PL", "watch"));
    let file = written(folder.path(), "notification.toml", form::example(Kind::Notification));
    let draft = ["exercise", "draft", &file, "--as", &drafter, "--to", "PL:General Staff", "--drill"];
    let drafted = object(&draft).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());

    // What the releaser reviews is what is printed.
    let form = printed(&["message", "print", "--draft", &draft[..8], "--as", &releaser]).await;
    assert!(
        form.contains("DRAFT, not released") && form.contains("DRILL") && form.contains(digest),
        "{form}"
    );
    let review = printed(&["message", "show-draft", draft, "--as", &releaser]).await;
    assert!(review.starts_with(&form), "{review}");

    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"];
    let released = object(&release).await;
    let (message, number) = (released["message"].as_str().unwrap(), released["number"].as_str().unwrap());
    let digest = bytes::Bytes::from(hex::decode(message).unwrap());
    arrived(&world, "PL", &digest).await;
    let ours = printed(&["message", "print", message, "--as", &drafter]).await;
    let theirs = printed(&["message", "print", &message[..8], "--as", &watch]).await;
    assert_eq!(ours, theirs);
    assert!(ours.contains(number) && !ours.contains("DRAFT,"), "{ours}");

    let signed = folder.path().join("signed");
    std::fs::write(&signed, ask(&world, "BY", message).await.unwrap().message).unwrap();
    let signed = signed.display().to_string();
    let offline = printed(&["message", "print", "--file", &signed]).await;
    let after = offline.strip_prefix(&ours).expect("the same form");
    assert!(after.contains("NOT checked here"), "{after}");
    let lines = printed(&["message", "print", "--file", &signed, "--json"]).await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["standing"], &lines[0]["digest"]), (&"released".into(), &message.into()));
    assert!(lines.iter().any(|line| line["field"] == "number" && line["text"][0] == number));
    assert_eq!(lines.last().unwrap()["kind"], "signatures not checked");

    let pdf = folder.path().join("form.pdf").display().to_string();
    let made = object(&["message", "print", message, "--as", &watch, "--pdf", &pdf]).await;
    assert_eq!(made["pages"], ours.split('\u{c}').count());
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF"));
    let again = ["message", "print", message, "--as", &watch, "--pdf", &pdf];
    assert!(refused(&again).await.contains("not overwritten"));
}

#[tokio::test]
async fn a_draft_in_a_file_is_printed_and_what_is_neither_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let message = crate::print::full(&crate::officer::filled(Kind::Notification));
    let file = folder.path().join("draft");
    std::fs::write(&file, encode_draft(&message.draft)).unwrap();
    let file = file.display().to_string();
    let form = printed(&["message", "print", "--file", &file]).await;
    assert!(form.contains("not stated in a draft") && form.contains("a draft bears no signature"), "{form}");
    let junk = written(folder.path(), "junk", "junk");
    assert!(refused(&["message", "print", "--file", &junk]).await.contains("neither a signed message nor"));
    assert!(refused(&["message", "print", "0123456789"]).await.contains("--as"));
    refused(&["message", "print"]).await;
    refused(&["message", "print", "0123456789", "--file", &file]).await;
    refused(&["message", "print", "0123"]).await;
}
