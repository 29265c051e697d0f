//! A pseudo-terminal (`script`, of util-linux) with a program in it, and what stands on its screen: a small part of
//! ECMA-48, and nothing else is let through.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use detente::limits;
use unicode_width::UnicodeWidthChar as _;

use crate::officer::PATIENCE;

const ESC: char = '\u{1b}';
const HOME: &str = "\u{1b}[H";
const END: &str = "\u{1b}[F";
/// Longer than a key that is held down waits before it comes again.
const APART: Duration = Duration::from_millis(200);
/// Of these keys the same one is pressed again only once it was let go, and what it showed was looked at.
const NOT_TAKEN_BACK: [&str; 5] = ["r", "a", "q", "\u{3}", "\u{13}"];
/// Longer than such a key is not taken again.
const LET_GO: Duration = Duration::from_millis(limits::CONSOLE_LOOKED_MS as u64 + 50);

/// The program at a terminal of its own.
pub struct Seat {
    program: Child,
    keys: ChildStdin,
    bytes: Receiver<Vec<u8>>,
    pending: Vec<u8>,
    pressed: String,
    /// All that came.
    pub raw: String,
    pub bells: usize,
    cells: Vec<Vec<(String, bool)>>,
    at: (usize, usize),
    reverse: bool,
}

/// The program at 80 columns and 24 lines, its keys, and what comes of it piece by piece.
pub fn program_at_a_terminal(words: &[&str]) -> (Child, ChildStdin, Receiver<Vec<u8>>) {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let told =
        format!("stty rows 24 cols 80 && exec '{}' {}", env!("CARGO_BIN_EXE_detente"), quoted.join(" "));
    let mut program = Command::new("script")
        .args(["-q", "-e", "-f", "-c", &told, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` is there");
    let (keys, mut out) = (program.stdin.take().unwrap(), program.stdout.take().unwrap());
    let (send, bytes) = channel();
    std::thread::spawn(move || {
        let mut piece = [0; 4_096];
        while let Ok(read @ 1..) = out.read(&mut piece) {
            if send.send(piece[..read].to_vec()).is_err() {
                return;
            }
        }
    });
    (program, keys, bytes)
}

impl Seat {
    /// At 80 columns and 24 lines.
    pub fn of(words: &[&str]) -> Seat {
        let (program, keys, bytes) = program_at_a_terminal(words);
        let cells = blank(80, 24);
        let (pending, pressed, raw) = (Vec::new(), String::new(), String::new());
        Seat { program, keys, bytes, pending, pressed, raw, bells: 0, cells, at: (0, 0), reverse: false }
    }

    pub fn press(&mut self, keys: &str) {
        self.let_go(keys, |_| false);
        self.give(keys);
    }

    fn give(&mut self, keys: &str) {
        keys.clone_into(&mut self.pressed);
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Where this very key was pressed last: until no program takes the next press for the same one, or it holds.
    fn let_go(&mut self, key: &str, holds: impl Fn(&Seat) -> bool) {
        if self.pressed == key && NOT_TAKEN_BACK.contains(&key) {
            self.take_for(LET_GO, holds);
        }
    }

    /// What comes within this time, or until it holds.
    fn take_for(&mut self, time: Duration, holds: impl Fn(&Seat) -> bool) {
        let until = Instant::now() + time;
        while !holds(self) {
            match self.bytes.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(piece) => self.take(&piece),
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => panic!("the program ended\n{:?}", self.raw),
            }
        }
    }

    /// Until the screen looks so: its rows.
    pub fn until(&mut self, what: &str, holds: impl Fn(&[String]) -> bool) -> Vec<String> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let rows = self.rows();
            if holds(&rows) {
                return rows;
            }
            let left = patience.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(piece) => self.take(&piece),
                Err(RecvTimeoutError::Timeout) => panic!("never: {what}\n{}", rows.join("\n")),
                Err(RecvTimeoutError::Disconnected) => {
                    let (rows, raw) = (rows.join("\n"), &self.raw);
                    panic!("the program ended, and never: {what}\n{rows}\n{raw:?}")
                }
            }
        }
    }

    pub fn until_it_says(&mut self, words: &str) -> Vec<String> {
        self.until(words, |rows| rows.iter().any(|row| row.contains(words)))
    }

    /// One press after the other, each once what came of the one before stands there, until it says so.
    pub fn presses_until_it_says(&mut self, key: &str, words: &str) {
        let patience = Instant::now() + PATIENCE;
        let says = |seat: &Seat| seat.rows().iter().any(|row| row.contains(words));
        while !says(self) {
            assert!(Instant::now() < patience, "never: {words}\n{}", self.rows().join("\n"));
            self.let_go(key, says);
            if !says(self) {
                self.give(key);
                self.take_for(APART, says);
            }
        }
    }

    /// To the end of a session, anew until it says so there: how many texts there are is told before the last of them
    /// are, and what comes later moves nobody away from what is being read.
    pub fn at_the_end_it_says(&mut self, words: &str) -> Vec<String> {
        let (patience, first) = (Instant::now() + PATIENCE, ">REAL    1 ");
        loop {
            self.press(HOME);
            self.until_it_says(first);
            self.press(END);
            let rows = self.until("the end", |rows| !rows.iter().any(|row| row.contains(first)));
            if rows.iter().any(|row| row.contains(words)) {
                return rows;
            }
            assert!(Instant::now() < patience, "never at the end: {words}\n{}", rows.join("\n"));
        }
    }

    /// Until the bell has rung so many times. It rings once a second at most, thus later than what it tells of stands
    /// there.
    pub fn until_it_rang(&mut self, times: usize) {
        let patience = Instant::now() + PATIENCE;
        while self.bells < times {
            let left = patience.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(piece) => self.take(&piece),
                Err(fault) => panic!("the bell rang {} times of {times}: {fault}", self.bells),
            }
        }
    }

    pub fn rows(&self) -> Vec<String> {
        let row =
            |cells: &Vec<(String, bool)>| cells.iter().map(|(symbol, _)| symbol.as_str()).collect::<String>();
        self.cells.iter().map(|cells| row(cells).trim_end().to_owned()).collect()
    }

    /// Whether the row that holds these words stands in reverse video.
    pub fn is_reverse(&self, words: &str) -> bool {
        let at = self.rows().iter().position(|row| row.contains(words));
        at.is_some_and(|at| self.cells[at][0].1)
    }

    /// The process at the terminal.
    pub fn process(&self) -> u32 {
        let id = self.program.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        children.split_whitespace().next().expect("the program runs").parse().unwrap()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.process().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// The terminal goes away, as when its window is closed or the line to it is cut; until the program has ended.
    pub fn killed(mut self) {
        let process = self.process().to_string();
        self.program.kill().unwrap();
        self.program.wait().unwrap();
        let waited = Command::new("tail").args(["--pid", &process, "-f", "/dev/null"]).status();
        assert!(waited.unwrap().success());
    }

    /// What the program takes in memory, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// As whoever drags the corner of a window.
    pub fn resize(&mut self, columns: usize, rows: usize) {
        let device = std::fs::read_link(format!("/proc/{}/fd/0", self.process())).unwrap();
        self.cells = blank(columns, rows);
        let size = ["rows".into(), rows.to_string(), "cols".into(), columns.to_string()];
        assert!(Command::new("stty").arg("-F").arg(device).args(size).status().unwrap().success());
    }

    /// The program has ended well, and the terminal is as it was. Where the key that leaves came at once with the one
    /// before it, it is pressed once more by itself.
    pub fn ended(mut self) {
        let mut is_pressed_again = false;
        loop {
            let rows = self.rows();
            let is_refused = !is_pressed_again && rows.iter().any(|row| row.starts_with("NOT DONE: several"));
            match self.bytes.recv_timeout(if is_refused { LET_GO } else { PATIENCE }) {
                Ok(piece) => self.take(&piece),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) if is_refused => {
                    is_pressed_again = true;
                    self.give("\u{3}");
                }
                Err(RecvTimeoutError::Timeout) => panic!("it never ended\n{}", rows.join("\n")),
            }
        }
        assert!(self.program.wait().unwrap().success(), "{:?}", self.raw);
        let left = self.raw.rfind("\u{1b}[?1049l").expect("the screen that was there is back");
        assert!(self.raw[left..].contains("\u{1b}[?25h"), "the cursor is there");
        assert_eq!(self.raw.matches("\u{1b}[?2004h").count(), 1);
        assert!(self.raw.contains("\u{1b}[?2004l"));
    }

    fn take(&mut self, piece: &[u8]) {
        self.pending.extend(piece);
        let whole = match std::str::from_utf8(&self.pending) {
            Ok(text) => text.len(),
            Err(fault) => fault.valid_up_to(),
        };
        let text = String::from_utf8(self.pending[..whole].to_vec()).unwrap();
        self.raw.push_str(&text);
        let mut rest = text.as_str();
        while let Some(character) = rest.chars().next() {
            if character == ESC {
                let Some(length) = sequence(rest) else { break };
                self.obey(&rest[..length]);
                rest = &rest[length..];
            } else {
                self.put(character);
                rest = &rest[character.len_utf8()..];
            }
        }
        // What is not whole yet comes again with the next piece.
        let left = rest.len();
        self.raw.truncate(self.raw.len() - left);
        self.pending.drain(..whole - left);
    }

    fn obey(&mut self, sequence: &str) {
        let inner = sequence.strip_prefix("\u{1b}[").unwrap_or_else(|| panic!("it drives: {sequence:?}"));
        let (numbers, last) = inner.split_at(inner.len() - 1);
        match last {
            "H" => {
                let (row, column) = numbers.split_once(';').unwrap_or(("1", "1"));
                self.at = (row.parse::<usize>().unwrap() - 1, column.parse::<usize>().unwrap() - 1);
            }
            "m" => {
                for number in numbers.split(';') {
                    match number {
                        "7" => self.reverse = true,
                        "0" | "27" => self.reverse = false,
                        "1" | "22" | "39" | "49" | "59" => {}
                        other => panic!("a colour: {other}"),
                    }
                }
            }
            "J" => self.cells = blank(self.cells[0].len(), self.cells.len()),
            "h" | "l" => assert!(["?1049", "?25", "?2004"].contains(&numbers), "{sequence:?}"),
            _ => panic!("it drives the terminal: {sequence:?}"),
        }
    }

    fn put(&mut self, character: char) {
        match character {
            '\u{7}' => self.bells += 1,
            // What `script` and the shell say at the end.
            '\r' | '\n' => {}
            character => {
                assert!(!character.is_control(), "{character:?} drives the terminal");
                let (row, column) = self.at;
                let wide = character.width().unwrap_or(1);
                let Some(cells) = self.cells.get_mut(row) else { return };
                // As a terminal does: it stays until that cell is written anew.
                if wide == 0 {
                    if let Some(cell) = column.checked_sub(1).and_then(|before| cells.get_mut(before)) {
                        cell.0.push(character);
                    }
                    return;
                }
                for (at, cell) in cells.iter_mut().enumerate().skip(column).take(wide) {
                    let symbol = if at == column { character.to_string() } else { String::new() };
                    *cell = (symbol, self.reverse);
                }
                self.at = (row, column + wide);
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn blank(columns: usize, rows: usize) -> Vec<Vec<(String, bool)>> {
    vec![vec![(" ".to_owned(), false); columns]; rows]
}

/// How long the sequence is with which a text begins; `None` where its end has not come yet.
fn sequence(text: &str) -> Option<usize> {
    let second = text.chars().nth(1)?;
    if second != '[' {
        return Some(1 + second.len_utf8());
    }
    text.char_indices().skip(2).find(|(_, c)| ('@'..='~').contains(c)).map(|(at, _)| at + 1)
}
