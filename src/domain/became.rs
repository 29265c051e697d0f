//! What became of a message by later words of its own author: taken back, amended, cancelled, or replaced. Whoever
//! reads it is told in one line.
//!
//! Never here: what anybody else says of it. What stands in a thread is the picture's to say
//! (`exercise/picture.rs`).

use super::content::{Content, Kind};
use super::digest::Digest;
use super::form::MessageReference;
use super::said::{Said, withdrawn};
use super::text::shown;

const WITHDRAWN: &str = "WITHDRAWN";
const AMENDED: &str = "AMENDED";
const UPDATED: &str = "UPDATED";
const CANCELLED: &str = "CANCELLED";
const REPLACED: &str = "REPLACED";

/// The line, safe to show, by the messages of one author in the order of their places: of what takes it back, or else
/// of the newest that changed it. `None` where it stands as it is.
pub fn became(digest: &Digest, said: &[Said]) -> Option<String> {
    let this = said.iter().find(|one| one.message == *digest)?;
    let withdrawn = withdrawn(said);
    let line = |how: &str, word: &Said| format!("{how} by {}", shown(&word.number));
    if let Some(word) = withdrawn.get(digest) {
        return Some(line(WITHDRAWN, word));
    }
    let later = said.iter().skip_while(|one| one.message != *digest).skip(1);
    let standing = later.filter(|one| one.traffic == this.traffic && !withdrawn.contains_key(&one.message));
    standing.filter_map(|word| how(this, word).map(|how| line(how, word))).last()
}

/// Whether a mark is such a line.
pub fn is_of_what_became(mark: &str) -> bool {
    let words = [WITHDRAWN, AMENDED, UPDATED, CANCELLED, REPLACED];
    words.iter().any(|word| mark.strip_prefix(word).is_some_and(|rest| rest.starts_with(" by ")))
}

/// What a later word of its author does to a message, if anything.
fn how(this: &Said, word: &Said) -> Option<&'static str> {
    let is_notice = matches!(this.content, Content::Notification(_) | Content::Amendment(_));
    let names = |reference: &MessageReference| this.is_meant(reference, word.author);
    match &word.content {
        Content::Amendment(_) | Content::Notification(_) if is_notice => Some(AMENDED),
        Content::Update(form) if names(&form.updates) => Some(UPDATED),
        Content::Cancellation(form) => {
            // A notice is cancelled in whichever version it is named.
            let is_calendar = this.content.kind() == Kind::Calendar;
            (is_notice || (is_calendar && names(&form.cancels))).then_some(CANCELLED)
        }
        later if later.in_place_of().is_some_and(names) && later.kind() == this.content.kind() => {
            Some(REPLACED)
        }
        Content::Calendar(later) => match &this.content {
            Content::Calendar(earlier) if earlier.year == later.year => Some(REPLACED),
            _ => None,
        },
        Content::Conclusion(_) if this.content.kind() == Kind::Conclusion => Some(REPLACED),
        _ => None,
    }
}
