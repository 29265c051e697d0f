//! A node that is put back to an older copy while an officer sits at `hotline join`, at a real pseudo-terminal: the
//! console says so and reads all anew by itself, and nothing of what is written is lost.

use std::fs;

use tokio::task::block_in_place;

use crate::exported::copy;
use crate::hotline_console::{CONTROL_C, CONTROL_S, accepted, console};
use crate::hotline_console_held::{opened, write};
use crate::links_killed::Serving;

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

        fs::remove_dir_all(directory.join("journal")).unwrap();
        copy(&older.join("journal"), &directory.join("journal"));
        fs::copy(older.join("checkpoint"), directory.join("checkpoint")).unwrap();
        node = Serving::start(&directory);
        pl.until_it_says("the node was put back to an older copy: everything is read anew");
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
