//! What the demonstration prints: a readable line a step, or one JSON object a line.

use std::fmt::Arguments;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::check::Checked;
use super::play::Played;
use super::stage::{Actor, Stage};
use crate::cli::fault::Fault;
use crate::cli::out;
use crate::codec::party_file::PartyFile;
use crate::codec::proto::detente::v1::RegimeCheck;
use crate::domain::party::Party;
use crate::domain::text::shown;
use crate::domain::time::Instant;

pub struct Say {
    as_json: bool,
    /// Set where nobody reads any more: secret keys are to be put away before the program ends.
    unread: watch::Sender<bool>,
}

impl Say {
    pub fn new(as_json: bool) -> Say {
        Say { as_json, unread: watch::Sender::new(false) }
    }

    fn line(&self, text: String, object: Value) {
        if self.as_json { self.out(format_args!("{object}")) } else { self.out(format_args!("{text}")) }
    }

    fn out(&self, text: Arguments<'_>) {
        if !out::is_read(text) {
            self.unread.send_replace(true);
        }
    }

    /// Waits until nobody reads what is said.
    pub async fn nobody_reads(&self) {
        // An error would mean that this is gone.
        _ = self.unread.subscribe().wait_for(|unread| *unread).await;
    }

    /// A step: when, who, what.
    fn step(&self, at: Instant, who: &str, what: String) {
        let object = json!({"kind": "step", "at": at.to_string(), "who": who, "what": what});
        self.line(format!("{}  {who:<4}  {what}", at.date_time_group()), object);
    }

    pub fn head(&self) {
        let sentence = "Synthetic: a demonstration with figures from the press (Zapad-2025). Persons, areas and \
                        formations are invented, and no State has sent any of this.";
        self.line(format!("{sentence}\n"), json!({"kind": "synthetic", "sentence": sentence}));
    }

    pub fn node(&self, actor: &Actor) {
        let (party, address) = (actor.party, actor.node.address);
        let fingerprint = actor.node.settings.fingerprint.to_string();
        self.line(
            format!("node {party:<4} at {address}, fingerprint {fingerprint}"),
            json!({"kind": "node", "party": party.as_str(), "address": address.to_string(),
                   "fingerprint": fingerprint, "directory": actor.directory}),
        );
    }

    pub fn introduced(&self, at: Instant, files: &[(Party, String)]) {
        for (party, file) in files {
            let fingerprint = PartyFile::from_text(file).map(|file| file.fingerprint().to_string());
            let what = format!(
                "known to the others: two custodians of each compared {}",
                fingerprint.unwrap_or_default()
            );
            self.step(at, party.as_str(), what);
        }
    }

    pub fn drafted(&self, at: Instant, host: &Actor, by: &str, subject: &str, faults: usize) {
        self.step(at, host.party.as_str(), format!("drafted by {by}: {subject} ({faults} faults)"));
    }

    pub fn released(&self, at: Instant, host: &Actor, by: &str, subject: &str, number: &str) {
        self.step(at, host.party.as_str(), format!("released by {by}: {subject}, number {number}"));
    }

    pub fn receipted(&self, at: Instant, host: &Actor, guest: &Actor) {
        let what = format!("has it on record; the receipt is verified and on record at {}", host.party);
        self.step(at, guest.party.as_str(), what);
    }

    pub fn acknowledged(&self, at: Instant, guest: &Actor, by: &str, subject: &str) {
        self.step(at, guest.party.as_str(), format!("read and acknowledged by {by}, on watch: {subject}"));
    }

    pub fn figures(&self, at: Instant, guest: &Actor, notified: u64, stated: u64) {
        let what = format!(
            "holds both figures, each with its source: {notified} troops notified, {stated} stated afterwards"
        );
        self.step(at, guest.party.as_str(), what);
    }

    pub fn bound(&self, at: Instant, one: &Actor, other: &Actor, edition: u64) {
        let what = format!(
            "and {} are bound to each other by edition {edition}: each adopted it and took the other's word",
            other.party
        );
        self.step(at, one.party.as_str(), what);
    }

    /// What the rules say of a message, as the releaser was shown it.
    pub fn rules(&self, at: Instant, host: &Actor, check: Option<&RegimeCheck>) {
        let outermost = check.into_iter().flat_map(|check| &check.lines).filter(|line| line.depth == 0);
        for line in outermost {
            self.step(at, host.party.as_str(), format!("is told by the rules: {}", shown(&line.text)));
        }
    }

    pub fn checked(&self, party: &str, what: &str, holds: bool) {
        let word = if holds { "holds" } else { "FAILS" };
        self.line(
            format!("check {party:<4}  {word}: {what}"),
            json!({"kind": "check", "party": party, "what": what, "ok": holds}),
        );
    }

    pub fn summary(&self, checked: &Checked) {
        let nodes: Vec<Value> = checked
            .nodes
            .iter()
            .map(|node| {
                json!({"party": node.party.as_str(), "size": node.size, "root": node.root.to_string(),
                       "board": node.board.to_string(), "replayed_board": node.replayed_board.to_string()})
            })
            .collect();
        let text = format!(
            "\n{}: {} messages, {} receipts verified, {} acknowledgements",
            if checked.failed.is_none() { "everything checked holds" } else { "A CHECK FAILED" },
            checked.messages,
            checked.receipts_verified,
            checked.acknowledgements
        );
        let object = json!({"kind": "summary", "ok": checked.failed.is_none(), "nodes": nodes,
                            "messages": checked.messages, "receipts_verified": checked.receipts_verified,
                            "acknowledgements": checked.acknowledgements, "failed": checked.failed});
        self.line(text, object);
    }

    /// The play could not be played to its end: that is the summary then.
    pub fn broken_off(&self, fault: &Fault) {
        if self.as_json {
            let object = json!({"kind": "summary", "ok": false, "nodes": [], "failed": fault.to_string()});
            self.line(String::new(), object);
        }
    }

    /// Commands ready to paste, while the nodes stay up on the real clock.
    pub fn commands(&self, stage: &Stage, played: &Played) {
        if self.as_json {
            return;
        }
        let program = std::env::current_exe().map_or("detente".into(), |path| path.display().to_string());
        let desk = |code: &str, role: &str| {
            stage
                .actor(code)
                .map(|actor| actor.desk_directory(role).display().to_string())
                .unwrap_or_default()
        };
        self.out(format_args!(
            "\nThe nodes stay up on the real clock; Ctrl-C ends them. In another terminal:\n"
        ));
        self.out(format_args!(
            "an officer   {program} exercise show {} --as {}",
            played.exercise,
            desk("BY", "drafter")
        ));
        self.out(format_args!("             {program} message list --as {}", desk("BY", "drafter")));
        self.out(format_args!(
            "             {program} message print {} --as {}",
            played.notification,
            desk("BY", "drafter")
        ));
        self.out(format_args!("             {program} exercise template amendment"));
        self.out(format_args!("the watch    {program} watch follow --as {}", desk("PL", "watch")));
        self.out(format_args!(
            "             {program} watch read {} --as {}",
            played.notification,
            desk("PL", "watch")
        ));
        self.out(format_args!("an auditor   {program} audit verify --as {}", desk("OSCE", "auditor")));
        self.out(format_args!(
            "             {program} audit replay --thread {} --as {}",
            played.exercise,
            desk("PL", "auditor")
        ));
        self.out(format_args!(
            "             {program} audit export --thread {} --out zapad.bundle --as {}",
            played.exercise,
            desk("BY", "auditor")
        ));
        let trusted = stage
            .actors
            .iter()
            .map(|actor| format!(" --trust {}={}", actor.party, actor.node.settings.fingerprint.0));
        self.out(format_args!("             {program} verify zapad.bundle{}", trusted.collect::<String>()));
    }
}
