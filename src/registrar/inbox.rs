//! What waits for the writer. Persons, each link and the node itself have places of their own, and FLASH
//! has its own again: whoever fills theirs is told "not now", and nobody else notices.
//!
//! Never here: a decision. The order in which commands of one lane were given is the order in which they
//! are taken; between lanes FLASH comes first, then what persons ask, then the rest.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::Done;
use crate::domain::board::Denied;
use crate::domain::command::{Command, Origin};
use crate::domain::party::Party;
use crate::domain::precedence::Precedence;
use crate::domain::refusal::NotNow;
use crate::limits;

/// A command with the way back for its answer.
pub(super) struct Ask {
    pub command: Command,
    pub origin: Origin,
    reply: oneshot::Sender<Result<Done, Denied>>,
    turn: Turn,
    place: OwnedSemaphorePermit,
}

impl Ask {
    /// Gives the place back first: who hears the answer may ask again at once.
    pub fn answer(self, answer: Result<Done, Denied>) {
        drop(self.place);
        // Who asked may have gone; then nobody is told, and what is on record stands all the same.
        let _ = self.reply.send(answer);
    }

    /// Whoever waited too long has been answered "not now".
    pub fn is_given_up(&self) -> bool {
        self.reply.is_closed()
    }
}

/// What is taken before what.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Turn {
    Flash,
    Person,
    Other,
}

/// Whose places a command takes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Share {
    Persons,
    Link(Party),
    /// What the node does for no link in particular.
    Node,
}

/// The way in. Cheap to clone. The queues have no bound of their own: no more can be in them than there
/// are places, and Parties are known by two custodians' word.
#[derive(Clone)]
pub(super) struct Inbox {
    flash: mpsc::UnboundedSender<Ask>,
    persons: mpsc::UnboundedSender<Ask>,
    others: mpsc::UnboundedSender<Ask>,
    places: Arc<Mutex<Places>>,
}

/// How many commands each may have in the queues.
type Places = BTreeMap<(Share, Speed), Arc<Semaphore>>;

/// FLASH, or anything lower.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Speed {
    Flash,
    Lower,
}

/// The way out.
pub(super) struct Commands {
    flash: Queue,
    persons: Queue,
    others: Queue,
}

/// What is taken in the order in which it was given.
struct Queue {
    /// What did not fit into the batch before.
    left: VecDeque<Ask>,
    given: mpsc::UnboundedReceiver<Ask>,
}

impl Queue {
    fn new() -> (mpsc::UnboundedSender<Ask>, Queue) {
        let (way_in, given) = mpsc::unbounded_channel();
        (way_in, Queue { left: VecDeque::new(), given })
    }

    fn try_next(&mut self) -> Option<Ask> {
        self.left.pop_front().or_else(|| self.given.try_recv().ok())
    }
}

pub(super) fn inbox() -> (Inbox, Commands) {
    let (flash, from_flash) = Queue::new();
    let (persons, from_persons) = Queue::new();
    let (others, from_others) = Queue::new();
    let inbox = Inbox { flash, persons, others, places: Arc::default() };
    (inbox, Commands { flash: from_flash, persons: from_persons, others: from_others })
}

impl Inbox {
    /// Takes a place, or says that there is none, or that the writer has stopped.
    pub fn put(
        &self,
        command: Command,
        origin: Origin,
    ) -> Result<oneshot::Receiver<Result<Done, Denied>>, NotNow> {
        let speed = if is_flash(&command) { Speed::Flash } else { Speed::Lower };
        let share = match (&origin, link_of(&command)) {
            (Origin::Person(_), _) => Share::Persons,
            (Origin::Node, Some(party)) => Share::Link(party),
            (Origin::Node, None) => Share::Node,
        };
        let place = self.places_of(share, speed).try_acquire_owned().map_err(|_| NotNow::Inbox)?;
        let (turn, queue) = match (speed, share) {
            (Speed::Flash, _) => (Turn::Flash, &self.flash),
            (Speed::Lower, Share::Persons) => (Turn::Person, &self.persons),
            (Speed::Lower, Share::Link(_) | Share::Node) => (Turn::Other, &self.others),
        };
        let (reply, answer) = oneshot::channel();
        // The writer has stopped: the journal is broken, or the node ends.
        queue.send(Ask { command, origin, reply, turn, place }).map_err(|_| NotNow::Stopped)?;
        Ok(answer)
    }

    fn places_of(&self, share: Share, speed: Speed) -> Arc<Semaphore> {
        let many = match (share, speed) {
            (Share::Persons, Speed::Lower) => limits::INBOX_PERSONS_MAX,
            (Share::Persons, Speed::Flash) => limits::INBOX_PERSONS_FLASH_MAX,
            (Share::Link(_), Speed::Lower) => limits::INBOX_PER_LINK_MAX,
            (Share::Link(_), Speed::Flash) => limits::INBOX_PER_LINK_FLASH_MAX,
            (Share::Node, Speed::Lower | Speed::Flash) => limits::INBOX_NODE_MAX,
        };
        // Nothing can be half done under this lock.
        let mut all = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry((share, speed)).or_insert_with(|| Arc::new(Semaphore::new(many))).clone()
    }
}

impl Commands {
    /// What comes first of all that waits; `None` when nobody can ask any more.
    pub async fn next(&mut self) -> Option<Ask> {
        if let Some(ask) = self.try_next() {
            return Some(ask);
        }
        tokio::select! {
            biased;
            ask = self.flash.given.recv() => ask,
            Some(ask) = self.persons.given.recv() => Some(ask),
            Some(ask) = self.others.given.recv() => Some(ask),
        }
    }

    /// A batch that begins with `first`: FLASH alone if there is any, and no more than one batch may hold.
    pub fn batch(&mut self, first: Ask) -> Vec<Ask> {
        let mut asks = vec![first];
        while asks.len() < limits::BATCH_COMMANDS_MAX
            && let Some(ask) = self.try_next()
        {
            asks.push(ask);
        }
        asks.retain(|ask| !ask.is_given_up());
        // FLASH may have come since the first was taken. Among those of one kind the order stays.
        asks.sort_by_key(|ask| ask.turn);
        // A batch is answered once all of it is on record: FLASH waits for nothing lower.
        let flash = asks.partition_point(|ask| ask.turn == Turn::Flash);
        if flash > 0 {
            let lower = asks.split_off(flash);
            self.put_back(lower);
        }
        asks
    }

    /// The rest of a batch that would not have fitted: it comes before all of its kind that came later.
    pub fn put_back(&mut self, left: Vec<Ask>) {
        for ask in left.into_iter().rev() {
            let queue = match ask.turn {
                Turn::Flash => &mut self.flash,
                Turn::Person => &mut self.persons,
                Turn::Other => &mut self.others,
            };
            queue.left.push_front(ask);
        }
    }

    pub fn is_closed(&self) -> bool {
        self.flash.given.is_closed()
    }

    fn try_next(&mut self) -> Option<Ask> {
        let flash = self.flash.try_next();
        flash.or_else(|| self.persons.try_next()).or_else(|| self.others.try_next())
    }
}

/// The link that a command of the node is about.
fn link_of(command: &Command) -> Option<Party> {
    match command {
        Command::Receive(delivery) => Some(delivery.peer),
        Command::TakeReceipt(receipted) => Some(receipted.party),
        Command::DisputeReceipt { party, .. }
        | Command::Contradict { party, .. }
        | Command::TurnAway { party, .. } => Some(*party),
        Command::FollowHead(head, _) | Command::RejectHead { head, .. } | Command::TakeCosignature(head) => {
            Some(head.party)
        }
        Command::AcceptKeyList(accepted) => Some(accepted.list.party),
        Command::AcceptRevocationList(list) => Some(list.party),
        Command::Propose(_)
        | Command::Confirm { .. }
        | Command::Drop(_)
        | Command::Draft { .. }
        | Command::ReturnDraft { .. }
        | Command::WithdrawDraft { .. }
        | Command::Release { .. }
        | Command::Acknowledge { .. }
        | Command::Shown { .. }
        | Command::NoteMissing { .. }
        | Command::NoteDuties(_)
        | Command::ReadForAudit { .. }
        | Command::StorePart { .. }
        | Command::ErasePart { .. }
        | Command::HoldRegime(_)
        | Command::RecordByHand(_)
        | Command::NoteAlarm(_)
        | Command::Alert(_)
        | Command::OfferWatch { .. }
        | Command::TakeWatch { .. }
        | Command::SendCheck(_)
        | Command::NoteCheck(_)
        | Command::NoteCarry(_) => None,
    }
}

fn is_flash(command: &Command) -> bool {
    let precedence = match command {
        Command::Receive(delivery) => delivery.dispatch.lane,
        Command::TakeReceipt(receipted) => receipted.receipt.lane,
        Command::DisputeReceipt { lane, .. } => *lane,
        Command::Alert(due) => due.precedence,
        Command::Draft { outgoing, .. }
        | Command::Release { outgoing, .. }
        | Command::Acknowledge { outgoing, .. }
        | Command::Shown { outgoing, .. } => outgoing.precedence,
        Command::Propose(_)
        | Command::Confirm { .. }
        | Command::Drop(_)
        | Command::ReturnDraft { .. }
        | Command::WithdrawDraft { .. }
        | Command::FollowHead(..)
        | Command::RejectHead { .. }
        | Command::TakeCosignature(_)
        | Command::Contradict { .. }
        | Command::AcceptKeyList(_)
        | Command::AcceptRevocationList(_)
        | Command::TurnAway { .. }
        | Command::NoteMissing { .. }
        | Command::NoteDuties(_)
        | Command::ReadForAudit { .. }
        | Command::StorePart { .. }
        | Command::ErasePart { .. }
        | Command::HoldRegime(_)
        | Command::RecordByHand(_)
        | Command::NoteAlarm(_)
        | Command::OfferWatch { .. }
        | Command::TakeWatch { .. }
        | Command::SendCheck(_)
        | Command::NoteCheck(_)
        | Command::NoteCarry(_) => return false,
    };
    precedence == Precedence::Flash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::{CommandId, Digest};
    use crate::domain::event::Stamp;
    use crate::domain::people::Person;
    use crate::domain::time::Instant;

    fn party(code: &str) -> Party {
        code.parse().unwrap()
    }

    /// A command of a link's lane, told from others by its serial.
    fn of(code: &str, lane: Precedence, serial: u64) -> Command {
        let (receipt, reason) = (bytes::Bytes::new(), String::new());
        Command::DisputeReceipt { party: party(code), lane, serial, receipt, reason, judged_by_key_list: 1 }
    }

    fn serial(ask: &Ask) -> u64 {
        match &ask.command {
            Command::DisputeReceipt { serial, .. } => *serial,
            _ => 0,
        }
    }

    fn person() -> Origin {
        let by = Person { name: "Anna".into(), office: String::new(), key_digest: Digest::ZERO };
        let (id, content, at) = (CommandId([0; 16]), Digest::ZERO, Instant(0));
        Origin::Person(Stamp { id, content, at, by })
    }

    #[test]
    fn a_link_that_fills_its_places_leaves_those_of_others_of_flash_and_of_persons() {
        let (inbox, mut commands) = inbox();
        let mut flood = Vec::new();
        let full = loop {
            match inbox.put(of("BY", Precedence::Routine, 1), Origin::Node) {
                Ok(answer) => flood.push(answer),
                Err(full) => break full,
            }
        };
        assert_eq!((full, flood.len()), (NotNow::Inbox, limits::INBOX_PER_LINK_MAX));
        let (one, two) = (of("BY", Precedence::Flash, 2), of("PL", Precedence::Routine, 3));
        let kept = [inbox.put(one, Origin::Node), inbox.put(two, Origin::Node)];
        let by_person = inbox.put(Command::ReadForAudit { what: "all".into() }, person());
        assert!(kept.iter().chain([&by_person]).all(Result::is_ok));

        // A place is free again once its command was answered.
        let first = commands.try_next().unwrap();
        assert_eq!(serial(&first), 2, "FLASH came last, and goes first");
        let mut alone = commands.batch(first);
        assert_eq!(alone.len(), 1, "and in a batch of its own");
        let first = commands.try_next().unwrap();
        let batch = commands.batch(first);
        assert!(matches!(batch[0].origin, Origin::Person(_)));
        for ask in alone.drain(..).chain(batch.into_iter().take(2)) {
            ask.answer(Err(NotNow::Journal.into()));
        }
        assert!(inbox.put(of("BY", Precedence::Routine, 1), Origin::Node).is_ok());
    }

    #[test]
    fn commands_of_one_lane_stay_in_order_whatever_was_put_back_and_came_between() {
        let (inbox, mut commands) = inbox();
        let mut answers = Vec::new();
        let mut put = |lane, serials: std::ops::Range<u64>| {
            for serial in serials {
                answers.push(inbox.put(of("BY", lane, serial), Origin::Node).unwrap());
            }
        };
        put(Precedence::Routine, 0..100);
        put(Precedence::Flash, 1_000..1_010);
        let first = commands.try_next().unwrap();
        let mut batch = commands.batch(first);
        let (mut flash, mut routine, mut later) = (Vec::new(), Vec::new(), Some(()));
        // Of each batch only a few fit.
        loop {
            let left = batch.split_off(batch.len().min(4));
            for ask in batch {
                if serial(&ask) < 1_000 { routine.push(serial(&ask)) } else { flash.push(serial(&ask)) }
            }
            commands.put_back(left);
            if routine.len() == 4 && later.take().is_some() {
                put(Precedence::Flash, 1_010..1_020);
                put(Precedence::Routine, 100..120);
            }
            match commands.try_next() {
                Some(first) => batch = commands.batch(first),
                None => break,
            }
        }
        assert_eq!(flash, (1_000..1_020).collect::<Vec<_>>());
        assert_eq!(routine, (0..120).collect::<Vec<_>>());
    }
}
