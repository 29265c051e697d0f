//! What comes at once at `hotline join`, at a real pseudo-terminal, marked as a paste or not: all of it is there, and
//! nothing of it goes that its officer did not see and send.

use tokio::task::block_in_place;

use crate::hotline_console::{CONTROL_C, CONTROL_S, ESCAPE, accepted, console};
use crate::hotline_console_held::{opened, write};
use crate::hotline_console_typed::pasted;
use crate::hotline_nodes::show;

const CONTROL_U: &str = "\u{15}";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_paste_of_more_bytes_than_one_read_takes_stands_whole_before_any_of_it_is_signed() {
    let (world, thread) = accepted().await;
    let text = format!("{}The route is NOT free.", "Take the northern route. ".repeat(60));
    assert!(text.len() > 1_024);
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.press("w");
        pl.until_it_says("  0/8192 bytes");
        pl.press(&format!("{text}{CONTROL_S}"));
        pl.until_it_says("NOT SENT: more came at once with Ctrl-S: look at it, and press it again");
        pl.until_it_says(&format!("  {}/8192 bytes", text.len()));
        pl.until_it_says("The route is NOT free.");
        pl.presses_until_it_says(CONTROL_S, "released PL/");
        pl.press(CONTROL_C);
        pl.ended();
    });
    let lines = show(&world, "PL", &thread).await.lines;
    assert_eq!(lines.iter().filter(|line| line.text == text).count(), 1, "once, and whole");
    assert_eq!(lines.len(), 3, "and nothing else");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_paste_of_which_the_end_alone_stood_there_goes_once_all_of_it_has() {
    let (world, thread) = accepted().await;
    let lines: Vec<String> = (1..=30).map(|number| format!("line {number}")).collect();
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        write(&mut pl, &pasted(&lines.join("\n")));
        pl.until("its end", |rows| rows.iter().any(|row| row == " line 30"));
        let is_there = |rows: &[String]| rows.iter().any(|row| row == " line 1");
        assert!(!is_there(&pl.rows()));
        pl.press(CONTROL_S);
        pl.until_it_says("NOT SENT: 18 row(s) have not stood here yet: see these, then Ctrl-S again");
        pl.until("its beginning", is_there);
        // On a larger screen all of it has room.
        pl.resize(80, 80);
        pl.until("all of it", |rows| rows.len() == 80 && rows.iter().any(|row| row == " line 30"));
        pl.presses_until_it_says(CONTROL_S, "released PL/");
        pl.press(CONTROL_C);
        pl.ended();
    });
    assert_eq!(show(&world, "PL", &thread).await.lines[2].text, lines.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_acts_also_behind_more_bytes_than_one_read_takes() {
    let (world, _) = accepted().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.press(&":".repeat(2_600));
        pl.press(ESCAPE);
        pl.until_it_says("HOTLINE  PL");
        pl.press("w");
        pl.until_it_says("  0/8192 bytes");
        pl.press("X");
        pl.until_it_says("  1/8192 bytes");
        pl.press(CONTROL_C);
        pl.ended();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_lines_that_a_line_feed_ends_stay_two() {
    let (world, _) = accepted().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        pl.press("w");
        pl.until_it_says("  0/8192 bytes");
        pl.press("height 10\n5 km");
        pl.until("two lines", |rows| {
            let at = rows.iter().position(|row| row == " height 10");
            at.and_then(|at| rows.get(at + 1)).is_some_and(|row| row == " 5 km")
        });
        // And one key takes out a line and, pressed on, all of it.
        pl.press(CONTROL_U);
        pl.until_it_says("  10/8192 bytes");
        pl.press(CONTROL_U);
        pl.until_it_says("  9/8192 bytes");
        pl.press(CONTROL_U);
        pl.until_it_says("  0/8192 bytes");
        pl.press(CONTROL_C);
        pl.ended();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_line_that_a_carriage_return_and_a_line_feed_end_is_ended_once() {
    let (world, _) = accepted().await;
    block_in_place(|| {
        let mut pl = opened(console(&world, "PL"));
        write(&mut pl, "height 10\r\n5 km\r\n\r\nend");
        pl.until("two lines, an empty one, and the last", |rows| {
            let at = rows.iter().position(|row| row == " height 10");
            at.is_some_and(|at| rows[at + 1..].starts_with(&[" 5 km", "", " end"].map(str::to_owned)))
        });
        pl.until_it_says("  19/8192 bytes");
        // Also where the line feed comes later than what it ends.
        pl.press("\r");
        pl.until_it_says("  20/8192 bytes");
        pl.press("\n.");
        pl.until_it_says("  21/8192 bytes");
        // And by itself it ends a line.
        pl.press("\n");
        pl.until_it_says("  22/8192 bytes");
        pl.press(CONTROL_C);
        pl.ended();
    });
}
