//! `detente party limit`: how much a link may bring in an hour, as one custodian proposes it.
//!
//! Never here: FLASH, which no such limit holds up; a word to the other end, to which it is "not now".

use bytes::Bytes;
use serde_json::{Value, json};

use crate::cli::desk::AsCommand;
use crate::cli::fault::Fault;
use crate::cli::proposal::{self, Proposed};
use crate::codec::proto::detente::v1::{LinkAllowance, propose_request::Change};
use crate::domain::allowance::Allowance;
use crate::domain::party::Party;

/// Propose how much a Party may bring in an hour below FLASH; anything beyond waits at that Party, and what came before
/// stays as it is; another custodian must confirm
#[derive(clap::Args, Debug)]
pub struct Limit {
    /// Its code
    party: Party,
    #[command(flatten)]
    by: AsCommand,
    /// Records an hour; 0: nothing new is taken below FLASH; default: the same as for every Party
    #[arg(long, value_name = "NUMBER", required_unless_present_any = ["mebibytes", "lift"])]
    records: Option<u64>,
    /// MiB an hour; default: the same as for every Party
    #[arg(long, value_name = "NUMBER")]
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

/// As a person reads it.
pub fn words(left: &LinkAllowance) -> String {
    Allowance { records: left.records_per_hour, bytes: left.bytes_per_hour }.words()
}

pub fn to_json(left: &LinkAllowance) -> Value {
    json!({"records_per_hour": left.records_per_hour, "bytes_per_hour": left.bytes_per_hour})
}
