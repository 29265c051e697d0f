//! The time that counts as giving, of a dispatch of a bundle: the other end's own word, by receipt or by cosignature.
//!
//! Never here: a time by the sender's account, or one whose signature nothing dates.

use super::Weight::{NotProven, Proven};
use super::dated::Weighed;
use super::thread::Checker;
use crate::domain::message::Dispatch;
use crate::domain::time::Instant;

/// What a word of the other end's says on when something was given to it.
pub(super) enum Given {
    /// By then.
    At(Instant, Weighed),
    /// A time is stated, under a key that was replaced since, and nothing dates it.
    Undated,
    Nothing,
}

impl Given {
    fn at(&self) -> Option<(Instant, &Weighed)> {
        match self {
            Given::At(at, word) => Some((*at, word)),
            Given::Undated | Given::Nothing => None,
        }
    }

    fn is_undated(&self) -> bool {
        matches!(self, Given::Undated)
    }
}

impl Checker<'_> {
    pub(super) fn given(&mut self, about: &str, dispatch: &Dispatch, covered: &Given, received: &Given) {
        let (from, to) = (dispatch.from, dispatch.to);
        let released = self.messages.get(&dispatch.message).map(|message| message.released_at);
        let by_cover = covered.at().map(|(second, word)| (by_the_end_of(second, released), word));
        match (by_cover, received.at()) {
            (Some((end, word)), received) if received.is_none_or(|(at, _)| end < at) => {
                let sentence =
                    format!("it counts as given by {end} at the latest, by {to}'s own cosignature");
                self.signed(about, Proven, &word.by, sentence);
            }
            (_, Some((at, word))) => {
                let sentence = format!("it counts as given at {at}, by {to}'s own statement{}", word.dated());
                self.signed(about, Proven, &word.by, sentence);
            }
            (_, None) if covered.is_undated() || received.is_undated() => self.add(
                about,
                NotProven,
                format!(
                    "when it was given to {to}: what says so in here is signed with keys of {to}'s that were replaced \
                     since, and nothing dates it"
                ),
            ),
            (_, None) => self.add(
                about,
                NotProven,
                format!("when it was given to {to}: the time is by {from}'s account alone"),
            ),
        }
    }
}

/// What a cosignature proves: its time is in whole seconds, so that what it covers was there by the end
/// of that second, and never before the release that was stated.
fn by_the_end_of(second: Instant, released: Option<Instant>) -> Instant {
    let end = Instant::from_seconds(second.seconds()).plus_ms(999);
    released.map_or(end, |released| end.max(released))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosignature_never_proves_that_something_was_given_before_it_was_released() {
        let second = Instant::from_seconds(36);
        assert_eq!(by_the_end_of(second, None), second.plus_ms(999));
        assert_eq!(by_the_end_of(second, Some(second.plus_ms(572))), second.plus_ms(999));
        assert_eq!(by_the_end_of(second, Some(second.plus_ms(1_500))), second.plus_ms(1_500));
    }
}
