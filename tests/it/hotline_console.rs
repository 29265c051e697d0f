//! `hotline join` in a real pseudo-terminal of 80 columns and 24 lines, between real nodes: what two officers see and
//! do, a node that is killed while one of them writes, and a text that would drive the terminal.

use std::os::unix::fs::PermissionsExt as _;

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use tokio::task::block_in_place;

use crate::hotline_console_held::write;
use crate::hotline_nodes::{accept, officer, officers, open, say, say_call, show};
use crate::links_killed::Serving;
use crate::officer::{arrived, hotlines, messages};
use crate::pseudo_terminal::Seat;
use crate::world::World;

pub const CONTROL_C: &str = "\u{3}";
pub const CONTROL_S: &str = "\u{13}";
pub const ENTER: &str = "\r";
pub const ESCAPE: &str = "\u{1b}";

pub fn console(world: &World, code: &str) -> Seat {
    let desk = world.state(code).desk_directory("officer").display().to_string();
    Seat::of(&["hotline", "join", "--as", &desk])
}

/// BY has opened a session, and an officer of PL is on.
pub async fn accepted() -> (World, Bytes) {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let on = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &on.message_digest).await;
    (world, thread)
}

/// And BY has asked whether PL sees it: on record at both.
pub async fn asked() -> (World, Bytes, calls::Spoken) {
    let (world, thread) = accepted().await;
    let said = say(&world, "BY", &thread, "Do you see it?").await;
    arrived(&world, "PL", &said.message_digest).await;
    (world, thread, said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flash_rings_is_read_by_one_key_and_answered_and_its_author_sees_each_by_itself() {
    let world = officers(&["BY", "PL"]).await;
    open(&world, "BY", &["PL"]).await;
    block_in_place(|| {
        let mut pl = console(&world, "PL");
        pl.until_it_says(">REAL  FLASH     offered");
        pl.until_it_says("linked to the node");
        assert!(pl.is_reverse("Aircraft off course"), "the opening is a FLASH");
        pl.until_it_rang(1);
        pl.press(ENTER);
        let rows = pl.until_it_says("opens the session; en, ru");
        assert!(rows[0].starts_with("REAL  FLASH  offered  BY+PL  Aircraft off course"), "{rows:#?}");
        assert!(rows[22].starts_with("r read  Enter answer"), "{rows:#?}");
        pl.press("a");
        pl.until("PL is on", |rows| rows[1].contains("on: PL Officer of PL"));
        assert!(!pl.is_reverse(" REAL    1 FLASH  BY"));

        let mut by = console(&world, "BY");
        by.until_it_says(">REAL  FLASH     open");
        by.until_it_says("linked to the node");
        by.press("w");
        by.until_it_says("REAL  DRAFT  FLASH  [en]  0/8192 bytes");
        by.press("Is he armed? Вооружён?");
        by.until_it_says("Is he armed? Вооружён?");
        by.presses_until_it_says(CONTROL_S, "released BY/");
        by.until_it_says("[en] Is he armed? Вооружён?");

        pl.until_it_says("[en] Is he armed? Вооружён?");
        pl.until_it_rang(2);
        let heading = pl.rows().into_iter().find(|row| row.starts_with(">REAL    3 FLASH  BY")).unwrap();
        assert!(pl.is_reverse(&heading) && !pl.is_reverse("Is he armed?"));
        pl.until_it_says("UNREAD 1: press n");
        // That it stands on the screen there is known here, and that nobody has read it.
        by.until_it_says("shown to Officer of PL");
        by.until("not read, and not answered", |rows| {
            let says = |words: &str| rows.iter().any(|row| row.contains(words));
            says("not read;") && says("not answered")
        });
        pl.press("r");
        pl.until_it_says("your reading is on record: PL/");
        pl.until("nothing is unread", |rows| !rows[2].contains("UNREAD"));
        assert!(!pl.is_reverse(&heading));
        by.until_it_says("read by Officer of PL");
        by.until_it_says("not answered");
        pl.press(ENTER);
        pl.until_it_says("answers 3");
        pl.press("No.");
        pl.until("what is typed", |rows| rows.iter().any(|row| row == " No."));
        pl.presses_until_it_says(CONTROL_S, "released PL/");
        by.until_it_says("answered in 4");
        by.until_it_says("[en] No.");
        assert_eq!((by.bells, pl.bells), (1, 2));

        // Nothing is lost on a screen of another size.
        by.resize(60, 16);
        let rows = by.until("all of it", |rows| {
            rows[13].starts_with("r read") && rows.iter().any(|row| row.contains("[en] No."))
        });
        assert!(rows[0].starts_with("REAL  FLASH  open"), "{rows:#?}");
        by.press(CONTROL_C);
        by.ended();
        pl.press(ESCAPE);
        pl.until_it_says("HOTLINE  PL");
        pl.press("q");
        pl.ended();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_draft_outlives_its_node_and_its_console_and_goes_once() {
    let (mut world, thread) = accepted().await;
    world.state_mut("PL").stop().await;
    let directory = world.state("PL").directory.clone();
    let file = world.state("PL").desk_directory("officer");
    let file = file.join(format!("hotline-draft-{}.json", hex::encode(&thread)));
    block_in_place(|| {
        let mut node = Serving::start(&directory);
        let mut pl = console(&world, "PL");
        pl.until_it_says(">REAL  FLASH     open");
        write(&mut pl, "Half of a");
        pl.until_it_says("Half of a");
        node.kill();
        pl.until_it_says("LINK TO NODE LOST since ");
        pl.press(" text");
        pl.until_it_says("Half of a text");
        pl.signal("TERM");
        pl.ended();
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        node = Serving::start(&directory);
        let mut pl = console(&world, "PL");
        pl.until_it_says("DRAFT  Aircraft off course");
        pl.until_it_says("linked to the node");
        pl.press("w");
        pl.until_it_says("Half of a text");
        pl.presses_until_it_says(CONTROL_S, "released PL/");
        assert!(!file.exists());

        // What is sent without a link goes when the node is there, and once.
        write(&mut pl, "Second");
        pl.until_it_says("Second");
        node.kill();
        pl.until_it_says("LINK TO NODE LOST since ");
        pl.press(CONTROL_S);
        pl.until_it_says("GOES WHEN THE NODE IS THERE");
        // Not while no console runs: that is said to whoever leaves before.
        pl.press(ESCAPE);
        pl.until_it_says("r read  Enter answer");
        pl.press("q");
        pl.until_it_says("NOT LEFT: 1 given and not gone: it does not go while no console runs");
        node = Serving::start(&directory);
        pl.until_it_says("linked to the node");
        pl.until_it_says("released PL/");
        pl.press("q");
        pl.ended();
        node.kill();
    });
    world.state_mut("PL").start().await;
    let session = show(&world, "PL", &thread).await;
    let texts: Vec<&str> = session.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts[2..], ["Half of a text", "Second"], "{texts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_text_that_would_drive_the_terminal_stands_there_written_out() {
    let (world, thread) = accepted().await;
    let mut pl = console(&world, "PL");
    block_in_place(|| {
        pl.until_it_says(">REAL  FLASH     open");
        pl.press(ENTER);
        pl.until_it_says("takes part; on: Officer of PL");
        pl.until_it_says("linked to the node");
    });
    let desk = officer(&world, "BY");
    let hostile = "\u{1b}[2J\u{1b}]0;title\u{7}\u{202e}\u{9b}31m gone\r\nGood night";
    let asked = say_call(&desk, &thread, hostile).await;
    let drafted = hotlines(&desk).say(asked).await.unwrap().into_inner().spoken.unwrap();
    assert!(!drafted.released, "its writer is told first");
    let release = calls::ReleaseRequest {
        command: Some(desk.command(None).unwrap()),
        draft: drafted.draft,
        digest: drafted.draft_digest,
        as_is: true,
    };
    messages(&desk).release(release).await.unwrap();
    block_in_place(|| {
        let cleared = pl.raw.matches("\u{1b}[2J").count();
        pl.until_it_says("\\u{1b}[2J\\u{1b}]0;title\\u{7}\\u{202e}\\u{9b}31m gone");
        pl.until_it_says("| Good night");
        assert_eq!(pl.raw.matches("\u{1b}[2J").count(), cleared);
        assert!(!pl.raw.contains(['\u{202e}', '\u{9b}']) && pl.bells == 1, "{}", pl.bells);
        pl.signal("TERM");
        pl.ended();
    });
}
