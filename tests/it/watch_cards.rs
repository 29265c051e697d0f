//! Instruction cards and holding replies: two custodians put cards in force, the first that fits a message is its
//! card, and the watch drafts the reply that it lays down and nothing else.

use std::sync::Arc;

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::message::encode_draft;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::codec::{content, message, signed, watch_cards};
use detente::domain::board::Denied;
use detente::domain::command::{Command, Origin};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::DraftId;
use detente::domain::event::{self, Member};
use detente::domain::message::{Addressee, Outgoing, Reference, Relation};
use detente::domain::people::{Person, Role};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::domain::watch::{Card, CardsInForce, HoldingReply, WatchCards};
use detente::limits;

use crate::officer::{
    addressee, arrived, draft_call, exercises, filled, heading, messages, reason, send, violations, watches,
};
use crate::officer_program::{object, printed, refused, written};
use crate::party::{self, Folded, anna, at, delivery, jan, person, receive, theirs, thread};
use crate::talk::until;
use crate::world::{Medium, World};

/// What `watch card set --template` prints.
const TEMPLATE: &str = include_str!("../../src/cli/watch/card.toml");

fn cards() -> WatchCards {
    watch_cards::read(TEMPLATE).unwrap()
}

// ---- on a Board --------------------------------------------------------------------------------

fn proposed(folded: &mut Folded, cards: WatchCards) -> Result<(), Denied> {
    let command = Command::Propose(event::Change::WatchCards(Arc::new(cards)));
    folded.given(command, party::by(&anna(), 900, "", at(0)), at(0)).map(|_| ())
}

#[test]
fn the_filled_in_cards_have_one_for_flash_of_any_kind_before_the_one_that_lets_a_message_lie() {
    let cards = cards();
    let named = |kind, precedence| cards.card_for(kind, precedence, &[]).unwrap().name.as_str();
    assert_eq!(named("message.text", Precedence::Flash), "anything else, flash");
    assert_eq!(named("incident.report", Precedence::Flash), "incident, urgent");
    assert_eq!(named("message.text", Precedence::Routine), "anything else");
}

#[test]
fn the_filled_in_cards_have_one_for_the_hotline_with_a_holding_reply_whatever_the_precedence() {
    let cards = cards();
    for precedence in Precedence::FASTEST_FIRST {
        for kind in ["hotline.opening", "hotline.text"] {
            let card = cards.card_for(kind, precedence, &[]).unwrap();
            assert_eq!(card.name, "hotline session");
            for language in ["en", "ru"] {
                assert_eq!(card.holding_in(language).unwrap().language, language);
            }
        }
    }
}

#[test]
fn cards_with_something_amiss_are_refused_with_their_field() {
    let base = cards();
    let with = |change: fn(&mut Card)| {
        let mut cards = base.clone();
        change(&mut cards.cards[0]);
        cards
    };
    fn reply(card: &mut Card) -> &mut HoldingReply {
        &mut card.holding[0]
    }
    let table = [
        (with(|card| card.name = "anything else".into()), "watch_cards.card.name"),
        (with(|card| card.name = " ".into()), "watch_cards.card.name"),
        (with(|card| card.kinds = vec!["incidents".into()]), "watch_cards.card.for"),
        (with(|card| card.office = "GS".into()), "watch_cards.card.office"),
        (with(|card| card.steps.clear()), "watch_cards.card.steps"),
        (
            with(|card| card.steps = vec!["x".into(); limits::WATCH_CARD_LINES_MAX + 1]),
            "watch_cards.card.steps",
        ),
        (with(|card| card.steps[0] = "大".repeat(32)), "watch_cards.card.steps"),
        (with(|card| card.telephones[0] = "\u{1b}[2J".into()), "watch_cards.card.telephone"),
        (with(|card| card.languages[0] = "two\nlines".into()), "watch_cards.card.languages"),
        (with(|card| reply(card).language = "en_GB".into()), "watch_cards.card.holding_reply.language"),
        (with(|card| reply(card).language = "RU".into()), "watch_cards.card.holding_reply.language"),
        (with(|card| reply(card).subject.clear()), "watch_cards.card.holding_reply.subject"),
        (with(|card| reply(card).lines.clear()), "watch_cards.card.holding_reply.lines"),
        (with(|card| reply(card).lines[0] = "{subject}".into()), "watch_cards.card.holding_reply.lines"),
    ];
    for (cards, expected) in table {
        match proposed(&mut Folded::with_peer(), cards) {
            Err(Denied::Refused(Refusal::Field { field, .. })) => assert_eq!(field, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    let many = (0..=limits::WATCH_CARDS_MAX)
        .map(|number| Card { name: number.to_string(), ..base.cards[0].clone() });
    let many = proposed(&mut Folded::with_peer(), WatchCards { cards: many.collect() });
    assert!(matches!(many, Err(Denied::Refused(Refusal::TooMany { .. }))), "{many:?}");
    proposed(&mut Folded::with_peer(), base).unwrap();
}

fn watch() -> Person {
    person("Ewa")
}

/// A message came in, and Ewa has the watch and no other role.
fn came_in() -> (Folded, Outgoing) {
    let mut folded = Folded::with_peer();
    let roster = &mut folded.board.roster;
    let member = Member { person: watch(), roles: [Role::Watch].into() };
    roster.members.insert(watch().key_digest, member);
    roster.watch_cards = Some(CardsInForce { cards: Arc::new(cards()), since: at(0) });
    let theirs = delivery(&theirs(Precedence::Flash, thread(7), "report", &[]), 1, 1, 0);
    let about = theirs.dispatch.message;
    folded.given(receive(theirs), Origin::Node, at(1)).unwrap();
    let reply = Outgoing {
        thread: thread(7),
        kind: Kind::Text.name().into(),
        drafter: watch(),
        references: vec![Reference {
            message: Some(about),
            number: String::new(),
            author: String::new(),
            relation: Relation::RefersTo,
        }],
        ..party::outgoing(Precedence::Flash, "received")
    };
    (folded, reply)
}

fn drafted(folded: &mut Folded, who: &Person, number: u64, outgoing: &Outgoing) -> Result<(), Denied> {
    let bytes = encode_draft(outgoing);
    let command = Command::Draft { draft: DraftId([9; 16]), outgoing: outgoing.clone(), bytes };
    folded.given(command, party::by(who, number, &format!("{outgoing:?}"), at(2)), at(2)).map(|_| ())
}

#[test]
fn the_watch_drafts_a_text_to_the_author_of_what_came_in_and_nothing_else() {
    type Wrong = fn(&mut Outgoing);
    let wrong: [(&str, Wrong); 8] = [
        ("another kind", |one| one.kind = Kind::Question.name().into()),
        ("another thread", |one| one.thread = thread(8)),
        ("about nothing", |one| one.references.clear()),
        ("about what never came", |one| {
            one.references[0].message = Some(detente::domain::digest::Digest::ZERO);
        }),
        ("as an answer", |one| one.references[0].relation = Relation::Answers),
        ("to another as well", |one| {
            let to = Addressee { party: one.action[0].party, office: "GS".into() };
            one.information.push(to);
        }),
        ("to an office besides", |one| one.action.push(one.action[0].clone())),
        ("under a regime", |one| one.regime = party_regime()),
    ];
    for (what, change) in wrong {
        let (mut folded, mut reply) = came_in();
        change(&mut reply);
        assert_eq!(
            drafted(&mut folded, &watch(), 1, &reply),
            Err(Denied::Refused(Refusal::NotPermitted)),
            "{what}"
        );
    }
    let (mut folded, reply) = came_in();
    folded.board.roster.watch_cards = None;
    assert!(drafted(&mut folded, &watch(), 1, &reply).is_err(), "no cards are in force");
    let (mut folded, reply) = came_in();
    drafted(&mut folded, &watch(), 1, &reply).unwrap();
    let again = drafted(&mut folded, &watch(), 2, &reply);
    assert_eq!(again, Err(Denied::Refused(Refusal::NotPermitted)), "no draft is replaced");
    let by_a_drafter = Outgoing { drafter: jan(), ..reply };
    drafted(&mut folded, &jan(), 3, &by_a_drafter).unwrap();
}

fn party_regime() -> Option<detente::domain::message::RegimeCitation> {
    crate::records::full("cites").draft.regime
}

// ---- between nodes -----------------------------------------------------------------------------

async fn flash(world: &World, traffic: evidence::Traffic) -> calls::ReleaseResponse {
    let heading = calls::Heading {
        precedence: evidence::Precedence::Flash as i32,
        traffic: traffic as i32,
        language: "ru".into(),
        marking: "RESTRICTED".into(),
        ..heading(1)
    };
    let sent = send(world, "BY", 1, heading, &filled(Kind::Report)).await;
    arrived(world, "PL", &sent.message_digest).await;
    sent
}

async fn with_cards(world: &World) {
    world.state("PL").change(Change::WatchCards(TEMPLATE.into()), Bytes::new()).await;
}

fn hold(desk: &Desk, digest: &Bytes) -> calls::DraftHoldingReplyRequest {
    calls::DraftHoldingReplyRequest {
        command: Some(desk.command(None).unwrap()),
        digest: digest.clone(),
        again: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holding_reply_goes_back_to_its_author_once_another_person_releases_it() {
    let world = World::new(&["BY", "PL"]).await;
    let sent = flash(&world, evidence::Traffic::Drill).await;
    let digest = &sent.message_digest;
    let desk = world.desk("PL", "watch");
    let mut watch = watches(&desk);
    let none = watch.draft_holding_reply(hold(&desk, digest)).await.unwrap_err();
    assert_eq!(violations(&none)[0].0, "digest");
    with_cards(&world).await;

    let card = watch.card(calls::CardRequest { digest: digest.clone() }).await.unwrap().into_inner();
    assert_eq!(card.card.as_ref().unwrap().name, "incident, urgent");
    assert_eq!(card.holding.as_ref().unwrap().language, "ru", "in the message's language");
    assert!(card.holding.unwrap().text.contains(&format!("{} от 010900Z NOV 2024", sent.number)));
    let call = hold(&desk, digest);
    let drafted = watch.draft_holding_reply(call.clone()).await.unwrap().into_inner();
    assert_eq!(
        (drafted.may_release, drafted.to.as_str(), drafted.faults.len()),
        (false, "BY", 0),
        "{drafted:?}"
    );
    let again = watch.draft_holding_reply(call).await.unwrap().into_inner();
    assert_eq!(again, drafted, "the same command, the same answer");
    let second = watch.draft_holding_reply(hold(&desk, digest)).await.unwrap_err();
    assert!(second.message().contains(&hex::encode(&drafted.draft)), "{}", second.message());
    let now =
        watch.now(calls::NowRequest { all_offices: false, ..Default::default() }).await.unwrap().into_inner();
    assert_eq!(
        (now.items[0].card.as_str(), &now.items[0].holding_draft),
        ("incident, urgent", &drafted.draft)
    );

    // Acknowledged or not, it is a draft like any other: released by another person.
    let releaser = world.desk("PL", "releaser");
    let release = |desk: &Desk| calls::ReleaseRequest {
        command: Some(desk.command(None).unwrap()),
        draft: drafted.draft.clone(),
        digest: drafted.draft_digest.clone(),
        as_is: false,
    };
    let denied = messages(&desk).release(release(&desk)).await.unwrap_err();
    assert_eq!(reason(&denied), "NOT_PERMITTED");
    let released = messages(&releaser).release(release(&releaser)).await.unwrap().into_inner();
    arrived(&world, "BY", &released.message_digest).await;
    let call = calls::ReadRequest { digest: released.message_digest.clone(), ..Default::default() };
    let read = watches(&world.desk("BY", "watch")).read(call).await.unwrap().into_inner();
    let came = message::decode(&signed::decode(read.message).unwrap().payload).unwrap();
    let draft = &came.draft;
    assert_eq!((&draft.thread.0[..], draft.kind.as_str()), (&sent.thread[..], "message.text"));
    assert_eq!((draft.precedence, draft.language.as_str()), (Precedence::Flash, "ru"));
    assert_eq!(draft.traffic, detente::domain::message::Traffic::Drill);
    assert_eq!((draft.marking.as_str(), &draft.regime), ("RESTRICTED", &None));
    assert_eq!(draft.references[0].message.unwrap().0[..], digest[..]);
    match content::said(&draft.kind, &draft.content).content() {
        Some(Content::Text(form)) => {
            assert_eq!(form.remarks.0, drafted.holding.unwrap().text);
            assert!(form.is_to_follow(), "it answers nothing");
        }
        other => panic!("{other:?}"),
    }
    // What replays the journal decides the same.
    let entries = crate::registrar::entries(&world.node("PL").registrar.journal).await;
    let mut audit = detente::replay::audit::Audit::new(detente::replay::TrustRoot::AsItSays);
    audit.take((0..).zip(entries));
    let report = audit.finish(None);
    assert_eq!(report.first_failing, None, "{:?}", report.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_one_person_is_enough_the_officer_who_also_releases_is_offered_to() {
    let mut world = World::new(&["BY", "PL"]).await;
    let both = [Role::Watch, Role::Releaser];
    world.state_mut("PL").take_person("night officer", "night officer", &both).await;
    with_cards(&world).await;
    let rule = calls::ReleaseRule { one_person: vec![evidence::Precedence::Flash as i32] };
    world.state("PL").change(Change::ReleaseRule(rule), Bytes::new()).await;
    let sent = flash(&world, evidence::Traffic::Real).await;
    let desk = world.desk("PL", "night officer");
    let drafted = watches(&desk).draft_holding_reply(hold(&desk, &sent.message_digest)).await;
    let drafted = drafted.unwrap().into_inner();
    assert!(drafted.may_release);
    let release = calls::ReleaseRequest {
        command: Some(desk.command(None).unwrap()),
        draft: drafted.draft,
        digest: drafted.draft_digest,
        as_is: false,
    };
    let released = messages(&desk).release(release).await.unwrap().into_inner();
    arrived(&world, "BY", &released.message_digest).await;
    // A second one is drafted only by who says that it is meant, having been told of the first.
    let of = calls::CardRequest { digest: sent.message_digest.clone() };
    let card = watches(&desk).card(of).await.unwrap().into_inner();
    let first = card.holding_sent.unwrap();
    assert_eq!((&first.digest, &first.number), (&released.message_digest, &released.number));
    assert_eq!((first.drafter.as_str(), first.releaser.as_str()), ("night officer", "night officer"));
    let second = watches(&desk).draft_holding_reply(hold(&desk, &sent.message_digest)).await.unwrap_err();
    let [(field, rule)] = &violations(&second)[..] else { panic!("{second:?}") };
    assert_eq!(field, "again");
    assert!(rule.contains(&released.number) && rule.contains("night officer released it at"), "{rule}");
    let meant = calls::DraftHoldingReplyRequest { again: true, ..hold(&desk, &sent.message_digest) };
    let drafted = watches(&desk).draft_holding_reply(meant).await.unwrap().into_inner();
    assert!(!drafted.draft.is_empty());
    // It answers nothing: the message still waits for an officer.
    until(world.node("PL"), "it is open", |board| board.watch.open.len() == 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_text_in_the_place_of_a_holding_reply_is_shown_as_none() {
    let world = World::new(&["BY", "PL"]).await;
    with_cards(&world).await;
    let sent = flash(&world, evidence::Traffic::Real).await;
    let digest = &sent.message_digest;
    let named: [&[u8]; 2] = [b"detente holding reply 1\0", digest];
    let id = Bytes::copy_from_slice(&detente::domain::digest::Digest::of_all(&named).0[..16]);
    let drafter = world.desk("PL", "drafter");
    let heading = calls::Heading { action: vec![addressee("BY")], ..heading(1) };
    let other =
        calls::DraftRequest { draft: id, ..draft_call(&drafter, 1, heading, &filled(Kind::Notification)) };
    exercises(&drafter).draft(other).await.unwrap();
    let desk = world.desk("PL", "watch");
    let mut watch = watches(&desk);
    let card = watch.card(calls::CardRequest { digest: digest.clone() }).await.unwrap().into_inner();
    assert!(card.holding.is_some() && card.holding_draft.is_empty(), "{card:?}");
    let now =
        watch.now(calls::NowRequest { all_offices: false, ..Default::default() }).await.unwrap().into_inner();
    assert!(now.items[0].holding_draft.is_empty());
    let refused = watch.draft_holding_reply(hold(&desk, digest)).await.unwrap_err();
    assert!(refused.message().contains("says something else"), "{}", refused.message());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_came_from_another_party_has_a_card() {
    let world = World::new(&["BY", "PL"]).await;
    with_cards(&world).await;
    let sent = flash(&world, evidence::Traffic::Real).await;
    let desk = world.desk("BY", "watch");
    let own = watches(&desk).card(calls::CardRequest { digest: sent.message_digest }).await.unwrap_err();
    assert_eq!(violations(&own)[0].0, "digest");
    let desk = world.desk("PL", "watch");
    let digest = Bytes::from_static(&[7; 32]);
    let unknown = watches(&desk).draft_holding_reply(hold(&desk, &digest)).await.unwrap_err();
    assert_eq!(reason(&unknown), "NO_SUCH_MESSAGE");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_sets_lists_and_shows_cards_and_makes_a_holding_reply_ready() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let at = |role: &str| world.state("PL").desk_directory(role).display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let (first, watch) = (at("custodian"), at("watch"));
    assert!(
        printed(&["watch", "card", "show", "--as", &watch])
            .await
            .contains("no instruction cards are in force")
    );
    let template = printed(&["watch", "card", "set", "--template"]).await;
    let help = printed(&["watch", "card", "set", "--help"]).await;
    assert!(help.contains(&template), "{help}");
    let wrong = written(folder.path(), "wrong.toml", &template.replace("steps", "steeps"));
    assert!(refused(&["watch", "card", "set", &wrong, "--as", &first]).await.contains("line 15"));
    let file = written(folder.path(), "cards.toml", &template);
    let proposal = object(&["watch", "card", "set", &file, "--as", &first]).await;
    let proposal = proposal["proposal"].as_str().unwrap();
    let listed = printed(&["proposal", "list", "--as", &at("second custodian")]).await;
    assert!(listed.contains("\"operations centre, +00 000 001\""), "{listed}");
    printed(&["proposal", "confirm", proposal, "--as", &at("second custodian")]).await;

    let listed = printed(&["watch", "card", "list", "--as", &watch]).await;
    assert!(listed.starts_with("incident, urgent  for incident  at FLASH, IMMEDIATE\n"), "{listed}");
    assert_eq!(
        object(&["watch", "card", "show", "anything else", "--as", &watch]).await["for"],
        serde_json::json!([])
    );
    let shown = printed(&["watch", "card", "show", "--as", &watch]).await;
    assert_eq!(watch_cards::read(&shown).unwrap(), cards());

    let sent = flash(&world, evidence::Traffic::Drill).await;
    let digest = hex::encode(&sent.message_digest);
    let page = printed(&["watch", "card", "--for", &digest[..10], "--as", &watch]).await;
    assert!(page.lines().all(|line| line.starts_with("DRILL ")), "{page}");
    assert!(page.contains("DRILL card: incident, urgent\nDRILL  1. Read all of it"), "{page}");
    let held = printed(&["watch", "holding", &digest[..10], "--as", &watch]).await;
    assert!(held.contains(&format!("DRILL Ваше сообщение {}", sent.number)), "{held}");
    assert!(held.contains("another officer, a releaser: detente message show-draft "), "{held}");
    let card = object(&["watch", "card", "--for", &digest, "--as", &watch]).await;
    let draft = card["holding_draft"].as_str().unwrap();
    assert!(refused(&["watch", "holding", &digest, "--as", &watch]).await.contains(draft));
    let form = printed(&["message", "show-draft", draft, "--as", &at("releaser")]).await;
    assert!(form.contains("Ваше сообщение получено"), "{form}");
}
