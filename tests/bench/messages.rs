//! The message that is sent: the filled example of a full notification, as `detente exercise` would send
//! it.

use bytes::Bytes;
use detente::cli::form::{self, Syntax};
use detente::codec::form as signed_form;
use detente::codec::message::encode_draft;
use detente::domain::command::{AsIs, Command, Origin};
use detente::domain::content::Kind;
use detente::domain::digest::{CommandId, Digest, DraftId, ThreadId};
use detente::domain::event::Stamp;
use detente::domain::message::{Addressee, Outgoing, Traffic};
use detente::domain::party::Party;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::registrar::Registrar;

pub fn fresh() -> [u8; 16] {
    let mut id = [0; 16];
    getrandom::fill(&mut id).expect("random numbers");
    id
}

pub fn person(name: &str) -> Person {
    Person { name: name.into(), office: "Arms Control".into(), key_digest: Digest::of(name.as_bytes()) }
}

pub fn stamp(by: Person, at: Instant) -> Stamp {
    let id = fresh();
    Stamp { id: CommandId(id), content: Digest::of(&id), at, by }
}

/// Whoever is on the node's roster with this role and without that one.
fn by_role(registrar: &Registrar, role: Role, without: Role) -> Origin {
    let board = registrar.head().board.clone();
    let mut members = board.roster.members.values();
    let found = members.find(|one| one.roles.contains(&role) && !one.roles.contains(&without));
    let person = found.expect("somebody has this role").person.clone();
    Origin::Person(stamp(person, registrar.clock.now()))
}

/// The content of the example of a kind, encoded.
pub fn content(kind: Kind) -> Bytes {
    let content = form::read(kind, Syntax::Toml, form::example(kind)).expect("the example is a form");
    signed_form::encode(&content).expect("the example is within the limits").into()
}

pub fn outgoing(thread: ThreadId, to: Party, precedence: Precedence, content: Bytes) -> Outgoing {
    Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        of_link: None,
        says_more: false,
        releasable_to: Vec::new(),
        thread,
        kind: Kind::Notification.name().into(),
        content,
        action: vec![Addressee { party: to, office: "Watch".into() }],
        information: Vec::new(),
        precedence,
        zone: "Europe/Warsaw".into(),
        drafter: person("Drafter"),
        regime: None,
        marking: "unclassified".into(),
        language: "en".into(),
        references: Vec::new(),
        traffic: Traffic::Drill,
        parts: Vec::new(),
        subject: "Prior notification of a military exercise".into(),
        remarks: String::new(),
    }
}

/// A draft on record, and the command that releases it.
pub async fn drafted(registrar: &Registrar, outgoing: Outgoing) -> Command {
    let by = by_role(registrar, Role::Drafter, Role::Releaser);
    let drafter = match &by {
        Origin::Person(stamp) => stamp.by.clone(),
        Origin::Node => unreachable!("a person drafts"),
    };
    let outgoing = Outgoing { drafter, ..outgoing };
    let bytes = encode_draft(&outgoing);
    let (draft, digest) = (DraftId(fresh()), Digest::of(&bytes));
    let command = Command::Draft { draft, outgoing: outgoing.clone(), bytes };
    registrar.give(command, by).await.expect("drafted");
    Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults }
}

pub fn releaser(registrar: &Registrar) -> Origin {
    by_role(registrar, Role::Releaser, Role::Drafter)
}
