//! A message of a bundle that hands on another one: whose that is.
//!
//! Never here: belief in who hands it on. Only the signature on the original says who wrote that.

use super::Weight::NotProven;
use super::thread::{Checker, name};
use crate::codec::bundle::BundleDispatch;
use crate::codec::content;
use crate::codec::forwarded::{self, Opened};
use crate::domain::content::Content;
use crate::domain::message::{Dispatch, Outgoing};
use crate::evidence::signed::PayloadType;

impl Checker<'_> {
    pub(super) fn handed_on(
        &mut self,
        about: &str,
        draft: &Outgoing,
        dispatches: &[(Dispatch, &BundleDispatch)],
    ) {
        let said = content::said(&draft.kind, &draft.content);
        let Some(Content::Forwarded(form)) = said.content() else { return };
        let original = match forwarded::open(form) {
            Opened::Message(original) => original,
            Opened::Forwarding | Opened::Unreadable => {
                return self.add(about, NotProven, "what it hands on: that can't be opened here");
            }
        };
        let (author, wrapping) = (original.message.author, &original.wrapping);
        let what = format!("the message that it hands on, {}", name(&original.message));
        let lists = self.keys.numbers(author);
        let is_by = |list: &u32| self.is_signed(wrapping, PayloadType::Message, author, *list);
        match lists.clone().rev().find(is_by) {
            Some(list) => {
                let word = self.weigh_message(wrapping, (author, list), dispatches);
                let sentence = if word.is_proven() {
                    let dated = word.dated();
                    format!("{author} wrote {what}: signed under {author}'s key list {list}{dated}")
                } else {
                    format!(
                        "that {author} wrote {what}: signed under {author}'s key list {list}, whose message key was \
                         replaced since, and nothing in here dates it"
                    )
                };
                self.signed(about, word.weight, &word.by, sentence);
            }
            None if lists.is_empty() => {
                let why = format!("no key list of {author} is in here");
                self.add(about, NotProven, format!("that {author} wrote {what}: {why}"));
            }
            None => {
                let why = "the signature on it does not verify";
                self.add(about, NotProven, format!("that {author} wrote {what}: {why}"));
            }
        }
    }
}
