//! Drafts and their release by two persons, faults, and what is refused with nothing recorded.

use detente::codec::message::decode_draft;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::exercise::Notification;
use detente::domain::people::Role;
use tonic::Code;

use crate::officer::{
    addressee, commands, draft, draft_call, exercises, filled, heading, messages, notify, reason, release,
    release_call, size, violations,
};
use crate::world::World;

fn notification() -> Content {
    filled(Kind::Notification)
}

#[tokio::test]
async fn one_person_drafts_and_another_releases_what_was_shown() {
    let world = World::new(&["BY", "PL"]).await;
    let drafted = draft(&world, "BY", 1, heading(1), &notification()).await.unwrap();
    assert!(drafted.faults.is_empty(), "{:?}", drafted.faults);

    let releaser = world.desk("BY", "releaser");
    let asked = calls::ShowDraftRequest { draft: vec![1; 16].into(), ..Default::default() };
    let shown = messages(&releaser).show_draft(asked).await.unwrap().into_inner();
    assert_eq!(shown.digest, drafted.digest);
    assert_eq!(Digest::of(&shown.message).0.as_slice(), &drafted.digest[..]);
    let outgoing = decode_draft(&shown.message).unwrap();
    assert_eq!(outgoing.drafter.name, "drafter of BY");

    let released = release(&releaser, 1, &shown.digest, false).await.unwrap();
    assert_eq!(released.number, "BY/2024/PL/0001");
    assert_eq!(released.thread, vec![1; 16]);
    let left = messages(&releaser).list_drafts(calls::ListDraftsRequest {}).await.unwrap().into_inner();
    assert!(left.drafts.is_empty());
    let threads = messages(&releaser).list_threads(calls::ListThreadsRequest::default()).await;
    let threads = threads.unwrap().into_inner();
    assert_eq!((threads.threads.len(), threads.next.len()), (1, 0));
    assert_eq!(threads.threads[0].kind, "exercise.notification");
}

#[tokio::test]
async fn who_drafted_does_not_release_unless_two_custodians_agreed_for_that_precedence() {
    let mut world = World::new(&["BY", "PL"]).await;
    let both = [Role::Drafter, Role::Releaser];
    world.state_mut("BY").take_person("both", "Both of BY", &both).await;
    let desk = world.desk("BY", "both");
    let flash = calls::Heading { precedence: evidence::Precedence::Flash as i32, ..heading(1) };
    let drafted = exercises(&desk).draft(draft_call(&desk, 1, flash, &notification())).await;
    let drafted = drafted.unwrap().into_inner();

    let refused = release(&desk, 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::PermissionDenied, "SAME_PERSON"));

    let rule = calls::ReleaseRule { one_person: vec![evidence::Precedence::Flash as i32] };
    world.state("BY").change(Change::ReleaseRule(rule), bytes::Bytes::new()).await;
    release(&desk, 1, &drafted.digest, false).await.unwrap();

    let slower = exercises(&desk).draft(draft_call(&desk, 2, heading(2), &notification())).await;
    let refused = release(&desk, 2, &slower.unwrap().into_inner().digest, false).await.unwrap_err();
    assert_eq!(reason(&refused), "SAME_PERSON");
}

#[tokio::test]
async fn a_draft_that_changed_since_it_was_shown_is_not_released() {
    let world = World::new(&["BY", "PL"]).await;
    let first = draft(&world, "BY", 1, heading(1), &notification()).await.unwrap();
    let changed = calls::Heading { subject: "Another".into(), ..heading(1) };
    let second = draft(&world, "BY", 1, changed, &notification()).await.unwrap();
    let releaser = world.desk("BY", "releaser");
    let refused = release(&releaser, 1, &first.digest, false).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "DRAFT_CHANGED"));
    release(&releaser, 1, &second.digest, false).await.unwrap();
}

#[tokio::test]
async fn a_returned_draft_is_not_released_until_it_was_revised() {
    let world = World::new(&["BY", "PL"]).await;
    let drafted = draft(&world, "BY", 1, heading(1), &notification()).await.unwrap();
    let releaser = world.desk("BY", "releaser");
    let back = |reason: &str| calls::ReturnDraftRequest {
        command: Some(releaser.command(None).unwrap()),
        draft: vec![1; 16].into(),
        digest: drafted.digest.clone(),
        reason: reason.into(),
    };
    let refused = messages(&releaser).return_draft(back(" ")).await.unwrap_err();
    assert_eq!(violations(&refused), [("reason".to_owned(), "must be given".to_owned())]);
    messages(&releaser).return_draft(back("The figures are last year's.")).await.unwrap();

    let refused = release(&releaser, 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!(reason(&refused), "DRAFT_RETURNED");
    let drafter = world.desk("BY", "drafter");
    let listed = messages(&drafter).list_drafts(calls::ListDraftsRequest {}).await.unwrap().into_inner();
    assert_eq!(listed.drafts[0].returned, "The figures are last year's.");

    let revised = calls::Heading { remarks: "Mended.".into(), ..heading(1) };
    let revised = draft(&world, "BY", 1, revised, &notification()).await.unwrap();
    release(&releaser, 1, &revised.digest, false).await.unwrap();
}

#[tokio::test]
async fn a_withdrawn_draft_is_gone() {
    let world = World::new(&["BY", "PL"]).await;
    let drafted = draft(&world, "BY", 1, heading(1), &notification()).await.unwrap();
    let drafter = world.desk("BY", "drafter");
    let withdraw = calls::WithdrawDraftRequest {
        command: Some(drafter.command(None).unwrap()),
        draft: vec![1; 16].into(),
    };
    messages(&drafter).withdraw_draft(withdraw).await.unwrap();
    let refused = release(&world.desk("BY", "releaser"), 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::NotFound, "NO_SUCH_DRAFT"));
}

#[tokio::test]
async fn all_faults_are_told_at_once_and_stop_only_a_release_that_does_not_insist() {
    let world = World::new(&["BY", "PL"]).await;
    let mut content = notification();
    if let Content::Notification(form) = &mut content {
        form.end = "2031-09-01 Europe/Minsk".parse().unwrap();
        form.level_of_command_commanding.clear();
    }
    let wrong = calls::Heading { zone: "Europe/Nowhere".into(), subject: String::new(), ..heading(1) };
    let drafted = draft(&world, "BY", 1, wrong, &content).await.unwrap();
    let fields: Vec<_> = drafted.faults.iter().map(|fault| fault.field.as_str()).collect();
    for field in ["heading.zone", "heading.subject", "end", "level_of_command_commanding"] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }

    let releaser = world.desk("BY", "releaser");
    let before = commands(&world, "BY");
    let refused = release(&releaser, 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "FAULTS"));
    let told: Vec<_> = violations(&refused)
        .into_iter()
        .map(|(field, rule)| calls::Fault { field, rule, stops_release: false })
        .collect();
    assert_eq!(told, drafted.faults);
    assert_eq!(commands(&world, "BY"), before);
    release(&releaser, 1, &drafted.digest, true).await.unwrap();
}

#[tokio::test]
async fn hundreds_of_faults_are_told_in_one_refusal() {
    let world = World::new(&["BY", "PL"]).await;
    let mut content = notification();
    if let Content::Notification(form) = &mut content {
        form.notifying_parties = (0..450).map(|n| format!("{n}\u{202e}")).collect();
    }
    let drafted = draft(&world, "BY", 1, heading(1), &content).await.unwrap();
    assert!(drafted.faults.len() >= 450, "{}", drafted.faults.len());
    let refused = release(&world.desk("BY", "releaser"), 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!(violations(&refused).len(), drafted.faults.len());
}

#[tokio::test]
async fn what_continues_a_thread_or_names_a_message_that_is_not_here_is_marked() {
    let world = World::new(&["BY", "PL"]).await;
    let drafted = draft(&world, "BY", 1, heading(9), &filled(Kind::Amendment)).await.unwrap();
    let fields: Vec<_> = drafted.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert!(fields.contains(&"heading.thread"), "{fields:?}");
    assert!(fields.contains(&"heading.references"), "{fields:?}");
    assert!(fields.contains(&"amends.message_digest"), "{fields:?}");

    let reference = evidence::Reference {
        message_digest: vec![7; 32].into(),
        relation: evidence::Relation::RefersTo as i32,
        ..Default::default()
    };
    let refers = calls::Heading { references: vec![reference], ..heading(2) };
    let drafted = draft(&world, "BY", 2, refers, &notification()).await.unwrap();
    assert_eq!(drafted.faults.len(), 1, "{:?}", drafted.faults);
    assert_eq!(drafted.faults[0].field, "heading.references[1]");
}

#[tokio::test]
async fn the_same_command_again_gives_the_same_answer_and_other_content_is_refused() {
    let world = World::new(&["BY", "PL"]).await;
    let drafter = world.desk("BY", "drafter");
    let call = draft_call(&drafter, 1, heading(1), &notification());
    let first = exercises(&drafter).draft(call.clone()).await.unwrap().into_inner();
    let mut later = call.clone();
    later.command.as_mut().unwrap().at_ms += 1_000;
    let size_then = size(&world, "BY");
    assert_eq!(exercises(&drafter).draft(later).await.unwrap().into_inner(), first);
    let mut other = call;
    other.heading.as_mut().unwrap().subject = "Other".into();
    let refused = exercises(&drafter).draft(other).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::AlreadyExists, "ID_REUSED"));

    let releaser = world.desk("BY", "releaser");
    let call = release_call(&releaser, 1, &first.digest, false);
    let released = messages(&releaser).release(call.clone()).await.unwrap().into_inner();
    let again = messages(&releaser).release(call.clone()).await.unwrap().into_inner();
    assert_eq!(again, released);
    let other = calls::ReleaseRequest { as_is: true, ..call };
    let refused = messages(&releaser).release(other).await.unwrap_err();
    assert_eq!(reason(&refused), "ID_REUSED");
    assert!(size(&world, "BY") > size_then);
    assert_eq!(world.node("BY").registrar.head().board.numbers.get(&(2024, "PL".to_owned())), Some(&1));
}

#[tokio::test]
async fn a_release_sent_twice_at_once_is_one_message() {
    let world = World::new(&["BY", "PL"]).await;
    let drafted = draft(&world, "BY", 1, heading(1), &notification()).await.unwrap();
    let releaser = world.desk("BY", "releaser");
    let call = release_call(&releaser, 1, &drafted.digest, false);
    let mut one = messages(&releaser);
    let mut two = messages(&releaser);
    let (one, two) = tokio::join!(one.release(call.clone()), two.release(call));
    assert_eq!(one.unwrap().into_inner(), two.unwrap().into_inner());
    assert_eq!(world.node("BY").registrar.head().board.messages.iter().count(), 1);
}

#[tokio::test]
async fn what_can_not_be_dispatched_or_encoded_or_is_over_a_limit_is_refused_and_nothing_is_recorded() {
    let world = World::new(&["BY", "PL"]).await;
    let before = commands(&world, "BY");
    let good = notification();
    let crowd = |count: usize| {
        (0..count)
            .map(|n| evidence::Addressee { party: "PL".into(), office: format!("{n:0>500}") })
            .collect::<Vec<_>>()
    };
    let table = [
        (calls::Heading { action: vec![addressee("XX")], ..heading(1) }, &good, "NO_SUCH_PARTY"),
        (calls::Heading { action: vec![addressee("not a code")], ..heading(1) }, &good, "FIELD"),
        (calls::Heading { action: vec![addressee("BY")], ..heading(1) }, &good, "FIELD"),
        (calls::Heading { action: Vec::new(), ..heading(1) }, &good, "FIELD"),
        (calls::Heading { thread: vec![1; 15].into(), ..heading(1) }, &good, "FIELD"),
        (calls::Heading { precedence: 9, ..heading(1) }, &good, "FIELD"),
        (calls::Heading { traffic: 0, ..heading(1) }, &good, "FIELD"),
        (calls::Heading { subject: "x".repeat(513), ..heading(1) }, &good, "FIELD"),
        (calls::Heading { action: crowd(257), ..heading(1) }, &good, "FIELD"),
    ];
    for (n, (heading, content, expected)) in table.into_iter().enumerate() {
        let refused = draft(&world, "BY", 1, heading, content).await.unwrap_err();
        assert_eq!(reason(&refused), expected, "row {n}: {}", refused.message());
    }
    let drafter = world.desk("BY", "drafter");
    let mut over = draft_call(&drafter, 1, heading(1), &good);
    if let Some(calls::draft_request::Content::Notification(form)) = &mut over.content {
        form.remarks = "x".repeat(16 * 1024 + 1);
    }
    let refused = exercises(&drafter).draft(over).await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "remarks");
    let mut none = draft_call(&drafter, 1, heading(1), &good);
    none.content = None;
    assert_eq!(reason(&exercises(&drafter).draft(none).await.unwrap_err()), "FIELD");
    assert_eq!(commands(&world, "BY"), before);
}

#[tokio::test]
async fn a_draft_that_would_grow_over_the_limit_at_its_release_is_refused_before_it_is_recorded() {
    let world = World::new(&["BY", "PL"]).await;
    let before = commands(&world, "BY");
    let crowd = |letter: &str| -> Vec<evidence::Addressee> {
        (0..256)
            .map(|n| evidence::Addressee { party: "PL".into(), office: format!("{letter}{n:0>499}") })
            .collect()
    };
    // Up to the content's own limit, so that all together would be over the message's.
    let content = Notification {
        participating_parties: (0..16).map(|_| "y".repeat(15 * 1024)).collect(),
        ..Notification::default()
    };
    let heavy = calls::Heading {
        action: crowd("a"),
        information: crowd("b"),
        remarks: "r".repeat(16_000),
        ..heading(1)
    };
    let refused = draft(&world, "BY", 1, heavy, &Content::Notification(Box::new(content))).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "FIELD"));
    assert_eq!(commands(&world, "BY"), before);
}

#[tokio::test]
async fn only_drafters_draft_and_only_releasers_release() {
    let world = World::new(&["BY", "PL"]).await;
    let drafted = draft(&world, "BY", 1, heading(1), &notification()).await.unwrap();
    let refused = release(&world.desk("BY", "drafter"), 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::PermissionDenied, "NOT_PERMITTED"));
    let watch = world.desk("BY", "watch");
    let refused = exercises(&watch).draft(draft_call(&watch, 2, heading(2), &notification())).await;
    assert_eq!(reason(&refused.unwrap_err()), "NOT_PERMITTED");
}

#[tokio::test]
async fn after_a_restart_drafts_and_answers_are_the_same() {
    let mut world = World::new(&["BY", "PL"]).await;
    let released = notify(&world, 1).await;
    let drafted = draft(&world, "BY", 2, heading(2), &notification()).await.unwrap();
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    let number = release(&world.desk("BY", "releaser"), 2, &drafted.digest, false).await.unwrap().number;
    assert_eq!((released.number.as_str(), number.as_str()), ("BY/2024/PL/0001", "BY/2024/PL/0002"));
}
