//! A duty in words, the same wherever it is shown.
//!
//! Never here: raw text from outside. Parties' codes and digests only.

use super::{Cause, Doubt, Duty, Force, GivenBy, InTime, Lifting, State, Step, TakenBack};
use crate::domain::digest::Digest;

impl Duty {
    /// Where it stands, in a sentence: by the last step that was told, `None` before any. After one that takes
    /// something back, the word for the state comes first: the step itself does not say what is left.
    pub fn sentence(&self, state: State, last: Option<&Step>) -> String {
        match last {
            None => state.word().to_owned(),
            Some(step @ Step::TakenBack { .. }) => format!("{}: {}", state.word(), step.says(self)),
            Some(step) => step.says(self),
        }
    }
}

impl Step {
    /// In a sentence.
    pub fn says(&self, duty: &Duty) -> String {
        let (by, to) = (duty.opened.owed_by, duty.opened.owed_to);
        match self {
            Step::Answered { message } => {
                format!("answered by message {}, which {to} has not receipted yet", message.short())
            }
            Step::Met { message, given, by: given_by, in_time } => {
                let how = match given_by {
                    GivenBy::Receipt => "by its receipt".to_owned(),
                    GivenBy::ByHand => "by hand, by our own account".to_owned(),
                    GivenBy::CosignedHead => format!("by a head that {to} cosigned"),
                };
                let in_time = match in_time {
                    InTime::InTime => "met in time",
                    InTime::BySendersAccount => "met in time by the sender's account",
                    InTime::Late => "met late",
                };
                format!("{in_time} by message {}, given at {given} {how}", message.short())
            }
            Step::JudgedInsufficient { by } => {
                format!("judged insufficient by {to}, in message {}", by.short())
            }
            Step::Lapsed => "lapsed: nothing met it in time".to_owned(),
            Step::Alarmed => "past due with nothing that meets it: an alarm, not a lapse".to_owned(),
            Step::Doubted { since, doubt: Doubt::NotReached } => {
                format!("unknown: link down since {since}; what brought it about has not reached {by}")
            }
            Step::Doubted { since, doubt: Doubt::MayBeUnderWay } => {
                format!("unknown: link down since {since}; what meets it may be on the way")
            }
            Step::Lifted(lifting) => lifted(*lifting, duty),
            Step::Resumed => "owed again: it is no longer suspended".to_owned(),
            Step::TakenBack { message, why: TakenBack::Withdrawn { by } } => format!(
                "message {} was taken back by its author, in message {}: what rested on it does not count",
                message.short(),
                by.short()
            ),
            Step::TakenBack { message, why: TakenBack::Account } => format!(
                "our account of how message {} was delivered by hand no longer counts: it was taken back, or another \
                 account or an earlier receipt stands; what rested on it does not count",
                message.short()
            ),
        }
    }

    /// The message that it rests on.
    pub fn message(&self) -> Option<Digest> {
        match self {
            Step::Answered { message } | Step::Met { message, .. } => Some(*message),
            Step::JudgedInsufficient { by } => Some(*by),
            Step::Lifted(
                Lifting::Cancelled { by }
                | Lifting::Suspended { by }
                | Lifting::ForceMajeure { claimed_in: by },
            ) => Some(*by),
            Step::TakenBack { why: TakenBack::Withdrawn { by }, .. } => Some(*by),
            Step::TakenBack { message, why: TakenBack::Account } => Some(*message),
            Step::Lapsed
            | Step::Alarmed
            | Step::Doubted { .. }
            | Step::Lifted(Lifting::NotBound | Lifting::CameTooLate | Lifting::AccountTakenBack)
            | Step::Resumed => None,
        }
    }
}

fn lifted(lifting: Lifting, duty: &Duty) -> String {
    let by = duty.opened.owed_by;
    match lifting {
        Lifting::Cancelled { by } => format!("lifted: cancelled, by message {}", by.short()),
        Lifting::Suspended { by } => format!("lifted: suspended, by message {}", by.short()),
        Lifting::ForceMajeure { claimed_in } => {
            format!("lifted: force majeure, claimed by {by} in message {}", claimed_in.short())
        }
        Lifting::NotBound => {
            let none = "lifted: this paragraph did not bind the two to each other when it fell due";
            match duty.opened.cause {
                Cause::Message { .. } => none.to_owned(),
                // They may be bound by this text as well.
                Cause::Year(_) => format!(
                    "{none}, or another text of the regime had come to bind them later, and days of the year go by that"
                ),
            }
        }
        Lifting::CameTooLate => format!("lifted: what brought it about reached {by} only after it fell due"),
        Lifting::AccountTakenBack => {
            "lifted: our account of the delivery by hand from which it ran no longer counts: it was taken back, or \
             another account or an earlier receipt stands"
                .to_owned()
        }
    }
}

impl Force {
    /// Why it is only an alarm; empty for a duty.
    pub fn words(self) -> &'static str {
        match self {
            Force::Duty => "",
            Force::Unchecked => "an alarm: it rests on an unchecked number",
            Force::Alarm => "an alarm: the regime sets no number, or whether it applies can't be judged",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::ThreadId;
    use crate::domain::duty::{DutyNumber, Opened};
    use crate::domain::time::Instant;

    #[test]
    fn of_a_day_of_the_year_that_goes_by_a_later_text_it_is_not_said_that_the_first_binds_nobody() {
        let lifted = |cause: Cause| {
            let [owed_by, owed_to] = ["PL", "BY"].map(|code| code.parse().unwrap());
            let opened = Opened::made(owed_by, owed_to, cause);
            let duty = Duty { number: DutyNumber(0), opened, index: 0, at: Instant(0), story: Vec::new() };
            Step::Lifted(Lifting::NotBound).says(&duty)
        };
        assert!(lifted(Cause::Year(2025)).contains("another text of the regime had come to bind them later"));
        let by_message = Cause::Message { digest: Digest::ZERO, thread: ThreadId([1; 16]) };
        assert!(!lifted(by_message).contains("another text"));
    }
}
