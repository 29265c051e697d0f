//! When the texts that a Party adopted are in force towards another: of all its regimes at once, for whoever asks of
//! many instants.
//!
//! All words are gone through once for it, where [`Words::adopted`] goes through them for each instant. Both give the
//! same answer. Never here: what is reserved or suspended (`standing.rs`).

use std::collections::BTreeMap;

use super::replaced::{Heard, replaced_among};
use super::{Word, Words};
use crate::domain::digest::Digest;
use crate::domain::party::Party;
use crate::domain::time::Instant;

/// By regime and text: apart from each other, in order.
#[derive(Debug, Default)]
pub struct Spans<'w>(BTreeMap<&'w str, BTreeMap<Digest, Vec<Span>>>);

/// As long as an adoption is in force, one at least.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: Instant,
    /// No more at this instant. `None` while nothing ends it.
    until: Option<Instant>,
}

impl Spans<'_> {
    /// Whether an adoption of this very text of the regime is in force at an instant.
    pub fn in_force(&self, (regime, text): (&str, &Digest), at: Instant) -> bool {
        let Some(spans) = self.0.get(regime).and_then(|texts| texts.get(text)) else { return false };
        let begun = spans.partition_point(|span| span.from <= at);
        let last = begun.checked_sub(1).and_then(|nth| spans.get(nth));
        last.is_some_and(|span| span.until.is_none_or(|until| at < until))
    }
}

impl Words {
    /// What [`Words::adopted`] says of each instant, by the receipts of `told`.
    pub fn spans(&self, told: Party) -> Spans<'_> {
        let mut left: BTreeMap<Digest, Instant> = BTreeMap::new();
        let mut heard: BTreeMap<&str, Vec<Heard>> = BTreeMap::new();
        for (message, said) in self.said() {
            match &said.word {
                Word::Adopts { regime, .. } => {
                    heard.entry(regime.as_str()).or_default().extend(Heard::of(message, said, told));
                }
                Word::Withdraws { adoption, .. } => {
                    if let Some(from) = said.in_force_from(told) {
                        let first = left.entry(*adoption).or_insert(from);
                        *first = from.min(*first);
                    }
                }
                Word::Suspends { .. } | Word::Resumes { .. } => {}
            }
        }
        let mut spans = Spans::default();
        for (regime, mut all) in heard {
            // What another replaced was replaced before it would be in force: it is at no instant.
            let replaced = replaced_among(&mut all);
            all.retain(|one| !replaced.contains_key(&one.message));
            all.sort_by_key(|one| one.from);
            let texts = spans.0.entry(regime).or_default();
            for one in all {
                let span = Span { from: one.from, until: left.get(&one.message).copied() };
                if span.until.is_none_or(|until| span.from < until) {
                    add(texts.entry(one.text).or_default(), span);
                }
            }
        }
        spans
    }
}

/// One that begins no earlier than any of them.
fn add(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(Span { until: None, .. }) => {}
        Some(Span { until: Some(end), .. }) if span.from > *end => spans.push(span),
        Some(last) => last.until = last.until.zip(span.until).map(|(one, other)| one.max(other)),
        None => spans.push(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::adoption::{Heard, Nature, Told};

    fn digest(number: u64) -> Digest {
        Digest::of(&number.to_be_bytes())
    }

    #[test]
    fn a_text_is_in_force_in_its_spans_as_by_going_through_all_words() {
        let told: Party = "PL".parse().unwrap();
        let mut drawn = 7_u64;
        let mut draw = |below: u64| {
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (drawn >> 33) % below
        };
        let mut in_force = [0, 0];
        for _ in 0..500 {
            let mut words = Words::default();
            for number in 0..draw(12) {
                let from = Instant(draw(12) as i64);
                let adoption = digest(draw(12));
                let word = match draw(8) {
                    0 | 1 => Word::Withdraws { adoption, from },
                    2 => Word::Suspends { adoption, provisions: Vec::new(), from, until: None },
                    _ => Word::Adopts {
                        regime: ["dunes", "river"][draw(2) as usize].into(),
                        edition: 1,
                        digest: digest(100 + draw(2)),
                        from,
                        nature: Nature::Political,
                        reservations: Vec::new(),
                    },
                };
                words.hear(digest(number), &word, Instant(draw(12) as i64), number);
                if draw(8) > 0 {
                    let at = Instant(draw(12) as i64);
                    words.taken(&digest(number), told, Told { at, heard: Heard::Later });
                }
            }
            let spans = words.spans(told);
            let regimes = ["dunes", "river", "lakes"].into_iter();
            for (regime, text) in regimes.flat_map(|regime| [(regime, 100), (regime, 101)]) {
                for at in (0..14).map(Instant) {
                    let text = digest(text);
                    let is = words.adopted(regime, told, at).iter().any(|adopted| adopted.regime == text);
                    assert_eq!(spans.in_force((regime, &text), at), is, "{regime} {at:?} {words:?}");
                    in_force[usize::from(is)] += 1;
                }
            }
        }
        assert!(in_force.iter().all(|many| *many > 1_000), "{in_force:?}");
    }
}
