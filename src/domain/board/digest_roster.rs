//! What the Board's digest (`digest.rs`) takes of the roster: people, Parties, offices, functions, and what is
//! proposed to be changed.
//!
//! Never here: the rest of the Board.

use super::digest::Sum;
use crate::domain::allowance::Allowance;
use crate::domain::digest::Digest;
use crate::domain::event::{AcceptedKeyList, Change, Member, PartyWithoutNode, RevocationList};
use crate::domain::function::Term;
use crate::domain::hotline::phrases::LinkPhrases;
use crate::domain::office::Office;
use crate::domain::roster::Roster;

impl Sum {
    pub(super) fn roster(&mut self, roster: &Roster) {
        self.list(roster.members.values(), Sum::member);
        self.list(roster.parties.iter(), |sum, (party, known)| {
            sum.party(*party);
            sum.list(known.key_lists.iter(), Sum::key_list);
            sum.optional(known.revocation_list.as_ref(), Sum::revocation_list);
            sum.signed_number(known.list_since.0);
            sum.optional(known.introduced.as_ref(), |sum, introduced| {
                sum.party(introduced.by);
                sum.optional(introduced.confirmed_at.as_ref(), |sum, at| sum.signed_number(at.0));
            });
        });
        self.list(roster.without_node.values(), Sum::without_node);
        self.list(roster.proposals.iter(), |sum, (id, proposal)| {
            sum.bytes(&id.0);
            sum.person(&proposal.by);
            sum.change(&proposal.change);
        });
        self.list(roster.one_person.iter(), |sum, precedence| sum.precedence(*precedence));
        self.list(roster.offices.iter(), Sum::office);
        self.list(roster.functions.iter(), |sum, one| {
            sum.term(&one.term);
            sum.signed_number(one.at.0);
        });
        self.optional(roster.watch_plan.as_ref(), |sum, plan| {
            sum.watch_plan(&plan.plan);
            sum.signed_number(plan.since.0);
        });
        self.list(roster.webhooks.values(), Sum::webhook);
        self.list(roster.own_alarms.values(), Sum::own_alarm);
        self.optional(roster.watch_cards.as_ref(), |sum, known| {
            sum.watch_cards(&known.cards);
            sum.signed_number(known.since.0);
        });
        // Nothing where none are agreed: such a Board has the digest that it always had.
        if !roster.phrases.is_empty() {
            self.bytes(b"phrases");
            self.list(roster.phrases.values(), |sum, new| sum.link_phrases(new));
        }
    }

    pub(super) fn link_phrases(&mut self, new: &LinkPhrases) {
        self.party(new.party);
        self.list(new.phrases.iter(), |sum, phrase| {
            sum.number(phrase.number);
            sum.list(phrase.texts.iter(), |sum, one| {
                sum.bytes(one.language.as_bytes());
                sum.bytes(one.text.as_bytes());
            });
        });
    }

    fn member(&mut self, member: &Member) {
        self.person(&member.person);
        self.list(member.roles.iter(), |sum, role| sum.bytes(role.name().as_bytes()));
    }

    fn office(&mut self, office: &Office) {
        self.bytes(office.code.as_bytes());
        self.bytes(office.purpose.as_bytes());
    }

    fn term(&mut self, term: &Term) {
        self.bytes(term.regime.as_bytes());
        self.bytes(term.function.as_bytes());
        self.party(term.party);
        self.signed_number(term.from.0);
        self.optional(term.until.as_ref(), |sum, until| sum.signed_number(until.0));
        self.bytes(term.source.as_bytes());
    }

    fn key_list(&mut self, list: &AcceptedKeyList) {
        self.bytes(&list.digest.0);
    }

    fn without_node(&mut self, known: &PartyWithoutNode) {
        self.party(known.party);
        self.bytes(known.name.as_bytes());
        self.list(known.contacts.iter(), |sum, contact| sum.bytes(contact.as_bytes()));
    }

    fn revocation_list(&mut self, list: &RevocationList) {
        self.party(list.party);
        self.bytes(&Digest::of(&list.der).0);
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::MemberAdded(member) => {
                self.number(1);
                self.member(member);
            }
            Change::MemberRemoved(key) => {
                self.number(2);
                self.bytes(&key.0);
            }
            Change::PartyAdded { key_lists, revocation_list } => {
                self.number(3);
                self.list(key_lists.iter(), Sum::key_list);
                self.revocation_list(revocation_list);
            }
            Change::ReleaseRule { one_person } => {
                self.number(4);
                self.list(one_person.iter(), |sum, precedence| sum.precedence(*precedence));
            }
            Change::OwnKeyList(next) => {
                self.number(5);
                self.key_list(next);
            }
            Change::PartyWithoutNode(new) => {
                self.number(6);
                self.number(0);
                self.without_node(new);
            }
            Change::PartyTakenBack(party) => {
                self.number(6);
                self.number(1);
                self.party(*party);
            }
            Change::OfficeAdded(office) => {
                self.number(7);
                self.office(office);
            }
            Change::OfficeRemoved(code) => {
                self.number(8);
                self.bytes(code.as_bytes());
            }
            Change::FunctionTerm(term) => {
                self.number(9);
                self.term(term);
            }
            Change::PartyIntroduced { by, key_lists, revocation_list } => {
                self.number(10);
                self.party(*by);
                self.list(key_lists.iter(), Sum::key_list);
                self.revocation_list(revocation_list);
            }
            Change::WatchPlan(plan) => {
                self.number(15);
                self.watch_plan(plan);
            }
            Change::LinkPhrases(new) => {
                self.number(20);
                self.link_phrases(new);
            }
            Change::PartyConfirmed { party, fingerprint } => {
                self.number(11);
                self.party(*party);
                self.bytes(&fingerprint.0);
            }
            Change::LinkAllowance(new) => {
                self.number(12);
                self.party(new.party);
                self.allowance(&new.allowance);
            }
            Change::WebhookAdded(webhook) => {
                self.number(16);
                self.number(0);
                self.webhook(webhook);
            }
            Change::WebhookRemoved(name) => {
                self.number(16);
                self.number(1);
                self.bytes(name.as_bytes());
            }
            Change::OwnAlarmSet(alarm) => {
                self.number(17);
                self.number(0);
                self.own_alarm(alarm);
            }
            Change::OwnAlarmRemoved(name) => {
                self.number(17);
                self.number(1);
                self.bytes(name.as_bytes());
            }
            Change::WatchCards(cards) => {
                self.number(18);
                self.watch_cards(cards);
            }
            Change::CheckSchedule(plan) => {
                self.number(21);
                self.check_plan(plan);
            }
            Change::FlashDrafts(set) => {
                self.number(24);
                self.optional(set.as_ref(), |sum, set| sum.number(*set));
            }
        }
    }

    pub(super) fn allowance(&mut self, allowance: &Allowance) {
        self.optional(allowance.records.as_ref(), |sum, most| sum.number(*most));
        self.optional(allowance.bytes.as_ref(), |sum, most| sum.number(*most));
    }
}
