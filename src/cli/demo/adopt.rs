//! Before a case under a regime begins: each Party puts the regime's text on record and adopts it by a message to
//! the others, so that what is said in the case can be held against rules that bind.
//!
//! Never here: what the rules say.

use super::say::Say;
use super::speak::{self, Spoken};
use super::stage::{Actor, Stage};
use crate::cli::desk::answer;
use crate::cli::fault::Fault;
use crate::codec::proto::detente::v1::HoldRequest;
use crate::codec::proto::detente::v1::regime_service_client::RegimeServiceClient;
use crate::codec::regime::built_in;
use crate::domain::adoption::{Adoption, Nature};
use crate::domain::content::{Content, Kind};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::form::{MessageDigest, When};
use crate::domain::message::RegimeCitation;

const REGIME: &str = "vienna-document-2011";

/// The regime as the messages of a case cite it.
pub fn cited(provision: &str) -> Result<RegimeCitation, Fault> {
    Ok(RegimeCitation { name: REGIME.into(), digest: Digest::of(text()?), provision: provision.into() })
}

fn text() -> Result<&'static [u8], Fault> {
    built_in::file(REGIME).ok_or_else(|| Fault::new("the regime of the case does not come with the program"))
}

/// All are bound to each other afterwards. When each drafts its word, and when it is released; from then on it takes
/// part.
pub async fn adopt(
    stage: &Stage,
    (drafted, released): (&'static str, &'static str),
    say: &Say,
) -> Result<(), Fault> {
    // All draft before anybody releases: time runs forwards, also where one hears of another's word.
    let spoken = Spoken { subject: "Vienna Document 2011: adoption", drafted, released };
    let mut drafts = Vec::new();
    for actor in &stage.actors {
        hold(stage, actor).await?;
        let content = Content::Adoption(adoption(released)?);
        let thread = ThreadId(crate::cli::desk::fresh_id()?.0);
        let to = others(stage, actor).into_iter().map(speak::addressee).collect();
        let outgoing = speak::heading(Kind::Adoption, thread, spoken.subject, to);
        drafts.push((actor, speak::draft(stage, actor, &spoken, (outgoing, content), say).await?));
    }
    for (actor, draft) in drafts {
        let (released, _) = speak::release_draft(stage, actor, &spoken, draft, say).await?;
        speak::deliver(stage, actor, &others(stage, actor), released.digest, say).await?;
    }
    for (nth, one) in stage.actors.iter().enumerate() {
        for other in stage.actors.iter().skip(nth.saturating_add(1)) {
            speak::settle(one, other).await?;
            let at = stage.clock.now();
            let bond = one.node.registrar.head().board.bond(one.party, other.party, REGIME, at);
            let bond = bond.ok_or_else(|| {
                Fault::new(format!("{} and {} are not bound to each other", one.party, other.party))
            })?;
            say.bound(at, one, other, bond.edition);
        }
    }
    Ok(())
}

fn others<'s>(stage: &'s Stage, actor: &Actor) -> Vec<&'s Actor> {
    stage.actors.iter().filter(|other| other.party != actor.party).collect()
}

async fn hold(stage: &Stage, actor: &Actor) -> Result<(), Fault> {
    let drafter = actor.desk("drafter", &stage.clock)?;
    let asked = HoldRequest { command: Some(drafter.command(None)?), text: text()?.into() };
    answer(RegimeServiceClient::new(drafter.channel).hold(asked)).await?;
    Ok(())
}

/// From an instant in UTC, such as `2024-11-11T10:00:00Z`.
fn adoption(from: &str) -> Result<Adoption, Fault> {
    Ok(Adoption {
        regime: REGIME.into(),
        edition: Some(1),
        regime_digest: Some(MessageDigest(Digest::of(text()?))),
        from: When::new(from.trim_end_matches('Z'), "Z"),
        nature: Some(Nature::Political),
        ..Adoption::default()
    })
}
