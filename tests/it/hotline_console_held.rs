//! `hotline join` where things go badly, at a real pseudo-terminal: a terminal that is killed, a node that answers
//! nothing, a Party that floods, letters of any script, a screen of another size.

use detente::limits;
use tokio::task::block_in_place;

use crate::hostile::Hostile;
use crate::hotline_console::{CONTROL_C, CONTROL_S, ENTER, ESCAPE, accepted, asked, console};
use crate::hotline_hostile::Flood;
use crate::hotline_nodes::{officers, say, show};
use crate::links_killed::Serving;
use crate::officer::arrived;
use crate::pseudo_terminal::Seat;

const CONTROL_L: &str = "\u{c}";

pub fn opened(mut seat: Seat) -> Seat {
    seat.until_it_says(">REAL  FLASH     open");
    seat.until_it_says("linked to the node");
    seat.press(ENTER);
    seat.until_it_says("r read  Enter answer");
    seat
}

/// Begins a text, or goes on with one, and then types: the key that begins it counts by itself alone.
pub fn write(seat: &mut Seat, text: &str) {
    seat.press("w");
    seat.until_it_says("Ctrl-S send  Esc keep");
    seat.press(text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_draft_and_a_translation_are_there_after_their_terminal_was_killed() {
    let (world, thread, _) = asked().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.press("t");
        pl.until_it_says("> Language                ru");
        pl.press(&format!("{ENTER}A. Ivanova"));
        pl.until_it_says("  A. Ivanova");
        pl.press(CONTROL_S);
        pl.until_it_says("TRANSLATION  FLASH  [ru]  of 3 by A. Ivanova");
        pl.press("Вы его");
        pl.until_it_says("Вы его");
        pl.press(ESCAPE);
        // What comes right behind an Escape is no key of its own.
        pl.until_it_says("r read  Enter answer");
        write(&mut pl, "Half of a text");
        pl.until_it_says("Half of a text");
        pl.killed();

        let mut pl = console(&world, "PL");
        pl.until_it_says("DRAFT  Aircraft off course");
        let mut pl = opened(pl);
        pl.until_it_says("TRANSLATION BEGUN: t goes on with it");
        write(&mut pl, "");
        pl.until_it_says("Half of a text");
        pl.press(ESCAPE);
        pl.until_it_says("r read  Enter answer");
        pl.press("t");
        pl.until_it_says("Вы его");
        pl.press(" видите?");
        pl.until_it_says("Вы его видите?");
        pl.press(CONTROL_S);
        pl.until_it_says("[ru] by A. Ivanova, given by PL;");
        // What an Escape makes of the key behind it does nothing.
        pl.press("\u{1b}r");
        pl.press("n");
        pl.until_it_says("UNREAD 1");
        pl.press(CONTROL_C);
        pl.ended();
    });
    assert!(show(&world, "PL", &thread).await.lines.iter().all(|line| !line.read_by_caller));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_answers_nothing_holds_up_no_key_and_what_was_sent_goes_once_it_does() {
    let (mut world, thread) = accepted().await;
    world.state_mut("PL").stop().await;
    let directory = world.state("PL").directory.clone();
    block_in_place(|| {
        let mut node = Serving::start(&directory);
        let mut pl = opened(console(&world, "PL"));
        node.freeze();
        write(&mut pl, "How far");
        pl.until_it_says("How far");
        pl.press(" is it?");
        pl.until_it_says("How far is it?");
        pl.press(CONTROL_S);
        pl.until_it_says("GIVEN TO THE NODE");
        pl.press(ESCAPE);
        pl.until_it_says("r read  Enter answer");
        pl.press("o");
        pl.until_it_says("OPEN A SESSION");
        pl.press("QQ");
        pl.until_it_says("QQ");
        // That nothing is heard of it is noticed by itself.
        pl.until_it_says("LINK TO NODE LOST since ");
        node.thaw();
        pl.until_it_says("linked to the node");
        pl.until_it_says("released PL/");
        pl.press(ESCAPE);
        pl.until_it_says("r read  Enter answer");
        pl.press(CONTROL_C);
        pl.until_it_says("NOT LEFT: 1 filled in and not sent");
        pl.press(CONTROL_C);
        pl.ended();
        node.kill();
    });
    world.state_mut("PL").start().await;
    let texts = show(&world, "PL", &thread).await.lines;
    assert_eq!(texts.iter().filter(|line| line.text == "How far is it?").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_party_that_floods_holds_up_no_key_rings_no_endless_bell_and_takes_no_endless_room() {
    const TEXTS: usize = Flood::TEXTS_READ;
    let mut world = officers(&["BY", "PL"]).await;
    let mut pl = console(&world, "PL");
    block_in_place(|| {
        pl.until_it_says("linked to the node");
    });
    let by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let begun = std::time::Instant::now();
    let mut flood = Flood::begin(by).await;
    let flooding = tokio::spawn(async move { flood.texts(TEXTS).await });
    block_in_place(|| {
        pl.until_it_says("REAL  FLASH     offered");
        pl.press(ENTER);
        pl.until_it_says("r read  Enter answer");
        // Each key is taken while texts come.
        write(&mut pl, "");
        for word in ["We", " hear", " you", " all", " the", " time"] {
            pl.press(word);
            pl.until_it_says(word.trim());
        }
        pl.press(ESCAPE);
        pl.until_it_says("DRAFT");
    });
    flooding.await.unwrap();
    block_in_place(|| {
        pl.until_it_says(&format!("UNREAD {TEXTS}: press n"));
        let most = begun.elapsed().as_millis() as u64 / limits::CONSOLE_KEEP_MS + 2;
        assert!((pl.bells as u64) <= most, "{} bells, {most} ticks", pl.bells);
        pl.at_the_end_it_says(&format!(">REAL  {} FLASH", TEXTS + 1));
        pl.until_it_says("\\u{1b}[2Jyyyy");
        // Twice what it may keep, and the program itself.
        let most = 2 * limits::CONSOLE_BYTES_MAX as u64 / 1_024 + 128 * 1_024;
        assert!(pl.resident_kib() < most, "{} KiB", pl.resident_kib());
        pl.press(CONTROL_C);
        pl.ended();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn letters_of_any_script_stand_in_their_columns_on_a_screen_of_any_size() {
    let (world, thread) = accepted().await;
    let texts = ["大演習 大演習 大演習 大演習", "e\u{301}te\u{301} का\u{94d}ष", "هل هو مسلح؟ שלום"];
    for text in texts {
        let said = say(&world, "BY", &thread, text).await;
        arrived(&world, "PL", &said.message_digest).await;
    }
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        let rows = pl.at_the_end_it_says("هل هو مسلح؟ שלום");
        // What turns the direction is closed within its own row.
        let row = rows.iter().find(|row| row.contains("مسلح")).unwrap();
        assert_eq!((row.matches('\u{2067}').count(), row.matches('\u{2069}').count()), (1, 1), "{row:?}");
        pl.press("n");
        pl.until_it_says("大演習 大演習 大演習 大演習");
        pl.until_it_says("e\u{301}te\u{301}");
        pl.resize(24, 16);
        pl.until("as wide as the screen", |rows| {
            rows.len() == 16
                && rows.iter().any(|row| row.ends_with("大演習 大演習"))
                && rows.iter().all(|row| detente::domain::official::wrap::columns(row) <= 24)
        });
        // What is typed as well, and taken out by whole characters.
        pl.resize(80, 24);
        pl.until_it_says("Esc list  q leave");
        write(&mut pl, "大演a\u{7f}習 e\u{301}!");
        pl.until_it_says("大演習 e\u{301}!");
        // Drawn anew on request, and it goes on.
        pl.press(&format!("{CONTROL_L}?"));
        pl.until_it_says("大演習 e\u{301}!?");
        pl.press(CONTROL_C);
        pl.ended();
    });
}
