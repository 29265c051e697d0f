//! Any file and any form: no panic, no guess, and no weight in the order in which things are written.

use detente::cli::form::Syntax;
use detente::codec::regime::{built_in, read};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::exercise::picture::Said;
use detente::domain::exercise::{LandActivity, Notification, Phase};
use detente::domain::form::{Figure, OtherThread};
use detente::domain::message::Traffic;
use detente::domain::regime::describe::describe;
use detente::domain::regime::finding::Point;
use detente::domain::regime::{
    Answer, Asked, Beside, Finding, Held, Lack, Looked, Stands, Verdict, check, lines,
};
use detente::domain::time::Instant;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{NEIGHBOURS, regime, thresholds};
use crate::form::strategies;

fn asked() -> Asked {
    Asked { released_at: Instant::from_rfc3339("2031-08-01T09:00:00Z"), ..Asked::default() }
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(words).prop_map(str::to_owned)
}

/// Figures that agree and disagree, of few Parties, territories and kinds.
fn figure() -> impl Strategy<Value = Figure> {
    let number = option::weighted(0.9, prop_oneof![0_u64..8, 4000_u64..6000, 9998_u64..10_003]);
    let names =
        (one_of(&["troops", "troops", "troops", "guns"]), one_of(&["", "A", "B"]), one_of(&["", "X", "Y"]));
    (names, one_of(&["", "", "ground"]), number).prop_map(|((what, party, territory), kind, number)| Figure {
        what,
        kind,
        party,
        territory,
        number,
    })
}

fn notification() -> impl Strategy<Value = Notification> {
    let lists = (vec(figure(), 0..6), vec(vec(figure(), 0..3), 0..3));
    let named = (any::<bool>(), any::<bool>());
    let to_follow = option::weighted(
        0.2,
        one_of(&[
            "land",
            "land.figures",
            "land.figures[1]",
            "land.figures[2].number",
            "phases",
            "phases[1].figures",
        ]),
    );
    (lists, named, to_follow).prop_map(|((figures, phases), (parties, territories), to_follow)| {
        Notification {
            land: LandActivity { figures, ..LandActivity::default() },
            phases: phases
                .into_iter()
                .enumerate()
                .map(|(n, figures)| Phase { name: format!("p{n}"), figures, ..Phase::default() })
                .collect(),
            participating_parties: if parties { vec!["A".into(), "B".into()] } else { Vec::new() },
            territorial_parties: if territories { vec!["X".into(), "Y".into()] } else { Vec::new() },
            to_follow: to_follow.into_iter().collect(),
            ..Notification::default()
        }
    })
}

fn judged(form: &Notification) -> Vec<Finding> {
    check(&regime("neighbours"), &Content::Notification(Box::new(form.clone())), &asked())
}

/// Answers and numbers, without the paths by which entries are named.
fn answers(found: &[Finding]) -> Vec<(String, Answer, Vec<Point>)> {
    let mut all: Vec<_> = thresholds(found)
        .into_iter()
        .map(|(name, verdict)| (name, verdict.answer, verdict.points.clone()))
        .collect();
    all.sort_by(|one, two| one.0.cmp(&two.0));
    all
}

/// JSON with the keys of every object in one order or the other, and nothing for what is absent.
fn written(value: &serde_json::Value, turned: bool, text: &mut String) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().filter(|(_, value)| !value.is_null()).collect();
            if turned {
                fields.reverse();
            }
            text.push('{');
            for (nth, (key, value)) in fields.into_iter().enumerate() {
                text.push_str(if nth == 0 { "" } else { "," });
                text.push_str(&format!("{}:", Value::from(key.as_str())));
                written(value, turned, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (nth, item) in items.iter().enumerate() {
                text.push_str(if nth == 0 { "" } else { "," });
                written(item, turned, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string())
        }
    }
}

fn held(nth: usize, content: Content, thread: u8, author: u8, at: i64, is_other: bool) -> Held {
    let content = match content {
        Content::SameActivity(mut form) if is_other => {
            form.other_thread = Some(OtherThread(ThreadId([1 + thread % 4; 16])));
            Content::SameActivity(form)
        }
        content => content,
    };
    Held {
        references: std::collections::BTreeSet::new(),
        thread: ThreadId([1 + thread; 16]),
        action: ["PL".parse().unwrap()].into(),
        cites: None,
        said: Said {
            message: Digest::of(&[nth as u8]),
            number: format!("{nth}"),
            author: ["BY", "PL", "LT"][usize::from(author)].parse().unwrap(),
            traffic: Traffic::Real,
            released_at: Instant(at),
            content,
        },
    }
}

/// Of BY, in the first of the threads.
fn beside(held: &[Held]) -> Asked {
    let stands = Stands { thread: ThreadId([1; 16]), message: None, traffic: Traffic::Real };
    Asked {
        author: Some("BY".parse().unwrap()),
        beside: Some(Beside {
            stands,
            cited: held.to_vec().into(),
            looked: Looked::AtAll,
            said: held.to_vec().into(),
            threads: held.to_vec().into(),
            joined_looked: Looked::AtAll,
        }),
        ..asked()
    }
}

/// How many there are, without their names: these stand in the order in which they were read.
fn counts(lines: &[String]) -> Vec<String> {
    let count = |line: &String| line.split_once(", by what is held here").map(|(count, _)| count.to_owned());
    lines.iter().filter_map(count).collect()
}

fn contradicts(verdict: &Verdict) -> bool {
    let in_points = |point: &Point| matches!(point, Point::Figure { declared, .. } if declared.contradicts());
    let in_lacking = |lack: &Lack| matches!(lack, Lack::Contradiction { .. });
    verdict.points.iter().any(in_points) || verdict.lacking.iter().any(in_lacking)
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, &built_in::parent);
    }

    #[test]
    fn no_broken_file_makes_the_reader_panic_or_lose_its_line(
        which in 0_usize..4,
        at in any::<proptest::sample::Index>(),
        put_in in "[\\[\\]{}\"'=#.\\\\,0-9a-z\u{202e}\n ]{0,8}",
        cut in 0_usize..20,
        content in strategies::content(),
    ) {
        let texts = [NEIGHBOURS, built_in::FILES[0].1, built_in::FILES[1].1, built_in::FILES[2].1];
        let mut characters: Vec<char> = texts[which].chars().collect();
        let at = at.index(characters.len());
        let end = (at + cut).min(characters.len());
        characters.splice(at..end, put_in.chars());
        let text: String = characters.into_iter().collect();
        match read(text.as_bytes(), &built_in::parent) {
            Ok(regime) => {
                let unsafe_one = |text: &str| text.chars().any(detente::domain::text::is_unsafe_to_show);
                for rule in describe(&regime, None) {
                    prop_assert!(!rule.lines.iter().any(|line| unsafe_one(line)), "{:?}", rule);
                }
                // What is still a regime may say anything: it is answered, and nothing more.
                for finding in check(&regime, &content, &asked()) {
                    for line in lines(&regime, &finding, "en") {
                        prop_assert!(!unsafe_one(&line.text), "{:?}", line);
                    }
                }
            }
            Err(fault) => {
                prop_assert!(fault.line >= 1 && fault.line <= text.split('\n').count(), "{}", fault);
                prop_assert!(!fault.what.chars().any(detente::domain::text::is_unsafe_to_show), "{}", fault);
            }
        }
    }

    #[test]
    fn no_form_makes_the_check_panic_and_all_that_is_said_is_safe_to_show(content in strategies::content()) {
        for name in ["neighbours", "vienna-document-2011", "india-pakistan-1991", "open-skies"] {
            let regime = regime(name);
            for finding in check(&regime, &content, &asked()) {
                for line in lines(&regime, &finding, "fr") {
                    let safe = !line.text.chars().any(detente::domain::text::is_unsafe_to_show);
                    prop_assert!(safe, "{:?}", line);
                }
                let value = detente::cli::regime::findings::json(&regime, &finding, "fr", &[]);
                prop_assert!(value.is_object());
            }
        }
    }

    #[test]
    fn the_order_of_entries_has_no_weight(form in notification(), seed in any::<u64>()) {
        // Paths name entries by their position: without them only the order is left.
        let form = Notification { to_follow: Vec::new(), ..form };
        let mut other = form.clone();
        let turns = usize::try_from(seed % 7).unwrap();
        let length = other.land.figures.len().max(1);
        other.land.figures.rotate_left(turns % length);
        other.land.figures.reverse();
        other.phases.reverse();
        other.participating_parties.reverse();
        other.territorial_parties.reverse();
        let without_names = |answers: Vec<(String, Answer, Vec<Point>)>| -> Vec<String> {
            answers
                .into_iter()
                .map(|(name, answer, points)| {
                    let points: Vec<_> = points
                        .into_iter()
                        .map(|point| match point {
                            // Of two that are equally great, either may be named.
                            Point::Figure { declared, answer, .. } => format!("{declared:?} {answer:?}"),
                            point => format!("{point:?}"),
                        })
                        .collect();
                    format!("{name} {answer:?} {points:?}")
                })
                .collect()
        };
        prop_assert_eq!(without_names(answers(&judged(&form))), without_names(answers(&judged(&other))));
    }

    #[test]
    fn the_order_of_fields_has_no_weight(form in notification()) {
        let value = serde_json::to_value(&form).expect("a form");
        let content = |turned: bool| {
            let mut text = String::new();
            written(&value, turned, &mut text);
            detente::cli::form::read(Kind::Notification, Syntax::Json, &text).expect("a form")
        };
        let (straight, turned) = (content(false), content(true));
        prop_assert_eq!(&straight, &turned);
        for name in ["neighbours", "vienna-document-2011"] {
            let regime = regime(name);
            prop_assert_eq!(check(&regime, &straight, &asked()), check(&regime, &turned, &asked()));
        }
    }

    /// Whatever is held beside it, in whichever order the threads were read.
    #[test]
    fn no_message_beside_it_makes_the_check_panic_and_the_order_of_threads_has_no_weight(
        form in notification(),
        others in vec((strategies::content(), 0_u8..4, 0_u8..3, 0_i64..9, any::<bool>()), 0..8),
    ) {
        let held: Vec<Held> = others
            .into_iter()
            .enumerate()
            .map(|(nth, (content, thread, author, at, is_other))| held(nth, content, thread, author, at, is_other))
            .collect();
        let mut by_thread = held.clone();
        by_thread.sort_by_key(|held| (held.thread, held.said.author, held.said.released_at, held.said.message));
        let mut turned = by_thread.clone();
        turned.sort_by_key(|held| std::cmp::Reverse(held.thread));
        let content = Content::Notification(Box::new(form));
        for name in ["neighbours", "vienna-document-2011"] {
            let regime = regime(name);
            let told = |held: &[Held]| -> Vec<String> {
                let asked = beside(held);
                let found = check(&regime, &content, &asked);
                found.iter().flat_map(|one| lines(&regime, one, "en")).map(|line| line.text).collect()
            };
            let straight = told(&by_thread);
            prop_assert!(!straight.iter().any(|line| line.chars().any(detente::domain::text::is_unsafe_to_show)));
            let sorted = |mut lines: Vec<String>| { lines.sort(); lines };
            prop_assert_eq!(counts(&straight), counts(&told(&turned)));
            let sums = |lines: &[String]| -> Vec<String> {
                sorted(lines.iter().filter(|line| line.starts_with("Same activity, ")).cloned().collect())
            };
            prop_assert_eq!(sums(&straight), sums(&told(&turned)));
        }
    }

    #[test]
    fn hiding_a_figure_never_turns_an_answer_into_another(form in notification(), which in any::<proptest::sample::Index>(), whole in any::<bool>()) {
        let before = judged(&form);
        let mut hidden = form.clone();
        let count = hidden.land.figures.len();
        if count == 0 {
            return Ok(());
        }
        let at = which.index(count);
        if whole && hidden.land.figures[at].number.is_none() {
            // It states no figure that could be hidden; without it, nobody says that one is missing.
            return Ok(());
        }
        if whole {
            // Paths behind it would name others then.
            if form.to_follow.iter().any(|path| path.contains('[')) {
                return Ok(());
            }
            hidden.land.figures.remove(at);
        } else {
            hidden.land.figures[at].number = None;
        }
        let after = judged(&hidden);
        // Where what is declared contradicts itself, taking one account away settles it, as it should.
        let settled = thresholds(&before).iter().any(|(_, verdict)| contradicts(verdict));
        if settled || contradicts_in_classes(&before) {
            return Ok(());
        }
        for ((name, before), (_, after)) in thresholds(&before).into_iter().zip(thresholds(&after)) {
            let same = before.answer == after.answer;
            prop_assert!(same || after.answer == Answer::CantBeJudged, "{}: {:?} then {:?}", name, before, after);
        }
    }

    #[test]
    fn what_nobody_declared_is_never_answered(form in notification()) {
        let silent = Notification { land: LandActivity::default(), phases: Vec::new(), ..form };
        for (name, verdict) in thresholds(&judged(&silent)) {
            prop_assert_eq!(verdict.answer, Answer::CantBeJudged, "{}", name);
            prop_assert!(!verdict.lacking.is_empty(), "{}", name);
        }
    }
}

fn contradicts_in_classes(found: &[Finding]) -> bool {
    found.iter().any(|finding| matches!(finding, Finding::Class { verdict, .. } if contradicts(verdict)))
}
