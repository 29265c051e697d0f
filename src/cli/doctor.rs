//! `detente doctor`: what `serve` would check, line by line, with the mend, and nothing started.
//!
//! Never here: a change to anything, not so much as a file that SQLite would make, move or take away; an epoch or
//! a producer. What is wrong is named; who runs the node mends it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::cli::doctor_mends;
use crate::cli::fault::Fault;
use crate::cli::fresh_list;
use crate::cli::keys::NodeKeys;
use crate::cli::node::{StartFault, tls_in_force};
use crate::cli::node_checks::{self, check_signing_keys};
use crate::cli::node_directory::{JournalSettings, NodeDirectory, NodeSettings};
use crate::cli::out::say;
use crate::clock::Clock;
use crate::domain::board::Board;
use crate::domain::digest::Digest;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::journal::kafka_topic;
use crate::journal::untouched_readers::Readers;
use crate::limits;
use crate::peers::certificate;
use crate::peers::trust_of_board::trust_of;
use crate::registrar::{CheckpointFile, replay_untouched};
use crate::replay::{Fold, TrustRoot};

/// What one check came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    Ok,
    /// The node starts, but not for ever.
    Warning(String),
    /// The node does not start, or should not.
    Wrong {
        why: String,
        mend: String,
    },
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub what: String,
    pub finding: Finding,
}

/// Check a node's directory without starting the node
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The node's directory
    directory: PathBuf,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    let lines = examine(&args.directory, Clock::system().now()).await;
    for line in &lines {
        let (state, why, mend) = match &line.finding {
            Finding::Ok => ("ok", "", ""),
            Finding::Warning(why) => ("warning", why.as_str(), ""),
            Finding::Wrong { why, mend } => ("wrong", why.as_str(), mend.as_str()),
        };
        if args.json {
            let object = serde_json::json!({ "kind": "check", "what": line.what, "state": state, "why": why,
                "mend": mend });
            say!("{object}");
            continue;
        }
        say!("{state:<8} {}{}{}", shown(&line.what), if why.is_empty() { "" } else { ": " }, shown(why));
        if !mend.is_empty() {
            say!("         mend: {}", shown(mend));
        }
    }
    match lines.iter().filter(|line| matches!(line.finding, Finding::Wrong { .. })).count() {
        0 => Ok(()),
        1 => Err(Fault::new("one check is wrong; the node is not to be started before it is mended")),
        wrong => Err(Fault::new(format!(
            "{wrong} checks are wrong; the node is not to be started before they are mended"
        ))),
    }
}

/// Every check, in the order in which `serve` makes them. What rests on a check that failed is left out.
pub async fn examine(directory: &Path, now: Instant) -> Vec<Line> {
    let directory = NodeDirectory::at(directory);
    let mut lines = Lines(Vec::new());
    let settings = directory.read_settings();
    lines.add(
        "node.toml",
        &settings,
        settings.as_ref().err().map(doctor_mends::of_settings).unwrap_or_default(),
    );
    lines.written(directory.root());
    // Not the sentence that sends its reader here.
    let marker = node_checks::check_marker(&directory).map_err(|fault| match fault {
        StartFault::MarkedBroken { why, .. } => format!("the node stopped: {why}"),
        other => other.to_string(),
    });
    lines.add("marker of a broken journal", &marker, &doctor_mends::of_marker(&directory));
    lines.closed(&directory.keys());
    // Its files are not opened here either.
    if directory.custody().exists() {
        lines.closed(&directory.custody());
    }
    let own = NodeKeys::read(&directory.keys());
    lines.add("keys", &own, &own.as_ref().err().map(doctor_mends::of_keys).unwrap_or_default());
    lines.add("directory of parts", &node_checks::check_parts(&directory), "as it says");
    lines.written(&directory.parts());
    let Ok(settings) = settings else { return lines.0 };
    lines.open_file(&directory, &settings);
    let (ring, pairs) = match own {
        Ok(own) => (KeyRing::new(own.signing), Some(own.tls)),
        Err(_) => (KeyRing::new(Vec::new()), None),
    };
    let Some(fold) = lines.journal(&directory, &settings, &ring).await else { return lines.0 };
    let party = node_checks::check_party(&fold.board, &settings, &directory);
    lines.add("the Party in node.toml", &party, "write the Party's own code");
    if let Some(pairs) = pairs {
        let tls = check_signing_keys(&fold.board, &ring).and_then(|()| tls_in_force(pairs, &fold.board));
        lines.add("keys against the key list on record", &tls, doctor_mends::KEYS_PUT_BACK);
        if let Ok(pair) = tls
            && let Some(leaf) = pair.certified().cert.first()
        {
            let mend = "make a new pair: detente key-list next --keys tls";
            lines.ends("the node's certificate", certificate::valid_until(leaf), now, mend);
        }
    }
    lines.lists(&settings, &fold.board, now);
    lines.fresh_list(&directory, &fold.board, now);
    lines.authorities(&settings, &fold.board, now);
    lines.webhooks(&fold.board);
    lines.watch_plan(&fold.board);
    lines.0
}

struct Lines(Vec<Line>);

impl Lines {
    fn push(&mut self, what: &str, finding: Finding) {
        self.0.push(Line { what: what.into(), finding });
    }

    fn wrong(&mut self, what: &str, why: impl std::fmt::Display, mend: &str) {
        self.push(what, Finding::Wrong { why: why.to_string(), mend: mend.into() });
    }

    fn add<T, E: std::fmt::Display>(&mut self, what: &str, outcome: &Result<T, E>, mend: &str) {
        match outcome {
            Ok(_) => self.push(what, Finding::Ok),
            Err(fault) => self.wrong(what, fault, mend),
        }
    }

    /// A directory that only its owner may enter.
    fn closed(&mut self, path: &Path) {
        let what = format!("permissions of {}", path.display());
        match std::fs::metadata(path) {
            Ok(found) if found.permissions().mode() & 0o077 == 0 => self.push(&what, Finding::Ok),
            Ok(_) => self.wrong(
                &what,
                "others than its owner may enter",
                &format!("chmod 700 '{}'", path.display()),
            ),
            Err(fault) => self.wrong(&what, fault, "put it back from its copy"),
        }
    }

    /// Where the node writes: its checkpoint, its marker, the parts. One that is not there is told by another line.
    fn written(&mut self, path: &Path) {
        if !path.exists() {
            return;
        }
        let may = node_checks::may_write_in(path);
        self.add(&format!("writing in {}", path.display()), &may, doctor_mends::AS_ITS_USER);
    }

    /// The journal's file holds what Parties wrote, and none of the keys.
    fn open_file(&mut self, directory: &NodeDirectory, settings: &NodeSettings) {
        let JournalSettings::Embedded { path } = &settings.journal else { return };
        let path = directory.root().join(path);
        let Ok(found) = std::fs::metadata(&path) else { return };
        if found.permissions().mode() & 0o077 != 0 {
            let place = path.display();
            let why = format!("others than its owner may read or write it: chmod 600 '{place}'");
            self.push(&format!("permissions of {place}"), Finding::Warning(why));
        }
    }

    /// Something that is good until an instant.
    fn ends(&mut self, what: &str, until: Option<Instant>, now: Instant, mend: &str) {
        match until {
            None => self.wrong(what, "it can't be read", mend),
            Some(until) if until <= now => self.wrong(what, format!("it ended at {until}"), mend),
            Some(until) if until.ms_since(now) < limits::EXPIRY_WARNING_MS => {
                self.push(what, Finding::Warning(format!("it ends at {until}; {mend}")));
            }
            Some(_) => self.push(what, Finding::Ok),
        }
    }

    /// The medium's settings, then all that stands in it. `None` if that can't be gone on from.
    async fn journal(
        &mut self,
        directory: &NodeDirectory,
        settings: &NodeSettings,
        ring: &KeyRing,
    ) -> Option<Fold> {
        let place = settings.journal.place(directory);
        if let JournalSettings::Kafka(kafka) = &settings.journal {
            match kafka_topic::check(&kafka.config(), &kafka.topic).await {
                Ok(wrong) if wrong.is_empty() => self.push("settings of the topic", Finding::Ok),
                Ok(wrong) => {
                    for one in wrong {
                        let what = format!("topic setting {}", one.setting);
                        self.wrong(
                            &what,
                            format!("it is {}", one.found),
                            &format!("set it to {}", one.right),
                        );
                    }
                    return None;
                }
                // The journal's own line says it.
                Err(_) => {}
            }
        }
        let what = format!("journal {place}");
        let file = CheckpointFile::new(&directory.checkpoint());
        // Before the journal: whatever this covers stands there already.
        let kept = file.read();
        let journal = match settings.journal.untouched(directory).await {
            Ok(journal) => Readers::of(journal),
            Err(fault) => {
                self.wrong(&what, &fault, &doctor_mends::of_medium(&fault, directory));
                return None;
            }
        };
        if let Err(fault) = settings.journal.check(directory) {
            self.wrong(&what, &fault, &doctor_mends::of_medium(&fault, directory));
            return None;
        }
        let kept = match kept {
            Ok(kept) => kept,
            Err(fault) => {
                self.wrong("checkpoint", &fault, doctor_mends::of_checkpoint(&fault));
                return None;
            }
        };
        let root = TrustRoot::FirstKeyList(settings.fingerprint.0);
        let fold = match replay_untouched(&journal, root, kept.as_ref(), ring).await {
            Ok(fold) => fold,
            Err(fault) => {
                self.wrong(&what, &fault, &doctor_mends::of_history(&fault, directory));
                return None;
            }
        };
        match fold.missing_at_end() {
            None => self.push(&what, Finding::Ok),
            Some(index) => self.push(
                &what,
                Finding::Warning(format!(
                    "entries at its end are signed by this node and follow a record {index} that is not there: \
                     an append that failed half, or a loss; compare with what the peers hold"
                )),
            ),
        }
        match kept {
            Some(_) => {
                let verified = file.verify(&fold.board);
                let mend = verified.as_ref().err().map(doctor_mends::of_checkpoint);
                self.add("checkpoint", &verified, mend.unwrap_or_default());
            }
            // A journal that `init` has only just begun has none yet.
            None if fold.chain.size <= 1 => self.push("checkpoint", Finding::Ok),
            None => {
                let why = "absent: an older copy of the journal can't be told from the newest; put it back from its \
                           copy, or compare with what the peers hold: `serve` makes a new one of what is here";
                self.push("checkpoint", Finding::Warning(why.into()));
            }
        }
        Some(fold)
    }

    fn webhooks(&mut self, board: &Board) {
        for name in board.roster.webhooks.keys() {
            let what = format!("webhook {name}");
            let hook = board.hooks.get(name);
            match hook.and_then(|hook| Some((hook, hook.failing?))) {
                Some((hook, failing)) => self.push(
                    &what,
                    Finding::Warning(format!(
                        "it fails since {}: {}; alerts that wait for it: {}",
                        failing.since,
                        failing.why,
                        hook.waiting.len()
                    )),
                ),
                None => self.push(&what, Finding::Ok),
            }
        }
    }

    /// The node starts without one.
    fn watch_plan(&mut self, board: &Board) {
        let finding = match board.watch_plan() {
            Some(known) if !known.plan.rules.is_empty() => Finding::Ok,
            Some(_) | None => Finding::Warning(
                "none is in force, or one without a rule: nobody is alerted of what comes in; \
                 `detente watch plan --template` prints one"
                    .into(),
            ),
        };
        self.push("watch plan", finding);
    }

    fn lists(&mut self, settings: &NodeSettings, board: &Board, now: Instant) {
        for (party, known) in &board.roster.parties {
            let until = known.revocation_list.as_ref().and_then(|list| certificate::list_until(&list.der));
            let what = format!("revocation list of {party}");
            if *party == settings.party {
                self.ends(&what, until, now, "publish the next: detente party publish-revocation-list");
            } else {
                // The node starts, and asks for a fresh one.
                self.ends_elsewhere(&what, until, now, "that Party must hand in a fresh one");
            }
        }
    }

    /// The one that lies in the directory: where the node would take it, or has, there is nothing to say.
    fn fresh_list(&mut self, directory: &NodeDirectory, board: &Board, now: Instant) {
        let Some(trust) = trust_of(board) else { return };
        if let Err(fault) = fresh_list::to_take(&directory.revocation_list(), &trust, board, now) {
            self.push("revocation list in the directory", Finding::Warning(fault.to_string()));
        }
    }

    /// A key list itself has no end; the certificates of the authority that stand in it have.
    fn authorities(&mut self, settings: &NodeSettings, board: &Board, now: Instant) {
        for (party, known) in &board.roster.parties {
            let newest = known.newest().map(|newest| &newest.list.ca_certificates);
            for der in newest.into_iter().flatten() {
                let what = format!("authority of {party}, certificate {}", Digest::of(der).short());
                let until = certificate::valid_until(der);
                if *party == settings.party {
                    let mend = "before it ends, have the next key list bring one made anew under the same key: \
                                detente key-list next --authority-certificate, then detente key-list propose; from \
                                its end on nobody is let in who could do that";
                    self.ends(&what, until, now, mend);
                } else {
                    self.ends_elsewhere(&what, until, now, "that Party's next key list must bring another");
                }
            }
        }
    }

    /// As `ends`, of what is another Party's affair.
    fn ends_elsewhere(&mut self, what: &str, until: Option<Instant>, now: Instant, mend: &str) {
        let finding = match until {
            None => Finding::Warning(format!("it can't be read: {mend}")),
            Some(until) if until <= now => Finding::Warning(format!("it has ended: {mend}")),
            Some(until) if until.ms_since(now) < limits::EXPIRY_WARNING_MS => {
                Finding::Warning(format!("it ends at {until}: {mend}"))
            }
            Some(_) => Finding::Ok,
        };
        self.push(what, finding);
    }
}
