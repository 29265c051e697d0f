//! Texts that were written at once: each says which of those before it its writer had not seen.

use detente::domain::hotline::session::Spoken;

use crate::hotline::Desk;

#[test]
fn two_officers_of_one_party_who_write_at_once_are_told_as_without_sight_of_each_other() {
    let (mut by, mut pl) = (Desk::new("BY"), Desk::new("PL"));
    let opened = by.open(&["PL"]);
    pl.take(&opened);
    by.take(&pl.accept());
    let mut beside = Desk { own: by.own, held: by.held.clone() };
    by.say("by one officer");
    let second = beside.say("by the other one");
    let recorded = by.held.len() as u64;
    by.held.push(Spoken { recorded, ..second });
    by.say("by one who saw both");
    let session = by.session();
    let unseen: Vec<usize> = session.lines.iter().map(|line| line.unseen).collect();
    assert_eq!(unseen, [0, 0, 0, 1, 0]);
    assert_eq!(session.lines[3].unseen_first, [session.lines[2].spoken.said.message]);
}
