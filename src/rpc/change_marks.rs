//! What whoever decides on a change is to look at once more: what is odd about it, or other than what is in force. It may
//! be meant so.
//!
//! Never here: a refusal (the Board), or the sentence itself (`changes.rs`).

use super::changes::{sentence, words};
use super::own_list;
use crate::domain::board::Board;
use crate::domain::event::{Change, Member};
use crate::domain::mixed::mixed_letters;
use crate::domain::roster::KnownParty;

/// The sentence, and its marks.
pub(super) fn sentence_with_marks(board: &Board, change: &Change) -> String {
    let marks = marks(board, change).into_iter().map(|mark| format!("; MARK: {mark}"));
    std::iter::once(sentence(change)).chain(marks).collect()
}

pub(super) fn marks(board: &Board, change: &Change) -> Vec<String> {
    let mut marks = against_what_is_in_force(board, change);
    marks.extend(named(change).into_iter().filter_map(|(what, text)| {
        let mixed = mixed_letters(text)?;
        Some(format!("{what}: {mixed}"))
    }));
    marks
}

fn against_what_is_in_force(board: &Board, change: &Change) -> Vec<String> {
    let roster = &board.roster;
    match change {
        Change::FunctionTerm(term) => {
            let party = &term.party;
            let is_known = roster.parties.contains_key(party) || roster.without_node.contains_key(party);
            let mark = format!("{party} is no Party that is known here");
            (!is_known).then_some(mark).into_iter().collect()
        }
        Change::OwnKeyList(next) => {
            let own = board.own.and_then(|own| roster.parties.get(&own.party));
            let in_force = own.and_then(KnownParty::newest);
            in_force.map(|in_force| own_list::marks(&in_force.list, &next.list)).unwrap_or_default()
        }
        Change::MemberRemoved(key) => {
            let there = roster.members.get(key).map(|member| format!("on the roster now: {}", words(member)));
            there.into_iter().collect()
        }
        Change::MemberAdded(new) => {
            let there = roster.members.get(&new.person.key_digest);
            let place = "TAKES THE PLACE of the one with this key now";
            let there = there.map(|there| format!("{place}: {}", words(there)));
            there.into_iter().chain(same_name(board, new)).collect()
        }
        _ => Vec::new(),
    }
}

/// Others on the roster that a reader could take for the new one.
fn same_name<'a>(board: &'a Board, new: &'a Member) -> impl Iterator<Item = String> + 'a {
    let is_other = move |member: &&Member| {
        member.person.key_digest != new.person.key_digest
            && member.person.name.to_lowercase() == new.person.name.to_lowercase()
    };
    board.roster.members.values().filter(is_other).map(|member| {
        format!("HAS THE NAME of one with another key: key {} {}", member.person.key_digest, words(member))
    })
}

/// The names in it that people go by, each with what it is.
fn named(change: &Change) -> Vec<(&'static str, &str)> {
    match change {
        Change::MemberAdded(new) => {
            vec![("name", new.person.name.as_str()), ("office", new.person.office.as_str())]
        }
        Change::PartyAdded { key_lists, .. } | Change::PartyIntroduced { key_lists, .. } => key_lists
            .last()
            .map(|newest| of_party(&newest.list.name, &newest.list.contacts))
            .unwrap_or_default(),
        Change::OwnKeyList(next) => of_party(&next.list.name, &next.list.contacts),
        Change::PartyWithoutNode(new) => of_party(&new.name, &new.contacts),
        Change::OfficeAdded(office) => {
            vec![("office", office.code.as_str()), ("purpose", office.purpose.as_str())]
        }
        _ => Vec::new(),
    }
}

fn of_party<'a>(name: &'a str, contacts: &'a [String]) -> Vec<(&'static str, &'a str)> {
    let contacts = contacts.iter().map(|contact| ("contact", contact.as_str()));
    std::iter::once(("name", name)).chain(contacts).collect()
}
