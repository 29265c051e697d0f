//! An acknowledgement and a step of the watch plan are told apart by their order on record alone.

use detente::domain::board::Denied;
use detente::domain::digest::Digest;
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use proptest::prelude::*;

use crate::party::{anna, at, jan, theirs, thread};
use crate::watch_plan::{MINUTE, World, flash_plan, plan};

#[derive(Clone, Copy, Debug)]
enum Act {
    ComesIn,
    /// By either of two officers.
    Acknowledge(usize, bool),
    /// Its author takes it back: a message of its own.
    Cancel(usize),
    /// Two custodians put a plan without rules, or the plan again, in force.
    Plan(bool),
    /// The Registrar's clock, perhaps late, perhaps for a step of an older head.
    Alert(usize, u32),
    Minutes(i64),
    /// All that the clock says.
    Clock,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        2 => Just(Act::ComesIn),
        3 => (0..6usize, any::<bool>()).prop_map(|(which, second)| Act::Acknowledge(which, second)),
        1 => (0..6usize).prop_map(Act::Cancel),
        1 => any::<bool>().prop_map(Act::Plan),
        6 => (0..6usize, 0..4u32).prop_map(|(which, step)| Act::Alert(which, step)),
        3 => (-3..8i64).prop_map(Act::Minutes),
        2 => Just(Act::Clock),
    ];
    prop::collection::vec(act, 0..40)
}

/// A message as anybody would keep it on paper.
#[derive(Clone, Debug)]
struct Paper {
    message: Digest,
    thread: u8,
    since: i64,
    /// By the first officer, by the second.
    acknowledged: [bool; 2],
    steps: u32,
    /// When the step after the one on record is due; before the first, what the plan says.
    fixed: Option<i64>,
}

impl Paper {
    /// Minutes to the step after this one; none after everyone.
    fn minutes_after(step: u32) -> Option<i64> {
        [5, 3].get(step as usize).copied()
    }

    /// `plan`: since when the plan that has a rule is in force, if it is.
    fn due(&self, plan: Option<i64>) -> Option<i64> {
        let plan = plan.filter(|_| self.is_open())?;
        if self.steps == 0 { Some(self.since.max(plan)) } else { self.fixed }
    }

    fn is_open(&self) -> bool {
        self.acknowledged == [false; 2]
    }

    fn alert(&mut self, step: u32, now: i64, plan: Option<i64>) -> bool {
        let may = self.steps == step && self.due(plan).is_some_and(|due| due <= now);
        if may {
            self.steps += 1;
            self.fixed = Paper::minutes_after(step).map(|minutes| now + minutes * MINUTE);
        }
        may
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// In whatever order they come, and however the clock runs: what is acknowledged is alerted no more, what is
    /// cancelled goes on until an officer has read that, and each step comes on record once, in order, not before
    /// its time. Each officer acknowledges a message once.
    #[test]
    fn an_acknowledgement_against_escalation_is_decided_by_the_order_on_record(acts in acts()) {
        let mut world = World::with_flash_plan();
        let mut papers: Vec<Paper> = Vec::new();
        let (mut now, mut in_force) = (100, Some(0));
        for act in acts {
            match act {
                Act::ComesIn => {
                    let thread = world.sent as u8;
                    let message = world.message(Precedence::Flash, at(now));
                    papers.push(Paper { message, thread, since: now, acknowledged: [false; 2], steps: 0, fixed: None });
                }
                Act::Acknowledge(which, second) => if let Some(paper) = papers.get_mut(which) {
                    let who = if second { jan() } else { anna() };
                    let done = world.acknowledge_by(&who, paper.message, at(now));
                    let before = &mut paper.acknowledged[usize::from(second)];
                    let refused = matches!(done, Err(Denied::Refused(Refusal::AcknowledgedBefore { .. })));
                    prop_assert_eq!((done.is_ok(), refused), (!*before, *before), "{:?}", done);
                    *before = true;
                },
                Act::Cancel(which) => if let Some(paper) = papers.get(which).cloned() {
                    let thread = thread(paper.thread);
                    let mut message = theirs(Precedence::Flash, thread, &format!("cancel {now} {}", papers.len()), &[paper.message]);
                    message.draft.kind = "message.withdrawal".into();
                    let message = world.comes_in(&message, at(now));
                    // It waits for an officer itself.
                    papers.push(Paper { message, since: now, acknowledged: [false; 2], steps: 0, fixed: None, ..paper });
                },
                Act::Plan(rules) => {
                    let change = if rules { flash_plan() } else { plan(Vec::new()) };
                    world.change(change, at(now)).unwrap();
                    in_force = rules.then_some(now);
                }
                Act::Alert(which, step) => if let Some(paper) = papers.get_mut(which) {
                    let alerted = world.alert(paper.message, step, at(now));
                    prop_assert_eq!(alerted.is_ok(), paper.alert(step, now, in_force), "{:?}", alerted);
                },
                Act::Minutes(minutes) => now += minutes * MINUTE,
                Act::Clock => {
                    let mut expected = 0;
                    for paper in &mut papers {
                        while paper.alert(paper.steps, now, in_force) {
                            expected += 1;
                        }
                    }
                    prop_assert_eq!(world.clock(at(now)).len(), expected);
                }
            }
            let open = papers.iter().filter(|paper| paper.is_open());
            prop_assert_eq!(world.folded.board.watch.open.len(), open.clone().count());
            let next = open.filter_map(|paper| paper.due(in_force)).min();
            prop_assert_eq!(world.next_due(), next.map(at));
        }
    }
}
