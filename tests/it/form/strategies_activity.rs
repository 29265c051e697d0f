//! What is said about unusual activities and observation, as a form can state it.

use detente::domain::activity::{
    Convening, Joining, Judged, Judgement, Meeting, MeetingHeld, MeetingOutcome, MeetingReport,
    MeetingRequest, MeetingScope, Reply, Request, Sufficiency,
};
use detente::domain::content::Content;
use detente::domain::correspondence::{Answered, HowAnswered, Questioned};
use detente::domain::exercise::{ObserverReport, Observers, ObserversReply};
use detente::domain::form::{FigureAccount, FigureBasis};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::strategies::{areas, figures, message, number, of, place, prose, references, text, texts, when};

pub fn figure_basis() -> impl Strategy<Value = Option<FigureBasis>> {
    option::of(prop_oneof![
        Just(FigureBasis::Declared),
        Just(FigureBasis::Observed),
        Just(FigureBasis::Estimated)
    ])
}

fn figure_accounts() -> impl Strategy<Value = Vec<FigureAccount>> {
    vec(of!(FigureAccount { basis: figure_basis(), source: text(), as_of: when(), figures: figures() }), 0..3)
}

fn sufficiency() -> impl Strategy<Value = Option<Sufficiency>> {
    option::of(prop_oneof![Just(Sufficiency::Sufficient), Just(Sufficiency::Insufficient)])
}

fn scope() -> impl Strategy<Value = Option<MeetingScope>> {
    option::of(prop_oneof![Just(MeetingScope::Bilateral), Just(MeetingScope::AllParties)])
}

/// Each kind as often as the others.
pub fn content() -> BoxedStrategy<Content> {
    prop_oneof![requests(), meetings(), observation()].boxed()
}

fn requests() -> BoxedStrategy<Content> {
    let questions = vec(of!(Questioned { number: number(), text: prose(), field: text() }), 0..4);
    let request = of!(Request {
        concern: prose(),
        responsible: text(),
        designation: text(),
        kind: text(),
        areas: areas(),
        since: when(),
        with: texts(),
        questions: questions,
        reply_by: when(),
        figure_accounts: figure_accounts(),
        references: references(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let joining = of!(Joining {
        request: message(),
        concern: prose(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let how =
        prop_oneof![Just(HowAnswered::Answered), Just(HowAnswered::Partly), Just(HowAnswered::Declined)];
    let reply = of!(Reply {
        request: message(),
        answers: vec(of!(Answered { number: number(), how: option::of(how), text: prose() }), 0..4),
        statement: prose(),
        figure_accounts: figure_accounts(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let judgement = of!(Judgement {
        reply: message(),
        answers: vec(of!(Judged { number: number(), how: sufficiency(), grounds: prose() }), 0..4),
        as_a_whole: sufficiency(),
        grounds: prose(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    prop_oneof![
        request.prop_map(|form| Content::Request(Box::new(form))),
        joining.prop_map(Content::Joining),
        reply.prop_map(Content::Reply),
        judgement.prop_map(Content::Judgement),
    ]
    .boxed()
}

fn meetings() -> BoxedStrategy<Content> {
    let meeting_request = of!(MeetingRequest {
        request: message(),
        scope: scope(),
        with: text(),
        grounds: prose(),
        hold_by: when(),
        place: place(),
        invited: texts(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let convening = of!(Convening {
        meeting_request: message(),
        scope: scope(),
        convened_as: text(),
        start: when(),
        place: place(),
        invited: texts(),
        agenda: prose(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let meeting = of!(Meeting {
        meeting: message(),
        held: option::of(prop_oneof![Just(MeetingHeld::Held), Just(MeetingHeld::NotHeld)]),
        start: when(),
        end: when(),
        place: place(),
        attended: texts(),
        absent: texts(),
        outcome: option::of(prop_oneof![Just(MeetingOutcome::Something), Just(MeetingOutcome::Nothing)]),
        came_of_it: prose(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let report = of!(MeetingReport {
        meeting: message(),
        report: prose(),
        recommendations: prose(),
        with: texts(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    prop_oneof![
        meeting_request.prop_map(Content::MeetingRequest),
        convening.prop_map(Content::Convening),
        meeting.prop_map(Content::Meeting),
        report.prop_map(Content::MeetingReport),
    ]
    .boxed()
}

fn observation() -> BoxedStrategy<Content> {
    let observers = of!(Observers {
        invitation: message(),
        reply: option::of(prop_oneof![Just(ObserversReply::Observers), Just(ObserversReply::NoObservers)]),
        observers: number(),
        languages: texts(),
        arrival: when(),
        arrangements: prose(),
        contact: text(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let report = of!(ObserverReport {
        exercise: message(),
        observed_from: when(),
        observed_until: when(),
        observers: number(),
        places: vec(place(), 0..3),
        observed: prose(),
        figure_accounts: figure_accounts(),
        not_shown: prose(),
        differences: prose(),
        in_place_of: message(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    prop_oneof![
        observers.prop_map(Content::Observers),
        report.prop_map(|form| Content::ObserverReport(Box::new(form))),
    ]
    .boxed()
}
