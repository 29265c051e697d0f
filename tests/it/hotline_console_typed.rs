//! What is typed at `hotline join`, at a real pseudo-terminal: it is lost by nothing that comes meanwhile, and nothing
//! goes that its officer did not see and send.

use std::os::unix::fs::PermissionsExt as _;

use detente::codec::proto::detente::v1 as calls;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::hotline_console::{CONTROL_C, CONTROL_S, ENTER, ESCAPE, accepted, asked, console};
use crate::hotline_console_held::{opened, write};
use crate::hotline_nodes::{close, officer, say, show};
use crate::links_killed::Serving;
use crate::officer::{arrived, messages};
use crate::pseudo_terminal::Seat;

const PAGE_DOWN: &str = "\u{1b}[6~";

/// As a terminal marks it.
pub fn pasted(text: &str) -> String {
    format!("\u{1b}[200~{text}\u{1b}[201~")
}

fn left(mut seat: Seat) {
    seat.press(CONTROL_C);
    seat.ended();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_consoles_of_one_officer_one_keeps_the_drafts_and_the_other_says_so_and_takes_over() {
    let (world, _) = accepted().await;
    block_in_place(|| {
        let mut one = opened(console(&world, "PL"));
        write(&mut one, "At the first");
        one.until_it_says("At the first");
        let mut other = console(&world, "PL");
        other.until_it_says("NOT KEPT here: another console of yours keeps the drafts");
        let mut other = opened(other);
        write(&mut other, "At the second");
        other.until_it_says("REAL  NOT KEPT  DRAFT");
        other.until_it_says("At the second");
        other.press(CONTROL_C);
        other.until_it_says("NOT LEFT: 1 written and kept by no file");
        left(one);
        // What lay there is not deleted, and not taken for what is written here.
        other.until_it_says("no draft here, and put aside:");
        other.press(" one");
        other.until_it_says("At the second one");
        other.until_it_says("REAL  DRAFT");
        left(other);
        let mut next = opened(console(&world, "PL"));
        next.press("w");
        next.until_it_says("At the second one");
        left(next);
    });
    let files = std::fs::read_dir(world.state("PL").desk_directory("officer")).unwrap();
    let aside = files
        .map(|file| file.unwrap().path())
        .find(|path| path.extension().is_some_and(|one| one == "aside-1"));
    assert!(std::fs::read_to_string(aside.unwrap()).unwrap().contains("At the first"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_draft_that_can_not_be_read_keeps_no_officer_from_the_hotline_and_is_said() {
    let (world, _) = accepted().await;
    let file = world.state("PL").desk_directory("officer").join("hotline-draft-00.json");
    std::fs::write(&file, "{}").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    block_in_place(|| {
        let mut pl = console(&world, "PL");
        pl.until_it_says("no draft can be read, and what is written here is NOT KEPT:");
        let mut pl = opened(pl);
        write(&mut pl, "We see it");
        pl.until_it_says("REAL  NOT KEPT  DRAFT");
        pl.until("what is typed", |rows| rows.iter().any(|row| row == " We see it"));
        pl.press(CONTROL_S);
        pl.until_it_says("[en] We see it");
        pl.until_it_says("r read  Enter answer");
        left(pl);
    });
    assert!(file.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flash_that_comes_and_a_window_that_shrinks_take_nothing_of_what_is_filled_in() {
    let (world, thread) = accepted().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.press("o");
        pl.until_it_says("OPEN A SESSION");
        pl.press("BY");
        let is_there =
            |rows: &[String]| rows.iter().any(|row| row.starts_with("> To") && row.ends_with("  BY"));
        pl.until("BY is filled in", is_there);
        Handle::current().block_on(say(&world, "BY", &thread, "Answer at once"));
        pl.until_it_says("FLASH in 1 session(s), UNREAD 1: Esc, then n");
        assert_eq!(pl.bells, 1);
        pl.press(ESCAPE);
        pl.until_it_says("the same key goes on with it");
        pl.presses_until_it_says("n", ">REAL    3 FLASH");
        pl.until_it_says("[en] Answer at once");
        pl.press("r");
        pl.until_it_says("your reading is on record");
        pl.press("o");
        pl.until("BY is filled in", is_there);
        pl.resize(20, 5);
        pl.until("what is typed", |rows| {
            rows.len() == 5 && rows[3].starts_with("OPEN A") && rows[4] == "  BY"
        });
        pl.press("\u{7f}");
        pl.until("less of it", |rows| rows[4] == "  B");
        pl.press("Y");
        pl.resize(80, 24);
        pl.until("BY is filled in", is_there);
        pl.press(&format!("{ENTER}Second{ENTER}en"));
        pl.until("what is typed", |rows| {
            rows.iter().any(|row| row.starts_with("> Languages") && row.ends_with("  en"))
        });
        pl.press(CONTROL_S);
        // An IMMEDIATE one waits for another person, and that is said.
        pl.until_it_says("NOT SENT, your opening: waits for a second person");
        left(pl);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_close_that_is_filled_in_while_the_node_is_away_signs_nothing_unseen_and_goes_once() {
    let (mut world, thread) = accepted().await;
    world.state_mut("PL").stop().await;
    let directory = world.state("PL").directory.clone();
    block_in_place(|| {
        let mut node = Serving::start(&directory);
        let mut pl = opened(console(&world, "PL"));
        node.kill();
        pl.until_it_says("LINK TO NODE LOST since ");
        pl.press("c");
        pl.until_it_says("not known here: ");
        pl.press(CONTROL_S);
        pl.until_it_says("NOT SENT: what it signs has to stand here first");
        // It is asked for again by itself.
        node = Serving::start(&directory);
        pl.until_it_says("signs, of what is here now:");
        node.kill();
        pl.until_it_says("LINK TO NODE LOST since ");
        pl.press(CONTROL_S);
        pl.until_it_says("GOES WHEN THE NODE IS THERE  REAL  CLOSE");
        pl.press(CONTROL_C);
        pl.until_it_says("NOT LEFT: 1 said and not answered by the node");
        node = Serving::start(&directory);
        pl.until_it_says("released PL/");
        left(pl);
        node.kill();
    });
    world.state_mut("PL").start().await;
    assert_eq!(show(&world, "PL", &thread).await.session.unwrap().state, "closing");
    // Its taking part, one close, and this.
    let next = say(&world, "PL", &thread, "One word more").await;
    assert!(next.number.ends_with("/0003"), "{}", next.number);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_paste_is_text_and_no_keys_and_is_taken_whole_or_not_at_all_and_no_letter_of_a_flood_is_lost() {
    // Each in one read of the terminal.
    const PIECE: usize = 1_000;
    const FLOOD: usize = 8;
    let (world, _) = accepted().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        // Where nothing is written it does nothing, and that is said.
        pl.press(&pasted("raqcno+\u{3}\r"));
        pl.until_it_says("NOT TAKEN: what is pasted is text, and no text is written here: w first");
        write(&mut pl, "Kept ");
        pl.until_it_says("  5/8192 bytes");
        pl.press(&pasted(&"x".repeat(64 * 1_024)));
        pl.until_it_says("NOT TAKEN: no more than 8192 bytes have room here");
        pl.until_it_says("  5/8192 bytes");
        pl.press(&pasted("q\u{13}\u{3} r\r\nn"));
        pl.until_it_says("Kept q\\u{13}\\u{3} r");
        let mut bytes = String::new();
        for piece in 1..=FLOOD {
            pl.press(&"y".repeat(PIECE));
            bytes = format!("  {}/8192 bytes", "Kept q.. r.n".len() + piece * PIECE);
            pl.until_it_says(&bytes);
        }
        left(pl);
        let mut next = opened(console(&world, "PL"));
        write(&mut next, "");
        next.until_it_says(&bytes);
        left(next);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_paste_that_the_terminal_does_not_mark_puts_nothing_on_record_by_its_letters() {
    let (world, _, _) = asked().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.until_it_says("[en] Do you see it?");
        // Nor is a text begun by them, or the console left.
        pl.press("Iraq rca radar: we wait\rat once\u{3} a");
        pl.until_it_says("NOT DONE: several keys came at once: press the one that you mean by itself");
        assert!(!pl.raw.contains("your reading is on record"));
        pl.press("r");
        pl.until_it_says("your reading is on record");
        left(pl);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_closes_while_an_officer_translates_takes_nothing_of_the_translation() {
    let (world, thread, _) = asked().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.press("t");
        pl.until_it_says("> Language                ru");
        pl.press(CONTROL_S);
        pl.until_it_says("REAL  TRANSLATION  FLASH  [ru]  of 3");
        pl.press("Вы его");
        pl.until_it_says("Вы его");
        let closed = Handle::current().block_on(close(&world, "BY", &thread));
        Handle::current().block_on(arrived(&world, "PL", &closed.message_digest));
        pl.until("closing", |rows| rows[0].starts_with("REAL  FLASH  closing"));
        Handle::current().block_on(close(&world, "PL", &thread));
        pl.until("closed", |rows| rows[0].starts_with("REAL  FLASH  closed"));
        pl.press(" видите?");
        pl.until_it_says("Вы его видите?");
        pl.presses_until_it_says(CONTROL_S, "released PL/");
        pl.until_it_says("[ru] by Officer of PL, given by PL;");
        left(pl);
    });
    let session = show(&world, "PL", &thread).await;
    assert_eq!(session.session.unwrap().state, "closed");
    assert_eq!(session.lines[2].translations[0].text, "Вы его видите?");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_all_have_closed_is_opened_again_from_the_console_by_its_key_pressed_twice() {
    let (world, thread) = accepted().await;
    let closed = close(&world, "BY", &thread).await;
    arrived(&world, "PL", &closed.message_digest).await;
    close(&world, "PL", &thread).await;
    block_in_place(|| {
        // The key that writes goes into the session from the list.
        let mut pl = console(&world, "PL");
        pl.until_it_says(">REAL  FLASH     closed");
        pl.until_it_says("linked to the node");
        pl.press("w");
        pl.until_it_says("REAL  DRAFT  FLASH");
        pl.press("One word more");
        pl.until_it_says("One word more");
        pl.press(CONTROL_S);
        pl.until_it_says("NOT SENT: all have closed this session; the same key again sends it");
        pl.presses_until_it_says(CONTROL_S, "released PL/");
        pl.until("not closed", |rows| {
            rows[0].starts_with("REAL  FLASH  ") && !rows[0].starts_with("REAL  FLASH  closed")
        });
        left(pl);
    });
    assert_eq!(show(&world, "PL", &thread).await.lines[2].text, "One word more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_text_that_was_refused_and_mended_leaves_no_draft_of_it_behind() {
    let (world, thread) = accepted().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        write(&mut pl, &format!("We {}", pasted("\u{202e}see it")));
        pl.until_it_says("see it");
        pl.press(CONTROL_S);
        pl.until_it_says("NOT SENT, your text: ");
        pl.press(&"\u{7f}".repeat("?see it".len()));
        pl.press("hear you");
        pl.until_it_says("We hear you");
        pl.presses_until_it_says(CONTROL_S, "released PL/");
        left(pl);
    });
    let desk = officer(&world, "PL");
    let drafts = messages(&desk).list_drafts(calls::ListDraftsRequest::default()).await.unwrap();
    assert!(drafts.into_inner().drafts.is_empty());
    assert_eq!(show(&world, "PL", &thread).await.lines[2].text, "We hear you");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_20_columns_and_5_rows_a_text_is_gone_through_read_and_answered() {
    let (world, thread, said) = asked().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        // All that is told of it by itself is there before.
        pl.until_it_says("not answered");
        pl.resize(20, 5);
        pl.until("small", |rows| rows[0] == "REAL open 1 unread …");
        pl.presses_until_it_says(PAGE_DOWN, "not answered");
        pl.press("r");
        pl.until("it is read", |rows| rows.iter().any(|row| row.starts_with("your reading is on")));
        pl.press(ENTER);
        pl.until("a text is begun", |rows| rows[3].starts_with("REAL  DRAFT"));
        pl.press("We do");
        pl.until("what is typed", |rows| rows[4] == " We do");
        pl.press(CONTROL_S);
        pl.until("it went", |rows| rows.iter().any(|row| row.starts_with("released")));
        left(pl);
    });
    let lines = show(&world, "PL", &thread).await.lines;
    assert!(lines[2].read_by_caller && lines[3].text == "We do" && lines[3].answers == said.message_digest);
}
