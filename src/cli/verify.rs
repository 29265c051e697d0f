//! `detente verify`: what a bundle of one thread proves, with no node and no network.
//!
//! Never here: a check (`replay/verify.rs`), or a fingerprint that did not come from whoever verifies.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::fault::Fault;
use crate::cli::out::say;
use crate::cli::{files, json};
use crate::codec::party_file::Fingerprint;
use crate::domain::party::Party;
use crate::limits;
use crate::replay::verify::{Finding, Verification, Weight, verify};

/// Says what a bundle of one thread proves, by whose signature, and what it does not
///
/// It needs no node and no network. It ends with an error if anything in the bundle is false; what is
/// merely not proven is said, and is no error.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The bundle, as `detente audit export --thread` wrote it
    file: PathBuf,
    /// A Party's fingerprint, as you got it from that Party over another channel; may be given several
    /// times. Without it, whose keys they are is unproven
    #[arg(long, value_name = "PARTY=FINGERPRINT", value_parser = trusted)]
    trust: Vec<(Party, Fingerprint)>,
    /// One JSON object a finding
    #[arg(long)]
    json: bool,
}

fn trusted(text: &str) -> Result<(Party, Fingerprint), String> {
    let (party, fingerprint) = text.split_once('=').ok_or("PARTY=FINGERPRINT, such as PL=9f86…")?;
    let party = party.parse().map_err(|fault: crate::domain::party::NotAParty| fault.to_string())?;
    let fingerprint = fingerprint.parse();
    Ok((party, fingerprint.map_err(|fault: crate::codec::party_file::NotAFingerprint| fault.to_string())?))
}

pub fn run(args: &Args) -> Result<(), Fault> {
    let file = files::read_up_to(&args.file, limits::BUNDLE_BYTES_MAX)?;
    let given = args.trust.iter().map(|(party, fingerprint)| (*party, fingerprint.0)).collect();
    let found = verify(file.into(), &given)?;
    if args.json {
        print_json(&found)
    } else {
        print(&found)
    }
    if found.holds() { Ok(()) } else { Err(Fault::new("something in the bundle is false; see above")) }
}

fn print(found: &Verification) {
    say!("Thread {}, as {} states it at {}", found.thread, found.made_by, found.made_at);
    let mut abouts: Vec<&str> = Vec::new();
    for finding in &found.findings {
        if !abouts.contains(&finding.about.as_str()) {
            abouts.push(&finding.about);
        }
    }
    for about in abouts {
        say!("\n{about}");
        let here = |finding: &&Finding| finding.about == about;
        for finding in found.findings.iter().filter(here) {
            say!("  {:<10}  {}", finding.weight.name(), finding.sentence);
        }
    }
    let count = |weight| found.findings.iter().filter(|finding| finding.weight == weight).count();
    say!(
        "\n{} proven, {} stated, {} not proven, {} false",
        count(Weight::Proven),
        count(Weight::Stated),
        count(Weight::NotProven),
        count(Weight::False)
    );
}

fn print_json(found: &Verification) {
    for finding in &found.findings {
        let object = json!({
            "kind": "finding",
            "about": finding.about,
            "weight": finding.weight.name(),
            "sentence": finding.sentence,
        });
        say!("{}", json::line(&object));
    }
    let object = json!({
        "kind": "summary",
        "ok": found.holds(),
        "thread": found.thread.to_string(),
        "made_by": found.made_by.as_str(),
        "made_at_ms": found.made_at.0,
    });
    say!("{}", json::line(&object));
}
