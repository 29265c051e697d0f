//! The paragraphs that the rules of a regime stand in: those that a Party can name when it reserves or suspends
//! one.
//!
//! Never here: the text of a treaty. A paragraph that no rule rests on is none of the regime's.

use std::collections::BTreeSet;

use super::condition::Condition;
use super::duty::Trigger;
use super::{Ground, Regime};

impl Regime {
    /// All of them, as they are written. Not safe to show.
    pub fn paragraphs(&self) -> BTreeSet<&str> {
        let mut grounds: Vec<&Ground> = Vec::new();
        grounds.extend(self.classes.values().map(|rule| &rule.ground));
        grounds.extend(self.thresholds.values().map(|rule| &rule.ground));
        grounds.extend(self.leads.values().map(|rule| &rule.ground));
        grounds.extend(self.calendars.values().map(|rule| &rule.ground));
        grounds.extend(self.required.values().map(|rule| &rule.ground));
        grounds.extend(self.addressees.values().map(|rule| &rule.ground));
        grounds.extend(self.senders.values().map(|rule| &rule.ground));
        grounds.extend(self.silences.values().map(|rule| &rule.ground));
        grounds.extend(self.confidentiality.iter().map(|rule| &rule.ground));
        grounds.extend(self.channels.values().map(|rule| &rule.ground));
        grounds.extend(self.number.iter().map(|rule| &rule.ground));
        grounds.extend(self.quotas.values().map(|rule| &rule.ground));
        grounds.extend(self.functions.values().map(|rule| &rule.ground));
        grounds.extend(self.duties.values().map(|rule| &rule.ground));
        grounds.extend(self.formats.values().map(|rule| &rule.ground));
        grounds.extend(self.formats.values().flat_map(|rule| &rule.reply).map(|reply| &reply.ground));
        self.conditions().into_iter().for_each(|condition| numbers(condition, &mut grounds));
        grounds.into_iter().map(|ground| ground.paragraph.as_str()).collect()
    }

    /// Whether a rule of it stands in the paragraph that a provision names, or below it.
    pub fn has_below(&self, provision: &str) -> bool {
        self.paragraphs().into_iter().any(|paragraph| covers(provision, paragraph))
    }

    /// Whether a provision may be one of the agreement that the rules are of: a rule stands in it, above or below it,
    /// or beside it in a part that both are of. No text has a rule in every paragraph that there is.
    pub fn may_have(&self, provision: &str) -> bool {
        let paragraphs = self.paragraphs();
        let ends = provision.match_indices([',', '.', '(']).filter_map(|(end, _)| provision.get(..end));
        let mut parts = ends.map(str::trim_end).chain([provision]);
        parts.any(|part| paragraphs.iter().any(|paragraph| covers(part, paragraph)))
            || paragraphs.iter().any(|paragraph| covers(paragraph, provision))
    }

    fn conditions(&self) -> Vec<&Condition> {
        let mut all: Vec<&Condition> = Vec::new();
        all.extend(self.classes.values().map(|rule| &rule.when));
        all.extend(self.thresholds.values().map(|rule| &rule.when));
        all.extend(self.leads.values().flat_map(|rule| &rule.when));
        all.extend(self.required.values().flat_map(|rule| &rule.when));
        all.extend(self.addressees.values().flat_map(|rule| &rule.when));
        all.extend(self.senders.values().flat_map(|rule| &rule.when));
        all.extend(self.quotas.values().flat_map(|rule| &rule.when));
        for duty in self.duties.values() {
            all.extend(&duty.met_when);
            all.extend(&duty.judged_when);
            match &duty.trigger {
                Trigger::Message { when, .. } => all.extend(when),
                Trigger::DayOfYear => {}
            }
        }
        all
    }
}

/// Whether a provision, as a Party wrote it, names this paragraph or one above it: letter by letter as the regime
/// writes it, up to where a part of it begins. `chapter III` names `chapter III, para 16` too, `para 16` also
/// `para 16.3` and `para 16(a)`; `chapter` and `para 1` name neither.
pub fn covers(provision: &str, paragraph: &str) -> bool {
    let Some(rest) = paragraph.strip_prefix(provision).filter(|_| !provision.is_empty()) else {
        return false;
    };
    let is_numbered = |rest: &str| rest.starts_with(char::is_alphanumeric);
    rest.is_empty()
        || [", ", "(", " ("].iter().any(|start| rest.starts_with(start))
        || rest.strip_prefix('.').is_some_and(is_numbered)
}

/// A number may stand elsewhere than its rule.
fn numbers<'a>(condition: &'a Condition, grounds: &mut Vec<&'a Ground>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) | Condition::None(parts) => {
            parts.iter().for_each(|part| numbers(part, grounds));
        }
        Condition::Figure(measure) => grounds.push(&measure.ground),
        Condition::Lasting(lasting) => grounds.push(&lasting.ground),
        Condition::Fact(_) | Condition::Class(_) | Condition::Threshold(_) => {}
    }
}
