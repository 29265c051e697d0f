//! `exercise check`: what a regime says of a form, with no node.
//!
//! Never here: a rule (`domain/regime`). It ends well whatever is found: a check never refuses, but for a form over a
//! limit, which can't be drafted either.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::fault::Fault;
use crate::cli::given::Kinds;
use crate::cli::message::read_form;
use crate::cli::out::say;
use crate::cli::regime::{findings, load};
use crate::cli::{given, json};
use crate::clock::Clock;
use crate::domain::adoption::{How, Restraint};
use crate::domain::language::Language;
use crate::domain::party::Party;
use crate::domain::regime::{Asked, Recipients, Regime, check, lines_between};
use crate::domain::text::shown;
use crate::domain::time::Instant;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The form, TOML or JSON (by its ending)
    form: PathBuf,
    /// The regime: its file, or the name of one that is built in
    #[arg(long, value_name = "NAME|FILE")]
    regime: String,
    /// When it is released; default: now
    #[arg(long, value_name = "INSTANT", value_parser = given::instant)]
    released_at: Option<Instant>,
    /// Who is asked to act; may be given several times
    #[arg(long, value_name = "PARTY", num_args = 1..)]
    to: Vec<Party>,
    /// Who is informed
    #[arg(long, value_name = "PARTY", num_args = 1..)]
    info: Vec<Party>,
    /// The Parties that the regime binds, without your own; without it, the Parties that it concerns can't be judged
    #[arg(long, value_name = "PARTY", num_args = 1..)]
    bound: Vec<Party>,
    /// A Party that does not apply a paragraph for a time, with the paragraph letter by letter as the regime writes it,
    /// or without one for the whole text; may be given several times
    #[arg(long, value_name = "PARTY[=PARAGRAPH]", value_parser = not_applied)]
    suspended: Vec<(Party, Option<String>)>,
    /// A Party that reserved a paragraph in its adoption, as above
    #[arg(long, value_name = "PARTY=PARAGRAPH", value_parser = reserved)]
    reserved: Vec<(Party, String)>,
    /// Who holds a function of the regime; may be given several times
    #[arg(long, value_name = "FUNCTION=PARTY", value_parser = held)]
    held: Vec<(String, Party)>,
    /// Who speaks, where a format says who may send it
    #[arg(long, value_name = "PARTY")]
    author: Option<Party>,
    /// The marking; without it, marking rules can't be judged
    #[arg(long)]
    marking: Option<String>,
    /// What the form is, if neither its first line nor its file's name says so
    #[arg(long, value_parser = given::kinds)]
    kind: Option<Kinds>,
    /// The reader's language, such as fr
    #[arg(long, default_value = "en", value_parser = given::language)]
    language: Language,
    /// One JSON object a finding
    #[arg(long)]
    json: bool,
}

fn held(text: &str) -> Result<(String, Party), String> {
    let (function, party) = text.split_once('=').ok_or("FUNCTION=PARTY, such as chair=FI")?;
    let party = party.parse().map_err(|fault: crate::domain::party::NotAParty| fault.to_string())?;
    Ok((function.to_owned(), party))
}

fn not_applied(text: &str) -> Result<(Party, Option<String>), String> {
    let (party, paragraph) = match text.split_once('=') {
        Some((party, paragraph)) => (party, Some(paragraph.to_owned())),
        None => (text, None),
    };
    Ok((party.parse().map_err(|fault: crate::domain::party::NotAParty| fault.to_string())?, paragraph))
}

fn reserved(text: &str) -> Result<(Party, String), String> {
    let (party, paragraph) = not_applied(text)?;
    Ok((party, paragraph.ok_or("PARTY=PARAGRAPH, such as \"SU=para 3\"")?))
}

/// What is said by hand: since when, and by which message, no node was asked.
fn restraints(args: &Args, regime: &Regime) -> Vec<Restraint> {
    let one = |by: Party, provision: Option<String>, how: How| {
        Restraint { by, provision, how, spoken: None, names_none: false }.held_against(regime)
    };
    let suspended = args.suspended.iter().map(|(by, paragraph)| one(*by, paragraph.clone(), How::Suspended));
    let reserved =
        args.reserved.iter().map(|(by, paragraph)| one(*by, Some(paragraph.clone()), How::Reserved));
    suspended.chain(reserved).collect()
}

/// A function that the regime does not have is held by nobody: a name that was mistyped would answer nothing.
fn functions_are_there(args: &Args, regime: &Regime) -> Result<(), Fault> {
    let Some((function, _)) = args.held.iter().find(|(name, _)| !regime.functions.contains_key(name)) else {
        return Ok(());
    };
    let there: Vec<String> = regime.functions.keys().map(|name| shown(name)).collect();
    let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
    let name = shown(&regime.head.name);
    Err(Fault::new(format!("--held: {name} has no function {}; it has: {there}", shown(function))))
}

pub fn run(args: &Args) -> Result<(), Fault> {
    let content = read_form(&args.form, args.kind.as_ref(), super::NOUN, None)?;
    content.bound().map_err(|over| Fault::new(shown(&over.to_string())))?;
    let regime = load::named(&args.regime)?;
    functions_are_there(args, &regime)?;
    let set = |parties: &[Party]| -> BTreeSet<Party> { parties.iter().copied().collect() };
    let is_addressed = !args.to.is_empty() || !args.info.is_empty();
    let released_at = args.released_at.unwrap_or_else(|| Clock::system().now());
    let asked = Asked {
        released_at: Some(released_at),
        addressed: is_addressed.then(|| Recipients { action: set(&args.to), information: set(&args.info) }),
        bound: (!args.bound.is_empty()).then(|| set(&args.bound)),
        uncertain: BTreeSet::new(),
        held: args.held.iter().cloned().collect(),
        author: args.author,
        referred: None,
        replies: None,
        marking: args.marking.clone(),
        beside: None,
    };
    let found = check(&regime, &content, &asked);
    let restraints = restraints(args, &regime);
    if args.json {
        let object = json!({
            "kind": "check",
            "document": content.kind().name(),
            "regime": regime.head.name,
            "edition": regime.head.edition,
            "digest": regime.head.digest.to_string(),
            "released_at": released_at.to_string(),
            "not_applied": restraints.iter().map(Restraint::sentence).collect::<Vec<_>>(),
        });
        say!("{}", json::line(&object));
        for finding in &found {
            say!("{}", json::line(&findings::json(&regime, finding, args.language.as_str(), &restraints)));
        }
        return Ok(());
    }
    let title = regime.head.title.say(args.language.as_str(), &regime.head.name);
    say!(
        "{} under {title} ({}, edition {})",
        content.kind().name(),
        shown(&regime.head.name),
        regime.head.edition
    );
    say!("regime digest {}", regime.head.digest);
    say!("judged as released at {released_at}; a check never stops a notice");
    for restraint in &restraints {
        say!("not applied: {}", restraint.sentence());
    }
    for finding in &found {
        for line in lines_between(&regime, finding, args.language.as_str(), &restraints) {
            say!("{}{}", "  ".repeat(line.depth), line.text);
        }
    }
    Ok(())
}
