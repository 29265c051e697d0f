//! Writes the fields of a formatted message as TOML: those that are stated, or for a template those that
//! the format asks for, each with its label and type.
//!
//! Never here: a check against the format.

use super::write::{Lines, comment, group_parts, introduced, line, quoted, several, single, table};
use crate::domain::content::Content;
use crate::domain::form::outline::{Entry as _, Group as _, Leaf, Value};
use crate::domain::form::{Area, Figure, MessageDigest, MessageReference};
use crate::domain::formatted::{Fields, Formatted, Stated};
use crate::domain::regime::Regime;
use crate::domain::regime::format::{Format, FormatField, Holds, Owed};
use crate::domain::text::shown;

/// An empty form of a format, each field with what the regime calls it.
pub fn template(regime: &Regime, code: &str, format: &Format, language: &str) -> String {
    let form = Formatted {
        regime: regime.head.name.clone(),
        regime_digest: Some(MessageDigest(regime.head.digest)),
        format: code.to_owned(),
        ..Formatted::default()
    };
    let mut out = introduced(&Content::Formatted(form));
    out.push('\n');
    comment(&mut out, &format!("Format {}: {}", shown(code), format.title.say(language, code)));
    comment(&mut out, "What is left empty is not sent.");
    if format.fields.is_empty() {
        comment(&mut out, "The regime lays no fields down: any will do.");
        sample(&mut out);
    }
    asked(&mut out, "fields", &format.fields, language, Lines::Active);
    out
}

/// The fields that are stated.
pub(super) fn fields(out: &mut String, form: &Formatted) {
    if form.fields.0.is_empty() {
        out.push('\n');
        comment(out, "`detente regime template FORMAT --regime NAME|FILE` prints those of a format.");
        explain_fields(out);
        return sample(out);
    }
    stated(out, "fields", &form.fields);
}

fn explain_fields(out: &mut String) {
    for field in Formatted::FIELDS.iter().filter(|field| field.name == "fields") {
        super::write::explain(out, field);
    }
}

fn sample(out: &mut String) {
    line(out, Lines::ToUncomment, "[[fields]]");
    line(out, Lines::ToUncomment, "name = \"\"");
    line(out, Lines::ToUncomment, "text = \"\"");
}

pub(super) fn stated(out: &mut String, path: &str, fields: &Fields) {
    for field in &fields.0 {
        out.push('\n');
        line(out, Lines::Active, &format!("[[{path}]]"));
        line(out, Lines::Active, &format!("name = {}", quoted(&field.name)));
        value(out, path, &field.stated);
    }
}

fn value(out: &mut String, path: &str, stated_: &Stated) {
    let now = Lines::Active;
    match stated_ {
        Stated::Nothing => {}
        Stated::Text(text) => single(out, "text", Leaf::Prose, &text.value(), now),
        Stated::Number(number) => single(out, "number", Leaf::Number, &Some(*number).value(), now),
        Stated::Choice(word) => single(out, "choice", Leaf::Text, &word.value(), now),
        Stated::Date(when) => single(out, "date", Leaf::When, &when.value(), now),
        Stated::Party(code) => single(out, "party", Leaf::Text, &code.value(), now),
        Stated::Texts(texts) => several(out, "texts", &texts.value(), now),
        Stated::Area(area) => {
            line(out, now, &format!("[{path}.area]"));
            table(out, &format!("{path}.area"), Area::FIELDS, group_parts(&area.value()), now);
        }
        Stated::Reference(reference) => {
            let at = format!("{path}.reference");
            line(out, now, &format!("[{at}]"));
            table(out, &at, MessageReference::FIELDS, group_parts(&reference.value()), now);
        }
        Stated::Figures(figures) if figures.is_empty() => line(out, now, "figures = []"),
        Stated::Figures(figures) => {
            let at = format!("{path}.figures");
            for figure in figures {
                line(out, now, &format!("[[{at}]]"));
                table(out, &at, Figure::FIELDS, &figure.parts(), now);
            }
        }
        Stated::Entries(entries) if entries.is_empty() => line(out, now, "entries = []"),
        Stated::Entries(entries) => {
            let at = format!("{path}.entries");
            for entry in entries {
                out.push('\n');
                line(out, now, &format!("[[{at}]]"));
                stated(out, &format!("{at}.fields"), entry);
            }
        }
    }
}

fn asked(out: &mut String, path: &str, fields: &[FormatField], language: &str, lines: Lines) {
    for field in fields {
        out.push('\n');
        let star = match field.owed {
            Owed::Always => " *",
            Owed::IfAny => "",
        };
        let label = field.label.say(language, &field.name);
        comment(out, &format!("{label}{star}: {}", field.holds.word()));
        if let Holds::Choice(words) = &field.holds {
            for (word, labels) in words {
                comment(out, &format!("  {}: {}", quoted(word), labels.say(language, word)));
            }
        }
        line(out, lines, &format!("[[{path}]]"));
        line(out, lines, &format!("name = {}", quoted(&field.name)));
        let absent = &Value::Absent;
        match &field.holds {
            Holds::Text => single(out, "text", Leaf::Prose, absent, lines),
            Holds::Number => single(out, "number", Leaf::Number, absent, lines),
            Holds::Choice(words) => {
                let first = words.first().map_or("", |(word, _)| word.as_str());
                line(out, Lines::ToUncomment, &format!("choice = {}", quoted(first)));
            }
            Holds::Date => single(out, "date", Leaf::When, absent, lines),
            Holds::Party => single(out, "party", Leaf::Text, absent, lines),
            Holds::Texts => several(out, "texts", absent, lines),
            Holds::Area => {
                line(out, lines, &format!("[{path}.area]"));
                table(out, &format!("{path}.area"), Area::FIELDS, &[], lines);
            }
            Holds::Reference => {
                line(out, lines, &format!("[{path}.reference]"));
                table(out, &format!("{path}.reference"), MessageReference::FIELDS, &[], lines);
            }
            Holds::Figures => {
                comment(out, "one entry for each number");
                line(out, lines, &format!("[[{path}.figures]]"));
                table(out, &format!("{path}.figures"), Figure::FIELDS, &[], lines);
            }
            Holds::List(inner) => {
                comment(out, "one entry for each; repeat what follows as often as needed");
                line(out, lines, &format!("[[{path}.entries]]"));
                asked(out, &format!("{path}.entries.fields"), inner, language, lines);
            }
        }
    }
}
