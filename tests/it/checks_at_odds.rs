//! Checks over which two ends, or two officers of one, are at odds: each end goes by its own schedule, and each check is
//! made and answered once.

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::check::{Known, thread_of};
use detente::domain::people::Role;

use crate::hotline_checks::{
    EVERY_HOUR, OVER_MS, holds_on_replay, hour, known, noted, party, schedule, scheduled, seen,
};
use crate::officer::{hotlines, reason, show, watches};
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_each_end_has_it_that_it_is_its_own_turn_each_marks_the_others_check_and_answers_none() {
    let world = World::new(&["BY", "PL"]).await;
    scheduled(&world, "PL", "BY", "", EVERY_HOUR).await;
    scheduled(&world, "BY", "PL", "", &EVERY_HOUR.replace("[\"PL\"]", "[\"BY\"]")).await;
    let both = [("PL", "BY"), ("BY", "PL")];
    world.clock.set(hour(0));
    for (at, with) in both {
        noted(world.node(at), with, hour(0), "hourly", "MADE").await;
    }
    world.clock.set(hour(0).plus_ms(OVER_MS));
    let thread = thread_of(party("PL"), party("BY"), "hourly", hour(0));
    for (at, with) in both {
        noted(world.node(at), with, hour(0), "hourly", "MISSED").await;
        assert_eq!(known(&world, at, with, hour(0)), Some(Known::Unanswered), "{at}");
        let board = world.node(at).registrar.head().board.clone();
        let (_, _, asks, steps) = seen(&board, with).remove(0);
        assert_eq!((asks, steps.len()), (party(at), 2), "{at}: {steps:?}");
        // The other end's is a message like any other, that says why it is no more than that.
        assert!(board.threads_page(None, 100).threads.contains(&thread), "{at}");
        let messages = show(&world, at, &thread.0.to_vec().into(), 0).await.messages;
        assert_eq!(messages.len(), 2, "{at}");
        for message in messages {
            let is_theirs = message.delivered.is_empty();
            let is_told = |mark: &String| mark.contains("does not count as a check") && mark.contains("turn");
            assert_eq!(message.marks.iter().any(is_told), is_theirs, "{at}: {:?}", message.marks);
        }
        holds_on_replay(world.node(at)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_officers_who_answer_at_once_one_does_and_the_other_is_told_that_it_was_sent() {
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("BY").take_person("night officer", "Night officer of BY", &[Role::Watch]).await;
    scheduled(&world, "PL", "BY", "", EVERY_HOUR).await;
    scheduled(&world, "BY", "PL", "officer = \"watch\"", EVERY_HOUR).await;
    world.clock.set(hour(0));
    noted(world.node("BY"), "PL", hour(0), "hourly", "MADE").await;

    let (one, other) = (world.desk("BY", "watch"), world.desk("BY", "night officer"));
    let asked = |desk: &Desk| calls::SendCheckRequest {
        command: Some(desk.command(None).unwrap()),
        party: "PL".into(),
        ..Default::default()
    };
    let send = async |desk: &Desk, asked: calls::SendCheckRequest| hotlines(desk).send_check(asked).await;
    let (of_one, of_other) = (asked(&one), asked(&other));
    let answered = tokio::join!(send(&one, of_one.clone()), send(&other, of_other.clone()));
    let (desk, again, sent, refused) = match answered {
        (Ok(sent), Err(refused)) => (&one, of_one, sent.into_inner(), refused),
        (Err(refused), Ok(sent)) => (&other, of_other, sent.into_inner(), refused),
        neither => panic!("{neither:?}"),
    };
    assert!(sent.is_answer);
    assert_eq!(reason(&refused), "FIELD");
    // The same command again is told the same, and sends nothing.
    assert_eq!(send(desk, again).await.unwrap().into_inner(), sent);
    for (at, with) in [("PL", "BY"), ("BY", "PL")] {
        noted(world.node(at), with, hour(0), "hourly", "ANSWERED").await;
        let thread = thread_of(party("PL"), party("BY"), "hourly", hour(0)).0.to_vec().into();
        assert_eq!(show(&world, at, &thread, 0).await.messages.len(), 2, "{at}");
    }
    assert_eq!(
        seen(&world.node("PL").registrar.head().board, "BY"),
        seen(&world.node("BY").registrar.head().board, "PL")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_schedule_names_an_officer_nobody_else_answers_and_all_see_for_whom_it_waits() {
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("BY").take_person("night officer", "Night officer of BY", &[Role::Watch]).await;
    scheduled(&world, "PL", "BY", "", EVERY_HOUR).await;
    scheduled(&world, "BY", "PL", "officer = \"Night officer of BY\"", EVERY_HOUR).await;
    world.clock.set(hour(0));
    noted(world.node("BY"), "PL", hour(0), "hourly", "MADE").await;

    let desk = world.desk("BY", "watch");
    let now = watches(&desk).now(calls::NowRequest::default()).await.unwrap().into_inner();
    let [waits] = &now.checks[..] else { panic!("{:?}", now.checks) };
    assert_eq!((&waits.act[..], &waits.officer[..], waits.missed), ("answer", "Night officer of BY", false));
    let asked = |desk: &Desk| calls::SendCheckRequest {
        command: Some(desk.command(None).unwrap()),
        party: "PL".into(),
        ..Default::default()
    };
    let refused = hotlines(&desk).send_check(asked(&desk)).await.unwrap_err();
    assert_eq!(reason(&refused), "FIELD");
    assert!(refused.message().contains("names another officer"), "{refused:?}");
    let named = world.desk("BY", "night officer");
    hotlines(&named).send_check(asked(&named)).await.unwrap();
    noted(world.node("PL"), "BY", hour(0), "hourly", "ANSWERED").await;
    let now = watches(&desk).now(calls::NowRequest::default()).await.unwrap().into_inner();
    assert_eq!(now.checks, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_under_way_when_schedules_change_is_still_answered_and_comes_to_its_end_at_both() {
    let world = World::new(&["BY", "PL"]).await;
    scheduled(&world, "PL", "BY", "", EVERY_HOUR).await;
    scheduled(&world, "BY", "PL", "officer = \"watch\"", EVERY_HOUR).await;
    let both = [("PL", "BY"), ("BY", "PL")];
    let within = async |at: &str, with: &str, more: &str, minutes: u32| {
        let text = schedule(with, more, EVERY_HOUR);
        let other = text.replace("within_minutes = 10", &format!("within_minutes = {minutes}"));
        world.state(at).change(Change::CheckSchedule(other), Bytes::new()).await;
    };
    world.clock.set(hour(0));
    for (at, with) in both {
        noted(world.node(at), with, hour(0), "hourly", "MADE").await;
    }
    within("PL", "BY", "", 20).await;
    within("BY", "PL", "officer = \"watch\"", 20).await;
    let desk = world.desk("BY", "watch");
    let command = Some(desk.command(None).unwrap());
    let answer = calls::SendCheckRequest { command, party: "PL".into(), ..Default::default() };
    hotlines(&desk).send_check(answer).await.unwrap();
    for (at, with) in both {
        noted(world.node(at), with, hour(0), "hourly", "ANSWERED").await;
    }

    world.clock.set(hour(1));
    for (at, with) in both {
        noted(world.node(at), with, hour(1), "hourly", "MADE").await;
    }
    within("PL", "BY", "", 15).await;
    world.clock.set(hour(1).plus_ms(OVER_MS + 10 * 60_000));
    for (at, with) in both {
        noted(world.node(at), with, hour(1), "hourly", "MISSED").await;
        holds_on_replay(world.node(at)).await;
    }
}
