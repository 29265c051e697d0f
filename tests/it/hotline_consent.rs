//! Who lets a further Party in: the last word of each that is present, and no word that comes too late.

use detente::domain::content::Content;
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, Prose};
use detente::domain::hotline::session::Spoken;
use detente::domain::hotline::{SeenLast, Sees, SessionAddition};
use detente::domain::party::Party;

use crate::hotline::{Desk, exchange, party, spoken, two};

fn addition(sees: Sees) -> SessionAddition {
    SessionAddition { party: "LT".into(), sees: Some(sees), ..SessionAddition::default() }
}

/// To LT as well, where all others agree or where it is said so.
fn agree(desk: &mut Desk, sees: Sees, to_third: bool) -> Spoken {
    let mut to: Vec<Party> = desk.others();
    if to_third || desk.session().others_agree(desk.own, &addition(sees), |_| false) {
        to.push(party("LT"));
    }
    let seen = desk.session().seen_by(desk.own, &to);
    desk.put(&to, Content::SessionAddition(SessionAddition { seen, ..addition(sees) }))
}

fn is_in(desk: &Desk) -> bool {
    desk.session().is_present("LT")
}

#[test]
fn a_word_that_its_party_took_back_by_another_one_lets_nobody_in() {
    let (mut one, mut other) = two();
    agree(&mut other, Sees::All, false);
    agree(&mut other, Sees::FromNowOn, false);
    exchange(&mut one, &mut other);
    let proposed = agree(&mut one, Sees::All, false);
    assert_eq!(proposed.to, [party("PL")]);
    // Nor where a node addresses it to LT all the same.
    agree(&mut one, Sees::All, true);
    exchange(&mut one, &mut other);
    assert!(!is_in(&one) && !is_in(&other));
    let agreed = agree(&mut one, Sees::FromNowOn, false);
    assert_eq!(agreed.to, [party("PL"), party("LT")]);
    exchange(&mut one, &mut other);
    assert!(is_in(&one) && is_in(&other));
}

#[test]
fn a_word_that_the_one_who_let_a_party_in_had_not_seen_puts_nobody_out_wherever_it_stands() {
    let (mut one, mut other) = two();
    let first = agree(&mut other, Sees::All, false);
    exchange(&mut one, &mut other);
    let let_in = agree(&mut one, Sees::All, false);
    exchange(&mut one, &mut other);
    assert!(is_in(&one) && is_in(&other));
    // PL makes another word as if it had not seen that one, until it stands before it.
    let seen = vec![SeenLast {
        author: "PL".into(),
        message: Some(MessageDigest(first.said.message)),
        not_to: Vec::new(),
    }];
    let made = |salt: u64| {
        let remarks = Prose(salt.to_string());
        let form = SessionAddition { seen: seen.clone(), remarks, ..addition(Sees::FromNowOn) };
        spoken(party("PL"), &[party("BY")], 100 + salt, Content::SessionAddition(form))
    };
    let late = (0..).map(made).find(|one| one.said.message < let_in.said.message).unwrap();
    other.held.push(late.clone());
    one.take(&late);
    for desk in [&one, &other] {
        let session = desk.session();
        let order: Vec<Digest> = session.lines.iter().map(|line| line.spoken.said.message).collect();
        let at = |message: &Digest| order.iter().position(|one| one == message).unwrap();
        assert!(at(&first.said.message) < at(&late.said.message), "{}", desk.own);
        assert!(at(&late.said.message) < at(&let_in.said.message), "{}", desk.own);
        assert!(is_in(desk), "{}", desk.own);
    }
}

#[test]
fn a_word_that_the_writer_was_not_shown_is_no_consent_as_its_addition_does_not_build_on_it() {
    let (mut one, mut other) = two();
    let word = agree(&mut other, Sees::All, false);
    one.take(&word);
    let is_not_shown = |spoken: &Spoken| spoken.said.message == word.said.message;
    let session = one.session();
    assert!(session.others_agree(one.own, &addition(Sees::All), |_| false));
    assert!(!session.others_agree(one.own, &addition(Sees::All), is_not_shown));
}

/// LT lets EE in before anybody else agreed, and gives that to EE: at EE the session begins with it.
#[test]
fn an_addition_that_reached_who_came_in_before_all_agreed_keeps_nobody_from_closing_with_it() {
    let [mut by, mut ee, mut lt, mut pl] = ["BY", "EE", "LT", "PL"].map(Desk::new);
    let opened = by.open(&["LT", "PL"]);
    lt.take(&opened);
    pl.take(&opened);
    let seen = lt.session().seen_by(lt.own, &["BY", "PL", "EE"].map(party));
    let form = SessionAddition { party: "EE".into(), seen, ..addition(Sees::FromNowOn) };
    let early = lt.put(&["BY", "PL", "EE"].map(party), Content::SessionAddition(form));
    for desk in [&mut by, &mut pl, &mut ee] {
        desk.take(&early);
    }
    let agrees = pl.add("EE");
    by.take(&agrees);
    let lets_in = by.add("EE");
    assert!(lets_in.to.contains(&ee.own));
    let said = by.say("we are four");
    for one in [&lets_in, &said] {
        ee.take(one);
    }
    let (of_by, of_ee) = (by.close(), ee.close());
    by.take(&of_ee);
    ee.take(&of_by);
    let agreed = [&by, &ee].map(|desk| {
        let pairs = desk.session().pairs;
        let pair = pairs.iter().find(|pair| [pair.between.0, pair.between.1].contains(&ee.own)).unwrap();
        assert!(pair.differences.is_empty(), "{}: {pair:?}", desk.own);
        pair.agreed.expect("both signed the same")
    });
    assert_eq!(agreed[0], agreed[1]);
}
