//! A thread read from the journal: the messages in their order with their exact bytes, what became of
//! each dispatch, marks and faults; now, or as it was on record here at an instant.
//!
//! Never here: a judgement of what is said. Used by `message.rs` and, for the auditor, `audit.rs`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::became_copies::CopiedWord;
use super::held::HeldRegimes;
use super::originals::{self, Originals};
use super::{became, became_copies, by_hand, came_by_file, faults, part};
use crate::codec::content::{self, Said};
use crate::codec::message::precedence_to_proto;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::{Board, Noted};
use crate::domain::check::NotAgreed;
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::event::{Event, Received, Record, Released};
use crate::domain::language::Language;
use crate::domain::message::{Message, Outgoing, Receipt};
use crate::domain::party::Party;
use crate::domain::thread::{Entry, Thread};
use crate::domain::time::Instant;
use crate::domain::transcription;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records};

/// One page of a thread, `from` messages on. `as_of`: only what was on record here by then, receipts and
/// references included; `None` for now, which is `asked_at`. Labels of regimes in the reader's language, `None`
/// for each message's own. Without messages if the thread was not known.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub async fn thread_as_of(
    head: &Head,
    journal: &Journal,
    thread: ThreadId,
    (as_of, asked_at): (Option<Instant>, Instant),
    from: usize,
    reader: Option<Language>,
) -> Result<calls::ShowThreadResponse, RecordFault> {
    let Some(now) = head.board.thread(thread) else { return Ok(calls::ShowThreadResponse::default()) };
    let then = as_of.map_or_else(|| Cow::Borrowed(now), |at| Cow::Owned(now.as_of(at)));
    let judged_at = as_of.unwrap_or(asked_at);
    let regimes = HeldRegimes::at(head, journal).as_of(as_of).read_in(reader).judged_at(judged_at);
    let records = head.records(journal);
    let originals = Originals::at(head, records.clone(), as_of);
    let later_words = limits::LATER_WORDS_READ_MAX;
    let copies = match as_of {
        None => became_copies::withdrawals(head, &records, thread).await?,
        Some(_) => Vec::new(),
    };
    let times = BTreeMap::new();
    let mut look = Look { head, records, originals, regimes, as_of, times, later_words, copies };
    let order = then.in_order();
    let mut page = calls::ShowThreadResponse { gaps: gaps(&then), ..Default::default() };
    let (mut shown, mut bytes) = (from, 0_usize);
    for entry in order.iter().skip(from) {
        if page.messages.len() >= limits::THREAD_PAGE_MESSAGES || bytes >= limits::THREAD_PAGE_BYTES {
            page.next = u32::try_from(shown).unwrap_or(u32::MAX);
            break;
        }
        let message = look.message(entry).await?;
        bytes = bytes.saturating_add(prost::Message::encoded_len(&message));
        page.messages.push(message);
        shown = shown.saturating_add(1);
    }
    Ok(page)
}

fn gaps(thread: &Thread) -> Vec<calls::ThreadGap> {
    let gap = |(author, place): (Party, u64)| calls::ThreadGap { author: author.to_string(), place };
    thread.gaps().into_iter().map(gap).collect()
}

/// Of an acknowledgement, or the word that a console shows a text.
const SAYS_MORE: &str =
    "it holds more than a node writes by itself when a message was read or is shown: it is to be read";

/// What a reader is told about a message beside what it says. Holds nothing that a Party wrote, but for names and
/// patterns of regimes that are held here.
pub fn marks_of(board: &Board, message: &Message, said: &Said, as_of: Option<Instant>) -> Vec<String> {
    let mut marks = content::marks(said, &message.draft.content);
    if message.draft.says_more {
        marks.push(SAYS_MORE.into());
    }
    marks.extend(unconfirmed(board, message, as_of));
    if message.draft.regime.as_ref().is_some_and(|cited| !board.holds_regime(&cited.digest, as_of)) {
        marks.push("the regime that it cites is not held here".into());
    }
    if let Some(held) = board.number_off_pattern(message, as_of) {
        let (name, pattern) = (&held.name, held.number_pattern());
        marks.push(format!("its number does not follow the pattern of {name}: {pattern}"));
    }
    if let Some(Content::Forwarded(form)) = said.content() {
        marks.extend(originals::signature_mark(board, form, as_of));
    }
    if let Some(Content::Formatted(form)) = said.content()
        && let Some(rule) = form.other_regime(message.draft.regime.as_ref())
    {
        marks.push(rule.into());
    }
    if let Some(origin) = content::origin(&message.draft.kind, said) {
        marks.push(transcription::mark(&origin, message.author.as_str()));
    }
    marks
}

/// Which Parties of a message were introduced by another, and their fingerprint not compared: its author, or
/// those to whom we send it.
pub fn unconfirmed(board: &Board, message: &Message, as_of: Option<Instant>) -> Vec<String> {
    match introducer(board, message.author, as_of) {
        Some(by) => vec![format!("unconfirmed: introduced by {by}")],
        None => unconfirmed_addressees(board, &message.draft, as_of),
    }
}

/// Those to whom a message or a draft goes, as above.
pub fn unconfirmed_addressees(board: &Board, outgoing: &Outgoing, as_of: Option<Instant>) -> Vec<String> {
    let told = outgoing.parties().into_iter();
    let told = told.filter_map(|party| Some((party, introducer(board, party, as_of)?)));
    told.map(|(party, by)| format!("{party} is unconfirmed: introduced by {by}")).collect()
}

/// That what a message refers to has not come, where that is on record.
pub(super) fn waits_too_long(board: &Board, digest: &Digest, message: &Message) -> Option<String> {
    let missing = message.draft.references.iter().filter_map(|reference| reference.message);
    let mut waiting = missing.filter_map(|missing| board.waiting.get(&missing)).flatten();
    let noted = waiting.find(|one| one.message == *digest && one.noted == Noted::OnRecord)?;
    Some(format!("what it refers to has not come since {}: that is on record", noted.since))
}

fn introducer(board: &Board, party: Party, as_of: Option<Instant>) -> Option<Party> {
    board.roster.parties.get(&party)?.unconfirmed(as_of)
}

/// Who reads at one head as of one instant.
struct Look<'h> {
    head: &'h Head,
    records: Records,
    originals: Originals<'h>,
    regimes: HeldRegimes<'h>,
    as_of: Option<Instant>,
    /// When messages that others refer to were put on record, by index.
    times: BTreeMap<u64, Instant>,
    /// In so many later words of their authors it is still looked for what became of messages that are handed on.
    later_words: usize,
    /// Withdrawals that were handed on in the thread.
    copies: Vec<CopiedWord>,
}

impl Look<'_> {
    async fn message(&mut self, entry: &Entry) -> Result<calls::ThreadMessage, RecordFault> {
        let record = self.records.record(entry.index).await?;
        let held = held(&record, &entry.digest).ok_or(RecordFault::NoSuchMessage { index: entry.index })?;
        let said = content::said(&held.message.draft.kind, &held.message.draft.content);
        let mut marks = held.marks;
        marks.extend(came_by_file::mark(&self.records, &record, &entry.digest).await?);
        marks.extend(marks_of(&self.head.board, held.message, &said, self.as_of));
        let left_out = self.head.board.duties.left_out.of(&entry.digest);
        let then = left_out.filter(|left| self.as_of.is_none_or(|as_of| left.at <= as_of));
        marks.extend(then.map(|left| left.says()));
        if self.as_of.is_none() {
            let of = became::of_handed_on(self.head, &self.records, held.message, self.later_words);
            let (became, read) = of.await?;
            self.later_words = self.later_words.saturating_sub(read);
            marks.extend(became);
            became_copies::mark(&mut marks, held.message, &self.copies);
        }
        if self.as_of.is_none() {
            marks.extend(waits_too_long(&self.head.board, &entry.digest, held.message));
        }
        let delivered = match held.released {
            Some(released) => self.delivered(released, &mut marks).await?,
            None => Vec::new(),
        };
        let (message, content) = (held.message, said.content());
        let by_hand = match held.released {
            Some(_) => {
                let (board, as_of) = (&self.head.board, self.as_of);
                let about = (&entry.digest, message);
                by_hand::of_message(board, &self.records, &mut self.regimes, about, as_of).await?
            }
            None => Vec::new(),
        };
        let faults =
            faults::of_message(&self.originals, &self.regimes, &entry.digest, message, &said).await?;
        let check = self.regimes.check_message(entry.digest, message, content).await?;
        Ok(calls::ThreadMessage {
            digest: entry.digest.0.to_vec().into(),
            message: held.signed,
            place: entry.place,
            recorded_at_ms: entry.recorded_at.0,
            delivered,
            marks,
            faults,
            waits_for: self.waits_for(held.message).await?,
            parts: part::held(&self.head.board, &held.message.draft.parts),
            check,
            by_hand,
        })
    }

    async fn delivered(
        &self,
        released: &Released,
        marks: &mut Vec<String>,
    ) -> Result<Vec<calls::Delivered>, RecordFault> {
        let mut all = Vec::with_capacity(released.dispatches.len());
        for (dispatch, _) in &released.dispatches {
            let lane = self.head.board.link(dispatch.to).map(|link| link.lane(dispatch.lane));
            let receipted = lane.and_then(|lane| lane.receipted.get(&dispatch.serial)).copied();
            let disputed = lane.and_then(|lane| lane.disputed.get(&dispatch.serial)).copied();
            let mut delivered = calls::Delivered {
                to: dispatch.to.to_string(),
                serial: dispatch.serial,
                lane: precedence_to_proto(dispatch.lane),
                ..Default::default()
            };
            let receipt = self.receipt(receipted, &released.digest).await?;
            marks.extend(self.no_check(released, dispatch.to, receipt.as_ref().map(|(receipt, _)| receipt)));
            if let Some((receipt, heard)) = receipt {
                delivered.received_at_ms = receipt.received_at.0;
                delivered.outcome = receipt.outcome.sentence().into();
                marks.extend(disputed_time(&receipt, released.message.released_at, Some(heard)));
            }
            if let Some(index) = disputed
                && self.was_on_record(&self.records.record(index).await?)
            {
                marks.push(format!("a receipt of {} that does not verify is on record", dispatch.to));
            }
            all.push(delivered);
        }
        Ok(all)
    }

    /// Why what two persons released as a check, or as the answer to one, does not count as that: the other end says
    /// the same. What `SendCheck` released was held against all of it before.
    fn no_check(&self, released: &Released, to: Party, receipt: Option<&Receipt>) -> Option<String> {
        let board = &self.head.board;
        let known = board.check_schedule()?;
        if released.draft.is_none() || released.message.released_at < known.since_with(to) {
            return None;
        }
        let message = &released.message;
        if board.answers_forgotten_check(&message.draft, to) {
            return Some(
                "whether it counts as an answer is not told: its check is no longer kept here".into(),
            );
        }
        let times = (message.released_at, receipt.map(|receipt| receipt.received_at));
        let why = board.why_no_check(&message.draft, (message.author, to), Some(&released.digest), times);
        why.map(NotAgreed::mark)
    }

    /// The receipt for a message, and when it was put on record here.
    async fn receipt(
        &self,
        index: Option<u64>,
        message: &Digest,
    ) -> Result<Option<(Receipt, Instant)>, RecordFault> {
        let Some(index) = index else { return Ok(None) };
        let record = self.records.record(index).await?;
        if !self.was_on_record(&record) {
            return Ok(None);
        }
        Ok(record.events.iter().find_map(|event| match event {
            Event::Receipted(receipted) if receipted.receipt.message == *message => {
                Some((receipted.receipt.clone(), record.at))
            }
            _ => None,
        }))
    }

    fn was_on_record(&self, record: &Record) -> bool {
        self.as_of.is_none_or(|at| record.at <= at)
    }

    /// What the message refers to and was not here.
    async fn waits_for(&mut self, message: &Message) -> Result<Vec<bytes::Bytes>, RecordFault> {
        let mut missing = Vec::new();
        for digest in message.draft.references.iter().filter_map(|reference| reference.message) {
            if !self.was_here(&digest).await? {
                missing.push(digest.0.to_vec().into());
            }
        }
        Ok(missing)
    }

    async fn was_here(&mut self, message: &Digest) -> Result<bool, RecordFault> {
        let Some(there) = self.head.board.messages.get(message) else { return Ok(false) };
        let Some(as_of) = self.as_of else { return Ok(true) };
        let at = match self.times.get(&there.index) {
            Some(at) => *at,
            None => self.records.record(there.index).await?.at,
        };
        self.times.insert(there.index, at);
        Ok(at <= as_of)
    }
}

fn marks_of_received(received: &Received) -> Vec<String> {
    let sent = received.message.as_ref().map(|message| message.released_at);
    let disputed = sent.and_then(|sent| disputed_time(&received.receipt, sent, None));
    received.marks.iter().cloned().chain(disputed).collect()
}

/// A time of receipt outside sending and hearing is disputed; neither side's clock is taken for right.
pub(super) fn disputed_time(receipt: &Receipt, sent: Instant, heard: Option<Instant>) -> Option<String> {
    let (by, author, at) = (receipt.from, receipt.to, receipt.received_at);
    if at < sent {
        return Some(format!(
            "when it was received is disputed: {by} states {at}, before {author} released it by its own clock \
             ({sent})"
        ));
    }
    // In whole seconds, as in the proof of a thread.
    let heard = heard.filter(|heard| at.seconds() > heard.seconds())?;
    Some(format!(
        "when it was received is disputed: {by} states {at}, and {author} had the receipt at {heard}"
    ))
}

/// A message as its record holds it.
struct Held<'r> {
    message: &'r Message,
    signed: bytes::Bytes,
    marks: Vec<String>,
    /// `Some` for our own.
    released: Option<&'r Released>,
}

fn held<'r>(record: &'r Record, digest: &Digest) -> Option<Held<'r>> {
    record.events.iter().find_map(|event| match event {
        Event::Released(released) if released.digest == *digest => Some(Held {
            message: &released.message,
            signed: released.signed.clone(),
            marks: Vec::new(),
            released: Some(released),
        }),
        Event::Received(received) if received.dispatch.message == *digest => Some(Held {
            message: received.message.as_ref()?,
            signed: received.message_signed.clone(),
            marks: marks_of_received(received),
            released: None,
        }),
        _ => None,
    })
}
