//! Messages about exercises held against those that they name: an amendment against a cancellation before it, a
//! reference against the calendar of which it names an entry.
//!
//! Never here: a refusal. A calendar that is not here says nothing.

use super::originals::Originals;
use crate::codec::content;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::exercise::Calendar;
use crate::domain::form::{ActivityReference, MessageReference};
use crate::domain::message::Outgoing;
use crate::domain::party::Party;
use crate::domain::refusal::FaultNamed;
use crate::domain::thread::Entry;
use crate::limits;
use crate::replay::records::{RecordFault, StoredMessage};

impl Originals<'_> {
    /// Whether the author cancelled what it had notified in a thread, and has not given notice again since;
    /// before this message, `None` for now.
    pub(super) async fn is_cancelled(
        &self,
        author: Option<Party>,
        outgoing: &Outgoing,
        before: Option<&Digest>,
    ) -> Result<bool, RecordFault> {
        let (Some(author), Some(thread)) = (author, self.head.board.thread(outgoing.thread)) else {
            return Ok(false);
        };
        let place = before.and_then(|digest| thread.entry(digest)).map_or(u64::MAX, |entry| entry.place);
        let earlier = thread.entries().filter(|entry| entry.author == author && entry.place < place);
        let mut earlier: Vec<Entry> = earlier.copied().collect();
        earlier.reverse();
        for entry in earlier.into_iter().take(limits::AMENDMENT_LOOKS_BACK_MAX) {
            let Some(stored) = self.original(&entry.digest).await? else { continue };
            let draft = &stored.message.draft;
            if draft.traffic != outgoing.traffic {
                continue;
            }
            match content::said(&draft.kind, &draft.content).content() {
                Some(Content::Notification(_) | Content::Amendment(_)) => return Ok(false),
                Some(Content::Cancellation(form)) => {
                    let is_notice = |kind| matches!(kind, Kind::Notification | Kind::Amendment);
                    let is_its_notice = |one: StoredMessage| {
                        let kind = Kind::from_name(&one.message.draft.kind);
                        one.message.author == author && kind.is_some_and(is_notice)
                    };
                    if self.named(&form.cancels).await?.is_none_or(is_its_notice) {
                        return Ok(true);
                    }
                }
                Some(_) | None => {}
            }
        }
        Ok(false)
    }

    /// Marks references to an entry that the calendar does not have, where that calendar is held here.
    pub(super) async fn entries(
        &self,
        author: Option<Party>,
        list: &str,
        references: &[ActivityReference],
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let mut found = Vec::new();
        for (index, reference) in references.iter().enumerate().take(limits::NAMED_LOOKED_FOR_MAX) {
            let (Some(year), Some(entry)) = (reference.calendar_year, reference.calendar_entry) else {
                continue;
            };
            let named = match reference.message.message_digest {
                Some(digest) => self.original(&digest.0).await?.into_iter().collect(),
                None => self.calendars_of(author, &reference.message).await?,
            };
            let read =
                named.iter().map(|one| content::said(&one.message.draft.kind, &one.message.draft.content));
            let mut of_year = read.filter_map(|said| match said.content() {
                Some(Content::Calendar(calendar)) if calendar.year == Some(year) => Some(calendar.clone()),
                Some(_) | None => None,
            });
            let has = |calendar: &Calendar| calendar.entries.iter().any(|one| one.number == Some(entry));
            let Some(first) = of_year.next() else { continue };
            if !has(&first) && !of_year.any(|calendar| has(&calendar)) {
                let field = format!("{list}[{}].calendar_entry", index.saturating_add(1));
                found.push(FaultNamed::new(field, "no such entry in the calendar held here"));
            }
        }
        Ok(found)
    }

    /// The calendars of an author that are held here: of whom a reference says so, else of whoever refers.
    async fn calendars_of(
        &self,
        author: Option<Party>,
        reference: &MessageReference,
    ) -> Result<Vec<StoredMessage>, RecordFault> {
        let of = if reference.author.is_empty() { author } else { reference.author.parse().ok() };
        let Some(of) = of else { return Ok(Vec::new()) };
        let calendars = match self.calendars.get() {
            Some(known) => known,
            None => {
                let read = self.calendars().await?;
                self.calendars.get_or_init(|| read)
            }
        };
        let is_meant = |one: &&StoredMessage| {
            one.message.author == of
                && (reference.number.is_empty() || reference.number == one.message.number)
        };
        Ok(calendars.iter().filter(is_meant).cloned().collect())
    }

    /// Of each thread that a calendar opened, all calendars in it.
    async fn calendars(&self) -> Result<Vec<StoredMessage>, RecordFault> {
        let board = &self.head.board;
        let mut found = Vec::new();
        let is_calendar = |one: &StoredMessage| one.message.draft.kind == Kind::Calendar.name();
        for id in board.threads_page(None, limits::CALENDAR_THREADS_MAX).threads {
            let Some(thread) = board.thread(id) else { continue };
            let Some(first) = thread.first() else { continue };
            if !self.original(&first.digest).await?.is_some_and(|one| is_calendar(&one)) {
                continue;
            }
            let some: Vec<Entry> = thread.entries().take(limits::CALENDAR_THREADS_MAX).copied().collect();
            for entry in some {
                found.extend(self.original(&entry.digest).await?.filter(is_calendar));
            }
        }
        Ok(found)
    }
}
