//! Alarms that a Party sets for itself, such as for "promptly": so long after a message of a kind the other side
//! should have said something in its thread.
//!
//! Such an alarm is nobody's duty: nothing is owed by it, nothing lapses, and no other Party is told. Never here:
//! a clock, or what a message says.

use imbl::{OrdMap, OrdSet};

use crate::domain::content::Kind;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::domain::text::is_unsafe_to_show;
use crate::domain::time::Instant;
use crate::limits;

const HOUR_MS: i64 = 3_600_000;

/// As two custodians agreed on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnAlarm {
    /// By which it is known.
    pub name: String,
    /// Of which messages, those that come in and those that go out.
    pub kind: Kind,
    pub hours: u32,
    /// What it is for, in one line.
    pub label: String,
}

impl OwnAlarm {
    /// # Errors
    /// A name, label or time that can't be, with its field.
    pub fn check(&self) -> Result<(), Refusal> {
        let field = |field, rule: &str| Err(Refusal::Field { field, rule: rule.into() });
        let is_name = |c: char| !c.is_whitespace() && !is_unsafe_to_show(c);
        if self.name.is_empty()
            || self.name.len() > limits::OWN_ALARM_NAME_BYTES_MAX
            || !self.name.chars().all(is_name)
        {
            return field("own_alarm.name", "one word, within the limit");
        }
        if self.hours == 0 || self.hours > limits::OWN_ALARM_HOURS_MAX {
            return field("own_alarm.hours", "one at least, within the limit");
        }
        let label = &self.label;
        if label.trim().is_empty()
            || label.len() > limits::LINE_BYTES_MAX
            || label.chars().any(is_unsafe_to_show)
        {
            return field("own_alarm.label", "one line, without control characters, within the limit");
        }
        Ok(())
    }
}

/// Which alarm runs for which message. By thread, so that whoever speaks there finds it.
pub type Key = (ThreadId, Digest, String);

/// An alarm that runs, or is past due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Running {
    /// Of the message.
    pub author: Party,
    pub traffic: Traffic,
    pub precedence: Precedence,
    /// When the message was put on record here.
    pub since: Instant,
    pub due: Instant,
    /// When it was put on record that it is past due.
    pub raised: Option<Instant>,
}

/// A message, as far as alarms take it.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    pub thread: ThreadId,
    pub digest: Digest,
    pub author: Party,
    pub traffic: Traffic,
    pub precedence: Precedence,
    pub at: Instant,
}

/// What runs, and by when it is due.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OwnAlarms {
    running: OrdMap<Key, Running>,
    /// Those that are not on record as past due: kept so that nobody has to look through all.
    by_due: OrdSet<(Instant, Key)>,
    /// How many run for messages of each author, drills apart, so that none keeps another's out; nobody for whom none
    /// runs.
    of_author: OrdMap<(Party, Traffic), u64>,
    /// How many did not begin because as many ran for messages of their author as may.
    pub not_begun: u64,
}

impl OwnAlarms {
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Running)> {
        self.running.iter()
    }

    pub fn get(&self, key: &Key) -> Option<&Running> {
        self.running.get(key)
    }

    pub fn next_due(&self) -> Option<Instant> {
        self.by_due.get_min().map(|(at, _)| *at)
    }

    /// Those that are past due and not on record as that.
    pub fn due(&self, now: Instant) -> impl Iterator<Item = &Key> {
        self.by_due.iter().take_while(move |(at, _)| *at <= now).map(|(_, key)| key)
    }

    pub(in crate::domain) fn begin(&mut self, alarm: &OwnAlarm, spoken: &Spoken) {
        let author = (spoken.author, spoken.traffic);
        let of_author = self.of_author.get(&author).copied().unwrap_or(0);
        if of_author >= limits::OWN_ALARMS_RUNNING_OF_ONE_MAX {
            self.not_begun = self.not_begun.saturating_add(1);
            return;
        }
        let due = spoken.at.plus_ms(i64::from(alarm.hours).saturating_mul(HOUR_MS));
        let key = (spoken.thread, spoken.digest, alarm.name.clone());
        self.end(&key);
        let running = Running {
            author: spoken.author,
            traffic: spoken.traffic,
            precedence: spoken.precedence,
            since: spoken.at,
            due,
            raised: None,
        };
        self.running.insert(key.clone(), running);
        self.by_due.insert((due, key));
        let of_author = self.of_author.entry(author).or_default();
        *of_author = of_author.saturating_add(1);
    }

    /// Somebody said something in a thread: what waited there for this side is met. A drill meets a drill alone.
    pub(in crate::domain) fn meet(&mut self, own: Party, spoken: &Spoken) {
        let waits_for_us = |running: &Running| running.author != own;
        let met = |running: &Running| {
            running.traffic == spoken.traffic && waits_for_us(running) == (spoken.author == own)
        };
        let first = (spoken.thread, Digest::ZERO, String::new());
        let found = self.running.range(first..).take_while(|(key, _)| key.0 == spoken.thread);
        let met: Vec<Key> = found.filter(|(_, running)| met(running)).map(|(key, _)| key.clone()).collect();
        for key in met {
            self.end(&key);
        }
    }

    /// That it is past due is on record.
    pub(in crate::domain) fn raised(&mut self, key: &Key, at: Instant) {
        if let Some(running) = self.running.get_mut(key) {
            running.raised = Some(at);
            self.by_due.remove(&(running.due, key.clone()));
        }
    }

    /// An alarm is no more set.
    pub(in crate::domain) fn drop_all(&mut self, name: &str) {
        let of_it: Vec<Key> = self.running.keys().filter(|key| key.2 == name).cloned().collect();
        for key in of_it {
            self.end(&key);
        }
    }

    fn end(&mut self, key: &Key) {
        let Some(running) = self.running.remove(key) else { return };
        self.by_due.remove(&(running.due, key.clone()));
        let author = (running.author, running.traffic);
        match self.of_author.get_mut(&author) {
            Some(of_author) if *of_author > 1 => *of_author = of_author.saturating_sub(1),
            _ => {
                self.of_author.remove(&author);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(number: u64, author: &str) -> Spoken {
        let digest = Digest::of(&number.to_be_bytes());
        let mut thread = [0; 16];
        thread.copy_from_slice(&digest.0[..16]);
        Spoken {
            thread: ThreadId(thread),
            digest,
            author: author.parse().unwrap(),
            traffic: Traffic::Real,
            precedence: Precedence::Routine,
            at: Instant(0),
        }
    }

    #[test]
    fn alarms_for_one_author_s_messages_keep_out_none_for_another_s() {
        let alarm =
            OwnAlarm { name: "promptly".into(), kind: Kind::Question, hours: 48, label: "promptly".into() };
        let mut alarms = OwnAlarms::default();
        let most = limits::OWN_ALARMS_RUNNING_OF_ONE_MAX;
        for number in 0..most + 3 {
            alarms.begin(&alarm, &spoken(number, "BY"));
        }
        assert_eq!((alarms.iter().count() as u64, alarms.not_begun), (most, 3));
        alarms.begin(&alarm, &spoken(most + 10, "UA"));
        assert_eq!((alarms.iter().count() as u64, alarms.not_begun), (most + 1, 3));
        let drill = Spoken { traffic: Traffic::Drill, ..spoken(most + 11, "BY") };
        alarms.begin(&alarm, &drill);
        assert_eq!(
            (alarms.iter().count() as u64, alarms.not_begun),
            (most + 2, 3),
            "nor a drill's what is real"
        );
        alarms.end(&(drill.thread, drill.digest, alarm.name.clone()));
        // Where one is met another may begin.
        let met = Spoken { author: "PL".parse().unwrap(), ..spoken(0, "BY") };
        alarms.meet(met.author, &met);
        alarms.begin(&alarm, &spoken(most + 20, "BY"));
        assert_eq!((alarms.iter().count() as u64, alarms.not_begun), (most + 1, 3));
        alarms.drop_all("promptly");
        assert_eq!(alarms, OwnAlarms { not_begun: 3, ..OwnAlarms::default() });
    }
}
