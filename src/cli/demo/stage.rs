//! The stage of a case: its nodes with their people, each known to the others.
//!
//! Never here: what is said.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::cast::{Case, Casting, ROLES};
use super::say::Say;
use crate::cli::desk::{Desk, DeskDirectory, answer, fresh_id};
use crate::cli::fault::Fault;
use crate::cli::init::{InitPlan, Lives, NewPerson, init};
use crate::cli::node::Node;
use crate::cli::node_directory::{JournalSettings, KafkaSettings, NodeDirectory, TransportSettings};
use crate::cli::person;
use crate::clock::Clock;
use crate::codec::party_file::PartyFile;
use crate::codec::proto::detente::evidence::v1 as evidence;
use crate::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use crate::codec::proto::detente::v1::{
    ConfirmRequest, ExportPartyRequest, Member, ProposeRequest, propose_request::Change,
};
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// On what the journals lie.
pub enum Medium {
    Embedded,
    Kafka { brokers: String, transport: TransportSettings },
}

/// The nodes of a case and the clock that all of them are judged by.
pub struct Stage {
    pub case: &'static Case,
    pub clock: Clock,
    pub actors: Vec<Actor>,
    folder: PathBuf,
    /// Whether the folder was made for this run, and goes with it.
    temporary: bool,
    /// Chosen afresh for each run.
    run: String,
    /// A node that is being made, until it stands on the stage.
    beginning: Option<JoinHandle<Result<Actor, Fault>>>,
}

/// One Party on the stage.
pub struct Actor {
    pub party: Party,
    pub node: Node,
    pub directory: PathBuf,
    pub casting: &'static Casting,
}

/// From the first day of the play until years after it: the nodes stay up on the real clock.
const LIVES: Lives = {
    const YEARS_MS: i64 = 8 * 365 * 24 * 3_600_000;
    Lives { certificate_ms: YEARS_MS, revocation_list_ms: YEARS_MS }
};

impl Stage {
    /// Empty: nothing runs and nothing is on disk yet.
    pub fn empty(case: &'static Case, directory: Option<&Path>) -> Result<Stage, Fault> {
        let begins = Instant::from_rfc3339(case.beginning).ok_or_else(|| Fault::new("no such day"))?;
        let run = fresh_id()?.to_string();
        let (folder, temporary) = match directory {
            Some(folder) => (folder.join(case.folder), false),
            None => (std::env::temp_dir().join(format!("detente-demo-{}-{run}", case.folder)), true),
        };
        let clock = Clock::standing_at(begins);
        Ok(Stage { case, clock, actors: Vec::new(), folder, temporary, run, beginning: None })
    }

    /// Whatever comes of it, also where it is broken off, the stage is to be struck.
    pub async fn set(&mut self, medium: &Medium, say: &Say) -> Result<(), Fault> {
        let run = self.run.clone();
        self.fill(medium, &run, say).await
    }

    async fn fill(&mut self, medium: &Medium, run: &str, say: &Say) -> Result<(), Fault> {
        for casting in self.case.cast {
            // A task of its own: one that is broken off half-way would write on, and be ended by nobody.
            let plan = plan(&self.folder, casting, medium, run)?;
            let actor = begin(casting, plan, self.clock.clone());
            let actor = self.beginning.insert(tokio::spawn(actor)).await;
            self.beginning = None;
            let actor = actor.map_err(|_| Fault::new("a node of the stage was not made to its end"))??;
            // On the stage from the moment that its node runs, so that it is ended with the others.
            self.actors.push(actor);
            let Some(actor) = self.actors.last() else { continue };
            for (role, name) in ROLES.iter().zip(casting.people) {
                actor.take_person(role, name, &[role], &self.clock).await?;
            }
            say.node(actor);
        }
        let mut files = Vec::new();
        for actor in &self.actors {
            files.push((actor.party, actor.party_file(&self.clock).await?));
        }
        for actor in &self.actors {
            for (_, file) in files.iter().filter(|(party, _)| *party != actor.party) {
                actor.take_party(file, &self.clock).await?;
            }
        }
        say.introduced(self.clock.now(), &files);
        Ok(())
    }

    pub fn actor(&self, code: &str) -> Result<&Actor, Fault> {
        let found = self.actors.iter().find(|actor| actor.party.as_str() == code);
        found.ok_or_else(|| Fault::new(format!("{code} is not on the stage")))
    }

    /// Ends the nodes, and removes what was made for this run.
    ///
    /// # Errors
    /// It is still there, with the keys in it.
    pub async fn strike(mut self) -> Result<(), Fault> {
        if let Some(beginning) = self.beginning.take()
            && let Ok(Ok(actor)) = beginning.await
        {
            self.actors.push(actor);
        }
        for actor in self.actors {
            actor.node.shutdown().await;
        }
        if !self.temporary {
            return Ok(());
        }
        match std::fs::remove_dir_all(&self.folder) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(Fault::new(format!(
                "what was made for this run could not be removed ({fault}): secret keys lie in it; remove {} by \
                 hand",
                self.folder.display()
            ))),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

impl Actor {
    /// Who has this role on the stage.
    pub fn person(&self, role: &str) -> &'static str {
        let mut people = ROLES.iter().zip(self.casting.people);
        people.find(|(theirs, _)| **theirs == role).map(|(_, name)| name).unwrap_or_default()
    }

    pub fn desk_directory(&self, role: &str) -> PathBuf {
        desk_directory(&self.directory, role)
    }

    pub fn desk(&self, role: &str, clock: &Clock) -> Result<Desk, Fault> {
        Ok(DeskDirectory::at(&self.desk_directory(role)).open(clock.clone())?)
    }

    /// A person with a desk of this name.
    pub async fn take_person(
        &self,
        desk: &str,
        name: &str,
        roles: &[&str],
        clock: &Clock,
    ) -> Result<(), Fault> {
        let address = self.node.address.to_string();
        let new = NewPerson { name: name.into(), office: String::new() };
        let directory = NodeDirectory::at(&self.directory);
        let out: &Path = &self.desk_directory(desk);
        let issued = person::issue(&directory, &self.party, &new, out, &address, LIVES, clock.now())?;
        let added = Change::MemberAdded(Member {
            person: Some(evidence::Person {
                name: new.name,
                office: new.office,
                key_digest: Bytes::copy_from_slice(&issued.key_digest.0),
            }),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        });
        self.change(added, Bytes::new(), clock).await
    }

    /// Proposed by one custodian, confirmed by the other.
    pub async fn change(&self, change: Change, fingerprint: Bytes, clock: &Clock) -> Result<(), Fault> {
        let (first, second) = (self.desk("custodian", clock)?, self.desk("second-custodian", clock)?);
        let command = first.command(None)?;
        let proposal = command.id.clone();
        let propose = ProposeRequest { command: Some(command), change: Some(change), fingerprint };
        answer(PartyServiceClient::new(first.channel).propose(propose)).await?;
        let (command, change_digest) = (Some(second.command(None)?), Bytes::new());
        let confirm = ConfirmRequest { command, proposal, change_digest };
        answer(PartyServiceClient::new(second.channel.clone()).confirm(confirm)).await?;
        Ok(())
    }

    async fn party_file(&self, clock: &Clock) -> Result<String, Fault> {
        let mut calls = PartyServiceClient::new(self.desk("custodian", clock)?.channel);
        Ok(answer(calls.export_party(ExportPartyRequest {})).await?.party_file)
    }

    async fn take_party(&self, file: &str, clock: &Clock) -> Result<(), Fault> {
        let fingerprint = Bytes::copy_from_slice(&PartyFile::from_text(file)?.fingerprint().0.0);
        self.change(Change::PartyFile(file.into()), fingerprint, clock).await
    }
}

fn desk_directory(node: &Path, role: &str) -> PathBuf {
    node.join("people").join(role)
}

/// A Party's node and its custodians, and the place where it will listen: held until the node takes it over,
/// so that its port is in the key list before it runs.
fn plan(
    folder: &Path,
    casting: &Casting,
    medium: &Medium,
    run: &str,
) -> Result<(InitPlan, TcpListener), Fault> {
    let code = casting.code;
    let party: Party = code.parse()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let custodian =
        |which: &str| NewPerson { name: format!("{which} Custodian {code}"), office: String::new() };
    let plan = InitPlan {
        directory: folder.join(code),
        party,
        name: casting.name.into(),
        listen: address,
        addresses: vec![address.to_string()],
        contacts: vec![format!("Watch {code}, synthetic number")],
        custodians: [custodian("First"), custodian("Second")],
        journal: journal(medium, &party, run),
        lives: LIVES,
    };
    Ok((plan, listener))
}

/// A node with its custodians, running, that knows nobody else yet.
async fn begin(
    casting: &'static Casting,
    (plan, listener): (InitPlan, TcpListener),
    clock: Clock,
) -> Result<Actor, Fault> {
    let made = init(&plan, clock.now()).await?;
    for (which, desk) in ["custodian", "second-custodian"].iter().zip(&made.desks) {
        let to = desk_directory(&plan.directory, which);
        if *desk != to {
            std::fs::rename(desk, to)?;
        }
    }
    let node = Node::start(&plan.directory, clock, Some(listener)).await?;
    Ok(Actor { party: plan.party, node, directory: plan.directory, casting })
}

fn journal(medium: &Medium, party: &Party, run: &str) -> JournalSettings {
    match medium {
        Medium::Embedded => JournalSettings::Embedded { path: "journal/journal.sqlite".into() },
        // One broker is enough to try it out; production has three and two in sync.
        Medium::Kafka { brokers, transport } => JournalSettings::Kafka(KafkaSettings {
            brokers: brokers.clone(),
            topic: format!("detente.{}.demo-{run}", party.as_str().to_lowercase()),
            replication: 1,
            min_insync: 1,
            transport: transport.clone(),
        }),
    }
}
