//! Parties in one process with no network: a Registrar each, on an embedded journal, that hand each
//! other deliveries, receipts and heads by the same functions that the nodes use.

use std::sync::Arc;

use bytes::Bytes;
use detente::clock::Clock;
use detente::codec::{dispatch as dispatch_codec, event, key_list, message, record, signed};
use detente::domain::board::Board;
use detente::domain::command::{AsIs, Command, Origin};
use detente::domain::digest::{CommandId, Digest, DraftId, ThreadId, WriterId};
use detente::domain::event::{AcceptedKeyList, Change, Event, Leaf, Member, Record, RevocationList, Stamp};
use detente::domain::keys::{Key, KeyList, Purpose};
use detente::domain::ledger::leaf_hash;
use detente::domain::message::{
    ACKNOWLEDGEMENT, Acknowledgement, Addressee, Dispatch, Outgoing, Reference, Relation, Traffic,
};
use detente::domain::party::{Incarnation, Party};
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::evidence::keys::{KeyRing, SigningKey};
use detente::evidence::signed::{PayloadType, Signed};
use detente::journal::{Journal, embedded};
use detente::peers::{heads, receipts, receive};
use detente::registrar::{Opening, Registrar, own_key, signed_checkpoint};
use detente::replay::TrustRoot;
use detente::replay::ledgers::{LeafPlace, LinkLeaf, each_record, leaves_in};

/// When every test begins.
pub fn beginning() -> Instant {
    Instant::from_rfc3339("2025-07-31T09:00:00Z").unwrap()
}

/// One Party, writing.
pub struct Side {
    pub party: Party,
    pub registrar: Registrar,
    pub ring: Arc<KeyRing>,
    pub fingerprint: Digest,
    pub journal: Journal,
    pub clock: Clock,
    first_list: AcceptedKeyList,
    _folder: tempfile::TempDir,
}

/// Two Parties that know each other. A change of one's clock is a change of the other's.
pub async fn pair(one: &str, other: &str) -> (Side, Side) {
    let clock = Clock::standing_at(beginning());
    let mut one = Side::begin(one, 1, clock.clone()).await;
    let mut other = Side::begin(other, 101, clock).await;
    one.meet(&other).await;
    other.meet(&one).await;
    (one, other)
}

impl Side {
    /// Keys have seeds from `seed` on.
    pub async fn begin(code: &str, seed: u8, clock: Clock) -> Side {
        let party: Party = code.parse().unwrap();
        let keys: Vec<(Purpose, SigningKey)> =
            Purpose::ALL.into_iter().zip(seed..).map(|(p, s)| (p, SigningKey::from_seed(&[s; 32]))).collect();
        let list = KeyList {
            party,
            incarnation: Incarnation(1),
            number: 1,
            previous: Digest::ZERO,
            made_at: clock.now(),
            name: format!("State of {code}"),
            keys: keys
                .iter()
                .map(|(purpose, key)| Key { purpose: *purpose, public_key: *key.public_key().as_bytes() })
                .collect(),
            ca_certificates: vec![Bytes::from_static(b"a certificate, DER")],
            addresses: Vec::new(),
            contacts: Vec::new(),
        };
        let payload = key_list::encode(&list);
        let key = |wanted| &keys.iter().find(|(purpose, _)| *purpose == wanted).unwrap().1;
        let signed_list = Signed::sign(PayloadType::KeyList, payload, &[key(Purpose::List)]);
        let first_list =
            AcceptedKeyList { signed: signed::encode(&signed_list), digest: signed_list.digest(), list };
        let folder = tempfile::tempdir().unwrap();
        let journal = embedded::create(&folder.path().join("journal")).unwrap();
        journal.append(vec![first_record(&first_list, clock.now(), key(Purpose::Record))]).await.unwrap();
        let fingerprint = first_list.digest;
        let ring = Arc::new(KeyRing::new(keys.into_iter().map(|(_, key)| key).collect()));
        let opening = Opening {
            journal: journal.clone(),
            clock: clock.clone(),
            ring: ring.clone(),
            checkpoint: None,
            root: TrustRoot::FirstKeyList(fingerprint),
            writer: WriterId([seed; 16]),
        };
        let (registrar, _) = opening.open().await.unwrap();
        Side { party, registrar, ring, fingerprint, journal, clock, first_list, _folder: folder }
    }

    /// The other Party's first key list, by two custodians.
    pub async fn meet(&mut self, other: &Side) {
        let revocation_list = RevocationList { party: other.party, der: Bytes::from_static(b"a list, DER") };
        self.change(Change::PartyAdded { key_lists: vec![other.first_list.clone()], revocation_list }).await;
    }

    /// A change by the two first custodians.
    pub async fn change(&self, change: Change) {
        let proposal = self.stamp("first custodian");
        let id = proposal.id;
        self.registrar.give(Command::Propose(change), Origin::Person(proposal)).await.unwrap();
        let confirm = Origin::Person(self.stamp("second custodian"));
        self.registrar.give(Command::confirm(id), confirm).await.unwrap();
    }

    pub fn board(&self) -> Arc<Board> {
        self.registrar.head().board.clone()
    }

    pub fn person(&self, name: &str) -> Person {
        person(self.party, name)
    }

    /// A command's stamp with an id that was not used here before.
    pub fn stamp(&self, name: &str) -> Stamp {
        let fresh = Digest::of(format!("{} {}", self.party, self.registrar.head().chain.size).as_bytes());
        Stamp {
            id: CommandId::from_slice(&fresh.0[..16]).unwrap(),
            content: fresh,
            at: self.clock.now(),
            by: self.person(name),
        }
    }

    pub fn outgoing(&self, thread: ThreadId, to: &[&Side], subject: &str) -> Outgoing {
        let addressee = |side: &&Side| Addressee { party: side.party, office: "Watch".into() };
        Outgoing {
            word: None,
            format: String::new(),
            forwards: None,
            of_link: None,
            says_more: false,
            releasable_to: Vec::new(),
            thread,
            kind: "exercise.notification".into(),
            content: Bytes::new(),
            action: to.iter().map(addressee).collect(),
            information: Vec::new(),
            precedence: Precedence::Priority,
            zone: "Z".into(),
            drafter: self.person("drafter"),
            regime: None,
            marking: String::new(),
            language: "en".into(),
            references: Vec::new(),
            traffic: Traffic::Drill,
            parts: Vec::new(),
            subject: subject.into(),
            remarks: String::new(),
        }
    }

    /// Drafted by one person, released by another. Gives the message's digest.
    pub async fn send(&self, outgoing: Outgoing) -> Digest {
        let (draft, digest, outgoing) = self.draft(outgoing).await;
        let as_is = AsIs::OnlyWithoutFaults;
        let command = Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is };
        self.release(command, "releaser").await
    }

    /// A draft on record, with the digest that a releaser names.
    pub async fn draft(&self, outgoing: Outgoing) -> (DraftId, Digest, Outgoing) {
        let bytes = message::encode_draft(&outgoing);
        let drafted = self.stamp("drafter");
        let draft = DraftId(drafted.id.0);
        let digest = Digest::of(&bytes);
        let command = Command::Draft { draft, outgoing: outgoing.clone(), bytes };
        self.registrar.give(command, Origin::Person(drafted)).await.unwrap();
        (draft, digest, outgoing)
    }

    /// The watch's acknowledgement of a message that came in.
    pub async fn acknowledge(&self, of: Digest, thread: ThreadId, to: &Side) -> Digest {
        let officer = self.person("watch");
        let read = Acknowledgement { message: of, officer: officer.clone(), read_at: self.clock.now() };
        let references = vec![Reference {
            message: Some(of),
            number: String::new(),
            author: String::new(),
            relation: Relation::Acknowledges,
        }];
        let outgoing = Outgoing {
            word: None,
            format: String::new(),
            forwards: None,
            of_link: None,
            says_more: false,
            releasable_to: Vec::new(),
            kind: ACKNOWLEDGEMENT.into(),
            // As a node writes it: to a Party as a whole.
            action: vec![Addressee { party: to.party, office: String::new() }],
            content: message::encode_acknowledgement(&read),
            drafter: officer,
            references,
            ..self.outgoing(thread, &[to], "")
        };
        self.release(Command::Acknowledge { of, outgoing }, "watch").await
    }

    async fn release(&self, command: Command, by: &str) -> Digest {
        let done = self.registrar.give(command, Origin::Person(self.stamp(by))).await.unwrap();
        let record = self.registrar.record_of(done).await.unwrap();
        record
            .events
            .iter()
            .find_map(|event| match event {
                Event::Released(released) => Some(released.digest),
                _ => None,
            })
            .unwrap()
    }

    /// What is owed to the other side, in order: the dispatch, its Signed, the message's Signed.
    pub async fn owed(&self, to: &Side) -> Vec<(Dispatch, Bytes, Bytes)> {
        let head = self.registrar.head();
        let records = head.records(&self.journal);
        let mut owed = Vec::new();
        for lane in Precedence::FASTEST_FIRST {
            for index in head.board.link(to.party).unwrap().lane(lane).owed.values() {
                for event in records.record(*index).await.unwrap().events {
                    let Event::Released(released) = event else { continue };
                    let here = released.dispatches.into_iter().filter(|(one, _)| one.to == to.party);
                    for (dispatch, _) in here {
                        let signed = self.sign(&dispatch);
                        owed.push((dispatch, signed, released.signed.clone()));
                    }
                }
            }
        }
        owed
    }

    pub fn sign(&self, dispatch: &Dispatch) -> Bytes {
        let board = self.board();
        let key = own_key(&board, &self.ring, dispatch.key_list, Purpose::Message).unwrap();
        let payload = dispatch_codec::encode_dispatch(dispatch);
        signed::encode(&Signed::sign(PayloadType::Dispatch, payload, &[key]))
    }

    /// Delivers all that is owed, and takes the receipts.
    pub async fn deliver(&self, to: &Side) {
        for (dispatch, dispatch_signed, message_signed) in self.owed(to).await {
            let proven = to.receive(self, dispatch_signed, message_signed).await;
            self.take_receipt(&dispatch, &proven).await;
        }
    }

    pub async fn take_receipt(&self, dispatch: &Dispatch, proven: &Bytes) {
        let receipted = receipts::verify(&self.board(), dispatch, proven).unwrap();
        self.registrar.give(Command::TakeReceipt(receipted), Origin::Node).await.unwrap();
    }

    /// Takes one delivery, and gives the proven receipt.
    pub async fn receive(&self, from: &Side, dispatch_signed: Bytes, message_signed: Bytes) -> Bytes {
        let payload = signed::decode(dispatch_signed.clone()).unwrap().payload;
        let lane = dispatch_codec::decode_dispatch(payload).unwrap().lane;
        let delivery = receive::look(&self.board(), from.party, lane, dispatch_signed, message_signed)
            .expect("a delivery");
        let (lane, serial) = (delivery.dispatch.lane, delivery.dispatch.serial);
        self.registrar.give(Command::Receive(Box::new(delivery)), Origin::Node).await.unwrap();
        let head = self.registrar.head();
        let records = head.records(&self.journal);
        receipts::given(&head.board, &records, &self.ring, from.party, lane, serial).await.unwrap().unwrap()
    }

    /// The other side follows our ledger's head and cosigns it; we put that on record.
    pub async fn show_head(&self, to: &Side) {
        let board = self.board();
        let edge = &board.link(to.party).unwrap().ours.edge;
        let note = heads::sign_own(&board, &self.ring, to.party, edge).unwrap();
        let head = heads::verify_theirs(&to.board(), self.party, &note).unwrap();
        let from = to.board().link(self.party).unwrap().theirs.edge.size();
        let records = self.registrar.head().records(&self.journal);
        let mut bodies = Vec::new();
        let ours = |leaf: &LinkLeaf| leaf.party == to.party && matches!(leaf.place, LeafPlace::OursNext);
        let see = |record| {
            leaves_in(&record, |leaf| bodies.extend(Some(leaf).filter(ours).map(|leaf| leaf.body)));
        };
        each_record(&records, board.size, see).await.unwrap();
        let leaf = |(index, body): (u64, Bytes)| Leaf { index, hash: leaf_hash(&body), body };
        let leaves = (0..).zip(bodies).skip_while(|(index, _)| *index < from).map(leaf).collect();
        to.registrar.give(Command::FollowHead(head, leaves), Origin::Node).await.unwrap();
        let cosigned = heads::cosign_theirs(&to.board(), &to.ring, self.party).unwrap();
        let head = heads::verify_cosigned(&self.board(), to.party, &cosigned).unwrap();
        assert_eq!(event::head(to.party.as_str(), cosigned).unwrap(), head);
        self.registrar.give(Command::TakeCosignature(head), Origin::Node).await.unwrap();
    }

    /// Every entry of the journal, void ones too.
    pub async fn entries(&self) -> Vec<Bytes> {
        let mut reader = self.journal.reader(0).unwrap();
        let mut entries = Vec::new();
        while let Some(batch) = reader.next_or_end().await.unwrap() {
            entries.extend(batch.into_iter().map(|entry| entry.bytes));
        }
        entries
    }

    /// The node's signed checkpoint over all that counts.
    pub fn checkpoint(&self) -> String {
        signed_checkpoint(&self.registrar.head(), &self.ring).unwrap()
    }
}

fn person(party: Party, name: &str) -> Person {
    let name = format!("{name} of {party}");
    Person { key_digest: Digest::of(name.as_bytes()), name, office: "Arms Control".into() }
}

fn first_record(list: &AcceptedKeyList, at: Instant, key: &SigningKey) -> Bytes {
    let party = list.list.party;
    let member = |name, role| Member { person: person(party, name), roles: [role].into() };
    let members = vec![
        member("first custodian", Role::Custodian),
        member("second custodian", Role::Custodian),
        member("drafter", Role::Drafter),
        member("releaser", Role::Releaser),
        member("watch", Role::Watch),
    ];
    let events = vec![
        Event::JournalOpened { party, incarnation: Incarnation(1), members, left_behind: Vec::new() },
        Event::KeyListAccepted(list.clone()),
    ];
    let heading = record::Heading {
        index: 0,
        previous: Digest::ZERO,
        incarnation: Incarnation(1),
        epoch: 0,
        writer: WriterId([0; 16]),
    };
    record::seal(&heading, &Record { index: 0, at, command: None, events }, key)
}

/// An exchange in one thread: a notification from `one`, delivered, receipted, acknowledged, and the
/// heads of both ledgers shown and cosigned.
pub async fn exchange(one: &Side, other: &Side, thread: ThreadId, subject: &str) -> Digest {
    let digest = one.send(one.outgoing(thread, &[other], subject)).await;
    one.clock.set(one.clock.now().plus_ms(2_000));
    one.show_head(other).await;
    one.deliver(other).await;
    one.clock.set(one.clock.now().plus_ms(60_000));
    other.acknowledge(digest, thread, one).await;
    other.deliver(one).await;
    other.show_head(one).await;
    one.show_head(other).await;
    digest
}
