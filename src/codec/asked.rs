//! A form as the call of its noun's service carries it.
//!
//! Never here: a heading, or what is wrong with either (`heading.rs`).

use prost::Message as _;

use super::evidence_v1 as wire;
use super::form;
use super::proto::detente::v1 as calls;
use crate::domain::content::{Content, Kind};

/// A form as the call for its kind carries it.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, on its way into a call")]
pub enum Asked {
    Exercise(calls::draft_request::Content),
    Incident(calls::incident_service_draft_request::Content),
    Activity(calls::activity_service_draft_request::Content),
    Regime(calls::draft_word_request::Content),
    Formatted(wire::RegimeFormatted),
    Transcription(wire::Transcription),
    Message(calls::draft_message_request::Content),
    Hotline(calls::hotline_service_draft_request::Content),
}

/// # Errors
/// Over a limit.
pub fn given(content: &Content) -> Result<Asked, form::Unreadable> {
    use calls::activity_service_draft_request::Content as Activity;
    use calls::draft_message_request::Content as About;
    use calls::draft_request::Content as Exercise;
    use calls::draft_word_request::Content as Regime;
    use calls::hotline_service_draft_request::Content as Hotline;
    use calls::incident_service_draft_request::Content as Incident;
    let bytes = form::encode(content)?;
    let bytes = bytes.as_slice();
    let given = match content.kind() {
        Kind::Calendar => {
            wire::ExerciseCalendar::decode(bytes).map(|form| Asked::Exercise(Exercise::Calendar(form)))
        }
        Kind::Notification => wire::ExerciseNotification::decode(bytes)
            .map(|form| Asked::Exercise(Exercise::Notification(form))),
        Kind::Amendment => {
            wire::ExerciseAmendment::decode(bytes).map(|form| Asked::Exercise(Exercise::Amendment(form)))
        }
        Kind::Invitation => {
            wire::ExerciseInvitation::decode(bytes).map(|form| Asked::Exercise(Exercise::Invitation(form)))
        }
        Kind::Conclusion => {
            wire::ExerciseConclusion::decode(bytes).map(|form| Asked::Exercise(Exercise::Conclusion(form)))
        }
        Kind::Cancellation => wire::ExerciseCancellation::decode(bytes)
            .map(|form| Asked::Exercise(Exercise::Cancellation(form))),
        Kind::Statement => {
            wire::ExerciseStatement::decode(bytes).map(|form| Asked::Exercise(Exercise::Statement(form)))
        }
        Kind::SameActivity => {
            wire::SameActivity::decode(bytes).map(|form| Asked::Exercise(Exercise::SameActivity(form)))
        }
        Kind::Adoption => {
            wire::RegimeAdoption::decode(bytes).map(|form| Asked::Regime(Regime::Adoption(form)))
        }
        Kind::Suspension => {
            wire::RegimeSuspension::decode(bytes).map(|form| Asked::Regime(Regime::Suspension(form)))
        }
        Kind::Resumption => {
            wire::RegimeResumption::decode(bytes).map(|form| Asked::Regime(Regime::Resumption(form)))
        }
        Kind::Withdrawal => {
            wire::RegimeWithdrawal::decode(bytes).map(|form| Asked::Regime(Regime::Withdrawal(form)))
        }
        Kind::Formatted => wire::RegimeFormatted::decode(bytes).map(Asked::Formatted),
        Kind::Transcription => wire::Transcription::decode(bytes).map(Asked::Transcription),
        Kind::Translation => {
            wire::MessageTranslation::decode(bytes).map(|form| Asked::Message(About::Translation(form)))
        }
        Kind::Forwarded => {
            wire::MessageForwarded::decode(bytes).map(|form| Asked::Message(About::Forwarded(form)))
        }
        Kind::Report => {
            wire::IncidentReport::decode(bytes).map(|form| Asked::Incident(Incident::Report(form)))
        }
        Kind::Update => {
            wire::IncidentUpdate::decode(bytes).map(|form| Asked::Incident(Incident::Update(form)))
        }
        Kind::Finding => {
            wire::IncidentFinding::decode(bytes).map(|form| Asked::Incident(Incident::Finding(form)))
        }
        Kind::Closing => {
            wire::IncidentClosing::decode(bytes).map(|form| Asked::Incident(Incident::Closing(form)))
        }
        Kind::SameIncident => {
            wire::SameActivity::decode(bytes).map(|form| Asked::Incident(Incident::SameIncident(form)))
        }
        Kind::Question => {
            wire::MessageQuestion::decode(bytes).map(|form| Asked::Message(About::Question(form)))
        }
        Kind::Answer => wire::MessageAnswer::decode(bytes).map(|form| Asked::Message(About::Answer(form))),
        Kind::Text => wire::MessageText::decode(bytes).map(|form| Asked::Message(About::Text(form))),
        Kind::ServiceMessage => {
            wire::ServiceMessage::decode(bytes).map(|form| Asked::Message(About::Service(form)))
        }
        Kind::MessageWithdrawal => {
            wire::MessageWithdrawal::decode(bytes).map(|form| Asked::Message(About::Withdrawal(form)))
        }
        Kind::Request => {
            wire::ActivityRequest::decode(bytes).map(|form| Asked::Activity(Activity::Request(form)))
        }
        Kind::Joining => {
            wire::ActivityJoining::decode(bytes).map(|form| Asked::Activity(Activity::Joining(form)))
        }
        Kind::Reply => wire::ActivityReply::decode(bytes).map(|form| Asked::Activity(Activity::Reply(form))),
        Kind::Judgement => {
            wire::ActivityJudgement::decode(bytes).map(|form| Asked::Activity(Activity::Judgement(form)))
        }
        Kind::MeetingRequest => wire::ActivityMeetingRequest::decode(bytes)
            .map(|form| Asked::Activity(Activity::MeetingRequest(form))),
        Kind::Convening => {
            wire::ActivityConvening::decode(bytes).map(|form| Asked::Activity(Activity::Convening(form)))
        }
        Kind::Meeting => {
            wire::ActivityMeeting::decode(bytes).map(|form| Asked::Activity(Activity::Meeting(form)))
        }
        Kind::MeetingReport => wire::ActivityMeetingReport::decode(bytes)
            .map(|form| Asked::Activity(Activity::MeetingReport(form))),
        Kind::Observers => {
            wire::ExerciseObservers::decode(bytes).map(|form| Asked::Exercise(Exercise::Observers(form)))
        }
        Kind::ObserverReport => wire::ExerciseObserverReport::decode(bytes)
            .map(|form| Asked::Exercise(Exercise::ObserverReport(form))),
        Kind::SessionOpening => {
            wire::HotlineOpening::decode(bytes).map(|form| Asked::Hotline(Hotline::Opening(form)))
        }
        Kind::SessionAcceptance => {
            wire::HotlineAcceptance::decode(bytes).map(|form| Asked::Hotline(Hotline::Acceptance(form)))
        }
        Kind::SessionText => wire::HotlineText::decode(bytes).map(|form| Asked::Hotline(Hotline::Text(form))),
        Kind::SessionAddition => {
            wire::HotlineAddition::decode(bytes).map(|form| Asked::Hotline(Hotline::Addition(form)))
        }
        Kind::SessionClose => {
            wire::HotlineClose::decode(bytes).map(|form| Asked::Hotline(Hotline::Close(form)))
        }
        Kind::SessionShown => {
            wire::HotlineShown::decode(bytes).map(|form| Asked::Hotline(Hotline::Shown(form)))
        }
        Kind::Check => wire::HotlineCheck::decode(bytes).map(|form| Asked::Hotline(Hotline::Check(form))),
        Kind::CheckAnswer => {
            wire::HotlineCheckAnswer::decode(bytes).map(|form| Asked::Hotline(Hotline::CheckAnswer(form)))
        }
    };
    given.map_err(|error| form::Unreadable::Malformed { kind: content.kind(), what: error.to_string() })
}
