//! What meets a duty, in time, late, by the sender's account; what is judged insufficient, lifted, or lapsed.

use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::duty::{
    Doubt, Duty, Force, GivenBy, InTime, Lifting, Opened, Rule, Settled, Settling, State, Stated, Step,
    settle,
};
use detente::domain::time::Instant;
use proptest::prelude::*;

use super::{at, code, dunes, duty, kept, notification, opened, question, stated, told};
use crate::officer::{filled, form};

const ASKED: &str = "2031-03-01T10:00:00Z";
const DUE: &str = "2031-03-03T10:00:00Z";

/// PL owes BY an answer.
fn asked() -> Duty {
    duty(opened("answer", &question(), at(ASKED)))
}

/// What PL's message does to it.
fn does(duty: &Duty, content: &Content, refers_to: &[&str], released: &str, given: Option<&str>) -> Settled {
    let stated = Stated {
        author: code("PL"),
        addressees: vec![code("BY")],
        action: vec![code("BY")],
        refers_to: refers_to.iter().map(|name| Digest::of(name.as_bytes())).collect(),
        ..stated("answer", content, at(released))
    };
    settled(duty, &stated, given)
}

fn settled(duty: &Duty, stated: &Stated, given: Option<&str>) -> Settled {
    let regime = kept(dunes());
    let rule = &regime.duties[&duty.opened.rule.name];
    let given = given.map(|given| (at(given), GivenBy::Receipt));
    let message = Settling {
        regime: &regime,
        rule,
        stated,
        is_in_place_of_cause: false,
        takes_back: None,
        taken_back: None,
        given,
    };
    settle(duty, &message)
}

fn met(settled: Settled) -> InTime {
    match settled {
        Settled::Step(Step::Met { in_time, .. }) => in_time,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_is_in_time_by_its_receipt_or_by_its_senders_account_or_late() {
    let (asked, answer) = (asked(), filled(Kind::Answer));
    let of = |released, given| met(does(&asked, &answer, &["cause"], released, Some(given)));
    assert_eq!(of("2031-03-02T10:00:00Z", DUE), InTime::InTime, "to the last instant");
    assert_eq!(of("2031-03-02T10:00:00Z", "2031-03-03T10:00:00.001Z"), InTime::BySendersAccount);
    assert_eq!(of("2031-03-04T10:00:00Z", "2031-03-04T10:00:00Z"), InTime::Late);
}

#[test]
fn an_answer_that_nobody_receipted_is_not_given_yet() {
    let answered = Step::Answered { message: Digest::of(b"answer") };
    let settled = does(&asked(), &filled(Kind::Answer), &["cause"], "2031-03-02T10:00:00Z", None);
    assert_eq!(settled, Settled::AwaitsReceipt(Some(answered)));
}

#[test]
fn what_refers_to_something_else_or_is_of_another_kind_meets_nothing() {
    let (asked, answer) = (asked(), filled(Kind::Answer));
    let given = Some("2031-03-02T10:00:00Z");
    assert_eq!(does(&asked, &answer, &[], "2031-03-02T10:00:00Z", given), Settled::Nothing);
    assert_eq!(does(&asked, &answer, &["other"], "2031-03-02T10:00:00Z", given), Settled::Nothing);
    assert_eq!(
        does(&asked, &filled(Kind::Text), &["cause"], "2031-03-02T10:00:00Z", given),
        Settled::Nothing
    );
}

#[test]
fn a_lapsed_duty_is_met_late_and_met_again_after_it_was_judged_insufficient() {
    let (mut asked, answer) = (asked(), filled(Kind::Answer));
    told(&mut asked, Step::Lapsed);
    assert_eq!(asked.state(), State::Lapsed);
    let late = does(&asked, &answer, &["cause"], "2031-03-05T10:00:00Z", Some("2031-03-05T10:00:00Z"));
    let Settled::Step(step) = late else { panic!("{late:?}") };
    told(&mut asked, step);
    assert_eq!(asked.state(), State::Met(InTime::Late));
    // BY says that it does not suffice.
    let text = filled(Kind::Text);
    let says = Stated { refers_to: vec![Digest::of(b"answer")], ..stated("judgement", &text, at(DUE)) };
    let Settled::Step(step) = settled(&asked, &says, Some(DUE)) else { panic!() };
    assert_eq!(step, Step::JudgedInsufficient { by: Digest::of(b"judgement") });
    told(&mut asked, step);
    assert_eq!(asked.state(), State::Insufficient);
    assert!(!asked.may(&Step::Lapsed));
}

#[test]
fn a_text_that_is_yet_to_follow_meets_nothing_and_judges_nothing() {
    let held = form(Kind::Text, "remarks = \"Received, being passed on.\"\nto_follow = [\"text\"]\n");
    let (given, asked_of) = ("2031-07-02T00:00:00Z", "2031-07-01T00:00:00Z");
    let invited =
        duty(opened("invitation", &notification("2031-09-15 Z", "2031-09-20 Z", "owed"), at(asked_of)));
    for (one, content) in [(&asked(), &held), (&invited, &held)] {
        assert_eq!(does(one, content, &["cause"], given, Some(given)), Settled::Nothing);
    }
    let mut met = asked();
    let step = does(&met, &filled(Kind::Answer), &["cause"], "2031-03-02T10:00:00Z", Some(DUE));
    let Settled::Step(step) = step else { panic!("{step:?}") };
    told(&mut met, step);
    let says = Stated { refers_to: vec![Digest::of(b"answer")], ..stated("judgement", &held, at(DUE)) };
    assert_eq!(settled(&met, &says, Some(DUE)), Settled::Nothing);
}

#[test]
fn a_judgement_of_something_else_in_the_thread_is_none_of_what_met_it() {
    let mut asked = asked();
    let met = Step::Met {
        message: Digest::of(b"answer"),
        given: at(DUE),
        by: GivenBy::Receipt,
        in_time: InTime::InTime,
    };
    told(&mut asked, met);
    let text = filled(Kind::Text);
    let says = |refers_to: Vec<Digest>| {
        settled(&asked, &Stated { refers_to, ..stated("judgement", &text, at(DUE)) }, Some(DUE))
    };
    assert_eq!(says(vec![Digest::of(b"another answer")]), Settled::Nothing);
    let judged = Settled::Step(Step::JudgedInsufficient { by: Digest::of(b"judgement") });
    assert_eq!(says(vec![Digest::of(b"answer")]), judged);
    assert_eq!(says(Vec::new()), judged);
}

#[test]
fn only_whom_it_is_owed_to_judges_it() {
    let mut asked = asked();
    let met = Step::Met {
        message: Digest::of(b"answer"),
        given: at(DUE),
        by: GivenBy::Receipt,
        in_time: InTime::InTime,
    };
    told(&mut asked, met);
    let settled = does(&asked, &filled(Kind::Text), &["answer"], DUE, Some(DUE));
    assert_eq!(settled, Settled::Nothing);
}

#[test]
fn a_cancellation_or_force_majeure_lifts_it_and_says_by_whom() {
    let notice = notification("2031-09-15 Z", "2031-09-20 Z", "owed");
    let invitation = || duty(opened("invitation", &notice, at("2031-07-01T00:00:00Z")));
    let by = |kind, name: &str| {
        let content = filled(kind);
        settled(
            &invitation(),
            &stated(name, &content, at("2031-07-02T00:00:00Z")),
            Some("2031-07-02T00:00:00Z"),
        )
    };
    let cancelled = Lifting::Cancelled { by: Digest::of(b"off") };
    assert_eq!(by(Kind::Cancellation, "off"), Settled::Step(Step::Lifted(cancelled)));
    let claimed = Lifting::ForceMajeure { claimed_in: Digest::of(b"flood") };
    assert_eq!(by(Kind::Text, "flood"), Settled::Step(Step::Lifted(claimed)));
    assert!(matches!(by(Kind::Invitation, "come"), Settled::Step(Step::Met { .. })));
}

#[test]
fn a_nil_return_counts_where_the_regime_says_so_and_the_year_must_be_the_one_meant() {
    let regime = dunes();
    let owed = |name| {
        let rule = super::rule(&regime, name);
        let pair = (code("PL"), code("BY"));
        duty(detente::domain::duty::opening_of_year(&regime, rule, pair, at("2031-01-01T00:00:00Z")).unwrap())
    };
    let nil = |year: u16| form(Kind::Calendar, &format!("year = {year}\nholds = \"nil\"\n"));
    let whole = filled(Kind::Calendar);
    let of = |duty: &Duty, content: &Content| {
        let settled = does(duty, content, &[], "2031-02-01T00:00:00Z", Some("2031-02-01T00:00:00Z"));
        settled != Settled::Nothing
    };
    // Of 2032, by 15 November 2031.
    assert!(of(&owed("calendar"), &nil(2032)));
    assert!(!of(&owed("calendar"), &nil(2031)));
    // Of 2031, by 28 February 2031, and not a nil one.
    assert!(of(&owed("entries"), &whole));
    assert!(!of(&owed("entries"), &nil(2031)));
}

#[test]
fn an_alarm_never_lapses_and_a_duty_raises_none() {
    for (name, lapses) in [("answer", true), ("unchecked answer", false), ("prompt answer", false)] {
        let duty = duty(opened(name, &question(), at(ASKED)));
        assert_eq!((duty.may(&Step::Lapsed), duty.may(&Step::Alarmed)), (lapses, !lapses), "{name}");
    }
}

#[test]
fn what_is_in_doubt_is_settled_either_way() {
    let mut asked = asked();
    told(&mut asked, Step::Doubted { since: at(ASKED), doubt: Doubt::MayBeUnderWay });
    assert_eq!(asked.state(), State::Unknown);
    let answered =
        does(&asked, &filled(Kind::Answer), &["cause"], "2031-03-02T10:00:00Z", Some("2031-03-09T10:00:00Z"));
    assert_eq!(met(answered), InTime::BySendersAccount);
    assert!(
        asked.may(&Step::Lapsed) && !asked.may(&Step::Doubted { since: at(ASKED), doubt: Doubt::NotReached })
    );
}

fn steps() -> impl Strategy<Value = Step> {
    let digest = (0..3u8).prop_map(|byte| Digest([byte; 32]));
    prop_oneof![
        digest.clone().prop_map(|message| Step::Answered { message }),
        (digest.clone(), 0..9i64).prop_map(|(message, given)| Step::Met {
            message,
            given: Instant(given),
            by: GivenBy::Receipt,
            in_time: InTime::of(Instant(given), Instant(0), Instant(4)),
        }),
        digest.clone().prop_map(|by| Step::JudgedInsufficient { by }),
        Just(Step::Lapsed),
        Just(Step::Alarmed),
        Just(Step::Doubted { since: Instant(0), doubt: Doubt::NotReached }),
        digest.prop_map(|by| Step::Lifted(Lifting::Cancelled { by })),
    ]
}

proptest! {
    /// Whatever is tried: nothing lapses after it was met or lifted, and what is lifted stays so.
    #[test]
    fn no_story_ends_twice(tried in prop::collection::vec(steps(), 0..24), is_duty in any::<bool>()) {
        let force = if is_duty { Force::Duty } else { Force::Unchecked };
        let before = asked();
        let rule = std::sync::Arc::new(Rule { force, ..(*before.opened.rule).clone() });
        let mut duty = duty(Opened { rule, ..before.opened });
        for step in tried {
            let state = duty.state();
            if duty.may(&step) {
                prop_assert!(state != State::Lifted);
                prop_assert!(step != Step::Lapsed || (is_duty && state.is_open()));
                prop_assert!(step != Step::Alarmed || (!is_duty && state.is_open()));
                told(&mut duty, step);
            }
        }
        let met = duty.story.iter().filter(|told| matches!(told.step, Step::Met { .. })).count();
        let judged = duty.story.iter().filter(|told| matches!(told.step, Step::JudgedInsufficient { .. })).count();
        prop_assert!(met <= judged + 1);
    }
}
