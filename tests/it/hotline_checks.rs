//! Checks of links between real nodes: made, answered, late and missed come on record at both ends alike; silence is
//! told from a fault.

use bytes::Bytes;
use detente::cli::node::Node;
use detente::codec::check_schedule::read;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::board::Board;
use detente::domain::check::{Known, Part, thread_of};
use detente::domain::content::{Content, Kind};
use detente::domain::correspondence::ServiceMessage;
use detente::domain::form::When;
use detente::domain::party::Party;
use detente::domain::time::Instant;
use detente::limits;

use crate::officer::{
    addressee, arrived, draft, filled, form, heading, hotlines, reason, receipted, release, send, show,
};
use crate::registrar::entries;
use crate::talk::until;
use crate::watch::notices;
use crate::world::{Medium, World};

const WITHIN_MS: i64 = 10 * 60_000;
pub const OVER_MS: i64 = WITHIN_MS + limits::CHECK_GRACE_MS + 1;

/// As in case C8: a liaison line on weekdays, a military one every day.
pub const TWICE_A_DAY: &str = r#"
    [[link.check]]
    name = "liaison"
    at = ["09:00", "17:00"]
    zone = "Europe/Warsaw"
    days = ["mon", "tue", "wed", "thu", "fri"]
    asks = ["PL", "BY"]
    turns = "by check"

    [[link.check]]
    name = "military"
    at = ["09:00", "16:00"]
    zone = "Europe/Warsaw"
    asks = ["PL", "BY"]
    turns = "by day"
"#;

pub fn schedule(with: &str, more: &str, checks: &str) -> String {
    format!(
        "[[link]]\nwith = {with:?}\nwithin_minutes = 10\ntexts = [\"Nine stones.\", \"Four kettles.\"]\n{more}\n{checks}"
    )
}

pub async fn scheduled(world: &World, at: &str, with: &str, more: &str, checks: &str) {
    world.state(at).change(Change::CheckSchedule(schedule(with, more, checks)), Bytes::new()).await;
}

pub fn party(code: &str) -> Party {
    code.parse().unwrap()
}

fn instant(text: &str) -> Instant {
    Instant::from_rfc3339(text).unwrap()
}

/// What is on record of each check, without what each end knows of one that was missed.
pub type Seen = Vec<(Instant, String, Party, Vec<(&'static str, Option<Instant>)>)>;

pub fn seen(board: &Board, with: &str) -> Seen {
    let states = board.checks.of(party(with)).into_iter().flat_map(|checks| checks.states.iter());
    states
        .map(|((due, check), state)| {
            let mut steps: Vec<_> = state.noted.iter().map(|what| (what.word(), what.at())).collect();
            // A check that comes after its time may be on record as missed before or after it came.
            steps.sort_unstable();
            (*due, check.clone(), state.asks, steps)
        })
        .collect()
}

pub async fn noted(node: &Node, with: &str, due: Instant, check: &str, word: &str) {
    let what = format!("{check} due {due} is {word}");
    until(node, &what, |board| {
        let checks = board.checks.of(party(with));
        let state = checks.and_then(|checks| checks.state(check, due));
        state.is_some_and(|state| state.noted.iter().any(|what| what.word() == word))
    })
    .await;
}

/// Once PL has made its check to BY, whether or not that came there.
pub async fn asked(world: &World, due: Instant, check: &str) {
    let thread = thread_of(party("PL"), party("BY"), check, due);
    until(world.node("PL"), "the check is made", |board| {
        board.checks.of(party("BY")).is_some_and(|checks| checks.ours.get(thread, Part::Check).is_some())
    })
    .await;
}

pub fn known(world: &World, at: &str, with: &str, due: Instant) -> Option<Known> {
    let board = world.node(at).registrar.head().board.clone();
    let checks = board.checks.of(party(with))?;
    checks.states.iter().find(|((at, _), _)| *at == due)?.1.missed()
}

/// What an auditor replays stands by every rule.
pub async fn holds_on_replay(node: &Node) {
    let entries = entries(&node.registrar.journal).await;
    let mut audit = detente::replay::audit::Audit::new(detente::replay::TrustRoot::AsItSays);
    audit.take((0..).zip(entries));
    let report = audit.finish(None);
    assert_eq!(report.first_failing, None, "{:?}", report.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_fortnight_both_ends_hold_the_same_of_each_check() {
    // A Sunday evening; clocks leap on the next one.
    let begins = instant("2025-03-23T20:00:00Z");
    let mut world = World::since(Medium::Embedded, &["BY", "PL"], begins).await;
    scheduled(&world, "PL", "BY", "", TWICE_A_DAY).await;
    scheduled(&world, "BY", "PL", "", TWICE_A_DAY).await;

    let plan = read(&schedule("BY", "", TWICE_A_DAY)).unwrap();
    let ends = begins.plus_ms(14 * 24 * 3_600_000);
    let mut dues: Vec<(Instant, &str, Party)> = Vec::new();
    for rule in &plan.links[0].checks {
        let mut after = begins;
        while let Some(due) = rule.due_after(after).filter(|due| due.at < ends) {
            dues.push((due.at, rule.name.as_str(), due.asks));
            after = due.at;
        }
    }
    dues.sort_unstable();
    assert_eq!(dues.len(), 20 + 28);

    // From Thursday to Friday the one node is down.
    let down = [instant("2025-03-27T12:00:00Z"), instant("2025-03-28T12:00:00Z")];
    let mut missed = Vec::new();
    for (due, check, asks) in &dues {
        let is_down = (down[0]..down[1]).contains(due);
        if is_down && world.is_running("BY") {
            world.state_mut("BY").stop().await;
        } else if !is_down && !world.is_running("BY") {
            world.clock.set(down[1]);
            world.state_mut("BY").start().await;
            for (due, check) in std::mem::take(&mut missed) {
                noted(world.node("BY"), "PL", due, check, "MISSED").await;
            }
        }
        world.clock.set(*due);
        if is_down {
            if *asks == party("PL") {
                asked(&world, *due, check).await;
            }
            world.clock.set(due.plus_ms(OVER_MS));
            noted(world.node("PL"), "BY", *due, check, "MISSED").await;
            missed.push((*due, *check));
        } else {
            noted(world.node("PL"), "BY", *due, check, "ANSWERED").await;
            noted(world.node("BY"), "PL", *due, check, "ANSWERED").await;
        }
    }
    // What was asked while it was down, and less than a day ago, came late.
    let pl = seen(&world.node("PL").registrar.head().board, "BY");
    let late: Vec<_> =
        pl.iter().filter(|(.., steps)| steps.iter().any(|(word, _)| *word == "LATE")).collect();
    assert!(!late.is_empty());
    for (due, check, ..) in &late {
        noted(world.node("BY"), "PL", *due, check, "LATE").await;
    }
    assert_eq!(pl, seen(&world.node("BY").registrar.head().board, "PL"));
    assert_eq!(pl.len(), dues.len());
    for (due, check, _, steps) in &pl {
        let words: Vec<&str> = steps.iter().map(|(word, _)| *word).collect();
        match (down[0]..down[1]).contains(due) {
            true => assert!(words.contains(&"MISSED"), "{check} {due}: {words:?}"),
            false => assert_eq!(words, ["ANSWERED", "MADE"], "{check} {due}"),
        }
    }
    for code in ["PL", "BY"] {
        holds_on_replay(world.node(code)).await;
    }
}

pub const EVERY_HOUR: &str = r#"
    [[link.check]]
    name = "hourly"
    every_minutes = 60
    from = "2024-11-01T10:00:00Z"
    asks = ["PL"]
"#;

pub fn hour(number: i64) -> Instant {
    instant("2024-11-01T10:00:00Z").plus_ms(number * 3_600_000)
}

async fn missed_at(world: &World, at: &str, with: &str, due: Instant) {
    noted(world.node(at), with, due, "hourly", "MISSED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_missed_check_each_end_says_what_it_knows_and_no_more() {
    let mut world = World::new(&["BY", "PL"]).await;
    scheduled(&world, "PL", "BY", "", EVERY_HOUR).await;
    scheduled(&world, "BY", "PL", "officer = \"watch\"", EVERY_HOUR).await;

    // Nobody answers, though the link is up.
    world.clock.set(hour(0));
    noted(world.node("BY"), "PL", hour(0), "hourly", "MADE").await;
    noted(world.node("PL"), "BY", hour(0), "hourly", "MADE").await;
    world.clock.set(hour(0).plus_ms(OVER_MS));
    missed_at(&world, "PL", "BY", hour(0)).await;
    missed_at(&world, "BY", "PL", hour(0)).await;
    assert_eq!(known(&world, "PL", "BY", hour(0)), Some(Known::Unanswered));
    assert_eq!(known(&world, "BY", "PL", hour(0)), Some(Known::NotSentByUs));

    // An officer answers after all, and then the next one in time.
    let desk = world.desk("BY", "watch");
    let answer = |due_ms| calls::SendCheckRequest {
        command: Some(desk.command(None).unwrap()),
        party: "PL".into(),
        check: "hourly".into(),
        due_ms,
    };
    let sent = hotlines(&desk).send_check(answer(0)).await.unwrap().into_inner();
    assert!(sent.is_answer);
    assert_eq!(sent.due_ms, hour(0).0);
    for (at, with) in [("PL", "BY"), ("BY", "PL")] {
        noted(world.node(at), with, hour(0), "hourly", "LATE").await;
    }
    let none = hotlines(&desk).send_check(answer(0)).await.unwrap_err();
    assert_eq!(reason(&none), "FIELD");
    world.clock.set(hour(1));
    noted(world.node("BY"), "PL", hour(1), "hourly", "MADE").await;
    hotlines(&desk).send_check(answer(hour(1).0)).await.unwrap();
    for (at, with) in [("PL", "BY"), ("BY", "PL")] {
        noted(world.node(at), with, hour(1), "hourly", "ANSWERED").await;
    }

    // A planned outage was announced; whoever did not send what it was its turn to send says that first.
    let Content::ServiceMessage(form) = filled(Kind::ServiceMessage) else { panic!("a service message") };
    let (from, until) = (When::new("2024-11-01T11:30", "Z"), When::new("2024-11-01T12:30", "Z"));
    let form = ServiceMessage { from, until, ..form };
    let announced = send(&world, "BY", 7, heading(7), &Content::ServiceMessage(form)).await.message_digest;
    arrived(&world, "PL", &announced).await;
    world.clock.set(hour(2));
    noted(world.node("BY"), "PL", hour(2), "hourly", "MADE").await;
    world.clock.set(hour(2).plus_ms(OVER_MS));
    missed_at(&world, "PL", "BY", hour(2)).await;
    let Some(Known::PlannedOutage { message }) = known(&world, "PL", "BY", hour(2)) else {
        panic!("{:?}", known(&world, "PL", "BY", hour(2)));
    };
    assert_eq!(message.0[..], announced[..]);
    missed_at(&world, "BY", "PL", hour(2)).await;
    assert_eq!(known(&world, "BY", "PL", hour(2)), Some(Known::NotSentByUs));

    // The other end is gone.
    world.state_mut("BY").stop().await;
    world.clock.set(hour(3));
    asked(&world, hour(3), "hourly").await;
    world.clock.set(hour(3).plus_ms(OVER_MS));
    missed_at(&world, "PL", "BY", hour(3)).await;
    let at_pl = known(&world, "PL", "BY", hour(3));
    assert!(matches!(at_pl, Some(Known::LinkDown { since: Some(_) })), "{at_pl:?}");

    // Our own officer does not ask.
    scheduled(&world, "PL", "BY", "officer = \"watch\"", EVERY_HOUR).await;
    world.state_mut("BY").start().await;
    world.clock.set(hour(4));
    world.clock.set(hour(4).plus_ms(OVER_MS));
    missed_at(&world, "PL", "BY", hour(4)).await;
    missed_at(&world, "BY", "PL", hour(4)).await;
    assert_eq!(known(&world, "PL", "BY", hour(4)), Some(Known::NotSentByUs));
    assert_eq!(known(&world, "BY", "PL", hour(4)), Some(Known::NoCheckCame));
    for code in ["PL", "BY"] {
        holds_on_replay(world.node(code)).await;
    }
}

/// What two persons of PL release as a check in the thread of the first hour, whatever is wrong with it; the fields
/// that its drafter is told.
async fn released(world: &World, number: u8, text: &str) -> (Bytes, Vec<String>) {
    let written = format!("check = \"hourly\"\ndue = \"2024-11-01T10:00 Z\"\ntext = {text:?}\n");
    let thread = thread_of(party("PL"), party("BY"), "hourly", hour(0)).0.to_vec().into();
    let (action, subject) = (vec![addressee("BY")], "Check".into());
    let heading = calls::Heading { thread, action, subject, ..heading(number) };
    let drafted = draft(world, "PL", number, heading, &form(Kind::Check, &written)).await.unwrap();
    let releaser = world.desk("PL", "releaser");
    let refused = release(&releaser, number, &drafted.digest, false).await.unwrap_err();
    assert_eq!(reason(&refused), "FAULTS");
    let sent = release(&releaser, number, &drafted.digest, true).await.unwrap();
    arrived(world, "BY", &sent.message_digest).await;
    (sent.message_digest, drafted.faults.into_iter().map(|fault| fault.field).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_too_early_or_in_other_words_is_told_to_its_drafter_marked_at_both_ends_and_counts_at_neither()
 {
    let world = World::new(&["BY", "PL"]).await;
    scheduled(&world, "PL", "BY", "officer = \"watch\"", EVERY_HOUR).await;
    scheduled(&world, "BY", "PL", "", EVERY_HOUR).await;
    world.clock.set(hour(0).plus_ms(-limits::CLOCKS_MAY_DIFFER_MS - 1));
    let (early, told) = released(&world, 1, "Nine stones.").await;
    assert_eq!(told, ["due"]);
    world.clock.set(hour(0));
    let (other, told) = released(&world, 2, "Nine swords.").await;
    assert_eq!(told, ["text"]);
    receipted(&world, "PL", "BY").await;

    // Neither took the place of the right one, which is made and answered in time.
    let desk = world.desk("PL", "watch");
    let make = calls::SendCheckRequest {
        command: Some(desk.command(None).unwrap()),
        party: "BY".into(),
        ..Default::default()
    };
    let made = hotlines(&desk).send_check(make).await.unwrap().into_inner();
    assert_eq!((made.is_answer, made.due_ms), (false, hour(0).0));
    for (at, with) in [("PL", "BY"), ("BY", "PL")] {
        noted(world.node(at), with, hour(0), "hourly", "ANSWERED").await;
    }
    let pl = seen(&world.node("PL").registrar.head().board, "BY");
    assert_eq!(pl, seen(&world.node("BY").registrar.head().board, "PL"));
    assert_eq!(pl[0].3.len(), 2);
    // Somebody is to read what only says that it is one.
    let told = notices(&world.desk("BY", "watch"), 0).await;
    let owed = |digest: &Bytes| {
        let notice = told.iter().find(|notice| notice.digest == *digest && notice.alert.is_none());
        notice.unwrap().acknowledgement_owed
    };
    assert!(owed(&early) && owed(&other) && !owed(&made.message_digest));
    for at in ["PL", "BY"] {
        let thread = thread_of(party("PL"), party("BY"), "hourly", hour(0)).0.to_vec().into();
        let shown = show(&world, at, &thread, 0).await.messages;
        let marked = |digest: &Bytes| {
            let message = shown.iter().find(|message| message.digest == *digest).unwrap();
            message
                .marks
                .iter()
                .filter(|mark| mark.contains("does not count as a check"))
                .cloned()
                .collect::<Vec<_>>()
        };
        assert!(
            matches!(&marked(&early)[..], [mark] if mark.contains(": due: ")),
            "{at}: {:?}",
            marked(&early)
        );
        assert!(
            matches!(&marked(&other)[..], [mark] if mark.contains(": text: ")),
            "{at}: {:?}",
            marked(&other)
        );
        assert_eq!(marked(&made.message_digest), Vec::<String>::new(), "{at}");
        holds_on_replay(world.node(at)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_answers_no_check_by_itself_whose_text_was_not_agreed_on_here() {
    let world = World::new(&["BY", "PL"]).await;
    let other = schedule("BY", "", EVERY_HOUR).replace("stones", "swords").replace("kettles", "swords");
    world.state("PL").change(Change::CheckSchedule(other), Bytes::new()).await;
    scheduled(&world, "BY", "PL", "", EVERY_HOUR).await;
    world.clock.set(hour(0));
    noted(world.node("PL"), "BY", hour(0), "hourly", "MADE").await;
    world.clock.set(hour(0).plus_ms(OVER_MS));
    // Nothing that answers, or nothing that it has to answer, as far as each end knows.
    for (at, with, what) in [("PL", "BY", Known::Unanswered), ("BY", "PL", Known::NoCheckCame)] {
        missed_at(&world, at, with, hour(0)).await;
        assert_eq!(known(&world, at, with, hour(0)), Some(what), "{at}");
    }
    let desk = world.desk("BY", "watch");
    let answer = calls::SendCheckRequest {
        command: Some(desk.command(None).unwrap()),
        party: "PL".into(),
        ..Default::default()
    };
    assert_eq!(reason(&hotlines(&desk).send_check(answer).await.unwrap_err()), "FIELD");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_starts_again_between_two_steps_goes_on_with_the_next_and_doubles_none() {
    let mut world = World::new(&["BY", "PL"]).await;
    scheduled(&world, "PL", "BY", "", EVERY_HOUR).await;
    scheduled(&world, "BY", "PL", "", EVERY_HOUR).await;
    for number in 0..4 {
        world.state_mut("PL").stop().await;
        world.clock.set(hour(number));
        world.state_mut("PL").start().await;
        for (at, with) in [("PL", "BY"), ("BY", "PL")] {
            noted(world.node(at), with, hour(number), "hourly", "ANSWERED").await;
        }
    }
    let pl = seen(&world.node("PL").registrar.head().board, "BY");
    assert_eq!(pl.len(), 4);
    assert_eq!(pl, seen(&world.node("BY").registrar.head().board, "PL"));
    assert!(pl.iter().all(|(.., steps)| steps.len() == 2), "{pl:?}");
}

#[tokio::test]
async fn a_check_by_telephone_is_on_record_by_an_officers_account_and_is_missed_where_nobody_gives_one() {
    let world = World::new(&["BY", "PL"]).await;
    let by_telephone = format!("{EVERY_HOUR}    line = \"telephone\"\n");
    scheduled(&world, "PL", "BY", "", &by_telephone).await;
    world.clock.set(hour(0));
    let desk = world.desk("PL", "watch");
    let account = |due: Instant, answered, note: &str| calls::RecordCheckRequest {
        command: Some(desk.command(None).unwrap()),
        party: "BY".into(),
        check: "hourly".into(),
        due_ms: due.0,
        answered,
        at_ms: due.0,
        note: note.into(),
    };
    let refused =
        [account(hour(1), true, ""), account(hour(0).plus_ms(1), true, ""), account(hour(0), true, "\u{1b}")];
    for refused in refused {
        hotlines(&desk).record_check(refused).await.unwrap_err();
    }
    assert!(seen(&world.node("PL").registrar.head().board, "BY").is_empty());
    hotlines(&desk).record_check(account(hour(0), true, "Cpt. Ivanova")).await.unwrap();
    hotlines(&desk).record_check(account(hour(0), false, "")).await.unwrap_err();
    world.clock.set(hour(1).plus_ms(OVER_MS));
    missed_at(&world, "PL", "BY", hour(1)).await;
    assert_eq!(known(&world, "PL", "BY", hour(1)), Some(Known::NotRecorded));
    hotlines(&desk).record_check(account(hour(1), false, "no answer")).await.unwrap();

    let listed = hotlines(&desk).list_checks(calls::ListChecksRequest::default()).await.unwrap().into_inner();
    let link = &listed.links[0];
    let steps: Vec<Vec<&str>> =
        link.last.iter().map(|one| one.steps.iter().map(|step| step.what.as_str()).collect()).collect();
    assert_eq!(steps, [vec!["MISSED", "NOT ANSWERED BY HAND"], vec!["ANSWERED BY HAND"]]);
    assert_eq!(link.last[1].steps[0].words, "Cpt. Ivanova");
    assert_eq!(link.scheduled[0].next_due_ms, hour(2).0);
    assert_eq!(link.scheduled[0].line, "telephone");
    holds_on_replay(world.node("PL")).await;
}

#[tokio::test]
async fn a_schedule_that_is_proposed_is_told_whole_and_shown_once_it_is_in_force() {
    let world = World::new(&["BY", "PL"]).await;
    let text = schedule("BY", "", TWICE_A_DAY);
    let pl = world.state("PL");
    pl.try_propose(Change::CheckSchedule(text.replace("\"PL\", \"BY\"", "\"PL\", \"LT\"")))
        .await
        .unwrap_err();
    pl.try_propose(Change::CheckSchedule(text.clone())).await.unwrap();
    let mut parties = detente::codec::proto::detente::v1::party_service_client::PartyServiceClient::new(
        world.desk("PL", "custodian").channel,
    );
    let proposals = parties.list_proposals(calls::ListProposalsRequest {}).await.unwrap().into_inner();
    let told = &proposals.proposals[0].change;
    for part in
        ["Four kettles.", "09:00 17:00 Europe/Warsaw, mon tue wed thu fri", "check by check", "within 10 min"]
    {
        assert!(told.contains(part), "{told}");
    }
    pl.change(Change::CheckSchedule(text.clone()), Bytes::new()).await;
    let shown = parties.show_check_schedule(calls::ShowCheckScheduleRequest {}).await.unwrap().into_inner();
    assert_eq!(read(&shown.schedule).unwrap(), read(&text).unwrap());
}
