//! Each field of a form and its place in the signed content. A field is listed once, for both ways.
//!
//! Never here: a default for what is not stated.

use bytes::Bytes;

use super::Unreadable;
use crate::codec::evidence_v1 as v1;
use crate::codec::evidence_v1::formatted_field::Value as Typed;
use crate::domain::activity::{
    Convening, Joining, Judged, Judgement, Meeting, MeetingHeld, MeetingOutcome, MeetingReport,
    MeetingRequest, MeetingScope, Reply, Request, Sufficiency,
};
use crate::domain::adoption::{Adoption, Nature, Reservation, Resumption, Suspension, Withdrawal};
use crate::domain::check::{Check, CheckAnswer};
use crate::domain::correspondence::{
    Answer, Answered, HowAnswered, MessageWithdrawal, Question, Questioned, ServiceMessage, Text,
};
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::exercise::{
    Amendment, Basis, Calendar, CalendarEntry, CalendarReturn, Cancellation, Conclusion, Invitation,
    LandActivity, Landing, Notice, Notification, ObserverReport, Observers, ObserversReply, Phase,
    SameActivity, SameActivityPosition, Statement, Transfer,
};
use crate::domain::form::outline::Path;
use crate::domain::form::{
    ActivityReference, Area, Figure, FigureAccount, FigureBasis, Formation, GeoPoint, MessageDigest,
    MessageReference, OtherThread, Place, Prose, When,
};
use crate::domain::formatted::{Field, Fields, Formatted, Stated};
use crate::domain::forwarded::{Enclosed, Forwarded};
use crate::domain::hotline::{
    AgreedWith, SeenLast, Sees, SessionAcceptance, SessionAddition, SessionClose, SessionOpening,
    SessionShown, SessionText,
};
use crate::domain::incident::{Closing, Finding, Measure, Promise, Report, SpeaksAs, Update};
use crate::domain::translation::{TranslatedPart, TranslatedText, Translation};

/// A domain type and what stands for it in the signed content.
pub(super) trait Wire<P>: Sized {
    fn to_wire(&self) -> P;
    fn from_wire(wire: P, at: &Path) -> Result<Self, Unreadable>;
}

impl Wire<String> for String {
    fn to_wire(&self) -> String {
        self.clone()
    }

    fn from_wire(wire: String, _at: &Path) -> Result<String, Unreadable> {
        Ok(wire)
    }
}

impl Wire<String> for Prose {
    fn to_wire(&self) -> String {
        self.0.clone()
    }

    fn from_wire(wire: String, _at: &Path) -> Result<Prose, Unreadable> {
        Ok(Prose(wire))
    }
}

impl Wire<Option<u64>> for Option<u64> {
    fn to_wire(&self) -> Option<u64> {
        *self
    }

    fn from_wire(wire: Option<u64>, _at: &Path) -> Result<Option<u64>, Unreadable> {
        Ok(wire)
    }
}

impl<T: Wire<P>, P> Wire<Vec<P>> for Vec<T> {
    fn to_wire(&self) -> Vec<P> {
        self.iter().map(T::to_wire).collect()
    }

    fn from_wire(wire: Vec<P>, at: &Path) -> Result<Vec<T>, Unreadable> {
        wire.into_iter().enumerate().map(|(index, entry)| T::from_wire(entry, &at.item(index))).collect()
    }
}

impl Wire<Option<v1::CivilTime>> for When {
    fn to_wire(&self) -> Option<v1::CivilTime> {
        let stated = *self != When::default();
        stated.then(|| v1::CivilTime { civil: self.civil.clone(), zone: self.zone.clone() })
    }

    fn from_wire(wire: Option<v1::CivilTime>, _at: &Path) -> Result<When, Unreadable> {
        Ok(wire.map_or_else(When::default, |wire| When { civil: wire.civil, zone: wire.zone }))
    }
}

impl Wire<v1::GeoPoint> for GeoPoint {
    fn to_wire(&self) -> v1::GeoPoint {
        v1::GeoPoint {
            latitude_microdegrees: self.latitude_microdegrees,
            longitude_microdegrees: self.longitude_microdegrees,
        }
    }

    fn from_wire(wire: v1::GeoPoint, _at: &Path) -> Result<GeoPoint, Unreadable> {
        Ok(GeoPoint {
            latitude_microdegrees: wire.latitude_microdegrees,
            longitude_microdegrees: wire.longitude_microdegrees,
        })
    }
}

impl Wire<Option<v1::GeoPoint>> for Option<GeoPoint> {
    fn to_wire(&self) -> Option<v1::GeoPoint> {
        self.as_ref().map(GeoPoint::to_wire)
    }

    fn from_wire(wire: Option<v1::GeoPoint>, at: &Path) -> Result<Option<GeoPoint>, Unreadable> {
        wire.map(|wire| GeoPoint::from_wire(wire, at)).transpose()
    }
}

impl Wire<Bytes> for Option<MessageDigest> {
    fn to_wire(&self) -> Bytes {
        self.map_or_else(Bytes::new, |digest| Bytes::copy_from_slice(&digest.0.0))
    }

    fn from_wire(wire: Bytes, at: &Path) -> Result<Option<MessageDigest>, Unreadable> {
        if wire.is_empty() {
            return Ok(None);
        }
        let rule = "a digest has 32 bytes";
        let digest = Digest::from_slice(&wire).ok_or(Unreadable::Field { field: at.to_string(), rule })?;
        Ok(Some(MessageDigest(digest)))
    }
}

impl Wire<Bytes> for Option<OtherThread> {
    fn to_wire(&self) -> Bytes {
        self.map_or_else(Bytes::new, |thread| Bytes::copy_from_slice(&thread.0.0))
    }

    fn from_wire(wire: Bytes, at: &Path) -> Result<Option<OtherThread>, Unreadable> {
        if wire.is_empty() {
            return Ok(None);
        }
        let rule = "a thread has 16 bytes";
        let thread = ThreadId::from_slice(&wire).ok_or(Unreadable::Field { field: at.to_string(), rule })?;
        Ok(Some(OtherThread(thread)))
    }
}

impl Wire<Bytes> for Option<Enclosed> {
    fn to_wire(&self) -> Bytes {
        self.as_ref().map(|enclosed| enclosed.0.clone()).unwrap_or_default()
    }

    fn from_wire(wire: Bytes, _at: &Path) -> Result<Option<Enclosed>, Unreadable> {
        Ok((!wire.is_empty()).then_some(Enclosed(wire)))
    }
}

macro_rules! choices {
    ($($choice:ty),+) => {$(
        impl Wire<i32> for Option<$choice> {
            fn to_wire(&self) -> i32 {
                self.map_or(0, <$choice>::number)
            }

            fn from_wire(wire: i32, _at: &Path) -> Result<Option<$choice>, Unreadable> {
                Ok(<$choice>::from_number(wire))
            }
        }
    )+};
}

choices!(Basis, CalendarReturn, FigureBasis, HowAnswered, MeetingHeld, MeetingOutcome, MeetingScope);
choices!(Nature, Notice, ObserversReply, SameActivityPosition, Sees, SpeaksAs, Sufficiency);

impl Wire<Vec<v1::FormattedField>> for Fields {
    fn to_wire(&self) -> Vec<v1::FormattedField> {
        let wire = |field: &Field| v1::FormattedField {
            name: field.name.clone(),
            value: stated_to_wire(&field.stated),
        };
        self.0.iter().map(wire).collect()
    }

    fn from_wire(wire: Vec<v1::FormattedField>, at: &Path) -> Result<Fields, Unreadable> {
        let field = |(index, wire): (usize, v1::FormattedField)| {
            let stated = stated_from_wire(wire.value, &at.item(index))?;
            Ok(Field { name: wire.name, stated })
        };
        wire.into_iter().enumerate().map(field).collect::<Result<_, _>>().map(Fields)
    }
}

fn stated_to_wire(stated: &Stated) -> Option<Typed> {
    Some(match stated {
        Stated::Nothing => return None,
        Stated::Text(text) => Typed::Text(text.0.clone()),
        Stated::Number(number) => Typed::Number(*number),
        Stated::Choice(word) => Typed::Choice(word.clone()),
        // Present though empty: what was stated stays what it was.
        Stated::Date(when) => {
            Typed::Date(v1::CivilTime { civil: when.civil.clone(), zone: when.zone.clone() })
        }
        Stated::Area(area) => Typed::Area(area.to_wire()),
        Stated::Party(code) => Typed::Party(code.clone()),
        Stated::Texts(texts) => Typed::Texts(v1::FormattedTexts { texts: texts.clone() }),
        Stated::Figures(figures) => Typed::Figures(v1::FormattedFigures { figures: figures.to_wire() }),
        Stated::Reference(reference) => Typed::Reference(reference.to_wire()),
        Stated::Entries(entries) => {
            let entry = |fields: &Fields| v1::FormattedEntry { fields: fields.to_wire() };
            Typed::Entries(v1::FormattedEntries { entries: entries.iter().map(entry).collect() })
        }
    })
}

fn stated_from_wire(wire: Option<Typed>, at: &Path) -> Result<Stated, Unreadable> {
    Ok(match wire {
        None => Stated::Nothing,
        Some(Typed::Text(text)) => Stated::Text(Prose(text)),
        Some(Typed::Number(number)) => Stated::Number(number),
        Some(Typed::Choice(word)) => Stated::Choice(word),
        Some(Typed::Date(when)) => Stated::Date(Wire::from_wire(Some(when), at)?),
        Some(Typed::Area(area)) => Stated::Area(Wire::from_wire(area, at)?),
        Some(Typed::Party(code)) => Stated::Party(code),
        Some(Typed::Texts(list)) => Stated::Texts(list.texts),
        Some(Typed::Figures(list)) => Stated::Figures(Wire::from_wire(list.figures, at)?),
        Some(Typed::Reference(reference)) => Stated::Reference(Wire::from_wire(reference, at)?),
        Some(Typed::Entries(list)) => {
            let entry = |(index, entry): (usize, v1::FormattedEntry)| {
                Fields::from_wire(entry.fields, &at.item(index))
            };
            Stated::Entries(list.entries.into_iter().enumerate().map(entry).collect::<Result<_, _>>()?)
        }
    })
}

/// The fields of a domain type and those of the same names in the signed content. A group in which
/// nothing is stated is not written.
macro_rules! wire {
    ($($domain:ident as $wire:ident { $($field:ident),+ $(,)? })+) => {$(
        impl Wire<v1::$wire> for $domain {
            fn to_wire(&self) -> v1::$wire {
                v1::$wire { $($field: self.$field.to_wire()),+ }
            }

            fn from_wire(wire: v1::$wire, at: &Path) -> Result<$domain, Unreadable> {
                Ok($domain { $($field: Wire::from_wire(wire.$field, &at.field(stringify!($field)))?),+ })
            }
        }

        impl Wire<Option<v1::$wire>> for $domain {
            fn to_wire(&self) -> Option<v1::$wire> {
                (*self != $domain::default()).then(|| Wire::<v1::$wire>::to_wire(self))
            }

            fn from_wire(wire: Option<v1::$wire>, at: &Path) -> Result<$domain, Unreadable> {
                wire.map_or_else(|| Ok($domain::default()), |wire| Wire::<v1::$wire>::from_wire(wire, at))
            }
        }
    )+};
}

wire! {
    Figure as Figure { what, kind, party, territory, number }
    Formation as Formation { party, designation, subordination, kind, number, remarks }
    FigureAccount as FigureAccount { basis, source, as_of, figures }
    Area as Area { name, features, territory, outline, centre, radius_metres }
    Place as Place { name, territory, position }
    Phase as ExercisePhase { name, kind, start, end, areas, tactical_purpose, description, figures }
    MessageReference as MessageReference { message_digest, number, author }
    ActivityReference as ActivityReference { message, calendar_year, calendar_entry, relation }
    LandActivity as LandActivity {
        figures, formations, purpose_of_air_missions, categories_of_aircraft, level_of_command_air,
        naval_gunfire, other_ship_support, level_of_command_naval,
    }
    Landing as Landing { figures, formations, points_of_embarkation }
    Transfer as ForceTransfer { figures, formations, arrival_points, concentration_points }
    CalendarEntry as CalendarEntry {
        number, kind, designation, characteristics_and_purpose, participating_parties, areas,
        planned_duration_days, start, end, period, figures, types_of_forces, level_of_command,
        direct_operational_command, formations, references, remarks,
    }
    Calendar as ExerciseCalendar { year, holds, entries, remarks, to_follow, not_known }
    Notification as ExerciseNotification {
        designation, general_purpose, notifying_parties, territorial_parties, commanding_parties,
        participating_parties, level_of_command_organising, level_of_command_commanding, start, end,
        basis, notice, land, landing, transfer, areas, phases, changes_against_calendar,
        relation_to_other_activities, references, remarks, to_follow, not_known,
    }
    Amendment as ExerciseAmendment { amends, why, notification, remarks, to_follow, not_known }
    Invitation as ExerciseInvitation {
        designation, references, basis, invited, answer_by, answer_to, observers_per_party,
        exercise_start, exercise_end, assembly_time, assembly_place, programme_start, programme_end,
        planned_duration, languages, board_and_lodging, transport, equipment_issued, own_equipment,
        special_clothing, map, briefings, observation_plan, remarks, to_follow, not_known,
    }
    Conclusion as ExerciseConclusion {
        exercise, actual_start, actual_end, figures, source, differences, remarks, to_follow, not_known,
    }
    Statement as ExerciseStatement {
        exercise, figures, source, stated_on, statement, basis, remarks, to_follow, not_known,
    }
    Cancellation as ExerciseCancellation { cancels, reason, references, remarks, to_follow, not_known }
    SameActivity as SameActivity {
        position, other_party, other_thread, other_message, reason, remarks, to_follow, not_known,
    }
    Reservation as RegimeReservation { provision, text }
    Adoption as RegimeAdoption {
        regime, edition, regime_digest, from, nature, reservations, declaration, remarks, to_follow, not_known,
    }
    Suspension as RegimeSuspension { adoption, provisions, from, until, reason, remarks, to_follow, not_known }
    Resumption as RegimeResumption { suspension, from, remarks, to_follow, not_known }
    Withdrawal as RegimeWithdrawal { adoption, from, reason, remarks, to_follow, not_known }
    Formatted as RegimeFormatted { regime, regime_digest, format, fields, to_follow, not_known }
    TranslatedText as TranslatedText { path, text }
    TranslatedPart as TranslatedPart { original, translation }
    Translation as MessageTranslation {
        of, language, translator, certified_by, lines, parts, remarks, to_follow, not_known,
    }
    Forwarded as MessageForwarded { original, remarks, to_follow, not_known }
    Report as IncidentReport {
        what, when, place, designation, speaks_as, until, areas, forces, figures, harm, cause, measures, danger,
        help, source, contact, remarks, to_follow, not_known,
    }
    Update as IncidentUpdate { updates, why, report, remarks, to_follow, not_known }
    Measure as IncidentMeasure { what, taken }
    Promise as IncidentPromise { what, by_when }
    Finding as IncidentFinding {
        incident, cause, harm, figures, measures, promises, source, remarks, to_follow, not_known,
    }
    Closing as IncidentClosing { incident, grounds, open, remarks, to_follow, not_known }
    Questioned as NumberedQuestion { number, text, field }
    Question as MessageQuestion { about, questions, answer_by, remarks, to_follow, not_known }
    Answered as NumberedAnswer { number, how, text }
    Answer as MessageAnswer { to, answers, remarks, to_follow, not_known }
    Text as MessageText { text, references, remarks, to_follow, not_known }
    ServiceMessage as ServiceMessage {
        out_of_service, from, until, telephone, instead, reason, remarks, to_follow, not_known,
    }
    MessageWithdrawal as MessageWithdrawal { withdraws, reason, remarks, to_follow, not_known }
    Observers as ExerciseObservers {
        invitation, reply, observers, languages, arrival, arrangements, contact, in_place_of, remarks, to_follow,
        not_known,
    }
    ObserverReport as ExerciseObserverReport {
        exercise, observed_from, observed_until, observers, places, observed, figure_accounts, not_shown,
        differences, in_place_of, remarks, to_follow, not_known,
    }
    Request as ActivityRequest {
        concern, responsible, designation, kind, areas, since, with, questions, reply_by, figure_accounts,
        references, in_place_of, remarks, to_follow, not_known,
    }
    Joining as ActivityJoining { request, concern, in_place_of, remarks, to_follow, not_known }
    Reply as ActivityReply {
        request, answers, statement, figure_accounts, in_place_of, remarks, to_follow, not_known,
    }
    Judged as JudgedAnswer { number, how, grounds }
    Judgement as ActivityJudgement {
        reply, answers, as_a_whole, grounds, in_place_of, remarks, to_follow, not_known,
    }
    MeetingRequest as ActivityMeetingRequest {
        request, scope, with, grounds, hold_by, place, invited, in_place_of, remarks, to_follow, not_known,
    }
    Convening as ActivityConvening {
        meeting_request, scope, convened_as, start, place, invited, agenda, in_place_of, remarks, to_follow,
        not_known,
    }
    Meeting as ActivityMeeting {
        meeting, held, start, end, place, attended, absent, outcome, came_of_it, in_place_of, remarks, to_follow,
        not_known,
    }
    MeetingReport as ActivityMeetingReport {
        meeting, report, recommendations, with, in_place_of, remarks, to_follow, not_known,
    }
    SeenLast as HotlineSeen { author, message, not_to }
    AgreedWith as HotlineAgreed { party, transcript, messages }
    SessionOpening as HotlineOpening { languages, about, remarks, to_follow, not_known }
    SessionAcceptance as HotlineAcceptance { officer, seen, remarks, to_follow, not_known }
    SessionText as HotlineText { text, seen, answers, phrase, remarks, to_follow, not_known }
    SessionAddition as HotlineAddition { party, sees, seen, remarks, to_follow, not_known }
    SessionClose as HotlineClose { agreed, seen, remarks, to_follow, not_known }
    SessionShown as HotlineShown { shown, console, remarks, to_follow, not_known }
    Check as HotlineCheck { check, due, number, text, remarks, to_follow, not_known }
    CheckAnswer as HotlineCheckAnswer { check, due, answers, officer, remarks, to_follow, not_known }
}
