//! Persons behind records: the audit reports those who stood on no roster, lacked the role, or released what was not
//! drafted.

use detente::codec::{message, signed};
use detente::domain::board::{Board, Denied, Draft};
use detente::domain::command::{AsIs, Command, Origin};
use detente::domain::digest::Digest;
use detente::domain::event::{Change, Event, Member};
use detente::domain::keys::Purpose;
use detente::domain::message::Outgoing;
use detente::domain::people::Role;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::evidence::signed::{PayloadType, Signed};
use detente::registrar::own_key;

use crate::audit::{THREAD, audit, reports, small_pair, with_forged};
use crate::audit_rewritten::{in_first, released, rewritten};

const NOT_ON_ROSTER: &str = "the roster on record does not have this person in a role that includes this";

#[tokio::test(flavor = "multi_thread")]
async fn a_record_behind_which_stands_a_person_without_the_role_is_reported() {
    let (by, pl) = small_pair().await;
    type Deed = (&'static str, fn(&Event) -> bool);
    let deeds: &[Deed] = &[
        ("drafter", |event| matches!(event, Event::ChangeProposed(_))),
        ("drafter", |event| matches!(event, Event::ChangeConfirmed { .. })),
        ("releaser", |event| matches!(event, Event::Drafted { .. })),
        ("drafter", |event| matches!(event, Event::Released(_))),
        ("first custodian", |event| matches!(event, Event::Released(_))),
        ("somebody", |event| matches!(event, Event::Released(_))),
    ];
    for side in [&by, &pl] {
        let entries = side.entries().await;
        for (person, is_it) in deeds {
            let altered = rewritten(side, &entries, |record| {
                let found = record.events.iter().any(is_it);
                if found && let Some(stamp) = &mut record.command {
                    stamp.by = side.person(person);
                }
                found
            });
            if let Some((index, altered)) = altered {
                reports(side, &altered, index, NOT_ON_ROSTER);
            }
        }
        // By nobody at all.
        for (_, is_it) in deeds {
            let altered = rewritten(side, &entries, |record| {
                let found = record.events.iter().any(is_it);
                record.command = record.command.take().filter(|_| !found);
                found
            });
            if let Some((index, altered)) = altered {
                reports(side, &altered, index, "only a person may give it");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_by_who_was_taken_off_the_roster_before_is_reported() {
    let (by, pl) = small_pair().await;
    let (draft, digest, outgoing) = by.draft(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let releaser = by.person("releaser");
    by.change(Change::MemberRemoved(releaser.key_digest)).await;
    let release =
        Command::Release { draft, digest, outgoing, faults: Vec::new(), as_is: AsIs::OnlyWithoutFaults };
    let refused = by.registrar.give(release.clone(), Origin::Person(by.stamp("releaser"))).await;
    assert_eq!(refused.unwrap_err(), Denied::Refused(Refusal::NotPermitted));
    let on_roster = |board: &mut Board| {
        let member = Member { person: releaser.clone(), roles: [Role::Releaser].into() };
        board.roster.members.insert(releaser.key_digest, member);
    };
    let (index, entries) = with_forged(&by, release, "releaser", on_roster, |_| {}).await;
    reports(&by, &entries, index, NOT_ON_ROSTER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_proposer_is_no_custodian_any_more_takes_no_force() {
    let (by, _pl) = small_pair().await;
    let third = Member { person: by.person("third custodian"), roles: [Role::Custodian].into() };
    by.change(Change::MemberAdded(third)).await;
    let proposal = by.stamp("first custodian");
    let id = proposal.id;
    let change = Change::ReleaseRule { one_person: vec![Precedence::Flash] };
    by.registrar.give(Command::Propose(change), Origin::Person(proposal)).await.unwrap();
    let removal = by.stamp("second custodian");
    let removal_id = removal.id;
    let first = by.person("first custodian");
    let change = Change::MemberRemoved(first.key_digest);
    by.registrar.give(Command::Propose(change), Origin::Person(removal)).await.unwrap();
    let confirm = Origin::Person(by.stamp("third custodian"));
    by.registrar.give(Command::confirm(removal_id), confirm).await.unwrap();
    let confirm = Origin::Person(by.stamp("second custodian"));
    let refused = by.registrar.give(Command::confirm(id), confirm).await;
    assert_eq!(refused.unwrap_err(), Denied::Refused(Refusal::ProposerNoCustodian));
    let on_roster = |board: &mut Board| {
        let member = Member { person: first.clone(), roles: [Role::Custodian].into() };
        board.roster.members.insert(first.key_digest, member);
    };
    let (index, entries) =
        with_forged(&by, Command::confirm(id), "second custodian", on_roster, |_| {}).await;
    reports(&by, &entries, index, "who proposed it is none any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_opened_by_one_custodian_under_two_names_is_reported() {
    let (by, _pl) = small_pair().await;
    let entries = by.entries().await;
    let (_, altered) = rewritten(&by, &entries, |record| {
        in_first(record, |event| {
            let Event::JournalOpened { members, .. } = event else { return None };
            members[1].person.key_digest = members[0].person.key_digest;
            Some(())
        })
    })
    .unwrap();
    reports(&by, &altered, 0, "without two different custodians");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_released_that_is_not_its_draft_or_whose_draft_was_not_open_is_reported() {
    let (by, pl) = small_pair().await;
    let (draft, digest, outgoing) = by.draft(by.outgoing(THREAD, &[&pl], "Exercise")).await;
    let release = |digest, outgoing: &Outgoing| Command::Release {
        draft,
        digest,
        outgoing: outgoing.clone(),
        faults: Vec::new(),
        as_is: AsIs::OnlyWithoutFaults,
    };
    let as_drafted = release(digest, &outgoing);
    let (_, entries) = with_forged(&by, as_drafted.clone(), "releaser", |_| {}, |_| {}).await;
    assert!(audit(&entries, by.fingerprint, None).holds(), "the helper forges nothing by itself");

    // Another text than what was shown and released.
    let other = Outgoing { remarks: "never shown".into(), ..outgoing.clone() };
    let other_digest = Digest::of(&message::encode_draft(&other));
    let shown_otherwise = |board: &mut Board| {
        let open = Draft { digest: other_digest, ..board.draft(draft).unwrap().clone() };
        board.drafts.insert(draft, open.into());
    };
    let forged = release(other_digest, &other);
    let (index, entries) = with_forged(&by, forged, "releaser", shown_otherwise, |_| {}).await;
    reports(&by, &entries, index, "not what its draft on record says");

    // A field behind what this program reads, signed along.
    let board = by.board();
    let key = own_key(&board, &by.ring, 1, Purpose::Message).unwrap();
    let longer = |event: &mut Event| {
        let released = released(event).unwrap();
        let mut payload = message::encode(&released.message).to_vec();
        // Field 999, one byte.
        payload.extend([0xba, 0x3e, 1, 7]);
        released.digest = Digest::of(&payload);
        released.signed = signed::encode(&Signed::sign(PayloadType::Message, payload.into(), &[key]));
        released.dispatches[0].0.message = released.digest;
    };
    let (index, entries) = with_forged(&by, as_drafted.clone(), "releaser", |_| {}, longer).await;
    reports(&by, &entries, index, "holds more than was drafted");

    // A number out of its series.
    let number = |event: &mut Event| {
        let released = released(event).unwrap();
        released.message.number = "BY/2025/PL/0009".into();
        let payload = message::encode(&released.message);
        released.digest = Digest::of(&payload);
        released.signed = signed::encode(&Signed::sign(PayloadType::Message, payload, &[key]));
        released.dispatches[0].0.message = released.digest;
    };
    let (index, entries) = with_forged(&by, as_drafted.clone(), "releaser", |_| {}, number).await;
    reports(&by, &entries, index, "number is not the next");

    // Returned to its drafter.
    let open = board.draft(draft).unwrap().clone();
    let as_it_was = |board: &mut Board| {
        board.drafts.insert(draft, open.clone().into());
    };
    let give_back = Command::ReturnDraft { draft, digest, reason: "Exercise name".into() };
    by.registrar.give(give_back, Origin::Person(by.stamp("releaser"))).await.unwrap();
    let (index, entries) = with_forged(&by, as_drafted.clone(), "releaser", as_it_was, |_| {}).await;
    reports(&by, &entries, index, "returned to its drafter");

    // Drafted again, released, and once more.
    let again = Command::Draft { draft, outgoing: outgoing.clone(), bytes: message::encode_draft(&outgoing) };
    by.registrar.give(again, Origin::Person(by.stamp("drafter"))).await.unwrap();
    by.registrar.give(as_drafted.clone(), Origin::Person(by.stamp("releaser"))).await.unwrap();
    let (index, entries) = with_forged(&by, as_drafted, "releaser", as_it_was, |_| {}).await;
    reports(&by, &entries, index, "no draft with this id is open");
}
