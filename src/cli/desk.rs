//! An officer's desk: the directory that `--as` names, the way to the node from there, and the heading
//! of each command. Every command of an officer goes through here.
//!
//! `ca.crt` (whose node it must be), `person.crt` and `person.key`, `desk.toml` (Party and the node's
//! address). Never here: what a command says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tonic::transport::Channel;

use crate::cli::custody::Issued;
use crate::cli::fault::Fault;
use crate::cli::files::{self, FileFault, Readers};
use crate::cli::keys::{self, KeyFault};
use crate::clock::Clock;
use crate::codec::proto::detente::v1::CommandHeader;
use crate::domain::digest::CommandId;
use crate::domain::party::Party;
use crate::limits;
use crate::peers::dial::{self, BadAuthority};

/// What one person needs to speak to their node.
#[derive(Clone, Debug)]
pub struct DeskDirectory(PathBuf);

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskSettings {
    party: String,
    /// The node, "host:port".
    node: String,
}

/// Why a desk is not made or can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DeskFault {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error(transparent)]
    Key(#[from] KeyFault),
    #[error(transparent)]
    Authority(#[from] BadAuthority),
    #[error("{}: {why}", path.display())]
    Settings { path: PathBuf, why: String },
    #[error("the system gave no random numbers; nothing was sent")]
    NoRandomness,
}

impl DeskDirectory {
    pub fn at(path: &Path) -> DeskDirectory {
        DeskDirectory(path.to_owned())
    }

    pub fn root(&self) -> &Path {
        &self.0
    }

    fn settings_file(&self) -> PathBuf {
        self.0.join("desk.toml")
    }

    /// Whether a desk can be made here: asked before a certificate is issued for it.
    pub fn check_free(&self) -> Result<(), FileFault> {
        let key = self.0.join("person.key");
        if key.exists() { Err(FileFault::Exists(key)) } else { files::private_directory(&self.0) }
    }

    /// Makes a desk of a certificate just issued. Nothing is written over.
    pub fn write(
        &self,
        party: &Party,
        node: &str,
        authority_pem: &[u8],
        issued: &Issued,
    ) -> Result<(), DeskFault> {
        files::private_directory(&self.0)?;
        let write = |name: &str, bytes: &[u8], readers| files::write_new(&self.0.join(name), bytes, readers);
        write("person.key", issued.key_pem.as_bytes(), Readers::OwnerOnly)?;
        write("person.crt", issued.certificate_pem.as_bytes(), Readers::Anyone)?;
        write("ca.crt", authority_pem, Readers::Anyone)?;
        let settings = DeskSettings { party: party.as_str().into(), node: node.into() };
        let text = toml::to_string(&settings)
            .map_err(|fault| DeskFault::Settings { path: self.settings_file(), why: fault.to_string() })?;
        write("desk.toml", text.as_bytes(), Readers::Anyone)?;
        Ok(())
    }

    /// Reads all of it. The connection is made with the first call.
    pub fn open(&self, clock: Clock) -> Result<Desk, DeskFault> {
        let path = self.settings_file();
        let wrong = |why: String| DeskFault::Settings { path: path.clone(), why };
        let text = String::from_utf8(files::read_public(&path)?).map_err(|_| wrong("not text".into()))?;
        let settings: DeskSettings =
            toml::from_str(&text).map_err(|fault| wrong(fault.message().to_owned()))?;
        let party = settings.party.parse().map_err(|_| wrong("party: not a Party's code".into()))?;
        let authority = files::read_public(&self.0.join("ca.crt"))?;
        let own = keys::read_pair(&self.0.join("person.crt"), &self.0.join("person.key"))?;
        let channel = dial::Desk::new(clock.clone(), &authority, own)?.dial(settings.node.clone());
        Ok(Desk { party, node: settings.node, channel, clock })
    }
}

/// An open desk. Services are made on `channel`, one for each call or once for many.
#[derive(Clone, Debug)]
pub struct Desk {
    pub party: Party,
    pub node: String,
    pub channel: Channel,
    clock: Clock,
}

impl Desk {
    /// The heading of a command: a fresh id, or the one of a command that is given again.
    pub fn command(&self, id: Option<CommandId>) -> Result<CommandHeader, DeskFault> {
        let id = match id {
            Some(id) => id,
            None => fresh_id()?,
        };
        Ok(CommandHeader { id: Bytes::copy_from_slice(&id.0), at_ms: self.clock.now().0 })
    }
}

/// 16 random bytes.
pub fn fresh_id() -> Result<CommandId, DeskFault> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| DeskFault::NoRandomness)?;
    Ok(CommandId(id))
}

/// Waits for the answer of one call, and makes one sentence of every other outcome.
pub async fn answer<T>(
    call: impl Future<Output = Result<tonic::Response<T>, tonic::Status>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(Duration::from_millis(limits::DESK_CALL_MS_MAX), call).await {
        Ok(Ok(response)) => Ok(response.into_inner()),
        Ok(Err(status)) => Err(Fault::of_call(&status)),
        Err(_) => Err(Fault::new(
            "the node did not answer in time: not known whether it was done; safe to give again with the same \
             --command-id",
        )),
    }
}

/// As `answer`, for a command: what goes wrong is told with the id to give it again under.
pub async fn answer_command<T>(
    id: CommandId,
    call: impl Future<Output = Result<tonic::Response<T>, tonic::Status>>,
) -> Result<T, Fault> {
    answer(call).await.map_err(|fault| Fault::new(format!("{fault} (command id {id})")))
}

/// Who speaks.
#[derive(clap::Args, Debug)]
pub struct As {
    /// The desk of the person who speaks, as `person issue` made it
    #[arg(long = "as", value_name = "PEOPLEDIR")]
    directory: PathBuf,
}

impl As {
    /// For a command that names a desk only with some of its arguments.
    pub fn at(directory: PathBuf) -> As {
        As { directory }
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub fn open(&self) -> Result<Desk, Fault> {
        Ok(DeskDirectory::at(&self.directory).open(Clock::system())?)
    }
}

/// Who speaks, and under which id.
#[derive(clap::Args, Debug)]
pub struct AsCommand {
    #[command(flatten)]
    pub person: As,
    #[command(flatten)]
    again: Again,
}

/// A command given again is the same one.
#[derive(clap::Args, Debug)]
pub struct Again {
    /// Give a command again under its id: 32 hexadecimal digits
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    command_id: Option<CommandId>,
}

impl Again {
    /// The heading, and its id: to be printed before the call, so that it can be given again.
    pub fn heading(&self, desk: &Desk) -> Result<(CommandHeader, CommandId), DeskFault> {
        let id = match self.command_id {
            Some(id) => id,
            None => fresh_id()?,
        };
        Ok((desk.command(Some(id))?, id))
    }

    pub fn is_given(&self) -> bool {
        self.command_id.is_some()
    }
}

impl AsCommand {
    /// For a command that can do without a desk where it asks nothing of the node.
    pub fn at(directory: PathBuf, again: Again) -> AsCommand {
        AsCommand { person: As::at(directory), again }
    }

    /// The desk, the heading, and its id: to be printed before the call, so that it can be given again.
    pub fn open(&self) -> Result<(Desk, CommandHeader, CommandId), Fault> {
        let desk = self.person.open()?;
        let (header, id) = self.again.heading(&desk)?;
        Ok((desk, header, id))
    }
}

fn parse_id(text: &str) -> Result<CommandId, String> {
    CommandId::from_hex(text).ok_or_else(|| "an id is 32 hexadecimal digits".into())
}
