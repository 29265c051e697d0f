//! The people of this Party, the Parties it knows, and what two custodians agreed to change.
//!
//! Never here: certificates and their checks (`peers/trust.rs`), signatures (`evidence/`).

use std::sync::Arc;

use imbl::OrdMap;

use super::alarm::{OwnAlarm, Webhook};
use super::check::ChecksInForce;
use super::digest::{CommandId, Digest};
use super::event::{AcceptedKeyList, Change, Member, PartyWithoutNode, RevocationList};
use super::flash::check_set;
use super::function::Functions;
use super::hotline::phrases::LinkPhrases;
use super::office::Offices;
use super::party::Party;
use super::people::{Person, Role};
use super::precedence::Precedence;
use super::refusal::Refusal;
use super::time::Instant;
use super::watch::{CardsInForce, InForce};
use crate::limits;

/// People by the digest of their public key, Parties by code, proposals by the id of the command.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Roster {
    pub members: OrdMap<Digest, Member>,
    pub parties: OrdMap<Party, KnownParty>,
    /// Parties that run no node, by code; none of them is among `parties`.
    pub without_node: OrdMap<Party, PartyWithoutNode>,
    pub proposals: OrdMap<CommandId, Proposal>,
    /// For which precedences one person may both draft and release; none unless agreed.
    pub one_person: Vec<Precedence>,
    /// Our own desks.
    pub offices: Offices,
    /// Who holds which function of a regime.
    pub functions: Functions,
    /// Who is alerted of what comes in; none unless agreed.
    pub watch_plan: Option<InForce>,
    /// Where alerts are told outside, by name.
    pub webhooks: OrdMap<String, Webhook>,
    /// Alarms that this Party set for itself, by name.
    pub own_alarms: OrdMap<String, OwnAlarm>,
    /// What an officer then does; none unless agreed.
    pub watch_cards: Option<CardsInForce>,
    /// Phrases agreed for the hotline, by the other end.
    pub phrases: OrdMap<Party, Arc<LinkPhrases>>,
    /// When checks of each link are due; none unless agreed.
    pub check_schedule: Option<ChecksInForce>,
}

/// What is on record of a Party, our own included.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct KnownParty {
    /// Number 1 first, without a gap.
    pub key_lists: Vec<AcceptedKeyList>,
    pub revocation_list: Option<RevocationList>,
    /// When its newest key list was put on record here.
    pub list_since: Instant,
    /// Who handed over its party file, where it did not come from the Party itself.
    pub introduced: Option<Introduced>,
}

/// That a Party was made known here by another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Introduced {
    pub by: Party,
    /// When its fingerprint was compared, if it was.
    pub confirmed_at: Option<Instant>,
}

impl KnownParty {
    pub fn newest(&self) -> Option<&AcceptedKeyList> {
        self.key_lists.last()
    }

    /// The list before the newest one.
    pub fn before_newest(&self) -> Option<&AcceptedKeyList> {
        self.key_lists.iter().nth_back(1)
    }

    /// What the Party itself would read out: the digest of its first list.
    pub fn fingerprint(&self) -> Option<Digest> {
        self.key_lists.first().map(|first| first.digest)
    }

    /// Who introduced the Party, while its fingerprint was not compared: now, or at an instant.
    pub fn unconfirmed(&self, as_of: Option<Instant>) -> Option<Party> {
        let introduced = self.introduced?;
        let is_confirmed = introduced.confirmed_at.is_some_and(|at| as_of.is_none_or(|as_of| at <= as_of));
        (!is_confirmed).then_some(introduced.by)
    }

    /// The key list with this number, 1 and up.
    pub fn numbered(&self, number: u32) -> Option<&AcceptedKeyList> {
        self.key_lists.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}

/// A change that one custodian proposed, for another one to confirm.
#[derive(Clone, PartialEq, Debug)]
pub struct Proposal {
    pub change: Change,
    pub by: Person,
}

impl Roster {
    /// The number of a Party's newest key list; 0 for a Party that is not known.
    pub fn newest_list_of(&self, party: Party) -> u32 {
        let newest = self.parties.get(&party).and_then(KnownParty::newest);
        newest.map_or(0, |newest| newest.list.number)
    }

    /// The fingerprint of a Party, our own included: by it, and not by its code alone, it is named to others.
    pub fn fingerprint_of(&self, party: Party) -> Option<Digest> {
        self.parties.get(&party)?.fingerprint()
    }

    /// Whether this person, exactly as the roster has them, has at least one of these roles.
    pub fn permits(&self, by: &Person, roles: &[Role]) -> Result<(), Refusal> {
        let member = self.members.get(&by.key_digest).filter(|member| member.person == *by);
        let permitted = member.is_some_and(|member| roles.iter().any(|role| member.roles.contains(role)));
        if permitted { Ok(()) } else { Err(Refusal::NotPermitted) }
    }

    /// Who may confirm: any custodian but the one who proposed, compared as persons. Who proposed must
    /// still be one.
    pub fn may_confirm(&self, proposal: CommandId, by: &Person) -> Result<&Change, Refusal> {
        let open = self.proposals.get(&proposal).ok_or(Refusal::NoSuchProposal)?;
        if open.by.is_same_person(by) {
            return Err(Refusal::SameCustodian);
        }
        self.permits(by, &[Role::Custodian])?;
        self.permits(&open.by, &[Role::Custodian]).map_err(|_| Refusal::ProposerNoCustodian)?;
        self.check(&open.change)?;
        Ok(&open.change)
    }

    /// Whether a change would make sense now. Asked when it is proposed and when it is confirmed.
    pub fn check(&self, change: &Change) -> Result<(), Refusal> {
        match change {
            Change::MemberAdded(member) => {
                let clash = self.members.values().any(|other| {
                    other.person.key_digest != member.person.key_digest
                        && other.person.is_same_person(&member.person)
                        && other.roles != member.roles
                });
                if clash {
                    return Err(Refusal::Field {
                        field: "roles",
                        rule: "a person with two certificates has the same roles under both".into(),
                    });
                }
                self.enough_custodians_after(change)
            }
            Change::MemberRemoved(key) if !self.members.contains_key(key) => Err(Refusal::Field {
                field: "key_digest",
                rule: "no person with this key is on the roster".into(),
            }),
            Change::MemberRemoved(_) => self.enough_custodians_after(change),
            Change::PartyAdded { key_lists, .. } => {
                let first = first_of(key_lists)?;
                match self.parties.get(&first.list.party) {
                    // Whether another one may still take its place, the Board decides.
                    Some(known) if known.unconfirmed(None).is_none() => Err(Refusal::PartyKnown),
                    Some(known) if known.fingerprint() == Some(first.digest) => Err(Refusal::PartyIntroduced),
                    Some(_) | None => Ok(()),
                }
            }
            Change::PartyIntroduced { by, key_lists, .. } => {
                // A code that is known is not taken over, nor is one that stands unconfirmed.
                if self.parties.contains_key(&first_of(key_lists)?.list.party) {
                    return Err(Refusal::PartyKnown);
                }
                let introducer = self.parties.get(by).ok_or(Refusal::NoSuchParty(*by))?;
                if introducer.unconfirmed(None).is_some() {
                    let rule = "who introduces others must itself be confirmed".into();
                    return Err(Refusal::Field { field: "introduced_by", rule });
                }
                Ok(())
            }
            Change::PartyConfirmed { party, fingerprint } => {
                let known = self.parties.get(party).ok_or(Refusal::NoSuchParty(*party))?;
                if known.unconfirmed(None).is_none() {
                    let rule = "the fingerprint of this Party was compared before".into();
                    return Err(Refusal::Field { field: "party", rule });
                }
                if known.fingerprint() != Some(*fingerprint) {
                    return Err(Refusal::OtherFingerprint);
                }
                Ok(())
            }
            Change::ReleaseRule { .. } => Ok(()),
            Change::OwnKeyList(next) => self.follows(next),
            Change::PartyWithoutNode(new) if self.parties.contains_key(&new.party) => {
                Err(Refusal::PartyKnown)
            }
            Change::PartyWithoutNode(new) => {
                let most = limits::PARTIES_WITHOUT_NODE_MAX;
                if !self.without_node.contains_key(&new.party) && self.without_node.len() >= most {
                    return Err(Refusal::TooMany { what: "Parties without a node", most });
                }
                Ok(())
            }
            Change::PartyTakenBack(party) if self.without_node.contains_key(party) => Ok(()),
            Change::PartyTakenBack(party) => Err(Refusal::NoSuchParty(*party)),
            Change::OfficeAdded(office) => {
                office.check()?;
                let is_new = self.offices.get(&office.code).is_none();
                if is_new && self.offices.len() >= limits::OFFICES_MAX {
                    return Err(Refusal::TooMany { what: "offices", most: limits::OFFICES_MAX });
                }
                Ok(())
            }
            Change::OfficeRemoved(code) if self.offices.get(code).is_none() => Err(Refusal::Field {
                field: "office_removed",
                rule: "no office with this code is listed".into(),
            }),
            Change::OfficeRemoved(_) => Ok(()),
            Change::FunctionTerm(_) if self.functions.len() >= limits::FUNCTION_TERMS_MAX => {
                Err(Refusal::TooMany { what: "terms of functions", most: limits::FUNCTION_TERMS_MAX })
            }
            Change::FunctionTerm(term) => term.check(),
            Change::LinkAllowance(new) if self.parties.contains_key(&new.party) => Ok(()),
            Change::LinkAllowance(new) => Err(Refusal::NoSuchParty(new.party)),
            Change::WatchPlan(plan) => plan.check(self),
            Change::WebhookAdded(webhook) => {
                let is_new = !self.webhooks.contains_key(&webhook.name);
                if is_new && self.webhooks.len() >= limits::WEBHOOKS_MAX {
                    return Err(Refusal::TooMany { what: "webhooks", most: limits::WEBHOOKS_MAX });
                }
                webhook.check(self)
            }
            Change::WebhookRemoved(name) if self.webhooks.contains_key(name) => Ok(()),
            Change::WebhookRemoved(_) => Err(Refusal::Field {
                field: "webhook_removed",
                rule: "no webhook of this name is known".into(),
            }),
            Change::OwnAlarmSet(alarm) => {
                let is_new = !self.own_alarms.contains_key(&alarm.name);
                if is_new && self.own_alarms.len() >= limits::OWN_ALARMS_MAX {
                    return Err(Refusal::TooMany { what: "alarms", most: limits::OWN_ALARMS_MAX });
                }
                alarm.check()
            }
            Change::OwnAlarmRemoved(name) if self.own_alarms.contains_key(name) => Ok(()),
            Change::OwnAlarmRemoved(_) => {
                let rule = "no alarm of this name is set".into();
                Err(Refusal::Field { field: "own_alarm_removed", rule })
            }
            Change::WatchCards(cards) => cards.check(self),
            Change::LinkPhrases(new) if self.parties.contains_key(&new.party) => new.check(),
            Change::LinkPhrases(new) => Err(Refusal::NoSuchParty(new.party)),
            Change::CheckSchedule(plan) => plan.check(self),
            Change::FlashDrafts(set) => check_set(*set),
        }
    }

    /// Whether a key list is the one that comes next for its Party. Its signature was checked before.
    pub fn follows(&self, next: &AcceptedKeyList) -> Result<(), Refusal> {
        let known = self.parties.get(&next.list.party).ok_or(Refusal::NoSuchParty(next.list.party))?;
        let newest = known.newest().ok_or(Refusal::NoSuchParty(next.list.party))?;
        let follows = next.list.number == newest.list.number.saturating_add(1)
            && next.list.previous == newest.digest
            && next.list.incarnation == newest.list.incarnation;
        if !follows {
            return Err(Refusal::KeyListDoesNotFollow);
        }
        if known.key_lists.len() >= limits::PARTY_FILE_KEY_LISTS_MAX {
            let most = limits::PARTY_FILE_KEY_LISTS_MAX;
            return Err(Refusal::TooMany { what: "key lists of one Party", most });
        }
        Ok(())
    }

    fn enough_custodians_after(&self, change: &Change) -> Result<(), Refusal> {
        let mut after = self.clone();
        after.take(change, Instant::default());
        enough_custodians(after.members.values())
    }

    /// A confirmed change takes force, in the record of this time. New Parties and lists are also events of the Board's
    /// links.
    pub fn take(&mut self, change: &Change, at: Instant) {
        match change {
            Change::MemberAdded(member) => {
                self.members.insert(member.person.key_digest, member.clone());
            }
            Change::MemberRemoved(key) => {
                self.members.remove(key);
            }
            Change::PartyAdded { key_lists, revocation_list } => {
                self.add_party(key_lists, revocation_list, at, None);
            }
            Change::PartyIntroduced { by, key_lists, revocation_list } => {
                let introduced = Introduced { by: *by, confirmed_at: None };
                self.add_party(key_lists, revocation_list, at, Some(introduced));
            }
            Change::PartyConfirmed { party, .. } => {
                if let Some(known) = self.parties.get_mut(party)
                    && let Some(introduced) = &mut known.introduced
                {
                    introduced.confirmed_at = Some(at);
                }
            }
            Change::ReleaseRule { one_person } => self.one_person.clone_from(one_person),
            Change::OwnKeyList(next) => self.accept(next, at),
            Change::OfficeAdded(office) => self.offices.add(office),
            Change::OfficeRemoved(code) => self.offices.remove(code),
            Change::FunctionTerm(term) => self.functions.add(term, at),
            Change::WatchPlan(plan) => {
                self.watch_plan = Some(InForce { plan: plan.clone(), since: at });
            }
            Change::WebhookAdded(webhook) => {
                self.webhooks.insert(webhook.name.clone(), webhook.clone());
            }
            Change::WebhookRemoved(name) => {
                self.webhooks.remove(name);
            }
            Change::OwnAlarmSet(alarm) => {
                self.own_alarms.insert(alarm.name.clone(), alarm.clone());
            }
            Change::OwnAlarmRemoved(name) => {
                self.own_alarms.remove(name);
            }
            Change::WatchCards(cards) => {
                self.watch_cards = Some(CardsInForce { cards: cards.clone(), since: at });
            }
            Change::CheckSchedule(plan) => {
                let next = ChecksInForce::after(self.check_schedule.as_ref(), plan.clone(), at);
                self.check_schedule = Some(next);
            }
            Change::PartyWithoutNode(new) => {
                self.without_node.insert(new.party, new.clone());
            }
            Change::PartyTakenBack(party) => {
                self.without_node.remove(party);
            }
            Change::LinkPhrases(new) if new.phrases.is_empty() => {
                self.phrases.remove(&new.party);
            }
            Change::LinkPhrases(new) => {
                self.phrases.insert(new.party, new.clone());
            }
            // They stand on the link, and on the Board.
            Change::LinkAllowance(_) | Change::FlashDrafts(_) => {}
        }
    }

    fn add_party(
        &mut self,
        key_lists: &[AcceptedKeyList],
        revocation_list: &RevocationList,
        at: Instant,
        introduced: Option<Introduced>,
    ) {
        if let Some(first) = key_lists.first() {
            let known = KnownParty {
                key_lists: key_lists.to_vec(),
                revocation_list: Some(revocation_list.clone()),
                list_since: at,
                introduced,
            };
            self.parties.insert(first.list.party, known);
            // From now on its link carries.
            self.without_node.remove(&first.list.party);
        }
    }

    pub fn accept(&mut self, next: &AcceptedKeyList, at: Instant) {
        let mut known = self.parties.get(&next.list.party).cloned().unwrap_or_default();
        known.list_since = at;
        known.key_lists.push(next.clone());
        self.parties.insert(next.list.party, known);
    }

    pub fn accept_revocation_list(&mut self, list: &RevocationList) {
        let mut known = self.parties.get(&list.party).cloned().unwrap_or_default();
        known.revocation_list = Some(list.clone());
        self.parties.insert(list.party, known);
    }
}

fn first_of(key_lists: &[AcceptedKeyList]) -> Result<&AcceptedKeyList, Refusal> {
    let none = || Refusal::Field { field: "key_lists", rule: "a Party has at least one".into() };
    key_lists.first().ok_or_else(none)
}

/// Whether there are two custodians, compared as persons: before the first change, and after each.
pub fn enough_custodians<'m>(members: impl Iterator<Item = &'m Member>) -> Result<(), Refusal> {
    let mut custodians: Vec<&Person> = Vec::new();
    for member in members.filter(|member| member.roles.contains(&Role::Custodian)) {
        if !custodians.iter().any(|other| other.is_same_person(&member.person)) {
            custodians.push(&member.person);
        }
    }
    if custodians.len() >= 2 { Ok(()) } else { Err(Refusal::TooFewCustodians) }
}
