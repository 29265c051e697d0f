//! What is wrong with a draft's heading, and with what its content refers to, all at once. But for an addressee to
//! whom it may not go, none of it stops a release that is meant as it is.
//!
//! Never here: what a release can't do without (`board/decide.rs` refuses an unknown addressee); what
//! the content says by itself (`exercise/`).

use super::board::Board;
use super::content::Content;
use super::digest::Digest;
use super::exercise::{Observers, ObserversReply};
use super::form::{ActivityReference, MessageReference};
use super::formatted::Formatted;
use super::forwarded::NOT_TO_BE_HANDED_ON;
use super::message::{Holds, NOT_RELEASABLE, Outgoing, Reference, Relation};
use super::part::PartState;
use super::refusal::FaultNamed;
use super::text::{hides, lines_hide};
use super::transcription::Transcription;

/// All faults, in the order of the heading's fields, then those of references within the content.
pub fn faults(board: &Board, outgoing: &Outgoing, content: &Content) -> Vec<FaultNamed> {
    let mut found = Found(Vec::new());
    thread(board, outgoing, content, &mut found);
    addressees(outgoing, &mut found);
    releasable(outgoing, &mut found);
    if !is_zone(&outgoing.zone) {
        found.add("heading.zone", "is no time zone that is known: an IANA name such as Europe/Minsk, or Z");
    }
    if !is_language(&outgoing.language) {
        found.add("heading.language", "is asked for, as a BCP 47 tag such as en or ru");
    }
    texts(outgoing, &mut found);
    for (index, reference) in outgoing.references.iter().enumerate() {
        let field = format!("heading.references[{}]", index.saturating_add(1));
        envelope_reference(board, reference, &field, &mut found);
    }
    if matches!(content, Content::Amendment(_))
        && outgoing.references.iter().all(|reference| reference.relation != Relation::Amends)
    {
        found.add("heading.references", "an amendment refers to what it amends");
    }
    parts(board, outgoing, &mut found);
    content_references(board, outgoing, content, &mut found);
    found.0
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
    if outgoing.parties().into_iter().any(|party| !outgoing.may_be_given_to(party)) {
        found.stops("heading.releasable_to", NOT_RELEASABLE);
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
        found.add("heading.subject", "is asked for");
    }
    let mut lines = vec![("heading.subject", &outgoing.subject), ("heading.marking", &outgoing.marking)];
    if let Some(regime) = &outgoing.regime {
        lines.push(("heading.regime.name", &regime.name));
        lines.push(("heading.regime.provision", &regime.provision));
        if regime.name.trim().is_empty() {
            found.add("heading.regime.name", "is asked for");
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
        None if reference.number.is_empty() => {
            found.add(field, "names neither the digest nor the number of a message");
        }
        Some(_) | None => {}
    }
}

fn parts(board: &Board, outgoing: &Outgoing, found: &mut Found) {
    let mut seen = Vec::new();
    for (index, part) in outgoing.parts.iter().enumerate() {
        let at = format!("heading.parts[{}]", index.saturating_add(1));
        match board.part(&part.salted_digest) {
            Some(PartState::Kept { bytes }) if bytes == part.bytes => {}
            Some(PartState::Kept { .. }) => {
                found.add(at.clone(), "its size is not that of the part kept here")
            }
            Some(PartState::Erased) => found.add(at.clone(), "the part was erased here; nobody will get it"),
            None => found.add(at.clone(), "no such part is kept here; nobody will get it"),
        }
        if seen.contains(&part.salted_digest) {
            found.add(at.clone(), "the same part is named twice");
        }
        seen.push(part.salted_digest);
        if part.name.trim().is_empty() {
            found.add(at.clone(), "a name is asked for");
        }
        if !part.media_type.contains('/') {
            found.add(at.clone(), "a media type is asked for, such as application/pdf");
        }
        if hides(&part.name) || hides(&part.media_type) {
            found.add(at, "holds characters that can't be seen or that turn its direction");
        }
    }
}

fn content_references(board: &Board, outgoing: &Outgoing, content: &Content, found: &mut Found) {
    let in_thread =
        |digest: &Digest| board.thread(outgoing.thread).is_some_and(|thread| thread.holds_message(digest));
    let mut of_this_thread = |field: &str, reference: &MessageReference| {
        if let Some(digest) = &reference.message_digest
            && !in_thread(&digest.0)
        {
            found.add(
                format!("{field}.message_digest"),
                "is no message of this thread that is on record here",
            );
        }
    };
    if let Some(earlier) = content.in_place_of() {
        of_this_thread("in_place_of", earlier);
    }
    match content {
        Content::Amendment(form) => of_this_thread("amends", &form.amends),
        Content::Conclusion(form) => of_this_thread("exercise", &form.exercise),
        Content::Statement(form) => of_this_thread("exercise", &form.exercise),
        Content::Cancellation(form) => on_record(board, "cancels", &form.cancels, found),
        Content::SameActivity(form) | Content::SameIncident(form) => {
            on_record(board, "other_message", &form.other_message, found);
        }
        Content::Update(form) => of_this_thread("updates", &form.updates),
        Content::Finding(form) => of_this_thread("incident", &form.incident),
        Content::Closing(form) => of_this_thread("incident", &form.incident),
        Content::MessageWithdrawal(form) => of_this_thread("withdraws", &form.withdraws),
        Content::Joining(form) => of_this_thread("request", &form.request),
        Content::Reply(form) => of_this_thread("request", &form.request),
        Content::Judgement(form) => of_this_thread("reply", &form.reply),
        Content::MeetingRequest(form) => of_this_thread("request", &form.request),
        Content::Convening(form) => of_this_thread("meeting_request", &form.meeting_request),
        Content::Meeting(form) => of_this_thread("meeting", &form.meeting),
        Content::MeetingReport(form) => of_this_thread("meeting", &form.meeting),
        Content::Observers(form) => {
            of_this_thread("invitation", &form.invitation);
            observers(outgoing, form, found);
        }
        Content::ObserverReport(form) => of_this_thread("exercise", &form.exercise),
        Content::Request(form) => activities(board, &form.references, found),
        Content::Question(form) => on_record(board, "about", &form.about, found),
        Content::Answer(form) => on_record(board, "to", &form.to, found),
        Content::Text(form) => {
            for (index, reference) in form.references.iter().enumerate() {
                on_record(board, &format!("references[{}]", index.saturating_add(1)), reference, found);
            }
        }
        Content::Notification(form) => activities(board, &form.references, found),
        Content::Invitation(form) => activities(board, &form.references, found),
        Content::Suspension(form) => own_word(board, "adoption", &form.adoption, found),
        Content::Resumption(form) => own_word(board, "suspension", &form.suspension, found),
        Content::Withdrawal(form) => own_word(board, "adoption", &form.adoption, found),
        Content::Formatted(form) => formatted(outgoing, form, found),
        Content::Transcription(form) => transcription(board, outgoing, form, found),
        Content::Translation(form) => on_record(board, "of", &form.of, found),
        Content::Forwarded(_) => forwarded(board, outgoing, found),
        Content::Calendar(_) | Content::Adoption(_) | Content::Report(_) | Content::ServiceMessage(_) => {}
    }
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
    if outgoing.parts.is_empty() {
        found.add("heading.parts", "a scan of what came is asked for");
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
            "names and ranks of the observers are asked for, as an attachment about persons: it can be erased",
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

/// A Party suspends, resumes and leaves by its own words only.
fn own_word(board: &Board, field: &str, reference: &MessageReference, found: &mut Found) {
    let said = board.own.and_then(|own| board.words.get(&own.party));
    if let Some(digest) = &reference.message_digest
        && !said.is_some_and(|words| words.holds(&digest.0))
    {
        found.add(
            format!("{field}.message_digest"),
            "is no word of this Party's on a regime that is on record here: it would have no effect",
        );
    }
}

fn activities(board: &Board, references: &[ActivityReference], found: &mut Found) {
    for (index, reference) in references.iter().enumerate() {
        on_record(
            board,
            &format!("references[{}].message", index.saturating_add(1)),
            &reference.message,
            found,
        );
    }
}

fn on_record(board: &Board, field: &str, reference: &MessageReference, found: &mut Found) {
    if let Some(digest) = &reference.message_digest
        && !board.messages.contains_key(&digest.0)
    {
        found.add(format!("{field}.message_digest"), "the message that it names is not on record here");
    }
}

/// `Z` or a name in the time zone database that this program was built with.
pub fn is_zone(name: &str) -> bool {
    name == "Z" || (!name.is_empty() && jiff::tz::db().get(name).is_ok())
}

/// The shape of a language tag, RFC 5646 2.1: subtags of letters and digits, the first of letters.
pub(super) fn is_language(tag: &str) -> bool {
    let well_formed = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let primary = tag.split('-').next().unwrap_or_default();
    (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && tag.split('-').all(well_formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_and_languages_are_known_by_their_form() {
        for zone in ["Z", "Europe/Minsk", "UTC"] {
            assert!(is_zone(zone), "{zone}");
        }
        for zone in ["", "Europe/Nowhere", "+03:00", "../../etc/passwd"] {
            assert!(!is_zone(zone), "{zone}");
        }
        for language in ["en", "ru", "be-tarask", "zh-Hant-TW"] {
            assert!(is_language(language), "{language}");
        }
        for language in ["", "e", "en_GB", "en-", "1n", "english language"] {
            assert!(!is_language(language), "{language}");
        }
    }
}
