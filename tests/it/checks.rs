//! Checks between real nodes: both ends are told the same of what is counted, of what belongs together, and
//! of who is bound by which text.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::regime::{built_in, read};
use detente::domain::adoption::{Adoption, Nature};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::exercise::{SameActivity, SameActivityPosition};
use detente::domain::form::{MessageDigest, MessageReference, When};
use detente::domain::formatted::{Field, Fields, Formatted, Stated};
use detente::domain::regime::Regime;

use crate::officer::{addressee, form, heading, messages, regimes, send, show};
use crate::talk::both_settled;
use crate::world::{Medium, World};

fn text(name: &str) -> &'static [u8] {
    built_in::file(name).expect("it is built in")
}

pub fn parsed(text: &[u8]) -> Regime {
    read(text, &built_in::parent).expect("a regime")
}

pub async fn hold(world: &World, code: &str, text: &[u8]) {
    let desk = world.desk(code, "drafter");
    let asked =
        calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: Bytes::copy_from_slice(text) };
    regimes(&desk).hold(asked).await.expect("it is held");
}

pub fn citing(regime: &Regime, thread: u8, to: &[&str]) -> calls::Heading {
    calls::Heading {
        action: to.iter().map(|code| addressee(code)).collect(),
        regime: Some(evidence::RegimeCitation {
            name: regime.head.name.clone(),
            digest: regime.head.digest.0.to_vec().into(),
            provision: "its rules".into(),
        }),
        ..heading(thread)
    }
}

pub fn adoption(regime: &Regime) -> Content {
    Content::Adoption(Adoption {
        regime: regime.head.name.clone(),
        edition: Some(regime.head.edition),
        regime_digest: Some(MessageDigest(regime.head.digest)),
        from: When::new("2024-01-01T00:00", "Z"),
        nature: Some(Nature::Political),
        ..Adoption::default()
    })
}

/// Takes part, towards one other.
pub async fn adopt(world: &World, code: &str, number: u8, to: &str, regime: &Regime) {
    let heading = calls::Heading { action: vec![addressee(to)], ..heading(number) };
    send(world, code, number, heading, &adoption(regime)).await;
    both_settled(world, code, to).await;
}

/// Who is bound to whom by which edition, as a Party's node says.
async fn bonds(world: &World, code: &str, regime: &str) -> Vec<(String, String, u64)> {
    let asked = calls::ListAdoptersRequest { regime: regime.into(), as_of_ms: None };
    let answer = regimes(&world.desk(code, "drafter")).list_adopters(asked).await.unwrap().into_inner();
    answer.bonds.into_iter().map(|bond| (bond.one, bond.other, bond.edition)).collect()
}

/// The check of a message of a thread, counted from its end, as a Party sees it.
pub async fn check(world: &World, code: &str, thread: u8, from_the_end: usize) -> calls::RegimeCheck {
    let mut messages = show(world, code, &vec![thread; 16].into(), 0).await.messages;
    let at = messages.len() - 1 - from_the_end;
    messages.remove(at).check.expect("it cites a regime")
}

pub fn lines(check: &calls::RegimeCheck) -> Vec<&str> {
    check.lines.iter().map(|line| line.text.as_str()).collect()
}

#[track_caller]
pub fn says(check: &calls::RegimeCheck, wanted: &str) {
    assert!(lines(check).iter().any(|line| line.contains(wanted)), "{wanted}\nin\n{:#?}", lines(check));
}

/// A notice of so many troops, for that autumn.
pub fn notice(troops: u64) -> Content {
    form(
        Kind::Notification,
        &format!(
            "designation = \"Autumn\"\nnotice = \"in advance\"\nstart = \"2031-09-15 Europe/Minsk\"\n\
             end = \"2031-09-20 Europe/Minsk\"\n[[land.figures]]\nwhat = \"troops\"\nnumber = {troops}\n"
        ),
    )
}

fn same_activity(position: SameActivityPosition, party: &str, thread: u8) -> Content {
    Content::SameActivity(SameActivity {
        position: Some(position),
        other_party: party.into(),
        other_thread: Some(detente::domain::form::OtherThread(ThreadId([thread; 16]))),
        ..SameActivity::default()
    })
}

fn refers_to(digest: &Bytes) -> Stated {
    let message_digest = Digest::from_slice(digest).map(MessageDigest);
    Stated::Reference(MessageReference { message_digest, ..MessageReference::default() })
}

fn formatted(regime: &Regime, code: &str, about: (&str, &Bytes), said: (&str, &str)) -> Content {
    let field = |name: &str, stated| Field { name: name.into(), stated };
    Content::Formatted(Formatted {
        regime: regime.head.name.clone(),
        regime_digest: Some(MessageDigest(regime.head.digest)),
        format: code.into(),
        fields: Fields(vec![
            field(about.0, refers_to(about.1)),
            field(said.0, Stated::Texts(vec![said.1.into()])),
        ]),
        to_follow: Vec::new(),
        not_known: Vec::new(),
    })
}

/// C5: a notice under a regime of two, and a clarification that is asked for and given.
async fn the_winter_exercise(medium: Medium) {
    let world = World::on(medium, &["IN", "PK"]).await;
    let file = text("india-pakistan-1991");
    let regime = parsed(file);
    hold(&world, "IN", file).await;
    hold(&world, "PK", file).await;

    adopt(&world, "IN", 1, "PK", &regime).await;
    for code in ["IN", "PK"] {
        assert!(bonds(&world, code, &regime.head.name).await.is_empty(), "one alone is bound to nobody");
    }
    adopt(&world, "PK", 1, "IN", &regime).await;
    for code in ["IN", "PK"] {
        let bound = [("IN".to_owned(), "PK".to_owned(), 1)];
        assert_eq!(bonds(&world, code, &regime.head.name).await, bound, "{code}");
    }

    let notice = form(Kind::Notification, include_str!("cases/c5-notification.toml"));
    let sent = send(&world, "IN", 2, citing(&regime, 2, &["PK"]), &notice).await;
    both_settled(&world, "IN", "PK").await;
    let (here, there) = (check(&world, "IN", 2, 0).await, check(&world, "PK", 2, 0).await);
    assert_eq!(here, there);
    assert_eq!(there.bound, ["PK"]);
    for wanted in [
        "Threshold, exercise of a corps: reached [article on land exercises]",
        "Lead time, exercise of a corps: can't be judged, lacking: the day; only the month is stated (start)",
        "Addressees, the other side: all are there",
    ] {
        says(&there, wanted);
    }

    let about = ("notice", &sent.message_digest);
    let request = formatted(&regime, "clarification-request", about, ("questions", "Which divisions?"));
    let asked = send(&world, "PK", 3, citing(&regime, 2, &["IN"]), &request).await;
    both_settled(&world, "IN", "PK").await;
    let about = ("request", &asked.message_digest);
    let answer = formatted(&regime, "clarification", about, ("answers", "Three."));
    send(&world, "IN", 4, citing(&regime, 2, &["PK"]), &answer).await;
    both_settled(&world, "IN", "PK").await;
    let thread = |messages: Vec<calls::ThreadMessage>| -> Vec<calls::RegimeCheck> {
        messages.into_iter().filter_map(|message| message.check).collect()
    };
    let here = thread(show(&world, "IN", &vec![2; 16].into(), 0).await.messages);
    let there = thread(show(&world, "PK", &vec![2; 16].into(), 0).await.messages);
    assert_eq!(here, there);
    let answered = here.iter().find(|check| lines(check)[0].contains("Clarification of a notice"));
    let answered = answered.expect("the clarification");
    says(answered, "Must come after a message of format clarification-request: is here, and referred to");
    says(answered, "Fields of the format: as the format asks");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_and_its_clarification_go_under_the_regime_of_two_parties() {
    the_winter_exercise(Medium::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_and_its_clarification_go_under_the_regime_of_two_parties_on_kafka() {
    the_winter_exercise(Medium::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_counts_towards_a_quota_is_counted_alike_at_both_ends_and_before_release() {
    let world = World::new(&["BY", "PL"]).await;
    let file = text("vienna-document-2011");
    let regime = parsed(file);
    hold(&world, "BY", file).await;
    hold(&world, "PL", file).await;
    let first = send(&world, "BY", 1, citing(&regime, 1, &["PL"]), &notice(14_000)).await;
    both_settled(&world, "BY", "PL").await;
    // In one instant it could not be told which of the two was first.
    world.clock.set(world.clock.now().plus_ms(60_000));

    let drafted = crate::officer::draft(&world, "BY", 2, citing(&regime, 2, &["PL"]), &notice(15_000)).await;
    let drafted = drafted.unwrap();
    let desk = world.desk("BY", "releaser");
    let asked = calls::ShowDraftRequest { draft: vec![2; 16].into(), ..Default::default() };
    let before = messages(&desk).show_draft(asked).await.unwrap().into_inner().check.unwrap();
    crate::officer::release(&desk, 2, &drafted.digest, true).await.unwrap();
    both_settled(&world, "BY", "PL").await;

    let second = format!(
        "BY, in 2031: 2 with this one, of at most 6: within it, by what is held here: BY {}",
        first.number
    );
    let (here, there) = (check(&world, "BY", 2, 0).await, check(&world, "PL", 2, 0).await);
    says(&before, &second);
    assert_eq!(before.lines, here.lines);
    assert_eq!(here, there);
    // The first is still the first.
    for code in ["BY", "PL"] {
        says(&check(&world, code, 1, 0).await, "BY, in 2031: 1 with this one, of at most 6: within it");
    }
    // What was taken back before counts no more, whatever the word that does so cites.
    let digest = hex::encode(&first.message_digest);
    let word = form(Kind::MessageWithdrawal, &format!("[withdraws]\nmessage_digest = \"{digest}\""));
    world.clock.set(world.clock.now().plus_ms(60_000));
    send(&world, "BY", 3, heading(1), &word).await;
    world.clock.set(world.clock.now().plus_ms(60_000));
    send(&world, "BY", 4, citing(&regime, 3, &["PL"]), &notice(16_000)).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        says(&check(&world, code, 3, 0).await, "BY, in 2031: 2 with this one, of at most 6: within it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_counts_no_notice_that_its_author_cancelled_or_put_off_whatever_that_word_cites() {
    let world = World::new(&["BY", "PL"]).await;
    let file = text("vienna-document-2011");
    let regime = parsed(file);
    hold(&world, "BY", file).await;
    hold(&world, "PL", file).await;
    let later = async || world.clock.set(world.clock.now().plus_ms(60_000));
    let mut digests = Vec::new();
    for number in 1..=3 {
        let sent = send(&world, "BY", number, citing(&regime, number, &["PL"]), &notice(14_000)).await;
        digests.push(hex::encode(&sent.message_digest));
        later().await;
    }
    says(&check(&world, "BY", 3, 0).await, "BY, in 2031: 3 with this one");
    // The one is cancelled, the other put off into another year; neither word cites any rules.
    let names = |field: &str, digest: &str| format!("[{field}]\nmessage_digest = \"{digest}\"\n");
    let cancelled = format!("reason = \"Floods.\"\n{}", names("cancels", &digests[0]));
    send(&world, "BY", 4, heading(1), &form(Kind::Cancellation, &cancelled)).await;
    later().await;
    let put_off = format!(
        "{}[notification]\ndesignation = \"Autumn\"\nnotice = \"in advance\"\n\
         start = \"2033-09-15 Europe/Minsk\"\nend = \"2033-09-20 Europe/Minsk\"\n\
         [[notification.land.figures]]\nwhat = \"troops\"\nnumber = 14000\n",
        names("amends", &digests[1])
    );
    send(&world, "BY", 5, heading(2), &form(Kind::Amendment, &put_off)).await;
    later().await;
    send(&world, "BY", 6, citing(&regime, 4, &["PL"]), &notice(14_000)).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        says(&check(&world, code, 4, 0).await, "BY, in 2031: 2 with this one");
        // As it was when that one was released.
        says(&check(&world, code, 3, 0).await, "BY, in 2031: 3 with this one");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_of_one_activity_are_summed_alike_at_all_ends_until_somebody_contests_it() {
    let world = World::new(&["BY", "PL", "LT"]).await;
    let file = text("vienna-document-2011");
    let regime = parsed(file);
    let all = ["BY", "PL", "LT"];
    let pairs = [("BY", "PL"), ("BY", "LT"), ("PL", "LT")];
    for code in all {
        hold(&world, code, file).await;
    }
    let settled = async || {
        for (one, other) in pairs {
            both_settled(&world, one, other).await;
        }
    };
    send(&world, "BY", 1, citing(&regime, 1, &["PL", "LT"]), &notice(7_000)).await;
    send(&world, "PL", 1, citing(&regime, 2, &["BY", "LT"]), &notice(6_000)).await;
    settled().await;
    let alone = check(&world, "LT", 1, 0).await;
    assert!(!lines(&alone).iter().any(|line| line.contains("Same activity")));

    world.clock.set(world.clock.now().plus_ms(60_000));
    let stated = same_activity(SameActivityPosition::Stated, "BY", 1);
    send(&world, "PL", 2, citing(&regime, 2, &["BY", "LT"]), &stated).await;
    settled().await;
    let told = check(&world, "BY", 1, 0).await;
    says(&told, "Same activity, troops: 13000 declared in sum of 2 notices");
    says(&told, "Same activity, class, of the size that is observed: reached");
    says(&told, "Same activity, threshold, observation: reached in sum; this notice alone: can't be judged");
    for code in ["PL", "LT"] {
        assert_eq!(check(&world, code, 1, 0).await, told, "{code}");
    }
    // From the other notice the sum is the same.
    says(&check(&world, "LT", 2, 1).await, "Same activity, troops: 13000 declared in sum of 2 notices");

    world.clock.set(world.clock.now().plus_ms(60_000));
    let contested = same_activity(SameActivityPosition::Contested, "PL", 2);
    send(&world, "BY", 2, citing(&regime, 1, &["PL", "LT"]), &contested).await;
    settled().await;
    for code in all {
        let told = check(&world, code, 1, 1).await;
        says(&told, "stated by PL, contested by BY, and not summed");
        assert!(!lines(&told).iter().any(|line| line.contains("in sum")), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_on_different_versions_are_bound_by_none_until_both_adopt_one() {
    let world = World::new(&["BY", "PL"]).await;
    let first = include_str!("cases/regime/neighbours.toml");
    let second = first.replace("edition = 3", "edition = 4").replace("at_least = 30", "at_least = 35");
    let (old, new) = (parsed(first.as_bytes()), parsed(second.as_bytes()));
    hold(&world, "BY", first.as_bytes()).await;
    hold(&world, "BY", second.as_bytes()).await;
    hold(&world, "PL", first.as_bytes()).await;
    adopt(&world, "BY", 1, "PL", &new).await;
    adopt(&world, "PL", 1, "BY", &old).await;
    for code in ["BY", "PL"] {
        assert!(bonds(&world, code, "neighbours").await.is_empty(), "{code}");
    }
    send(&world, "BY", 2, citing(&new, 2, &["PL"]), &notice(12_000)).await;
    both_settled(&world, "BY", "PL").await;
    // Delivered and shown, and checked only where that very text is held.
    let (here, there) = (check(&world, "BY", 2, 0).await, check(&world, "PL", 2, 0).await);
    assert!(here.held && !there.held && there.lines.is_empty());
    says(&here, "every bound Party, for action: this text binds nobody to the author");

    // In one instant it could not be told which of the two was first.
    world.clock.set(world.clock.now().plus_ms(60_000));
    adopt(&world, "BY", 3, "PL", &old).await;
    for code in ["BY", "PL"] {
        assert_eq!(bonds(&world, code, "neighbours").await, [("BY".to_owned(), "PL".to_owned(), 3)]);
    }
    send(&world, "BY", 4, citing(&old, 4, &["PL"]), &notice(12_000)).await;
    both_settled(&world, "BY", "PL").await;
    let (here, there) = (check(&world, "BY", 4, 0).await, check(&world, "PL", 4, 0).await);
    assert_eq!(here, there);
    assert_eq!(there.bound, ["PL"]);
    // Under whichever edition it was said, it counts.
    says(&there, "BY, in 2031: 2 with this one, of at most 2: within it");
}

const LAKES: &str = r#"
regime = "lakes"
edition = 1
title.en = "Understanding on the lakes"
source = "made up"
nature = "political"

[[quota]]
name = "calendars"
label.en = "calendars"
for = ["calendar"]
at_most = 1
in = 1
unit = "calendar years"
counted_for = "sender"
paragraph = "para 1"
checked = true
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_calendar_counts_no_more_once_one_under_other_rules_takes_its_place() {
    let world = World::new(&["BY", "PL"]).await;
    let regime = parsed(LAKES.as_bytes());
    hold(&world, "BY", LAKES.as_bytes()).await;
    hold(&world, "PL", LAKES.as_bytes()).await;
    let later = async || world.clock.set(world.clock.now().plus_ms(60_000));
    let nil = |year: u16| form(Kind::Calendar, &format!("year = {year}\nholds = \"nil\"\n"));
    send(&world, "BY", 1, citing(&regime, 1, &["PL"]), &nil(2031)).await;
    later().await;
    send(&world, "BY", 2, citing(&regime, 2, &["PL"]), &nil(2032)).await;
    both_settled(&world, "BY", "PL").await;
    let counted = async |thread: u8, wanted: &str| {
        for code in ["BY", "PL"] {
            says(&check(&world, code, thread, 0).await, wanted);
        }
    };
    counted(2, ": 2 with this one, of at most 1").await;
    later().await;
    // It says nothing under these rules any more.
    send(&world, "BY", 3, heading(1), &nil(2031)).await;
    later().await;
    send(&world, "BY", 4, citing(&regime, 3, &["PL"]), &nil(2033)).await;
    both_settled(&world, "BY", "PL").await;
    counted(3, ": 2 with this one, of at most 1").await;
    // As it was when that one was released.
    counted(2, ": 2 with this one, of at most 1").await;
}
