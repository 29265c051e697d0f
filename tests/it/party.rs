//! One Party's journal in the small, with fixed keys and fixed times: its first record, its people, a peer,
//! and what both say. For tests that need no network.

use std::sync::Arc;

use bytes::Bytes;
use detente::codec::record::{self, Heading};
use detente::codec::{change, dispatch, facts, key_list, message, named, signed};
use detente::domain::board::{Board, Denied};
use detente::domain::chain::Chain;
use detente::domain::command::{AsIs, Command, Decided, Delivery, Origin};
use detente::domain::digest::{CommandId, Digest, DraftId, ThreadId, WriterId};
use detente::domain::event::{
    AcceptedKeyList, Change, Event, Member, Received, Record, Released, RevocationList, Stamp,
};
use detente::domain::keys::{Key, KeyList, Purpose};
use detente::domain::ledger::leaf_hash;
use detente::domain::message::{
    ACKNOWLEDGEMENT, Addressee, Dispatch, Message, Outgoing, Reference, Relation, Traffic,
};
use detente::domain::party::{Incarnation, Party};
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::evidence::keys::{KeyRing, SigningKey};
use detente::evidence::signed::{PayloadType, Signed};

pub const LIFE: Incarnation = Incarnation(1);
/// Seeds of our first and second key list, and of the peer's.
pub const OURS: u8 = 10;
pub const OURS_NEXT: u8 = 30;
pub const PEERS: u8 = 60;

pub fn us() -> Party {
    "PL".parse().unwrap()
}

pub fn peer() -> Party {
    "BY".parse().unwrap()
}

/// 2025-07-31T09:00Z and so many seconds.
pub fn at(seconds: i64) -> Instant {
    Instant::from_rfc3339("2025-07-31T09:00:00Z").unwrap().plus_ms(seconds * 1_000)
}

/// The key of a list made with `seed`.
pub fn key(seed: u8, purpose: Purpose) -> SigningKey {
    let place = Purpose::ALL.into_iter().position(|one| one == purpose).unwrap();
    SigningKey::from_seed(&[seed + place as u8; 32])
}

/// All private keys that our node may need.
pub fn ring() -> Arc<KeyRing> {
    let keys = [OURS, OURS_NEXT].into_iter().flat_map(|seed| Purpose::ALL.map(|purpose| key(seed, purpose)));
    Arc::new(KeyRing::new(keys.collect()))
}

fn list(party: Party, seed: u8, number: u32, previous: Digest, signer: &SigningKey) -> AcceptedKeyList {
    let keys =
        Purpose::ALL.map(|purpose| Key { purpose, public_key: *key(seed, purpose).public_key().as_bytes() });
    let list = KeyList {
        party,
        incarnation: LIFE,
        number,
        previous,
        made_at: at(-86_400),
        name: format!("The Party {party}"),
        keys: keys.to_vec(),
        ca_certificates: vec![Bytes::from_static(b"a certificate, DER")],
        addresses: vec!["node.example:7443".into()],
        contacts: Vec::new(),
    };
    let bytes = signed::encode(&Signed::sign(PayloadType::KeyList, key_list::encode(&list), &[signer]));
    change::key_list(bytes).unwrap()
}

pub fn first_list(party: Party) -> AcceptedKeyList {
    let seed = if party == us() { OURS } else { PEERS };
    list(party, seed, 1, Digest::ZERO, &key(seed, Purpose::List))
}

/// The first list of any Party, its keys with seeds from `seed` on.
pub fn list_of(party: Party, seed: u8) -> AcceptedKeyList {
    list(party, seed, 1, Digest::ZERO, &key(seed, Purpose::List))
}

/// Our second list, with fresh keys.
pub fn second_list() -> AcceptedKeyList {
    list(us(), OURS_NEXT, 2, first_list(us()).digest, &key(OURS, Purpose::List))
}

/// The peer's list after this one, with the same keys.
pub fn next_list(before: &AcceptedKeyList, number: u32) -> AcceptedKeyList {
    list(peer(), PEERS, number, before.digest, &key(PEERS, Purpose::List))
}

pub fn person(name: &str) -> Person {
    Person { name: name.into(), office: String::new(), key_digest: Digest::of(name.as_bytes()) }
}

pub fn anna() -> Person {
    person("Anna Kowalska")
}

pub fn jan() -> Person {
    person("Jan Nowak")
}

fn member(person: Person) -> Member {
    Member { person, roles: Role::ALL.into_iter().collect() }
}

pub fn first_record() -> Record {
    let events = vec![
        Event::JournalOpened {
            party: us(),
            incarnation: LIFE,
            members: vec![member(anna()), member(jan())],
            left_behind: Vec::new(),
        },
        Event::KeyListAccepted(first_list(us())),
        Event::RevocationListAccepted(RevocationList { party: us(), der: Bytes::from_static(b"a list") }),
    ];
    Record { index: 0, at: at(0), command: None, events }
}

/// Exact bytes of one record at the end of `chain`, signed by our first record key.
pub fn sealed(chain: &Chain, writer: WriterId, epoch: u64, record: &Record) -> Bytes {
    sealed_by(&key(OURS, Purpose::Record), chain, writer, epoch, record)
}

pub fn sealed_by(key: &SigningKey, chain: &Chain, writer: WriterId, epoch: u64, record: &Record) -> Bytes {
    let heading =
        Heading { index: chain.size, previous: chain.head, incarnation: chain.incarnation, epoch, writer };
    record::seal(&heading, record, key)
}

pub fn first_entry() -> Bytes {
    sealed(&Chain::empty(LIFE), WriterId([0; 16]), 0, &first_record())
}

pub fn id(number: u64) -> CommandId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    CommandId(id)
}

/// A command of a person's; its content is what `content` says it is.
pub fn by(person: &Person, number: u64, content: &str, at: Instant) -> Origin {
    Origin::Person(Stamp { id: id(number), content: Digest::of(content.as_bytes()), at, by: person.clone() })
}

pub fn peer_added() -> Change {
    Change::PartyAdded {
        key_lists: vec![first_list(peer())],
        revocation_list: RevocationList { party: peer(), der: Bytes::from_static(b"their list") },
    }
}

pub fn thread(number: u8) -> ThreadId {
    ThreadId([number; 16])
}

/// Anna's text to the peer.
pub fn outgoing(precedence: Precedence, text: &str) -> Outgoing {
    Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        of_link: None,
        says_more: false,
        releasable_to: Vec::new(),
        thread: thread(1),
        kind: "exercise.notification".into(),
        content: Bytes::from_static(b"content"),
        action: vec![Addressee { party: peer(), office: String::new() }],
        information: Vec::new(),
        precedence,
        zone: "Z".into(),
        drafter: anna(),
        regime: None,
        marking: "OPEN".into(),
        language: "en".into(),
        references: Vec::new(),
        traffic: Traffic::Real,
        parts: Vec::new(),
        subject: text.into(),
        remarks: String::new(),
    }
}

pub fn draft(number: u8, outgoing: Outgoing) -> Command {
    let bytes = message::encode_draft(&outgoing);
    Command::Draft { draft: DraftId([number; 16]), outgoing, bytes }
}

pub fn release(number: u8, outgoing: Outgoing) -> Command {
    let digest = Digest::of(&message::encode_draft(&outgoing));
    let draft = DraftId([number; 16]);
    Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults }
}

pub fn acknowledge(of: Digest) -> Command {
    let reference = Reference {
        message: Some(of),
        number: String::new(),
        author: String::new(),
        relation: Relation::Acknowledges,
    };
    let outgoing = Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        of_link: None,
        says_more: false,
        releasable_to: Vec::new(),
        kind: ACKNOWLEDGEMENT.into(),
        references: vec![reference],
        ..outgoing(Precedence::Routine, "read")
    };
    Command::Acknowledge { of, outgoing }
}

/// A message of the peer's to us.
pub fn theirs(precedence: Precedence, thread: ThreadId, text: &str, references: &[Digest]) -> Message {
    let reference = |digest: &Digest| Reference {
        message: Some(*digest),
        number: String::new(),
        author: String::new(),
        relation: Relation::RefersTo,
    };
    let draft = Outgoing {
        word: None,
        format: String::new(),
        forwards: None,
        of_link: None,
        says_more: false,
        releasable_to: Vec::new(),
        thread,
        action: vec![Addressee { party: us(), office: String::new() }],
        drafter: person("Ivan"),
        references: references.iter().map(reference).collect(),
        ..outgoing(precedence, text)
    };
    Message {
        author: peer(),
        incarnation: LIFE,
        number: "BY/25/0001".into(),
        released_at: at(0),
        releaser: person("Olga"),
        draft,
    }
}

/// The peer's dispatch of a message to us.
pub fn delivery(message: &Message, serial: u64, place: u64, leaf_index: u64) -> Delivery {
    let payload = message::encode(message);
    let dispatch = Dispatch {
        from: peer(),
        from_incarnation: LIFE,
        to: us(),
        to_incarnation: LIFE,
        lane: message.draft.precedence,
        serial,
        thread: message.draft.thread,
        place,
        leaf_index,
        message: Digest::of(&payload),
        key_list: 1,
        to_fingerprint: first_list(us()).digest,
    };
    delivered(dispatch, message)
}

/// As `delivery`, with any dispatch at all.
pub fn delivered(dispatch: Dispatch, message: &Message) -> Delivery {
    let key = key(PEERS, Purpose::Message);
    let payload = dispatch::encode_dispatch(&dispatch);
    let message_signed = Signed::sign(PayloadType::Message, message::encode(message), &[&key]);
    Delivery {
        peer: peer(),
        dispatch,
        dispatch_digest: Digest::of(&payload),
        dispatch_leaf: leaf_hash(&payload),
        dispatch_signed: signed::encode(&Signed::sign(PayloadType::Dispatch, payload, &[&key])),
        message_signed: signed::encode(&message_signed),
        message: Ok(message.clone()),
        judged_by_key_list: 1,
        carried_by: None,
    }
}

pub fn receive(delivery: Delivery) -> Command {
    Command::Receive(Box::new(delivery))
}

/// A Board that folds what it decides, with no journal behind it.
pub struct Folded {
    pub board: Board,
}

impl Folded {
    /// After the first record.
    pub fn begun() -> Folded {
        let mut board = Board::default();
        board.apply(&first_record());
        Folded { board }
    }

    /// And the peer is known.
    pub fn with_peer() -> Folded {
        let mut folded = Folded::begun();
        folded.given(Command::Propose(peer_added()), by(&anna(), 9_001, "propose", at(0)), at(0)).unwrap();
        folded.given(Command::confirm(id(9_001)), by(&jan(), 9_002, "confirm", at(0)), at(0)).unwrap();
        folded
    }

    /// Decides and, if it may be, applies.
    pub fn given(&mut self, command: Command, origin: Origin, now: Instant) -> Result<Record, Denied> {
        let decided = self.board.decide(&command, &origin, now)?;
        let events = decided.into_iter().map(sealed_event).collect();
        let command = match origin {
            Origin::Person(stamp) => Some(stamp),
            Origin::Node => None,
        };
        let record = Record { index: self.board.size, at: now, command, events };
        self.apply(&record);
        Ok(record)
    }

    /// Applies it, and holds that against what the facts come to that are read from its bytes.
    fn apply(&mut self, record: &Record) {
        let mut by_facts = self.board.clone();
        self.board.apply(record);
        let chain = Chain { size: record.index, ..Chain::empty(LIFE) };
        if let Some(skimmed) = facts::skim(&sealed(&chain, WriterId([0; 16]), 0, record)) {
            by_facts.apply_facts(&skimmed.facts);
            assert_eq!(by_facts, self.board);
        }
    }

    /// As `given`, by the node itself, a minute after the beginning.
    pub fn node(&mut self, command: Command) -> Result<Record, Denied> {
        self.given(command, Origin::Node, at(60))
    }
}

/// Bytes for a decision, as the Registrar makes them.
fn sealed_event(decided: Decided) -> Event {
    match decided {
        Decided::Event(event) => event,
        Decided::Release(plan) => {
            let payload = message::encode(&plan.message);
            let digest = Digest::of(&payload);
            let dispatches = plan.slots.iter().map(|slot| {
                let dispatch = Dispatch {
                    from: us(),
                    from_incarnation: LIFE,
                    to: slot.to,
                    to_incarnation: slot.to_incarnation,
                    lane: plan.message.draft.precedence,
                    serial: slot.serial,
                    thread: plan.message.draft.thread,
                    place: slot.place,
                    leaf_index: slot.leaf_index,
                    message: digest,
                    key_list: plan.key_list,
                    to_fingerprint: slot.to_fingerprint,
                };
                let leaf = leaf_hash(&dispatch::encode_dispatch(&dispatch));
                (dispatch, leaf)
            });
            let key = key(OURS, Purpose::Message);
            Event::Released(Released {
                draft: plan.draft,
                digest,
                dispatches: dispatches.collect(),
                signed: signed::encode(&Signed::sign(PayloadType::Message, payload, &[&key])),
                named: Box::new(named::of(&plan.message)),
                message: plan.message,
            })
        }
        Decided::Receive(plan) => {
            let receipt_bytes = dispatch::encode_receipt(&plan.receipt);
            let delivery = plan.delivery;
            Event::Received(Box::new(Received {
                dispatch: delivery.dispatch,
                dispatch_signed: delivery.dispatch_signed,
                dispatch_leaf: delivery.dispatch_leaf,
                named: delivery.message.as_ref().map(named::of).unwrap_or_default(),
                message: delivery.message.ok(),
                message_signed: delivery.message_signed,
                receipt: plan.receipt,
                receipt_leaf: leaf_hash(&receipt_bytes),
                receipt_bytes,
                marks: plan.marks,
                carried_by: delivery.carried_by,
            }))
        }
    }
}
