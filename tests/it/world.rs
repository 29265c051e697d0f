//! Real nodes for the tests: each with its own directory, authority, keys and journal, people of every
//! role, and the other Parties taken by two custodians. Real TLS on loopback, one clock for all.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use detente::cli::desk::{Desk, DeskDirectory, answer};
use detente::cli::init::{InitPlan, Lives, NewPerson, init};
use detente::cli::node::{Node, StartFault};
use detente::cli::node_directory::{JournalSettings, KafkaSettings, NodeDirectory, TransportSettings};
use detente::cli::person;
use detente::clock::Clock;
use detente::codec::party_file::PartyFile;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::{
    ConfirmRequest, ExportPartyRequest, Member, ProposeRequest, propose_request::Change,
};
use detente::domain::digest::Digest;
use detente::domain::party::Party;
use detente::domain::people::Role;
use detente::domain::time::Instant;
use detente::journal::kafka_settings::Transport;

use crate::broker;
use crate::in_time::{Pulse, in_time};

/// So long another's call may be on the port that a node had before it stopped.
const PORT_WAIT_MAX: Duration = Duration::from_secs(60);

/// The day on which every world begins.
pub fn beginning() -> Instant {
    Instant::from_rfc3339("2024-11-01T09:00:00Z").unwrap()
}

/// On what the journals lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Medium {
    Embedded,
    /// The broker that `tests/run` started, a topic for each node.
    Kafka,
    /// A broker of the test's own, at its port on this machine.
    KafkaAt(u16),
}

/// Nodes that know each other, and the clock that they share.
pub struct World {
    pub clock: Clock,
    states: BTreeMap<Party, State>,
    _pulse: Option<Pulse>,
}

/// One Party: its directory, its people, and its node while it runs.
pub struct State {
    pub party: Party,
    pub directory: PathBuf,
    /// Where the node listens, also while it is down.
    pub address: String,
    people: BTreeMap<&'static str, PathBuf>,
    node: Option<Node>,
    clock: Clock,
    _kept: tempfile::TempDir,
}

impl World {
    /// On embedded journals, all nodes running, every Party known to every other.
    pub async fn new(codes: &[&str]) -> World {
        World::on(Medium::Embedded, codes).await
    }

    pub async fn on(medium: Medium, codes: &[&str]) -> World {
        World::apart(medium, codes).await.acquainted().await
    }

    /// As `on`, since another day.
    pub async fn since(medium: Medium, codes: &[&str], begins: Instant) -> World {
        World::begin(medium, codes, &[], Clock::standing_at(begins)).await.acquainted().await
    }

    /// On the machine's own clock, for nodes that run as processes.
    pub async fn on_real_time(medium: Medium, codes: &[&str]) -> World {
        World::begin(medium, codes, &[], Clock::system()).await.acquainted().await
    }

    /// All running and known to each other; the second can't be dialled.
    pub async fn with_one_unreachable(reachable: &str, unreachable: &str) -> World {
        let clock = Clock::standing_at(beginning());
        let codes = [reachable, unreachable];
        World::begin(Medium::Embedded, &codes, &[unreachable], clock).await.acquainted().await
    }

    /// Every Party is made known to every other.
    async fn acquainted(self) -> World {
        let mut world = self;
        let files: Vec<(Party, String)> = {
            let mut files = Vec::new();
            for state in world.states.values() {
                files.push((state.party, state.party_file().await));
            }
            files
        };
        for state in world.states.values_mut() {
            for (party, file) in &files {
                if *party != state.party {
                    state.take_party(file).await;
                }
            }
        }
        world
    }

    /// As `on`, but no Party knows another yet.
    pub async fn apart(medium: Medium, codes: &[&str]) -> World {
        World::begin(medium, codes, &[], Clock::standing_at(beginning())).await
    }

    async fn begin(medium: Medium, codes: &[&str], unreachable: &[&str], clock: Clock) -> World {
        let pulse = Pulse::of_this_runtime();
        let mut states = BTreeMap::new();
        for code in codes {
            let state = State::begin(code, medium, clock.clone(), !unreachable.contains(code)).await;
            states.insert(state.party, state);
        }
        World { clock, states, _pulse: pulse }
    }

    pub fn state(&self, code: &str) -> &State {
        &self.states[&code.parse::<Party>().unwrap()]
    }

    pub fn state_mut(&mut self, code: &str) -> &mut State {
        self.states.get_mut(&code.parse::<Party>().unwrap()).unwrap()
    }

    pub fn node(&self, code: &str) -> &Node {
        self.state(code).node()
    }

    pub fn is_running(&self, code: &str) -> bool {
        self.state(code).node.is_some()
    }

    /// The desk of the person who has this role: "drafter", "releaser", "watch", "auditor", "operator",
    /// "custodian", "second custodian".
    pub fn desk(&self, code: &str, role: &str) -> Desk {
        self.state(code).desk(role)
    }
}

impl State {
    /// A node with its people, running, that knows nobody else.
    async fn begin(code: &str, medium: Medium, clock: Clock, reachable: bool) -> State {
        let kept = tempfile::tempdir().unwrap();
        // Held until the node takes it over, so that its port is in the key list before it runs.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut plan = plan(code, kept.path(), &address, medium);
        if !reachable {
            plan.addresses.clear();
        }
        let made = in_time("init", init(&plan, clock.now())).await.unwrap();
        let [first, second] = made.desks;
        let mut state = State {
            party: plan.party,
            directory: plan.directory,
            address,
            people: [("custodian", first), ("second custodian", second)].into(),
            node: None,
            clock,
            _kept: kept,
        };
        state.start_on(Some(listener)).await;
        for role in [Role::Drafter, Role::Releaser, Role::Watch, Role::Auditor, Role::Operator] {
            let name = format!("{} of {code}", role.name());
            state.take_person(role.name(), &name, &[role]).await;
        }
        state
    }

    pub fn node(&self) -> &Node {
        self.node.as_ref().expect("the node runs")
    }

    pub async fn start(&mut self) {
        self.start_on(None).await;
    }

    /// On a port of its own, not the one that its key list names; where it listens.
    pub async fn start_elsewhere(&mut self) -> std::net::SocketAddr {
        self.start_on(Some(TcpListener::bind("127.0.0.1:0").unwrap())).await;
        self.node().address
    }

    async fn start_on(&mut self, listener: Option<TcpListener>) {
        let start = |listener| {
            in_time("the start of a node", Node::start(&self.directory, self.clock.clone(), listener))
        };
        let mut started = start(listener).await;
        // The port that it had may serve another test's call for a moment.
        let until = std::time::Instant::now() + PORT_WAIT_MAX;
        while let Err(StartFault::Listen { .. }) = &started
            && std::time::Instant::now() < until
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
            started = start(None).await;
        }
        self.node = Some(started.unwrap_or_else(|fault| panic!("{}: {fault}", self.party)));
    }

    pub async fn stop(&mut self) {
        in_time("the end of a node", self.node.take().expect("the node runs").shutdown()).await;
    }

    pub fn desk(&self, role: &str) -> Desk {
        self.desk_at(&self.people[role])
    }

    pub fn desk_at(&self, directory: &Path) -> Desk {
        DeskDirectory::at(directory).open(self.clock.clone()).unwrap()
    }

    pub fn has_desk(&self, role: &str) -> bool {
        self.people.contains_key(role)
    }

    pub fn desk_directory(&self, role: &str) -> &Path {
        &self.people[role]
    }

    /// A certificate, and the place on the roster by two custodians. The desk is kept under `called`.
    pub async fn take_person(&mut self, called: &'static str, name: &str, roles: &[Role]) -> Digest {
        let (desk, key_digest) = self.issue(called, name);
        self.people.insert(called, desk);
        self.change(member_added(name, key_digest, roles), Bytes::new()).await;
        key_digest
    }

    /// As `take_person`, at an office of one's own.
    pub async fn take_person_of(&mut self, called: &'static str, office: &str, roles: &[Role]) {
        let name = format!("{called} of {}", self.party);
        let (desk, key_digest) = self.issue_at(called, &name, office);
        self.people.insert(called, desk);
        self.change(member_of(&name, office, key_digest, roles), Bytes::new()).await;
    }

    /// A certificate alone.
    pub fn issue(&self, folder: &str, name: &str) -> (PathBuf, Digest) {
        self.issue_at(folder, name, OFFICE)
    }

    fn issue_at(&self, folder: &str, name: &str, office: &str) -> (PathBuf, Digest) {
        let out = self.directory.join("people").join(folder.replace(' ', "-"));
        let new = NewPerson { name: name.into(), office: office.into() };
        let directory = NodeDirectory::at(&self.directory);
        let now = self.clock.now();
        let issued = person::issue(&directory, &self.party, &new, &out, &self.address, lives(), now).unwrap();
        (out, issued.key_digest)
    }

    /// By the first custodian; the id of the proposal.
    pub async fn try_propose(&self, change: Change) -> Result<Bytes, tonic::Status> {
        self.try_propose_with(change, Bytes::new()).await
    }

    pub async fn try_propose_with(&self, change: Change, fingerprint: Bytes) -> Result<Bytes, tonic::Status> {
        let first = self.desk("custodian");
        let command = first.command(None).unwrap();
        let proposal = command.id.clone();
        let propose = ProposeRequest { command: Some(command), change: Some(change), fingerprint };
        in_time("a proposal", PartyServiceClient::new(first.channel).propose(propose)).await?;
        Ok(proposal)
    }

    /// Proposed by one custodian, confirmed by the other.
    pub async fn change(&self, change: Change, fingerprint: Bytes) {
        let second = self.desk("second custodian");
        let proposal = self.try_propose_with(change, fingerprint).await.unwrap();
        let (command, change_digest) = (Some(second.command(None).unwrap()), Bytes::new());
        let confirm = ConfirmRequest { command, proposal, change_digest };
        answer(PartyServiceClient::new(second.channel.clone()).confirm(confirm)).await.unwrap();
    }

    pub async fn party_file(&self) -> String {
        let mut calls = PartyServiceClient::new(self.desk("custodian").channel);
        answer(calls.export_party(ExportPartyRequest {})).await.unwrap().party_file
    }

    pub async fn take_party(&self, file: &str) {
        let fingerprint = PartyFile::from_text(file).unwrap().fingerprint();
        let fingerprint = Bytes::copy_from_slice(&fingerprint.0.0);
        self.change(Change::PartyFile(file.into()), fingerprint).await;
    }
}

pub const OFFICE: &str = "Arms Control";

/// Longer than any test's clock goes.
pub fn lives() -> Lives {
    const YEARS_MS: i64 = 5 * 365 * 24 * 3_600_000;
    Lives { certificate_ms: YEARS_MS, revocation_list_ms: YEARS_MS }
}

pub fn plan(code: &str, folder: &Path, address: &str, medium: Medium) -> InitPlan {
    let custodian =
        |number: &str| NewPerson { name: format!("{number} custodian of {code}"), office: OFFICE.into() };
    InitPlan {
        directory: folder.join(code),
        party: code.parse().unwrap(),
        name: format!("State of {code}"),
        listen: address.parse().unwrap(),
        addresses: vec![address.into()],
        contacts: vec![format!("Watch of {code}, +00 000")],
        custodians: [custodian("first"), custodian("second")],
        journal: journal(medium),
        lives: lives(),
    }
}

fn journal(medium: Medium) -> JournalSettings {
    let config = match medium {
        Medium::Embedded => return JournalSettings::Embedded { path: "journal/journal.sqlite".into() },
        Medium::Kafka => broker::shared(),
        Medium::KafkaAt(port) => broker::config(&format!("127.0.0.1:{port}"), Transport::Plaintext),
    };
    JournalSettings::Kafka(KafkaSettings {
        brokers: config.brokers,
        topic: broker::fresh_topic(),
        replication: config.replication,
        min_insync: config.min_insync,
        transport: TransportSettings::Plaintext,
    })
}

pub fn member_added(name: &str, key_digest: Digest, roles: &[Role]) -> Change {
    member_of(name, OFFICE, key_digest, roles)
}

fn member_of(name: &str, office: &str, key_digest: Digest, roles: &[Role]) -> Change {
    Change::MemberAdded(Member {
        person: Some(evidence::Person {
            name: name.into(),
            office: office.into(),
            key_digest: Bytes::copy_from_slice(&key_digest.0),
        }),
        roles: roles.iter().map(|role| role.name().into()).collect(),
    })
}
