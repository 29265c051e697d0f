//! The clock of a reply that a format asks for: the same at both ends, settled by receipts.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::regime;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, Prose};
use detente::domain::formatted::{Field, Fields, Formatted, Stated};
use detente::domain::regime::format::{Reply, ReplyAnchor};
use detente::domain::regime::lead::{Unit, Zone};
use detente::domain::regime::reply::{Answer, Clock, Due, State};
use detente::domain::regime::{Ground, Regime, Standing};
use detente::domain::time::Instant;

use crate::checks::{adopt, citing, hold, parsed};
use crate::officer::{send, show};
use crate::officer_program::{object, printed, written};
use crate::talk::both_settled;
use crate::world::{Medium, World};

const SLUICES: &str = r#"
regime = "sluices"
edition = 1
title.en = "Sluices of the border river"
source = "Invented."
nature = "political"

[[format]]
code = "F2"
title.en = "Closing of the sluice"
reply = { format = "F3", within = 12, unit = "hours", anchor = "receipt" }
paragraph = "para 5"
checked = true

    [[format.field]]
    name = "why"
    type = "text"
    label.en = "Why"

[[format]]
code = "F3"
title.en = "Answer"
paragraph = "para 5"
checked = true

    [[format.field]]
    name = "agreed"
    type = "text"
    label.en = "Agreed"
"#;

const HOUR_MS: i64 = 3_600_000;

fn at(hour: i64) -> Instant {
    Instant(hour * HOUR_MS)
}

fn rule(anchor: ReplyAnchor, unit: Unit, zone: &str) -> Reply {
    let ground = Ground { paragraph: "5".into(), standing: Standing::Checked };
    let zone = if zone.is_empty() { Zone::OfTheAnchor } else { Zone::Named(zone.into()) };
    Reply { format: "F3".into(), within: 12, unit, zone, anchor, ground }
}

fn formatted(regime: &Regime, code: &str, name: &str) -> Formatted {
    let stated = Stated::Text(Prose("as was said".into()));
    Formatted {
        regime: regime.head.name.clone(),
        regime_digest: Some(MessageDigest(regime.head.digest)),
        format: code.into(),
        fields: Fields(vec![Field { name: name.into(), stated }]),
        to_follow: Vec::new(),
        not_known: Vec::new(),
    }
}

fn answer(name: &str, released: i64, received: Option<i64>) -> Answer {
    Answer {
        message: Digest::of(name.as_bytes()),
        number: name.into(),
        released_at: at(released),
        received_at: received.map(at),
    }
}

/// Released at 1, and taken by its addressee at 2: due at 14.
fn clock(answers: &[Answer], now: i64) -> Clock {
    let form = formatted(&parsed(SLUICES.as_bytes()), "F2", "why");
    let by_receipt = rule(ReplyAnchor::Receipt, Unit::Hours, "UTC");
    let regime = parsed(SLUICES.as_bytes());
    Clock::of("PL".parse().unwrap(), (&regime, &by_receipt), (&form, at(1)), Some(at(2)), answers, at(now))
}

#[test]
fn a_reply_is_in_time_by_the_askers_receipt_and_what_came_later_only_by_its_authors_account() {
    let state = |answers: &[Answer], now| clock(answers, now).state;
    assert_eq!(clock(&[], 3).due, Due::At(at(14)));
    assert_eq!((state(&[], 14), state(&[], 15)), (State::NotYet, State::Overdue));
    assert_eq!(state(&[answer("a", 13, Some(14))], 20), State::InTime);
    assert_eq!(state(&[answer("a", 13, Some(15))], 20), State::InTimeByItsAuthor);
    assert_eq!(state(&[answer("a", 13, None)], 20), State::InTimeByItsAuthor);
    assert_eq!(state(&[answer("a", 15, Some(15))], 20), State::Late);
    // Who states that a late one was released early takes nothing from the one that was received first.
    let both = [answer("late", 3, Some(16)), answer("first", 5, Some(6))];
    assert_eq!(clock(&both, 20).answer.unwrap().number, "first");
}

/// Released at 1.
fn due(regime: &Regime, form: &Formatted, rule: &Reply, taken_at: Option<Instant>) -> Due {
    Clock::of("PL".parse().unwrap(), (regime, rule), (form, at(1)), taken_at, &[], at(99)).due
}

/// Warsaw is an hour ahead of UTC then.
#[test]
fn the_days_of_a_reply_end_by_the_wall_of_the_zone_that_its_rule_names() {
    let regime = parsed(SLUICES.as_bytes());
    let mut form = formatted(&regime, "F2", "why");
    let stated = Stated::Date("1970-01-05 Europe/Warsaw".parse().unwrap());
    form.fields.0.push(Field { name: "closes".into(), stated });
    let day = |anchor: &str, zone| {
        let anchor = match anchor {
            "receipt" => ReplyAnchor::Receipt,
            name => ReplyAnchor::Field(name.into()),
        };
        due(&regime, &form, &rule(anchor, Unit::CalendarDays, zone), Some(at(2)))
    };
    let ends = |text: &str| Due::At(Instant::from_rfc3339(text).unwrap());
    assert_eq!(day("receipt", "UTC"), ends("1970-01-13T23:59:59.999Z"));
    assert_eq!(day("receipt", "Europe/Warsaw"), ends("1970-01-13T22:59:59.999Z"));
    assert_eq!(day("closes", "Europe/Warsaw"), ends("1970-01-17T22:59:59.999Z"));
    assert_eq!(day("closes", ""), ends("1970-01-17T22:59:59.999Z"), "of the anchor");
    let hours = rule(ReplyAnchor::Field("closes".into()), Unit::Hours, "UTC");
    assert_eq!(due(&regime, &form, &hours, None), Due::NotTold, "a day is no instant");
}

/// A reply within days, in a regime file of its own.
const IN_DAYS: &str = "within = 12, unit = \"calendar days\", anchor = \"receipt\"";

#[test]
fn a_regime_names_the_zone_of_a_replys_days_and_names_none_for_utc() {
    let with = |reply: &str| SLUICES.replace("within = 12, unit = \"hours\", anchor = \"receipt\"", reply);
    let zone = |reply: &str| {
        let read = regime::read(with(reply).as_bytes(), &regime::built_in::parent);
        read.map(|regime| regime.formats["F2"].reply.as_ref().unwrap().zone.clone())
            .map_err(|fault| fault.what)
    };
    assert_eq!(zone(IN_DAYS), Ok(Zone::Named("UTC".into())));
    let of = |zone: &str| format!("{IN_DAYS}, zone = \"{zone}\"");
    assert_eq!(zone(&of("Europe/Warsaw")), Ok(Zone::Named("Europe/Warsaw".into())));
    let refused = |reply: &str| zone(reply).unwrap_err();
    assert!(refused(&of("Europe/Tarn")).contains("IANA"));
    assert!(refused(&of("of the anchor")).contains("days after an instant need a zone"));
    let hours = "within = 12, unit = \"hours\", anchor = \"receipt\", zone = \"UTC\"";
    assert!(refused(hours).contains("hours go by no zone"));
}

#[test]
fn when_a_reply_is_due_is_told_only_where_its_time_runs_from_an_instant_that_is_held() {
    let regime = parsed(SLUICES.as_bytes());
    let form = formatted(&regime, "F2", "why");
    let due = |anchor, unit, taken_at| due(&regime, &form, &rule(anchor, unit, "UTC"), taken_at);
    assert_eq!(due(ReplyAnchor::Issue, Unit::Hours, None), Due::At(at(13)));
    assert_eq!(due(ReplyAnchor::Receipt, Unit::Hours, None), Due::NoReceipt);
    assert_eq!(
        due(ReplyAnchor::Receipt, Unit::Hours, Some(at(0))),
        Due::At(at(13)),
        "not before the release"
    );
    assert_eq!(due(ReplyAnchor::Receipt, Unit::WorkingDays("none".into()), Some(at(2))), Due::NotTold);
    assert_eq!(due(ReplyAnchor::Field("why".into()), Unit::Hours, Some(at(2))), Due::NotTold);
}

fn referring(regime: &Regime, thread: u8, to: &str, answered: Option<&Bytes>) -> calls::Heading {
    let reference = |digest: &Bytes| evidence::Reference {
        message_digest: digest.clone(),
        relation: evidence::Relation::Answers as i32,
        ..Default::default()
    };
    calls::Heading {
        references: answered.iter().map(|digest| reference(digest)).collect(),
        ..citing(regime, thread, &[to])
    }
}

async fn both_adopt(world: &World, regime: &Regime) {
    for (code, other) in [("BY", "PL"), ("PL", "BY")] {
        adopt(world, code, 100, other, regime).await;
    }
}

/// What is said of replies beside the last message of a thread, at both ends, which agree.
async fn said(world: &World, thread: u8, as_of_ms: i64) -> Vec<String> {
    let mut both = Vec::new();
    for code in ["BY", "PL"] {
        let mut messages = show(world, code, &vec![thread; 16].into(), as_of_ms).await.messages;
        let lines = messages.pop().unwrap().check.unwrap().lines.into_iter().map(|line| line.text);
        let about = |line: &String| line.contains("due ") || line.contains("repl") || line.contains("Repl");
        both.push(lines.filter(about).collect::<Vec<_>>());
    }
    assert_eq!(both[0], both[1]);
    both.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_and_its_reply_say_alike_at_both_ends_when_it_is_due_and_how_it_was_answered() {
    let world = World::new(&["BY", "PL"]).await;
    let regime = parsed(SLUICES.as_bytes());
    for code in ["BY", "PL"] {
        hold(&world, code, SLUICES.as_bytes()).await;
    }
    both_adopt(&world, &regime).await;
    let request = Content::Formatted(formatted(&regime, "F2", "why"));
    let reply = Content::Formatted(formatted(&regime, "F3", "agreed"));
    let begun = world.clock.now();
    let asked = send(&world, "BY", 1, referring(&regime, 1, "PL", None), &request).await;
    both_settled(&world, "BY", "PL").await;
    let due = begun.plus_ms(12 * HOUR_MS);
    let of_request = said(&world, 1, 0).await;
    assert_eq!(of_request[0], "Owed: a reply in format F3 within 12 hours from receipt [para 5]");
    assert_eq!(of_request[1], format!("PL: due {due}; not answered yet [para 5]"));

    world.clock.set(begun.plus_ms(13 * HOUR_MS));
    assert_eq!(said(&world, 1, 0).await[1], format!("PL: due {due}; overdue, not answered [para 5]"));
    assert_eq!(
        said(&world, 1, due.0).await[1],
        format!("PL: due {due}; not answered yet [para 5]"),
        "as of then"
    );

    // In a thread of its own, and still found.
    let late = send(&world, "PL", 1, referring(&regime, 2, "BY", Some(&asked.message_digest)), &reply).await;
    both_settled(&world, "BY", "PL").await;
    let now = world.clock.now();
    let answered = format!("answered late by {}, released {now}, received {now}", late.number);
    assert_eq!(said(&world, 1, 0).await[1], format!("PL: due {due}; {answered} [para 5]"));
    let of_reply = said(&world, 2, 0).await;
    let wanted = format!(
        "Replies to {} of format F2: due {due}; late, released {now}, received {now} [para 5]",
        asked.number
    );
    assert_eq!(of_reply, [wanted]);
    assert_eq!(said(&world, 1, due.0 + 1).await[1], format!("PL: due {due}; overdue, not answered [para 5]"));

    let again = send(&world, "BY", 2, referring(&regime, 3, "PL", None), &request).await;
    both_settled(&world, "BY", "PL").await;
    // What does not refer to it, and what is of another format, is no reply to it.
    send(&world, "PL", 2, referring(&regime, 4, "BY", None), &reply).await;
    send(&world, "PL", 3, referring(&regime, 5, "BY", Some(&again.message_digest)), &request).await;
    both_settled(&world, "BY", "PL").await;
    let due = now.plus_ms(12 * HOUR_MS);
    assert_eq!(said(&world, 3, 0).await[1], format!("PL: due {due}; not answered yet [para 5]"));
    let in_time =
        send(&world, "PL", 4, referring(&regime, 6, "BY", Some(&again.message_digest)), &reply).await;
    both_settled(&world, "BY", "PL").await;
    let answered = format!("answered in time by {}", in_time.number);
    assert!(said(&world, 3, 0).await[1].contains(&answered));

    // A reply that its author took back, and told the asker so, is none.
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&in_time.message_digest));
    let withdrawal = crate::officer::form(Kind::MessageWithdrawal, &text);
    let heading = calls::Heading { regime: None, ..referring(&regime, 6, "BY", None) };
    let back = send(&world, "PL", 5, heading, &withdrawal).await;
    both_settled(&world, "BY", "PL").await;
    assert_eq!(said(&world, 3, 0).await[1], format!("PL: due {due}; not answered yet [para 5]"));
    // Nor does its own check say that it is one.
    for code in ["BY", "PL"] {
        let messages = show(&world, code, &vec![6; 16].into(), 0).await.messages;
        let check = messages[0].check.clone().expect("the reply cites a regime");
        let wanted = format!(
            "Replies to {} of format F2: withdrawn by {}, and no longer a reply [para 5]",
            again.number, back.number
        );
        assert!(check.lines.iter().any(|line| line.text == wanted), "{code}: {check:#?}");
    }

    // No reply is awaited to a request that its author took back: both ends say so, and whoever replies is told.
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&again.message_digest));
    let withdrawal = crate::officer::form(Kind::MessageWithdrawal, &text);
    let heading = calls::Heading { regime: None, ..referring(&regime, 3, "PL", None) };
    let back = send(&world, "BY", 6, heading, &withdrawal).await;
    both_settled(&world, "BY", "PL").await;
    for code in ["BY", "PL"] {
        let messages = show(&world, code, &vec![3; 16].into(), 0).await.messages;
        let check = messages[0].check.clone().expect("the request cites a regime");
        let lines: Vec<&str> = check.lines.iter().map(|line| line.text.as_str()).collect();
        let number = &back.number;
        let wanted =
            format!("PL: the request was withdrawn by {number}, and a reply is no longer awaited [para 5]");
        assert!(lines.contains(&wanted.as_str()), "{code}: {lines:#?}");
        assert!(lines.iter().all(|line| !line.starts_with("Owed: a reply")), "{code}: {lines:#?}");
    }
    let answers = referring(&regime, 7, "BY", Some(&again.message_digest));
    let told = crate::officer::draft(&world, "PL", 7, answers, &reply).await.unwrap().faults;
    let is_told = |one: &calls::Fault| {
        one.field == "heading.references[1]"
            && one.rule == format!("WITHDRAWN by {}: its author took it back", back.number)
    };
    assert!(told.iter().any(is_told), "{told:?}");
}

#[tokio::test]
async fn a_draft_that_answers_a_message_goes_to_its_thread_and_the_program_shows_the_clock() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let regime = written(folder.path(), "sluices.toml", SLUICES);
    for code in ["BY", "PL"] {
        printed(&["regime", "hold", &regime, "--as", &at(code, "drafter")]).await;
    }
    both_adopt(&world, &parsed(SLUICES.as_bytes())).await;
    let form = |code: &str, name: &str| {
        let content = Content::Formatted(formatted(&parsed(SLUICES.as_bytes()), code, name));
        written(folder.path(), &format!("{code}.toml"), &detente::cli::form::to_toml(&content))
    };
    let (request, reply) = (form("F2", "why"), form("F3", "agreed"));
    let (drafter, replier) = (at("BY", "drafter"), at("PL", "drafter"));
    let drafted =
        object(&["regime", "draft", &request, "--kind", "formatted", "--as", &drafter, "--to", "PL"]).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let releaser = at("BY", "releaser");
    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"];
    let released = object(&release).await;
    let (asked, thread) = (released["message"].as_str().unwrap(), released["thread"].as_str().unwrap());
    crate::officer::arrived(&world, "PL", &hex::decode(asked).unwrap().into()).await;

    let owed = "the format asks for a reply in format F3, Answer, within 12 hours from receipt;";
    let mut forms = Vec::new();
    for desk in [&drafter, &replier] {
        forms.push(printed(&["message", "print", asked, "--as", desk]).await);
    }
    assert_eq!(forms[0], forms[1], "the same form at both ends");
    assert!(unwrapped(&forms[0]).contains(owed), "{}", forms[0]);
    let shown = printed(&["message", "show", thread, "--as", &replier]).await;
    assert!(shown.contains("PL: due ") && shown.contains("; not answered yet"), "{shown}");
    let answer = ["regime", "draft", &reply, "--kind", "formatted", "--as", &replier, "--to", "BY"];
    let to = |message: &str| -> Vec<String> {
        answer.iter().copied().chain(["--answers", message]).map(str::to_owned).collect()
    };
    let words = to(asked);
    let drafted = object(&words.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(drafted["thread"], thread);
    let review = printed(&[
        "message",
        "show-draft",
        drafted["draft"].as_str().unwrap(),
        "--as",
        &at("PL", "releaser"),
    ])
    .await;
    assert!(review.contains("of format F2: due ") && review.contains("; not released yet"), "{review}");

    let unknown = to(&"ab".repeat(32));
    let refused =
        crate::officer_program::refused(&unknown.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(refused.contains("that --answers names is not on record here"), "{refused}");
    let alone = object(&answer).await;
    assert_ne!(alone["thread"], thread, "what answers nothing opens a thread of its own");
}

/// A form of 80 columns with its lines joined.
fn unwrapped(form: &str) -> String {
    form.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Days end at one instant, wherever the reader is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_within_days_is_due_at_one_instant_at_both_ends() {
    let world = World::new(&["BY", "PL"]).await;
    let text = SLUICES.replace(
        "within = 12, unit = \"hours\", anchor = \"receipt\"",
        &format!("{IN_DAYS}, zone = \"Europe/Warsaw\""),
    );
    let regime = parsed(text.as_bytes());
    for code in ["BY", "PL"] {
        hold(&world, code, text.as_bytes()).await;
    }
    both_adopt(&world, &regime).await;
    let request = Content::Formatted(formatted(&regime, "F2", "why"));
    // 1 November 2024, 09:00Z.
    send(&world, "BY", 1, referring(&regime, 1, "PL", None), &request).await;
    both_settled(&world, "BY", "PL").await;
    let lines = said(&world, 1, 0).await;
    let rule =
        "Owed: a reply in format F3 within 12 calendar days from receipt, days of Europe/Warsaw [para 5]";
    assert_eq!(lines, [rule, "PL: due 2024-11-13T22:59:59.999Z; not answered yet [para 5]"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_reply_that_nobody_owed_neither_end_says_that_it_is_late() {
    let world = World::new(&["BY", "PL"]).await;
    let regime = parsed(SLUICES.as_bytes());
    for code in ["BY", "PL"] {
        hold(&world, code, SLUICES.as_bytes()).await;
    }
    let request = Content::Formatted(formatted(&regime, "F2", "why"));
    let reply = Content::Formatted(formatted(&regime, "F3", "agreed"));
    let asked = send(&world, "BY", 1, referring(&regime, 1, "PL", None), &request).await;
    both_settled(&world, "BY", "PL").await;
    world.clock.set(world.clock.now().plus_ms(13 * HOUR_MS));
    let given = send(&world, "PL", 1, referring(&regime, 2, "BY", Some(&asked.message_digest)), &reply).await;
    both_settled(&world, "BY", "PL").await;
    let now = world.clock.now();
    let came = format!("replied with {}, released {now}, received {now}", given.number);
    let of_request = said(&world, 1, 0).await;
    assert_eq!(of_request.last().unwrap(), &format!("PL: {came} [para 5]"));
    let wanted = format!(
        "Replies to {} of format F2: its author is not bound to who asked, and owes none; {came} [para 5]",
        asked.number
    );
    assert_eq!(said(&world, 2, 0).await, [wanted]);
}
