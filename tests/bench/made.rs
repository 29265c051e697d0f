//! A journal of any size as a node would have it after four years: notifications out and in, receipts,
//! acknowledgements, heads of ledgers, with three peers. Every signature and proof in it holds.
//!
//! The Board decides each record as it would in a running node; only verification and the network are
//! left out, so that a million records take a minute. It is kept under `target/bench/` for the next run.

pub mod owed;

use std::path::{Path, PathBuf};

use bytes::Bytes;
use detente::cli::init::init;
use detente::cli::keys::{SERVING, read_signing_key};
use detente::cli::node_directory::NodeDirectory;
use detente::clock::Clock;
use detente::codec::regime::built_in;
use detente::codec::{dispatch as dispatch_codec, event as event_codec, message as message_codec};
use detente::codec::{record, signed};
use detente::domain::board::{Board, FOLD_VERSION};
use detente::domain::chain::{Chain, Claim, Opens, Signature};
use detente::domain::command::{AsIs, Command, Delivery, Origin};
use detente::domain::content::Kind;
use detente::domain::digest::{Digest, DraftId, ThreadId, WriterId};
use detente::domain::event::{Change, Event, Member, Receipted, Record, RegimeHeld, RevocationList};
use detente::domain::keys::Purpose;
use detente::domain::ledger::{Edge, leaf_hash};
use detente::domain::message::{
    ACKNOWLEDGEMENT, Acknowledgement, Addressee, Dispatch, Message, Outcome, Outgoing, Receipt, Reference,
    Relation,
};
use detente::domain::party::{Incarnation, Party};
use detente::domain::people::Role;
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use detente::evidence::keys::{KeyRing, SigningKey};
use detente::evidence::names;
use detente::evidence::note::{NoteAlgorithm, NoteKey};
use detente::evidence::signed::{PayloadType, Signed};
use detente::journal::Journal;
use detente::limits;
use detente::peers::heads;
use detente::registrar::{CheckpointFile, Head, Standing, seal, signed_checkpoint};
use detente::replay::positions::Positions;
use detente::replay::{Fold, Look, TrustRoot};

use crate::messages;
use crate::world::{Medium, plan};

const PEERS: [&str; 3] = ["PL", "SE", "OSCE"];
const LIFE: Incarnation = Incarnation(1);
const SPAN_MS: i64 = 4 * 365 * 24 * 3_600_000;
const LANE: Precedence = Precedence::Routine;
/// A thread is over after so many notices.
const NOTICES_PER_THREAD: u64 = 6;
/// Heads are exchanged after so many notices on a link.
const NOTICES_PER_HEAD: u64 = 4;

/// A node's directory with its journal in it.
pub struct Made {
    pub directory: NodeDirectory,
    pub journal: Journal,
    pub fingerprint: Digest,
    /// Size and root that the checkpoint beside it states.
    pub checkpoint: (u64, Digest),
}

impl Made {
    /// One file, if the journal is embedded.
    pub fn file(&self) -> PathBuf {
        self.directory.journal().join("journal.sqlite")
    }
}

/// A journal with at least so many records, made now or in an earlier run.
pub async fn made(records: u64) -> Made {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("../bench/{records}"));
    let directory = NodeDirectory::at(&folder.join("BY"));
    if directory.checkpoint().exists() {
        return of(directory, None).await;
    }
    let _ = std::fs::remove_dir_all(&folder);
    let start = std::time::Instant::now();
    let mut maker = Maker::begin(&folder, records, &PEERS.map(str::to_owned)).await;
    let mut notice = 0;
    while maker.chain.size < records {
        maker.notice(notice).await;
        notice += 1;
    }
    maker.end().await;
    println!("made {records} records in {} s, kept in target/bench/", start.elapsed().as_secs());
    of(directory, Some(maker.journal)).await
}

/// A journal with so many regimes held and Parties known, and no message; made now or in an earlier run.
pub async fn loaded(regimes: usize, parties: usize) -> Made {
    let name = format!("../bench/{regimes}-regimes-{parties}-parties");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let directory = NodeDirectory::at(&folder.join("BY"));
    if directory.checkpoint().exists() {
        return of(directory, None).await;
    }
    let _ = std::fs::remove_dir_all(&folder);
    let codes: Vec<String> = (0..parties).map(|number| format!("P{number:03}")).collect();
    let mut maker = Maker::begin(&folder, 10_000, &codes).await;
    for number in 0..regimes {
        maker.regime(number).await;
    }
    maker.end().await;
    of(directory, Some(maker.journal)).await
}

async fn of(directory: NodeDirectory, journal: Option<Journal>) -> Made {
    let settings = directory.read_settings().expect("settings");
    let journal = match journal {
        Some(journal) => journal,
        None => settings.journal.open(&directory).await.expect("a journal"),
    };
    let claimed = CheckpointFile::new(&directory.checkpoint()).claimed();
    let checkpoint = claimed.expect("a checkpoint").expect("it is there");
    Made { directory, journal, fingerprint: settings.fingerprint.0, checkpoint }
}

/// The far end of one link.
struct Peer {
    party: Party,
    message: SigningKey,
    ledger: SigningKey,
    witness: SigningKey,
    change: Change,
    /// The ledger that it keeps for its link with us.
    edge: Edge,
    sent: u64,
    thread: ThreadId,
    /// Of its own messages in the thread.
    place: u64,
    last: Option<Digest>,
    notices: u64,
}

struct Maker {
    own: Party,
    ring: KeyRing,
    record_key: SigningKey,
    writer: WriterId,
    board: Board,
    chain: Chain,
    tree: Edge,
    at: Instant,
    step_ms: i64,
    journal: Journal,
    directory: NodeDirectory,
    batch: Vec<Bytes>,
    appending: Option<tokio::task::JoinHandle<()>>,
    peers: Vec<Peer>,
    content: Bytes,
}

impl Maker {
    async fn begin(folder: &Path, records: u64, codes: &[String]) -> Maker {
        let began = Clock::system().now().plus_ms(-SPAN_MS);
        let mut peers = Vec::new();
        for code in codes {
            peers.push(Peer::begin(folder, code, began).await);
        }
        let mut plan = plan("BY", folder, "127.0.0.1:7443", Medium::Embedded);
        plan.listen.set_port(0);
        init(&plan, began).await.expect("a new node");
        let directory = NodeDirectory::at(&plan.directory);
        let journal = plan.journal.open(&directory).await.expect("its journal");
        let fold = folded(&journal).await;
        let key = |purpose| read_signing_key(&directory.keys(), purpose).expect("its key");
        let mut maker = Maker {
            own: plan.party,
            ring: KeyRing::new(SERVING.map(key).into()),
            record_key: key(Purpose::Record),
            writer: WriterId([9; 16]),
            board: fold.board,
            chain: fold.chain,
            tree: fold.tree,
            at: began,
            step_ms: SPAN_MS / i64::try_from(records + 1).expect("not that many"),
            journal,
            directory,
            batch: Vec::new(),
            appending: None,
            peers,
            content: messages::content(Kind::Notification),
        };
        maker.put(vec![Event::EpochOpened { number: 1, fold_version: FOLD_VERSION }], None).await;
        for (name, role) in [("Drafter", Role::Drafter), ("Releaser", Role::Releaser), ("Watch", Role::Watch)]
        {
            let member = Member { person: messages::person(name), roles: [role].into() };
            maker.agree(Change::MemberAdded(member)).await;
        }
        for place in 0..maker.peers.len() {
            maker.agree(maker.peers[place].change.clone()).await;
        }
        maker
    }

    /// One of many regimes, as large as the largest that is built in.
    async fn regime(&mut self, number: usize) {
        let (name, text) = built_in::FILES[0];
        let text = text.replace(&format!("regime = \"{name}\""), &format!("regime = \"regime-{number}\""));
        let text = Bytes::from(text);
        let (name, digest) = (format!("regime-{number}"), Digest::of(&text));
        let held = RegimeHeld {
            name,
            edition: 1,
            digest,
            text,
            numbering: None,
            duties: detente::domain::event::LaysDown::NoDuties,
        };
        self.give_by("Drafter", Command::HoldRegime(held)).await;
    }

    /// A change by the two first custodians.
    async fn agree(&mut self, change: Change) {
        let members = self.board.roster.members.values();
        let mut custodians = members.filter(|member| member.roles.contains(&Role::Custodian)).cloned();
        let [one, other] = [(); 2].map(|()| custodians.next().expect("two custodians").person);
        drop(custodians);
        let propose = messages::stamp(one, self.at);
        let proposal = propose.id;
        self.give(Command::Propose(change), Origin::Person(propose)).await;
        let confirm = Origin::Person(messages::stamp(other, self.at));
        self.give(Command::confirm(proposal), confirm).await;
    }

    /// One notice out and one in, each receipted and acknowledged.
    async fn notice(&mut self, number: u64) {
        let which = number as usize % self.peers.len();
        if self.peers[which].notices.is_multiple_of(NOTICES_PER_THREAD) {
            let peer = &mut self.peers[which];
            (peer.thread, peer.place, peer.last) = (ThreadId(messages::fresh()), 0, None);
        }
        self.ours(which).await;
        self.theirs(which).await;
        self.peers[which].notices += 1;
        if self.peers[which].notices.is_multiple_of(NOTICES_PER_HEAD) {
            self.exchange_heads(which).await;
        }
    }

    async fn ours(&mut self, which: usize) {
        let outgoing = self.outgoing(which, self.peers[which].party);
        let bytes = message_codec::encode_draft(&outgoing);
        let (draft, digest) = (DraftId(messages::fresh()), Digest::of(&bytes));
        self.give_by("Drafter", Command::Draft { draft, outgoing: outgoing.clone(), bytes }).await;
        let (faults, as_is) = (Vec::new(), AsIs::OnlyWithoutFaults);
        let release = Command::Release { draft, digest, outgoing, faults, as_is };
        let message = self.release("Releaser", which, release).await;
        self.peers[which].last = Some(message);
        let acknowledgement = self.acknowledgement(which, message, self.own);
        self.receive(which, acknowledgement).await;
    }

    async fn theirs(&mut self, which: usize) {
        let outgoing = self.outgoing(which, self.own);
        let message = self.receive(which, outgoing).await;
        let to = self.peers[which].party;
        let outgoing = self.acknowledgement(which, message, to);
        self.release("Watch", which, Command::Acknowledge { of: message, outgoing }).await;
    }

    fn outgoing(&self, which: usize, to: Party) -> Outgoing {
        let peer = &self.peers[which];
        let mut outgoing = messages::outgoing(peer.thread, to, LANE, self.content.clone());
        outgoing.references.extend(peer.last.map(|last| reference(last, Relation::RefersTo)));
        outgoing
    }

    fn acknowledgement(&self, which: usize, of: Digest, to: Party) -> Outgoing {
        let officer = messages::person("Watch");
        let read = Acknowledgement { message: of, officer: officer.clone(), read_at: self.at };
        let content = message_codec::encode_acknowledgement(&read);
        Outgoing {
            word: None,
            format: String::new(),
            forwards: None,
            of_link: None,
            says_more: false,
            releasable_to: Vec::new(),
            kind: ACKNOWLEDGEMENT.into(),
            drafter: officer,
            references: vec![reference(of, Relation::Acknowledges)],
            // As a node writes it: nothing else is said.
            subject: String::new(),
            marking: String::new(),
            zone: "Z".into(),
            action: vec![Addressee { party: to, office: String::new() }],
            ..messages::outgoing(self.peers[which].thread, to, LANE, content)
        }
    }

    /// Released here, and the peer's receipt for it.
    async fn release(&mut self, by: &str, which: usize, command: Command) -> Digest {
        let events = self.give_by(by, command).await;
        let Some(Event::Released(released)) = events.into_iter().next() else { panic!("not released") };
        let dispatch = &released.dispatches[0].0;
        let own = self.own;
        let receipted = self.peers[which].receipt(own, &self.board, dispatch, self.at);
        self.give(Command::TakeReceipt(receipted), Origin::Node).await;
        released.digest
    }

    async fn receive(&mut self, which: usize, outgoing: Outgoing) -> Digest {
        let own = self.own;
        let fingerprint = self.board.roster.fingerprint_of(own).expect("our own");
        let delivery = self.peers[which].deliver((own, fingerprint), outgoing, self.at);
        let digest = delivery.dispatch.message;
        self.give(Command::Receive(Box::new(delivery)), Origin::Node).await;
        digest
    }

    async fn exchange_heads(&mut self, which: usize) {
        let own = self.own;
        let peer = &self.peers[which];
        let party = peer.party;
        let theirs = event_codec::head(party.as_str(), peer.checkpoint(own, &self.board)).expect("a head");
        let edge = self.board.link(party).expect("a link").ours.edge.clone();
        let note = heads::sign_own(&self.board, &self.ring, party, &edge).expect("signed");
        let cosigned = peer.cosign(own, &self.board, &note, self.at);
        let ours = event_codec::head(party.as_str(), cosigned).expect("a head");
        self.give(Command::FollowHead(theirs, Vec::new()), Origin::Node).await;
        self.give(Command::TakeCosignature(ours), Origin::Node).await;
    }

    async fn give_by(&mut self, who: &str, command: Command) -> Vec<Event> {
        let by = Origin::Person(messages::stamp(messages::person(who), self.at));
        self.give(command, by).await
    }

    async fn give(&mut self, command: Command, origin: Origin) -> Vec<Event> {
        let decided = self.board.decide(&command, &origin, self.at).expect("nothing is wrong with it");
        let sealed = decided.into_iter().map(|one| seal(one, &self.board, &self.ring).expect("keys"));
        let events: Vec<Event> = sealed.collect();
        let stamp = match origin {
            Origin::Person(stamp) => Some(stamp),
            Origin::Node => None,
        };
        self.put(events.clone(), stamp).await;
        events
    }

    async fn put(&mut self, events: Vec<Event>, command: Option<detente::domain::event::Stamp>) {
        let opens = match events.first() {
            Some(Event::EpochOpened { number, .. }) => Opens::Epoch(*number),
            _ => Opens::Nothing,
        };
        let epoch = 1;
        let record = Record { index: self.chain.size, at: self.at, command, events };
        let heading = record::Heading {
            index: self.chain.size,
            previous: self.chain.head,
            incarnation: self.chain.incarnation,
            epoch,
            writer: self.writer,
        };
        let entry = record::seal(&heading, &record, &self.record_key);
        let claim = Claim {
            index: heading.index,
            previous: heading.previous,
            incarnation: heading.incarnation,
            epoch,
            writer: heading.writer,
            opens,
            signature: Signature::Ours,
        };
        let leaf = leaf_hash(&entry);
        self.chain.judge(&claim).expect("it counts");
        self.chain.take(&claim, leaf);
        self.tree.push(leaf);
        self.board.apply(&record);
        self.at = self.at.plus_ms(self.step_ms);
        self.batch.push(entry);
        if self.batch.len() == limits::BATCH_RECORDS_MAX {
            self.flush().await;
        }
    }

    /// One batch is written while the next is made.
    async fn flush(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if let Some(before) = self.appending.take() {
            before.await.expect("appended");
        }
        let journal = self.journal.clone();
        self.appending =
            Some(tokio::spawn(async move { journal.append(batch).await.expect("appended before this") }));
    }

    async fn end(&mut self) {
        self.flush().await;
        if let Some(last) = self.appending.take() {
            last.await.expect("appended");
        }
        let head = Head {
            chain: self.chain.clone(),
            board: std::sync::Arc::new(self.board.clone()),
            tree: self.tree.clone(),
            positions: std::sync::Arc::new(Positions::default()),
            message_keys: detente::replay::message_keys::MessageKeys::default(),
            void: 0,
            standing: Standing::StandsBy,
            newest: std::sync::Arc::from([]),
        };
        let note = signed_checkpoint(&head, &self.ring).expect("signed");
        std::fs::write(self.directory.checkpoint(), note).expect("written");
    }
}

impl Peer {
    async fn begin(folder: &Path, code: &str, began: Instant) -> Peer {
        let plan = plan(code, folder, "127.0.0.1:1", Medium::Embedded);
        init(&plan, began).await.expect("a new node");
        let directory = NodeDirectory::at(&plan.directory);
        let fold = folded(&plan.journal.open(&directory).await.expect("its journal")).await;
        let known = &fold.board.roster.parties[&plan.party];
        let change = Change::PartyAdded {
            key_lists: known.key_lists.clone(),
            revocation_list: known
                .revocation_list
                .clone()
                .unwrap_or(RevocationList { party: plan.party, der: Bytes::new() }),
        };
        let key = |purpose| read_signing_key(&directory.keys(), purpose).expect("its key");
        Peer {
            party: plan.party,
            message: key(Purpose::Message),
            ledger: key(Purpose::Ledger),
            witness: key(Purpose::Witness),
            change,
            edge: Edge::new(),
            sent: 0,
            thread: ThreadId([0; 16]),
            place: 0,
            last: None,
            notices: 0,
        }
    }

    fn checkpoint(&self, other: Party, board: &Board) -> Bytes {
        let origin = origin(board, self.party, other);
        let checkpoint = Checkpoint::new(origin, self.edge.size(), self.edge.root());
        let name = names::ledger_key_name(&self.party);
        let signed = SignedCheckpoint::sign(checkpoint, &name, &self.ledger).expect("signed");
        signed.note().to_string().into()
    }

    fn receipt(&mut self, from: Party, board: &Board, dispatch: &Dispatch, at: Instant) -> Receipted {
        let receipt = Receipt {
            from: self.party,
            from_incarnation: LIFE,
            to: from,
            to_incarnation: LIFE,
            lane: dispatch.lane,
            serial: dispatch.serial,
            dispatch: Digest::of(&dispatch_codec::encode_dispatch(dispatch)),
            message: dispatch.message,
            outcome: Outcome::Taken,
            received_at: at,
            judged_by_key_list: dispatch.key_list,
            leaf_index: self.edge.size(),
        };
        let bytes = dispatch_codec::encode_receipt(&receipt);
        let leaf = leaf_hash(&bytes);
        self.edge.push(leaf);
        let proven = dispatch_codec::encode_proven(&dispatch_codec::ProvenReceipt {
            receipt: bytes,
            inclusion_path: self.edge.newest_leaf_path(),
            checkpoint: self.checkpoint(from, board),
        });
        Receipted { party: self.party, receipt, leaf, proven }
    }

    fn deliver(&mut self, to: (Party, Digest), draft: Outgoing, at: Instant) -> Delivery {
        self.sent += 1;
        self.place += 1;
        let message = Message {
            author: self.party,
            incarnation: LIFE,
            number: format!("{}/25/{:04}", self.party, self.sent),
            released_at: at,
            releaser: messages::person("Their releaser"),
            draft,
        };
        let wrapped = Signed::sign(PayloadType::Message, message_codec::encode(&message), &[&self.message]);
        let dispatch = Dispatch {
            from: self.party,
            from_incarnation: LIFE,
            to: to.0,
            to_incarnation: LIFE,
            lane: LANE,
            serial: self.sent,
            thread: message.draft.thread,
            place: self.place,
            leaf_index: self.edge.size(),
            message: wrapped.digest(),
            key_list: 1,
            to_fingerprint: to.1,
        };
        let payload = dispatch_codec::encode_dispatch(&dispatch);
        let dispatch_leaf = leaf_hash(&payload);
        self.edge.push(dispatch_leaf);
        Delivery {
            peer: self.party,
            dispatch,
            dispatch_digest: Digest::of(&payload),
            dispatch_signed: signed::encode(&Signed::sign(PayloadType::Dispatch, payload, &[&self.message])),
            dispatch_leaf,
            message_signed: signed::encode(&wrapped),
            message: Ok(message),
            judged_by_key_list: 1,
            carried_by: None,
        }
    }

    fn cosign(&self, keeper: Party, board: &Board, note: &Bytes, at: Instant) -> Bytes {
        let list = &board.roster.parties[&keeper].key_lists[0].list;
        let key = list.key_for(Purpose::Ledger).expect("a ledger key");
        let key = detente::evidence::keys::PublicKey::from_bytes(key).expect("a key");
        let key = NoteKey::new(&names::ledger_key_name(&keeper), NoteAlgorithm::Ed25519, key).expect("a key");
        let origin = origin(board, keeper, self.party);
        let mut signed = SignedCheckpoint::open(note, &origin, &key).expect("their head");
        let name = names::witness_key_name(&self.party);
        let line = signed.cosign(&name, &self.witness, at).expect("cosigned");
        let witness = self.witness.public_key();
        let witness = NoteKey::new(&name, NoteAlgorithm::Cosignature, witness).expect("a key");
        signed.add_cosignature(&witness, line).expect("added");
        signed.note().to_string().into()
    }
}

/// The origin of the ledger that one of two Parties keeps for the other, both known to the Board.
fn origin(board: &Board, keeper: Party, other: Party) -> String {
    let end = |party| board.ledger_end(party).expect("a known Party");
    names::ledger_origin(end(keeper), end(other))
}

fn reference(message: Digest, relation: Relation) -> Reference {
    Reference { message: Some(message), number: String::new(), author: String::new(), relation }
}

/// The little that `init` wrote.
async fn folded(journal: &Journal) -> Fold {
    let mut fold = Fold::new(TrustRoot::AsItSays);
    for entry in journal.read_range(0, limits::READ_ENTRIES_MAX).await.expect("readable") {
        fold.step(entry.position, &entry.bytes, Look::AtSignature).expect("it counts");
    }
    fold
}
