//! The access matrix: every method of the table, called over real TLS by every kind of caller.

use std::collections::BTreeSet;

use detente::domain::people::Role;
use detente::peers::trust::{Reach, Trust};
use detente::rpc;
use detente::rpc::access::PATHS;
use prost::Message as _;
use tonic::transport::Channel;

use crate::authority::{Fate, Node, Realm, beginning, end, fate, on_roster, present};

/// Who gets through, by method. D drafter, R releaser, W watch, A auditor, O operator, C custodian, P a
/// peer's node, S a peer's node whose revocation list is stale, U a peer's node whose key is in no key list
/// held here. Nobody else ever does.
const EXPECTED: &str = "
    /detente.v1.ExerciseService/Draft                           D . . . . . . . .
    /detente.v1.IncidentService/Draft                           D . . . . . . . .
    /detente.v1.ActivityService/Draft                           D . . . . . . . .
    /detente.v1.MessageService/DraftMessage                     D . . . . . . . .
    /detente.v1.MessageService/ReturnDraft                      . R . . . . . . .
    /detente.v1.MessageService/WithdrawDraft                    D . . . . . . . .
    /detente.v1.MessageService/ListDrafts                       D R . . . . . . .
    /detente.v1.MessageService/ShowDraft                        D R . . . . . . .
    /detente.v1.MessageService/Release                          . R . . . . . . .
    /detente.v1.MessageService/ListThreads                      D R W . . . . . .
    /detente.v1.MessageService/ShowThread                       D R W . . . . . .
    /detente.v1.MessageService/ShowMessage                      D R W . . . . . .
    /detente.v1.RegimeService/Hold                              D . . . . C . . .
    /detente.v1.RegimeService/ListHeld                          D R W A O C . . .
    /detente.v1.RegimeService/ShowText                          D R W A O C . . .
    /detente.v1.RegimeService/DraftWord                         D . . . . . . . .
    /detente.v1.RegimeService/DraftFormatted                    D . . . . . . . .
    /detente.v1.RegimeService/ListAdopters                      D R W A O C . . .
    /detente.v1.RegimeService/ListFunctions                     D R W A O C . . .
    /detente.v1.DutyService/ListDuties                          D R W . . . . . .
    /detente.v1.DutyService/FollowDuties                        D R W . . . . . .
    /detente.v1.ByHandService/ListOpen                          D R W . . . . . .
    /detente.v1.ByHandService/Record                            . R W . . . . . .
    /detente.v1.ByHandService/DraftTranscription                D . . . . . . . .
    /detente.v1.PartService/Store                               D R W . . . . . .
    /detente.v1.PartService/Read                                D R W . . . . . .
    /detente.v1.PartService/Erase                               . . . . . C . . .
    /detente.v1.WatchService/Follow                             . . W . . . . . .
    /detente.v1.WatchService/Read                               . . W . . . . . .
    /detente.v1.WatchService/Acknowledge                        . . W . . . . . .
    /detente.v1.WatchService/Now                                . . W . . . . . .
    /detente.v1.WatchService/HandOver                           . . W . . . . . .
    /detente.v1.WatchService/TakeOver                           . . W . . . . . .
    /detente.v1.WatchService/Card                               . . W . . . . . .
    /detente.v1.WatchService/DraftHoldingReply                  . . W . . . . . .
    /detente.v1.AuditService/Export                             . . . A . . . . .
    /detente.v1.AuditService/Head                               . . . A O . . . .
    /detente.v1.AuditService/ExportThread                       . . . A . . . . .
    /detente.v1.AuditService/Threads                            . . . A . . . . .
    /detente.v1.AuditService/ReplayThread                       . . . A . . . . .
    /detente.v1.PartyService/Propose                            . . . . . C . . .
    /detente.v1.PartyService/Confirm                            . . . . . C . . .
    /detente.v1.PartyService/DropProposal                       . . . . . C . . .
    /detente.v1.PartyService/ListProposals                      . . . . . C . . .
    /detente.v1.PartyService/ListParties                        D R W A O C . . .
    /detente.v1.PartyService/ListOffices                        D R W A O C . . .
    /detente.v1.PartyService/ShowWatchPlan                      D R W A O C . . .
    /detente.v1.PartyService/ListWebhooks                       D R W A O C . . .
    /detente.v1.PartyService/ListOwnAlarms                      D R W A O C . . .
    /detente.v1.PartyService/ShowWatchCards                     D R W A O C . . .
    /detente.v1.PartyService/ShowCheckSchedule                  D R W A O C . . .
    /detente.v1.PartyService/ListMembers                        . . . A O C . . .
    /detente.v1.PartyService/ExportParty                        . . . . O C . . .
    /detente.v1.PartyService/SubmitRevocationList               . . . . O C . . .
    /detente.v1.ExchangeService/Deliver                         . . . . . . P . .
    /detente.v1.ExchangeService/Beat                            . . . . . . P . .
    /detente.v1.ExchangeService/Leaves                          . . . . . . P . .
    /detente.v1.ExchangeService/HandInLeaves                    . . . . . . P . .
    /detente.v1.ExchangeService/KeyLists                        . . . . . . P . .
    /detente.v1.ExchangeService/HandInKeyLists                  . . . . . . P S U
    /detente.v1.ExchangeService/Collect                         . . . . . . P . .
    /detente.v1.ExchangeService/HandInReceipts                  . . . . . . P . .
    /detente.v1.ExchangeService/FetchPart                       . . . . . . P . .
    /detente.v1.ExchangeService/WantedPart                      . . . . . . P . .
    /detente.v1.ExchangeService/HandInPart                      . . . . . . P . .
    /detente.v1.ExchangeService/HandInRevocationList            . . . . . . P S U
    /grpc.health.v1.Health/Check                                D R W A O C P . .
    /grpc.health.v1.Health/Watch                                D R W A O C P . .
    /grpc.reflection.v1.ServerReflection/ServerReflectionInfo   D R W A O C . . .
    /detente.v1.HotlineService/Draft                            D . . . . . . . .
    /detente.v1.HotlineService/OpenSession                      D . . . . . . . .
    /detente.v1.HotlineService/AcceptSession                    D . . . . . . . .
    /detente.v1.HotlineService/Say                              D . . . . . . . .
    /detente.v1.HotlineService/AddParty                         D . . . . . . . .
    /detente.v1.HotlineService/TranslateText                    D . . . . . . . .
    /detente.v1.HotlineService/CloseSession                     D . . . . . . . .
    /detente.v1.HotlineService/ReadText                         . . W . . . . . .
    /detente.v1.HotlineService/ListSessions                     D R W . . . . . .
    /detente.v1.HotlineService/ShowSession                      D R W . . . . . .
    /detente.v1.HotlineService/Transcript                       D R W . . . . . .
    /detente.v1.HotlineService/ListPhrases                      D R W A O C . . .
    /detente.v1.HotlineService/Join                             . . W . . . . . .
    /detente.v1.HotlineService/ListChecks                       D R W . O . . . .
    /detente.v1.HotlineService/SendCheck                        . . W . . . . . .
    /detente.v1.HotlineService/RecordCheck                      . . W . . . . . .
    /detente.v1.HotlineService/PingLinks                        D R W . O . . . .
    /detente.v1.HotlineService/CarryOut                         . . W . . . . . .
    /detente.v1.HotlineService/CarryIn                          . . W . . . . . .
    /detente.v1.HotlineService/EnterHeard                       D . . . . . . . .
    /detente.v1.HotlineService/ListCarried                      D R W . . . . . .
    /detente.v1.ExerciseService/NoSuchMethod                    . . . . . . . . .
    /detente.v1.ExerciseService/draft                           . . . . . . . . .
";

fn expected() -> Vec<(&'static str, Vec<&'static str>)> {
    let row = |line: &'static str| {
        let mut words = line.split_whitespace();
        Some((words.next()?, words.collect()))
    };
    EXPECTED.lines().filter_map(row).collect()
}

/// Callers whom no method may answer, each with what is wrong with them.
async fn strangers(node: &Node, pl: &mut Realm, by: &mut Realm) -> Vec<(&'static str, Channel)> {
    let expired =
        pl.custody.issue_person("Anna Kowalska", "", beginning(), present().plus_ms(-1_000)).unwrap();
    let revoked = pl.person("Anna Kowalska");
    pl.revoke(&revoked.serial);
    let unlisted = pl.person("Nobody");
    let other_party = by.person("Anna Kowalska");
    let unlisted_and_revoked = by.custody.issue_node(beginning(), end()).unwrap();
    by.revoke(&unlisted_and_revoked.serial);
    let view = Trust::new(by.keys(), vec![pl.keys()], Default::default());
    let unlisted_and_revoked = node.dialled(&unlisted_and_revoked, view, &pl.party, Reach::ListsOnly);
    let mut impostor = Realm::new("PL");
    let wrong_authority = impostor.person("Anna Kowalska");
    vec![
        ("expired", node.desk(pl, &expired)),
        ("revoked", node.desk(pl, &revoked)),
        ("not on the roster", node.desk(pl, &unlisted)),
        ("a person of another Party", node.desk(pl, &other_party)),
        ("wrong authority", node.desk(pl, &wrong_authority)),
        ("a node of another Party, its key unlisted and revoked", unlisted_and_revoked),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_answers_those_it_is_for_and_nobody_else() {
    let (mut pl, mut by, lt, mut ee) =
        (Realm::new("PL"), Realm::new("BY"), Realm::new("LT"), Realm::new("EE"));
    let unlisted = ee.custody.issue_node(beginning(), end()).unwrap();
    let staff = Role::ALL.map(|role| (role, pl.person(role.name())));
    let roster = staff.iter().flat_map(|(role, issued)| on_roster(role.name(), issued.key_digest, &[*role]));
    let trust = Trust::new(pl.keys(), vec![by.keys(), lt.without_list(), ee.keys()], roster.collect());
    let node = Node::start(&pl.node, trust).await;

    let strangers = strangers(&node, &mut pl, &mut by).await;
    let roster = staff.iter().flat_map(|(role, issued)| on_roster(role.name(), issued.key_digest, &[*role]));
    node.publish(Trust::new(pl.keys(), vec![by.keys(), lt.without_list(), ee.keys()], roster.collect()));
    let view = |own: &Realm| Trust::new(own.keys(), vec![pl.keys()], Default::default());
    let mut known: Vec<Channel> = staff.iter().map(|(_, issued)| node.desk(&pl, issued)).collect();
    known.push(node.dialled(&by.node, view(&by), &pl.party, Reach::Everything));
    known.push(node.dialled(&lt.node, view(&lt), &pl.party, Reach::Everything));
    known.push(node.dialled(&unlisted, view(&ee), &pl.party, Reach::Everything));

    for (path, row) in expected() {
        assert_eq!(row.len(), known.len(), "{path}: a column for each kind of caller");
        for (channel, (mark, kind)) in known.iter().zip(row.iter().zip("DRWAOCPSU".chars())) {
            let found = fate(channel.clone(), path).await;
            match (*mark, kind) {
                (".", 'S') => {
                    assert_eq!(found, Fate::Refused("STALE_REVOCATION_LIST".into()), "{kind} {path}");
                }
                (".", 'U') => {
                    assert_eq!(found, Fate::Refused("KEY_NOT_LISTED".into()), "{kind} {path}");
                }
                (".", _) => assert_eq!(found, Fate::Refused("NOT_PERMITTED".into()), "{kind} {path}"),
                (mark, kind) => {
                    assert_eq!(mark, kind.to_string(), "{path}: a mark in the wrong column");
                    assert_eq!(found, Fate::Admitted, "{kind} {path}");
                }
            }
        }
        for (what, channel) in &strangers {
            assert_eq!(fate(channel.clone(), path).await, Fate::NotConnected, "{what} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_our_own_list_is_stale_only_a_fresh_one_can_be_submitted() {
    const SUBMIT: &str = "/detente.v1.PartyService/SubmitRevocationList";
    let mut pl = Realm::new("PL");
    let staff = Role::ALL.map(|role| (role, pl.person(role.name())));
    let roster = staff.iter().flat_map(|(role, issued)| on_roster(role.name(), issued.key_digest, &[*role]));
    let node = Node::start(&pl.node, Trust::new(pl.without_list(), vec![], roster.collect())).await;
    for (role, issued) in &staff {
        let channel = node.desk(&pl, issued);
        for path in PATHS {
            let found = fate(channel.clone(), path).await;
            if *path == SUBMIT && [Role::Operator, Role::Custodian].contains(role) {
                assert_eq!(found, Fate::Admitted, "{role:?} {path}");
            } else {
                assert_eq!(found, Fate::Refused("STALE_REVOCATION_LIST".into()), "{role:?} {path}");
            }
        }
    }
}

#[test]
fn every_row_of_the_table_is_in_the_matrix() {
    let in_matrix: BTreeSet<&str> = expected().into_iter().map(|(path, _)| path).collect();
    for path in PATHS {
        assert!(in_matrix.contains(path), "{path} is in the table and not in this test's matrix");
    }
}

#[derive(prost::Message)]
struct Files {
    #[prost(message, repeated, tag = "1")]
    files: Vec<File>,
}

#[derive(prost::Message)]
struct File {
    #[prost(string, tag = "2")]
    package: String,
    #[prost(message, repeated, tag = "6")]
    services: Vec<Named>,
}

/// A service with its methods, or a method (which has none).
#[derive(prost::Message)]
struct Named {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    methods: Vec<Method>,
}

#[derive(prost::Message)]
struct Method {
    #[prost(string, tag = "1")]
    name: String,
}

#[test]
fn every_method_of_the_protos_has_a_row_and_every_row_a_method() {
    let files = Files::decode(rpc::DESCRIPTORS).unwrap().files;
    let methods: BTreeSet<String> = files
        .iter()
        .flat_map(|file| file.services.iter().map(move |service| (file, service)))
        .flat_map(|(file, service)| service.methods.iter().map(move |method| (file, service, method)))
        .map(|(file, service, method)| format!("/{}.{}/{}", file.package, service.name, method.name))
        .collect();
    for method in &methods {
        assert!(PATHS.contains(&method.as_str()), "{method} has no row in the access table");
    }
    // Health and reflection come with their libraries and are not among our protos. .
    let ours = PATHS.iter().filter(|path| path.starts_with("/detente."));
    for path in ours {
        assert!(methods.contains(*path), "{path} has a row in the access table and is no method");
    }
}
