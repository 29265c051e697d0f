//! `detente person`: certificates for people (from the custody), and their place on the roster (by two
//! custodians).
//!
//! Never here: a role in a certificate. The certificate says who, the roster on record says what.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::Subcommand;

use crate::cli::custody::{Custody, Issued};
use crate::cli::desk::{As, AsCommand, DeskDirectory, answer};
use crate::cli::fault::Fault;
use crate::cli::files;
use crate::cli::init::{Lives, NewPerson};
use crate::cli::json;
use crate::cli::next_list::NextList;
use crate::cli::node_directory::NodeDirectory;
use crate::cli::out::say;
use crate::cli::proposal::{self, Proposed};
use crate::cli::register::{Entry, Kind};
use crate::clock::Clock;
use crate::codec::proto::detente::evidence::v1::Person;
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::{ListMembersRequest, Member, propose_request::Change};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::people::Role;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// People: certificates, and what they may do
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Issue(Issue),
    Propose(Propose),
    Remove(Remove),
    List(List),
    Revoke(Revoke),
}

/// Issue a certificate, from the custody, and make the person's desk
#[derive(clap::Args, Debug)]
struct Issue {
    /// The node's directory, with its custody
    directory: PathBuf,
    /// The person's name, as it is to stand in messages
    #[arg(long)]
    name: String,
    /// The person's office
    #[arg(long, default_value = "")]
    office: String,
    /// The roles in which the person is to be proposed, separated by commas
    #[arg(long, value_delimiter = ',', required = true, value_parser = parse_role)]
    roles: Vec<Role>,
    /// The desk to make: a new directory
    #[arg(long, value_name = "PEOPLEDIR")]
    out: PathBuf,
    /// Where the desk finds the node; default: the address in node.toml
    #[arg(long, value_name = "HOST:PORT")]
    node: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Propose adding a person to the roster; another custodian must confirm
#[derive(clap::Args, Debug)]
struct Propose {
    #[command(flatten)]
    by: AsCommand,
    /// The person's name, as it is to stand in messages
    #[arg(long)]
    name: String,
    /// The person's office
    #[arg(long, default_value = "")]
    office: String,
    /// As `person issue` printed it
    #[arg(long, value_parser = parse_digest)]
    key_digest: Digest,
    /// Separated by commas
    #[arg(long, value_delimiter = ',', required = true, value_parser = parse_role)]
    roles: Vec<Role>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Propose removing a person from the roster; another custodian must confirm
#[derive(clap::Args, Debug)]
struct Remove {
    #[command(flatten)]
    by: AsCommand,
    /// The person's key, as `person list` shows it
    #[arg(long, value_parser = parse_digest)]
    key_digest: Digest,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// List the roster
#[derive(clap::Args, Debug)]
struct List {
    #[command(flatten)]
    by: As,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// Revoke certificates, from the custody, and publish the next revocation list
#[derive(clap::Args, Debug)]
struct Revoke {
    /// The node's directory, with its custody
    directory: PathBuf,
    /// Every certificate issued to this name
    #[arg(long, required_unless_present = "serial")]
    name: Option<String>,
    /// One certificate
    #[arg(long)]
    serial: Option<String>,
    #[command(flatten)]
    next: NextList,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Issue(args) => issue_and_print(args),
        Command::Propose(args) => propose(args).await,
        Command::Remove(args) => remove(args).await,
        Command::List(args) => list(args).await,
        Command::Revoke(args) => revoke(args),
    }
}

/// Issues a certificate and makes the desk at `out`, which finds its node at `address`.
pub fn issue(
    directory: &NodeDirectory,
    party: &Party,
    person: &NewPerson,
    out: &Path,
    address: &str,
    lives: Lives,
    now: Instant,
) -> Result<Issued, Fault> {
    let mut custody = Custody::open(&directory.custody(), party)?;
    DeskDirectory::at(out).check_free()?;
    let until = now.plus_ms(lives.certificate_ms);
    let issued = custody.issue_person(&person.name, &person.office, now, until)?;
    let authority = files::read_public(&directory.custody().join("ca.crt"))?;
    DeskDirectory::at(out).write(party, address, &authority, &issued).map_err(|fault| {
        let (serial, node) = (&issued.serial, directory.root().display());
        Fault::new(format!(
            "{fault}; the desk is not whole, and its certificate stands on the register all the same: revoke it with \
             `detente person revoke '{node}' --serial {serial}`, and issue another with --out on a file system that \
             takes it"
        ))
    })?;
    Ok(issued)
}

fn issue_and_print(args: Issue) -> Result<(), Fault> {
    let directory = NodeDirectory::at(&args.directory);
    let settings = directory.read_settings()?;
    let address = args.node.unwrap_or_else(|| settings.desk_address());
    let person = NewPerson { name: args.name, office: args.office };
    let now = Clock::system().now();
    let issued = issue(&directory, &settings.party, &person, &args.out, &address, Lives::default(), now)?;
    let roles = args.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(",");
    if args.json {
        let line = serde_json::json!({ "kind": "person", "desk": args.out.display().to_string(), "serial": issued.serial,
            "key_digest": issued.key_digest.to_string(), "name": person.name, "office": person.office,
            "roles": roles });
        say!("{}", json::line(&line));
        return Ok(());
    }
    say!("desk        {}", args.out.display());
    say!("serial      {}", issued.serial);
    say!("key digest  {}", issued.key_digest);
    say!("next        detente person propose --as CUSTODIAN \\");
    say!("              --name {} --office {} \\", quoted(&person.name), quoted(&person.office));
    say!("              --key-digest {} --roles {roles}", issued.key_digest);
    Ok(())
}

async fn propose(args: Propose) -> Result<(), Fault> {
    let member = Member {
        person: Some(Person {
            name: args.name,
            office: args.office,
            key_digest: Bytes::copy_from_slice(&args.key_digest.0),
        }),
        roles: args.roles.iter().map(|role| role.name().into()).collect(),
    };
    proposal::propose(&args.by, Change::MemberAdded(member), Bytes::new(), Proposed::printed(args.json)).await
}

async fn remove(args: Remove) -> Result<(), Fault> {
    let key = Bytes::copy_from_slice(&args.key_digest.0);
    proposal::propose(&args.by, Change::MemberRemoved(key), Bytes::new(), Proposed::printed(args.json)).await
}

async fn list(args: List) -> Result<(), Fault> {
    let mut calls = PartyServiceClient::new(args.by.open()?.channel);
    for member in answer(calls.list_members(ListMembersRequest {})).await?.members {
        let person = member.person.unwrap_or_default();
        let key = hex::encode(&person.key_digest);
        if args.json {
            let line = serde_json::json!({ "kind": "person", "name": person.name, "office": person.office,
                "key_digest": key, "roles": member.roles });
            say!("{}", json::line(&line));
        } else {
            let roles = shown(&member.roles.join(","));
            say!("{key}  {}  {}  {roles}", shown(&person.name), shown(&person.office));
        }
    }
    Ok(())
}

fn revoke(args: Revoke) -> Result<(), Fault> {
    let directory = NodeDirectory::at(&args.directory);
    let party = directory.read_settings()?.party;
    let mut custody = Custody::open(&directory.custody(), &party)?;
    let now = Clock::system().now();
    let serials: Vec<String> = custody
        .register()
        .iter()
        .filter_map(|entry| match entry {
            Entry::Issued { serial, kind: Kind::Person, holder, .. } => {
                let serial = hex::encode(serial);
                let asked = args.name.as_ref() == Some(holder) || args.serial.as_ref() == Some(&serial);
                asked.then_some(serial)
            }
            Entry::Issued { .. } | Entry::Revoked { .. } | Entry::List { .. } => None,
        })
        .collect();
    if serials.is_empty() {
        return Err(Fault::new("this authority issued no such certificate to a person; nothing was revoked"));
    }
    let until = args.next.publish(&mut custody, &directory, &serials, now)?;
    if args.json {
        let line = serde_json::json!({ "kind": "revoked", "serials": serials, "list_until": until.to_string(),
            "list": directory.revocation_list().display().to_string() });
        say!("{}", json::line(&line));
        return Ok(());
    }
    for serial in serials {
        say!("revoked  {serial}");
    }
    say!("list     {}, good until {until}", directory.revocation_list().display());
    say!("next     the node takes the list when it starts or is sent SIGHUP; or from anywhere:");
    say!(
        "         detente party submit-revocation-list --as CUSTODIAN {}",
        directory.revocation_list().display()
    );
    Ok(())
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    format!("'{}'", shown(text).replace('\'', "'\\''"))
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::from_name(text).ok_or_else(|| format!("one of {}", Role::ALL.map(Role::name).join(", ")))
}

pub(super) fn parse_digest(text: &str) -> Result<Digest, String> {
    Digest::from_hex(text).ok_or_else(|| "64 hexadecimal digits".into())
}
