//! A journal with many threads in each of which this node owes an answer, and one with the same threads under rules
//! that lay down no duty.
//!
//! What is owed is worked out and put on record by the node that is started on it.

use std::path::Path;

use bytes::Bytes;
use detente::cli::form::{self, Syntax};
use detente::cli::node_directory::NodeDirectory;
use detente::codec::{form as signed_form, message as message_codec};
use detente::domain::command::{AsIs, Command};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, DraftId, ThreadId};
use detente::domain::event::{LaysDown, RegimeHeld};
use detente::domain::message::{Outgoing, RegimeCitation, Traffic};
use detente::domain::party::Party;

use super::{LANE, Made, Maker, of};
use crate::messages;

/// Whether the rules of a journal lay down a duty.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    WithDuty,
    WithNone,
}

const NAME: &str = "bench";
/// Records follow each other by so much, and so do the instants at which answers fall due.
const STEP_MS: i64 = 1_000;

/// Five years: open on the clock of today, and due in the course of days next year.
fn text(rules: Rules) -> String {
    let head = format!(
        "regime = \"{NAME}\"\nedition = 1\ntitle.en = \"Bench\"\nsource = \"made up\"\nnature = \"political\"\n"
    );
    match rules {
        Rules::WithNone => head,
        Rules::WithDuty => {
            head + "[[duty]]\nname = \"answer\"\nfor = [\"question\"]\nowed_by = \"action addressees\"\n\
                    owed_to = \"author\"\nmet_by = [\"answer\"]\nwithin = 43800\nunit = \"hours\"\n\
                    anchor = \"issue\"\nparagraph = \"para 1\"\nchecked = true\n"
        }
    }
}

/// A question to a Party under the rules, as its author drafts it.
pub fn question(thread: ThreadId, to: Party, rules: Rules) -> Outgoing {
    let content = form::read(Kind::Question, Syntax::Toml, form::example(Kind::Question)).expect("a form");
    let provision = "para 1".into();
    let regime = RegimeCitation { name: NAME.into(), digest: Digest::of(text(rules).as_bytes()), provision };
    let regime = Some(regime);
    Outgoing { regime, ..outgoing(thread, to, &content) }
}

fn outgoing(thread: ThreadId, to: Party, content: &Content) -> Outgoing {
    let bytes: Bytes = signed_form::encode(content).expect("within the limits").into();
    let outgoing = Outgoing {
        kind: content.kind().name().into(),
        traffic: Traffic::Real,
        ..messages::outgoing(thread, to, LANE, bytes)
    };
    // With what its content does to who is bound.
    message_codec::decode_draft(&message_codec::encode_draft(&outgoing)).expect("a draft")
}

/// Made now or in an earlier run.
pub async fn owed(threads: u64, rules: Rules) -> Made {
    let what = if rules == Rules::WithDuty { "duties" } else { "threads" };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("../bench/{threads}-{what}"));
    let directory = NodeDirectory::at(&folder.join("BY"));
    if directory.checkpoint().exists() {
        return of(directory, None).await;
    }
    let _ = std::fs::remove_dir_all(&folder);
    let mut maker = Maker::begin(&folder, threads, &["PL".to_owned()]).await;
    maker.step_ms = STEP_MS;
    maker.adopt(Bytes::from(text(rules)), rules).await;
    for _ in 0..threads {
        maker.asked(rules).await;
    }
    maker.end().await;
    of(directory, Some(maker.journal)).await
}

impl Maker {
    /// The two are bound by it afterwards.
    async fn adopt(&mut self, text: Bytes, rules: Rules) {
        let digest = Digest::of(&text);
        let duties = if rules == Rules::WithDuty { LaysDown::Duties } else { LaysDown::NoDuties };
        let held = RegimeHeld { name: NAME.into(), edition: 1, digest, text, numbering: None, duties };
        self.give_by("Drafter", Command::HoldRegime(held)).await;
        let word = format!(
            "regime = \"{NAME}\"\nedition = 1\nregime_digest = \"{digest}\"\nfrom = \"2011-12-01T00:00 Z\"\n\
             nature = \"political\"\n"
        );
        let word = form::read(Kind::Adoption, Syntax::Toml, &word).expect("a form");
        let ours = outgoing(ThreadId(messages::fresh()), self.peers[0].party, &word);
        let bytes = message_codec::encode_draft(&ours);
        let (draft, digest) = (DraftId(messages::fresh()), Digest::of(&bytes));
        self.give_by("Drafter", Command::Draft { draft, outgoing: ours.clone(), bytes }).await;
        let (faults, as_is) = (Vec::new(), AsIs::OnlyWithoutFaults);
        self.release("Releaser", 0, Command::Release { draft, digest, outgoing: ours, faults, as_is }).await;
        let theirs = outgoing(ThreadId(messages::fresh()), self.own, &word);
        self.receive(0, theirs).await;
    }

    /// A question of the other end in a thread of its own.
    async fn asked(&mut self, rules: Rules) {
        self.peers[0].place = 0;
        let question = question(ThreadId(messages::fresh()), self.own, rules);
        self.receive(0, question).await;
    }
}
