//! A message of a session that came by way of another Party than its author: it counts as its author's own where the
//! author signed it and addressed it here, so that two whom a third would keep waiting agree all the same.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::Delivery;
use detente::codec::proto::detente::v1::delivery_answer::Answer;
use detente::codec::proto::detente::v1::join_response::What;
use detente::codec::{form, message, signed};
use detente::domain::content::Content;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::form::{MessageDigest, Prose};
use detente::domain::forwarded::{Enclosed, Forwarded};
use detente::domain::hotline::{SeenLast, SessionAcceptance, SessionOpening, SessionText};
use detente::domain::message::Traffic;
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::replay::verify::Weight;
use tonic::Code;

use crate::by_hand::{proven, sentences};
use crate::hostile::Hostile;
use crate::hotline::{Desk, party, spoken};
use crate::hotline_nodes::{
    Console, accept, close, digests, line_of, officer, officers, open, page, say, show, transcript,
};
use crate::officer::{addressee, arrived, heading, hotlines, receipted, send, size};
use crate::officer_program::{object, printed};
use crate::print_pdf::{read_file_by, squeezed};
use crate::talk::outgoing;
use crate::world::World;

/// BY opens to LT and PL, PL takes part; nothing of that is owed.
async fn three() -> (World, Bytes) {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["LT", "PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await.message_digest;
    for code in ["BY", "LT"] {
        arrived(&world, code, &accepted).await;
    }
    for (from, to) in [("BY", "LT"), ("BY", "PL"), ("PL", "BY"), ("PL", "LT")] {
        receipted(&world, from, to).await;
    }
    (world, thread)
}

fn text(text: &str) -> Content {
    Content::SessionText(SessionText { text: Prose(text.into()), ..SessionText::default() })
}

/// What a changed node signs in a session.
struct Said {
    payload: Bytes,
    thread: ThreadId,
    digest: Bytes,
}

impl Said {
    fn by(by: &Hostile, thread: &Bytes, to: &[&str], content: &Content, traffic: Traffic) -> Said {
        let thread = ThreadId::from_slice(thread).unwrap();
        let to: Vec<Party> = to.iter().map(|code| party(code)).collect();
        let mut draft = outgoing(thread, &to, Precedence::Flash, "Aircraft off course");
        draft.kind = content.kind().name().into();
        draft.content = form::encode(content).unwrap().into();
        draft.traffic = traffic;
        let payload = message::encode(&by.message(draft));
        let digest = Bytes::copy_from_slice(&Digest::of(&payload).0);
        Said { payload, thread, digest }
    }

    fn real(by: &Hostile, thread: &Bytes, to: &[&str], content: &Content) -> Said {
        Said::by(by, thread, to, content, Traffic::Real)
    }

    /// To the other end alone, whoever else is addressed.
    async fn give(&self, by: &mut Hostile, place: u64) {
        let mut dispatch = by.next(Precedence::Flash, Digest::of(&self.payload));
        (dispatch.thread, dispatch.place) = (self.thread, place);
        by.spend(&dispatch);
        let message = by.sign_message(self.payload.clone());
        let given = by.deliver_one(&Delivery { dispatch: by.sign_dispatch(&dispatch), message }).await;
        assert!(matches!(given, Answer::Receipt(_)), "{given:?}");
    }
}

/// By an officer, into the session: the digest of the message that hands it on.
async fn hand_on(world: &World, by: &str, original: &Bytes, to: &str) -> Bytes {
    let desk = world.state(by).desk_directory("officer").display().to_string();
    let drafted = object(&["message", "forward", &hex::encode(original), "--to", to, "--as", &desk]).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let sent = object(&["message", "release", draft, "--digest", digest, "--as", &desk]).await;
    let sent: Bytes = hex::decode(sent["message"].as_str().unwrap()).unwrap().into();
    arrived(world, to, &sent).await;
    sent
}

/// The same of any bytes, in any thread.
async fn hand_on_bytes(world: &World, number: u8, thread: &Bytes, original: Bytes, traffic: Traffic) {
    let content =
        Content::Forwarded(Forwarded { original: Some(Enclosed(original)), ..Forwarded::default() });
    let traffic = match traffic {
        Traffic::Real => evidence::Traffic::Real,
        Traffic::Drill => evidence::Traffic::Drill,
    };
    let heading = calls::Heading { thread: thread.clone(), traffic: traffic as i32, ..heading(1) };
    let sent = send(world, "BY", number, heading, &content).await;
    arrived(world, "PL", &sent.message_digest).await;
}

fn line(shown: &calls::ShowSessionResponse, digest: &Bytes) -> Option<calls::SessionLine> {
    shown.lines.iter().find(|line| line.digest == *digest).cloned()
}

fn waits(shown: &calls::ShowSessionResponse) -> bool {
    shown.lines.iter().any(|line| !line.missing.is_empty())
}

/// What BY and PL signed with each other, as both have it.
async fn agreed(world: &World, thread: &Bytes) -> Bytes {
    let mut both = Vec::new();
    for (at, other) in [("BY", "PL"), ("PL", "BY")] {
        let closed = show(world, at, thread).await.closed;
        let with = closed.iter().find(|with| with.party == other).unwrap().clone();
        assert_eq!((with.since, with.differences), (0, Vec::new()), "{at}");
        both.push(with.agreed);
    }
    assert!(both[0] == both[1] && !both[0].is_empty(), "{both:?}");
    both.remove(0)
}

async fn both_close(world: &World, thread: &Bytes) {
    for (at, other) in [("PL", "BY"), ("BY", "PL")] {
        arrived(world, other, &close(world, at, thread).await.message_digest).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_third_gave_to_one_alone_counts_at_the_other_once_it_is_handed_on_and_the_two_close() {
    let (mut world, thread) = three().await;
    let mut lt = Hostile::in_place_of(&mut world, "LT", "BY").await;
    let said = Said::real(&lt, &thread, &["BY", "PL"], &text("to one alone"));
    said.give(&mut lt, 1).await;
    arrived(&world, "BY", &said.digest).await;
    let builds = say(&world, "BY", &thread, "we have seen that").await.message_digest;
    arrived(&world, "PL", &builds).await;
    assert_eq!(
        line(&show(&world, "PL", &thread).await, &builds).unwrap().missing,
        std::slice::from_ref(&said.digest)
    );
    let printed_there = page(&world, "PL", &thread).await;
    let hint = format!("message forward {} --to CODE", &hex::encode(&said.digest)[..12]);
    assert!(squeezed(&printed_there).contains(&squeezed(&hint)), "{printed_there}");

    let leaves = |world: &World| {
        let board = world.node("PL").registrar.head().board.clone();
        assert!(!board.messages.contains_key(&Digest::of(&said.payload)));
        board.link(party("LT")).unwrap().ours.edge.size()
    };
    let before = leaves(&world);
    let carrier = hand_on(&world, "BY", &said.digest, "PL").await;
    let shown = show(&world, "PL", &thread).await;
    let came = line(&shown, &said.digest).unwrap();
    let mark = came.came_by_way.clone();
    assert!(mark.starts_with("came by way of BY at ") && mark.ends_with(", not from LT"), "{mark}");
    assert_eq!((came.author.as_str(), came.text.as_str(), &came.read_as), ("LT", "to one alone", &carrier));
    assert!(!waits(&shown) && shown.handed_on.is_empty(), "{shown:?}");
    let stands = shown.session.clone().unwrap();
    // It is told once: its text, and the one that builds on it.
    assert_eq!((stands.handed_on, stands.unread), (0, 2), "{stands:?}");
    assert!(stands.beside.iter().all(|one| one.digest != carrier), "{stands:?}");
    assert_eq!(digests(&shown), digests(&show(&world, "BY", &thread).await));

    // What is put on record as read is what brought it. Nothing of that goes to its author.
    let pl = world.state("PL").desk_directory("officer").display().to_string();
    printed(&["hotline", "read", &hex::encode(&carrier)[..12], "--as", &pl]).await;
    let read = show(&world, "PL", &thread).await;
    assert_eq!(read.session.as_ref().unwrap().unread, 1);
    assert!(line(&read, &said.digest).unwrap().read_by_caller);
    assert_eq!(leaves(&world), before);

    both_close(&world, &thread).await;
    let signed = agreed(&world, &thread).await;
    let at_by = transcript(&world, "BY", &thread, "PL").await;
    assert_eq!((&at_by, &at_by.digest), (&transcript(&world, "PL", &thread, "BY").await, &signed));
    assert!(String::from_utf8(at_by.transcript.to_vec()).unwrap().contains(&hex::encode(&said.digest)));

    let hex_thread = hex::encode(&thread);
    let of = ["hotline", "transcript", &hex_thread, "--with", "BY", "--as", &pl];
    assert!(squeezed(&printed(&of).await).contains(&squeezed(&mark)));
    let whole = object(&of).await;
    let told = whole["lines"].as_array().unwrap().iter().filter(|one| one["came_by_way"] == mark.as_str());
    assert_eq!(told.count(), 1, "{whole}");
    let folder = tempfile::tempdir().unwrap();
    let paper = folder.path().join("transcript.pdf");
    object(&[&of[..], &["--pdf", &paper.display().to_string()]].concat()).await;
    assert!(squeezed(&read_file_by("-layout", &paper)).contains(&squeezed(&mark)));
    // To its author it is not told by whom.
    let with_author = ["hotline", "transcript", &hex_thread, "--with", "LT", "--as", &pl];
    let sheet = squeezed(&printed(&with_author).await);
    assert!(sheet.contains(&squeezed("came by way of another Party at ")), "{sheet}");

    let found = proven(&world, "PL", &thread).await;
    assert!(found.holds(), "{:?}", found.findings);
    let proven = sentences(&found, Weight::Proven);
    assert!(proven.contains("BY and PL signed the same transcript"), "{proven}");
    let stated = sentences(&found, Weight::Stated);
    assert!(stated.contains("it came there by way of BY, within "), "{stated}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_by_way_of_another_joins_with_what_its_author_brings_later_and_nothing_stands_twice() {
    let (mut world, thread) = three().await;
    world.state_mut("PL").stop().await;
    let said = say(&world, "LT", &thread, "over a slow line").await.message_digest;
    arrived(&world, "BY", &said).await;
    receipted(&world, "LT", "BY").await;
    world.state_mut("LT").stop().await;
    world.state_mut("PL").start().await;
    let builds = say(&world, "BY", &thread, "we have seen that").await.message_digest;
    arrived(&world, "PL", &builds).await;
    assert!(waits(&show(&world, "PL", &thread).await));

    let mut console = Console::begin(&officer(&world, "PL"), size(&world, "PL")).await;
    let carrier = hand_on(&world, "BY", &said, "PL").await;
    let told = console.told_of(|told| line_of(told, "over a slow line")).await;
    assert!(told.came_by_way.starts_with("came by way of BY"), "{told:?}");
    let pl = world.state("PL").desk_directory("officer").display().to_string();
    printed(&["hotline", "read", &hex::encode(&carrier)[..12], "--as", &pl]).await;
    let read = line(&show(&world, "PL", &thread).await, &said).unwrap();
    assert!(read.read_by_caller && read.read_as_handed_on.is_empty(), "{read:?}");
    both_close(&world, &thread).await;
    let signed = agreed(&world, &thread).await;
    let before = show(&world, "PL", &thread).await;
    assert!(!waits(&before));

    world.state_mut("LT").start().await;
    arrived(&world, "PL", &said).await;
    let joined = |told: &calls::JoinResponse| match &told.what {
        Some(What::Changed(line)) if line.digest == said && line.came_by_way.is_empty() => Some(()),
        _ => None,
    };
    console.told_of(joined).await;
    drop(console);
    // As it is read on, and as it is read anew.
    for is_anew in [false, true] {
        if is_anew {
            world.state_mut("PL").stop().await;
            world.state_mut("PL").start().await;
        }
        let shown = show(&world, "PL", &thread).await;
        assert_eq!(digests(&shown), digests(&before));
        let brought = line(&shown, &said).unwrap();
        assert_eq!((brought.came_by_way.as_str(), brought.read_as.len()), ("", 0));
        // It is to be read as its author's, and says that it was read before.
        let before = &brought.read_as_handed_on;
        assert!(!brought.read_by_caller && before.starts_with("read by Officer of PL at "), "{brought:?}");
        assert!(before.ends_with(" as BY handed it on, not as LT brought it"), "{before}");
        let page = squeezed(&page(&world, "PL", &thread).await);
        assert!(page.contains(&squeezed(before)), "{page}");
        assert!(shown.handed_on.is_empty(), "{shown:?}");
        assert_eq!(agreed(&world, &thread).await, signed);
    }
    receipted(&world, "LT", "PL").await;
    let found = proven(&world, "PL", &thread).await;
    let proven = sentences(&found, Weight::Proven);
    assert!(found.holds() && proven.contains("BY and PL signed the same transcript"), "{proven}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_handed_on_after_both_have_closed_makes_neither_close_another_and_both_close_again() {
    let (mut world, thread) = three().await;
    let mut lt = Hostile::in_place_of(&mut world, "LT", "BY").await;
    let said = Said::real(&lt, &thread, &["BY", "PL"], &text("to one alone"));
    said.give(&mut lt, 1).await;
    arrived(&world, "BY", &said.digest).await;
    arrived(&world, "PL", &say(&world, "BY", &thread, "we have seen that").await.message_digest).await;
    both_close(&world, &thread).await;
    let differences = async || {
        let closed = show(&world, "PL", &thread).await.closed;
        closed.into_iter().find(|with| with.party == "BY").unwrap().differences
    };
    let waiting = differences().await;
    assert!(waiting[0].contains("not here yet; it is named there as a message of LT"), "{waiting:?}");
    hand_on(&world, "BY", &said.digest, "PL").await;
    let differ = differences().await;
    assert!(differ.iter().all(|one| one.starts_with("only BY counts the text ")), "{differ:?}");
    assert_eq!(differ.len(), 2);
    arrived(&world, "BY", &close(&world, "PL", &thread).await.message_digest).await;
    agreed(&world, &thread).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_addressed_here_or_not_signed_by_its_author_is_handed_on_and_counts_as_nothing() {
    let (mut world, thread) = three().await;
    let mut lt = Hostile::in_place_of(&mut world, "LT", "BY").await;
    let to_one = Said::real(&lt, &thread, &["BY"], &text("for BY"));
    to_one.give(&mut lt, 1).await;
    arrived(&world, "BY", &to_one.digest).await;
    arrived(&world, "PL", &say(&world, "BY", &thread, "we have seen that").await.message_digest).await;
    hand_on(&world, "BY", &to_one.digest, "PL").await;
    let shown = show(&world, "PL", &thread).await;
    assert!(line(&shown, &to_one.digest).is_none() && !waits(&shown), "{shown:?}");
    assert_eq!((shown.handed_on.len(), &shown.handed_on[0].digest), (1, &to_one.digest));
    assert!(shown.handed_on[0].signature.contains("its signature verified"), "{shown:?}");

    // The very words, and a signature that is none.
    let said = Said::real(&lt, &thread, &["BY", "PL"], &text("for both"));
    let good = lt.sign_message(said.payload.clone());
    let mut forged = signed::decode(good.clone()).unwrap();
    forged.signatures[0].value = vec![7; 64].into();
    hand_on_bytes(&world, 1, &thread, signed::encode(&forged), Traffic::Real).await;
    let shown = show(&world, "PL", &thread).await;
    assert!(line(&shown, &said.digest).is_none(), "{shown:?}");
    assert_eq!(shown.handed_on.len(), 2);
    // Handed on as its author signed it, it counts.
    hand_on_bytes(&world, 2, &thread, good, Traffic::Real).await;
    let shown = show(&world, "PL", &thread).await;
    assert!(line(&shown, &said.digest).is_some(), "{shown:?}");
    assert_eq!(shown.handed_on.len(), 1);

    // A drill has no part in a session that is real, whichever way it comes.
    let drill = Said::by(&lt, &thread, &["BY", "PL"], &text("in a drill"), Traffic::Drill);
    let bytes = lt.sign_message(drill.payload.clone());
    hand_on_bytes(&world, 3, &thread, bytes, Traffic::Drill).await;
    let drill = line(&show(&world, "PL", &thread).await, &drill.digest).unwrap();
    assert_eq!((drill.position, drill.not_taken.as_str()), (0, "no part of this session, which is REAL"));
    assert!(drill.came_by_way.starts_with("came by way of BY"), "{drill:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_handed_on_begins_no_session_and_counts_in_none_that_had_not_begun() {
    let (mut world, _) = three().await;
    let mut lt = Hostile::in_place_of(&mut world, "LT", "BY").await;
    let thread = Bytes::from(vec![9; 16]);
    let opening = |language: &str| {
        let languages = vec![language.to_owned()];
        Content::SessionOpening(SessionOpening { languages, ..SessionOpening::default() })
    };
    let early = Said::real(&lt, &thread, &["BY", "PL"], &text("before it began"));
    let theirs = Said::real(&lt, &thread, &["BY", "PL"], &opening("lt"));
    for (number, said) in (1..).zip([&early, &theirs]) {
        let bytes = lt.sign_message(said.payload.clone());
        hand_on_bytes(&world, number, &thread, bytes, Traffic::Real).await;
    }
    let asked = calls::ShowSessionRequest { thread: thread.clone(), ..Default::default() };
    let refused = hotlines(&officer(&world, "PL")).show_session(asked).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound, "{refused:?}");

    let to = vec![addressee("LT"), addressee("PL")];
    let precedence = evidence::Precedence::Flash as i32;
    let heading = calls::Heading { thread: thread.clone(), action: to, precedence, ..heading(1) };
    let begins = send(&world, "BY", 3, heading, &opening("en")).await.message_digest;
    arrived(&world, "PL", &begins).await;
    let shown = show(&world, "PL", &thread).await;
    assert_eq!((shown.lines.len(), shown.handed_on.len()), (1, 2), "{shown:?}");
    for (place, said) in (1..).zip([&early, &theirs]) {
        said.give(&mut lt, place).await;
        arrived(&world, "BY", &said.digest).await;
    }
    let builds = say(&world, "BY", &thread, "we have seen both").await.message_digest;
    arrived(&world, "PL", &builds).await;
    assert!(waits(&show(&world, "PL", &thread).await));
    for said in [&early, &theirs] {
        hand_on(&world, "BY", &said.digest, "PL").await;
    }
    let shown = show(&world, "PL", &thread).await;
    assert!(!waits(&shown) && shown.handed_on.is_empty(), "{shown:?}");
    assert_eq!(shown.session.as_ref().unwrap().opening, begins);
    let later = line(&shown, &theirs.digest).unwrap();
    assert!(later.not_taken.starts_with("a later opening, which changes nothing"), "{later:?}");
    assert_eq!(digests(&shown).len(), digests(&show(&world, "BY", &thread).await).len());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_third_said_otherwise_to_each_of_two_both_have_both_once_each_hands_its_own_on() {
    let (mut world, thread) = three().await;
    let mut to_by = Hostile::in_place_of(&mut world, "LT", "BY").await;
    let mut to_pl = to_by.towards(&world, "PL").await;
    let one = Said::real(&to_by, &thread, &["BY", "PL"], &text("we stay"));
    let other = Said::real(&to_by, &thread, &["BY", "PL"], &text("we go"));
    one.give(&mut to_by, 1).await;
    other.give(&mut to_pl, 1).await;
    for (at, to, said) in [("BY", "PL", &one), ("PL", "BY", &other)] {
        arrived(&world, at, &said.digest).await;
        arrived(&world, to, &say(&world, at, &thread, "we have seen that").await.message_digest).await;
    }
    for (at, to, said) in [("BY", "PL", &one), ("PL", "BY", &other)] {
        assert!(waits(&show(&world, to, &thread).await));
        hand_on(&world, at, &said.digest, to).await;
        assert!(!waits(&show(&world, to, &thread).await));
    }
    let shown = show(&world, "PL", &thread).await;
    assert_eq!(digests(&shown), digests(&show(&world, "BY", &thread).await));
    let numbers = [&one, &other].map(|said| line(&shown, &said.digest).unwrap().number);
    assert_eq!(numbers[0], numbers[1]);
    both_close(&world, &thread).await;
    agreed(&world, &thread).await;
    // That it gave one number to two is told of it.
    let found = proven(&world, "PL", &thread).await;
    let wrong = sentences(&found, Weight::False);
    assert!(wrong.contains("LT gave this number to more than one message"), "{wrong}");
    let proven = sentences(&found, Weight::Proven);
    assert!(proven.contains("BY and PL signed the same transcript"), "{proven}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_who_came_by_way_of_another_is_on_in_the_place_of_none_whom_the_author_named_itself() {
    let (mut world, thread) = three().await;
    let mut to_by = Hostile::in_place_of(&mut world, "LT", "BY").await;
    let mut to_pl = to_by.towards(&world, "PL").await;
    let accepts = |officer: &str| {
        let form = SessionAcceptance { officer: officer.into(), ..SessionAcceptance::default() };
        Said::real(&to_by, &thread, &["BY", "PL"], &Content::SessionAcceptance(form))
    };
    let (before, now) = (accepts("Ona"), accepts("Jonas"));
    before.give(&mut to_by, 1).await;
    now.give(&mut to_pl, 1).await;
    arrived(&world, "BY", &before.digest).await;
    arrived(&world, "PL", &now.digest).await;
    hand_on(&world, "BY", &before.digest, "PL").await;
    let shown = show(&world, "PL", &thread).await;
    let handed_on = line(&shown, &before.digest).unwrap();
    assert!(handed_on.came_by_way.starts_with("came by way of BY"), "{handed_on:?}");
    let on = shown.session.unwrap().on;
    let of_lt: Vec<&str> = on.iter().filter(|one| one.party == "LT").map(|one| &one.officer[..]).collect();
    assert_eq!(of_lt, ["Jonas"]);
}

#[test]
fn what_comes_later_and_another_named_as_not_to_be_had_makes_no_close_of_ones_own_another() {
    let (mut by, mut pl) = (Desk::new("BY"), Desk::new("PL"));
    let take = |desk: &mut Desk, all: &[&Desk]| {
        for said in all.iter().flat_map(|other| &other.held) {
            desk.take(said);
        }
    };
    by.open(&["LT", "PL"]);
    take(&mut pl, &[&by]);
    let to_both = [party("BY"), party("PL")];
    let late = spoken(party("LT"), &to_both, 1_000, text("said, and not sent"));
    let opened = by.held[0].said.message;
    let seen = |author: &str, message: Digest, not_to: &[&str]| SeenLast {
        author: author.into(),
        message: Some(MessageDigest(message)),
        not_to: not_to.iter().map(|code| (*code).to_owned()).collect(),
    };
    // Which it addressed to both.
    let seen = vec![seen("BY", opened, &[]), seen("LT", late.said.message, &["BY", "PL"])];
    let form = SessionText { text: Prose("it builds on that".into()), seen, ..SessionText::default() };
    by.put(&[party("LT"), party("PL")], Content::SessionText(form));
    take(&mut pl, &[&by]);
    pl.say("an answer");
    take(&mut by, &[&pl]);
    by.close();
    pl.close();
    let closes: [Desk; 2] = [&by, &pl].map(|desk| Desk { own: desk.own, held: desk.held.clone() });
    take(&mut by, &[&closes[1]]);
    take(&mut pl, &[&closes[0]]);
    for desk in [&by, &pl] {
        assert!(desk.session().pairs[0].agreed.is_some(), "{}: {:?}", desk.own, desk.session().pairs);
    }
    // Neither of the two went on from it, by their own word.
    for desk in [&mut by, &mut pl] {
        desk.take(&late);
        let pairs = desk.session().pairs;
        assert!(pairs[0].agreed.is_some() && pairs[0].since == 0, "{}: {pairs:?}", desk.own);
    }
}
