//! What is said in a hotline session, as a form can state it.

use detente::domain::check::{Check, CheckAnswer};
use detente::domain::content::Content;
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::form::{MessageDigest, OtherThread};
use detente::domain::hotline::{
    AgreedWith, SeenLast, Sees, SessionAcceptance, SessionAddition, SessionClose, SessionOpening,
    SessionShown, SessionText,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::strategies::{message, number, of, prose, text, texts, when};

fn digest() -> impl Strategy<Value = Option<MessageDigest>> {
    option::of(any::<[u8; 32]>().prop_map(|bytes| MessageDigest(Digest(bytes))))
}

fn seen() -> impl Strategy<Value = Vec<SeenLast>> {
    vec(of!(SeenLast { author: text(), message: digest(), not_to: texts() }), 0..4)
}

/// Each kind as often as the others.
pub fn content() -> BoxedStrategy<Content> {
    let thread = option::of(any::<[u8; 16]>().prop_map(|bytes| OtherThread(ThreadId(bytes))));
    let opening = of!(SessionOpening {
        languages: texts(),
        about: thread,
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let acceptance = of!(SessionAcceptance {
        officer: text(),
        seen: seen(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let said = of!(SessionText {
        text: prose(),
        seen: seen(),
        answers: message(),
        phrase: number(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let sees = option::of(prop_oneof![Just(Sees::FromNowOn), Just(Sees::All)]);
    let addition = of!(SessionAddition {
        party: text(),
        sees: sees,
        seen: seen(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let agreed = of!(AgreedWith { party: text(), transcript: digest(), messages: number() });
    let close = of!(SessionClose {
        agreed: vec(agreed, 0..3),
        seen: seen(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let shown = of!(SessionShown {
        shown: message(),
        console: text(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let check = of!(Check {
        check: text(),
        due: when(),
        number: number(),
        text: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let check_answer = of!(CheckAnswer {
        check: text(),
        due: when(),
        answers: message(),
        officer: text(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    prop_oneof![
        opening.prop_map(Content::SessionOpening),
        acceptance.prop_map(Content::SessionAcceptance),
        said.prop_map(Content::SessionText),
        addition.prop_map(Content::SessionAddition),
        close.prop_map(Content::SessionClose),
        shown.prop_map(Content::SessionShown),
        check.prop_map(Content::Check),
        check_answer.prop_map(Content::CheckAnswer),
    ]
    .boxed()
}
