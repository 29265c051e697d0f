//! The watch plan: for each precedence and office who is alerted, within how many minutes an officer must
//! acknowledge by name, and who is next. All of it is what two custodians agreed on.
//!
//! Never here: a number of minutes.

use std::sync::Arc;

use crate::domain::office::{OfficeKey, key_of};
use crate::domain::people::{Role, is_same_name};
use crate::domain::precedence::Precedence;
use crate::domain::refusal::Refusal;
use crate::domain::roster::Roster;
use crate::domain::text::is_unsafe_to_show;
use crate::domain::time::Instant;
use crate::limits;

/// In place of a name: whoever has the watch.
pub const ON_WATCH: &str = "watch";

const MINUTE_MS: i64 = 60_000;

/// Who is alerted of a message that nobody acknowledges, step by step, as two custodians agreed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WatchPlan {
    /// IANA name, in which local times are shown; empty: none are.
    pub zone: String,
    pub rules: Vec<Rule>,
}

/// For messages of one precedence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub precedence: Precedence,
    /// Empty: for what is for all, and for offices that have no rule of their own.
    pub office: String,
    /// One after the other; after the last, everyone of the watch.
    pub steps: Vec<Step>,
}

/// Whom one step alerts, and how long the next one waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Names, as the roster has them, or [`ON_WATCH`].
    pub alert: Vec<String>,
    pub within_minutes: u32,
    /// How to reach them, in words; may be empty.
    pub telephone: String,
}

/// The plan that counts, and since when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InForce {
    pub plan: Arc<WatchPlan>,
    pub since: Instant,
}

/// What several rules have to say for the same step of one message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked<'p> {
    Named { names: Vec<&'p str>, telephones: Vec<&'p str>, within_ms: i64 },
    Everyone,
}

impl WatchPlan {
    /// The rules for a message of this precedence that went to these offices: one for each, none twice.
    pub fn rules_for(&self, precedence: Precedence, offices: &[OfficeKey]) -> Vec<&Rule> {
        let of = |key: &str| {
            self.rules.iter().find(|rule| rule.precedence == precedence && *key_of(&rule.office) == *key)
        };
        if offices.is_empty() {
            return of("").into_iter().collect();
        }
        let mut rules: Vec<&Rule> = Vec::new();
        for rule in offices.iter().filter_map(|key| of(key).or_else(|| of(""))) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
        rules
    }

    /// # Errors
    /// A rule twice, an office that is not listed, a name that nobody of the watch bears, a step without
    /// names or minutes, or something over a limit.
    pub fn check(&self, roster: &Roster) -> Result<(), Refusal> {
        if self.rules.len() > limits::WATCH_RULES_MAX {
            return Err(Refusal::TooMany { what: "rules of a watch plan", most: limits::WATCH_RULES_MAX });
        }
        check_line("watch_plan.zone", &self.zone)?;
        for (place, rule) in self.rules.iter().enumerate() {
            let same = |other: &Rule| {
                other.precedence == rule.precedence && key_of(&other.office) == key_of(&rule.office)
            };
            if self.rules.iter().take(place).any(same) {
                return Err(field("watch_plan.rule", "one for each office and precedence"));
            }
            rule.check(roster)?;
        }
        Ok(())
    }
}

impl Rule {
    fn check(&self, roster: &Roster) -> Result<(), Refusal> {
        if !self.office.is_empty() && roster.offices.get(&self.office).is_none() {
            return Err(field("watch_plan.rule.office", "an office that is listed (`office list`)"));
        }
        if self.steps.is_empty() || self.steps.len() > limits::WATCH_STEPS_MAX {
            let rule = format!("at least one, and at most {}", limits::WATCH_STEPS_MAX);
            return Err(field("watch_plan.rule.step", &rule));
        }
        self.steps.iter().try_for_each(|step| step.check(roster))
    }
}

impl Step {
    fn check(&self, roster: &Roster) -> Result<(), Refusal> {
        if self.within_minutes == 0 || self.within_minutes > limits::WATCH_STEP_MINUTES_MAX {
            let rule = format!("one at least, at most {}", limits::WATCH_STEP_MINUTES_MAX);
            return Err(field("watch_plan.rule.step.acknowledge_within_minutes", &rule));
        }
        check_line("watch_plan.rule.step.telephone", &self.telephone)?;
        if self.alert.is_empty() || self.alert.len() > limits::WATCH_STEP_NAMES_MAX {
            let rule = format!("at least one name, and at most {}", limits::WATCH_STEP_NAMES_MAX);
            return Err(field("watch_plan.rule.step.alert", &rule));
        }
        for name in &self.alert {
            if name != ON_WATCH && roster.on_watch_by_name(name).is_none() {
                let rule = "each is \"watch\", or the name of somebody whom the roster has with that role";
                return Err(field("watch_plan.rule.step.alert", rule));
            }
        }
        Ok(())
    }
}

impl Roster {
    /// The first who bears this name and may have the watch.
    pub fn on_watch_by_name(&self, name: &str) -> Option<&crate::domain::people::Person> {
        let mut watch = self.members.values().filter(|member| member.roles.contains(&Role::Watch));
        watch.find(|member| is_same_name(&member.person.name, name)).map(|member| &member.person)
    }
}

/// What these rules ask for at a step, 0 the first: all that any of them names, within the shortest time. Where
/// none names anybody any more, everyone.
pub fn asked<'p>(rules: &[&'p Rule], step: u32) -> Asked<'p> {
    let steps = rules.iter().filter_map(|rule| rule.steps.get(usize::try_from(step).ok()?));
    let (mut names, mut telephones, mut within): (Vec<&str>, Vec<&str>, Option<u32>) =
        (Vec::new(), Vec::new(), None);
    for step in steps {
        names.extend(step.alert.iter().map(String::as_str));
        telephones.extend(Some(step.telephone.as_str()).filter(|text| !text.is_empty()));
        within = Some(within.map_or(step.within_minutes, |shortest| shortest.min(step.within_minutes)));
    }
    match within {
        Some(minutes) => {
            Asked::Named { names, telephones, within_ms: i64::from(minutes).saturating_mul(MINUTE_MS) }
        }
        None => Asked::Everyone,
    }
}

fn field(field: &'static str, rule: &str) -> Refusal {
    Refusal::Field { field, rule: rule.into() }
}

fn check_line(name: &'static str, text: &str) -> Result<(), Refusal> {
    if text.len() > limits::LINE_BYTES_MAX || text.chars().any(is_unsafe_to_show) {
        let most = limits::LINE_BYTES_MAX;
        return Err(field(name, &format!("one line of at most {most} bytes, without control characters")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(office: &str, minutes: &[u32]) -> Rule {
        let step = |within_minutes: &u32| Step {
            alert: vec![format!("{office} {within_minutes}")],
            within_minutes: *within_minutes,
            telephone: String::new(),
        };
        let steps = minutes.iter().map(step).collect();
        Rule { precedence: Precedence::Flash, office: office.into(), steps }
    }

    #[test]
    fn a_message_to_two_offices_follows_the_rules_of_both_within_the_shorter_time() {
        let rules = vec![rule("", &[9]), rule("GS", &[5, 6]), rule("MFA", &[3])];
        let plan = WatchPlan { zone: String::new(), rules };
        let offices = ["gs", "mfa", "va"].map(OfficeKey::from);
        let both = plan.rules_for(Precedence::Flash, &offices[..2]);
        let named = |names: &[&'static str], minutes: i64| Asked::Named {
            names: names.to_vec(),
            telephones: Vec::new(),
            within_ms: minutes * MINUTE_MS,
        };
        assert_eq!(asked(&both, 0), named(&["GS 5", "MFA 3"], 3));
        assert_eq!(asked(&both, 1), named(&["GS 6"], 6));
        assert_eq!(asked(&both, 2), Asked::Everyone);
        assert_eq!(asked(&plan.rules_for(Precedence::Flash, &offices[2..]), 0), named(&[" 9"], 9));
        assert_eq!(plan.rules_for(Precedence::Flash, &[]).len(), 1);
        assert!(plan.rules_for(Precedence::Routine, &offices).is_empty());
    }
}
