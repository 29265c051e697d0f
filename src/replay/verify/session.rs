//! What a bundle proves of a hotline session: its messages in their order, who regards it as over, and whether two
//! signed the same transcript. Whoever has the bundle makes order and transcripts again.
//!
//! Never here: an order of its own, or a choice between two transcripts (`domain/hotline/`).

use std::collections::{BTreeMap, BTreeSet};

use super::Weight::NotProven;
use super::dated::Weighed;
use super::thread::{Checker, name};
use crate::codec::{content, signed};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::hotline::session::{Session, Spoken, begins, may_be_had, seen_in};
use crate::domain::hotline::{Names, Pair, past};
use crate::domain::message::{Dispatch, Message};
use crate::domain::party::Party;
use crate::domain::said::Said;
use crate::limits;

const SESSION: &str = "the session";

impl Checker<'_> {
    /// Nothing where the thread is no session.
    pub(super) fn session<'d>(&mut self, dispatches: impl Iterator<Item = &'d Dispatch>) {
        let (thread, maker) = (self.bundle.thread, self.bundle.made_by);
        let mut spoken = self.spoken(dispatches);
        self.by_way(&mut spoken);
        let (spoken, not_read) = as_one(spoken, maker, limits::HOTLINE_AUTHOR_MESSAGES_MAX);
        let Some(session) = Session::of(thread, &spoken, maker) else {
            // Without the message with which it begins nobody makes its order or its transcripts again.
            if spoken.iter().any(Spoken::is_ordered) {
                let sentence = "anything of it: the message with which it begins is not in here";
                self.add(SESSION, NotProven, sentence.to_owned());
            }
            return;
        };
        self.beginning(&session, &spoken);
        self.order(&session);
        self.closes(&session);
        for pair in &session.pairs {
            self.transcripts(&session, pair);
        }
        for (author, many) in not_read.into_iter().filter(|(author, _)| session.present.contains(author)) {
            let sentence = format!(
                "the place of {many} further message(s) of {author}: they are not read as part of it"
            );
            self.signed(SESSION, NotProven, &[author], sentence);
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
    fn beginning(&mut self, session: &Session, spoken: &[Spoken]) {
        let begins = session.begins.said.message;
        let is_another = |one: &&Spoken| {
            matches!(one.said.content, Content::SessionOpening(_)) && one.said.message != begins
        };
        let others = spoken.iter().filter(is_another).count();
        if others > 0 {
            let about = self.about(&session.begins);
            let sentence = format!(
                "that the session begins with it: {others} other opening(s) are in here, and that it was the first is the \
                 word of whoever made this"
            );
            self.add(&about, NotProven, sentence);
        }
    }

    fn order(&mut self, session: &Session) {
        // Where these stand follows from what is not in here as well.
        let incomplete = session.incomplete(|_| false);
        let all = session.lines.len().saturating_sub(incomplete.len());
        let is_whole = incomplete.is_empty() && !closes_name_others(session, self.bundle.made_by);
        let of = if is_whole { "" } else { "those of which all that they build on is in here, in " };
        // What nothing dates, whoever has its author's key of long ago may have put between the others since.
        let is_dated = |message: &Digest| self.word_of(message).is_proven();
        let placed = session.lines.iter().map(|line| line.spoken.said.message);
        let all_dated = placed.filter(|message| !incomplete.contains(message)).all(|one| is_dated(&one));
        let mut position = 0_usize;
        for line in &session.lines {
            let about = self.about(&line.spoken);
            if incomplete.contains(&line.spoken.said.message) {
                let sentence = match line.missing.len() {
                    0 => "its place: it builds on what names message(s) as seen that are not in here"
                        .to_owned(),
                    missing => {
                        format!("its place: it names {missing} message(s) as seen that are not in here")
                    }
                };
                self.add(&about, NotProven, sentence);
                continue;
            }
            position = position.saturating_add(1);
            let sentence = format!(
                "it stands {position} of {all} in {of}the session's order, which follows from what each names as seen"
            );
            let word = self.word_of(&line.spoken.said.message);
            let weight = if all_dated { word.weight } else { NotProven };
            self.signed(&about, weight, &word.by, sentence);
            if line.unseen > 0 {
                let sentence = format!(
                    "that it was written after {} of those before it: its author had not seen them, and which came \
                     first means nothing",
                    line.unseen
                );
                self.add(&about, NotProven, sentence);
            }
            if !line.is_compared {
                let sentence =
                    "after which of those before it it was written: they are too many to be looked at";
                self.add(&about, NotProven, sentence.to_owned());
            }
        }
    }

    fn closes(&mut self, session: &Session) {
        for party in &session.present {
            let Some(close) = session.closes.get(party) else {
                let sentence = format!("that {party} regards it as over: no close of it is in here");
                self.add(SESSION, NotProven, sentence);
                continue;
            };
            let Content::SessionClose(form) = &close.said.content else { continue };
            let (about, word) = (self.about(close), self.word_of(&close.said.message));
            for with in form.agreed.iter().filter(|with| session.is_present(&with.party)) {
                let digest = with.transcript.map_or_else(|| "of no digest".to_owned(), |one| one.to_string());
                let messages = with.messages.unwrap_or_default();
                let sentence = format!(
                    "{party} regards the session as over, and signed the transcript {digest} with {} of {messages} \
                     message(s)",
                    with.party
                );
                self.signed(&about, word.weight, &word.by, sentence);
            }
        }
    }

    fn transcripts(&mut self, session: &Session, pair: &Pair) {
        let (one, other) = pair.between;
        if let Some(agreed) = pair.agreed {
            let messages = pair.messages;
            let sentence = format!(
                "{one} and {other} signed the same transcript {agreed}, and the {messages} messages that both have give it"
            );
            let [first, second] = [one, other].map(|party| self.word_of_close(session, party));
            let both = first.and(&second);
            return self.signed(SESSION, both.weight, &both.by, sentence);
        }
        let same = format!("that {one} and {other} hold the same to have been said");
        for difference in pair.differences.iter().take(limits::HOTLINE_DIFFERENCES_TOLD) {
            let says = difference.says(difference.message().and_then(|digest| self.messages.get(digest)));
            self.signed(SESSION, NotProven, &[one, other], format!("{same}: {says}"));
        }
        let more = pair.differences.len().saturating_sub(limits::HOTLINE_DIFFERENCES_TOLD);
        if more > 0 {
            self.signed(SESSION, NotProven, &[one, other], format!("{same}: and {more} more"));
        }
        if pair.since > 0 {
            self.before_more_was_said(session, pair);
            let sentence =
                format!("{same}: {} message(s) that the close of one of them does not cover", pair.since);
            self.signed(SESSION, NotProven, &[one, other], sentence);
        }
    }

    /// What is said later, by whomever, takes nothing from what both signed before.
    fn before_more_was_said(&mut self, session: &Session, pair: &Pair) {
        let (one, other) = pair.between;
        let closes = [(one, other), (other, one)].map(|(party, with)| {
            let signed = signed_with(session.closes.get(&party)?, with)?;
            Some((self.word_of_close(session, party), signed))
        });
        let [Some((first, signed)), Some((second, same))] = closes else { return };
        if pair.differences.is_empty() && signed == same {
            let both = first.and(&second);
            let sentence = format!(
                "{one} and {other} signed the same transcript {signed}, and the messages that both had seen when they \
                 closed give it"
            );
            self.signed(SESSION, both.weight, &both.by, sentence);
        }
    }

    /// What a Party's close proves of its word.
    fn word_of_close(&self, session: &Session, party: Party) -> Weighed {
        let close = session.closes.get(&party);
        close.map_or_else(Weighed::nothing, |close| self.word_of(&close.said.message))
    }

    fn about(&self, spoken: &Spoken) -> String {
        self.messages.get(&spoken.said.message).map(name).unwrap_or_default()
    }
}

/// Whether a close names a message of the order that its reader may have and that is not among these.
fn closes_name_others(session: &Session, reader: Party) -> bool {
    let here: BTreeSet<Digest> = session.lines.iter().map(|line| line.spoken.said.message).collect();
    let seen = session.closes.values().flat_map(|close| seen_in(&close.said.content));
    let mut could_be = seen.filter(|one| may_be_had(one, reader));
    could_be.any(|one| one.message.is_some_and(|message| !here.contains(&message.0)))
}

/// Of each author no more than is read as part of a session, as it stands, and how many more there are. Beside these the
/// first beginning, the last close of each, and what closes of others cover, however much that is: two who agreed over
/// more have read it.
fn as_one(all: Vec<Spoken>, reader: Party, most: usize) -> (Vec<Spoken>, BTreeMap<Party, usize>) {
    let mut many: BTreeMap<Party, usize> = BTreeMap::new();
    for one in &all {
        let of_author = many.entry(one.said.author).or_default();
        *of_author = of_author.saturating_add(1);
    }
    if many.values().all(|many| *many <= most) {
        return (all, BTreeMap::new());
    }
    let always = always_read(&all, reader);
    let (mut taken, mut not_read): (BTreeMap<Party, usize>, BTreeMap<Party, usize>) = Default::default();
    let mut kept = Vec::new();
    for one in all {
        if !always.contains(&one.said.message) {
            let of_author = taken.entry(one.said.author).or_default();
            if *of_author >= most {
                let more = not_read.entry(one.said.author).or_default();
                *more = more.saturating_add(1);
                continue;
            }
            *of_author = of_author.saturating_add(1);
        }
        kept.push(one);
    }
    (kept, not_read)
}

fn always_read(all: &[Spoken], reader: Party) -> BTreeSet<Digest> {
    let names: Vec<Names> = all.iter().filter(|one| one.is_ordered()).map(Spoken::names).collect();
    let authors: BTreeMap<Digest, Party> =
        all.iter().map(|one| (one.said.message, one.said.author)).collect();
    let closes: BTreeMap<Party, &Spoken> = all
        .iter()
        .filter(|one| matches!(one.said.content, Content::SessionClose(_)))
        .map(|one| (one.said.author, one))
        .collect();
    let mut always = BTreeSet::new();
    for (author, close) in &closes {
        let covered = past(&names, &close.names().seen).into_iter();
        always.extend(covered.filter(|one| authors.get(one) != Some(author)));
    }
    always.extend(closes.into_values().chain(begins(all, reader)).map(|one| one.said.message));
    always
}

/// The transcript with that other Party that this close signs.
fn signed_with(close: &Spoken, other: Party) -> Option<Digest> {
    let Content::SessionClose(form) = &close.said.content else { return None };
    let with = form.agreed.iter().find(|with| with.party == other.as_str())?;
    with.transcript.map(|digest| digest.0)
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

pub(super) fn spoken(digest: Digest, message: &Message, recorded: u64) -> Option<Spoken> {
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
    Some(Spoken { said, to: message.draft.parties(), recorded, came_by_way: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::ThreadId;
    use crate::domain::form::{MessageDigest, Prose};
    use crate::domain::hotline::{SeenLast, SessionOpening, SessionText};
    use crate::domain::message::Traffic;
    use crate::domain::time::Instant;

    const THREAD: ThreadId = ThreadId([7; 16]);

    fn party(code: &str) -> Party {
        code.parse().unwrap()
    }

    fn say(all: &mut Vec<Spoken>, author: &str, content: Content) {
        let (author, recorded) = (party(author), all.len() as u64);
        let to = ["BY", "LT", "PL"].map(party).into_iter().filter(|one| *one != author).collect();
        let said = Said {
            message: Digest::of(&recorded.to_be_bytes()),
            number: format!("{author}/{recorded}"),
            author,
            traffic: Traffic::Real,
            released_at: Instant(0),
            content,
        };
        all.push(Spoken { said, to, recorded, came_by_way: false });
    }

    fn text(all: &mut Vec<Spoken>, author: &str, seen: Vec<SeenLast>) {
        let text = Prose("Stop.".into());
        say(all, author, Content::SessionText(SessionText { text, seen, ..SessionText::default() }));
    }

    #[test]
    fn of_whoever_floods_a_thread_what_the_closes_of_others_cover_is_read_and_of_the_rest_what_has_room() {
        let (by, pl) = (party("BY"), party("PL"));
        let mut all = Vec::new();
        say(&mut all, "BY", Content::SessionOpening(SessionOpening::default()));
        (0..100).for_each(|_| text(&mut all, "LT", Vec::new()));
        let last = all[100].said.message;
        let seen = SeenLast { author: "LT".into(), message: Some(MessageDigest(last)), not_to: Vec::new() };
        text(&mut all, "PL", vec![seen]);
        for own in [by, pl] {
            let close = Session::of(THREAD, &all, own).unwrap().close_by(THREAD, own);
            say(&mut all, own.as_str(), Content::SessionClose(close));
        }
        let (lt, always) = (party("LT"), always_read(&all, pl));
        let is_covered = |one: &&Spoken| one.said.author == lt && always.contains(&one.said.message);
        let covered = all.iter().filter(is_covered).count();
        assert!((1..=2 * limits::HOTLINE_SEEN_MAX).contains(&covered), "{covered}");
        let (kept, not_read) = as_one(all.clone(), pl, 20);
        // Beside what is covered: the opening, a text of PL and two closes.
        let expected = (covered + 20 + 4, BTreeMap::from([(lt, 100 - covered - 20)]));
        assert_eq!((kept.len(), not_read), expected);
        assert!(all.iter().filter(is_covered).all(|one| kept.contains(one)));
        assert!(kept.iter().any(|one| one.said.message == last), "a text that was closed over builds on it");
        let session = Session::of(THREAD, &kept, pl).unwrap();
        let [pair] = &session.pairs[..] else { panic!("BY and PL have closed: {:?}", session.pairs) };
        assert_eq!((pair.between, &pair.differences), ((by, pl), &Vec::new()));
        let signed = |party: Party, with: Party| signed_with(&session.closes[&party], with);
        assert!(signed(by, pl).is_some() && signed(by, pl) == signed(pl, by));
        let (as_it_is, not_read) = as_one(all.clone(), pl, 100);
        assert_eq!((as_it_is, not_read), (all, BTreeMap::new()));
    }
}
