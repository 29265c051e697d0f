//! What only a file can suffer: another's file, a row taken out, a broken one, two owners' eyes.

use std::os::unix::fs::PermissionsExt as _;

use bytes::Bytes;
use detente::journal::{AppendFault, OpenFault, ReadFault, embedded};

fn entries(numbers: std::ops::Range<u32>) -> Vec<Bytes> {
    numbers.map(|n| Bytes::from(n.to_string())).collect()
}

#[tokio::test]
async fn a_journal_is_readable_by_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = embedded::create(&path).unwrap();
    journal.append(entries(0..1)).await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
        files += 1;
    }
    assert!(files >= 2, "the file written ahead is looked at too");
}

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    std::fs::write(&path, "a letter, not a journal, and longer than a header of SQLite is: ".repeat(99))
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let fault = embedded::open(&path).err().expect("refused");
    assert!(matches!(fault, OpenFault::NotAJournal { .. }), "{fault}");
    assert!(matches!(embedded::create(&path), Err(OpenFault::AlreadyThere { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn an_empty_file_is_not_taken_for_an_empty_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    std::fs::write(&path, "").unwrap();
    let fault = embedded::open(&path).err().expect("refused");
    assert!(matches!(fault, OpenFault::NotAJournal { .. }), "{fault}");
}

#[test]
fn another_programs_database_and_a_newer_layout_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE entries(a)").unwrap();
    assert!(matches!(embedded::open(&path), Err(OpenFault::NotAJournal { .. })));

    let path = folder.path().join("newer");
    drop(embedded::create(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    let fault = embedded::open(&path).err().expect("refused");
    assert!(fault.to_string().contains("version 2"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_taken_out_is_named_by_its_position() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = embedded::create(&path).unwrap();
    journal.append(entries(0..10)).await.unwrap();
    for removed in [6u32, 0] {
        let by_hand = rusqlite::Connection::open(&path).unwrap();
        by_hand.execute("DELETE FROM entries WHERE position = ?1", [removed]).unwrap();
        let fault = journal.reader(0).unwrap().next().await.unwrap_err();
        assert!(
            matches!(fault, ReadFault::Gone { position, .. } if position == u64::from(removed)),
            "{fault}"
        );
    }
    assert!(matches!(journal.read_at(6).await, Err(ReadFault::Gone { position: 6, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_held_by_another_is_unknown_in_time_and_the_journal_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = embedded::create(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let fault = journal.append(entries(0..1)).await.unwrap_err();
    assert!(matches!(fault, AppendFault::Unknown { .. }), "{fault}");
    other.execute_batch("ROLLBACK").unwrap();
    journal.append(entries(1..2)).await.unwrap();
    let read = journal.reader(0).unwrap().next().await.unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].bytes, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_write_that_failed_nothing_is_written_until_it_is_opened_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = embedded::create(&path).unwrap();
    journal.append(entries(0..3)).await.unwrap();
    // A table that is not there any more fails the write; putting it back does not start it again.
    let by_hand = rusqlite::Connection::open(&path).unwrap();
    by_hand.execute_batch("ALTER TABLE entries RENAME TO elsewhere").unwrap();
    for _ in 0..2 {
        let fault = journal.append(entries(3..4)).await.unwrap_err();
        assert!(matches!(fault, AppendFault::Stopped { .. }), "{fault}");
        by_hand.execute_batch("DROP TABLE IF EXISTS entries").unwrap();
    }
    by_hand.execute_batch("ALTER TABLE elsewhere RENAME TO entries").unwrap();
    let fault = journal.append(entries(3..4)).await.unwrap_err();
    assert!(matches!(fault, AppendFault::Stopped { .. }), "{fault}");
    let journal = embedded::open(&path).unwrap();
    journal.append(entries(3..4)).await.unwrap();
    assert_eq!(journal.reader(0).unwrap().next().await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_ahead_is_moved_over_and_the_side_file_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = embedded::create(&path).unwrap();
    for _ in 0..40 {
        journal.append(vec![Bytes::from(vec![9; 500_000]); 2]).await.unwrap();
    }
    let ahead = std::fs::metadata(folder.path().join("journal-wal")).unwrap().len();
    assert!(ahead < 20_000_000, "{ahead} bytes written ahead");
    assert!(std::fs::metadata(&path).unwrap().len() > 30_000_000);
}
