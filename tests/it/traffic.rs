//! What carries another message, or is about it, is real or a drill, and marked, as that is; and what has no effect on
//! another Party's notice says so before it is released.

use detente::cli::form as forms;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::{Content, Kind};
use detente::domain::form::Prose;
use detente::domain::forwarded::{Enclosed, Forwarded};

use crate::officer::{addressee, arrived, draft, filled, form, heading, release, send, show};
use crate::officer_program::{object, printed, written};
use crate::talk::both_settled;
use crate::world::{Medium, World};

fn to(party: &str, thread: u8, traffic: evidence::Traffic) -> calls::Heading {
    calls::Heading { action: vec![addressee(party)], traffic: traffic as i32, ..heading(thread) }
}

fn naming(kind: Kind, field: &str, digest: &[u8], more: &str) -> Content {
    form(kind, &format!("{more}\n[{field}]\nmessage_digest = \"{}\"\n", hex::encode(digest)))
}

fn of(faults: &[calls::Fault], field: &str) -> Vec<(String, bool)> {
    let these = faults.iter().filter(|fault| fault.field == field);
    these.map(|fault| (fault.rule.clone(), fault.stops_release)).collect()
}

async fn faults(
    world: &World,
    party: &str,
    number: u8,
    heading: calls::Heading,
    content: &Content,
) -> Vec<calls::Fault> {
    draft(world, party, number, heading, content).await.unwrap().faults
}

const OTHER: &str = "is a drill, and this is real";

#[tokio::test(flavor = "multi_thread")]
async fn what_hands_on_or_translates_a_drill_as_real_is_not_released_and_what_is_about_one_is_told() {
    use evidence::Traffic::{Drill, Real};
    let world = World::new(&["BY", "PL", "LT"]).await;
    let said = send(&world, "PL", 1, to("BY", 1, Drill), &filled(Kind::Notification)).await;
    arrived(&world, "BY", &said.message_digest).await;
    let original = show(&world, "BY", &vec![1; 16].into(), 0).await.messages.remove(0).message;
    let handed_on = Content::Forwarded(Forwarded {
        original: Some(Enclosed(original)),
        remarks: Prose("As you asked.".into()),
        ..Forwarded::default()
    });
    let digest = &said.message_digest;
    let lines =
        "language = \"pl\"\ntranslator = \"Ewa\"\n[[lines]]\npath = \"heading.subject\"\ntext = \"Zniwa\"";
    let translated = naming(Kind::Translation, "of", digest, lines);
    let releaser = world.desk("BY", "releaser");
    for (number, thread, content, field) in [(2, 2, &handed_on, "original"), (3, 1, &translated, "of")] {
        let drafted = draft(&world, "BY", number, to("LT", thread, Real), content).await.unwrap();
        let told = of(&drafted.faults, field);
        assert!(matches!(&told[..], [(rule, true)] if rule.contains(OTHER)), "{:?}", drafted.faults);
        release(&releaser, number, &drafted.digest, true).await.unwrap_err();
    }
    assert_eq!(faults(&world, "BY", 4, to("LT", 2, Drill), &handed_on).await, []);

    let asks = "[[questions]]\nnumber = 1\ntext = \"How many?\"";
    let question = naming(Kind::Question, "about", digest, asks);
    let told = faults(&world, "BY", 5, to("PL", 1, Real), &question).await;
    assert!(matches!(&of(&told, "about")[..], [(rule, false)] if rule.contains(OTHER)), "{told:?}");
    let asked = send(&world, "BY", 6, to("PL", 1, Drill), &question).await;
    arrived(&world, "PL", &asked.message_digest).await;
    let answers = "[[answers]]\nnumber = 1\nhow = \"answered\"\ntext = \"Two.\"";
    let answer = naming(Kind::Answer, "to", &asked.message_digest, answers);
    let told = faults(&world, "PL", 2, to("BY", 1, Real), &answer).await;
    assert!(matches!(&of(&told, "to")[..], [(rule, false)] if rule.contains(OTHER)), "{told:?}");
    // Released all the same it is marked at the other end.
    let answered = send(&world, "PL", 3, to("BY", 1, Real), &answer).await;
    both_settled(&world, "BY", "PL").await;
    let there = show(&world, "BY", &vec![1; 16].into(), 0).await.messages;
    let marked = there.iter().find(|one| one.digest == answered.message_digest).unwrap();
    assert!(of(&marked.faults, "to")[0].0.contains(OTHER), "{:?}", marked.faults);

    let request = send(&world, "BY", 7, to("PL", 3, Drill), &filled(Kind::Request)).await;
    arrived(&world, "PL", &request.message_digest).await;
    let reply = naming(Kind::Reply, "request", &request.message_digest, answers);
    let told = faults(&world, "PL", 4, to("BY", 3, Real), &reply).await;
    assert!(matches!(&of(&told, "request")[..], [(rule, false)] if rule.contains(OTHER)), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_takes_over_whether_its_original_is_a_drill_and_how_that_is_marked() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL", "LT"]).await;
    let folder = tempfile::tempdir().unwrap();
    let desk = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let heading = calls::Heading { marking: "RESTRICTED".into(), ..to("BY", 1, evidence::Traffic::Drill) };
    let said = send(&world, "PL", 1, heading, &filled(Kind::Notification)).await;
    arrived(&world, "BY", &said.message_digest).await;
    let (digest, by) = (hex::encode(&said.message_digest), desk("BY", "drafter"));
    let releaser = desk("BY", "releaser");
    let of_draft = async |drafted: &serde_json::Value| {
        let draft = drafted["draft"].as_str().unwrap();
        object(&["message", "show-draft", draft, "--as", &releaser]).await
    };

    let forward = ["message", "forward", &digest, "--to", "LT", "--as", &by];
    let drafted = object(&forward).await;
    assert_eq!(drafted["faults"], serde_json::json!([]), "{drafted}");
    let shown = of_draft(&drafted).await;
    assert_eq!(shown["traffic"], "drill", "{shown}");
    assert_eq!(shown["marking"], "RESTRICTED", "{shown}");
    // What flags say is taken, and told.
    let otherwise: Vec<&str> = forward.iter().copied().chain(["--real", "--marking", "OPEN"]).collect();
    let drafted = object(&otherwise).await;
    let fields: Vec<&str> =
        drafted["faults"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["original", "heading.marking"], "{drafted}");

    let into = ["message", "translation-template", &digest, "--language", "ru", "--as", &by];
    let template = printed(&into).await.replace("translator = \"\"", "translator = \"Ewa\"");
    let subject = "path = \"heading.subject\"\ntext = \"";
    let file = written(folder.path(), "ru.toml", &template.replace(subject, &format!("{subject}Жатва")));
    let question = forms::example(Kind::Question)
        .replace("number = \"BL/2031/RE/0007\"", &format!("message_digest = \"{digest}\""))
        .replace("author = \"BL\"", "author = \"PL\"");
    let question = written(folder.path(), "question.toml", &question);
    for (verb, file) in [("translate", &file), ("draft", &question)] {
        let drafted = object(&["message", verb, file, "--to", "PL", "--as", &by]).await;
        assert_eq!(drafted["faults"], serde_json::json!([]), "{drafted}");
        assert_eq!(of_draft(&drafted).await["traffic"], "drill", "{drafted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_of_anothers_notice_or_of_no_notice_is_a_fault_and_stands_nowhere() {
    use evidence::Traffic::Real;
    let world = World::new(&["PL", "LT"]).await;
    let notice = send(&world, "PL", 1, to("LT", 1, Real), &filled(Kind::Notification)).await;
    arrived(&world, "LT", &notice.message_digest).await;
    let cancels = |digest: &[u8]| naming(Kind::Cancellation, "cancels", digest, "reason = \"Floods.\"");
    let content = cancels(&notice.message_digest);
    let told = faults(&world, "LT", 1, to("PL", 1, Real), &content).await;
    assert!(of(&told, "cancels")[0].0.contains("another Party's message"), "{told:?}");
    let cancelled = send(&world, "LT", 1, to("PL", 1, Real), &content).await;
    both_settled(&world, "PL", "LT").await;
    for party in ["PL", "LT"] {
        let there = show(&world, party, &vec![1; 16].into(), 0).await.messages;
        let marked = there.iter().find(|one| one.digest == cancelled.message_digest).unwrap();
        assert!(of(&marked.faults, "cancels")[0].0.contains("another Party's"), "{:?}", marked.faults);
    }
    let formatted = send(&world, "LT", 2, to("PL", 2, Real), &filled(Kind::Formatted)).await;
    let told = faults(&world, "LT", 3, to("PL", 2, Real), &cancels(&formatted.message_digest)).await;
    assert!(of(&told, "cancels")[0].0.contains("neither a notice nor a calendar"), "{told:?}");
    assert_eq!(faults(&world, "PL", 2, to("LT", 1, Real), &content).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_or_an_author_beside_a_digest_that_is_of_another_message_is_told_and_marked() {
    use evidence::Traffic::Real;
    let world = World::new(&["BY", "PL"]).await;
    let notice = send(&world, "BY", 1, to("PL", 1, Real), &filled(Kind::Notification)).await;
    arrived(&world, "PL", &notice.message_digest).await;
    let asks = "[[questions]]\nnumber = 1\ntext = \"How many?\"";
    let question = |number: &str, author: &str| {
        let more = format!("\nnumber = \"{number}\"\nauthor = \"{author}\"\n");
        let digest = hex::encode(&notice.message_digest);
        form(Kind::Question, &format!("{asks}\n[about]\nmessage_digest = \"{digest}\"{more}"))
    };
    let referring = |number: &str, author: &str| {
        let reference = evidence::Reference {
            message_digest: notice.message_digest.clone(),
            number: number.into(),
            author: author.into(),
            relation: evidence::Relation::RefersTo as i32,
        };
        calls::Heading { references: vec![reference], ..to("BY", 1, Real) }
    };
    let right = (notice.number.as_str(), "BY");
    let told = faults(&world, "PL", 1, referring(right.0, right.1), &question(right.0, right.1)).await;
    assert_eq!(told, []);
    let (heading, content) = (referring("BY/2031/9999", "LT"), question("BY/2031/9999", "LT"));
    let fields =
        ["heading.references[1].number", "heading.references[1].author", "about.number", "about.author"];
    let told = faults(&world, "PL", 2, heading.clone(), &content).await;
    assert_eq!(told.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), fields);
    assert!(told.iter().all(|one| one.rule.contains("with the digest beside it") && !one.stops_release));
    let sent = send(&world, "PL", 2, heading, &content).await;
    both_settled(&world, "BY", "PL").await;
    for party in ["BY", "PL"] {
        let there = show(&world, party, &vec![1; 16].into(), 0).await.messages;
        let marked = there.iter().find(|one| one.digest == sent.message_digest).unwrap();
        assert_eq!(marked.faults.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), fields);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_or_withdrawal_that_leaves_an_addressee_out_names_it_and_is_released_as_it_is() {
    use evidence::Traffic::Real;
    let world = World::new(&["BY", "PL", "LT"]).await;
    let all = calls::Heading { information: vec![addressee("LT")], ..to("PL", 1, Real) };
    let notice = send(&world, "BY", 1, all.clone(), &filled(Kind::Notification)).await;
    let digest = &notice.message_digest;
    for (number, content) in [
        (2, naming(Kind::Cancellation, "cancels", digest, "reason = \"Floods.\"")),
        (3, naming(Kind::MessageWithdrawal, "withdraws", digest, "")),
    ] {
        assert_eq!(faults(&world, "BY", number + 10, all.clone(), &content).await, []);
        let drafted = draft(&world, "BY", number, to("PL", 1, Real), &content).await.unwrap();
        let told = of(&drafted.faults, "heading.action");
        assert!(matches!(&told[..], [(rule, false)] if rule.contains("leaves out LT,")), "{told:?}");
        let releaser = world.desk("BY", "releaser");
        release(&releaser, number, &drafted.digest, false).await.unwrap_err();
        release(&releaser, number, &drafted.digest, true).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_message_is_told_wherever_it_is_read() {
    use evidence::Traffic::Real;
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let known = calls::Unlinked {
        party: "CH".into(),
        name: "Switzerland".into(),
        contacts: vec!["by note verbale".into()],
    };
    let act = Some(calls::party_without_node::Act::Known(known));
    let by_hand = calls::PartyWithoutNode { act };
    let change = calls::propose_request::Change::PartyWithoutNode(by_hand);
    world.state("BY").change(change, bytes::Bytes::new()).await;
    let desk = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let (watch, drafter) = (desk("PL", "watch"), desk("BY", "drafter"));
    let amends = |digest: &[u8]| {
        naming(Kind::Amendment, "amends", digest, "[notification]\ndesignation = \"Spring\"\n")
    };
    let cancels = |digest: &[u8]| naming(Kind::Cancellation, "cancels", digest, "reason = \"Floods.\"");
    let withdraws = |digest: &[u8]| naming(Kind::MessageWithdrawal, "withdraws", digest, "");
    type Word<'a> = &'a dyn Fn(&[u8]) -> Content;
    let words: [(u8, &str, Word); 3] =
        [(1, "AMENDED", &amends), (2, "CANCELLED", &cancels), (3, "WITHDRAWN", &withdraws)];
    for (thread, word, content) in words {
        let heading = calls::Heading { information: vec![addressee("CH")], ..to("PL", thread, Real) };
        let notice = send(&world, "BY", thread, heading.clone(), &filled(Kind::Notification)).await;
        arrived(&world, "PL", &notice.message_digest).await;
        let digest = hex::encode(&notice.message_digest);
        let print = ["message", "print", &digest, "--as", &watch];
        assert!(!printed(&print).await.contains(word));
        let later = send(&world, "BY", thread + 10, heading, &content(&notice.message_digest)).await;
        arrived(&world, "PL", &later.message_digest).await;
        let mark = format!("{word} by {}", later.number);
        for reading in [
            print.as_slice(),
            // Of six that wait what is taken back comes last, on the next page.
            &["watch", "now", "--from", if word == "WITHDRAWN" { "6" } else { "1" }, "--as", &watch],
            &["watch", "read", &digest, "--as", &watch],
            &["by-hand", "list", "--as", &drafter],
        ] {
            let text = printed(reading).await;
            assert!(text.contains(&mark), "{reading:?}, {mark}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_would_go_into_a_session_of_the_other_traffic_is_told_so() {
    use evidence::Traffic::{Drill, Real};
    let world = crate::hotline_nodes::officers(&["BY", "PL"]).await;
    let thread = crate::hotline_nodes::open(&world, "BY", &["PL"]).await.thread;
    let text = form(Kind::Text, "text = \"We say more.\"\n");
    for (number, traffic, is_told) in [(1, Drill, true), (2, Real, false)] {
        let heading = calls::Heading { thread: thread.clone(), ..to("PL", number, traffic) };
        let found = of(&faults(&world, "BY", number, heading, &text).await, "heading.traffic");
        assert_eq!(!found.is_empty(), is_told, "{found:?}");
        assert!(found.iter().all(|(rule, stops)| rule.starts_with("is drill, and the hotline") && !stops));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_peer_said_as_a_drill_before_a_session_begins_does_not_make_a_drill_of_the_session() {
    use evidence::Traffic::{Drill, Real};
    let world = World::new(&["BY", "PL"]).await;
    let text = form(Kind::Text, "text = \"We say more.\"\n");
    let note = send(&world, "PL", 1, to("BY", 1, Drill), &text).await;
    arrived(&world, "BY", &note.message_digest).await;
    let opening = form(Kind::SessionOpening, "languages = [\"en\"]\n");
    let opened = send(&world, "BY", 1, to("PL", 1, Real), &opening).await;
    arrived(&world, "PL", &opened.message_digest).await;
    for (number, traffic, is_told) in [(2, Drill, true), (3, Real, false)] {
        for (party, other) in [("BY", "PL"), ("PL", "BY")] {
            let found = faults(&world, party, number, to(other, 1, traffic), &text).await;
            let found = of(&found, "heading.traffic");
            assert_eq!(!found.is_empty(), is_told, "{party}: {found:?}");
            assert!(found.iter().all(|(rule, _)| rule.starts_with("is drill, and the hotline")), "{found:?}");
        }
    }
}
