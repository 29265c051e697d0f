//! What an addressee states in its receipt and nobody can hold against anything: told as its own statement.

use crate::hotline_nodes::{accept, officers, open, page, say, until};
use crate::officer::arrived;

#[tokio::test(flavor = "multi_thread")]
async fn a_time_of_receipt_before_the_text_was_released_is_disputed_and_that_it_is_on_record_there_is_not() {
    let mut world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let is_there = |text: &'static str| {
        move |session: &detente::codec::proto::detente::v1::ShowSessionResponse| {
            session.lines.iter().any(|line| line.text == text && line.states[0].on_record_ms > 0)
        }
    };
    say(&world, "BY", &thread, "at its time").await;
    until(&world, "BY", &thread, is_there("at its time")).await;
    world.state_mut("PL").stop().await;
    // Both share a clock, which is put back while the text waits.
    world.clock.set(world.clock.now().plus_ms(600_000));
    say(&world, "BY", &thread, "ahead of its time").await;
    world.clock.follow_system();
    world.state_mut("PL").start().await;
    let session = until(&world, "BY", &thread, is_there("ahead of its time")).await;
    for line in session.lines.iter().filter(|line| line.kind == "hotline.text") {
        let disputed = &line.states[0].on_record_disputed;
        if line.text == "at its time" {
            assert_eq!(disputed, "");
        } else {
            assert!(disputed.starts_with("when it was received is disputed: PL states "), "{disputed}");
            assert!(disputed.contains(", before BY released it by its own clock ("), "{disputed}");
        }
    }
    let told = page(&world, "BY", &thread).await.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("by its own clock") && told.contains("is disputed"), "{told}");
}
