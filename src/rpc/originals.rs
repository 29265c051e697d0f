//! Messages that carry another one or are about it, held against it: a translation against the original that is on
//! record here, a forwarding against its bytes, answers against their questions, what takes another's place or takes
//! it back against whose that is; and whose signature the bytes handed on bear.
//!
//! Never here: a refusal. An original that is not here is waited for, and a signature that can't be verified is
//! said to be so.

use std::sync::OnceLock;

use super::became;
use super::originals_releasable::{of_translation, persons_handed_on};
use crate::codec::content;
use crate::codec::forwarded::{self, Opened, Original};
use crate::domain::activity::{Judgement, Request};
use crate::domain::became::is_of_what_became;
use crate::domain::board::Board;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::form::MessageReference;
use crate::domain::forwarded::Forwarded;
use crate::domain::heading::{Is, named};
use crate::domain::message::{Message, Outgoing};
use crate::domain::party::Party;
use crate::domain::refusal::FaultNamed;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::{RecordFault, Records, StoredMessage};

/// Reads originals at one head; only what was on record here by an instant, `None` for now.
pub struct Originals<'h> {
    pub(super) head: &'h Head,
    records: Records,
    as_of: Option<Instant>,
    /// Looked for once.
    pub(super) calendars: OnceLock<Vec<StoredMessage>>,
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

    /// What is said of a text of rules beside its digest, where the text says otherwise.
    pub fn misnamed(&self, outgoing: &Outgoing, content: Option<&Content>) -> Vec<FaultNamed> {
        self.head.board.misnamed(outgoing, content, self.as_of)
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
        let mut found = self.referred_beyond(outgoing).await?;
        found.extend(self.misnumbered(outgoing, content).await?);
        found.extend(self.of_other_traffic(outgoing, content).await?);
        found.extend(self.withdrawn(outgoing, content, message).await?);
        // Of what is on record the session itself tells it.
        if message.is_none() {
            found.extend(self.faults_with_session(outgoing).await?);
        }
        if let Some(earlier) = content.in_place_of() {
            found.extend(self.of_its_kind(author, content, earlier).await?);
        }
        found.extend(self.about(author, outgoing, content, message).await?);
        Ok(found)
    }

    async fn about(
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
            Content::Cancellation(form) => {
                let mut found = self.by_its_author(author, "cancels", &form.cancels).await?;
                let cancelled = self.named(&form.cancels).await?;
                let is_announced = |one: &StoredMessage| {
                    Kind::from_name(&one.message.draft.kind).is_some_and(Kind::may_be_cancelled)
                };
                let rule = "is neither a notice nor a calendar: it would have no effect on that";
                let is_neither = cancelled.as_ref().is_some_and(|one| !is_announced(one));
                found.extend(is_neither.then(|| FaultNamed::new("cancels", rule)));
                found.extend(cancelled.and_then(|one| left_out(author, outgoing, &one.message)));
                found.extend(self.entries(author, "references", &form.references).await?);
                Ok(found)
            }
            Content::Request(form) => self.entries(author, "references", &form.references).await,
            Content::Translation(form) => {
                let Some(digest) = form.of.message_digest else { return Ok(Vec::new()) };
                let Some(original) = self.original(&digest.0).await? else { return Ok(Vec::new()) };
                let draft = &original.message.draft;
                let read = content::said(&draft.kind, &draft.content);
                let mut found = form.against(&outgoing.parts, draft, read.content());
                found.extend(of_translation(outgoing, &original.message));
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
                let mut found = self.handed_on_beyond(outgoing, form).await?;
                found.extend(differs.then(|| FaultNamed::new("original", rule)));
                found.extend(persons_handed_on(outgoing, form));
                // Of what is on record its reader is told by marks.
                if message.is_none() {
                    found.extend(self.changed_since(form).await?);
                }
                Ok(found)
            }
            Content::Answer(form) => {
                let Some(asked) = self.named(&form.to).await? else { return Ok(Vec::new()) };
                let draft = &asked.message.draft;
                let read = content::said(&draft.kind, &draft.content);
                let question = match read.content() {
                    Some(Content::Question(question)) => Some(question),
                    Some(_) | None => None,
                };
                let mut found = form.against(question);
                found.extend(put_to_others(author, draft).then(|| FaultNamed::new("to", PUT_TO_OTHERS)));
                Ok(found)
            }
            Content::Reply(form) => {
                let Some(asked) = self.named(&form.request).await? else { return Ok(Vec::new()) };
                let mut found = form.against(request_in(&asked).as_ref());
                let to_others = put_to_others(author, &asked.message.draft);
                found.extend(to_others.then(|| FaultNamed::new("request", PUT_TO_OTHERS)));
                Ok(found)
            }
            Content::Joining(form) => {
                let Some(asked) = self.named(&form.request).await? else { return Ok(Vec::new()) };
                let is_asked = author.is_some_and(|author| is_asked_to_act(author, &asked.message.draft));
                let rule = "is put to this Party itself: who is asked does not ask";
                Ok(is_asked.then(|| FaultNamed::new("request", rule)).into_iter().collect())
            }
            Content::Judgement(form) => self.judged(author, form).await,
            Content::Update(form) => self.by_its_author(author, "updates", &form.updates).await,
            Content::MessageWithdrawal(form) => {
                let mut found = self.by_its_author(author, "withdraws", &form.withdraws).await?;
                let taken_back = self.named(&form.withdraws).await?;
                let Some(taken_back) = taken_back.map(|one| one.message) else { return Ok(found) };
                let kind = Kind::from_name(&taken_back.draft.kind);
                found.extend(kind.and_then(not_taken_back).map(|rule| FaultNamed::new("withdraws", rule)));
                found.extend(left_out(author, outgoing, &taken_back));
                Ok(found)
            }
            Content::Suspension(form) => self.untold(author, outgoing, &form.adoption).await,
            Content::Resumption(form) => self.untold(author, outgoing, &form.suspension).await,
            Content::Withdrawal(form) => self.untold(author, outgoing, &form.adoption).await,
            _ => Ok(Vec::new()),
        }
    }

    /// Who was told an earlier word on rules and is not told this one, which changes it.
    async fn untold(
        &self,
        author: Option<Party>,
        outgoing: &Outgoing,
        earlier: &MessageReference,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let earlier = self.named(earlier).await?;
        let left = earlier.and_then(|earlier| left_out(author, outgoing, &earlier.message));
        let whole = |fault: FaultNamed| {
            let rule = format!("{}: towards whoever is not told, nothing is changed by this", fault.rule);
            FaultNamed { rule, ..fault }
        };
        Ok(left.map(whole).into_iter().collect())
    }

    /// What became of a message that is to be handed on: whoever gets it does not know that by itself.
    async fn changed_since(&self, form: &Forwarded) -> Result<Vec<FaultNamed>, RecordFault> {
        let Opened::Message(original) = forwarded::open(form) else { return Ok(Vec::new()) };
        let (of, most) = ((&original.digest, &original.message), limits::LATER_WORDS_READ_MAX);
        let marks = became::of_one(self.head, &self.records, of, most).await?.into_iter();
        let told = marks.filter(|mark| is_of_what_became(mark));
        Ok(told
            .map(|mark| FaultNamed::new("original", format!("does not stand as it was said: {mark}")))
            .collect())
    }

    /// Judged by the numbers of the questions that the reply is to: silence about one can be judged as well.
    async fn judged(&self, author: Option<Party>, form: &Judgement) -> Result<Vec<FaultNamed>, RecordFault> {
        let Some(reply) = self.named(&form.reply).await? else { return Ok(Vec::new()) };
        if author == Some(reply.message.author) {
            let rule = "is this Party's own: whoever asked judges it";
            return Ok(vec![FaultNamed::new("reply", rule)]);
        }
        let read = content::said(&reply.message.draft.kind, &reply.message.draft.content);
        let Some(Content::Reply(reply)) = read.content() else {
            return Ok(vec![FaultNamed::new("reply", "the message is no reply")]);
        };
        let Some(asked) = self.named(&reply.request).await? else { return Ok(Vec::new()) };
        Ok(request_in(&asked).map(|request| form.against(&request)).unwrap_or_default())
    }

    /// What takes another's place is of its author and of its kind.
    async fn of_its_kind(
        &self,
        author: Option<Party>,
        content: &Content,
        earlier: &MessageReference,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let mut found = self.by_its_author(author, "in_place_of", earlier).await?;
        let there = self.named(earlier).await?;
        if there.is_some_and(|there| there.message.draft.kind != content.kind().name()) {
            let rule = "is of another kind: it would have no effect on that";
            found.push(FaultNamed::new("in_place_of", rule));
        }
        Ok(found)
    }

    /// Only an author's own message has its place taken, or is taken back.
    async fn by_its_author(
        &self,
        author: Option<Party>,
        field: &str,
        reference: &MessageReference,
    ) -> Result<Vec<FaultNamed>, RecordFault> {
        let Some(author) = author else { return Ok(Vec::new()) };
        let there = self.named(reference).await?;
        let is_its_own = match &there {
            Some(there) => there.message.author == author,
            // Of a number it is said whose it is.
            None if reference.message_digest.is_none() => {
                reference.author.parse::<Party>().map_or(true, |said| said == author)
            }
            None => true,
        };
        let rule = "is another Party's message: it would have no effect on that";
        Ok((!is_its_own).then(|| FaultNamed::new(field, rule)).into_iter().collect())
    }

    pub(super) async fn named(
        &self,
        reference: &MessageReference,
    ) -> Result<Option<StoredMessage>, RecordFault> {
        match reference.message_digest {
            Some(digest) => self.original(&digest.0).await,
            None => Ok(None),
        }
    }

    pub(super) async fn original(&self, digest: &Digest) -> Result<Option<StoredMessage>, RecordFault> {
        let Some(there) = self.head.board.messages.get(digest) else { return Ok(None) };
        let stored = self.records.message(there.index, digest).await?;
        Ok(Some(stored).filter(|stored| self.as_of.is_none_or(|at| stored.record.at <= at)))
    }
}

const PUT_TO_OTHERS: &str = "was put to other Parties, of which this one is none";

/// `author`: `None` where nobody is known to be it.
fn put_to_others(author: Option<Party>, asked: &Outgoing) -> bool {
    author.is_some_and(|author| !is_asked_to_act(author, asked))
}

fn is_asked_to_act(party: Party, asked: &Outgoing) -> bool {
    asked.action.iter().any(|addressee| addressee.party == party)
}

fn request_in(stored: &StoredMessage) -> Option<Request> {
    let draft = &stored.message.draft;
    match content::said(&draft.kind, &draft.content).content() {
        Some(Content::Request(request)) => Some(request.as_ref().clone()),
        Some(_) | None => None,
    }
}

/// Whether the author's signature of a message that was handed on verifies by the key lists that are on record here:
/// whoever hands on a word that nobody signed says nothing of another's by it.
pub(super) fn is_signed(board: &Board, original: &Original) -> bool {
    let known = board.roster.parties.get(&original.message.author);
    known.is_some_and(|known| forwarded::verified_under(&original.wrapping, &known.key_lists).is_some())
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

/// Who got a message and is not told that its author takes it back, cancels it, or changes what it does.
fn left_out(author: Option<Party>, outgoing: &Outgoing, original: &Message) -> Option<FaultNamed> {
    let told = outgoing.parties();
    let left: Vec<String> =
        original.draft.parties().iter().filter(|party| !told.contains(party)).map(Party::to_string).collect();
    let is_its_own = author == Some(original.author);
    (is_its_own && !left.is_empty()).then(|| {
        let rule = format!("leaves out {}, to whom the message went that it is about", left.join(", "));
        FaultNamed::new("heading.action", rule)
    })
}

/// Why the withdrawal of a message takes none of this kind back.
fn not_taken_back(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::MessageWithdrawal => "is itself a withdrawal, which is not taken back: it would have no effect",
        Kind::Adoption => "is an adoption: this has no effect on what binds; leave by a regime.withdrawal",
        Kind::Suspension => {
            "is a suspension: this has no effect on what binds; end it by a regime.resumption"
        }
        Kind::Resumption => {
            "is a resumption: this has no effect on what binds; suspend anew by a regime.suspension"
        }
        Kind::Withdrawal => {
            "is a word of leaving: this has no effect on what binds; come back by a regime.adoption"
        }
        _ => return None,
    })
}
