//! What the demonstration prints: a readable line a step, or one JSON object a line.

use std::fmt::Arguments;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::cast::Case;
use super::check::Checked;
use super::stage::Actor;
use crate::cli::fault::Fault;
use crate::cli::{json, out};
use crate::codec::party_file::PartyFile;
use crate::codec::proto::detente::v1::{DutyLine, RegimeCheck};
use crate::domain::digest::Digest;
use crate::domain::duty::State;
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
        if self.as_json {
            self.out(format_args!("{}", json::line(&object)));
        } else {
            self.out(format_args!("{text}"));
        }
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

    /// Words for a person only.
    pub fn text(&self, text: &str) {
        if !self.as_json {
            self.out(format_args!("{text}"));
        }
    }

    /// A step: when, who, what.
    fn step(&self, at: Instant, who: &str, what: String) {
        let object = json!({"kind": "step", "at": at.to_string(), "who": who, "what": what});
        self.line(format!("{}  {who:<4}  {what}", at.date_time_group()), object);
    }

    pub fn head(&self) {
        let sentence = "Synthetic: a demonstration of three cases with figures from the press and other public \
                        sources. Persons, areas and formations are invented, and no State has sent any of this.";
        self.line(sentence.to_owned(), json!({"kind": "synthetic", "sentence": sentence}));
    }

    /// A case begins, on a stage of its own.
    pub fn case(&self, case: &Case) {
        let object = json!({"kind": "case", "case": case.which.word(), "sentence": case.sentence});
        self.line(format!("\n{}: {}\n", case.which.word(), case.sentence), object);
    }

    pub fn node(&self, actor: &Actor) {
        let (party, address) = (actor.party, actor.node.address);
        let fingerprint = actor.node.settings.fingerprint.to_string();
        self.line(
            format!("node {party:<4} at {address}, fingerprint {fingerprint}"),
            json!({"kind": "node", "party": party.as_str(), "address": address.to_string(),
                   "fingerprint": fingerprint, "directory": actor.directory.display().to_string()}),
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

    /// A question that was asked, as one of the Parties holds it.
    pub fn question(&self, number: u64, text: &str) {
        let object = json!({"kind": "question", "number": number, "text": text});
        self.line(format!("  question {number}: {}", shown(text)), object);
    }

    /// How one reply answers it, and who thinks what of that: pairs of a word and what goes with it.
    pub fn answered(
        &self,
        number: u64,
        by: Party,
        answers: &[(String, String)],
        judged: &[(String, String)],
    ) {
        let object = json!({"kind": "answer", "number": number, "by": by.as_str(), "answers": answers,
                            "judged": judged});
        let answers: Vec<String> = answers
            .iter()
            .map(|(how, text)| if text.is_empty() { how.clone() } else { format!("{how}: {}", shown(text)) })
            .collect();
        let answers = if answers.is_empty() { "not answered".to_owned() } else { answers.join("; ") };
        let judged: Vec<String> = judged.iter().map(|(party, how)| format!("{party}: {how}")).collect();
        let judged =
            if judged.is_empty() { "nobody says what it is worth".to_owned() } else { judged.join(", ") };
        self.line(format!("      {by} {answers}\n      judged by {judged}"), object);
    }

    /// Reports beside each other, as the node's Party holds them.
    pub fn side_by_side(&self, at: Instant, actor: &Actor, rows: &[String]) {
        self.step(at, actor.party.as_str(), "holds both accounts, neither merged with the other:".to_owned());
        if self.as_json {
            let object = json!({"kind": "accounts", "party": actor.party.as_str(), "rows": rows});
            self.out(format_args!("{}", json::line(&object)));
        } else {
            self.out(format_args!(""));
            rows.iter().for_each(|row| self.out(format_args!("{row}")));
            self.out(format_args!(""));
        }
    }

    /// A step of a hotline session.
    pub fn hotline(&self, at: Instant, actor: &Actor, what: String) {
        self.step(at, actor.party.as_str(), what);
    }

    /// The transcript of a session, as the node's Party holds it.
    pub fn transcript(&self, at: Instant, actor: &Actor, page: &str, digest: &Digest) {
        self.step(at, actor.party.as_str(), "holds this transcript of the session:".to_owned());
        if self.as_json {
            let object = json!({"kind": "transcript", "party": actor.party.as_str(), "page": page,
                                "digest": digest.to_string()});
            self.out(format_args!("{}", json::line(&object)));
        } else {
            self.out(format_args!("\n{page}"));
        }
    }

    /// A line of a Party's duty list.
    pub fn duty(&self, at: Instant, actor: &Actor, duty: &DutyLine) {
        let due = Instant(duty.due_ms);
        // That it does not suffice takes nothing from when it was met.
        let before = duty.story.iter().rev().nth(1).filter(|_| duty.state == State::Insufficient.word());
        let before = before.map(|told| format!("{}; ", shown(&told.says))).unwrap_or_default();
        let text = format!(
            "duty list: {} owes {}: {}, due {due}: {before}{} [{}]",
            shown(&duty.owed_by),
            shown(&duty.owed_to),
            shown(&duty.label),
            shown(&duty.sentence),
            shown(&duty.paragraph)
        );
        let object = json!({"kind": "duty", "at": at.to_string(), "party": actor.party.as_str(),
                            "owed_by": duty.owed_by, "owed_to": duty.owed_to, "rule": duty.rule,
                            "paragraph": duty.paragraph, "due": due.to_string(), "state": duty.state,
                            "sentence": duty.sentence});
        self.line(format!("{}  {:<4}  {text}", at.date_time_group(), actor.party), object);
    }

    /// How many of a list are owed by one day of the year, by what, when, and where they stand.
    pub fn duties_of_a_day(
        &self,
        at: Instant,
        actor: &Actor,
        count: u64,
        (label, due, state): (&str, Instant, &str),
    ) {
        let what = format!("duty list: {count} for a day of the year: {}, due {due}: {state}", shown(label));
        self.step(at, actor.party.as_str(), what);
    }

    pub fn no_duty(&self, at: Instant, actor: &Actor) {
        let what = "duty list: nothing is owed: no rules that both adopted ask for any of this";
        self.step(at, actor.party.as_str(), what.to_owned());
    }

    pub fn checked(&self, case: &str, party: &str, what: &str, holds: bool) {
        let word = if holds { "holds" } else { "FAILS" };
        self.line(
            format!("check {case} {party:<4}  {word}: {what}"),
            json!({"kind": "check", "case": case, "party": party, "what": what, "ok": holds}),
        );
    }

    pub fn summary(&self, checked: &Checked) {
        let nodes: Vec<Value> = checked
            .nodes
            .iter()
            .map(|node| {
                json!({"case": node.case, "party": node.party.as_str(), "size": node.size, "root": node.root.to_string(),
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
}
