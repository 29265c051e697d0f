//! Offices between real nodes: which watch is told of what, who acknowledges, who releases whose drafts; and
//! functions and introductions by command.

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::content::Kind;
use detente::domain::people::Role;
use tokio_stream::StreamExt as _;

use crate::officer::{
    addressee, arrived, by_hand, draft_call, exercises, filled, heading, messages, reason, release, send,
    watches,
};
use crate::world::{State, World};

async fn list(state: &State, code: &str) {
    let office = calls::Office { code: code.into(), purpose: format!("{code} of {}", state.party) };
    state.change(Change::OfficeAdded(office), Bytes::new()).await;
}

/// PL with the offices MFA and GS, a watch at each, one at none; and releasers alike.
async fn world_with_offices() -> World {
    let mut world = World::new(&["BY", "PL"]).await;
    let pl = world.state_mut("PL");
    list(pl, "MFA").await;
    list(pl, "GS").await;
    let roles = [Role::Watch, Role::Drafter, Role::Releaser];
    pl.take_person_of("officer of MFA", "MFA", &roles).await;
    pl.take_person_of("officer of GS", "GS", &roles).await;
    pl.take_person_of("second officer of MFA", "mfa", &roles).await;
    pl.take_person_of("central officer", "", &roles).await;
    world
}

async fn told(desk: &Desk, all_offices: bool) -> Vec<calls::FollowResponse> {
    let call = calls::FollowRequest { after: 0, once: true, all_offices };
    let stream = watches(desk).follow(call).await.unwrap().into_inner();
    stream.map(Result::unwrap).collect().await
}

async fn subjects(world: &World, who: &str, all_offices: bool) -> Vec<String> {
    told(&world.desk("PL", who), all_offices).await.into_iter().map(|notice| notice.subject).collect()
}

async fn to_office(world: &World, number: u8, office: &str) -> Bytes {
    let at_pl = evidence::Addressee { office: office.into(), ..addressee("PL") };
    let heading = calls::Heading { action: vec![at_pl], subject: format!("to {office}"), ..heading(number) };
    let sent = send(world, "BY", number, heading, &filled(Kind::Notification)).await;
    arrived(world, "PL", &sent.message_digest).await;
    sent.message_digest
}

async fn acknowledge(world: &World, who: &str, digest: &Bytes) -> Result<(), tonic::Status> {
    let desk = world.desk("PL", who);
    let call =
        calls::AcknowledgeRequest { command: Some(desk.command(None).unwrap()), digest: digest.clone() };
    watches(&desk).acknowledge(call).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_watch_is_told_of_its_own_office_and_of_what_is_for_all() {
    let mut world = world_with_offices().await;
    let to_gs = to_office(&world, 1, "GS").await;
    to_office(&world, 2, "").await;
    let unknown = to_office(&world, 3, "no such office").await;
    let all = ["to GS", "to ", "to no such office"];
    for restarted in [false, true] {
        assert_eq!(subjects(&world, "officer of GS", false).await, all);
        assert_eq!(subjects(&world, "officer of MFA", false).await, all[1..]);
        assert_eq!(subjects(&world, "officer of MFA", true).await, all);
        assert_eq!(subjects(&world, "central officer", false).await, all);
        // Of an office that is not listed.
        assert_eq!(subjects(&world, "watch", false).await, all);
        if !restarted {
            let before = world.node("PL").registrar.head().board.clone();
            world.state_mut("PL").stop().await;
            world.state_mut("PL").start().await;
            let after = world.node("PL").registrar.head().board.clone();
            assert_eq!((&after.roster, &after.to_offices), (&before.roster, &before.to_offices));
        }
    }
    let notices = told(&world.desk("PL", "central officer"), false).await;
    assert_eq!(notices[0].offices, ["GS"]);
    assert!(notices[1].offices.is_empty() && notices[2].offices.is_empty());
    assert!(notices[2].marks[0].contains("an office that is not known here"), "{:?}", notices[2].marks);

    let desk = world.desk("PL", "officer of MFA");
    let read = |digest: &Bytes, all_offices| calls::ReadRequest {
        digest: digest.clone(),
        all_offices,
        ..Default::default()
    };
    let refused = watches(&desk).read(read(&to_gs, false)).await.unwrap_err();
    assert!(refused.message().contains("--all-offices"), "{refused:?}");
    watches(&desk).read(read(&to_gs, true)).await.unwrap();
    watches(&desk).read(read(&unknown, false)).await.unwrap();

    for other in ["officer of MFA", "watch"] {
        let refused = acknowledge(&world, other, &to_gs).await.unwrap_err();
        assert_eq!(reason(&refused), "OTHER_OFFICE");
        assert!(refused.message().contains("(GS)"), "{refused:?}");
    }
    acknowledge(&world, "officer of GS", &to_gs).await.unwrap();
    acknowledge(&world, "central officer", &to_gs).await.unwrap();
    acknowledge(&world, "officer of MFA", &unknown).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_of_an_office_is_released_there_or_by_the_central_desk_and_the_list_says_so() {
    let world = world_with_offices().await;
    let to_by = |number| calls::Heading { action: vec![addressee("BY")], ..heading(number) };
    let desk = |who| world.desk("PL", who);
    for (number, releaser) in [(1, "second officer of MFA"), (2, "central officer")] {
        let call = draft_call(&desk("officer of MFA"), number, to_by(number), &filled(Kind::Notification));
        let drafted = exercises(&desk("officer of MFA")).draft(call).await.unwrap().into_inner();
        let lines = messages(&desk("officer of GS")).list_drafts(calls::ListDraftsRequest {}).await.unwrap();
        assert_eq!(lines.into_inner().drafts[0].office, "MFA");
        for other in ["officer of GS", "releaser"] {
            let refused = release(&desk(other), number, &drafted.digest, true).await.unwrap_err();
            assert_eq!(reason(&refused), "OTHER_OFFICE");
        }
        let theirs = draft_call(&desk("officer of GS"), number, to_by(number), &filled(Kind::Notification));
        let refused = exercises(&desk("officer of GS")).draft(theirs).await.unwrap_err();
        assert_eq!(reason(&refused), "OTHER_OFFICE");
        release(&desk(releaser), number, &drafted.digest, true).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_to_be_delivered_by_hand_is_listed_to_the_office_that_drafted_it() {
    let world = world_with_offices().await;
    use calls::party_without_node::Act;
    let known = calls::Unlinked { party: "SM".into(), name: "San Marino".into(), contacts: Vec::new() };
    let known = calls::PartyWithoutNode { act: Some(Act::Known(known)) };
    world.state("PL").change(Change::PartyWithoutNode(known), Bytes::new()).await;
    for (number, who) in [(1, "officer of MFA"), (2, "officer of GS"), (3, "central officer")] {
        let to_sm = calls::Heading { action: vec![addressee("SM")], subject: who.into(), ..heading(number) };
        let call = draft_call(&world.desk("PL", who), number, to_sm, &filled(Kind::Notification));
        let drafted = exercises(&world.desk("PL", who)).draft(call).await.unwrap().into_inner();
        // One who drafted does not release.
        let releaser = if who == "officer of GS" { "central officer" } else { "second officer of MFA" };
        release(&world.desk("PL", releaser), number, &drafted.digest, true).await.unwrap();
    }
    let listed = async |who: &str, all_offices| {
        let asked = calls::ListOpenRequest { from: Bytes::new(), all_offices };
        let page = by_hand(&world.desk("PL", who)).list_open(asked).await.unwrap().into_inner();
        let all: Vec<(String, String)> = page.open.into_iter().map(|one| (one.subject, one.office)).collect();
        (all, page.others)
    };
    let all = [("officer of MFA", "MFA"), ("officer of GS", "GS"), ("central officer", "")];
    let all = all.map(|(subject, office)| (subject.to_owned(), office.to_owned()));
    let [mfa, gs, central] = all.clone();
    for who in ["officer of MFA", "second officer of MFA"] {
        assert_eq!(listed(who, false).await, (vec![mfa.clone(), central.clone()], true));
        assert_eq!(listed(who, true).await, (all.to_vec(), false));
    }
    assert_eq!(listed("officer of GS", false).await, (vec![gs, central], true));
    // Of no office, and of one that is not listed.
    for who in ["central officer", "watch"] {
        assert_eq!(listed(who, false).await, (all.to_vec(), false));
    }
    // Taken off the list, an office's are for all.
    world.state("PL").change(Change::OfficeRemoved("GS".into()), Bytes::new()).await;
    assert_eq!(listed("officer of MFA", false).await, (all.to_vec(), false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offices_are_listed_for_every_person_and_changed_by_two_custodians() {
    let world = world_with_offices().await;
    let pl = world.state("PL");
    let proposal = pl.try_propose(Change::OfficeRemoved("gs".into())).await.unwrap();
    let offices = || async {
        let mut calls = PartyServiceClient::new(pl.desk("operator").channel);
        let listed = calls.list_offices(calls::ListOfficesRequest {}).await.unwrap().into_inner().offices;
        listed.into_iter().map(|office| office.code).collect::<Vec<_>>()
    };
    assert_eq!(offices().await, ["GS", "MFA"]);
    let second = pl.desk("second custodian");
    let mut calls_of_second = PartyServiceClient::new(second.channel.clone());
    let sentence = calls_of_second.list_proposals(calls::ListProposalsRequest {}).await.unwrap().into_inner();
    assert_eq!(sentence.proposals[0].change, "list the office \"gs\" no more");
    let (command, change_digest) = (Some(second.command(None).unwrap()), Bytes::new());
    let confirm = calls::ConfirmRequest { command, proposal, change_digest };
    calls_of_second.confirm(confirm).await.unwrap();
    assert_eq!(offices().await, ["MFA"]);
}

// ---- functions ---------------------------------------------------------------------------------

async fn terms(world: &World, at_ms: Option<i64>) -> Vec<(String, bool)> {
    let asked = calls::ListFunctionsRequest { regime: String::new(), at_ms };
    let desk = world.desk("PL", "operator");
    let answered = crate::officer::regimes(&desk).list_functions(asked).await.unwrap().into_inner();
    answered.terms.into_iter().map(|line| (line.term.unwrap().party, line.corrected)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_names_who_holds_a_function_at_the_messages_instant_by_what_is_on_record_here() {
    let world = World::new(&["BY", "PL"]).await;
    let text = include_bytes!("cases/regime/neighbours.toml");
    let hold = |code: &'static str| {
        let desk = world.desk(code, "drafter");
        async move {
            let asked = calls::HoldRequest {
                command: Some(desk.command(None).unwrap()),
                text: Bytes::from_static(text),
            };
            crate::officer::regimes(&desk).hold(asked).await.unwrap().into_inner().digest
        }
    };
    let term = |function: &str, party: &str, from_ms| {
        Change::FunctionTerm(calls::FunctionTerm {
            regime: "neighbours".into(),
            function: function.into(),
            party: party.into(),
            from_ms,
            until_ms: 0,
            source: "Note 7".into(),
        })
    };
    let pl = world.state("PL");
    let now = world.clock.now();
    let not_held = pl.try_propose(term("chair", "FI", now.0)).await.unwrap_err();
    assert!(not_held.message().contains("no regime of this name"), "{not_held:?}");
    let digest = hold("PL").await;
    assert!(pl.try_propose(term("no such function", "FI", now.0)).await.is_err());

    let regime = evidence::RegimeCitation { name: "neighbours".into(), digest, provision: "11".into() };
    let cited = calls::Heading { regime: Some(regime), ..heading(1) };
    let sent = send(&world, "BY", 1, cited, &filled(Kind::Notification)).await;
    arrived(&world, "PL", &sent.message_digest).await;
    let lines = || async {
        let page = crate::officer::show(&world, "PL", &sent.thread, 0).await;
        let check = page.messages[0].check.clone().unwrap();
        check
            .lines
            .into_iter()
            .map(|line| line.text)
            .filter(|text| text.contains("the chair"))
            .collect::<Vec<_>>()
    };
    assert!(
        lines().await.iter().any(|line| line.contains("nobody is known here to hold this function")),
        "{:?}",
        lines().await
    );
    pl.change(term("chair", "FI", now.0), Bytes::new()).await;
    assert!(lines().await.iter().any(|line| line.contains("lacking FI")), "{:?}", lines().await);
    // Later terms change nothing for it, and the term that is corrected counts as corrected.
    pl.change(term("chair", "AT", now.plus_ms(1).0), Bytes::new()).await;
    assert!(lines().await.iter().any(|line| line.contains("lacking FI")), "{:?}", lines().await);
    pl.change(term("chair", "CH", now.0), Bytes::new()).await;
    assert!(lines().await.iter().any(|line| line.contains("lacking CH")), "{:?}", lines().await);
    let listed = terms(&world, None).await;
    assert_eq!(listed, [("FI".to_owned(), true), ("AT".to_owned(), false), ("CH".to_owned(), false)]);
    assert_eq!(terms(&world, Some(now.0)).await, [("CH".to_owned(), false)]);
    assert!(terms(&world, Some(0)).await.is_empty(), "1970 is an instant like any other");
}

// ---- introductions -----------------------------------------------------------------------------

/// BY knows LT, and PL by LT's introduction; PL knows BY.
async fn introduced() -> World {
    let world = World::apart(crate::world::Medium::Embedded, &["BY", "LT", "PL"]).await;
    let file = |code: &'static str| world.state(code).party_file();
    let (by, lt, pl) = (file("BY").await, file("LT").await, file("PL").await);
    world.state("BY").take_party(&lt).await;
    world.state("LT").take_party(&by).await;
    world.state("PL").take_party(&by).await;
    let introduction = calls::PartyIntroduction { by: "LT".into(), party_file: pl };
    world.state("BY").change(Change::PartyIntroduced(introduction), Bytes::new()).await;
    world
}

const UNCONFIRMED: &str = "unconfirmed: introduced by LT";

async fn unconfirmed_by(world: &World, party: &str) -> String {
    let mut calls = PartyServiceClient::new(world.desk("BY", "operator").channel);
    let parties = calls.list_parties(calls::ListPartiesRequest {}).await.unwrap().into_inner().parties;
    parties.into_iter().find(|line| line.party == party).unwrap().unconfirmed_by
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_word_of_an_introduced_party_is_shown_as_unconfirmed_until_its_fingerprint_is_compared() {
    let mut world = introduced().await;
    let to_by = |number| calls::Heading { action: vec![addressee("BY")], ..heading(number) };
    let adoption = detente::cli::form::example(Kind::Adoption).replace("2031-07-01", "2024-01-01");
    let adoption = crate::officer::form(Kind::Adoption, &adoption);
    let sent = send(&world, "PL", 1, to_by(1), &adoption).await;
    arrived(&world, "BY", &sent.message_digest).await;
    let before = world.clock.now();

    for (place, is_marked) in everywhere(&world, &sent).await {
        assert!(is_marked, "{place}");
    }
    assert_eq!(unconfirmed_by(&world, "PL").await, "LT");
    assert_eq!(unconfirmed_by(&world, "LT").await, "");
    let back = send(&world, "BY", 2, heading(2), &filled(Kind::Notification)).await;
    arrived(&world, "PL", &back.message_digest).await;
    let page = crate::officer::show(&world, "BY", &back.thread, 0).await;
    assert!(page.messages[0].marks.contains(&"PL is unconfirmed: introduced by LT".to_owned()), "{page:?}");

    world.clock.set(world.clock.now().plus_ms(60_000));
    let heard =
        detente::codec::party_file::PartyFile::from_text(&world.state("PL").party_file().await).unwrap();
    let fingerprint = Bytes::copy_from_slice(&heard.fingerprint().0.0);
    let by = world.state("BY");
    let misheard =
        by.try_propose_with(Change::PartyConfirmed("PL".into()), Bytes::from_static(&[7; 32])).await;
    assert_eq!(reason(&misheard.unwrap_err()), "OTHER_FINGERPRINT");
    by.change(Change::PartyConfirmed("PL".into()), fingerprint).await;
    let roster = world.node("BY").registrar.head().board.roster.clone();
    world.state_mut("BY").stop().await;
    world.state_mut("BY").start().await;
    assert_eq!(world.node("BY").registrar.head().board.roster, roster);
    for (place, is_marked) in everywhere(&world, &sent).await {
        assert!(!is_marked, "{place}");
    }
    let then = crate::officer::show(&world, "BY", &sent.thread, before.0).await;
    assert!(marked(&then.messages[0].marks), "as it was known then");
}

fn marked(marks: &[String]) -> bool {
    marks.iter().any(|mark| mark == UNCONFIRMED)
}

/// Every place where BY shows the word of PL, and whether it is marked there.
async fn everywhere(world: &World, sent: &calls::ReleaseResponse) -> Vec<(&'static str, bool)> {
    let (watch, drafter) = (world.desk("BY", "watch"), world.desk("BY", "drafter"));
    let page = crate::officer::show(world, "BY", &sent.thread, 0).await;
    let read = calls::ReadRequest { digest: sent.message_digest.clone(), ..Default::default() };
    let read = watches(&watch).read(read).await.unwrap().into_inner();
    let form = calls::ShowMessageRequest { beginning: hex::encode(&sent.message_digest) };
    let form = messages(&drafter).show_message(form).await.unwrap().into_inner();
    let asked = calls::ListAdoptersRequest { regime: "river-line-2031".into(), as_of_ms: None };
    let adopters = crate::officer::regimes(&drafter).list_adopters(asked).await.unwrap().into_inner();
    let now = watches(&watch)
        .now(calls::NowRequest { all_offices: true, ..Default::default() })
        .await
        .unwrap()
        .into_inner();
    vec![
        ("watch now", now.items[0].unconfirmed_by == "LT"),
        ("thread", marked(&page.messages[0].marks)),
        ("watch follow", marked(&told(&watch, false).await[0].marks)),
        ("watch read", marked(&read.marks)),
        ("message print", marked(&form.marks)),
        ("regime parties", adopters.parties[0].unconfirmed_by == "LT"),
        ("verify", stated_in_a_bundle(&world.desk("BY", "auditor"), &sent.thread).await),
    ]
}

async fn stated_in_a_bundle(auditor: &Desk, thread: &Bytes) -> bool {
    use detente::codec::proto::detente::v1::audit_service_client::AuditServiceClient;
    let mut calls = AuditServiceClient::new(auditor.channel.clone());
    let command = Some(auditor.command(None).unwrap());
    let asked = calls::ExportThreadRequest { command, thread: thread.clone() };
    let mut pieces = calls.export_thread(asked).await.unwrap().into_inner();
    let mut file = Vec::new();
    while let Some(piece) = pieces.next().await {
        file.extend_from_slice(&piece.unwrap().piece);
    }
    let found = detente::replay::verify::verify(file.into(), &Default::default()).unwrap();
    assert!(found.holds());
    found.findings.iter().any(|finding| finding.sentence.contains("PL is unconfirmed: introduced by LT"))
}

/// LT hands over a Party that it made up, under PL's code.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_made_up_party_gives_way_to_the_right_one_and_takes_over_no_code() {
    let world = World::apart(crate::world::Medium::Embedded, &["BY", "LT", "PL"]).await;
    let made_up = World::apart(crate::world::Medium::Embedded, &["PL"]).await;
    let (by, pl) = (world.state("BY"), world.state("PL").party_file().await);
    by.take_party(&world.state("LT").party_file().await).await;
    let false_file = made_up.state("PL").party_file().await;
    let introduction = |party_file: &str| {
        Change::PartyIntroduced(calls::PartyIntroduction { by: "LT".into(), party_file: party_file.into() })
    };
    by.change(introduction(&false_file), Bytes::new()).await;
    let right = detente::codec::party_file::PartyFile::from_text(&pl).unwrap().fingerprint();
    let right = Bytes::copy_from_slice(&right.0.0);
    let refused = by.try_propose_with(Change::PartyConfirmed("PL".into()), right.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "OTHER_FINGERPRINT");
    by.change(Change::PartyFile(pl.clone()), right).await;
    assert_eq!(unconfirmed_by(&world, "PL").await, "");
    for file in [&false_file, &pl] {
        let refused = by.try_propose(introduction(file)).await.unwrap_err();
        assert_eq!(reason(&refused), "PARTY_KNOWN");
    }
    // The right one's node talks to BY as if nothing had been.
    world.state("PL").take_party(&by.party_file().await).await;
    let to_by = calls::Heading { action: vec![addressee("BY")], ..heading(1) };
    let sent = send(&world, "PL", 1, to_by, &filled(Kind::Notification)).await;
    arrived(&world, "BY", &sent.message_digest).await;
    // A file with one byte changed, such as an address, does not hold.
    let spoilt = pl.replacen("key_lists", "key_list", 1);
    assert!(by.try_propose(introduction(&spoilt)).await.is_err());
}

// ---- later key lists ---------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partys_new_list_is_told_to_every_watch_and_stands_in_the_list_of_parties() {
    let world = World::new(&["BY", "PL"]).await;
    world.clock.set(world.clock.now().plus_ms(60_000));
    crate::links_lists::replace_message_key(&world, "BY").await;
    let by = world.state("BY").party;
    crate::talk::until(world.node("PL"), "the list is here", |board| {
        board.roster.parties[&by].key_lists.len() == 2
    })
    .await;
    let notices = told(&world.desk("PL", "watch"), false).await;
    let news: Vec<&str> = notices.iter().map(|notice| notice.news.as_str()).collect();
    assert_eq!(news, ["BY put its key list 2 in force, signed under its list 1; changed: keys"]);
    assert!(notices[0].from == "BY" && notices[0].recorded_at_ms > 0 && notices[0].digest.is_empty());
    let mut calls = PartyServiceClient::new(world.desk("PL", "custodian").channel);
    let parties = calls.list_parties(calls::ListPartiesRequest {}).await.unwrap().into_inner().parties;
    let line = parties.into_iter().find(|line| line.party == "BY").unwrap();
    assert_eq!((line.key_list, line.list_changed.as_slice()), (2, &["keys".to_owned()][..]));
    assert_eq!(line.list_since_ms, notices[0].recorded_at_ms);
}
