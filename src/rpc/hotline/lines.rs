//! A session as a caller is told it: its messages in their order, what became of each, and how it was closed.
//!
//! Never here: one sign for two things. On record there, shown there, read there and answered are told apart.

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::Message as _;

use super::told::Told;
use super::{beside, closed_by, handed_on, heard, not_to, phrases, states, translations};
use crate::codec::message::{precedence_to_proto, traffic_mark, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::hotline::session::{Line, Session, Spoken, State};
use crate::domain::hotline::{Difference, Pair, ReadHere, Sees, is_unread};
use crate::domain::language::is_language;
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::limits;

/// More languages of an opening are not told.
const LANGUAGES_TOLD: usize = 16;
/// Of more Parties that are not in only their count is told.
const NOT_IN_TOLD: usize = 8;

/// Of it what one answer takes, from so many lines on, for this caller.
pub(super) fn shown(
    told: &Told,
    session: &Session,
    board: &Board,
    (from, caller): (u32, &Person),
) -> calls::ShowSessionResponse {
    let (handed_on, more_handed_on) =
        if from == 0 { handed_on::of(told, board, None) } else { (Vec::new(), 0) };
    let (heard, more_heard) = if from == 0 { heard::without_original(told, None) } else { (Vec::new(), 0) };
    let mut page = calls::ShowSessionResponse {
        session: Some(head(told, session, caller)),
        closed: closed(told, session),
        closes: closed_by::of(told, session),
        heard,
        more_heard,
        handed_on,
        more_handed_on,
        ..Default::default()
    };
    let (mut bytes, mut next) = (0_usize, from);
    for place in places(session).into_iter().skip(from as usize) {
        if page.lines.len() >= limits::THREAD_PAGE_MESSAGES || bytes >= limits::THREAD_PAGE_BYTES {
            page.next = next;
            break;
        }
        let line = line(told, session, &place, caller);
        bytes = bytes.saturating_add(line.encoded_len());
        page.lines.push(line);
        next = next.saturating_add(1);
    }
    page
}

/// What it is, and how it stands for this caller.
pub(super) fn head(told: &Told, session: &Session, caller: &Person) -> calls::Session {
    let begins = &session.begins;
    let envelope = told.message(&begins.said.message).map(|message| &message.draft);
    let (languages, about) = match &begins.said.content {
        Content::SessionOpening(form) => (form.languages.clone(), form.about),
        _ => (Vec::new(), None),
    };
    let on = session.on.iter().filter_map(|(party, spoken)| match &spoken.said.content {
        Content::SessionAcceptance(form) => Some(calls::OfficerOn {
            party: party.to_string(),
            officer: name(&form.officer),
            since_ms: spoken.said.released_at.0,
        }),
        _ => None,
    });
    let all = || session.lines.iter().map(|line| &line.spoken).chain(&session.apart);
    let unread = all().filter(|one| is_unread_by(told, session.state == State::Closed, one, caller)).count();
    let is_read = told.read_here();
    let (said_beside, all_beside) = beside::waiting(told, &is_read);
    let is_left = |one: &&Arc<Spoken>| {
        let is_text = matches!(one.said.content, Content::SessionText(_));
        !is_text && one.said.author != told.own && !is_read.contains(&one.said.message)
    };
    let left = all().filter(is_left).count();
    let newest = told.envelopes.values().map(|(_, at)| at.0).max();
    let (not_in, more_not_in) = not_in(session);
    let (not_read, not_read_of) = &told.about.not_read;
    // Whoever wrote the addition need not have opened it.
    let came_in_later = !matches!(begins.said.content, Content::SessionOpening(_));
    calls::Session {
        thread: told.thread.0.to_vec().into(),
        subject: envelope.map(|draft| draft.subject.clone()).unwrap_or_default(),
        opened_by: if came_in_later { String::new() } else { begins.said.author.to_string() },
        present: session.present.iter().map(Party::to_string).collect(),
        on: on.collect(),
        languages: languages.into_iter().filter(|one| is_language(one)).take(LANGUAGES_TOLD).collect(),
        about: about.map(|thread| thread.0.0.to_vec().into()).unwrap_or_default(),
        precedence: envelope.map_or(0, |draft| precedence_to_proto(draft.precedence)),
        traffic: traffic_to_proto(begins.said.traffic),
        state: session.state.word().into(),
        messages: count(session.lines.len()),
        unread: count(unread),
        newest_at_ms: newest.unwrap_or(0),
        opening: begins.said.message.0.to_vec().into(),
        not_in,
        more_not_in,
        came_in_later,
        heard_alone: count(heard::count_alone(told, None)),
        handed_on: count(told.handed_on_alone().count()),
        beside: said_beside,
        to_acknowledge: count(left.saturating_add(all_beside)),
        not_read: count(*not_read),
        not_read_of: not_read_of.iter().map(Party::to_string).collect(),
        not_heard: Vec::new(),
        heard: Vec::new(),
        more_heard: 0,
    }
}

/// The first ones, and how many more there are.
fn not_in(session: &Session) -> (Vec<calls::NotIn>, u32) {
    let of = |(party, said): (Party, BTreeMap<Party, Sees>)| calls::NotIn {
        party: party.to_string(),
        said: said
            .into_iter()
            .map(|(by, sees)| calls::AgreesTo { by: by.to_string(), sees: sees.number() })
            .collect(),
    };
    let all = session.not_in();
    let more = all.len().saturating_sub(NOT_IN_TOLD);
    (all.into_iter().take(NOT_IN_TOLD).map(of).collect(), count(more))
}

/// Where a message of it is shown.
pub(super) struct Place<'s> {
    pub spoken: &'s Spoken,
    /// `None` where it has no part in the session.
    standing: Option<(u32, &'s Line)>,
}

impl<'s> Place<'s> {
    /// 1, 2, 3 …; 0 where it has no part in the session.
    pub fn position(&self) -> u32 {
        self.standing.map_or(0, |(at, _)| at)
    }

    pub fn line(&self) -> Option<&'s Line> {
        self.standing.map(|(_, line)| line)
    }
}

/// Its messages in their order, and after them those that have no part in it.
pub(super) fn places(session: &Session) -> Vec<Place<'_>> {
    let standing = (1..).zip(&session.lines);
    let standing = standing.map(|(at, line)| Place { spoken: &line.spoken, standing: Some((at, line)) });
    let apart = session.apart.iter().map(|spoken| Place { spoken, standing: None });
    standing.chain(apart).collect()
}

/// What a reader must be told of one that is not taken as it asks to be; empty for all others.
fn not_taken(session: &Session, place: &Place<'_>) -> String {
    let is_opening = matches!(place.spoken.said.content, Content::SessionOpening(_));
    if place.standing.is_none() && !session.present.contains(&place.spoken.said.author) {
        return "its author is not in the session here".into();
    }
    if place.standing.is_none() {
        let mark = traffic_mark(traffic_to_proto(session.begins.said.traffic));
        return format!("no part of this session, which is {mark}");
    }
    if is_opening && place.spoken.said.message != session.begins.said.message {
        return "a later opening, which changes nothing: the session is that of the first".into();
    }
    String::new()
}

/// A message as it is shown to this caller.
pub(super) fn line(told: &Told, session: &Session, place: &Place<'_>, caller: &Person) -> calls::SessionLine {
    let (spoken, said) = (place.spoken, &place.spoken.said);
    let (text, answers) = what(&said.content);
    let (translations, more_translations) = translations::of(told, &said.message, |_| true);
    let (heard, more_heard) = heard::of(told, spoken);
    let word = told.word_on(said);
    let mut told_line = calls::SessionLine {
        digest: said.message.0.to_vec().into(),
        kind: said.content.kind().name().into(),
        author: said.author.to_string(),
        number: said.number.clone(),
        text,
        released_at_ms: said.released_at.0,
        answers: answers.map(|digest| digest.0.to_vec().into()).unwrap_or_default(),
        answers_not_here: answers
            .is_some_and(|digest| told.message(&digest).is_none() && !told.here.holds_message(&digest)),
        states: states::of(told, session, spoken),
        translations,
        more_translations,
        position: place.position(),
        traffic: traffic_to_proto(said.traffic),
        not_taken: not_taken(session, place),
        heard,
        more_heard,
        read_by_caller: is_read_by(told, &said.message, caller),
        withdrawn_by: word.as_ref().map(|word| word.number.clone()).unwrap_or_default(),
        withdrawal_reason: beside::reason(word.as_ref()),
        withdrawal_came_by_file: told.withdrawal_came_by_file(said),
        came_by_file: told.came_by_file(&said.message),
        came_by_way: told.came_by_way(&said.message, None),
        read_as: told.read_as(&said.message),
        read_as_handed_on: told.read_as_handed_on(&said.message),
        ..Default::default()
    };
    if let Some((_, line)) = place.standing {
        told_line.unseen = count(line.unseen);
        told_line.unseen_not_compared = !line.is_compared;
        told_line.unseen_texts = line.unseen_first.iter().map(|digest| digest.0.to_vec().into()).collect();
        told_line.missing = line.missing.iter().map(|digest| digest.0.to_vec().into()).collect();
        told_line.not_to = not_to::of(session, spoken, told.own);
    }
    if let Some((message, recorded_at)) = told.envelopes.get(&said.message) {
        told_line.language = message.draft.language.clone();
        told_line.precedence = precedence_to_proto(message.draft.precedence);
        told_line.drafter = message.draft.drafter.name.clone();
        told_line.drafted_by_caller = said.author == told.own && message.draft.drafter.is_same_person(caller);
        told_line.releaser = message.releaser.name.clone();
        told_line.recorded_at_ms = recorded_at.0;
    }
    phrase(told, spoken, &mut told_line);
    told_line
}

/// Where it says that it is an agreed phrase: what the list of each of these Parties says of that here.
fn phrase(told: &Told, spoken: &Spoken, line: &mut calls::SessionLine) {
    let Content::SessionText(form) = &spoken.said.content else { return };
    let Some(number) = form.phrase else { return };
    line.phrase = number;
    let author = [spoken.said.author];
    let with = if author == [told.own] { &spoken.to[..] } else { &author[..] };
    for party in with {
        let list = told.phrases.get(party);
        let Some(phrase) = list.and_then(|list| list.same(number, &line.language, &form.text.0)) else {
            line.phrase_differs.push(party.to_string());
            continue;
        };
        let others = phrase.texts.iter().filter(|one| !one.language.eq_ignore_ascii_case(&line.language));
        let texts = others.map(phrases::text).collect();
        line.agreed_words.push(calls::AgreedWords { party: party.to_string(), texts });
    }
}

/// The text that a message answers.
pub(super) fn answers(content: &Content) -> Option<Digest> {
    let Content::SessionText(form) = content else { return None };
    form.answers.message_digest.map(|digest| digest.0)
}

/// What a message says, and the text that it answers.
pub(super) fn what(content: &Content) -> (String, Option<Digest>) {
    match content {
        Content::SessionText(form) => (form.text.0.clone(), answers(content)),
        Content::SessionOpening(form) => (format!("opens the session; {}", form.languages.join(", ")), None),
        Content::SessionAcceptance(form) => (format!("takes part; on: {}", form.officer), None),
        Content::SessionAddition(form) => {
            let sees = form.sees.map(|sees| format!(", and sees {sees}")).unwrap_or_default();
            (format!("agrees that {} comes in{sees}", form.party), None)
        }
        _ => (String::new(), None),
    }
}

fn is_unread_by(told: &Told, is_closed: bool, spoken: &Spoken, reader: &Person) -> bool {
    let is_text = matches!(spoken.said.content, Content::SessionText(_));
    if !is_text || spoken.said.author == told.own {
        return false;
    }
    let mut read = ReadHere { by_reader: false, by_anybody: false };
    for (_, one) in told.reads_of(&spoken.said.message).filter(|(by, _)| *by == told.own) {
        read.by_anybody = true;
        read.by_reader |= one.officer.is_same_person(reader);
    }
    is_unread(read, is_closed)
}

fn is_read_by(told: &Told, message: &Digest, reader: &Person) -> bool {
    told.reads_of(message).any(|(by, read)| by == told.own && read.officer.is_same_person(reader))
}

/// With each other Party that has closed, as this Party has.
pub(super) fn closed(told: &Told, session: &Session) -> Vec<calls::ClosedWith> {
    let pairs = session.pairs.iter().filter(|pair| [pair.between.0, pair.between.1].contains(&told.own));
    pairs.map(|pair| closed_with(told, session, pair)).collect()
}

fn closed_with(told: &Told, session: &Session, pair: &Pair) -> calls::ClosedWith {
    let (one, other) = pair.between;
    let party = if one == told.own { other } else { one };
    let came = session.closes.get(&party).map(|close| told.came_by_file(&close.said.message));
    let some = pair.differences.iter().take(limits::HOTLINE_DIFFERENCES_TOLD);
    let mut differences: Vec<String> = some.map(|one| difference(told, one)).collect();
    let more = pair.differences.len().saturating_sub(differences.len());
    if more > 0 {
        differences.push(format!("and {more} more"));
    }
    calls::ClosedWith {
        party: party.to_string(),
        agreed: pair.agreed.map(|digest| digest.0.to_vec().into()).unwrap_or_default(),
        differences,
        since: count(pair.since),
        came_by_file: came.unwrap_or_default(),
    }
}

fn difference(told: &Told, one: &Difference) -> String {
    // What is on record and not read will not come.
    if let Difference::NotHere { party, message, .. } = one
        && let Some(entry) = told.here.entry(message).filter(|_| !told.rooms.holds(message))
    {
        return format!(
            "{party} counts the message {message} of {author}, which is on record here and not read: {author} said more in \
             the session than there is room for",
            author = entry.author
        );
    }
    one.says(one.message().and_then(|message| told.message(message)))
}

/// A name from outside. One that is longer than any is in the message itself, and not told here.
pub(super) fn name(name: &str) -> String {
    if name.len() > limits::HOTLINE_NAME_BYTES_TOLD {
        return "(a name too long to be told here)".into();
    }
    name.to_owned()
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::ThreadId;
    use crate::domain::hotline::{SessionAddition, SessionOpening};
    use crate::domain::message::Traffic;
    use crate::domain::said::Said;
    use crate::domain::time::Instant;

    #[test]
    fn of_many_parties_that_are_not_in_the_first_are_told_and_how_many_more_there_are() {
        let (by, pl): (Party, Party) = ("BY".parse().unwrap(), "PL".parse().unwrap());
        let spoken = |at: usize, content: Content| Spoken {
            said: Said {
                message: Digest::of(&at.to_be_bytes()),
                number: format!("BY/{at}"),
                author: by,
                traffic: Traffic::Real,
                released_at: Instant(0),
                content,
            },
            to: vec![pl],
            recorded: at as u64,
            came_by_way: false,
        };
        let mut all = vec![spoken(0, Content::SessionOpening(SessionOpening::default()))];
        for at in 1..=NOT_IN_TOLD + 2 {
            let addition =
                SessionAddition { party: format!("P{at:02}"), sees: Some(Sees::All), ..Default::default() };
            all.push(spoken(at, Content::SessionAddition(addition)));
        }
        let session = Session::of(ThreadId([7; 16]), &all, by).unwrap();
        let (told, more) = not_in(&session);
        assert_eq!((told.len(), told[0].party.as_str(), more), (NOT_IN_TOLD, "P01", 2));
    }
}
