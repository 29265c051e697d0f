//! Any content, as a form can state it.

use detente::domain::adoption::{Adoption, Nature, Reservation, Resumption, Suspension, Withdrawal};
use detente::domain::content::Content;
use detente::domain::correspondence::{
    Answer, Answered, HowAnswered, MessageWithdrawal, Question, Questioned, ServiceMessage, Text,
};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::exercise::{
    Amendment, Cancellation, Conclusion, SameActivity, SameActivityPosition, Statement,
};
use detente::domain::form::{
    ActivityReference, Area, Figure, Formation, GeoPoint, MessageDigest, MessageReference, OtherThread,
    Place, Prose, When,
};
use detente::domain::formatted::{Field, Fields, Formatted, Stated};
use detente::domain::forwarded::{Enclosed, Forwarded};
use detente::domain::incident::{Closing, Finding, Measure, Promise, Report, SpeaksAs, Update};
use detente::domain::transcription::{Filled, Transcription, may_be_filled};
use detente::domain::translation::{TranslatedPart, TranslatedText, Translation};
use detente::limits;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::strategies_exercise::{calendar, invitation, notification};
use super::{strategies_activity, strategies_hotline};

pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(String::new()),
        4 => "[ -~]{0,20}",
        2 => any::<String>(),
        1 => Just("a \u{202e}\"quoted\"\\ \u{0} \u{1b}[2J '''\r\n\"\"\" end\"".to_owned()),
    ]
}

pub(super) fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..4)
}

pub(super) fn prose() -> impl Strategy<Value = Prose> {
    prop_oneof![3 => text(), 1 => "(line[ \t\"\\\\]*\r?\n){0,4}"].prop_map(Prose)
}

pub(super) fn number() -> impl Strategy<Value = Option<u64>> {
    option::of(prop_oneof![Just(0), Just(limits::FORM_NUMBER_MAX), 0..=limits::FORM_NUMBER_MAX])
}

pub(super) fn when() -> impl Strategy<Value = When> {
    let written = prop_oneof![
        Just(String::new()),
        "20[0-9]{2}-[01][0-9](-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]Z?)?)?( (Europe/Minsk|Z|\\+03:00|nowhere))?",
        text(),
    ];
    written.prop_map(|text| text.parse().expect("any text is taken"))
}

fn point() -> impl Strategy<Value = GeoPoint> {
    any::<(i32, i32)>().prop_map(|(latitude_microdegrees, longitude_microdegrees)| GeoPoint {
        latitude_microdegrees,
        longitude_microdegrees,
    })
}

/// A strategy for a struct: each field with the strategy for it.
macro_rules! of {
    ($type:ident { $($field:ident: $strategy:expr),+ $(,)? }) => {{
        let mut strategy = Just($type::default()).boxed();
        $(
            strategy = (strategy, $strategy)
                .prop_map(|(mut form, value)| { form.$field = value; form })
                .boxed();
        )+
        strategy
    }};
}

pub(super) use of;

pub(super) fn figures() -> impl Strategy<Value = Vec<Figure>> {
    vec(of!(Figure { what: text(), kind: text(), party: text(), territory: text(), number: number() }), 0..4)
}

pub(super) fn formations() -> impl Strategy<Value = Vec<Formation>> {
    vec(
        of!(Formation {
            party: text(),
            designation: text(),
            subordination: text(),
            kind: text(),
            number: number(),
            remarks: prose(),
        }),
        0..3,
    )
}

pub(super) fn areas() -> impl Strategy<Value = Vec<Area>> {
    vec(
        of!(Area {
            name: text(),
            features: prose(),
            territory: text(),
            outline: vec(point(), 0..5),
            centre: option::of(point()),
            radius_metres: number(),
        }),
        0..3,
    )
}

pub(super) fn place() -> BoxedStrategy<Place> {
    of!(Place { name: text(), territory: text(), position: option::of(point()) })
}

pub(super) fn message() -> BoxedStrategy<MessageReference> {
    of!(MessageReference {
        message_digest: option::of(any::<[u8; 32]>().prop_map(|bytes| MessageDigest(Digest(bytes)))),
        number: text(),
        author: text(),
    })
}

pub(super) fn references() -> impl Strategy<Value = Vec<ActivityReference>> {
    vec(
        of!(ActivityReference {
            message: message(),
            calendar_year: number(),
            calendar_entry: number(),
            relation: text(),
        }),
        0..3,
    )
}

/// Content of any kind.
fn fields_of(stated: BoxedStrategy<Stated>) -> BoxedStrategy<Fields> {
    let field = ("[a-z][a-z0-9_]{0,5}", stated).prop_map(|(name, stated)| Field { name, stated });
    vec(field, 0..5).prop_map(Fields).boxed()
}

pub fn fields() -> BoxedStrategy<Fields> {
    let single = prop_oneof![
        Just(Stated::Nothing),
        prose().prop_map(Stated::Text),
        number().prop_map(|number| Stated::Number(number.unwrap_or_default())),
        text().prop_map(Stated::Choice),
        when().prop_map(Stated::Date),
        areas().prop_map(|areas| Stated::Area(areas.into_iter().next().unwrap_or_default())),
        text().prop_map(Stated::Party),
        texts().prop_map(Stated::Texts),
        figures().prop_map(Stated::Figures),
        message().prop_map(Stated::Reference),
    ]
    .boxed();
    let within = fields_of(single.clone());
    let entries = vec(within, 0..3).prop_map(Stated::Entries);
    let twice = vec(fields_of(prop_oneof![single.clone(), entries.clone()].boxed()), 0..3);
    fields_of(prop_oneof![4 => single, 1 => entries, 1 => twice.prop_map(Stated::Entries)].boxed())
}

fn formatted() -> impl Strategy<Value = Formatted> {
    let digest = any::<[u8; 32]>().prop_map(|bytes| MessageDigest(Digest(bytes)));
    of!(Formatted {
        regime: text(),
        regime_digest: option::of(digest),
        format: text(),
        fields: fields(),
        to_follow: vec(prop_oneof![text(), "fields\\.[a-z]{1,3}(\\[1\\](\\.[a-z])?)?"], 0..4),
    })
}

pub fn content() -> BoxedStrategy<Content> {
    let amendment = of!(Amendment {
        amends: message(),
        why: prose(),
        notification: notification(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let conclusion = of!(Conclusion {
        exercise: message(),
        actual_start: when(),
        actual_end: when(),
        figures: figures(),
        source: text(),
        differences: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let statement = of!(Statement {
        exercise: message(),
        figures: figures(),
        source: text(),
        stated_on: when(),
        statement: prose(),
        basis: strategies_activity::figure_basis(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let cancellation = of!(Cancellation {
        cancels: message(),
        reason: prose(),
        references: references(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let position = prop_oneof![Just(SameActivityPosition::Stated), Just(SameActivityPosition::Contested)];
    let same_activity = of!(SameActivity {
        position: option::of(position),
        other_party: text(),
        other_thread: option::of(any::<[u8; 16]>().prop_map(|bytes| OtherThread(ThreadId(bytes)))),
        other_message: message(),
        reason: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let nature = prop_oneof![Just(Nature::Legal), Just(Nature::Political), Just(Nature::Voluntary)];
    let digest = any::<[u8; 32]>().prop_map(|bytes| MessageDigest(Digest(bytes)));
    let adoption = of!(Adoption {
        regime: text(),
        edition: number(),
        regime_digest: option::of(digest),
        from: when(),
        nature: option::of(nature),
        reservations: vec(of!(Reservation { provision: text(), text: prose() }), 0..3),
        declaration: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let suspension = of!(Suspension {
        adoption: message(),
        provisions: texts(),
        from: when(),
        until: when(),
        reason: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let resumption = of!(Resumption {
        suspension: message(),
        from: when(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts()
    });
    let withdrawal = of!(Withdrawal {
        adoption: message(),
        from: when(),
        reason: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let digest = || option::of(any::<[u8; 32]>().prop_map(|bytes| MessageDigest(Digest(bytes))));
    let translation = of!(Translation {
        of: message(),
        language: text(),
        translator: text(),
        certified_by: text(),
        lines: vec(of!(TranslatedText { path: text(), text: prose() }), 0..4),
        parts: vec(of!(TranslatedPart { original: digest(), translation: digest() }), 0..3),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let enclosed = vec(any::<u8>(), 1..50).prop_map(|bytes| Enclosed(bytes.into()));
    let forwarded = of!(Forwarded {
        original: option::of(enclosed),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts()
    });
    let report = || {
        let speaks =
            prop_oneof![Just(SpeaksAs::Affected), Just(SpeaksAs::ForcesInvolved), Just(SpeaksAs::Witness)];
        of!(Report {
            what: prose(),
            when: when(),
            place: place(),
            designation: text(),
            speaks_as: option::of(speaks),
            until: when(),
            areas: areas(),
            forces: formations(),
            figures: figures(),
            harm: prose(),
            cause: prose(),
            measures: prose(),
            danger: prose(),
            help: prose(),
            source: text(),
            contact: text(),
            remarks: prose(),
            to_follow: texts(),
            not_known: texts(),
        })
    };
    let update = of!(Update {
        updates: message(),
        why: prose(),
        report: report(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let finding = of!(Finding {
        incident: message(),
        cause: prose(),
        harm: prose(),
        figures: figures(),
        measures: vec(of!(Measure { what: prose(), taken: when() }), 0..3),
        promises: vec(of!(Promise { what: prose(), by_when: when() }), 0..3),
        source: text(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let closing = of!(Closing {
        incident: message(),
        grounds: prose(),
        open: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let question = of!(Question {
        about: message(),
        questions: vec(of!(Questioned { number: number(), text: prose(), field: text() }), 0..4),
        answer_by: when(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let how =
        prop_oneof![Just(HowAnswered::Answered), Just(HowAnswered::Partly), Just(HowAnswered::Declined)];
    let answer = of!(Answer {
        to: message(),
        answers: vec(of!(Answered { number: number(), how: option::of(how), text: prose() }), 0..4),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let free = of!(Text {
        text: prose(),
        references: vec(message(), 0..3),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let service = of!(ServiceMessage {
        out_of_service: texts(),
        from: when(),
        until: when(),
        telephone: text(),
        instead: prose(),
        reason: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let taken_back = of!(MessageWithdrawal {
        withdraws: message(),
        reason: prose(),
        remarks: prose(),
        to_follow: texts(),
        not_known: texts(),
    });
    let plain = prop_oneof![
        1 => report().prop_map(|form| Content::Report(Box::new(form))),
        1 => update.prop_map(|form| Content::Update(Box::new(form))),
        1 => finding.prop_map(Content::Finding),
        1 => closing.prop_map(Content::Closing),
        1 => same_activity.clone().prop_map(Content::SameIncident),
        1 => question.prop_map(Content::Question),
        1 => answer.prop_map(Content::Answer),
        1 => free.prop_map(Content::Text),
        1 => service.prop_map(Content::ServiceMessage),
        1 => taken_back.prop_map(Content::MessageWithdrawal),
        1 => translation.prop_map(Content::Translation),
        1 => forwarded.prop_map(Content::Forwarded),
        2 => formatted().prop_map(Content::Formatted),
        1 => adoption.prop_map(Content::Adoption),
        1 => suspension.prop_map(Content::Suspension),
        1 => resumption.prop_map(Content::Resumption),
        1 => withdrawal.prop_map(Content::Withdrawal),
        1 => calendar().prop_map(Content::Calendar),
        1 => notification().prop_map(|form| Content::Notification(Box::new(form))),
        1 => amendment.prop_map(|form| Content::Amendment(Box::new(form))),
        1 => invitation().prop_map(|form| Content::Invitation(Box::new(form))),
        1 => conclusion.prop_map(Content::Conclusion),
        1 => statement.prop_map(Content::Statement),
        1 => cancellation.prop_map(Content::Cancellation),
        1 => same_activity.prop_map(Content::SameActivity),
    ]
    .boxed();
    let plain =
        prop_oneof![5 => plain, 2 => strategies_activity::content(), 2 => strategies_hotline::content()]
            .boxed();
    prop_oneof![8 => plain.clone(), 2 => transcription(plain)].boxed()
}

/// What came, in words or as any other form.
fn transcription(form: BoxedStrategy<Content>) -> impl Strategy<Value = Content> {
    let filled = form.prop_map(|form| may_be_filled(form.kind()).then_some(form));
    let filled = prop_oneof![1 => Just(None), 3 => filled];
    let came = (text(), text(), when(), text(), text());
    let note = (text(), when(), prose(), prose(), texts(), texts());
    let heard = (text(), text(), text());
    (came, note, heard, filled).prop_map(|(came, note, heard, filled)| {
        let (read_by, written_by, check_words) = heard;
        let (origin_party, origin_name, came_at, came_by, channel) = came;
        let (note_number, note_date, text, remarks, to_follow, not_known) = note;
        let kind = filled.as_ref().map(|form| form.kind().name().to_owned()).unwrap_or_default();
        Content::Transcription(Box::new(Transcription {
            origin_party,
            origin_name,
            came_at,
            came_by,
            channel,
            note_number,
            note_date,
            kind,
            form: filled.map_or(Filled::Nothing, |form| Filled::Form(Box::new(form))),
            text,
            read_by,
            written_by,
            check_words,
            remarks,
            to_follow,
            not_known,
        }))
    })
}
