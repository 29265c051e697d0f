//! What is wrong with the heading of a draft, and of a message on record, and with what the content refers to, all
//! at once. But for an addressee to whom it may not go, none of it stops a release that is meant as it is.
//!
//! Never here: what a release can't do without (`board/decide_release.rs` refuses an unknown addressee); what
//! the content says by itself (`exercise/`).

use super::adoption::faults_of_word;
use super::board::Board;
use super::content::Content;
use super::digest::Digest;
use super::exercise::{Observers, ObserversReply};
use super::form::{ActivityReference, MessageReference};
use super::formatted::Formatted;
use super::forwarded::NOT_TO_BE_HANDED_ON;
use super::language::is_language;
use super::message::{Holds, Outgoing, Reference, Relation};
use super::part::PartState;
use super::refusal::FaultNamed;
use super::text::{hides, lines_hide};
use super::transcription::Transcription;

/// All faults, in the order of the heading's fields, then those of references within the content.
pub fn faults(board: &Board, outgoing: &Outgoing, content: &Content) -> Vec<FaultNamed> {
    let mut found = Found(Vec::new());
    thread(board, outgoing, content, &mut found);
    lines(outgoing, &mut found);
    for (index, reference) in outgoing.references.iter().enumerate() {
        let field = format!("heading.references[{}]", index.saturating_add(1));
        envelope_reference(board, reference, &field, &mut found);
    }
    amends(outgoing, content, &mut found);
    parts(Some(board), outgoing, &mut found);
    content_references(board, outgoing, content, &mut found);
    found.0.extend(faults_of_word(board, outgoing, content));
    found.0
}

/// The faults of a message's heading, the same for whoever holds the message: what hangs on what else is on record
/// here is not asked. `content`: `None` where this program can't read it.
pub fn faults_of_message(outgoing: &Outgoing, content: Option<&Content>) -> Vec<FaultNamed> {
    let mut found = Found(Vec::new());
    lines(outgoing, &mut found);
    for (index, reference) in outgoing.references.iter().enumerate() {
        let field = format!("heading.references[{}]", index.saturating_add(1));
        names_something(reference, &field, &mut found);
    }
    if let Some(content) = content {
        amends(outgoing, content, &mut found);
    }
    parts(None, outgoing, &mut found);
    found.0
}

/// What the heading says by itself.
fn lines(outgoing: &Outgoing, found: &mut Found) {
    addressees(outgoing, found);
    releasable(outgoing, found);
    if !is_zone(&outgoing.zone) {
        found.add("heading.zone", "is not a known time zone: write an IANA name such as Europe/Minsk, or Z");
    }
    if !is_language(&outgoing.language) {
        found.add("heading.language", "is required, as a BCP 47 tag such as en or ru");
    }
    texts(outgoing, found);
}

fn amends(outgoing: &Outgoing, content: &Content, found: &mut Found) {
    if matches!(content, Content::Amendment(_))
        && outgoing.references.iter().all(|reference| reference.relation != Relation::Amends)
    {
        found.add("heading.references", "an amendment refers to what it amends");
    }
}

struct Found(Vec<FaultNamed>);

impl Found {
    fn add(&mut self, field: impl Into<String>, rule: &str) {
        self.0.push(FaultNamed::new(field, rule));
    }

    /// What the release itself refuses, as it is or not.
    fn stops(&mut self, field: &str, rule: &str) {
        self.0.push(FaultNamed::that_stops(field, rule));
    }
}

fn thread(board: &Board, outgoing: &Outgoing, content: &Content, found: &mut Found) {
    if !content.kind().opens_a_thread() && board.thread(outgoing.thread).is_none() {
        found.add("heading.thread", "no message of this thread is on record here");
    }
}

fn addressees(outgoing: &Outgoing, found: &mut Found) {
    let mut seen = Vec::new();
    for (field, addressees) in
        [("heading.action", &outgoing.action), ("heading.information", &outgoing.information)]
    {
        for (index, addressee) in addressees.iter().enumerate() {
            let at = format!("{field}[{}]", index.saturating_add(1));
            if seen.contains(&addressee) {
                found.add(at.clone(), "is addressed twice");
            }
            if hides(&addressee.office) {
                found.add(at, "the office holds characters that can't be seen or that turn its direction");
            }
            seen.push(addressee);
        }
    }
}

/// A release is refused for the first of these.
fn releasable(outgoing: &Outgoing, found: &mut Found) {
    if let Some(rule) = outgoing.not_releasable() {
        found.stops("heading.releasable_to", &rule);
    }
    for (index, party) in outgoing.releasable_to.iter().enumerate() {
        if outgoing.releasable_to.iter().take(index).any(|before| before == party) {
            found.add(format!("heading.releasable_to[{}]", index.saturating_add(1)), "is named twice");
        }
    }
}

fn texts(outgoing: &Outgoing, found: &mut Found) {
    let unseen = "holds characters that can't be seen or that turn its direction";
    if outgoing.subject.trim().is_empty() {
        found.add("heading.subject", "is required");
    }
    let mut lines = vec![("heading.subject", &outgoing.subject), ("heading.marking", &outgoing.marking)];
    if let Some(regime) = &outgoing.regime {
        lines.push(("heading.regime.name", &regime.name));
        lines.push(("heading.regime.provision", &regime.provision));
        if regime.name.trim().is_empty() {
            found.add("heading.regime.name", "is required");
        }
    }
    for (field, text) in lines {
        if hides(text) {
            found.add(field, unseen);
        }
    }
    if lines_hide(&outgoing.remarks) {
        found.add("heading.remarks", unseen);
    }
}

fn envelope_reference(board: &Board, reference: &Reference, field: &str, found: &mut Found) {
    match reference.message {
        Some(digest) if !board.messages.contains_key(&digest) => {
            found.add(field, "the message that it refers to is not on record here");
        }
        Some(_) | None => names_something(reference, field, found),
    }
}

fn names_something(reference: &Reference, field: &str, found: &mut Found) {
    if reference.message.is_none() && reference.number.is_empty() {
        found.add(field, "names neither the digest nor the number of a message");
    }
}

/// `board`: where parts are to be given from; `None` for a message, of which each end tells the parts that it holds.
fn parts(board: Option<&Board>, outgoing: &Outgoing, found: &mut Found) {
    let mut seen = Vec::new();
    for (index, part) in outgoing.parts.iter().enumerate() {
        let at = format!("heading.parts[{}]", index.saturating_add(1));
        match board.map(|board| board.part(&part.salted_digest)) {
            None => {}
            Some(Some(PartState::Kept { bytes })) if bytes == part.bytes => {}
            Some(Some(PartState::Kept { .. })) => {
                found.add(at.clone(), "its size is not that of the part kept here")
            }
            Some(Some(PartState::Erased)) => {
                found.add(at.clone(), "the part was erased here; nobody will get it")
            }
            Some(None) => found.add(at.clone(), "no such part is kept here; nobody will get it"),
        }
        if seen.contains(&part.salted_digest) {
            found.add(at.clone(), "the same part is named twice");
        }
        seen.push(part.salted_digest);
        if part.name.trim().is_empty() {
            found.add(at.clone(), "a name is required");
        }
        if !part.media_type.contains('/') {
            found.add(at.clone(), "a media type is required, such as application/pdf");
        }
        if hides(&part.name) || hides(&part.media_type) {
            found.add(at, "holds characters that can't be seen or that turn its direction");
        }
    }
}

fn content_references(board: &Board, outgoing: &Outgoing, content: &Content, found: &mut Found) {
    let in_thread =
        |digest: &Digest| board.thread(outgoing.thread).is_some_and(|thread| thread.holds_message(digest));
    for named in named(content) {
        let Some(digest) = named.reference.message_digest.map(|digest| digest.0) else { continue };
        let rule = match named.is {
            Is::OfTheThread if !in_thread(&digest) => "is no message of this thread that is on record here",
            Is::OnRecord | Is::Mentioned if !board.messages.contains_key(&digest) => {
                "the message that it names is not on record here"
            }
            Is::OwnWord if !is_own_word(board, &digest) => {
                "is no word of this Party's on a regime that is on record here: it would have no effect"
            }
            Is::OfTheThread | Is::OnRecord | Is::Mentioned | Is::OwnWord => continue,
        };
        found.add(format!("{}.message_digest", named.field), rule);
    }
    if let Content::Formatted(form) = content {
        formatted(outgoing, form, found);
    }
    if let Content::Observers(form) = content {
        observers(outgoing, form, found);
    }
    if let Content::Transcription(form) = content {
        transcription(board, outgoing, form, found);
    }
    if let Content::Forwarded(_) = content {
        forwarded(board, outgoing, found);
    }
}

/// A message that a form names, and what it has to be.
pub struct Named<'c> {
    pub field: String,
    pub reference: &'c MessageReference,
    pub is: Is,
}

/// What a message has to be that a form names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Is {
    /// A message of the thread in which the form stands.
    OfTheThread,
    OnRecord,
    /// The same; the form is not about it, and only refers to it.
    Mentioned,
    /// A word of the author's own on a regime.
    OwnWord,
}

/// The messages that a form names and that have to be here. What a format's fields refer to is not among them: the
/// regime's check says so where the format asks for it.
pub fn named(content: &Content) -> Vec<Named<'_>> {
    let corrected = content.in_place_of().map(|reference| Named {
        field: "in_place_of".into(),
        reference,
        is: Is::OfTheThread,
    });
    corrected.into_iter().chain(named_by_kind(content)).collect()
}

fn named_by_kind(content: &Content) -> Vec<Named<'_>> {
    let one = |field: &str, reference, is| vec![Named { field: field.into(), reference, is }];
    match content {
        Content::Amendment(form) => {
            let mut all = one("amends", &form.amends, Is::OfTheThread);
            all.extend(activities("notification.references", &form.notification.references));
            all
        }
        Content::Conclusion(form) => one("exercise", &form.exercise, Is::OfTheThread),
        Content::Statement(form) => one("exercise", &form.exercise, Is::OfTheThread),
        Content::Cancellation(form) => one("cancels", &form.cancels, Is::OnRecord),
        Content::SameActivity(form) | Content::SameIncident(form) => {
            one("other_message", &form.other_message, Is::OnRecord)
        }
        Content::Update(form) => one("updates", &form.updates, Is::OfTheThread),
        Content::Finding(form) => one("incident", &form.incident, Is::OfTheThread),
        Content::Closing(form) => one("incident", &form.incident, Is::OfTheThread),
        Content::MessageWithdrawal(form) => one("withdraws", &form.withdraws, Is::OfTheThread),
        Content::Joining(form) => one("request", &form.request, Is::OfTheThread),
        Content::Reply(form) => one("request", &form.request, Is::OfTheThread),
        Content::Judgement(form) => one("reply", &form.reply, Is::OfTheThread),
        Content::MeetingRequest(form) => one("request", &form.request, Is::OfTheThread),
        Content::Convening(form) => one("meeting_request", &form.meeting_request, Is::OfTheThread),
        Content::Meeting(form) => one("meeting", &form.meeting, Is::OfTheThread),
        Content::MeetingReport(form) => one("meeting", &form.meeting, Is::OfTheThread),
        Content::Observers(form) => one("invitation", &form.invitation, Is::OfTheThread),
        Content::ObserverReport(form) => one("exercise", &form.exercise, Is::OfTheThread),
        Content::Request(form) => activities("references", &form.references),
        Content::Question(form) => one("about", &form.about, Is::OnRecord),
        Content::Answer(form) => one("to", &form.to, Is::OnRecord),
        Content::Text(form) => {
            let named = |(index, reference)| Named {
                field: format!("references[{}]", usize::saturating_add(index, 1)),
                reference,
                is: Is::Mentioned,
            };
            form.references.iter().enumerate().map(named).collect()
        }
        Content::Notification(form) => activities("references", &form.references),
        Content::Invitation(form) => activities("references", &form.references),
        Content::Suspension(form) => one("adoption", &form.adoption, Is::OwnWord),
        Content::Resumption(form) => one("suspension", &form.suspension, Is::OwnWord),
        Content::Withdrawal(form) => one("adoption", &form.adoption, Is::OwnWord),
        Content::Translation(form) => one("of", &form.of, Is::OnRecord),
        Content::SessionText(form) => one("answers", &form.answers, Is::OfTheThread),
        Content::SessionShown(form) => one("shown", &form.shown, Is::OfTheThread),
        Content::CheckAnswer(form) => one("answers", &form.answers, Is::OfTheThread),
        Content::Calendar(_)
        | Content::Adoption(_)
        | Content::Formatted(_)
        | Content::Transcription(_)
        | Content::Forwarded(_)
        | Content::Report(_)
        | Content::ServiceMessage(_)
        | Content::SessionOpening(_)
        | Content::SessionAcceptance(_)
        | Content::SessionAddition(_)
        | Content::SessionClose(_)
        | Content::Check(_) => Vec::new(),
    }
}

fn activities<'c>(list: &str, references: &'c [ActivityReference]) -> Vec<Named<'c>> {
    let named = |(index, reference): (usize, &'c ActivityReference)| Named {
        field: format!("{list}[{}].message", index.saturating_add(1)),
        reference: &reference.message,
        is: Is::Mentioned,
    };
    references.iter().enumerate().map(named).collect()
}

/// A Party suspends, resumes and leaves by its own words only.
fn is_own_word(board: &Board, digest: &Digest) -> bool {
    let said = board.own.and_then(|own| board.words.get(&own.party));
    said.is_some_and(|words| words.holds(digest))
}

/// A format is one of the regime that the envelope cites. What its fields refer to is not asked about here:
/// the regime's check says so where the format asks for it.
fn formatted(outgoing: &Outgoing, form: &Formatted, found: &mut Found) {
    if let Some(rule) = form.other_regime(outgoing.regime.as_ref()) {
        found.add("heading.regime", rule);
    }
}

/// What came is shown with what it came as, and comes from somebody else.
fn transcription(board: &Board, outgoing: &Outgoing, form: &Transcription, found: &mut Found) {
    // Of what was read out there is none.
    if outgoing.parts.is_empty() && form.read_by.is_empty() {
        found.add("heading.parts", "a scan of what came is required");
    }
    if board.own.is_some_and(|own| form.origin_party == own.party.as_str()) {
        found.add("origin_party", "is this Party itself: what it says it says by a message of its own");
    }
}

/// Who they are the host must know, and whoever reads the content need not.
fn observers(outgoing: &Outgoing, form: &Observers, found: &mut Found) {
    let named = outgoing.parts.iter().any(|part| part.holds == Holds::PersonalData);
    if form.reply == Some(ObserversReply::Observers) && !named {
        found.add(
            "heading.parts",
            "names and ranks of the observers are required, as an attachment about persons: it can be erased",
        );
    }
}

/// A release is refused for the first of these.
fn forwarded(board: &Board, outgoing: &Outgoing, found: &mut Found) {
    let Some(forwards) = &outgoing.forwards else { return };
    if !outgoing.may_be_handed_on() {
        found.stops("original", NOT_TO_BE_HANDED_ON);
    }
    if !board.messages.contains_key(&forwards.message) {
        found.add("original", "is no message that is on record here");
    }
}

/// `Z` or a name in the time zone database that this program was built with.
pub fn is_zone(name: &str) -> bool {
    name == "Z" || (!name.is_empty() && jiff::tz::db().get(name).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_name() {
        for zone in ["Z", "Europe/Minsk", "UTC"] {
            assert!(is_zone(zone), "{zone}");
        }
        for zone in ["", "Europe/Nowhere", "+03:00", "../../etc/passwd"] {
            assert!(!is_zone(zone), "{zone}");
        }
    }
}
