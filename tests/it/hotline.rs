//! A session: its order from what is named and nothing else, its transcript as golden bytes, its close agreed or
//! disputed text by text, a third Party that comes in.

use detente::codec::form as codec;
use detente::domain::content::Content;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::form::{MessageDigest, Prose};
use detente::domain::hotline::session::{Session, Spoken, State};
use detente::domain::hotline::{
    Difference, Names, SeenLast, Sees, SessionAcceptance, SessionAddition, SessionClose, SessionOpening,
    SessionText, heads, ordered, past, too_long, transcript,
};
use detente::domain::message::Traffic;
use detente::domain::party::Party;
use detente::domain::said::Said;
use detente::domain::time::Instant;
use detente::limits;
use proptest::prelude::*;

pub const THREAD: ThreadId = ThreadId([7; 16]);

pub fn party(code: &str) -> Party {
    code.parse().unwrap()
}

/// A message as its author would sign it: its digest covers author, addressees and content.
pub fn spoken(author: Party, to: &[Party], number: u64, content: Content) -> Spoken {
    let bytes = codec::encode(&content).unwrap();
    let envelope = format!("{author} {to:?} {number}");
    Spoken {
        said: Said {
            message: Digest::of_all(&[envelope.as_bytes(), &bytes]),
            number: format!("{author}/{number}"),
            author,
            traffic: Traffic::Real,
            released_at: Instant(0),
            content,
        },
        to: to.to_vec(),
        recorded: number,
        came_by_way: false,
    }
}

/// What one Party has of a session.
pub struct Desk {
    pub own: Party,
    pub held: Vec<Spoken>,
}

impl Desk {
    pub fn new(code: &str) -> Desk {
        Desk { own: party(code), held: Vec::new() }
    }

    pub fn session(&self) -> Session {
        Session::of(THREAD, &self.held, self.own).expect("a session begins here")
    }

    pub fn knows_of_it(&self) -> bool {
        Session::of(THREAD, &self.held, self.own).is_some()
    }

    pub fn others(&self) -> Vec<Party> {
        self.session().present.into_iter().filter(|party| *party != self.own).collect()
    }

    pub fn put(&mut self, to: &[Party], content: Content) -> Spoken {
        let number = self.held.len() as u64;
        let mut said = spoken(self.own, to, number, content);
        said.recorded = number;
        self.held.push(said.clone());
        said
    }

    pub fn open(&mut self, to: &[&str]) -> Spoken {
        let to: Vec<Party> = to.iter().map(|code| party(code)).collect();
        let form = SessionOpening { languages: vec!["en".into()], ..SessionOpening::default() };
        self.put(&to, Content::SessionOpening(form))
    }

    pub fn accept(&mut self) -> Spoken {
        let to = self.others();
        let seen = self.session().seen_by(self.own, &to);
        let form = SessionAcceptance { officer: "Anna".into(), seen, ..SessionAcceptance::default() };
        self.put(&to, Content::SessionAcceptance(form))
    }

    pub fn say(&mut self, text: &str) -> Spoken {
        let to = self.others();
        let seen = self.session().seen_by(self.own, &to);
        let form = SessionText { text: Prose(text.into()), seen, ..SessionText::default() };
        self.put(&to, Content::SessionText(form))
    }

    pub fn add(&mut self, code: &str) -> Spoken {
        let mut to = self.others();
        let form =
            SessionAddition { party: code.into(), sees: Some(Sees::FromNowOn), ..SessionAddition::default() };
        if self.session().others_agree(self.own, &form, |_| false) {
            to.push(party(code));
        }
        let seen = self.session().seen_by(self.own, &to);
        self.put(&to, Content::SessionAddition(SessionAddition { seen, ..form }))
    }

    pub fn close(&mut self) -> Spoken {
        let to = self.others();
        let form = self.session().close_by(THREAD, self.own);
        self.put(&to, Content::SessionClose(form))
    }

    pub fn take(&mut self, said: &Spoken) {
        if said.to.contains(&self.own) && !self.held.iter().any(|one| one.said.message == said.said.message) {
            let recorded = self.held.len() as u64;
            self.held.push(Spoken { recorded, ..said.clone() });
        }
    }

    pub fn texts(&self) -> Vec<String> {
        let session = self.session();
        let text = |content: &Content| match content {
            Content::SessionText(form) => Some(form.text.0.clone()),
            _ => None,
        };
        session.lines.iter().filter_map(|line| text(&line.spoken.said.content)).collect()
    }
}

pub fn two() -> (Desk, Desk) {
    let (mut one, mut other) = (Desk::new("BY"), Desk::new("PL"));
    let opened = one.open(&["PL"]);
    other.take(&opened);
    let accepted = other.accept();
    one.take(&accepted);
    (one, other)
}

pub fn exchange(one: &mut Desk, other: &mut Desk) {
    for said in one.held.clone() {
        other.take(&said);
    }
    for said in other.held.clone() {
        one.take(&said);
    }
}

#[test]
fn a_transcript_has_golden_bytes() {
    let messages = [(party("PL"), Digest([0xab; 32])), (party("BY"), Digest([0x01; 32]))];
    let text = transcript(THREAD, (party("PL"), party("BY")), &messages);
    let golden = format!(
        "detente hotline transcript 1\nthread {}\nbetween BY PL\n1 PL {}\n2 BY {}\n",
        "07".repeat(16),
        "ab".repeat(32),
        "01".repeat(32)
    );
    assert_eq!(text, golden);
    assert_eq!(transcript(THREAD, (party("BY"), party("PL")), &messages), golden);
    assert_eq!(
        Digest::of(text.as_bytes()).to_string(),
        "fb57808c0767ed92eb424bdcd63b2ce031f015b56b7c151a65559753af448855"
    );
}

#[test]
fn texts_written_at_once_on_both_sides_stand_in_one_order_and_say_that_they_are() {
    let (mut one, mut other) = two();
    one.say("first");
    exchange(&mut one, &mut other);
    one.say("from BY, the line being cut");
    one.say("and again");
    other.say("from PL, the line being cut");
    exchange(&mut one, &mut other);
    other.say("seen all");
    exchange(&mut one, &mut other);
    assert_eq!(one.texts(), other.texts());
    let texts = one.texts();
    assert_eq!((texts[0].as_str(), texts[4].as_str()), ("first", "seen all"));
    let unseen: Vec<usize> = one.session().lines.iter().map(|line| line.unseen).collect();
    // Opening, acceptance, "first" and the last saw everything; of those at once somebody did not.
    assert_eq!((&unseen[..3], unseen[6]), (&[0, 0, 0][..], 0));
    assert!(unseen[3..6].iter().any(|count| *count > 0), "{unseen:?}");
    assert!(one.session().lines.iter().all(|line| line.unseen_first.len() == line.unseen), "each by name");
}

#[test]
fn what_came_after_its_writer_sent_a_text_and_what_builds_on_that_is_not_named_as_seen() {
    let (mut one, mut other) = two();
    let (sent, to) = (other.held.len() as u64, [party("BY")]);
    let late = one.say("late");
    other.take(&late);
    let names = |seen: Vec<SeenLast>, spoken: &Spoken| {
        seen.iter().any(|one| one.message == Some(MessageDigest(spoken.said.message)))
    };
    assert!(names(other.session().seen_by(party("PL"), &to), &late));
    let is_later = |one: &Spoken| one.recorded >= sent;
    let seen = other.session().seen_but(is_later, party("PL"), &to);
    assert!(!seen.is_empty() && !names(seen, &late));
    // A text of one's own that was written with sight of it would stand for it.
    let own = other.say("seen");
    let is_late = |one: &Spoken| one.said.message == late.said.message;
    assert!(!names(other.session().seen_but(is_late, party("PL"), &to), &own));
}

#[test]
fn both_close_over_the_same_transcript_and_the_session_is_closed() {
    let (mut one, mut other) = two();
    one.say("a");
    exchange(&mut one, &mut other);
    one.close();
    assert_eq!(one.session().state, State::Closing);
    exchange(&mut one, &mut other);
    other.close();
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        let session = desk.session();
        assert_eq!(session.state, State::Closed, "{:?}", session.pairs);
        let digest = Digest::of(session.transcript(THREAD, party("PL"), party("BY")).as_bytes());
        assert_eq!(session.pairs[0].agreed, Some(digest));
    }
    // Said after it: open again for both, until both close again.
    other.say("one thing more");
    exchange(&mut one, &mut other);
    assert_eq!((one.session().state, other.session().state), (State::Closing, State::Closing));
    assert_eq!(one.session().pairs[0].since, 1);
}

#[test]
fn a_text_that_crosses_the_close_is_told_as_the_difference_and_a_second_close_settles_it() {
    let (mut one, mut other) = two();
    let crossing = other.say("wait");
    one.close();
    exchange(&mut one, &mut other);
    other.close();
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        let session = desk.session();
        assert_eq!(session.state, State::Disputed);
        let message = crossing.said.message;
        assert_eq!(session.pairs[0].differences, [Difference::OnlyIn { party: party("PL"), message }]);
    }
    one.close();
    exchange(&mut one, &mut other);
    assert_eq!((one.session().state, other.session().state), (State::Closed, State::Closed));
}

#[test]
fn a_forged_or_forked_transcript_stays_disputed_and_says_in_what() {
    let (mut one, mut other) = two();
    one.say("a");
    exchange(&mut one, &mut other);
    other.close();
    // BY signs the digest of something else than what it names.
    let mut forged = one.session().close_by(THREAD, party("BY"));
    forged.agreed[0].transcript = Some(MessageDigest(Digest::of(b"something else")));
    one.put(&[party("PL")], Content::SessionClose(forged));
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        let session = desk.session();
        assert_eq!(session.state, State::Disputed);
        assert!(matches!(session.pairs[0].differences[..],
            [Difference::OtherDigest { party: by, signed: Some(_), .. }] if by == party("BY")));
    }
    // BY claims a text that it never gave to PL.
    let (mut one, mut other) = two();
    let withheld = one.say("never sent");
    one.close();
    other.take(one.held.last().unwrap());
    other.close();
    one.take(other.held.last().unwrap());
    let (by, message) = (party("BY"), withheld.said.message);
    // It may still be on its way: nothing else is stated, and nobody is said to contradict.
    let at_other = other.session();
    assert_eq!(at_other.state, State::Closing);
    assert_eq!(at_other.pairs[0].differences, [Difference::NotHere { party: by, message, of: Some(by) }]);
    let at_one = one.session();
    assert_eq!(at_one.pairs[0].differences, [Difference::OnlyIn { party: party("BY"), message }]);
}

#[test]
fn a_text_that_builds_on_one_not_here_waits_for_it_and_is_not_counted_as_seen() {
    let (mut one, mut other) = two();
    let first = one.say("slow lane");
    let second = one.say("FLASH overtakes");
    other.take(&second);
    let session = other.session();
    assert_eq!(session.lines.last().unwrap().missing, [first.said.message]);
    let seen = session.seen_by(party("PL"), &[party("BY")]);
    let is_second = |one: &SeenLast| one.message == Some(MessageDigest(second.said.message));
    assert!(!seen.is_empty() && !seen.iter().any(is_second), "{seen:?}");
    other.take(&first);
    assert_eq!(other.texts(), ["slow lane", "FLASH overtakes"]);
    assert!(other.session().lines.iter().all(|line| line.missing.is_empty()));
}

#[test]
fn while_a_text_that_a_closed_one_builds_on_is_on_its_way_nobody_is_accused() {
    let (mut one, mut other) = two();
    let slow = one.say("slow lane");
    let fast = one.say("FLASH overtakes");
    let closed = one.close();
    other.close();
    other.take(&fast);
    other.take(&closed);
    let session = other.session();
    let (by, message) = (party("BY"), slow.said.message);
    assert_eq!(session.pairs[0].differences, [Difference::NotHere { party: by, message, of: Some(by) }]);
    assert_eq!(session.state, State::Closing);
    other.take(&slow);
    other.close();
    exchange(&mut one, &mut other);
    for desk in [&one, &other] {
        assert_eq!(desk.session().state, State::Closed, "{:?}", desk.session().pairs);
    }
}

#[test]
fn a_real_opening_in_the_thread_of_a_drill_takes_nothing_over_and_is_shown() {
    let (mut one, mut other) = two();
    for desk in [&mut one, &mut other] {
        desk.held.iter_mut().for_each(|said| said.said.traffic = Traffic::Drill);
    }
    let begins = one.session().begins.said.message;
    let mut real = other.open(&["BY"]);
    real.said.traffic = Traffic::Real;
    one.take(&real);
    let session = one.session();
    assert_eq!((session.begins.said.message, session.begins.said.traffic), (begins, Traffic::Drill));
    assert_eq!(session.lines.len(), 2);
    assert_eq!(session.apart[0].said.message, real.said.message);
}

#[test]
fn a_third_party_comes_in_when_all_present_agree_and_holds_the_same_from_then_on() {
    let (mut one, mut other) = two();
    let mut third = Desk::new("LT");
    one.say("between the two");
    exchange(&mut one, &mut other);
    let proposed = one.add("LT");
    assert!(!proposed.to.contains(&third.own) && one.session().present.len() == 2);
    exchange(&mut one, &mut other);
    // Said before PL knows more, to BY alone.
    let agreed = other.add("LT");
    one.say("crosses the addition");
    third.take(&agreed);
    exchange(&mut one, &mut other);
    for desk in [&one, &other, &third] {
        assert_eq!(desk.session().present.len(), 3, "{}", desk.own);
    }
    let accepted = third.accept();
    one.take(&accepted);
    other.take(&accepted);
    for text in ["to all", "again"] {
        let said = one.say(text);
        other.take(&said);
        third.take(&said);
    }
    assert_eq!(third.texts(), ["to all", "again"]);
    assert!(third.session().lines.iter().all(|line| line.missing.is_empty()));
    assert_eq!(one.texts(), other.texts());
    let all: Vec<Spoken> = [&mut one, &mut other, &mut third].into_iter().map(Desk::close).collect();
    for desk in [&mut one, &mut other, &mut third] {
        all.iter().for_each(|said| desk.take(said));
    }
    for desk in [&one, &other, &third] {
        assert_eq!(desk.session().state, State::Closed, "{}: {:?}", desk.own, desk.session().pairs);
    }
    let between = |desk: &Desk| desk.session().transcript(THREAD, party("BY"), party("LT"));
    assert_eq!(between(&one), between(&third));
}

#[test]
fn who_is_not_present_is_no_part_of_it_and_a_second_opening_takes_nothing_over() {
    let (mut one, mut other) = two();
    let mut stranger = Desk::new("XX");
    let opened = stranger.open(&["BY", "PL"]);
    let said = stranger.say("hear me");
    for desk in [&mut one, &mut other] {
        desk.take(&opened);
        desk.take(&said);
        assert_eq!(desk.others().len(), 1);
        assert!(desk.texts().is_empty());
    }
    assert_eq!(one.say("as before").to, [party("PL")]);
}

#[test]
fn a_text_is_limited_in_bytes_and_words_and_nothing_is_cut() {
    assert_eq!(too_long(&"word ".repeat(limits::HOTLINE_TEXT_WORDS_MAX)), None);
    assert!(too_long(&"word ".repeat(limits::HOTLINE_TEXT_WORDS_MAX + 1)).unwrap().contains("words"));
    assert!(too_long(&"x".repeat(limits::HOTLINE_TEXT_BYTES_MAX + 1)).unwrap().contains("bytes"));
}

/// Messages of a session in which each names any of those before it.
pub fn graph() -> impl Strategy<Value = Vec<Names>> {
    prop::collection::vec(
        (any::<u32>(), 0..10_u8, prop::collection::vec(any::<prop::sample::Index>(), 0..3)),
        0..24,
    )
    .prop_map(|all| {
        let mut names: Vec<Names> = Vec::new();
        for (at, (salt, opens, seen)) in all.into_iter().enumerate() {
            let seen: Vec<Digest> = if at == 0 {
                Vec::new()
            } else {
                seen.iter().map(|one| names[one.index(at)].message).collect()
            };
            let message = Digest::of(format!("{at} {salt}").as_bytes());
            names.push(Names { message, is_opening: at == 0 || opens == 0, seen });
        }
        names
    })
}

proptest! {
    #[test]
    fn in_every_order_of_arrival_the_order_is_the_same((all, shuffled) in graph().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))) {
        prop_assert_eq!(ordered(&all), ordered(&shuffled));
        prop_assert_eq!(heads(&all), heads(&shuffled));
        let twice: Vec<Names> = all.iter().chain(&shuffled).cloned().collect();
        prop_assert_eq!(ordered(&all), ordered(&twice));
    }

    #[test]
    fn each_stands_after_what_it_names_and_heads_cover_all(all in graph()) {
        let order: Vec<Digest> = ordered(&all).into_iter().map(|one| one.message).collect();
        prop_assert_eq!(order.len(), all.len());
        let at = |message: &Digest| order.iter().position(|one| one == message).unwrap();
        let openings = all.iter().filter(|one| one.is_opening).count();
        for one in &all {
            if one.is_opening {
                prop_assert!(at(&one.message) < openings);
            } else {
                for seen in &one.seen {
                    prop_assert!(at(seen) < at(&one.message));
                }
            }
        }
        prop_assert_eq!(past(&all, &heads(&all)).len(), all.len());
    }

    /// What is not here yet counts for nothing; once it comes, the order is what it would have been.
    #[test]
    fn a_late_message_takes_its_place((all, late) in graph().prop_flat_map(|all| { let n = all.len().max(1); (Just(all), 0..n) })) {
        let mut without: Vec<Names> = all.clone();
        if late < without.len() {
            let one = without.remove(late);
            let before = ordered(&without);
            prop_assert_eq!(before.len(), without.len());
            without.push(one);
        }
        prop_assert_eq!(ordered(&without), ordered(&all));
    }

    /// Names in a circle can't be signed, and no end hangs on them.
    #[test]
    fn names_in_a_circle_do_no_harm(pairs in prop::collection::vec((0..6_u8, 0..6_u8), 0..12)) {
        let digest = |number: u8| Digest([number; 32]);
        let all: Vec<Names> = (0..6)
            .map(|number| {
                let seen = pairs.iter().filter(|(from, _)| *from == number).map(|(_, to)| digest(*to)).collect();
                Names { message: digest(number), is_opening: false, seen }
            })
            .collect();
        prop_assert_eq!(ordered(&all).len(), 6);
        let _ = (heads(&all), past(&all, &[digest(0)]));
    }
}

#[test]
fn what_a_close_names_is_what_it_signs() {
    let (mut one, mut other) = two();
    one.say("a");
    exchange(&mut one, &mut other);
    let close: SessionClose = other.session().close_by(THREAD, other.own);
    let SeenLast { author, message, not_to } = &close.seen[0];
    assert_eq!((author.as_str(), close.seen.len(), not_to.len()), ("BY", 1, 0));
    assert_eq!(*message, Some(MessageDigest(one.held.last().unwrap().said.message)));
    assert_eq!(close.agreed[0].messages, Some(3));
}

#[test]
fn what_waits_for_a_message_that_is_not_here_is_no_part_of_what_a_close_signs() {
    let (mut one, mut other) = two();
    let closes = |desk: &Desk, with: Party| desk.session().closes_over(THREAD, desk.own, with);
    let whole = |desk: &Desk, with: Party| desk.session().transcript(THREAD, desk.own, with);
    assert_eq!(closes(&other, one.own), whole(&other, one.own));
    one.say("a");
    other.take(&one.say("b"));
    assert_eq!(whole(&other, one.own).lines().count(), closes(&other, one.own).lines().count() + 1);
    let close = other.session().close_by(THREAD, other.own);
    let signed = Digest::of(closes(&other, one.own).as_bytes());
    assert_eq!(close.agreed[0].transcript, Some(MessageDigest(signed)));
}
