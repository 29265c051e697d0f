//! Whether a key list holds: its form, and that it follows from the one before.
//!
//! Never here: reading a list from its bytes (`codec/key_list.rs`, which calls this with the fields of
//! exactly the payload given), or whether the first one is the Party's: people compare its fingerprint.

use std::collections::BTreeSet;

use super::keys::{KeyFault, PublicKey};
use super::signed::{PayloadType, SignatureFault, Signed};
use crate::domain::digest::Digest;
use crate::domain::keys::{KeyList, Purpose};
use crate::limits;

/// Why a key list is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyListFault {
    #[error("key list: {0}")]
    Signature(#[from] SignatureFault),
    #[error("key list: the {} key: {fault}", purpose.name())]
    Key { purpose: Purpose, fault: KeyFault },
    #[error("key list: it needs exactly one {} key, and has {has}", purpose.name())]
    KeysOfPurpose { purpose: Purpose, has: usize },
    #[error("key list: it needs 1 to {} TLS keys, and has {has}", limits::KEY_LIST_TLS_KEYS_MAX)]
    TlsKeys { has: usize },
    #[error("key list: one key stands in it twice; keys are apart")]
    KeyTwice,
    #[error("key list: {field}: {rule}")]
    Field { field: &'static str, rule: &'static str },
    #[error("key list: {field}: at most {most} {of}")]
    AtMost { field: &'static str, most: usize, of: &'static str },
    #[error("key list: number {found} where {expected} comes next")]
    Number { expected: u64, found: u32 },
    #[error("key list: it names another list as the one before")]
    Previous,
    #[error("key list: it is of another Party than the one before")]
    OtherParty,
    #[error("key list: it is of another incarnation than the one before")]
    OtherIncarnation,
}

/// Whether a list was made after the one before, by the Party's own clock. A list made "earlier" holds
/// all the same, and is shown as that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListTime {
    Onwards,
    Backwards,
}

/// Number 1, signed by its own list key. That it is the Party's is for people to compare.
pub fn verify_first(signed: &Signed, list: &KeyList) -> Result<(), KeyListFault> {
    check_form(list)?;
    check_number(1, list.number)?;
    if list.previous != Digest::ZERO {
        return Err(KeyListFault::Previous);
    }
    signed.verify(PayloadType::KeyList, &list_key(list)?)?;
    Ok(())
}

/// The list after `before`, whose payload has the digest `before_digest`, and signed by the list key
/// of that one.
pub fn verify_successor(
    before: &KeyList,
    before_digest: &Digest,
    signed: &Signed,
    list: &KeyList,
) -> Result<ListTime, KeyListFault> {
    // The signature first: faults of form are then faults of the Party, not of whoever sent it.
    signed.verify(PayloadType::KeyList, &list_key(before)?)?;
    check_form(list)?;
    if list.party != before.party {
        return Err(KeyListFault::OtherParty);
    }
    if list.incarnation != before.incarnation {
        return Err(KeyListFault::OtherIncarnation);
    }
    check_number(u64::from(before.number).saturating_add(1), list.number)?;
    if list.previous != *before_digest {
        return Err(KeyListFault::Previous);
    }
    Ok(if list.made_at < before.made_at { ListTime::Backwards } else { ListTime::Onwards })
}

/// The key for one of the purposes that have exactly one, ready to verify with.
pub fn public_key(list: &KeyList, purpose: Purpose) -> Result<PublicKey, KeyListFault> {
    let bytes = list.key_for(purpose).ok_or(KeyListFault::KeysOfPurpose { purpose, has: 0 })?;
    PublicKey::from_bytes(bytes).map_err(|fault| KeyListFault::Key { purpose, fault })
}

/// The rules that a list keeps by itself, also asked before we sign one of our own.
pub fn check_form(list: &KeyList) -> Result<(), KeyListFault> {
    check_keys(list)?;
    let field = |field, rule| Err(KeyListFault::Field { field, rule });
    if list.incarnation.0 == 0 {
        return field("incarnation", "1 or more");
    }
    if list.number == 0 {
        return field("number", "1 or more");
    }
    if list.name.is_empty() || !is_line(&list.name) {
        return field("name", LINE_RULE);
    }
    let at_most = |field, has, most, of| {
        if has <= most { Ok(()) } else { Err(KeyListFault::AtMost { field, most, of }) }
    };
    let certificates = &list.ca_certificates;
    if certificates.is_empty() || certificates.iter().any(|one| one.is_empty()) {
        return field("ca_certificates", "at least one, and none that is empty");
    }
    at_most("ca_certificates", certificates.len(), limits::KEY_LIST_CA_CERTIFICATES_MAX, "certificates")?;
    for one in certificates {
        at_most("ca_certificates", one.len(), limits::CA_CERTIFICATE_BYTES_MAX, "bytes in each")?;
    }
    at_most("addresses", list.addresses.len(), limits::KEY_LIST_ADDRESSES_MAX, "addresses")?;
    at_most("contacts", list.contacts.len(), limits::KEY_LIST_CONTACTS_MAX, "contacts")?;
    if !list.addresses.iter().all(|line| !line.is_empty() && is_line(line)) {
        return field("addresses", LINE_RULE);
    }
    if !list.contacts.iter().all(|line| !line.is_empty() && is_line(line)) {
        return field("contacts", LINE_RULE);
    }
    Ok(())
}

fn check_keys(list: &KeyList) -> Result<(), KeyListFault> {
    for purpose in Purpose::ALL {
        let has = list.keys_for(purpose).count();
        match purpose {
            Purpose::Tls if !(1..=limits::KEY_LIST_TLS_KEYS_MAX).contains(&has) => {
                return Err(KeyListFault::TlsKeys { has });
            }
            Purpose::Tls => {}
            Purpose::List | Purpose::Message | Purpose::Record | Purpose::Ledger | Purpose::Witness => {
                if has != 1 {
                    return Err(KeyListFault::KeysOfPurpose { purpose, has });
                }
                public_key(list, purpose)?;
            }
        }
    }
    let different: BTreeSet<&[u8; 32]> = list.keys.iter().map(|key| &key.public_key).collect();
    if different.len() == list.keys.len() { Ok(()) } else { Err(KeyListFault::KeyTwice) }
}

fn check_number(expected: u64, found: u32) -> Result<(), KeyListFault> {
    if expected == u64::from(found) { Ok(()) } else { Err(KeyListFault::Number { expected, found }) }
}

fn list_key(list: &KeyList) -> Result<PublicKey, KeyListFault> {
    public_key(list, Purpose::List)
}

const LINE_RULE: &str = "one line, not empty, within the limit, without control characters";

/// People read these lines on terminals while they decide whom to trust: nothing in them may move the
/// cursor or turn the direction of writing.
fn is_line(text: &str) -> bool {
    let turns_direction = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    text.len() <= limits::KEY_LIST_LINE_BYTES_MAX
        && !text.contains(|c: char| c.is_control() || turns_direction(c))
}
