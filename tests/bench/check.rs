//! What the rules cost: the check of a full form, beside decoding the bytes of that same form.

use std::time::{Duration, Instant};

use detente::codec::form as signed_form;
use detente::codec::regime::{built_in, read};
use detente::domain::content::Kind;
use detente::domain::regime::{Asked, check, lines};

use crate::Asked as Wanted;
use crate::figures::{Ratio, median};
use crate::messages;

const TURNS: u64 = 5_000;
/// That the regime with the most rules of those built in is checked.
const REGIME: &str = "vienna-document-2011";

pub fn run(asked: &Wanted) {
    let regime = read(built_in::file(REGIME).expect("it is built in"), &built_in::parent).expect("a regime");
    let bytes = messages::content(Kind::Notification);
    let content = signed_form::decode(Kind::Notification, &bytes).expect("a form");
    let given = Asked {
        released_at: detente::domain::time::Instant::from_rfc3339("2031-08-01T09:00:00Z"),
        ..Asked::default()
    };
    let (mut decoding, mut checking, mut telling) = (Vec::new(), Vec::new(), Vec::new());
    let mut rows = 0;
    // The three take turns.
    for _ in 0..asked.sized(TURNS) {
        decoding.push(timed(|| {
            std::hint::black_box(signed_form::decode(Kind::Notification, &bytes).expect("a form"));
        }));
        checking.push(timed(|| {
            std::hint::black_box(check(&regime, &content, &given));
        }));
        let found = check(&regime, &content, &given);
        telling.push(timed(|| {
            rows = found.iter().flat_map(|finding| lines(&regime, finding, "en")).count();
        }));
    }
    let (decoding, checking, telling) = (median(decoding), median(checking), median(telling));
    println!(
        "check of a full form, median: {} us, {} times decoding its {} bytes ({} us)",
        checking.as_micros(),
        Ratio::of(checking.as_nanos(), decoding.as_nanos()),
        bytes.len(),
        decoding.as_micros(),
    );
    println!("  its {rows} lines in words: {} us more", telling.as_micros());
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
