//! Consoles that never read, flood, or send what is too large, and a Party that floods a session: whoever else is at
//! the hotline is told everything, and is heard.

use std::collections::BTreeSet;

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::form::encode;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::Delivery;
use detente::codec::proto::detente::v1::delivery_answer::Answer;
use detente::codec::proto::detente::v1::join_answer::How;
use detente::codec::proto::detente::v1::join_request::What as Said;
use detente::codec::proto::detente::v1::join_response::What;
use detente::domain::content::Content;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::form::{MessageDigest, MessageReference, Prose};
use detente::domain::hotline::{SessionOpening, SessionText};
use detente::domain::message::{Reference, Relation};
use detente::domain::people::Role;
use detente::domain::precedence::Precedence;
use detente::limits;
use tokio::task::JoinSet;
use tonic::Code;

use crate::hostile::Hostile;
use crate::hotline::{self, party};
use crate::hotline_nodes::{
    Console, accept, close, command, line_of, officer, officers, open, opening, say, say_call, show,
};
use crate::officer::{PATIENCE, arrived, hotlines, reason, size};
use crate::talk::{fresh, outgoing};

/// Says one text after the other, each with an opening and a heading that are as they should be.
async fn say_all(desk: &Desk, thread: &Bytes, texts: impl Iterator<Item = String>) {
    let opening = opening(desk, thread).await;
    let mut under_way = JoinSet::new();
    for text in texts {
        let (desk, thread, opening) = (desk.clone(), thread.clone(), opening.clone());
        under_way.spawn(async move {
            let asked =
                calls::SayRequest { command: command(&desk), thread, opening, text, ..Default::default() };
            let spoken = hotlines(&desk).say(asked).await.unwrap().into_inner().spoken.unwrap();
            assert!(spoken.released, "{spoken:?}");
        });
        while under_way.len() >= 8 {
            under_way.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = under_way.join_next().await {
        done.unwrap();
    }
}

/// As they are told as new, until so many texts were: each once, over as many streams as it takes.
async fn texts_told(desk: &Desk, mut console: Console, many: usize) -> Vec<String> {
    let (mut texts, mut last) = (Vec::new(), 0);
    while texts.len() < many {
        let told = tokio::time::timeout(PATIENCE, console.told.message()).await.expect("it is told");
        match told {
            Ok(Some(told)) => {
                last = told.position.max(last);
                if let Some(What::Line(line)) = told.what
                    && line.kind == "hotline.text"
                {
                    texts.push(line.text);
                }
            }
            // It was let go, and begins again where it was.
            Ok(None) | Err(_) => console = Console::begin(desk, last).await,
        }
    }
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn consoles_that_never_read_hold_up_nobody_and_lose_nothing() {
    // With what becomes of each, more than a connection takes unread.
    const TEXTS: usize = 160;
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    accept(&world, "PL", &thread).await;
    let (by, pl) = (officer(&world, "BY"), officer(&world, "PL"));
    let mute = [Console::begin(&by, 0).await, Console::begin(&pl, 0).await];
    let quick = Console::begin(&pl, 0).await;
    // As long as one text may be, in characters and in bytes.
    let text = |number: usize| format!("{number}: {}", "ы".repeat(3_900));
    let all: BTreeSet<String> = (0..TEXTS).map(text).collect();
    let (told, ()) = tokio::join!(texts_told(&pl, quick, TEXTS), say_all(&by, &thread, all.iter().cloned()));
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), all);
    // Whoever begins to read goes on from where it was.
    let [at_writer, at_reader] = mute;
    for (desk, console) in [(&by, at_writer), (&pl, at_reader)] {
        let told = texts_told(desk, console, TEXTS).await;
        assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), all);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_floods_is_answered_one_by_one_and_others_are_heard_meanwhile() {
    const FLOOD: usize = 600;
    let mut world = officers(&["BY", "PL"]).await;
    let roles = [Role::Drafter, Role::Releaser, Role::Watch];
    world.state_mut("PL").take_person("flooder", "Flooder of PL", &roles).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    accept(&world, "PL", &thread).await;
    let (by, pl, flooder) = (officer(&world, "BY"), officer(&world, "PL"), world.desk("PL", "flooder"));
    let mut hears = Console::begin(&by, 0).await;
    let Console { said, mut told } = Console::begin(&flooder, 0).await;
    let before = size(&world, "PL");
    let too_long = say_call(&flooder, &thread, &"word ".repeat(600_000)).await;
    let elsewhere = calls::SayRequest { opening: vec![9; 32].into(), ..too_long.clone() };
    let flood = async {
        for number in 0..FLOOD {
            let what = match number % 200 {
                0 => Said::Say(calls::SayRequest { command: command(&flooder), ..too_long.clone() }),
                1 => Said::Say(calls::SayRequest { command: command(&flooder), ..elsewhere.clone() }),
                _ => Said::Shown(Bytes::from(vec![7; 32])),
            };
            said.send(calls::JoinRequest { what: Some(what) }).await.unwrap();
        }
    };
    let others = async {
        for number in 0..10 {
            let text = format!("{number}: we hear you");
            let asked = say_call(&pl, &thread, &text).await;
            assert!(hotlines(&pl).say(asked).await.unwrap().into_inner().spoken.unwrap().released);
            hears.told_of(|told| line_of(told, &text)).await;
        }
    };
    let refused = async {
        let mut refused = 0;
        while refused < FLOOD {
            let one = told.message().await.unwrap().expect("the stream goes on");
            if let Some(What::Answer(answer)) = one.what {
                assert!(matches!(answer.how, Some(How::Refused(_))), "{answer:?}");
                refused += 1;
            }
        }
    };
    tokio::join!(flood, others, refused);
    let head = world.node("PL").registrar.head();
    let records = head.records(&world.node("PL").registrar.journal);
    for index in before..head.chain.size {
        let record = records.record(index).await.unwrap();
        let by = record.command.map(|command| command.by.name).unwrap_or_default();
        assert_ne!(by, "Flooder of PL", "nothing of the flood is on record");
    }

    // What is larger than any call ends that stream, and no other.
    let huge = calls::SayRequest { text: "x".repeat(limits::CALL_BYTES_MAX + 1), ..elsewhere };
    said.send(calls::JoinRequest { what: Some(Said::Say(huge)) }).await.unwrap();
    while let Ok(Some(_)) = told.message().await {}
    // Nor does one person hold more streams than their places, whatever they do with them.
    let mut held = Vec::new();
    let refused = loop {
        let (said, stream) = tokio::sync::mpsc::channel(1);
        match hotlines(&flooder).join(tokio_stream::wrappers::ReceiverStream::new(stream)).await {
            Ok(joined) => held.push((said, joined)),
            Err(refused) => break refused,
        }
    };
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::ResourceExhausted, "INBOX"));
    assert!(held.len() <= limits::CALLS_PER_PERSON_MAX);
    let asked = say_call(&pl, &thread, "and we are here").await;
    assert!(hotlines(&pl).say(asked).await.unwrap().into_inner().spoken.unwrap().released);
    hears.told_of(|told| line_of(told, "and we are here")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_console_says_is_answered_before_all_that_waits_for_it_was_told() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let by = officer(&world, "BY");
    while size(&world, "BY") <= limits::NOTICE_RECORDS_MAX as u64 {
        say_all(&by, &thread, (0..64).map(|number| number.to_string())).await;
    }
    // Both are with the node before anything was told.
    let (said, stream) = tokio::sync::mpsc::channel(2);
    for what in [Said::Begin(calls::JoinBegin::default()), Said::Shown(Bytes::from(vec![7; 32]))] {
        said.send(calls::JoinRequest { what: Some(what) }).await.unwrap();
    }
    let joined = hotlines(&by).join(tokio_stream::wrappers::ReceiverStream::new(stream)).await;
    let mut console = Console { said, told: joined.unwrap().into_inner() };
    let comes_first = |told: &calls::JoinResponse| match told.what {
        Some(What::Answer(_)) => Some("the answer"),
        Some(What::Live(_)) => Some("all on record"),
        _ => None,
    };
    assert_eq!(console.told_of(comes_first).await, "the answer");
}

/// What a changed node says in one thread, as FLASH.
pub struct Flood {
    by: Hostile,
    pub thread: ThreadId,
    place: u64,
    /// Of what was said last.
    last: Digest,
    /// By each envelope.
    refers_to: Vec<Reference>,
}

impl Flood {
    /// In whole calls, no more of its texts than are read of one author.
    pub const TEXTS_READ: usize = limits::HOTLINE_AUTHOR_BYTES_MAX
        / (limits::FORM_TEXT_BYTES_MAX + 4 * 1024)
        / limits::DELIVERIES_PER_CALL_MAX
        * limits::DELIVERIES_PER_CALL_MAX;

    /// With a session opened in it.
    pub async fn begin(by: Hostile) -> Flood {
        let (thread, last) = (ThreadId(fresh()), Digest::ZERO);
        let mut flood = Flood { by, thread, place: 0, last, refers_to: Vec::new() };
        let languages = vec!["en".to_owned()];
        let opening = Content::SessionOpening(SessionOpening { languages, ..SessionOpening::default() });
        let opening = flood.next("hotline.opening", &opening);
        flood.deliver(vec![opening]).await;
        flood
    }

    /// In a session that others hold.
    pub fn into_session(by: Hostile, thread: ThreadId) -> Flood {
        Flood { by, thread, place: 0, last: Digest::ZERO, refers_to: Vec::new() }
    }

    /// So many texts, longer than any that is taken from a writer here, and meant to drive a terminal.
    pub async fn texts(&mut self, many: usize) {
        let text = |number: usize| {
            let long = "y".repeat(limits::FORM_TEXT_BYTES_MAX - 64);
            let text = Prose(format!("{number}: \u{1b}[2J{long}"));
            Content::SessionText(SessionText { text, ..SessionText::default() })
        };
        let mut number = 0;
        while number < many {
            let call = (0..limits::DELIVERIES_PER_CALL_MAX).map(|at| text(number + at));
            let call = call.map(|one| self.next("hotline.text", &one)).collect();
            self.deliver(call).await;
            number += limits::DELIVERIES_PER_CALL_MAX;
        }
    }

    /// A text, and as many as one call holds that answer it, each with as many references to it as there is room for.
    pub async fn answers(&mut self) -> Digest {
        let text = |number: usize, answers: MessageReference| {
            Content::SessionText(SessionText {
                text: Prose(number.to_string()),
                answers,
                ..SessionText::default()
            })
        };
        let first = self.next("hotline.text", &text(0, MessageReference::default()));
        self.deliver(vec![first]).await;
        let answered = self.last;
        let (number, author) = (String::new(), String::new());
        let reference = Reference { message: Some(answered), number, author, relation: Relation::Answers };
        self.refers_to = vec![reference; limits::REFERENCES_MAX];
        let mut call = Vec::new();
        for number in 1..=limits::DELIVERIES_PER_CALL_MAX {
            let message_digest = Some(MessageDigest(answered));
            let answers = MessageReference { message_digest, ..MessageReference::default() };
            call.push(self.next("hotline.text", &text(number, answers)));
        }
        self.deliver(call).await;
        self.refers_to.clear();
        answered
    }

    fn next(&mut self, kind: &str, content: &Content) -> Delivery {
        let mut draft = outgoing(self.thread, &[self.by.you], Precedence::Flash, "Flood");
        draft.kind = kind.into();
        draft.content = encode(content).unwrap().into();
        draft.references.clone_from(&self.refers_to);
        let message = self.by.message(draft);
        let payload = detente::codec::message::encode(&message);
        self.last = Digest::of(&payload);
        let mut dispatch = self.by.next(Precedence::Flash, self.last);
        self.place += 1;
        (dispatch.thread, dispatch.place) = (self.thread, self.place);
        self.by.spend(&dispatch);
        Delivery { dispatch: self.by.sign_dispatch(&dispatch), message: self.by.sign_message(payload) }
    }

    async fn deliver(&mut self, deliveries: Vec<Delivery>) {
        let answers = self.by.deliver(deliveries).await;
        assert!(answers.iter().all(|one| matches!(one, Answer::Receipt(_))), "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_that_floods_its_session_with_long_texts_holds_up_no_other_session() {
    const TEXTS: usize = Flood::TEXTS_READ;
    let mut world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "LT", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "LT", &accepted.message_digest).await;
    let (lt, pl) = (officer(&world, "LT"), officer(&world, "PL"));
    let mut hears = Console::begin(&pl, 0).await;
    let everything = Console::begin(&pl, 0).await;
    let by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let mut flood = Flood::begin(by).await;
    let flooding = flood.texts(TEXTS);
    let others = async {
        for number in 0..5 {
            let text = format!("{number}: from LT");
            let asked = say_call(&lt, &thread, &text).await;
            assert!(hotlines(&lt).say(asked).await.unwrap().into_inner().spoken.unwrap().released);
            hears.told_of(|told| line_of(told, &text)).await;
        }
    };
    let reading = texts_told(&pl, everything, TEXTS + 5);
    let ((), (), told) = tokio::join!(flooding, others, reading);
    assert_eq!(told.iter().filter(|text| text.contains("from LT")).count(), 5);
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), TEXTS + 5, "each once");
    let flooded = Bytes::copy_from_slice(&flood.thread.0);
    let shown = show(&world, "PL", &flooded).await;
    assert_eq!((shown.session.unwrap().messages, shown.next > 0), (TEXTS as u32 + 1, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn others_go_on_in_a_session_that_one_of_them_floods_and_agree_on_what_they_said() {
    // More than is read of one author, and it is sent to one of the others alone.
    const TEXTS: usize = limits::HOTLINE_AUTHOR_BYTES_MAX / limits::FORM_TEXT_BYTES_MAX + 64;
    let mut world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "LT", &["BY", "PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    // BY's receipt is a leaf of the ledger that is gone on with in its place.
    for code in ["BY", "LT"] {
        arrived(&world, code, &accepted.message_digest).await;
    }
    let by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let mut flood = Flood::into_session(by, ThreadId::from_slice(&thread).unwrap());
    flood.texts(TEXTS).await;
    let stands = show(&world, "PL", &thread).await.session.unwrap();
    assert!(stands.not_read > 0, "{stands:?}");
    assert_eq!(stands.messages + stands.not_read, TEXTS as u32 + 2);
    assert_eq!(stands.not_read_of, ["BY"]);
    // No line is made of it, and it waits for an officer all the same.
    assert!(stands.to_acknowledge >= stands.not_read, "{stands:?}");
    assert_eq!(stands.beside.len(), limits::HOTLINE_BESIDE_TOLD);
    let waits = |one: &calls::SaidBeside| one.author == "BY" && one.kind.is_empty() && one.traffic > 0;
    assert!(stands.beside.iter().all(waits), "{stands:?}");

    let mut hears = Console::begin(&officer(&world, "PL"), size(&world, "PL")).await;
    arrived(&world, "PL", &say(&world, "LT", &thread, "from LT").await.message_digest).await;
    hears.told_of(|told| line_of(told, "from LT")).await;
    drop(hears);
    arrived(&world, "LT", &say(&world, "PL", &thread, "from PL").await.message_digest).await;
    for (at, other) in [("LT", "PL"), ("PL", "LT")] {
        arrived(&world, other, &close(&world, at, &thread).await.message_digest).await;
    }
    let mut agreed = Vec::new();
    for (at, other) in [("LT", "PL"), ("PL", "LT")] {
        let closed = show(&world, at, &thread).await.closed;
        let [with] = &closed[..] else { panic!("{closed:?}") };
        assert_eq!((with.party.as_str(), &with.differences), (other, &Vec::new()));
        agreed.push(with.agreed.clone());
    }
    assert!(agreed[0] == agreed[1] && !agreed[0].is_empty(), "{agreed:?}");
}

#[test]
fn what_one_who_is_not_in_the_session_here_says_to_this_party_stands_apart_from_it() {
    let (mut by, mut lt, mut pl) =
        (hotline::Desk::new("BY"), hotline::Desk::new("LT"), hotline::Desk::new("PL"));
    pl.take(&by.open(&["PL"]));
    // In the same thread, to both.
    let theirs = [lt.open(&["BY", "PL"]), lt.say("we are here")];
    theirs.iter().for_each(|one| pl.take(one));
    let session = pl.session();
    assert_eq!(session.present, ["BY", "PL"].map(party));
    assert!(session.lines.iter().all(|line| line.spoken.said.author != party("LT")));
    let apart: Vec<Digest> = session.apart.iter().map(|one| one.said.message).collect();
    assert_eq!(apart, theirs.map(|one| one.said.message));
}
