//! What is not worked out is said: duties over the limit, and messages that can't be read.

use detente::codec::fault::DecodeFault;
use detente::domain::digest::Digest;
use detente::domain::duty::{AllLeftOut, Duties, DutiesNoted};
use detente::limits;
use detente::replay::records::RecordFault;

use super::{at, code};

fn noted(duties: &mut Duties, message: &str, left_out: u64, is_unreadable: bool) {
    let about = Some(Digest::of(message.as_bytes()));
    let noted = DutiesNoted { about, left_out, is_unreadable, ..DutiesNoted::default() };
    let on_record = (7, at("2031-03-01T10:00:00Z"));
    duties.consider((code("BY"), 5, Digest::of(message.as_bytes())), [code("BY")], 5);
    duties.note(&noted, on_record, code("PL"), Some(5), |_| false);
    assert!(duties.is_idle(), "it holds up nothing");
}

fn says(all: &AllLeftOut, message: &str) -> Option<String> {
    all.of(&Digest::of(message.as_bytes())).map(|left| left.says())
}

#[test]
fn a_message_whose_duties_are_left_out_says_how_many_and_one_that_cant_be_read_says_that() {
    let mut duties = Duties::default();
    noted(&mut duties, "many", 3, false);
    noted(&mut duties, "torn", 0, true);
    noted(&mut duties, "plain", 0, false);
    let all = &duties.left_out;
    let limit = format!("3 further duties not opened: limit of {} open", limits::DUTIES_OPEN_PER_PARTY_MAX);
    assert!(says(all, "many").unwrap().starts_with(&limit));
    assert!(says(all, "torn").unwrap().ends_with("can't be read here"));
    assert_eq!(says(all, "plain"), None);
    // Considered again, once there is room.
    noted(&mut duties, "many", 0, false);
    assert_eq!(says(&duties.left_out, "many"), None);
}

#[test]
fn of_more_messages_than_are_kept_only_the_number_is() {
    let mut duties = Duties::default();
    for number in 0..limits::DUTIES_LEFT_OUT_KEPT + 2 {
        noted(&mut duties, &number.to_string(), 1, false);
    }
    noted(&mut duties, "0", 2, false);
    let all = &duties.left_out;
    assert_eq!((all.kept().count(), all.more()), (limits::DUTIES_LEFT_OUT_KEPT, 2));
    assert!(says(all, "0").unwrap().starts_with("2 further duties"));
}

#[test]
fn what_is_on_record_and_cant_be_read_is_lasting_and_a_journal_that_does_not_answer_is_not() {
    let torn = DecodeFault::new("message", "torn");
    assert!(RecordFault::Unreadable { index: 3, fault: torn }.is_lasting());
    assert!(RecordFault::NoSuchMessage { index: 3 }.is_lasting());
    let silent = detente::journal::ReadFault::Unreadable { why: "away".into() };
    assert!(!RecordFault::Journal(silent).is_lasting());
}
