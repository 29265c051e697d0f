//! The form of a translation made out for one message: each of its texts as a comment, above the empty place for
//! the translation.
//!
//! Never here: a translation. A place that is left empty is passed over when the form is read.

use super::write::{comment, quoted};
use crate::domain::digest::Digest;
use crate::domain::message::Part;
use crate::domain::text::{shown, shown_lines};
use crate::domain::translation::Text;

/// The message that is to be translated.
pub struct Original<'m> {
    pub digest: Digest,
    pub number: &'m str,
    pub author: &'m str,
    pub language: &'m str,
    pub texts: &'m [Text],
    pub parts: &'m [Part],
}

pub fn template(original: &Original<'_>, language: &str) -> String {
    let mut out = String::new();
    comment(
        &mut out,
        &format!(
            "message.translation: {} of {}, from {} into {}.",
            shown(original.number),
            shown(original.author),
            shown(original.language),
            shown(language)
        ),
    );
    comment(&mut out, "");
    comment(
        &mut out,
        "Above each empty text stands that of the original. What is left empty is not translated;",
    );
    comment(&mut out, "the original counts in any case. Leave the paths as they are.");
    out.push('\n');
    out.push_str(&format!("language = {}\n", quoted(language)));
    comment(&mut out, "Who translated it *, and who certified the translation, if anybody did");
    out.push_str("translator = \"\"\ncertified_by = \"\"\n");
    comment(&mut out, "Remarks: anything else");
    out.push_str("remarks = \"\"\n");
    out.push_str(&format!("\n[of]\nmessage_digest = \"{}\"\n", original.digest));
    out.push_str(&format!("number = {}\n", quoted(original.number)));
    out.push_str(&format!("author = {}\n", quoted(original.author)));
    for text in original.texts {
        out.push('\n');
        comment(&mut out, &format!("{}:", shown(&text.label)));
        for line in shown_lines(&text.text) {
            comment(&mut out, &format!("  {line}"));
        }
        out.push_str(&format!("[[lines]]\npath = {}\ntext = \"\"\n", quoted(text.path.as_str())));
    }
    for part in original.parts {
        out.push('\n');
        comment(&mut out, &format!("Part: {} ({})", shown(&part.name), shown(&part.media_type)));
        comment(&mut out, "Attach its translation, take the # away, and fill in that part's salted digest.");
        out.push_str(&format!("#[[parts]]\n#original = \"{}\"\n#translation = \"\"\n", part.salted_digest));
    }
    out
}
