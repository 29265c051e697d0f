//! Holds a form against a regime: thresholds, lead times, fields owed, addressees, confidentiality,
//! quotas. The same check serves the draft, the release and what comes in.
//!
//! Never here: a refusal. A true notice is sent though it is late, below a threshold or voluntary.

use std::collections::{BTreeMap, BTreeSet};

use super::beside::{Beside, document};
use super::condition::{Condition, Named};
use super::finding::{Answer, Copy, CopyAs, CopyState, Finding, Marked, Open, OpenState, Verdict};
use super::format_finding::SenderState;
use super::group::group;
use super::judge::Judge;
use super::lead::{Lead, Term, Unit};
use super::reply::Replies;
use super::rules::{Addressed, Addressees, Required, Sender};
use super::subject::Subject;
use super::tally::tallies;
use super::timing::timings;
use super::{Document, Ground, Regime, Standing, formatted};
use crate::domain::content::Content;
use crate::domain::form::Following;
use crate::domain::form::outline::{Part, Value};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::limits;

/// What a check needs to know beside the form. What is not known leaves its lines unjudged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// When it is released, or was.
    pub released_at: Option<Instant>,
    /// Whom the message goes to; `None` if nobody has said yet.
    pub addressed: Option<Recipients>,
    /// The Parties bound by the regime, without the author; `None` if that is not known here.
    pub bound: Option<BTreeSet<Party>>,
    /// Those of them of which it is not known here whether they and the author are bound to each other.
    pub uncertain: BTreeSet<Party>,
    /// Who holds which function then; one that is not named is held by nobody who is known here.
    pub held: BTreeMap<String, Party>,
    /// Who speaks; `None` if nobody has said yet.
    pub author: Option<Party>,
    /// What the message refers to; `None` if nobody looked.
    pub referred: Option<Vec<Referred>>,
    /// What is held of replies to it, and of what it replies to; `None` if nobody looked.
    pub replies: Option<Replies>,
    /// How it is marked; `None` if nobody has said yet.
    pub marking: Option<String>,
    /// What is held beside it; `None` if nobody looked.
    pub beside: Option<Beside>,
}

/// A message that another one refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Referred {
    /// Of a format, under the name of its regime; empty where that regime is not held here.
    Formatted {
        regime: String,
        format: String,
    },
    Other,
    NotHere,
    /// Named by its number alone: nothing is found by that.
    ByNumber,
}

/// Whom a message goes to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recipients {
    pub action: BTreeSet<Party>,
    pub information: BTreeSet<Party>,
}

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

pub(super) fn copy(who: &Addressed, how: CopyAs, asked: &Asked) -> CopyState {
    let wanted = match who {
        Addressed::Party(party) => Some(BTreeSet::from([*party])),
        Addressed::Function(name) => match asked.held.get(name) {
            // Nobody sends a copy to themselves.
            Some(holder) if asked.author == Some(*holder) => return CopyState::Held,
            Some(holder) => Some(BTreeSet::from([*holder])),
            None => return CopyState::NoHolder,
        },
        Addressed::EveryBoundParty => asked.bound.clone(),
    };
    let (Some(wanted), Some(addressed)) = (wanted, &asked.addressed) else { return CopyState::Unknown };
    if wanted.is_empty() {
        return CopyState::NobodyBound;
    }
    let has = |party: &Party| match how {
        CopyAs::Action => addressed.action.contains(party),
        // Who is asked to act is told as well.
        CopyAs::Information => addressed.information.contains(party) || addressed.action.contains(party),
    };
    let lacking = wanted.into_iter().filter(|party| !has(party));
    // A Party that the rule names is owed a copy whoever is bound.
    let may_be_owed = |party: &Party| *who == Addressed::EveryBoundParty && asked.uncertain.contains(party);
    let (uncertain, lacking): (BTreeSet<Party>, BTreeSet<Party>) = lacking.partition(may_be_owed);
    match (lacking.is_empty(), uncertain.is_empty()) {
        (true, true) => CopyState::Held,
        (true, false) => CopyState::MayLack(uncertain),
        (false, _) => CopyState::Lacking(lacking),
    }
}
