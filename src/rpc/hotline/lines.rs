//! A session as a caller is told it: its messages in their order, what became of each, and how it was closed.
//!
//! Never here: one sign for two things. On record there, shown there, read there and answered are told apart.

use super::told::Told;
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::hotline::session::{Line, Session, Spoken};
use crate::domain::hotline::{Difference, Pair};
use crate::domain::message::{Acknowledgement, Outcome};
use crate::domain::party::Party;
use crate::domain::translation::Translation;

/// All of it.
pub(super) fn shown(told: &Told, session: &Session<'_>) -> calls::ShowSessionResponse {
    let pairs = session.pairs.iter().filter(|pair| [pair.between.0, pair.between.1].contains(&told.own));
    calls::ShowSessionResponse {
        session: Some(head(told, session)),
        lines: lines(told, session),
        closed: pairs.map(|pair| closed(told, pair)).collect(),
    }
}

/// What it is, and how it stands.
pub(super) fn head(told: &Told, session: &Session<'_>) -> calls::Session {
    let begins = session.begins;
    let envelope = told.message(&begins.said.message).map(|message| &message.draft);
    let (languages, about) = match &begins.said.content {
        Content::SessionOpening(form) => (form.languages.clone(), form.about),
        _ => (Vec::new(), None),
    };
    let on = session.on.iter().filter_map(|(party, spoken)| match &spoken.said.content {
        Content::SessionAcceptance(form) => Some(calls::OfficerOn {
            party: party.to_string(),
            officer: form.officer.clone(),
            since_ms: spoken.said.released_at.0,
        }),
        _ => None,
    });
    let unread = session.lines.iter().filter(|line| is_unread(told, line.spoken)).count();
    let newest = told.envelopes.values().map(|(_, at)| at.0).max();
    calls::Session {
        thread: told.thread.0.to_vec().into(),
        subject: envelope.map(|draft| draft.subject.clone()).unwrap_or_default(),
        opened_by: begins.said.author.to_string(),
        present: session.present.iter().map(Party::to_string).collect(),
        on: on.collect(),
        languages,
        about: about.map(|thread| thread.0.0.to_vec().into()).unwrap_or_default(),
        precedence: envelope.map_or(0, |draft| precedence_to_proto(draft.precedence)),
        traffic: traffic_to_proto(begins.said.traffic),
        state: session.state.word().into(),
        messages: count(session.lines.len()),
        unread: count(unread),
        newest_at_ms: newest.unwrap_or(0),
    }
}

/// Its messages in their order.
pub(super) fn lines(told: &Told, session: &Session<'_>) -> Vec<calls::SessionLine> {
    (1..).zip(&session.lines).map(|(position, one)| line(told, session, position, one)).collect()
}

fn line(told: &Told, session: &Session<'_>, position: u32, line: &Line<'_>) -> calls::SessionLine {
    let said = &line.spoken.said;
    let (text, answers) = what(line.spoken);
    let mut told_line = calls::SessionLine {
        position,
        digest: said.message.0.to_vec().into(),
        kind: said.content.kind().name().into(),
        author: said.author.to_string(),
        number: said.number.clone(),
        text,
        released_at_ms: said.released_at.0,
        answers: answers.map(|digest| digest.0.to_vec().into()).unwrap_or_default(),
        unseen: count(line.unseen),
        missing: line.missing.iter().map(|digest| digest.0.to_vec().into()).collect(),
        states: line.spoken.to.iter().map(|party| state(told, session, line.spoken, *party)).collect(),
        translations: translations(told, &said.message),
        ..Default::default()
    };
    if let Some((message, recorded_at)) = told.envelopes.get(&said.message) {
        told_line.language = message.draft.language.clone();
        told_line.precedence = precedence_to_proto(message.draft.precedence);
        told_line.drafter = message.draft.drafter.name.clone();
        told_line.releaser = message.releaser.name.clone();
        told_line.recorded_at_ms = recorded_at.0;
    }
    phrase(told, line.spoken, &mut told_line);
    told_line
}

/// Of an agreed phrase the other languages, if it is agreed here in the same words: by the list of the link with its
/// author, or where it is our own with those to whom it goes.
fn phrase(told: &Told, spoken: &Spoken, line: &mut calls::SessionLine) {
    let Content::SessionText(form) = &spoken.said.content else { return };
    let Some(number) = form.phrase else { return };
    line.phrase = number;
    let author = spoken.said.author;
    let with = if author == told.own { spoken.to.first().copied() } else { Some(author) };
    let known = with.and_then(|party| told.phrases.get(&party)?.phrase(number));
    let Some(known) = known.filter(|known| known.text_in(&line.language) == Some(form.text.0.as_str()))
    else {
        line.phrase_differs = true;
        return;
    };
    let others = known.texts.iter().filter(|one| !one.language.eq_ignore_ascii_case(&line.language));
    line.translations.extend(others.map(|one| calls::TextTranslation {
        by: told.own.to_string(),
        translator: format!("agreed phrase {number}"),
        language: one.language.clone(),
        text: one.text.clone(),
        ..Default::default()
    }));
}

/// What a message says, and the text that it answers.
fn what(spoken: &Spoken) -> (String, Option<Digest>) {
    match &spoken.said.content {
        Content::SessionText(form) => {
            (form.text.0.clone(), form.answers.message_digest.map(|digest| digest.0))
        }
        Content::SessionOpening(form) => (format!("opens the session; {}", form.languages.join(", ")), None),
        Content::SessionAcceptance(form) => (format!("takes part; on: {}", form.officer), None),
        Content::SessionAddition(form) => {
            let sees = form.sees.map(|sees| format!(", and sees {sees}")).unwrap_or_default();
            (format!("agrees that {} comes in{sees}", form.party), None)
        }
        _ => (String::new(), None),
    }
}

fn state(told: &Told, session: &Session<'_>, spoken: &Spoken, party: Party) -> calls::TextState {
    let digest = &spoken.said.message;
    let mut state = calls::TextState { party: party.to_string(), ..Default::default() };
    if party == told.own {
        state.on_record_ms = told.envelopes.get(digest).map_or(0, |(_, at)| at.0);
    }
    match told.receipts.get(&(*digest, party)) {
        Some((at, Outcome::Taken)) => state.on_record_ms = at.0,
        Some((_, refused)) => state.refused = refused.sentence().into(),
        None => {}
    }
    if let Some((console, at)) = told.shown(digest, party) {
        state.shown_to = console.to_owned();
        state.shown_at_ms = at.0;
    }
    if let Some((_, read)) = told.reads.iter().find(|(by, read)| *by == party && read.message == *digest) {
        state.read_by = read.officer.name.clone();
        state.read_at_ms = read.read_at.0;
    }
    let answers = |line: &&Line<'_>| line.spoken.said.author == party && what(line.spoken).1 == Some(*digest);
    if let Some(answer) = session.lines.iter().find(answers) {
        state.answered_by = answer.spoken.said.message.0.to_vec().into();
    }
    state
}

fn translations(told: &Told, of: &Digest) -> Vec<calls::TextTranslation> {
    let is_of = |form: &Translation| form.of.message_digest.is_some_and(|digest| digest.0 == *of);
    let given = told.translations.iter().filter(|(_, _, form)| is_of(form));
    given
        .filter_map(|(by, digest, form)| {
            let text = form.lines.iter().find(|line| line.path == super::TEXT)?;
            Some(calls::TextTranslation {
                digest: digest.0.to_vec().into(),
                by: by.to_string(),
                translator: form.translator.clone(),
                language: form.language.clone(),
                text: text.text.0.clone(),
            })
        })
        .collect()
}

fn is_unread(told: &Told, spoken: &Spoken) -> bool {
    let is_text = matches!(spoken.said.content, Content::SessionText(_));
    let read = |(by, read): &(Party, Acknowledgement)| *by == told.own && read.message == spoken.said.message;
    is_text && spoken.said.author != told.own && !told.reads.iter().any(read)
}

fn closed(told: &Told, pair: &Pair) -> calls::ClosedWith {
    let (one, other) = pair.between;
    let party = if one == told.own { other } else { one };
    calls::ClosedWith {
        party: party.to_string(),
        agreed: pair.agreed.map(|digest| digest.0.to_vec().into()).unwrap_or_default(),
        differences: pair.differences.iter().map(|one| difference(told, one)).collect(),
        since: count(pair.since),
    }
}

/// Quotes nothing that a Party wrote but the digests that it signed.
fn difference(told: &Told, one: &Difference) -> String {
    match one {
        Difference::OnlyIn { party, message } => {
            let by = told.message(message).map(|message| format!(" of {}", message.author));
            format!("only {party} counts the text {message}{}", by.unwrap_or_default())
        }
        Difference::NotHere { party, message } => {
            format!("{party} counts the message {message}, which is not on record here")
        }
        Difference::OtherDigest { party, signed: Some(signed), gives } => {
            format!("{party} signed the transcript {signed}, and the messages that it names give {gives}")
        }
        Difference::OtherDigest { party, signed: None, gives } => {
            format!("{party} signed no transcript of these messages, which give {gives}")
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
