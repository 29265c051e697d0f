//! The watch: what comes in, live and again from a position, read and acknowledged by name.

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::content::{Said, said};
use detente::codec::message;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::duty_service_client::DutyServiceClient;
use detente::codec::signed;
use detente::domain::digest::Digest;
use detente::domain::message::Relation;
use tokio_stream::StreamExt as _;
use tonic::Code;

use crate::officer::{PATIENCE, arrived, commands, notify, reason, show, size, violations, watches};
use crate::officer_program::refused;
use crate::talk::both_settled;
use crate::world::{Medium, World};

pub async fn notices(desk: &Desk, after: u64) -> Vec<calls::FollowResponse> {
    let call = calls::FollowRequest { after, once: true, all_offices: false };
    let stream = watches(desk).follow(call).await.unwrap().into_inner();
    stream.map(Result::unwrap).collect().await
}

fn acknowledge_call(desk: &Desk, digest: &Bytes) -> calls::AcknowledgeRequest {
    calls::AcknowledgeRequest { command: Some(desk.command(None).unwrap()), digest: digest.clone() }
}

#[tokio::test]
async fn a_watch_sees_what_came_in_and_goes_on_from_its_position() {
    let world = World::new(&["BY", "PL"]).await;
    let watch = world.desk("PL", "watch");
    let first = notify(&world, 1).await;
    arrived(&world, "PL", &first.message_digest).await;
    let seen = notices(&watch, 0).await;
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].from.as_str(), seen[0].number.as_str()), ("BY", "BY/2024/PL/0001"));
    assert_eq!(seen[0].digest, first.message_digest);
    assert!(!seen[0].acknowledged);

    let call = calls::FollowRequest { after: seen[0].position, once: false, all_offices: false };
    let mut live = watches(&watch).follow(call).await.unwrap().into_inner();
    let second = notify(&world, 2).await;
    let next = tokio::time::timeout(PATIENCE, live.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(next.digest, second.message_digest);
    assert!(notices(&watch, next.position).await.is_empty());
}

#[tokio::test]
async fn a_position_that_no_record_here_has_is_refused_and_not_waited_for() {
    let world = World::on_real_time(Medium::Embedded, &["BY"]).await;
    let watch = world.desk("BY", "watch");
    let after = size(&world, "BY") + 1_000;
    let call = calls::FollowRequest { after, once: false, all_offices: false };
    let of_watch = watches(&watch).follow(call).await.map(drop).unwrap_err();
    let call = calls::FollowDutiesRequest { after, once: false, language: String::new() };
    let mut duties = DutyServiceClient::new(watch.channel.clone());
    let of_duties = duties.follow_duties(call).await.map(drop).unwrap_err();
    for status in [of_watch, of_duties] {
        let told = violations(&status);
        assert_eq!(told[0].0, "after", "{status:?}");
        assert!(told[0].1.contains("older copy"), "{told:?}");
    }
    // The newest one is that of whoever has seen all.
    assert!(notices(&watch, size(&world, "BY")).await.is_empty());
    let (desk, after) = (world.state("BY").desk_directory("watch").display().to_string(), after.to_string());
    for room in ["watch", "duty"] {
        let said = refused(&[room, "follow", "--after", &after, "--as", &desk]).await;
        assert!(said.contains("--after: at most "), "{room}: {said}");
    }
}

#[tokio::test]
async fn an_acknowledgement_names_the_officer_and_goes_back_on_the_same_lane() {
    let world = World::new(&["BY", "PL"]).await;
    let sent = notify(&world, 1).await;
    arrived(&world, "PL", &sent.message_digest).await;
    let watch = world.desk("PL", "watch");
    let read = calls::ReadRequest { digest: sent.message_digest.clone(), ..Default::default() };
    let read = watches(&watch).read(read).await.unwrap().into_inner();
    let wrapping = signed::decode(read.message).unwrap();
    assert_eq!(&wrapping.digest().0[..], &sent.message_digest[..]);

    let call = acknowledge_call(&watch, &sent.message_digest);
    let answer = watches(&watch).acknowledge(call.clone()).await.unwrap().into_inner();
    let again = watches(&watch).acknowledge(call).await.unwrap().into_inner();
    assert_eq!(again, answer);
    assert!(notices(&watch, 0).await[0].acknowledged);

    arrived(&world, "BY", &answer.acknowledgement_digest).await;
    let thread = show(&world, "BY", &sent.thread, 0).await;
    assert_eq!(thread.messages.len(), 2);
    let wrapping = signed::decode(thread.messages[1].message.clone()).unwrap();
    let back = message::decode(&wrapping.payload).unwrap();
    let Said::Acknowledgement(said) = said(&back.draft.kind, &back.draft.content) else { panic!("{back:?}") };
    assert_eq!(said.officer.name, "watch of PL");
    assert_eq!(&said.message.0[..], &sent.message_digest[..]);
    assert_eq!(back.draft.precedence.name(), "ROUTINE");
    assert_eq!(back.draft.references[0].relation, Relation::Acknowledges);
    assert_eq!(back.draft.parties(), ["BY".parse().unwrap()]);
}

#[tokio::test]
async fn neither_an_own_message_nor_an_acknowledgement_nor_an_unknown_one_is_acknowledged() {
    let world = World::new(&["BY", "PL"]).await;
    let sent = notify(&world, 1).await;
    arrived(&world, "PL", &sent.message_digest).await;
    let watch = world.desk("PL", "watch");
    let call = acknowledge_call(&watch, &sent.message_digest);
    let answer = watches(&watch).acknowledge(call).await.unwrap().into_inner();
    arrived(&world, "BY", &answer.acknowledgement_digest).await;
    // Heads of both ledgers are put on record after the receipts.
    both_settled(&world, "BY", "PL").await;
    let of_by = world.desk("BY", "watch");
    let before = commands(&world, "BY");
    for (digest, expected) in [
        (sent.message_digest, "OWN_MESSAGE"),
        (answer.acknowledgement_digest, "OWN_MESSAGE"),
        (Bytes::copy_from_slice(&Digest::of(b"nothing").0), "NO_SUCH_MESSAGE"),
    ] {
        let refused = watches(&of_by).acknowledge(acknowledge_call(&of_by, &digest)).await.unwrap_err();
        assert_eq!(reason(&refused), expected);
    }
    let refused = watches(&of_by).acknowledge(acknowledge_call(&of_by, &Bytes::new())).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(commands(&world, "BY"), before);
}

#[tokio::test]
async fn a_watch_that_does_not_read_holds_nothing_up() {
    let world = World::new(&["BY", "PL"]).await;
    let deaf = world.desk("PL", "watch");
    let call = calls::FollowRequest { after: 0, once: false, all_offices: false };
    let _never_read = watches(&deaf).follow(call).await.unwrap().into_inner();
    let mut last = None;
    for number in 1..=40 {
        last = Some(notify(&world, number).await);
    }
    arrived(&world, "PL", &last.unwrap().message_digest).await;
    assert_eq!(notices(&world.desk("PL", "watch"), 0).await.len(), 40);
}
