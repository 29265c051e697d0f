//! The present picture of a thread about an unusual activity: what was asked by whom, how each question was answered,
//! what each requester thinks of each answer, and which meetings came of it.
//!
//! Never here: a judgement of ours, or one in the place of another Party's. What was corrected stays beside what
//! took its place, with all that was said of it.

use std::collections::BTreeMap;

use super::meetings::{MeetingAsked, Meetings};
use super::{Judged, Judgement, Reply, Request};
use crate::domain::content::Content;
use crate::domain::correspondence::asked::Clarification;
use crate::domain::correspondence::{Answered, Questioned};
use crate::domain::digest::Digest;
use crate::domain::form::MessageReference;
use crate::domain::party::Party;
use crate::domain::said::{Said, corrected, withdrawn};

/// All that was said, but for what was taken back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Picture<'s> {
    pub requests: Vec<Requested<'s>>,
    pub meetings: Vec<MeetingAsked<'s>>,
    /// Joinings, replies, judgements and what is said of meetings, about a message that is not in this thread, not here
    /// yet, or taken back.
    pub elsewhere: Vec<&'s Said>,
    /// Questions and answers of the kinds that any thread may have.
    pub clarification: Clarification<'s>,
    /// Messages of any kind that their authors took back, each with the word that does so.
    pub withdrawn: BTreeMap<Digest, &'s Said>,
    /// Those whose place another of the same author took, each with that one.
    pub corrected: BTreeMap<Digest, &'s Said>,
}

/// One request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requested<'s> {
    pub said: &'s Said,
    pub form: &'s Request,
    /// By messages of their own.
    pub joined: Vec<&'s Said>,
    /// In the order of the thread.
    pub replies: Vec<Replied<'s>>,
    pub questions: Vec<Asked<'s>>,
}

/// One reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replied<'s> {
    pub said: &'s Said,
    pub form: &'s Reply,
    /// All that was said of it, by requesters and others.
    pub judgements: Vec<(&'s Said, &'s Judgement)>,
    /// Answers with a number under which nothing was asked.
    pub beside: Vec<&'s Answered>,
    /// What was judged under such a number, in the order of the thread.
    pub judged_beside: Vec<(&'s Said, &'s Judged)>,
}

/// One question, reply by reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked<'s> {
    pub question: &'s Questioned,
    /// As many as there are replies, in their order.
    pub in_replies: Vec<InReply<'s>>,
}

/// What one reply says to one question, and what is thought of that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InReply<'s> {
    pub reply: &'s Said,
    /// None where the reply does not name the question.
    pub answers: Vec<&'s Answered>,
    /// In the order of the thread; whoever has none said nothing.
    pub judged: Vec<(&'s Said, &'s Judged)>,
}

impl<'s> Picture<'s> {
    /// Folds the messages of one thread, in the thread's order.
    pub fn of(said: &'s [Said]) -> Picture<'s> {
        let withdrawn = withdrawn(said);
        let standing: Vec<&Said> = said.iter().filter(|one| !withdrawn.contains_key(&one.message)).collect();
        let mut elsewhere = Vec::new();
        let requests = requests(&standing, &mut elsewhere);
        let Meetings { asked: meetings, elsewhere: apart } = Meetings::of(&standing);
        elsewhere.extend(apart);
        Picture {
            requests,
            meetings,
            elsewhere,
            clarification: Clarification::of(said),
            corrected: corrected(said),
            withdrawn,
        }
    }

    /// The requesters that say nothing of what a reply says to a question. A judgement whose place was taken says
    /// nothing any more.
    pub fn silent(&self, request: &Requested<'_>, in_reply: &InReply<'_>) -> Vec<Party> {
        let stands = |said: &Said| !self.corrected.contains_key(&said.message);
        let spoke =
            |party: &Party| in_reply.judged.iter().any(|(said, _)| said.author == *party && stands(said));
        request.requesters().into_iter().filter(|party| !spoke(party)).collect()
    }

    /// Whether it says anything about an unusual activity.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.meetings.is_empty() && self.elsewhere.is_empty()
    }
}

impl Requested<'_> {
    /// Whoever sent it and whoever joined in it, each once.
    pub fn requesters(&self) -> Vec<Party> {
        let mut all = vec![self.said.author];
        for joined in &self.joined {
            if !all.contains(&joined.author) {
                all.push(joined.author);
            }
        }
        all
    }
}

fn requests<'s>(standing: &[&'s Said], elsewhere: &mut Vec<&'s Said>) -> Vec<Requested<'s>> {
    let mut requests: Vec<Requested<'s>> = Vec::new();
    for said in standing.iter().copied() {
        if let Content::Request(form) = &said.content {
            let form = form.as_ref();
            requests.push(Requested {
                said,
                form,
                joined: Vec::new(),
                replies: Vec::new(),
                questions: Vec::new(),
            });
        }
    }
    for said in standing.iter().copied() {
        match &said.content {
            Content::Joining(form) => {
                match requests.iter_mut().find(|one| is_about(said, &form.request, one.said)) {
                    Some(request) => request.joined.push(said),
                    None => elsewhere.push(said),
                }
            }
            Content::Reply(form) => {
                match requests.iter_mut().find(|one| is_about(said, &form.request, one.said)) {
                    Some(request) => request.replies.push(replied(said, form, request.form)),
                    None => elsewhere.push(said),
                }
            }
            _ => {}
        }
    }
    for said in standing.iter().copied() {
        let Content::Judgement(form) = &said.content else { continue };
        let mut replies = requests.iter_mut().flat_map(|request| request.replies.iter_mut());
        match replies.find(|one| is_about(said, &form.reply, one.said)) {
            Some(reply) => reply.judgements.push((said, form)),
            None => elsewhere.push(said),
        }
    }
    for request in &mut requests {
        let form = request.form;
        for reply in &mut request.replies {
            reply.judged_beside = judged_in(reply, |number| !is_asked(form, number));
        }
        let replies = &request.replies;
        let asked = |question| Asked {
            question,
            in_replies: replies.iter().map(|reply| in_reply(question, reply)).collect(),
        };
        request.questions = request.form.questions.iter().map(asked).collect();
    }
    requests
}

/// Whether a message names that one; a drill is about a drill.
pub(super) fn is_about(said: &Said, reference: &MessageReference, other: &Said) -> bool {
    said.traffic == other.traffic && other.is_meant(reference, said.author)
}

fn is_asked(request: &Request, number: Option<u64>) -> bool {
    number.is_some() && request.questions.iter().any(|one| one.number == number)
}

fn replied<'s>(said: &'s Said, form: &'s Reply, request: &Request) -> Replied<'s> {
    let beside = form.answers.iter().filter(|one| !is_asked(request, one.number)).collect();
    Replied { said, form, judgements: Vec::new(), beside, judged_beside: Vec::new() }
}

/// What is said of it under numbers of which this holds, in the order of the thread.
fn judged_in<'s>(reply: &Replied<'s>, of: impl Fn(Option<u64>) -> bool) -> Vec<(&'s Said, &'s Judged)> {
    let words = reply.judgements.iter();
    let all = words.flat_map(|(said, form)| form.answers.iter().map(move |judged| (*said, judged)));
    all.filter(|(_, judged)| of(judged.number)).collect()
}

fn in_reply<'s>(question: &Questioned, reply: &Replied<'s>) -> InReply<'s> {
    let is_it = |number: Option<u64>| number.is_some() && number == question.number;
    let answers = reply.form.answers.iter().filter(|one| is_it(one.number)).collect();
    InReply { reply: reply.said, answers, judged: judged_in(reply, is_it) }
}
