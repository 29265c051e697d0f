//! Checks at hours of a time zone: its rules change from edition to edition, and no record is held against them.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::board::Denied;
use detente::domain::check::{Check, CheckNoted, CheckToSend, PRECEDENCE, Part, What, thread_of};
use detente::domain::command::{Command, Origin};
use detente::domain::content::Content;
use detente::domain::form::When;
use detente::domain::message::Outgoing;
use detente::domain::refusal::Refusal;
use detente::domain::time::Instant;

use crate::check_schedule::scheduled;
use crate::check_words::{HOUR, Link, agreed, due, field_of, from_peer, holding, schedule};
use crate::hotline_checks::{holds_on_replay, scheduled as agreed_on};
use crate::officer::{hotlines, reason};
use crate::party::{self, anna, by, peer, us};
use crate::world::World;

/// Daily at noon by the wall, which is `due` where it is Warsaw's.
pub fn daily(asks: &str, zone: &str) -> Link {
    let daily = schedule(asks, "").replace(
        "every_minutes = 60\nfrom = \"2025-07-31T08:00:00Z\"",
        &format!("at = [\"12:00\"]\nzone = {zone:?}"),
    );
    Link { folded: scheduled(&daily), serial: 0 }
}

pub fn check_at(then: Instant) -> Content {
    Content::Check(Check { due: When::at(then), ..agreed() })
}

#[test]
fn what_is_put_on_record_of_a_check_by_another_edition_of_the_zones_stands_here() {
    // By such a one Warsaw has winter time that day.
    let then = due().plus_ms(HOUR * 1_000);
    let thread = thread_of(us(), peer(), "a", then);
    let mut link = daily("BY", "Europe/Warsaw");
    assert_eq!(link.comes(&from_peer(&check_at(then), thread, then), then), Vec::<String>::new());
    let noted = |due| {
        let (with, asks, what) = (peer(), peer(), What::Made { at: then });
        Command::NoteCheck(Box::new(CheckNoted { with, check: "a".into(), due, asks, what }))
    };
    let wrong = link.folded.given(noted(then.plus_ms(60_000)), Origin::Node, then);
    assert!(matches!(wrong, Err(Denied::Refused(Refusal::Field { field: "check", .. }))), "{wrong:?}");
    link.folded.given(noted(then), Origin::Node, then).unwrap();

    let mut link = daily("PL", "Europe/Warsaw");
    let outgoing = Outgoing { thread, ..party::outgoing(PRECEDENCE, "check") };
    let outgoing = holding(outgoing, &check_at(then));
    let sent = CheckToSend { with: peer(), check: "a".into(), due: then, outgoing };
    let origin = by(&anna(), 500, "check", then);
    link.folded.given(Command::SendCheck(Box::new(sent)), origin, then).unwrap();
    let checks = link.folded.board.checks.of(peer()).unwrap();
    assert!(checks.ours.get(thread, Part::Check).is_some());
}

#[test]
fn a_check_at_an_hour_of_utc_counts_at_that_hour_alone() {
    let mut link = daily("BY", "Z");
    let noon = due().plus_ms(2 * HOUR * 1_000);
    for (then, counts) in [(due(), false), (noon.plus_ms(15 * 60_000), false), (noon, true)] {
        let thread = thread_of(us(), peer(), "a", then);
        let marks = link.comes(&from_peer(&check_at(then), thread, then), then);
        match counts {
            true => assert_eq!(marks, Vec::<String>::new()),
            false => assert_eq!(field_of(&marks), "due"),
        }
    }
}

const BY_TELEPHONE: &str = r#"
    [[link.check]]
    name = "daily"
    line = "telephone"
    at = ["12:00", "12:05"]
    zone = "Europe/Warsaw"
    asks = ["PL"]
"#;

#[tokio::test]
async fn checks_by_telephone_at_hours_of_a_zone_are_recorded_in_their_order() {
    let world = World::new(&["BY", "PL"]).await;
    agreed_on(&world, "PL", "BY", "", BY_TELEPHONE).await;
    let [first, second] =
        ["2024-11-01T11:00:00Z", "2024-11-01T11:05:00Z"].map(|text| Instant::from_rfc3339(text).unwrap());
    world.clock.set(second);
    let desk = world.desk("PL", "watch");
    let record = async |due: Instant| {
        let asked = calls::RecordCheckRequest {
            command: Some(desk.command(None).unwrap()),
            party: "BY".into(),
            check: "daily".into(),
            due_ms: due.0,
            answered: true,
            at_ms: due.0,
            note: String::new(),
        };
        hotlines(&desk).record_check(asked).await
    };
    assert_eq!(reason(&record(second).await.unwrap_err()), "FIELD");
    record(first).await.unwrap();
    record(second).await.unwrap();
    holds_on_replay(world.node("PL")).await;
}
