//! Parties that others introduce: unconfirmed until their fingerprint is compared, and what a hostile
//! introducer gains.

use bytes::Bytes;
use detente::domain::board::{Board, Denied};
use detente::domain::command::{Command, Origin};
use detente::domain::digest::Digest;
use detente::domain::event::{AcceptedKeyList, Change, Record, RevocationList};
use detente::domain::keys::Purpose;
use detente::domain::party::{LedgerEnd, Party};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::domain::roster::Introduced;
use detente::evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use detente::evidence::names;
use detente::peers::heads::{self, HeadFault};

use crate::audit::{reports, with_forged};
use crate::office::change;
use crate::party::{self, Folded, delivery, first_list, list_of, peer, receive, theirs, thread};

fn introducer() -> Party {
    "LT".parse().unwrap()
}

fn added(list: AcceptedKeyList) -> Change {
    let party = list.list.party;
    Change::PartyAdded {
        key_lists: vec![list],
        revocation_list: RevocationList { party, der: Bytes::from_static(b"their list") },
    }
}

fn introduced(by: Party, list: AcceptedKeyList) -> Change {
    let party = list.list.party;
    Change::PartyIntroduced {
        by,
        key_lists: vec![list],
        revocation_list: RevocationList { party, der: Bytes::from_static(b"their list") },
    }
}

fn confirmed(party: Party, fingerprint: Digest) -> Change {
    Change::PartyConfirmed { party, fingerprint }
}

/// LT is known and confirmed; nobody else.
fn with_introducer() -> Folded {
    let mut folded = Folded::begun();
    change(&mut folded, 10, added(list_of(introducer(), 120))).unwrap();
    folded
}

fn reason(done: Result<Record, Denied>) -> &'static str {
    match done {
        Err(Denied::Refused(refused)) => refused.reason(),
        other => panic!("{other:?}"),
    }
}

fn unconfirmed(folded: &Folded) -> Option<Party> {
    folded.board.roster.parties.get(&peer()).unwrap().unconfirmed(None)
}

#[test]
fn an_introduced_party_is_unconfirmed_until_its_own_fingerprint_is_compared() {
    let mut folded = with_introducer();
    change(&mut folded, 20, introduced(introducer(), first_list(peer()))).unwrap();
    assert_eq!(unconfirmed(&folded), Some(introducer()));
    assert!(folded.board.link(peer()).is_some(), "the link works");
    let message = theirs(Precedence::Routine, thread(1), "a message", &[]);
    folded.node(receive(delivery(&message, 1, 1, 0))).unwrap();

    let other = confirmed(peer(), Digest::of(b"another"));
    assert_eq!(reason(change(&mut folded, 21, other)), "OTHER_FINGERPRINT");
    assert_eq!(reason(change(&mut folded, 22, added(first_list(peer())))), "PARTY_INTRODUCED");
    assert_eq!(unconfirmed(&folded), Some(introducer()));
    change(&mut folded, 23, confirmed(peer(), first_list(peer()).digest)).unwrap();
    assert_eq!(unconfirmed(&folded), None);
    let known = folded.board.roster.parties.get(&peer()).unwrap();
    let before = party::at(-1);
    assert_eq!(known.unconfirmed(Some(before)), Some(introducer()), "as it was known then");
    assert_eq!(reason(change(&mut folded, 24, confirmed(peer(), first_list(peer()).digest))), "FIELD");
}

#[test]
fn a_code_that_is_known_is_not_taken_over_by_an_introduction() {
    let mut folded = with_introducer();
    let made_up = || list_of(peer(), 140);
    change(&mut folded, 20, added(first_list(peer()))).unwrap();
    assert_eq!(reason(change(&mut folded, 21, introduced(introducer(), made_up()))), "PARTY_KNOWN");
    assert_eq!(reason(change(&mut folded, 22, added(made_up()))), "PARTY_KNOWN");
    assert_eq!(
        reason(change(&mut folded, 23, introduced(introducer(), list_of(party::us(), 140)))),
        "PARTY_KNOWN"
    );
    // Nor one that was introduced and then confirmed, nor one that still is unconfirmed.
    let mut folded = with_introducer();
    change(&mut folded, 20, introduced(introducer(), first_list(peer()))).unwrap();
    assert_eq!(reason(change(&mut folded, 21, introduced(introducer(), made_up()))), "PARTY_KNOWN");
    change(&mut folded, 22, confirmed(peer(), first_list(peer()).digest)).unwrap();
    assert_eq!(reason(change(&mut folded, 23, added(made_up()))), "PARTY_KNOWN");
    assert_eq!(
        folded.board.roster.parties.get(&peer()).unwrap().fingerprint(),
        Some(first_list(peer()).digest)
    );
}

#[test]
fn nobody_introduces_who_is_unknown_unconfirmed_or_we_ourselves() {
    let mut folded = with_introducer();
    let stranger = "XX".parse().unwrap();
    assert_eq!(reason(change(&mut folded, 20, introduced(stranger, first_list(peer())))), "NO_SUCH_PARTY");
    assert_eq!(reason(change(&mut folded, 21, introduced(party::us(), first_list(peer())))), "FIELD");
    change(&mut folded, 22, introduced(introducer(), first_list(peer()))).unwrap();
    assert_eq!(reason(change(&mut folded, 23, introduced(peer(), list_of(stranger, 140)))), "FIELD");
    assert_eq!(reason(change(&mut folded, 24, confirmed(stranger, Digest::ZERO))), "NO_SUCH_PARTY");
}

/// The introducer hands over a made-up Party under another State's code.
#[test]
fn the_right_party_takes_the_place_of_a_made_up_one_while_nothing_was_signed_between_them() {
    let mut folded = with_introducer();
    let made_up = list_of(peer(), 140);
    change(&mut folded, 20, introduced(introducer(), made_up.clone())).unwrap();
    let right = first_list(peer());
    assert_eq!(reason(change(&mut folded, 21, confirmed(peer(), right.digest))), "OTHER_FINGERPRINT");
    change(&mut folded, 22, added(right.clone())).unwrap();
    assert_eq!(unconfirmed(&folded), None);
    assert_eq!(folded.board.roster.parties.get(&peer()).unwrap().fingerprint(), Some(right.digest));
    let message = theirs(Precedence::Routine, thread(1), "a message", &[]);
    folded.node(receive(delivery(&message, 1, 1, 0))).unwrap();
}

/// Nobody gives codes out: at another node, or at another time, another Party may carry ours, or the peer's.
#[test]
fn a_head_of_the_ledger_kept_for_or_by_another_party_with_the_same_code_is_not_taken() {
    let board = Folded::with_peer().board;
    let (ours, theirs) = (board.ledger_end(party::us()).unwrap(), board.ledger_end(peer()).unwrap());
    let another = list_of(peer(), 140).digest;
    let head = |keeper, other| {
        let checkpoint = Checkpoint::new(names::ledger_origin(keeper, other), 1, Digest::of(b"a root"));
        let key = party::key(party::PEERS, Purpose::Ledger);
        let signed = SignedCheckpoint::sign(checkpoint, &names::ledger_key_name(&peer()), &key).unwrap();
        let note = signed.note().to_string().into();
        heads::verify_theirs(&board, peer(), &note).map(|head| head.size)
    };
    assert_eq!(head(theirs, ours), Ok(1));
    assert_eq!(head(theirs, LedgerEnd { fingerprint: another, ..ours }), Err(HeadFault::NotSigned));
    assert_eq!(head(LedgerEnd { fingerprint: another, ..theirs }, ours), Err(HeadFault::NotSigned));
}

/// What was signed for the one would contradict what is signed for the other.
#[test]
fn a_code_under_which_words_were_exchanged_is_not_given_to_another_party() {
    let mut folded = with_introducer();
    change(&mut folded, 20, introduced(introducer(), first_list(peer()))).unwrap();
    // Proposed before the first word, confirmed after it.
    let proposed = party::by(&party::anna(), 21, "propose", party::at(0));
    let right = Command::Propose(added(list_of(peer(), 140)));
    folded.given(right, proposed, party::at(0)).unwrap();
    let message = theirs(Precedence::Routine, thread(1), "a message", &[]);
    folded.node(receive(delivery(&message, 1, 1, 0))).unwrap();
    let confirm = Command::confirm(party::id(21));
    let confirming = party::by(&party::jan(), 22, "confirm", party::at(0));
    assert_eq!(reason(folded.given(confirm, confirming, party::at(0))), "CODE_SPOKEN_FOR");
    assert_eq!(reason(change(&mut folded, 23, added(list_of(peer(), 140)))), "CODE_SPOKEN_FOR");
    assert_eq!(unconfirmed(&folded), Some(introducer()));
}

/// Whoever keeps the journal can't let an introducer take over a code either.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_taken_over_against_the_rule_is_reported_by_an_audit() {
    let (by, pl) = crate::pair::pair("BY", "PL").await;
    by.change(added(list_of(introducer(), 120))).await;
    let takeover = Command::Propose(introduced(introducer(), list_of(pl.party, 140)));
    let stamp = by.stamp("first custodian");
    let refused = by.registrar.give(takeover.clone(), Origin::Person(stamp)).await;
    assert!(matches!(refused, Err(Denied::Refused(Refusal::PartyKnown))), "{refused:?}");
    let lenient = |board: &mut Board| {
        board.roster.parties.remove(&pl.party);
    };
    let (index, entries) = with_forged(&by, takeover, "first custodian", lenient, |_| {}).await;
    reports(&by, &entries, index, "this Party is known here already");

    let confirm = Command::Propose(confirmed(pl.party, Digest::ZERO));
    let lenient = |board: &mut Board| {
        let known = board.roster.parties.get_mut(&pl.party).unwrap();
        known.introduced = Some(Introduced { by: introducer(), confirmed_at: None });
        known.key_lists[0].digest = Digest::ZERO;
    };
    let (index, entries) = with_forged(&by, confirm, "first custodian", lenient, |_| {}).await;
    reports(&by, &entries, index, "was compared before");
}
