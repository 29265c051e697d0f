//! Case C4, step by step at its real dates: a missile falls, the Party that was hit reports and asks, the other one
//! reports and answers in its own words, and each closes for itself; then their watches talk about it. All forms are in
//! `c4/`.
//!
//! Never here: a regime. None that the two had adopted asked for any of it, so nothing is owed.

use super::hotline;
use super::say::Say;
use super::speak::{self, Played, Step};
use super::stage::Stage;
use crate::cli::fault::Fault;
use crate::cli::incident;
use crate::cli::message::History;
use crate::domain::content::Kind;

const PAKISTAN: Step = Step {
    name: "",
    form: "",
    kind: Kind::Report,
    about: &[],
    by: "PK",
    to: &["IN"],
    information: &[],
    provision: "",
    subject: "",
    drafted: "",
    released: "",
    read: "",
    read_by: &[],
    apart: false,
};

const INDIA: Step = Step { by: "IN", to: &["PK"], ..PAKISTAN };

/// Until both have reported.
const REPORTED: [Step; 3] = [
    Step {
        name: "report of Pakistan",
        form: include_str!("c4/report-of-pakistan.toml"),
        subject: "Hazardous incident near Mian Channu",
        drafted: "2022-03-09T14:20:00Z",
        released: "2022-03-09T14:30:00Z",
        read: "2022-03-09T14:40:00Z",
        read_by: &["IN"],
        ..PAKISTAN
    },
    Step {
        name: "question",
        form: include_str!("c4/question.toml"),
        kind: Kind::Question,
        about: &[("about", "report of Pakistan")],
        subject: "Mian Channu: what is asked",
        drafted: "2022-03-10T09:30:00Z",
        released: "2022-03-10T10:00:00Z",
        read: "2022-03-10T10:15:00Z",
        read_by: &["IN"],
        ..PAKISTAN
    },
    Step {
        name: "report of India",
        form: include_str!("c4/report-of-india.toml"),
        subject: "Accidental release of a missile",
        drafted: "2022-03-11T12:00:00Z",
        released: "2022-03-11T12:30:00Z",
        read: "2022-03-11T12:35:00Z",
        read_by: &["PK"],
        ..INDIA
    },
];

const AFTERWARDS: [Step; 4] = [
    Step {
        name: "answer",
        form: include_str!("c4/answer.toml"),
        kind: Kind::Answer,
        about: &[("to", "question")],
        subject: "Mian Channu: answers",
        drafted: "2022-03-11T12:40:00Z",
        released: "2022-03-11T13:00:00Z",
        ..INDIA
    },
    Step {
        name: "finding",
        form: include_str!("c4/finding.toml"),
        kind: Kind::Finding,
        about: &[("incident", "report of Pakistan")],
        subject: "Mian Channu: cause and measures",
        drafted: "2022-03-11T13:10:00Z",
        released: "2022-03-11T13:30:00Z",
        ..INDIA
    },
    Step {
        name: "closing of India",
        form: include_str!("c4/closing.toml"),
        kind: Kind::Closing,
        about: &[("incident", "report of Pakistan")],
        subject: "Mian Channu: closed by India",
        drafted: "2022-03-15T09:00:00Z",
        released: "2022-03-15T09:30:00Z",
        ..INDIA
    },
    Step {
        name: "closing of Pakistan",
        form: include_str!("c4/closing.toml"),
        kind: Kind::Closing,
        about: &[("incident", "report of Pakistan")],
        subject: "Mian Channu: closed by Pakistan",
        drafted: "2022-03-16T09:00:00Z",
        released: "2022-03-16T09:30:00Z",
        ..PAKISTAN
    },
];

pub async fn play(stage: &Stage, say: &Say) -> Result<Played, Fault> {
    let mut played = Played::new()?;
    for step in &REPORTED {
        speak::speak(stage, &mut played, step, say).await?;
    }
    for actor in &stage.actors {
        let desk = actor.desk("watch", &stage.clock)?;
        let history = History::ask(&desk, played.thread, None, None).await?;
        say.side_by_side(stage.clock.now(), actor, &incident::side_by_side(&history));
    }
    for step in &AFTERWARDS {
        speak::speak(stage, &mut played, step, say).await?;
    }
    played.session = Some(hotline::hold(stage, played.thread, say).await?);
    Ok(played)
}
