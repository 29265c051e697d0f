//! A regime that is made up here, with other clocks and triggers and over another one: no code knows it.

use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::duty::{Cause, State};

use super::DUNES;
use super::nodes::{bind, both_until, citing, hold, is, same_at_both_ends, to};
use crate::officer::{filled, send};
use crate::world::World;

fn marsh() -> String {
    let parent = Digest::of(DUNES.as_bytes());
    format!(
        r#"
regime = "marsh"
edition = 1
source = "made up"
nature = "political"
inherits = {{ regime = "dunes", digest = "{parent}" }}

[[duty]]
name = "answer"
for = ["question"]
owed_by = "addressees"
owed_to = "author"
met_by = ["text"]
joined = "by thread"
within = 12
unit = "hours"
anchor = "issue"
paragraph = "para 1 of the annex"
checked = true

[[duty]]
name = "word of the marsh"
for = ["text"]
owed_by = "author"
owed_to = "addressees"
met_by = ["report"]
joined = "by thread"
within = 2
unit = "working days"
calendar = "office"
zone = "Asia/Kathmandu"
anchor = "issue"
paragraph = "para 2 of the annex"
checked = true

[[duty]]
name = "list of the marsh"
met_by = ["calendar"]
year = "year"
by = "12-31"
zone = "Pacific/Auckland"
paragraph = "para 3 of the annex"
checked = true
"#
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_regime_that_inherits_overrides_and_adds_is_kept_by_both_ends_with_no_code() {
    let world = World::new(&["BY", "PL"]).await;
    let text = marsh();
    let digest = Digest::of(text.as_bytes());
    for code in ["BY", "PL"] {
        hold(&world, code, DUNES).await;
        assert_eq!(hold(&world, code, &text).await, digest);
    }
    bind(&world, "marsh", digest, "").await;
    let asked_at = world.clock.now();
    send(&world, "BY", 1, citing("marsh", digest, to("PL", 1)), &filled(Kind::Question)).await;
    both_until(&world, is("answer", State::Open)).await;
    send(&world, "PL", 2, citing("marsh", digest, to("BY", 1)), &filled(Kind::Text)).await;
    // Its own text meets what is owed by the overriding rule, and brings about another duty.
    both_until(&world, |duties| {
        let met = |name: &str| {
            duties.all().any(|duty| duty.opened.rule.name == name && matches!(duty.state(), State::Met(_)))
        };
        met("answer") && !met("unchecked answer")
    })
    .await;
    both_until(&world, is("word of the marsh", State::Open)).await;
    let all = same_at_both_ends(&world, "BY", "PL");
    let due = |name: &str, by: &str| {
        let found = all.keys().find(|known| known.0 == name && known.1.as_str() == by);
        found.unwrap_or_else(|| panic!("{name}: {all:?}")).5
    };
    assert_eq!(due("answer", "PL"), asked_at.plus_ms(12 * 3_600_000));
    // 1 November 2024 is a Friday: to the end of Tuesday in Kathmandu.
    assert_eq!(due("word of the marsh", "PL").to_string(), "2024-11-05T18:14:59.999Z");
    // The last of December is over in Auckland before it is anywhere else here.
    assert_eq!(due("list of the marsh", "BY").to_string(), "2024-12-31T10:59:59.999Z");
    // What it inherits, and nothing twice.
    assert!(all.keys().any(|known| known.0 == "prompt answer"));
    let calendars = all.keys().filter(|known| known.0 == "calendar" && known.3 == Cause::Year(2024));
    assert_eq!(calendars.count(), 2);
}
