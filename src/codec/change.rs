//! What two custodians change, from and to the form in which records hold it.

use bytes::Bytes;

use super::dispatch::digest;
use super::fault::DecodeFault;
use super::journal_v1 as proto;
use super::message::{person_from_proto, person_to_proto, precedence_from_proto, precedence_to_proto};
use super::{by_hand, key_list as key_list_codec, signed};
use crate::domain::event::{AcceptedKeyList, Change, Member, RevocationList};
use crate::domain::people::{Role, Roles};
use proto::change::Change as Wire;

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
    };
    proto::Change { change: Some(wire) }
}

pub fn change_from_proto(wire: Option<proto::Change>) -> Result<Change, DecodeFault> {
    let change = wire
        .and_then(|wire| wire.change)
        .ok_or(DecodeFault::new("change", "one of the changes that this program knows"))?;
    Ok(match change {
        Wire::MemberAdded(member) => Change::MemberAdded(member_from_proto(member)?),
        Wire::MemberRemoved(key) => Change::MemberRemoved(digest(&key, "change.member_removed")?),
        Wire::PartyAdded(added) => {
            let key_lists = added.key_lists.into_iter().map(key_list).collect::<Result<Vec<_>, _>>()?;
            let first =
                key_lists.first().ok_or(DecodeFault::new("change.party_added", "at least one key list"))?;
            let revocation_list = RevocationList { party: first.list.party, der: added.revocation_list };
            Change::PartyAdded { key_lists, revocation_list }
        }
        Wire::ReleaseRule(rule) => {
            let read = |wire: &i32| precedence_from_proto(*wire, "change.release_rule.one_person");
            Change::ReleaseRule { one_person: rule.one_person.iter().map(read).collect::<Result<_, _>>()? }
        }
        Wire::OwnKeyList(list) => Change::OwnKeyList(key_list(list)?),
        Wire::PartyWithoutNode(wire) => by_hand::change(wire)?,
    })
}
