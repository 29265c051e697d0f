//! The end of a session at the console: what was heard by telephone and has no original yet, how the session was closed
//! and by whom, and what was said of it that stands at none of its lines and waits for an officer, as a close does.
//!
//! Never here: a signed text. What says more than stands here is not acknowledged here.

use bytes::Bytes;

use super::rows::{Row, Weight, below, put, seconds};
use super::state::Session;
use super::waits::is_flash;
use crate::cli::hotline::page;
use crate::codec::message::{precedence_name, traffic_mark};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::mixed::mixed_letters;
use crate::domain::text::{shown, shown_lines};

/// What waits of that which is said beside the lines and stands at this one.
pub fn beside<'s>(
    session: &'s Session,
    line: &'s calls::SessionLine,
) -> impl Iterator<Item = &'s calls::SaidBeside> {
    session.stands.beside.iter().filter(move |one| stands_at(one, line))
}

/// What stands at no line that is here.
pub fn at_the_end(session: &Session) -> impl Iterator<Item = &calls::SaidBeside> {
    let is_at_one = move |one: &calls::SaidBeside| session.lines.iter().any(|line| stands_at(one, line));
    session.stands.beside.iter().filter(move |one| !is_at_one(one))
}

fn stands_at(one: &calls::SaidBeside, line: &calls::SessionLine) -> bool {
    let takes_back = |withdrawn_by: &str| !one.number.is_empty() && withdrawn_by == one.number;
    let is_it = |translation: &calls::TextTranslation| {
        translation.digest == one.digest || takes_back(&translation.withdrawn_by)
    };
    one.about == line.digest && (takes_back(&line.withdrawn_by) || line.translations.iter().any(is_it))
}

/// Whether all that it says stands at the end.
pub fn is_whole_there(one: &calls::SaidBeside) -> bool {
    one.kind != Kind::Translation.name() && !hands_on(one) && !one.kind.is_empty()
}

/// Whether it hands on what was said before this Party came in: the text of that stands in `hotline show`.
fn hands_on(one: &calls::SaidBeside) -> bool {
    one.kind == Kind::Forwarded.name()
}

/// Of what has to stand on the screen before any of it is acknowledged; `None` where nothing waits there.
pub fn end_of(session: &Session) -> Option<Bytes> {
    let digests: Vec<&[u8]> = at_the_end(session).map(|one| &one.digest[..]).collect();
    (!digests.is_empty()).then(|| Digest::of_all(&digests).0.to_vec().into())
}

/// Whether there is anything behind the last line.
pub fn has_end(session: &Session) -> bool {
    let is_closed = !session.closed.is_empty() || !session.closes.is_empty();
    let is_heard = !session.stands.heard.is_empty() || session.stands.more_heard > 0;
    is_closed || is_heard || at_the_end(session).next().is_some()
}

/// Its rows: what was heard by telephone, how the session was closed and by whom, and then what waits there.
pub fn end(
    session: &Session,
    wide: usize,
    place: &dyn Fn(&[u8]) -> Option<u32>,
    is_selected: bool,
) -> Vec<Row> {
    let sign = if is_selected { '>' } else { ' ' };
    let mut rows = heard(&session.stands, wide, sign);
    rows.extend(closed(&session.closed, wide, place));
    closed_by(&mut rows, session, wide);
    for one in at_the_end(session) {
        let weight = match (is_flash(one), is_selected) {
            (true, _) => Weight::Reverse,
            (false, true) => Weight::Bold,
            (false, false) => Weight::Plain,
        };
        let heading = format!(
            "{sign}{:<5}   - {}  {}  {}  {}",
            traffic_mark(one.traffic),
            precedence_name(one.precedence),
            shown(&one.author),
            seconds(one.released_at_ms),
            shown(&one.number)
        );
        put(&mut rows, 0, &heading, wide, weight);
        let of = match place(&one.about[..]) {
            Some(place) => place.to_string(),
            None => "a message that does not stand here".to_owned(),
        };
        let what = if one.kind.is_empty() {
            let digest = hex::encode(&one.digest);
            format!("is not read here: detente message show {digest}, and then detente hotline read {digest}")
        } else if one.kind == Kind::SessionClose.name() {
            "closes the session; NOT ACKNOWLEDGED: r".to_owned()
        } else if is_whole_there(one) {
            format!("takes back {of}; NOT ACKNOWLEDGED: r")
        } else if hands_on(one) {
            let digest = hex::encode(&one.digest);
            format!(
                "hands on what was said before: detente hotline show, and then detente hotline read {digest}"
            )
        } else {
            let digest = hex::encode(&one.digest);
            format!("translates {of}, and does not stand here: detente hotline read {digest}")
        };
        put(&mut rows, 2, &what, wide, Weight::Plain);
        if !one.came_by_file.is_empty() {
            put(&mut rows, 2, &shown(&one.came_by_file), wide, Weight::Plain);
        }
        if !one.remarks.is_empty() {
            below(&mut rows, &shown_lines(&one.remarks), wide);
        }
    }
    rows
}

/// What was heard by telephone and has no original here: this Party's own word, outside of the signed order.
fn heard(stands: &calls::Session, wide: usize, sign: char) -> Vec<Row> {
    let mut rows = Vec::new();
    for one in &stands.heard {
        let (from, taken_down) = (shown(&one.from), page::taken_down(one));
        let heading =
            format!("{sign}HEARD BY TELEPHONE, no original yet: said to be of {from}; {taken_down}");
        put(&mut rows, 0, &heading, wide, Weight::Bold);
        let words = match one.check_words.as_str() {
            "" => "no check words: its original will not be found by itself".to_owned(),
            words => format!("its original will be found by: {}", shown(words)),
        };
        put(&mut rows, 2, &words, wide, Weight::Plain);
        below(&mut rows, &shown_lines(&one.text), wide);
        if let Some(mark) = mixed_letters(&one.text) {
            put(&mut rows, 2, &mark, wide, Weight::Bold);
        }
    }
    if stands.more_heard > 0 {
        let more = format!("and {} more HEARD BY TELEPHONE: detente hotline show", stands.more_heard);
        put(&mut rows, 0, &more, wide, Weight::Bold);
    }
    rows
}

/// How the session was closed with each other Party, where both have closed: what both signed or, message by message, in
/// what the two differ.
fn closed(closed: &[calls::ClosedWith], wide: usize, place: &dyn Fn(&[u8]) -> Option<u32>) -> Vec<Row> {
    let mut rows = Vec::new();
    for sentence in closed.iter().flat_map(page::closed_with) {
        // A text that stands here is found by its number.
        let words = sentence.split(' ').map(|word| {
            let digest = Digest::from_hex(word);
            let place = digest.and_then(|digest| place(&digest.0));
            place.map_or_else(
                || word.to_owned(),
                |place| format!("{place} ({})", word.get(..12).unwrap_or_default()),
            )
        });
        put(&mut rows, 0, &words.collect::<Vec<_>>().join(" "), wide, Weight::Bold);
    }
    rows
}

/// Who regards it as over, with what else each says; but a close that waits stands below.
fn closed_by(rows: &mut Vec<Row>, session: &Session, wide: usize) {
    let waits = |close: &calls::ClosedBy| session.stands.beside.iter().any(|one| one.digest == close.digest);
    for one in session.closes.iter().filter(|close| !waits(close)) {
        let (party, number) = (shown(&one.party), shown(&one.number));
        let said = format!("closed by {party} {}: {number}", seconds(one.released_at_ms));
        put(rows, 0, &said, wide, Weight::Plain);
        if !one.came_by_file.is_empty() {
            put(rows, 2, &shown(&one.came_by_file), wide, Weight::Plain);
        }
        if !one.remarks.is_empty() {
            below(rows, &shown_lines(&one.remarks), wide);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(session: &Session) -> Vec<String> {
        let rows = end(session, 80, &|_| None, false);
        rows.into_iter().flat_map(|row| row.pieces).map(|piece| piece.text).collect()
    }

    #[test]
    fn what_a_party_reserves_as_it_closes_stands_at_the_end_whether_it_was_acknowledged_or_not() {
        let digest = Bytes::from(vec![1; 32]);
        let close = calls::ClosedBy {
            party: "BY".into(),
            digest: digest.clone(),
            number: "BY/31/0007".into(),
            remarks: "We reserve our position.".into(),
            came_by_file: "came by file".into(),
            ..Default::default()
        };
        let mut session = Session { closes: vec![close], ..Session::default() };
        assert!(has_end(&session));
        let expected = [
            "closed by BY 1970-01-01T00:00:00Z: BY/31/0007",
            "came by file",
            "|",
            "We reserve our position.",
        ];
        assert_eq!(says(&session), expected);
        session.stands.beside.push(calls::SaidBeside {
            digest,
            kind: Kind::SessionClose.name().into(),
            remarks: "We reserve our position.".into(),
            ..Default::default()
        });
        let said = says(&session);
        let reserved = said.iter().filter(|text| text.contains("reserve")).count();
        assert!(reserved == 1 && said.iter().any(|text| text.contains("NOT ACKNOWLEDGED")), "{said:?}");
    }

    #[test]
    fn what_was_heard_by_telephone_stands_at_the_end_and_says_that_its_original_is_not_here_yet() {
        let heard = calls::HeardText {
            from: "BY".into(),
            read_by: "Officer of BY".into(),
            written_by: "Officer of PL".into(),
            at: "2025-09-12T06:00Z".into(),
            text: "We are \u{1b}[2J coming back.\nAll of us.".into(),
            ..Default::default()
        };
        let named = calls::HeardText { check_words: "acorn album".into(), ..heard.clone() };
        let mut session = Session::default();
        assert!(!has_end(&session));
        session.stands.heard = vec![heard, named];
        session.stands.more_heard = 3;
        assert!(
            has_end(&session) && end_of(&session).is_none(),
            "nothing of it waits for an acknowledgement"
        );
        let said = says(&session);
        let expected = [
            " HEARD BY TELEPHONE, no original yet: said to be of BY; read out by Officer of",
            "BY, written down by Officer of PL at 2025-09-12T06:00Z",
            "no check words: its original will not be found by itself",
            "|",
            "We are \\u{1b}[2J coming back.",
            "|",
            "All of us.",
        ];
        assert_eq!(said[..7], expected);
        assert!(said.contains(&"its original will be found by: acorn album".to_owned()), "{said:?}");
        assert_eq!(said.last().unwrap(), "and 3 more HEARD BY TELEPHONE: detente hotline show");
    }
}
