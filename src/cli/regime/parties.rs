//! `regime parties`: who takes part in a regime, and who is bound to whom, at an instant.
//!
//! Never here: the answer, which is the node's.

use serde_json::json;

use super::words::service;
use crate::cli::desk::{As, answer};
use crate::cli::fault::Fault;
use crate::cli::given;
use crate::cli::json;
use crate::cli::message::checked;
use crate::cli::out::say;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::adoption::Nature;
use crate::domain::content::Kind;
use crate::domain::text::shown;
use crate::domain::time::Instant;

#[derive(clap::Args, Debug)]
pub struct PartiesArgs {
    /// The name that stands in the regime's text
    regime: String,
    /// Who is bound at an instant, past or to come, by what is on record now, such as 2025-07-31T09:00:00Z
    #[arg(long, value_parser = given::instant)]
    as_of: Option<Instant>,
    #[command(flatten)]
    person: As,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// A name that nobody uses is a caller's mistake, and no answer.
fn unknown(regime: &str, known: &[String]) -> Fault {
    let known: Vec<String> = known.iter().map(|name| shown(name)).collect();
    Fault::new(format!(
        "no regime of the name {} is known here: no text of it is held or built in, and no Party said that it adopts \
         it; known are: {}",
        shown(regime),
        known.join(", ")
    ))
}

pub async fn run(args: PartiesArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let as_of_ms = args.as_of.map(|at| at.0);
    let asked = calls::ListAdoptersRequest { regime: args.regime.clone(), as_of_ms };
    let answered = answer(service(&desk).list_adopters(asked)).await?;
    if args.json {
        for party in &answered.parties {
            say!("{}", json::line(&party_json(party)));
        }
        for bond in &answered.bonds {
            say!("{}", json::line(&bond_json(bond)));
        }
        for word in &answered.announced {
            say!("{}", json::line(&announced_json(word)));
        }
        for one in &answered.replaced {
            say!("{}", json::line(&replaced_json(one)));
        }
        let (parties, announced) = (answered.more_parties, answered.more_announced);
        let replaced = answered.more_replaced;
        if (parties, announced, replaced) != (0, 0, 0) {
            let object =
                json!({"kind": "more", "parties": parties, "announced": announced, "replaced": replaced});
            say!("{}", json::line(&object));
        }
        if answered.unknown {
            let object = json!({"kind": "unknown", "regime": args.regime, "known": answered.known});
            say!("{}", json::line(&object));
            return Err(unknown(&args.regime, &answered.known));
        }
        return Ok(());
    }
    if let Some(at) = args.as_of {
        say!("at {at}, as far as it is on record here now");
    }
    if answered.unknown {
        return Err(unknown(&args.regime, &answered.known));
    }
    let has_none = answered.parties.is_empty() && answered.more_parties == 0;
    match (has_none, answered.announced.is_empty() && answered.more_announced == 0) {
        (true, true) => say!("no Party has told this one that it takes part in {}", shown(&args.regime)),
        (true, false) => say!("no Party takes part in {}", shown(&args.regime)),
        (false, _) => {}
    }
    for party in &answered.parties {
        say!(
            "{}  edition {}  {}  since {}",
            shown(&party.party),
            party.edition,
            nature(party.nature),
            Instant(party.since_ms)
        );
        if !party.unconfirmed_by.is_empty() {
            say!("  unconfirmed: introduced by {}", shown(&party.unconfirmed_by));
        }
        if party.since_disputed {
            say!("  disputed: {DISPUTED}");
        }
        say!("  regime   {}", hex::encode(&party.regime_digest));
        say!("  adopted  {}", hex::encode(&party.message_digest));
        for provision in &party.reservations {
            say!("  reservation to {}", shown(provision));
        }
        for one in &party.suspended {
            say!("  suspended: {}", suspended(one));
        }
    }
    more(answered.more_parties, "in force");
    for bond in &answered.bonds {
        for party in &bond.unconfirmed {
            say!(
                "{} is unconfirmed: introduced by another Party, its fingerprint not compared",
                shown(party)
            );
        }
        say!("{}", sentence(bond));
        say!("  regime   {}", hex::encode(&bond.regime_digest));
        if !bond.days_by_text.is_empty() {
            say!(
                "  binds what cites it, with the duties that this brings about; a day of the year brings about its own by \
                 the text {} alone, which came to bind them last",
                hex::encode(&bond.days_by_text)
            );
        }
        checked::restraints(1, &bond.restraints, bond.more_restraints);
        if bond.since_disputed {
            say!("  disputed: {DISPUTED}");
        }
    }
    if !answered.announced.is_empty() || answered.more_announced > 0 {
        say!("Told, and not yet in force:");
    }
    for word in &answered.announced {
        say!("{}", announced(word));
        if !word.unconfirmed_by.is_empty() {
            say!("  unconfirmed: introduced by {}", shown(&word.unconfirmed_by));
        }
        say!("  told by  {}", hex::encode(&word.message_digest));
    }
    more(answered.more_announced, "not yet in force");
    for one in &answered.replaced {
        say!(
            "{} adopted it towards {} once more before that was in force: the later word counts alone",
            shown(&one.party),
            shown(&one.towards)
        );
        say!("  replaced {}", hex::encode(&one.message_digest));
        say!("  by       {}", hex::encode(&one.by_digest));
    }
    more(answered.more_replaced, "replaced");
    Ok(())
}

/// Of Parties that say more than is listed.
fn more(number: u32, how: &str) {
    if number > 0 {
        say!("and {number} more {how} that are not listed here: `detente message show` has each");
    }
}

/// What will be, and from when.
fn announced(word: &calls::AnnouncedWord) -> String {
    let (party, edition, from) = (shown(&word.party), word.edition, Instant(word.from_ms));
    let provisions = provisions(&word.provisions);
    match Kind::from_name(&word.kind) {
        Some(Kind::Adoption) if word.provisions.is_empty() => {
            format!("{party} takes part in edition {edition} from {from}")
        }
        Some(Kind::Adoption) => {
            format!("{party} takes part in edition {edition} from {from}, with a reservation to {provisions}")
        }
        Some(Kind::Suspension) => {
            format!(
                "{party} suspends {provisions} of edition {edition} from {from}, {}",
                until(word.until_ms)
            )
        }
        Some(Kind::Resumption) => {
            format!("{party} applies {provisions} of edition {edition} again from {from}")
        }
        Some(Kind::Withdrawal) => {
            format!("{party} leaves edition {edition} from {from}; duties that are open by then stay open")
        }
        Some(_) | None => format!("{party}: {} from {from}", shown(&word.kind)),
    }
}

fn until(ms: i64) -> String {
    if ms == 0 { "until it is resumed".into() } else { format!("until {}", Instant(ms)) }
}

fn provisions(all: &[String]) -> String {
    match all.is_empty() {
        true => "the whole".to_owned(),
        false => all.iter().map(|provision| shown(provision)).collect::<Vec<_>>().join(", "),
    }
}

fn announced_json(word: &calls::AnnouncedWord) -> serde_json::Value {
    json!({
        "kind": "announced",
        "party": word.party,
        "message": hex::encode(&word.message_digest),
        "message_kind": word.kind,
        "about": (!word.about_digest.is_empty()).then(|| hex::encode(&word.about_digest)),
        "edition": word.edition,
        "regime_digest": hex::encode(&word.regime_digest),
        "provisions": word.provisions,
        "from_ms": word.from_ms,
        "until_ms": (word.until_ms != 0).then_some(word.until_ms),
        "unconfirmed_by": (!word.unconfirmed_by.is_empty()).then_some(&word.unconfirmed_by),
    })
}

fn replaced_json(one: &calls::ReplacedAdoption) -> serde_json::Value {
    json!({
        "kind": "replaced",
        "party": one.party,
        "towards": one.towards,
        "message": hex::encode(&one.message_digest),
        "by": hex::encode(&one.by_digest),
    })
}

const DISPUTED: &str =
    "a receipt states a time before the message was released, or after the receipt was heard";

/// What is known here of two that both adopted.
fn sentence(bond: &calls::Bond) -> String {
    let (one, other) = (shown(&bond.one), shown(&bond.other));
    let (edition, since) = (bond.edition, Instant(bond.since_ms));
    let own_will = of_own_will(bond);
    if bond.as_told_here && !bond.addressed_to_each_other {
        return format!(
            "{one} and {other} each adopted edition {edition}, since {since} as both told this Party; not known \
             here whether towards each other{own_will}"
        );
    }
    let told = if bond.as_told_here { ": each told the other, as both told this Party" } else { "" };
    format!("{one} and {other} are bound to each other by edition {edition} since {since}{told}{own_will}")
}

/// Who is bound no further than it wills, and what follows between the two.
fn of_own_will(bond: &calls::Bond) -> String {
    let parties: Vec<String> = bond.of_own_will.iter().map(|party| shown(party)).collect();
    match &parties[..] {
        [] => String::new(),
        [one] => format!("; {one} takes part of its own will, so no duty opens between the two"),
        [..] => "; each takes part of its own will, so no duty opens between the two".into(),
    }
}

fn nature(number: i32) -> String {
    Nature::from_number(number).map_or_else(|| "nature not stated".into(), |nature| nature.to_string())
}

fn suspended(one: &calls::SuspendedProvisions) -> String {
    format!("{}, since {}, {}", provisions(&one.provisions), Instant(one.since_ms), until(one.until_ms))
}

fn party_json(party: &calls::PartyToRegime) -> serde_json::Value {
    let suspended: Vec<_> = party
        .suspended
        .iter()
        .map(|one| {
            json!({
                "message": hex::encode(&one.message_digest),
                "provisions": one.provisions,
                "since_ms": one.since_ms,
                "until_ms": (one.until_ms != 0).then_some(one.until_ms),
            })
        })
        .collect();
    json!({
        "kind": "party",
        "party": party.party,
        "edition": party.edition,
        "regime_digest": hex::encode(&party.regime_digest),
        "message": hex::encode(&party.message_digest),
        "since_ms": party.since_ms,
        "since_disputed": party.since_disputed,
        "nature": nature(party.nature),
        "reservations": party.reservations,
        "suspended": suspended,
        "unconfirmed_by": (!party.unconfirmed_by.is_empty()).then_some(&party.unconfirmed_by),
    })
}

fn bond_json(bond: &calls::Bond) -> serde_json::Value {
    json!({
        "kind": "bond",
        "one": bond.one,
        "other": bond.other,
        "edition": bond.edition,
        "regime_digest": hex::encode(&bond.regime_digest),
        "since_ms": bond.since_ms,
        "since_disputed": bond.since_disputed,
        "as_told_here": bond.as_told_here,
        "addressed_to_each_other": bond.addressed_to_each_other,
        "unconfirmed": bond.unconfirmed,
        "of_own_will": bond.of_own_will,
        "days_by_text": (!bond.days_by_text.is_empty()).then(|| hex::encode(&bond.days_by_text)),
        "restraints": checked::restraints_json(&bond.restraints),
        "more_restraints": bond.more_restraints,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_part_of_its_own_will_is_named_beside_the_bond() {
        let bond = |of_own_will: &[&str]| calls::Bond {
            one: "PL".into(),
            other: "SU".into(),
            edition: 1,
            of_own_will: of_own_will.iter().map(|party| (*party).to_owned()).collect(),
            ..calls::Bond::default()
        };
        let bound = "PL and SU are bound to each other by edition 1 since 1970-01-01T00:00:00.000Z";
        assert_eq!(sentence(&bond(&[])), bound);
        assert_eq!(
            sentence(&bond(&["PL"])),
            format!("{bound}; PL takes part of its own will, so no duty opens between the two")
        );
    }
    #[test]
    fn of_a_party_that_leaves_it_is_said_that_what_is_owed_by_then_stays_owed() {
        let word = calls::AnnouncedWord {
            party: "PL".into(),
            kind: Kind::Withdrawal.name().into(),
            edition: 2,
            ..calls::AnnouncedWord::default()
        };
        let wanted =
            "PL leaves edition 2 from 1970-01-01T00:00:00.000Z; duties that are open by then stay open";
        assert_eq!(announced(&word), wanted);
    }
}
