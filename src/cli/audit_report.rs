//! The report of an audit as it is printed: lines for people, or one object.
//!
//! Never here: a check (`replay/audit`), or a result that says more than the report.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cli::json;
use crate::cli::out::say;
use crate::codec::party_file::Fingerprint;
use crate::domain::text::shown;
use crate::domain::watch::{HandedDuty, OfferedOnRecord};
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
    print_covered(report);
    if report.times_run_backwards > 0 {
        say!("marked       {}", run_backwards(report.times_run_backwards));
    }
    if report.by_older_rules > 0 {
        say!(
            "older rules  {} records on duties, checks, alarms, the watch or FLASH were decided under an older fold \
             version, and would be decided otherwise under {}: what they say stands, and is not held against today's \
             rules",
            report.by_older_rules,
            report.fold_version
        );
    }
    for (index, offered) in &report.hand_overs {
        print_hand_over(*index, offered);
    }
    for void in &report.voids {
        let claims = void.claims.map_or_else(String::new, |index| format!(", claims to be record {index}"));
        say!("void         position {}{claims}: {}", void.position, void.reason);
    }
    if let Some(position) = report.doubtful {
        say!(
            "doubt        position {position}, where record {} would stand, holds nothing that this node signed as it \
             is: a stranger's entry, or that record changed; a later checkpoint or a peer can tell",
            report.size
        );
    }
    for fault in &report.faults {
        say!("FAULT        record {}: {}", fault.index, fault.sentence);
    }
    let more = report.fault_count.saturating_sub(report.faults.len() as u64);
    if more > 0 {
        say!("FAULT        and {more} more");
    }
    let result = match report.covered {
        _ if !report.holds() => "it does not hold",
        Covered::ByCheckpoint { .. } => "everything holds",
        Covered::ByKept { .. } | Covered::ByNothingKept | Covered::ByKeptNot | Covered::ByNothing => {
            "what is here holds; whether it is all that was signed is not shown"
        }
    };
    say!("result       {result}");
}

/// What both officers signed for: `--json` lists each of it.
fn print_hand_over(index: u64, offered: &OfferedOnRecord) {
    let desk = match offered.desk.as_str() {
        "" => "the central desk".to_owned(),
        desk => format!("desk {}", shown(desk)),
    };
    let messages = (offered.open.len() as u64).saturating_add(offered.open_more);
    let mut owed: BTreeMap<&str, u64> = BTreeMap::new();
    for duty in &offered.duties {
        let owed = owed.entry(duty.owed_as.word()).or_default();
        *owed = owed.saturating_add(1);
    }
    let mut duties: Vec<String> = owed.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    if offered.duties_more > 0 {
        duties.push(format!("{} more", offered.duties_more));
    }
    let duties = if duties.is_empty() { "none".to_owned() } else { duties.join("; ") };
    let digest = offered.digest.short();
    say!(
        "hand-over    record {index}, {desk}: {messages} messages; duties: {duties}; digest {digest} {}",
        follows(offered)
    );
}

fn follows(offered: &OfferedOnRecord) -> &'static str {
    match offered.digest_of_named() {
        Some(digest) if digest == offered.digest => "follows from what the record lists",
        Some(_) | None => "covers more than the record lists, or is of an older fold",
    }
}

fn hand_over_json((index, offered): &(u64, OfferedOnRecord)) -> Value {
    let duty = |duty: &HandedDuty| json!({"number": duty.number.0, "due_ms": duty.due.0, "owed_as": duty.owed_as.word()});
    json!({
        "record": index,
        "desk": offered.desk,
        "digest": offered.digest.to_string(),
        "digest_follows": offered.digest_of_named() == Some(offered.digest),
        "messages": offered.open.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "messages_more": offered.open_more,
        "duties": offered.duties.iter().map(duty).collect::<Vec<_>>(),
        "duties_more": offered.duties_more,
    })
}

fn run_backwards(times: u64) -> String {
    if times == 1 {
        "1 time of a record runs backwards".into()
    } else {
        format!("{times} times of records run backwards")
    }
}

/// What vouches for how much of it.
pub fn print_covered(report: &Report) {
    match report.covered {
        Covered::ByCheckpoint { size } => {
            say!("covered      by the node's checkpoint over {size} records")
        }
        Covered::ByKept { size } => {
            say!("covered      by this node's signed checkpoint up to record {}", size.saturating_sub(1));
            let last = report.size.saturating_sub(1);
            if report.size > size {
                say!(
                    "not covered  {} on the chain and the signature of the record key only",
                    stand(size, last)
                );
            }
            say!("copied       {COPIED}; whether anything was signed after record {last}, it can't tell");
        }
        Covered::ByNothingKept => {
            say!("covered      by no checkpoint: none was kept beside the journal");
            say!("copied       {COPIED}; whether records are missing at its end, it can't tell");
        }
        Covered::ByKeptNot => {
            say!("covered      by no checkpoint: the one kept beside the journal does not fit what is here");
            say!("copied       {COPIED}");
        }
        Covered::ByNothing => say!("covered      by no checkpoint: records may be missing at the end"),
    }
}

fn stand(first: u64, last: u64) -> String {
    if first == last { format!("record {first} stands") } else { format!("records {first} to {last} stand") }
}

const COPIED: &str = "out of the node's directory, not given by a running node";

/// One object, for a program.
pub fn print_json(report: &Report) {
    let voids = report.voids.iter().map(
        |void| json!({"position": void.position, "claims": void.claims, "reason": void.reason.to_string()}),
    );
    let faults = report.faults.iter().map(|fault| json!({"index": fault.index, "sentence": fault.sentence}));
    let covered_records = match report.covered {
        Covered::ByCheckpoint { size } | Covered::ByKept { size } => size,
        Covered::ByNothingKept | Covered::ByKeptNot | Covered::ByNothing => 0,
    };
    let copied =
        matches!(report.covered, Covered::ByKept { .. } | Covered::ByNothingKept | Covered::ByKeptNot);
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
        "by_older_rules": report.by_older_rules,
        "hand_overs": report.hand_overs.iter().map(hand_over_json).collect::<Vec<_>>(),
        "covered": matches!(report.covered, Covered::ByCheckpoint { .. }),
        "covered_records": covered_records,
        "copied": copied,
        "doubtful_position": report.doubtful,
        "first_failing": report.first_failing,
        "missing_from": report.missing_from,
        "fault_count": report.fault_count,
        "faults": faults.collect::<Vec<_>>(),
        "voids": voids.collect::<Vec<_>>(),
    });
    say!("{}", json::line(&object));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_time_runs_and_two_run_backwards() {
        assert_eq!(run_backwards(1), "1 time of a record runs backwards");
        assert_eq!(run_backwards(2), "2 times of records run backwards");
    }
}
