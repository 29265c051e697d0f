//! The heading of a draft, as flags give it.
//!
//! Never here: a check. The node tells all faults at once.

use std::path::PathBuf;

use super::named::named;
use crate::cli::desk::Desk;
use crate::cli::fault::Fault;
use crate::cli::{given, part};
use crate::domain::content::Content;
use crate::domain::digest::{CommandId, Digest, ThreadId};
use crate::domain::message::{Addressee, Outgoing, Reference, RegimeCitation, Relation, Traffic};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;

#[derive(clap::Args, Debug)]
pub(super) struct HeadingArgs {
    /// Who is asked to act: PARTY or PARTY:OFFICE; may be given several times
    #[arg(long, value_name = "PARTY", value_parser = given::addressee)]
    to: Vec<Addressee>,
    /// Who is informed
    #[arg(long, value_name = "PARTY", value_parser = given::addressee)]
    info: Vec<Addressee>,
    /// The thread that it continues; default: that of the message that the form itself amends, concludes, cancels or is
    /// about, otherwise that of the message that --answers names; a calendar, notification, report, request, adoption,
    /// formatted message or transcription opens a new one
    #[arg(long, value_parser = given::thread)]
    pub thread: Option<ThreadId>,
    /// flash, immediate, priority or routine
    #[arg(long, value_parser = given::precedence)]
    pub precedence: Option<Precedence>,
    /// What it is about, in one line
    #[arg(long)]
    subject: Option<String>,
    /// Anything else that the addressees should read
    #[arg(long)]
    remarks: Option<String>,
    /// The marking that it bears, in its author's words; without it, what is translated or handed on keeps its own
    #[arg(long)]
    marking: Option<String>,
    /// The only Parties that may have it, addressees included; may be given several times; without it, its addressees
    /// may, and whoever else they see fit under its marking
    #[arg(long, value_name = "PARTY")]
    releasable_to: Vec<Party>,
    /// Remove the list of Parties that may have it from the draft being revised
    #[arg(long, conflicts_with = "releasable_to")]
    no_releasable_to: bool,
    /// BCP 47, such as en
    #[arg(long)]
    language: Option<String>,
    /// The zone of the date-time group: an IANA name or Z
    #[arg(long)]
    zone: Option<String>,
    /// The rules that you say you act under; the digest may be left out for a built-in regime
    #[arg(long, value_name = "NAME[:DIGEST]:PROVISION", value_parser = given::regime)]
    regime: Option<RegimeCitation>,
    /// Another message that this one is about, by its whole digest or, if it has none, such as a note on paper, as
    /// AUTHOR:NUMBER; what the form itself amends, concludes or cancels is referred to in any case
    #[arg(long, value_name = "MESSAGE", value_parser = given::reference)]
    refers_to: Vec<Reference>,
    /// Another message that this one replaces
    #[arg(long, value_name = "MESSAGE", value_parser = given::reference)]
    amends: Vec<Reference>,
    /// Another message that this one answers
    #[arg(long, value_name = "MESSAGE", value_parser = given::reference)]
    answers: Vec<Reference>,
    /// A file to attach; may be given several times. What is attached here replaces what a revised draft had
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// The same, where the file is about persons
    #[arg(long, value_name = "FILE")]
    attach_personal: Vec<PathBuf>,
    /// For training; this is signed, so that it is never taken for real. With neither --drill nor --real, a draft
    /// follows the message that it is about or forwards; otherwise it is real
    #[arg(long, conflicts_with = "real")]
    drill: bool,
    /// Not for training
    #[arg(long)]
    real: bool,
}

impl HeadingArgs {
    pub fn put_into(&self, outgoing: &mut Outgoing, content: &Content) {
        fn set<T: Clone>(place: &mut T, given: &Option<T>) {
            if let Some(given) = given {
                place.clone_from(given);
            }
        }
        outgoing.kind = content.kind().name().into();
        if !self.to.is_empty() {
            outgoing.action.clone_from(&self.to);
        }
        if !self.info.is_empty() {
            outgoing.information.clone_from(&self.info);
        }
        if self.no_releasable_to {
            outgoing.releasable_to.clear();
        }
        if !self.releasable_to.is_empty() {
            outgoing.releasable_to.clone_from(&self.releasable_to);
        }
        set(&mut outgoing.thread, &self.thread);
        set(&mut outgoing.precedence, &self.precedence);
        set(&mut outgoing.subject, &self.subject);
        set(&mut outgoing.remarks, &self.remarks);
        set(&mut outgoing.marking, &self.marking);
        set(&mut outgoing.language, &self.language);
        set(&mut outgoing.zone, &self.zone);
        if self.regime.is_some() {
            outgoing.regime.clone_from(&self.regime);
        }
        if self.drill {
            outgoing.traffic = Traffic::Drill;
        }
        if self.real {
            outgoing.traffic = Traffic::Real;
        }
        self.put_references(outgoing, content);
    }

    /// Gives the files to the node first. Each has an id of its own, made of the draft's, so that the same
    /// command given again attaches the same parts.
    pub async fn put_parts(&self, desk: &Desk, id: CommandId, outgoing: &mut Outgoing) -> Result<(), Fault> {
        let files = self.attach.iter().map(|file| (file, false));
        let files: Vec<_> = files.chain(self.attach_personal.iter().map(|file| (file, true))).collect();
        if !files.is_empty() {
            outgoing.parts.clear();
        }
        for (number, (file, personal)) in files.into_iter().enumerate() {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let content = part::content_of(file)?;
            let id = CommandId(derived(&format!("part {number}"), id));
            outgoing.parts.push(part::store(desk, id, &name, personal, content).await?);
        }
        Ok(())
    }

    /// The messages that flags say it answers, by digest.
    pub fn answered(&self) -> Vec<Digest> {
        self.answers.iter().filter_map(|one| one.message).collect()
    }

    fn put_references(&self, outgoing: &mut Outgoing, content: &Content) {
        let given = [
            (&self.refers_to, Relation::RefersTo),
            (&self.amends, Relation::Amends),
            (&self.answers, Relation::Answers),
        ];
        if given.iter().any(|(messages, _)| !messages.is_empty()) {
            outgoing.references.clear();
        }
        let mut add = |message: Option<Digest>, number: &str, author: &str, relation: Relation| {
            let known = outgoing.references.iter().any(|other| match (other.message, message) {
                (Some(there), Some(here)) => there == here,
                (Some(_), None) | (None, Some(_)) | (None, None) => {
                    other.message == message && other.number == number
                }
            });
            if !known {
                outgoing.references.push(Reference {
                    message,
                    number: number.into(),
                    author: author.into(),
                    relation,
                });
            }
        };
        for (messages, relation) in given {
            for one in messages {
                add(one.message, &one.number, &one.author, relation);
            }
        }
        for (reference, relation) in named(content) {
            if reference.message_digest.is_none() && reference.number.is_empty() {
                continue;
            }
            let digest = reference.message_digest.map(|digest| digest.0);
            add(digest, &reference.number, &reference.author, relation);
        }
    }
}

/// 16 bytes that follow from a command's id: the same command given again asks for the same.
pub(super) fn derived(what: &str, id: CommandId) -> [u8; 16] {
    let whole = Digest::of_all(&[what.as_bytes(), &id.0]);
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(whole.0) {
        *to = from;
    }
    first
}
