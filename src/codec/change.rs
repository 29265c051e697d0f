//! What two custodians change, from and to the form in which records hold it.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;

use super::dispatch::{digest, party};
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use super::message::{person_from_proto, person_to_proto, precedence_from_proto, precedence_to_proto};
use super::{alarm, by_hand, check, key_list as key_list_codec, link_phrases, signed, watch};
use crate::domain::allowance::{Allowance, LinkAllowance};
use crate::domain::digest::Digest;
use crate::domain::event::{AcceptedKeyList, Change, Member, RevocationList};
use crate::domain::function::Term;
use crate::domain::office::Office;
use crate::domain::people::{Role, Roles};
use crate::domain::time::Instant;
use proto::change::Change as Wire;
use proto::office_change::Change as OfficeWire;

/// Reads a key list that was verified before it was put on record.
pub fn key_list(bytes: Bytes) -> Result<AcceptedKeyList, DecodeFault> {
    let wrapping = signed::decode(bytes.clone())?;
    Ok(AcceptedKeyList {
        digest: wrapping.digest(),
        list: key_list_codec::decode(&wrapping.payload)?,
        signed: bytes,
    })
}

pub(super) fn member_to_proto(member: &Member) -> proto::Member {
    proto::Member {
        person: Some(person_to_proto(&member.person)),
        roles: member.roles.iter().map(|role| role.name().into()).collect(),
    }
}

pub(super) fn member_from_proto(wire: proto::Member) -> Result<Member, DecodeFault> {
    let unknown = DecodeFault::new("member.roles", "one of the roles that this program knows");
    let roles: Result<Roles, _> =
        wire.roles.iter().map(|name| Role::from_name(name).ok_or(unknown)).collect();
    Ok(Member { person: person_from_proto(wire.person, "member.person")?, roles: roles? })
}

/// A change as the journal stores it.
pub fn change_to_proto(change: &Change) -> proto::Change {
    let wire = match change {
        Change::MemberAdded(member) => Wire::MemberAdded(member_to_proto(member)),
        Change::MemberRemoved(key) => Wire::MemberRemoved(Bytes::copy_from_slice(&key.0)),
        Change::PartyAdded { key_lists, revocation_list } => Wire::PartyAdded(proto::PartyAdded {
            key_lists: key_lists.iter().map(|list| list.signed.clone()).collect(),
            revocation_list: revocation_list.der.clone(),
        }),
        Change::ReleaseRule { one_person } => Wire::ReleaseRule(proto::ReleaseRule {
            one_person: one_person.iter().map(|precedence| precedence_to_proto(*precedence)).collect(),
        }),
        Change::OwnKeyList(list) => Wire::OwnKeyList(list.signed.clone()),
        Change::PartyWithoutNode(new) => Wire::PartyWithoutNode(by_hand::known(new)),
        Change::PartyTakenBack(party) => Wire::PartyWithoutNode(by_hand::taken_back(party)),
        Change::OfficeAdded(office) => {
            let office = proto::Office { code: office.code.clone(), purpose: office.purpose.clone() };
            Wire::Office(proto::OfficeChange { change: Some(OfficeWire::Added(office)) })
        }
        Change::OfficeRemoved(code) => {
            Wire::Office(proto::OfficeChange { change: Some(OfficeWire::Removed(code.clone())) })
        }
        Change::PartyIntroduced { by, key_lists, revocation_list } => {
            Wire::PartyIntroduced(proto::PartyIntroduced {
                by: by.to_string(),
                key_lists: key_lists.iter().map(|list| list.signed.clone()).collect(),
                revocation_list: revocation_list.der.clone(),
            })
        }
        Change::PartyConfirmed { party, fingerprint } => Wire::PartyConfirmed(proto::PartyConfirmed {
            party: party.to_string(),
            fingerprint: Bytes::copy_from_slice(&fingerprint.0),
        }),
        Change::LinkAllowance(new) => Wire::LinkAllowance(proto::LinkAllowance {
            party: new.party.to_string(),
            records_per_hour: new.allowance.records,
            bytes_per_hour: new.allowance.bytes,
        }),
        Change::WatchPlan(plan) => Wire::WatchPlan(watch::plan_to_proto(plan)),
        Change::WebhookAdded(webhook) => Wire::Webhook(alarm::added(webhook)),
        Change::WebhookRemoved(name) => Wire::Webhook(alarm::removed(name)),
        Change::OwnAlarmSet(set) => Wire::OwnAlarm(alarm::alarm_set(set)),
        Change::OwnAlarmRemoved(name) => Wire::OwnAlarm(alarm::alarm_removed(name)),
        Change::WatchCards(cards) => Wire::WatchCards(watch::cards_to_proto(cards)),
        Change::LinkPhrases(new) => Wire::LinkPhrases(link_phrases::to_proto(new)),
        Change::CheckSchedule(plan) => Wire::CheckSchedule(check::schedule_to_proto(plan)),
        Change::FlashDrafts(set) => Wire::FlashDrafts(proto::FlashDrafts { per_officer_per_hour: *set }),
        Change::FunctionTerm(term) => Wire::FunctionTerm(proto::FunctionTerm {
            regime: term.regime.clone(),
            function: term.function.clone(),
            party: term.party.to_string(),
            from_ms: term.from.0,
            until_ms: term.until.map(|until| until.0),
            source: term.source.clone(),
        }),
    };
    proto::Change { change: Some(wire) }
}

/// By which whoever confirms a change names the one that was shown: SHA-256 of the form in which records hold it.
pub fn digest_of(change: &Change) -> Digest {
    Digest::of(&change_to_proto(change).encode_to_vec())
}

fn party_lists(
    key_lists: Vec<Bytes>,
    der: Bytes,
) -> Result<(Vec<AcceptedKeyList>, RevocationList), DecodeFault> {
    let key_lists = key_lists.into_iter().map(key_list).collect::<Result<Vec<_>, _>>()?;
    let first = key_lists.first().ok_or(DecodeFault::new("change.party", "at least one key list"))?;
    let revocation_list = RevocationList { party: first.list.party, der };
    Ok((key_lists, revocation_list))
}

/// A change from the journal. What was signed is parsed, and not verified again.
pub fn change_from_proto(wire: Option<proto::Change>) -> Result<Change, DecodeFault> {
    let change = wire
        .and_then(|wire| wire.change)
        .ok_or(DecodeFault::new("change", "one of the changes that this program knows"))?;
    Ok(match change {
        Wire::MemberAdded(member) => Change::MemberAdded(member_from_proto(member)?),
        Wire::MemberRemoved(key) => Change::MemberRemoved(digest(&key, "change.member_removed")?),
        Wire::PartyAdded(added) => {
            let (key_lists, revocation_list) = party_lists(added.key_lists, added.revocation_list)?;
            Change::PartyAdded { key_lists, revocation_list }
        }
        Wire::PartyIntroduced(introduced) => {
            let (key_lists, revocation_list) = party_lists(introduced.key_lists, introduced.revocation_list)?;
            let by = party(&introduced.by, "change.party_introduced.by")?;
            Change::PartyIntroduced { by, key_lists, revocation_list }
        }
        Wire::PartyConfirmed(confirmed) => Change::PartyConfirmed {
            party: party(&confirmed.party, "change.party_confirmed.party")?,
            fingerprint: digest(&confirmed.fingerprint, "change.party_confirmed.fingerprint")?,
        },
        Wire::ReleaseRule(rule) => {
            let read = |wire: &i32| precedence_from_proto(*wire, "change.release_rule.one_person");
            Change::ReleaseRule { one_person: rule.one_person.iter().map(read).collect::<Result<_, _>>()? }
        }
        Wire::OwnKeyList(list) => Change::OwnKeyList(key_list(list)?),
        Wire::PartyWithoutNode(wire) => by_hand::change(wire)?,
        Wire::Office(office) => match office.change {
            Some(OfficeWire::Added(proto::Office { code, purpose })) => {
                Change::OfficeAdded(Office { code, purpose })
            }
            Some(OfficeWire::Removed(code)) => Change::OfficeRemoved(code),
            None => return Err(DecodeFault::new("change.office", "added or removed")),
        },
        Wire::LinkAllowance(new) => Change::LinkAllowance(LinkAllowance {
            party: party(&new.party, "change.link_allowance.party")?,
            allowance: Allowance { records: new.records_per_hour, bytes: new.bytes_per_hour },
        }),
        Wire::WatchPlan(plan) => Change::WatchPlan(watch::plan_from_proto(plan)?),
        Wire::Webhook(wire) => alarm::webhook_change(wire)?,
        Wire::OwnAlarm(wire) => alarm::alarm_change(wire)?,
        Wire::WatchCards(cards) => Change::WatchCards(watch::cards_from_proto(cards)?),
        Wire::LinkPhrases(new) => Change::LinkPhrases(Arc::new(link_phrases::from_proto(new)?)),
        Wire::CheckSchedule(wire) => Change::CheckSchedule(check::schedule_from_proto(&wire)?),
        Wire::FlashDrafts(new) => Change::FlashDrafts(new.per_officer_per_hour),
        Wire::FunctionTerm(term) => Change::FunctionTerm(Term {
            party: party(&term.party, "change.function_term.party")?,
            regime: term.regime,
            function: term.function,
            from: Instant(term.from_ms),
            until: term.until_ms.map(Instant),
            source: term.source,
        }),
    })
}
