//! The translations that are shown in a thread: those that lie in it, and those of messages that were handed on in it.
//!
//! Never here: a translation in the place of its original, which always counts.

use std::collections::BTreeMap;

use super::{History, Line};
use crate::cli::desk::Desk;
use crate::cli::fault::Fault;
use crate::cli::message::handed_on;
use crate::cli::message::translations::{is_into, threads_of_copies};
use crate::codec::forwarded::Original;
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::domain::translation::Beside;

impl History {
    /// Shows the translations into this language under the texts that they are of; of others it is said only
    /// that they are there.
    pub fn with_translation(mut self, language: Option<String>) -> History {
        self.language = language;
        self
    }

    /// Those of one message that are in this thread, in its order.
    pub fn translations_of(&self, original: &Digest) -> Vec<Beside> {
        let of = |line: &Line| {
            let Some(Content::Translation(form)) = line.said.content() else { return None };
            let one = Beside {
                by: line.message.author,
                number: line.message.number.clone(),
                message: line.digest,
                form: form.clone(),
                withdrawn_by: self.withdrawal_of(line).map(|word| word.message.number.clone()),
            };
            Some(one).filter(|one| one.is_of(original))
        };
        self.messages.iter().filter_map(of).collect()
    }

    /// A message that one here hands on, and who does so.
    pub(in crate::cli::message) fn handed_on(&self, of: &Digest) -> Option<(Party, Box<Original>)> {
        self.messages.iter().find_map(|line| {
            let original = handed_on::original(&line.said)?;
            (original.digest == *of).then_some((line.message.author, original))
        })
    }

    /// Reads also the translations that lie in the threads of messages which are handed on here; and, where
    /// translations are to be shown, those of messages here that lie in threads which a copy opened.
    ///
    /// # Errors
    /// The node does not answer.
    pub async fn look_elsewhere(
        &mut self,
        desk: &Desk,
        thread: ThreadId,
        as_of: Option<Instant>,
    ) -> Result<(), Fault> {
        let mut wanted: BTreeMap<ThreadId, Vec<Digest>> = BTreeMap::new();
        for original in self.messages.iter().filter_map(|line| handed_on::original(&line.said)) {
            wanted.entry(original.message.draft.thread).or_default().push(original.digest);
        }
        wanted.remove(&thread);
        if self.language.is_some() {
            let here: Vec<Digest> = self.messages.iter().map(|line| line.digest).collect();
            for other in threads_of_copies(desk).await?.into_iter().filter(|other| *other != thread) {
                wanted.entry(other).or_default().extend(&here);
            }
        }
        for (other, mut originals) in wanted {
            originals.sort();
            originals.dedup();
            let Some(there) = History::ask_if_any(desk, other, as_of, None).await? else { continue };
            self.elsewhere.extend(originals.iter().flat_map(|original| there.translations_of(original)));
        }
        Ok(())
    }

    /// Those of a message, and of one that it hands on.
    pub(super) fn translations_at(&self, line: &Line) -> Vec<Beside> {
        let mut found = self.translations_of(&line.digest);
        found.extend(self.elsewhere.iter().filter(|one| one.is_of(&line.digest)).cloned());
        if let Some(original) = handed_on::original(&line.said) {
            found.extend(self.translations_of(&original.digest));
            found.extend(self.elsewhere.iter().filter(|one| one.is_of(&original.digest)).cloned());
        }
        found
    }

    /// Those to be shown beside its texts, and the others.
    pub(super) fn beside(&self, line: &Line) -> (Vec<Beside>, Vec<Beside>) {
        let asked = |one: &Beside| self.language.as_ref().is_some_and(|language| is_into(one, language));
        self.translations_at(line).into_iter().partition(asked)
    }
}
