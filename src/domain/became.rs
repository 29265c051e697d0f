//! What became of a message by later words of its own author: taken back, amended, cancelled, or replaced. Whoever
//! reads it is told in one line.
//!
//! Never here: what anybody else says of it. What stands in a thread is the picture's to say
//! (`exercise/picture.rs`).

use super::content::{Content, Kind};
use super::digest::Digest;
use super::form::MessageReference;
use super::party::Party;
use super::said::{Said, withdrawn};
use super::text::shown;

/// Of what its own author took back.
pub const WITHDRAWN: &str = "WITHDRAWN";
/// Before such a line of a message that another one hands on.
pub const OF_HANDED_ON: &str = "the message that it hands on: ";
const AMENDED: &str = "AMENDED";
const UPDATED: &str = "UPDATED";
const CANCELLED: &str = "CANCELLED";
const REPLACED: &str = "REPLACED";

/// The line, safe to show, by the messages of one author in the order of their places, before them whatever else they
/// name: of what takes it back, or else of the newest that changed it. `None` where it stands as it is.
pub fn became(digest: &Digest, said: &[Said]) -> Option<String> {
    let this = said.iter().find(|one| one.message == *digest)?;
    let withdrawn = withdrawn(said);
    let line = |how: &str, word: &Said| format!("{how} by {}", shown(&word.number));
    if let Some(word) = withdrawn.get(digest) {
        return Some(withdrawn_by(&word.number));
    }
    let later = said.iter().skip_while(|one| one.message != *digest).skip(1);
    let standing = later.filter(|one| one.traffic == this.traffic && !withdrawn.contains_key(&one.message));
    standing.filter_map(|word| how(this, word, said).map(|how| line(how, word))).last()
}

/// The line of what is taken back, by the number of the word that does so.
pub fn withdrawn_by(number: &str) -> String {
    format!("{WITHDRAWN} by {}", shown(number))
}

/// Whether a mark is such a line, of the message itself or of one that it hands on.
pub fn is_of_what_became(mark: &str) -> bool {
    let mark = mark.strip_prefix(OF_HANDED_ON).unwrap_or(mark);
    let words = [WITHDRAWN, AMENDED, UPDATED, CANCELLED, REPLACED];
    words.iter().any(|word| mark.strip_prefix(word).is_some_and(|rest| rest.starts_with(" by ")))
}

/// What a later word of its author does to a message, if anything.
fn how(this: &Said, word: &Said, said: &[Said]) -> Option<&'static str> {
    let is_notice = matches!(this.content, Content::Notification(_) | Content::Amendment(_));
    let names = |reference: &MessageReference| this.is_meant(reference, word.author);
    match &word.content {
        Content::Amendment(_) | Content::Notification(_) if is_notice => Some(AMENDED),
        Content::Update(form) if names(&form.updates) => Some(UPDATED),
        Content::Cancellation(form) => {
            let is_calendar = this.content.kind() == Kind::Calendar;
            let is_of_notice = is_notice && may_be_of_notice(&form.cancels, this.author, said);
            (is_of_notice || (is_calendar && names(&form.cancels))).then_some(CANCELLED)
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

/// Whether an author may mean its own notice, in whichever version: what is named is one, or is not known.
fn may_be_of_notice(named: &MessageReference, author: Party, said: &[Said]) -> bool {
    let by_number = named.message_digest.is_none();
    let is_anothers = by_number && !named.author.is_empty() && named.author != author.as_str();
    let is_notice = |content: &Content| matches!(content, Content::Notification(_) | Content::Amendment(_));
    let meant = said.iter().find(|one| one.is_meant(named, author));
    !is_anothers && meant.is_none_or(|one| one.author == author && is_notice(&one.content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::exercise::{Calendar, Cancellation};
    use crate::domain::form::MessageDigest;
    use crate::domain::message::Traffic;
    use crate::domain::time::Instant;

    fn said(place: u8, author: &str, content: Content) -> Said {
        Said {
            message: Digest([place; 32]),
            number: format!("{author}/25/{place:04}"),
            author: author.parse().unwrap(),
            traffic: Traffic::Real,
            released_at: Instant(i64::from(place)),
            content,
        }
    }

    fn by_digest(place: u8) -> MessageReference {
        MessageReference { message_digest: Some(MessageDigest(Digest([place; 32]))), ..Default::default() }
    }

    fn by_number(number: &str, author: &str) -> MessageReference {
        MessageReference { number: number.into(), author: author.into(), ..Default::default() }
    }

    #[test]
    fn a_notice_is_cancelled_by_no_word_on_something_else() {
        let notice = |place, author| said(place, author, Content::Notification(Box::default()));
        let before =
            [said(1, "BY", Content::Calendar(Calendar::default())), notice(2, "PL"), notice(3, "BY")];
        for (cancels, is_cancelled) in [
            (by_digest(3), true),
            (by_number("BY/25/0003", ""), true),
            // It is not held here.
            (by_digest(9), true),
            (by_number("BY/25/0009", "BY"), true),
            (MessageReference::default(), true),
            (by_digest(1), false),
            (by_number("BY/25/0001", ""), false),
            (by_digest(2), false),
            (by_number("PL/25/0002", "PL"), false),
            (by_number("PL/25/0009", "PL"), false),
        ] {
            let form = Cancellation { cancels: cancels.clone(), ..Cancellation::default() };
            let mut all = before.to_vec();
            all.push(said(4, "BY", Content::Cancellation(form)));
            let mark = became(&Digest([3; 32]), &all);
            assert_eq!(mark.is_some(), is_cancelled, "{cancels:?}: {mark:?}");
        }
    }
}
