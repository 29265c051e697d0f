//! The broker of both nodes killed, or frozen, in the middle of a session, and back again: no text that was
//! acknowledged is lost, none is doubled, and both ends sign the same transcript, byte for byte.

use detente::journal::Medium as Answer;

use crate::broker::Broker;
use crate::hotline_killed::{CODES, Writers, each_text_once_and_one_transcript, session};
use crate::hotline_nodes::officers_on;
use crate::links_killed::LIMIT;
use crate::world::{Medium, World};

/// Of each side, around each outage.
const TEXTS: usize = 8;

/// How the broker is away.
#[derive(Clone, Copy, Debug)]
enum Outage {
    /// Killed, and started again at once.
    Short,
    /// Killed, until both nodes say that nobody answers.
    Long,
    /// It keeps its connections and answers nothing, until both nodes say so: what was sent to it may be on record.
    Frozen,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_whose_broker_is_killed_while_both_sides_write_has_each_text_once_and_one_transcript() {
    let mut broker = Broker::start();
    let world = officers_on(Medium::KafkaAt(broker.port()), &CODES).await;
    let thread = session(&world).await;
    let writers = Writers::begin(&world, &thread).await;
    let mut said = 0;
    for outage in [Outage::Short, Outage::Long, Outage::Frozen, Outage::Short] {
        writers.let_say(TEXTS);
        // The others are under way, or are said while nobody answers.
        writers.each_said(said + 1).await;
        match outage {
            Outage::Short => broker.kill(),
            Outage::Long => {
                broker.kill();
                both_say(&world, Answer::Silent).await;
            }
            Outage::Frozen => {
                broker.freeze();
                both_say(&world, Answer::Silent).await;
            }
        }
        match outage {
            Outage::Short | Outage::Long => broker.restart(),
            Outage::Frozen => broker.thaw(),
        }
        both_say(&world, Answer::Answers).await;
        said += TEXTS;
        writers.each_said(said).await;
    }
    let texts = writers.all().await;
    assert!(texts.iter().all(|texts| texts.len() == said), "all that was asked for is on record");
    each_text_once_and_one_transcript(&world, &thread, &texts).await;
}

/// Waits until both nodes say this of their broker.
async fn both_say(world: &World, answer: Answer) {
    for code in CODES {
        let mut medium = world.node(code).registrar.journal.medium();
        let says = medium.wait_for(|found| *found == answer);
        tokio::time::timeout(LIMIT, says).await.unwrap_or_else(|_| panic!("{code}: {answer:?}")).unwrap();
    }
}
