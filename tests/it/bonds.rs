//! What is known of who is bound to whom between several nodes: two others only as far as their own words reach,
//! and what one of them does not apply.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::adoption::{How, Reservation, Restraint, Resumption, Seen, Spoken, Suspension};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, MessageReference, Prose, When};
use detente::domain::party::Party;
use detente::domain::regime::{Asked, Regime, check as check_by, lines_between};
use detente::domain::time::Instant;

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
    let asked = calls::ListAdoptersRequest { regime: "neighbours".into(), as_of_ms: None };
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

fn party(code: &str) -> Party {
    code.parse().unwrap()
}

fn restraint(by: &str, provision: Option<&str>, how: How) -> Restraint {
    let spoken = Spoken {
        towards: party("PL"),
        since: Instant::from_rfc3339("2031-01-01T00:00:00Z").unwrap(),
        until: None,
        message: Digest::of(b"its word"),
        seen: Seen::AtBothEnds,
    };
    Restraint {
        by: party(by),
        provision: provision.map(str::to_owned),
        how,
        spoken: Some(spoken),
        names_none: false,
    }
}

/// The lines of a notice's check, where this is not applied.
fn said(restraints: &[Restraint]) -> Vec<String> {
    let regime = parsed(NEIGHBOURS.as_bytes());
    let found = check_by(&regime, &notice(12_000), &Asked::default());
    let lines = found.iter().flat_map(|finding| lines_between(&regime, finding, "en", restraints));
    lines.map(|line| line.text).collect()
}

#[test]
fn each_line_that_rests_on_a_paragraph_which_is_not_applied_says_so_and_no_other_line() {
    let suspended = said(&[restraint("BY", Some("2"), How::Suspended)]);
    let mark = "; suspended by BY towards PL since 2031-01-01T00:00:00.000Z: does not bind BY";
    let (marked, plain): (Vec<&String>, Vec<&String>) =
        suspended.iter().partition(|line| line.ends_with(mark));
    assert!(marked.len() > 3 && marked.iter().all(|line| line.contains("[2]")), "{marked:#?}");
    assert!(plain.iter().all(|line| !line.contains("[2]") && !line.contains("suspended")), "{plain:#?}");

    let reserved = said(&[restraint("BY", Some("5"), How::Reserved)]);
    let mark = "reserved by BY towards PL since 2031-01-01T00:00:00.000Z: does not bind BY, or otherwise than written";
    assert!(reserved.iter().any(|line| line.contains("[5]") && line.ends_with(mark)), "{reserved:#?}");

    let whole = said(&[restraint("BY", None, How::Suspended)]);
    let rests = |line: &&String| (1..=16).any(|paragraph| line.contains(&format!("[{paragraph}]")));
    assert!(
        whole.iter().filter(rests).all(|line| line.contains("with the whole text suspended by BY")),
        "{whole:#?}"
    );
}

#[test]
fn a_provision_that_is_written_otherwise_than_in_the_regime_marks_no_line_whatever_it_holds() {
    let plain = said(&[]);
    for other in ["", " 2", "para 2", "2\u{202e}", "\u{1b}[2J"] {
        let named = restraint("BY", Some(other), How::Suspended);
        assert_eq!(said(std::slice::from_ref(&named)), plain, "{other:?}");
        let safe = |text: String| !text.chars().any(detente::domain::text::is_unsafe_to_show);
        assert!(safe(named.sentence()) && safe(named.mark()));
    }
}

#[test]
fn many_that_do_not_apply_one_paragraph_are_counted_behind_its_line() {
    let many: Vec<Restraint> =
        (0..20).map(|nth| restraint(&format!("P{nth:02}"), Some("2"), How::Suspended)).collect();
    let lines = said(&many);
    let line = lines.iter().find(|line| line.contains("[2]")).unwrap();
    assert!(line.contains("by P07 ") && !line.contains("by P08 "), "{line}");
    assert!(line.ends_with("; and 12 more that do not apply it"), "{line}");
}

fn by_digest(message: &bytes::Bytes) -> MessageReference {
    let message_digest = Digest::from_slice(message).map(MessageDigest);
    MessageReference { message_digest, ..MessageReference::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_reserved_or_suspended_is_named_alike_at_both_ends_before_and_after_release() {
    let world = World::new(&["BY", "PL"]).await;
    let regime = parsed(NEIGHBOURS.as_bytes());
    for code in ["BY", "PL"] {
        hold(&world, code, NEIGHBOURS.as_bytes()).await;
    }
    let Content::Adoption(mut form) = adoption(&regime) else { panic!() };
    let text = Prose("not without our consent".into());
    form.reservations = vec![Reservation { provision: "5".into(), text }];
    let to = |code: &str, thread| calls::Heading { action: vec![addressee(code)], ..heading(thread) };
    send(&world, "BY", 1, to("PL", 1), &Content::Adoption(form)).await;
    let adopted = send(&world, "PL", 1, to("BY", 1), &adoption(&regime)).await;
    both_settled(&world, "BY", "PL").await;

    world.clock.set(world.clock.now().plus_ms(60_000));
    let suspends = Content::Suspension(Suspension {
        adoption: by_digest(&adopted.message_digest),
        provisions: vec!["2".into(), "no such paragraph".into()],
        from: When::new("2024-01-01T00:00", "Z"),
        reason: Prose("for now".into()),
        ..Suspension::default()
    });
    let suspended = send(&world, "PL", 2, to("BY", 2), &suspends).await;
    both_settled(&world, "BY", "PL").await;
    let since = world.clock.now();

    let drafted =
        crate::officer::draft(&world, "BY", 3, citing(&regime, 3, &["PL"]), &notice(12_000)).await.unwrap();
    let releaser = world.desk("BY", "releaser");
    let asked = calls::ShowDraftRequest { draft: vec![3; 16].into(), ..Default::default() };
    let before = crate::officer::messages(&releaser).show_draft(asked).await.unwrap().into_inner();
    crate::officer::release(&releaser, 3, &drafted.digest, true).await.unwrap();
    both_settled(&world, "BY", "PL").await;

    let (here, there) = (check(&world, "BY", 3, 0).await, check(&world, "PL", 3, 0).await);
    assert_eq!(here, there);
    assert_eq!(before.check.unwrap(), here);
    says(&there, &format!("[2]; suspended by PL towards BY since {since}: does not bind PL"));
    says(&there, "[5]; reserved by BY towards PL since");
    let named: Vec<(&str, Option<&str>, bool)> = there
        .restraints
        .iter()
        .map(|one| (one.by.as_str(), one.provision.as_deref(), one.reserved))
        .collect();
    let wanted =
        [("BY", Some("5"), true), ("PL", Some("2"), false), ("PL", Some("no such paragraph"), false)];
    assert_eq!(named, wanted);
    assert_eq!(there.restraints[1].message_digest, suspended.message_digest);
    let names_none =
        |all: &[calls::Restraint]| -> Vec<bool> { all.iter().map(|one| one.names_no_paragraph).collect() };
    assert_eq!(names_none(&there.restraints), [false, false, true]);
    let (here, there) = (bonds(&world, "BY").await, bonds(&world, "PL").await);
    assert_eq!(here, there);
    assert_eq!(names_none(&here[0].restraints), [false, false, true]);

    let desk = world.state("PL").desk_directory("watch").display().to_string();
    let digest = hex::encode(&last(&world, "PL", 3).await);
    let read = crate::officer_program::printed(&["watch", "read", &digest, "--as", &desk]).await;
    let shown = crate::officer_program::printed(&["regime", "parties", "neighbours", "--as", &desk]).await;
    assert!(read.contains("binds the author to PL; not applied: 5 by BY, 2 by PL"), "{read}");
    for printed in [read, shown] {
        let sentence = format!("2 suspended by PL towards BY since {since}: does not bind PL");
        assert!(printed.contains(&sentence), "{printed}");
        assert!(printed.contains(&hex::encode(&suspended.message_digest)), "{printed}");
        let none = "does not bind PL; names no paragraph of this regime, so no line is marked";
        assert_eq!(printed.matches(none).count(), 1, "{printed}");
    }

    world.clock.set(world.clock.now().plus_ms(60_000));
    let resumes = Content::Resumption(Resumption {
        suspension: by_digest(&suspended.message_digest),
        from: When::new("2024-01-01T00:00", "Z"),
        ..Resumption::default()
    });
    send(&world, "PL", 4, to("BY", 2), &resumes).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let bond = bonds(&world, code).await.remove(0);
        assert_eq!(bond.restraints.len(), 1, "{code}: only the reservation is left");
    }
    let still = check(&world, "PL", 3, 0).await;
    says(&still, "suspended by PL towards BY");
}

#[tokio::test]
async fn a_check_without_a_node_is_told_by_hand_what_is_not_applied() {
    let folder = tempfile::tempdir().unwrap();
    let regime = crate::officer_program::written(folder.path(), "neighbours.toml", NEIGHBOURS);
    let toml = detente::cli::form::to_toml(&notice(12_000));
    let form = crate::officer_program::written(folder.path(), "notification.toml", &toml);
    let check = ["exercise", "check", &form, "--kind", Kind::Notification.name(), "--regime", &regime];
    let told = ["--suspended", "PL=2", "--reserved", "BY=5"];
    let words: Vec<&str> = check.iter().chain(&told).copied().collect();
    let printed = crate::officer_program::printed(&words).await;
    for wanted in [
        "not applied: 2 suspended by PL: does not bind PL",
        "not applied: 5 reserved by BY: does not bind BY, or otherwise than written",
        "[2]; suspended by PL: does not bind PL",
    ] {
        assert!(printed.contains(wanted), "{wanted}: {printed}");
    }
    let amiss: Vec<&str> = check.iter().chain(&["--suspended", "PL=para 2"]).copied().collect();
    let printed = crate::officer_program::printed(&amiss).await;
    let wanted = "not applied: para 2 suspended by PL: does not bind PL; names no paragraph of this regime";
    assert!(printed.contains(wanted), "{printed}");
    let whole: Vec<&str> = check.iter().chain(&["--suspended", "PL"]).copied().collect();
    let printed = crate::officer_program::printed(&whole).await;
    assert!(printed.contains("not applied: the whole text suspended by PL: does not bind PL"), "{printed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_names_the_edition_that_an_addressee_adopted_in_place_of_the_one_that_is_cited() {
    let world = World::new(&["BY", "PL"]).await;
    let text = NEIGHBOURS.replacen("edition = 3", "edition = 4", 1);
    let (earlier, later) = (parsed(NEIGHBOURS.as_bytes()), parsed(text.as_bytes()));
    hold(&world, "BY", text.as_bytes()).await;
    adopt(&world, "BY", 1, &["PL"], &later).await;
    adopt(&world, "PL", 1, &["BY"], &earlier).await;
    send(&world, "BY", 2, citing(&later, 2, &["PL"]), &notice(12_000)).await;
    both_settled(&world, "BY", "PL").await;
    let here = check(&world, "BY", 2, 0).await;
    assert!(here.bound.is_empty());
    assert_eq!(here.other_editions, [calls::OtherEdition { party: "PL".into(), edition: 3 }]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_adopts_a_corrected_text_is_bound_by_the_first_as_well_until_it_leaves_it_and_is_told_so() {
    let world = World::new(&["BY", "PL"]).await;
    let text = format!("# Corrected.\n{NEIGHBOURS}");
    let (first, corrected) = (parsed(NEIGHBOURS.as_bytes()), parsed(text.as_bytes()));
    for code in ["BY", "PL"] {
        hold(&world, code, NEIGHBOURS.as_bytes()).await;
        hold(&world, code, text.as_bytes()).await;
    }
    let Content::Adoption(mut form) = adoption(&first) else { panic!() };
    form.reservations = vec![Reservation { provision: "5".into(), text: Prose("Not.".into()) }];
    let to_pl = |thread| calls::Heading { action: vec![addressee("PL")], ..heading(thread) };
    send(&world, "BY", 1, to_pl(1), &Content::Adoption(form)).await;
    adopt(&world, "PL", 1, &["BY"], &first).await;
    world.clock.set(world.clock.now().plus_ms(60_000));
    let drafted = crate::officer::draft(&world, "BY", 2, to_pl(2), &adoption(&corrected)).await.unwrap();
    let told = format!(
        "another text of this regime stands adopted, and is not left by this: edition 3, digest {}, towards PL. ",
        first.head.digest.short()
    );
    assert!(drafted.faults.iter().any(|fault| fault.rule.starts_with(&told)), "{:?}", drafted.faults);
    adopt(&world, "BY", 3, &["PL"], &corrected).await;
    adopt(&world, "PL", 3, &["BY"], &corrected).await;
    for code in ["BY", "PL"] {
        let all = bonds(&world, code).await;
        let line = |bond: &calls::Bond| {
            (bond.regime_digest.to_vec(), bond.days_by_text.to_vec(), bond.restraints.len())
        };
        let (earlier, last) = (first.head.digest.0.to_vec(), corrected.head.digest.0.to_vec());
        let wanted = [(earlier, last.clone(), 1), (last, Vec::new(), 0)];
        assert_eq!(all.iter().map(line).collect::<Vec<_>>(), wanted, "{code}");
    }
    for (thread, cited) in [(4, &first), (5, &corrected)] {
        send(&world, "BY", thread, citing(cited, thread, &["PL"]), &notice(12_000)).await;
        both_settled(&world, "BY", "PL").await;
        let (here, there) = (check(&world, "BY", thread, 0).await, check(&world, "PL", thread, 0).await);
        assert_eq!(here, there);
        assert_eq!(there.bound, ["PL"]);
        assert!(there.other_editions.is_empty());
    }
    let desk = world.state("PL").desk_directory("watch").display().to_string();
    let words = ["regime", "parties", "neighbours", "--as", &desk];
    let shown = crate::officer_program::printed(&words).await;
    assert_eq!(shown.matches("BY and PL are bound to each other by edition 3 since ").count(), 2, "{shown}");
    let told = format!(
        "binds what cites it, with the duties that this brings about; a day of the year brings about its own by the text \
         {} alone",
        corrected.head.digest
    );
    assert_eq!(shown.matches(&told).count(), 1, "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_says_that_the_author_did_not_adopt_what_it_cites_where_the_addressee_did() {
    let world = World::new(&["BY", "PL"]).await;
    let text = NEIGHBOURS.replacen("edition = 3", "edition = 4", 1);
    let (earlier, later) = (parsed(NEIGHBOURS.as_bytes()), parsed(text.as_bytes()));
    for code in ["BY", "PL"] {
        hold(&world, code, text.as_bytes()).await;
    }
    adopt(&world, "BY", 1, &["PL"], &earlier).await;
    adopt(&world, "PL", 1, &["BY"], &earlier).await;
    adopt(&world, "PL", 2, &["BY"], &later).await;
    send(&world, "BY", 3, citing(&later, 3, &["PL"]), &notice(12_000)).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let check = check(&world, code, 3, 0).await;
        assert!(check.bound.is_empty() && check.other_editions.is_empty(), "{code}");
        assert_eq!(check.not_adopted_by_author, ["PL"], "{code}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_says_that_the_author_left_what_it_cites_where_it_did() {
    let world = World::new(&["BY", "PL"]).await;
    let regime = parsed(NEIGHBOURS.as_bytes());
    for code in ["BY", "PL"] {
        hold(&world, code, NEIGHBOURS.as_bytes()).await;
    }
    let to_pl = |thread| calls::Heading { action: vec![addressee("PL")], ..heading(thread) };
    let adopted = send(&world, "BY", 1, to_pl(1), &adoption(&regime)).await.message_digest;
    adopt(&world, "PL", 1, &["BY"], &regime).await;
    both_settled(&world, "BY", "PL").await;
    let leaves = format!(
        "from = \"2024-01-01T00:00 Z\"\n[adoption]\nmessage_digest = \"{}\"\n",
        hex::encode(&adopted)
    );
    send(&world, "BY", 2, to_pl(2), &crate::officer::form(Kind::Withdrawal, &leaves)).await;
    both_settled(&world, "BY", "PL").await;
    world.clock.set(world.clock.now().plus_ms(60_000));
    send(&world, "BY", 3, citing(&regime, 3, &["PL"]), &notice(12_000)).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let check = check(&world, code, 3, 0).await;
        assert!(check.bound.is_empty(), "{code}");
        assert_eq!(
            (check.not_adopted_by_author, check.left_by_author),
            (vec!["PL".into()], vec!["PL".into()])
        );
    }
}

#[test]
fn what_a_party_suspended_by_a_word_to_us_alone_is_not_said_to_be_towards_another() {
    let seen = |seen: Seen| {
        let plain = restraint("BY", Some("2"), How::Suspended);
        let spoken = plain.spoken.map(|spoken| Spoken { seen, ..spoken });
        Restraint { spoken, ..plain }.sentence()
    };
    let since = "since 2031-01-01T00:00:00.000Z";
    assert_eq!(
        seen(Seen::AsToldHere),
        format!(
            "2 suspended by BY {since}, as it told this Party, and not known here whether PL as well: does not bind BY"
        )
    );
    assert_eq!(
        seen(Seen::ToldEachOther),
        format!("2 suspended by BY towards PL {since}, as it told this Party: does not bind BY")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_a_suspension_between_two_others_is_towards_is_said_as_far_as_it_went_there() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    let regime = parsed(NEIGHBOURS.as_bytes());
    adopt(&world, "BY", 1, &["PL", "OSCE"], &regime).await;
    let heading_to = |thread: u8, to: &[&str]| calls::Heading {
        action: to.iter().map(|code| addressee(code)).collect(),
        ..heading(thread)
    };
    let adopted = send(&world, "PL", 1, heading_to(1, &["BY", "OSCE"]), &adoption(&regime)).await;
    settled(&world, &[("BY", "PL"), ("OSCE", "PL")]).await;
    for (number, to, is_known) in [(2u8, &["OSCE"][..], false), (3, &["BY", "OSCE"][..], true)] {
        let suspends = Content::Suspension(Suspension {
            adoption: by_digest(&adopted.message_digest),
            provisions: vec![number.to_string()],
            from: When::new("2024-01-01T00:00", "Z"),
            reason: Prose("for now".into()),
            ..Suspension::default()
        });
        send(&world, "PL", number, heading_to(number, to), &suspends).await;
        settled(&world, &[("BY", "PL"), ("OSCE", "PL")]).await;
        let bond = bonds(&world, "OSCE").await.into_iter().find(|bond| bond.one == "BY").unwrap();
        assert!(bond.other == "PL" && bond.addressed_to_each_other);
        let provision = number.to_string();
        let restraint = bond.restraints.iter().find(|one| one.provision.as_ref() == Some(&provision));
        assert_eq!(restraint.unwrap().not_known_towards, !is_known, "{provision}");
    }
    let at_by = bonds(&world, "BY").await.into_iter().find(|bond| bond.other == "PL").unwrap();
    assert_eq!(at_by.restraints.len(), 1, "what PL told OSCE alone is nothing to BY");
}
