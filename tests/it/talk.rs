//! Messages between nodes without a form: what the tests of links need to say something, and to wait
//! until it has come.

use bytes::Bytes;
use detente::cli::node::Node;
use detente::codec::message::encode_draft;
use detente::domain::board::Board;
use detente::domain::command::{AsIs, Command, Origin};
use detente::domain::digest::{CommandId, Digest, DraftId, ThreadId};
use detente::domain::event::{Event, Stamp};
use detente::domain::message::{Addressee, Outgoing, Traffic};
use detente::domain::party::Party;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::registrar::Registrar;

use crate::world::World;

pub fn fresh() -> [u8; 16] {
    let mut id = [0; 16];
    getrandom::fill(&mut id).expect("random numbers");
    id
}

pub fn person(name: &str) -> Person {
    Person { name: name.into(), office: String::new(), key_digest: Digest::of(name.as_bytes()) }
}

/// Whoever is on the node's roster with this role.
pub fn member(registrar: &Registrar, role: Role) -> Person {
    let board = registrar.head().board.clone();
    let found = board.roster.members.values().find(|member| member.roles.contains(&role));
    found.expect("somebody has this role").person.clone()
}

pub fn stamp(registrar: &Registrar, by: Person) -> Origin {
    let id = fresh();
    Origin::Person(Stamp { id: CommandId(id), content: Digest::of(&id), at: registrar.clock.now(), by })
}

pub fn outgoing(thread: ThreadId, to: &[Party], precedence: Precedence, subject: &str) -> Outgoing {
    Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        of_link: None,
        says_more: false,
        releasable_to: Vec::new(),
        thread,
        kind: "test.text".into(),
        content: Bytes::from_static(b"content of a kind that nobody knows"),
        action: to.iter().map(|party| Addressee { party: *party, office: String::new() }).collect(),
        information: Vec::new(),
        precedence,
        zone: "Z".into(),
        drafter: person("Drafter"),
        regime: None,
        marking: String::new(),
        language: "en".into(),
        references: Vec::new(),
        traffic: Traffic::Real,
        parts: Vec::new(),
        subject: subject.into(),
        remarks: String::new(),
    }
}

/// Drafted by one, released by another. The digest of the message.
pub async fn release(registrar: &Registrar, outgoing: Outgoing) -> Digest {
    let (drafter, releaser) = (member(registrar, Role::Drafter), member(registrar, Role::Releaser));
    let outgoing = Outgoing { drafter: drafter.clone(), ..outgoing };
    let bytes = encode_draft(&outgoing);
    let (draft, digest) = (DraftId(fresh()), Digest::of(&bytes));
    let drafted = Command::Draft { draft, outgoing: outgoing.clone(), bytes };
    registrar.give(drafted, stamp(registrar, drafter)).await.expect("drafted");
    let release =
        Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults };
    let done = registrar.give(release, stamp(registrar, releaser)).await.expect("released");
    let record = registrar.record_of(done).await.expect("its record");
    record
        .events
        .iter()
        .find_map(|event| match event {
            Event::Released(released) => Some(released.digest),
            _ => None,
        })
        .expect("a released message")
}

/// Waits until the node's Board says so. A test that waits for ever fails by its time-out.
pub async fn until(node: &Node, what: &str, holds: impl Fn(&Board) -> bool) {
    let mut heads = node.registrar.heads();
    let waiting = heads.wait_for(|head| holds(&head.board));
    let limit = std::time::Duration::from_secs(120);
    tokio::time::timeout(limit, waiting)
        .await
        .unwrap_or_else(|_| panic!("never: {what}"))
        .expect("the node runs");
}

/// Nothing is owed, and each end has cosigned all of the other's ledger.
pub fn settled(board: &Board, other: Party) -> bool {
    board.link(other).is_some_and(|link| {
        let owed = Precedence::FASTEST_FIRST.iter().any(|lane| !link.lane(*lane).owed.is_empty());
        let cosigned = link.ours.cosigned.as_ref().map_or(0, |head| head.size);
        !owed && cosigned == link.ours.edge.size()
    })
}

/// Waits until nothing is under way on a link in either direction, and both ends hold the same ledgers.
pub async fn both_settled(world: &World, one: &str, other: &str) {
    let (here, there) = (world.state(one).party, world.state(other).party);
    let agreed = async {
        loop {
            let (at_one, at_other) = (
                world.node(one).registrar.head().board.clone(),
                world.node(other).registrar.head().board.clone(),
            );
            let agree = at_one.link(there).zip(at_other.link(here)).is_some_and(|(ours, theirs)| {
                ours.ours.edge == theirs.theirs.edge && theirs.ours.edge == ours.theirs.edge
            });
            if agree && settled(&at_one, there) && settled(&at_other, here) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let limit = std::time::Duration::from_secs(120);
    tokio::time::timeout(limit, agreed).await.unwrap_or_else(|_| panic!("never settled: {one} and {other}"));
}
