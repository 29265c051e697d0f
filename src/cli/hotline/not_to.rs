//! To whom of a session a message of it did not go, in words.
//!
//! Never here: who that is (the node's).

use crate::codec::proto::detente::v1 as calls;
use crate::domain::text::shown;

/// Safe to show; `None` where it went to all who were in the session.
pub(super) fn not_to(line: &calls::SessionLine) -> Option<String> {
    let parties: Vec<String> = line.not_to.iter().map(|party| shown(party)).collect();
    (!parties.is_empty()).then(|| format!("NOT SENT TO {}, in the session by then", parties.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_in_the_session_and_was_not_sent_a_text_is_named() {
        let line = |not_to: &[&str]| calls::SessionLine {
            not_to: not_to.iter().map(|code| (*code).to_owned()).collect(),
            ..Default::default()
        };
        assert_eq!(not_to(&line(&[])), None);
        let told = not_to(&line(&["LT", "UA"]));
        assert_eq!(told.as_deref(), Some("NOT SENT TO LT, UA, in the session by then"));
    }
}
