//! What stands in a node's journal is exported with no node, and the audit of the file says how far it is vouched for; what
//! is to be done next is printed, and works as printed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use bytes::Bytes;
use detente::cli::doctor::{self, Finding};
use detente::cli::node::Node;
use detente::codec::export::{ExportReader, Piece};
use detente::domain::people::Role;
use detente::registrar::CheckpointFile;
use detente::replay::Broken;
use serde_json::Value;

use crate::world::{Medium, State, World, beginning};

/// Longer than anything here takes, so that a test that hangs fails instead.
const LIMIT: Duration = Duration::from_secs(120);

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

pub fn pieces(file: &Path) -> Vec<Piece> {
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

pub fn journal_of(directory: &Path) -> PathBuf {
    directory.join("journal/journal.sqlite")
}

pub fn copy(from: &Path, to: &Path) {
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
pub fn tamper(directory: &Path, statement: &str) {
    rusqlite::Connection::open(journal_of(directory)).unwrap().execute_batch(statement).unwrap();
}

pub fn rows(directory: &Path) -> Vec<Bytes> {
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
pub async fn stop_and_settle(state: &mut State) {
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
