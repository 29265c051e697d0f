//! The picture of an unusual activity: requesters by their own messages, answers and what is thought of them question
//! by question, meetings, corrections; the same in every order of arrival.

use detente::cli::activity::picture_json;
use detente::cli::form::{self, Syntax};
use detente::cli::message::message_form;
use detente::cli::regime::labels::Labelling;
use detente::domain::activity::picture::Picture;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::message::Traffic;
use detente::domain::official::{self, pages};
use detente::domain::said::{Said, corrected};
use detente::domain::time::Instant;
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::form::strategies;
use crate::print::full;

fn digest(author: &str, place: u8) -> Digest {
    Digest::of(format!("{author} {place}").as_bytes())
}

fn said(author: &str, place: u8, kind: Kind, toml: &str) -> Said {
    Said {
        message: digest(author, place),
        number: format!("{author}/31/{place:04}"),
        author: author.parse().unwrap(),
        traffic: Traffic::Real,
        released_at: Instant(i64::from(place)),
        content: form::read(kind, Syntax::Toml, toml).unwrap(),
    }
}

fn naming(field: &str, digest: Digest) -> String {
    format!("[{field}]\nmessage_digest = \"{digest}\"\n")
}

fn request(author: &str, place: u8) -> Said {
    let text = "with = [\"LV\", \"EE\"]\n[[questions]]\nnumber = 1\ntext = \"Troops?\"\n\
                [[questions]]\nnumber = 2\ntext = \"Tanks?\"\n[[questions]]\nnumber = 3\ntext = \"Return?\"\n";
    said(author, place, Kind::Request, text)
}

fn joining(author: &str, place: u8, of: Digest) -> Said {
    said(author, place, Kind::Joining, &naming("request", of))
}

fn reply(author: &str, place: u8, of: Digest, answers: &[(u8, &str)]) -> Said {
    let mut text = naming("request", of);
    for (number, how) in answers {
        text += &format!("[[answers]]\nnumber = {number}\nhow = \"{how}\"\ntext = \"so\"\n");
    }
    said(author, place, Kind::Reply, &text)
}

fn judgement(author: &str, place: u8, of: Digest, answers: &[(u8, &str)]) -> Said {
    let mut text = naming("reply", of);
    for (number, how) in answers {
        text += &format!("[[answers]]\nnumber = {number}\nhow = \"{how}\"\n");
    }
    said(author, place, Kind::Judgement, &text)
}

fn in_place_of(mut one: Said, earlier: Digest) -> Said {
    let written = form::to_toml(&one.content);
    let (before, after) = written.split_once("[in_place_of]\n").unwrap();
    let text = format!("{before}[in_place_of]\nmessage_digest = \"{earlier}\"\n{after}");
    one.content = form::read(one.content.kind(), Syntax::Toml, &text).unwrap();
    one
}

/// Of one question and one reply: who judged it how, and who says nothing.
fn judged(picture: &Picture<'_>, question: usize, reply: usize) -> (Vec<(String, String)>, Vec<String>) {
    let request = &picture.requests[0];
    let in_reply = &request.questions[question].in_replies[reply];
    let words = in_reply.judged.iter();
    let words = words.map(|(said, one)| (said.author.to_string(), one.how.unwrap().to_string())).collect();
    (words, picture.silent(request, in_reply).iter().map(ToString::to_string).collect())
}

#[test]
fn who_is_only_named_in_a_request_is_no_requester_until_it_joins_by_a_message_of_its_own() {
    let asked = request("LT", 1);
    let requesters = |all: &[Said]| -> Vec<String> {
        Picture::of(all).requests[0].requesters().iter().map(ToString::to_string).collect()
    };
    assert_eq!(requesters(std::slice::from_ref(&asked)), ["LT"]);
    let joined = joining("LV", 1, asked.message);
    // In whatever order they came.
    assert_eq!(requesters(&[joined.clone(), asked.clone()]), ["LT", "LV"]);
    let twice = joining("LV", 2, asked.message);
    assert_eq!(requesters(&[asked.clone(), joined.clone(), twice]), ["LT", "LV"]);
    let drill = Said { traffic: Traffic::Drill, ..joining("EE", 1, asked.message) };
    assert_eq!(requesters(&[asked, joined, drill]), ["LT", "LV"]);
}

#[test]
fn each_requester_judges_each_answer_for_itself_or_says_nothing() {
    let asked = request("LT", 1);
    let answered = reply("BY", 1, asked.message, &[(1, "answered"), (2, "partly"), (9, "answered")]);
    let of = answered.message;
    let all = [
        asked,
        joining("LV", 1, digest("LT", 1)),
        joining("EE", 1, digest("LT", 1)),
        answered,
        judgement("LT", 2, of, &[(1, "sufficient"), (2, "insufficient"), (3, "insufficient")]),
        judgement("LV", 2, of, &[(1, "insufficient")]),
        // Nobody asked PL: it is heard, and is no requester.
        judgement("PL", 1, of, &[(1, "insufficient")]),
    ];
    let picture = Picture::of(&all);
    let word = |by: &str, how: &str| (by.to_owned(), how.to_owned());
    assert_eq!(
        judged(&picture, 0, 0),
        (
            vec![word("LT", "sufficient"), word("LV", "insufficient"), word("PL", "insufficient")],
            vec!["EE".to_owned()]
        )
    );
    assert_eq!(judged(&picture, 1, 0), (vec![word("LT", "insufficient")], vec!["LV".into(), "EE".into()]));
    // Not answered at all, and judged as that.
    let unanswered = &picture.requests[0].questions[2].in_replies[0];
    assert!(unanswered.answers.is_empty());
    assert_eq!(judged(&picture, 2, 0).0, [word("LT", "insufficient")]);
    let beside: Vec<_> = picture.requests[0].replies[0].beside.iter().map(|one| one.number).collect();
    assert_eq!(beside, [Some(9)]);
}

#[test]
fn what_is_judged_or_answered_and_was_never_asked_is_kept_as_that() {
    let answered = reply("BY", 1, digest("LT", 1), &[(1, "answered"), (9, "answered")]);
    let unnumbered = said(
        "LV",
        2,
        Kind::Judgement,
        &format!("{}[[answers]]\nhow = \"sufficient\"\n", naming("reply", answered.message)),
    );
    let all = [
        request("LT", 1),
        joining("LV", 1, digest("LT", 1)),
        answered.clone(),
        judgement("LT", 2, answered.message, &[(1, "sufficient"), (8, "insufficient")]),
        unnumbered,
        judgement("PL", 1, answered.message, &[(9, "insufficient")]),
    ];
    let picture = Picture::of(&all);
    let of = &picture.requests[0].replies[0];
    let judged: Vec<_> =
        of.judged_beside.iter().map(|(said, one)| (said.author.to_string(), one.number)).collect();
    let by = |party: &str, number: Option<u64>| (party.to_owned(), number);
    assert_eq!(judged, [by("LT", Some(8)), by("LV", None), by("PL", Some(9))]);
    assert_eq!(of.beside.iter().map(|one| one.number).collect::<Vec<_>>(), [Some(9)]);
    assert_eq!(judged_of_asked(&picture), 1);
    let shown = picture_json(&picture);
    let not_asked = &shown["requests"][0]["replies"][0]["not_asked"];
    assert_eq!(not_asked["answers"][0]["number"], json!(9));
    let numbers = not_asked["judged"].as_array().unwrap().iter().map(|one| one["number"].clone());
    assert_eq!(Value::from(numbers.collect::<Vec<_>>()), json!([8, null, 9]));
    let last = &not_asked["judged"][2];
    assert_eq!(json!([last["by"], last["requester"]]), json!(["PL", false]));
}

fn judged_of_asked(picture: &Picture<'_>) -> usize {
    let asked = picture.requests.iter().flat_map(|request| &request.questions);
    asked.flat_map(|asked| &asked.in_replies).map(|one| one.judged.len()).sum()
}

#[test]
fn without_a_reply_each_question_has_none_and_nobody_judges_it() {
    let all = [request("LT", 1)];
    let picture = Picture::of(&all);
    assert!(picture.requests[0].questions.iter().all(|asked| asked.in_replies.is_empty()));
    assert!(picture.requests[0].replies.is_empty());
}

#[test]
fn a_corrected_reply_stands_beside_what_took_its_place_each_with_what_was_said_of_it() {
    let first = reply("BY", 1, digest("LT", 1), &[(1, "declined")]);
    let second = in_place_of(reply("BY", 2, digest("LT", 1), &[(1, "answered")]), first.message);
    let all = [
        request("LT", 1),
        first.clone(),
        judgement("LT", 2, first.message, &[(1, "insufficient")]),
        second.clone(),
    ];
    let picture = Picture::of(&all);
    assert_eq!(picture.corrected[&first.message], &second);
    assert_eq!(picture.requests[0].replies.len(), 2);
    assert_eq!(judged(&picture, 0, 0).0.len(), 1);
    // What was said of the first is not said of the second.
    assert_eq!(judged(&picture, 0, 1), (vec![], vec!["LT".into()]));
}

#[test]
fn question_by_question_what_was_replaced_is_marked_and_says_nothing_any_more() {
    let first = reply("BY", 1, digest("LT", 1), &[(1, "answered")]);
    let insufficient = judgement("LT", 2, first.message, &[(1, "insufficient")]);
    // Of the first question it says nothing.
    let instead = in_place_of(judgement("LT", 3, first.message, &[(2, "sufficient")]), insufficient.message);
    let second = in_place_of(reply("BY", 2, digest("LT", 1), &[(1, "partly")]), first.message);
    let all = [request("LT", 1), first, insufficient, instead.clone(), second.clone()];
    let picture = Picture::of(&all);
    let shown = picture_json(&picture);
    let of = |question: usize| &shown["requests"][0]["questions"][question]["replies"][0];
    assert_eq!(of(0)["corrected_by"], second.message.to_string());
    assert_eq!(of(0)["judged"][0]["corrected_by"], instead.message.to_string());
    assert_eq!(of(0)["says_nothing"], json!(["LT"]));
    assert_eq!(of(1)["judged"][0]["corrected_by"], Value::Null);
    assert_eq!(of(1)["says_nothing"], json!([]));
}

#[test]
fn nothing_but_an_authors_own_of_the_same_kind_has_its_place_taken() {
    let first = request("LT", 1);
    let by_another = in_place_of(request("LV", 1), first.message);
    let of_another_kind = in_place_of(joining("LT", 2, first.message), first.message);
    let drill = Said { traffic: Traffic::Drill, ..in_place_of(request("LT", 3), first.message) };
    let itself = said("LT", 4, Kind::Request, "[in_place_of]\nnumber = \"LT/31/0004\"");
    assert!(corrected(&[first.clone(), by_another, of_another_kind, drill, itself]).is_empty());
    let right = in_place_of(request("LT", 5), first.message);
    assert_eq!(corrected(&[first.clone(), right.clone()])[&first.message], &right);
    // Taken back, it takes nobody's place.
    let back = said("LT", 6, Kind::MessageWithdrawal, &naming("withdraws", right.message));
    assert!(corrected(&[first, right, back]).is_empty());
}

#[test]
fn what_was_taken_back_stands_in_no_question_and_stays_readable() {
    let answered = reply("BY", 1, digest("LT", 1), &[(1, "answered")]);
    let back = said("BY", 2, Kind::MessageWithdrawal, &naming("withdraws", answered.message));
    let all = [request("LT", 1), answered, back];
    let picture = Picture::of(&all);
    assert!(picture.requests[0].replies.is_empty());
    assert_eq!(picture.withdrawn[&all[1].message], &all[2]);
}

#[test]
fn a_meeting_is_asked_for_convened_recorded_and_reported_by_whom_says_so() {
    let asked = said(
        "LT",
        2,
        Kind::MeetingRequest,
        &format!("scope = \"all Parties\"\n{}", naming("request", digest("LT", 1))),
    );
    let convened = said("PL", 1, Kind::Convening, &naming("meeting_request", asked.message));
    let record = said(
        "PL",
        2,
        Kind::Meeting,
        &format!(
            "held = \"held\"\nattended = [\"PL\"]\nabsent = [\"BY\"]\noutcome = \"nothing\"\n{}",
            naming("meeting", convened.message)
        ),
    );
    // Its own account, which names the request for the meeting itself.
    let other =
        said("BY", 1, Kind::Meeting, &format!("held = \"not held\"\n{}", naming("meeting", asked.message)));
    let report = said("PL", 3, Kind::MeetingReport, &naming("meeting", record.message));
    let lost = said("PL", 4, Kind::MeetingReport, &naming("meeting", digest("XX", 1)));
    let all = [report, lost, record, other, convened, asked, request("LT", 1)];
    let picture = Picture::of(&all);
    let [meeting] = &picture.meetings[..] else { panic!("one: {picture:?}") };
    assert_eq!(meeting.convened, [&all[4]]);
    assert_eq!(meeting.records, [&all[2], &all[3]]);
    assert_eq!(meeting.reports, [&all[0]]);
    assert_eq!(picture.elsewhere, [&all[1]]);
}

#[test]
fn what_names_another_of_its_own_step_stands_with_no_meeting_whichever_came_first() {
    let asked = said("LT", 1, Kind::MeetingRequest, "");
    let convened = said("PL", 1, Kind::Convening, &naming("meeting_request", asked.message));
    let again = said("BY", 1, Kind::Convening, &naming("meeting_request", convened.message));
    for all in [[asked.clone(), convened.clone(), again.clone()], [again.clone(), asked, convened]] {
        let picture = Picture::of(&all);
        assert_eq!(picture.meetings[0].convened.len(), 1);
        assert_eq!(picture.elsewhere, [&again]);
    }
}

#[test]
fn the_official_form_of_each_kind_says_all_of_its_example_in_80_columns() {
    let is_new =
        |kind: &Kind| kind.noun() == "activity" || matches!(kind, Kind::Observers | Kind::ObserverReport);
    for kind in Kind::ALL.into_iter().filter(is_new) {
        let content = form::read(kind, Syntax::Toml, form::example(kind)).unwrap();
        let message = full(&content);
        let text = official::text(&pages(&message_form(&message, Digest([7; 32]), Labelling::default())));
        let pages = text.replace('\u{c}', "");
        assert!(pages.lines().all(|line| line.width() <= 80), "{kind:?}\n{text}");
        for line in detente::domain::form::lines(&content).iter().filter(|line| line.value.len() < 30) {
            assert!(text.contains(&line.value), "{text}\n{kind:?}: {line:?}");
        }
    }
}

/// All authors' messages in each author's own order, woven together in any way.
fn woven() -> impl Strategy<Value = (Vec<Said>, Vec<Said>)> {
    let one = (0..9_u8, 1..5_u8, 0..3_usize, any::<bool>());
    let of = |author: &'static str| {
        prop::collection::vec(one.clone(), 0..6).prop_map(move |all| {
            let authors = ["LT", "BY", "PL"];
            let message = |(at, (what, place, other, odd)): (usize, (u8, u8, usize, bool))| {
                let (here, of) = (at as u8 + 1, digest(authors[other], place));
                let mut said = match what {
                    0 => request(author, here),
                    1 => joining(author, here, of),
                    2 => reply(author, here, of, &[(1, "answered"), (2, "declined")]),
                    3 => judgement(author, here, of, &[(1, "sufficient"), (3, "insufficient")]),
                    4 => said(author, here, Kind::MeetingRequest, &naming("request", of)),
                    5 => said(author, here, Kind::Convening, &naming("meeting_request", of)),
                    6 => said(author, here, Kind::Meeting, &naming("meeting", of)),
                    7 => said(author, here, Kind::MeetingReport, &naming("meeting", of)),
                    _ => said(author, here, Kind::MessageWithdrawal, &naming("withdraws", of)),
                };
                if odd && said.content.kind().noun() == "activity" {
                    said = in_place_of(said, of);
                }
                said
            };
            all.into_iter().enumerate().map(message).collect::<Vec<_>>()
        })
    };
    (of("LT"), of("BY"), of("PL")).prop_flat_map(|(a, b, c)| {
        let turns: Vec<usize> =
            [vec![0; a.len()], vec![1; b.len()], vec![2; c.len()]].into_iter().flatten().collect();
        let weave = move |turns: Vec<usize>| {
            let mut left = [a.clone().into_iter(), b.clone().into_iter(), c.clone().into_iter()];
            turns.into_iter().filter_map(|turn| left[turn].next()).collect::<Vec<Said>>()
        };
        (Just(turns.clone()).prop_shuffle(), Just(turns).prop_shuffle())
            .prop_map(move |(one, other)| (weave(one), weave(other)))
    })
}

/// What the picture says, without the order in which different authors first spoke.
fn sorted(said: &[Said]) -> Vec<String> {
    let picture = Picture::of(said);
    let mut all = Vec::new();
    for request in &picture.requests {
        all.push(format!("{:?}", request.said));
        all.extend(request.joined.iter().map(|one| format!("{:?} joined {one:?}", request.said)));
        for reply in &request.replies {
            all.push(format!("{:?} beside {:?}", reply.said, reply.beside));
            all.extend(reply.judged_beside.iter().map(|word| format!("{:?} beside {word:?}", reply.said)));
        }
        for asked in &request.questions {
            for one in &asked.in_replies {
                all.push(format!(
                    "{:?} {:?} {:?} {:?}",
                    request.said, asked.question, one.reply, one.answers
                ));
                let number = asked.question.number;
                all.extend(one.judged.iter().map(|word| format!("{:?} {number:?} {word:?}", one.reply)));
            }
        }
    }
    for meeting in &picture.meetings {
        all.push(format!("{:?}", meeting.said));
        let below = meeting.convened.iter().chain(&meeting.records).chain(&meeting.reports);
        all.extend(below.map(|one| format!("{:?} {one:?}", meeting.said)));
    }
    all.extend(picture.elsewhere.iter().map(|said| format!("elsewhere {said:?}")));
    all.extend(picture.withdrawn.keys().map(|digest| format!("withdrawn {digest}")));
    all.extend(picture.corrected.iter().map(|(digest, by)| format!("corrected {digest} {by:?}")));
    all.sort();
    all
}

proptest! {
    #[test]
    fn in_every_order_of_arrival_the_picture_says_the_same((one, other) in woven()) {
        prop_assert_eq!(sorted(&one), sorted(&other));
    }

    #[test]
    fn no_content_makes_a_picture_panic_and_none_of_it_is_left_out(all in prop::collection::vec(strategies::content(), 0..8)) {
        let said: Vec<Said> = all
            .into_iter()
            .enumerate()
            .map(|(at, content)| Said { content, ..request(["LT", "BY"][at % 2], at as u8) })
            .collect();
        let picture = Picture::of(&said);
        let shown = picture.requests.iter().map(|one| {
            1 + one.joined.len() + one.replies.iter().map(|reply| 1 + reply.judgements.len()).sum::<usize>()
        });
        let meetings = picture.meetings.iter();
        let meetings = meetings.map(|one| 1 + one.convened.len() + one.records.len() + one.reports.len());
        let shown = shown.sum::<usize>() + meetings.sum::<usize>() + picture.elsewhere.len();
        let withdrawn = |one: &&Said| !picture.withdrawn.contains_key(&one.message);
        let of_it = said.iter().filter(withdrawn).filter(|one| one.content.kind().noun() == "activity");
        prop_assert_eq!(shown, of_it.count());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_reported_as_held_that_is_yet_to_come_is_marked_at_both_ends_and_refused_at_none() {
    use crate::officer::{arrived, draft, filled, heading, send, watches};
    let world = crate::world::World::new(&["BY", "PL"]).await;
    // Filled in with dates of a year to come.
    let meeting = filled(Kind::Meeting);
    let to = |number| detente::codec::proto::detente::v1::Heading {
        action: vec![crate::officer::addressee("PL")],
        ..heading(number)
    };
    let drafted = draft(&world, "BY", 1, to(1), &meeting).await.unwrap();
    let of_dates = |faults: &[detente::codec::proto::detente::v1::Fault]| -> Vec<String> {
        let dates = faults.iter().filter(|fault| fault.rule.contains("after the release of the message"));
        dates.map(|fault| fault.field.clone()).collect()
    };
    assert_eq!(of_dates(&drafted.faults), ["start", "end"]);
    let sent = send(&world, "BY", 1, to(1), &meeting).await;
    arrived(&world, "PL", &sent.message_digest).await;
    let call =
        detente::codec::proto::detente::v1::ReadRequest { digest: sent.message_digest, ..Default::default() };
    let read = watches(&world.desk("PL", "watch")).read(call).await.unwrap().into_inner();
    assert_eq!(of_dates(&read.faults), ["start", "end"]);
}
