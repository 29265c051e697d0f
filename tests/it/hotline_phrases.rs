//! Agreed phrases between real nodes: what is said by a number goes in full, stands beside its translation at both
//! ends while both agree on the same, and is never taken for what it is not where they do not.

use bytes::Bytes;
use detente::codec::content::{Said, said};
use detente::codec::link_phrases;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::content::Content;
use detente::domain::digest::Digest;
use tonic::Status;

use crate::hotline_nodes::{accept, officer, officers, open, say_call, show};
use crate::officer::{arrived, hotlines, violations};
use crate::officer_program::{object, printed, refused, written};
use crate::world::World;

const ENGLISH: &str = "We hear you. Wait for our next text.";
const RUSSIAN: &str = "Мы вас слышим. Ждите нашего следующего текста.";

/// A list of two phrases, the first of which says so in English.
fn list(party: &str, english: &str) -> String {
    format!(
        "party = \"{party}\"\n\
         [[phrase]]\nnumber = 1\ntexts = {{ en = \"{english}\", ru = \"{RUSSIAN}\" }}\n\
         [[phrase]]\nnumber = 7\ntexts = {{ ru = \"Прекратите.\", en = \"Stop.\" }}\n"
    )
}

async fn agree(world: &World, at: &str, text: String) {
    world.state(at).change(Change::LinkPhrases(text), Bytes::new()).await;
}

/// A session of these, with the same list on each link.
async fn agreed(codes: &[&str]) -> (World, Bytes) {
    let world = officers(codes).await;
    for at in codes {
        for with in codes.iter().filter(|with| *with != at) {
            agree(&world, at, list(with, ENGLISH)).await;
        }
    }
    let thread = open(&world, codes[0], &codes[1..]).await.thread;
    for by in &codes[1..] {
        let accepted = accept(&world, by, &thread).await;
        for at in codes.iter().filter(|at| *at != by) {
            arrived(&world, at, &accepted.message_digest).await;
        }
    }
    (world, thread)
}

async fn try_phrase(
    world: &World,
    by: &str,
    thread: &Bytes,
    (phrase, language, text): (u64, &str, &str),
) -> Result<calls::Spoken, Status> {
    let desk = officer(world, by);
    let asked =
        calls::SayRequest { phrase, language: language.into(), ..say_call(&desk, thread, text).await };
    Ok(hotlines(&desk).say(asked).await?.into_inner().spoken.unwrap())
}

async fn phrase(world: &World, by: &str, to: &[&str], thread: &Bytes, number: u64, language: &str) -> Bytes {
    let said = try_phrase(world, by, thread, (number, language, "")).await.unwrap();
    assert!(said.released, "{said:?}");
    for at in to {
        arrived(world, at, &said.message_digest).await;
    }
    said.message_digest
}

/// The line of this message, as a node shows it.
async fn line(world: &World, at: &str, thread: &Bytes, digest: &Bytes) -> calls::SessionLine {
    let lines = show(world, at, thread).await.lines;
    lines.into_iter().find(|line| line.digest == *digest).expect("it is shown")
}

fn words(party: &str, language: &str, text: &str) -> calls::AgreedWords {
    let texts = vec![calls::AgreedText { language: language.into(), text: text.into() }];
    calls::AgreedWords { party: party.into(), texts }
}

async fn lists(world: &World, at: &str, party: &str) -> Vec<calls::AgreedPhrases> {
    let asked = calls::ListPhrasesRequest { party: party.into() };
    hotlines(&officer(world, at)).list_phrases(asked).await.unwrap().into_inner().lists
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_said_by_its_number_goes_in_full_and_stands_beside_its_translation_at_both_ends() {
    let (world, thread) = agreed(&["BY", "PL"]).await;
    let digest = phrase(&world, "BY", &["PL"], &thread, 1, "ru").await;
    for (at, with) in [("BY", "PL"), ("PL", "BY")] {
        let line = line(&world, at, &thread, &digest).await;
        assert_eq!((line.text.as_str(), line.language.as_str(), line.phrase), (RUSSIAN, "ru", 1), "{at}");
        assert_eq!(line.agreed_words, [words(with, "en", ENGLISH)], "{at}");
        assert!(line.phrase_differs.is_empty() && line.translations.is_empty(), "{at}: {line:?}");
    }
    // The signed message says the number and the whole text, so that it stands without any list.
    let head = world.node("PL").registrar.head();
    let id = Digest::from_slice(&digest).unwrap();
    let index = head.board.messages.get(&id).unwrap().index;
    let records = head.records(&world.node("PL").registrar.journal);
    let draft = records.message(index, &id).await.unwrap().message.draft;
    let Said::Form(Content::SessionText(form)) = said(&draft.kind, &draft.content) else { panic!() };
    assert_eq!((form.text.0.as_str(), form.phrase), (RUSSIAN, Some(1)));
    // Without a language named, in the first of the session's.
    let digest = phrase(&world, "PL", &["BY"], &thread, 7, "").await;
    let line = line(&world, "BY", &thread, &digest).await;
    assert_eq!((line.text.as_str(), line.agreed_words), ("Stop.", vec![words("PL", "ru", "Прекратите.")]));
    // Both ends compare one digest, whatever the order in which each wrote its list.
    let (here, there) = (lists(&world, "BY", "").await, lists(&world, "PL", "").await);
    assert_eq!((here[0].party.as_str(), here[0].count, here[0].phrases.len()), ("PL", 2, 0));
    assert_eq!((there[0].party.as_str(), &here[0].digest), ("BY", &there[0].digest));
    let turned = "party = \"BY\"\n[[phrase]]\nnumber = 7\ntexts = { EN = \"Stop.\", ru = \"Прекратите.\" }\n";
    let one = format!("[[phrase]]\nnumber = 1\ntexts = {{ ru = \"{RUSSIAN}\", en = \"{ENGLISH}\" }}\n");
    let read = link_phrases::read(&format!("{turned}{one}")).unwrap();
    assert_eq!(read.digest().0[..], here[0].digest[..]);
    assert_ne!(link_phrases::read(turned).unwrap().digest(), read.digest());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_lists_differ_a_reader_is_told_so_and_what_was_said_counts() {
    let (world, thread) = agreed(&["BY", "PL"]).await;
    // PL agreed on other words in the language that BY speaks.
    agree(&world, "PL", list("BY", "We can't hear you.")).await;
    let digest = phrase(&world, "BY", &["PL"], &thread, 1, "en").await;
    let here = line(&world, "BY", &thread, &digest).await;
    assert_eq!((here.agreed_words, here.phrase_differs.len()), (vec![words("PL", "ru", RUSSIAN)], 0));
    let there = line(&world, "PL", &thread, &digest).await;
    assert_eq!((there.text.as_str(), there.phrase), (ENGLISH, 1));
    assert_eq!((there.agreed_words.len(), there.phrase_differs), (0, vec!["BY".to_owned()]));
    let desk = world.state("PL").desk_directory("officer").display().to_string();
    let thread_id = hex::encode(&thread);
    let shown = printed(&["hotline", "show", &thread_id, "--as", &desk]).await;
    let one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains("said to be agreed phrase 1, but the list agreed here with BY"), "{shown}");
    assert!(one_line.contains("the lists differ, and what was said counts"), "{shown}");
    assert!(shown.contains(ENGLISH) && !shown.contains("Мы вас"), "{shown}");
    let whole = object(&["hotline", "show", &thread_id, "--as", &desk]).await;
    assert_eq!(whole["lines"][2]["phrase"], 1);
    assert_eq!(whole["lines"][2]["phrase_differs"], serde_json::json!(["BY"]));
    // In the other language both say the very same, and each end shows what it has agreed on.
    let digest = phrase(&world, "BY", &["PL"], &thread, 1, "ru").await;
    let there = line(&world, "PL", &thread, &digest).await;
    assert_eq!(there.agreed_words, [words("BY", "en", "We can't hear you.")]);
    let (here, there) = (lists(&world, "BY", "PL").await, lists(&world, "PL", "BY").await);
    assert_ne!(here[0].digest, there[0].digest);
    // None agreed on at the reader's: the same.
    agree(&world, "PL", "party = \"BY\"\n".into()).await;
    assert!(lists(&world, "PL", "").await.is_empty());
    let there = line(&world, "PL", &thread, &digest).await;
    assert_eq!((there.agreed_words.len(), there.phrase_differs), (0, vec!["BY".to_owned()]));
    // And at the writer's own, once its list is another.
    agree(&world, "BY", list("PL", "Wait.").replace(RUSSIAN, "Ждите.")).await;
    let here = line(&world, "BY", &thread, &digest).await;
    assert_eq!((here.agreed_words.len(), here.phrase_differs), (0, vec!["PL".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_that_is_not_agreed_in_the_same_words_with_all_present_is_not_said() {
    let (world, thread) = agreed(&["BY", "LT", "PL"]).await;
    let all = phrase(&world, "BY", &["LT", "PL"], &thread, 1, "en").await;
    let at_writer = line(&world, "BY", &thread, &all).await;
    assert_eq!(at_writer.agreed_words, [words("LT", "ru", RUSSIAN), words("PL", "ru", RUSSIAN)]);
    assert_eq!(line(&world, "LT", &thread, &all).await.agreed_words, [words("BY", "ru", RUSSIAN)]);
    agree(&world, "BY", list("LT", "Wait.")).await;
    let before = show(&world, "BY", &thread).await.lines.len();
    let refusals = [
        (1, "en", "", "with LT it says something else"),
        (3, "en", "", "no such number"),
        (7, "be", "", "not in this language"),
        (7, "en", "Stop.", "a text beside it"),
    ];
    for (number, language, text, why) in refusals {
        let refused = try_phrase(&world, "BY", &thread, (number, language, text)).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "phrase", "{why}: {refused:?}");
    }
    assert_eq!(show(&world, "BY", &thread).await.lines.len(), before);
    phrase(&world, "BY", &["LT", "PL"], &thread, 7, "en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_changed_by_two_custodians_and_one_that_is_not_well_made_is_refused() {
    let world = officers(&["BY", "PL"]).await;
    let state = world.state("BY");
    let one = |number: &str, texts: &str| {
        format!("party = \"PL\"\n[[phrase]]\nnumber = {number}\ntexts = {texts}\n")
    };
    let good = "{ en = \"Stop.\", ru = \"Прекратите.\" }";
    let wrong = [
        (one("0", good), "number of its own"),
        (one("1", good) + &one("1", good).replace("party = \"PL\"\n", ""), "number of its own"),
        (one("1", "{ en = \"Stop.\" }"), "two languages"),
        (one("1", "{ en = \"a\", ru = \"b\", be = \"c\", lt = \"d\", pl = \"e\" }"), "two languages"),
        (one("1", "{ en = \"Stop.\", EN = \"Halt.\" }"), "language of its own"),
        (one("1", "{ english = \"Stop.\", r = \"b\" }"), "language of its own"),
        (one("1", "{ en = \" \", ru = \"b\" }"), "empty"),
        (one("1", "{ en = \"a\\u202eb\", ru = \"b\" }"), "not shown"),
        (one("1", &good.replace("Stop.", &"word ".repeat(501))), "words"),
        (one("1", good).replace("[[phrase]]", "[[phrases]]"), "line 2"),
        (one("1", good).replace("PL", "a Party"), "party"),
    ];
    for (text, rule) in wrong {
        let refused = state.try_propose(Change::LinkPhrases(text.clone())).await.unwrap_err();
        let (field, why) = violations(&refused)[0].clone();
        assert!(field == "link_phrases" && why.contains(rule), "{text}: {field}: {why}");
    }
    state.try_propose(Change::LinkPhrases(list("LT", ENGLISH))).await.unwrap_err();
    // One custodian alone changes nothing.
    state.try_propose(Change::LinkPhrases(list("PL", ENGLISH))).await.unwrap();
    assert!(lists(&world, "BY", "").await.is_empty());
    agree(&world, "BY", list("PL", ENGLISH)).await;
    assert_eq!(lists(&world, "BY", "PL").await[0].phrases[1].number, 7);
    // What is agreed is folded from the journal, like all else.
    let mut world = world;
    let digest = world.node("BY").registrar.head().board.digest();
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    assert_eq!(lists(&world, "BY", "PL").await[0].count, 2);
    let known = world.node("BY").registrar.head().board.roster.phrases.clone();
    assert_eq!(known.len(), 1);
    agree(&world, "BY", "party = \"PL\"\n".into()).await;
    assert_ne!(world.node("BY").registrar.head().board.digest(), digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn custodians_propose_a_list_compare_its_digest_and_an_officer_says_a_phrase_by_its_number() {
    let world = officers(&["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let desk = |code: &str, who: &str| world.state(code).desk_directory(who).display().to_string();
    let template = printed(&["hotline", "phrases", "--template"]).await;
    let none = printed(&["hotline", "phrases", "--as", &desk("BY", "officer")]).await;
    assert_eq!(none.trim(), "no phrases are agreed with any Party");
    let mut compared = Vec::new();
    for (at, with) in [("BY", "PL"), ("PL", "BY")] {
        let text = template.replace("party = \"BY\"", &format!("party = \"{with}\""));
        let file = written(folder.path(), &format!("{at}.toml"), &text);
        let (first, second) = (desk(at, "custodian"), desk(at, "second custodian"));
        let proposed = printed(&["hotline", "phrases", &file, "--as", &first]).await;
        let told = |name: &str| {
            let row = proposed.lines().find(|line| line.starts_with(name)).expect("a row");
            row.split_whitespace().last().unwrap().to_owned()
        };
        let waiting = printed(&["proposal", "list", "--as", &second]).await;
        assert!(waiting.contains(&told("list")) && waiting.contains("Ждите"), "{waiting}");
        printed(&["proposal", "confirm", &told("proposed"), "--as", &second]).await;
        compared.push(told("list"));
        let shown = printed(&["hotline", "phrases", "--as", &desk(at, "officer")]).await;
        let head = format!("{with}  1 phrase(s), list {}", told("list"));
        assert!(shown.starts_with(&head) && shown.contains("[ru] Мы вас слышим."), "{shown}");
    }
    assert_eq!(compared[0], compared[1]);
    let row = object(&["hotline", "phrases", "--with", "PL", "--as", &desk("BY", "officer")]).await;
    assert_eq!((&row["number"], &row["texts"]["en"]), (&1.into(), &ENGLISH.into()));
    let bad = written(folder.path(), "bad.toml", "party = \"PL\"\nphrase = 1\n");
    let why = refused(&["hotline", "phrases", &bad, "--as", &desk("BY", "custodian")]).await;
    assert!(why.contains("bad.toml: line 2"), "{why}");

    let thread = hex::encode(open(&world, "BY", &["PL"]).await.thread);
    let words = ["hotline", "say", &thread, "--phrase", "1", "--as", &desk("BY", "officer")];
    let said = object(&words).await;
    let digest: Bytes = hex::decode(said["message"].as_str().unwrap()).unwrap().into();
    arrived(&world, "PL", &digest).await;
    for (at, with) in [("BY", "PL"), ("PL", "BY")] {
        let shown = printed(&["hotline", "transcript", &thread, "--as", &desk(at, "officer")]).await;
        let one_line = shown.replace("     |", " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line.contains(&format!("agreed phrase 1 with {with}")), "{shown}");
        assert!(
            shown.lines().any(|line| line.contains("We hear you.") && line.contains("Мы вас")),
            "{shown}"
        );
    }
    // Neither, or both: nothing is said.
    refused(&["hotline", "say", &thread, "--as", &desk("BY", "officer")]).await;
    refused(&["hotline", "say", &thread, "Stop.", "--phrase", "1", "--as", &desk("BY", "officer")]).await;
}
