//! Any content of an exercise, as a form can state it.

use detente::domain::exercise::{
    Basis, Calendar, CalendarEntry, CalendarReturn, Invitation, LandActivity, Landing, Notice, Notification,
    Phase, Transfer,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::strategies::{
    areas, figures, formations, number, of, place, prose, references, text, texts, when,
};

fn basis() -> impl Strategy<Value = Option<Basis>> {
    option::of(prop_oneof![Just(Basis::Voluntary), Just(Basis::Owed)])
}

pub(super) fn notification() -> BoxedStrategy<Notification> {
    let land = of!(LandActivity {
        figures: figures(),
        formations: formations(),
        purpose_of_air_missions: prose(),
        categories_of_aircraft: texts(),
        level_of_command_air: text(),
        naval_gunfire: prose(),
        other_ship_support: prose(),
        level_of_command_naval: text(),
    });
    let landing = of!(Landing {
        figures: figures(),
        formations: formations(),
        points_of_embarkation: vec(place(), 0..3),
    });
    let transfer = of!(Transfer {
        figures: figures(),
        formations: formations(),
        arrival_points: vec(place(), 0..3),
        concentration_points: vec(place(), 0..3),
    });
    let phases = vec(
        of!(Phase {
            name: text(),
            kind: text(),
            start: when(),
            end: when(),
            areas: areas(),
            tactical_purpose: prose(),
            description: prose(),
            figures: figures(),
        }),
        0..3,
    );
    of!(Notification {
        designation: text(),
        general_purpose: prose(),
        notifying_parties: texts(),
        territorial_parties: texts(),
        commanding_parties: texts(),
        participating_parties: texts(),
        level_of_command_organising: text(),
        level_of_command_commanding: text(),
        start: when(),
        end: when(),
        basis: basis(),
        notice: option::of(prop_oneof![Just(Notice::InAdvance), Just(Notice::Short)]),
        land: land,
        landing: landing,
        transfer: transfer,
        areas: areas(),
        phases: phases,
        changes_against_calendar: prose(),
        relation_to_other_activities: prose(),
        references: references(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    })
}

pub(super) fn calendar() -> BoxedStrategy<Calendar> {
    let entries = vec(
        of!(CalendarEntry {
            number: number(),
            kind: text(),
            designation: text(),
            characteristics_and_purpose: prose(),
            participating_parties: texts(),
            areas: areas(),
            planned_duration_days: number(),
            start: when(),
            end: when(),
            period: text(),
            figures: figures(),
            types_of_forces: texts(),
            level_of_command: text(),
            direct_operational_command: text(),
            formations: formations(),
            references: references(),
            remarks: prose(),
        }),
        0..3,
    );
    of!(Calendar {
        year: number(),
        holds: option::of(prop_oneof![Just(CalendarReturn::Entries), Just(CalendarReturn::Nil)]),
        entries: entries,
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    })
}

pub(super) fn invitation() -> BoxedStrategy<Invitation> {
    of!(Invitation {
        designation: text(),
        references: references(),
        basis: basis(),
        invited: texts(),
        answer_by: when(),
        answer_to: text(),
        observers_per_party: number(),
        exercise_start: when(),
        exercise_end: when(),
        assembly_time: when(),
        assembly_place: place(),
        programme_start: when(),
        programme_end: when(),
        planned_duration: text(),
        languages: texts(),
        board_and_lodging: prose(),
        transport: prose(),
        equipment_issued: prose(),
        own_equipment: prose(),
        special_clothing: prose(),
        map: prose(),
        briefings: prose(),
        observation_plan: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    })
}
