//! C4, a missile into Pakistan, as officers play it at two nodes with the program. Days and causes are from the
//! press; all else is synthetic.

use serde_json::{Value, json};

use crate::officer::arrived;
use crate::officer_program::{object, printed, written};
use crate::world::{Medium, World};

struct Desks {
    world: World,
    folder: tempfile::TempDir,
}

impl Desks {
    fn desk(&self, party: &str, role: &str) -> String {
        self.world.state(party).desk_directory(role).display().to_string()
    }

    /// Drafted and released with no fault, and on record at the other end.
    async fn say(&self, noun: &str, kind: &str, party: &str, text: &str, more: &[&str]) -> Value {
        let other = if party == "PK" { "IN" } else { "PK" };
        let file = written(self.folder.path(), "form.toml", text);
        let drafter = self.desk(party, "drafter");
        let words = [noun, "draft", &file, "--kind", kind, "--to", other, "--as", &drafter];
        let drafted = object(&[&words[..], more].concat()).await;
        assert_eq!(drafted["faults"], json!([]), "{kind}: {drafted}");
        let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
        let releaser = self.desk(party, "releaser");
        let released = object(&["message", "release", draft, "--digest", digest, "--as", &releaser]).await;
        let message = hex::decode(released["message"].as_str().unwrap()).unwrap();
        arrived(&self.world, other, &message.into()).await;
        released
    }

    async fn picture(&self, party: &str, thread: &str) -> Value {
        object(&["incident", "show", thread, "--as", &self.desk(party, "releaser")]).await["picture"].clone()
    }

    fn now(&self) -> String {
        self.world.clock.now().to_string()
    }
}

fn digest(released: &Value) -> &str {
    released["message"].as_str().unwrap()
}

const REPORT: &str = "what = \"An object without a warhead fell near Mian Channu. It came from the east.\"
when = \"2022-03-09T18:43 +05:00\"
speaks_as = \"affected\"
not_known = [\"cause\", \"forces\"]
to_follow = [\"figures\"]
[place]
name = \"Mian Channu\"
territory = \"Pakistan\"
";

const INDIA: &str = "what = \"A missile was released by accident in the course of maintenance.\"
when = \"2022-03-09T18:50 +05:30\"
speaks_as = \"forces involved\"
[place]
name = \"in an area of Pakistan\"
";

#[tokio::test(flavor = "multi_thread")]
async fn pakistan_reports_india_is_silent_then_answers_and_each_closes_for_itself() {
    let world = World::on_real_time(Medium::Embedded, &["IN", "PK"]).await;
    let desks = Desks { world, folder: tempfile::tempdir().unwrap() };

    // Nothing but what, when and where; at once, and with no name to be thought of.
    let report = desks.say("incident", "report", "PK", REPORT, &[]).await;
    let thread = report["thread"].as_str().unwrap();
    let first = object(&["message", "show", thread, "--as", &desks.desk("IN", "releaser")]).await;
    assert_eq!(first["messages"][0]["precedence"], "IMMEDIATE");
    assert_eq!(first["messages"][0]["subject"], "Hazardous incident");
    assert_eq!(first["messages"][0]["content"]["not_known"], json!(["cause", "forces"]));

    // India's first silence: one account, one question, no answer.
    let question = format!(
        "[about]\nmessage_digest = \"{}\"\n[[questions]]\nnumber = 1\ntext = \"What fell, and why?\"\n\
         [[questions]]\nnumber = 2\ntext = \"What keeps it from happening again?\"\n\
         [[questions]]\nnumber = 3\ntext = \"Who was the commander?\"\n",
        digest(&report)
    );
    let question = desks.say("message", "question", "PK", &question, &[]).await;
    assert_eq!(question["thread"], report["thread"]);
    let silent = desks.now();
    for party in ["PK", "IN"] {
        let picture = desks.picture(party, thread).await;
        assert_eq!(picture["accounts"].as_array().unwrap().len(), 1);
        assert_eq!(picture["questions"]["asked"][0]["questions"][0]["answers"], json!([]));
        let shown = printed(&["incident", "show", thread, "--as", &desks.desk(party, "releaser")]).await;
        assert_eq!(shown.matches("no answer").count(), 3, "{shown}");
    }

    // Two days later, in the play at once: India's own words, answers, finding.
    desks.say("incident", "report", "IN", INDIA, &["--thread", thread]).await;
    let answer = format!(
        "[to]\nmessage_digest = \"{}\"\n[[answers]]\nnumber = 1\nhow = \"answered\"\ntext = \"A missile; a malfunction.\"\n\
         [[answers]]\nnumber = 2\nhow = \"partly\"\ntext = \"An inquiry is ordered.\"\n\
         [[answers]]\nnumber = 3\nhow = \"declined\"\n",
        digest(&question)
    );
    desks.say("message", "answer", "IN", &answer, &[]).await;
    let finding = format!(
        "cause = \"A technical malfunction in the course of maintenance.\"\n[incident]\nmessage_digest = \"{}\"\n\
         [[measures]]\nwhat = \"A high-level inquiry was ordered.\"\ntaken = \"2022-03-11 Z\"\n\
         [[promises]]\nwhat = \"The outcome is told (synthetic).\"\nby_when = \"2022-09-30 Z\"\n",
        digest(&report)
    );
    desks.say("incident", "finding", "IN", &finding, &[]).await;

    let update = format!(
        "why = \"What is known now.\"\n[updates]\nmessage_digest = \"{}\"\n[report]\n{}",
        digest(&report),
        REPORT
            .replace(
                "not_known = [\"cause\", \"forces\"]\nto_follow = [\"figures\"]",
                "cause = \"As India says, a malfunction.\""
            )
            .replace("[place]", "[report.place]")
    );
    desks.say("incident", "update", "PK", &update, &[]).await;

    let closing =
        format!("grounds = \"The cause is known.\"\n[incident]\nmessage_digest = \"{}\"\n", digest(&report));
    desks.say("incident", "closing", "PK", &closing, &[]).await;
    let closed = |picture: &Value| -> Vec<bool> {
        picture["accounts"].as_array().unwrap().iter().map(|one| !one["closing"].is_null()).collect()
    };
    assert_eq!(closed(&desks.picture("IN", thread).await), [true, false]);
    desks.say("incident", "closing", "IN", &closing, &[]).await;

    let (pakistan, india) = (desks.picture("PK", thread).await, desks.picture("IN", thread).await);
    assert_eq!(pakistan, india);
    assert_eq!(closed(&india), [true, true]);
    let accounts = india["accounts"].as_array().unwrap();
    let reported = |at: usize| accounts[at]["report"]["present"]["content"].clone();
    assert_eq!(reported(0)["report"]["when"], "2022-03-09T18:43 +05:00");
    assert_eq!(reported(1)["when"], "2022-03-09T18:50 +05:30");
    assert_eq!(accounts[0]["report"]["earlier"], json!([digest(&report)]));
    let how: Vec<&Value> = india["questions"]["asked"][0]["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["answers"][0]["how"])
        .collect();
    assert_eq!(how, ["answered", "partly", "declined"]);

    let shown = printed(&["incident", "show", thread, "--as", &desks.desk("IN", "releaser")]).await;
    let (accounts, _) = shown.split_once("\nFinding:").unwrap();
    assert!(accounts.lines().all(|line| line.chars().count() <= 80), "{accounts}");
    // Both in one row, neither in the other's column.
    let row = accounts.lines().find(|line| line.starts_with("When")).unwrap();
    assert!(row.contains("18:43") && row.contains("18:50"), "{accounts}");
    for words in [
        "Mian Channu",
        "in an area of",
        "in place of PK/",
        "Closed, for itself: PK",
        "Closed, for itself: IN",
        "HISTORY",
        "On record here",
        "declined",
        "2022-09-30",
        "WHAT CHANGED",
        "What is known now.",
        "not known (PK, ",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    let (_, changed) = shown.split_once("WHAT CHANGED").unwrap();
    assert!(!changed.contains("not_known[\"cause\"]"), "{changed}");

    // As it was while India was silent: by the node, and by the auditor's replay.
    let releaser = desks.desk("PK", "releaser");
    let then = object(&["incident", "show", thread, "--as", &releaser, "--as-of", &silent]).await;
    assert_eq!(
        (then["picture"]["accounts"].as_array().unwrap().len(), &then["messages"].as_array().unwrap().len()),
        (1, &2)
    );
    let auditor = desks.desk("PK", "auditor");
    let replayed =
        object(&["audit", "replay", "--thread", thread, "--as", &auditor, "--as-of", &silent]).await;
    assert_eq!(replayed["picture"], then["picture"]);
    assert!(replayed["picture"]["accounts"][0]["report"]["present"]["content"]["not_known"].is_array());
    let listed = printed(&["incident", "list", "--as", &releaser]).await;
    assert!(listed.contains(thread), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_stays_readable_and_is_shown_as_withdrawn() {
    let world = World::on_real_time(Medium::Embedded, &["IN", "PK"]).await;
    let desks = Desks { world, folder: tempfile::tempdir().unwrap() };
    let report = desks.say("incident", "report", "PK", REPORT, &["--drill"]).await;
    let thread = report["thread"].as_str().unwrap();
    let text =
        format!("reason = \"Sent in error.\"\n[withdraws]\nmessage_digest = \"{}\"\n", digest(&report));
    let word = desks.say("message", "message.withdrawal", "PK", &text, &["--drill"]).await;
    for party in ["PK", "IN"] {
        let releaser = desks.desk(party, "releaser");
        let shown = printed(&["incident", "show", thread, "--as", &releaser]).await;
        let because = format!("  because{}\"Sent in error.\"", " ".repeat(21));
        for words in ["nobody's report stands", "Withdrawn: DRILL, PK", &because, "Mian Channu", "WITHDRAWN"]
        {
            assert!(shown.contains(words), "{words}\n{shown}");
        }
        let whole = object(&["message", "show", thread, "--as", &releaser]).await;
        assert_eq!(whole["messages"][0]["withdrawn_by"], word["message"]);
        assert_eq!(whole["messages"][1]["withdrawn_by"], Value::Null);
    }
}
