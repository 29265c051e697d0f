//! What is wrong with a message is told to whoever drafts it, and marked for whoever gets it.

use bytes::Bytes;
use detente::cli::form;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::exercise::{Cancellation, SameActivity, SameActivityPosition};
use detente::domain::form::{MessageDigest, MessageReference, OtherThread, Prose};
use detente::domain::people::Role;
use tokio_stream::StreamExt as _;

use crate::officer::{
    addressee, arrived, draft, filled, form as written_as, heading, notify, reason, send, show, watches,
};
use crate::officer_program::{object, printed, refused, written};
use crate::world::{Medium, World};

type Faults = Vec<(String, String)>;

fn pairs(faults: &[calls::Fault]) -> Faults {
    faults.iter().map(|fault| (fault.field.clone(), fault.rule.clone())).collect()
}

async fn read(world: &World, party: &str, digest: &Bytes) -> Faults {
    let call = calls::ReadRequest { digest: digest.clone(), ..Default::default() };
    pairs(&watches(&world.desk(party, "watch")).read(call).await.unwrap().into_inner().faults)
}

/// What the watch's notice counts, and what the thread lists there.
async fn counted(world: &World, party: &str, thread: &Bytes, digest: &Bytes) -> (u32, Faults) {
    let call = calls::FollowRequest { after: 0, once: true, all_offices: false };
    let notices = watches(&world.desk(party, "watch")).follow(call).await.unwrap().into_inner();
    let notices: Vec<calls::FollowResponse> = notices.map(Result::unwrap).collect().await;
    let notice = notices.iter().find(|notice| notice.digest == *digest).unwrap();
    let shown = show(world, party, thread, 0).await;
    let message = shown.messages.iter().find(|message| message.digest == *digest).unwrap();
    (notice.fault_count, pairs(&message.faults))
}

fn to(party: &str, thread: u8) -> calls::Heading {
    calls::Heading { action: vec![addressee(party)], ..heading(thread) }
}

fn reference(digest: &Bytes) -> MessageReference {
    let digest = Digest::from_slice(digest).unwrap();
    MessageReference { message_digest: Some(MessageDigest(digest)), ..Default::default() }
}

fn amendment(of: &Bytes) -> Content {
    let Content::Amendment(mut form) = filled(Kind::Amendment) else { panic!("an amendment") };
    form.amends = reference(of);
    Content::Amendment(form)
}

fn amends(heading: calls::Heading, of: &Bytes) -> calls::Heading {
    let reference = evidence::Reference {
        message_digest: of.clone(),
        relation: evidence::Relation::Amends as i32,
        ..Default::default()
    };
    calls::Heading { references: vec![reference], ..heading }
}

#[tokio::test]
async fn the_faults_of_a_heading_and_of_what_is_not_held_are_marked_at_the_receiver_and_counted_in_the_notice()
 {
    let world = World::new(&["BY", "PL"]).await;
    let bad = calls::Heading { zone: "Nowhere".into(), subject: "a\nb\u{1b}[31m".into(), ..heading(1) };
    let Content::Notification(mut content) = filled(Kind::Notification) else { panic!("a notification") };
    content.references[0].message = reference(&vec![7; 32].into());
    let content = Content::Notification(content);
    let drafted = draft(&world, "BY", 1, bad.clone(), &content).await.unwrap();
    let told: Vec<String> = drafted.faults.iter().map(|fault| fault.field.clone()).collect();
    let fields = ["heading.zone", "heading.subject", "references[1].message.message_digest"];
    assert_eq!(told, fields);

    let sent = send(&world, "BY", 1, bad, &content).await;
    arrived(&world, "PL", &sent.message_digest).await;
    let marked = read(&world, "PL", &sent.message_digest).await;
    assert_eq!(marked.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), fields);
    assert!(marked[2].1.contains("not held here"), "{marked:?}");
    let (count, shown) = counted(&world, "PL", &sent.thread, &sent.message_digest).await;
    assert_eq!((count, shown), (3, marked));

    let clean = notify(&world, 2).await;
    arrived(&world, "PL", &clean.message_digest).await;
    assert_eq!(counted(&world, "PL", &clean.thread, &clean.message_digest).await, (0, Vec::new()));
}

#[tokio::test]
async fn a_number_that_stands_alone_and_was_never_given_here_is_told_to_who_drafts() {
    let world = World::new(&["BY", "PL"]).await;
    let sent = notify(&world, 1).await;
    let drafted = async |id: u8, author: &str, number: String| {
        let reference = evidence::Reference {
            number,
            author: author.into(),
            relation: evidence::Relation::RefersTo as i32,
            ..Default::default()
        };
        let heading = calls::Heading { references: vec![reference], ..heading(2) };
        pairs(&draft(&world, "BY", id, heading, &filled(Kind::Notification)).await.unwrap().faults)
    };
    assert!(drafted(2, "BY", sent.number.clone()).await.is_empty());
    // What others number, or wrote on paper, only they know.
    assert!(drafted(3, "PL", "PL/2026/BY/0099".into()).await.is_empty());
    assert!(drafted(4, "BY", "Note 99".into()).await.is_empty());
    for (id, number) in [(5, sent.number.replace("/0001", "/0099")), (6, "BY/2026/LT/0001".into())] {
        let told = drafted(id, "BY", number).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].0, "heading.references[1].number");
        assert!(told[0].1.contains("no message of this Party's has this number"), "{told:?}");
    }
}

#[tokio::test]
async fn an_amendment_of_another_partys_notice_or_of_a_cancelled_one_is_a_fault_and_marked_at_the_receiver() {
    let world = World::new(&["BY", "PL"]).await;
    let theirs = send(&world, "PL", 1, to("BY", 1), &filled(Kind::Notification)).await;
    arrived(&world, "BY", &theirs.message_digest).await;
    let of = amends(to("PL", 1), &theirs.message_digest);
    let content = amendment(&theirs.message_digest);
    let drafted = draft(&world, "BY", 2, of.clone(), &content).await.unwrap();
    let told = pairs(&drafted.faults);
    let is_told = |faults: &Faults, words: &str| {
        faults.iter().any(|(field, rule)| field == "amends" && rule.contains(words))
    };
    assert!(is_told(&told, "another Party's message"), "{told:?}");
    let sent = send(&world, "BY", 2, of, &content).await;
    arrived(&world, "PL", &sent.message_digest).await;
    assert!(is_told(&read(&world, "PL", &sent.message_digest).await, "another Party's message"));

    let ours = notify(&world, 3).await;
    let of = amends(heading(3), &ours.message_digest);
    let before = draft(&world, "BY", 4, of.clone(), &amendment(&ours.message_digest)).await.unwrap();
    assert!(!is_told(&pairs(&before.faults), ""), "{:?}", before.faults);
    let cancellation = Content::Cancellation(Cancellation {
        cancels: reference(&ours.message_digest),
        reason: Prose("Floods.".into()),
        ..Default::default()
    });
    send(&world, "BY", 5, heading(3), &cancellation).await;
    let again = send(&world, "BY", 4, of.clone(), &amendment(&ours.message_digest)).await;
    arrived(&world, "PL", &again.message_digest).await;
    assert!(is_told(&read(&world, "PL", &again.message_digest).await, "cancelled"));
    // Notice stands again by then.
    let after = draft(&world, "BY", 6, of, &amendment(&again.message_digest)).await.unwrap();
    assert!(!is_told(&pairs(&after.faults), ""), "{:?}", after.faults);
}

#[tokio::test]
async fn a_reference_to_an_entry_that_the_calendar_held_does_not_have_is_marked() {
    let world = World::new(&["BY", "PL"]).await;
    let calendar = written_as(Kind::Calendar, "year = 2027\nholds = \"entries\"\n[[entries]]\nnumber = 1\n");
    let held = send(&world, "BY", 1, heading(1), &calendar).await;
    arrived(&world, "PL", &held.message_digest).await;
    let refers = |entry: u64, digest: Option<&Bytes>| {
        let Content::Notification(mut form) = filled(Kind::Notification) else { panic!("a notification") };
        form.references[0].calendar_year = Some(2027);
        form.references[0].calendar_entry = Some(entry);
        if let Some(digest) = digest {
            form.references[0].message = reference(digest);
        }
        Content::Notification(form)
    };
    let none: Faults =
        vec![("references[1].calendar_entry".into(), "no such entry in the calendar held here".into())];
    for (number, digest) in [(2, None), (3, Some(&held.message_digest))] {
        let drafted = draft(&world, "BY", number, heading(number), &refers(7, digest)).await.unwrap();
        assert_eq!(pairs(&drafted.faults), none);
        let sent = send(&world, "BY", number, heading(number), &refers(7, digest)).await;
        arrived(&world, "PL", &sent.message_digest).await;
        assert_eq!(read(&world, "PL", &sent.message_digest).await, none);
    }
    let there = draft(&world, "BY", 4, heading(4), &refers(1, None)).await.unwrap();
    assert_eq!(pairs(&there.faults), Vec::new());
}

#[tokio::test]
async fn the_same_officer_acknowledges_once_and_a_second_officer_may_as_well() {
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("PL").take_person("second", "second watch of PL", &[Role::Watch]).await;
    let sent = notify(&world, 1).await;
    arrived(&world, "PL", &sent.message_digest).await;
    let acknowledge = |called: &'static str| {
        let desk = world.desk("PL", called);
        let digest = sent.message_digest.clone();
        async move {
            let command = Some(desk.command(None).unwrap());
            let call = calls::AcknowledgeRequest { command, digest };
            watches(&desk).acknowledge(call).await.map(tonic::Response::into_inner)
        }
    };
    let first = acknowledge("watch").await.unwrap();
    let again = acknowledge("watch").await.unwrap_err();
    assert_eq!(reason(&again), "ACKNOWLEDGED_BEFORE");
    assert!(again.message().contains(&first.number), "{}", again.message());
    acknowledge("second").await.unwrap();
    assert_eq!(reason(&acknowledge("watch").await.unwrap_err()), "ACKNOWLEDGED_BEFORE");
    assert_eq!(show(&world, "PL", &sent.thread, 0).await.messages.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_acknowledgements_by_one_officer_at_the_same_moment_one_stands() {
    let world = World::new(&["BY", "PL"]).await;
    let desk = world.desk("PL", "watch");
    let acknowledge = |digest: &bytes::Bytes| {
        let (command, digest) = (Some(desk.command(None).unwrap()), digest.clone());
        let mut calls_of = watches(&desk);
        async move { calls_of.acknowledge(calls::AcknowledgeRequest { command, digest }).await }
    };
    for number in 1..=8 {
        let sent = notify(&world, number).await;
        arrived(&world, "PL", &sent.message_digest).await;
        let digest = &sent.message_digest;
        let (one, other) = tokio::join!(acknowledge(digest), acknowledge(digest));
        let (stands, refused) = match (one, other) {
            (Ok(stands), Err(refused)) | (Err(refused), Ok(stands)) => (stands.into_inner(), refused),
            both => panic!("{both:?}"),
        };
        assert_eq!(reason(&refused), "ACKNOWLEDGED_BEFORE");
        assert!(refused.message().contains(&stands.number), "{}", refused.message());
    }
}

#[tokio::test]
async fn what_each_party_says_in_its_own_thread_of_the_same_activity_is_shown_with_both() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let of_pl = send(&world, "PL", 1, to("BY", 1), &filled(Kind::Notification)).await;
    let of_by = send(&world, "BY", 2, heading(2), &filled(Kind::Notification)).await;
    let same = |position, party: &str, thread: u8| {
        Content::SameActivity(SameActivity {
            position: Some(position),
            other_party: party.into(),
            other_thread: Some(OtherThread(ThreadId([thread; 16]))),
            ..Default::default()
        })
    };
    arrived(&world, "BY", &of_pl.message_digest).await;
    arrived(&world, "PL", &of_by.message_digest).await;
    let stated = send(&world, "PL", 3, to("BY", 1), &same(SameActivityPosition::Stated, "BY", 2)).await;
    let contested = send(&world, "BY", 4, heading(2), &same(SameActivityPosition::Contested, "PL", 1)).await;
    arrived(&world, "BY", &stated.message_digest).await;
    arrived(&world, "PL", &contested.message_digest).await;
    for (party, thread) in
        [("BY", &of_pl.thread), ("BY", &of_by.thread), ("PL", &of_pl.thread), ("PL", &of_by.thread)]
    {
        let desk = world.state(party).desk_directory("drafter").display().to_string();
        let thread = hex::encode(thread);
        let shown = printed(&["exercise", "show", &thread, "--as", &desk]).await;
        for words in ["Stated to be the same activity as BY", "Contested to be the same activity as PL"] {
            assert!(shown.contains(words), "{party} {thread}\n{shown}");
        }
        assert_eq!(shown.matches("in the thread").count(), 1, "{shown}");
        let read = object(&["exercise", "show", &thread, "--as", &desk]).await;
        assert_eq!(read["picture"]["same_activity_elsewhere"].as_array().unwrap().len(), 1, "{read}");
    }
}

#[tokio::test]
async fn all_that_is_over_a_limit_is_told_with_the_other_faults_and_the_writing_is_judged_in_plain_words() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let desk = world.state("BY").desk_directory("drafter").display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let long = "a".repeat(detente::limits::FORM_TEXT_BYTES_MAX + 1);
    let text = format!(
        "general_purpose = \"{long}\"\nlevel_of_command_commanding = \"{long}\"\nstart = \"2031-09-15 Mars/X\"\n\
         [[land.figures]]\nwhat = \"troops\"\nnumber = 1000000000000\n"
    );
    let file = written(folder.path(), "notification.toml", &text);
    let why = refused(&["exercise", "draft", &file, "--as", &desk, "--to", "PL"]).await;
    for field in
        ["general_purpose: a text takes", "level_of_command_commanding: a text takes", "start: the zone"]
    {
        assert_eq!(why.matches(field).count(), 1, "{field}\n{why}");
    }
    for field in ["land.figures[1].number: a number is at most", "designation: is required"] {
        assert!(why.contains(field), "{field}\n{why}");
    }

    let text = "designation = 5\nnumber_of_ships = 1\nparticipating_parties = \"Norland\"\n\
                [[land.figures]]\nwhat = \"troops\"\nnumber = \"many\"\n";
    let file = written(folder.path(), "notification.toml", text);
    let why = refused(&["exercise", "draft", &file, "--as", &desk, "--to", "PL"]).await;
    for words in [
        "designation: expected a text in quotation marks, not the number 5",
        "there is no field number_of_ships here",
        "participating_parties: expected a list in square brackets",
        "line 6",
        "land.figures.number: expected a whole number",
    ] {
        assert!(why.contains(words), "{words}\n{why}");
    }
    assert!(!why.contains("u64"), "{why}");
}

#[test]
fn a_filled_form_that_names_a_message_by_its_number_says_that_the_thread_is_to_be_given() {
    for kind in [Kind::Cancellation, Kind::Conclusion, Kind::Finding, Kind::Closing, Kind::Update] {
        assert!(form::example(kind).contains("--thread"), "{}", kind.name());
    }
}
