//! Observation in a thread: each invitation with the answers to it, what observers report, and the figures of the
//! thread told apart by how they are known.
//!
//! Never here: an answer read from silence, or a figure made of two. What silence counts as, the rules cited say.

use std::collections::BTreeMap;

use super::picture::Picture;
use super::{Invitation, Notification, Observers};
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::form::{Figure, FigureBasis, MessageReference};
use crate::domain::party::Party;
use crate::domain::said::{Said, corrected, withdrawn};

/// All that was said of observation, but for what was taken back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Observation<'s> {
    pub invitations: Vec<Invited<'s>>,
    /// Answers to an invitation that is not in this thread, not here yet, or taken back.
    pub elsewhere: Vec<&'s Said>,
    /// What observers saw, by the account of whoever sent them.
    pub reports: Vec<&'s Said>,
    /// Those whose place another of the same author took, each with that one.
    pub corrected: BTreeMap<Digest, &'s Said>,
}

/// One invitation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invited<'s> {
    pub said: &'s Said,
    pub form: &'s Invitation,
    /// In the order of the thread.
    pub answers: Vec<(&'s Said, &'s Observers)>,
}

impl<'s> Observation<'s> {
    /// Folds the messages of one thread, in the thread's order.
    pub fn of(said: &'s [Said]) -> Observation<'s> {
        let withdrawn = withdrawn(said);
        let standing = || said.iter().filter(|one| !withdrawn.contains_key(&one.message));
        let mut whole = Observation { corrected: corrected(said), ..Observation::default() };
        for one in standing() {
            if let Content::Invitation(form) = &one.content {
                whole.invitations.push(Invited { said: one, form, answers: Vec::new() });
            } else if matches!(one.content, Content::ObserverReport(_)) {
                whole.reports.push(one);
            }
        }
        for one in standing() {
            let Content::Observers(form) = &one.content else { continue };
            let is_meant = |invited: &&mut Invited<'_>| is_about(one, &form.invitation, invited.said);
            match whole.invitations.iter_mut().find(is_meant) {
                Some(invited) => invited.answers.push((one, form)),
                None => whole.elsewhere.push(one),
            }
        }
        whole
    }

    pub fn is_empty(&self) -> bool {
        self.invitations.is_empty() && self.elsewhere.is_empty() && self.reports.is_empty()
    }
}

/// A drill's answer is to a drill's invitation.
fn is_about(said: &Said, reference: &MessageReference, other: &Said) -> bool {
    said.traffic == other.traffic && other.is_meant(reference, said.author)
}

impl Invited<'_> {
    /// Those of the addressees from whom no answer is here.
    pub fn silent(&self, addressed: &[Party]) -> Vec<Party> {
        let answered = |party: &Party| self.answers.iter().any(|(said, _)| said.author == *party);
        addressed.iter().copied().filter(|party| *party != self.said.author && !answered(party)).collect()
    }
}

/// Figures of one source in one message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FiguresTold<'s> {
    pub said: &'s Said,
    /// `None` where the author does not say how they are known.
    pub basis: Option<FigureBasis>,
    /// In its author's words; empty for a notice, which speaks for itself. Not safe to show.
    pub source: &'s str,
    pub figures: Vec<&'s Figure>,
}

/// All figures of a thread that stand: what is declared, what was observed, what is estimated, then those of which
/// it is not said. Calendars are left out: each of their entries has its own.
pub fn figures_told<'s>(picture: &Picture<'s>, observation: &Observation<'s>) -> Vec<FiguresTold<'s>> {
    let mut all = Vec::new();
    for account in &picture.accounts {
        if let Some(notice) = &account.notice {
            all.extend(notified(notice.present()));
        }
        if let Some(conclusion) = &account.conclusion
            && let Content::Conclusion(form) = &conclusion.present().content
        {
            let (said, basis) = (conclusion.present(), Some(FigureBasis::Declared));
            all.push(FiguresTold {
                said,
                basis,
                source: &form.source,
                figures: form.figures.iter().collect(),
            });
        }
    }
    for said in picture.statements.iter().copied() {
        if let Content::Statement(form) = &said.content {
            let figures = form.figures.iter().collect();
            all.push(FiguresTold { said, basis: form.basis, source: &form.source, figures });
        }
    }
    let reports = observation.reports.iter().copied();
    for said in reports.filter(|said| !observation.corrected.contains_key(&said.message)) {
        let Content::ObserverReport(form) = &said.content else { continue };
        all.extend(form.figure_accounts.iter().map(|account| FiguresTold {
            said,
            basis: account.basis,
            source: &account.source,
            figures: account.figures.iter().collect(),
        }));
    }
    all.retain(|told| !told.figures.is_empty());
    all.sort_by_key(|told| place(told.basis));
    all
}

fn notified(said: &Said) -> Option<FiguresTold<'_>> {
    let form: &Notification = match &said.content {
        Content::Amendment(form) => &form.notification,
        Content::Notification(form) => form,
        _ => return None,
    };
    let groups = [&form.land.figures, &form.landing.figures, &form.transfer.figures];
    let figures = groups.into_iter().flatten().collect();
    Some(FiguresTold { said, basis: Some(FigureBasis::Declared), source: "", figures })
}

fn place(basis: Option<FigureBasis>) -> u8 {
    match basis {
        Some(FigureBasis::Declared) => 0,
        Some(FigureBasis::Observed) => 1,
        Some(FigureBasis::Estimated) => 2,
        Some(FigureBasis::Other(_)) | None => 3,
    }
}
