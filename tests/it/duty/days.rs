//! Public cases between real nodes, day by day: what each Party's duty list says is in the tables under
//! `cases/days/`, which need no programming to be read. At every step both ends hold the same duties, due at the same
//! instants, and say the same of each.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::duty_service_client::DutyServiceClient;
use detente::codec::regime::built_in;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::time::Instant;

use super::at;
use super::nodes::{all_between, citing, hear_until, hold, same_at_both_ends};
use crate::officer::{PATIENCE, addressee, form, heading, send};
use crate::talk::both_settled;
use crate::world::{Medium, World};

/// A table.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    begins: String,
    parties: Vec<String>,
    regime: Option<Adopted>,
    /// Duties that are held against each other at both ends, and left out of the lists below.
    #[serde(default)]
    not_listed: Vec<String>,
    step: Vec<Step>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Adopted {
    name: String,
    at: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: String,
    says: String,
    message: Option<Message>,
    lists: BTreeMap<String, Vec<String>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    called: String,
    from: String,
    to: Vec<String>,
    #[serde(default)]
    info: Vec<String>,
    form: String,
    file: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    instead: BTreeMap<String, String>,
    #[serde(default)]
    about: BTreeMap<String, String>,
    thread: Option<String>,
    under: Option<String>,
}

/// A message that was sent.
struct Sent {
    digest: Bytes,
    thread: u8,
}

struct Play {
    world: World,
    case: Case,
    /// The regime's text.
    digest: Option<Digest>,
    sent: BTreeMap<String, Sent>,
}

async fn play(medium: Medium, table: &str) {
    let case: Case = toml::from_str(table).unwrap();
    let parties: Vec<&str> = case.parties.iter().map(String::as_str).collect();
    let world = World::since(medium, &parties, at(&case.begins)).await;
    let mut play = Play { world, case, digest: None, sent: BTreeMap::new() };
    play.adopt().await;
    for (number, step) in (1..).zip(std::mem::take(&mut play.case.step)) {
        play.world.clock.set(at(&step.at));
        if let Some(message) = &step.message {
            play.send(number, message).await;
        }
        play.hold_against(&step).await;
    }
}

impl Play {
    /// Each holds the text, and adopts it by a message to all others.
    async fn adopt(&mut self) {
        let Some(regime) = &self.case.regime else { return };
        self.world.clock.set(at(&regime.at));
        let text = std::str::from_utf8(built_in::file(&regime.name).unwrap()).unwrap();
        let digest = Digest::of(text.as_bytes());
        for party in &self.case.parties {
            hold(&self.world, party, text).await;
        }
        let word = form(
            Kind::Adoption,
            &format!(
                "regime = \"{}\"\nedition = 1\nregime_digest = \"{digest}\"\nfrom = \"2011-12-01T00:00 Z\"\n\
                 nature = \"political\"\n",
                regime.name
            ),
        );
        for (number, party) in (200..).zip(&self.case.parties) {
            let others = self.case.parties.iter().filter(|other| *other != party);
            let action = others.map(|other| addressee(other)).collect();
            let heading = calls::Heading { action, ..heading(number) };
            send(&self.world, party, number, heading, &word).await;
        }
        self.digest = Some(digest);
        for (one, other) in self.pairs() {
            both_settled(&self.world, &one, &other).await;
        }
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for one in &self.case.parties {
            let others = self.case.parties.iter().filter(|other| one < *other);
            pairs.extend(others.map(|other| (one.clone(), other.clone())));
        }
        pairs
    }

    async fn send(&mut self, number: u8, message: &Message) {
        let thread = message.thread.as_ref().or(message.about.values().next());
        let thread = thread.map_or(number, |called| self.sent[called].thread);
        let to = |codes: &[String]| codes.iter().map(|code| addressee(code)).collect();
        let heading =
            calls::Heading { action: to(&message.to), information: to(&message.info), ..heading(thread) };
        let heading = match (&message.under, &self.case.regime) {
            (Some(under), Some(regime)) => {
                let heading = citing(&regime.name, self.digest.unwrap(), heading);
                let regime = heading.regime.map(|cited| {
                    detente::codec::proto::detente::evidence::v1::RegimeCitation {
                        provision: under.clone(),
                        ..cited
                    }
                });
                calls::Heading { regime, ..heading }
            }
            (_, _) => heading,
        };
        let content = self.content(message);
        let sent = send(&self.world, &message.from, number, heading, &content).await;
        for other in message.to.iter().chain(&message.info) {
            both_settled(&self.world, &message.from, other).await;
        }
        self.sent.insert(message.called.clone(), Sent { digest: sent.message_digest, thread });
    }

    fn content(&self, message: &Message) -> Content {
        let mut text = match &message.file {
            Some(file) => std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap(),
            None => message.text.clone(),
        };
        for (what, instead) in &message.instead {
            assert!(text.contains(what.as_str()), "{}: no {what}", message.called);
            text = text.replace(what.as_str(), instead);
        }
        for (field, called) in &message.about {
            let digest = hex::encode(&self.sent[called].digest);
            text += &format!("\n[{field}]\nmessage_digest = \"{digest}\"\n");
        }
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == message.form);
        form(kind.unwrap_or_else(|| panic!("no such form: {}", message.form)), &text)
    }

    /// What is past due is said once each end was heard since: the clock goes on a little until then.
    async fn hold_against(&self, step: &Step) {
        let (what, now) = (format!("{}, {}: {}", self.case.says, step.at, step.says), self.world.clock.now());
        for party in &self.case.parties {
            let is_told = |duties: &detente::domain::duty::Duties| {
                duties.next_due().is_none_or(|due| due >= now) && duties.doubted().next().is_none()
            };
            hear_until(&self.world, party, is_told).await;
        }
        let agree = async {
            while !self.agrees(step).await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, agree).await.is_ok() {
            return;
        }
        for (one, other) in self.pairs() {
            same_at_both_ends(&self.world, &one, &other);
        }
        for (party, wanted) in &step.lists {
            assert_eq!(&self.list(party).await, wanted, "{what}: the list of {party}");
        }
    }

    async fn agrees(&self, step: &Step) -> bool {
        let same = |(one, other): &(String, String)| {
            all_between(&self.world, one, other) == all_between(&self.world, other, one)
        };
        if !self.pairs().iter().all(same) {
            return false;
        }
        for (party, wanted) in &step.lists {
            if self.list(party).await != *wanted {
                return false;
            }
        }
        true
    }

    /// As an officer on watch reads it, the next to fall due first.
    async fn list(&self, party: &str) -> Vec<String> {
        let mut service = DutyServiceClient::new(self.world.desk(party, "watch").channel);
        let (mut from, mut lines) = (Bytes::new(), Vec::new());
        loop {
            let that = calls::DutiesThat::AreAny as i32;
            let asked = calls::ListDutiesRequest { that, from, ..Default::default() };
            let page = service.list_duties(asked).await.unwrap().into_inner();
            let listed = page.duties.iter().filter(|duty| !self.case.not_listed.contains(&duty.rule));
            lines.extend(listed.map(|duty| {
                let due = Instant(duty.due_ms);
                let (by, to) = (&duty.owed_by, &duty.owed_to);
                (due, format!("{by} owes {to}: {}, due {due}: {}", duty.rule, duty.state))
            }));
            from = page.next;
            if from.is_empty() {
                // Those that fall due at one instant stand in an order that each node has for itself.
                lines.sort();
                return lines.into_iter().map(|(_, line)| line).collect();
            }
        }
    }
}

macro_rules! cases {
    ($($embedded:ident, $kafka:ident, $table:literal;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $embedded() {
                play(Medium::Embedded, include_str!(concat!("../cases/days/", $table))).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $kafka() {
                play(Medium::Kafka, include_str!(concat!("../cases/days/", $table))).await;
            }
        )*
    };
}

cases! {
    zapad_2025_is_notified_in_time_by_a_day_and_its_voluntary_invitation_is_owed_no_reply,
    the_same_on_kafka_zapad_2025, "c1.toml";
    an_invitation_that_is_owed_is_owed_a_reply_and_silence_past_its_day_is_an_alarm,
    the_same_on_kafka_an_invitation_that_is_owed, "c1-invitation-owed.toml";
    belarus_replies_within_48_hours_and_lithuania_judges_it_insufficient,
    the_same_on_kafka_belarus_replies, "c2.toml";
    a_request_that_nobody_replies_to_lapses_after_48_hours_at_both_ends,
    the_same_on_kafka_a_request_that_nobody_replies_to, "c2-no-reply.toml";
    a_missile_falls_in_pakistan_and_no_rules_that_both_adopted_ask_for_a_word,
    the_same_on_kafka_a_missile_falls, "c4.toml";
    pakistan_asks_for_more_details_and_india_answers_under_the_agreement_of_1991,
    the_same_on_kafka_pakistan_asks, "c5.toml";
}
