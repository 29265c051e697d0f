//! A session for a person to read, at 80 columns: the originals at the left, translations at the right.
//!
//! Never here: a text from outside that was not made safe to show, or one that was cut.

use std::collections::BTreeSet;

use super::beside::beside;
pub(super) use super::beside::{shown_given, withdrawn};
use super::closed_by::closes;
use super::links::not_heard;
use super::not_in::not_in;
use super::not_to::not_to;
use super::officer::officer;
use super::open_drafts::listed;
use super::signed::Signed;
use super::unseen::{not_here, not_read, unseen};
use super::{mixed, way};
use crate::codec::message::{precedence_name, traffic_mark};
use crate::codec::proto::detente::v1 as calls;
use crate::domain::digest::Digest;
use crate::domain::official::{Line, Piece, label, within, written_out};
use crate::domain::text::{shown, shown_lines};
use crate::domain::time::Instant;
use crate::limits::OFFICIAL_FORM_COLUMNS as PAGE;

/// Before each line of what a Party wrote, so that none of it can pass for a line of the page.
const MARGIN: &str = "     |";
/// Where what a Party wrote begins.
const TEXT: usize = MARGIN.len() + 1;
/// Between a text and its translation.
const GAP: &str = " | ";
/// Of each of the two columns of a text.
const HALF: usize = (PAGE - TEXT - GAP.len()) / 2;
/// How far a line of the page is indented where it is gone on with.
const GOES_ON: usize = 10;

/// What a Party that came in later can't be told.
const BEFORE_IT_CAME_IN: &str =
    "this Party came in: who opened it, in which languages, and who was on, is not known here";
/// What stands on a sheet of two, of which one came in later.
const BEFORE_BOTH_WERE_IN: &str =
    "one of the two came in: what was said then is no part of what both have, and does not stand here";

/// The session, and what became of each text.
pub(super) fn session(whole: &calls::ShowSessionResponse) -> String {
    let nothing = BTreeSet::new();
    let mut sheet = Sheet::without(&nothing);
    head(&mut sheet, whole, BEFORE_IT_CAME_IN);
    listed(whole.drafts.as_ref()).iter().for_each(|text| sheet.put(text));
    for one in whole.session.iter().flat_map(|session| &session.not_heard) {
        sheet.put(&format!("Link      {}", not_heard(&one.party, one.heard_at_ms)));
    }
    handed_on(&mut sheet, whole);
    for line in &whole.lines {
        sheet.gap();
        said(&mut sheet, line);
        for state in &line.states {
            sheet.put(&format!("  {}", self::state(state)));
        }
        way::next(&mut sheet, line);
        heard_of(&mut sheet, line);
    }
    heard_alone(&mut sheet, whole);
    closes(&mut sheet, whole);
    closed(&mut sheet, whole);
    sheet.text()
}

/// What was said, with what this node knows of each text by itself, and the digest that is signed of what was said
/// alone. Behind that, outside of its order, what was heard by telephone and has no original here. `signed`: the
/// transcript of which the digest is.
pub(super) fn transcript(whole: &calls::ShowSessionResponse, signed: &str, digest: &Digest) -> String {
    let nothing = BTreeSet::new();
    let mut sheet = Sheet::without(&nothing);
    transcript_on(&mut sheet, whole, signed, digest);
    sheet.text()
}

/// The same on a sheet that goes on.
pub(super) fn transcript_on(
    sheet: &mut Sheet<'_>,
    whole: &calls::ShowSessionResponse,
    signed: &str,
    digest: &Digest,
) {
    let signed = Signed::of(signed);
    head(sheet, whole, BEFORE_BOTH_WERE_IN);
    for line in &whole.lines {
        sheet.gap();
        said(sheet, line);
        if let Some(mark) = signed.mark(line) {
            sheet.put(&format!("     {mark}"));
        }
        heard_of(sheet, line);
    }
    sheet.gap();
    sheet.put(&format!("Transcript {digest}"));
    signed.counted(&whole.lines).iter().for_each(|text| sheet.put(text));
    closes(sheet, whole);
    closed(sheet, whole);
    heard_alone(sheet, whole);
}

/// Lines as they are written, each of its pieces safe to show.
pub(super) struct Sheet<'l> {
    pub lines: Vec<Line>,
    /// Characters that are written out.
    lacking: &'l BTreeSet<char>,
}

impl Sheet<'_> {
    pub fn without(lacking: &BTreeSet<char>) -> Sheet<'_> {
        Sheet { lines: Vec::new(), lacking }
    }

    pub fn gap(&mut self) {
        self.lines.push(Line::default());
    }

    /// A line of the page, gone on in further ones where it is too wide.
    pub fn put(&mut self, text: &str) {
        let pieces = self.pieces(text, 0, PAGE, GOES_ON);
        self.lines.extend(pieces.into_iter().map(|piece| Line(vec![piece])));
    }

    /// A line of what a Party wrote.
    pub fn quote(&mut self, text: &str) {
        let pieces = self.pieces(text, TEXT, PAGE.saturating_sub(TEXT), 0);
        self.lines.extend(pieces.into_iter().map(|piece| Line(vec![label(0, MARGIN), piece])));
    }

    /// Two of them, each on its own half, line by line.
    fn beside(&mut self, left: &[String], right: &[String]) {
        let gap = TEXT.saturating_add(HALF);
        let set = |texts: &[String], at: usize| -> Vec<Piece> {
            texts.iter().flat_map(|text| self.pieces(text, at, HALF, 0)).collect()
        };
        let (left, right) = (set(left, TEXT), set(right, gap.saturating_add(GAP.len())));
        let rows = left.len().max(right.len());
        let (mut left, mut right) = (left.into_iter(), right.into_iter());
        for _ in 0..rows {
            let mut line = vec![label(0, MARGIN)];
            line.extend(left.next());
            line.push(label(gap, GAP.trim_end()));
            line.extend(right.next());
            self.lines.push(Line(line));
        }
    }

    fn pieces(&self, text: &str, at: usize, room: usize, indent: usize) -> Vec<Piece> {
        within(&written_out(text, self.lacking), at, room, indent)
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| line.text().trim_end().to_owned() + "\n").collect()
    }
}

fn head(sheet: &mut Sheet<'_>, whole: &calls::ShowSessionResponse, before: &str) {
    let Some(session) = &whole.session else { return };
    let mark = traffic_mark(session.traffic);
    sheet.put(&format!("HOTLINE SESSION  {mark}  {}", precedence_name(session.precedence)));
    sheet.put(&format!("Subject   {}", shown(&session.subject)));
    sheet.put(&format!("Thread    {}", hex::encode(&session.thread)));
    let present: Vec<String> = session.present.iter().map(|party| shown(party)).collect();
    let present = present.join(", ");
    if session.came_in_later {
        sheet.put(&format!("Present   {present}"));
        sheet.put(&format!("Before    {before}"));
    } else {
        sheet.put(&format!("Present   {present}, opened by {}", shown(&session.opened_by)));
    }
    for text in not_in(session).into_iter().chain(not_read(session)) {
        sheet.put(&text);
    }
    for on in &session.on {
        let (party, officer) = (shown(&on.party), shown(&on.officer));
        sheet.put(&format!("On        {party}: {officer} since {}", Instant(on.since_ms)));
    }
    if !session.about.is_empty() {
        sheet.put(&format!("About     thread {}", hex::encode(&session.about)));
    }
    sheet.put(&format!("State     {}", session.state));
}

fn said(sheet: &mut Sheet<'_>, line: &calls::SessionLine) {
    let digest = hex::encode(&line.digest);
    let mark = traffic_mark(line.traffic);
    let first = digest.get(..12).unwrap_or_default();
    let (author, number) = (shown(&line.author), shown(&line.number));
    let (at, precedence) = (Instant(line.released_at_ms), precedence_name(line.precedence));
    sheet.put(&format!("{:>3}  {mark}  {author}  {at}  {precedence}  {number}  {first}", line.position));
    sheet.put(&format!("     drafted by {}, released by {}", shown(&line.drafter), shown(&line.releaser)));
    way::of(sheet, line);
    if !line.not_taken.is_empty() {
        sheet.put(&format!("     not taken: {}", shown(&line.not_taken)));
    }
    if !line.answers.is_empty() {
        let answers = hex::encode(&line.answers);
        sheet.put(&format!("     answers {}{}", answers.get(..12).unwrap_or_default(), not_here(line)));
    }
    if !line.agreed_words.is_empty() {
        sheet.put(&format!("     agreed phrase {}", line.phrase));
    }
    if !line.phrase_differs.is_empty() {
        let with: Vec<String> = line.phrase_differs.iter().map(|party| shown(party)).collect();
        sheet.put(&format!(
            "     said to be agreed phrase {}, but the list agreed here with {} has other words under that number, \
             or none: the lists differ, and what was said counts",
            line.phrase,
            with.join(" and with ")
        ));
    }
    if let Some(unseen) = unseen(line, |digest| hex::encode(digest).chars().take(12).collect()) {
        sheet.put(&format!("     {unseen}"));
    }
    for missing in &line.missing {
        let missing = hex::encode(missing);
        sheet.put(&format!("     waits for the message {missing}, which is not on record here"));
    }
    if let Some(not_to) = not_to(line) {
        sheet.put(&format!("     {not_to}"));
    }
    let beside = beside(line);
    if beside.is_empty() {
        for text in shown_lines(&line.text) {
            sheet.quote(&format!("[{}] {text}", shown(&line.language)));
        }
    }
    for (whose, text) in beside {
        sheet.beside(&[format!("[{}]", shown(&line.language))], &[whose]);
        sheet.beside(&shown_lines(&line.text), &shown_lines(text));
    }
    mixed::of(line).iter().for_each(|mark| sheet.put(&format!("     {mark}")));
    if line.more_translations > 0 {
        sheet.put(&format!("     and {} more translation(s)", line.more_translations));
    }
    if let Some(withdrawn) = withdrawn(line) {
        sheet.put(&format!("     {withdrawn}"));
        shown_given(&line.withdrawal_reason).iter().for_each(|text| sheet.quote(text));
    }
}

/// What was said before a Party came in, as another one hands it on.
fn handed_on(sheet: &mut Sheet<'_>, whole: &calls::ShowSessionResponse) {
    for one in &whole.handed_on {
        let (digest, mark) = (hex::encode(&one.digest), traffic_mark(one.traffic));
        let (author, number) = (shown(&one.author), shown(&one.number));
        let (at, precedence) = (Instant(one.released_at_ms), precedence_name(one.precedence));
        let first = digest.get(..12).unwrap_or_default();
        sheet.gap();
        sheet.put(&format!("  -  {mark}  {author}  {at}  {precedence}  {number}  {first}"));
        let (by, recorded) = (shown(&one.by), Instant(one.recorded_at_ms));
        sheet.put(&format!("     handed on by {by} at {recorded}; no part of what is signed here"));
        sheet.put(&format!("     {}", shown(&one.signature)));
        let carrier = hex::encode(&one.in_message).chars().take(12).collect::<String>();
        sheet.put(&format!("     within message {carrier}; read it by: detente hotline read {carrier}"));
        way::came(sheet, &one.came_by_file);
        if !one.withdrawn_by.is_empty() {
            sheet.put(&format!("     WITHDRAWN by {}", shown(&one.withdrawn_by)));
        }
        for text in shown_lines(&one.text) {
            sheet.quote(&format!("[{}] {text}", shown(&one.language)));
        }
        mixed::under(sheet, &one.text);
    }
    if whole.more_handed_on > 0 {
        sheet.put(&format!("     and {} more handed on", whole.more_handed_on));
    }
}

/// All that was written down of a text when it was heard by telephone.
fn heard_of(sheet: &mut Sheet<'_>, line: &calls::SessionLine) {
    for heard in &line.heard {
        as_heard(sheet, heard);
    }
    more_heard(sheet, line.more_heard);
}

/// What was written down of a text, beside the text itself.
fn as_heard(sheet: &mut Sheet<'_>, heard: &calls::HeardText) {
    sheet.put(&format!("     {}", heard_as(heard)));
    for one in &heard.differences {
        let (original, heard) = (shown(&one.original), shown(&one.heard));
        sheet.put(&format!("     word {}: \"{original}\" was heard as \"{heard}\"", one.word));
    }
    if heard.more_differences > 0 {
        sheet.put(&format!("     and {} more", heard.more_differences));
    }
    mixed::under(sheet, &heard.text);
}

/// Whether what was written down of a text is what its original says.
pub(super) fn heard_as(heard: &calls::HeardText) -> String {
    let how = taken_down(heard);
    if heard.not_compared {
        return format!("as heard: not compared, too long for that; {how}; the original counts");
    }
    if heard.differences.is_empty() {
        return format!("as heard: same; {how}");
    }
    format!("as heard: not the same; {how}; the original counts")
}

/// What was written down, and has no original beside it.
fn heard_alone(sheet: &mut Sheet<'_>, whole: &calls::ShowSessionResponse) {
    for heard in &whole.heard {
        let words = if heard.check_words.is_empty() { "no check words" } else { &heard.check_words };
        sheet.gap();
        sheet.put(&format!(
            "     heard by telephone, said to be of {}; {}",
            shown(&heard.from),
            taken_down(heard)
        ));
        let outside = "no signed original of it is here: outside of the signed order";
        sheet.put(&format!("     {}; {outside}", shown(words)));
        for text in shown_lines(&heard.text) {
            sheet.quote(&text);
        }
        mixed::under(sheet, &heard.text);
    }
    more_heard(sheet, whole.more_heard);
}

fn more_heard(sheet: &mut Sheet<'_>, more: u32) {
    if more > 0 {
        sheet.put(&format!("     and {more} more written down as heard"));
    }
}

pub(super) fn taken_down(heard: &calls::HeardText) -> String {
    let (read, written, at) = (shown(&heard.read_by), shown(&heard.written_by), shown(&heard.at));
    format!("read out by {read}, written down by {written} at {at}")
}

/// What became of a text at one Party: each thing by itself.
fn state(state: &calls::TextState) -> String {
    let party = shown(&state.party);
    let mut words = Vec::new();
    if state.refused.is_empty() {
        words.push(match state.on_record {
            true => format!("on record at {} by its own clock", Instant(state.on_record_ms)),
            false if state.not_known_here => "not known here: its author has its receipt".to_owned(),
            false => "not on record there".to_owned(),
        });
        if !state.on_record_disputed.is_empty() {
            words.push(shown(&state.on_record_disputed));
        }
    } else {
        words.push(state.refused.clone());
    }
    if state.shown_at_ms != 0 {
        words.push(format!("shown to {} at {}", officer(&state.shown_to), Instant(state.shown_at_ms)));
    }
    if state.read_at_ms != 0 {
        words.push(format!("read by {} at {}", officer(&state.read_by), Instant(state.read_at_ms)));
    }
    if !state.answered_by.is_empty() {
        let answer = hex::encode(&state.answered_by);
        words.push(format!("answered in {}", answer.get(..12).unwrap_or_default()));
    }
    format!("   {party}: {}", words.join("; "))
}

fn closed(sheet: &mut Sheet<'_>, whole: &calls::ShowSessionResponse) {
    whole.closed.iter().flat_map(closed_with).for_each(|sentence| sheet.put(&sentence));
}

/// What both signed or, where they did not, all in which the two differ.
pub(super) fn closed_with(one: &calls::ClosedWith) -> Vec<String> {
    let party = shown(&one.party);
    let came = Some(&one.came_by_file).filter(|came| !came.is_empty());
    let came = came.map(|came| format!("The close of {party} {}", shown(came)));
    if !one.agreed.is_empty() {
        let agreed = format!("Both signed this transcript with {party}: {}", hex::encode(&one.agreed));
        return [agreed].into_iter().chain(came).collect();
    }
    let differences = one.differences.iter();
    let mut sentences: Vec<String> =
        differences.map(|difference| format!("Disputed with {party}: {}", shown(difference))).collect();
    if one.since > 0 {
        sentences.push(format!(
            "With {party}: {} message(s) that the close of one of you does not cover",
            one.since
        ));
    }
    sentences.extend(came);
    sentences
}
