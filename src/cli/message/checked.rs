//! What the regime that is cited says of a message or a draft, as the node tells it. It informs; nothing is
//! stopped by it.
//!
//! Never here: a judgement, or text from outside that was not made safe to show.

use serde_json::{Value, json};

use super::rows::row;
use crate::cli::out::say;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::restraint;
use crate::domain::adoption::Seen;
use crate::domain::text::shown;

pub fn check(depth: usize, check: Option<&calls::RegimeCheck>) {
    let Some(check) = check else { return };
    let name = shown(&check.regime);
    if !check.held {
        return row(
            depth,
            "Regime",
            &format!(
                "{name}: not held here, so nothing is checked; `detente regime hold` puts its text on record"
            ),
        );
    }
    row(depth, "Regime", &format!("{name}, edition {}; {}", check.edition, bound(check)));
    restraints(depth.saturating_add(1), &check.restraints, check.more_restraints);
    for line in &check.lines {
        let within = usize::try_from(line.depth).unwrap_or(0).min(MOST_DEPTH);
        say!("{}{}", "  ".repeat(depth.saturating_add(within).saturating_add(1)), shown(&line.text));
    }
}

/// Lines of a check are not indented further, whatever a node says.
const MOST_DEPTH: usize = 8;

fn bound(check: &calls::RegimeCheck) -> String {
    let (uncertain, known): (Vec<&String>, Vec<&String>) =
        check.bound.iter().partition(|party| check.as_told_here.contains(party));
    let names = |parties: &[&String]| parties.iter().map(|party| shown(party)).collect::<Vec<_>>().join(", ");
    let mut said = match known.as_slice() {
        [] => "binds the author to nobody known here".to_owned(),
        known => format!("binds the author to {}", names(known)),
    };
    if !uncertain.is_empty() {
        said.push_str("; not known here whether to ");
        said.push_str(&names(&uncertain));
        said.push_str(", who adopted as well");
    }
    for other in &check.other_editions {
        let text = if other.edition == check.edition { "another text of edition" } else { "edition" };
        said.push_str(&format!("; {} adopted {text} {}", shown(&other.party), other.edition));
    }
    for party in &check.not_adopted_by_author {
        let author =
            if check.left_by_author.contains(party) { "the author left it" } else { "the author has not" };
        said.push_str(&format!("; {0} adopted it, {author} towards {0}", shown(party)));
    }
    let all = not_applied(check);
    if !all.is_empty() {
        let more = if check.more_restraints > 0 { ", and more" } else { "" };
        said.push_str(&format!("; not applied: {}{more}", all.join(", ")));
    }
    said
}

/// What is not applied and by whom, each once; towards whom as well where the author is bound to several, as far as that
/// is known. Safe to show.
fn not_applied(check: &calls::RegimeCheck) -> Vec<String> {
    let several = check.bound.len() > 1;
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for one in check.restraints.iter().filter_map(restraint::from_proto) {
        let what = format!("{} by {}", one.what(), one.by);
        let spoken = one.spoken.filter(|spoken| several && spoken.seen != Seen::AsToldHere);
        let towards = spoken.map(|spoken| spoken.towards.to_string());
        match all.iter_mut().find(|(known, _)| *known == what) {
            Some((_, known)) => {
                let new = towards.filter(|party| !known.contains(party));
                known.extend(new);
            }
            None => all.push((what, towards.into_iter().collect())),
        }
    }
    let words = |(what, towards): (String, Vec<String>)| match towards.is_empty() {
        true => what,
        false => format!("{what} towards {}", towards.join(", ")),
    };
    all.into_iter().map(words).collect()
}

/// What is not applied, by whom towards whom, and the message that says so.
pub fn restraints(depth: usize, all: &[calls::Restraint], more: u32) {
    for restraint in all.iter().filter_map(restraint::from_proto) {
        row(depth, "Not applied", &restraint.sentence());
        if let Some(spoken) = restraint.spoken {
            row(depth.saturating_add(1), "By message", &spoken.message.to_string());
        }
    }
    if more > 0 {
        row(depth, "Not applied", &format!("and {more} more"));
    }
}

pub fn restraints_json(all: &[calls::Restraint]) -> Value {
    let one = |restraint: &calls::Restraint| {
        json!({
            "by": restraint.by,
            "towards": restraint.towards,
            "provision": restraint.provision,
            "how": if restraint.reserved { "reserved" } else { "suspended" },
            "since_ms": restraint.since_ms,
            "until_ms": (restraint.until_ms != 0).then_some(restraint.until_ms),
            "message": hex::encode(&restraint.message_digest),
            "as_told_here": restraint.as_told_here,
            "not_known_towards": restraint.not_known_towards,
            "names_no_paragraph": restraint.names_no_paragraph,
        })
    };
    all.iter().map(one).collect()
}

pub fn check_json(check: Option<&calls::RegimeCheck>) -> Value {
    let Some(check) = check else { return Value::Null };
    json!({
        "regime": check.regime,
        "edition": check.held.then_some(check.edition),
        "digest": hex::encode(&check.digest),
        "held": check.held,
        "bound": check.bound,
        "as_told_here": check.as_told_here,
        "restraints": restraints_json(&check.restraints),
        "more_restraints": check.more_restraints,
        "other_editions": check.other_editions.iter()
            .map(|other| json!({"party": other.party, "edition": other.edition})).collect::<Vec<_>>(),
        "not_adopted_by_author": check.not_adopted_by_author,
        "left_by_author": check.left_by_author,
        "lines": check.lines.iter().map(|line| json!({"depth": line.depth, "text": line.text})).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_addressee_that_adopted_another_edition_is_named_with_it() {
        let other = |edition| calls::OtherEdition { party: "SU".into(), edition };
        let said = |other_editions| {
            bound(&calls::RegimeCheck { edition: 2, other_editions, ..calls::RegimeCheck::default() })
        };
        assert_eq!(said(vec![other(1)]), "binds the author to nobody known here; SU adopted edition 1");
        assert_eq!(
            said(vec![other(2)]),
            "binds the author to nobody known here; SU adopted another text of edition 2"
        );
        let not_adopted_by_author = vec!["SU".to_owned()];
        let check = calls::RegimeCheck { not_adopted_by_author, ..calls::RegimeCheck::default() };
        assert_eq!(
            bound(&check),
            "binds the author to nobody known here; SU adopted it, the author has not towards SU"
        );
        assert_eq!(
            bound(&calls::RegimeCheck { left_by_author: vec!["SU".to_owned()], ..check }),
            "binds the author to nobody known here; SU adopted it, the author left it towards SU"
        );
    }

    #[test]
    fn what_one_party_does_not_apply_towards_several_is_named_once_at_the_head_with_towards_whom() {
        let restraint = |towards: &str| calls::Restraint {
            by: "BY".into(),
            towards: towards.into(),
            provision: Some("Art. 4".into()),
            reserved: true,
            message_digest: vec![7; 32].into(),
            ..calls::Restraint::default()
        };
        let said = |parties: &[&str]| {
            bound(&calls::RegimeCheck {
                bound: parties.iter().map(|party| (*party).to_owned()).collect(),
                restraints: parties.iter().map(|party| restraint(party)).collect(),
                ..calls::RegimeCheck::default()
            })
        };
        assert_eq!(said(&["PL"]), "binds the author to PL; not applied: Art. 4 by BY");
        assert_eq!(
            said(&["PL", "SU"]),
            "binds the author to PL, SU; not applied: Art. 4 by BY towards PL, SU"
        );
    }
}
