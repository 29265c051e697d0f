//! A regime as a person reads it: each rule with its lines.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use std::collections::BTreeSet;

use super::duty_lines::owing;
use super::format::{Format, FormatField, Holds, Owed, ReplyAnchor};
use super::lead::Calendar;
use super::numbering::Numbering;
use super::phrases::{figure, paragraph, tests, when};
use super::rules::{Addressed, Weight};
use super::terms::{counted, names, term, unit};
use super::{Document, Ground, Labels, Regime, reply_lines};
use crate::domain::text::shown;

/// One rule: the table of the file it stands in, its name, and what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Described {
    pub table: &'static str,
    pub name: String,
    pub lines: Vec<String>,
}

/// All rules in a fixed order. Labels in the reader's language, or in all of them.
pub fn describe(regime: &Regime, language: Option<&str>) -> Vec<Described> {
    let mut page = Page { language, rules: Vec::new() };
    for (name, rule) in &regime.functions {
        page.rule("function", name, &rule.label, Some(&rule.ground), vec![]);
    }
    for (name, rule) in &regime.figures {
        page.rule("figure", name, &rule.label, None, figure(rule));
    }
    for (name, rule) in &regime.facts {
        let lines = vec![tests("yes if", &rule.yes), tests("no if", &rule.no)];
        let lines = lines.into_iter().flatten().collect();
        page.rule("fact", name, &rule.label, None, lines);
    }
    for (name, rule) in &regime.classes {
        page.rule("class", name, &rule.label, Some(&rule.ground), when(Some(&rule.when)));
    }
    for (name, rule) in &regime.thresholds {
        let mut lines = vec![documents(&rule.documents)];
        lines.extend(rule.each.iter().map(|each| format!("for each of {each}")));
        lines.extend(when(Some(&rule.when)));
        lines.extend(page.labels("what follows", &rule.follows, ""));
        page.rule("threshold", name, &rule.label, Some(&rule.ground), lines);
    }
    for (name, rule) in &regime.calendars {
        page.rule("calendar", name, &rule.label, Some(&rule.ground), calendar(rule));
    }
    for (name, rule) in &regime.leads {
        let mut lines = vec![documents(&rule.documents)];
        lines.extend(when(rule.when.as_ref()));
        lines.push(term(&rule.term));
        page.rule("lead", name, &rule.label, Some(&rule.ground), lines);
    }
    for (name, rule) in &regime.required {
        let mut lines = vec![documents(&rule.documents)];
        lines.extend(when(rule.when.as_ref()));
        lines.extend(rule.fields.iter().map(|place| format!("field {place}")));
        page.rule("required", name, &rule.label, Some(&rule.ground), lines);
    }
    for (name, rule) in &regime.addressees {
        let mut lines = vec![documents(&rule.documents)];
        lines.extend(when(rule.when.as_ref()));
        lines.extend(rule.action.iter().map(|who| format!("for action: {}", addressed(who))));
        lines.extend(rule.information.iter().map(|who| format!("for information: {}", addressed(who))));
        page.rule("addressees", name, &rule.label, Some(&rule.ground), lines);
    }
    for (name, rule) in &regime.senders {
        let mut lines = vec![documents(&rule.documents)];
        lines.extend(when(rule.when.as_ref()));
        lines.extend(rule.sent_by.iter().map(|who| format!("sent by: {}", addressed(who))));
        page.rule("sender", name, &rule.label, Some(&rule.ground), lines);
    }
    for (name, rule) in &regime.silences {
        let mut lines = vec![documents(&rule.documents), format!("no answer after {}", rule.after)];
        lines.extend(page.labels("counts as", &rule.counts_as, name));
        page.rule("silence", name, &rule.label, Some(&rule.ground), lines);
    }
    if let Some(rule) = &regime.confidentiality {
        let lines = vec![format!("marking: {}", shown(&rule.marking))];
        page.rule("confidentiality", "confidentiality", &rule.label, Some(&rule.ground), lines);
    }
    for (name, rule) in &regime.channels {
        let counts = match rule.weight {
            Weight::Counts => "counts",
            Weight::DoesNotCount => "does not count",
        };
        let mut lines = vec![counts.to_owned()];
        lines.extend(page.labels("from", &rule.from, ""));
        page.rule("channel", name, &rule.label, Some(&rule.ground), lines);
    }
    if let Some(rule) = &regime.number {
        let none = Labels::default();
        page.rule("number", "number", &none, Some(&rule.ground), numbering(&rule.numbering));
    }
    for (name, rule) in &regime.quotas {
        let mut lines = vec![documents(&rule.documents)];
        lines.extend(when(rule.when.as_ref()));
        lines.push(counted(rule));
        page.rule("quota", name, &rule.label, Some(&rule.ground), lines);
    }
    for (name, rule) in &regime.duties {
        let mut lines = owing(rule);
        lines.extend(page.labels("what follows", &rule.follows, ""));
        page.rule("duty", name, &rule.label, Some(&rule.ground), lines);
    }
    for (code, rule) in &regime.formats {
        let lines = page.format(rule);
        page.rule("format", code, &rule.title, Some(&rule.ground), lines);
    }
    page.rules
}

struct Page<'a> {
    language: Option<&'a str>,
    rules: Vec<Described>,
}

impl Page<'_> {
    fn rule(
        &mut self,
        table: &'static str,
        name: &str,
        label: &Labels,
        ground: Option<&Ground>,
        said: Vec<String>,
    ) {
        let mut lines = self.labels("label", label, name);
        lines.extend(said);
        lines.extend(ground.map(paragraph));
        self.rules.push(Described { table, name: shown(name), lines });
    }

    fn labels(&self, what: &str, labels: &Labels, name: &str) -> Vec<String> {
        match self.language {
            Some(_) if labels.is_empty() => Vec::new(),
            Some(language) => vec![format!("{what}: {}", labels.say(language, name))],
            None => {
                let each = labels.0.iter();
                each.map(|(language, text)| format!("{what}.{}: {}", shown(language), shown(text))).collect()
            }
        }
    }

    fn format(&self, format: &Format) -> Vec<String> {
        let all = |what: &str, who: &BTreeSet<Addressed>| {
            let names: Vec<String> = who.iter().map(addressed).collect();
            (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")))
        };
        let mut lines: Vec<String> = Vec::new();
        lines.extend(all("sent by", &format.sent_by));
        lines.extend(all("to", &format.to));
        lines.extend(format.after.iter().map(|code| format!("only after format {}", shown(code))));
        if format.fields.is_empty() {
            lines.push("its content is not laid down here".into());
        }
        for (index, field) in format.fields.iter().enumerate() {
            self.field(&format!("{}", index.saturating_add(1)), field, &mut lines);
        }
        if let Some(reply) = &format.reply {
            let anchor = match &reply.anchor {
                ReplyAnchor::Issue => "its issue".into(),
                ReplyAnchor::Receipt => "its receipt".into(),
                ReplyAnchor::Field(name) => shown(name),
            };
            let (within, unit) = (reply.within, unit(&reply.unit));
            let code = shown(&reply.format);
            lines.push(format!(
                "reply: format {code}, within {within} {unit} of {anchor}{}, {}",
                reply_lines::days(reply),
                paragraph(&reply.ground)
            ));
        }
        lines
    }

    fn field(&self, number: &str, field: &FormatField, lines: &mut Vec<String>) {
        let owed = match field.owed {
            Owed::Always => "",
            Owed::IfAny => ", if any",
        };
        let labels = self.labels("", &field.label, &field.name);
        let labels: Vec<&str> = labels.iter().map(|text| text.trim_start_matches([':', ' '])).collect();
        let name = shown(&field.name);
        lines.push(format!("field {number} {name}, {}{owed}: {}", field.holds.word(), labels.join("; ")));
        match &field.holds {
            Holds::Choice(words) => {
                for (word, label) in words {
                    let label = self.labels(&shown(word), label, word).join("; ");
                    lines.push(format!(
                        "field {number} choice {}",
                        if label.is_empty() { shown(word) } else { label }
                    ));
                }
            }
            Holds::List(fields) => {
                for (index, field) in fields.iter().enumerate() {
                    self.field(&format!("{number}.{}", index.saturating_add(1)), field, lines);
                }
            }
            Holds::Text
            | Holds::Number
            | Holds::Date
            | Holds::Area
            | Holds::Party
            | Holds::Texts
            | Holds::Figures
            | Holds::Reference => {}
        }
    }
}

fn numbering(numbering: &Numbering) -> Vec<String> {
    let mut lines = vec![format!("pattern: {}", shown(&numbering.pattern.written()))];
    for (document, mark) in &numbering.marks {
        for (place, word) in [("format", &mark.format), ("kind", &mark.kind)] {
            if !word.is_empty() {
                lines.push(format!("{place} of {document}: {}", shown(word)));
            }
        }
    }
    lines
}

fn documents(documents: &BTreeSet<Document>) -> String {
    format!("for: {}", names(documents))
}

fn addressed(who: &Addressed) -> String {
    match who {
        Addressed::EveryBoundParty => "every bound Party".into(),
        Addressed::Function(name) => format!("function {}", shown(name)),
        Addressed::Party(party) => party.to_string(),
    }
}

fn calendar(calendar: &Calendar) -> Vec<String> {
    let days: Vec<String> = calendar.weekend.iter().map(u8::to_string).collect();
    let mut lines = vec![format!("free days of the week (Monday is 1): {}", days.join(", "))];
    let dates = calendar.holidays.iter();
    lines.extend(dates.map(|(year, month, day)| format!("holiday {year:04}-{month:02}-{day:02}")));
    lines
}
