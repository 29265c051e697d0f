//! Neither an export nor `doctor` touches anything in a node's directory, whatever lies there and whether or not a node
//! runs on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use detente::cli::doctor::{self, Finding};
use detente::domain::people::Role;

use crate::exported::{copy, entries, export, journal_of, lagging, report, run, tamper, text};
use crate::world::{Medium, World, beginning};

/// Every file of a directory: what is in it and when it was written.
fn files(directory: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
            // A directory's own time changes with every file that comes or goes.
            found.insert(entry.path(), (Vec::new(), entry.metadata().unwrap().modified().unwrap()));
        } else {
            let changed = entry.metadata().unwrap().modified().unwrap();
            found.insert(entry.path(), (fs::read(entry.path()).unwrap(), changed));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn exporting_touches_nothing_in_the_directory() {
    let (world, ..) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("node's #1 100%?");
    copy(&world.state("PL").directory, &directory);
    for (state, file) in [("as the node left it", "one"), ("after another tool closed it", "two")] {
        let before = files(&directory);
        export(&directory, &folder.path().join(file));
        assert_eq!(before, files(&directory), "{state}");
        tamper(&directory, "SELECT 1 FROM entries; PRAGMA user_version = 1");
        assert!(!directory.join("journal/journal.sqlite-wal").exists());
    }
    assert_eq!(fs::read(folder.path().join("one")).unwrap(), fs::read(folder.path().join("two")).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_touches_nothing_in_the_directory_whatever_is_written_ahead() {
    let (world, ..) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("PL");
    copy(&world.state("PL").directory, &directory);
    let ahead = directory.join("journal/journal.sqlite-wal");
    let as_left: fn(&Path) = |_| {};
    let written_ahead: fn(&Path) = |directory| {
        let open = rusqlite::Connection::open(journal_of(directory)).unwrap();
        open.execute_batch("PRAGMA user_version = 1").unwrap();
        // As after a loss of power: nobody closes it.
        std::mem::forget(open);
    };
    let closed: fn(&Path) = |directory| tamper(directory, "PRAGMA user_version = 1");
    for (state, done, is_ahead) in [
        ("as the node left it", as_left, false),
        ("after another tool closed it", closed, false),
        ("with something written ahead", written_ahead, true),
    ] {
        done(&directory);
        assert_eq!(fs::metadata(&ahead).is_ok_and(|file| file.len() > 0), is_ahead, "{state}");
        let before = files(&directory);
        // Its certificates are of another year than the program's clock.
        let said = String::from_utf8(run(&["doctor", text(&directory)]).stdout).unwrap();
        let found = said.lines().find(|line| line.contains("journal.sqlite")).unwrap();
        assert!(found.starts_with("ok "), "{state}: {said}");
        let after = files(&directory);
        assert!(before.keys().eq(after.keys()), "{state}: {:?}", after.keys());
        for (path, file) in &before {
            assert!(after[path] == *file, "{state}: {}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_names_a_file_that_is_not_written_ahead_or_may_not_be_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let (world, ..) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("PL");
    copy(&world.state("PL").directory, &directory);
    tamper(&directory, "PRAGMA journal_mode = DELETE");
    let wrong = |lines: Vec<doctor::Line>| {
        let why = |line: doctor::Line| match line.finding {
            Finding::Wrong { why, .. } => Some(format!("{}: {why}", line.what)),
            Finding::Ok | Finding::Warning(_) => None,
        };
        lines.into_iter().filter_map(why).collect::<Vec<String>>()
    };
    let told = wrong(doctor::examine(&directory, beginning()).await);
    assert!(told.len() == 1 && told[0].contains("must be wal"), "{told:?}");
    let refused = run(&["serve", text(&directory)]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("must be wal"));
    tamper(&directory, "PRAGMA journal_mode = WAL");
    fs::set_permissions(journal_of(&directory), fs::Permissions::from_mode(0o400)).unwrap();
    // Whoever may do everything may write it.
    if fs::OpenOptions::new().write(true).open(journal_of(&directory)).is_err() {
        let told = wrong(doctor::examine(&directory, beginning()).await);
        assert!(told.len() == 1 && told[0].contains("can't be opened"), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_directory_that_lacks_sqlite_s_index_is_refused_with_the_way_out() {
    let (world, ..) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("PL");
    copy(&world.state("PL").directory, &directory);
    let index = directory.join("journal/journal.sqlite-shm");
    let (whole, again) = (folder.path().join("whole"), folder.path().join("again"));
    // Something is written ahead, as after a loss of power.
    let open = rusqlite::Connection::open(journal_of(&directory)).unwrap();
    open.execute_batch("PRAGMA user_version = 1").unwrap();
    std::mem::forget(open);
    export(&directory, &whole);
    fs::remove_file(&index).unwrap();
    let output = run(&["audit", "export", "--from", text(&directory), "--out", text(&again)]);
    let sentence = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(sentence.contains("an empty file of that name in the copy"), "{sentence}");
    fs::write(&index, "").unwrap();
    export(&directory, &again);
    assert_eq!(fs::read(&whole).unwrap(), fs::read(&again).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn exporting_beside_a_running_node_harms_neither() {
    let world = World::apart(Medium::Embedded, &["PL"]).await;
    let state = world.state("PL");
    let folder = tempfile::tempdir().unwrap();
    let epoch = state.node().registrar.head().chain.epoch;
    for turn in 0..5 {
        let file = folder.path().join(format!("{turn}"));
        export(&state.directory, &file);
        let head = state.node().registrar.head();
        assert_eq!(entries(&file).len() as u64, head.chain.size);
        assert!(report(&file)["ok"].as_bool().unwrap());
        let key = detente::domain::digest::Digest::of(&[turn]);
        state
            .change(
                crate::world::member_added(&format!("one more, {turn}"), key, &[Role::Watch]),
                Bytes::new(),
            )
            .await;
    }
    assert_eq!(state.node().registrar.head().chain.epoch, epoch);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_into_the_node_s_directory_nor_over_a_file() {
    let (world, ..) = lagging(Medium::Embedded).await;
    let directory = &world.state("PL").directory;
    for out in [directory.join("pl.journal"), directory.join("parts/pl.journal")] {
        let output = run(&["audit", "export", "--from", text(directory), "--out", text(&out)]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("name a place outside it"));
        assert!(!out.exists());
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("pl.journal");
    fs::write(&out, "there").unwrap();
    let output = run(&["audit", "export", "--from", text(directory), "--out", text(&out)]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not overwritten"));
    let words = ["audit", "export", "--from", text(directory), "--thread", &"f".repeat(32), "--out", "x"];
    assert!(!run(&words).status.success());
}
