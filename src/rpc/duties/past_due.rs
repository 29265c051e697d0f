//! What is said of a duty that is past due: that it lapsed, that it is lifted, or that nobody here can know.
//!
//! Nothing is called lapsed against a Party while the link shows that it was never reached, or that its answer
//! may be on the way. Never here: what a message says.

use super::Heard;
use super::reading::{Delivered, delivered};
use crate::domain::duty::{Cause, Doubt, Duty, Force, GivenBy, InTime, Lifting, Reserved, Step, reserved};
use crate::domain::party::Party;
use crate::domain::time::Instant;
use crate::journal::Journal;
use crate::limits;
use crate::registrar::Head;
use crate::replay::records::RecordFault;
use crate::rpc::held::HeldRegimes;

/// `None` while it is too early to say anything.
pub(super) async fn past_due(
    head: &Head,
    journal: &Journal,
    (own, duty): (Party, &Duty),
    now: Instant,
    heard: Heard,
) -> Result<Option<Step>, RecordFault> {
    let (board, opened) = (&head.board, &duty.opened);
    let other = duty.other_than(own);
    let (name, text) = (opened.rule.regime.as_str(), &opened.rule.digest);
    let bond = match opened.cause {
        Cause::Message { .. } => board.bond_by_text(own, other, (name, text), opened.due),
        // Each text that binds them opens one of its own for that day: only one is owed.
        Cause::Year(_) => board.bond(own, other, name, opened.due).filter(|bond| bond.regime == *text),
    };
    let lifted = match bond {
        None => Some(Lifting::NotBound),
        Some(bond) => reserved(&bond, &opened.rule.paragraph).map(|why| match why {
            Reserved::ByAdoption => Lifting::NotBound,
            Reserved::BySuspension(by) => Lifting::Suspended { by },
        }),
    };
    if let Some(lifting) = lifted {
        return Ok(Some(Step::Lifted(lifting)));
    }
    let waited = now.ms_since(opened.due) > limits::DUTY_HEARING_MS;
    // Not heard in this process: no later than when it was put on record.
    let since = heard.last.map_or(duty.at, |last| last.min(now));
    let doubted = |doubt| waited.then_some(Step::Doubted { since, doubt });
    match reached(head, journal, duty).await? {
        Reaching::NotYet => return Ok(doubted(Doubt::NotReached)),
        Reaching::At(at) if at > opened.due => return Ok(Some(Step::Lifted(Lifting::CameTooLate))),
        Reaching::At(_) | Reaching::NotAsked => {}
    }
    let lapsed = match opened.rule.force {
        Force::Duty => Step::Lapsed,
        Force::Unchecked | Force::Alarm => Step::Alarmed,
    };
    let may_be_under_way = if opened.owed_by == own {
        match answered(head, journal, duty).await? {
            Answering::Covered(met) => return Ok(Some(met)),
            Answering::UnderWay => true,
            Answering::Not => false,
        }
    } else {
        heard.all_came.is_none_or(|at| at <= opened.due)
    };
    Ok(if may_be_under_way { doubted(Doubt::MayBeUnderWay) } else { Some(lapsed) })
}

/// What became of our answer, where there is one.
enum Answering {
    /// Its receipt is not here, and a head covers it that was cosigned in time: whoever holds back its receipt
    /// gains nothing.
    Covered(Step),
    UnderWay,
    /// There is none, or it was refused.
    Not,
}

async fn answered(head: &Head, journal: &Journal, duty: &Duty) -> Result<Answering, RecordFault> {
    let opened = &duty.opened;
    let there = |message| head.board.messages.get(&message).map(|there| (message, there.index));
    let Some((message, index)) = duty.answer().and_then(there) else { return Ok(Answering::Not) };
    let Some(regime) = HeldRegimes::at(head, journal).regime(opened.rule.digest).await? else {
        return Ok(Answering::UnderWay);
    };
    let stored = head.records(journal).message(index, &message).await?;
    Ok(match delivered(head, journal, (&message, &stored), opened.owed_to, &regime).await? {
        Delivered::Awaits(_, Some(given)) if given <= opened.due => {
            let in_time = InTime::of(given, stored.message.released_at, opened.due);
            Answering::Covered(Step::Met { message, given, by: GivenBy::CosignedHead, in_time })
        }
        Delivered::Awaits(..) | Delivered::Reached(..) => Answering::UnderWay,
        Delivered::Never => Answering::Not,
    })
}

enum Reaching {
    At(Instant),
    NotYet,
    /// Nothing had to reach whoever owes it.
    NotAsked,
}

/// Whether what brought it about reached whoever owes it.
async fn reached(head: &Head, journal: &Journal, duty: &Duty) -> Result<Reaching, RecordFault> {
    let (board, opened) = (&head.board, &duty.opened);
    let (Some(digest), Some(thread)) = (opened.cause.message(), opened.cause.thread()) else {
        return Ok(Reaching::NotAsked);
    };
    let author: Option<Party> =
        board.thread(thread).and_then(|thread| thread.entry(&digest)).map(|entry| entry.author);
    let Some(there) = board.messages.get(&digest).filter(|_| author != Some(opened.owed_by)) else {
        return Ok(Reaching::NotAsked);
    };
    let regime = HeldRegimes::at(head, journal).regime(opened.rule.digest).await?;
    let Some(regime) = regime else { return Ok(Reaching::NotAsked) };
    let stored = head.records(journal).message(there.index, &digest).await?;
    Ok(match delivered(head, journal, (&digest, &stored), opened.owed_by, &regime).await? {
        Delivered::Reached(reached, _) => Reaching::At(reached.at),
        Delivered::Awaits(..) => Reaching::NotYet,
        // What was refused for good reached nobody.
        Delivered::Never => Reaching::NotYet,
    })
}
