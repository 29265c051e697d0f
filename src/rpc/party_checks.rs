//! What is verified at the door before a change is proposed: signatures, fingerprints, names.
//!
//! Never here: what is newest on the Board. A check that asked for it would answer a command given again
//! otherwise than the first time.

use std::collections::BTreeSet;

use bytes::Bytes;
use tonic::Status;

use crate::codec::key_list::open_successor;
use crate::codec::party_file::PartyFile;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::signed;
use crate::domain::digest::Digest;
use crate::domain::event::{AcceptedKeyList, Change, Member, PartyWithoutNode, RevocationList};
use crate::domain::keys::{KeyList, Purpose};
use crate::domain::party::Party;
use crate::domain::people::{Person, Role, Roles};
use crate::domain::roster::KnownParty;
use crate::domain::text::is_unsafe_to_show;
use crate::domain::time::Instant;
use crate::evidence::keys::KeyRing;
use crate::limits;
use crate::peers::certificate::{self, check_authority};
use crate::peers::trust::{PartyKeys, Roster, Trust};
use crate::rpc::status;

/// A party file whose fingerprint was compared by hand: every list verified under the one before, its
/// authority usable, its revocation list signed by that authority and in force.
pub fn party_added(text: &str, fingerprint: &[u8], now: Instant) -> Result<Change, Status> {
    let file = PartyFile::from_text(text).map_err(status::decode)?;
    if Digest::from_slice(fingerprint) != Some(file.fingerprint().0) {
        return Err(status::field("fingerprint", "it is not that of this file's first key list"));
    }
    let (key_lists, revocation_list) = lists_of(&file, now)?;
    Ok(Change::PartyAdded { key_lists, revocation_list })
}

/// A party file that another Party handed over: it must hold in itself, and is compared with nothing.
pub fn party_introduced(text: &str, by: Party, now: Instant) -> Result<Change, Status> {
    let file = PartyFile::from_text(text).map_err(status::decode)?;
    let (key_lists, revocation_list) = lists_of(&file, now)?;
    Ok(Change::PartyIntroduced { by, key_lists, revocation_list })
}

fn lists_of(file: &PartyFile, now: Instant) -> Result<(Vec<AcceptedKeyList>, RevocationList), Status> {
    let lists = file.verified_lists().map_err(|fault| status::field("party_file", fault))?;
    let newest = &lists.last().ok_or_else(|| status::field("party_file.key_lists", "at least one"))?.list;
    let keys = PartyKeys {
        party: newest.party,
        authorities: newest.ca_certificates.iter().map(|der| der.to_vec()).collect(),
        tls_keys: newest.keys_for(Purpose::Tls).map(|key| Digest(*key)).collect(),
        revocation_lists: Vec::new(),
    };
    let trust = Trust::new(keys, Vec::new(), Roster::new());
    if let Some((_, fault)) = trust.faults().first() {
        return Err(status::field("party_file.key_lists.ca_certificates", fault));
    }
    trust
        .check_list(&newest.party, file.revocation_list(), now)
        .map_err(|bad| status::field("party_file.revocation_list", bad))?;
    let revocation_list = RevocationList { party: newest.party, der: file.revocation_list().clone() };
    let key_lists = lists
        .into_iter()
        .map(|one| AcceptedKeyList {
            signed: signed::encode(&one.signed),
            digest: one.digest,
            list: one.list,
        })
        .collect();
    Ok((key_lists, revocation_list))
}

/// The own Party's next list: signed under the one before it on record, with keys that this node has, and
/// with the same authorities. With other keys it could not sign once the list is in force.
pub fn own_key_list(bytes: &Bytes, own: &KnownParty, ring: &KeyRing) -> Result<AcceptedKeyList, Status> {
    let field = "own_key_list";
    let wrapped = signed::decode(bytes.clone()).map_err(status::decode)?;
    let number = crate::codec::key_list::decode(&wrapped.payload).map_err(status::decode)?.number;
    let before = number.checked_sub(1).and_then(|number| own.numbered(number));
    let before = before.ok_or_else(|| status::field(field, "the list before it is not on record here"))?;
    let (list, _) = open_successor(&before.list, &before.digest, &wrapped)
        .map_err(|fault| status::field(field, fault))?;
    for purpose in [Purpose::Message, Purpose::Record, Purpose::Ledger, Purpose::Witness] {
        if list.key_for(purpose).and_then(|key| ring.key(key)).is_none() {
            let rule = format!(
                "its {} key is not in this node's key directory, or was put there since it was read: SIGHUP has \
                 the node read it again",
                purpose.name()
            );
            return Err(status::field(field, rule));
        }
    }
    check_authorities(&before.list, &list)?;
    Ok(AcceptedKeyList { signed: bytes.clone(), digest: wrapped.digest(), list })
}

/// An authority's certificate may be made anew, under the key that it had. Its key stays: a certificate under
/// one that is left out is a stranger's from the moment when the list takes force, that of the custodian who
/// would mend it among them; one under a new authority is a stranger's wherever the list is not held yet, and
/// a stranger can't even hand it in. One more beside it does not help, since of a Party one revocation list
/// is on record, and an authority without one lets nobody in.
fn check_authorities(before: &KeyList, next: &KeyList) -> Result<(), Status> {
    let field = "own_key_list.ca_certificates";
    for der in &next.ca_certificates {
        check_authority(der, &next.party).map_err(|fault| status::field(field, fault))?;
    }
    let keys = |list: &KeyList| -> BTreeSet<Option<Digest>> {
        list.ca_certificates.iter().map(|der| certificate::key_digest(der).ok()).collect()
    };
    if keys(before) == keys(next) {
        return Ok(());
    }
    let rule = "an authority's key stays as in the list before: whoever has a certificate of one that is left \
                out, this node and its custodians among them, would be let in nowhere from then on, and who has \
                one of a new authority nowhere that the list is not held yet";
    Err(status::field(field, rule))
}

/// A person as a certificate can name them, with at least one role.
pub fn member(person: Person, roles: &[String]) -> Result<Member, Status> {
    let is_name = |text: &str| {
        text.chars().count() <= limits::CERTIFICATE_NAME_CHARS_MAX
            && text.trim() == text
            && !text.chars().any(is_unsafe_to_show)
    };
    let most = limits::CERTIFICATE_NAME_CHARS_MAX;
    let rule = format!(
        "as in a certificate: one line of at most {most} characters, none of them a control character, \
         and no space at either end"
    );
    if person.name.is_empty() || !is_name(&person.name) {
        return Err(status::field("member_added.person.name", &rule));
    }
    if !is_name(&person.office) {
        return Err(status::field("member_added.person.office", &rule));
    }
    let known: Option<Roles> = roles.iter().map(|name| Role::from_name(name)).collect();
    match known {
        Some(roles) if !roles.is_empty() => Ok(Member { person, roles }),
        Some(_) => Err(status::field("member_added.roles", "at least one")),
        None => {
            let names = Role::ALL.map(Role::name).join(", ");
            Err(status::field("member_added.roles", format!("each is one of {names}")))
        }
    }
}

/// A Party that runs no node, or that one was taken for such by mistake.
pub fn party_without_node(wire: &calls::PartyWithoutNode) -> Result<Change, Status> {
    use calls::party_without_node::Act;
    let act = wire.act.as_ref();
    let act = act.ok_or_else(|| status::field("party_without_node", "known, or taken back"))?;
    let code = |text: &str| text.parse().map_err(|fault| status::field("party_without_node.party", fault));
    let new = match act {
        Act::TakenBack(party) => return Ok(Change::PartyTakenBack(code(party)?)),
        Act::Known(new) => new,
    };
    if new.contacts.len() > limits::KEY_LIST_CONTACTS_MAX {
        return Err(status::at_most(
            "party_without_node.contacts",
            limits::KEY_LIST_CONTACTS_MAX,
            "contacts",
        ));
    }
    let line = |field: &'static str, text: &str| {
        if text.trim().is_empty() {
            Err(status::field(field, "must be given"))
        } else if text.len() > limits::KEY_LIST_LINE_BYTES_MAX {
            Err(status::at_most(field, limits::KEY_LIST_LINE_BYTES_MAX, "bytes"))
        } else if text.chars().any(is_unsafe_to_show) {
            Err(status::field(field, "holds characters that can't be seen or that turn its direction"))
        } else {
            Ok(())
        }
    };
    line("party_without_node.name", &new.name)?;
    new.contacts.iter().try_for_each(|contact| line("party_without_node.contacts", contact))?;
    Ok(Change::PartyWithoutNode(PartyWithoutNode {
        party: code(&new.party)?,
        name: new.name.clone(),
        contacts: new.contacts.clone(),
    }))
}
