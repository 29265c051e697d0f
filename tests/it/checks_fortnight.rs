//! A fortnight of checks by officers on both sides, over a week-end and the change to summer time: what each end knows
//! of those that were missed, and the same events at both.

use bytes::Bytes;
use detente::cli::node::Node;
use detente::codec::check_schedule::read;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::check::{Known, What};
use detente::domain::content::{Content, Kind};
use detente::domain::correspondence::ServiceMessage;
use detente::domain::digest::Digest;
use detente::domain::form::When;
use detente::domain::party::Party;
use detente::domain::time::Instant;
use detente::limits;

use crate::officer::{arrived, filled, heading, hotlines, send};
use crate::talk::until;
use crate::world::{Medium, World};

const OVER_MS: i64 = 10 * 60_000 + limits::CHECK_GRACE_MS + 1;
const HOUR_MS: i64 = 3_600_000;

fn schedule(with: &str) -> String {
    format!(
        "[[link]]\nwith = {with:?}\nwithin_minutes = 10\nofficer = \"watch\"\ntexts = [\"Nine stones.\"]\n\
         [[link.check]]\nname = \"morning\"\nat = [\"09:00\"]\nzone = \"Europe/Warsaw\"\n\
         days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nasks = [\"PL\"]\n"
    )
}

/// What comes of the check of one day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Day {
    Answered,
    /// The link is up.
    NobodyAnswers,
    /// Nobody asks.
    NotMade,
    /// BY announced it, and nobody answers there.
    Outage,
    /// BY's node is down.
    Down,
}

fn party(code: &str) -> Party {
    code.parse().unwrap()
}

async fn noted(node: &Node, with: &str, due: Instant, word: &str) {
    until(node, &format!("{due} is {word}"), |board| {
        let state = board.checks.of(party(with)).and_then(|checks| checks.state("morning", due));
        state.is_some_and(|state| state.noted.iter().any(|what| what.word() == word))
    })
    .await;
}

async fn both_noted(world: &World, due: Instant, word: &str) {
    noted(world.node("PL"), "BY", due, word).await;
    noted(world.node("BY"), "PL", due, word).await;
}

async fn send_check(world: &World, from: &str, to: &str, due: Instant) {
    let desk = world.desk(from, "watch");
    let asked = calls::SendCheckRequest {
        command: Some(desk.command(None).unwrap()),
        party: to.into(),
        check: "morning".into(),
        due_ms: due.0,
    };
    hotlines(&desk).send_check(asked).await.unwrap();
}

fn known(world: &World, at: &str, with: &str, due: Instant) -> Option<Known> {
    world.node(at).registrar.head().board.checks.of(party(with))?.state("morning", due)?.missed()
}

/// When a check was due, who was to make it, and what is on record of it.
type Noted = (Instant, Party, Vec<(&'static str, Option<Instant>)>);

/// All that is on record of each check, but for what this end alone knows of one that was missed.
fn events(world: &World, at: &str, with: &str) -> Vec<Noted> {
    let board = world.node(at).registrar.head().board.clone();
    let states = board.checks.of(party(with)).unwrap().states.iter();
    let step = |what: &What| (what.word(), what.at());
    states.map(|((due, _), state)| (*due, state.asks, state.noted.iter().map(step).collect())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_fortnight_each_end_says_what_it_knows_of_each_missed_check_and_both_hold_the_same_events() {
    // A Sunday evening; clocks leap on the next one.
    let begins = Instant::from_rfc3339("2025-03-23T20:00:00Z").unwrap();
    let mut world = World::since(Medium::Embedded, &["BY", "PL"], begins).await;
    for (at, with) in [("PL", "BY"), ("BY", "PL")] {
        world.state(at).change(Change::CheckSchedule(schedule(with)), Bytes::new()).await;
    }
    let plan = read(&schedule("BY")).unwrap();
    let mut dues = Vec::new();
    let mut after = begins;
    while let Some(due) =
        plan.links[0].checks[0].due_after(after).filter(|due| due.at < begins.plus_ms(14 * 24 * HOUR_MS))
    {
        dues.push(due.at);
        after = due.at;
    }
    let hours: Vec<i64> = dues.iter().map(|due| due.seconds().rem_euclid(24 * 3_600) / 3_600).collect();
    assert_eq!(hours, [8, 8, 8, 8, 8, 7, 7, 7, 7, 7], "on weekdays, at nine by the wall");

    use Day::*;
    let days =
        [Answered, NobodyAnswers, NotMade, Outage, Down, Answered, Down, NobodyAnswers, NotMade, Answered];
    let mut announced = Digest::ZERO;
    for (day, due) in days.into_iter().zip(dues.iter().copied()) {
        if day == Outage {
            world.clock.set(due.plus_ms(-HOUR_MS));
            let Content::ServiceMessage(form) = filled(Kind::ServiceMessage) else {
                panic!("a service message")
            };
            let (from, until) = (When::at(due.plus_ms(-60_000)), When::at(due.plus_ms(60_000)));
            let form = Content::ServiceMessage(ServiceMessage { from, until, ..form });
            let sent = send(&world, "BY", 7, heading(7), &form).await.message_digest;
            arrived(&world, "PL", &sent).await;
            announced = Digest::from_slice(&sent).unwrap();
        }
        if day == Down {
            world.state_mut("BY").stop().await;
        }
        world.clock.set(due);
        if day != NotMade {
            send_check(&world, "PL", "BY", due).await;
        }
        if !matches!(day, NotMade | Down) {
            both_noted(&world, due, "MADE").await;
        }
        if day == Answered {
            send_check(&world, "BY", "PL", due).await;
            both_noted(&world, due, "ANSWERED").await;
            continue;
        }
        world.clock.set(due.plus_ms(OVER_MS));
        noted(world.node("PL"), "BY", due, "MISSED").await;
        if day == Down {
            world.clock.set(due.plus_ms(HOUR_MS));
            world.state_mut("BY").start().await;
            // It comes now, and nobody answers it.
            both_noted(&world, due, "MADE").await;
        }
        noted(world.node("BY"), "PL", due, "MISSED").await;
        let (at_pl, at_by) = (known(&world, "PL", "BY", due), known(&world, "BY", "PL", due));
        match day {
            Answered => {}
            NobodyAnswers => {
                assert_eq!((at_pl, at_by), (Some(Known::Unanswered), Some(Known::NotSentByUs)));
            }
            NotMade => assert_eq!((at_pl, at_by), (Some(Known::NotSentByUs), Some(Known::NoCheckCame))),
            Outage => {
                let planned = Known::PlannedOutage { message: announced };
                assert_eq!((at_pl, at_by), (Some(planned), Some(Known::NotSentByUs)));
            }
            Down => {
                assert!(matches!(at_pl, Some(Known::LinkDown { since: Some(_) })), "{at_pl:?}");
                // What it was its turn to send it did not send, as soon as the check is here.
                let fits = matches!(at_by, Some(Known::NotRunning | Known::NotSentByUs));
                assert!(fits, "{at_by:?}");
            }
        }
    }
    let sorted = |mut all: Vec<Noted>| {
        // A check that came late is on record as missed before or after that.
        all.iter_mut().for_each(|(.., steps)| steps.sort_unstable());
        all
    };
    let pl = sorted(events(&world, "PL", "BY"));
    assert_eq!(pl, sorted(events(&world, "BY", "PL")));
    assert_eq!(pl.iter().map(|(due, ..)| *due).collect::<Vec<_>>(), dues);
    let words = |day: Day| match day {
        Answered => vec!["ANSWERED", "MADE"],
        NobodyAnswers | Outage | Down => vec!["MADE", "MISSED"],
        NotMade => vec!["MISSED"],
    };
    for (day, (due, _, steps)) in days.into_iter().zip(&pl) {
        assert_eq!(steps.iter().map(|(word, _)| *word).collect::<Vec<_>>(), words(day), "{due}");
    }
}
