//! Who made and took which carry file, and what was said of it: on record before anything in it is, and listed.

use bytes::Bytes;
use detente::cli::desk::Desk;
use detente::codec::carry::{self, Carry};
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::carry_in_request::Piece as In;
use detente::codec::proto::detente::v1::carry_in_response::Piece as Answered;
use detente::codec::proto::detente::v1::carry_out_response::Piece as Out;
use detente::domain::carry::{CarryNoted, Done, Holds, NotCompared};
use detente::domain::command::{Command, Origin};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::{Change, Event, Record};
use detente::domain::precedence::Precedence;
use detente::domain::time::Instant;
use detente::limits;
use detente::replay::verify::Weight;
use tonic::Status;

use crate::by_hand::{audited, proven, sentences};
use crate::carry::{cut_apart, read};
use crate::hostile::count;
use crate::officer::{hotlines, reason, show, size, violations, watches};
use crate::parts::holds_on_replay;
use crate::party::{Folded, anna, at, by, peer};
use crate::records::{opened, sealed};
use crate::talk::{both_settled, fresh, outgoing, release};
use crate::world::World;

async fn out(desk: &Desk, asked: calls::CarryOutRequest) -> Result<Bytes, Status> {
    let mut pieces = hotlines(desk).carry_out(asked).await?.into_inner();
    let mut file = Vec::new();
    while let Some(piece) = pieces.message().await? {
        if let Some(Out::Chunk(chunk)) = piece.piece {
            file.extend_from_slice(&chunk);
        }
    }
    Ok(file.into())
}

async fn take(desk: &Desk, header: calls::CarryInHeader, file: &Bytes) -> Result<calls::CarryTaken, Status> {
    let pieces = [In::Header(header), In::Chunk(file.clone())];
    let sent = pieces.map(|piece| calls::CarryInRequest { piece: Some(piece) });
    let mut pieces = hotlines(desk).carry_in(tokio_stream::iter(sent)).await?.into_inner();
    match pieces.message().await?.and_then(|first| first.piece) {
        Some(Answered::Taken(taken)) => Ok(taken),
        other => panic!("first it is told what was taken: {other:?}"),
    }
}

async fn listed(desk: &Desk) -> Vec<calls::CarriedFile> {
    hotlines(desk).list_carried(calls::ListCarriedRequest::default()).await.unwrap().into_inner().files
}

fn asked(desk: &Desk, way: &str) -> calls::CarryOutRequest {
    let command = desk.command(None).ok();
    calls::CarryOutRequest { to: "PL".into(), command, way: way.into(), ..Default::default() }
}

fn header(desk: &Desk, way: &str) -> calls::CarryInHeader {
    calls::CarryInHeader { command: desk.command(None).ok(), way: way.into(), ..Default::default() }
}

/// What PL has not receipted of BY's, by a file that the watch of each made and took.
pub async fn carried_to_pl(world: &World) {
    let (by, pl) = (world.desk("BY", "watch"), world.desk("PL", "watch"));
    let file = out(&by, asked(&by, "")).await.unwrap();
    take(&pl, header(&pl, ""), &file).await.unwrap();
}

async fn said(world: &World) -> Digest {
    let to = world.state("PL").party;
    let text = outgoing(ThreadId(fresh()), &[to], Precedence::Routine, "said");
    release(&world.node("BY").registrar, text).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_made_a_file_and_who_took_it_stand_on_record_with_what_was_said_of_the_way() {
    let (world, _line) = cut_apart().await;
    let (by, pl) = (world.desk("BY", "watch"), world.desk("PL", "watch"));
    said(&world).await;
    let file = out(&by, asked(&by, "diskette by Cpt. Ivanova")).await.unwrap();
    let before = size(&world, "PL");
    let taking = header(&pl, "handed over at the gate");
    take(&pl, taking.clone(), &file).await.unwrap();

    let [made] = &listed(&by).await[..] else { panic!("one") };
    assert_eq!((made.with.as_str(), made.made, made.way.as_str()), ("PL", true, "diskette by Cpt. Ivanova"));
    assert_eq!(made.by.as_ref().unwrap().name, "watch of BY");
    assert_eq!((made.dispatches, made.receipts, made.parts), (1, 0, 0));
    let [one] = &listed(&pl).await[..] else { panic!("one") };
    assert_eq!((one.with.as_str(), one.made, one.way.as_str()), ("BY", false, "handed over at the gate"));
    assert_eq!(one.by.as_ref().unwrap().name, "watch of PL");
    assert_eq!((&one.file, one.made_at_ms), (&made.file, made.made_at_ms));
    assert_eq!(one.file[..], Digest::of(&file).0);
    assert!(!one.although_not_compared);
    // It comes before what the file holds.
    let pl_node = world.node("PL");
    let records = pl_node.registrar.head().records(&pl_node.registrar.journal);
    let first = records.record(before).await.unwrap();
    assert!(matches!(&first.events[..], [Event::CarryNoted(_)]), "{first:?}");

    // The same command again is one; under its id no other file is taken, and none made.
    take(&pl, taking.clone(), &file).await.unwrap();
    assert_eq!(listed(&pl).await.len(), 1);
    let other = carry::encode(&Carry { made_at: read(&file).made_at.plus_ms(1), ..read(&file) });
    assert_eq!(reason(&take(&pl, taking, &other).await.unwrap_err()), "ID_REUSED");
    let again = asked(&by, "e-mail");
    out(&by, again.clone()).await.unwrap();
    // A file says when it was made: one that is made later is another.
    world.clock.set(world.clock.now().plus_ms(1));
    let refused = out(&by, again).await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "command.id");
    assert_eq!((listed(&by).await.len(), listed(&pl).await.len()), (2, 1));

    // What is refused as a whole is no taking.
    let before = size(&world, "PL");
    take(&pl, header(&pl, ""), &Bytes::from("no carry file")).await.unwrap_err();
    take(&pl, calls::CarryInHeader::default(), &file).await.unwrap_err();
    for way in ["two\nlines".to_owned(), "\u{202e}".into(), "x".repeat(limits::CARRY_WAY_BYTES_MAX + 1)] {
        assert_eq!(violations(&take(&pl, header(&pl, &way), &file).await.unwrap_err())[0].0, "way");
        assert_eq!(violations(&out(&by, asked(&by, &way)).await.unwrap_err())[0].0, "way");
    }
    assert_eq!(size(&world, "PL"), before);
    for code in ["BY", "PL"] {
        holds_on_replay(world.node(code)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn that_somebody_carried_although_not_compared_stays_on_record() {
    let (mut world, _line) = cut_apart().await;
    said(&world).await;
    for code in ["BY", "PL"] {
        world.state_mut(code).stop().await;
        let to = world.state_mut(code).start_elsewhere().await;
        let watch = world.state(code).desk_directory("watch").join("desk.toml");
        let text = std::fs::read_to_string(&watch).unwrap();
        let old = text.split('"').find(|word| word.starts_with("127.0.0.1")).unwrap().to_owned();
        std::fs::write(&watch, text.replace(&old, &to.to_string())).unwrap();
    }
    let (by, pl) = (world.desk("BY", "watch"), world.desk("PL", "watch"));
    assert_eq!(reason(&out(&by, asked(&by, "")).await.unwrap_err()), "NOT_COMPARED");
    assert!(listed(&by).await.is_empty(), "what was refused is no making");
    let although = calls::CarryOutRequest { although_not_compared: true, ..asked(&by, "") };
    let file = out(&by, although).await.unwrap();
    take(&pl, header(&pl, ""), &file).await.unwrap_err();
    let although = calls::CarryInHeader { although_not_compared: true, ..header(&pl, "") };
    take(&pl, although, &file).await.unwrap();
    assert!(listed(&by).await[0].although_not_compared && listed(&pl).await[0].although_not_compared);
    let noted = count(
        world.node("PL"),
        |event| matches!(event, Event::CarryNoted(noted) if noted.not_compared == NotCompared::Accepted),
    );
    assert_eq!(noted.await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_is_wrong_with_a_file_the_answer_stays_small_and_says_how_much_it_was() {
    let (world, _line) = cut_apart().await;
    let (by, pl) = (world.desk("BY", "watch"), world.desk("PL", "watch"));
    said(&world).await;
    let file = read(&out(&by, asked(&by, "")).await.unwrap());
    let receipts = vec![Bytes::from("no receipt"); 6_000];
    let parts = vec![Bytes::from("no salt"); 6_000];
    let swollen = carry::encode(&Carry { receipts, parts, ..file });
    let taken = take(&pl, header(&pl, ""), &swollen).await.unwrap();
    assert_eq!((taken.put_on_record, taken.receipts_put_on_record, taken.parts_put_on_record), (1, 0, 0));
    let told = limits::CARRY_STOPPED_TOLD;
    assert_eq!((taken.stopped.len(), taken.more_stopped), (told, 12_000 - told as u64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_came_by_file_says_who_took_it_and_when_wherever_it_is_shown_or_proven() {
    let (world, line) = cut_apart().await;
    let (by, pl) = (world.desk("BY", "watch"), world.desk("PL", "watch"));
    let (thread, to) = (ThreadId(fresh()), world.state("PL").party);
    let say = async |subject: &str| {
        let text = outgoing(thread, &[to], Precedence::Routine, subject);
        release(&world.node("BY").registrar, text).await
    };
    let carried = say("by file").await;
    let file = out(&by, asked(&by, "")).await.unwrap();
    take(&pl, header(&pl, ""), &file).await.unwrap();
    let at = Instant(listed(&pl).await[0].recorded_at_ms);
    world.clock.set(at.plus_ms(1_000));
    line.restore();
    say("over the link").await;
    both_settled(&world, "BY", "PL").await;

    let thread = Bytes::copy_from_slice(&thread.0);
    let mark = format!("came by file: watch of PL (Arms Control) took the carry file here at {at}");
    let bears = async |code: &str| {
        let messages = show(&world, code, &thread, 0).await.messages;
        messages.iter().map(|message| message.marks.contains(&mark)).collect::<Vec<_>>()
    };
    assert_eq!(bears("PL").await, [true, false]);
    assert_eq!(bears("BY").await, [false, false], "whoever sent it knows no such thing");
    let asked = calls::ReadRequest { digest: carried.0.to_vec().into(), ..Default::default() };
    assert!(watches(&pl).read(asked).await.unwrap().into_inner().marks.contains(&mark));

    let stated = sentences(&proven(&world, "PL", &thread).await, Weight::Stated);
    let sentence = format!("it came there by file; watch of PL (Arms Control) took the carry file at {at}");
    assert_eq!(stated.matches(&sentence).count(), 1, "{stated}");
    let stated = sentences(&proven(&world, "BY", &thread).await, Weight::Stated);
    assert!(!stated.contains("came there by file"), "{stated}");
    assert_eq!(audited(&world, "PL").await.faults, []);
}

fn noted(done: Done, way: &str) -> CarryNoted {
    CarryNoted {
        with: peer(),
        done,
        file: Digest::of(b"a file"),
        made_at: at(7),
        holds: Holds { dispatches: 3, receipts: 2, parts: 1 },
        not_compared: NotCompared::Accepted,
        way: way.into(),
    }
}

#[test]
fn the_board_remembers_the_newest_files_and_only_a_person_says_that_there_was_one() {
    let mut folded = Folded::with_peer();
    let before = folded.board.digest();
    let note = |folded: &mut Folded, number: u64| {
        let command = Command::NoteCarry(Box::new(noted(Done::Taken, "by hand")));
        folded.given(command, by(&anna(), number, "carry", at(8)), at(8)).map(|record| record.index)
    };
    let first = note(&mut folded, 1).unwrap();
    assert_ne!(folded.board.digest(), before);
    for number in 2..=limits::CARRIED_KEPT_MAX as u64 + 1 {
        note(&mut folded, number).unwrap();
    }
    let carried = &folded.board.carried;
    assert_eq!(carried.len(), limits::CARRIED_KEPT_MAX);
    assert_eq!(carried.get_min(), Some(&(first + 1)));
    let command = Command::NoteCarry(Box::new(noted(Done::Made, "")));
    assert!(folded.given(command, Origin::Node, at(9)).is_err());
    let stranger = CarryNoted { with: "XX".parse().unwrap(), ..noted(Done::Made, "") };
    let command = Command::NoteCarry(Box::new(stranger));
    assert!(folded.given(command, by(&anna(), 900, "carry", at(9)), at(9)).is_err());
}

#[test]
fn records_of_carry_files_and_of_the_flash_bound_have_golden_bytes_and_come_back_the_same() {
    let mut golden = String::new();
    for (name, event) in [
        ("carry_made", Event::CarryNoted(Box::new(noted(Done::Made, "")))),
        ("carry_taken", Event::CarryNoted(Box::new(noted(Done::Taken, "diskette, Kpt. Ćwik")))),
        ("flash_drafts", Event::ChangeProposed(Change::FlashDrafts(Some(90)))),
        ("flash_drafts_lifted", Event::ChangeProposed(Change::FlashDrafts(None))),
    ] {
        let record = Record { index: 8, at: at(9), command: None, events: vec![event] };
        let sealed = sealed(&record);
        assert_eq!(opened(&sealed).record(), Ok(record), "{name}");
        golden.push_str(&format!("{name} {}\n", hex::encode(&sealed)));
    }
    assert_eq!(golden, include_str!("golden/carried.hex"));
}
