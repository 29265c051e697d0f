//! A node's directory: what lies where, and `node.toml`, read strictly.
//!
//! `node.toml` (what the operator may change), `keys/` (the serving keys, those of later key lists in `list-2/` …),
//! `custody/` (the authority and the list key: never opened by `serve`), `journal/`, `parts/`, `checkpoint` (the last one
//! that was signed), `revoked.crl` (a fresh revocation list, put there to be taken), `broken` (why this node must not
//! start). Never here: a default for what decides over safety; a key that is not known is an
//! error, since it may be a known one misspelt.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::files::{self, FileFault, Readers};
use crate::codec::party_file::Fingerprint;
use crate::domain::party::Party;
use crate::journal::kafka_settings::{KafkaConfig, Transport};
use crate::journal::untouched::Untouched;
use crate::journal::{self, Journal};

/// Where things lie. Nothing is looked at before it is asked for.
#[derive(Clone, Debug)]
pub struct NodeDirectory(PathBuf);

impl NodeDirectory {
    pub fn at(path: &Path) -> NodeDirectory {
        NodeDirectory(path.to_owned())
    }

    pub fn root(&self) -> &Path {
        &self.0
    }

    pub fn settings_file(&self) -> PathBuf {
        self.0.join("node.toml")
    }

    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// The keys that were made for one key list, 2 and up.
    pub fn keys_of_list(&self, number: u32) -> PathBuf {
        self.keys().join(format!("list-{number}"))
    }

    pub fn custody(&self) -> PathBuf {
        self.0.join("custody")
    }

    /// The list key that one key list, 2 and up, puts in place of the one before.
    pub fn custody_of_list(&self, number: u32) -> PathBuf {
        self.custody().join(format!("list-{number}"))
    }

    pub fn journal(&self) -> PathBuf {
        self.0.join("journal")
    }

    pub fn parts(&self) -> PathBuf {
        self.0.join("parts")
    }

    pub fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint")
    }

    pub fn revocation_list(&self) -> PathBuf {
        self.0.join("revoked.crl")
    }

    pub fn broken_marker(&self) -> PathBuf {
        self.0.join("broken")
    }

    pub fn people(&self) -> PathBuf {
        self.0.join("people")
    }

    pub fn read_settings(&self) -> Result<NodeSettings, SettingsFault> {
        let path = self.settings_file();
        let bytes = match files::read_public(&path) {
            Err(FileFault::Io { fault, .. }) if fault.kind() == std::io::ErrorKind::NotFound => {
                return Err(SettingsFault::Absent(self.0.clone()));
            }
            read => read?,
        };
        let text = String::from_utf8_lossy(&bytes);
        toml::from_str(&text).map_err(|error| SettingsFault::Wrong { path, why: error.message().to_owned() })
    }

    pub fn write_settings(&self, settings: &NodeSettings) -> Result<(), SettingsFault> {
        let path = self.settings_file();
        let text = toml::to_string(settings)
            .map_err(|error| SettingsFault::Wrong { path: path.clone(), why: error.to_string() })?;
        Ok(files::write_new(&path, text.as_bytes(), Readers::Anyone)?)
    }
}

/// Why `node.toml` is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    #[error("{} is not a node's directory: it holds no node.toml; `detente init` makes one", .0.display())]
    Absent(PathBuf),
    #[error("{}: {why}", path.display())]
    Wrong { path: PathBuf, why: String },
    #[error(transparent)]
    File(#[from] FileFault),
}

/// `node.toml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSettings {
    #[serde(with = "as_text")]
    pub party: Party,
    /// As people write it; what counts is the name in the key list.
    pub name: String,
    /// Where the node listens.
    pub listen: SocketAddr,
    /// Of the Party's first key list: whose journal it must be.
    #[serde(with = "as_text")]
    pub fingerprint: Fingerprint,
    pub journal: JournalSettings,
}

impl NodeSettings {
    /// Where a desk finds the node if nothing else is said: where it listens, or this machine.
    pub fn desk_address(&self) -> String {
        if self.listen.ip().is_unspecified() {
            format!("127.0.0.1:{}", self.listen.port())
        } else {
            self.listen.to_string()
        }
    }
}

/// The medium of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum JournalSettings {
    /// A file on this machine; a relative path begins at the node's directory.
    Embedded {
        path: PathBuf,
    },
    Kafka(KafkaSettings),
}

/// A topic of Apache Kafka.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaSettings {
    /// `HOST:PORT`, more than one separated by commas.
    pub brokers: String,
    pub topic: String,
    /// Copies of each record: 3 or more in production.
    pub replication: u32,
    /// Copies that must be there before a record is acknowledged: 2 or more in production.
    pub min_insync: u32,
    pub transport: TransportSettings,
}

/// How the brokers are reached. Files are PEM.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum TransportSettings {
    Tls {
        ca: PathBuf,
        certificate: PathBuf,
        key: PathBuf,
    },
    /// For a broker on the same machine only.
    Plaintext,
}

impl KafkaSettings {
    pub fn config(&self) -> KafkaConfig {
        let transport = match &self.transport {
            TransportSettings::Tls { ca, certificate, key } => {
                Transport::Tls { ca: ca.clone(), certificate: certificate.clone(), key: key.clone() }
            }
            TransportSettings::Plaintext => Transport::Plaintext,
        };
        KafkaConfig {
            brokers: self.brokers.clone(),
            transport,
            replication: self.replication,
            min_insync: self.min_insync,
        }
    }
}

impl JournalSettings {
    /// One line for people.
    pub fn place(&self, directory: &NodeDirectory) -> String {
        match self {
            JournalSettings::Embedded { path } => directory.0.join(path).display().to_string(),
            JournalSettings::Kafka(kafka) => format!("{} at {}", kafka.topic, kafka.brokers),
        }
    }

    pub async fn create(&self, directory: &NodeDirectory) -> Result<Journal, journal::OpenFault> {
        match self {
            JournalSettings::Embedded { path } => journal::embedded::create(&directory.0.join(path)),
            JournalSettings::Kafka(kafka) => journal::kafka::create(&kafka.config(), &kafka.topic).await,
        }
    }

    pub async fn open(&self, directory: &NodeDirectory) -> Result<Journal, journal::OpenFault> {
        match self {
            JournalSettings::Embedded { path } => journal::embedded::open(&directory.0.join(path)),
            JournalSettings::Kafka(kafka) => journal::kafka::open(&kafka.config(), &kafka.topic).await,
        }
    }

    /// What a node asks of the medium beyond what [`JournalSettings::untouched`] does, as far as it is found out
    /// with nothing opened. Kafka's settings are a matter of their own.
    pub fn check(&self, directory: &NodeDirectory) -> Result<(), journal::OpenFault> {
        match self {
            JournalSettings::Embedded { path } => journal::embedded_untouched::check(&directory.0.join(path)),
            JournalSettings::Kafka(_) => Ok(()),
        }
    }

    /// For reading what stands there, whatever it is, with nothing opened and nothing written.
    pub async fn untouched(&self, directory: &NodeDirectory) -> Result<Untouched, journal::OpenFault> {
        match self {
            JournalSettings::Embedded { path } => journal::embedded_untouched::open(&directory.0.join(path)),
            JournalSettings::Kafka(kafka) => {
                journal::kafka_untouched::open(&kafka.config(), &kafka.topic).await
            }
        }
    }
}

mod as_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr,
        T::Err: Display,
        D: Deserializer<'de>,
    {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_files_are_read_and_a_misspelt_key_is_refused_by_name() {
        for example in
            [include_str!("../../deploy/node.embedded.toml"), include_str!("../../deploy/node.kafka.toml")]
        {
            toml::from_str::<NodeSettings>(example).unwrap();
            for line in example.lines().filter(|line| line.contains('=') && !line.starts_with('#')) {
                let misspelt = example.replace(line, &format!("x{line}"));
                let fault = toml::from_str::<NodeSettings>(&misspelt).unwrap_err();
                let key = format!("x{}", line.split(' ').next().unwrap());
                assert!(fault.message().contains(&key), "{line}: {fault}");
            }
        }
    }
}
