//! Who is bound by which rules, between real nodes: both ends say the same of it, and say what has no effect.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::Kind;

use crate::officer;
use crate::officer::{addressee, filled, heading, regimes, send};
use crate::talk::both_settled;
use crate::world::{Medium, World};

/// An adoption of the made-up regime, in force at once.
pub fn adoption() -> detente::domain::content::Content {
    let toml = detente::cli::form::example(Kind::Adoption).replace("2031-07-01", "2024-01-01");
    officer::form(Kind::Adoption, &toml)
}

async fn adopters(world: &World, code: &str) -> calls::ListAdoptersResponse {
    let asked = calls::ListAdoptersRequest { regime: "river-line-2031".into(), as_of_ms: None };
    regimes(&world.desk(code, "drafter")).list_adopters(asked).await.unwrap().into_inner()
}

fn bonds(answer: &calls::ListAdoptersResponse) -> Vec<(String, String, i64)> {
    let line = |bond: &calls::Bond| (bond.one.clone(), bond.other.clone(), bond.since_ms);
    answer.bonds.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_ends_say_alike_who_is_bound_and_since_when() {
    let world = World::new(&["BY", "PL"]).await;
    assert!(bonds(&adopters(&world, "BY").await).is_empty());
    send(&world, "BY", 1, heading(1), &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    assert!(bonds(&adopters(&world, "BY").await).is_empty(), "one alone is bound to nobody");
    world.clock.set(world.clock.now().plus_ms(3_600_000));
    let to_by = calls::Heading { action: vec![addressee("BY")], ..heading(2) };
    send(&world, "PL", 2, to_by, &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    let (here, there) = (adopters(&world, "BY").await, adopters(&world, "PL").await);
    assert_eq!(bonds(&here), bonds(&there));
    assert_eq!(bonds(&here), [("BY".into(), "PL".into(), world.clock.now().0)]);
    assert_eq!(here.parties, there.parties);
    let then = calls::ListAdoptersRequest { regime: "river-line-2031".into(), as_of_ms: Some(0) };
    let then = regimes(&world.desk("BY", "drafter")).list_adopters(then).await.unwrap().into_inner();
    assert_eq!((then.parties.len(), then.bonds.len()), (0, 0), "nobody was bound in 1970");
    assert!(here.bonds[0].of_own_will.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_and_is_not_yet_in_force_is_listed_with_its_date_at_both_ends() {
    let world = World::new(&["BY", "PL"]).await;
    let (now, hour) = (world.clock.now(), 3_600_000);
    let later = |toml: &str, from: detente::domain::time::Instant| {
        let from = from.to_string().replace(".000Z", "Z");
        toml.lines()
            .map(|line| {
                if line.starts_with("from = ") { format!("from = \"{from}\"\n") } else { format!("{line}\n") }
            })
            .collect::<String>()
    };
    let toml = later(detente::cli::form::example(Kind::Adoption), now.plus_ms(hour));
    let adopted = send(&world, "BY", 1, heading(1), &officer::form(Kind::Adoption, &toml)).await;
    both_settled(&world, "BY", "PL").await;
    let toml = format!(
        "from = \"{}\"\n[adoption]\nmessage_digest = \"{}\"\n",
        now.plus_ms(5 * hour).to_string().replace(".000Z", "Z"),
        hex::encode(&adopted.message_digest)
    );
    let leaving = send(&world, "BY", 2, heading(1), &officer::form(Kind::Withdrawal, &toml)).await;
    both_settled(&world, "BY", "PL").await;
    let told = |answer: &calls::ListAdoptersResponse| {
        let line = |one: &calls::AnnouncedWord| (one.kind.clone(), one.message_digest.clone(), one.from_ms);
        answer.announced.iter().map(line).collect::<Vec<_>>()
    };
    let adoption = ("regime.adoption".to_owned(), adopted.message_digest.clone(), now.plus_ms(hour).0);
    let leaving = ("regime.withdrawal".to_owned(), leaving.message_digest, now.plus_ms(5 * hour).0);
    for code in ["BY", "PL"] {
        let answer = adopters(&world, code).await;
        assert!(answer.parties.is_empty());
        assert_eq!(told(&answer), [adoption.clone(), leaving.clone()], "{code}");
    }
    world.clock.set(now.plus_ms(2 * hour));
    for code in ["BY", "PL"] {
        let answer = adopters(&world, code).await;
        assert_eq!((answer.parties.len(), told(&answer)), (1, vec![leaving.clone()]), "{code}");
    }
    world.clock.set(now.plus_ms(6 * hour));
    assert_eq!(adopters(&world, "PL").await, calls::ListAdoptersResponse::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_lists_what_was_told_and_begins_later_under_who_takes_part_now() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    send(&world, "BY", 1, heading(1), &filled(Kind::Adoption)).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let desk = world.state(code).desk_directory("drafter").display().to_string();
        let words = ["regime", "parties", "river-line-2031", "--as", &desk];
        let shown = crate::officer_program::printed(&words).await;
        let told = "no Party takes part in river-line-2031\nTold, and not yet in force:\n\
            BY takes part in edition 1 from 2031-07-01T00:00:00.000Z, with a reservation to 4.2\n  told by  ";
        assert!(shown.starts_with(told), "{code}: {shown}");
        let told = crate::officer_program::object(&words).await;
        assert_eq!(told["kind"], "announced", "{told}");
        assert_eq!(told["message_kind"], "regime.adoption", "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_binds_nobody() {
    let world = World::new(&["BY", "PL"]).await;
    let drill = calls::Heading {
        traffic: detente::codec::proto::detente::evidence::v1::Traffic::Drill as i32,
        ..heading(1)
    };
    send(&world, "BY", 1, drill, &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    assert!(adopters(&world, "BY").await.parties.is_empty());
    assert!(adopters(&world, "PL").await.parties.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_suspends_what_another_adopted_is_told_that_it_has_no_effect() {
    let world = World::new(&["BY", "PL"]).await;
    let drafted =
        crate::officer::draft(&world, "BY", 1, heading(1), &filled(Kind::Withdrawal)).await.unwrap();
    let fields: Vec<&str> = drafted.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert!(fields.contains(&"adoption.message_digest"), "{fields:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_adopts_a_text_again_or_one_that_is_not_held_or_in_a_drill_is_told_what_it_does() {
    let world = World::new(&["BY", "PL", "LT"]).await;
    let about = |drafted: &calls::DraftResponse, field: &str| -> Vec<String> {
        let faults = drafted.faults.iter().filter(|fault| fault.field == field);
        faults.map(|fault| fault.rule.clone()).collect()
    };
    let draft = async |number: u8, heading: calls::Heading| {
        crate::officer::draft(&world, "BY", number, heading, &adoption()).await.unwrap()
    };
    let first = draft(1, heading(1)).await;
    let not_held = "no text with this digest is held here: nothing can be checked by it until one is";
    assert_eq!(about(&first, "regime_digest"), [not_held]);
    send(&world, "BY", 2, heading(1), &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    let again = draft(3, heading(2)).await;
    let told = about(&again, "regime_digest");
    assert!(told[1].starts_with("this very text is adopted already towards PL: "), "{told:?}");
    // Towards another Party it is the first.
    let to_lt = calls::Heading { action: vec![addressee("LT")], ..heading(3) };
    assert_eq!(about(&draft(4, to_lt).await, "regime_digest"), [not_held]);
    let drill = calls::Heading {
        traffic: detente::codec::proto::detente::evidence::v1::Traffic::Drill as i32,
        ..heading(4)
    };
    let in_a_drill = draft(5, drill).await;
    let no_effect = "is a drill: it has no effect on who is bound, nor on what is applied";
    assert_eq!(about(&in_a_drill, "heading.traffic"), [no_effect]);
    assert_eq!(about(&in_a_drill, "regime_digest"), [not_held]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_on_rules_is_not_taken_back_as_a_message_and_both_ends_say_so() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let adopted = send(&world, "BY", 1, heading(1), &adoption()).await.message_digest;
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&adopted));
    let withdrawal = officer::form(Kind::MessageWithdrawal, &text);
    let drafted = crate::officer::draft(&world, "BY", 2, heading(1), &withdrawal).await.unwrap();
    let told =
        ("withdraws", "is an adoption: this has no effect on what binds; leave by a regime.withdrawal");
    let says = |fault: &calls::Fault| (fault.field.as_str(), fault.rule.as_str()) == told;
    assert!(drafted.faults.iter().any(says), "{:?}", drafted.faults);
    send(&world, "BY", 3, heading(1), &withdrawal).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let thread = officer::show(&world, code, &vec![1; 16].into(), 0).await.messages;
        assert!(thread.last().unwrap().faults.iter().any(says), "{code}");
        assert_eq!(adopters(&world, code).await.parties.len(), 1, "in force as before");
        let desk = world.state(code).desk_directory("drafter").display().to_string();
        let shown =
            crate::officer_program::printed(&["message", "show", &"01".repeat(16), "--as", &desk]).await;
        assert!(!shown.contains("WITHDRAWN"), "{shown}");
        assert!(shown.contains("Not withdrawn") && shown.contains("has no effect on it"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_from_before_its_release_is_told_before_it_and_at_both_ends_to_count_from_its_receipt() {
    let world = World::new(&["BY", "PL"]).await;
    let of_from = |faults: &[calls::Fault]| -> Vec<String> {
        faults.iter().filter(|fault| fault.field == "from").map(|fault| fault.rule.clone()).collect()
    };
    let told = of_from(&officer::draft(&world, "BY", 1, heading(1), &adoption()).await.unwrap().faults);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("lies before the release: nothing is in force from then"), "{told:?}");
    let later = officer::draft(&world, "BY", 2, heading(1), &filled(Kind::Adoption)).await.unwrap();
    assert!(of_from(&later.faults).is_empty(), "{:?}", later.faults);
    let now = world.clock.now();
    send(&world, "BY", 3, heading(1), &adoption()).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let thread = officer::show(&world, code, &vec![1; 16].into(), 0).await.messages;
        assert_eq!(of_from(&thread[0].faults), told, "{code}");
        assert_eq!(adopters(&world, code).await.parties[0].since_ms, now.0, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_adopts_a_text_again_before_it_is_in_force_is_told_that_it_replaces_it_and_both_ends_list_it() {
    let world = World::new(&["BY", "PL"]).await;
    let first = send(&world, "BY", 1, heading(1), &filled(Kind::Adoption)).await.message_digest;
    both_settled(&world, "BY", "PL").await;
    assert!(adopters(&world, "PL").await.replaced.is_empty());
    world.clock.set(world.clock.now().plus_ms(3_600_000));
    let drafted = officer::draft(&world, "BY", 2, heading(1), &filled(Kind::Adoption)).await.unwrap();
    let told = "this very text is adopted already towards PL (from 2031-07-01T00:00:00.000Z), and that is not in \
                force: this one replaces it";
    assert!(drafted.faults.iter().any(|fault| fault.rule.starts_with(told)), "{:?}", drafted.faults);
    let second = send(&world, "BY", 3, heading(1), &filled(Kind::Adoption)).await.message_digest;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let answer = adopters(&world, code).await;
        let announced: Vec<_> = answer.announced.iter().map(|one| one.message_digest.clone()).collect();
        assert_eq!(announced, std::slice::from_ref(&second), "{code}");
        let expected = calls::ReplacedAdoption {
            party: "BY".into(),
            towards: "PL".into(),
            message_digest: first.clone(),
            by_digest: second.clone(),
        };
        assert_eq!(answer.replaced, [expected], "{code}");
    }
    let first = hex::encode(&first);
    let leaves = format!("from = \"2031-08-01T00:00 Z\"\n[adoption]\nmessage_digest = \"{first}\"\n");
    let leaves = officer::form(Kind::Withdrawal, &leaves);
    let drafted = officer::draft(&world, "BY", 4, heading(1), &leaves).await.unwrap();
    let told = "towards PL another adoption of this text took its place";
    assert!(drafted.faults.iter().any(|fault| fault.rule.starts_with(told)), "{:?}", drafted.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_adopts_a_text_again_before_the_first_word_was_taken_is_told_that_it_replaces_it() {
    let mut world = World::new(&["BY", "PL"]).await;
    world.state_mut("PL").stop().await;
    send(&world, "BY", 1, heading(1), &adoption()).await;
    let drafted = officer::draft(&world, "BY", 2, heading(1), &adoption()).await.unwrap();
    let told = "this very text is adopted already towards PL (not taken there yet), and that is not in force";
    assert!(drafted.faults.iter().any(|fault| fault.rule.starts_with(told)), "{:?}", drafted.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_suspends_or_leaves_and_does_not_tell_an_addressee_of_the_adoption_is_told_whom() {
    let world = World::new(&["BY", "PL", "LT"]).await;
    let to_both = calls::Heading { action: vec![addressee("PL"), addressee("LT")], ..heading(1) };
    let adopted = send(&world, "BY", 1, to_both.clone(), &adoption()).await.message_digest;
    let about = |name: &str, message: &[u8]| {
        format!("from = \"2031-08-01T00:00 Z\"\n[{name}]\nmessage_digest = \"{}\"\n", hex::encode(message))
    };
    let suspends = format!("reason = \"for now\"\n{}", about("adoption", &adopted));
    let suspends = officer::form(Kind::Suspension, &suspends);
    let suspended = send(&world, "BY", 2, to_both.clone(), &suspends).await.message_digest;
    let resumes = officer::form(Kind::Resumption, &about("suspension", &suspended));
    let leaves = officer::form(Kind::Withdrawal, &about("adoption", &adopted));
    let told = |faults: &[calls::Fault]| -> Vec<String> {
        faults
            .iter()
            .filter(|fault| fault.field == "heading.action")
            .map(|fault| fault.rule.clone())
            .collect()
    };
    let wanted = "leaves out LT, to whom the message went that it is about: towards whoever is not told, nothing is \
                  changed by this";
    for (number, content) in [(3, &suspends), (4, &resumes), (5, &leaves)] {
        let to_one = officer::draft(&world, "BY", number, heading(1), content).await.unwrap();
        assert_eq!(told(&to_one.faults), [wanted]);
        let to_all = officer::draft(&world, "BY", number + 10, to_both.clone(), content).await.unwrap();
        assert!(told(&to_all.faults).is_empty(), "{:?}", to_all.faults);
    }
    send(&world, "BY", 6, heading(1), &leaves).await;
    both_settled(&world, "BY", "PL").await;
    let thread = officer::show(&world, "PL", &vec![1; 16].into(), 0).await.messages;
    assert_eq!(told(&thread.last().unwrap().faults), [wanted]);
}
