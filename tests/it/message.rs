//! What `detente message` does with drafts and threads whatever they are about, what each noun leaves to it,
//! and how a draft comes to its thread.

use detente::cli::form;
use detente::codec::content;
use detente::domain::content::Kind;
use serde_json::Value;
use std::path::Path;

use crate::officer::arrived;
use crate::officer_program::{object, printed, refused, written};
use crate::world::{Medium, World};

/// Desks and a folder for forms.
struct Office {
    world: World,
    folder: tempfile::TempDir,
}

impl Office {
    async fn open() -> Office {
        let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
        Office { world, folder: tempfile::tempdir().unwrap() }
    }

    fn desk(&self, party: &str, role: &str) -> String {
        self.world.state(party).desk_directory(role).display().to_string()
    }

    fn written(&self, name: &str, text: &str) -> String {
        written(Path::new(self.folder.path()), name, text)
    }

    async fn draft(&self, noun: &str, file: &str, more: &[&str]) -> Value {
        let drafter = self.desk("BY", "drafter");
        object(&[&[noun, "draft", file, "--to", "PL", "--as", &drafter], more].concat()).await
    }

    async fn refused_draft(&self, noun: &str, file: &str, more: &[&str]) -> String {
        let drafter = self.desk("BY", "drafter");
        refused(&[&[noun, "draft", file, "--to", "PL", "--as", &drafter], more].concat()).await
    }

    async fn release(&self, drafted: &Value) -> Value {
        let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
        let releaser = self.desk("BY", "releaser");
        object(&["message", "release", draft, "--digest", digest, "--as-is", "--as", &releaser]).await
    }
}

/// A form that says no more than which message it is about.
fn about(kind: Kind, message: &str) -> String {
    let field = match kind {
        Kind::Amendment => "amends",
        Kind::Conclusion | Kind::Statement => "exercise",
        Kind::Cancellation => "cancels",
        Kind::Suspension | Kind::Withdrawal => "adoption",
        other => panic!("{other:?} is about no message"),
    };
    format!("[{field}]\nmessage_digest = \"{message}\"\n")
}

#[tokio::test]
async fn a_draft_that_is_about_a_message_belongs_to_its_thread() {
    let office = Office::open().await;
    let notice = office.written("notification.toml", form::example(Kind::Notification));
    let first = office.release(&office.draft("exercise", &notice, &[]).await).await;
    let second = office.release(&office.draft("exercise", &notice, &[]).await).await;
    let (thread, other) = (first["thread"].as_str().unwrap(), second["thread"].as_str().unwrap());
    assert_ne!(thread, other);

    let message = first["message"].as_str().unwrap();
    for kind in [Kind::Amendment, Kind::Conclusion, Kind::Statement, Kind::Cancellation] {
        let file = office.written("about.toml", &about(kind, message));
        let kind = ["--kind", kind.word()];
        assert_eq!(office.draft("exercise", &file, &kind).await["thread"], thread);
        let wrong = [&kind[..], &["--thread", other]].concat();
        let why = office.refused_draft("exercise", &file, &wrong).await;
        assert!(why.contains(thread) && why.contains(other), "{why}");
    }

    // Not here: nothing is guessed, and what the drafter insists on is carried and marked.
    let file = office.written("amendment.toml", form::example(Kind::Amendment));
    let why = office.refused_draft("exercise", &file, &[]).await;
    assert!(why.contains("is not on record here") && why.contains("--thread"), "{why}");
    let drafted = office.draft("exercise", &file, &["--thread", thread]).await;
    assert_eq!(drafted["thread"], thread);
    let faults = drafted["faults"].as_array().unwrap();
    assert!(faults.iter().any(|fault| fault["field"] == "amends.message_digest"), "{faults:?}");

    // A revised draft does not leave the thread of what it is about.
    let draft = drafted["draft"].as_str().unwrap();
    let right = office.written("amendment.toml", &about(Kind::Amendment, message));
    let drafter = office.desk("BY", "drafter");
    let revise = ["message", "revise", draft, "--form", &right, "--as", &drafter];
    assert_eq!(object(&revise).await["thread"], thread);
    let why = refused(&[&revise[..], &["--thread", other]].concat()).await;
    assert!(why.contains(thread) && why.contains(other), "{why}");

    // What names no message, or names it by its number alone, does not say where it belongs.
    for kind in [Kind::Invitation, Kind::Conclusion, Kind::SameActivity] {
        let file = office.written("form.toml", form::example(kind));
        let why = office.refused_draft("exercise", &file, &["--kind", kind.word()]).await;
        assert!(why.contains("--thread"), "{why}");
    }
}

#[tokio::test]
async fn each_noun_drafts_its_own_forms_and_names_the_one_that_drafts_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let adoption = written(folder.path(), "adoption.toml", form::example(Kind::Adoption));
    let notice = written(folder.path(), "notification.toml", form::example(Kind::Notification));
    for (noun, file, right) in
        [("exercise", &adoption, "`detente regime draft`"), ("regime", &notice, "`detente exercise draft`")]
    {
        let why = refused(&[noun, "draft", file, "--as", "/nowhere", "--to", "PL"]).await;
        assert!(why.contains(right), "{why}");
    }
    let why = refused(&["exercise", "template", "adoption"]).await;
    assert!(why.contains("notification") && !why.contains("withdrawal"), "{why}");
}

#[tokio::test]
async fn drafts_and_threads_of_every_kind_are_handled_alike() {
    let office = Office::open().await;
    let (drafter, releaser) = (office.desk("BY", "drafter"), office.desk("BY", "releaser"));
    let notice = office.written("notification.toml", form::example(Kind::Notification));
    let adoption = office.written("adoption.toml", form::example(Kind::Adoption));
    let exercise = office.release(&office.draft("exercise", &notice, &[]).await).await;

    let drafted = office.draft("regime", &adoption, &["--subject", "The lake"]).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let back = ["message", "return", draft, "--digest", digest, "--reason", "which lake?", "--as", &releaser];
    assert_eq!(object(&back).await["kind"], "returned");
    let listed = printed(&["message", "drafts", "--as", &drafter]).await;
    assert!(listed.contains("regime.adoption") && listed.contains("which lake?"), "{listed}");
    let drafted = object(&["message", "revise", draft, "--subject", "Lake Tarn", "--as", &drafter]).await;
    let word = office.release(&drafted).await;
    for kind in [Kind::Suspension, Kind::Withdrawal] {
        let file = office.written("later.toml", &about(kind, word["message"].as_str().unwrap()));
        let later = office.draft("regime", &file, &["--kind", kind.word()]).await;
        assert_eq!(later["thread"], word["thread"]);
        let later = later["draft"].as_str().unwrap();
        object(&["message", "withdraw", later, "--as", &drafter]).await;
    }
    arrived(&office.world, "PL", &hex::decode(word["message"].as_str().unwrap()).unwrap().into()).await;
    let unwanted = office.draft("regime", &adoption, &[]).await;
    let unwanted = unwanted["draft"].as_str().unwrap();
    assert_eq!(object(&["message", "withdraw", unwanted, "--as", &drafter]).await["kind"], "withdrawn");
    assert!(printed(&["message", "drafts", "--as", &drafter]).await.contains("no drafts are open"));

    let (exercise, word) = (exercise["thread"].as_str().unwrap(), word["thread"].as_str().unwrap());
    for party in ["BY", "PL"] {
        let desk = office.desk(party, "releaser");
        let all = printed(&["message", "list", "--as", &desk]).await;
        assert!(all.contains(exercise) && all.contains(word), "{all}");
        let exercises = printed(&["exercise", "list", "--as", &desk]).await;
        assert!(exercises.contains(exercise) && !exercises.contains(word), "{exercises}");

        // Where there is no picture, each message is shown with what it says.
        let shown = printed(&["message", "show", word, "--as", &desk]).await;
        assert!(shown.contains("Lake Tarn") && shown.contains("Digest of the regime"), "{shown}");
        assert_eq!(printed(&["exercise", "show", word, "--as", &desk]).await, shown);
        let shown = printed(&["message", "show", &exercise[..8], "--as", &desk]).await;
        assert!(shown.contains("Designation") && !shown.contains("WHAT STANDS"), "{shown}");
        let pictured = printed(&["exercise", "show", exercise, "--as", &desk]).await;
        assert!(pictured.contains("WHAT STANDS") && pictured.contains("WHAT CHANGED"), "{pictured}");
        let shown = object(&["message", "show", exercise, "--as", &desk]).await;
        let pictured = object(&["exercise", "show", exercise, "--as", &desk]).await;
        assert_eq!(shown["messages"], pictured["messages"]);
        assert!(shown.get("picture").is_none() && pictured["picture"].is_object());
    }
}

#[test]
fn a_message_named_by_number_alone_is_said_to_be_looked_for_in_its_thread_alone_and_how_to_name_it_wholly() {
    let marks = |kind: Kind, text: &str| {
        let bytes = detente::codec::form::encode(&crate::officer::form(kind, text)).unwrap().into();
        content::marks(&content::said(kind.name(), &bytes), &bytes)
    };
    let told = "named by number alone, so looked for in this thread and nowhere else; with its message_digest it is \
                found wherever it stands: ";
    let by_number = "text = \"x\"\n[[references]]\nnumber = \"PL/2031/BY/0007\"\n";
    assert_eq!(marks(Kind::Text, by_number), [format!("{told}references[1]")]);
    let cancels = "reason = \"x\"\n[cancels]\nnumber = \"PL/2031/BY/0007\"\n";
    assert_eq!(marks(Kind::Cancellation, cancels), [format!("{told}cancels")]);
    let digest = format!("message_digest = \"{}\"\n", "ab".repeat(32));
    assert_eq!(marks(Kind::Cancellation, &format!("{cancels}{digest}")), [""; 0]);
}
