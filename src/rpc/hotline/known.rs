//! What a console was told of a session, and so what it has to be told of it now: what is new, what stands otherwise,
//! and what became of the messages that some records touch.
//!
//! Never here: how a message is told (`lines.rs`), or a message itself. What need only be compared is kept as a digest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;

use super::closed_by;
use super::folded::{Folded, Stood};
use super::lines::{self, Place};
use super::moved::pieces;
use super::told::Told;
use super::touched::Touched;
use crate::codec::message::traffic_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_response::What;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::hotline::session::{Line, Spoken};
use crate::domain::people::Person;
use crate::limits;

/// How a session stands, how it was closed, and by whom.
type Stands = (calls::Session, Vec<calls::ClosedWith>, Vec<calls::ClosedBy>);

/// What a console was told of a session.
#[derive(Default)]
pub(super) struct Known {
    /// How it stands; `None` before that was told.
    stands: Option<Digest>,
    /// The messages. What overtakes the message with which its author comes into the session is told with that.
    lines: BTreeMap<Digest, Shown>,
    /// Up to which record it was looked at last.
    looked: u64,
}

/// A message that a console was told of.
struct Shown {
    stood: Stood,
    /// All else of the line as it was told last as changed; `None` before it was, for the first time over this stream or
    /// since it was let go: whoever waits for a receipt is told of it, also where the new line said so already.
    line: Option<Digest>,
}

/// What some records, to be told of, have to do with a session.
#[derive(Default)]
pub(super) struct Heard {
    pub traffic: i32,
    /// How it stands, where that was not told.
    pub stands: Option<Stands>,
    moved: Vec<calls::MovedLines>,
    /// What these answer has come, or their author has come in.
    again: Vec<Digest>,
    /// Those that were not told, in their order, each with the record that holds it.
    untold: Vec<(Digest, u64, Stood)>,
    /// Those that a console may have to be told, as they are now.
    lines: BTreeMap<Digest, calls::SessionLine>,
    /// In which line each message stands that these records touch: in its own, or in that of what came within it.
    of: BTreeMap<Digest, Digest>,
}

impl Known {
    /// What a console that was told all before a position was told of it: not what was on record by then, and was read as
    /// part of it only later.
    pub fn before(told: &Told, position: u64) -> Known {
        let is_then = |one: &Spoken| told.rooms.read_by(&one.said.message, one.recorded) < position;
        let (then, later): (Vec<Arc<Spoken>>, Vec<Arc<Spoken>>) =
            told.spoken.iter().cloned().partition(|one| is_then(one));
        let later: BTreeSet<Digest> = later.into_iter().map(|one| one.said.message).collect();
        let is_here = |digest: &Digest| told.is_here(digest) && !later.contains(digest);
        let folded = told.folds.of(told.thread, told.own, &then);
        let lines = folded.standing(is_here);
        let lines = lines.map(|(place, stood)| (place.spoken.said.message, Shown { stood, line: None }));
        Known { lines: lines.collect(), ..Known::default() }
    }

    /// What is to be told of it as it stands now: of these messages, and of what records before `next` brought.
    pub fn hear(&mut self, told: &Told, caller: &Person, touched: &BTreeSet<Digest>, next: u64) -> Heard {
        self.looked = next;
        let Some(session) = told.session() else { return Heard::default() };
        let of = told.lines_of(touched);
        let touched: BTreeSet<Digest> = of.values().copied().collect();
        let is_here = |digest: &Digest| told.is_here(digest);
        let mut heard = self.look(&told.folds.now, is_here, (&touched, next), |place| {
            lines::line(told, session, place, caller)
        });
        heard.of = of;
        heard.traffic = traffic_to_proto(session.begins.said.traffic);
        let head = super::heard::beside_session(lines::head(told, session, caller), told);
        let closed = lines::closed(told, session);
        let stands = (head, closed, closed_by::unsigned(told, session));
        heard.stands = self.stands_otherwise(&stands).then_some(stands);
        heard
    }

    fn stands_otherwise(&mut self, (session, closed, closes): &Stands) -> bool {
        let mut bytes = session.encode_length_delimited_to_vec();
        for one in closed {
            bytes.extend(one.encode_length_delimited_to_vec());
        }
        for one in closes {
            bytes.extend(one.encode_length_delimited_to_vec());
        }
        let now = Some(Digest::of(&bytes));
        std::mem::replace(&mut self.stands, now) != now
    }

    /// Only what has to be told is made a line of: whatever moves is told by its place.
    fn look(
        &mut self,
        folded: &Folded,
        is_here: impl Fn(&Digest) -> bool,
        (touched, next): (&BTreeSet<Digest>, u64),
        mut line: impl FnMut(&Place<'_>) -> calls::SessionLine,
    ) -> Heard {
        let (mut heard, mut moved) = (Heard::default(), Vec::new());
        for (place, stood) in folded.standing(is_here) {
            let (message, recorded) = (place.spoken.said.message, place.spoken.recorded);
            let mut is_wanted = touched.contains(&message);
            match self.lines.get_mut(&message) {
                Some(before) if before.stood != stood => {
                    // Whether it has a part in the session says the line, and to whom of it it did not go.
                    let has_part = before.stood.place > 0;
                    let is_else = before.stood.lacks_answered != stood.lacks_answered
                        || before.stood.is_compared != stood.is_compared;
                    if !is_else && has_part == (stood.place > 0) {
                        moved.push(moved_line(message, (&before.stood, &stood), place.line()));
                    } else {
                        is_wanted = true;
                        heard.again.push(message);
                    }
                    before.stood = stood;
                }
                // What comes with a later record is told with that.
                None if recorded < next => {
                    is_wanted = true;
                    heard.untold.push((message, recorded, stood));
                }
                Some(_) | None => {}
            }
            if is_wanted {
                heard.lines.insert(message, line(&place));
            }
        }
        heard.moved = pieces(moved);
        heard
    }

    /// What of that is to be told at a position, at which a message is touched.
    pub fn news(&mut self, heard: &mut Heard, position: u64, touched: &Touched) -> Vec<What> {
        let mut news: Vec<What> = std::mem::take(&mut heard.moved).into_iter().map(What::Moved).collect();
        for message in std::mem::take(&mut heard.again) {
            news.extend(self.changed(heard, &message));
        }
        let touched = *heard.of.get(&touched.message).unwrap_or(&touched.message);
        let mut is_new = false;
        let (now, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut heard.untold).into_iter().partition(|(_, recorded, _)| *recorded < position);
        heard.untold = later;
        for (message, _, stood) in now {
            let Some(line) = heard.lines.get(&message) else { continue };
            self.lines.insert(message, Shown { stood, line: None });
            is_new = is_new || message == touched;
            news.push(What::Line(line.clone()));
        }
        if !is_new {
            news.extend(self.changed(heard, &touched));
        }
        news
    }

    /// The line of a message that a console was told of, unless it was told the same as changed before.
    fn changed(&mut self, heard: &Heard, message: &Digest) -> Option<What> {
        let (line, known) = (heard.lines.get(message)?, self.lines.get_mut(message)?);
        let now = Some(digest_of(line));
        let before = std::mem::replace(&mut known.line, now);
        (before != now).then(|| What::Changed(line.clone()))
    }
}

/// Of too many sessions those that were looked at longest ago are let go.
pub(super) fn make_room(told: &mut BTreeMap<ThreadId, Known>) {
    while told.len() > limits::CONSOLE_SESSIONS_TOLD_MAX {
        let oldest = told.iter().min_by_key(|(_, known)| known.looked).map(|(thread, _)| *thread);
        let Some(oldest) = oldest else { return };
        told.remove(&oldest);
    }
}

fn moved_line(message: Digest, (before, now): (&Stood, &Stood), line: Option<&Line>) -> calls::MovedLine {
    let names = line.filter(|_| before.names != now.names).map(|line| calls::MovedNames {
        unseen_texts: bytes(&line.unseen_first),
        missing: bytes(&line.missing),
    });
    calls::MovedLine {
        digest: Bytes::copy_from_slice(&message.0),
        position: now.place,
        unseen: now.unseen,
        names,
    }
}

fn bytes(digests: &[Digest]) -> Vec<Bytes> {
    digests.iter().map(|digest| Bytes::copy_from_slice(&digest.0)).collect()
}

/// Of all that is not told by the place.
fn digest_of(line: &calls::SessionLine) -> Digest {
    let (unseen_texts, missing) = (Vec::new(), Vec::new());
    let rest = calls::SessionLine { position: 0, unseen: 0, unseen_texts, missing, ..line.clone() };
    Digest::of(&rest.encode_to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::Content;
    use crate::domain::hotline::{Sees, SessionAddition, SessionOpening, SessionText};
    use crate::domain::message::Traffic;
    use crate::domain::party::Party;
    use crate::domain::said::Said;
    use crate::domain::time::Instant;

    fn party(code: &str) -> Party {
        code.parse().unwrap()
    }

    fn spoken(number: u8, author: &str, recorded: u64, content: Content) -> Spoken {
        let said = Said {
            message: Digest([number; 32]),
            number: format!("{author}/{number}"),
            author: party(author),
            traffic: Traffic::Real,
            released_at: Instant(0),
            content,
        };
        let to = ["BY", "LT", "PL"].map(party);
        let to = to.into_iter().filter(|one| *one != party(author)).collect();
        Spoken { said, to, recorded, came_by_way: false }
    }

    fn text(number: u8, author: &str, recorded: u64) -> Spoken {
        spoken(number, author, recorded, Content::SessionText(SessionText::default()))
    }

    fn touched(number: u8, is_new: bool) -> Touched {
        Touched { thread: None, message: Digest([number; 32]), is_new, is_word: false }
    }

    /// What is told of a session in which a message is touched, and how many lines were made for that.
    fn told(known: &mut Known, all: &[Spoken], one: &Touched, text: &str) -> (Vec<What>, usize) {
        let spoken: Vec<Arc<Spoken>> = all.iter().cloned().map(Arc::new).collect();
        let folded = Folded::of(ThreadId([7; 16]), party("PL"), &spoken);
        let next = all.iter().map(|one| one.recorded).max().unwrap() + 1;
        let here: BTreeSet<Digest> = all.iter().map(|one| one.said.message).collect();
        let mut made = 0;
        let is_here = |digest: &Digest| here.contains(digest);
        let mut heard = known.look(&folded, is_here, (&BTreeSet::from([one.message]), next), |place| {
            made += 1;
            calls::SessionLine { position: place.position(), text: text.into(), ..Default::default() }
        });
        (known.news(&mut heard, next, one), made)
    }

    fn moved(what: &What) -> &[calls::MovedLine] {
        match what {
            What::Moved(moved) => &moved.lines,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_that_moves_all_others_makes_one_line_and_one_message_with_their_places() {
        let mut known = Known::default();
        let mut all = vec![spoken(9, "BY", 0, Content::SessionOpening(SessionOpening::default()))];
        // None of them has seen another: by their digests alone they stand as they do.
        all.extend((100..150).map(|number| text(number, "BY", u64::from(number))));
        let (first, made) = told(&mut known, &all, &touched(149, true), "");
        assert_eq!((first.len(), made), (51, 51));

        all.push(text(1, "BY", 200));
        let (news, made) = told(&mut known, &all, &touched(1, true), "");
        assert_eq!((news.len(), made), (2, 1));
        let places: Vec<u32> = moved(&news[0]).iter().map(|one| one.position).collect();
        assert_eq!(places, (3..=52).collect::<Vec<u32>>());
        // Of those without sight of which each was written the first are told by name.
        let unseen: Vec<u32> = moved(&news[0]).iter().map(|one| one.unseen).collect();
        assert_eq!(unseen, (2..=51).collect::<Vec<u32>>());
        let names = |one: &calls::MovedLine| one.names.clone().unwrap_or_default().unseen_texts;
        assert!(moved(&news[0]).iter().all(|one| names(one).len() <= limits::HOTLINE_UNSEEN_TOLD));
        assert!(matches!(&news[1], What::Line(line) if line.position == 2));

        all.push(text(2, "LT", 201));
        let (news, made) = told(&mut known, &all, &touched(2, true), "");
        assert_eq!((news.len(), moved(&news[0]).len(), made), (2, 50, 1));
        let first = [9, 1, 2].map(|number| Bytes::from(vec![number; 32]));
        assert!(moved(&news[0]).iter().all(|one| names(one)[..3] == first));

        // One behind all of them moves none.
        all.push(text(200, "LT", 202));
        let (news, made) = told(&mut known, &all, &touched(200, true), "");
        assert_eq!((news.len(), made), (1, 1));
    }

    #[test]
    fn the_line_of_a_text_that_came_before_its_author_was_in_is_told_again_once_it_is() {
        let mut known = Known::default();
        let addition = |number: u8, author: &str, recorded: u64| {
            let (party, sees) = ("LT".into(), Some(Sees::FromNowOn));
            let form = SessionAddition { party, sees, ..SessionAddition::default() };
            spoken(number, author, recorded, Content::SessionAddition(form))
        };
        let mut opening = spoken(9, "BY", 0, Content::SessionOpening(SessionOpening::default()));
        opening.to = vec![party("PL")];
        let mut all = vec![opening, text(50, "LT", 1), addition(10, "PL", 2)];
        let (news, _) = told(&mut known, &all, &touched(50, true), "apart");
        assert_eq!(news.len(), 3);
        all.push(addition(11, "BY", 3));
        let (news, _) = told(&mut known, &all, &touched(11, true), "in it");
        let [What::Changed(line), What::Line(_)] = &news[..] else { panic!("{news:?}") };
        assert_eq!((line.position, line.text.as_str()), (4, "in it"));
    }

    #[test]
    fn what_touches_a_line_is_told_once_however_often_it_changes_nothing_of_it() {
        let mut known = Known::default();
        let opening = spoken(9, "BY", 0, Content::SessionOpening(SessionOpening::default()));
        let all = [opening, text(100, "BY", 1)];
        told(&mut known, &all, &touched(100, true), "as it is");
        let changes: Vec<usize> =
            (0..3).map(|_| told(&mut known, &all, &touched(100, false), "as it is").0.len()).collect();
        assert_eq!(changes, [1, 0, 0]);
        let (news, _) = told(&mut known, &all, &touched(100, false), "answered");
        assert!(matches!(&news[..], [What::Changed(line)] if line.text == "answered"), "{news:?}");
    }

    #[test]
    fn of_too_many_sessions_those_that_were_looked_at_longest_ago_are_let_go() {
        let most = u8::try_from(limits::CONSOLE_SESSIONS_TOLD_MAX).unwrap();
        let known =
            |number: u8| (ThreadId([number; 16]), Known { looked: u64::from(number), ..Known::default() });
        let mut told: BTreeMap<ThreadId, Known> = (0..most + 2).map(known).collect();
        make_room(&mut told);
        let kept: Vec<ThreadId> = told.into_keys().collect();
        assert_eq!(kept, (2..most + 2).map(|number| ThreadId([number; 16])).collect::<Vec<_>>());
    }
}
