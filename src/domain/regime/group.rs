//! Threads that are stated to be about the same activity: which belong together, their figures by territory
//! and in sum, and the thresholds judged on these sums.
//!
//! Never here: a choice. What anybody contests is listed and not summed; who states and who contests is
//! said. No figure of another Party is corrected.

use std::collections::{BTreeMap, BTreeSet};

use super::beside::{Beside, Held, Looked, document, threads};
use super::check::Asked;
use super::condition::{Condition, Named};
use super::figure::Axis;
use super::finding::Finding;
use super::judge::Judge;
use super::quantity::Quantity;
use super::rules::Threshold;
use super::subject::Subject;
use super::{Regime, measure, together};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::ThreadId;
use crate::domain::exercise::SameActivityPosition;
use crate::domain::form::Following;
use crate::domain::form::outline::Part;
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::limits;

/// Which threads belong with one, as far as it is stated and not contested.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Joined {
    /// Itself left out.
    pub threads: BTreeSet<ThreadId>,
    /// Each pair that was spoken of, with one of these or itself in it.
    pub pairs: Vec<Pair>,
}

/// Two threads, and who said what of them last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair {
    pub one: ThreadId,
    pub other: ThreadId,
    pub stated_by: BTreeSet<Party>,
    pub contested_by: BTreeSet<Party>,
}

impl Pair {
    fn holds(&self) -> bool {
        !self.stated_by.is_empty() && self.contested_by.is_empty()
    }
}

/// The notices of one activity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Author and official number of each, this one left out. Not safe to show.
    pub notices: Vec<String>,
    pub pairs: Vec<Pair>,
    pub looked: Looked,
}

/// One figure of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupFigure {
    pub figure: String,
    /// Each notice's own, this one first under an empty name. Not safe to show.
    pub each: Vec<(String, Quantity)>,
    /// By territory, over all of them. Not safe to show.
    pub territories: Vec<(String, Quantity)>,
    pub sum: Quantity,
}

/// What belongs with a thread, by all that was said of threads in that traffic.
pub fn joined(of: ThreadId, traffic: Traffic, said: &[Held]) -> Joined {
    let mut pairs: BTreeMap<(ThreadId, ThreadId), Pair> = BTreeMap::new();
    for (pair, words) in newest(traffic, said) {
        let by = |wanted: SameActivityPosition| {
            let these = words.iter().filter(|(_, position)| **position == Some(wanted));
            these.map(|(author, _)| *author).collect()
        };
        pairs.insert(
            pair,
            Pair {
                one: pair.0,
                other: pair.1,
                stated_by: by(SameActivityPosition::Stated),
                contested_by: by(SameActivityPosition::Contested),
            },
        );
    }
    let mut threads = BTreeSet::from([of]);
    let mut open = vec![of];
    while let Some(thread) = open.pop() {
        for pair in pairs.values().filter(|pair| pair.holds()) {
            let next = match (pair.one == thread, pair.other == thread) {
                (true, _) => pair.other,
                (_, true) => pair.one,
                (false, false) => continue,
            };
            if threads.len() <= limits::GROUP_THREADS_MAX && threads.insert(next) {
                open.push(next);
            }
        }
    }
    let about = |pair: &Pair| {
        let is_said = !pair.stated_by.is_empty() || !pair.contested_by.is_empty();
        is_said && (threads.contains(&pair.one) || threads.contains(&pair.other))
    };
    let pairs = pairs.into_values().filter(about).take(limits::GROUP_PAIRS_MAX).collect();
    threads.remove(&of);
    Joined { threads, pairs }
}

/// Who last said what of two threads, in whichever of the two it was said.
type Words = BTreeMap<Party, Option<SameActivityPosition>>;

fn newest(traffic: Traffic, said: &[Held]) -> BTreeMap<(ThreadId, ThreadId), Words> {
    let mut in_time: Vec<&Held> = said.iter().filter(|held| held.said.traffic == traffic).collect();
    in_time.sort_by_key(|held| (held.said.released_at, held.said.message));
    let mut all: BTreeMap<(ThreadId, ThreadId), Words> = BTreeMap::new();
    for held in in_time {
        let Content::SameActivity(form) = &held.said.content else { continue };
        let Some(other) = form.other_thread.map(|other| other.0).filter(|other| *other != held.thread) else {
            continue;
        };
        let pair = (held.thread.min(other), held.thread.max(other));
        all.entry(pair).or_default().insert(held.said.author, form.position);
    }
    all
}

/// A notice of the group, with what stands in it.
struct Notice<'c> {
    name: String,
    content: &'c Content,
    parts: Vec<Part>,
    following: Following,
}

impl<'c> Notice<'c> {
    fn of(name: String, content: &'c Content) -> Notice<'c> {
        Notice { name, content, parts: content.form().parts(), following: Following::of(content) }
    }
}

/// All that is to be said of the group, if the form is a notice and anything was said of its thread.
pub(super) fn group(
    regime: &Regime,
    content: &Content,
    asked: &Asked,
    judge: &Judge,
    found: &mut Vec<Finding>,
) {
    let is_notice = matches!(content.kind(), Kind::Notification | Kind::Amendment);
    let Some((beside, author)) = asked.beside.as_ref().zip(asked.author).filter(|_| is_notice) else {
        return;
    };
    if beside.joined.pairs.is_empty() && beside.joined_looked == Looked::AtAll {
        return;
    }
    let others = others(beside, author);
    let mut notices = vec![Notice::of(String::new(), content)];
    notices.extend(others.iter().map(|(name, content)| Notice::of(name.clone(), content)));
    found.push(Finding::Group(Group {
        notices: others.iter().map(|(name, _)| name.clone()).collect(),
        pairs: beside.joined.pairs.clone(),
        looked: beside.joined_looked,
    }));
    if others.is_empty() {
        return;
    }
    let subjects: Vec<Subject> =
        notices.iter().map(|one| Subject::of(one.content, &one.parts, &one.following)).collect();
    let named: Vec<(String, &Subject)> =
        notices.iter().zip(&subjects).map(|(notice, subject)| (notice.name.clone(), subject)).collect();
    let document = document(content);
    let judged = |rule: &&Threshold| rule.each.is_none() && rule.documents.contains(&document);
    let rules: Vec<&Threshold> = regime.thresholds.values().filter(judged).collect();
    let stood_on = stood_on(regime, &rules);
    for name in &stood_on {
        if let Named::Figure(name) = name {
            found.extend(figure(regime, name, &named).map(Finding::GroupFigure));
        }
    }
    let mut together = Judge::together(regime, named);
    for name in &stood_on {
        if let Named::Class(name) = name
            && let Some((name, class)) = regime.classes.get_key_value(*name)
        {
            let (verdict, ground) = (together.class(name), class.ground.clone());
            found.push(Finding::GroupClass { name: name.clone(), verdict, ground });
        }
    }
    for (name, rule) in regime.thresholds.iter().filter(|(_, rule)| judged(rule)) {
        let (verdict, alone) = (together.threshold(name), judge.answer(name));
        let ground = rule.ground.clone();
        found.push(Finding::GroupThreshold { name: name.clone(), verdict, alone, ground });
    }
}

/// The notices that stand in these threads, this one's author's own in its own thread left out.
fn others(beside: &Beside, author: Party) -> Vec<(String, Content)> {
    let stands = beside.stands;
    let mut all = Vec::new();
    for thread in threads(beside.threads.iter()) {
        if thread.id != stands.thread && !beside.joined.threads.contains(&thread.id) {
            continue;
        }
        for account in &thread.picture().accounts {
            let is_this = thread.id == stands.thread && account.author == author;
            let stood = account.traffic == stands.traffic && account.cancellation.is_none() && !is_this;
            if let Some(notice) = account.notice.as_ref().filter(|_| stood) {
                let said = notice.present();
                all.push((format!("{} {}", said.author, said.number), said.content.clone()));
            }
        }
    }
    all.truncate(limits::GROUP_THREADS_MAX);
    all
}

/// All names on which these thresholds stand.
fn stood_on<'r>(regime: &'r Regime, rules: &[&'r Threshold]) -> BTreeSet<Named<'r>> {
    let mut seen: BTreeSet<Named> = BTreeSet::new();
    let mut open: Vec<&Condition> = rules.iter().map(|rule| &rule.when).collect();
    while let Some(condition) = open.pop() {
        for name in condition.names().into_iter().filter(|name| seen.insert(*name)) {
            match name {
                Named::Class(name) => open.extend(regime.classes.get(name).map(|class| &class.when)),
                Named::Threshold(name) => open.extend(regime.thresholds.get(name).map(|rule| &rule.when)),
                Named::Figure(_) | Named::Fact(_) => {}
            }
        }
    }
    seen
}

/// `None` where no notice declares any of it.
fn figure(regime: &Regime, name: &str, notices: &[(String, &Subject)]) -> Option<GroupFigure> {
    let rule = regime.figures.get(name)?;
    let whole = super::condition::Over::Whole;
    let each: Vec<(String, Quantity)> = notices
        .iter()
        .map(|(notice, subject)| (notice.clone(), measure::measure(name, rule, whole, subject).quantity))
        .collect();
    if each.iter().all(|(_, quantity)| *quantity == Quantity::UNKNOWN) {
        return None;
    }
    let sum = each.iter().fold(Quantity::NONE, |sum, (_, one)| sum.plus(*one));
    let territories = together::divided(name, rule, Axis::Territory, notices).parts;
    let territories = territories.into_iter().take(limits::GROUP_TERRITORIES_MAX).collect();
    Some(GroupFigure { figure: name.to_owned(), each, territories, sum })
}
