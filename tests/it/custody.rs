//! Keys, certificates and revocation lists as they lie on disk, and as other tools read them.

use detente::cli::custody::Custody;
use detente::cli::keys;
use detente::cli::register::Entry;
use detente::peers::tls::OwnCertificate;

use crate::authority::{Realm, beginning, end, pair, present};

#[test]
fn a_key_that_others_can_read_is_refused_with_the_chmod_that_mends_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let pl = Realm::new("PL");
    let directory = pl.directory().join("keys");
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    keys::write_tls(&directory, &pl.node.certificate_pem, &pl.node.key_pem).unwrap();
    for purpose in keys::SERVING {
        keys::make_signing_key(&directory, purpose).unwrap();
    }
    keys::NodeKeys::read(&directory).unwrap();
    for (file, open, closed) in [
        (directory.join("tls.key"), 0o640, 0o600),
        (directory.join("message.key"), 0o604, 0o600),
        (directory.clone(), 0o750, 0o700),
    ] {
        mode(&file, open);
        let fault = keys::NodeKeys::read(&directory).err().unwrap().to_string();
        assert!(fault.contains(&format!("chmod {closed:o} '{}'", file.display())), "{fault}");
        mode(&file, closed);
    }
    keys::NodeKeys::read(&directory).unwrap();
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (pl, by) = (Realm::new("PL"), Realm::new("BY"));
    let mixed = OwnCertificate::from_pem(pl.node.certificate_pem.as_bytes(), by.node.key_pem.as_bytes());
    assert!(mixed.unwrap_err().to_string().contains("does not belong"));
    pair(&pl.node);
}

#[test]
fn an_authority_opened_again_goes_on_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("custody");
    let party = "PL".parse().unwrap();
    let mut custody = Custody::make(&path, &party, beginning(), end()).unwrap();
    let anna = custody.issue_person("Anna Kowalska", "Arms Control", beginning(), end()).unwrap();
    custody.revoke(&anna.serial, present()).unwrap();
    custody.publish_list(present(), end()).unwrap();
    drop(custody);

    let mut custody = Custody::open(&path, &party).unwrap();
    let first_list = custody.revocation_list().unwrap();
    // Revoking again changes nothing; the next list has the next number and the same entry.
    custody.revoke(&anna.serial, end()).unwrap();
    let next_list = custody.publish_list(present(), end()).unwrap();
    assert_ne!(first_list, next_list);
    let numbers = |entry: &Entry| match entry {
        Entry::List { number, .. } => Some(*number),
        Entry::Issued { .. } | Entry::Revoked { .. } => None,
    };
    assert_eq!(custody.register().iter().filter_map(numbers).collect::<Vec<_>>(), [1, 2, 3]);
    let revoked = |entry: &&Entry| matches!(entry, Entry::Revoked { .. });
    assert_eq!(custody.register().iter().filter(revoked).count(), 1);
}

#[test]
fn a_custody_put_back_from_an_older_copy_revokes_what_the_newest_list_does_and_counts_on_from_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("custody");
    let party = "PL".parse().unwrap();
    let mut custody = Custody::make(&path, &party, beginning(), end()).unwrap();
    let mut issued = |name| custody.issue_person(name, "", beginning(), end()).unwrap().serial;
    let (anna, jan) = (issued("Anna Kowalska"), issued("Jan Nowak"));
    let older = std::fs::read(path.join("register")).unwrap();
    custody.revoke(&anna, present()).unwrap();
    custody.publish_list(present(), end()).unwrap();
    let newest = custody.publish_list(present(), end()).unwrap();
    drop(custody);
    std::fs::write(path.join("register"), older).unwrap();

    let mut custody = Custody::open(&path, &party).unwrap();
    custody.revoke(&jan, present()).unwrap();
    let read = custody.read_list(&newest).unwrap();
    assert_eq!(read.number, 3);
    custody.take_over(&read).unwrap();
    // A second time it is no news.
    custody.take_over(&read).unwrap();
    let next = custody.publish_list(present(), end()).unwrap();
    let next = custody.read_list(&next).unwrap();
    assert_eq!(next.number, 4);
    let mut both = vec![anna, jan];
    both.sort();
    let revoked: Vec<String> = next.revoked.iter().map(|(serial, _)| hex::encode(serial)).collect();
    assert_eq!(revoked, both);
    assert!(next.revoked.iter().all(|(_, at)| *at == present()), "{next:?}");
    assert_eq!(Realm::new("PL").custody.read_list(&newest), None);
}

#[test]
fn an_authority_is_made_once_and_opened_only_as_its_own_partys() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("custody");
    let (pl, by) = ("PL".parse().unwrap(), "BY".parse().unwrap());
    let custody = Custody::make(&path, &pl, beginning(), end()).unwrap();
    let authority = custody.authority_der().to_vec();
    drop(custody);
    let again = Custody::make(&path, &pl, beginning(), end()).err().unwrap();
    assert!(again.to_string().contains("is there already"), "{again}");
    let foreign = Custody::open(&path, &by).err().unwrap();
    assert!(foreign.to_string().contains("another organisation"), "{foreign}");
    assert_eq!(Custody::open(&path, &pl).unwrap().authority_der(), authority);
}

#[test]
fn where_the_custody_is_away_nothing_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("custody");
    let party = "PL".parse().unwrap();
    for _ in 0..2 {
        let away = Custody::open(&path, &party).err().unwrap().to_string();
        assert!(away.contains(&format!("no custody lies in {}", path.display())), "{away}");
        assert!(!path.join("lock").exists());
        // A place at which a stick is mounted at other times.
        if !path.exists() {
            std::fs::create_dir(&path).unwrap();
        }
    }
}

#[test]
fn what_an_authority_must_not_sign_it_refuses() {
    let mut pl = Realm::new("PL");
    for name in ["", "Anna\nrevoked 40 1970-01-01T00:00:00Z", " Anna", &"a".repeat(65)] {
        let fault = pl.custody.issue_person(name, "", beginning(), end()).err().unwrap();
        assert!(fault.to_string().starts_with("name: 1 to 64"), "{fault}");
    }
    let office = pl.custody.issue_person("Anna", "Arms\u{1b}[2J", beginning(), end()).err().unwrap();
    assert!(office.to_string().starts_with("office: "), "{office}");
    let backwards = pl.custody.issue_node(end(), beginning()).err().unwrap();
    assert!(backwards.to_string().contains("end after they begin"), "{backwards}");
    for serial in ["", "4f", "no digits"] {
        let unknown = pl.custody.revoke(serial, present()).err().unwrap();
        assert!(unknown.to_string().contains("no certificate with that serial"), "{unknown}");
    }
}

#[test]
fn what_stays_private_is_made_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let pl = Realm::new("PL");
    let custody = pl.directory().join("custody");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&custody), 0o700);
    for file in ["ca.key", "list.key", "register"] {
        assert_eq!(mode(&custody.join(file)), 0o600, "{file}");
    }
}
