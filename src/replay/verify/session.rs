//! What a bundle proves of a hotline session: its messages in their order, who regards it as over, and whether two
//! signed the same transcript. Whoever has the bundle makes order and transcripts again.
//!
//! Never here: an order of its own, or a choice between two transcripts (`domain/hotline/`).

use std::collections::BTreeMap;

use super::Weight::{NotProven, Proven};
use super::thread::{Checker, name};
use crate::codec::{content, signed};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::hotline::Pair;
use crate::domain::hotline::session::{Session, Spoken};
use crate::domain::message::{Dispatch, Message};
use crate::domain::party::Party;
use crate::domain::said::Said;
use crate::limits;

const SESSION: &str = "the session";

impl Checker<'_> {
    /// Nothing where the thread is no session.
    pub(super) fn session<'d>(&mut self, dispatches: impl Iterator<Item = &'d Dispatch>) {
        let (thread, maker) = (self.bundle.thread, self.bundle.made_by);
        let spoken = self.spoken(dispatches);
        if spoken.len() > limits::HOTLINE_THREAD_MAX {
            return self.add(
                SESSION,
                NotProven,
                "anything of it as a whole: it has more messages than are read as one",
            );
        }
        let Some(session) = Session::of(thread, &spoken, maker) else { return };
        self.beginning(&session, &spoken);
        self.order(&session);
        self.closes(&session);
        for pair in &session.pairs {
            self.transcripts(&session, pair);
        }
    }

    /// Those whose author's signature verified, each author's own in the order of the places that it gave them: what it
    /// gave none in here comes first, and closes nothing that has one.
    fn spoken<'d>(&self, dispatches: impl Iterator<Item = &'d Dispatch>) -> Vec<Spoken> {
        let places = places(self.bundle.made_by, dispatches);
        let mut found: Vec<((Party, u64), Spoken)> = Vec::new();
        for (recorded, one) in (0..).zip(&self.bundle.messages) {
            let Ok(wrapping) = signed::decode(one.message.clone()) else { continue };
            let digest = wrapping.digest();
            let spoken = self.messages.get(&digest).and_then(|message| spoken(digest, message, recorded));
            found.extend(spoken.map(|spoken| {
                let author = spoken.said.author;
                let place = places.get(&(author, digest)).copied().unwrap_or_default();
                ((author, place), spoken)
            }));
        }
        found.sort_by_key(|(key, _)| *key);
        found.into_iter().map(|(_, spoken)| spoken).collect()
    }

    /// The first that was on record with whoever made this, which no signature shows: to be said where there are more.
    fn beginning(&mut self, session: &Session<'_>, spoken: &[Spoken]) {
        let begins = session.begins.said.message;
        let is_another = |one: &&Spoken| {
            matches!(one.said.content, Content::SessionOpening(_)) && one.said.message != begins
        };
        let others = spoken.iter().filter(is_another).count();
        if others > 0 {
            let about = self.about(session.begins);
            let sentence = format!(
                "that the session begins with it: {others} other opening(s) are in here, and that it was the first is the \
                 word of whoever made this"
            );
            self.add(&about, NotProven, sentence);
        }
    }

    fn order(&mut self, session: &Session<'_>) {
        let all = session.lines.len();
        for (position, line) in (1..).zip(&session.lines) {
            let (about, author) = (self.about(line.spoken), line.spoken.said.author);
            let sentence = format!(
                "it stands {position} of {all} in the session's order, which follows from what each names as seen"
            );
            let weight = self.word_of(&line.spoken.said.message);
            self.signed(&about, weight, &[author], sentence);
            if line.unseen > 0 {
                let sentence = format!(
                    "that it was written after {} of those before it: its author had not seen them, and which came \
                     first means nothing",
                    line.unseen
                );
                self.add(&about, NotProven, sentence);
            }
            if !line.missing.is_empty() {
                let missing = line.missing.len();
                let sentence =
                    format!("its place: it names {missing} message(s) as seen that are not in here");
                self.add(&about, NotProven, sentence);
            }
        }
    }

    fn closes(&mut self, session: &Session<'_>) {
        for party in &session.present {
            let Some(close) = session.closes.get(party) else {
                let sentence = format!("that {party} regards it as over: no close of it is in here");
                self.add(SESSION, NotProven, sentence);
                continue;
            };
            let Content::SessionClose(form) = &close.said.content else { continue };
            let (about, weight) = (self.about(close), self.word_of(&close.said.message));
            for with in form.agreed.iter().filter(|with| session.is_present(&with.party)) {
                let digest = with.transcript.map_or_else(|| "of no digest".to_owned(), |one| one.to_string());
                let messages = with.messages.unwrap_or_default();
                let sentence = format!(
                    "{party} regards the session as over, and signed the transcript {digest} with {} of {messages} \
                     message(s)",
                    with.party
                );
                self.signed(&about, weight, &[*party], sentence);
            }
        }
    }

    fn transcripts(&mut self, session: &Session<'_>, pair: &Pair) {
        let (one, other) = pair.between;
        if let Some(agreed) = pair.agreed {
            let messages = pair.messages;
            let sentence = format!(
                "{one} and {other} signed the same transcript {agreed}, and the {messages} messages that both have give it"
            );
            let closes = [one, other].map(|party| session.closes.get(&party));
            let is_proven =
                closes.into_iter().flatten().all(|close| self.word_of(&close.said.message) == Proven);
            let weight = if is_proven { Proven } else { NotProven };
            return self.signed(SESSION, weight, &[one, other], sentence);
        }
        let same = format!("that {one} and {other} hold the same to have been said");
        for difference in pair.differences.iter().take(limits::HOTLINE_DIFFERENCES_TOLD) {
            let author = difference.message().and_then(|digest| self.messages.get(digest));
            let says = difference.says(author.map(|message| message.author));
            self.signed(SESSION, NotProven, &[one, other], format!("{same}: {says}"));
        }
        let more = pair.differences.len().saturating_sub(limits::HOTLINE_DIFFERENCES_TOLD);
        if more > 0 {
            self.signed(SESSION, NotProven, &[one, other], format!("{same}: and {more} more"));
        }
        if pair.since > 0 {
            let sentence =
                format!("{same}: {} message(s) that one of them had not seen when it closed", pair.since);
            self.signed(SESSION, NotProven, &[one, other], sentence);
        }
    }

    fn about(&self, spoken: &Spoken) -> String {
        self.messages.get(&spoken.said.message).map(name).unwrap_or_default()
    }
}

/// The place of each message of an author by its own dispatches of it: towards the maker the lowest, as the maker has it;
/// of the maker's own messages the highest towards anybody. All who are present are sent each close, so that this rises
/// from one to the next.
fn places<'d>(
    maker: Party,
    dispatches: impl Iterator<Item = &'d Dispatch>,
) -> BTreeMap<(Party, Digest), u64> {
    let mut places = BTreeMap::new();
    for one in dispatches.filter(|one| one.from == maker || one.to == maker) {
        let place = places.entry((one.from, one.message)).or_insert(one.place);
        *place = if one.from == maker { one.place.max(*place) } else { one.place.min(*place) };
    }
    places
}

fn spoken(digest: Digest, message: &Message, recorded: u64) -> Option<Spoken> {
    let said = content::said(&message.draft.kind, &message.draft.content);
    let content = said.content()?.clone();
    if content.kind().noun() != Kind::SessionText.noun() {
        return None;
    }
    let said = Said {
        message: digest,
        number: message.number.clone(),
        author: message.author,
        traffic: message.draft.traffic,
        released_at: message.released_at,
        content,
    };
    Some(Spoken { said, to: message.draft.parties(), recorded })
}
