//! What a console knows and what is looked at in it: what the node tells changes it.
//!
//! Never here: the terminal, the network or the clock. What is to be done outside is handed back as effects.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::answers::answer_ms;
use super::dialogue::Dialogue;
use super::drafts::{Draft, DraftOf};
use super::held::LastKey;
use super::leave::Of;
use super::looks::{Look, Looked};
use super::not_released::NotReleased;
use super::notices::GoneOn;
use super::refused::Refused;
use super::rows::{is_text, is_unread, is_unread_here};
use super::scroll::Scroll;
use super::stood::Partly;
use super::waits::is_flash;
use crate::codec::proto::detente::evidence::v1::{Precedence, Traffic};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::content::Kind;
use crate::domain::digest::CommandId;
use crate::domain::hotline::{self, ReadHere};
use crate::domain::time::Instant;

/// What is to be done outside.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    Say(Said),
    Bell,
    /// Keep this draft on disk, before anything after this in the list.
    Keep(DraftOf),
    /// Ask the node for it, beside the stream.
    Look(Look),
    Redraw,
    Leave,
}

/// How it stands with the own node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Link {
    /// Begun, and not all on record was told yet.
    Joining,
    Live,
    /// Since when nothing is heard of it, until all is told again; and what went wrong last, safe to show.
    Lost(Instant, String),
}

/// A session as the node told it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Session {
    pub stands: calls::Session,
    /// With each other Party that has closed, as this Party has.
    pub closed: Vec<calls::ClosedWith>,
    /// The last close of each Party that has.
    pub closes: Vec<calls::ClosedBy>,
    /// In its order; behind them what has no part in it.
    pub lines: Vec<calls::SessionLine>,
    /// What the lines take in memory, about.
    pub bytes: usize,
    /// Earlier lines of it were left out for want of room.
    pub partial: bool,
}

impl Session {
    /// What is said in it then opens it again.
    pub fn is_closed(&self) -> bool {
        self.stands.state == hotline::session::State::Closed.word()
    }

    /// That of a text which names none: the language of the message with which the session begins, also for a Party
    /// that came in later and was not told the session's; else the first of these. Empty where neither is here.
    pub fn language(&self) -> &str {
        let begins = self.lines.iter().find(|line| line.digest == self.stands.opening);
        let begins = begins.map(|line| line.language.as_str()).filter(|one| !one.is_empty());
        begins.or(self.stands.languages.first().map(String::as_str)).unwrap_or_default()
    }
}

/// What is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum View {
    List,
    Session,
    /// A text is written in the session.
    Writing,
}

/// A console.
#[derive(Debug)]
pub struct State {
    /// The code of the own Party.
    pub own: String,
    pub sessions: BTreeMap<Bytes, Session>,
    pub left_out: BTreeSet<Bytes>,
    pub link: Link,
    /// The Parties whose node the own node does not hear, and when it last did (ms since 1970); 0: not since it started.
    pub not_heard: BTreeMap<String, i64>,
    pub view: View,
    /// Which session is looked at; in the list, which is selected.
    pub thread: Bytes,
    /// In the list, and in the session.
    pub listed: Scroll,
    pub scroll: Scroll,
    pub drafts: BTreeMap<DraftOf, Draft>,
    /// Drafts at the node.
    pub not_released: NotReleased,
    /// Digest of the text whose translation is written; empty where a text of one's own is.
    pub translates: Bytes,
    /// What is filled in, whatever is looked at.
    pub dialogue: Option<Dialogue>,
    /// Those that were left with something in them.
    pub aside: BTreeMap<Of, Dialogue>,
    /// Whether what is written is kept on disk: another console of this officer may keep it.
    pub keeps: bool,
    /// How many drafts the disk did not take when that was tried last.
    pub not_kept: usize,
    /// The officer was told what would be lost by leaving.
    pub is_leaving: bool,
    /// The officer was told that what goes opens a closed session again.
    pub is_reopening: bool,
    /// Something was typed, and nothing was drawn since.
    pub is_undrawn: bool,
    /// Behind what was typed last stands more that came with it.
    pub is_in_midst: bool,
    pub last_key: Option<LastKey>,
    /// What is to be told to the officer, safe to show: until the next key, and for as long as it takes to read.
    pub notice: String,
    pub gone_on: GoneOn,
    pub refused: Refused,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// What was said without a draft and has no answer yet, and when it is given again.
    pub waiting: BTreeMap<CommandId, (Said, Instant)>,
    /// Texts all of which stood on the screen, and those of which some did; those of which the node was told that they
    /// are shown, since it was joined.
    pub seen: BTreeSet<Bytes>,
    pub partly: BTreeMap<Bytes, Partly>,
    pub told_shown: BTreeSet<Bytes>,
    pub rung: BTreeSet<Bytes>,
    /// The messages of records before this one were told.
    pub told_before: u64,
}

impl State {
    pub fn new(own: String, size: (u16, u16)) -> State {
        State {
            own,
            sessions: BTreeMap::new(),
            left_out: BTreeSet::new(),
            link: Link::Joining,
            not_heard: BTreeMap::new(),
            view: View::List,
            thread: Bytes::new(),
            listed: Scroll::default(),
            scroll: Scroll::default(),
            drafts: BTreeMap::new(),
            not_released: NotReleased::default(),
            translates: Bytes::new(),
            dialogue: None,
            aside: BTreeMap::new(),
            keeps: false,
            not_kept: 0,
            is_leaving: false,
            is_reopening: false,
            is_undrawn: false,
            is_in_midst: false,
            last_key: None,
            notice: String::new(),
            gone_on: GoneOn::default(),
            refused: Refused::default(),
            size,
            waiting: BTreeMap::new(),
            seen: BTreeSet::new(),
            partly: BTreeMap::new(),
            told_shown: BTreeSet::new(),
            rung: BTreeSet::new(),
            told_before: 0,
        }
    }

    pub fn session(&self) -> Option<&Session> {
        self.sessions.get(&self.thread)
    }

    /// The line that is selected in the session that is looked at.
    pub fn selected(&self) -> Option<&calls::SessionLine> {
        self.session()?.lines.get(self.scroll.selected)
    }

    /// The sessions as they are listed: what asks for an officer first, of that what is real before drills; then what is
    /// unread, and then the newest.
    pub fn list(&self) -> Vec<(&Bytes, &Session)> {
        let mut list: Vec<(&Bytes, &Session)> = self.sessions.iter().collect();
        list.sort_by_cached_key(|(_, session)| {
            let alarms = self.alarms_in(session);
            let is_real = session.stands.traffic != Traffic::Drill as i32;
            let asks = (alarms, alarms && is_real, self.unread(session) > 0, is_real);
            std::cmp::Reverse((asks, session.stands.newest_at_ms))
        });
        list
    }

    /// Whether a message asks for an officer at once: a FLASH of another Party that nobody here has read or, where the
    /// session begins with it for this Party, as its opening or as the addition by which this Party came in, accepted.
    pub fn alarms(&self, session: &Session, line: &calls::SessionLine) -> bool {
        let is_flash = line.precedence == Precedence::Flash as i32 && line.author != self.own;
        let accepted = || session.stands.on.iter().any(|on| on.party == self.own);
        let begins = line.kind == Kind::SessionOpening.name() || line.digest == session.stands.opening;
        let opens = begins && line.position > 0 && line.not_taken.is_empty();
        is_flash && (is_unread_here(line, &self.own) || opens && !accepted())
    }

    /// Whether any of it does, or of what is said of it beside its lines.
    pub fn alarms_in(&self, session: &Session) -> bool {
        session.lines.iter().any(|line| self.alarms(session, line))
            || session.stands.beside.iter().any(is_flash)
    }

    /// Whether a text waits for this officer, as the node counts it.
    pub fn waits(&self, session: &Session, line: &calls::SessionLine) -> bool {
        let by_anybody = !is_unread_here(line, &self.own);
        let read = ReadHere { by_reader: line.read_by_caller, by_anybody };
        let is_of_another = is_text(line) && line.author != self.own;
        is_of_another && hotline::is_unread(read, session.is_closed())
    }

    /// How many wait for this officer, those that were left out for want of room among them.
    pub fn unread(&self, session: &Session) -> usize {
        let here = session.lines.iter().filter(|line| self.waits(session, line)).count();
        here.max(usize::try_from(session.stands.unread).unwrap_or(usize::MAX))
    }

    /// Whether a letter is written, and no key.
    pub fn is_typed_in(&self) -> bool {
        self.dialogue.is_some() || self.view == View::Writing
    }

    /// What is written in the session that is looked at.
    pub fn writes(&self) -> DraftOf {
        DraftOf { thread: self.thread.clone(), translates: self.translates.clone() }
    }

    /// It was last heard then.
    pub fn lost(&mut self, why: String, last: Instant) {
        let since = match self.link {
            Link::Lost(since, _) => since,
            Link::Joining | Link::Live => last,
        };
        self.link = Link::Lost(since, why);
        self.not_released.lost();
    }

    /// What the node tells.
    pub fn told(&mut self, told: calls::JoinResponse, now: Instant) -> Vec<Effect> {
        let effects = self.hears(told, now);
        self.settle_notice();
        effects
    }

    fn hears(&mut self, told: calls::JoinResponse, now: Instant) -> Vec<Effect> {
        let thread = told.thread;
        // How a session stands is told before its messages are.
        if matches!(told.what, Some(What::Line(_) | What::Changed(_) | What::Live(_))) {
            self.told_before = self.told_before.max(told.position);
        }
        match told.what {
            Some(What::Line(line)) => {
                let released = self.released_elsewhere(&thread, &line, now);
                let mut effects = self.line(&thread, line, true);
                effects.extend(released);
                effects
            }
            Some(What::Changed(line)) => self.line(&thread, line, false),
            Some(What::Moved(moved)) => {
                self.moves(&thread, moved);
                Vec::new()
            }
            Some(What::Session(stands)) => {
                let partial = self.left_out.contains(&thread);
                let (closed, closes) = (told.closed, told.closes);
                self.keeping_place(&thread, |sessions| {
                    let session = sessions.entry(thread.clone()).or_default();
                    (session.stands, session.closed, session.closes) = (stands, closed, closes);
                    session.partial |= partial;
                });
                let rings = if self.link == Link::Live { self.ring_beside(&thread) } else { None };
                self.make_room();
                rings.into_iter().collect()
            }
            Some(What::Drafts(drafts)) => {
                self.not_released.told(thread, &drafts);
                Vec::new()
            }
            Some(What::Live(_)) => self.live(now),
            Some(What::Answer(answer)) => self.answered(answer, now),
            None => Vec::new(),
        }
    }

    fn line(&mut self, thread: &Bytes, line: calls::SessionLine, is_new: bool) -> Vec<Effect> {
        let digest = line.digest.clone();
        let is_known = |session: &Session| session.lines.iter().any(|one| one.digest == line.digest);
        // What was left out for want of room stays left out.
        if !is_new && !self.sessions.get(thread).is_some_and(is_known) {
            return Vec::new();
        }
        let was_read = self.first_waiting().is_none()
            && self.selected().is_none_or(|selected| !is_unread(selected, &self.own));
        let was_last = self
            .session()
            .is_none_or(|session| self.scroll.selected.saturating_add(1) >= session.lines.len());
        let partial = self.left_out.contains(thread);
        // What is told beside it since has not stood on the screen.
        let says_more = |before: &calls::SessionLine| {
            before.translations != line.translations || before.withdrawn_by != line.withdrawn_by
        };
        let before = self.sessions.get(thread).map(|session| &session.lines);
        let before = before.and_then(|lines| lines.iter().find(|one| one.digest == digest));
        if before.is_some_and(says_more) {
            self.seen.remove(&digest);
        }
        self.keeping_place(thread, |sessions| {
            let session = sessions.entry(thread.clone()).or_default();
            session.partial |= partial;
            session.put(line);
        });
        self.show_all_of_selected(thread);
        // An officer who has read all that is here is shown what comes; nobody's selection moves off what is unread.
        if is_new && *thread == self.thread && self.view != View::List && was_read && was_last {
            let last = self.session().map_or(0, |session| session.lines.len()).saturating_sub(1);
            self.moved(|scroll, window| scroll.select(last, window));
        }
        self.make_room();
        if self.link == Link::Live { self.ring(thread, &digest).into_iter().collect() } else { Vec::new() }
    }

    /// Once for each.
    fn ring(&mut self, thread: &Bytes, digest: &Bytes) -> Option<Effect> {
        let session = self.sessions.get(thread)?;
        let line = session.lines.iter().find(|line| line.digest == *digest)?;
        (self.alarms(session, line) && self.rung.insert(digest.clone())).then_some(Effect::Bell)
    }

    /// All on record was told: what was said and has no answer is said again, under the same ids.
    fn live(&mut self, now: Instant) -> Vec<Effect> {
        let first = self.link == Link::Joining && self.view == View::List;
        self.link = Link::Live;
        self.not_released.live();
        self.told_shown.clear();
        if first {
            self.thread = self.list().first().map(|(thread, _)| (*thread).clone()).unwrap_or_default();
        }
        let mut effects = Vec::new();
        for (said, again) in self.waiting.values_mut() {
            *again = now.plus_ms(answer_ms());
            effects.push(Effect::Say(said.clone()));
        }
        effects.extend(self.given_again(now, |_| true));
        // What could not be asked while the node was away.
        if self.dialogue.as_ref().is_some_and(|one| one.given.is_none() && !matches!(one.seen, Some(Ok(_)))) {
            effects.extend(self.look_anew());
        }
        let all = self.sessions.iter();
        let alarms: Vec<(Bytes, Bytes)> = all
            .flat_map(|(thread, session)| session.lines.iter().map(move |line| (thread, session, line)))
            .filter(|(_, session, line)| self.alarms(session, line))
            .map(|(thread, _, line)| (thread.clone(), line.digest.clone()))
            .collect();
        let rings = alarms.iter().fold(None, |rung, (thread, digest)| self.ring(thread, digest).or(rung));
        let threads: Vec<Bytes> = self.sessions.keys().cloned().collect();
        let beside = threads.iter().fold(None, |rung, thread| self.ring_beside(thread).or(rung));
        effects.extend(rings.or(beside));
        effects
    }

    /// What was asked beside the stream, for the dialogue that asked for it.
    pub fn looked(&mut self, (look, seen): Looked) {
        if let Some(dialogue) =
            self.dialogue.as_mut().filter(|dialogue| dialogue.look.as_ref() == Some(&look))
        {
            dialogue.sees(Some(seen));
        }
    }
}
