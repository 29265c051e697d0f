//! Findings as lines that a person reads: the same for a screen, a call and the printed form.
//!
//! Never here: colours, or raw text from outside. All that leaves is safe to show. Each line that speaks
//! of a number that nobody checked says so.

use super::account::Account;
use super::condition::Over;
use super::finding::{
    Answer, Copy, CopyAs, CopyState, Finding, Marked, Open, OpenState, Outcome, Point, Start, Timing, Verdict,
};
use super::rules::Addressed;
use super::{Ground, Languages, Regime, Standing, terms, words};
use crate::domain::adoption::Restraint;
use crate::domain::text::shown;
use crate::limits;

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// How far it is indented: 0 for what a rule says, 1 for why.
    pub depth: usize,
    pub text: String,
}

/// The lines of one finding, in the reader's language as far as the regime has it.
pub fn lines<'a>(regime: &Regime, finding: &Finding, languages: impl Into<Languages<'a>>) -> Vec<Line> {
    lines_between(regime, finding, languages, &[])
}

/// The same where something of the regime is not applied: each line that rests on a paragraph of which a
/// restraint is says so.
pub fn lines_between<'a>(
    regime: &Regime,
    finding: &Finding,
    languages: impl Into<Languages<'a>>,
    restraints: &[Restraint],
) -> Vec<Line> {
    let languages = languages.into();
    let mut page = Page { regime, languages, restraints, lines: Vec::new() };
    match finding {
        Finding::Class { name, entry, verdict, ground } => {
            let label = page.label("class", name);
            page.verdict(&format!("Class, {label}"), entry.as_deref(), verdict, ground);
        }
        Finding::Threshold { name, entry, verdict, ground } => page.threshold(name, entry, verdict, ground),
        Finding::Lead { name, applies, timings, ground } => page.lead(name, applies, timings, ground),
        Finding::NoLead { document } => {
            page.line(0, format!("Lead time: the regime has none for: {document}"));
        }
        Finding::Required { name, applies, given, open, more, ground } => {
            page.required(name, applies, (*given, *more), open, ground);
        }
        Finding::Addressees { name, applies, copies, ground } => {
            page.addressees(name, applies, copies, ground);
        }
        Finding::Silence { name, ground } => page.silence(name, ground),
        Finding::Format { code, state } => page.format(code, *state),
        Finding::FormatFields { faults, more, ground } => page.format_fields(faults, *more, ground),
        Finding::Sender { allowed, state, ground } => page.sender(allowed, *state, ground),
        Finding::Precedent { code, state, ground } => page.precedent(code, *state, ground),
        Finding::Reply(reply) => page.reply(reply),
        Finding::RepliesTo(to) => page.replies_to(to),
        Finding::Group(group) => page.group(group),
        Finding::GroupFigure(figure) => page.group_figure(figure),
        Finding::GroupClass { name, verdict, ground } => {
            let label = page.label("class", name);
            page.verdict(&format!("Same activity, class, {label}"), None, verdict, ground);
        }
        Finding::GroupThreshold { name, verdict, alone, ground } => {
            page.group_threshold(name, verdict, *alone, ground);
        }
        Finding::Confidentiality { marked, ground } => {
            if let Some(rule) = &regime.confidentiality {
                let mut text = format!("Confidentiality: {}", rule.label.say(languages, "confidential"));
                if !rule.marking.is_empty() {
                    text.push_str(&format!("; marked {}", shown(&rule.marking)));
                }
                text.push_str(match marked {
                    Marked::Otherwise => "; this one is marked otherwise",
                    Marked::Not => "; this one is not marked",
                    Marked::Unknown => "; how this one is marked was not said, and can't be judged",
                    Marked::AsAsked => "",
                });
                page.line(0, page.said(text, ground, ground.standing));
            }
        }
        Finding::Quota { name, applies, tallies, ground } => {
            page.quota(name, applies, tallies.as_deref(), ground);
        }
    }
    page.lines
}

/// What silence counts as by this rule, and after which date of the form. Safe to show.
pub fn silence<'a>(regime: &Regime, name: &str, languages: impl Into<Languages<'a>>) -> Option<String> {
    let rule = regime.silences.get(name)?;
    Some(format!("after {} it counts as {}", rule.after, rule.counts_as.say(languages, name)))
}

/// A text with its paragraph, and with the word that a number is unchecked.
pub(super) fn said(text: String, ground: &Ground, standing: Standing) -> String {
    with(format!("{text} [{}]", shown(&ground.paragraph)), standing)
}

pub(super) fn with(text: String, standing: Standing) -> String {
    match standing {
        Standing::Checked => text,
        Standing::Unchecked => format!("{text}; {}", standing.words()),
    }
}

pub(super) struct Page<'a> {
    pub(super) regime: &'a Regime,
    pub(super) languages: Languages<'a>,
    restraints: &'a [Restraint],
    lines: Vec<Line>,
}

impl Page<'_> {
    pub(super) fn line(&mut self, depth: usize, text: String) {
        self.lines.push(Line { depth, text });
    }

    /// As `said`, and who does not apply the paragraph.
    pub(super) fn said(&self, text: String, ground: &Ground, standing: Standing) -> String {
        let mut text = said(text, ground, standing);
        let mut of_it = self.restraints.iter().filter(|restraint| restraint.is_of(&ground.paragraph));
        for restraint in of_it.by_ref().take(limits::RESTRAINTS_PER_LINE_MAX) {
            text.push_str("; ");
            text.push_str(&restraint.mark());
        }
        match of_it.count() {
            0 => text,
            more => format!("{text}; and {more} more that do not apply it"),
        }
    }

    pub(super) fn label(&self, table: &str, name: &str) -> String {
        words::label(self.regime, table, name, self.languages)
    }

    fn threshold(&mut self, name: &str, entry: &Option<String>, verdict: &Verdict, ground: &Ground) {
        let label = self.label("threshold", name);
        self.verdict(&format!("Threshold, {label}"), entry.as_deref(), verdict, ground);
        let follows = self.regime.thresholds.get(name).map(|rule| &rule.follows);
        let Some(follows) = follows.filter(|follows| !follows.is_empty()) else { return };
        let text = follows.say(self.languages, "");
        let standing = ground.standing.and(verdict.standing);
        match verdict.answer {
            Answer::Reached => self.line(1, self.said(format!("what follows: {text}"), ground, standing)),
            Answer::CantBeJudged => {
                self.line(1, self.said(format!("what follows if it is reached: {text}"), ground, standing));
            }
            Answer::NotReached => {}
        }
    }

    fn verdict(&mut self, what: &str, entry: Option<&str>, verdict: &Verdict, ground: &Ground) {
        let entry = entry.map_or_else(String::new, |entry| format!(", entry {}", shown(entry)));
        let standing = ground.standing.and(verdict.standing);
        self.line(0, self.said(format!("{what}{entry}: {}", verdict.answer.words()), ground, standing));
        self.points(verdict);
        self.lacking(verdict);
    }

    pub(super) fn points(&mut self, verdict: &Verdict) {
        for point in &verdict.points {
            let text = self.point(point);
            self.line(1, text);
            self.accounts(point);
        }
    }

    /// Where its author's sums and ours of the parts can't both be true, all are shown.
    fn accounts(&mut self, point: &Point) {
        let Point::Figure { figures, accounts, ground, .. } = point else { return };
        let [name] = figures.as_slice() else { return };
        let agree = |one: &Account, other: &Account| one.quantity.may_equal(other.quantity);
        if accounts.iter().all(|one| accounts.iter().all(|other| agree(one, other))) {
            return;
        }
        let each: Vec<String> = accounts.iter().map(|account| account.words()).collect();
        let label = self.label("figure", name);
        self.line(1, with(format!("sums of {label}: {}", each.join("; ")), ground.standing));
    }

    /// Says whether a rule applies, where that is not certain.
    pub(super) fn applies(&mut self, applies: &Verdict) {
        if applies.answer == Answer::CantBeJudged {
            self.line(1, with("whether this applies can't be judged".into(), applies.standing));
            self.lacking(applies);
        }
    }

    pub(super) fn lacking(&mut self, verdict: &Verdict) {
        for lack in &verdict.lacking {
            let text = words::lack(self.regime, lack, self.languages);
            self.line(1, with(format!("lacking: {text}"), verdict.standing));
        }
    }

    fn point(&self, point: &Point) -> String {
        match point {
            Point::Figure { figures, over, of, declared, bound, number, answer, accounts: _, ground } => {
                let names: Vec<String> = figures.iter().map(|name| self.label("figure", name)).collect();
                let over = match (over, of.is_empty()) {
                    (Over::Whole, _) => String::new(),
                    (over, true) => format!(" ({})", over.word()),
                    (over, false) => format!(" ({}: {})", over.word(), shown(of)),
                };
                let declared = words::quantity(*declared);
                let text = format!(
                    "{}{over}: {declared}, against {} {number}: {}",
                    names.join(" + "),
                    bound.word(),
                    answer.words()
                );
                self.said(text, ground, ground.standing)
            }
            Point::Fact { name, answer } => {
                let answer = match answer {
                    Answer::Reached => "yes",
                    Answer::NotReached => "no",
                    Answer::CantBeJudged => "not stated",
                };
                format!("{}: {answer}", self.label("fact", name))
            }
            Point::Class { name, answer, standing } => {
                with(format!("class {}: {}", self.label("class", name), answer.words()), *standing)
            }
            Point::Threshold { name, answer, standing } => {
                with(format!("threshold {}: {}", self.label("threshold", name), answer.words()), *standing)
            }
            Point::Lasting { from, to, bound, hours, answer, ground } => {
                let text = format!(
                    "from {from} to {to}, against {} {hours} hours: {}",
                    bound.word(),
                    answer.words()
                );
                self.said(text, ground, ground.standing)
            }
        }
    }

    fn required(
        &mut self,
        name: &str,
        applies: &Verdict,
        (given, more): (usize, usize),
        open: &[Open],
        ground: &Ground,
    ) {
        let label = self.label("required", name);
        let is_certain = applies.answer == Answer::Reached;
        let missing = open.iter().filter(|open| open.state == OpenState::Missing).count();
        let head = match (missing, is_certain) {
            (0, _) => words::none_missing(open).into(),
            (_, true) => format!("{missing} missing"),
            (_, false) => "whether they are owed can't be judged".into(),
        };
        let standing = ground.standing.and(applies.standing);
        self.line(0, self.said(format!("Fields, {label}: {head}; {given} given"), ground, standing));
        self.lacking(applies);
        for open in open {
            let state = match (open.state, is_certain) {
                (OpenState::Missing, true) => "is owed, and missing",
                (OpenState::Missing, false) => "is not given",
                (OpenState::Said(instead), _) => words::said_instead(instead),
            };
            self.line(1, with(format!("{} {state}", shown(&open.at)), standing));
        }
        if more > 0 {
            self.line(1, with(format!("and {more} more that are not given"), standing));
        }
    }

    fn lead(&mut self, name: &str, applies: &Verdict, timings: &[Timing], ground: &Ground) {
        let label = self.label("lead", name);
        let standing = ground.standing.and(applies.standing);
        let asked = self.regime.leads.get(name).map(|lead| terms::term(&lead.term));
        let asked = asked.unwrap_or_default();
        for timing in timings {
            let outcome = self.outcome(&timing.outcome);
            let from = match (timing.stated.is_empty(), timing.entry.is_empty()) {
                (true, true) => String::new(),
                (true, false) => format!(" ({}, {})", shown(&timing.at), shown(&timing.entry)),
                (false, true) => format!(" ({} = {})", shown(&timing.at), shown(&timing.stated)),
                (false, false) => {
                    format!(" ({}, {} = {})", shown(&timing.entry), shown(&timing.at), shown(&timing.stated))
                }
            };
            let zone = if timing.zone.is_empty() {
                String::new()
            } else {
                format!(", days of {}", shown(&timing.zone))
            };
            self.line(
                0,
                self.said(format!("Lead time, {label}: {outcome}; {asked}{from}{zone}"), ground, standing),
            );
        }
        if timings.is_empty() {
            let text = format!("Lead time, {label}: no date is stated; {asked}");
            self.line(0, self.said(text, ground, standing));
        }
        self.applies(applies);
    }

    fn outcome(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::OnTime { spare } if spare.most == 0 => "on time, with nothing to spare".into(),
            Outcome::OnTime { spare } => format!("on time by {}", words::span(*spare)),
            Outcome::Late { by, start } => {
                let past = match start {
                    Start::Ahead => "",
                    Start::Past => ", and told after it had begun",
                };
                format!("late by {}{past}", words::span(*by))
            }
            Outcome::CantBeJudged(lack) => {
                format!("can't be judged, lacking: {}", words::lack(self.regime, lack, self.languages))
            }
            Outcome::NoneAgreed => "none agreed".into(),
        }
    }

    fn addressees(&mut self, name: &str, applies: &Verdict, copies: &[Copy], ground: &Ground) {
        let label = self.label("addressees", name);
        let lacking = copies.iter().filter(|copy| matches!(copy.state, CopyState::Lacking(_))).count();
        let is_unknown = |copy: &&Copy| {
            matches!(copy.state, CopyState::Unknown | CopyState::NoHolder | CopyState::MayLack(_))
        };
        let unknown = copies.iter().filter(is_unknown).count();
        let head = match (lacking, unknown) {
            (0, 0) if copies.iter().all(|copy| copy.state == CopyState::NobodyBound) => "nobody is bound",
            (0, 0) => "all are there",
            (0, _) => "can't be judged",
            (_, _) => "some are lacking",
        };
        let standing = ground.standing.and(applies.standing);
        self.line(0, self.said(format!("Addressees, {label}: {head}"), ground, standing));
        self.applies(applies);
        for copy in copies {
            let who = self.addressed(&copy.who);
            let how = match copy.asked {
                CopyAs::Action => "for action",
                CopyAs::Information => "for information",
            };
            let text = match &copy.state {
                CopyState::Held => continue,
                CopyState::Lacking(parties) => {
                    let names: Vec<&str> = parties.iter().map(|party| party.as_str()).collect();
                    format!("{who}, {how}: lacking {}", names.join(", "))
                }
                CopyState::MayLack(parties) => {
                    let names: Vec<&str> = parties.iter().map(|party| party.as_str()).collect();
                    let names = names.join(", ");
                    format!("{who}, {how}: not known here whether the author is bound to {names} as well")
                }
                CopyState::NoHolder => {
                    format!("{who}, {how}: nobody is known here to hold this function")
                }
                CopyState::NobodyBound => {
                    format!("{who}, {how}: this text binds nobody to the author, as far as is known here")
                }
                CopyState::Unknown => {
                    format!("{who}, {how}: who that is, or whom the draft goes to, is not known")
                }
            };
            self.line(1, with(text, standing));
        }
    }

    fn silence(&mut self, name: &str, ground: &Ground) {
        let Some(text) = silence(self.regime, name, self.languages) else { return };
        let label = self.label("silence", name);
        self.line(0, said(format!("Silence, {label}: {text}"), ground, ground.standing));
    }

    pub(super) fn addressed(&self, who: &Addressed) -> String {
        match who {
            Addressed::EveryBoundParty => "every bound Party".into(),
            Addressed::Function(name) => self.label("function", name),
            Addressed::Party(party) => party.to_string(),
        }
    }
}
