//! What is kept of a message in a session, and how much memory that takes.
//!
//! Never here: a text that was cut.

use super::beside::whole_or_none;
use crate::domain::content::Content;
use crate::domain::form::Prose;
use crate::domain::hotline::session::seen_in;
use crate::domain::hotline::{
    AgreedWith, SeenLast, SessionAcceptance, SessionAddition, SessionClose, SessionOpening, SessionShown,
    SessionText,
};
use crate::domain::party::Party;
use crate::limits;

/// What a session uses of it, of a message that these have: the rest stands in the message alone.
pub(super) fn bare(mut content: Content, had_by: &[Party]) -> Content {
    match &mut content {
        Content::SessionAcceptance(SessionAcceptance { seen, .. })
        | Content::SessionText(SessionText { seen, .. })
        | Content::SessionAddition(SessionAddition { seen, .. })
        | Content::SessionClose(SessionClose { seen, .. }) => used(seen, had_by),
        _ => {}
    }
    match &mut content {
        Content::SessionOpening(SessionOpening { remarks, to_follow, not_known, .. })
        | Content::SessionAcceptance(SessionAcceptance { remarks, to_follow, not_known, .. })
        | Content::SessionText(SessionText { remarks, to_follow, not_known, .. })
        | Content::SessionAddition(SessionAddition { remarks, to_follow, not_known, .. })
        | Content::SessionShown(SessionShown { remarks, to_follow, not_known, .. }) => {
            *remarks = Prose::default();
            *to_follow = Vec::new();
            *not_known = Vec::new();
        }
        Content::SessionClose(SessionClose { remarks, to_follow, not_known, .. }) => {
            *remarks = Prose(whole_or_none(&remarks.0));
            *to_follow = Vec::new();
            *not_known = Vec::new();
        }
        _ => {}
    }
    content
}

/// No more than is read of what a message names; and to whom that did not go, of those who have the message.
fn used(seen: &mut Vec<SeenLast>, had_by: &[Party]) {
    seen.truncate(limits::HOTLINE_SEEN_MAX);
    seen.shrink_to_fit();
    for one in seen {
        one.not_to.retain(|party| had_by.iter().any(|had| had.as_str() == party));
        one.not_to.shrink_to_fit();
    }
}

/// About what takes memory of what is kept of it, beside what each message takes.
pub(super) fn weight(content: &Content) -> usize {
    let text = |text: &str| size_of::<String>().saturating_add(text.len());
    let texts = |all: &[String]| all.iter().map(|one| text(one)).fold(0_usize, usize::saturating_add);
    let seen = seen_in(content).iter().map(|one| {
        let not_to = texts(&one.not_to);
        size_of::<SeenLast>().saturating_add(one.author.len()).saturating_add(not_to)
    });
    let itself = match content {
        Content::SessionOpening(form) => texts(&form.languages),
        Content::SessionAcceptance(form) => text(&form.officer),
        Content::SessionText(form) => form.text.0.len(),
        Content::SessionAddition(form) => text(&form.party),
        Content::SessionShown(form) => text(&form.console),
        Content::SessionClose(form) => {
            let with = form.agreed.iter().map(|one| size_of::<AgreedWith>().saturating_add(one.party.len()));
            with.fold(text(&form.remarks.0), usize::saturating_add)
        }
        _ => 0,
    };
    seen.fold(itself, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_and_what_is_to_follow_are_not_kept_with_a_session() {
        let text = Prose("Stop.".into());
        let remarks = Prose("x".repeat(1_000));
        let form = SessionText { text: text.clone(), remarks, ..SessionText::default() };
        let kept = SessionText { text, ..SessionText::default() };
        assert_eq!(bare(Content::SessionText(form), &[]), Content::SessionText(kept));
    }

    #[test]
    fn of_what_a_message_names_no_more_is_kept_than_is_read_and_what_is_kept_is_counted() {
        let codes: Vec<String> = (0..100).map(|number| format!("X{number}")).chain(["PL".into()]).collect();
        let seen = SeenLast { not_to: codes, ..SeenLast::default() };
        let form = SessionText { seen: vec![seen; 5 * limits::HOTLINE_SEEN_MAX], ..SessionText::default() };
        let came = Content::SessionText(form);
        let kept = bare(came.clone(), &["BY", "PL"].map(|code| code.parse::<Party>().unwrap()));
        let Content::SessionText(form) = &kept else { panic!("{kept:?}") };
        assert_eq!(form.seen.len(), limits::HOTLINE_SEEN_MAX);
        assert!(form.seen.iter().all(|one| one.not_to == ["PL"]));
        let each = size_of::<SeenLast>() + size_of::<String>() + "PL".len();
        assert_eq!(weight(&kept), limits::HOTLINE_SEEN_MAX * each);
        assert!(weight(&came) > 100 * limits::HOTLINE_SEEN_MAX * "X10".len());
    }
}
