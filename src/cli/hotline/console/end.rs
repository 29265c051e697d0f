//! The end of a session at the console: how it was closed, and what was said of it that stands at none of its lines and
//! waits for an officer, as a close does.
//!
//! Never here: a text. What says more than stands here is not acknowledged here.

use bytes::Bytes;

use super::rows::{Row, Weight, below, closed, put, seconds};
use super::state::Session;
use super::waits::is_flash;
use crate::codec::message::{precedence_name, traffic_mark};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
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
    !session.closed.is_empty() || at_the_end(session).next().is_some()
}

/// Its rows: how the session was closed, and then what waits there.
pub fn end(
    session: &Session,
    wide: usize,
    place: &dyn Fn(&[u8]) -> Option<u32>,
    is_selected: bool,
) -> Vec<Row> {
    let mut rows = closed(&session.closed, wide, place);
    for one in at_the_end(session) {
        let weight = match (is_flash(one), is_selected) {
            (true, _) => Weight::Reverse,
            (false, true) => Weight::Bold,
            (false, false) => Weight::Plain,
        };
        let heading = format!(
            "{}{:<5}   - {}  {}  {}  {}",
            if is_selected { '>' } else { ' ' },
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
