//! `watch now` at a terminal of 80 columns and 24 lines, through a real pseudo-terminal (`script`, of util-linux): every
//! page fits without scrolling, and the keys do what they say.

use std::io::Write as _;
use std::process::{Child, ChildStdin};
use std::sync::mpsc::Receiver;

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::content::Kind;
use detente::domain::official::wrap::columns;
use detente::domain::people::Role;

use crate::officer::{PATIENCE, arrived, filled, heading, send};
use crate::pseudo_terminal::program_at_a_terminal;
use crate::talk::until;
use crate::world::{Medium, World};

const CLEAR: &str = "\u{1b}[2J\u{1b}[H";
const PROMPT: &str = "> ";

/// The program at a terminal.
struct Terminal {
    program: Child,
    keys: ChildStdin,
    bytes: Receiver<Vec<u8>>,
    seen: Vec<u8>,
}

impl Terminal {
    fn of(words: &[&str]) -> Terminal {
        let (program, keys, bytes) = program_at_a_terminal(words);
        Terminal { program, keys, bytes, seen: Vec::new() }
    }

    /// What stands on the screen once the program waits for a key: it must all fit.
    fn screen(&mut self) -> Vec<String> {
        loop {
            let text = String::from_utf8_lossy(&self.seen).into_owned();
            if let Some((_, drawn)) = text.rsplit_once(CLEAR)
                && drawn.ends_with(PROMPT)
            {
                self.seen.clear();
                let lines: Vec<String> = drawn.split("\r\n").map(str::to_owned).collect();
                assert!(lines.len() <= 24, "it scrolls: {drawn}");
                for line in &lines {
                    let bare = line.replace(['\u{2066}', '\u{2069}'], "");
                    assert!(columns(&bare) <= 80, "it wraps: {bare}");
                    assert!(!bare.chars().any(char::is_control), "it drives the terminal: {bare:?}");
                }
                return lines;
            }
            let piece = self.bytes.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no page: {text}"));
            self.seen.extend(piece);
        }
    }

    fn press(&mut self, line: &str) -> Vec<String> {
        self.give(line);
        self.screen()
    }

    fn give(&mut self, line: &str) {
        self.keys.write_all(format!("{line}\n").as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn end(mut self) {
        self.give("q");
        assert!(self.program.wait().unwrap().success());
    }
}

/// From BY to PL, about an incident, FLASH.
async fn report(world: &World, number: u8, subject: &str, traffic: evidence::Traffic) -> Bytes {
    let heading = calls::Heading {
        precedence: evidence::Precedence::Flash as i32,
        traffic: traffic as i32,
        subject: subject.into(),
        ..heading(number)
    };
    let sent = send(world, "BY", number, heading, &filled(Kind::Report)).await;
    arrived(world, "PL", &sent.message_digest).await;
    sent.message_digest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_a_terminal_every_page_fits_and_the_keys_show_the_card_and_make_the_holding_reply_ready() {
    let mut world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let both = [Role::Watch, Role::Releaser];
    world.state_mut("PL").take_person("night officer", "night officer", &both).await;
    let cards = include_str!("../../src/cli/watch/card.toml");
    world.state("PL").change(Change::WatchCards(cards.into()), Bytes::new()).await;
    let rule = calls::ReleaseRule { one_person: vec![evidence::Precedence::Flash as i32] };
    world.state("PL").change(Change::ReleaseRule(rule), Bytes::new()).await;
    let real =
        report(&world, 1, "Shots at the river \u{1b}[2J\u{202e} 大演習", evidence::Traffic::Real).await;
    for number in 2..=7 {
        report(&world, number, &"Drill of the line ".repeat(20), evidence::Traffic::Drill).await;
    }
    let desk = |role: &str| world.state("PL").desk_directory(role).display().to_string();
    let (watch, night) = (desk("watch"), desk("night officer"));

    let watched = tokio::task::spawn_blocking(move || {
        let mut terminal = Terminal::of(&["watch", "now", "--as", &watch]);
        let page = terminal.screen();
        assert_eq!(page.len(), 24, "a full page, and the prompt on its last line: {page:#?}");
        assert!(page[0].starts_with("PL: 7 OPEN"), "{page:#?}");
        assert!(page[2].starts_with("REAL  1: FLASH from BY"), "{page:#?}");
        assert!(page[3].contains("Shots at the river \\u{1b}[2J\\u{202e} 大演習"), "{page:#?}");
        assert!(page[18].starts_with("DRILL 5: FLASH from BY"), "{page:#?}");
        assert!(page[22].contains("hN: holding reply") && page[22].ends_with("and 2 more"), "{page:#?}");

        assert!(page[0].ends_with("NO WATCH PLAN: nobody alerted"), "{page:#?}");
        let second = terminal.press("n");
        assert!(
            second[0].starts_with("PL: 7 OPEN") && second[2].starts_with("DRILL 1: FLASH"),
            "{second:#?}"
        );
        assert!(second[10].ends_with("p: back  Enter: again  q: end  5 before"), "{second:#?}");
        let card = terminal.press("2");
        assert!(card[1].contains("Drill of the line"), "{card:#?}");
        assert!(terminal.press("")[2].starts_with("DRILL 1: "), "the page that it was opened from");
        assert!(terminal.press("n")[10].ends_with("5 before"), "there is no third");
        assert!(terminal.press("p")[2].starts_with("REAL  1: FLASH from BY"));
        let card = terminal.press("1");
        assert_eq!(card[2], "REAL  card: incident, urgent", "{card:#?}");
        assert_eq!(card[3], "REAL   1. Read all of it: detente watch read. REAL or DRILL?");
        assert!(card.iter().any(|line| line == "REAL  telephone: operations centre, +00 000 001"));
        let drafted = terminal.press("h");
        assert!(drafted[2].starts_with("REAL  draft "), "{drafted:#?}");
        assert!(drafted.iter().any(|line| line.starts_with("REAL  Your message BY/")), "{drafted:#?}");
        assert!(
            drafted.iter().any(|line| line.starts_with("ready: another officer, a releaser, ")),
            "{drafted:#?}"
        );
        let page = terminal.press("");
        assert!(page[0].starts_with("PL: 7 OPEN"), "what is drafted is not acknowledged");
        let again = terminal.press("h1");
        assert!(again.join(" ").contains("waits for release already"), "{again:#?}");
        let page = terminal.press("nonsense \u{1b}[A 99");
        assert!(page[0].starts_with("PL: 7 OPEN"));
        // No page is left without a key.
        terminal.press("");
        terminal.end();
    });
    watched.await.unwrap();
    let node = world.node("PL");
    until(node, "one draft waits", |board| board.drafts.len() == 1).await;

    let watched = tokio::task::spawn_blocking(move || {
        let mut terminal = Terminal::of(&["watch", "now", "--as", &night]);
        terminal.screen();
        let drafted = terminal.press("h2");
        assert!(drafted.iter().any(|line| line.starts_with("r: release it now")), "{drafted:#?}");
        let released = terminal.press("r");
        assert!(released[0].starts_with("released PL/"), "{released:#?}");
        let page = terminal.press("");
        assert!(page[0].starts_with("PL: 7 OPEN"));
        // A second one takes a second key.
        let told = terminal.press("h2").join(" ");
        assert!(told.contains("holding reply went out ") && told.contains("by night officer"), "{told}");
        let page = terminal.press("");
        assert!(page[0].starts_with("PL: 7 OPEN"));
        terminal.press("h2");
        let drafted = terminal.press("y");
        assert!(drafted.iter().any(|line| line.starts_with("r: release it now")), "{drafted:#?}");
        terminal.press("");
        terminal.end();
    });
    watched.await.unwrap();
    until(node, "two drafts wait", |board| board.drafts.len() == 2).await;
    let of_by = world.node("BY");
    let came = |board: &detente::domain::board::Board| board.watch.open.len() == 1;
    until(of_by, "the second reached its author", came).await;
    assert!(node.registrar.head().board.watch.open.items().any(|(digest, _)| digest.0[..] == real[..]));
}
