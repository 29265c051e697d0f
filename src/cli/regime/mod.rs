//! `detente regime …`: regime files checked, shown and compared, with no node; and with one, which texts
//! are held there, words on regimes, and who is bound to whom.
//!
//! Never here: a rule.

mod beside;
pub mod findings;
mod functions;
pub mod labels;
pub mod load;
mod parties;
pub mod words;

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use crate::cli::fault::Fault;
use crate::cli::out::say;
use crate::cli::{given, json};
use crate::codec::regime::built_in;
use crate::domain::language::Language;
use crate::domain::regime::describe::{Described, describe};
use crate::domain::regime::difference::{ChangeKind, difference, head};
use crate::domain::regime::{Regime, Standing};
use crate::domain::text::shown;

/// Regimes: rules between States, as files
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, of a command line")]
enum Command {
    /// Check a regime file: print what is wrong with it, with the line, or its digest
    Check {
        /// The regime file
        file: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show all rules of a regime
    Show {
        /// The name of a built-in one, or a file; with --as, the name of one that is held there, or the first digits of
        /// its digest
        #[arg(value_name = "NAME|FILE")]
        regime: String,
        /// The desk of the person whose node is asked for the text that it holds
        #[arg(long = "as", value_name = "PEOPLEDIR")]
        directory: Option<PathBuf>,
        /// The reader's language, such as fr
        #[arg(long, default_value = "en", value_parser = given::language)]
        language: Language,
        /// Print the file of a built-in one, from which to write your own, or the exact text that is held
        #[arg(long, conflicts_with = "json")]
        source: bool,
        /// One JSON object a rule
        #[arg(long)]
        json: bool,
    },
    /// Show how two regimes differ, rule by rule
    Diff {
        /// The earlier one: the name of a built-in one, or a file; the later one may inherit from it
        #[arg(value_name = "A")]
        before: String,
        /// The later one: likewise
        #[arg(value_name = "B")]
        after: String,
        /// One JSON object a rule
        #[arg(long)]
        json: bool,
    },
    /// List the built-in regimes
    List {
        /// One JSON object a regime
        #[arg(long)]
        json: bool,
    },
    /// Put a regime's exact text on record at your node, so that what cites it is checked there
    Hold(words::HoldArgs),
    /// List the regimes whose text is on record at your node
    Held(words::HeldArgs),
    /// Print an empty form: of an adoption, suspension, resumption or withdrawal, or of a format of a regime; or a regime
    /// file with every key
    Template(words::TemplateArgs),
    /// Put a draft on record: a word on a regime, or a message in one of its formats
    Draft(crate::cli::message::DraftArgs),
    /// Show who takes part in a regime, who is bound to whom, and what either does not apply
    ///
    /// A paragraph that a Party reserved or suspended means the one that the regime's text writes the same, letter by
    /// letter.
    Parties(parties::PartiesArgs),
    Function(functions::Args),
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Check { file, json } => check(&file, json),
        Command::Show { regime, directory: Some(directory), language, source, json } => {
            let (regime, text) = words::held_text(&directory, &regime).await?;
            show(&regime, &text, language.as_str(), source, json)
        }
        Command::Show { regime, directory: None, language, source, json } => {
            let read = load::named(&regime)?;
            let built_in = built_in::file(&regime);
            let none = || Fault::new("--source prints only the file of one that is built in");
            let text = if source { built_in.ok_or_else(none)? } else { &[] };
            show(&read, text, language.as_str(), source, json)
        }
        Command::Diff { before, after, json } => diff(&before, &after, json),
        Command::List { json } => list(json),
        Command::Hold(args) => words::hold(args).await,
        Command::Held(args) => words::held(args).await,
        Command::Template(args) => words::template(&args),
        Command::Draft(args) => crate::cli::message::draft(args, "regime").await,
        Command::Parties(args) => parties::run(args).await,
        Command::Function(args) => functions::run(args).await,
    }
}

fn check(file: &std::path::Path, as_json: bool) -> Result<(), Fault> {
    match load::judged(file)? {
        Ok(regime) => {
            let (rules, unchecked) = counted(&regime);
            if as_json {
                let counted = json!({ "rules": rules, "unchecked": unchecked });
                say!("{}", json::line(&json::with(head_json(&regime), counted)));
                return Ok(());
            }
            say!("{}, edition {}", shown(&regime.head.name), regime.head.edition);
            say!("digest  {}", regime.head.digest);
            say!("{rules} rules, {unchecked} of them with a number that is not checked; no fault");
            Ok(())
        }
        Err(unreadable) if as_json => {
            let (line, what) = (unreadable.fault.line, unreadable.fault.what.clone());
            let object =
                json!({ "kind": "regime-fault", "file": unreadable.file, "line": line, "what": what });
            say!("{}", json::line(&object));
            Err(Fault::from(unreadable))
        }
        Err(unreadable) => Err(Fault::from(unreadable)),
    }
}

/// All rules, and those in which a number is not checked.
fn counted(regime: &Regime) -> (usize, usize) {
    let rules = describe(regime, None);
    let words = Standing::Unchecked.words();
    let unchecked = rules.iter().filter(|rule| rule.lines.iter().any(|line| line.ends_with(words))).count();
    (rules.len(), unchecked)
}

/// `source`: the very text instead, of one that is built in or held. Of a file it is at hand already.
fn show(regime: &Regime, text: &[u8], language: &str, source: bool, as_json: bool) -> Result<(), Fault> {
    if source {
        crate::cli::out::text(&String::from_utf8_lossy(text));
        return Ok(());
    }
    if as_json {
        say!("{}", json::line(&head_json(regime)));
        for Described { table, name, lines } in describe(regime, Some(language)) {
            let object = json!({ "kind": "rule", "table": table, "name": name, "lines": lines });
            say!("{}", json::line(&object));
        }
        return Ok(());
    }
    say!("{}", regime.head.title.say(language, &regime.head.name));
    for line in head(regime) {
        say!("  {line}");
    }
    for Described { table, name, lines } in describe(regime, Some(language)) {
        say!("\n{table} {name}");
        for line in lines {
            say!("  {line}");
        }
    }
    Ok(())
}

fn diff(before: &str, after: &str, as_json: bool) -> Result<(), Fault> {
    let (before, after) = load::both(before, after)?;
    let changes = difference(&before, &after);
    for change in &changes {
        let kind = match change.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        };
        if as_json {
            let object = json!({ "kind": "change", "change": kind, "table": change.table,
                "name": change.name, "before": change.before, "after": change.after });
            say!("{}", json::line(&object));
            continue;
        }
        say!("{kind}: {} {}", change.table, change.name);
        for line in &change.before {
            say!("  - {line}");
        }
        for line in &change.after {
            say!("  + {line}");
        }
    }
    if changes.is_empty() && !as_json {
        say!("the same file");
    }
    Ok(())
}

fn list(as_json: bool) -> Result<(), Fault> {
    for (name, _) in built_in::FILES {
        let regime = load::named(name)?;
        if as_json {
            say!("{}", json::line(&head_json(&regime)));
            continue;
        }
        let head = &regime.head;
        say!(
            "{:<24}  edition {}  {}  {}",
            head.name,
            head.edition,
            head.digest.short(),
            head.title.say("en", name)
        );
    }
    Ok(())
}

fn head_json(regime: &Regime) -> serde_json::Value {
    let head = &regime.head;
    json!({
        "kind": "regime",
        "regime": head.name,
        "edition": head.edition,
        "digest": head.digest.to_string(),
        "nature": head.nature.word(),
        "title": head.title.0,
        "source": head.source,
        "inherits": head.inherits.as_ref().map(|from| {
            json!({ "regime": from.regime, "digest": from.digest.to_string() })
        }),
    })
}
