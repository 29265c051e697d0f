//! Holds a formatted message against the format that the regime lays down: its fields, who sends it to
//! whom, what must have gone before, and the reply that is owed.
//!
//! Never here: a refusal. A reference that is not here is a normal thing to find.

use std::collections::BTreeSet;

use super::asked::{Asked, Referred};
use super::copies::copy;
use super::finding::{Answer, Copy, CopyAs, Finding, Verdict};
use super::format::{Format, FormatField, Holds, Owed};
use super::format_finding::{FieldFault, FormatState, PrecedentState, RepliesTo, Reply, SenderState};
use super::format_lines::said_of_field;
use super::reply::{Clock, OwedBy, Replies, due_by_message};
use super::rules::Addressed;
use super::{Regime, Standing};
use crate::domain::content::Content;
use crate::domain::form::outline::Path;
use crate::domain::form::{self, Following};
use crate::domain::formatted::{Field, Fields, Formatted, Stated};
use crate::domain::party::Party;
use crate::domain::refusal::FaultNamed;
use crate::domain::text::shown;
use crate::limits;

/// All that the format says of the message, in a fixed order.
pub(super) fn judge(
    regime: &Regime,
    content: &Content,
    message: &Formatted,
    following: &Following,
    asked: &Asked,
    found: &mut Vec<Finding>,
) {
    let code = &message.format;
    let Some(format) = regime.formats.get(code) else {
        return found.push(Finding::Format { code: code.clone(), state: FormatState::NotInRegime });
    };
    let ground = format.ground.clone();
    let is_laid_down = !format.fields.is_empty();
    let state = if is_laid_down { FormatState::LaidDown } else { FormatState::NotLaidDown };
    found.push(Finding::Format { code: code.clone(), state });
    if is_laid_down {
        let mut faults = FieldFaults { following, all: Vec::new(), more: 0 };
        faults.fields(&Path::root().field("fields"), &format.fields, &message.fields);
        faults.of_values(content);
        let FieldFaults { all, more, .. } = faults;
        found.push(Finding::FormatFields { faults: all, more, ground: ground.clone() });
    }
    if !format.sent_by.is_empty() {
        let state = sender(&format.sent_by, asked);
        found.push(Finding::Sender { allowed: format.sent_by.clone(), state, ground: ground.clone() });
    }
    if !format.to.is_empty() {
        found.push(addressees(code, format, asked));
    }
    for before in &format.after {
        let state = precedent(regime, before, asked);
        found.push(Finding::Precedent { code: before.clone(), state, ground: ground.clone() });
    }
    if let Some(reply) = reply(regime, format, message, asked) {
        found.push(reply);
    }
    replies_to(regime, asked, found);
}

/// What is wrong with the fields of a message under its format, for its drafter and its reader. Of what is said to
/// follow or not to be known nothing is wrong: the message is incomplete, and says so. Of a format that the regime
/// names, and lays down no fields of, nothing is asked.
pub fn faults(regime: &Regime, message: &Formatted, following: &Following) -> Vec<FaultNamed> {
    let Some(format) = regime.formats.get(&message.format) else {
        return vec![FaultNamed::new("format", "the regime has no format of that code")];
    };
    if format.fields.is_empty() {
        return Vec::new();
    }
    let mut faults = FieldFaults { following, all: Vec::new(), more: 0 };
    faults.fields(&Path::root().field("fields"), &format.fields, &message.fields);
    let said = |(at, fault): &(String, FieldFault)| match fault {
        FieldFault::Said(_) => None,
        fault => Some(FaultNamed::new(shown(at), said_of_field(fault))),
    };
    faults.all.iter().filter_map(said).take(limits::FAULTS_MAX).collect()
}

fn addressees(code: &str, format: &Format, asked: &Asked) -> Finding {
    let one = |who: &Addressed| Copy {
        who: who.clone(),
        asked: CopyAs::Action,
        state: copy(who, CopyAs::Action, asked),
    };
    let applies = Verdict {
        answer: Answer::Reached,
        lacking: BTreeSet::new(),
        points: Vec::new(),
        standing: Standing::Checked,
    };
    let copies = format.to.iter().map(one).collect();
    Finding::Addressees { name: format!("format {code}"), applies, copies, ground: format.ground.clone() }
}

/// Whether the author is among those who may send it.
pub(super) fn sender(allowed: &BTreeSet<Addressed>, asked: &Asked) -> SenderState {
    let Some(author) = asked.author else { return SenderState::Unknown };
    let is = |who: &Addressed| match who {
        Addressed::Party(party) => Some(*party == author),
        Addressed::Function(name) => asked.held.get(name).map(|holder| *holder == author),
        // Whom the regime binds to anybody, it binds.
        Addressed::EveryBoundParty => {
            let bound = asked.bound.as_ref()?;
            let is_known = bound.iter().any(|party| !asked.uncertain.contains(party));
            (is_known || bound.is_empty()).then_some(is_known)
        }
    };
    let found: Vec<Option<bool>> = allowed.iter().map(is).collect();
    if found.contains(&Some(true)) {
        SenderState::May
    } else if found.contains(&None) {
        SenderState::Unknown
    } else if allowed.contains(&Addressed::EveryBoundParty) {
        SenderState::NotBound
    } else {
        SenderState::MayNot
    }
}

fn precedent(regime: &Regime, code: &str, asked: &Asked) -> PrecedentState {
    let Some(referred) = &asked.referred else { return PrecedentState::Unknown };
    let is_it = |one: &Referred| match one {
        Referred::Formatted { regime: name, format } => *name == regime.head.name && format == code,
        Referred::Other | Referred::NotHere | Referred::ByNumber => false,
    };
    if referred.iter().any(is_it) {
        PrecedentState::Here
    } else if referred.contains(&Referred::NotHere) {
        PrecedentState::NotHere
    } else if referred.contains(&Referred::ByNumber) {
        PrecedentState::ByNumber
    } else {
        PrecedentState::NotReferredTo
    }
}

fn reply(regime: &Regime, format: &Format, message: &Formatted, asked: &Asked) -> Option<Finding> {
    let reply = format.reply.as_ref()?;
    let by = due_by_message(regime, reply, message, asked.released_at);
    let clock = |replies: &Replies, owed: &OwedBy| {
        let asked = (message, asked.released_at?);
        let clock = Clock::of(owed.party, (regime, reply), asked, owed.taken_at, &owed.answers, replies.at);
        Some(Clock { looked: owed.looked, withdrawn_by: owed.withdrawn_by.clone(), ..clock })
    };
    let of_all = |replies: &Replies| replies.owed.iter().filter_map(|owed| clock(replies, owed)).collect();
    let clocks = asked.replies.as_ref().map(of_all).unwrap_or_default();
    let asked_to_act = asked.addressed.as_ref().map(|addressed| &addressed.action);
    let is_bound = |party: &Party| asked.bound.as_ref().is_none_or(|bound| bound.contains(party));
    let not_bound: BTreeSet<Party> =
        asked_to_act.into_iter().flatten().filter(|party| !is_bound(party)).copied().collect();
    let is_owed_by_nobody = asked_to_act.is_some_and(|all| !all.is_empty() && all.len() == not_bound.len());
    Some(Finding::Reply(Reply { rule: reply.clone(), by, clocks, not_bound, is_owed_by_nobody }))
}

/// What the message is the reply to.
fn replies_to(regime: &Regime, asked: &Asked, found: &mut Vec<Finding>) {
    let (Some(replies), Some(author)) = (&asked.replies, asked.author) else { return };
    for request in &replies.requests {
        let format = regime.formats.get(&request.form.format);
        let Some(rule) = format.and_then(|format| format.reply.as_ref()) else { continue };
        let (sent, answer) = ((&request.form, request.released_at), request.answer.as_slice());
        let clock = Clock::of(author, (regime, rule), sent, request.taken_at, answer, replies.at);
        let is_owed = asked.bound.as_ref().is_none_or(|bound| bound.contains(&request.author));
        found.push(Finding::RepliesTo(RepliesTo {
            is_owed,
            number: request.number.clone(),
            format: request.form.format.clone(),
            clock,
            withdrawn_by: request.withdrawn_by.clone(),
            ground: rule.ground.clone(),
        }));
    }
}

struct FieldFaults<'a> {
    following: &'a Following,
    all: Vec<(String, FieldFault)>,
    more: usize,
}

impl FieldFaults<'_> {
    fn add(&mut self, at: &Path, fault: FieldFault) {
        self.put(at.to_string(), fault);
    }

    fn put(&mut self, at: String, fault: FieldFault) {
        if self.all.len() < limits::OPEN_FIELDS_MAX {
            self.all.push((at, fault));
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// What is wrong with a value by itself, whatever the format; not of a field that is told of already.
    fn of_values(&mut self, content: &Content) {
        for fault in form::faults(content).into_iter().filter(|fault| fault.field.starts_with("fields.")) {
            let is_told = |(at, told): &(String, FieldFault)| {
                let rest = fault.field.strip_prefix(at.as_str());
                !matches!(told, FieldFault::OutOfOrder | FieldFault::Unfit { .. })
                    && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            if !self.all.iter().any(is_told) {
                self.put(fault.field, FieldFault::Unfit { rule: fault.rule });
            }
        }
    }

    fn fields(&mut self, at: &Path, asked: &[FormatField], given: &Fields) {
        for field in asked {
            let at = at.field(&field.name);
            match given.get(&field.name).filter(|given| !given.stated.is_absent()) {
                Some(given) => self.value(&at, &field.holds, &given.stated),
                None => {
                    // A value of a type that is not known may be what is asked for.
                    let nothing = |given: &Field| given.stated == Stated::Nothing;
                    let is_there = given.get(&field.name).is_some_and(nothing);
                    match self.following.said(&at) {
                        Some(instead) => self.add(&at, FieldFault::Said(instead)),
                        None if is_there => self.add(&at, FieldFault::NotKnown),
                        None if field.owed == Owed::Always => self.add(&at, FieldFault::Missing),
                        None => {}
                    }
                }
            }
        }
        let place = |field: &Field| asked.iter().position(|asked| asked.name == field.name);
        let mut furthest = 0;
        for field in &given.0 {
            match place(field) {
                None => self.add(&at.field(&field.name), FieldFault::NotInFormat),
                Some(place) if place < furthest => self.add(&at.field(&field.name), FieldFault::OutOfOrder),
                Some(place) => furthest = place,
            }
        }
    }

    fn value(&mut self, at: &Path, holds: &Holds, stated: &Stated) {
        match (holds, stated) {
            (Holds::Text, Stated::Text(_))
            | (Holds::Number, Stated::Number(_))
            | (Holds::Date, Stated::Date(_))
            | (Holds::Area, Stated::Area(_))
            | (Holds::Party, Stated::Party(_))
            | (Holds::Texts, Stated::Texts(_))
            | (Holds::Figures, Stated::Figures(_))
            | (Holds::Reference, Stated::Reference(_)) => {}
            (Holds::Choice(words), Stated::Choice(word)) => {
                if !words.iter().any(|(known, _)| known == word) {
                    let words = words.iter().map(|(word, _)| word.clone()).collect();
                    self.add(at, FieldFault::NotAChoice { words });
                }
            }
            (Holds::List(fields), Stated::Entries(entries)) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.fields(&at.item(index), fields, entry);
                }
            }
            (holds, stated) => {
                self.add(at, FieldFault::WrongType { asked: holds.word(), given: word(stated) });
            }
        }
    }
}

fn word(stated: &Stated) -> &'static str {
    match stated {
        Stated::Nothing => "nothing",
        Stated::Text(_) => "text",
        Stated::Number(_) => "number",
        Stated::Choice(_) => "choice",
        Stated::Date(_) => "date",
        Stated::Area(_) => "area",
        Stated::Party(_) => "Party",
        Stated::Texts(_) => "texts",
        Stated::Figures(_) => "figures",
        Stated::Reference(_) => "reference",
        Stated::Entries(_) => "list",
    }
}
