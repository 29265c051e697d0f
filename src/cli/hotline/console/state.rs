//! What a console knows and what is looked at in it: what the node tells, and the answers to what was said, change it.
//!
//! Never here: the terminal, the network or the clock. What is to be done outside is handed back as effects.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::drafts::{Draft, Given};
use super::rows::{is_text, is_unread};
use super::scroll::Scroll;
use crate::codec::proto::detente::evidence::v1::Precedence;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_answer::How;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::content::Kind;
use crate::domain::digest::CommandId;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::limits;

/// What is to be done outside.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    Say(Said),
    Bell,
    /// Keep the draft of this thread on disk, before anything after this in the list.
    Keep(Bytes),
    Redraw,
    Leave,
}

/// How it stands with the own node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Link {
    /// Begun, and not all on record was told yet.
    Joining,
    Live,
    /// Since when, until all is told again; and what went wrong last, safe to show.
    Lost(Instant, String),
}

/// A session as the node told it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Session {
    pub stands: calls::Session,
    /// In its order; behind them what has no part in it.
    pub lines: Vec<calls::SessionLine>,
    /// It is not read as a session any more.
    pub too_long: bool,
    /// Earlier lines of it were left out for want of room.
    pub partial: bool,
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
    pub view: View,
    /// Which session is looked at; in the list, which is selected.
    pub thread: Bytes,
    /// In the list, and in the session.
    pub listed: Scroll,
    pub scroll: Scroll,
    pub drafts: BTreeMap<Bytes, Draft>,
    /// What is to be told to the officer, safe to show.
    pub notice: String,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// Readings and acceptances without an answer yet, and when they are given again.
    pub waiting: BTreeMap<CommandId, (Said, Instant)>,
    /// Texts that stood on the screen, and those of which the node was told so since it was joined.
    pub seen: BTreeSet<Bytes>,
    told_shown: BTreeSet<Bytes>,
    rung: BTreeSet<Bytes>,
}

impl State {
    pub fn new(own: String, drafts: BTreeMap<Bytes, Draft>, size: (u16, u16)) -> State {
        State {
            own,
            sessions: BTreeMap::new(),
            left_out: BTreeSet::new(),
            link: Link::Joining,
            view: View::List,
            thread: Bytes::new(),
            listed: Scroll::default(),
            scroll: Scroll::default(),
            drafts,
            notice: String::new(),
            size,
            waiting: BTreeMap::new(),
            seen: BTreeSet::new(),
            told_shown: BTreeSet::new(),
            rung: BTreeSet::new(),
        }
    }

    pub fn session(&self) -> Option<&Session> {
        self.sessions.get(&self.thread)
    }

    /// The line that is selected in the session that is looked at.
    pub fn selected(&self) -> Option<&calls::SessionLine> {
        self.session()?.lines.get(self.scroll.selected)
    }

    /// The sessions as they are listed: what asks for an officer first, then the newest.
    pub fn list(&self) -> Vec<(&Bytes, &Session)> {
        let mut list: Vec<(&Bytes, &Session)> = self.sessions.iter().collect();
        list.sort_by_key(|(_, session)| {
            let asks = (self.alarms_in(session), session.stands.unread > 0);
            std::cmp::Reverse((asks, session.stands.newest_at_ms))
        });
        list
    }

    /// Whether a message asks for an officer at once: a FLASH of another Party that nobody here has read or, where it
    /// opens the session, accepted.
    pub fn alarms(&self, session: &Session, line: &calls::SessionLine) -> bool {
        let is_flash = line.precedence == Precedence::Flash as i32 && line.author != self.own;
        let accepted = || session.stands.on.iter().any(|on| on.party == self.own);
        let opens =
            line.kind == Kind::SessionOpening.name() && line.position > 0 && line.not_taken.is_empty();
        is_flash && (is_unread(line, &self.own) || opens && !accepted())
    }

    pub fn alarms_in(&self, session: &Session) -> bool {
        session.lines.iter().any(|line| self.alarms(session, line))
    }

    pub fn lost(&mut self, why: String, now: Instant) {
        let since = match self.link {
            Link::Lost(since, _) => since,
            Link::Joining | Link::Live => now,
        };
        self.link = Link::Lost(since, why);
    }

    /// What the node tells.
    pub fn told(&mut self, told: calls::JoinResponse, now: Instant) -> Vec<Effect> {
        let thread = told.thread;
        match told.what {
            Some(What::Line(line)) => self.line(&thread, line, true),
            Some(What::Changed(line)) => self.line(&thread, line, false),
            Some(What::Session(stands)) => {
                self.keeping_place(&thread, |sessions| {
                    sessions.entry(thread.clone()).or_default().stands = stands;
                });
                self.make_room();
                Vec::new()
            }
            Some(What::TooLong(_)) => {
                self.sessions.entry(thread).or_default().too_long = true;
                Vec::new()
            }
            Some(What::Live(_)) => self.live(now),
            Some(What::Answer(answer)) => self.answered(answer, now),
            None => Vec::new(),
        }
    }

    fn line(&mut self, thread: &Bytes, line: calls::SessionLine, is_new: bool) -> Vec<Effect> {
        let digest = line.digest.clone();
        let own = self.own.clone();
        let was_read = self.selected().is_none_or(|selected| !is_unread(selected, &own));
        let was_last = self
            .session()
            .is_none_or(|session| self.scroll.selected.saturating_add(1) >= session.lines.len());
        let partial = self.left_out.contains(thread);
        self.keeping_place(thread, |sessions| {
            if !is_new && !sessions.contains_key(thread) {
                return;
            }
            let session = sessions.entry(thread.clone()).or_default();
            session.partial |= partial;
            session.lines.retain(|one| one.digest != line.digest);
            session.lines.push(line);
            // The sort is stable: what has no part in the session stays as it came.
            session.lines.sort_by_key(|one| match one.position {
                0 => u32::MAX,
                position => position,
            });
        });
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
        let all = self.sessions.iter();
        let alarms: Vec<(Bytes, Bytes)> = all
            .flat_map(|(thread, session)| session.lines.iter().map(move |line| (thread, session, line)))
            .filter(|(_, session, line)| self.alarms(session, line))
            .map(|(thread, _, line)| (thread.clone(), line.digest.clone()))
            .collect();
        let rings = alarms.iter().fold(None, |rung, (thread, digest)| self.ring(thread, digest).or(rung));
        effects.extend(rings);
        effects
    }

    /// Whatever has waited for long enough is given again.
    pub fn tick(&mut self, now: Instant) -> Vec<Effect> {
        if self.link != Link::Live {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for (said, again) in self.waiting.values_mut().filter(|(_, again)| *again <= now) {
            *again = now.plus_ms(answer_ms());
            effects.push(Effect::Say(said.clone()));
        }
        effects.extend(self.given_again(now, |again| again <= now));
        effects
    }

    fn given_again(&mut self, now: Instant, due: impl Fn(Instant) -> bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (thread, draft) in &mut self.drafts {
            let Some(given) = draft.given else { continue };
            if given.again.is_some_and(&due) {
                let given = Given { again: Some(now.plus_ms(answer_ms())), ..given };
                draft.given = Some(given);
                effects.push(Effect::Say(Said::Say(draft.call(thread, &given))));
            }
        }
        effects
    }

    fn answered(&mut self, answer: calls::JoinAnswer, now: Instant) -> Vec<Effect> {
        let Some(id) = CommandId::from_slice(&answer.command) else {
            // What is answered by a digest is that a text is shown; it is said again when the node is joined again.
            return Vec::new();
        };
        let again =
            |refused: &calls::JoinRefused| refused.again.then(|| now.plus_ms(limits::CONSOLE_AGAIN_MS));
        let found = self.drafts.iter().find(|(_, draft)| draft.given.is_some_and(|given| given.id == id));
        let Some(thread) = found.map(|(thread, _)| thread.clone()) else {
            match &answer.how {
                Some(How::Refused(refused)) if refused.again => {
                    if let (Some((_, at)), Some(later)) = (self.waiting.get_mut(&id), again(refused)) {
                        *at = later;
                    }
                }
                _ => {
                    if self.waiting.remove(&id).is_none() {
                        return Vec::new();
                    }
                }
            }
            self.notice = notice(answer.how.as_ref());
            return Vec::new();
        };
        self.notice = notice(answer.how.as_ref());
        match &answer.how {
            Some(How::Refused(refused)) => {
                if let Some(draft) = self.drafts.get_mut(&thread) {
                    draft.given = draft.given.filter(|_| refused.again);
                    if let (Some(given), Some(later)) = (&mut draft.given, again(refused)) {
                        given.again = Some(later);
                    }
                }
            }
            _ => {
                self.drafts.remove(&thread);
                if self.view == View::Writing && self.thread == thread {
                    self.view = View::Session;
                }
            }
        }
        vec![Effect::Keep(thread)]
    }

    /// These texts stand on the screen: their authors are to be told, once.
    pub fn stood(&mut self, digests: Vec<Bytes>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for digest in digests {
            self.seen.insert(digest.clone());
            let line =
                self.session().and_then(|session| session.lines.iter().find(|one| one.digest == digest));
            let is_told = |line: &calls::SessionLine| {
                line.author == self.own
                    || !is_text(line)
                    || line.states.iter().any(|state| state.party == self.own && state.shown_at_ms != 0)
            };
            let is_new = line.is_some_and(|line| !is_told(line)) && self.link == Link::Live;
            if is_new && self.told_shown.insert(digest.clone()) {
                effects.push(Effect::Say(Said::Shown(digest)));
            }
        }
        effects
    }

    /// Changes the sessions, and what is selected stays selected, wherever it stands then.
    fn keeping_place(&mut self, thread: &Bytes, change: impl FnOnce(&mut BTreeMap<Bytes, Session>)) {
        let digest =
            |session: Option<&Session>, at: usize| session?.lines.get(at).map(|line| line.digest.clone());
        let is_looked_at = *thread == self.thread;
        let before = (digest(self.session(), self.scroll.selected), digest(self.session(), self.scroll.top));
        change(&mut self.sessions);
        if let (true, Some(session)) = (is_looked_at, self.sessions.get(thread)) {
            let at = |digest: Option<Bytes>| {
                session.lines.iter().position(|line| Some(&line.digest) == digest.as_ref())
            };
            let (selected, top) = (at(before.0), at(before.1));
            self.scroll.selected = selected.unwrap_or(self.scroll.selected);
            self.scroll.top = top.unwrap_or(self.scroll.top);
        }
        if self.thread.is_empty() {
            self.thread = thread.clone();
        }
    }

    fn make_room(&mut self) {
        while self.sessions.len() > limits::CONSOLE_SESSIONS_MAX {
            let others = self.sessions.iter().filter(|(thread, _)| **thread != self.thread);
            let oldest =
                others.min_by_key(|(_, session)| (session.stands.unread > 0, session.stands.newest_at_ms));
            let Some(oldest) = oldest.map(|(thread, _)| thread.clone()) else { return };
            self.sessions.remove(&oldest);
            self.left_out.insert(oldest);
        }
    }
}

/// No answer by then: it is given again, under the same id.
pub fn answer_ms() -> i64 {
    i64::try_from(limits::DESK_CALL_MS_MAX).unwrap_or(i64::MAX)
}

fn notice(how: Option<&How>) -> String {
    match how {
        Some(How::Spoken(spoken)) if spoken.released => format!("released {}", shown(&spoken.number)),
        Some(How::Spoken(spoken)) => {
            let draft = hex::encode(&spoken.draft);
            let faults: Vec<String> = spoken
                .faults
                .iter()
                .map(|fault| format!("{}: {}", shown(&fault.field), shown(&fault.rule)))
                .collect();
            let why = if faults.is_empty() { "waits for a second person".into() } else { faults.join("; ") };
            format!("NOT SENT: {why}. Draft {draft}: see `detente message show-draft`, `release`")
        }
        Some(How::Read(read)) => format!("your reading is on record: {}", shown(&read.number)),
        Some(How::Refused(refused)) if refused.again => {
            format!("not on record yet, it is given again: {}", shown(&refused.sentence))
        }
        Some(How::Refused(refused)) => format!("REFUSED: {}", shown(&refused.sentence)),
        None => "the node did not say what became of it".into(),
    }
}
