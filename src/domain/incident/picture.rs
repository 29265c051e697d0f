//! The present picture of a thread about an incident: each Party's own account, what was asked and answered, what
//! was found, and for whom it is closed.
//!
//! Never here: a choice between accounts, or anything added up from two of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use crate::domain::content::{Content, Kind};
use crate::domain::correspondence::asked::Clarification;
use crate::domain::digest::Digest;
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::said::{Said, Versions, newest_of_same, withdrawn};

/// What stands now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Picture<'s> {
    /// Of whoever reported, found, closed or took any of that back; in the order in which they first did.
    pub accounts: Vec<Account<'s>>,
    pub clarification: Clarification<'s>,
    /// The newest word of each author on each other thread.
    pub same_incident: Vec<&'s Said>,
    /// What was said of the incident and stands in nothing above, in the thread's order: a closing that is over, a word
    /// on another thread in whose place a later one stands, or that was taken back.
    pub over: Vec<&'s Said>,
    /// Messages of any kind that their authors took back, each with the word that does so.
    pub withdrawn: BTreeMap<Digest, &'s Said>,
}

/// One author's account, of what is real or of what is a drill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account<'s> {
    pub author: Party,
    pub traffic: Traffic,
    /// Report and updates, but for what was taken back.
    pub report: Option<Versions<'s>>,
    /// Updates that name another Party's report, given while a report of the author's own stood: they take its place
    /// no more than the other's.
    pub beside: Vec<&'s Said>,
    pub findings: Vec<&'s Said>,
    /// `None` also where the author reported again after it.
    pub closing: Option<&'s Said>,
    /// What was taken back of all this.
    pub taken_back: Vec<&'s Said>,
}

impl<'s> Account<'s> {
    /// The report as it stands.
    pub fn stands(&self) -> Option<&'s Report> {
        reported(&self.report.as_ref()?.present().content)
    }
}

/// The report that a message states.
pub fn reported(content: &Content) -> Option<&Report> {
    if let Content::Update(form) = content {
        return Some(&form.report);
    }
    if let Content::Report(form) = content { Some(form) } else { None }
}

/// By what a reference names the messages of a thread ([`Said::is_meant`]): no update has to be compared with each of
/// them, of which a peer may send many.
struct Named<'s> {
    authors: BTreeMap<Digest, Party>,
    /// Author and number.
    numbers: BTreeSet<(&'s str, &'s str)>,
}

impl<'s> Named<'s> {
    fn of(said: &'s [Said]) -> Named<'s> {
        Named {
            authors: said.iter().map(|one| (one.message, one.author)).collect(),
            numbers: said.iter().map(|one| (one.author.as_str(), one.number.as_str())).collect(),
        }
    }

    /// Whether it is an update that names a message of another Party in the thread.
    fn is_of_another(&self, said: &Said) -> bool {
        let Content::Update(form) = &said.content else { return false };
        let named = &form.updates;
        match &named.message_digest {
            Some(digest) => self.authors.get(&digest.0).is_some_and(|author| *author != said.author),
            None => {
                !named.number.is_empty()
                    && named.author != said.author.as_str()
                    && self.numbers.contains(&(named.author.as_str(), named.number.as_str()))
            }
        }
    }
}

impl<'s> Picture<'s> {
    /// Folds the messages of one thread, in the thread's order.
    pub fn of(said: &'s [Said]) -> Picture<'s> {
        let mut picture = Picture {
            clarification: Clarification::of(said),
            withdrawn: withdrawn(said),
            ..Picture::default()
        };
        let named = Named::of(said);
        for one in said {
            picture.take(one, named.is_of_another(one));
        }
        let shown = picture.shown();
        let is_over =
            |one: &&Said| one.content.kind().noun() == Kind::Report.noun() && !shown.contains(&one.message);
        picture.over = said.iter().filter(is_over).collect();
        picture
    }

    /// All that stands in an account, or as a word on another thread.
    fn shown(&self) -> BTreeSet<Digest> {
        let of_accounts = self.accounts.iter().flat_map(|account| {
            let versions = account.report.iter();
            let versions = versions.flat_map(|one| one.earlier().iter().copied().chain([one.present()]));
            let words = account.beside.iter().chain(&account.findings).chain(&account.closing);
            versions.chain(words.chain(&account.taken_back).copied())
        });
        of_accounts.chain(self.same_incident.iter().copied()).map(|said| said.message).collect()
    }

    /// Whether it says anything about an incident.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.same_incident.is_empty()
    }

    fn take(&mut self, said: &'s Said, names_another: bool) {
        if let Content::SameIncident(form) = &said.content {
            if !self.withdrawn.contains_key(&said.message) {
                newest_of_same(&mut self.same_incident, said, form);
            }
            return;
        }
        let is_report = reported(&said.content).is_some();
        if !is_report && !matches!(said.content, Content::Finding(_) | Content::Closing(_)) {
            return;
        }
        let is_withdrawn = self.withdrawn.contains_key(&said.message);
        let account = self.account(said);
        if is_withdrawn {
            account.taken_back.push(said);
        } else if is_report && names_another && account.report.is_some() {
            account.beside.push(said);
        } else if is_report {
            account.closing = None;
            Versions::replace(&mut account.report, said);
        } else if matches!(said.content, Content::Finding(_)) {
            account.findings.push(said);
        } else {
            account.closing = Some(said);
        }
    }

    #[expect(clippy::indexing_slicing, reason = "it was found there, or is the one just put there")]
    fn account(&mut self, said: &Said) -> &mut Account<'s> {
        let same = |account: &Account| (account.author, account.traffic) == (said.author, said.traffic);
        let at = self.accounts.iter().position(same).unwrap_or(self.accounts.len());
        if at == self.accounts.len() {
            self.accounts.push(Account {
                author: said.author,
                traffic: said.traffic,
                report: None,
                beside: Vec::new(),
                findings: Vec::new(),
                closing: None,
                taken_back: Vec::new(),
            });
        }
        &mut self.accounts[at]
    }
}
