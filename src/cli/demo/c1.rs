//! Case C1, step by step at its real dates: calendar, notification, invitation, conclusion, and the
//! host's later statement. All figures and forms are in `c1/`; here is only who says what, when.

use super::adopt;
use super::say::Say;
use super::speak::{self, Played, Step};
use super::stage::{Actor, Stage};
use crate::cli::fault::Fault;
use crate::codec::content::{Said, said};
use crate::domain::content::{Content, Kind};
use crate::domain::form::Figure;

/// Of the host to both guests, whose watches read it.
const HOST: Step = Step {
    name: "",
    form: "",
    kind: Kind::Calendar,
    about: &[],
    by: "BY",
    to: &["PL", "OSCE"],
    information: &[],
    provision: "",
    subject: "",
    drafted: "",
    released: "",
    read: "",
    read_by: &["PL", "OSCE"],
    apart: false,
};

const STEPS: [Step; 5] = [
    Step {
        name: "calendar",
        form: include_str!("c1/calendar.toml"),
        kind: Kind::Calendar,
        subject: "Annual calendar of exercises, 2025",
        provision: "chapter VII",
        drafted: "2024-11-13T09:00:00Z",
        released: "2024-11-14T09:00:00Z",
        read: "2024-11-14T09:25:00Z",
        apart: true,
        ..HOST
    },
    Step {
        name: "notification",
        form: include_str!("c1/notification.toml"),
        kind: Kind::Notification,
        subject: "Zapad-2025: prior notification",
        provision: "chapter V",
        drafted: "2025-07-31T06:30:00Z",
        released: "2025-07-31T09:00:00Z",
        read: "2025-07-31T09:20:00Z",
        ..HOST
    },
    Step {
        name: "invitation",
        form: include_str!("c1/invitation.toml"),
        kind: Kind::Invitation,
        subject: "Zapad-2025: invitation of observers",
        provision: "chapter VI",
        drafted: "2025-08-12T07:00:00Z",
        released: "2025-08-12T10:00:00Z",
        read: "2025-08-12T10:40:00Z",
        ..HOST
    },
    Step {
        name: "conclusion",
        form: include_str!("c1/conclusion.toml"),
        kind: Kind::Conclusion,
        about: &[("exercise", "notification")],
        subject: "Zapad-2025: conclusion",
        provision: "chapter V",
        drafted: "2025-09-16T15:00:00Z",
        released: "2025-09-16T16:30:00Z",
        read: "2025-09-16T16:50:00Z",
        ..HOST
    },
    Step {
        name: "statement",
        form: include_str!("c1/statement.toml"),
        kind: Kind::Statement,
        about: &[("exercise", "notification")],
        subject: "Zapad-2025: figures stated afterwards",
        provision: "chapter VI",
        drafted: "2025-09-17T08:00:00Z",
        released: "2025-09-17T10:00:00Z",
        read: "2025-09-17T10:15:00Z",
        ..HOST
    },
];

pub async fn play(stage: &Stage, say: &Say) -> Result<Played, Fault> {
    adopt::adopt(stage, ("2024-11-11T09:00:00Z", "2024-11-11T10:00:00Z"), say).await?;
    let mut played = Played::new()?;
    for step in &STEPS {
        let check = speak::speak(stage, &mut played, step, say).await?;
        if matches!(step.kind, Kind::Notification | Kind::Invitation) {
            say.rules(stage.clock.now(), stage.actor(step.by)?, check.as_ref());
        }
    }
    let guest = stage.actor("PL")?;
    let (notified, stated) = figures(guest, &played).await?;
    say.figures(stage.clock.now(), guest, notified, stated);
    Ok(played)
}

/// The troops that were notified and those that were stated afterwards, as a guest holds both.
async fn figures(guest: &Actor, played: &Played) -> Result<(u64, u64), Fault> {
    let head = guest.node.registrar.head();
    let records = head.records(&guest.node.registrar.journal);
    let (mut notified, mut stated) = (None, None);
    for entry in head.board.thread(played.thread).map(|thread| thread.in_order()).unwrap_or_default() {
        let draft = records.message(entry.index, &entry.digest).await?.message.draft;
        match said(&draft.kind, &draft.content) {
            Said::Form(Content::Notification(form)) => notified = troops(&form.land.figures),
            Said::Form(Content::Statement(form)) => stated = troops(&form.figures),
            Said::Form(_) | Said::Acknowledgement(_) | Said::Unknown | Said::Unreadable(_) => {}
        }
    }
    notified.zip(stated).ok_or_else(|| Fault::new("the guest does not hold both figures"))
}

/// Of all kinds, Parties and territories together.
fn troops(figures: &[Figure]) -> Option<u64> {
    let whole = |figure: &&Figure| {
        figure.what == "troops"
            && figure.kind.is_empty()
            && figure.party.is_empty()
            && figure.territory.is_empty()
    };
    figures.iter().find(whole)?.number
}
