//! The channels that a regime names, as lines: whether what came or went by one counts, and from when as given.
//!
//! Never here: an instant worked out. The regime says from when in words, and an officer's account says when
//! it was; nobody's clock is put in the other's place.

use super::lines::{Line, said};
use super::rules::{Channel, Weight};
use super::{Languages, Regime};
use crate::domain::party::Party;
use crate::domain::text::shown;

/// What the regime says of a channel, by its name there. Safe to show.
pub fn weigh(regime: &Regime, channel: &str, languages: Languages<'_>) -> String {
    let name = shown(&regime.head.name);
    if channel.is_empty() {
        return format!("No channel is named: whether it counts by {name} is not judged");
    }
    match regime.channels.get(channel) {
        Some(known) => one(&name, channel, known, languages),
        None => format!("Channel {}: {name} names no such channel", shown(channel)),
    }
}

/// Why what went by this channel still has to be delivered: the regime names channels, and this is none that
/// counts. `None` where it counts, and where the regime names no channels at all. Safe to show.
pub fn does_not_count(regime: &Regime, channel: &str, languages: Languages<'_>) -> Option<String> {
    let name = shown(&regime.head.name);
    match regime.channels.get(channel) {
        _ if regime.channels.is_empty() => None,
        Some(known) => match known.weight {
            Weight::Counts => None,
            Weight::DoesNotCount => {
                let label = known.label.say(languages, channel);
                let text = format!("delivered by a channel that does not count under {name}: {label}");
                Some(said(text, &known.ground, known.ground.standing))
            }
        },
        None if channel.is_empty() => {
            Some(format!("delivered, and no channel named: whether it counts under {name} is not judged"))
        }
        None => Some(format!(
            "delivered by a channel that does not count under {name}, which names no such: {}",
            shown(channel)
        )),
    }
}

fn one(regime: &str, name: &str, channel: &Channel, languages: Languages<'_>) -> String {
    let label = channel.label.say(languages, name);
    let counts = match channel.weight {
        Weight::DoesNotCount => format!("does not count by {regime}"),
        Weight::Counts if channel.from.is_empty() => {
            format!("counts by {regime}, which does not say from when as given")
        }
        Weight::Counts => format!("counts by {regime}, as given {}", channel.from.say(languages, "")),
    };
    said(format!("Channel {label}: {counts}"), &channel.ground, channel.ground.standing)
}

/// What is said of a draft to Parties without a node: all channels that the regime names.
pub fn to_choose_from(regime: &Regime, parties: &[Party], languages: Languages<'_>) -> Vec<Line> {
    let codes: Vec<&str> = parties.iter().map(Party::as_str).collect();
    let name = shown(&regime.head.name);
    let none = if regime.channels.is_empty() { format!("; {name} names no channels") } else { String::new() };
    let mut lines = vec![Line {
        depth: 0,
        text: format!("Delivered by hand, for want of a node: {}{none}", codes.join(", ")),
    }];
    lines.extend(
        regime
            .channels
            .iter()
            .map(|(channel, known)| Line { depth: 1, text: one(&name, channel, known, languages) }),
    );
    lines
}
