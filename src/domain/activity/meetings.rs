//! The meetings of a thread: each that was asked for with what convened it, how it went and what is reported of it.
//!
//! Never here: an order of arrival that matters. A record that came before the convening stands with it all the same.

use super::MeetingRequest;
use super::picture::is_about;
use crate::domain::content::Content;
use crate::domain::form::MessageReference;
use crate::domain::said::Said;

/// One meeting that was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MeetingAsked<'s> {
    pub said: &'s Said,
    pub form: &'s MeetingRequest,
    pub convened: Vec<&'s Said>,
    /// Each author's own account.
    pub records: Vec<&'s Said>,
    pub reports: Vec<&'s Said>,
}

/// Those that were asked for, and what is said of others.
pub(super) struct Meetings<'s> {
    pub asked: Vec<MeetingAsked<'s>>,
    pub elsewhere: Vec<&'s Said>,
}

impl<'s> Meetings<'s> {
    /// What was taken back is left out by the caller.
    pub(super) fn of(standing: &[&'s Said]) -> Meetings<'s> {
        let mut meetings = Meetings { asked: Vec::new(), elsewhere: Vec::new() };
        for said in standing.iter().copied() {
            if let Content::MeetingRequest(form) = &said.content {
                let none = Vec::new;
                meetings.asked.push(MeetingAsked {
                    said,
                    form,
                    convened: none(),
                    records: none(),
                    reports: none(),
                });
            }
        }
        // Each may name what comes before it in this order.
        for step in [Step::Convening, Step::Record, Step::Report] {
            for said in standing.iter().copied() {
                if let Some((named, of)) = named(&said.content)
                    && of == step
                {
                    meetings.take(said, named, step);
                }
            }
        }
        meetings
    }

    fn take(&mut self, said: &'s Said, named: &MessageReference, step: Step) {
        let found = self.asked.iter_mut().find(|meeting| {
            // Nothing names one of its own step: whether that is here already would depend on the order.
            let before: &[&[&Said]] = match step {
                Step::Convening => &[],
                Step::Record => &[&meeting.convened],
                Step::Report => &[&meeting.convened, &meeting.records],
            };
            let all = std::iter::once(&meeting.said).chain(before.iter().copied().flatten());
            all.into_iter().any(|one| is_about(said, named, one))
        });
        match (found, step) {
            (Some(meeting), Step::Convening) => meeting.convened.push(said),
            (Some(meeting), Step::Record) => meeting.records.push(said),
            (Some(meeting), Step::Report) => meeting.reports.push(said),
            (None, _) => self.elsewhere.push(said),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Convening,
    Record,
    Report,
}

fn named(content: &Content) -> Option<(&MessageReference, Step)> {
    if let Content::Convening(form) = content {
        Some((&form.meeting_request, Step::Convening))
    } else if let Content::Meeting(form) = content {
        Some((&form.meeting, Step::Record))
    } else if let Content::MeetingReport(form) = content {
        Some((&form.meeting, Step::Report))
    } else {
        None
    }
}
