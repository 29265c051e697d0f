//! Holds a form against a regime: thresholds, lead times, fields owed, addressees, confidentiality,
//! quotas. The same check serves the draft, the release and what comes in.
//!
//! Never here: a refusal. A true notice is sent though it is late, below a threshold or voluntary.

use std::collections::BTreeSet;

use super::asked::Asked;
use super::beside::document;
use super::condition::{Condition, Named};
use super::copies::copy;
use super::finding::{Answer, Copy, CopyAs, Finding, Marked, Open, OpenState, Verdict};
use super::format_finding::SenderState;
use super::group::group;
use super::judge::Judge;
use super::lead::{Lead, Term, Unit};
use super::rules::{Addressees, Required, Sender};
use super::subject::Subject;
use super::tally::tallies;
use super::timing::timings;
use super::{Document, Ground, Regime, Standing, formatted};
use crate::domain::content::Content;
use crate::domain::form::Following;
use crate::domain::form::outline::{Part, Value};
use crate::domain::time::Instant;
use crate::limits;

/// All that the regime says of the form, in a fixed order.
pub fn check(regime: &Regime, content: &Content, asked: &Asked) -> Vec<Finding> {
    let parts: Vec<Part> = content.form().parts();
    let following = Following::of(content);
    let subject = Subject::of(content, &parts, &following);
    let mut found = Vec::new();
    // When and from whom it came is nothing but its author's statement: no rule is held against it.
    if let Content::Transcription(_) = content {
        return found;
    }
    // What another message says, in other words or once more: that was checked, and is what counts.
    if matches!(content, Content::Translation(_) | Content::Forwarded(_)) {
        return found;
    }
    if let Content::Formatted(message) = content {
        formatted::judge(regime, content, message, &following, asked, &mut found);
    }
    let document = document(content);
    let mut judge = Judge::new(regime, &subject);
    classes(regime, &document, &mut judge, &mut found);
    thresholds(regime, &document, &subject, &mut judge, &mut found);
    leads(regime, &document, asked.released_at, &subject, &mut judge, &mut found);
    for (name, rule) in &regime.required {
        let applies = judge_for(&rule.documents, &document, rule.when.as_ref(), &mut judge);
        if let Some(applies) = applies {
            found.push(required(name, rule, applies, &subject));
        }
    }
    for (name, rule) in &regime.addressees {
        let applies = judge_for(&rule.documents, &document, rule.when.as_ref(), &mut judge);
        if let Some(applies) = applies {
            found.push(addressees(name, rule, applies, asked));
        }
    }
    for rule in regime.senders.values() {
        let applies = judge_for(&rule.documents, &document, rule.when.as_ref(), &mut judge);
        if let Some(applies) = applies {
            found.push(sender(rule, &applies, asked));
        }
    }
    for (name, rule) in regime.silences.iter().filter(|(_, rule)| rule.documents.contains(&document)) {
        found.push(Finding::Silence { name: name.clone(), ground: rule.ground.clone() });
    }
    if let Some(rule) = &regime.confidentiality {
        let marked = match &asked.marking {
            _ if rule.marking.is_empty() => Marked::AsAsked,
            Some(marking) if marking.trim().to_lowercase() == rule.marking.trim().to_lowercase() => {
                Marked::AsAsked
            }
            Some(marking) if marking.trim().is_empty() => Marked::Not,
            Some(_) => Marked::Otherwise,
            None => Marked::Unknown,
        };
        found.push(Finding::Confidentiality { marked, ground: rule.ground.clone() });
    }
    for (name, rule) in &regime.quotas {
        let applies = judge_for(&rule.documents, &document, rule.when.as_ref(), &mut judge);
        if let Some(applies) = applies {
            let tallies = tallies(regime, rule, &applies, &subject, content, asked);
            let ground = rule.ground.clone();
            found.push(Finding::Quota { name: name.clone(), applies, tallies, ground });
        }
    }
    group(regime, content, asked, &judge, &mut found);
    found
}

/// Whether a rule applies; `None` if it does not, for certain.
fn judge_for<'a>(
    documents: &BTreeSet<Document>,
    document: &Document,
    when: Option<&'a Condition>,
    judge: &mut Judge<'a>,
) -> Option<Verdict> {
    let verdict = documents.contains(document).then(|| judge.applies(when))?;
    (verdict.answer != Answer::NotReached).then_some(verdict)
}

/// The classes that the rules for such a document stand on, each with its numbers.
fn classes<'a>(regime: &'a Regime, document: &Document, judge: &mut Judge<'a>, found: &mut Vec<Finding>) {
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    let whole = |threshold: &&super::rules::Threshold| threshold.each.is_none();
    let thresholds = regime.thresholds.values().filter(whole);
    let conditions = thresholds
        .map(|rule| (&rule.documents, Some(&rule.when)))
        .chain(regime.leads.values().map(|rule| (&rule.documents, rule.when.as_ref())))
        .chain(regime.required.values().map(|rule| (&rule.documents, rule.when.as_ref())))
        .chain(regime.addressees.values().map(|rule| (&rule.documents, rule.when.as_ref())))
        .chain(regime.senders.values().map(|rule| (&rule.documents, rule.when.as_ref())))
        .chain(regime.quotas.values().map(|rule| (&rule.documents, rule.when.as_ref())));
    let mut open: Vec<&Condition> = conditions
        .filter(|(documents, _)| documents.contains(document))
        .filter_map(|(_, when)| when)
        .collect();
    while let Some(condition) = open.pop() {
        for name in condition.names() {
            if let Named::Class(name) = name
                && let Some((name, class)) = regime.classes.get_key_value(name)
                && wanted.insert(name)
            {
                open.push(&class.when);
            }
        }
    }
    for name in wanted {
        if let Some(class) = regime.classes.get(name) {
            let (verdict, ground) = (judge.class(name), class.ground.clone());
            found.push(Finding::Class { name: name.to_owned(), entry: None, verdict, ground });
        }
    }
}

fn thresholds<'a>(
    regime: &'a Regime,
    document: &Document,
    subject: &Subject,
    judge: &mut Judge<'a>,
    found: &mut Vec<Finding>,
) {
    for (name, rule) in regime.thresholds.iter().filter(|(_, rule)| rule.documents.contains(document)) {
        let mut add = |entry: Option<String>, verdict: Verdict| {
            let ground = rule.ground.clone();
            found.push(Finding::Threshold { name: name.clone(), entry, verdict, ground });
        };
        match &rule.each {
            None => add(None, judge.threshold(name)),
            Some(list) => {
                for (entry, subject) in subject.entries(list) {
                    add(Some(entry), Judge::new(regime, &subject).threshold(name));
                }
            }
        }
    }
}

fn leads<'a>(
    regime: &'a Regime,
    document: &Document,
    released: Option<Instant>,
    subject: &Subject,
    judge: &mut Judge<'a>,
    found: &mut Vec<Finding>,
) {
    let mut is_any = false;
    for (name, rule) in regime.leads.iter().filter(|(_, rule)| rule.documents.contains(document)) {
        is_any = true;
        let applies = judge.applies(rule.when.as_ref());
        if applies.answer == Answer::NotReached {
            continue;
        }
        let timings = timings(regime, &rule.term, released, subject);
        let ground = ground_of(regime, rule);
        found.push(Finding::Lead { name: name.clone(), applies, timings, ground });
    }
    if !is_any {
        found.push(Finding::NoLead { document: document.clone() });
    }
}

/// Days that go by a calendar rest on it too.
fn ground_of(regime: &Regime, rule: &Lead) -> Ground {
    let calendar = match &rule.term {
        Term::Before { unit: Unit::WorkingDays(name), .. } => regime.calendars.get(name),
        Term::Before { unit: Unit::Hours | Unit::CalendarDays, .. }
        | Term::AtTheStart { .. }
        | Term::ByDay { .. }
        | Term::NoneAgreed => None,
    };
    let standing = calendar.map_or(Standing::Checked, |calendar| calendar.ground.standing);
    Ground { standing: rule.ground.standing.and(standing), ..rule.ground.clone() }
}

fn required(name: &str, rule: &Required, applies: Verdict, subject: &Subject) -> Finding {
    let mut given = 0_usize;
    let mut open = BTreeSet::new();
    for place in &rule.fields {
        for field in subject.find(place).unwrap_or_default() {
            match field.value {
                Value::Absent => {
                    let state = subject.following.said(&field.at).map_or(OpenState::Missing, OpenState::Said);
                    open.insert(Open { at: field.at.to_string(), state });
                }
                Value::Leaf(_) | Value::Group(_) | Value::List(_) => given = given.saturating_add(1),
            }
        }
    }
    let more = open.len().saturating_sub(limits::OPEN_FIELDS_MAX);
    let open = open.into_iter().take(limits::OPEN_FIELDS_MAX).collect();
    Finding::Required { name: name.to_owned(), applies, given, open, more, ground: rule.ground.clone() }
}

fn addressees(name: &str, rule: &Addressees, applies: Verdict, asked: &Asked) -> Finding {
    let as_action = rule.action.iter().map(|who| (who, CopyAs::Action));
    let as_information = rule.information.iter().map(|who| (who, CopyAs::Information));
    let copies = as_action
        .chain(as_information)
        .map(|(who, how)| Copy { who: who.clone(), asked: how, state: copy(who, how, asked) })
        .collect();
    Finding::Addressees { name: name.to_owned(), applies, copies, ground: rule.ground.clone() }
}

fn sender(rule: &Sender, applies: &Verdict, asked: &Asked) -> Finding {
    let state = match applies.answer {
        Answer::Reached | Answer::NotReached => formatted::sender(&rule.sent_by, asked),
        // Whether it is for them at all is not known.
        Answer::CantBeJudged => SenderState::Unknown,
    };
    let standing = rule.ground.standing.and(applies.standing);
    let ground = Ground { standing, ..rule.ground.clone() };
    Finding::Sender { allowed: rule.sent_by.clone(), state, ground }
}
