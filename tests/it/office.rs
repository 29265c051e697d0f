//! Offices of the own Party: what goes to which desk, who acknowledges it, whose drafts are whose.

use detente::domain::board::{Board, Denied};
use detente::domain::command::{Command, Origin};
use detente::domain::digest::{Digest, DraftId, ThreadId};
use detente::domain::event::{Change, Event, Member, Record};
use detente::domain::message::{Addressee, Outgoing};
use detente::domain::office::Office;
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;

use crate::audit::{reports, with_forged};
use crate::pair::pair;
use crate::party::{self, Folded, acknowledge, anna, at, by, delivery, jan, receive, theirs, thread, us};

/// By Anna and Jan, whose certificates name no office.
pub fn change(folded: &mut Folded, number: u64, change: Change) -> Result<Record, Denied> {
    folded.given(Command::Propose(change), by(&anna(), number, "propose", at(0)), at(0))?;
    folded.given(Command::confirm(party::id(number)), by(&jan(), number + 1_000_000, "confirm", at(0)), at(0))
}

fn office(code: &str) -> Change {
    Change::OfficeAdded(Office { code: code.into(), purpose: "what it is for".into() })
}

fn of_office(name: &str, office: &str) -> Person {
    Person { office: office.into(), ..party::person(name) }
}

/// With the offices MFA and GS, and one person of every role at each, at VA that is not listed, and at none.
fn with_offices() -> Folded {
    let mut folded = Folded::with_peer();
    for (number, code) in [(10, "MFA"), (11, "GS")] {
        change(&mut folded, number, office(code)).unwrap();
    }
    for (number, desk) in [(20, "MFA"), (21, "GS"), (22, "VA"), (23, "")] {
        let roles = [Role::Drafter, Role::Releaser, Role::Watch].into();
        for (offset, name) in [(0, "one"), (10, "two")] {
            let person = of_office(&format!("{name} of {desk}"), desk);
            let member = Member { person, roles: std::collections::BTreeSet::clone(&roles) };
            change(&mut folded, number + offset, Change::MemberAdded(member)).unwrap();
        }
    }
    folded
}

fn one_of(desk: &str) -> Person {
    of_office(&format!("one of {desk}"), desk)
}

fn two_of(desk: &str) -> Person {
    of_office(&format!("two of {desk}"), desk)
}

/// A message that came in for these offices of ours; its digest, and its marks.
fn came(folded: &mut Folded, serial: u64, offices: &[&str]) -> (Digest, Vec<String>) {
    let mut message = theirs(Precedence::Routine, thread(1), &format!("message {serial}"), &[]);
    let addressee = |office: &&str| Addressee { party: us(), office: (*office).into() };
    message.draft.action = offices.iter().map(addressee).collect();
    let taken = folded.node(receive(delivery(&message, serial, serial, serial - 1))).unwrap();
    let Event::Received(received) = &taken.events[0] else { panic!("{taken:?}") };
    (received.dispatch.message, received.marks.clone())
}

fn give(folded: &mut Folded, number: u64, command: Command, who: &Person) -> Result<Record, Denied> {
    folded.given(command, by(who, number, "", at(61)), at(61))
}

fn read_by(of: Digest, who: &Person) -> Command {
    let Command::Acknowledge { of, outgoing } = acknowledge(of) else { panic!() };
    Command::Acknowledge { of, outgoing: Outgoing { drafter: who.clone(), ..outgoing } }
}

fn is_refused(done: Result<Record, Denied>) -> bool {
    match done {
        Ok(_) => false,
        Err(Denied::Refused(Refusal::OtherOffice { .. })) => true,
        Err(other) => panic!("{other:?}"),
    }
}

/// Who is told of it, and who may acknowledge it, in the order MFA, GS, VA (not listed), none.
fn told_and_may(offices: &[&str]) -> ([bool; 4], [bool; 4]) {
    let mut folded = with_offices();
    let (digest, _) = came(&mut folded, 1, offices);
    let desks = ["MFA", "GS", "VA", ""];
    let told = |board: &Board, desk| board.roster.offices.is_told(&one_of(desk), board.offices_of(&digest));
    let is_told = desks.map(|desk| told(&folded.board, desk));
    let mut number = 5_000;
    let may = desks.map(|desk| {
        number += 1;
        let who = one_of(desk);
        !is_refused(give(&mut folded, number, read_by(digest, &who), &who))
    });
    (is_told, may)
}

#[test]
fn what_is_addressed_to_an_office_is_that_offices_and_nothing_is_nobodys() {
    const ALL: [bool; 4] = [true; 4];
    let only_gs = ([false, true, true, true], [false, true, false, true]);
    let table: [(&[&str], _); 8] = [
        (&["GS"], only_gs),
        (&[" gs "], only_gs),
        (&["MFA", "GS"], ([true, true, true, true], [true, true, false, true])),
        (&[""], (ALL, ALL)),
        (&["", "GS"], (ALL, ALL)),
        (&["VA"], (ALL, ALL)),
        (&["VA", "GS"], (ALL, ALL)),
        (&["no such office"], (ALL, ALL)),
    ];
    for (offices, expected) in table {
        assert_eq!(told_and_may(offices), expected, "{offices:?}");
    }
}

#[test]
fn an_office_that_is_not_known_here_is_marked_and_a_party_that_is_one_knows_them_all() {
    let mut folded = with_offices();
    let marks: Vec<Vec<String>> =
        (1..).zip(["GS", "", "VA"]).map(|(serial, office)| came(&mut folded, serial, &[office]).1).collect();
    assert_eq!(marks[..2], [vec![], vec![]] as [Vec<String>; 2]);
    assert!(marks[2][0].contains("an office that is not known here"), "{marks:?}");
    assert_eq!(came(&mut Folded::with_peer(), 1, &["VA"]).1, [] as [&str; 0]);
}

#[test]
fn a_refusal_names_the_office_that_can_and_an_office_taken_off_the_list_leaves_all_to_all() {
    let mut folded = with_offices();
    let (digest, _) = came(&mut folded, 1, &["gs"]);
    let who = one_of("MFA");
    let refused = give(&mut folded, 5_001, read_by(digest, &who), &who).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "this message belongs to another office (GS): a person of that office, or one whose certificate \
         names no office, can do this"
    );
    change(&mut folded, 40, Change::OfficeRemoved("Gs".into())).unwrap();
    assert!(!is_refused(give(&mut folded, 5_002, read_by(digest, &who), &who)));
    // Listed again, it is that office's again.
    change(&mut folded, 41, office("GS")).unwrap();
    assert!(is_refused(give(&mut folded, 5_003, read_by(digest, &who), &who)));
}

#[test]
fn a_draft_is_released_returned_withdrawn_and_replaced_by_its_own_office_or_by_one_of_none() {
    let desks = ["MFA", "GS", "VA", ""];
    let mut number = 5_000;
    for drafted_at in desks {
        for handled_at in desks {
            let mut folded = with_offices();
            let (drafter, other) = (one_of(drafted_at), two_of(handled_at));
            let by_drafter = |subject: &str| Outgoing {
                drafter: drafter.clone(),
                ..party::outgoing(Precedence::Routine, subject)
            };
            let may = drafted_at == handled_at || drafted_at.is_empty() || handled_at.is_empty();
            let mut handled = |command: Command| {
                number += 2;
                let outgoing = by_drafter("text");
                give(&mut folded, number, party::draft(1, outgoing), &drafter).unwrap();
                assert_eq!(
                    !is_refused(give(&mut folded, number + 1, command, &other)),
                    may,
                    "drafted at {drafted_at:?}, handled at {handled_at:?}"
                );
                if !may {
                    assert!(folded.board.drafts.contains_key(&DraftId([1; 16])));
                } else {
                    let drafts = &mut folded.board.drafts;
                    drafts.remove(&DraftId([1; 16]));
                }
            };
            let outgoing = by_drafter("text");
            let digest = Digest::of(&detente::codec::message::encode_draft(&outgoing));
            let draft = DraftId([1; 16]);
            handled(party::release(1, outgoing.clone()));
            handled(Command::ReturnDraft { draft, digest, reason: "why".into() });
            handled(Command::WithdrawDraft { draft });
            handled(party::draft(1, Outgoing { drafter: other.clone(), ..outgoing }));
        }
    }
}

#[test]
fn no_more_offices_are_listed_than_the_limit_says_and_none_without_a_code() {
    let mut folded = Folded::with_peer();
    for number in 0..detente::limits::OFFICES_MAX as u64 {
        change(&mut folded, 100 + number, office(&format!("office {number}"))).unwrap();
    }
    let reason = |done: Result<Record, Denied>| match done {
        Err(Denied::Refused(refused)) => refused.reason(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(change(&mut folded, 300, office("one more"))), "TOO_MANY");
    // In the place of one that is listed, there is room.
    change(&mut folded, 301, office("OFFICE 7")).unwrap();
    for (number, code) in [(400, ""), (401, "  "), (402, " MFA"), (403, "M\u{202e}FA"), (404, "a\nb")] {
        assert_eq!(reason(change(&mut folded, number, office(code))), "FIELD", "{code:?}");
    }
    assert_eq!(reason(change(&mut folded, 405, office(&"x".repeat(65)))), "FIELD");
    assert_eq!(reason(change(&mut folded, 406, Change::OfficeRemoved("none such".into()))), "FIELD");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_by_another_office_is_refused_and_by_an_audit_reported() {
    const THREAD: ThreadId = ThreadId([7; 16]);
    let (one, other) = pair("BY", "PL").await;
    // Everybody there is of an office that is not listed.
    other.change(office("Watch")).await;
    let sent = one.send(one.outgoing(THREAD, &[&other], "Exercise")).await;
    one.deliver(&other).await;
    let watch = other.person("watch");
    let Command::Acknowledge { of, outgoing } = read_by(sent, &watch) else { panic!() };
    let content =
        detente::codec::message::encode_acknowledgement(&detente::domain::message::Acknowledgement {
            message: sent,
            officer: watch.clone(),
            read_at: other.clock.now(),
        });
    let action = vec![Addressee { party: one.party, office: String::new() }];
    let acknowledge = Command::Acknowledge { of, outgoing: Outgoing { content, action, ..outgoing } };
    let refused = other.registrar.give(acknowledge.clone(), Origin::Person(other.stamp("watch"))).await;
    assert!(matches!(refused, Err(Denied::Refused(Refusal::OtherOffice { .. }))), "{refused:?}");

    let lenient = |board: &mut Board| board.roster.offices = Default::default();
    let (index, entries) = with_forged(&other, acknowledge, "watch", lenient, |_| {}).await;
    reports(&other, &entries, index, "belongs to another office");
}
