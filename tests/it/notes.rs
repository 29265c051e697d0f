//! Notes, checkpoints, cosignatures and proof files, also as Go's own libraries read them.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use detente::domain::digest::Digest;
use detente::domain::ledger::{empty_root, leaf_hash};
use detente::domain::party::{Incarnation, LedgerEnd, Party};
use detente::domain::time::Instant;
use detente::evidence::checkpoint::{Checkpoint, CheckpointFault, SignedCheckpoint};
use detente::evidence::cosignature::CosignatureFault;
use detente::evidence::keys::{PublicKey, SigningKey};
use detente::evidence::merkle::Tree;
use detente::evidence::names;
use detente::evidence::note::{Note, NoteAlgorithm, NoteFault, NoteKey, NoteSignature};
use detente::evidence::proof::{Proof, ProofFileFault};
use proptest::prelude::*;

const KEEPER: &str = "detente/BY/ledger";
const WITNESS: &str = "detente/PL/witness";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn keeper() -> NoteKey {
    NoteKey::new(KEEPER, NoteAlgorithm::Ed25519, key(1).public_key()).unwrap()
}

fn witness() -> NoteKey {
    NoteKey::new(WITNESS, NoteAlgorithm::Cosignature, key(2).public_key()).unwrap()
}

fn end(code: &str, incarnation: u32) -> LedgerEnd {
    let party = code.parse().unwrap();
    LedgerEnd { party, incarnation: Incarnation(incarnation), fingerprint: Digest::of(code.as_bytes()) }
}

fn origin() -> String {
    names::ledger_origin(end("BY", 1), end("PL", 2))
}

fn leaves() -> Vec<Vec<u8>> {
    (0..21u8).map(|leaf| vec![leaf; usize::from(leaf)]).collect()
}

fn tree() -> Tree {
    leaves().iter().map(|leaf| leaf_hash(leaf)).collect()
}

fn at() -> Instant {
    Instant::from_rfc3339("2025-07-31T09:00:00Z").unwrap()
}

fn signed() -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(origin(), tree().size(), tree().root());
    SignedCheckpoint::sign(checkpoint, KEEPER, &key(1)).unwrap()
}

fn cosigned() -> SignedCheckpoint {
    let mut signed = signed();
    let line = signed.cosign(WITNESS, &key(2), at()).unwrap();
    assert_eq!(signed.add_cosignature(&witness(), line), Ok(at()));
    signed
}

#[test]
fn names_and_origins_are_spelt_as_agreed() {
    let (by, pl): (Party, Party) = ("BY".parse().unwrap(), "PL".parse().unwrap());
    let (first, second) = (Digest::of(b"BY"), Digest::of(b"PL"));
    assert_eq!(origin(), format!("detente/BY.1.{first}/ledger/PL.2.{second}"));
    assert!(!origin().contains(['+', ' ', '\n']), "it could be a key's name for Go as well");
    assert_eq!(names::journal_origin((&by, Incarnation(3))), "detente/BY.3/journal");
    assert_eq!(names::ledger_key_name(&by), KEEPER);
    assert_eq!(names::witness_key_name(&pl), WITNESS);
}

#[test]
fn go_verifies_what_we_signed_and_we_verify_what_go_signed() {
    let tree = tree();
    let sizes = 1..=tree.size();
    let base64 = |path: &[Digest]| path.iter().map(|hash| BASE64.encode(hash.0)).collect::<Vec<_>>();
    let mut inclusion = Vec::new();
    for size in sizes.clone() {
        for leaf in 0..size {
            let path = base64(&tree.inclusion_path(leaf, size).unwrap());
            inclusion.push(serde_json::json!({"leaf": leaf, "size": size, "path": path}));
        }
    }
    let text = "A text by another hand.\n\nWith a blank line.\n";
    let name = "example.org/go";
    let go_key = NoteKey::new(name, NoteAlgorithm::Ed25519, key(3).public_key()).unwrap();
    // The seed of `key(3)`, behind the number of Ed25519.
    let private = [&[1u8][..], &[3u8; 32]].concat();
    let checkpoint = cosigned().note().to_string();
    let fixture = serde_json::json!({
        "keeper_key": keeper().to_string(),
        "witness_key": witness().to_string(),
        "origin": origin(),
        "checkpoint": checkpoint,
        "forged": checkpoint.replacen("\n21\n", "\n20\n", 1),
        "leaves": leaves().iter().map(|leaf| BASE64.encode(leaf)).collect::<Vec<_>>(),
        "roots": base64(&sizes.map(|size| tree.root_at(size).unwrap()).collect::<Vec<_>>()),
        "inclusion": inclusion,
        "private_key": format!("PRIVATE+KEY+{name}+{}+{}", hex::encode(go_key.id()), BASE64.encode(private)),
        "text": text,
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fixture.json");
    std::fs::write(&file, fixture.to_string()).unwrap();
    let output = Command::new("go")
        .args(["run", "."])
        .arg(&file)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go"))
        .output()
        .expect("this test needs Go; tests/run installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let note = Note::parse(&output.stdout).unwrap();
    assert_eq!(note.text(), text);
    assert_eq!(note.verify(&[&go_key]), Ok(vec![&go_key]));
    assert_eq!(note, Note::sign(text.into(), name, &key(3)).unwrap());
}

#[test]
fn the_note_of_the_go_documentation_verifies() {
    let peter: NoteKey =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n\
                \n\
                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let note = Note::parse(text.as_bytes()).unwrap();
    assert_eq!(note.verify(&[&peter]), Ok(vec![&peter]));
    assert_eq!(note.to_string(), text);
    assert_eq!(peter.to_string().parse(), Ok(peter));
}

#[test]
fn a_checkpoint_has_golden_bytes_and_comes_back_the_same() {
    let text = cosigned().note().to_string();
    assert_eq!(text, include_str!("golden/checkpoint.note"));
    let read = SignedCheckpoint::open(text.as_bytes(), &origin(), &keeper()).unwrap();
    assert_eq!(read, cosigned());
    assert_eq!(read.cosigned_at(&witness()), Ok(at()));
}

#[test]
fn a_flipped_bit_in_any_byte_of_a_signed_note_is_noticed() {
    let text = cosigned().note().to_string();
    let (keeper, witness) = (keeper(), witness());
    for place in 0..text.len() {
        for bit in 0..8 {
            let mut flipped = text.clone().into_bytes();
            flipped[place] ^= 1 << bit;
            let both =
                Note::parse(&flipped).and_then(|note| note.verify(&[&keeper, &witness]).map(|by| by.len()));
            assert!(both != Ok(2), "bit {bit} of byte {place}");
        }
    }
}

#[test]
fn unknown_keys_are_ignored_and_a_known_key_that_is_wrong_spoils_the_note() {
    let mut note = signed().note().clone();
    let stranger = Note::sign("another text\n".into(), "stranger", &key(7)).unwrap();
    note.add(stranger.signatures()[0].clone()).unwrap();
    let stranger = NoteKey::new("stranger", NoteAlgorithm::Ed25519, key(7).public_key()).unwrap();
    assert_eq!(note.verify(&[&keeper()]), Ok(vec![&keeper()]));
    let wrong = NoteFault::WrongSignature { name: "stranger".into() };
    assert_eq!(note.verify(&[&keeper(), &stranger]), Err(wrong));
    assert_eq!(note.verify(&[&witness()]), Err(NoteFault::Unsigned));
    // The same name with another key is another key.
    let namesake = NoteKey::new(KEEPER, NoteAlgorithm::Ed25519, key(8).public_key()).unwrap();
    assert_eq!(note.verify(&[&namesake]), Err(NoteFault::Unsigned));
}

#[test]
fn a_good_line_does_not_hide_a_wrong_one_by_the_same_key() {
    let mut note = signed().note().clone();
    let other = Note::sign("another text\n".into(), KEEPER, &key(1)).unwrap();
    note.add(other.signatures()[0].clone()).unwrap();
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read.verify(&[&keeper()]), Err(NoteFault::WrongSignature { name: KEEPER.into() }));
}

#[test]
fn notes_that_are_not_notes_are_refused_by_reason() {
    let line = signed().note().signatures()[0].to_string();
    let parse = |text: &str| Note::parse(text.as_bytes()).unwrap_err();
    assert_eq!(parse(""), NoteFault::NoSignatures);
    assert_eq!(parse("text\n"), NoteFault::NoSignatures);
    assert_eq!(parse("text\n\n"), NoteFault::NoSignatures);
    assert_eq!(parse(&format!("text\n\n{line}")), NoteFault::NoSignatures);
    assert_eq!(
        parse(&format!("text\n\n{line}\n{}\n", line.trim_start_matches('—'))),
        NoteFault::SignatureLine { line: 2 }
    );
    assert_eq!(parse(&format!("text\r\n\n{line}\n")), NoteFault::Characters);
    assert_eq!(parse(&format!("text\n\n{line}=\n")), NoteFault::SignatureLine { line: 1 });
    assert_eq!(
        parse(&format!("text\n\n{}\n", line.replace(KEEPER, "a\u{a0}b"))),
        NoteFault::SignatureLine { line: 1 }
    );
    assert_eq!(Note::parse(b"text\xff\n\n").unwrap_err(), NoteFault::Characters);
    assert_eq!(parse(&format!("text\n\n{}", format!("{line}\n").repeat(33))), NoteFault::TooManySignatures);
    assert!(Note::parse(format!("text\n\n{}", format!("{line}\n").repeat(32)).as_bytes()).is_ok());
    assert_eq!(parse(&"x".repeat(128 * 1024 + 1)), NoteFault::TooLarge);
    for text in ["no line feed", "tab\t\n", "null\0\n", ""] {
        assert_eq!(Note::sign(text.into(), KEEPER, &key(1)), Err(NoteFault::Text));
    }
    for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{1}", &"n".repeat(256)] {
        assert_eq!(Note::sign("text\n".into(), name, &key(1)), Err(NoteFault::Name), "{name:?}");
    }
}

#[test]
fn verifier_keys_that_are_changed_are_refused() {
    let text = witness().to_string();
    assert_eq!(text.parse(), Ok(witness()));
    for place in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[place] ^= 2;
        let changed = String::from_utf8(changed).unwrap();
        assert!(changed.parse::<NoteKey>().is_err(), "{changed}");
    }
    assert!("".parse::<NoteKey>().is_err());
    assert!("name+00000000".parse::<NoteKey>().is_err());
}

#[test]
fn a_checkpoint_of_another_origin_or_keeper_is_refused() {
    let bytes = signed().note().to_string();
    let open = |origin: &str, key: &NoteKey| SignedCheckpoint::open(bytes.as_bytes(), origin, key);
    assert!(open(&origin(), &keeper()).is_ok());
    let namesake = LedgerEnd { fingerprint: Digest::of(b"another PL"), ..end("PL", 2) };
    let of_namesake = names::ledger_origin(end("BY", 1), namesake);
    assert_eq!(open(&of_namesake, &keeper()), Err(CheckpointFault::Origin));
    let other = NoteKey::new(KEEPER, NoteAlgorithm::Ed25519, key(9).public_key()).unwrap();
    assert_eq!(open(&origin(), &other), Err(CheckpointFault::Note(NoteFault::Unsigned)));
}

#[test]
fn checkpoint_texts_have_one_spelling() {
    let root = BASE64.encode(tree().root().0);
    let read = |text: &str| Checkpoint::from_text(text);
    let text = format!("o\n21\n{root}\nextension\n");
    assert_eq!(read(&text).unwrap().text(), text);
    for size in ["021", "+21", "-1", "", " 21", "21 ", "0x15", "9223372036854775808", "99999999999999999999"]
    {
        assert_eq!(read(&format!("o\n{size}\n{root}\n")), Err(CheckpointFault::Size), "{size:?}");
    }
    assert!(read(&format!("o\n9223372036854775807\n{root}\n")).is_ok());
    assert_eq!(read(&format!("\n21\n{root}\n")), Err(CheckpointFault::Origin));
    assert_eq!(read(&format!("o\n21\n{}\n", &root[..40])), Err(CheckpointFault::Root));
    assert_eq!(read(&format!("o\n21\n{root}\n\n")), Err(CheckpointFault::Extensions));
    assert_eq!(read(&format!("o\n21\n{root}\n{}", "e\n".repeat(17))), Err(CheckpointFault::Extensions));
    assert_eq!(read(&format!("o\n21\n{root}")), Err(CheckpointFault::Note(NoteFault::Text)));
    assert_eq!(read("o\n21\n"), Err(CheckpointFault::Root));
    assert_eq!(read("o\n"), Err(CheckpointFault::Size));
    assert_eq!(read(&format!("o\n0\n{root}\n")), Err(CheckpointFault::EmptyRoot));
    assert!(read(&format!("o\n0\n{}\n", BASE64.encode(empty_root().0))).is_ok());
    let mut forged = Checkpoint::new("o\n1".into(), 21, tree().root());
    assert_eq!(SignedCheckpoint::sign(forged.clone(), KEEPER, &key(1)), Err(CheckpointFault::Origin));
    forged.origin = "o".into();
    forged.extensions = vec!["e\n\n".into()];
    assert_eq!(SignedCheckpoint::sign(forged, KEEPER, &key(1)), Err(CheckpointFault::Extensions));
}

#[test]
fn a_cosignature_has_a_time_and_holds_for_its_checkpoint_only() {
    let signed = signed();
    for time in [0, 999, -1, i64::MIN] {
        assert_eq!(signed.cosign(WITNESS, &key(2), Instant(time)), Err(CosignatureFault::Time));
    }
    let line = signed.cosign(WITNESS, &key(2), Instant(1_000)).unwrap();
    let mut other =
        SignedCheckpoint::sign(Checkpoint::new(origin(), 20, tree().root()), KEEPER, &key(1)).unwrap();
    let wrong = CosignatureFault::Wrong { name: WITNESS.into() };
    assert_eq!(other.add_cosignature(&witness(), line.clone()), Err(wrong));
    let missing = CosignatureFault::Missing { name: WITNESS.into() };
    assert_eq!(signed.cosigned_at(&witness()), Err(missing.clone()));
    // The same key used to sign the note as it is makes no cosignature, nor the other way round.
    let plain = NoteKey::new(WITNESS, NoteAlgorithm::Ed25519, key(2).public_key()).unwrap();
    assert_ne!(plain.id(), witness().id());
    assert_eq!(signed.clone().add_cosignature(&plain, line.clone()), Err(missing));
    assert_eq!(NoteSignature::from_line(&line.to_string()), Some(line));
}

#[test]
fn the_earliest_of_two_cosignatures_counts_and_a_wrong_one_spoils_them() {
    let mut twice = cosigned();
    let later = twice.cosign(WITNESS, &key(2), at().plus_ms(60_000)).unwrap();
    twice.add_cosignature(&witness(), later).unwrap();
    assert_eq!(twice.cosigned_at(&witness()), Ok(at()));
    // The time is inside what is signed: here it is moved by one second.
    let mut bytes = twice.note().to_string();
    let line = twice.note().signatures()[2].to_string();
    let base64 = line.rsplit(' ').next().unwrap();
    let mut value = BASE64.decode(base64).unwrap();
    value[11] ^= 1;
    bytes = bytes.replace(base64, &BASE64.encode(value));
    let read = SignedCheckpoint::open(bytes.as_bytes(), &origin(), &keeper()).unwrap();
    assert_eq!(read.cosigned_at(&witness()), Err(CosignatureFault::Wrong { name: WITNESS.into() }));
}

#[test]
fn a_proof_file_is_written_as_c2sp_says_and_verifies_offline() {
    let (tree, leaves) = (tree(), leaves());
    let checkpoint = cosigned().note().to_string();
    for (index, leaf) in (0..).zip(&leaves) {
        let path = tree.inclusion_path(index, tree.size()).unwrap();
        let proof = Proof { index, path: path.clone(), extra: None, checkpoint: checkpoint.clone() };
        let lines: String = path.iter().map(|hash| BASE64.encode(hash.0) + "\n").collect();
        let text = format!("c2sp.org/tlog-proof@v1\nindex {index}\n{lines}\n{checkpoint}");
        assert_eq!(proof.to_text(), text);
        let read = Proof::from_text(&text).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.verify(leaf, &origin(), &keeper()), Ok(cosigned()));
        assert!(matches!(read.verify(b"other", &origin(), &keeper()), Err(ProofFileFault::Proof(_))));
    }
}

#[test]
fn proof_files_with_extra_data_are_read_and_faults_name_the_line() {
    let checkpoint = cosigned().note().to_string();
    let text = |head: &str| format!("{head}\n\n{checkpoint}");
    let read = |head: &str| Proof::from_text(&text(head));
    let proof = read("c2sp.org/tlog-proof@v1\nextra Zm9v\nindex 0").unwrap();
    assert_eq!(proof.extra.as_deref(), Some(&b"foo"[..]));
    assert_eq!(proof.to_text(), text("c2sp.org/tlog-proof@v1\nextra Zm9v\nindex 0"));
    let line = |head: &str| match read(head) {
        Err(ProofFileFault::Line { line }) => line,
        other => panic!("{head}: {other:?}"),
    };
    assert_eq!(line("c2sp.org/tlog-proof@v2\nindex 0"), "first");
    assert_eq!(line("c2sp.org/tlog-proof@v1\nextra Zm9\nindex 0"), "extra");
    assert_eq!(line("c2sp.org/tlog-proof@v1"), "index");
    assert_eq!(line("c2sp.org/tlog-proof@v1\nindex 00"), "index");
    assert_eq!(line("c2sp.org/tlog-proof@v1\nindex 0\nZm9v"), "hash");
    assert_eq!(
        Proof::from_text("c2sp.org/tlog-proof@v1\nindex 0\n"),
        Err(ProofFileFault::Line { line: "blank" })
    );
    let hash = BASE64.encode([0; 32]);
    let long = format!("c2sp.org/tlog-proof@v1\nindex 0{}", format!("\n{hash}").repeat(64));
    assert!(matches!(read(&long), Err(ProofFileFault::Proof(_))));
    assert_eq!(Proof::from_text(&"x".repeat(256 * 1024 + 1)), Err(ProofFileFault::TooLarge));
}

proptest! {
    #[test]
    fn random_text_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(c2sp.org/tlog-proof@v1\n)?(index [0-9]{1,3}\n)?([a-z0-9+=— \n]{0,80})") {
        for bytes in [&bytes, text.as_bytes()] {
            let _ = Note::parse(bytes);
            let _ = SignedCheckpoint::open(bytes, "", &keeper());
        }
        let _ = Checkpoint::from_text(&text);
        let _ = Proof::from_text(&text);
        let _ = text.parse::<NoteKey>();
        let _ = NoteSignature::from_line(&text);
        let _ = PublicKey::from_bytes(&bytes);
    }

    #[test]
    fn a_note_of_any_text_comes_back_the_same(text in "[^\\x00-\\x1f]{0,40}(\n[^\\x00-\\x1f]{0,10}){0,4}\n") {
        let note = Note::sign(text.clone(), KEEPER, &key(1)).unwrap();
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.text(), text);
        prop_assert!(read.verify(&[&keeper()]).is_ok());
    }
}
