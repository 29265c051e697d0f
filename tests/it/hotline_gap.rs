//! A session in which a message is not here that others build on.

use detente::domain::content::Content;
use detente::domain::digest::Digest;
use detente::domain::form::Prose;
use detente::domain::hotline::SessionText;
use detente::domain::hotline::session::Spoken;

use crate::hotline::{Desk, two};

fn say(desk: &mut Desk, text: &str) -> Spoken {
    let to = desk.others();
    let seen = desk.session().seen_by(desk.own, &to);
    desk.put(
        &to,
        Content::SessionText(SessionText { text: Prose(text.into()), seen, ..SessionText::default() }),
    )
}

#[test]
fn of_what_builds_on_what_is_not_here_nothing_is_said_to_have_been_unseen() {
    let (mut one, mut other) = two();
    other.take(&say(&mut one, "one"));
    let gone = say(&mut other, "two");
    one.take(&gone);
    let names_it = say(&mut one, "three");
    other.take(&names_it);
    let builds_on_it = say(&mut other, "four");
    one.take(&builds_on_it);
    assert!(one.session().lines.iter().all(|line| line.unseen == 0 && line.missing.is_empty()));

    one.held.retain(|one| one.said.message != gone.said.message);
    let session = one.session();
    assert!(session.lines.iter().all(|line| line.unseen == 0 && line.unseen_first.is_empty()), "{session:?}");
    let waits: Vec<Digest> = session.lines.iter().flat_map(|line| line.missing.clone()).collect();
    assert_eq!(waits, [gone.said.message]);
    let incomplete = session.incomplete(|_| false);
    assert_eq!(incomplete, [&names_it, &builds_on_it].map(|one| one.said.message).into());
}
