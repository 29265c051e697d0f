//! A duty as the calls show it: with the words of its rule, its story, and where nobody knows what else is known.
//!
//! Never here: raw text from outside but a regime's labels, which callers show as any other.

use super::reading::{Delivered, delivered};
use crate::codec::message::traffic_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::duty::{Cause, Duty, Force, OfAuthor, RunsFrom, State, Told};
use crate::domain::regime::Regime;
use crate::domain::time::Instant;
use crate::journal::Journal;
use crate::limits;
use crate::peers::links::Links;
use crate::registrar::Head;
use crate::replay::records::RecordFault;
use crate::rpc::held::HeldRegimes;

/// Shows duties at one head.
pub struct Lines<'h> {
    head: &'h Head,
    journal: &'h Journal,
    links: &'h Links,
    language: &'h str,
    as_of: Option<Instant>,
}

impl<'h> Lines<'h> {
    pub fn at(
        head: &'h Head,
        journal: &'h Journal,
        links: &'h Links,
        language: &'h str,
        as_of: Option<Instant>,
    ) -> Lines<'h> {
        let language = if language.is_empty() { "en" } else { language };
        Lines { head, journal, links, language, as_of }
    }

    /// # Errors
    /// The journal does not answer, or is not what it was.
    pub async fn line(&self, duty: &Duty) -> Result<calls::DutyLine, RecordFault> {
        let opened = &duty.opened;
        let regime = HeldRegimes::at(self.head, self.journal).regime(opened.rule.digest).await?;
        let rule = regime.as_ref().and_then(|regime| regime.duties.get(&opened.rule.name));
        let story: Vec<&Told> =
            duty.story.iter().filter(|told| self.as_of.is_none_or(|as_of| told.at <= as_of)).collect();
        let state = self.as_of.map_or_else(|| duty.state(), |as_of| duty.state_as_of(as_of));
        let mut beside = match (state, &regime) {
            (State::Unknown, Some(regime)) => self.beside(duty, regime).await?,
            (_, _) => Vec::new(),
        };
        if opened.runs_from == RunsFrom::ByHand {
            beside.push(format!(
                "{} does not hold our account of the delivery by hand: its own list counts from its receipt, and may \
                 say another instant",
                opened.owed_by
            ));
        }
        let (message, thread, year) = match opened.cause {
            Cause::Message { digest, thread } => (digest.0.to_vec(), thread.0.to_vec(), 0),
            Cause::Year(year) => (Vec::new(), Vec::new(), i32::from(year)),
        };
        let sentence = duty.sentence(state, story.last().map(|told| &told.step));
        let (story, story_before) = listed(duty, &story);
        let name = &opened.rule.name;
        let met_by =
            rule.map(|rule| rule.met_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "));
        Ok(calls::DutyLine {
            number: duty.number.0,
            rule: name.clone(),
            label: rule.map(|rule| rule.label.say(self.language, name)).unwrap_or_default(),
            regime: opened.rule.regime.clone(),
            regime_digest: opened.rule.digest.0.to_vec().into(),
            paragraph: opened.rule.paragraph.clone(),
            alarm: opened.rule.force.words().to_owned(),
            owed_by: opened.owed_by.to_string(),
            owed_to: opened.owed_to.to_string(),
            message_digest: message.into(),
            thread: thread.into(),
            year,
            met_by: met_by.unwrap_or_default(),
            runs_from: opened.runs_from.words().to_owned(),
            follows: match (rule, opened.rule.force) {
                (Some(rule), Force::Duty) if !rule.follows.is_empty() => rule.follows.say(self.language, ""),
                (_, _) => String::new(),
            },
            runs_from_ms: opened.from.0,
            due_ms: opened.due.0,
            state: state.word().to_owned(),
            sentence,
            story,
            story_before,
            record: duty.index,
            recorded_at_ms: duty.at.0,
            beside,
            traffic: traffic_to_proto(opened.traffic),
            entry: opened.entry.map(|entry| entry.number),
            entry_of: opened.entry.map(|entry| entry.of),
            withdrawn_by: self.withdrawn_by(duty).await?,
            regime_edition: regime.as_ref().map(|regime| regime.head.edition).unwrap_or_default(),
        })
    }

    /// The number of the first message by which its author took back what brought the duty about; empty where it
    /// stands. Whether that lifts the duty is the regime's to say.
    async fn withdrawn_by(&self, duty: &Duty) -> Result<String, RecordFault> {
        let Cause::Message { digest, thread } = duty.opened.cause else { return Ok(String::new()) };
        let board = &self.head.board;
        let Some(entry) = board.thread(thread).and_then(|there| there.entry(&digest)) else {
            return Ok(String::new());
        };
        let of = OfAuthor { thread, author: entry.author, traffic: duty.opened.traffic };
        if !board.duties.withdrawals.are_any(of) {
            return Ok(String::new());
        }
        let records = self.head.records(self.journal);
        let cause = records.message(entry.index, &digest).await?.message;
        let Some((index, word)) = board.taken_back_by(&digest, &cause) else { return Ok(String::new()) };
        let word = records.message(index, &word).await?;
        let is_by_then = self.as_of.is_none_or(|as_of| word.record.at <= as_of);
        Ok(if is_by_then { word.message.number } else { String::new() })
    }

    /// What is known where the other end is not: what others receipted of the message that brought it about,
    /// what was delivered by hand, and how long the other end has not been heard.
    async fn beside(&self, duty: &Duty, regime: &Regime) -> Result<Vec<String>, RecordFault> {
        let board = &self.head.board;
        let Some(own) = board.own.map(|own| own.party) else { return Ok(Vec::new()) };
        let other = duty.other_than(own);
        let seen = self.links.of(other).seen();
        let mut lines = vec![match seen.heard_at {
            Some(at) => format!(
                "{other} was last heard at {at}; heartbeats without an answer since: {}",
                seen.unanswered
            ),
            None => format!(
                "{other} was not heard since this node started; heartbeats without an answer: {}",
                seen.unanswered
            ),
        }];
        let Some(digest) = duty.opened.cause.message() else { return Ok(lines) };
        let Some(there) = board.messages.get(&digest) else { return Ok(lines) };
        let stored = self.head.records(self.journal).message(there.index, &digest).await?;
        if stored.message.author != own {
            return Ok(lines);
        }
        for party in stored.message.draft.parties() {
            let says = match delivered(self.head, self.journal, (&digest, &stored), party, regime).await? {
                Delivered::Reached(reached, _) => {
                    format!("{party} was reached at {}, by {}", reached.at, reached.by.words())
                }
                Delivered::Awaits(awaited, covered) => {
                    let covered =
                        covered.map(|at| format!("; by {at} it had cosigned a head that covers it"));
                    format!(
                        "{party} has not receipted it: {} lane, serial {}{}",
                        awaited.lane,
                        awaited.serial,
                        covered.unwrap_or_default()
                    )
                }
                Delivered::Never => format!("{party} was reached by nothing that counts"),
            };
            lines.push(says);
        }
        Ok(lines)
    }
}

/// The newest steps, as many as one answer lists, and how many come before them.
fn listed(duty: &Duty, story: &[&Told]) -> (Vec<calls::DutyStory>, u64) {
    let before = story.len().saturating_sub(limits::DUTY_STEPS_LISTED_MAX);
    let newest = story.iter().skip(before).map(|told| calls::DutyStory {
        record: told.index,
        recorded_at_ms: told.at.0,
        says: told.step.says(duty),
        message_digest: told.step.message().map(|digest| digest.0.to_vec().into()).unwrap_or_default(),
    });
    (newest.collect(), before as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::Digest;
    use crate::domain::duty::{DutyNumber, Lifting, Opened, Step};

    #[test]
    fn of_a_story_that_a_peer_made_long_the_newest_steps_are_listed_and_the_rest_is_counted() {
        let [owed_by, owed_to] = ["PL", "BY"].map(|code| code.parse().unwrap());
        let opened = Opened::made(owed_by, owed_to, Cause::Year(2025));
        let told = |index: u64| {
            let suspended = Step::Lifted(Lifting::Suspended { by: Digest::ZERO });
            let step = if index.is_multiple_of(2) { suspended } else { Step::Resumed };
            Told { index, at: Instant(0), step }
        };
        let most = limits::DUTY_STEPS_LISTED_MAX as u64;
        let story: Vec<Told> = (0..most + 3).map(told).collect();
        let duty = Duty { number: DutyNumber(0), opened, index: 0, at: Instant(0), story: story.clone() };
        let records = |many: usize| {
            let some: Vec<&Told> = story.iter().take(many).collect();
            let (listed, before) = listed(&duty, &some);
            (listed.iter().map(|one| one.record).collect::<Vec<_>>(), before)
        };
        assert_eq!(records(story.len()), ((3..most + 3).collect::<Vec<_>>(), 3));
        assert_eq!(records(2), (vec![0, 1], 0));
    }
}
