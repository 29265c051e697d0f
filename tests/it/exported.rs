//! What stands in a node's journal is exported with no node, whatever state it is in, and nothing in the
//! directory is touched; the audit of the file says how far it is vouched for, and names what fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use detente::cli::doctor::{self, Finding};
use detente::cli::node::Node;
use detente::codec::export::{ExportReader, ExportWriter, Piece};
use detente::domain::people::Role;
use detente::registrar::CheckpointFile;
use detente::replay::Broken;
use serde_json::Value;

use crate::world::{Medium, State, World, beginning};

/// Longer than anything here takes, so that a test that hangs fails instead.
const LIMIT: Duration = Duration::from_secs(20);

pub fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_detente")).args(words).output().unwrap()
}

/// The export of a directory, and what was said of it.
pub fn export(from: &Path, out: &Path) -> String {
    let output = run(&["audit", "export", "--from", text(from), "--out", text(out)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the audit of a file came to, whether it holds or not.
pub fn report(file: &Path) -> Value {
    let output = run(&["audit", "verify", "--file", text(file), "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.success(), report["ok"].as_bool().unwrap());
    report
}

/// The same for people.
pub fn said(file: &Path) -> String {
    String::from_utf8(run(&["audit", "verify", "--file", text(file)]).stdout).unwrap()
}

pub fn sentences(report: &Value) -> Vec<String> {
    let faults = report["faults"].as_array().unwrap();
    faults.iter().map(|fault| fault["sentence"].as_str().unwrap().to_owned()).collect()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn pieces(file: &Path) -> Vec<Piece> {
    let bytes = fs::read(file).unwrap();
    let mut reader = ExportReader::begin(&bytes[..]).unwrap();
    let mut pieces = Vec::new();
    while !matches!(pieces.last(), Some(Piece::Checkpoint(_) | Piece::End)) {
        pieces.push(reader.next_piece().unwrap());
    }
    pieces
}

pub fn entries(file: &Path) -> Vec<Bytes> {
    let entry = |piece| if let Piece::Entry(entry) = piece { Some(entry) } else { None };
    pieces(file).into_iter().filter_map(entry).collect()
}

/// The checkpoint that a copy begins with.
fn kept_in(file: &Path) -> Bytes {
    match pieces(file).remove(0) {
        Piece::Kept(note) => note,
        other => panic!("{other:?}"),
    }
}

fn journal_of(directory: &Path) -> PathBuf {
    directory.join("journal/journal.sqlite")
}

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

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to)
        } else {
            match fs::copy(entry.path(), to) {
                Ok(_) => {}
                // SQLite takes away what it moved into the main file.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
}

/// As a hostile operator would. SQLite, being the last to close it, puts all into one file.
fn tamper(directory: &Path, statement: &str) {
    rusqlite::Connection::open(journal_of(directory)).unwrap().execute_batch(statement).unwrap();
}

fn rows(directory: &Path) -> Vec<Bytes> {
    let connection = rusqlite::Connection::open(journal_of(directory)).unwrap();
    let mut select = connection.prepare("SELECT bytes FROM entries ORDER BY position").unwrap();
    select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap().map(|row| row.unwrap().into()).collect()
}

pub async fn covered_to_the_end(state: &State) {
    covered(state.node(), &state.directory).await;
}

/// Until the checkpoint beside the journal covers all that is on record.
pub async fn covered(node: &Node, directory: &Path) {
    let size = node.registrar.head().chain.size;
    let file = CheckpointFile::new(&directory.join("checkpoint"));
    let covered = async {
        while file.claimed().unwrap().is_none_or(|(covered, _)| covered < size) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, covered).await.expect("the checkpoint follows the journal");
}

/// Stops it, and waits until its threads have moved what was written ahead into the main file: a copy made in
/// the midst of that would be of neither state.
async fn stop_and_settle(state: &mut State) {
    state.stop().await;
    let ahead = state.directory.join("journal/journal.sqlite-wal");
    let settled = async {
        while fs::metadata(&ahead).is_ok_and(|file| file.len() > 0) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, settled).await.expect("the journal is closed");
}

/// A stopped node whose kept checkpoint lags: how many records it covers, and how many there are.
pub async fn lagging(medium: Medium) -> (World, u64, u64) {
    let mut world = World::apart(medium, &["PL"]).await;
    let state = world.state_mut("PL");
    covered_to_the_end(state).await;
    let (covered, _) = CheckpointFile::new(&state.directory.join("checkpoint")).claimed().unwrap().unwrap();
    let older = fs::read(state.directory.join("checkpoint")).unwrap();
    state.take_person("second watch", "second watch of PL", &[Role::Watch]).await;
    let size = state.node().registrar.head().chain.size;
    // Else the newest one may be written once more, after this one was put back.
    covered_to_the_end(state).await;
    stop_and_settle(state).await;
    fs::write(state.directory.join("checkpoint"), older).unwrap();
    assert!(covered < size);
    (world, covered, size)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_holds_and_says_which_records_its_checkpoint_does_not_cover() {
    let (world, covered, size) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let (directory, file) = (&world.state("PL").directory, folder.path().join("pl.journal"));
    let told = export(directory, &file);
    assert!(told.contains(&format!("entries      {size}, each as it stands; nothing was checked")), "{told}");
    let report = report(&file);
    assert_eq!((&report["ok"], &report["size"]), (&true.into(), &size.into()));
    assert_eq!((&report["covered"], &report["copied"]), (&false.into(), &true.into()));
    assert_eq!(report["covered_records"], covered);
    let said = said(&file);
    for sentence in [
        format!("by this node's signed checkpoint up to record {}\n", covered - 1),
        format!(
            "records {covered} to {} stand on the chain and the signature of the record key only",
            size - 1
        ),
        format!("whether anything was signed after record {}, it can't tell", size - 1),
        "whether it is all that was signed is not shown".to_owned(),
    ] {
        assert!(said.contains(&sentence), "{sentence}: {said}");
    }
    assert_eq!(entries(&file), rows(directory));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_next_is_printed_and_works_as_printed() {
    let (world, ..) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let told =
        export(&world.state("PL").directory, &folder.path().join("pl's node's.journal".replace('\'', " ")));
    let next = told.lines().find_map(|line| line.strip_prefix("next         ")).unwrap();
    assert!(shell(next, folder.path()).status.success(), "{next}");
}

#[test]
fn a_loss_that_a_peer_shows_says_why_no_index_can_be_named() {
    let shown = Broken::HeldByPeer { party: "BY".parse().unwrap(), size: 3 }.to_string();
    assert!(shown.contains("can't be named, since a peer knows the leaves of its own link"), "{shown}");
}

/// Runs what was printed, as it was printed.
fn shell(line: &str, folder: &Path) -> Output {
    let programs = Path::new(env!("CARGO_BIN_EXE_detente")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    Command::new("sh").args(["-c", line]).env("PATH", path).current_dir(folder).output().unwrap()
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

/// Damage of a kind: what is done to the rows, and the first index that fails.
type Damage = (&'static str, &'static str, u64);

const DAMAGES: &[Damage] = &[
    ("a removed row", "DELETE FROM entries WHERE position = 5", 5),
    ("removed rows", "DELETE FROM entries WHERE position IN (5, 6, 8)", 5),
    ("a first row removed", "DELETE FROM entries WHERE position = 0", 0),
    ("a record that does not decode", "UPDATE entries SET bytes = x'1b5b324a' WHERE position = 6", 6),
    ("an empty record", "UPDATE entries SET bytes = x'' WHERE position = 6", 6),
    ("a row too large for any entry", "UPDATE entries SET bytes = zeroblob(3000000) WHERE position = 4", 4),
    (
        "two records that changed places",
        "UPDATE entries SET position = -1 WHERE position = 7; UPDATE entries SET position = 7 WHERE position = 8; \
         UPDATE entries SET position = 8 WHERE position = -1",
        8,
    ),
    (
        "a record of elsewhere in its place",
        "UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE position = 3) WHERE position = 9",
        9,
    ),
    ("an end cut off behind what the checkpoint covers", "DELETE FROM entries WHERE position >= 8", 8),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_journal_is_exported_as_it_stands_and_the_audit_names_the_first_index() {
    let (world, ..) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    for (number, (what, statement, first)) in DAMAGES.iter().enumerate() {
        let directory = folder.path().join(format!("{number}"));
        copy(&world.state("PL").directory, &directory);
        tamper(&directory, statement);
        let file = folder.path().join(format!("{number}.journal"));
        export(&directory, &file);
        let whole: Vec<Bytes> = rows(&directory).into_iter().filter(|row| row.len() < 1_000_000).collect();
        assert_eq!(entries(&file), whole, "{what}");
        let report = report(&file);
        assert_eq!(report["first_failing"], *first, "{what}: {report:#}");
        assert!(!said(&file).contains('\u{1b}'));
        let refused = run(&["serve", text(&directory)]);
        assert!(!refused.status.success(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_any_row_is_exported_with_it_and_named() {
    let (world, covered, size) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    for index in 0..size {
        let directory = folder.path().join(format!("{index}"));
        copy(&world.state("PL").directory, &directory);
        let mut row = rows(&directory)[index as usize].to_vec();
        let middle = row.len() / 2;
        row[middle] ^= 1;
        let row = hex::encode(row);
        tamper(&directory, &format!("UPDATE entries SET bytes = x'{row}' WHERE position = {index}"));
        let file = folder.path().join(format!("{index}.journal"));
        export(&directory, &file);
        assert_eq!(hex::encode(&entries(&file)[index as usize]), row);
        let report = report(&file);
        if index + 1 == size {
            // The newest one, that nothing follows and nothing covers: it may as well be a stranger's.
            assert_eq!((&report["ok"], &report["doubtful_position"]), (&true.into(), &index.into()));
            assert!(said(&file).contains(&format!("position {index}, where record {index} would stand")));
        } else {
            assert_eq!(report["first_failing"], index, "{covered}: {report:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_spoilt_takes_only_its_own_entries_with_it() {
    let (world, ..) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    copy(&world.state("PL").directory, &whole);
    tamper(&whole, "PRAGMA user_version = 1");
    let bytes = fs::read(journal_of(&whole)).unwrap();
    let all = rows(&whole);
    const PAGE_BYTES: usize = 4096;
    const LEAF: u8 = 13;
    // The first page is the file's own; a page of a long entry only begins with its number.
    let leaves = (1..bytes.len() / PAGE_BYTES).filter(|page| bytes[page * PAGE_BYTES] == LEAF);
    let mut tried = 0;
    for page in leaves {
        let mut spoilt = bytes.clone();
        spoilt[page * PAGE_BYTES] = 0xff;
        fs::write(journal_of(&whole), spoilt).unwrap();
        let file = folder.path().join(format!("{page}.journal"));
        let told = export(&whole, &file);
        let found = entries(&file);
        let first = found.iter().zip(&all).position(|(found, row)| found != row).unwrap_or(found.len());
        assert!(found.len() < all.len() && found.iter().all(|entry| all.contains(entry)));
        assert!(told.contains("MISSING"), "{told}");
        assert_eq!(report(&file)["first_failing"], first, "page {page}: {told}");
        tried += 1;
    }
    assert!(tried > 1, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_contradicts_the_kept_checkpoint_is_a_fault() {
    let (world, covered, size) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("PL");
    copy(&world.state("PL").directory, &directory);
    let kept = fs::read(directory.join("checkpoint")).unwrap();
    let out = |name: &str| folder.path().join(name);

    fs::remove_file(directory.join("checkpoint")).unwrap();
    assert!(export(&directory, &out("none")).contains("none is kept beside the journal"));
    let none = report(&out("none"));
    assert_eq!((&none["ok"], &none["covered_records"]), (&true.into(), &0.into()));
    assert!(said(&out("none")).contains("none was kept beside the journal"));

    let spoilt = String::from_utf8(kept.clone()).unwrap().replacen(
        &format!("\n{covered}\n"),
        &format!("\n{}\n", covered - 1),
        1,
    );
    for (name, note) in
        [("changed", spoilt.into_bytes()), ("no note", b"x".to_vec()), ("too long", vec![b'x'; 200_000])]
    {
        fs::write(directory.join("checkpoint"), note).unwrap();
        export(&directory, &out(name));
        let report = report(&out(name));
        assert_eq!(report["first_failing"], size, "{name}: {report:#}");
        assert!(sentences(&report)[0].contains("is not one of this journal's"), "{report:#}");
    }

    fs::write(directory.join("checkpoint"), &kept).unwrap();
    tamper(&directory, &format!("DELETE FROM entries WHERE position >= {}", covered - 1));
    export(&directory, &out("short"));
    let report = report(&out("short"));
    assert_eq!(report["first_failing"], covered - 1);
    assert!(sentences(&report)[0].contains(&format!("kept beside the journal covers {covered} records")));
    assert!(said(&out("short")).contains("does not fit what is here"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_is_exported_and_held_against_the_kept_checkpoint() {
    let mut world = World::apart(Medium::Embedded, &["PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let state = world.state_mut("PL");
    stop_and_settle(state).await;
    let before = folder.path().join("before");
    copy(&state.directory.join("journal"), &before);
    for (called, name) in [("second watch", "one"), ("third watch", "other")] {
        state.start().await;
        state.take_person(called, name, &[Role::Watch]).await;
        covered_to_the_end(state).await;
        stop_and_settle(state).await;
        if name == "one" {
            fs::copy(state.directory.join("checkpoint"), folder.path().join("checkpoint")).unwrap();
            fs::remove_file(state.directory.join("checkpoint")).unwrap();
            fs::remove_dir_all(state.directory.join("journal")).unwrap();
            copy(&before, &state.directory.join("journal"));
        }
    }
    fs::copy(folder.path().join("checkpoint"), state.directory.join("checkpoint")).unwrap();
    let file = folder.path().join("forked.journal");
    export(&state.directory, &file);
    let report = report(&file);
    assert!(sentences(&report)[0].contains("the root is another"), "{report:#}");
    let lines = doctor::examine(&state.directory, beginning()).await;
    assert!(
        lines
            .iter()
            .any(|line| matches!(&line.finding, Finding::Wrong { why, mend } if why.contains("forked")
        && mend.contains("audit export --from"))),
        "{lines:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_can_not_be_passed_off_as_what_a_running_node_gave() {
    let (world, covered, size) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy");
    export(&world.state("PL").directory, &file);
    let (note, all) = (kept_in(&file), entries(&file));
    // Its beginning and end made those of a node's export: then its checkpoint must cover all.
    let posing = folder.path().join("posing");
    let mut writer = ExportWriter::begin(Vec::new()).unwrap();
    all.iter().for_each(|entry| writer.entry(entry).unwrap());
    fs::write(&posing, writer.end(&note).unwrap()).unwrap();
    let report = report(&posing);
    assert_eq!(report["first_failing"], covered);
    assert!(sentences(&report)[0].contains("beyond the checkpoint"), "{report:#}");
    // What nothing covers left out: it holds, and says that it can't tell.
    let shorter = folder.path().join("shorter");
    let mut writer = detente::codec::export::CopyWriter::begin(Vec::new(), &note).unwrap();
    all.iter().take(size as usize - 1).for_each(|entry| writer.entry(entry).unwrap());
    fs::write(&shorter, writer.end().unwrap()).unwrap();
    let said = said(&shorter);
    assert!(said.contains(&format!("signed after record {}, it can't tell", size - 2)), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_that_doctor_names_work_as_printed() {
    let (world, ..) = lagging(Medium::Embedded).await;
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("PL");
    copy(&world.state("PL").directory, &directory);
    tamper(&directory, "DELETE FROM entries WHERE position = 5");
    let refused = String::from_utf8(run(&["serve", text(&directory)]).stderr).unwrap();
    let quoted = |words: &str| words.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let [doctor] = &quoted(&refused)[..] else { panic!("{refused}") };
    let found = String::from_utf8(shell(doctor, folder.path()).stdout).unwrap();
    let mend = found.lines().find(|line| line.contains("mend:")).unwrap();
    assert!(mend.contains("history lacks what stood there") && mend.contains("do not serve"), "{mend}");
    let [export, verify] = &quoted(mend)[..] else { panic!("{mend}") };
    let export = shell(&export.replace("FILE", "broken.journal"), folder.path());
    assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    let verify = shell(&verify.replace("FILE", "broken.journal"), folder.path());
    assert!(String::from_utf8_lossy(&verify.stderr).contains("record 5 is the first that fails"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_others_could_read_is_to_be_closed_and_renewed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (world, ..) = lagging(Medium::Embedded).await;
    let state = world.state("PL");
    let key = state.directory.join("keys/message.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let lines = doctor::examine(&state.directory, beginning()).await;
    let keys = lines.iter().find(|line| line.what == "keys").unwrap();
    let Finding::Wrong { mend, .. } = &keys.finding else { panic!("{keys:?}") };
    assert!(mend.starts_with(&format!("chmod 600 '{}';", key.display())), "{mend}");
    assert!(mend.contains("take it for stolen") && mend.contains("--keys message"), "{mend}");
    assert!(!mend.contains("copy"), "{mend}");
}
