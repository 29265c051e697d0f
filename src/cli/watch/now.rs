//! `detente watch now`: one page for an officer who was woken.
//!
//! Never here: how the page is set (`page.rs`), or the order of what stands on it (the node's).

use serde_json::{Value, json};

use super::page::{Keys, page};
use super::{alarm, keys, service, waiting_checks};
use crate::cli::desk::{As, Desk, answer};
use crate::cli::duty;
use crate::cli::fault::Fault;
use crate::cli::hotline::open_drafts;
use crate::cli::json;
use crate::cli::out::{self, say};
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::official;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    person: As,
    /// Also what went to offices other than yours
    #[arg(long)]
    all_offices: bool,
    /// Begin with this item, 1 being the first: for further pages, if more waits than one page shows
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    from: u32,
    /// Print one JSON object, with all that the node lists
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    let desk = args.person.open()?;
    if !args.json && keys::somebody_is_there() {
        return keys::look(&desk, args.all_offices, args.from.saturating_sub(1)).await;
    }
    let before = args.from.saturating_sub(1);
    let now = ask(&desk, args.all_offices, before).await?;
    if args.json {
        say!("{}", json::line(&as_json(&now)));
    } else {
        out::text(&official::text(&[page(&now, Keys::None, before.into())]));
    }
    Ok(())
}

/// What is open, without so many that must be done first.
pub(super) async fn ask(desk: &Desk, all_offices: bool, skip: u32) -> Result<calls::NowResponse, Fault> {
    answer(service(desk).now(calls::NowRequest { all_offices, skip, hand_over: false })).await
}

/// The same for the caller's own desk, with all that a hand-over of it names.
pub(super) async fn ask_to_hand_over(desk: &Desk) -> Result<calls::NowResponse, Fault> {
    answer(service(desk).now(calls::NowRequest { all_offices: false, skip: 0, hand_over: true })).await
}

pub(super) fn as_json(now: &calls::NowResponse) -> Value {
    json!({
        "kind": "watch_now",
        "party": now.party,
        "now_ms": now.now_ms,
        "zone": now.zone,
        "has_plan": now.has_plan,
        "on_watch": now.on_watch.as_ref().map(|one| json!({ "name": one.name, "since_ms": one.since_ms })),
        "offered": now.offered.as_ref().map(|offer| json!({
            "by": offer.by,
            "to": offer.to,
            "digest": hex::encode(&offer.digest),
            "at_ms": offer.at_ms,
            "messages": offer.messages,
            "duties": offer.duties.iter().map(|one| json!({
                "stood": one.stood,
                "duty": one.duty.as_ref().map(duty::duty_json),
            })).collect::<Vec<_>>(),
            "duties_more": offer.duties_more,
        })),
        "since_offered": now.since_offered.as_ref().map(since_offered_json),
        "hand_over_digest": hex::encode(&now.hand_over_digest),
        "open": now.open,
        "escalated": now.escalated,
        "more": now.more,
        "unwatched": now.unwatched,
        "expiring": now.expiring.iter().map(expiring_json).collect::<Vec<_>>(),
        "alarms": now.alarms.iter().map(alarm::as_json).collect::<Vec<_>>(),
        "alarms_more": now.alarms_more,
        "webhooks_failing": now.webhooks_failing.iter().map(failing_json).collect::<Vec<_>>(),
        "items": now.items.iter().map(item_json).collect::<Vec<_>>(),
        "checks": now.checks.iter().map(waiting_checks::as_json).collect::<Vec<_>>(),
        "checks_more": now.checks_more,
        "messages": now.messages,
        "duties": now.duties.iter().map(duty::duty_json).collect::<Vec<_>>(),
        "duties_more": now.duties_more,
        "session_drafts": open_drafts::as_json(now.session_drafts.as_ref()),
    })
}

/// What came in since a hand-over was offered.
pub(super) fn since_offered_json(since: &calls::SinceOffered) -> Value {
    json!({
        "items": since.items.iter().map(item_json).collect::<Vec<_>>(),
        "items_more": since.items_more,
        "duties": since.duties.iter().map(duty::duty_json).collect::<Vec<_>>(),
        "duties_more": since.duties_more,
    })
}

fn expiring_json(one: &calls::Expiring) -> Value {
    json!({ "what": one.what, "ends_ms": one.ends_ms })
}

fn failing_json(one: &calls::WebhookFailing) -> Value {
    json!({ "name": one.name, "since_ms": one.since_ms, "failure": one.failure, "waiting": one.waiting })
}

fn item_json(item: &calls::NowItem) -> Value {
    json!({
        "message": hex::encode(&item.digest),
        "thread": hex::encode(&item.thread),
        "from": item.from,
        "number": item.number,
        "message_kind": item.kind,
        "subject": item.subject,
        "language": item.language,
        "precedence": message::precedence_name(item.precedence),
        "traffic": message::traffic_name(item.traffic),
        "since_ms": item.since_ms,
        "offices": item.offices,
        "steps_on_record": item.alerted,
        "everyone": item.everyone,
        "next_due_ms": (item.next_due_ms != 0).then_some(item.next_due_ms),
        "next": item.next,
        "next_telephones": item.next_telephones,
        "alerted_telephones": item.alerted_telephones,
        "contacts": item.contacts,
        "heard_at_ms": (item.heard_at_ms != 0).then_some(item.heard_at_ms),
        "unanswered_heartbeats": item.unanswered,
        "marks": item.marks,
        "card": item.card,
        "holding_draft": (!item.holding_draft.is_empty()).then(|| hex::encode(&item.holding_draft)),
        "session_waiting": (item.session_waiting != 0).then_some(item.session_waiting),
        "session_withdrawn": (item.session_waiting != 0).then_some(item.session_withdrawn),
        "unconfirmed_by": (!item.unconfirmed_by.is_empty()).then_some(&item.unconfirmed_by),
        "withdraws_number": (!item.withdraws_number.is_empty()).then_some(&item.withdraws_number),
        "withdraws_subject": (!item.withdraws_subject.is_empty()).then_some(&item.withdraws_subject),
        "came_by_file": (!item.came_by_file.is_empty()).then_some(&item.came_by_file),
    })
}
