//! Clarification of a message of any kind, plain text, service messages and withdrawal between real nodes.

use detente::codec::message;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::command::Command;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, DraftId};
use detente::domain::message::{Reference, Relation};

use crate::officer::{
    addressee, arrived, commands, draft, filled, form, heading, messages, notify, reason, release, send,
    show, violations,
};
use crate::talk::{both_settled, stamp};
use crate::watch::notices;
use crate::world::World;

fn to(party: &str, thread: u8) -> calls::Heading {
    calls::Heading { action: vec![addressee(party)], ..heading(thread) }
}

fn question(about: &[u8]) -> Content {
    let about = hex::encode(about);
    form(
        Kind::Question,
        &format!(
            "[about]\nmessage_digest = \"{about}\"\n\
             [[questions]]\nnumber = 1\ntext = \"How many soldiers of the corps?\"\nfield = \"land.formations\"\n\
             [[questions]]\nnumber = 2\ntext = \"On which days?\"\n"
        ),
    )
}

fn answer(to: &[u8], number: u8) -> Content {
    let to = hex::encode(to);
    form(
        Kind::Answer,
        &format!(
            "[to]\nmessage_digest = \"{to}\"\n[[answers]]\nnumber = {number}\nhow = \"answered\"\ntext = \"As notified.\"\n"
        ),
    )
}

fn refers(digest: &bytes::Bytes, relation: evidence::Relation) -> Vec<evidence::Reference> {
    let relation = relation as i32;
    vec![evidence::Reference { message_digest: digest.clone(), relation, ..Default::default() }]
}

/// C5. Synthetic, with figures from the press.
#[tokio::test(flavor = "multi_thread")]
async fn pakistan_asks_for_more_about_indias_winter_exercise_and_india_answers_in_the_same_thread() {
    let world = World::new(&["IN", "PK"]).await;
    let notice = form(Kind::Notification, include_str!("cases/c5-notification.toml"));
    let notice = send(&world, "IN", 1, to("PK", 1), &notice).await;
    arrived(&world, "PK", &notice.message_digest).await;

    let asks = calls::Heading {
        references: refers(&notice.message_digest, evidence::Relation::RefersTo),
        ..to("IN", 1)
    };
    let drafted = draft(&world, "PK", 2, asks.clone(), &question(&notice.message_digest)).await.unwrap();
    assert_eq!(drafted.faults, []);
    let asked = send(&world, "PK", 2, asks, &question(&notice.message_digest)).await;
    arrived(&world, "IN", &asked.message_digest).await;

    let answers = calls::Heading {
        references: refers(&asked.message_digest, evidence::Relation::Answers),
        ..to("PK", 1)
    };
    // A number under which nothing was asked is told before release, and marked at the other end.
    let wrong = draft(&world, "IN", 3, answers.clone(), &answer(&asked.message_digest, 9)).await.unwrap();
    assert_eq!(wrong.faults.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["answers[1].number"]);
    let answered = send(&world, "IN", 3, answers.clone(), &answer(&asked.message_digest, 9)).await;
    arrived(&world, "PK", &answered.message_digest).await;
    let right = draft(&world, "IN", 4, answers.clone(), &answer(&asked.message_digest, 1)).await.unwrap();
    assert_eq!(right.faults, []);
    let right = send(&world, "IN", 4, answers, &answer(&asked.message_digest, 1)).await;
    arrived(&world, "PK", &right.message_digest).await;

    let (here, there) =
        (show(&world, "IN", &notice.thread, 0).await, show(&world, "PK", &notice.thread, 0).await);
    let messages = |thread: &calls::ShowThreadResponse| {
        thread.messages.iter().map(|one| one.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(messages(&here), messages(&there));
    for thread in [here, there] {
        let marked = thread.messages.iter().find(|one| one.digest == answered.message_digest).unwrap();
        assert_eq!(marked.faults[0].field, "answers[1].number");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_authors_own_message_is_taken_back() {
    let world = World::new(&["BY", "PL"]).await;
    let notice = notify(&world, 1).await;
    arrived(&world, "PL", &notice.message_digest).await;
    let withdraws = |digest: &bytes::Bytes| {
        let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(digest));
        form(Kind::MessageWithdrawal, &text)
    };
    let faults = async |party: &str, number: u8, other: &str, digest: &bytes::Bytes| {
        let drafted = draft(&world, party, number, to(other, 1), &withdraws(digest)).await.unwrap();
        drafted.faults.into_iter().map(|one| (one.field, one.rule)).collect::<Vec<_>>()
    };
    let of_another = faults("PL", 2, "BY", &notice.message_digest).await;
    assert_eq!(of_another.len(), 1, "{of_another:?}");
    assert!(of_another[0].0 == "withdraws" && of_another[0].1.contains("another Party's"), "{of_another:?}");
    assert_eq!(faults("BY", 3, "PL", &notice.message_digest).await, []);
    let taken_back = send(&world, "BY", 3, to("PL", 1), &withdraws(&notice.message_digest)).await;
    let of_a_withdrawal = faults("BY", 4, "PL", &taken_back.message_digest).await;
    assert!(of_a_withdrawal[0].1.contains("is itself a withdrawal"), "{of_a_withdrawal:?}");

    // A drill takes back, and cancels, nothing that is real.
    let in_a_drill = async |number: u8, content: &Content| {
        let traffic = detente::codec::proto::detente::evidence::v1::Traffic::Drill as i32;
        let heading = calls::Heading { traffic, ..to("PL", 1) };
        let drafted = draft(&world, "BY", number, heading, content).await.unwrap();
        drafted.faults.into_iter().map(|one| (one.field, one.rule)).collect::<Vec<_>>()
    };
    let no_effect = "is real, and this a drill: it would have no effect on that".to_owned();
    let digest = &notice.message_digest;
    let told = in_a_drill(5, &withdraws(digest)).await;
    assert!(told.contains(&("withdraws".into(), no_effect.clone())), "{told:?}");
    let cancels = format!("[cancels]\nmessage_digest = \"{}\"\n", hex::encode(digest));
    let told = in_a_drill(6, &form(Kind::Cancellation, &cancels)).await;
    assert!(told.contains(&("cancels".into(), no_effect)), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_always_possible_to_just_write_and_to_say_that_a_node_will_be_down() {
    let world = World::new(&["BY", "PL"]).await;
    for (number, kind) in [(1, Kind::Text), (2, Kind::ServiceMessage)] {
        let drafted = draft(&world, "BY", number, heading(number), &filled(kind)).await.unwrap();
        assert_eq!(drafted.faults, []);
        let sent = send(&world, "BY", number, heading(number), &filled(kind)).await;
        arrived(&world, "PL", &sent.message_digest).await;
        let there = show(&world, "PL", &sent.thread, 0).await;
        assert_eq!(there.messages[0].faults, []);
        let is_by_number = |mark: &String| mark.starts_with("named by number alone");
        assert!(there.messages[0].marks.iter().all(is_by_number), "{there:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_drafts_about_what_was_taken_back_is_told_so_and_the_receiver_as_well() {
    let world = World::new(&["BY", "PL"]).await;
    let naming = |kind: Kind, field: &str, digest: &[u8], more: &str| {
        form(kind, &format!("{more}\n[{field}]\nmessage_digest = \"{}\"\n", hex::encode(digest)))
    };
    let notice = notify(&world, 1).await;
    arrived(&world, "PL", &notice.message_digest).await;
    let asked = send(&world, "PL", 2, to("BY", 1), &question(&notice.message_digest)).await;
    arrived(&world, "BY", &asked.message_digest).await;
    let withdraws = |digest: &[u8]| naming(Kind::MessageWithdrawal, "withdraws", digest, "");
    let back = send(&world, "BY", 2, to("PL", 1), &withdraws(&notice.message_digest)).await;
    let not_asked = send(&world, "PL", 3, to("BY", 1), &withdraws(&asked.message_digest)).await;
    arrived(&world, "PL", &back.message_digest).await;
    arrived(&world, "BY", &not_asked.message_digest).await;

    let of_notice = &notice.message_digest;
    let amends = naming(Kind::Amendment, "amends", of_notice, "[notification]\ndesignation = \"Spring\"\n");
    let drafts = [
        ("BY", "PL", "cancels", naming(Kind::Cancellation, "cancels", of_notice, ""), &back),
        ("BY", "PL", "withdraws", withdraws(of_notice), &back),
        ("PL", "BY", "about", question(of_notice), &back),
        ("PL", "BY", "other_message", naming(Kind::SameActivity, "other_message", of_notice, ""), &back),
        ("BY", "PL", "to", answer(&asked.message_digest, 1), &not_asked),
        ("BY", "PL", "amends", amends.clone(), &back),
    ];
    for (number, (party, other, field, content, word)) in (20..).zip(drafts) {
        let told = draft(&world, party, number, to(other, 1), &content).await.unwrap().faults;
        let mark = format!("WITHDRAWN by {}", word.number);
        let is_it = |one: &&calls::Fault| one.field == field && one.rule.starts_with(&mark);
        assert!(told.iter().find(is_it).is_some_and(|one| !one.stops_release), "{field}: {told:?}");
    }
    // What the heading alone answers or refers to is asked about as well.
    for (number, relation) in (30..).zip([evidence::Relation::Answers, evidence::Relation::RefersTo]) {
        let heading = calls::Heading { references: refers(of_notice, relation), ..to("BY", 1) };
        let text = form(Kind::Text, "text = \"As to your notice.\"\n");
        let told = draft(&world, "PL", number, heading, &text).await.unwrap().faults;
        let rule = format!("WITHDRAWN by {}: its author took it back", back.number);
        let is_it = |one: &&calls::Fault| one.field == "heading.references[1]" && one.rule == rule;
        assert!(told.iter().find(is_it).is_some_and(|one| !one.stops_release), "{told:?}");
    }
    // And what it names by number alone, in the same thread: taken back by its digest, or by its number.
    let once = send(&world, "BY", 40, to("PL", 1), &filled(Kind::Text)).await;
    let stands = send(&world, "BY", 41, to("PL", 1), &filled(Kind::Text)).await;
    let by_number = format!("[withdraws]\nnumber = \"{}\"\nauthor = \"BY\"\n", once.number);
    let once_back = send(&world, "BY", 42, to("PL", 1), &form(Kind::MessageWithdrawal, &by_number)).await;
    for (named, word) in
        [(&notice.number, Some(&back)), (&once.number, Some(&once_back)), (&stands.number, None)]
    {
        let reference = evidence::Reference {
            number: named.clone(),
            author: "BY".into(),
            relation: evidence::Relation::Answers as i32,
            ..Default::default()
        };
        let heading = calls::Heading { references: vec![reference], ..to("PL", 1) };
        let told = draft(&world, "BY", 43, heading, &filled(Kind::Text)).await.unwrap().faults;
        let mut rules = told.iter().filter(|one| one.field == "heading.references[1]").map(|one| &one.rule);
        let wanted = word.map(|word| format!("WITHDRAWN by {}: its author took it back", word.number));
        assert_eq!(rules.find(|rule| rule.starts_with("WITHDRAWN")), wanted.as_ref(), "{named}");
    }

    let amended = send(&world, "BY", 3, to("PL", 1), &amends).await;
    arrived(&world, "PL", &amended.message_digest).await;
    for party in ["BY", "PL"] {
        let there = show(&world, party, &notice.thread, 0).await.messages;
        let rules = |digest: &bytes::Bytes| -> Vec<String> {
            let one = there.iter().find(|one| one.digest == *digest).unwrap();
            one.faults.iter().map(|fault| fault.rule.clone()).collect()
        };
        let wanted = format!(
            "WITHDRAWN by {}: with this, notice is given again, in place of any that stands",
            back.number
        );
        assert!(rules(&amended.message_digest).contains(&wanted), "{party}");
        // What was said before is not marked by what came after.
        for earlier in [&back.message_digest, &asked.message_digest] {
            assert!(rules(earlier).iter().all(|rule| !rule.contains("WITHDRAWN")), "{party}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_draft_acknowledges_what_came_in_neither_by_a_call_nor_one_that_is_on_record_already() {
    let world = World::new(&["BY", "PL"]).await;
    let notice = notify(&world, 1).await;
    arrived(&world, "PL", &notice.message_digest).await;
    let references = refers(&notice.message_digest, evidence::Relation::Acknowledges);
    let reads = calls::Heading { references, ..to("BY", 1) };
    both_settled(&world, "BY", "PL").await;
    let before = commands(&world, "PL");
    for (number, kind) in (2..).zip([Kind::Text, Kind::Notification, Kind::Report]) {
        let refused = draft(&world, "PL", number, reads.clone(), &filled(kind)).await.unwrap_err();
        let told = violations(&refused);
        assert_eq!(told[0].0, "heading.references.relation", "{told:?}");
        assert!(told[0].1.contains("detente watch acknowledge"), "{told:?}");
    }
    assert_eq!(commands(&world, "PL"), before);

    // As a node took it before this was refused.
    draft(&world, "PL", 8, to("BY", 1), &filled(Kind::Text)).await.unwrap();
    let releaser = world.desk("PL", "releaser");
    let call = calls::ShowDraftRequest { draft: vec![8; 16].into(), ..Default::default() };
    let there = messages(&releaser).show_draft(call).await.unwrap().into_inner();
    let mut outgoing = message::decode_draft(&there.message).unwrap();
    let read = Digest(notice.message_digest[..].try_into().unwrap());
    outgoing.references = vec![Reference {
        message: Some(read),
        number: String::new(),
        author: String::new(),
        relation: Relation::Acknowledges,
    }];
    let bytes = message::encode_draft(&outgoing);
    let digest: bytes::Bytes = Digest::of(&bytes).0.to_vec().into();
    let registrar = world.node("PL").registrar.clone();
    let origin = stamp(&registrar, outgoing.drafter.clone());
    let command = Command::Draft { draft: DraftId([8; 16]), outgoing, bytes };
    registrar.give(command, origin).await.unwrap();
    let refused = release(&releaser, 8, &digest, true).await.unwrap_err();
    assert_eq!(reason(&refused), "FAULTS");
    assert!(
        violations(&refused).iter().any(|(field, _)| field == "heading.references.relation"),
        "{refused:?}"
    );
    assert!(!notices(&world.desk("PL", "watch"), 0).await[0].acknowledged);
}
