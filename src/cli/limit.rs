//! `detente party limit`: how much a link may bring in an hour, as one custodian proposes it.
//!
//! Never here: FLASH, which no such limit holds up; a word to the other end, to which it is "not now".

use bytes::Bytes;
use serde_json::{Value, json};

use crate::cli::desk::AsCommand;
use crate::cli::fault::Fault;
use crate::cli::out::say;
use crate::cli::proposal::{self, Proposed};
use crate::codec::proto::detente::v1::{LinkAllowance, PartyLine, propose_request::Change};
use crate::domain::allowance::Allowance;
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// Propose how much a Party may bring in an hour below FLASH; anything beyond waits at that Party, and what came before
/// stays as it is; another custodian must confirm
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("how_much").args(["records", "mebibytes", "lift"]).required(true).multiple(true)))]
pub struct Limit {
    /// Its code
    party: Party,
    #[command(flatten)]
    by: AsCommand,
    /// Records an hour; 0: nothing new is taken below FLASH; default, and at most: the same as for every Party
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(..=limits::LINK_RECORDS_PER_HOUR_MAX))]
    records: Option<u64>,
    /// MiB an hour; default, and at most: the same as for every Party
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(..=MEBIBYTES_MAX))]
    mebibytes: Option<u64>,
    /// Restore the default that holds for every Party
    #[arg(long, conflicts_with_all = ["records", "mebibytes"])]
    lift: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn limit(args: Limit) -> Result<(), Fault> {
    let change = Change::LinkAllowance(LinkAllowance {
        party: args.party.to_string(),
        records_per_hour: args.records,
        bytes_per_hour: args.mebibytes.map(|most| most.saturating_mul(BYTES_PER_MEBIBYTE)),
    });
    proposal::propose(&args.by, change, Bytes::new(), Proposed::printed(args.json)).await
}

const BYTES_PER_MEBIBYTE: u64 = 1024 * 1024;
const MEBIBYTES_MAX: u64 = limits::LINK_BYTES_PER_HOUR_MAX / BYTES_PER_MEBIBYTE;

/// What two custodians left a link, and what waits at either end because the other says "not now".
pub fn say_waits(line: &PartyLine) {
    if let Some(left) = &line.allowance {
        let words = Allowance { records: left.records_per_hour, bytes: left.bytes_per_hour }.words();
        say!("  LIMITED by two custodians: {words}");
    }
    if line.over_bounds > 0 {
        say!(
            "  told \"not now\" {} time(s) in this hour, over its limit: something waits there",
            line.over_bounds
        );
    }
    if line.told_not_now_since_ms != 0 {
        say!("  says \"not now\" since {}: what is owed waits here", Instant(line.told_not_now_since_ms));
    }
}

pub fn to_json(left: &LinkAllowance) -> Value {
    json!({"records_per_hour": left.records_per_hour, "bytes_per_hour": left.bytes_per_hour})
}
