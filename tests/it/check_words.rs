//! What counts as a check, and as the answer to one: what was agreed on, in its time, from whose turn it is. All else
//! is a message, marked, that takes no place; and no flood of service messages hides a planned outage.

use detente::codec::{form, message};
use detente::domain::board::Denied;
use detente::domain::check::{
    Check, CheckAnswer, CheckNoted, CheckToSend, Known, PRECEDENCE, Part, Said, What, thread_of,
    waiting_for_officer,
};
use detente::domain::command::{Command, Origin};
use detente::domain::content::{Content, Kind};
use detente::domain::correspondence::ServiceMessage;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::event::{Event, Record};
use detente::domain::form::{MessageDigest, MessageReference, Prose, When};
use detente::domain::message::{Message, Outcome, Outgoing, Receipt, Reference, Relation, Traffic};
use detente::domain::precedence::Precedence;
use detente::domain::refusal::Refusal;
use detente::domain::time::Instant;
use detente::limits;

use crate::check_schedule::scheduled;
use crate::party::{self, Folded, anna, at, by, delivery, jan, peer, receive, theirs, us};

pub const HOUR: i64 = 3_600;

pub fn schedule(asks: &str, more: &str) -> String {
    format!(
        "[[link]]\nwith = \"BY\"\nwithin_minutes = 5\ntexts = [\"Nine stones.\", \"Four kettles.\"]\n{more}\n\
         [[link.check]]\nname = \"a\"\nasks = [{asks:?}]\nevery_minutes = 60\nfrom = \"2025-07-31T08:00:00Z\"\n"
    )
}

pub fn due() -> Instant {
    at(HOUR)
}

pub fn of_check() -> ThreadId {
    thread_of(us(), peer(), "a", due())
}

pub fn agreed() -> Check {
    let text = Prose("Nine stones.".into());
    Check { check: "a".into(), due: When::at(due()), number: Some(1), text, ..Check::default() }
}

pub fn answer_to(check: Digest) -> CheckAnswer {
    let answers =
        MessageReference { message_digest: Some(MessageDigest(check)), ..MessageReference::default() };
    CheckAnswer { check: "a".into(), due: When::at(due()), answers, ..CheckAnswer::default() }
}

/// With the content in it, and what the program reads from that.
pub fn holding(outgoing: Outgoing, said: &Content) -> Outgoing {
    let kind = said.kind().name();
    let content = form::encode(said).unwrap().into();
    let subject = if *kind == *Kind::CheckAnswer.name() { "Check answered" } else { "Check" };
    let (kind, subject, marking) = (kind.into(), subject.into(), String::new());
    read_again(Outgoing { kind, content, subject, marking, ..outgoing })
}

pub fn read_again(outgoing: Outgoing) -> Outgoing {
    message::decode_draft(&message::encode_draft(&outgoing)).unwrap()
}

/// A message of the peer's, released when it says.
pub fn from_peer(said: &Content, thread: ThreadId, released_at: Instant) -> Message {
    let sent = theirs(PRECEDENCE, thread, "check", &[]);
    Message { draft: holding(sent.draft, said), released_at, ..sent }
}

/// The journal of PL, with what BY sends it.
pub struct Link {
    pub folded: Folded,
    pub serial: u64,
}

impl Link {
    pub fn new(asks: &str, more: &str) -> Link {
        Link { folded: scheduled(&schedule(asks, more)), serial: 0 }
    }

    /// With which marks it is put on record at an instant.
    pub fn comes(&mut self, message: &Message, now: Instant) -> Vec<String> {
        self.serial += 1;
        let given = receive(delivery(message, self.serial, self.serial, self.serial - 1));
        let record = self.folded.given(given, Origin::Node, now).unwrap();
        let Event::Received(received) = &record.events[0] else { panic!("{record:?}") };
        received.marks.clone()
    }

    pub fn says(&mut self, check: Check, now: Instant) -> Vec<String> {
        self.comes(&from_peer(&Content::Check(check), of_check(), now), now)
    }

    /// Two persons of ours release it, whatever is wrong with it.
    pub fn we_say(&mut self, number: u8, said: &Content, now: Instant) -> Record {
        let outgoing = Outgoing { thread: of_check(), ..party::outgoing(PRECEDENCE, "check") };
        let outgoing = holding(outgoing, said);
        let given = u64::from(number) * 10;
        let drafted = by(&anna(), given, "draft", now);
        self.folded.given(party::draft(number, outgoing.clone()), drafted, now).unwrap();
        let released = by(&jan(), given + 1, "release", now);
        self.folded.given(party::release(number, outgoing), released, now).unwrap()
    }

    /// The peer's receipt for what one of these records released.
    pub fn receipted(&mut self, record: &Record, received_at: Instant) {
        let Event::Released(released) = &record.events[0] else { panic!("{record:?}") };
        let dispatch = &released.dispatches[0].0;
        let receipt = Receipt {
            from: peer(),
            from_incarnation: dispatch.to_incarnation,
            to: us(),
            to_incarnation: dispatch.from_incarnation,
            lane: dispatch.lane,
            serial: dispatch.serial,
            dispatch: Digest::ZERO,
            message: released.digest,
            outcome: Outcome::Taken,
            received_at,
            judged_by_key_list: 1,
            leaf_index: 0,
        };
        let checks = self.folded.board.checks.with(peer());
        checks.receipted((receipt.lane, receipt.serial), Some(receipt.received_at));
    }

    pub fn theirs(&self, part: Part) -> Option<Said> {
        self.folded.board.checks.of(peer())?.theirs.get(of_check(), part).copied()
    }

    pub fn ours(&self, part: Part) -> Option<Said> {
        self.folded.board.checks.of(peer())?.ours.get(of_check(), part).copied()
    }

    pub fn note(&mut self, what: What, now: Instant) -> Result<(), Denied> {
        let asks =
            self.folded.board.check_schedule().unwrap().plan.links[0].checks[0].due_at(due()).unwrap().asks;
        let noted = CheckNoted { with: peer(), check: "a".into(), due: due(), asks, what };
        self.folded.given(Command::NoteCheck(Box::new(noted)), Origin::Node, now).map(|_| ())
    }

    pub fn is_listed(&self, thread: ThreadId) -> bool {
        self.folded.board.threads_page(None, 100).threads.contains(&thread)
    }
}

pub const NOTHING: Result<(), Denied> = Err(Denied::Refused(Refusal::NothingToNote));

pub fn field_of(marks: &[String]) -> &str {
    let why = |mark: &'_ String| mark.starts_with("does not count as a check, or as the answer to one: ");
    let mark = marks.iter().find(|mark| why(mark)).unwrap_or_else(|| panic!("{marks:?}"));
    mark.split(": ").nth(1).unwrap()
}

#[test]
fn a_check_that_is_sent_too_early_takes_no_place_and_the_right_one_counts_when_it_is_due() {
    let mut link = Link::new("BY", "");
    // By its own date, and by ours where its author states another.
    let early = due().plus_ms(-limits::CLOCKS_MAY_DIFFER_MS - 1);
    assert_eq!(field_of(&link.says(agreed(), early)), "due");
    let said = from_peer(&Content::Check(agreed()), of_check(), due());
    assert_eq!(field_of(&link.comes(&said, early)), "due");
    assert!(link.theirs(Part::Check).is_none());
    assert!(link.is_listed(of_check()), "it is a message like any other");
    assert_eq!(link.note(What::Made { at: early }, due()), NOTHING);
    // As far as clocks may differ, it is the right one.
    let here = due().plus_ms(-limits::CLOCKS_MAY_DIFFER_MS);
    assert_eq!(link.says(agreed(), here), Vec::<String>::new());
    assert_eq!(link.note(What::Made { at: here }, due()), Ok(()));
    // And a second one is none.
    assert_eq!(field_of(&link.says(agreed(), due())), "check");
    assert_eq!(link.theirs(Part::Check).unwrap().there, Some(here));
}

#[test]
fn a_check_waits_for_nobody_to_read_it_and_what_only_says_that_it_is_one_waits_like_any_message() {
    let mut link = Link::new("BY", "");
    assert_eq!(link.says(agreed(), due()), Vec::<String>::new());
    assert!(link.folded.board.watch.open.is_empty());
    let said = Check { text: Prose("We fire at dawn.".into()), number: None, ..agreed() };
    assert_eq!(field_of(&link.says(said, due())), "text");
    assert!(!link.folded.board.watch.open.is_empty());
    let said = link.theirs(Part::Check).unwrap().message;
    assert!(link.folded.board.watch.open.get(&said).is_none(), "the one that counts");
}

#[test]
fn a_check_that_says_anything_but_what_was_agreed_on_is_marked_by_its_field_and_takes_no_place() {
    let mut link = Link::new("BY", "");
    let text = |text: &str| Check { text: Prose(text.into()), number: None, ..agreed() };
    let wrong = [
        (text("Nine swords."), "text"),
        (text(""), "text"),
        (Check { number: Some(2), ..agreed() }, "number"),
        (Check { number: Some(999_999_999_999), ..agreed() }, "number"),
        (Check { number: Some(0), ..agreed() }, "number"),
        (Check { check: "b".into(), ..agreed() }, "check"),
        (Check { due: When::new("2025-07-31T12:00", "Europe/Warsaw"), ..agreed() }, "due"),
        (Check { due: When::at(due().plus_ms(1_000)), ..agreed() }, "due"),
        (Check { due: When::at(due().plus_ms(-HOUR * 1_000)), ..agreed() }, "thread"),
        (Check { remarks: Prose("We attack at dawn.".into()), ..agreed() }, "remarks"),
        (Check { not_known: vec!["text".into()], ..agreed() }, "not_known"),
    ];
    for (check, field) in wrong {
        assert_eq!(field_of(&link.says(check, due())), field);
        assert!(link.theirs(Part::Check).is_none(), "{field}");
    }
    // Nothing is said around it either: its thread is listed nowhere.
    let said = from_peer(&Content::Check(agreed()), of_check(), due());
    let around = [
        (Outgoing { subject: "We attack at dawn.".into(), ..said.draft.clone() }, "heading.subject"),
        (Outgoing { remarks: "We attack at dawn.".into(), ..said.draft.clone() }, "heading.remarks"),
    ];
    for (draft, field) in around {
        let said = Message { draft: read_again(draft), ..said.clone() };
        assert_eq!(field_of(&link.comes(&said, due())), field);
    }
    assert!(link.theirs(Part::Check).is_none());
    // In the thread of an instant at which none is due.
    let (other, then) = (due().plus_ms(60_000), due().plus_ms(90_000));
    let check = Content::Check(Check { due: When::at(other), ..agreed() });
    let thread = thread_of(us(), peer(), "a", other);
    assert_eq!(field_of(&link.comes(&from_peer(&check, thread, then), then)), "due");
    // Whichever of the agreed texts it has, it is one.
    let other = Check { number: Some(2), ..text(" Four kettles.\n") };
    assert_eq!(link.says(other, due()), Vec::<String>::new());
    assert!(link.theirs(Part::Check).is_some());
}

#[test]
fn what_stands_around_the_agreed_words_is_nothing_and_on_one_lane() {
    let around = |change: &dyn Fn(&mut Outgoing)| {
        let mut said = from_peer(&Content::Check(agreed()), of_check(), due());
        change(&mut said.draft);
        said.draft = read_again(said.draft);
        let mut link = Link::new("BY", "");
        let marks = link.comes(&said, due());
        assert!(link.theirs(Part::Check).is_none() && !link.folded.board.watch.open.is_empty());
        field_of(&marks).to_owned()
    };
    assert_eq!(around(&|said| said.marking = "WE FIRE AT DAWN".into()), "heading.marking");
    assert_eq!(around(&|said| said.releasable_to = vec![us()]), "heading.releasable_to");
    assert_eq!(around(&|said| said.action[0].office = "fire".into()), "heading.action");
    assert_eq!(around(&|said| said.remarks = "We fire at dawn.".into()), "heading.remarks");
    assert_eq!(around(&|said| said.zone = "We fire at dawn.".into()), "heading.zone");
    assert_eq!(around(&|said| said.language = "We fire at dawn.".into()), "heading.language");
    assert_eq!(around(&|said| said.precedence = Precedence::Flash), "heading.precedence");
}

#[test]
fn a_check_by_who_is_not_to_ask_is_marked_and_a_drill_is_neither_marked_nor_counted() {
    let mut link = Link::new("PL", "");
    assert_eq!(field_of(&link.says(agreed(), due())), "check");
    assert!(link.theirs(Part::Check).is_none() && link.is_listed(of_check()));
    let said = from_peer(&Content::Check(agreed()), of_check(), due());
    let drill = Message { draft: Outgoing { traffic: Traffic::Drill, ..said.draft }, ..said };
    let mut link = Link::new("BY", "");
    assert_eq!(link.comes(&drill, due()), Vec::<String>::new());
    assert!(link.theirs(Part::Check).is_none());
}

#[test]
fn an_answer_counts_only_where_it_answers_the_check_that_counts_and_says_no_more() {
    let mut link = Link::new("PL", "");
    let wrong =
        link.we_say(1, &Content::Check(Check { text: Prose("Nine swords.".into()), ..agreed() }), due());
    let early = Content::CheckAnswer(answer_to(Digest::ZERO));
    assert_eq!(field_of(&link.comes(&from_peer(&early, of_check(), due()), due())), "answers");
    let Event::Released(released) = &wrong.events[0] else { panic!("{wrong:?}") };
    let to_wrong = Content::CheckAnswer(answer_to(released.digest));
    assert_eq!(field_of(&link.comes(&from_peer(&to_wrong, of_check(), due()), due())), "answers");
    let made = link.we_say(2, &Content::Check(agreed()), due());
    let check = link.ours(Part::Check).unwrap().message;
    let more = CheckAnswer { remarks: Prose("We attack at dawn.".into()), ..answer_to(check) };
    let more = from_peer(&Content::CheckAnswer(more), of_check(), due());
    assert_eq!(field_of(&link.comes(&more, due())), "remarks");
    assert!(link.theirs(Part::Answer).is_none());
    let right = from_peer(&Content::CheckAnswer(answer_to(check)), of_check(), due());
    assert_eq!(link.comes(&right, due().plus_ms(5_000)), Vec::<String>::new());
    link.receipted(&made, due().plus_ms(1_000));
    assert_eq!(link.note(What::Made { at: due().plus_ms(1_000) }, due().plus_ms(6_000)), Ok(()));
    assert_eq!(link.note(What::Answered { at: due().plus_ms(5_000) }, due().plus_ms(6_000)), Ok(()));
}

#[test]
fn a_wrong_check_of_our_own_counts_here_no_more_than_there_and_the_right_one_is_still_to_be_sent() {
    let mut link = Link::new("PL", "officer = \"watch\"");
    let waiting = |link: &Link, now| {
        let known = link.folded.board.check_schedule().unwrap();
        waiting_for_officer(us(), known, &link.folded.board.checks, now).len()
    };
    let early = due().plus_ms(-limits::CLOCKS_MAY_DIFFER_MS - 1);
    link.we_say(1, &Content::Check(agreed()), early);
    link.we_say(2, &Content::Check(Check { text: Prose("Nine swords.".into()), ..agreed() }), due());
    assert!(link.ours(Part::Check).is_none() && link.is_listed(of_check()));
    assert_eq!(waiting(&link, due()), 1);
    // One that is right here and came too early by the other end's clock is not sent again, and counts at neither.
    let made = link.we_say(3, &Content::Check(agreed()), due());
    assert_eq!(waiting(&link, due()), 0);
    link.receipted(&made, early);
    assert_eq!(link.note(What::Made { at: early }, due()), NOTHING);
}

#[test]
fn no_other_words_than_those_agreed_on_are_released_as_a_check_and_the_refusal_names_the_field() {
    let mut link = Link::new("PL", "");
    let sent = |by: &detente::domain::people::Person, check: Check| {
        let outgoing =
            Outgoing { thread: of_check(), drafter: by.clone(), ..party::outgoing(PRECEDENCE, "check") };
        let outgoing = Outgoing { references: Vec::new(), ..holding(outgoing, &Content::Check(check)) };
        let sent = CheckToSend { with: peer(), check: "a".into(), due: due(), outgoing };
        Command::SendCheck(Box::new(sent))
    };
    let before = link.folded.board.clone();
    let wrong = [
        (Check { text: Prose("Nine swords.".into()), ..agreed() }, "text"),
        (Check { number: Some(2), ..agreed() }, "number"),
        (Check { check: "b".into(), ..agreed() }, "check"),
        (Check { due: When::at(due().plus_ms(HOUR * 1_000)), ..agreed() }, "due"),
        (Check { remarks: Prose("More".into()), ..agreed() }, "remarks"),
    ];
    for (check, named) in wrong {
        let given = by(&anna(), 500, "check", due());
        match link.folded.given(sent(&anna(), check), given, due()) {
            Err(Denied::Refused(Refusal::Field { field, .. })) => assert_eq!(field, named),
            other => panic!("{named}: {other:?}"),
        }
        assert_eq!(link.folded.board, before, "{named}");
    }
    // Nor the right ones before it is due, or once no answer could be in time.
    for now in [due().plus_ms(-1), due().plus_ms(5 * 60_000 + 1)] {
        let given = by(&anna(), 500, "check", now);
        match link.folded.given(sent(&anna(), agreed()), given, now) {
            Err(Denied::Refused(Refusal::Field { field, .. })) => assert_eq!(field, "check"),
            other => panic!("{now}: {other:?}"),
        }
    }
    let given = by(&anna(), 500, "check", due());
    link.folded.given(sent(&anna(), agreed()), given, due()).unwrap();
    assert!(link.ours(Part::Check).is_some());
}

#[test]
fn who_answers_a_check_is_named_in_the_answer_and_nobody_else_is() {
    let mut link = Link::new("BY", "officer = \"watch\"");
    link.says(agreed(), due());
    let check = link.theirs(Part::Check).unwrap().message;
    let answered = |officer: &str, check| {
        let form = CheckAnswer { officer: officer.into(), ..answer_to(check) };
        let reference = Reference {
            message: Some(check),
            number: String::new(),
            author: "BY".into(),
            relation: Relation::Answers,
        };
        let outgoing = Outgoing { thread: of_check(), ..party::outgoing(PRECEDENCE, "check") };
        let outgoing =
            Outgoing { references: vec![reference], ..holding(outgoing, &Content::CheckAnswer(form)) };
        let sent = CheckToSend { with: peer(), check: "a".into(), due: due(), outgoing };
        (Command::SendCheck(Box::new(sent)), by(&anna(), 500, "check", due()))
    };
    for (officer, check, named) in
        [("Jan Nowak", check, "officer"), ("", check, "officer"), ("Anna Kowalska", Digest::ZERO, "answers")]
    {
        let (command, origin) = answered(officer, check);
        match link.folded.given(command, origin, due()) {
            Err(Denied::Refused(Refusal::Field { field, .. })) => assert_eq!(field, named),
            other => panic!("{named}: {other:?}"),
        }
    }
    let (command, origin) = answered("Anna Kowalska", check);
    link.folded.given(command, origin, due()).unwrap();
    assert_eq!(link.ours(Part::Answer).map(|said| said.part), Some(Part::Answer));
}

pub fn outage(from: &str, until: &str) -> Content {
    let (from, until) = (When::new(from, "Z"), When::new(until, "Z"));
    Content::ServiceMessage(ServiceMessage { from, until, ..ServiceMessage::default() })
}

#[test]
fn a_planned_outage_is_found_behind_any_flood_of_service_messages_of_the_other_end() {
    let mut link = Link::new("BY", "");
    let planned = outage("2025-07-31T09:30", "2025-07-31T10:30");
    let record = link.we_say(1, &planned, at(1));
    let Event::Released(released) = &record.events[0] else { panic!("{record:?}") };
    let message = released.digest;
    // Not only of other times, but of none at all.
    for number in 0..400 {
        let flood = match number % 3 {
            0 => outage("2026-01-01", "2026-01-02"),
            1 => outage("soon", "later"),
            _ => outage("2025-07-31T10:30", "2025-07-31T11:00"),
        };
        let flood =
            Message { number: format!("BY/25/{number}"), ..from_peer(&flood, party::thread(9), at(2)) };
        link.comes(&flood, at(2));
    }
    let missed = due().plus_ms(5 * 60_000 + limits::CHECK_GRACE_MS + 1);
    // What had announced no such time is no planned outage, whoever says so.
    let other = Known::PlannedOutage { message: Digest::ZERO };
    assert_eq!(link.note(What::Missed(other), missed), NOTHING);
    assert_eq!(link.note(What::Missed(Known::PlannedOutage { message }), missed), Ok(()));
    assert!(
        link.folded.board.checks.of(peer()).unwrap().their_outages.iter().count() <= limits::OUTAGES_KEPT_MAX
    );
}

#[test]
fn a_check_of_the_wrong_kind_of_lane_or_of_a_link_without_a_schedule_counts_as_none() {
    let mut link = Link { folded: Folded::with_peer(), serial: 0 };
    assert_eq!(field_of(&link.says(agreed(), due())), "check");
    assert!(link.theirs(Part::Check).is_none());
    // The bytes that are signed are read in the same way by whoever reads them.
    let said = from_peer(&Content::Check(agreed()), of_check(), due());
    let read = message::decode(&message::encode(&said)).unwrap();
    assert_eq!(read.draft.of_link, said.draft.of_link);
    assert_eq!(PRECEDENCE, Precedence::Priority);
}

#[test]
fn a_check_that_waits_for_an_officer_is_not_pushed_out_by_any_flood_of_checks_of_other_times() {
    // Once a day by the wall: no zone is asked of what is kept.
    let daily = schedule("BY", "officer = \"watch\"").replace(
        "every_minutes = 60\nfrom = \"2025-07-31T08:00:00Z\"",
        "at = [\"12:00\"]\nzone = \"Europe/Warsaw\"",
    );
    let mut link = Link { folded: scheduled(&daily), serial: 0 };
    link.says(agreed(), due());
    let waits = |link: &Link, now| {
        let known = link.folded.board.check_schedule().unwrap();
        waiting_for_officer(us(), known, &link.folded.board.checks, now).len()
    };
    assert_eq!(waits(&link, due()), 1);
    let quarter = 15 * 60_000;
    for number in 1..=limits::CHECK_MESSAGES_KEPT_MAX as i64 + 50 {
        // Of long ago, of any minute, and as late as a check may be early.
        let then = match number % 3 {
            0 => due().plus_ms(-number * quarter),
            1 => due().plus_ms(-number * 60_000),
            _ => due().plus_ms(number % 10 * 60_000),
        };
        let flood = Content::Check(Check { due: When::at(then), ..agreed() });
        link.comes(&from_peer(&flood, thread_of(us(), peer(), "a", then), due()), due());
    }
    assert_eq!(waits(&link, due().plus_ms(60_000)), 1);
}
