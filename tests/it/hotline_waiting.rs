//! Texts of a session that wait for a second person's release while the session goes on, between real nodes.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use tokio::task::block_in_place;
use tonic::Status;

use crate::hotline_console::{CONTROL_C, ENTER, ESCAPE, accepted, console};
use crate::hotline_nodes::{
    accept, close, command, officer, officers, open, page, say, say_call, show, until,
};
use crate::hotline_third::add_third;
use crate::officer::{arrived, hotlines, messages, violations};
use crate::officer_program::printed;
use crate::world::World;

/// Written at a precedence for which a second person releases.
pub async fn draft(world: &World, by: &str, thread: &Bytes, text: &str) -> calls::Spoken {
    let desk = officer(world, by);
    let precedence = evidence::Precedence::Priority as i32;
    let asked = calls::SayRequest { precedence, ..say_call(&desk, thread, text).await };
    let said = hotlines(&desk).say(asked).await.unwrap().into_inner().spoken.unwrap();
    assert!(!said.released && said.faults.is_empty(), "{said:?}");
    said
}

pub async fn release(
    world: &World,
    by: &str,
    drafted: &calls::Spoken,
    as_is: bool,
) -> Result<calls::ReleaseResponse, Status> {
    let desk = world.desk(by, "releaser");
    let (draft, digest) = (drafted.draft.clone(), drafted.draft_digest.clone());
    let asked = calls::ReleaseRequest { command: command(&desk), draft, digest, as_is };
    messages(&desk).release(asked).await.map(tonic::Response::into_inner)
}

/// What the releaser is shown, none of which stops a release as it is.
async fn faults(world: &World, by: &str, drafted: &calls::Spoken) -> Vec<(String, String)> {
    let asked = calls::ShowDraftRequest { draft: drafted.draft.clone(), ..Default::default() };
    let shown = messages(&world.desk(by, "releaser")).show_draft(asked).await.unwrap().into_inner();
    assert!(shown.faults.iter().all(|fault| !fault.stops_release), "{:?}", shown.faults);
    shown.faults.into_iter().map(|fault| (fault.field, fault.rule)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_releases_into_a_session_that_all_have_closed_meanwhile_is_told_and_may_mean_it() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let drafted = draft(&world, "BY", &thread, "one thing more").await;
    assert!(faults(&world, "BY", &drafted).await.is_empty());
    for (by, at) in [("BY", "PL"), ("PL", "BY")] {
        arrived(&world, at, &close(&world, by, &thread).await.message_digest).await;
    }
    assert_eq!(show(&world, "BY", &thread).await.session.unwrap().state, "closed");
    let told = faults(&world, "BY", &drafted).await;
    let [(field, rule)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(field, "heading.thread");
    assert!(rule.starts_with("all have closed this session"), "{rule}");
    assert!(rule.ends_with("a release as it is opens it again"), "{rule}");
    let refused = release(&world, "BY", &drafted, false).await.unwrap_err();
    assert_eq!(violations(&refused), told);
    let released = release(&world, "BY", &drafted, true).await.unwrap();
    arrived(&world, "PL", &released.message_digest).await;
    for at in ["BY", "PL"] {
        let shown = show(&world, at, &thread).await;
        assert_ne!(shown.session.unwrap().state, "closed", "{at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_text_given_again_after_all_have_closed_is_told_so_as_a_releaser_is() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let desk = officer(&world, "BY");
    let precedence = evidence::Precedence::Priority as i32;
    let asked = calls::SayRequest { precedence, ..say_call(&desk, &thread, "one thing more").await };
    let given = || async { hotlines(&desk).say(asked.clone()).await.unwrap().into_inner().spoken.unwrap() };
    assert!(given().await.faults.is_empty());
    for (by, at) in [("BY", "PL"), ("PL", "BY")] {
        arrived(&world, at, &close(&world, by, &thread).await.message_digest).await;
    }
    let again = given().await;
    assert!(!again.released, "{again:?}");
    let [fault] = &again.faults[..] else { panic!("{again:?}") };
    assert!(fault.rule.starts_with("all have closed this session"), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_from_before_a_party_came_in_and_released_after_says_so_to_the_releaser_and_at_both_ends() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let before = say(&world, "PL", &thread, "before all").await;
    arrived(&world, "BY", &before.message_digest).await;
    let drafted = draft(&world, "PL", &thread, "to BY, as it was written").await;
    add_third(&world, &thread, evidence::HotlineSees::FromNowOn).await;
    let told = faults(&world, "PL", &drafted).await;
    let [(field, rule)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(field, "heading.action");
    assert!(rule.starts_with("LT is in the session by now, and it does not go there"), "{rule}");
    let released = release(&world, "PL", &drafted, true).await.unwrap();
    arrived(&world, "BY", &released.message_digest).await;
    for at in ["BY", "PL"] {
        let shown = show(&world, at, &thread).await;
        let not_to: Vec<(&Bytes, &[String])> = shown
            .lines
            .iter()
            .filter(|line| !line.not_to.is_empty())
            .map(|line| (&line.digest, &line.not_to[..]))
            .collect();
        assert_eq!(not_to, [(&released.message_digest, &["LT".to_owned()][..])], "{at}");
        let printed = page(&world, at, &thread).await;
        assert_eq!(printed.matches("NOT SENT TO LT, in the session by then").count(), 1, "{at}: {printed}");
    }
    // What is written now goes to all.
    let now = draft(&world, "PL", &thread, "to both").await;
    assert!(faults(&world, "PL", &now).await.is_empty());
    let released = release(&world, "PL", &now, false).await.unwrap();
    arrived(&world, "LT", &released.message_digest).await;
    until(&world, "LT", &thread, |shown| {
        shown.lines.iter().any(|line| line.digest == released.message_digest && line.not_to.is_empty())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_draft_of_a_session_stands_wherever_an_officer_looks_until_it_is_released() {
    let (world, thread) = accepted().await;
    let desk = world.state("BY").desk_directory("officer").display().to_string();
    let session = hex::encode(&thread);
    let now = printed(&["watch", "now", "--as", &desk]).await;
    assert!(!now.contains("NOT RELEASED"), "{now}");
    let mut seat = block_in_place(|| {
        let mut seat = console(&world, "BY");
        seat.until_it_says("linked to the node");
        seat.press(ENTER);
        let rows = seat.until_it_says("takes part; on: Officer of PL");
        assert!(rows[0].starts_with("REAL  FLASH  open  BY+PL"), "{rows:#?}");
        seat
    });
    let drafted = draft(&world, "BY", &thread, "one thing more").await;
    block_in_place(|| {
        seat.until("it stands over the session", |rows| {
            rows[0].starts_with("REAL  FLASH  open  1 DRAFT(S) NOT RELEASED  BY+PL")
        });
        // As long as it waits, whatever is pressed.
        seat.press(ESCAPE);
        seat.until("it stands in the list", |rows| {
            rows.iter().any(|row| row.starts_with(">REAL") && row.contains("1 DRAFT(S) NOT RELEASED"))
        });
    });
    let counted = "1 draft(s) NOT RELEASED: detente message drafts";
    for words in [&["watch", "now"], &["watch", "hand-over"]] {
        let told = printed(&[words[0], words[1], "--as", &desk]).await;
        assert!(told.contains(counted), "{words:?}: {told}");
    }
    let shown = page(&world, "BY", &thread).await;
    assert!(shown.contains(" by Officer of BY, NOT RELEASED:"), "{shown}");
    // Nobody who closes takes what waits for said.
    let closed = printed(&["hotline", "close", &session, "--as", &desk]).await;
    assert!(closed.contains(&format!("without   {counted}")), "{closed}");
    release(&world, "BY", &drafted, false).await.unwrap();
    block_in_place(|| {
        seat.until("it does not wait", |rows| !rows.iter().any(|row| row.contains("NOT RELEASED")));
        seat.press(CONTROL_C);
        seat.ended();
    });
    for words in [&["watch", "now"], &["watch", "hand-over"]] {
        let told = printed(&[words[0], words[1], "--as", &desk]).await;
        assert!(!told.contains("NOT RELEASED"), "{words:?}: {told}");
    }
}
