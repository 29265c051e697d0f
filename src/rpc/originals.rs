//! Messages that carry another one or are about it, held against it: a translation against the original that is on
//! record here, a forwarding against its bytes, answers against their questions, what takes another's place or takes
//! it back against whose that is; and whose signature the bytes handed on bear.
//!
//! Never here: a refusal. An original that is not here is waited for, and a signature that can't be verified is
//! said to be so.

use std::sync::OnceLock;

use crate::codec::content;
use crate::codec::forwarded::{self, Opened};
use crate::domain::board::Board;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::exercise::Calendar;
use crate::domain::form::{ActivityReference, MessageReference};
use crate::domain::forwarded::Forwarded;
use crate::domain::heading::{Is, named};
use crate::domain::message::Outgoing;
use crate::domain::party::Party;
use crate::domain::refusal::FaultNamed;
use crate::domain::thread::Entry;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records, StoredMessage};

/// Reads originals at one head; only what was on record here by an instant, `None` for now.
pub struct Originals<'h> {
    head: &'h Head,
    records: Records,
    as_of: Option<Instant>,
    /// Looked for once.
    calendars: OnceLock<Vec<StoredMessage>>,
}

impl<'h> Originals<'h> {
    pub fn at(head: &'h Head, records: Records, as_of: Option<Instant>) -> Originals<'h> {
        Originals { head, records, as_of, calendars: OnceLock::new() }
    }

    /// Which of the messages that the content of a message names are not held here, or not in the thread to which
    /// they have to belong. What the envelope refers to as well is waited for, and that is told of it.
    ///
    /// # Errors
    /// As for `faults`.
    pub async fn not_held(
        &self,
        outgoing: &Outgoing,
        content: &Content,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let mut found = Vec::new();
        for named in named(content).into_iter().take(limits::NAMED_LOOKED_FOR_MAX) {
            let Some(digest) = named.reference.message_digest.map(|digest| digest.0) else { continue };
            let thread = self.head.board.thread(outgoing.thread);
            let is_waited_for = outgoing.references.iter().any(|one| one.message == Some(digest));
            let rule = if !self.holds(&digest).await? {
                if is_waited_for {
                    continue;
                }
                "the message that it names is not held here"
            } else if named.is == Is::OfTheThread && !thread.is_some_and(|one| one.holds_message(&digest)) {
                "is no message of this thread"
            } else {
                continue;
            };
            found.push(FaultNamed::new(format!("{}.message_digest", named.field), rule));
        }
        Ok(found)
    }

    async fn holds(&self, digest: &Digest) -> Result<bool, RecordFault> {
        match self.as_of {
            None => Ok(self.head.board.messages.contains_key(digest)),
            Some(_) => Ok(self.original(digest).await?.is_some()),
        }
    }

    /// What is wrong with the content of this author beside the message that it carries, or is about. Empty for
    /// most kinds, and where that message is not here. `message`: its digest, if it is on record; `None` for a
    /// draft.
    ///
    /// # Errors
    /// The journal does not answer, or is not what it was.
    pub async fn faults(
        &self,
        author: Option<Party>,
        outgoing: &Outgoing,
        content: &Content,
        message: Option<&Digest>,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        match content {
            Content::Amendment(form) => {
                let mut found = self.by_its_author(author, "amends", &form.amends).await?;
                // What has no effect on another's notice has none on its cancellation.
                if found.is_empty() && self.is_cancelled(author, outgoing, message).await? {
                    let rule = "its author cancelled it: with this, notice is given again";
                    found.push(FaultNamed::new("amends", rule));
                }
                let references = &form.notification.references;
                found.extend(self.entries(author, "notification.references", references).await?);
                Ok(found)
            }
            Content::Notification(form) => self.entries(author, "references", &form.references).await,
            Content::Invitation(form) => self.entries(author, "references", &form.references).await,
            Content::Cancellation(form) => self.entries(author, "references", &form.references).await,
            Content::Translation(form) => {
                let Some(digest) = form.of.message_digest else { return Ok(Vec::new()) };
                let Some(original) = self.original(&digest.0).await? else { return Ok(Vec::new()) };
                let draft = &original.message.draft;
                let read = content::said(&draft.kind, &draft.content);
                let mut found = form.against(&outgoing.parts, draft, read.content());
                let author = original.message.author;
                let lets = |party: &Party| *party == author || draft.may_be_given_to(*party);
                if !outgoing.parties().iter().all(lets) {
                    let rule = "its author lets only Parties have it among which an addressee is not";
                    found.push(FaultNamed::new("of", rule));
                }
                found.truncate(limits::FAULTS_MAX);
                Ok(found)
            }
            Content::Forwarded(form) => {
                let (Some(forwards), Some(enclosed)) = (&outgoing.forwards, &form.original) else {
                    return Ok(Vec::new());
                };
                let original = self.original(&forwards.message).await?;
                let differs = original.is_some_and(|original| original.signed != enclosed.0);
                let rule = "is not byte for byte the message that is on record here";
                Ok(differs.then(|| FaultNamed::new("original", rule)).into_iter().collect())
            }
            Content::Answer(form) => {
                let Some(asked) = self.named(&form.to).await? else { return Ok(Vec::new()) };
                let draft = &asked.message.draft;
                let read = content::said(&draft.kind, &draft.content);
                let question = match read.content() {
                    Some(Content::Question(question)) => Some(question),
                    Some(_) | None => None,
                };
                Ok(form.against(question))
            }
            Content::Update(form) => self.by_its_author(author, "updates", &form.updates).await,
            Content::MessageWithdrawal(form) => {
                let mut found = self.by_its_author(author, "withdraws", &form.withdraws).await?;
                let taken_back = self.named(&form.withdraws).await?;
                if taken_back.is_some_and(|one| one.message.draft.kind == Kind::MessageWithdrawal.name()) {
                    let rule = "is itself a withdrawal, which is not taken back: it would have no effect";
                    found.push(FaultNamed::new("withdraws", rule));
                }
                Ok(found)
            }
            Content::Report(_)
            | Content::Finding(_)
            | Content::Closing(_)
            | Content::SameIncident(_)
            | Content::Question(_)
            | Content::Text(_)
            | Content::ServiceMessage(_)
            | Content::Calendar(_)
            | Content::Transcription(_)
            | Content::Conclusion(_)
            | Content::Statement(_)
            | Content::SameActivity(_)
            | Content::Adoption(_)
            | Content::Suspension(_)
            | Content::Resumption(_)
            | Content::Withdrawal(_)
            | Content::Formatted(_) => Ok(Vec::new()),
        }
    }

    /// Only an author's own message has its place taken, or is taken back.
    async fn by_its_author(
        &self,
        author: Option<Party>,
        field: &str,
        reference: &MessageReference,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let Some(author) = author else { return Ok(Vec::new()) };
        let is_its_own = match self.named(reference).await? {
            Some(there) => there.message.author == author,
            // Of a number it is said whose it is.
            None if reference.message_digest.is_none() => {
                reference.author.parse::<Party>().map_or(true, |said| said == author)
            }
            None => true,
        };
        if is_its_own {
            return Ok(Vec::new());
        }
        let rule = "is another Party's message: it would have no effect on that";
        Ok(vec![FaultNamed::new(field, rule)])
    }

    /// Whether the author cancelled what it had notified in a thread, and has not given notice again since;
    /// before this message, `None` for now.
    async fn is_cancelled(
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
                    let cancelled = self.named(&form.cancels).await?.map(|one| one.message.draft.kind);
                    if cancelled.is_none_or(|kind| kind != Kind::Calendar.name()) {
                        return Ok(true);
                    }
                }
                Some(_) | None => {}
            }
        }
        Ok(false)
    }

    /// Marks references to an entry that the calendar does not have, where that calendar is held here.
    async fn entries(
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

    async fn named(&self, reference: &MessageReference) -> Result<Option<StoredMessage>, RecordFault> {
        match reference.message_digest {
            Some(digest) => self.original(&digest.0).await,
            None => Ok(None),
        }
    }

    async fn original(&self, digest: &Digest) -> Result<Option<StoredMessage>, RecordFault> {
        let Some(there) = self.head.board.messages.get(digest) else { return Ok(None) };
        let stored = self.records.message(there.index, digest).await?;
        Ok(Some(stored).filter(|stored| self.as_of.is_none_or(|at| stored.record.at <= at)))
    }
}

/// Whose message was handed on, and whether its signature verifies by the key lists that are on record here.
/// `None` where it can't be opened, which is marked in any case.
pub fn signature_mark(board: &Board, form: &Forwarded, as_of: Option<Instant>) -> Option<String> {
    let Opened::Message(original) = forwarded::open(form) else { return None };
    let author = original.message.author;
    let Some(known) = board.roster.parties.get(&author).filter(|known| known.newest().is_some()) else {
        return Some(format!(
            "the original is said to be by {author}: its signature can't be verified here, where no key list of \
             {author} is on record"
        ));
    };
    let newest = board.roster.newest_list_of(author);
    let told = match forwarded::verified_under(&original.wrapping, &known.key_lists) {
        Some(number) => format!(
            "original by {author}, its signature verified under {author}'s key list {number} of {newest} on record \
             here"
        ),
        None => format!(
            "the original is said to be by {author}, and its signature does not verify under any of {author}'s \
             {newest} key list(s) on record here"
        ),
    };
    // Whoever hands it on may be the one who introduced its author.
    Some(match known.unconfirmed(as_of) {
        Some(by) => format!("{told}; {author} is unconfirmed: introduced by {by}"),
        None => told,
    })
}
