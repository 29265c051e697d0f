//! A drill is owed drills alone: nothing of it ever touches what is owed in earnest, nor the other way round.

use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::duty::{
    Duty, GivenBy, InTime, Opening, Reached, RunsFrom, Settled, Settling, State, Stated, opening, settle,
};
use detente::domain::message::Traffic;
use proptest::prelude::*;

use super::nodes::{
    Known, answer_to, ask, both_until, bound, citing, is, list, same_at_both_ends, state, to,
};
use super::{at, code, dunes, duty, notification, stated};
use crate::officer::{filled, form, send};
use crate::talk::both_settled;
use crate::world::World;

const BEGUN: &str = "2031-03-01T10:00:00Z";

/// All duties that a message opens, by the rules of the dunes.
fn opens(content: &Content, traffic: Traffic) -> Vec<Duty> {
    let regime = dunes();
    let stated = Stated { traffic, ..stated("cause", content, at(BEGUN)) };
    let reached = Reached { at: at(BEGUN), by: RunsFrom::Receipt };
    let all = regime.duties.iter().filter_map(|(name, rule)| {
        match opening(&regime, (name, rule), &stated, code("PL"), Some(reached)) {
            Opening::Opens(opened) => Some(duty(opened)),
            Opening::Nothing | Opening::AwaitsReceipt => None,
        }
    });
    all.collect()
}

fn traffics() -> impl Strategy<Value = Traffic> {
    prop_oneof![Just(Traffic::Real), Just(Traffic::Drill)]
}

fn kinds() -> impl Strategy<Value = Kind> {
    let all =
        [Kind::Answer, Kind::Text, Kind::Invitation, Kind::Cancellation, Kind::Conclusion, Kind::Calendar];
    prop::sample::select(all.to_vec())
}

proptest! {
    /// Whatever is said by whom, about what, and given when: it does nothing to a duty of the other traffic, and
    /// among drills all that it does among real ones.
    #[test]
    fn a_drill_and_what_is_real_never_meet(
        (owed, said) in (traffics(), traffics()),
        kind in kinds(),
        is_owed_by in any::<bool>(),
        refers in any::<bool>(),
        is_given in any::<bool>(),
        is_question in any::<bool>(),
    ) {
        let cause = if is_question {
            filled(Kind::Question)
        } else {
            notification("2031-09-15 Z", "2031-09-20 Z", "owed")
        };
        let (regime, content) = (dunes(), filled(kind));
        let does = |duty: &Duty, traffic| {
            let (by, to) = (duty.opened.owed_by, duty.opened.owed_to);
            let (author, other) = if is_owed_by { (by, to) } else { (to, by) };
            let stated = Stated {
                author,
                traffic,
                action: vec![other],
                addressees: vec![other],
                refers_to: if refers { vec![Digest::of(b"cause")] } else { Vec::new() },
                ..stated("said", &content, at("2031-03-02T10:00:00Z"))
            };
            let given = is_given.then(|| (at("2031-03-02T10:00:01Z"), GivenBy::Receipt));
            let rule = &regime.duties[&duty.opened.rule.name];
            let message =
                Settling { regime: &regime, rule, stated: &stated, is_in_place_of_cause: false, takes_back: None, taken_back: None, given };
            settle(duty, &message)
        };
        let opened = opens(&cause, owed);
        prop_assert!(!opened.is_empty());
        for (duty, real) in opened.iter().zip(opens(&cause, Traffic::Real)) {
            prop_assert_eq!(duty.opened.traffic, owed);
            let wanted = if owed == said { does(&real, Traffic::Real) } else { Settled::Nothing };
            prop_assert_eq!(does(duty, said), wanted);
        }
    }
}

fn drill(heading: calls::Heading) -> calls::Heading {
    calls::Heading { traffic: evidence::Traffic::Drill as i32, ..heading }
}

fn of(all: &std::collections::BTreeMap<Known, State>, traffic: Traffic) -> State {
    let these = all.iter().filter(|(known, _)| known.7 == traffic);
    state(&these.map(|(known, state)| (known.clone(), *state)).collect(), "answer", "PL")
}

/// After all that was sent has come and was considered.
async fn now(world: &World) -> std::collections::BTreeMap<Known, State> {
    both_settled(world, "BY", "PL").await;
    both_until(world, |_| true).await;
    same_at_both_ends(world, "BY", "PL")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_opens_a_drill_duty_that_only_a_drill_meets_in_the_same_thread_as_a_real_one() {
    let (world, digest) = bound().await;
    let real = ask(&world, digest, 1).await;
    let heading = citing("dunes", digest, drill(to("PL", 1)));
    let drilled = send(&world, "BY", 2, heading, &filled(Kind::Question)).await.message_digest;
    both_until(&world, |duties| duties.all().filter(|duty| duty.opened.rule.name == "answer").count() == 2)
        .await;
    // Each answers what is of the other traffic; the nil calendar is a drill's too.
    send(&world, "PL", 3, to("BY", 1), &answer_to(&drilled)).await;
    send(&world, "PL", 4, drill(to("BY", 1)), &answer_to(&real)).await;
    let nil = form(Kind::Calendar, "year = 2025\nholds = \"nil\"\n");
    send(&world, "PL", 5, citing("dunes", digest, drill(to("BY", 3))), &nil).await;
    let open = now(&world).await;
    assert!(open.values().all(|state| *state == State::Open), "{open:?}");

    send(&world, "PL", 6, drill(to("BY", 1)), &answer_to(&drilled)).await;
    both_until(&world, is("answer", State::Met(InTime::InTime))).await;
    let met = now(&world).await;
    assert_eq!(of(&met, Traffic::Drill), State::Met(InTime::InTime));
    assert_eq!(of(&met, Traffic::Real), State::Open);
    let real_ones = met.iter().filter(|(known, _)| known.7 == Traffic::Real);
    assert!(real_ones.into_iter().all(|(_, state)| *state == State::Open), "{met:?}");

    let lines = list(&world, "PL", calls::DutiesThat::AreAny, 0).await;
    let drills = lines.iter().filter(|line| line.traffic == evidence::Traffic::Drill as i32);
    assert_eq!(drills.count(), 3);
    assert!(lines.iter().all(|line| line.traffic != evidence::Traffic::Unspecified as i32));
}
