//! Functions of a regime, held for dated terms by word of two custodians.

use detente::domain::board::Denied;
use detente::domain::event::{Change, Record};
use detente::domain::function::Term;
use detente::domain::time::Instant;

use crate::office::change;
use crate::party::{Folded, at};

fn term(party: &str, from: i64, until: Option<i64>) -> Term {
    Term {
        regime: "a-regime".into(),
        function: "chair".into(),
        party: party.parse().unwrap(),
        from: at(from),
        until: until.map(at),
        source: "Note 12 of the depositary".into(),
    }
}

fn reason(done: Result<Record, Denied>) -> &'static str {
    match done {
        Err(Denied::Refused(refused)) => refused.reason(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_holds_a_function_at_an_instant_has_one_answer() {
    let mut folded = Folded::with_peer();
    let terms = [term("AT", 0, None), term("FI", 100, Some(200)), term("CH", 100, Some(150))];
    for (number, term) in (10..).zip(terms) {
        change(&mut folded, number, Change::FunctionTerm(term)).unwrap();
    }
    let holder = |regime: &str, function: &str, at: Instant| {
        let term = folded.board.roster.functions.term_at(regime, function, at, None);
        term.map(|term| term.party.to_string())
    };
    let at_chair = |seconds| holder("a-regime", "chair", at(seconds));
    assert_eq!(at_chair(-1), None);
    assert_eq!(at_chair(99).as_deref(), Some("AT"));
    assert_eq!(at_chair(149).as_deref(), Some("CH"), "the later word for the same start counts");
    assert_eq!(at_chair(150), None, "nobody is put in the place of a term that has ended");
    assert_eq!(holder("a-regime", "depositary", at(0)), None);
    assert_eq!(holder("another", "chair", at(0)), None);
}

#[test]
fn a_term_without_source_or_that_ends_before_it_starts_is_refused() {
    let mut folded = Folded::with_peer();
    let whole = term("AT", 0, Some(1));
    let wrong = [
        Term { source: " ".into(), ..whole.clone() },
        Term { function: String::new(), ..whole.clone() },
        Term { regime: "x".repeat(65), ..whole.clone() },
        Term { source: "a\u{202e}b".into(), ..whole.clone() },
        Term { until: Some(at(0)), ..whole.clone() },
    ];
    for (number, term) in (10..).zip(wrong) {
        assert_eq!(
            reason(change(&mut folded, number, Change::FunctionTerm(term.clone()))),
            "FIELD",
            "{term:?}"
        );
    }
    change(&mut folded, 20, Change::FunctionTerm(whole)).unwrap();
}
