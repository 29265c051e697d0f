//! The officer's terminal: taken over while the console runs, and given back as it was, however the console ends.
//!
//! Never here: what is drawn, or what a key does.

use std::io::{IsTerminal as _, Stdout, Write as _, stdin, stdout};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ratatui_core::terminal::Terminal as Drawing;
use ratatui_crossterm::CrosstermBackend;
use ratatui_crossterm::crossterm::cursor::Show;
use ratatui_crossterm::crossterm::event::{
    self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers,
};
use ratatui_crossterm::crossterm::execute;
use ratatui_crossterm::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::sync::mpsc;

use super::came::Came;
use super::composer::Edit;
use super::keys::Key;
use crate::cli::fault::Fault;
use crate::clock::Clock;
use crate::domain::time::Instant;

/// BEL (ECMA-48): the one control character that is sent by itself.
const BELL: &[u8] = b"\x07";
/// Keys that may wait to be taken; then the terminal holds them.
pub const KEYS_AHEAD: usize = 64;

/// Whether it is taken over. What is set of it is set under this lock, so that nobody does after it was given back.
static IS_TAKEN: Mutex<bool> = Mutex::new(false);

/// The terminal, taken over.
pub struct Terminal {
    pub drawing: Drawing<CrosstermBackend<Stdout>>,
}

/// What comes from the terminal.
pub enum Input {
    /// And when it was read: it may wait to be taken.
    Key(Key, Came, Instant),
    /// No key: the screen has another size, or what came at once has ended with something that is none.
    NoKey(Came),
}

impl Terminal {
    /// # Errors
    /// Nobody sits there: input or output is no terminal, or it can't be used as one.
    pub fn take() -> Result<Terminal, Fault> {
        if !stdin().is_terminal() || !stdout().is_terminal() {
            return Err(Fault::new(
                "the console needs a terminal; `detente hotline list`, `show` and `say` do without",
            ));
        }
        // What a panic has to say is read on the screen that was there before.
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            told(panic);
        }));
        *IS_TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = true;
        let taken = enable_raw_mode()
            .and_then(|()| execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste))
            .and_then(|()| Drawing::new(CrosstermBackend::new(stdout())));
        match taken {
            Ok(drawing) => Ok(Terminal { drawing }),
            Err(fault) => {
                give_back();
                Err(Fault::new(format!("the terminal can't be used: {fault}")))
            }
        }
    }

    pub fn ring(&mut self) {
        // Who does not hear it sees the text in reverse.
        let _ = stdout().write_all(BELL).and_then(|()| stdout().flush());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Twice does no harm. A terminal that has gone away needs nothing.
fn give_back() {
    let _ = execute!(stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
    let mut is_taken = IS_TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    *is_taken = false;
    let _ = disable_raw_mode();
}

/// Reads the terminal on a thread of its own, until nobody takes what it reads or the terminal has gone: then the
/// channel closes.
pub fn inputs(clock: Clock) -> mpsc::Receiver<Input> {
    let (send, receive) = mpsc::channel(KEYS_AHEAD);
    std::thread::spawn(move || {
        let (mut is_behind, mut is_ended, mut next) = (false, false, None);
        while let Some(event) = next.take().or_else(|| event::read().ok()) {
            let at = clock.now();
            // Whatever is there already came at once with it: no officer is as fast.
            let mut is_before = is_more();
            // A line that a carriage return has ended is not ended again by the line feed behind it, whenever that
            // comes.
            if std::mem::take(&mut is_ended) && is_line_feed(&event) {
                is_behind = is_before;
                continue;
            }
            if is_return(&event) {
                is_ended = true;
                if is_before {
                    next = event::read().ok();
                    if next.as_ref().is_some_and(is_line_feed) {
                        (next, is_ended, is_before) = (None, false, is_more());
                    }
                }
            }
            let came = match (is_behind, is_before) {
                (_, true) => Came::Within,
                (true, false) => Came::Last,
                (false, false) => Came::Alone,
            };
            is_behind = is_before;
            if input(event, came, at).is_some_and(|input| send.blocking_send(input).is_err()) {
                return;
            }
        }
    });
    receive
}

/// Of what is no key the end of what came at once is told all the same, or the key before it would stand in the midst of
/// that for ever.
fn input(event: Event, came: Came, at: Instant) -> Option<Input> {
    let is_resized = matches!(event, Event::Resize(..));
    let pressed = match event {
        Event::Key(pressed) => key(pressed),
        Event::Paste(text) => Some(Key::Pasted(text)),
        Event::Resize(..) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    };
    match pressed {
        Some(key) => Some(Input::Key(key, came, at)),
        None => (is_resized || came == Came::Last).then_some(Input::NoKey(came)),
    }
}

fn is_return(event: &Event) -> bool {
    matches!(event, Event::Key(pressed) if pressed.code == KeyCode::Enter)
}

/// As a terminal in raw mode gives it.
fn is_line_feed(event: &Event) -> bool {
    let is_it = |pressed: &KeyEvent| {
        pressed.code == KeyCode::Char('j') && pressed.modifiers.contains(KeyModifiers::CONTROL)
    };
    matches!(event, Event::Key(pressed) if is_it(pressed))
}

/// Whether more is there. `crossterm` reads 1,024 bytes at a time, and waits to be told of bytes that come: of those that
/// are left in the terminal it has to be told anew, or they would wait there for the next key.
fn is_more() -> bool {
    let is_ready = || event::poll(Duration::ZERO).unwrap_or(false);
    is_ready() || {
        tell_of_what_is_left();
        is_ready()
    }
}

/// Sets the terminal as it is set already: by that nothing changes, and whoever waits for it is told whether anything is
/// there (Linux, `n_tty_set_termios`).
fn tell_of_what_is_left() {
    let is_taken = IS_TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    if *is_taken {
        let terminal = stdin();
        let _ = tcgetattr(&terminal).and_then(|set| tcsetattr(&terminal, OptionalActions::Now, &set));
    }
}

/// Long enough for one look at the clock on the screen.
pub const TICK: Duration = Duration::from_millis(crate::limits::CONSOLE_KEEP_MS);

fn key(pressed: KeyEvent) -> Option<Key> {
    // Over a slow line an Escape and the key after it come as one: nothing is done by what nobody meant.
    if pressed.kind == KeyEventKind::Release || pressed.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let control = pressed.modifiers.contains(KeyModifiers::CONTROL);
    Some(match pressed.code {
        // A line feed ends a line too: in a paste that is not marked no two lines become one.
        KeyCode::Char('j') if control => Key::Enter,
        KeyCode::Char('u') if control => Key::Edit(Edit::Line),
        KeyCode::Char(character) if control => Key::Control(character.to_ascii_lowercase()),
        KeyCode::Char(character) => Key::Character(character),
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Esc => Key::Escape,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Left => Key::Edit(Edit::Left),
        KeyCode::Right => Key::Edit(Edit::Right),
        KeyCode::Home => Key::Edit(Edit::Home),
        KeyCode::End => Key::Edit(Edit::End),
        KeyCode::Backspace => Key::Edit(Edit::Backspace),
        KeyCode::Delete => Key::Edit(Edit::Delete),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_what_came_at_once_is_told_though_it_is_no_key() {
        let of = |event, came| match input(event, came, Instant(1)) {
            Some(Input::NoKey(came)) => Some(came),
            Some(Input::Key(..)) | None => None,
        };
        assert_eq!(of(Event::FocusLost, Came::Last), Some(Came::Last));
        assert_eq!(
            of(Event::Key(KeyEvent::new(KeyCode::F(5), KeyModifiers::NONE)), Came::Last),
            Some(Came::Last)
        );
        assert_eq!([Came::Alone, Came::Within].map(|came| of(Event::FocusLost, came)), [None, None]);
        let all = [Came::Alone, Came::Within, Came::Last];
        assert_eq!(all.map(|came| of(Event::Resize(80, 24), came)), all.map(Some));
    }

    #[test]
    fn a_line_feed_ends_a_line_as_the_key_enter_does() {
        let fed = KeyEvent::new(KeyCode::Char('j'), KeyModifiers::CONTROL);
        assert!(is_line_feed(&Event::Key(fed)) && !is_return(&Event::Key(fed)));
        assert_eq!(key(fed), Some(Key::Enter));
    }
}
