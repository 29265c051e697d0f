//! Either node of a session killed with SIGKILL while officers of both sides write: no text is lost, none is doubled,
//! and both ends sign the same transcript.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::proto::detente::v1 as calls;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::hotline_nodes::{
    accept, close, command, digests, officer, officers_on, open, opening, show, transcript, until,
};
use crate::links_killed::{LIMIT, Serving, insist};
use crate::officer::{arrived, hotlines};
use crate::world::{Medium, World};

pub const CODES: [&str; 2] = ["BY", "PL"];
/// Of both nodes together, one after the other.
const KILLS: usize = 10;
/// From one kill to the next, at most.
const LIFE_MS_MAX: u64 = 1_500;
/// After so many kills both nodes live until each has put another text on record, however long a start takes on this
/// machine.
const KILLS_BETWEEN_PROGRESS: usize = 5;
/// Of each side from one kill to the next: each node reads the whole session for each text.
const TEXTS_PER_LIFE: usize = 6;

/// An officer of each side, who says one text after the other, as many as they may.
pub struct Writers {
    may: watch::Sender<usize>,
    each: Vec<(watch::Receiver<usize>, JoinHandle<Vec<Bytes>>)>,
}

impl Writers {
    /// In a session that both sides are in. Nothing may be said yet.
    pub async fn begin(world: &World, thread: &Bytes) -> Writers {
        let begins = opening(&officer(world, "BY"), thread).await;
        let may = watch::Sender::new(0);
        let begin = |code| {
            let (said, seen) = watch::channel(0);
            let (desk, may) = (officer(world, code), may.subscribe());
            (seen, tokio::spawn(write(desk, thread.clone(), begins.clone(), may, said)))
        };
        let each = CODES.map(begin).into();
        Writers { may, each }
    }

    pub fn let_say(&self, more: usize) {
        self.may.send_modify(|may| *may += more);
    }

    /// Waits until each side has been told of so many texts, since it began, that they are on record.
    pub async fn each_said(&self, many: usize) {
        for (said, _) in &self.each {
            let mut said = said.clone();
            let enough = said.wait_for(|said| *said >= many);
            tokio::time::timeout(LIMIT, enough).await.expect("both sides are heard").unwrap();
        }
    }

    /// Waits until each side has said all that it may: the digests.
    pub async fn all(self) -> Vec<Vec<Bytes>> {
        let may = *self.may.borrow();
        self.each_said(may).await;
        drop(self.may);
        let mut all = Vec::new();
        for (_, writer) in self.each {
            all.push(writer.await.unwrap());
        }
        all
    }
}

/// Says one text after the other, until it may say no more; each is insisted on.
async fn write(
    desk: Desk,
    thread: Bytes,
    opening: Bytes,
    mut may: watch::Receiver<usize>,
    told: watch::Sender<usize>,
) -> Vec<Bytes> {
    let mut said = Vec::new();
    while may.wait_for(|may| *may > said.len()).await.is_ok() {
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
        told.send_replace(said.len());
    }
    said
}

/// A session that both sides are in.
pub async fn session(world: &World) -> Bytes {
    let thread = open(world, "BY", &["PL"]).await.thread;
    let accepted = accept(world, "PL", &thread).await;
    arrived(world, "BY", &accepted.message_digest).await;
    thread
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_whose_nodes_are_killed_while_both_sides_write_has_each_text_once_and_one_transcript() {
    killed(Medium::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_kafka_a_session_whose_nodes_are_killed_has_each_text_once_and_one_transcript() {
    killed(Medium::Kafka).await;
}

async fn killed(medium: Medium) {
    let mut world = officers_on(medium, &CODES).await;
    let thread = session(&world).await;
    let writers = Writers::begin(&world, &thread).await;
    let directories = CODES.map(|code| world.state(code).directory.clone());
    for code in CODES {
        world.state_mut(code).stop().await;
    }
    let mut serving = directories.each_ref().map(|directory| Serving::start(directory));
    for (kill, which) in (0..KILLS).zip([0, 1].into_iter().cycle()) {
        writers.let_say(TEXTS_PER_LIFE);
        if kill % KILLS_BETWEEN_PROGRESS == 0 {
            writers.each_said(kill * TEXTS_PER_LIFE + 1).await;
        }
        // At another moment of a node's life each time.
        let life = LIFE_MS_MAX * (kill as u64 * 7 % KILLS as u64 + 1) / KILLS as u64;
        tokio::time::sleep(Duration::from_millis(life)).await;
        serving[which].kill();
        serving[which] = Serving::start(&directories[which]);
    }
    let said = writers.all().await;
    assert!(said.iter().all(|texts| texts.len() == KILLS * TEXTS_PER_LIFE));
    // And both at once, with whatever is under way.
    serving.iter_mut().for_each(Serving::kill);
    for code in CODES {
        world.state_mut(code).start().await;
    }
    each_text_once_and_one_transcript(&world, &thread, &said).await;
}

/// At both ends, in the same order; and both sign the same bytes.
pub async fn each_text_once_and_one_transcript(world: &World, thread: &Bytes, said: &[Vec<Bytes>]) {
    let wanted: BTreeSet<&Bytes> = said.iter().flatten().collect();
    assert_eq!(wanted.len(), said[0].len() + said[1].len(), "each text is a message of its own");
    for (digest, to) in said[0].iter().map(|one| (one, "PL")).chain(said[1].iter().map(|one| (one, "BY"))) {
        arrived(world, to, digest).await;
    }
    for code in CODES {
        // The opening and the acceptance stand before them.
        let whole = until(world, code, thread, |session| {
            session.session.as_ref().unwrap().messages as usize == wanted.len() + 2
        });
        whole.await;
    }
    let (one, other) = (all_lines(world, "BY", thread).await, all_lines(world, "PL", thread).await);
    assert_eq!(one, other, "the same order at both ends");
    let once: BTreeSet<&Bytes> = one.iter().collect();
    assert_eq!(once.len(), one.len());
    assert!(wanted.is_subset(&once));

    for (by, to) in [("BY", "PL"), ("PL", "BY")] {
        let closed = close(world, by, thread).await;
        arrived(world, to, &closed.message_digest).await;
    }
    let bytes = transcript(world, "BY", thread, "PL").await;
    assert_eq!(bytes, transcript(world, "PL", thread, "BY").await);
    for code in CODES {
        let session = show(world, code, thread).await;
        assert_eq!(session.session.unwrap().state, "closed", "{:?}", session.closed);
        assert_eq!(session.closed[0].agreed, bytes.digest);
    }
}

/// The digests of all its messages, over all pages.
async fn all_lines(world: &World, at: &str, thread: &Bytes) -> Vec<Bytes> {
    let (mut found, mut from) = (Vec::new(), 0);
    loop {
        let asked = calls::ShowSessionRequest { thread: thread.clone(), from, ..Default::default() };
        let page = hotlines(&officer(world, at)).show_session(asked).await.unwrap().into_inner();
        found.extend(digests(&page));
        from = page.next;
        if from == 0 {
            return found;
        }
    }
}
