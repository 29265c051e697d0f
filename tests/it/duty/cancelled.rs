//! A cancellation by whom a duty is owed to, and the withdrawal of that: both ends come to the same, in whichever
//! order the two are looked at, and whichever of them came before the duty was due.

use detente::codec::regime::read;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::duty::{Back, Duty, GivenBy, Settled, Settling, State, Stated, Step, Told, settle};
use detente::domain::regime::Regime;
use detente::domain::time::Instant;
use proptest::prelude::*;

use super::nodes::{ask, bind, both_hear_until, both_until, hold, is, later, same_at_both_ends, state, to};
use super::{DUNES, duty, opened_by, question, stated};
use crate::officer::{filled, form, receipted, send};
use crate::world::World;

/// What whoever asked may say that it needs no answer to any more.
const OFF: &str = r#"
[[duty]]
name = "word"
for = ["question"]
owed_by = "action addressees"
owed_to = "author"
met_by = ["answer"]
cancelled_by = ["text"]
within = 48
unit = "hours"
anchor = "issue"
paragraph = "para 12"
checked = true
"#;

fn rules() -> Regime {
    let text = format!("{DUNES}{OFF}");
    read(text.as_bytes(), &|_, _| None).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Instants in hours after the question; the duty is due 48 hours after it.
#[derive(Clone, Copy, Debug)]
struct Said {
    released: i64,
    given: i64,
}

const DUE: i64 = 48;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Looks {
    Cancellation,
    Withdrawal,
}

/// One end of the link: what it looks at when, and what it knows then.
struct End<'r> {
    regime: &'r Regime,
    duty: Duty,
    asked: Instant,
    off: Content,
    back: Content,
}

impl End<'_> {
    fn at(&self, hours: i64) -> Instant {
        self.asked.plus_ms(hours * 3_600_000)
    }

    fn take(&mut self, settled: Settled) {
        if let Settled::Step(step) = settled {
            assert!(self.duty.may(&step), "{step:?}");
            self.duty.story.push(Told { index: 8, at: Instant(0), step });
        }
    }

    /// `given` where it is known by then; `taken_back` if the withdrawal is on record here.
    fn cancelled(&mut self, said: Said, taken_back: Option<Back>) {
        let content = self.off.clone();
        let of = stated("off", &content, self.at(said.released));
        self.settle(&of, (None, taken_back), None);
    }

    fn withdrawn(&mut self, said: Said, given: bool) {
        let content = self.back.clone();
        let of = stated("back", &content, self.at(said.released));
        let given = given.then(|| (self.at(said.given), GivenBy::Receipt));
        self.settle(&of, (Some(Digest::of(b"off")), None), given);
    }

    fn settle(
        &mut self,
        stated: &Stated,
        (takes_back, taken_back): (Option<Digest>, Option<Back>),
        given: Option<(Instant, GivenBy)>,
    ) {
        let rule = &self.regime.duties["word"];
        let regime = self.regime;
        let message =
            Settling { regime, rule, stated, is_in_place_of_cause: false, takes_back, taken_back, given };
        let settled = settle(&self.duty, &message);
        self.take(settled);
    }

    fn due(&mut self) {
        if self.duty.may(&Step::Lapsed) {
            self.take(Settled::Step(Step::Lapsed));
        }
    }
}

/// Where the duty stands once all is known. What is on record at one instant is looked at in this order, and again
/// whenever a receipt tells more.
fn comes_to(is_author: bool, off: Said, back: Option<Said>, order: &[Looks]) -> State {
    let regime = rules();
    let asked = super::at("2031-03-01T10:00:00Z");
    let mut end = End {
        regime: &regime,
        duty: duty(opened_by(&regime, "word", &question(), asked)),
        asked,
        off: filled(Kind::Text),
        back: filled(Kind::MessageWithdrawal),
    };
    // The author looks at what it says as it says it, and again with the receipt; the other end at what came.
    let known = |said: Said| if is_author { said.released } else { said.given };
    let mut hours: Vec<i64> = vec![known(off), off.given, DUE];
    hours.extend(back.iter().flat_map(|back| [known(*back), back.given]));
    hours.sort_unstable();
    hours.dedup();
    for hour in hours {
        for looks in order {
            match (looks, back) {
                (Looks::Cancellation, _) if known(off) == hour || off.given == hour => {
                    let there = back.filter(|back| known(*back) <= hour);
                    let taken_back = there.map(|back| Back {
                        by: Digest::of(b"back"),
                        given: (back.given <= hour).then(|| end.at(back.given)),
                    });
                    end.cancelled(off, taken_back);
                }
                (Looks::Withdrawal, Some(back)) if known(back) == hour || back.given == hour => {
                    end.withdrawn(back, back.given <= hour);
                    // What it takes back waits for its receipt too.
                    if known(off) <= hour && back.given <= hour {
                        let given = Some(end.at(back.given));
                        end.cancelled(off, Some(Back { by: Digest::of(b"back"), given }));
                    }
                }
                _ => {}
            }
        }
        // What was on record by then is looked at first.
        if hour >= DUE {
            end.due();
        }
    }
    end.duty.state()
}

fn said(from: i64) -> impl Strategy<Value = Said> {
    (from..100_i64, 0..60_i64)
        .prop_map(|(released, on_the_way)| Said { released, given: released + on_the_way })
}

proptest! {
    #[test]
    fn both_ends_come_to_the_same_whatever_is_looked_at_first_and_whenever_it_came(
        off in said(1),
        back in prop::option::of(said(1)),
        first in Just(vec![Looks::Cancellation, Looks::Withdrawal]).prop_shuffle(),
        other in Just(vec![Looks::Cancellation, Looks::Withdrawal]).prop_shuffle(),
    ) {
        let is_back_in_time = back.is_some_and(|back| back.given <= DUE);
        let wanted = if off.released <= DUE && !is_back_in_time { State::Lifted } else { State::Lapsed };
        prop_assert_eq!(comes_to(true, off, back, &first), wanted, "at its author");
        prop_assert_eq!(comes_to(false, off, back, &other), wanted, "at the other end");
    }
}

#[test]
fn a_word_from_after_the_due_instant_cancels_nothing_and_one_from_before_undoes_a_lapse() {
    let before = Said { released: 47, given: 90 };
    let after = Said { released: 49, given: 50 };
    assert_eq!(comes_to(false, before, None, &[Looks::Cancellation]), State::Lifted);
    assert_eq!(comes_to(false, after, None, &[Looks::Cancellation]), State::Lapsed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_and_its_withdrawal_that_come_together_after_it_was_due_lift_it_at_both_ends() {
    let mut world = World::new(&["BY", "PL"]).await;
    let text = format!("{DUNES}{OFF}");
    let digest = hold(&world, "BY", &text).await;
    hold(&world, "PL", &text).await;
    bind(&world, "dunes", digest, "").await;
    ask(&world, digest, 1).await;
    both_until(&world, is("word", State::Open)).await;
    receipted(&world, "BY", "PL").await;
    world.state_mut("PL").stop().await;
    later(&world, 1);
    let off = send(&world, "BY", 2, to("PL", 1), &form(Kind::Text, "text = \"Never mind.\"\n")).await;
    super::nodes::until(&world, "BY", is("word", State::Lifted)).await;
    later(&world, 60);
    let back = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&off.message_digest));
    send(&world, "BY", 3, to("PL", 1), &form(Kind::MessageWithdrawal, &back)).await;
    world.state_mut("PL").start().await;
    receipted(&world, "BY", "PL").await;
    both_hear_until(&world, is("word", State::Lifted)).await;
    both_hear_until(&world, is("answer", State::Lapsed)).await;
    let all = same_at_both_ends(&world, "BY", "PL");
    assert_eq!(state(&all, "word", "PL"), State::Lifted);
}
