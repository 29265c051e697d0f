//! What is found of several notices of one activity, as lines that a person reads.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use std::collections::BTreeSet;

use super::Ground;
use super::beside::Looked;
use super::finding::{Answer, Verdict};
use super::group::{Gone, Group, GroupFigure, Pair};
use super::lines::Page;
use super::words;
use crate::domain::party::Party;
use crate::domain::text::shown;

impl Page<'_> {
    pub(super) fn group(&mut self, group: &Group) {
        let notices: Vec<String> = group.notices.iter().map(|notice| shown(notice)).collect();
        let (count, named) = (notices.len(), notices.join(", "));
        let others = match (&group.gone, count) {
            (None, 0) => "no other notice is summed with this one".to_owned(),
            (None, _) => format!("this notice and {named}"),
            (Some(gone), 0) => format!("{}; no other notice is there to be summed", gone_words(gone)),
            (Some(gone), _) => format!("{named}; {}", gone_words(gone)),
        };
        self.line(0, format!("Same activity: {others}"));
        for (notice, gone) in &group.others_gone {
            self.line(1, format!("{} was {}, and is not summed", shown(notice), how(gone)));
        }
        for pair in &group.pairs {
            let text = match (pair.contested_by.is_empty(), pair.stated_by.is_empty()) {
                (true, _) => stated_by(pair),
                (false, true) => format!("contested by {}, and not summed", by(&pair.contested_by)),
                (false, false) => {
                    let (stated, contested) = (by(&pair.stated_by), by(&pair.contested_by));
                    format!("stated by {stated}, contested by {contested}, and not summed")
                }
            };
            self.line(1, format!("threads {} and {}: {text}", pair.one, pair.other));
        }
        if group.not_held > 0 {
            let text = format!("{} more of its threads: no message of theirs is held here", group.not_held);
            self.line(1, text);
        }
        if group.looked == Looked::AtSome {
            self.line(1, "more is held of threads than a check reads: others may belong to it".into());
        }
        if !notices.is_empty() {
            self.line(1, "each notice's own figures are added up; who stands in two is counted twice".into());
        }
    }

    pub(super) fn group_figure(&mut self, figure: &GroupFigure) {
        let label = self.label("figure", &figure.figure);
        let (sum, count) = (words::quantity(figure.sum), figure.each.len());
        self.line(0, format!("Same activity, {label}: {sum} in sum of {count} notices"));
        for (notice, quantity) in &figure.each {
            let notice = if notice.is_empty() { "this notice".to_owned() } else { shown(notice) };
            self.line(1, format!("{notice}: {}", words::quantity(*quantity)));
        }
        for (territory, quantity) in &figure.territories {
            self.line(1, format!("on {}: {}", shown(territory), words::quantity(*quantity)));
        }
    }

    pub(super) fn group_threshold(&mut self, name: &str, verdict: &Verdict, alone: Answer, ground: &Ground) {
        let label = self.label("threshold", name);
        let standing = ground.standing.and(verdict.standing);
        let answer = verdict.answer.words();
        let text = format!(
            "Same activity, threshold, {label}: {answer} in sum; this notice alone: {}",
            alone.words()
        );
        self.line(0, self.said(text, ground, standing));
        self.points(verdict);
        self.lacking(verdict);
    }
}

fn gone_words(gone: &Gone) -> String {
    format!("this notice was {}, and is not summed", how(gone))
}

/// By which message it no longer stands.
fn how(gone: &Gone) -> String {
    let (how, number) = match gone {
        Gone::Replaced(number) => ("replaced by", number),
        Gone::Cancelled(number) => ("cancelled by", number),
        Gone::Withdrawn(number) => ("withdrawn by", number),
    };
    format!("{how} {}", shown(number))
}

/// And who of them has no notice of their own there.
fn stated_by(pair: &Pair) -> String {
    let mut text = format!("stated by {}", by(&pair.stated_by));
    if !pair.not_theirs.is_empty() {
        text.push_str(&format!("; in neither thread did {} give notice", by(&pair.not_theirs)));
    }
    for (party, number) in &pair.withdrew {
        text.push_str(&format!("; {party}'s notice was withdrawn by {}", shown(number)));
    }
    text
}

fn by(parties: &BTreeSet<Party>) -> String {
    parties.iter().map(Party::as_str).collect::<Vec<_>>().join(", ")
}
