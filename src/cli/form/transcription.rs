//! Writes the form within a transcription as TOML, under the name of its kind.
//!
//! Never here: a transcription within a transcription.

use super::format;
use super::write::{Lines, comment, explain, line, table};
use crate::domain::content::Content;
use crate::domain::form::outline::Group as _;
use crate::domain::transcription::{Filled, Transcription};

/// Puts it behind the transcription's own fields.
pub(super) fn form(out: &mut String, transcription: &Transcription) {
    out.push('\n');
    for field in Transcription::FIELDS.iter().filter(|field| field.name == "form") {
        explain(out, field);
    }
    let Filled::Form(content) = &transcription.form else {
        comment(out, "`detente exercise template KIND` prints the fields of a kind's form.");
        return line(out, Lines::ToUncomment, "[form.notification]");
    };
    let path = format!("form.{}", content.kind().word());
    line(out, Lines::Active, &format!("[{path}]"));
    let form = content.form();
    table(out, &path, form.fields(), &form.parts(), Lines::Active);
    if let Content::Formatted(form) = content.as_ref() {
        format::stated(out, &format!("{path}.fields"), &form.fields);
    }
}
