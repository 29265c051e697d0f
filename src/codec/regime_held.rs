//! A regime's text with what the Board needs of it, from and to the form in which records hold it.
//!
//! Never here: the text itself (`regime/`); an audit holds the two against each other.

use std::collections::BTreeMap;

use super::fault::DecodeFault;
use super::journal_v1 as proto;
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::event::{LaysDown, RegimeHeld};
use crate::domain::regime::Document;
use crate::domain::regime::numbering::{Mark, Numbering, Pattern, is_word};

pub(super) fn to_proto(held: &RegimeHeld) -> proto::RegimeHeld {
    let numbering = held.numbering.as_ref();
    proto::RegimeHeld {
        name: held.name.clone(),
        edition: held.edition,
        text: held.text.clone(),
        number_pattern: numbering.map_or_else(String::new, |numbering| numbering.pattern.written()),
        number_marks: numbering
            .into_iter()
            .flat_map(|numbering| &numbering.marks)
            .map(mark_to_proto)
            .collect(),
        has_duties: held.duties == LaysDown::Duties,
    }
}

pub(super) fn from_proto(wire: proto::RegimeHeld) -> Result<RegimeHeld, DecodeFault> {
    let marks = wire.number_marks.into_iter().map(mark_from_proto).collect::<Result<BTreeMap<_, _>, _>>()?;
    let numbering = match (wire.number_pattern.as_str(), marks.is_empty()) {
        ("", true) => None,
        ("", false) => return Err(DecodeFault::new("regime_held.number_marks", "none without a pattern")),
        (pattern, _) => {
            let not_one = |_| DecodeFault::new("regime_held.number_pattern", "a pattern with its places");
            Some(Numbering { pattern: Pattern::read(pattern).map_err(not_one)?, marks })
        }
    };
    let digest = Digest::of(&wire.text);
    let duties = if wire.has_duties { LaysDown::Duties } else { LaysDown::NoDuties };
    Ok(RegimeHeld { name: wire.name, edition: wire.edition, digest, text: wire.text, numbering, duties })
}

fn mark_to_proto((document, mark): (&Document, &Mark)) -> proto::NumberMark {
    proto::NumberMark {
        document: match document {
            Document::Kind(kind) => kind.name().into(),
            Document::Format(code) => format!("{OF_FORMAT}{code}"),
        },
        format: mark.format.clone(),
        kind: mark.kind.clone(),
    }
}

fn mark_from_proto(wire: proto::NumberMark) -> Result<(Document, Mark), DecodeFault> {
    let document = match wire.document.strip_prefix(OF_FORMAT) {
        Some(code) => Document::Format(code.into()),
        None => {
            let rule = "a kind that this program knows, or a format";
            let kind = Kind::from_name(&wire.document);
            Document::Kind(kind.ok_or(DecodeFault::new("regime_held.number_marks.document", rule))?)
        }
    };
    if ![&wire.format, &wire.kind].iter().all(|word| word.is_empty() || is_word(word)) {
        return Err(DecodeFault::new("regime_held.number_marks", "words that may stand in a number"));
    }
    Ok((document, Mark { format: wire.format, kind: wire.kind }))
}

const OF_FORMAT: &str = "format ";
