//! What two custodians change: from a call to a change, verified before it is proposed, and as the sentence
//! that a custodian reads before confirming.
//!
//! Never here: whether a change makes sense (the Board), signatures (`party_checks.rs`).

use std::sync::Arc;

use tonic::Status;

use super::held::HeldRegimes;
use super::{command, own_list, party_checks, status, webhooks};
use crate::alerts;
use crate::codec::message::{person_from_proto, precedence_from_proto};
use crate::codec::party_file::Fingerprint;
use crate::codec::proto::detente::v1::{
    FunctionTerm, LinkAllowance as WireAllowance, Member as WireMember, ProposeRequest, ReleaseRule,
    propose_request,
};
use crate::codec::{check_schedule, link_phrases, watch_cards, watch_plan};
use crate::domain::allowance::{Allowance, LinkAllowance};
use crate::domain::digest::Digest;
use crate::domain::event::{AcceptedKeyList, Change, Member};
use crate::domain::function::Term;
use crate::domain::hotline::phrases::{LinkPhrases, Phrase};
use crate::domain::office::Office;
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::roster::KnownParty;
use crate::domain::time::Instant;
use crate::domain::watch::{Card, WatchCards, WatchPlan};
use crate::evidence::keys::KeyRing;
use crate::limits;
use crate::registrar::Registrar;

/// The change that a custodian asks for.
pub(super) async fn asked(
    registrar: &Registrar,
    ring: &KeyRing,
    asked: &ProposeRequest,
) -> Result<Change, Status> {
    use propose_request::Change as Wire;
    let wire = asked.change.as_ref().ok_or_else(|| status::field("change", "must be given"))?;
    let now = registrar.clock.now();
    Ok(match wire {
        Wire::MemberAdded(member) => Change::MemberAdded(member_from_proto(member)?),
        Wire::MemberRemoved(key) => Change::MemberRemoved(
            Digest::from_slice(key).ok_or_else(|| status::field("member_removed", "32 bytes"))?,
        ),
        Wire::PartyFile(text) => party_checks::party_added(text, &asked.fingerprint, now)?,
        Wire::ReleaseRule(rule) => release_rule(rule)?,
        Wire::OwnKeyList(bytes) => {
            let (_, known) = own(registrar)?;
            Change::OwnKeyList(party_checks::own_key_list(bytes, &known, ring)?)
        }
        Wire::PartyWithoutNode(act) => party_checks::party_without_node(act)?,
        Wire::OfficeAdded(office) => {
            Change::OfficeAdded(Office { code: office.code.clone(), purpose: office.purpose.clone() })
        }
        Wire::OfficeRemoved(code) => Change::OfficeRemoved(code.clone()),
        Wire::FunctionTerm(wire) => {
            let term = term_from_proto(wire)?;
            let head = registrar.head();
            let regimes = HeldRegimes::at(&head, &registrar.journal);
            if !regimes.declare(&term.regime, &term.function).await.map_err(status::record)? {
                let rule = "no regime of this name whose text is held here declares this function";
                return Err(status::field("function_term.function", rule));
            }
            Change::FunctionTerm(term)
        }
        Wire::LinkAllowance(new) => link_allowance(new)?,
        Wire::PartyIntroduced(introduction) => {
            let by = party_in("party_introduced.by", &introduction.by)?;
            party_checks::party_introduced(&introduction.party_file, by, now)?
        }
        Wire::WatchPlan(text) => {
            let plan = watch_plan::read(text).map_err(|fault| status::field("watch_plan", fault))?;
            Change::WatchPlan(Arc::new(plan))
        }
        Wire::WebhookAdded(wire) => {
            let webhook = webhooks::from_proto(wire);
            alerts::check(&webhook).map_err(command::refused)?;
            Change::WebhookAdded(webhook)
        }
        Wire::WebhookRemoved(name) => Change::WebhookRemoved(name.clone()),
        Wire::OwnAlarmSet(wire) => Change::OwnAlarmSet(super::alarms::from_proto(wire)?),
        Wire::OwnAlarmRemoved(name) => Change::OwnAlarmRemoved(name.clone()),
        Wire::WatchCards(text) => {
            let cards = watch_cards::read(text).map_err(|fault| status::field("watch_cards", fault))?;
            Change::WatchCards(Arc::new(cards))
        }
        Wire::LinkPhrases(text) => {
            let new = link_phrases::read(text).map_err(|fault| status::field("link_phrases", fault))?;
            Change::LinkPhrases(Arc::new(new))
        }
        Wire::CheckSchedule(text) => {
            let plan = check_schedule::read(text).map_err(|fault| status::field("check_schedule", fault))?;
            Change::CheckSchedule(Arc::new(plan))
        }
        Wire::FlashDrafts(new) => Change::FlashDrafts(new.per_officer_per_hour),
        Wire::PartyConfirmed(code) => Change::PartyConfirmed {
            party: party_in("party_confirmed", code)?,
            fingerprint: Digest::from_slice(&asked.fingerprint)
                .ok_or_else(|| status::field("fingerprint", "32 bytes"))?,
        },
    })
}

/// This Party, and what is on record of it.
pub(super) fn own(registrar: &Registrar) -> Result<(Party, KnownParty), Status> {
    let board = registrar.head().board.clone();
    let own = board.own.map(|own| own.party);
    own.and_then(|party| Some((party, board.roster.parties.get(&party)?.clone())))
        .ok_or_else(|| status::ours("NO_OWN_PARTY", "the journal does not name its Party; nothing was done"))
}

fn party_in(field: &'static str, code: &str) -> Result<Party, Status> {
    code.parse().map_err(|fault| status::field(field, fault))
}

/// What is above the bound of every link would read as more than it is.
fn link_allowance(new: &WireAllowance) -> Result<Change, Status> {
    for (field, set, most) in [
        ("link_allowance.records_per_hour", new.records_per_hour, limits::LINK_RECORDS_PER_HOUR_MAX),
        ("link_allowance.bytes_per_hour", new.bytes_per_hour, limits::LINK_BYTES_PER_HOUR_MAX),
    ] {
        if set.is_some_and(|set| set > most) {
            return Err(status::field(field, format!("at most {most}, which is left to every link")));
        }
    }
    Ok(Change::LinkAllowance(LinkAllowance {
        party: party_in("link_allowance.party", &new.party)?,
        allowance: Allowance { records: new.records_per_hour, bytes: new.bytes_per_hour },
    }))
}

fn release_rule(rule: &ReleaseRule) -> Result<Change, Status> {
    if rule.one_person.len() > Precedence::FASTEST_FIRST.len() {
        return Err(status::field("release_rule.one_person", "each precedence once"));
    }
    let read = |one: &i32| precedence_from_proto(*one, "release_rule.one_person");
    let one_person = rule.one_person.iter().map(read).collect::<Result<_, _>>();
    Ok(Change::ReleaseRule { one_person: one_person.map_err(status::decode)? })
}

fn member_from_proto(wire: &WireMember) -> Result<Member, Status> {
    let person = person_from_proto(wire.person.clone(), "member_added.person").map_err(status::decode)?;
    party_checks::member(person, &wire.roles)
}

fn term_from_proto(wire: &FunctionTerm) -> Result<Term, Status> {
    Ok(Term {
        regime: wire.regime.clone(),
        function: wire.function.clone(),
        party: party_in("function_term.party", &wire.party)?,
        from: Instant(wire.from_ms),
        until: (wire.until_ms != 0).then_some(Instant(wire.until_ms)),
        source: wire.source.clone(),
    })
}

/// The fingerprint where it was compared; one that only came with the file is not told.
fn party_sentence(how: &str, compared: Option<Fingerprint>, key_lists: &[AcceptedKeyList]) -> String {
    let fingerprint = compared.map(|compared| format!("fingerprint {compared}, ")).unwrap_or_default();
    match key_lists.last() {
        Some(newest) => format!(
            "take {} {how}: {fingerprint}{} key list(s), called {:?}, at {:?}, contacts {:?}",
            newest.list.party,
            key_lists.len(),
            newest.list.name,
            newest.list.addresses,
            newest.list.contacts
        ),
        None => "take a Party without key lists".into(),
    }
}

/// Each rule with its steps, in one line.
fn plan_sentence(plan: &WatchPlan) -> String {
    let mut parts = vec!["put a watch plan in force, in the place of the one before".to_owned()];
    for rule in &plan.rules {
        let office = if rule.office.is_empty() { "all".into() } else { format!("office {:?}", rule.office) };
        let steps = rule.steps.iter().map(|step| {
            let names: Vec<String> = step.alert.iter().map(|name| format!("{name:?}")).collect();
            let telephone =
                if step.telephone.is_empty() { String::new() } else { format!(" at {:?}", step.telephone) };
            format!("{}{telephone} within {} min", names.join(", "), step.within_minutes)
        });
        let steps: Vec<String> = steps.collect();
        parts.push(format!("{} for {office}: {}, then everyone", rule.precedence, steps.join(", then ")));
    }
    if plan.rules.is_empty() {
        parts.push("which alerts nobody".into());
    }
    if !plan.zone.is_empty() {
        parts.push(format!("local times of {:?}", plan.zone));
    }
    parts.join("; ")
}

/// Each card with all that it says, in one line.
fn cards_sentence(cards: &WatchCards) -> String {
    let quoted = |all: &[String]| all.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ");
    let card = |card: &Card| {
        let mut parts = vec![format!("card {:?}", card.name)];
        if !card.kinds.is_empty() {
            parts.push(format!("for {}", card.kinds.join(", ")));
        }
        if !card.precedences.is_empty() {
            let names: Vec<_> = card.precedences.iter().map(|precedence| precedence.name()).collect();
            parts.push(format!("at {}", names.join(", ")));
        }
        if !card.office.is_empty() {
            parts.push(format!("for office {:?}", card.office));
        }
        for (what, lines) in
            [("steps", &card.steps), ("telephone", &card.telephones), ("languages", &card.languages)]
        {
            if !lines.is_empty() {
                parts.push(format!("{what} {}", quoted(lines)));
            }
        }
        for reply in &card.holding {
            let (language, subject, lines) = (&reply.language, &reply.subject, quoted(&reply.lines));
            parts.push(format!("holding reply in {language:?}, subject {subject:?}, {lines}"));
        }
        parts.join(", ")
    };
    let mut all = vec!["put the watch's instruction cards in force, in the place of those before".to_owned()];
    all.extend(cards.cards.iter().map(card));
    if cards.cards.is_empty() {
        all.push("none".into());
    }
    all.join("; ")
}

/// What both ends compare, then each phrase with all its texts, in one line.
fn phrases_sentence(new: &LinkPhrases) -> String {
    let party = new.party;
    if new.phrases.is_empty() {
        return format!("agree on no phrases with {party}, in the place of those before");
    }
    let phrase = |one: &Phrase| {
        let texts = one.texts.iter().map(|text| format!("{:?} {:?}", text.language, text.text));
        format!("{}: {}", one.number, texts.collect::<Vec<_>>().join(", "))
    };
    let (count, digest) = (new.phrases.len(), new.digest());
    let phrases: Vec<String> = new.phrases.iter().map(phrase).collect();
    let before = "in the place of those before";
    format!("agree on {count} phrase(s) with {party}, {before}, list {digest}: {}", phrases.join("; "))
}

/// The roles that decide, then what somebody wrote, in quotation marks.
pub(super) fn words(member: &Member) -> String {
    let roles: Vec<_> = member.roles.iter().map(|role| role.name()).collect();
    let (name, office) = (&member.person.name, &member.person.office);
    format!("as {}: name {name:?}, office {office:?}", roles.join(", "))
}

/// A proposal as a custodian reads it before confirming: all that would take force. What decides comes
/// first, and what somebody else wrote last and in quotation marks, so that no name can pass for a key or
/// a fingerprint.
pub(super) fn sentence(change: &Change) -> String {
    match change {
        Change::MemberAdded(member) => {
            format!("add a person with key {} {}", member.person.key_digest, words(member))
        }
        Change::MemberRemoved(key) => format!("remove the person with key {key}"),
        Change::PartyAdded { key_lists, .. } => {
            let compared = key_lists.first().map(|first| Fingerprint(first.digest));
            party_sentence("as a Party", compared, key_lists)
        }
        Change::PartyIntroduced { by, key_lists, .. } => {
            let how =
                format!("as a Party that {by} introduces, unconfirmed until its fingerprint is compared");
            party_sentence(&how, None, key_lists)
        }
        Change::PartyConfirmed { party, fingerprint } => {
            format!("confirm {party}: its own people read out fingerprint {}", Fingerprint(*fingerprint))
        }
        Change::ReleaseRule { one_person } if one_person.is_empty() => {
            "let no precedence be drafted and released by one person".into()
        }
        Change::ReleaseRule { one_person } => {
            let names: Vec<_> = one_person.iter().map(|grade| grade.name()).collect();
            format!("let one person both draft and release: {}", names.join(", "))
        }
        Change::PartyWithoutNode(new) => format!(
            "add {} as a Party without a node, to which messages are delivered by hand: called {:?}, contacts \
             {:?}",
            new.party, new.name, new.contacts
        ),
        Change::PartyTakenBack(party) => format!("remove the Party {party}, which has no node"),
        Change::OfficeAdded(office) => format!("add the office {:?}, for {:?}", office.code, office.purpose),
        Change::LinkAllowance(new) => {
            format!("let the link with {} bring {}", new.party, new.allowance.words())
        }
        Change::OfficeRemoved(code) => format!("remove the office {code:?}"),
        Change::WatchPlan(plan) => plan_sentence(plan),
        Change::WebhookAdded(webhook) => webhooks::sentence(webhook),
        Change::WebhookRemoved(name) => format!("remove the webhook {name:?}"),
        Change::OwnAlarmSet(alarm) => super::alarms::sentence(alarm),
        Change::OwnAlarmRemoved(name) => format!("remove the alarm {name:?}, and end those running"),
        Change::WatchCards(cards) => cards_sentence(cards),
        Change::LinkPhrases(new) => phrases_sentence(new),
        Change::CheckSchedule(plan) => super::hotline::checks::sentence(plan),
        Change::FlashDrafts(set) => {
            let most = set.map_or("the program's own number of FLASH drafts".into(), |most| {
                format!("at most {most} FLASH drafts")
            });
            format!("let {most} of each officer be released in an hour")
        }
        Change::FunctionTerm(term) => {
            let until =
                term.until.map_or_else(|| "until the next term".into(), |until| format!("until {until}"));
            format!(
                "put on record that {} holds a function from {} {until}: function {:?} of {:?}, by {:?}",
                term.party, term.from, term.function, term.regime, term.source
            )
        }
        Change::OwnKeyList(next) => own_list::sentence(next),
    }
}
