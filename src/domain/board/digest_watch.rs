//! What the Board's digest (`digest.rs`) takes of the watch: what waits for an officer, who has the watch, who
//! acknowledged what, the plan and the cards.
//!
//! Never here: when a step is due, which follows from these.

use super::digest::Sum;
use crate::domain::message::Traffic;
use crate::domain::watch::open::Stage;
use crate::domain::watch::{Watch, WatchCards, WatchPlan};

pub(super) fn of(sum: &mut Sum, watch: &Watch) {
    sum.list(watch.open.items(), |sum, (message, item)| {
        sum.bytes(&message.0);
        sum.party(item.from);
        sum.precedence(item.precedence);
        sum.number(match item.traffic {
            Traffic::Real => 0,
            Traffic::Drill => 1,
        });
        sum.number(item.index);
        sum.signed_number(item.since.0);
        sum.number(u64::from(item.alerted));
        match item.stage {
            Stage::Begins => sum.number(0),
            Stage::Next(at) => {
                sum.number(1);
                sum.signed_number(at.0);
            }
            Stage::Over => sum.number(2),
        }
    });
    sum.number(watch.open.unwatched);
    sum.list(watch.holders.holders.iter(), |sum, (desk, holder)| {
        sum.bytes(desk.as_bytes());
        sum.person(&holder.person);
        sum.signed_number(holder.since.0);
    });
    sum.list(watch.holders.offers.iter(), |sum, (desk, offer)| {
        sum.bytes(desk.as_bytes());
        sum.person(&offer.by);
        sum.person(&offer.to);
        sum.bytes(&offer.digest.0);
        sum.signed_number(offer.at.0);
    });
    sum.list(watch.acknowledged.officers(), |sum, (officer, number)| {
        sum.bytes(&officer.0);
        sum.number(u64::from(number));
    });
    sum.list(watch.acknowledged.records(), |sum, ((of, officer), index)| {
        sum.number(of);
        sum.number(u64::from(officer));
        sum.number(index);
    });
}

impl Sum {
    pub(super) fn watch_plan(&mut self, plan: &WatchPlan) {
        self.bytes(plan.zone.as_bytes());
        self.list(plan.rules.iter(), |sum, rule| {
            sum.precedence(rule.precedence);
            sum.bytes(rule.office.as_bytes());
            sum.list(rule.steps.iter(), |sum, step| {
                sum.list(step.alert.iter(), |sum, name| sum.bytes(name.as_bytes()));
                sum.number(u64::from(step.within_minutes));
                sum.bytes(step.telephone.as_bytes());
            });
        });
    }
    pub(super) fn watch_cards(&mut self, cards: &WatchCards) {
        let texts =
            |sum: &mut Sum, all: &[String]| sum.list(all.iter(), |sum, text| sum.bytes(text.as_bytes()));
        self.list(cards.cards.iter(), |sum, card| {
            sum.bytes(card.name.as_bytes());
            texts(sum, &card.kinds);
            sum.list(card.precedences.iter(), |sum, precedence| sum.precedence(*precedence));
            sum.bytes(card.office.as_bytes());
            for lines in [&card.steps, &card.telephones, &card.languages] {
                texts(sum, lines);
            }
            sum.list(card.holding.iter(), |sum, reply| {
                sum.bytes(reply.language.as_bytes());
                sum.bytes(reply.subject.as_bytes());
                texts(sum, &reply.lines);
            });
        });
    }
}
