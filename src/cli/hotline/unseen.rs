//! What the author of a text had not seen when it was written, and what its reader has not or does not read, in words.
//!
//! Never here: a count that reads like the number of a text.

use crate::codec::proto::detente::v1 as calls;
use crate::domain::text::shown;

/// Of one that stands behind very many.
const NOT_COMPARED: &str =
    "which of those above it its author had not seen is not looked at: they are too many";

/// Which messages above it its author had not seen, each by its name; or that nobody looked.
pub(super) fn unseen(line: &calls::SessionLine, name: impl Fn(&[u8]) -> String) -> Option<String> {
    if line.unseen_not_compared {
        return Some(NOT_COMPARED.to_owned());
    }
    let mut names: Vec<String> = line.unseen_texts.iter().map(|digest| name(digest)).collect();
    let more = usize::try_from(line.unseen).unwrap_or(usize::MAX).saturating_sub(names.len());
    if more > 0 {
        names.push(format!("{more} more"));
    }
    let last = names.pop()?;
    let all = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    Some(format!("written without sight of {all}: which comes first means nothing"))
}

/// Behind the digest of the text that this one answers, where that does not stand here.
pub(super) fn not_here(line: &calls::SessionLine) -> &'static str {
    if line.answers_not_here { ", which does not stand here" } else { "" }
}

/// How much of the thread is not read as part of the session, and whose.
pub(super) fn not_read(session: &calls::Session) -> Option<String> {
    let of: Vec<String> = session.not_read_of.iter().map(|party| shown(party)).collect();
    (session.not_read > 0).then(|| {
        let (many, of) = (session.not_read, of.join(" and "));
        format!("{many} further message(s) of {of} are not read here: detente message show has all")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_its_author_had_not_seen_is_told_by_name_and_no_count_passes_for_a_name() {
        let named = |unseen: u32, texts: &[u8]| {
            let unseen_texts = texts.iter().map(|one| vec![*one; 32].into()).collect();
            let line = calls::SessionLine { unseen, unseen_texts, ..Default::default() };
            super::unseen(&line, |digest| digest[0].to_string())
        };
        let sentence =
            |names: &str| Some(format!("written without sight of {names}: which comes first means nothing"));
        assert_eq!(named(0, &[]), None);
        assert_eq!(named(1, &[13]), sentence("13"));
        assert_eq!(named(3, &[5, 6, 9]), sentence("5, 6 and 9"));
        assert_eq!(named(9, &[5, 6]), sentence("5, 6 and 7 more"));
        let line = calls::SessionLine { unseen_not_compared: true, ..Default::default() };
        assert_eq!(super::unseen(&line, |_| String::new()).as_deref(), Some(NOT_COMPARED));
    }

    #[test]
    fn what_is_not_read_of_whom_is_said() {
        assert_eq!(not_read(&calls::Session::default()), None);
        let not_read_of = vec!["BY".into(), "LT".into()];
        let session = calls::Session { not_read: 7, not_read_of, ..Default::default() };
        let said = "7 further message(s) of BY and LT are not read here: detente message show has all";
        assert_eq!(not_read(&session).as_deref(), Some(said));
    }
}
