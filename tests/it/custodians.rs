//! What two custodians change: people, Parties, keys; and what one of them alone can't.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use detente::cli::custody::Custody;
use detente::cli::desk::{Desk, answer};
use detente::cli::doctor;
use detente::cli::fault::Fault;
use detente::cli::key_list;
use detente::codec::party_file::PartyFile;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::codec::proto::detente::v1::{
    self as calls, ConfirmRequest, ListPartiesRequest, ListProposalsRequest, SubmitRevocationListRequest,
    propose_request::Change,
};
use detente::domain::digest::Digest;
use detente::domain::keys::Purpose;
use detente::domain::people::Role;
use detente::limits;
use detente::peers::trust::Reach;
use tokio_stream::StreamExt as _;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::officer_program::printed;
use crate::world::{Medium, State, World, lives, member_added};

/// An open stream lives for an hour if nothing cuts it.
const CUT_WITHIN: Duration = Duration::from_secs(60);

async fn world_of_one() -> World {
    World::apart(Medium::Embedded, &["PL"]).await
}

async fn may_call(desk: Desk) -> Result<(), tonic::Status> {
    PartyServiceClient::new(desk.channel).list_parties(ListPartiesRequest {}).await.map(|_| ())
}

async fn confirm(by: &Desk, proposal: Bytes) -> Result<(), tonic::Status> {
    let (command, change_digest) = (Some(by.command(None).unwrap()), Bytes::new());
    let call = ConfirmRequest { command, proposal, change_digest };
    PartyServiceClient::new(by.channel.clone()).confirm(call).await.map(|_| ())
}

#[tokio::test]
async fn who_proposed_can_not_confirm_nor_with_a_second_certificate() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    // A second certificate under the first custodian's name.
    let name = "first custodian of PL";
    state.take_person("again", name, &[Role::Custodian]).await;
    let (_, key_digest) = state.issue("somebody", "somebody");
    let proposal = state.try_propose(member_added("somebody", key_digest, &[Role::Watch])).await.unwrap();
    for desk in ["custodian", "again"] {
        let refused = confirm(&state.desk(desk), proposal.clone()).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert!(refused.message().contains("needs two custodians"), "{refused:?}");
    }
    confirm(&state.desk("second custodian"), proposal).await.unwrap();
}

#[tokio::test]
async fn a_command_given_again_is_answered_again_and_its_id_serves_nothing_else() {
    let world = world_of_one().await;
    let state = world.state("PL");
    let (_, key_digest) = state.issue("somebody", "somebody");
    let desk = state.desk("custodian");
    let header = desk.command(None).unwrap();
    let mut calls = PartyServiceClient::new(desk.channel);
    let mut propose = detente::codec::proto::detente::v1::ProposeRequest {
        command: Some(header),
        change: Some(member_added("somebody", key_digest, &[Role::Watch])),
        fingerprint: Bytes::new(),
    };
    calls.propose(propose.clone()).await.unwrap();
    let size = state.node().registrar.head().chain.size;
    calls.propose(propose.clone()).await.unwrap();
    assert_eq!(state.node().registrar.head().chain.size, size);
    propose.change = Some(member_added("somebody", key_digest, &[Role::Custodian]));
    assert_eq!(calls.propose(propose).await.unwrap_err().code(), Code::AlreadyExists);
    let open = answer(calls.list_proposals(ListProposalsRequest {})).await.unwrap().proposals;
    assert_eq!(open.len(), 1);
    assert!(open[0].change.contains("as watch"), "{}", open[0].change);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_goes_on_as_the_sentence_does_is_read_as_a_name_and_one_that_looks_like_another_is_marked()
 {
    let mut world = World::on_real_time(Medium::Embedded, &["PL"]).await;
    let state = world.state_mut("PL");
    let key = state.take_person("releaser too", "Jan Nowak", &[Role::Releaser]).await;
    let second = state.desk_directory("second custodian").display().to_string();
    let person = |name: &str, byte: u8| member_added(name, Digest([byte; 32]), &[Role::Watch]);
    let evil = "Evil\", office \"Z\"; MARK: nothing";
    let unlinked = calls::Unlinked {
        party: "SM".into(),
        name: "San Marin\u{43e}".into(),
        contacts: vec!["the \u{421}apital\\".into()],
    };
    let act = calls::party_without_node::Act::Known(unlinked);
    let scripts = "MIXED LETTERS, of more than one script in one word";
    for (change, said) in [
        (
            person(evil, 1),
            "name \"Evil\\\", office \\\"Z\\\"; MARK: nothing\", office \"Arms Control\"\n".to_owned(),
        ),
        (
            member_added("jan Nowak", Digest([2; 32]), &[Role::Releaser]),
            format!(
                "; MARK: HAS THE NAME of one with another key: key {key} as releaser: name \"Jan Nowak\""
            ),
        ),
        (
            person("J\u{430}n Nowak", 3),
            format!("; MARK: name: {scripts}: \"J\u{430}n\" (Latin and Cyrillic)\n"),
        ),
        (
            Change::PartyWithoutNode(calls::PartyWithoutNode { act: Some(act) }),
            format!(
                "contacts [\"the \u{421}apital\\\\\"]; MARK: name: {scripts}: \"Marin\u{43e}\" (Latin and Cyrillic); \
                 MARK: contact: {scripts}: \"\u{421}apital\" (Latin and Cyrillic)\n"
            ),
        ),
    ] {
        state.try_propose(change).await.unwrap();
        let listed = printed(&["proposal", "list", "--as", &second]).await;
        assert!(listed.contains(&said), "{said}: {listed}");
    }
}

#[tokio::test]
async fn who_confirms_that_somebody_goes_or_has_other_roles_reads_who_has_that_key_now_and_in_which_roles() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    let key = state.take_person("releaser too", "Jan Nowak", &[Role::Releaser, Role::Watch]).await;
    let (_, other_key) = state.issue("somebody", "somebody");
    let now = "as releaser, watch: name \"Jan Nowak\", office \"Arms Control\"";
    let removed = Change::MemberRemoved(Bytes::copy_from_slice(&key.0));
    for (change, mark) in [
        (removed, format!("; MARK: on the roster now: {now}")),
        (
            member_added("Jan Nowak", key, &[Role::Watch]),
            format!("; MARK: TAKES THE PLACE of the one with this key now: {now}"),
        ),
        (member_added("somebody", other_key, &[Role::Watch]), String::new()),
    ] {
        let proposal = state.try_propose(change).await.unwrap();
        let mut calls = PartyServiceClient::new(state.desk("second custodian").channel);
        let open = answer(calls.list_proposals(ListProposalsRequest {})).await.unwrap().proposals;
        let shown = &open.iter().find(|one| one.proposal == proposal).unwrap().change;
        assert_eq!(shown.contains("MARK"), !mark.is_empty(), "{shown}");
        assert!(shown.ends_with(&mark), "{shown}");
    }
}

/// Until the stream that was open before ends.
async fn until_cut(mut open: tonic::Streaming<tonic_health::pb::HealthCheckResponse>) {
    let ended = async { while let Some(Ok(_)) = open.next().await {} };
    tokio::time::timeout(CUT_WITHIN, ended).await.expect("cut in time");
}

async fn watch_health(desk: &Desk) -> tonic::Streaming<tonic_health::pb::HealthCheckResponse> {
    let mut calls = HealthClient::new(desk.channel.clone());
    let mut open = calls.watch(HealthCheckRequest { service: String::new() }).await.unwrap().into_inner();
    open.next().await.unwrap().unwrap();
    open
}

#[tokio::test]
async fn a_person_may_call_once_added_and_is_cut_once_removed() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    let (folder, key_digest) = state.issue("new watch", "new watch");
    let refused = Fault::of_call(&may_call(state.desk_at(&folder)).await.unwrap_err()).to_string();
    assert!(refused.contains("certificate"), "{refused}");
    state.change(member_added("new watch", key_digest, &[Role::Watch]), Bytes::new()).await;
    may_call(state.desk_at(&folder)).await.unwrap();

    let open = watch_health(&state.desk_at(&folder)).await;
    state.change(Change::MemberRemoved(Bytes::copy_from_slice(&key_digest.0)), Bytes::new()).await;
    until_cut(open).await;
    may_call(state.desk_at(&folder)).await.unwrap_err();
}

#[tokio::test]
async fn a_revoked_person_is_cut_once_the_list_is_on_record() {
    let world = world_of_one().await;
    let state = world.state("PL");
    let open = watch_health(&state.desk("watch")).await;
    let list = revoke(state, "watch of PL");
    submit(&state.desk("custodian"), list).await.unwrap();
    until_cut(open).await;
    may_call(state.desk("watch")).await.unwrap_err();
    may_call(state.desk("auditor")).await.unwrap();
}

/// In the custody; the list is not handed in yet.
fn revoke(state: &State, name: &str) -> Vec<u8> {
    let now = state.node().registrar.clock.now();
    let mut custody = Custody::open(&state.directory.join("custody"), &state.party).unwrap();
    let serial = custody.register().iter().find_map(|entry| match entry {
        detente::cli::register::Entry::Issued { serial, holder, .. } if holder == name => {
            Some(hex::encode(serial))
        }
        _ => None,
    });
    custody.revoke(&serial.unwrap(), now).unwrap();
    custody.publish_list(now, now.plus_ms(lives().revocation_list_ms)).unwrap()
}

async fn submit(by: &Desk, list: Vec<u8>) -> Result<(), tonic::Status> {
    let call = SubmitRevocationListRequest { revocation_list: list.into() };
    PartyServiceClient::new(by.channel.clone()).submit_revocation_list(call).await.map(|_| ())
}

#[tokio::test]
async fn an_older_revocation_list_or_another_authoritys_is_refused() {
    let world = World::apart(Medium::Embedded, &["BY", "PL"]).await;
    let state = world.state("PL");
    let before = std::fs::read(state.directory.join("custody/revoked.crl")).unwrap();
    submit(&state.desk("operator"), revoke(state, "watch of PL")).await.unwrap();
    let refused = submit(&state.desk("operator"), before).await.unwrap_err();
    assert!(refused.message().contains("not newer"), "{refused:?}");
    let theirs = revoke(world.state("BY"), "watch of BY");
    let refused = submit(&state.desk("operator"), theirs).await.unwrap_err();
    assert!(refused.message().contains("not signed by an authority"), "{refused:?}");
    may_call(state.desk("watch")).await.unwrap_err();
}

#[tokio::test]
async fn a_fresh_list_that_lies_in_the_directory_is_taken_without_a_call() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    let list = revoke(state, "watch of PL");
    std::fs::write(state.directory.join("revoked.crl"), &list).unwrap();
    state.node().reload().await.unwrap();
    may_call(state.desk("watch")).await.unwrap_err();
    // Taken once: a reload makes no record of what is on record.
    let size = state.node().registrar.head().chain.size;
    state.node().reload().await.unwrap();
    assert_eq!(state.node().registrar.head().chain.size, size);
}

#[tokio::test]
async fn a_list_in_the_directory_that_is_not_taken_is_told_and_the_one_on_record_stays_in_force() {
    let world = World::apart(Medium::Embedded, &["BY", "PL"]).await;
    let state = world.state("PL");
    let file = state.directory.join("revoked.crl");
    let before = state.node().registrar.head();
    let told = async || state.node().reload().await.unwrap().map(|fault| fault.to_string());
    assert_eq!(told().await, None, "none lies there");

    std::fs::create_dir(&file).unwrap();
    let unreadable = told().await.unwrap();
    assert!(unreadable.starts_with(&file.display().to_string()), "{unreadable}");
    assert!(unreadable.contains("stays in force; see that the node may read the file"), "{unreadable}");
    std::fs::remove_dir(&file).unwrap();

    let now = state.node().registrar.clock.now();
    let mut custody = Custody::open(&state.directory.join("custody"), &state.party).unwrap();
    let expired = custody.publish_list(now.plus_ms(-2_000), now.plus_ms(-1_000)).unwrap();
    let theirs = revoke(world.state("BY"), "watch of BY");
    for (list, why) in [
        (b"no list".to_vec(), "was not signed by an authority in the Party's key list"),
        (theirs, "was not signed by an authority in the Party's key list"),
        (expired, "the revocation list has expired"),
    ] {
        std::fs::write(&file, list).unwrap();
        let told = told().await.unwrap();
        assert!(
            told.contains(why) && told.contains("the revocation list on record stays in force"),
            "{told}"
        );
        assert!(told.contains("`detente party publish-revocation-list`"), "{told}");
    }
    let after = state.node().registrar.head();
    assert_eq!(after.chain.size, before.chain.size);
    may_call(state.desk("watch")).await.unwrap();
}

#[tokio::test]
async fn a_list_that_is_not_newer_or_begins_in_the_future_is_told_with_the_way_out() {
    let world = world_of_one().await;
    let state = world.state("PL");
    let file = state.directory.join("revoked.crl");
    let told = async || state.node().reload().await.unwrap().map(|fault| fault.to_string());
    let custody = state.directory.join("custody");
    let older = std::fs::read(custody.join("register")).unwrap();
    let newest = revoke(state, "auditor of PL");
    submit(&state.desk("operator"), newest.clone()).await.unwrap();
    std::fs::write(&file, &newest).unwrap();
    assert_eq!(told().await, None, "it is on record");

    // The custody comes back from an older copy: what it revokes now is numbered as what is held.
    std::fs::write(custody.join("register"), older).unwrap();
    let now = state.node().registrar.clock.now();
    let unseen = revoke(state, "watch of PL");
    std::fs::write(&file, &unseen).unwrap();
    let refused = submit(&state.desk("operator"), unseen).await.unwrap_err();
    let warned = told().await.unwrap();
    let lines = doctor::examine(&state.directory, now).await;
    let found = lines.into_iter().find(|line| line.what == "revocation list in the directory").unwrap();
    let doctor::Finding::Warning(found) = found.finding else { panic!("no warning") };
    for said in [refused.message(), &warned, &found] {
        assert!(said.contains("is number 2, and not newer than number 2"), "{said}");
        assert!(said.contains("`detente party publish-revocation-list DIRECTORY --after FILE`"), "{said}");
    }

    let mut custody = Custody::open(&custody, &state.party).unwrap();
    custody.take_over(&custody.read_list(&newest).unwrap()).unwrap();
    let ahead = now.plus_ms(limits::CLOCKS_MAY_DIFFER_MS + 2_000);
    let early = custody.publish_list(ahead, ahead.plus_ms(lives().revocation_list_ms)).unwrap();
    std::fs::write(&file, &early).unwrap();
    let warned = told().await.unwrap();
    let refused = submit(&state.desk("operator"), early).await.unwrap_err();
    for said in [refused.message(), &warned] {
        assert!(said.contains("10 minutes ahead of this node's clock"), "{said}");
    }
    may_call(state.desk("watch")).await.unwrap();
    let next = custody.publish_list(now, now.plus_ms(lives().revocation_list_ms)).unwrap();
    std::fs::write(&file, &next).unwrap();
    assert_eq!(told().await, None);
    may_call(state.desk("watch")).await.unwrap_err();
}

#[tokio::test]
async fn a_party_file_is_taken_only_with_the_fingerprint_of_its_first_key_list() {
    let world = World::apart(Medium::Embedded, &["BY", "PL"]).await;
    let (ours, theirs) = (world.state("PL"), world.state("BY"));
    let file = theirs.party_file().await;
    let right = Bytes::copy_from_slice(&PartyFile::from_text(&file).unwrap().fingerprint().0.0);
    for wrong in [Bytes::new(), Bytes::from_static(&[7; 32])] {
        let refused = ours.try_propose_with(Change::PartyFile(file.clone()), wrong).await.unwrap_err();
        assert!(refused.message().contains("field fingerprint"), "{refused:?}");
    }
    // One letter of the base64 in the middle.
    let at = file.len() / 2;
    let other = if file.as_bytes()[at] == b'A' { "B" } else { "A" };
    let mut bent = file.clone();
    bent.replace_range(at..=at, other);
    ours.try_propose_with(Change::PartyFile(bent), right.clone()).await.unwrap_err();
    let proposal = ours.try_propose_with(Change::PartyFile(file.clone()), right).await.unwrap();
    assert!(ours.node().registrar.head().board.link(theirs.party).is_none(), "one custodian is not enough");
    confirm(&ours.desk("second custodian"), proposal).await.unwrap();
    assert!(ours.node().registrar.head().board.link(theirs.party).is_some());
    // Their node may call now, though only with what peers may call.
    theirs.take_party(&ours.party_file().await).await;
    let channel = theirs.node().dialler.dial(ours.party, ours.address.clone(), Reach::Everything);
    HealthClient::new(channel.clone()).check(HealthCheckRequest::default()).await.unwrap();
    let refused = PartyServiceClient::new(channel).list_parties(ListPartiesRequest {}).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn reflection_is_for_persons_of_the_own_party_only() {
    let world = World::new(&["BY", "PL"]).await;
    let ask = || {
        let message_request = Some(MessageRequest::ListServices(String::new()));
        tokio_stream::once(ServerReflectionRequest { host: String::new(), message_request })
    };
    let mut calls = ServerReflectionClient::new(world.desk("PL", "operator").channel);
    let mut told = calls.server_reflection_info(ask()).await.unwrap().into_inner();
    let told = told.next().await.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::ListServicesResponse(list) = told else { panic!("{told:?}") };
    assert!(list.service.iter().any(|service| service.name == "detente.v1.PartyService"));
    let ours = world.state("PL");
    let channel = world.node("BY").dialler.dial(ours.party, ours.address.clone(), Reach::Everything);
    let refused = ServerReflectionClient::new(channel).server_reflection_info(ask()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_new_tls_key_takes_force_with_its_key_list_and_a_reload() {
    let mut world = world_of_one().await;
    let state = world.state_mut("PL");
    let after = state.directory.join("party-file");
    std::fs::write(&after, state.party_file().await).unwrap();
    let next = key_list::Next {
        directory: state.directory.clone(),
        after,
        renewed: vec![Purpose::Tls],
        authority_certificate: false,
        addresses: vec!["node.example:7443".into()],
        contacts: Vec::new(),
        out: state.directory.join("list-2"),
        json: false,
    };
    let made = key_list::next(&next, state.node().registrar.clock.now()).unwrap();
    let own = state.node().dialler.certificate.borrow().key_digest();
    // Not in force yet: the old pair stays.
    state.node().reload().await.unwrap();
    assert_eq!(state.node().dialler.certificate.borrow().key_digest(), own);
    state.change(Change::OwnKeyList(read(&next.out)), Bytes::new()).await;
    // Nor does it go, once it is, for one that does not match: the fault says so.
    let certificate = state.directory.join("keys/list-2/tls.crt");
    let right = std::fs::read(&certificate).unwrap();
    std::fs::copy(state.directory.join("keys/tls.crt"), &certificate).unwrap();
    let fault = state.node().reload().await.unwrap_err().to_string();
    assert!(fault.contains("does not belong to the certificate"), "{fault}");
    assert_eq!(state.node().dialler.certificate.borrow().key_digest(), own);
    std::fs::write(&certificate, right).unwrap();
    state.node().reload().await.unwrap();
    let fresh = state.node().dialler.certificate.borrow().key_digest();
    assert_ne!(fresh, own);
    may_call(state.desk("watch")).await.unwrap();
    let board = state.node().registrar.head().board.clone();
    let newest = board.roster.parties[&state.party].newest().unwrap();
    assert_eq!((newest.digest, newest.list.number), (made.digest, 2));
    assert_eq!(newest.list.addresses, ["node.example:7443"]);
    state.stop().await;
    state.start().await;
    assert_eq!(state.node().dialler.certificate.borrow().key_digest(), fresh);
}

#[tokio::test]
async fn a_key_list_that_would_stop_the_node_is_refused() {
    let world = world_of_one().await;
    let ours = world.state("PL");
    // Signed by the right list key, but with a message key that the node was not given, also not later.
    let after = ours.directory.join("party-file");
    std::fs::write(&after, ours.party_file().await).unwrap();
    let next = key_list::Next {
        directory: ours.directory.clone(),
        after,
        renewed: vec![Purpose::Message],
        authority_certificate: false,
        addresses: Vec::new(),
        contacts: Vec::new(),
        out: ours.directory.join("list-2"),
        json: false,
    };
    key_list::next(&next, ours.node().registrar.clock.now()).unwrap();
    std::fs::remove_dir_all(ours.directory.join("keys/list-2")).unwrap();
    ours.node().reload().await.unwrap();
    let refused = ours.try_propose(Change::OwnKeyList(read(&next.out))).await.unwrap_err();
    assert!(refused.message().contains("message key is not in this node's key directory"), "{refused:?}");
}

fn read(path: &Path) -> Bytes {
    std::fs::read(path).unwrap().into()
}
