//! The first command, as a user runs it: the real program, on both journals.

use std::process::{Command, Output};

use serde_json::Value;

use crate::broker;

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_detente"))
        .arg("demo")
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

fn summary(output: &Output) -> Value {
    lines(output).last().expect("a last line").clone()
}

fn of_kind<'l>(lines: &'l [Value], kind: &'static str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

fn holds(lines: &[Value]) {
    let summary = lines.last().expect("a last line");
    assert_eq!(summary["kind"], "summary");
    assert_eq!(summary["ok"], true);
    let nodes = summary["nodes"].as_array().expect("nodes");
    let parties: Vec<&str> = nodes.iter().filter_map(|node| node["party"].as_str()).collect();
    assert_eq!(parties, ["BY", "PL", "OSCE", "BY", "EE", "LT", "LV", "PL", "IN", "PK"]);
    for node in nodes {
        assert_eq!(node["board"], node["replayed_board"]);
        assert_eq!(node["root"].as_str().map(str::len), Some(64));
        assert!(node["size"].as_u64() > Some(0));
    }
    // C1: an adoption of each Party to the two others; five messages of the host to two guests, and two
    // acknowledgements of each. C2: an adoption of each to the four others; ten messages to four each, of which two
    // are acknowledged. C4: seven messages to the other, of which three are acknowledged; eight on the hotline, of
    // which two are read. All receipted.
    assert_eq!(summary["messages"], 8 + 15 + 7 + 8);
    assert_eq!(summary["acknowledgements"], 10 + 2 + 3 + 2);
    assert_eq!(summary["receipts_verified"], 26 + 62 + 10 + 10);
    assert!(of_kind(lines, "check").iter().all(|check| check["ok"] == true));
}

/// Each case says at its head that it is synthetic, and what is played in it can be read.
fn shows_all_three(lines: &[Value]) {
    let heads = of_kind(lines, "case");
    assert_eq!(heads.iter().map(|head| &head["case"]).collect::<Vec<_>>(), ["C1", "C2", "C4"]);
    for head in heads {
        let sentence = head["sentence"].as_str().expect("a sentence");
        assert!(sentence.contains("Synthetic: "), "{sentence}");
    }
    // The reply: on time, and insufficient; of seven questions one has no answer, four are declined.
    let questions = of_kind(lines, "question");
    assert_eq!(questions.len(), 7);
    let answers = of_kind(lines, "answer");
    let how: Vec<&str> =
        answers.iter().map(|answer| answer["answers"][0][0].as_str().unwrap_or("not answered")).collect();
    assert_eq!(how, ["partly", "declined", "declined", "declined", "declined", "not answered", "answered"]);
    let all_three =
        serde_json::json!([["LT", "insufficient"], ["LV", "insufficient"], ["EE", "insufficient"]]);
    assert_eq!(answers[0]["judged"], all_three);
    assert_eq!(answers[6]["judged"], serde_json::json!([["LT", "sufficient"], ["LV", "insufficient"]]));
    for party in ["BY", "LT"] {
        let duties = of_kind(lines, "duty");
        let of_lithuania = duties.iter().filter(|duty| duty["party"] == party && duty["owed_to"] == "LT");
        let (states, dues): (Vec<&str>, Vec<&str>) = of_lithuania
            .map(|duty| (duty["state"].as_str().expect("a state"), duty["due"].as_str().expect("an instant")))
            .unzip();
        assert_eq!(states, ["open", "met in time", "met, judged insufficient", "met, judged insufficient"]);
        assert!(dues.iter().all(|due| *due == "2022-02-11T10:00:00.000Z"), "{dues:?}");
    }
    ends_on_the_hotline(lines);
    // Both accounts beside each other at either end, and neither says what the other does.
    let accounts = of_kind(lines, "accounts");
    assert_eq!(accounts.iter().map(|one| &one["party"]).collect::<Vec<_>>(), ["IN", "PK"]);
    for one in accounts {
        let rows = one["rows"].as_array().expect("rows").iter().filter_map(Value::as_str);
        let when = rows.clone().find(|row| row.starts_with("When")).expect("when it was");
        assert!(when.contains("18:43") && when.contains("19:20"), "{when}");
    }
}

/// Both ends hold the same transcript of the session about the incident, in both languages, and say so at the end.
fn ends_on_the_hotline(lines: &[Value]) {
    let transcripts = of_kind(lines, "transcript");
    assert_eq!(transcripts.iter().map(|one| &one["party"]).collect::<Vec<_>>(), ["IN", "PK"]);
    assert_eq!(transcripts[0]["digest"], transcripts[1]["digest"]);
    for one in &transcripts {
        let page = one["page"].as_str().expect("a page");
        for words in ["You say 19:20", "وقت", "agreed phrase 1 with", "Both signed this transcript", "closed"]
        {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
    let checks = of_kind(lines, "check");
    let same = checks.iter().filter(|check| {
        check["what"].as_str().is_some_and(|what| what.contains("transcript is the same bytes at both ends"))
    });
    assert_eq!(same.map(|check| &check["party"]).collect::<Vec<_>>(), ["IN", "PK"]);
}

#[test]
fn the_demonstration_holds_on_embedded_journals_and_says_that_it_is_synthetic() {
    let output = demo(&["--once", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let first = output.stdout.split(|byte| *byte == b'\n').next().expect("a first line");
    let first: Value = serde_json::from_slice(first).expect("an object");
    assert_eq!(first["kind"], "synthetic");
    holds(&lines(&output));
    shows_all_three(&lines(&output));
}

#[test]
fn the_demonstration_holds_on_kafka() {
    let brokers = broker::shared().brokers;
    let output = demo(&["--once", "--json", "--journal", "kafka", "--kafka", &brokers]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    holds(&lines(&output));
    shows_all_three(&lines(&output));
}

#[test]
fn a_demonstration_that_can_not_begin_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(env!("CARGO_BIN_EXE_detente"))
        // Nobody listens on that port.
        .args(["demo", "--once", "--json", "--journal", "kafka", "--kafka", "127.0.0.1:1"])
        .env("TMPDIR", folder.path())
        .output()
        .expect("the program runs");
    assert!(!output.status.success());
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("can't be opened"), "{words}");
    let last = summary(&output);
    assert_eq!((&last["kind"], &last["ok"]), (&"summary".into(), &false.into()));
    assert!(last["failed"].as_str().is_some_and(|failed| failed.contains("can't be opened")), "{last}");
    assert_eq!(folder.path().read_dir().expect("it is there").count(), 0);
}

#[test]
fn a_broker_that_is_named_is_used_and_none_goes_with_journals_in_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let told = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_detente"))
            .args(["demo", "--once", "--kafka", "127.0.0.1:1"])
            .args(arguments)
            .env("TMPDIR", folder.path())
            .output()
            .expect("the program runs");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(told(&[]).contains("can't be opened"));
    assert!(told(&["--journal", "embedded"]).contains("--kafka goes with --journal kafka"));
}

#[test]
fn a_demonstration_that_nobody_reads_any_more_leaves_no_keys_behind() {
    use std::io::BufRead as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["demo", "--once"])
        .env("TMPDIR", folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program runs");
    let said = std::io::BufReader::new(child.stdout.take().expect("piped")).lines();
    // All that was read goes with the reader.
    assert_eq!(said.take(3).count(), 3);
    assert_eq!(child.wait().expect("it ends").code(), Some(141));
    assert_eq!(folder.path().read_dir().expect("it is there").count(), 0);
}

#[test]
fn a_demonstration_that_is_broken_off_leaves_no_keys_behind_at_any_moment() {
    // In the first lines nothing runs yet; after the later ones nodes do. All at once, so that each of them
    // ends while the machine has much else to do.
    let moments =
        [("-TERM", 1), ("-INT", 2), ("-TERM", 4), ("-INT", 4), ("-TERM", 5), ("-TERM", 6), ("-INT", 11)];
    let runs = moments.map(|(signal, lines)| std::thread::spawn(move || broken_off(signal, lines)));
    for run in runs {
        run.join().expect("nothing is left behind");
    }
}

/// Sends the signal once so many lines were said.
fn broken_off(signal: &str, lines: usize) {
    use std::io::BufRead as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["demo", "--once"])
        .env("TMPDIR", folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut said = std::io::BufReader::new(child.stdout.take().expect("piped")).lines();
    for _ in 0..lines {
        said.next().expect("a line").expect("text");
    }
    let killed = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    // What it still says is read, so that it is not held up.
    said.for_each(drop);
    assert!(!child.wait().expect("it ends").success());
    assert_eq!(folder.path().read_dir().expect("it is there").count(), 0, "{signal} after {lines} lines");
}

#[test]
fn a_demonstration_in_a_directory_whose_name_is_no_text_goes_on() {
    use std::io::{BufRead as _, Read as _};
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let directory = folder.path().join(std::ffi::OsStr::from_bytes(b"demo \xff \x1b[2J"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["demo", "--once", "--json", "--directory"])
        .arg(&directory)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut said = std::io::BufReader::new(child.stdout.take().expect("piped")).lines();
    let nodes =
        said.by_ref().map(|line| line.expect("text")).filter(|line| line.contains("\"node\"")).take(2);
    let nodes: Vec<String> = nodes.collect();
    // A second node: the first one's line did not end the program.
    assert_eq!(nodes.len(), 2, "{nodes:?}");
    let node: Value = serde_json::from_str(&nodes[0]).expect("an object");
    assert!(
        node["directory"].as_str().is_some_and(|path| path.contains("demo \u{fffd} \u{1b}[2J")),
        "{node}"
    );
    assert!(directory.join("c1").is_dir());
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    said.for_each(drop);
    let mut words = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut words).expect("text");
    assert!(!child.wait().expect("it ends").success());
    assert!(words.contains("ended by a signal") && !words.contains("panicked"), "{words}");
}
