//! Case C2, step by step at its real dates: three Parties ask a fourth to explain an activity, it replies, each of the
//! three judges the reply, and they meet. All forms are in `c2/`; here is only who says what, when.

use super::adopt;
use super::owed;
use super::say::Say;
use super::speak::{self, Played, Step};
use super::stage::Stage;
use crate::cli::fault::Fault;
use crate::cli::message::History;
use crate::domain::activity::Judged;
use crate::domain::activity::picture::{InReply, Picture};
use crate::domain::content::Kind;
use crate::domain::correspondence::Answered;

/// Of the Party that asks to the one that is asked, with copies to all.
const ASKER: Step = Step {
    name: "",
    form: "",
    kind: Kind::Request,
    about: &[],
    by: "LT",
    to: &["BY"],
    information: &["EE", "LV", "PL"],
    provision: "chapter III, para 16.1",
    subject: "",
    drafted: "",
    released: "",
    read: "",
    read_by: &[],
    apart: false,
};

/// 9 February: asked by one for three, and made their own by the two others.
const ASKED: [Step; 3] = [
    Step {
        name: "request",
        form: include_str!("c2/request.toml"),
        subject: "Union Resolve 2022: request for explanation",
        drafted: "2022-02-09T08:30:00Z",
        released: "2022-02-09T10:00:00Z",
        read: "2022-02-09T10:20:00Z",
        read_by: &["BY"],
        ..ASKER
    },
    Step {
        name: "joining of Latvia",
        kind: Kind::Joining,
        about: &[("request", "request")],
        by: "LV",
        information: &["EE", "LT", "PL"],
        subject: "Union Resolve 2022: the request is Latvia's as well",
        drafted: "2022-02-09T10:30:00Z",
        released: "2022-02-09T10:45:00Z",
        ..ASKER
    },
    Step {
        name: "joining of Estonia",
        kind: Kind::Joining,
        about: &[("request", "request")],
        by: "EE",
        information: &["LT", "LV", "PL"],
        subject: "Union Resolve 2022: the request is Estonia's as well",
        drafted: "2022-02-09T10:50:00Z",
        released: "2022-02-09T11:05:00Z",
        ..ASKER
    },
];

/// 11 February, inside 48 hours.
const REPLIED: Step = Step {
    name: "reply",
    form: include_str!("c2/reply.toml"),
    kind: Kind::Reply,
    about: &[("request", "request")],
    by: "BY",
    to: &["LT"],
    subject: "Union Resolve 2022: reply",
    drafted: "2022-02-11T07:00:00Z",
    released: "2022-02-11T08:30:00Z",
    read: "2022-02-11T08:50:00Z",
    read_by: &["LT"],
    ..ASKER
};

/// 12 February: each for itself.
const JUDGED: [Step; 3] = [
    Step {
        name: "judgement of Lithuania",
        form: include_str!("c2/judgement-of-lithuania.toml"),
        kind: Kind::Judgement,
        about: &[("reply", "reply")],
        subject: "Union Resolve 2022: the reply does not suffice",
        drafted: "2022-02-12T08:00:00Z",
        released: "2022-02-12T08:30:00Z",
        ..ASKER
    },
    Step {
        name: "judgement of Latvia",
        form: include_str!("c2/judgement-of-latvia.toml"),
        kind: Kind::Judgement,
        about: &[("reply", "reply")],
        by: "LV",
        information: &["EE", "LT", "PL"],
        subject: "Union Resolve 2022: the reply does not suffice",
        drafted: "2022-02-12T08:35:00Z",
        released: "2022-02-12T08:45:00Z",
        ..ASKER
    },
    Step {
        name: "judgement of Estonia",
        form: include_str!("c2/judgement-of-estonia.toml"),
        kind: Kind::Judgement,
        about: &[("reply", "reply")],
        by: "EE",
        information: &["LT", "LV", "PL"],
        subject: "Union Resolve 2022: the reply does not suffice",
        drafted: "2022-02-12T08:50:00Z",
        released: "2022-02-12T09:00:00Z",
        ..ASKER
    },
];

/// 12 to 14 February: asked for, convened by whoever is in the chair, and nothing came of it.
const MET: [Step; 3] = [
    Step {
        name: "meeting request",
        form: include_str!("c2/meeting-request.toml"),
        kind: Kind::MeetingRequest,
        about: &[("request", "request")],
        to: &["BY", "PL"],
        information: &["EE", "LV"],
        provision: "chapter III, para 16.2",
        subject: "Union Resolve 2022: a meeting is asked for",
        drafted: "2022-02-12T09:30:00Z",
        released: "2022-02-12T10:00:00Z",
        ..ASKER
    },
    Step {
        name: "convening",
        form: include_str!("c2/convening.toml"),
        kind: Kind::Convening,
        about: &[("meeting_request", "meeting request")],
        by: "PL",
        to: &["BY", "EE", "LT", "LV"],
        information: &[],
        provision: "chapter III, para 16.3",
        subject: "Union Resolve 2022: meeting on 14 February",
        drafted: "2022-02-12T14:00:00Z",
        released: "2022-02-12T15:00:00Z",
        ..ASKER
    },
    Step {
        name: "meeting",
        form: include_str!("c2/meeting.toml"),
        kind: Kind::Meeting,
        about: &[("meeting", "convening")],
        by: "PL",
        to: &["BY", "EE", "LT", "LV"],
        information: &[],
        provision: "chapter III, para 16.3",
        subject: "Union Resolve 2022: record of the meeting",
        drafted: "2022-02-14T11:00:00Z",
        released: "2022-02-14T12:00:00Z",
        ..ASKER
    },
];

pub async fn play(stage: &Stage, say: &Say) -> Result<Played, Fault> {
    adopt::adopt(stage, ("2022-02-08T09:00:00Z", "2022-02-08T10:00:00Z"), say).await?;
    let mut played = Played::new()?;
    for step in &ASKED {
        speak::speak(stage, &mut played, step, say).await?;
    }
    owed::tell(stage, &["BY", "LT"], say).await?;
    speak::speak(stage, &mut played, &REPLIED, say).await?;
    owed::tell(stage, &["BY", "LT"], say).await?;
    for step in &JUDGED {
        speak::speak(stage, &mut played, step, say).await?;
    }
    questions(stage, &played, say).await?;
    owed::tell(stage, &["BY", "LT"], say).await?;
    for step in &MET {
        speak::speak(stage, &mut played, step, say).await?;
    }
    Ok(played)
}

/// Question by question: how it was answered, and what each that asked thinks of that, as one of them holds it.
async fn questions(stage: &Stage, played: &Played, say: &Say) -> Result<(), Fault> {
    let actor = stage.actor("LT")?;
    let said = History::ask(&actor.desk("watch", &stage.clock)?, played.thread, None, None).await?.said();
    let picture = Picture::of(&said);
    for request in &picture.requests {
        for asked in &request.questions {
            let number = asked.question.number.unwrap_or_default();
            say.question(number, &asked.question.text.0);
            for in_reply in &asked.in_replies {
                say.answered(number, in_reply.reply.author, &answers(in_reply), &judgements(in_reply));
            }
        }
    }
    Ok(())
}

fn answers(in_reply: &InReply) -> Vec<(String, String)> {
    let how = |answer: &Answered| answer.how.map(|how| how.to_string()).unwrap_or_default();
    in_reply.answers.iter().map(|answer| (how(answer), answer.text.0.clone())).collect()
}

fn judgements(in_reply: &InReply) -> Vec<(String, String)> {
    let how = |judged: &Judged| judged.how.map(|how| how.to_string()).unwrap_or_default();
    in_reply.judged.iter().map(|(said, judged)| (said.author.to_string(), how(judged))).collect()
}
