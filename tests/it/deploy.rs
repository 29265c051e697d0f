//! What an operator takes from `deploy/`: the unit says what the program says, and nothing is installed unasked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Parser as _;
use detente::cli::Cli;
use detente::cli::node_directory::NodeDirectory;
use detente::cli::serve::OPERATOR_MUST_ACT;
use detente::limits;

const UNIT: &str = include_str!("../../deploy/detente.service");
const GUIDE: &str = include_str!("../../deploy/README.md");

/// The one value of a setting of the unit.
fn set(name: &str) -> &'static str {
    let values = UNIT.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let values: Vec<&str> = values.collect();
    let [value] = values[..] else { panic!("{name}: {values:?}") };
    value
}

fn number(name: &str) -> u64 {
    set(name).parse().unwrap_or_else(|_| panic!("{name}: {}", set(name)))
}

#[test]
fn the_unit_starts_the_program_in_the_one_directory_that_it_may_write() {
    let words: Vec<&str> = set("ExecStart").split(' ').collect();
    Cli::try_parse_from(&words).unwrap();
    let [program, "serve", directory] = words[..] else { panic!("{words:?}") };
    assert!(Path::new(program).is_absolute());
    assert_eq!((set("ReadWritePaths"), set("RequiresMountsFor")), (directory, directory));
    let custody = NodeDirectory::at(Path::new(directory)).custody();
    assert_eq!(set("InaccessiblePaths"), format!("-{}", custody.display()));
    assert_eq!((set("UMask"), set("ProtectSystem"), set("NoNewPrivileges")), ("0077", "strict", "yes"));
    assert!(!set("User").is_empty() && set("User") != "root");
    assert!(set("Environment").starts_with("DETENTE_DIAGNOSTICS="));
}

#[test]
fn the_unit_starts_again_after_what_passes_and_leaves_stopped_what_an_operator_must_mend() {
    assert_eq!(set("Restart"), "on-failure");
    assert_eq!(number("RestartPreventExitStatus"), u64::from(OPERATOR_MUST_ACT));
    assert!(GUIDE.contains(&format!("`serve` ends with {OPERATOR_MUST_ACT} where")));
    assert!(set("ExecReload").ends_with(" -HUP $MAINPID"));
    // Calls, the writer and the checkpoint are each given so long.
    assert!(number("TimeoutStopSec") * 1_000 > 3 * limits::SHUTDOWN_MS_MAX);
    assert!(number("LimitNOFILE") > 2 * limits::CONNECTIONS_MAX as u64);
}

/// A folder of programs: basic ones of this machine, and scripts.
fn programs(folder: &Path, scripts: &[(&str, &str)]) -> PathBuf {
    let programs = folder.join("programs");
    fs::create_dir(&programs).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for name in ["bash", "cut", "dirname", "env", "grep", "head", "id", "sed", "sort"] {
        let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.exists());
        std::os::unix::fs::symlink(found.unwrap_or_else(|| panic!("{name}")), programs.join(name)).unwrap();
    }
    for (name, script) in scripts {
        let file = programs.join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    programs
}

#[test]
fn the_demonstration_that_is_to_install_nothing_names_what_is_missing_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let called = folder.path().join("called");
    let call = format!(": > '{}'", called.display());
    let call = call.as_str();
    let scripts = [("apt-get", call), ("sudo", call), ("curl", call), ("dpkg-query", "exit 1")];
    let programs = programs(folder.path(), &scripts);
    let output = Command::new(programs.join("bash"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/demo"))
        .args(["--no-install", "--once"])
        .env_clear()
        .env("HOME", folder.path())
        .env("PATH", &programs)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for missing in ["Nothing was installed", "g++", "libssl-dev", "Rust "] {
        assert!(said.contains(missing), "{missing}: {said}");
    }
    assert!(!called.exists(), "{said}");
}
