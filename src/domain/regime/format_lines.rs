//! What is found of a formatted message, as lines that a person reads.
//!
//! Never here: raw text from outside. All that leaves is safe to show.

use std::collections::BTreeSet;

use super::Ground;
use super::format_finding::{FieldFault, FormatState, PrecedentState, RepliesTo, Reply, SenderState};
use super::lines::{Page, with};
use super::reply_lines;
use super::rules::Addressed;
use super::words;
use crate::domain::text::shown;

impl Page<'_> {
    pub(super) fn format(&mut self, code: &str, state: FormatState) {
        let title = self.regime.formats.get(code).map(|format| format.title.say(self.languages, code));
        let code = shown(code);
        let text = match (state, title) {
            (FormatState::LaidDown, Some(title)) => format!("Format {code}, {title}"),
            (FormatState::NotLaidDown, Some(title)) => {
                format!("Format {code}, {title}: its content is not laid down here")
            }
            (FormatState::LaidDown | FormatState::NotLaidDown, None) | (FormatState::NotInRegime, _) => {
                format!("Format {code}: the regime has none of that code")
            }
        };
        self.line(0, text);
    }

    pub(super) fn format_fields(&mut self, faults: &[(String, FieldFault)], more: usize, ground: &Ground) {
        let head = match faults.len().saturating_add(more) {
            0 => "as the format asks".to_owned(),
            count => format!("{count} not as the format asks"),
        };
        self.line(0, self.said(format!("Fields of the format: {head}"), ground, ground.standing));
        for (at, fault) in faults {
            self.line(1, with(format!("{} {}", shown(at), said_of_field(fault)), ground.standing));
        }
        if more > 0 {
            self.line(1, with(format!("and {more} more"), ground.standing));
        }
    }

    pub(super) fn reply(&mut self, reply: &Reply) {
        let rule = &reply.rule;
        let is_withdrawn =
            !reply.clocks.is_empty() && reply.clocks.iter().all(|one| one.withdrawn_by.is_some());
        let word = if is_withdrawn {
            "Asked for, and no longer awaited"
        } else if reply.is_owed_by_nobody {
            "Asked for, and owed by nobody"
        } else {
            "Owed"
        };
        let text = format!("{word}: {}", reply_lines::asked_for(rule, &shown(&rule.format), reply.by));
        self.line(0, self.said(text, &rule.ground, rule.ground.standing));
        for party in &reply.not_bound {
            let text = format!("{party}: is not bound to the author, and owes no reply");
            self.line(1, self.said(text, &rule.ground, rule.ground.standing));
        }
        for clock in &reply.clocks {
            let text = match reply.not_bound.contains(&clock.of) {
                false => reply_lines::owed(clock),
                // No time runs of what is not owed.
                true if clock.answer.is_none() => continue,
                true => format!("{}: {}", clock.of, reply_lines::came(clock)),
            };
            self.line(1, self.said(text, &rule.ground, rule.ground.standing));
        }
    }

    pub(super) fn replies_to(&mut self, to: &RepliesTo) {
        let (number, format) = (shown(&to.number), shown(&to.format));
        let how = match (&to.withdrawn_by, to.is_owed) {
            (Some(number), _) => format!("withdrawn by {}, and no longer a reply", shown(number)),
            (None, true) => reply_lines::reply(&to.clock),
            (None, false) => {
                let came = reply_lines::came(&to.clock);
                format!("its author is not bound to who asked, and owes none; {came}")
            }
        };
        let text = format!("Replies to {number} of format {format}: {how}");
        self.line(0, self.said(text, &to.ground, to.ground.standing));
    }

    pub(super) fn sender(&mut self, allowed: &BTreeSet<Addressed>, state: SenderState, ground: &Ground) {
        let who: Vec<String> = allowed.iter().map(|who| self.addressed(who)).collect();
        let state = match state {
            SenderState::May => "the author may send it",
            SenderState::MayNot => "the author is none of those who may send it",
            SenderState::NotBound => {
                "the author is bound to nobody known here, and so none of those who may send it"
            }
            SenderState::Unknown => "whether the author may send it can't be judged",
        };
        self.line(0, self.said(format!("Sent by {}: {state}", who.join(", ")), ground, ground.standing));
    }

    pub(super) fn precedent(&mut self, code: &str, state: PrecedentState, ground: &Ground) {
        let state = match state {
            PrecedentState::Here => "is here, and referred to",
            PrecedentState::NotHere => "can't be judged: a reference is not held here",
            PrecedentState::ByNumber => {
                "can't be judged: a reference is named by its number alone; named by its digest it is judged"
            }
            PrecedentState::NotReferredTo => "none is referred to",
            PrecedentState::Unknown => "whether one is referred to was not looked up",
        };
        let text = format!("Must come after a message of format {}: {state}", shown(code));
        self.line(0, self.said(text, ground, ground.standing));
    }
}

/// What is wrong with a field, to be read after its name.
pub(super) fn said_of_field(fault: &FieldFault) -> String {
    match fault {
        FieldFault::Missing => "is owed, and missing".into(),
        FieldFault::Said(instead) => words::said_instead(*instead).into(),
        FieldFault::NotInFormat => "is no field of the format".into(),
        FieldFault::NotKnown => "holds nothing that this program knows".into(),
        FieldFault::WrongType { asked, given } => format!("holds {given}, and not {asked}"),
        FieldFault::NotAChoice { words } => {
            let words: Vec<String> = words.iter().map(|word| shown(word)).collect();
            format!("is none of: {}", words.join(", "))
        }
        FieldFault::OutOfOrder => "stands behind a field that comes after it".into(),
        FieldFault::Unfit { rule } => shown(rule),
    }
}
