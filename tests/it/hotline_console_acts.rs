//! What two officers do from within `hotline join`, each at a real pseudo-terminal: a session opened, accepted,
//! translated, spoken in by agreed phrases, joined by a third Party, closed and disputed; no other command is given.

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::propose_request::Change;
use detente::domain::people::Role;
use tokio::task::block_in_place;

use crate::hotline_closed::forged_close;
use crate::hotline_console::{CONTROL_C, CONTROL_S, ENTER, ESCAPE, console};
use crate::hotline_console_held::write;
use crate::hotline_nodes::{accept, officers, open, say, show, transcript};
use crate::officer::{arrived, hotlines};
use crate::pseudo_terminal::Seat;
use crate::world::World;

const UP: &str = "\u{1b}[A";
const PAGE_DOWN: &str = "\u{1b}[6~";
const BACKSPACE: &str = "\u{7f}";

/// In the place of "immediate".
fn flash() -> String {
    format!("{}flash", BACKSPACE.repeat("immediate".len()))
}

/// LT is filled in, and sent.
fn comes_in_and_sees_all(seat: &mut Seat) {
    seat.press(&format!("LT{ENTER}{}all", BACKSPACE.repeat("now on".len())));
    seat.until("what is typed", |rows| {
        rows.iter().any(|row| row.starts_with("> Sees") && row.ends_with("  all"))
    });
    seat.press(CONTROL_S);
}

fn leave(mut seat: Seat) {
    seat.press(CONTROL_C);
    seat.ended();
}

/// Joined, with the session that is listed opened.
fn in_session(world: &World, code: &str, listed: &str) -> Seat {
    let mut seat = console(world, code);
    seat.until_it_says(listed);
    seat.until_it_says("linked to the node");
    seat.press(ENTER);
    seat.until_it_says("r read  Enter answer");
    seat
}

async fn agree_on_phrases(world: &World) {
    let phrases = "[[phrase]]\nnumber = 1\n\
                   texts = { en = \"We hear you.\", ru = \"Мы вас слышим.\" }\n\
                   [[phrase]]\nnumber = 7\ntexts = { en = \"Stop.\", ru = \"Прекратите.\" }\n";
    agree_on(world, phrases).await;
}

async fn agree_on(world: &World, phrases: &str) {
    for (at, with) in [("BY", "PL"), ("PL", "BY")] {
        let list = format!("party = \"{with}\"\n{phrases}");
        world.state(at).change(Change::LinkPhrases(list), Bytes::new()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_is_opened_spoken_in_translated_and_closed_from_within_two_consoles() {
    let world = officers(&["BY", "PL"]).await;
    agree_on_phrases(&world).await;
    block_in_place(|| {
        let (mut by, mut pl) = (console(&world, "BY"), console(&world, "PL"));
        for seat in [&mut by, &mut pl] {
            let rows = seat.until_it_says("linked to the node");
            assert!(rows[22..].iter().any(|row| row.contains("o open a session")), "{rows:#?}");
        }
        by.press("o");
        by.until_it_says("OPEN A SESSION");
        // What can't be read is named, and stays to be mended.
        by.press("P");
        by.until("what is typed", |rows| {
            rows.iter().any(|row| row.starts_with("> To") && row.ends_with("  P"))
        });
        by.press(CONTROL_S);
        by.until_it_says("NOT SENT: To, such as PL LT:Watch: a Party's code is");
        by.press(&format!("L{ENTER}Aircraft off course{ENTER}en ru{ENTER}{}", flash()));
        let rows = by.until_it_says("> Precedence");
        assert_eq!(rows.iter().filter(|row| row.starts_with("> ")).count(), 1, "{rows:#?}");
        by.presses_until_it_says(CONTROL_S, "released BY/");
        by.until("the session", |rows| {
            rows[0].starts_with("REAL  FLASH  offered  BY+PL  Aircraft off course")
                && rows[1].starts_with("on: BY opened it, PL nobody yet  languages: en, ru")
        });

        pl.until_it_says(">REAL  FLASH     offered");
        pl.press(ENTER);
        pl.until_it_says("r read  Enter answer");
        pl.press("a");
        by.until("PL is on, by name", |rows| rows[1].starts_with("on: PL Officer of PL, BY opened it"));

        // By number, once it stood there what that says.
        by.press("p");
        by.until_it_says("7 [ru] Прекратите.");
        by.press("1");
        by.until("the others are not meant", |rows| !rows.iter().any(|row| row.contains("Прекратите")));
        by.until_it_says("1 [en] We hear you.");
        by.press(CONTROL_S);
        by.until_it_says("[ru] agreed phrase 1 with PL");
        pl.until_it_says("[ru] agreed phrase 1 with BY");
        pl.until_it_says("Мы вас слышим.");
        pl.press("r");
        by.until_it_says("read by Officer of PL");

        write(&mut by, "Do you see it?");
        by.until_it_says(" Do you see it?");
        by.press(CONTROL_S);
        pl.until_it_says("[en] Do you see it?");
        pl.press("r");
        pl.until("nothing is unread", |rows| !rows[2].contains("UNREAD"));
        pl.press("t");
        pl.until_it_says("REAL  TRANSLATE  Aircraft off course");
        // The language of the session that the text is not in stands there; who translates is filled in.
        pl.until_it_says("> Language                ru");
        pl.press(&format!("{ENTER}A. Ivanova"));
        pl.until_it_says("  A. Ivanova");
        pl.press(CONTROL_S);
        pl.until_it_says("REAL  TRANSLATION  FLASH  [ru]  of 4 by A. Ivanova");
        pl.press("Вы его ");
        pl.press(ESCAPE);
        pl.until_it_says("TRANSLATION BEGUN: t goes on with it");
        pl.press("t");
        pl.until_it_says("Вы его");
        pl.press("видите?");
        pl.until_it_says("Вы его видите?");
        pl.press(CONTROL_S);
        by.until_it_says("[ru] by A. Ivanova, given by PL;");
        by.until_it_says("Вы его видите?");

        // What a close signs is seen first; both sign the same.
        by.press("c");
        let digest_in = |rows: &[String]| {
            let signed = rows.iter().filter_map(|row| row.trim().strip_prefix("PL  "));
            signed.map(str::to_owned).find(|digest| is_digest(digest))
        };
        let rows = by.until("what is signed with PL", |rows| digest_in(rows).is_some());
        let digest = digest_in(&rows).unwrap();
        by.press("nothing remains");
        by.until_it_says("  nothing remains");
        by.presses_until_it_says(CONTROL_S, "released BY/");
        pl.until("closing", |rows| rows[0].starts_with("REAL  FLASH  closing"));
        pl.press("c");
        pl.until("the same digest", |rows| rows.iter().any(|row| row.contains(&digest)));
        pl.press(CONTROL_S);
        for (seat, other) in [(&mut by, "PL"), (&mut pl, "BY")] {
            seat.until("closed", |rows| rows[0].starts_with("REAL  FLASH  closed"));
            seat.at_the_end_it_says(&format!("Both signed this transcript with {other}:"));
            seat.until("over the same", |rows| rows.iter().any(|row| row.contains(&digest)));
            seat.until_it_says("nothing remains");
        }
        leave(by);
        leave(pl);
    });
}

fn is_digest(word: &str) -> bool {
    word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_disputed_close_shows_message_by_message_what_differs_and_the_session_goes_on() {
    let (world, thread, heading, content) = forged_close().await;
    block_in_place(|| {
        let mut pl = in_session(&world, "PL", ">REAL  FLASH     closing");
        let forged = tokio::runtime::Handle::current();
        let forged = forged.block_on(crate::officer::send(&world, "BY", 9, heading, &content));
        assert!(!forged.message_digest.is_empty());
        pl.until("disputed", |rows| rows[0].starts_with("REAL  FLASH  disputed"));
        pl.at_the_end_it_says("Disputed with BY: BY signed the transcript");
        pl.until_it_says("Disputed with BY: only PL counts the acceptance 2 (");
        // It goes on: both close again over the same.
        let mut by = in_session(&world, "BY", ">REAL  FLASH     disputed");
        write(&mut pl, "We go on");
        pl.until_it_says(" We go on");
        pl.press(CONTROL_S);
        by.until_it_says("[en] We go on");
        // Nobody signs by a key what nobody has read.
        by.press("c");
        by.until_it_says("signs, of what is here now:");
        by.press(CONTROL_S);
        by.until_it_says("NOT SENT: 1 text(s) unread: Esc, then n and r");
        by.press(ESCAPE);
        by.until_it_says("r read  Enter answer");
        by.press("r");
        by.until("nothing is unread", |rows| !rows[2].contains("UNREAD 1"));
        for seat in [&mut by, &mut pl] {
            seat.press("c");
            seat.until_it_says("signs, of what is here now:");
            seat.presses_until_it_says(CONTROL_S, "released ");
        }
        for seat in [&mut by, &mut pl] {
            seat.until("closed", |rows| rows[0].starts_with("REAL  FLASH  closed"));
        }
        leave(by);
        leave(pl);
    });
    assert_eq!(
        transcript(&world, "BY", &thread, "").await.digest,
        show(&world, "PL", &thread).await.closed[0].agreed
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_party_that_is_added_in_mid_session_stands_in_each_console_with_who_is_on() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    block_in_place(|| {
        let mut by = in_session(&world, "BY", ">REAL  FLASH     open");
        let mut pl = in_session(&world, "PL", ">REAL  FLASH     open");
        let mut lt = console(&world, "LT");
        lt.until_it_says("0 session(s)");
        by.press("+");
        by.until_it_says("REAL  AGREE THAT A PARTY COMES IN");
        comes_in_and_sees_all(&mut by);
        pl.until_it_says("agrees that LT comes in, and sees all");
        pl.until("not yet in", |rows| rows[0].contains("  BY+PL  "));
        pl.press("+");
        pl.until_it_says("REAL  AGREE THAT A PARTY COMES IN");
        comes_in_and_sees_all(&mut pl);
        // It is offered by that, as by an opening.
        lt.until_it_says("BY+LT+PL  Aircraft off course");
        lt.until_it_rang(1);
        lt.until("it asks for an officer", |rows| rows[2].starts_with("FLASH in 1 session(s)"));
        assert!(lt.is_reverse("BY+LT+PL  Aircraft off course"));
        for seat in [&mut by, &mut pl] {
            seat.until("it is in", |rows| {
                rows[0].contains("  BY+LT+PL  ") && rows[1].contains("LT nobody yet")
            });
        }
        lt.press("n");
        lt.until_it_says("r read  Enter answer");
        lt.press("a");
        lt.until("it has its officer", |rows| !rows[2].contains("FLASH"));
        // It was told no languages of the session, and a text goes out in that of the addition.
        lt.press("w");
        lt.until_it_says("REAL  DRAFT  FLASH  [en]  0/8192 bytes");
        lt.press(ESCAPE);
        lt.until_it_says("r read  Enter answer");
        for seat in [&mut by, &mut pl] {
            seat.until("who is on there", |rows| rows[1].contains("LT Officer of LT"));
        }
        // What became of a text at each of them; what is between two others is not called missing.
        write(&mut by, "To both");
        by.until_it_says(" To both");
        by.press(CONTROL_S);
        by.until("on record at both", |rows| {
            let says = |words: &str| rows.iter().any(|row| row.contains(words));
            says("LT: on record there") && says("PL: on record there")
        });
        pl.until_it_says("LT: not known here, its author has the receipt");
        by.press(ESCAPE);
        by.until_it_says("HOTLINE  BY");
        by.until_it_says("BY+LT+PL  Aircraft off course");
        for seat in [by, pl, lt] {
            leave(seat);
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_another_officer_has_read_is_unread_by_the_next_one_until_that_one_reads_it() {
    let mut world = officers(&["BY", "PL"]).await;
    let roles = [Role::Drafter, Role::Releaser, Role::Watch];
    world.state_mut("PL").take_person("night officer", "Night officer of PL", &roles).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    for number in 1..=3 {
        let said = say(&world, "BY", &thread, &format!("text {number}")).await;
        arrived(&world, "PL", &said.message_digest).await;
    }
    block_in_place(|| {
        let mut day = in_session(&world, "PL", "  3 unread");
        let desk = world.state("PL").desk_directory("night officer").display().to_string();
        let mut night = Seat::of(&["hotline", "join", "--as", &desk]);
        night.until_it_says("FLASH in 1 session(s), UNREAD 3: press n");
        // Three texts, and then the opening, which waits for an acknowledgement as well.
        for _ in 0..4 {
            day.press("r");
            day.until_it_says("your reading is on record");
            day.press("r");
            day.until("it goes on", |rows| !rows.iter().any(|row| row.contains("your reading")));
        }
        day.until_it_says("every text of this session is read");
        day.until("nothing is unread", |rows| !rows[2].contains("UNREAD"));
        // Nothing alarms any more, and the next one has read none of it.
        night.until("no alarm", |rows| rows[2].starts_with("UNREAD 3"));
        night.press("n");
        night.until_it_says("not read by you");
        night.press("r");
        night.until("two are left", |rows| rows[2].starts_with("UNREAD 2"));
        leave(day);
        leave(night);
    });
    let unread = async |name: &str| {
        let desk = world.desk("PL", name);
        let listed = hotlines(&desk).list_sessions(calls::ListSessionsRequest::default()).await.unwrap();
        listed.into_inner().sessions[0].unread
    };
    assert_eq!((unread("officer").await, unread("night officer").await), (0, 2), "as their consoles count");
    let read = show(&world, "BY", &thread).await.lines;
    let texts = read.iter().filter(|line| line.text.starts_with("text"));
    let by: Vec<&str> = texts.map(|line| line.states[0].read_by.as_str()).collect();
    assert_eq!(by, ["Officer of PL"; 3]);
    let there = show(&world, "PL", &thread).await;
    assert_eq!(there.lines[0].states[0].read_by, "Officer of PL", "nobody is alerted of it any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_text_longer_than_the_screen_is_gone_through_by_pages_and_read_once_all_of_it_stood_there() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    let long: Vec<String> = (0..60).map(|number| format!("line {number}")).collect();
    let said = say(&world, "BY", &thread, &long.join("\n")).await;
    arrived(&world, "PL", &said.message_digest).await;
    block_in_place(|| {
        let mut pl = in_session(&world, "PL", "  1 unread");
        pl.until_it_says("| [en] line 0");
        pl.press("r");
        pl.until_it_says("PgDn, then r: not all of it has stood on the screen");
        pl.press(&PAGE_DOWN.repeat(8));
        pl.until_it_says("| line 59");
        pl.until("its end", |rows| rows.iter().any(|row| row.contains("not answered")));
        pl.press("r");
        pl.until_it_says("your reading is on record");
        // And back to what was said before.
        pl.press(&UP.repeat(3));
        pl.until_it_says("opens the session; en, ru");
        leave(pl);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_phrase_that_is_longer_than_the_screen_is_gone_through_and_goes_once_all_of_it_stood_there() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "BY", &accepted.message_digest).await;
    // 48 rows of 76 columns in English alone; and 3 of 16 columns.
    let once = "Our reconnaissance aircraft has inadvertently lost its way. ";
    let long = format!("{}the very end.", once.repeat(60));
    let (short, russian) = ("We turn back at once: hold fire.", "Мы возвращаемся. ".repeat(60));
    let phrase = |number: u32, text: &str| {
        format!(
            "[[phrase]]\nnumber = {number}\ntexts = {{ en = \"{text}\", ru = \"{}\" }}\n",
            russian.trim_end()
        )
    };
    agree_on(&world, &[phrase(1, short), phrase(2, &long)].concat()).await;
    block_in_place(|| {
        let mut by = in_session(&world, "BY", ">REAL  FLASH     open");
        by.press("p");
        by.until_it_says("1 [en] We turn back at once");
        by.press("2");
        by.until("the other is not meant", |rows| {
            let says = |words: &str| rows.iter().any(|row| row.contains(words));
            says("2 [en] Our reconnaissance") && !says("1 [en] ")
        });
        by.until_it_says(" below: PgDn");
        by.press(CONTROL_S);
        by.until_it_says("PgDn, then Ctrl-S: not all of it has stood on the screen");
        by.presses_until_it_says(PAGE_DOWN, "the very end.");
        // Once more where the page that was turned last came with it.
        by.presses_until_it_says(CONTROL_S, "released BY/");

        // And on a screen that has one row for it.
        by.resize(20, 5);
        by.until("the session", |rows| rows.len() == 5 && rows[0].starts_with("REAL open 0 unread"));
        by.press("p");
        by.until("the fields", |rows| rows.len() == 5 && rows[3].starts_with("REAL"));
        by.press("1");
        by.until("what is typed, and how far it is", |rows| {
            rows.len() == 5 && rows[3].starts_with("REAL") && rows[3].ends_with(" PgDn") && rows[4] == "  1"
        });
        // Nothing goes either before the node has said what its words are.
        by.presses_until_it_says(CONTROL_S, "PgDn, then Ctrl-S:");
        by.presses_until_it_says(PAGE_DOWN, "hold fire.");
        by.presses_until_it_says(CONTROL_S, "released");
        leave(by);
    });
    let said: Vec<String> =
        show(&world, "BY", &thread).await.lines.into_iter().map(|line| line.text).collect();
    assert_eq!(said[2..], [long, short.to_owned()]);
}
