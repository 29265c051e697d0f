//! What is known of who is bound to whom between several nodes: two others only as far as their own words reach,
//! and what one of them does not apply.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::regime::Regime;

use crate::checks::{adoption, check, citing, hold, lines, notice, parsed, says};
use crate::officer::{addressee, heading, regimes, send};
use crate::talk::both_settled;
use crate::world::World;

const NEIGHBOURS: &str = include_str!("cases/regime/neighbours.toml");

async fn settled(world: &World, pairs: &[(&str, &str)]) {
    for (one, other) in pairs {
        both_settled(world, one, other).await;
    }
}

async fn bonds(world: &World, code: &str) -> Vec<calls::Bond> {
    let asked = calls::ListAdoptersRequest { regime: "neighbours".into(), as_of_ms: 0 };
    regimes(&world.desk(code, "drafter")).list_adopters(asked).await.unwrap().into_inner().bonds
}

async fn adopt(world: &World, code: &str, number: u8, to: &[&str], regime: &Regime) {
    let action = to.iter().map(|code| addressee(code)).collect();
    send(world, code, number, calls::Heading { action, ..heading(number) }, &adoption(regime)).await;
    let pairs: Vec<(&str, &str)> = to.iter().map(|other| (code, *other)).collect();
    settled(world, &pairs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_each_told_only_us_are_not_said_to_be_bound_until_each_names_the_other() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    let regime = parsed(NEIGHBOURS.as_bytes());
    for code in ["BY", "OSCE"] {
        hold(&world, code, NEIGHBOURS.as_bytes()).await;
    }
    adopt(&world, "BY", 1, &["OSCE"], &regime).await;
    adopt(&world, "PL", 1, &["OSCE"], &regime).await;
    for code in ["BY", "PL"] {
        assert!(bonds(&world, code).await.is_empty(), "{code} was told nothing by the other");
    }
    let told = bonds(&world, "OSCE").await.remove(0);
    assert_eq!((told.one.as_str(), told.other.as_str()), ("BY", "PL"));
    assert!(told.as_told_here && !told.addressed_to_each_other);

    send(&world, "BY", 2, citing(&regime, 2, &["OSCE"]), &notice(12_000)).await;
    both_settled(&world, "BY", "OSCE").await;
    let there = check(&world, "OSCE", 2, 0).await;
    assert_eq!(
        (there.bound.as_slice(), there.as_told_here.as_slice()),
        (["PL".into()].as_slice(), ["PL".into()].as_slice())
    );
    says(&there, "every bound Party, for action: not known here whether the author is bound to PL as well");

    let printed = {
        let desk = world.state("OSCE").desk_directory("watch").display().to_string();
        let digest = hex::encode(&last(&world, "OSCE", 2).await);
        crate::officer_program::printed(&["watch", "read", &digest, "--as", &desk]).await
    };
    let wanted = "binds the author to nobody known here; not known here whether to PL, who adopted as well";
    assert!(printed.contains(wanted), "{printed}");

    world.clock.set(world.clock.now().plus_ms(60_000));
    adopt(&world, "BY", 3, &["PL", "OSCE"], &regime).await;
    adopt(&world, "PL", 3, &["BY", "OSCE"], &regime).await;
    let now = world.clock.now().0;
    let known = bonds(&world, "OSCE").await.remove(0);
    assert!(known.as_told_here && known.addressed_to_each_other);
    assert_eq!(known.since_ms, now, "the words that each told the other count, and not the earlier ones");
    for code in ["BY", "PL"] {
        let bond = bonds(&world, code).await.remove(0);
        assert_eq!((bond.as_told_here, bond.since_ms), (false, now), "{code}");
    }
    send(&world, "BY", 4, citing(&regime, 4, &["OSCE"]), &notice(12_000)).await;
    both_settled(&world, "BY", "OSCE").await;
    let (here, there) = (check(&world, "BY", 4, 0).await, check(&world, "OSCE", 4, 0).await);
    assert!(there.as_told_here.is_empty());
    says(&there, "every bound Party, for action: lacking PL");
    assert_eq!(lines(&here), lines(&there));
}

/// The digest of the last message of a thread.
async fn last(world: &World, code: &str, thread: u8) -> bytes::Bytes {
    let mut messages = crate::officer::show(world, code, &vec![thread; 16].into(), 0).await.messages;
    messages.pop().unwrap().digest
}
