//! A third Party in a session between real nodes.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_response::What;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, MessageReference, Prose};
use detente::domain::translation::{TranslatedText, Translation};

use crate::hotline_nodes::{
    Console, accept, command, officer, officers, open, opening, page, say, say_call, show, transcript,
};
use crate::officer::{addressee, arrived, form, heading, hotlines, send, violations};
use crate::officer_program::object;
use crate::world::World;

/// BY and PL agree that LT comes in.
pub async fn add_third(world: &World, thread: &Bytes, sees: evidence::HotlineSees) {
    for (by, others) in [("PL", &["BY"][..]), ("BY", &["LT", "PL"])] {
        let desk = officer(world, by);
        let asked = calls::AddPartyRequest {
            command: command(&desk),
            thread: thread.clone(),
            opening: opening(&desk, thread).await,
            party: "LT".into(),
            sees: sees as i32,
            ..Default::default()
        };
        let added = hotlines(&desk).add_party(asked).await.unwrap().into_inner().spoken.unwrap();
        for other in others {
            arrived(world, other, &added.message_digest).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_party_comes_in_by_the_word_of_all_present() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let add = |by: &'static str| {
        let desk = officer(&world, by);
        let asked = calls::AddPartyRequest {
            command: command(&desk),
            thread: thread.clone(),
            party: "LT".into(),
            sees: evidence::HotlineSees::FromNowOn as i32,
            ..Default::default()
        };
        let thread = thread.clone();
        async move {
            let opening = opening(&desk, &thread).await;
            let asked = calls::AddPartyRequest { opening, ..asked };
            hotlines(&desk).add_party(asked).await.unwrap().into_inner().spoken.unwrap()
        }
    };
    let proposed = add("PL").await;
    arrived(&world, "BY", &proposed.message_digest).await;
    assert_eq!(show(&world, "BY", &thread).await.session.unwrap().present, ["BY", "PL"]);
    let agreed = add("BY").await;
    arrived(&world, "PL", &agreed.message_digest).await;
    arrived(&world, "LT", &agreed.message_digest).await;
    let accepted = accept(&world, "LT", &thread).await;
    for at in ["BY", "PL"] {
        arrived(&world, at, &accepted.message_digest).await;
    }
    let said = say(&world, "PL", &thread, "to both").await;
    for at in ["BY", "LT"] {
        arrived(&world, at, &said.message_digest).await;
    }
    // A receipt goes to the author alone: what became of it at the third is not known to the second.
    let at_second = show(&world, "BY", &thread).await;
    let states = &at_second.lines.iter().find(|line| line.digest == said.message_digest).unwrap().states;
    let known = |code: &str| !states.iter().find(|state| state.party == code).unwrap().not_known_here;
    assert_eq!((known("BY"), known("LT")), (true, false), "{states:?}");
    let printed = page(&world, "BY", &thread).await;
    assert!(printed.contains("LT: not known here: its author has its receipt"), "{printed}");
    for at in ["BY", "LT", "PL"] {
        let session = show(&world, at, &thread).await.session.unwrap();
        assert_eq!(session.present, ["BY", "LT", "PL"], "{at}");
    }
    let at_third = show(&world, "LT", &thread).await;
    let stands = at_third.session.as_ref().unwrap();
    assert!(stands.came_in_later && stands.opened_by.is_empty(), "{stands:?}");
    let printed = page(&world, "LT", &thread).await;
    assert!(printed.contains("this Party came in: who opened it,"), "{printed}");
    assert!(!printed.contains("opened by"), "{printed}");
    // How it came in, its acceptance, and what was said since.
    let waits: Vec<usize> = at_third.lines.iter().map(|line| line.missing.len()).collect();
    assert_eq!(waits, [0, 0, 0], "{at_third:?}");
    assert_eq!(transcript(&world, "LT", &thread, "PL").await, transcript(&world, "PL", &thread, "LT").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_that_this_node_does_not_know_is_not_added_and_the_refusal_says_so() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let desk = officer(&world, "BY");
    let asked = calls::AddPartyRequest {
        command: command(&desk),
        thread: thread.clone(),
        opening: opening(&desk, &thread).await,
        party: "LT".into(),
        sees: evidence::HotlineSees::FromNowOn as i32,
        ..Default::default()
    };
    let refused = hotlines(&desk).add_party(asked).await.unwrap_err();
    let [(field, rule)] = &violations(&refused)[..] else { panic!("{refused:?}") };
    assert_eq!(field, "party");
    assert!(rule.starts_with("LT is no Party that this node knows"), "{rule}");
    assert_eq!(show(&world, "BY", &thread).await.lines.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_party_on_whom_not_all_agree_in_the_same_words_is_not_in_and_each_is_told_who_says_what() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let said = [
        (
            "PL",
            "BY",
            evidence::HotlineSees::FromNowOn,
            "LT is not in: BY has not said so, PL says from now on",
        ),
        ("BY", "PL", evidence::HotlineSees::All, "LT is not in: BY says all, PL says from now on"),
    ];
    for (by, other, sees, stands) in said {
        let desk = officer(&world, by);
        let asked = calls::AddPartyRequest {
            command: command(&desk),
            thread: thread.clone(),
            opening: opening(&desk, &thread).await,
            party: "LT".into(),
            sees: sees as i32,
            ..Default::default()
        };
        let added = hotlines(&desk).add_party(asked).await.unwrap().into_inner().spoken.unwrap();
        arrived(&world, other, &added.message_digest).await;
        for at in ["BY", "PL"] {
            let printed = page(&world, at, &thread).await;
            assert!(printed.contains(stands), "{at}: {printed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_a_third_party_came_in_is_handed_on_in_the_session_and_shown_there_as_that() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let opened = open(&world, "BY", &["PL"]).await;
    let thread = opened.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let said = say(&world, "BY", &thread, "said before").await;
    arrived(&world, "PL", &said.message_digest).await;
    add_third(&world, &thread, evidence::HotlineSees::All).await;

    let desk = world.state("PL").desk_directory("officer").display().to_string();
    for original in [&opened.message_digest, &said.message_digest] {
        let original = hex::encode(original);
        let drafted = object(&["message", "forward", &original, "--to", "LT", "--as", &desk]).await;
        assert_eq!(drafted["thread"], hex::encode(&thread), "{drafted}");
        let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
        // At the precedence of the original, which one person may release.
        let sent = object(&["message", "release", draft, "--digest", digest, "--as", &desk]).await;
        let sent = hex::decode(sent["message"].as_str().unwrap()).unwrap();
        arrived(&world, "LT", &sent.into()).await;
    }

    let at_third = show(&world, "LT", &thread).await;
    assert_eq!(at_third.session.as_ref().unwrap().handed_on, 2);
    let handed_on: Vec<_> = at_third.handed_on.iter().collect();
    let digests: Vec<_> = handed_on.iter().map(|one| &one.digest).collect();
    assert_eq!(digests, [&opened.message_digest, &said.message_digest]);
    for one in handed_on {
        let flash = evidence::Precedence::Flash as i32;
        assert_eq!((&*one.by, &*one.author, one.precedence), ("PL", "BY", flash), "{one:?}");
        assert!(one.signature.contains("its signature verified"), "{one:?}");
    }
    let printed = page(&world, "LT", &thread).await;
    assert!(printed.contains("handed on by PL at ") && printed.contains("said before"), "{printed}");
    let waiting = |shown: &calls::ShowSessionResponse| {
        let beside = &shown.session.as_ref().unwrap().beside;
        beside.iter().filter(|one| one.kind == Kind::Forwarded.name()).count()
    };
    assert_eq!(waiting(&at_third), 2);
    // What is read is the message that hands it on.
    let third = world.state("LT").desk_directory("officer").display().to_string();
    for one in &at_third.handed_on {
        let carrier = &hex::encode(&one.in_message)[..12];
        assert!(printed.contains(&format!("detente hotline read {carrier}")), "{printed}");
        crate::officer_program::printed(&["hotline", "read", carrier, "--as", &third]).await;
    }
    let left = |shown: &calls::ShowSessionResponse| shown.session.as_ref().unwrap().to_acknowledge;
    let read = show(&world, "LT", &thread).await;
    assert_eq!((left(&at_third).saturating_sub(left(&read)), waiting(&read)), (2, 0));
    // It has no part in what is signed: both hold the same.
    assert!(at_third.lines.iter().all(|line| line.digest != said.message_digest), "{at_third:?}");
    arrived(&world, "PL", &accept(&world, "LT", &thread).await.message_digest).await;
    assert_eq!(transcript(&world, "LT", &thread, "PL").await, transcript(&world, "PL", &thread, "LT").await);

    // The word that takes it back went to whom the text went, and reaches the third in the same way.
    let digest = hex::encode(&said.message_digest);
    let withdraws = form(Kind::MessageWithdrawal, &format!("[withdraws]\nmessage_digest = \"{digest}\"\n"));
    let precedence = evidence::Precedence::Flash as i32;
    let heading = calls::Heading { thread: thread.clone(), precedence, ..heading(9) };
    let word = send(&world, "BY", 9, heading, &withdraws).await;
    arrived(&world, "PL", &word.message_digest).await;
    let original = hex::encode(&word.message_digest);
    let drafted = object(&["message", "forward", &original, "--to", "LT", "--as", &desk]).await;
    assert_eq!(drafted["thread"], hex::encode(&thread), "{drafted}");
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let sent = object(&["message", "release", draft, "--digest", digest, "--as", &desk]).await;
    let sent = hex::decode(sent["message"].as_str().unwrap()).unwrap();
    arrived(&world, "LT", &sent.into()).await;
    let at_third = show(&world, "LT", &thread).await;
    let marked: Vec<(&[u8], &str)> =
        at_third.handed_on.iter().map(|one| (&one.digest[..], &one.withdrawn_by[..])).collect();
    assert_eq!(marked, [(&opened.message_digest[..], ""), (&said.message_digest[..], &word.number[..])]);
    let printed = page(&world, "LT", &thread).await;
    assert!(printed.contains(&format!("WITHDRAWN by {}", word.number)), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_a_third_party_came_in_is_translated_to_those_alone_who_have_it() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let before = say(&world, "PL", &thread, "said before").await;
    arrived(&world, "BY", &before.message_digest).await;
    add_third(&world, &thread, evidence::HotlineSees::FromNowOn).await;
    let since = say(&world, "PL", &thread, "said since").await;
    arrived(&world, "BY", &since.message_digest).await;
    arrived(&world, "LT", &since.message_digest).await;
    let mut translated = Vec::new();
    for text in [&before.message_digest, &since.message_digest] {
        let desk = officer(&world, "BY");
        let asked = calls::TranslateTextRequest {
            command: command(&desk),
            text: text.clone(),
            language: "ru".into(),
            translation: "сказано".into(),
            opening: opening(&desk, &thread).await,
            ..Default::default()
        };
        let spoken = hotlines(&desk).translate_text(asked).await.unwrap().into_inner().spoken.unwrap();
        assert!(spoken.released && spoken.not_addressed.is_empty(), "{spoken:?}");
        arrived(&world, "PL", &spoken.message_digest).await;
        translated.push(spoken.message_digest);
    }
    // On one lane nothing overtakes: what came after it is here.
    arrived(&world, "LT", &translated[1]).await;
    let at_third = world.node("LT").registrar.head();
    let is_here = |digest: &Bytes| at_third.board.messages.contains_key(&Digest::from_slice(digest).unwrap());
    assert_eq!((is_here(&translated[0]), is_here(&translated[1])), (false, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_what_a_third_party_has_not_lets_it_wait_for_nothing_and_its_drafter_is_told() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let before = say(&world, "BY", &thread, "said before").await.message_digest;
    arrived(&world, "PL", &before).await;
    add_third(&world, &thread, evidence::HotlineSees::FromNowOn).await;
    let since = say(&world, "BY", &thread, "said since").await.message_digest;
    for at in ["LT", "PL"] {
        arrived(&world, at, &since).await;
    }
    let desk = officer(&world, "PL");
    for (answers, not_to) in [(&before, &["LT"][..]), (&since, &[])] {
        let asked = say_call(&desk, &thread, "answered").await;
        let asked = calls::SayRequest { answers: answers.clone(), ..asked };
        let said = hotlines(&desk).say(asked).await.unwrap().into_inner().spoken.unwrap();
        assert!(said.released && said.answered_not_to == not_to, "{said:?}");
        for at in ["BY", "LT"] {
            arrived(&world, at, &said.message_digest).await;
            let shown = show(&world, at, &thread).await;
            let line = shown.lines.iter().find(|line| line.digest == said.message_digest).unwrap();
            assert_eq!(line.answers, *answers, "{at}");
            assert_eq!(line.answers_not_here, at == "LT" && !not_to.is_empty(), "{at}");
            assert!(line.missing.is_empty(), "{at}: {line:?}");
        }
        // Who has it sees that it is answered.
        let shown = show(&world, "BY", &thread).await;
        let line = shown.lines.iter().find(|line| line.digest == *answers).unwrap();
        let state = line.states.iter().find(|state| state.party == "PL").unwrap();
        assert_eq!(state.answered_by, said.message_digest);
    }
    let at_third = world.node("LT").registrar.head();
    assert!(!at_third.board.waiting.contains_key(&Digest::from_slice(&before).unwrap()));
    let answers = hex::encode(&before)[..12].to_owned();
    let printed = page(&world, "LT", &thread).await;
    assert!(printed.contains(&format!("answers {answers}, which does not stand here")), "{printed}");
    // As the program tells it, by what it answers.
    let desk = world.state("PL").desk_directory("officer").display().to_string();
    let thread = hex::encode(&thread);
    let words = ["hotline", "say", &thread, "again", "--answers", &answers, "--as", &desk];
    let told = crate::officer_program::printed(&words).await;
    assert!(told.contains("a text that LT has not, which was said before it came in"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_is_told_at_once_what_is_to_acknowledge_of_a_text_that_is_not_here_and_once_it_is_not() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let before = say(&world, "BY", &thread, "said before").await.message_digest;
    arrived(&world, "PL", &before).await;
    add_third(&world, &thread, evidence::HotlineSees::All).await;
    let left = show(&world, "LT", &thread).await.session.unwrap().to_acknowledge;
    let third = officer(&world, "LT");
    let mut console = Console::begin(&third, 0).await;
    console.told_of(|told| matches!(told.what, Some(What::Live(_))).then_some(())).await;
    let waits = |count: u32| {
        move |told: &calls::JoinResponse| match &told.what {
            Some(What::Session(stands)) if stands.to_acknowledge == count => Some(()),
            _ => None,
        }
    };
    let read = async |digest: Bytes| {
        let asked = calls::ReadTextRequest { command: command(&third), digest };
        hotlines(&third).read_text(asked).await.unwrap();
    };

    let of = MessageReference {
        message_digest: Digest::from_slice(&before).map(MessageDigest),
        ..MessageReference::default()
    };
    let lines = vec![TranslatedText { path: "text".into(), text: Prose("сказано".into()) }];
    let (language, translator) = ("ru".into(), "Officer of BY".into());
    let translation = Translation { of, language, translator, lines, ..Translation::default() };
    let to_third = calls::Heading {
        thread: thread.clone(),
        action: vec![addressee("LT")],
        precedence: evidence::Precedence::Flash as i32,
        language: "ru".into(),
        ..heading(9)
    };
    let translated = send(&world, "BY", 9, to_third, &Content::Translation(translation)).await;
    console.told_of(waits(left + 1)).await;
    read(translated.message_digest).await;
    console.told_of(waits(left)).await;

    let desk = world.state("PL").desk_directory("officer").display().to_string();
    let drafted = object(&["message", "forward", &hex::encode(&before), "--to", "LT", "--as", &desk]).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let sent = object(&["message", "release", draft, "--digest", digest, "--as", &desk]).await;
    console.told_of(waits(left + 1)).await;
    read(hex::decode(sent["message"].as_str().unwrap()).unwrap().into()).await;
    console.told_of(waits(left)).await;
}
