//! What is refused of parts at the door, and changes nothing: beyond a limit, other content under one command, one that
//! is not kept here.

use detente::cli::desk::fresh_id;
use detente::cli::part;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::part_service_client::PartServiceClient;
use detente::codec::proto::detente::v1::store_request::Piece;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::message::Part;
use detente::limits;
use tonic::Code;

use crate::officer::{draft, filled, heading, reason, release, size};
use crate::parts::{erase, files, store, wire};
use crate::world::World;

#[tokio::test]
async fn over_a_limit_nothing_is_kept_and_nothing_recorded() {
    let world = World::new(&["BY", "PL"]).await;
    let desk = world.desk("BY", "drafter");
    let before = size(&world, "BY");
    let header = |name: &str| calls::PartHeader {
        command: Some(desk.command(None).unwrap()),
        media_type: "text/plain".into(),
        name: name.into(),
        personal: false,
    };
    let most = limits::PART_BYTES_MAX as usize;
    let chunks = |bytes: usize| -> Vec<Piece> {
        let chunk = limits::PART_CHUNK_BYTES;
        let sizes = (0..bytes).step_by(chunk).map(|from| chunk.min(bytes - from));
        sizes.map(|size| Piece::Chunk(vec![1; size].into())).collect()
    };
    let give = async |pieces: Vec<Piece>| {
        let pieces = pieces.into_iter().map(|piece| calls::StoreRequest { piece: Some(piece) });
        let pieces = tokio_stream::iter(pieces.collect::<Vec<_>>());
        PartServiceClient::new(desk.channel.clone()).store(pieces).await.map(tonic::Response::into_inner)
    };
    let with = |header: calls::PartHeader, chunks: Vec<Piece>| {
        std::iter::once(Piece::Header(header)).chain(chunks).collect::<Vec<_>>()
    };
    for (what, pieces) in [
        ("one byte too many", with(header("a"), chunks(most + 1))),
        ("no header", chunks(1)),
        ("two headers", with(header("a"), vec![Piece::Header(header("b"))])),
        ("a long name", with(header(&"n".repeat(513)), chunks(1))),
        ("no name", with(header(" "), chunks(1))),
    ] {
        let refused = give(pieces).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "FIELD"), "{what}");
    }
    let stranger = world.desk("BY", "auditor");
    let refused = PartServiceClient::new(stranger.channel).store(tokio_stream::iter(Vec::new())).await;
    assert_eq!(reason(&refused.unwrap_err()), "NOT_PERMITTED");
    assert_eq!((size(&world, "BY"), files(&world, "BY")), (before, 0));

    let kept = give(with(header("a"), chunks(most))).await.unwrap().part.unwrap();
    assert_eq!(kept.bytes, limits::PART_BYTES_MAX);
    assert_eq!((size(&world, "BY"), files(&world, "BY")), (before + 1, 1));
    let empty = give(with(header("empty"), Vec::new())).await.unwrap().part.unwrap();
    assert_eq!(empty.bytes, 0);
}

#[tokio::test]
async fn the_same_command_again_gives_the_same_part_and_other_content_is_refused() {
    let world = World::new(&["BY", "PL"]).await;
    let desk = world.desk("BY", "drafter");
    let id = fresh_id().unwrap();
    let first = part::store(&desk, id, "a.txt", false, b"one".to_vec()).await.unwrap();
    let before = size(&world, "BY");
    world.clock.set(world.clock.now().plus_ms(5_000));
    assert_eq!(part::store(&desk, id, "a.txt", false, b"one".to_vec()).await.unwrap(), first);
    for (name, content) in [("a.txt", b"two".as_slice()), ("b.txt", b"one"), ("a.txt", b"three")] {
        let refused = part::store(&desk, id, name, false, content.to_vec()).await.unwrap_err();
        assert!(refused.to_string().contains("used before for other content"), "{refused}");
    }
    assert_eq!((size(&world, "BY"), files(&world, "BY")), (before, 1));
    // The same content under another id has another salt: nobody sees that it is the same.
    let second = part::store(&desk, fresh_id().unwrap(), "a.txt", false, b"one".to_vec()).await.unwrap();
    assert_ne!(second.salted_digest, first.salted_digest);
}

#[tokio::test]
async fn a_draft_with_a_part_that_is_not_kept_here_has_a_fault_that_names_it() {
    let world = World::new(&["BY", "PL"]).await;
    let part = store(&world, "BY", b"names").await;
    let unknown = Part { salted_digest: Digest([3; 32]), ..part.clone() };
    let other_size = Part { bytes: 6, ..part.clone() };
    let named = |parts: &[&Part]| calls::Heading {
        parts: parts.iter().map(|part| wire(part)).collect(),
        ..heading(1)
    };
    let content = filled(Kind::Notification);
    let drafted = draft(&world, "BY", 1, named(&[&part]), &content).await.unwrap();
    assert!(drafted.faults.is_empty(), "{:?}", drafted.faults);
    let drafted = draft(&world, "BY", 1, named(&[&part, &unknown, &other_size]), &content).await.unwrap();
    let fields: Vec<_> = drafted.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["heading.parts[2]", "heading.parts[3]", "heading.parts[3]"], "{:?}", drafted.faults);

    let drafted = draft(&world, "BY", 1, named(&[&part]), &content).await.unwrap();
    erase(&world, "BY", &part).await.unwrap();
    let refused = release(&world.desk("BY", "releaser"), 1, &drafted.digest, false).await.unwrap_err();
    assert_eq!(reason(&refused), "FAULTS");
}
