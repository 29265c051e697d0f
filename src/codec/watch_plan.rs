//! A watch plan as two custodians write it: TOML to a plan and back.
//!
//! Never here: whether its offices and names are known (the Board).

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;
use crate::domain::watch::{Rule, Step, WatchPlan};
use crate::limits;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<Spanned<String>>,
    #[serde(default, rename = "rule")]
    rules: Vec<RuleFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    precedence: Spanned<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    office: String,
    #[serde(default, rename = "step")]
    steps: Vec<StepFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    alert: Vec<String>,
    acknowledge_within_minutes: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    telephone: String,
}

/// Why a text is no watch plan, or no instruction cards.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct NotAPlan {
    /// From 1 on.
    pub line: usize,
    pub what: String,
}

/// Reads a plan.
///
/// # Errors
/// The first thing that is wrong, with its line; of a text that is too long, the line that is too much.
pub fn read(text: &str) -> Result<WatchPlan, NotAPlan> {
    if text.len() > limits::WATCH_PLAN_BYTES_MAX {
        let what = format!("a watch plan takes at most {} bytes", limits::WATCH_PLAN_BYTES_MAX);
        return Err(NotAPlan { line: line_at(text, limits::WATCH_PLAN_BYTES_MAX), what });
    }
    let file: PlanFile = toml::from_str(text).map_err(|fault| line_of(text, &fault))?;
    let zone = file.zone.filter(|zone| !zone.get_ref().is_empty());
    if let Some(zone) = zone.as_ref().filter(|zone| Instant::default().wall_clock(zone.get_ref()).is_none()) {
        return Err(wrong_at(text, zone, "zone: an IANA name, such as Europe/Warsaw, or Z"));
    }
    let step = |file: StepFile| Step {
        alert: file.alert,
        within_minutes: file.acknowledge_within_minutes,
        telephone: file.telephone,
    };
    let rule = |file: RuleFile| {
        let wrong =
            || wrong_at(text, &file.precedence, "precedence: one of flash, immediate, priority, routine");
        let precedence = Precedence::from_name(file.precedence.get_ref()).ok_or_else(wrong)?;
        Ok(Rule { precedence, office: file.office, steps: file.steps.into_iter().map(step).collect() })
    };
    let rules = file.rules.into_iter().map(rule).collect::<Result<_, _>>()?;
    Ok(WatchPlan { zone: zone.map(Spanned::into_inner).unwrap_or_default(), rules })
}

pub(super) fn line_of(text: &str, fault: &toml::de::Error) -> NotAPlan {
    let line = line_at(text, fault.span().map_or(0, |span| span.start));
    NotAPlan { line, what: fault.message().to_owned() }
}

/// What is wrong with a value, at its line.
pub(super) fn wrong_at(text: &str, value: &Spanned<String>, what: &str) -> NotAPlan {
    NotAPlan { line: line_at(text, value.span().start), what: what.to_owned() }
}

/// The line, from 1 on, in which a byte stands.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count().saturating_add(1)
}

/// A value that is written: where it stands is found when it is read.
pub(super) fn unplaced(value: String) -> Spanned<String> {
    Spanned::new(0..0, value)
}

/// The plan as a text that reads as the same plan.
pub fn write(plan: &WatchPlan) -> String {
    let step = |step: &Step| StepFile {
        alert: step.alert.clone(),
        acknowledge_within_minutes: step.within_minutes,
        telephone: step.telephone.clone(),
    };
    let rule = |rule: &Rule| RuleFile {
        precedence: unplaced(rule.precedence.name().to_lowercase()),
        office: rule.office.clone(),
        steps: rule.steps.iter().map(step).collect(),
    };
    let file = PlanFile {
        zone: Some(plan.zone.clone()).filter(|zone| !zone.is_empty()).map(unplaced),
        rules: plan.rules.iter().map(rule).collect(),
    };
    toml::to_string(&file).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_written_reads_as_the_same_plan() {
        let step = |name: &str, telephone: &str| Step {
            alert: vec!["watch".into(), name.into()],
            within_minutes: 7,
            telephone: telephone.into(),
        };
        let rules = vec![
            Rule {
                precedence: Precedence::Flash,
                office: "GS \"1\"".into(),
                steps: vec![step("Ćwik\u{202e}", "+48"), step("b", "")],
            },
            Rule { precedence: Precedence::Routine, office: String::new(), steps: vec![step("c", "")] },
        ];
        let plan = WatchPlan { zone: "Europe/Warsaw".into(), rules };
        assert_eq!(read(&write(&plan)), Ok(plan));
        assert_eq!(read(&write(&WatchPlan::default())), Ok(WatchPlan::default()));
    }

    #[test]
    fn what_is_wrong_in_a_plan_is_told_with_its_line() {
        let line = |text: &str| read(text).unwrap_err().line;
        assert_eq!(line("zone = \"Z\"\nminutes = 3\n"), 2);
        assert_eq!(line("[[rule]]\nprecedence = \"flash\"\n[[rule.step]]\nalert = \"watch\"\n"), 4);
        assert_eq!(line("# a plan\n\nzone = \"Europe/Nowhere\"\n"), 3);
        let second = "[[rule]]\nprecedence = \"flash\"\n\n[[rule]]\n# urgent\nprecedence = \"urgent\"\n";
        assert_eq!(line(second), 6);
        assert_eq!(
            line(&"# 34567\n".repeat(limits::WATCH_PLAN_BYTES_MAX)),
            limits::WATCH_PLAN_BYTES_MAX / 8 + 1
        );
    }
}
