//! `regime function hold` and `list`: which Party holds which function of a regime, and for which term.
//!
//! Never here: whose term counts, which is the node's answer.

use std::collections::BTreeSet;

use bytes::Bytes;
use clap::Subcommand;
use serde_json::json;

use super::words::service;
use crate::cli::desk::{As, AsCommand, answer};
use crate::cli::fault::Fault;
use crate::cli::given;
use crate::cli::json;
use crate::cli::out::say;
use crate::cli::proposal::{self, Proposed};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::propose_request::Change;
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::domain::time::Instant;

/// Functions of a regime, such as its chair: who holds them, from when until when
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Hold(HoldArgs),
    List(ListArgs),
}

/// Propose a term, which another custodian must confirm; it corrects a term with the same start
#[derive(clap::Args, Debug)]
struct HoldArgs {
    /// The name that stands in the regime's text, which is held at your node
    regime: String,
    /// As the regime names it, such as chair
    function: String,
    /// The Party that holds it
    party: Party,
    /// Such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    from: Instant,
    /// When the term ends; default: when the next begins
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    until: Option<Instant>,
    /// Where it was decided or made known, such as a note's number
    #[arg(long)]
    source: String,
    #[command(flatten)]
    by: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// List the terms on record
#[derive(clap::Args, Debug)]
struct ListArgs {
    /// Only those of one regime
    regime: Option<String>,
    /// Only who holds what at an instant
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    at: Option<Instant>,
    #[command(flatten)]
    by: As,
    /// One JSON object a term
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Hold(args) => hold(args).await,
        Command::List(args) => list(args).await,
    }
}

async fn hold(args: HoldArgs) -> Result<(), Fault> {
    let term = calls::FunctionTerm {
        regime: args.regime,
        function: args.function,
        party: args.party.to_string(),
        from_ms: args.from.0,
        until_ms: args.until.map_or(0, |until| until.0),
        source: args.source,
    };
    let change = Change::FunctionTerm(term);
    proposal::propose(&args.by, change, Bytes::new(), Proposed::printed(args.json)).await
}

async fn list(args: ListArgs) -> Result<(), Fault> {
    let desk = args.by.open()?;
    let asked = |at: Option<Instant>| calls::ListFunctionsRequest {
        regime: args.regime.clone().unwrap_or_default(),
        at_ms: at.map(|at| at.0),
    };
    let lines = answer(service(&desk).list_functions(asked(args.at))).await?.terms;
    for line in &lines {
        let term = line.term.clone().unwrap_or_default();
        let until = (term.until_ms != 0).then_some(Instant(term.until_ms));
        if args.json {
            let object = json!({ "kind": "function_term", "regime": term.regime, "function": term.function,
                "party": term.party, "from_ms": term.from_ms, "until_ms": until.map(|until| until.0),
                "source": term.source, "recorded_at_ms": line.recorded_at_ms, "corrected": line.corrected,
                "counts_until_ms": (line.counts_until_ms != 0).then_some(line.counts_until_ms) });
            say!("{}", json::line(&object));
            continue;
        }
        let counts_until = (line.counts_until_ms != 0).then_some(Instant(line.counts_until_ms));
        let until = match (until, counts_until) {
            (None, None) => "until the next term".to_owned(),
            (Some(until), Some(ends)) if ends < until => {
                format!("until {ends}, when the next term begins (stated until {until})")
            }
            (Some(until), _) => format!("until {until}"),
            (None, Some(ends)) => format!("until {ends}, when the next term begins"),
        };
        let corrected = if line.corrected { "  corrected since" } else { "" };
        say!(
            "{} {}: {} from {} {until}{corrected}",
            shown(&term.regime),
            shown(&term.function),
            shown(&term.party),
            Instant(term.from_ms)
        );
        say!("  on record {}, source {}", Instant(line.recorded_at_ms), shown(&term.source));
    }
    if args.json {
        return Ok(());
    }
    match args.at {
        None if lines.is_empty() => say!("no term of a function is on record"),
        None => {}
        Some(at) => {
            let all = answer(service(&desk).list_functions(asked(None))).await?.terms;
            if all.is_empty() {
                say!("no term of a function is on record");
            }
            let held = functions_of(&lines);
            for (regime, function) in functions_of(&all).difference(&held) {
                say!("{} {}: held by nobody at {at}, by the terms on record", shown(regime), shown(function));
            }
        }
    }
    Ok(())
}

/// Each with the regime whose function it is.
fn functions_of(lines: &[calls::FunctionLine]) -> BTreeSet<(String, String)> {
    let terms = lines.iter().filter_map(|line| line.term.as_ref());
    terms.map(|term| (term.regime.clone(), term.function.clone())).collect()
}
