//! The command line of `detente init`, and what it prints.
//!
//! Never here: what is made, or in which order (`init.rs`).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::cli::fault::Fault;
use crate::cli::given;
use crate::cli::init::{FIRST_LIFE, InitPlan, Lives, NewPerson, init};
use crate::cli::node_directory::{JournalSettings, KafkaSettings, NodeDirectory, TransportSettings};
use crate::cli::out::say;
use crate::clock::Clock;
use crate::domain::party::Party;
use crate::journal::kafka_topic;

/// Make a new node: authority, keys, first key list, two custodians, and the journal's first record
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The node's directory: new, or empty
    directory: PathBuf,
    /// The Party's code, such as PL
    #[arg(long)]
    party: Party,
    /// The Party's name as people write it
    #[arg(long)]
    name: String,
    /// Where the node listens
    #[arg(long, default_value = "0.0.0.0:7443")]
    listen: SocketAddr,
    /// Where others reach it, "host:port"; may be given several times
    #[arg(long = "address", value_name = "HOST:PORT", value_parser = given::address)]
    addresses: Vec<String>,
    /// Whom to call when nothing else works; may be given several times
    #[arg(long = "contact", value_name = "TEXT")]
    contacts: Vec<String>,
    /// The first custodians: to be given twice, for two different persons
    #[arg(long = "custodian", value_name = "NAME", required = true)]
    custodians: Vec<String>,
    /// The custodians' office
    #[arg(long, default_value = "")]
    office: String,
    /// Days for which certificates are valid
    #[arg(long, value_name = "DAYS", default_value_t = 730, value_parser = clap::value_parser!(i64).range(1..=3_650))]
    certificate_days: i64,
    /// Days for which a revocation list is valid: a new one must be published before they are over
    #[arg(long, value_name = "DAYS", default_value_t = 35, value_parser = clap::value_parser!(i64).range(1..=3_650))]
    revocation_list_days: i64,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Given at all, they put the journal on Apache Kafka.
#[derive(clap::Args, Debug)]
struct KafkaArgs {
    /// Brokers, HOST:PORT, more than one separated by commas; without it the journal is a file here
    #[arg(long, value_name = "HOST:PORT")]
    kafka: Option<String>,
    /// Copies of each record
    #[arg(long, default_value_t = 3, requires = "kafka")]
    replication: u32,
    /// Copies that must exist before a record is acknowledged
    #[arg(long, default_value_t = 2, requires = "kafka")]
    min_insync: u32,
    /// The CA that signed the brokers' certificates (PEM)
    #[arg(long, value_name = "FILE", requires_all = ["kafka", "kafka_certificate", "kafka_key"])]
    kafka_ca: Option<PathBuf>,
    /// This node's certificate for the brokers (PEM)
    #[arg(long, value_name = "FILE", requires = "kafka_ca")]
    kafka_certificate: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE", requires = "kafka_ca")]
    kafka_key: Option<PathBuf>,
    /// Reach the brokers in the clear: for a broker on this machine only
    #[arg(long, requires = "kafka", conflicts_with = "kafka_ca")]
    kafka_plaintext: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    let custodians = <[String; 2]>::try_from(args.custodians)
        .map_err(|_| Fault::new("--custodian must be given exactly twice"))?
        .map(|name| NewPerson { name, office: args.office.clone() });
    const DAY_MS: i64 = 24 * 3_600_000;
    let plan = InitPlan {
        directory: args.directory,
        party: args.party,
        name: args.name,
        listen: args.listen,
        addresses: args.addresses,
        contacts: args.contacts,
        custodians,
        journal: journal_settings(&args.party, args.kafka)?,
        lives: Lives {
            certificate_ms: args.certificate_days.saturating_mul(DAY_MS),
            revocation_list_ms: args.revocation_list_days.saturating_mul(DAY_MS),
        },
    };
    let made = init(&plan, Clock::system().now()).await?;
    let directory = plan.directory.display();
    let desks: Vec<_> = made.desks.iter().map(|desk| desk.display().to_string()).collect();
    if args.json {
        let line = serde_json::json!({ "kind": "init", "party": plan.party.as_str(),
            "fingerprint": made.fingerprint.0.to_string(), "directory": directory.to_string(), "desks": desks });
        say!("{line}");
        return Ok(());
    }
    say!("made         {directory}");
    say!("party        {}", plan.party);
    say!("fingerprint  {}", made.fingerprint);
    say!("journal      {}", plan.journal.place(&NodeDirectory::at(&plan.directory)));
    for desk in desks {
        say!("custodian    {desk}: move it to the custodian's own machine; it holds a private key");
    }
    say!("custody      {directory}/custody: move it to a machine of its own; `serve` never opens it");
    say!("next         detente serve {directory}");
    Ok(())
}

fn journal_settings(party: &Party, args: KafkaArgs) -> Result<JournalSettings, Fault> {
    let Some(brokers) = args.kafka else {
        return Ok(JournalSettings::Embedded { path: Path::new("journal").join("journal.sqlite") });
    };
    let transport = match (args.kafka_ca, args.kafka_certificate, args.kafka_key, args.kafka_plaintext) {
        (Some(ca), Some(certificate), Some(key), false) => TransportSettings::Tls { ca, certificate, key },
        (None, None, None, true) => TransportSettings::Plaintext,
        _ => {
            return Err(Fault::new(
                "--kafka needs --kafka-ca, --kafka-certificate and --kafka-key; or --kafka-plaintext, for a \
                 broker on this machine only",
            ));
        }
    };
    Ok(JournalSettings::Kafka(KafkaSettings {
        brokers,
        topic: kafka_topic::topic_of(party, FIRST_LIFE),
        replication: args.replication,
        min_insync: args.min_insync,
        transport,
    }))
}
