//! What a writer was not shown when it wrote, and so does not name as seen.
//!
//! Never here: a writer's own words. Whoever wrote them has seen them.

use super::told::Told;
use crate::domain::hotline::session::Spoken;
use crate::domain::people::Person;

/// Whether this one stands in none of the records before that one, by which the writer was shown the session, and is of
/// another person: a colleague's text is not seen because it is of the same Party.
pub(super) fn is_not_shown(told: &Told, before: u64, writer: &Person, one: &Spoken) -> bool {
    let is_writers = || {
        let message = told.message(&one.said.message).filter(|_| one.said.author == told.own);
        message.is_some_and(|message| message.draft.drafter.is_same_person(writer))
    };
    one.recorded >= before && !is_writers()
}
