//! Whether a regime that was read holds together: every name known, nothing standing on itself.
//!
//! Never here: the reading of a single rule.

use std::collections::{BTreeMap, BTreeSet};

use super::common::{Reading, Use};
use super::table::{At, NotARegime, Text, quoted};
use crate::domain::regime::Regime;
use crate::domain::regime::condition::{Condition, Named, Over};
use crate::domain::regime::figure::Axis;
use crate::domain::regime::format::Holds;
use crate::limits;

/// Refuses the first name that is not known, and the first rule that stands on itself.
pub fn check(regime: &Regime, reading: &Reading, inherits: At, text: Text) -> Result<(), NotARegime> {
    for (at, what) in &reading.uses {
        known(regime, what).map_err(|what| text.fault(*at, what))?;
    }
    let at = |table: &'static str, name: &str| {
        reading.rules.get(&(table, name.to_owned())).copied().unwrap_or(inherits)
    };
    let mut links: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
    for (name, class) in &regime.classes {
        links.insert(Node::Class(name), below(&class.when));
    }
    for (name, threshold) in &regime.thresholds {
        links.insert(Node::Threshold(name), below(&threshold.when));
    }
    for (code, format) in &regime.formats {
        links.insert(Node::Format(code), format.after.iter().map(|code| Node::Format(code)).collect());
    }
    let mut done: BTreeMap<Node, usize> = BTreeMap::new();
    for node in links.keys() {
        chain(*node, &links, &mut done, &mut Vec::new()).map_err(|(node, what)| {
            let (table, name) = node.place();
            text.fault(at(table, name), what)
        })?;
    }
    let rules = [
        links.len(),
        regime.figures.len(),
        regime.facts.len(),
        regime.leads.len(),
        regime.calendars.len(),
        regime.required.len(),
        regime.addressees.len(),
        regime.channels.len(),
        regime.senders.len(),
        regime.silences.len(),
        regime.quotas.len(),
        regime.functions.len(),
        regime.duties.len(),
    ];
    if rules.iter().sum::<usize>() > limits::REGIME_RULES_MAX {
        let most = limits::REGIME_RULES_MAX;
        return Err(
            text.fault(inherits, format!("a regime has at most {most} rules, with those it inherits"))
        );
    }
    Ok(())
}

fn known(regime: &Regime, what: &Use) -> Result<(), String> {
    let missing = |table: &str, name: &str| Err(format!("there is no {table} {}", quoted(name)));
    match what {
        Use::Figure(name) if !regime.figures.contains_key(name) => missing("figure", name),
        Use::Fact(name) if !regime.facts.contains_key(name) => missing("fact", name),
        Use::Class(name) if !regime.classes.contains_key(name) => missing("class", name),
        Use::Threshold(name) if !regime.thresholds.contains_key(name) => missing("threshold", name),
        Use::Calendar(name) if !regime.calendars.contains_key(name) => missing("calendar", name),
        Use::Function(name) if !regime.functions.contains_key(name) => missing("function", name),
        Use::Format(code) if !regime.formats.contains_key(code) => missing("format", code),
        Use::Divided(name, over) => divided(regime, name, *over),
        Use::InFormat(code, place) => {
            let Some(format) = regime.formats.get(code) else { return missing("format", code) };
            let path = place.to_string();
            let mut fields = format.fields.as_slice();
            for step in path.split('.') {
                let name = step.trim_end_matches("[]");
                let Some(field) = fields.iter().find(|field| field.name == name) else {
                    return Err(format!("format {} has no field {path}", quoted(code)));
                };
                fields = match &field.holds {
                    Holds::List(inner) => inner,
                    Holds::Text | Holds::Number | Holds::Choice(_) | Holds::Date | Holds::Area => &[],
                    Holds::Party | Holds::Texts | Holds::Figures | Holds::Reference => &[],
                };
            }
            Ok(())
        }
        Use::Figure(_)
        | Use::Fact(_)
        | Use::Class(_)
        | Use::Threshold(_)
        | Use::Calendar(_)
        | Use::Function(_)
        | Use::Format(_) => Ok(()),
    }
}

/// A figure that is taken over Parties must say where the Party stands, and so on.
fn divided(regime: &Regime, name: &str, over: Over) -> Result<(), String> {
    let Some(figure) = regime.figures.get(name) else { return Ok(()) };
    let has = |wanted: fn(&crate::domain::regime::figure::Count) -> bool| figure.counts.iter().all(wanted);
    let (told, key) = match over {
        Over::Whole => return Ok(()),
        Over::AnyParty => (has(|count| count.axis(Axis::Party).is_some()), "by_party"),
        Over::AnyTerritory => (has(|count| count.axis(Axis::Territory).is_some()), "by_territory"),
        Over::AnyKind => (has(|count| count.axis(Axis::Kind).is_some()), "by_kind"),
        Over::PeakOfPhases => (figure.counts.iter().any(|count| count.phases.is_some()), "phases"),
    };
    if told { Ok(()) } else { Err(format!("figure {} does not say {key}", quoted(name))) }
}

/// A rule that may stand on others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node<'a> {
    Class(&'a str),
    Threshold(&'a str),
    Format(&'a str),
}

impl<'a> Node<'a> {
    fn place(self) -> (&'static str, &'a str) {
        match self {
            Node::Class(name) => ("class", name),
            Node::Threshold(name) => ("threshold", name),
            Node::Format(code) => ("format", code),
        }
    }
}

fn below(condition: &Condition) -> BTreeSet<Node<'_>> {
    let node = |name| match name {
        Named::Class(name) => Some(Node::Class(name)),
        Named::Threshold(name) => Some(Node::Threshold(name)),
        Named::Fact(_) | Named::Figure(_) => None,
    };
    condition.names().into_iter().filter_map(node).collect()
}

/// How long the longest chain below a rule is.
fn chain<'a>(
    node: Node<'a>,
    links: &BTreeMap<Node<'a>, BTreeSet<Node<'a>>>,
    done: &mut BTreeMap<Node<'a>, usize>,
    under_way: &mut Vec<Node<'a>>,
) -> Result<usize, (Node<'a>, String)> {
    if let Some(length) = done.get(&node) {
        return Ok(*length);
    }
    let (table, name) = node.place();
    if under_way.contains(&node) {
        return Err((node, format!("{table} {} stands on itself", quoted(name))));
    }
    // Before going deeper: the chain is walked by calls within calls.
    if under_way.len() > limits::RULE_CHAIN_MAX {
        let most = limits::RULE_CHAIN_MAX;
        return Err((
            node,
            format!("{table} {} stands at the end of a chain longer than {most}", quoted(name)),
        ));
    }
    under_way.push(node);
    let mut longest = 0;
    for next in links.get(&node).into_iter().flatten() {
        longest = longest.max(chain(*next, links, done, under_way)?.saturating_add(1));
    }
    under_way.pop();
    if longest > limits::RULE_CHAIN_MAX {
        let most = limits::RULE_CHAIN_MAX;
        return Err((node, format!("{table} {} stands on a chain longer than {most}", quoted(name))));
    }
    done.insert(node, longest);
    Ok(longest)
}
