//! Threads that are stated to be about the same activity: which belong together, their figures by territory
//! and in sum, and the thresholds judged on these sums.
//!
//! Never here: a choice. What anybody contests is listed and not summed; who states and who contests is
//! said. No figure of another Party is corrected.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::asked::Asked;
use super::beside::{Held, Looked, Stands, Thread, document, taken_back, threads};
use super::condition::{Condition, Named};
use super::figure::Axis;
use super::finding::Finding;
use super::gone;
use super::judge::Judge;
use super::quantity::Quantity;
use super::rules::Threshold;
use super::subject::Subject;
use super::whose::without_notice;
use super::{Regime, measure, together};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::exercise::SameActivityPosition;
use crate::domain::form::Following;
use crate::domain::form::outline::Part;
use crate::domain::message::Traffic;
use crate::domain::party::Party;
use crate::limits;

pub use super::gone::Gone;

/// Which threads belong with one, as far as it is stated and not contested.
struct Joined {
    /// Itself left out.
    threads: BTreeSet<ThreadId>,
    /// Each pair that was spoken of, with one of these or itself in it.
    pairs: Vec<Pair>,
}

/// Two threads, and who said what of them last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair {
    pub one: ThreadId,
    pub other: ThreadId,
    pub stated_by: BTreeSet<Party>,
    /// Those of them who gave notice in neither, where all of both was read: it is their word on the notices of
    /// others.
    pub not_theirs: BTreeSet<Party>,
    /// Those who gave notice and took it back, each with the official number of the message that does so: not safe to
    /// show.
    pub withdrew: BTreeMap<Party, String>,
    pub contested_by: BTreeSet<Party>,
}

impl Pair {
    pub(super) fn holds(&self) -> bool {
        !self.stated_by.is_empty() && self.contested_by.is_empty()
    }
}

/// The notices of one activity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Author and official number of each that is summed, this one left out. Not safe to show.
    pub notices: Vec<String>,
    /// Why this one is not summed, if it is not.
    pub gone: Option<Gone>,
    /// Author and official number of each other one that no longer stands. Not safe to show.
    pub others_gone: Vec<(String, Gone)>,
    pub pairs: Vec<Pair>,
    pub looked: Looked,
    /// How many threads are stated to belong with it, and not contested, of which nothing is held here.
    pub not_held: usize,
}

/// One figure of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupFigure {
    pub figure: String,
    /// Each notice's own, this one first under an empty name if it is summed. Not safe to show.
    pub each: Vec<(String, Quantity)>,
    /// By territory, over all of them. Not safe to show.
    pub territories: Vec<(String, Quantity)>,
    pub sum: Quantity,
}

/// The threads on record that may belong with one, itself among them, whoever contests it and whatever is taken back:
/// what is to be read before that is known. Those of which nobody contests it come first, where there are more than a
/// group may have.
pub fn spoken_of(
    of: ThreadId,
    traffic: Traffic,
    said: &[Held],
    is_on_record: impl Fn(ThreadId) -> bool,
) -> (BTreeSet<ThreadId>, Looked) {
    let mut stated: BTreeSet<(ThreadId, ThreadId)> = BTreeSet::new();
    let mut last: BTreeMap<(ThreadId, ThreadId), Words> = BTreeMap::new();
    for word in in_time(traffic, said) {
        if word.position == Some(SameActivityPosition::Stated) {
            stated.insert(word.pair);
        }
        last.entry(word.pair).or_default().insert(word.author, word.position);
    }
    let contested = Some(SameActivityPosition::Contested);
    last.retain(|pair, words| stated.contains(pair) && words.values().all(|said| *said != contested));
    let (first, looked) = reached(BTreeSet::from([of]), &last.into_keys().collect(), &is_on_record);
    let (mut threads, further) = reached(first, &stated, &is_on_record);
    threads.retain(|thread| is_on_record(*thread));
    (threads, if looked == Looked::AtAll { further } else { looked })
}

/// These and what they lead to, no more of those on record than a group may have. One that is not on record here takes
/// no place: anybody may name as many as they like, and two that others hold may be joined by one of them.
fn reached(
    mut threads: BTreeSet<ThreadId>,
    pairs: &BTreeSet<(ThreadId, ThreadId)>,
    is_on_record: impl Fn(ThreadId) -> bool,
) -> (BTreeSet<ThreadId>, Looked) {
    let mut looked = Looked::AtAll;
    let mut places = threads.iter().filter(|thread| is_on_record(**thread)).count();
    let mut open: VecDeque<ThreadId> = threads.iter().copied().collect();
    while let Some(thread) = open.pop_front() {
        for (one, other) in pairs {
            let next = match (*one == thread, *other == thread) {
                (true, _) => *other,
                (_, true) => *one,
                (false, false) => continue,
            };
            if !threads.contains(&next) && is_on_record(next) {
                if places > limits::GROUP_THREADS_MAX {
                    looked = Looked::AtSome;
                    continue;
                }
                places = places.saturating_add(1);
            }
            if threads.insert(next) {
                open.push_back(next);
            }
        }
    }
    (threads, looked)
}

/// What belongs with a thread, by all that was said of threads in that traffic and not taken back.
fn joined(
    of: ThreadId,
    traffic: Traffic,
    said: &[Held],
    taken_back: &BTreeSet<Digest>,
    read: &BTreeSet<ThreadId>,
) -> Joined {
    let mut pairs: BTreeMap<(ThreadId, ThreadId), Pair> = BTreeMap::new();
    let mut all: BTreeMap<(ThreadId, ThreadId), Words> = BTreeMap::new();
    for word in in_time(traffic, said).into_iter().filter(|word| !taken_back.contains(&word.message)) {
        all.entry(word.pair).or_default().insert(word.author, word.position);
    }
    for (pair, words) in all {
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
                not_theirs: BTreeSet::new(),
                withdrew: BTreeMap::new(),
                contested_by: by(SameActivityPosition::Contested),
            },
        );
    }
    let holding = pairs.values().filter(|pair| pair.holds()).map(|pair| (pair.one, pair.other));
    // No more were read than a group may have: none of them is left out here.
    let (mut threads, _) = reached(BTreeSet::from([of]), &holding.collect(), |thread| read.contains(&thread));
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

/// What one message says of two threads.
struct Word {
    message: Digest,
    author: Party,
    pair: (ThreadId, ThreadId),
    position: Option<SameActivityPosition>,
}

fn in_time(traffic: Traffic, said: &[Held]) -> Vec<Word> {
    let mut in_time: Vec<&Held> = said.iter().filter(|held| held.said.traffic == traffic).collect();
    in_time.sort_by_key(|held| (held.said.released_at, held.said.message));
    let word = |held: &Held| {
        let Content::SameActivity(form) = &held.said.content else { return None };
        let other = form.other_thread.map(|other| other.0).filter(|other| *other != held.thread)?;
        Some(Word {
            message: held.said.message,
            author: held.said.author,
            pair: (held.thread.min(other), held.thread.max(other)),
            position: form.position,
        })
    };
    in_time.into_iter().filter_map(word).collect()
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
    let stands = beside.stands;
    let threads = threads(beside.threads.iter());
    let taken_back = taken_back(beside.threads.iter());
    let read: BTreeSet<ThreadId> = threads.iter().map(|thread| thread.id).collect();
    let mut joined = joined(stands.thread, stands.traffic, &beside.said, &taken_back, &read);
    if joined.pairs.is_empty() && beside.joined_looked == Looked::AtAll {
        return;
    }
    if beside.joined_looked == Looked::AtAll {
        without_notice(&mut joined.pairs, &threads, stands, author);
    }
    let not_held = joined.threads.iter().filter(|thread| !read.contains(thread)).count();
    let may_be_more = not_held > 0 || beside.joined_looked == Looked::AtSome;
    let gone = gone::of_this(&threads, stands, author);
    let others_gone = gone::of_others(&joined.threads, &threads, stands, author);
    let others = others(&joined, &threads, stands, author, gone.is_some());
    let this = gone.is_none().then(|| Notice::of(String::new(), content));
    let mut notices: Vec<Notice> = this.into_iter().collect();
    notices.extend(others.iter().map(|(name, content)| Notice::of(name.clone(), content)));
    found.push(Finding::Group(Group {
        notices: others.iter().map(|(name, _)| name.clone()).collect(),
        gone,
        others_gone,
        pairs: joined.pairs,
        looked: beside.joined_looked,
        not_held,
    }));
    if notices.len() < 2 {
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
    let mut together = Judge::together(regime, named).with_others(may_be_more);
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

/// The notices that stand in these threads; this one's author's own in its own thread only where this one is gone.
fn others(
    joined: &Joined,
    threads: &[Thread],
    stands: Stands,
    author: Party,
    is_gone: bool,
) -> Vec<(String, Content)> {
    let mut all = Vec::new();
    for thread in threads {
        if thread.id != stands.thread && !joined.threads.contains(&thread.id) {
            continue;
        }
        for account in &thread.picture().accounts {
            let is_this = !is_gone && thread.id == stands.thread && account.author == author;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_nobody_has_hide_none_that_is_on_record_and_where_there_are_too_many_that_is_said() {
        let thread = |number: u8| ThreadId([number; 16]);
        let (this, partner) = (thread(101), thread(102));
        let mut pairs: BTreeSet<_> = (0..100).map(|number| (thread(number), this)).collect();
        pairs.insert((this, partner));
        let (threads, looked) = reached(BTreeSet::from([this]), &pairs, |one| one.0[0] > 100);
        assert!(threads.contains(&partner) && looked == Looked::AtAll);
        let (threads, looked) = reached(BTreeSet::from([this]), &pairs, |_| true);
        assert_eq!((threads.len(), looked), (limits::GROUP_THREADS_MAX + 1, Looked::AtSome));
    }
}
