//! Records and what stands in them, from and to bytes: every kind comes back the same, golden bytes stay, and
//! no bytes at all make a reader panic.

use std::sync::Arc;

use bytes::Bytes;
use detente::codec::dispatch::{self, ProvenReceipt};
use detente::codec::record::{self, Check};
use detente::codec::{change, event, key_list, message, signed};
use detente::domain::alarm::{self, Failure, Near, Noted, OwnAlarm, Thing, Webhook};
use detente::domain::allowance::{Allowance, LinkAllowance};
use detente::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use detente::domain::chain::{Chain, Opens};
use detente::domain::digest::{CommandId, Digest, DraftId, WriterId};
use detente::domain::duty::{
    Awaited, Cause, Doubt, DutiesNoted, DutyNumber, Force, GivenBy, InTime, Lifting, ListEntry, Opened, Rule,
    RunsFrom, Step, TakenBack, Unbound,
};
use detente::domain::event::{
    Change, Contradiction, Event, Head, LaysDown, Leaf, Member, PartyWithoutNode, Receipted, Record,
    RegimeHeld, RevocationList, Stamp,
};
use detente::domain::function::Term;
use detente::domain::hotline::phrases::{LinkPhrases, Phrase, PhraseText};
use detente::domain::keys::Purpose;
use detente::domain::ledger::leaf_hash;
use detente::domain::message::{
    Acknowledgement, Holds, Message, Outcome, Part, Receipt, RegimeCitation, Traffic,
};
use detente::domain::office::Office;
use detente::domain::precedence::Precedence;
use detente::domain::regime::Document;
use detente::domain::regime::numbering::{Mark, Numbering, Pattern};
use detente::domain::time::Instant;
use detente::domain::watch::{self, Alerted, OfferedOnRecord, Reach, WatchCards, WatchPlan};
use detente::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use proptest::prelude::*;

use crate::party::{self, Folded, anna, at, delivery, jan, peer, receive, theirs, thread, us};

const GOLDEN_RECORDS: &str = include_str!("golden/records.hex");
const GOLDEN_EVIDENCE: &str = include_str!("golden/evidence.hex");
const GOLDEN_BOARDS: &str = include_str!("golden/boards.hex");

fn head(size: u64, text: &str) -> Head {
    let checkpoint =
        Checkpoint::new("detente/BY.1/ledger/PL.1".into(), size.max(1), Digest::of(text.as_bytes()));
    let key = party::key(party::PEERS, Purpose::Ledger);
    let signed = SignedCheckpoint::sign(checkpoint, "detente/BY/ledger", &key).unwrap();
    event::head("BY", signed.note().to_string().into()).unwrap()
}

fn receipt(number: u64, text: &str) -> Receipt {
    Receipt {
        from: peer(),
        from_incarnation: party::LIFE,
        to: us(),
        to_incarnation: party::LIFE,
        lane: Precedence::Immediate,
        serial: number.max(1),
        dispatch: Digest::of(text.as_bytes()),
        message: Digest::ZERO,
        outcome: Outcome::Taken,
        received_at: at(5),
        judged_by_key_list: 1,
        leaf_index: number,
    }
}

fn proven(receipt: &Receipt) -> ProvenReceipt {
    ProvenReceipt {
        receipt: dispatch::encode_receipt(receipt),
        inclusion_path: vec![Digest::of(b"left"), Digest::of(b"lower left")],
        checkpoint: head(7, "receipts").note,
    }
}

fn leaf(number: u64, text: &str) -> Leaf {
    let body = Bytes::from(text.to_owned());
    Leaf { index: number, hash: leaf_hash(&body), body }
}

/// A message with something in every field.
pub fn full(text: &str) -> Message {
    let mut message = theirs(Precedence::Flash, thread(3), text, &[Digest::of(b"earlier")]);
    message.draft.regime = Some(RegimeCitation {
        name: "Vienna Document 2011".into(),
        digest: Digest::of(b"regime"),
        provision: "para. 40".into(),
    });
    message.draft.traffic = Traffic::Drill;
    message.draft.remarks = text.into();
    message.draft.parts = vec![Part {
        salted_digest: Digest::of(b"part"),
        bytes: 5,
        media_type: "text/plain".into(),
        name: "observers".into(),
        holds: Holds::PersonalData,
    }];
    message.draft.releasable_to = vec![us(), "OSCE".parse().unwrap()];
    message.draft.information = message.draft.action.clone();
    message
}

/// What a Board decides about a command, as it stands in a record.
fn decided(command: detente::domain::command::Command) -> Event {
    Folded::with_peer().node(command).unwrap().events.remove(0)
}

fn released(text: &str) -> Event {
    let mut folded = Folded::with_peer();
    let outgoing = party::outgoing(Precedence::Priority, text);
    folded.given(party::draft(1, outgoing.clone()), party::by(&anna(), 1, "", at(1)), at(1)).unwrap();
    let record = folded.given(party::release(1, outgoing), party::by(&jan(), 2, "", at(2)), at(2));
    record.unwrap().events.remove(0)
}

pub const KINDS: usize = 59;

/// Every kind of event, each made of a number and a text.
pub fn kind(kind: usize, number: u64, text: &str) -> (&'static str, Event) {
    let reason = text.to_owned();
    let digest = Digest::of(text.as_bytes());
    let draft = DraftId([number as u8; 16]);
    let member = Member {
        person: party::person(text),
        roles: detente::domain::people::Role::ALL.into_iter().take(number as usize % 7).collect(),
    };
    let list = RevocationList { party: peer(), der: Bytes::from(text.to_owned()) };
    let proposed = |change| ("change_proposed", Event::ChangeProposed(change));
    match kind {
        0 => (
            "journal_opened",
            Event::JournalOpened {
                party: us(),
                incarnation: party::LIFE,
                members: vec![member],
                left_behind: vec![list.der],
            },
        ),
        1 => ("epoch_opened", Event::EpochOpened { number, fold_version: 1 }),
        2 => ("key_list_accepted", Event::KeyListAccepted(party::second_list())),
        3 => ("revocation_list_accepted", Event::RevocationListAccepted(list)),
        4 => proposed(Change::MemberAdded(member)),
        5 => proposed(Change::MemberRemoved(digest)),
        6 => proposed(party::peer_added()),
        7 => proposed(Change::ReleaseRule { one_person: Precedence::FASTEST_FIRST.to_vec() }),
        8 => proposed(Change::OwnKeyList(party::second_list())),
        9 => ("change_confirmed", Event::ChangeConfirmed { proposal: party::id(number) }),
        10 => ("change_dropped", Event::ChangeDropped { proposal: party::id(number) }),
        11 => {
            let outgoing = full(text).draft;
            let bytes = message::encode_draft(&outgoing);
            ("drafted", Event::Drafted { draft, outgoing, bytes })
        }
        12 => ("draft_returned", Event::DraftReturned { draft, digest, reason }),
        13 => ("draft_withdrawn", Event::DraftWithdrawn { draft }),
        14 => ("released", released(text)),
        15 => ("received", decided(receive(delivery(&full(text), 1, 1, number)))),
        16 => {
            let mut refused = delivery(&full(text), 1, 1, number);
            refused.message = Err(Outcome::RefusedSignature);
            ("received_refused", decided(receive(refused)))
        }
        17 => {
            let receipt = receipt(number, text);
            let leaf = leaf_hash(&dispatch::encode_receipt(&receipt));
            let proven = dispatch::encode_proven(&proven(&receipt));
            ("receipted", Event::Receipted(Receipted { party: peer(), receipt, leaf, proven }))
        }
        18 => {
            let lane = Precedence::Routine;
            let receipt = list.der;
            (
                "receipt_disputed",
                Event::ReceiptDisputed { party: peer(), lane, serial: number, receipt, reason },
            )
        }
        19 => ("head_followed", Event::HeadFollowed(head(number % 1_000, text), vec![leaf(number, text)])),
        20 => ("head_cosigned", Event::HeadCosigned(head(number % 1_000, text))),
        21 => ("head_rejected", Event::HeadRejected { head: head(number % 1_000, text), reason }),
        22 => {
            let one = delivery(&full(text), 3, 1, number);
            let proof = Contradiction::Dispatch {
                dispatch: one.dispatch,
                digest: one.dispatch_digest,
                leaf: one.dispatch_leaf,
                signed: one.dispatch_signed,
            };
            ("equivocated_dispatch", Event::Equivocated { party: peer(), proof })
        }
        23 => {
            let proof = Contradiction::Leaf {
                leaf: leaf(number, text),
                inclusion_path: vec![digest, Digest::ZERO],
                checkpoint: head(9, text).note,
            };
            ("equivocated_leaf", Event::Equivocated { party: peer(), proof })
        }
        24 => ("turned_away", Event::TurnedAway { party: peer(), hour: number as i64 }),
        25 => ("reference_missing", Event::ReferenceMissing { message: digest, missing: Digest::ZERO }),
        26 => ("audit_read", Event::AuditRead { what: reason }),
        27 => ("part_stored", Event::PartStored { salted_digest: digest, bytes: number }),
        28 => ("part_erased", Event::PartErased { salted_digest: digest, reason }),
        30 => {
            let office = Office { code: reason, purpose: format!("for {text}") };
            ("change_proposed_office_added", Event::ChangeProposed(Change::OfficeAdded(office)))
        }
        31 => ("change_proposed_office_removed", Event::ChangeProposed(Change::OfficeRemoved(reason))),
        32 => {
            let term = term(number, text, Some(at(number as i64 % 1_000_000)));
            ("change_proposed_function_term", Event::ChangeProposed(Change::FunctionTerm(term)))
        }
        33 => {
            let term = term(number, text, None);
            ("change_proposed_function_term_open", Event::ChangeProposed(Change::FunctionTerm(term)))
        }
        34 => {
            let Change::PartyAdded { key_lists, revocation_list } = party::peer_added() else { panic!() };
            let introduced = Change::PartyIntroduced { by: us(), key_lists, revocation_list };
            ("change_proposed_party_introduced", Event::ChangeProposed(introduced))
        }
        35 => {
            let confirmed = Change::PartyConfirmed { party: peer(), fingerprint: digest };
            ("change_proposed_party_confirmed", Event::ChangeProposed(confirmed))
        }
        29 => {
            let text = list.der;
            let digest = Digest::of(&text);
            (
                "regime_held",
                Event::RegimeHeld(RegimeHeld {
                    name: reason,
                    edition: number,
                    digest,
                    text,
                    numbering: Some(numbering()),
                    duties: LaysDown::NoDuties,
                }),
            )
        }
        36 => proposed(Change::PartyWithoutNode(PartyWithoutNode {
            party: peer(),
            name: reason.clone(),
            contacts: vec![reason],
        })),
        37 => proposed(Change::PartyTakenBack(peer())),
        40 => {
            let allowance = Allowance { records: Some(number), bytes: None };
            let limited = Change::LinkAllowance(LinkAllowance { party: peer(), allowance });
            ("change_proposed_link_allowance", Event::ChangeProposed(limited))
        }
        38 => ("handed_over", Event::DeliveredByHand(by_hand(digest, handed_over(number, text), None))),
        41 => {
            ("change_proposed_watch_plan", Event::ChangeProposed(Change::WatchPlan(watch_plan(number, text))))
        }
        42 => ("alerted", Event::Alerted(alerted(number, text, Reach::Named))),
        43 => ("alerted_everyone", Event::Alerted(alerted(number, text, Reach::Everyone))),
        44 => {
            let offered = OfferedOnRecord {
                desk: reason,
                to: anna(),
                digest,
                open: vec![Digest::ZERO, digest],
                open_more: number,
            };
            ("watch_offered", Event::WatchOffered(offered))
        }
        45 => ("watch_taken", Event::WatchTaken { desk: reason, digest }),
        39 => {
            let says = Says::TakenBack { reason };
            let corrects = Some(party::id(number));
            ("taken_back", Event::DeliveredByHand(by_hand(digest, says, corrects)))
        }
        48 => proposed_as("change_proposed_webhook_added", Change::WebhookAdded(webhook(number, text))),
        49 => proposed_as("change_proposed_webhook_removed", Change::WebhookRemoved(reason)),
        50 => proposed_as("change_proposed_own_alarm_set", Change::OwnAlarmSet(own_alarm(number, text))),
        51 => proposed_as("change_proposed_own_alarm_removed", Change::OwnAlarmRemoved(reason)),
        52 => told(text, number, alarm::Outcome::Delivered),
        53 => told(text, number, alarm::Outcome::GivenUp(Failure::Status(number as u16))),
        54 => {
            let held = Noted::Held { webhook: reason, hour: number as i64, waiting: number };
            ("webhook_held", Event::AlarmNoted(held))
        }
        55 => {
            let thing = Thing::Authority(peer(), digest);
            let near = Near { thing, ends: at(number as i64 % 1_000_000), step: number as u32 };
            ("expires", Event::AlarmNoted(Noted::Expires(near)))
        }
        56 => {
            let past_due = Noted::PastDue { thread: thread(number as u8), message: digest, alarm: reason };
            ("own_alarm_past_due", Event::AlarmNoted(past_due))
        }
        57 => (
            "change_proposed_watch_cards",
            Event::ChangeProposed(Change::WatchCards(watch_cards(number, text))),
        ),
        58 => proposed_as("change_proposed_link_phrases", Change::LinkPhrases(link_phrases(number, text))),
        46 => ("duties_noted", Event::DutiesNoted(Box::new(duties(digest, number, text)))),
        _ => {
            let year = i16::try_from(number % 4_000).unwrap();
            let opened = vec![owed(Cause::Year(year), RunsFrom::Year, Force::Duty, number, text)];
            let noted = DutiesNoted { opened, ..DutiesNoted::default() };
            ("duties_noted_of_a_year", Event::DutiesNoted(Box::new(noted)))
        }
    }
}

fn proposed_as(name: &'static str, change: Change) -> (&'static str, Event) {
    (name, Event::ChangeProposed(change))
}

fn told(text: &str, alert: u64, outcome: alarm::Outcome) -> (&'static str, Event) {
    let name = if outcome == alarm::Outcome::Delivered { "webhook_told" } else { "webhook_given_up" };
    (name, Event::AlarmNoted(Noted::Told { webhook: text.into(), alert, outcome }))
}

fn webhook(number: u64, text: &str) -> Webhook {
    Webhook {
        name: text.into(),
        url: format!("https://{text}"),
        authority: text.into(),
        offices: vec![text.into(), String::new()],
        calls_per_hour: number as u32,
    }
}

fn own_alarm(number: u64, text: &str) -> OwnAlarm {
    let kind = detente::domain::content::Kind::Question;
    OwnAlarm { name: text.into(), kind, hours: number as u32, label: text.into() }
}

fn owed(cause: Cause, runs_from: RunsFrom, force: Force, number: u64, text: &str) -> Opened {
    let rule = Rule {
        regime: text.into(),
        digest: Digest::of(text.as_bytes()),
        name: text.into(),
        paragraph: text.into(),
        force,
    };
    Opened {
        rule: Arc::new(rule),
        owed_by: us(),
        owed_to: peer(),
        cause,
        entry: None,
        traffic: Traffic::Real,
        runs_from,
        from: Instant(number as i64 >> 1),
        due: Instant((number as i64 >> 1).saturating_add(7)),
    }
}

/// Every kind of step, and every field that an event of duties has.
fn duties(digest: Digest, number: u64, text: &str) -> DutiesNoted {
    let cause = Cause::Message { digest, thread: thread(3) };
    let given = Instant(number as i64 >> 1);
    let met = |by, in_time| Step::Met { message: digest, given, by, in_time };
    let steps = vec![
        Step::Answered { message: digest },
        met(GivenBy::Receipt, InTime::InTime),
        met(GivenBy::Receipt, InTime::BySendersAccount),
        met(GivenBy::ByHand, InTime::Late),
        Step::JudgedInsufficient { by: digest },
        Step::Lapsed,
        Step::Alarmed,
        Step::Doubted { since: given, doubt: Doubt::NotReached },
        Step::Doubted { since: given, doubt: Doubt::MayBeUnderWay },
        Step::Lifted(Lifting::Cancelled { by: digest }),
        Step::Lifted(Lifting::Suspended { by: digest }),
        Step::Lifted(Lifting::ForceMajeure { claimed_in: digest }),
        Step::Lifted(Lifting::NotBound),
        Step::Lifted(Lifting::CameTooLate),
        met(GivenBy::CosignedHead, InTime::InTime),
        Step::Resumed,
        Step::Lifted(Lifting::AccountTakenBack),
        Step::TakenBack { message: digest, why: TakenBack::Withdrawn { by: digest } },
        Step::TakenBack { message: digest, why: TakenBack::Account },
    ];
    let drilled = owed(cause, RunsFrom::Date, Force::Duty, number, text);
    let entry = Some(ListEntry { of: number, number });
    DutiesNoted {
        about: Some(digest),
        opened: vec![
            owed(cause, RunsFrom::Issue, Force::Duty, number, text),
            owed(cause, RunsFrom::Receipt, Force::Unchecked, number, text),
            owed(cause, RunsFrom::ByHand, Force::Alarm, number, text),
            owed(cause, RunsFrom::Date, Force::Duty, number, text),
            Opened { entry, traffic: Traffic::Drill, ..drilled },
        ],
        steps: (0..).map(DutyNumber).zip(steps).collect(),
        receipts: vec![Awaited { party: peer(), lane: Precedence::Flash, serial: number }],
        unbound: vec![Unbound { party: peer(), regime: text.into(), at: given }],
        once_more: true,
        left_out: number,
        not_read: number,
        is_unreadable: true,
        seen: number,
    }
}

fn watch_plan(number: u64, text: &str) -> Arc<WatchPlan> {
    let step = watch::Step {
        alert: vec!["watch".into(), text.to_owned()],
        within_minutes: number as u32,
        telephone: text.to_owned(),
    };
    let rule = watch::Rule { precedence: Precedence::Immediate, office: text.to_owned(), steps: vec![step] };
    Arc::new(WatchPlan { zone: text.to_owned(), rules: vec![rule] })
}

fn watch_cards(number: u64, text: &str) -> Arc<WatchCards> {
    let some = || vec![text.to_owned(); number as usize % 3];
    let reply = |language: &str| watch::HoldingReply {
        language: language.into(),
        subject: text.into(),
        lines: vec!["{reference}".into(), text.into()],
    };
    let card = watch::Card {
        name: text.into(),
        kinds: some(),
        precedences: vec![Precedence::Flash, Precedence::Routine],
        office: text.into(),
        steps: vec![text.into(), "two".into()],
        telephones: some(),
        languages: some(),
        holding: vec![reply("en"), reply("be-tarask")],
    };
    Arc::new(WatchCards { cards: vec![card] })
}

fn link_phrases(number: u64, text: &str) -> Arc<LinkPhrases> {
    let said = |language: &str| PhraseText { language: language.into(), text: text.into() };
    let phrase = Phrase { number, texts: vec![said("en"), said("be-tarask")] };
    Arc::new(LinkPhrases { party: peer(), phrases: vec![phrase] })
}

fn alerted(number: u64, text: &str, reach: Reach) -> Alerted {
    Alerted {
        message: Digest::of(text.as_bytes()),
        step: number as u32,
        due: at(number as i64 % 1_000_000),
        persons: vec![anna(), party::person(text)],
        reach,
        next: (reach == Reach::Named).then(|| at(-(number as i64 % 1_000_000) - 1)),
    }
}

fn by_hand(message: Digest, says: Says, corrects: Option<CommandId>) -> DeliveredByHand {
    DeliveredByHand { message, thread: thread(3), party: peer(), says, corrects }
}

fn handed_over(number: u64, text: &str) -> Says {
    let one = |name: &str| format!("{name} {text}");
    Says::HandedOver(HandedOver {
        means: one("means"),
        channel: one("channel"),
        note_number: one("note"),
        by: one("by"),
        to: one("to"),
        at: detente::domain::time::Instant(number as i64),
        zone: "Europe/Minsk".into(),
        scan: number.is_multiple_of(2).then(|| Digest::of(text.as_bytes())),
    })
}

fn term(number: u64, text: &str, until: Option<detente::domain::time::Instant>) -> Term {
    Term {
        regime: text.to_owned(),
        function: format!("function {number}"),
        party: peer(),
        from: at(-(number as i64 % 1_000_000) - 1),
        until,
        source: text.to_owned(),
    }
}

/// With something in every place.
fn numbering() -> Numbering {
    let marks = [
        (Document::Kind(detente::domain::content::Kind::Notification), "25", "O"),
        (Document::Format("A 1".into()), "", "Q"),
    ];
    let mark = |(document, format, kind): (Document, &str, &str)| {
        (document, Mark { format: format.into(), kind: kind.into() })
    };
    Numbering {
        pattern: Pattern::read("МД/{party}/{yy}/{serial}/F{format}/{kind}").unwrap(),
        marks: marks.into_iter().map(mark).collect(),
    }
}

pub fn sealed(record: &Record) -> Bytes {
    let mut chain = Chain::empty(party::LIFE);
    (chain.size, chain.head) = (record.index, Digest::of(b"before"));
    party::sealed(&chain, WriterId([7; 16]), 4, record)
}

pub fn opened(entry: &Bytes) -> record::Opened {
    record::open(entry, Check::Signature(&party::key(party::OURS, Purpose::Record).public_key())).unwrap()
}

/// Each line by itself, so that what has changed is named.
fn assert_golden(found: impl IntoIterator<Item = (String, Bytes)>, golden: &str) {
    let line = |(name, bytes): (String, Bytes)| format!("{name} {}\n", hex::encode(bytes));
    let found = found.into_iter().map(line).collect::<String>();
    assert_eq!(found, golden);
}

#[test]
fn every_kind_of_record_has_golden_bytes() {
    let stamp = Stamp { id: party::id(5), content: Digest::of(b"content"), at: at(3), by: anna() };
    let all = (0..KINDS).map(|one| {
        let (name, event) = kind(one, 42, "a text, naïve and ” quoted");
        let record = Record { index: 8, at: at(4), command: Some(stamp.clone()), events: vec![event] };
        (format!("{one:02}-{name}"), sealed(&record))
    });
    assert_golden(all, GOLDEN_RECORDS);
}

#[test]
fn messages_dispatches_and_receipts_have_golden_bytes() {
    let message = full("golden");
    let delivery = delivery(&message, 2, 3, 4);
    let receipt = receipt(6, "golden");
    let acknowledgement =
        Acknowledgement { message: Digest::of(b"message"), officer: anna(), read_at: at(9) };
    let all = [
        ("message", message::encode(&message)),
        ("message_signed", delivery.message_signed.clone()),
        ("draft", message::encode_draft(&message.draft)),
        ("acknowledgement", message::encode_acknowledgement(&acknowledgement)),
        ("dispatch", dispatch::encode_dispatch(&delivery.dispatch)),
        ("dispatch_signed", delivery.dispatch_signed.clone()),
        ("receipt", dispatch::encode_receipt(&receipt)),
        ("proven_receipt", dispatch::encode_proven(&proven(&receipt))),
        ("first_record", party::first_entry()),
    ];
    assert_golden(all.map(|(name, bytes)| (name.to_owned(), bytes)), GOLDEN_EVIDENCE);
    assert_eq!(message::decode(&message::encode(&message)), Ok(message.clone()));
    assert_eq!(message::decode_draft(&message::encode_draft(&message.draft)), Ok(message.draft));
    assert_eq!(
        message::decode_acknowledgement(&message::encode_acknowledgement(&acknowledgement)),
        Ok(acknowledgement)
    );
    assert_eq!(
        dispatch::decode_dispatch(dispatch::encode_dispatch(&delivery.dispatch)),
        Ok(delivery.dispatch)
    );
    assert_eq!(dispatch::decode_receipt(dispatch::encode_receipt(&receipt)), Ok(receipt.clone()));
    assert_eq!(dispatch::decode_proven(dispatch::encode_proven(&proven(&receipt))), Ok(proven(&receipt)));
}

/// A Board's digest is a promise between machines: it changes only with the fold version.
#[test]
fn the_board_of_a_small_journal_has_a_golden_digest_at_every_step() {
    let mut folded = Folded::with_peer();
    let mut steps = vec![("begun", Folded::begun().board.digest()), ("peer", folded.board.digest())];
    let outgoing = party::outgoing(Precedence::Immediate, "one");
    folded.given(party::draft(1, outgoing.clone()), party::by(&anna(), 1, "", at(1)), at(1)).unwrap();
    steps.push(("draft", folded.board.digest()));
    folded.given(party::release(1, outgoing), party::by(&jan(), 2, "", at(2)), at(2)).unwrap();
    steps.push(("release", folded.board.digest()));
    folded.node(receive(delivery(&full("theirs"), 1, 1, 3))).unwrap();
    steps.push(("received", folded.board.digest()));
    let asked = [leaf(0, "a"), leaf(1, "b"), leaf(2, "c")];
    let mut edge = detente::domain::ledger::Edge::new();
    for one in &asked {
        edge.push(one.hash);
    }
    let note = Bytes::from_static(b"note");
    let head = Head { party: peer(), size: 3, root: edge.root(), note, cosigned_at: Some(4) };
    folded.node(detente::domain::command::Command::FollowHead(head, asked.to_vec())).unwrap();
    steps.push(("followed", folded.board.digest()));
    let all = steps.iter().map(|(name, digest)| ((*name).to_owned(), Bytes::copy_from_slice(&digest.0)));
    assert_golden(all, GOLDEN_BOARDS);
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    let one = (0..KINDS, any::<u64>(), ".{0,24}").prop_map(|(one, number, text)| kind(one, number, &text).1);
    prop::collection::vec(one, 0..4)
}

pub fn any_stamp() -> impl Strategy<Value = Option<Stamp>> {
    let stamp = (any::<u64>(), any::<[u8; 32]>(), any::<i64>(), ".{0,40}");
    prop::option::of(stamp).prop_map(|stamp| {
        stamp.map(|(number, content, at, name)| Stamp {
            id: party::id(number),
            content: Digest(content),
            at: detente::domain::time::Instant(at),
            by: party::person(&name),
        })
    })
}

fn decode_all(bytes: &Bytes) {
    let key = party::key(party::OURS, Purpose::Record).public_key();
    for check in [Check::Signature(&key), Check::CoveredByCheckpoint] {
        if let Ok(opened) = record::open(bytes, check) {
            let _ = opened.record();
        }
    }
    let _ = message::decode(bytes);
    let _ = message::decode_draft(bytes);
    let _ = message::decode_acknowledgement(bytes);
    let _ = dispatch::decode_dispatch(bytes.clone());
    let _ = dispatch::decode_receipt(bytes.clone());
    let _ = dispatch::decode_proven(bytes.clone());
    let _ = event::head("BY", bytes.clone());
    let _ = change::key_list(bytes.clone());
    let _ = key_list::decode(bytes);
    let _ = signed::decode(bytes.clone());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_record_comes_back_as_it_was(
        index in any::<u64>(), at in any::<i64>(), command in any_stamp(), events in any_events(),
    ) {
        let record = Record { index, at: detente::domain::time::Instant(at), command, events };
        let entry = sealed(&record);
        prop_assert_eq!(&sealed(&record), &entry, "the same record, the same bytes");
        let opened = opened(&entry);
        let opening = |event: &Event| matches!(event, Event::JournalOpened { .. } | Event::EpochOpened { .. });
        let expected = match &record.events[..] {
            [] => Opens::Misfit,
            [_, rest @ ..] if rest.iter().any(opening) => Opens::Misfit,
            [Event::JournalOpened { .. }, ..] => Opens::Journal,
            [Event::EpochOpened { number, .. }] => Opens::Epoch(*number),
            [Event::EpochOpened { .. }, ..] => Opens::Misfit,
            [..] => Opens::Nothing,
        };
        prop_assert_eq!(opened.claim.opens, expected);
        prop_assert_eq!(opened.leaf, leaf_hash(&entry));
        prop_assert_eq!(opened.record().unwrap(), record);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        decode_all(&bytes.into());
    }

    /// Bytes that are nearly right reach further.
    #[test]
    fn no_spoilt_record_makes_a_reader_panic(
        one in 0..KINDS, at_byte in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>(), cuts in any::<bool>(),
    ) {
        let (_, event) = kind(one, 42, "a text");
        let record = Record { index: 8, at: at(4), command: None, events: vec![event] };
        let mut bytes = sealed(&record).to_vec();
        let place = at_byte.index(bytes.len());
        bytes[place] = value;
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        decode_all(&bytes.clone().into());
        // Also behind the wrapping, where a signature would otherwise stop it.
        if let Ok(wrapping) = signed::decode(bytes.into()) {
            decode_all(&wrapping.payload);
        }
    }
}
