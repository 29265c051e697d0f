//! What officers do, for the tests: drafts, releases, reading and acknowledging, over real calls.

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::cli::form::{self, Syntax};
use detente::codec::heading::{Asked, given};
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::activity_service_client::ActivityServiceClient;
use detente::codec::proto::detente::v1::by_hand_service_client::ByHandServiceClient;
use detente::codec::proto::detente::v1::exercise_service_client::ExerciseServiceClient;
use detente::codec::proto::detente::v1::hotline_service_client::HotlineServiceClient;
use detente::codec::proto::detente::v1::incident_service_client::IncidentServiceClient;
use detente::codec::proto::detente::v1::message_service_client::MessageServiceClient;
use detente::codec::proto::detente::v1::regime_service_client::RegimeServiceClient;
use detente::codec::proto::detente::v1::watch_service_client::WatchServiceClient;
use detente::domain::content::{Content, Kind};
use tonic::Status;
use tonic::transport::Channel;
use tonic_types::StatusExt as _;

use crate::world::World;

pub fn exercises(desk: &Desk) -> ExerciseServiceClient<Channel> {
    ExerciseServiceClient::new(desk.channel.clone())
}

pub fn incidents(desk: &Desk) -> IncidentServiceClient<Channel> {
    IncidentServiceClient::new(desk.channel.clone())
}

pub fn hotlines(desk: &Desk) -> HotlineServiceClient<Channel> {
    HotlineServiceClient::new(desk.channel.clone())
}

pub fn activities(desk: &Desk) -> ActivityServiceClient<Channel> {
    ActivityServiceClient::new(desk.channel.clone())
}

pub fn messages(desk: &Desk) -> MessageServiceClient<Channel> {
    MessageServiceClient::new(desk.channel.clone())
}

pub fn regimes(desk: &Desk) -> RegimeServiceClient<Channel> {
    RegimeServiceClient::new(desk.channel.clone())
}

pub fn by_hand(desk: &Desk) -> ByHandServiceClient<Channel> {
    ByHandServiceClient::new(desk.channel.clone())
}

pub fn watches(desk: &Desk) -> WatchServiceClient<Channel> {
    WatchServiceClient::new(desk.channel.clone())
}

/// A form with its content as a person writes it.
pub fn form(kind: Kind, toml: &str) -> Content {
    form::read(kind, Syntax::Toml, toml).unwrap()
}

/// The filled form that `--help` shows.
pub fn filled(kind: Kind) -> Content {
    form(kind, form::example(kind))
}

pub fn addressee(party: &str) -> evidence::Addressee {
    evidence::Addressee { party: party.into(), office: String::new() }
}

/// To PL, with nothing amiss.
pub fn heading(thread: u8) -> calls::Heading {
    calls::Heading {
        thread: vec![thread; 16].into(),
        action: vec![addressee("PL")],
        precedence: evidence::Precedence::Routine as i32,
        zone: "Europe/Minsk".into(),
        language: "en".into(),
        traffic: evidence::Traffic::Real as i32,
        subject: "Autumn Harvest 2031".into(),
        ..Default::default()
    }
}

pub fn draft_call(desk: &Desk, draft: u8, heading: calls::Heading, content: &Content) -> calls::DraftRequest {
    calls::DraftRequest {
        command: Some(desk.command(None).unwrap()),
        draft: vec![draft; 16].into(),
        heading: Some(heading),
        content: Some(match given(content).unwrap() {
            Asked::Exercise(form) => form,
            Asked::Incident(_)
            | Asked::Activity(_)
            | Asked::Regime(_)
            | Asked::Formatted(_)
            | Asked::Message(_)
            | Asked::Hotline(_)
            | Asked::Transcription(_) => {
                panic!("a form of another service")
            }
        }),
    }
}

pub async fn draft(
    world: &World,
    party: &str,
    draft: u8,
    heading: calls::Heading,
    content: &Content,
) -> Result<calls::DraftResponse, Status> {
    let desk = world.desk(party, "drafter");
    let command = Some(desk.command(None).unwrap());
    let (id, heading) = (vec![draft; 16].into(), Some(heading));
    let (digest, faults) = match given(content).unwrap() {
        Asked::Exercise(form) => {
            let call = calls::DraftRequest { command, draft: id, heading, content: Some(form) };
            let answered = exercises(&desk).draft(call).await?.into_inner();
            (answered.digest, answered.faults)
        }
        Asked::Incident(form) => {
            let call =
                calls::IncidentServiceDraftRequest { command, draft: id, heading, content: Some(form) };
            let answered = incidents(&desk).draft(call).await?.into_inner();
            (answered.digest, answered.faults)
        }
        Asked::Activity(form) => {
            let call =
                calls::ActivityServiceDraftRequest { command, draft: id, heading, content: Some(form) };
            let answered = activities(&desk).draft(call).await?.into_inner();
            (answered.digest, answered.faults)
        }
        Asked::Regime(form) => {
            let call = calls::DraftWordRequest { command, draft: id, heading, content: Some(form) };
            let answered = regimes(&desk).draft_word(call).await?.into_inner();
            (answered.digest, answered.faults)
        }
        Asked::Message(form) => {
            let call = calls::DraftMessageRequest { command, draft: id, heading, content: Some(form) };
            let answered = messages(&desk).draft_message(call).await?.into_inner();
            (answered.digest, answered.faults)
        }
        Asked::Hotline(form) => {
            let call = calls::HotlineServiceDraftRequest { command, draft: id, heading, content: Some(form) };
            let answered = hotlines(&desk).draft(call).await?.into_inner();
            (answered.digest, answered.faults)
        }
        Asked::Formatted(form) => {
            let call = calls::DraftFormattedRequest { command, draft: id, heading, content: Some(form) };
            let answered = regimes(&desk).draft_formatted(call).await?.into_inner();
            (answered.digest, answered.faults)
        }
        Asked::Transcription(form) => {
            let call = calls::DraftTranscriptionRequest { command, draft: id, heading, content: Some(form) };
            let answered = by_hand(&desk).draft_transcription(call).await?.into_inner();
            (answered.digest, answered.faults)
        }
    };
    Ok(calls::DraftResponse { digest, faults })
}

pub fn release_call(desk: &Desk, draft: u8, digest: &Bytes, as_is: bool) -> calls::ReleaseRequest {
    calls::ReleaseRequest {
        command: Some(desk.command(None).unwrap()),
        draft: vec![draft; 16].into(),
        digest: digest.clone(),
        as_is,
    }
}

pub async fn release(
    desk: &Desk,
    draft: u8,
    digest: &Bytes,
    as_is: bool,
) -> Result<calls::ReleaseResponse, Status> {
    messages(desk).release(release_call(desk, draft, digest, as_is)).await.map(tonic::Response::into_inner)
}

/// Drafted by one and released by another, whatever its faults.
pub async fn send(
    world: &World,
    party: &str,
    number: u8,
    heading: calls::Heading,
    content: &Content,
) -> calls::ReleaseResponse {
    let drafted = draft(world, party, number, heading, content).await.unwrap();
    release(&world.desk(party, "releaser"), number, &drafted.digest, true).await.unwrap()
}

/// A notification of BY to PL in a thread of its own.
pub async fn notify(world: &World, number: u8) -> calls::ReleaseResponse {
    send(world, "BY", number, heading(number), &filled(Kind::Notification)).await
}

pub fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

pub fn violations(status: &Status) -> Vec<(String, String)> {
    let details = status.get_error_details();
    let all = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    all.into_iter().map(|one| (one.field, one.description)).collect()
}

/// How many records count at a Party's node.
pub fn size(world: &World, party: &str) -> u64 {
    world.node(party).registrar.head().chain.size
}

/// How many commands of persons are on record at a Party's node: receipts and heads that come meanwhile don't count.
pub fn commands(world: &World, party: &str) -> usize {
    world.node(party).registrar.head().board.commands.len()
}

/// As of an instant, 0 for now.
pub async fn show(world: &World, party: &str, thread: &Bytes, as_of_ms: i64) -> calls::ShowThreadResponse {
    let as_of_ms = (as_of_ms != 0).then_some(as_of_ms);
    let call = calls::ShowThreadRequest { thread: thread.clone(), as_of_ms, from: 0, ..Default::default() };
    messages(&world.desk(party, "drafter")).show_thread(call).await.unwrap().into_inner()
}

/// Waits until a Party's Board holds this message.
pub async fn arrived(world: &World, party: &str, message: &Bytes) {
    let digest = detente::domain::digest::Digest::from_slice(message).unwrap();
    let mut heads = world.node(party).registrar.heads();
    let wait = heads.wait_for(|head| head.board.messages.contains_key(&digest));
    tokio::time::timeout(PATIENCE, wait).await.expect("it arrives").unwrap();
}

/// Waits until nothing is owed by the other end any more.
pub async fn receipted(world: &World, from: &str, to: &str) {
    use detente::domain::precedence::Precedence;
    let to = to.parse().unwrap();
    let mut heads = world.node(from).registrar.heads();
    let wait = heads.wait_for(|head| {
        head.board.link(to).is_some_and(|link| {
            Precedence::FASTEST_FIRST.into_iter().all(|lane| link.lane(lane).owed.is_empty())
        })
    });
    tokio::time::timeout(PATIENCE, wait).await.expect("receipts come").unwrap();
}

/// Fails a test that would wait for ever; no test waits so long otherwise, however slow the machine.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);
