//! What messages of a bundle say of other messages in it: which one is taken back, cancelled, amended, or replaced, and
//! which adoption is suspended or left; and which text of rules an adoption is of.
//!
//! Never here: an effect on another Party's message, or on one that is not in the bundle. Which message is meant its
//! author's form says, by digest or by number.

use std::collections::{BTreeMap, BTreeSet};

use super::thread::{Checker, name};
use crate::codec::content;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::form::MessageReference;
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::domain::text::shown;

/// What a word does to the message that it names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    TakesBack,
    Cancels,
    Amends,
    Updates,
    Replaces,
    Suspends,
    Resumes,
    Leaves,
}

/// A word on another message.
struct Word {
    message: Digest,
    about: String,
    author: Party,
    number: String,
    does: Does,
    /// Of an adoption the provisions alone that it is about, safe to show; empty for all of it.
    part: String,
    /// What it names, safe to show, and where that is.
    names: String,
    /// The message in the bundle on which it has an effect, unless it was taken back itself.
    on: Option<Digest>,
}

impl Checker<'_> {
    pub(super) fn became(&mut self) {
        self.adopted();
        let words = self.words();
        // Of what nothing shows when it was written it takes nothing back for certain.
        let is_certain = |word: &&Word| self.word_of(&word.message).is_proven();
        let backs = words.iter().filter(|word| word.does == Does::TakesBack).filter(is_certain);
        let taken_back: BTreeSet<Digest> = backs.filter_map(|word| word.on).collect();
        for word in &words {
            let weighed = self.word_of(&word.message);
            let sentence = match word.part.as_str() {
                "" => format!("{} says that it {} {}", word.author, word.does.verb(), word.names),
                part => {
                    format!(
                        "{} says that it suspends {part} of what it adopted by {}",
                        word.author, word.names
                    )
                }
            };
            self.signed(&word.about, weighed.weight, &weighed.by, sentence);
            let Some(of) = word.on.filter(|_| !taken_back.contains(&word.message)) else { continue };
            let Some(about) = self.messages.get(&of).map(name) else { continue };
            let part = if word.part.is_empty() { String::new() } else { format!("{} ", word.part) };
            let sentence = format!("{part}{} by {}, in this bundle", word.does.done(), shown(&word.number));
            self.signed(&about, weighed.weight, &weighed.by, sentence);
        }
    }

    /// Of each adoption which text of rules it is of.
    fn adopted(&mut self) {
        let mut adoptions = Vec::new();
        for (digest, message) in &self.messages {
            let read = content::said(&message.draft.kind, &message.draft.content);
            let Some(Content::Adoption(form)) = read.content() else { continue };
            let regime = shown(&form.regime);
            let edition =
                form.edition.map_or_else(|| "none stated".to_owned(), |edition| edition.to_string());
            let text =
                form.regime_digest.map_or_else(|| "none stated".to_owned(), |digest| digest.to_string());
            let author = message.author;
            let sentence =
                format!("{author} says that it adopts {regime}, edition {edition}, its text's digest {text}");
            adoptions.push((self.word_of(digest), name(message), sentence));
        }
        for (word, about, sentence) in adoptions {
            self.signed(&about, word.weight, &word.by, sentence);
        }
    }

    fn words(&self) -> Vec<Word> {
        let number = |(digest, message): (&Digest, &Message)| {
            ((message.author.to_string(), message.number.clone()), *digest)
        };
        let by_number: BTreeMap<(String, String), Digest> = self.messages.iter().map(number).collect();
        let mut words = Vec::new();
        for (digest, message) in &self.messages {
            let read = content::said(&message.draft.kind, &message.draft.content);
            let Some((does, reference)) = read.content().and_then(does) else { continue };
            let of = match reference.message_digest {
                Some(of) => Some(of.0),
                None => {
                    let by = match reference.author.as_str() {
                        "" => message.author.to_string(),
                        author => author.to_owned(),
                    };
                    by_number.get(&(by, reference.number.clone())).copied()
                }
            };
            let named = of.and_then(|of| self.messages.get(&of));
            let has_effect = named.is_some_and(|named| does.has_effect(message, named));
            words.push(Word {
                message: *digest,
                about: name(message),
                author: message.author,
                number: message.number.clone(),
                does,
                part: read.content().map(part).unwrap_or_default(),
                names: match named {
                    Some(named) if has_effect => format!("{}, in this bundle", name(named)),
                    Some(named) => format!("{}, in this bundle, on which it has no effect", name(named)),
                    None => format!("{}, which is not in this bundle", said_of(reference)),
                },
                on: of.filter(|_| has_effect),
            });
        }
        words
    }
}

/// What a form does to which message; `None` where it names none.
fn does(content: &Content) -> Option<(Does, &MessageReference)> {
    let (does, named) = match content {
        Content::MessageWithdrawal(form) => (Does::TakesBack, &form.withdraws),
        Content::Cancellation(form) => (Does::Cancels, &form.cancels),
        Content::Amendment(form) => (Does::Amends, &form.amends),
        Content::Update(form) => (Does::Updates, &form.updates),
        Content::Suspension(form) => (Does::Suspends, &form.adoption),
        Content::Resumption(form) => (Does::Resumes, &form.suspension),
        Content::Withdrawal(form) => (Does::Leaves, &form.adoption),
        _ => (Does::Replaces, content.in_place_of()?),
    };
    (named.message_digest.is_some() || !named.number.is_empty()).then_some((does, named))
}

/// The provisions that a suspension names.
fn part(content: &Content) -> String {
    let Content::Suspension(form) = content else { return String::new() };
    form.provisions.iter().map(|one| shown(one)).collect::<Vec<_>>().join(", ")
}

fn said_of(reference: &MessageReference) -> String {
    match reference.message_digest {
        Some(digest) => format!("message {digest}"),
        None => format!("\"{}\"", shown(&reference.number)),
    }
}

impl Does {
    fn verb(self) -> &'static str {
        match self {
            Does::TakesBack => "takes back",
            Does::Cancels => "cancels",
            Does::Amends => "amends",
            Does::Updates => "updates",
            Does::Replaces => "takes the place of",
            Does::Suspends => "suspends what it adopted by",
            Does::Resumes => "resumes what it suspended by",
            Does::Leaves => "leaves what it adopted by",
        }
    }

    fn done(self) -> &'static str {
        match self {
            Does::TakesBack => "WITHDRAWN",
            Does::Cancels => "CANCELLED",
            Does::Amends => "AMENDED",
            Does::Updates => "UPDATED",
            Does::Replaces => "REPLACED",
            Does::Suspends => "SUSPENDED, from the instant stated there,",
            Does::Resumes => "RESUMED, from the instant stated there,",
            Does::Leaves => "LEFT, from the instant stated there,",
        }
    }

    /// Of its own author's, a drill's of a drill's, and of a kind on which such a word has one.
    fn has_effect(self, word: &Message, named: &Message) -> bool {
        let is_own = (word.author, word.draft.traffic) == (named.author, named.draft.traffic);
        let kind = Kind::from_name(&named.draft.kind);
        is_own
            && match self {
                Does::TakesBack => kind.is_none_or(Kind::may_be_taken_back),
                Does::Cancels => kind.is_some_and(Kind::may_be_cancelled),
                Does::Amends => matches!(kind, Some(Kind::Notification | Kind::Amendment)),
                Does::Updates => true,
                Does::Replaces => word.draft.kind == named.draft.kind,
                Does::Suspends | Does::Leaves => kind == Some(Kind::Adoption),
                Does::Resumes => kind == Some(Kind::Suspension),
            }
    }
}
