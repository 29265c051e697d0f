//! A thread read: its messages with all clocks, as a person reads them and as a program does.
//!
//! Never here: what stands now, which each noun says of its own threads.

mod known_here;
mod translated;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tonic::{Code, Response};

use super::known::{service, tag};
use super::{checked, rows};
use crate::cli::by_hand;
use crate::cli::desk::{Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::out::say;
use crate::cli::regime::labels::{self, Labelling};
use crate::codec::content::{self, Said};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::{message, signed};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::language::Language;
use crate::domain::message::{Acknowledgement, Message};
use crate::domain::party::Party;
use crate::domain::regime::Regime;
use crate::domain::said::Said as Stated;
use crate::domain::text::shown;
use crate::domain::time::Instant;
use crate::domain::translation::{Beside, SUBJECT, in_heading, saying};

/// A thread as the node holds it, read.
pub struct History {
    messages: Vec<Line>,
    gaps: Vec<calls::ThreadGap>,
    acknowledged: BTreeMap<Digest, Vec<(Party, Acknowledgement)>>,
    /// Those that formatted messages and invitations cite, as far as they are at hand, by digest.
    regimes: BTreeMap<Digest, Regime>,
    /// Into which translations are shown beside the texts.
    language: Option<String>,
    /// In which labels are looked for first; `None` for each message's own.
    reader: Option<Language>,
    /// Translations that lie in the threads of messages which are handed on in this one, or which hand on one of
    /// this one.
    elsewhere: Vec<Beside>,
    /// The Party that holds it.
    own: Option<Party>,
}

/// One message of it.
struct Line {
    digest: Digest,
    message: Message,
    said: Said,
    wire: calls::ThreadMessage,
}

impl Line {
    /// Of a kind that this program does not know nothing is said.
    fn may_be_taken_back(&self) -> bool {
        Kind::from_name(&self.message.draft.kind).is_none_or(Kind::may_be_taken_back)
    }
}

/// Of which messages it is shown what they say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bodies {
    All,
    /// Those that are no form of this noun's: its forms stand in a picture of its own.
    AllBut(&'static str),
}

impl Bodies {
    fn show(self, said: &Said) -> bool {
        match (self, said) {
            (Bodies::All, _) => true,
            (Bodies::AllBut(noun), Said::Form(form)) => form.kind().noun() != noun,
            // It stands at the message that was read.
            (Bodies::AllBut(_), Said::Acknowledgement(_)) => false,
            (Bodies::AllBut(_), Said::Unknown | Said::Unreadable(_)) => true,
        }
    }
}

impl History {
    /// All pages, with labels in the reader's language, `None` for each message's own.
    pub async fn ask(
        desk: &Desk,
        thread: ThreadId,
        as_of: Option<Instant>,
        reader: Option<Language>,
    ) -> Result<History, Fault> {
        let found = History::ask_if_any(desk, thread, as_of, reader).await?;
        found.ok_or_else(|| Fault::new("there is no such thread on record here"))
    }

    /// The same of a thread that may not be here.
    pub(super) async fn ask_if_any(
        desk: &Desk,
        thread: ThreadId,
        as_of: Option<Instant>,
        reader: Option<Language>,
    ) -> Result<Option<History>, Fault> {
        let mut pages = Vec::new();
        let mut from = 0;
        loop {
            let asked = calls::ShowThreadRequest {
                thread: thread.0.to_vec().into(),
                as_of_ms: as_of.map(|at| at.0),
                from,
                language: tag(reader.as_ref()),
            };
            let page = answer(async {
                match service(desk).show_thread(asked).await {
                    Ok(page) => Ok(page.map(Some)),
                    Err(status) if status.code() == Code::NotFound => Ok(Response::new(None)),
                    Err(status) => Err(status),
                }
            });
            let Some(page) = page.await? else { return Ok(None) };
            let next = page.next;
            pages.push(page);
            if next <= from {
                return Ok(Some(History::of(pages)?.read_in(reader).of_party(Some(desk.party))));
            }
            from = next;
        }
    }

    /// Reads what came; the digests are computed here.
    pub fn of(pages: Vec<calls::ShowThreadResponse>) -> Result<History, Fault> {
        let gaps = pages.first().map(|page| page.gaps.clone()).unwrap_or_default();
        let mut messages = Vec::new();
        let mut acknowledged: BTreeMap<Digest, Vec<(Party, Acknowledgement)>> = BTreeMap::new();
        for wire in pages.into_iter().flat_map(|page| page.messages) {
            let wrapping = signed::decode(wire.message.clone())?;
            let read = message::decode(&wrapping.payload)?;
            let said = content::said(&read.draft.kind, &read.draft.content);
            if let Said::Acknowledgement(one) = &said {
                acknowledged.entry(one.message).or_default().push((read.author, one.clone()));
            }
            messages.push(Line { digest: wrapping.digest(), message: read, said, wire });
        }
        Ok(History {
            messages,
            gaps,
            acknowledged,
            regimes: BTreeMap::new(),
            language: None,
            reader: None,
            elsewhere: Vec::new(),
            own: None,
        })
    }

    /// With labels in the reader's language, `None` for each message's own.
    pub fn read_in(self, reader: Option<Language>) -> History {
        History { reader, ..self }
    }

    /// Takes the labels of formatted messages, and what silence about invitations counts as, from regimes that are
    /// built in, or held at the node.
    pub async fn label(&mut self, desk: Option<&Desk>) {
        for line in &self.messages {
            let Some(cited) = labels::cited(&line.message.draft) else { continue };
            if self.regimes.contains_key(&cited.digest) {
                continue;
            }
            let found = match desk {
                Some(desk) => labels::of(desk, &line.message.draft).await,
                None => labels::built_in(&line.message.draft),
            };
            self.regimes.extend(found.map(|regime| (cited.digest, regime)));
        }
    }

    /// Each message that holds a form, for whoever makes a picture of them.
    pub fn forms(&self) -> impl Iterator<Item = (Digest, &Message, &Content)> {
        self.messages
            .iter()
            .filter_map(|line| line.said.content().map(|form| (line.digest, &line.message, form)))
    }

    /// The same, for a picture of the thread.
    pub fn said(&self) -> Vec<Stated> {
        let said = |(digest, message, content): (Digest, &Message, &Content)| Stated {
            message: digest,
            number: message.number.clone(),
            author: message.author,
            traffic: message.draft.traffic,
            released_at: message.released_at,
            content: content.clone(),
        };
        self.forms().map(said).collect()
    }

    /// The Parties that a message asks to act.
    pub fn addressed(&self, message: &Digest) -> Vec<Party> {
        let line = self.messages.iter().find(|line| line.digest == *message);
        line.map(|line| line.message.draft.action.iter().map(|one| one.party).collect()).unwrap_or_default()
    }

    /// The rules that a message cites, where they are at hand, and the language that it is in.
    pub fn regime_of(&self, message: &Digest) -> Option<(&Regime, &str)> {
        let draft = &self.messages.iter().find(|line| line.digest == *message)?.message.draft;
        let regime = self.regimes.get(&draft.regime.as_ref()?.digest)?;
        Some((regime, &draft.language))
    }

    /// What the node says of the word of a Party that nobody here compared with: it is said wherever that word is
    /// shown.
    pub fn unconfirmed(&self, message: &Digest) -> Option<String> {
        let line = self.messages.iter().find(|line| line.digest == *message)?;
        line.wire.marks.iter().find(|mark| mark.starts_with("unconfirmed")).map(|mark| shown(mark))
    }

    /// The words of its own author that take a message back, whatever kind it is of: number and date-time group.
    fn word_of_withdrawal(&self, line: &Line) -> Option<&Line> {
        let (author, traffic) = (line.message.author, line.message.draft.traffic);
        let of = |one: &&Line| {
            let Some(Content::MessageWithdrawal(form)) = one.said.content() else { return false };
            (one.message.author, one.message.draft.traffic) == (author, traffic)
                && form.withdraws.means(&line.digest, &line.message.number, author, author)
        };
        self.messages.iter().find(of)
    }

    /// The same, where it has its effect.
    fn withdrawal_of(&self, line: &Line) -> Option<&Line> {
        self.word_of_withdrawal(line).filter(|_| line.may_be_taken_back())
    }

    /// Which thread it is, as of when; whether there is anything of it to be shown.
    pub fn print_head(&self, thread: ThreadId, as_of: Option<Instant>) -> bool {
        say!("Thread {thread}");
        if let Some(at) = as_of {
            say!("as it was on record here at {at}");
        }
        if self.messages.is_empty() {
            say!("nothing of it was on record");
        }
        !self.messages.is_empty()
    }

    /// Each message with all clocks, then what is missing.
    pub fn print(&self, bodies: Bodies) {
        for line in &self.messages {
            self.print_line(line, bodies);
        }
        for gap in &self.gaps {
            say!("  missing: message {} of {} has not come", gap.place, shown(&gap.author));
        }
    }

    fn print_line(&self, line: &Line, bodies: Bodies) {
        let message = &line.message;
        say!(
            "{}  {}  {}  {}",
            shown(&message.number),
            shown(&message.draft.kind),
            message.draft.precedence,
            rows::traffic_mark(message.draft.traffic)
        );
        rows::row(1, "Subject", &shown(&message.draft.subject));
        let (beside, others) = self.beside(line);
        let of_itself: Vec<Beside> = beside.iter().filter(|one| one.is_of(&line.digest)).cloned().collect();
        for (label, text) in in_heading(&of_itself, SUBJECT) {
            for (index, text) in text.iter().enumerate() {
                rows::row(2, if index == 0 { &label } else { "" }, text);
            }
        }
        rows::circumstances(1, &message.draft);
        rows::row(1, "Drafted by", &rows::person(&message.draft.drafter));
        let releaser = rows::person(&message.releaser);
        rows::row(1, "Released", &format!("{} by {releaser}", message.released_at.date_time_group()));
        rows::row(1, "On record here", &Instant(line.wire.recorded_at_ms).to_string());
        for delivered in &line.wire.delivered {
            let to = shown(&delivered.to);
            if delivered.outcome.is_empty() {
                rows::row(1, &format!("To {to}"), "no receipt yet");
            } else {
                let at = Instant(delivered.received_at_ms);
                rows::row(1, &format!("To {to}"), &format!("{at} {}", shown(&delivered.outcome)));
            }
        }
        by_hand::print_accounts(1, &line.wire.by_hand);
        for (party, read) in self.acknowledged.get(&line.digest).into_iter().flatten() {
            let officer = rows::person(&read.officer);
            rows::row(1, &format!("Acknowledged by {party}"), &format!("{} by {officer}", read.read_at));
        }
        if let Some(word) = self.word_of_withdrawal(line) {
            let (number, at) = (shown(&word.message.number), word.message.released_at.date_time_group());
            match line.may_be_taken_back() {
                true => rows::row(1, "WITHDRAWN", &format!("by its author: {number}, {at}")),
                false => {
                    rows::row(1, "Not withdrawn", &format!("what {number}, {at}, says has no effect on it"))
                }
            }
        }
        for mark in &line.wire.marks {
            rows::row(1, "Mark", &shown(mark));
        }
        for fault in &line.wire.faults {
            rows::row(1, "Fault", &format!("{}: {}", shown(&fault.field), shown(&fault.rule)));
        }
        checked::check(1, line.wire.check.as_ref());
        rows::parts(1, &line.wire.parts);
        for missing in &line.wire.waits_for {
            rows::row(1, "Waits for", &hex::encode(missing));
        }
        rows::row(1, "Digest", &line.digest.to_string());
        for one in beside.iter().chain(&others) {
            rows::row(1, "Translation", &saying(one));
        }
        if bodies.show(&line.said) {
            let regime = labels::cited(&message.draft).and_then(|cited| self.regimes.get(&cited.digest));
            let labelling = Labelling::of(regime, self.reader.as_ref());
            rows::body(1, (&line.said, Some(message.author)), &message.draft, labelling, &beside);
        }
    }

    pub fn to_json(&self, thread: ThreadId, as_of: Option<Instant>) -> Value {
        json!({
            "kind": "thread",
            "thread": thread.to_string(),
            "as_of_ms": as_of.map(|at| at.0),
            "messages": self.messages.iter().map(|line| self.line_json(line)).collect::<Vec<_>>(),
            "gaps": self.gaps.iter().map(|gap| json!({"author": gap.author, "place": gap.place}))
                .collect::<Vec<_>>(),
        })
    }

    fn line_json(&self, line: &Line) -> Value {
        let delivered: Vec<Value> = line
            .wire
            .delivered
            .iter()
            .map(|one| {
                let received = !one.outcome.is_empty();
                json!({
                    "to": one.to,
                    "serial": one.serial,
                    "lane": message::precedence_name(one.lane),
                    "received_at_ms": received.then_some(one.received_at_ms),
                    "outcome": received.then_some(&one.outcome),
                })
            })
            .collect();
        let acknowledged: Vec<Value> = self
            .acknowledged
            .get(&line.digest)
            .into_iter()
            .flatten()
            .map(|(party, read)| {
                json!({
                    "party": party.as_str(),
                    "officer": rows::person_json(&read.officer),
                    "read_at_ms": read.read_at.0,
                })
            })
            .collect();
        let translations: Vec<Value> = self
            .translations_at(line)
            .iter()
            .map(|one| {
                json!({
                    "language": one.form.language,
                    "by": one.by.as_str(),
                    "message": one.message.to_string(),
                    "withdrawn_by": one.withdrawn_by,
                })
            })
            .collect();
        let more = json!({
            "message": line.digest.to_string(),
            "place": line.wire.place,
            "recorded_at_ms": line.wire.recorded_at_ms,
            "delivered": delivered,
            "by_hand": by_hand::accounts_json(&line.wire.by_hand),
            "acknowledged": acknowledged,
            "translations": translations,
            "withdrawn_by": self.withdrawal_of(line).map(|word| word.digest.to_string()),
            "marks": line.wire.marks,
            "faults": rows::faults_json(&line.wire.faults),
            "check": checked::check_json(line.wire.check.as_ref()),
            "parts_held": rows::parts_json(&line.wire.parts),
            "waits_for": line.wire.waits_for.iter().map(hex::encode).collect::<Vec<_>>(),
        });
        json::with(rows::message_json(&line.message, &line.said), more)
    }
}
