//! A form in a file: which kind it is, and what it says.
//!
//! Never here: a check of what it says.

use std::path::Path;

use super::formatted::filled;
use crate::cli::fault::Fault;
use crate::cli::form::{self, Syntax};
use crate::cli::{files, given};
use crate::domain::content::{Content, Kind};

pub fn read_form(path: &Path, kind: Option<Kind>) -> Result<Content, Fault> {
    let bytes = files::read_public(path)?;
    let name = path.display();
    let text = String::from_utf8(bytes).map_err(|_| Fault::new(format!("{name}: not a text (UTF-8)")))?;
    let syntax = match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => Syntax::Toml,
        Some("json") => Syntax::Json,
        Some(_) | None => return Err(Fault::new(format!("{name}: a form's name ends in .toml or .json"))),
    };
    let kind = match kind.or_else(|| kind_said(path, &text)) {
        Some(kind) => kind,
        None => return Err(Fault::new(format!("{name}: what kind of form is it? Say so with --kind"))),
    };
    let content = form::read(kind, syntax, &text).map_err(|fault| Fault::new(format!("{name}: {fault}")))?;
    Ok(filled(content))
}

/// By the comment in the first line, as templates have it, else by the file's name.
fn kind_said(path: &Path, text: &str) -> Option<Kind> {
    let first = text.lines().next().filter(|line| line.starts_with('#')).unwrap_or_default();
    let word = |name: &str| {
        first
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
            .any(|word| word.trim_end_matches('.') == name)
    };
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    Kind::ALL.into_iter().find(|kind| word(kind.name())).or_else(|| given::kind(stem).ok())
}
