//! What one Party tells others, and the dispatches and receipts that carry it. The same nouns as in
//! `proto/detente/evidence/v1`, which says what each field means.
//!
//! Never here: the content of a kind (`exercise/`), bytes and signatures (`codec/`, `evidence/`).

use bytes::Bytes;

use super::adoption::Word;
use super::check::OfLink;
use super::content::Kind;
use super::digest::{Digest, ThreadId};
use super::forwarded::Forwards;
use super::party::{Incarnation, Party};
use super::people::Person;
use super::precedence::Precedence;
use super::regime::Document;
use super::time::Instant;

/// A message whose signature was verified, or one that is about to be signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    pub author: Party,
    pub incarnation: Incarnation,
    pub number: String,
    pub released_at: Instant,
    pub releaser: Person,
    pub draft: Outgoing,
}

/// All of a message that its drafter decides: everything but number, date-time group and releaser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    pub thread: ThreadId,
    /// Such as `exercise.notification`. Unknown kinds are carried all the same.
    pub kind: String,
    /// The content as its own protobuf message.
    pub content: Bytes,
    pub action: Vec<Addressee>,
    pub information: Vec<Addressee>,
    pub precedence: Precedence,
    /// IANA name or `Z`: the zone that the date-time group is written in.
    pub zone: String,
    pub drafter: Person,
    pub regime: Option<RegimeCitation>,
    pub marking: String,
    pub language: String,
    pub references: Vec<Reference>,
    pub traffic: Traffic,
    pub parts: Vec<Part>,
    pub subject: String,
    pub remarks: String,
    /// To these Parties only, beside the author; empty: to its addressees, and to whom they see fit by its
    /// marking.
    pub releasable_to: Vec<Party>,
    /// What its content does to who is bound by which rules; read from `content`, never written.
    pub word: Option<Box<Word>>,
    /// The code of its format, if its content is of one; read from `content`, never written.
    pub format: String,
    /// The message that it hands on, if it does; read from `content`, never written.
    pub forwards: Option<Box<Forwards>>,
    /// What its content says of a check of a link, or of an outage; read from `content`, never written.
    pub of_link: Option<Box<OfLink>>,
    /// It is of a kind that only tells what became of another message, and holds more than a node writes there by itself:
    /// that wants reading. Read from its bytes, never written.
    pub says_more: bool,
}

impl Outgoing {
    /// Of a kind, in a thread: routine, real, in English and Zulu, with nothing in it and to nobody yet.
    pub fn blank(kind: &str, thread: ThreadId) -> Outgoing {
        Outgoing {
            thread,
            kind: kind.into(),
            content: Bytes::new(),
            action: Vec::new(),
            information: Vec::new(),
            precedence: Precedence::Routine,
            zone: "Z".into(),
            // The node puts in who calls.
            drafter: Person { name: String::new(), office: String::new(), key_digest: Digest::ZERO },
            regime: None,
            marking: String::new(),
            language: "en".into(),
            references: Vec::new(),
            traffic: Traffic::Real,
            parts: Vec::new(),
            subject: String::new(),
            remarks: String::new(),
            releasable_to: Vec::new(),
            word: None,
            format: String::new(),
            forwards: None,
            of_link: None,
            says_more: false,
        }
    }

    /// What an officer says of a message that was read: to its author alone, in its thread, on its lane, real or a
    /// drill as it is.
    pub fn to_author(kind: &str, of: Digest, read: &Message, relation: Relation, by: &Person) -> Outgoing {
        let (number, author) = (read.number.clone(), read.author.to_string());
        Outgoing {
            action: vec![Addressee { party: read.author, office: String::new() }],
            precedence: read.draft.precedence,
            drafter: by.clone(),
            references: vec![Reference { message: Some(of), number, author, relation }],
            traffic: read.draft.traffic,
            ..Outgoing::blank(kind, read.draft.thread)
        }
    }

    /// Action addressees first, each Party once, in the order given.
    pub fn parties(&self) -> Vec<Party> {
        let mut parties = Vec::new();
        for addressee in self.action.iter().chain(&self.information) {
            if !parties.contains(&addressee.party) {
                parties.push(addressee.party);
            }
        }
        parties
    }

    /// The offices that it names at one Party, as written; an empty one for that Party as a whole.
    pub fn offices_at(&self, party: Party) -> impl Iterator<Item = &str> {
        let all = self.action.iter().chain(&self.information);
        all.filter(move |addressee| addressee.party == party).map(|addressee| addressee.office.as_str())
    }

    /// Whether its author lets this Party have it: asked of its addressees before release, and of any Party
    /// that it is handed on to later.
    pub fn may_be_given_to(&self, party: Party) -> bool {
        self.releasable_to.is_empty() || self.releasable_to.contains(&party)
    }

    /// Which of its own addressees may not have it, in a sentence. `None` where all may.
    pub fn not_releasable(&self) -> Option<String> {
        let all = self.parties().into_iter().filter(|party| !self.may_be_given_to(*party));
        let named = all.map(|party| party.to_string()).collect::<Vec<_>>().join(", ");
        (!named.is_empty())
            .then(|| format!("{named}: addressed, and not among the Parties that it may be given to"))
    }

    /// Whether the author of the message that it hands on lets every addressee have that. True of a message
    /// that hands none on.
    pub fn may_be_handed_on(&self) -> bool {
        self.forwards.as_ref().is_none_or(|forwards| {
            let lets = &forwards.releasable_to;
            lets.is_empty() || self.parties().iter().all(|party| lets.contains(party))
        })
    }

    /// As a regime has rules for it. `None` for an acknowledgement and for kinds that are not known.
    pub fn document(&self) -> Option<Document> {
        match Kind::from_name(&self.kind)? {
            Kind::Formatted if self.format.is_empty() => None,
            Kind::Formatted => Some(Document::Format(self.format.clone())),
            kind => Some(Document::Kind(kind)),
        }
    }

    /// The name of the series in which the message is numbered: its addressees, by code, or where they
    /// are many a digest of them. Each series holds what all of its readers have, so a number tells none
    /// of them how much goes to others.
    pub fn audience(&self) -> String {
        audience(&self.parties())
    }
}

/// As `Outgoing::audience`, of addressees each named once.
pub fn audience(parties: &[Party]) -> String {
    const NAMED_AT_MOST: usize = 3;
    let mut codes: Vec<&str> = parties.iter().map(Party::as_str).collect();
    codes.sort_unstable();
    if codes.is_empty() {
        // No Party has this for its code.
        return "-".into();
    }
    let all = codes.join("+");
    if codes.len() <= NAMED_AT_MOST { all } else { Digest::of(all.as_bytes()).short() }
}

/// Whom a message goes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Addressee {
    pub party: Party,
    /// A desk of that Party; empty for the Party as a whole.
    pub office: String,
}

/// Real or drill, inside the signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Traffic {
    Real,
    Drill,
}

/// Rules that the author says it acts under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegimeCitation {
    pub name: String,
    pub digest: Digest,
    pub provision: String,
}

/// Another message that this one is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// `None` when only the number is known.
    pub message: Option<Digest>,
    pub number: String,
    pub author: String,
    pub relation: Relation,
}

/// What a message is to another one that it refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    RefersTo,
    /// Takes the place of the other, which stays readable.
    Amends,
    Answers,
    Acknowledges,
}

/// An attachment or personal data, named by salted digest and kept beside the journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub salted_digest: Digest,
    pub bytes: u64,
    pub media_type: String,
    pub name: String,
    pub holds: Holds,
}

/// What a part's content is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    PersonalData,
    NoPersonalData,
}

/// Content of the kind `acknowledgement`: a named officer read it. Not assent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acknowledgement {
    pub message: Digest,
    pub officer: Person,
    pub read_at: Instant,
}

/// The kind of [`Acknowledgement`].
pub const ACKNOWLEDGEMENT: &str = "acknowledgement";

/// The subject that a node gives to an acknowledgement: nothing is told by it.
pub const ACKNOWLEDGEMENT_SUBJECT: &str = "Acknowledgement";
/// The same of the word that a console shows a text.
pub const SHOWN_SUBJECT: &str = "Shown at a console";

/// Whether a message of this kind only tells what became of another at its author's, or checks the link: nobody
/// waits for its reading, or there would be no end. One that holds more (`Outgoing::says_more`) is to be read all the same.
pub fn tells_of_another(kind: &str) -> bool {
    kind == ACKNOWLEDGEMENT
        || [Kind::SessionShown, Kind::Check, Kind::CheckAnswer].iter().any(|one| one.name() == kind)
}

/// "This message, to you, on this lane, with this serial." Its bytes are a leaf of the sender's ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispatch {
    pub from: Party,
    pub from_incarnation: Incarnation,
    pub to: Party,
    pub to_incarnation: Incarnation,
    pub lane: Precedence,
    pub serial: u64,
    pub thread: ThreadId,
    pub place: u64,
    pub leaf_index: u64,
    pub message: Digest,
    pub key_list: u32,
    /// Of the addressee, as the sender has it on record.
    pub to_fingerprint: Digest,
}

/// What became of one dispatch. Its bytes are a leaf of the receiver's ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    pub from: Party,
    pub from_incarnation: Incarnation,
    pub to: Party,
    pub to_incarnation: Incarnation,
    pub lane: Precedence,
    pub serial: u64,
    pub dispatch: Digest,
    pub message: Digest,
    pub outcome: Outcome,
    pub received_at: Instant,
    pub judged_by_key_list: u32,
    pub leaf_index: u64,
}

/// Taken, or refused for good. "Not now" is no outcome: then there is no receipt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Taken,
    RefusedSignature,
    RefusedUnreadable,
    RefusedLimit,
    RefusedAddressee,
}

impl Outcome {
    pub fn sentence(self) -> &'static str {
        match self {
            Outcome::Taken => "taken",
            Outcome::RefusedSignature => "refused: the message's signature does not verify",
            Outcome::RefusedUnreadable => "refused: the message cannot be decoded",
            Outcome::RefusedLimit => "refused: the message is over a limit",
            Outcome::RefusedAddressee => {
                "refused: the message is not addressed to the receiver, or not by the sender"
            }
        }
    }
}
