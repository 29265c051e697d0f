//! Records and what stands in them: one of every kind, for the tests of their bytes.

use bytes::Bytes;
use detente::codec::dispatch::{self, ProvenReceipt};
use detente::codec::record::{self, Check};
use detente::codec::{event, message};
use detente::domain::alarm::{self, Failure, Near, Noted, Thing};
use detente::domain::allowance::{Allowance, LinkAllowance};
use detente::domain::by_hand::Says;
use detente::domain::chain::Chain;
use detente::domain::digest::{Digest, DraftId, WriterId};
use detente::domain::duty::{Cause, DutiesNoted, Force, RunsFrom};
use detente::domain::event::{
    Change, Contradiction, Event, Head, LaysDown, Leaf, Member, PartyWithoutNode, Receipted, Record,
    RegimeHeld, RevocationList,
};
use detente::domain::keys::Purpose;
use detente::domain::ledger::leaf_hash;
use detente::domain::message::{Holds, Message, Outcome, Part, Receipt, RegimeCitation, Traffic};
use detente::domain::office::Office;
use detente::domain::precedence::Precedence;
use detente::domain::watch::{OfferedOnRecord, Reach};
use detente::evidence::checkpoint::{Checkpoint, SignedCheckpoint};

use crate::party::{self, Folded, anna, at, delivery, jan, peer, receive, theirs, thread, us};
use crate::records_made::{
    alerted, by_hand, duties, handed_duties, handed_over, link_phrases, numbering, owed, own_alarm, term,
    watch_cards, watch_plan, webhook,
};

fn head(size: u64, text: &str) -> Head {
    let checkpoint =
        Checkpoint::new("detente/BY.1/ledger/PL.1".into(), size.max(1), Digest::of(text.as_bytes()));
    let key = party::key(party::PEERS, Purpose::Ledger);
    let signed = SignedCheckpoint::sign(checkpoint, "detente/BY/ledger", &key).unwrap();
    event::head("BY", signed.note().to_string().into()).unwrap()
}

pub fn receipt(number: u64, text: &str) -> Receipt {
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

pub fn proven(receipt: &Receipt) -> ProvenReceipt {
    ProvenReceipt {
        receipt: dispatch::encode_receipt(receipt),
        inclusion_path: vec![Digest::of(b"left"), Digest::of(b"lower left")],
        checkpoint: head(7, "receipts").note,
    }
}

pub fn leaf(number: u64, text: &str) -> Leaf {
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
                steps: vec![0, number as u32],
                duties: handed_duties(number),
                duties_more: number,
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

pub fn sealed(record: &Record) -> Bytes {
    let mut chain = Chain::empty(party::LIFE);
    (chain.size, chain.head) = (record.index, Digest::of(b"before"));
    party::sealed(&chain, WriterId([7; 16]), 4, record)
}

pub fn opened(entry: &Bytes) -> record::Opened {
    record::open(entry, Check::Signature(&party::key(party::OURS, Purpose::Record).public_key())).unwrap()
}
