//! `detente verify`: what a bundle of one thread proves, with no node and no network.
//!
//! Never here: a check (`replay/verify/`), or a fingerprint that did not come from whoever verifies.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::fault::Fault;
use crate::cli::out::say;
use crate::cli::{files, json};
use crate::codec::export::begins_as_export;
use crate::codec::party_file::Fingerprint;
use crate::domain::party::Party;
use crate::journal::parts::SALT_BYTES;
use crate::limits;
use crate::replay::verify::{Finding, Named, Verification, Weight, verify};

/// Say what a bundle of one thread proves, by whose signature, and what it does not
///
/// It needs no node and no network. The bundle can't prove whose keys it holds: you vouch for a Party's with --trust.
/// What rests on keys that nobody vouched for is said to hold "only if" they are that Party's.
///
/// Exit codes: 0 if nothing is false and you vouched for every Party in the bundle; 3 if nothing is false and
/// nobody vouched for some Party; 1 if something is false, the file can't be read, or it has no key list with
/// a fingerprint that you gave; 2 if the command line can't be read.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The bundle, as `detente audit export --thread` wrote it
    file: PathBuf,
    /// A Party's fingerprint, as you got it from that Party over another channel, never from the bundle or
    /// from whoever gave it to you; once for each Party
    #[arg(long, value_name = "PARTY=FINGERPRINT", value_parser = trusted)]
    trust: Vec<(Party, Fingerprint)>,
    /// A part, as `detente part read --with-salt` wrote it: is it one that the bundle names? May be given
    /// several times
    #[arg(long, value_name = "FILE")]
    part: Vec<PathBuf>,
    /// One JSON object a line: the Parties, the findings, the summary
    #[arg(long)]
    json: bool,
}

/// Nothing is false, and for some Party nobody vouched.
const NOT_VOUCHED: u8 = 3;

fn trusted(text: &str) -> Result<(Party, Fingerprint), String> {
    let (party, fingerprint) = text.split_once('=').ok_or("PARTY=FINGERPRINT, such as PL=9f86…")?;
    let party = party.parse().map_err(|fault: crate::domain::party::NotAParty| fault.to_string())?;
    let fingerprint = fingerprint.parse();
    Ok((party, fingerprint.map_err(|fault: crate::codec::party_file::NotAFingerprint| fault.to_string())?))
}

pub fn run(args: &Args) -> Result<(), Fault> {
    let file = files::read_up_to(&args.file, limits::BUNDLE_BYTES_MAX)?;
    if begins_as_export(&file) {
        return Err(Fault::new(format!(
            "{} is an exported journal, not a bundle of one thread: `detente audit verify --file` checks it",
            args.file.display()
        )));
    }
    let mut given = BTreeMap::new();
    for (party, fingerprint) in &args.trust {
        if given.insert(*party, fingerprint.0).is_some() {
            return Err(Fault::new(format!("--trust is given twice for {party}")));
        }
    }
    let mut found = verify(file.into(), &given)?;
    for part in &args.part {
        let most = limits::PART_BYTES_MAX.saturating_add(SALT_BYTES);
        let bytes = files::read_up_to(part, usize::try_from(most).unwrap_or(usize::MAX))?;
        found.hold_part(&part.display().to_string(), &bytes);
    }
    if args.json {
        print_json(&found)
    } else {
        print(&found)
    }
    outcome(&found)
}

fn outcome(found: &Verification) -> Result<(), Fault> {
    if !found.holds() {
        return Err(Fault::new("something in the bundle is false; see above"));
    }
    let unvouched = found.unvouched();
    if unvouched.is_empty() {
        return Ok(());
    }
    let parties: Vec<&str> = unvouched.iter().map(Party::as_str).collect();
    let sentence = format!(
        "nothing is false, and nobody vouched for the keys called {}'s: get their fingerprints from elsewhere, and \
         give them with --trust",
        parties.join("'s and ")
    );
    Err(Fault::new(sentence).with_exit_code(NOT_VOUCHED))
}

fn print(found: &Verification) {
    say!("Thread {}, from a file that calls itself {}'s, of {}", found.thread, found.made_by, found.made_at);
    say!("\nwhose keys");
    for named in &found.parties {
        print_party(named);
    }
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
        "\n{} proven, {} only if keys are whose they are called, {} stated, {} not proven, {} false",
        count(Weight::Proven),
        count(Weight::OnlyIf),
        count(Weight::Stated),
        count(Weight::NotProven),
        count(Weight::False)
    );
}

fn print_party(named: &Named) {
    let party = named.party;
    match named.fingerprint.map(Fingerprint) {
        Some(fingerprint) if named.vouched => {
            say!("  {party:<4}  vouched for by you, by the fingerprint");
            say!("        {fingerprint}");
        }
        Some(fingerprint) => {
            say!(
                "  {party:<4}  NOBODY VOUCHED: the bundle calls the key list {} {party}'s,",
                fingerprint.0.short()
            );
            say!("        and can't prove it. Compare its fingerprint with {party} over another channel:");
            say!("        {fingerprint}");
        }
        None => say!("  {party:<4}  NOBODY VOUCHED: no key list of {party} in the bundle can be checked"),
    }
}

fn print_json(found: &Verification) {
    for named in &found.parties {
        let object = json!({
            "kind": "party",
            "party": named.party.as_str(),
            "fingerprint": named.fingerprint.map(|fingerprint| fingerprint.to_string()),
            "vouched": named.vouched,
        });
        say!("{}", json::line(&object));
    }
    let codes = |parties: &[Party]| parties.iter().map(|party| party.to_string()).collect::<Vec<_>>();
    for finding in &found.findings {
        let object = json!({
            "kind": "finding",
            "about": finding.about,
            "weight": finding.weight.name(),
            "only_if": codes(&finding.only_if),
            "sentence": finding.sentence,
        });
        say!("{}", json::line(&object));
    }
    let object = json!({
        "kind": "summary",
        "ok": found.holds(),
        "nobody_vouched_for": codes(&found.unvouched()),
        "thread": found.thread.to_string(),
        "made_by": found.made_by.as_str(),
        "made_at_ms": found.made_at.0,
    });
    say!("{}", json::line(&object));
}
