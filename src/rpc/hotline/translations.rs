//! The translations of a text, each as its message gives it.
//!
//! Never here: one that was cut. Of more than there is room for their number is told.

use prost::Message as _;

use super::beside::reason;
use super::told::Told;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::said::Said;
use crate::limits;

/// Of those that are told as many as a line has room for, the first ones, and how many more there are.
pub(super) fn of(
    told: &Told,
    text: &Digest,
    is_told: impl Fn(&Said) -> bool,
) -> (Vec<calls::TextTranslation>, u32) {
    let (mut given, mut bytes, mut more) = (Vec::new(), 0_usize, 0_u32);
    for (said, form) in told.translations_of(text).filter(|(said, _)| is_told(said)) {
        let Some(text) = form.lines.iter().find(|line| line.path == super::TEXT) else { continue };
        let word = told.withdrawn_by(said);
        let one = calls::TextTranslation {
            digest: said.message.0.to_vec().into(),
            by: said.author.to_string(),
            translator: form.translator.clone(),
            language: form.language.clone(),
            text: text.text.0.clone(),
            withdrawn_by: word.map(|word| word.number.clone()).unwrap_or_default(),
            withdrawal_reason: reason(word),
            withdrawal_came_by_file: told.withdrawal_came_by_file(said),
            came_by_file: told.came_by_file(&said.message),
        };
        let with = bytes.saturating_add(one.encoded_len());
        if given.len() >= limits::HOTLINE_TRANSLATIONS_TOLD || with > limits::HOTLINE_TRANSLATIONS_BYTES {
            more = more.saturating_add(1);
            continue;
        }
        bytes = with;
        given.push(one);
    }
    (given, more)
}
