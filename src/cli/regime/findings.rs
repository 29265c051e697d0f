//! Findings as JSON, for programs. The lines that a person reads stand beside the values.
//!
//! Never here: a judgement.

use serde_json::{Map, Value, json};

use super::beside;
use crate::cli::json;
use crate::domain::adoption::Restraint;
use crate::domain::form::Instead;
use crate::domain::regime::finding::{
    Copy, CopyAs, CopyState, Finding, Marked, Open, OpenState, Outcome, Point, Span, SpanUnit, Start, Timing,
    Verdict,
};
use crate::domain::regime::format_finding::{FieldFault, FormatState, PrecedentState, Reply, SenderState};
use crate::domain::regime::rules::Addressed;
use crate::domain::regime::{Ground, Lack, Looked, Regime, Standing, lines_between};

/// One object.
pub fn json(regime: &Regime, finding: &Finding, language: &str, restraints: &[Restraint]) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        object.insert(key.to_owned(), value);
    };
    match finding {
        Finding::Class { name, entry, verdict, ground } => {
            put("kind", "class".into());
            put("name", name.as_str().into());
            put("entry", entry.as_deref().into());
            put("verdict", self::verdict(verdict));
            put("ground", self::ground(ground));
        }
        Finding::Threshold { name, entry, verdict, ground } => {
            put("kind", "threshold".into());
            put("name", name.as_str().into());
            put("entry", entry.as_deref().into());
            put("verdict", self::verdict(verdict));
            put("ground", self::ground(ground));
            let follows = regime.thresholds.get(name).map(|rule| rule.follows.say(language, ""));
            put("follows", follows.into());
        }
        Finding::Lead { name, applies, timings, ground } => {
            put("kind", "lead".into());
            put("name", name.as_str().into());
            put("applies", self::verdict(applies));
            put("timings", timings.iter().map(timing).collect());
            put("ground", self::ground(ground));
        }
        Finding::NoLead { document } => {
            put("kind", "no-lead".into());
            put("document", document.to_string().into());
        }
        Finding::Required { name, applies, given, open, more, ground } => {
            put("kind", "required".into());
            put("name", name.as_str().into());
            put("applies", self::verdict(applies));
            put("given", (*given).into());
            put("open", open.iter().map(self::open).collect());
            put("more", (*more).into());
            put("ground", self::ground(ground));
        }
        Finding::Addressees { name, applies, copies, ground } => {
            put("kind", "addressees".into());
            put("name", name.as_str().into());
            put("applies", self::verdict(applies));
            put("copies", copies.iter().map(copy).collect());
            put("ground", self::ground(ground));
        }
        Finding::Silence { name, ground } => {
            put("kind", "silence".into());
            put("name", name.as_str().into());
            let rule = regime.silences.get(name);
            put("after", rule.map(|rule| rule.after.to_string()).into());
            put("counts_as", rule.map(|rule| rule.counts_as.say(language, name)).into());
            put("ground", self::ground(ground));
        }
        Finding::Format { code, state } => {
            put("kind", "format".into());
            put("code", code.as_str().into());
            put("state", format_state(*state).into());
        }
        Finding::FormatFields { faults, more, ground } => {
            put("kind", "format-fields".into());
            put("faults", faults.iter().map(|(at, fault)| field_fault(at, fault)).collect());
            put("more", (*more).into());
            put("ground", self::ground(ground));
        }
        Finding::Sender { allowed, state, ground } => {
            put("kind", "sender".into());
            put("allowed", allowed.iter().map(who).collect());
            let state = match state {
                SenderState::May => "may",
                SenderState::MayNot => "may not",
                SenderState::NotBound => "bound to nobody",
                SenderState::Unknown => "not known",
            };
            put("state", state.into());
            put("ground", self::ground(ground));
        }
        Finding::Precedent { code, state, ground } => {
            put("kind", "precedent".into());
            put("code", code.as_str().into());
            let state = match state {
                PrecedentState::Here => "here",
                PrecedentState::NotHere => "reference not held here",
                PrecedentState::ByNumber => "reference by number alone",
                PrecedentState::NotReferredTo => "not referred to",
                PrecedentState::Unknown => "not known",
            };
            put("state", state.into());
            put("ground", self::ground(ground));
        }
        Finding::Reply(Reply { rule, by, .. }) => {
            put("kind", "reply".into());
            put("format", rule.format.as_str().into());
            put("within", rule.within.into());
            put("by_ms", by.map(|by| by.0).into());
            put("ground", self::ground(&rule.ground));
        }
        Finding::RepliesTo(to) => {
            put("kind", "replies-to".into());
            put("number", to.number.as_str().into());
            put("format", to.format.as_str().into());
            put("withdrawn_by", to.withdrawn_by.as_deref().into());
            put("ground", self::ground(&to.ground));
        }
        Finding::Confidentiality { marked, ground } => {
            put("kind", "confidentiality".into());
            let marking = regime.confidentiality.as_ref().map(|rule| rule.marking.as_str());
            put("marking", marking.into());
            let marked = match marked {
                Marked::AsAsked => "as asked",
                Marked::Otherwise => "otherwise",
                Marked::Not => "not marked",
                Marked::Unknown => "not known",
            };
            put("marked", marked.into());
            put("ground", self::ground(ground));
        }
        Finding::Quota { name, applies, tallies, ground } => {
            put("kind", "quota".into());
            put("name", name.as_str().into());
            put("applies", self::verdict(applies));
            put(
                "tallies",
                tallies.as_ref().map(|all| all.iter().map(beside::tally).collect::<Vec<_>>()).into(),
            );
            put("ground", self::ground(ground));
        }
        Finding::Group(group) => {
            put("kind", "group".into());
            put("notices", group.notices.iter().map(String::as_str).collect());
            put("gone", group.gone.as_ref().map(beside::gone).into());
            let others = group.others_gone.iter();
            let others = others.map(|(notice, gone)| json!({ "notice": notice, "gone": beside::gone(gone) }));
            put("others_gone", others.collect());
            put("pairs", group.pairs.iter().map(beside::pair).collect());
            put("all_read", (group.looked == Looked::AtAll).into());
            put("threads_not_held", group.not_held.into());
        }
        Finding::GroupFigure(figure) => {
            put("kind", "group-figure".into());
            put("figure", figure.figure.as_str().into());
            put("sum", beside::quantity(figure.sum));
            put("each", figure.each.iter().map(|(notice, one)| beside::of(notice, *one)).collect());
            put("territories", figure.territories.iter().map(|(on, one)| beside::of(on, *one)).collect());
        }
        Finding::GroupClass { name, verdict, ground } => {
            put("kind", "group-class".into());
            put("name", name.as_str().into());
            put("verdict", self::verdict(verdict));
            put("ground", self::ground(ground));
        }
        Finding::GroupThreshold { name, verdict, alone, ground } => {
            put("kind", "group-threshold".into());
            put("name", name.as_str().into());
            put("verdict", self::verdict(verdict));
            put("alone", alone.words().into());
            put("ground", self::ground(ground));
        }
    }
    let text: Vec<String> =
        lines_between(regime, finding, language, restraints).into_iter().map(|line| line.text).collect();
    object.insert("lines".into(), text.into());
    Value::Object(object)
}

fn is_checked(standing: Standing) -> bool {
    standing == Standing::Checked
}

fn ground(ground: &Ground) -> Value {
    json!({ "paragraph": ground.paragraph, "checked": is_checked(ground.standing) })
}

fn verdict(verdict: &Verdict) -> Value {
    let lacking: Vec<Value> = verdict.lacking.iter().map(lack).collect();
    let points: Vec<Value> = verdict.points.iter().map(point).collect();
    json!({
        "answer": verdict.answer.words(),
        "checked": is_checked(verdict.standing),
        "lacking": lacking,
        "points": points,
    })
}

fn point(point: &Point) -> Value {
    match point {
        Point::Figure { figures, over, of, declared, bound, number, answer, accounts, ground } => json!({
            "figures": figures,
            "over": over.word(),
            "of": of,
            "least": declared.low,
            "most": declared.high,
            "bound": bound.word(),
            "number": number,
            "answer": answer.words(),
            "accounts": accounts.iter().map(beside::account).collect::<Vec<_>>(),
            "ground": self::ground(ground),
        }),
        Point::Fact { name, answer } => json!({ "fact": name, "answer": answer.words() }),
        Point::Class { name, answer, standing } => {
            json!({ "class": name, "answer": answer.words(), "checked": is_checked(*standing) })
        }
        Point::Threshold { name, answer, standing } => {
            json!({ "threshold": name, "answer": answer.words(), "checked": is_checked(*standing) })
        }
        Point::Lasting { from, to, bound, hours, answer, ground } => json!({
            "from": from,
            "to": to,
            "bound": bound.word(),
            "hours": hours,
            "answer": answer.words(),
            "ground": self::ground(ground),
        }),
    }
}

fn timing(timing: &Timing) -> Value {
    let object = json!({
        "at": timing.at,
        "entry": timing.entry,
        "stated": timing.stated,
        "zone": timing.zone,
    });
    let outcome = match &timing.outcome {
        Outcome::OnTime { spare } => json!({ "outcome": "on time", "by": span(*spare) }),
        Outcome::Late { by, start } => {
            json!({ "outcome": "late", "by": span(*by), "begun": *start == Start::Past })
        }
        Outcome::CantBeJudged(lack) => {
            json!({ "outcome": "can't be judged", "lacking": self::lack(lack) })
        }
        Outcome::NoneAgreed => json!({ "outcome": "none agreed" }),
    };
    json::with(object, outcome)
}

/// What is lacking: a word for what, and the figure, fact or path that it is about.
pub(super) fn lack(lack: &Lack) -> Value {
    let of = |what: &str, figure: &str, at: &str| json!({ "lack": what, "of": figure, "at": at });
    match lack {
        Lack::NotDeclared { figure, at } => of("not declared", figure, at),
        Lack::NoPlaceFor { figure } => of("no place for it", figure, ""),
        Lack::NoNumber { figure, at } => of("no number", figure, at),
        Lack::Said { figure, at, instead } => of(said(*instead), figure, at),
        Lack::NoTotal { figure, at } => of("no total", figure, at),
        Lack::Unclear { figure, at, stated } => {
            json!({ "lack": "unclear", "of": figure, "at": at, "stated": stated })
        }
        Lack::NotDivided { figure, over } => of("not divided", figure, over.word()),
        Lack::NoCell { figure, party, territory } => {
            json!({ "lack": "not declared of", "of": figure, "party": party, "territory": territory })
        }
        Lack::NotTogether { figure, over } => of("not known to fall together", figure, over.word()),
        Lack::Contradiction { figure, least, most } => {
            json!({ "lack": "contradiction", "of": figure, "least": least, "most": most })
        }
        Lack::InNotice { figure, notice } => of("not wholly declared", figure, notice),
        Lack::OtherNotices => of("other notices", "", ""),
        Lack::Fact { fact, at, instead } => of(instead.map_or("not stated", said), fact, at),
        Lack::FactContradiction { fact } => of("contradiction", fact, ""),
        Lack::NoDate { at } => of("no date", "", at),
        Lack::DateSaid { at, instead } => of(said(*instead), "", at),
        Lack::NotADate { at } => of("not a date", "", at),
        Lack::OnlyMonth { at } => of("only the month", "", at),
        Lack::NoHour { at } => of("no hour", "", at),
        Lack::NoZone { at } => of("no zone", "", at),
        Lack::UnknownZone { at } => of("unknown zone", "", at),
        Lack::NoYear { at } => of("no year", "", at),
        Lack::NotInOrder { at } => of("not in order", "", at),
        Lack::NoRelease => of("no release", "", ""),
    }
}

fn span(span: Span) -> Value {
    let unit = match span.of {
        SpanUnit::Minutes => "minutes",
        SpanUnit::Days => "days",
        SpanUnit::WorkingDays => "working days",
    };
    json!({ "least": span.least, "most": span.most, "unit": unit })
}

fn said(instead: Instead) -> &'static str {
    match instead {
        Instead::ToFollow => "to follow",
        Instead::NotKnown => "not known",
    }
}

fn open(open: &Open) -> Value {
    let state = match open.state {
        OpenState::Missing => "missing",
        OpenState::Said(instead) => said(instead),
    };
    json!({ "field": open.at, "state": state })
}

fn format_state(state: FormatState) -> &'static str {
    match state {
        FormatState::LaidDown => "laid down",
        FormatState::NotLaidDown => "not laid down",
        FormatState::NotInRegime => "not in the regime",
    }
}

fn field_fault(at: &str, fault: &FieldFault) -> Value {
    let plain = |what: &str| json!({ "field": at, "fault": what });
    match fault {
        FieldFault::Missing => plain("missing"),
        FieldFault::Said(instead) => plain(said(*instead)),
        FieldFault::NotInFormat => plain("not in the format"),
        FieldFault::NotKnown => plain("of no known type"),
        FieldFault::WrongType { asked, given } => {
            json!({ "field": at, "fault": "wrong type", "asked": asked, "given": given })
        }
        FieldFault::NotAChoice { words } => {
            json!({ "field": at, "fault": "not a choice", "words": words })
        }
        FieldFault::OutOfOrder => plain("out of order"),
        FieldFault::Unfit { rule } => json!({ "field": at, "fault": "unfit", "rule": rule }),
    }
}

fn who(who: &Addressed) -> String {
    match who {
        Addressed::EveryBoundParty => "every bound Party".to_owned(),
        Addressed::Function(name) => format!("function {name}"),
        Addressed::Party(party) => party.to_string(),
    }
}

fn copy(copy: &Copy) -> Value {
    let who = who(&copy.who);
    let how = match copy.asked {
        CopyAs::Action => "action",
        CopyAs::Information => "information",
    };
    let (state, lacking): (_, Vec<&str>) = match &copy.state {
        CopyState::Held => ("there", Vec::new()),
        CopyState::Lacking(parties) => ("lacking", parties.iter().map(|party| party.as_str()).collect()),
        CopyState::MayLack(parties) => {
            ("may be lacking", parties.iter().map(|party| party.as_str()).collect())
        }
        CopyState::NoHolder => ("no holder known", Vec::new()),
        CopyState::NobodyBound => ("nobody bound", Vec::new()),
        CopyState::Unknown => ("not known", Vec::new()),
    };
    json!({ "who": who, "as": how, "state": state, "lacking": lacking })
}
