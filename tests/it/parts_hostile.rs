//! An author that gives other bytes than its message names: it is counted, and nothing of them is kept.

use detente::codec::proto::detente::v1 as calls;
use detente::domain::digest::ThreadId;
use detente::domain::message::Part;
use detente::domain::precedence::Precedence;
use tokio::net::TcpListener;
use tonic::Status;

use crate::officer::{PATIENCE, arrived};
use crate::parts::{file, files, kept_at, notify, store};
use crate::talk::{fresh, outgoing};
use crate::world::World;

#[tokio::test]
async fn an_author_whose_part_is_not_what_its_message_says_is_counted_and_nothing_is_kept() {
    let world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", &[5; 100_000]).await;
    let pl = world.state("PL").party;
    for bytes in [part.bytes - 1, part.bytes + 1] {
        // No officer's draft would say so without a fault: the author's own node is hostile.
        let mut lie = outgoing(ThreadId(fresh()), &[pl], Precedence::Routine, "one");
        lie.parts.push(Part { bytes, ..part.clone() });
        crate::talk::release(&world.node("BY").registrar, lie).await;
    }
    let links = &world.node("PL").exchange.links;
    let discarded = async {
        while links.of(world.state("BY").party).seen().parts_discarded == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, discarded).await.expect("it is counted");
    let board = world.node("PL").registrar.head().board.clone();
    assert_eq!(board.part(&part.salted_digest), None);
    assert!(!file(&world, "PL", &part).exists());
}

/// An author's node that gives other bytes than its message named, as many as it said.
#[derive(Clone)]
struct Liar(usize);

impl tonic::server::NamedService for Liar {
    const NAME: &'static str = "detente.v1.ExchangeService";
}

type Junk = tokio_stream::Iter<std::vec::IntoIter<Result<calls::FetchPartResponse, Status>>>;

impl tonic::server::ServerStreamingService<calls::FetchPartRequest> for Liar {
    type Response = calls::FetchPartResponse;
    type ResponseStream = Junk;
    type Future = std::future::Ready<Result<tonic::Response<Junk>, Status>>;

    fn call(&mut self, _: tonic::Request<calls::FetchPartRequest>) -> Self::Future {
        let junk = vec![Ok(calls::FetchPartResponse { chunk: vec![1; self.0].into() })];
        std::future::ready(Ok(tonic::Response::new(tokio_stream::iter(junk))))
    }
}

impl tower::Service<tonic::codegen::http::Request<tonic::body::Body>> for Liar {
    type Response = tonic::codegen::http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), std::convert::Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: tonic::codegen::http::Request<tonic::body::Body>) -> Self::Future {
        let liar = self.clone();
        Box::pin(async move {
            if !call.uri().path().ends_with("/FetchPart") {
                return Ok(Status::unimplemented("").into_http());
            }
            let mut grpc = tonic::server::Grpc::new(tonic_prost::ProstCodec::default());
            Ok(grpc.server_streaming(liar, call).await)
        })
    }
}

#[tokio::test]
async fn an_author_that_gives_other_bytes_is_counted_and_the_right_ones_are_taken_later() {
    let mut world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", &[5; 1000]).await;
    let path = file(&world, "BY", &part);
    let right = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"else").unwrap();
    let sent = notify(&world, &part).await;
    arrived(&world, "PL", &sent.message_digest).await;

    let (trust, certificate) = (world.node("BY").trust.clone(), world.node("BY").dialler.certificate.clone());
    let (by, address) = (world.state("BY").party, world.state("BY").address.clone());
    world.state_mut("BY").stop().await;
    let acceptor = detente::rpc::accept::Acceptor {
        clock: world.clock.clone(),
        trust,
        certificate,
        lives: Default::default(),
    };
    let listener = TcpListener::bind(&address).await.unwrap();
    let lying = detente::rpc::accept::server()
        .add_service(Liar(right.len()))
        .serve_with_incoming(acceptor.accept(listener));
    let lying = tokio::spawn(lying);
    let links = &world.node("PL").exchange.links;
    let discarded = async {
        while links.of(by).seen().parts_discarded == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, discarded).await.expect("it is counted");
    assert_eq!(world.node("PL").registrar.head().board.part(&part.salted_digest), None);
    assert_eq!(files(&world, "PL"), 0);
    lying.abort();
    let _ = lying.await;

    std::fs::write(&path, right).unwrap();
    world.state_mut("BY").start().await;
    kept_at(&world, "PL", &part).await;
}
