//! How much of each author is read as part of a session: whoever writes too much into its thread takes nothing from the
//! others, and whoever is not in it hardly costs anything.
//!
//! Never here: a message that was cut, or one that is left out unsaid.

use std::collections::{BTreeMap, BTreeSet};

use super::beside::whole_or_none;
use super::told::REST_BYTES;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::form::Prose;
use crate::domain::hotline::session::{Session, Spoken, seen_in};
use crate::domain::hotline::{
    AgreedWith, SeenLast, SessionAcceptance, SessionAddition, SessionClose, SessionOpening, SessionShown,
    SessionText,
};
use crate::domain::party::Party;
use crate::domain::thread::{Entry, Thread};
use crate::limits;

/// Messages, and bytes.
type Room = (usize, usize);

/// What was read of each author of one thread, and who is in its session.
pub(super) struct Rooms {
    own: Party,
    /// Of each author who is in the session.
    inside: Room,
    /// Of each other one.
    outside: Room,
    /// Who is in it; nobody before one begins, and all have the larger room.
    pub present: Vec<Party>,
    taken: BTreeMap<Party, Room>,
    read: BTreeSet<Digest>,
}

impl Rooms {
    /// Before anything was read.
    pub fn of(own: Party) -> Rooms {
        let inside = (limits::HOTLINE_AUTHOR_MESSAGES_MAX, limits::HOTLINE_AUTHOR_BYTES_MAX);
        let outside = (limits::HOTLINE_OUTSIDER_MESSAGES_MAX, limits::HOTLINE_OUTSIDER_BYTES_MAX);
        let (taken, read) = (BTreeMap::new(), BTreeSet::new());
        Rooms { own, inside, outside, present: Vec::new(), taken, read }
    }

    /// Whether a further message of this author is read, with so many times its room. How much our own officers say,
    /// they are told when they say it.
    pub fn has_room(&self, author: Party, times: usize) -> bool {
        let is_inside = self.present.is_empty() || self.present.contains(&author);
        let (messages, bytes) = if is_inside { self.inside } else { self.outside };
        let (read, its_bytes) = self.taken.get(&author).copied().unwrap_or_default();
        let is_left = read < messages.saturating_mul(times) && its_bytes < bytes.saturating_mul(times);
        is_left || author == self.own
    }

    /// Whether it was read.
    pub fn holds(&self, message: &Digest) -> bool {
        self.read.contains(message)
    }

    /// One that was read, and what it takes in memory.
    pub fn add(&mut self, entry: &Entry, bytes: usize) {
        if self.read.insert(entry.digest) {
            let (messages, its_bytes) = self.taken.entry(entry.author).or_default();
            *messages = messages.saturating_add(1);
            *its_bytes = its_bytes.saturating_add(bytes);
        }
    }

    /// What was not read of those who have room, in the order of their records: what was read stays read.
    pub fn unread(&self, here: &Thread) -> Vec<Entry> {
        let mut found: Vec<Entry> = Vec::new();
        for author in here.authors().filter(|author| self.has_room(*author, 1)) {
            found.extend(here.entries_of(author).filter(|entry| !self.holds(&entry.digest)));
        }
        found.sort_by_key(|entry| (entry.index, entry.digest));
        found
    }

    /// What was read, in the order of the thread.
    pub fn in_order(&self, here: &Thread) -> Vec<Digest> {
        let read = self.read.iter().filter_map(|digest| here.entry(digest)).copied().collect();
        Thread::woven(read).into_iter().map(|entry| entry.digest).collect()
    }

    /// How many messages of the thread are not read as part of the session, and whose.
    pub fn left_out(&self, here: &Thread) -> (usize, Vec<Party>) {
        let many = here.messages().saturating_sub(self.read.len());
        if many == 0 {
            return (0, Vec::new());
        }
        let is_full = |author: &Party| {
            !self.has_room(*author, 1) && here.entries_of(*author).any(|entry| !self.holds(&entry.digest))
        };
        (many, here.authors().filter(is_full).collect())
    }
}

/// Why this Party says nothing more in a session but that it is over: it is full, and this Party said its share of it,
/// or the others would not read much more of it as one.
pub(super) fn full(session: &Session<'_>, own: Party) -> Option<String> {
    let ours = session.lines.iter().map(|line| &line.spoken.said).filter(|said| said.author == own);
    let (mut many, mut bytes) = (0_usize, 0_usize);
    for said in ours {
        let text = if let Content::SessionText(form) = &said.content { form.text.0.len() } else { 0 };
        many = many.saturating_add(1);
        bytes = bytes.saturating_add(text).saturating_add(REST_BYTES);
    }
    // Whoever floods it takes no share of the others.
    let share = limits::HOTLINE_MESSAGES_MAX / session.present.len().max(1);
    if session.lines.len() >= limits::HOTLINE_MESSAGES_MAX && many >= share {
        let most = limits::HOTLINE_MESSAGES_MAX;
        return Some(format!("the session has {most} messages or more: close it, and open another"));
    }
    // The rest is room for closes, and for what is shown and read.
    let most = limits::HOTLINE_AUTHOR_BYTES_MAX / 4 * 3;
    (bytes >= most).then(|| {
        format!("what this Party says in the session takes {most} bytes or more: close it, and open another")
    })
}

/// What it names as seen, no more than a writer here names.
pub(super) fn named_by(one: &Spoken) -> impl Iterator<Item = Digest> {
    let seen = seen_in(&one.said.content).iter().take(limits::HOTLINE_SEEN_MAX);
    seen.filter_map(|seen| Some(seen.message?.0))
}

/// What a session uses of it, of a message that these have: the rest stands in the message alone.
pub(super) fn bare(mut content: Content, had_by: &[Party]) -> Content {
    match &mut content {
        Content::SessionAcceptance(SessionAcceptance { seen, .. })
        | Content::SessionText(SessionText { seen, .. })
        | Content::SessionAddition(SessionAddition { seen, .. })
        | Content::SessionClose(SessionClose { seen, .. }) => used(seen, had_by),
        _ => {}
    }
    match &mut content {
        Content::SessionOpening(SessionOpening { remarks, to_follow, not_known, .. })
        | Content::SessionAcceptance(SessionAcceptance { remarks, to_follow, not_known, .. })
        | Content::SessionText(SessionText { remarks, to_follow, not_known, .. })
        | Content::SessionAddition(SessionAddition { remarks, to_follow, not_known, .. })
        | Content::SessionShown(SessionShown { remarks, to_follow, not_known, .. }) => {
            *remarks = Prose::default();
            *to_follow = Vec::new();
            *not_known = Vec::new();
        }
        Content::SessionClose(SessionClose { remarks, to_follow, not_known, .. }) => {
            *remarks = Prose(whole_or_none(&remarks.0));
            *to_follow = Vec::new();
            *not_known = Vec::new();
        }
        _ => {}
    }
    content
}

/// No more than is read of what a message names; and to whom that did not go, of those who have the message.
fn used(seen: &mut Vec<SeenLast>, had_by: &[Party]) {
    seen.truncate(limits::HOTLINE_SEEN_MAX);
    seen.shrink_to_fit();
    for one in seen {
        one.not_to.retain(|party| had_by.iter().any(|had| had.as_str() == party));
        one.not_to.shrink_to_fit();
    }
}

/// About what takes memory of what is kept of it, beside what each message takes.
pub(super) fn weight(content: &Content) -> usize {
    let text = |text: &str| size_of::<String>().saturating_add(text.len());
    let texts = |all: &[String]| all.iter().map(|one| text(one)).fold(0_usize, usize::saturating_add);
    let seen = seen_in(content).iter().map(|one| {
        let not_to = texts(&one.not_to);
        size_of::<SeenLast>().saturating_add(one.author.len()).saturating_add(not_to)
    });
    let itself = match content {
        Content::SessionOpening(form) => texts(&form.languages),
        Content::SessionAcceptance(form) => text(&form.officer),
        Content::SessionText(form) => form.text.0.len(),
        Content::SessionAddition(form) => text(&form.party),
        Content::SessionShown(form) => text(&form.console),
        Content::SessionClose(form) => {
            let with = form.agreed.iter().map(|one| size_of::<AgreedWith>().saturating_add(one.party.len()));
            with.fold(text(&form.remarks.0), usize::saturating_add)
        }
        _ => 0,
    };
    seen.fold(itself, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::precedence::Precedence;
    use crate::domain::time::Instant;

    const BYTES: usize = 100;

    fn party(code: &str) -> Party {
        code.parse().unwrap()
    }

    /// So many messages of each of these, one after the other on record.
    fn thread(of: &[(&str, u64)]) -> Thread {
        let mut thread = Thread::default();
        let mut index = 0;
        for (author, many) in of {
            for place in 1..=*many {
                thread.add(Entry {
                    author: party(author),
                    place,
                    digest: Digest::of(format!("{author} {place}").as_bytes()),
                    index,
                    precedence: Precedence::Flash,
                    released_at: Instant(0),
                    recorded_at: Instant(0),
                });
                index += 1;
            }
        }
        thread
    }

    /// Of whom so many were read, as far as there is room.
    fn read(rooms: &mut Rooms, here: &Thread) -> Vec<(String, usize)> {
        for entry in rooms.unread(here) {
            if rooms.has_room(entry.author, 1) {
                rooms.add(&entry, BYTES);
            }
        }
        rooms.taken.iter().map(|(author, (messages, _))| (author.to_string(), *messages)).collect()
    }

    fn rooms(present: &[&str]) -> Rooms {
        let present = present.iter().map(|code| party(code)).collect();
        Rooms { inside: (8, 8 * BYTES), outside: (2, 8 * BYTES), present, ..Rooms::of(party("PL")) }
    }

    fn counted(of: &[(&str, usize)]) -> Vec<(String, usize)> {
        of.iter().map(|(author, many)| ((*author).to_owned(), *many)).collect()
    }

    #[test]
    fn whoever_writes_too_much_takes_nothing_from_the_others_and_it_is_said() {
        let mut rooms = rooms(&["BY", "LT", "PL"]);
        let before = thread(&[("BY", 50), ("LT", 5), ("PL", 20), ("XX", 30)]);
        assert_eq!(
            read(&mut rooms, &before),
            counted(&[("BY", 8), ("LT", 5), ("PL", 20), ("XX", 2)]),
            "our own are all read, and of who is not in it hardly anything"
        );
        assert_eq!(rooms.left_out(&before), (42 + 28, vec![party("BY"), party("XX")]));
        assert_eq!(rooms.in_order(&before).len(), 35);
        // What is said later is read of the others.
        let after = thread(&[("BY", 50), ("LT", 7), ("PL", 20), ("XX", 30)]);
        assert_eq!(read(&mut rooms, &after)[1], ("LT".to_owned(), 7));
    }

    #[test]
    fn who_comes_in_is_read_further_and_what_others_name_has_room_once_more() {
        let mut rooms = rooms(&["BY", "PL"]);
        let here = thread(&[("LT", 20)]);
        assert_eq!(read(&mut rooms, &here), counted(&[("LT", 2)]));
        rooms.present.push(party("LT"));
        assert_eq!(read(&mut rooms, &here), counted(&[("LT", 8)]));
        assert!(!rooms.has_room(party("LT"), 1) && rooms.has_room(party("LT"), 2));
        assert_eq!(rooms.left_out(&here), (12, vec![party("LT")]));
    }

    #[test]
    fn room_ends_by_bytes_too_and_before_a_session_begins_all_have_the_larger_one() {
        let mut rooms = Rooms { inside: (100, 3 * BYTES), ..rooms(&[]) };
        let here = thread(&[("BY", 20)]);
        assert_eq!(read(&mut rooms, &here), counted(&[("BY", 3)]));
    }

    #[test]
    fn remarks_and_what_is_to_follow_are_not_kept_with_a_session() {
        let text = Prose("Stop.".into());
        let remarks = Prose("x".repeat(1_000));
        let form = SessionText { text: text.clone(), remarks, ..SessionText::default() };
        let kept = SessionText { text, ..SessionText::default() };
        assert_eq!(bare(Content::SessionText(form), &[]), Content::SessionText(kept));
    }

    #[test]
    fn of_what_a_message_names_no_more_is_kept_than_is_read_and_what_is_kept_is_counted() {
        let codes: Vec<String> = (0..100).map(|number| format!("X{number}")).chain(["PL".into()]).collect();
        let seen = SeenLast { not_to: codes, ..SeenLast::default() };
        let form = SessionText { seen: vec![seen; 5 * limits::HOTLINE_SEEN_MAX], ..SessionText::default() };
        let came = Content::SessionText(form);
        let kept = bare(came.clone(), &["BY", "PL"].map(party));
        let Content::SessionText(form) = &kept else { panic!("{kept:?}") };
        assert_eq!(form.seen.len(), limits::HOTLINE_SEEN_MAX);
        assert!(form.seen.iter().all(|one| one.not_to == ["PL"]));
        let each = size_of::<SeenLast>() + size_of::<String>() + "PL".len();
        assert_eq!(weight(&kept), limits::HOTLINE_SEEN_MAX * each);
        assert!(weight(&came) > 100 * limits::HOTLINE_SEEN_MAX * "X10".len());
    }
}
