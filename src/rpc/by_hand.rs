//! Officers' calls about what goes and comes outside any link, and what is shown of it in a thread.
//!
//! Never here: a receipt. What is told is this Party's own account, with who put it on record.

use tonic::{Request, Response, Status};

use super::by_hand_open::{is_told, marks, open_line, place, place_bytes, still_open};
use super::command::{self, draft_id, give, person, refused};
use super::held::HeldRegimes;
use super::{became, draft, status};
use crate::codec::by_hand::{AccountByHand, account_from_proto, recorded_to_proto};
use crate::codec::heading::Given;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::by_hand_service_server::{ByHandService, ByHandServiceServer};
use crate::domain::board::Board;
use crate::domain::by_hand::{Account, Carried, Says, Standing};
use crate::domain::command::Command;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Record, Released};
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::domain::refusal::Refusal;
use crate::domain::regime::channels::weigh;
use crate::domain::text::is_unsafe_to_show;
use crate::domain::time::Instant;
use crate::limits;
use crate::registrar::Registrar;
use crate::replay::records::{RecordFault, Records};

/// Reads from heads, gives commands to the Registrar.
pub struct ByHandCalls {
    pub registrar: Registrar,
}

#[tonic::async_trait]
impl ByHandService for ByHandCalls {
    async fn list_open(
        &self,
        call: Request<calls::ListOpenRequest>,
    ) -> Result<Response<calls::ListOpenResponse>, Status> {
        let caller = person(&call)?.person().clone();
        let asked = call.into_inner();
        let head = self.registrar.head();
        let from = match &asked.from[..] {
            [] => None,
            given => {
                let read = place(given);
                Some(read.ok_or_else(|| status::field("from", "empty, or the `next` of the page before"))?)
            }
        };
        let records = head.records(&self.registrar.journal);
        let regimes = HeldRegimes::at(&head, &self.registrar.journal);
        let mut page = calls::ListOpenResponse::default();
        let most = limits::BY_HAND_PER_PAGE;
        let listed = still_open(&head.board, &regimes, from, most.saturating_add(1)).await;
        let mut listed = listed.map_err(status::record)?;
        if let Some(next) = listed.get(most) {
            page.next = place_bytes(*next);
        }
        listed.truncate(most);
        for (index, party, digest) in listed {
            let message = records.message(index, &digest).await.map_err(status::record)?.message;
            if !asked.all_offices && !is_told(&head.board, &caller, &message.draft.drafter) {
                page.others = true;
                continue;
            }
            let marks = marks(&head.board, &regimes, (party, &digest), &message.draft.language).await;
            let marks = marks.map_err(status::record)?;
            let most = limits::LATER_WORDS_READ_MAX;
            let became = became::marks(&head, &records, (&digest, &message), most).await;
            let became = became.map_err(status::record)?;
            let line = open_line(&head.board, party, digest, message);
            page.open.push(calls::OpenByHand { marks, became, ..line });
        }
        Ok(Response::new(page))
    }

    async fn record(
        &self,
        call: Request<calls::RecordRequest>,
    ) -> Result<Response<calls::RecordResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("ByHandService/Record", asked.command.as_ref(), &asked, &caller)?;
        let account = asked.account.ok_or_else(|| status::field("account", "must be given"))?;
        let account = account_from_proto(account).map_err(status::decode)?;
        check(&account.says)?;
        let head = self.registrar.head();
        let there = head.board.messages.get(&account.message).ok_or(Refusal::NoSuchMessage);
        let there = there.map_err(refused)?;
        let records = head.records(&self.registrar.journal);
        let stored = records.message(there.index, &account.message).await.map_err(status::record)?;
        if !stored.message.draft.parties().contains(&account.party) {
            return Err(status::field("account.party", "is no addressee of this message"));
        }
        let about = (account.party, account.message);
        give(&self.registrar, Command::RecordByHand(account), origin).await?;
        let head = self.registrar.head();
        let regimes = HeldRegimes::at(&head, &self.registrar.journal);
        let language = &stored.message.draft.language;
        let marks = marks(&head.board, &regimes, (about.0, &about.1), language).await;
        Ok(Response::new(calls::RecordResponse { marks: marks.map_err(status::record)? }))
    }

    async fn draft_transcription(
        &self,
        call: Request<calls::DraftTranscriptionRequest>,
    ) -> Result<Response<calls::DraftTranscriptionResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin =
            command::origin("ByHandService/DraftTranscription", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let id = draft_id(&asked.draft)?;
        let (digest, faults) =
            draft::put(&self.registrar, origin, &caller, id, asked.heading, content).await?;
        Ok(Response::new(calls::DraftTranscriptionResponse { digest: digest.0.to_vec().into(), faults }))
    }
}

impl ByHandCalls {
    /// For the node to serve behind the access table.
    pub fn service(self) -> ByHandServiceServer<ByHandCalls> {
        ByHandServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }
}

/// What an officer writes stays for ever, and shows as what it is.
fn check(says: &Says) -> Result<(), Status> {
    let texts: Vec<(&'static str, &str)> = match says {
        Says::HandedOver(handed) => {
            if !crate::domain::heading::is_zone(&handed.zone) {
                return Err(status::field("account.handed_over.at.zone", "is not a known time zone"));
            }
            vec![
                ("account.handed_over.means", &handed.means),
                ("account.handed_over.channel", &handed.channel),
                ("account.handed_over.note_number", &handed.note_number),
                ("account.handed_over.by", &handed.by),
                ("account.handed_over.to", &handed.to),
            ]
        }
        Says::TakenBack { reason } => vec![("account.taken_back.reason", reason)],
    };
    match texts.into_iter().find(|(_, text)| text.chars().any(is_unsafe_to_show)) {
        Some((field, _)) => {
            Err(status::field(field, "holds characters that can't be seen or that turn its direction"))
        }
        None => Ok(()),
    }
}

/// The Parties among these that have no node: what they are to have is delivered by hand.
pub(super) fn without_node(board: &Board, parties: Vec<Party>) -> Vec<Party> {
    parties.into_iter().filter(|party| board.roster.without_node.contains_key(party)).collect()
}

/// The addressees to which nothing was dispatched.
pub(super) fn owed_of(released: &Released) -> Vec<Party> {
    let dispatched = |party: &Party| released.dispatches.iter().any(|(dispatch, _)| dispatch.to == *party);
    let mut parties = released.message.draft.parties();
    parties.retain(|party| !dispatched(party));
    parties
}

/// What was stated of each addressee of a message of our own, by an instant or by now.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn of_message(
    board: &Board,
    records: &Records,
    regimes: &mut HeldRegimes<'_>,
    (digest, message): (&Digest, &Message),
    as_of: Option<Instant>,
) -> Result<Vec<calls::ByHand>, RecordFault> {
    let mut all = Vec::new();
    for party in message.draft.parties() {
        let Some(item) = board.by_hand.item(party, digest) else { continue };
        let mut recorded: Vec<(&Account, AccountByHand)> = Vec::new();
        for account in &item.accounts {
            let record = records.record(account.index).await?;
            let missing = RecordFault::NoSuchMessage { index: account.index };
            let one = recorded_in(&record).ok_or(missing)?;
            if as_of.is_none_or(|as_of| one.recorded_at <= as_of) {
                recorded.push((account, one));
            }
        }
        let mut accounts = Vec::with_capacity(recorded.len());
        for (account, one) in &recorded {
            let corrected_by = match account.standing {
                Standing::Corrected(by) => recorded.iter().find(|(other, _)| other.index == by),
                Standing::Stands | Standing::TakesBack => None,
            };
            accounts.push(calls::HandAccount {
                account: Some(recorded_to_proto(one)),
                corrected_by: corrected_by.map(|(other, _)| other.id.0.to_vec().into()).unwrap_or_default(),
                lines: lines(regimes, message, one).await?,
            });
        }
        let owed = match item.carried {
            Carried::ByHand => true,
            Carried::ByLink => false,
        };
        if owed || !accounts.is_empty() {
            all.push(calls::ByHand { party: party.to_string(), owed, accounts });
        }
    }
    Ok(all)
}

fn recorded_in(record: &Record) -> Option<AccountByHand> {
    let stamp = record.command.as_ref()?;
    record.events.iter().find_map(|event| match event {
        Event::DeliveredByHand(account) => Some(AccountByHand {
            id: stamp.id,
            account: account.clone(),
            recorded_at: record.at,
            recorded_by: stamp.by.clone(),
        }),
        _ => None,
    })
}

/// What the regime cited makes of the channel, and what is odd. Nothing is decided by it.
async fn lines(
    regimes: &mut HeldRegimes<'_>,
    message: &Message,
    one: &AccountByHand,
) -> Result<Vec<String>, RecordFault> {
    let Says::HandedOver(handed) = &one.account.says else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    if let Some(cited) = &message.draft.regime {
        lines.push(match regimes.regime(cited.digest).await? {
            Some(regime) => weigh(&regime, &handed.channel, regimes.languages(&message.draft)),
            None => "Whether the channel counts is not judged: the regime cited is not held here".into(),
        });
    }
    // To the minute, as below.
    if handed.at.seconds().div_euclid(60) < message.released_at.seconds().div_euclid(60) {
        lines.push("It was handed over, by this account, before the message was released here".into());
    }
    // To the minute: that is how people write it.
    if handed.at.seconds().div_euclid(60) > one.recorded_at.seconds().div_euclid(60) {
        lines.push(
            "It was put on record, by this node's clock, before it was handed over by this account".into(),
        );
    }
    Ok(lines)
}
