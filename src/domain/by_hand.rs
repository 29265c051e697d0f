//! What is delivered outside any link: to whom it still has to be, and what officers put on record about it.
//! The same nouns as in `proto/detente/evidence/v1/by_hand.proto`.
//!
//! All of it is this Party's own account. Never here: a receipt, or anything that a fold or a reader could
//! take for one.

use std::ops::Bound;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use super::digest::{CommandId, Digest, ThreadId};
use super::party::Party;
use super::refusal::Refusal;
use super::time::Instant;

/// What an officer states about one message and one of its addressees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveredByHand {
    pub message: Digest,
    pub thread: ThreadId,
    pub party: Party,
    pub says: Says,
    /// The earlier account whose place this one takes. `None`: it stands beside those before.
    pub corrects: Option<CommandId>,
}

/// What an account says: that a message was handed over, or that an earlier account of it was a mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Says {
    HandedOver(HandedOver),
    /// The account that this one corrects was a mistake: by it nothing was handed over.
    TakenBack {
        reason: String,
    },
}

/// How, when, by whom and to whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandedOver {
    /// Such as `note verbale handed over at the ministry`.
    pub means: String,
    /// By the regime's name for it; empty where none is named.
    pub channel: String,
    /// Empty where it has none.
    pub note_number: String,
    pub by: String,
    pub to: String,
    pub at: Instant,
    /// IANA name or `Z`: the zone that it was written in.
    pub zone: String,
    /// The salted digest of a part that is kept here.
    pub scan: Option<Digest>,
}

impl DeliveredByHand {
    /// What it can't do without.
    ///
    /// # Errors
    /// The field that is lacking.
    pub fn check(&self) -> Result<(), Refusal> {
        let given = |field: &'static str, text: &str| match text.trim() {
            "" => Err(Refusal::Field { field, rule: "must be given".into() }),
            _ => Ok(()),
        };
        match &self.says {
            Says::HandedOver(handed) => {
                given("means", &handed.means)?;
                given("by", &handed.by)?;
                given("to", &handed.to)?;
                given("zone", &handed.zone)
            }
            Says::TakenBack { reason } => {
                given("reason", reason)?;
                let rule = "names the account that is taken back";
                self.corrects
                    .map(|_| ())
                    .ok_or_else(|| Refusal::Field { field: "corrects", rule: rule.into() })
            }
        }
    }
}

/// What the Board keeps of it. Texts are read in the records.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ByHand {
    items: OrdMap<(Party, Digest), Item>,
    /// Owed by hand with no account that stands.
    open: OrdSet<Open>,
    /// Owed by hand with an account that stands. Whether its channel counts is said by the regime cited.
    handed_over: OrdSet<Open>,
}

/// The record of a message that still has to be delivered by hand, its addressee, and the message.
pub type Open = (u64, Party, Digest);

/// One message and one addressee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// The record that holds the message.
    pub message_index: u64,
    pub carried: Carried,
    /// The text of the regime that the message cites, if it is owed by hand.
    pub cites: Option<Digest>,
    /// Oldest first.
    pub accounts: Vec<Account>,
}

/// By what a message goes to an addressee.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carried {
    /// There is no dispatch: the addressee had no node when it was released.
    ByHand,
    /// Whatever is done by hand, the link delivers all the same.
    ByLink,
}

/// An account on record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The id of its command.
    pub id: CommandId,
    /// The record that holds it.
    pub index: u64,
    pub standing: Standing,
    /// As it names it; empty where it names none, or takes another one back.
    pub channel: Arc<str>,
}

/// What became of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It says that the message was handed over, and nothing took its place.
    Stands,
    /// It takes an earlier one back, and says nothing else.
    TakesBack,
    /// By the account in this record.
    Corrected(u64),
}

impl Item {
    /// Those that say that it was handed over, and nothing took their place.
    pub fn standing(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(|account| account.standing == Standing::Stands)
    }

    fn is_handed_over(&self) -> bool {
        self.standing().next().is_some()
    }

    /// The account with this id, if it may still be corrected.
    pub fn standing_account(&self, id: CommandId) -> Option<&Account> {
        self.standing().find(|account| account.id == id)
    }
}

impl ByHand {
    pub fn item(&self, party: Party, message: &Digest) -> Option<&Item> {
        self.items.get(&(party, *message))
    }

    /// By addressee, then by message.
    pub fn items(&self) -> impl Iterator<Item = (Party, Digest, &Item)> {
        self.items.iter().map(|((party, message), item)| (*party, *message, item))
    }

    /// Of what no account stands, in the order of release.
    pub fn open(&self) -> impl Iterator<Item = Open> + '_ {
        self.open.iter().copied()
    }

    /// The same, from this one on, whether it is still among them or not; `None`: from the first.
    pub fn open_from(&self, from: Option<Open>) -> impl Iterator<Item = Open> + '_ {
        onwards(&self.open, from)
    }

    /// What is owed by hand and was handed over by an account that stands, likewise.
    pub fn handed_over_from(&self, from: Option<Open>) -> impl Iterator<Item = Open> + '_ {
        onwards(&self.handed_over, from)
    }

    /// Whether anything was ever to be delivered to this Party by hand, or was.
    pub fn names(&self, party: Party) -> bool {
        let first = self.items.range((party, Digest::ZERO)..).next();
        first.is_some_and(|((other, _), _)| *other == party)
    }

    /// A message was released to a Party that has no node.
    pub(super) fn owe(&mut self, party: Party, message: Digest, message_index: u64, cites: Option<Digest>) {
        let item = Item { message_index, carried: Carried::ByHand, cites, accounts: Vec::new() };
        self.items.insert((party, message), item);
        self.open.insert((message_index, party, message));
    }

    /// An account was put on record, by this command, in this record.
    pub(super) fn take(&mut self, said: &DeliveredByHand, message_index: u64, id: CommandId, index: u64) {
        let new = || Item { message_index, carried: Carried::ByLink, cites: None, accounts: Vec::new() };
        let item = self.items.entry((said.party, said.message)).or_insert_with(new);
        for account in item.accounts.iter_mut().filter(|account| Some(account.id) == said.corrects) {
            account.standing = Standing::Corrected(index);
        }
        let (standing, channel) = match &said.says {
            Says::HandedOver(handed) => (Standing::Stands, handed.channel.as_str()),
            Says::TakenBack { .. } => (Standing::TakesBack, ""),
        };
        item.accounts.push(Account { id, index, standing, channel: channel.into() });
        let at = (item.message_index, said.party, said.message);
        let (from, to) = match (item.carried, item.is_handed_over()) {
            (Carried::ByLink, _) => return,
            (Carried::ByHand, true) => (&mut self.open, &mut self.handed_over),
            (Carried::ByHand, false) => (&mut self.handed_over, &mut self.open),
        };
        from.remove(&at);
        to.insert(at);
    }
}

fn onwards(all: &OrdSet<Open>, from: Option<Open>) -> impl Iterator<Item = Open> + '_ {
    let start = from.map_or(Bound::Unbounded, Bound::Included);
    all.range((start, Bound::Unbounded)).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn party(code: &str) -> Party {
        code.parse().unwrap()
    }

    fn said(message: u8, says: Says, corrects: Option<u8>) -> DeliveredByHand {
        DeliveredByHand {
            message: Digest([message; 32]),
            thread: ThreadId([1; 16]),
            party: party("SM"),
            says,
            corrects: corrects.map(|id| CommandId([id; 16])),
        }
    }

    fn handed() -> Says {
        Says::HandedOver(HandedOver {
            means: "note verbale".into(),
            channel: String::new(),
            note_number: String::new(),
            by: "I. Ivanova".into(),
            to: "the duty officer".into(),
            at: Instant(0),
            zone: "Z".into(),
            scan: None,
        })
    }

    fn taken_back() -> Says {
        Says::TakenBack { reason: "another note".into() }
    }

    #[test]
    fn a_message_stays_open_until_an_account_stands_and_opens_again_when_it_is_taken_back() {
        let mut by_hand = ByHand::default();
        by_hand.owe(party("SM"), Digest([1; 32]), 7, None);
        assert_eq!(by_hand.open().collect::<Vec<_>>(), [(7, party("SM"), Digest([1; 32]))]);
        by_hand.take(&said(1, handed(), None), 7, CommandId([1; 16]), 8);
        assert_eq!(by_hand.open().count(), 0);
        by_hand.take(&said(1, handed(), Some(1)), 7, CommandId([2; 16]), 9);
        assert_eq!(by_hand.open().count(), 0);
        by_hand.take(&said(1, taken_back(), Some(2)), 7, CommandId([3; 16]), 10);
        assert_eq!(by_hand.open().count(), 1);
        let standings: Vec<_> = by_hand
            .item(party("SM"), &Digest([1; 32]))
            .unwrap()
            .accounts
            .iter()
            .map(|account| account.standing)
            .collect();
        assert_eq!(standings, [Standing::Corrected(9), Standing::Corrected(10), Standing::TakesBack]);
        assert!(by_hand.names(party("SM")) && !by_hand.names(party("SL")));
    }

    #[test]
    fn what_the_link_carries_is_never_owed_by_hand() {
        let mut by_hand = ByHand::default();
        by_hand.take(&said(1, handed(), None), 7, CommandId([1; 16]), 8);
        by_hand.take(&said(1, taken_back(), Some(1)), 7, CommandId([2; 16]), 9);
        assert_eq!(by_hand.open().count(), 0);
        assert_eq!(by_hand.item(party("SM"), &Digest([1; 32])).unwrap().carried, Carried::ByLink);
    }

    #[test]
    fn what_is_taken_back_is_named_and_what_is_handed_over_says_how_by_whom_and_to_whom() {
        said(1, handed(), None).check().unwrap();
        said(1, taken_back(), Some(1)).check().unwrap();
        said(1, taken_back(), None).check().unwrap_err();
        said(1, Says::TakenBack { reason: " ".into() }, Some(1)).check().unwrap_err();
        for lacking in 0..4 {
            let Says::HandedOver(mut one) = handed() else { unreachable!() };
            match lacking {
                0 => one.means.clear(),
                1 => one.by.clear(),
                2 => one.to = "\n".into(),
                _ => one.zone.clear(),
            }
            said(1, Says::HandedOver(one), None).check().unwrap_err();
        }
    }

    proptest! {
        /// Whatever officers put on record, in whatever order: open is what no standing account covers.
        #[test]
        fn a_message_is_open_exactly_while_no_account_of_it_stands(
            steps in prop::collection::vec((0..3u8, any::<bool>(), prop::option::of(0..24u8)), 0..24),
        ) {
            let mut by_hand = ByHand::default();
            for message in 0..3u8 {
                by_hand.owe(party("SM"), Digest([message; 32]), u64::from(message), None);
            }
            for (number, (message, hands, corrects)) in (0u8..).zip(steps) {
                let says = if hands { handed() } else { taken_back() };
                by_hand.take(
                    &said(message, says, corrects), 0, CommandId([number; 16]), 10 + u64::from(number),
                );
            }
            for (party, message, item) in by_hand.items() {
                let open = by_hand.open().any(|one| one == (item.message_index, party, message));
                prop_assert_eq!(open, !item.is_handed_over());
                let handed = by_hand.handed_over_from(None).any(|one| one == (item.message_index, party, message));
                prop_assert_eq!(handed, item.is_handed_over());
            }
            prop_assert_eq!(by_hand.open().count() + by_hand.handed_over_from(None).count(), 3);
        }
    }
}
