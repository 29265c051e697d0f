//! Regimes: their files, and what they say of a form.

mod files;
mod program;
mod properties;
mod real;
mod table;
mod template;

use detente::codec::regime::{built_in, read};
use detente::domain::content::Content;
use detente::domain::regime::{Asked, Finding, Regime, Verdict, check, lines};

/// A regime that no State has.
const NEIGHBOURS: &str = include_str!("../cases/regime/neighbours.toml");

/// The invented one, or one that is built in.
fn regime(name: &str) -> Regime {
    let bytes = match name {
        "neighbours" => NEIGHBOURS.as_bytes(),
        name => built_in::file(name).unwrap_or_else(|| panic!("no regime {name}")),
    };
    read(bytes, &built_in::parent).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// All lines of a check.
fn said(regime: &Regime, content: &Content, asked: &Asked, language: &str) -> Vec<String> {
    let found = check(regime, content, asked);
    found.iter().flat_map(|finding| lines(regime, finding, language)).map(|line| line.text).collect()
}

/// The answer to each threshold, by name.
fn thresholds(found: &[Finding]) -> Vec<(String, &Verdict)> {
    found
        .iter()
        .filter_map(|finding| match finding {
            Finding::Threshold { name, verdict, .. } => Some((name.clone(), verdict)),
            _ => None,
        })
        .collect()
}
