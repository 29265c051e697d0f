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
use crate::cli::files::{self, Readers};
use crate::cli::init::{Lives, keys_of, sign_list};
use crate::cli::json;
use crate::cli::keys::{self, NodeKeys, Purpose as KeyFile};
use crate::cli::node_directory::NodeDirectory;
use crate::cli::out::say;
use crate::cli::proposal::{self, Proposed};
use crate::clock::Clock;
use crate::codec::party_file::{PartyFile, VerifiedList};
use crate::codec::proto::detente::v1::propose_request::Change;
use crate::domain::event::AcceptedKeyList;
use crate::domain::keys::{KeyList, Purpose};
use crate::domain::time::Instant;

/// This Party's own key list
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Next(Next),
    /// Proposes to put a list in force; another custodian must confirm
    Propose {
        #[command(flatten)]
        by: AsCommand,
        file: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Makes the next list, from the custody. What is not given stays as it was
#[derive(clap::Args, Debug)]
pub struct Next {
    /// The node's directory, with its custody
    pub directory: PathBuf,
    /// The newest party file, as `party export` wrote it
    #[arg(long, value_name = "FILE")]
    pub after: PathBuf,
    /// A new TLS key and certificate, kept in keys/next until the list is in force
    #[arg(long)]
    pub new_tls_key: bool,
    /// Where others reach the node, in place of the addresses before
    #[arg(long = "address", value_name = "HOST:PORT")]
    pub addresses: Vec<String>,
    /// Whom to call when nothing else works, in place of the contacts before
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
            if args.json {
                let line = serde_json::json!({ "kind": "key_list", "list": args.out.display().to_string(),
                    "number": made.list.number, "digest": made.digest.to_string() });
                say!("{}", json::line(&line));
                return Ok(());
            }
            say!("key list  {}, number {}, digest {}", args.out.display(), made.list.number, made.digest);
            say!("next      detente key-list propose {} --as CUSTODIAN", args.out.display());
            if args.new_tls_key {
                say!("          once it is in force here and at the peers: send the node SIGHUP, and it");
                say!("          answers with the new certificate");
            }
            Ok(())
        }
        Command::Propose { by, file, json } => {
            let bytes = Bytes::from(files::read_public(&file)?);
            proposal::propose(&by, Change::OwnKeyList(bytes), Bytes::new(), Proposed::printed(json)).await
        }
    }
}

/// Makes and signs the list after the newest one of the party file, and writes it.
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
    take_next_pair(&directory, &newest)?;
    let serving = NodeKeys::read(&directory.keys())?;
    let list_key = keys::read_signing_key(&directory.custody(), KeyFile::List)?;
    let mut tls = vec![serving.tls.key_digest()];
    if args.new_tls_key {
        let until = now.plus_ms(Lives::default().certificate_ms);
        let issued = Custody::open(&directory.custody(), &party)?.issue_node(now, until)?;
        keys::write_tls(&directory.next_keys(), &issued.certificate_pem, &issued.key_pem)?;
        tls.push(issued.key_digest);
    }
    let or_before = |given: &Vec<String>, before: &Vec<String>| {
        if given.is_empty() { before.clone() } else { given.clone() }
    };
    let list = KeyList {
        number: newest.list.number.saturating_add(1),
        previous: newest.digest,
        made_at: now,
        keys: keys_of(&serving, &list_key, &tls),
        addresses: or_before(&args.addresses, &newest.list.addresses),
        contacts: or_before(&args.contacts, &newest.list.contacts),
        ..newest.list
    };
    let signed = sign_list(list, &list_key)?;
    files::write_new(&args.out, &signed.signed, Readers::Anyone)?;
    Ok(signed)
}

/// A pair made for an earlier list that is in force by now takes the place of the one before it.
fn take_next_pair(directory: &NodeDirectory, newest: &VerifiedList) -> Result<(), Fault> {
    let Ok(pair) = keys::read_tls(&directory.next_keys()) else { return Ok(()) };
    if newest.list.keys_for(Purpose::Tls).any(|listed| *listed == pair.key_digest().0) {
        let certificate = files::read_public(&directory.next_keys().join("tls.crt"))?;
        let key = files::read_private(&directory.next_keys().join("tls.key"))?;
        let text = |bytes| String::from_utf8(bytes).map_err(|_| Fault::new("keys/next is not PEM"));
        keys::write_tls(&directory.keys(), &text(certificate)?, &text(key)?)?;
    }
    Ok(())
}
