//! What only tells what became of another message, that it was read or is shown, waits for nobody; where it holds any
//! more than that, somebody is to read it.

use bytes::Bytes;
use detente::codec::{form, message};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, MessageReference, Prose};
use detente::domain::hotline::SessionShown;
use detente::domain::message::{
    ACKNOWLEDGEMENT, Acknowledgement, Addressee, Holds, Message, Outgoing, Part, Reference, RegimeCitation,
    Relation,
};
use detente::domain::precedence::Precedence;
use detente::domain::thread::Acknowledged;
use detente::domain::watch::listed;

use crate::check_words::Link;
use crate::party::{self, Folded, at, theirs, us};

const OF: Digest = Digest([7; 32]);
const WORDS: &str = "We fire at dawn.";

/// As another Party's node writes it, at FLASH.
fn told(kind: &str, subject: &str, relation: Relation, content: Bytes) -> Message {
    let sent = theirs(Precedence::Flash, party::thread(1), subject, &[]);
    let references = vec![Reference {
        message: Some(OF),
        number: "PL/2025/BY/0001".into(),
        author: us().to_string(),
        relation,
    }];
    let draft = Outgoing { kind: kind.into(), content, references, marking: String::new(), ..sent.draft };
    Message { draft, ..sent }
}

fn acknowledgement() -> Message {
    let officer = theirs(Precedence::Flash, party::thread(1), "", &[]).draft.drafter;
    let read = Acknowledgement { message: OF, officer, read_at: at(1) };
    let content = message::encode_acknowledgement(&read);
    told(ACKNOWLEDGEMENT, "Acknowledgement", Relation::Acknowledges, content)
}

fn shown(remarks: &str) -> Message {
    let officer = theirs(Precedence::Flash, party::thread(1), "", &[]).draft.drafter;
    let author = us().to_string();
    let form = SessionShown {
        shown: MessageReference {
            message_digest: Some(MessageDigest(OF)),
            author,
            ..MessageReference::default()
        },
        console: officer.name,
        remarks: Prose(remarks.into()),
        ..SessionShown::default()
    };
    let content = form::encode(&Content::SessionShown(form)).unwrap().into();
    told(Kind::SessionShown.name(), "Shown at a console", Relation::RefersTo, content)
}

/// Whether it waits for an officer once it is on record here.
fn waits(said: &Message) -> bool {
    let mut link = Link { folded: Folded::with_peer(), serial: 0 };
    let bytes = message::encode(said);
    link.comes(&message::decode(&bytes).unwrap(), at(60));
    let board = &link.folded.board;
    let there = board.messages.get(&Digest::of(&bytes)).unwrap();
    let waits = there.acknowledged == Acknowledged::NotYet;
    assert_eq!(board.watch.open.get(&Digest::of(&bytes)).is_some(), waits);
    // Behind no session, which has no line for it.
    assert!(
        listed(board.watch.open.items(), &std::collections::BTreeSet::new())
            .iter()
            .all(|one| one.of_session == 0)
    );
    waits
}

#[test]
fn what_only_tells_that_a_message_was_read_or_is_shown_waits_for_nobody() {
    assert!(!waits(&acknowledgement()));
    assert!(!waits(&shown("")));
}

#[test]
fn an_acknowledgement_that_holds_more_than_that_waits_for_an_officer() {
    let part = || Part {
        salted_digest: Digest([1; 32]),
        bytes: 1,
        media_type: "text/plain".into(),
        name: WORDS.into(),
        holds: Holds::NoPersonalData,
    };
    let mut changed = Vec::new();
    let mut change = |field: &'static str, how: &dyn Fn(&mut Message)| {
        for mut said in [acknowledgement(), shown("")] {
            how(&mut said);
            changed.push((field, said));
        }
    };
    change("remarks", &|said| said.draft.remarks = WORDS.into());
    change("subject", &|said| said.draft.subject = WORDS.into());
    change("marking", &|said| said.draft.marking = WORDS.into());
    change("language", &|said| said.draft.language = WORDS.into());
    change("zone", &|said| said.draft.zone = WORDS.into());
    change("parts", &|said| said.draft.parts = vec![part()]);
    change("releasable_to", &|said| said.draft.releasable_to = vec![us()]);
    change("office", &|said| said.draft.action[0].office = WORDS.into());
    change("information", &|said| {
        said.draft.information = vec![Addressee { party: us(), office: WORDS.into() }];
    });
    change("drafter", &|said| said.draft.drafter.name = WORDS.into());
    change("regime", &|said| {
        let provision = WORDS.into();
        said.draft.regime = Some(RegimeCitation { name: "R".into(), digest: Digest([2; 32]), provision });
    });
    change("relation", &|said| said.draft.references[0].relation = Relation::Amends);
    change("author", &|said| said.draft.references[0].author = WORDS.into());
    change("no reference", &|said| said.draft.references.clear());
    change("second reference", &|said| {
        let mut second = said.draft.references[0].clone();
        second.message = None;
        second.number = WORDS.into();
        said.draft.references.push(second);
    });
    change("of another", &|said| said.draft.references[0].message = Some(Digest([8; 32])));
    // A field that nobody knows.
    change("content", &|said| {
        said.draft.content = [&said.draft.content[..], &[0xfa, 0x07, 0x01, b'x']].concat().into();
    });
    changed.push(("remarks of the form", shown(WORDS)));
    for (field, said) in &changed {
        assert!(waits(said), "{field} of {}", said.draft.kind);
    }
}

#[test]
fn an_acknowledgement_in_which_a_field_stands_that_nobody_knows_is_one_that_says_more() {
    for said in [acknowledgement(), shown("")] {
        let bytes = message::encode(&said);
        assert!(!message::decode(&bytes).unwrap().draft.says_more);
        let more: Bytes = [&bytes[..], &[0xfa, 0x07, 0x01, b'x']].concat().into();
        assert!(message::decode(&more).unwrap().draft.says_more);
    }
    // Whatever another kind holds is its content.
    let other = theirs(Precedence::Flash, party::thread(1), WORDS, &[]);
    assert!(!message::decode(&message::encode(&other)).unwrap().draft.says_more);
}
