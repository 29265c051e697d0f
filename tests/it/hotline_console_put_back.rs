//! A node that is put back to another copy while an officer sits at `hotline join`, at a real pseudo-terminal: the
//! console says so and reads all anew by itself, and nothing of what is written is lost.

use std::fs;
use std::path::Path;

use tokio::task::block_in_place;

use crate::exported::{copy, covered_to_the_end, stop_and_settle};
use crate::hotline_console::{CONTROL_C, CONTROL_S, ENTER, accepted, console};
use crate::hotline_console_held::{opened, write};
use crate::hotline_nodes::say;
use crate::links_killed::Serving;

/// The journal of a node that does not run, and its checkpoint, become those of a copy of its directory.
pub fn put_back(directory: &Path, copied: &Path) {
    fs::remove_dir_all(directory.join("journal")).unwrap();
    copy(&copied.join("journal"), &directory.join("journal"));
    fs::copy(copied.join("checkpoint"), directory.join("checkpoint")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_console_whose_node_was_put_back_to_an_older_copy_says_so_and_reads_all_anew() {
    let (mut world, _) = accepted().await;
    // Nobody tells the node meanwhile that it is an older copy.
    world.state_mut("BY").stop().await;
    world.state_mut("PL").stop().await;
    let directory = world.state("PL").directory.clone();
    let kept = tempfile::tempdir().unwrap();
    let older = kept.path().join("older");
    copy(&directory, &older);
    block_in_place(|| {
        let mut node = Serving::start(&directory);
        let mut pl = opened(console(&world, "PL"));
        for text in ["First", "Second", "Third"] {
            write(&mut pl, text);
            pl.until("what is typed", |rows| rows.iter().any(|row| *row == format!(" {text}")));
            pl.press(CONTROL_S);
            pl.until_it_says(&format!("[en] {text}"));
            pl.until_it_says("r read  Enter answer");
        }
        write(&mut pl, "Half of a text");
        let is_written = |rows: &[String]| rows.iter().any(|row| row == " Half of a text");
        pl.until("what is typed", is_written);
        node.kill();
        pl.until_it_says("LINK TO NODE LOST since ");

        put_back(&directory, &older);
        node = Serving::start(&directory);
        pl.until_it_says("the node was put back to another copy: everything is read anew");
        pl.until_it_says("linked to the node");
        let rows = pl.until_it_says("takes part; on: Officer of PL");
        assert!(!rows.iter().any(|row| row.contains("Third")), "{rows:#?}");
        assert!(is_written(&rows), "{rows:#?}");
        pl.press(CONTROL_S);
        pl.until_it_says("[en] Half of a text");
        pl.until_it_says("r read  Enter answer");
        pl.press(CONTROL_C);
        pl.ended();
        node.kill();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_console_whose_node_ran_an_older_copy_and_is_put_back_to_the_longer_newest_one_reads_that_anew() {
    let (mut world, thread) = accepted().await;
    world.state_mut("BY").stop().await;
    let directory = world.state("PL").directory.clone();
    let kept = tempfile::tempdir().unwrap();
    let (older, newest) = (kept.path().join("older"), kept.path().join("newest"));
    covered_to_the_end(world.state("PL")).await;
    stop_and_settle(world.state_mut("PL")).await;
    copy(&directory, &older);
    world.state_mut("PL").start().await;
    for text in ["Second", "Third", "Fourth"] {
        say(&world, "PL", &thread, text).await;
    }
    covered_to_the_end(world.state("PL")).await;
    stop_and_settle(world.state_mut("PL")).await;
    copy(&directory, &newest);

    put_back(&directory, &older);
    world.state_mut("PL").start().await;
    let mut pl = block_in_place(|| opened(console(&world, "PL")));
    say(&world, "PL", &thread, "First").await;
    block_in_place(|| pl.until_it_says("[en] First"));
    covered_to_the_end(world.state("PL")).await;
    stop_and_settle(world.state_mut("PL")).await;
    put_back(&directory, &newest);
    world.state_mut("PL").start().await;
    block_in_place(|| {
        // The record is as long as it was told, and another one.
        pl.until_it_says("the node was put back to another copy: everything is read anew");
        pl.until_it_says("linked to the node");
        pl.press(ENTER);
        pl.until_it_says("r read  Enter answer");
        let rows = pl.at_the_end_it_says("[en] Fourth");
        assert!(!rows.iter().any(|row| row.contains("First")), "{rows:#?}");
        pl.press(CONTROL_C);
        pl.ended();
    });
}
