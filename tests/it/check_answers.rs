//! What is held against the answer to a check, and what a missed check says of one.

use detente::domain::check::{Known, Part, What};
use detente::domain::content::Content;
use detente::domain::time::Instant;
use detente::limits;

use crate::check_words::{Link, NOTHING, agreed, answer_to, due};

fn over() -> Instant {
    due().plus_ms(5 * 60_000 + limits::CHECK_GRACE_MS + 1)
}

#[test]
fn of_an_answer_without_a_receipt_a_missed_check_says_that_it_was_given_and_not_that_nobody_answered() {
    let mut link = Link::new("BY", "officer = \"watch\"");
    link.says(agreed(), due());
    assert_eq!(link.note(What::Made { at: due() }, due()), Ok(()));
    assert_eq!(link.note(What::Missed(Known::AnswerNotProven), over()), NOTHING);
    let check = link.theirs(Part::Check).unwrap().message;
    link.we_say(1, &Content::CheckAnswer(answer_to(check)), due());
    assert_eq!(link.note(What::Missed(Known::AnswerNotProven), over()), Ok(()));
    assert_eq!(Known::AnswerNotProven.to_string(), "link up, answered by us, not yet receipted as taken");
}
