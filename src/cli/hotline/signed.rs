//! Which messages of a sheet are no part of the transcript that is signed, as those that wait for one that is not here,
//! and all that build on such.
//!
//! Never here: the transcript itself, which is the node's, and held against the lines in `between.rs`.

use std::collections::BTreeSet;

use crate::codec::proto::detente::v1 as calls;

/// The messages that stand in a transcript, by the hexadecimal digits of their digests.
pub(super) struct Signed<'t>(BTreeSet<&'t str>);

impl<'t> Signed<'t> {
    /// Each line but those of its head ends with the digest of a message.
    pub fn of(transcript: &'t str) -> Signed<'t> {
        Signed(transcript.lines().filter_map(|line| line.rsplit(' ').next()).collect())
    }

    fn holds(&self, line: &calls::SessionLine) -> bool {
        self.0.contains(hex::encode(&line.digest).as_str())
    }

    /// What stands under a message that is not signed.
    pub fn mark(&self, line: &calls::SessionLine) -> Option<&'static str> {
        (!self.holds(line)).then_some("no part of what is signed")
    }

    /// Digests of those that are not, in their order.
    pub fn without(&self, lines: &[calls::SessionLine]) -> Vec<String> {
        lines.iter().filter(|line| !self.holds(line)).map(|line| hex::encode(&line.digest)).collect()
    }

    /// Under the digest of the transcript, of how many of these messages it is; `None` where it is of all.
    pub fn counted(&self, lines: &[calls::SessionLine]) -> Option<String> {
        let (all, without) = (lines.len(), self.without(lines).len());
        let signed = all.saturating_sub(without);
        (without > 0).then(|| format!("     of {signed} of the {all} messages above"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::page;
    use super::*;
    use crate::domain::digest::Digest;

    #[test]
    fn what_waits_and_what_builds_on_it_is_marked_above_the_digest_that_is_signed_of_the_others() {
        let line = |digit: u8| calls::SessionLine { digest: vec![digit; 32].into(), ..Default::default() };
        let whole = calls::ShowSessionResponse {
            session: Some(calls::Session::default()),
            lines: vec![line(0x11), line(0x22), line(0x33)],
            ..Default::default()
        };
        let head = format!("detente hotline transcript 1\nthread {}\nbetween BY PL\n", "22".repeat(16));
        let written = |digits: &[&str]| {
            let lines = digits.iter().map(|digit| format!("1 BY {}\n", digit.repeat(32)));
            format!("{head}{}", lines.collect::<String>())
        };
        let shown = |signed: &str| page::transcript(&whole, signed, &Digest::of(signed.as_bytes()));
        let all = shown(&written(&["11", "22", "33"]));
        assert!(!all.contains("no part of what is signed") && !all.contains("of the 3 messages"), "{all}");
        let signed = written(&["11"]);
        let some = shown(&signed);
        assert_eq!(some.matches("no part of what is signed").count(), 2, "{some}");
        assert!(some.contains("of 1 of the 3 messages above"), "{some}");
        let without = Signed::of(&signed).without(&whole.lines);
        assert_eq!(without, ["22".repeat(32), "33".repeat(32)]);
    }
}
