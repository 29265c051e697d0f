//! Official numbers and releasability between real nodes: the same number at both ends and in print, nothing
//! told to one reader about others, and no release against the author's own word.

use detente::cli::form;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::time::Instant;
use serde_json::Value;

use crate::officer::{
    addressee, arrived, commands, draft, filled, heading, reason, release, show, violations,
};
use crate::officer_program::{object, printed, refused, written};
use crate::world::{Medium, World};

/// A regime that a treaty office wrote today.
const RIVER: &str = r#"
regime = "river-2031"
edition = 1
title.en = "River line"
source = "Invented."
nature = "political"

[number]
pattern = "RV/{party}/{yy}/{serial}/F{format}/{kind}"
paragraph = "9"
checked = true

[[number.mark]]
for = ["notification"]
format = "7"
kind = "N"
"#;

fn inheriting() -> String {
    let digest = Digest::of(RIVER.as_bytes());
    RIVER.split("[number]").next().unwrap().replace("river-2031", "river-2032")
        + &format!("inherits = {{ regime = \"river-2031\", digest = \"{digest}\" }}\n")
}

/// Two digits, as the pattern has them.
fn year_of(message: &Value) -> String {
    let at = Instant(message["released_at_ms"].as_i64().unwrap());
    format!("{:02}", at.year() % 100)
}

/// The number, and the message's digest.
async fn sent(world: &World, form: &str, regime: &str, to: &[&str], more: &[&str]) -> (String, String) {
    let at = |role: &str| world.state("BY").desk_directory(role).display().to_string();
    let (drafter, releaser) = (at("drafter"), at("releaser"));
    let mut words = vec!["exercise", "draft", form, "--as", &drafter, "--regime", regime];
    words.extend(to.iter().flat_map(|party| ["--to", *party]));
    words.extend(more);
    let drafted = object(&words).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"];
    let released = object(&release).await;
    (released["number"].as_str().unwrap().into(), released["message"].as_str().unwrap().into())
}

#[tokio::test]
async fn a_number_by_pattern_is_the_same_at_both_ends_and_tells_nobody_of_others() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL", "OSCE"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let (drafter, watch) = (at("BY", "drafter"), at("PL", "watch"));
    let notice = written(folder.path(), "notification.toml", form::example(Kind::Notification));
    let calendar = written(folder.path(), "calendar.toml", form::example(Kind::Calendar));
    let alone = tempfile::tempdir().unwrap();
    let child = written(alone.path(), "river-2032.toml", &inheriting());
    let said = refused(&["regime", "hold", &child, "--as", &drafter]).await;
    assert!(said.contains("line 8") && said.contains("nor held at this node: hold it first"), "{said}");
    // What the second inherits from is held at the node, and not beside its file.
    for (folder, name, text) in
        [(&folder, "river-2031.toml", RIVER.to_owned()), (&alone, "river-2032.toml", inheriting())]
    {
        let regime = written(folder.path(), name, &text);
        let held = object(&["regime", "hold", &regime, "--as", &drafter]).await;
        assert_eq!(held["number_pattern"], "RV/{party}/{yy}/{audience}-{serial}/F{format}/{kind}");
    }
    let cited = format!("river-2031:{}:paragraph 4", Digest::of(RIVER.as_bytes()));
    let later = format!("river-2032:{}:paragraph 4", Digest::of(inheriting().as_bytes()));

    let plain = [];
    let (to_osce, _) = sent(&world, &notice, &cited, &["OSCE"], &plain).await;
    let marks = [
        "--marking",
        "FOR ADDRESSEES",
        "--releasable-to",
        "PL",
        "--releasable-to",
        "OSCE",
        "--language",
        "be",
    ];
    let (to_pl, message) = sent(&world, &notice, &cited, &["PL"], &marks).await;
    arrived(&world, "PL", &hex::decode(&message).unwrap().into()).await;

    // What PL reads has the fields of the heading, in the view of the thread and for a program.
    let form = printed(&["message", "print", &message, "--as", &watch]).await;
    assert_eq!(form, printed(&["message", "print", &message, "--as", &drafter]).await);
    let squeezed = form.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "RELEASABLE TO PL, OSCE",
        "MARKING FOR ADDRESSEES",
        "LANGUAGE be",
        "LEGAL BASIS river-2031 Provision paragraph 4",
        "REFERENCES none",
        &format!("MESSAGE NUMBER {to_pl}"),
        &format!("END OF MESSAGE {to_pl}"),
    ] {
        assert!(squeezed.contains(wanted), "{wanted}: {form}");
    }
    let lines = printed(&["message", "print", &message, "--as", &watch, "--json"]).await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["field"] == "releasable_to" && line["text"][0] == "PL, OSCE"));
    let thread = lines.iter().find(|line| line["field"] == "thread").unwrap()["text"][0].as_str().unwrap();
    let view = printed(&["message", "show", thread, "--as", &watch]).await;
    for wanted in ["river-2031", "paragraph 4", "FOR ADDRESSEES", "PL, OSCE", "be", &to_pl] {
        assert!(view.contains(wanted), "{wanted}: {view}");
    }
    let history = object(&["message", "show", thread, "--as", &watch]).await;
    let told = &history["messages"][0];
    assert_eq!(told["number"], to_pl);
    assert_eq!(told["releasable_to"], serde_json::json!(["PL", "OSCE"]));
    assert_eq!(
        (&told["marking"], &told["language"], &told["regime"]["provision"]),
        (&"FOR ADDRESSEES".into(), &"be".into(), &"paragraph 4".into())
    );

    // One count for all patterns and kinds to PL; what went to OSCE shows in none of them.
    let yy = year_of(told);
    assert_eq!(to_osce, format!("RV/BY/{yy}/OSCE-0001/F7/N"));
    assert_eq!(to_pl, format!("RV/BY/{yy}/PL-0001/F7/N"));
    let (inherited, _) = sent(&world, &notice, &later, &["PL"], &plain).await;
    assert_eq!(inherited, format!("RV/BY/{yy}/PL-0002/F7/N"));
    let (without_word, _) = sent(&world, &calendar, &cited, &["PL"], &plain).await;
    assert_eq!(without_word, format!("BY/20{yy}/PL/0003"), "nothing is laid down for its {{format}}");
    // A reader knows what it refers to by its number, whether or not it has the digest.
    let about = ["--refers-to", &message, "--answers", "LV:note verbale 12/31"];
    let (_, second) = sent(&world, &notice, &cited, &["PL"], &about).await;
    arrived(&world, "PL", &hex::decode(&second).unwrap().into()).await;
    let form = printed(&["message", "print", &second, "--as", &watch]).await;
    let squeezed = form.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        format!("REFERENCES A. Refers to Number {to_pl} Author BY Digest {message}"),
        "B. Answers Number note verbale 12/31 Author LV Digest none stated".into(),
    ] {
        assert!(squeezed.contains(&wanted), "{wanted}: {form}");
    }

    let (to_both, _) = sent(&world, &notice, &cited, &["PL", "OSCE"], &plain).await;
    assert_eq!(to_both, format!("RV/BY/{yy}/OSCE+PL-0001/F7/N"));

    let other = RIVER.replace("river-2031", "elsewhere").replace("{party}/{yy}", "{yy}/{party}");
    let other = written(folder.path(), "other.toml", &other);
    let held = object(&["regime", "hold", &other, "--as", &drafter]).await;
    assert_eq!(held["number_pattern"], Value::Null, "25 might be a year or a Party's code");

    // What no release takes is told as that, to who drafts and to who releases.
    let alone = ["exercise", "draft", &notice, "--to", "PL", "--releasable-to", "OSCE", "--as", &drafter];
    let told = printed(&alone).await;
    let stops = "it can't be released, as it is or not, before this is mended: heading.releasable_to\n";
    assert!(told.contains(stops) && told.contains("STOPS THE RELEASE: "), "{told}");
    assert!(!told.contains("it can be released as it is"), "{told}");
    let draft = told.lines().find_map(|line| line.strip_prefix("draft    ")).unwrap();
    let releaser = at("BY", "releaser");
    assert!(printed(&["message", "show-draft", draft, "--as", &releaser]).await.contains(stops));

    // The file is refused with its line where numbers could be the same.
    let broken = written(folder.path(), "broken.toml", &RIVER.replace("{yy}", "31"));
    let said = refused(&["regime", "check", &broken]).await;
    assert!(said.contains("line 9") && said.contains("{yy} or {year}"), "{said}");
}

#[tokio::test]
async fn a_revised_draft_is_rid_of_its_list_of_those_who_alone_may_have_it() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let drafter = world.state("BY").desk_directory("drafter").display().to_string();
    let notice = written(folder.path(), "notification.toml", form::example(Kind::Notification));
    let listed = ["exercise", "draft", &notice, "--to", "PL", "--releasable-to", "OSCE", "--as", &drafter];
    let drafted = object(&listed).await;
    let draft = drafted["draft"].as_str().unwrap();
    let faults = drafted["faults"].to_string();
    assert!(faults.contains("heading.releasable_to"), "{faults}");
    let show = ["message", "show-draft", draft, "--as", &drafter];
    assert_eq!(object(&show).await["releasable_to"], serde_json::json!(["OSCE"]));

    let revise = ["message", "revise", draft, "--as", &drafter];
    object(&revise).await;
    assert_eq!(object(&show).await["releasable_to"], serde_json::json!(["OSCE"]), "what is not given stays");
    let both = [&revise[..], &["--releasable-to", "PL", "--no-releasable-to"]].concat();
    assert!(refused(&both).await.contains("cannot be used with"));
    let revised = object(&[&revise[..], &["--no-releasable-to"]].concat()).await;
    assert_eq!(object(&show).await["releasable_to"], serde_json::json!([]));
    let faults = revised["faults"].to_string();
    assert!(!faults.contains("heading.releasable_to"), "{faults}");
}

/// The text between the fences that follow a mark in a guide.
fn fenced<'a>(guide: &'a str, mark: &str) -> &'a str {
    let after = guide.split_once(mark).unwrap_or_else(|| panic!("{mark}")).1;
    after.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0
}

#[tokio::test]
async fn the_numbers_of_the_guide_are_taken() {
    let guide = include_str!("../../src/regimes/README.md");
    let folder = tempfile::tempdir().unwrap();
    let whole =
        ["regime, `lakes.toml`:", "what stands for each of its documents:"].map(|mark| fenced(guide, mark));
    let regime = written(folder.path(), "lakes.toml", &whole.concat());
    let shown = printed(&["regime", "show", &regime]).await;
    assert!(shown.contains("pattern: L/{party}/{yy}/{audience}-{serial}/F{format}"), "{shown}");
    assert!(shown.contains("format of notification: 25"), "{shown}");
}

#[tokio::test]
async fn nothing_is_released_to_whom_its_author_does_not_let_have_it() {
    let world = World::new(&["BY", "PL"]).await;
    let content = filled(Kind::Notification);
    let only = |parties: &[&str]| calls::Heading {
        releasable_to: parties.iter().map(|party| (*party).to_owned()).collect(),
        information: Vec::<evidence::Addressee>::new(),
        action: vec![addressee("PL")],
        ..heading(1)
    };
    let drafted = draft(&world, "BY", 1, only(&["OSCE"]), &content).await.unwrap();
    let fault = drafted.faults.iter().find(|fault| fault.field == "heading.releasable_to").unwrap();
    assert!(fault.rule.contains("not among the Parties"), "{fault:?}");
    let stopping: Vec<&str> =
        drafted.faults.iter().filter(|fault| fault.stops_release).map(|fault| fault.field.as_str()).collect();
    assert_eq!(stopping, ["heading.releasable_to"]);
    let releaser = world.desk("BY", "releaser");
    let before = commands(&world, "BY");
    for as_is in [false, true] {
        let status = release(&releaser, 1, &drafted.digest, as_is).await.unwrap_err();
        assert_eq!(reason(&status), "FIELD");
        let named = violations(&status);
        assert!(
            named.iter().any(|(field, rule)| field == "releasable_to" && rule.contains("not among")),
            "{named:?}"
        );
    }
    assert_eq!(commands(&world, "BY"), before, "nothing of it is on record");

    let drafted = draft(&world, "BY", 1, only(&["OSCE", "PL"]), &content).await.unwrap();
    let released = release(&releaser, 1, &drafted.digest, true).await.unwrap();
    arrived(&world, "PL", &released.message_digest).await;
    let there = show(&world, "PL", &released.thread, 0).await.messages.remove(0);
    assert!(!there.marks.iter().any(|mark| mark.contains("given to")), "{:?}", there.marks);

    let unreadable = draft(&world, "BY", 2, only(&["not a Party"]), &content).await.unwrap_err();
    assert_eq!(violations(&unreadable)[0].0, "heading.releasable_to");
    let many = vec!["PL"; detente::limits::RELEASABLE_TO_MAX + 1];
    let over = draft(&world, "BY", 2, only(&many), &content).await.unwrap_err();
    assert_eq!(violations(&over)[0].0, "heading.releasable_to");
}
