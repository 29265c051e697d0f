//! Who is to come in to a session and is not in, in words.
//!
//! Never here: whether somebody is in: the node says so.

use crate::codec::proto::detente::v1 as calls;
use crate::domain::hotline::Sees;
use crate::domain::text::shown;

/// Who is to come in and is not in, with the word of each that is present.
pub(super) fn not_in(session: &calls::Session) -> Vec<String> {
    let of = |one: &calls::NotIn| {
        let word = |by: &String| match one.said.iter().find(|said| said.by == *by) {
            Some(said) => {
                let sees = Sees::from_number(said.sees);
                format!("{} says {}", shown(by), sees.map(|sees| sees.to_string()).unwrap_or_default())
            }
            None => format!("{} has not said so", shown(by)),
        };
        let words: Vec<String> = session.present.iter().map(word).collect();
        format!("{} is not in: {}", shown(&one.party), words.join(", "))
    };
    let mut told: Vec<String> = session.not_in.iter().map(of).collect();
    if session.more_not_in > 0 {
        told.push(format!("and {} more that are not in", session.more_not_in));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_in_is_told_with_how_many_more_there_are() {
        let one = calls::NotIn { party: "LT".into(), ..Default::default() };
        let session = calls::Session {
            present: vec!["BY".into()],
            not_in: vec![one],
            more_not_in: 2,
            ..Default::default()
        };
        assert_eq!(not_in(&session), ["LT is not in: BY has not said so", "and 2 more that are not in"]);
    }
}
