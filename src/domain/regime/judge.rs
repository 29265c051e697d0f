//! Answers conditions about one form, each named class and threshold once.
//!
//! Never here: an answer from silence. "Not reached" needs as much to be stated as "reached".

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Condition, Lasting, Measure, Over};
use super::days;
use super::fact::{FactRule, Is, Test};
use super::finding::{Answer, Point, Verdict};
use super::lack::Lack;
use super::measure::{Measured, added, falls_apart, measure};
use super::quantity::Quantity;
use super::subject::Subject;
use super::{Regime, Standing, together};
use crate::domain::content::Content;
use crate::domain::form::Following;
use crate::domain::form::outline::{Part, Value};
use crate::limits;

impl Verdict {
    /// Holds without a condition.
    pub fn always() -> Verdict {
        Verdict {
            answer: Answer::Reached,
            lacking: BTreeSet::new(),
            points: Vec::new(),
            standing: Standing::Checked,
        }
    }

    fn of(answer: Answer, lacking: BTreeSet<Lack>, standing: Standing, point: Point) -> Verdict {
        let lacking = if answer == Answer::CantBeJudged { lacking } else { BTreeSet::new() };
        Verdict { answer, lacking, points: vec![point], standing }
    }
}

/// Whether a condition holds of a whole form; without one it does.
pub fn judge_one(regime: &Regime, condition: Option<&Condition>, content: &Content) -> Verdict {
    let Some(condition) = condition else { return Verdict::always() };
    let parts: Vec<Part> = content.form().parts();
    let following = Following::of(content);
    judge_in(regime, Some(condition), &Subject::of(content, &parts, &following))
}

/// The same of a form, or of an entry in it, with the form behind it.
pub fn judge_in(regime: &Regime, condition: Option<&Condition>, subject: &Subject) -> Verdict {
    let Some(condition) = condition else { return Verdict::always() };
    Judge::new(regime, subject).condition(condition)
}

/// One form under one regime, or several notices of one activity taken together.
pub struct Judge<'a> {
    regime: &'a Regime,
    /// Each by its name; one alone needs none.
    notices: Vec<(String, &'a Subject<'a>)>,
    /// Whether others may belong with them: no sum of theirs is the whole.
    may_be_more: bool,
    figures: BTreeMap<(&'a str, Over), Measured>,
    classes: BTreeMap<&'a str, Verdict>,
    thresholds: BTreeMap<&'a str, Verdict>,
}

impl<'a> Judge<'a> {
    pub fn new(regime: &'a Regime, subject: &'a Subject<'a>) -> Judge<'a> {
        Judge::together(regime, vec![(String::new(), subject)])
    }

    pub fn together(regime: &'a Regime, notices: Vec<(String, &'a Subject<'a>)>) -> Judge<'a> {
        Judge {
            regime,
            notices,
            may_be_more: false,
            figures: BTreeMap::new(),
            classes: BTreeMap::new(),
            thresholds: BTreeMap::new(),
        }
    }

    /// The same where others may belong with these notices.
    pub fn with_others(self, may_be_more: bool) -> Judge<'a> {
        Judge { may_be_more, ..self }
    }

    pub fn condition(&mut self, condition: &'a Condition) -> Verdict {
        match condition {
            Condition::All(parts) => self.several(parts, Answer::NotReached, Answer::Reached),
            Condition::Any(parts) => self.several(parts, Answer::Reached, Answer::NotReached),
            Condition::None(parts) => {
                let any = self.several(parts, Answer::Reached, Answer::NotReached);
                let answer = match any.answer {
                    Answer::Reached => Answer::NotReached,
                    Answer::NotReached => Answer::Reached,
                    Answer::CantBeJudged => Answer::CantBeJudged,
                };
                Verdict { answer, ..any }
            }
            Condition::Fact(name) => self.fact(name),
            Condition::Class(name) => {
                let verdict = self.class(name);
                let (answer, standing) = (verdict.answer, verdict.standing);
                let point = Point::Class { name: name.clone(), answer, standing };
                Verdict::of(answer, verdict.lacking, standing, point)
            }
            Condition::Threshold(name) => {
                let verdict = self.threshold(name);
                let (answer, standing) = (verdict.answer, verdict.standing);
                let point = Point::Threshold { name: name.clone(), answer, standing };
                Verdict::of(answer, verdict.lacking, standing, point)
            }
            Condition::Figure(measure) => self.figure(measure),
            Condition::Lasting(lasting) => self.lasting(lasting),
        }
    }

    /// A condition that need not be there: without one, a rule always applies.
    pub fn applies(&mut self, condition: Option<&'a Condition>) -> Verdict {
        condition.map_or_else(Verdict::always, |condition| self.condition(condition))
    }

    pub fn class(&mut self, name: &'a str) -> Verdict {
        if let Some(known) = self.classes.get(name) {
            return known.clone();
        }
        let verdict = match self.regime.classes.get(name) {
            Some(class) => self.resting(&class.when, class.ground.standing),
            None => Verdict { answer: Answer::CantBeJudged, ..Verdict::always() },
        };
        self.classes.insert(name, verdict.clone());
        verdict
    }

    pub fn threshold(&mut self, name: &'a str) -> Verdict {
        if let Some(known) = self.thresholds.get(name) {
            return known.clone();
        }
        let verdict = match self.regime.thresholds.get(name) {
            Some(threshold) => self.resting(&threshold.when, threshold.ground.standing),
            None => Verdict { answer: Answer::CantBeJudged, ..Verdict::always() },
        };
        self.thresholds.insert(name, verdict.clone());
        verdict
    }

    /// The answer to a threshold that was judged before.
    pub fn answer(&self, name: &str) -> Answer {
        self.thresholds.get(name).map_or(Answer::CantBeJudged, |verdict| verdict.answer)
    }

    /// A rule rests on its own ground too: that it says so at all.
    fn resting(&mut self, when: &'a Condition, standing: Standing) -> Verdict {
        let verdict = self.condition(when);
        Verdict { standing: verdict.standing.and(standing), ..verdict }
    }

    /// `deciding` settles it as soon as one part has it; `otherwise` needs all of them.
    fn several(&mut self, parts: &'a [Condition], deciding: Answer, otherwise: Answer) -> Verdict {
        let verdicts: Vec<Verdict> = parts.iter().map(|part| self.condition(part)).collect();
        let settled = || verdicts.iter().filter(|verdict| verdict.answer == deciding);
        let is_open = verdicts.iter().any(|verdict| verdict.answer == Answer::CantBeJudged);
        let all = verdicts.iter().map(|verdict| verdict.standing).fold(Standing::Checked, Standing::and);
        let (answer, standing) = match settled().map(|verdict| verdict.standing).min() {
            // It holds by its best-founded part, whatever the others say.
            Some(best) => (deciding, best),
            None if is_open => (Answer::CantBeJudged, all),
            None => (otherwise, all),
        };
        let mut lacking = BTreeSet::new();
        let mut points = Vec::new();
        for verdict in verdicts {
            if answer == Answer::CantBeJudged {
                let room = limits::LACKS_PER_RULE_MAX.saturating_sub(lacking.len());
                lacking.extend(verdict.lacking.into_iter().take(room));
            }
            points.extend(verdict.points);
        }
        Verdict { answer, lacking, points, standing }
    }

    fn measured(&mut self, name: &'a str, over: Over) -> Option<Measured> {
        let rule = self.regime.figures.get(name)?;
        let known = self.figures.entry((name, over));
        let notices = &self.notices;
        let measured = || match notices.as_slice() {
            [(_, alone)] => measure(name, rule, over, alone),
            several => together::measure(name, rule, over, several),
        };
        let mut measured = known.or_insert_with(measured).clone();
        if self.may_be_more {
            measured.quantity = measured.quantity.unbounded();
            measured.lacking.insert(Lack::OtherNotices);
        }
        Some(measured)
    }

    fn figure(&mut self, wanted: &'a Measure) -> Verdict {
        let mut together: Option<Measured> = None;
        for name in &wanted.figures {
            let Some(one) = self.measured(name, wanted.over) else { continue };
            together = Some(match together {
                None => one,
                Some(before) => {
                    let mut lacking: BTreeSet<Lack> = before.lacking.into_iter().chain(one.lacking).collect();
                    if falls_apart(wanted.over, before.quantity, one.quantity) {
                        let figure = wanted.figures.join(" + ");
                        lacking.insert(Lack::NotTogether { figure, over: wanted.over });
                    }
                    Measured {
                        quantity: added(wanted.over, before.quantity, one.quantity),
                        of: String::new(),
                        accounts: Vec::new(),
                        lacking,
                    }
                }
            });
        }
        let Some(Measured { quantity, of, accounts, mut lacking }) = together else {
            return Verdict { answer: Answer::CantBeJudged, ..Verdict::always() };
        };
        let answer = against(quantity, wanted.bound.least(wanted.number));
        if let Some(most) = quantity.high
            && answer == Answer::CantBeJudged
            && lacking.is_empty()
        {
            // Both ends are declared, and differ: more words would not help.
            let figure = wanted.figures.join(" + ");
            lacking.insert(Lack::Contradiction { figure, least: quantity.low, most });
        }
        let point = Point::Figure {
            figures: wanted.figures.clone(),
            over: wanted.over,
            of: if wanted.over == Over::Whole { String::new() } else { of },
            declared: quantity,
            bound: wanted.bound,
            number: wanted.number,
            answer,
            accounts,
            ground: wanted.ground.clone(),
        };
        Verdict::of(answer, lacking, wanted.ground.standing, point)
    }

    fn fact(&mut self, name: &str) -> Verdict {
        let (answer, lack) = match self.regime.facts.get(name) {
            Some(rule) => self.stated_by_all(name, rule),
            None => (Answer::CantBeJudged, None),
        };
        let point = Point::Fact { name: name.to_owned(), answer };
        Verdict::of(answer, lack.into_iter().collect(), Standing::Checked, point)
    }

    /// Notices of one activity must say the same of it.
    fn stated_by_all(&self, name: &str, rule: &FactRule) -> (Answer, Option<Lack>) {
        let mut all = self.notices.iter().map(|(_, subject)| stated(name, rule, subject));
        let Some(first) = all.next() else { return (Answer::CantBeJudged, None) };
        all.fold(first, |before, one| match (&before.0, &one.0) {
            (one, other) if one == other => before,
            (Answer::CantBeJudged, _) => before,
            (_, Answer::CantBeJudged) => one,
            (Answer::Reached | Answer::NotReached, Answer::Reached | Answer::NotReached) => {
                (Answer::CantBeJudged, Some(Lack::FactContradiction { fact: name.to_owned() }))
            }
        })
    }

    fn lasting(&mut self, wanted: &Lasting) -> Verdict {
        let subjects: Vec<&Subject> = self.notices.iter().map(|(_, subject)| *subject).collect();
        let (mut answer, mut lacking) = days::lasting(wanted, &subjects);
        if self.may_be_more && answer == Answer::NotReached {
            answer = Answer::CantBeJudged;
            lacking.insert(Lack::OtherNotices);
        }
        let point = Point::Lasting {
            from: wanted.from.to_string(),
            to: wanted.to.to_string(),
            bound: wanted.bound,
            hours: wanted.hours,
            answer,
            ground: wanted.ground.clone(),
        };
        Verdict::of(answer, lacking, wanted.ground.standing, point)
    }
}

fn stated(name: &str, rule: &FactRule, subject: &Subject) -> (Answer, Option<Lack>) {
    let any = |tests: &[Test]| tests.iter().any(|test| holds(test, subject));
    match (any(&rule.yes), any(&rule.no)) {
        (true, false) => (Answer::Reached, None),
        (false, true) => (Answer::NotReached, None),
        (true, true) => (Answer::CantBeJudged, Some(Lack::FactContradiction { fact: name.to_owned() })),
        (false, false) => {
            let places: BTreeSet<String> =
                rule.yes.iter().chain(&rule.no).map(|test| test.place.to_string()).collect();
            let at = places.into_iter().collect::<Vec<_>>().join(", ");
            let found = rule.yes.iter().chain(&rule.no).flat_map(|test| subject.find(&test.place)).flatten();
            let instead = found.filter_map(|found| subject.following.said(&found.at)).min();
            (Answer::CantBeJudged, Some(Lack::Fact { fact: name.to_owned(), at, instead }))
        }
    }
}

fn holds(test: &Test, subject: &Subject) -> bool {
    let found = subject.find(&test.place).unwrap_or_default();
    found.into_iter().any(|found| match found.value {
        Value::Absent => false,
        Value::Leaf(text) => test.is.holds(text),
        Value::Group(_) => test.is == Is::Given,
        Value::List(items) => {
            test.is == Is::Given
                || items.iter().any(|item| matches!(&item.value, Value::Leaf(text) if test.is.holds(text)))
        }
    })
}

fn against(quantity: Quantity, least: u64) -> Answer {
    match quantity.high {
        _ if quantity.low >= least => Answer::Reached,
        Some(high) if high < least => Answer::NotReached,
        Some(_) | None => Answer::CantBeJudged,
    }
}
