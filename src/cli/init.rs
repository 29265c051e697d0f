//! `detente init`: a new node's directory, its authority and keys, its two first custodians, and the
//! first record of its journal. A separate, dated act: `serve` never begins a journal.
//!
//! Never here: anything written over. Where something is already, nothing is made.

use std::net::SocketAddr;
use std::path::PathBuf;

use bytes::Bytes;

use crate::cli::custody::{Custody, CustodyFault};
use crate::cli::desk::{DeskDirectory, DeskFault};
use crate::cli::files::{self, FileFault};
use crate::cli::keys::{self, KeyFault, SERVING};
use crate::cli::node_directory::{JournalSettings, NodeDirectory, NodeSettings, SettingsFault};
use crate::codec::party_file::Fingerprint;
use crate::codec::{key_list, record, signed};
use crate::domain::digest::{Digest, WriterId};
use crate::domain::event::{AcceptedKeyList, Event, Member, Record, RevocationList};
use crate::domain::keys::{Key, KeyList, Purpose};
use crate::domain::party::{Incarnation, Party};
use crate::domain::people::{Person, Role};
use crate::domain::time::Instant;
use crate::evidence::key_list::KeyListFault;
use crate::evidence::keys::SigningKey;
use crate::evidence::signed::{PayloadType, Signed};
use crate::journal;
use crate::limits;

/// The life of a Party's journal that `init` begins.
pub const FIRST_LIFE: Incarnation = Incarnation(1);

/// What is to be made.
#[derive(Clone, Debug)]
pub struct InitPlan {
    pub directory: PathBuf,
    pub party: Party,
    /// As people write it, such as "Republic of Poland".
    pub name: String,
    pub listen: SocketAddr,
    /// Where others reach the node, "host:port"; none if it can't be dialled.
    pub addresses: Vec<String>,
    pub contacts: Vec<String>,
    /// Exactly two, and two different persons.
    pub custodians: [NewPerson; 2],
    pub journal: JournalSettings,
    pub lives: Lives,
}

/// A person who is to have a certificate.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub name: String,
    /// May be empty.
    pub office: String,
}

/// How long what the authority signs is good for.
#[derive(Clone, Copy, Debug)]
pub struct Lives {
    pub certificate_ms: i64,
    pub revocation_list_ms: i64,
}

impl Default for Lives {
    fn default() -> Lives {
        Lives {
            certificate_ms: limits::CERTIFICATE_LIFE_MS,
            revocation_list_ms: limits::REVOCATION_LIST_LIFE_MS,
        }
    }
}

/// What was made.
#[derive(Debug)]
pub struct Made {
    pub fingerprint: Fingerprint,
    /// One for each custodian, in the order of the plan.
    pub desks: [PathBuf; 2],
}

/// Why nothing was begun.
#[derive(Debug, thiserror::Error)]
pub enum InitFault {
    #[error("{} holds something already; a node is made in a new or empty directory", .0.display())]
    NotEmpty(PathBuf),
    #[error("the two custodians must be two different persons")]
    SamePerson,
    #[error(transparent)]
    KeyList(#[from] KeyListFault),
    #[error(transparent)]
    Custody(#[from] CustodyFault),
    #[error(transparent)]
    File(#[from] FileFault),
    #[error(transparent)]
    Key(#[from] KeyFault),
    #[error(transparent)]
    Settings(#[from] SettingsFault),
    #[error(transparent)]
    Desk(#[from] DeskFault),
    #[error(transparent)]
    Journal(#[from] journal::OpenFault),
    #[error(
        "the first record may not have been written: {0}; remove the directory and the journal, then run init again"
    )]
    NotBegun(#[from] journal::AppendFault),
    #[error("the system gave no random numbers; nothing was made")]
    NoRandomness,
}

/// Makes a node. `now` is the beginning of everything that is signed.
pub async fn init(plan: &InitPlan, now: Instant) -> Result<Made, InitFault> {
    check(plan)?;
    let directory = NodeDirectory::at(&plan.directory);
    let made = make(plan, &directory, now).await;
    match &made {
        // The first record may be there, and these are the keys that signed it.
        Ok(_) | Err(InitFault::NotBegun(_) | InitFault::Settings(_)) => {}
        // The directory was new or empty: what lies in it was made just now and signed nothing that counts.
        Err(_) => {
            let made = [directory.custody(), directory.keys(), directory.journal()];
            for part in made.into_iter().chain([directory.parts(), directory.people()]) {
                let _ = std::fs::remove_dir_all(part);
            }
        }
    }
    made
}

async fn make(plan: &InitPlan, directory: &NodeDirectory, now: Instant) -> Result<Made, InitFault> {
    files::private_directory(directory.root())?;
    for part in [directory.journal(), directory.parts(), directory.people()] {
        files::private_directory(&part)?;
    }
    let list_until = now.plus_ms(plan.lives.revocation_list_ms);
    let until = now.plus_ms(plan.lives.certificate_ms);
    let mut custody = Custody::make(&directory.custody(), &plan.party, now, list_until)?;
    let node = custody.issue_node(now, until)?;
    for purpose in SERVING {
        keys::make_signing_key(&directory.keys(), purpose)?;
    }
    keys::write_tls(&directory.keys(), &node.certificate_pem, &node.key_pem)?;

    let first = first_key_list(plan, directory, &custody, now)?;
    let revocation_list = RevocationList { party: plan.party, der: Bytes::from(custody.revocation_list()?) };
    let fingerprint = Fingerprint(first.digest);
    let settings = NodeSettings {
        party: plan.party,
        name: plan.name.clone(),
        listen: plan.listen,
        fingerprint,
        journal: plan.journal.clone(),
    };
    let address = plan.addresses.first().cloned().unwrap_or_else(|| settings.desk_address());
    let mut members = Vec::new();
    let desks = plan.custodians.each_ref().map(|person| directory.people().join(folder_of(&person.name)));
    for (person, desk) in plan.custodians.iter().zip(&desks) {
        let issued = custody.issue_person(&person.name, &person.office, now, until)?;
        let desk = DeskDirectory::at(desk);
        let authority = files::read_public(&directory.custody().join("ca.crt"))?;
        desk.write(&plan.party, &address, &authority, &issued)?;
        members.push(Member {
            person: Person {
                name: person.name.clone(),
                office: person.office.clone(),
                key_digest: issued.key_digest,
            },
            roles: [Role::Custodian].into(),
        });
    }
    let genesis = Record {
        index: 0,
        at: now,
        command: None,
        events: vec![
            Event::JournalOpened {
                party: plan.party,
                incarnation: FIRST_LIFE,
                members,
                left_behind: Vec::new(),
            },
            Event::KeyListAccepted(first),
            Event::RevocationListAccepted(revocation_list),
        ],
    };
    let key = keys::read_signing_key(&directory.keys(), Purpose::Record)?;
    let entry = record::seal(&first_heading()?, &genesis, &key);
    let journal = plan.journal.create(directory).await?;
    journal.append(vec![entry]).await?;
    // Last: a directory without its settings is not a node's.
    directory.write_settings(&settings)?;
    Ok(Made { fingerprint, desks })
}

fn check(plan: &InitPlan) -> Result<(), InitFault> {
    let root = &plan.directory;
    match std::fs::read_dir(root) {
        Ok(mut there) => {
            if there.next().is_some() {
                return Err(InitFault::NotEmpty(root.clone()));
            }
        }
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {}
        Err(fault) => return Err(FileFault::Io { path: root.clone(), fault }.into()),
    }
    let [one, other] = &plan.custodians;
    let person = |new: &NewPerson, key| Person {
        name: new.name.clone(),
        office: new.office.clone(),
        key_digest: Digest::of(key),
    };
    if person(one, b"one").is_same_person(&person(other, b"other"))
        || folder_of(&one.name) == folder_of(&other.name)
    {
        return Err(InitFault::SamePerson);
    }
    Ok(())
}

fn first_key_list(
    plan: &InitPlan,
    directory: &NodeDirectory,
    custody: &Custody,
    now: Instant,
) -> Result<AcceptedKeyList, InitFault> {
    let list_key = keys::read_signing_key(&directory.custody(), Purpose::List)?;
    let mut all = vec![listed(Purpose::List, &list_key)];
    for purpose in SERVING {
        all.push(listed(purpose, &keys::read_signing_key(&directory.keys(), purpose)?));
    }
    let tls = keys::read_tls(&directory.keys())?.key_digest();
    all.push(Key { purpose: Purpose::Tls, public_key: tls.0 });
    let list = KeyList {
        party: plan.party,
        incarnation: FIRST_LIFE,
        number: 1,
        previous: Digest::ZERO,
        made_at: now,
        name: plan.name.clone(),
        keys: all,
        ca_certificates: vec![Bytes::copy_from_slice(custody.authority_der())],
        addresses: plan.addresses.clone(),
        contacts: plan.contacts.clone(),
    };
    Ok(sign_list(list, &list_key)?)
}

/// Signs a list of our own, if it keeps the rules of a list.
pub(super) fn sign_list(list: KeyList, list_key: &SigningKey) -> Result<AcceptedKeyList, KeyListFault> {
    crate::evidence::key_list::check_form(&list)?;
    let wrapped = Signed::sign(PayloadType::KeyList, key_list::encode(&list), &[list_key]);
    Ok(AcceptedKeyList { digest: wrapped.digest(), signed: signed::encode(&wrapped), list })
}

/// The public half, for a key list.
pub(super) fn listed(purpose: Purpose, key: &SigningKey) -> Key {
    Key { purpose, public_key: *key.public_key().as_bytes() }
}

fn first_heading() -> Result<record::Heading, InitFault> {
    let mut writer = [0; 16];
    getrandom::fill(&mut writer).map_err(|_| InitFault::NoRandomness)?;
    Ok(record::Heading {
        index: 0,
        previous: Digest::ZERO,
        incarnation: FIRST_LIFE,
        epoch: 0,
        writer: WriterId(writer),
    })
}

/// A folder's name of a person's: letters and digits, the rest as hyphens.
fn folder_of(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect::<String>().to_lowercase()
}
