//! Messages of a session that came to the maker of a bundle within those of other Parties: what they hand on counts as its
//! author's own there where the author signed it and addressed it to the maker, as at the maker's node
//! (`rpc/hotline/by_way.rs`).
//!
//! Never here: a delivery. That the author dispatched it to the maker nothing in here shows.

use super::Weight::{NotProven, Stated};
use super::dated::Weighed;
use super::session::spoken;
use super::thread::{Checker, name};
use crate::codec::bundle::BundleMessage;
use crate::codec::content;
use crate::codec::forwarded::{self, Opened, Original};
use crate::codec::signed;
use crate::domain::content::Content;
use crate::domain::hotline::session::{Spoken, begins};
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::evidence::signed::PayloadType;

impl Checker<'_> {
    /// Puts them behind the others, each by the first message that hands it on since the session began.
    pub(super) fn by_way(&mut self, all: &mut Vec<Spoken>) {
        let bundle = self.bundle;
        let Some(began) = begins(all, bundle.made_by).map(|one| one.recorded) else { return };
        for (recorded, one) in (0..).zip(&bundle.messages).filter(|(recorded, _)| *recorded > began) {
            let Some((carrier, original)) = self.handed_to_maker(one) else { continue };
            let author = original.message.author;
            if all.iter().any(|there| there.said.message == original.digest) {
                continue;
            }
            // Which list was in force at the maker by then is not in here.
            let list = self.keys.numbers(author).rev().find(|list| self.is_by(&original, author, *list));
            let Some(list) = list else { continue };
            let said = spoken(original.digest, &original.message, recorded);
            let Some(said) = said.filter(Spoken::is_ordered) else { continue };
            all.push(said);
            self.came_by_way(&carrier, *original, list);
        }
    }

    /// A message that one of another Party's hands on, and that is addressed to the maker.
    fn handed_to_maker(&self, one: &BundleMessage) -> Option<(Message, Box<Original>)> {
        let (maker, thread) = (self.bundle.made_by, self.bundle.thread);
        let carrier = self.messages.get(&signed::decode(one.message.clone()).ok()?.digest())?;
        let said = content::said(&carrier.draft.kind, &carrier.draft.content);
        let Some(Content::Forwarded(form)) = said.content() else { return None };
        let Opened::Message(original) = forwarded::open(form) else { return None };
        let message = &original.message;
        let is_others = carrier.author != maker && message.author != maker;
        let is_to_maker = message.draft.thread == thread && message.draft.parties().contains(&maker);
        (is_others && is_to_maker).then(|| (carrier.clone(), original))
    }

    fn is_by(&self, original: &Original, author: Party, list: u32) -> bool {
        self.is_signed(&original.wrapping, PayloadType::Message, author, list)
    }

    fn came_by_way(&mut self, carrier: &Message, original: Original, list: u32) {
        let (about, author) = (name(&original.message), original.message.author);
        // Nothing else dates it.
        let word = Weighed::under(author, self.keys.is_newest(author, list));
        self.number_given_before(&original.message, &word);
        if !word.is_proven() {
            let sentence = format!("that {author} wrote it while its key list {list} was in force");
            self.signed(&about, NotProven, &[author], sentence);
        }
        let (file, by, within) = (self.file(), carrier.author, name(carrier));
        let sentence =
            format!("by {file}: it came there by way of {by}, within {within}, and not from {author}");
        self.add(&about, Stated, sentence);
        self.words.insert(original.digest, word);
        self.messages.insert(original.digest, original.message);
    }
}
