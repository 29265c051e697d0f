//! The messages that a form names are found in its bytes as they stand in it, whatever its kind: a field that holds a
//! reference and is not looked for fails here.

use std::collections::BTreeSet;

use detente::codec::form as codec;
use detente::codec::named;
use detente::domain::content::{Content, Kind};
use detente::domain::correspondence::{MessageWithdrawal, Text};
use detente::domain::digest::Digest;
use detente::domain::form::outline::{Item, Part, Value};
use detente::domain::form::{MessageDigest, MessageReference};
use detente::limits;
use proptest::prelude::*;

use super::{example, strategies};

/// By the forms themselves.
fn in_parts(parts: &[Part], found: &mut BTreeSet<Digest>) {
    let in_value = |value: &Value, found: &mut BTreeSet<Digest>| {
        if let Value::Group(parts) = value {
            in_parts(parts, found);
        }
    };
    for part in parts {
        match &part.value {
            Value::Leaf(text) if part.name == "message_digest" => found.extend(Digest::from_hex(text)),
            Value::List(items) => items.iter().for_each(|item: &Item| in_value(&item.value, found)),
            value => in_value(value, found),
        }
    }
}

fn is_found(content: &Content) {
    let mut wanted = BTreeSet::new();
    in_parts(&content.form().parts(), &mut wanted);
    let bytes = codec::encode(content).expect("within the limits");
    let found = named::in_form(content.kind().name(), &bytes);
    assert_eq!(found.messages.iter().copied().collect::<BTreeSet<_>>(), wanted, "{}", content.kind().name());
    let withdraws = match content {
        Content::MessageWithdrawal(form) => Some(&form.withdraws),
        _ => None,
    };
    assert_eq!(found.withdraws.as_deref(), withdraws);
}

#[test]
fn the_messages_that_the_examples_name_are_found() {
    Kind::ALL.into_iter().for_each(|kind| is_found(&example(kind)));
}

proptest! {
    #[test]
    fn the_messages_that_any_form_names_are_found(content in strategies::content()) {
        is_found(&content);
    }

    #[test]
    fn no_bytes_make_it_panic_or_find_more_than_the_limit(
        which in 0..Kind::ALL.len(), bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let found = named::in_form(Kind::ALL[which].name(), &bytes);
        prop_assert!(found.messages.len() <= limits::NAMED_IN_FORM_MAX);
    }
}

#[test]
fn of_many_that_one_form_names_the_first_are_found_and_of_a_kind_that_nobody_knows_none() {
    let by = |number: u64| MessageReference {
        message_digest: Some(MessageDigest(Digest::of(&number.to_be_bytes()))),
        ..Default::default()
    };
    let references = (0..400).map(by).collect();
    let text = Content::Text(Text { references, ..Text::default() });
    let bytes = codec::encode(&text).expect("within the limits");
    let found = named::in_form(Kind::Text.name(), &bytes).messages;
    assert_eq!((found.len(), found[0]), (limits::NAMED_IN_FORM_MAX, Digest::of(&0_u64.to_be_bytes())));
    assert!(named::in_form("hotline.video", &bytes).messages.is_empty());
    let withdrawal = Content::MessageWithdrawal(MessageWithdrawal { withdraws: by(1), ..Default::default() });
    is_found(&withdrawal);
}
