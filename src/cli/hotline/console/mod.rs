//! `detente hotline join`: the console of an officer at the hotline, for a plain terminal of 80 columns and 24 lines
//! and for any larger one, also over ssh.
//!
//! Never here: a rule, or anything that only the console knows but what is being written. What it shows is what the
//! node tells; what is written lies in the officer's own directory.

mod composer;
mod drafts;
mod head;
mod keys;
mod link;
mod rows;
mod screen;
mod scroll;
mod state;
mod terminal;

use std::collections::BTreeSet;

use bytes::Bytes;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use self::drafts::Drafts;
use self::keys::{At, Key};
use self::link::Heard;
use self::state::{Effect, State};
use self::terminal::{Input, Terminal};
use crate::cli::desk::{As, fresh_id};
use crate::cli::fault::Fault;
use crate::clock::Clock;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::text::shown;

#[derive(clap::Args, Debug)]
#[command(
    after_help = "A FLASH rings the bell and stands in reverse video. What is written and not sent yet is kept in \
                  the desk's directory. The keys stand on the last line of the screen."
)]
pub struct JoinArgs {
    #[command(flatten)]
    person: As,
}

/// Until the officer leaves, the terminal goes away, or the program is asked to end.
pub async fn join(args: JoinArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let drafts = Drafts::at(args.person.directory());
    let (kept, aside) = drafts.read()?;
    let mut ends = Ends::new()?;
    let mut terminal = Terminal::take()?;
    let mut state = State::new(desk.party.to_string(), kept, (0, 0));
    if let Some(path) = aside.first() {
        state.notice = format!("no draft can be read of {}", shown(&path.display().to_string()));
    }
    let (said, mut heard) = link::begin(desk);
    let mut inputs = terminal::inputs();
    let mut tick = tokio::time::interval(terminal::TICK);
    let mut console = Console { state, said, drafts, to_keep: BTreeSet::new(), clock: Clock::system() };
    loop {
        console.draw(&mut terminal)?;
        let goes_on = loop {
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(Input::Key(key)) => break console.press(key, &mut terminal)?,
                    Some(Input::Resized) => break true,
                    None => break false,
                },
                told = heard.recv() => match told {
                    Some(told) => {
                        let mut next = Some(told);
                        while let Some(told) = next {
                            console.hear(told, &mut terminal)?;
                            next = heard.try_recv().ok();
                        }
                        break true;
                    }
                    None => return Err(Fault::new("the console's stream ended by a fault of the program")),
                },
                _ = tick.tick() => {
                    // Nothing is drawn where nothing changed: a line may be slow.
                    if console.tick(&mut terminal)? {
                        break true;
                    }
                }
                () = ends.come() => break false,
            }
        };
        if !goes_on {
            console.keep();
            return Ok(());
        }
    }
}

/// What is known, and the ways out of it.
struct Console {
    state: State,
    said: mpsc::UnboundedSender<Said>,
    drafts: Drafts,
    /// Threads whose draft on disk is not the newest.
    to_keep: BTreeSet<Bytes>,
    clock: Clock,
}

impl Console {
    fn draw(&mut self, terminal: &mut Terminal) -> Result<(), Fault> {
        let fault = |fault: std::io::Error| Fault::new(format!("the terminal can't be used: {fault}"));
        let size = terminal.drawing.size().map_err(fault)?;
        if self.state.size != (size.width, size.height) {
            self.state.size = (size.width, size.height);
            self.state.moved(|scroll, window| scroll.select(scroll.selected, window));
        }
        let mut stood = Vec::new();
        let drawn = terminal.drawing.draw(|frame| {
            let drawn = screen::draw(&self.state, frame.buffer_mut());
            stood = drawn.stood;
            if let Some(cursor) = drawn.cursor {
                frame.set_cursor_position(cursor);
            }
        });
        drawn.map_err(fault)?;
        let effects = self.state.stood(stood);
        self.perform(effects, terminal).map(|_| ())
    }

    /// Whether it goes on.
    fn press(&mut self, key: Key, terminal: &mut Terminal) -> Result<bool, Fault> {
        let at = At { now: self.clock.now(), id: fresh_id()? };
        let effects = self.state.press(key, at);
        self.perform(effects, terminal)
    }

    fn hear(&mut self, heard: Heard, terminal: &mut Terminal) -> Result<(), Fault> {
        let now = self.clock.now();
        let effects = match heard {
            Heard::Told(told) => self.state.told(*told, now),
            Heard::Lost(why) => {
                self.state.lost(why, now);
                Vec::new()
            }
        };
        self.perform(effects, terminal).map(|_| ())
    }

    /// Whether anything changed on the screen.
    fn tick(&mut self, terminal: &mut Terminal) -> Result<bool, Fault> {
        let before = self.state.notice.clone();
        self.keep();
        let effects = self.state.tick(self.clock.now());
        let changed = !effects.is_empty() || before != self.state.notice;
        self.perform(effects, terminal)?;
        Ok(changed)
    }

    /// Whether it goes on.
    fn perform(&mut self, effects: Vec<Effect>, terminal: &mut Terminal) -> Result<bool, Fault> {
        for effect in effects {
            match effect {
                Effect::Keep(thread) => {
                    let is_done = !self.state.drafts.contains_key(&thread);
                    self.to_keep.insert(thread);
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
                Effect::Bell => terminal.ring(),
                Effect::Redraw => {
                    let cleared = terminal.drawing.clear();
                    cleared.map_err(|fault| Fault::new(format!("the terminal can't be used: {fault}")))?;
                }
                Effect::Leave => return Ok(false),
            }
        }
        Ok(true)
    }

    /// A text that can't be kept is not lost while the console runs, and may be sent: that is said.
    fn keep(&mut self) {
        for thread in std::mem::take(&mut self.to_keep) {
            if let Err(fault) = self.drafts.keep(&thread, self.state.drafts.get(&thread)) {
                self.state.notice = format!("the draft is NOT KEPT on disk: {}", shown(&fault.to_string()));
            }
        }
    }
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
