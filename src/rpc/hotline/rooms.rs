//! How much of each author is read as part of a session: whoever writes too much into its thread takes nothing from the
//! others, and whoever is not in it hardly costs anything.
//!
//! Never here: a message that was cut, or one that is passed over in silence.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::hotline::session::Session;
use crate::domain::party::Party;
use crate::domain::thread::{Entry, Thread};
use crate::limits;

/// Messages, and bytes.
type Room = (usize, usize);

/// What a message is to the session of its thread. Both have rooms of their own: whoever reads, shows and translates much
/// is not kept from speaking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// It stands in the order, or closes.
    Said,
    Rest,
}

/// What was read of an author.
#[derive(Clone, Copy, Default)]
struct Taken {
    said: Room,
    rest: Room,
    /// Looked at, and not kept: there is no room for what is like it.
    passed: Room,
}

/// What was read of each author of one thread, and who is in its session.
pub(super) struct Rooms {
    own: Party,
    /// Of each author who is in the session, for what it says.
    inside: Room,
    /// For the rest.
    inside_rest: Room,
    /// Of each other one, for either.
    outside: Room,
    /// Who is in it; nobody before one begins, and all have the larger room.
    pub present: Vec<Party>,
    taken: BTreeMap<Party, Taken>,
    read: BTreeSet<Digest>,
    /// The newest record of which any was read; of each that was read behind a newer one, which was the newest then.
    newest: u64,
    late: BTreeMap<Digest, u64>,
    passed: BTreeMap<Digest, Part>,
}

impl Part {
    /// By the name of its kind.
    pub fn of(kind: &str) -> Part {
        let is_said = |kind: Kind| kind.has_place_in_session() || kind == Kind::SessionClose;
        if Kind::from_name(kind).is_some_and(is_said) { Part::Said } else { Part::Rest }
    }
}

impl Rooms {
    /// Before anything was read.
    pub fn of(own: Party) -> Rooms {
        let inside = (limits::HOTLINE_AUTHOR_MESSAGES_MAX, limits::HOTLINE_AUTHOR_BYTES_MAX);
        let inside_rest = (limits::HOTLINE_AUTHOR_REST_MESSAGES_MAX, limits::HOTLINE_AUTHOR_REST_BYTES_MAX);
        let outside = (limits::HOTLINE_OUTSIDER_MESSAGES_MAX, limits::HOTLINE_OUTSIDER_BYTES_MAX);
        let (taken, passed) = (BTreeMap::new(), BTreeMap::new());
        let (read, late, present) = (BTreeSet::new(), BTreeMap::new(), Vec::new());
        Rooms { own, inside, inside_rest, outside, present, taken, read, newest: 0, late, passed }
    }

    /// Whether a further message of this author is looked at, with so many times its room. How much our own officers say,
    /// they are told when they say it.
    pub fn has_room(&self, author: Party, times: usize) -> bool {
        let (said, rest) = (self.takes(author, Part::Said, times), self.takes(author, Part::Rest, times));
        // Which it is, is not known before: to find what there is room for, others are passed.
        let passes = has_left(self.taken(author).passed, self.inside, times) && self.is_inside(author);
        said && rest || (said || rest) && passes
    }

    /// Whether a further one of this kind is kept, with so many times its room.
    pub fn takes(&self, author: Party, part: Part, times: usize) -> bool {
        let (taken, is_inside) = (self.taken(author), self.is_inside(author));
        let (read, most) = match part {
            Part::Said => (taken.said, self.inside),
            Part::Rest => (taken.rest, self.inside_rest),
        };
        author == self.own || has_left(read, if is_inside { most } else { self.outside }, times)
    }

    /// Whether one that others name is read, with so many times the room of its author.
    pub fn takes_named(&self, entry: &Entry, times: usize) -> bool {
        self.takes(entry.author, Part::Said, times) && self.passed.get(&entry.digest) != Some(&Part::Rest)
    }

    /// How often it is read of an author, as far as others name what it says: it may have given each of those present
    /// something else. No more than all sessions together are kept.
    pub fn times_named(&self) -> usize {
        let most = limits::HOTLINE_KEPT_BYTES / limits::HOTLINE_AUTHOR_BYTES_MAX;
        self.present.len().saturating_add(1).min(most)
    }

    fn is_inside(&self, author: Party) -> bool {
        self.present.is_empty() || self.present.contains(&author)
    }

    fn taken(&self, author: Party) -> Taken {
        self.taken.get(&author).copied().unwrap_or_default()
    }

    /// Which other Party takes most of what was read; this one, where no other said anything.
    pub fn taken_most_by(&self) -> Party {
        let others = self.taken.iter().filter(|(author, _)| **author != self.own);
        let most = others.max_by_key(|(_, taken)| taken.said.1.saturating_add(taken.rest.1));
        most.map_or(self.own, |(author, _)| *author)
    }

    /// Whether it was read.
    pub fn holds(&self, message: &Digest) -> bool {
        self.read.contains(message)
    }

    /// One that was read, and what it takes in memory.
    pub fn add(&mut self, entry: &Entry, part: Part, bytes: usize) {
        if self.read.insert(entry.digest) {
            if entry.index < self.newest {
                self.late.insert(entry.digest, self.newest);
            }
            self.newest = self.newest.max(entry.index);
            self.passed.remove(&entry.digest);
            let taken = self.taken.entry(entry.author).or_default();
            match part {
                Part::Said => put(&mut taken.said, bytes),
                Part::Rest => put(&mut taken.rest, bytes),
            }
        }
    }

    /// One that came by way of another Party than its author, who has so many times its room for it, and what it takes in
    /// memory: in that room, as if its author had brought it.
    pub fn add_by_way(&mut self, (message, author): (Digest, Party), bytes: usize, times: usize) {
        // With its own record, unless there was room only as others name it.
        if times > 1 {
            self.late.insert(message, self.newest);
        }
        put(&mut self.taken.entry(author).or_default().said, bytes);
    }

    /// Its author brought it as well.
    pub fn give_back(&mut self, author: Party, bytes: usize) {
        if let Some(taken) = self.taken.get_mut(&author) {
            let (messages, all) = taken.said;
            taken.said = (messages.saturating_sub(1), all.saturating_sub(bytes));
        }
    }

    /// One that was looked at and is not kept, and how long it is.
    pub fn pass(&mut self, entry: &Entry, part: Part, bytes: usize) {
        if self.passed.insert(entry.digest, part).is_none() {
            put(&mut self.taken.entry(entry.author).or_default().passed, bytes);
        }
    }

    /// By which record at the latest one that this record holds was read: a later one where its author came in, or others
    /// named it, only by then.
    pub fn read_by(&self, message: &Digest, recorded: u64) -> u64 {
        self.late.get(message).copied().unwrap_or(recorded)
    }

    /// What was not read of those who have room, in the order of their records: what was read stays read.
    pub fn unread(&self, here: &Thread) -> Vec<Entry> {
        let mut found: Vec<Entry> = Vec::new();
        for author in here.authors().filter(|author| self.has_room(*author, 1)) {
            found.extend(here.entries_of(author).filter(|entry| !self.was_seen(&entry.digest)));
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
    pub fn not_read(&self, here: &Thread) -> (usize, Vec<Party>) {
        let many = here.messages().saturating_sub(self.read.len());
        if many == 0 {
            return (0, Vec::new());
        }
        let is_full = |author: &Party| here.entries_of(*author).any(|entry| !self.holds(&entry.digest));
        (many, here.authors().filter(is_full).collect())
    }

    /// What the others say beyond their room, or may say, where it was not looked at: it waits for an officer.
    pub fn beyond<'t>(&'t self, here: &'t Thread) -> impl Iterator<Item = &'t Entry> {
        let looked = if here.messages() == self.read.len() { 0 } else { usize::MAX };
        let others = here.entries().take(looked).filter(move |entry| entry.author != self.own);
        let is_rest = move |entry: &Entry| self.passed.get(&entry.digest) == Some(&Part::Rest);
        others.filter(move |entry| !self.holds(&entry.digest) && !is_rest(entry))
    }

    fn was_seen(&self, message: &Digest) -> bool {
        self.holds(message) || self.passed.contains_key(message)
    }
}

fn has_left((messages, bytes): Room, most: Room, times: usize) -> bool {
    messages < most.0.saturating_mul(times) && bytes < most.1.saturating_mul(times)
}

fn put((messages, all): &mut Room, bytes: usize) {
    *messages = messages.saturating_add(1);
    *all = all.saturating_add(bytes);
}

/// Why this Party says nothing more in a session but that it is over: it is full, and this Party said its share of it,
/// or the others, who count as is counted here, would not read much more of it as one.
pub(super) fn full(session: &Session, rooms: &Rooms) -> Option<String> {
    let many = session.lines.iter().filter(|line| line.spoken.said.author == rooms.own).count();
    let (_, bytes) = rooms.taken(rooms.own).said;
    // Whoever floods it takes no share of the others.
    let most = limits::HOTLINE_MESSAGES_MAX;
    let share = most.checked_div(session.present.len()).unwrap_or(most);
    if session.lines.len() >= most && many >= share {
        return Some(format!("the session has {most} messages or more: close it, and open another"));
    }
    // The rest is room for closes.
    let most = limits::HOTLINE_AUTHOR_BYTES_MAX / 8 * 7;
    (bytes >= most).then(|| {
        format!("what this Party says in the session takes {most} bytes or more: close it, and open another")
    })
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
            if rooms.takes(entry.author, Part::Said, 1) {
                rooms.add(&entry, Part::Said, BYTES);
            } else if rooms.has_room(entry.author, 1) {
                rooms.pass(&entry, Part::Said, BYTES);
            }
        }
        rooms.taken.iter().map(|(author, taken)| (author.to_string(), taken.said.0)).collect()
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
        assert_eq!(rooms.not_read(&before), (42 + 28, vec![party("BY"), party("XX")]));
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
        assert_eq!(rooms.not_read(&here), (12, vec![party("LT")]));
    }

    #[test]
    fn what_is_read_only_once_its_author_came_in_is_read_by_the_newest_record_of_then() {
        let mut rooms = rooms(&["BY", "PL"]);
        let here = thread(&[("LT", 5), ("BY", 3)]);
        read(&mut rooms, &here);
        rooms.present.push(party("LT"));
        read(&mut rooms, &here);
        let by = |name: &str, recorded: u64| rooms.read_by(&Digest::of(name.as_bytes()), recorded);
        assert_eq!([by("LT 2", 1), by("LT 3", 2), by("BY 3", 7)], [1, 7, 7]);
    }

    #[test]
    fn whatever_an_author_gave_to_each_of_those_present_has_room_as_far_as_they_name_it() {
        let mut rooms = rooms(&["BY", "LT", "PL", "XX"]);
        let here = thread(&[("XX", 60)]);
        assert_eq!(read(&mut rooms, &here), counted(&[("XX", 8)]));
        let times = rooms.times_named();
        assert_eq!(times, 5);
        for entry in here.entries_of(party("XX")) {
            if rooms.takes_named(entry, times) {
                rooms.add(entry, Part::Said, BYTES);
            }
        }
        assert_eq!(rooms.taken(party("XX")).said.0, 8 * times);
        let codes: Vec<Party> = (0..100).map(|number| party(&format!("X{number}"))).collect();
        let many = Rooms { present: codes, ..rooms };
        assert!(many.times_named() * limits::HOTLINE_AUTHOR_BYTES_MAX <= limits::HOTLINE_KEPT_BYTES);
    }

    #[test]
    fn what_came_by_way_of_another_party_takes_its_authors_room_until_its_author_brings_it() {
        let mut rooms = rooms(&["BY", "LT", "PL"]);
        for number in 0..8_u8 {
            rooms.add_by_way((Digest([number; 32]), party("LT")), BYTES, 1);
        }
        let has_room = |rooms: &Rooms, code: &str| rooms.takes(party(code), Part::Said, 1);
        assert!(!has_room(&rooms, "LT") && has_room(&rooms, "BY"));
        rooms.give_back(party("LT"), BYTES);
        assert!(has_room(&rooms, "LT"));
    }

    #[test]
    fn room_ends_by_bytes_too_and_before_a_session_begins_all_have_the_larger_one() {
        let mut rooms = Rooms { inside: (100, 3 * BYTES), ..rooms(&[]) };
        let here = thread(&[("BY", 20)]);
        assert_eq!(read(&mut rooms, &here), counted(&[("BY", 3)]));
    }

    #[test]
    fn whoever_reads_and_shows_much_is_heard_all_the_same_and_what_was_not_looked_at_waits() {
        let mut rooms = Rooms { inside_rest: (4, 8 * BYTES), ..rooms(&["BY", "PL"]) };
        let here = thread(&[("BY", 30), ("PL", 1)]);
        let all: Vec<Entry> = here.entries_of(party("BY")).copied().collect();
        // The first twelve are of the rest, and one in two of the others is said.
        let part = |at: usize| if at < 12 || at % 2 == 1 { Part::Rest } else { Part::Said };
        for (at, entry) in all.iter().enumerate() {
            if !rooms.has_room(entry.author, 1) {
                break;
            }
            match rooms.takes(entry.author, part(at), 1) {
                true => rooms.add(entry, part(at), BYTES),
                false => rooms.pass(entry, part(at), 1),
            }
        }
        let taken = rooms.taken(party("BY"));
        assert_eq!((taken.said.0, taken.rest.0, taken.passed.0), (0, 4, 8), "eight are passed, and no more");
        assert!(rooms.beyond(&here).eq(&all[12..]));
        rooms.inside = (16, 16 * BYTES);
        assert!(rooms.has_room(party("BY"), 1));
        rooms.add(&all[12], Part::Said, BYTES);
        assert!(rooms.beyond(&here).eq(&all[13..]));
        // Whoever names what is no part of the order has none of it read once more.
        assert!(!rooms.takes_named(&all[5], 2) && rooms.takes_named(&all[20], 2));
    }
}
