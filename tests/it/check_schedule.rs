//! Check schedules: when checks are due over week-ends and changes to summer time, whose turn it is, and what is refused.

use std::sync::Arc;

use detente::codec::check_schedule::read;
use detente::domain::board::Denied;
use detente::domain::check::{
    Account, CheckNoted, CheckPlan, CheckToSend, Due, Line, PRECEDENCE, Part, Rule, Times, Turn, What,
    thread_of,
};
use detente::domain::command::{Command, Origin};
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::event::Change;
use detente::domain::message::Outgoing;
use detente::domain::party::Party;
use detente::domain::people::Person;
use detente::domain::refusal::Refusal;
use detente::domain::time::Instant;
use proptest::prelude::*;

use crate::party::{Folded, anna, at, by, delivery, id, jan, receive, theirs, thread};

fn party(code: &str) -> Party {
    code.parse().unwrap()
}

fn instant(text: &str) -> Instant {
    Instant::from_rfc3339(text).unwrap()
}

fn rule(check: &str) -> Rule {
    let link = "[[link]]\nwith = \"BY\"\nwithin_minutes = 5\ntexts = [\"Nine stones.\"]\n[[link.check]]\nname = \"a\"\n";
    let plan: CheckPlan = read(&format!("{link}{check}")).unwrap();
    plan.links[0].checks[0].clone()
}

fn dues(rule: &Rule, from: &str, until: &str) -> Vec<Due> {
    let (mut after, until) = (instant(from), instant(until));
    let mut found = Vec::new();
    while let Some(due) = rule.due_after(after).filter(|due| due.at < until) {
        found.push(due);
        after = due.at;
    }
    found
}

fn shown(dues: &[Due]) -> Vec<String> {
    dues.iter().map(|due| due.at.to_the_second()).collect()
}

#[test]
fn checks_on_weekdays_pass_over_a_week_end_and_follow_the_wall_into_summer_time() {
    let rule = rule(
        "at = [\"17:00\", \"09:00\"]\nzone = \"Europe/Warsaw\"\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n\
         asks = [\"PL\", \"BY\"]\nturns = \"by check\"\n",
    );
    // 2025-03-28 is a Friday; clocks leap on Sunday.
    let found = dues(&rule, "2025-03-28T00:00:00Z", "2025-04-01T00:00:00Z");
    let expected =
        ["2025-03-28T08:00:00Z", "2025-03-28T16:00:00Z", "2025-03-31T07:00:00Z", "2025-03-31T15:00:00Z"];
    assert_eq!(shown(&found), expected);
    // Turns by check go on over the week-end.
    let asks: Vec<Party> = found.iter().map(|due| due.asks).collect();
    assert!(asks.windows(2).all(|pair| pair[0] != pair[1]), "{asks:?}");
    let whole = dues(&rule, "2025-03-24T00:00:00Z", "2025-04-07T00:00:00Z");
    assert_eq!(whole.len(), 20);
    assert!(whole.windows(2).all(|pair| pair[1].number == pair[0].number + 1));
}

#[test]
fn turns_by_day_change_from_one_day_to_the_next_and_not_within_one() {
    let rule = rule("at = [\"09:00\", \"16:00\"]\nasks = [\"PL\", \"BY\"]\nturns = \"by day\"\n");
    let asks: Vec<Party> =
        dues(&rule, "2025-03-24T00:00:00Z", "2025-03-27T00:00:00Z").iter().map(|due| due.asks).collect();
    let (first, other) = (asks[0], if asks[0] == party("PL") { party("BY") } else { party("PL") });
    assert_eq!(asks, [first, first, other, other, first, first]);
}

#[test]
fn an_hour_that_clocks_leap_over_is_taken_an_hour_later_and_one_shown_twice_the_first_time() {
    let rule = rule("at = [\"02:30\"]\nzone = \"Europe/Warsaw\"\nasks = [\"PL\"]\n");
    let spring = dues(&rule, "2025-03-29T12:00:00Z", "2025-03-31T12:00:00Z");
    assert_eq!(shown(&spring), ["2025-03-30T01:30:00Z", "2025-03-31T00:30:00Z"]);
    let autumn = dues(&rule, "2025-10-25T12:00:00Z", "2025-10-27T12:00:00Z");
    assert_eq!(shown(&autumn), ["2025-10-26T00:30:00Z", "2025-10-27T01:30:00Z"]);
}

#[test]
fn an_interval_is_counted_from_its_beginning_and_nothing_is_due_before_it() {
    let rule = rule(
        "every_minutes = 60\nfrom = \"2025-03-29T22:00:00Z\"\nasks = [\"PL\", \"BY\"]\nturns = \"by check\"\n",
    );
    let found = dues(&rule, "2025-03-01T00:00:00Z", "2025-03-30T01:00:00Z");
    assert_eq!(shown(&found), ["2025-03-29T22:00:00Z", "2025-03-29T23:00:00Z", "2025-03-30T00:00:00Z"]);
    let asks: Vec<Party> = found.iter().map(|due| due.asks).collect();
    assert_eq!(asks, ["PL", "BY", "PL"].map(party));
}

#[test]
fn the_thread_of_a_check_is_the_same_at_both_ends_and_has_golden_bytes() {
    let due = instant("2025-03-31T07:00:00Z");
    let thread = thread_of(party("PL"), party("BY"), "liaison", due);
    assert_eq!(thread, thread_of(party("BY"), party("PL"), "liaison", due));
    assert_ne!(thread, thread_of(party("BY"), party("PL"), "liaison", due.plus_ms(1)));
    let mut bytes = b"detente check 1\0BY\0PL\0liaison\0".to_vec();
    bytes.extend_from_slice(&1_743_404_400_000_i64.to_be_bytes());
    assert_eq!(thread.0[..], detente::domain::digest::Digest::of(&bytes).0[..16]);
    assert_eq!(thread.to_string(), GOLDEN_THREAD);
}

const GOLDEN_THREAD: &str = "88082f7465780e563df57af9ffc397e0";

fn any_rule() -> impl Strategy<Value = Rule> {
    let zones = ["Z", "Europe/Warsaw", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"];
    let at = prop::collection::btree_set(0_u16..24 * 60, 1..5);
    let days = prop::array::uniform7(any::<bool>()).prop_filter("a day", |days| days.contains(&true));
    let of_day = (at, days, prop::sample::select(zones.to_vec())).prop_map(|(at, days, zone)| Times::OfDay {
        at: at.into_iter().collect(),
        days,
        zone: zone.to_owned(),
    });
    let every = (5_u32..10_080, 0_i64..2_000_000_000)
        .prop_map(|(minutes, from)| Times::Every { minutes, from: Instant::from_seconds(from / 60 * 60) });
    let turn = prop_oneof![
        Just(Turn::Always(party("PL"))),
        Just(Turn::ByDay([party("PL"), party("BY")])),
        Just(Turn::ByCheck([party("BY"), party("PL")])),
    ];
    (prop_oneof![of_day, every], turn).prop_map(|(times, turn)| Rule {
        name: "a".into(),
        line: Line::Link,
        turn,
        times,
    })
}

proptest! {
    #[test]
    fn the_next_check_comes_after_and_is_found_again_from_any_instant_before_it(
        rule in any_rule(), seconds in 0_i64..4_000_000_000, part in 0_i64..1000,
    ) {
        let after = Instant(seconds * 1_000 + part);
        let due = rule.due_after(after).unwrap();
        prop_assert!(due.at > after);
        prop_assert_eq!(rule.due_at(due.at), Some(due));
        prop_assert!(rule.may_be_due(due.at) && !rule.may_be_due(due.at.plus_ms(1)));
        prop_assert!(rule.may_ask(due.asks, due.at) && !rule.may_ask(party("LT"), due.at));
        let between = Instant(after.0 + (due.at.0 - after.0) / 2);
        prop_assert_eq!(rule.due_after(between).map(|found| found.at), Some(due.at));
    }

    #[test]
    fn no_instant_makes_a_schedule_panic(rule in any_rule(), ms in any::<i64>()) {
        let _ = rule.due_after(Instant(ms));
        let _ = rule.due_at(Instant(ms));
        let _ = rule.may_be_due(Instant(ms));
        let _ = rule.may_ask(party("PL"), Instant(ms));
    }
}

#[test]
fn what_makes_no_sense_in_a_schedule_is_refused_with_its_field() {
    let link = |head: &str, check: &str| {
        let head = format!("[[link]]\nwith = \"BY\"\n{head}\n");
        let plan = format!("{head}[[link.check]]\nname = \"a\"\n{check}\n");
        let plan = Arc::new(read(&plan).unwrap());
        let command = Command::Propose(Change::CheckSchedule(plan));
        let origin = by(&anna(), 900, "", at(0));
        Folded::with_peer().given(command, origin, at(0)).map(|_| ())
    };
    let (head, check) =
        ("within_minutes = 5\ntexts = [\"Nine stones.\"]", "at = [\"09:00\"]\nasks = [\"PL\"]");
    assert_eq!(link(head, check), Ok(()));
    let wrong = [
        ("within_minutes = 0\ntexts = [\"Nine stones.\"]", check, "check_schedule.link.within_minutes"),
        ("within_minutes = 5", check, "check_schedule.link.texts"),
        ("within_minutes = 5\ntexts = [\"\\u001b[2J\"]", check, "check_schedule.link.texts"),
        (&format!("{head}\nheartbeat_seconds = 0"), check, "check_schedule.link.heartbeat_seconds"),
        (&format!("{head}\nofficer = \"nobody\""), check, "check_schedule.link.officer"),
        (head, "at = [\"09:00\"]\nasks = [\"LT\"]", "check_schedule.link.check.asks"),
        (head, "at = [\"09:00\", \"09:00\"]\nasks = [\"PL\"]", "check_schedule.link.check.at"),
        (
            head,
            "at = [\"09:00\"]\nzone = \"Europe/Nowhere\"\nasks = [\"PL\"]",
            "check_schedule.link.check.zone",
        ),
        (
            head,
            "every_minutes = 1\nfrom = \"2031-01-01T00:00:00Z\"\nasks = [\"PL\"]",
            "check_schedule.link.check.every_minutes",
        ),
        (
            head,
            "every_minutes = 9\nfrom = \"2031-01-01T00:00:01Z\"\nasks = [\"PL\"]",
            "check_schedule.link.check.from",
        ),
    ];
    for (head, check, named) in wrong {
        match link(head, check) {
            Err(Denied::Refused(Refusal::Field { field, .. })) => assert_eq!(field, named),
            other => panic!("{named}: {other:?}"),
        }
    }
}

pub fn scheduled(text: &str) -> Folded {
    let mut folded = Folded::with_peer();
    let propose = Command::Propose(Change::CheckSchedule(Arc::new(read(text).unwrap())));
    folded.given(propose, by(&anna(), 900, "propose", at(0)), at(0)).unwrap();
    folded.given(Command::confirm(id(900)), by(&jan(), 901, "confirm", at(0)), at(0)).unwrap();
    folded
}

#[test]
fn more_checks_in_a_day_than_are_remembered_are_refused() {
    let often = |minutes: u32| {
        let check = |name| {
            format!(
                "[[link.check]]\nname = {name:?}\nevery_minutes = {minutes}\nfrom = \"2025-01-01T00:00:00Z\"\nasks = [\"PL\"]\n"
            )
        };
        let head = "[[link]]\nwith = \"BY\"\nwithin_minutes = 5\ntexts = [\"Nine stones.\"]\n";
        let plan = Arc::new(read(&format!("{head}{}{}", check("a"), check("b"))).unwrap());
        let command = Command::Propose(Change::CheckSchedule(plan));
        Folded::with_peer().given(command, by(&anna(), 900, "", at(0)), at(0)).map(|_| ())
    };
    assert_eq!(often(6), Ok(()));
    assert!(matches!(often(5), Err(Denied::Refused(Refusal::TooMany { most: 512, .. }))));
}

#[test]
fn checks_by_telephone_are_recorded_in_their_order_and_none_from_before_the_schedule() {
    let mut folded = scheduled(
        "[[link]]\nwith = \"BY\"\nwithin_minutes = 300\n[[link.check]]\nname = \"a\"\nline = \"telephone\"\n\
         asks = [\"PL\"]\nevery_minutes = 60\nfrom = \"2025-07-31T08:00:00Z\"\n",
    );
    let mut record = |number, due| {
        let account = Account { answered: true, at: due, note: String::new() };
        let (with, asks, what) = (party("BY"), party("PL"), What::ByHand(account));
        let noted = CheckNoted { with, check: "a".into(), due, asks, what };
        let origin = by(&anna(), number, "record", at(7_300));
        folded.given(Command::NoteCheck(Box::new(noted)), origin, at(7_300)).map(|_| ())
    };
    let mut wrong = |number, due| match record(number, due) {
        Err(Denied::Refused(Refusal::Field { field, rule })) => (field, rule),
        other => panic!("{other:?}"),
    };
    assert_eq!(wrong(910, at(0)), ("due", "after the check schedule took force".into()));
    let oldest = "the oldest of this name of which nothing is on record";
    assert_eq!(wrong(911, at(7_200)), ("due", oldest.into()));
    assert_eq!(wrong(915, at(10_800)), ("due", "not before it is due".into()));
    assert_eq!(record(912, at(3_600)), Ok(()));
    assert_eq!(record(913, at(7_200)), Ok(()));
    let once = Refusal::Field { field: "check", rule: "recorded once: what came of it is on record".into() };
    assert_eq!(record(914, at(7_200)), Err(Denied::Refused(once)));
}

#[test]
fn an_answer_that_refers_to_no_check_of_ours_answers_none() {
    let mut folded = Folded::with_peer();
    let of_check = thread_of(party("PL"), party("BY"), "a", at(3_600));
    let mut sent = theirs(PRECEDENCE, of_check, "answer", &[Digest::of(b"another message")]);
    sent.draft.kind = Kind::CheckAnswer.name().into();
    folded.given(receive(delivery(&sent, 1, 1, 0)), Origin::Node, at(10)).unwrap();
    let kept =
        folded.board.checks.of(party("BY")).and_then(|checks| checks.theirs.get(of_check, Part::Answer));
    assert_eq!(kept, None);
}

#[test]
fn a_schedule_that_changes_another_link_leaves_the_checks_of_this_one_as_they_were() {
    let link = "[[link]]\nwith = \"BY\"\nwithin_minutes = 5\n";
    let mut folded = scheduled(link);
    let mut again = |text: &str, number, seconds| {
        let propose = Command::Propose(Change::CheckSchedule(Arc::new(read(text).unwrap())));
        folded.given(propose, by(&anna(), number, "propose", at(seconds)), at(seconds)).unwrap();
        let confirm = Command::confirm(id(number));
        folded.given(confirm, by(&jan(), number + 1, "confirm", at(seconds)), at(seconds)).unwrap();
        folded.board.check_schedule().unwrap().since_with(party("BY"))
    };
    assert_eq!(again(link, 910, 100), at(0));
    assert_eq!(again(link, 920, 200), at(0));
    assert_eq!(again(&link.replace('5', "6"), 930, 300), at(300));
}

#[test]
fn the_officer_of_a_link_is_known_whatever_the_capitals_and_spaces_of_the_name() {
    let mut folded = scheduled(
        "[[link]]\nwith = \"BY\"\nwithin_minutes = 5\nofficer = \"anna  KOWALSKA\"\ntexts = [\"Nine stones.\"]\n\
         [[link.check]]\nname = \"a\"\nasks = [\"PL\"]\nevery_minutes = 60\nfrom = \"2025-07-31T08:00:00Z\"\n",
    );
    // No check at all, which is looked at once it is known who sends it.
    let mut wrong = |who: Person, number| {
        let outgoing = Outgoing { drafter: who.clone(), ..Outgoing::blank(Kind::Text.name(), thread(1)) };
        let sent = CheckToSend { with: party("BY"), check: "a".into(), due: at(3_600), outgoing };
        let origin = by(&who, number, "send", at(3_600));
        match folded.given(Command::SendCheck(Box::new(sent)), origin, at(3_600)) {
            Err(Denied::Refused(Refusal::Field { field, .. })) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(wrong(anna(), 910), "check");
    assert_eq!(wrong(jan(), 911), "officer");
}
