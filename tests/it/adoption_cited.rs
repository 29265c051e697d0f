//! Regimes held and cited: what the releaser and both ends are told of the text that a message cites.

use std::sync::Arc;

use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::rpc::held::HeldRegimes;

use crate::adoption_nodes::adoption;
use crate::officer::{filled, heading, regimes, send};
use crate::talk::both_settled;
use crate::world::{Medium, World};

const VIENNA: &str = "vienna-document-2011";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_bears_the_name_of_another_that_is_built_in_is_held_and_marked() {
    use crate::officer_program::{object, printed, written};
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let desk = world.state("BY").desk_directory("drafter").display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let text = detente::codec::regime::built_in::file(VIENNA).unwrap();
    let built_in = Digest::of(text).to_string();
    let theirs = written(folder.path(), "theirs.toml", std::str::from_utf8(text).unwrap());
    let ours =
        written(folder.path(), "ours.toml", &format!("{}# ours\n", std::str::from_utf8(text).unwrap()));
    let held = object(&["regime", "hold", &theirs, "--as", &desk]).await;
    assert!(held["built_in_namesake"].is_null(), "{held}");
    assert!(!printed(&["regime", "held", "--as", &desk]).await.contains("WARNING"));
    let held = object(&["regime", "hold", &ours, "--as", &desk]).await;
    assert_eq!(held["built_in_namesake"], built_in);
    let listed = printed(&["regime", "held", "--as", &desk]).await;
    let told = format!("WARNING: another text than the one that is built in under this name ({built_in})");
    assert_eq!(listed.matches(&told).count(), 1, "{listed}");
}

async fn hold(world: &World, code: &str, text: &'static [u8]) -> Result<Digest, tonic::Status> {
    let desk = world.desk(code, "drafter");
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: text.into() };
    let held = regimes(&desk).hold(asked).await?.into_inner();
    Ok(Digest::from_slice(&held.digest).unwrap())
}

fn citing(digest: Digest) -> calls::Heading {
    let regime = detente::codec::proto::detente::evidence::v1::RegimeCitation {
        name: VIENNA.into(),
        digest: digest.0.to_vec().into(),
        provision: "chapter V".into(),
    };
    calls::Heading { regime: Some(regime), ..heading(7) }
}

async fn checked(world: &World, code: &str) -> calls::RegimeCheck {
    let thread = vec![7; 16].into();
    crate::officer::show(world, code, &thread, 0).await.messages.remove(0).check.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_releaser_and_both_ends_are_told_the_same_of_a_notice() {
    let world = World::new(&["BY", "PL"]).await;
    let text = detente::codec::regime::built_in::file(VIENNA).unwrap();
    let digest = hold(&world, "BY", text).await.unwrap();
    assert_eq!(hold(&world, "PL", text).await.unwrap(), digest);
    let drafted =
        crate::officer::draft(&world, "BY", 1, citing(digest), &filled(Kind::Notification)).await.unwrap();
    let asked = calls::ShowDraftRequest { draft: vec![1; 16].into(), ..Default::default() };
    let releaser = world.desk("BY", "releaser");
    let shown = crate::officer::messages(&releaser).show_draft(asked).await.unwrap().into_inner();
    crate::officer::release(&releaser, 1, &drafted.digest, true).await.unwrap();
    both_settled(&world, "BY", "PL").await;
    let (before, here, there) =
        (shown.check.unwrap(), checked(&world, "BY").await, checked(&world, "PL").await);
    assert_eq!(here, there);
    assert_eq!(before.lines, here.lines);
    assert!(here.held && here.lines.iter().any(|line| line.text.contains("on time by")), "{here:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_regime_that_is_not_held_here_is_said_to_be_so_and_nothing_more() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", detente::codec::regime::built_in::file(VIENNA).unwrap()).await.unwrap();
    send(&world, "BY", 1, citing(digest), &filled(Kind::Notification)).await;
    both_settled(&world, "BY", "PL").await;
    let there = checked(&world, "PL").await;
    assert!(!there.held && there.lines.is_empty() && there.bound.is_empty());
    let asked = calls::ShowThreadRequest {
        thread: vec![7; 16].into(),
        as_of_ms: None,
        from: 0,
        ..Default::default()
    };
    let desk = world.desk("PL", "drafter");
    let shown = crate::officer::messages(&desk).show_thread(asked).await.unwrap().into_inner();
    let unheld = |shown: &calls::ShowThreadResponse| {
        let message = &shown.messages[0];
        !message.check.as_ref().unwrap().held
            && message.marks.iter().any(|mark| mark.contains("not held here"))
    };
    assert!(unheld(&shown));
    // Held later, it is checked from then on, and as of before it is still not.
    let before = world.clock.now();
    world.clock.set(before.plus_ms(60_000));
    hold(&world, "PL", detente::codec::regime::built_in::file(VIENNA).unwrap()).await.unwrap();
    let thread = vec![7; 16].into();
    assert!(!unheld(&crate::officer::show(&world, "PL", &thread, 0).await));
    assert!(unheld(&crate::officer::show(&world, "PL", &thread, before.0).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_or_an_edition_that_the_text_contradicts_is_told_to_the_drafter_and_marked_at_both_ends() {
    let world = World::new(&["BY", "PL"]).await;
    let text = detente::codec::regime::built_in::file(VIENNA).unwrap();
    let digest = hold(&world, "BY", text).await.unwrap();
    hold(&world, "PL", text).await.unwrap();
    let mut heading = citing(digest);
    heading.regime.as_mut().unwrap().name = "river-line-2031".into();
    let Content::Adoption(mut form) = adoption() else { panic!("another kind") };
    form.regime_digest = Some(detente::domain::form::MessageDigest(digest));
    form.edition = Some(999);
    let content = Content::Adoption(form);
    let drafted = crate::officer::draft(&world, "BY", 1, heading, &content).await.unwrap();
    let wrong = ["heading.regime.name", "regime", "edition"];
    let fields = |faults: &[calls::Fault]| -> Vec<String> {
        faults.iter().map(|fault| fault.field.clone()).filter(|at| wrong.contains(&at.as_str())).collect()
    };
    assert_eq!(fields(&drafted.faults), wrong, "{:?}", drafted.faults);
    crate::officer::release(&world.desk("BY", "releaser"), 1, &drafted.digest, true).await.unwrap();
    both_settled(&world, "BY", "PL").await;
    for party in ["BY", "PL"] {
        let message = crate::officer::show(&world, party, &vec![7; 16].into(), 0).await.messages.remove(0);
        assert_eq!(fields(&message.faults), wrong, "{party}: {:?}", message.faults);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_regime_is_read_once_and_only_where_it_is_on_record() {
    let world = World::new(&["BY", "PL"]).await;
    let digest = hold(&world, "BY", detente::codec::regime::built_in::file(VIENNA).unwrap()).await.unwrap();
    let read = async |code: &str, as_of| {
        let registrar = &world.node(code).registrar;
        let head = registrar.head();
        HeldRegimes::at(&head, &registrar.journal).as_of(as_of).regime(digest).await.unwrap()
    };
    let (first, again) = (read("BY", None).await.unwrap(), read("BY", None).await.unwrap());
    assert!(Arc::ptr_eq(&first, &again));
    assert!(read("BY", Some(world.clock.now().plus_ms(-1))).await.is_none());
    assert!(read("PL", None).await.is_none(), "another node of this process holds it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_no_regime_or_is_held_already_is_refused_and_nothing_recorded() {
    let world = World::new(&["BY"]).await;
    let text = detente::codec::regime::built_in::file(VIENNA).unwrap();
    hold(&world, "BY", text).await.unwrap();
    let before = crate::officer::commands(&world, "BY");
    let fields = |status: tonic::Status| -> Vec<String> {
        crate::officer::violations(&status)
            .into_iter()
            .map(|(field, rule)| format!("{field}: {rule}"))
            .collect()
    };
    let refused = fields(hold(&world, "BY", b"regime = 3\n").await.unwrap_err());
    assert!(refused[0].starts_with("text: line 1"), "{refused:?}");
    hold(&world, "BY", text).await.unwrap_err();
    assert_eq!(crate::officer::commands(&world, "BY"), before);
}
