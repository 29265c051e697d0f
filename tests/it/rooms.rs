//! The rules of the house, kept by a machine: which room may import from which, what may not stand in
//! the sources, and how long a file may be.

use std::fs;
use std::path::Path;

/// From left to right: a room imports only from rooms to its right.
const ROOMS: [&str; 13] = [
    "main",
    "cli",
    "rpc",
    "alerts",
    "peers",
    "registrar",
    "replay",
    "journal",
    "codec",
    "evidence",
    "clock",
    "domain",
    "limits",
];

/// What `domain/` may not know, as it would stand in a source.
const NOT_IN_DOMAIN: [&str; 21] = [
    "SystemTime",
    "Instant::now",
    "::now(",
    "async ",
    ".await",
    "tokio",
    "f32",
    "f64",
    "prost",
    "tonic",
    "include_proto",
    "getrandom",
    "rand::",
    "thread_rng",
    // Their order differs from run to run.
    "HashMap",
    "HashSet",
    "std::fs",
    "std::net",
    "std::env",
    "std::io",
    "std::thread",
];

/// What `evidence/` may not know: a network, or the generated types of the protos.
const NOT_IN_EVIDENCE: [&str; 7] =
    ["prost", "tonic", "tokio", "async ", ".await", "std::net", "include_proto"];

/// What may stand nowhere outside tests.
const NOWHERE: [&str; 10] = [
    ".unwrap()",
    ".expect(",
    "panic!(",
    "unreachable!(",
    "todo!(",
    "unimplemented!(",
    "dbg!(",
    "assert!(",
    "assert_eq!(",
    "assert_ne!(",
];

/// The places where `.expect(` stands all the same, each with why it can't fail.
const EXPECTED: [(&str, &str); 7] = [
    ("cli/form/mod.rs", "forms hold only texts, numbers, lists and named fields"),
    ("cli/node.rs", "the descriptors were made by our own build"),
    ("domain/hotline/made.rs", "a Party's code"),
    ("peers/dial.rs", "the constant is a DNS name"),
    ("peers/dial.rs", "the provider has TLS 1.3 suites"),
    ("peers/spread.rs", "checking what a peer sent panics on no input"),
    ("rpc/accept.rs", "the provider has TLS 1.3 suites"),
];

/// What may be done with what a watch channel lends, as a statement of its own, at the end of which it is let go.
const LET_GO: [&str; 3] = [".clone()", ".is_some()", ".standing"];

/// A longer file has more than one job.
const LINES_MAX: usize = 400;

/// A comment that is longer is not read at a terminal: code is shorter by what the formatter leaves it.
const COMMENT_COLUMNS_MAX: usize = 124;

/// So a file of tests.
const TEST_LINES_MAX: usize = 500;

/// A source file, named from `src/`.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    /// `journal` for `journal/kafka.rs`, `registrar` for `registrar.rs`.
    fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// Whether this is one of the places where `.expect(` may stand.
    fn is_expected(&self, code: &str) -> bool {
        EXPECTED.iter().any(|(path, why)| self.path == *path && code.contains(&format!(".expect(\"{why}\")")))
    }

    /// Its lines of code with their numbers: without comments, and without what stands in `mod tests`.
    fn code(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        let mut in_tests = false;
        let mut before = "";
        for (number, line) in self.text.lines().enumerate() {
            in_tests |= before == "#[cfg(test)]" && line == "mod tests {";
            if !in_tests {
                code.push((number + 1, line.split("//").next().unwrap_or_default()));
            }
            in_tests &= line != "}";
            before = line;
        }
        code
    }
}

/// The rooms that a line of code names: `crate::journal::…`, `crate::{codec, domain}`, `detente::…`.
fn rooms_named(code: &str) -> Vec<&str> {
    let mut named = Vec::new();
    for start in ["crate::", "detente::"] {
        for (at, _) in code.match_indices(start) {
            // A module of that name inside another path, as among the generated types, is no room.
            if code[..at].ends_with("::") {
                continue;
            }
            let rest = &code[at + start.len()..];
            match rest.strip_prefix('{') {
                Some(list) => named.extend(top_level(list)),
                None => named.extend(rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()),
            }
        }
    }
    named.retain(|name| ROOMS.contains(name));
    named
}

/// The first segment of each part of a braced list: `codec::x, domain::{a, b}}` gives codec, domain.
fn top_level(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0usize, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&list[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.into_iter().filter_map(|part| part.trim().split([':', ' ']).next()).collect()
}

/// Every fault of these sources, each with its place.
fn faults(sources: &[Source]) -> Vec<String> {
    let mut all = Vec::new();
    for source in sources {
        let place = |number: usize| format!("src/{}:{number}", source.path);
        let lines = source.text.lines().count();
        // All bounds stand in one file, however many they are.
        if lines > LINES_MAX && source.path != "limits.rs" {
            all.push(format!("{}: {lines} lines, no file is longer than {LINES_MAX}", place(1)));
        }
        if !source.text.starts_with("//! ") {
            all.push(format!("{}: no `//!` that says its one job", place(1)));
        }
        all.extend(imports(source));
        for (number, line) in source.text.lines().enumerate() {
            if line.trim_start().starts_with("//") && line.chars().count() > COMMENT_COLUMNS_MAX {
                all.push(format!(
                    "{}: a comment of more than {COMMENT_COLUMNS_MAX} columns",
                    place(number + 1)
                ));
            }
        }
        for (number, code) in source.code() {
            for word in NOWHERE.iter().filter(|word| code.contains(*word)) {
                if *word == ".expect(" && source.is_expected(code) {
                    continue;
                }
                all.push(format!("{}: `{}` outside tests", place(number), word.trim()));
            }
            let (room, words): (&str, &[&str]) = match source.room() {
                "domain" => ("domain", &NOT_IN_DOMAIN),
                "evidence" => ("evidence", &NOT_IN_EVIDENCE),
                other => (other, &[]),
            };
            for word in words.iter().filter(|word| has(code, word)) {
                all.push(format!("{}: `{}` in {room}/", place(number), word.trim()));
            }
            if holds_a_loan(code) {
                all.push(format!(
                    "{}: what a channel lends is to be cloned, and let go at once",
                    place(number)
                ));
            }
        }
    }
    let with_status: Vec<&str> = sources
        .iter()
        .filter(|source| ["rpc", "peers"].contains(&source.room()))
        .filter(|source| source.code().iter().any(|(_, code)| has(code, "Status::")))
        .map(|source| source.path.as_str())
        .collect();
    if with_status.len() > 1 {
        all.push(format!("`Status::` in more than one file: {}", with_status.join(", ")));
    }
    all
}

/// Imports from the left, also where a list goes over several lines.
fn imports(source: &Source) -> Vec<String> {
    let Some(own) = ROOMS.iter().position(|room| *room == source.room()) else {
        // `lib.rs` names the rooms and imports nothing; a new room has to be given its place above.
        return match source.path.as_str() {
            "lib.rs" => Vec::new(),
            path => vec![format!("src/{path}:1: `{}` is no room", source.room())],
        };
    };
    let code: Vec<&str> = source.code().into_iter().map(|(_, code)| code).collect();
    let code = code.join("\n");
    let left = |room: &&str| ROOMS.iter().position(|other| other == room).is_some_and(|at| at < own);
    rooms_named(&code)
        .into_iter()
        .filter(left)
        .map(|room| format!("src/{}: imports from `{room}`, which stands to its left", source.path))
        .collect()
}

/// As a word of its own where it begins: `Status::` is not in `ExitStatus::`.
fn has(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !word.starts_with(char::is_alphanumeric) || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Whether something is done with what a watch channel lends while it is lent. The sender waits as long; a second loan
/// meanwhile waits for the sender; and with as many threads waiting as the node has, nothing in it ever goes on.
fn holds_a_loan(code: &str) -> bool {
    [".borrow()", ".borrow_and_update()"].iter().any(|call| {
        code.match_indices(call).any(|(at, _)| {
            let (before, after) = (&code[..at], &code[at + call.len()..]);
            let before = before.trim_end_matches(|c: char| c.is_alphanumeric() || "_.()".contains(c)).trim();
            let (before, is_copied) = (before.trim_end_matches('*').trim_end(), before.ends_with('*'));
            let is_let_go = match after.trim_end_matches(';') {
                "" => is_copied || (before.is_empty() && after == ";"),
                read => LET_GO.contains(&read),
            };
            !(is_let_go && (before.is_empty() || before.ends_with('=')))
        })
    })
}

fn read(folder: &Path, root: &Path, into: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, root, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            into.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

#[test]
fn the_sources_keep_the_rules_of_the_house() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    read(&root, &root, &mut sources);
    assert!(sources.len() > 10, "the sources were not found");
    let faults = faults(&sources);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_of_tests_is_longer_than_it_may_be() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut sources = Vec::new();
    read(&root, &root, &mut sources);
    assert!(sources.len() > 10, "the tests were not found");
    let lines = |source: &Source| source.text.lines().count();
    let long = sources.iter().filter(|source| lines(source) > TEST_LINES_MAX);
    let long: Vec<_> = long.map(|source| format!("{}: {}", source.path, lines(source))).collect();
    assert!(long.is_empty(), "longer than {TEST_LINES_MAX} lines: {}", long.join(", "));
    let without_job = sources.iter().filter(|source| !source.text.starts_with("//! "));
    let without_job: Vec<_> = without_job.map(|source| &source.path).collect();
    assert!(without_job.is_empty(), "no `//!` that says what they state: {without_job:?}");
}

/// Checks one made-up source, and gives the faults that were found.
fn faults_of(path: &str, text: &str) -> Vec<String> {
    faults(&[Source::new(path, text)])
}

#[test]
fn a_source_that_keeps_the_rules_has_no_fault() {
    let text = "//! Follows.\n\nuse crate::limits;\nuse crate::{codec, domain::{party, time}};\n\n\
        // Not `panic!(`, and not crate::rpc.\nfn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn g() { x.unwrap() }\n}\n";
    assert_eq!(faults_of("journal/kafka.rs", text), Vec::<String>::new());
}

#[test]
fn an_import_from_the_left_is_found_however_it_is_written() {
    for line in [
        "use crate::registrar::Registrar;",
        "use crate::{limits, registrar};",
        "use crate::{\n    domain::{party, time},\n    registrar::{A, B},\n};",
        "fn f() { crate::registrar::start() }",
        "use detente::registrar;",
        "pub(in crate::registrar) fn f() {}",
    ] {
        let found = faults_of("journal/kafka.rs", &format!("//! Follows.\n{line}\n"));
        assert_eq!(
            found,
            ["src/journal/kafka.rs: imports from `registrar`, which stands to its left"],
            "{line}"
        );
    }
    assert_eq!(faults_of("limits.rs", "//! Bounds.\nuse crate::domain;\n").len(), 1);
    assert_eq!(faults_of("registrar.rs", "//! Writes.\nuse crate::{journal, replay, codec};\n").len(), 0);
}

#[test]
fn a_file_that_belongs_to_no_room_is_found() {
    assert_eq!(faults_of("utils.rs", "//! Anything.\n").len(), 1);
}

#[test]
fn what_domain_may_not_know_is_found_there_and_only_there() {
    for line in [
        "use std::time::SystemTime;",
        "async fn f() {}",
        "fn f(x: f64) {}",
        "let x: Vec<f32> = vec![];",
        "use prost::Message;",
        "getrandom::fill(&mut key);",
        "use std::collections::HashMap;",
    ] {
        let text = format!("//! Decides.\n{line}\n");
        assert!(!faults_of("domain/board.rs", &text).is_empty(), "{line}");
        assert!(faults_of("registrar.rs", &text).is_empty(), "{line}");
    }
}

#[test]
fn what_may_stand_nowhere_is_found_with_its_line() {
    for word in NOWHERE {
        let text = format!("//! Serves.\nfn f() {{\n    {word}\n}}\n");
        let found = faults_of("rpc/watch.rs", &text);
        assert_eq!(found, [format!("src/rpc/watch.rs:3: `{}` outside tests", word.trim())]);
    }
}

#[test]
fn what_can_not_fail_is_expected_in_its_place_and_for_its_reason_alone() {
    let (path, why) = EXPECTED[0];
    for (path, why, many) in [(path, why, 0), (path, "it went well so far", 1), ("rpc/watch.rs", why, 1)] {
        let text = format!("//! Serves.\nfn f() {{\n    x.expect(\"{why}\")\n}}\n");
        assert_eq!(faults_of(path, &text).len(), many, "{path}: {why}");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, why) in EXPECTED {
        let text = fs::read_to_string(root.join(path)).unwrap();
        assert!(text.contains(&format!(".expect(\"{why}\")")), "{path}: {why} stands there no more");
    }
}

#[test]
fn a_comment_that_is_too_long_for_a_terminal_is_found() {
    let comment = |columns: usize| format!("//! Serves.\n    // {}\n", "x".repeat(columns - 7));
    assert_eq!(faults_of("rpc/watch.rs", &comment(COMMENT_COLUMNS_MAX)).len(), 0);
    assert_eq!(faults_of("rpc/watch.rs", &comment(COMMENT_COLUMNS_MAX + 1)).len(), 1);
}

#[test]
fn what_a_channel_lends_must_be_let_go_at_once() {
    for kept in [
        "while News::at(&heads.borrow_and_update(), link) == before {",
        "let newest = kept_newest(&self.announce.borrow().newest, &records);",
        "let head = self.head.borrow();",
        "match heads.borrow_and_update().board.own {",
        "self.told(*self.reading.borrow(), self.head());",
        "if is_same(&heads.borrow_and_update().clone(), before) {",
    ] {
        let found = faults_of("peers/beat.rs", &format!("//! Beats.\n{kept}\n"));
        assert_eq!(found.len(), 1, "{kept}: {found:?}");
    }
    for let_go in [
        "let head = heads.borrow_and_update().clone();",
        "let reading = *self.reading.borrow();",
        "    *self.compared.borrow()",
        "heads.borrow_and_update();",
        "*missing.borrow_mut() = Some(1);",
    ] {
        assert_eq!(faults_of("peers/beat.rs", &format!("//! Beats.\n{let_go}\n")), Vec::<String>::new());
    }
}

#[test]
fn what_evidence_may_not_know_is_found() {
    assert_eq!(faults_of("evidence/tree.rs", "//! Trees.\nuse prost::Message;\n").len(), 1);
}

#[test]
fn nothing_hides_behind_a_mark_of_tests() {
    for hidden in [
        "#[cfg(test)]\nuse a::b;\nfn f() { x.unwrap() }",
        "#[cfg(test)]\nmod tests;\nfn f() { x.unwrap() }",
        "#[cfg(test)]\nmod tests {\n}\nfn f() { x.unwrap() }",
    ] {
        assert_eq!(faults_of("rpc/watch.rs", &format!("//! Watches.\n{hidden}\n")).len(), 1, "{hidden}");
    }
}

#[test]
fn a_file_without_its_one_job_and_one_too_long_are_found() {
    assert_eq!(faults_of("peers/dial.rs", "use std::fmt;\n").len(), 1);
    let long = format!("//! Long.\n{}", "\n".repeat(LINES_MAX - 1));
    assert_eq!(faults_of("peers/dial.rs", &long).len(), 0);
    assert_eq!(faults_of("peers/dial.rs", &format!("{long}\n")).len(), 1);
}

#[test]
fn a_second_file_that_makes_a_status_is_found() {
    let one = Source::new("rpc/status.rs", "//! Maps.\nfn f() { tonic::Status::internal(\"\") }\n");
    let other = Source::new("peers/dial.rs", "//! Dials.\nfn f() { Status::internal(\"\") }\n");
    let another = Source::new("rpc/watch.rs", "//! Watches.\nfn f() { ExitStatus::ok() }\n");
    assert_eq!(faults(&[one, another]).len(), 0);
    let one = Source::new("rpc/status.rs", "//! Maps.\nfn f() { Status::internal(\"\") }\n");
    assert_eq!(faults(&[one, other]), ["`Status::` in more than one file: rpc/status.rs, peers/dial.rs"]);
}
