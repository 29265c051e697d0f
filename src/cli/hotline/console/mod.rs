//! `detente hotline join`: the console of an officer at the hotline, for a plain terminal of 80 columns and 24 lines
//! and for any larger one, also over ssh.
//!
//! Never here: a rule, or anything that only the console knows but what is being written. What it shows is what the
//! node tells; what is written lies in the officer's own directory.
//!
//! What stands where:
//!
//! - what it knows: `state.rs`, `link.rs`, `room.rs`, `put_back.rs`, `waits.rs`, `not_released.rs`
//! - what a key does: `keys.rs`, `came.rs`, `held.rs`, `places.rs`, `scroll.rs`, `next.rs`, `writing.rs`, `composer.rs`,
//!   `dialogue.rs`, `filled.rs`, `looks.rs`, `end.rs`, `leave.rs`
//! - what is given to the node: `give.rs`, `answers.rs`, `drafts.rs`, and only once it has stood on the screen:
//!   `stood.rs`, `read_over.rs`
//! - what is drawn: `screen.rs`, `head.rs`, `last_row.rs`, `rows.rs`, `below.rs`, `typed.rs`, `words.rs`,
//!   `notices.rs`, `refused.rs`, `cells.rs`, on a `terminal.rs`
//! - for tests: `made.rs`

mod answers;
mod below;
mod came;
mod cells;
mod composer;
mod dialogue;
mod drafts;
mod end;
mod filled;
mod give;
mod head;
mod held;
mod keys;
mod last_row;
mod leave;
mod link;
mod looks;
#[cfg(test)]
mod made;
mod next;
mod not_released;
mod notices;
mod places;
mod put_back;
mod read_over;
mod refused;
mod room;
mod rows;
mod screen;
mod scroll;
mod state;
mod stood;
mod terminal;
mod typed;
mod waits;
mod words;
mod writing;

use std::collections::BTreeSet;

use ratatui_core::layout::Rect;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use self::came::Came;
use self::drafts::{DraftOf, Drafts};
use self::keys::{At, Key};
use self::link::Heard;
use self::looks::Looked;
pub(super) use self::rows::{is_text, is_unread_here, seconds};
use self::screen::Drawn;
use self::state::{Effect, State};
use self::terminal::{Input, Terminal};
use crate::cli::desk::{As, Desk, fresh_id};
use crate::cli::fault::Fault;
use crate::clock::Clock;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::text::shown;
use crate::domain::time::Instant;

#[derive(clap::Args, Debug)]
#[command(
    after_help = "A FLASH rings the bell and stands in reverse video. What is written and not sent yet is kept in \
                  the desk's directory. The keys stand at the foot of the screen."
)]
pub struct JoinArgs {
    #[command(flatten)]
    person: As,
}

/// Until the officer leaves, the terminal goes away, or the program is asked to end.
pub async fn join(args: JoinArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let drafts = Drafts::at(args.person.directory());
    let mut ends = Ends::new()?;
    let mut terminal = Terminal::take()?;
    let state = State::new(desk.party.to_string(), (0, 0));
    let clock = Clock::system();
    let (said, heard) = link::begin(desk.clone(), clock.clone());
    let (looks, looked) = looks::channel();
    let mut console = Console {
        state,
        desk,
        said,
        looks,
        drafts,
        to_keep: BTreeSet::new(),
        clock,
        rings: false,
        may_ring: true,
    };
    console.try_drafts();
    let ended = console.sit(&mut terminal, heard, looked, &mut ends).await;
    // However it ends, also where the terminal has gone.
    console.keep();
    ended?;
    // Once the screen that was there before is back.
    match console.state.not_kept {
        0 => Ok(()),
        _ => Err(Fault::new(console.state.notice)),
    }
}

/// What is known, and the ways out of it.
struct Console {
    state: State,
    desk: Desk,
    said: mpsc::UnboundedSender<Said>,
    looks: mpsc::Sender<Looked>,
    drafts: Drafts,
    /// Those that are not on disk as they are now.
    to_keep: BTreeSet<DraftOf>,
    clock: Clock,
    /// The bell is to ring; and whether it has not rung since the last tick.
    rings: bool,
    may_ring: bool,
}

impl Console {
    async fn sit(
        &mut self,
        terminal: &mut Terminal,
        mut heard: mpsc::Receiver<Heard>,
        mut looked: mpsc::Receiver<Looked>,
        ends: &mut Ends,
    ) -> Result<(), Fault> {
        let mut inputs = terminal::inputs(self.clock.clone());
        let mut tick = tokio::time::interval(terminal::TICK);
        loop {
            self.ring(terminal);
            self.draw(terminal)?;
            let goes_on = loop {
                tokio::select! {
                    () = ends.come() => break false,
                    input = inputs.recv() => match input {
                        Some(Input::Key(key, came, at)) => {
                            let mut in_midst = is_in_midst(&key, came);
                            let mut goes_on = self.press(key, came, at, terminal)?;
                            // What is typed or pasted faster than it is drawn is drawn together.
                            for _ in 1..terminal::KEYS_AHEAD {
                                if !goes_on || !(self.state.is_typed_in() || in_midst) {
                                    break;
                                }
                                match inputs.try_recv() {
                                    Ok(Input::Key(key, came, at)) => {
                                        in_midst = is_in_midst(&key, came);
                                        goes_on = self.press(key, came, at, terminal)?;
                                    }
                                    Ok(Input::NoKey(came)) => {
                                        self.state.no_key_came(came);
                                        break;
                                    }
                                    Err(_) => break,
                                }
                            }
                            break goes_on;
                        }
                        Some(Input::NoKey(came)) => {
                            self.state.no_key_came(came);
                            break true;
                        }
                        None => break false,
                    },
                    _ = tick.tick() => {
                        // Nothing is drawn where nothing changed: a line may be slow.
                        if self.tick(terminal)? {
                            break true;
                        }
                    }
                    Some(looked) = looked.recv() => {
                        self.state.looked(looked);
                        break true;
                    }
                    told = heard.recv() => match told {
                        Some(told) => {
                            // What waits is drawn together, and no more of it than leaves the keys their turn.
                            self.hear(told, terminal)?;
                            for _ in 1..link::AHEAD {
                                match heard.try_recv() {
                                    Ok(told) => self.hear(told, terminal)?,
                                    Err(_) => break,
                                }
                            }
                            break true;
                        }
                        None => return Err(Fault::new("the console's stream ended by a fault of the program")),
                    },
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    fn draw(&mut self, terminal: &mut Terminal) -> Result<(), Fault> {
        let fault = |fault: std::io::Error| Fault::new(format!("the terminal can't be used: {fault}"));
        let size = terminal.drawing.size().map_err(fault)?;
        if self.state.size != (size.width, size.height) {
            self.state.size = (size.width, size.height);
            self.state.moved(|scroll, window| scroll.select(scroll.selected, window));
        }
        let mut drawn = Drawn::default();
        let done = terminal.drawing.draw(|frame| {
            drawn = screen::draw(&self.state, frame.buffer_mut());
            if let Some(cursor) = drawn.cursor {
                frame.set_cursor_position(cursor);
            }
        });
        done.map_err(fault)?;
        let effects = self.state.stood(drawn);
        self.perform(effects, terminal).map(|_| ())
    }

    /// Whether it goes on.
    fn press(&mut self, key: Key, came: Came, now: Instant, terminal: &mut Terminal) -> Result<bool, Fault> {
        // What is lost by leaving is said: that the disk does not take a text shows once it is tried.
        if key == Key::Control('c') || key == Key::Character('q') && !self.state.is_typed_in() {
            self.keep();
        }
        let at = At { now, id: fresh_id()? };
        let effects = self.state.press_unless_held(key, came, at);
        self.perform(effects, terminal)
    }

    fn hear(&mut self, heard: Heard, terminal: &mut Terminal) -> Result<(), Fault> {
        let now = self.clock.now();
        let effects = match heard {
            Heard::Told(told) => self.state.told(*told, now),
            Heard::Lost(why, last) => {
                self.state.lost(why, last.unwrap_or(now));
                Vec::new()
            }
            Heard::PutBack => {
                self.state.put_back(now);
                Vec::new()
            }
            Heard::Links(not_heard) => {
                self.state.not_heard = not_heard;
                Vec::new()
            }
        };
        self.perform(effects, terminal).map(|_| ())
    }

    /// Whether anything changed on the screen.
    fn tick(&mut self, terminal: &mut Terminal) -> Result<bool, Fault> {
        let before = (self.state.notice.clone(), self.state.keeps);
        self.may_ring = true;
        self.try_drafts();
        self.keep();
        let effects = self.state.tick(self.clock.now());
        let changed =
            !effects.is_empty() || before != (self.state.notice.clone(), self.state.keeps) || self.rings;
        self.perform(effects, terminal)?;
        Ok(changed)
    }

    /// Once a tick at most: where FLASH comes without end, a bell without end would tell nothing.
    fn ring(&mut self, terminal: &mut Terminal) {
        if self.rings && self.may_ring {
            (self.rings, self.may_ring) = (false, false);
            terminal.ring();
        }
    }

    /// Whether it goes on.
    fn perform(&mut self, effects: Vec<Effect>, terminal: &mut Terminal) -> Result<bool, Fault> {
        for effect in effects {
            match effect {
                Effect::Keep(of) => {
                    let is_done = !self.state.drafts.contains_key(&of);
                    self.to_keep.insert(of);
                    if is_done {
                        self.keep();
                    }
                }
                Effect::Say(what) => {
                    // The id lies on disk before it is used.
                    self.keep();
                    // While the stream is cut nobody takes it, and it is said again after that.
                    let _ = self.said.send(what);
                }
                Effect::Look(look) => looks::begin(self.desk.clone(), look, self.looks.clone()),
                Effect::Bell => self.rings = true,
                Effect::Redraw => {
                    // By its size: to clear it asks the terminal where its cursor is, and whoever reads the keys gets
                    // the answer.
                    let drawing = &mut terminal.drawing;
                    let size = drawing.size();
                    let anew = size.and_then(|size| drawing.resize(Rect::new(0, 0, size.width, size.height)));
                    anew.map_err(|fault| Fault::new(format!("the terminal can't be used: {fault}")))?;
                }
                Effect::Leave => return Ok(false),
            }
        }
        Ok(true)
    }

    /// A file that can't be read keeps no officer from the hotline: that is said, nothing is kept, and it is tried again.
    fn try_drafts(&mut self) {
        if let Err(fault) = self.take_drafts() {
            self.state.notice =
                format!("no draft can be read, and what is written here is NOT KEPT: {fault}");
        }
    }

    /// One console of an officer keeps the drafts; the next one does once that has ended. Where both wrote in the same
    /// place, what the other one kept is put aside, and not deleted.
    fn take_drafts(&mut self) -> Result<(), Fault> {
        if self.state.keeps || !self.drafts.take()? {
            return Ok(());
        }
        let (kept, mut aside) = self.drafts.read()?;
        for (of, draft) in kept {
            let here = self.state.drafts.get(&of);
            if here.is_none_or(|here| here.written.text.is_empty()) {
                self.state.drafts.insert(of, draft);
            } else {
                aside.push(self.drafts.put_aside(&of)?);
            }
        }
        self.state.keeps = true;
        self.to_keep.extend(self.state.drafts.keys().cloned());
        if !aside.is_empty() {
            let paths = aside.iter().map(|path| shown(&path.display().to_string()));
            let paths = paths.collect::<Vec<_>>().join(", ");
            self.state.notice = format!("no draft here, and put aside: {paths}");
        }
        Ok(())
    }

    /// A text that can't be kept is not lost while the console runs, and may be sent: that is said, and it is tried
    /// again.
    fn keep(&mut self) {
        if !self.state.keeps {
            return;
        }
        for of in std::mem::take(&mut self.to_keep) {
            if let Err(fault) = self.drafts.keep(&of, self.state.drafts.get(&of)) {
                self.state.notice = format!("the draft is NOT KEPT on disk: {}", shown(&fault.to_string()));
                self.to_keep.insert(of);
            }
        }
        self.state.not_kept = self.to_keep.len();
    }
}

/// Whether a letter stands in the midst of what came at once: by none of these anything moves on the screen but to what
/// is unread, so that what is behind it is drawn with it.
fn is_in_midst(key: &Key, came: Came) -> bool {
    came == Came::Within && matches!(key, Key::Character(_))
}

/// What ends the program from outside: a shell that goes away, whoever stops the machine.
struct Ends([tokio::signal::unix::Signal; 3]);

impl Ends {
    fn new() -> Result<Ends, Fault> {
        let take =
            |kind| signal(kind).map_err(|fault| Fault::new(format!("signals can't be taken: {fault}")));
        Ok(Ends([
            take(SignalKind::terminate())?,
            take(SignalKind::hangup())?,
            take(SignalKind::interrupt())?,
        ]))
    }

    async fn come(&mut self) {
        let [one, two, three] = &mut self.0;
        tokio::select! {
            _ = one.recv() => {}
            _ = two.recv() => {}
            _ = three.recv() => {}
        }
    }
}
