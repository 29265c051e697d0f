//! Either node of a session killed with SIGKILL while officers of both sides write: no text is lost, none is doubled,
//! and both ends sign the same transcript.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::proto::detente::v1 as calls;

use crate::hotline_nodes::{
    accept, close, command, digests, officer, officers, open, opening, show, transcript, until,
};
use crate::links_killed::{Serving, insist};
use crate::officer::{arrived, hotlines};

const CODES: [&str; 2] = ["BY", "PL"];
/// Of both nodes together, one after the other.
const KILLS: u64 = 10;
/// From one kill to the next, at most.
const LIFE_MS_MAX: u64 = 1_500;
/// Of each side: each node reads the whole session for the next one.
const TEXTS_MAX: usize = 60;

/// Says one text after the other until told to stop; each is insisted on. What the node said of each.
async fn write(desk: Desk, thread: Bytes, opening: Bytes, stop: Arc<AtomicBool>) -> Vec<Bytes> {
    let mut said = Vec::new();
    while !stop.load(Ordering::Relaxed) && said.len() < TEXTS_MAX {
        let asked = calls::SayRequest {
            command: command(&desk),
            thread: thread.clone(),
            opening: opening.clone(),
            text: format!("{} {}", desk.party, said.len()),
            ..Default::default()
        };
        let answered = insist(|| {
            let (asked, mut calls_of) = (asked.clone(), hotlines(&desk));
            async move { calls_of.say(asked).await }
        });
        let spoken = answered.await.spoken.unwrap();
        assert!(spoken.released, "{spoken:?}");
        said.push(spoken.message_digest);
    }
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_whose_nodes_are_killed_while_both_sides_write_has_each_text_once_and_one_transcript() {
    let mut world = officers(&CODES).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let begins = opening(&officer(&world, "BY"), &thread).await;
    let directories = CODES.map(|code| world.state(code).directory.clone());
    for code in CODES {
        world.state_mut(code).stop().await;
    }
    let mut serving = directories.each_ref().map(|directory| Serving::start(directory));
    let stop = Arc::new(AtomicBool::new(false));
    let writers = CODES
        .map(|code| tokio::spawn(write(officer(&world, code), thread.clone(), begins.clone(), stop.clone())));
    for (kill, which) in (1..=KILLS).zip([0, 1].into_iter().cycle()) {
        // At another moment of a node's life each time.
        tokio::time::sleep(Duration::from_millis(LIFE_MS_MAX * (kill * 7 % KILLS + 1) / KILLS)).await;
        serving[which].kill();
        serving[which] = Serving::start(&directories[which]);
    }
    stop.store(true, Ordering::Relaxed);
    let mut said = Vec::new();
    for writer in writers {
        said.push(writer.await.unwrap());
    }
    // And both at once, with whatever is under way.
    serving.iter_mut().for_each(Serving::kill);
    for code in CODES {
        world.state_mut(code).start().await;
    }
    let wanted: BTreeSet<&Bytes> = said.iter().flatten().collect();
    assert_eq!(wanted.len(), said[0].len() + said[1].len(), "each text is a message of its own");
    assert!(said.iter().all(|texts| texts.len() > 1), "both sides were heard in between: {said:?}");
    for (digest, to) in said[0].iter().map(|one| (one, "PL")).chain(said[1].iter().map(|one| (one, "BY"))) {
        arrived(&world, to, digest).await;
    }
    for code in CODES {
        // The opening and the acceptance stand before them.
        let whole = until(&world, code, &thread, |session| {
            session.session.as_ref().unwrap().messages as usize == wanted.len() + 2
        });
        whole.await;
    }
    let (one, other) = (all_lines(&world, "BY", &thread).await, all_lines(&world, "PL", &thread).await);
    assert_eq!(one, other, "the same order at both ends");
    let once: BTreeSet<&Bytes> = one.iter().collect();
    assert_eq!(once.len(), one.len());
    assert!(wanted.is_subset(&once));

    for (by, to) in [("BY", "PL"), ("PL", "BY")] {
        let closed = close(&world, by, &thread).await;
        arrived(&world, to, &closed.message_digest).await;
    }
    let bytes = transcript(&world, "BY", &thread, "PL").await;
    assert_eq!(bytes, transcript(&world, "PL", &thread, "BY").await);
    for code in CODES {
        let session = show(&world, code, &thread).await;
        assert_eq!(session.session.unwrap().state, "closed", "{:?}", session.closed);
        assert_eq!(session.closed[0].agreed, bytes.digest);
    }
}

/// The digests of all its messages, over all pages.
async fn all_lines(world: &crate::world::World, at: &str, thread: &Bytes) -> Vec<Bytes> {
    let (mut found, mut from) = (Vec::new(), 0);
    loop {
        let asked = calls::ShowSessionRequest { thread: thread.clone(), from };
        let page = hotlines(&officer(world, at)).show_session(asked).await.unwrap().into_inner();
        found.extend(digests(&page));
        from = page.next;
        if from == 0 {
            return found;
        }
    }
}
