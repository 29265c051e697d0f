//! What a quota came to, as lines that a person reads.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use super::Ground;
use super::finding::{Answer, Verdict};
use super::lines::Page;
use super::tally::{Kept, Tally, TallyOf, Window};
use super::{terms, words};
use crate::domain::text::shown;

impl Page<'_> {
    pub(super) fn quota(
        &mut self,
        name: &str,
        applies: &Verdict,
        tallies: Option<&[Tally]>,
        ground: &Ground,
    ) {
        let Some(quota) = self.regime.quotas.get(name) else { return };
        let label = quota.label.say(self.languages, name);
        let counts = terms::counted(quota);
        let standing = ground.standing.and(applies.standing);
        let counts_towards = match applies.answer {
            Answer::Reached => "Counts towards",
            Answer::NotReached | Answer::CantBeJudged => "May count towards",
        };
        self.line(0, self.said(format!("{counts_towards}: {label} ({counts})"), ground, standing));
        self.applies(applies);
        match tallies {
            None => self.line(1, self.said("how many there were was not looked up".into(), ground, standing)),
            Some([]) => self.line(
                1,
                self.said("nobody is asked to act, so it counts for nobody".into(), ground, standing),
            ),
            Some(tallies) => {
                for tally in tallies {
                    let text = self.tally(tally, quota.at_most);
                    self.line(1, self.said(text, ground, standing));
                }
            }
        }
    }

    fn tally(&self, tally: &Tally, at_most: u64) -> String {
        let of = match tally.of {
            TallyOf::Sender(party) => party.to_string(),
            TallyOf::Receiver(party) => format!("to {party}"),
            TallyOf::Pair(one, other) => format!("{one} to {other}"),
        };
        let when = match &tally.window {
            Window::Years { first, last } if first == last => format!("in {last}"),
            Window::Years { first, last } => format!("in {first} to {last}"),
            Window::Days { first, last } if first == last => format!("on {last}"),
            Window::Days { first, last } => format!("from {first} to {last}"),
            Window::AtOneTime => "at one time".into(),
            Window::Unknown(lack) => {
                let lack = words::lack(self.regime, lack, self.languages);
                return format!("{of}: can't be counted, lacking: {lack}");
            }
        };
        let number = match (tally.together.low, tally.together.high) {
            (low, Some(high)) if low == high => format!("{low}"),
            (low, Some(high)) => format!("{low} to {high}"),
            (low, None) => format!("at least {low}"),
        };
        let kept = match tally.kept {
            Kept::Within => "within it",
            Kept::Exceeded => "exceeded",
            Kept::CantBeJudged => "can't be judged",
        };
        let mut others: Vec<String> = tally.numbers.iter().map(|number| shown(number)).collect();
        if tally.more > 0 {
            others.push(format!("{} more", tally.more));
        }
        let others = if others.is_empty() { "none before it".to_owned() } else { others.join(", ") };
        format!(
            "{of}, {when}: {number} with this one, of at most {at_most}: {kept}, by what is held here: {others}"
        )
    }
}
