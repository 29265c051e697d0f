//! A form in a file: which kind it is, and what it says.
//!
//! Never here: a check of what it says.

use std::path::Path;

use super::formatted::filled;
use crate::cli::fault::Fault;
use crate::cli::form::{self, Syntax};
use crate::cli::given::Kinds;
use crate::cli::{files, given};
use crate::domain::content::{Content, Kind};

/// `noun`: of which it is, where two nouns call a kind the same. `otherwise`: what it is where nothing says so.
pub fn read_form(
    path: &Path,
    kinds: Option<&Kinds>,
    noun: &str,
    otherwise: Option<Kind>,
) -> Result<Content, Fault> {
    let bytes = files::read_public(path)?;
    let name = path.display();
    let text = String::from_utf8(bytes).map_err(|fault| {
        let before = fault.as_bytes().get(..fault.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        Fault::new(format!("{name}: line {line}: not a text (UTF-8)"))
    })?;
    if text.trim().is_empty() {
        return Err(Fault::new(format!("{name}: the file is empty, and no form")));
    }
    let syntax = match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => Syntax::Toml,
        Some("json") => Syntax::Json,
        Some(_) | None => return Err(Fault::new(format!("{name}: a form's name ends in .toml or .json"))),
    };
    let said = kinds.map_or_else(|| kind_said(path, &text, noun).or(otherwise), |kinds| kinds.of(noun));
    let kind = match said.or_else(|| only_kind_of(noun)) {
        Some(kind) => kind,
        None => {
            return Err(Fault::new(format!(
                "{name}: what kind of form is it? Say so with --kind, by its whole name"
            )));
        }
    };
    let content = form::read(kind, syntax, &text).map_err(|fault| Fault::new(format!("{name}: {fault}")))?;
    Ok(filled(content))
}

/// Of a noun that has a single kind, that one.
fn only_kind_of(noun: &str) -> Option<Kind> {
    let mut kinds = Kind::ALL.into_iter().filter(|kind| kind.noun() == noun);
    kinds.next().filter(|_| kinds.next().is_none())
}

/// By the comment in the first line, as templates have it, else by the file's name.
fn kind_said(path: &Path, text: &str, noun: &str) -> Option<Kind> {
    let first = text.lines().next().filter(|line| line.starts_with('#')).unwrap_or_default();
    let word = |name: &str| {
        first
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
            .any(|word| word.trim_end_matches('.') == name)
    };
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    Kind::ALL.into_iter().find(|kind| word(kind.name())).or_else(|| given::kinds(stem).ok()?.of(noun))
}
