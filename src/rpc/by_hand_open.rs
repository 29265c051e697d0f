//! What still has to be delivered by hand: to whom it is listed, and why it is still open.
//!
//! Never here: a decision. What counts is said by the regime cited, as its text is held here now.

use bytes::Bytes;

use super::held::HeldRegimes;
use crate::codec::message::{precedence_to_proto, traffic_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::board::Board;
use crate::domain::by_hand::Open;
use crate::domain::digest::Digest;
use crate::domain::message::Message;
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::domain::regime::channels::does_not_count;
use crate::replay::records::RecordFault;

/// Where a page begins: the record, the message, and the addressee's code.
pub(super) fn place_bytes((index, party, message): Open) -> Bytes {
    [&index.to_be_bytes()[..], &message.0, party.as_str().as_bytes()].concat().into()
}

pub(super) fn place(bytes: &[u8]) -> Option<Open> {
    let (index, rest) = bytes.split_first_chunk()?;
    let (message, party) = rest.split_at_checked(32)?;
    let party = std::str::from_utf8(party).ok()?.parse().ok()?;
    Some((u64::from_be_bytes(*index), party, Digest::from_slice(message)?))
}

pub(super) fn open_line(board: &Board, party: Party, digest: Digest, message: Message) -> calls::OpenByHand {
    let newest = board.roster.parties.get(&party).and_then(|known| known.newest());
    let (name, contacts) = match (board.roster.without_node.get(&party), newest) {
        (Some(known), _) => (known.name.clone(), known.contacts.clone()),
        (None, Some(newest)) => (newest.list.name.clone(), newest.list.contacts.clone()),
        (None, None) => (String::new(), Vec::new()),
    };
    calls::OpenByHand {
        message_digest: digest.0.to_vec().into(),
        thread: message.draft.thread.0.to_vec().into(),
        party: party.to_string(),
        name,
        contacts,
        number: message.number,
        precedence: precedence_to_proto(message.draft.precedence),
        traffic: traffic_to_proto(message.draft.traffic),
        kind: message.draft.kind,
        subject: message.draft.subject,
        released_at_ms: message.released_at.0,
        marks: Vec::new(),
        became: Vec::new(),
        office: board.roster.offices.of_draft(&message.draft.drafter).to_owned(),
    }
}

/// It is for the office that drafted it, as a watch is told of what goes to its own.
pub(super) fn is_told(board: &Board, caller: &Person, drafter: &Person) -> bool {
    let offices = &board.roster.offices;
    offices.is_told(caller, &offices.to([drafter.office.as_str()].into_iter()))
}

/// At most so many of what still has to be delivered by hand, from a place on, in the order of release.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn still_open(
    board: &Board,
    regimes: &HeldRegimes<'_>,
    from: Option<Open>,
    most: usize,
) -> Result<Vec<Open>, RecordFault> {
    let mut open: Vec<Open> = board.by_hand.open_from(from).take(most).collect();
    let mut marked = 0_usize;
    for one in board.by_hand.handed_over_from(from) {
        if marked >= most {
            break;
        }
        if !marks(board, regimes, (one.1, &one.2), "").await?.is_empty() {
            open.push(one);
            marked = marked.saturating_add(1);
        }
    }
    open.sort_unstable();
    open.truncate(most);
    Ok(open)
}

/// Why a message that was handed over still has to be delivered by hand: one for each account, and none where
/// one of them stands by a channel that counts, or that is not judged.
///
/// # Errors
/// The journal does not answer, or is not what it was.
pub(super) async fn marks(
    board: &Board,
    regimes: &HeldRegimes<'_>,
    (party, message): (Party, &Digest),
    language: &str,
) -> Result<Vec<String>, RecordFault> {
    let Some(item) = board.by_hand.item(party, message) else { return Ok(Vec::new()) };
    let Some(cites) = item.cites else { return Ok(Vec::new()) };
    let Some(regime) = regimes.regime(cites).await? else { return Ok(Vec::new()) };
    let each = item.standing().map(|account| does_not_count(&regime, &account.channel, language.into()));
    Ok(each.collect::<Option<Vec<String>>>().unwrap_or_default())
}
