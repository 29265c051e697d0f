//! The kinds of content, and what they are called.
//!
//! Never here: what a form of a kind holds (`content.rs`).

/// The kinds of content, as the envelope names them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    Calendar,
    Notification,
    Amendment,
    Invitation,
    Conclusion,
    Statement,
    Cancellation,
    SameActivity,
    Adoption,
    Suspension,
    Resumption,
    Withdrawal,
    Formatted,
    Transcription,
    Translation,
    Forwarded,
    Report,
    Update,
    Finding,
    Closing,
    SameIncident,
    Question,
    Answer,
    Text,
    ServiceMessage,
    MessageWithdrawal,
    Request,
    Joining,
    Reply,
    Judgement,
    MeetingRequest,
    Convening,
    Meeting,
    MeetingReport,
    Observers,
    ObserverReport,
    SessionOpening,
    SessionAcceptance,
    SessionText,
    SessionAddition,
    SessionClose,
    SessionShown,
    Check,
    CheckAnswer,
}

impl Kind {
    pub const ALL: [Kind; 44] = [
        Kind::Calendar,
        Kind::Notification,
        Kind::Amendment,
        Kind::Invitation,
        Kind::Conclusion,
        Kind::Statement,
        Kind::Cancellation,
        Kind::SameActivity,
        Kind::Adoption,
        Kind::Suspension,
        Kind::Resumption,
        Kind::Withdrawal,
        Kind::Formatted,
        Kind::Transcription,
        Kind::Translation,
        Kind::Forwarded,
        Kind::Report,
        Kind::Update,
        Kind::Finding,
        Kind::Closing,
        Kind::SameIncident,
        Kind::Question,
        Kind::Answer,
        Kind::Text,
        Kind::ServiceMessage,
        Kind::MessageWithdrawal,
        Kind::Request,
        Kind::Joining,
        Kind::Reply,
        Kind::Judgement,
        Kind::MeetingRequest,
        Kind::Convening,
        Kind::Meeting,
        Kind::MeetingReport,
        Kind::Observers,
        Kind::ObserverReport,
        Kind::SessionOpening,
        Kind::SessionAcceptance,
        Kind::SessionText,
        Kind::SessionAddition,
        Kind::SessionClose,
        Kind::SessionShown,
        Kind::Check,
        Kind::CheckAnswer,
    ];

    /// As it stands in the signed envelope.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Calendar => "exercise.calendar",
            Kind::Notification => "exercise.notification",
            Kind::Amendment => "exercise.amendment",
            Kind::Invitation => "exercise.invitation",
            Kind::Conclusion => "exercise.conclusion",
            Kind::Statement => "exercise.statement",
            Kind::Cancellation => "exercise.cancellation",
            Kind::SameActivity => "exercise.same-activity",
            Kind::Adoption => "regime.adoption",
            Kind::Suspension => "regime.suspension",
            Kind::Resumption => "regime.resumption",
            Kind::Withdrawal => "regime.withdrawal",
            Kind::Formatted => "regime.formatted",
            Kind::Transcription => "transcription",
            Kind::Translation => "message.translation",
            Kind::Forwarded => "message.forwarded",
            Kind::Report => "incident.report",
            Kind::Update => "incident.update",
            Kind::Finding => "incident.finding",
            Kind::Closing => "incident.closing",
            Kind::SameIncident => "incident.same-incident",
            Kind::Question => "message.question",
            Kind::Answer => "message.answer",
            Kind::Text => "message.text",
            Kind::ServiceMessage => "message.service",
            Kind::MessageWithdrawal => "message.withdrawal",
            Kind::Request => "activity.request",
            Kind::Joining => "activity.joining",
            Kind::Reply => "activity.reply",
            Kind::Judgement => "activity.judgement",
            Kind::MeetingRequest => "activity.meeting-request",
            Kind::Convening => "activity.convening",
            Kind::Meeting => "activity.meeting",
            Kind::MeetingReport => "activity.meeting-report",
            Kind::Observers => "exercise.observers",
            Kind::ObserverReport => "exercise.observer-report",
            Kind::SessionOpening => "hotline.opening",
            Kind::SessionAcceptance => "hotline.acceptance",
            Kind::SessionText => "hotline.text",
            Kind::SessionAddition => "hotline.addition",
            Kind::SessionClose => "hotline.close",
            Kind::SessionShown => "hotline.shown",
            Kind::Check => "hotline.check",
            Kind::CheckAnswer => "hotline.check-answer",
        }
    }

    /// `None` for a kind that this program does not know.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The first part of the name, for the command line: `exercise`.
    pub fn noun(self) -> &'static str {
        self.name().split_once('.').map_or(self.name(), |(noun, _)| noun)
    }

    /// Whether a message of this kind may be the first of its thread. What is said about another one belongs
    /// where that is.
    pub fn opens_a_thread(self) -> bool {
        match self {
            Kind::Calendar
            | Kind::Notification
            | Kind::Adoption
            | Kind::Formatted
            | Kind::Transcription
            | Kind::Forwarded
            | Kind::Report
            | Kind::Text
            | Kind::ServiceMessage
            | Kind::Request
            | Kind::SessionOpening
            | Kind::Check => true,
            Kind::Amendment
            | Kind::Invitation
            | Kind::Conclusion
            | Kind::Statement
            | Kind::Cancellation
            | Kind::SameActivity
            | Kind::Suspension
            | Kind::Resumption
            | Kind::Withdrawal
            | Kind::Translation
            | Kind::Update
            | Kind::Finding
            | Kind::Closing
            | Kind::SameIncident
            | Kind::Question
            | Kind::Answer
            | Kind::MessageWithdrawal
            | Kind::Joining
            | Kind::Reply
            | Kind::Judgement
            | Kind::MeetingRequest
            | Kind::Convening
            | Kind::Meeting
            | Kind::MeetingReport
            | Kind::Observers
            | Kind::ObserverReport
            | Kind::SessionAcceptance
            | Kind::SessionText
            | Kind::SessionAddition
            | Kind::SessionClose
            | Kind::SessionShown
            | Kind::CheckAnswer => false,
        }
    }

    /// Whether it is said in a session of the hotline.
    pub fn is_of_the_hotline(self) -> bool {
        self.noun() == "hotline"
    }

    /// Whether it has a place in the order of a session. What is not a part of what was said has none.
    pub fn has_place_in_session(self) -> bool {
        matches!(
            self,
            Kind::SessionOpening | Kind::SessionAcceptance | Kind::SessionText | Kind::SessionAddition
        )
    }

    /// Whether it says who takes part in which rules: it is taken back by a word of these kinds alone.
    pub fn is_word_on_rules(self) -> bool {
        matches!(self, Kind::Adoption | Kind::Suspension | Kind::Resumption | Kind::Withdrawal)
    }

    /// Whether the withdrawal of a message takes one of this kind back.
    pub fn may_be_taken_back(self) -> bool {
        self != Kind::MessageWithdrawal && !self.is_word_on_rules()
    }

    /// Whether a cancellation cancels what a message of this kind announces.
    pub fn may_be_cancelled(self) -> bool {
        matches!(self, Kind::Calendar | Kind::Notification | Kind::Amendment)
    }

    /// The last part of the name, for the command line and within a sentence: `notification`.
    pub fn word(self) -> &'static str {
        self.name().split_once('.').map_or(self.name(), |(_, word)| word)
    }
}
