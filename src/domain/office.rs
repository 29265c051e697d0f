//! The desks of the own Party, as two custodians list them, and who stands at which. A Party that lists
//! none is one: then nothing here makes a difference.
//!
//! Never here: another Party's desks. How it divides itself is its own, and nothing of it is asked here.

use std::sync::Arc;

use imbl::OrdMap;

use super::people::Person;
use super::refusal::Refusal;
use super::text::is_unsafe_to_show;
use crate::limits;

/// One desk: a ministry, a general staff, a verification agency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Office {
    /// As certificates name it, and messages address it.
    pub code: String,
    /// What it is for, in one line; may be empty.
    pub purpose: String,
}

/// An office by the spelling that all of its spellings have in common: capitals and spaces make no
/// difference, so that a peer's spelling sends nothing astray.
pub type OfficeKey = Arc<str>;

/// The offices listed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Offices(OrdMap<OfficeKey, Office>);

/// Where a person stands.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Desk {
    /// The certificate names no office: the Party's central desk.
    Central,
    Listed(OfficeKey),
    /// The certificate names an office that is not listed.
    NotListed,
}

pub(in crate::domain) fn key_of(code: &str) -> OfficeKey {
    code.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().into()
}

impl Office {
    /// # Errors
    /// No code; a text that is too long, of more than one line, or holds what can't be seen.
    pub fn check(&self) -> Result<(), Refusal> {
        let field = |field, rule: &str| Err(Refusal::Field { field, rule: rule.into() });
        if self.code.trim().is_empty() {
            return field("office.code", "must be given");
        }
        let is_line = |text: &str| text.trim() == text && !text.chars().any(is_unsafe_to_show);
        if self.code.chars().count() > limits::CERTIFICATE_NAME_CHARS_MAX || !is_line(&self.code) {
            let most = limits::CERTIFICATE_NAME_CHARS_MAX;
            let rule = format!("one line of at most {most} characters, as a certificate can name it");
            return field("office.code", &rule);
        }
        if self.purpose.len() > limits::LINE_BYTES_MAX || !is_line(&self.purpose) {
            let most = limits::LINE_BYTES_MAX;
            let rule = format!("one line of at most {most} bytes, without control characters");
            return field("office.purpose", &rule);
        }
        Ok(())
    }
}

impl Offices {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// In the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = &Office> {
        self.0.values()
    }

    pub fn get(&self, code: &str) -> Option<&Office> {
        self.0.get(&key_of(code))
    }

    /// In the place of one with the same code.
    pub fn add(&mut self, office: &Office) {
        self.0.insert(key_of(&office.code), office.clone());
    }

    pub fn remove(&mut self, code: &str) {
        self.0.remove(&key_of(code));
    }

    /// The offices to which a message goes, of those that it names at this Party: none where it goes to
    /// all, since it is for the Party as a whole, or names an office that is not known here.
    pub fn to<'c>(&self, named: impl Iterator<Item = &'c str>) -> Vec<OfficeKey> {
        let mut keys = Vec::new();
        if self.is_empty() {
            return keys;
        }
        for code in named {
            match self.0.get_key_value(&key_of(code)) {
                Some((key, _)) if keys.contains(key) => {}
                Some((key, _)) => keys.push(key.clone()),
                None => return Vec::new(),
            }
        }
        keys
    }

    /// Whether one of these offices is not known here. A Party that lists none knows them all: they are
    /// itself.
    pub fn lacks_one_of<'c>(&self, named: impl Iterator<Item = &'c str>) -> bool {
        let is_lacking = |code: &str| !code.trim().is_empty() && self.get(code).is_none();
        !self.is_empty() && named.into_iter().any(is_lacking)
    }

    fn desk(&self, person: &Person) -> Desk {
        let key = key_of(&person.office);
        match self.0.get_key_value(&key) {
            Some((key, _)) => Desk::Listed(key.clone()),
            None if key.is_empty() => Desk::Central,
            None => Desk::NotListed,
        }
    }

    /// Whether a message that went to these offices is for all: none was named, or one is not listed any
    /// more.
    fn is_for_all(&self, to: &[OfficeKey]) -> bool {
        to.is_empty() || to.iter().any(|key| !self.0.contains_key(key))
    }

    /// The desk at which a person stands, as offices are told apart: empty for the central one, and for one
    /// whose office is not listed.
    pub fn desk_of(&self, person: &Person) -> OfficeKey {
        match self.desk(person) {
            Desk::Listed(key) => key,
            Desk::Central | Desk::NotListed => OfficeKey::from(""),
        }
    }

    /// These offices, or none where a message that went to them is for all.
    pub fn still_listed<'k>(&self, to: &'k [OfficeKey]) -> &'k [OfficeKey] {
        if self.is_for_all(to) { &[] } else { to }
    }

    /// Whether a person's watch is told of what went to these offices.
    pub fn is_told(&self, person: &Person, to: &[OfficeKey]) -> bool {
        match self.desk(person) {
            Desk::Central | Desk::NotListed => true,
            Desk::Listed(key) => self.is_for_all(to) || to.contains(&key),
        }
    }

    /// # Errors
    /// It went to other offices than the person's.
    pub fn may_acknowledge(&self, person: &Person, to: &[OfficeKey]) -> Result<(), Refusal> {
        let may = match self.desk(person) {
            Desk::Central => true,
            Desk::Listed(key) => self.is_for_all(to) || to.contains(&key),
            Desk::NotListed => self.is_for_all(to),
        };
        if may { Ok(()) } else { Err(Refusal::OtherOffice { what: "message", office: self.names(to) }) }
    }

    /// Whether a person may have to do with what another one drafted.
    ///
    /// # Errors
    /// Both stand at an office, and not at the same.
    pub fn may_handle_draft(&self, drafter: &Person, person: &Person) -> Result<(), Refusal> {
        let (theirs, own) = (key_of(&drafter.office), key_of(&person.office));
        let may = self.is_empty() || theirs.is_empty() || own.is_empty() || theirs == own;
        if may { Ok(()) } else { Err(Refusal::OtherOffice { what: "draft", office: drafter.office.clone() }) }
    }

    /// The office to which a draft belongs; empty where anybody may have to do with it.
    pub fn of_draft<'p>(&self, drafter: &'p Person) -> &'p str {
        if self.is_empty() { "" } else { drafter.office.trim() }
    }

    fn names(&self, keys: &[OfficeKey]) -> String {
        let codes = keys.iter().filter_map(|key| self.0.get(key)).map(|office| office.code.as_str());
        codes.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::Digest;
    use proptest::prelude::*;

    fn person(office: &str) -> Person {
        Person { name: "Anna".into(), office: office.into(), key_digest: Digest::ZERO }
    }

    fn listed(codes: &[&str]) -> Offices {
        let mut offices = Offices::default();
        for code in codes {
            offices.add(&Office { code: (*code).into(), purpose: String::new() });
        }
        offices
    }

    #[test]
    fn spellings_of_one_office_are_one() {
        let offices = listed(&["General Staff"]);
        assert_eq!(offices.to([" general  STAFF "].into_iter()).len(), 1);
        assert!(offices.may_handle_draft(&person("GENERAL STAFF"), &person("General Staff")).is_ok());
    }

    #[test]
    fn a_party_without_offices_is_one() {
        let (none, to) = (Offices::default(), [OfficeKey::from("mfa")]);
        for office in ["", "MFA", "other"] {
            assert!(none.is_told(&person(office), &to));
            assert!(none.may_acknowledge(&person(office), &to).is_ok());
            assert!(none.may_handle_draft(&person("MFA"), &person(office)).is_ok());
        }
        assert!(!none.lacks_one_of(["MFA"].into_iter()), "an office of a Party that is one is that Party");
    }

    #[test]
    fn what_names_an_office_that_was_taken_off_the_list_goes_to_all() {
        let mut offices = listed(&["MFA", "GS"]);
        let to = offices.to(["GS"].into_iter());
        assert!(!offices.is_told(&person("MFA"), &to));
        offices.remove("gs");
        assert!(offices.is_told(&person("MFA"), &to));
        assert!(offices.may_acknowledge(&person("MFA"), &to).is_ok());
    }

    fn code() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "(MFA|gs|VA| Gs |mfa)", ".{0,8}"]
    }

    proptest! {
        /// Whatever is named, some watch is told of it, and whoever may acknowledge it is told of it.
        #[test]
        fn nothing_is_addressed_to_nobody(
            listed_codes in prop::collection::vec(code(), 0..4),
            named in prop::collection::vec(code(), 0..4),
            who in code(),
        ) {
            let codes: Vec<&str> = listed_codes.iter().map(String::as_str).filter(|c| !c.trim().is_empty()).collect();
            let offices = listed(&codes);
            let to = offices.to(named.iter().map(String::as_str));
            prop_assert!(offices.is_told(&person(""), &to));
            prop_assert!(offices.may_acknowledge(&person(""), &to).is_ok());
            for key in &to {
                prop_assert!(offices.may_acknowledge(&person(key), &to).is_ok());
            }
            let other = person(&who);
            prop_assert!(offices.may_acknowledge(&other, &to).is_err() || offices.is_told(&other, &to));
            if offices.lacks_one_of(named.iter().map(String::as_str)) {
                prop_assert!(to.is_empty(), "what is not known here goes to all");
            }
        }

        #[test]
        fn drafts_are_handled_alike_from_both_desks(one in code(), other in code()) {
            let offices = listed(&["MFA"]);
            prop_assert_eq!(
                offices.may_handle_draft(&person(&one), &person(&other)).is_ok(),
                offices.may_handle_draft(&person(&other), &person(&one)).is_ok()
            );
        }
    }
}
