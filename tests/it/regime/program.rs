//! The commands, run as a treaty office runs them: a regime of its own, from a file alone.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::NEIGHBOURS;

/// Whether it ended well, what it printed, and what it said on the error stream.
fn detente(directory: &Path, args: &[&str]) -> (bool, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_detente"))
        .current_dir(directory)
        .args(args)
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (out.status.success(), text(out.stdout), text(out.stderr))
}

fn objects(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

#[test]
fn a_regime_that_was_never_seen_works_from_its_file_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let here = directory.path();
    std::fs::write(here.join("neighbours.toml"), NEIGHBOURS).unwrap();
    let form = "designation = \"Autumn\"\nnotice = \"in advance\"\nstart = \"2031-09-15 Europe/Minsk\"\n\
        [[land.figures]]\nwhat = \"troops\"\nnumber = 12000\n";
    std::fs::write(here.join("notification.toml"), form).unwrap();

    let (well, out, _) = detente(here, &["regime", "check", "neighbours.toml", "--json"]);
    assert!(well);
    assert_eq!(objects(&out)[0]["regime"], "neighbours");

    let check = ["exercise", "check", "notification.toml", "--regime", "neighbours.toml"];
    let more =
        ["--released-at", "2031-08-25T09:00:00Z", "--to", "PL", "--bound", "PL", "LT", "--held", "chair=FI"];
    let args: Vec<&str> = check.iter().chain(&more).copied().collect();
    let (well, out, _) = detente(here, &args);
    assert!(well, "a check never refuses");
    for line in [
        "Lead time, notice: late by 9 days;",
        "Threshold, whole: reached [2]",
        "  every bound Party, for action: lacking LT",
        "  the chair, for information: lacking FI",
    ] {
        assert!(out.lines().any(|found| found.starts_with(line)), "{line}\n{out}");
    }

    let args: Vec<&str> = args.into_iter().chain(["--json", "--language", "fr"]).collect();
    let (_, out, _) = detente(here, &args);
    let all = objects(&out);
    assert_eq!(all[0]["kind"], "check");
    let whole = all.iter().find(|object| object["kind"] == "threshold" && object["name"] == "whole");
    let whole = whole.expect("the threshold");
    assert_eq!(
        (&whole["verdict"]["answer"], &whole["follows"]),
        (&"reached".into(), &"il est donné avis".into())
    );
    let lead = all.iter().find(|object| object["kind"] == "lead" && object["name"] == "notice");
    assert_eq!(lead.expect("the lead")["timings"][0]["by"]["least"], 9);
}

#[test]
fn a_regime_inherits_from_one_that_stands_beside_it_and_from_one_that_is_built_in() {
    let directory = tempfile::tempdir().expect("a directory");
    let here = directory.path();
    std::fs::write(here.join("neighbours.toml"), NEIGHBOURS).unwrap();
    let (_, listed, _) = detente(here, &["regime", "list", "--json"]);
    let built_in = objects(&listed);
    let (_, checked, _) = detente(here, &["regime", "check", "neighbours.toml", "--json"]);
    for from in [&objects(&checked)[0], &built_in[0]] {
        let (name, digest) = (from["regime"].as_str().unwrap(), from["digest"].as_str().unwrap());
        let child = format!(
            "regime = \"own\"\nedition = 1\nsource = \"own\"\nnature = \"political\"\n\
             inherits = {{ regime = \"{name}\", digest = \"{digest}\" }}\n"
        );
        std::fs::write(here.join("own.toml"), child).unwrap();
        let (well, out, fault) = detente(here, &["regime", "diff", name.trim_end(), "own.toml"]);
        let (well, out) = if well {
            (well, out)
        } else {
            // One that is not built in is named by its file.
            let (well, out, _) = detente(here, &["regime", "diff", &format!("{name}.toml"), "own.toml"]);
            (well, out)
        };
        assert!(well, "{fault}");
        assert!(out.starts_with("changed: head regime"), "{out}");
        assert_eq!(out.matches("changed").count(), 1, "{out}");
    }
}

#[test]
fn what_is_inherited_from_is_found_by_its_digest_and_where_it_is_not_the_file_looked_for_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let here = directory.path();
    let digest = detente::domain::digest::Digest::of(NEIGHBOURS.as_bytes());
    let child = format!(
        "regime = \"own\"\nedition = 1\nsource = \"own\"\nnature = \"political\"\n\
         inherits = {{ regime = \"neighbours\", digest = \"{digest}\" }}\n"
    );
    std::fs::write(here.join("own.toml"), child).unwrap();
    let (well, _, fault) = detente(here, &["regime", "check", "own.toml"]);
    assert!(!well);
    for told in ["own.toml: line 5", "neighbours.toml is not there", &digest.to_string(), "regime hold"] {
        assert!(fault.contains(told), "{told}: {fault}");
    }
    // Another text under that name.
    let other = format!("{NEIGHBOURS}# as amended\n");
    std::fs::write(here.join("neighbours.toml"), &other).unwrap();
    let (well, _, fault) = detente(here, &["regime", "check", "own.toml"]);
    let has =
        format!("neighbours.toml has the digest {}", detente::domain::digest::Digest::of(other.as_bytes()));
    assert!(!well && fault.contains(&has), "{fault}");
    // The text under another name, and seen from elsewhere.
    std::fs::write(here.join("as-signed.toml"), NEIGHBOURS).unwrap();
    let (well, _, fault) = detente(here, &["regime", "check", "own.toml"]);
    assert!(well, "{fault}");
    let file = here.join("own.toml").display().to_string();
    let (well, _, fault) = detente(Path::new("/"), &["regime", "check", &file]);
    assert!(well, "{fault}");
}

#[test]
fn of_two_that_are_compared_the_later_may_inherit_from_the_earlier_wherever_that_lies() {
    let (earlier, later) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("another"));
    let digest = detente::domain::digest::Digest::of(NEIGHBOURS.as_bytes());
    let child = format!(
        "regime = \"own\"\nedition = 2\nsource = \"own\"\nnature = \"political\"\n\
         inherits = {{ regime = \"neighbours\", digest = \"{digest}\" }}\n"
    );
    let file = |folder: &tempfile::TempDir, name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (a, b) = (file(&earlier, "as-signed.toml", NEIGHBOURS), file(&later, "own.toml", &child));
    let (well, out, fault) = detente(later.path(), &["regime", "diff", &a, &b]);
    assert!(well && out.starts_with("changed: head regime"), "{out}{fault}");
    let other = file(&earlier, "other.toml", &format!("{NEIGHBOURS}# as amended\n"));
    let (well, _, fault) = detente(later.path(), &["regime", "diff", &other, &b]);
    assert!(!well && fault.contains("neighbours.toml is not there"), "{fault}");
}

#[test]
fn a_fault_is_told_with_its_file_and_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let here = directory.path();
    std::fs::write(here.join("bad.toml"), NEIGHBOURS.replace("unit = \"hours\"", "unit = \"moons\""))
        .unwrap();
    let line = NEIGHBOURS.lines().position(|line| line == "unit = \"hours\"").unwrap() + 1;
    let (well, _, fault) = detente(here, &["regime", "check", "bad.toml"]);
    assert!(!well);
    assert!(fault.contains(&format!("bad.toml: line {line}: unit is")), "{fault}");
    let (well, out, _) = detente(here, &["regime", "check", "bad.toml", "--json"]);
    assert!(!well);
    assert_eq!(objects(&out)[0]["line"], line);
    let (well, _, fault) = detente(here, &["regime", "show", "no-such-regime"]);
    assert!(!well && fault.contains("vienna-document-2011"), "{fault}");
}

#[test]
fn the_template_of_a_regime_is_printed_and_is_one_that_can_be_checked_and_compared() {
    let directory = tempfile::tempdir().expect("a directory");
    let here = directory.path();
    let (_, file, _) = detente(here, &["regime", "template", "regime"]);
    std::fs::write(here.join("own.toml"), file).unwrap();
    let (well, out, fault) = detente(here, &["regime", "check", "own.toml"]);
    assert!(well && out.starts_with("example, edition 1"), "{out}{fault}");
    let (well, out, fault) = detente(here, &["regime", "template", "F2", "--regime", "own.toml"]);
    assert!(well && out.contains("Closes on"), "{out}{fault}");
}

#[test]
fn the_file_of_one_that_is_built_in_can_be_taken_as_a_beginning() {
    let directory = tempfile::tempdir().expect("a directory");
    let here = directory.path();
    let (_, file, _) = detente(here, &["regime", "show", "open-skies", "--source"]);
    std::fs::write(here.join("mine.toml"), file).unwrap();
    let (well, out, _) = detente(here, &["regime", "diff", "open-skies", "mine.toml"]);
    assert!(well);
    assert_eq!(out, "the same file\n");
}

/// The text between the fences that follow a mark in a guide.
fn fenced<'a>(guide: &'a str, mark: &str) -> &'a str {
    let after = guide.split_once(mark).unwrap_or_else(|| panic!("{mark}")).1;
    let block = after.split_once("\n```").unwrap().1.split_once('\n').unwrap().1;
    block.split_once("```").unwrap().0
}

#[test]
fn the_samples_in_the_guides_are_what_the_program_takes_and_says() {
    let officers = include_str!("../../../src/cli/README.md");
    let rules = include_str!("../../../src/regimes/README.md");
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("lakes.toml"), fenced(rules, "regime, `lakes.toml`:")).unwrap();
    std::fs::write(here.join("calendar.toml"), fenced(officers, "example, `calendar.toml`:")).unwrap();
    let (_, form, _) = detente(here, &["exercise", "template", "notification", "--filled"]);
    std::fs::write(here.join("notification.toml"), form).unwrap();
    let check = "exercise check notification.toml --regime lakes.toml --released-at 2031-09-03T09:00:00Z --to SU \
                 --bound SU";
    assert!(rules.contains(&format!("detente {check}\n")));
    let (well, said, fault) = detente(here, &check.split(' ').collect::<Vec<_>>());
    assert!(well, "{fault}");
    assert_eq!(said, fenced(rules, "The last one needs no node, and says:"));
    let (well, _, fault) = detente(here, &["exercise", "check", "calendar.toml", "--regime", "lakes.toml"]);
    assert!(well, "{fault}");
}
