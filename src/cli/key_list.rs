//! `detente key-list`: the next key list, signed in the custody, put in force by two custodians.
//!
//! Never here: a list that does not follow the newest on record; the file named by `--after` says which
//! that is.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Subcommand;

use crate::cli::custody::Custody;
use crate::cli::desk::AsCommand;
use crate::cli::fault::Fault;
use crate::cli::files::{self, FileFault, Readers};
use crate::cli::given;
use crate::cli::init::{Lives, listed, sign_list};
use crate::cli::json;
use crate::cli::keys;
use crate::cli::node_directory::NodeDirectory;
use crate::cli::out::say;
use crate::cli::proposal::{self, Proposed};
use crate::clock::Clock;
use crate::codec::party_file::{PartyFile, VerifiedList};
use crate::codec::proto::detente::v1::propose_request::Change;
use crate::domain::event::AcceptedKeyList;
use crate::domain::keys::{Key, KeyList, Purpose};
use crate::domain::time::Instant;
use crate::evidence::keys::SigningKey;
use crate::peers::certificate;

/// This Party's own key list
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Next(Next),
    /// Propose putting a list in force; another custodian must confirm
    Propose {
        #[command(flatten)]
        by: AsCommand,
        /// The list, as `key-list next` made it
        file: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Make the next list, from the custody; what is not given stays as it was
#[derive(clap::Args, Debug)]
pub struct Next {
    /// The custody's machine: a directory with custody/ and node.toml
    pub directory: PathBuf,
    /// The newest party file, as `party export` wrote it
    #[arg(long, value_name = "FILE")]
    pub after: PathBuf,
    /// Which keys are made anew, separated by commas: message, record, ledger, witness, tls (with a
    /// certificate), list
    #[arg(long = "keys", value_delimiter = ',', value_parser = parse_purpose)]
    pub renewed: Vec<Purpose>,
    /// Make the authority's own certificate anew too, under the same key, before the one in force ends
    #[arg(long)]
    pub authority_certificate: bool,
    /// Where others reach the node; replaces the addresses before
    #[arg(long = "address", value_name = "HOST:PORT", value_parser = given::address)]
    pub addresses: Vec<String>,
    /// Whom to call when nothing else works; replaces the contacts before
    #[arg(long = "contact", value_name = "TEXT")]
    pub contacts: Vec<String>,
    /// The file to be made
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Next(args) => {
            let made = next(&args, Clock::system().now())?;
            say_next(&args, &made);
            Ok(())
        }
        Command::Propose { by, file, json } => {
            let bytes = Bytes::from(files::read_public(&file)?);
            proposal::propose(&by, Change::OwnKeyList(bytes), Bytes::new(), Proposed::printed(json)).await
        }
    }
}

fn say_next(args: &Next, made: &AcceptedKeyList) {
    let (list, out) = (&made.list, args.out.display().to_string());
    let fresh = NodeDirectory::at(&args.directory).keys_of_list(list.number);
    let fresh = fresh.exists().then(|| fresh.display().to_string());
    if args.json {
        let line = serde_json::json!({ "kind": "key_list", "list": out, "number": list.number,
            "digest": made.digest.to_string(), "keys": fresh });
        say!("{}", json::line(&line));
        return;
    }
    say!("key list  {out}, number {}, digest {}", list.number, made.digest);
    if let Some(fresh) = fresh {
        say!("keys      {fresh}");
        say!(
            "next      if the node's directory is elsewhere, move them there, under keys/ and the same name;"
        );
        say!("          send the node SIGHUP: it reads them, and goes on with those in force");
    }
    if args.authority_certificate {
        say!("authority its certificate is made anew, under the same key: copy custody/ again");
    }
    say!("next      detente key-list propose {out} --as CUSTODIAN");
    if args.renewed.contains(&Purpose::Tls) {
        say!("          once it is in force: send the node SIGHUP, and it uses the new certificate;");
        say!("          peers that do not hold the list by then are handed it first");
    }
}

/// Makes and signs the list after the newest one of the party file, and writes it, with the keys that it
/// renews. Needs no key of the node's.
pub fn next(args: &Next, now: Instant) -> Result<AcceptedKeyList, Fault> {
    let directory = NodeDirectory::at(&args.directory);
    let party = directory.read_settings()?.party;
    let text = String::from_utf8(files::read_public(&args.after)?)
        .map_err(|_| Fault::new("the party file is not text"))?;
    let newest = PartyFile::from_text(&text)?.verified_lists()?.pop();
    let newest = newest.ok_or_else(|| Fault::new("the party file holds no key list"))?;
    if newest.list.party != party {
        return Err(Fault::new("the party file is another Party's: export this one's own"));
    }
    let number = newest.list.number.saturating_add(1);
    let fresh = [directory.keys_of_list(number), directory.custody_of_list(number)];
    if let Some(there) = fresh.iter().find(|place| place.exists()) {
        return Err(Fault::new(format!(
            "{} is there already: keys were made for a list of that number. If it is not to take force, remove \
             that directory, here and at the node",
            there.display()
        )));
    }
    if args.out.exists() {
        return Err(FileFault::Exists(args.out.clone()).into());
    }
    let made = make(args, &directory, newest, now);
    if made.is_err() {
        // No list that anybody has names them.
        for place in fresh {
            let _ = std::fs::remove_dir_all(place);
        }
    }
    made
}

fn make(
    args: &Next,
    directory: &NodeDirectory,
    newest: VerifiedList,
    now: Instant,
) -> Result<AcceptedKeyList, Fault> {
    let list_key = list_key_of(directory, &newest.list)?;
    let number = newest.list.number.saturating_add(1);
    let mut all = Vec::new();
    for key in &newest.list.keys {
        if key.purpose == Purpose::Tls {
            // Of several, the last one is in use: the others were kept for the change to it.
            all.retain(|other: &Key| other.purpose != Purpose::Tls);
            all.push(key.clone());
        } else if args.renewed.contains(&key.purpose) {
            let is_custodys = key.purpose == Purpose::List;
            let place =
                if is_custodys { directory.custody_of_list(number) } else { directory.keys_of_list(number) };
            all.push(listed(key.purpose, &keys::make_signing_key(&place, key.purpose)?));
        } else {
            all.push(key.clone());
        }
    }
    if args.renewed.contains(&Purpose::Tls) {
        let until = now.plus_ms(Lives::default().certificate_ms);
        let mut custody = Custody::open(&directory.custody(), &newest.list.party)?;
        check_is_listed(&custody, &newest.list)?;
        let issued = custody.issue_node(now, until)?;
        keys::write_tls(&directory.keys_of_list(number), &issued.certificate_pem, &issued.key_pem)?;
        all.push(Key { purpose: Purpose::Tls, public_key: issued.key_digest.0 });
    }
    let ca_certificates = if args.authority_certificate {
        with_authority_renewed(directory, &newest.list, now)?
    } else {
        newest.list.ca_certificates.clone()
    };
    let or_before = |given: &Vec<String>, before: &Vec<String>| {
        if given.is_empty() { before.clone() } else { given.clone() }
    };
    let list = KeyList {
        number,
        previous: newest.digest,
        made_at: now,
        keys: all,
        ca_certificates,
        addresses: or_before(&args.addresses, &newest.list.addresses),
        contacts: or_before(&args.contacts, &newest.list.contacts),
        ..newest.list
    };
    let signed = sign_list(list, &list_key)?;
    files::write_new(&args.out, &signed.signed, Readers::Anyone)?;
    Ok(signed)
}

/// The certificates of the list before, with a new one in the place of this custody's: two under one key would only be
/// the older end again, of which everybody is warned.
fn with_authority_renewed(
    directory: &NodeDirectory,
    before: &KeyList,
    now: Instant,
) -> Result<Vec<Bytes>, Fault> {
    let mut custody = Custody::open(&directory.custody(), &before.party)?;
    check_is_listed(&custody, before)?;
    custody.renew_authority(now)?;
    let fresh = Bytes::copy_from_slice(custody.authority_der());
    let key = |der: &[u8]| certificate::key_digest(der).ok();
    let others = before.ca_certificates.iter().filter(|other| key(other) != key(&fresh)).cloned();
    Ok(std::iter::once(fresh.clone()).chain(others).collect())
}

/// A certificate of an authority that no list names is a stranger's everywhere.
fn check_is_listed(custody: &Custody, newest: &KeyList) -> Result<(), Fault> {
    let of = |der: &[u8]| certificate::key_digest(der).ok();
    if newest.ca_certificates.iter().any(|listed| of(listed) == of(custody.authority_der())) {
        return Ok(());
    }
    Err(Fault::new(
        "the newest key list names another authority than this custody holds: a node with a certificate of this one \
         would be let in nowhere. Use the custody that the list names, or a copy of it",
    ))
}

/// The private half of the list key that the newest list names: the next one is signed with it.
fn list_key_of(directory: &NodeDirectory, newest: &KeyList) -> Result<SigningKey, Fault> {
    for place in keys::places(&directory.custody()) {
        if keys::file_in(&place, Purpose::List).exists() {
            let key = keys::read_signing_key(&place, Purpose::List)?;
            if newest.key_for(Purpose::List) == Some(key.public_key().as_bytes()) {
                return Ok(key);
            }
        }
    }
    Err(Fault::new(format!(
        "{} does not hold the list key that the newest list names",
        directory.custody().display()
    )))
}

fn parse_purpose(text: &str) -> Result<Purpose, String> {
    let found = Purpose::ALL.into_iter().find(|purpose| purpose.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| "one of message, record, ledger, witness, tls, list".into())
}
