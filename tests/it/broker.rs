//! Real Apache Kafka brokers for the tests: the one that `tests/run` started, and brokers of a test's
//! own, which it may freeze, kill and start again.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use detente::journal::kafka_settings::{KafkaConfig, Transport};
use rdkafka::ClientConfig;
use rdkafka::config::FromClientConfig as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::metadata::MetadataTopic;

const READY_LIMIT: Duration = Duration::from_secs(90);

/// The broker that all tests share; each has a topic of its own there.
pub fn shared() -> KafkaConfig {
    config(&variable("DETENTE_TEST_KAFKA"), Transport::Plaintext)
}

/// A name that no other test has.
pub fn fresh_topic() -> String {
    let mut random = [0u8; 6];
    getrandom::fill(&mut random).expect("the system has randomness");
    format!("detente.t{}.journal.1", hex::encode(random))
}

/// One broker: one copy of each record.
pub fn config(brokers: &str, transport: Transport) -> KafkaConfig {
    KafkaConfig { brokers: brokers.into(), transport, replication: 1, min_insync: 1 }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: start the tests with ./tests/run, which starts a real Kafka broker")
    })
}

/// A broker of one test's own. It is killed when the test ends.
pub struct Broker {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    transport: Transport,
}

impl Broker {
    /// In the clear.
    pub fn start() -> Broker {
        Broker::start_with("PLAINTEXT", "", |port| port, |_| Transport::Plaintext)
    }

    /// In the clear, telling whoever asks to come to another port: that of somebody in between, who is
    /// told first where the broker will listen.
    pub fn start_behind(between: impl FnOnce(u16) -> u16) -> Broker {
        Broker::start_with("PLAINTEXT", "", between, |_| Transport::Plaintext)
    }

    /// With TLS, asking for a certificate of the caller. The files of both sides lie in the folder.
    pub fn start_with_tls() -> Broker {
        let listener = "ssl.client.auth=required\n\
            ssl.keystore.type=PEM\nssl.keystore.location=FOLDER/broker.pem\n\
            ssl.truststore.type=PEM\nssl.truststore.location=FOLDER/ca.pem\n";
        Broker::start_with(
            "SSL",
            listener,
            |port| port,
            |folder| {
                write_certificates(folder);
                Transport::Tls {
                    ca: folder.join("ca.pem"),
                    certificate: folder.join("node.pem"),
                    key: folder.join("node.key"),
                }
            },
        )
    }

    fn start_with(
        protocol: &str,
        more: &str,
        advertise: impl FnOnce(u16) -> u16,
        prepare: impl FnOnce(&Path) -> Transport,
    ) -> Broker {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let transport = prepare(folder.path());
        let (port, controller) = free_ports();
        let advertised = advertise(port);
        let place = folder.path().display().to_string();
        let common = include_str!("../kafka/server.properties");
        let properties = format!(
            "{common}\nlisteners={protocol}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners={protocol}://127.0.0.1:{advertised}\ninter.broker.listener.name={protocol}\n\
             controller.quorum.bootstrap.servers=127.0.0.1:{controller}\nlog.dirs={place}/data\n\
             ssl.endpoint.identification.algorithm=\n{}",
            more.replace("FOLDER", &place)
        );
        fs::write(folder.path().join("server.properties"), properties).expect("written");
        let formatted = java(folder.path())
            .args(["kafka.tools.StorageTool", "format", "--standalone", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c"])
            .arg(folder.path().join("server.properties"))
            .status()
            .expect("java starts");
        assert!(formatted.success(), "the broker's folder could not be formatted");
        let child = run(folder.path());
        let mut broker = Broker { child, folder, port, transport };
        broker.wait_until_ready();
        broker
    }

    /// How a journal reaches it.
    pub fn config(&self) -> KafkaConfig {
        config(&format!("127.0.0.1:{}", self.port), self.transport.clone())
    }

    /// Where it listens on this machine.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its files and certificates lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// It answers nothing, and keeps its connections.
    pub fn freeze(&self) {
        self.signal("STOP");
        // The signal is sent and not yet heard: until each of its threads stands, it may still answer.
        let threads = format!("/proc/{}/task", self.child.id());
        let stands = |thread: fs::DirEntry| match fs::read_to_string(thread.path().join("status")) {
            Ok(status) => status.lines().any(|line| line.starts_with("State:\tT")),
            // It has ended.
            Err(_) => true,
        };
        while !fs::read_dir(&threads).expect("it runs").flatten().all(stands) {
            std::thread::yield_now();
        }
    }

    /// It goes on where it was frozen.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// At once, with nothing put in order.
    pub fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it has ended");
    }

    /// On the same files and the same port.
    pub fn restart(&mut self) {
        self.child = run(self.folder.path());
        self.wait_until_ready();
    }

    /// While it is dead: the records of a topic from this position on are gone, as where a leader without
    /// them took over, or from a disk that never held them.
    pub fn lose(&self, topic: &str, first: u64) {
        let partition = self.folder.path().join("data").join(format!("{topic}-0"));
        let log = partition.join("00000000000000000000.log");
        let bytes = fs::read(&log).expect("the partition's first segment");
        let kept = start_of_batch(&bytes, first).expect("a batch begins with that record");
        File::options().write(true).open(&log).expect("ours").set_len(kept).expect("cut");
        // What the broker keeps beside it is made again from the records that are left.
        for entry in fs::read_dir(&partition).expect("its files") {
            let path = entry.expect("a file").path();
            if path
                .extension()
                .is_some_and(|kind| ["index", "timeindex", "snapshot"].iter().any(|k| kind == *k))
            {
                fs::remove_file(path).expect("removed");
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status();
        assert!(sent.expect("kill starts").success());
    }

    /// Until its metadata names a broker, and a leader for each topic: the open port alone says nothing.
    fn wait_until_ready(&mut self) {
        let mut settings = ClientConfig::new();
        settings.set("bootstrap.servers", self.config().brokers).set("reconnect.backoff.max.ms", "200");
        if let Transport::Tls { ca, certificate, key } = &self.transport {
            settings
                .set("security.protocol", "ssl")
                .set("ssl.ca.location", ca.to_string_lossy())
                .set("ssl.certificate.location", certificate.to_string_lossy())
                .set("ssl.key.location", key.to_string_lossy());
        }
        let asks = BaseConsumer::from_config(&settings).expect("the settings are right");
        let since = Instant::now();
        loop {
            let told = asks.fetch_metadata(None, Duration::from_millis(500));
            let led = |topic: &MetadataTopic| topic.partitions().iter().all(|one| one.leader() >= 0);
            if told.is_ok_and(|told| !told.brokers().is_empty() && told.topics().iter().all(led)) {
                return;
            }
            let ended = self.child.try_wait().expect("its state is known");
            let words = || fs::read_to_string(self.folder.path().join("out")).unwrap_or_default();
            assert!(ended.is_none(), "the broker ended: {}", words());
            assert!(since.elapsed() < READY_LIMIT, "the broker is not ready: {}", words());
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may have been killed by the test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the batch that begins with this position begins in a segment: each has its position in eight bytes,
/// the bytes that follow these twelve in four, and so on.
fn start_of_batch(segment: &[u8], position: u64) -> Option<u64> {
    let mut at = 0;
    loop {
        let batch = segment.get(at..)?;
        if u64::from_be_bytes(batch.get(..8)?.try_into().ok()?) == position {
            return Some(at as u64);
        }
        at += 12 + u32::from_be_bytes(batch.get(8..12)?.try_into().ok()?) as usize;
    }
}

fn java(folder: &Path) -> Command {
    let jars = PathBuf::from(variable("DETENTE_KAFKA_JARS"));
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka/log4j2.properties");
    let out =
        File::options().append(true).create(true).open(folder.join("out")).expect("a file for its words");
    let mut command = Command::new("java");
    command
        .args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
        .arg(format!("-Dlog4j2.configurationFile={}", log.display()))
        .arg("-cp")
        .arg(jars.join("*"))
        .stdin(Stdio::null())
        .stderr(out.try_clone().expect("the file once more"))
        .stdout(out);
    command
}

fn run(folder: &Path) -> Child {
    java(folder).arg("kafka.Kafka").arg(folder.join("server.properties")).spawn().expect("java starts")
}

/// Two that were free a moment ago.
fn free_ports() -> (u16, u16) {
    let one = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = |listener: &TcpListener| listener.local_addr().expect("it is bound").port();
    (port(&one), port(&other))
}

/// A CA with the broker's and a node's certificates, and a second CA that nobody trusts.
fn write_certificates(folder: &Path) {
    let (ca, issuer) = authority("brokers' CA");
    fs::write(folder.join("ca.pem"), ca).expect("written");
    let (certificate, key) = certificate("broker", &issuer);
    fs::write(folder.join("broker.pem"), format!("{key}{certificate}")).expect("written");
    let (certificate, key) = self::certificate("node", &issuer);
    fs::write(folder.join("node.pem"), certificate).expect("written");
    fs::write(folder.join("node.key"), key).expect("written");
    let (ca, issuer) = authority("stranger's CA");
    fs::write(folder.join("stranger-ca.pem"), ca).expect("written");
    let (certificate, key) = self::certificate("stranger", &issuer);
    fs::write(folder.join("stranger.pem"), certificate).expect("written");
    fs::write(folder.join("stranger.key"), key).expect("written");
}

fn authority(name: &str) -> (String, rcgen::Issuer<'static, rcgen::KeyPair>) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let certificate = params.self_signed(&key).expect("signed");
    (certificate.pem(), rcgen::Issuer::new(params, key))
}

fn certificate(name: &str, issuer: &rcgen::Issuer<'static, rcgen::KeyPair>) -> (String, String) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = rcgen::CertificateParams::new(names).expect("names");
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let certificate = params.signed_by(&key, issuer).expect("signed");
    (certificate.pem(), key.serialize_pem())
}
