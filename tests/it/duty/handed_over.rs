//! The watch from one officer to the other with what is owed: on record, and shown to whoever takes it over.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::people::Role;
use detente::domain::watch::OwedAs;

use super::nodes::{all_open, ask, both_until, bound};
use crate::by_hand::audited;
use crate::officer::watches;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_the_watch_over_is_shown_each_duty_that_the_hand_over_names_and_an_auditor_reads_the_same()
{
    let (mut world, digest) = bound().await;
    world.state_mut("PL").take_person("night officer", "night officer", &[Role::Watch]).await;
    ask(&world, digest, 1).await;
    both_until(&world, all_open).await;
    let (leaves, takes) = (world.desk("PL", "watch"), world.desk("PL", "night officer"));
    let asked = || calls::NowRequest { hand_over: true, ..Default::default() };
    let shown = watches(&leaves).now(asked()).await.unwrap().into_inner();
    let call = calls::HandOverRequest {
        command: Some(leaves.command(None).unwrap()),
        to: "night officer".into(),
        digest: shown.hand_over_digest.clone(),
    };
    let offered = watches(&leaves).hand_over(call).await.unwrap().into_inner();
    assert_eq!((offered.open, offered.duties), (shown.messages, shown.duties.len() as u64));
    assert!(offered.duties > 0);

    let waiting = watches(&takes).now(asked()).await.unwrap().into_inner().offered.unwrap();
    let expected: Vec<u64> = shown.duties.iter().map(|duty| duty.number).collect();
    let named: Vec<u64> = waiting.duties.iter().map(|one| one.duty.as_ref().unwrap().number).collect();
    assert_eq!(named, expected);
    let answer = waiting.duties.iter().find(|one| one.duty.as_ref().unwrap().rule == "answer").unwrap();
    assert_eq!(answer.stood, "awaited");
    assert_eq!((waiting.messages, waiting.duties_more), (shown.messages, 0));

    let report = audited(&world, "PL").await;
    assert_eq!(report.faults, []);
    let (_, on_record) = report.hand_overs.last().unwrap();
    assert_eq!(on_record.duties.iter().map(|duty| duty.number.0).collect::<Vec<_>>(), expected);
    assert!(on_record.duties.iter().any(|duty| duty.owed_as == OwedAs::Awaited));
    assert_eq!(on_record.digest_of_named().unwrap().0[..], shown.hand_over_digest[..]);
}
