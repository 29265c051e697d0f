//! What an audit of a journal came to, as it is printed.
//!
//! Never here: a check (`replay/audit.rs`).

use serde_json::json;

use crate::cli::json;
use crate::cli::out::say;
use crate::codec::party_file::Fingerprint;
use crate::replay::audit::{Covered, Report};

/// For a person.
pub fn print(report: &Report, given: Option<Fingerprint>) {
    if let Some((party, incarnation)) = report.own {
        say!("party        {party}, incarnation {incarnation}");
    }
    if let Some(found) = report.fingerprint {
        let compare = if given.is_some() { "as given" } else { "compare it with the Party's own" };
        say!("fingerprint  {} ({compare})", Fingerprint(found));
    }
    say!("records      {} count, {} entries are void", report.size, report.void);
    say!("epoch        {}", report.epoch);
    say!("head         {}", report.head);
    say!("root         {}", report.root);
    say!("board        {}, by fold version {}", report.board, report.fold_version);
    say!("checked      {} signatures and proofs", report.checked);
    match report.covered {
        Covered::ByCheckpoint { size } => {
            say!("covered      by the node's checkpoint over {size} records")
        }
        Covered::ByNothing => say!("covered      by no checkpoint: records may be missing at the end"),
    }
    if report.times_run_backwards > 0 {
        say!("marked       {} times of records run backwards", report.times_run_backwards);
    }
    for void in &report.voids {
        let claims = void.claims.map_or_else(String::new, |index| format!(", claims to be record {index}"));
        say!("void         position {}{claims}: {}", void.position, void.reason);
    }
    for fault in &report.faults {
        say!("FAULT        record {}: {}", fault.index, fault.sentence);
    }
    let more = report.fault_count.saturating_sub(report.faults.len() as u64);
    if more > 0 {
        say!("FAULT        and {more} more");
    }
    say!("result       {}", if report.holds() { "everything holds" } else { "it does not hold" });
}

/// One object, for a program.
pub fn print_json(report: &Report) {
    let voids = report.voids.iter().map(
        |void| json!({"position": void.position, "claims": void.claims, "reason": void.reason.to_string()}),
    );
    let faults = report.faults.iter().map(|fault| json!({"index": fault.index, "sentence": fault.sentence}));
    let object = json!({
        "kind": "audit",
        "ok": report.holds(),
        "party": report.own.map(|(party, _)| party.to_string()),
        "incarnation": report.own.map(|(_, incarnation)| incarnation.0),
        "fingerprint": report.fingerprint.map(|digest| digest.to_string()),
        "size": report.size,
        "void": report.void,
        "epoch": report.epoch,
        "head": report.head.to_string(),
        "root": report.root.to_string(),
        "board": report.board.to_string(),
        "fold_version": report.fold_version,
        "checked": report.checked,
        "times_run_backwards": report.times_run_backwards,
        "covered": matches!(report.covered, Covered::ByCheckpoint { .. }),
        "first_failing": report.first_failing,
        "fault_count": report.fault_count,
        "faults": faults.collect::<Vec<_>>(),
        "voids": voids.collect::<Vec<_>>(),
    });
    say!("{}", json::line(&object));
}
