//! Provisions that a text of rules does not have, told before release and marked at both ends; and what of rules a
//! custodian or drafter is told by the program.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::adoption::{Reservation, Suspension};
use detente::domain::content::Content;
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, MessageReference, Prose, When};

use crate::checks::{adoption, citing, hold, notice, parsed};
use crate::officer::{addressee, draft, heading, send, show};
use crate::officer_program::{object, printed, refused, written};
use crate::talk::both_settled;
use crate::world::{Medium, World};

const NEIGHBOURS: &str = include_str!("cases/regime/neighbours.toml");

fn fields(faults: &[calls::Fault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.field.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provision_that_the_text_does_not_have_is_a_fault_before_release_and_marked_at_both_ends() {
    let world = World::new(&["BY", "PL"]).await;
    let regime = parsed(NEIGHBOURS.as_bytes());
    for code in ["BY", "PL"] {
        hold(&world, code, NEIGHBOURS.as_bytes()).await;
    }
    let to = |thread| calls::Heading { action: vec![addressee("PL")], ..heading(thread) };
    let Content::Adoption(mut form) = adoption(&regime) else { panic!() };
    let reserves = |provision: &str| Reservation { provision: provision.into(), text: Prose("Not.".into()) };
    form.reservations = vec![reserves("5"), reserves("East l")];
    form.from = When::at(world.clock.now());
    let content = Content::Adoption(form);
    let drafted = draft(&world, "BY", 1, to(1), &content).await.unwrap();
    assert_eq!(fields(&drafted.faults), ["reservations[2].provision"]);
    let adopted = send(&world, "BY", 1, to(1), &content).await;

    let message_digest = Digest::from_slice(&adopted.message_digest).map(MessageDigest);
    let suspends = Content::Suspension(Suspension {
        adoption: MessageReference { message_digest, ..MessageReference::default() },
        provisions: vec!["para 99".into(), "2".into()],
        from: When::at(world.clock.now()),
        reason: Prose("For now.".into()),
        ..Suspension::default()
    });
    let drafted = draft(&world, "BY", 2, to(1), &suspends).await.unwrap();
    assert_eq!(fields(&drafted.faults), ["provisions[1]"]);
    send(&world, "BY", 2, to(1), &suspends).await;

    for (number, provision, is_fault) in [(3, "para 777", true), (4, "2", false), (5, "", false)] {
        let mut cited = citing(&regime, number, &["PL"]);
        cited.regime.as_mut().unwrap().provision = provision.into();
        let drafted = draft(&world, "BY", number, cited.clone(), &notice(900)).await.unwrap();
        let is_told = fields(&drafted.faults).contains(&"heading.regime.provision");
        assert_eq!(is_told, is_fault, "{:?}", drafted.faults);
        send(&world, "BY", number, cited, &notice(900)).await;
    }
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let of = async |thread: u8| show(&world, code, &vec![thread; 16].into(), 0).await.messages;
        let words = of(1).await;
        assert_eq!(fields(&words[0].faults), ["reservations[2].provision"]);
        assert_eq!(fields(&words[1].faults), ["provisions[1]"]);
        assert!(fields(&of(3).await[0].faults).contains(&"heading.regime.provision"));
    }
}

#[test]
fn a_provision_beside_those_of_a_text_may_be_one_of_the_agreement() {
    let regime = parsed(detente::codec::regime::built_in::file("vienna-document-2011").unwrap());
    for (provision, may) in [
        ("chapter V", true),
        ("chapter V, para 40", true),
        ("chapter V, para 40.1.2", true),
        ("chapter V, para 39", true),
        ("chapter III, para 16.2", true),
        ("para 777", false),
        ("chapter", false),
        ("East l", false),
        ("", false),
    ] {
        assert_eq!(regime.may_have(provision), may, "{provision}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_shows_the_text_that_a_node_holds_and_tells_of_a_party_that_is_not_known() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let desk = |role: &str| world.state("PL").desk_directory(role).display().to_string();
    let (drafter, custodian) = (desk("drafter"), desk("custodian"));
    let why = refused(&["regime", "show", "neighbours", "--as", &drafter]).await;
    assert!(why.contains("no regime neighbours is held at that node"), "{why}");
    hold(&world, "PL", NEIGHBOURS.as_bytes()).await;
    let file = written(folder.path(), "neighbours.toml", NEIGHBOURS);
    let of_file = printed(&["regime", "show", &file]).await;
    let digest = Digest::of(NEIGHBOURS.as_bytes()).to_string();
    for named in ["neighbours", &digest[..12]] {
        assert_eq!(printed(&["regime", "show", named, "--as", &drafter]).await, of_file);
    }
    let source = printed(&["regime", "show", "neighbours", "--source", "--as", &drafter]).await;
    assert_eq!(source.trim_end(), NEIGHBOURS.trim_end());
    let second = NEIGHBOURS.replace("edition = 3", "edition = 4");
    hold(&world, "PL", second.as_bytes()).await;
    let why = refused(&["regime", "show", "neighbours", "--as", &drafter]).await;
    assert!(why.contains("say which by digest") && why.contains(&digest), "{why}");

    let hold = |party| {
        let words =
            ["regime", "function", "hold", "neighbours", "chair", party, "--from", "2031-01-01T00:00:00Z"];
        words.into_iter().chain(["--source", "Note 12", "--as", &custodian]).collect::<Vec<_>>()
    };
    let unknown = "is no Party that is known here";
    assert!(printed(&hold("ZZ")).await.contains(&format!("ZZ {unknown}")));
    assert_eq!(object(&hold("BY")).await["marks"], serde_json::json!([]));
    let proposals = printed(&["proposal", "list", "--as", &custodian]).await;
    assert_eq!(proposals.matches(unknown).count(), 1, "{proposals}");

    // What no draft takes, no check takes.
    let toml = detente::cli::form::to_toml(&notice(12_000)).replace("12000", "1000000000000");
    let form = written(folder.path(), "notification.toml", &toml);
    let check = ["exercise", "check", &form, "--kind", "notification", "--regime", &file];
    let why = refused(&check).await;
    assert!(why.contains("land.figures[1].number") && why.contains("999999999999"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_regime_or_a_function_of_it_that_is_not_known_is_said_to_be_so_and_those_that_are_named() {
    let world = World::on_real_time(Medium::Embedded, &["PL"]).await;
    let drafter = world.state("PL").desk_directory("drafter").display().to_string();
    hold(&world, "PL", NEIGHBOURS.as_bytes()).await;
    let parties = |name| ["regime", "parties", name, "--as", drafter.as_str()];
    // A mistake of whoever asks, with the exit code of every other.
    let shown = refused(&parties("neihgbours")).await;
    let told = "no regime of the name neihgbours is known here: no text of it is held or built in, and no Party said \
                that it adopts it; known are: neighbours, ";
    assert!(shown.contains(told) && shown.contains("open-skies"), "{shown}");
    assert_eq!(refused(&[&parties("neihgbours")[..], &["--json"][..]].concat()).await, shown);
    for known in ["neighbours", "open-skies"] {
        let shown = printed(&parties(known)).await;
        assert_eq!(shown, format!("no Party has told this one that it takes part in {known}\n"));
    }

    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "neighbours.toml", NEIGHBOURS);
    let form = written(folder.path(), "notice.toml", &detente::cli::form::to_toml(&notice(12_000)));
    let check = ["exercise", "check", &form, "--kind", "notification", "--regime", &file, "--held"];
    let with = |held| check.into_iter().chain([held]).collect::<Vec<_>>();
    let why = refused(&with("treasurer=FI")).await;
    assert!(why.contains("--held: neighbours has no function treasurer; it has: chair"), "{why}");
    printed(&with("chair=FI")).await;
}
