//! A damaged, shortened or forked journal is exported as it stands, and the audit of the file names what fails.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use detente::cli::doctor::{self, Finding};
use detente::codec::export::{ExportWriter, Piece};
use detente::domain::people::Role;

use crate::exported::{
    copy, covered_to_the_end, entries, export, journal_of, lagging, pieces, report, rows, run, said,
    sentences, stop_and_settle, tamper, text,
};
use crate::world::{Medium, World, beginning};

/// The checkpoint that a copy begins with.
fn kept_in(file: &Path) -> Bytes {
    match pieces(file).remove(0) {
        Piece::Kept(note) => note,
        other => panic!("{other:?}"),
    }
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
        let told = run(&["audit", "verify", "--file", text(&file)]);
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        // Of what is here nothing fails where only the end is gone.
        if what.starts_with("an end cut off") {
            assert_eq!(report["missing_from"], *first, "{what}: {report:#}");
            let missing = format!("no record that is here fails; records are missing from {first} on");
            assert!(told.contains(&missing), "{told}");
        } else {
            assert!(told.contains(&format!("record {first} is the first that fails")), "{what}: {told}");
        }
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
