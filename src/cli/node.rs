//! A running node: keys read, journal opened, trust published, services behind the access table.
//!
//! Never here: the terminal and signals (`serve.rs`), a rule. What is started here is what the demo and
//! the tests start too, with another clock and a listener of theirs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use tonic::service::Routes;

use crate::alerts::Alerts;
use crate::cli::files::{self, FileFault, Readers};
use crate::cli::fresh_list::{self, ListNotTaken};
use crate::cli::keys::{KeyFault, NodeKeys};
use crate::cli::node_checks::{check_marker, check_parts, check_party, check_signing_keys};
use crate::cli::node_directory::{NodeDirectory, NodeSettings, SettingsFault};
use crate::cli::node_health;
use crate::clock::Clock;
use crate::domain::board::Board;
use crate::domain::digest::WriterId;
use crate::domain::keys::{KeyList, Purpose};
use crate::domain::party::Party;
use crate::evidence::keys::KeyRing;
use crate::journal::{self, parts::PartFault};
use crate::limits;
use crate::peers;
use crate::peers::dial::Dialler;
use crate::peers::exchange::Exchange;
use crate::peers::tls::OwnCertificate;
use crate::peers::trust::Trust;
use crate::peers::trust_of_board::trust_of;
use crate::registrar::{CheckpointFile, Head, OpenFault, Opening, Registrar, keep_references, keep_watch};
use crate::replay::{Broken, TrustRoot};
use crate::rpc::DESCRIPTORS;
use crate::rpc::accept::{Acceptor, Lives, server};
use crate::rpc::access::Access;
use crate::rpc::activity::ActivityCalls;
use crate::rpc::audit::AuditCalls;
use crate::rpc::by_hand::ByHandCalls;
use crate::rpc::duty::{DutyCalls, DutyKeeper};
use crate::rpc::exchange::ExchangeCalls;
use crate::rpc::exercise::ExerciseCalls;
use crate::rpc::hotline::{CheckKeeper, HotlineCalls, Kept};
use crate::rpc::incident::IncidentCalls;
use crate::rpc::message::MessageCalls;
use crate::rpc::part::PartCalls;
use crate::rpc::party::PartyCalls;
use crate::rpc::regime::RegimeCalls;
use crate::rpc::watch::WatchCalls;

/// A node at work. Dropping it does not end it: `shutdown` does.
pub struct Node {
    pub settings: NodeSettings,
    pub directory: NodeDirectory,
    /// Where it listens; the port is a real one also where 0 was asked for.
    pub address: SocketAddr,
    pub registrar: Registrar,
    pub ring: Arc<KeyRing>,
    pub trust: watch::Receiver<Arc<Trust>>,
    pub dialler: Dialler,
    pub exchange: Exchange,
    certificate: watch::Sender<Arc<OwnCertificate>>,
    stop: watch::Sender<Option<Stop>>,
    serving: JoinHandle<()>,
    writing: JoinHandle<()>,
    writer: AbortHandle,
}

/// Why a node ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    Asked,
    Broken(Broken),
}

/// Why a node does not start. Nothing was written but, at most, the opening of an epoch.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    #[error(transparent)]
    Settings(#[from] SettingsFault),
    #[error(
        "this node stopped because its journal was found broken: {why}; `detente doctor '{}'` says what to do, \
         and {} keeps it from starting", directory.display(), marker.display()
    )]
    MarkedBroken { directory: PathBuf, marker: PathBuf, why: String },
    #[error(transparent)]
    File(#[from] FileFault),
    #[error(transparent)]
    Key(#[from] KeyFault),
    #[error(transparent)]
    Journal(#[from] journal::OpenFault),
    #[error(transparent)]
    Open(#[from] OpenFault),
    #[error(
        "the directory of parts {} can't be used: {fault}; put it back from its copy, or, if nothing was ever kept in \
         it, make it: mkdir -m 700 '{}'", directory.display(), directory.display()
    )]
    Parts { directory: PathBuf, fault: std::io::Error },
    #[error(transparent)]
    PartsLeftOver(#[from] PartFault),
    #[error("node.toml says that this is {named}'s node, and the journal is {own}'s: mend `party` in {}", path.display())]
    OtherParty { named: Party, own: Party, path: PathBuf },
    #[error("the key directory does not hold the {0} key of the newest own key list on record")]
    KeyNotListed(&'static str),
    #[error("the journal's first record names no key list")]
    NoTrust,
    #[error("can't listen on {address}: {fault}")]
    Listen { address: SocketAddr, fault: std::io::Error },
    #[error("the system gave no random numbers")]
    NoRandomness,
}

impl Node {
    /// Starts all of it. `listener` takes the place of the address in `node.toml`.
    pub async fn start(
        directory: &Path,
        clock: Clock,
        listener: Option<std::net::TcpListener>,
    ) -> Result<Node, StartFault> {
        let directory = NodeDirectory::at(directory);
        let settings = directory.read_settings()?;
        check_marker(&directory)?;
        let keys = NodeKeys::read(&directory.keys())?;
        let ring = Arc::new(KeyRing::new(keys.signing));
        // Before the journal: a second `serve` by mistake fails here, and takes no epoch from the first.
        let listener = listen(settings.listen, listener)?;
        let address =
            listener.local_addr().map_err(|fault| StartFault::Listen { address: settings.listen, fault })?;
        let journal = settings.journal.open(&directory).await?;
        let opening = Opening {
            journal,
            clock: clock.clone(),
            ring: ring.clone(),
            checkpoint: Some(CheckpointFile::new(&directory.checkpoint())),
            root: TrustRoot::FirstKeyList(settings.fingerprint.0),
            writer: fresh_writer()?,
        };
        let (registrar, writer) = opening.open().await?;
        let mut heads = registrar.heads();
        let head = heads.borrow_and_update().clone();
        check_party(&head.board, &settings, &directory)?;
        check_signing_keys(&head.board, &ring)?;
        check_parts(&directory)?;
        let parts = peers::parts::open(&directory.parts(), &head)?;
        let tls = tls_in_force(keys.tls, &head.board)?;
        let (publish, trust) = watch::channel(Arc::new(trust_of(&head.board).ok_or(StartFault::NoTrust)?));
        let (certificate, certificate_seen) = watch::channel(Arc::new(tls));
        let (stop, stopped) = watch::channel(None);
        let (health, health_service) = tonic_health::server::health_reporter();

        let dialler =
            Dialler { clock: clock.clone(), trust: trust.clone(), certificate: certificate_seen.clone() };
        let place = settings.journal.place(&directory);
        tokio::spawn(node_health::report(heads.clone(), registrar.journal.medium(), health, place));
        tokio::spawn(follow_heads(heads, head, publish));
        let mut no_more = stopped.clone();
        // An error means that the node is gone, which is a stop too.
        let no_more = async move { _ = no_more.wait_for(Option::is_some).await };
        let (exchange, found_broken) =
            Exchange::start(registrar.clone(), ring.clone(), dialler.clone(), parts, no_more);
        tokio::spawn(watch_peers(found_broken, stop.clone(), directory.clone()));
        tokio::spawn(keep_watch(registrar.clone()));
        tokio::spawn(keep_references(registrar.clone()));
        DutyKeeper::start(exchange.clone(), stopped.clone());
        CheckKeeper::start(exchange.clone(), stopped.clone());
        Alerts::start(registrar.clone(), dialler.certificate.clone(), stopped.clone());
        let services =
            Services { registrar: registrar.clone(), ring: ring.clone(), exchange: exchange.clone() };
        let routes = services.routes().add_service(health_service);
        let access = Access::new(clock.clone(), trust.clone());
        let acceptor =
            Acceptor { clock, trust: trust.clone(), certificate: certificate_seen, lives: Lives::default() };
        let serving = server().layer(access).add_routes(routes).serve_with_incoming_shutdown(
            acceptor.accept(listener),
            async move {
                let mut stopped = stopped;
                // An error means that the node is gone, which is a stop too.
                let _ = stopped.wait_for(Option::is_some).await;
            },
        );
        let node = Node {
            address,
            registrar,
            ring,
            trust,
            dialler,
            exchange,
            certificate,
            serving: tokio::spawn(async move {
                if let Err(fault) = serving.await {
                    tracing::error!(%fault, "serving has ended");
                }
            }),
            writer: writer.abort_handle(),
            writing: tokio::spawn(watch_writer(writer, stop.clone(), directory.clone())),
            stop,
            settings,
            directory,
        };
        if let Err(fault) = node.take_fresh_list().await {
            tracing::warn!(%fault, "the revocation list in the directory was not taken");
        }
        Ok(node)
    }

    /// Waits until the node ends, and says why.
    pub async fn ended(&self) -> Stop {
        let mut stopped = self.stop.subscribe();
        let why = stopped.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        why.unwrap_or(Stop::Asked)
    }

    /// Reads the keys again, those for a list to come included, and takes a fresh revocation list that lies
    /// in the directory; if there is one that was not taken, why. On a fault what was in force stays so.
    pub async fn reload(&self) -> Result<Option<ListNotTaken>, StartFault> {
        let keys = NodeKeys::read(&self.directory.keys())?;
        let fresh = tls_in_force(keys.tls, &self.registrar.head().board)?;
        self.ring.add(keys.signing);
        self.certificate.send_replace(Arc::new(fresh));
        Ok(self.take_fresh_list().await.err())
    }

    /// Stops taking calls, lets those under way finish within a limit, and ends.
    pub async fn shutdown(self) {
        self.stop.send_replace(Some(Stop::Asked));
        let limit = Duration::from_millis(limits::SHUTDOWN_MS_MAX);
        let mut serving = self.serving;
        if tokio::time::timeout(limit, &mut serving).await.is_err() {
            serving.abort();
        }
        // What it had under way is on record or it is not, as after a crash; the next start reads which.
        // All that works beside it ends with the last of its heads.
        self.writer.abort();
        let _ = tokio::time::timeout(limit, self.writing).await;
        // Whoever removes the directory next must not meet a file that is only then made in it.
        if tokio::time::timeout(limit, self.registrar.checkpoint_kept()).await.is_err() {
            tracing::warn!("the checkpoint beside the journal was still being written at the end");
        }
    }

    async fn take_fresh_list(&self) -> Result<(), ListNotTaken> {
        let trust = self.trust.borrow().clone();
        fresh_list::take(&self.directory.revocation_list(), &trust, &self.registrar).await
    }
}

/// What the services are made of.
struct Services {
    registrar: Registrar,
    ring: Arc<KeyRing>,
    exchange: Exchange,
}

impl Services {
    /// A line each.
    fn routes(&self) -> Routes {
        let kept = Kept::default();
        Routes::new(reflection())
            .add_service(self.party_calls().service())
            .add_service(ExchangeCalls(self.exchange.clone()).service())
            .add_service(ExerciseCalls { registrar: self.registrar.clone() }.service())
            .add_service(IncidentCalls { registrar: self.registrar.clone() }.service())
            .add_service(ActivityCalls { registrar: self.registrar.clone() }.service())
            .add_service(MessageCalls { registrar: self.registrar.clone(), kept: kept.clone() }.service())
            .add_service(ByHandCalls { registrar: self.registrar.clone() }.service())
            .add_service(DutyCalls(self.exchange.clone()).service())
            .add_service(RegimeCalls { registrar: self.registrar.clone() }.service())
            .add_service(PartCalls::new(self.registrar.clone(), self.exchange.parts.clone()).service())
            .add_service(WatchCalls::new(self.exchange.clone()).service())
            .add_service(HotlineCalls::new(self.exchange.clone(), kept).service())
            .add_service(AuditCalls { registrar: self.registrar.clone(), ring: self.ring.clone() }.service())
    }

    fn party_calls(&self) -> PartyCalls {
        PartyCalls {
            registrar: self.registrar.clone(),
            ring: self.ring.clone(),
            links: self.exchange.links.clone(),
        }
    }
}

#[expect(clippy::expect_used, reason = "what the descriptors are hangs on no input")]
fn reflection()
-> tonic_reflection::server::v1::ServerReflectionServer<impl tonic_reflection::server::v1::ServerReflection> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .expect("the descriptors were made by our own build")
}

/// Publishes trust whenever people, Parties or lists on record change.
async fn follow_heads(
    mut heads: watch::Receiver<Arc<Head>>,
    mut last: Arc<Head>,
    publish: watch::Sender<Arc<Trust>>,
) {
    while heads.changed().await.is_ok() {
        let head = heads.borrow_and_update().clone();
        let (now, before) = (&head.board.roster, &last.board.roster);
        if (now.members != before.members || now.parties != before.parties)
            && let Some(trust) = trust_of(&head.board)
        {
            publish.send_replace(Arc::new(trust));
        }
        last = head;
    }
}

/// A journal found broken stops the node, and keeps it from starting again by itself.
async fn watch_writer(
    writer: JoinHandle<Result<(), Broken>>,
    stop: watch::Sender<Option<Stop>>,
    directory: NodeDirectory,
) {
    if let Ok(Err(broken)) = writer.await {
        stop_broken(broken, &stop, &directory);
    }
}

/// A peer may show that our own history is not what we signed.
async fn watch_peers(
    mut found: watch::Receiver<Option<Broken>>,
    stop: watch::Sender<Option<Stop>>,
    directory: NodeDirectory,
) {
    if let Some(broken) = found.wait_for(Option::is_some).await.ok().and_then(|found| found.clone()) {
        stop_broken(broken, &stop, &directory);
    }
}

fn stop_broken(broken: Broken, stop: &watch::Sender<Option<Stop>>, directory: &NodeDirectory) {
    tracing::error!(%broken, "the journal is broken: this node stops, and does not start again");
    let marker = directory.broken_marker();
    if let Err(fault) = files::replace(&marker, format!("{broken}\n").as_bytes(), Readers::Anyone) {
        tracing::error!(%fault, "the marker of a broken journal was not written");
    }
    stop.send_replace(Some(Stop::Broken(broken)));
}

/// Of the pairs that the newest own key list names, the one made last.
pub(super) fn tls_in_force(pairs: Vec<OwnCertificate>, board: &Board) -> Result<OwnCertificate, StartFault> {
    let newest = newest_own_list(board)?;
    let is_listed =
        |pair: &OwnCertificate| newest.keys_for(Purpose::Tls).any(|listed| *listed == pair.key_digest().0);
    let listed = pairs.into_iter().rev().find(is_listed);
    listed.ok_or(StartFault::KeyNotListed(Purpose::Tls.name()))
}

pub(super) fn newest_own_list(board: &Board) -> Result<&KeyList, StartFault> {
    let known = board.own.and_then(|own| board.roster.parties.get(&own.party));
    Ok(&known.and_then(|known| known.newest()).ok_or(StartFault::NoTrust)?.list)
}

fn listen(address: SocketAddr, given: Option<std::net::TcpListener>) -> Result<TcpListener, StartFault> {
    let listen = || {
        let listener = match given {
            Some(listener) => listener,
            None => std::net::TcpListener::bind(address)?,
        };
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    };
    listen().map_err(|fault| StartFault::Listen { address, fault })
}

fn fresh_writer() -> Result<WriterId, StartFault> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| StartFault::NoRandomness)?;
    Ok(WriterId(id))
}
