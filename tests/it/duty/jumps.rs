//! Clocks that jump: nothing lapses twice, and nothing before its time.

use detente::domain::duty::{Duties, Duty, InTime, State, Step};

use super::nodes::{answer, ask, both_hear_until, both_until, bound, same_at_both_ends};
use crate::world::World;

const HOUR: i64 = 3_600_000;

fn lapses(duty: &Duty) -> usize {
    duty.story.iter().filter(|told| told.step == Step::Lapsed).count()
}

/// That of this question, by when it was put on record: each question has one that can lapse.
fn nth(duties: &Duties, question: usize) -> Option<&Duty> {
    let mut all = duties.all().filter(|duty| duty.opened.rule.name == "answer");
    all.nth(question).map(AsRef::as_ref)
}

async fn both_are(world: &World, question: usize, wanted: State) {
    both_hear_until(world, |duties| nth(duties, question).is_some_and(|duty| duty.state() == wanted)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_an_hour_or_a_day_either_way_lapses_nothing_twice_and_nothing_early() {
    let (world, digest) = bound().await;
    // Each turn asks twice.
    for (question, number, jump) in [(0, 1, HOUR), (2, 11, 24 * HOUR)] {
        let asked = ask(&world, digest, number).await;
        both_are(&world, question, State::Open).await;
        let board = world.node("BY").registrar.head().board.clone();
        let due = nth(&board.duties, question).unwrap().opened.due;
        // Forward up to the last instant, and back: what is put on record next finds it open.
        for at in [due.plus_ms(-jump), due, due.plus_ms(-jump)] {
            world.clock.set(at);
        }
        ask(&world, digest, number + 1).await;
        both_until(&world, |duties| nth(duties, question + 1).is_some()).await;
        both_are(&world, question, State::Open).await;

        // Beyond it, back before it, and beyond it again.
        for _ in 0..2 {
            world.clock.set(due.plus_ms(jump / 2));
            both_are(&world, question, State::Lapsed).await;
            world.clock.set(due.plus_ms(-jump / 2));
            both_are(&world, question, State::Lapsed).await;
        }
        same_at_both_ends(&world, "BY", "PL");
        // By the clock that was set right again it is in time.
        answer(&world, &asked, number + 2, number).await;
        both_are(&world, question, State::Met(InTime::InTime)).await;
        for code in ["BY", "PL"] {
            let board = world.node(code).registrar.head().board.clone();
            assert_eq!(lapses(nth(&board.duties, question).unwrap()), 1, "{code}");
        }
        world.clock.set(due.plus_ms(4 * jump));
    }
}
